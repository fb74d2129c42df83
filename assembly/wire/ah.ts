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

/** What stands before the ICV. */
export const FIXED: u32 = 12;

// @ts-ignore: decorator
@inline
export function nextHeader(p: usize): u32 {
  return <u32>load<u8>(p);
}

/** Octets of the whole header: it counts words of 32 bits, less two (RFC 4302, 2.2). */
// @ts-ignore: decorator
@inline
export function length(p: usize): u32 {
  return (<u32>load<u8>(p, 1) + 2) << 2;
}

// @ts-ignore: decorator
@inline
export function spi(p: usize): u32 {
  return get32(p + 4);
}

// @ts-ignore: decorator
@inline
export function sequence(p: usize): u32 {
  return get32(p + 8);
}

/** Writes a header of `length` octets, a multiple of 4, its ICV and padding zero. */
export function emit(p: usize, nextHeader: u32, length: u32, spi: u32, sequence: u32): void {
  memory.fill(p, 0, <usize>length);
  store<u8>(p, <u8>nextHeader);
  store<u8>(p, <u8>((length >>> 2) - 2), 1);
  put32(p + 4, spi);
  put32(p + 8, sequence);
}
