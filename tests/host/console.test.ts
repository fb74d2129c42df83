/** Consoles: a pipe, a socket with clients in turn, and the line editor on a terminal. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { RawInput } from "../../host/node/console/console.ts";
import { Editor } from "../../host/node/console/editor.ts";
import { PipeConsole } from "../../host/node/console/pipe.ts";
import { TerminalConsole } from "../../host/node/console/terminal.ts";
import { UnixConsole } from "../../host/node/console/unix.ts";
import { turns, until } from "../support/world/until.ts";

test("raw input: lines, questions and breaks, however the bytes are cut", () => {
  const got: string[] = [];
  const raw = new RawInput((text) => got.push(text));
  for (const part of ["sh", "ow ver\r\nsh", "ow ?", "pi\x03ng", " a\n\x1e", "b\x1a", "last"]) raw.write(Buffer.from(part));
  raw.end();
  assert.deepEqual(got, ["show ver\n", "show ?", "\x03", "ng a\n", "\x1e", "b\x1a", "last\n"]);
});

test("a pipe reads like a session", async () => {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const con: PipeConsole = new PipeConsole(input, output, (text) => con.write(text === "a\n" ? "A\nR#" : "B\nR#"));
  con.write("R#");
  input.write("a\nb\n");
  await turns();
  con.say("% news");
  assert.equal(output.read().toString(), "R#a\nA\nR#b\nB\nR#\n% news\nR#");
});

test("a socket serves clients in turn, shows each the prompt, and is its owner's alone", async () => {
  const folder = mkdtempSync(join(tmpdir(), "postern-console-"));
  const path = join(folder, "con");
  const typed: string[] = [];
  const con = await UnixConsole.open(path, (text) => typed.push(text));
  try {
    assert.equal(statSync(path).mode & 0o777, 0o600);
    con.write("started\nR#");
    for (const name of ["one", "two"]) {
      const client = connect(path);
      let got = "";
      client.on("data", (chunk) => (got += chunk.toString()));
      client.write(`${name}\n`);
      await until("what was typed", () => typed.includes(`${name}\n`));
      con.write(`answer to ${name}\nR#`);
      await until("the answer", () => got.endsWith("\nR#"));
      assert.equal(got, `R#answer to ${name}\nR#`);
      client.end();
      await once(client, "close");
    }
    assert.deepEqual(typed, ["one\n", "two\n"]);
    // A message that came since hides no prompt from who comes later; what is being answered has none.
    for (const [text, shown] of [["*00:00:01.000: %NEWS\n", "R#"], ["", ""], ["R(config)#Nov 29 17:14:28.000: %MORE\n", "R(config)#"]] as const) {
      con.write(text);
      const client = connect(path);
      let got = "";
      client.on("data", (chunk) => (got += chunk.toString()));
      if (shown) await until("the prompt", () => got === shown);
      const before = typed.length;
      client.write("three\n");
      await until("what was typed", () => typed.length > before);
      assert.equal(got, shown);
      client.end();
      await once(client, "close");
    }
  } finally {
    await con.close();
    rmSync(folder, { recursive: true });
  }
});

const type = (editor: Editor, text: string) => [...text].forEach((sequence) => editor.key({ sequence }));
const press = (editor: Editor, name: string, ctrl = false) => editor.key({ sequence: "", name, ctrl });

test("the editor: words, ends, cuts", () => {
  const editor = new Editor();
  type(editor, "show crypto sa");
  press(editor, "left");
  press(editor, "left");
  type(editor, "isakmp ");
  assert.equal(editor.line, "show crypto isakmp sa");
  press(editor, "w", true);
  assert.equal(editor.line, "show crypto sa");
  press(editor, "y", true);
  assert.equal(editor.line, "show crypto isakmp sa");
  press(editor, "a", true);
  press(editor, "k", true);
  assert.equal(editor.line, "");
  press(editor, "y", true);
  press(editor, "u", true);
  assert.equal(editor.line, "");
  type(editor, "ab");
  press(editor, "a", true);
  press(editor, "delete");
  press(editor, "e", true);
  press(editor, "backspace");
  assert.equal(editor.line, "");
});

test("the editor: history goes up and down and keeps the draft", () => {
  const editor = new Editor();
  for (const line of ["one", "two", "two"]) {
    type(editor, line);
    assert.deepEqual(press(editor, "return"), { kind: "line", text: line });
  }
  type(editor, "dra");
  press(editor, "up");
  assert.equal(editor.line, "two");
  press(editor, "up");
  press(editor, "up");
  assert.equal(editor.line, "one");
  press(editor, "down");
  press(editor, "down");
  assert.equal(editor.line, "dra");
});

test("the editor: what goes to the module at once", () => {
  const editor = new Editor();
  type(editor, "sh ver");
  assert.deepEqual(editor.key({ sequence: "?" }), { kind: "ask", text: "sh ver?" });
  assert.deepEqual(press(editor, "tab"), { kind: "ask", text: "sh ver\t" });
  assert.equal(press(editor, "d", true)?.kind, "redraw");
  assert.deepEqual(press(editor, "z", true), { kind: "end", text: "sh ver" });
  assert.deepEqual(press(editor, "d", true), { kind: "leave" });
  assert.deepEqual(press(editor, "c", true), { kind: "break", text: "\x03" });
  assert.deepEqual(editor.key({ sequence: "\x1e" }), { kind: "break", text: "\x1e" });
  assert.equal(editor.key({ sequence: "\x01" }), undefined);
});

/** A terminal of one row after the other: what a person sees. */
class Screen {
  rows = [""];
  private x = 0;
  private y = 0;

