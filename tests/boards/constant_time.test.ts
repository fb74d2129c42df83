/**
 * Constant time of the code that processors run: the primitives compiled ahead of time for ARM's NEON, traced under qemu-user -
 * every instruction's place, every address - with secrets that differ; and for x86-64 under valgrind's memcheck, to which
 * secrets are undefined octets, on which no branch and no address may depend. The form for AVX-512, which neither knows, goes step by
 * step. tests/ct looks at the module itself.
 */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import binaryen from "binaryen";
import { Primitives } from "../support/primitives/primitives.ts";
import { memcheckSkipReason, simdSkipReason } from "./machine/board_needs.ts";
import { Caller } from "./machine/caller.ts";

const wasm = readFileSync(fileURLToPath(new URL("../../build/primitives.simd.wasm", import.meta.url)));
// Where the arena is, the module says: the same on every engine.
const { base } = await Primitives.load(undefined, wasm);
const at = (offset: number): number => base + offset;
const [CTX, IV, KEY, AAD, ICV, DATA, OUT] = [0, 1024, 2048, 3072, 4096, 8192, 16384].map(at) as [number, number, number, number, number, number, number];

type Secret = [from: number, length: number];
interface Case {
  name: string;
  /** What is filled with secrets before the calls. */
  secrets: Secret[];
  /** Calls: all are looked at. */
  calls: string[];
  /** The result is looked at, for everyone to see: a multiple that is no point ends an exchange. */
  shows?: true;
}

const [AES, DES3] = [7, 5];
const cases: Case[] = [
  ...[[AES, 16, "AES-128"], [AES, 32, "AES-256"], [DES3, 24, "3DES"]].flatMap(([id, key, name]): Case[] => [
    { name: `${name} key and CBC`, secrets: [[KEY, key as number], [IV, 16], [DATA, 208]], calls: [`cipherSetKey ${id} ${CTX} ${KEY} ${key}`, `cbcEncrypt ${id} ${CTX} ${IV} ${DATA} 208`, `cbcDecrypt ${id} ${CTX} ${IV} ${DATA} 208`] },
  ]),
  { name: "AES-128-CTR", secrets: [[KEY, 16], [DATA, 333]], calls: [`ctrKey ${CTX} ${KEY} 16`, `ctrEsp ${CTX} ${IV} ${IV + 4} ${DATA} 333`] },
  { name: "AES-128-GCM sealed", secrets: [[KEY, 16], [DATA, 333]], calls: [`gcmKey ${CTX} ${KEY} 16`, `gcmSeal ${CTX} ${IV} ${AAD} 12 ${DATA} 333 ${ICV} 16`] },
  { name: "AES-XCBC-MAC", secrets: [[KEY, 16], [DATA, 100]], calls: [`xcbcKey ${CTX} ${KEY}`, `xcbcStart ${AAD}`, `xcbcUpdate ${CTX} ${AAD} ${DATA} 100`, `xcbcFinal ${CTX} ${AAD} ${OUT}`] },
  ...[[1, "MD5"], [2, "SHA-1"], [4, "SHA-256"], [6, "SHA-512"]].map(([id, name]): Case => ({ name: `HMAC with ${name}`, secrets: [[KEY, 20], [DATA, 200]], calls: [`hmac ${id} ${KEY} 20 ${DATA} 200 ${OUT}`] })),
  { name: "a comparison", secrets: [[DATA, 32], [OUT, 32]], calls: [`ctEqual ${DATA} ${OUT} 32`] },
  { name: "a power in group 14", secrets: [[KEY, 2]], calls: [`modexpAll 14 0 256 ${KEY} 2 ${OUT}`] },
  { name: "X25519", secrets: [[KEY, 32]], calls: [`ecAll 31 0 0 ${KEY} 32 ${OUT}`], shows: true },
  { name: "a multiple on P-256", secrets: [[KEY, 2]], calls: [`ecAll 19 0 0 ${KEY} 2 ${OUT}`], shows: true },
];

/** Each leaks, by an argument's octets at 0, or does not. */
const LEAKS = ["table", "store", "branch", "loop"];
const planted = binaryen.parseText(`(module (memory (export "memory") 1 1)
  (func $s (result i32) (i32.load (i32.const 0)))
  (func (export "table") (result i32) (i32.load8_u offset=1024 (i32.and (call $s) (i32.const 255))))
  (func (export "store") (result i32) (v128.store offset=1024 (i32.and (call $s) (i32.const 255)) (v128.const i32x4 0 0 0 0)) (i32.const 0))
  (func (export "branch") (result i32) (if (i32.and (call $s) (i32.const 1)) (then (i32.store (i32.const 512) (i32.const 1)))) (i32.const 4))
  (func (export "loop") (result i32) (local $n i32) (local.set $n (call $s)) (loop (i32.store (i32.const 512) (local.get $n)) (br_if 0 (local.tee $n (i32.shr_u (local.get $n) (i32.const 1))))) (i32.const 0))
  (func (export "clean") (result i32) (v128.store (i32.const 512) (i8x16.swizzle (v128.load (i32.const 1024)) (v128.load (i32.const 0)))) (i32.mul (call $s) (i32.const 5))))`);
planted.setFeatures(binaryen.Features.All);
const plantedWasm = planted.emitBinary();

