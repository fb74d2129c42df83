/**
 * One router: an instance of the module, its restarts, and the bytes that cross the contract (host/abi.md). Nothing here
 * looks at a clock, a socket or a file: the Surroundings do, so that a test owns them all. A trap or `halt` discards the
 * instance; a fresh one starts with the startup configuration and is counted. No method throws for what the module does.
 */
import { instantiateSync } from "@assemblyscript/loader";
import { CONSOLE_BUFFER, checkVersion, FRAME_MAX, Halt, KEYLOG_ALLOWED, NO_DEADLINE, PORTS, Stored, Stream, type ModuleExports } from "./contract.ts";

export interface Surroundings {
  /** milliseconds, any origin */
  now(): number;
  /** seconds since 1970; 0: there is no clock */
  wall(): number;
  /** Fills `into` with true entropy; returns how many bytes it wrote. */
  random(into: Uint8Array): number;
  /** A frame goes out on `port`. `frame` is the receiver's to keep. Must not deliver to this instance before it returns. */
  send(port: number, frame: Uint8Array): void;
  console(text: string): void;
  event(text: string): void;
  /** The complete startup configuration is to be stored, whole or not at all; empty: erased. Returns one of Stored. */
  nvram(text: string): number;
  /** What is stored; undefined or empty: nothing. Left out: nothing ever is. */
  stored?(): string | undefined;
  /** Present: the keys of sessions may leave the module. */
  keylog?(text: string): void;
  /** The startup configuration; undefined or empty: none. */
  startup(): string | undefined;
  /** 32 octets under which the module wraps private keys; the same at each start. Undefined: there is none, and they are not stored. */
  deviceKey?(): Uint8Array | undefined;
  /** One line for the operator, from the host itself. */
  say(line: string): void;
  /** Whether a port has a link by now; left out: all have. */
  link?(port: number): boolean;
  /** What ports are called, by their numbers, in the manner of GigabitEthernet0/0. */
  names?: readonly (string | undefined)[];
  /** Somebody sits at the console and answers what commands ask. */
  person?: boolean;
}

export interface Arrival {
  port: number;
  frame: Uint8Array;
}

/** Why an instance was given up. */
export type Ending = { how: "trap" | "assertion" | "reload"; where: string; message: string };

class Halted extends Error {
  constructor(
    readonly code: number,
    readonly line: number,
  ) {
    super(code === Halt.RELOAD ? "reload" : `assertion at line ${line}`);
  }
}

/** Starts within one second after which the next one waits, and how long it waits at first and at most, in ms. */
const RESTARTS_PER_SECOND = 3;
const PAUSE_FIRST = 1000;
const PAUSE_MAX = 60000;

/** Octets of a device key. */
const DEVICE_KEY = 32;

export class Instance {
  /** What happened since the host started. */
  readonly counters = { starts: 0, traps: 0, assertions: 0, reloads: 0, framesIn: 0, framesOut: 0, noBuffer: 0, tooLong: 0, lostInRestart: 0 };
  /** The last reason for a restart. */
  lastEnding: Ending | undefined;
  /** Refused lines of the startup configuration at the last start, and those of them that would have protected something. */
  refusedLines = 0;
  unprotected = 0;
  private exports: ModuleExports | undefined;
  private memory: WebAssembly.Memory | undefined;
  /** Times of the last restarts, ms. */
  private recent: number[] = [];
  private pause = PAUSE_FIRST;
  /** No instance now; one is made at this time. */
  private startsAt: number | undefined;
  private readonly decoder = new TextDecoder();
  private readonly encoder = new TextEncoder();

  constructor(
    private readonly module: WebAssembly.Module,
    private readonly host: Surroundings,
  ) {}

  /** Whether an instance runs; false between a restart and the next one when they come too fast. */
  get running(): boolean {
    return this.exports !== undefined;
  }

  /** The first start. Throws ModuleRefused for a module of another version; a trap leads to a restart as always. */
  start(): void {
    const made = this.instantiate();
    checkVersion(made);
    this.boot(made);
  }

