/**
 * The startup configuration: taken line by line between `configure startup` and `end startup` (host/abi.md, "Configuration and
 * NVRAM"), written to NVRAM by `copy running-config startup-config`, and kept as text for `show startup-config`.
 */
import { STARTUP_CONFIG_MAX } from "../limits";
import * as ct from "../util/ct";
import { Stream, write } from "../util/host";
import * as log from "../util/log";
import { Text } from "../util/text";
import { Mode } from "./grammar";
import * as login from "./login";
import * as output from "./output";
import { nl, out, refuse } from "./output";
import * as session from "./session";
import * as words from "./words";

/** Lines are being taken. */
export let applying: bool = false;
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
  text.clear();
  lines = errors = 0;
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
  text.ascii(p, len).nl();
  return false;
}

function finish(): void {
  applying = false;
  output.setPreface(null);
  session.setMode(Mode.EXEC);
  if (errors) {
    refuse("").u32(errors).put(" of ").u32(lines).put(" lines of the startup configuration were refused.");
    nl();
  }
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

export function refusedLine(): void {
  showLine();
  if (protects()) login.protectionRefused(lines);
  errors++;
}

/** Whether the line at hand says who may configure. */
export function protects(): bool {
  return words.reads(0, "enable") || words.reads(0, "username") || words.reads(0, "login") || words.reads(0, "password");
}

export function present(): bool {
  return text.len > 0;
}

export function length(): u32 {
  return text.len;
}

/** Prints the text, line by line. */
export function print(): void {
  out.clear();
  for (let i: u32 = 0; i < text.len; i++) {
    const c = load<u8>(text.base + i);
    if (c == 10) nl();
    else out.char(c);
  }
  if (out.len) nl();
}

/** The text, wiped, for a configuration to be written into. */
export function empty(): Text {
  ct.wipe(text.base, text.capacity);
  return text.clear();
}

/** Stores the configuration that has been written. */
export function save(): void {
  write(Stream.NVRAM, text.base, text.len);
  let n: u32 = 0;
  for (let i: u32 = 0; i < text.len; i++) if (load<u8>(text.base + i) == 10) n++;
  log.event("config").put(" state=saved lines=").u32(n);
  log.eventEnd();
}

export function erase(): void {
  empty();
  write(Stream.NVRAM, text.base, 0);
  log.event("config").put(" state=erased lines=0");
  log.eventEnd();
}
