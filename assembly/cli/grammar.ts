/**
 * The grammar table. Every command is a row: the modes that it belongs to, its pattern, and what carries it out. Execution,
 * abbreviations, `?`, completion, `no` forms and the caret all come from the same rows (matcher.ts, help.ts).
 *
 * A row is written "modes:pattern"; a pattern is words apart by blanks:
 *
 *   keyword     lower case (or with one capital: Null0); any unambiguous beginning of it will do
 *   <1-65535>   a number in that range
 *   NAME        a word that has not the shape of an address
 *   WORD        any word          LINE      the rest of the line
 *   TCP-PORT, UDP-PORT   a port, a number or a word       ICMP-TYPE   a type of ICMP, a number or a word
 *   A.B.C.D     an address        M.M.M.M   a subnet mask       H.H.H   a MAC address       IF   an interface, in one word or two
 *   [a]         a, or nothing     (a|b)     one of them         {a|b}   any number of them in any order
 *   ~           a `no` form may end here; a row without one has no `no` form
 *   @x          goes on with the rows of mode x                 !       the same mode's rows, as `no` forms
 */
import { assertThat } from "../util/status";

/** A set of modes is the sum of their bits; the letter that rows use stands beside each. */
export const enum Mode {
  USER = 1, // u
  EXEC = 2, // e
  CONFIG = 4, // c
  INTERFACE = 8, // i
  ISAKMP = 16, // p
  TRANSFORM = 32, // t
  MAP = 64, // m
  ACCESS_LIST = 128, // a
  PROFILE = 256, // f
  GROUP = 512, // g
  TRUSTPOINT = 1024, // n
  PUBKEY_CHAIN = 2048, // k
  PUBKEY = 4096, // y
  CERTIFICATE_MAP = 8192, // b
  CERTIFICATE_CHAIN = 16384, // h
  STANDARD_LIST = 32768, // s
  OBJECT_GROUP = 65536, // o
  DHCP_POOL = 131072, // d
  ROUTE_MAP = 262144, // r
  LINE = 524288, // l
  IPSEC_PROFILE = 1048576, // q
  KEYRING = 2097152, // v
}

const LETTERS = "ueciptmafgnkybhsodrlqv";

/** Carries out a row; `no` for its `no` form. False: refused, and it has said why. */
export type Handler = (no: bool) => bool;

const ROWS_MAX: u32 = 640;
const patterns = new StaticArray<string>(<i32>ROWS_MAX);
const handlers = new StaticArray<Handler | null>(<i32>ROWS_MAX);
const modes = new StaticArray<u32>(<i32>ROWS_MAX);
const begins = new StaticArray<u8>(<i32>ROWS_MAX);
let rows: u32 = 0;

/** What may follow every `show` command. Its offsets in a match are counted from FILTER_AT. */
export const FILTER = "PIPE (begin|count|exclude|include|section) LINE";
export const FILTER_AT: u32 = 1024;

export function clear(): void {
  rows = 0;
}

/** The bit of a mode's letter; 0: none has it. */
export function modeOf(letter: u32): u32 {
  for (let i = 0; i < LETTERS.length; i++) if (<u32>LETTERS.charCodeAt(i) == letter) return 1 << i;
  return 0;
}

/** Adds a row; at start only. */
export function row(text: string, handler: Handler | null): void {
  // Offsets from FILTER_AT on are the filter's.
  assertThat(rows < ROWS_MAX && <u32>text.length < FILTER_AT, 801);
  let mask: u32 = 0;
  let i = 0;
  for (; text.charCodeAt(i) != 58; i++) mask |= modeOf(<u32>text.charCodeAt(i));
  unchecked((patterns[rows] = text));
  unchecked((handlers[rows] = handler));
  unchecked((modes[rows] = mask));
  unchecked((begins[rows] = <u8>(i + 1)));
  rows++;
}

export function rowCount(): u32 {
  return rows;
}

