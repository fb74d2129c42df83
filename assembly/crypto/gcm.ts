// AES-GCM (SP 800-38D) as ESP uses it (RFC 4106): nonces of 12 octets, ICVs of 8, 12 or 16. With an empty text it is GMAC
// (gmac.ts). Known weakness: two texts under one key and nonce give away the key of the authentication, so that a nonce
// comes from a counter alone and never twice.
//
//   context:  0              248       280
//             | AES schedule | H, H^2  |      (ghash.ts)
import { aes, aesMac } from "./aes";
import { CTR_CTX, ctrClose, ctrFull, ctrKey, ctrOpen, ctrRun } from "./ctr";
import { GHASH_KEY, ghash, ghashClose, ghashKey, ghashOpen } from "./ghash";
import { put32, put64 } from "../util/bytes";
import * as ct from "../util/ct";

/** Bytes of a context, aligned to 8. */
export const GCM_CTX: u32 = CTR_CTX + GHASH_KEY;
/** Bytes of a nonce: four of salt from KEYMAT, eight of IV from the packet (RFC 4106, 4). */
export const GCM_NONCE: u32 = 12;

// @ts-ignore: decorator
@inline export const H_AT: u32 = CTR_CTX;

const counter: usize = memory.data(16, 8);
const mask: usize = memory.data(16, 8);
const hash: usize = memory.data(16, 8);
const lengths: usize = memory.data(16, 8);

/** Expands a key of 16, 24 or 32 bytes into `ctx`. False, and nothing done, for another length. */
export function gcmKey(ctx: usize, key: usize, keyLen: u32): bool {
  if (!ctrKey(ctx, key, keyLen)) return false;
  // A block of zeros, encrypted.
  memory.fill(ctx + H_AT, 0, 16);
  memory.fill(hash, 0, 16);
  aes.cbcEncrypt(ctx, hash, ctx + H_AT, 16);
  ct.wipe(hash, 16);
  ghashKey(ctx + H_AT);
  return true;
}

/** The lengths that an ICV may have (RFC 4106, 6). */
export function gcmIcvOk(icvLen: u32): bool {
  return icvLen == 8 || icvLen == 12 || icvLen == 16;
}

/** Opens the key stream for a text of `len` bytes: `mask` is the first block, `counter` the second. */
function begin(ctx: usize, nonce: usize, len: u32): void {
  memory.copy(counter, nonce, 12);
  put32(counter + 12, 1);
  ctrOpen(ctx);
  memory.fill(mask, 0, 16);
  if (ctrFull(len)) {
    memory.copy(hash, counter, 16);
    aesMac(ctx, mask, hash, 16);
    put32(counter + 12, 2);
  } else ctrRun(counter, mask, 16);
}

/** Writes the whole tag to `hash`. */
function authenticate(ctx: usize, aad: usize, aadLen: u32, data: usize, len: u32): void {
  ghashOpen(ctx + H_AT, aadLen + len);
  memory.fill(hash, 0, 16);
  ghash(hash, aad, aadLen);
  ghash(hash, data, len);
  put64(lengths, <u64>aadLen << 3);
  put64(lengths + 8, <u64>len << 3);
  ghash(hash, lengths, 16);
  ghashClose();
  store<u64>(hash, load<u64>(hash, 0) ^ load<u64>(mask, 0), 0);
  store<u64>(hash, load<u64>(hash, 8) ^ load<u64>(mask, 8), 8);
}

function end(): void {
  ctrClose();
  ct.wipe(mask, 16);
  ct.wipe(hash, 16);
}

/**
 * Encrypts in place `len` bytes at `data` and writes their ICV of `icvLen` bytes to `icv`, which also covers `aadLen` bytes
 * at `aad` (SPI and sequence number: 8 bytes, 12 with extended sequence numbers; RFC 4106, 5).
 */
export function gcmSeal(
  ctx: usize, nonce: usize, aad: usize, aadLen: u32, data: usize, len: u32, icv: usize, icvLen: u32,
): void {
  begin(ctx, nonce, len);
  ctrRun(counter, data, len);
  authenticate(ctx, aad, aadLen, data, len);
  memory.copy(icv, hash, <usize>icvLen);
  end();
}

/** Checks the ICV and, if it is right, decrypts in place. Otherwise false, and the text is as it was. */
export function gcmOpen(
  ctx: usize, nonce: usize, aad: usize, aadLen: u32, data: usize, len: u32, icv: usize, icvLen: u32,
): bool {
  begin(ctx, nonce, len);
  authenticate(ctx, aad, aadLen, data, len);
  const good = ct.equal(hash, icv, icvLen);
  if (good) ctrRun(counter, data, len);
  end();
  return good;
}
