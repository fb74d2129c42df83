/** The line editor of the C hosts (host/baremetal/text.c): what stands on the screen, with the compiler's checks of memory on. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { describe, it } from "node:test";
import { has } from "../../tools/package/debian.mjs";
import { cProgram } from "./machine/c_program.ts";

/** The module's part: a line `say` makes the host say something, and is answered, as every line, with a line and the prompt. */
const MAIN = `#include "ground.h"
#include "text.h"
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
    text_module("R#", 2);
    for (int octet; (octet = getchar()) != EOF;) {
        if (octet == '!') {
            text_say("% news");
            continue;
        }
        struct text_input input = text_key(octet);
        if (input.length == 0)
            continue;
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
  it("what it says while a line is answered stands behind it, and the line is not shown again", () => {
    assert.deepEqual(shown("say\r"), ["R#say", "% one", "% two", "did it", "R#"]);
    assert.deepEqual(shown("say\r", "raw"), ["R#", "% one", "% two", "did it", "R#"]);
  });
  it("takes a line of any length", () => {
    for (const length of [1022, 1023, 1024, 5000]) assert.deepEqual(shown(`${"x".repeat(length)}\rsay\r`).slice(-5), ["R#say", "% one", "% two", "did it", "R#"]);
  });
});
