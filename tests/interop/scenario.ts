/** What a scenario is, and the catalogue of all: each folder beside this file with a `scenario.ts` holds one or several. */
import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { join } from "node:path";
import type { Bench } from "./bench.ts";
import type { Values } from "./configure.ts";
import type { Host } from "./hosts.ts";
import type { Pair } from "./pair.ts";
import type { DataPlane } from "./peers/charon.ts";
import type { Tool } from "./packages.ts";

export type Role = "initiator" | "responder";

export interface Scenario {
  /** `<what>-initiator` or `<what>-responder` where the role of our side matters. */
  name: string;
  /** One line for the table: what is shown. */
  about: string;
  /** The peer: charon or pluto with the kernel's ESP and AH in a User-mode Linux guest, or charon's own data plane in a namespace (root). */
  peer: DataPlane | "libreswan";
  /** The host of our side, where it is not that of the run (`--host`). */
  host?: Host;
  /** Where a translator of addresses stands: before our side or before theirs. Needs root. */
  nat?: "ours" | "theirs";
  /** Programs beside those that the peer needs anyway. */
  tools?: Tool[];
  /** A second network behind our side. */
  secondLan?: boolean;
  /** Templates in place of the common ones, as text. */
  oursTemplate?: string;
  theirsTemplate?: string;
  /** Values for both sides; then those that only one of the two sides sees. */
  values?: Values;
  ours?: Values;
  theirs?: Values;
  /** What a strongSwan on our side needs instead of `ours`, or why it cannot stand in. */
  standin?: Values | "no";
  /** What `postern run --fault` is told. */
  faults?: string;
  /** Lines added to the peer's daemon settings. */
  daemon?: string;
  /** Seconds that the scenario may take on a machine that does nothing else (90); it fails after twice as many. */
  seconds?: number;
  check(bench: Bench): Promise<void>;
}

/** A scenario with Postern in Node as the peer. */
export interface PairScenario extends Pick<Scenario, "name" | "about" | "host" | "values" | "seconds"> {
  peer: "postern";
  /** False: frames are not recorded, because there are very many. */
  record?: boolean;
  /** Programs beside those that our side needs anyway. */
  tools?: Tool[];
  /** Who the table says it works with, where that is somebody else in the end. */
  with?: string;
  /** The two configurations, where the common one will not do. */
  configurations?: { near: string; far: string };
  check(pair: Pair): Promise<void>;
}

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

export async function catalogue(): Promise<(Scenario | PairScenario)[]> {
  const here = fileURLToPath(new URL(".", import.meta.url));
  const scenarios: (Scenario | PairScenario)[] = [];
  for (const folder of readdirSync(here).sort()) {
    const file = join(here, folder, "scenario.ts");
    if (!existsSync(file)) continue;
    const module = await import(pathToFileURL(file).href) as { default: (Scenario | PairScenario)[] };
    scenarios.push(...module.default);
  }
  return scenarios;
}