/** The calls of a case, once for each seed; the first goes before them, for what happens once. */
const under = (one: Case, seeds: number[]): string[] =>
  [seeds[0]!, ...seeds].flatMap((seed) => [...one.secrets.map(([from, length], i) => `fill ${from} ${length} ${seed > 1 ? seed + i : seed}`), ...one.calls]);
/** A power's exponent or a scalar is never 0, which shows. */
const SEEDS = [1, 2027, 99];

const arm = simdSkipReason("thumbv7");
for (const processor of ["thumbv7", "aarch64"] as const)
  describe(`constant time on ${processor}`, arm === undefined ? {} : { skip: arm }, () => {
    let caller: Caller;
    let file = "";
    before(() => {
      caller = new Caller(processor);
      file = caller.compile("primitives", wasm);
    });
    after(() => caller?.close());

    for (const one of cases)
      it(one.name, (t) => {
        const watched = caller.watch(file, under(one, SEEDS));
        const runs = SEEDS.map((_, i) => watched.slice((i + 1) * one.calls.length, (i + 2) * one.calls.length));
        for (const run of runs) assert.deepEqual(run, runs[0]);
        assert.ok(runs[0]!.length === one.calls.length && runs[0]!.every(({ instructions }) => instructions > 100));
        t.diagnostic(runs[0]!.map(({ instructions }) => instructions).join(" "));
      });

    it("finds each planted leak, and passes what does not leak", () => {
      const leaky = caller.compile("planted", plantedWasm);
      const traces = (name: string): string[] => caller.watch(leaky, ["fill 0 16 5", name, "fill 0 16 5", name, "fill 0 16 9", name]).map(({ trace }) => trace);
      for (const name of LEAKS) {
        const [, same, other] = traces(name);
        assert.notEqual(same, other, name);
      }
      assert.equal(new Set(traces("clean").slice(1)).size, 1);
    });
  });

/** What this processor has. */
const flags = new Set(existsSync("/proc/cpuinfo") ? (/^flags\s*: (.*)$/m.exec(readFileSync("/proc/cpuinfo", "utf8"))?.[1] ?? "").split(" ") : []);

const x86 = memcheckSkipReason();
describe("constant time on x86_64", x86 === undefined ? {} : { skip: x86 }, () => {
  let caller: Caller;
  let file = "";
  before(() => {
    caller = new Caller("x86_64", { memcheck: true });
    file = caller.compile("primitives", wasm);
  });
  after(() => caller?.close());

  const found = (of: Case[], target?: string): string[] =>
    caller.memcheck(target === undefined ? file : caller.compile("primitives", wasm, target), of.flatMap((one) => [`public ${base} 32768`, ...one.secrets.flatMap(([from, length]) => [`fill ${from} ${length} 77`, `secret ${from} ${length}`]), ...one.calls]));
  // What valgrind takes is code for AVX2 as well.
  for (const target of ["linux-x86_64", "linux-x86_64-v3"]) {
    const lacks = target === "linux-x86_64" || flags.has("avx2") ? {} : { skip: "needs a processor with AVX2" };
    it(`no branch and no address depends on a secret: ${target}`, lacks, () => {
      const quiet = cases.filter((one) => !one.shows);
      // All at once, since each start takes a second; one by one to say which.
      if (found(quiet, target).length > 0) for (const one of quiet) assert.deepEqual(found([one], target), [], one.name);
    });
  }
  it("but that a multiple is no point: two branches", () => assert.equal(found(cases.filter((one) => one.shows)).length, 2));

  it("finds each planted leak, and passes what does not leak", () => {
    const leaky = caller.compile("planted", plantedWasm);
    for (const name of [...LEAKS, "clean"]) assert.equal(caller.memcheck(leaky, ["fill 0 16 5", "secret 0 16", name]).length > 0, name !== "clean", name);
  });
});

const wide = x86 ?? (flags.has("avx512vl") ? undefined : "needs a processor with AVX-512");
describe("constant time on x86_64 with AVX-512: where each instruction stands", wide === undefined ? {} : { skip: wide }, () => {
  const target = "linux-x86_64-v4";
  let caller: Caller;
  before(() => {
    caller = new Caller("x86_64");
  });
  after(() => caller?.close());

  // Powers and multiples have millions of steps, 3DES has a hundred thousand.
  for (const one of cases.filter(({ name }) => !/power|multiple|X25519|3DES/.test(name)))
    it(one.name, (t) => {
      const watched = caller.steps(caller.compile("primitives", wasm, target), under(one, [1, 99]));
      const runs = [0, 1].map((_, i) => watched.slice((i + 1) * one.calls.length, (i + 2) * one.calls.length));
      for (const run of runs) assert.deepEqual(run, runs[0]);
      assert.ok(runs[0]!.length === one.calls.length && runs[0]!.every(({ instructions }) => instructions > 100));
      t.diagnostic(runs[0]!.map(({ instructions }) => instructions).join(" "));
    });

  it("finds planted branches and loops, and passes what does not leak", () => {
    const leaky = caller.compile("planted", plantedWasm, target);
    const traces = (name: string): string[] => caller.steps(leaky, ["fill 0 16 5", name, "fill 0 16 5", name, "fill 0 16 9", name]).map(({ trace }) => trace);
    for (const name of ["branch", "loop"]) {
      const [, same, other] = traces(name);
      assert.notEqual(same, other, name);
    }
    assert.equal(new Set(traces("clean").slice(1)).size, 1);
  });
});
