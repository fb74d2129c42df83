/**
 * Matches the words of a line against the rows. All rows that a mode has are followed at once: a step is the list of places
 * in patterns that the words so far lead to, each with the place of the step before that it came from. What the last step
 * holds answers every question: what runs, what `?` lists, what Tab completes, where the caret stands.
 */
import {
  FILTER_AT,
  Item,
  filters,
  high,
  itemEnd,
  itemIs,
  itemKind,
  low,
  modeOf,
  Mode,
  negatable,
  readRange,
  rowBegin,
  rowChar,
  rowCount,
  rowModes,
} from "./grammar";
import * as listWords from "./list_words";
import * as names from "../net/interface_names";
import { Shape } from "../net/interface_names";
import * as words from "./words";
import { lower, word, wordCount, wordLen } from "./words";

export const enum Outcome {
  /** `row`, `no` and the places are set. */
  MATCH,
  /** The words lead on to more. */
  INCOMPLETE,
  /** Word `badWord` leads nowhere. */
  INVALID,
  /** Word `badWord` begins several keywords. */
  AMBIGUOUS,
}

/** A place in a pattern. */
@unmanaged
class Place {
  row: u16;
  /** Offset of the item that comes next; END: the row may end here. */
  at: u16;
  /** The place of the step before that this one came from. */
  from: u16;
  /** First word of the row itself: rows are entered through `do`, `no` and others. */
  base: u8;
  no: bool;
}

const END: u32 = 0xffff;
const PLACES: u32 = 2048;
const places: usize = memory.data(<i32>PLACES * 8, 4);
let placeCount: u32 = 0;
/** First place of the step after k words; the step ends where the next begins. */
const steps: usize = memory.data(132, 4); // u16, WORDS_MAX + 2
let startModes: u32 = 0;

// @ts-ignore: decorator
@inline
function place(i: u32): Place {
  return changetype<Place>(places + <usize>(i << 3));
}

function stepBegin(k: u32): u32 {
  return <u32>load<u16>(steps + <usize>(k << 1));
}

function add(r: u32, at: u32, from: u32, base: u32, no: bool): void {
  if (placeCount == PLACES) return;
  const p = place(placeCount++);
  p.row = <u16>r;
  p.at = <u16>at;
  p.from = <u16>from;
  p.base = <u8>base;
  p.no = no;
}

/** Behind the bracket that closes the one whose inside `at` stands in; of a repetition, the place where it opens. */
function leave(r: u32, at: u32): u32 {
  let depth = 0;
  for (; ; at++) {
    const c = rowChar(r, at);
    if (c == 40 || c == 91 || c == 123) depth++;
    else if (c == 41 || c == 93 || c == 125) {
      if (depth == 0) break;
      depth--;
    }
  }
  if (rowChar(r, at) != 125) return at + 1;
  depth = 0;
  for (at--; ; at--) {
    const c = rowChar(r, at);
    if (c == 41 || c == 93 || c == 125) depth++;
    else if (c == 40 || c == 91 || c == 123) {
      if (depth == 0) break;
      depth--;
    }
  }
  return at;
}

/** Adds every place that can be reached from `at` without a word. */
function reach(r: u32, at: u32, from: u32, base: u32, no: bool, k: u32): void {
  for (;;) {
    const c = rowChar(r, at);
    if (c == 0) {
      add(r, END, from, base, no);
      if (at < FILTER_AT && filters(r)) add(r, FILTER_AT, from, base, no);
      return;
    }
    if (c == 32) at++;
    else if (c == 126) {
      if (no) add(r, END, from, base, no);
      at++;
    } else if (c == 93 || c == 41) at++;
    else if (c == 124 || c == 125) at = leave(r, at);
    else if (c == 64) {
      const mode = modeOf(rowChar(r, at + 1));
      // What is behind `do` stands by itself. Another row goes on with its own words, and with rows of that mode alone.
      if (mode == <u32>Mode.EXEC) enter(mode, from, k, no, k);
      else for (let s: u32 = 0; s < rowCount(); s++) if (rowModes(s) == mode && (!no || negatable(s))) reach(s, rowBegin(s), from, base, no, k);
      return;
    } else if (c == 33) {
      enter(rowModes(r) & Mode.EXEC ? <u32>Mode.EXEC : startModes, from, k, true, k);
      return;
    } else if (c == 40 || c == 91 || c == 123) {
      // Each alternative, and what stands behind an optional group.
      reach(r, at + 1, from, base, no, k);
      let depth = 0;
      let i = at + 1;
      for (; ; i++) {
        const d = rowChar(r, i);
        if (d == 40 || d == 91 || d == 123) depth++;
        else if (d == 41 || d == 93 || d == 125) {
          if (depth == 0) break;
          depth--;
        } else if (d == 124 && depth == 0) reach(r, i + 1, from, base, no, k);
      }
      if (c == 40) return;
      at = i + 1;
    } else {
      add(r, at, from, base, no);
      return;
    }
  }
}

