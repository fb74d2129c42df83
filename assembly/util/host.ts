/**
 * The host contract's imports (host/abi.md). No other file names an import.
 */

/** Fills `ptr[0..len)` with true entropy. Returns the bytes written: fewer than `len` means that the source has failed. */
// @ts-ignore: decorator
@external("host", "random")
export declare function random(ptr: usize, len: u32): u32;

/** Sends the frame at `ptr`; its buffer belongs to the host until `frame_free(ptr)`. */
// @ts-ignore: decorator
@external("host", "send_frame")
export declare function send_frame(port: u32, ptr: usize, len: u32): void;

/** Writes bytes to one of the streams below. The host copies them before it returns. Of NVRAM the answer is one of Stored; of others it is 0. */
// @ts-ignore: decorator
@external("host", "write")
export declare function write(stream: u32, ptr: usize, len: u32): u32;

/** Reads the first `len` octets of what is stored in NVRAM to `ptr`. Returns how many octets are stored, 0: nothing is. */
// @ts-ignore: decorator
@external("host", "read_startup")
export declare function read_startup(ptr: usize, len: u32): u32;

/** An assertion of our own failed, or the operator asked for `reload`: the host drops this instance. Does not return. */
// @ts-ignore: decorator
@external("host", "halt")
export declare function halt(code: u32, line: u32): void;

export const enum Stream {
  /** What a person reads, debug output included. */
  CONSOLE = 0,
  /** One `key=value` line a happening: what machines read. */
  EVENT = 1,
  /** The startup configuration, stored whole or not at all. */
  NVRAM = 2,
  /** Session keys in the lines that host/abi.md gives; only if `init` was told so. */
  KEYLOG = 3,
}

/** Whether NVRAM has it; in all cases but OK what was stored before is stored still. */
export const enum Stored {
  OK = 0,
  NO_ROOM = 1,
  READ_ONLY = 2,
  MEDIUM_FAILED = 3,
  NO_MEDIUM = 4,
}

export const enum Halt {
  ASSERTION = 1,
  RELOAD = 2,
}

export const enum InitFlags {
  KEYLOG_ALLOWED = 1,
  /** The processor's registers have 32 bits: kernels that suit them are taken. */
  NARROW = 2,
}
