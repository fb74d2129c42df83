/**
 * Octets encrypted under a password: PBES2 (RFC 8018, 6.2: PBKDF2 with HMAC of SHA-1 or SHA-2, AES or 3DES in CBC mode), and PKCS#12's
 * old form with SHA-1 and 3DES (RFC 7292, appendices B and C). Decrypted in place. Weak ones, RC2 and DES, are refused by name.
 *
 * A key is derived at once and not in slices: rounds are bounded by ROUNDS_MAX.
 */
import { aes } from "../crypto/aes";
import { BlockCipher, CIPHER_CTX_MAX } from "../crypto/cipher";
import { des3 } from "../crypto/des";
import { HASH_CTX_MAX, Hash, HashAlg } from "../crypto/hash";
import { HMAC_STATE_MAX, hmac, hmacFinal, hmacKey, hmacStart, hmacUpdate } from "../crypto/hmac";
import { hashById } from "../crypto/registry";
import * as drbg from "../crypto/drbg";
import { put32 } from "../util/bytes";
import * as ct from "../util/ct";
import * as der from "./der";
import { Tag } from "./der";
import { Oid, identify } from "./oids";
import * as writer from "./der_writer";

/** Rounds of a derivation that are done; tools make 2,048 to 600,000. */
export const ROUNDS_MAX: u32 = 1000000;
/** Rounds of what is written here. */
const ROUNDS: u32 = 10000;
/** Octets of a password, and of a salt. */
export const PASSWORD_MAX: u32 = 64;
const SALT_MAX: u32 = 64;

// @ts-ignore: decorator
@lazy
const state: usize = memory.data(128, 8);
// @ts-ignore: decorator
@lazy
const ctx: usize = memory.data(200, 8);
// @ts-ignore: decorator
@lazy
const u: usize = memory.data(64, 8);
// @ts-ignore: decorator
@lazy
const block: usize = memory.data(64, 8);
// @ts-ignore: decorator
@lazy
const key: usize = memory.data(64, 8);
// @ts-ignore: decorator
@lazy
const iv: usize = memory.data(16, 8);
// @ts-ignore: decorator
@lazy
const schedule: usize = memory.data(384, 8);
// Salt and password, each repeated to whole blocks of the hash (appendix B.2).
// @ts-ignore: decorator
@lazy
const repeated: usize = memory.data(640, 8);

function wipe(): void {
  ct.wipe(state, HMAC_STATE_MAX);
  ct.wipe(ctx, HASH_CTX_MAX);
  ct.wipe(u, 64);
  ct.wipe(block, 64);
  ct.wipe(key, 64);
  ct.wipe(iv, 16);
  ct.wipe(schedule, CIPHER_CTX_MAX);
  ct.wipe(repeated, 640);
}

/** PBKDF2 (RFC 8018, 5.2). */
export function pbkdf2(hash: Hash, password: usize, passwordLen: u32, salt: usize, saltLen: u32, rounds: u32, out: usize, outLen: u32): void {
  const n = hash.digestLength;
  hmacKey(hash, state, password, passwordLen);
  for (let i: u32 = 1; outLen; i++) {
    put32(u, i);
    hmacStart(hash, state, ctx);
    hmacUpdate(hash, ctx, salt, saltLen);
    hmacUpdate(hash, ctx, u, 4);
    hmacFinal(hash, state, ctx, u);
    memory.copy(block, u, <usize>n);
    for (let round: u32 = 1; round < rounds; round++) {
      hmacStart(hash, state, ctx);
      hmacUpdate(hash, ctx, u, n);
      hmacFinal(hash, state, ctx, u);
      for (let k: u32 = 0; k < n; k += 4) store<u32>(block + k, load<u32>(block + k) ^ load<u32>(u + k));
    }
    const part = min<u32>(n, outLen);
    memory.copy(out, block, <usize>part);
    out += part;
    outLen -= part;
  }
  ct.wipe(state, HMAC_STATE_MAX);
  ct.wipe(block, 64);
  ct.wipe(u, 64);
}

