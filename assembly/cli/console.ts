/**
 * The console in the manner of IOS (host/abi.md, "The console"): lines in, text out. This file is the room's seam.
 */

export function init(): void {}

/** Where the host puts console input: CONSOLE_BUFFER octets. */
export function buffer(): usize {
  return 0;
}

/** Takes `len` octets from the buffer. Returns how many lines of them were refused. */
export function input(len: u32): u32 {
  return 0;
}

/** Progress of commands that run on. Milliseconds until the next call; call it after `net` has polled. */
export function poll(): u32 {
  return 0xffffffff;
}
