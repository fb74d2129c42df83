// The kernels of AES and GHASH that stand in for each other give the same; the tables of simd/aes_permute.ts against the
// arithmetic they are made of (FIPS 197, 4 and 5.1.1).
import * as four from "../../../assembly/crypto/aes_four";
import * as one from "../../../assembly/crypto/aes_one";
import { aes } from "../../../assembly/crypto/aes";
import { onWords } from "../../../assembly/crypto/ghash";
import * as eight from "../../../assembly/crypto/simd/aes_eight";
import * as permute from "../../../assembly/crypto/simd/aes_permute";
import * as ghash from "../../../assembly/crypto/simd/ghash";
import { toHex } from "./bytes";

/** Product in GF(256) modulo x^8 + x^4 + x^3 + x + 1. */
function mul(a: u32, b: u32): u32 {
  let product: u32 = 0;
  for (; b; b >>= 1) {
    if (b & 1) product ^= a;
    a = (a << 1) ^ (a >> 7) * 0x11b;
  }
  return product;
}

function inverse(a: u32): u32 {
  let power: u32 = 1;
  for (let i = 0; i < 254; i++) power = mul(power, a);
  return power;
}

/** The linear part of SubBytes. */
function affine(a: u32): u32 {
  return (a ^ (a << 1) ^ (a << 2) ^ (a << 3) ^ (a << 4) ^ (a >> 4) ^ (a >> 5) ^ (a >> 6) ^ (a >> 7)) & 255;
}

// @ts-ignore: decorator
@inline const W: u32 = 0x5c;
// @ts-ignore: decorator
@inline const THETA: u32 = 0xb2;

/** The element of GF(16) that a nibble stands for. */
function element(nibble: u32): u32 {
  return (nibble & 1) ^ ((nibble >> 1) & 1) * W ^ ((nibble >> 2) & 1) * mul(W, W) ^ ((nibble >> 3) & 1) * mul(W, mul(W, W));
}

/** The byte that has these coordinates. */
function ofBasis(x: u32): u32 {
  return element(x & 15) ^ mul(element(x >> 4), THETA);
}

function toBasis(byte: u32): u32 {
  for (let x: u32 = 0; x < 256; x++) if (ofBasis(x) == byte) return x;
  return 256;
}

const ctx: usize = memory.data(248, 16);
const key: usize = memory.data(32, 16);
const a: usize = memory.data(640, 16);
const b: usize = memory.data(640, 16);

let seed: u32 = 1;
/** Other octets at each call. */
function fill(p: usize, len: u32): void {
  for (let i: u32 = 0; i < len; i++) {
    seed = seed * 1664525 + 1013904223;
    store<u8>(p + i, seed >> 24);
  }
}

