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
 * n is a multiple of 4 (rowLimbs; modulus.ts keeps to it). What a row works on lies in records, one to four limbs, so that one
 * address reaches it all:
 *
 *     octets   0          16         32                     64
 *              4 of b     4 of N     4 columns, 64 bits     the next record, the last of which is zeros
 *
 * They have a place of their own, which `forgetRows` wipes: an engine need not check addresses that it knows.
 */
import { limbUp, limbUp2, limbUp3 } from "./lanes";

/** The most limbs that numbers may have. */
const LIMBS: i32 = 308;

const RECORD: usize = 64;
const RECORDS: i32 = LIMBS / 4 + 1;
// @ts-ignore: decorator
@lazy
const X: usize = memory.data(RECORDS * 64, 16);

/** The most limbs of `w` bits, 27 to 29, that numbers may have: a multiple of 4. */
export function rowLimbs(w: u32): u32 {
  return w == 29 ? 28 : w == 28 ? 124 : LIMBS;
}

/** Forgets the limbs that are left from the last product. */
export function forgetRows(): void {
  memory.fill(X, 0, RECORDS * 64);
}

/** Fills the records with b, `shift` 1: with 2b, and N; the columns with zeros. */
// @ts-ignore: decorator
@inline
function place(b: usize, shift: i32, m: usize, n: u32): void {
  const none = i64x2.splat(0);
  let x = X;
  for (const end = X + (<usize>n << 4); x < end; x += RECORD, b += 16, m += 16) {
    v128.store(x, none, 48);
    v128.store(x, none, 32);
    v128.store(x, v128.load(m), 16);
    v128.store(x, i32x4.shl(v128.load(b), shift));
  }
  v128.store(x, none, 48);
  v128.store(x, none, 32);
  v128.store(x, none, 16);
  v128.store(x, none);
}

/** Adds four multiples of a window's limbs to the lower two columns of a group. v is the group's limbs, u those below them. */
// @ts-ignore: decorator
@inline
function low(sum: v128, u: v128, v: v128, x0: v128, x1: v128, x2: v128, x3: v128): v128 {
  return i64x2.add(
    i64x2.add(i64x2.add(sum, i64x2.extmul_low_i32x4_u(v, x0)), i64x2.extmul_low_i32x4_u(limbUp(u, v), x1)),
    i64x2.add(i64x2.extmul_low_i32x4_u(limbUp2(u, v), x2), i64x2.extmul_low_i32x4_u(limbUp3(u, v), x3)),
  );
}

/** The upper ones. */
// @ts-ignore: decorator
@inline
function high(sum: v128, u: v128, v: v128, x0: v128, x1: v128, x2: v128, x3: v128): v128 {
  return i64x2.add(
    i64x2.add(i64x2.add(sum, i64x2.extmul_high_i32x4_u(v, x0)), i64x2.extmul_high_i32x4_u(limbUp(u, v), x1)),
    i64x2.add(i64x2.extmul_high_i32x4_u(limbUp2(u, v), x2), i64x2.extmul_high_i32x4_u(limbUp3(u, v), x3)),
  );
}

/** Writes the columns as limbs. */
// @ts-ignore: decorator
@inline
function carry(r: usize, n: u32, w: u32): void {
  const mask: u64 = (1 << <u64>w) - 1;
  const W = <u64>w;
  let c: u64 = 0;
  for (let x = X, end = X + (<usize>n << 4); x < end; x += RECORD, r += 16) {
    c += load<u64>(x, 32);
    const c1 = (c >> W) + load<u64>(x, 40);
    const c2 = (c1 >> W) + load<u64>(x, 48);
    const c3 = (c2 >> W) + load<u64>(x, 56);
    store<u32>(r, <u32>(c3 & mask), 12);
    store<u32>(r, <u32>(c2 & mask), 8);
    store<u32>(r, <u32>(c1 & mask), 4);
    store<u32>(r, <u32>(c & mask));
    c = c3 >> W;
  }
}

/**
 * Adds a row to the columns and moves them down by four, from a record on, two a turn. `ofB` and `ofN` are that record's limbs, A
 * and Q what they are multiplied by.
 */
