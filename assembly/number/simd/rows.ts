/**
 * Montgomery's products by rows, four limbs of a to a row, in 128-bit vectors. A row adds four multiples of b and four of N
 * to the columns, of which the lowest four come out as multiples of 2^w and leave:
 *
 *     column        0    1    2    3    4    5    6    7   ...
 *     a[i]         b0   b1   b2   b3 | b4   b5   b6   b7        the same for N and q0 to q3; a group of four columns reads
 *     a[i+1]            b0   b1   b2 | b3   b4   b5   b6        four windows of b and of N, one limb apart
 *     a[i+2]                 b0   b1 | b2   b3   b4   b5
 *     a[i+3]                      b0 | b1   b2   b3   b4
 *
 * The first four columns are done by scalars, since they yield q; column k + 4 is stored as column k. Columns are summed in
 * 64 bits and carried at the very end. N ends in 2w ones: -1/N mod 2^w is 1, a digit of q is the column itself.
 *
 * Bound of a column: at most 2n products of two limbs below 2^w, and a carry below 2^36:
 *
 *     2n * (2^w - 1)^2 + 2^36 < 2^64    for w = 29: n <= 31; w = 28: n <= 127; w = 27: n <= 511
 *
 * n is a multiple of 4 (rowLimbs; modulus.ts keeps to it). Everything here has its own place, which is wiped by `forgetRows`:
 * an engine need not check addresses that it knows.
 */

/** The most limbs that numbers may have. */
const LIMBS: i32 = 308;

/** b and N, four limbs of zeros behind each; the columns, and as many zeros behind them. */
const B: usize = memory.data((LIMBS + 4) * 4, 16);
const N: usize = memory.data((LIMBS + 4) * 4, 16);
const T: usize = memory.data((LIMBS + 4) * 8, 16);

/** The most limbs of `w` bits, 27 to 29, that numbers may have: a multiple of 4. */
export function rowLimbs(w: u32): u32 {
  return w == 29 ? 28 : w == 28 ? 124 : LIMBS;
}

/** Forgets the limbs that are left from the last product. */
export function forgetRows(): void {
  memory.fill(B, 0, (LIMBS + 4) * 4);
  memory.fill(T, 0, (LIMBS + 4) * 8);
}

/** Copies a number of `bytes` octets, a multiple of 16, and puts four limbs of zeros behind it. */
// @ts-ignore: decorator
@inline
function place(to: usize, from: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) v128.store(to + i, v128.load(from + i));
  v128.store(to + bytes, i64x2.splat(0));
}

/** Adds four multiples of a window's limbs to two columns, the lower ones of a group or the upper. */
// @ts-ignore: decorator
@inline
function low(sum: v128, w0: v128, x0: v128, w1: v128, x1: v128, w2: v128, x2: v128, w3: v128, x3: v128): v128 {
  return i64x2.add(
    i64x2.add(i64x2.add(sum, i64x2.extmul_low_i32x4_u(w0, x0)), i64x2.extmul_low_i32x4_u(w1, x1)),
    i64x2.add(i64x2.extmul_low_i32x4_u(w2, x2), i64x2.extmul_low_i32x4_u(w3, x3)),
  );
}

// @ts-ignore: decorator
@inline
function high(sum: v128, w0: v128, x0: v128, w1: v128, x1: v128, w2: v128, x2: v128, w3: v128, x3: v128): v128 {
  return i64x2.add(
    i64x2.add(i64x2.add(sum, i64x2.extmul_high_i32x4_u(w0, x0)), i64x2.extmul_high_i32x4_u(w1, x1)),
    i64x2.add(i64x2.extmul_high_i32x4_u(w2, x2), i64x2.extmul_high_i32x4_u(w3, x3)),
  );
}

/** Writes the columns as limbs. */
// @ts-ignore: decorator
@inline
function carry(r: usize, bytes: usize, w: u32): void {
  const mask: u64 = (1 << <u64>w) - 1;
  const W = <u64>w;
  let c: u64 = 0;
  let t = T;
  for (const end = r + bytes; r < end; r += 16, t += 32) {
    c += load<u64>(t);
    store<u32>(r, <u32>(c & mask));
    c = (c >> W) + load<u64>(t, 8);
    store<u32>(r, <u32>(c & mask), 4);
    c = (c >> W) + load<u64>(t, 16);
    store<u32>(r, <u32>(c & mask), 8);
    c = (c >> W) + load<u64>(t, 24);
    store<u32>(r, <u32>(c & mask), 12);
    c >>= W;
  }
}

