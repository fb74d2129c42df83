/**
 * Who sits at the console: nobody yet, somebody who has said who he is, and whether he may configure. A wrong name takes as long as a wrong password,
 * each failure is answered after a pause, and after three of them the console rests.
 */
import * as line from "../access/line";
import { Login } from "../access/line";
import * as secrets from "../access/secret";
import * as users from "../access/users";
import { NAME_MAX } from "../limits";
import * as clock from "../util/clock";
import { NO_DEADLINE } from "../util/deadline";
import * as log from "../util/log";
import { Mode } from "./grammar";
import * as history from "./history";
import { gathering, nl, out, refuse, say } from "./output";
import * as paste from "./paste";
import * as question from "./question";
import * as session from "./session";
import * as work from "./work";

/** Level at which everything is allowed. */
export const ALL: u32 = 15;
const TRIES: u32 = 3;
/** A failure is answered after so long; the next attempt but two begins so much later. */
const PAUSE: u64 = 2000;
const REST: u64 = 15000;
/** How long an answer to `Username:` or `Password:` may take. */
const PATIENCE: u64 = 30000;

/** The console waits for somebody to press RETURN. */
export let closed: bool = false;
/** Nobody has been let in: a name or a password is asked for. */
let asking: bool = false;
/** Who is in: a name, where one was asked for. */
export const name: usize = memory.data(<i32>NAME_MAX, 4);
export let nameLen: u32 = 0;
export let level: u32 = ALL;
/** When something was last typed, and when the session began. */
export let lastInput: u64 = 0;
export let since: u64 = 0;
export let failures: u32 = 0;

/** What is shown is for others. */
let covered: bool = false;
let tries: u32 = 0;
/** No attempt is answered before. */
let notBefore: u64 = 0;
/** The attempt under way: for `enable`, of a name that is there. */
let forEnable: bool = false;
let known: bool = false;
let checked: bool = false;
let good: bool = false;
let wantedLevel: u32 = 0;
/** The line of the startup configuration that was to protect the console and was refused, 0: none. */
let refusedLine: u32 = 0;

export function init(): void {
  closed = asking = false;
  nameLen = failures = tries = refusedLine = 0;
  level = ALL;
  notBefore = 0;
  since = lastInput = clock.now();
}

/** A line that was to protect the console was refused: that is said once the configuration has been taken. */
export function protectionRefused(number: u32): void {
  if (!refusedLine) refusedLine = number;
}

/** The startup configuration has been taken: whoever is at the console begins as it says. */
export function start(): void {
  if (line.login == Login.NONE && !users.enable.kind && line.privilege == line.UNSET) {
    if (refusedLine) {
      refuse("The console asks for no password: line ").u32(refusedLine).put(" of the startup configuration, which was to protect it, was refused.");
      nl();
    }
    return;
  }
  open();
}

/** Something was typed. */
export function touch(): void {
  lastInput = clock.now();
}

/** Somebody sits down: he is let in, or asked who he is. */
export function open(): void {
  closed = false;
  tries = 0;
  touch();
  if (line.login == Login.NONE) admit(line.privilege != line.UNSET ? line.privilege : 1);
  else {
    out.clear();
    nl();
    say("User Access Verification");
    nl();
    demand();
  }
}

/** Asks for what the line wants. */
function demand(): void {
  asking = true;
  nameLen = 0;
  session.setMode(Mode.USER);
  if (line.login == Login.LOCAL) question.ask("Username: ", false, takeName, demand);
  else question.ask("Password: ", true, takeLinePassword, demand);
}

function admit(to: u32): void {
  asking = false;
  level = to;
  tries = 0;
  since = clock.now();
  session.setMode(to == ALL ? Mode.EXEC : Mode.USER);
}

function takeName(p: usize, len: u32): bool {
  if (len == 0) {
    demand();
    return true;
  }
  // What is longer than a name is nobody's.
  nameLen = len > NAME_MAX ? 0 : len;
  memory.copy(name, p, <usize>nameLen);
  question.ask("Password: ", true, takePassword, demand);
  return true;
}

