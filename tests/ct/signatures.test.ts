// Constant time of RSA's private operation and its unpadding, and of ECDSA's signing: as trace.test.ts. Moduli, points and the
// randomness of blinding are fixed; what varies is everything that the private halves hold, and what is signed or decrypted.
// Numbers need not be prime for that: an operation whose check fails takes the same path to that end.
import assert from "node:assert/strict";
import { Signatures } from "../support/primitives/signatures.ts";
import { Random } from "../support/world/random.ts";
import { at, constant, p, secret } from "./constant.ts";

const [KEY, DIGEST, OTHER, OUT, BLOCK] = [0, 2048, 2200, 4096, 8192];
const BYTES = 128;
const HALF = 64;

/** A private key: n is fixed, the rest drawn; what `keep` does not say is kept from run to run. */
function key(run: number, e: number[]): void {
  p.put(OUT, Uint8Array.from({ length: BYTES }, (_, i) => 255 - 2 * (i & 63)));
  p.put(BLOCK, Uint8Array.from(e));
  assert.equal(p.call("rsaPublicKey", at(KEY), at(OUT), BYTES, at(BLOCK), e.length), 0);
  for (let part = 0; part < 5; part++) {
    const value = secret(run, HALF);
    // Primes have all their bits and are odd; what is taken modulo them is less.
    value[0] = part < 2 ? value[0]! | 0x80 : value[0]! & 0x7f;
    if (part < 2) value[HALF - 1] = value[HALF - 1]! | 1;
    p.put(OUT, value);
    assert.equal(p.call("rsaSetPart", at(KEY), part, at(OUT), HALF), 1);
  }
}

function entropy(): void {
  p.put(OUT, new Random(4).fill(new Uint8Array(48)));
  p.call("drbgInstantiate", at(OUT), 48);
}

constant(
  "RSA, signing",
  6,
  (run) => {
    key(run, [3]);
    entropy();
    p.put(DIGEST, secret(run + 1, 32));
  },
  () => void p.call("rsaSignAll", at(KEY), 2, 4, at(DIGEST), 32, at(OUT)),
);

constant(
  "RSA, decryption",
  6,
  (run) => {
    key(run, [1, 0, 1]);
    entropy();
    p.put(OTHER, secret(run, 96));
    p.put(BLOCK, new Uint8Array(BYTES).fill(run + 1));
  },
  () => void p.call("rsaDecryptAll", at(KEY), at(BLOCK), BYTES, 8, 96, at(OTHER), 20, at(OUT)),
);

constant(
  "RSA, the private exponent",
  6,
  (run) => key(run, [1, 0, 1]),
  () => void p.call("rsaPrivateExponent", at(KEY), at(OUT)),
);

constant(
  "RSA, whether n is p * q",
  6,
  (run) => key(run, [1, 0, 1]),
  () => assert.equal(p.call("rsaProductFits", at(KEY)), 0),
);

// Good blocks of every length that matters, and every way in which one is bad.
const blocks: ((block: Uint8Array) => void)[] = [
  (b) => (b[BYTES - 21] = 0),
  (b) => (b[BYTES - 9] = 0),
  (b) => (b[BYTES - 97] = 0),
  (b) => (b[BYTES - 98] = 0),
  (b) => (b[BYTES - 8] = 0),
  (b) => (b[2] = 0),
  (b) => (b[9] = 0),
  (b) => (b[10] = 0),
  () => undefined,
  (b) => ((b[0] = 1), (b[BYTES - 21] = 0)),
  (b) => ((b[1] = 1), (b[BYTES - 21] = 0)),
  (b) => b.fill(0),
  (b) => b.fill(255),
];
constant(
  "RSA, unpadding",
  blocks.length,
  (run) => {
    const block = secret(3, BYTES).map((octet) => octet | 1);
    block[0] = 0;
    block[1] = 2;
    blocks[run]!(block);
    p.put(BLOCK, block);
    p.put(OTHER, secret(run, 96));
  },
  () => assert.notEqual(p.call("rsaOpenBlock", at(BLOCK), BYTES, 8, 96, at(OTHER), 20, at(OUT)), 0),
);

// The whole of it, under a key that is one: what a ciphertext holds shows nowhere until the result is there.
const plain = await Signatures.load();
plain.generate(8 * BYTES);
const real = plain.get(plain.key - plain.base, 12 + BYTES + 5 * HALF);
constant(
  "RSA, decryption of what is good and what is not",
  blocks.length + 2,
  (run) => {
    p.put(KEY, real);
    entropy();
    const block = secret(3, BYTES).map((octet) => octet | 1);
    block[0] = 0;
    block[1] = 2;
    blocks[run]?.(block);
    // Whatever is not less than n is none of this key's.
    if (block[0] !== 0) block[0] = 0x40;
    const ciphertext = plain.derive("publicPowerAll", real.subarray(12, 12 + BYTES), BYTES, block, BYTES, Uint8Array.of(1, 0, 1), 3);
    p.put(BLOCK, run === blocks.length ? new Uint8Array(BYTES) : run > blocks.length ? new Uint8Array(BYTES).fill(1) : ciphertext);
    p.put(OTHER, secret(run, 96));
  },
  () => assert.notEqual(p.call("rsaDecryptAll", at(KEY), at(BLOCK), BYTES, 8, 96, at(OTHER), 20, at(OUT)), 0),
);

for (const { group, alg, digest, bytes } of [
  { group: 19, alg: 4, digest: 32, bytes: 32 },
  { group: 20, alg: 5, digest: 48, bytes: 48 },
  { group: 21, alg: 6, digest: 64, bytes: 66 },
]) {
  constant(
    `ECDSA, signing in group ${group}`,
    4,
    (run) => {
      entropy();
      const d = secret(run + 2, bytes);
      // Less than the order.
      d[0] = bytes === 66 ? 0 : d[0]! & 0x7f;
      d[bytes - 1] = d[bytes - 1]! | 1;
      p.put(KEY, d);
      p.put(DIGEST, secret(run, digest));
    },
    () => assert.equal(p.call("ecdsaSignAll", group, alg, at(KEY), at(DIGEST), digest, 0, at(OUT)), 2 * bytes),
  );
}
