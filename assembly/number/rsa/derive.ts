/**
 * What follows from the primes of an RSA key, in constant time: n = p * q, and the private exponents.
 */
import * as ct from "../../util/ct";
import { fromBytes, toBytes } from "../bignum";
import { forgetColumns, multiply } from "../columns";
import { RsaPart, rsaBytes, rsaExponent, rsaExponentBytes, rsaHalf, rsaModulus, rsaPart } from "./key";

// Limbs of 28 bits: two factors of up to 4096 bits, and their product.
const LIMB: u32 = 28;
const FACTORS: u32 = 2400;
// @ts-ignore: decorator
@lazy
const factors: usize = memory.data(2400, 8);

/** Writes p * q, factors of `half` octets, 512 at most, as 2 * half octets. */
function product(p: usize, q: usize, half: u32, out: usize): void {
  const n = (((half << 3) + LIMB - 1) / LIMB + 1) & ~1;
  const stride = <usize>n << 2;
  const to = factors + 2 * stride;
  fromBytes(factors, n, LIMB, p, half);
  fromBytes(factors + stride, n, LIMB, q, half);
  multiply(to, factors, factors + stride, n, LIMB);
  forgetColumns();
  toBytes(out, 2 * half, to, 2 * n, LIMB);
  ct.wipe(factors, FACTORS);
}

// @ts-ignore: decorator
@lazy
const whole: usize = memory.data(1024, 8);

/**
 * Whether n is p * q. What else a private key must have, that dP, dQ, qInv and e belong together, shows in a private operation,
 * whose check fails else.
 */
export function rsaProductFits(key: usize): bool {
  const half = rsaHalf(key);
  const bytes = rsaBytes(key);
  product(rsaPart(key, RsaPart.P), rsaPart(key, RsaPart.Q), half, whole);
  const odd = <usize>(2 * half - bytes);
  const good = ct.equal(whole + odd, rsaModulus(key), bytes) && (!odd || !load<u8>(whole));
  ct.wipe(whole, 1024);
  return good;
}

/** Writes n, of a key whose primes are half as long as it to the octet. */
export function rsaMultiply(key: usize): void {
  product(rsaPart(key, RsaPart.P), rsaPart(key, RsaPart.Q), rsaHalf(key), rsaModulus(key));
}

/** The fourth number of Fermat, and the usual e. */
const F4: u32 = 65537;

/** x mod 65537 for x < 2^34: 2^16 is -1. */
function reduceF4(x: u64): u32 {
  let v = (<u32>x & 0xffff) + 4 * F4 - <u32>(x >> 16);
  for (let i = 0; i < 4; i++) {
    const d = v - F4;
    v = d + (F4 & <u32>(<i32>d >> 31));
  }
  return v;
}

/** A number of `len` octets modulo 65537; len is even, and at most 1024. */
export function moduloF4(x: usize, len: u32): u32 {
  // Digits of 16 bits with alternating signs; 512 of them, below 2^25 with what keeps the sum positive.
  let sum: u32 = 256 * F4;
  for (let i: u32 = 0; i < len; i += 4) {
    sum += <u32>bswap<u16>(load<u16>(x + len - 2 - i));
    if (i + 2 < len) sum -= <u32>bswap<u16>(load<u16>(x + len - 4 - i));
  }
  return reduceF4(<u64>sum);
}

/** 1 where a < b. */
// @ts-ignore: decorator
@inline
function isLess(a: u64, b: u64): u64 {
  return ((~a & b) | (~(a ^ b) & (a - b))) >> 63;
}

/** A number of `len` octets modulo e, bit by bit. */
function modulo(x: usize, len: u32, e: u64): u64 {
  let r: u64 = 0;
  for (let i: u32 = 0; i < len; i++) {
    const octet = <u64>load<u8>(x + i);
    for (let bit: u64 = 8; bit > 0; ) {
      bit--;
      const above = r >> 63;
      r = (r << 1) | ((octet >> bit) & 1);
      r -= e & (0 - (above | (isLess(r, e) ^ 1)));
    }
  }
  return r;
}

/** 1/r modulo an odd e, r < e; 0: there is none. */
function inverseModulo(r: u64, e: u64): u64 {
  // a = u * r and b = v * r modulo e throughout; b is odd. Two bits go with every two rounds.
  let a = r, b = e;
  let u: u64 = 1, v: u64 = 0;
  const half = (e >> 1) + 1;
  for (let i = 0; i < 128; i++) {
    const odd: u64 = 0 - (a & 1);
    const swap = odd & (0 - isLess(a, b));
    let t = (a ^ b) & swap;
    a ^= t;
    b ^= t;
    t = (u ^ v) & swap;
    u ^= t;
    v ^= t;
    a = (a - (b & odd)) >> 1;
    t = v & odd;
    u = u - t + (e & (0 - isLess(u, t)));
    u = (u >> 1) + (half & (0 - (u & 1)));
  }
  return b == 1 ? v : 0;
}

