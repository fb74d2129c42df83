/**
 * A world on a virtual clock: routers (instances of the module), endpoints and wires. Nothing here looks at real
 * time or real randomness, so every run is the same run. Times are milliseconds.
 *
 *   const world = new World();
 *   const alpha = world.router("alpha", { config: "..." });
 *   world.wire(alpha.port(1), beta.port(1));
 *   world.run(5000);
 */
import { fileURLToPath } from "node:url";
import { NO_DEADLINE, loadModule, type ModuleExports } from "../../../host/node/contract.ts";
import { Random } from "./random.ts";

/** The build with SIMD, as Node takes it; POSTERN_BUILD=scalar asks for the other. */
const path = fileURLToPath(new URL(`../../../build/postern${process.env.POSTERN_BUILD === "scalar" ? "" : ".simd"}.wasm`, import.meta.url));
let compiled: WebAssembly.Module | undefined;
export const module = (): WebAssembly.Module => (compiled ??= loadModule(path));

/** Whatever can stand at the end of a wire. */
export interface Port {
  /** Takes a frame that has arrived. */
  receive(frame: Uint8Array): void;
  /** Set by the wire: sends a frame away. */
  send: (frame: Uint8Array) => void;
}

/** What a wire does to a frame; `undefined` drops it, an array replaces it (each with its delay in ms added). */
export type Fault = (frame: Uint8Array, world: World, direction: 0 | 1) => { frame: Uint8Array; delay?: number }[] | undefined | void;

export interface Event {
  event: string;
  t: number;
  [key: string]: string | number;
}

export interface RouterOptions {
  config?: string;
  seed?: number;
  /** KEYLOG allowed */
  keylog?: boolean;
  /** no entropy from the host */
  noEntropy?: boolean;
  /** added to the clock that the module sees (to test its wrap) */
  clockOffset?: number;
  wall?: number;
  /** what wraps private keys and makes MAC addresses that stay; 32 octets */
  deviceKey?: Uint8Array;
  /** another build of the module */
  module?: WebAssembly.Module;
  /** what that imports beside the host's */
  imports?: WebAssembly.Imports;
}

export class Halted extends Error {
  constructor(
    public code: number,
    public line: number,
  ) {
    super(`the module stopped: code ${code}, line ${line}`);
  }
}

export class Router {
  exports!: ModuleExports;
  events: Event[] = [];
  keylog: string[] = [];
  nvram: string | undefined;
  output = "";
  /** Virtual time of the next poll. */
  due = Infinity;
  framesOut = 0;
  refusedLines = 0;
  private random: Random;
  private ports: (Port & { index: number })[] = [];
  onEvent: ((event: Event) => void) | undefined;

  constructor(
    public world: World,
    public name: string,
    public options: RouterOptions,
  ) {
    this.random = new Random(options.seed ?? 1);
    this.start(options.config);
  }

  /** A fresh instance, as a host makes one after a trap. */
  start(config?: string): void {
    const text = new TextDecoder();
    const memory = (ptr: number, len: number) => new Uint8Array(this.exports.memory.buffer, ptr, len);
    const instance = new WebAssembly.Instance(this.options.module ?? module(), {
      ...this.options.imports,
      host: {
        random: (ptr: number, len: number) => (this.options.noEntropy ? 0 : (this.random.fill(memory(ptr, len)), len)),
        send_frame: (port: number, ptr: number, len: number) => {
          const frame = memory(ptr, len).slice();
          this.exports.frame_free(ptr);
          this.framesOut++;
          this.ports[port]?.send(frame);
        },
        write: (stream: number, ptr: number, len: number) => {
          const s = text.decode(memory(ptr, len));
          if (stream === 0) this.output += s;
          else if (stream === 1) this.takeEvents(s);
          else if (stream === 2) this.nvram = s;
          else if (stream === 3) this.keylog.push(...s.split("\n").filter((x) => x));
          return 0;
        },
        read_startup: (ptr: number, len: number) => {
          const octets = new TextEncoder().encode(this.nvram ?? "");
          memory(ptr, len).set(octets.subarray(0, len));
          return octets.length;
        },
        halt: (code: number, line: number) => {
          throw new Halted(code, line);
        },
      },
    });
    this.exports = instance.exports as unknown as ModuleExports;
    this.exports.init(this.clock(), this.options.wall ?? 0, this.options.keylog ? 1 : 0);
    if (this.options.deviceKey) memory(this.exports.device_key(), 32).set(this.options.deviceKey);
    if (config !== undefined) {
      this.refusedLines = this.input(`configure startup\n${config.trim()}\nend startup\n`);
    }
    this.poll();
  }

  private takeEvents(s: string): void {
    for (const line of s.split("\n")) {
      if (!line) continue;
      const event = { event: "", t: 0 } as Event;
      for (const word of line.split(" ")) {
        const at = word.indexOf("=");
        const key = word.slice(0, at);
        const value = word.slice(at + 1);
        event[key] = key === "t" ? Number(value) : value;
      }
      this.events.push(event);
      this.onEvent?.(event);
    }
  }

  clock(): number {
    return (this.world.now + (this.options.clockOffset ?? 0)) >>> 0;
  }

  /** The end of a wire for interface EthernetN. */
  port(index: number): Port {
    const port = (this.ports[index] ??= {
      index,
      send: () => {},
      receive: (frame) => this.frame(index, frame),
    });
    return port;
  }

