/**
 * The field of P-521, p = 2^521 - 1, two products at a time (lanes.ts). An element is 20 limbs of 27 bits, in Montgomery's form
 * with R = 2^540: a digit q of the quotient is the column itself, and q * p + q = (q << 8) * 2^(27 * 19).
 *
 * Bound of a column: 20 * A * B * 2^54 + 2^38 < 2^64 for limbs below A and B times 2^27, A * B <= 48. The products' limbs are
 * below 2^27, their values below p + a * b / R (ecp.ts).
 */
import {
  high1, high2, high3, high4, high5, high6, high7, high8, high9, high10, low1, low2, low3, low4, low5, low6, low7,
  low8, low9, low10, lowerHalves, swapped, upperHalves, zipHigh, zipLow,
} from "./lanes";

/** Octets of an element, limbs that count, and their bits. */
export const ELEMENT: usize = 80;
export const LIMBS: u32 = 20;
export const LIMB_BITS: u32 = 27;

/** 16p and 128p, each limb but the highest between 7 and 8 times 2^27. */
// @ts-ignore: decorator
@lazy
export const SIXTEEN: usize = memory.data<u32>([
  1073741808, 1073741816, 1073741816, 1073741816, 1073741816, 1073741816, 1073741816, 1073741816, 1073741816,
  1073741816, 1073741816, 1073741816, 1073741816, 1073741816, 1073741816, 1073741816, 1073741816, 1073741816,
  1073741816, 4088,
], 16);
// @ts-ignore: decorator
@lazy
export const WIDE: usize = memory.data<u32>([
  1073741696, 1073741816, 1073741816, 1073741816, 1073741816, 1073741816, 1073741816, 1073741816, 1073741816,
  1073741816, 1073741816, 1073741816, 1073741816, 1073741816, 1073741816, 1073741816, 1073741816, 1073741816,
  1073741816, 32760,
], 16);

/** R^2 and R modulo p. */
// @ts-ignore: decorator
@lazy
export const SQUARE: usize = memory.data<u32>([
  0, 2048, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
], 16);
// @ts-ignore: decorator
@lazy
export const ONE: usize = memory.data<u32>([
  524288, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
], 16);

