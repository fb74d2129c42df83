/**
 * The numbers of ISAKMP (RFC 2408) and IKE (RFC 2409, appendix A; RFC 3947; RFC 3706) and the names that people know
 * them by. Names are static strings: nothing is put together here.
 */

/** Next Payload, RFC 2408, 3.1; RFC 3947, 3.2 and 5.2; the drafts before it used numbers of the private range. */
export const enum Payload {
  NONE = 0,
  SA = 1,
  PROPOSAL = 2,
  TRANSFORM = 3,
  KE = 4,
  ID = 5,
  CERT = 6,
  CERT_REQUEST = 7,
  HASH = 8,
  SIG = 9,
  NONCE = 10,
  NOTIFY = 11,
  DELETE = 12,
  VENDOR_ID = 13,
  ATTRIBUTES = 14,
  /** NAT-D and NAT-OA of the drafts between 04 and 08, and of routers that speak them still; RFC 3547 took the numbers */
  NAT_D_OLD = 15,
  NAT_OA_OLD = 16,
  NAT_D = 20,
  NAT_OA = 21,
  NAT_D_DRAFT = 130,
  NAT_OA_DRAFT = 131,
  FRAGMENT = 132,
}

/** Exchange Type, RFC 2408, 3.1; RFC 2409, appendix A. */
export const enum ExchangeType {
  NONE = 0,
  BASE = 1,
  IDENTITY_PROTECTION = 2,
  AUTHENTICATION_ONLY = 3,
  AGGRESSIVE = 4,
  INFORMATIONAL = 5,
  TRANSACTION = 6,
  QUICK_MODE = 32,
  NEW_GROUP_MODE = 33,
}

/** Flags, RFC 2408, 3.1. */
export const enum Flag {
  NONE = 0,
  ENCRYPTION = 1,
  COMMIT = 2,
  AUTHENTICATION_ONLY = 4,
}

/** Notify Message Type, RFC 2408, 3.14.1; RFC 2407, 4.6.3; RFC 3706, 5. */
export const enum Notify {
  NONE = 0,
  INVALID_PAYLOAD_TYPE = 1,
  DOI_NOT_SUPPORTED = 2,
  SITUATION_NOT_SUPPORTED = 3,
  INVALID_COOKIE = 4,
  INVALID_MAJOR_VERSION = 5,
  INVALID_MINOR_VERSION = 6,
  INVALID_EXCHANGE_TYPE = 7,
  INVALID_FLAGS = 8,
  INVALID_MESSAGE_ID = 9,
  INVALID_PROTOCOL_ID = 10,
  INVALID_SPI = 11,
  INVALID_TRANSFORM_ID = 12,
  ATTRIBUTES_NOT_SUPPORTED = 13,
  NO_PROPOSAL_CHOSEN = 14,
  BAD_PROPOSAL_SYNTAX = 15,
  PAYLOAD_MALFORMED = 16,
  INVALID_KEY_INFORMATION = 17,
  INVALID_ID_INFORMATION = 18,
  INVALID_CERT_ENCODING = 19,
  INVALID_CERTIFICATE = 20,
  CERT_TYPE_UNSUPPORTED = 21,
  INVALID_CERT_AUTHORITY = 22,
  INVALID_HASH_INFORMATION = 23,
  AUTHENTICATION_FAILED = 24,
  INVALID_SIGNATURE = 25,
  ADDRESS_NOTIFICATION = 26,
  NOTIFY_SA_LIFETIME = 27,
  CERTIFICATE_UNAVAILABLE = 28,
  UNSUPPORTED_EXCHANGE_TYPE = 29,
  UNEQUAL_PAYLOAD_LENGTHS = 30,
  CONNECTED = 16384,
  RESPONDER_LIFETIME = 24576,
  REPLAY_STATUS = 24577,
  INITIAL_CONTACT = 24578,
  R_U_THERE = 36136,
  R_U_THERE_ACK = 36137,
}

