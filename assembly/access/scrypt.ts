/**
 * scrypt (RFC 7914) with N = 16384, r = 1, p = 1: IOS's type 9, checked in slices. The table V has 2 MiB, which no board can lend; here every
 * 64th of its entries is kept, and those between are made anew from the one before. That takes some thirty times the work and 32 KiB.
 *
 * Which entry is read depends on the password: that is how scrypt is made (RFC 7914, 6), not a slip of this file.
 */
import { HASH_CTX_MAX } from "../crypto/hash";
import { HMAC_STATE_MAX, hmacFinal, hmacKey, hmacStart, hmacUpdate } from "../crypto/hmac";
import { sha256 } from "../crypto/sha2_32";
import { put32 } from "../util/bytes";
import * as ct from "../util/ct";

const N: u32 = 16384;
/** Octets of a block. */
const BLOCK: u32 = 128;
/** One entry in so many is kept. */
const STRIDE: u32 = 64;
/** Octets that whoever begins lends. */
export const TABLE: u32 = (N / STRIDE) * BLOCK;
/** Blocks that are mixed in a slice: about as long as MODEXP_SLICE multiplications of limbs. */
const MIXES_SLICE: u32 = 512;

// @ts-ignore: decorator
@lazy
const x: usize = memory.data(128, 8);
// @ts-ignore: decorator
@lazy
const entry: usize = memory.data(128, 8);
// @ts-ignore: decorator
@lazy
const state: usize = memory.data(128, 8);
// @ts-ignore: decorator
@lazy
const ctx: usize = memory.data(200, 8);
// @ts-ignore: decorator
@lazy
const number: usize = memory.data(8, 8);

let table: usize = 0;
/** Steps of both loops together, 2 * N at the end. */
let done: u32 = 0;
/** How often `entry` has still to be mixed; 0 and not `reading`: it is to be fetched. */
let left: u32 = 0;
let reading: bool = false;

/** PBKDF2 of one round: a block of 32 octets of it, number `i`. */
function block(salt: usize, saltLen: u32, i: u32, out: usize): void {
  hmacStart(sha256, state, ctx);
  hmacUpdate(sha256, ctx, salt, saltLen);
  put32(number, i);
  hmacUpdate(sha256, ctx, number, 4);
  hmacFinal(sha256, state, ctx, out);
}

/** @param room TABLE octets, which are wiped at the end */
export function begin(password: usize, len: u32, salt: usize, saltLen: u32, room: usize): void {
  table = room;
  hmacKey(sha256, state, password, len);
  for (let i: u32 = 0; i < 4; i++) block(salt, saltLen, i + 1, x + 32 * i);
  done = left = 0;
  reading = false;
}

// @ts-ignore: decorator
@inline
function word(p: usize, i: usize): u32 {
  return load<u32>(p + (i << 2));
}

/** Salsa20/8 of `p` XOR `q`, to `p` (RFC 7914, 3). */
function salsa(p: usize, q: usize): void {
  for (let i: usize = 0; i < 64; i += 8) store<u64>(p + i, load<u64>(p + i) ^ load<u64>(q + i));
  let x0 = word(p, 0), x1 = word(p, 1), x2 = word(p, 2), x3 = word(p, 3), x4 = word(p, 4), x5 = word(p, 5), x6 = word(p, 6), x7 = word(p, 7);
  let x8 = word(p, 8), x9 = word(p, 9), xa = word(p, 10), xb = word(p, 11), xc = word(p, 12), xd = word(p, 13), xe = word(p, 14), xf = word(p, 15);
  for (let i = 0; i < 4; i++) {
    x4 ^= rotl(x0 + xc, 7); x8 ^= rotl(x4 + x0, 9); xc ^= rotl(x8 + x4, 13); x0 ^= rotl(xc + x8, 18);
    x9 ^= rotl(x5 + x1, 7); xd ^= rotl(x9 + x5, 9); x1 ^= rotl(xd + x9, 13); x5 ^= rotl(x1 + xd, 18);
    xe ^= rotl(xa + x6, 7); x2 ^= rotl(xe + xa, 9); x6 ^= rotl(x2 + xe, 13); xa ^= rotl(x6 + x2, 18);
    x3 ^= rotl(xf + xb, 7); x7 ^= rotl(x3 + xf, 9); xb ^= rotl(x7 + x3, 13); xf ^= rotl(xb + x7, 18);
    x1 ^= rotl(x0 + x3, 7); x2 ^= rotl(x1 + x0, 9); x3 ^= rotl(x2 + x1, 13); x0 ^= rotl(x3 + x2, 18);
    x6 ^= rotl(x5 + x4, 7); x7 ^= rotl(x6 + x5, 9); x4 ^= rotl(x7 + x6, 13); x5 ^= rotl(x4 + x7, 18);
    xb ^= rotl(xa + x9, 7); x8 ^= rotl(xb + xa, 9); x9 ^= rotl(x8 + xb, 13); xa ^= rotl(x9 + x8, 18);
    xc ^= rotl(xf + xe, 7); xd ^= rotl(xc + xf, 9); xe ^= rotl(xd + xc, 13); xf ^= rotl(xe + xd, 18);
  }
  store<u32>(p, word(p, 0) + x0, 0); store<u32>(p, word(p, 1) + x1, 4); store<u32>(p, word(p, 2) + x2, 8); store<u32>(p, word(p, 3) + x3, 12);
  store<u32>(p, word(p, 4) + x4, 16); store<u32>(p, word(p, 5) + x5, 20); store<u32>(p, word(p, 6) + x6, 24); store<u32>(p, word(p, 7) + x7, 28);
  store<u32>(p, word(p, 8) + x8, 32); store<u32>(p, word(p, 9) + x9, 36); store<u32>(p, word(p, 10) + xa, 40); store<u32>(p, word(p, 11) + xb, 44);
  store<u32>(p, word(p, 12) + xc, 48); store<u32>(p, word(p, 13) + xd, 52); store<u32>(p, word(p, 14) + xe, 56); store<u32>(p, word(p, 15) + xf, 60);
}

/** scryptBlockMix with r = 1, in place (RFC 7914, 4): the first half is mixed under the second, then the second under what has become of the first. */
function mix(p: usize): void {
  salsa(p, p + 64);
  salsa(p + 64, p);
}

/** One slice; true when both loops of scryptROMix (RFC 7914, 5) are done. */
export function step(): bool {
  for (let i: u32 = 0; i < MIXES_SLICE; i++) {
    if (done < N) {
      if (done % STRIDE == 0) memory.copy(table + <usize>((done / STRIDE) * BLOCK), x, BLOCK);
    } else {
      if (!reading) {
        const j = word(x, 16) & (N - 1);
        memory.copy(entry, table + <usize>((j / STRIDE) * BLOCK), BLOCK);
        left = j % STRIDE;
        reading = true;
      }
      if (left) {
        mix(entry);
        left--;
        continue;
      }
      for (let k: usize = 0; k < BLOCK; k += 8) store<u64>(x + k, load<u64>(x + k) ^ load<u64>(entry + k));
      reading = false;
    }
    mix(x);
    if (++done == 2 * N) return true;
  }
  return false;
}

/** Writes what was derived, 32 octets, and wipes the rest. */
export function result(out: usize): void {
  block(x, BLOCK, 1, out);
  wipe();
}

export function wipe(): void {
  ct.wipe(x, 128);
  ct.wipe(entry, 128);
  ct.wipe(state, HMAC_STATE_MAX);
  ct.wipe(ctx, HASH_CTX_MAX);
  if (table) ct.wipe(table, TABLE);
  table = 0;
}
