// Poly1305 (RFC 8439, 2.5), constant time: a polynomial over the blocks of a message, evaluated at the secret r modulo
// 2^130 - 5. Numbers are five limbs of 26 bits, products are 64 bits wide. A key authenticates one message.
//
//      p = 2^130 - 5, so that 2^130 = 5: a product's limbs 5 to 8 come back times 5 as limbs 0 to 3
//
// Bounds: r's limbs are below 2^26, and s = 5 r is below 2^28.4. After a block has been added, limbs of h are below 2^27, h1
// below 2^27 + 2^6 for what the last carry left there. A product is so below 2^55.5, a column of five below 2^57.9, and with
// the carry of the column before it, below 2^32, it stays below 2^58. The last column holds no s: it is below 2^55.1, its
// carry below 2^29.2, five times that below 2^31.6, so that h0 and it together fit 32 bits, and h1 takes at most 2^6 from h0.
import * as ct from "../util/ct";

/** The limbs of r, then the four words that are added last. */
const key: usize = memory.data(36, 4);
/** The limbs of h. */
const sum: usize = memory.data(20, 4);
/** The last block of a part, filled up. */
const tail: usize = memory.data(16, 4);

// @ts-ignore: decorator
@inline const LIMB: u32 = 0x3ffffff;

/** Begins a message under the 32 bytes at `oneTime`, which no other message may use. */
export function polyStart(oneTime: usize): void {
  // Clamped (RFC 8439, 2.5): the upper four bits of four octets and the lower two of three are 0.
  const t0 = load<u32>(oneTime, 0) & 0x0fffffff;
  const t1 = load<u32>(oneTime, 4) & 0x0ffffffc;
  const t2 = load<u32>(oneTime, 8) & 0x0ffffffc;
  const t3 = load<u32>(oneTime, 12) & 0x0ffffffc;
  store<u32>(key, t0 & LIMB, 0);
  store<u32>(key, ((t0 >> 26) | (t1 << 6)) & LIMB, 4);
  store<u32>(key, ((t1 >> 20) | (t2 << 12)) & LIMB, 8);
  store<u32>(key, ((t2 >> 14) | (t3 << 18)) & LIMB, 12);
  store<u32>(key, t3 >> 8, 16);
  store<u64>(key, load<u64>(oneTime, 16), 20);
  store<u64>(key, load<u64>(oneTime, 24), 28);
  memory.fill(sum, 0, 20);
}

/** Adds `len` bytes at `data`, filled up with zeros to whole blocks as the AEAD has it (RFC 8439, 2.8). */
export function polyPadded(data: usize, len: u32): void {
  blocks(data, len >> 4);
  const rest = len & 15;
  if (!rest) return;
  memory.fill(tail, 0, 16);
  memory.copy(tail, data + (len - rest), rest);
  blocks(tail, 1);
}

