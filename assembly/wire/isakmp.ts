/**
 * The ISAKMP header (RFC 2408, 3.1).
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *      +---------------------------------------------------------------+
 *   0  |                     Initiator cookie, CKY-I                   |
 *      |                                                               |
 *   8  |                     Responder cookie, CKY-R                   |
 *      |                                                               |
 *  16  | Next payload  | MjVer | MnVer | Exchange type |     Flags     |
 *  20  |                          Message ID                           |
 *  24  |                            Length                             |
 *      +---------------------------------------------------------------+
 *
 * Accessors take the address of a header whose HEADER_LENGTH octets exist; `checkHeader` says whether they do.
 */
import { get32, put32 } from "../util/bytes";
import { Malformed } from "./malformed";

// Where the fields lie.
const INITIATOR_COOKIE: usize = 0;
const RESPONDER_COOKIE: usize = 8;
export const NEXT_PAYLOAD: usize = 16;
const VERSIONS: usize = 17;
const EXCHANGE_TYPE: usize = 18;
const FLAGS: usize = 19;
const MESSAGE_ID: usize = 20;
const MESSAGE_LENGTH: usize = 24;

export const HEADER_LENGTH: u32 = 28;
export const COOKIE_LENGTH: u32 = 8;
/** Major version 1, minor version 0. */
export const VERSION: u32 = 0x10;
/** Bits of the flags that IKEv2 has (RFC 7296, 3.1): set in a response. */
const IKEV2_RESPONSE: u32 = 0x20;

/**
 * Checks lengths and version of the `len` octets at `p` (the non-ESP marker is off). RFC 2408, 5.1: the header's length must
 * be the datagram's. 3.1: no higher version is accepted; the flags that it leaves undefined are not looked at. Returns a Malformed.
 */
export function checkHeader(p: usize, len: u32): u32 {
  if (len < HEADER_LENGTH) return Malformed.TOO_SHORT;
  if (version(p) >>> 4 != VERSION >>> 4) return Malformed.VERSION;
  if (version(p) != VERSION) return Malformed.MINOR_VERSION;
  if (messageLength(p) != len) return Malformed.LENGTH;
  return Malformed.NONE;
}

/** Address of the initiator's cookie, 8 octets. */
export function CKY_I(p: usize): usize {
  return p + INITIATOR_COOKIE;
}

/** Address of the responder's cookie, 8 octets. */
export function CKY_R(p: usize): usize {
  return p + RESPONDER_COOKIE;
}

/** RFC 2408, 2.5.3: the responder's cookie is zero in the first message only. */
export function cookieIsZero(cookie: usize): bool {
  return load<u64>(cookie) == 0;
}

/** Payload */
export function nextPayload(p: usize): u32 {
  return <u32>load<u8>(p + NEXT_PAYLOAD);
}

/** Major version in the high, minor version in the low four bits. */
export function version(p: usize): u32 {
  return <u32>load<u8>(p + VERSIONS);
}

/** ExchangeType */
export function exchangeType(p: usize): u32 {
  return <u32>load<u8>(p + EXCHANGE_TYPE);
}

/** Flag */
export function flags(p: usize): u32 {
  return <u32>load<u8>(p + FLAGS);
}

/** 0 in phase 1. */
export function M_ID(p: usize): u32 {
  return get32(p + MESSAGE_ID);
}

export function messageLength(p: usize): u32 {
  return get32(p + MESSAGE_LENGTH);
}

/** Whether it is a response of a later version, which nobody answers: two that do would never stop. */
export function isLaterResponse(p: usize): bool {
  return version(p) >>> 4 > VERSION >>> 4 && (flags(p) & IKEV2_RESPONSE) != 0;
}

export function setFlags(p: usize, flags: u32): void {
  store<u8>(p + FLAGS, <u8>flags);
}

export function setMessageLength(p: usize, len: u32): void {
  put32(p + MESSAGE_LENGTH, len);
}

/** Writes a header of version 1.0 without payloads and with the length of a header alone. */
export function emitHeader(p: usize, CKY_I: usize, CKY_R: usize, exchange: u32, flags: u32, M_ID: u32): void {
  memory.copy(p + INITIATOR_COOKIE, CKY_I, COOKIE_LENGTH);
  memory.copy(p + RESPONDER_COOKIE, CKY_R, COOKIE_LENGTH);
  store<u8>(p + NEXT_PAYLOAD, 0);
  store<u8>(p + VERSIONS, <u8>VERSION);
  store<u8>(p + EXCHANGE_TYPE, <u8>exchange);
  store<u8>(p + FLAGS, <u8>flags);
  put32(p + MESSAGE_ID, M_ID);
  put32(p + MESSAGE_LENGTH, HEADER_LENGTH);
}
