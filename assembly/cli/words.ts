/**
 * The words of the line at hand: where each begins and how long it is, and the values that a word can stand for. The line is
 * octets from outside; nothing here trusts it to be more than that.
 */
import { CONSOLE_LINE_MAX, HOSTNAME_MAX } from "../limits";
import { hexDigit } from "../util/bytes";
import * as ct from "../util/ct";

/** Words of a line that are told apart; the last of them takes whatever follows. */
export const WORDS_MAX: u32 = 64;

/** The line, CONSOLE_LINE_MAX octets. */
export const line: usize = memory.data(<i32>CONSOLE_LINE_MAX, 4);
export let lineLen: u32 = 0;

const starts: usize = memory.data(<i32>WORDS_MAX * 2, 4); // u16 a word
const lens: usize = memory.data(<i32>WORDS_MAX * 2, 4);
let count: u32 = 0;

/** Copies a line of at most CONSOLE_LINE_MAX octets here and finds its words. */
export function setLine(p: usize, len: u32): void {
  lineLen = len < CONSOLE_LINE_MAX ? len : CONSOLE_LINE_MAX;
  memory.copy(line, p, <usize>lineLen);
  while (lineLen > 0 && load<u8>(line + lineLen - 1) == 32) lineLen--;
  count = 0;
  let i: u32 = 0;
  while (count < WORDS_MAX) {
    while (i < lineLen && load<u8>(line + i) == 32) i++;
    if (i == lineLen) break;
    const start = i;
    while (i < lineLen && load<u8>(line + i) != 32) i++;
    store<u16>(starts + <usize>(count << 1), <u16>start);
    store<u16>(lens + <usize>(count << 1), <u16>(count == WORDS_MAX - 1 ? lineLen - start : i - start));
    count++;
  }
}

export function wipe(): void {
  ct.wipe(line, CONSOLE_LINE_MAX);
  lineLen = 0;
  count = 0;
}

export function wordCount(): u32 {
  return count;
}

/** Where word `k` begins in the line, in octets. */
// @ts-ignore: decorator
@inline
export function wordStart(k: u32): u32 {
  return <u32>load<u16>(starts + <usize>(k << 1));
}

// @ts-ignore: decorator
@inline
export function wordLen(k: u32): u32 {
  return <u32>load<u16>(lens + <usize>(k << 1));
}

// @ts-ignore: decorator
@inline
export function word(k: u32): usize {
  return line + <usize>wordStart(k);
}

/** Octets from word `k` to the end of the line. */
export function restLen(k: u32): u32 {
  return lineLen - wordStart(k);
}

/** Columns before octet `at` of the line. */
export function columns(at: u32): u32 {
  return columnsOf(line, at);
}

/** Columns that text takes on the screen: continuation octets of UTF-8 take none. */
export function columnsOf(p: usize, len: u32): u32 {
  let n: u32 = 0;
  for (let i: u32 = 0; i < len; i++) if ((load<u8>(p + i) & 0xc0) != 0x80) n++;
  return n;
}

/** What the last value parser read. */
export let value: u32 = 0;

/** A decimal number of one to ten digits, below 2^32. */
export function parseNumber(p: usize, len: u32): bool {
  if (len == 0 || len > 10) return false;
  let n: u64 = 0;
  for (let i: u32 = 0; i < len; i++) {
    const c = <u32>load<u8>(p + i) - 48;
    if (c > 9) return false;
    n = n * 10 + <u64>c;
  }
  value = <u32>n;
  return n <= 0xffffffff;
}

/** Whether a word is made of digits alone. */
export function isDigits(p: usize, len: u32): bool {
  for (let i: u32 = 0; i < len; i++) if (<u32>load<u8>(p + i) - 48 > 9) return false;
  return len > 0;
}

