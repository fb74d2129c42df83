// DES and 3DES (FIPS 46-3; SP 800-67) in CBC mode (RFC 2405, RFC 2451), constant time. Both are here for old peers: DES
// falls to a search of its 56 bits, and either cipher's 64-bit block wants a new key long before 2^32 blocks.
//
// No table is indexed by data. One block goes through des_turns.ts where registers have 64 bits and the build has SIMD, else
// through des_polynomials.ts; many go through des_wide.ts.
//
//   key schedule:  48 (DES: 16) round keys of 8 bytes, in the order of encryption, their bits as those files want them.
import { BlockCipher, CipherAlg } from "./cipher";
import { POLYNOMIALS_PC2, sixteenRounds as polynomials } from "./des_polynomials";
import { TURNS_PC2, sixteenRounds as turns } from "./des_turns";
import { WIDE, closeWide, decryptWide, openWide } from "./des_wide";

let narrow: bool = false;

/** Whether registers have 32 bits, which the host says; before any key is set. */
export function init(registersAreNarrow: bool): void {
  narrow = registersAreNarrow;
}

/** Ciphertext of the blocks in work, which the next ones chain with. */
const kept: usize = memory.data(1024, 8);

/** From this many blocks on, many at once are quicker than one after the other. */
// @ts-ignore: decorator
@inline const WIDE_MIN: u32 = 8;

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
  block = (<u64>l << 32) | <u64>r;
  for (; stages; stages--) {
    if (ASC_FEATURE_SIMD && !narrow) block = turns(block, keys, step);
    else block = polynomials(block, keys, step);
    keys += step << 4;
    // The last round does not exchange the halves; between two stages IP undoes the inverse of IP.
    block = rotl<u64>(block, 32);
  }
  l = <u32>(block >> 32);
  r = <u32>block;
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

/** Rounds before which C and D rotate by one place; by two before the others (FIPS 46-3, "Key schedule"). */
// @ts-ignore: decorator
@inline const SINGLE: u32 = (1 << 0) | (1 << 1) | (1 << 8) | (1 << 15);

/** The 16 round keys of 8 bytes at `key`, written from `out` on with `step` bytes between them. */
function schedule(key: usize, out: usize, step: usize): void {
  const order = ASC_FEATURE_SIMD && !narrow ? TURNS_PC2 : POLYNOMIALS_PC2;
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
      const from = <u64>load<u8>(order + <usize>i);
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
  if (wide) openWide(last, stages, narrow);
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
