/**
 * The UDP header (RFC 768).
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *      +---------------------------------------------------------------+
 *   0  |         source port           |      destination port         |
 *   4  |           length              |          checksum             |
 *
 * Accessors take a datagram that `check` accepted.
 */
import { get16, put16 } from "../util/bytes";
import { Drop } from "../util/status";
import * as checksums from "./checksum";
import { Protocol } from "./ipv4";

// Where the fields lie.
const SOURCE_PORT: usize = 0;
const DESTINATION_PORT: usize = 2;
const LENGTH: usize = 4;
const CHECKSUM: usize = 6;

export const HEADER_LENGTH: u32 = 8;

/** Checks lengths; `len` may exceed the UDP length (RFC 1122 does not forbid it), the rest is not data. */
export function check(p: usize, len: u32): Drop {
  if (len < HEADER_LENGTH) return Drop.UDP_MALFORMED;
  const own = length(p);
  return own < HEADER_LENGTH || own > len ? Drop.UDP_MALFORMED : Drop.NONE;
}

/** Whether the checksum is right, or absent (0). */
export function checksumOk(p: usize, src: u32, dst: u32): bool {
  if (get16(p + CHECKSUM) == 0) return true;
  const len = length(p);
  return checksums.fold(checksums.pseudo(src, dst, Protocol.UDP, len) + checksums.add(p, len)) == 0;
}

// @ts-ignore: decorator
@inline
export function sourcePort(p: usize): u32 {
  return get16(p + SOURCE_PORT);
}

// @ts-ignore: decorator
@inline
export function destinationPort(p: usize): u32 {
  return get16(p + DESTINATION_PORT);
}

/** Octets of header and data. */
// @ts-ignore: decorator
@inline
export function length(p: usize): u32 {
  return get16(p + LENGTH);
}

/** Writes the header before data that is there already. @param len octets of header and data */
export function emit(p: usize, sourcePort: u32, destinationPort: u32, len: u32, src: u32, dst: u32): void {
  put16(p + SOURCE_PORT, sourcePort);
  put16(p + DESTINATION_PORT, destinationPort);
  put16(p + LENGTH, len);
  put16(p + CHECKSUM, 0);
  const sum = checksums.fold(checksums.pseudo(src, dst, Protocol.UDP, len) + checksums.add(p, len));
  // 0 would mean "no checksum"; its other name in ones' complement is 0xffff.
  put16(p + CHECKSUM, sum == 0 ? 0xffff : sum);
}
