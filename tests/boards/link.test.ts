/** What tools/build/link.mjs settles of an AOT file: instructions as ARM's and RISC-V's manuals encode them, in files of a few. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FUNCTIONS, INIT, RELOCATION, TEXT, sections } from "../../tools/build/aot_file.mjs";
import { link } from "../../tools/build/link.mjs";
import { ARM, RISCV, aotFile, relocations, type Record } from "./machine/aot_file.ts";

const halves = (...values: number[]): Buffer => Buffer.from(Uint16Array.from(values).buffer);
const words = (...values: number[]): Buffer => Buffer.from(Uint32Array.from(values).buffer);
const body = (file: Buffer, number: number): Buffer => sections(file).find((section) => section.number === number)!.body;
const code = (file: Buffer): Buffer => body(file, TEXT).subarray(4);
/** The table of stack sizes is the last of the data here. */
const table = (file: Buffer, length: number): number[] => [...new Uint32Array(new Uint8Array(body(file, INIT).subarray(-4 * length)).buffer)];

/** Where a BL or B.W goes to. */
function branch(of: Buffer, at: number): number {
  const [first, second] = [of.readUInt16LE(at), of.readUInt16LE(at + 2)];
  assert.ok(first >> 11 === 0x1e && (second >> 11 === 0x1f || second >> 11 === 0x17));
  return at + 4 + ((((((first & 0x7ff) << 11) | (second & 0x7ff)) << 10) >> 10) << 1);
}

/** Where an auipc and a jalr with the same register go to. */
function far(of: Buffer, at: number): number {
  const [auipc, jalr] = [of.readInt32LE(at), of.readInt32LE(at + 4)];
  assert.ok((auipc & 0x7f) === 0x17 && (jalr & 0x707f) === 0x67);
  return at + ((auipc >> 12) << 12) + (jalr >> 20);
}

