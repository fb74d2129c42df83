// SHA-1 (FIPS 180-4, 6.1), constant time. Collisions can be bought; HMAC-SHA-1 (RFC 2404) does not rest on their absence.
import { Hash, HashAlg } from "./hash";
import * as ct from "../util/ct";

/** The message schedule of the block in work: wiped by every final. */
const schedule: usize = memory.data(320, 8);

// @ts-ignore: decorator
@inline
function ch(x: u32, y: u32, z: u32): u32 {
  return z ^ (x & (y ^ z));
}

// @ts-ignore: decorator
@inline
function parity(x: u32, y: u32, z: u32): u32 {
  return x ^ (y ^ z);
}

// @ts-ignore: decorator
@inline
function maj(x: u32, y: u32, z: u32): u32 {
  // The two terms never share a bit, so that they may be added.
  return (y & z) + (x & (y ^ z));
}

function compressBlocks(chain: usize, data: usize, blocks: u32): void {
  for (; blocks; blocks--, data += 64) {
    for (let i: usize = 0; i < 64; i += 4) store<u32>(schedule + i, bswap<u32>(load<u32>(data + i)));
    for (let t = schedule + 64; t < schedule + 320; t += 16) {
      expand(t);
      expand(t + 4);
      expand(t + 8);
      expand(t + 12);
    }
    let a = load<u32>(chain, 0);
    let b = load<u32>(chain, 4);
    let c = load<u32>(chain, 8);
    let d = load<u32>(chain, 12);
    let e = load<u32>(chain, 16);
    let w = schedule;
    for (; w < schedule + 80; w += 20) {
      e += rotl<u32>(a, 5) + ch(b, c, d) + 0x5a827999 + load<u32>(w, 0); b = rotl<u32>(b, 30);
      d += rotl<u32>(e, 5) + ch(a, b, c) + 0x5a827999 + load<u32>(w, 4); a = rotl<u32>(a, 30);
      c += rotl<u32>(d, 5) + ch(e, a, b) + 0x5a827999 + load<u32>(w, 8); e = rotl<u32>(e, 30);
      b += rotl<u32>(c, 5) + ch(d, e, a) + 0x5a827999 + load<u32>(w, 12); d = rotl<u32>(d, 30);
      a += rotl<u32>(b, 5) + ch(c, d, e) + 0x5a827999 + load<u32>(w, 16); c = rotl<u32>(c, 30);
    }
    for (; w < schedule + 160; w += 20) {
      e += rotl<u32>(a, 5) + parity(b, c, d) + 0x6ed9eba1 + load<u32>(w, 0); b = rotl<u32>(b, 30);
      d += rotl<u32>(e, 5) + parity(a, b, c) + 0x6ed9eba1 + load<u32>(w, 4); a = rotl<u32>(a, 30);
      c += rotl<u32>(d, 5) + parity(e, a, b) + 0x6ed9eba1 + load<u32>(w, 8); e = rotl<u32>(e, 30);
      b += rotl<u32>(c, 5) + parity(d, e, a) + 0x6ed9eba1 + load<u32>(w, 12); d = rotl<u32>(d, 30);
      a += rotl<u32>(b, 5) + parity(c, d, e) + 0x6ed9eba1 + load<u32>(w, 16); c = rotl<u32>(c, 30);
    }
    for (; w < schedule + 240; w += 20) {
      e += rotl<u32>(a, 5) + maj(b, c, d) + 0x8f1bbcdc + load<u32>(w, 0); b = rotl<u32>(b, 30);
      d += rotl<u32>(e, 5) + maj(a, b, c) + 0x8f1bbcdc + load<u32>(w, 4); a = rotl<u32>(a, 30);
      c += rotl<u32>(d, 5) + maj(e, a, b) + 0x8f1bbcdc + load<u32>(w, 8); e = rotl<u32>(e, 30);
      b += rotl<u32>(c, 5) + maj(d, e, a) + 0x8f1bbcdc + load<u32>(w, 12); d = rotl<u32>(d, 30);
      a += rotl<u32>(b, 5) + maj(c, d, e) + 0x8f1bbcdc + load<u32>(w, 16); c = rotl<u32>(c, 30);
    }
    for (; w < schedule + 320; w += 20) {
      e += rotl<u32>(a, 5) + parity(b, c, d) + 0xca62c1d6 + load<u32>(w, 0); b = rotl<u32>(b, 30);
      d += rotl<u32>(e, 5) + parity(a, b, c) + 0xca62c1d6 + load<u32>(w, 4); a = rotl<u32>(a, 30);
      c += rotl<u32>(d, 5) + parity(e, a, b) + 0xca62c1d6 + load<u32>(w, 8); e = rotl<u32>(e, 30);
      b += rotl<u32>(c, 5) + parity(d, e, a) + 0xca62c1d6 + load<u32>(w, 12); d = rotl<u32>(d, 30);
      a += rotl<u32>(b, 5) + parity(c, d, e) + 0xca62c1d6 + load<u32>(w, 16); c = rotl<u32>(c, 30);
    }
    store<u32>(chain, load<u32>(chain, 0) + a, 0);
    store<u32>(chain, load<u32>(chain, 4) + b, 4);
    store<u32>(chain, load<u32>(chain, 8) + c, 8);
    store<u32>(chain, load<u32>(chain, 12) + d, 12);
    store<u32>(chain, load<u32>(chain, 16) + e, 16);
  }
}

/** One word of the schedule at `t` from the sixteen before it. */
// @ts-ignore: decorator
@inline
function expand(t: usize): void {
  store<u32>(t, rotl<u32>(load<u32>(t - 12) ^ load<u32>(t - 32) ^ load<u32>(t - 56) ^ load<u32>(t - 64), 1));
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
    compressBlocks(chain, data, blocks);
  }

  protected putLength(blockEnd: usize, count: u64): void {
    store<u64>(blockEnd - 8, bswap<u64>(count << 3));
  }

  protected emit(chain: usize, out: usize): void {
    for (let i: usize = 0; i < 20; i += 4) store<u32>(out + i, bswap<u32>(load<u32>(chain + i)));
  }

  wipeScratch(): void {
    ct.wipe(schedule, 320);
  }
}

/** SHA-1. */
export const sha1: Hash = new Sha1();
