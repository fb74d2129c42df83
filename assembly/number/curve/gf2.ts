/**
 * Fields GF(2^m), m from 130 to 191, modulo u^m + u^k1 (+ u^k2 + u^k3) + 1: elements are three 64-bit words, the least
 * significant first, below u^m. No table, no branch on a value; the field is public.
 */
import { clmulLow, reverse } from "../../crypto/clmul";

/** Octets of an element. */
export const ELEMENT: usize = 24;

export class BinaryField {
  constructor(
    /** Degree of the modulus. */
    readonly m: u32,
    /** Exponents of its middle terms, 0 where there is none. */
    readonly k1: u32,
    readonly k2: u32,
    readonly k3: u32,
  ) {}
}

// The words of a product before it is reduced.
let w0: u64 = 0;
let w1: u64 = 0;
let w2: u64 = 0;
let w3: u64 = 0;
let w4: u64 = 0;
let w5: u64 = 0;

/** Forgets the last product. */
export function forgetProduct(): void {
  w0 = w1 = w2 = w3 = w4 = w5 = 0;
}

/**
 * Brings the product below u^m: u^m = 1 + u^k1 + ..., so that what lies above m comes back once for each term. What exceeds
 * m then has at most k1 + m - 1 - m < 70 bits and comes back below 2 * k1 < m.
 */
function reduceTo(f: BinaryField, r: usize): void {
  const s = <u64>(f.m - 128);
  const mask: u64 = (<u64>1 << s) - 1;
  const up = 64 - s;
  const h0 = (w2 >> s) | (w3 << up);
  const h1 = (w3 >> s) | (w4 << up);
  const h2 = (w4 >> s) | (w5 << up);
  let r0 = w0 ^ h0;
  let r1 = w1 ^ h1;
  let r2 = (w2 & mask) ^ h2;
  let r3: u64 = 0;
  for (let i = 0; i < 3; i++) {
    const e = i == 0 ? f.k1 : i == 1 ? f.k2 : f.k3;
    if (!e) break;
    const k = <u64>(e & 63);
    const d = 64 - k;
    if (e < 64) {
      r0 ^= h0 << k;
      r1 ^= (h1 << k) | (h0 >> d);
      r2 ^= (h2 << k) | (h1 >> d);
      r3 ^= h2 >> d;
    } else {
      // h2 has at most 63 - k bits: k is 5 and h2 has 56.
      r1 ^= h0 << k;
      r2 ^= (h1 << k) | (h0 >> d);
      r3 ^= (h2 << k) | (h1 >> d);
    }
  }
  const g0 = (r2 >> s) | (r3 << up);
  const g1 = r3 >> s;
  r0 ^= g0;
  r1 ^= g1;
  r2 &= mask;
  for (let i = 0; i < 3; i++) {
    const e = i == 0 ? f.k1 : i == 1 ? f.k2 : f.k3;
    if (!e) break;
    const k = <u64>(e & 63);
    const d = 64 - k;
    if (e < 64) {
      r0 ^= g0 << k;
      r1 ^= (g1 << k) | (g0 >> d);
      r2 ^= g1 >> d;
    } else {
      r1 ^= g0 << k;
      r2 ^= (g1 << k) | (g0 >> d);
    }
  }
  store<u64>(r, r0, 0);
  store<u64>(r, r1, 8);
  store<u64>(r, r2, 16);
}

