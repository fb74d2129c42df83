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
import { state, subBytes } from "./aes_bits";
import * as ct from "../util/ct";

/** Rows and columns 0 to 3. */
// @ts-ignore: decorator
@inline const ONCE: u64 = 0x0f0f0f0f;
/** Times this: repeated in columns 4 to 7, and both in rows 4 to 7. No two summands share a bit. */
// @ts-ignore: decorator
@inline const REPEAT: u64 = 0x0000001100000011;

/** Round keys: planes j and j + 4 in the lower and upper halves of the octets of word j; the first and the last as they came. */
const roundKeys: usize = memory.data(240, 8);

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

/**
 * All rounds on the state, but for what the first and the last key add. They are one loop in one function, since with calls
 * between its steps a round took a third more instructions.
 */
function encryptState(last: usize): void {
  let x0 = load<u64>(state, 56);
  let x1 = load<u64>(state, 48);
  let x2 = load<u64>(state, 40);
  let x3 = load<u64>(state, 32);
  let x4 = load<u64>(state, 24);
  let x5 = load<u64>(state, 16);
  let x6 = load<u64>(state, 8);
  let x7 = load<u64>(state, 0);
  for (let k = roundKeys + 16, round: u64 = 1; ; k += 16, round++) {
    // SubBytes: aes_bits.ts.
    const y14 = x3 ^ x5; const y13 = x0 ^ x6; const y9 = x0 ^ x3; const y8 = x0 ^ x5; const t0 = x1 ^ x2; const y1 = t0 ^ x7;
    const y4 = y1 ^ x3; const y12 = y13 ^ y14; const y2 = y1 ^ x0; const y5 = y1 ^ x6; const y3 = y5 ^ y8;
    const t1 = x4 ^ y12; const y15 = t1 ^ x5; const y20 = t1 ^ x1; const y6 = y15 ^ x7; const y10 = y15 ^ t0;
    const y11 = y20 ^ y9; const y7 = x7 ^ y11; const y17 = y10 ^ y11; const y19 = y10 ^ y8; const y16 = t0 ^ y11;
    const y21 = y13 ^ y16; const y18 = x0 ^ y16; const t2 = y12 & y15; const t3 = y3 & y6; const t4 = t3 ^ t2;
    const t5 = y4 & x7; const t6 = t5 ^ t2; const t7 = y13 & y16; const t8 = y5 & y1; const t9 = t8 ^ t7; const t10 = y2 & y7;
    const t11 = t10 ^ t7; const t12 = y9 & y11; const t13 = y14 & y17; const t14 = t13 ^ t12; const t15 = y8 & y10;
    const t16 = t15 ^ t12; const t17 = t4 ^ t14; const t18 = t6 ^ t16; const t19 = t9 ^ t14; const t20 = t11 ^ t16;
    const t21 = t17 ^ y20; const t22 = t18 ^ y19; const t23 = t19 ^ y21; const t24 = t20 ^ y18; const t25 = t21 ^ t22;
    const t26 = t21 & t23; const t27 = t24 ^ t26; const t28 = t25 & t27; const t29 = t28 ^ t22; const t30 = t23 ^ t24;
    const t31 = t22 ^ t26; const t32 = t31 & t30; const t33 = t32 ^ t24; const t34 = t23 ^ t33; const t35 = t27 ^ t33;
    const t36 = t24 & t35; const t37 = t36 ^ t34; const t38 = t27 ^ t36; const t39 = t29 & t38; const t40 = t25 ^ t39;
    const t41 = t40 ^ t37; const t42 = t29 ^ t33; const t43 = t29 ^ t40; const t44 = t33 ^ t37; const t45 = t42 ^ t41;
    const z15 = t42 & y9; const z16 = t45 & y14; const u1 = z15 ^ z16; const z9 = t44 & y12; const u2 = z9 ^ u1;
    const z10 = t37 & y3; const u3 = u2 ^ z10; const z3 = t43 & y16; const z4 = t40 & y1; const u4 = z3 ^ z4;
    const z0 = t44 & y15; const u5 = z0 ^ u4; const z1 = t37 & y6; const u6 = z1 ^ u3; const u7 = u6 ^ u5;
    const z6 = t42 & y11; const u8 = z6 ^ u4; const z7 = t45 & y17; const u9 = u8 ^ z7; const z12 = t43 & y13;
    const u10 = z12 ^ u1; const z2 = t33 & x7; const u11 = z2 ^ u5; const z8 = t41 & y10; const u12 = z8 ^ z7;
    const u13 = u12 ^ u10; const u14 = u13 ^ u11; const z14 = t29 & y2; const u15 = z14 ^ u14; const z5 = t29 & y7;
    const u16 = z5 ^ z4; const u17 = u16 ^ u11; const z13 = t40 & y5; const u18 = z13 ^ u17; const s0 = u3 ^ u9;
    const s1 = u7 ^ u9; const z17 = t41 & y8; const u19 = z17 ^ z16; const u20 = u19 ^ u9; const s2 = u20 ^ u15;
    const s4 = u7 ^ u17; const z11 = t33 & y4; const u21 = z11 ^ z10; const s5 = u21 ^ u15; const s6 = u14 ^ u18;
    const s7 = u10 ^ u18;
    if (k == last) {
      store<u64>(state, s7, 0);
      store<u64>(state, s6, 8);
      store<u64>(state, s5, 16);
      store<u64>(state, s4, 24);
      store<u64>(state, u7, 32);
      store<u64>(state, s2, 40);
      store<u64>(state, s1, 48);
      store<u64>(state, s0, 56);
      return;
    }
    // MixColumns is 2(a + a') + a' + (a'' + a''') for a byte a and those below it; 2 moves the planes up by one, modulo x^8 +
    // x^4 + x^3 + x + 1. Behind round t the byte below is t columns to the right, and the next one another t, which is what
    // the two last are from the two first. Behind every fourth round but one that would leave the good columns: the two last
    // are looked for from the first.
    const k0 = <u64>load<u32>(k, 0);
    const k1 = <u64>load<u32>(k, 4);
    const k2 = <u64>load<u32>(k, 8);
    const k3 = <u64>load<u32>(k, 12);
    if ((round & 3) != 3) {
      const a = 8 + (round & 3);
      const b = 16 + ((round & 1) << 1);
      const r0 = s7 >> a;
      const r1 = s6 >> a;
      const r2 = s5 >> a;
      const r3 = s4 >> a;
      const r4 = u7 >> a;
      const r5 = s2 >> a;
      const r6 = s1 >> a;
      const r7 = s0 >> a;
      const d0 = s7 ^ r0;
      const d1 = s6 ^ r1;
      const d2 = s5 ^ r2;
      const d3 = s4 ^ r3;
      const d4 = u7 ^ r4;
      const d5 = s2 ^ r5;
      const d6 = s1 ^ r6;
      const d7 = s0 ^ r7;
      x7 = ((d7 ^ r0 ^ (d0 >> b) ^ k0) & ONCE) * REPEAT;
      x6 = ((d0 ^ d7 ^ r1 ^ (d1 >> b) ^ k1) & ONCE) * REPEAT;
      x5 = ((d1 ^ r2 ^ (d2 >> b) ^ k2) & ONCE) * REPEAT;
      x4 = ((d2 ^ d7 ^ r3 ^ (d3 >> b) ^ k3) & ONCE) * REPEAT;
      x3 = ((d3 ^ d7 ^ r4 ^ (d4 >> b) ^ (k0 >> 4)) & ONCE) * REPEAT;
      x2 = ((d4 ^ r5 ^ (d5 >> b) ^ (k1 >> 4)) & ONCE) * REPEAT;
      x1 = ((d5 ^ r6 ^ (d6 >> b) ^ (k2 >> 4)) & ONCE) * REPEAT;
      x0 = ((d6 ^ r7 ^ (d7 >> b) ^ (k3 >> 4)) & ONCE) * REPEAT;
    } else {
      const r0 = s7 >> 11;
      const r1 = s6 >> 11;
      const r2 = s5 >> 11;
      const r3 = s4 >> 11;
      const r4 = u7 >> 11;
      const r5 = s2 >> 11;
      const r6 = s1 >> 11;
      const r7 = s0 >> 11;
      const d0 = s7 ^ r0;
      const d1 = s6 ^ r1;
      const d2 = s5 ^ r2;
      const d3 = s4 ^ r3;
      const d4 = u7 ^ r4;
      const d5 = s2 ^ r5;
      const d6 = s1 ^ r6;
      const d7 = s0 ^ r7;
      x7 = ((d7 ^ r0 ^ (s7 >> 18) ^ (s7 >> 25) ^ k0) & ONCE) * REPEAT;
      x6 = ((d0 ^ d7 ^ r1 ^ (s6 >> 18) ^ (s6 >> 25) ^ k1) & ONCE) * REPEAT;
      x5 = ((d1 ^ r2 ^ (s5 >> 18) ^ (s5 >> 25) ^ k2) & ONCE) * REPEAT;
      x4 = ((d2 ^ d7 ^ r3 ^ (s4 >> 18) ^ (s4 >> 25) ^ k3) & ONCE) * REPEAT;
      x3 = ((d3 ^ d7 ^ r4 ^ (u7 >> 18) ^ (u7 >> 25) ^ (k0 >> 4)) & ONCE) * REPEAT;
      x2 = ((d4 ^ r5 ^ (s2 >> 18) ^ (s2 >> 25) ^ (k1 >> 4)) & ONCE) * REPEAT;
      x1 = ((d5 ^ r6 ^ (s1 >> 18) ^ (s1 >> 25) ^ (k2 >> 4)) & ONCE) * REPEAT;
      x0 = ((d6 ^ r7 ^ (s0 >> 18) ^ (s0 >> 25) ^ (k3 >> 4)) & ONCE) * REPEAT;
    }
  }
}

