/**
 * The console on a terminal: the line editor under the module's prompt. Output that comes while a line is being typed goes
 * above it; the prompt and the line are drawn again below.
 */
import { emitKeypressEvents } from "node:readline";
import type { ReadStream, WriteStream } from "node:tty";
import { Editor, type Key } from "./editor.ts";
import { CONCEAL, REVEAL, Tail, type Console, type Input } from "./console.ts";

/** A line without an end that waits for input: host/abi.md's prompts, and questions. */
const PROMPT = /[>#:\]?] ?$/;

/** Columns that text takes: combining marks none, wide characters two; of escape sequences only CONCEAL occurs in prompts. */
function columns(text: string): number {
  let n = 0;
  for (const c of text.replaceAll(CONCEAL, "")) n += /\p{Mn}|\p{Me}|\p{Cf}/u.test(c) ? 0 : /[\u1100-\u115f\u2e80-\uffdc\u{1f300}-\u{1faff}]/u.test(c) && !/[\uff61-\uffdc]/.test(c) ? 2 : 1;
  return n;
}

export class TerminalConsole implements Console {
  private readonly editor = new Editor();
  private readonly tail = new Tail();
  /** The module has printed a prompt and nothing was entered since. */
  private waiting = false;
  /** Row of the cursor below the first row of what is drawn. */
  private row = 0;
  private drawn = false;
  /** What the module prints for a question, while it is asked. */
  private answer: string | undefined;
  private readonly onKey = (text: string | undefined, key: Key) => this.key({ ...key, sequence: key.sequence ?? text ?? "" });

  constructor(
    private readonly input: Pick<ReadStream, "setRawMode" | "on" | "off" | "resume" | "pause"> & NodeJS.ReadableStream,
    private readonly output: WriteStream | (NodeJS.WritableStream & { columns?: number }),
    private readonly handle: Input,
    private readonly leave: () => void,
  ) {
    emitKeypressEvents(input);
    input.setRawMode(true);
    input.on("keypress", this.onKey);
    input.resume();
    output.on("error", () => {});
  }

  private get width(): number {
    return this.output.columns || 80;
  }

  private erase(): void {
    if (!this.drawn) return;
    this.output.write(`${this.row > 0 ? `\x1b[${this.row}A` : ""}\r\x1b[J`);
    this.drawn = false;
  }

  private draw(): void {
    const line = this.tail.concealed ? "" : this.editor.line;
    const text = this.tail.text + line;
    const total = columns(text);
    const at = columns(this.tail.text + line.slice(0, this.editor.cursor));
    const row = Math.floor(at / this.width);
    // At a full last column terminals wait for one more character before they wrap: give it.
    const wrapped = total > 0 && total % this.width === 0 ? " \r" : "";
    const below = Math.floor(total / this.width) - row;
    const column = at % this.width;
    this.output.write(`${text}${wrapped}${below > 0 ? `\x1b[${below}A` : ""}\r${column > 0 ? `\x1b[${column}C` : ""}`);
    this.row = row;
    this.drawn = true;
  }

  write(text: string): void {
    if (text.startsWith(REVEAL)) {
      // What was asked is answered, or nobody asks any more.
      this.erase();
      this.output.write(REVEAL);
      this.tail.text = "";
      this.waiting = this.editor.concealed = false;
      this.editor.set("");
      text = text.slice(REVEAL.length);
    }
    if (text === "") return;
    if (this.answer !== undefined) {
      this.answer += text;
      return;
    }
    if (!this.waiting) {
      this.output.write(text.replaceAll("\n", "\r\n"));
      this.tail.write(text);
      this.editor.concealed = this.tail.concealed;
      this.waiting = this.tail.concealed || PROMPT.test(this.tail.text);
      if (this.waiting) {
        // The prompt is on the screen already: draw it with the line from the row's beginning.
        this.row = Math.floor(Math.max(0, columns(this.tail.text) - 1) / this.width);
        this.drawn = true;
        this.erase();
        this.draw();
      }
      return;
    }
    this.erase();
    const end = text.lastIndexOf("\n") + 1;
    if (end > 0) this.output.write(text.slice(0, end).replaceAll("\n", "\r\n"));
    if (end < text.length) {
      this.tail.text = "";
      this.tail.write(text.slice(end));
      this.editor.concealed = this.tail.concealed;
    }
    this.draw();
  }

  /** Parts a prompt from the text behind it. */
  private bare(line: string): { prompt: string; text: string } {
    const old = this.tail.text;
    if (old !== "" && line.startsWith(old)) return { prompt: old, text: line.slice(old.length) };
    const prompt = /^[^\s>#]*[>#] ?/.exec(line)?.[0] ?? line;
    return { prompt, text: line.slice(prompt.length) };
  }

  say(line: string): void {
    this.erase();
    this.output.write(`${!this.waiting && this.tail.text !== "" ? "\r\n" : ""}${line}\r\n`);
    if (this.waiting) this.draw();
  }

  private key(key: Key): void {
    const action = this.editor.key(key);
    if (!action) return;
    switch (action.kind) {
      case "line":
        this.submit(`${action.text}\n`, action.text);
        break;
      case "end":
        this.submit(`${action.text}\x1a`, `${action.text}^Z`);
        break;
      case "break":
        if (this.waiting) this.submit(this.tail.concealed ? "\x03" : "\n", "^C");
        else this.handle(action.text);
        break;
      case "ask":
        if (!this.waiting) break;
        this.ask(action.text);
        break;
      case "leave":
        this.leave();
        break;
      case "clear":
        this.output.write("\x1b[H\x1b[2J");
        this.drawn = false;
        if (this.waiting) this.draw();
        break;
      case "redraw":
        if (this.waiting) {
          this.erase();
          this.draw();
        }
        break;
    }
  }

  /**
   * Asks for help or completion. The module answers with lines, if it has any, then the prompt and the text again: that
   * text is ours to edit.
   */
  private ask(question: string): void {
    this.answer = "";
    this.handle(question);
    const answer = this.answer;
    this.answer = undefined;
    this.erase();
    const end = answer.lastIndexOf("\n") + 1;
    if (end > 0 || question.endsWith("?")) this.output.write(`${this.tail.text}${question.replace(/\t$/, "")}\r\n${answer.slice(0, end).replaceAll("\n", "\r\n")}`);
    if (end < answer.length) {
      const behind = this.editor.line.slice(this.editor.cursor);
      const { prompt, text } = this.bare(answer.slice(end));
      this.editor.set(text + behind, text.length);
      this.tail.text = prompt;
    }
    this.draw();
  }

  /** Gives a line to the module and leaves `shown` behind on the screen. */
  private submit(line: string, shown: string): void {
    if (this.waiting) {
      this.erase();
      this.output.write(`${this.tail.text}${this.tail.concealed ? "" : shown}\r\n`);
    }
    this.tail.text = "";
    this.editor.concealed = false;
    this.waiting = false;
    this.drawn = false;
    this.handle(line);
  }

  async close(): Promise<void> {
    this.input.off("keypress", this.onKey);
    this.input.setRawMode(false);
    this.input.pause();
    this.output.write("\r\n");
  }
}
