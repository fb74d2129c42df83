/**
 * Modules that do each operation of WebAssembly's SIMD on integers by itself, with operands of many values; and the list of
 * those that a module uses.
 */
import binaryen from "binaryen";

/** How many sets of operands there are, and where: `a`, `b` and `c` of 16 octets each, and results from RESULTS on. */
const SETS = 24;
const OPERANDS = 1024;
const RESULTS = 8192;
/** Octets of results of one function. */
const ROOM = 16 * SETS;

const WIDTHS = { i8x16: 8, i16x8: 16, i32x4: 32, i64x2: 64 } as const;
const shapes = Object.keys(WIDTHS) as (keyof typeof WIDTHS)[];
const each = (names: string[], ops: string[]): string[] => names.flatMap((name) => ops.map((op) => `${name}.${op}`));

const compared = (of: string[]): string[] => of.flatMap((op) => [`${op}_s`, `${op}_u`]);
const narrow = ["i8x16", "i16x8"];
const three = ["i8x16", "i16x8", "i32x4"];
const BINARY = [
  ...["and", "or", "xor", "andnot"].map((op) => `v128.${op}`),
  ...each(shapes, ["add", "sub", "eq", "ne"]), ...each(shapes.slice(1), ["mul"]), ...each(three, compared(["lt", "gt", "le", "ge", "min", "max"])),
  ...each(["i64x2"], ["lt_s", "gt_s", "le_s", "ge_s"]), ...each(narrow, [...compared(["add_sat", "sub_sat"]), "avgr_u"]),
  "i8x16.swizzle", "i16x8.q15mulr_sat_s", "i32x4.dot_i16x8_s",
  ...compared(["i8x16.narrow_i16x8", "i16x8.narrow_i32x4"]),
  ...["i16x8.extmul_low_i8x16", "i16x8.extmul_high_i8x16", "i32x4.extmul_low_i16x8", "i32x4.extmul_high_i16x8", "i64x2.extmul_low_i32x4", "i64x2.extmul_high_i32x4"].flatMap((op) => compared([op])),
];
const UNARY = [
  "v128.not", ...each(shapes, ["abs", "neg"]), "i8x16.popcnt",
  ...compared(["i16x8.extend_low_i8x16", "i16x8.extend_high_i8x16", "i32x4.extend_low_i16x8", "i32x4.extend_high_i16x8", "i64x2.extend_low_i32x4", "i64x2.extend_high_i32x4", "i16x8.extadd_pairwise_i8x16", "i32x4.extadd_pairwise_i16x8"]),
];
const SHIFT = each(shapes, ["shl", "shr_s", "shr_u"]);
const TEST = ["v128.any_true", ...each(shapes, ["all_true", "bitmask"])];
/** Loads, by octets that they read. */
const LOAD: Record<string, number> = {
  "v128.load": 16, "v128.load8_splat": 1, "v128.load16_splat": 2, "v128.load32_splat": 4, "v128.load64_splat": 8, "v128.load32_zero": 4, "v128.load64_zero": 8,
  ...Object.fromEntries(compared(["v128.load8x8", "v128.load16x4", "v128.load32x2"]).map((op) => [op, 8])),
};
const LANE_BITS = [8, 16, 32, 64];
const lanesOf = (bits: number): number[] => Array.from({ length: 128 / bits }, (_, lane) => lane);

