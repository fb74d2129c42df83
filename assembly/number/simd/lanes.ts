/**
 * Two products in one: a vector holds two neighbouring limbs of two numbers, the lower lanes of its halves those of one and
 * the upper lanes those of the other.
 *
 *     x[I]             a[2I]    a'[2I]    a[2I+1]  a'[2I+1]
 *     y[J]             b[2J]    b'[2J]    b[2J+1]  b'[2J+1]      low(x, y)   column 2I + 2J
 *                                                               high(x, y)  column 2I + 2J + 2
 *     swapped y[J]     b[2J+1]  b'[2J+1]  b[2J]    b'[2J]        low, high   column 2I + 2J + 1
 *
 * Sums of such products, by the number of their terms; two columns of 64 bits each, one for either number. Whatever these files
 * keep in memory is lazy: a build without SIMD has nothing of it.
 */

/** Limbs a and b, the lower two: a0 b0 a1 b1. */
// @ts-ignore: decorator
@inline
export function zipLow(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
}

/** The upper two: a2 b2 a3 b3. */
// @ts-ignore: decorator
@inline
export function zipHigh(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
}

/** The halves exchanged. */
// @ts-ignore: decorator
@inline
export function swapped(a: v128): v128 {
  return i8x16.shuffle(a, a, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7);
}

/** The lower halves of both. */
// @ts-ignore: decorator
@inline
export function lowerHalves(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
}

/** The upper halves of both. */
// @ts-ignore: decorator
@inline
export function upperHalves(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
}

/** Each limb moved up by one place; the last one of the vector below comes in. */
// @ts-ignore: decorator
@inline
export function limbUp(below: v128, a: v128): v128 {
  return i8x16.shuffle(below, a, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27);
}

/** By two places. */
// @ts-ignore: decorator
@inline
export function limbUp2(below: v128, a: v128): v128 {
  return i8x16.shuffle(below, a, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23);
}

/** By three. */
// @ts-ignore: decorator
@inline
export function limbUp3(below: v128, a: v128): v128 {
  return i8x16.shuffle(below, a, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19);
}

// @ts-ignore: decorator
@inline
export function low1(a: v128, b: v128): v128 {
  return i64x2.extmul_low_i32x4_u(a, b);
}

// @ts-ignore: decorator
@inline
export function low2(a: v128, b: v128, c: v128, d: v128): v128 {
  return i64x2.add(low1(a, b), low1(c, d));
}

// @ts-ignore: decorator
@inline
export function low3(a: v128, b: v128, c: v128, d: v128, e: v128, f: v128): v128 {
  return i64x2.add(low2(a, b, c, d), low1(e, f));
}

// @ts-ignore: decorator
@inline
export function low4(a: v128, b: v128, c: v128, d: v128, e: v128, f: v128, g: v128, h: v128): v128 {
  return i64x2.add(low2(a, b, c, d), low2(e, f, g, h));
}

// @ts-ignore: decorator
@inline
export function low5(a: v128, b: v128, c: v128, d: v128, e: v128, f: v128, g: v128, h: v128, i: v128, j: v128): v128 {
  return i64x2.add(low3(a, b, c, d, e, f), low2(g, h, i, j));
}

// @ts-ignore: decorator
@inline
export function low6(
  a: v128, b: v128, c: v128, d: v128, e: v128, f: v128,
  g: v128, h: v128, i: v128, j: v128, k: v128, l: v128,
): v128 {
  return i64x2.add(low3(a, b, c, d, e, f), low3(g, h, i, j, k, l));
}

// @ts-ignore: decorator
@inline
export function low7(
  a: v128, b: v128, c: v128, d: v128, e: v128, f: v128, g: v128,
  h: v128, i: v128, j: v128, k: v128, l: v128, m: v128, n: v128,
): v128 {
  return i64x2.add(low4(a, b, c, d, e, f, g, h), low3(i, j, k, l, m, n));
}

// @ts-ignore: decorator
@inline
export function low8(
  a: v128, b: v128, c: v128, d: v128, e: v128, f: v128, g: v128, h: v128,
  i: v128, j: v128, k: v128, l: v128, m: v128, n: v128, o: v128, p: v128,
): v128 {
  return i64x2.add(low4(a, b, c, d, e, f, g, h), low4(i, j, k, l, m, n, o, p));
}

