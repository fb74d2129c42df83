/**
 * MD5-crypt, IOS's type 5: 1000 rounds of MD5 over password and salt, in slices. It is here to check what old configurations bring, and
 * makes nothing new.
 */
import { md5 } from "../crypto/md5";
import * as ct from "../util/ct";
import { putString } from "../util/bytes";
import { encodeWord } from "./letters";

const ROUNDS: u32 = 1000;
const ROUNDS_SLICE: u32 = 50;
/** Letters of the result. */
export const LENGTH: u32 = 22;

// @ts-ignore: decorator
@lazy
const ctx: usize = memory.data(200, 8);
// @ts-ignore: decorator
@lazy
const digest: usize = memory.data(16, 8);
// @ts-ignore: decorator
@lazy
const other: usize = memory.data(16, 8);
// @ts-ignore: decorator
@lazy
const zero: usize = memory.data(8, 8);

let password: usize = 0;
let passwordLen: u32 = 0;
let salt: usize = 0;
let saltLen: u32 = 0;
let round: u32 = 0;

/** Password and salt stay in place until the end. */
export function begin(p: usize, len: u32, s: usize, sLen: u32): void {
  password = p;
  passwordLen = len;
  salt = s;
  saltLen = sLen;
  round = 0;
  md5.init(ctx);
  md5.update(ctx, p, len);
  md5.update(ctx, s, sLen);
  md5.update(ctx, p, len);
  md5.final(ctx, other);
  const n = putString(digest, "$1$");
  md5.init(ctx);
  md5.update(ctx, p, len);
  md5.update(ctx, digest, n);
  md5.update(ctx, s, sLen);
  for (let left = len; left > 0; left -= min<u32>(left, 16)) md5.update(ctx, other, min<u32>(left, 16));
  // A zero where a bit of the length is 1, else the password's first octet.
  for (let bits = len; bits; bits >>>= 1) md5.update(ctx, bits & 1 ? zero : p, 1);
  md5.final(ctx, digest);
}

/** One slice; true when all rounds are done. */
export function step(): bool {
  for (let i: u32 = 0; i < ROUNDS_SLICE && round < ROUNDS; i++, round++) {
    const odd = (round & 1) != 0;
    md5.init(ctx);
    md5.update(ctx, odd ? password : digest, odd ? passwordLen : 16);
    if (round % 3) md5.update(ctx, salt, saltLen);
    if (round % 7) md5.update(ctx, password, passwordLen);
    md5.update(ctx, odd ? digest : password, odd ? 16 : passwordLen);
    md5.final(ctx, digest);
  }
  return round == ROUNDS;
}

function octet(i: u32): u32 {
  return <u32>load<u8>(digest + i);
}

/** Writes the result, LENGTH letters, and wipes the rest. */
export function result(out: usize): void {
  for (let i: u32 = 0; i < 5; i++) encodeWord((octet(i) << 16) | (octet(i + 6) << 8) | octet(i == 4 ? 5 : i + 12), 4, out + 4 * i);
  encodeWord(octet(11), 2, out + 20);
  wipe();
}

export function wipe(): void {
  ct.wipe(ctx, 200);
  ct.wipe(digest, 16);
  ct.wipe(other, 16);
}