function takePassword(p: usize, len: u32): bool {
  const user = users.find(name, nameLen);
  known = user != null && user.secret.kind != 0;
  wantedLevel = user ? user.level : 0;
  attempt(user && known ? user.secret : users.noSecret(), p, len, false);
  return true;
}

function takeLinePassword(p: usize, len: u32): bool {
  known = users.line.kind != 0;
  wantedLevel = line.privilege != line.UNSET ? line.privilege : 1;
  attempt(known ? users.line : users.noSecret(), p, len, false);
  return true;
}

/** `enable`: asks for its password, where there is one. False: refused, and it has said why. */
export function enable(): bool {
  if (session.mode != Mode.USER) return true;
  if (!users.enable.kind && line.login == Login.NONE) {
    admit(ALL);
    return true;
  }
  if (!users.enable.kind) {
    refuse("There is no password for this: it is set by `enable secret`.");
    nl();
    return false;
  }
  tries = 0;
  askEnable();
  return true;
}

function askEnable(): void {
  question.ask("Password: ", true, takeEnable, nothing);
}

function nothing(): void {}

function takeEnable(p: usize, len: u32): bool {
  known = true;
  attempt(users.enable, p, len, true);
  return true;
}

function attempt(secret: secrets.Secret, p: usize, len: u32, enabling: bool): void {
  forEnable = enabling;
  checked = good = false;
  secrets.check(secret, p, len, paste.borrow());
  work.begin(goOn, abandoned);
}

/** A slice of the attempt. */
function goOn(): bool {
  if (!checked) {
    if (!secrets.step()) return false;
    checked = true;
    good = secrets.matches && known;
    if (!good) notBefore = max(notBefore, clock.now()) + PAUSE;
  }
  if (clock.now() < notBefore) {
    work.pause(<u32>(notBefore - clock.now()));
    return false;
  }
  touch();
  if (good) succeed();
  else fail();
  return true;
}

function succeed(): void {
  if (forEnable) admit(ALL);
  else admit(wantedLevel);
}

function fail(): void {
  failures++;
  tries++;
  if (forEnable) {
    if (tries < TRIES) return askEnable();
    say("% Bad secrets");
    notBefore = clock.now() + REST;
    told("enable");
    nl();
    return;
  }
  say("% Login invalid");
  nl();
  if (tries < TRIES) return demand();
  notBefore = clock.now() + REST;
  told("login");
  leave();
}

/** Three times in a row; what was typed for a name may be a password, and is not said. */
function told(what: string): void {
  log.message("SEC_LOGIN-4-LOGIN_FAILED").put("Three wrong passwords for ").put(what).put(" on console 0; ").u32(failures).put(" in all since the start");
  log.end();
}

/** Ctrl-C ends an attempt, which counts as one that failed. */
function abandoned(): void {
  if (!checked) {
    secrets.endCheck();
    notBefore = max(notBefore, clock.now()) + PAUSE;
  }
  good = false;
  fail();
}

/** `disable`: the rest of the session is one of level 1. */
export function lower(): void {
  admit(1);
}

/** Whether secrets are hidden in what is shown: from everybody but those who may change them. What is stored is whole. */
export function hides(): bool {
  return (level != ALL || covered) && !gathering;
}

/** Keys are hidden from whoever it is, or no more. */
export function cover(on: bool): void {
  covered = on;
}

/** The session ends: `exit`, `logout`, silence, or too many wrong passwords. */
export function leave(): void {
  paste.cancel();
  closed = true;
  asking = false;
  nameLen = 0;
  level = 0;
  history.forget();
  session.setMode(Mode.USER);
  out.clear();
  nl();
  session.putHostname(out).put(" con0 is now available");
  nl();
  nl();
  say("Press RETURN to get started.");
  nl();
}

/** Ends a session in which nothing is typed for long. Milliseconds until then. */
export function poll(): u32 {
  if (closed) return NO_DEADLINE;
  const limit: u64 = asking ? PATIENCE : <u64>line.timeout() * 1000;
  if (limit == 0) return NO_DEADLINE;
  const idle = clock.now() - lastInput;
  if (idle < limit) return <u32>min<u64>(limit - idle, NO_DEADLINE - 1);
  question.forget();
  out.clear();
  nl();
  leave();
  return NO_DEADLINE;
}
