/** The module's passwords and encrypted keys by themselves (tests/unit/access/access_entry.ts), compiled when a source is newer. */
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../", import.meta.url));

export interface AccessExports {
  memory: WebAssembly.Memory;
  scratch(): number;
  set(kind: number, p: number, len: number): number;
  begin(p: number, len: number): void;
  steps(most: number): number;
  matches(): number;
  end(): void;
  work(): number;
  entropy(p: number, len: number): void;
  secretAt(): number;
  stretch(p: number, len: number, salt: number, saltLen: number, rounds: number, out: number): void;
  seal(key: number, p: number, len: number): number;
  open(key: number, p: number, len: number): number;
  sealedText(): number;
  read6(md5: number, p: number, len: number): number;
  read7(p: number, len: number): number;
  masterBegin(p: number, len: number): void;
  encode64(p: number, len: number, out: number): number;
  decode64(p: number, len: number, out: number): number;
  hex(p: number, n: number, out: number): void;
  ntpKey(p: number, len: number): void;
  ntpSeal(p: number): void;
  ntpCheck(p: number): number;
}

const newest = (folder: string): number => Math.max(...readdirSync(folder, { withFileTypes: true }).map((e) => (e.isDirectory() ? newest(join(folder, e.name)) : statSync(join(folder, e.name)).mtimeMs)));

/** With SIMD, as Node takes it; POSTERN_BUILD=scalar asks for the other. */
export async function accessBinary(scalar = process.env.POSTERN_BUILD === "scalar"): Promise<Uint8Array> {
  const file = scalar ? "build/access.wasm" : "build/access.simd.wasm";
  const out = join(root, file);
  if (!existsSync(out) || statSync(out).mtimeMs < Math.max(newest(join(root, "assembly")), newest(join(root, "tests/unit/access")))) {
    mkdirSync(join(root, "build"), { recursive: true });
    const { default: asc } = await import("assemblyscript/asc");
    const { error, stderr } = await asc.main(["tests/unit/access/access_entry.ts", "--config", "asconfig.json", "--target", "release", ...(scalar ? [] : ["--enable", "simd"]), "--outFile", file, "--baseDir", root], {});
    if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
  }
  return readFileSync(out);
}

export class Access {
  readonly e: AccessExports;
  readonly base: number;

  private constructor(exports: AccessExports) {
    this.e = exports;
    this.base = exports.scratch();
  }

  /** @param given the module as somebody has rewritten it, and its further imports */
  static async load(random: (out: Uint8Array) => void, given?: Uint8Array, imports: WebAssembly.Imports = {}): Promise<Access> {
    let exports: AccessExports | undefined;
    const host = {
      random: (ptr: number, len: number) => (random(new Uint8Array(exports!.memory.buffer, ptr, len)), len),
      send_frame: () => {},
      write: () => 0,
      halt: (code: number, line: number) => { throw new Error(`halt ${code} at line ${line}`); },
    };
    const { instance } = await WebAssembly.instantiate((given ?? (await accessBinary())) as Uint8Array<ArrayBuffer>, { host, ...imports });
    exports = instance.exports as unknown as AccessExports;
    return new Access(exports);
  }

  /** Puts octets at an offset of the arena; returns their address. */
  put(offset: number, octets: Uint8Array | string): number {
    new Uint8Array(this.e.memory.buffer).set(typeof octets === "string" ? Buffer.from(octets, "latin1") : octets, this.base + offset);
    return this.base + offset;
  }

  get(at: number, len: number): Buffer {
    return Buffer.from(this.e.memory.buffer.slice(at, at + len));
  }
}
