/**
 * The Notification payload (RFC 2408, 3.14; RFC 2407, 4.6.3).
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *      +---------------------------------------------------------------+
 *   0  |              Domain of interpretation (DOI)                   |
 *   4  |  Protocol-ID  |   SPI size    |      Notify message type      |
 *   8  |                 Security parameter index (SPI)                |
 *      |                       Notification data                       |
 *
 * Accessors take a body that `check` accepted.
 */
import { get16, get32 } from "../util/bytes";
import { Payload } from "./ike_numbers";
import { IPSEC_DOI } from "./ipsec_doi";
import { Malformed } from "./malformed";
import { MessageWriter } from "./message_writer";

const FIXED: u32 = 8;

/** Checks the DOI (ISAKMP's own 0, or IPsec's: RFC 2408, 5.14) and lengths. Returns a Malformed. */
export function check(body: usize, len: u32): u32 {
  if (len < FIXED) return Malformed.TOO_SHORT;
  if (doi(body) > IPSEC_DOI) return Malformed.DOI;
  return spiLen(body) > len - FIXED ? Malformed.SPI : Malformed.NONE;
}

export function doi(body: usize): u32 {
  return get32(body);
}

/** Protocol of ipsec_doi. */
export function protocol(body: usize): u32 {
  return <u32>load<u8>(body + 4);
}

export function spiLen(body: usize): u32 {
  return <u32>load<u8>(body + 5);
}

/** Notify of ike_numbers. */
export function messageType(body: usize): u32 {
  return get16(body + 6);
}

export function spi(body: usize): usize {
  return body + FIXED;
}

export function data(body: usize): usize {
  return body + FIXED + spiLen(body);
}

/** @param len octets of the whole body */
export function dataLen(body: usize, len: u32): u32 {
  return len - FIXED - spiLen(body);
}

/** Writes the whole payload; `data` may be 0 with dataLen 0. */
export function emit(w: MessageWriter, protocol: u32, type: u32, spi: usize, spiLen: u32, data: usize, dataLen: u32): void {
  w.payload(Payload.NOTIFY);
  w.u32(IPSEC_DOI);
  w.u8(protocol);
  w.u8(spiLen);
  w.u16(type);
  w.bytes(spi, spiLen);
  w.bytes(data, dataLen);
}
