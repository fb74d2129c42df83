/** `npm run interop [-- --only NAME-or-glob] [-- --list]`: Postern against other people's implementations, in both roles. */
import { Command, Option } from "commander";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import pc from "picocolors";
import { Bench, Worker, type BenchOptions } from "./bench/bench.ts";
import { HOSTS, prepare, toolsFor, type Host } from "./bench/hosts.ts";
import { install, installCommand, isRoot, KERNEL_PEER, lacking, LIBIPSEC_PEER, NAT, PLUTO_PEER, type Tool } from "./bench/packages.ts";
import { Network } from "./bench/network.ts";
import { Pair } from "./bench/pair.ts";
import { cleanUp } from "./bench/process.ts";
import { catalogue, type NetworkScenario, type PairScenario, type Scenario as CharonScenario } from "./bench/scenario.ts";
import { update } from "../../tools/test/works-with.mjs";

const BUILD = fileURLToPath(new URL("../../build/interop/", import.meta.url));

type Scenario = CharonScenario | PairScenario | NetworkScenario;
interface Result { name: string; about: string; peer: string; outcome: "passed" | "failed" | "skipped"; seconds: number; reason?: string }
interface Options extends BenchOptions { only?: string[]; list?: boolean; show?: string; parallel: string; keep?: boolean }

const program = new Command("npm run interop --")
  .description("Postern against strongSwan, libreswan, the Linux kernel's ESP and AH, ike-scan, tshark and scapy.")
  .option("--only <name...>", "scenarios to run: names, with * for anything; several may be given, also with commas")
  .option("--list", "print the names and leave")
  .option("--show <name>", "print the configurations of a scenario and leave")
  .option("--parallel <n>", "how many scenarios at once: they wait more than they compute", String(3 * availableParallelism()))
  .option("--keep", "keep captures and logs of scenarios that passed, too (those of failed ones are always kept)")
  .addOption(new Option("--host <host>", "where our side runs").choices(HOSTS).default("node"))
  .option("--ours <side>", "who stands on our side: postern, or strongswan to prove the harness itself", "postern");

function glob(pattern: string): RegExp {
  return new RegExp(`^${pattern.replace(/[.+^${}()|[\]\\?]/g, "\\$&").replaceAll("*", ".*")}$`);
}

const toolsOf = (s: Scenario, options: Options): Tool[] =>
  [...toolsFor(s.host ?? options.host), ...(s.peer === "postern" ? [] : s.peer === "network" ? networkTools(s) : peerTools(s)), ...(s.tools ?? [])];
const peerTools = (s: CharonScenario): Tool[] => [...{ kernel: KERNEL_PEER, libreswan: PLUTO_PEER, libipsec: LIBIPSEC_PEER }[s.peer], ...(s.nat ? NAT : [])];
const networkTools = (s: NetworkScenario): Tool[] => [...s.others.flatMap(({ daemon }) => (daemon === "pluto" ? PLUTO_PEER : KERNEL_PEER)), ...(s.nats ? NAT : [])];
const needsRoot = (s: Scenario): boolean => s.peer === "network" ? s.nats !== undefined || s.root === true : s.peer === "libipsec" || s.peer !== "postern" && s.nat !== undefined;
const standsIn = (s: Scenario): boolean => s.peer !== "postern" && s.peer !== "network" && s.peer !== "libreswan" && s.standin !== "no";

function peerName(s: Scenario): string {
  if (s.peer === "postern") return s.with ?? "Postern in Node";
  if (s.peer !== "network") return s.peer;
  if (s.with) return s.with;
  const daemons = new Set(s.others.map(({ daemon }) => daemon));
  return daemons.size > 1 ? "strongSwan and libreswan, the Linux kernel" : daemons.has("pluto") ? "libreswan" : "kernel";
}

/** What the scenario runs on. */
function stage(scenario: Scenario, worker: Worker, options: Options): { open(): Promise<void>; check(): Promise<void>; save(directory: string): void; close(): Promise<void> } {
  if (scenario.peer === "postern") {
    const pair = new Pair(scenario);
    return { open: () => pair.open(options), check: () => scenario.check(pair), save: (directory) => pair.save(directory), close: () => pair.close() };
  }
  if (scenario.peer === "network") {
    const network = new Network(scenario);
    return { open: () => network.open(worker, options), check: () => scenario.check(network), save: (directory) => network.save(directory), close: () => network.close() };
  }
  const bench = new Bench(scenario);
  return { open: () => bench.open(worker, options), check: () => scenario.check(bench), save: (directory) => bench.save(directory), close: () => bench.close() };
}

/** Why a scenario cannot run here, or nothing. */
function obstacle(scenario: Scenario, options: Options): string | undefined {
  if (options.ours === "strongswan" && !standsIn(scenario)) return "only Postern can be tried so";
  const absent = lacking(toolsOf(scenario, options));
  if (absent.length > 0) return `missing ${absent.join(", ")}: ${installCommand(absent)}`;
  if (needsRoot(scenario) && !isRoot) return "needs root for a network namespace: sudo npm run interop";
  return undefined;
}

/** Why the host of our side can't be built, if it can't. */
async function unprepared(scenario: Scenario, options: Options): Promise<string | undefined> {
  if (options.ours === "strongswan") return undefined;
  try { await prepare(scenario.host ?? options.host); } catch (error) { return (error as Error).message; }
  return undefined;
}

