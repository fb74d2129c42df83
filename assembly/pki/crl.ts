/**
 * Certificate revocation lists (RFC 5280, 5), complete and delta, read in place as certificates are.
 *
 *      CertificateList ::= SEQUENCE { tbsCertList, signatureAlgorithm, signatureValue BIT STRING }
 *      tbsCertList ::= SEQUENCE { version, signature, issuer, thisUpdate, nextUpdate, revokedCertificates, [0] crlExtensions }
 *      revokedCertificates ::= SEQUENCE OF SEQUENCE { userCertificate, revocationDate, crlEntryExtensions }
 *
 * `parse` walks all entries once: a list with a critical extension, or an entry's, that is not known says so in `unknownCritical` and
 * is of no use (5.2, 5.3).
 */
import * as algorithm from "./algorithm";
import { Scheme } from "./algorithm";
import { Part, SERIAL_MAX } from "./certificate";
import * as der from "./der";
import { Tag } from "./der";
import { authorityKeyId, critical, extension, extensionOid, extensionOidLen, keyId, keyIdLen, value, valueEnd, whole } from "./extension";
import * as generalName from "./general_name";
import * as names from "./name";
import { Oid, identify } from "./oids";
import * as signed from "./signed";
import * as time from "./time";

/** Octets of the longest list that is read. */
export const CRL_MAX: u32 = 1048576;

/** Reasons (5.3.1). */
export const enum Reason {
  UNSPECIFIED = 0,
  KEY_COMPROMISE = 1,
  CA_COMPROMISE = 2,
  AFFILIATION_CHANGED = 3,
  SUPERSEDED = 4,
  CESSATION = 5,
  HOLD = 6,
  REMOVE_FROM_CRL = 8,
  PRIVILEGE_WITHDRAWN = 9,
  AA_COMPROMISE = 10,
}

/** All that a ReasonFlags can name: its bits 1 to 8. */
export const ALL_REASONS: u32 = 0x1fe;

@unmanaged
export class Crl {
  der: usize;
  tbs: usize;
  issuer: usize;
  signature: usize;
  /** Contents. */
  revoked: usize;
  number: usize;
  baseNumber: usize;
  authorityKeyId: usize;
  /** issuingDistributionPoint's whole value, and the content of its name. */
  point: usize;
  pointName: usize;
  thisUpdate: u64;
  /** 0: not said. */
  nextUpdate: u64;
  derLen: u32;
  tbsLen: u32;
  issuerLen: u32;
  /** 0: it can't be good. */
  signatureLen: u32;
  revokedLen: u32;
  numberLen: u32;
  baseNumberLen: u32;
  authorityKeyIdLen: u32;
  pointLen: u32;
  pointNameLen: u32;
  scheme: Scheme;
  hash: u32;
  salt: u32;
  /** Reasons that it covers, as bits. */
  reasons: u32;
  onlyUsers: bool;
  onlyCas: bool;
  onlyAttributes: bool;
  indirect: bool;
  isDelta: bool;
  unknownCritical: bool;
  /** Whether its signature was found good, under the key whose SubjectPublicKeyInfo has the digest behind this record. */
  checked: bool;
}

const DIGEST: usize = 32;

/** Whether two lists are of the same issuer, key and scope. */
export function sameSource(a: Crl, b: Crl): bool {
  return names.equal(a.issuer, a.issuerLen, b.issuer, b.issuerLen) && der.same(a.point, a.pointLen, b.point, b.pointLen) &&
    der.same(a.authorityKeyId, a.authorityKeyIdLen, b.authorityKeyId, b.authorityKeyIdLen);
}

/** Octets that a Crl takes, with the digest of the key that it was checked with. */
export function size(): usize {
  return offsetof<Crl>() + DIGEST;
}

/** Where the digest is. */
export function digest(crl: Crl): usize {
  return changetype<usize>(crl) + offsetof<Crl>();
}

/** Whether entry extensions in [p, end) are made as they must be; `entryReason` and `entryIssuer` are what they say. */
let entryReason: u32 = 0;
let entryIssuer: usize = 0;
let entryIssuerLen: u32 = 0;
let entryUnknown: bool = false;
let entrySerial: usize = 0;
let entrySerialLen: u32 = 0;
let entryDate: u64 = 0;

function entryExtensions(p: usize, end: usize): bool {
  if (p == end) return false;
  while (p < end) {
    p = extension(p, end);
    if (p == 0) return false;
    const is = identify(extensionOid, extensionOidLen);
    if (!der.wellFormed(value, valueEnd)) return false;
    if (is == Oid.REASON_CODE) {
      if (!whole(Tag.ENUMERATED)) return false;
      const reason = der.small(der.body, der.len);
      if (reason < 0 || reason > 10 || reason == 7) return false;
      entryReason = <u32>reason;
    } else if (is == Oid.CERTIFICATE_ISSUER) {
      if (!whole(Tag.SEQUENCE)) return false;
      entryIssuer = der.body;
      entryIssuerLen = der.len;
      if (!generalName.checkAll(entryIssuer, entryIssuer + entryIssuerLen)) return false;
    } else if (is != Oid.INVALIDITY_DATE && critical) entryUnknown = true;
  }
  return true;
}

