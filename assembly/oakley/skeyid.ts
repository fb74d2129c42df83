/**
 * SKEYID and what comes from it: SKEYID_d, SKEYID_a, SKEYID_e and the key of the cipher that encrypts messages (RFC 2409, 5 and
 * appendix B). Every SKEYID has hash.digestLength octets. All in one call each: nothing is left between two of them.
 */
import { DIGEST_MAX, HASH_CTX_MAX, Hash } from "../crypto/hash";
import * as ct from "../util/ct";
import { prfFinal, prfStart, prfStartHidden, prfUpdate } from "./prf";

const one: usize = memory.data(1);
const nonces: usize = memory.data(512);
const block: usize = memory.data(64, 8);
const stretched: usize = memory.data(192, 8);
const NONCES_MAX: u32 = 512;
const STRETCHED_MAX: u32 = 192;

/** Longest nonce body (RFC 2409, 5): both fit where one prf key is made of them. */
export const NONCE_MAX: u32 = 256;
/** Shortest nonce body. */
export const NONCE_MIN: u32 = 8;

/** For pre-shared keys: SKEYID = prf(pre-shared-key, Ni_b | Nr_b). */
export function skeyidPsk(
  hash: Hash, psk: usize, pskLen: u32, Ni_b: usize, NiLen: u32, Nr_b: usize, NrLen: u32, out: usize,
): void {
  prfStart(hash, psk, pskLen);
  prfUpdate(hash, Ni_b, NiLen);
  prfUpdate(hash, Nr_b, NrLen);
  prfFinal(hash, out);
}

/** For signatures: SKEYID = prf(Ni_b | Nr_b, g^xy). False where a nonce is longer than NONCE_MAX. */
export function skeyidSig(
  hash: Hash, Ni_b: usize, NiLen: u32, Nr_b: usize, NrLen: u32, g_xy: usize, g_xyLen: u32, out: usize,
): bool {
  if (NiLen > NONCE_MAX || NrLen > NONCE_MAX) return false;
  memory.copy(nonces, Ni_b, <usize>NiLen);
  memory.copy(nonces + NiLen, Nr_b, <usize>NrLen);
  prfStart(hash, nonces, NiLen + NrLen);
  prfUpdate(hash, g_xy, g_xyLen);
  prfFinal(hash, out);
  ct.wipe(nonces, NONCES_MAX);
  return true;
}

// @ts-ignore: decorator
@lazy const hashed: usize = memory.data(64, 8);
// @ts-ignore: decorator
@lazy const ctx: usize = memory.data(200, 8);

/**
 * For encryption: SKEYID = prf(hash(Ni_b | Nr_b), CKY-I | CKY-R). `plain`: prf(Ni_b | Nr_b, CKY-I | CKY-R), as Cisco reads it, which is the same
 * where both nonces together are longer than a block of the hash. Both nonces lie in NONCE_MAX octets, with zeros behind them; their
 * lengths are secrets. CKY_I is followed by CKY_R.
 */
export function skeyidEncryption(
  hash: Hash, Ni_b: usize, NiLen: u32, Nr_b: usize, NrLen: u32, CKY_I: usize, plain: bool, out: usize,
): void {
  // Ni_b behind Nr_b's room: Nr_b is moved to Ni_b's end by powers of two.
  memory.fill(nonces, 0, <usize>NONCES_MAX);
  memory.copy(nonces, Nr_b, <usize>NONCE_MAX);
  for (let step: u32 = 1; step <= NONCE_MAX; step <<= 1) {
    const move = <u32>0 - ((NiLen >>> ctz<u32>(step)) & 1);
    for (let i = NONCES_MAX; i > 0; i--) {
      const at = nonces + <usize>(i - 1);
      const there: u32 = i > step ? <u32>load<u8>(at - <usize>step) : 0;
      store<u8>(at, <u8>ct.select(move, there, <u32>load<u8>(at)));
    }
  }
  for (let i: usize = 0; i < <usize>NONCE_MAX; i++) store<u8>(nonces + i, load<u8>(nonces + i) | load<u8>(Ni_b + i));
  const len = NiLen + NrLen;
  if (plain) prfStartHidden(hash, nonces, len, NONCES_MAX);
  else {
    hash.init(ctx);
    hash.finalHidden(ctx, nonces, len, NONCES_MAX, hashed);
    prfStart(hash, hashed, hash.digestLength);
  }
  prfUpdate(hash, CKY_I, 16);
  prfFinal(hash, out);
  ct.wipe(nonces, NONCES_MAX);
  ct.wipe(hashed, DIGEST_MAX);
  ct.wipe(ctx, HASH_CTX_MAX);
}

/**
 * The key that encrypts the payloads behind a nonce (RFC 2409, 5.3): of Ne = prf(N_b, CKY) as the one of phase 1's messages is of SKEYID_e. The
 * nonce lies as `skeyidEncryption` has it; its length is a secret.
 */
