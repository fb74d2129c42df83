/**
 * A step of Montgomery's ladder on Curve25519 (RFC 7748, 5). Bounds in multiples of N (modulus.ts): coordinates below 2,
 * sums below 4, differences below 18.
 */
import { Modulus } from "../modulus";

/** Numbers of scratch that a step takes. */
export const X25519_NUMBERS: u32 = 4;

/**
 * One bit. `state` is x2, z2, x3, z3 one after the other; x1 is the point's, `a24` is 121665, in Montgomery's form. `swap` is
 * a mask: all ones exchanges the two points first.
 */
export function ladderStep(m: Modulus, state: usize, x1: usize, a24: usize, swap: u32, scratch: usize): void {
  const s = m.stride;
  const x2 = state, z2 = state + s, x3 = state + 2 * s, z3 = state + 3 * s;
  const A = scratch, B = A + s, C = B + s, D = C + s;
  exchange(x2, x3, swap, 2 * s);
  m.add(A, x2, z2);
  m.subtract(B, x2, z2);
  m.add(C, x3, z3);
  m.subtract(D, x3, z3);
  m.multiply(D, D, A); // DA
  m.multiply(C, C, B); // CB
  m.add(x3, D, C);
  m.squareOf(x3, x3);
  m.subtract(z3, D, C);
  m.squareOf(z3, z3);
  m.multiply(z3, z3, x1);
  m.squareOf(A, A); // AA
  m.squareOf(B, B); // BB
  m.multiply(x2, A, B);
  m.subtract(B, A, B); // E
  m.multiply(z2, a24, B);
  m.add(z2, z2, A);
  m.multiply(z2, z2, B);
}

/** Exchanges two runs of `len` octets where the mask is all ones. */
export function exchange(a: usize, b: usize, mask: u32, len: usize): void {
  for (let i: usize = 0; i < len; i += 4) {
    const d = (load<u32>(a + i) ^ load<u32>(b + i)) & mask;
    store<u32>(a + i, load<u32>(a + i) ^ d);
    store<u32>(b + i, load<u32>(b + i) ^ d);
  }
}
