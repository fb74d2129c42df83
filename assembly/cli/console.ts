/**
 * The console in the manner of IOS (host/abi.md, "The console"): lines in, text out. This file is the room's seam.
 */
import { CONSOLE_BUFFER, CONSOLE_LINE_MAX } from "../limits";
import * as line from "../access/line";
import * as master from "../access/master";
import * as users from "../access/users";
import * as sadb from "../sadb/sadb";
import * as ct from "../util/ct";
import { NO_DEADLINE } from "../util/deadline";
import * as isakmp from "./commands/isakmp";
import { explain } from "./diagnose";
import { Mode, rowHandler, rowModes } from "./grammar";
import { alternatives, complete, help } from "./help";
import * as history from "./history";
import * as absent from "./ios/absent";
import * as banner from "./ios/banner";
import * as block from "./ios/block";
import * as ignored from "./ios/ignored";
import * as known from "./ios/known";
import * as missing from "./ios/missing";
import * as protection from "./ios/protection";
import * as login from "./login";
import * as matcher from "./matcher";
import { Outcome } from "./matcher";
import * as output from "./output";
import { nl, out, refuse, refused } from "./output";
import * as paste from "./paste";
import * as presented from "./presented";
import * as probes from "./probes";
import * as question from "./question";
import * as rows from "./rows";
import * as session from "./session";
import * as startup from "./startup";
import * as words from "./words";
import * as work from "./work";

/** What the host writes into. */
let box: usize = 0;
/** Input that waits while a command runs on. */
let kept: usize = 0;
let keptLen: u32 = 0;
/** The line that is being gathered. */
const typed: usize = memory.data(<i32>CONSOLE_LINE_MAX, 4);
let typedLen: u32 = 0;
let overlong: bool = false;
let prompted: bool = false;
let refusedLines: u32 = 0;
/** Octets of input that found no room while a command ran. */
let lost: u32 = 0;

export function init(): void {
  box = heap.alloc(<usize>CONSOLE_BUFFER);
  kept = heap.alloc(<usize>CONSOLE_BUFFER);
  keptLen = typedLen = lost = 0;
  overlong = prompted = false;
  output.init();
  session.init();
  startup.init();
  probes.init();
  paste.init();
  question.init();
  users.init();
  line.init();
  master.init();
  login.init();
  history.init();
  banner.init();
  block.init();
  ignored.init();
  protection.begin();
  work.init();
  rows.init();
}

/** A command runs on. */
export function busy(): bool {
  return probes.busy() || work.busy();
}

/** Where the host puts console input: CONSOLE_BUFFER octets. */
export function buffer(): usize {
  return box;
}

/** Takes `len` octets from the buffer. Returns how many lines of them were refused. */
export function input(len: u32): u32 {
  if (len > CONSOLE_BUFFER) len = CONSOLE_BUFFER;
  refusedLines = 0;
  login.touch();
  if (busy()) keep(box, len);
  else consume(box, len);
  forget(len);
  return refusedLines;
}

/** Pre-shared keys pass through here: what has been read stays nowhere but in the rooms that it was for. */
function forget(len: u32): void {
  ct.wipe(box, len);
  ct.wipe(typed + <usize>typedLen, CONSOLE_LINE_MAX - typedLen);
  words.wipe();
  presented.wipe();
  output.wipeLine();
}

/** Refused lines of the startup configuration that would have protected something. */
export function unprotected(): u32 {
  return protection.lines;
}

/** Progress of a command that runs on (`busy`). Milliseconds until the next call; call it after `net` has polled. */
export function goOn(): u32 {
  if (work.busy()) work.progress();
  else probes.progress();
  if (busy()) return work.busy() ? work.rest : NO_DEADLINE;
  resume();
  return busy() ? 0 : NO_DEADLINE;
}

/** Nothing runs on: passwords are hashed, and who is silent for long is gone. Milliseconds until the next call. */
export function idle(): u32 {
  if (!prompted && !startup.applying) prompt();
  const hashed = startup.applying || users.work();
  const closed = login.closed;
  const wait = login.poll();
  if (login.closed && !closed) {
    ct.wipe(typed, CONSOLE_LINE_MAX);
    typedLen = 0;
    overlong = false;
  }
  return hashed ? wait : 0;
}

