/**
 * ICMP (RFC 792; next-hop MTU: RFC 1191, 4).
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *      +---------------------------------------------------------------+
 *   0  |     type      |     code      |          checksum             |
 *   4  |     echo: identifier          |     echo: sequence number     |
 *      |     destination unreachable: 0 |    code 4: next-hop MTU      |
 *   8  |     echo: data; errors: the datagram's header and what follows|
 *
 * Accessors take a message that `check` accepted.
 */
import { get16, put16 } from "../util/bytes";
import { Drop } from "../util/status";
import * as checksums from "./checksum";

// Where the fields lie; the last four octets are what a type makes of them.
const TYPE: usize = 0;
const CODE: usize = 1;
const CHECKSUM: usize = 2;
const IDENTIFIER: usize = 4;
const SEQUENCE: usize = 6;
const NEXT_HOP_MTU: usize = 6;
const HIGH: usize = 4;
const LOW: usize = 6;

export const HEADER_LENGTH: u32 = 8;

export const enum Type {
  ECHO_REPLY = 0,
  UNREACHABLE = 3,
  SOURCE_QUENCH = 4,
  REDIRECT = 5,
  ECHO = 8,
  TIME_EXCEEDED = 11,
  PARAMETER_PROBLEM = 12,
  TIMESTAMP = 13,
  TIMESTAMP_REPLY = 14,
}

/** Codes of UNREACHABLE. */
export const enum Unreachable {
  NET = 0,
  HOST = 1,
  PROTOCOL = 2,
  PORT = 3,
  FRAGMENTATION_NEEDED = 4,
  PROHIBITED = 13,
}

/** Codes of TIME_EXCEEDED. */
export const enum Exceeded {
  TTL = 0,
  REASSEMBLY = 1,
}

/** Checks length and checksum. */
export function check(p: usize, len: u32): Drop {
  return len < HEADER_LENGTH || checksums.compute(p, len) != 0 ? Drop.ICMP_MALFORMED : Drop.NONE;
}

// @ts-ignore: decorator
@inline
export function type(p: usize): u32 {
  return <u32>load<u8>(p, TYPE);
}

// @ts-ignore: decorator
@inline
export function code(p: usize): u32 {
  return <u32>load<u8>(p, CODE);
}

export function identifier(p: usize): u32 {
  return get16(p + IDENTIFIER);
}

export function sequence(p: usize): u32 {
  return get16(p + SEQUENCE);
}

export function nextHopMtu(p: usize): u32 {
  return get16(p + NEXT_HOP_MTU);
}

/** Whether a message of this type reports an error: no error may be sent about it (RFC 1122, 3.2.2). */
export function isError(type: u32): bool {
  return type == Type.UNREACHABLE || type == Type.SOURCE_QUENCH || type == Type.REDIRECT || type == Type.TIME_EXCEEDED || type == Type.PARAMETER_PROBLEM;
}

/** Makes an echo request its reply; the rest of the message stays. */
export function toReply(p: usize): void {
  put16(p + CHECKSUM, checksums.updated(get16(p + CHECKSUM), get16(p + TYPE), <u32>Type.ECHO_REPLY << 8));
  put16(p + TYPE, <u32>Type.ECHO_REPLY << 8);
}

/** Writes the header before a body that is there already. @param len octets of header and body */
export function emit(p: usize, type: u32, code: u32, high: u32, low: u32, len: u32): void {
  store<u8>(p, <u8>type, TYPE);
  store<u8>(p, <u8>code, CODE);
  put16(p + CHECKSUM, 0);
  put16(p + HIGH, high);
  put16(p + LOW, low);
  put16(p + CHECKSUM, checksums.compute(p, len));
}