/** Shuffles that tell: halves, windows over both operands, orders of lanes, and each lane from anywhere. */
const SHUFFLES = [
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
  [5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20],
  [15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
  [3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12],
  [0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23],
  [0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23],
  [0, 5, 10, 15, 4, 9, 14, 3, 8, 13, 2, 7, 12, 1, 6, 11],
  [31, 7, 12, 12, 0, 24, 19, 3, 30, 9, 1, 16, 22, 5, 28, 14],
];

/** The text of an operation from operands' texts. `a`, `b`, `c`: vectors; `p`: an address; `n`: a number of 32 bits. */
type Operands = Record<"a" | "b" | "c" | "p" | "n", string>;
type Make = (operands: Operands) => string;

const wide = (shape: string): string => (shape === "i64x2" ? "i64" : "i32");
const number = (shape: string, n: string): string => (shape === "i64x2" ? `(i64.mul (i64.extend_i32_u ${n}) (i64.const 0x123456789))` : n);
const splat = (text: string, type = "i32"): string => (type === "i32" ? `(i32x4.splat ${text})` : `(i64x2.splat ${text})`);

/** Every operation that is known here: some ways to do it, each of which gives a vector. */
function known(shuffles: number[][]): Map<string, Make[]> {
  const all = new Map<string, Make[]>();
  for (const op of BINARY) all.set(op, [({ a, b }) => `(${op} ${a} ${b})`]);
  for (const op of UNARY) all.set(op, [({ a }) => `(${op} ${a})`]);
  for (const op of SHIFT) all.set(op, [({ a, n }) => `(${op} ${a} ${n})`, ...[0, 7, 8, 31, 200].map((by): Make => ({ a }) => `(${op} ${a} (i32.const ${by}))`)]);
  for (const op of TEST) all.set(op, [({ a }) => splat(`(${op} ${a})`), ({ a, b }) => splat(`(${op} (v128.and ${a} ${b}))`), ({ a }) => splat(`(${op} (v128.xor ${a} ${a}))`)]);
  all.set("v128.bitselect", [({ a, b, c }) => `(v128.bitselect ${a} ${b} ${c})`]);
  all.set("v128.const", [() => "(v128.const i32x4 0x01020304 0x8badf00d 0xffffffff 0x00000080)", () => "(v128.const i32x4 0 0 0 0)", () => "(v128.const i32x4 0x01010101 0x01010101 0x01010101 0x01010101)"]);
  all.set("i8x16.shuffle", [...SHUFFLES, ...shuffles].map((lanes): Make => ({ a, b }) => `(i8x16.shuffle ${lanes.join(" ")} ${a} ${b})`));
  for (const shape of shapes) {
    const lanes = lanesOf(WIDTHS[shape]);
    all.set(`${shape}.splat`, [({ n }) => `(${shape}.splat ${number(shape, n)})`]);
    all.set(`${shape}.replace_lane`, lanes.map((lane): Make => ({ a, n }) => `(${shape}.replace_lane ${lane} ${a} ${number(shape, n)})`));
    for (const sign of WIDTHS[shape] < 32 ? ["_s", "_u"] : [""]) all.set(`${shape}.extract_lane${sign}`, lanes.map((lane): Make => ({ a }) => splat(`(${shape}.extract_lane${sign} ${lane} ${a})`, wide(shape))));
  }
  for (const op of Object.keys(LOAD)) all.set(op, [({ p }) => `(${op} ${p})`, ({ p }) => `(${op} offset=5 ${p})`]);
  all.set("v128.store", [({ a }) => a]);
  for (const bits of LANE_BITS) {
    const some = [0, 128 / bits - 1];
    all.set(`v128.load${bits}_lane`, some.map((lane): Make => ({ p, a }) => `(v128.load${bits}_lane ${lane} ${p} ${a})`));
    all.set(`v128.store${bits}_lane`, some.map((lane): Make => ({ a }) => `(block (result v128) (v128.store${bits}_lane ${lane} (i32.const 0) ${a}) (v128.load (i32.const 0)))`));
  }
  return all;
}

export interface Used {
  operations: string[];
  shuffles: number[][];
}

/** The operations on vectors that a module's code has, and the orders of its shuffles: binaryen's reading of it. */
export function used(wasm: Uint8Array): Used {
  const module = binaryen.readBinary(wasm);
  module.setFeatures(binaryen.Features.All);
  const text = module.emitText();
  module.dispose();
  const operations = new Set<string>();
  for (const [, op] of text.matchAll(/\(((?:v128|[if]\d+x\d+)\.[a-z0-9_]+)/g)) operations.add(op!);
  const shuffles = new Set([...text.matchAll(/i8x16\.shuffle((?: \d+){16})/g)].map(([, lanes]) => lanes!));
  return { operations: [...operations].sort(), shuffles: [...shuffles].map((lanes) => lanes.trim().split(" ").map(Number)) };
}

export interface Case {
  operation: string;
  /** The export that does it on all sets of operands. */
  export: string;
  /** Where its results are. */
  from: number;
  length: number;
}

/** Octets that look like any, with the ends of every lane's range among them. */
function operands(): number[] {
  const octets: number[] = [];
  let state = 12345;
  for (let i = 0; i < 48 * SETS; i++) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    octets.push(state >>> 24);
  }
  const edges = [0, 255, 127, 128, 1, 15, 16, 31];
  for (const [i, edge] of edges.entries()) octets.fill(edge, 48 * i, 48 * i + 16);
  for (const [i, edge] of edges.entries()) octets.fill(edge, 48 * ((i * 3) % SETS) + 16, 48 * ((i * 3) % SETS) + 32);
  // Indices of a table, some of them beyond it.
  for (let i = 0; i < 16; i++) octets[48 * 9 + 16 + i] = (i * 7) & 31;
  return octets;
}

const assemble = (text: string): Uint8Array => {
  const module = binaryen.parseText(text);
  module.setFeatures(binaryen.Features.All);
  const binary = module.emitBinary();
  module.dispose();
  return binary;
};

/**
 * A module with exports for every operation known here, those that are used in three forms, since a compiler treats them
 * differently: all operands from memory, all but the first the same throughout a loop, all but the first constants.
 */
export function operationsModule({ operations, shuffles }: Used): { wasm: Uint8Array; cases: Case[]; size: number } {
  const cases: Case[] = [];
  const functions: string[] = [];
  const load = (offset: number, at = "$p"): string => `(v128.load offset=${offset} (local.get ${at}))`;
  const constants = { b: "(v128.const i32x4 0x0c0d0e0f 0x14030201 0x80ff7f00 0x09080706)", c: "(v128.const i32x4 0xffffffff 0x0000ffff 0x0f0f0f0f 0)", n: "(i32.const 0x1badcafe)" };
  for (const [operation, ways] of known(shuffles))
    for (const make of ways) {
      const p = "(local.get $p)";
      const forms: Operands[] = [
        { p, a: load(0), b: load(16), c: load(32), n: "(i32.load offset=20 (local.get $p))" },
        { p, a: load(0), b: "(local.get $b)", c: "(local.get $c)", n: "(local.get $n)" },
        { p, a: load(0), ...constants },
      ];
      for (const text of new Set((operations.includes(operation) ? forms : forms.slice(0, 1)).map(make))) {
        const from = RESULTS + cases.length * ROOM;
        const name = `f${cases.length}`;
        cases.push({ operation, export: name, from, length: ROOM });
        functions.push(`(func (export "${name}") (local $p i32) (local $q i32) (local $b v128) (local $c v128) (local $n i32)
          (local.set $p (i32.const ${OPERANDS})) (local.set $q (i32.const ${from}))
          (local.set $b ${load(64)}) (local.set $c ${load(80)}) (local.set $n (i32.load offset=84 (local.get $p)))
          (loop $l
            (v128.store (local.get $q) ${text})
            (local.set $p (i32.add (local.get $p) (i32.const 48))) (local.set $q (i32.add (local.get $q) (i32.const 16)))
            (br_if $l (i32.lt_u (local.get $p) (i32.const ${OPERANDS + 48 * SETS})))))`);
      }
    }
  const size = RESULTS + cases.length * ROOM;
  const data = operands().map((octet) => `\\${octet.toString(16).padStart(2, "0")}`).join("");
  return { wasm: assemble(`(module (memory (export "memory") ${Math.ceil(size / 65536)} ${Math.ceil(size / 65536)}) (data (i32.const ${OPERANDS}) "${data}") ${functions.join("\n")})`), cases, size };
}

export const operationsKnown = (): Set<string> => new Set(known([]).keys());

/** Every kind of access to memory: how it is written, and how many octets it touches. */
const ACCESSES: { load: (at: string) => string; bytes: number }[] = [
  { load: (at) => `(i32.load8_u ${at})`, bytes: 1 },
  { load: (at) => `(i32.load16_s ${at})`, bytes: 2 },
  { load: (at) => `(i32.load ${at})`, bytes: 4 },
  { load: (at) => `(i32.wrap_i64 (i64.load ${at}))`, bytes: 8 },
  ...Object.entries(LOAD).map(([op, bytes]) => ({ load: (at: string) => `(i32x4.extract_lane 0 (${op} ${at}))`, bytes })),
  ...LANE_BITS.map((bits) => ({ load: (at: string) => `(i32x4.extract_lane 0 (v128.load${bits}_lane 0 ${at} (v128.const i32x4 0 0 0 0)))`, bytes: bits / 8 })),
];
const STORES: { store: (at: string) => string; bytes: number }[] = [
  { store: (at) => `(i32.store8 ${at} (i32.const 17))`, bytes: 1 },
  { store: (at) => `(i32.store ${at} (i32.const 0x11223344))`, bytes: 4 },
  { store: (at) => `(i64.store ${at} (i64.const 0x1122334455667788))`, bytes: 8 },
  { store: (at) => `(v128.store ${at} (v128.const i32x4 1 2 3 4))`, bytes: 16 },
  ...LANE_BITS.map((bits) => ({ store: (at: string) => `(v128.store${bits}_lane 0 ${at} (v128.const i32x4 9 8 7 6))`, bytes: bits / 8 })),
];

/**
 * A module of one page that grows to two, whose exports take an address and touch memory there and about it; and the calls that
 * try each around every limit.
 */
export function limitsModule(): { wasm: Uint8Array; calls: string[]; size: number } {
  const page = 65536;
  const functions: string[] = [];
  const calls: string[] = [];
  const tries: string[] = [];
  const add = (body: string, reach: number): void => {
    const name = `f${functions.length}`;
    functions.push(`(func (export "${name}") (param $p i32) (result i32) (local $q i32) ${body})`);
    const limits = [0, 2 ** 31, 2 ** 32, page - reach, 2 * page - reach, 2 ** 32 - reach];
    const places = new Set(limits.flatMap((limit) => [-17, -2, -1, 0, 1, 2, 17].map((by) => (limit + by) >>> 0)));
    for (const at of places) tries.push(`${name} ${at}`);
  };
  const p = (offset: number, local = "$p"): string => `offset=${offset} (local.get ${local})`;
  for (const { load, bytes } of ACCESSES) for (const offset of [0, 1, 16, page - bytes, page - bytes + 1, page, 2 ** 31, 2 ** 32 - 1]) add(load(p(offset)), offset + bytes);
  for (const { store, bytes } of STORES) for (const offset of [0, 7, page - bytes, page]) add(`${store(p(offset))} (i32.const 1)`, offset + bytes);
  // What one access has shown of a local holds for others, and for no longer than it is so.
  const word = (offset: number, local?: string): string => `(i32.load ${p(offset, local)})`;
  const drop = (text: string): string => `(drop ${text})`;
  for (const far of [4, 100, 60000]) {
    add(`${drop(word(far))} ${word(0)}`, far + 4);
    add(`${drop(word(0))} ${word(far)}`, far + 4);
    add(`${drop(`(i32.load8_u ${p(far + 3)})`)} (v128.store ${p(0)} (v128.load ${p(4)})) ${word(far)}`, far + 4);
    add(`${drop(word(far))} (local.set $p (i32.add (local.get $p) (i32.const 8))) ${word(0)}`, 12);
    add(`${drop(word(far))} (local.set $q (i32.add (local.get $p) (i32.const 8))) ${word(far - 4, "$q")}`, far + 12);
    add(`(if (i32.and (local.get $p) (i32.const 1)) (then ${drop(word(far))})) ${word(0)}`, 4);
    add(`${drop(word(0))} (if (i32.and (local.get $p) (i32.const 1)) (then ${drop(word(far))})) ${word(far - 4)}`, far);
    add(`${drop(word(far))} (loop $l (local.set $q (i32.add (local.get $q) ${word(0)})) (local.set $p (i32.add (local.get $p) (i32.const 4))) (br_if $l (i32.lt_u (local.get $p) (i32.const ${page})))) (local.get $q)`, far + 4);
    add(`(loop $l (local.set $q ${word(far)}) (local.set $p (i32.add (local.get $p) (i32.const 1))) (br_if $l (i32.and (local.get $p) (i32.const 7)))) ${word(far - 1)}`, far + 4);
  }
  calls.push(...tries, "grow 1", ...tries, "grow 1");
  return { wasm: assemble(`(module (memory (export "memory") 1 2) (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))) ${functions.join("\n")})`), calls, size: 2 * page };
}

/** The same without a growing memory, as ours is: the compiler then takes its size for a constant of the instance. */
export function fixedLimitsModule(): { wasm: Uint8Array; calls: string[]; size: number } {
  const { wasm, calls } = limitsModule();
  const module = binaryen.readBinary(wasm);
  module.setFeatures(binaryen.Features.All);
  const text = module.emitText().replace(/\(memory \$0 1 2\)/, "(memory $0 1 1)").replace(/\(memory\.grow\s+\(local\.get \$0\)\s+\)/, "(i32.const -1)");
  module.dispose();
  return { wasm: assemble(text), calls: calls.slice(0, calls.indexOf("grow 1")), size: 65536 };
}

/**
 * A module for counting instructions: "probed" adds 16 words behind a probe of the last of them, "rising" does without a probe, so
 * that each word is checked; "fixed" adds as many from fixed addresses, which need no check.
 */
export function checksModule(): Uint8Array {
  const sum = (at: (i: number) => string): string => Array.from({ length: 16 }, (_, i) => `(local.set $s (i32.add (local.get $s) ${at(i)}))`).join("");
  const own = (name: string, body: string): string => `(func (export "${name}") (param $p i32) (result i32) (local $s i32) ${body} (local.get $s))`;
  const word = (i: number): string => `(i32.load offset=${4 * i} (local.get $p))`;
  return assemble(`(module (memory (export "memory") 1 1)
    ${own("probed", `(drop (i32.load8_u offset=63 (local.get $p))) ${sum(word)}`)} ${own("rising", sum(word))} ${own("fixed", sum((i) => `(i32.load (i32.const ${64 + 4 * i}))`))})`);
}

/** What V8 answers to the calls: lines as tests/boards/machine/caller.c gives them, a trap without its reason. */
export async function inV8(wasm: Uint8Array, calls: readonly string[]): Promise<string[]> {
  const { instance } = await WebAssembly.instantiate(wasm as Uint8Array<ArrayBuffer>);
  const memory = instance.exports["memory"] as WebAssembly.Memory;
  return calls.map((call) => {
    const [name, ...numbers] = call.split(" ");
    if (name === "memory") return Buffer.from(memory.buffer, Number(numbers[0]), Number(numbers[1])).toString("hex");
    try {
      return `= ${((instance.exports[name!] as (...of: number[]) => number)(...numbers.map((n) => Number(n) | 0)) ?? 0) >>> 0}`;
    } catch (error) {
      if (error instanceof WebAssembly.RuntimeError) return "!";
      throw error;
    }
  });
}