/** Goes on with what was typed while a command ran. */
function resume(): void {
  const len = keptLen;
  keptLen = 0;
  prompted = false;
  output.endFilter();
  if (lost) {
    refuse("").u32(lost).put(" octets of input were lost: a command was running, and there was no room for them.");
    nl();
    lost = 0;
  }
  // What is kept again on the way never passes the place that is being read.
  if (len) consume(kept, len);
  ct.wipe(kept + <usize>keptLen, CONSOLE_BUFFER - keptLen);
  forget(0);
  if (!prompted && !busy()) prompt();
}

/** While a command runs on: Ctrl-C and Ctrl-^ end it, the rest is kept. */
function keep(p: usize, len: u32): void {
  let broken = false;
  for (let i: u32 = 0; i < len; i++) {
    const c = load<u8>(p + i);
    if (c == 3 || c == 0x1e) {
      probes.abort();
      work.abort();
      broken = true;
    } else if (keptLen < CONSOLE_BUFFER) store<u8>(kept + <usize>(keptLen++), c);
    else lost++;
  }
  if (broken) resume();
}

/** Lines are text, and no commands. */
function gathering(): bool {
  return paste.active() || banner.active();
}

function consume(p: usize, len: u32): void {
  let ran = false;
  for (let i: u32 = 0; i < len; i++) {
    const c = <u32>load<u8>(p + i);
    const last = i + 1 == len;
    if (c == 10 || c == 26) {
      ran = true;
      lineEnd();
      if (c == 26) leaveConfiguration();
      if (busy()) {
        prompted = false;
        keep(p + i + 1, len - i - 1);
        return;
      }
    } else if (c == 3 || c == 0x1e) {
      typedLen = 0;
      overlong = false;
      question.cancel();
      leaveConfiguration();
      ran = true;
    } else if (last && c == 63 && asks()) {
      helpAt();
      return;
    } else if (last && c == 9 && asks()) {
      completion();
      return;
    } else if (c >= 32 || c == 9) {
      if (typedLen < CONSOLE_LINE_MAX) store<u8>(typed + <usize>(typedLen++), <u8>(c == 9 || c == 127 ? 32 : c));
      else overlong = true;
    }
  }
  if (ran && !startup.applying) prompt();
}

/** `?` and Tab have their meaning: the line is no text, no answer that is not to be seen, and nobody's. */
function asks(): bool {
  return !startup.applying && !gathering() && !question.concealed() && !login.closed;
}

/** Ctrl-Z and Ctrl-C. */
function leaveConfiguration(): void {
  paste.cancel();
  banner.cancel();
  block.end();
  if (startup.applying || session.mode == Mode.USER) return;
  session.setMode(Mode.EXEC);
}

function prompt(): void {
  out.clear();
  // What is pasted is gathered without prompts; a question is one itself.
  if (!gathering()) putPrompt();
  output.flush();
  prompted = true;
}

function putPrompt(): void {
  if (question.active()) question.putPrompt(out);
  else if (!login.closed) session.putPrompt(out);
}

/** Prompt and text again, behind the answer to `?` or Tab. The text is the host's from here on. */
function promptAgain(): void {
  out.clear();
  putPrompt();
  out.ascii(typed, typedLen);
  output.flush();
  prompted = true;
  typedLen = 0;
  overlong = false;
}

/** The modes whose rows are tried when the mode's own do not know the line. */
function fallback(): u32 {
  return session.mode > Mode.CONFIG ? <u32>Mode.CONFIG : 0;
}

function helpAt(): void {
  if (question.active()) return promptAgain();
  words.setLine(typed, typedLen);
  help(session.mode, fallback(), typed, typedLen);
  promptAgain();
}

function completion(): void {
  if (question.active()) return promptAgain();
  words.setLine(typed, typedLen);
  complete(session.mode, fallback(), typed, typedLen);
  for (let i: u32 = 0; i < out.len && typedLen < CONSOLE_LINE_MAX; i++) store<u8>(typed + <usize>(typedLen++), load<u8>(out.base + i));
  promptAgain();
}

function lineEnd(): void {
  const len = typedLen;
  const long = overlong;
  typedLen = 0;
  overlong = false;
  if (startup.applying) {
    if (startup.take(typed, len)) {
      block.init();
      return paste.cancel();
    }
    if (!long && execute(typed, len, startup.column())) return;
    startup.refusedLine();
  } else if (long) {
    refuse("The line is longer than ").u32(CONSOLE_LINE_MAX).put(" characters.");
    nl();
  } else {
    out.clear();
    session.putPrompt(out);
    if (execute(typed, len, words.columnsOf(out.base, out.len))) return;
  }
  refusedLines++;
}