function enter(modes: u32, from: u32, base: u32, no: bool, k: u32): void {
  const n = rowCount();
  for (let r: u32 = 0; r < n; r++) if (rowModes(r) & modes && (!no || negatable(r))) reach(r, rowBegin(r), from, base, no, k);
}

const enum Fit {
  NO,
  BEGINNING,
  VALUE,
  EXACT,
}

/** How word `k` fits the item at a place. */
function fit(p: Place, k: u32): Fit {
  const w = word(k);
  const n = wordLen(k);
  const r = <u32>p.row;
  const at = <u32>p.at;
  switch (itemKind(r, at)) {
    case Item.KEYWORD: {
      const length = itemEnd(r, at) - at;
      if (n > length) return Fit.NO;
      for (let i: u32 = 0; i < n; i++) if (lower(<u32>load<u8>(w + i)) != lower(rowChar(r, at + i))) return Fit.NO;
      return n == length ? Fit.EXACT : Fit.BEGINNING;
    }
    case Item.NUMBER:
      if (!words.parseNumber(w, n)) return Fit.NO;
      readRange(r, at);
      return words.value >= low && words.value <= high ? Fit.VALUE : Fit.NO;
    case Item.ADDRESS: return words.parseAddress(w, n) ? Fit.VALUE : Fit.NO;
    case Item.MASK: return words.parseMask(w, n) ? Fit.VALUE : Fit.NO;
    case Item.NAME: return words.isDotted(k) ? Fit.NO : Fit.VALUE;
    case Item.MAC: return words.parseMac(w, n, 0) ? Fit.VALUE : Fit.NO;
    case Item.INTERFACE: return names.read(w, n) == Shape.NONE ? Fit.NO : Fit.VALUE;
    case Item.INTERFACE_NUMBER: return names.readNumber(w, n) ? Fit.VALUE : Fit.NO;
    case Item.TCP_PORT: return ofList(listWords.readPort(false, w, n));
    case Item.UDP_PORT: return ofList(listWords.readPort(true, w, n));
    case Item.ICMP_TYPE: return ofList(listWords.readIcmp(w, n));
    case Item.PIPE: return n == 1 && load<u8>(w) == 124 ? Fit.EXACT : Fit.NO;
    default: return Fit.VALUE;
  }
}

/** How a word of lists fits: its beginning is one. */
function ofList(known: bool): Fit {
  return !known ? Fit.NO : listWords.whole ? Fit.VALUE : Fit.BEGINNING;
}

/** Whether two places want the same keyword. */
function sameItem(a: Place, b: Place): bool {
  const n = itemEnd(a.row, a.at) - a.at;
  if (itemEnd(b.row, b.at) - b.at != n) return false;
  for (let i: u32 = 0; i < n; i++) if (rowChar(a.row, <u32>a.at + i) != rowChar(b.row, <u32>b.at + i)) return false;
  return true;
}

/** What the last match found. */
export let row: u32 = 0;
export let no: bool = false;
export let base: u32 = 0;
export let badWord: u32 = 0;
/** Words that the last step has behind it. */
let reached: u32 = 0;
const path: usize = memory.data(256, 4); // row and offset of the item of each word: u16, u16

/** Follows the first `n` words. INCOMPLETE where they lead somewhere; `finish` then says whether a row may end there. */
function follow(modes: u32, n: u32): Outcome {
  placeCount = 0;
  startModes = modes;
  store<u16>(steps, 0);
  enter(modes, 0, 0, false, 0);
  store<u16>(steps + 2, <u16>placeCount);
  reached = 0;
  for (let k: u32 = 0; k < n; k++) {
    const first = stepBegin(k);
    const last = placeCount;
    let exact = false;
    let values = false;
    let keyword: Place | null = null;
    let several = false;
    for (let i = first; i < last; i++) {
      const p = place(i);
      if (<u32>p.at == END) continue;
      const f = fit(p, k);
      if (f == Fit.EXACT) exact = true;
      else if (f == Fit.VALUE) values = true;
      else if (f == Fit.BEGINNING) {
        if (!keyword) keyword = p;
        else if (!sameItem(keyword, p)) several = true;
      }
    }
    badWord = k;
    if (several && !exact && !values) return Outcome.AMBIGUOUS;
    for (let i = first; i < last; i++) {
      const p = place(i);
      if (<u32>p.at == END) continue;
      const f = fit(p, k);
      if (f == Fit.NO || (f == Fit.BEGINNING && (exact || several))) continue;
      if (itemKind(p.row, p.at) == Item.LINE) {
        // It takes all that follows.
        place(i).at |= 0x8000;
        reached = k;
        return Outcome.MATCH;
      }
      // An interface's type by itself: its number is the next word.
      if (itemKind(p.row, p.at) == Item.INTERFACE && names.read(word(k), wordLen(k)) == Shape.TYPE) add(p.row, <u32>p.at + 1, i, p.base, p.no);
      else reach(p.row, itemEnd(p.row, p.at), i, p.base, p.no, k + 1);
    }
    if (placeCount == last) return Outcome.INVALID;
    store<u16>(steps + <usize>((k + 2) << 1), <u16>placeCount);
    reached = k + 1;
  }
  return Outcome.INCOMPLETE;
}

