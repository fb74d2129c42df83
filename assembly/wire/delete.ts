/**
 * The Delete payload (RFC 2408, 3.15).
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *      +---------------------------------------------------------------+
 *   0  |              Domain of interpretation (DOI)                   |
 *   4  |  Protocol-ID  |   SPI size    |           # of SPIs           |
 *   8  |                             SPIs                              |
 *
 * Accessors take a body that `check` accepted.
 */
import { Payload } from "./ike_numbers";
import { Protocol } from "./ipsec_doi";
import { Malformed } from "./malformed";
import { MessageWriter } from "./message_writer";
import { FIXED, begin as beginList, checkFixed, number, protocol, spiLen, spis } from "./spi_list";

export { doi, protocol, spiLen } from "./spi_list";

/** Checks the DOI, that the SPIs fill the payload exactly, and that they have their protocol's size. Returns a Malformed. */
export function check(body: usize, len: u32): u32 {
  const bad = checkFixed(body, len);
  if (bad) return bad;
  const size = spiLen(body);
  if (len - FIXED != size * count(body)) return Malformed.PAYLOAD_LENGTH;
  const p = protocol(body);
  // RFC 2408, 3.15: ISAKMP is named by its two cookies; ESP and AH SPIs have four octets (RFC 2407, 4.6.1).
  if (p == Protocol.ISAKMP ? size != 16 : (p == Protocol.ESP || p == Protocol.AH) && size != 4) return Malformed.SPI;
  return Malformed.NONE;
}

/** Number of SPIs. */
export function count(body: usize): u32 {
  return number(body);
}

/** Address of SPI number `i`. */
export function spi(body: usize, i: u32): usize {
  return spis(body) + <usize>(i * spiLen(body));
}

/** Opens a payload for `count` SPIs of `spiLen` octets; the caller adds them (w.u32, w.bytes). */
export function begin(w: MessageWriter, protocol: u32, spiLen: u32, count: u32): void {
  beginList(w, Payload.DELETE, protocol, spiLen, count);
}

/** Deletes one ESP or AH SA. */
export function emitSpi(w: MessageWriter, protocol: u32, spi: u32): void {
  begin(w, protocol, 4, 1);
  w.u32(spi);
}

/** Deletes an ISAKMP SA. */
export function emitIsakmp(w: MessageWriter, CKY_I: usize, CKY_R: usize): void {
  begin(w, Protocol.ISAKMP, 16, 1);
  w.bytes(CKY_I, 8);
  w.bytes(CKY_R, 8);
}
