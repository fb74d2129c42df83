/** ESP by itself (tests/unit/ipsec/esp_entry.ts), compiled when a source is newer, and ESP by node:crypto to compare with. */
import { createCipheriv, createDecipheriv, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

export interface Suite {
  name: string;
  /** RFC 2407's ESP transform, key bits where it has several, authentication algorithm */
  transform: number;
  bits: number;
  auth: number;
  /** node:crypto's cipher and hash; octets of key, block and ICV */
  cipher: string;
  key: number;
  block: number;
  hash: string;
  authKey: number;
  icv: number;
}

const ciphers = [
  // Three times the same key: node's OpenSSL has no DES of its own.
  { name: "des", transform: 2, bits: 0, cipher: "des-ede3-cbc", key: 8, block: 8 },
  { name: "3des", transform: 3, bits: 0, cipher: "des-ede3-cbc", key: 24, block: 8 },
  { name: "aes-128", transform: 12, bits: 128, cipher: "aes-128-cbc", key: 16, block: 16 },
  { name: "aes-192", transform: 12, bits: 192, cipher: "aes-192-cbc", key: 24, block: 16 },
  { name: "aes-256", transform: 12, bits: 256, cipher: "aes-256-cbc", key: 32, block: 16 },
] as const;

const hashes = [
  { auth: 1, hash: "md5", authKey: 16, icv: 12 },
  { auth: 2, hash: "sha1", authKey: 20, icv: 12 },
  { auth: 5, hash: "sha256", authKey: 32, icv: 16 },
  { auth: 6, hash: "sha384", authKey: 48, icv: 24 },
  { auth: 7, hash: "sha512", authKey: 64, icv: 32 },
] as const;

/** Every cipher with every authentication algorithm. */
export const suites: Suite[] = ciphers.flatMap((c) => hashes.map((h) => ({ ...c, ...h, name: `${c.name}/${h.hash}` })));

/** A suite's cipher without authentication. */
export const bare = (name: string): Suite => ({ ...suites.find((s) => s.name.startsWith(`${name}/`))!, auth: 0, hash: "", authKey: 0, icv: 0 });

interface Exports {
  memory: WebAssembly.Memory;
  start(): number;
  payload(): number;
  key(cipher: number, bits: number, auth: number, window: number): number;
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

async function binary(): Promise<Uint8Array> {
  const out = join(root, "build", "esp.wasm");
  const stale = !existsSync(out) || statSync(out).mtimeMs < Math.max(newest(join(root, "assembly")), newest(join(root, "tests/unit/ipsec")), newest(join(root, "tests/unit/sadb")));
  if (stale) {
    mkdirSync(join(root, "build"), { recursive: true });
    const { default: asc } = await import("assemblyscript/asc");
    const { error, stderr } = await asc.main(["tests/unit/ipsec/esp_entry.ts", "--config", "asconfig.json", "--target", "release", "--outFile", "build/esp.wasm", "--baseDir", root], {});
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

  static async load(): Promise<Esp> {
    let exports: Exports | undefined;
    const host = {
      random: (ptr: number, len: number) => (new Uint8Array(exports!.memory.buffer, ptr, len).set(randomBytes(len)), len),
      send_frame: () => {},
      write: () => {},
      halt: (code: number, line: number) => { throw new Error(`halt ${code} at line ${line}`); },
    };
    const { instance } = await WebAssembly.instantiate(await binary() as Uint8Array<ArrayBuffer>, { host });
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
  key(suite: Suite, keymat: Uint8Array, window = 0): void {
    this.put(this.keys, keymat);
    this.spi = this.exports.key(suite.transform, suite.bits, suite.auth, window) >>> 0;
    if (this.spi === 0) throw new Error(`no suite ${suite.name}`);
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

const keyOf = (suite: Suite, keymat: Uint8Array): Buffer => {
  const key = Buffer.from(keymat.subarray(0, suite.key));
  return suite.transform === 2 ? Buffer.concat([key, key, key]) : key;
};

const icvOf = (suite: Suite, keymat: Uint8Array, covered: Uint8Array): Buffer =>
  suite.icv === 0 ? Buffer.alloc(0) : createHmac(suite.hash, keymat.subarray(suite.key, suite.key + suite.authKey)).update(covered).digest().subarray(0, suite.icv);

/** ESP as node:crypto makes it (RFC 4303, 3.3). `blocks`: whole blocks of padding more than needed. */
export function sealWithNode(suite: Suite, keymat: Uint8Array, spi: number, sequence: number, payload: Uint8Array, nextHeader = 4, blocks = 0): Buffer {
  const pad = ((suite.block - ((payload.length + 2) % suite.block)) % suite.block) + blocks * suite.block;
  const text = Buffer.concat([payload, Buffer.from(Array.from({ length: pad }, (_, i) => i + 1)), Buffer.from([pad, nextHeader])]);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(spi, 0);
  head.writeUInt32BE(sequence, 4);
  const iv = randomBytes(suite.block);
  const covered = Buffer.concat([head, iv, createCipheriv(suite.cipher, keyOf(suite, keymat), iv).setAutoPadding(false).update(text)]);
  return Buffer.concat([covered, icvOf(suite, keymat, covered)]);
}

/** And as it opens it; throws where anything is wrong. */
export function openWithNode(suite: Suite, keymat: Uint8Array, packet: Buffer): { spi: number; sequence: number; payload: Buffer; nextHeader: number; iv: Buffer } {
  const covered = packet.subarray(0, packet.length - suite.icv);
  if (suite.icv && !timingSafeEqual(icvOf(suite, keymat, covered), packet.subarray(covered.length))) throw new Error("ICV");
  const iv = covered.subarray(8, 8 + suite.block);
  const text = createDecipheriv(suite.cipher, keyOf(suite, keymat), iv).setAutoPadding(false).update(covered.subarray(8 + suite.block));
  const pad = text[text.length - 2]!;
  const payload = text.subarray(0, text.length - 2 - pad);
  for (let i = 0; i < pad; i++) if (text[payload.length + i] !== i + 1) throw new Error("padding");
  return { spi: packet.readUInt32BE(0), sequence: packet.readUInt32BE(4), payload, nextHeader: text[text.length - 1]!, iv };
}
