// The part of the crypto core that serves further ESP and AH transforms: AES in counter mode, AES-GCM, AES-CCM, AES-GMAC,
// AES-XCBC-MAC, AES-CMAC, ChaCha20-Poly1305. A function that returns u32 returns 0 for a length that the algorithm does not
// take, and has then done nothing.
import * as aes from "../crypto/aes";
import * as ccm from "../crypto/ccm";
import * as chacha from "../crypto/chacha_poly";
import * as cmac from "../crypto/cmac";
import * as ctr from "../crypto/ctr";
import * as gcm from "../crypto/gcm";
import * as gmac from "../crypto/gmac";
import * as xcbc from "../crypto/xcbc";

/** AES-CBC over `n` texts at once, each with 16 bytes at `texts`: addresses of schedule, IV and text, and the text's length. */
export function aesEncryptMany(texts: usize, n: u32): void {
  aes.aesEncryptMany(texts, n);
}

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

/** Expands a key for AES-GCM into `ctx`, 280 bytes; returns 1. */
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

/** Expands a key of 16, 24 or 32 bytes for AES-CMAC into `ctx`, 280 bytes; returns 1. */
export function cmacKey(ctx: usize, key: usize, keyLen: u32): u32 {
  return cmac.cmacKey(ctx, key, keyLen) ? 1 : 0;
}

/** Begins a message, 40 bytes. */
export function cmacStart(message: usize): void {
  cmac.cmacStart(message);
}

export function cmacUpdate(ctx: usize, message: usize, data: usize, len: u32): void {
  cmac.cmacUpdate(ctx, message, data, len);
}

/** Writes the code, 16 octets; returns its length. */
export function cmacFinal(ctx: usize, message: usize, out: usize): u32 {
  cmac.cmacFinal(ctx, message, out);
  return cmac.CMAC_LENGTH;
}

/** Begins a message of AES-GMAC, 64 bytes, under a nonce of 12 bytes. Keys are gcmKey's. */
export function gmacStart(message: usize, nonce: usize): void {
  gmac.gmacStart(message, nonce);
}

export function gmacUpdate(ctx: usize, message: usize, data: usize, len: u32): void {
  gmac.gmacUpdate(ctx, message, data, len);
}

/** Writes the code, 16 octets; returns its length. */
export function gmacFinal(ctx: usize, message: usize, out: usize): u32 {
  gmac.gmacFinal(ctx, message, out);
  return gmac.GMAC_LENGTH;
}

/** Expands a key for AES-CCM into `ctx`, 248 bytes; returns 1. */
export function ccmKey(ctx: usize, key: usize, keyLen: u32): u32 {
  return ccm.ccmKey(ctx, key, keyLen) ? 1 : 0;
}

/** Encrypts in place and writes the ICV; returns its length. ESP has nonces of 11 bytes and ICVs of 8, 12 or 16. */
export function ccmSeal(
  ctx: usize, nonce: usize, nonceLen: u32, aad: usize, aadLen: u32, data: usize, len: u32, icv: usize, icvLen: u32,
): u32 {
  if (!ccm.ccmOk(nonceLen, icvLen, aadLen, len)) return 0;
  ccm.ccmSeal(ctx, nonce, nonceLen, aad, aadLen, data, len, icv, icvLen);
  return icvLen;
}

/** Decrypts in place and checks the ICV; 1 when it was right. Otherwise the text is as it was. */
export function ccmOpen(
  ctx: usize, nonce: usize, nonceLen: u32, aad: usize, aadLen: u32, data: usize, len: u32, icv: usize, icvLen: u32,
): u32 {
  if (!ccm.ccmOk(nonceLen, icvLen, aadLen, len)) return 0;
  return ccm.ccmOpen(ctx, nonce, nonceLen, aad, aadLen, data, len, icv, icvLen) ? 1 : 0;
}
