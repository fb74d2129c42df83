// GHASH (SP 800-38D, 6.4): on vectors simd/ghash.ts, else here on 64-bit words: the product by clmul.ts and Karatsuba, three
// products of lower halves and three of upper halves a block, then the reduction modulo x^128 + x^7 + x^2 + x + 1. GHASH
// numbers its bits from the left, so that a product stands one place too low and is moved up before it is reduced.
//
//   key:  0    16    32
//         | H  | H^2 |        H^2 for vectors alone
import { clmulLow, reverse } from "./clmul";
import * as simd from "./simd/ghash";
import { get64, put64 } from "../util/bytes";

/** Bytes of a key. */
export const GHASH_KEY: u32 = 32;

/** The open key's address. */
let opened: usize = 0;

/** Completes a key that begins with H. */
export function ghashKey(key: usize): void {
  if (ASC_FEATURE_SIMD) simd.square(key, key + 16);
}

/** Takes up a key for the calls that follow, `len` bytes in all or nearly; ghashClose forgets it. */
export function ghashOpen(key: usize, len: u32): void {
  if (ASC_FEATURE_SIMD) simd.ghashOpen(key, key + 16, len);
  else opened = key;
}

/** Folds `len` bytes at `data`, filled up with zeros to whole blocks, into `y` (16 bytes). */
export function ghash(y: usize, data: usize, len: u32): void {
  if (ASC_FEATURE_SIMD) simd.ghash(y, data, len);
  else onWords(y, opened, data, len);
}

export function ghashClose(): void {
  if (ASC_FEATURE_SIMD) simd.ghashClose();
  else opened = 0;
}

/** GHASH on words under H at `h`. */
export function onWords(y: usize, h: usize, data: usize, len: u32): void {
  const h1 = get64(h);
  const h0 = get64(h + 8);
  const h0r = reverse(h0);
  const h1r = reverse(h1);
  const h2 = h0 ^ h1;
  const h2r = h0r ^ h1r;
  let y1 = get64(y);
  let y0 = get64(y + 8);
  while (len) {
    if (len >= 16) {
      y1 ^= get64(data);
      y0 ^= get64(data + 8);
      data += 16;
      len -= 16;
    } else {
      let high: u64 = 0;
      let low: u64 = 0;
      for (let i: u32 = 0; i < len; i++) {
        const octet = <u64>load<u8>(data + i);
        if (i < 8) high |= octet << <u64>(56 - (i << 3));
        else low |= octet << <u64>(120 - (i << 3));
      }
      y1 ^= high;
      y0 ^= low;
      len = 0;
    }
    const y0r = reverse(y0);
    const y1r = reverse(y1);
    const low = clmulLow(y0, h0);
    const high = clmulLow(y1, h1);
    const cross = clmulLow(y0 ^ y1, h2) ^ low ^ high;
    let lowUp = clmulLow(y0r, h0r);
    let highUp = clmulLow(y1r, h1r);
    const crossUp = reverse(clmulLow(y0r ^ y1r, h2r) ^ lowUp ^ highUp) >> 1;
    lowUp = reverse(lowUp) >> 1;
    highUp = reverse(highUp) >> 1;

    // 255 bits, moved up by one.
    let v0 = low;
    let v1 = lowUp ^ cross;
    let v2 = high ^ crossUp;
    let v3 = (highUp << 1) | (v2 >> 63);
    v2 = (v2 << 1) | (v1 >> 63);
    v1 = (v1 << 1) | (v0 >> 63);
    v0 <<= 1;

    v2 ^= v0 ^ (v0 >> 1) ^ (v0 >> 2) ^ (v0 >> 7);
    v1 ^= (v0 << 63) ^ (v0 << 62) ^ (v0 << 57);
    v3 ^= v1 ^ (v1 >> 1) ^ (v1 >> 2) ^ (v1 >> 7);
    v2 ^= (v1 << 63) ^ (v1 << 62) ^ (v1 << 57);
    y0 = v2;
    y1 = v3;
  }
  put64(y, y1);
  put64(y + 8, y0);
}
