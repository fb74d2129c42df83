/**
 * `npm run fuzz -- --cases N --seed S [--coverage]`: a seeded mutation fuzzer. A hub is fired at with changed messages of every
 * exchange in both roles, changed packets under the right keys, changed frames, floods; after every round its honest
 * branches must have their tunnels (tests/fuzz/arena.ts). Held to: no trap, no loop without an end, no growth of memory, no pool that keeps something, no
 * plain packet on the WAN, tunnels that carry both ways. `--coverage` says how much of the module was reached while it did.
 * `--parsers` fires at the readers of certificates, keys, containers, datagrams and passwords by themselves instead (tests/fuzz/parsers.ts); with `--each`
 * so many cases of each kind.
 */
import { parseArgs } from "node:util";
import { Arena } from "./arena.ts";
import { BRANCHES } from "./configuration.ts";
import { measured, report } from "./coverage.ts";
import { Fire } from "./fire.ts";
import { watchdog } from "./watchdog.ts";

const { values } = parseArgs({
  options: { cases: { type: "string", default: "100000" }, seed: { type: "string", default: "1" }, quiet: { type: "boolean", default: false }, coverage: { type: "boolean", default: false }, branches: { type: "boolean", default: false }, parsers: { type: "boolean", default: false }, each: { type: "boolean", default: false } },
});
const cases = Number(values.cases);
const seed = Number(values.seed);
if (!Number.isInteger(cases) || cases < 1 || !Number.isInteger(seed)) {
  console.error(`fuzz: --cases ${values.cases} --seed ${values.seed}: both are whole numbers, cases at least 1`);
  process.exit(2);
}

if (values.parsers) process.exit(await (await import("./parsers.ts")).run(cases, seed, values.each, values.quiet));

/** Rounds between two looks at the pools. */
const REST = 50;
const started = Date.now();
const instrumented = values.coverage ? await measured() : undefined;
const arena = new Arena(seed, instrumented?.module);
const fire = new Fire(arena, seed, cases);
const alive = watchdog(`fuzz: seed ${seed}`);
const EVERY = BRANCHES.map(({ n }) => n);
let rounds = 0;
let pools: string[] = [];

fire.onCase = () => {
  alive(fire.done);
  if (fire.done % 20000 === 0 && !values.quiet) console.error(`fuzz: ${fire.done} of ${cases}, ${Math.round(fire.done / ((Date.now() - started) / 1000))} a second`);
};

/** What every branch is held to. */
function prove(afresh: readonly number[]): void {
  alive(fire.done);
  const failed = arena.proof(afresh);
  if (failed !== undefined) throw new Error(failed);
  arena.trim();
}

/** With nothing in use the pools hold what they held at the beginning. */
function rested(): void {
  const now = arena.rest(700_000);
  if (JSON.stringify(now) !== JSON.stringify(pools)) throw new Error(`pools hold something that they did not hold before:\n${pools.join("\n")}\n---\n${now.join("\n")}`);
}

/** A few bouts, then the proof. */
function round(): void {
  arena.slice = fire.random.chance(0.4) ? 1 + fire.random.below(15) : 0;
  for (let i = 1 + fire.random.below(5); i > 0 && fire.left > 0; i--) fire.bout();
  const some = EVERY.filter((n) => fire.afresh.has(n) || fire.random.chance(0.2));
  fire.afresh.clear();
  prove(some);
  if (++rounds % REST === 0) {
    rested();
    prove(EVERY);
  }
}

try {
  prove(EVERY);
  pools = arena.rest(700_000);
  prove(EVERY);
  while (fire.left > 0) round();
  rested();
  prove(EVERY);
} catch (error) {
  console.error(`fuzz: seed ${seed}, case ${fire.done} (${fire.last.name}), round ${rounds}: ${(error as Error).stack}`);
  console.error(`fuzz: the last message: ${Buffer.from(fire.last.data).toString("hex")}`);
  console.error(`fuzz: it comes again with: npm run fuzz -- --cases ${cases} --seed ${seed}`);
  console.log(`${fire.done} passed, 1 failed`);
  process.exit(1);
}
const seconds = (Date.now() - started) / 1000;
for (const [name, count] of [...fire.counts].sort()) console.log(`${String(count).padStart(9)}  ${name}`);
console.log(`fuzz: ${fire.done} cases with seed ${seed} in ${seconds.toFixed(0)} s, ${(process.cpuUsage().user / 1e6).toFixed(0)} s of a processor; ${rounds} rounds, each with ${BRANCHES.length} tunnels proved behind it; ${fire.completed} of ${fire.negotiations} negotiations completed under fire; memory ${arena.octets} octets throughout`);
if (instrumented) {
  const { text, reached } = report(instrumented.sites, arena.hub.exports.memory.buffer, values.branches);
  console.log(text);
  if (!reached) {
    console.log(`${fire.done} passed, 1 failed`);
    process.exit(1);
  }
}
console.log(`${fire.done} passed, 0 failed`);
