/**
 * A board in QEMU as the demonstration and the tests hold it: its process, its serial console as lines and as answers to
 * commands. Its ports are links; whoever stands at their other ends is not its business.
 */
import { spawn, type ChildProcess } from "node:child_process";

/** What tools/board/board.mjs gives. */
export interface Machine {
  program: string;
  args: string[];
  clean(): void;
}

/** Milliseconds that a board gets for a line: patience, for a machine that is busy with other work, too. */
const PATIENCE = 120_000;

const plain = (text: string): string => text.replaceAll("\r\n", "\n").replace(/[^\n]*\r/g, "").replaceAll("\u001b[K", "");

export class EmulatedBoard {
  /** All that the console has printed. */
  text = "";
  onText: ((text: string) => void) | undefined;
  private readonly process: ChildProcess;
  private readonly waiting = new Set<() => void>();
  private ended: string | undefined;

  constructor(private readonly machine: Machine) {
    this.process = spawn(machine.program, machine.args, { stdio: ["pipe", "pipe", "pipe"] });
    this.process.stdout!.setEncoding("utf8").on("data", (chunk: string) => {
      this.text += chunk;
      this.onText?.(chunk);
      for (const check of [...this.waiting]) check();
    });
    this.process.stdin!.on("error", () => {});
    let complaint = "";
    this.process.stderr!.setEncoding("utf8").on("data", (chunk: string) => (complaint += chunk));
    this.process.on("error", (error) => this.end(error.message));
    this.process.on("exit", (status, signal) => this.end(complaint.trim() || `QEMU ended with ${signal ?? status}`));
  }

  private end(why: string): void {
    this.ended ??= why;
    for (const check of [...this.waiting]) check();
  }

  get pid(): number | undefined {
    return this.process.pid;
  }

  get running(): boolean {
    return this.ended === undefined;
  }

  /** Resolves with the match of `pattern` in what is printed from offset `from` on. Rejects after `timeout` ms, or when QEMU ends. */
  until(pattern: RegExp, timeout = PATIENCE, from = 0): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const done = (): void => {
        clearTimeout(timer);
        this.waiting.delete(check);
      };
      const check = (): void => {
        const match = pattern.exec(plain(this.text.slice(from)));
        if (match) {
          done();
          resolve(match);
        } else if (this.ended !== undefined) {
          done();
          reject(new Error(this.ended));
        }
      };
      const timer = setTimeout(() => {
        done();
        reject(new Error(`the board did not print ${pattern} within ${timeout / 1000} s; its console ends with: ${plain(this.text).slice(-300)}`));
      }, timeout);
      this.waiting.add(check);
      check();
    });
  }

  type(text: string): void {
    this.process.stdin!.write(text);
  }

  /** What the board prints for a command. Rejects after `timeout` ms. */
  async ask(command: string, timeout = PATIENCE): Promise<string> {
    const from = this.text.length;
    this.type(`${command}\r`);
    // The echo, the answer, and the prompt in a line of its own.
    const echo = command.replace(/[^\w ]/g, "\\$&");
    const match = await this.until(new RegExp(`${echo}\\n([^]*?)^[\\w.-]+(?:\\([\\w-]+\\))?[#>]$`, "m"), timeout, from);
    await new Promise((resolve) => setTimeout(resolve, 50));
    return match[1]!.trimEnd();
  }

  /** Kills it at once, as a power cut does. */
  async kill(): Promise<void> {
    if (this.running) {
      const gone = new Promise((resolve) => this.process.once("close", resolve));
      this.process.kill("SIGKILL");
      await gone;
    }
    this.machine.clean();
  }
}
