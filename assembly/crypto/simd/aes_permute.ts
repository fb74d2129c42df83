// AES on 128-bit vectors, by permutation: one block in one vector, a byte a lane. Where the circuit of aes_eight.ts wants
// eight blocks, this serves a chain: CBC encryption, key schedules, single blocks. A table of 16 entries is one vector, in
// which `i8x16.swizzle` looks up 16 lanes at once, so that no address depends on data.
//
// Bytes are elements x = k + i*theta of GF(256) over GF(16): k is the low nibble, i the high one. GF(16) has the basis 1,
// w, w^2, w^3 with w = 0x5c, which is a root of w^4 + w + 1; theta = 0xb2 is one of theta^2 + a*theta + a, a = w.
// Let N = k^2 + a*i*k + a*i^2 be the norm of x, and j = i + k. Then
//
//   1 / (1 / (1/i + a/k) + j)  =  (k + a*i) / N        1 / (1 / (1/j + a/k) + i)  =  (k + a*j) / N
//
// and 1/x = ((k + a*i) + i*theta) / N is a sum of a linear map of the one and a linear map of the other. Both maps, the
// affine map of SubBytes and what comes behind it are merged into the tables that end a round.
//
// 1/0 is written 0x80: `swizzle` gives 0 for an index above 15, so that 1/(1/0) = 0, and 0x80 + n stays 1/0.
//
// Between the first and the last round a block stands in this basis, and row by row: lane 4r + c has row r and column c, so
// that ShiftRows moves bytes inside of the halves only and a step from row to row is a rotation of the whole. Tables are
// recomputed from the field's arithmetic in the unit tests.
import * as ct from "../../util/ct";

/** Round keys of the call in work, in the basis; the last one as it is. */
const roundKeys: usize = memory.data(240, 16);

/** 1/n. */
// @ts-ignore: decorator
@inline
export function inverse(n: v128): v128 {
  return i8x16.swizzle(v128(-128, 1, 9, 14, 13, 11, 7, 6, 15, 2, 12, 5, 10, 4, 3, 8), n);
}

/** a/n. */
// @ts-ignore: decorator
@inline
export function aOver(n: v128): v128 {
  return i8x16.swizzle(v128(-128, 2, 1, 15, 9, 5, 14, 12, 13, 4, 11, 10, 7, 8, 6, 3), n);
}

/** From bytes to the basis: the low nibble's share. */
// @ts-ignore: decorator
@inline
export function basisLow(n: v128): v128 {
  return i8x16.swizzle(v128(0, 1, 28, 29, 45, 44, 49, 48, 39, 38, 59, 58, 10, 11, 22, 23), n);
}

/** The high nibble's. */
// @ts-ignore: decorator
@inline
export function basisHigh(n: v128): v128 {
  return i8x16.swizzle(v128(0, -122, -3, 123, -114, 8, 115, -11, 119, -15, -118, 12, -7, 127, 4, -126), n);
}

// S(x) + 0x63 = f(p) + g(q) for p and q as below; once as a byte, once in the basis, once doubled and in the basis.

/** f, as a byte. */
// @ts-ignore: decorator
@inline
export function byteOfP(p: v128): v128 {
  return i8x16.swizzle(v128(0, -53, -41, -80, 33, -115, 103, -84, 123, 90, -22, 61, 70, -10, -111, 28), p);
}

/** g, as a byte. */
// @ts-ignore: decorator
@inline
export function byteOfQ(q: v128): v128 {
  return i8x16.swizzle(v128(0, -97, 97, 22, -62, 42, 119, -24, -119, 75, 93, 60, -75, -93, -44, -2), q);
}

/** f, in the basis. */
// @ts-ignore: decorator
@inline
export function ofP(p: v128): v128 {
  return i8x16.swizzle(v128(0, -61, 79, 12, -4, 124, 67, -128, -49, 51, 63, 112, -65, -77, -16, -116), p);
}

/** g, in the basis. */
// @ts-ignore: decorator
@inline
export function ofQ(q: v128): v128 {
  return i8x16.swizzle(v128(0, -26, 114, -73, -27, -58, -59, 35, 81, -76, 3, 113, 32, -105, 82, -108), q);
}

/** 2f, in the basis. */
// @ts-ignore: decorator
@inline
export function doubleOfP(p: v128): v128 {
  return i8x16.swizzle(v128(0, 124, 32, -49, -110, 1, -17, -109, -77, 33, -18, -50, 125, -78, 93, 92), p);
}

