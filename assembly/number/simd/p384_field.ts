/**
 * The field of P-384, p = 2^384 - 2^128 - 2^96 + 2^32 - 1, two products at a time (lanes.ts). An element is 15 limbs of 27 bits
 * and one of zero, in Montgomery's form with R = 2^405.
 *
 * p ends in 32 ones, so that a digit q of the quotient is the column itself, and a multiple of p is shifts:
 *
 *     q * p + q = (q << 5) * 2^27 - (q << 15) * 2^(27 * 3) - (q << 20) * 2^(27 * 4) + (q << 6) * 2^(27 * 14)
 *
 * K keeps the columns from falling below zero: it adds less than 2^535 / R to a product.
 *
 * Bound of a column: 15 * A * B * 2^54 + 2^49 + 2^37 < 2^64 for limbs below A and B times 2^27, A * B <= 60. The products'
 * limbs are below 2^27, their values below p + a * b / R + 2^130 (ecp.ts).
 */
import {
  high1, high2, high3, high4, high5, high6, high7, low1, low2, low3, low4, low5, low6, low7, low8, lowerHalves,
  swapped, upperHalves, zipHigh, zipLow,
} from "./lanes";

/** Octets of an element, limbs that count, and their bits. */
export const ELEMENT: usize = 64;
export const LIMBS: u32 = 15;
export const LIMB_BITS: u32 = 27;

/** 16p and 128p, each limb but the highest between 7 and 8 times 2^27. */
// @ts-ignore: decorator
@lazy
export const SIXTEEN: usize = memory.data<u32>([
  1073741808, 939524600, 939524089, 1073217529, 1056964600, 1073741816, 1073741816, 1073741816, 1073741816,
  1073741816, 1073741816, 1073741816, 1073741816, 1073741816, 1016, 0,
], 16);
// @ts-ignore: decorator
@lazy
export const WIDE: usize = memory.data<u32>([
  1073741696, 939528184, 939524089, 1069547513, 1073741816, 1073741815, 1073741816, 1073741816, 1073741816,
  1073741816, 1073741816, 1073741816, 1073741816, 1073741816, 8184, 0,
], 16);

/** R^2 and R modulo p. */
// @ts-ignore: decorator
@lazy
export const SQUARE: usize = memory.data<u32>([
  0, 32768, 132120576, 33554431, 0, 16, 0, 134201344, 262143, 16777216, 0, 2, 0, 0, 0, 0,
], 16);
// @ts-ignore: decorator
@lazy
export const ONE: usize = memory.data<u32>([
  2097152, 67108864, 134217727, 134217727, 511, 16384, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
], 16);

/** A multiple of p, 2^48 or more in each column that something is taken from. */
// @ts-ignore: decorator
@lazy
const K: usize = memory.data<u64>([
  134184959, 1015839, 1015808, 281474977693696, 281475108798456, 281475109846775, 281475109879543, 281475108830967,
  281475108830967, 281475108830967, 281475108830975, 281475108831231, 281475108831231, 281475108831231,
  281474976710719, 281474976710656, 281474976710656, 281474976710656, 281474976710656,
], 16);

