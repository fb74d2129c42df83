/**
 * The algorithms of ESP and AH as data, by RFC 2407's numbers (ESP transforms 4.4.4, RFC 3602, RFC 3686, RFC 4106, RFC 4309,
 * RFC 4312, RFC 4543; authentication algorithms 4.5, RFC 4868, RFC 3566). It stands in this room because IKE asks it for key lengths and
 * the data path for ciphers.
 *
 * A cipher's key in KEYMAT is followed by its salt (RFC 3686, 5.1; RFC 4106, 8.1; RFC 4309, 7.1; RFC 7634, 2), this by the
 * authentication key. The attribute KEY_LENGTH never counts the salt (RFC 3686, 5.2; RFC 4106, 8.4; RFC 4309, 7.4).
 */
import { BlockCipher } from "../../crypto/cipher";
import { Hash } from "../../crypto/hash";
import { aes } from "../../crypto/aes";
import { camellia } from "../../crypto/camellia";
import { des, des3 } from "../../crypto/des";
import { md5 } from "../../crypto/md5";
import { sha1 } from "../../crypto/sha1";
import { sha256 } from "../../crypto/sha2_32";
import { sha384, sha512 } from "../../crypto/sha2_64";

/** The protocols' numbers in IPv4: an SA has one of them, and each has SPIs of its own. */
export const ESP: u32 = 50;
export const AH: u32 = 51;

export const enum Transform {
  NONE = 0,
  DES = 2,
  DES3 = 3,
  NULL = 11,
  AES = 12,
  AES_CTR = 13,
  AES_CCM_8 = 14,
  AES_CCM_12 = 15,
  AES_CCM_16 = 16,
  AES_GCM_8 = 18,
  AES_GCM_12 = 19,
  AES_GCM_16 = 20,
  CAMELLIA = 22,
  AES_GMAC = 23,
  /** of the numbers for private use (RFC 2407, 4.4.4): IKEv1 has none of its own */
  CHACHA20_POLY1305 = 254,
}

export const enum Auth {
  NONE = 0,
  MD5 = 1,
  SHA1 = 2,
  SHA256 = 5,
  SHA384 = 6,
  SHA512 = 7,
  AES_XCBC = 9,
}

/** How a transform uses its cipher. */
export const enum CipherMode {
  NULL = 0,
  CBC = 1,
  CTR = 2,
  // From here on the cipher authenticates as well: there is no other authentication beside it.
  /** RFC 4106 */
  GCM = 3,
  /** RFC 4309 */
  CCM = 4,
  /** authenticates alone (RFC 4543) */
  GMAC = 5,
  /** RFC 7634 */
  CHACHA = 6,
}

/** How an ICV is computed. */
export const enum Integrity {
  NONE = 0,
  HMAC = 1,
  XCBC = 2,
  /** by the cipher itself */
  COMBINED = 3,
}

/** Whether a pair of algorithms may protect anything together. */
export const enum Pairing {
  OK = 0,
  UNKNOWN,
  /** the cipher authenticates itself */
  SECOND_AUTH,
  /** nothing would be protected (RFC 2410, 3) */
  NULL_ALONE,
  /** a peer with AES-XCBC has AES as well: an SA has no room for the keys of both */
  XCBC_SMALL_BLOCK,
  /** whoever flips a bit of the ciphertext flips that bit of the text (RFC 3686, 1) */
  CTR_ALONE,
}

/** A row of the table of ciphers. */
@unmanaged
class CipherRow {
  transform: u8;
  mode: u8;
  ivLength: u8;
  /** Payload, padding and trailer together are a multiple of it (RFC 4303, 2.4). */
  align: u8;
  /** 0: AES's and Camellia's three lengths */
  keyLength: u8;
  saltLength: u8;
  /** of the cipher's own ICV */
  icvLength: u8;
  /** Its blocks have 64 bits. */
  smallBlock: u8;
}

const CIPHERS: usize = memory.data<u8>([
  // transform, mode, IV, alignment, key, salt, ICV, small blocks
  2, 1, 8, 8, 8, 0, 0, 1, // DES
  3, 1, 8, 8, 24, 0, 0, 1, // 3DES
  11, 0, 0, 4, 1, 0, 0, 0, // NULL
  12, 1, 16, 16, 0, 0, 0, 0, // AES-CBC
  13, 2, 8, 4, 0, 4, 0, 0, // AES-CTR
  14, 4, 8, 4, 0, 3, 8, 0, // AES-CCM with 8 octets
  15, 4, 8, 4, 0, 3, 12, 0, // 12
  16, 4, 8, 4, 0, 3, 16, 0, // 16
  18, 3, 8, 4, 0, 4, 8, 0, // AES-GCM with 8 octets
  19, 3, 8, 4, 0, 4, 12, 0, // 12
  20, 3, 8, 4, 0, 4, 16, 0, // 16
  22, 1, 16, 16, 0, 0, 0, 0, // Camellia-CBC
  23, 5, 8, 4, 0, 4, 16, 0, // AES-GMAC
  254, 6, 8, 4, 32, 4, 16, 0, // ChaCha20-Poly1305
]);
const CIPHER_ROWS: u32 = 14;