/** r = a * b / 2^(n * w) mod m; r may be a or b. */
export function rowsMultiply(r: usize, a: usize, b: usize, m: usize, n: u32, w: u32): void {
  const mask: u64 = (1 << <u64>w) - 1;
  const W = <u64>w;
  const bytes = <usize>n << 2;
  place(B, b, bytes);
  place(N, m, bytes);
  memory.fill(T, 0, (bytes << 1) + 32);
  const n2 = <u64>load<u32>(N, 8);
  const n3 = <u64>load<u32>(N, 12);
  const b0 = <u64>load<u32>(B);
  const b1 = <u64>load<u32>(B, 4);
  const b2 = <u64>load<u32>(B, 8);
  const b3 = <u64>load<u32>(B, 12);
  for (const end = a + bytes; a < end; a += 16) {
    const a0 = <u64>load<u32>(a);
    const a1 = <u64>load<u32>(a, 4);
    const a2 = <u64>load<u32>(a, 8);
    const a3 = <u64>load<u32>(a, 12);
    // N0 = N1 = 2^w - 1: c + q * N0 = c - q + q * 2^w, and c - q is a multiple of 2^w.
    let c = load<u64>(T) + a0 * b0;
    const q0 = c & mask;
    c = (c >> W) + q0 + load<u64>(T, 8) + a0 * b1 + a1 * b0 + q0 * mask;
    const q1 = c & mask;
    c = (c >> W) + q1 + load<u64>(T, 16) + a0 * b2 + a1 * b1 + a2 * b0 + q0 * n2 + q1 * mask;
    const q2 = c & mask;
    c = (c >> W) + q2 + load<u64>(T, 24) + a0 * b3 + a1 * b2 + a2 * b1 + a3 * b0 + q0 * n3 + q1 * n2 + q2 * mask;
    const q3 = c & mask;
    store<u64>(T, load<u64>(T, 32) + (c >> W) + q3, 32);
    const A0 = i32x4.splat(<i32>a0), A1 = i32x4.splat(<i32>a1), A2 = i32x4.splat(<i32>a2), A3 = i32x4.splat(<i32>a3);
    const Q0 = i32x4.splat(<i32>q0), Q1 = i32x4.splat(<i32>q1), Q2 = i32x4.splat(<i32>q2), Q3 = i32x4.splat(<i32>q3);
    let x = B;
    let y = N;
    for (let t = T; x < B + bytes; x += 16, y += 16, t += 32) {
      // The octets furthest up: where they are, the others are, and need no check.
      load<u8>(x, 31);
      load<u8>(y, 31);
      load<u8>(t, 63);
      const x0 = v128.load(x, 16), x1 = v128.load(x, 12), x2 = v128.load(x, 8), x3 = v128.load(x, 4);
      const y0 = v128.load(y, 16), y1 = v128.load(y, 12), y2 = v128.load(y, 8), y3 = v128.load(y, 4);
      v128.store(t, low(low(v128.load(t, 32), x0, A0, x1, A1, x2, A2, x3, A3), y0, Q0, y1, Q1, y2, Q2, y3, Q3));
      v128.store(t, high(high(v128.load(t, 48), x0, A0, x1, A1, x2, A2, x3, A3), y0, Q0, y1, Q1, y2, Q2, y3, Q3), 16);
    }
  }
  carry(r, bytes, w);
}

/**
 * r = a^2 / 2^(n * w) mod m; r may be a. Of the products of two different limbs each is made once, of one of them doubled: a
 * row takes B = 2a without the limbs up to its own, so that groups of nothing but those are left out; and the products within its four
 * limbs are added by scalars. Column 4i + k of the whole is column k of row i.
 */
