// Does a test notice when a clause of the protocol code is broken? Every clause is written twice, whole and broken
// (tools/test/mutate/schema.mjs), the whole is compiled once, and each test file once without a mutant, to see which clauses it
// meets. Then randomly chosen clauses are broken one at a time, and the files that meet them run, the quickest first, until
// one fails.
//   node tools/test/mutate.mjs [--seed N] [--count N | --all] [--only PATH] [--seconds N] [--lanes N] [--list]
// --lanes: how many tests run at a time. --seconds leaves out test files that take longer, to sweep many clauses for those that few tests look at. A test that fails
// without a mutant notices nothing, and is named; one that does not come to its end counts as noticing. A clause that the
// compiler does not let be broken is left out. Prints each as file:line, what was broken, and the test that noticed; the
// status is 0 when at least nineteen of twenty were noticed. Its copies and what it knows of the tests stay in build/mutate.
import { fork, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { NONE, choose, files, instrument } from "./mutate/schema.mjs";
import { root, setup } from "../setup.mjs";

const { values } = parseArgs({
  options: { seed: { type: "string", default: "1" }, count: { type: "string", default: "20" }, all: { type: "boolean", default: false }, only: { type: "string", default: "" }, seconds: { type: "string", default: "600" }, lanes: { type: "string", default: String(Math.min(4, availableParallelism())) }, list: { type: "boolean", default: false } },
});
let state = Number(values.seed) >>> 0 || 1;
const random = (n) => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 4294967296) * n);
};

const base = join(root, "build/mutate");
/** A copy of the tree for each test that runs at a time: each has a module of its own. */
const lanes = Array.from({ length: Number(values.lanes) }, (_, i) => join(base, `lane${i}`));
const FOLDERS = ["exchange", "net", "cli", "vectors"];

const digest = (paths) => {
  const hash = createHash("sha256");
  for (const path of [...paths].sort()) hash.update(path).update(readFileSync(join(root, path)));
  return hash.digest("hex").slice(0, 24);
};
const inTree = (folder, end) => files(join(root, folder), end).map((path) => path.slice(root.length + 1));

function copyTree(copy) {
  rmSync(copy, { recursive: true, force: true });
  mkdirSync(join(copy, "build"), { recursive: true });
  for (const name of readdirSync(root)) {
    if (["node_modules", "build", ".git"].includes(name)) continue;
    cpSync(join(root, name), join(copy, name), { recursive: true, verbatimSymlinks: true });
  }
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
}

/** Compiles the mutants, without those that the compiler refuses. */
async function compile() {
  const copy = lanes[0];
  const config = join(copy, "asconfig.json");
  // Room for the octet of each clause.
  writeFileSync(config, readFileSync(config, "utf8").replace(/("(?:initial|maximum)Memory": )\d+/g, "$132"));
  const { default: asc } = await import("assemblyscript/asc");
  const compileOne = (entry, ...out) => asc.main([entry, "--config", "asconfig.json", "--target", "release", ...out, "--baseDir", copy], {});
  const without = new Set();
  for (let round = 0; ; round++) {
    const mutants = instrument(root, copy, without);
    const { error, stderr } = await compileOne("assembly/index.ts", "--noEmit");
    if (!error) {
      for (const [name, entry] of [["postern", "assembly/index.ts"], ["primitives", "assembly/primitives.ts"]]) {
        const made = await compileOne(entry, "--outFile", `build/${name}.wasm`);
        if (made.error) throw new Error(`mutate: ${entry}: ${made.stderr}`);
      }
      return mutants;
    }
    const refused = new Set(Array.from(stderr.toString().matchAll(/ERROR(?:(?!ERROR|WARNING)[^])*?└─ in (assembly\/\S+?)\((\d+),/g), ([, path, line]) => `${path}:${line}`));
    const before = without.size;
    for (const { path, line, key } of mutants) if (refused.has(`${path}:${line}`)) without.add(key);
    if (without.size === before || round > 20) throw new Error(`mutate: the tree with its mutants does not compile: ${stderr}`);
  }
}

/** Runs a command. Resolves to { ok, output, late }. */
function run(argv, cwd, seconds, env = {}) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, argv, { cwd, stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0", ...env }, detached: true });
    let output = "";
    let late = false;
    const take = (chunk) => (output.length < 4_000_000 ? (output += chunk) : undefined);
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    const timer = setTimeout(() => {
      late = true;
      process.kill(-child.pid, "SIGKILL");
    }, seconds * 1000);
    child.on("close", (status) => {
      clearTimeout(timer);
      resolve({ ok: status === 0 && !late, output, late });
    });
  });
}

