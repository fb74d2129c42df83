/**
 * What commands print: one line at a time through `out`, to the console or into the configuration that is being saved, past
 * the filter of `| begin|exclude|include`.
 */
import { CONSOLE_LINE_MAX } from "../limits";
import * as ct from "../util/ct";
import { Stream, write } from "../util/host";
import { Text } from "../util/text";
import { lower } from "./words";

/** The line being written; `nl` ends it. */
export let out: Text = changetype<Text>(0);

const enum Filter {
  NONE,
  BEGIN,
  EXCLUDE,
  INCLUDE,
}

let filter: u32 = Filter.NONE;
const wanted: usize = memory.data(<i32>CONSOLE_LINE_MAX, 4);
let wantedLen: u32 = 0;

/** Lines are gathered and not printed: octets so far, and where they go; null: they are measured only. */
export let gathering: bool = false;
let octets: u32 = 0;
let sink: Text | null = null;

export function init(): void {
  out = new Text(1024);
  sink = null;
  filter = Filter.NONE;
  gathering = false;
  preface = null;
}

/** Lines pass only as `| begin|exclude|include TEXT` says. @param kind the letter that the word begins with */
export function setFilter(kind: u32, p: usize, len: u32): void {
  filter = kind == 98 ? Filter.BEGIN : kind == 101 ? Filter.EXCLUDE : Filter.INCLUDE;
  memory.copy(wanted, p, <usize>len);
  wantedLen = len;
}

export function clearFilter(): void {
  filter = Filter.NONE;
}

/**
 * Whether the line holds what the filter asks for, large and small letters being the same: one of the texts between `|`,
 * at the beginning of the line where a text begins with `^`. The rest of IOS's regular expressions has no meaning here.
 */
function holds(): bool {
  let at: u32 = 0;
  while (at <= wantedLen) {
    let end = at;
    while (end < wantedLen && load<u8>(wanted + end) != 124) end++;
    if (end > at && holdsText(at, end)) return true;
    at = end + 1;
  }
  return false;
}

/** Whether the line holds the part `[from, to)` of the filter. */
function holdsText(from: u32, to: u32): bool {
  const anchored = load<u8>(wanted + from) == 94;
  if (anchored) from++;
  const last: u32 = anchored ? 0 : out.len;
  for (let i: u32 = 0; i <= last && i + (to - from) <= out.len; i++) {
    let k: u32 = 0;
    while (from + k < to && lower(<u32>load<u8>(out.base + i + k)) == lower(<u32>load<u8>(wanted + from + k))) k++;
    if (from + k == to) return true;
  }
  return false;
}

/** Ends the line and sends it on its way. A line that was longer than the buffer ends with "...". */
export function nl(): void {
  if (out.cut) {
    out.len = out.capacity - 4;
    out.cut = false;
    out.put("...");
  }
  let passes = true;
  if (filter != <u32>Filter.NONE && !gathering) {
    const found = holds();
    if (filter == <u32>Filter.EXCLUDE) passes = !found;
    else passes = found;
    if (found && filter == <u32>Filter.BEGIN) filter = Filter.NONE;
  }
  out.nl();
  if (passes) {
    if (gathering) {
      const to = sink;
      if (to) to.ascii(out.base, out.len);
      octets += out.len;
    } else write(Stream.CONSOLE, out.base, out.len);
  }
  out.clear();
}

/** A whole line. */
export function say(s: string): void {
  out.put(s);
  nl();
}

/** What was typed: blanks and printable characters stay, UTF-8 too, anything else becomes \\xNN. */
export function typed(p: usize, len: u32): Text {
  for (let i: u32 = 0; i < len; i++) {
    const c = <u32>load<u8>(p + i);
    if (c >= 0x20 && c != 0x7f) out.char(c);
    else out.put("\\x").hex8(c);
  }
  return out;
}

let preface: (() => void) | null = null;

/** What is to be printed before any refusal: the line of a startup configuration, which nobody sees otherwise. */
export function setPreface(f: (() => void) | null): void {
  preface = f;
}

/** A refusal or a warning: begins a line with "% "; `nl` ends it. */
export function refuse(s: string): Text {
  const before = preface;
  if (before) before();
  return out.clear().put("% ").put(s);
}

/** Says why and answers false, as handlers do that refuse. */
export function refused(s: string): bool {
  refuse(s);
  nl();
  return false;
}

/** Prints what stands in `out` without ending the line: prompts, and ping's marks. */
export function flush(): void {
  write(Stream.CONSOLE, out.base, out.len);
  out.clear();
}

/** From here on lines are gathered there for the startup configuration; null: they are measured only. */
export function gather(into: Text | null): void {
  gathering = true;
  octets = 0;
  sink = into;
}

/** Ends gathering. How many octets it were. */
export function gathered(): u32 {
  gathering = false;
  sink = null;
  return octets;
}

/** Wipes the last line printed, and the filter's text. */
export function wipeLine(): void {
  ct.wipe(out.base, out.capacity);
  ct.wipe(wanted, wantedLen);
  out.clear();
}
