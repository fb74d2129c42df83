// MD5 (RFC 1321), constant time. Collisions are cheap; HMAC-MD5 (RFC 2403) and IKE's prf do not rest on their absence,
// but it is here for old peers alone.
import { Hash, HashAlg } from "./hash";

// @ts-ignore: decorator
@inline
function ff(a: u32, b: u32, c: u32, d: u32, x: u32, s: u32, t: u32): u32 {
  return b + rotl<u32>(a + (d ^ (b & (c ^ d))) + x + t, s);
}

// @ts-ignore: decorator
@inline
function gg(a: u32, b: u32, c: u32, d: u32, x: u32, s: u32, t: u32): u32 {
  // The two terms never share a bit, so that they may be added: the sum does not wait for `b` in the second.
  return b + rotl<u32>(a + (c & ~d) + (b & d) + x + t, s);
}

// @ts-ignore: decorator
@inline
function hh(a: u32, b: u32, c: u32, d: u32, x: u32, s: u32, t: u32): u32 {
  return b + rotl<u32>(a + (b ^ (c ^ d)) + x + t, s);
}

// @ts-ignore: decorator
@inline
function ii(a: u32, b: u32, c: u32, d: u32, x: u32, s: u32, t: u32): u32 {
  return b + rotl<u32>(a + (c ^ (b | ~d)) + x + t, s);
}

