/**
 * ICVs of ESP and AH under an SA's key: HMAC (RFC 2404, RFC 4868) or AES-XCBC (RFC 3566). Combined modes authenticate by themselves.
 *
 *      start(sa); update(sa, p, len) ...; compare or copy the first sa.icvLength octets at finish(sa)
 */
import { Hash } from "../crypto/hash";
import { hmacFinal, hmacStart, hmacUpdate } from "../crypto/hmac";
import { xcbcFinal, xcbcStart, xcbcUpdate } from "../crypto/xcbc";
import { SA } from "../sadb/sas/sad";
import { Integrity } from "../sadb/terms/suite";
import { put32 } from "../util/bytes";

// A message of either kind.
const message: usize = memory.data(200, 8);
const digest: usize = memory.data(64, 8);
const upper: usize = memory.data(4, 4);

export function start(sa: SA): void {
  if (sa.integrity == <u8>Integrity.HMAC) hmacStart(sa.hash as Hash, sa.macState, message);
  else xcbcStart(message);
}

/** Adds octets to the message. */
export function update(sa: SA, p: usize, len: u32): void {
  if (sa.integrity == <u8>Integrity.HMAC) hmacUpdate(sa.hash as Hash, message, p, len);
  else xcbcUpdate(sa.macState, message, p, len);
}

/** Adds the upper half of an extended number, which stands behind what is sent (RFC 4303, 2.2.1; RFC 4302, 2.5.1). */
export function updateUpper(sa: SA, sequence: u64): void {
  put32(upper, <u32>(sequence >>> 32));
  update(sa, upper, 4);
}

/** The whole code; returns where it is until the next message. */
export function finish(sa: SA): usize {
  if (sa.integrity == <u8>Integrity.HMAC) hmacFinal(sa.hash as Hash, sa.macState, message, digest);
  else xcbcFinal(sa.macState, message, digest);
  return digest;
}

/** The code of one packet's `len` octets, with the upper half of its number where the SA's numbers are extended. */
export function compute(sa: SA, p: usize, len: u32, sequence: u64): usize {
  start(sa);
  update(sa, p, len);
  if (sa.esn) updateUpper(sa, sequence);
  return finish(sa);
}
