// Builds the module (build/postern.wasm) and the crypto core by itself (build/primitives.wasm) when a source is newer
// than they are, each twice from the same sources: scalar, and with SIMD (build/postern.simd.wasm, build/primitives.simd.wasm),
// where kernels ask ASC_FEATURE_SIMD which they are in. `--profile hub` builds the module in another size (assembly/limits/) as
// build/postern.hub.wasm and build/postern.hub.simd.wasm, `--force` builds always. POSTERN_QUICK=1 in the environment, for who changes
// and tries: the module is built once, with SIMD and without optimization, under both names, and the crypto core stays as it is.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { root } from "../setup.mjs";
import { STANDARD, commonSource, fitMemory, readFileWith, sourceOf, withNumbers } from "./limits.mjs";
import { joinSegments } from "./segments.mjs";

/** The modules that everybody needs, and those of another profile. */
const standard = ["postern", "postern.simd", "primitives", "primitives.simd"];
const modulesOf = (profile) => (profile === STANDARD ? standard : [`postern.${profile}`, `postern.${profile}.simd`]);
const quick = process.env.POSTERN_QUICK === "1";

/** What a module's name says: its source, its profile of size, and what the compiler may use besides. */
function moduleNamed(name) {
  const [, base, profile = STANDARD, simd] = /^(postern|primitives)(?:\.(?!simd$)(\w+))?(\.simd)?$/.exec(name) ?? [];
  if (!base || (base === "primitives" && profile !== STANDARD)) throw new Error(`postern: no module "${name}"`);
  return { source: base === "postern" ? "assembly/index.ts" : "assembly/primitives.ts", profile, limits: sourceOf(profile), features: simd ? ["--enable", "simd"] : [] };
}

/** Pages of memory that the compiler may count on; the module gets what it takes (limits.mjs), the crypto core these. */
const PAGES_MOST = 2048;
const PAGES_PRIMITIVES = 21;

function sources(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? sources(path) : path.endsWith(".ts") ? [path] : [];
  });
}

/** What every module is made of: a build is stale when this is another. */
function state() {
  const hash = createHash("sha256");
  const tools = ["ascii", "build", "limits", "outline", "segments"].map((name) => `tools/build/${name}.mjs`);
  for (const file of [...sources(join(root, "assembly")).sort(), ...["asconfig.json", ...tools, "package-lock.json"].map((name) => join(root, name))]) hash.update(file.slice(root.length)).update(readFileSync(file));
  return (quick ? "quick " : "") + hash.digest("hex");
}

const stampOf = (name) => join(root, "build", `${name}.stamp`);

/** Builds what is stale of the modules named, a compiler a core. Returns the names of what was built. */
export async function build({ force = false, profile = STANDARD, only = modulesOf(profile), log = (line) => console.error(line) } = {}) {
  const now = state();
  mkdirSync(join(root, "build"), { recursive: true });
  const isThere = (name) => existsSync(join(root, "build", `${name}.wasm`)) && existsSync(stampOf(name));
  const fresh = (name) => !force && isThere(name) && ((quick && name.startsWith("primitives")) || readFileSync(stampOf(name), "utf8") === now);
  const stale = only.filter((name) => !fresh(name));
  const twin = quick && stale.includes("postern");
  const waiting = [...new Set(stale.map((name) => (twin && name === "postern" ? "postern.simd" : name)))];
  const worker = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const started = Date.now();
      const { source, profile, features } = moduleNamed(name);
      log(`postern: compiling ${source}${profile === STANDARD ? "" : `, profile ${profile}`}${features.length > 0 ? ", with SIMD" : ""} ...`);
      await inProcess(name);
      writeFileSync(stampOf(name), now);
      log(`postern: build/${name}.wasm, ${(statSync(join(root, "build", `${name}.wasm`)).size / 1024).toFixed(0)} kB, in ${((Date.now() - started) / 1000).toFixed(1)} s`);
    }
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), waiting.length) }, worker));
  if (twin) for (const extension of ["wasm", "wat", "stamp"]) copyFileSync(join(root, "build", `postern.simd.${extension}`), join(root, "build", `postern.${extension}`));
  return stale;
}

/** The compiler in a process of its own: it takes a core for itself. */
function inProcess(name) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [fileURLToPath(import.meta.url), "--compile", name], { cwd: root, stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text) => (said += text));
    child.on("close", (status) => (status === 0 ? resolve() : reject(new Error(`${said.trimEnd()}\npostern: ${name} does not compile`))));
  });
}

/**
 * Compiles a module into build/NAME.wasm and build/NAME.wat. @param limits text of a profile (assembly/limits/)
 * @param options more of the compiler's
 */
export async function compile(name, { source, limits, common, features, options = ["--target", "release"] } = moduleNamed(name)) {
  const { default: asc } = await import("assemblyscript/asc");
  // Beside the place and then into it: whoever reads meanwhile, or builds too, meets whole files only.
  const beside = (extension) => join("build", `.${name}.${process.pid}.${extension}`);
  const fits = source === "assembly/index.ts";
  const pages = fits ? PAGES_MOST : PAGES_PRIMITIVES;
  const memory = ["--initialMemory", String(pages), "--maximumMemory", String(pages)];
  const { error, stderr } = await asc.main(
    [source, "--config", "asconfig.json", ...options, ...memory, ...features, "--outFile", beside("wasm"), "--textFile", beside("wat"), "--baseDir", root],
    { readFile: readFileWith(limits, common) },
  );
  if (error) throw new Error(stderr.toString());
  const joined = joinSegments(readFileSync(join(root, beside("wasm"))), 64);
  const { wasm, pages: taken } = fits ? fitMemory(joined, PAGES_MOST) : { wasm: joined, pages };
  writeFileSync(join(root, beside("wasm")), wasm);
  if (taken !== pages) writeFileSync(join(root, beside("wat")), readFileSync(join(root, beside("wat")), "utf8").replace(`(memory $0 ${pages} ${pages})`, `(memory $0 ${taken} ${taken})`));
  for (const extension of ["wasm", "wat"]) renameSync(join(root, beside(extension)), join(root, "build", `${name}.${extension}`));
}

/**
 * The module in a size of a test's: build/NAME.wasm, of a profile's text, with SIMD, hardly optimized. Returns its path.
 * @param changes numbers of the profile `board` that are others, and `others` of assembly/limits.ts
 */
export async function buildSized(name, changes, { profile = STANDARD, others = {}, log = () => {} } = {}) {
  const limits = withNumbers(sourceOf(profile), changes);
  const common = withNumbers(commonSource(), others);
  const out = join(root, "build", `${name}.wasm`);
  const now = createHash("sha256").update(state()).update(limits).update(common).digest("hex");
  if (existsSync(out) && existsSync(stampOf(name)) && readFileSync(stampOf(name), "utf8") === now) return out;
  mkdirSync(join(root, "build"), { recursive: true });
  log(`postern: compiling the module as ${name} ...`);
  await compile(name, { source: "assembly/index.ts", limits, common, features: ["--enable", "simd"], options: ["-O1"] });
  writeFileSync(stampOf(name), now);
  return out;
}

/** The value behind an option of the command line. */
const optionOf = (name, args = process.argv) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined);

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const one = optionOf("--compile");
  try {
    if (one !== undefined) await compile(one, { ...moduleNamed(one), ...(quick && { options: ["-O0"] }) });
    else await build({ force: process.argv.includes("--force"), profile: optionOf("--profile") });
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
}
