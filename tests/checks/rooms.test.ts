/** The rooms outside of the module: what each may import, and that no files import each other in a circle. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { relative, sep } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { circles, graphOf, sources } from "./circles.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const named = (file: string): string => relative(root, file).split(sep).join("/");
const graph = graphOf(["host/node", "host/crypto", "demo", "tools", "bench", "tests/support", "tests/interop"].flatMap((folder) => sources(root + folder)));

/** What the files of `room` import outside of it and of the rooms named. */
function strays(room: string, allowed: readonly string[], except: readonly string[] = []): string[] {
  return [...graph].flatMap(([file, targets]) => {
    if (!named(file).startsWith(room) || except.includes(named(file))) return [];
    return [...targets].map(named).filter((target) => ![room, ...allowed].some((prefix) => target.startsWith(prefix))).map((target) => `${named(file)} imports ${target}`);
  });
}

test("no files of host, demonstration, tools, benches, tests' support and interop import each other in a circle", () => {
  assert.deepEqual(circles(graph).map((circle) => circle.map(named)), []);
});

test("the check sees circles: of one file, of two, of three, and none where all goes down", () => {
  const of = (...arrows: [string, string][]) => circles(new Map([...new Set(arrows.flat())].map((file) => [file, new Set(arrows.filter(([from]) => from === file).map(([, to]) => to))])));
  assert.deepEqual(of(["a", "b"], ["b", "c"], ["a", "c"]), []);
  assert.deepEqual(of(["a", "a"]), [["a"]]);
  assert.deepEqual(of(["a", "b"], ["b", "a"], ["b", "c"]), [["a", "b"]]);
  assert.deepEqual(of(["d", "a"], ["a", "b"], ["b", "c"], ["c", "a"], ["e", "f"], ["f", "e"]), [["a", "b", "c"], ["e", "f"]]);
});

test("the second implementation shares no code with the module", () => {
  const second = [...graph.keys()].filter((file) => named(file).startsWith("tests/support/second/"));
  assert.ok(second.length >= 5);
  const reached = new Set(second);
  // A set is walked through to what is added meanwhile.
  for (const file of reached) for (const target of graph.get(file) ?? []) reached.add(target);
  assert.deepEqual([...reached].map(named).filter((file) => /^(assembly|build|tests\/(unit|support\/primitives))\//.test(file)), []);
  // Its own imports: the world in which both meet, and Node.
  assert.deepEqual(strays("tests/support/second/", ["tests/support/world/"]), []);
  for (const file of second) assert.doesNotMatch(readFileSync(file, "utf8"), /\.wasm|WebAssembly|assemblyscript/, named(file));
});

test("rooms import those below them only", () => {
  assert.deepEqual(strays("tests/support/world/", ["host/node/"]), []);
  assert.deepEqual(strays("tests/support/primitives/", ["tests/support/second/", "tests/support/world/"]), []);
  assert.deepEqual(strays("tests/interop/bench/", ["host/node/", "tests/support/world/", "tools/"]), []);
  assert.deepEqual(strays("tests/interop/signed/", ["tests/interop/bench/", "tests/support/second/"]), []);
  // The command loads the demonstration when it is asked for, and sets up on a fresh clone.
  assert.deepEqual(strays("host/node/", [], ["host/node/postern.mjs", "host/node/cli/main.ts"]), []);
  // The library is what a browser loads: it stands by itself.
  assert.deepEqual(strays("host/crypto/", []), []);
  assert.deepEqual(strays("bench/", ["host/node/", "tests/boards/machine/", "tests/interop/bench/", "tests/support/", "tools/"]), []);
  assert.deepEqual(strays("demo/", ["host/node/", "tests/support/world/", "tools/"]), []);
  const shared = ["tools/setup.mjs", "tools/lock.mjs", "tools/boards.mjs"];
  assert.deepEqual(strays("tools/package/", shared), []);
  assert.deepEqual(strays("tools/build/", ["tools/package/", ...shared]), []);
  assert.deepEqual(strays("tools/board/", ["tools/build/", "tools/package/", ...shared]), []);
  assert.deepEqual(strays("tools/test/", ["tools/build/", "tools/package/", ...shared]), []);
});