function compressBlocks(chain: usize, data: usize, blocks: u32): void {
  let a = load<u32>(chain, 0);
  let b = load<u32>(chain, 4);
  let c = load<u32>(chain, 8);
  let d = load<u32>(chain, 12);
  for (; blocks; blocks--, data += 64) {
    const a0 = a;
    const b0 = b;
    const c0 = c;
    const d0 = d;

    a = ff(a, b, c, d, load<u32>(data, 0), 7, 0xd76aa478); d = ff(d, a, b, c, load<u32>(data, 4), 12, 0xe8c7b756);
    c = ff(c, d, a, b, load<u32>(data, 8), 17, 0x242070db); b = ff(b, c, d, a, load<u32>(data, 12), 22, 0xc1bdceee);
    a = ff(a, b, c, d, load<u32>(data, 16), 7, 0xf57c0faf); d = ff(d, a, b, c, load<u32>(data, 20), 12, 0x4787c62a);
    c = ff(c, d, a, b, load<u32>(data, 24), 17, 0xa8304613); b = ff(b, c, d, a, load<u32>(data, 28), 22, 0xfd469501);
    a = ff(a, b, c, d, load<u32>(data, 32), 7, 0x698098d8); d = ff(d, a, b, c, load<u32>(data, 36), 12, 0x8b44f7af);
    c = ff(c, d, a, b, load<u32>(data, 40), 17, 0xffff5bb1); b = ff(b, c, d, a, load<u32>(data, 44), 22, 0x895cd7be);
    a = ff(a, b, c, d, load<u32>(data, 48), 7, 0x6b901122); d = ff(d, a, b, c, load<u32>(data, 52), 12, 0xfd987193);
    c = ff(c, d, a, b, load<u32>(data, 56), 17, 0xa679438e); b = ff(b, c, d, a, load<u32>(data, 60), 22, 0x49b40821);

    a = gg(a, b, c, d, load<u32>(data, 4), 5, 0xf61e2562); d = gg(d, a, b, c, load<u32>(data, 24), 9, 0xc040b340);
    c = gg(c, d, a, b, load<u32>(data, 44), 14, 0x265e5a51); b = gg(b, c, d, a, load<u32>(data, 0), 20, 0xe9b6c7aa);
    a = gg(a, b, c, d, load<u32>(data, 20), 5, 0xd62f105d); d = gg(d, a, b, c, load<u32>(data, 40), 9, 0x02441453);
    c = gg(c, d, a, b, load<u32>(data, 60), 14, 0xd8a1e681); b = gg(b, c, d, a, load<u32>(data, 16), 20, 0xe7d3fbc8);
    a = gg(a, b, c, d, load<u32>(data, 36), 5, 0x21e1cde6); d = gg(d, a, b, c, load<u32>(data, 56), 9, 0xc33707d6);
    c = gg(c, d, a, b, load<u32>(data, 12), 14, 0xf4d50d87); b = gg(b, c, d, a, load<u32>(data, 32), 20, 0x455a14ed);
    a = gg(a, b, c, d, load<u32>(data, 52), 5, 0xa9e3e905); d = gg(d, a, b, c, load<u32>(data, 8), 9, 0xfcefa3f8);
    c = gg(c, d, a, b, load<u32>(data, 28), 14, 0x676f02d9); b = gg(b, c, d, a, load<u32>(data, 48), 20, 0x8d2a4c8a);

    a = hh(a, b, c, d, load<u32>(data, 20), 4, 0xfffa3942); d = hh(d, a, b, c, load<u32>(data, 32), 11, 0x8771f681);
    c = hh(c, d, a, b, load<u32>(data, 44), 16, 0x6d9d6122); b = hh(b, c, d, a, load<u32>(data, 56), 23, 0xfde5380c);
    a = hh(a, b, c, d, load<u32>(data, 4), 4, 0xa4beea44); d = hh(d, a, b, c, load<u32>(data, 16), 11, 0x4bdecfa9);
    c = hh(c, d, a, b, load<u32>(data, 28), 16, 0xf6bb4b60); b = hh(b, c, d, a, load<u32>(data, 40), 23, 0xbebfbc70);
    a = hh(a, b, c, d, load<u32>(data, 52), 4, 0x289b7ec6); d = hh(d, a, b, c, load<u32>(data, 0), 11, 0xeaa127fa);
    c = hh(c, d, a, b, load<u32>(data, 12), 16, 0xd4ef3085); b = hh(b, c, d, a, load<u32>(data, 24), 23, 0x04881d05);
    a = hh(a, b, c, d, load<u32>(data, 36), 4, 0xd9d4d039); d = hh(d, a, b, c, load<u32>(data, 48), 11, 0xe6db99e5);
    c = hh(c, d, a, b, load<u32>(data, 60), 16, 0x1fa27cf8); b = hh(b, c, d, a, load<u32>(data, 8), 23, 0xc4ac5665);

    a = ii(a, b, c, d, load<u32>(data, 0), 6, 0xf4292244); d = ii(d, a, b, c, load<u32>(data, 28), 10, 0x432aff97);
    c = ii(c, d, a, b, load<u32>(data, 56), 15, 0xab9423a7); b = ii(b, c, d, a, load<u32>(data, 20), 21, 0xfc93a039);
    a = ii(a, b, c, d, load<u32>(data, 48), 6, 0x655b59c3); d = ii(d, a, b, c, load<u32>(data, 12), 10, 0x8f0ccc92);
    c = ii(c, d, a, b, load<u32>(data, 40), 15, 0xffeff47d); b = ii(b, c, d, a, load<u32>(data, 4), 21, 0x85845dd1);
    a = ii(a, b, c, d, load<u32>(data, 32), 6, 0x6fa87e4f); d = ii(d, a, b, c, load<u32>(data, 60), 10, 0xfe2ce6e0);
    c = ii(c, d, a, b, load<u32>(data, 24), 15, 0xa3014314); b = ii(b, c, d, a, load<u32>(data, 52), 21, 0x4e0811a1);
    a = ii(a, b, c, d, load<u32>(data, 16), 6, 0xf7537e82); d = ii(d, a, b, c, load<u32>(data, 44), 10, 0xbd3af235);
    c = ii(c, d, a, b, load<u32>(data, 8), 15, 0x2ad7d2bb); b = ii(b, c, d, a, load<u32>(data, 36), 21, 0xeb86d391);

    a += a0;
    b += b0;
    c += c0;
    d += d0;
  }
  store<u32>(chain, a, 0);
  store<u32>(chain, b, 4);
  store<u32>(chain, c, 8);
  store<u32>(chain, d, 12);
}

class Md5 extends Hash {
  constructor() {
    super(HashAlg.MD5, "md5", 16, 64, 16, 88);
  }

  protected start(chain: usize): void {
    store<u32>(chain, 0x67452301, 0);
    store<u32>(chain, 0xefcdab89, 4);
    store<u32>(chain, 0x98badcfe, 8);
    store<u32>(chain, 0x10325476, 12);
  }

  protected compress(chain: usize, data: usize, blocks: u32): void {
    compressBlocks(chain, data, blocks);
  }

  protected putLength(blockEnd: usize, count: u64): void {
    store<u64>(blockEnd - 8, count << 3);
  }

  protected emit(chain: usize, out: usize): void {
    memory.copy(out, chain, 16);
  }

  wipeScratch(): void {}
}

/** MD5. */
export const md5: Hash = new Md5();
