/**
 * The field of Curve25519, p = 2^255 - 19, two products at a time (lanes.ts). An element is ten limbs of 26 and 25 bits in
 * turn (limb i counts 2^ceil(25.5 i)) and two of zero, ELEMENT octets. Two odd limbs make a product that counts twice; what a
 * column has beyond 2^255 comes back 19 times.
 *
 * Bounds, limbs in multiples of 2^26 and 2^25: a product takes limbs below A and B with A * B <= 28 and B <= 3.3, since a limb
 * is taken 19 times within 32 bits and a column is at most 5 * 19 * A * B * (2^52 + 2^51) < 2^63.97. It leaves limbs below 1,
 * the second one below 1 + 2^-7. `add` adds bounds. `subtract` adds 2p and takes such a product for b: it adds 2 to a's bound.
 */
import {
  high3, high5, low3, low5, lowerHalves, swapped, upperHalves, zipHigh, zipLow,
} from "./lanes";

/** Octets of an element. */
export const ELEMENT: usize = 48;

/** 2p. */
// @ts-ignore: decorator
@lazy
const BIAS: usize = memory.data<u32>([
  134217690, 67108862, 134217726, 67108862, 134217726, 67108862, 134217726, 67108862, 134217726, 67108862, 0, 0,
], 16);

/** Carries the columns of two products, and stores both. */
// @ts-ignore: decorator
@inline
function carry(
  r: usize, s: usize,
  c0: v128, c1: v128, c2: v128, c3: v128, c4: v128, c5: v128, c6: v128, c7: v128, c8: v128, c9: v128,
): void {
  const E = i64x2.splat(0x3ffffff), O = i64x2.splat(0x1ffffff);
  let t = c0;
  let r0 = v128.and(t, E);
  t = i64x2.add(c1, i64x2.shr_u(t, 26));
  let r1 = v128.and(t, O);
  t = i64x2.add(c2, i64x2.shr_u(t, 25));
  const r2 = v128.and(t, E);
  t = i64x2.add(c3, i64x2.shr_u(t, 26));
  const r3 = v128.and(t, O);
  t = i64x2.add(c4, i64x2.shr_u(t, 25));
  const r4 = v128.and(t, E);
  t = i64x2.add(c5, i64x2.shr_u(t, 26));
  const r5 = v128.and(t, O);
  t = i64x2.add(c6, i64x2.shr_u(t, 25));
  const r6 = v128.and(t, E);
  t = i64x2.add(c7, i64x2.shr_u(t, 26));
  const r7 = v128.and(t, O);
  t = i64x2.add(c8, i64x2.shr_u(t, 25));
  const r8 = v128.and(t, E);
  t = i64x2.add(c9, i64x2.shr_u(t, 26));
  const r9 = v128.and(t, O);
  // Above 2^255: 19 times, which leaves less than 2^17 for the second limb.
  t = i64x2.shr_u(t, 25);
  t = i64x2.add(i64x2.add(r0, t), i64x2.add(i64x2.shl(t, 1), i64x2.shl(t, 4)));
  r0 = v128.and(t, E);
  r1 = i64x2.add(r1, i64x2.shr_u(t, 26));
  // Two limbs of each number to a vector, then four of one.
  const u0 = v128.or(r0, i64x2.shl(r1, 32)), u2 = v128.or(r2, i64x2.shl(r3, 32)), u4 = v128.or(r4, i64x2.shl(r5, 32));
  const u6 = v128.or(r6, i64x2.shl(r7, 32)), u8 = v128.or(r8, i64x2.shl(r9, 32)), none = i64x2.splat(0);
  v128.store(r, lowerHalves(u8, none), 32);
  v128.store(r, lowerHalves(u4, u6), 16);
  v128.store(r, lowerHalves(u0, u2));
  v128.store(s, upperHalves(u8, none), 32);
  v128.store(s, upperHalves(u4, u6), 16);
  v128.store(s, upperHalves(u0, u2));
}

