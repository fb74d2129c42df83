/**
 * A console on a pair of streams without a terminal. Lines go in one by one and are shown behind the prompt that they
 * answer, so that the output reads like a session.
 */
import type { Readable, Writable } from "node:stream";
import { CONCEAL, RawInput, type Console, type Input } from "./console.ts";

export class PipeConsole implements Console {
  private midLine = false;
  private concealed = false;

  constructor(
    input: Readable,
    private readonly output: Writable,
    handle: Input,
  ) {
    const raw = new RawInput((text) => {
      for (const line of text.match(/[^\n]*\n|[^\n]+$/g) ?? []) {
        if (this.midLine && line.endsWith("\n")) this.write(this.concealed ? "\n" : line);
        handle(line);
      }
    });
    input.on("data", (chunk: Buffer) => raw.write(chunk));
    input.on("end", () => raw.end());
    input.on("error", () => {});
    // Whoever reads the output may go away (`| head`); the router runs on.
    output.on("error", () => {});
  }

  write(text: string): void {
    if (text === "") return;
    this.output.write(text);
    this.midLine = !text.endsWith("\n");
    this.concealed = text.endsWith(CONCEAL);
  }

  say(line: string): void {
    this.write(`${this.midLine ? "\n" : ""}${line}\n`);
  }

  async close(): Promise<void> {
    if (this.midLine) this.output.write("\n");
  }
}
