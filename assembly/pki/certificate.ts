/**
 * X.509 certificates (RFC 5280, 4), read in place. `parse` fills a Certificate with addresses within the DER that was given: the
 * octets must stay where they are as long as the Certificate is used.
 *
 *      Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signatureValue BIT STRING }
 *      tbsCertificate ::= SEQUENCE { [0] version, serialNumber, signature, issuer, validity, subject, subjectPublicKeyInfo,
 *                                    [1] issuerUniqueID, [2] subjectUniqueID, [3] extensions }
 *
 * `parse` judges form alone; whether a date is past, or a key too small, is for path.ts. Explicit FALSE where the default is FALSE
 * is taken, as many issuers write it; nothing else that DER forbids is.
 */
import * as algorithm from "./algorithm";
import { Scheme } from "./algorithm";
import * as der from "./der";
import { Tag } from "./der";
import * as names from "./name";
import * as generalName from "./general_name";
import { Oid, identify } from "./oids";
import * as time from "./time";

/** Octets of the longest certificate that is read. */
export const CERTIFICATE_MAX: u32 = 65536;
/** Octets of the longest serial number (RFC 5280, 4.1.2.2), its sign's included. */
export const SERIAL_MAX: u32 = 21;
/** Extensions of one certificate. */
export const EXTENSIONS_MAX: u32 = 40;

/** What of a certificate or CRL is malformed. */
export const enum Part {
  NONE = 0,
  SIZE,
  ENCODING,
  VERSION,
  SERIAL,
  ALGORITHM,
  /** the two signature algorithms differ */
  ALGORITHMS,
  ISSUER,
  DATES,
  SUBJECT,
  KEY,
  UNIQUE_IDS,
  EXTENSIONS,
  /** an extension comes twice */
  EXTENSION_TWICE,
  SIGNATURE,
  REVOKED,
}

/** Kinds of keys. A key of another kind, or on a curve without a name, is UNKNOWN. */
export const enum KeyKind { UNKNOWN = 0, RSA = 1, RSA_PSS = 2, EC = 3, ED25519 = 4 }

/** keyUsage's bits (4.2.1.3). */
export const enum Usage {
  DIGITAL_SIGNATURE = 1,
  NON_REPUDIATION = 2,
  KEY_ENCIPHERMENT = 4,
  DATA_ENCIPHERMENT = 8,
  KEY_AGREEMENT = 16,
  KEY_CERT_SIGN = 32,
  CRL_SIGN = 64,
}

/** Purposes of extKeyUsage, as bits. */
export const enum Purpose {
  ANY = 1,
  SERVER_AUTH = 2,
  CLIENT_AUTH = 4,
  IPSEC_END_SYSTEM = 8,
  IPSEC_TUNNEL = 16,
  IPSEC_USER = 32,
  IPSEC_IKE = 64,
  IKE_INTERMEDIATE = 128,
  OTHER = 256,
}

/** Addresses are within the DER and 0 where there is nothing; lengths are octets. Names and `spki` include their headers. */
@unmanaged
export class Certificate {
  der: usize;
  tbs: usize;
  serial: usize;
  issuer: usize;
  subject: usize;
  spki: usize;
  /** RSA: modulus and exponent without leading zeros; EC: the point, 04 x y; Ed25519: 32 octets. */
  modulus: usize;
  exponent: usize;
  point: usize;
  signature: usize;
  /** Contents of extensions: GeneralNames, subtrees, PolicyInformation, mappings, DistributionPoints; octets of key identifiers. */
  altNames: usize;
  permitted: usize;
  excluded: usize;
  policies: usize;
  mappings: usize;
  authorityKeyId: usize;
  subjectKeyId: usize;
  crlPoints: usize;
  /** The first critical extension that is not known: its OID's octets. */
  unknownCritical: usize;
  notBefore: u64;
  notAfter: u64;
  derLen: u32;
  tbsLen: u32;
  serialLen: u32;
  issuerLen: u32;
  subjectLen: u32;
  spkiLen: u32;
  modulusLen: u32;
  exponentLen: u32;
  pointLen: u32;
  /** 0: it can't be good. */
  signatureLen: u32;
  altNamesLen: u32;
  permittedLen: u32;
  excludedLen: u32;
  policiesLen: u32;
  mappingsLen: u32;
  authorityKeyIdLen: u32;
  subjectKeyIdLen: u32;
  crlPointsLen: u32;
  unknownCriticalLen: u32;
  /** 1, 2 or 3. */
  version: u32;
  key: KeyKind;
  /** Bits of an RSA modulus or of a curve's field. */
  keyBits: u32;
  /** Oid.P256, P384 or P521 of an EC key. */
  curve: Oid;
  scheme: Scheme;
  hash: u32;
  salt: u32;
  /** Usage; `hasUsage` false: every use. */
  usage: u32;
  /** Purpose; 0: no extKeyUsage. */
  purposes: u32;
  /** -1: no limit. */
  pathLength: i32;
  /** -1: absent. */
  explicitPolicy: i32;
  inhibitMapping: i32;
  inhibitAnyPolicy: i32;
  hasUsage: bool;
  hasConstraints: bool;
  isCa: bool;
  hasBasicConstraints: bool;
  hasPolicies: bool;
  /** Issuer and subject are the same name. */
  selfIssued: bool;
}

