/**
 * AES-CTR (RFC 3686), AES-GCM (RFC 4106), AES-CCM (RFC 4309), AES-GMAC (RFC 4543) and ChaCha20-Poly1305 (RFC 7634) on an ESP
 * packet in its buffer. Counter blocks and nonces begin with the SA's salt and the packet's IV. The IV is the packet's number,
 * which comes once in an SA's life, and every SA has a key of its own: no counter block and no nonce ever comes twice under a key.
 *
 *      counter block of CTR:        salt 4 | IV 8 | 1, 2, ...
 *      nonce of GCM, GMAC, ChaCha:  salt 4 | IV 8                 of CCM:  salt 3 | IV 8
 *      authenticated beside the text:  SPI 4 | number 4 or, extended, 8 | with GMAC the IV 8 and the text
 */
import { CCM_NONCE, ccmOpen, ccmSeal } from "../crypto/ccm";
import { chachaPolyOpen, chachaPolySeal } from "../crypto/chacha_poly";
import { ctrEsp } from "../crypto/ctr";
import { gcmOpen, gcmSeal } from "../crypto/gcm";
import { GMAC_LENGTH, GMAC_MESSAGE, gmacFinal, gmacStart, gmacUpdate } from "../crypto/gmac";
import { SA } from "../sadb/sas/sad";
import { CipherMode } from "../sadb/terms/suite";
import { put32 } from "../util/bytes";
import * as ct from "../util/ct";
import * as esp from "../wire/esp";

/** Octets of IV. */
const IV: u32 = 8;
const FRONT: u32 = esp.HEADER_LENGTH + IV;

const nonce: usize = memory.data(12, 4);
const extended: usize = memory.data(12, 4);
/** Of GMAC: a message, and its whole code. */
const message: usize = memory.data(<i32>GMAC_MESSAGE, 8);
const code: usize = memory.data(<i32>GMAC_LENGTH, 8);

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

/** Makes the nonce of the packet at `p`. */
function makeNonce(sa: SA, p: usize): void {
  store<u32>(nonce, sa.salt);
  memory.copy(nonce + (sa.cipherMode == <u8>CipherMode.CCM ? 3 : 4), p + esp.HEADER_LENGTH, <usize>IV);
}

/**
 * What is authenticated in front of the text (RFC 4106, 5; RFC 4309, 5; RFC 7634, 2.1): the header, where the number is extended in its
 * long form.
 */
function authenticated(sa: SA, p: usize, sequence: u64): usize {
  if (!sa.esn) return p;
  put32(extended, esp.spi(p));
  put32(extended + 4, <u32>(sequence >>> 32));
  put32(extended + 8, <u32>sequence);
  return extended;
}

/** Leaves GMAC's code of the packet at `p` in `code`: header, IV and `len` octets of text (RFC 4543, 3.3). */
function authenticate(sa: SA, p: usize, len: u32, sequence: u64): void {
  const front: u32 = sa.esn ? 12 : 8;
  gmacStart(message, nonce);
  gmacUpdate(sa.cipherCtx, message, authenticated(sa, p, sequence), front);
  gmacUpdate(sa.cipherCtx, message, p + esp.HEADER_LENGTH, IV + len);
  gmacFinal(sa.cipherCtx, message, code);
}

/** Encrypts `len` octets behind the IV of the packet at `p` and writes the ICV behind them. GMAC encrypts nothing. */
export function seal(sa: SA, p: usize, len: u32, sequence: u64): void {
  const text = p + FRONT;
  const icv = text + <usize>len;
  const front: u32 = sa.esn ? 12 : 8;
  makeNonce(sa, p);
  switch (sa.cipherMode) {
    case <u8>CipherMode.GCM:
      return gcmSeal(sa.cipherCtx, nonce, authenticated(sa, p, sequence), front, text, len, icv, <u32>sa.icvLength);
    case <u8>CipherMode.CCM:
      return ccmSeal(sa.cipherCtx, nonce, CCM_NONCE, authenticated(sa, p, sequence), front, text, len, icv, <u32>sa.icvLength);
    case <u8>CipherMode.CHACHA:
      return chachaPolySeal(sa.cipherCtx, nonce, authenticated(sa, p, sequence), front, text, len, icv);
    default:
      authenticate(sa, p, len, sequence);
      memory.copy(icv, code, GMAC_LENGTH);
  }
}

/** Checks the ICV behind `len` octets and, if it is right, decrypts them. */
export function open(sa: SA, p: usize, len: u32, sequence: u64): bool {
  const text = p + FRONT;
  const icv = text + <usize>len;
  const front: u32 = sa.esn ? 12 : 8;
  makeNonce(sa, p);
  switch (sa.cipherMode) {
    case <u8>CipherMode.GCM:
      return gcmOpen(sa.cipherCtx, nonce, authenticated(sa, p, sequence), front, text, len, icv, <u32>sa.icvLength);
    case <u8>CipherMode.CCM:
      return ccmOpen(sa.cipherCtx, nonce, CCM_NONCE, authenticated(sa, p, sequence), front, text, len, icv, <u32>sa.icvLength);
    case <u8>CipherMode.CHACHA:
      return chachaPolyOpen(sa.cipherCtx, nonce, authenticated(sa, p, sequence), front, text, len, icv);
    default:
      authenticate(sa, p, len, sequence);
      return ct.equal(code, icv, GMAC_LENGTH);
  }
}
