/**
 * The one workspace of all powers and multiples: whichever job runs, it is the only one (modexp.ts, ec.ts, odd_power.ts).
 */
import { Blocks } from "../util/pool";

/** Octets: what the largest MODP group takes (modexp.ts). */
export const WORKSPACE: u32 = 28256;

let pool: Blocks | null = null;

/** Makes it, once; every user's init calls this with the octets it needs. */
export function init(needed: u32): void {
  if (needed > WORKSPACE) unreachable();
  if (!pool) pool = new Blocks("oakley workspace", WORKSPACE, 1);
}

/** A block of zeros, or 0: another job has it. */
export function takeWorkspace(): usize {
  return pool!.take();
}

/** Wipes it and gives it back. */
export function freeWorkspace(at: usize): void {
  pool!.free(at);
}
