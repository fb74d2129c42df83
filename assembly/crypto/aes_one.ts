// AES one block at a time in 64-bit words, for engines without vectors: CBC encryption, which is a chain, and key schedules.
// A block fills 16 bits of a plane. The other 48 repeat them, so that every rotation of rows and columns is one shift:
//
//   bit 8r + c of plane i is bit i of the byte in row r mod 4 and column c mod 4, for r and c of 0 to 7
//
//        7 6 5 4 3 2 1 0    (columns)
//   r=0  3 2 1 0 3 2 1 0    A shift by 8n + m, n < 4, brings what is n rows below and m columns to the right; the rows and
//   r=1  3 2 1 0 3 2 1 0    columns 0 to 3 stay good as long as m < 5. A multiplication repeats them again.
//   ...
//   r=7  3 2 1 0 3 2 1 0
//
// ShiftRows is left out (compare aes_bits.ts): after round t the byte that belongs into row r and column c stands in column
// c + t * r. MixColumns looks for a column's bytes where they are, round keys are laid out alike, and the last step brings
// the block into order.
import { subBytes } from "./aes_bits";
import * as ct from "../util/ct";

/** Rows and columns 0 to 3. */
// @ts-ignore: decorator
@inline const ONCE: u64 = 0x0f0f0f0f;
/** Times this: repeated in columns 4 to 7, and both in rows 4 to 7. No two summands share a bit. */
// @ts-ignore: decorator
@inline const REPEAT: u64 = 0x0000001100000011;

/** Round keys: planes j and j + 4 in the lower and upper halves of the octets of word j. The first and the last are as they came. */
const roundKeys: usize = memory.data(240, 8);
/** The state in planes. */
const state: usize = memory.data(64, 8);

// A block is two words, its columns 0 and 1, 2 and 3. Turned, 32-bit word j of the four has bits j and j + 4 of each byte, a
// column a bit.

/** Exchanges the bits of columns 0 and 2, 1 and 3. */
// @ts-ignore: decorator
@inline
function apart(low: u64, high: u64): u64 {
  return ((low >> 2) ^ high) & 0x3333333333333333;
}

/** The same with the columns 0 and 1 of a word. */
// @ts-ignore: decorator
@inline
function turnPair(x: u64): u64 {
  const t = ((x >> 1) ^ (x >> 32)) & 0x55555555;
  return x ^ (t << 1) ^ (t << 32);
}

/** Makes planes of a block's two words. */
// @ts-ignore: decorator
@inline
function toPlanes(low: u64, high: u64): void {
  const t = apart(low, high);
  low = turnPair(low ^ (t << 2));
  high = turnPair(high ^ t);
  store<u64>(state, (low & ONCE) * REPEAT, 0);
  store<u64>(state, ((low >> 32) & ONCE) * REPEAT, 8);
  store<u64>(state, (high & ONCE) * REPEAT, 16);
  store<u64>(state, ((high >> 32) & ONCE) * REPEAT, 24);
  store<u64>(state, ((low >> 4) & ONCE) * REPEAT, 32);
  store<u64>(state, ((low >> 36) & ONCE) * REPEAT, 40);
  store<u64>(state, ((high >> 4) & ONCE) * REPEAT, 48);
  store<u64>(state, ((high >> 36) & ONCE) * REPEAT, 56);
}

/** Two planes, and two behind, in one word. */
// @ts-ignore: decorator
@inline
function joined(at: usize): u64 {
  const low = (load<u64>(at, 0) & ONCE) | ((load<u64>(at, 32) & ONCE) << 4);
  const high = (load<u64>(at, 8) & ONCE) | ((load<u64>(at, 40) & ONCE) << 4);
  return low | (high << 32);
}

/** Moves row 1 by one column, row 2 by two, row 3 by three in turned words: what the keys of odd rounds need. */
// @ts-ignore: decorator
@inline
function skew(x: u64): u64 {
  return (x & 0x000000ff000000ff)
    | ((x << 1) & 0x0000ee000000ee00) | ((x >> 3) & 0x0000110000001100)
    | ((x << 2) & 0x00cc000000cc0000) | ((x >> 2) & 0x0033000000330000)
    | ((x << 3) & 0x8800000088000000) | ((x >> 1) & 0x7700000077000000);
}

/** The same twice: the halves of the rows 1 and 3 change places. */
// @ts-ignore: decorator
@inline
function skewTwice(x: u64): u64 {
  return (x & 0x00ff00ff00ff00ff) | ((x << 2) & 0xcc00cc00cc00cc00) | ((x >> 2) & 0x3300330033003300);
}

