/** What `npm run fuzz -- --coverage` counts, on a program of a few lines. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { build } from "../../tools/test/coverage/build.mjs";
import { BASE, type Sites } from "../../tools/test/coverage/counters.mjs";
import { report } from "./coverage.ts";

const PROGRAM = `
class Box {
  constructor(public value: i32) {}
  get twice(): i32 { return this.value << 1; }
}
// @ts-ignore: decorator
@inline
function small(n: i32): bool { return n < 3; }
function never(n: i32): i32 { return n > 0 ? never(n - 1) : 7; }
function both(a: bool, b: bool): i32 {
  if (a && b) return 1;
  return 2;
}
export function one(n: i32): i32 {
  let sum = 0;
  while (sum < n) sum += new Box(1).twice;
  if (small(n)) return small(n + 1) ? sum : sum + 1;
  return n == 100 ? never(n) : both(n == 4, true);
}
`;

interface Program { one(n: number): number; memory: WebAssembly.Memory }

test("functions and both ways of every condition, by where they stand", async () => {
  const base = mkdtempSync(join(tmpdir(), "postern-coverage-"));
  try {
    mkdirSync(join(base, "assembly/ike"), { recursive: true });
    mkdirSync(join(base, "build"));
    writeFileSync(join(base, "assembly/ike/program.ts"), PROGRAM);
    writeFileSync(join(base, "assembly/index.ts"), `export { one } from "./ike/program";\n`);
    const made = await build({ base, folder: join(base, "build"), log: () => {} });
    const sites = JSON.parse(readFileSync(made.sites, "utf8")) as Sites;
    assert.deepEqual(sites.functions.map(({ name }) => name.replace("assembly/ike/program/", "")).sort(), ["Box#get:twice", "both", "never", "one"]);
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(made.wasm)));
    const { one, memory } = exports as unknown as Program;
    const notes = () => new Uint8Array(memory.buffer, BASE);
    const way = (text: string, yes: boolean): boolean => {
      const at = sites.branches.filter((site) => site.text === text).map((site) => site.at + (yes ? 0 : 1));
      assert.ok(at.length > 0, `${text} is none of ${sites.branches.map((site) => site.text)}`);
      return at.some((k) => notes()[k]);
    };
    const seen = () => sites.functions.filter(({ at }) => notes()[at]).map(({ name }) => name.replace("assembly/ike/program/", "")).sort();
    assert.deepEqual(seen(), []);
    one(2);
    assert.deepEqual(seen(), ["Box#get:twice", "one"]);
    assert.ok(way("sum < n", true) && way("sum < n", false));
    one(4);
    assert.deepEqual(seen(), ["Box#get:twice", "both", "one"]);
    assert.ok(way("a && b", true) && !way("a && b", false));
    assert.ok(!way("n == 100", true) && way("n == 100", false));
    one(5);
    assert.ok(way("a && b", false));
    const { text, reached } = report(sites, memory.buffer, true);
    assert.equal(reached, false);
    assert.match(text, /^ike {9} +3 of 4 +75\.0 %/m);
    assert.match(text, /^ {2}assembly\/ike\/program\.ts:9 {2}never$/m);
    assert.match(text, /^ {2}assembly\/ike\/program\.ts:18:\d+ {2}true: n == 100$/m);
    // What is compiled already is not compiled again.
    let said = "";
    await build({ base, folder: join(base, "build"), log: (line) => (said += line) });
    assert.equal(said, "");
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
});
