/** `aaa new-model` and its lists of methods for logging in, as far as they need no server: who is asked at the console, and for what. */
import * as line from "../../access/line";
import { Login } from "../../access/line";
import { NAME_MAX } from "../../limits";
import { equal } from "../../util/bytes";
import { row } from "../grammar";
import * as ignored from "../ios/ignored";
import * as matcher from "../matcher";
import { nl, out, refuse, refused, say, wordTooLong } from "../output";
import * as words from "../words";

export function rows(): void {
  row("c:aaa new-model~", newModel);
  row("c:aaa authentication login WORD~ (local|local-case|line|none) [enable|line|local|local-case|none] [enable|line|local|local-case|none]", list);
  row("c:aaa authorization (exec|network) WORD~ (local|none|if-authenticated) [local|none|if-authenticated]", authorization);
  row("l:login authentication~ WORD", useList);
}

/** Lists of methods: length of the name, method, name. */
const LISTS: u32 = 8;
const SIZE: u32 = NAME_MAX + 2;
const lists: usize = memory.data(<i32>(8 * (NAME_MAX + 2)), 4);
let listCount: u32 = 0;
let on: bool = false;
/** The list of `line console 0`, none where its length is 0. */
const ofConsole: usize = memory.data(<i32>NAME_MAX, 4);
let ofConsoleLen: u32 = 0;

export function init(): void {
  listCount = ofConsoleLen = 0;
  on = false;
}

// @ts-ignore: decorator
@inline
function at(i: u32): usize {
  return lists + <usize>(i * SIZE);
}

function find(p: usize, len: u32): u32 {
  for (let i: u32 = 0; i < listCount; i++) if (<u32>load<u8>(at(i)) == len && equal(at(i) + 2, p, len)) return i;
  return LISTS;
}

const DEFAULT: usize = memory.data<u8>([100, 101, 102, 97, 117, 108, 116]);

/** The console asks as its list, or the one called `default`, has it. */
function apply(): void {
  if (!on) return;
  let i = ofConsoleLen ? find(ofConsole, ofConsoleLen) : LISTS;
  if (i == LISTS) i = find(DEFAULT, 7);
  if (i < LISTS) line.setLogin(<Login>load<u8>(at(i), 1));
}

function newModel(no: bool): bool {
  if (no && !on) {
    ignored.add(0, 0xfffe, false);
    return true;
  }
  if (no) line.setLogin(Login.NONE);
  else ignored.dropNegated();
  on = !no;
  apply();
  return true;
}

function list(no: bool): bool {
  const k = matcher.base + 3;
  const p = words.word(k);
  const len = words.wordLen(k);
  if (len > NAME_MAX) return wordTooLong(p, len, NAME_MAX);
  let i = find(p, len);
  if (no) {
    if (i == LISTS) return refused("There is no such list.");
    memory.copy(at(i), at(i + 1), <usize>((listCount - i - 1) * SIZE));
    listCount--;
    return true;
  }
  if (i == LISTS) {
    if (listCount == LISTS) return refused("There are 8 lists of methods already, which is the most.");
    i = listCount++;
  }
  store<u8>(at(i), <u8>len);
  store<u8>(at(i), <u8>(matcher.isKeyword(k + 1, "none") ? Login.NONE : matcher.isKeyword(k + 1, "line") ? Login.PASSWORD : Login.LOCAL), 1);
  memory.copy(at(i) + 2, p, <usize>len);
  apply();
  return true;
}

/** What a user may do is what his level says, here and there: the line changes nothing. */
function authorization(no: bool): bool {
  ignored.add(0, 0xfffc, false);
  return true;
}

function useList(no: bool): bool {
  const k = matcher.base + 2;
  const len: u32 = no ? 0 : words.wordLen(k);
  ofConsoleLen = len > NAME_MAX ? 0 : len;
  if (len > NAME_MAX) return wordTooLong(words.word(k), len, NAME_MAX);
  if (!no) memory.copy(ofConsole, words.word(k), <usize>ofConsoleLen);
  if (!no && find(ofConsole, ofConsoleLen) == LISTS && !words.is(k, "default")) {
    refuse("Warning: there is no list of that name; `default` counts until `aaa authentication login` makes it.");
    nl();
  }
  apply();
  return true;
}

/** Whether the lists say who is asked, and not `login` below the line. */
export function decides(): bool {
  return on;
}

export function write(): void {
  if (!on && !listCount) return;
  if (on) say("aaa new-model");
  for (let i: u32 = 0; i < listCount; i++) {
    const how = <u32>load<u8>(at(i), 1);
    out.put("aaa authentication login ").ascii(at(i) + 2, <u32>load<u8>(at(i))).put(how == <u32>Login.NONE ? " none" : how == <u32>Login.LOCAL ? " local" : " line");
    nl();
  }
  say("!");
}

/** The line of the configuration below `line console 0`. */
export function writeLine(): void {
  if (!ofConsoleLen) return;
  out.put(" login authentication ").ascii(ofConsole, ofConsoleLen);
  nl();
}

/** Whether there is one. */
export function hasLine(): bool {
  return ofConsoleLen != 0;
}