function blocks(data: usize, count: u32): void {
  const r0 = load<u32>(key, 0), r1 = load<u32>(key, 4), r2 = load<u32>(key, 8), r3 = load<u32>(key, 12), r4 = load<u32>(key, 16);
  const s1 = r1 * 5, s2 = r2 * 5, s3 = r3 * 5, s4 = r4 * 5;
  let h0 = load<u32>(sum, 0), h1 = load<u32>(sum, 4), h2 = load<u32>(sum, 8), h3 = load<u32>(sum, 12), h4 = load<u32>(sum, 16);
  for (; count; count--, data += 16) {
    // The block as a little-endian number with a 1 bit above it.
    const t0 = load<u32>(data, 0), t1 = load<u32>(data, 4), t2 = load<u32>(data, 8), t3 = load<u32>(data, 12);
    h0 += t0 & LIMB;
    h1 += ((t0 >> 26) | (t1 << 6)) & LIMB;
    h2 += ((t1 >> 20) | (t2 << 12)) & LIMB;
    h3 += ((t2 >> 14) | (t3 << 18)) & LIMB;
    h4 += (t3 >> 8) | 0x1000000;
    const d0 = <u64>h0 * <u64>r0 + <u64>h1 * <u64>s4 + <u64>h2 * <u64>s3 + <u64>h3 * <u64>s2 + <u64>h4 * <u64>s1;
    let d1 = <u64>h0 * <u64>r1 + <u64>h1 * <u64>r0 + <u64>h2 * <u64>s4 + <u64>h3 * <u64>s3 + <u64>h4 * <u64>s2;
    let d2 = <u64>h0 * <u64>r2 + <u64>h1 * <u64>r1 + <u64>h2 * <u64>r0 + <u64>h3 * <u64>s4 + <u64>h4 * <u64>s3;
    let d3 = <u64>h0 * <u64>r3 + <u64>h1 * <u64>r2 + <u64>h2 * <u64>r1 + <u64>h3 * <u64>r0 + <u64>h4 * <u64>s4;
    let d4 = <u64>h0 * <u64>r4 + <u64>h1 * <u64>r3 + <u64>h2 * <u64>r2 + <u64>h3 * <u64>r1 + <u64>h4 * <u64>r0;
    d1 += d0 >> 26;
    d2 += d1 >> 26;
    d3 += d2 >> 26;
    d4 += d3 >> 26;
    h0 = (<u32>d0 & LIMB) + <u32>(d4 >> 26) * 5;
    h1 = (<u32>d1 & LIMB) + (h0 >> 26);
    h2 = <u32>d2 & LIMB;
    h3 = <u32>d3 & LIMB;
    h4 = <u32>d4 & LIMB;
    h0 &= LIMB;
  }
  store<u32>(sum, h0, 0);
  store<u32>(sum, h1, 4);
  store<u32>(sum, h2, 8);
  store<u32>(sum, h3, 12);
  store<u32>(sum, h4, 16);
}

/** Writes the tag, 16 bytes, and wipes everything. */
export function polyFinal(out: usize): void {
  let h0 = load<u32>(sum, 0), h1 = load<u32>(sum, 4), h2 = load<u32>(sum, 8), h3 = load<u32>(sum, 12), h4 = load<u32>(sum, 16);
  // Whole carries; h1 had the only excess.
  let c = h1 >> 26; h1 &= LIMB;
  h2 += c; c = h2 >> 26; h2 &= LIMB;
  h3 += c; c = h3 >> 26; h3 &= LIMB;
  h4 += c; c = h4 >> 26; h4 &= LIMB;
  h0 += c * 5; c = h0 >> 26; h0 &= LIMB;
  h1 += c;
  // h - p = h + 5 - 2^130: taken where it is not negative.
  let g0 = h0 + 5; c = g0 >> 26; g0 &= LIMB;
  let g1 = h1 + c; c = g1 >> 26; g1 &= LIMB;
  let g2 = h2 + c; c = g2 >> 26; g2 &= LIMB;
  let g3 = h3 + c; c = g3 >> 26; g3 &= LIMB;
  const g4 = h4 + c - (1 << 26);
  const less = <u32>(<i32>g4 >> 31);
  h0 = ct.select(less, h0, g0);
  h1 = ct.select(less, h1, g1);
  h2 = ct.select(less, h2, g2);
  h3 = ct.select(less, h3, g3);
  h4 = ct.select(less, h4, g4);
  // Modulo 2^128, with the key's second half.
  let f = <u64>(h0 | (h1 << 26)) + <u64>load<u32>(key, 20);
  store<u32>(out, <u32>f, 0);
  f = <u64>((h1 >> 6) | (h2 << 20)) + <u64>load<u32>(key, 24) + (f >> 32);
  store<u32>(out, <u32>f, 4);
  f = <u64>((h2 >> 12) | (h3 << 14)) + <u64>load<u32>(key, 28) + (f >> 32);
  store<u32>(out, <u32>f, 8);
  f = <u64>((h3 >> 18) | (h4 << 8)) + <u64>load<u32>(key, 32) + (f >> 32);
  store<u32>(out, <u32>f, 12);
  ct.wipe(key, 36);
  ct.wipe(sum, 20);
  ct.wipe(tail, 16);
}