describe("tables", () => {
  test("GF(16) and theta are roots of their polynomials", () => {
    expect(mul(mul(W, W), mul(W, W))).toBe(W ^ 1);
    expect(mul(THETA, THETA) ^ mul(W, THETA) ^ W).toBe(0);
  });
  test("are those of the field", () => {
    const n = v128(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    v128.store(a, permute.inverse(n), 0);
    v128.store(a, permute.aOver(n), 16);
    v128.store(a, permute.basisLow(n), 32);
    v128.store(a, permute.basisHigh(n), 48);
    v128.store(a, permute.byteOfP(n), 64);
    v128.store(a, permute.byteOfQ(n), 80);
    v128.store(a, permute.ofP(n), 96);
    v128.store(a, permute.ofQ(n), 112);
    v128.store(a, permute.doubleOfP(n), 128);
    v128.store(a, permute.doubleOfQ(n), 144);
    const over = inverse(W);
    for (let i: u32 = 0; i < 16; i++) {
      const u = inverse(element(i));
      expect<u32>(load<u8>(a + i, 0)).toBe(i ? toBasis(u) : 0x80);
      expect<u32>(load<u8>(a + i, 16)).toBe(i ? toBasis(mul(W, u)) : 0x80);
      expect<u32>(load<u8>(a + i, 32)).toBe(toBasis(i));
      expect<u32>(load<u8>(a + i, 48)).toBe(toBasis(i << 4));
      // With u = 1/p and v = 1/q: k/N = (u + v)/a, i/N = (u + k/N)/a, 1/x = u + theta i/N.
      const f = affine(u ^ mul(THETA, mul(over, u ^ mul(over, u))));
      const g = affine(mul(THETA, mul(over, mul(over, u))));
      expect<u32>(load<u8>(a + i, 64)).toBe(f);
      expect<u32>(load<u8>(a + i, 80)).toBe(g);
      expect<u32>(load<u8>(a + i, 96)).toBe(toBasis(f));
      expect<u32>(load<u8>(a + i, 112)).toBe(toBasis(g));
      expect<u32>(load<u8>(a + i, 128)).toBe(toBasis(mul(f, 2)));
      expect<u32>(load<u8>(a + i, 144)).toBe(toBasis(mul(g, 2)));
    }
  });
  test("SubWord of every byte, by permutation and in words", () => {
    for (let x: u32 = 0; x < 256; x++) {
      const s = affine(inverse(x)) ^ 0x63;
      const word = x | ((x ^ 1) << 8) | ((x ^ 255) << 16) | (x << 24);
      expect(permute.subWord(word) & 255).toBe(s);
      expect(permute.subWord(word) >> 24).toBe(s);
      expect(one.subWord(word)).toBe(permute.subWord(word));
    }
  });
});

describe("kernels", () => {
  test("one block in words and one in a vector: CBC of up to 20 blocks", () => {
    for (let size: u32 = 16; size <= 32; size += 8) {
      for (let blocks: u32 = 0; blocks <= 20; blocks++) {
        fill(key, size);
        aes.setKey(ctx, key, size);
        fill(a, 16 + 16 * blocks);
        memory.copy(b, a, 16 + 16 * blocks);
        one.cbcEncrypt(ctx, load<u32>(ctx), a, a + 16, 16 * blocks);
        permute.cbcEncrypt(ctx, load<u32>(ctx), b, b + 16, 16 * blocks);
        expect(toHex(a, 16 + 16 * blocks)).toBe(toHex(b, 16 + 16 * blocks));
      }
    }
  });
  test("four blocks in words and eight in vectors: CBC of up to 20 blocks, and back", () => {
    for (let size: u32 = 16; size <= 32; size += 8) {
      for (let blocks: u32 = 0; blocks <= 20; blocks++) {
        fill(key, size);
        aes.setKey(ctx, key, size);
        fill(a, 32 + 16 * blocks);
        memory.copy(a + 16, a, 16);
        memory.copy(b, a, 32 + 16 * blocks);
        const rounds = load<u32>(ctx);
        four.spreadKeys(ctx, rounds);
        four.cbcDecrypt(rounds, a, a + 32, 16 * blocks);
        four.wipeFour();
        eight.spreadKeys(ctx, rounds);
        eight.cbcDecrypt(rounds, b, b + 32, 16 * blocks);
        eight.wipeEight();
        expect(toHex(a, 32 + 16 * blocks)).toBe(toHex(b, 32 + 16 * blocks));
        permute.cbcEncrypt(ctx, rounds, b + 16, b + 32, 16 * blocks);
        expect(toHex(a, 16)).toBe(toHex(b + 16, 16), "the IV that is left");
      }
    }
  });
  test("four blocks and eight of a stream are blocks by themselves", () => {
    for (let size: u32 = 16; size <= 32; size += 8) {
      fill(key, size);
      aes.setKey(ctx, key, size);
      const rounds = load<u32>(ctx);
      fill(a, 128);
      memory.copy(eight.state, a, 128);
      eight.spreadKeys(ctx, rounds);
      eight.encryptEight(rounds);
      for (let half: usize = 0; half < 128; half += 64) {
        memory.copy(four.four, a + half, 64);
        four.spreadKeys(ctx, rounds);
        four.encryptFour(rounds);
        expect(toHex(four.four, 64)).toBe(toHex(eight.state + half, 64));
      }
      for (let i: usize = 0; i < 128; i += 16) {
        memory.fill(b, 0, 16);
        permute.cbcMac(ctx, rounds, b, a + i, 16);
        expect(toHex(b, 16)).toBe(toHex(eight.state + i, 16));
      }
    }
    eight.wipeEight();
    four.wipeFour();
  });
  test("GHASH in words and in vectors: up to 200 octets, with H^2 and without", () => {
    for (let len: u32 = 0; len <= 200; len++) {
      fill(key, 16);
      ghash.square(key, key + 16);
      fill(a, 16 + len);
      memory.copy(b, a, 16);
      memory.copy(b + 16, key, 16);
      ghash.ghashOpen(key, key + 16, (len & 1) << 8);
      ghash.ghash(b, a + 16, len);
      ghash.ghashClose();
      onWords(a, key, a + 16, len);
      expect(toHex(a, 16)).toBe(toHex(b, 16));
    }
    // All ones: every carry.
    memory.fill(key, 255, 16);
    ghash.square(key, key + 16);
    memory.fill(a, 255, 80);
    memory.fill(b, 255, 16);
    ghash.ghashOpen(key, key + 16, 256);
    ghash.ghash(b, a + 16, 64);
    ghash.ghashClose();
    onWords(a, key, a + 16, 64);
    expect(toHex(a, 16)).toBe(toHex(b, 16));
  });
});