/** Attributes of a phase 1 transform, RFC 2409, appendix A. */
export const enum OakleyAttribute {
  ENCRYPTION_ALGORITHM = 1,
  HASH_ALGORITHM = 2,
  AUTHENTICATION_METHOD = 3,
  GROUP_DESCRIPTION = 4,
  GROUP_TYPE = 5,
  GROUP_PRIME = 6,
  GROUP_GENERATOR_ONE = 7,
  GROUP_GENERATOR_TWO = 8,
  GROUP_CURVE_A = 9,
  GROUP_CURVE_B = 10,
  LIFE_TYPE = 11,
  LIFE_DURATION = 12,
  PRF = 13,
  KEY_LENGTH = 14,
  FIELD_SIZE = 15,
  GROUP_ORDER = 16,
}

/** Authentication Method, RFC 2409, appendix A; RFC 4754, 3. */
export const enum AuthMethod {
  PRE_SHARED_KEY = 1,
  DSS_SIGNATURES = 2,
  RSA_SIGNATURES = 3,
  RSA_ENCRYPTION = 4,
  RSA_ENCRYPTION_REVISED = 5,
  ECDSA_256 = 9,
  ECDSA_384 = 10,
  ECDSA_521 = 11,
}

/** Whether a method proves who one is by a signature: SIG stands in the place of HASH (RFC 2409, 5.1). */
export function isSignature(method: u32): bool {
  return method == AuthMethod.RSA_SIGNATURES || isEcdsa(method);
}

/** Whether a method proves who one is by what only he can decrypt: nonces and identities are encrypted by RSA (RFC 2409, 5.2 and 5.3). */
export function isEncryption(method: u32): bool {
  return method == AuthMethod.RSA_ENCRYPTION || method == AuthMethod.RSA_ENCRYPTION_REVISED;
}

export function isEcdsa(method: u32): bool {
  return method >= <u32>AuthMethod.ECDSA_256 && method <= <u32>AuthMethod.ECDSA_521;
}

/** Life Type of both phases, RFC 2409, appendix A; RFC 2407, 4.5. */
export const enum LifeType {
  SECONDS = 1,
  KILOBYTES = 2,
}

/** The one transform of phase 1, RFC 2407, 4.4.2. */
export const KEY_IKE: u32 = 1;

export function payloadName(type: u32): string {
  switch (type) {
    case Payload.NONE: return "NONE";
    case Payload.SA: return "SA";
    case Payload.PROPOSAL: return "P";
    case Payload.TRANSFORM: return "T";
    case Payload.KE: return "KE";
    case Payload.ID: return "ID";
    case Payload.CERT: return "CERT";
    case Payload.CERT_REQUEST: return "CR";
    case Payload.HASH: return "HASH";
    case Payload.SIG: return "SIG";
    case Payload.NONCE: return "NONCE";
    case Payload.NOTIFY: return "N";
    case Payload.DELETE: return "D";
    case Payload.VENDOR_ID: return "VID";
    case Payload.ATTRIBUTES: return "ATTR";
    case Payload.NAT_D:
    case Payload.NAT_D_OLD:
    case Payload.NAT_D_DRAFT: return "NAT-D";
    case Payload.NAT_OA:
    case Payload.NAT_OA_OLD:
    case Payload.NAT_OA_DRAFT: return "NAT-OA";
    case Payload.FRAGMENT: return "FRAGMENT";
    default: return "unknown payload";
  }
}

/** Whether a payload of this type may stand in a message's chain: proposals and transforms stand inside an SA only. */
export function payloadKnown(type: u32): bool {
  if (type >= <u32>Payload.KE && type <= <u32>Payload.ATTRIBUTES) return true;
  switch (type) {
    case Payload.SA:
    case Payload.NAT_D_OLD:
    case Payload.NAT_OA_OLD:
    case Payload.NAT_D:
    case Payload.NAT_OA:
    case Payload.NAT_D_DRAFT:
    case Payload.NAT_OA_DRAFT:
    case Payload.FRAGMENT: return true;
    default: return false;
  }
}

export function exchangeName(type: u32): string {
  switch (type) {
    case ExchangeType.BASE: return "Base";
    case ExchangeType.IDENTITY_PROTECTION: return "Main Mode";
    case ExchangeType.AUTHENTICATION_ONLY: return "Authentication Only";
    case ExchangeType.AGGRESSIVE: return "Aggressive Mode";
    case ExchangeType.INFORMATIONAL: return "Informational";
    case ExchangeType.TRANSACTION: return "Transaction";
    case ExchangeType.QUICK_MODE: return "Quick Mode";
    case ExchangeType.NEW_GROUP_MODE: return "New Group Mode";
    default: return "unknown exchange";
  }
}

