/**
 * A key from a password, in slices so that packets keep flowing between them: PBKDF2 (RFC 8018, 5.2) and PKCS#12's own way (RFC 7292,
 * appendix B.2). Rounds are bounded by whoever begins. One runs at a time, for the one who is at the console.
 *
 *     beginPbkdf2(...) or begin12(...);
 *     while (!step()) ...             // a slice each; return to the poll between them
 *     ... octets at `derived` ...
 *     wipe();
 *
 * Password and salt stay in place until the end.
 */
import { HASH_CTX_MAX, Hash } from "../crypto/hash";
import { HMAC_STATE_MAX, hmacFinal, hmacKey, hmacStart, hmacUpdate } from "../crypto/hmac";
import { put32 } from "../util/bytes";
import * as ct from "../util/ct";

/** Rounds of a slice, of hashes of 32-bit words and of 64-bit ones: as long as MODEXP_SLICE multiplications of limbs, about. */
const ROUNDS_SLICE: u32 = 64;
const ROUNDS_SLICE_64: u32 = 32;

/** What was derived, 64 octets at most. */
// @ts-ignore: decorator
@lazy
export const derived: usize = memory.data(64, 8);
// @ts-ignore: decorator
@lazy
const state: usize = memory.data(128, 8);
// @ts-ignore: decorator
@lazy
const ctx: usize = memory.data(200, 8);
// @ts-ignore: decorator
@lazy
const u: usize = memory.data(64, 8);
// @ts-ignore: decorator
@lazy
const block: usize = memory.data(64, 8);
// Salt and password, each repeated to whole blocks of the hash (appendix B.2).
// @ts-ignore: decorator
@lazy
const repeated: usize = memory.data(640, 8);

let hashing: Hash | null = null;
let password: usize = 0;
let passwordLen: u32 = 0;
let salt: usize = 0;
let saltLen: u32 = 0;
let rounds: u32 = 0;
/** PKCS#12's purpose, 0: it is PBKDF2; the purpose that follows, 0: none, and its octets, which go behind the first one's. */
let purpose: u32 = 0;
let nextPurpose: u32 = 0;
let nextOctets: u32 = 0;
/** The block that is being made, its rounds that are done, octets that are made and wanted, octets of `repeated`. */
let number: u32 = 0;
let round: u32 = 0;
let made: u32 = 0;
let wanted: u32 = 0;
let run: u32 = 0;

/** What is left of secrets, `derived` included. */
export function wipe(): void {
  ct.wipe(derived, 64);
  ct.wipe(state, HMAC_STATE_MAX);
  ct.wipe(ctx, HASH_CTX_MAX);
  ct.wipe(u, 64);
  ct.wipe(block, 64);
  ct.wipe(repeated, 640);
  hashing = null;
}

function begin(hash: Hash, p: usize, len: u32, s: usize, sLen: u32, n: u32, octets: u32): void {
  hashing = hash;
  password = p;
  passwordLen = len;
  salt = s;
  saltLen = sLen;
  rounds = n;
  wanted = octets;
  made = round = 0;
  number = 1;
  purpose = nextPurpose = nextOctets = 0;
}

/** PBKDF2 of up to 64 octets. */
export function beginPbkdf2(hash: Hash, p: usize, len: u32, s: usize, sLen: u32, n: u32, octets: u32): void {
  begin(hash, p, len, s, sLen, n, octets);
  hmacKey(hash, state, password, passwordLen);
}

/** PKCS#12's: `id` 1 makes a key, 2 an IV, 3 a MAC's key. @param after 0, or an id whose `afterOctets` follow */
export function begin12(hash: Hash, id: u32, p: usize, len: u32, s: usize, sLen: u32, n: u32, octets: u32, after: u32, afterOctets: u32): void {
  begin(hash, p, len, s, sLen, n, octets);
  purpose = id;
  nextPurpose = after;
  nextOctets = afterOctets;
  repeat(hash);
}

function repeat(hash: Hash): void {
  const v = hash.blockLength;
  const saltRun: u32 = saltLen ? ((saltLen + v - 1) / v) * v : 0;
  // A BMPString that ends in a zero; no password at all is none of it.
  const wide: u32 = 2 * passwordLen + 2;
  const passwordRun: u32 = ((wide + v - 1) / v) * v;
  for (let i: u32 = 0; i < saltRun; i++) store<u8>(repeated + i, load<u8>(salt + (i % saltLen)));
  for (let i: u32 = 0; i < passwordRun; i++) {
    const at = i % wide;
    store<u8>(repeated + saltRun + i, at & 1 && at >> 1 < passwordLen ? load<u8>(password + (at >> 1)) : 0);
  }
  run = saltRun + passwordRun;
}

/** One slice; true when what was wanted is at `derived`. */
export function step(): bool {
  const hash = hashing;
  if (!hash) return true;
  const most = hash.blockLength > 64 ? ROUNDS_SLICE_64 : ROUNDS_SLICE;
  for (let i: u32 = 0; i < most; i++) {
    if (purpose) round12(hash);
    else roundPbkdf2(hash);
    if (++round < rounds) continue;
    if (endBlock(hash)) return true;
  }
  return false;
}

function roundPbkdf2(hash: Hash): void {
  const n = hash.digestLength;
  hmacStart(hash, state, ctx);
  if (round) hmacUpdate(hash, ctx, u, n);
  else {
    put32(u, number);
    hmacUpdate(hash, ctx, salt, saltLen);
    hmacUpdate(hash, ctx, u, 4);
  }
  hmacFinal(hash, state, ctx, u);
  if (!round) memory.copy(block, u, <usize>n);
  else for (let k: u32 = 0; k < n; k += 4) store<u32>(block + k, load<u32>(block + k) ^ load<u32>(u + k));
}

function round12(hash: Hash): void {
  if (round) {
    hash.digest(ctx, block, hash.digestLength, block);
    return;
  }
  hash.init(ctx);
  store<u8>(u, <u8>purpose);
  for (let i: u32 = 0; i < hash.blockLength; i++) hash.update(ctx, u, 1);
  hash.update(ctx, repeated, run);
  hash.final(ctx, block);
}

/** The block's rounds are done. True: so is all. */
function endBlock(hash: Hash): bool {
  const part = min<u32>(hash.digestLength, wanted - made);
  memory.copy(derived + made, block, <usize>part);
  made += part;
  round = 0;
  number++;
  if (made < wanted) {
    if (purpose) goOn12(hash);
    return false;
  }
  if (nextPurpose) {
    purpose = nextPurpose;
    nextPurpose = 0;
    wanted += nextOctets;
    repeat(hash);
    return false;
  }
  hashing = null;
  return true;
}

/** Each block of what is repeated becomes itself + B + 1, B being the digest repeated to a block. */
function goOn12(hash: Hash): void {
  const v = hash.blockLength;
  const n = hash.digestLength;
  for (let at: u32 = 0; at < run; at += v) {
    let carry: u32 = 1;
    for (let k = v; k > 0; k--) {
      carry += <u32>load<u8>(repeated + at + k - 1) + <u32>load<u8>(block + ((k - 1) % n));
      store<u8>(repeated + at + k - 1, <u8>carry);
      carry >>>= 8;
    }
  }
}
