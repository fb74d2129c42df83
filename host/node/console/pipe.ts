/**
 * A console on a pair of streams without a terminal. Lines go in one by one and are shown behind the prompt that they
 * answer, so that the output reads like a session; what is refused is told with the number of its line.
 */
import type { Readable, Writable } from "node:stream";
import { RawInput, Tail, type Console, type Input } from "./console.ts";

const PROMPT = /^[\w.-]+(\([a-z-]+\))?[>#]$/;
/** After the end of the input: how long nothing is printed before a command that gives no prompt counts as ended, ms. */
const QUIET = 10000;

export class PipeConsole implements Console {
  private midLine = false;
  private readonly tail = new Tail();
  private line = 0;
  private ended = false;
  private quiet: NodeJS.Timeout | undefined;

  constructor(
    input: Readable,
    private readonly output: Writable,
    handle: Input,
    private readonly atEnd: () => void = () => {},
  ) {
    const raw = new RawInput((text) => {
      for (const line of text.match(/[^\n]*\n|[^\n]+$/g) ?? []) {
        if (this.midLine && line.endsWith("\n")) this.write(this.tail.concealed ? "\n" : line);
        if (line.endsWith("\n")) this.line++;
        const refused = handle(line);
        if (refused && line.endsWith("\n")) this.say(`% Line ${this.line} of the input was refused.`);
      }
    });
    input.on("data", (chunk: Buffer) => raw.write(chunk));
    input.on("end", () => {
      raw.end();
      this.ended = true;
      this.settle();
    });
    input.on("error", () => {});
    // Whoever reads the output may go away (`| head`); the router runs on.
    output.on("error", () => {});
  }

  write(text: string): void {
    if (text === "") return;
    this.output.write(text);
    this.midLine = !text.endsWith("\n");
    this.tail.write(text);
    if (this.ended) this.settle();
  }

  /** The input has ended: the router ends with the prompt that follows its last command. */
  private settle(): void {
    clearTimeout(this.quiet);
    if (PROMPT.test(this.tail.text)) setImmediate(this.atEnd);
    else this.quiet = setTimeout(this.atEnd, QUIET);
  }

  /** The prompt, if one stands, stands again behind the line. */
  say(line: string): void {
    const prompt = this.tail.text;
    this.write(`${this.midLine ? "\n" : ""}${line}\n${PROMPT.test(prompt) ? prompt : ""}`);
  }

  async close(): Promise<void> {
    clearTimeout(this.quiet);
    if (this.midLine) this.output.write("\n");
  }
}