/** PKCS#12's derivation (RFC 7292, B.2): `id` 1 makes a key, 2 an IV, 3 a MAC's key. */
function derive12(hash: Hash, id: u32, password: usize, passwordLen: u32, salt: usize, saltLen: u32, rounds: u32, out: usize, outLen: u32): void {
  const v = hash.blockLength;
  const n = hash.digestLength;
  const saltRun: u32 = saltLen ? ((saltLen + v - 1) / v) * v : 0;
  // A BMPString that ends in a zero; no password at all is none of it.
  const wide: u32 = 2 * passwordLen + 2;
  const passwordRun: u32 = ((wide + v - 1) / v) * v;
  for (let i: u32 = 0; i < saltRun; i++) store<u8>(repeated + i, load<u8>(salt + (i % saltLen)));
  for (let i: u32 = 0; i < passwordRun; i++) {
    const at = i % wide;
    store<u8>(repeated + saltRun + i, at & 1 && at >> 1 < passwordLen ? load<u8>(password + (at >> 1)) : 0);
  }
  const run: u32 = saltRun + passwordRun;
  while (true) {
    hash.init(ctx);
    store<u8>(u, <u8>id);
    for (let i: u32 = 0; i < v; i++) hash.update(ctx, u, 1);
    hash.update(ctx, repeated, run);
    hash.final(ctx, block);
    for (let round: u32 = 1; round < rounds; round++) hash.digest(ctx, block, n, block);
    const part = min<u32>(n, outLen);
    memory.copy(out, block, <usize>part);
    out += part;
    outLen -= part;
    if (!outLen) break;
    // Each block of what is repeated becomes itself + B + 1, B being the digest repeated to a block.
    for (let at: u32 = 0; at < run; at += v) {
      let carry: u32 = 1;
      for (let k = v; k > 0; k--) {
        carry += <u32>load<u8>(repeated + at + k - 1) + <u32>load<u8>(block + ((k - 1) % n));
        store<u8>(repeated + at + k - 1, <u8>carry);
        carry >>>= 8;
      }
    }
  }
  ct.wipe(repeated, 640);
  ct.wipe(block, 64);
}

/** What follows 1.2.840.113549 in an identifier, an octet a place; 0: it is no such one. */
export function rsadsi(p: usize, len: u32): u64 {
  if (len < 7 || len > 13 || load<u32>(p) != 0x8648862a || load<u16>(p, 4) != 0x0df7) return 0;
  let v: u64 = 0;
  for (let i: u32 = 6; i < len; i++) v = (v << 8) | <u64>load<u8>(p + i);
  return v;
}

/** Key's octets of a cipher by its identifier; `cipher` is set. 0: unknown. */
let cipher: BlockCipher = aes;
function keyOctets(p: usize, len: u32): u32 {
  if (rsadsi(p, len) == 0x0307) {
    cipher = des3;
    return 24;
  }
  // 2.16.840.1.101.3.4.1: 2, 22 and 42 are CBC mode.
  if (len != 9 || bswap<u64>(load<u64>(p)) != 0x6086480165030401) return 0;
  cipher = aes;
  const last = <u32>load<u8>(p + 8);
  return last == 2 ? 16 : last == 22 ? 24 : last == 42 ? 32 : 0;
}

function hmacOf(v: u64): Hash | null {
  switch (<u32>v) {
    case 0x0207: return hashById(HashAlg.SHA1);
    case 0x0209: return hashById(HashAlg.SHA256);
    case 0x020a: return hashById(HashAlg.SHA384);
    case 0x020b: return hashById(HashAlg.SHA512);
    default: return null;
  }
}

const NOT_DER = "its encryption is not described as it must be";
const UNKNOWN = "it is encrypted in a way that is not taken: make it anew with AES or 3DES";
const WRONG = "the password is wrong";

/** Octets that `open` has left. */
export let plainLen: u32 = 0;

/** Opens what the AlgorithmIdentifier with content [p, end) describes, in place: "", with `plainLen` octets at `data`, or why not. */
export function open(p: usize, end: usize, data: usize, len: u32, password: usize, passwordLen: u32): string {
  const fault = passwordLen > PASSWORD_MAX ? "a password has up to 64 octets" : decrypt(p, end, data, len, password, passwordLen);
  wipe();
  return fault;
}

