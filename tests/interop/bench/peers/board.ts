/**
 * A board's firmware in QEMU as the router under test. It has one serial line: what it says to a person and, as asked
 * for, its EVENT lines, which are taken out of the text.
 */
import type { Machine } from "../../../support/world/emulated.ts";
import { exited, start } from "../process.ts";
import type { GatewayConfig, Wires } from "./gateway.ts";
import { Router } from "./router.ts";

export type MachineOf = (options: { links: string[]; config: string; console: "pipe"; raw: true; events: true }) => Machine;

export class Board extends Router {
  readonly #machine: MachineOf;
  #running: { machine: Machine; child: ReturnType<typeof start> } | undefined;
  #complaint = "";
  #events = "";
  #open = "";

  constructor(machine: MachineOf) { super(); this.#machine = machine; }

  async start({ ours, faults }: GatewayConfig, { lans, wan }: Wires): Promise<void> {
    if (faults) throw new Error("a board has no option for faults at its cards");
    if (lans.length > 1) throw new Error("a board has two ports");
    this.store(ours);
    const link = ({ own, remote }: { own: number; remote: number }): string => `udp:${own}:127.0.0.1:${remote}`;
    const machine = this.#machine({ links: [link(lans[0]!), link(wan)], config: ours, console: "pipe", raw: true, events: true });
    const child = start(machine.program, machine.args, { stdio: ["pipe", "pipe", "pipe"] });
    this.#running = { machine, child };
    child.stdout!.setEncoding("latin1").on("data", (text: string) => this.#onText(text));
    child.stderr!.setEncoding("latin1").on("data", (text: string) => { this.#complaint += text; });
    child.stdin!.on("error", () => { /* the exit of the process says more */ });
    await this.greet();
  }

  /** An EVENT line may begin behind a prompt; what is behind its mark waits for the line's end. */
  #onText(text: string): void {
    this.#open += text.replaceAll("\r", "");
    for (;;) {
      const at = this.#open.indexOf("EVENT event=");
      const end = this.#open.indexOf("\n", at);
      if (at < 0 || end < 0) break;
      this.hear(this.#open.slice(0, at));
      this.#events += this.#open.slice(at + "EVENT ".length, end + 1);
      this.#open = this.#open.slice(end + 1);
    }
    // Nothing that may still become the mark is let go.
    const mark = /E(?:V(?:E(?:N(?:T(?: (?:e(?:v(?:e(?:n(?:t(?:=[^\n]*)?)?)?)?)?)?)?)?)?)?)?$/.exec(this.#open);
    const safe = mark ? mark.index : this.#open.length;
    this.hear(this.#open.slice(0, safe));
    this.#open = this.#open.slice(safe);
  }

  protected type(text: string): void { this.#running!.child.stdin!.write(text.replaceAll("\n", "\r")); }

  protected alive(): void {
    const { exitCode, signalCode } = this.#running!.child;
    if (exitCode !== null || signalCode !== null) throw new Error(`QEMU ended with ${signalCode ?? `status ${exitCode}`}: ${this.#complaint.trim().slice(-400)}`);
  }

  get events(): string { return this.#events; }

  async stop(): Promise<void> {
    if (!this.#running) return;
    const { machine, child } = this.#running;
    this.#running = undefined;
    const gone = exited(child);
    child.stop();
    await gone;
    machine.clean();
  }

  artefacts(): Record<string, string | Buffer> {
    return { "ours.console": this.said, "ours.output": this.#complaint, "ours.events": this.#events };
  }
}
