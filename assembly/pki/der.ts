/**
 * DER (X.690, 10 and 11) read in place: a cursor over memory, nothing is copied and nothing is kept but where the last element lies.
 *
 *      +-----+--------------------------+---------------------+
 *      | tag | length: 1 to 4 octets    | content             |
 *      +-----+--------------------------+---------------------+
 *      ^ start                          ^ body                ^ next
 *
 * `read` accepts definite lengths in their shortest form, within what surrounds them. `wellFormed` does so for a whole
 * structure at once, however deep up to DEPTH, before anybody looks at what it means. No length is believed unchecked.
 */

export const enum Tag {
  BOOLEAN = 0x01,
  INTEGER = 0x02,
  BIT_STRING = 0x03,
  OCTET_STRING = 0x04,
  NULL = 0x05,
  OID = 0x06,
  ENUMERATED = 0x0a,
  UTF8_STRING = 0x0c,
  PRINTABLE_STRING = 0x13,
  T61_STRING = 0x14,
  IA5_STRING = 0x16,
  UTC_TIME = 0x17,
  GENERALIZED_TIME = 0x18,
  BMP_STRING = 0x1e,
  SEQUENCE = 0x30,
  SET = 0x31,
}

/** A context tag: primitive, and of a constructed element. */
// @ts-ignore: decorator
@inline export const CONTEXT: u32 = 0x80;
// @ts-ignore: decorator
@inline export const CONTEXT_CONSTRUCTED: u32 = 0xa0;

/** How deep elements may lie within each other. */
const DEPTH: u32 = 24;
/** Ends of the elements that `wellFormed` is within. */
// @ts-ignore: decorator
@lazy const ends: usize = memory.data(24 * 8, 8);

/** What `read` found last: its tag, where it begins, its content and its length, and where what follows begins. */
export let tag: u32 = 0;
export let start: usize = 0;
export let body: usize = 0;
export let len: u32 = 0;
export let next: usize = 0;

/** Reads the element at `p`, all of which must lie before `end`. */
export function read(p: usize, end: usize): bool {
  if (p >= end || end - p < 2) return false;
  const first = <u32>load<u8>(p);
  // Tag numbers of 31 and more are in nothing that is read here.
  if ((first & 0x1f) == 0x1f || first == 0) return false;
  let size = <u32>load<u8>(p + 1);
  let at = p + 2;
  if (size >= 0x80) {
    const octets = size & 0x7f;
    if (octets == 0 || octets > 3 || end - at < <usize>octets) return false;
    size = 0;
    for (let i: u32 = 0; i < octets; i++) size = (size << 8) | <u32>load<u8>(at + i);
    at += octets;
    if (size < 0x80 || (octets > 1 && size >> ((octets - 1) << 3) == 0)) return false;
  }
  if (end - at < <usize>size) return false;
  tag = first;
  start = p;
  body = at;
  len = size;
  next = at + size;
  return true;
}

/** Reads an element of that very tag. */
export function expect(p: usize, end: usize, wanted: u32): bool {
  return read(p, end) && tag == wanted;
}

/** Whether an element of that tag comes next; reads it if so. */
export function optional(p: usize, end: usize, wanted: u32): bool {
  return p < end && <u32>load<u8>(p) == wanted && read(p, end);
}

/** Whether [p, end) is elements alone, each and all within them by the rules. Takes time in proportion to the octets. */
export function wellFormed(p: usize, end: usize): bool {
  let depth: u32 = 0;
  let limit = end;
  while (true) {
    if (p == limit) {
      if (depth == 0) return true;
      depth--;
      limit = load<usize>(ends + (<usize>depth << 3));
      continue;
    }
    if (!read(p, limit)) return false;
    const constructed = (tag & 0x20) != 0;
    if ((tag & 0xc0) == 0) {
      const number = tag & 0x1f;
      // SEQUENCE, SET, EXTERNAL and EMBEDDED PDV are constructed; strings in pieces are BER.
      if (constructed != (number == 16 || number == 17 || number == 8 || number == 11)) return false;
    }
    if (constructed) {
      if (depth == DEPTH) return false;
      store<usize>(ends + (<usize>depth << 3), limit);
      depth++;
      limit = next;
      p = body;
    } else p = next;
  }
}

/** Whether an INTEGER's or ENUMERATED's content is in the shortest form. */
export function minimal(p: usize, size: u32): bool {
  if (size == 0) return false;
  if (size == 1) return true;
  const head = <u32>load<u8>(p);
  const sign = <u32>load<u8>(p + 1) & 0x80;
  return !((head == 0 && sign == 0) || (head == 0xff && sign != 0));
}

/** A small number that is not negative from an INTEGER's content, or -1. */
export function small(p: usize, size: u32): i32 {
  if (!minimal(p, size) || size > 4 || (<u32>load<u8>(p) & 0x80) != 0) return -1;
  let value: u32 = 0;
  for (let i: u32 = 0; i < size; i++) value = (value << 8) | <u32>load<u8>(p + i);
  return <i32>value;
}

/** A BOOLEAN's content: 0, 1, or -1 where it is neither. */
export function boolean(p: usize, size: u32): i32 {
  if (size != 1) return -1;
  const value = <u32>load<u8>(p);
  return value == 0 ? 0 : value == 0xff ? 1 : -1;
}

/** Named bits of a BIT STRING's content, bit 0 being the lowest here, up to 16 of them; -1 where it is malformed. */
export function bits(p: usize, size: u32): i32 {
  if (size < 1 || size > 3) return -1;
  const unused = <u32>load<u8>(p);
  if (unused > 7 || (size == 1 && unused != 0)) return -1;
  if (size > 1 && (<u32>load<u8>(p + size - 1) & ((1 << unused) - 1)) != 0) return -1;
  let found: i32 = 0;
  for (let i: u32 = 0; i < (size - 1) * 8; i++) {
    if ((<u32>load<u8>(p + 1 + (i >> 3)) >> (7 - (i & 7))) & 1) found |= 1 << i;
  }
  return found;
}

/** Whether an OBJECT IDENTIFIER's content is whole and its parts are in the shortest form. */
export function oid(p: usize, size: u32): bool {
  if (size == 0 || size > 64 || (<u32>load<u8>(p + size - 1) & 0x80) != 0) return false;
  let begins = true;
  for (let i: u32 = 0; i < size; i++) {
    const c = <u32>load<u8>(p + i);
    if (begins && c == 0x80) return false;
    begins = (c & 0x80) == 0;
  }
  return true;
}

/** Whether two runs of octets are the same. */
export function same(a: usize, aLen: u32, b: usize, bLen: u32): bool {
  return aLen == bLen && memory.compare(a, b, <usize>aLen) == 0;
}
