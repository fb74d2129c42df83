/**
 * What a console is to the router: somewhere that its output goes to, and where input comes from. Input is handed on in
 * the form of host/abi.md ("The console"): lines with `\n`, `text?`, `text\t`, a single 0x03 or 0x1e; 0x1a (Ctrl-Z) ends a
 * line and leaves configuration.
 */
export interface Console {
  /** Output of the module: whole lines, progress, prompts. */
  write(text: string): void;
  /** A line from the host itself; does not disturb what is being typed. */
  say(line: string): void;
  close(): Promise<void>;
}

/** Takes input; answers how many lines of it the module refused. */
export type Input = (text: string) => number | void;

const BREAK = /[\x03\x1e]/;

/** Makes abi.md's input of bytes as they come from a pipe or a socket. What has no end yet waits for it. */
export class RawInput {
  private rest = "";
  private readonly decoder = new TextDecoder();

  constructor(private readonly input: Input) {}

  write(chunk: Uint8Array): void {
    let text = this.rest + this.decoder.decode(chunk, { stream: true }).replace(/\r\n?/g, "\n");
    const end = text.lastIndexOf("\x1a") + 1;
    if (end > 0 && !BREAK.test(text)) {
      this.input(text.slice(0, end));
      text = text.slice(end);
    }
    for (let at = text.search(BREAK); at >= 0; at = text.search(BREAK)) {
      if (at > 0) this.lines(text.slice(0, at));
      this.input(text[at]!);
      text = text.slice(at + 1);
    }
    this.rest = this.lines(text);
    if (/[?\t]$/.test(this.rest)) {
      this.input(this.rest);
      this.rest = "";
    }
  }

  /** Hands on whole lines, returns what is left. */
  private lines(text: string): string {
    const end = text.lastIndexOf("\n") + 1;
    if (end > 0) this.input(text.slice(0, end));
    return text.slice(end);
  }

  /** The stream has ended: a last line without `\n` counts. */
  end(): void {
    if (this.rest !== "") this.input(`${this.rest}\n`);
    this.rest = "";
  }
}

/** What a prompt ends with whose answer is not to be seen, and what ends that (host/abi.md). Terminals conceal and show text by them too. */
export const CONCEAL = "\x1b[8m";
export const REVEAL = "\x1b[28m";

/** Follows output to know the line that has no end yet: the prompt, when the console waits. */
export class Tail {
  text = "";

  /** The answer to what stands there is not to be seen. */
  get concealed(): boolean {
    return this.text.endsWith(CONCEAL);
  }

  write(text: string): void {
    const newline = text.lastIndexOf("\n");
    this.text = (newline < 0 ? this.text + text : text.slice(newline + 1)).replaceAll(REVEAL, "");
  }
}
