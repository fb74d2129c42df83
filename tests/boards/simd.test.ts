/**
 * Code that WAMR's compiler makes of SIMD, with our edits to it (tools/package/wamr_edits.mjs): every operation that our module
 * uses gives V8's results, accesses around every limit of memory trap where V8 traps, and code stands where its loads of
 * constants take it to be.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { moduleOf, wamrc } from "../../tools/build/aot.mjs";
import { RELOCATION, sections, TEXT } from "../../tools/build/aot_file.mjs";
import { edited, edits } from "../../tools/package/wamr_edits.mjs";
import { Caller, PROCESSORS, type Processor } from "./machine/caller.ts";
import { programs, simdSkipReason } from "./machine/board_needs.ts";
import { checksModule, fixedLimitsModule, inV8, limitsModule, operationsKnown, operationsModule, used } from "./machine/simd_module.ts";

const built = used(readFileSync(moduleOf("linux-armv7")));

describe("edits of WAMR's sources", () => {
  const [edit] = edits;
  it("are made where their text stands once", () => assert.equal(edited(`1${edit!.find}2`, [edit!]), `1${edit!.put}2`));
  for (const [what, text, count] of [["nowhere", "", 0], ["twice", edit!.find.repeat(2), 2]] as const)
    it(`and refused where it stands ${what}`, () => assert.throws(() => edited(text, [edit!]), (error: Error) => error.message.startsWith(`postern: WAMR's ${edit!.file} has ${count} places, not one, for the edit "`)));
});

it("every operation on vectors in the module is one that is tried here", () => {
  const known = operationsKnown();
  assert.deepEqual(built.operations.filter((operation) => !known.has(operation)), []);
});

describe("postern-linux asks the processor", () => {
  const timeline = join(mkdtempSync(join(tmpdir(), "postern-simd-")), "none.ptl");
  before(() => {
    const header = Buffer.alloc(16);
    header.write("PTL1", "latin1");
    writeFileSync(timeline, header);
  });
  after(() => rmSync(dirname(timeline), { recursive: true, force: true }));
  const [program] = programs(["armv7"]);
  for (const [cpu, missing] of [["cortex-a7", undefined], ["cortex-a7,neon=off", "NEON"], ["cortex-a8", "division"]] as const)
    it(`${cpu}: ${missing === undefined ? "compiled code runs" : `without ${missing} the interpreter runs, and it says so`}`, program!.skip === undefined ? {} : { skip: program!.skip }, () => {
      const [emulator, ...rest] = program!.command;
      const { stdout, stderr } = spawnSync(emulator!, ["-cpu", cpu, ...rest, "--replay", timeline], { encoding: "utf8" });
      assert.match(stdout, missing === undefined ? /engine=AOT/ : /engine=interpreter/);
      assert.equal(stderr, missing === undefined ? "" : `% This processor has no ${missing}: the interpreter runs the scalar module.\n`);
    });
});

for (const processor of Object.keys(PROCESSORS) as Processor[]) {
  const skip = simdSkipReason(processor);
  describe(`SIMD on ${processor}`, skip === undefined ? {} : { skip }, () => {
    let caller: Caller;
    before(() => {
      wamrc({ log: () => {} });
      caller = new Caller(processor);
    });
    after(() => caller?.close());

    it("operations give V8's results", async () => {
      const { wasm, cases, size } = operationsModule(built);
      const file = caller.compile("operations", wasm);
      const calls = [...cases.map((one) => one.export), `memory 0 ${size}`];
      const [wanted, got] = [(await inV8(wasm, calls)).at(-1)!, caller.call(file, calls).at(-1)!];
      const differing = cases.filter(({ from, length }) => wanted.slice(2 * from, 2 * (from + length)) !== got.slice(2 * from, 2 * (from + length)));
      assert.deepEqual([...new Set(differing.map(({ operation }) => operation))], []);
      const { number, at, body } = sections(readFileSync(file)).find(({ number }) => number === TEXT)!;
      assert.deepEqual({ number, aligned: (4 + body.readUInt32LE(0)) % 16, at: at % 4 }, { number: TEXT, aligned: 0, at: 0 });
      // What tools/build/link.mjs settles for the boards it settles in NEON's code as well.
      if (processor === "thumbv7") for (const name of ["aot_func#", ".aot_stack_sizes"]) assert.equal(sections(readFileSync(file)).find(({ number }) => number === RELOCATION)?.body.includes(name) ?? false, false, name);
    });

    if (processor === "armv7")
      it("and code that is not aligned ends in SIGBUS, which the above would show", () => {
        const { wasm, cases } = operationsModule({ operations: ["i8x16.swizzle"], shuffles: [] });
        const file = caller.compile("unaligned", wasm);
        const bytes = readFileSync(file);
        const parts = sections(bytes).flatMap(({ number, body }) => {
          // Without the literal of 12 octets, whose length comes first.
          const changed = number === TEXT ? Buffer.concat([Buffer.alloc(4), body.subarray(16)]) : body;
          return [Buffer.from(Uint32Array.of(number, changed.length).buffer), changed, Buffer.alloc(-changed.length & 3)];
        });
        writeFileSync(file, Buffer.concat([bytes.subarray(0, 8), ...parts, Buffer.alloc(8)]));
        assert.throws(() => caller.call(file, cases.map((one) => one.export)), /ended with SIGBUS/);
      });

    if (processor !== "x86_64")
      it("tables and widening products are the processor's own, and a probe saves the checks behind it", () => {
        const operations = ["v128.xor", "i8x16.swizzle", ...(processor === "aarch64" ? [] : ["i64x2.extmul_low_i32x4_u", "i64x2.extmul_high_i32x4_s"])];
        const { wasm, cases } = operationsModule({ operations, shuffles: [] });
        const file = caller.compile("costs", wasm);
        // The first call of each translates its code, and is not looked at.
        const count = (of: string, calls: string[]): number[] => caller.watch(of, calls.flatMap((call) => [call, call])).filter((_, i) => i & 1).map(({ instructions }) => instructions);
        const counts = Object.fromEntries(operations.map((operation) => [operation, Math.max(...count(file, cases.filter((one) => one.operation === operation).map((one) => one.export)))]));
        for (const operation of operations) assert.ok((counts[operation]! - counts["v128.xor"]!) / 24 < 3, `${operation}: ${counts[operation]} instructions in 24 rounds, an exclusive or takes ${counts["v128.xor"]}`);
        const [probed, rising, fixed] = count(caller.compile("checks", checksModule()), ["probed 64", "rising 64", "fixed 64"]) as [number, number, number];
        assert.ok(probed - fixed < 24 && rising - probed > 24, `${probed}, ${rising} and ${fixed} instructions`);
      });

    for (const [what, module] of [["a memory of one size", fixedLimitsModule], ["a memory that grows", limitsModule]] as const)
      it(`accesses around every limit of ${what} trap where V8 traps`, async () => {
        const { wasm, calls, size } = module();
        const all = [...calls, `memory 0 ${size}`];
        const [wanted, got] = [await inV8(wasm, all), caller.call(caller.compile("limits", wasm), all)];
        const traps = wanted.filter((line) => line === "!").length;
        assert.ok(traps > 1000 && wanted.length - traps > 1000, `${traps} of ${wanted.length} trap`);
        assert.deepEqual(all.filter((_, i) => wanted[i] !== got[i]), []);
      });
  });
}
