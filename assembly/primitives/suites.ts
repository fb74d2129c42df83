// The part of the crypto core that serves further ESP and AH transforms: AES in counter mode, AES-GCM, AES-XCBC-MAC. A
// function that returns u32 returns 0 for a length that the algorithm does not take, and has then done nothing.
import * as chacha from "../crypto/chacha_poly";
import * as ctr from "../crypto/ctr";
import * as gcm from "../crypto/gcm";
import * as xcbc from "../crypto/xcbc";

/** Expands a key for ctrEsp and ctrXor into `ctx`, 248 bytes; returns 1. */
export function ctrKey(ctx: usize, key: usize, keyLen: u32): u32 {
  return ctr.ctrKey(ctx, key, keyLen) ? 1 : 0;
}

/** Counter mode with RFC 3686's counter block, in place. */
export function ctrEsp(ctx: usize, nonce: usize, iv: usize, data: usize, len: u32): void {
  ctr.ctrEsp(ctx, nonce, iv, data, len);
}

/** Counter mode with a counter block of the caller's (16 bytes), which moves on. */
export function ctrXor(ctx: usize, counter: usize, data: usize, len: u32): void {
  ctr.ctrOpen(ctx);
  ctr.ctrRun(counter, data, len);
  ctr.ctrClose();
}

/** Expands a key for AES-GCM into `ctx`, 264 bytes; returns 1. */
export function gcmKey(ctx: usize, key: usize, keyLen: u32): u32 {
  return gcm.gcmKey(ctx, key, keyLen) ? 1 : 0;
}

/** Encrypts in place and writes the ICV; returns its length. */
export function gcmSeal(
  ctx: usize, nonce: usize, aad: usize, aadLen: u32, data: usize, len: u32, icv: usize, icvLen: u32,
): u32 {
  if (!gcm.gcmIcvOk(icvLen)) return 0;
  gcm.gcmSeal(ctx, nonce, aad, aadLen, data, len, icv, icvLen);
  return icvLen;
}

/** Checks the ICV and decrypts in place; 1 when it was right. */
export function gcmOpen(
  ctx: usize, nonce: usize, aad: usize, aadLen: u32, data: usize, len: u32, icv: usize, icvLen: u32,
): u32 {
  return gcm.gcmIcvOk(icvLen) && gcm.gcmOpen(ctx, nonce, aad, aadLen, data, len, icv, icvLen) ? 1 : 0;
}

/** Takes a key of 32 bytes for ChaCha20-Poly1305 into `ctx`, 32 bytes; returns 1. */
export function chachaPolyKey(ctx: usize, key: usize, keyLen: u32): u32 {
  return chacha.chachaPolyKey(ctx, key, keyLen) ? 1 : 0;
}

/** Encrypts in place and writes the ICV, 16 octets; returns its length. */
export function chachaPolySeal(ctx: usize, nonce: usize, aad: usize, aadLen: u32, data: usize, len: u32, icv: usize): u32 {
  chacha.chachaPolySeal(ctx, nonce, aad, aadLen, data, len, icv);
  return chacha.CHACHA_POLY_ICV;
}

/** Checks the ICV, 16 octets, and decrypts in place; 1 when it was right. */
export function chachaPolyOpen(ctx: usize, nonce: usize, aad: usize, aadLen: u32, data: usize, len: u32, icv: usize): u32 {
  return chacha.chachaPolyOpen(ctx, nonce, aad, aadLen, data, len, icv) ? 1 : 0;
}

/** Expands a key of 16 bytes for AES-XCBC-MAC into `ctx`, 216 bytes. */
export function xcbcKey(ctx: usize, key: usize): void {
  xcbc.xcbcKey(ctx, key);
}

/** Begins a message, 40 bytes. */
export function xcbcStart(message: usize): void {
  xcbc.xcbcStart(message);
}

export function xcbcUpdate(ctx: usize, message: usize, data: usize, len: u32): void {
  xcbc.xcbcUpdate(ctx, message, data, len);
}

/** Writes the code, 16 octets; returns its length. */
export function xcbcFinal(ctx: usize, message: usize, out: usize): u32 {
  xcbc.xcbcFinal(ctx, message, out);
  return xcbc.XCBC_LENGTH;
}

/** AES-XCBC-PRF-128; returns its length. */
export function xcbcPrf(key: usize, keyLen: u32, data: usize, len: u32, out: usize): u32 {
  xcbc.xcbcPrf(key, keyLen, data, len, out);
  return xcbc.XCBC_LENGTH;
}