describe("an AOT file of Thumb-2 is linked", () => {
  const [CALL, JUMP, WORD] = [10, 30, 2];
  const functions = [
    // push; ldr r3, [pc, #8]; mov r4, sp; ldr r3, [r3]; bl 1; the table
    halves(0xb510, 0x4b02, 0x466c, 0x681b, 0xf7ff, 0xfffe, 0, 0),
    // push; ldr r2, [pc, #8]; ldr.w r2, [r2, #4]; b.w 0; nop; the table
    halves(0xb510, 0x4a02, 0xf8d2, 0x2004, 0xf7ff, 0xbffe, 0xbf00, 0xbf00).subarray(0, 12),
    halves(0, 0),
    // push; ldr r1, [pc, #12]; movw r0, #8; ldr r0, [r1, r0]; nop; bl to the runtime; the table
    halves(0xb510, 0x4903, 0xf240, 0x0008, 0x5808, 0xbf00, 0xf7ff, 0xfffe, 0, 0),
    // push; ldr r1, [pc, #12]; mov.w r0, #12 (an immediate of 8 bits is none of these); nop; bl memset; the table
    halves(0xb510, 0x4903, 0xf8d1, 0x000c, 0xbf00, 0xbf00, 0xf7ff, 0xfffe, 0, 0),
  ];
  const text = Buffer.concat(functions);
  const begins = [0, 16, 32, 52];
  const records: Record[] = [
    { offset: 8, type: CALL, symbol: "aot_func#1" },
    { offset: 12, type: WORD, symbol: ".aot_stack_sizes" },
    { offset: 24, type: JUMP, symbol: "aot_func#0" },
    { offset: 28, type: WORD, symbol: ".aot_stack_sizes" },
    { offset: 44, type: CALL, symbol: "aot_set_exception_with_id" },
    { offset: 48, type: WORD, symbol: ".aot_stack_sizes" },
    { offset: 64, type: CALL, symbol: "memset" },
  ];
  const odd: Record = { offset: 68, type: WORD, symbol: ".aot_stack_sizes" };
  const stackSizes = [24, 70_000, 0x1234, 48];
  const linked = link(aotFile(ARM, { code: text, begins, stackSizes, records }));

  it("calls of its own functions go there", () => {
    assert.equal(branch(code(linked), 8), 16);
    assert.equal(branch(code(linked), 24), 0);
    assert.equal(code(linked).readUInt16LE(26) >> 11, 0x17);
  });
  it("calls of the runtime go to one jump behind the code, which the loader settles; those of C's library are the loader's", () => {
    assert.equal(branch(code(linked), 44), text.length);
    assert.equal(code(linked).subarray(text.length).toString("hex"), "fff7febf");
    assert.ok(body(linked, RELOCATION).equals(relocations(ARM, [{ name: ".rel.text", records: [records[6]!, { offset: text.length, type: JUMP, symbol: "aot_set_exception_with_id" }] }])));
  });
  it("stack sizes stand in the code, in each form that the compiler has for fetching them", () => {
    const settled = code(linked);
    assert.equal(settled.readUInt32LE(12), 24);
    assert.equal(settled.readUInt16LE(6), 0xbf00);
    assert.equal(settled.readUInt32LE(28), 70_000);
    assert.deepEqual([settled.readUInt16LE(20), settled.readUInt16LE(22)], [0xf3af, 0x8000]);
    // movw r0, #0x1234; nop
    assert.deepEqual([settled.readUInt16LE(36), settled.readUInt16LE(38), settled.readUInt16LE(40)], [0xf241, 0x2034, 0xbf00]);
    assert.equal(settled.readUInt32LE(48), 0);
  });
  it("and no other octet of it changes", () => {
    const changed = [6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 36, 37, 38, 39, 40, 41, 44, 45, 46, 47];
    for (let at = 0; at < text.length; at++) if (!changed.includes(at)) assert.equal(code(linked)[at], text[at], `at ${at}`);
  });
  it("the table holds what stops whoever still reads it, once nobody does; sizes that the loader passes over are gone", () => {
    assert.deepEqual(table(linked, 4), [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff]);
    assert.equal(body(linked, FUNCTIONS).toString("hex"), Buffer.concat([words(...begins, 10, 11, 12, 13), Buffer.alloc(32)]).toString("hex"));
  });

  for (const [what, record, change] of [
    ["that goes into another register", odd, () => {}],
    ["whose address has an addend", odd, (of: Buffer) => void (of.writeUInt16LE(0x68c9, 56), of.writeUInt32LE(4, 68))],
    ["that is not in the table", odd, (of: Buffer) => void of.writeUInt16LE(0x6c49, 56)],
    ["that stands twice", odd, (of: Buffer) => void (of.writeUInt16LE(0x68c9, 56), of.writeUInt16LE(0x4a01, 60))],
  ] as [string, Record, (of: Buffer) => void][])
    it(`a fetch ${what} stays, and so does the table`, () => {
      const other = Buffer.from(text);
      change(other);
      const file = link(aotFile(ARM, { code: other, begins, stackSizes, records: [...records, record] }));
      assert.ok(code(file).subarray(52, 64).equals(other.subarray(52, 64)));
      assert.ok(code(file).subarray(68, 72).equals(other.subarray(68, 72)));
      assert.deepEqual(table(file, 4), stackSizes);
      assert.equal(body(file, RELOCATION).readUInt32LE(0), 4);
    });
  it("a fetch as expected in the same place goes", () => {
    const other = Buffer.from(text);
    other.writeUInt16LE(0x68c9, 56);
    other.writeUInt16LE(0xbf00, 58);
    const file = link(aotFile(ARM, { code: other, begins, stackSizes, records: [...records, odd] }));
    assert.equal(code(file).readUInt32LE(68), 48);
  });
});