  write(text: string): void {
    for (const [, up, right, clear, c] of text.matchAll(/\x1b\[(\d+)A|\x1b\[(\d+)C|(\x1b\[J)|([^\x1b])/g)) {
      if (up) this.y -= Number(up);
      else if (right) this.x += Number(right);
      else if (clear) {
        this.rows.length = this.y + 1;
        this.rows[this.y] = this.rows[this.y]!.slice(0, this.x);
      } else if (c === "\r") this.x = 0;
      else if (c === "\n") this.rows[++this.y] ??= "";
      else {
        if (this.x === 20) {
          this.x = 0;
          this.rows[++this.y] ??= "";
        }
        const row = this.rows[this.y]!.padEnd(this.x);
        this.rows[this.y] = row.slice(0, this.x) + c + row.slice(this.x + 1);
        this.x++;
      }
    }
  }

  get text(): string[] {
    return this.rows.map((row) => row.trimEnd());
  }
}

function terminal(answer: (text: string, con: TerminalConsole) => void) {
  const screen = new Screen();
  const input = Object.assign(new PassThrough(), { setRawMode: () => input }) as unknown as ConstructorParameters<typeof TerminalConsole>[0];
  const output = Object.assign(new PassThrough(), { columns: 20 });
  output.on("data", (chunk) => screen.write(chunk.toString()));
  const typed: string[] = [];
  let left = false;
  const con: TerminalConsole = new TerminalConsole(
    input,
    output,
    (text) => {
      typed.push(text);
      answer(text, con);
    },
    () => (left = true),
  );
  const keys = async (text: string) => {
    (input as unknown as PassThrough).write(text);
    await turns();
  };
  return { con, screen, typed, keys, left: () => left };
}

test("a terminal: lines, output above what is typed, leaving", async () => {
  const t = terminal((text, con) => con.write(text === "\n" ? "R#" : `did ${text}R#`));
  t.con.write("hello\nR#");
  await t.keys("show\r");
  await t.keys("pin");
  t.con.write("*debug: one\n");
  t.con.say("% two");
  await t.keys("g\r");
  assert.deepEqual(t.screen.text, ["hello", "R#show", "did show", "*debug: one", "% two", "R#ping", "did ping", "R#"]);
  assert.deepEqual(t.typed, ["show\n", "ping\n"]);
  await t.keys("\x04");
  assert.equal(t.left(), true);
});

test("a terminal: a question keeps the line, completion changes it", async () => {
  const t = terminal((text, con) => con.write(text.endsWith("?") ? `  show  help\nR#${text.slice(0, -1)}` : text.endsWith("\t") ? "R#show " : "R#"));
  t.con.write("R#");
  await t.keys("sh?");
  assert.deepEqual(t.screen.text, ["R#sh?", "  show  help", "R#sh"]);
  await t.keys("\t");
  assert.deepEqual(t.screen.text.at(-1), "R#show");
  await t.keys("ver\r");
  assert.deepEqual(t.typed, ["sh?", "sh\t", "show ver\n"]);
});

test("a terminal: a line longer than a row", async () => {
  const t = terminal((_, con) => con.write("ok\nR#"));
  t.con.write("R#");
  await t.keys("0123456789abcdefghijklmnop");
  assert.deepEqual(t.screen.text, ["R#0123456789abcdefgh", "ijklmnop"]);
  t.con.write("news\n");
  assert.deepEqual(t.screen.text, ["news", "R#0123456789abcdefgh", "ijklmnop"]);
  await t.keys("\x01X\r");
  assert.deepEqual(t.screen.text, ["news", "R#X0123456789abcdefg", "hijklmnop", "ok", "R#"]);
});

test("a terminal: progress is not a prompt; Ctrl-C reaches a command that runs", async () => {
  const t = terminal((text, con) => {
    if (text === "ping\n") con.write("Sending 5\n!");
    if (text === "\x03") con.write("\nstopped\nR#");
  });
  t.con.write("R#");
  await t.keys("ping\r");
  t.con.write("!");
  await t.keys("\x03");
  assert.deepEqual(t.screen.text, ["R#ping", "Sending 5", "!!", "stopped", "R#"]);
  assert.deepEqual(t.typed, ["ping\n", "\x03"]);
});
