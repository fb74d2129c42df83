/** The lines that were typed last, for `show history`: as they were typed, but none that has a secret in it. */
import * as ct from "../util/ct";
import * as matcher from "./matcher";
import { nl, out } from "./output";

/** Lines and octets that are kept. */
const LINES: u32 = 64;
const ROOM: u32 = 4096;
export const LINES_DEFAULT: u32 = 20;
export const LINES_MAX: u32 = LINES;
/** Lines one after the other, each behind its length of 16 bits; the oldest is the first. */
const room: usize = memory.data(<i32>ROOM, 4);
let used: u32 = 0;
let count: u32 = 0;
let most: u32 = LINES_DEFAULT;

export function init(): void {
  forget();
  most = LINES_DEFAULT;
}

/** Other people sit down. */
export function forget(): void {
  ct.wipe(room, ROOM);
  used = count = 0;
}

export function setSize(lines: u32): void {
  most = min<u32>(lines, LINES);
  while (count > most) dropOldest();
}

function dropOldest(): void {
  const n = 2 + <u32>load<u16>(room);
  memory.copy(room, room + n, <usize>(used - n));
  used -= n;
  count--;
}

/** Whether the line that was matched has a secret in it. */
function secret(): bool {
  return matcher.find("key") != 0xffffffff || matcher.find("secret") != 0xffffffff || matcher.find("password") != 0xffffffff || matcher.find("pre-shared-key") != 0xffffffff
    || matcher.find("key-string") != 0xffffffff || matcher.find("config-key") != 0xffffffff || matcher.find("pkcs12") != 0xffffffff || matcher.find("pem") != 0xffffffff;
}

/** Keeps the line that was matched. */
export function keep(p: usize, len: u32): void {
  if (!most || secret() || len + 2 > ROOM) return;
  while (count == most || used + len + 2 > ROOM) dropOldest();
  store<u16>(room + used, <u16>len);
  memory.copy(room + used + 2, p, <usize>len);
  used += len + 2;
  count++;
}

export function print(): void {
  for (let at: u32 = 0; at < used; ) {
    const n = <u32>load<u16>(room + at);
    out.put("  ").ascii(room + at + 2, n);
    nl();
    at += n + 2;
  }
}
