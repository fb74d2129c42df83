// SHA-1 (FIPS 180-4, 6.1), constant time. Collisions can be bought; HMAC-SHA-1 (RFC 2404) does not rest on their absence.
// The rounds are written out, so that the schedule's sixteen words stay in locals: half of what the same takes in an
// interpreter with the words in memory.
import { Hash, HashAlg } from "./hash";
import { ch, maj, parity } from "./sha_words";
import * as simd from "./simd/sha1";

function compressBlocks(chain: usize, data: usize, blocks: u32): void {
  let h0 = load<u32>(chain, 0);
  let h1 = load<u32>(chain, 4);
  let h2 = load<u32>(chain, 8);
  let h3 = load<u32>(chain, 12);
  let h4 = load<u32>(chain, 16);
  for (; blocks; blocks--, data += 64) {
    let a = h0;
    let b = h1;
    let c = h2;
    let d = h3;
    let e = h4;
    let w0 = bswap<u32>(load<u32>(data, 0)); e = e + (w0 + 0x5a827999) + ch(b, c, d) + rotl<u32>(a, 5); b = rotl<u32>(b, 30);
    let w1 = bswap<u32>(load<u32>(data, 4)); d = d + (w1 + 0x5a827999) + ch(a, b, c) + rotl<u32>(e, 5); a = rotl<u32>(a, 30);
    let w2 = bswap<u32>(load<u32>(data, 8)); c = c + (w2 + 0x5a827999) + ch(e, a, b) + rotl<u32>(d, 5); e = rotl<u32>(e, 30);
    let w3 = bswap<u32>(load<u32>(data, 12)); b = b + (w3 + 0x5a827999) + ch(d, e, a) + rotl<u32>(c, 5); d = rotl<u32>(d, 30);
    let w4 = bswap<u32>(load<u32>(data, 16)); a = a + (w4 + 0x5a827999) + ch(c, d, e) + rotl<u32>(b, 5); c = rotl<u32>(c, 30);
    let w5 = bswap<u32>(load<u32>(data, 20)); e = e + (w5 + 0x5a827999) + ch(b, c, d) + rotl<u32>(a, 5); b = rotl<u32>(b, 30);
    let w6 = bswap<u32>(load<u32>(data, 24)); d = d + (w6 + 0x5a827999) + ch(a, b, c) + rotl<u32>(e, 5); a = rotl<u32>(a, 30);
    let w7 = bswap<u32>(load<u32>(data, 28)); c = c + (w7 + 0x5a827999) + ch(e, a, b) + rotl<u32>(d, 5); e = rotl<u32>(e, 30);
    let w8 = bswap<u32>(load<u32>(data, 32)); b = b + (w8 + 0x5a827999) + ch(d, e, a) + rotl<u32>(c, 5); d = rotl<u32>(d, 30);
    let w9 = bswap<u32>(load<u32>(data, 36)); a = a + (w9 + 0x5a827999) + ch(c, d, e) + rotl<u32>(b, 5); c = rotl<u32>(c, 30);
    let w10 = bswap<u32>(load<u32>(data, 40)); e = e + (w10 + 0x5a827999) + ch(b, c, d) + rotl<u32>(a, 5); b = rotl<u32>(b, 30);
    let w11 = bswap<u32>(load<u32>(data, 44)); d = d + (w11 + 0x5a827999) + ch(a, b, c) + rotl<u32>(e, 5); a = rotl<u32>(a, 30);
    let w12 = bswap<u32>(load<u32>(data, 48)); c = c + (w12 + 0x5a827999) + ch(e, a, b) + rotl<u32>(d, 5); e = rotl<u32>(e, 30);
    let w13 = bswap<u32>(load<u32>(data, 52)); b = b + (w13 + 0x5a827999) + ch(d, e, a) + rotl<u32>(c, 5); d = rotl<u32>(d, 30);
    let w14 = bswap<u32>(load<u32>(data, 56)); a = a + (w14 + 0x5a827999) + ch(c, d, e) + rotl<u32>(b, 5); c = rotl<u32>(c, 30);
    let w15 = bswap<u32>(load<u32>(data, 60)); e = e + (w15 + 0x5a827999) + ch(b, c, d) + rotl<u32>(a, 5); b = rotl<u32>(b, 30);
    w0 = rotl<u32>(w13 ^ w8 ^ w2 ^ w0, 1); d = d + (w0 + 0x5a827999) + ch(a, b, c) + rotl<u32>(e, 5); a = rotl<u32>(a, 30);
    w1 = rotl<u32>(w14 ^ w9 ^ w3 ^ w1, 1); c = c + (w1 + 0x5a827999) + ch(e, a, b) + rotl<u32>(d, 5); e = rotl<u32>(e, 30);
    w2 = rotl<u32>(w15 ^ w10 ^ w4 ^ w2, 1); b = b + (w2 + 0x5a827999) + ch(d, e, a) + rotl<u32>(c, 5); d = rotl<u32>(d, 30);
    w3 = rotl<u32>(w0 ^ w11 ^ w5 ^ w3, 1); a = a + (w3 + 0x5a827999) + ch(c, d, e) + rotl<u32>(b, 5); c = rotl<u32>(c, 30);
    w4 = rotl<u32>(w1 ^ w12 ^ w6 ^ w4, 1); e = e + (w4 + 0x6ed9eba1) + parity(b, c, d) + rotl<u32>(a, 5); b = rotl<u32>(b, 30);
    w5 = rotl<u32>(w2 ^ w13 ^ w7 ^ w5, 1); d = d + (w5 + 0x6ed9eba1) + parity(a, b, c) + rotl<u32>(e, 5); a = rotl<u32>(a, 30);
    w6 = rotl<u32>(w3 ^ w14 ^ w8 ^ w6, 1); c = c + (w6 + 0x6ed9eba1) + parity(e, a, b) + rotl<u32>(d, 5); e = rotl<u32>(e, 30);
    w7 = rotl<u32>(w4 ^ w15 ^ w9 ^ w7, 1); b = b + (w7 + 0x6ed9eba1) + parity(d, e, a) + rotl<u32>(c, 5); d = rotl<u32>(d, 30);
    w8 = rotl<u32>(w5 ^ w0 ^ w10 ^ w8, 1); a = a + (w8 + 0x6ed9eba1) + parity(c, d, e) + rotl<u32>(b, 5); c = rotl<u32>(c, 30);
    w9 = rotl<u32>(w6 ^ w1 ^ w11 ^ w9, 1); e = e + (w9 + 0x6ed9eba1) + parity(b, c, d) + rotl<u32>(a, 5); b = rotl<u32>(b, 30);
    w10 = rotl<u32>(w7 ^ w2 ^ w12 ^ w10, 1); d = d + (w10 + 0x6ed9eba1) + parity(a, b, c) + rotl<u32>(e, 5); a = rotl<u32>(a, 30);
    w11 = rotl<u32>(w8 ^ w3 ^ w13 ^ w11, 1); c = c + (w11 + 0x6ed9eba1) + parity(e, a, b) + rotl<u32>(d, 5); e = rotl<u32>(e, 30);
    w12 = rotl<u32>(w9 ^ w4 ^ w14 ^ w12, 1); b = b + (w12 + 0x6ed9eba1) + parity(d, e, a) + rotl<u32>(c, 5); d = rotl<u32>(d, 30);
    w13 = rotl<u32>(w10 ^ w5 ^ w15 ^ w13, 1); a = a + (w13 + 0x6ed9eba1) + parity(c, d, e) + rotl<u32>(b, 5); c = rotl<u32>(c, 30);
    w14 = rotl<u32>(w11 ^ w6 ^ w0 ^ w14, 1); e = e + (w14 + 0x6ed9eba1) + parity(b, c, d) + rotl<u32>(a, 5); b = rotl<u32>(b, 30);
    w15 = rotl<u32>(w12 ^ w7 ^ w1 ^ w15, 1); d = d + (w15 + 0x6ed9eba1) + parity(a, b, c) + rotl<u32>(e, 5); a = rotl<u32>(a, 30);
    w0 = rotl<u32>(w13 ^ w8 ^ w2 ^ w0, 1); c = c + (w0 + 0x6ed9eba1) + parity(e, a, b) + rotl<u32>(d, 5); e = rotl<u32>(e, 30);
    w1 = rotl<u32>(w14 ^ w9 ^ w3 ^ w1, 1); b = b + (w1 + 0x6ed9eba1) + parity(d, e, a) + rotl<u32>(c, 5); d = rotl<u32>(d, 30);
    w2 = rotl<u32>(w15 ^ w10 ^ w4 ^ w2, 1); a = a + (w2 + 0x6ed9eba1) + parity(c, d, e) + rotl<u32>(b, 5); c = rotl<u32>(c, 30);
    w3 = rotl<u32>(w0 ^ w11 ^ w5 ^ w3, 1); e = e + (w3 + 0x6ed9eba1) + parity(b, c, d) + rotl<u32>(a, 5); b = rotl<u32>(b, 30);
    w4 = rotl<u32>(w1 ^ w12 ^ w6 ^ w4, 1); d = d + (w4 + 0x6ed9eba1) + parity(a, b, c) + rotl<u32>(e, 5); a = rotl<u32>(a, 30);
    w5 = rotl<u32>(w2 ^ w13 ^ w7 ^ w5, 1); c = c + (w5 + 0x6ed9eba1) + parity(e, a, b) + rotl<u32>(d, 5); e = rotl<u32>(e, 30);
    w6 = rotl<u32>(w3 ^ w14 ^ w8 ^ w6, 1); b = b + (w6 + 0x6ed9eba1) + parity(d, e, a) + rotl<u32>(c, 5); d = rotl<u32>(d, 30);
    w7 = rotl<u32>(w4 ^ w15 ^ w9 ^ w7, 1); a = a + (w7 + 0x6ed9eba1) + parity(c, d, e) + rotl<u32>(b, 5); c = rotl<u32>(c, 30);
    w8 = rotl<u32>(w5 ^ w0 ^ w10 ^ w8, 1); e = e + (w8 + 0x8f1bbcdc) + maj(b, c, d) + rotl<u32>(a, 5); b = rotl<u32>(b, 30);
    w9 = rotl<u32>(w6 ^ w1 ^ w11 ^ w9, 1); d = d + (w9 + 0x8f1bbcdc) + maj(a, b, c) + rotl<u32>(e, 5); a = rotl<u32>(a, 30);
    w10 = rotl<u32>(w7 ^ w2 ^ w12 ^ w10, 1); c = c + (w10 + 0x8f1bbcdc) + maj(e, a, b) + rotl<u32>(d, 5); e = rotl<u32>(e, 30);
    w11 = rotl<u32>(w8 ^ w3 ^ w13 ^ w11, 1); b = b + (w11 + 0x8f1bbcdc) + maj(d, e, a) + rotl<u32>(c, 5); d = rotl<u32>(d, 30);
    w12 = rotl<u32>(w9 ^ w4 ^ w14 ^ w12, 1); a = a + (w12 + 0x8f1bbcdc) + maj(c, d, e) + rotl<u32>(b, 5); c = rotl<u32>(c, 30);
    w13 = rotl<u32>(w10 ^ w5 ^ w15 ^ w13, 1); e = e + (w13 + 0x8f1bbcdc) + maj(b, c, d) + rotl<u32>(a, 5); b = rotl<u32>(b, 30);
    w14 = rotl<u32>(w11 ^ w6 ^ w0 ^ w14, 1); d = d + (w14 + 0x8f1bbcdc) + maj(a, b, c) + rotl<u32>(e, 5); a = rotl<u32>(a, 30);
    w15 = rotl<u32>(w12 ^ w7 ^ w1 ^ w15, 1); c = c + (w15 + 0x8f1bbcdc) + maj(e, a, b) + rotl<u32>(d, 5); e = rotl<u32>(e, 30);
    w0 = rotl<u32>(w13 ^ w8 ^ w2 ^ w0, 1); b = b + (w0 + 0x8f1bbcdc) + maj(d, e, a) + rotl<u32>(c, 5); d = rotl<u32>(d, 30);
    w1 = rotl<u32>(w14 ^ w9 ^ w3 ^ w1, 1); a = a + (w1 + 0x8f1bbcdc) + maj(c, d, e) + rotl<u32>(b, 5); c = rotl<u32>(c, 30);
    w2 = rotl<u32>(w15 ^ w10 ^ w4 ^ w2, 1); e = e + (w2 + 0x8f1bbcdc) + maj(b, c, d) + rotl<u32>(a, 5); b = rotl<u32>(b, 30);
    w3 = rotl<u32>(w0 ^ w11 ^ w5 ^ w3, 1); d = d + (w3 + 0x8f1bbcdc) + maj(a, b, c) + rotl<u32>(e, 5); a = rotl<u32>(a, 30);
    w4 = rotl<u32>(w1 ^ w12 ^ w6 ^ w4, 1); c = c + (w4 + 0x8f1bbcdc) + maj(e, a, b) + rotl<u32>(d, 5); e = rotl<u32>(e, 30);
    w5 = rotl<u32>(w2 ^ w13 ^ w7 ^ w5, 1); b = b + (w5 + 0x8f1bbcdc) + maj(d, e, a) + rotl<u32>(c, 5); d = rotl<u32>(d, 30);
    w6 = rotl<u32>(w3 ^ w14 ^ w8 ^ w6, 1); a = a + (w6 + 0x8f1bbcdc) + maj(c, d, e) + rotl<u32>(b, 5); c = rotl<u32>(c, 30);
    w7 = rotl<u32>(w4 ^ w15 ^ w9 ^ w7, 1); e = e + (w7 + 0x8f1bbcdc) + maj(b, c, d) + rotl<u32>(a, 5); b = rotl<u32>(b, 30);
    w8 = rotl<u32>(w5 ^ w0 ^ w10 ^ w8, 1); d = d + (w8 + 0x8f1bbcdc) + maj(a, b, c) + rotl<u32>(e, 5); a = rotl<u32>(a, 30);
    w9 = rotl<u32>(w6 ^ w1 ^ w11 ^ w9, 1); c = c + (w9 + 0x8f1bbcdc) + maj(e, a, b) + rotl<u32>(d, 5); e = rotl<u32>(e, 30);
    w10 = rotl<u32>(w7 ^ w2 ^ w12 ^ w10, 1); b = b + (w10 + 0x8f1bbcdc) + maj(d, e, a) + rotl<u32>(c, 5); d = rotl<u32>(d, 30);
    w11 = rotl<u32>(w8 ^ w3 ^ w13 ^ w11, 1); a = a + (w11 + 0x8f1bbcdc) + maj(c, d, e) + rotl<u32>(b, 5); c = rotl<u32>(c, 30);
    w12 = rotl<u32>(w9 ^ w4 ^ w14 ^ w12, 1); e = e + (w12 + 0xca62c1d6) + parity(b, c, d) + rotl<u32>(a, 5); b = rotl<u32>(b, 30);
    w13 = rotl<u32>(w10 ^ w5 ^ w15 ^ w13, 1); d = d + (w13 + 0xca62c1d6) + parity(a, b, c) + rotl<u32>(e, 5); a = rotl<u32>(a, 30);
    w14 = rotl<u32>(w11 ^ w6 ^ w0 ^ w14, 1); c = c + (w14 + 0xca62c1d6) + parity(e, a, b) + rotl<u32>(d, 5); e = rotl<u32>(e, 30);
    w15 = rotl<u32>(w12 ^ w7 ^ w1 ^ w15, 1); b = b + (w15 + 0xca62c1d6) + parity(d, e, a) + rotl<u32>(c, 5); d = rotl<u32>(d, 30);
    w0 = rotl<u32>(w13 ^ w8 ^ w2 ^ w0, 1); a = a + (w0 + 0xca62c1d6) + parity(c, d, e) + rotl<u32>(b, 5); c = rotl<u32>(c, 30);
    w1 = rotl<u32>(w14 ^ w9 ^ w3 ^ w1, 1); e = e + (w1 + 0xca62c1d6) + parity(b, c, d) + rotl<u32>(a, 5); b = rotl<u32>(b, 30);
    w2 = rotl<u32>(w15 ^ w10 ^ w4 ^ w2, 1); d = d + (w2 + 0xca62c1d6) + parity(a, b, c) + rotl<u32>(e, 5); a = rotl<u32>(a, 30);
    w3 = rotl<u32>(w0 ^ w11 ^ w5 ^ w3, 1); c = c + (w3 + 0xca62c1d6) + parity(e, a, b) + rotl<u32>(d, 5); e = rotl<u32>(e, 30);
    w4 = rotl<u32>(w1 ^ w12 ^ w6 ^ w4, 1); b = b + (w4 + 0xca62c1d6) + parity(d, e, a) + rotl<u32>(c, 5); d = rotl<u32>(d, 30);
    w5 = rotl<u32>(w2 ^ w13 ^ w7 ^ w5, 1); a = a + (w5 + 0xca62c1d6) + parity(c, d, e) + rotl<u32>(b, 5); c = rotl<u32>(c, 30);
    w6 = rotl<u32>(w3 ^ w14 ^ w8 ^ w6, 1); e = e + (w6 + 0xca62c1d6) + parity(b, c, d) + rotl<u32>(a, 5); b = rotl<u32>(b, 30);
    w7 = rotl<u32>(w4 ^ w15 ^ w9 ^ w7, 1); d = d + (w7 + 0xca62c1d6) + parity(a, b, c) + rotl<u32>(e, 5); a = rotl<u32>(a, 30);
    w8 = rotl<u32>(w5 ^ w0 ^ w10 ^ w8, 1); c = c + (w8 + 0xca62c1d6) + parity(e, a, b) + rotl<u32>(d, 5); e = rotl<u32>(e, 30);
    w9 = rotl<u32>(w6 ^ w1 ^ w11 ^ w9, 1); b = b + (w9 + 0xca62c1d6) + parity(d, e, a) + rotl<u32>(c, 5); d = rotl<u32>(d, 30);
    w10 = rotl<u32>(w7 ^ w2 ^ w12 ^ w10, 1); a = a + (w10 + 0xca62c1d6) + parity(c, d, e) + rotl<u32>(b, 5); c = rotl<u32>(c, 30);
    w11 = rotl<u32>(w8 ^ w3 ^ w13 ^ w11, 1); e = e + (w11 + 0xca62c1d6) + parity(b, c, d) + rotl<u32>(a, 5); b = rotl<u32>(b, 30);
    w12 = rotl<u32>(w9 ^ w4 ^ w14 ^ w12, 1); d = d + (w12 + 0xca62c1d6) + parity(a, b, c) + rotl<u32>(e, 5); a = rotl<u32>(a, 30);
    w13 = rotl<u32>(w10 ^ w5 ^ w15 ^ w13, 1); c = c + (w13 + 0xca62c1d6) + parity(e, a, b) + rotl<u32>(d, 5); e = rotl<u32>(e, 30);
    w14 = rotl<u32>(w11 ^ w6 ^ w0 ^ w14, 1); b = b + (w14 + 0xca62c1d6) + parity(d, e, a) + rotl<u32>(c, 5); d = rotl<u32>(d, 30);
    w15 = rotl<u32>(w12 ^ w7 ^ w1 ^ w15, 1); a = a + (w15 + 0xca62c1d6) + parity(c, d, e) + rotl<u32>(b, 5); c = rotl<u32>(c, 30);
    h0 += a;
    h1 += b;
    h2 += c;
    h3 += d;
    h4 += e;
  }
  store<u32>(chain, h0, 0);
  store<u32>(chain, h1, 4);
  store<u32>(chain, h2, 8);
  store<u32>(chain, h3, 12);
  store<u32>(chain, h4, 16);
}

