/** The crypto core by itself (build/primitives*.wasm): one arena, laid out here, and one method for each one-shot use. */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The build with SIMD, as Node takes it; POSTERN_BUILD=scalar asks for the other. */
const file = fileURLToPath(new URL(`../../../build/primitives${process.env.POSTERN_BUILD === "scalar" ? "" : ".simd"}.wasm`, import.meta.url));

/** IKE's attribute values (RFC 2409, appendix A), with node:crypto's names. */
export const hashes = [
  { id: 1, name: "md5", digest: 16, block: 64 },
  { id: 2, name: "sha1", digest: 20, block: 64 },
  { id: 4, name: "sha256", digest: 32, block: 64 },
  { id: 5, name: "sha384", digest: 48, block: 128 },
  { id: 6, name: "sha512", digest: 64, block: 128 },
] as const;

export const CAMELLIA = 8;
export const AES = 7;
export const DES3 = 5;
export const DES = 1;

export interface Exports {
  memory: WebAssembly.Memory;
  [name: string]: unknown;
}

type Call = (...args: number[]) => number;

export function primitivesBinary(): Uint8Array {
  if (!existsSync(file)) throw new Error("the crypto core is not built: run `node tools/build/build.mjs` first");
  return readFileSync(file);
}

/** Places in the arena, as offsets. */
const CTX = 0;
const OUT = 1024;
const IV = 1536;
const STATE = 2048;
const JOBS = 3072;
const KEY = 4096;
const DATA = 65536;

export class Primitives {
  readonly exports: Exports;
  readonly base: number;

  constructor(exports: Exports) {
    this.exports = exports;
    this.base = this.call("scratch");
  }

  /** `random` stands for the host's entropy: it fills what it is given and says how much it filled. */
  static async load(random: (bytes: Uint8Array) => number = () => 0, binary = primitivesBinary(), imports: WebAssembly.Imports = {}): Promise<Primitives> {
    let exports: Exports | undefined;
    const host = {
      random: (ptr: number, len: number) => random(new Uint8Array(exports!.memory.buffer, ptr, len)),
      halt: (code: number, line: number) => { throw new Error(`halt ${code} at line ${line}`); },
    };
    const { instance } = await WebAssembly.instantiate(binary as Uint8Array<ArrayBuffer>, { host, ...imports });
    exports = instance.exports as unknown as Exports;
    return new Primitives(exports);
  }

  call(name: string, ...args: number[]): number {
    return (this.exports[name] as Call)(...args) >>> 0;
  }

  has(name: string): boolean {
    return typeof this.exports[name] === "function";
  }

  put(offset: number, bytes: Uint8Array): number {
    new Uint8Array(this.exports.memory.buffer).set(bytes, this.base + offset);
    return this.base + offset;
  }

  get(offset: number, length: number): Buffer {
    return Buffer.from(this.exports.memory.buffer.slice(this.base + offset, this.base + offset + length));
  }

  /** A digest; `parts` are added one after the other. */
  hash(id: number, ...parts: Uint8Array[]): Buffer {
    const ctx = this.base + CTX;
    this.call("hashInit", id, ctx);
    for (const part of parts) this.call("hashUpdate", id, ctx, this.put(DATA, part), part.length);
    return this.get(OUT, this.call("hashFinal", id, ctx, this.base + OUT));
  }

  hmac(id: number, key: Uint8Array, data: Uint8Array): Buffer {
    const length = this.call("hmac", id, this.put(KEY, key), key.length, this.put(DATA, data), data.length, this.base + OUT);
    return this.get(OUT, length);
  }

  /** The same through a key's stored state, as an SA uses it. */
  hmacByState(id: number, key: Uint8Array, ...parts: Uint8Array[]): Buffer {
    const ctx = this.base + CTX;
    const state = this.base + STATE;
    this.call("hmacKey", id, state, this.put(KEY, key), key.length);
    this.call("hmacStart", id, state, ctx);
    for (const part of parts) this.call("hashUpdate", id, ctx, this.put(DATA, part), part.length);
    return this.get(OUT, this.call("hmacFinal", id, state, ctx, this.base + OUT));
  }

  /** Up to four messages at once, each under a key of its own. */
  hmacFour(id: number, messages: { key: Uint8Array; data: Uint8Array; more: Uint8Array }[]): Buffer[] {
    const size = 2048;
    messages.forEach(({ key, data, more }, i) => {
      const at = DATA + 4 * size + i * size;
      this.call("hmacKey", id, this.base + STATE + 128 * i, this.put(KEY, key), key.length);
      const job = [this.base + STATE + 128 * i, this.put(DATA + i * size, data), data.length, this.put(at, more), more.length, this.base + OUT + 64 * i];
      this.put(JOBS + 24 * i, new Uint8Array(Uint32Array.from(job).buffer));
    });
    const length = this.call("hmacFour", id, this.base + JOBS, messages.length);
    return messages.map((_, i) => this.get(OUT + 64 * i, length));
  }

  /** CBC over whole blocks, and the IV that it leaves. */
  cbc(direction: "encrypt" | "decrypt", id: number, key: Uint8Array, iv: Uint8Array, data: Uint8Array): { data: Buffer; iv: Buffer } {
    const ctx = this.base + CTX;
    if (this.call("cipherSetKey", id, ctx, this.put(KEY, key), key.length) !== 1) throw new Error(`cipher ${id} takes no key of ${key.length} bytes`);
    const done = this.call(direction === "encrypt" ? "cbcEncrypt" : "cbcDecrypt", id, ctx, this.put(IV, iv), this.put(DATA, data), data.length);
    if (done !== 1) throw new Error(`cipher ${id} takes no text of ${data.length} bytes`);
    return { data: this.get(DATA, data.length), iv: this.get(IV, iv.length) };
  }

  fill(length: number): Buffer | undefined {
    return this.call("drbgFill", this.base + DATA, length) === 1 ? this.get(DATA, length) : undefined;
  }
}