/** Carries the columns of two products through the reduction, and stores both. */
// @ts-ignore: decorator
@inline
function reduce(
  r: usize, s: usize,
  c0: v128, c1: v128, c2: v128, c3: v128, c4: v128, c5: v128, c6: v128, c7: v128, c8: v128, c9: v128, c10: v128,
  c11: v128, c12: v128, c13: v128, c14: v128, c15: v128, c16: v128, c17: v128, c18: v128, c19: v128, c20: v128,
  c21: v128, c22: v128, c23: v128, c24: v128, c25: v128, c26: v128, c27: v128, c28: v128, c29: v128, c30: v128,
  c31: v128, c32: v128, c33: v128, c34: v128, c35: v128, c36: v128, c37: v128, c38: v128,
): void {
  const M = i64x2.splat(0x7ffffff);
  let t = c0;
  const q0 = v128.and(t, M);
  t = i64x2.add(c1, i64x2.shr_u(t, 27));
  const q1 = v128.and(t, M);
  t = i64x2.add(c2, i64x2.shr_u(t, 27));
  const q2 = v128.and(t, M);
  t = i64x2.add(c3, i64x2.shr_u(t, 27));
  const q3 = v128.and(t, M);
  t = i64x2.add(c4, i64x2.shr_u(t, 27));
  const q4 = v128.and(t, M);
  t = i64x2.add(c5, i64x2.shr_u(t, 27));
  const q5 = v128.and(t, M);
  t = i64x2.add(c6, i64x2.shr_u(t, 27));
  const q6 = v128.and(t, M);
  t = i64x2.add(c7, i64x2.shr_u(t, 27));
  const q7 = v128.and(t, M);
  t = i64x2.add(c8, i64x2.shr_u(t, 27));
  const q8 = v128.and(t, M);
  t = i64x2.add(c9, i64x2.shr_u(t, 27));
  const q9 = v128.and(t, M);
  t = i64x2.add(c10, i64x2.shr_u(t, 27));
  const q10 = v128.and(t, M);
  t = i64x2.add(c11, i64x2.shr_u(t, 27));
  const q11 = v128.and(t, M);
  t = i64x2.add(c12, i64x2.shr_u(t, 27));
  const q12 = v128.and(t, M);
  t = i64x2.add(c13, i64x2.shr_u(t, 27));
  const q13 = v128.and(t, M);
  t = i64x2.add(c14, i64x2.shr_u(t, 27));
  const q14 = v128.and(t, M);
  t = i64x2.add(c15, i64x2.shr_u(t, 27));
  const q15 = v128.and(t, M);
  t = i64x2.add(c16, i64x2.shr_u(t, 27));
  const q16 = v128.and(t, M);
  t = i64x2.add(c17, i64x2.shr_u(t, 27));
  const q17 = v128.and(t, M);
  t = i64x2.add(c18, i64x2.shr_u(t, 27));
  const q18 = v128.and(t, M);
  t = i64x2.add(i64x2.add(c19, i64x2.shr_u(t, 27)), i64x2.shl(q0, 8));
  const q19 = v128.and(t, M);
  t = i64x2.add(i64x2.add(c20, i64x2.shr_u(t, 27)), i64x2.shl(q1, 8));
  const r0 = v128.and(t, M);
  t = i64x2.add(i64x2.add(c21, i64x2.shr_u(t, 27)), i64x2.shl(q2, 8));
  const r1 = v128.and(t, M);
  t = i64x2.add(i64x2.add(c22, i64x2.shr_u(t, 27)), i64x2.shl(q3, 8));
  const r2 = v128.and(t, M);
  t = i64x2.add(i64x2.add(c23, i64x2.shr_u(t, 27)), i64x2.shl(q4, 8));
  const r3 = v128.and(t, M);
  t = i64x2.add(i64x2.add(c24, i64x2.shr_u(t, 27)), i64x2.shl(q5, 8));
  const r4 = v128.and(t, M);
  t = i64x2.add(i64x2.add(c25, i64x2.shr_u(t, 27)), i64x2.shl(q6, 8));
  const r5 = v128.and(t, M);
  t = i64x2.add(i64x2.add(c26, i64x2.shr_u(t, 27)), i64x2.shl(q7, 8));
  const r6 = v128.and(t, M);
  t = i64x2.add(i64x2.add(c27, i64x2.shr_u(t, 27)), i64x2.shl(q8, 8));
  const r7 = v128.and(t, M);
  t = i64x2.add(i64x2.add(c28, i64x2.shr_u(t, 27)), i64x2.shl(q9, 8));
  const r8 = v128.and(t, M);
  t = i64x2.add(i64x2.add(c29, i64x2.shr_u(t, 27)), i64x2.shl(q10, 8));
  const r9 = v128.and(t, M);
  t = i64x2.add(i64x2.add(c30, i64x2.shr_u(t, 27)), i64x2.shl(q11, 8));
  const r10 = v128.and(t, M);
  t = i64x2.add(i64x2.add(c31, i64x2.shr_u(t, 27)), i64x2.shl(q12, 8));
  const r11 = v128.and(t, M);
  t = i64x2.add(i64x2.add(c32, i64x2.shr_u(t, 27)), i64x2.shl(q13, 8));
  const r12 = v128.and(t, M);
  t = i64x2.add(i64x2.add(c33, i64x2.shr_u(t, 27)), i64x2.shl(q14, 8));
  const r13 = v128.and(t, M);
  t = i64x2.add(i64x2.add(c34, i64x2.shr_u(t, 27)), i64x2.shl(q15, 8));
  const r14 = v128.and(t, M);
  t = i64x2.add(i64x2.add(c35, i64x2.shr_u(t, 27)), i64x2.shl(q16, 8));
  const r15 = v128.and(t, M);
  t = i64x2.add(i64x2.add(c36, i64x2.shr_u(t, 27)), i64x2.shl(q17, 8));
  const r16 = v128.and(t, M);
  t = i64x2.add(i64x2.add(c37, i64x2.shr_u(t, 27)), i64x2.shl(q18, 8));
  const r17 = v128.and(t, M);
  t = i64x2.add(i64x2.add(c38, i64x2.shr_u(t, 27)), i64x2.shl(q19, 8));
  const r18 = v128.and(t, M);
  const r19 = i64x2.shr_u(t, 27);
  // Two limbs of each number to a vector, then four of one.
  const u0 = v128.or(r0, i64x2.shl(r1, 32));
  const u2 = v128.or(r2, i64x2.shl(r3, 32));
  const u4 = v128.or(r4, i64x2.shl(r5, 32));
  const u6 = v128.or(r6, i64x2.shl(r7, 32));
  const u8 = v128.or(r8, i64x2.shl(r9, 32));
  const u10 = v128.or(r10, i64x2.shl(r11, 32));
  const u12 = v128.or(r12, i64x2.shl(r13, 32));
  const u14 = v128.or(r14, i64x2.shl(r15, 32));
  const u16 = v128.or(r16, i64x2.shl(r17, 32));
  const u18 = v128.or(r18, i64x2.shl(r19, 32));
  v128.store(r, lowerHalves(u16, u18), 64);
  v128.store(r, lowerHalves(u12, u14), 48);
  v128.store(r, lowerHalves(u8, u10), 32);
  v128.store(r, lowerHalves(u4, u6), 16);
  v128.store(r, lowerHalves(u0, u2));
  v128.store(s, upperHalves(u16, u18), 64);
  v128.store(s, upperHalves(u12, u14), 48);
  v128.store(s, upperHalves(u8, u10), 32);
  v128.store(s, upperHalves(u4, u6), 16);
  v128.store(s, upperHalves(u0, u2));
}

