/** How linux.uml is started on this processor: by itself, or with uml_fpu.c, compiled once, preloaded into it alone. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { umlNeedsHelp } from "../../../../tools/package/debian.mjs";

export const SOURCE = fileURLToPath(new URL("uml_fpu.c", import.meta.url));
export const FLAGS = ["-shared", "-fPIC", "-O2", "-Wall", "-Wextra", "-Werror"];
const BUILD = fileURLToPath(new URL("../../../../build/uml/", import.meta.url));

/**
 * The library's path; compiled where this source has not been yet. Several may ask at once, in this process and in others:
 * each compiles to a name of its own, and what has the common name is whole.
 */
export function library(): string {
  const source = readFileSync(SOURCE);
  const made = join(BUILD, `uml_fpu-${createHash("sha256").update(source).update(FLAGS.join(" ")).digest("hex").slice(0, 12)}.so`);
  if (existsSync(made)) return made;
  mkdirSync(BUILD, { recursive: true });
  const own = `${made}.${process.pid}`;
  const { status, stderr, error } = spawnSync("gcc", [...FLAGS, "-o", own, SOURCE, "-ldl"], { encoding: "utf8" });
  if (status !== 0) throw new Error(`User-mode Linux needs uml_fpu.c on this processor, and gcc does not compile it: ${(stderr || error?.message) ?? `status ${status}`}`);
  renameSync(own, made);
  return made;
}

/** The words that start the kernel; `helped` is what the processor, or POSTERN_UML_FPU, says. */
export function kernel(helped = umlNeedsHelp()): string[] {
  return helped ? ["env", `LD_PRELOAD=${library()}`, "linux.uml"] : ["linux.uml"];
}
