// The module with counters (counters.mjs), in build/coverage: made when a source is newer, with what they count beside it.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { root } from "../../setup.mjs";
import { files } from "../mutate/schema.mjs";
import { Counters, PAGES } from "./counters.mjs";

/** Builds it where it is stale. Returns the paths of the module and of its sites. */
export async function build({ entry = "assembly/index.ts", base = root, folder = join(root, "build/coverage"), log = (line) => console.error(line) } = {}) {
  const wasm = join(folder, "postern.wasm");
  const sites = join(folder, "sites.json");
  const hash = createHash("sha256");
  for (const path of [...files(join(base, "assembly"), ".ts").sort(), join(root, "tools/test/coverage/counters.mjs"), join(root, "asconfig.json"), join(root, "package-lock.json")]) hash.update(path).update(readFileSync(path));
  const state = hash.digest("hex");
  if (existsSync(wasm) && existsSync(sites) && JSON.parse(readFileSync(sites, "utf8")).state === state) return { wasm, sites };
  log("postern: compiling the module with counters");
  mkdirSync(folder, { recursive: true });
  const { default: asc } = await import("assemblyscript/asc");
  const counters = new Counters();
  // Where an expression stands in the source is only kept for a source map; the optimizer comes after the counters.
  const options = ["--runtime", "stub", "--noAssert", "--use", "abort=", "--initialMemory", String(PAGES), "--maximumMemory", String(PAGES), "--optimizeLevel", "1", "--sourceMap"];
  const { error, stderr } = await asc.main([entry, ...options, "--outFile", relative(base, wasm), "--baseDir", base], { transforms: [counters] });
  if (error) throw new Error(`postern: ${entry} does not compile with counters: ${stderr.toString()}`);
  writeFileSync(sites, JSON.stringify({ state, functions: counters.functions, branches: counters.branches }));
  return { wasm, sites };
}
