/**
 * AES-CTR (RFC 3686) and AES-GCM (RFC 4106) on an ESP packet in its buffer. Counter blocks begin with the SA's salt and
 * the packet's IV. The IV is the packet's number, which comes once in an SA's life, and every SA has a key of its own:
 * no counter block ever comes twice under a key.
 *
 *      counter block of CTR:   salt 4 | IV 8 | 1, 2, ...       nonce of GCM:  salt 4 | IV 8
 *      authenticated by GCM:   SPI 4 | number 4 or, extended, 8
 */
import { ctrEsp } from "../crypto/ctr";
import { gcmOpen, gcmSeal } from "../crypto/gcm";
import { SA } from "../sadb/sas/sad";
import { put32 } from "../util/bytes";
import * as esp from "../wire/esp";

/** Octets of IV. */
const IV: u32 = 8;
const FRONT: u32 = esp.HEADER_LENGTH + IV;

const nonce: usize = memory.data(12, 4);
const extended: usize = memory.data(12, 4);

/** Writes the IV of packet number `sequence` at `p`. */
export function emitIv(p: usize, sequence: u64): void {
  put32(p, <u32>(sequence >>> 32));
  put32(p + 4, <u32>sequence);
}

/** Encrypts or decrypts `len` octets behind the IV of the packet at `p`. */
export function ctr(sa: SA, p: usize, len: u32): void {
  store<u32>(nonce, sa.salt);
  ctrEsp(sa.cipherCtx, nonce, p + esp.HEADER_LENGTH, p + FRONT, len);
}

/** What GCM authenticates in front of the text (RFC 4106, 5): the header, where the number is extended in its long form. */
function authenticated(sa: SA, p: usize, sequence: u64): usize {
  store<u32>(nonce, sa.salt);
  memory.copy(nonce + 4, p + esp.HEADER_LENGTH, <usize>IV);
  if (!sa.esn) return p;
  put32(extended, esp.spi(p));
  put32(extended + 4, <u32>(sequence >>> 32));
  put32(extended + 8, <u32>sequence);
  return extended;
}

/** Encrypts `len` octets behind the IV of the packet at `p` and writes the ICV behind them. */
export function seal(sa: SA, p: usize, len: u32, sequence: u64): void {
  const aad = authenticated(sa, p, sequence);
  gcmSeal(sa.cipherCtx, nonce, aad, sa.esn ? 12 : 8, p + FRONT, len, p + FRONT + <usize>len, <u32>sa.icvLength);
}

/** Checks the ICV behind `len` octets and, if it is right, decrypts them. */
export function open(sa: SA, p: usize, len: u32, sequence: u64): bool {
  const aad = authenticated(sa, p, sequence);
  return gcmOpen(sa.cipherCtx, nonce, aad, sa.esn ? 12 : 8, p + FRONT, len, p + FRONT + <usize>len, <u32>sa.icvLength);
}