async function runOne(scenario: Scenario, worker: Worker, options: Options): Promise<Result> {
  const began = Date.now();
  const result: Result = { name: scenario.name, about: scenario.about, peer: peerName(scenario), outcome: "passed", seconds: 0 };
  const bench = stage(scenario, worker, options);
  let timer: NodeJS.Timeout | undefined;
  try {
    await bench.open();
    // Twice: a machine that is busy with other work is no reason to fail.
    const limit = 2 * (scenario.seconds ?? 90);
    await Promise.race([
      bench.check(),
      new Promise<never>((_, reject) => { timer = setTimeout(() => reject(new Error(`no end within ${limit} s`)), limit * 1000); }),
    ]);
  } catch (error) {
    result.outcome = "failed";
    result.reason = error instanceof Error ? error.message : String(error);
  } finally {
    clearTimeout(timer);
    if (result.outcome === "failed" || options.keep) { try { bench.save(join(BUILD, scenario.name)); } catch { /* the result counts */ } }
    try { await bench.close(); } catch { /* the next scenario starts afresh */ }
    // A guest may be what went wrong: the next scenario gets a new one.
    if (result.outcome === "failed") await worker.stop();
  }
  result.seconds = (Date.now() - began) / 1000;
  return result;
}

const MARKS = { passed: pc.green("passed "), failed: pc.red("failed "), skipped: pc.yellow("skipped") };

function print(result: Result): void {
  const width = 36;
  const { name, outcome, seconds, reason, about } = result;
  console.log(`${MARKS[outcome]}  ${name.padEnd(width)} ${seconds.toFixed(1).padStart(6)} s  ${outcome === "passed" ? pc.dim(about) : reason ?? ""}`);
}

/** Results of scenarios that were not part of this run stay in the file. */
function store(results: Result[], names: string[], host: Host): void {
  mkdirSync(BUILD, { recursive: true });
  const path = join(BUILD, host === "node" ? "results.json" : `results-${host}.json`);
  let old: Result[] = [];
  try { old = (JSON.parse(readFileSync(path, "utf8")) as { results: Result[] }).results; } catch { /* the first run */ }
  const all = new Map([...old, ...results].map((r) => [r.name, r]));
  writeFileSync(path, JSON.stringify({ host, results: names.flatMap((name) => all.get(name) ?? []) }, undefined, 1) + "\n");
}

async function main(): Promise<number> {
  const options = program.parse().opts<Options>();
  // Another host runs the same set; scenarios that have a host of their own belong to the default run.
  const scenarios = (await catalogue()).filter(({ host }) => options.host === "node" || host === undefined);
  if (options.list) { for (const { name, about } of scenarios) console.log(`${name.padEnd(36)} ${about}`); return 0; }
  if (options.show) {
    const scenario = scenarios.find(({ name }) => name === options.show);
    if (!scenario) { console.error(`no scenario ${options.show}; --list shows them`); return 2; }
    const { mirrored: _, ...texts }: Record<string, string> = scenario.peer === "postern" ? { ...new Pair(scenario).configurations() } : scenario.peer === "network" ? new Network(scenario).configurations() : Bench.describe(scenario);
    for (const [name, text] of Object.entries(texts)) console.log(`--- ${name}\n${text}`);
    return 0;
  }
  const patterns = (options.only ?? []).flatMap((text) => text.split(",")).filter((text) => text !== "").map(glob);
  const chosen = patterns.length === 0 ? scenarios : scenarios.filter(({ name }) => patterns.some((p) => p.test(name)));
  if (chosen.length === 0) { console.error(`no scenario matches ${options.only?.join(" ")}; --list shows them`); return 2; }

  const strict = process.env.CI === "true" && isRoot;
  const wanted = lacking(chosen.flatMap((scenario) => toolsOf(scenario, options)));
  if (strict && wanted.length > 0) install(wanted);

  const results: Result[] = [];
  const queue: Scenario[] = [];
  for (const scenario of chosen) {
    const reason = obstacle(scenario, options) ?? await unprepared(scenario, options);
    if (reason === undefined) { queue.push(scenario); continue; }
    const outcome = strict && standsIn(scenario) || strict && options.ours === "postern" ? "failed" : "skipped";
    const result: Result = { name: scenario.name, about: scenario.about, peer: peerName(scenario), outcome, seconds: 0, reason };
    results.push(result);
    print(result);
  }
  // The long ones first: nobody waits for one of them alone at the end.
  queue.sort((a, b) => (b.seconds ?? 90) - (a.seconds ?? 90));
  for (const { name } of queue) rmSync(join(BUILD, name), { recursive: true, force: true });

  const workers = Array.from({ length: Math.max(1, Math.min(Number(options.parallel) || 1, queue.length)) }, (_, i) => new Worker(i + 1));
  await Promise.all(workers.map(async (worker) => {
    for (let scenario = queue.shift(); scenario; scenario = queue.shift()) {
      const result = await runOne(scenario, worker, options);
      results.push(result);
      print(result);
    }
    await worker.stop();
  }));

  if (options.ours === "postern") store(results, scenarios.map(({ name }) => name), options.host);
  // What the documents say is what a whole run with nothing left out has shown.
  if (options.ours === "postern" && options.host === "node" && patterns.length === 0 && results.every(({ outcome }) => outcome !== "skipped")) {
    const { results: all } = JSON.parse(readFileSync(join(BUILD, "results.json"), "utf8")) as { results: Result[] };
    for (const path of update(all)) console.log(`${path}: the table of what works with whom is new`);
  }
  const count = (outcome: Result["outcome"]): number => results.filter((r) => r.outcome === outcome).length;
  if (count("failed") > 0) {
    console.log();
    for (const result of results.filter((r) => r.outcome === "failed")) print(result);
    console.log("captures and logs: build/interop/NAME/");
  }
  console.log(`\n${count("passed")} passed, ${count("failed")} failed${count("skipped") > 0 ? `, ${count("skipped")} skipped` : ""}`);
  return count("failed") > 0 ? 1 : 0;
}

main().then((status) => { cleanUp(); process.exit(status); }, (error: unknown) => { console.error(error); cleanUp(); process.exit(1); });