export function rowsSquare(r: usize, a: usize, m: usize, n: u32, w: u32): void {
  const mask: u64 = (1 << <u64>w) - 1;
  const W = <u64>w;
  const bytes = <usize>n << 2;
  for (let i: usize = 0; i < bytes; i += 16) v128.store(B + i, i32x4.shl(v128.load(a + i), 1));
  v128.store(B + bytes, i64x2.splat(0));
  place(N, m, bytes);
  memory.fill(T, 0, (bytes << 1) + 32);
  const n2 = <u64>load<u32>(N, 8);
  const n3 = <u64>load<u32>(N, 12);
  for (let i: usize = 0; i < bytes; i += 16) {
    const a0 = <u64>load<u32>(a + i);
    const a1 = <u64>load<u32>(a + i, 4);
    const a2 = <u64>load<u32>(a + i, 8);
    const a3 = <u64>load<u32>(a + i, 12);
    v128.store(B + i, i64x2.splat(0));
    const d1 = a1 << 1;
    const d2 = a2 << 1;
    const d3 = a3 << 1;
    const own = T + (i << 1);
    load<u8>(own, 55);
    store<u64>(own, load<u64>(own) + a0 * a0);
    store<u64>(own, load<u64>(own, 8) + a0 * d1, 8);
    store<u64>(own, load<u64>(own, 16) + a0 * d2 + a1 * a1, 16);
    store<u64>(own, load<u64>(own, 24) + a0 * d3 + a1 * d2, 24);
    store<u64>(own, load<u64>(own, 32) + a1 * d3 + a2 * a2, 32);
    store<u64>(own, load<u64>(own, 40) + a2 * d3, 40);
    store<u64>(own, load<u64>(own, 48) + a3 * a3, 48);
    let c = load<u64>(T);
    const q0 = c & mask;
    c = (c >> W) + q0 + load<u64>(T, 8) + q0 * mask;
    const q1 = c & mask;
    c = (c >> W) + q1 + load<u64>(T, 16) + q0 * n2 + q1 * mask;
    const q2 = c & mask;
    c = (c >> W) + q2 + load<u64>(T, 24) + q0 * n3 + q1 * n2 + q2 * mask;
    const q3 = c & mask;
    store<u64>(T, load<u64>(T, 32) + (c >> W) + q3, 32);
    const A0 = i32x4.splat(<i32>a0), A1 = i32x4.splat(<i32>a1), A2 = i32x4.splat(<i32>a2), A3 = i32x4.splat(<i32>a3);
    const Q0 = i32x4.splat(<i32>q0), Q1 = i32x4.splat(<i32>q1), Q2 = i32x4.splat(<i32>q2), Q3 = i32x4.splat(<i32>q3);
    let y = N;
    let t = T;
    for (; y < N + i; y += 16, t += 32) {
      load<u8>(y, 31);
      load<u8>(t, 63);
      const y0 = v128.load(y, 16), y1 = v128.load(y, 12), y2 = v128.load(y, 8), y3 = v128.load(y, 4);
      v128.store(t, low(v128.load(t, 32), y0, Q0, y1, Q1, y2, Q2, y3, Q3));
      v128.store(t, high(v128.load(t, 48), y0, Q0, y1, Q1, y2, Q2, y3, Q3), 16);
    }
    for (let x = B + i; x < B + bytes; x += 16, y += 16, t += 32) {
      load<u8>(x, 31);
      load<u8>(y, 31);
      load<u8>(t, 63);
      const x0 = v128.load(x, 16), x1 = v128.load(x, 12), x2 = v128.load(x, 8), x3 = v128.load(x, 4);
      const y0 = v128.load(y, 16), y1 = v128.load(y, 12), y2 = v128.load(y, 8), y3 = v128.load(y, 4);
      v128.store(t, low(low(v128.load(t, 32), x0, A0, x1, A1, x2, A2, x3, A3), y0, Q0, y1, Q1, y2, Q2, y3, Q3));
      v128.store(t, high(high(v128.load(t, 48), x0, A0, x1, A1, x2, A2, x3, A3), y0, Q0, y1, Q1, y2, Q2, y3, Q3), 16);
    }
  }
  carry(r, bytes, w);
}

/** The same as bignum.ts's `lookup`, n a multiple of 4; `masks` is scratch of 256 octets. */
export function rowsLookup(out: usize, table: usize, index: u32, masks: usize, n: u32): void {
  const wanted = i32x4.splat(index);
  for (let i: u32 = 0; i < 16; i++) v128.store(masks + (<usize>i << 4), i32x4.eq(i32x4.splat(i), wanted));
  const stride = <usize>n << 2;
  for (let j: usize = 0; j < stride; j += 16) {
    let v = i64x2.splat(0);
    let p = table + j;
    for (let i: usize = 0; i < 256; i += 64) {
      v = v128.or(v, v128.and(v128.load(p), v128.load(masks + i)));
      p += stride;
      v = v128.or(v, v128.and(v128.load(p), v128.load(masks + i, 16)));
      p += stride;
      v = v128.or(v, v128.and(v128.load(p), v128.load(masks + i, 32)));
      p += stride;
      v = v128.or(v, v128.and(v128.load(p), v128.load(masks + i, 48)));
      p += stride;
    }
    v128.store(out + j, v);
  }
}
