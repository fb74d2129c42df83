/** caller.c, for a processor: calls the exports of a module that was compiled ahead of time, as a host of ours would. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { aot, step } from "../../../tools/build/aot.mjs";
import { runtime } from "../../../tools/build/linux.mjs";

const SOURCE = fileURLToPath(new URL("caller.c", import.meta.url));
const quiet = { log: () => {} };

/** Processors by their runtimes' names, and the target of tools/build/aot.mjs: "thumbv7" is the boards' code. */
export const PROCESSORS = { armv7: "linux-armv7", thumbv7: "bare-arm", aarch64: "linux-aarch64", x86_64: "linux-x86_64" } as const;
export type Processor = keyof typeof PROCESSORS;

export class Caller {
  private readonly folder = mkdtempSync(join(tmpdir(), "postern-caller-"));
  private readonly command: string[];

  constructor(readonly processor: Processor) {
    const { library, headers, cc, flags, emulator } = runtime(processor, quiet);
    const program = join(this.folder, "caller");
    step(cc, [...flags, "-O1", "-std=gnu11", "-Wall", "-Wextra", "-Werror", "-static", `-I${headers}`, SOURCE, library, "-lm", "-lpthread", "-o", program]);
    this.command = [...emulator, program];
  }

  /** The AOT file of a module. */
  compile(name: string, wasm: Uint8Array): string {
    const module = join(this.folder, `${name}.wasm`);
    writeFileSync(module, wasm);
    return aot(PROCESSORS[this.processor], { module, out: join(this.folder, `${name}.aot`), ...quiet });
  }

  /** A line for each call; a trap is "!" alone. */
  call(file: string, calls: readonly string[]): string[] {
    const [program, ...args] = [...this.command, file];
    const { stdout, stderr, status, signal } = spawnSync(program!, args, { input: `${calls.join("\n")}\n`, encoding: "utf8", maxBuffer: 1 << 28 });
    if (status !== 0) throw new Error(`${this.processor}: the caller ended with ${signal ?? status}: ${stderr}`);
    return stdout.trimEnd().split("\n").map((line) => (line.startsWith("!") ? "!" : line));
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
