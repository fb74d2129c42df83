/**
 * The fragment payload, which no RFC has: a piece of a whole message, its header and its encryption included, that is too long for a
 * datagram. It is the one payload of a message in plain that has the whole's cookies, exchange type and message ID.
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *      +---------------------------------------------------------------+
 *      |       0       |   RESERVED    |        Payload length         |
 *      +---------------------------------------------------------------+
 *      |         Fragment ID           |    Number     |     Flags     |
 *      +---------------------------------------------------------------+
 *      |                             data ...                          |
 *
 * Numbers begin with 1. Of the flags one has a meaning: the lowest is set in the last fragment.
 */
import { get16, put16 } from "../util/bytes";
import { Payload } from "./ike_numbers";
import * as isakmp from "./isakmp";
import { Malformed } from "./malformed";
import { GENERIC_HEADER, PAYLOAD_LENGTH } from "./payloads";

// Where the fields lie, from the generic header on.
const FRAGMENT_ID: usize = 4;
const NUMBER: usize = 6;
const FLAGS: usize = 7;
const LAST: u32 = 1;

/** Octets before the data: the ISAKMP header's and the payload's. */
export const FRAGMENT_OVERHEAD: u32 = isakmp.HEADER_LENGTH + 8;
/** Most fragments of a message. */
export const FRAGMENTS_MAX: u32 = 255;

/** Checks a message of `len` octets, whose header is checked and says FRAGMENT. Returns a Malformed. */
export function check(message: usize, len: u32): u32 {
  if (len <= FRAGMENT_OVERHEAD) return Malformed.TOO_SHORT;
  const p = message + isakmp.HEADER_LENGTH;
  if (load<u8>(p) != <u8>(<u32>Payload.NONE)) return Malformed.PAYLOAD_TYPE;
  if (get16(p + PAYLOAD_LENGTH) != len - isakmp.HEADER_LENGTH) return Malformed.PAYLOAD_LENGTH;
  return load<u8>(p + NUMBER) ? <u32>Malformed.NONE : <u32>Malformed.PAYLOAD_LENGTH;
}

export function fragmentId(message: usize): u32 {
  return get16(message + isakmp.HEADER_LENGTH + FRAGMENT_ID);
}

/** From 1. */
export function number(message: usize): u32 {
  return <u32>load<u8>(message + isakmp.HEADER_LENGTH + NUMBER);
}

export function isLast(message: usize): bool {
  return (<u32>load<u8>(message + isakmp.HEADER_LENGTH + FLAGS) & LAST) != 0;
}

export function data(message: usize): usize {
  return message + FRAGMENT_OVERHEAD;
}

export function dataLen(len: u32): u32 {
  return len - FRAGMENT_OVERHEAD;
}

/** Writes the fragment `n` of the message at `whole`, `len` octets of it from `from`, to `p`. Returns the fragment's length. */
export function emit(p: usize, whole: usize, id: u32, n: u32, last: bool, from: u32, len: u32): u32 {
  memory.copy(p, whole, isakmp.HEADER_LENGTH);
  store<u8>(p + isakmp.NEXT_PAYLOAD, <u8>(<u32>Payload.FRAGMENT));
  isakmp.setFlags(p, 0);
  isakmp.setMessageLength(p, FRAGMENT_OVERHEAD + len);
  const payload = p + isakmp.HEADER_LENGTH;
  store<u16>(payload, 0);
  put16(payload + PAYLOAD_LENGTH, GENERIC_HEADER + 4 + len);
  put16(payload + FRAGMENT_ID, id);
  store<u8>(payload + NUMBER, <u8>n);
  store<u8>(payload + FLAGS, last ? <u8>LAST : 0);
  memory.copy(payload + 8, whole + from, <usize>len);
  return FRAGMENT_OVERHEAD + len;
}
