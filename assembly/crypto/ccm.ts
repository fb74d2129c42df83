// AES-CCM (SP 800-38C; RFC 3610) as ESP uses it (RFC 4309): a CBC-MAC of the text and what goes with it, then counter mode
// over both. ESP's nonces have 11 octets, three of salt and eight of IV; the length then takes four. A nonce comes once
// under a key.
//
//   first block of the MAC:  | flags | nonce n | length of the text 15 - n |
//   counter block:           | n'    | nonce n | counter 15 - n            |      n' = 14 - n; 0 masks the code, 1 ... the text
//
// The context of a key is AES's schedule.
import { aesMac } from "./aes";
import { CTR_CTX, ctrClose, ctrKey, ctrOpen, ctrRun } from "./ctr";
import { put32 } from "../util/bytes";
import * as ct from "../util/ct";

/** Bytes of a context, aligned to 8. */
export const CCM_CTX: u32 = CTR_CTX;
/** Octets of ESP's nonce: three of salt from KEYMAT, eight of IV from the packet (RFC 4309, 4). */
export const CCM_NONCE: u32 = 11;
/** Most octets of associated data. */
// @ts-ignore: decorator
@inline const AAD_MAX: u32 = 0xfeff;

const counter: usize = memory.data(16, 8);
const mask: usize = memory.data(16, 8);
const chain: usize = memory.data(16, 8);
const block: usize = memory.data(16, 8);

/** Expands a key of 16, 24 or 32 bytes into `ctx`. False, and nothing done, for another length. */
export function ccmKey(ctx: usize, key: usize, keyLen: u32): bool {
  return ctrKey(ctx, key, keyLen);
}

/** The lengths that ESP's ICV may have (RFC 4309, 3.1). */
export function ccmIcvOk(icvLen: u32): bool {
  return icvLen == 8 || icvLen == 12 || icvLen == 16;
}

/** Whether CCM itself has such a nonce, ICV and lengths (SP 800-38C, A.1), with less than 65,280 octets of associated data. */
export function ccmOk(nonceLen: u32, icvLen: u32, aadLen: u32, len: u32): bool {
  if (nonceLen < 7 || nonceLen > 13 || icvLen < 4 || icvLen > 16 || icvLen & 1) return false;
  return aadLen <= AAD_MAX && (nonceLen < 13 || len < 0x10000) && (nonceLen != 12 || len < 0x1000000);
}

/** Adds `len` bytes, filled up with zeros. */
function add(ctx: usize, data: usize, len: u32): void {
  const whole = len & ~15;
  aesMac(ctx, chain, data, whole);
  len -= whole;
  if (!len) return;
  memory.fill(block, 0, 16);
  memory.copy(block, data + whole, len);
  aesMac(ctx, chain, block, 16);
}

/** Leaves the MAC of the plain text in `chain`. */
function authenticate(
  ctx: usize, nonce: usize, nonceLen: u32, aad: usize, aadLen: u32, data: usize, len: u32, icvLen: u32,
): void {
  memory.fill(chain, 0, 16);
  memory.fill(block, 0, 16);
  put32(block + 12, len);
  store<u8>(block, (aadLen ? 0x40 : 0) | (((icvLen - 2) >> 1) << 3) | (14 - nonceLen));
  memory.copy(block + 1, nonce, nonceLen);
  aesMac(ctx, chain, block, 16);
  if (aadLen) {
    // The length in two octets stands in front.
    const n: u32 = aadLen < 14 ? aadLen : 14;
    memory.fill(block, 0, 16);
    store<u8>(block, aadLen >> 8);
    store<u8>(block, aadLen, 1);
    memory.copy(block + 2, aad, n);
    aesMac(ctx, chain, block, 16);
    add(ctx, aad + n, aadLen - n);
  }
  add(ctx, data, len);
}

/** Opens the key stream: what masks the code goes into `mask`, the text's follows. */
function begin(ctx: usize, nonce: usize, nonceLen: u32): void {
  memory.fill(counter, 0, 16);
  store<u8>(counter, 14 - nonceLen);
  memory.copy(counter + 1, nonce, nonceLen);
  memory.fill(mask, 0, 16);
  ctrOpen(ctx);
  ctrRun(counter, mask, 16);
}

/** The whole code, masked, in `chain`. */
function maskCode(): void {
  store<u64>(chain, load<u64>(chain, 0) ^ load<u64>(mask, 0), 0);
  store<u64>(chain, load<u64>(chain, 8) ^ load<u64>(mask, 8), 8);
}

function end(): void {
  ctrClose();
  ct.wipe(mask, 16);
  ct.wipe(chain, 16);
  ct.wipe(block, 16);
}

/**
 * Encrypts in place `len` bytes at `data` and writes their ICV of `icvLen` bytes to `icv`, which also covers `aadLen` bytes
 * at `aad` (SPI and sequence number: 8 bytes, 12 with extended sequence numbers; RFC 4309, 5). The lengths are such as ccmOk
 * takes.
 */
export function ccmSeal(
  ctx: usize, nonce: usize, nonceLen: u32, aad: usize, aadLen: u32, data: usize, len: u32, icv: usize, icvLen: u32,
): void {
  authenticate(ctx, nonce, nonceLen, aad, aadLen, data, len, icvLen);
  begin(ctx, nonce, nonceLen);
  ctrRun(counter, data, len);
  maskCode();
  memory.copy(icv, chain, <usize>icvLen);
  end();
}

/** Decrypts in place and checks the ICV. If it is wrong, false, and the text is again as it was. */
export function ccmOpen(
  ctx: usize, nonce: usize, nonceLen: u32, aad: usize, aadLen: u32, data: usize, len: u32, icv: usize, icvLen: u32,
): bool {
  begin(ctx, nonce, nonceLen);
  ctrRun(counter, data, len);
  authenticate(ctx, nonce, nonceLen, aad, aadLen, data, len, icvLen);
  maskCode();
  const good = ct.equal(chain, icv, icvLen);
  if (!good) {
    ctrClose();
    begin(ctx, nonce, nonceLen);
    ctrRun(counter, data, len);
  }
  end();
  return good;
}
