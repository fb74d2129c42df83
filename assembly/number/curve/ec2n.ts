/**
 * Points of y^2 + xy = x^3 + a x^2 + b over GF(2^m) by their x alone, which is all that RFC 2409, 6.3 puts into a KE payload:
 * the ladder of J. Lopez and R. Dahab, "Fast multiplication on elliptic curves over GF(2^m) without precomputation" (1999). It
 * holds two multiples whose difference is always the point, begins at the point at infinity (1 : 0), and needs neither a nor y.
 */
import { BinaryField, ELEMENT, add, invert, isZero, multiply, square, trace } from "./gf2";
import { exchange } from "./x25519";

/** Octets of a ladder's state: X0, Z0, X1, Z1. */
export const LADDER: usize = 4 * ELEMENT;
/** Octets of scratch that the functions here take. */
export const EC2N_SCRATCH: usize = 6 * ELEMENT;

/** (0, 1) times the point with this x. */
export function ladderBegin(state: usize, x: usize): void {
  memory.fill(state, 0, LADDER);
  store<u64>(state, 1);
  memory.copy(state + 2 * ELEMENT, x, ELEMENT);
  store<u64>(state + 3 * ELEMENT, 1);
}

/** One bit. `swap` is a mask: all ones exchanges the two points first. */
export function ladderBit(f: BinaryField, state: usize, x: usize, b: usize, swap: u32, scratch: usize): void {
  const X0 = state, Z0 = state + ELEMENT, X1 = state + 2 * ELEMENT, Z1 = state + 3 * ELEMENT;
  const s = scratch, t = scratch + ELEMENT;
  exchange(X0, X1, swap, 2 * ELEMENT);
  // The sum: Z = (X0 Z1 + X1 Z0)^2, X = x Z + (X0 Z1)(X1 Z0).
  multiply(f, s, X0, Z1);
  multiply(f, t, X1, Z0);
  add(Z1, s, t);
  square(f, Z1, Z1);
  multiply(f, s, s, t);
  multiply(f, X1, x, Z1);
  add(X1, X1, s);
  // The double: X = X0^4 + b Z0^4, Z = X0^2 Z0^2.
  square(f, s, X0);
  square(f, t, Z0);
  multiply(f, Z0, s, t);
  square(f, s, s);
  square(f, t, t);
  multiply(f, t, t, b);
  add(X0, s, t);
}

/**
 * Whether x belongs to a point of the curve, and not of its twist, whose order is not a divisor of the cofactor: 0 does not
 * (its point has order 2). Public points only. y exists where z^2 + z = x + a + b / x^2 has a solution.
 */
export function goodPoint(f: BinaryField, x: usize, a: u32, b: usize, cofactor: u32, scratch: usize): bool {
  if (isZero(x)) return false;
  const s = scratch, t = s + ELEMENT, state = t + ELEMENT;
  invert(f, s, x);
  square(f, s, s);
  multiply(f, s, s, b);
  add(s, s, x);
  store<u64>(s, load<u64>(s) ^ <u64>a);
  if (trace(f, s, t)) return false;
  ladderBegin(state, x);
  let last: u32 = 0;
  for (let i: u32 = 8; i > 0; i--) {
    const bit = (cofactor >>> (i - 1)) & 1;
    ladderBit(f, state, x, b, 0 - (bit ^ last), s);
    last = bit;
  }
  exchange(state, state + 2 * ELEMENT, 0 - last, 2 * ELEMENT);
  return !isZero(state + ELEMENT);
}
