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
import { Payload } from "./ike_numbers";
import { Malformed } from "./malformed";
import { MessageWriter } from "./message_writer";
import { FIXED, begin, checkFixed, number, spiLen, spis } from "./spi_list";

export { doi, protocol, spiLen } from "./spi_list";

/** Checks the DOI and lengths. Returns a Malformed. */
export function check(body: usize, len: u32): u32 {
  const bad = checkFixed(body, len);
  if (bad) return bad;
  return spiLen(body) > len - FIXED ? Malformed.SPI : Malformed.NONE;
}

/** Notify of ike_numbers. */
export function messageType(body: usize): u32 {
  return number(body);
}

export function spi(body: usize): usize {
  return spis(body);
}

export function data(body: usize): usize {
  return spis(body) + spiLen(body);
}

/** @param len octets of the whole body */
export function dataLen(body: usize, len: u32): u32 {
  return len - FIXED - spiLen(body);
}

/** Writes the whole payload; `data` may be 0 with dataLen 0. */
export function emit(w: MessageWriter, protocol: u32, type: u32, spi: usize, spiLen: u32, data: usize, dataLen: u32): void {
  begin(w, Payload.NOTIFY, protocol, spiLen, type);
  w.bytes(spi, spiLen);
  w.bytes(data, dataLen);
}
