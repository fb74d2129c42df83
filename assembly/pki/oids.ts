/** Object identifiers that certificates and CRLs bear (RFC 5280, 3279, 4055, 5480, 8410), told by their content octets. */
import { get32, get64 } from "../util/bytes";
import { Text } from "../util/text";

export const enum Oid {
  UNKNOWN = 0,
  // Extensions
  SUBJECT_KEY_ID,
  KEY_USAGE,
  SUBJECT_ALT_NAME,
  ISSUER_ALT_NAME,
  BASIC_CONSTRAINTS,
  CRL_NUMBER,
  REASON_CODE,
  INVALIDITY_DATE,
  DELTA_CRL,
  ISSUING_POINT,
  CERTIFICATE_ISSUER,
  NAME_CONSTRAINTS,
  CRL_POINTS,
  POLICIES,
  POLICY_MAPPINGS,
  AUTHORITY_KEY_ID,
  POLICY_CONSTRAINTS,
  EXT_KEY_USAGE,
  FRESHEST_CRL,
  INHIBIT_ANY_POLICY,
  // Policies and purposes
  ANY_POLICY,
  ANY_PURPOSE,
  SERVER_AUTH,
  CLIENT_AUTH,
  IPSEC_END_SYSTEM,
  IPSEC_TUNNEL,
  IPSEC_USER,
  IPSEC_IKE,
  IKE_INTERMEDIATE,
  // Keys
  RSA,
  RSA_PSS,
  EC,
  ED25519,
  P256,
  P384,
  P521,
  // Signatures
  MD2_RSA,
  MD5_RSA,
  SHA1_RSA,
  SHA256_RSA,
  SHA384_RSA,
  SHA512_RSA,
  SHA1_ECDSA,
  SHA256_ECDSA,
  SHA384_ECDSA,
  SHA512_ECDSA,
  // Hashes and mask generation
  SHA1,
  SHA256,
  SHA384,
  SHA512,
  MGF1,
  // The one attribute whose value is compared with mail addresses
  EMAIL,
}

// @ts-ignore: decorator
@inline const PKCS1: u64 = 0x2a864886f70d0101;
// @ts-ignore: decorator
@inline const PKCS9: u64 = 0x2a864886f70d0109;
// @ts-ignore: decorator
@inline const HASHES: u64 = 0x6086480165030402;

function extension(last: u32): Oid {
  switch (last) {
    case 14: return Oid.SUBJECT_KEY_ID;
    case 15: return Oid.KEY_USAGE;
    case 17: return Oid.SUBJECT_ALT_NAME;
    case 18: return Oid.ISSUER_ALT_NAME;
    case 19: return Oid.BASIC_CONSTRAINTS;
    case 20: return Oid.CRL_NUMBER;
    case 21: return Oid.REASON_CODE;
    case 24: return Oid.INVALIDITY_DATE;
    case 27: return Oid.DELTA_CRL;
    case 28: return Oid.ISSUING_POINT;
    case 29: return Oid.CERTIFICATE_ISSUER;
    case 30: return Oid.NAME_CONSTRAINTS;
    case 31: return Oid.CRL_POINTS;
    case 32: return Oid.POLICIES;
    case 33: return Oid.POLICY_MAPPINGS;
    case 35: return Oid.AUTHORITY_KEY_ID;
    case 36: return Oid.POLICY_CONSTRAINTS;
    case 37: return Oid.EXT_KEY_USAGE;
    case 46: return Oid.FRESHEST_CRL;
    case 54: return Oid.INHIBIT_ANY_POLICY;
    default: return Oid.UNKNOWN;
  }
}