/** 2g, in the basis. */
// @ts-ignore: decorator
@inline
export function doubleOfQ(q: v128): v128 {
  return i8x16.swizzle(v128(0, -47, -27, -9, -26, 37, 18, -61, 38, -64, 55, -46, -12, 3, 17, 52), q);
}

/** Row by row from column by column. */
// @ts-ignore: decorator
@inline
function turned(x: v128): v128 {
  return i8x16.swizzle(x, v128(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15));
}

/** ShiftRows (FIPS 197, 5.1.2). */
// @ts-ignore: decorator
@inline
function shiftRows(x: v128): v128 {
  return i8x16.swizzle(x, v128(0, 1, 2, 3, 5, 6, 7, 4, 10, 11, 8, 9, 15, 12, 13, 14));
}

/** ShiftRows, and column by column again. */
// @ts-ignore: decorator
@inline
function shiftedBack(x: v128): v128 {
  return i8x16.swizzle(x, v128(0, 5, 10, 15, 1, 6, 11, 12, 2, 7, 8, 13, 3, 4, 9, 14));
}

/** The byte one row below. */
// @ts-ignore: decorator
@inline
function below(x: v128): v128 {
  return i8x16.shuffle(x, x, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3);
}

/** The byte two rows below. */
// @ts-ignore: decorator
@inline
function below2(x: v128): v128 {
  return i8x16.shuffle(x, x, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7);
}