/** r = a * b and s = a2 * b2; results may lie where factors do. */
export function multiply2(r: usize, a: usize, b: usize, s: usize, a2: usize, b2: usize): void {
  const xa4 = v128.load(a, 64), xb4 = v128.load(a2, 64);
  const xa3 = v128.load(a, 48), xb3 = v128.load(a2, 48);
  const xa2 = v128.load(a, 32), xb2 = v128.load(a2, 32);
  const xa1 = v128.load(a, 16), xb1 = v128.load(a2, 16);
  const xa0 = v128.load(a), xb0 = v128.load(a2);
  const x0 = zipLow(xa0, xb0);
  const x1 = zipHigh(xa0, xb0);
  const x2 = zipLow(xa1, xb1);
  const x3 = zipHigh(xa1, xb1);
  const x4 = zipLow(xa2, xb2);
  const x5 = zipHigh(xa2, xb2);
  const x6 = zipLow(xa3, xb3);
  const x7 = zipHigh(xa3, xb3);
  const x8 = zipLow(xa4, xb4);
  const x9 = zipHigh(xa4, xb4);
  const ya4 = v128.load(b, 64), yb4 = v128.load(b2, 64);
  const ya3 = v128.load(b, 48), yb3 = v128.load(b2, 48);
  const ya2 = v128.load(b, 32), yb2 = v128.load(b2, 32);
  const ya1 = v128.load(b, 16), yb1 = v128.load(b2, 16);
  const ya0 = v128.load(b), yb0 = v128.load(b2);
  const y0 = zipLow(ya0, yb0);
  const y1 = zipHigh(ya0, yb0);
  const y2 = zipLow(ya1, yb1);
  const y3 = zipHigh(ya1, yb1);
  const y4 = zipLow(ya2, yb2);
  const y5 = zipHigh(ya2, yb2);
  const y6 = zipLow(ya3, yb3);
  const y7 = zipHigh(ya3, yb3);
  const y8 = zipLow(ya4, yb4);
  const y9 = zipHigh(ya4, yb4);
  const s0 = swapped(y0);
  const s1 = swapped(y1);
  const s2 = swapped(y2);
  const s3 = swapped(y3);
  const s4 = swapped(y4);
  const s5 = swapped(y5);
  const s6 = swapped(y6);
  const s7 = swapped(y7);
  const s8 = swapped(y8);
  const s9 = swapped(y9);
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
    i64x2.add(low6(x0, y5, x1, y4, x2, y3, x3, y2, x4, y1, x5, y0), high5(x0, y4, x1, y3, x2, y2, x3, y1, x4, y0)),
    i64x2.add(low6(x0, s5, x1, s4, x2, s3, x3, s2, x4, s1, x5, s0), high6(x0, s5, x1, s4, x2, s3, x3, s2, x4, s1, x5, s0)),
    i64x2.add(
      low7(x0, y6, x1, y5, x2, y4, x3, y3, x4, y2, x5, y1, x6, y0),
      high6(x0, y5, x1, y4, x2, y3, x3, y2, x4, y1, x5, y0),
    ),
    i64x2.add(
      low7(x0, s6, x1, s5, x2, s4, x3, s3, x4, s2, x5, s1, x6, s0),
      high7(x0, s6, x1, s5, x2, s4, x3, s3, x4, s2, x5, s1, x6, s0),
    ),
    i64x2.add(
      low8(x0, y7, x1, y6, x2, y5, x3, y4, x4, y3, x5, y2, x6, y1, x7, y0),
      high7(x0, y6, x1, y5, x2, y4, x3, y3, x4, y2, x5, y1, x6, y0),
    ),
    i64x2.add(
      low8(x0, s7, x1, s6, x2, s5, x3, s4, x4, s3, x5, s2, x6, s1, x7, s0),
      high8(x0, s7, x1, s6, x2, s5, x3, s4, x4, s3, x5, s2, x6, s1, x7, s0),
    ),
    i64x2.add(
      low9(x0, y8, x1, y7, x2, y6, x3, y5, x4, y4, x5, y3, x6, y2, x7, y1, x8, y0),
      high8(x0, y7, x1, y6, x2, y5, x3, y4, x4, y3, x5, y2, x6, y1, x7, y0),
    ),
    i64x2.add(
      low9(x0, s8, x1, s7, x2, s6, x3, s5, x4, s4, x5, s3, x6, s2, x7, s1, x8, s0),
      high9(x0, s8, x1, s7, x2, s6, x3, s5, x4, s4, x5, s3, x6, s2, x7, s1, x8, s0),
    ),
    i64x2.add(
      low10(x0, y9, x1, y8, x2, y7, x3, y6, x4, y5, x5, y4, x6, y3, x7, y2, x8, y1, x9, y0),
      high9(x0, y8, x1, y7, x2, y6, x3, y5, x4, y4, x5, y3, x6, y2, x7, y1, x8, y0),
    ),
    i64x2.add(
      low10(x0, s9, x1, s8, x2, s7, x3, s6, x4, s5, x5, s4, x6, s3, x7, s2, x8, s1, x9, s0),
      high10(x0, s9, x1, s8, x2, s7, x3, s6, x4, s5, x5, s4, x6, s3, x7, s2, x8, s1, x9, s0),
    ),
    i64x2.add(
      low9(x1, y9, x2, y8, x3, y7, x4, y6, x5, y5, x6, y4, x7, y3, x8, y2, x9, y1),
      high10(x0, y9, x1, y8, x2, y7, x3, y6, x4, y5, x5, y4, x6, y3, x7, y2, x8, y1, x9, y0),
    ),
    i64x2.add(
      low9(x1, s9, x2, s8, x3, s7, x4, s6, x5, s5, x6, s4, x7, s3, x8, s2, x9, s1),
      high9(x1, s9, x2, s8, x3, s7, x4, s6, x5, s5, x6, s4, x7, s3, x8, s2, x9, s1),
    ),
    i64x2.add(
      low8(x2, y9, x3, y8, x4, y7, x5, y6, x6, y5, x7, y4, x8, y3, x9, y2),
      high9(x1, y9, x2, y8, x3, y7, x4, y6, x5, y5, x6, y4, x7, y3, x8, y2, x9, y1),
    ),
    i64x2.add(
      low8(x2, s9, x3, s8, x4, s7, x5, s6, x6, s5, x7, s4, x8, s3, x9, s2),
      high8(x2, s9, x3, s8, x4, s7, x5, s6, x6, s5, x7, s4, x8, s3, x9, s2),
    ),
    i64x2.add(
      low7(x3, y9, x4, y8, x5, y7, x6, y6, x7, y5, x8, y4, x9, y3),
      high8(x2, y9, x3, y8, x4, y7, x5, y6, x6, y5, x7, y4, x8, y3, x9, y2),
    ),
    i64x2.add(
      low7(x3, s9, x4, s8, x5, s7, x6, s6, x7, s5, x8, s4, x9, s3),
      high7(x3, s9, x4, s8, x5, s7, x6, s6, x7, s5, x8, s4, x9, s3),
    ),
    i64x2.add(
      low6(x4, y9, x5, y8, x6, y7, x7, y6, x8, y5, x9, y4),
      high7(x3, y9, x4, y8, x5, y7, x6, y6, x7, y5, x8, y4, x9, y3),
    ),
    i64x2.add(low6(x4, s9, x5, s8, x6, s7, x7, s6, x8, s5, x9, s4), high6(x4, s9, x5, s8, x6, s7, x7, s6, x8, s5, x9, s4)),
    i64x2.add(low5(x5, y9, x6, y8, x7, y7, x8, y6, x9, y5), high6(x4, y9, x5, y8, x6, y7, x7, y6, x8, y5, x9, y4)),
    i64x2.add(low5(x5, s9, x6, s8, x7, s7, x8, s6, x9, s5), high5(x5, s9, x6, s8, x7, s7, x8, s6, x9, s5)),
    i64x2.add(low4(x6, y9, x7, y8, x8, y7, x9, y6), high5(x5, y9, x6, y8, x7, y7, x8, y6, x9, y5)),
    i64x2.add(low4(x6, s9, x7, s8, x8, s7, x9, s6), high4(x6, s9, x7, s8, x8, s7, x9, s6)),
    i64x2.add(low3(x7, y9, x8, y8, x9, y7), high4(x6, y9, x7, y8, x8, y7, x9, y6)),
    i64x2.add(low3(x7, s9, x8, s8, x9, s7), high3(x7, s9, x8, s8, x9, s7)),
    i64x2.add(low2(x8, y9, x9, y8), high3(x7, y9, x8, y8, x9, y7)),
    i64x2.add(low2(x8, s9, x9, s8), high2(x8, s9, x9, s8)),
    i64x2.add(low1(x9, y9), high2(x8, y9, x9, y8)),
    i64x2.add(low1(x9, s9), high1(x9, s9)),
    high1(x9, y9),
  );
}

