/**
 * What the Notification and the Delete payload have in common (RFC 2408, 3.14 and 3.15): whose SPIs they speak of.
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *      +---------------------------------------------------------------+
 *   0  |              Domain of interpretation (DOI)                   |
 *   4  |  Protocol-ID  |   SPI size    |  Message type, or # of SPIs   |
 *   8  |                             SPIs                              |
 *
 * Accessors take a body that `checkFixed` accepted.
 */
import { get16, get32 } from "../util/bytes";
import { IPSEC_DOI } from "./ipsec_doi";
import { Malformed } from "./malformed";
import { MessageWriter } from "./message_writer";

// Where the fields lie.
const DOI: usize = 0;
const PROTOCOL: usize = 4;
const SPI_SIZE: usize = 5;
const NUMBER: usize = 6;
const SPIS: usize = 8;

/** Octets before the SPIs. */
export const FIXED: u32 = 8;

/** Checks the length of the fixed part, and the DOI (ISAKMP's own 0, or IPsec's: RFC 2408, 5.14 and 5.15). Returns a Malformed. */
export function checkFixed(body: usize, len: u32): u32 {
  if (len < FIXED) return Malformed.TOO_SHORT;
  return doi(body) > IPSEC_DOI ? Malformed.DOI : Malformed.NONE;
}

export function doi(body: usize): u32 {
  return get32(body + DOI);
}

/** Protocol of ipsec_doi. */
export function protocol(body: usize): u32 {
  return <u32>load<u8>(body + PROTOCOL);
}

/** Octets of an SPI. */
export function spiLen(body: usize): u32 {
  return <u32>load<u8>(body + SPI_SIZE);
}

/** A notify's message type, a delete's number of SPIs. */
export function number(body: usize): u32 {
  return get16(body + NUMBER);
}

/** Address of the first SPI. */
export function spis(body: usize): usize {
  return body + SPIS;
}

/** Opens a payload of this type; the caller adds the SPIs. */
export function begin(w: MessageWriter, payload: u32, protocol: u32, spiLen: u32, number: u32): void {
  w.payload(payload);
  w.u32(IPSEC_DOI);
  w.u8(protocol);
  w.u8(spiLen);
  w.u16(number);
}