  /** Gives one frame to the module, and polls. */
  frame(port: number, frame: Uint8Array): void {
    this.burst([{ port, frame }]);
  }

  /** Gives frames that came together to the module, and polls once. */
  burst(frames: readonly { port: number; frame: Uint8Array }[]): void {
    for (const { port, frame } of frames) this.give(port, frame);
    this.poll();
  }

  /** Gives a frame to the module and does not poll. */
  give(port: number, frame: Uint8Array): void {
    const ptr = this.exports.frame_alloc();
    if (ptr === 0) return;
    new Uint8Array(this.exports.memory.buffer, ptr, frame.length).set(frame);
    this.exports.on_frame(this.clock(), port, ptr, frame.length);
  }

  poll(): void {
    const wait = this.exports.poll(this.clock());
    this.due = wait >>> 0 === NO_DEADLINE ? Infinity : this.world.now + (wait >>> 0);
  }

  /** Raw console input. Returns how many lines were refused. */
  input(text: string): number {
    const bytes = new TextEncoder().encode(text);
    new Uint8Array(this.exports.memory.buffer, this.exports.console_buffer(), bytes.length).set(bytes);
    const refused = this.exports.console_in(bytes.length);
    this.poll();
    return refused;
  }

  /** Types lines at the console and returns what it printed for them (commands that run on go on in `run`). */
  type(lines: string): string {
    const before = this.output.length;
    this.input(lines.endsWith("\n") || lines.endsWith("?") || lines.endsWith("\t") ? lines : lines + "\n");
    return this.output.slice(before);
  }

  /** Lines of configuration mode. */
  configure(lines: string): string {
    return this.type(`configure terminal\n${lines.trim()}\nend\n`);
  }

  eventsOf(name: string, match: Record<string, string> = {}): Event[] {
    return this.events.filter((e) => e.event === name && Object.entries(match).every(([k, v]) => String(e[k]) === v));
  }

  /** The counters of `show counters`, by name. */
  counters(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const line of this.type("show counters").split("\n")) {
      const m = /^\s*(\d+)\s+(\S.*?)\s*$/.exec(line) ?? undefined;
      if (m) counts.set(m[2]!, Number(m[1]));
      else {
        const n = /^\s*(\S.*?)\s{2,}(\d+)\s*$/.exec(line);
        if (n) counts.set(n[1]!, Number(n[2]));
      }
    }
    return counts;
  }
}

interface Delivery {
  at: number;
  order: number;
  run: () => void;
}

export class World {
  now = 0;
  random: Random;
  routers: Router[] = [];
  private queue: Delivery[] = [];
  private order = 0;

  constructor(seed = 1) {
    this.random = new Random(seed);
  }

  router(name: string, options: RouterOptions = {}): Router {
    const router = new Router(this, name, { seed: this.routers.length + 1, ...options });
    this.routers.push(router);
    return router;
  }

  /** Joins two ports. `delay` in ms each way; `tap` sees every frame before faults do. */
  wire(a: Port, b: Port, options: { delay?: number; fault?: Fault; tap?: (frame: Uint8Array, direction: 0 | 1) => void } = {}): void {
    const ends = [a, b] as const;
    for (const direction of [0, 1] as const) {
      const to = ends[1 - direction]!;
      ends[direction]!.send = (frame) => {
        options.tap?.(frame, direction);
        const result = options.fault ? options.fault(frame, this, direction) : [{ frame }];
        for (const one of result ?? []) this.at(this.now + (options.delay ?? 1) + (one.delay ?? 0), () => to.receive(one.frame));
      };
    }
  }

  at(time: number, run: () => void): void {
    const delivery = { at: time, order: this.order++, run };
    let i = this.queue.length;
    while (i > 0 && this.queue[i - 1]!.at > time) i--;
    this.queue.splice(i, 0, delivery);
  }

  /** Runs until virtual time has advanced by `ms`, or until `until` answers true. Returns whether it did. */
  run(ms: number, until?: () => boolean): boolean {
    const end = this.now + ms;
    let atSameTime = 0;
    for (;;) {
      if (until?.()) return true;
      let next = this.queue.length ? this.queue[0]!.at : Infinity;
      for (const router of this.routers) if (router.due < next) next = router.due;
      if (next > end) {
        this.now = end;
        return until?.() ?? false;
      }
      if (next > this.now) {
        this.now = next;
        atSameTime = 0;
      } else if (++atSameTime > 2_000_000) throw new Error(`the world does not get past ${this.now} ms`);
      if (this.queue.length && this.queue[0]!.at <= this.now) this.queue.shift()!.run();
      else for (const router of this.routers) if (router.due <= this.now) router.poll();
    }
  }
}

/** Loses, doubles, delays and corrupts frames at random, from the world's seed. Probabilities are 0 to 1. */
export function faults(p: { loss?: number; dup?: number; reorder?: number; corrupt?: number }): Fault {
  return (frame, world) => {
    const r = world.random;
    if (r.chance(p.loss ?? 0)) return undefined;
    let out = frame;
    if (r.chance(p.corrupt ?? 0)) {
      out = frame.slice();
      out[14 + r.below(out.length - 14)]! ^= 1 << r.below(8);
    }
    const delay = r.chance(p.reorder ?? 0) ? r.below(30) : 0;
    return r.chance(p.dup ?? 0) ? [{ frame: out, delay }, { frame: out.slice(), delay: r.below(20) }] : [{ frame: out, delay }];
  };
}
