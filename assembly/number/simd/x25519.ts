/**
 * Montgomery's ladder on Curve25519 (RFC 7748, 5), two products at a time (c25519_field.ts): a step is five pairs, no half of
 * which is idle.
 *
 *     DA | CB      AA | BB      (DA + CB)^2 | (DA - CB)^2      x1 (DA - CB)^2 | a24 E      AA BB | E (AA + a24 E)
 */
import { ELEMENT, add, multiply2, square2, subtract } from "./c25519_field";

/** The number 1. */
// @ts-ignore: decorator
@lazy
export const ONE: usize = memory.data<u32>([1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 16);

/** Reads a number of 1 to 32 octets, big-endian, below 2^255. */
export function fromOctets(r: usize, p: usize, len: u32): void {
  let bits: u64 = 0;
  let have: u32 = 0;
  let at = p + <usize>len;
  for (let i: u32 = 0; i < 10; i++) {
    const w: u32 = 26 - (i & 1);
    while (have < w && at > p) {
      at -= 1;
      bits |= <u64>load<u8>(at) << <u64>have;
      have += 8;
    }
    store<u32>(r + (<usize>i << 2), <u32>bits & ((1 << w) - 1));
    bits >>= <u64>w;
    have = have > w ? have - w : 0;
  }
  store<u64>(r, 0, 40);
}

/** Carries once through the limbs, each by its bits, with `c` into the first; returns what leaves the last. */
function carried(r: usize, c: u32): u32 {
  for (let i: u32 = 0; i < 10; i++) {
    const w: u32 = 26 - (i & 1);
    const v = load<u32>(r + (<usize>i << 2)) + c;
    store<u32>(r + (<usize>i << 2), v & ((1 << w) - 1));
    c = v >>> w;
  }
  return c;
}

/** r = a, less than p. */
export function leave(r: usize, a: usize): void {
  memory.copy(r, a, ELEMENT);
  // Below 2^255 + 2^25, then below 2^255.
  const above = carried(r, 0);
  carried(r, carried(r, 19 * above) * 19);
  // p or more exactly where 19 more reach 2^255: then the sum without that bit is it.
  for (let i: usize = 0; i < ELEMENT; i += 16) v128.store(r + ELEMENT + i, v128.load(r + i));
  carried(r, 19 * carried(r + ELEMENT, 19));
}

/** Whether an element that left is 0. */
export function none(a: usize): bool {
  let any: u32 = 0;
  for (let i: usize = 0; i < ELEMENT; i += 4) any |= load<u32>(a + i);
  return any == 0;
}

/** Writes an element that left as 32 octets, big-endian. */
export function toOctets(out: usize, a: usize): void {
  let bits: u64 = 0;
  let have: u32 = 0;
  let i: u32 = 0;
  for (let at = out + 32; at > out; ) {
    if (have < 8 && i < 10) {
      bits |= <u64>load<u32>(a + (<usize>i << 2)) << <u64>have;
      have += 26 - (i & 1);
      i++;
    }
    at -= 1;
    store<u8>(at, <u8>bits);
    bits >>= 8;
    have = have > 8 ? have - 8 : 0;
  }
}

/**
 * One bit. `state` is x2, z2, x3, z3 one after the other; x1 is the point's, `a24` is 121665. `swap` is a mask: all ones
 * exchanges the two points first. `scratch` holds 5 elements. Bounds as c25519_field.ts counts them: sums of two below 2,
 * differences below 3.
 */
export function step(state: usize, x1: usize, a24: usize, swap: u32, scratch: usize): void {
  const x2 = state, z2 = state + ELEMENT, x3 = state + 2 * ELEMENT, z3 = state + 3 * ELEMENT;
  const A = scratch, B = A + ELEMENT, C = B + ELEMENT, D = C + ELEMENT, E = D + ELEMENT;
  const mask = i32x4.splat(swap);
  for (let i: usize = 0; i < 2 * ELEMENT; i += 16) {
    const a = v128.load(x2 + i);
    const b = v128.load(x3 + i);
    const d = v128.and(v128.xor(a, b), mask);
    v128.store(x2 + i, v128.xor(a, d));
    v128.store(x3 + i, v128.xor(b, d));
  }
  add(A, x2, z2);
  subtract(B, x2, z2);
  add(C, x3, z3);
  subtract(D, x3, z3);
  multiply2(D, D, A, C, C, B);
  square2(A, A, B, B);
  add(x3, D, C);
  subtract(z3, D, C);
  square2(x3, x3, z3, z3);
  subtract(E, A, B);
  multiply2(z3, z3, x1, C, E, a24);
  add(C, C, A);
  multiply2(x2, A, B, z2, E, C);
}
