/** The console's line: whether it asks who is there, and when it takes the one who is silent for gone. */

export const enum Login {
  /** Nobody is asked. */
  NONE,
  /** For the line's password. */
  PASSWORD,
  /** For the name and the password of a user. */
  LOCAL,
}

/** IOS's `exec-timeout`, in seconds. */
export const TIMEOUT_DEFAULT: u32 = 600;

export let login: Login = Login.NONE;
/** In seconds, 0: never; `timeoutSet`: somebody has said so. */
let seconds: u32 = 0;
export let timeoutSet: bool = false;
/** Level of whoever is let in without a name; 0xffffffff: nobody has said. */
export const UNSET: u32 = 0xffffffff;
export let privilege: u32 = UNSET;
/** What terminals do by themselves here: kept, so that it is written again. */
export let synchronous: bool = false;
export let history: u32 = UNSET;
export let length: u32 = UNSET;
export let width: u32 = UNSET;

export function init(): void {
  login = Login.NONE;
  seconds = 0;
  timeoutSet = synchronous = false;
  privilege = history = length = width = UNSET;
}

export function setLogin(how: Login): void {
  login = how;
}

/** Seconds of silence after which the session ends; 0: it does not. Who asks for a login and says nothing else has IOS's ten minutes. */
export function timeout(): u32 {
  return timeoutSet ? seconds : login == Login.NONE ? 0 : TIMEOUT_DEFAULT;
}

/** @param set false: nobody has said, once more */
export function setTimeout(set: bool, value: u32): void {
  timeoutSet = set;
  seconds = value;
}

export function setPrivilege(level: u32): void {
  privilege = level;
}

export function setSynchronous(on: bool): void {
  synchronous = on;
}

export function setHistory(lines: u32): void {
  history = lines;
}

export function setLength(lines: u32): void {
  length = lines;
}

export function setWidth(columns: u32): void {
  width = columns;
}
