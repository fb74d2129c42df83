/**
 * Products by columns, two columns at a time: what is loaded serves both. A column is the sum of the products of limbs
 * whose places add up to its number; it is summed in 64 bits before anything is carried.
 *
 * Bound of a column: at most n products of two limbs below 2^w, and a carry below 2^36 from the column before:
 *
 *     n * (2^w - 1)^2 + 2^36 < 2^64    for w = 29: n <= 63; w = 28: n <= 255; w = 27: n <= 1023
 *
 * (columnLimbs; modulus.ts keeps to it). In a squaring half the products are doubled, which counts the same. n is even.
 */

/** The most limbs of `w` bits, 27 to 29, that numbers may have. */
export function columnLimbs(w: u32): u32 {
  return w == 29 ? 63 : w == 28 ? 255 : 1023;
}

// What `pairs` leaves behind: its two sums, and the last limb of b that it read.
let low: u64 = 0;
let high: u64 = 0;
let last: u64 = 0;

/** Forgets the limbs that are left from the last kernel. */
export function forgetColumns(): void {
  low = 0;
  high = 0;
  last = 0;
}

/**
 * The inner loop of every kernel: for i from 0 to count - 1 adds a[i] * b[-i] to column `sum0` and a[i] * b[1 - i] to
 * column `sum1`; `a` walks up, `b` down. The sums are left in `low` and `high`, b[1 - count] in `last`.
 */
// @ts-ignore: decorator
@inline
function pairs(a: usize, b: usize, count: u32, sum0: u64, sum1: u64): void {
  let x = <u64>load<u32>(b, 4);
  let s0 = sum0;
  let s1 = sum1;
  let p = a;
  let q = b;
  const odd = count & 1;
  const end4 = a + (<usize>(count & ~3) << 2);
  for (; p < end4; p += 16, q -= 16) {
    const a0 = <u64>load<u32>(p);
    const y0 = <u64>load<u32>(q);
    s1 += a0 * x;
    s0 += a0 * y0;
    const a1 = <u64>load<u32>(p, 4);
    const y1 = <u64>load<u32>(q - 4);
    s1 += a1 * y0;
    s0 += a1 * y1;
    const a2 = <u64>load<u32>(p, 8);
    const y2 = <u64>load<u32>(q - 8);
    s1 += a2 * y1;
    s0 += a2 * y2;
    const a3 = <u64>load<u32>(p, 12);
    x = <u64>load<u32>(q - 12);
    s1 += a3 * y2;
    s0 += a3 * x;
  }
  if (count & 2) {
    const a0 = <u64>load<u32>(p);
    const y0 = <u64>load<u32>(q);
    s1 += a0 * x;
    s0 += a0 * y0;
    const a1 = <u64>load<u32>(p, 4);
    x = <u64>load<u32>(q - 4);
    s1 += a1 * y0;
    s0 += a1 * x;
    p += 8;
    q -= 8;
  }
  if (odd) {
    const a0 = <u64>load<u32>(p);
    const y0 = <u64>load<u32>(q);
    s1 += a0 * x;
    s0 += a0 * y0;
    x = y0;
  }
  low = s0;
  high = s1;
  last = x;
}

/** t = a * b: n limbs each, 2n limbs of product. */
export function multiply(t: usize, a: usize, b: usize, n: u32, w: u32): void {
  const mask: u64 = (1 << <u64>w) - 1;
  const W = <u64>w;
  let carry: u64 = 0;
  for (let k: u32 = 0; k < n; k += 2) {
    const at = <usize>k << 2;
    // Columns k and k + 1: a[0..k] against b[k..0]; column k + 1 has a[k+1] * b[0] besides.
    pairs(a, b + at, k + 1, carry, 0);
    const s0 = low;
    const s1 = high + <u64>load<u32>(a + at, 4) * last + (s0 >> W);
    store<u32>(t + at, <u32>(s0 & mask));
    store<u32>(t + at, <u32>(s1 & mask), 4);
    carry = s1 >> W;
  }
  const top = (<usize>n << 2) - 4;
  for (let k: u32 = n; k < n << 1; k += 2) {
    const at = <usize>k << 2;
    // Column k begins with a[k-n+1] * b[n-1], which column k + 1 lacks.
    const first = a + at - top;
    const count = (n << 1) - k - 2;
    let s0 = carry + <u64>load<u32>(first) * <u64>load<u32>(b + top);
    let s1: u64 = 0;
    if (count) {
      pairs(first + 4, b + top - 4, count, s0, 0);
      s0 = low;
      s1 = high;
    }
    s1 += s0 >> W;
    store<u32>(t + at, <u32>(s0 & mask));
    store<u32>(t + at, <u32>(s1 & mask), 4);
    carry = s1 >> W;
  }
}

