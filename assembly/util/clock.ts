/**
 * Time comes in as an argument of every entry and from nowhere else: 32 bits of milliseconds that wrap after 49.7 days.
 * This file alone knows that they wrap; the rest of the module sees 64 bits of milliseconds since start. What time of what day
 * it is comes from the host at start, from the operator, or from a server (RFC 4330).
 */
let low: u32 = 0;
let time: u64 = 0;
/** Milliseconds since 1970 at the start; 0: nobody has said. */
let wallAtStart: u64 = 0;
let started: u64 = 0;

/** Who set the clock last. */
export const enum Source {
  NONE = 0,
  /** the host, at start */
  HOST,
  USER,
  NTP,
}

export let source: Source = Source.NONE;
/** The server that set the clock is answering still. */
export let synchronised: bool = false;

/** @param now milliseconds as the host gives them; @param wall seconds since 1970, 0 where there is no clock. */
export function init(now: u32, wall: u32): void {
  low = now;
  // A start value of 0 is kept for "never": deadlines use it.
  time = <u64>now + 1;
  started = time;
  wallAtStart = <u64>wall * 1000;
  source = wall ? Source.HOST : Source.NONE;
  synchronised = false;
}

/** Called first by every entry. A host whose time steps back a little is held at the latest time seen. */
export function set(now: u32): void {
  const step = now - low;
  if (<i32>step < 0) return;
  time += <u64>step;
  low = now;
}

/** Milliseconds since the start of time; never 0. */
// @ts-ignore: decorator
@inline
export function now(): u64 {
  return time;
}

/** Milliseconds since `init`. */
export function uptime(): u64 {
  return time - started;
}

/** Seconds since 1970, or 0 where nobody has set the clock. */
export function wall(): u64 {
  return wallMilliseconds() / 1000;
}

/** Milliseconds since 1970, or 0 where nobody has set the clock. */
export function wallMilliseconds(): u64 {
  return wallAtStart == 0 ? 0 : wallAtStart + (time - started);
}

/** 1 March 2002, where IOS begins to count while nobody has set the clock. */
const UNSET: u64 = 1014940800000;

/** What is shown as the time: milliseconds since 1970, counted from 1 March 2002 where nobody has set the clock. */
export function shown(): u64 {
  return wallAtStart == 0 ? UNSET + (time - started) : wallMilliseconds();
}

/** Sets the wall clock by hand. @param seconds since 1970 */
export function setWall(seconds: u64): void {
  setWallMilliseconds(seconds * 1000, Source.USER);
}

/** Sets the wall clock. @param milliseconds since 1970 */
export function setWallMilliseconds(milliseconds: u64, from: Source): void {
  wallAtStart = milliseconds - (time - started);
  source = from;
  synchronised = from == Source.NTP;
}

/** The server that set the clock is silent, or answers again. */
export function setSynchronised(is: bool): void {
  synchronised = is;
}

/** What stands before a time: `*` nobody has set the clock, `.` it is no longer synchronised; 0: nothing. */
export function mark(): u32 {
  if (source == Source.NONE) return 42;
  return source == Source.NTP && !synchronised ? 46 : 0;
}
