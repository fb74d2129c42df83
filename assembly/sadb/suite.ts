/**
 * The algorithms of ESP as data, by RFC 2407's numbers (ESP transforms 4.4.4, RFC 3602; authentication algorithms 4.5,
 * RFC 4868). It stands in this room because IKE asks it for key lengths and the data path for ciphers.
 *
 *   transform   cipher   IV and block   key             auth   hash       key   ICV
 *   2 ESP_DES   DES      8              8               1      MD5        16    12   RFC 2405, RFC 2403
 *   3 ESP_3DES  3DES     8              24              2      SHA-1      20    12   RFC 2451, RFC 2404
 *   12 ESP_AES  AES      16             16, 24, 32      5      SHA-256    32    16   RFC 3602, RFC 4868
 *                                                       6      SHA-384    48    24
 *                                                       7      SHA-512    64    32
 */
import { BlockCipher } from "../crypto/cipher";
import { Hash } from "../crypto/hash";
import { aes } from "../crypto/aes";
import { des, des3 } from "../crypto/des";
import { md5 } from "../crypto/md5";
import { sha1 } from "../crypto/sha1";
import { sha256 } from "../crypto/sha2_32";
import { sha384, sha512 } from "../crypto/sha2_64";

export const enum Transform {
  DES = 2,
  DES3 = 3,
  AES = 12,
}

export const enum Auth {
  NONE = 0,
  MD5 = 1,
  SHA1 = 2,
  SHA256 = 5,
  SHA384 = 6,
  SHA512 = 7,
}

/** The cipher of an ESP transform, or null. */
export function cipherOf(transform: u32): BlockCipher | null {
  switch (transform) {
    case Transform.DES: return des;
    case Transform.DES3: return des3;
    case Transform.AES: return aes;
    default: return null;
  }
}

/** The hash of an authentication algorithm, or null. */
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

/** Octets of the ICV: half the digest since SHA-2 (RFC 4868, 2.1.1), 96 bits before it. */
export function icvLength(auth: u32): u32 {
  const hash = hashOf(auth);
  if (!hash) return 0;
  return auth <= <u32>Auth.SHA1 ? 12 : hash.digestLength >>> 1;
}

/** Octets of a cipher's key, 0 for one that does not exist. `bits` counts with AES only; 0 there means 128 (RFC 3602, 5.3). */
export function cipherKeyLength(transform: u32, bits: u32): u32 {
  switch (transform) {
    case Transform.DES: return 8;
    case Transform.DES3: return 24;
    case Transform.AES: return bits == 0 ? 16 : bits == 128 || bits == 192 || bits == 256 ? bits >>> 3 : 0;
    default: return 0;
  }
}

/** Octets of an authentication key: a digest's (RFC 2403, RFC 2404, RFC 4868, 2.1.1). */
export function authKeyLength(auth: u32): u32 {
  const hash = hashOf(auth);
  return hash ? hash.digestLength : 0;
}

/** IOS's words, for consoles and events. */
export function cipherWord(transform: u32): string {
  switch (transform) {
    case Transform.DES: return "esp-des";
    case Transform.DES3: return "esp-3des";
    case Transform.AES: return "esp-aes";
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
    default: return "unknown";
  }
}

/** The key log's words (host/abi.md). */
export function cipherKeylogName(transform: u32): string {
  switch (transform) {
    case Transform.DES: return "DES-CBC [RFC2405]";
    case Transform.DES3: return "TripleDES-CBC [RFC2451]";
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
    default: return "NULL";
  }
}