/** Octets that a Certificate takes. */
export function size(): usize {
  return offsetof<Certificate>();
}

/** Which extensions have been seen, by Oid. */
let seen: u64 = 0;

/** Walks `SEQUENCE { OID, BOOLEAN DEFAULT FALSE, OCTET STRING }`: what `extension` found; content is [value, valueEnd). */
export let extensionOid: usize = 0;
export let extensionOidLen: u32 = 0;
export let critical: bool = false;
export let value: usize = 0;
export let valueEnd: usize = 0;

/** Reads one Extension at `p`: where the next begins, or 0 where it is malformed. */
export function extension(p: usize, end: usize): usize {
  if (!der.expect(p, end, Tag.SEQUENCE)) return 0;
  const after = der.next;
  if (!der.expect(der.body, after, Tag.OID) || !der.oid(der.body, der.len)) return 0;
  extensionOid = der.body;
  extensionOidLen = der.len;
  p = der.next;
  critical = false;
  if (der.optional(p, after, Tag.BOOLEAN)) {
    const flag = der.boolean(der.body, der.len);
    if (flag < 0) return 0;
    critical = flag == 1;
    p = der.next;
  }
  if (!der.expect(p, after, Tag.OCTET_STRING) || der.next != after) return 0;
  value = der.body;
  valueEnd = der.next;
  return after;
}

/** The content of the SEQUENCE that alone fills an extension's value; false where it is none. */
export function whole(tag: u32): bool {
  return der.expect(value, valueEnd, tag) && der.next == valueEnd;
}

/** Whether what is known of it may be taken from an extension: its inside is DER too. */
function basicConstraints(c: Certificate): bool {
  if (!whole(Tag.SEQUENCE)) return false;
  let p = der.body;
  c.hasBasicConstraints = true;
  if (der.optional(p, valueEnd, Tag.BOOLEAN)) {
    const flag = der.boolean(der.body, der.len);
    if (flag < 0) return false;
    c.isCa = flag == 1;
    p = der.next;
  }
  if (der.optional(p, valueEnd, Tag.INTEGER)) {
    c.pathLength = der.small(der.body, der.len);
    if (c.pathLength < 0) return false;
    p = der.next;
  }
  return p == valueEnd;
}

function purpose(o: Oid): u32 {
  switch (o) {
    case Oid.ANY_PURPOSE: return Purpose.ANY;
    case Oid.SERVER_AUTH: return Purpose.SERVER_AUTH;
    case Oid.CLIENT_AUTH: return Purpose.CLIENT_AUTH;
    case Oid.IPSEC_END_SYSTEM: return Purpose.IPSEC_END_SYSTEM;
    case Oid.IPSEC_TUNNEL: return Purpose.IPSEC_TUNNEL;
    case Oid.IPSEC_USER: return Purpose.IPSEC_USER;
    case Oid.IPSEC_IKE: return Purpose.IPSEC_IKE;
    case Oid.IKE_INTERMEDIATE: return Purpose.IKE_INTERMEDIATE;
    default: return Purpose.OTHER;
  }
}

function extKeyUsage(c: Certificate): bool {
  if (!whole(Tag.SEQUENCE) || der.len == 0) return false;
  for (let p = der.body; p < valueEnd; p = der.next) {
    if (!der.expect(p, valueEnd, Tag.OID) || !der.oid(der.body, der.len)) return false;
    c.purposes |= purpose(identify(der.body, der.len));
  }
  return true;
}

