/**
 * The line under a cursor, its history, and the keys that change them; no terminal. `key` answers what the key asks for.
 */
export interface Key {
  /** What was typed, as it came. */
  sequence: string;
  name?: string;
  ctrl?: boolean;
  meta?: boolean;
}

export type Action =
  /** the line was entered */
  | { kind: "line"; text: string }
  /** help or completion for what stands before the cursor: `text` ends in `?` or a tab */
  | { kind: "ask"; text: string }
  /** Ctrl-C, Ctrl-^ */
  | { kind: "break"; text: string }
  /** Ctrl-Z: the line, then out of configuration */
  | { kind: "end"; text: string }
  /** Ctrl-D on an empty line */
  | { kind: "leave" }
  /** the line looks different now */
  | { kind: "redraw" }
  | { kind: "clear" };

const HISTORY_MAX = 256;
const LINE_MAX = 500;

export class Editor {
  line = "";
  cursor = 0;
  private history: string[] = [];
  /** Where in the history the line comes from; its length: it is new. */
  private place = 0;
  /** The new line, while an old one is looked at. */
  private draft = "";
  private yanked = "";
  /** What is typed is a secret: it goes to no history, and `?` and Tab are letters of it. */
  concealed = false;

  set(line: string, cursor = line.length): void {
    this.line = line;
    this.cursor = Math.min(cursor, line.length);
  }

  private insert(text: string): void {
    if (this.line.length + text.length > LINE_MAX) return;
    this.set(this.line.slice(0, this.cursor) + text + this.line.slice(this.cursor), this.cursor + text.length);
  }

  private cut(from: number, to: number): void {
    this.yanked = this.line.slice(from, to);
    this.set(this.line.slice(0, from) + this.line.slice(to), from);
  }

  /** Start of the word before the cursor, end of the word behind it. */
  private wordBefore(): number {
    return this.line.slice(0, this.cursor).replace(/\S+\s*$/, "").length;
  }

  private wordBehind(): number {
    return this.cursor + (/^\s*\S*/.exec(this.line.slice(this.cursor))?.[0].length ?? 0);
  }

  private look(step: -1 | 1): void {
    if (this.concealed) return;
    const to = this.place + step;
    if (to < 0 || to > this.history.length) return;
    if (this.place === this.history.length) this.draft = this.line;
    this.place = to;
    this.set(to === this.history.length ? this.draft : this.history[to]!);
  }

  private enter(): { kind: "line"; text: string } {
    const text = this.line;
    if (text.trim() !== "" && !this.concealed && this.history.at(-1) !== text) this.history.push(text);
    if (this.history.length > HISTORY_MAX) this.history.shift();
    this.place = this.history.length;
    this.draft = "";
    this.set("");
    return { kind: "line", text };
  }

  key(key: Key): Action | undefined {
    if (key.ctrl) return this.control(key.name ?? "");
    if (key.meta) {
      if (key.name === "b") this.cursor = this.wordBefore();
      else if (key.name === "f") this.cursor = this.wordBehind();
      else if (key.name === "d") this.cut(this.cursor, this.wordBehind());
      else if (key.name === "backspace") this.cut(this.wordBefore(), this.cursor);
      return { kind: "redraw" };
    }
    switch (key.name) {
      case "return":
      case "enter":
        return this.enter();
      case "tab":
        if (this.concealed) {
          this.insert("\t");
          break;
        }
        return { kind: "ask", text: `${this.line.slice(0, this.cursor)}\t` };
      case "up":
        this.look(-1);
        break;
      case "down":
        this.look(1);
        break;
      case "left":
        this.cursor = Math.max(0, this.cursor - 1);
        break;
      case "right":
        this.cursor = Math.min(this.line.length, this.cursor + 1);
        break;
      case "home":
        this.cursor = 0;
        break;
      case "end":
        this.cursor = this.line.length;
        break;
      case "backspace":
        if (this.cursor > 0) this.set(this.line.slice(0, this.cursor - 1) + this.line.slice(this.cursor), this.cursor - 1);
        break;
      case "delete":
        this.set(this.line.slice(0, this.cursor) + this.line.slice(this.cursor + 1), this.cursor);
        break;
      default:
        if (key.sequence === "\x1e") return this.interrupt("\x1e");
        if (key.sequence === "?" && !this.concealed) return { kind: "ask", text: `${this.line.slice(0, this.cursor)}?` };
        // A pasted piece may hold several characters; control characters are no text.
        if (/[\x00-\x1f\x7f]/.test(key.sequence)) return undefined;
        this.insert(key.sequence);
    }
    return { kind: "redraw" };
  }

  private interrupt(text: string): Action {
    this.set("");
    this.place = this.history.length;
    return { kind: "break", text };
  }

  private control(name: string): Action | undefined {
    switch (name) {
      case "c":
        return this.interrupt("\x03");
      case "z":
        return { kind: "end", text: this.enter().text };
      case "d":
        if (this.line === "") return { kind: "leave" };
        this.set(this.line.slice(0, this.cursor) + this.line.slice(this.cursor + 1), this.cursor);
        break;
      case "a":
        this.cursor = 0;
        break;
      case "e":
        this.cursor = this.line.length;
        break;
      case "b":
        this.cursor = Math.max(0, this.cursor - 1);
        break;
      case "f":
        this.cursor = Math.min(this.line.length, this.cursor + 1);
        break;
      case "p":
        this.look(-1);
        break;
      case "n":
        this.look(1);
        break;
      case "h":
        return this.key({ sequence: "", name: "backspace" });
      case "u":
      case "x":
        this.cut(0, this.cursor);
        break;
      case "k":
        this.cut(this.cursor, this.line.length);
        break;
      case "w":
        this.cut(this.wordBefore(), this.cursor);
        break;
      case "y":
        this.insert(this.yanked);
        break;
      case "t":
        if (this.cursor > 0 && this.line.length > 1) {
          const at = Math.min(this.cursor, this.line.length - 1);
          this.set(this.line.slice(0, at - 1) + this.line[at]! + this.line[at - 1]! + this.line.slice(at + 1), at + 1);
        }
        break;
      case "l":
        return { kind: "clear" };
      case "r":
        return { kind: "redraw" };
      default:
        return undefined;
    }
    return { kind: "redraw" };
  }
}
