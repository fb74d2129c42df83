/** The file of results: one entry a benchmark, each with the machine that it ran on; and what a good file looks like. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Machine } from "./machine.ts";
import type { Measured, Spread } from "./measure.ts";
import type { Suite } from "./suite.ts";

export interface Result extends Suite {
  machine: Machine;
  /** What was typed. */
  command: string;
  /** Whether the figures are a trial's, with no meaning. */
  quick: boolean;
  /** Seconds that it took. */
  seconds: number;
}

export interface Results {
  version: 1;
  results: Result[];
}

const isSpread = (s: Spread | undefined): boolean => s !== undefined && [s.q1, s.median, s.q3].every((n) => Number.isFinite(n) && n > 0) && s.q1 <= s.median && s.median <= s.q3;

/** The first thing that is wrong with a file of results; undefined: nothing. */
export function fault(file: unknown): string | undefined {
  const { version, results } = (file ?? {}) as Partial<Results>;
  if (version !== 1 || !Array.isArray(results)) return "no results of version 1";
  for (const result of results) {
    if (typeof result.name !== "string" || typeof result.about !== "string" || typeof result.unit !== "string" || typeof result.axis !== "string") return "a benchmark without a name, words, a unit or an axis";
    if (typeof result.command !== "string" || typeof result.machine?.processor !== "string" || typeof result.machine.postern !== "string") return `${result.name}: no command or no machine`;
    if (!Array.isArray(result.rows) || !Array.isArray(result.missing) || !Array.isArray(result.notes)) return `${result.name}: no rows, gaps or notes`;
    for (const { group, size, contenders } of result.rows) {
      if (typeof group !== "string" || !Number.isFinite(size) || !(contenders?.length > 0)) return `${result.name}: a row without a group, a size or contenders`;
      const bad = contenders.find(({ name, cost, ratio }: Measured) => typeof name !== "string" || !isSpread(cost) || !isSpread(ratio));
      if (bad) return `${result.name}, ${group}, ${size}: ${bad.name} has no good cost or ratio`;
    }
  }
  return undefined;
}

/** Reads a file of results; none where there is none, or no good one. */
export function load(path: string): Results {
  try {
    const file = JSON.parse(readFileSync(path, "utf8")) as Results;
    if (fault(file) === undefined) return file;
  } catch {
    // The first run.
  }
  return { version: 1, results: [] };
}

/** Puts results in the place of older ones of the same names; those of others stay. Returns all, in the order of the benchmarks' `names`. */
export function store(path: string, fresh: Result[], names: readonly string[]): Results {
  const old = existsSync(path) ? load(path).results : [];
  const all = new Map([...old, ...fresh].map((one) => [one.name, one]));
  const place = ({ command }: Result): number => names.indexOf(command.split(" ")[4] ?? "");
  const results: Results = { version: 1, results: [...all.values()].sort((a, b) => place(a) - place(b)) };
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(results, null, 1)}\n`);
  return results;
}