/** Lays out the compact schedule at `ctx` (aes.ts). */
function spreadKeys(ctx: usize, rounds: usize): void {
  memory.copy(roundKeys, ctx + 8, (rounds + 1) << 4);
  let k = roundKeys;
  for (let i: usize = 1; i <= rounds; i++) {
    k += 16;
    // SubBytes leaves its constant to the key behind it.
    let low = load<u64>(k, 0) ^ 0x6363636363636363;
    let high = load<u64>(k, 8) ^ 0x6363636363636363;
    if (i < rounds) {
      const t = apart(low, high);
      low = turnPair(low ^ (t << 2));
      high = turnPair(high ^ t);
      if (i & 1) {
        low = skew(low);
        high = skew(high);
      }
      if (i & 2) {
        low = skewTwice(low);
        high = skewTwice(high);
      }
    }
    store<u64>(k, low, 0);
    store<u64>(k, high, 8);
  }
}

// MixColumns is 2(a + a') + a' + (a'' + a''') for a byte a and those below it; 2 moves the planes up by one, modulo x^8 +
// x^4 + x^3 + x + 1. Behind round t the byte below is t columns to the right, the next one another t; 8 + t may reach 11,
// but then the second step would leave the good columns: there the two bytes are looked for from where a is.

/** MixColumns and AddRoundKey, where the byte below is `a` bits away and the next one `b` more. */
function mix(k: usize, a: u64, b: u64): void {
  const q0 = load<u64>(state, 0);
  const q1 = load<u64>(state, 8);
  const q2 = load<u64>(state, 16);
  const q3 = load<u64>(state, 24);
  const q4 = load<u64>(state, 32);
  const q5 = load<u64>(state, 40);
  const q6 = load<u64>(state, 48);
  const q7 = load<u64>(state, 56);
  const r0 = q0 >> a;
  const r1 = q1 >> a;
  const r2 = q2 >> a;
  const r3 = q3 >> a;
  const r4 = q4 >> a;
  const r5 = q5 >> a;
  const r6 = q6 >> a;
  const r7 = q7 >> a;
  const t0 = q0 ^ r0;
  const t1 = q1 ^ r1;
  const t2 = q2 ^ r2;
  const t3 = q3 ^ r3;
  const t4 = q4 ^ r4;
  const t5 = q5 ^ r5;
  const t6 = q6 ^ r6;
  const t7 = q7 ^ r7;
  const k0 = <u64>load<u32>(k, 0);
  const k1 = <u64>load<u32>(k, 4);
  const k2 = <u64>load<u32>(k, 8);
  const k3 = <u64>load<u32>(k, 12);
  store<u64>(state, ((t7 ^ r0 ^ (t0 >> b) ^ k0) & ONCE) * REPEAT, 0);
  store<u64>(state, ((t0 ^ t7 ^ r1 ^ (t1 >> b) ^ k1) & ONCE) * REPEAT, 8);
  store<u64>(state, ((t1 ^ r2 ^ (t2 >> b) ^ k2) & ONCE) * REPEAT, 16);
  store<u64>(state, ((t2 ^ t7 ^ r3 ^ (t3 >> b) ^ k3) & ONCE) * REPEAT, 24);
  store<u64>(state, ((t3 ^ t7 ^ r4 ^ (t4 >> b) ^ (k0 >> 4)) & ONCE) * REPEAT, 32);
  store<u64>(state, ((t4 ^ r5 ^ (t5 >> b) ^ (k1 >> 4)) & ONCE) * REPEAT, 40);
  store<u64>(state, ((t5 ^ r6 ^ (t6 >> b) ^ (k2 >> 4)) & ONCE) * REPEAT, 48);
  store<u64>(state, ((t6 ^ r7 ^ (t7 >> b) ^ (k3 >> 4)) & ONCE) * REPEAT, 56);
}

