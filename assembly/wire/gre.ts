/**
 * Generic Routing Encapsulation (RFC 2784) with a key and sequence numbers (RFC 2890).
 *
 *      0                   1                   2                   3
 *      +-+-+-+-+-----------------+-----+-------------------------------+
 *      |C| |K|S|    Reserved0    | Ver |         Protocol Type         |
 *      +-+-+-+-+-----------------+-----+-------------------------------+
 *      |      Checksum (C)             |       Reserved1 (C)           |
 *      +-------------------------------+-------------------------------+
 *      |                            Key (K)                            |
 *      +---------------------------------------------------------------+
 *      |                     Sequence Number (S)                       |
 *      +---------------------------------------------------------------+
 */
import { get16, get32, put16, put32 } from "../util/bytes";
import * as checksums from "./checksum";

export const HEADER_LENGTH: u32 = 4;
export const KEY_LENGTH: u32 = 4;

export const enum Bit {
  CHECKSUM = 0x8000,
  /** RFC 1701's, which RFC 2784, 2.3 tells to refuse: routing, strict source route, recursion control */
  ROUTING = 0x4000,
  KEY = 0x2000,
  SEQUENCE = 0x1000,
  OBSOLETE = 0x4c00,
  VERSION = 0x0007,
}

/** Of the datagram inside. */
export const enum Inner {
  /** nothing is inside: a keepalive that has come back */
  NOTHING = 0,
  IPV4 = 0x0800,
}

/** Octets of the header at `p`, of `len` that there are; 0: it is none, or one that RFC 2784 tells to drop. */
export function check(p: usize, len: u32): u32 {
  if (len < HEADER_LENGTH) return 0;
  const bits = get16(p);
  if ((bits & (Bit.OBSOLETE | Bit.VERSION)) != 0) return 0;
  let header = HEADER_LENGTH;
  if (bits & Bit.CHECKSUM) header += 4;
  if (bits & Bit.KEY) header += KEY_LENGTH;
  if (bits & Bit.SEQUENCE) header += 4;
  if (header > len) return 0;
  // RFC 2784, 2.2: over the header and what is inside.
  if (bits & Bit.CHECKSUM && checksums.compute(p, len) != 0) return 0;
  return header;
}

export function protocolType(p: usize): u32 {
  return get16(p + 2);
}

export function hasKey(p: usize): bool {
  return (get16(p) & Bit.KEY) != 0;
}

/** The key of a header that has one. */
export function key(p: usize): u32 {
  return get32(p + HEADER_LENGTH + (get16(p) & Bit.CHECKSUM ? 4 : 0));
}

/** Octets of a header of ours. */
export function lengthOf(keyed: bool): u32 {
  return HEADER_LENGTH + (keyed ? KEY_LENGTH : 0);
}

/** Writes one, without checksum and sequence number, as RFC 2784 has it by default. */
export function emit(p: usize, type: u32, keyed: bool, key: u32): void {
  put16(p, keyed ? Bit.KEY : 0);
  put16(p + 2, type);
  if (keyed) put32(p + HEADER_LENGTH, key);
}