/** How far an outcome's words led: the further one explains what is wrong. */
function progress(outcome: Outcome): u32 {
  return outcome == Outcome.INCOMPLETE ? words.wordCount() : matcher.badWord;
}

/** Carries out a line. @param column where it begins on the screen. False: it was refused, and said why. */
function execute(p: usize, len: u32, column: u32): bool {
  if (paste.active()) {
    out.clear();
    return paste.line(p, len);
  }
  if (question.active()) return question.answer(p, len);
  if (login.closed) {
    login.open();
    // Whoever is let in by nothing has typed a line for it.
    if (question.active()) return true;
  }
  if (banner.active()) return banner.line(p, len);
  words.setLine(p, len);
  if (words.wordCount() == 0) return true;
  const depth = words.wordStart(0);
  if (load<u8>(words.word(0)) == 33) {
    if (depth == 0) block.end();
    return true;
  }
  const before = session.mode;
  if (before < Mode.CONFIG) return carryOut(column);
  if (block.belongs(depth)) return goesWithHead();
  if (block.closes()) return true;
  const done = carryOut(column);
  if (before == Mode.ISAKMP && session.mode != before) isakmp.leave();
  if (done) {
    if (!wasKnown) block.carriedOut(depth, before);
    if (!block.isTaken()) protection.taken();
  }
  return done;
}

/** A line that stands below one that was not acted upon. */
function goesWithHead(): bool {
  if (block.isTaken()) {
    if (block.isAbsent() && absent.refuses()) {
      if (startup.applying) startup.showLine();
      return false;
    }
    ignored.below();
    return true;
  }
  if (startup.applying) {
    startup.showLine();
    protection.refused(Mode.CONFIG, 0, true, startup.lineNumber());
  }
  block.explain();
  return false;
}

/** The last line was one that is known and without effect. */
let wasKnown: bool = false;

function carryOut(column: u32): bool {
  wasKnown = false;
  const modes = <u32>session.mode;
  if (modes >= <u32>Mode.CONFIG && known.take(startup.applying, words.wordStart(0), true)) {
    wasKnown = true;
    return true;
  }
  let outcome = matcher.match(modes);
  const other = fallback();
  if (outcome != Outcome.MATCH && other) {
    const first = outcome;
    const led = progress(first);
    outcome = matcher.match(other);
    // A line of global configuration leaves the submode.
    if (outcome == Outcome.MATCH) session.setMode(Mode.CONFIG);
    else if (progress(outcome) <= led) outcome = matcher.match(modes);
  }
  if (outcome != Outcome.MATCH) {
    if (modes >= <u32>Mode.CONFIG && known.take(startup.applying, words.wordStart(0), false)) {
      wasKnown = true;
      return true;
    }
    if (session.mode == Mode.CONFIG && matcher.badWord == 0 && block.follows(words.wordStart(0)) && !protection.isNeeded()) return goesWithHead();
    if (startup.applying) startup.showLine();
    explain(outcome, column, matcher.badWord);
    missing.explain();
    if (startup.applying) alternatives(outcome, matcher.badWord);
    return refusedHere(false);
  }
  if (rowModes(matcher.row) < <u32>Mode.CONFIG) {
    if (startup.applying) return refused("This is no line of configuration.");
    // What lines before it have configured is in force for what it shows or clears.
    sadb.refresh();
  }
  if (!startup.applying) history.keep(words.line, words.lineLen);
  const k = matcher.argCount();
  if (matcher.filtered() && !output.setFilter(matcher.filterKind(), words.word(k + 2), words.restLen(k + 2))) {
    return refused("The expression behind `|` has a bracket without its other half, or is too long.");
  }
  const handler = rowHandler(matcher.row);
  const exec = rowModes(matcher.row) < <u32>Mode.CONFIG;
  const no = matcher.no;
  out.clear();
  const done = handler ? handler(matcher.no) : true;
  if (!busy()) output.endFilter();
  return done || exec ? done : refusedHere(no);
}

/** The line was refused: what stands below it goes with it, and what it would have protected is noted. Always false. */
function refusedHere(no: bool): bool {
  if (session.mode < Mode.CONFIG) return false;
  const mode = session.mode;
  const closed = block.refused(words.wordStart(0), startup.lineNumber());
  if (startup.applying && !no) protection.refused(closed ? Mode.CONFIG : mode, session.subject, false, startup.lineNumber());
  return false;
}
