// SHA-256 (FIPS 180-4, 6.2), constant time: no table is indexed by the message. Sixteen rounds are written out, so that the
// eight working variables and the schedule's last sixteen words are locals; 32-bit cores with 32 registers hold them all.
import { Hash, HashAlg } from "./hash";
import { K256, bigSigma0, bigSigma1, ch, majority } from "./sha_words";
import * as simd from "./simd/sha2_32";

/** One word of the schedule from those 16, 15, 7 and 2 places before it. */
// @ts-ignore: decorator
@inline
function next(w: u32, x: u32, z: u32, y: u32): u32 {
  const s0 = rotr<u32>(x, 7) ^ rotr<u32>(x, 18) ^ (x >> 3);
  const s1 = rotr<u32>(y, 17) ^ rotr<u32>(y, 19) ^ (y >> 10);
  return w + s0 + z + s1;
}

function compressBlocks(chain: usize, data: usize, blocks: u32): void {
  for (; blocks; blocks--, data += 64) {
    let a = load<u32>(chain, 0);
    let b = load<u32>(chain, 4);
    let c = load<u32>(chain, 8);
    let d = load<u32>(chain, 12);
    let e = load<u32>(chain, 16);
    let f = load<u32>(chain, 20);
    let g = load<u32>(chain, 24);
    let h = load<u32>(chain, 28);
    let w0 = bswap<u32>(load<u32>(data, 0));
    h = h + (load<u32>(K256, 0) + w0) + ch(e, f, g) + bigSigma1(e); d += h; h = h + majority(a, b, c) + bigSigma0(a);
    let w1 = bswap<u32>(load<u32>(data, 4));
    g = g + (load<u32>(K256, 4) + w1) + ch(d, e, f) + bigSigma1(d); c += g; g = g + majority(h, a, b) + bigSigma0(h);
    let w2 = bswap<u32>(load<u32>(data, 8));
    f = f + (load<u32>(K256, 8) + w2) + ch(c, d, e) + bigSigma1(c); b += f; f = f + majority(g, h, a) + bigSigma0(g);
    let w3 = bswap<u32>(load<u32>(data, 12));
    e = e + (load<u32>(K256, 12) + w3) + ch(b, c, d) + bigSigma1(b); a += e; e = e + majority(f, g, h) + bigSigma0(f);
    let w4 = bswap<u32>(load<u32>(data, 16));
    d = d + (load<u32>(K256, 16) + w4) + ch(a, b, c) + bigSigma1(a); h += d; d = d + majority(e, f, g) + bigSigma0(e);
    let w5 = bswap<u32>(load<u32>(data, 20));
    c = c + (load<u32>(K256, 20) + w5) + ch(h, a, b) + bigSigma1(h); g += c; c = c + majority(d, e, f) + bigSigma0(d);
    let w6 = bswap<u32>(load<u32>(data, 24));
    b = b + (load<u32>(K256, 24) + w6) + ch(g, h, a) + bigSigma1(g); f += b; b = b + majority(c, d, e) + bigSigma0(c);
    let w7 = bswap<u32>(load<u32>(data, 28));
    a = a + (load<u32>(K256, 28) + w7) + ch(f, g, h) + bigSigma1(f); e += a; a = a + majority(b, c, d) + bigSigma0(b);
    let w8 = bswap<u32>(load<u32>(data, 32));
    h = h + (load<u32>(K256, 32) + w8) + ch(e, f, g) + bigSigma1(e); d += h; h = h + majority(a, b, c) + bigSigma0(a);
    let w9 = bswap<u32>(load<u32>(data, 36));
    g = g + (load<u32>(K256, 36) + w9) + ch(d, e, f) + bigSigma1(d); c += g; g = g + majority(h, a, b) + bigSigma0(h);
    let w10 = bswap<u32>(load<u32>(data, 40));
    f = f + (load<u32>(K256, 40) + w10) + ch(c, d, e) + bigSigma1(c); b += f; f = f + majority(g, h, a) + bigSigma0(g);
    let w11 = bswap<u32>(load<u32>(data, 44));
    e = e + (load<u32>(K256, 44) + w11) + ch(b, c, d) + bigSigma1(b); a += e; e = e + majority(f, g, h) + bigSigma0(f);
    let w12 = bswap<u32>(load<u32>(data, 48));
    d = d + (load<u32>(K256, 48) + w12) + ch(a, b, c) + bigSigma1(a); h += d; d = d + majority(e, f, g) + bigSigma0(e);
    let w13 = bswap<u32>(load<u32>(data, 52));
    c = c + (load<u32>(K256, 52) + w13) + ch(h, a, b) + bigSigma1(h); g += c; c = c + majority(d, e, f) + bigSigma0(d);
    let w14 = bswap<u32>(load<u32>(data, 56));
    b = b + (load<u32>(K256, 56) + w14) + ch(g, h, a) + bigSigma1(g); f += b; b = b + majority(c, d, e) + bigSigma0(c);
    let w15 = bswap<u32>(load<u32>(data, 60));
    a = a + (load<u32>(K256, 60) + w15) + ch(f, g, h) + bigSigma1(f); e += a; a = a + majority(b, c, d) + bigSigma0(b);
    for (let k = K256 + 64; k < K256 + 256; k += 64) {
      w0 = next(w0, w1, w9, w14);
      h = h + (load<u32>(k, 0) + w0) + ch(e, f, g) + bigSigma1(e); d += h; h = h + majority(a, b, c) + bigSigma0(a);
      w1 = next(w1, w2, w10, w15);
      g = g + (load<u32>(k, 4) + w1) + ch(d, e, f) + bigSigma1(d); c += g; g = g + majority(h, a, b) + bigSigma0(h);
      w2 = next(w2, w3, w11, w0);
      f = f + (load<u32>(k, 8) + w2) + ch(c, d, e) + bigSigma1(c); b += f; f = f + majority(g, h, a) + bigSigma0(g);
      w3 = next(w3, w4, w12, w1);
      e = e + (load<u32>(k, 12) + w3) + ch(b, c, d) + bigSigma1(b); a += e; e = e + majority(f, g, h) + bigSigma0(f);
      w4 = next(w4, w5, w13, w2);
      d = d + (load<u32>(k, 16) + w4) + ch(a, b, c) + bigSigma1(a); h += d; d = d + majority(e, f, g) + bigSigma0(e);
      w5 = next(w5, w6, w14, w3);
      c = c + (load<u32>(k, 20) + w5) + ch(h, a, b) + bigSigma1(h); g += c; c = c + majority(d, e, f) + bigSigma0(d);
      w6 = next(w6, w7, w15, w4);
      b = b + (load<u32>(k, 24) + w6) + ch(g, h, a) + bigSigma1(g); f += b; b = b + majority(c, d, e) + bigSigma0(c);
      w7 = next(w7, w8, w0, w5);
      a = a + (load<u32>(k, 28) + w7) + ch(f, g, h) + bigSigma1(f); e += a; a = a + majority(b, c, d) + bigSigma0(b);
      w8 = next(w8, w9, w1, w6);
      h = h + (load<u32>(k, 32) + w8) + ch(e, f, g) + bigSigma1(e); d += h; h = h + majority(a, b, c) + bigSigma0(a);
      w9 = next(w9, w10, w2, w7);
      g = g + (load<u32>(k, 36) + w9) + ch(d, e, f) + bigSigma1(d); c += g; g = g + majority(h, a, b) + bigSigma0(h);
      w10 = next(w10, w11, w3, w8);
      f = f + (load<u32>(k, 40) + w10) + ch(c, d, e) + bigSigma1(c); b += f; f = f + majority(g, h, a) + bigSigma0(g);
      w11 = next(w11, w12, w4, w9);
      e = e + (load<u32>(k, 44) + w11) + ch(b, c, d) + bigSigma1(b); a += e; e = e + majority(f, g, h) + bigSigma0(f);
      w12 = next(w12, w13, w5, w10);
      d = d + (load<u32>(k, 48) + w12) + ch(a, b, c) + bigSigma1(a); h += d; d = d + majority(e, f, g) + bigSigma0(e);
      w13 = next(w13, w14, w6, w11);
      c = c + (load<u32>(k, 52) + w13) + ch(h, a, b) + bigSigma1(h); g += c; c = c + majority(d, e, f) + bigSigma0(d);
      w14 = next(w14, w15, w7, w12);
      b = b + (load<u32>(k, 56) + w14) + ch(g, h, a) + bigSigma1(g); f += b; b = b + majority(c, d, e) + bigSigma0(c);
      w15 = next(w15, w0, w8, w13);
      a = a + (load<u32>(k, 60) + w15) + ch(f, g, h) + bigSigma1(f); e += a; a = a + majority(b, c, d) + bigSigma0(b);
    }
    store<u32>(chain, load<u32>(chain, 0) + a, 0);
    store<u32>(chain, load<u32>(chain, 4) + b, 4);
    store<u32>(chain, load<u32>(chain, 8) + c, 8);
    store<u32>(chain, load<u32>(chain, 12) + d, 12);
    store<u32>(chain, load<u32>(chain, 16) + e, 16);
    store<u32>(chain, load<u32>(chain, 20) + f, 20);
    store<u32>(chain, load<u32>(chain, 24) + g, 24);
    store<u32>(chain, load<u32>(chain, 28) + h, 28);
  }
}