// @ts-ignore: decorator
@inline
function addRows(
  from: usize, last: usize, ofB: v128, ofN: v128,
  A0: v128, A1: v128, A2: v128, A3: v128, Q0: v128, Q1: v128, Q2: v128, Q3: v128,
): void {
  let x = from;
  let u = ofB;
  let y = ofN;
  for (; x + RECORD < last; x += 2 * RECORD) {
    // The octet furthest up: where it is, the others are, and need no check.
    load<u8>(x, 191);
    const v = v128.load(x, 64);
    const z = v128.load(x, 80);
    v128.store(x, low(low(v128.load(x, 96), u, v, A0, A1, A2, A3), y, z, Q0, Q1, Q2, Q3), 32);
    v128.store(x, high(high(v128.load(x, 112), u, v, A0, A1, A2, A3), y, z, Q0, Q1, Q2, Q3), 48);
    u = v128.load(x, 128);
    y = v128.load(x, 144);
    v128.store(x, low(low(v128.load(x, 160), v, u, A0, A1, A2, A3), z, y, Q0, Q1, Q2, Q3), 96);
    v128.store(x, high(high(v128.load(x, 176), v, u, A0, A1, A2, A3), z, y, Q0, Q1, Q2, Q3), 112);
  }
  if (x < last) {
    load<u8>(x, 127);
    const v = v128.load(x, 64);
    const z = v128.load(x, 80);
    v128.store(x, low(low(v128.load(x, 96), u, v, A0, A1, A2, A3), y, z, Q0, Q1, Q2, Q3), 32);
    v128.store(x, high(high(v128.load(x, 112), u, v, A0, A1, A2, A3), y, z, Q0, Q1, Q2, Q3), 48);
  }
}

/** r = a * b / 2^(n * w) mod m; r may be a or b. */
export function rowsMultiply(r: usize, a: usize, b: usize, m: usize, n: u32, w: u32): void {
  const mask: u64 = (1 << <u64>w) - 1;
  const W = <u64>w;
  place(b, 0, m, n);
  const last = X + (<usize>n << 4);
  const b0 = <u64>load<u32>(X);
  const b1 = <u64>load<u32>(X, 4);
  const b2 = <u64>load<u32>(X, 8);
  const b3 = <u64>load<u32>(X, 12);
  const n2 = <u64>load<u32>(X, 24);
  const n3 = <u64>load<u32>(X, 28);
  for (const end = a + (<usize>n << 2); a < end; a += 16) {
    const a3 = <u64>load<u32>(a, 12);
    const a2 = <u64>load<u32>(a, 8);
    const a1 = <u64>load<u32>(a, 4);
    const a0 = <u64>load<u32>(a);
    // N0 = N1 = 2^w - 1: c + q * N0 = c - q + q * 2^w, and c - q is a multiple of 2^w.
    let c = load<u64>(X, 32) + a0 * b0;
    const q0 = c & mask;
    c = (c >> W) + q0 + load<u64>(X, 40) + a0 * b1 + a1 * b0 + q0 * mask;
    const q1 = c & mask;
    c = (c >> W) + q1 + load<u64>(X, 48) + a0 * b2 + a1 * b1 + a2 * b0 + q0 * n2 + q1 * mask;
    const q2 = c & mask;
    c = (c >> W) + q2 + load<u64>(X, 56) + a0 * b3 + a1 * b2 + a2 * b1 + a3 * b0 + q0 * n3 + q1 * n2 + q2 * mask;
    const q3 = c & mask;
    store<u64>(X, load<u64>(X, 96) + (c >> W) + q3, 96);
    const A0 = i32x4.splat(<i32>a0), A1 = i32x4.splat(<i32>a1), A2 = i32x4.splat(<i32>a2), A3 = i32x4.splat(<i32>a3);
    const Q0 = i32x4.splat(<i32>q0), Q1 = i32x4.splat(<i32>q1), Q2 = i32x4.splat(<i32>q2), Q3 = i32x4.splat(<i32>q3);
    addRows(X, last, v128.load(X), v128.load(X, 16), A0, A1, A2, A3, Q0, Q1, Q2, Q3);
  }
  carry(r, n, w);
}