/** t = a^2: each product of two different limbs once, and doubled. */
export function square(t: usize, a: usize, n: u32, w: u32): void {
  const mask: u64 = (1 << <u64>w) - 1;
  const W = <u64>w;
  let carry: u64 = 0;
  for (let k: u32 = 0; k < n; k += 2) {
    const at = <usize>k << 2;
    const half = k >> 1;
    let s0: u64 = 0;
    let s1: u64 = 0;
    let x = <u64>load<u32>(a + at, 4);
    if (half) {
      pairs(a, a + at, half, 0, 0);
      s0 = low;
      s1 = high;
      x = last;
    }
    const middle = <u64>load<u32>(a + (<usize>half << 2));
    s0 = carry + (s0 << 1) + middle * middle;
    s1 = ((s1 + middle * x) << 1) + (s0 >> W);
    store<u32>(t + at, <u32>(s0 & mask));
    store<u32>(t + at, <u32>(s1 & mask), 4);
    carry = s1 >> W;
  }
  const top = (<usize>n << 2) - 4;
  for (let k: u32 = n; k < n << 1; k += 2) {
    const at = <usize>k << 2;
    const half = k >> 1;
    const middle = <u64>load<u32>(a + (<usize>half << 2));
    let s0: u64 = 0;
    let s1: u64 = 0;
    const from = k - n + 1;
    if (from < half) {
      const first = a + (<usize>from << 2);
      let x = <u64>load<u32>(a + top);
      s0 = <u64>load<u32>(first) * x;
      const count = half - from - 1;
      if (count) {
        pairs(first + 4, a + top - 4, count, s0, 0);
        s0 = low;
        s1 = high;
        x = last;
      }
      s1 += middle * x;
    }
    s0 = carry + (s0 << 1) + middle * middle;
    s1 = (s1 << 1) + (s0 >> W);
    store<u32>(t + at, <u32>(s0 & mask));
    store<u32>(t + at, <u32>(s1 & mask), 4);
    carry = s1 >> W;
  }
}

/**
 * Montgomery's reduction: r = (t + q * N) / R for R = 2^(n * w) and the q that makes the sum divisible. t has 2n limbs; its
 * lower half is overwritten by q. N ends in 2w ones, so -1/N mod 2^w is 1: a digit of q is the column.
 */
export function reduce(r: usize, t: usize, N: usize, n: u32, w: u32): void {
  const mask: u64 = (1 << <u64>w) - 1;
  const W = <u64>w;
  let carry: u64 = 0;
  for (let k: u32 = 0; k < n; k += 2) {
    const at = <usize>k << 2;
    let s0 = carry + <u64>load<u32>(t + at);
    let s1 = <u64>load<u32>(t + at, 4);
    if (k) {
      pairs(t, N + at, k, s0, s1);
      s0 = low;
      s1 = high;
    }
    // N[0] = N[1] = 2^w - 1: s + q * N[0] = s - q + q * 2^w, and s - q is a multiple of 2^w.
    const q0 = s0 & mask;
    s1 += (s0 >> W) + q0 + q0 * mask;
    const q1 = s1 & mask;
    store<u32>(t + at, <u32>q0);
    store<u32>(t + at, <u32>q1, 4);
    carry = (s1 >> W) + q1;
  }
  const top = (<usize>n << 2) - 4;
  for (let k: u32 = n; k < n << 1; k += 2) {
    const at = <usize>k << 2;
    const first = t + at - top;
    const count = (n << 1) - k - 2;
    let s0 = carry + <u64>load<u32>(t + at) + <u64>load<u32>(first) * <u64>load<u32>(N + top);
    let s1 = <u64>load<u32>(t + at, 4);
    if (count) {
      pairs(first + 4, N + top - 4, count, s0, s1);
      s0 = low;
      s1 = high;
    }
    s1 += s0 >> W;
    const to = r + at - top - 4;
    store<u32>(to, <u32>(s0 & mask));
    store<u32>(to, <u32>(s1 & mask), 4);
    carry = s1 >> W;
  }
}