/** Whether [p, end) is GeneralSubtrees: SEQUENCE { base, [0] minimum 0, no maximum } each. */
function subtrees(p: usize, end: usize): bool {
  if (p == end) return false;
  while (p < end) {
    if (!der.expect(p, end, Tag.SEQUENCE)) return false;
    const after = der.next;
    // minimum is 0, which DER leaves out, and maximum is never there (4.2.1.10).
    if (!der.read(der.body, after) || der.next != after || !generalName.checkBase()) return false;
    p = after;
  }
  return true;
}

function nameConstraints(c: Certificate): bool {
  if (!whole(Tag.SEQUENCE) || der.len == 0) return false;
  let p = der.body;
  c.hasConstraints = true;
  if (der.optional(p, valueEnd, 0xa0)) {
    c.permitted = der.body;
    c.permittedLen = der.len;
    p = der.next;
    if (!subtrees(c.permitted, p)) return false;
  }
  if (der.optional(p, valueEnd, 0xa1)) {
    c.excluded = der.body;
    c.excludedLen = der.len;
    p = der.next;
    if (!subtrees(c.excluded, p)) return false;
  }
  return p == valueEnd;
}

function certificatePolicies(c: Certificate): bool {
  if (!whole(Tag.SEQUENCE) || der.len == 0) return false;
  c.hasPolicies = true;
  c.policies = der.body;
  c.policiesLen = der.len;
  for (let p = c.policies; p < valueEnd;) {
    if (!der.expect(p, valueEnd, Tag.SEQUENCE)) return false;
    p = der.next;
    if (!der.expect(der.body, p, Tag.OID) || !der.oid(der.body, der.len)) return false;
    // Qualifiers are for people to read.
    if (der.next != p && (!der.expect(der.next, p, Tag.SEQUENCE) || der.next != p)) return false;
  }
  return true;
}

function policyMappings(c: Certificate): bool {
  if (!whole(Tag.SEQUENCE) || der.len == 0) return false;
  c.mappings = der.body;
  c.mappingsLen = der.len;
  for (let p = c.mappings; p < valueEnd;) {
    if (!der.expect(p, valueEnd, Tag.SEQUENCE)) return false;
    p = der.next;
    if (!der.expect(der.body, p, Tag.OID) || !der.oid(der.body, der.len)) return false;
    if (!der.expect(der.next, p, Tag.OID) || !der.oid(der.body, der.len) || der.next != p) return false;
  }
  return true;
}

function policyConstraints(c: Certificate): bool {
  if (!whole(Tag.SEQUENCE) || der.len == 0) return false;
  let p = der.body;
  if (der.optional(p, valueEnd, 0x80)) {
    c.explicitPolicy = der.small(der.body, der.len);
    if (c.explicitPolicy < 0) return false;
    p = der.next;
  }
  if (der.optional(p, valueEnd, 0x81)) {
    c.inhibitMapping = der.small(der.body, der.len);
    if (c.inhibitMapping < 0) return false;
    p = der.next;
  }
  return p == valueEnd;
}

/** AuthorityKeyIdentifier's [0]; the issuer's name and serial number are not used. False where it is malformed. */
export function authorityKeyId(): bool {
  if (!whole(Tag.SEQUENCE)) return false;
  let p = der.body;
  keyId = 0;
  keyIdLen = 0;
  if (der.optional(p, valueEnd, 0x80)) {
    keyId = der.body;
    keyIdLen = der.len;
    p = der.next;
  }
  if (der.optional(p, valueEnd, 0xa1)) p = der.next;
  if (der.optional(p, valueEnd, 0x82)) p = der.next;
  return p == valueEnd;
}

/** What `authorityKeyId` found. */
export let keyId: usize = 0;
export let keyIdLen: u32 = 0;

