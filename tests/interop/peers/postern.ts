/** The router under test as a user starts it: `postern run CONFIG --port ...`, its console over a socket. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { exited, readText, sleep, start, until, workDirectory } from "../process.ts";
import type { Gateway, GatewayConfig, TunnelState, Wires } from "./gateway.ts";

const COMMAND = fileURLToPath(new URL("../../../host/node/postern.mjs", import.meta.url));

export class Postern implements Gateway {
  readonly name = "postern";
  readonly directory = workDirectory("ours");
  #child: ReturnType<typeof start> | undefined;
  #socket: Socket | undefined;
  #console = "";
  #output = "";

  get pcap(): string { return join(this.directory, "ours.pcapng"); }
  get keylog(): string { return join(this.directory, "keys"); }

  async start({ ours, faults }: GatewayConfig, { lans, wan }: Wires): Promise<void> {
    const config = join(this.directory, "ours.cfg"), path = join(this.directory, "console");
    writeFileSync(config, ours);
    const port = (name: string, { own, remote }: { own: number; remote: number }): string[] => ["--port", `${name}=udp:${own}:127.0.0.1:${remote}`];
    const args = ["run", config, ...port("lan", lans[0]!), ...port("wan", wan), ...lans.slice(1).flatMap((lan, i) => port(`lan${i + 2}`, lan)),
      "--console", `unix:${path}`, "--pcap", this.pcap, "--keylog", this.keylog, "--events", join(this.directory, "events")];
    if (faults) args.push("--fault", faults);
    this.#child = start(process.execPath, [COMMAND, ...args], { stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [this.#child.stdout!, this.#child.stderr!]) stream.on("data", (b: Buffer) => { this.#output += b.toString(); });
    await until("postern: its console", 60, () => {
      if (this.#child!.exitCode !== null) throw new Error(`postern ended with status ${this.#child!.exitCode}: ${this.#output.trim().slice(-600)}`);
      return existsSync(path);
    }, 20);
    this.#socket = connect(path);
    this.#socket.setEncoding("utf8").on("data", (text: string) => { this.#console += text.replaceAll("\r", ""); });
    this.#socket.on("error", () => { /* the exit of the process says more */ });
    await this.#prompted("a prompt", 0);
    if (/state=startup-errors/.test(this.events)) throw new Error(`postern refused lines of its configuration: ${this.#output.trim().slice(-600)}`);
    if (!/#\s*$/.test(this.#console)) await this.ask("enable");
    await this.ask("terminal length 0");
  }

  /** Waits until the console has printed a prompt and then nothing more for a moment. */
  async #prompted(what: string, from: number): Promise<void> {
    let length = -1;
    await until(`postern: ${what}`, 20, () => {
      if (this.#child!.exitCode !== null) throw new Error(`postern ended with status ${this.#child!.exitCode}: ${this.#output.trim().slice(-600)}`);
      const text = this.#console.slice(from);
      const quiet = text.length === length;
      length = text.length;
      return quiet && /^[\w.-]+[>#]/m.test(text);
    }, 20);
  }

  /** One line to the console, and what came until the next prompt. Lines that the router says unasked may be among it. */
  async ask(line: string): Promise<string> {
    const from = this.#console.length;
    this.#socket!.write(`${line}\n`);
    await this.#prompted(`an answer to "${line}"`, from);
    return this.#console.slice(from);
  }

  async state(): Promise<TunnelState> {
    const isakmp = await this.ask("show crypto isakmp sa");
    const ipsec = await this.ask("show crypto ipsec sa");
    return {
      phase1: (isakmp.match(/\bQM_IDLE\b.*\bACTIVE\b/g) ?? []).length,
      // Keys for one direction alone are an exchange under way.
      phase2: [...ipsec.matchAll(/outbound esp sas:\n((?: {6,}.*\n)*)/g)]
        .reduce((sum, [, list]) => sum + (list!.match(/spi: 0x(?!0+\b)/g) ?? []).length, 0),
      detail: isakmp + ipsec,
    };
  }

  async clear(): Promise<void> {
    await this.ask("clear crypto sa");
    await this.ask("clear crypto isakmp");
  }

  get said(): string { return this.#console; }
  get events(): string { return readText(join(this.directory, "events")); }

  async stop(): Promise<void> {
    if (!this.#child) return;
    this.#socket?.destroy();
    if (this.#child.exitCode === null) {
      process.kill(this.#child.pid!, "SIGTERM");
      await Promise.race([exited(this.#child), sleep(3000)]);
    }
    this.#child.stop();
  }

  artefacts(): Record<string, string | Buffer> {
    const files: Record<string, string | Buffer> = { "ours.console": this.#console, "ours.output": this.#output, "ours.events": this.events };
    for (const name of ["ours.cfg", "ours.pcapng"]) {
      const path = join(this.directory, name);
      if (existsSync(path)) files[name] = readFileSync(path);
    }
    return files;
  }
}
