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

// Where the fields lie.
const TYPE: usize = 0;
const LENGTH: usize = 2;
const BASIC_VALUE: usize = 2;
const VALUE: usize = 4;
/** Type and length, or the whole of a basic one. */
const HEAD: u32 = 4;

const AF: u32 = 0x8000;

/** What an integer that needs more than 32 bits is read as. */
export const SATURATED: u32 = 0xffffffff;

/** Checks that attributes fill `len` octets at `p` exactly. Returns a Malformed. */
export function check(p: usize, len: u32): u32 {
  let left = len;
  while (left) {
    if (left < HEAD) return Malformed.ATTRIBUTE;
    const n = length(p);
    if (n > left) return Malformed.ATTRIBUTE;
    p += <usize>n;
    left -= n;
  }
  return Malformed.NONE;
}

/** Octets of the whole attribute: the step to the next one. */
export function length(p: usize): u32 {
  return isBasic(p) ? HEAD : HEAD + get16(p + LENGTH);
}

export function isBasic(p: usize): bool {
  return (get16(p + TYPE) & AF) != 0;
}

export function attributeType(p: usize): u32 {
  return get16(p + TYPE) & ~AF;
}

export function valueAt(p: usize): usize {
  return isBasic(p) ? p + BASIC_VALUE : p + VALUE;
}

export function valueLen(p: usize): u32 {
  return isBasic(p) ? 2 : get16(p + LENGTH);
}

/** The value as an unsigned integer in either encoding, leading zeros allowed; SATURATED where 32 bits do not hold it. */
export function value(p: usize): u32 {
  if (isBasic(p)) return get16(p + BASIC_VALUE);
  const n = get16(p + LENGTH);
  let v: u64 = 0;
  for (let i: u32 = 0; i < n; i++) {
    v = (v << 8) | <u64>load<u8>(p + VALUE + i);
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
  if (!w.room(HEAD)) return;
  put16(w.here + TYPE, type | AF);
  put16(w.here + BASIC_VALUE, v);
  w.here += HEAD;
}

/** Writes octets in the variable encoding. */
export function emitBytes(w: MessageWriter, type: u32, p: usize, len: u32): void {
  if (!w.room(HEAD + len)) return;
  put16(w.here + TYPE, type);
  put16(w.here + LENGTH, len);
  w.here += HEAD;
  w.bytes(p, len);
}

/** Writes a number in the variable encoding with four octets. */
export function emit32(w: MessageWriter, type: u32, v: u32): void {
  if (!w.room(HEAD + 4)) return;
  put16(w.here + TYPE, type);
  put16(w.here + LENGTH, 4);
  put32(w.here + VALUE, v);
  w.here += HEAD + 4;
}
