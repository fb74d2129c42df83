/**
 * Data attributes (RFC 2408, 3.3): type and value in four octets (AF = 1, "basic") or type, length and value
 * (AF = 0, "variable").
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *      +---------------------------------------------------------------+
 *      |A|       Attribute type        |    AF=0: length  AF=1: value  |
 *      |F|                             |                               |
 *      +---------------------------------------------------------------+
 *      |                 AF=0: value, AF=1: not there                  |
 *
 * Accessors take an attribute that `check` has walked over.
 */
import { get16, put16, put32 } from "../util/bytes";
import { Malformed } from "./malformed";
import { MessageWriter } from "./message_writer";

const AF: u32 = 0x8000;

/** What an integer that needs more than 32 bits is read as. */
export const SATURATED: u32 = 0xffffffff;

/** Checks that attributes fill `len` octets at `p` exactly. Returns a Malformed. */
export function check(p: usize, len: u32): u32 {
  let left = len;
  while (left) {
    if (left < 4) return Malformed.ATTRIBUTE;
    const n = length(p);
    if (n > left) return Malformed.ATTRIBUTE;
    p += <usize>n;
    left -= n;
  }
  return Malformed.NONE;
}

/** Octets of the whole attribute: the step to the next one. */
export function length(p: usize): u32 {
  return isBasic(p) ? 4 : 4 + get16(p + 2);
}

export function isBasic(p: usize): bool {
  return (get16(p) & AF) != 0;
}

export function attributeType(p: usize): u32 {
  return get16(p) & ~AF;
}

export function valueAt(p: usize): usize {
  return isBasic(p) ? p + 2 : p + 4;
}

export function valueLen(p: usize): u32 {
  return isBasic(p) ? 2 : get16(p + 2);
}

/** The value as an unsigned integer in either encoding, leading zeros allowed; SATURATED where 32 bits do not hold it. */
export function value(p: usize): u32 {
  if (isBasic(p)) return get16(p + 2);
  const n = get16(p + 2);
  let v: u64 = 0;
  for (let i: u32 = 0; i < n; i++) {
    v = (v << 8) | <u64>load<u8>(p + 4 + i);
    if (v > <u64>SATURATED) return SATURATED;
  }
  return <u32>v;
}

/** Writes a number: basic where 16 bits hold it, else variable with four octets. */
export function emit(w: MessageWriter, type: u32, v: u32): void {
  if (v > 0xffff) {
    emit32(w, type, v);
    return;
  }
  if (!w.room(4)) return;
  put16(w.here, type | AF);
  put16(w.here + 2, v);
  w.here += 4;
}

/** Writes octets in the variable encoding. */
export function emitBytes(w: MessageWriter, type: u32, p: usize, len: u32): void {
  if (!w.room(4 + len)) return;
  put16(w.here, type);
  put16(w.here + 2, len);
  w.here += 4;
  w.bytes(p, len);
}

/** Writes a number in the variable encoding with four octets. */
export function emit32(w: MessageWriter, type: u32, v: u32): void {
  if (!w.room(8)) return;
  put16(w.here, type);
  put16(w.here + 2, 4);
  put32(w.here + 4, v);
  w.here += 8;
}
