/**
 * What commands print: one line at a time through `out`, to the console or into the configuration that is being saved, past
 * the filter of `| begin|count|exclude|include|section`.
 */
import * as ct from "../util/ct";
import { Stream, write } from "../util/host";
import { Text } from "../util/text";
import * as expression from "./expression";

/** The line being written; `nl` ends it. */
export let out: Text = changetype<Text>(0);

const enum Filter {
  NONE,
  BEGIN,
  COUNT,
  EXCLUDE,
  INCLUDE,
  SECTION,
}

let filter: u32 = Filter.NONE;
/** Lines that match, for `count`. */
let matching: u32 = 0;
/** `section`: the line that began the section under way, by the blanks before it; and whether sections are left out instead. */
let sectionDepth: u32 = 0;
let inSection: bool = false;
let leavesOut: bool = false;

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

/**
 * Lines pass only as `| begin|count|exclude|include|section EXPRESSION` says. False: it is none that can be read.
 * @param kind the letter that the word begins with
 */
export function setFilter(kind: u32, p: usize, len: u32): bool {
  leavesOut = inSection = false;
  matching = 0;
  if (kind == 115) {
    leavesOut = begins(p, len, "exclude ");
    if (leavesOut || begins(p, len, "include ")) {
      p += 8;
      len -= 8;
    }
  }
  if (!expression.compile(p, len)) return false;
  filter = kind == 98 ? Filter.BEGIN : kind == 99 ? Filter.COUNT : kind == 101 ? Filter.EXCLUDE : kind == 115 ? Filter.SECTION : Filter.INCLUDE;
  return true;
}

function begins(p: usize, len: u32, s: string): bool {
  if (len <= <u32>s.length) return false;
  for (let i = 0; i < s.length; i++) if (<u32>load<u8>(p + i) != <u32>s.charCodeAt(i)) return false;
  return true;
}

/** The command is over: says what was counted. */
export function endFilter(): void {
  const counted = filter == <u32>Filter.COUNT;
  clearFilter();
  if (!counted) return;
  out.clear().put("Number of lines which match regexp = ").u32(matching);
  nl();
}

export function clearFilter(): void {
  if (filter != <u32>Filter.NONE) expression.wipe();
  filter = Filter.NONE;
}

/** Whether the line passes the filter. */
function mayPass(): bool {
  const found = expression.found(out.base, out.len);
  switch (filter) {
    case Filter.BEGIN:
      if (found) clearFilter();
      return found;
    case Filter.COUNT:
      if (found) matching++;
      return false;
    case Filter.EXCLUDE: return !found;
    case Filter.SECTION: return ofSection(found) != leavesOut;
    default: return found;
  }
}

/** Whether the line is one that matches, or stands below one. */
function ofSection(found: bool): bool {
  let depth: u32 = 0;
  while (depth < out.len && load<u8>(out.base + depth) == 32) depth++;
  if (inSection && depth > sectionDepth) return true;
  inSection = found;
  sectionDepth = depth;
  return found;
}

/** Ends the line and sends it on its way. A line that was longer than the buffer ends with "...". */
export function nl(): void {
  if (out.cut) {
    out.len = out.capacity - 4;
    out.cut = false;
    out.put("...");
  }
  const passes = filter == <u32>Filter.NONE || gathering || mayPass();
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

/** Says that a name, a key or another text is longer than it may be, and answers false. */
export function tooLong(what: string, most: u32): bool {
  refuse("The ").put(what).put(" is too long: up to ").u32(most).put(" characters are allowed.");
  nl();
  return false;
}

/** Likewise, with the word as it was given. */
export function wordTooLong(p: usize, len: u32, most: u32): bool {
  refuse("").escaped(p, len).put(" is too long: up to ").u32(most).put(" characters are allowed.");
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

/** Wipes the last line printed. */
export function wipeLine(): void {
  ct.wipe(out.base, out.capacity);
  out.clear();
}