  private bytes(ptr: number, len: number): Uint8Array {
    return new Uint8Array(this.memory!.buffer, ptr >>> 0, len >>> 0);
  }

  private instantiate(): ModuleExports {
    const { exports } = instantiateSync<ModuleExports & Record<string, unknown>>(this.module, {
      host: {
        random: (ptr: number, len: number): number => this.host.random(this.bytes(ptr, len)) >>> 0,
        send_frame: (port: number, ptr: number, len: number): void => {
          // A copy, so that the buffer goes back at once whatever the link does with the frame.
          const frame = len >>> 0 > FRAME_MAX ? undefined : this.bytes(ptr, len).slice();
          exports.frame_free(ptr);
          if (!frame) {
            this.counters.tooLong++;
            return;
          }
          this.counters.framesOut++;
          this.host.send(port >>> 0, frame);
        },
        write: (stream: number, ptr: number, len: number): number => {
          const text = this.decoder.decode(this.bytes(ptr, len));
          if (stream === Stream.CONSOLE) this.host.console(text);
          else if (stream === Stream.EVENT) this.host.event(text);
          else if (stream === Stream.NVRAM) return this.host.nvram(text);
          else if (stream === Stream.KEYLOG) this.host.keylog?.(text);
          return Stored.OK;
        },
        read_startup: (ptr: number, len: number): number => {
          const octets = this.encoder.encode(this.host.stored?.() ?? "");
          this.bytes(ptr, len).set(octets.subarray(0, len >>> 0));
          return octets.length;
        },
        halt: (code: number, line: number): void => {
          throw new Halted(code >>> 0, line >>> 0);
        },
      },
    });
    this.memory = exports.memory;
    return exports;
  }

  /** Initializes an instance and gives it the startup configuration. */
  private boot(made?: ModuleExports): void {
    this.startsAt = undefined;
    this.counters.starts++;
    this.guard("init", () => {
      const exports = (this.exports = made ?? this.instantiate());
      exports.init(this.clock(), this.host.wall() >>> 0, this.host.keylog ? KEYLOG_ALLOWED : 0);
      const key = this.host.deviceKey?.();
      if (key) this.bytes(exports.device_key(), DEVICE_KEY).set(key.subarray(0, DEVICE_KEY));
      for (let port = 0; port < PORTS; port++) if (this.host.link && !this.host.link(port)) exports.port_state(port, 0);
      const ports = this.host.names?.map((name, port) => (name === undefined ? "" : `port-name ${port} ${name}\n`)).join("") ?? "";
      const names = ports + (this.host.person ? "terminal editing\n" : "");
      const startup = this.host.startup();
      this.refusedLines = startup?.trim() ? this.give(`${names}configure startup\n${startup.replace(/\r/g, "").replace(/\n*$/, "\n")}end startup\n`) : names ? this.give(names) : 0;
      this.unprotected = exports.unprotected() >>> 0;
    });
  }

  private clock(): number {
    return this.host.now() >>> 0;
  }

  /** Runs `act` in the module; what it throws ends the instance, and `undefined` is returned. */
  private guard<T>(where: string, act: (exports: ModuleExports) => T): T | undefined {
    try {
      return act(this.exports!);
    } catch (error) {
      this.exports = undefined;
      this.ended(where, error);
      return undefined;
    }
  }

  private ended(where: string, error: unknown): void {
    const reload = error instanceof Halted && error.code === Halt.RELOAD;
    const assertion = error instanceof Halted && !reload;
    const message = error instanceof Error ? error.message : String(error);
    this.lastEnding = { how: reload ? "reload" : assertion ? "assertion" : "trap", where, message };
    if (reload) this.counters.reloads++;
    else if (assertion) this.counters.assertions++;
    else this.counters.traps++;
    const now = this.host.now();
    this.startsAt = this.nextStart(now);
    const wait = this.startsAt - now;
    const count = this.counters.traps + this.counters.assertions;
    if (reload) this.host.say("% Reload: a fresh instance starts with the startup configuration.");
    else
      this.host.say(
        `% The module stopped (${this.lastEnding.how} in ${where}: ${message}); a fresh instance starts with the startup configuration` +
          `${wait > 0 ? ` in ${(wait / 1000).toFixed(0)} s` : ""} (stop ${count} since the host started).`,
      );
  }