/** The byte three rows below. */
// @ts-ignore: decorator
@inline
function below3(x: v128): v128 {
  return i8x16.shuffle(x, x, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
}

// @ts-ignore: decorator
@inline
function low(x: v128): v128 {
  return v128.and(x, v128.splat<u8>(15));
}

// @ts-ignore: decorator
@inline
function high(x: v128): v128 {
  return v128.shr<u8>(x, 4);
}

/** From bytes to the basis. */
// @ts-ignore: decorator
@inline
function inBasis(x: v128): v128 {
  return v128.xor(basisLow(low(x)), basisHigh(high(x)));
}

/** From a block's bytes to the basis, row by row. */
// @ts-ignore: decorator
@inline
function toBasis(x: v128): v128 {
  return inBasis(turned(x));
}

/** 1/p = (k + a*i) / N. */
// @ts-ignore: decorator
@inline
function pOf(k: v128, i: v128): v128 {
  return v128.xor(inverse(v128.xor(inverse(i), aOver(k))), v128.xor(i, k));
}

/** 1/q = (k + a*j) / N. */
// @ts-ignore: decorator
@inline
function qOf(k: v128, i: v128): v128 {
  return v128.xor(inverse(v128.xor(inverse(v128.xor(i, k)), aOver(k))), i);
}

/** A round but the last: SubBytes, ShiftRows, MixColumns (2a + 3a' + a'' + a''' for a byte a and those below it), AddRoundKey. */
// @ts-ignore: decorator
@inline
function round(x: v128, key: v128): v128 {
  const k = low(x);
  const i = high(x);
  const p = pOf(k, i);
  const q = qOf(k, i);
  const s = shiftRows(v128.xor(ofP(p), ofQ(q)));
  const d = shiftRows(v128.xor(doubleOfP(p), doubleOfQ(q)));
  return v128.xor(
    v128.xor(v128.xor(d, key), below(v128.xor(s, d))),
    v128.xor(below2(s), below3(s)),
  );
}

/** SubBytes and ShiftRows of the last round, as bytes and column by column. */
// @ts-ignore: decorator
@inline
function lastBytes(x: v128): v128 {
  const k = low(x);
  const i = high(x);
  return shiftedBack(v128.xor(byteOfP(pOf(k, i)), byteOfQ(qOf(k, i))));
}

/** The same in the basis and row by row, where a chain goes on with it. */
// @ts-ignore: decorator
@inline
function lastBasis(x: v128): v128 {
  const k = low(x);
  const i = high(x);
  return shiftRows(v128.xor(ofP(pOf(k, i)), ofQ(qOf(k, i))));
}

/** SubBytes (FIPS 197, 5.1.1) but for its constant. */
export function subBytes(x: v128): v128 {
  x = inBasis(x);
  const k = low(x);
  const i = high(x);
  return v128.xor(byteOfP(pOf(k, i)), byteOfQ(qOf(k, i)));
}

/** SubWord (FIPS 197, 5.2). */
export function subWord(word: u32): u32 {
  return v128.extract_lane<u32>(subBytes(v128.splat<u32>(word)), 0) ^ 0x63636363;
}

/** Brings the compact schedule at `ctx` (aes.ts) into the basis, at `to`; 0x63 is added where SubBytes leaves it out. */
function spreadKeys(ctx: usize, rounds: usize, to: usize): void {
  const constant = v128.splat<u8>(0x63);
  v128.store(to, toBasis(v128.load(ctx, 8)));
  for (let i: usize = 16; i < rounds << 4; i += 16) v128.store(to + i, toBasis(v128.xor(v128.load(ctx + i, 8), constant)));
  v128.store(to + (rounds << 4), v128.xor(v128.load(ctx + (rounds << 4), 8), constant));
}

/** Encrypts `len` bytes, whole blocks, in place; `iv` becomes the last ciphertext block. */
export function cbcEncrypt(ctx: usize, rounds: usize, iv: usize, data: usize, len: u32): void {
  cbc(ctx, rounds, iv, data, len, true);
}

/** The same, but the text stays. */
export function cbcMac(ctx: usize, rounds: usize, chain: usize, data: usize, len: u32): void {
  cbc(ctx, rounds, chain, data, len, false);
}

function cbc(ctx: usize, rounds: usize, iv: usize, data: usize, len: u32, write: bool): void {
  spreadKeys(ctx, rounds, roundKeys);
  const last = roundKeys + (rounds << 4);
  const first = v128.load(roundKeys);
  const lastKey = v128.load(last);
  const lastKeyBasis = toBasis(lastKey);
  let block = v128.load(iv);
  let chain = toBasis(block);
  for (const end = data + len; data < end; data += 16) {
    let x = v128.xor(v128.xor(toBasis(v128.load(data)), first), chain);
    for (let k = roundKeys + 16; k < last; k += 16) x = round(x, v128.load(k));
    block = v128.xor(lastBytes(x), lastKey);
    chain = v128.xor(lastBasis(x), lastKeyBasis);
    if (write) v128.store(data, block);
  }
  v128.store(iv, block);
  ct.wipe(roundKeys, 240);
}

// Several texts at once: a round of one takes some fifteen instructions one behind the other, between which those of others
// fit.

/** Round keys of four texts. */
const fourKeys: usize = memory.data(960, 16);
/** Their last round keys in the basis. */
const fourLast: usize = memory.data(64, 16);
/** What takes the place of a fourth text that is missing. */
const spare: usize = memory.data(16, 16);

/** A text to encrypt, and where it stands; all are public. */
@unmanaged
export class CbcText {
  /** The schedule. */
  ctx: usize;
  /** 16 bytes, which become the last ciphertext block. */
  iv: usize;
  data: usize;
  /** Bytes, whole blocks. */
  len: u32;
}

/** Spreads the schedule of text number `i` of four. */
function openOne(text: CbcText, rounds: usize, i: usize): void {
  const keys = fourKeys + 240 * i;
  spreadKeys(text.ctx, rounds, keys);
  v128.store(fourLast + (i << 4), toBasis(v128.load(keys + (rounds << 4))));
}

/** Spreads the schedules of `n` texts; returns the length of the shortest. */
function openTexts(texts: usize, n: u32, rounds: usize): u32 {
  let len: u32 = ~15;
  for (let i: u32 = 0; i < n; i++) {
    const text = changetype<CbcText>(texts + i * offsetof<CbcText>());
    openOne(text, rounds, i);
    if (text.len < len) len = text.len;
  }
  return len;
}

/** Moves `n` texts on by `len` bytes that are encrypted. */
function moveOn(texts: usize, n: u32, len: u32): void {
  for (let i: u32 = 0; len && i < n; i++) {
    const text = changetype<CbcText>(texts + i * offsetof<CbcText>());
    text.data += len;
    text.len -= len;
    v128.store(text.iv, v128.load(text.data - 16));
  }
}

/** Encrypts two texts as far as the shorter goes. */
function twoAtOnce(texts: usize, rounds: usize): void {
  const last = fourKeys + (rounds << 4);
  const len = openTexts(texts, 2, rounds);
  const ta = changetype<CbcText>(texts);
  const tb = changetype<CbcText>(texts + offsetof<CbcText>());
  let da = ta.data;
  let db = tb.data;
  let a = toBasis(v128.load(ta.iv));
  let b = toBasis(v128.load(tb.iv));
  for (let left = len; left; left -= 16) {
    let xa = v128.xor(v128.xor(toBasis(v128.load(da)), v128.load(fourKeys)), a);
    let xb = v128.xor(v128.xor(toBasis(v128.load(db)), v128.load(fourKeys, 240)), b);
    for (let k = fourKeys + 16; k < last; k += 16) {
      xa = round(xa, v128.load(k));
      xb = round(xb, v128.load(k, 240));
    }
    v128.store(da, v128.xor(lastBytes(xa), v128.load(last)));
    v128.store(db, v128.xor(lastBytes(xb), v128.load(last, 240)));
    a = v128.xor(lastBasis(xa), v128.load(fourLast));
    b = v128.xor(lastBasis(xb), v128.load(fourLast, 16));
    da += 16;
    db += 16;
  }
  moveOn(texts, 2, len);
}

/** Encrypts `n` texts, 3 or 4, as far as the shortest goes. */
function fourAtOnce(texts: usize, n: u32, rounds: usize): void {
  const last = fourKeys + (rounds << 4);
  const len = openTexts(texts, n, rounds);
  const ta = changetype<CbcText>(texts);
  const tb = changetype<CbcText>(texts + offsetof<CbcText>());
  const tc = changetype<CbcText>(texts + 2 * offsetof<CbcText>());
  const td = changetype<CbcText>(texts + 3 * offsetof<CbcText>());
  const stepD: usize = n > 3 ? 16 : 0;
  let da = ta.data;
  let db = tb.data;
  let dc = tc.data;
  let dd = n > 3 ? td.data : spare;
  let a = toBasis(v128.load(ta.iv));
  let b = toBasis(v128.load(tb.iv));
  let c = toBasis(v128.load(tc.iv));
  let d = n > 3 ? toBasis(v128.load(td.iv)) : a;
  for (let left = len; left; left -= 16) {
    let xa = v128.xor(v128.xor(toBasis(v128.load(da)), v128.load(fourKeys)), a);
    let xb = v128.xor(v128.xor(toBasis(v128.load(db)), v128.load(fourKeys, 240)), b);
    let xc = v128.xor(v128.xor(toBasis(v128.load(dc)), v128.load(fourKeys, 480)), c);
    let xd = v128.xor(v128.xor(toBasis(v128.load(dd)), v128.load(fourKeys, 720)), d);
    for (let k = fourKeys + 16; k < last; k += 16) {
      xa = round(xa, v128.load(k));
      xb = round(xb, v128.load(k, 240));
      xc = round(xc, v128.load(k, 480));
      xd = round(xd, v128.load(k, 720));
    }
    v128.store(da, v128.xor(lastBytes(xa), v128.load(last)));
    v128.store(db, v128.xor(lastBytes(xb), v128.load(last, 240)));
    v128.store(dc, v128.xor(lastBytes(xc), v128.load(last, 480)));
    v128.store(dd, v128.xor(lastBytes(xd), v128.load(last, 720)));
    a = v128.xor(lastBasis(xa), v128.load(fourLast));
    b = v128.xor(lastBasis(xb), v128.load(fourLast, 16));
    c = v128.xor(lastBasis(xc), v128.load(fourLast, 32));
    d = v128.xor(lastBasis(xd), v128.load(fourLast, 48));
    da += 16;
    db += 16;
    dc += 16;
    dd += stepD;
  }
  moveOn(texts, n, len);
}

/** Encrypts `n` texts in place, one behind the other at `texts` (CbcText), which are used up. */
export function cbcEncryptMany(texts: usize, n: u32): void {
  while (n) {
    const rounds = load<u32>(changetype<CbcText>(texts).ctx);
    let same: u32 = 1;
    while (same < n && same < 4 && load<u32>(changetype<CbcText>(texts + same * offsetof<CbcText>()).ctx) == rounds) same++;
    if (same == 2) twoAtOnce(texts, rounds);
    else if (same > 2) fourAtOnce(texts, same, rounds);
    for (let i: u32 = 0; i < same; i++, texts += offsetof<CbcText>()) {
      const text = changetype<CbcText>(texts);
      if (text.len) cbc(text.ctx, rounds, text.iv, text.data, text.len, true);
    }
    n -= same;
  }
  ct.wipe(fourKeys, 960);
  ct.wipe(fourLast, 64);
  ct.wipe(spare, 16);
}
