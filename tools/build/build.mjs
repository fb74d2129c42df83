// Builds the module (build/postern.wasm) and the crypto core by itself (build/primitives.wasm) when a source is newer
// than they are. `node tools/build/build.mjs --force` builds always.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "../setup.mjs";
import { joinSegments } from "./segments.mjs";

const modules = { postern: "assembly/index.ts", primitives: "assembly/primitives.ts" };

function sources(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? sources(path) : path.endsWith(".ts") ? [path] : [];
  });
}

/** Builds what is stale. Returns the names of what was built. */
export async function build({ force = false, only = Object.keys(modules), log = (line) => console.error(line) } = {}) {
  const hash = createHash("sha256");
  for (const file of [...sources(join(root, "assembly")).sort(), join(root, "asconfig.json"), join(root, "tools/build/outline.mjs"), join(root, "tools/build/segments.mjs"), join(root, "package-lock.json")]) hash.update(file.slice(root.length)).update(readFileSync(file));
  const state = hash.digest("hex");
  mkdirSync(join(root, "build"), { recursive: true });
  const built = [];
  for (const name of only) {
    const out = join("build", `${name}.wasm`);
    const stamp = join(root, "build", `${name}.stamp`);
    if (!force && existsSync(join(root, out)) && existsSync(stamp) && readFileSync(stamp, "utf8") === state) continue;
    const started = Date.now();
    log(`postern: compiling ${modules[name]} ...`);
    const { default: asc } = await import("assemblyscript/asc");
    // Beside the place and then into it: whoever reads meanwhile, or builds too, meets whole files only.
    const beside = (extension) => join("build", `.${name}.${process.pid}.${extension}`);
    const { error, stderr } = await asc.main(
      [modules[name], "--config", "asconfig.json", "--target", "release", "--outFile", beside("wasm"), "--textFile", beside("wat"), "--baseDir", root],
      {},
    );
    const text = stderr.toString();
    if (error) {
      log(text);
      throw new Error(`postern: ${modules[name]} does not compile: ${error.message}`);
    }
    writeFileSync(join(root, beside("wasm")), joinSegments(readFileSync(join(root, beside("wasm"))), 64));
    for (const extension of ["wasm", "wat"]) renameSync(join(root, beside(extension)), join(root, "build", `${name}.${extension}`));
    writeFileSync(stamp, state);
    log(`postern: ${out}, ${(readFileSync(join(root, out)).length / 1024).toFixed(0)} kB, in ${((Date.now() - started) / 1000).toFixed(1)} s`);
    built.push(name);
  }
  return built;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  try {
    await build({ force: process.argv.includes("--force") });
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
}