/** r = a * b and s = a2 * b2; results may lie where factors do. */
export function multiply2(r: usize, a: usize, b: usize, s: usize, a2: usize, b2: usize): void {
  const x4 = zipLow(v128.load(a, 32), v128.load(a2, 32)), y4 = zipLow(v128.load(b, 32), v128.load(b2, 32));
  const xa1 = v128.load(a, 16), xb1 = v128.load(a2, 16), xa0 = v128.load(a), xb0 = v128.load(a2);
  const ya1 = v128.load(b, 16), yb1 = v128.load(b2, 16), ya0 = v128.load(b), yb0 = v128.load(b2);
  const x0 = zipLow(xa0, xb0), x1 = zipHigh(xa0, xb0), x2 = zipLow(xa1, xb1), x3 = zipHigh(xa1, xb1);
  const y0 = zipLow(ya0, yb0), y1 = zipHigh(ya0, yb0), y2 = zipLow(ya1, yb1), y3 = zipHigh(ya1, yb1);
  const s0 = swapped(y0), s1 = swapped(y1), s2 = swapped(y2), s3 = swapped(y3), s4 = swapped(y4);
  const F = i32x4.splat(19);
  const z0 = i32x4.mul(y0, F), z1 = i32x4.mul(y1, F), z2 = i32x4.mul(y2, F), z3 = i32x4.mul(y3, F), z4 = i32x4.mul(y4, F);
  const u1 = swapped(z1), u2 = swapped(z2), u3 = swapped(z3), u4 = swapped(z4);
  carry(
    r, s,
    i64x2.add(low5(x0, y0, x1, z4, x2, z3, x3, z2, x4, z1), i64x2.shl(high5(x0, z4, x1, z3, x2, z2, x3, z1, x4, z0), 1)),
    i64x2.add(low5(x0, s0, x1, u4, x2, u3, x3, u2, x4, u1), high5(x0, s0, x1, u4, x2, u3, x3, u2, x4, u1)),
    i64x2.add(low5(x0, y1, x1, y0, x2, z4, x3, z3, x4, z2), i64x2.shl(high5(x0, y0, x1, z4, x2, z3, x3, z2, x4, z1), 1)),
    i64x2.add(low5(x0, s1, x1, s0, x2, u4, x3, u3, x4, u2), high5(x0, s1, x1, s0, x2, u4, x3, u3, x4, u2)),
    i64x2.add(low5(x0, y2, x1, y1, x2, y0, x3, z4, x4, z3), i64x2.shl(high5(x0, y1, x1, y0, x2, z4, x3, z3, x4, z2), 1)),
    i64x2.add(low5(x0, s2, x1, s1, x2, s0, x3, u4, x4, u3), high5(x0, s2, x1, s1, x2, s0, x3, u4, x4, u3)),
    i64x2.add(low5(x0, y3, x1, y2, x2, y1, x3, y0, x4, z4), i64x2.shl(high5(x0, y2, x1, y1, x2, y0, x3, z4, x4, z3), 1)),
    i64x2.add(low5(x0, s3, x1, s2, x2, s1, x3, s0, x4, u4), high5(x0, s3, x1, s2, x2, s1, x3, s0, x4, u4)),
    i64x2.add(low5(x0, y4, x1, y3, x2, y2, x3, y1, x4, y0), i64x2.shl(high5(x0, y3, x1, y2, x2, y1, x3, y0, x4, z4), 1)),
    i64x2.add(low5(x0, s4, x1, s3, x2, s2, x3, s1, x4, s0), high5(x0, s4, x1, s3, x2, s2, x3, s1, x4, s0)),
  );
}

/** r = a^2 and s = a2^2. Of the products of two different limbs each is made once, of doubled limbs. */
export function square2(r: usize, a: usize, s: usize, a2: usize): void {
  const x4 = zipLow(v128.load(a, 32), v128.load(a2, 32));
  const xa1 = v128.load(a, 16), xb1 = v128.load(a2, 16), xa0 = v128.load(a), xb0 = v128.load(a2);
  const x0 = zipLow(xa0, xb0), x1 = zipHigh(xa0, xb0), x2 = zipLow(xa1, xb1), x3 = zipHigh(xa1, xb1);
  const s0 = swapped(x0), s1 = swapped(x1), s2 = swapped(x2), s3 = swapped(x3), s4 = swapped(x4);
  const d0 = i32x4.shl(x0, 1), d1 = i32x4.shl(x1, 1), d2 = i32x4.shl(x2, 1), d3 = i32x4.shl(x3, 1), d4 = i32x4.shl(x4, 1);
  const F = i32x4.splat(19);
  const z2 = i32x4.mul(x2, F), z3 = i32x4.mul(x3, F), z4 = i32x4.mul(x4, F);
  const u1 = i32x4.mul(s1, F), u2 = swapped(z2), u3 = swapped(z3), u4 = swapped(z4);
  carry(
    r, s,
    i64x2.add(low3(x0, x0, d1, z4, d2, z3), i64x2.shl(high3(d0, z4, d1, z3, x2, z2), 1)),
    low5(d0, s0, d1, u4, d2, u3, d3, u2, d4, u1),
    i64x2.add(low3(d0, x1, d2, z4, x3, z3), i64x2.shl(high3(x0, x0, d1, z4, d2, z3), 1)),
    low5(d0, s1, d1, s0, d2, u4, d3, u3, d4, u2),
    i64x2.add(low3(d0, x2, x1, x1, d3, z4), i64x2.shl(high3(d0, x1, d2, z4, x3, z3), 1)),
    low5(d0, s2, d1, s1, d2, s0, d3, u4, d4, u3),
    i64x2.add(low3(d0, x3, d1, x2, x4, z4), i64x2.shl(high3(d0, x2, x1, x1, d3, z4), 1)),
    low5(d0, s3, d1, s2, d2, s1, d3, s0, d4, u4),
    i64x2.add(low3(d0, x4, d1, x3, x2, x2), i64x2.shl(high3(d0, x3, d1, x2, x4, z4), 1)),
    low5(d0, s4, d1, s3, d2, s2, d3, s1, d4, s0),
  );
}

/** r = a + b. */
// @ts-ignore: decorator
@inline
export function add(r: usize, a: usize, b: usize): void {
  v128.store(r, i32x4.add(v128.load(a), v128.load(b)));
  v128.store(r, i32x4.add(v128.load(a, 16), v128.load(b, 16)), 16);
  v128.store(r, i32x4.add(v128.load(a, 32), v128.load(b, 32)), 32);
}

/** r = a - b, plus 2p. */
// @ts-ignore: decorator
@inline
export function subtract(r: usize, a: usize, b: usize): void {
  v128.store(r, i32x4.sub(i32x4.add(v128.load(a), v128.load(BIAS)), v128.load(b)));
  v128.store(r, i32x4.sub(i32x4.add(v128.load(a, 16), v128.load(BIAS, 16)), v128.load(b, 16)), 16);
  v128.store(r, i32x4.sub(i32x4.add(v128.load(a, 32), v128.load(BIAS, 32)), v128.load(b, 32)), 32);
}
