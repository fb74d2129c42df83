// AES-XCBC-MAC (RFC 3566), whose first 12 octets are ESP's and AH's AES-XCBC-MAC-96, and the prf made of it (RFC 4434).
// The masks of the last block (cbc_mac.ts) are two keys made of the first.
//
//   key:      0                  184    200    216
//             | schedule of K1   | K2   | K3   |
import { aes } from "./aes";
import { MAC_LENGTH, MAC_MESSAGE, macFinal, macStart, macUpdate } from "./cbc_mac";
import * as ct from "../util/ct";

/** Bytes of a key's context, aligned to 8. */
export const XCBC_KEY: u32 = 216;
/** Bytes of a message's context, aligned to 8. */
export const XCBC_MESSAGE: u32 = MAC_MESSAGE;
/** Octets of the code; AES-XCBC-MAC-96 sends the first 12. */
export const XCBC_LENGTH: u32 = MAC_LENGTH;
// K2 and K3 stand behind AES-128's schedule, which is shorter than other lengths': every SA has such a context.
// @ts-ignore: decorator
@inline const K2_AT: usize = 184;

/** K1, K2, K3. */
const scratch: usize = memory.data(48, 8);
const iv: usize = memory.data(16, 8);
const shortKey: usize = memory.data(16, 8);
const prfKey: usize = memory.data(216, 8);
const prfMessage: usize = memory.data(40, 8);

/** Makes K1, K2 and K3 (RFC 3566, 4, step 1) of a key of 16 bytes. */
export function xcbcKey(ctx: usize, key: usize): void {
  aes.setKey(ctx, key, 16);
  for (let i: usize = 0; i < 3; i++) {
    memory.fill(scratch + (i << 4), <u8>(i + 1), 16);
    memory.fill(iv, 0, 16);
    aes.cbcEncrypt(ctx, iv, scratch + (i << 4), 16);
  }
  aes.setKey(ctx, scratch, 16);
  memory.copy(ctx + K2_AT, scratch + 16, 32);
  ct.wipe(scratch, 48);
  ct.wipe(iv, 16);
}

/** Begins a message. */
export function xcbcStart(message: usize): void {
  macStart(message);
}

/** Adds `len` bytes at `data`. */
export function xcbcUpdate(ctx: usize, message: usize, data: usize, len: u32): void {
  macUpdate(ctx, message, data, len);
}

/** Writes the code, 16 octets, and wipes the message's context (RFC 3566, 4, steps 3 to 4). */
export function xcbcFinal(ctx: usize, message: usize, out: usize): void {
  macFinal(ctx, ctx + K2_AT, message, out);
}

/** The code of one message under a key of 16 octets; `out` has 16 and may be `data`. */
export function xcbcMac(ctx: usize, data: usize, len: u32, out: usize): void {
  xcbcStart(prfMessage);
  xcbcUpdate(ctx, prfMessage, data, len);
  xcbcFinal(ctx, prfMessage, out);
}

/** AES-XCBC-PRF-128 (RFC 4434, 2) under a key of any length: shorter ones get zeros, longer ones are hashed first. */
export function xcbcPrf(key: usize, keyLen: u32, data: usize, len: u32, out: usize): void {
  memory.fill(shortKey, 0, 16);
  if (keyLen > 16) {
    xcbcKey(prfKey, shortKey);
    xcbcMac(prfKey, key, keyLen, shortKey);
  } else {
    memory.copy(shortKey, key, keyLen);
  }
  xcbcKey(prfKey, shortKey);
  xcbcMac(prfKey, data, len, out);
  ct.wipe(shortKey, 16);
  ct.wipe(prfKey, XCBC_KEY);
}
