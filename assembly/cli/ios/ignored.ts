/**
 * The lines of the configuration that are known and have no effect here, kept as they were given: the global ones, with what stands below them, and
 * those of an interface. The room for them is bounded; what finds none is said once and kept nowhere.
 */
import { IGNORED_MAX } from "../../limits";
import { nl, out, refuse } from "../output";
import { lower, line, lineLen, word, wordCount, wordLen, wordStart } from "../words";

/** An entry: place (0 global, or 1 + interface), flags, row of the table, length in two octets, text. */
const HEADER: u32 = 6;

const enum Flag {
  HEAD = 1,
  BELOW = 2,
}

/** The place of the lines of `line console 0`. */
export const CONSOLE: u32 = 255;

/** The row of `version`. */
const VERSION: u32 = 0;

let base: usize = 0;
let used: u32 = 0;
let lines: u32 = 0;
/** Behind what stands below the mode that was opened last. */
let cursor: u32 = 0;
let full: bool = false;

export function init(): void {
  if (!base) base = heap.alloc(<usize>IGNORED_MAX);
  used = lines = cursor = 0;
  full = false;
}

function sizeAt(at: u32): u32 {
  return HEADER + <u32>load<u16>(base + at, 4);
}

export function count(): u32 {
  return lines;
}

/** Whether what is kept at `at` begins with this text; all of it where `whole`. */
function reads(at: u32, p: usize, len: u32, whole: bool): bool {
  const n = <u32>load<u16>(base + at, 4);
  if (whole ? n != len : n < len || (n > len && load<u8>(base + at + HEADER + len) != 32)) return false;
  for (let i: u32 = 0; i < len; i++) if (lower(<u32>load<u8>(base + at + HEADER + i)) != lower(<u32>load<u8>(p + i))) return false;
  return true;
}

function cut(at: u32): void {
  const n = sizeAt(at);
  memory.copy(base + at, base + at + n, <usize>(used - at - n));
  used -= n;
  lines--;
  if (cursor > at) cursor -= n;
}

function insert(at: u32, place: u32, flags: u32, row: u32, p: usize, len: u32): bool {
  if (used + HEADER + len > IGNORED_MAX) {
    if (!full) {
      refuse("There is no room for more lines without effect: this one and those behind it are not kept.");
      nl();
    }
    full = true;
    return false;
  }
  memory.copy(base + at + HEADER + len, base + at, <usize>(used - at));
  store<u8>(base + at, <u8>place);
  store<u8>(base + at, <u8>flags, 1);
  store<u16>(base + at, <u16>row, 2);
  store<u16>(base + at, <u16>len, 4);
  memory.copy(base + at + HEADER, p, <usize>len);
  used += HEADER + len;
  lines++;
  return true;
}

/** Takes out what begins with this text in a place. How many lines it were, those below them not counted. */
function dropText(place: u32, p: usize, len: u32): u32 {
  let n: u32 = 0;
  for (let at: u32 = 0; at < used; ) {
    if (<u32>load<u8>(base + at) != place || load<u8>(base + at, 1) & Flag.BELOW || !reads(at, p, len, false)) {
      at += sizeAt(at);
      continue;
    }
    cut(at);
    n++;
    while (at < used && load<u8>(base + at, 1) & Flag.BELOW) cut(at);
  }
  return n;
}

/** For a `no` form: takes out what it negates among the global lines. */
export function dropLines(): void {
  dropText(0, word(1), lineLen - wordStart(1));
}

/** Takes out the banner that the first `k` words name. */
export function dropBanner(k: u32): void {
  dropText(0, word(0), wordStart(k - 1) + wordLen(k - 1) - wordStart(0));
}

/** Keeps the line in `words`. @param single the last one of its row counts */
export function add(place: u32, row: u32, single: bool): void {
  const p = word(0);
  const len = lineLen - wordStart(0);
  if (wordCount() > 1 && len > 3 && load<u8>(p) == 110 && load<u8>(p, 1) == 111 && load<u8>(p, 2) == 32) {
    if (dropText(place, word(1), lineLen - wordStart(1))) return;
  }
  for (let at: u32 = 0; at < used; ) {
    if (<u32>load<u8>(base + at) == place && !(load<u8>(base + at, 1) & Flag.BELOW)) {
      if (reads(at, p, len, true)) return;
      if ((single && <u32>load<u16>(base + at, 2) == row) || (sizeAt(at) == HEADER + len + 3 && memory.compare(base + at + HEADER + 3, p, <usize>len) == 0 && load<u16>(base + at, HEADER) == 0x6f6e)) {
        cut(at);
        continue;
      }
    }
    at += sizeAt(at);
  }
  insert(used, place, 0, row, p, len);
}

