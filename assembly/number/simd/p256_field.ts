/**
 * The field of P-256, p = 2^256 - 2^224 + 2^192 + 2^96 - 1, two products at a time (lanes.ts). An element is ten limbs of 28
 * bits and two of zero, in Montgomery's form with R = 2^280.
 *
 * p ends in 96 ones, so that a digit q of the quotient is the column itself, and a multiple of p is shifts:
 *
 *     q * p + q = (q << 12) * 2^(28 * 3) + (q << 24) * 2^(28 * 6) + (q * 2^32 - q) * 2^(28 * 8)
 *
 * Bound of a column: 10 * A * B * 2^56 + 2^60 + 2^52 + 2^40 + 2^36 < 2^64 for limbs below A and B times 2^28, A * B <= 22. The
 * products' limbs are below 2^28, their values below p + a * b / R (ecp.ts).
 */
import {
  high1, high2, high3, high4, high5, low1, low2, low3, low4, low5, lowerHalves, swapped, upperHalves, zipHigh,
  zipLow,
} from "./lanes";

/** Octets of an element, limbs that count, and their bits. */
export const ELEMENT: usize = 48;
export const LIMBS: u32 = 10;
export const LIMB_BITS: u32 = 28;

/** 16p and 128p, each limb but the highest between 7 and 8 times 2^28. */
// @ts-ignore: decorator
@lazy
export const SIXTEEN: usize = memory.data<u32>([
  2147483632, 2147483640, 2147483640, 1879113720, 1879048185, 1879048185, 1879048185, 1879048186, 2147483625, 248, 0,
  0,
], 16);
// @ts-ignore: decorator
@lazy
export const WIDE: usize = memory.data<u32>([
  2147483520, 2147483640, 2147483640, 1879572472, 1879048185, 1879048185, 1879048185, 1879048193, 2147483513, 2040, 0,
  0,
], 16);

/** R^2 and R modulo p. */
// @ts-ignore: decorator
@lazy
export const SQUARE: usize = memory.data<u32>([
  327680, 3145728, 0, 0, 268435450, 268435391, 268435199, 268414975, 196607, 0, 0, 0,
], 16);
// @ts-ignore: decorator
@lazy
export const ONE: usize = memory.data<u32>([
  16777216, 0, 0, 0, 268435200, 268435455, 268435455, 267386879, 16777215, 0, 0, 0,
], 16);

