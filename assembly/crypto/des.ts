// DES and 3DES (FIPS 46-3; SP 800-67) in CBC mode (RFC 2405, RFC 2451), constant time. Both are here for old peers: DES
// falls to a search of its 56 bits, and either cipher's 64-bit block wants a new key long before 2^32 blocks.
//
// All eight S-boxes are evaluated at once as polynomials over GF(2): each of the 32 bits of a word is one output bit of
// one S-box and carries its own coefficients as a bit of the constants below; `x1` to `x5` hold an input of that S-box
// in all four bits of its nibble. The upper half of a 64-bit word holds the coefficients that `x0` multiplies. No table
// is indexed by data. Inside a nibble the outputs stand in the order that lets P be done in eight rotations.
//
//   key schedule:  48 (DES: 16) round keys of 8 bytes, in the order of encryption; half of each lies in the order of
//                  R's own bits for x1 to x4, and half for x0 and x5, so that E is two XORs and some masks.
import { BlockCipher, CipherAlg } from "./cipher";
import { WIDE, closeWide, decryptWide, openWide } from "./des_wide";

/** Ciphertext of the blocks in work, which the next ones chain with. */
const kept: usize = memory.data(1024, 8);

/** From this many blocks on, many at once are quicker than one after the other. */
// @ts-ignore: decorator
@inline const WIDE_MIN: u32 = 8;

/** The coefficients of the polynomials, in the order of their use. */
const F: usize = memory.data<u64>([
  0x0a731fab9c7c0e11, 0xa7306e49892f85d8, 0xe07fa4b02433f672, 0xcb0f723d600fe212, 0xdadcc082015fa80b, 0x2a3c4b1620109202,
  0xfd4fab1b486c6000, 0x68b3ae73b6d959a5, 0xa3d0b400ea4f8049, 0x0803eb218c1cf210, 0xaac3d7f1e353502a, 0x50bf428c207f6203,
  0x991056c3e540e089, 0x511ca497b110f613, 0xf0903337801f3639, 0x9fde35c9bf372347, 0xa9e3886075b563de, 0x69a2eb563a6795bb,
  0xf3e2b936965e0ee4, 0x5039a06ccd9a3956, 0x917fe036a670d565, 0xf128240591306681, 0xf17ff06590752421, 0xf0854a3a973977ff,
  0x69dba00cc05aa005, 0x59972e3fe9fca90c, 0xa5c9813a8868a800, 0x63b1b509a2e7e29a, 0xd62fc9366a3a6817, 0x5109f5601111e7a0,
], 8);

// @ts-ignore: decorator
@inline const M: u32 = 0x11111111;

/** From the lowest bit of each nibble to all four bits of it, in both halves. */
// @ts-ignore: decorator
@inline
function widen(x: u32): u64 {
  // No sum of either product carries. The first is the quicker where registers have 64 bits, the second where they have 32.
  if (ASC_FEATURE_SIMD) return <u64>(x & M) * 0x0000000f0000000f;
  const n: u32 = (x & M) * 15;
  return <u64>n | (<u64>n << 32);
}

/**
 * One block, as a big-endian word, through `stages` times 16 rounds whose keys begin at `keys` and follow one another by
 * `step` bytes (8 or -8).
 */
