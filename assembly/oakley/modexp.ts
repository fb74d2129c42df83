/**
 * base^exponent mod p for the MODP groups: one job at a time, done in slices so that packets keep flowing between them.
 *
 *     if (!modexpStart(group, 0, 0, exponent, exponentLen)) ...   // another job is running
 *     while (!modexpStep()) ...                                   // a slice each; return to the poll between them
 *     modexpResult(out);                                          // group.bytes octets; the workspace is wiped
 *
 * Base and exponent are copied by modexpStart: the caller may wipe his at once. Both are secrets; lengths are public.
 */
import { Group } from "./groups";

/** Makes the workspace. Called once, before anything else here. */
export function init(): void {}

/** Whether a job is running. */
export function modexpBusy(): bool {
  return false;
}

/**
 * Begins base^exp mod p. `base` is 0 for the group's generator, else the address of a big-endian number of `baseLen`
 * octets less than p (dhCheckPublic says so); `exp` is a big-endian number of `expLen` octets, 1 to group.bytes. False while
 * another job runs.
 */
export function modexpStart(group: Group, base: usize, baseLen: u32, exp: usize, expLen: u32): bool {
  return false;
}

/** Works for about limits.MODEXP_SLICE limb multiplications, at least one modular multiplication. True when done. */
export function modexpStep(): bool {
  return true;
}

/** Writes the result, big-endian, group.bytes octets, and wipes and frees the workspace. Only after modexpStep said true. */
export function modexpResult(out: usize): void {}

/** Drops the running job, if there is one, and wipes the workspace. */
export function modexpAbort(): void {}
