/**
 * Points of y^2 = x^3 - 3x + b over a prime field, homogeneous coordinates (X : Y : Z), by the complete formulas of J. Renes,
 * C. Costello and L. Batina, "Complete addition formulas for prime order elliptic curves" (2016), algorithms 4 and 6: no
 * pair of points is an exception, so that nothing branches. The point at infinity is (0 : 1 : 0).
 *
 * Bounds as modulus.ts counts them, in multiples of N: results of both are below (18, 4, 8), which both take. What a
 * line leaves is noted where it is more than 4; products of any two are far below 2^20.
 */
import { Modulus } from "../modulus";

/** Numbers of scratch that the formulas take. */
export const ECP_NUMBERS: u32 = 8;

/** p := 2p. b is the curve's, in Montgomery's form. */
export function pointDouble(m: Modulus, p: usize, b: usize, scratch: usize): void {
  const s = m.stride;
  const X = p, Y = p + s, Z = p + 2 * s;
  const t0 = scratch, t1 = t0 + s, t2 = t1 + s, t3 = t2 + s, X3 = t3 + s, Y3 = X3 + s, Z3 = Y3 + s;
  m.squareOf(t0, X);
  m.squareOf(t1, Y);
  m.squareOf(t2, Z);
  m.multiply(t3, X, Y);
  m.add(t3, t3, t3);
  m.multiply(Z3, X, Z);
  m.add(Z3, Z3, Z3);
  m.multiply(Y3, b, t2);
  m.subtract(Y3, Y3, Z3); // 18
  m.add(X3, Y3, Y3);
  m.add(Y3, X3, Y3); // 54
  m.subtractWide(X3, t1, Y3); // 258
  m.add(Y3, t1, Y3); // 56
  m.multiply(Y3, X3, Y3);
  m.multiply(X3, X3, t3);
  m.add(t3, t2, t2);
  m.add(t2, t2, t3); // 6
  m.multiply(Z3, b, Z3);
  m.subtract(Z3, Z3, t2); // 18
  m.subtract(Z3, Z3, t0); // 34
  m.add(t3, Z3, Z3);
  m.add(Z3, Z3, t3); // 102
  m.add(t3, t0, t0);
  m.add(t0, t3, t0); // 6
  m.subtract(t0, t0, t2); // 22
  m.multiply(t0, t0, Z3);
  m.add(Y3, Y3, t0);
  m.multiply(t0, Y, Z);
  m.add(t0, t0, t0);
  m.multiply(Z3, t0, Z3);
  m.subtract(X, X3, Z3); // 18
  m.multiply(Z3, t0, t1);
  m.add(Z3, Z3, Z3);
  m.add(Z, Z3, Z3); // 8
  memory.copy(Y, Y3, s);
}

/** p := p + q; q may be p. */
export function pointAdd(m: Modulus, p: usize, q: usize, b: usize, scratch: usize): void {
  const s = m.stride;
  const X1 = p, Y1 = p + s, Z1 = p + 2 * s;
  const X2 = q, Y2 = q + s, Z2 = q + 2 * s;
  const t0 = scratch, t1 = t0 + s, t2 = t1 + s, t3 = t2 + s, t4 = t3 + s, X3 = t4 + s, Y3 = X3 + s, Z3 = Y3 + s;
  m.multiply(t0, X1, X2);
  m.multiply(t1, Y1, Y2);
  m.multiply(t2, Z1, Z2);
  m.add(t3, X1, Y1); // 22
  m.add(t4, X2, Y2); // 22
  m.multiply(t3, t3, t4);
  m.add(t4, t0, t1);
  m.subtract(t3, t3, t4); // 18
  m.add(t4, Y1, Z1); // 12
  m.add(X3, Y2, Z2); // 12
  m.multiply(t4, t4, X3);
  m.add(X3, t1, t2);
  m.subtract(t4, t4, X3); // 18
  m.add(X3, X1, Z1); // 26
  m.add(Y3, X2, Z2); // 26
  m.multiply(X3, X3, Y3);
  m.add(Y3, t0, t2);
  m.subtract(Y3, X3, Y3); // 18
  m.multiply(Z3, b, t2);
  m.subtract(X3, Y3, Z3); // 34
  m.add(Z3, X3, X3);
  m.add(X3, X3, Z3); // 102
  m.subtractWide(Z3, t1, X3); // 258
  m.add(X3, t1, X3); // 104
  m.multiply(Y3, b, Y3);
  m.add(t1, t2, t2);
  m.add(t2, t1, t2); // 6
  m.subtract(Y3, Y3, t2); // 18
  m.subtract(Y3, Y3, t0); // 34
  m.add(t1, Y3, Y3);
  m.add(Y3, t1, Y3); // 102
  m.add(t1, t0, t0);
  m.add(t0, t1, t0); // 6
  m.subtract(t0, t0, t2); // 22
  m.multiply(t1, t4, Y3);
  m.multiply(t2, t0, Y3);
  m.multiply(Y3, X3, Z3);
  m.add(Y1, Y3, t2);
  m.multiply(X3, t3, X3);
  m.subtract(X1, X3, t1); // 18
  m.multiply(Z3, t4, Z3);
  m.multiply(t1, t3, t0);
  m.add(Z1, Z3, t1);
}

/** Whether (x, y), two numbers in Montgomery's form below 2N each, solves the curve's equation. Public points only. */
export function onCurve(m: Modulus, x: usize, y: usize, b: usize, scratch: usize): bool {
  const s = m.stride;
  const left = scratch, right = left + s, t = right + s;
  m.squareOf(left, y);
  m.squareOf(right, x);
  m.multiply(right, right, x);
  m.add(right, right, b);
  m.subtract(right, right, x);
  m.subtract(right, right, x);
  m.subtract(right, right, x);
  m.subtractWide(left, left, right); // right: 52
  return m.isZero(left, t);
}
