// AES (FIPS 197) in CBC mode (SP 800-38A, 6.2; RFC 3602), constant time: no load depends on a key or a text. Decryption
// works on several blocks at once; encryption is a chain.
//
//                 with vectors                        without
//   encryption    simd/aes_permute.ts, one block      aes_one.ts, one block
//   decryption    simd/aes_eight.ts, eight blocks     aes_four.ts, four blocks
//
//   key schedule:  0         8
//                  | rounds  | (rounds + 1) round keys of 16 bytes, as FIPS 197 writes them |
//
// An SA keeps this compact form (184 to 248 bytes); each call spreads it into the form of its kernel in a scratch that it
// wipes.
import { BlockCipher, CipherAlg } from "./cipher";
import * as one from "./aes_one";
import * as four from "./aes_four";
import * as permute from "./simd/aes_permute";
import * as eight from "./simd/aes_eight";

/** SubWord (FIPS 197, 5.2). */
// @ts-ignore: decorator
@inline
function subWord(word: u32): u32 {
  return ASC_FEATURE_SIMD ? permute.subWord(word) : one.subWord(word);
}

class Aes extends BlockCipher {
  constructor() {
    super(CipherAlg.AES, "aes", 16, 248);
  }

  keyLengthOk(len: u32): bool {
    return len == 16 || len == 24 || len == 32;
  }

  setKey(ctx: usize, key: usize, keyLen: u32): void {
    // FIPS 197, 5.2, on little-endian words: RotWord is a rotation to the right, Rcon stands in the low byte.
    const nk = keyLen >> 2;
    const rounds = nk + 6;
    store<u64>(ctx, <u64>rounds);
    const w = ctx + 8;
    memory.copy(w, key, keyLen);
    const end = (rounds + 1) << 2;
    let rcon: u32 = 1;
    let previous = load<u32>(w + ((nk - 1) << 2));
    for (let i = nk, phase: u32 = 0; i < end; i++) {
      if (phase == 0) {
        previous = subWord(rotr<u32>(previous, 8)) ^ rcon;
        rcon = (rcon << 1) ^ ((rcon >> 7) * 0x11b);
      } else if (nk == 8 && phase == 4) {
        previous = subWord(previous);
      }
      previous ^= load<u32>(w + ((i - nk) << 2));
      store<u32>(w + (i << 2), previous);
      if (++phase == nk) phase = 0;
    }
    if (!ASC_FEATURE_SIMD) one.wipeOne();
  }

  cbcEncrypt(ctx: usize, iv: usize, data: usize, len: u32): void {
    const rounds = <usize>load<u32>(ctx);
    if (ASC_FEATURE_SIMD) permute.cbcEncrypt(ctx, rounds, iv, data, len);
    else one.cbcEncrypt(ctx, rounds, iv, data, len);
  }

  cbcDecrypt(ctx: usize, iv: usize, data: usize, len: u32): void {
    const rounds = <usize>load<u32>(ctx);
    if (ASC_FEATURE_SIMD) {
      eight.spreadKeys(ctx, rounds);
      eight.cbcDecrypt(rounds, iv, data, len);
      eight.wipeEight();
    } else {
      four.spreadKeys(ctx, rounds);
      four.cbcDecrypt(rounds, iv, data, len);
      four.wipeFour();
    }
  }
}

/** CBC-MAC: as cbcEncrypt with a schedule of AES, but the text stays; `chain` becomes the last ciphertext block. */
export function aesMac(ctx: usize, chain: usize, data: usize, len: u32): void {
  const rounds = <usize>load<u32>(ctx);
  if (ASC_FEATURE_SIMD) permute.cbcMac(ctx, rounds, chain, data, len);
  else one.cbcMac(ctx, rounds, chain, data, len);
}

/**
 * Encrypts `n` texts in place, each under its own key and IV, which are used up; on wide processors with vectors faster than
 * one after the other. At `texts` there are 16 bytes for each (CbcText): addresses of schedule, IV and text, and the length.
 */
export function aesEncryptMany(texts: usize, n: u32): void {
  if (ASC_FEATURE_SIMD) permute.cbcEncryptMany(texts, n);
  else {
    for (; n; n--, texts += 16) {
      const ctx = load<usize>(texts, 0);
      one.cbcEncrypt(ctx, load<u32>(ctx), load<usize>(texts, 4), load<usize>(texts, 8), load<u32>(texts, 12));
    }
  }
}

/** AES with keys of 16, 24 or 32 bytes. */
export const aes: BlockCipher = new Aes();
