/**
 * A step of Montgomery's ladder on Curve25519 (RFC 7748, 5). Bounds in multiples of N (modulus.ts): coordinates below 2,
 * sums below 4, differences below 18.
 */
import { Modulus } from "../modulus";

// Little-endian, as on the wire: the two values of order 8.
const ORDER_8: usize = memory.data<u8>([
  0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3, 0xfa, 0xf1, 0x9f, 0xc4, 0x6a,
  0xda, 0x09, 0x8d, 0xeb, 0x9c, 0x32, 0xb1, 0xfd, 0x86, 0x62, 0x05, 0x16, 0x5f, 0x49, 0xb8, 0x00,
  0x5f, 0x9c, 0x95, 0xbc, 0xa3, 0x50, 0x8c, 0x24, 0xb1, 0xd0, 0xb1, 0x55, 0x9c, 0x83, 0xef, 0x5b,
  0x04, 0x44, 0x5c, 0xc4, 0x58, 0x1c, 0x8e, 0x86, 0xd8, 0x22, 0x4e, 0xdd, 0xd0, 0x9f, 0x11, 0x57,
]);

/**
 * Whether a public value of 32 octets is of low order: 0 and 1, -1, those of order 8, and 0 and 1 once more as p and p + 1; the highest
 * bit does not count (RFC 7748, 5). A peer's value is public: the time that this takes says nothing.
 */
export function lowOrder(value: usize): bool {
  if (isOrder8(value, ORDER_8) || isOrder8(value, ORDER_8 + 32)) return true;
  const first = <u32>load<u8>(value);
  const last = <u32>load<u8>(value + 31) & 0x7f;
  for (let i: usize = 2; i < 31; i++) if (load<u8>(value + i) != load<u8>(value + 1)) return false;
  const middle = <u32>load<u8>(value + 1);
  return middle == 0 ? last == 0 && first <= 1 : middle == 0xff && last == 0x7f && first >= 0xec && first <= 0xee;
}

function isOrder8(value: usize, known: usize): bool {
  return memory.compare(value, known, 31) == 0 && ((<u32>load<u8>(value + 31) ^ <u32>load<u8>(known + 31)) & 0x7f) == 0;
}

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