/** Carries the columns of two products through the reduction, and stores both. */
// @ts-ignore: decorator
@inline
function reduce(
  r: usize, s: usize,
  c0: v128, c1: v128, c2: v128, c3: v128, c4: v128, c5: v128, c6: v128, c7: v128, c8: v128, c9: v128, c10: v128,
  c11: v128, c12: v128, c13: v128, c14: v128, c15: v128, c16: v128, c17: v128, c18: v128,
): void {
  const M = i64x2.splat(0xfffffff);
  let t = c0;
  const q0 = v128.and(t, M), e0 = i64x2.sub(i64x2.shl(q0, 32), q0);
  t = i64x2.add(c1, i64x2.shr_u(t, 28));
  const q1 = v128.and(t, M), e1 = i64x2.sub(i64x2.shl(q1, 32), q1);
  t = i64x2.add(c2, i64x2.shr_u(t, 28));
  const q2 = v128.and(t, M), e2 = i64x2.sub(i64x2.shl(q2, 32), q2);
  t = i64x2.add(i64x2.add(c3, i64x2.shr_u(t, 28)), i64x2.shl(q0, 12));
  const q3 = v128.and(t, M), e3 = i64x2.sub(i64x2.shl(q3, 32), q3);
  t = i64x2.add(i64x2.add(c4, i64x2.shr_u(t, 28)), i64x2.shl(q1, 12));
  const q4 = v128.and(t, M), e4 = i64x2.sub(i64x2.shl(q4, 32), q4);
  t = i64x2.add(i64x2.add(c5, i64x2.shr_u(t, 28)), i64x2.shl(q2, 12));
  const q5 = v128.and(t, M), e5 = i64x2.sub(i64x2.shl(q5, 32), q5);
  t = i64x2.add(i64x2.add(i64x2.add(c6, i64x2.shr_u(t, 28)), i64x2.shl(q3, 12)), i64x2.shl(q0, 24));
  const q6 = v128.and(t, M), e6 = i64x2.sub(i64x2.shl(q6, 32), q6);
  t = i64x2.add(i64x2.add(i64x2.add(c7, i64x2.shr_u(t, 28)), i64x2.shl(q4, 12)), i64x2.shl(q1, 24));
  const q7 = v128.and(t, M), e7 = i64x2.sub(i64x2.shl(q7, 32), q7);
  t = i64x2.add(i64x2.add(i64x2.add(i64x2.add(c8, i64x2.shr_u(t, 28)), i64x2.shl(q5, 12)), i64x2.shl(q2, 24)), e0);
  const q8 = v128.and(t, M), e8 = i64x2.sub(i64x2.shl(q8, 32), q8);
  t = i64x2.add(i64x2.add(i64x2.add(i64x2.add(c9, i64x2.shr_u(t, 28)), i64x2.shl(q6, 12)), i64x2.shl(q3, 24)), e1);
  const q9 = v128.and(t, M), e9 = i64x2.sub(i64x2.shl(q9, 32), q9);
  t = i64x2.add(i64x2.add(i64x2.add(i64x2.add(c10, i64x2.shr_u(t, 28)), i64x2.shl(q7, 12)), i64x2.shl(q4, 24)), e2);
  const r0 = v128.and(t, M);
  t = i64x2.add(i64x2.add(i64x2.add(i64x2.add(c11, i64x2.shr_u(t, 28)), i64x2.shl(q8, 12)), i64x2.shl(q5, 24)), e3);
  const r1 = v128.and(t, M);
  t = i64x2.add(i64x2.add(i64x2.add(i64x2.add(c12, i64x2.shr_u(t, 28)), i64x2.shl(q9, 12)), i64x2.shl(q6, 24)), e4);
  const r2 = v128.and(t, M);
  t = i64x2.add(i64x2.add(i64x2.add(c13, i64x2.shr_u(t, 28)), i64x2.shl(q7, 24)), e5);
  const r3 = v128.and(t, M);
  t = i64x2.add(i64x2.add(i64x2.add(c14, i64x2.shr_u(t, 28)), i64x2.shl(q8, 24)), e6);
  const r4 = v128.and(t, M);
  t = i64x2.add(i64x2.add(i64x2.add(c15, i64x2.shr_u(t, 28)), i64x2.shl(q9, 24)), e7);
  const r5 = v128.and(t, M);
  t = i64x2.add(i64x2.add(c16, i64x2.shr_u(t, 28)), e8);
  const r6 = v128.and(t, M);
  t = i64x2.add(i64x2.add(c17, i64x2.shr_u(t, 28)), e9);
  const r7 = v128.and(t, M);
  t = i64x2.add(c18, i64x2.shr_u(t, 28));
  const r8 = v128.and(t, M);
  const r9 = i64x2.shr_u(t, 28);
  // Two limbs of each number to a vector, then four of one.
  const u0 = v128.or(r0, i64x2.shl(r1, 32));
  const u2 = v128.or(r2, i64x2.shl(r3, 32));
  const u4 = v128.or(r4, i64x2.shl(r5, 32));
  const u6 = v128.or(r6, i64x2.shl(r7, 32));
  const u8 = v128.or(r8, i64x2.shl(r9, 32));
  const none = i64x2.splat(0);
  v128.store(r, lowerHalves(u8, none), 32);
  v128.store(r, lowerHalves(u4, u6), 16);
  v128.store(r, lowerHalves(u0, u2));
  v128.store(s, upperHalves(u8, none), 32);
  v128.store(s, upperHalves(u4, u6), 16);
  v128.store(s, upperHalves(u0, u2));
}