/** The tests that failed, from a report of node:test. */
const failures = (output) => Array.from(output.matchAll(/^\s*not ok \d+ - (.*?)(?: # .*)?$/gm), ([, name]) => name);

const workers = new Map();
/** Runs a compiled as-pect file in a lane's worker. Resolves to { pass, said, met, late }. */
function unit(lane, file, number, seconds, count = 0) {
  if (!workers.has(lane)) workers.set(lane, fork(join(lane, "tools/test/mutate/unit_worker.mjs"), { stdio: "ignore" }));
  const worker = workers.get(lane);
  return new Promise((resolve) => {
    const end = (answer) => {
      clearTimeout(timer);
      worker.removeAllListeners();
      resolve(answer);
    };
    const gone = (answer) => {
      workers.delete(lane);
      worker.kill("SIGKILL");
      end(answer);
    };
    const timer = setTimeout(() => gone({ pass: false, late: true }), seconds * 1000);
    worker.once("message", end);
    worker.once("exit", () => gone({ pass: false, said: "it ends the process" }));
    worker.send({ binary: join(lanes[0], file.replace(/\.ts$/, ".wasm")), number, count });
  });
}

const exchange = (lane, file, seconds, env, ...before) => run(["--import", "tsx", ...before, "--test-reporter=tap", file], lane, seconds, env);

/** Does `each` for every item, one in each lane at a time. */
async function inLanes(items, each) {
  const left = [...items];
  await Promise.all(lanes.map(async (lane) => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await each(item, lane);
  }));
}

/** What each test file does without a mutant: { file, ok, seconds, fails, met }; from the last time where nothing changed. */
async function survey(mutants, tree) {
  const units = inTree("tests/unit", ".spec.ts");
  const support = digest([...inTree("tests", ".ts").filter((path) => !/\.(spec|test)\.ts$/.test(path)), ...inTree("host/node", ".ts")]);
  const known = (file) => join(base, "known", `${file.replaceAll("/", "_")}.${digest([file])}.${support}.${tree}.json`);
  const all = [...units, ...FOLDERS.flatMap((folder) => inTree(join("tests", folder), ".test.ts"))];
  const wasm = (file) => join(lanes[0], file.replace(/\.ts$/, ".wasm"));
  const stale = units.filter((file) => !existsSync(known(file)) || !existsSync(wasm(file)));
  if (stale.length > 0) {
    console.error(`mutate: compiling ${stale.length} files of unit tests`);
    const config = readFileSync(join(root, "as-pect.config.js"), "utf8").replace("outputBinary: false", "outputBinary: true");
    writeFileSync(join(lanes[0], "as-pect.mutate.js"), config);
    await inLanes(stale, async (file) => {
      rmSync(wasm(file), { force: true });
      await run(["node_modules/@as-pect/cli/bin/asp.js", "--config", "as-pect.mutate.js", "--no-logo"], lanes[0], 600, { SPECS: file });
      rmSync(known(file), { force: true });
    });
  }
  const unknown = all.filter((file) => !existsSync(known(file)));
  if (unknown.length > 0) console.error(`mutate: running ${unknown.length} test files without a mutant`);
  mkdirSync(join(base, "known"), { recursive: true });
  await inLanes(unknown, async (file, lane) => {
    const started = Date.now();
    let found;
    if (units.includes(file)) {
      const { pass, said, met } = await unit(lane, file, NONE, 600, mutants.length);
      found = { file, ok: pass, fails: said ? [said] : [], met };
    } else {
      for (const name of ["postern", "primitives"]) mutate(lane, name, NONE);
      const list = join(lane, "met.json");
      rmSync(list, { force: true });
      const { ok, output } = await exchange(lane, file, 3000, { MET: list, MUTANTS: String(mutants.length) }, "--import", join(lane, "tools/test/mutate/reach.mjs"));
      const fails = failures(output);
      found = { file, ok: ok || fails.length > 0, fails, met: existsSync(list) ? JSON.parse(readFileSync(list, "utf8")) : [] };
    }
    found.seconds = (Date.now() - started) / 1000;
    writeFileSync(known(file), JSON.stringify(found));
  });
  const tests = all.map((file) => JSON.parse(readFileSync(known(file), "utf8")));
  for (const { file, ok, fails } of tests) if (!ok || fails.length > 0) console.log(`mutate: ${file} fails without any mutant: ${ok ? `${fails.join("; ")}: left out` : "it is left out"}`);
  return tests.filter(({ ok }) => ok).map((test) => ({ ...test, met: new Set(test.met), unit: units.includes(test.file) })).sort((a, b) => Number(b.unit) - Number(a.unit) || a.seconds - b.seconds);
}

/** Chooses a mutant in a lane's module. */
function mutate(lane, name, number) {
  const bytes = readFileSync(join(base, `${name}.wasm`));
  choose(bytes, number);
  writeFileSync(join(lane, "build", `${name}.wasm`), bytes);
}

/** The first test that notices, or nothing. */
async function noticedBy(mutant, tests, lane) {
  let chosen = false;
  for (const test of tests) {
    if (!test.met.has(mutant.number) || test.seconds > Number(values.seconds)) continue;
    const limit = 30 + 10 * test.seconds;
    if (test.unit) {
      const { pass, said, late } = await unit(lane, test.file, mutant.number, limit);
      if (!pass) return `${test.file}: ${late ? "hangs" : said ?? "it does not end well"}`;
      continue;
    }
    if (!chosen) for (const name of ["postern", "primitives"]) mutate(lane, name, mutant.number);
    chosen = true;
    const { ok, output, late } = await exchange(lane, test.file, limit);
    const said = failures(output).find((name) => !test.fails.includes(name));
    if (late || said || (!ok && test.fails.length === 0)) return `${test.file}: ${late ? "hangs" : said ?? "it does not end well"}`;
  }
  return undefined;
}

setup();
const tree = digest([...inTree("assembly", ".ts"), "tools/test/mutate/schema.mjs", "package-lock.json"]);
const list = join(base, "mutants.json");
const stale = !existsSync(list) || JSON.parse(readFileSync(list, "utf8")).tree !== tree;
if (stale) {
  rmSync(base, { recursive: true, force: true });
  for (const lane of lanes) copyTree(lane);
  console.error("mutate: compiling");
  writeFileSync(list, JSON.stringify({ tree, mutants: await compile() }));
  for (const name of ["postern", "primitives"]) cpSync(join(lanes[0], "build", `${name}.wasm`), join(base, `${name}.wasm`));
} else {
  for (const lane of lanes.filter((lane) => !existsSync(lane))) copyTree(lane);
  for (const lane of lanes) for (const folder of ["tests", "demo", "docs", "host", "tools"]) cpSync(join(root, folder), join(lane, folder), { recursive: true, verbatimSymlinks: true });
}
// The tests look for published vectors beside the tree.
if (existsSync(join(root, "../shared")) && !existsSync(join(base, "shared"))) symlinkSync(join(root, "../shared"), join(base, "shared"));
const { mutants } = JSON.parse(readFileSync(list, "utf8"));
const all = mutants.filter(({ path }) => path.includes(values.only));
if (values.list) {
  for (const kind of [...new Set(all.map(({ kind }) => kind))].sort()) console.log(`${String(all.filter((mutant) => mutant.kind === kind).length).padStart(6)}  ${kind}`);
  process.exit(0);
}
const tests = await survey(mutants, tree);
const chosen = [];
const left = [...all];
for (const count = values.all ? all.length : Number(values.count); chosen.length < count && left.length > 0; ) chosen.push(...left.splice(random(left.length), 1));
let noticed = 0;
const survivors = [];
await inLanes(chosen, async (mutant, lane) => {
  const started = Date.now();
  const by = await noticedBy(mutant, tests, lane);
  const what = `${mutant.path}:${mutant.line}: ${mutant.kind}: ${mutant.was}`;
  if (by) noticed++;
  else survivors.push(`${what}${tests.some(({ met }) => met.has(mutant.number)) ? "" : " (no test comes there)"}`);
  console.log(`${by ? "      " : "LIVES "}${what}\n        ${by ?? "no test noticed"} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
});
for (const worker of workers.values()) worker.kill("SIGKILL");
console.log(`\nmutate: seed ${values.seed}: ${noticed} of ${chosen.length} noticed`);
for (const what of survivors.sort()) console.log(`  survived: ${what}`);
process.exitCode = noticed >= Math.floor(chosen.length * 0.95) ? 0 : 1;
