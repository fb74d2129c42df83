/**
 * A Linux kernel as an ordinary process (User-mode Linux): the real kernel's ESP without root, without a namespace. Its
 * network card takes and sends one bare Ethernet frame a UDP datagram on 127.0.0.1.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { exited, onExit, readText, sleep, start, until, workDirectory } from "../process.ts";
import type { Outcome, Shell } from "./shell.ts";
import { kernel } from "./uml_fpu.ts";

/** One network card of the guest: eth0 is the first. `own` is where it listens, `remote` where it sends to. */
export interface Card { mac: string; own: number; remote: number }

const INIT = fileURLToPath(new URL("uml-init.sh", import.meta.url));

export class UmlGuest implements Shell {
  readonly name: string;
  readonly here: string;
  readonly there = "/mnt";
  readonly #child: ReturnType<typeof start>;
  #number = 0;
  #console = "";
  #ready = false;
  #dead: string | undefined;
  readonly #waiting = new Map<number, (status: number) => void>();

  private constructor(name: string, here: string, child: ReturnType<typeof start>) {
    this.name = name;
    this.here = here;
    this.#child = child;
    child.stdout!.setEncoding("latin1").on("data", (text: string) => this.#onConsole(text));
    void exited(child).then((how) => {
      const log = readText(join(here, "kernel.log"));
      const known = log.includes("put_fp_registers") ? " (POSTERN_UML_FPU=1 helps where the processor keeps more than this kernel knows)" : "";
      this.#dead = `${name} ended (${how})${known}: ${log.trim().slice(-400)}`;
      for (const done of this.#waiting.values()) done(-1);
      this.#waiting.clear();
    });
  }

  /** `words` start the kernel. */
  static async boot(name: string, cards: Card[], words = kernel(), seconds = 120): Promise<UmlGuest> {
    const here = workDirectory(name);
    mkdirSync(join(here, "uml"));
    writeFileSync(join(here, "kernel.log"), "");
    const child = start("nice", [...words, "mem=96M", `umid=${name}`, `uml_dir=${join(here, "uml")}`,
      "root=/dev/root", "rootfstype=hostfs", "hostfs=/", "ro", `init=${INIT}`, `guestdir=${here}`,
      "con=null", "con0=fd:0,fd:1", "con1=null", "ssl=null", "quiet", "loglevel=3", "panic=-1",
      ...cards.map(({ mac, own, remote }, i) => `eth${i}=ucast,${mac},127.0.0.1,${own},${remote}`)],
    { stdio: ["pipe", "pipe", "pipe"], cwd: here, env: { ...process.env, TMPDIR: here } });
    child.stderr!.on("data", (b: Buffer) => writeFileSync(join(here, "kernel.log"), b, { flag: "a" }));
    const guest = new UmlGuest(name, here, child);
    onExit(() => guest.#child.stop());
    await until(`${name}: boot`, seconds, () => {
      if (guest.#dead) throw new Error(guest.#dead);
      return guest.#ready;
    }, 20);
    return guest;
  }

  #onConsole(text: string): void {
    this.#console += text.replaceAll("\r", "");
    for (;;) {
      const end = this.#console.indexOf("\n");
      if (end < 0) return;
      const line = this.#console.slice(0, end);
      this.#console = this.#console.slice(end + 1);
      if (line.includes("@ready")) this.#ready = true;
      const done = /@done (\d+) (\d+)/.exec(line);
      if (!done) continue;
      const number = Number(done[1]);
      this.#waiting.get(number)?.(Number(done[2]));
      this.#waiting.delete(number);
    }
  }

  async exec(line: string, seconds = 120): Promise<Outcome> {
    if (this.#dead) throw new Error(this.#dead);
    if (line.includes("\n") || line.length > 3500) throw new Error(`${this.name}: not one line of the console: ${line.slice(0, 80)}`);
    const number = ++this.#number;
    const path = join(this.here, `out.${number}`);
    const status = await new Promise<number>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${this.name}: ${line}: no end within ${seconds} s: ${readText(path).slice(-200)}`)), seconds * 1000);
      this.#waiting.set(number, (status) => { clearTimeout(timer); resolve(status); });
      this.#child.stdin!.write(`${number} ${line}\n`);
    });
    if (status < 0) throw new Error(this.#dead ?? `${this.name} ended`);
    const output = readText(path);
    rmSync(path, { force: true });
    return { status, output };
  }

  async stop(): Promise<void> {
    if (this.#dead) return;
    this.#child.stdin!.end();
    await Promise.race([exited(this.#child), sleep(1500)]);
    this.#child.stop();
  }
}
