/**
 * The IPv4 header (RFC 791, 3.1).
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *      +---------------------------------------------------------------+
 *   0  |version|  IHL  |type of service|          total length         |
 *   4  |         identification        |flags|     fragment offset     |
 *   8  |  time to live |    protocol   |        header checksum        |
 *  12  |                       source address                          |
 *  16  |                    destination address                        |
 *  20  |                    options and padding                        |
 *
 * Addresses are numbers whose highest octet comes first. Accessors take a datagram that `check` accepted.
 */
import { get16, get32, put16, put32 } from "../util/bytes";
import { Drop } from "../util/status";
import * as checksums from "./checksum";

// Where the fields lie.
const VERSION_IHL: usize = 0;
const TOS: usize = 1;
const TOTAL_LENGTH: usize = 2;
const IDENTIFICATION: usize = 4;
const FRAGMENT: usize = 6;
const TTL: usize = 8;
const PROTOCOL: usize = 9;
const CHECKSUM: usize = 10;
const SOURCE: usize = 12;
const DESTINATION: usize = 16;
/** Version 4, five words. */
const PLAIN: u8 = 0x45;

/** Length of a header without options. */
export const HEADER_LENGTH: u32 = 20;

export const enum Protocol {
  ICMP = 1,
  IPIP = 4,
  TCP = 6,
  UDP = 17,
  GRE = 47,
  ESP = 50,
  AH = 51,
}

/** Bits of the word that holds the flags and the fragment offset. */
export const enum Flag {
  DF = 0x4000,
  MF = 0x2000,
  OFFSET = 0x1fff,
}

const enum Option {
  END = 0,
  NOP = 1,
  LOOSE_SOURCE_ROUTE = 131,
  STRICT_SOURCE_ROUTE = 137,
}

/**
 * Checks version, lengths, checksum and options (RFC 1812, 5.2.2). Source routes are refused (RFC 7126, 4.3 and 4.4);
 * other options pass unread. `len` may exceed the total length: Ethernet pads.
 */
export function check(p: usize, len: u32): Drop {
  if (len < HEADER_LENGTH || load<u8>(p, VERSION_IHL) >>> 4 != 4) return Drop.IP_HEADER;
  const header = headerLength(p);
  const total = totalLength(p);
  if (header < HEADER_LENGTH || total < header || total > len) return Drop.IP_HEADER;
  if (checksums.compute(p, header) != 0) return Drop.IP_CHECKSUM;
  return header == HEADER_LENGTH ? Drop.NONE : checkOptions(p + HEADER_LENGTH, p + header);
}

function checkOptions(p: usize, end: usize): Drop {
  while (p < end) {
    const type = <u32>load<u8>(p);
    if (type == Option.END) return Drop.NONE;
    const len = optionLength(p, end);
    if (len == 0 || type == Option.LOOSE_SOURCE_ROUTE || type == Option.STRICT_SOURCE_ROUTE) return Drop.IP_OPTIONS;
    p += len;
  }
  return Drop.NONE;
}

/** Octets of the option at `p` (not END), 0 if it does not fit before `end`. */
export function optionLength(p: usize, end: usize): u32 {
  if (load<u8>(p) == Option.NOP) return 1;
  if (end - p < 2) return 0;
  const len = <u32>load<u8>(p, 1);
  return len < 2 || <usize>len > end - p ? 0 : len;
}

// @ts-ignore: decorator
@inline
export function headerLength(p: usize): u32 {
  return (<u32>load<u8>(p, VERSION_IHL) & 15) << 2;
}

/** The ECN field of TOS when congestion was met (RFC 3168, 5); all of its bits. */
export const CE: u32 = 3;

// @ts-ignore: decorator
@inline
export function tos(p: usize): u32 {
  return <u32>load<u8>(p, TOS);
}

// @ts-ignore: decorator
@inline
export function totalLength(p: usize): u32 {
  return get16(p + TOTAL_LENGTH);
}

// @ts-ignore: decorator
@inline
export function identification(p: usize): u32 {
  return get16(p + IDENTIFICATION);
}

/** The word of Flag bits. */
// @ts-ignore: decorator
@inline
export function fragmentWord(p: usize): u32 {
  return get16(p + FRAGMENT);
}

// @ts-ignore: decorator
@inline
export function dontFragment(p: usize): bool {
  return (fragmentWord(p) & Flag.DF) != 0;
}

/** Whether this is one of several fragments. */
// @ts-ignore: decorator
@inline
export function isFragment(p: usize): bool {
  return (fragmentWord(p) & (Flag.MF | Flag.OFFSET)) != 0;
}

/** Octets of the datagram's payload before this fragment's. */
// @ts-ignore: decorator
@inline
export function fragmentOffset(p: usize): u32 {
  return (fragmentWord(p) & Flag.OFFSET) << 3;
}

// @ts-ignore: decorator
@inline
export function ttl(p: usize): u32 {
  return <u32>load<u8>(p, TTL);
}

// @ts-ignore: decorator
@inline
export function protocol(p: usize): u32 {
  return <u32>load<u8>(p, PROTOCOL);
}

// @ts-ignore: decorator
@inline
export function source(p: usize): u32 {
  return get32(p + SOURCE);
}

// @ts-ignore: decorator
@inline
export function destination(p: usize): u32 {
  return get32(p + DESTINATION);
}

/** Takes one off the TTL and mends the checksum (RFC 1624). The caller has seen that it is above 0. */
export function decrementTtl(p: usize): void {
  const before = get16(p + TTL);
  put16(p + TTL, before - 0x100);
  put16(p + CHECKSUM, checksums.updated(get16(p + CHECKSUM), before, before - 0x100));
}

/** Changes length and fragment word, and writes the checksum afresh. */
export function setFragment(p: usize, total: u32, word: u32): void {
  put16(p + TOTAL_LENGTH, total);
  put16(p + FRAGMENT, word);
  setChecksum(p);
}

export function setSource(p: usize, address: u32): void {
  put32(p + SOURCE, address);
  setChecksum(p);
}

export function setChecksum(p: usize): void {
  put16(p + CHECKSUM, 0);
  put16(p + CHECKSUM, checksums.compute(p, headerLength(p)));
}

/** Writes a header without options, checksum included. @param word Flag bits and offset in units of eight octets */
export function emit(p: usize, tos: u32, total: u32, identification: u32, word: u32, ttl: u32, protocol: u32, src: u32, dst: u32): void {
  store<u8>(p, PLAIN, VERSION_IHL);
  store<u8>(p, <u8>tos, TOS);
  put16(p + TOTAL_LENGTH, total);
  put16(p + IDENTIFICATION, identification);
  put16(p + FRAGMENT, word);
  store<u8>(p, <u8>ttl, TTL);
  store<u8>(p, <u8>protocol, PROTOCOL);
  put32(p + SOURCE, src);
  put32(p + DESTINATION, dst);
  setChecksum(p);
}

/** 224.0.0.0/4 (RFC 1112, 4). */
// @ts-ignore: decorator
@inline
export function isMulticast(address: u32): bool {
  return address >>> 28 == 14;
}

/** An address that one station may have: not 0/8, 127/8, multicast or 240/4 (RFC 1122, 3.2.1.3). */
export function isUnicast(address: u32): bool {
  const first = address >>> 24;
  return first != 0 && first != 127 && first < 224;
}
