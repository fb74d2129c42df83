/**
 * The numbers of the IPsec DOI (RFC 2407; RFC 3602, RFC 4868, RFC 3947 and IANA's later ones) and their names.
 */

/** RFC 2407, 4.1 */
export const IPSEC_DOI: u32 = 1;
/** The generic DOI of RFC 2408, 2.1: ISAKMP itself. */
export const ISAKMP_DOI: u32 = 0;

/** Situation, RFC 2407, 4.2: a bit mask. */
export const enum Situation {
  IDENTITY_ONLY = 1,
  SECRECY = 2,
  INTEGRITY = 4,
}

/** Security protocol, RFC 2407, 4.4.1. */
export const enum Protocol {
  ISAKMP = 1,
  AH = 2,
  ESP = 3,
  IPCOMP = 4,
}

/** AH transforms, RFC 2407, 4.4.3; RFC 4868, 2.7; RFC 3566, 5. */
export const enum AhTransform {
  MD5 = 2,
  SHA = 3,
  DES = 4,
  SHA2_256 = 5,
  SHA2_384 = 6,
  SHA2_512 = 7,
  AES_XCBC_MAC = 9,
}

/** The AH transform that belongs to an authentication algorithm: RFC 2407, 4.4.3.1 wants both, and they must agree. */
export function ahTransformOf(auth: u32): u32 {
  return auth == AuthAlg.HMAC_MD5 || auth == AuthAlg.HMAC_SHA ? auth + 1 : auth;
}

/** ESP transforms, RFC 2407, 4.4.4; RFC 3602, RFC 3686, RFC 4106, RFC 4309, RFC 4312, RFC 4543. */
export const enum EspTransform {
  DES_IV64 = 1,
  DES = 2,
  DES3 = 3,
  RC5 = 4,
  IDEA = 5,
  CAST = 6,
  BLOWFISH = 7,
  IDEA3 = 8,
  DES_IV32 = 9,
  RC4 = 10,
  NULL = 11,
  AES_CBC = 12,
  AES_CTR = 13,
  AES_CCM_8 = 14,
  AES_CCM_12 = 15,
  AES_CCM_16 = 16,
  AES_GCM_8 = 18,
  AES_GCM_12 = 19,
  AES_GCM_16 = 20,
  CAMELLIA = 22,
  AES_GMAC = 23,
  /** of the numbers for private use, 249 to 255: ours for RFC 7634's, which has none in IKEv1 */
  CHACHA20_POLY1305 = 254,
}

/** ESP transforms from here on are for private use (RFC 2407, 4.4.4): what they are, the vendor ID says. */
export const ESP_PRIVATE: u32 = 249;

/** Attributes of a phase 2 transform, RFC 2407, 4.5. */
export const enum IpsecAttribute {
  SA_LIFE_TYPE = 1,
  SA_LIFE_DURATION = 2,
  GROUP_DESCRIPTION = 3,
  ENCAPSULATION_MODE = 4,
  AUTHENTICATION_ALGORITHM = 5,
  KEY_LENGTH = 6,
  KEY_ROUNDS = 7,
  COMPRESS_DICTIONARY_SIZE = 8,
  COMPRESS_PRIVATE_ALGORITHM = 9,
  ECN_TUNNEL = 10,
  EXTENDED_SEQUENCE_NUMBER = 11,
}

/** Encapsulation Mode, RFC 2407, 4.5; RFC 3947, 5.1; the drafts' numbers before it. */
export const enum Encapsulation {
  NONE = 0,
  TUNNEL = 1,
  TRANSPORT = 2,
  UDP_TUNNEL = 3,
  UDP_TRANSPORT = 4,
  UDP_TUNNEL_DRAFT = 61443,
  UDP_TRANSPORT_DRAFT = 61444,
}

/** Authentication Algorithm, RFC 2407, 4.5; RFC 4868, 2.7; RFC 3566, 5. */
export const enum AuthAlg {
  NONE = 0,
  HMAC_MD5 = 1,
  HMAC_SHA = 2,
  DES_MAC = 3,
  KPDK = 4,
  HMAC_SHA2_256 = 5,
  HMAC_SHA2_384 = 6,
  HMAC_SHA2_512 = 7,
  AES_XCBC_MAC = 9,
}

/** Identification Type, RFC 2407, 4.6.2.1. */
export const enum IdType {
  NONE = 0,
  IPV4_ADDR = 1,
  FQDN = 2,
  USER_FQDN = 3,
  IPV4_ADDR_SUBNET = 4,
  IPV6_ADDR = 5,
  IPV6_ADDR_SUBNET = 6,
  IPV4_ADDR_RANGE = 7,
  IPV6_ADDR_RANGE = 8,
  DER_ASN1_DN = 9,
  DER_ASN1_GN = 10,
  KEY_ID = 11,
}

export function protocolName(protocol: u32): string {
  switch (protocol) {
    case Protocol.ISAKMP: return "ISAKMP";
    case Protocol.AH: return "AH";
    case Protocol.ESP: return "ESP";
    case Protocol.IPCOMP: return "IPCOMP";
    default: return "unknown protocol";
  }
}

export function ahTransformName(id: u32): string {
  switch (id) {
    case AhTransform.MD5: return "AH-MD5";
    case AhTransform.SHA: return "AH-SHA";
    case AhTransform.DES: return "AH-DES";
    case AhTransform.SHA2_256: return "AH-SHA2-256";
    case AhTransform.SHA2_384: return "AH-SHA2-384";
    case AhTransform.SHA2_512: return "AH-SHA2-512";
    case AhTransform.AES_XCBC_MAC: return "AH-AES-XCBC-MAC";
    default: return "unknown AH transform";
  }
}

