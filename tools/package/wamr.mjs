// Puts the sources of WAMR in build/wamr: cargo fetches the crate that carries them, pinned in tools/package/wamr/Cargo.lock.
//   node tools/package/wamr.mjs
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { command, install } from "./debian.mjs";
import { locked } from "../lock.mjs";
import { root } from "../setup.mjs";
import { edit } from "./wamr_edits.mjs";

/** Where the sources are, once `wamr()` has returned. */
export const source = join(root, "build", "wamr");

const manifest = join(root, "tools/package/wamr");

/** A cargo that reads edition 2024 (1.85 or later); undefined if there is none. */
function cargo() {
  for (const program of ["cargo", "/usr/bin/cargo"]) {
    const version = /^cargo (\d+)\.(\d+)/.exec(spawnSync(program, ["--version"], { encoding: "utf8" }).stdout ?? "");
    if (version && (Number(version[1]) > 1 || Number(version[2]) >= 85)) return program;
  }
  return undefined;
}

/** Fetches what is missing, and edits it (wamr_edits.mjs). Throws with one sentence. */
export function wamr({ log = (line) => console.error(line) } = {}) {
  return locked("wamr", () => changed(fetched(log)));
}

const LOCK = ".postern-lock";
/** Says which sources these are, with which edits: whoever builds from them takes it into a stamp. */
const EDITS = ".postern-edits";

function changed(source) {
  const state = createHash("sha256").update(readFileSync(join(source, LOCK))).update(readFileSync(new URL("wamr_edits.mjs", import.meta.url))).digest("hex");
  const file = join(source, EDITS);
  if (existsSync(file) && readFileSync(file, "utf8") === state) return source;
  rmSync(file, { force: true });
  edit(source);
  writeFileSync(file, state);
  return source;
}

function fetched(log) {
  const lock = createHash("sha256").update(readFileSync(join(manifest, "Cargo.lock"))).digest("hex");
  const stamp = join(source, LOCK);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === lock) return source;
  let program = cargo();
  if (!program) {
    install(["cargo"], log);
    program = cargo();
  }
  if (!program) throw new Error(`postern: WAMR's sources are fetched by cargo 1.85 or later; Debian has it: ${command(["cargo"])}`);
  log("postern: fetching WAMR 2.4.3 (crate wamrx-sys 0.3.0, once) ...");
  const started = Date.now();
  const folder = join(root, "build", `.wamr.${process.pid}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  try {
    for (const file of ["Cargo.toml", "Cargo.lock", "empty.rs"]) cpSync(join(manifest, file), join(folder, file));
    const done = spawnSync(program, ["vendor", "--locked", "--quiet", "vendor"], { cwd: folder, encoding: "utf8", stdio: ["ignore", "ignore", "pipe"] });
    if (done.status !== 0) throw new Error(`postern: cargo could not fetch WAMR: ${(done.stderr ?? "").trim().split("\n").at(-1) || done.error?.message}`);
    const vendored = join(folder, "vendor", "wamrx-sys", "wasm-micro-runtime");
    writeFileSync(join(vendored, LOCK), lock);
    rmSync(source, { recursive: true, force: true });
    renameSync(vendored, source);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  log(`postern: WAMR's sources are in build/wamr, after ${((Date.now() - started) / 1000).toFixed(0)} s`);
  return source;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  try {
    wamr();
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
