// Constant time, tested on the binary that is built: every primitive runs under many secrets of one length, and must take
// the same path over the same addresses each time (instrument.ts). This is a test of the module, not of what an engine or
// a processor makes of it: docs/DESIGN.md, "What constant time means here".
import assert from "node:assert/strict";
import { test } from "node:test";
import { AES, CAMELLIA, DES, DES3, hashes } from "../support/primitives/primitives.ts";
import { at, constant, p, secret } from "./constant.ts";
import { Trace, instrument } from "./instrument.ts";

const [CTX, IV, KEY, STATE, OUT, DATA] = [0, 1024, 2048, 3072, 4096, 8192];

for (const { id, key, name, narrow = 0 } of [
  { id: AES, key: 16, name: "AES-128" },
  { id: AES, key: 24, name: "AES-192" },
  { id: AES, key: 32, name: "AES-256" },
  { id: CAMELLIA, key: 16, name: "Camellia-128" },
  { id: CAMELLIA, key: 24, name: "Camellia-192" },
  { id: CAMELLIA, key: 32, name: "Camellia-256" },
  { id: DES3, key: 24, name: "3DES" },
  { id: DES3, key: 24, name: "3DES where registers have 32 bits", narrow: 1 },
  { id: DES, key: 8, name: "DES" },
]) {
  constant(`${name} key schedule`, 40, (run) => (p.call("desNarrow", narrow), p.put(KEY, secret(run, key))), () => p.call("cipherSetKey", id, at(CTX), at(KEY), key));
  for (const direction of ["cbcEncrypt", "cbcDecrypt"]) {
    for (const length of [16, 208, 1408]) {
      constant(
        `${name} ${direction}, ${length} bytes`,
        12,
        (run) => {
          p.call("desNarrow", narrow);
          p.call("cipherSetKey", id, at(CTX), p.put(KEY, secret(run, key)), key);
          p.put(IV, secret((run * 5) % 7, 16));
          p.put(DATA, secret((run * 3) % 5, length));
        },
        () => p.call(direction, id, at(CTX), at(IV), at(DATA), length),
      );
    }
  }
}

for (const { id, name } of hashes) {
  for (const length of [0, 55, 64, 111, 128, 300]) {
    constant(`${name}, ${length} bytes`, 12, (run) => p.put(DATA, secret(run, length)), () => {
      p.call("hashInit", id, at(CTX));
      p.call("hashUpdate", id, at(CTX), at(DATA), length);
      p.call("hashFinal", id, at(CTX), at(OUT));
    });
  }
  for (const key of [20, 64, 131]) {
    constant(
      `HMAC with ${name} and a key of ${key} bytes`,
      12,
      (run) => {
        p.put(KEY, secret(run, key));
        p.put(DATA, secret((run * 3) % 5, 200));
      },
      () => {
        p.call("hmac", id, at(KEY), key, at(DATA), 200, at(OUT));
        p.call("hmacKey", id, at(STATE), at(KEY), key);
        p.call("hmacStart", id, at(STATE), at(CTX));
        p.call("hashUpdate", id, at(CTX), at(DATA), 200);
        p.call("hmacFinal", id, at(STATE), at(CTX), at(OUT));
      },
    );
  }
}

for (const { id, name } of hashes) {
  constant(
    `HMAC with ${name}, four at once`,
    12,
    (run) => {
      [200, 0, 55, 64].forEach((length, i) => {
        p.call("hmacKey", id, at(STATE + 128 * i), p.put(KEY, secret((run * 3) % 7, 20 + i)), 20 + i);
        const job = [at(STATE + 128 * i), p.put(DATA + 512 * i, secret((run * 5) % 11, length + 4)), length, at(DATA + 512 * i + length), 4, at(OUT + 64 * i)];
        p.put(CTX + 24 * i, new Uint8Array(Uint32Array.from(job).buffer));
      });
    },
    () => p.call("hmacFour", id, at(CTX), 4),
  );
}

constant("DRBG", 12, (run) => p.call("drbgInstantiate", p.put(KEY, secret(run, 48)), 48), () => p.call("drbgFill", at(OUT), 100));

// Where two texts differ, and whether they do, may show in nothing but the result.
constant(
  "ct.equal",
  64,
  (run) => {
    const text = secret(run, 32);
    p.put(DATA, text);
    const other = Uint8Array.from(text);
    if (run & 1) other[run >> 1] = other[run >> 1]! ^ (1 << (run & 7));
    p.put(OUT, other);
  },
  () => p.call("ctEqual", at(DATA), at(OUT), 32),
);