/** Encrypts `len` bytes, whole blocks, in place; `iv` becomes the last ciphertext block. */
export function cbcEncrypt(ctx: usize, rounds: usize, iv: usize, data: usize, len: u32): void {
  cbc(ctx, rounds, iv, data, len, true);
}

/** The same, but the text stays. */
export function cbcMac(ctx: usize, rounds: usize, chain: usize, data: usize, len: u32): void {
  cbc(ctx, rounds, chain, data, len, false);
}

function cbc(ctx: usize, rounds: usize, iv: usize, data: usize, len: u32, write: bool): void {
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
    encryptState(last);
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
    if (write) {
      store<u64>(data, low, 0);
      store<u64>(data, high, 8);
    }
  }
  store<u64>(iv, low, 0);
  store<u64>(iv, high, 8);
  ct.wipe(roundKeys, 240);
  ct.wipe(state, 64);
}

/** SubWord (FIPS 197, 5.2). The caller wipes the state by wipeOne. */
export function subWord(word: u32): u32 {
  toPlanes(<u64>word, 0);
  subBytes();
  let low = turnPair(joined(state));
  const high = turnPair(joined(state + 16));
  low ^= apart(low, high) << 2;
  return <u32>low ^ 0x63636363;
}

/** Forgets the state. */
export function wipeOne(): void {
  ct.wipe(state, 64);
}