  /** When the next instance may start: at once, but after too many in a second with a pause that doubles. */
  private nextStart(now: number): number {
    if (now - (this.recent.at(-1) ?? now) > PAUSE_MAX) this.pause = PAUSE_FIRST;
    this.recent = [...this.recent.filter((t) => now - t < 1000), now];
    if (this.recent.length <= RESTARTS_PER_SECOND) return now;
    const at = now + this.pause;
    this.pause = Math.min(this.pause * 2, PAUSE_MAX);
    return at;
  }

  /** Makes the instance that is due, if one is. Returns whether one runs. */
  private ready(): boolean {
    // A startup configuration that traps leads to the pause after a few turns.
    while (this.exports === undefined && this.startsAt !== undefined && this.host.now() >= this.startsAt) this.boot();
    return this.exports !== undefined;
  }

  /** A port has a link, or has lost it. */
  portState(port: number, up: boolean): void {
    if (this.exports) this.guard("port_state", (exports) => exports.port_state(port, up ? 1 : 0));
  }

  /** Gives a burst of frames to the module and polls once. Returns like `poll`. */
  frames(burst: readonly Arrival[]): number {
    if (!this.ready()) {
      this.counters.lostInRestart += burst.length;
      return this.wait(NO_DEADLINE);
    }
    let given = 0;
    this.guard("on_frame", (exports) => {
      for (const { port, frame } of burst) {
        given++;
        if (frame.length > FRAME_MAX) {
          this.counters.tooLong++;
          continue;
        }
        const ptr = exports.frame_alloc() >>> 0;
        if (ptr === 0) {
          this.counters.noBuffer++;
          continue;
        }
        this.bytes(ptr, frame.length).set(frame);
        this.counters.framesIn++;
        exports.on_frame(this.clock(), port, ptr, frame.length);
      }
    });
    // What came in the same burst behind a frame that made the module stop is lost, as on any wire.
    this.counters.lostInRestart += burst.length - given;
    return this.poll();
  }

  /** Lets the module work. Returns the milliseconds until it wants to be called again, NO_DEADLINE for never. */
  poll(): number {
    if (!this.ready()) return this.wait(NO_DEADLINE);
    return this.wait((this.guard("poll", (exports) => exports.poll(this.clock())) ?? 0) >>> 0);
  }

  private wait(asked: number): number {
    if (this.exports !== undefined || this.startsAt === undefined) return asked;
    return Math.max(0, Math.ceil(this.startsAt - this.host.now()));
  }

  /** Console input as host/abi.md has it. Returns how many lines the module refused. Follow with `poll`. */
  input(text: string): number {
    if (!this.ready()) return 0;
    // Input brings no time: what it shows is as of now, and not of the last frame.
    this.poll();
    return this.guard("console_in", () => this.give(text)) ?? 0;
  }

  /** Input longer than the console buffer goes in at ends of lines. */
  private give(text: string): number {
    const bytes = this.encoder.encode(text);
    let refused = 0;
    for (let at = 0; at < bytes.length; ) {
      let end = Math.min(bytes.length, at + CONSOLE_BUFFER);
      if (end < bytes.length) {
        const newline = bytes.lastIndexOf(10, end - 1);
        if (newline >= at) end = newline + 1;
      }
      const exports = this.exports!;
      this.bytes(exports.console_buffer(), end - at).set(bytes.subarray(at, end));
      refused += exports.console_in(end - at) >>> 0;
      at = end;
    }
    return refused;
  }
}
