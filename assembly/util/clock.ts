/**
 * Time comes in as an argument of every entry and from nowhere else: 32 bits of milliseconds that wrap after 49.7 days.
 * This file alone knows that they wrap; the rest of the module sees 64 bits of milliseconds since start.
 */
let low: u32 = 0;
let time: u64 = 0;
let wallAtStart: u64 = 0;
let started: u64 = 0;

/** @param now milliseconds as the host gives them; @param wall seconds since 1970, 0 where there is no clock. */
export function init(now: u32, wall: u32): void {
  low = now;
  // A start value of 0 is kept for "never": deadlines use it.
  time = <u64>now + 1;
  started = time;
  wallAtStart = <u64>wall;
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

/** Seconds since 1970, or 0 where the board has no clock. */
export function wall(): u64 {
  return wallAtStart == 0 ? 0 : wallAtStart + (time - started) / 1000;
}

/** Sets the wall clock. @param seconds since 1970 */
export function setWall(seconds: u64): void {
  wallAtStart = seconds - (time - started) / 1000;
}
