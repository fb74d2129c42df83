/** What a scenario is, and the catalogue of all: each folder of tests/interop/scenarios with a `scenario.ts` holds one or several. */
import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { join } from "node:path";
import type { Bench } from "./bench.ts";
import type { Host } from "./hosts.ts";
import type { Network } from "./network.ts";
import type { Pair } from "./pair.ts";
import type { NetworkSite, PairSite, Role, Site } from "./site.ts";

export type { Role } from "./site.ts";

export interface Scenario extends Site {
  check(bench: Bench): Promise<void>;
}

export interface PairScenario extends PairSite {
  check(pair: Pair): Promise<void>;
}

export interface NetworkScenario extends NetworkSite {
  check(network: Network): Promise<void>;
}

/** A peer that goes on asking on a wire that loses much, and the time that this takes. */
export const PATIENT = { theirs: { keyingtries: "0" }, daemon: "retransmit_timeout = 1\n  retransmit_base = 1.2\n  retransmit_tries = 20", seconds: 150 } satisfies Partial<Site>;

/** One scenario in each role. */
export function bothRoles(what: string, make: (role: Role) => Omit<Scenario, "name">): Scenario[] {
  return (["initiator", "responder"] as const).map((role) => ({ name: `${what}-${role}`, ...make(role) }));
}

/** The same scenarios under other names with our side on another host; `names` says which, and what they are called there. */
export function onHost(host: Host, scenarios: readonly Scenario[], names: (name: string) => string | undefined): Scenario[] {
  return scenarios.flatMap((scenario) => {
    const name = names(scenario.name);
    return name === undefined ? [] : [{ ...scenario, name, host, standin: "no" as const, about: `${scenario.about}; we on ${host === "linux" ? "postern-linux" : `the board ${host}`}` }];
  });
}

export async function catalogue(): Promise<(Scenario | PairScenario | NetworkScenario)[]> {
  const here = fileURLToPath(new URL("../scenarios/", import.meta.url));
  const scenarios: (Scenario | PairScenario | NetworkScenario)[] = [];
  for (const folder of readdirSync(here).sort()) {
    const file = join(here, folder, "scenario.ts");
    if (!existsSync(file)) continue;
    const module = await import(pathToFileURL(file).href) as { default: (Scenario | PairScenario | NetworkScenario)[] };
    scenarios.push(...module.default);
  }
  return scenarios;
}
