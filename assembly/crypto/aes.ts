// AES (FIPS 197) in CBC mode (SP 800-38A, 6.2; RFC 3602), constant time: the rounds work on bits (aes_bits.ts), so that
// no load depends on a key or a text. Decryption takes four blocks at once; encryption is a chain and fills one lane.
//
//   key schedule:  0         8
//                  | rounds  | (rounds + 1) round keys of 16 bytes, as FIPS 197 writes them |
//
// An SA keeps this compact form (184 to 248 bytes); each call spreads it into planes in a scratch that it wipes.
import { BlockCipher, CipherAlg } from "./cipher";
import * as ct from "../util/ct";
import {
  PLANES, subBytes, mixOdd, mixEven, mixLast, addKey, unmixOdd, unmixEven, unmixFirst, unmixLast, skewKey,
} from "./aes_bits";
import { pack, unpack, transpose, planesOfOne, oneOfPlanes, planesOfFour } from "./aes_planes";

// Scratch of the call in work, one for all modes: where every caller passes the same address, compilers put it into the rounds
// as a constant, and check no bounds. With a state of its own for counter mode, CBC took 1.2 to 1.7 times the instructions.
/** The 15 round keys, in planes. */
export const roundKeys: usize = memory.data(960, 8);
/** The state in planes. */
export const state: usize = memory.data(64, 8);
/** Four blocks: the ciphertext that decryption chains with, or a key stream. */
export const kept: usize = memory.data(64, 8);

/** Encrypts the state; `last` is the last round key's planes. Inlined: the addresses are to stay constants. */
// @ts-ignore: decorator
@inline
export function encryptState(last: usize): void {
  addKey(state, roundKeys);
  // Rounds are of even number: 10, 12 or 14.
  subBytes(state);
  mixOdd(state, roundKeys + PLANES);
  for (let k = roundKeys + 2 * PLANES; k < last; k += 2 * PLANES) {
    subBytes(state);
    mixEven(state, k);
    subBytes(state);
    mixOdd(state, k + PLANES);
  }
  subBytes(state);
  mixLast(state, last);
}

/** Spreads the compact schedule into planes; every block of a state meets the same key. */
export function spreadKeys(ctx: usize, rounds: usize): void {
  let k = roundKeys;
  for (let i: usize = 0; i <= rounds; i++, k += PLANES) {
    planesOfFour(k, ctx + 8 + (i << 4));
    if (i & 1) skewKey(k);
  }
}

/** SubWord (FIPS 197, 5.2) through the same circuit. */
function subWord(word: u32): u32 {
  store<u64>(kept, <u64>word, 0);
  store<u64>(kept, 0, 8);
  planesOfOne(state, kept);
  subBytes(state);
  oneOfPlanes(state, kept);
  return load<u32>(kept);
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
    ct.wipe(state, PLANES);
    ct.wipe(kept, PLANES);
  }

  cbcEncrypt(ctx: usize, iv: usize, data: usize, len: u32): void {
    const rounds = load<u32>(ctx);
    const last = roundKeys + rounds * PLANES;
    spreadKeys(ctx, rounds);
    let low = load<u64>(iv, 0);
    let high = load<u64>(iv, 8);
    for (const end = data + len; data < end; data += 16) {
      store<u64>(data, load<u64>(data, 0) ^ low, 0);
      store<u64>(data, load<u64>(data, 8) ^ high, 8);
      planesOfOne(state, data);
      encryptState(last);
      oneOfPlanes(state, data);
      low = load<u64>(data, 0);
      high = load<u64>(data, 8);
    }
    store<u64>(iv, low, 0);
    store<u64>(iv, high, 8);
    wipeScratch();
  }

  cbcDecrypt(ctx: usize, iv: usize, data: usize, len: u32): void {
    const rounds = load<u32>(ctx);
    const last = roundKeys + rounds * PLANES;
    spreadKeys(ctx, rounds);
    let low = load<u64>(iv, 0);
    let high = load<u64>(iv, 8);
    while (len) {
      const n: u32 = len < 64 ? len : 64;
      memory.copy(kept, data, n);
      for (let b: usize = 0; b << 4 < n; b++) pack(state, b, data + (b << 4));
      transpose(state);
      unmixFirst(state, last);
      subBytes(state);
      unmixOdd(state, last - PLANES);
      for (let k = last - 2 * PLANES; k > roundKeys; k -= 2 * PLANES) {
        subBytes(state);
        unmixEven(state, k);
        subBytes(state);
        unmixOdd(state, k - PLANES);
      }
      subBytes(state);
      unmixLast(state, roundKeys);
      transpose(state);
      for (let b: usize = 0; b << 4 < n; b++, data += 16) {
        unpack(state, b, data);
        store<u64>(data, load<u64>(data, 0) ^ low, 0);
        store<u64>(data, load<u64>(data, 8) ^ high, 8);
        low = load<u64>(kept + (b << 4), 0);
        high = load<u64>(kept + (b << 4), 8);
      }
      len -= n;
    }
    store<u64>(iv, low, 0);
    store<u64>(iv, high, 8);
    wipeScratch();
  }
}

/** Forgets key and texts. */
export function wipeScratch(): void {
  ct.wipe(roundKeys, 960);
  ct.wipe(state, PLANES);
  ct.wipe(kept, PLANES);
}

/** AES with keys of 16, 24 or 32 bytes. */
export const aes: BlockCipher = new Aes();