/** Writes the path that leads to a place. */
function trace(i: u32, k: u32): void {
  const end = place(i);
  row = end.row;
  no = end.no;
  base = end.base;
  while (k > 0) {
    i = place(i).from;
    k--;
    store<u16>(path + <usize>(k << 2), place(i).row);
    store<u16>(path + <usize>((k << 2) + 2), place(i).at);
  }
}

/** Matches the whole line. */
export function match(modes: u32): Outcome {
  const n = wordCount();
  const outcome = follow(modes, n);
  if (outcome == Outcome.MATCH) {
    for (let i = stepBegin(reached); ; i++) {
      const p = place(i);
      if (<u32>p.at == END || !(p.at & 0x8000)) continue;
      p.at &= 0x7fff;
      trace(i, reached);
      store<u16>(path + <usize>(reached << 2), p.row);
      store<u16>(path + <usize>((reached << 2) + 2), p.at);
      used = reached + 1;
      return Outcome.MATCH;
    }
  }
  if (outcome != Outcome.INCOMPLETE) return outcome;
  for (let i = stepBegin(n); i < placeCount; i++) {
    if (<u32>place(i).at != END) continue;
    trace(i, n);
    used = n;
    return Outcome.MATCH;
  }
  return Outcome.INCOMPLETE;
}

/** For `?` and Tab: follows the first `n` words; the places are then to be walked with `next`. */
export function lead(modes: u32, n: u32): Outcome {
  return follow(modes, n);
}

/** Places of the last step: `for (let i = firstNext(); i < lastNext(); i++)`. */
export function firstNext(): u32 {
  return stepBegin(reached);
}

export function lastNext(): u32 {
  return placeCount;
}

export function nextRow(i: u32): u32 {
  return place(i).row;
}

/** Offset of the item, or 0xFFFF where the row may end. */
export function nextAt(i: u32): u32 {
  return place(i).at;
}

/** The row and offset of the item that led to a place: the word before it, for its help. 0xFFFFFFFF at the line's start. */
export function nextBefore(i: u32): u32 {
  if (reached == 0) return 0xffffffff;
  const p = place(place(i).from);
  return ((<u32>p.row) << 16) | <u32>p.at;
}

let used: u32 = 0;

/** Whether word `k` stands for the keyword `s`. */
export function isKeyword(k: u32, s: string): bool {
  if (k >= used) return false;
  return itemIs(<u32>load<u16>(path + <usize>(k << 2)), <u32>load<u16>(path + <usize>((k << 2) + 2)), s);
}

export function kindOf(k: u32): Item {
  return itemKind(<u32>load<u16>(path + <usize>(k << 2)), <u32>load<u16>(path + <usize>((k << 2) + 2)));
}

/** The first word from `from` on that stands for the keyword `s`; 0xFFFFFFFF if there is none. */
export function find(s: string, from: u32 = 0): u32 {
  for (let k = from; k < used; k++) if (isKeyword(k, s)) return k;
  return 0xffffffff;
}

/** Words of the command, its filter left out. */
export function argCount(): u32 {
  for (let k: u32 = 0; k < used; k++) if (load<u16>(path + <usize>((k << 2) + 2)) == <u16>FILTER_AT) return k;
  return used;
}

/** The number at word `k`. */
export function number(k: u32): u32 {
  words.parseNumber(word(k), wordLen(k));
  return words.value;
}

/** The number in the keyword that word `k` stands for, `group14` or `256`, however it was abbreviated. */
export function keywordValue(k: u32): u32 {
  const r = <u32>load<u16>(path + <usize>(k << 2));
  let n: u32 = 0;
  const at = <u32>load<u16>(path + <usize>((k << 2) + 2));
  for (let i = at; i < itemEnd(r, at); i++) {
    const digit = rowChar(r, i) - 48;
    if (digit <= 9) n = n * 10 + digit;
  }
  return n;
}

/** The address, mask or wildcard at word `k`. */
export function address(k: u32): u32 {
  words.parseAddress(word(k), wordLen(k));
  return words.value;
}

/** Reads the name of an interface at word `k` into `net/interface_names`: GigabitEthernet0/0 in one word, or in two. */
export function readInterface(k: u32): void {
  if (names.read(word(k), wordLen(k)) == Shape.TYPE) names.readNumber(word(k + 1), wordLen(k + 1));
}

/** The interface at word `k`; NO_INTERFACE: there is none of that name, which commands/interface.ts `noSuchPort` says. */
export function port(k: u32): u32 {
  readInterface(k);
  return names.find();
}

/** The word behind the name of an interface at word `k`. */
export function behindPort(k: u32): u32 {
  return names.read(word(k), wordLen(k)) == Shape.TYPE ? k + 2 : k + 1;
}

/** Whether a filter follows the command, at word argCount(). */
export function filtered(): bool {
  return argCount() < used;
}

/** The letter that the filter's word begins with. */
export function filterKind(): u32 {
  const k = argCount() + 1;
  return rowChar(<u32>load<u16>(path + <usize>(k << 2)), <u32>load<u16>(path + <usize>((k << 2) + 2)));
}