function rowOf(transform: u32): CipherRow | null {
  for (let i: u32 = 0; i < CIPHER_ROWS; i++) {
    const row = changetype<CipherRow>(CIPHERS + <usize>(i << 3));
    if (<u32>row.transform == transform) return row;
  }
  return null;
}

/** The block cipher of a transform in CBC mode, or null. */
export function cipherOf(transform: u32): BlockCipher | null {
  switch (transform) {
    case Transform.DES: return des;
    case Transform.DES3: return des3;
    case Transform.AES: return aes;
    case Transform.CAMELLIA: return camellia;
    default: return null;
  }
}

/** The hash of an authentication algorithm by HMAC, or null. */
export function hashOf(auth: u32): Hash | null {
  switch (auth) {
    case Auth.MD5: return md5;
    case Auth.SHA1: return sha1;
    case Auth.SHA256: return sha256;
    case Auth.SHA384: return sha384;
    case Auth.SHA512: return sha512;
    default: return null;
  }
}

export function cipherMode(transform: u32): CipherMode {
  const row = rowOf(transform);
  return row ? <CipherMode>row.mode : CipherMode.NULL;
}

/** How the ICV of a pair of algorithms is computed. @param transform 0 with AH */
export function integrityOf(transform: u32, auth: u32): Integrity {
  if (cipherMode(transform) >= CipherMode.GCM) return Integrity.COMBINED;
  return auth == <u32>Auth.AES_XCBC ? Integrity.XCBC : hashOf(auth) ? Integrity.HMAC : Integrity.NONE;
}

/** Whether a transform has keys of several lengths, so that KEY_LENGTH belongs to it. */
export function hasKeyLengths(transform: u32): bool {
  const row = rowOf(transform);
  return row != null && row.keyLength == 0;
}

/** Whether both may be the algorithms of an ESP SA. @param bits of the cipher's key, 0 where it has one length only */
export function pairing(transform: u32, bits: u32, auth: u32): Pairing {
  const row = rowOf(transform);
  if (!row || (auth != 0 && !authKeyLength(auth))) return Pairing.UNKNOWN;
  if (row.mode != <u8>CipherMode.NULL && !cipherKeyLength(transform, bits)) return Pairing.UNKNOWN;
  if (row.mode >= <u8>CipherMode.GCM) return auth ? Pairing.SECOND_AUTH : Pairing.OK;
  if (auth == <u32>Auth.AES_XCBC && row.smallBlock) return Pairing.XCBC_SMALL_BLOCK;
  if (auth || row.mode == <u8>CipherMode.CBC) return Pairing.OK;
  return row.mode == <u8>CipherMode.CTR ? Pairing.CTR_ALONE : Pairing.NULL_ALONE;
}

/** Octets of the ICV: half the digest since SHA-2 (RFC 4868, 2.1.1), 96 bits before it and with AES-XCBC (RFC 3566, 4). */
export function icvLength(transform: u32, auth: u32): u32 {
  const row = rowOf(transform);
  if (row && row.icvLength) return <u32>row.icvLength;
  if (auth == <u32>Auth.AES_XCBC) return 12;
  const hash = hashOf(auth);
  if (!hash) return 0;
  return auth <= <u32>Auth.SHA1 ? 12 : hash.digestLength >>> 1;
}

export function ivLength(transform: u32): u32 {
  const row = rowOf(transform);
  return row ? <u32>row.ivLength : 0;
}

/** Octets that payload, padding and trailer are a multiple of. */
export function alignment(transform: u32): u32 {
  const row = rowOf(transform);
  return row ? <u32>row.align : 4;
}

/** Whether a cipher's blocks have 64 bits: what one key encrypts is then bounded (lifetime.ts). */
export function smallBlock(transform: u32): bool {
  const row = rowOf(transform);
  return row != null && row.smallBlock != 0;
}

/** Octets of a cipher's key without salt, 0 for one that does not exist. `bits` 0 with AES and Camellia means 128 (RFC 3602, 5.3; RFC 4312, 4). */
export function cipherKeyLength(transform: u32, bits: u32): u32 {
  const row = rowOf(transform);
  if (!row || row.mode == <u8>CipherMode.NULL) return 0;
  if (row.keyLength) return <u32>row.keyLength;
  return bits == 0 ? 16 : bits == 128 || bits == 192 || bits == 256 ? bits >>> 3 : 0;
}