/** Takes one extension that is known; false where its inside is malformed. */
function take(c: Certificate, is: Oid): bool {
  switch (is) {
    case Oid.BASIC_CONSTRAINTS: return basicConstraints(c);
    case Oid.KEY_USAGE: {
      if (!whole(Tag.BIT_STRING)) return false;
      const bits = der.bits(der.body, der.len);
      if (bits < 0) return false;
      c.hasUsage = true;
      c.usage = <u32>bits;
      return true;
    }
    case Oid.EXT_KEY_USAGE: return extKeyUsage(c);
    case Oid.SUBJECT_ALT_NAME: {
      if (!whole(Tag.SEQUENCE) || der.len == 0) return false;
      c.altNames = der.body;
      c.altNamesLen = der.len;
      return generalName.checkAll(c.altNames, valueEnd);
    }
    case Oid.NAME_CONSTRAINTS: return nameConstraints(c);
    case Oid.POLICIES: return certificatePolicies(c);
    case Oid.POLICY_MAPPINGS: return policyMappings(c);
    case Oid.POLICY_CONSTRAINTS: return policyConstraints(c);
    case Oid.INHIBIT_ANY_POLICY: {
      if (!whole(Tag.INTEGER)) return false;
      c.inhibitAnyPolicy = der.small(der.body, der.len);
      return c.inhibitAnyPolicy >= 0;
    }
    case Oid.AUTHORITY_KEY_ID: {
      if (!authorityKeyId()) return false;
      c.authorityKeyId = keyId;
      c.authorityKeyIdLen = keyIdLen;
      return true;
    }
    case Oid.SUBJECT_KEY_ID: {
      if (!whole(Tag.OCTET_STRING)) return false;
      c.subjectKeyId = der.body;
      c.subjectKeyIdLen = der.len;
      return true;
    }
    case Oid.CRL_POINTS: {
      if (!whole(Tag.SEQUENCE) || der.len == 0) return false;
      c.crlPoints = der.body;
      c.crlPointsLen = der.len;
      return generalName.checkPoints(c.crlPoints, valueEnd);
    }
    // Taken as they are: nothing is decided by them.
    case Oid.ISSUER_ALT_NAME:
    case Oid.FRESHEST_CRL: return true;
    default: return false;
  }
}

function isKnown(is: Oid): bool {
  switch (is) {
    case Oid.BASIC_CONSTRAINTS:
    case Oid.KEY_USAGE:
    case Oid.EXT_KEY_USAGE:
    case Oid.SUBJECT_ALT_NAME:
    case Oid.ISSUER_ALT_NAME:
    case Oid.NAME_CONSTRAINTS:
    case Oid.POLICIES:
    case Oid.POLICY_MAPPINGS:
    case Oid.POLICY_CONSTRAINTS:
    case Oid.INHIBIT_ANY_POLICY:
    case Oid.AUTHORITY_KEY_ID:
    case Oid.SUBJECT_KEY_ID:
    case Oid.CRL_POINTS:
    case Oid.FRESHEST_CRL: return true;
    default: return false;
  }
}

function extensions(c: Certificate, p: usize, end: usize): Part {
  if (!der.expect(p, end, Tag.SEQUENCE) || der.next != end || der.len == 0) return Part.EXTENSIONS;
  const first = der.body;
  seen = 0;
  let count: u32 = 0;
  for (p = first; p < end; count++) {
    p = extension(p, end);
    if (p == 0 || count == EXTENSIONS_MAX) return Part.EXTENSIONS;
    const is = identify(extensionOid, extensionOidLen);
    if (!isKnown(is)) {
      if (critical && c.unknownCritical == 0) {
        c.unknownCritical = extensionOid;
        c.unknownCriticalLen = extensionOidLen;
      }
      if (isTwice(first, extensionOid, extensionOidLen)) return Part.EXTENSION_TWICE;
      continue;
    }
    if ((seen >> <u64>is) & 1) return Part.EXTENSION_TWICE;
    seen |= <u64>1 << <u64>is;
    if (!der.wellFormed(value, valueEnd) || !take(c, is)) return Part.EXTENSIONS;
  }
  return Part.NONE;
}

/** Whether an extension of that OID lies between `p` and the OID itself. */
function isTwice(p: usize, oid: usize, len: u32): bool {
  while (der.read(p, oid + len)) {
    p = der.next;
    if (der.read(der.body, p) && der.same(der.body, der.len, oid, len)) return true;
  }
  return false;
}

