/**
 * The startup configuration: taken line by line between `configure startup` and `end startup` (host/abi.md, "Configuration and
 * NVRAM"), written to NVRAM by `copy running-config startup-config`, and read from there by `show startup-config`.
 */
import { STARTUP_CONFIG_MAX } from "../limits";
import * as ct from "../util/ct";
import { Stored, Stream, read_startup, write } from "../util/host";
import * as log from "../util/log";
import { Text } from "../util/text";
import * as isakmp from "./commands/isakmp";
import { Mode } from "./grammar";
import * as login from "./login";
import * as banner from "./ios/banner";
import * as ignored from "./ios/ignored";
import * as protection from "./ios/protection";
import * as output from "./output";
import { nl, out, refuse } from "./output";
import * as session from "./session";
import * as words from "./words";

/** Lines are being taken. */
export let applying: bool = false;
/** Where a configuration is written for the host, and where one that it has stored is read. */
let text: Text = changetype<Text>(0);
let lines: u32 = 0;
let errors: u32 = 0;
/** The refused line has been shown already. */
let shown: bool = false;

export function init(): void {
  text = new Text(STARTUP_CONFIG_MAX);
  applying = false;
}

/** `configure startup` */
export function begin(): void {
  applying = true;
  lines = errors = 0;
  protection.begin();
  session.setMode(Mode.CONFIG);
  output.setPreface(showLine);
}

/** Takes a line. True: it was `end startup`, and there is nothing to carry out. */
export function take(p: usize, len: u32): bool {
  words.setLine(p, len);
  if (words.wordCount() == 2 && words.is(0, "end") && words.is(1, "startup")) {
    finish();
    return true;
  }
  lines++;
  shown = false;
  return false;
}

function finish(): void {
  if (banner.cancel()) errors++;
  applying = false;
  output.setPreface(null);
  isakmp.leave();
  session.setMode(Mode.EXEC);
  if (errors) {
    refuse("").u32(errors).put(" of ").u32(lines).put(" lines of the startup configuration were refused.");
    nl();
  }
  const without = ignored.count();
  if (without) {
    out.clear().u32(without).put(without == 1 ? " line has" : " lines have").put(" no effect here: `show configuration ignored`");
    nl();
  }
  protection.finish();
  log.event("config").put(" state=").put(errors ? "startup-errors" : "startup-applied").put(" lines=").u32(errors ? errors : lines);
  log.eventEnd();
  login.start();
}

/** `exit` and `end` lead no further up than here. */
export function top(): Mode {
  return applying ? Mode.CONFIG : Mode.EXEC;
}

function putPrefix(): void {
  out.clear().put("startup-config line ").u32(lines).put(": ");
}

/** Where the text of a refused line begins on the screen. */
export function column(): u32 {
  putPrefix();
  return out.len;
}

/** Prints the line with its number, above what is wrong with it. */
export function showLine(): void {
  if (shown) return;
  shown = true;
  putPrefix();
  output.typed(words.line, words.lineLen);
  nl();
}

/** The number of the line at hand; 0 where lines are typed. */
export function lineNumber(): u32 {
  return applying ? lines : 0;
}

export function refusedLine(): void {
  showLine();
  if (protects()) login.protectionRefused(lines);
  errors++;
}

/** Whether the line at hand says who may configure. */
export function protects(): bool {
  return words.reads(0, "enable") || words.reads(0, "username") || words.reads(0, "login") || words.reads(0, "password");
}

/** Reads what the host has stored. How many octets that are, also of those that find no room here; 0: there is none. */
export function fetch(): u32 {
  empty();
  const length = read_startup(text.base, text.capacity);
  text.len = min(length, text.capacity);
  return length;
}

/** Prints what was read, line by line, and forgets it. */
export function print(): void {
  out.clear();
  for (let i: u32 = 0; i < text.len; i++) {
    const c = load<u8>(text.base + i);
    if (c == 10) nl();
    else out.char(c);
  }
  if (out.len) nl();
  empty();
}

/** The text, wiped, for a configuration to be written into. */
export function empty(): Text {
  ct.wipe(text.base, text.capacity);
  return text.clear();
}

/** Why the host has not stored a configuration. */
function reason(answer: u32): string {
  switch (answer) {
    case Stored.NO_ROOM: return "there is no room for it";
    case Stored.READ_ONLY: return "it may not be written there";
    case Stored.MEDIUM_FAILED: return "the medium failed";
    case Stored.NO_MEDIUM: return "there is no medium for it";
    default: return "the host can't do it";
  }
}

/** Gives the host the text to store. False: it has not, and that is said; what was stored before is stored still. */
function keep(state: string): bool {
  const answer = write(Stream.NVRAM, text.base, text.len);
  let n: u32 = 0;
  for (let i: u32 = 0; i < text.len; i++) if (load<u8>(text.base + i) == 10) n++;
  empty();
  log.event("config").put(" state=").put(answer ? "not-stored" : state).put(" lines=").u32(n);
  log.eventEnd();
  if (!answer) return true;
  refuse("Not stored: ").put(reason(answer)).put("; what was stored before is stored still.");
  nl();
  return false;
}

/** Stores the configuration that has been written. False: the host has not, and that is said. */
export function save(): bool {
  return keep("saved");
}

/** The same of an erased one. */
export function erase(): bool {
  empty();
  return keep("erased");
}
