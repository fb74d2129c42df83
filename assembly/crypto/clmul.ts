// Products of polynomials over GF(2) without tables and without an instruction for them: integer multiplications of
// operands that keep only every fourth bit, so that a sum of bits has three places to grow into before it meets the next
// (T. Pornin describes the method in BearSSL's notes on constant-time multiplication).
//
// Bound: in the lower 64 bits column 4k of such a product is the sum of at most k + 1 bits. For k up to 14 that is at most
// 15, which fits four places; column 60 may reach 16, and what it carries leaves at the top.

// @ts-ignore: decorator
@inline const M0: u64 = 0x1111111111111111;
// @ts-ignore: decorator
@inline const M1: u64 = 0x2222222222222222;
// @ts-ignore: decorator
@inline const M2: u64 = 0x4444444444444444;
// @ts-ignore: decorator
@inline const M3: u64 = 0x8888888888888888;

/** The lower 64 bits of x * y. */
export function clmulLow(x: u64, y: u64): u64 {
  const x0 = x & M0, x1 = x & M1, x2 = x & M2, x3 = x & M3;
  const y0 = y & M0, y1 = y & M1, y2 = y & M2, y3 = y & M3;
  return (((x0 * y0) ^ (x1 * y3) ^ (x2 * y2) ^ (x3 * y1)) & M0)
    | (((x0 * y1) ^ (x1 * y0) ^ (x2 * y3) ^ (x3 * y2)) & M1)
    | (((x0 * y2) ^ (x1 * y1) ^ (x2 * y0) ^ (x3 * y3)) & M2)
    | (((x0 * y3) ^ (x1 * y2) ^ (x2 * y1) ^ (x3 * y0)) & M3);
}

/** The 64 bits in reverse order: the upper half of x * y is that of the reversed operands' lower half, shifted by one. */
export function reverse(x: u64): u64 {
  x = ((x & 0x5555555555555555) << 1) | ((x >> 1) & 0x5555555555555555);
  x = ((x & 0x3333333333333333) << 2) | ((x >> 2) & 0x3333333333333333);
  x = ((x & 0x0f0f0f0f0f0f0f0f) << 4) | ((x >> 4) & 0x0f0f0f0f0f0f0f0f);
  return bswap<u64>(x);
}