export function notifyName(type: u32): string {
  switch (type) {
    case Notify.INVALID_PAYLOAD_TYPE: return "INVALID-PAYLOAD-TYPE";
    case Notify.DOI_NOT_SUPPORTED: return "DOI-NOT-SUPPORTED";
    case Notify.SITUATION_NOT_SUPPORTED: return "SITUATION-NOT-SUPPORTED";
    case Notify.INVALID_COOKIE: return "INVALID-COOKIE";
    case Notify.INVALID_MAJOR_VERSION: return "INVALID-MAJOR-VERSION";
    case Notify.INVALID_MINOR_VERSION: return "INVALID-MINOR-VERSION";
    case Notify.INVALID_EXCHANGE_TYPE: return "INVALID-EXCHANGE-TYPE";
    case Notify.INVALID_FLAGS: return "INVALID-FLAGS";
    case Notify.INVALID_MESSAGE_ID: return "INVALID-MESSAGE-ID";
    case Notify.INVALID_PROTOCOL_ID: return "INVALID-PROTOCOL-ID";
    case Notify.INVALID_SPI: return "INVALID-SPI";
    case Notify.INVALID_TRANSFORM_ID: return "INVALID-TRANSFORM-ID";
    case Notify.ATTRIBUTES_NOT_SUPPORTED: return "ATTRIBUTES-NOT-SUPPORTED";
    case Notify.NO_PROPOSAL_CHOSEN: return "NO-PROPOSAL-CHOSEN";
    case Notify.BAD_PROPOSAL_SYNTAX: return "BAD-PROPOSAL-SYNTAX";
    case Notify.PAYLOAD_MALFORMED: return "PAYLOAD-MALFORMED";
    case Notify.INVALID_KEY_INFORMATION: return "INVALID-KEY-INFORMATION";
    case Notify.INVALID_ID_INFORMATION: return "INVALID-ID-INFORMATION";
    case Notify.INVALID_CERT_ENCODING: return "INVALID-CERT-ENCODING";
    case Notify.INVALID_CERTIFICATE: return "INVALID-CERTIFICATE";
    case Notify.CERT_TYPE_UNSUPPORTED: return "CERT-TYPE-UNSUPPORTED";
    case Notify.INVALID_CERT_AUTHORITY: return "INVALID-CERT-AUTHORITY";
    case Notify.INVALID_HASH_INFORMATION: return "INVALID-HASH-INFORMATION";
    case Notify.AUTHENTICATION_FAILED: return "AUTHENTICATION-FAILED";
    case Notify.INVALID_SIGNATURE: return "INVALID-SIGNATURE";
    case Notify.ADDRESS_NOTIFICATION: return "ADDRESS-NOTIFICATION";
    case Notify.NOTIFY_SA_LIFETIME: return "NOTIFY-SA-LIFETIME";
    case Notify.CERTIFICATE_UNAVAILABLE: return "CERTIFICATE-UNAVAILABLE";
    case Notify.UNSUPPORTED_EXCHANGE_TYPE: return "UNSUPPORTED-EXCHANGE-TYPE";
    case Notify.UNEQUAL_PAYLOAD_LENGTHS: return "UNEQUAL-PAYLOAD-LENGTHS";
    case Notify.CONNECTED: return "CONNECTED";
    case Notify.RESPONDER_LIFETIME: return "RESPONDER-LIFETIME";
    case Notify.REPLAY_STATUS: return "REPLAY-STATUS";
    case Notify.INITIAL_CONTACT: return "INITIAL-CONTACT";
    case Notify.R_U_THERE: return "R-U-THERE";
    case Notify.R_U_THERE_ACK: return "R-U-THERE-ACK";
    default: return "unknown notify";
  }
}

/** RFC 2408, 3.14.1: 1 to 8191 and the private 8192 to 16383 say that something failed; above is status. */
export function notifyIsError(type: u32): bool {
  return type > 0 && type < <u32>Notify.CONNECTED;
}