/** A.B.C.D, each of one to three digits and at most 255. */
export function parseAddress(p: usize, len: u32): bool {
  let parts: u32 = 0;
  let octet: u32 = 0;
  let digits: u32 = 0;
  let result: u32 = 0;
  for (let i: u32 = 0; i <= len; i++) {
    const c = i < len ? <u32>load<u8>(p + i) : 46;
    if (c == 46) {
      if (digits == 0 || octet > 255 || parts == 4) return false;
      result = (result << 8) | octet;
      parts++;
      octet = 0;
      digits = 0;
    } else {
      if (c - 48 > 9 || digits == 3) return false;
      octet = octet * 10 + (c - 48);
      digits++;
    }
  }
  value = result;
  return parts == 4;
}

/** Whether word `k` has the shape of an address, whatever its numbers: digits and three dots. */
export function isDotted(k: u32): bool {
  let dots: u32 = 0;
  for (let i: u32 = 0; i < wordLen(k); i++) {
    const c = <u32>load<u8>(word(k) + i);
    if (c == 46) dots++;
    else if (c - 48 > 9) return false;
  }
  return dots == 3;
}

/** Whether a word is a name that DNS may know: letters, digits, '-', '_' and '.', at most HOSTNAME_MAX. */
export function isHostName(p: usize, len: u32): bool {
  if (len == 0 || len > HOSTNAME_MAX) return false;
  for (let i: u32 = 0; i < len; i++) {
    const c = lower(<u32>load<u8>(p + i));
    if (c - 97 < 26 || c - 48 < 10 || c == 45 || c == 95 || (c == 46 && i > 0)) continue;
    return false;
  }
  return true;
}

/** The mask of a word as /24; 0: it is none, or that of a single address. */
export function prefixMask(k: u32): u32 {
  const len = wordLen(k);
  return len > 1 && load<u8>(word(k)) == 47 && parseNumber(word(k) + 1, len - 1) && value - 1 < 31 ? 0xffffffff << (32 - value) : 0;
}

/** A subnet mask: ones, then zeros. */
export function parseMask(p: usize, len: u32): bool {
  if (!parseAddress(p, len)) return false;
  const host = ~value;
  return (host & (host + 1)) == 0;
}

/** H.H.H, three groups of one to four hexadecimal digits; six octets to `out` (0: only look). */
export function parseMac(p: usize, len: u32, out: usize): bool {
  let groups: u32 = 0;
  let group: u32 = 0;
  let digits: u32 = 0;
  for (let i: u32 = 0; i <= len; i++) {
    const c = i < len ? <u32>load<u8>(p + i) : 46;
    if (c == 46) {
      if (digits == 0 || groups == 3) return false;
      if (out) {
        store<u8>(out + <usize>(groups << 1), <u8>(group >>> 8));
        store<u8>(out + <usize>((groups << 1) + 1), <u8>group);
      }
      groups++;
      group = 0;
      digits = 0;
    } else {
      const h = hexDigit(c);
      if (h > 15 || digits == 4) return false;
      group = (group << 4) | h;
      digits++;
    }
  }
  return groups == 3;
}

// @ts-ignore: decorator
@inline
export function lower(c: u32): u32 {
  return c - 65 < 26 ? c | 32 : c;
}

/** Whether there is a word `k`, and it reads `s`, large and small letters being the same. */
export function reads(k: u32, s: string): bool {
  const n = <u32>s.length;
  if (k >= count || wordLen(k) != n) return false;
  for (let i: u32 = 0; i < n; i++) if (lower(<u32>load<u8>(word(k) + i)) != <u32>s.charCodeAt(i)) return false;
  return true;
}

/** Whether word `k` reads exactly `s`. */
export function is(k: u32, s: string): bool {
  const n = <u32>s.length;
  if (wordLen(k) != n) return false;
  for (let i: u32 = 0; i < n; i++) if (<u32>load<u8>(word(k) + i) != <u32>s.charCodeAt(i)) return false;
  return true;
}