/** Carries the columns of two products through the reduction, and stores both. */
// @ts-ignore: decorator
@inline
function reduce(
  r: usize, s: usize,
  c0: v128, c1: v128, c2: v128, c3: v128, c4: v128, c5: v128, c6: v128, c7: v128, c8: v128, c9: v128, c10: v128,
  c11: v128, c12: v128, c13: v128, c14: v128, c15: v128, c16: v128, c17: v128, c18: v128, c19: v128, c20: v128,
  c21: v128, c22: v128, c23: v128, c24: v128, c25: v128, c26: v128, c27: v128, c28: v128,
): void {
  const M = i64x2.splat(0x7ffffff);
  let t = i64x2.add(c0, v128.load64_splat(K));
  const q0 = v128.and(t, M);
  t = i64x2.add(i64x2.add(i64x2.add(c1, i64x2.shr_u(t, 27)), i64x2.shl(q0, 5)), v128.load64_splat(K, 8));
  const q1 = v128.and(t, M);
  t = i64x2.add(i64x2.add(i64x2.add(c2, i64x2.shr_u(t, 27)), i64x2.shl(q1, 5)), v128.load64_splat(K, 16));
  const q2 = v128.and(t, M);
  t = i64x2.sub(
    i64x2.add(i64x2.add(i64x2.add(c3, i64x2.shr_u(t, 27)), i64x2.shl(q2, 5)), v128.load64_splat(K, 24)),
    i64x2.shl(q0, 15),
  );
  const q3 = v128.and(t, M);
  t = i64x2.sub(
    i64x2.sub(
      i64x2.add(i64x2.add(i64x2.add(c4, i64x2.shr_u(t, 27)), i64x2.shl(q3, 5)), v128.load64_splat(K, 32)),
      i64x2.shl(q1, 15),
    ),
    i64x2.shl(q0, 20),
  );
  const q4 = v128.and(t, M);
  t = i64x2.sub(
    i64x2.sub(
      i64x2.add(i64x2.add(i64x2.add(c5, i64x2.shr_u(t, 27)), i64x2.shl(q4, 5)), v128.load64_splat(K, 40)),
      i64x2.shl(q2, 15),
    ),
    i64x2.shl(q1, 20),
  );
  const q5 = v128.and(t, M);
  t = i64x2.sub(
    i64x2.sub(
      i64x2.add(i64x2.add(i64x2.add(c6, i64x2.shr_u(t, 27)), i64x2.shl(q5, 5)), v128.load64_splat(K, 48)),
      i64x2.shl(q3, 15),
    ),
    i64x2.shl(q2, 20),
  );
  const q6 = v128.and(t, M);
  t = i64x2.sub(
    i64x2.sub(
      i64x2.add(i64x2.add(i64x2.add(c7, i64x2.shr_u(t, 27)), i64x2.shl(q6, 5)), v128.load64_splat(K, 56)),
      i64x2.shl(q4, 15),
    ),
    i64x2.shl(q3, 20),
  );
  const q7 = v128.and(t, M);
  t = i64x2.sub(
    i64x2.sub(
      i64x2.add(i64x2.add(i64x2.add(c8, i64x2.shr_u(t, 27)), i64x2.shl(q7, 5)), v128.load64_splat(K, 64)),
      i64x2.shl(q5, 15),
    ),
    i64x2.shl(q4, 20),
  );
  const q8 = v128.and(t, M);
  t = i64x2.sub(
    i64x2.sub(
      i64x2.add(i64x2.add(i64x2.add(c9, i64x2.shr_u(t, 27)), i64x2.shl(q8, 5)), v128.load64_splat(K, 72)),
      i64x2.shl(q6, 15),
    ),
    i64x2.shl(q5, 20),
  );
  const q9 = v128.and(t, M);
  t = i64x2.sub(
    i64x2.sub(
      i64x2.add(i64x2.add(i64x2.add(c10, i64x2.shr_u(t, 27)), i64x2.shl(q9, 5)), v128.load64_splat(K, 80)),
      i64x2.shl(q7, 15),
    ),
    i64x2.shl(q6, 20),
  );
  const q10 = v128.and(t, M);
  t = i64x2.sub(
    i64x2.sub(
      i64x2.add(i64x2.add(i64x2.add(c11, i64x2.shr_u(t, 27)), i64x2.shl(q10, 5)), v128.load64_splat(K, 88)),
      i64x2.shl(q8, 15),
    ),
    i64x2.shl(q7, 20),
  );
  const q11 = v128.and(t, M);
  t = i64x2.sub(
    i64x2.sub(
      i64x2.add(i64x2.add(i64x2.add(c12, i64x2.shr_u(t, 27)), i64x2.shl(q11, 5)), v128.load64_splat(K, 96)),
      i64x2.shl(q9, 15),
    ),
    i64x2.shl(q8, 20),
  );
  const q12 = v128.and(t, M);
  t = i64x2.sub(
    i64x2.sub(
      i64x2.add(i64x2.add(i64x2.add(c13, i64x2.shr_u(t, 27)), i64x2.shl(q12, 5)), v128.load64_splat(K, 104)),
      i64x2.shl(q10, 15),
    ),
    i64x2.shl(q9, 20),
  );
  const q13 = v128.and(t, M);
  t = i64x2.sub(
    i64x2.sub(
      i64x2.add(
        i64x2.add(i64x2.add(i64x2.add(c14, i64x2.shr_u(t, 27)), i64x2.shl(q13, 5)), i64x2.shl(q0, 6)),
        v128.load64_splat(K, 112),
      ),
      i64x2.shl(q11, 15),
    ),
    i64x2.shl(q10, 20),
  );
  const q14 = v128.and(t, M);
  t = i64x2.sub(
    i64x2.sub(
      i64x2.add(
        i64x2.add(i64x2.add(i64x2.add(c15, i64x2.shr_u(t, 27)), i64x2.shl(q14, 5)), i64x2.shl(q1, 6)),
        v128.load64_splat(K, 120),
      ),
      i64x2.shl(q12, 15),
    ),
    i64x2.shl(q11, 20),
  );
  const r0 = v128.and(t, M);
  t = i64x2.sub(
    i64x2.sub(
      i64x2.add(i64x2.add(i64x2.add(c16, i64x2.shr_u(t, 27)), i64x2.shl(q2, 6)), v128.load64_splat(K, 128)),
      i64x2.shl(q13, 15),
    ),
    i64x2.shl(q12, 20),
  );
  const r1 = v128.and(t, M);
  t = i64x2.sub(
    i64x2.sub(
      i64x2.add(i64x2.add(i64x2.add(c17, i64x2.shr_u(t, 27)), i64x2.shl(q3, 6)), v128.load64_splat(K, 136)),
      i64x2.shl(q14, 15),
    ),
    i64x2.shl(q13, 20),
  );
  const r2 = v128.and(t, M);
  t = i64x2.sub(
    i64x2.add(i64x2.add(i64x2.add(c18, i64x2.shr_u(t, 27)), i64x2.shl(q4, 6)), v128.load64_splat(K, 144)),
    i64x2.shl(q14, 20),
  );
  const r3 = v128.and(t, M);
  t = i64x2.add(i64x2.add(c19, i64x2.shr_u(t, 27)), i64x2.shl(q5, 6));
  const r4 = v128.and(t, M);
  t = i64x2.add(i64x2.add(c20, i64x2.shr_u(t, 27)), i64x2.shl(q6, 6));
  const r5 = v128.and(t, M);
  t = i64x2.add(i64x2.add(c21, i64x2.shr_u(t, 27)), i64x2.shl(q7, 6));
  const r6 = v128.and(t, M);
  t = i64x2.add(i64x2.add(c22, i64x2.shr_u(t, 27)), i64x2.shl(q8, 6));
  const r7 = v128.and(t, M);
  t = i64x2.add(i64x2.add(c23, i64x2.shr_u(t, 27)), i64x2.shl(q9, 6));
  const r8 = v128.and(t, M);
  t = i64x2.add(i64x2.add(c24, i64x2.shr_u(t, 27)), i64x2.shl(q10, 6));
  const r9 = v128.and(t, M);
  t = i64x2.add(i64x2.add(c25, i64x2.shr_u(t, 27)), i64x2.shl(q11, 6));
  const r10 = v128.and(t, M);
  t = i64x2.add(i64x2.add(c26, i64x2.shr_u(t, 27)), i64x2.shl(q12, 6));
  const r11 = v128.and(t, M);
  t = i64x2.add(i64x2.add(c27, i64x2.shr_u(t, 27)), i64x2.shl(q13, 6));
  const r12 = v128.and(t, M);
  t = i64x2.add(i64x2.add(c28, i64x2.shr_u(t, 27)), i64x2.shl(q14, 6));
  const r13 = v128.and(t, M);
  const r14 = i64x2.shr_u(t, 27);
  // Two limbs of each number to a vector, then four of one.
  const u0 = v128.or(r0, i64x2.shl(r1, 32));
  const u2 = v128.or(r2, i64x2.shl(r3, 32));
  const u4 = v128.or(r4, i64x2.shl(r5, 32));
  const u6 = v128.or(r6, i64x2.shl(r7, 32));
  const u8 = v128.or(r8, i64x2.shl(r9, 32));
  const u10 = v128.or(r10, i64x2.shl(r11, 32));
  const u12 = v128.or(r12, i64x2.shl(r13, 32));
  const u14 = r14;
  v128.store(r, lowerHalves(u12, u14), 48);
  v128.store(r, lowerHalves(u8, u10), 32);
  v128.store(r, lowerHalves(u4, u6), 16);
  v128.store(r, lowerHalves(u0, u2));
  v128.store(s, upperHalves(u12, u14), 48);
  v128.store(s, upperHalves(u8, u10), 32);
  v128.store(s, upperHalves(u4, u6), 16);
  v128.store(s, upperHalves(u0, u2));
}