function cryptBlock(block: u64, keys: usize, step: usize, stages: u32): u64 {
  const c0 = load<u64>(F, 0), c1 = load<u64>(F, 8), c2 = load<u64>(F, 16), c3 = load<u64>(F, 24), c4 = load<u64>(F, 32);
  const c5 = load<u64>(F, 40), c6 = load<u64>(F, 48), c7 = load<u64>(F, 56), c8 = load<u64>(F, 64), c9 = load<u64>(F, 72);
  const c10 = load<u64>(F, 80), c11 = load<u64>(F, 88), c12 = load<u64>(F, 96), c13 = load<u64>(F, 104), c14 = load<u64>(F, 112);
  const c15 = load<u64>(F, 120), c16 = load<u64>(F, 128), c17 = load<u64>(F, 136), c18 = load<u64>(F, 144), c19 = load<u64>(F, 152);
  const c20 = load<u64>(F, 160), c21 = load<u64>(F, 168), c22 = load<u64>(F, 176), c23 = load<u64>(F, 184), c24 = load<u64>(F, 192);
  const c25 = load<u64>(F, 200), c26 = load<u64>(F, 208), c27 = load<u64>(F, 216), c28 = load<u64>(F, 224), c29 = load<u64>(F, 232);
  let l = <u32>(block >> 32);
  let r = <u32>block;
  // IP (FIPS 46-3, "Enciphering") as five exchanges of bits between the halves.
  let t = ((l >> 4) ^ r) & 0x0f0f0f0f; r ^= t; l ^= t << 4;
  t = ((l >> 16) ^ r) & 0x0000ffff; r ^= t; l ^= t << 16;
  t = ((r >> 2) ^ l) & 0x33333333; l ^= t; r ^= t << 2;
  t = ((r >> 8) ^ l) & 0x00ff00ff; l ^= t; r ^= t << 8;
  t = ((l >> 1) ^ r) & 0x55555555; r ^= t; l ^= t << 1;
  for (; stages; stages--) {
    for (let i = 0; i < 16; i++, keys += step) {
      // The round function (FIPS 46-3, "The Cipher Function f").
      const key = load<u64>(keys);
      const ku = r ^ <u32>key;
      const kv = r ^ <u32>(key >> 32);
      const x1 = widen(ku >> 3), x2 = widen(ku >> 2), x3 = widen(ku >> 1), x4 = widen(ku);
      const x5 = widen(rotl<u32>(kv, 1));
      const x0 = (rotr<u32>(kv, 4) & M) * 15;
      // Half of the coefficients for x5, then the others. A serial sum keeps fewer values alive than a tree would.
      let z = (c0 ^ (x1 & c1)) ^ (x2 & c2);
      z = (c3 ^ (x1 & c4)) ^ (x2 & (c5 ^ (x1 & c6))) ^ (x3 & z);
      z = (c7 ^ (x1 & c8)) ^ (x2 & (c9 ^ (x1 & c10))) ^ (x4 & z);
      z ^= x3 & ((c11 ^ (x1 & c12)) ^ (x2 & (c13 ^ (x1 & c14))));
      z = (c15 ^ (x1 & c16)) ^ (x2 & (c17 ^ (x1 & c18))) ^ (x5 & z);
      z ^= x3 & ((c19 ^ (x1 & c20)) ^ (x2 & (c21 ^ (x1 & c22))));
      z ^= x4 & ((c23 ^ (x1 & c24)) ^ (x2 & (c25 ^ (x1 & c26))) ^ (x3 & ((c27 ^ (x1 & c28)) ^ (x2 & c29))));
      const y = <u32>z ^ (x0 & <u32>(z >> 32));
      t = l ^ ((((rotl<u32>(y, 3) & 0x04002022) | (rotl<u32>(y, 6) & 0x40440400))
        | ((rotl<u32>(y, 10) & 0x01200a10) | (rotl<u32>(y, 14) & 0xa0120004)))
        | (((rotl<u32>(y, 18) & 0x02008000) | (rotl<u32>(y, 19) & 0x10004140))
        | ((rotl<u32>(y, 26) & 0x00091080) | (rotl<u32>(y, 27) & 0x08800009))));
      l = r;
      r = t;
    }
    // The last round does not exchange the halves; between two stages IP undoes the inverse of IP.
    t = l;
    l = r;
    r = t;
  }
  t = ((l >> 1) ^ r) & 0x55555555; r ^= t; l ^= t << 1;
  t = ((r >> 8) ^ l) & 0x00ff00ff; l ^= t; r ^= t << 8;
  t = ((r >> 2) ^ l) & 0x33333333; l ^= t; r ^= t << 2;
  t = ((l >> 16) ^ r) & 0x0000ffff; r ^= t; l ^= t << 16;
  t = ((l >> 4) ^ r) & 0x0f0f0f0f; r ^= t; l ^= t << 4;
  return (<u64>l << 32) | <u64>r;
}

/** PC-1: where each of the 56 key bits comes from, counted from the key's last bit. */
const PC1: usize = memory.data<u8>([
  7, 15, 23, 31, 39, 47, 55, 63, 6, 14, 22, 30, 38, 46, 54, 62, 5, 13, 21, 29, 37, 45, 53, 61, 4, 12, 20, 28,
  1, 9, 17, 25, 33, 41, 49, 57, 2, 10, 18, 26, 34, 42, 50, 58, 3, 11, 19, 27, 35, 43, 51, 59, 36, 44, 52, 60,
]);

/** PC-2 and the order of a round key here: for each bit, which of C and D's 56 it is, counted from the last; 255: none. */
const PC2: usize = memory.data<u8>([
  27, 20, 6, 14, 22, 0, 17, 7, 23, 11, 5, 16, 9, 19, 25, 4, 43, 36, 29, 49, 30, 52, 44, 37, 35, 50, 41, 28, 55, 32, 45, 39,
  42, 255, 255, 3, 10, 255, 255, 8, 12, 255, 255, 1, 26, 255, 255, 54, 15, 255, 255, 48, 40, 255, 255, 46, 33, 255, 255, 51, 53, 255, 255, 24,
]);

