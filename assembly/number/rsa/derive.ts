/**
 * What follows from the primes of an RSA key, in constant time: n = p * q, and for e = 65537 the private exponents.
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

/**
 * Writes 1/65537 modulo an x of `len` octets, len even, that is no multiple of 65537: (1 + x * k) / 65537 for the k below 65537
 * that makes the division come out even.
 */
function inverseOfF4(x: usize, len: u32, out: usize): void {
  // k = -1/x; 1/x = x^65535.
  const r = moduloF4(x, len);
  let inverse = r;
  for (let i = 0; i < 15; i++) {
    inverse = reduceF4(<u64>inverse * <u64>inverse);
    inverse = reduceF4(<u64>inverse * <u64>r);
  }
  const k = <u64>(F4 - inverse);
  // d * 65537 = d * 2^16 + d: each digit of d is that of the dividend less the digit of d below it.
  let carry: u64 = 1;
  let below: u32 = 0;
  let borrow: u32 = 0;
  for (let i: u32 = 0; i < len; i += 2) {
    carry += <u64>bswap<u16>(load<u16>(x + len - 2 - i)) * k;
    const d = (<u32>carry & 0xffff) - below - borrow;
    carry >>= 16;
    below = d & 0xffff;
    borrow = d >>> 31;
    store<u16>(out + len - 2 - i, bswap<u16>(<u16>below));
  }
}

/** Writes dP and dQ of a key with e = 65537, of which neither p - 1 nor q - 1 is a multiple; primes of an even number of octets. */
export function rsaDeriveExponents(key: usize): void {
  const half = rsaHalf(key);
  for (let i: u32 = 0; i < 2; i++) {
    memory.copy(whole, rsaPart(key, i ? RsaPart.Q : RsaPart.P), <usize>half);
    store<u8>(whole + half - 1, load<u8>(whole + half - 1) - 1);
    inverseOfF4(whole, half, rsaPart(key, i ? RsaPart.DQ : RsaPart.DP));
  }
  ct.wipe(whole, 1024);
}

/**
 * Writes d = 1/e modulo (p - 1) * (q - 1), as long as n, for those who want it in a file (RFC 8017, A.1.2). False: e is not 65537,
 * or n has an odd number of octets.
 */
export function rsaPrivateExponent(key: usize, out: usize): bool {
  const bytes = rsaBytes(key);
  const half = rsaHalf(key);
  const e = rsaExponent(key);
  if (rsaExponentBytes(key) != 3 || load<u8>(e) != 1 || load<u8>(e, 1) || load<u8>(e, 2) != 1 || bytes & 1) return false;
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
  inverseOfF4(whole, bytes, out);
  ct.wipe(whole, 1024);
  return true;
}