/** Reads one entry: where the next begins, or 0 where it is malformed. */
function entry(p: usize, end: usize): usize {
  if (!der.expect(p, end, Tag.SEQUENCE)) return 0;
  const after = der.next;
  if (!der.expect(der.body, after, Tag.INTEGER) || !der.minimal(der.body, der.len) || der.len > SERIAL_MAX) return 0;
  entrySerial = der.body;
  entrySerialLen = der.len;
  if (!der.read(der.next, after)) return 0;
  entryDate = time.parse(der.tag, der.body, der.len);
  if (entryDate == time.BAD) return 0;
  entryReason = Reason.UNSPECIFIED;
  entryUnknown = false;
  if (der.next == after) return after;
  if (!der.expect(der.next, after, Tag.SEQUENCE) || der.next != after) return 0;
  return entryExtensions(der.body, after) ? after : 0;
}

/** issuingDistributionPoint (5.2.5). */
function issuingPoint(crl: Crl): bool {
  if (!whole(Tag.SEQUENCE)) return false;
  const end = valueEnd;
  let p = der.body;
  crl.point = value;
  crl.pointLen = <u32>(end - value);
  if (der.optional(p, end, 0xa0)) {
    p = der.next;
    crl.pointName = der.body;
    crl.pointNameLen = der.len;
    if (!generalName.checkPointName(crl.pointName, p)) return false;
  }
  for (let id: u32 = 0x81; id <= 0x85; id++) {
    if (!der.optional(p, end, id)) continue;
    p = der.next;
    if (id == 0x83) {
      const reasons = der.bits(der.body, der.len);
      if (reasons < 0) return false;
      crl.reasons = <u32>reasons & ALL_REASONS;
      continue;
    }
    const flag = der.boolean(der.body, der.len);
    if (flag < 0) return false;
    if (id == 0x81) crl.onlyUsers = flag == 1;
    else if (id == 0x82) crl.onlyCas = flag == 1;
    else if (id == 0x84) crl.indirect = flag == 1;
    else crl.onlyAttributes = flag == 1;
  }
  // At most one of them.
  return p == end && !(crl.onlyUsers && (crl.onlyCas || crl.onlyAttributes)) && !(crl.onlyCas && crl.onlyAttributes);
}

/** A CRL number: minimal, not negative, at most 20 octets (5.2.3). */
function isNumber(): bool {
  return whole(Tag.INTEGER) && der.minimal(der.body, der.len) && der.len <= SERIAL_MAX && !(load<u8>(der.body) & 0x80);
}

function crlExtensions(crl: Crl, p: usize, end: usize): Part {
  if (!der.expect(p, end, Tag.SEQUENCE) || der.next != end || der.len == 0) return Part.EXTENSIONS;
  let seen: u64 = 0;
  for (p = der.body; p < end;) {
    p = extension(p, end);
    if (p == 0) return Part.EXTENSIONS;
    const is = identify(extensionOid, extensionOidLen);
    const known = is == Oid.CRL_NUMBER || is == Oid.DELTA_CRL || is == Oid.AUTHORITY_KEY_ID || is == Oid.ISSUING_POINT;
    if (!known) {
      if (critical) crl.unknownCritical = true;
      continue;
    }
    if ((seen >> <u64>is) & 1) return Part.EXTENSION_TWICE;
    seen |= <u64>1 << <u64>is;
    if (!der.wellFormed(value, valueEnd)) return Part.EXTENSIONS;
    if (is == Oid.ISSUING_POINT) {
      if (!issuingPoint(crl)) return Part.EXTENSIONS;
    } else if (is == Oid.AUTHORITY_KEY_ID) {
      if (!authorityKeyId()) return Part.EXTENSIONS;
      crl.authorityKeyId = keyId;
      crl.authorityKeyIdLen = keyIdLen;
    } else {
      if (!isNumber()) return Part.EXTENSIONS;
      if (is == Oid.CRL_NUMBER) {
        crl.number = der.body;
        crl.numberLen = der.len;
      } else {
        crl.isDelta = true;
        crl.baseNumber = der.body;
        crl.baseNumberLen = der.len;
      }
    }
  }
  return Part.NONE;
}