/** r = a^2 and s = a2^2. Of the products of two different limbs each is made once, of doubled limbs. */
export function square2(r: usize, a: usize, s: usize, a2: usize): void {
  const xa4 = v128.load(a, 64), xb4 = v128.load(a2, 64);
  const xa3 = v128.load(a, 48), xb3 = v128.load(a2, 48);
  const xa2 = v128.load(a, 32), xb2 = v128.load(a2, 32);
  const xa1 = v128.load(a, 16), xb1 = v128.load(a2, 16);
  const xa0 = v128.load(a), xb0 = v128.load(a2);
  const x0 = zipLow(xa0, xb0);
  const x1 = zipHigh(xa0, xb0);
  const x2 = zipLow(xa1, xb1);
  const x3 = zipHigh(xa1, xb1);
  const x4 = zipLow(xa2, xb2);
  const x5 = zipHigh(xa2, xb2);
  const x6 = zipLow(xa3, xb3);
  const x7 = zipHigh(xa3, xb3);
  const x8 = zipLow(xa4, xb4);
  const x9 = zipHigh(xa4, xb4);
  const s0 = swapped(x0), d0 = i32x4.shl(x0, 1);
  const s1 = swapped(x1), d1 = i32x4.shl(x1, 1);
  const s2 = swapped(x2), d2 = i32x4.shl(x2, 1);
  const s3 = swapped(x3), d3 = i32x4.shl(x3, 1);
  const s4 = swapped(x4), d4 = i32x4.shl(x4, 1);
  const s5 = swapped(x5), d5 = i32x4.shl(x5, 1);
  const s6 = swapped(x6), d6 = i32x4.shl(x6, 1);
  const s7 = swapped(x7), d7 = i32x4.shl(x7, 1);
  const s8 = swapped(x8), d8 = i32x4.shl(x8, 1);
  const s9 = swapped(x9), d9 = i32x4.shl(x9, 1);
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
    i64x2.add(low3(d0, x5, d1, x4, d2, x3), high3(d0, x4, d1, x3, x2, x2)),
    low6(d0, s5, d1, s4, d2, s3, d3, s2, d4, s1, d5, s0),
    i64x2.add(low4(d0, x6, d1, x5, d2, x4, x3, x3), high3(d0, x5, d1, x4, d2, x3)),
    low7(d0, s6, d1, s5, d2, s4, d3, s3, d4, s2, d5, s1, d6, s0),
    i64x2.add(low4(d0, x7, d1, x6, d2, x5, d3, x4), high4(d0, x6, d1, x5, d2, x4, x3, x3)),
    low8(d0, s7, d1, s6, d2, s5, d3, s4, d4, s3, d5, s2, d6, s1, d7, s0),
    i64x2.add(low5(d0, x8, d1, x7, d2, x6, d3, x5, x4, x4), high4(d0, x7, d1, x6, d2, x5, d3, x4)),
    low9(d0, s8, d1, s7, d2, s6, d3, s5, d4, s4, d5, s3, d6, s2, d7, s1, d8, s0),
    i64x2.add(low5(d0, x9, d1, x8, d2, x7, d3, x6, d4, x5), high5(d0, x8, d1, x7, d2, x6, d3, x5, x4, x4)),
    low10(d0, s9, d1, s8, d2, s7, d3, s6, d4, s5, d5, s4, d6, s3, d7, s2, d8, s1, d9, s0),
    i64x2.add(low5(d1, x9, d2, x8, d3, x7, d4, x6, x5, x5), high5(d0, x9, d1, x8, d2, x7, d3, x6, d4, x5)),
    low9(d1, s9, d2, s8, d3, s7, d4, s6, d5, s5, d6, s4, d7, s3, d8, s2, d9, s1),
    i64x2.add(low4(d2, x9, d3, x8, d4, x7, d5, x6), high5(d1, x9, d2, x8, d3, x7, d4, x6, x5, x5)),
    low8(d2, s9, d3, s8, d4, s7, d5, s6, d6, s5, d7, s4, d8, s3, d9, s2),
    i64x2.add(low4(d3, x9, d4, x8, d5, x7, x6, x6), high4(d2, x9, d3, x8, d4, x7, d5, x6)),
    low7(d3, s9, d4, s8, d5, s7, d6, s6, d7, s5, d8, s4, d9, s3),
    i64x2.add(low3(d4, x9, d5, x8, d6, x7), high4(d3, x9, d4, x8, d5, x7, x6, x6)),
    low6(d4, s9, d5, s8, d6, s7, d7, s6, d8, s5, d9, s4),
    i64x2.add(low3(d5, x9, d6, x8, x7, x7), high3(d4, x9, d5, x8, d6, x7)),
    low5(d5, s9, d6, s8, d7, s7, d8, s6, d9, s5),
    i64x2.add(low2(d6, x9, d7, x8), high3(d5, x9, d6, x8, x7, x7)),
    low4(d6, s9, d7, s8, d8, s7, d9, s6),
    i64x2.add(low2(d7, x9, x8, x8), high2(d6, x9, d7, x8)),
    low3(d7, s9, d8, s8, d9, s7),
    i64x2.add(low1(d8, x9), high2(d7, x9, x8, x8)),
    low2(d8, s9, d9, s8),
    i64x2.add(low1(x9, x9), high1(d8, x9)),
    low1(d9, s9),
    high1(x9, x9),
  );
}
