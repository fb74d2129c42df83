/**
 * Keys as the configuration holds them when `password encryption aes` is on: sealed with AES-256-GCM under a key that is made of a master key by
 * PBKDF2 (master.ts), or, the master key's own, under the device's. In base64:
 *
 *      sealed      0         1           13                  len - 16
 *                  | version | nonce     | sealed: the key   | ICV |
 *
 * The nonce is an HMAC-SHA-256 of what is sealed, under a second key (RFC 8452 does it for other ends): the same key is the same letters each time,
 * two different ones never meet under one nonce, and writing takes no entropy.
 */
import { GCM_CTX, gcmKey, gcmOpen, gcmSeal } from "../crypto/gcm";
import { hmac } from "../crypto/hmac";
import { sha256 } from "../crypto/sha2_32";
import * as base64 from "../pki/base64";
import { putString } from "../util/bytes";
import * as ct from "../util/ct";

const VERSION: u32 = 1;
const HEAD: u32 = 13;
const ICV: u32 = 16;
/** Octets that sealing adds. */
const MORE: u32 = HEAD + ICV;
/** Octets that can be sealed, and letters that they become. */
export const TEXT_MAX: u32 = 128;
export const LETTERS_MAX: u32 = ((TEXT_MAX + MORE + 2) / 3) * 4;

// @ts-ignore: decorator
@lazy
const keys: usize = memory.data(64, 8);
// @ts-ignore: decorator
@lazy
const context: usize = memory.data(320, 8);
// @ts-ignore: decorator
@lazy
const mac: usize = memory.data(32, 8);
// @ts-ignore: decorator
@lazy
const label: usize = memory.data(32, 8);
/** Sealed, in octets: the longest that there may be and what base64 makes of a line. */
// @ts-ignore: decorator
@lazy
const box: usize = memory.data(512, 8);
/** What was opened, TEXT_MAX octets at the most; the letters of what was sealed. */
// @ts-ignore: decorator
@lazy
export const text: usize = memory.data(512, 8);

/** Two keys of a root of 32 octets, each under a name of its own. */
function derive(root: usize): void {
  const n = putString(label, "postern sealed 1");
  hmac(sha256, root, 32, label, n, keys);
  store<u8>(label + n - 1, 50);
  hmac(sha256, root, 32, label, n, keys + 32);
}

function forget(): void {
  ct.wipe(keys, 64);
  ct.wipe(context, GCM_CTX);
  ct.wipe(box, 512);
}

/** Seals `len` octets, TEXT_MAX at the most. Returns how many letters are at `text`. @param root 32 octets */
export function seal(root: usize, p: usize, len: u32): u32 {
  derive(root);
  hmac(sha256, keys + 32, 32, p, len, mac);
  store<u8>(box, <u8>VERSION);
  memory.copy(box + 1, mac, 12);
  memory.copy(box + HEAD, p, <usize>len);
  gcmKey(context, keys, 32);
  gcmSeal(context, box + 1, box, 1, box + HEAD, len, box + HEAD + len, ICV);
  const n = base64.encode(box, len + MORE, text);
  forget();
  return n;
}

/** Opens letters. Octets at `text`; 0: they are no such thing, or not under this root. */
export function open(root: usize, p: usize, len: u32): u32 {
  if (len > LETTERS_MAX) return 0;
  const n = base64.decode(p, len, box);
  if (n == base64.BAD || n <= MORE || n > TEXT_MAX + MORE || <u32>load<u8>(box) != VERSION) return 0;
  derive(root);
  gcmKey(context, keys, 32);
  const size = n - MORE;
  const good = gcmOpen(context, box + 1, box, 1, box + HEAD, size, box + HEAD + size, ICV);
  if (good) memory.copy(text, box + HEAD, <usize>size);
  forget();
  return good ? size : 0;
}

/** What was opened has been taken. */
export function wipe(): void {
  ct.wipe(text, 512);
}
