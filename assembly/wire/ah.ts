/**
 * The IP Authentication Header (RFC 4302, 2; RFC 2402).
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *      +---------------------------------------------------------------+
 *   0  |  next header  |  payload len  |           reserved            |
 *   4  |               security parameters index (SPI)                 |
 *   8  |                      sequence number                          |
 *  12  |                 ICV, and padding behind it                    |
 *
 * Accessors take a header of which at least FIXED octets are there.
 */
import { get32, put32 } from "../util/bytes";

// Where the fields lie.
const NEXT_HEADER: usize = 0;
const PAYLOAD_LENGTH: usize = 1;
const SPI: usize = 4;
const SEQUENCE: usize = 8;

/** What stands before the ICV. */
export const FIXED: u32 = 12;

// @ts-ignore: decorator
@inline
export function nextHeader(p: usize): u32 {
  return <u32>load<u8>(p, NEXT_HEADER);
}

/** Octets of the whole header: it counts words of 32 bits, less two (RFC 4302, 2.2). */
// @ts-ignore: decorator
@inline
export function length(p: usize): u32 {
  return (<u32>load<u8>(p, PAYLOAD_LENGTH) + 2) << 2;
}

// @ts-ignore: decorator
@inline
export function spi(p: usize): u32 {
  return get32(p + SPI);
}

// @ts-ignore: decorator
@inline
export function sequence(p: usize): u32 {
  return get32(p + SEQUENCE);
}

/** Writes a header of `length` octets, a multiple of 4, its ICV and padding zero. */
export function emit(p: usize, nextHeader: u32, length: u32, spi: u32, sequence: u32): void {
  memory.fill(p, 0, <usize>length);
  store<u8>(p, <u8>nextHeader, NEXT_HEADER);
  store<u8>(p, <u8>((length >>> 2) - 2), PAYLOAD_LENGTH);
  put32(p + SPI, spi);
  put32(p + SEQUENCE, sequence);
}
