/**
 * Encapsulating Security Payload (RFC 4303, 2; RFC 2406) with a CBC cipher. What is encrypted is marked by `:`, what the
 * ICV covers by `|`.
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *      +---------------------------------------------------------------+
 *   0  |               security parameters index (SPI)                 |
 *   4  |                      sequence number                          |
 *   8  |                    IV, a cipher block                         |
 *      :                    payload                                    :
 *      :                    padding: 1, 2, 3, ...                      :
 *      :               |  pad length   |  next header                  :
 *      +---------------------------------------------------------------+
 *                           ICV
 */
import { get32, put32 } from "../util/bytes";

// Where the fields lie.
const SPI: usize = 0;
const SEQUENCE: usize = 4;

/** SPI and sequence number. */
export const HEADER_LENGTH: u32 = 8;
/** Pad length and next header. */
export const TRAILER_LENGTH: u32 = 2;

/** RFC 4303, 2.6: a packet of no content, to be discarded in silence. */
export const NO_NEXT_HEADER: u32 = 59;

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

export function emitHeader(p: usize, spi: u32, sequence: u32): void {
  put32(p + SPI, spi);
  put32(p + SEQUENCE, sequence);
}

/** Octets of padding that make payload and trailer whole blocks. @param block a power of two, at least 4 */
// @ts-ignore: decorator
@inline
export function padLength(payload: u32, block: u32): u32 {
  return (0 - (payload + TRAILER_LENGTH)) & (block - 1);
}

/** Writes padding and trailer behind the payload. */
export function emitTrailer(p: usize, pad: u32, nextHeader: u32): void {
  for (let i: u32 = 0; i < pad; i++) store<u8>(p + i, <u8>(i + 1));
  store<u8>(p + pad, <u8>pad);
  store<u8>(p + pad + 1, <u8>nextHeader);
}

/** Next header of decrypted octets that end at `end`. */
// @ts-ignore: decorator
@inline
export function nextHeader(end: usize): u32 {
  return <u32>load<u8>(end - 1);
}

/** Octets of payload in `len` decrypted octets at `p`; -1 where the padding is not 1, 2, 3, ... or longer than they are. */
export function payloadLength(p: usize, len: u32): i32 {
  if (len < TRAILER_LENGTH) return -1;
  const pad = <u32>load<u8>(p + len - TRAILER_LENGTH);
  if (pad + TRAILER_LENGTH > len) return -1;
  const payload = len - TRAILER_LENGTH - pad;
  for (let i: u32 = 0; i < pad; i++) if (<u32>load<u8>(p + payload + i) != i + 1) return -1;
  return <i32>payload;
}
