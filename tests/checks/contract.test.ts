/** The module's imports and exports are host/abi.md's, and its memory never grows; read through binaryen. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import binaryen from "binaryen";

const file = fileURLToPath(new URL("../../build/postern.wasm", import.meta.url));
const abi = readFileSync(fileURLToPath(new URL("../../host/abi.md", import.meta.url)), "utf8");

/** Names and signatures are read from host/abi.md itself: `name(a, b): u32` in the tables' first column. */
function tableOf(heading: string): Map<string, { params: number; result: boolean }> {
  const section = abi.slice(abi.indexOf(`## ${heading}`)).split(/\n## /)[0]!;
  const rows = new Map<string, { params: number; result: boolean }>();
  for (const [, name = "", args = "", result] of section.matchAll(/^\| `(\w+)\(([^)]*)\)(: u32)?`/gm))
    rows.set(name, { params: args.split(",").filter((x) => x.trim()).length, result: result !== undefined });
  return rows;
}

test("imports and exports are the contract's", () => {
  const bytes = readFileSync(file);
  const module = new WebAssembly.Module(bytes);
  const imports = WebAssembly.Module.imports(module);
  const imported = tableOf("Imports");
  assert.deepEqual(imports.map((i) => `${i.module}.${i.name} ${i.kind}`).sort(), [...imported.keys()].map((n) => `host.${n} function`).sort());
  const exported = tableOf("Exports");
  const names = WebAssembly.Module.exports(module).map((e) => `${e.name} ${e.kind}`);
  assert.deepEqual(names.sort(), [...exported.keys()].map((n) => `${n} function`).concat("memory memory").sort());

  const parsed = binaryen.readBinary(bytes);
  const type = (params: number) => binaryen.createType(new Array(params).fill(binaryen.i32));
  const check = (internalName: string, name: string, row: { params: number; result: boolean }) => {
    const info = binaryen.getFunctionInfo(parsed.getFunction(internalName));
    assert.equal(info.params, type(row.params), `${name}: parameters`);
    assert.equal(info.results, row.result ? binaryen.i32 : binaryen.none, `${name}: result`);
  };
  for (let i = 0; i < parsed.getNumExports(); i++) {
    const info = binaryen.getExportInfo(parsed.getExportByIndex(i));
    if (info.kind === binaryen.ExternalFunction) check(info.value, info.name, exported.get(info.name)!);
  }
  for (let i = 0; i < parsed.getNumFunctions(); i++) {
    const info = binaryen.getFunctionInfo(parsed.getFunctionByIndex(i));
    if (info.module) check(info.name, String(info.base), imported.get(String(info.base))!);
  }
  parsed.dispose();
});

test("memory is of one size and cannot grow", () => {
  const parsed = binaryen.readBinary(readFileSync(file));
  const memory = parsed.getMemoryInfo();
  assert.equal(memory.max, memory.initial, "maximum is the initial size");
  parsed.dispose();
});

test("abi_version is the number that host/abi.md states", () => {
  const module = new WebAssembly.Module(readFileSync(file));
  const nothing = () => 0;
  const instance = new WebAssembly.Instance(module, { host: { random: nothing, send_frame: nothing, write: nothing, read_startup: nothing, halt: nothing } });
  const stated = Number(/`abi_version\(\)` is \*\*(\d+)\*\*/.exec(abi)?.[1]);
  assert.equal((instance.exports.abi_version as () => number)(), stated);
});
