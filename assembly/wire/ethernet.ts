/**
 * Ethernet II frames (RFC 894), without preamble and FCS.
 *
 *      0           6           12    14
 *      +-----------+-----------+-----+----------------
 *      |destination|  source   |type | payload ...
 *      +-----------+-----------+-----+----------------
 *
 * Accessors take a frame that `check` accepted.
 */
import { get16, put16 } from "../util/bytes";
import { Drop } from "../util/status";

// Where the fields lie.
const DESTINATION: usize = 0;
const SOURCE: usize = 6;
const TYPE: usize = 12;

export const HEADER_LENGTH: u32 = 14;
/** What 802.1Q puts between a header's addresses and the type of what is inside: a type of its own, priority and VLAN. */
export const TAG_LENGTH: u32 = 4;
export const MAC_LENGTH: u32 = 6;

export const enum EtherType {
  IPV4 = 0x0800,
  ARP = 0x0806,
  VLAN = 0x8100,
  IPV6 = 0x86dd,
}

/** Checks the length. */
export function check(len: u32): Drop {
  return len < HEADER_LENGTH ? Drop.FRAME_TOO_SHORT : Drop.NONE;
}

/** Address of the destination's six octets. */
// @ts-ignore: decorator
@inline
export function destination(p: usize): usize {
  return p + DESTINATION;
}

// @ts-ignore: decorator
@inline
export function source(p: usize): usize {
  return p + SOURCE;
}

// @ts-ignore: decorator
@inline
export function etherType(p: usize): u32 {
  return get16(p + TYPE);
}

/** The VLAN of a tag, which begins behind a header whose type is VLAN (IEEE 802.1Q, 9.6): the lower 12 bits. */
// @ts-ignore: decorator
@inline
export function vlan(tag: usize): u32 {
  return get16(tag) & 0xfff;
}

/** The type of what is behind the tag. */
// @ts-ignore: decorator
@inline
export function taggedType(tag: usize): u32 {
  return get16(tag + 2);
}

/** Writes a header with a tag, of priority 0. */
export function emitTagged(p: usize, destination: usize, source: usize, vlan: u32, type: u32): void {
  emit(p, destination, source, EtherType.VLAN);
  put16(p + HEADER_LENGTH, vlan);
  put16(p + HEADER_LENGTH + 2, type);
}

/** Writes a header; `destination` and `source` point at six octets. */
export function emit(p: usize, destination: usize, source: usize, type: u32): void {
  copyMac(p + DESTINATION, destination);
  copyMac(p + SOURCE, source);
  put16(p + TYPE, type);
}

// @ts-ignore: decorator
@inline
export function copyMac(to: usize, from: usize): void {
  store<u32>(to, load<u32>(from));
  store<u16>(to, load<u16>(from, 4), 4);
}

// @ts-ignore: decorator
@inline
export function sameMac(a: usize, b: usize): bool {
  return load<u32>(a) == load<u32>(b) && load<u16>(a, 4) == load<u16>(b, 4);
}

/** Broadcast or multicast: the group bit, the lowest of the first octet. */
// @ts-ignore: decorator
@inline
export function isGroup(mac: usize): bool {
  return (load<u8>(mac) & 1) != 0;
}

export function isZero(mac: usize): bool {
  return load<u32>(mac) == 0 && load<u16>(mac, 4) == 0;
}
