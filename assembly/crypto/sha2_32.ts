// SHA-256 (FIPS 180-4, 6.2), constant time: no table is indexed by the message. Eight rounds are written out so that the
// eight working variables stay in registers; the schedule is expanded eight words at a time just before its rounds.
import { Hash, HashAlg } from "./hash";
import * as ct from "../util/ct";

const K: usize = memory.data<u32>([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
]);

/** The message schedule of the block in work: wiped by every final. */
const schedule: usize = memory.data(256, 8);

// @ts-ignore: decorator
@inline
function ch(x: u32, y: u32, z: u32): u32 {
  return z ^ (x & (y ^ z));
}

// @ts-ignore: decorator
@inline
function maj(x: u32, y: u32, z: u32): u32 {
  return (x & y) | (z & (x | y));
}

// @ts-ignore: decorator
@inline
function bigSigma0(x: u32): u32 {
  return rotr<u32>(x, 2) ^ rotr<u32>(x, 13) ^ rotr<u32>(x, 22);
}

// @ts-ignore: decorator
@inline
function bigSigma1(x: u32): u32 {
  return rotr<u32>(x, 6) ^ rotr<u32>(x, 11) ^ rotr<u32>(x, 25);
}

/** One word of the schedule at `t` from the sixteen before it. */
// @ts-ignore: decorator
@inline
function expand(t: usize): void {
  const x = load<u32>(t - 60);
  const y = load<u32>(t - 8);
  const s0 = rotr<u32>(x, 7) ^ rotr<u32>(x, 18) ^ (x >> 3);
  const s1 = rotr<u32>(y, 17) ^ rotr<u32>(y, 19) ^ (y >> 10);
  store<u32>(t, s0 + s1 + load<u32>(t - 64) + load<u32>(t - 28));
}

function compressBlocks(chain: usize, data: usize, blocks: u32): void {
  for (; blocks; blocks--, data += 64) {
    for (let i: usize = 0; i < 64; i += 4) store<u32>(schedule + i, bswap<u32>(load<u32>(data + i)));
    let a = load<u32>(chain, 0);
    let b = load<u32>(chain, 4);
    let c = load<u32>(chain, 8);
    let d = load<u32>(chain, 12);
    let e = load<u32>(chain, 16);
    let f = load<u32>(chain, 20);
    let g = load<u32>(chain, 24);
    let h = load<u32>(chain, 28);
    for (let i: usize = 0; i < 256; i += 32) {
      const k = K + i;
      const w = schedule + i;
      if (i >= 64) {
        expand(w + 0);
        expand(w + 4);
        expand(w + 8);
        expand(w + 12);
        expand(w + 16);
        expand(w + 20);
        expand(w + 24);
        expand(w + 28);
      }
      h += bigSigma1(e) + ch(e, f, g) + load<u32>(k, 0) + load<u32>(w, 0); d += h; h += bigSigma0(a) + maj(a, b, c);
      g += bigSigma1(d) + ch(d, e, f) + load<u32>(k, 4) + load<u32>(w, 4); c += g; g += bigSigma0(h) + maj(h, a, b);
      f += bigSigma1(c) + ch(c, d, e) + load<u32>(k, 8) + load<u32>(w, 8); b += f; f += bigSigma0(g) + maj(g, h, a);
      e += bigSigma1(b) + ch(b, c, d) + load<u32>(k, 12) + load<u32>(w, 12); a += e; e += bigSigma0(f) + maj(f, g, h);
      d += bigSigma1(a) + ch(a, b, c) + load<u32>(k, 16) + load<u32>(w, 16); h += d; d += bigSigma0(e) + maj(e, f, g);
      c += bigSigma1(h) + ch(h, a, b) + load<u32>(k, 20) + load<u32>(w, 20); g += c; c += bigSigma0(d) + maj(d, e, f);
      b += bigSigma1(g) + ch(g, h, a) + load<u32>(k, 24) + load<u32>(w, 24); f += b; b += bigSigma0(c) + maj(c, d, e);
      a += bigSigma1(f) + ch(f, g, h) + load<u32>(k, 28) + load<u32>(w, 28); e += a; a += bigSigma0(b) + maj(b, c, d);
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
    compressBlocks(chain, data, blocks);
  }

  protected putLength(blockEnd: usize, count: u64): void {
    store<u64>(blockEnd - 8, bswap<u64>(count << 3));
  }

  protected emit(chain: usize, out: usize): void {
    for (let i: usize = 0; i < 32; i += 4) store<u32>(out + i, bswap<u32>(load<u32>(chain + i)));
  }

  wipeScratch(): void {
    ct.wipe(schedule, 256);
  }
}

/** SHA-256. */
export const sha256: Hash = new Sha256();
