/**
 * The one workspace of all powers and multiples (sliced.ts): whichever job runs, it is the only one.
 */
import { Blocks } from "../util/pool";

/** Octets: what a power modulo 8192 bits takes (modexp.ts). */
export const WORKSPACE: u32 = 28384;

let pool: Blocks | null = null;

/** Makes it, once, however often it is called. */
export function init(): void {
  if (!pool) pool = new Blocks("oakley workspace", WORKSPACE, 1);
}

/** Whether no job has it: one that does not start now never will with these numbers. */
export function workspaceFree(): bool {
  return pool!.used == 0;
}

/** A block of zeros, or 0: another job has it. */
export function takeWorkspace(): usize {
  return pool!.take();
}

/** Wipes it and gives it back. */
export function freeWorkspace(at: usize): void {
  pool!.free(at);
}