/** Octets of KEYMAT behind the cipher's key that counter blocks and nonces begin with, at most four. */
export function saltLength(transform: u32): u32 {
  const row = rowOf(transform);
  return row ? <u32>row.saltLength : 0;
}

/** Octets of an authentication key: a digest's (RFC 2403, RFC 2404, RFC 4868, 2.1.1), AES-128's with AES-XCBC; 0: none such. */
export function authKeyLength(auth: u32): u32 {
  const hash = hashOf(auth);
  return hash ? hash.digestLength : auth == <u32>Auth.AES_XCBC ? 16 : 0;
}

/** IOS's words, for consoles and events. */
export function cipherWord(transform: u32): string {
  switch (transform) {
    case Transform.DES: return "esp-des";
    case Transform.DES3: return "esp-3des";
    case Transform.NULL: return "esp-null";
    case Transform.AES: return "esp-aes";
    case Transform.AES_CTR: return "esp-aes-ctr";
    case Transform.AES_CCM_8:
    case Transform.AES_CCM_12:
    case Transform.AES_CCM_16: return "esp-ccm";
    case Transform.AES_GCM_8:
    case Transform.AES_GCM_12:
    case Transform.AES_GCM_16: return "esp-gcm";
    case Transform.CAMELLIA: return "esp-camellia";
    case Transform.AES_GMAC: return "esp-gmac";
    case Transform.CHACHA20_POLY1305: return "esp-chacha20-poly1305";
    default: return "esp-unknown";
  }
}

export function authWord(auth: u32): string {
  switch (auth) {
    case Auth.NONE: return "none";
    case Auth.MD5: return "esp-md5-hmac";
    case Auth.SHA1: return "esp-sha-hmac";
    case Auth.SHA256: return "esp-sha256-hmac";
    case Auth.SHA384: return "esp-sha384-hmac";
    case Auth.SHA512: return "esp-sha512-hmac";
    case Auth.AES_XCBC: return "esp-aes-xcbc-mac";
    default: return "unknown";
  }
}

/** The words of AH, which authenticates by the same algorithms. */
export function ahWord(auth: u32): string {
  switch (auth) {
    case Auth.MD5: return "ah-md5-hmac";
    case Auth.SHA1: return "ah-sha-hmac";
    case Auth.SHA256: return "ah-sha256-hmac";
    case Auth.SHA384: return "ah-sha384-hmac";
    case Auth.SHA512: return "ah-sha512-hmac";
    case Auth.AES_XCBC: return "ah-aes-xcbc-mac";
    default: return "ah-unknown";
  }
}

/** The key log's words (host/abi.md). */
export function cipherKeylogName(transform: u32): string {
  switch (transform) {
    case Transform.DES: return "DES-CBC [RFC2405]";
    case Transform.DES3: return "TripleDES-CBC [RFC2451]";
    case Transform.NULL: return "NULL";
    case Transform.AES_CTR: return "AES-CTR [RFC3686]";
    case Transform.AES_CCM_8: return "AES-CCM with 8 octet ICV [RFC4309]";
    case Transform.AES_CCM_12: return "AES-CCM with 12 octet ICV [RFC4309]";
    case Transform.AES_CCM_16: return "AES-CCM with 16 octet ICV [RFC4309]";
    case Transform.AES_GCM_8: return "AES-GCM with 8 octet ICV [RFC4106]";
    case Transform.AES_GCM_12: return "AES-GCM with 12 octet ICV [RFC4106]";
    case Transform.AES_GCM_16: return "AES-GCM with 16 octet ICV [RFC4106]";
    case Transform.CAMELLIA: return "Camellia-CBC [RFC4312]";
    case Transform.AES_GMAC: return "AES-GMAC [RFC4543]";
    case Transform.CHACHA20_POLY1305: return "ChaCha20-Poly1305 [RFC7634]";
    default: return "AES-CBC [RFC3602]";
  }
}

export function authKeylogName(auth: u32): string {
  switch (auth) {
    case Auth.MD5: return "HMAC-MD5-96 [RFC2403]";
    case Auth.SHA1: return "HMAC-SHA-1-96 [RFC2404]";
    case Auth.SHA256: return "HMAC-SHA-256-128 [RFC4868]";
    case Auth.SHA384: return "HMAC-SHA-384-192 [RFC4868]";
    case Auth.SHA512: return "HMAC-SHA-512-256 [RFC4868]";
    case Auth.AES_XCBC: return "ANY 96 bit authentication [no checking]";
    default: return "NULL";
  }
}
