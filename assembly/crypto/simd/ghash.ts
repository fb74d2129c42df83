// GHASH (SP 800-38D, 6.4) on 128-bit vectors. GHASH counts a block's bits from the left: octet j holds the coefficients of
// x^(8j) to x^(8j + 7), the lowest in its highest bit. A half of it, four bits, times the other factor H, reduced, takes 16
// octets, and octet t of these is an entry of a table of 16: a vector in which `i8x16.swizzle` looks up all 16 octets of a
// block at once. No address depends on data.
//
//   R_t = octet t of (higher half of octet j * H), in lane j      S_t = the same of the lower halves
//   product = R_0 + R_1 x^8 + ... + R_15 x^120 + (S_0 + S_1 x^8 + ... + S_15 x^120) x^4
//
// The sums are made by Horner's rule, a step of one octet at a time, and their upper half reduced modulo x^128 + x^7 + x^2 +
// x + 1. Two blocks at a time share the steps and the reduction: (y + a) H^2 + b H.
//
// Tables are made of H, and of H^2 if the text is long enough, for each call, which costs as much as a few blocks, and wiped
// behind it: kept, they would take 512 bytes of every SA.
import * as ct from "../../util/ct";

/** Octet t of the multiples of H^2, and behind it of H. */
// @ts-ignore: decorator
@inline const STEP: usize = 32;
// @ts-ignore: decorator
@inline const OF_H: usize = 16;
/** From so many octets on H^2 pays. */
// @ts-ignore: decorator
@inline const LONG: u32 = 128;

const tables: usize = memory.data(512, 16);
/** H times x^m for m of 0 to 3. */
const multiples: usize = memory.data(64, 16);
/** What is left of a text, and zeros. */
const block: usize = memory.data(16, 16);
/** Whether there are tables of H^2. */
let inPairs: bool = false;

/** The lanes of `x` move up by one; the last of `below` comes in. */
// @ts-ignore: decorator
@inline
function up(below: v128, x: v128): v128 {
  return i8x16.shuffle(below, x, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30);
}

/** Entry n of a table is the sum of the octets whose bit is set in n; the highest bit stands for the lowest power. */
// @ts-ignore: decorator
@inline
function entries(at: usize): v128 {
  return v128.xor(
    v128.xor(
      v128.and(v128.load_splat<u8>(at), v128(0, 0, 0, 0, 0, 0, 0, 0, -1, -1, -1, -1, -1, -1, -1, -1)),
      v128.and(v128.load_splat<u8>(at, 16), v128(0, 0, 0, 0, -1, -1, -1, -1, 0, 0, 0, 0, -1, -1, -1, -1)),
    ),
    v128.xor(
      v128.and(v128.load_splat<u8>(at, 32), v128(0, 0, -1, -1, 0, 0, -1, -1, 0, 0, -1, -1, 0, 0, -1, -1)),
      v128.and(v128.load_splat<u8>(at, 48), v128(0, -1, 0, -1, 0, -1, 0, -1, 0, -1, 0, -1, 0, -1, 0, -1)),
    ),
  );
}

/** x times the polynomial of the first power. */
// @ts-ignore: decorator
@inline
function timesX(x: v128): v128 {
  const zero = v128.splat<u8>(0);
  // What each octet gives to the next; the last one's goes into the first as x^128.
  const out = v128.and(x, v128.splat<u8>(1));
  const inner = v128.or(v128.shr<u8>(x, 1), v128.shl<u8>(up(zero, out), 7));
  return v128.xor(inner, v128.and(v128.sub<u8>(zero, up(out, zero)), v128.splat<u8>(0xe1)));
}

/** Makes the tables of the power of H at `h`, for one place of each step. */
function makeTables(place: usize, h: usize): void {
  let x = v128.load(h);
  v128.store(multiples, x);
  x = timesX(x);
  v128.store(multiples, x, 16);
  x = timesX(x);
  v128.store(multiples, x, 32);
  v128.store(multiples, timesX(x), 48);
  for (let at = multiples; at < multiples + 16; at++, place += STEP) v128.store(place, entries(at));
}

