/**
 * The module in WAMR against strongSwan with the kernel's own ESP: on both emulated boards and in postern-linux. The checks
 * are those of Postern in Node: each scenario here is one of theirs, with our side replaced before anything is said.
 */
import { readFileSync } from "node:fs";
import { compilerNeeds } from "../../../tools/aot.mjs";
import type { Bench } from "../bench.ts";
import group from "../group/scenario.ts";
import loss from "../loss/scenario.ts";
import type { Tool } from "../packages.ts";
import { WamrGateway, type Platform } from "../peers/wamr.ts";
import rekey from "../rekey/scenario.ts";
import type { Scenario } from "../scenario.ts";
import suite from "../suite/scenario.ts";

const ABOUT: Record<Platform, string> = { linux: "postern-linux", imx6ul: "an emulated i.MX6UL", "riscv-virt": "an emulated RISC-V board" };
/** Seconds that building and booting may take beside the scenario itself. */
const EXTRA_SECONDS = 150;

const needs = (platform: Platform): Tool[] => {
  if (platform === "linux") return [...compilerNeeds];
  const { needs } = JSON.parse(readFileSync(new URL(`../../../boards/${platform}/board.json`, import.meta.url), "utf8")) as { needs: Tool[] };
  return [...compilerNeeds, ...needs];
};

/** Our side ends and another takes its place on the same wires. */
async function replace(bench: Bench, platform: Platform): Promise<void> {
  await bench.ours.stop();
  const { ours, mirrored } = bench.configurations();
  const lans = [bench.lan, ...(bench.lan2 ? [bench.lan2] : [])].map((host) => ({ own: host.remote, remote: host.own }));
  bench.ours = new WamrGateway(platform);
  await bench.ours.start({ ours, mirrored, address: bench.values.our_wan!, faults: bench.scenario.faults }, { lans, wan: bench.wan.near });
}

const on = (platform: Platform) => (scenario: Scenario): Scenario => ({
  ...scenario,
  name: `board-${platform}-${scenario.name}`,
  about: `${ABOUT[platform]}: ${scenario.about}`,
  tools: [...(scenario.tools ?? []), ...needs(platform)],
  standin: "no",
  seconds: (scenario.seconds ?? 90) + EXTRA_SECONDS,
  check: async (bench) => {
    await replace(bench, platform);
    await scenario.check(bench);
  },
});

const named = (scenarios: Scenario[], what: string): Scenario[] => scenarios.filter(({ name }) => name.startsWith(`${what}-`));
const chosen = [...named(group, "group-14"), ...named(suite, "suite-3des-sha1"), ...named(rekey, "rekey-phase2"), ...named(loss, "loss-30")];

export default (["linux", "imx6ul", "riscv-virt"] as const).flatMap((platform) => chosen.map(on(platform)));