// @ts-ignore: decorator
@inline
export function rowModes(r: u32): u32 {
  return unchecked(modes[r]);
}

/** Offset of the pattern in the row's text. */
// @ts-ignore: decorator
@inline
export function rowBegin(r: u32): u32 {
  return <u32>unchecked(begins[r]);
}

export function rowHandler(r: u32): Handler | null {
  return unchecked(handlers[r]);
}

/** Character `at` of a row's text; 0 behind its end. */
export function rowChar(r: u32, at: u32): u32 {
  if (at >= FILTER_AT) {
    const i = <i32>(at - FILTER_AT);
    return i < FILTER.length ? <u32>FILTER.charCodeAt(i) : 0;
  }
  const text = unchecked(patterns[r]);
  return <i32>at < text.length ? <u32>text.charCodeAt(<i32>at) : 0;
}

/** Whether a row has a `no` form. */
export function negatable(r: u32): bool {
  const text = unchecked(patterns[r]);
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) == 126) return true;
  return false;
}

/** Whether a row's first word is `show`: then its output can be filtered. */
export function filters(r: u32): bool {
  const at = rowBegin(r);
  return rowChar(r, at) == 115 && rowChar(r, at + 1) == 104 && rowChar(r, at + 2) == 111 && rowChar(r, at + 3) == 119 && rowChar(r, at + 4) == 32;
}

export const enum Item {
  KEYWORD = 0,
  NUMBER,
  WORD,
  LINE,
  ADDRESS,
  MASK,
  MAC,
  INTERFACE,
  /** behind the type of an interface, its number in a word of its own: the place is the second character of IF */
  INTERFACE_NUMBER,
  PIPE,
  TCP_PORT,
  UDP_PORT,
  ICMP_TYPE,
  NAME,
}

/** What kind of word the row wants at `at`. */
export function itemKind(r: u32, at: u32): Item {
  const c = rowChar(r, at);
  if (c == 60) return Item.NUMBER;
  if (c - 65 > 25) return Item.KEYWORD;
  const d = rowChar(r, at + 1);
  if (d - 97 < 26) return Item.KEYWORD;
  switch (c) {
    case 65: return Item.ADDRESS;
    case 72: return Item.MAC;
    case 70: return Item.INTERFACE_NUMBER;
    case 73: return d == 67 ? Item.ICMP_TYPE : Item.INTERFACE;
    case 76: return Item.LINE;
    case 77: return Item.MASK;
    case 78: return Item.NAME;
    case 80: return Item.PIPE;
    case 84: return Item.TCP_PORT;
    case 85: return Item.UDP_PORT;
    default: return Item.WORD;
  }
}

/** Whether `c` ends a word of a pattern: a blank, one of `[](){}|~@!`, or the end. */
function endsItem(c: u32): bool {
  return c == 0 || c == 32 || c == 33 || c == 40 || c == 41 || c == 64 || c == 91 || c == 93 || c >= 123;
}

/** Where the item at `at` ends. */
export function itemEnd(r: u32, at: u32): u32 {
  while (!endsItem(rowChar(r, at))) at++;
  return at;
}

/** Whether the item at `at` reads exactly `s`. */
export function itemIs(r: u32, at: u32, s: string): bool {
  const n = <u32>s.length;
  for (let i: u32 = 0; i < n; i++) if (rowChar(r, at + i) != <u32>s.charCodeAt(i)) return false;
  return endsItem(rowChar(r, at + n));
}

/** The bounds of a `<low-high>` item. */
export let low: u32 = 0;
export let high: u32 = 0;

export function readRange(r: u32, at: u32): void {
  let n: u64 = 0;
  for (at++; ; at++) {
    const c = rowChar(r, at);
    if (c == 45) {
      low = <u32>n;
      n = 0;
    } else if (c - 48 <= 9) n = n * 10 + <u64>(c - 48);
    else break;
  }
  high = <u32>n;
}