/** The product from the sums that Horner's rule leaves, of the higher halves and, four places up, of the lower ones. */
// @ts-ignore: decorator
@inline
function joined(low: v128, high: v128, lowerLow: v128, lowerHigh: v128): v128 {
  const zero = v128.splat<u8>(0);
  low = v128.xor(low, v128.or(v128.shr<u8>(lowerLow, 4), v128.shl<u8>(up(zero, lowerLow), 4)));
  high = v128.xor(high, v128.or(v128.shr<u8>(lowerHigh, 4), v128.shl<u8>(up(lowerLow, lowerHigh), 4)));
  // Now x^128 = x^7 + x^2 + x + 1. The last octet has x^0 to x^3 only: times x^7 they go beyond it, which is x^128 again and
  // joins the upper half first; times x and x^2 they don't.
  high = v128.xor(high, up(v128.add<u8>(high, high), zero));
  const within = v128.xor(v128.xor(high, v128.shr<u8>(high, 1)), v128.xor(v128.shr<u8>(high, 2), v128.shr<u8>(high, 7)));
  const carry = v128.xor(v128.xor(v128.shl<u8>(high, 7), v128.shl<u8>(high, 6)), v128.add<u8>(high, high));
  return v128.xor(v128.xor(low, within), up(zero, carry));
}

/** x times H. */
function timesH(x: v128): v128 {
  const xh = v128.shr<u8>(x, 4);
  const xl = v128.and(x, v128.splat<u8>(15));
  const zero = v128.splat<u8>(0);
  let low = zero, high = zero, lowerLow = zero, lowerHigh = zero;
  for (let at = tables + OF_H + 15 * STEP; at >= tables; at -= STEP) {
    const table = v128.load(at);
    high = up(low, high);
    low = v128.xor(up(zero, low), i8x16.swizzle(table, xh));
    lowerHigh = up(lowerLow, lowerHigh);
    lowerLow = v128.xor(up(zero, lowerLow), i8x16.swizzle(table, xl));
  }
  return joined(low, high, lowerLow, lowerHigh);
}

/** Makes H^2 of H, 16 bytes each. */
export function square(h: usize, to: usize): void {
  makeTables(tables + OF_H, h);
  v128.store(to, timesH(v128.load(h)));
  ghashClose();
}

/** Makes the tables for the calls that follow, `len` bytes in all or nearly; ghashClose wipes them. */
export function ghashOpen(h: usize, square: usize, len: u32): void {
  makeTables(tables + OF_H, h);
  inPairs = len >= LONG;
  if (inPairs) makeTables(tables, square);
}

