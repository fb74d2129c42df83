/**
 * The letters that IOS writes hashes of passwords in: `./0-9A-Za-z`, six bits each, the first octet's highest bits first and no padding
 * (types 8 and 9), or words of 24 bits with the lowest bits first (type 5).
 */

/** The letter of six bits, found by arithmetic: hashes of passwords are secrets too. */
export function letterOf(v: u32): u32 {
  // '.' and '/' are 46 and 47, the digits follow at once; then there is a gap of 7 before 'A' and one of 6 before 'a'.
  const upper = <u32>(<i32>(11 - v) >> 31) & 7;
  const lower = <u32>(<i32>(37 - v) >> 31) & 6;
  return 46 + v + upper + lower;
}

/** Whether every one of `len` characters is such a letter. */
export function areLetters(p: usize, len: u32): bool {
  for (let i: u32 = 0; i < len; i++) {
    const c = <u32>load<u8>(p + i);
    if (!(c - 46 < 12 || c - 65 < 26 || c - 97 < 26)) return false;
  }
  return true;
}

/** Writes `len` octets, highest bits first; returns how many letters they are. */
export function encode(p: usize, len: u32, out: usize): u32 {
  let n: u32 = 0;
  for (let at: u32 = 0; at < len; at += 3) {
    const more = min<u32>(3, len - at);
    let v: u32 = 0;
    for (let i: u32 = 0; i < 3; i++) v = (v << 8) | (i < more ? <u32>load<u8>(p + at + i) : 0);
    for (let i: u32 = 0; i <= more; i++) store<u8>(out + n++, <u8>letterOf((v >>> (18 - 6 * i)) & 63));
  }
  return n;
}

/** Writes `count` letters of a word, lowest bits first. */
export function encodeWord(v: u32, count: u32, out: usize): void {
  for (let i: u32 = 0; i < count; i++) {
    store<u8>(out + i, <u8>letterOf(v & 63));
    v >>>= 6;
  }
}