class Sha1 extends Hash {
  constructor() {
    // The chaining value takes 24 bytes so that what follows stays aligned.
    super(HashAlg.SHA1, "sha", 20, 64, 24, 96);
  }

  protected start(chain: usize): void {
    store<u32>(chain, 0x67452301, 0);
    store<u32>(chain, 0xefcdab89, 4);
    store<u32>(chain, 0x98badcfe, 8);
    store<u32>(chain, 0x10325476, 12);
    store<u32>(chain, 0xc3d2e1f0, 16);
    store<u32>(chain, 0, 20);
  }

  protected compress(chain: usize, data: usize, blocks: u32): void {
    if (ASC_FEATURE_SIMD) simd.compress(chain, data, blocks);
    else compressBlocks(chain, data, blocks);
  }

  protected putLength(blockEnd: usize, count: u64): void {
    store<u64>(blockEnd - 8, bswap<u64>(count << 3));
  }

  protected emit(chain: usize, out: usize): void {
    for (let i: usize = 0; i < 20; i += 4) store<u32>(out + i, bswap<u32>(load<u32>(chain + i)));
  }

  wipeScratch(): void {
    // The scalar code keeps all it works on in locals.
    if (ASC_FEATURE_SIMD) simd.wipeScratch();
  }
}

/** SHA-1. */
export const sha1: Hash = new Sha1();
