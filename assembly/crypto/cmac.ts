// AES-CMAC (RFC 4493; SP 800-38B), whose first 12 octets are ESP's and AH's AES-CMAC-96 (RFC 4494) under keys of 16 octets.
// The masks of the last block (cbc_mac.ts) are an encrypted zero, doubled once and twice.
//
//   key:      0              248    264    280
//             | AES schedule | K1   | K2   |
import { aes } from "./aes";
import { MAC_LENGTH, MAC_MESSAGE, macFinal, macStart, macUpdate } from "./cbc_mac";
import { get64, put64 } from "../util/bytes";
import * as ct from "../util/ct";

/** Bytes of a key's context, aligned to 8. */
export const CMAC_KEY: u32 = 280;
/** Bytes of a message's context, aligned to 8. */
export const CMAC_MESSAGE: u32 = MAC_MESSAGE;
/** Octets of the code; AES-CMAC-96 sends the first 12. */
export const CMAC_LENGTH: u32 = MAC_LENGTH;
// @ts-ignore: decorator
@inline const K1_AT: usize = 248;

const iv: usize = memory.data(16, 8);

/** Multiplies the block at `from` by x modulo x^128 + x^7 + x^2 + x + 1 (RFC 4493, 2.3). */
function double(from: usize, to: usize): void {
  const high = get64(from);
  const low = get64(from + 8);
  put64(to, (high << 1) | (low >> 63));
  put64(to + 8, (low << 1) ^ ((high >> 63) * 0x87));
}

/** Makes the schedule and both masks of a key of 16, 24 or 32 bytes. False, and nothing done, for another length. */
export function cmacKey(ctx: usize, key: usize, keyLen: u32): bool {
  if (!aes.keyLengthOk(keyLen)) return false;
  aes.setKey(ctx, key, keyLen);
  const k1 = ctx + K1_AT;
  memory.fill(k1, 0, 16);
  memory.fill(iv, 0, 16);
  aes.cbcEncrypt(ctx, iv, k1, 16);
  double(k1, k1);
  double(k1, k1 + 16);
  ct.wipe(iv, 16);
  return true;
}

/** Begins a message. */
export function cmacStart(message: usize): void {
  macStart(message);
}

/** Adds `len` bytes at `data`. */
export function cmacUpdate(ctx: usize, message: usize, data: usize, len: u32): void {
  macUpdate(ctx, message, data, len);
}

/** Writes the code, 16 octets, and wipes the message's context. */
export function cmacFinal(ctx: usize, message: usize, out: usize): void {
  macFinal(ctx, ctx + K1_AT, message, out);
}
