/**
 * Chains of payloads (RFC 2408, 3.2). Reading fills a PayloadSet with where each payload's body lies; the bodies stay in
 * the message. What a body means is for the file of its format.
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *      +---------------------------------------------------------------+
 *      | Next payload  |   RESERVED    |        Payload length         |
 *      +---------------------------------------------------------------+
 *      |                             body ...                          |
 */
import { get16 } from "../util/bytes";
import { Payload, payloadKnown } from "./ike_numbers";
import { Malformed } from "./malformed";

/** Most payloads of one message: sixteen certificates, as many requests, and what else it has. */
export const MAX_PAYLOADS: u32 = 48;
// Where the fields of the generic header lie.
const NEXT_PAYLOAD: usize = 0;
const RESERVED: usize = 1;
export const PAYLOAD_LENGTH: usize = 2;
// And of an entry of a PayloadSet, four words.
const TYPE: usize = 0;
const HANDLED: usize = 4;
const BODY_LENGTH: usize = 8;
const BODY: usize = 12;

/** Plain messages may be padded to a multiple of so many octets. */
const ALIGNMENT: u32 = 4;

/** Octets of the generic payload header. */
export const GENERIC_HEADER: u32 = 4;

/** Where the payloads of one message lie. Made once; `parsePayloads` fills it anew. */
export class PayloadSet {
  /** Payloads found. */
  length: u32 = 0;
  /** Address behind the last payload: where padding begins, if there is any. */
  end: usize = 0;
  private entries: usize;

  constructor() {
    this.entries = heap.alloc(<usize>(MAX_PAYLOADS * 16));
  }

  clear(): void {
    this.length = 0;
    this.end = 0;
  }

  /** False: no place is left. */
  add(type: u32, body: usize, bodyLen: u32): bool {
    if (this.length == MAX_PAYLOADS) return false;
    const e = this.entry(this.length++);
    store<u32>(e, type, TYPE);
    store<u32>(e, 0, HANDLED);
    store<u32>(e, bodyLen, BODY_LENGTH);
    store<usize>(e, body, BODY);
    return true;
  }

  private entry(i: u32): usize {
    return this.entries + <usize>(i << 4);
  }

  /** Type of the payload at position `i` of the chain; NONE behind the end. */
  typeAt(i: u32): u32 {
    return i < this.length ? load<u32>(this.entry(i), TYPE) : Payload.NONE;
  }

  /** Body of the payload at position `i`, which is less than `length`. */
  bodyAt(i: u32): usize {
    return load<usize>(this.entry(i), BODY);
  }

  bodyLenAt(i: u32): u32 {
    return load<u32>(this.entry(i), BODY_LENGTH);
  }

  /** Sets what `bodyLenAt` says: of a body that was decrypted, without its padding. */
  setBodyLen(i: u32, len: u32): void {
    store<u32>(this.entry(i), len, BODY_LENGTH);
  }

  /** Address of the generic header at position `i`; `end` at position `length`. */
  headerAt(i: u32): usize {
    return i < this.length ? this.bodyAt(i) - GENERIC_HEADER : this.end;
  }

  /** Position of payload number `k` (from 0) of this type, or -1. */
  find(type: u32, k: u32): i32 {
    for (let i: u32 = 0; i < this.length; i++) {
      if (load<u32>(this.entry(i), TYPE) != type) continue;
      if (k == 0) return <i32>i;
      k--;
    }
    return -1;
  }

  /** How many payloads of this type the message has. */
  count(type: u32): u32 {
    let n: u32 = 0;
    for (let i: u32 = 0; i < this.length; i++) if (load<u32>(this.entry(i), TYPE) == type) n++;
    return n;
  }

  /** Body of payload number `k` (from 0) of this type, or 0. */
  body(type: u32, k: u32): usize {
    const i = this.find(type, k);
    return i < 0 ? 0 : this.bodyAt(<u32>i);
  }

  /** Octets of that body; 0 if there is no such payload. */
  bodyLen(type: u32, k: u32): u32 {
    const i = this.find(type, k);
    return i < 0 ? 0 : this.bodyLenAt(<u32>i);
  }

  /** Marks a payload as handled. */
  handled(type: u32, k: u32): void {
    const i = this.find(type, k);
    if (i >= 0) store<u32>(this.entry(<u32>i), 1, HANDLED);
  }

  /** Position of the first payload that nobody marked, or -1. */
  unhandled(): i32 {
    for (let i: u32 = 0; i < this.length; i++) if (!load<u32>(this.entry(i), HANDLED)) return <i32>i;
    return -1;
  }
}

/** Whether the octets from `at` to `limit` are zeros that make a message with `len` octets of payloads end at a multiple of four. */
function aligns(at: usize, limit: usize, len: u32): bool {
  if (len % ALIGNMENT || <u32>(limit - at) >= ALIGNMENT) return false;
  for (; at < limit; at++) if (load<u8>(at)) return false;
  return true;
}

/**
 * Walks the chain that begins with a payload of type `first` at `ptr` and ends within `len` octets. `padded`: octets
 * behind the last payload are the padding of a decrypted message, of any value and length; else only zeros are allowed that
 * make the message end at a multiple of four (RFC 2408, 3.6; pluto sends them). In a decrypted message payloads of unknown types are
 * walked over, and stand in `set`; proposals and transforms are in no chain.
 * Returns a Malformed; with RESERVED the walk was otherwise good and `set` is whole, so that a caller may tolerate it.
 */
export function parsePayloads(first: u32, ptr: usize, len: u32, set: PayloadSet, padded: bool): u32 {
  set.clear();
  const limit = ptr + <usize>len;
  let at = ptr;
  let type = first;
  let reserved: u32 = 0;
  while (type != Payload.NONE) {
    if (!payloadKnown(type) && (!padded || type == Payload.PROPOSAL || type == Payload.TRANSFORM)) return Malformed.PAYLOAD_TYPE;
    const left = <u32>(limit - at);
    if (left < GENERIC_HEADER) return Malformed.PAYLOAD_LENGTH;
    const length = get16(at + PAYLOAD_LENGTH);
    if (length < GENERIC_HEADER || length > left) return Malformed.PAYLOAD_LENGTH;
    reserved |= <u32>load<u8>(at + RESERVED);
    if (!set.add(type, at + GENERIC_HEADER, length - GENERIC_HEADER)) return Malformed.TOO_MANY;
    type = <u32>load<u8>(at + NEXT_PAYLOAD);
    at += <usize>length;
  }
  set.end = at;
  if (!padded && at != limit && !aligns(at, limit, len)) return Malformed.LENGTH;
  return reserved ? Malformed.RESERVED : Malformed.NONE;
}