/** r = a * b and s = a2 * b2; results may lie where factors do. */
export function multiply2(r: usize, a: usize, b: usize, s: usize, a2: usize, b2: usize): void {
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
  const s0 = swapped(y0);
  const s1 = swapped(y1);
  const s2 = swapped(y2);
  const s3 = swapped(y3);
  const s4 = swapped(y4);
  const s5 = swapped(y5);
  const s6 = swapped(y6);
  const s7 = swapped(y7);
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
      low7(x1, s6, x2, s5, x3, s4, x4, s3, x5, s2, x6, s1, x7, s0),
      high7(x0, s7, x1, s6, x2, s5, x3, s4, x4, s3, x5, s2, x6, s1),
    ),
    i64x2.add(
      low7(x1, y7, x2, y6, x3, y5, x4, y4, x5, y3, x6, y2, x7, y1),
      high6(x1, y6, x2, y5, x3, y4, x4, y3, x5, y2, x6, y1),
    ),
    i64x2.add(low6(x2, s6, x3, s5, x4, s4, x5, s3, x6, s2, x7, s1), high6(x1, s7, x2, s6, x3, s5, x4, s4, x5, s3, x6, s2)),
    i64x2.add(low6(x2, y7, x3, y6, x4, y5, x5, y4, x6, y3, x7, y2), high5(x2, y6, x3, y5, x4, y4, x5, y3, x6, y2)),
    i64x2.add(low5(x3, s6, x4, s5, x5, s4, x6, s3, x7, s2), high5(x2, s7, x3, s6, x4, s5, x5, s4, x6, s3)),
    i64x2.add(low5(x3, y7, x4, y6, x5, y5, x6, y4, x7, y3), high4(x3, y6, x4, y5, x5, y4, x6, y3)),
    i64x2.add(low4(x4, s6, x5, s5, x6, s4, x7, s3), high4(x3, s7, x4, s6, x5, s5, x6, s4)),
    i64x2.add(low4(x4, y7, x5, y6, x6, y5, x7, y4), high3(x4, y6, x5, y5, x6, y4)),
    i64x2.add(low3(x5, s6, x6, s5, x7, s4), high3(x4, s7, x5, s6, x6, s5)),
    i64x2.add(low3(x5, y7, x6, y6, x7, y5), high2(x5, y6, x6, y5)),
    i64x2.add(low2(x6, s6, x7, s5), high2(x5, s7, x6, s6)),
    i64x2.add(low2(x6, y7, x7, y6), high1(x6, y6)),
    i64x2.add(low1(x7, s6), high1(x6, s7)),
    low1(x7, y7),
  );
}

