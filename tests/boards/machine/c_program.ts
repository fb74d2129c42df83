/** C files of ours with a `main` of a test, compiled for this machine with the compiler's checks of memory and arithmetic on. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";

/** Compiles before the tests of the suite that calls this; the program's path is there then, and gone behind them. */
export function cProgram(main: string, ...sources: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), "postern-c-"));
  const program = join(folder, "program");
  after(() => rmSync(folder, { recursive: true, force: true }));
  before(() => {
    writeFileSync(join(folder, "main.c"), main);
    const made = spawnSync("gcc", ["-O1", "-std=gnu11", "-Wall", "-Wextra", "-Werror", "-fsanitize=address,undefined", "-fno-sanitize-recover", "-Ihost/baremetal", "-Iboards/mcu", join(folder, "main.c"), ...sources, "-o", program], { encoding: "utf8" });
    assert.equal(made.status, 0, made.stderr);
  });
  return program;
}