function decrypt(p: usize, end: usize, data: usize, len: u32, password: usize, passwordLen: u32): string {
  if (!der.expect(p, end, Tag.OID)) return NOT_DER;
  const scheme = rsadsi(der.body, der.len);
  if (!der.expect(der.next, end, Tag.SEQUENCE) || der.next != end) return NOT_DER;
  const parameters = der.body;
  let fault: string;
  if (scheme == 0x01050d) fault = pbes2(parameters, end, password, passwordLen);
  else if (scheme == 0x010c0103) fault = triple(parameters, end, password, passwordLen);
  else if (scheme == 0x010c0106 || scheme == 0x010c0105) return "it is encrypted with RC2, which is broken: make it anew with AES or 3DES";
  else return UNKNOWN;
  if (fault.length) return fault;
  const size = cipher.blockLength;
  if (!len || len % size) return WRONG;
  cipher.setKey(schedule, key, keyLen);
  cipher.cbcDecrypt(schedule, iv, data, len);
  const pad = <u32>load<u8>(data + len - 1);
  if (!pad || pad > size) return WRONG;
  for (let i: u32 = 1; i <= pad; i++) if (<u32>load<u8>(data + len - i) != pad) return WRONG;
  plainLen = len - pad;
  return "";
}

let keyLen: u32 = 0;

/** PBES2-params: SEQUENCE { keyDerivationFunc, encryptionScheme }. */
function pbes2(p: usize, end: usize, password: usize, passwordLen: u32): string {
  if (!der.expect(p, end, Tag.SEQUENCE)) return NOT_DER;
  const schemeAt = der.next;
  if (!der.expect(der.body, schemeAt, Tag.OID)) return NOT_DER;
  if (rsadsi(der.body, der.len) != 0x01050c) return UNKNOWN;
  if (!der.expect(der.next, schemeAt, Tag.SEQUENCE) || der.next != schemeAt) return NOT_DER;
  // PBKDF2-params: salt, iterationCount, keyLength OPTIONAL, prf DEFAULT hmacWithSHA1.
  if (!der.expect(der.body, schemeAt, Tag.OCTET_STRING) || der.len > SALT_MAX) return NOT_DER;
  const salt = der.body;
  const saltLen = der.len;
  if (!der.expect(der.next, schemeAt, Tag.INTEGER)) return NOT_DER;
  const rounds = der.small(der.body, der.len);
  if (rounds < 1) return NOT_DER;
  if (<u32>rounds > ROUNDS_MAX) return "its password is derived in more than 1000000 rounds";
  let asked: i32 = 0;
  let at = der.next;
  if (der.optional(at, schemeAt, Tag.INTEGER)) {
    asked = der.small(der.body, der.len);
    at = der.next;
  }
  let hash = hashById(HashAlg.SHA1);
  if (at != schemeAt) {
    if (!der.expect(at, schemeAt, Tag.SEQUENCE) || der.next != schemeAt || !der.expect(der.body, schemeAt, Tag.OID)) return NOT_DER;
    hash = hmacOf(rsadsi(der.body, der.len));
  }
  if (!der.expect(schemeAt, end, Tag.SEQUENCE) || der.next != end || !der.expect(der.body, end, Tag.OID)) return NOT_DER;
  keyLen = keyOctets(der.body, der.len);
  if (!keyLen || !hash || (asked && <u32>asked != keyLen)) return UNKNOWN;
  if (!der.expect(der.next, end, Tag.OCTET_STRING) || der.next != end || der.len != cipher.blockLength) return NOT_DER;
  memory.copy(iv, der.body, <usize>der.len);
  pbkdf2(hash, password, passwordLen, salt, saltLen, <u32>rounds, key, keyLen);
  return "";
}

/** pkcs-12PbeParams: SEQUENCE { salt, iterations }. */
function triple(p: usize, end: usize, password: usize, passwordLen: u32): string {
  if (!der.expect(p, end, Tag.OCTET_STRING) || der.len > SALT_MAX) return NOT_DER;
  const salt = der.body;
  const saltLen = der.len;
  if (!der.expect(der.next, end, Tag.INTEGER) || der.next != end) return NOT_DER;
  const rounds = der.small(der.body, der.len);
  if (rounds < 1 || <u32>rounds > ROUNDS_MAX) return NOT_DER;
  const sha1 = hashById(HashAlg.SHA1)!;
  keyLen = 24;
  cipher = des3;
  derive12(sha1, 1, password, passwordLen, salt, saltLen, <u32>rounds, key, 24);
  derive12(sha1, 2, password, passwordLen, salt, saltLen, <u32>rounds, iv, 8);
  return "";
}