/**
 * r = a^2 / 2^(n * w) mod m; r may be a. Of the products of two different limbs each is made once, of one of them doubled: a
 * row takes 2a without the limbs up to its own, so that groups of nothing but those are left out; and the products within its
 * four limbs are added by scalars. Column 4i + k of the whole is column k of row i.
 */
export function rowsSquare(r: usize, a: usize, m: usize, n: u32, w: u32): void {
  const mask: u64 = (1 << <u64>w) - 1;
  const W = <u64>w;
  place(a, 1, m, n);
  const last = X + (<usize>n << 4);
  const n2 = <u64>load<u32>(X, 24);
  const n3 = <u64>load<u32>(X, 28);
  for (let own = X; own < last; own += RECORD, a += 16) {
    const a3 = <u64>load<u32>(a, 12);
    const a2 = <u64>load<u32>(a, 8);
    const a1 = <u64>load<u32>(a, 4);
    const a0 = <u64>load<u32>(a);
    const d1 = a1 << 1;
    const d2 = a2 << 1;
    const d3 = a3 << 1;
    load<u8>(own, 127);
    v128.store(own, i64x2.splat(0));
    store<u64>(own, load<u64>(own, 32) + a0 * a0, 32);
    store<u64>(own, load<u64>(own, 40) + a0 * d1, 40);
    store<u64>(own, load<u64>(own, 48) + a0 * d2 + a1 * a1, 48);
    store<u64>(own, load<u64>(own, 56) + a0 * d3 + a1 * d2, 56);
    store<u64>(own, load<u64>(own, 96) + a1 * d3 + a2 * a2, 96);
    store<u64>(own, load<u64>(own, 104) + a2 * d3, 104);
    store<u64>(own, load<u64>(own, 112) + a3 * a3, 112);
    let c = load<u64>(X, 32);
    const q0 = c & mask;
    c = (c >> W) + q0 + load<u64>(X, 40) + q0 * mask;
    const q1 = c & mask;
    c = (c >> W) + q1 + load<u64>(X, 48) + q0 * n2 + q1 * mask;
    const q2 = c & mask;
    c = (c >> W) + q2 + load<u64>(X, 56) + q0 * n3 + q1 * n2 + q2 * mask;
    const q3 = c & mask;
    store<u64>(X, load<u64>(X, 96) + (c >> W) + q3, 96);
    const Q0 = i32x4.splat(<i32>q0), Q1 = i32x4.splat(<i32>q1), Q2 = i32x4.splat(<i32>q2), Q3 = i32x4.splat(<i32>q3);
    let y = v128.load(X, 16);
    let x = X;
    // Of 2a there is nothing here yet.
    for (; x + RECORD < own; x += 2 * RECORD) {
      load<u8>(x, 191);
      const z = v128.load(x, 80);
      v128.store(x, low(v128.load(x, 96), y, z, Q0, Q1, Q2, Q3), 32);
      v128.store(x, high(v128.load(x, 112), y, z, Q0, Q1, Q2, Q3), 48);
      y = v128.load(x, 144);
      v128.store(x, low(v128.load(x, 160), z, y, Q0, Q1, Q2, Q3), 96);
      v128.store(x, high(v128.load(x, 176), z, y, Q0, Q1, Q2, Q3), 112);
    }
    if (x < own) {
      load<u8>(x, 127);
      const z = v128.load(x, 80);
      v128.store(x, low(v128.load(x, 96), y, z, Q0, Q1, Q2, Q3), 32);
      v128.store(x, high(v128.load(x, 112), y, z, Q0, Q1, Q2, Q3), 48);
      y = z;
      x += RECORD;
    }
    const A0 = i32x4.splat(<i32>a0), A1 = i32x4.splat(<i32>a1), A2 = i32x4.splat(<i32>a2), A3 = i32x4.splat(<i32>a3);
    addRows(x, last, i64x2.splat(0), y, A0, A1, A2, A3, Q0, Q1, Q2, Q3);
  }
  carry(r, n, w);
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
