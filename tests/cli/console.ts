/** A router's console by itself: the module without wires, on a clock that stands still unless it is moved. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const path = process.env.POSTERN_WASM ?? fileURLToPath(new URL("../../build/postern.wasm", import.meta.url));
let compiled: WebAssembly.Module | undefined;

interface Exports {
  memory: WebAssembly.Memory;
  init(now: number, wall: number, flags: number): number;
  frame_free(ptr: number): void;
  poll(now: number): number;
  console_buffer(): number;
  console_in(len: number): number;
  device_key(): number;
  unprotected(): number;
}

export class Console {
  exports: Exports;
  output = "";
  events: string[] = [];
  nvram: string | undefined;
  /** What the host answers when it is to store a configuration; 0: it does. */
  storing = 0;
  halted: number | undefined;
  refused = 0;
  now = 1000;

  constructor(options: { wall?: number; startup?: string; deviceKey?: Uint8Array } = {}) {
    compiled ??= new WebAssembly.Module(readFileSync(path));
    let seed = 7;
    const memory = (ptr: number, len: number) => new Uint8Array(this.exports.memory.buffer, ptr, len);
    const instance = new WebAssembly.Instance(compiled, {
      host: {
        random: (ptr: number, len: number) => {
          for (let i = 0; i < len; i++) memory(ptr, len)[i] = (seed = (seed * 1103515245 + 12345) >>> 0) >>> 16;
          return len;
        },
        send_frame: (_port: number, ptr: number) => this.exports.frame_free(ptr),
        write: (stream: number, ptr: number, len: number) => {
          const text = new TextDecoder().decode(memory(ptr, len));
          if (stream === 0) this.output += text;
          else if (stream === 1) this.events.push(text.trim());
          else if (stream === 2) {
            if (this.storing) return this.storing;
            this.nvram = text;
          }
          return 0;
        },
        read_startup: (ptr: number, len: number) => {
          const octets = new TextEncoder().encode(this.nvram ?? options.startup ?? "");
          memory(ptr, len).set(octets.subarray(0, len));
          return octets.length;
        },
        halt: (code: number) => {
          this.halted = code;
          throw new Error(`halt ${code}`);
        },
      },
    });
    this.exports = instance.exports as unknown as Exports;
    this.exports.init(this.now, options.wall ?? 0, 0);
    if (options.deviceKey) new Uint8Array(this.exports.memory.buffer, this.exports.device_key(), 32).set(options.deviceKey);
    if (options.startup !== undefined) this.bytes(new TextEncoder().encode(`configure startup\n${options.startup}end startup\n`));
    this.exports.poll(this.now);
  }

  /** Gives octets to the module, in pieces that fit its buffer; returns what it printed. */
  bytes(octets: Uint8Array): string {
    const before = this.output.length;
    this.refused = 0;
    for (let at = 0; at < octets.length || at === 0; at += 16384) {
      const piece = octets.subarray(at, at + 16384);
      new Uint8Array(this.exports.memory.buffer, this.exports.console_buffer(), piece.length).set(piece);
      this.refused += this.exports.console_in(piece.length);
      this.exports.poll(this.now);
    }
    return this.output.slice(before);
  }

  /** Gives text as it is; returns what was printed. */
  input(text: string): string {
    return this.bytes(new TextEncoder().encode(text));
  }

  /** Types lines; returns what was printed, without the prompt at the end. */
  type(lines: string): string {
    return this.input(lines + "\n").replace(/^\S+[>#]$(?![\s\S])/m, "");
  }

  /** The prompt that stands now. */
  get prompt(): string {
    return /[\w.-]+(\([a-z-]+\))?[>#]$/.exec(this.output)?.[0] ?? "";
  }

  /** Moves the clock on by `ms`, polling as the module wants it. */
  wait(ms: number): void {
    const end = this.now + ms;
    for (;;) {
      const next = this.exports.poll(this.now) >>> 0;
      if (next === 0xffffffff || this.now + next > end) break;
      this.now += next;
    }
    this.now = end;
    this.exports.poll(this.now);
  }
}