/** Reads `len` octets at `p`, all of which must be one list. Part.NONE: `crl` is whole; else what is malformed. */
export function parse(crl: Crl, p: usize, len: u32): Part {
  memory.fill(changetype<usize>(crl), 0, size());
  crl.reasons = ALL_REASONS;
  if (len > CRL_MAX) return Part.SIZE;
  const end = p + len;
  if (!der.wellFormed(p, end) || !der.expect(p, end, Tag.SEQUENCE) || der.next != end) return Part.ENCODING;
  crl.der = p;
  crl.derLen = len;
  if (!der.expect(der.body, end, Tag.SEQUENCE)) return Part.ENCODING;
  crl.tbs = der.start;
  crl.tbsLen = <u32>(der.next - der.start);
  const tbsEnd = der.next;
  p = der.body;
  let version: i32 = 0;
  if (der.optional(p, tbsEnd, Tag.INTEGER)) {
    version = der.small(der.body, der.len);
    if (version != 1) return Part.VERSION;
    p = der.next;
  }
  if (!der.expect(p, tbsEnd, Tag.SEQUENCE)) return Part.ALGORITHM;
  const inner = der.start;
  const innerLen = <u32>(der.next - der.start);
  p = der.next;
  if (!der.expect(p, tbsEnd, Tag.SEQUENCE)) return Part.ISSUER;
  crl.issuer = p;
  crl.issuerLen = <u32>(der.next - p);
  p = der.next;
  if (!names.check(crl.issuer, crl.issuerLen)) return Part.ISSUER;
  if (!der.read(p, tbsEnd)) return Part.DATES;
  crl.thisUpdate = time.parse(der.tag, der.body, der.len);
  if (crl.thisUpdate == time.BAD) return Part.DATES;
  p = der.next;
  if (p < tbsEnd && (<u32>load<u8>(p) == Tag.UTC_TIME || <u32>load<u8>(p) == Tag.GENERALIZED_TIME)) {
    if (!der.read(p, tbsEnd)) return Part.DATES;
    crl.nextUpdate = time.parse(der.tag, der.body, der.len);
    if (crl.nextUpdate == time.BAD) return Part.DATES;
    p = der.next;
  }
  if (der.optional(p, tbsEnd, Tag.SEQUENCE)) {
    p = der.next;
    crl.revoked = der.body;
    crl.revokedLen = der.len;
    for (let q = crl.revoked; q < p;) {
      q = entry(q, p);
      if (q == 0) return Part.REVOKED;
      if (entryUnknown) crl.unknownCritical = true;
    }
  }
  if (der.optional(p, tbsEnd, 0xa0)) {
    p = der.next;
    if (version != 1) return Part.VERSION;
    const wrong = crlExtensions(crl, der.body, p);
    if (wrong != Part.NONE) return wrong;
  }
  if (p != tbsEnd) return Part.ENCODING;
  const unsigned = signed.read(tbsEnd, end, inner, innerLen);
  if (unsigned != Part.NONE) return unsigned;
  crl.scheme = algorithm.scheme;
  crl.hash = algorithm.hash;
  crl.salt = algorithm.salt;
  crl.signature = signed.signature;
  crl.signatureLen = signed.signatureLen;
  return Part.NONE;
}

/** When and why `lookup` found a certificate revoked. */
export let revokedOn: u64 = 0;
export let reason: u32 = 0;

/** Puts back what an earlier lookup found. */
export function set(on: u64, why: u32): void {
  revokedOn = on;
  reason = why;
}

/** Whether a list that `parse` accepted names the certificate of that issuer and serial number. */
export function lookup(crl: Crl, issuer: usize, issuerLen: u32, serial: usize, serialLen: u32): bool {
  const end = crl.revoked + crl.revokedLen;
  // Of an entry without certificateIssuer it is the one of the entry before, of the first one the list's own (5.3.3).
  entryIssuer = 0;
  for (let p = crl.revoked; p < end;) {
    p = entry(p, end);
    if (p == 0) return false;
    if (!der.same(entrySerial, entrySerialLen, serial, serialLen)) continue;
    const of_ = crl.indirect && entryIssuer != 0
      ? generalName.holdsDirectory(entryIssuer, entryIssuerLen, issuer, issuerLen)
      : names.equal(crl.issuer, crl.issuerLen, issuer, issuerLen);
    if (!of_) continue;
    revokedOn = entryDate;
    reason = entryReason;
    return true;
  }
  return false;
}

/** Compares two CRL numbers, which are not negative: below 0, 0 or above 0. */
export function compareNumbers(a: usize, aLen: u32, b: usize, bLen: u32): i32 {
  if (aLen && load<u8>(a) == 0) {
    a++;
    aLen--;
  }
  if (bLen && load<u8>(b) == 0) {
    b++;
    bLen--;
  }
  if (aLen != bLen) return aLen < bLen ? -1 : 1;
  return memory.compare(a, b, <usize>aLen);
}

export function reasonName(r: u32): string {
  switch (r) {
    case Reason.KEY_COMPROMISE: return "its key was compromised";
    case Reason.CA_COMPROMISE: return "its CA was compromised";
    case Reason.AFFILIATION_CHANGED: return "its owner's affiliation changed";
    case Reason.SUPERSEDED: return "it was superseded";
    case Reason.CESSATION: return "it is no longer in operation";
    case Reason.HOLD: return "it is on hold";
    case Reason.PRIVILEGE_WITHDRAWN: return "its privileges were withdrawn";
    case Reason.AA_COMPROMISE: return "its attribute authority was compromised";
    default: return "of no reason that is given";
  }
}
