/**
 * Private keys as NVRAM holds them: sealed with AES-256-GCM under a key of the device, which the host gives at start and keeps apart
 * from NVRAM (host/abi.md, "device_key").
 *
 *      wrapped     0         1           13                                   len - 16
 *                  | version | nonce     | sealed: u16 length | public | secret | ICV |
 *
 * Associated data are the words of the line that it stands under: kind, use, whether it may be exported, and label. The nonce is made of
 * all of that, by HMAC-SHA-256 under a second key (as RFC 8452 does it for other ends): the same key written twice is the same octets, two
 * different ones never meet under one nonce, and writing takes no entropy.
 */
import { GCM_CTX, gcmKey, gcmOpen, gcmSeal } from "../crypto/gcm";
import { HASH_CTX_MAX } from "../crypto/hash";
import { HMAC_STATE_MAX, hmac, hmacFinal, hmacKey, hmacStart, hmacUpdate } from "../crypto/hmac";
import { sha256 } from "../crypto/sha2_32";
import { get16, put16, putString } from "../util/bytes";
import * as ct from "../util/ct";
import { KeyPair, PairKind } from "./store";

export const DEVICE_KEY: u32 = 32;
const VERSION: u32 = 1;
const HEAD: u32 = 13;
const ICV: u32 = 16;
/** Octets that wrapping adds. */
export const WRAPPED_MORE: u32 = HEAD + 2 + ICV;

/** What the host fills; zeros: it has given none. */
export const deviceKey: usize = memory.data(32, 8);

// @ts-ignore: decorator
@lazy
const keys: usize = memory.data(64, 8);
// @ts-ignore: decorator
@lazy
const context: usize = memory.data(320, 8);
// @ts-ignore: decorator
@lazy
const state: usize = memory.data(128, 8);
// @ts-ignore: decorator
@lazy
const hashing: usize = memory.data(200, 8);
// @ts-ignore: decorator
@lazy
const label: usize = memory.data(64, 8);
// @ts-ignore: decorator
@lazy
const mac: usize = memory.data(32, 8);

/** Whether the host has given a key. */
export function present(): bool {
  let some: u32 = 0;
  for (let i: usize = 0; i < DEVICE_KEY; i++) some |= <u32>load<u8>(deviceKey + i);
  return some != 0;
}

/** The two keys, each of a name of its own. */
function derive(): void {
  const n = putString(label, "postern wrapping 1");
  hmac(sha256, deviceKey, DEVICE_KEY, label, n, keys);
  store<u8>(label + n - 1, 50);
  hmac(sha256, deviceKey, DEVICE_KEY, label, n, keys + 32);
}

function forget(): void {
  ct.wipe(keys, 64);
  ct.wipe(context, GCM_CTX);
  ct.wipe(state, HMAC_STATE_MAX);
  ct.wipe(hashing, HASH_CTX_MAX);
}

/** Kind, use, exportable, label. Returns octets, at `aad`. */
// @ts-ignore: decorator
@lazy
const aad: usize = memory.data(64, 8);
function associated(kind: u32, use: u32, exportable: bool, name: usize, nameLen: u32): u32 {
  store<u8>(aad, <u8>kind);
  store<u8>(aad, <u8>use, 1);
  store<u8>(aad, <u8>exportable, 2);
  memory.copy(aad + 3, name, <usize>nameLen);
  return 3 + nameLen;
}

/** Octets that a pair takes wrapped. */
export function wrappedLength(pair: KeyPair): u32 {
  return WRAPPED_MORE + pair.spkiLen + pair.secretLen;
}

/** Writes a pair wrapped, wrappedLength octets. Only with a device key. */
export function wrap(pair: KeyPair, out: usize): void {
  derive();
  const text = out + HEAD;
  const len = 2 + pair.spkiLen + pair.secretLen;
  put16(text, pair.spkiLen);
  memory.copy(text + 2, pair.spki, <usize>pair.spkiLen);
  memory.copy(text + 2 + pair.spkiLen, pair.secret, <usize>pair.secretLen);
  const aadLen = associated(pair.kind, pair.use, pair.exportable, pair.label, pair.labelLen);
  hmacKey(sha256, state, keys + 32, 32);
  hmacStart(sha256, state, hashing);
  store<u8>(mac, <u8>aadLen);
  hmacUpdate(sha256, hashing, mac, 1);
  hmacUpdate(sha256, hashing, aad, aadLen);
  hmacUpdate(sha256, hashing, text, len);
  hmacFinal(sha256, state, hashing, mac);
  store<u8>(out, <u8>VERSION);
  memory.copy(out + 1, mac, 12);
  gcmKey(context, keys, 32);
  gcmSeal(context, out + 1, aad, aadLen, text, len, text + len, ICV);
  forget();
}

/** What `unwrap` found, within the octets that it was given. */
export let spki: usize = 0;
export let spkiLen: u32 = 0;
export let secret: usize = 0;
export let secretLen: u32 = 0;

/** Opens octets in place. False: not under this device key, or not under these words. */
export function unwrap(p: usize, len: u32, kind: PairKind, use: u32, exportable: bool, name: usize, nameLen: u32): bool {
  if (len < WRAPPED_MORE + 2 || load<u8>(p) != VERSION || !present()) return false;
  derive();
  const text = p + HEAD;
  const textLen = len - HEAD - ICV;
  const aadLen = associated(kind, use, exportable, name, nameLen);
  gcmKey(context, keys, 32);
  const good = gcmOpen(context, p + 1, aad, aadLen, text, textLen, text + textLen, ICV);
  forget();
  if (!good) return false;
  spkiLen = get16(text);
  if (spkiLen + 2 >= textLen) return false;
  spki = text + 2;
  secret = spki + spkiLen;
  secretLen = textLen - 2 - spkiLen;
  return true;
}