class Sha256 extends Hash {
  constructor() {
    super(HashAlg.SHA256, "sha256", 32, 64, 32, 104);
  }

  protected start(chain: usize): void {
    store<u32>(chain, 0x6a09e667, 0);
    store<u32>(chain, 0xbb67ae85, 4);
    store<u32>(chain, 0x3c6ef372, 8);
    store<u32>(chain, 0xa54ff53a, 12);
    store<u32>(chain, 0x510e527f, 16);
    store<u32>(chain, 0x9b05688c, 20);
    store<u32>(chain, 0x1f83d9ab, 24);
    store<u32>(chain, 0x5be0cd19, 28);
  }

  protected compress(chain: usize, data: usize, blocks: u32): void {
    if (ASC_FEATURE_SIMD) simd.compress(chain, data, blocks);
    else compressBlocks(chain, data, blocks);
  }

  protected putLength(blockEnd: usize, count: u64): void {
    store<u64>(blockEnd - 8, bswap<u64>(count << 3));
  }

  protected emit(chain: usize, out: usize): void {
    for (let i: usize = 0; i < 32; i += 4) store<u32>(out + i, bswap<u32>(load<u32>(chain + i)));
  }

  wipeScratch(): void {
    // The scalar code keeps all it works on in locals.
    if (ASC_FEATURE_SIMD) simd.wipeScratch();
  }
}

/** SHA-256. */
export const sha256: Hash = new Sha256();
