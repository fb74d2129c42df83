/**
 * Code that WAMR's compiler makes of SIMD, with our edits to it (tools/package/wamr_edits.mjs): every operation that our module
 * uses gives V8's results, accesses around every limit of memory trap where V8 traps, and code stands where its loads of
 * constants take it to be.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { moduleOf, wamrc } from "../../tools/build/aot.mjs";
import { sections, TEXT } from "../../tools/build/aot_file.mjs";
import { edited, edits } from "../../tools/package/wamr_edits.mjs";
import { Caller, PROCESSORS, type Processor } from "./machine/caller.ts";
import { simdSkipReason } from "./machine/board_needs.ts";
import { fixedLimitsModule, inV8, limitsModule, operationsKnown, operationsModule, used } from "./machine/simd_module.ts";

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
      const { wasm, cases, size } = operationsModule(built.shuffles);
      const file = caller.compile("operations", wasm);
      const calls = [...cases.map((one) => one.export), `memory 0 ${size}`];
      const [wanted, got] = [(await inV8(wasm, calls)).at(-1)!, caller.call(file, calls).at(-1)!];
      const differing = cases.filter(({ from, length }) => wanted.slice(2 * from, 2 * (from + length)) !== got.slice(2 * from, 2 * (from + length)));
      assert.deepEqual([...new Set(differing.map(({ operation }) => operation))], []);
      const { number, at, body } = sections(readFileSync(file)).find(({ number }) => number === TEXT)!;
      assert.deepEqual({ number, aligned: (4 + body.readUInt32LE(0)) % 16, at: at % 4 }, { number: TEXT, aligned: 0, at: 0 });
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