/** r = a^2 and s = a2^2. Of the products of two different limbs each is made once, of doubled limbs. */
export function square2(r: usize, a: usize, s: usize, a2: usize): void {
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
  const s0 = swapped(x0), d0 = i32x4.shl(x0, 1);
  const s1 = swapped(x1), d1 = i32x4.shl(x1, 1);
  const s2 = swapped(x2), d2 = i32x4.shl(x2, 1);
  const s3 = swapped(x3), d3 = i32x4.shl(x3, 1);
  const s4 = swapped(x4), d4 = i32x4.shl(x4, 1);
  const s5 = swapped(x5), d5 = i32x4.shl(x5, 1);
  const s6 = swapped(x6), d6 = i32x4.shl(x6, 1);
  const s7 = swapped(x7), d7 = i32x4.shl(x7, 1);
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
    low7(d1, s6, d2, s5, d3, s4, d4, s3, d5, s2, d6, s1, d7, s0),
    i64x2.add(low4(d1, x7, d2, x6, d3, x5, x4, x4), high3(d1, x6, d2, x5, d3, x4)),
    low6(d2, s6, d3, s5, d4, s4, d5, s3, d6, s2, d7, s1),
    i64x2.add(low3(d2, x7, d3, x6, d4, x5), high3(d2, x6, d3, x5, x4, x4)),
    low5(d3, s6, d4, s5, d5, s4, d6, s3, d7, s2),
    i64x2.add(low3(d3, x7, d4, x6, x5, x5), high2(d3, x6, d4, x5)),
    low4(d4, s6, d5, s5, d6, s4, d7, s3),
    i64x2.add(low2(d4, x7, d5, x6), high2(d4, x6, x5, x5)),
    low3(d5, s6, d6, s5, d7, s4),
    i64x2.add(low2(d5, x7, x6, x6), high1(d5, x6)),
    low2(d6, s6, d7, s5),
    i64x2.add(low1(d6, x7), high1(x6, x6)),
    low1(d7, s6),
    low1(x7, x7),
  );
}