/** RSAPublicKey: an odd modulus and an odd exponent above 1, no longer than 64 bits. */
function rsa(c: Certificate, p: usize, end: usize): bool {
  if (!der.expect(p, end, Tag.SEQUENCE) || der.next != end) return false;
  if (!der.expect(der.body, end, Tag.INTEGER) || !der.minimal(der.body, der.len)) return false;
  let at = der.body;
  let len = der.len;
  if (load<u8>(at) & 0x80) return false;
  if (load<u8>(at) == 0) {
    at++;
    len--;
  }
  if (len == 0 || !(load<u8>(at + len - 1) & 1)) return false;
  c.modulus = at;
  c.modulusLen = len;
  c.keyBits = len * 8 - (clz<u32>(<u32>load<u8>(at)) - 24);
  if (!der.expect(der.next, end, Tag.INTEGER) || der.next != end || !der.minimal(der.body, der.len)) return false;
  at = der.body;
  len = der.len;
  if (load<u8>(at) & 0x80) return false;
  if (load<u8>(at) == 0) {
    at++;
    len--;
  }
  if (len == 0 || len > 8 || !(load<u8>(at + len - 1) & 1) || (len == 1 && load<u8>(at) == 1)) return false;
  c.exponent = at;
  c.exponentLen = len;
  return true;
}

/** SubjectPublicKeyInfo, whose content is [p, end). */
function publicKey(c: Certificate, p: usize, end: usize): bool {
  if (!der.expect(p, end, Tag.SEQUENCE)) return false;
  const parametersEnd = der.next;
  if (!der.expect(der.body, parametersEnd, Tag.OID) || !der.oid(der.body, der.len)) return false;
  const is = identify(der.body, der.len);
  const parameters = der.next;
  if (!der.expect(parametersEnd, end, Tag.BIT_STRING) || der.next != end || der.len < 2 || load<u8>(der.body) != 0) return false;
  const key = der.body + 1;
  const len = der.len - 1;
  switch (is) {
    case Oid.RSA: {
      c.key = KeyKind.RSA;
      if (parameters != parametersEnd && (!der.expect(parameters, parametersEnd, Tag.NULL) || der.next != parametersEnd)) return false;
      return der.wellFormed(key, end) && rsa(c, key, end);
    }
    case Oid.RSA_PSS: {
      c.key = KeyKind.RSA_PSS;
      return der.wellFormed(key, end) && rsa(c, key, end);
    }
    case Oid.EC: {
      // Named curves alone (RFC 5480, 2.1.1); a curve that is spelled out is one that nobody here has checked.
      if (!der.read(parameters, parametersEnd) || der.next != parametersEnd) return false;
      if (der.tag != Tag.OID) return true;
      const curve = identify(der.body, der.len);
      if (curve < Oid.P256 || curve > Oid.P521) return true;
      const octets: u32 = curve == Oid.P256 ? 32 : curve == Oid.P384 ? 48 : 66;
      if (len != 2 * octets + 1 || load<u8>(key) != 4) return false;
      c.key = KeyKind.EC;
      c.curve = curve;
      c.keyBits = curve == Oid.P521 ? 521 : octets * 8;
      c.point = key;
      c.pointLen = len;
      return true;
    }
    case Oid.ED25519: {
      if (parameters != parametersEnd || len != 32) return false;
      c.key = KeyKind.ED25519;
      c.keyBits = 256;
      c.point = key;
      c.pointLen = len;
      return true;
    }
    default: return true;
  }
}

/** One date at `p`; `der.next` is behind it. */
// @ts-ignore: decorator
@inline
function date(p: usize, end: usize): u64 {
  return der.read(p, end) ? time.parse(der.tag, der.body, der.len) : time.BAD;
}

