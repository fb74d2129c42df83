/**
 * The router under test as a user starts it, its console over a socket: `postern run CONFIG --port ...` in Node, or
 * `postern-linux CONFIG --port ...`, which takes the same words.
 */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { exited, readText, sleep, start, until } from "../process.ts";
import type { GatewayConfig, Wires } from "./gateway.ts";
import { Router } from "./router.ts";

/** What Node is told before the options. */
export const NODE = [process.execPath, fileURLToPath(new URL("../../../../host/node/postern.mjs", import.meta.url)), "run"];

export class Postern extends Router {
  readonly #command: readonly string[];
  #child: ReturnType<typeof start> | undefined;
  #socket: Socket | undefined;
  #output = "";

  constructor(command: readonly string[] = NODE) { super(); this.#command = command; }

  get pcap(): string { return join(this.directory, "ours.pcapng"); }
  get keylog(): string { return join(this.directory, "keys"); }

  async start({ ours, faults, record = true }: GatewayConfig, { lans, wan }: Wires): Promise<void> {
    const config = this.store(ours), path = join(this.directory, "console");
    const port = (name: string, { own, remote }: { own: number; remote: number }): string[] => ["--port", `${name}=udp:${own}:127.0.0.1:${remote}`];
    const args = [config, ...port("lan", lans[0]!), ...port("wan", wan), ...lans.slice(1).flatMap((lan, i) => port(`lan${i + 2}`, lan)),
      "--console", `unix:${path}`, ...(record ? ["--pcap", this.pcap] : []), "--keylog", this.keylog, "--events", join(this.directory, "events")];
    if (faults) args.push("--fault", faults);
    const [program, ...words] = this.#command;
    this.#child = start(program!, [...words, ...args], { stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [this.#child.stdout!, this.#child.stderr!]) stream.on("data", (b: Buffer) => { this.#output += b.toString(); });
    // Between the making of a socket's file and its listening there is a moment that refuses.
    await until("postern: its console", 60, () => { this.alive(); return existsSync(path) && this.#connect(path); }, 20);
    await this.greet();
  }

  #connect(path: string): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect(path, () => { this.#socket = socket; resolve(true); });
      socket.setEncoding("utf8").on("data", (text: string) => this.hear(text.replaceAll("\r", "")));
      // Once connected, the exit of the process says more.
      socket.on("error", () => resolve(false));
    });
  }

  protected type(text: string): void { this.#socket!.write(text); }

  protected alive(): void {
    const { exitCode, signalCode } = this.#child!;
    if (exitCode !== null || signalCode !== null) throw new Error(`postern ended with ${signalCode ?? `status ${exitCode}`}: ${this.#output.trim().slice(-600)}`);
  }

  get events(): string { return readText(join(this.directory, "events")); }

  async stop(): Promise<void> {
    if (!this.#child) return;
    this.#socket?.destroy();
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      process.kill(this.#child.pid!, "SIGTERM");
      await Promise.race([exited(this.#child), sleep(3000)]);
    }
    this.#child.stop();
  }

  artefacts(): Record<string, string | Buffer> {
    const files: Record<string, string | Buffer> = { "ours.console": this.said, "ours.output": this.#output, "ours.events": this.events };
    for (const name of ["ours.cfg", "ours.pcapng"]) {
      const path = join(this.directory, name);
      if (existsSync(path)) files[name] = readFileSync(path);
    }
    // Wireshark's preference files: WIRESHARK_CONFIG_DIR of who looks at the capture.
    if (existsSync(this.keylog)) for (const name of readdirSync(this.keylog)) files[name] = readFileSync(join(this.keylog, name));
    return files;
  }
}