/** Keeps the line in `words` as one that others stand below; one that is there is gone on with. */
export function open(row: u32): void {
  const p = word(0);
  const len = lineLen - wordStart(0);
  for (let at: u32 = 0; at < used; at += sizeAt(at)) {
    if (load<u8>(base + at) || !(load<u8>(base + at, 1) & Flag.HEAD) || !reads(at, p, len, true)) continue;
    cursor = at + sizeAt(at);
    while (cursor < used && load<u8>(base + cursor, 1) & Flag.BELOW) cursor += sizeAt(cursor);
    return;
  }
  const at = used;
  cursor = insert(at, 0, Flag.HEAD, row, p, len) ? used : 0;
}

/** Keeps the line in `words` below the one that was opened last. */
export function below(): void {
  text(line, lineLen, true);
}

/** The same of text that is no line of commands, as a banner's. False: it found no room. */
export function text(p: usize, len: u32, blank: bool): bool {
  if (!cursor) return false;
  if (blank) {
    // One blank before it, however many it had.
    while (len && load<u8>(p) == 32) {
      p++;
      len--;
    }
  }
  let first = cursor;
  for (let at: u32 = 0, head: u32 = 0; blank && at < cursor; at += sizeAt(at)) {
    if (!(load<u8>(base + at, 1) & Flag.BELOW)) head = at;
    first = head;
  }
  for (let at = first; blank && at < cursor; at += sizeAt(at)) if (load<u8>(base + at, 1) & Flag.BELOW && reads(at, p, len, true)) return true;
  const before = used;
  const kept = insert(cursor, 0, blank ? Flag.BELOW : Flag.BELOW | 4, 0, p, len);
  cursor += used - before;
  return kept;
}

/** Takes out what was opened last, with all below it: a banner that has no end would swallow what follows it. */
export function dropOpened(): void {
  if (!cursor) return;
  let head: u32 = 0;
  for (let at: u32 = 0; at < cursor; at += sizeAt(at)) if (!(load<u8>(base + at, 1) & Flag.BELOW)) head = at;
  cut(head);
  while (head < used && load<u8>(base + head, 1) & Flag.BELOW) cut(head);
  cursor = 0;
}

/** Forgets the lines of an interface that is no more. */
export function removeInterface(port: u32): void {
  for (let at: u32 = 0; at < used; ) {
    if (<u32>load<u8>(base + at) == 1 + port) cut(at);
    else at += sizeAt(at);
  }
}

/** Prints them, with the lines below them. */
export function print(place: u32): void {
  for (let at: u32 = 0; at < used; at += sizeAt(at)) if (<u32>load<u8>(base + at) == place) write(at);
}

/** Whether the place has any. */
export function has(place: u32): bool {
  for (let at: u32 = 0; at < used; at += sizeAt(at)) if (<u32>load<u8>(base + at) == place) return true;
  return false;
}

/** Whether a version of IOS was given, as `version 12.4`: what the configuration leaves unsaid is then what IOS means. */
export function iosVersion(): bool {
  for (let at: u32 = 0; at < used; at += sizeAt(at)) {
    if (load<u8>(base + at) || load<u8>(base + at, 1) || <u32>load<u16>(base + at, 2) != VERSION) continue;
    let digits = false;
    let point = false;
    const n = <u32>load<u16>(base + at, 4);
    for (let i: u32 = 0; i < n; i++) {
      const c = <u32>load<u8>(base + at + HEADER + i);
      if (c - 48 < 10) {
        if (point) return true;
        digits = true;
      } else point = c == 46 && digits;
    }
  }
  return false;
}

function write(at: u32): void {
  const flags = <u32>load<u8>(base + at, 1);
  if ((flags & Flag.BELOW && !(flags & 4)) || load<u8>(base + at)) out.char(32);
  out.ascii(base + at + HEADER, <u32>load<u16>(base + at, 4));
  nl();
}

/** The global lines of the configuration: those with others below them, or those without. */
export function writeGlobal(blocks: bool): void {
  let any = false;
  for (let at: u32 = 0; at < used; at += sizeAt(at)) {
    if (load<u8>(base + at) || (load<u8>(base + at, 1) != 0) != blocks) continue;
    if (any && load<u8>(base + at, 1) & Flag.HEAD) separate();
    write(at);
    any = true;
  }
  if (any) separate();
}

function separate(): void {
  out.char(33);
  nl();
}

/** An interface's lines of the configuration. */
export function writeInterface(port: u32): void {
  print(1 + port);
}

/** Takes out the `no` form of the line in `words` among the global ones. */
export function dropNegated(): void {
  const p = word(0);
  const len = lineLen - wordStart(0);
  for (let at: u32 = 0; at < used; at += sizeAt(at)) {
    if (load<u8>(base + at) || sizeAt(at) != HEADER + len + 3 || memory.compare(base + at + HEADER + 3, p, <usize>len) || load<u16>(base + at, HEADER) != 0x6f6e) continue;
    cut(at);
    return;
  }
}