/** r = a * b: Karatsuba's six products of words, each as a lower half and, of reversed operands, an upper one. */
export function multiply(f: BinaryField, r: usize, a: usize, b: usize): void {
  const a0 = load<u64>(a, 0), a1 = load<u64>(a, 8), a2 = load<u64>(a, 16);
  const b0 = load<u64>(b, 0), b1 = load<u64>(b, 8), b2 = load<u64>(b, 16);
  const p0 = clmulLow(a0, b0);
  const p1 = clmulLow(a1, b1);
  const p2 = clmulLow(a2, b2);
  const c1 = clmulLow(a0 ^ a1, b0 ^ b1) ^ p0 ^ p1;
  const c2 = clmulLow(a0 ^ a2, b0 ^ b2) ^ p0 ^ p1 ^ p2;
  const c3 = clmulLow(a1 ^ a2, b1 ^ b2) ^ p1 ^ p2;
  const A0 = reverse(a0), A1 = reverse(a1), A2 = reverse(a2);
  const B0 = reverse(b0), B1 = reverse(b1), B2 = reverse(b2);
  const q0 = clmulLow(A0, B0);
  const q1 = clmulLow(A1, B1);
  const q2 = clmulLow(A2, B2);
  const d1 = clmulLow(A0 ^ A1, B0 ^ B1) ^ q0 ^ q1;
  const d2 = clmulLow(A0 ^ A2, B0 ^ B2) ^ q0 ^ q1 ^ q2;
  const d3 = clmulLow(A1 ^ A2, B1 ^ B2) ^ q1 ^ q2;
  w0 = p0;
  w1 = (reverse(q0) >> 1) ^ c1;
  w2 = (reverse(d1) >> 1) ^ c2;
  w3 = (reverse(d2) >> 1) ^ c3;
  w4 = (reverse(d3) >> 1) ^ p2;
  w5 = reverse(q2) >> 1;
  reduceTo(f, r);
}

/** The lower 32 bits with a zero after each. */
// @ts-ignore: decorator
@inline
function spread(v: u64): u64 {
  let x = v & 0xffffffff;
  x = (x | (x << 16)) & 0x0000ffff0000ffff;
  x = (x | (x << 8)) & 0x00ff00ff00ff00ff;
  x = (x | (x << 4)) & 0x0f0f0f0f0f0f0f0f;
  x = (x | (x << 2)) & 0x3333333333333333;
  return (x | (x << 1)) & 0x5555555555555555;
}

/** r = a^2. */
export function square(f: BinaryField, r: usize, a: usize): void {
  const a0 = load<u64>(a, 0), a1 = load<u64>(a, 8), a2 = load<u64>(a, 16);
  w0 = spread(a0);
  w1 = spread(a0 >> 32);
  w2 = spread(a1);
  w3 = spread(a1 >> 32);
  w4 = spread(a2);
  w5 = spread(a2 >> 32);
  reduceTo(f, r);
}

/** r = a + b. */
export function add(r: usize, a: usize, b: usize): void {
  store<u64>(r, load<u64>(a, 0) ^ load<u64>(b, 0), 0);
  store<u64>(r, load<u64>(a, 8) ^ load<u64>(b, 8), 8);
  store<u64>(r, load<u64>(a, 16) ^ load<u64>(b, 16), 16);
}

/** r = 1 / a, and 0 for 0: a^(2^m - 2), by m - 2 squarings and products and one squaring. r is not a. */
export function invert(f: BinaryField, r: usize, a: usize): void {
  memory.copy(r, a, ELEMENT);
  for (let i: u32 = 2; i < f.m; i++) {
    square(f, r, r);
    multiply(f, r, r, a);
  }
  square(f, r, r);
}

/** The sum of a^(2^i) for i below m: 0 or 1. t is scratch. Whether z^2 + z = a has a solution: it has where this is 0. */
export function trace(f: BinaryField, a: usize, t: usize): u32 {
  memory.copy(t, a, ELEMENT);
  let sum = load<u64>(t);
  for (let i: u32 = 1; i < f.m; i++) {
    square(f, t, t);
    sum ^= load<u64>(t);
  }
  // The sum as an element is 0 or 1, so that its lowest word tells.
  return <u32>sum & 1;
}

/** Whether a is 0. */
export function isZero(a: usize): bool {
  return (load<u64>(a, 0) | load<u64>(a, 8) | load<u64>(a, 16)) == 0;
}

/** Reads `len` octets, big-endian, at most 24. */
export function fromOctets(r: usize, p: usize, len: u32): void {
  memory.fill(r, 0, ELEMENT);
  for (let i: u32 = 0; i < len; i++) store<u8>(r + (len - 1 - i), load<u8>(p + i));
}

/** Writes `len` octets, big-endian. */
export function toOctets(out: usize, len: u32, a: usize): void {
  for (let i: u32 = 0; i < len; i++) store<u8>(out + i, load<u8>(a + (len - 1 - i)));
}

/** Whether the value's bits all lie below m. */
export function inField(f: BinaryField, a: usize): bool {
  return load<u64>(a, 16) >> <u64>(f.m - 128) == 0;
}
