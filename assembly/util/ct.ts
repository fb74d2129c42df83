/**
 * Constant time: everything here takes the same path and touches the same addresses whatever the octets are; only
 * lengths are public. WebAssembly has no instruction whose time a specification promises; what is kept here is what
 * the engines keep: no branch on, and no address from, a secret (docs/DESIGN.md, "What constant time means here").
 */

/** 0xFFFFFFFF where `x` is not 0, else 0. */
// @ts-ignore: decorator
@inline
export function maskNonZero(x: u32): u32 {
  return <u32>(<i32>(x | (0 - x)) >> 31);
}

/** 0xFFFFFFFF where `a == b`, else 0. */
// @ts-ignore: decorator
@inline
export function maskEqual(a: u32, b: u32): u32 {
  return ~maskNonZero(a ^ b);
}

/** `a` where mask is all ones, `b` where it is 0. */
// @ts-ignore: decorator
@inline
export function select(mask: u32, a: u32, b: u32): u32 {
  return b ^ (mask & (a ^ b));
}

/** Compares two secrets of public length `len`. */
export function equal(a: usize, b: usize, len: u32): bool {
  let difference: u32 = 0;
  for (let i: u32 = 0; i < len; i++) difference |= <u32>load<u8>(a + i) ^ <u32>load<u8>(b + i);
  return maskNonZero(difference) == 0;
}

/** Overwrites a secret. Stores to linear memory are observable from outside, so no engine may drop them. */
export function wipe(p: usize, len: u32): void {
  memory.fill(p, 0, <usize>len);
}
