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
@inline const WIDE_MIN: u32 = 10;

// @ts-ignore: decorator
@inline const M: u64 = 0x1111111111111111;

/** From one bit of each nibble to all four bits of it. */
// @ts-ignore: decorator
@inline
function widen(x: u64): u64 {
  const bit = x & M;
  return (bit << 4) - bit;
}

/** The round function (FIPS 46-3, "The Cipher Function f") for one round key. */
// @ts-ignore: decorator
@inline
function f(r: u32, key: u64): u32 {
  const ku = r ^ <u32>key;
  const kv = r ^ <u32>(key >> 32);
  const u = <u64>ku | (<u64>ku << 32);
  const v = <u64>kv | (<u64>kv << 32);
  const x1 = widen(u >> 3), x2 = widen(u >> 2), x3 = widen(u >> 1), x4 = widen(u);
  const x5 = rotl<u64>(widen(v >> 3), 4);
  const x0 = <u32>rotr<u64>(widen(v), 4);
  const p0 = 0x9fde35c9bf372347 ^ (x1 & 0xa9e3886075b563de);
  const p1 = 0x69a2eb563a6795bb ^ (x1 & 0xf3e2b936965e0ee4);
  const p2 = 0x5039a06ccd9a3956 ^ (x1 & 0x917fe036a670d565);
  const p3 = 0xf128240591306681 ^ (x1 & 0xf17ff06590752421);
  const p4 = 0xf0854a3a973977ff ^ (x1 & 0x69dba00cc05aa005);
  const p5 = 0x59972e3fe9fca90c ^ (x1 & 0xa5c9813a8868a800);
  const p6 = 0x63b1b509a2e7e29a ^ (x1 & 0xd62fc9366a3a6817);
  const p7 = 0x5109f5601111e7a0 ^ (x1 & 0x0000000000000000);
  const p8 = 0x68b3ae73b6d959a5 ^ (x1 & 0xa3d0b400ea4f8049);
  const p9 = 0x0803eb218c1cf210 ^ (x1 & 0xaac3d7f1e353502a);
  const p10 = 0x50bf428c207f6203 ^ (x1 & 0x991056c3e540e089);
  const p11 = 0x511ca497b110f613 ^ (x1 & 0xf0903337801f3639);
  const p12 = 0xcb0f723d600fe212 ^ (x1 & 0xdadcc082015fa80b);
  const p13 = 0x2a3c4b1620109202 ^ (x1 & 0xfd4fab1b486c6000);
  const p14 = 0x0a731fab9c7c0e11 ^ (x1 & 0xa7306e49892f85d8);
  const p15 = 0xe07fa4b02433f672 ^ (x1 & 0x0000000000000000);
  const q0 = p0 ^ (x2 & p1); const q1 = p2 ^ (x2 & p3); const q2 = p4 ^ (x2 & p5); const q3 = p6 ^ (x2 & p7);
  const q4 = p8 ^ (x2 & p9); const q5 = p10 ^ (x2 & p11); const q6 = p12 ^ (x2 & p13); const q7 = p14 ^ (x2 & p15);
  const r0 = q0 ^ (x3 & q1); const r1 = q2 ^ (x3 & q3); const r2 = q4 ^ (x3 & q5); const r3 = q6 ^ (x3 & q7);
  const s0 = r0 ^ (x4 & r1); const s1 = r2 ^ (x4 & r3);
  const t = s0 ^ (x5 & s1);
  const y = <u32>t ^ (x0 & <u32>(t >> 32));
  return (rotl<u32>(y, 3) & 0x04002022)
    | (rotl<u32>(y, 6) & 0x40440400)
    | (rotl<u32>(y, 10) & 0x01200a10)
    | (rotl<u32>(y, 14) & 0xa0120004)
    | (rotl<u32>(y, 18) & 0x02008000)
    | (rotl<u32>(y, 19) & 0x10004140)
    | (rotl<u32>(y, 26) & 0x00091080)
    | (rotl<u32>(y, 27) & 0x08800009);
}

/**
 * One block, as a big-endian word, through `stages` times 16 rounds whose keys begin at `keys` and follow one another by
 * `step` bytes (8 or -8).
 */
function cryptBlock(block: u64, keys: usize, step: usize, stages: u32): u64 {
  let l = <u32>(block >> 32);
  let r = <u32>block;
  // IP (FIPS 46-3, "Enciphering") as five exchanges of bits between the halves.
  let t = ((l >> 4) ^ r) & 0x0f0f0f0f; r ^= t; l ^= t << 4;
  t = ((l >> 16) ^ r) & 0x0000ffff; r ^= t; l ^= t << 16;
  t = ((r >> 2) ^ l) & 0x33333333; l ^= t; r ^= t << 2;
  t = ((r >> 8) ^ l) & 0x00ff00ff; l ^= t; r ^= t << 8;
  t = ((l >> 1) ^ r) & 0x55555555; r ^= t; l ^= t << 1;
  for (; stages; stages--) {
    for (let i = 0; i < 8; i++) {
      l ^= f(r, load<u64>(keys));
      r ^= f(l, load<u64>(keys + step));
      keys += step << 1;
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
