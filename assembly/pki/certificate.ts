/**
 * What is known of an X.509 certificate (RFC 5280, 4): addresses within its DER, which must stay where it is as long as the record is
 * used. pki/x509.ts fills it.
 */
import { Scheme } from "./algorithm";
import { Oid } from "./oids";

/** Octets of the longest certificate that is read. */
export const CERTIFICATE_MAX: u32 = 65536;
/** Octets of the longest serial number (RFC 5280, 4.1.2.2), its sign's included. */
export const SERIAL_MAX: u32 = 21;

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