/** Rounds before which C and D rotate by one place; by two before the others (FIPS 46-3, "Key schedule"). */
// @ts-ignore: decorator
@inline const SINGLE: u32 = (1 << 0) | (1 << 1) | (1 << 8) | (1 << 15);

/** The 16 round keys of 8 bytes at `key`, written from `out` on with `step` bytes between them. */
function schedule(key: usize, out: usize, step: usize): void {
  const k = bswap<u64>(load<u64>(key));
  let cd: u64 = 0;
  for (let i: usize = 0; i < 56; i++) cd = (cd << 1) | ((k >> <u64>load<u8>(PC1 + i)) & 1);
  let c = <u32>(cd >> 28);
  let d = <u32>cd & 0x0fffffff;
  for (let round: u32 = 0; round < 16; round++, out += step) {
    const n: u32 = 2 - ((SINGLE >> round) & 1);
    c = ((c << n) | (c >> (28 - n))) & 0x0fffffff;
    d = ((d << n) | (d >> (28 - n))) & 0x0fffffff;
    cd = (<u64>c << 28) | <u64>d;
    let roundKey: u64 = 0;
    for (let i: u64 = 0; i < 64; i++) {
      const from = <u64>load<u8>(PC2 + <usize>i);
      if (from != 255) roundKey |= ((cd >> from) & 1) << i;
    }
    store<u64>(out, roundKey);
  }
}

function encryptChain(ctx: usize, stages: u32, iv: usize, data: usize, len: u32): void {
  let chain = bswap<u64>(load<u64>(iv));
  for (const end = data + len; data < end; data += 8) {
    chain = cryptBlock(bswap<u64>(load<u64>(data)) ^ chain, ctx, 8, stages);
    store<u64>(data, bswap<u64>(chain));
  }
  store<u64>(iv, bswap<u64>(chain));
}

function decryptChain(ctx: usize, stages: u32, iv: usize, data: usize, len: u32): void {
  const last = ctx + (stages << 7) - 8;
  let chain = bswap<u64>(load<u64>(iv));
  let blocks = len >> 3;
  const wide = blocks >= WIDE_MIN;
  if (wide) openWide(last, stages);
  while (blocks >= WIDE_MIN) {
    const n: u32 = blocks < WIDE ? blocks : WIDE;
    memory.copy(kept, data, n << 3);
    decryptWide(data, n, last, stages);
    chain = bswap<u64>(chain);
    for (let i: usize = 0; i < n; i++, data += 8) {
      store<u64>(data, load<u64>(data) ^ chain);
      chain = load<u64>(kept + (i << 3));
    }
    chain = bswap<u64>(chain);
    blocks -= n;
  }
  if (wide) closeWide();
  for (; blocks; blocks--, data += 8) {
    const block = bswap<u64>(load<u64>(data));
    store<u64>(data, bswap<u64>(cryptBlock(block, last, -8, stages) ^ chain));
    chain = block;
  }
  store<u64>(iv, bswap<u64>(chain));
}

class Des extends BlockCipher {
  constructor() {
    super(CipherAlg.DES, "des", 8, 128);
  }

  keyLengthOk(len: u32): bool {
    return len == 8;
  }

  setKey(ctx: usize, key: usize, keyLen: u32): void {
    schedule(key, ctx, 8);
  }

  cbcEncrypt(ctx: usize, iv: usize, data: usize, len: u32): void {
    encryptChain(ctx, 1, iv, data, len);
  }

  cbcDecrypt(ctx: usize, iv: usize, data: usize, len: u32): void {
    decryptChain(ctx, 1, iv, data, len);
  }
}

class Des3 extends BlockCipher {
  constructor() {
    super(CipherAlg.DES3, "3des", 8, 384);
  }

  keyLengthOk(len: u32): bool {
    return len == 24;
  }

  setKey(ctx: usize, key: usize, keyLen: u32): void {
    // Encrypt, decrypt, encrypt: the middle stage takes its round keys backwards.
    schedule(key, ctx, 8);
    schedule(key + 8, ctx + 248, -8);
    schedule(key + 16, ctx + 256, 8);
  }

  cbcEncrypt(ctx: usize, iv: usize, data: usize, len: u32): void {
    encryptChain(ctx, 3, iv, data, len);
  }

  cbcDecrypt(ctx: usize, iv: usize, data: usize, len: u32): void {
    decryptChain(ctx, 3, iv, data, len);
  }
}

/** DES with a key of 8 bytes. */
export const des: BlockCipher = new Des();
/** 3DES with three keys, 24 bytes. */
export const des3: BlockCipher = new Des3();
