// AES four blocks at a time in 64-bit planes (aes_bits.ts), for engines without vectors: counter mode and CBC decryption.
import {
  PLANES, state, subBytes, unsubBytes, mixOdd, mixEven, mixLast, addKey, unmixOdd, unmixEven, unmixFirst, skewKey,
} from "./aes_bits";
import { pack, unpack, transpose, planesOfFour } from "./aes_planes";
import * as ct from "../util/ct";

/** Bytes of four blocks. */
export const FOUR: u32 = 64;

// Scratch of the call in work.
/** The 15 round keys, in planes. */
const roundKeys: usize = memory.data(960, 8);
/** Four blocks: the ciphertext that decryption chains with, or a key stream. */
export const four: usize = memory.data(64, 8);

/** Spreads the compact schedule into planes; every block of a state meets the same key. */
export function spreadKeys(ctx: usize, rounds: usize): void {
  let k = roundKeys;
  let constant: u64 = 0;
  for (let i: usize = 0; i <= rounds; i++, k += PLANES) {
    planesOfFour(k, ctx + 8 + (i << 4), constant);
    constant = 0x6363636363636363;
    if (i & 1) skewKey(k);
  }
}

/** Encrypts the four blocks at `four`. */
export function encryptFour(rounds: usize): void {
  const last = roundKeys + rounds * PLANES;
  for (let b: usize = 0; b < 4; b++) pack(state, b, four + (b << 4));
  transpose(state);
  addKey(roundKeys);
  // Rounds are of even number: 10, 12 or 14.
  subBytes();
  mixOdd(roundKeys + PLANES);
  for (let k = roundKeys + 2 * PLANES; k < last; k += 2 * PLANES) {
    subBytes();
    mixEven(k);
    subBytes();
    mixOdd(k + PLANES);
  }
  subBytes();
  mixLast(last);
  transpose(state);
  for (let b: usize = 0; b < 4; b++) unpack(state, b, four + (b << 4));
}

/** Decrypts `len` bytes, whole blocks, in place; `iv` becomes the last ciphertext block. */
export function cbcDecrypt(rounds: usize, iv: usize, data: usize, len: u32): void {
  const last = roundKeys + rounds * PLANES;
  let low = load<u64>(iv, 0);
  let high = load<u64>(iv, 8);
  while (len) {
    const n: u32 = len < FOUR ? len : FOUR;
    memory.copy(four, data, n);
    for (let b: usize = 0; b << 4 < n; b++) pack(state, b, data + (b << 4));
    transpose(state);
    unmixFirst(last);
    unsubBytes();
    unmixOdd(last - PLANES);
    for (let k = last - 2 * PLANES; k > roundKeys; k -= 2 * PLANES) {
      unsubBytes();
      unmixEven(k);
      unsubBytes();
      unmixOdd(k - PLANES);
    }
    unsubBytes();
    addKey(roundKeys);
    transpose(state);
    for (let b: usize = 0; b << 4 < n; b++, data += 16) {
      unpack(state, b, data);
      store<u64>(data, load<u64>(data, 0) ^ low, 0);
      store<u64>(data, load<u64>(data, 8) ^ high, 8);
      low = load<u64>(four + (b << 4), 0);
      high = load<u64>(four + (b << 4), 8);
    }
    len -= n;
  }
  store<u64>(iv, low, 0);
  store<u64>(iv, high, 8);
}

/** Forgets key and texts. */
export function wipeFour(): void {
  ct.wipe(roundKeys, 960);
  ct.wipe(state, PLANES);
  ct.wipe(four, FOUR);
}