export function espTransformName(id: u32): string {
  switch (id) {
    case EspTransform.DES_IV64: return "ESP-DES-IV64";
    case EspTransform.DES: return "ESP-DES";
    case EspTransform.DES3: return "ESP-3DES";
    case EspTransform.RC5: return "ESP-RC5";
    case EspTransform.IDEA: return "ESP-IDEA";
    case EspTransform.CAST: return "ESP-CAST";
    case EspTransform.BLOWFISH: return "ESP-BLOWFISH";
    case EspTransform.IDEA3: return "ESP-3IDEA";
    case EspTransform.DES_IV32: return "ESP-DES-IV32";
    case EspTransform.RC4: return "ESP-RC4";
    case EspTransform.NULL: return "ESP-NULL";
    case EspTransform.AES_CBC: return "ESP-AES";
    case EspTransform.AES_CTR: return "ESP-AES-CTR";
    case EspTransform.AES_CCM_8: return "ESP-AES-CCM-8";
    case EspTransform.AES_CCM_12: return "ESP-AES-CCM-12";
    case EspTransform.AES_CCM_16: return "ESP-AES-CCM-16";
    case EspTransform.AES_GCM_8: return "ESP-AES-GCM-8";
    case EspTransform.AES_GCM_12: return "ESP-AES-GCM-12";
    case EspTransform.AES_GCM_16: return "ESP-AES-GCM-16";
    case EspTransform.CAMELLIA: return "ESP-CAMELLIA";
    case EspTransform.AES_GMAC: return "ESP-NULL-AUTH-AES-GMAC";
    case EspTransform.CHACHA20_POLY1305: return "ESP-CHACHA20-POLY1305";
    default: return "unknown ESP transform";
  }
}

export function ipsecAttributeName(type: u32): string {
  switch (type) {
    case IpsecAttribute.SA_LIFE_TYPE: return "life type";
    case IpsecAttribute.SA_LIFE_DURATION: return "life duration";
    case IpsecAttribute.GROUP_DESCRIPTION: return "PFS group";
    case IpsecAttribute.ENCAPSULATION_MODE: return "encapsulation";
    case IpsecAttribute.AUTHENTICATION_ALGORITHM: return "authentication";
    case IpsecAttribute.KEY_LENGTH: return "key length";
    case IpsecAttribute.KEY_ROUNDS: return "key rounds";
    case IpsecAttribute.COMPRESS_DICTIONARY_SIZE: return "compression dictionary size";
    case IpsecAttribute.COMPRESS_PRIVATE_ALGORITHM: return "private compression algorithm";
    case IpsecAttribute.ECN_TUNNEL: return "ECN tunnel";
    case IpsecAttribute.EXTENDED_SEQUENCE_NUMBER: return "extended sequence number";
    default: return "unknown attribute";
  }
}

export function encapsulationName(mode: u32): string {
  switch (mode) {
    case Encapsulation.TUNNEL: return "tunnel";
    case Encapsulation.TRANSPORT: return "transport";
    case Encapsulation.UDP_TUNNEL: return "UDP tunnel";
    case Encapsulation.UDP_TRANSPORT: return "UDP transport";
    case Encapsulation.UDP_TUNNEL_DRAFT: return "UDP tunnel (draft)";
    case Encapsulation.UDP_TRANSPORT_DRAFT: return "UDP transport (draft)";
    default: return "unknown encapsulation";
  }
}

export function authAlgName(alg: u32): string {
  switch (alg) {
    case AuthAlg.NONE: return "none";
    case AuthAlg.HMAC_MD5: return "HMAC-MD5";
    case AuthAlg.HMAC_SHA: return "HMAC-SHA";
    case AuthAlg.DES_MAC: return "DES-MAC";
    case AuthAlg.KPDK: return "KPDK";
    case AuthAlg.HMAC_SHA2_256: return "HMAC-SHA2-256";
    case AuthAlg.HMAC_SHA2_384: return "HMAC-SHA2-384";
    case AuthAlg.HMAC_SHA2_512: return "HMAC-SHA2-512";
    case AuthAlg.AES_XCBC_MAC: return "AES-XCBC-MAC";
    default: return "unknown authentication algorithm";
  }
}

export function idTypeName(type: u32): string {
  switch (type) {
    case IdType.IPV4_ADDR: return "ID_IPV4_ADDR";
    case IdType.FQDN: return "ID_FQDN";
    case IdType.USER_FQDN: return "ID_USER_FQDN";
    case IdType.IPV4_ADDR_SUBNET: return "ID_IPV4_ADDR_SUBNET";
    case IdType.IPV6_ADDR: return "ID_IPV6_ADDR";
    case IdType.IPV6_ADDR_SUBNET: return "ID_IPV6_ADDR_SUBNET";
    case IdType.IPV4_ADDR_RANGE: return "ID_IPV4_ADDR_RANGE";
    case IdType.IPV6_ADDR_RANGE: return "ID_IPV6_ADDR_RANGE";
    case IdType.DER_ASN1_DN: return "ID_DER_ASN1_DN";
    case IdType.DER_ASN1_GN: return "ID_DER_ASN1_GN";
    case IdType.KEY_ID: return "ID_KEY_ID";
    default: return "unknown identification type";
  }
}
