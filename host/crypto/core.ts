/**
 * The crypto core (assembly/primitives.ts) as one WebAssembly instance, and the room in its memory that a call uses. Keys,
 * texts and contexts are laid out one after the other for the time of one call; behind it all of that is overwritten,
 * whether the call succeeded or not. Calls are synchronous, so none meets another's octets.
 */

type Call = (...args: number[]) => number;

/** A module with one function that gives a v128: an engine that knows SIMD calls it valid. */
const WITH_SIMD = Uint8Array.of(
  0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
  0x01, 5, 1, 0x60, 0, 1, 0x7b, // a type: () -> v128
  0x03, 2, 1, 0, // a function of that type
  0x0a, 8, 1, 6, 0, 0x41, 0, 0xfd, 0x0f, 0x0b, // i32.const 0, i8x16.splat
);

/** The builds of the core. */
export type Build = "simd" | "scalar";

/** The build that this engine can run. */
export const bestBuild = (): Build => (WebAssembly.validate(WITH_SIMD) ? "simd" : "scalar");

/** Octets that one call to `getRandomValues` gives at most. */
const RANDOM_MAX = 65536;

/** What a call has laid out in the core's memory. */
export class Room {
  private top: number;

  constructor(
    private readonly memory: Uint8Array,
    private readonly base: number,
    private readonly end: number,
    private readonly exports: Record<string, unknown>,
  ) {
    this.top = base;
  }

  /** Room for `length` octets, aligned to 16 and zeroed. Returns its address. */
  take(length: number): number {
    const at = this.top;
    const next = at + ((length + 15) & ~15);
    // The limits of every function keep it from that.
    if (next > this.end) throw new RangeError(`the crypto core has no room for ${length} octets`);
    this.top = next;
    return at;
  }

  /** Octets in the core's memory. Returns their address. */
  put(octets: Uint8Array): number {
    const at = this.take(octets.length);
    this.memory.set(octets, at);
    return at;
  }

  /** Octets from the core's memory, a copy. */
  get(at: number, length: number): Uint8Array<ArrayBuffer> {
    return this.memory.slice(at, at + length);
  }

  /** Moves a text through the core in place: `length` octets at `at` from `source`, then `act`, then into `target`. */
  pass(at: number, length: number, source: Uint8Array, target: Uint8Array, offset: number, act: () => void): void {
    this.memory.set(source.subarray(offset, offset + length), at);
    act();
    target.set(this.memory.subarray(at, at + length), offset);
  }

  /** Overwrites memory of the room with other octets. */
  set(at: number, octets: Uint8Array): void {
    this.memory.set(octets, at);
  }

  call(name: string, ...args: number[]): number {
    return (this.exports[name] as Call)(...args) >>> 0;
  }

  /** Overwrites everything that was laid out. */
  wipe(): void {
    this.memory.fill(0, this.base, this.top);
    this.top = this.base;
  }
}

let room: Room | undefined;
let running: Build | undefined;
/** Whether the core's generator of random bits has been seeded. */
let seeded = false;

/** Compiles the core and makes its instance. `read` gives the octets of a build's file. */
export async function start(build: Build, read: (build: Build) => Promise<Uint8Array<ArrayBuffer>>): Promise<void> {
  if (room) return;
  const octets = await read(build);
  let memory = new Uint8Array();
  const host = {
    random: (at: number, length: number): number => {
      for (let done = 0; done < length; done += RANDOM_MAX) crypto.getRandomValues(memory.subarray(at + done, at + Math.min(length, done + RANDOM_MAX)));
      return length;
    },
    halt: (code: number, line: number): void => {
      throw new Error(`the crypto core stopped: assertion ${code} at line ${line}`);
    },
  };
  const { instance } = await WebAssembly.instantiate(octets, { host });
  const exports = instance.exports as Record<string, unknown> & { memory: WebAssembly.Memory; scratch: Call; scratchLength: Call };
  // The memory never grows: this view stays good.
  memory = new Uint8Array(exports.memory.buffer);
  const base = exports.scratch() >>> 0;
  room = new Room(memory, base, base + (exports.scratchLength() >>> 0), exports);
  running = build;
}

/** Which build runs. */
export function build(): Build {
  if (!running) throw new Error('the crypto core is not loaded: import "postern/crypto"');
  return running;
}

/** Does one call's work in the core; what it laid out is overwritten behind it. */
export function within<T>(act: (room: Room) => T): T {
  if (!room) throw new Error('the crypto core is not loaded: import "postern/crypto"');
  try {
    return act(room);
  } finally {
    room.wipe();
  }
}

/** Seeds the generator of random bits before its first use. */
export function seed(room: Room): void {
  if (seeded) return;
  if (room.call("drbgSeed") !== 1) throw new Error("the crypto core got no entropy");
  seeded = true;
}
