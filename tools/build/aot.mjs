// Compiles a module ahead of time for WAMR: build/aot/TARGET.aot. Builds the compiler (build/wamrc) when it is missing.
//   node tools/build/aot.mjs TARGET ...
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { crc32 } from "node:zlib";
import { cores } from "../boards.mjs";
import { command, install, missing } from "../package/debian.mjs";
import { link } from "./link.mjs";
import { locked } from "../lock.mjs";
import { root } from "../setup.mjs";
import { wamr } from "../package/wamr.mjs";

/**
 * What wamrc is told. Everything that would otherwise be taken from the compiling machine is named. The boards' cores say
 * theirs in boards/mcu/CORE/core.json: their flash is small, so they get smaller code; size 1 is the only code model that WAMR
 * loads on rv64.
 */
export const targets = {
  ...Object.fromEntries(Object.entries(cores).map(([name, core]) => [name, core.aot])),
  "linux-x86_64": ["arch=x86_64", "abi=gnu", "cpu=x86-64-v2", "opt=2", "size=3"],
  "linux-x86_64-v3": ["arch=x86_64", "abi=gnu", "cpu=x86-64-v3", "opt=2", "size=3"],
  "linux-x86_64-v4": ["arch=x86_64", "abi=gnu", "cpu=x86-64-v4", "opt=2", "size=3"],
  "linux-aarch64": ["arch=aarch64", "abi=gnu", "cpu=cortex-a53", "opt=2", "size=3"],
  "linux-armv7": ["arch=armv7", "abi=gnueabihf", "cpu=cortex-a7", "features=+neon", "opt=2", "size=3"],
};

/** The module that a target's code is made from: with SIMD where its processor has it. The interpreter's is build/postern.wasm everywhere. */
export const moduleOf = (target) => join(root, "build", (cores[target]?.simd ?? !Object.hasOwn(cores, target)) ? "postern.simd.wasm" : "postern.wasm");

/** Debian's packages for the compiler and everything that is built with CMake here. */
export const compilerNeeds = ["cmake", "ninja", "cc", "cxx", "llvm"];

/** Makes sure of tools; throws with the one command that installs them. */
export function demand(names, log) {
  const absent = missing(names).length > 0 ? install(names, log) : [];
  if (absent.length > 0) throw new Error(`postern: tools are missing: ${absent.join(", ")}; as root: ${command(absent)}`);
}

/** Runs a build step quietly; what it said is shown when it fails. */
export function step(program, args, options = {}) {
  const done = spawnSync(program, args, { cwd: root, encoding: "utf8", maxBuffer: 1 << 28, ...options });
  if (done.status !== 0) throw new Error(`${((done.stdout ?? "") + (done.stderr ?? "")).trim().split("\n").slice(-40).join("\n")}\npostern: ${program} failed (${done.error?.message ?? done.signal ?? done.status})`);
  return done.stdout;
}

/** The compiler's path. Builds it when it is missing or its sources have changed. */
export function wamrc({ log = (line) => console.error(line) } = {}) {
  return locked("wamrc", () => compiler(log));
}

function compiler(log) {
  const source = wamr({ log });
  const folder = join(root, "build", "wamrc");
  const program = join(folder, "wamrc");
  const state = createHash("sha256");
  for (const file of ["CMakeLists.txt", "main.c"]) state.update(readFileSync(join(root, "tools/build/wamrc", file)));
  const stamp = state.update(readFileSync(join(source, ".postern-edits"))).digest("hex");
  const stampFile = join(folder, ".postern-stamp");
  if (existsSync(program) && existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp) return program;
  demand(compilerNeeds, log);
  log("postern: building the ahead-of-time compiler (once, about a minute) ...");
  const started = Date.now();
  step("cmake", ["-G", "Ninja", "-S", "tools/build/wamrc", "-B", folder, `-DWAMR=${source}`, "-DLLVM_DIR=/usr/lib/llvm-19/lib/cmake/llvm"]);
  step("ninja", ["-C", folder]);
  writeFileSync(stampFile, stamp);
  log(`postern: build/wamrc/wamrc, in ${((Date.now() - started) / 1000).toFixed(0)} s`);
  return program;
}

/**
 * Compiles `module` (a path; `moduleOf` when left out) for a target of the table. Returns the path of the AOT file,
 * linked (link.mjs) for a board's core, which ends in "PAOT" and the CRC-32 of what is before: WAMR's loader trusts what it reads, so the host checks it first.
 */
export function aot(target, { module = moduleOf(target), out = join(root, "build", "aot", `${target}.aot`), log = (line) => console.error(line) } = {}) {
  const options = targets[target];
  if (!options) throw new Error(`postern: no target "${target}"; there are: ${Object.keys(targets).join(", ")}`);
  const program = wamrc({ log });
  const state = createHash("sha256").update(readFileSync(module)).update(options.join(" ")).update(readFileSync(join(dirname(program), ".postern-stamp")));
  const bare = Object.hasOwn(cores, target);
  if (bare) for (const file of ["aot_file.mjs", "link.mjs"]) state.update(readFileSync(join(root, "tools/build", file)));
  const stamp = state.digest("hex");
  const stampFile = `${out}.stamp`;
  if (existsSync(out) && existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp) return out;
  mkdirSync(dirname(out), { recursive: true });
  log(`postern: compiling ahead of time for ${target} (some ten seconds) ...`);
  const started = Date.now();
  const beside = `${out}.${process.pid}`;
  try {
    step(program, [...options, module, beside]);
    const compiled = readFileSync(beside);
    const bytes = bare ? link(compiled) : compiled;
    const trailer = Buffer.from("PAOT\0\0\0\0", "latin1");
    trailer.writeUInt32LE(crc32(bytes), 4);
    writeFileSync(beside, Buffer.concat([bytes, trailer]));
    renameSync(beside, out);
    writeFileSync(stampFile, stamp);
  } finally {
    rmSync(beside, { force: true });
  }
  log(`postern: ${out.slice(root.length + 1)}, ${(statSync(out).size / 1024).toFixed(0)} kB, in ${((Date.now() - started) / 1000).toFixed(0)} s`);
  return out;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  try {
    for (const target of process.argv.slice(2)) aot(target);
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
