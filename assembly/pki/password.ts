/**
 * Octets encrypted under a password: PBES2 (RFC 8018, 6.2: PBKDF2 with HMAC of SHA-1 or SHA-2, AES or 3DES in CBC mode), and PKCS#12's
 * old form with SHA-1 and 3DES (RFC 7292, appendices B and C). Decrypted in place. Weak ones, RC2 and DES, are refused by name.
 *
 * Keys are derived in slices (derivation.ts). What wants one answers MORE and is asked again, from its start, when `step` says that it is there:
 *
 *     forget();
 *     while (fault = open(...), deriving) while (!step()) ...;
 */
import { aes } from "../crypto/aes";
import { BlockCipher, CIPHER_CTX_MAX } from "../crypto/cipher";
import { des3 } from "../crypto/des";
import { Hash, HashAlg } from "../crypto/hash";
import { hmac } from "../crypto/hmac";
import { hashById } from "../crypto/registry";
import * as drbg from "../crypto/drbg";
import * as ct from "../util/ct";
import * as der from "./der";
import * as derivation from "./derivation";
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
const iv: usize = memory.data(16, 8);
// @ts-ignore: decorator
@lazy
const schedule: usize = memory.data(384, 8);
// @ts-ignore: decorator
@lazy
const mac: usize = memory.data(64, 8);
// Salt and IV of what is written here.
// @ts-ignore: decorator
@lazy
const drawn: usize = memory.data(32, 8);

/**
 * What was opened, or checked, before: where it lies, and the octets that it has become. Whoever reads a container begins again from its start when a
 * key has been derived, and finds this done.
 */
const OPENED: u32 = 8;
// @ts-ignore: decorator
@lazy
const opened: usize = memory.data(8 * 8, 8);
let openedCount: u32 = 0;
/** What the key that is being derived, or lies at `derived`, is for; 0: nothing. */
let keyFor: usize = 0;
/** A derivation is under way: `step` goes on with it. */
export let deriving: bool = false;
/** The rounds of the derivation that was begun last. */
export let rounds: u32 = 0;

function wipe(): void {
  derivation.wipe();
  ct.wipe(iv, 16);
  ct.wipe(schedule, CIPHER_CTX_MAX);
  ct.wipe(mac, 64);
  ct.wipe(drawn, 32);
}

/** Forgets what was opened, and what is being derived: another container comes, or none. */
export function forget(): void {
  openedCount = 0;
  keyFor = 0;
  deriving = false;
  wipe();
}

/** One slice of the derivation; true when it is over, and what asked for it is to be read again. */
export function step(): bool {
  if (deriving && !derivation.step()) return false;
  deriving = false;
  return true;
}

/** How what lies at `p` was opened: its octets, or -1: not yet. */
function openedAt(p: usize): i32 {
  for (let i: u32 = 0; i < openedCount; i++) if (load<u32>(opened + <usize>(i << 3)) == <u32>p) return load<i32>(opened + <usize>(i << 3), 4);
  return -1;
}