/** Reads `len` octets at `p`, all of which must be one certificate. Part.NONE: `c` is whole; else what is malformed. */
export function parse(c: Certificate, p: usize, len: u32): Part {
  memory.fill(changetype<usize>(c), 0, offsetof<Certificate>());
  c.pathLength = -1;
  c.explicitPolicy = -1;
  c.inhibitMapping = -1;
  c.inhibitAnyPolicy = -1;
  if (len > CERTIFICATE_MAX) return Part.SIZE;
  const end = p + len;
  if (!der.wellFormed(p, end) || !der.expect(p, end, Tag.SEQUENCE) || der.next != end) return Part.ENCODING;
  c.der = p;
  c.derLen = len;

  if (!der.expect(der.body, end, Tag.SEQUENCE)) return Part.ENCODING;
  c.tbs = der.start;
  c.tbsLen = <u32>(der.next - der.start);
  const tbsEnd = der.next;
  p = der.body;

  c.version = 1;
  if (der.optional(p, tbsEnd, 0xa0)) {
    p = der.next;
    if (!der.expect(der.body, p, Tag.INTEGER) || der.next != p) return Part.VERSION;
    const v = der.small(der.body, der.len);
    if (v < 1 || v > 2) return Part.VERSION;
    c.version = <u32>v + 1;
  }
  if (!der.expect(p, tbsEnd, Tag.INTEGER) || !der.minimal(der.body, der.len) || der.len > SERIAL_MAX) return Part.SERIAL;
  c.serial = der.body;
  c.serialLen = der.len;
  if (!der.expect(der.next, tbsEnd, Tag.SEQUENCE)) return Part.ALGORITHM;
  const inner = der.start;
  const innerLen = <u32>(der.next - der.start);
  p = der.next;
  if (!der.expect(p, tbsEnd, Tag.SEQUENCE)) return Part.ISSUER;
  c.issuer = p;
  c.issuerLen = <u32>(der.next - p);
  p = der.next;
  if (!names.check(c.issuer, c.issuerLen)) return Part.ISSUER;

  if (!der.expect(p, tbsEnd, Tag.SEQUENCE)) return Part.DATES;
  p = der.next;
  c.notBefore = date(der.body, p);
  if (c.notBefore == time.BAD) return Part.DATES;
  c.notAfter = date(der.next, p);
  if (c.notAfter == time.BAD || der.next != p) return Part.DATES;

  if (!der.expect(p, tbsEnd, Tag.SEQUENCE)) return Part.SUBJECT;
  c.subject = p;
  c.subjectLen = <u32>(der.next - p);
  p = der.next;
  if (!names.check(c.subject, c.subjectLen)) return Part.SUBJECT;
  c.selfIssued = names.equal(c.issuer, c.issuerLen, c.subject, c.subjectLen);

  if (!der.expect(p, tbsEnd, Tag.SEQUENCE)) return Part.KEY;
  c.spki = p;
  c.spkiLen = <u32>(der.next - p);
  p = der.next;
  if (!publicKey(c, der.body, p)) return Part.KEY;

  for (let id: u32 = 0x81; id <= 0x82; id++) {
    if (!der.optional(p, tbsEnd, id)) continue;
    if (c.version < 2) return Part.UNIQUE_IDS;
    p = der.next;
  }
  if (der.optional(p, tbsEnd, 0xa3)) {
    p = der.next;
    if (c.version < 3) return Part.VERSION;
    const wrong = extensions(c, der.body, p);
    if (wrong != Part.NONE) return wrong;
  }
  if (p != tbsEnd) return Part.ENCODING;

  if (!der.expect(tbsEnd, end, Tag.SEQUENCE)) return Part.ALGORITHM;
  p = der.next;
  // Octet by octet the same (4.1.1.2): what is signed says how it is signed.
  if (!der.same(inner, innerLen, der.start, <u32>(p - der.start))) return Part.ALGORITHMS;
  if (!algorithm.parse(der.body, p)) return Part.ALGORITHM;
  c.scheme = algorithm.scheme;
  c.hash = algorithm.hash;
  c.salt = algorithm.salt;
  if (!der.expect(p, end, Tag.BIT_STRING) || der.next != end || der.len < 2) return Part.SIGNATURE;
  c.signature = der.body + 1;
  // One that isn't whole octets is nobody's.
  c.signatureLen = load<u8>(der.body) == 0 ? der.len - 1 : 0;
  return Part.NONE;
}

/** The name of a part, as it stands behind "its ... is malformed". */
export function partName(part: Part): string {
  switch (part) {
    case Part.SIZE: return "length";
    case Part.ENCODING: return "encoding";
    case Part.VERSION: return "version";
    case Part.SERIAL: return "serial number";
    case Part.ALGORITHM: return "signature algorithm";
    case Part.ALGORITHMS: return "second signature algorithm";
    case Part.ISSUER: return "issuer";
    case Part.DATES: return "validity";
    case Part.SUBJECT: return "subject";
    case Part.KEY: return "public key";
    case Part.UNIQUE_IDS: return "unique identifiers";
    case Part.EXTENSIONS: return "extensions";
    case Part.EXTENSION_TWICE: return "list of extensions";
    case Part.SIGNATURE: return "signature";
    case Part.REVOKED: return "list of revoked certificates";
    default: return "form";
  }
}
