/** caller.c, for a processor: calls the exports of a module that was compiled ahead of time, as a host of ours would. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { aot, step } from "../../../tools/build/aot.mjs";
import { runtime } from "../../../tools/build/linux.mjs";

const SOURCE = fileURLToPath(new URL("caller.c", import.meta.url));
const WATCH = fileURLToPath(new URL("watch.c", import.meta.url));
const STEPS = fileURLToPath(new URL("steps.c", import.meta.url));
const quiet = { log: () => {} };

/** Processors by their runtimes' names, and the target of tools/build/aot.mjs: "thumbv7" is the boards' code. */
export const PROCESSORS = { armv7: "linux-armv7", thumbv7: "bare-arm", aarch64: "linux-aarch64", x86_64: "linux-x86_64" } as const;
export type Processor = keyof typeof PROCESSORS;

/** What watch.c says of a call: instructions of the guest, and a digest of their places and of every address that was read or written. */
export interface Watched {
  instructions: number;
  trace: string;
}

export class Caller {
  private readonly folder = mkdtempSync(join(tmpdir(), "postern-caller-"));
  private readonly emulator: string[];
  private readonly program = join(this.folder, "caller");

  /** `memcheck`: for valgrind, on the processor that this is. */
  constructor(
    readonly processor: Processor,
    { memcheck = false } = {},
  ) {
    const { library, headers, cc, flags, emulator } = runtime(processor, quiet);
    step(cc, [...flags, "-O1", "-std=gnu11", "-Wall", "-Wextra", "-Werror", ...(memcheck ? ["-g", "-DVALGRIND"] : ["-static"]), `-I${headers}`, SOURCE, library, "-lm", "-lpthread", "-o", this.program]);
    this.emulator = memcheck ? ["valgrind", "--quiet", "--error-limit=no", "--num-callers=1"] : emulator;
  }

  /** The AOT file of a module; `target`: another of the table's for this processor. */
  compile(name: string, wasm: Uint8Array, target: string = PROCESSORS[this.processor]): string {
    const module = join(this.folder, `${name}.wasm`);
    writeFileSync(module, wasm);
    return aot(target, { module, out: join(this.folder, `${name}.${target}.aot`), ...quiet });
  }

  private run(emulator: readonly string[], file: string, calls: readonly string[]): { answers: string[]; said: string } {
    const [program, ...args] = [...emulator, this.program, file];
    const { stdout, stderr, status, signal, error } = spawnSync(program!, args, { input: `${calls.join("\n")}\n`, encoding: "utf8", maxBuffer: 1 << 28 });
    if (status !== 0) throw new Error(`${this.processor}: the caller ended with ${error?.message ?? signal ?? status}: ${stderr}`);
    return { answers: stdout.trimEnd().split("\n"), said: stderr };
  }

  /** A line for each call; a trap is "!" alone. */
  call(file: string, calls: readonly string[]): string[] {
    return this.run(this.emulator, file, calls).answers.map((line) => (line.startsWith("!") ? "!" : line));
  }

  /** As `call`, under qemu-user with watch.c: what it says of each call of an export. A trap is an error. */
  watch(file: string, calls: readonly string[]): Watched[] {
    return this.watched([...this.emulator, "-plugin", this.tool("watch.so", ["-shared", "-fPIC", WATCH])], file, calls);
  }

  /** As `watch`, on this very processor, step by step (steps.c): the instructions' places alone. */
  steps(file: string, calls: readonly string[]): Watched[] {
    return this.watched([this.tool("steps", [STEPS])], file, calls);
  }

  private tool(name: string, words: readonly string[]): string {
    const made = join(this.folder, name);
    if (!existsSync(made)) step("gcc", ["-O2", "-std=gnu11", "-Wall", "-Wextra", "-Werror", ...words, "-o", made]);
    return made;
  }

  private watched(emulator: readonly string[], file: string, calls: readonly string[]): Watched[] {
    const { answers, said } = this.run(emulator, file, calls);
    const trap = answers.find((line) => line.startsWith("!"));
    if (trap !== undefined) throw new Error(`${this.processor}: ${trap}`);
    return [...said.matchAll(/watch: instructions=(\d+) trace=(\w+)/g)].map(([, instructions, trace]) => ({ instructions: Number(instructions), trace: trace! }));
  }

  /** As `call`, under memcheck: what it found, a text each. */
  memcheck(file: string, calls: readonly string[]): string[] {
    const { answers, said } = this.run(this.emulator, file, calls);
    const trap = answers.find((line) => line.startsWith("!"));
    if (trap !== undefined) throw new Error(`${this.processor}: ${trap}`);
    return said.split("\n").flatMap((line) => /^==\d+== (Conditional .*|Use of .*|Invalid .*|Syscall .*)$/.exec(line)?.[1] ?? []);
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
