/** The module's side of host/abi.md as TypeScript sees it: streams, flags, exports, and the check of a loaded module. */
import { readFileSync } from "node:fs";

/** The version of host/abi.md that this host was written for. */
export const ABI_VERSION = 2;

export const Stream = { CONSOLE: 0, EVENT: 1, NVRAM: 2, KEYLOG: 3 } as const;
/** What `write` answers for NVRAM. */
export const Stored = { OK: 0, NO_ROOM: 1, READ_ONLY: 2, MEDIUM_FAILED: 3, NO_MEDIUM: 4 } as const;
export const Halt = { ASSERTION: 1, RELOAD: 2 } as const;
export const KEYLOG_ALLOWED = 1;
/** `poll` answers this when it has no deadline. */
export const NO_DEADLINE = 0xffffffff;
/** Octets that may follow the address that `frame_alloc` gives. */
export const FRAME_MAX = 1518;
/** Octets that the console buffer takes. */
export const CONSOLE_BUFFER = 16384;
/** Interfaces that the module drives: Ethernet0 and up. */
export const PORTS = 4;

export interface ModuleExports {
  memory: WebAssembly.Memory;
  abi_version(): number;
  init(now: number, wall: number, flags: number): number;
  frame_alloc(): number;
  frame_free(ptr: number): void;
  on_frame(now: number, port: number, ptr: number, len: number): number;
  poll(now: number): number;
  console_buffer(): number;
  console_in(len: number): number;
  device_key(): number;
  unprotected(): number;
  port_state(port: number, up: number): void;
}

const EXPORTS = ["abi_version", "init", "frame_alloc", "frame_free", "on_frame", "poll", "console_buffer", "console_in", "device_key", "unprotected", "port_state"];
const IMPORTS = ["random", "send_frame", "write", "read_startup", "halt"];

/** The module can't be used by this host; the message is one sentence that says why. */
export class ModuleRefused extends Error {}

/** Compiles a module and checks that its imports and exports are the contract's. Throws ModuleRefused. */
export function compileModule(bytes: Uint8Array<ArrayBuffer>, name = "the module"): WebAssembly.Module {
  let module: WebAssembly.Module;
  try {
    module = new WebAssembly.Module(bytes);
  } catch (error) {
    throw new ModuleRefused(`${name} is not a WebAssembly module: ${(error as Error).message}`);
  }
  const foreign = WebAssembly.Module.imports(module).find((i) => i.module !== "host" || !IMPORTS.includes(i.name) || i.kind !== "function");
  if (foreign) throw new ModuleRefused(`${name} imports "${foreign.module}.${foreign.name}", which host/abi.md does not know`);
  const exported = new Map(WebAssembly.Module.exports(module).map((e) => [e.name, e.kind]));
  const absent = EXPORTS.find((e) => exported.get(e) !== "function") ?? (exported.get("memory") === "memory" ? undefined : "memory");
  if (absent) throw new ModuleRefused(`${name} does not export "${absent}", which host/abi.md asks for`);
  return module;
}

/** Reads and compiles a module file. Throws ModuleRefused. */
export function loadModule(path: string): WebAssembly.Module {
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = new Uint8Array(readFileSync(path));
  } catch (error) {
    throw new ModuleRefused(`${path} can't be read: ${(error as Error).message}`);
  }
  return compileModule(bytes, path);
}

/** Refuses a module of another version of the contract, with both numbers. */
export function checkVersion(exports: ModuleExports): void {
  const version = exports.abi_version() >>> 0;
  if (version !== ABI_VERSION) throw new ModuleRefused(`the module speaks version ${version} of the host contract, this host version ${ABI_VERSION}`);
}
