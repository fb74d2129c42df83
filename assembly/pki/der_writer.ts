/**
 * DER written from its end towards its beginning, so that every length is known when its header comes:
 *
 *     const w = writer.begin(box, size);         // the last octet first
 *     const end = writer.at;
 *     ... what is inside, its last element first ...
 *     writer.wrap(Tag.SEQUENCE, end);
 *     writer.at, box + size - writer.at          // the octets
 *
 * Whoever writes gives room enough: `short` says afterwards that it was not.
 */

/** Where the octets begin that have been written. */
export let at: usize = 0;
let bottom: usize = 0;
/** There was no room: what was written is not whole. */
export let short: bool = false;

export function begin(p: usize, size: u32): void {
  bottom = p;
  at = p + size;
  short = false;
}

export function octet(v: u32): void {
  if (at == bottom) {
    short = true;
    return;
  }
  store<u8>(--at, <u8>v);
}

export function octets(p: usize, len: u32): void {
  if (at - bottom < <usize>len) {
    short = true;
    return;
  }
  at -= len;
  memory.copy(at, p, <usize>len);
}

/** Puts tag and length before what has been written since `at` was `end`. */
export function wrap(tag: u32, end: usize): void {
  let len = <u32>(end - at);
  if (len < 128) octet(len);
  else {
    let n: u32 = 0;
    for (; len; len >>>= 8, n++) octet(len & 255);
    octet(0x80 | n);
  }
  octet(tag);
}

/** An INTEGER of a number that is not negative, big-endian. */
export function integer(p: usize, len: u32): void {
  while (len > 1 && !load<u8>(p)) {
    p++;
    len--;
  }
  const end = at;
  octets(p, len);
  if (!len || load<u8>(p) & 0x80) octet(0);
  wrap(0x02, end);
}

export function smallInteger(v: u32): void {
  const end = at;
  do {
    octet(v & 255);
    v >>>= 8;
  } while (v);
  if (load<u8>(at) & 0x80) octet(0);
  wrap(0x02, end);
}

/** Octets of a static string of hexadecimal digits, as identifiers are written here. */
export function hex(s: string): void {
  for (let i = s.length; i > 0; i -= 2) octet((digit(s.charCodeAt(i - 2)) << 4) | digit(s.charCodeAt(i - 1)));
}

// @ts-ignore: decorator
@inline
function digit(c: i32): u32 {
  return <u32>(c <= 57 ? c - 48 : c - 87);
}

/** An OBJECT IDENTIFIER of content octets in hexadecimal digits. */
export function oid(s: string): void {
  const end = at;
  hex(s);
  wrap(0x06, end);
}