/** Folds `len` bytes at `data`, filled up with zeros to whole blocks, into `y` (16 bytes). */
export function ghash(y: usize, data: usize, len: u32): void {
  const fifteen = v128.splat<u8>(15);
  const zero = v128.splat<u8>(0);
  let sum = v128.load(y);
  for (; inPairs && len >= 32; len -= 32, data += 32) {
    const b = v128.load(data, 16);
    const a = v128.xor(sum, v128.load(data));
    const ah = v128.shr<u8>(a, 4);
    const al = v128.and(a, fifteen);
    const bh = v128.shr<u8>(b, 4);
    const bl = v128.and(b, fifteen);
    let square = v128.load(tables + 15 * STEP);
    let h = v128.load(tables + 15 * STEP + OF_H);
    let low = v128.xor(i8x16.swizzle(square, ah), i8x16.swizzle(h, bh));
    let lowerLow = v128.xor(i8x16.swizzle(square, al), i8x16.swizzle(h, bl));
    let high = zero;
    let lowerHigh = zero;
    square = v128.load(tables + 14 * STEP);
    h = v128.load(tables + 14 * STEP + OF_H);
    high = up(low, high);
    low = v128.xor(up(zero, low), v128.xor(i8x16.swizzle(square, ah), i8x16.swizzle(h, bh)));
    lowerHigh = up(lowerLow, lowerHigh);
    lowerLow = v128.xor(up(zero, lowerLow), v128.xor(i8x16.swizzle(square, al), i8x16.swizzle(h, bl)));
    square = v128.load(tables + 13 * STEP);
    h = v128.load(tables + 13 * STEP + OF_H);
    high = up(low, high);
    low = v128.xor(up(zero, low), v128.xor(i8x16.swizzle(square, ah), i8x16.swizzle(h, bh)));
    lowerHigh = up(lowerLow, lowerHigh);
    lowerLow = v128.xor(up(zero, lowerLow), v128.xor(i8x16.swizzle(square, al), i8x16.swizzle(h, bl)));
    square = v128.load(tables + 12 * STEP);
    h = v128.load(tables + 12 * STEP + OF_H);
    high = up(low, high);
    low = v128.xor(up(zero, low), v128.xor(i8x16.swizzle(square, ah), i8x16.swizzle(h, bh)));
    lowerHigh = up(lowerLow, lowerHigh);
    lowerLow = v128.xor(up(zero, lowerLow), v128.xor(i8x16.swizzle(square, al), i8x16.swizzle(h, bl)));
    square = v128.load(tables + 11 * STEP);
    h = v128.load(tables + 11 * STEP + OF_H);
    high = up(low, high);
    low = v128.xor(up(zero, low), v128.xor(i8x16.swizzle(square, ah), i8x16.swizzle(h, bh)));
    lowerHigh = up(lowerLow, lowerHigh);
    lowerLow = v128.xor(up(zero, lowerLow), v128.xor(i8x16.swizzle(square, al), i8x16.swizzle(h, bl)));
    square = v128.load(tables + 10 * STEP);
    h = v128.load(tables + 10 * STEP + OF_H);
    high = up(low, high);
    low = v128.xor(up(zero, low), v128.xor(i8x16.swizzle(square, ah), i8x16.swizzle(h, bh)));
    lowerHigh = up(lowerLow, lowerHigh);
    lowerLow = v128.xor(up(zero, lowerLow), v128.xor(i8x16.swizzle(square, al), i8x16.swizzle(h, bl)));
    square = v128.load(tables + 9 * STEP);
    h = v128.load(tables + 9 * STEP + OF_H);
    high = up(low, high);
    low = v128.xor(up(zero, low), v128.xor(i8x16.swizzle(square, ah), i8x16.swizzle(h, bh)));
    lowerHigh = up(lowerLow, lowerHigh);
    lowerLow = v128.xor(up(zero, lowerLow), v128.xor(i8x16.swizzle(square, al), i8x16.swizzle(h, bl)));
    square = v128.load(tables + 8 * STEP);
    h = v128.load(tables + 8 * STEP + OF_H);
    high = up(low, high);
    low = v128.xor(up(zero, low), v128.xor(i8x16.swizzle(square, ah), i8x16.swizzle(h, bh)));
    lowerHigh = up(lowerLow, lowerHigh);
    lowerLow = v128.xor(up(zero, lowerLow), v128.xor(i8x16.swizzle(square, al), i8x16.swizzle(h, bl)));
    square = v128.load(tables + 7 * STEP);
    h = v128.load(tables + 7 * STEP + OF_H);
    high = up(low, high);
    low = v128.xor(up(zero, low), v128.xor(i8x16.swizzle(square, ah), i8x16.swizzle(h, bh)));
    lowerHigh = up(lowerLow, lowerHigh);
    lowerLow = v128.xor(up(zero, lowerLow), v128.xor(i8x16.swizzle(square, al), i8x16.swizzle(h, bl)));
    square = v128.load(tables + 6 * STEP);
    h = v128.load(tables + 6 * STEP + OF_H);
    high = up(low, high);
    low = v128.xor(up(zero, low), v128.xor(i8x16.swizzle(square, ah), i8x16.swizzle(h, bh)));
    lowerHigh = up(lowerLow, lowerHigh);
    lowerLow = v128.xor(up(zero, lowerLow), v128.xor(i8x16.swizzle(square, al), i8x16.swizzle(h, bl)));
    square = v128.load(tables + 5 * STEP);
    h = v128.load(tables + 5 * STEP + OF_H);
    high = up(low, high);
    low = v128.xor(up(zero, low), v128.xor(i8x16.swizzle(square, ah), i8x16.swizzle(h, bh)));
    lowerHigh = up(lowerLow, lowerHigh);
    lowerLow = v128.xor(up(zero, lowerLow), v128.xor(i8x16.swizzle(square, al), i8x16.swizzle(h, bl)));
    square = v128.load(tables + 4 * STEP);
    h = v128.load(tables + 4 * STEP + OF_H);
    high = up(low, high);
    low = v128.xor(up(zero, low), v128.xor(i8x16.swizzle(square, ah), i8x16.swizzle(h, bh)));
    lowerHigh = up(lowerLow, lowerHigh);
    lowerLow = v128.xor(up(zero, lowerLow), v128.xor(i8x16.swizzle(square, al), i8x16.swizzle(h, bl)));
    square = v128.load(tables + 3 * STEP);
    h = v128.load(tables + 3 * STEP + OF_H);
    high = up(low, high);
    low = v128.xor(up(zero, low), v128.xor(i8x16.swizzle(square, ah), i8x16.swizzle(h, bh)));
    lowerHigh = up(lowerLow, lowerHigh);
    lowerLow = v128.xor(up(zero, lowerLow), v128.xor(i8x16.swizzle(square, al), i8x16.swizzle(h, bl)));
    square = v128.load(tables + 2 * STEP);
    h = v128.load(tables + 2 * STEP + OF_H);
    high = up(low, high);
    low = v128.xor(up(zero, low), v128.xor(i8x16.swizzle(square, ah), i8x16.swizzle(h, bh)));
    lowerHigh = up(lowerLow, lowerHigh);
    lowerLow = v128.xor(up(zero, lowerLow), v128.xor(i8x16.swizzle(square, al), i8x16.swizzle(h, bl)));
    square = v128.load(tables + 1 * STEP);
    h = v128.load(tables + 1 * STEP + OF_H);
    high = up(low, high);
    low = v128.xor(up(zero, low), v128.xor(i8x16.swizzle(square, ah), i8x16.swizzle(h, bh)));
    lowerHigh = up(lowerLow, lowerHigh);
    lowerLow = v128.xor(up(zero, lowerLow), v128.xor(i8x16.swizzle(square, al), i8x16.swizzle(h, bl)));
    square = v128.load(tables + 0 * STEP);
    h = v128.load(tables + 0 * STEP + OF_H);
    high = up(low, high);
    low = v128.xor(up(zero, low), v128.xor(i8x16.swizzle(square, ah), i8x16.swizzle(h, bh)));
    lowerHigh = up(lowerLow, lowerHigh);
    lowerLow = v128.xor(up(zero, lowerLow), v128.xor(i8x16.swizzle(square, al), i8x16.swizzle(h, bl)));
    sum = joined(low, high, lowerLow, lowerHigh);
  }
  for (; len >= 16; len -= 16, data += 16) sum = timesH(v128.xor(sum, v128.load(data)));
  if (len) {
    v128.store(block, zero);
    memory.copy(block, data, len);
    sum = timesH(v128.xor(sum, v128.load(block)));
  }
  v128.store(y, sum);
}

/** Forgets H and the text. */
export function ghashClose(): void {
  ct.wipe(tables, 512);
  ct.wipe(multiples, 64);
  ct.wipe(block, 16);
}
