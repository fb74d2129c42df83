/** The boards' store of a text (host/baremetal/records.c) on a medium in memory, with power cuts, and with the compiler's checks on. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { describe, it } from "node:test";
import { has } from "../../tools/package/debian.mjs";
import { cProgram } from "./machine/c_program.ts";

// Lines of stdin: `w TEXT` (as record_write), `r TEXT` (record_replace), `e` (replaced by nothing), `cut N` (the medium fails from its Nth
// write on), `mend`. Each answers with a line: what came of it, the text that counts, and how often SECRET stands on the medium.
const MAIN = `#include "records.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
enum { SLOT = 8192 };
static uint8_t medium[SLOTS][SLOT];
static long writes_left = -1;
static bool reads(unsigned slot, uint32_t at, void *to, uint32_t length) { memcpy(to, medium[slot] + at, length); return true; }
static bool writes(unsigned slot, uint32_t at, const void *from, uint32_t length)
{
    if (writes_left == 0)
        return false;
    if (writes_left > 0)
        writes_left--;
    memcpy(medium[slot] + at, from, length);
    return true;
}
static bool erases(unsigned slot)
{
    static const uint8_t nothing[512];
    for (uint32_t at = 0; at < SLOT; at += 512)
        if (!writes(slot, at, nothing, 512))
            return false;
    return true;
}
static const struct store store = { SLOT, reads, writes, erases };
int main(void)
{
    static char line[6000], text[6000];
    while (fgets(line, sizeof line, stdin)) {
        struct record r = { .store = &store, .first = SLOT_CONFIG_A };
        unsigned found = 0;
        bool ok = true;
        line[strcspn(line, "\\n")] = 0;
        record_read(&r, text, sizeof text);
        if (line[0] == 'w')
            ok = record_write(&r, line + 2, (uint32_t)strlen(line + 2));
        else if (line[0] == 'r')
            ok = record_replace(&r, line + 2, (uint32_t)strlen(line + 2));
        else if (line[0] == 'e')
            ok = record_replace(&r, "", 0);
        else
            writes_left = line[0] == 'c' ? atol(line + 4) : -1;
        for (size_t i = 0; i + 6 <= sizeof medium; i++)
            found += memcmp((uint8_t *)medium + i, "SECRET", 6) == 0;
        struct record after = { .store = &store, .first = SLOT_CONFIG_A };
        uint32_t length = record_read(&after, text, sizeof text);
        printf("%s%s %u %.*s\\n", ok ? "ok" : "failed", r.left ? ", left" : "", found, (int)length, text);
    }
    return 0;
}
`;
const skip = has("cc") ? false : "gcc is missing";

describe("a text in two slots", { skip }, () => {
  const program = cProgram(MAIN, "host/baremetal/records.c");
  const run = (...lines: string[]): string[] => {
    const { status, stdout, stderr } = spawnSync(program, [], { input: `${lines.join("\n")}\n`, encoding: "utf8" });
    assert.equal(status, 0, stderr);
    return stdout.trimEnd().split("\n");
  };
  const long = `key SECRET${"x".repeat(4000)}SECRET`;

  it("what is replaced, or erased, is nowhere on the medium any more", () => {
    assert.deepEqual(run(`r ${long}`, "r short", `r ${long}`, "e"), [`ok 4 ${long}`, "ok 0 short", `ok 4 ${long}`, "ok 0"]);
    // Whatever had been left there by one write alone.
    assert.deepEqual(run(`w ${long}`, `w ${long}`, "r new").at(-1), "ok 0 new");
  });

  it("at every power cut the old text counts or the new one, and where the old one is left it is said", () => {
    const seen = new Set<string>();
    for (let cut = 0; cut < 60; cut++) {
      const [, , , after] = run(`r ${long}`, "w old SECRET", `cut ${cut}`, "r new");
      const [, how, found, text] = /^(ok, left|ok|failed) (\d+) (.*)$/.exec(after!)!;
      seen.add(how!);
      assert.ok(text === "new" ? how !== "failed" : how === "failed" && text === "old SECRET", `${cut}: ${after}`);
      if (how === "ok") assert.equal(found, "0");
      // Behind the cut the next one clears all.
      assert.equal(run(`r ${long}`, "w old SECRET", `cut ${cut}`, "r new", "mend", "r newer").at(-1), "ok 0 newer");
    }
    assert.deepEqual([...seen].sort(), ["failed", "ok", "ok, left"]);
  });
});