export function ephemeralKey(hash: Hash, N_b: usize, NLen: u32, CKY: usize, keyLen: u32, out: usize): void {
  prfStartHidden(hash, N_b, NLen, NONCE_MAX);
  prfUpdate(hash, CKY, 8);
  prfFinal(hash, hashed);
  encryptionKey(hash, hashed, keyLen, out);
  ct.wipe(hashed, DIGEST_MAX);
}

/**
 * SKEYID_d = prf(SKEYID, g^xy | CKY-I | CKY-R | 0)
 * SKEYID_a = prf(SKEYID, SKEYID_d | g^xy | CKY-I | CKY-R | 1)
 * SKEYID_e = prf(SKEYID, SKEYID_a | g^xy | CKY-I | CKY-R | 2)
 */
export function deriveSkeyid(
  hash: Hash, SKEYID: usize, g_xy: usize, g_xyLen: u32, CKY_I: usize, CKY_R: usize,
  SKEYID_d: usize, SKEYID_a: usize, SKEYID_e: usize,
): void {
  derive(hash, SKEYID, 0, g_xy, g_xyLen, CKY_I, CKY_R, 0, SKEYID_d);
  derive(hash, SKEYID, SKEYID_d, g_xy, g_xyLen, CKY_I, CKY_R, 1, SKEYID_a);
  derive(hash, SKEYID, SKEYID_a, g_xy, g_xyLen, CKY_I, CKY_R, 2, SKEYID_e);
}

function derive(
  hash: Hash, SKEYID: usize, previous: usize, g_xy: usize, g_xyLen: u32, CKY_I: usize, CKY_R: usize, n: u8, out: usize,
): void {
  prfStart(hash, SKEYID, hash.digestLength);
  if (previous) prfUpdate(hash, previous, hash.digestLength);
  prfUpdate(hash, g_xy, g_xyLen);
  prfUpdate(hash, CKY_I, 8);
  prfUpdate(hash, CKY_R, 8);
  store<u8>(one, n);
  prfUpdate(hash, one, 1);
  prfFinal(hash, out);
}

/** Longest key that `encryptionKey` makes, octets. */
export const ENCRYPTION_KEY_MAX: u32 = 160;

/**
 * The key that encrypts ISAKMP messages, `keyLen` octets (at most ENCRYPTION_KEY_MAX), out of SKEYID_e (RFC 2409,
 * appendix B): its first octets if it is long enough, else the first octets of Ka = K1 | K2 | ..., K1 = prf(SKEYID_e, 0),
 * Kn+1 = prf(SKEYID_e, Kn).
 * For DES (keyLen 8) weak and semi-weak keys are passed over: eight octets on, as often as the material lasts.
 */
export function encryptionKey(hash: Hash, SKEYID_e: usize, keyLen: u32, out: usize): void {
  const n = hash.digestLength;
  let material = SKEYID_e;
  let have = n;
  if (keyLen > n) {
    store<u8>(one, 0);
    prfStart(hash, SKEYID_e, n);
    prfUpdate(hash, one, 1);
    prfFinal(hash, block);
    have = 0;
    for (;;) {
      memory.copy(stretched + have, block, <usize>n);
      have += n;
      if (have >= keyLen) break;
      prfStart(hash, SKEYID_e, n);
      prfUpdate(hash, block, n);
      prfFinal(hash, block);
    }
    material = stretched;
  }
  if (keyLen == 8) {
    // That a key was weak shows in the time taken; it happens once in 2^52.
    while (have >= 16 && isWeakDes(material)) {
      material += 8;
      have -= 8;
    }
  }
  memory.copy(out, material, <usize>keyLen);
  ct.wipe(stretched, STRETCHED_MAX);
  ct.wipe(block, 64);
}

/** The weak and semi-weak DES keys of RFC 2409, appendix A, as numbers with the first octet on top. */
const WEAK: usize = memory.data<u64>([
  0x0101010101010101, 0x1f1f1f1f0e0e0e0e, 0xe0e0e0e0f1f1f1f1, 0xfefefefefefefefe,
  0x01fe01fe01fe01fe, 0xfe01fe01fe01fe01, 0x1fe01fe00ef10ef1, 0xe01fe01ff10ef10e,
  0x01e001e001f101f1, 0xe001e001f101f101, 0x1ffe1ffe0efe0efe, 0xfe1ffe1ffe0efe0e,
  0x011f011f010e010e, 0x1f011f010e010e01, 0xe0fee0fef1fef1fe, 0xfee0fee0fef1fef1,
]);
const PARITY: u64 = 0x0101010101010101;

/** Whether the eight octets at `key` are a weak or semi-weak DES key, parity bits aside. Constant time. */
export function isWeakDes(key: usize): bool {
  const k = bswap<u64>(load<u64>(key)) | PARITY;
  let weak: u32 = 0;
  for (let i: usize = 0; i < 128; i += 8) {
    const d = k ^ (load<u64>(WEAK + i) | PARITY);
    weak |= ~ct.maskNonZero(<u32>d | <u32>(d >> 32));
  }
  return weak != 0;
}
