/**
 * Base64 (RFC 4648, 4), both ways. Private keys pass through: letters are found by arithmetic, not in a table, and nothing
 * branches on them but whether they are letters at all.
 */

/** 0xff where `low <= c <= high`, else 0. */
// @ts-ignore: decorator
@inline
function between(c: u32, low: u32, high: u32): u32 {
  return (((c - low) | (high - c)) >>> 31) - 1 & 0xff;
}

/** The six bits of a letter, or 0x40 and more. */
function bitsOf(c: u32): u32 {
  // The ranges are apart from each other: one of the terms counts, or none.
  return (between(c, 65, 90) & (c - 65))
    | (between(c, 97, 122) & (c - 71))
    | (between(c, 48, 57) & (c + 4))
    | (between(c, 43, 43) & 62)
    | (between(c, 47, 47) & 63)
    | (~(between(c, 65, 90) | between(c, 97, 122) | between(c, 48, 57) | between(c, 43, 43) | between(c, 47, 47)) & 0x40);
}

function letterOf(v: u32): u32 {
  return (between(v, 0, 25) & (v + 65)) | (between(v, 26, 51) & (v + 71)) | (between(v, 52, 61) & (v - 4)) | (between(v, 62, 62) & 43) | (between(v, 63, 63) & 47);
}

/** Octets that `decode` returns for what is no base64. */
export const BAD: u32 = 0xffffffff;

/**
 * Decodes `len` characters at `p`, blanks and ends of lines left out, to `out`, which may be `p`. Padding must be there, and the bits
 * that it leaves over must be 0. How many octets it was, or BAD.
 */
export function decode(p: usize, len: u32, out: usize): u32 {
  let n: u32 = 0;
  let have: u32 = 0;
  let bits: u32 = 0;
  let pads: u32 = 0;
  for (let i: u32 = 0; i < len; i++) {
    const c = <u32>load<u8>(p + i);
    if (c == 10 || c == 13 || c == 32 || c == 9) continue;
    if (c == 61) {
      if (++pads > 2) return BAD;
      continue;
    }
    const v = bitsOf(c);
    if (v > 63 || pads) return BAD;
    bits = (bits << 6) | v;
    if (++have < 4) continue;
    store<u8>(out + n, <u8>(bits >>> 16));
    store<u8>(out + n + 1, <u8>(bits >>> 8));
    store<u8>(out + n + 2, <u8>bits);
    n += 3;
    have = bits = 0;
  }
  if (have == 0) return pads ? BAD : n;
  if (have + pads != 4) return BAD;
  if (have == 2) {
    if (bits & 15) return BAD;
    store<u8>(out + n++, <u8>(bits >>> 4));
  } else {
    if (bits & 3) return BAD;
    store<u8>(out + n++, <u8>(bits >>> 10));
    store<u8>(out + n++, <u8>(bits >>> 2));
  }
  return n;
}

/** Encodes `len` octets; writes and returns (len + 2) / 3 * 4 characters. */
export function encode(p: usize, len: u32, out: usize): u32 {
  let n: u32 = 0;
  for (let i: u32 = 0; i < len; i += 3) {
    const left = len - i;
    let bits = <u32>load<u8>(p + i) << 16;
    if (left > 1) bits |= <u32>load<u8>(p + i + 1) << 8;
    if (left > 2) bits |= <u32>load<u8>(p + i + 2);
    store<u8>(out + n, <u8>letterOf(bits >>> 18));
    store<u8>(out + n + 1, <u8>letterOf((bits >>> 12) & 63));
    store<u8>(out + n + 2, left > 1 ? <u8>letterOf((bits >>> 6) & 63) : 61);
    store<u8>(out + n + 3, left > 2 ? <u8>letterOf(bits & 63) : 61);
    n += 4;
  }
  return n;
}
