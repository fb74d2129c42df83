/**
 * IOS's type 6: a key under the MD5 of a master key, with AES-128 and four octets of HMAC-SHA-1, in letters of base 41. It is read, so that old
 * configurations can be taken over, and never written: it is as weak as the master key is to guess.
 */
import { aes } from "../crypto/aes";
import { hmac } from "../crypto/hmac";
import { sha1 } from "../crypto/sha1";
import * as ct from "../util/ct";

const SALT: u32 = 8;
const TAG: u32 = 4;
/** Octets of a key, and of all. */
export const TEXT_MAX: u32 = 128;
const ALL: u32 = SALT + TEXT_MAX + TAG + 2;

// @ts-ignore: decorator
@lazy
const octets: usize = memory.data(152, 8);
// @ts-ignore: decorator
@lazy
const schedule: usize = memory.data(384, 8);
// @ts-ignore: decorator
@lazy
const block: usize = memory.data(16, 8);
// @ts-ignore: decorator
@lazy
const zeros: usize = memory.data(16, 8);
// @ts-ignore: decorator
@lazy
const keys: usize = memory.data(32, 8);
// @ts-ignore: decorator
@lazy
const mac: usize = memory.data(32, 8);
/** What was read. */
// @ts-ignore: decorator
@lazy
export const text: usize = memory.data(128, 8);

/** Octets of the letters, their padding taken off; 0: they are none. */
function decode(p: usize, len: u32): u32 {
  if (len % 3 || (len / 3) * 2 > ALL || !len) return 0;
  let n: u32 = 0;
  for (let i: u32 = 0; i < len; i += 3) {
    let v: u32 = 0;
    for (let k: u32 = 0; k < 3; k++) {
      const c = <u32>load<u8>(p + i + k) - 65;
      if (c > 40) return 0;
      v = v * 41 + c;
    }
    if (v > 0xffff) return 0;
    store<u8>(octets + n++, <u8>(v >>> 8));
    store<u8>(octets + n++, <u8>v);
  }
  // 00 behind what was odd, 00 01 behind what was even.
  const last = <u32>load<u8>(octets + n - 1);
  if (last > 1 || (last == 1 && load<u8>(octets + n - 2))) return 0;
  return n - 1 - last;
}

function encrypt(): void {
  memory.fill(zeros, 0, 16);
  aes.cbcEncrypt(schedule, zeros, block, 16);
}

/** AES of the salt and a number, under the key at `from`. */
function derive(from: usize, number: u32, to: usize): void {
  memory.fill(block, 0, 16);
  memory.copy(block, octets, SALT);
  store<u8>(block + 15, <u8>number);
  aes.setKey(schedule, from, 16);
  encrypt();
  memory.copy(to, block, 16);
}

/** Reads a key. Octets at `text`; 0: it is none, or not under this master key. @param master its MD5 */
export function read(master: usize, p: usize, len: u32): u32 {
  const n = decode(p, len);
  let size: u32 = 0;
  if (n > SALT + TAG && n <= SALT + TEXT_MAX + TAG) {
    size = n - SALT - TAG;
    derive(master, 1, keys);
    derive(master, 0, keys + 16);
    hmac(sha1, keys + 16, 16, octets + SALT, size, mac);
    if (ct.equal(mac, octets + SALT + size, TAG)) decrypt(size);
    else size = 0;
  }
  ct.wipe(octets, 152);
  ct.wipe(schedule, 384);
  ct.wipe(keys, 32);
  ct.wipe(block, 16);
  return size;
}

function decrypt(size: u32): void {
  aes.setKey(schedule, keys, 16);
  for (let at: u32 = 0; at < size; at += 16) {
    memory.fill(block, 0, 16);
    store<u8>(block + 3, <u8>(at >>> 4));
    encrypt();
    for (let i: u32 = 0; i < 16 && at + i < size; i++) store<u8>(text + at + i, load<u8>(octets + SALT + at + i) ^ load<u8>(block + i));
  }
}

export function wipe(): void {
  ct.wipe(text, TEXT_MAX);
}