// @ts-ignore: decorator
@inline
export function low9(
  a: v128, b: v128, c: v128, d: v128, e: v128, f: v128, g: v128, h: v128, i: v128,
  j: v128, k: v128, l: v128, m: v128, n: v128, o: v128, p: v128, q: v128, r: v128,
): v128 {
  return i64x2.add(low5(a, b, c, d, e, f, g, h, i, j), low4(k, l, m, n, o, p, q, r));
}

// @ts-ignore: decorator
@inline
export function low10(
  a: v128, b: v128, c: v128, d: v128, e: v128, f: v128, g: v128, h: v128, i: v128, j: v128,
  k: v128, l: v128, m: v128, n: v128, o: v128, p: v128, q: v128, r: v128, s: v128, t: v128,
): v128 {
  return i64x2.add(low5(a, b, c, d, e, f, g, h, i, j), low5(k, l, m, n, o, p, q, r, s, t));
}

// @ts-ignore: decorator
@inline
export function high1(a: v128, b: v128): v128 {
  return i64x2.extmul_high_i32x4_u(a, b);
}

// @ts-ignore: decorator
@inline
export function high2(a: v128, b: v128, c: v128, d: v128): v128 {
  return i64x2.add(high1(a, b), high1(c, d));
}

// @ts-ignore: decorator
@inline
export function high3(a: v128, b: v128, c: v128, d: v128, e: v128, f: v128): v128 {
  return i64x2.add(high2(a, b, c, d), high1(e, f));
}

// @ts-ignore: decorator
@inline
export function high4(a: v128, b: v128, c: v128, d: v128, e: v128, f: v128, g: v128, h: v128): v128 {
  return i64x2.add(high2(a, b, c, d), high2(e, f, g, h));
}

// @ts-ignore: decorator
@inline
export function high5(a: v128, b: v128, c: v128, d: v128, e: v128, f: v128, g: v128, h: v128, i: v128, j: v128): v128 {
  return i64x2.add(high3(a, b, c, d, e, f), high2(g, h, i, j));
}

// @ts-ignore: decorator
@inline
export function high6(
  a: v128, b: v128, c: v128, d: v128, e: v128, f: v128,
  g: v128, h: v128, i: v128, j: v128, k: v128, l: v128,
): v128 {
  return i64x2.add(high3(a, b, c, d, e, f), high3(g, h, i, j, k, l));
}

// @ts-ignore: decorator
@inline
export function high7(
  a: v128, b: v128, c: v128, d: v128, e: v128, f: v128, g: v128,
  h: v128, i: v128, j: v128, k: v128, l: v128, m: v128, n: v128,
): v128 {
  return i64x2.add(high4(a, b, c, d, e, f, g, h), high3(i, j, k, l, m, n));
}

// @ts-ignore: decorator
@inline
export function high8(
  a: v128, b: v128, c: v128, d: v128, e: v128, f: v128, g: v128, h: v128,
  i: v128, j: v128, k: v128, l: v128, m: v128, n: v128, o: v128, p: v128,
): v128 {
  return i64x2.add(high4(a, b, c, d, e, f, g, h), high4(i, j, k, l, m, n, o, p));
}

// @ts-ignore: decorator
@inline
export function high9(
  a: v128, b: v128, c: v128, d: v128, e: v128, f: v128, g: v128, h: v128, i: v128,
  j: v128, k: v128, l: v128, m: v128, n: v128, o: v128, p: v128, q: v128, r: v128,
): v128 {
  return i64x2.add(high5(a, b, c, d, e, f, g, h, i, j), high4(k, l, m, n, o, p, q, r));
}

// @ts-ignore: decorator
@inline
export function high10(
  a: v128, b: v128, c: v128, d: v128, e: v128, f: v128, g: v128, h: v128, i: v128, j: v128,
  k: v128, l: v128, m: v128, n: v128, o: v128, p: v128, q: v128, r: v128, s: v128, t: v128,
): v128 {
  return i64x2.add(high5(a, b, c, d, e, f, g, h, i, j), high5(k, l, m, n, o, p, q, r, s, t));
}
