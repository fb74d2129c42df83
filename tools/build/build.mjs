// Builds the module (build/postern.wasm) and the crypto core by itself (build/primitives.wasm) when a source is newer
// than they are, each twice from the same sources: scalar, and with SIMD (build/postern.simd.wasm, build/primitives.simd.wasm),
// where kernels ask ASC_FEATURE_SIMD which they are in. `node tools/build/build.mjs --force` builds always.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { root } from "../setup.mjs";
import { joinSegments } from "./segments.mjs";

/** Each module's source, and what the compiler may use besides. */
const modules = {
  "postern": { source: "assembly/index.ts", features: [] },
  "postern.simd": { source: "assembly/index.ts", features: ["--enable", "simd"] },
  "primitives": { source: "assembly/primitives.ts", features: [] },
  "primitives.simd": { source: "assembly/primitives.ts", features: ["--enable", "simd"] },
};

function sources(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? sources(path) : path.endsWith(".ts") ? [path] : [];
  });
}

/** What every module is made of: a build is stale when this is another. */
function state() {
  const hash = createHash("sha256");
  const tools = ["build", "outline", "segments"].map((name) => `tools/build/${name}.mjs`);
  for (const file of [...sources(join(root, "assembly")).sort(), ...["asconfig.json", ...tools, "package-lock.json"].map((name) => join(root, name))]) hash.update(file.slice(root.length)).update(readFileSync(file));
  return hash.digest("hex");
}

const stampOf = (name) => join(root, "build", `${name}.stamp`);

/** Builds what is stale, a compiler a core. Returns the names of what was built. */
export async function build({ force = false, only = Object.keys(modules), log = (line) => console.error(line) } = {}) {
  const now = state();
  mkdirSync(join(root, "build"), { recursive: true });
  const fresh = (name) => !force && existsSync(join(root, "build", `${name}.wasm`)) && existsSync(stampOf(name)) && readFileSync(stampOf(name), "utf8") === now;
  const stale = only.filter((name) => !fresh(name));
  const waiting = [...stale];
  const worker = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const started = Date.now();
      log(`postern: compiling ${modules[name].source}${modules[name].features.length > 0 ? " with SIMD" : ""} ...`);
      await inProcess(name);
      writeFileSync(stampOf(name), now);
      log(`postern: build/${name}.wasm, ${(statSync(join(root, "build", `${name}.wasm`)).size / 1024).toFixed(0)} kB, in ${((Date.now() - started) / 1000).toFixed(1)} s`);
    }
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), stale.length) }, worker));
  return stale;
}

/** The compiler in a process of its own: it takes a core for itself. */
function inProcess(name) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [fileURLToPath(import.meta.url), "--compile", name], { cwd: root, stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text) => (said += text));
    child.on("close", (status) => (status === 0 ? resolve() : reject(new Error(`${said.trimEnd()}\npostern: ${modules[name].source} does not compile`))));
  });
}

/** Compiles one module. */
async function compile(name) {
  const { source, features } = modules[name];
  const { default: asc } = await import("assemblyscript/asc");
  // Beside the place and then into it: whoever reads meanwhile, or builds too, meets whole files only.
  const beside = (extension) => join("build", `.${name}.${process.pid}.${extension}`);
  const { error, stderr } = await asc.main(
    [source, "--config", "asconfig.json", "--target", "release", ...features, "--outFile", beside("wasm"), "--textFile", beside("wat"), "--baseDir", root],
    {},
  );
  if (error) throw new Error(stderr.toString());
  writeFileSync(join(root, beside("wasm")), joinSegments(readFileSync(join(root, beside("wasm"))), 64));
  for (const extension of ["wasm", "wat"]) renameSync(join(root, beside(extension)), join(root, "build", `${name}.${extension}`));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const one = process.argv.indexOf("--compile");
  try {
    if (one > 0) await compile(process.argv[one + 1]);
    else await build({ force: process.argv.includes("--force") });
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
}