/** Checks PKCS#12's MacData, whose content is [p, end), over `len` octets at `data` (RFC 7292, 4): "" or why it does not hold. */
export function checkMac(p: usize, end: usize, data: usize, len: u32, password: usize, passwordLen: u32): string {
  if (passwordLen > PASSWORD_MAX) return "a password has up to 64 octets";
  if (!der.expect(p, end, Tag.SEQUENCE)) return NOT_DER;
  const saltAt = der.next;
  if (!der.expect(der.body, saltAt, Tag.SEQUENCE)) return NOT_DER;
  const macAt = der.next;
  if (!der.expect(der.body, macAt, Tag.OID)) return NOT_DER;
  let hash: Hash | null = null;
  switch (identify(der.body, der.len)) {
    case Oid.SHA1: {
      hash = hashById(HashAlg.SHA1);
      break;
    }
    case Oid.SHA256: {
      hash = hashById(HashAlg.SHA256);
      break;
    }
    case Oid.SHA384: {
      hash = hashById(HashAlg.SHA384);
      break;
    }
    case Oid.SHA512: {
      hash = hashById(HashAlg.SHA512);
      break;
    }
  }
  if (!hash) return "its MAC is neither of SHA-1 nor of SHA-2";
  if (!der.expect(macAt, saltAt, Tag.OCTET_STRING) || der.next != saltAt || der.len != hash.digestLength) return NOT_DER;
  const mac = der.body;
  if (!der.expect(saltAt, end, Tag.OCTET_STRING) || der.len > SALT_MAX) return NOT_DER;
  const salt = der.body;
  const saltLen = der.len;
  let rounds: i32 = 1;
  if (der.next != end) {
    if (!der.expect(der.next, end, Tag.INTEGER) || der.next != end) return NOT_DER;
    rounds = der.small(der.body, der.len);
  }
  if (rounds < 1 || <u32>rounds > ROUNDS_MAX) return NOT_DER;
  derive12(hash, 3, password, passwordLen, salt, saltLen, <u32>rounds, key, hash.digestLength);
  hmac(hash, key, hash.digestLength, data, len, u);
  const good = ct.equal(u, mac, hash.digestLength);
  wipe();
  return good ? "" : WRONG;
}

/**
 * Encrypts with PBES2 (PBKDF2 with HMAC-SHA-256, AES-256-CBC) what der_writer has written since `at` was `end`, and makes
 * an EncryptedPrivateKeyInfo of it. False: no entropy.
 */
export function sealWritten(end: usize, password: usize, passwordLen: u32): bool {
  // Padding stands behind what is there: it is moved to the front by as much.
  const len = <u32>(end - writer.at);
  const pad: u32 = 16 - (len & 15);
  const from = writer.at;
  for (let i: u32 = 0; i < pad; i++) writer.octet(0);
  if (writer.short || !drbg.fill(u, 32)) return false;
  memory.copy(writer.at, from, <usize>len);
  memory.fill(writer.at + len, <u8>pad, <usize>pad);
  const sha256 = hashById(HashAlg.SHA256)!;
  // 16 octets of salt, then the IV.
  memory.copy(repeated, u, 32);
  pbkdf2(sha256, password, passwordLen, repeated, 16, ROUNDS, key, 32);
  memory.copy(iv, repeated + 16, 16);
  aes.setKey(schedule, key, 32);
  aes.cbcEncrypt(schedule, iv, writer.at, len + pad);
  writer.wrap(Tag.OCTET_STRING, end);
  const algorithm = writer.at;
  writer.octets(repeated + 16, 16);
  writer.wrap(Tag.OCTET_STRING, algorithm);
  writer.oid("60864801650304012a");
  writer.wrap(Tag.SEQUENCE, algorithm);
  const derivation = writer.at;
  writer.hex("300c06082a864886f70d02090500");
  writer.smallInteger(ROUNDS);
  const salt = writer.at;
  writer.octets(repeated, 16);
  writer.wrap(Tag.OCTET_STRING, salt);
  writer.wrap(Tag.SEQUENCE, derivation);
  writer.oid("2a864886f70d01050c");
  writer.wrap(Tag.SEQUENCE, derivation);
  writer.wrap(Tag.SEQUENCE, algorithm);
  writer.oid("2a864886f70d01050d");
  writer.wrap(Tag.SEQUENCE, algorithm);
  writer.wrap(Tag.SEQUENCE, end);
  wipe();
  return !writer.short;
}