describe("an AOT file of RISC-V is linked", () => {
  const [CALL, HIGH, LOW, ADDRESS] = [19, 23, 24, 2];
  const text = words(
    // auipc a3, 0; nop; lwu a4, 0(a3); auipc ra, 0; jalr ra; auipc t1, 0; jr t1
    ...[0x00000697, 0x00000013, 0x0006e703, 0x00000097, 0x000080e7, 0x00000317, 0x00030067],
    // auipc a3, 0; lwu a3, 0(a3); auipc ra, 0; jalr ra; auipc a0, 0; ld a0, 0(a0); auipc a3, 0; lwu a3, 0(a3); lwu a4, 0(a3)
    ...[0x00000697, 0x0006e683, 0x00000097, 0x000080e7, 0x00000517, 0x00053503, 0x00000697, 0x0006e683, 0x0006e703],
  );
  const begins = [0, 28];
  const stackSizes = [0x1ff0, 0x12345];
  const low = (offset: number, of: number): Record => ({ offset, addend: of, type: LOW, symbol: ".text" });
  const records: Record[] = [
    { offset: 0, addend: 0, type: HIGH, symbol: ".aot_stack_sizes" },
    low(8, 0),
    { offset: 12, type: CALL, symbol: "aot_func#1" },
    { offset: 20, type: CALL, symbol: "aot_set_exception_with_id" },
    { offset: 28, addend: 4, type: HIGH, symbol: ".aot_stack_sizes" },
    low(32, 28),
    { offset: 36, type: CALL, symbol: "aot_func#0" },
    { offset: 44, addend: 16, type: HIGH, symbol: ".rodata" },
    low(48, 44),
  ];
  const groups = [{ name: ".rela.rodata", records: [{ offset: 0, addend: 28, type: ADDRESS, symbol: ".text" }] }];
  const linked = link(aotFile(RISCV, { code: text, begins, stackSizes, records, groups }));

  it("calls of its own functions go there, the runtime's to one jump behind the code", () => {
    assert.equal(far(code(linked), 12), 28);
    assert.equal(far(code(linked), 36), 0);
    assert.equal(far(code(linked), 20), text.length);
    assert.equal(code(linked).readUInt32LE(24) & 0xfffff, 0x30067);
    assert.equal(code(linked).subarray(text.length).toString("hex"), "1703000067000300");
  });
  it("stack sizes stand in the code", () => {
    const settled = code(linked);
    // lui a3, 2; addi a4, a3, -16
    assert.deepEqual([settled.readUInt32LE(0), settled.readUInt32LE(8)], [0x000026b7, 0xff068713]);
    // lui a3, 0x12; addi a3, a3, 0x345
    assert.deepEqual([settled.readUInt32LE(28), settled.readUInt32LE(32)], [0x000126b7, 0x34568693]);
  });
  it("everything else is left to the loader", () => {
    assert.ok(code(linked).subarray(44, text.length).equals(text.subarray(44)));
    const jump = { offset: text.length, type: CALL, symbol: "aot_set_exception_with_id" };
    assert.ok(body(linked, RELOCATION).equals(relocations(RISCV, [{ name: ".rela.text", records: [...records.slice(7), jump] }, ...groups])));
    assert.deepEqual(table(linked, 2), [0xffffffff, 0xffffffff]);
  });
  it("so is a fetch whose address is used twice, with the table", () => {
    const twice: Record[] = [{ offset: 52, addend: 4, type: HIGH, symbol: ".aot_stack_sizes" }, low(56, 52), low(60, 52)];
    const file = link(aotFile(RISCV, { code: text, begins, stackSizes, records: [...records, ...twice], groups }));
    assert.ok(code(file).subarray(52, text.length).equals(text.subarray(52)));
    assert.deepEqual(table(file, 2), stackSizes);
  });
});

it("code for another machine is refused", () => {
  const file = aotFile(ARM, { code: halves(0xbf00), begins: [0], stackSizes: [1], records: [] });
  file.writeUInt16LE(62, 22);
  assert.throws(() => link(file), /machine/);
});
