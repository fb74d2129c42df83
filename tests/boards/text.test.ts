/** The line editor of the C hosts (host/baremetal/text.c): what stands on the screen, with the compiler's checks of memory on. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { describe, it } from "node:test";
import { has } from "../../tools/package/debian.mjs";
import { cProgram } from "./machine/c_program.ts";

/** The module's part: a line `say` makes the host say something, and is answered, as every line, with a line and the prompt. `%` is a mark of a command that `run` began, `$` its end, `@` a prompt of another name. */
const MAIN = `#include "ground.h"
#include "text.h"
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
void board_write(const char *text, size_t length)
{
    fwrite(text, 1, length, stdout);
}
int main(int count, char **words)
{
    if (count > 1 && strcmp(words[1], "raw") == 0)
        text_raw();
    bool asked = false;
    text_module("R#", 2);
    for (int octet; (octet = getchar()) != EOF;) {
        if (octet == '!') {
            text_say("% news");
            continue;
        }
        if (octet == '%' || octet == '$' || octet == '@') {
            text_module(octet == '%' ? "." : octet == '$' ? "\\ndone\\nR#" : "S#", octet == '%' ? 1 : octet == '$' ? 8 : 2);
            continue;
        }
        struct text_input input = text_key(octet);
        if (input.length == 0)
            continue;
        if (input.length > 4 && memcmp(input.text, "echo", 4) == 0)
            text_module(input.text + 5, input.length - 5);
        if (input.length > 3 && memcmp(input.text, "ask", 3) == 0) {
            text_module("Password: \\033[8m", 14);
            text_taken();
            asked = true;
            continue;
        }
        if (input.length > 3 && memcmp(input.text, "run", 3) == 0) {
            text_module("going\\n", 6);
            text_taken();
            continue;
        }
        if (asked) {
            text_module("\\033[28m", 5);
            printf("{%.*s}\\r\\n", (int)input.length - 1, input.text);
            asked = false;
        }
        if (input.length > 3 && memcmp(input.text, "say", 3) == 0) {
            text_say("% one");
            text_say("% two");
        }
        text_module("did it\\nR#", 9);
        text_taken();
    }
    return 0;
}
`;

/** What a terminal shows of it. */
const screen = (text: string): string[] => text.split("\r\n").map((line) => line.split("\r\u001b[K").at(-1)!);

describe("the line editor", { skip: has("cc") ? false : "gcc is missing" }, () => {
  const program = cProgram(MAIN, "host/baremetal/text.c");
  const shown = (input: string, ...args: string[]): string[] => {
    const { status, stdout, stderr } = spawnSync(program, args, { input, encoding: "utf8" });
    assert.equal(status, 0, stderr);
    return screen(stdout);
  };

  it("what the host says goes above the line that is typed", () => assert.deepEqual(shown("pi!ng\r"), ["% news", "R#ping", "did it", "R#"]));
  it("marks of a command that runs stay, and what is typed meanwhile stands behind the prompt", () => {
    assert.deepEqual(shown("run\r%%%$"), ["R#run", "going", "...", "done", "R#"]);
    assert.deepEqual(shown("run\r%%xy$z\r"), ["R#run", "going", "..xy", "done", "R#xyz", "did it", "R#"]);
  });
  it("another prompt stands in the place of the one before, with what is typed", () => assert.deepEqual(shown("ab@c!\r"), ["% news", "S#abc", "did it", "R#"]));
  it("what it says while a line is answered stands behind it, and the line is not shown again", () => {
    assert.deepEqual(shown("say\r"), ["R#say", "% one", "% two", "did it", "R#"]);
    assert.deepEqual(shown("say\r", "raw"), ["R#", "% one", "% two", "did it", "R#"]);
  });
  /** What the module gets of these keys. */
  const entered = (keys: string): string => shown(`echo ${keys}\r`)[1]!;
  const UP = "\x1b[A", DOWN = "\x1b[B", RIGHT = "\x1b[C", LEFT = "\x1b[D";

  it("knows the keys that move and cut", () => {
    assert.equal(entered(`bc${LEFT}${LEFT}a`), "abc");
    assert.equal(entered(`abc${LEFT}${LEFT}${RIGHT}X`), "abXc");
    assert.equal(entered(`abc${LEFT}\x1b[3~d`), "abd");
    for (const end of ["\x1b[F", "\x1b[4~", "\x1bOF", "\x05"]) assert.equal(entered(`ab${LEFT}${LEFT}${end}c`), "abc");
    for (const home of ["\x1b[H", "\x1b[1~", "\x1bOH", "\x01"]) assert.equal(shown(`cho x${home}e\r`)[1], "x");
    assert.equal(entered(`abc${LEFT}\x7f`), "ac");
    assert.equal(entered("one two\x17three"), "one three");
    assert.equal(shown("nonsense\x15echo x\r")[1], "x");
    assert.equal(entered("abcd\x02\x02\x0b"), "ab");
    assert.equal(entered("\u00e9\u00e8\x7fx"), "\u00e9x", "a character may have several octets");
    assert.equal(entered("a\x1b[1;5Cb\x1b[99~c"), "abc", "other keys do nothing");
  });
  it("brings back lines, the last first, and forgets the oldest", () => {
    assert.deepEqual(shown(`echo one\recho two\r${UP}${UP}\r`).at(-3), "one");
    assert.deepEqual(shown(`echo one\recho two\r${UP}${UP}${DOWN}\r`).at(-3), "two");
    assert.deepEqual(shown(`echo one\r${UP}${DOWN}echo x\r`).at(-3), "x");
    const many = Array.from({ length: 400 }, (_, i) => `echo number ${i}\r`).join("");
    assert.match(shown(`${many}${UP.repeat(500)}\r`).at(-3)!, /^number 2\d\d$/);
  });
  it("shows nothing of what is asked for in secret, keeps nothing of it, and takes every key of it", () => {
    const all = spawnSync(program, [], { input: `ask\rpass?wo${LEFT}${RIGHT}rd\r${UP}\r`, encoding: "utf8" }).stdout;
    assert.ok(all.includes("{pass?word}"), all);
    assert.equal(all.split("pass").length, 2, all);
    assert.ok(all.includes("\x1b[8m") && all.includes("\x1b[28m"));
    assert.ok(all.includes("R#ask"), "what went before it comes back");
  });
  it("takes a line of any length", () => {
    for (const length of [1022, 1023, 1024, 5000]) assert.deepEqual(shown(`${"x".repeat(length)}\rsay\r`).slice(-5), ["R#say", "% one", "% two", "did it", "R#"]);
  });
});