/** r = a * b and s = a2 * b2; results may lie where factors do. */
export function multiply2(r: usize, a: usize, b: usize, s: usize, a2: usize, b2: usize): void {
  const xa2 = v128.load(a, 32), xb2 = v128.load(a2, 32);
  const xa1 = v128.load(a, 16), xb1 = v128.load(a2, 16);
  const xa0 = v128.load(a), xb0 = v128.load(a2);
  const x0 = zipLow(xa0, xb0);
  const x1 = zipHigh(xa0, xb0);
  const x2 = zipLow(xa1, xb1);
  const x3 = zipHigh(xa1, xb1);
  const x4 = zipLow(xa2, xb2);
  const ya2 = v128.load(b, 32), yb2 = v128.load(b2, 32);
  const ya1 = v128.load(b, 16), yb1 = v128.load(b2, 16);
  const ya0 = v128.load(b), yb0 = v128.load(b2);
  const y0 = zipLow(ya0, yb0);
  const y1 = zipHigh(ya0, yb0);
  const y2 = zipLow(ya1, yb1);
  const y3 = zipHigh(ya1, yb1);
  const y4 = zipLow(ya2, yb2);
  const s0 = swapped(y0);
  const s1 = swapped(y1);
  const s2 = swapped(y2);
  const s3 = swapped(y3);
  const s4 = swapped(y4);
  reduce(
    r, s,
    low1(x0, y0),
    i64x2.add(low1(x0, s0), high1(x0, s0)),
    i64x2.add(low2(x0, y1, x1, y0), high1(x0, y0)),
    i64x2.add(low2(x0, s1, x1, s0), high2(x0, s1, x1, s0)),
    i64x2.add(low3(x0, y2, x1, y1, x2, y0), high2(x0, y1, x1, y0)),
    i64x2.add(low3(x0, s2, x1, s1, x2, s0), high3(x0, s2, x1, s1, x2, s0)),
    i64x2.add(low4(x0, y3, x1, y2, x2, y1, x3, y0), high3(x0, y2, x1, y1, x2, y0)),
    i64x2.add(low4(x0, s3, x1, s2, x2, s1, x3, s0), high4(x0, s3, x1, s2, x2, s1, x3, s0)),
    i64x2.add(low5(x0, y4, x1, y3, x2, y2, x3, y1, x4, y0), high4(x0, y3, x1, y2, x2, y1, x3, y0)),
    i64x2.add(low5(x0, s4, x1, s3, x2, s2, x3, s1, x4, s0), high5(x0, s4, x1, s3, x2, s2, x3, s1, x4, s0)),
    i64x2.add(low4(x1, y4, x2, y3, x3, y2, x4, y1), high5(x0, y4, x1, y3, x2, y2, x3, y1, x4, y0)),
    i64x2.add(low4(x1, s4, x2, s3, x3, s2, x4, s1), high4(x1, s4, x2, s3, x3, s2, x4, s1)),
    i64x2.add(low3(x2, y4, x3, y3, x4, y2), high4(x1, y4, x2, y3, x3, y2, x4, y1)),
    i64x2.add(low3(x2, s4, x3, s3, x4, s2), high3(x2, s4, x3, s3, x4, s2)),
    i64x2.add(low2(x3, y4, x4, y3), high3(x2, y4, x3, y3, x4, y2)),
    i64x2.add(low2(x3, s4, x4, s3), high2(x3, s4, x4, s3)),
    i64x2.add(low1(x4, y4), high2(x3, y4, x4, y3)),
    i64x2.add(low1(x4, s4), high1(x4, s4)),
    high1(x4, y4),
  );
}

/** r = a^2 and s = a2^2. Of the products of two different limbs each is made once, of doubled limbs. */
export function square2(r: usize, a: usize, s: usize, a2: usize): void {
  const xa2 = v128.load(a, 32), xb2 = v128.load(a2, 32);
  const xa1 = v128.load(a, 16), xb1 = v128.load(a2, 16);
  const xa0 = v128.load(a), xb0 = v128.load(a2);
  const x0 = zipLow(xa0, xb0);
  const x1 = zipHigh(xa0, xb0);
  const x2 = zipLow(xa1, xb1);
  const x3 = zipHigh(xa1, xb1);
  const x4 = zipLow(xa2, xb2);
  const s0 = swapped(x0), d0 = i32x4.shl(x0, 1);
  const s1 = swapped(x1), d1 = i32x4.shl(x1, 1);
  const s2 = swapped(x2), d2 = i32x4.shl(x2, 1);
  const s3 = swapped(x3), d3 = i32x4.shl(x3, 1);
  const s4 = swapped(x4), d4 = i32x4.shl(x4, 1);
  reduce(
    r, s,
    low1(x0, x0),
    low1(d0, s0),
    i64x2.add(low1(d0, x1), high1(x0, x0)),
    low2(d0, s1, d1, s0),
    i64x2.add(low2(d0, x2, x1, x1), high1(d0, x1)),
    low3(d0, s2, d1, s1, d2, s0),
    i64x2.add(low2(d0, x3, d1, x2), high2(d0, x2, x1, x1)),
    low4(d0, s3, d1, s2, d2, s1, d3, s0),
    i64x2.add(low3(d0, x4, d1, x3, x2, x2), high2(d0, x3, d1, x2)),
    low5(d0, s4, d1, s3, d2, s2, d3, s1, d4, s0),
    i64x2.add(low2(d1, x4, d2, x3), high3(d0, x4, d1, x3, x2, x2)),
    low4(d1, s4, d2, s3, d3, s2, d4, s1),
    i64x2.add(low2(d2, x4, x3, x3), high2(d1, x4, d2, x3)),
    low3(d2, s4, d3, s3, d4, s2),
    i64x2.add(low1(d3, x4), high2(d2, x4, x3, x3)),
    low2(d3, s4, d4, s3),
    i64x2.add(low1(x4, x4), high1(d3, x4)),
    low1(d4, s4),
    high1(x4, x4),
  );
}