// IKE's own: powers with a secret exponent, the shared secret's way into keys, and the test for weak keys. The peer's
// public value is public, but what a base leaves on its way is not, so that it changes as well.
for (const { group, bytes, exponent } of [
  { group: 1, bytes: 96, exponent: 20 },
  { group: 14, bytes: 256, exponent: 4 },
]) {
  const raise = (base: number) => () => p.call("modexpAll", group, base, bytes, at(KEY), exponent, at(OUT));
  const arrange = (run: number): void => {
    p.put(KEY, secret(run, exponent));
    p.put(DATA, secret(run + 3, bytes).fill(1, 0, 1));
  };
  constant(`modexp in group ${group}, a given base`, 5, arrange, raise(at(DATA)));
  constant(`modexp in group ${group}, the generator`, 5, arrange, raise(0));
}
for (const { id, name, digest } of hashes) {
  constant(
    `SKEYID and KEYMAT with ${name}`,
    8,
    (run) => {
      p.put(KEY, secret(run, 64));
      p.put(DATA, secret((run * 3) % 5, 256));
    },
    () => {
      p.call("skeyidPsk", id, at(KEY), 24, at(DATA), 20, at(DATA + 32), 20, at(OUT));
      p.call("deriveSkeyid", id, at(OUT), at(DATA), 192, at(DATA + 32), at(DATA + 40), at(OUT + 64));
      p.call("encryptionKey", id, at(OUT + 64), digest + 8 > 64 ? 64 : digest + 8, at(OUT + 512));
      p.call("keymat", id, at(OUT + 64), at(DATA), 192, 3, 0x1234, at(DATA + 32), 20, at(DATA + 64), 20, at(OUT + 512), 72);
      p.call("phase1Iv", id, at(DATA), at(DATA), 128, 16, at(OUT + 768));
      p.call("hashAuth", id, 0, at(OUT), at(DATA), at(DATA + 96), 96, at(DATA), at(DATA), at(DATA), 60, at(DATA), 8, at(OUT + 512));
    },
  );
}
const WEAK = ["0101010101010101", "fefefefefefefefe", "011f011f010e010e", "e0fee0fef1fef1fe"];
constant(
  "the test for weak DES keys",
  40,
  (run) => p.put(KEY, WEAK[run] === undefined ? secret(run, 8) : Buffer.from(WEAK[run], "hex")),
  () => p.call("isWeakDes", at(KEY)),
);

// The method itself: what it must find, in a module that leaks in each way, and what it must pass.
const LEAKS = `(module
  (import "host" "random" (func (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "table") (param i32) (result i32) (i32.load8_u offset=16 (i32.and (local.get 0) (i32.const 255))))
  (func (export "store") (param i32) (result i32) (i32.store8 (i32.and (local.get 0) (i32.const 255)) (i32.const 0)) (i32.const 0))
  (func (export "branch") (param i32) (result i32) (if (result i32) (i32.and (local.get 0) (i32.const 1)) (then (i32.const 3)) (else (i32.const 4))))
  (func (export "select") (param i32) (result i32) (select (i32.const 3) (i32.const 4) (i32.and (local.get 0) (i32.const 1))))
  (func (export "divide") (param i32) (result i32) (i32.rem_u (i32.const 1000) (i32.or (local.get 0) (i32.const 1))))
  (func (export "loop") (param i32) (result i32) (loop (br_if 0 (local.tee 0 (i32.shr_u (local.get 0) (i32.const 1))))) (i32.const 0))
  (func (export "copy") (param i32) (result i32) (memory.copy (i32.const 0) (i32.const 512) (i32.and (local.get 0) (i32.const 7))) (i32.const 0))
  (func (export "splat") (param i32) (result i32) (i32x4.extract_lane 0 (v128.load8_splat offset=16 (i32.and (local.get 0) (i32.const 255)))))
  (func (export "lane") (param i32) (result i32) (i32x4.extract_lane 0 (v128.load8_lane offset=16 0 (i32.and (local.get 0) (i32.const 255)) (i32x4.splat (i32.const 0)))))
  (func (export "shift") (param i32) (result i32) (i32x4.extract_lane 0 (i32x4.shl (i32x4.splat (i32.const 1)) (local.get 0))))
  (func (export "clean vector") (param i32) (result i32)
    (i32x4.extract_lane 1 (v128.bitselect
      (i8x16.swizzle (v128.load (i32.const 64)) (i32x4.splat (local.get 0)))
      (i8x16.shuffle 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 (i32x4.splat (local.get 0)) (i32x4.replace_lane 2 (i32x4.splat (local.get 0)) (i32.const 7)))
      (i32x4.shr_u (i32x4.splat (local.get 0)) (i32.const 3)))))
  (func (export "clean") (param i32) (result i32) (i32.xor (i32.load (i32.const 64)) (i32.mul (local.get 0) (i32.const 5))))
)`;

test("the method finds each kind of leak, and passes what does not leak", async () => {
  const leaky = instrument(LEAKS);
  const own = new Trace(leaky.sites);
  const { instance } = await WebAssembly.instantiate(leaky.binary as Uint8Array<ArrayBuffer>, { host: { random: () => 0 }, trace: own.imports });
  const run = (name: string, value: number): Int32Array => {
    own.start();
    (instance.exports[name] as (value: number) => number)(value);
    return own.take();
  };
  for (const name of ["table", "store", "branch", "select", "divide", "loop", "copy", "splat", "lane", "shift"]) {
    assert.equal(own.difference(run(name, 0x12), run(name, 0x12)).length, 0, `${name}: the same secret`);
    assert.ok(own.difference(run(name, 0x12), run(name, 0x81)).length > 0, `${name}: another secret`);
  }
  for (const name of ["clean", "clean vector"]) assert.deepEqual(own.difference(run(name, 0x12), run(name, 0x81)), [], name);
});