function isOpen(p: usize, len: u32): void {
  store<u32>(opened + <usize>(openedCount << 3), <u32>p);
  store<u32>(opened + <usize>(openedCount << 3), len, 4);
  openedCount++;
  keyFor = 0;
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

/** Not a fault: a key is being derived. */
const MORE = "a key is being derived";
const TOO_LONG = "its password is derived in more than 1000000 rounds";
const TOO_MANY = "more than 8 parts of it are encrypted";
const NOT_DER = "its encryption is not described as it must be";
const UNKNOWN = "it is encrypted in a way that is not taken: make it anew with AES or 3DES";
const WRONG = "the password is wrong";

/** Octets that `open` has left. */
export let plainLen: u32 = 0;

/** Opens what the AlgorithmIdentifier with content [p, end) describes, in place: "", with `plainLen` octets at `data`, or why not. */
export function open(p: usize, end: usize, data: usize, len: u32, password: usize, passwordLen: u32): string {
  const before = openedAt(data);
  if (before >= 0) {
    plainLen = before;
    return "";
  }
  const fault = passwordLen > PASSWORD_MAX ? "a password has up to 64 octets" : openedCount == OPENED ? TOO_MANY : decrypt(p, end, data, len, password, passwordLen);
  if (deriving) return fault;
  wipe();
  if (fault.length) keyFor = 0;
  else isOpen(data, plainLen);
  return fault;
}

/** The number of rounds that an INTEGER's content says; 0: none that can be done, and `roundsFault` says why. */
function roundsOf(p: usize, len: u32): u32 {
  const n = der.small(p, len);
  const large = n > <i32>ROUNDS_MAX || (n < 0 && len > 3 && der.minimal(p, len) && !(load<u8>(p) & 0x80));
  roundsFault = large ? TOO_LONG : NOT_DER;
  return large || n < 1 ? 0 : <u32>n;
}
let roundsFault: string = NOT_DER;

function decrypt(p: usize, end: usize, data: usize, len: u32, password: usize, passwordLen: u32): string {
  if (!der.expect(p, end, Tag.OID)) return NOT_DER;
  const scheme = rsadsi(der.body, der.len);
  if (!der.expect(der.next, end, Tag.SEQUENCE) || der.next != end) return NOT_DER;
  const parameters = der.body;
  let fault: string;
  if (scheme == 0x01050d) fault = pbes2(parameters, end, data, password, passwordLen);
  else if (scheme == 0x010c0103) fault = triple(parameters, end, data, password, passwordLen);
  else if (scheme == 0x010c0106 || scheme == 0x010c0105) return "it is encrypted with RC2, which is broken: make it anew with AES or 3DES";
  else return UNKNOWN;
  if (fault.length) return fault;
  const size = cipher.blockLength;
  if (!len || len % size) return WRONG;
  cipher.setKey(schedule, derivation.derived, keyLen);
  cipher.cbcDecrypt(schedule, iv, data, len);
  const pad = <u32>load<u8>(data + len - 1);
  if (!pad || pad > size) return WRONG;
  for (let i: u32 = 1; i <= pad; i++) if (<u32>load<u8>(data + len - i) != pad) return WRONG;
  plainLen = len - pad;
  return "";
}

let keyLen: u32 = 0;

/** PBES2-params: SEQUENCE { keyDerivationFunc, encryptionScheme }. */
function pbes2(p: usize, end: usize, data: usize, password: usize, passwordLen: u32): string {
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
  const n = roundsOf(der.body, der.len);
  if (!n) return roundsFault;
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
  if (keyFor == data) return "";
  derivation.beginPbkdf2(hash, password, passwordLen, salt, saltLen, n, keyLen);
  return begun(data, n);
}

/** A derivation has begun. */
function begun(what: usize, n: u32): string {
  keyFor = what;
  rounds = n;
  deriving = true;
  return MORE;
}

/** pkcs-12PbeParams: SEQUENCE { salt, iterations }. */
function triple(p: usize, end: usize, data: usize, password: usize, passwordLen: u32): string {
  if (!der.expect(p, end, Tag.OCTET_STRING) || der.len > SALT_MAX) return NOT_DER;
  const salt = der.body;
  const saltLen = der.len;
  if (!der.expect(der.next, end, Tag.INTEGER) || der.next != end) return NOT_DER;
  const n = roundsOf(der.body, der.len);
  if (!n) return roundsFault;
  keyLen = 24;
  cipher = des3;
  if (keyFor == data) {
    memory.copy(iv, derivation.derived + 24, 8);
    return "";
  }
  derivation.begin12(hashById(HashAlg.SHA1)!, 1, password, passwordLen, salt, saltLen, n, 24, 2, 8);
  return begun(data, n);
}

/** Checks PKCS#12's MacData, whose content is [p, end), over `len` octets at `data` (RFC 7292, 4): "" or why it does not hold. */
export function checkMac(p: usize, end: usize, data: usize, len: u32, password: usize, passwordLen: u32): string {
  if (openedAt(p) >= 0) return "";
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
  const theirs = der.body;
  if (!der.expect(saltAt, end, Tag.OCTET_STRING) || der.len > SALT_MAX) return NOT_DER;
  const salt = der.body;
  const saltLen = der.len;
  let n: u32 = 1;
  if (der.next != end) {
    if (!der.expect(der.next, end, Tag.INTEGER) || der.next != end) return NOT_DER;
    n = roundsOf(der.body, der.len);
  }
  if (!n) return roundsFault;
  if (keyFor != p) {
    derivation.begin12(hash, 3, password, passwordLen, salt, saltLen, n, hash.digestLength, 0, 0);
    return begun(p, n);
  }
  hmac(hash, derivation.derived, hash.digestLength, data, len, mac);
  const good = ct.equal(mac, theirs, hash.digestLength);
  wipe();
  keyFor = 0;
  if (good) isOpen(p, 0);
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
  if (writer.short || !drbg.fill(drawn, 32)) return false;
  memory.copy(writer.at, from, <usize>len);
  memory.fill(writer.at + len, <u8>pad, <usize>pad);
  const sha256 = hashById(HashAlg.SHA256)!;
  // 16 octets of salt, then the IV.
  derivation.beginPbkdf2(sha256, password, passwordLen, drawn, 16, ROUNDS, 32);
  while (!derivation.step()) {}
  memory.copy(iv, drawn + 16, 16);
  aes.setKey(schedule, derivation.derived, 32);
  aes.cbcEncrypt(schedule, iv, writer.at, len + pad);
  writer.wrap(Tag.OCTET_STRING, end);
  const algorithm = writer.at;
  writer.octets(drawn + 16, 16);
  writer.wrap(Tag.OCTET_STRING, algorithm);
  writer.oid("60864801650304012a");
  writer.wrap(Tag.SEQUENCE, algorithm);
  const derivation = writer.at;
  writer.hex("300c06082a864886f70d02090500");
  writer.smallInteger(ROUNDS);
  const salt = writer.at;
  writer.octets(drawn, 16);
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
