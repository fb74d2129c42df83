/** The module's ESP by itself (tests/unit/ipsec/esp_entry.ts), compiled when a source is newer. */
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Suite } from "../second/esp.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));

interface Exports {
  memory: WebAssembly.Memory;
  start(): number;
  payload(): number;
  key(cipher: number, bits: number, auth: number, window: number, esn: number): number;
  number(high: number, low: number): void;
  seal(len: number, nextHeader: number): number;
  open(from: number, len: number): number;
  at(): number;
  length(): number;
  nextHeader(): number;
  rounds(n: number, len: number): number;
  through(n: number, len: number): number;
  heapTop(): number;
}

function newest(folder: string): number {
  return Math.max(...readdirSync(folder, { withFileTypes: true }).map((e) => (e.isDirectory() ? newest(join(folder, e.name)) : statSync(join(folder, e.name)).mtimeMs)));
}

/** With SIMD, as Node takes it; POSTERN_BUILD=scalar asks for the other. */
export async function espBinary(scalar = process.env.POSTERN_BUILD === "scalar"): Promise<Uint8Array> {
  const file = scalar ? "build/esp.wasm" : "build/esp.simd.wasm";
  const out = join(root, file);
  const stale = !existsSync(out) || statSync(out).mtimeMs < Math.max(newest(join(root, "assembly")), newest(join(root, "tests/unit/ipsec")), newest(join(root, "tests/unit/sadb")));
  if (stale) {
    mkdirSync(join(root, "build"), { recursive: true });
    const { default: asc } = await import("assemblyscript/asc");
    const { error, stderr } = await asc.main(["tests/unit/ipsec/esp_entry.ts", "--config", "asconfig.json", "--target", "release", ...(scalar ? [] : ["--enable", "simd"]), "--outFile", file, "--baseDir", root], {});
    if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
  }
  return readFileSync(out);
}

export class Esp {
  readonly exports: Exports;
  private readonly keys: number;
  spi = 0;

  private constructor(exports: Exports) {
    this.exports = exports;
    this.keys = exports.start();
  }

  /** @param random fills what the module asks of entropy @param given the module as somebody has rewritten it, and its further imports */
  static async load(random: (out: Uint8Array) => void = (out) => void out.set(randomBytes(out.length)), given?: Uint8Array, imports: WebAssembly.Imports = {}): Promise<Esp> {
    let exports: Exports | undefined;
    const host = {
      random: (ptr: number, len: number) => (random(new Uint8Array(exports!.memory.buffer, ptr, len)), len),
      send_frame: () => {},
      write: () => 0,
      halt: (code: number, line: number) => { throw new Error(`halt ${code} at line ${line}`); },
    };
    const { instance } = await WebAssembly.instantiate((given ?? await espBinary()) as Uint8Array<ArrayBuffer>, { host, ...imports });
    exports = instance.exports as unknown as Exports;
    return new Esp(exports);
  }

  private put(at: number, octets: Uint8Array): void {
    new Uint8Array(this.exports.memory.buffer).set(octets, at);
  }

  private result(reason: number): { reason: number; data: Buffer; nextHeader: number } {
    const at = this.exports.at();
    return { reason, data: Buffer.from(this.exports.memory.buffer.slice(at, at + this.exports.length())), nextHeader: this.exports.nextHeader() };
  }

  /** A fresh pair of SAs under `keymat`: encryption key, then authentication key. */
  key(suite: Suite, keymat: Uint8Array, window = 0, esn = false): void {
    this.put(this.keys, keymat);
    this.spi = this.exports.key(suite.transform, suite.bits, suite.auth, window, Number(esn)) >>> 0;
    if (this.spi === 0) throw new Error(`no suite ${suite.name}`);
  }

  /** Both directions stand at that number: the next packet out has the one behind it. */
  number(sequence: bigint): void {
    this.exports.number(Number(sequence >> 32n), Number(sequence & 0xffffffffn));
  }

  seal(payload: Uint8Array, nextHeader = 4): { reason: number; data: Buffer } {
    this.put(this.exports.payload(), payload);
    return this.result(this.exports.seal(payload.length, nextHeader));
  }

  /** `reason` 0: `data` is the payload. */
  open(packet: Uint8Array): { reason: number; data: Buffer; nextHeader: number } {
    const at = this.exports.payload();
    this.put(at, packet);
    return this.result(this.exports.open(at, packet.length));
  }
}