/** Digit i of 32 bits, the least significant first, of a number of `len` octets. */
function digitAt(x: usize, len: u32, i: u32): u64 {
  let digit: u64 = 0;
  for (let j: u32 = i << 2, shift: u64 = 0; j < len && shift < 32; j++, shift += 8) digit |= <u64>load<u8>(x + len - 1 - j) << shift;
  return digit;
}

/**
 * Writes 1/e modulo an x of `len` octets, e odd: (1 + x * k) / e for the k = -1/x modulo e that makes the division come out even.
 * That is done from the least significant digit on: each digit of the quotient is what makes the rest's digit vanish. False, and
 * nothing written: e has a factor in common with x.
 */
function inverseOf(e: u64, x: usize, len: u32, out: usize): bool {
  const inverse = inverseModulo(modulo(x, len, e), e);
  if (!inverse) return false;
  const k = e - inverse;
  const k0 = k & 0xffffffff, k1 = k >> 32;
  const e0 = e & 0xffffffff, e1 = e >> 32;
  // 1/e modulo 2^32 by Newton's iteration.
  let w = <u32>e;
  for (let i = 0; i < 4; i++) w *= 2 - <u32>e * w;
  // What is to be added and to be taken away at this digit and at the next; sums stay below 2^35.
  let more: u64 = 1, moreNext: u64 = 0;
  let take: i64 = 0, takeNext: i64 = 0;
  for (let i: u32 = 0; i << 2 < len; i++) {
    const digit = digitAt(x, len, i);
    const low = digit * k0;
    const high = digit * k1;
    more += low & 0xffffffff;
    const rest = <i64>(more & 0xffffffff) - take;
    more = (more >> 32) + (low >> 32) + (high & 0xffffffff) + moreNext;
    moreNext = high >> 32;
    const d = <u64>(<u32>rest * w);
    const lowTaken = d * e0;
    const highTaken = d * e1;
    take = <i64>((lowTaken >> 32) + (highTaken & 0xffffffff)) + takeNext - ((rest - <i64>(lowTaken & 0xffffffff)) >> 32);
    takeNext = <i64>(highTaken >> 32);
    for (let j: u32 = i << 2, shift: u64 = 0; j < len && shift < 32; j++, shift += 8) store<u8>(out + len - 1 - j, <u8>(d >> shift));
  }
  return true;
}

/** e as a number. */
function exponentOf(key: usize): u64 {
  let e: u64 = 0;
  for (let i: u32 = 0; i < rsaExponentBytes(key); i++) e = (e << 8) | <u64>load<u8>(rsaExponent(key) + i);
  return e;
}

/** Writes dP and dQ. False: e has a factor in common with p - 1 or q - 1. */
export function rsaDeriveExponents(key: usize): bool {
  const half = rsaHalf(key);
  const e = exponentOf(key);
  let good = true;
  for (let i: u32 = 0; i < 2; i++) {
    memory.copy(whole, rsaPart(key, i ? RsaPart.Q : RsaPart.P), <usize>half);
    store<u8>(whole + half - 1, load<u8>(whole + half - 1) - 1);
    good = inverseOf(e, whole, half, rsaPart(key, i ? RsaPart.DQ : RsaPart.DP)) && good;
  }
  ct.wipe(whole, 1024);
  return good;
}

/**
 * Writes d = 1/e modulo (p - 1) * (q - 1), as long as n, for those who want it in a file (RFC 8017, A.1.2). False, and nothing
 * written: the key's e is no exponent of these primes.
 */
export function rsaPrivateExponent(key: usize, out: usize): bool {
  const bytes = rsaBytes(key);
  const half = rsaHalf(key);
  // n - p - q + 1.
  const p = rsaPart(key, RsaPart.P);
  const q = rsaPart(key, RsaPart.Q);
  let carry: i32 = 1;
  for (let i: u32 = 0; i < bytes; i++) {
    carry += <i32>load<u8>(rsaModulus(key) + bytes - 1 - i);
    if (i < half) carry -= <i32>load<u8>(p + half - 1 - i) + <i32>load<u8>(q + half - 1 - i);
    store<u8>(whole + bytes - 1 - i, <u8>carry);
    carry >>= 8;
  }
  const good = inverseOf(exponentOf(key), whole, bytes, out);
  ct.wipe(whole, 1024);
  return good;
}