/** Encryption Algorithm of phase 1 as people write it; 7 is AES-CBC (RFC 3602, 5.3), 8 Camellia-CBC (RFC 4312, 4). */
export function encryptionName(alg: u32): string {
  switch (alg) {
    case 1: return "DES";
    case 2: return "IDEA";
    case 3: return "Blowfish";
    case 4: return "RC5";
    case 5: return "3DES";
    case 6: return "CAST";
    case 7: return "AES";
    case 8: return "Camellia";
    default: return "unknown cipher";
  }
}

/** Hash Algorithm of phase 1; 4 to 6 are RFC 4868's. */
export function hashName(alg: u32): string {
  switch (alg) {
    case 1: return "MD5";
    case 2: return "SHA";
    case 3: return "Tiger";
    case 4: return "SHA-256";
    case 5: return "SHA-384";
    case 6: return "SHA-512";
    default: return "unknown hash";
  }
}

export function authMethodName(method: u32): string {
  switch (method) {
    case AuthMethod.PRE_SHARED_KEY: return "pre-shared key";
    case AuthMethod.DSS_SIGNATURES: return "DSS signatures";
    case AuthMethod.RSA_SIGNATURES: return "RSA signatures";
    case AuthMethod.RSA_ENCRYPTION: return "RSA encryption";
    case AuthMethod.RSA_ENCRYPTION_REVISED: return "revised RSA encryption";
    case AuthMethod.ECDSA_256: return "ECDSA on P-256";
    case AuthMethod.ECDSA_384: return "ECDSA on P-384";
    case AuthMethod.ECDSA_521: return "ECDSA on P-521";
    case 64221: return "hybrid RSA, initiator";
    case 64222: return "hybrid RSA, responder";
    case 64223: return "hybrid DSS, initiator";
    case 64224: return "hybrid DSS, responder";
    case 65001: return "XAUTH pre-shared key, initiator";
    case 65002: return "XAUTH pre-shared key, responder";
    case 65003: return "XAUTH DSS, initiator";
    case 65004: return "XAUTH DSS, responder";
    case 65005: return "XAUTH RSA, initiator";
    case 65006: return "XAUTH RSA, responder";
    case 65007: return "XAUTH RSA encryption, initiator";
    case 65008: return "XAUTH RSA encryption, responder";
    case 65009: return "XAUTH revised RSA encryption, initiator";
    case 65010: return "XAUTH revised RSA encryption, responder";
    default: return "unknown authentication method";
  }
}

/** Whether a method authenticates a user too: XAUTH's numbers, and those of hybrid authentication (the drafts of 1999 and 2001). */
export function authenticatesUser(method: u32): bool {
  return (method >= 64221 && method <= 64224) || (method >= 65001 && method <= 65010);
}

export function oakleyAttributeName(type: u32): string {
  switch (type) {
    case OakleyAttribute.ENCRYPTION_ALGORITHM: return "encryption";
    case OakleyAttribute.HASH_ALGORITHM: return "hash";
    case OakleyAttribute.AUTHENTICATION_METHOD: return "authentication";
    case OakleyAttribute.GROUP_DESCRIPTION: return "group";
    case OakleyAttribute.GROUP_TYPE: return "group type";
    case OakleyAttribute.GROUP_PRIME: return "group prime";
    case OakleyAttribute.GROUP_GENERATOR_ONE: return "group generator one";
    case OakleyAttribute.GROUP_GENERATOR_TWO: return "group generator two";
    case OakleyAttribute.GROUP_CURVE_A: return "group curve A";
    case OakleyAttribute.GROUP_CURVE_B: return "group curve B";
    case OakleyAttribute.LIFE_TYPE: return "life type";
    case OakleyAttribute.LIFE_DURATION: return "life duration";
    case OakleyAttribute.PRF: return "prf";
    case OakleyAttribute.KEY_LENGTH: return "key length";
    case OakleyAttribute.FIELD_SIZE: return "field size";
    case OakleyAttribute.GROUP_ORDER: return "group order";
    default: return "unknown attribute";
  }
}