/** The same behind the rounds 3, 7 and 11. */
function mixThird(k: usize): void {
  const q0 = load<u64>(state, 0);
  const q1 = load<u64>(state, 8);
  const q2 = load<u64>(state, 16);
  const q3 = load<u64>(state, 24);
  const q4 = load<u64>(state, 32);
  const q5 = load<u64>(state, 40);
  const q6 = load<u64>(state, 48);
  const q7 = load<u64>(state, 56);
  const r0 = q0 >> 11;
  const r1 = q1 >> 11;
  const r2 = q2 >> 11;
  const r3 = q3 >> 11;
  const r4 = q4 >> 11;
  const r5 = q5 >> 11;
  const r6 = q6 >> 11;
  const r7 = q7 >> 11;
  const t0 = q0 ^ r0;
  const t1 = q1 ^ r1;
  const t2 = q2 ^ r2;
  const t3 = q3 ^ r3;
  const t4 = q4 ^ r4;
  const t5 = q5 ^ r5;
  const t6 = q6 ^ r6;
  const t7 = q7 ^ r7;
  const k0 = <u64>load<u32>(k, 0);
  const k1 = <u64>load<u32>(k, 4);
  const k2 = <u64>load<u32>(k, 8);
  const k3 = <u64>load<u32>(k, 12);
  store<u64>(state, ((t7 ^ r0 ^ (q0 >> 18) ^ (q0 >> 25) ^ k0) & ONCE) * REPEAT, 0);
  store<u64>(state, ((t0 ^ t7 ^ r1 ^ (q1 >> 18) ^ (q1 >> 25) ^ k1) & ONCE) * REPEAT, 8);
  store<u64>(state, ((t1 ^ r2 ^ (q2 >> 18) ^ (q2 >> 25) ^ k2) & ONCE) * REPEAT, 16);
  store<u64>(state, ((t2 ^ t7 ^ r3 ^ (q3 >> 18) ^ (q3 >> 25) ^ k3) & ONCE) * REPEAT, 24);
  store<u64>(state, ((t3 ^ t7 ^ r4 ^ (q4 >> 18) ^ (q4 >> 25) ^ (k0 >> 4)) & ONCE) * REPEAT, 32);
  store<u64>(state, ((t4 ^ r5 ^ (q5 >> 18) ^ (q5 >> 25) ^ (k1 >> 4)) & ONCE) * REPEAT, 40);
  store<u64>(state, ((t5 ^ r6 ^ (q6 >> 18) ^ (q6 >> 25) ^ (k2 >> 4)) & ONCE) * REPEAT, 48);
  store<u64>(state, ((t6 ^ r7 ^ (q7 >> 18) ^ (q7 >> 25) ^ (k3 >> 4)) & ONCE) * REPEAT, 56);
}

/** Encrypts `len` bytes, whole blocks, in place; `iv` becomes the last ciphertext block. */
export function cbcEncrypt(ctx: usize, rounds: usize, iv: usize, data: usize, len: u32): void {
  spreadKeys(ctx, rounds);
  const last = roundKeys + (rounds << 4);
  const firstLow = load<u64>(roundKeys, 0);
  const firstHigh = load<u64>(roundKeys, 8);
  const lastLow = load<u64>(last, 0);
  const lastHigh = load<u64>(last, 8);
  let low = load<u64>(iv, 0);
  let high = load<u64>(iv, 8);
  for (const end = data + len; data < end; data += 16) {
    toPlanes(load<u64>(data, 0) ^ firstLow ^ low, load<u64>(data, 8) ^ firstHigh ^ high);
    for (let k = roundKeys + 16; ; k += 64) {
      subBytes(state);
      mix(k, 9, 18);
      subBytes(state);
      // Rounds are 10, 12 or 14.
      if (k + 16 == last) break;
      mix(k + 16, 10, 16);
      subBytes(state);
      mixThird(k + 32);
      subBytes(state);
      if (k + 48 == last) break;
      mix(k + 48, 8, 16);
    }
    low = joined(state);
    high = joined(state + 16);
    if (rounds != 12) {
      low = skewTwice(low);
      high = skewTwice(high);
    }
    low = turnPair(low);
    high = turnPair(high);
    const t = apart(low, high);
    low ^= (t << 2) ^ lastLow;
    high ^= t ^ lastHigh;
    store<u64>(data, low, 0);
    store<u64>(data, high, 8);
  }
  store<u64>(iv, low, 0);
  store<u64>(iv, high, 8);
  ct.wipe(roundKeys, 240);
  ct.wipe(state, 64);
}

/** SubWord (FIPS 197, 5.2). The caller wipes the state by wipeOne. */
export function subWord(word: u32): u32 {
  toPlanes(<u64>word, 0);
  subBytes(state);
  let low = turnPair(joined(state));
  const high = turnPair(joined(state + 16));
  low ^= apart(low, high) << 2;
  return <u32>low ^ 0x63636363;
}

/** Forgets the state. */
export function wipeOne(): void {
  ct.wipe(state, 64);
}
