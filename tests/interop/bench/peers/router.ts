/** Postern on any host, as a program holds it: by its console. What differs from host to host is how it is started. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { until, workDirectory } from "../process.ts";
import type { Gateway, GatewayConfig, TunnelState, Wires } from "./gateway.ts";

export abstract class Router implements Gateway {
  readonly name = "postern";
  readonly directory = workDirectory("ours");
  #console = "";

  abstract start(config: GatewayConfig, wires: Wires): Promise<void>;
  abstract stop(): Promise<void>;
  abstract get events(): string;
  abstract artefacts(): Record<string, string | Buffer>;
  protected abstract type(text: string): void;
  /** Throws when the host has ended. */
  protected abstract alive(): void;

  protected hear(text: string): void { this.#console += text; }

  /** The configuration as a file of this router's directory. */
  protected store(config: string): string {
    const path = join(this.directory, "ours.cfg");
    writeFileSync(path, config);
    return path;
  }

  /** The console's first prompt, and what every session begins with. */
  protected async greet(): Promise<void> {
    await this.#prompted("a prompt", 0);
    if (/state=startup-errors/.test(this.events)) throw new Error(`postern refused lines of its configuration: ${this.#console.trim().slice(-600)}`);
    if (!/#\s*$/.test(this.#console)) await this.ask("enable");
    await this.ask("terminal length 0");
  }

  /** Waits until the console has printed a prompt and then nothing more for a moment. */
  async #prompted(what: string, from: number): Promise<void> {
    let length = -1;
    await until(`postern: ${what}`, 60, () => {
      this.alive();
      const text = this.#console.slice(from);
      const quiet = text.length === length;
      length = text.length;
      return quiet && /^[\w.-]+(?:\([\w-]+\))?[>#]/m.test(text);
    }, 20);
  }

  /** One line to the console, and what came until the next prompt. Lines that the router says unasked may be among it. */
  async ask(line: string): Promise<string> {
    const from = this.#console.length;
    this.type(`${line}\n`);
    await this.#prompted(`an answer to "${line}"`, from);
    return this.#console.slice(from);
  }

  async state(): Promise<TunnelState> {
    const isakmp = await this.ask("show crypto isakmp sa");
    const ipsec = await this.ask("show crypto ipsec sa");
    return {
      phase1: (isakmp.match(/\bQM_IDLE\b.*\bACTIVE\b/g) ?? []).length,
      // Keys for one direction alone are an exchange under way.
      // AH counts where it stands alone; in a bundle it belongs to its ESP.
      phase2: [...ipsec.matchAll(/outbound esp sas:\n((?: {6,}.*\n)*)\n *outbound ah sas:\n((?: {6,}.*\n)*)/g)]
        .reduce((sum, [, esp, ah]) => sum + Math.max(...[esp!, ah!].map((list) => (list.match(/spi: 0x(?!0+\b)/g) ?? []).length)), 0),
      detail: isakmp + ipsec,
    };
  }

  async clear(): Promise<void> {
    await this.ask("clear crypto sa");
    await this.ask("clear crypto isakmp");
  }

  get said(): string { return this.#console; }
}
