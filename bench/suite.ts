/** What a benchmark of one name gives, and what of it is written to JSON. */
import type { Effort, Row } from "./measure.ts";

/** How a cost is shown. */
export type Unit = "MB/s" | "ms" | "µs" | "instructions an octet" | "instructions a packet" | "million instructions" | "ms of guest time" | "kB";

export interface Suite {
  name: string;
  about: string;
  /** What the costs are in: microseconds of processor time, unless it is one of the instruction counts or sizes. */
  unit: Unit;
  /** What stands on the x axis. */
  axis: string;
  rows: Row[];
  /** What was not measured, and how to get what it needs: a sentence each. */
  missing: string[];
  /** What the reader has to know. */
  notes: string[];
}

/** A benchmark: it calls `done` behind each case, and returns all; several suites where their costs are in several units. */
export type Bench = (effort: Effort, done: (row: Row) => void) => Promise<Suite | Suite[]>;

/** A cost as it is shown: megabytes a second for a piece of `size` octets. */
export function shown(unit: Unit, cost: number, size: number): number {
  if (unit === "MB/s") return size / cost;
  if (unit === "ms") return cost / 1000;
  return cost;
}

/** Whether more is better in a unit. */
export const more = (unit: Unit): boolean => unit === "MB/s";