function ofNine(first: u64, last: u32): Oid {
  if (first == PKCS1) {
    switch (last) {
      case 1: return Oid.RSA;
      case 2: return Oid.MD2_RSA;
      case 4: return Oid.MD5_RSA;
      case 5: return Oid.SHA1_RSA;
      case 8: return Oid.MGF1;
      case 10: return Oid.RSA_PSS;
      case 11: return Oid.SHA256_RSA;
      case 12: return Oid.SHA384_RSA;
      case 13: return Oid.SHA512_RSA;
      default: return Oid.UNKNOWN;
    }
  }
  if (first == PKCS9) return last == 1 ? Oid.EMAIL : Oid.UNKNOWN;
  if (first == HASHES) return last == 1 ? Oid.SHA256 : last == 2 ? Oid.SHA384 : last == 3 ? Oid.SHA512 : Oid.UNKNOWN;
  return Oid.UNKNOWN;
}

function ofEight(v: u64): Oid {
  switch (v) {
    case 0x2b06010505070301: return Oid.SERVER_AUTH;
    case 0x2b06010505070302: return Oid.CLIENT_AUTH;
    case 0x2b06010505070305: return Oid.IPSEC_END_SYSTEM;
    case 0x2b06010505070306: return Oid.IPSEC_TUNNEL;
    case 0x2b06010505070307: return Oid.IPSEC_USER;
    case 0x2b06010505070311: return Oid.IPSEC_IKE;
    case 0x2b06010505080202: return Oid.IKE_INTERMEDIATE;
    case 0x2a8648ce3d030107: return Oid.P256;
    case 0x2a8648ce3d040302: return Oid.SHA256_ECDSA;
    case 0x2a8648ce3d040303: return Oid.SHA384_ECDSA;
    case 0x2a8648ce3d040304: return Oid.SHA512_ECDSA;
    default: return Oid.UNKNOWN;
  }
}

/** Which one the content octets name. */
export function identify(p: usize, len: u32): Oid {
  switch (len) {
    case 3: {
      const first = (<u32>load<u8>(p) << 8) | <u32>load<u8>(p + 1);
      const last = <u32>load<u8>(p + 2);
      if (first == 0x551d) return extension(last);
      return first == 0x2b65 && last == 0x70 ? Oid.ED25519 : Oid.UNKNOWN;
    }
    case 4: {
      const v = get32(p);
      return v == 0x551d2000 ? Oid.ANY_POLICY : v == 0x551d2500 ? Oid.ANY_PURPOSE : Oid.UNKNOWN;
    }
    case 5: {
      const v = get32(p);
      const last = <u32>load<u8>(p + 4);
      if (v == 0x2b810400) return last == 0x22 ? Oid.P384 : last == 0x23 ? Oid.P521 : Oid.UNKNOWN;
      if (v == 0x2b0e0302) return last == 0x1a ? Oid.SHA1 : last == 0x1d ? Oid.SHA1_RSA : Oid.UNKNOWN;
      return Oid.UNKNOWN;
    }
    case 7: {
      const v = get32(p);
      const rest = get32(p + 3);
      if (v == 0x2a8648ce && rest == 0xce3d0201) return Oid.EC;
      return v == 0x2a8648ce && rest == 0xce3d0401 ? Oid.SHA1_ECDSA : Oid.UNKNOWN;
    }
    case 8: return ofEight(get64(p));
    case 9: return ofNine(get64(p), <u32>load<u8>(p + 8));
    default: return Oid.UNKNOWN;
  }
}

/** The numbers with dots. Octets are those that der.oid accepted; parts beyond 64 bits are written modulo that. */
export function write(text: Text, p: usize, len: u32): void {
  let value: u64 = 0;
  let first = true;
  for (let i: u32 = 0; i < len; i++) {
    const c = <u64>load<u8>(p + i);
    value = (value << 7) | (c & 0x7f);
    if (c & 0x80) continue;
    if (first) {
      const root: u64 = value < 40 ? 0 : value < 80 ? 1 : 2;
      text.u64(root).char(46).u64(value - root * 40);
      first = false;
    } else text.char(46).u64(value);
    value = 0;
  }
}
