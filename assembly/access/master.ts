/**
 * The master key: what pre-shared keys are sealed under in the configuration. Of what the operator gives, only what is made of it is kept: 32 octets of
 * PBKDF2 for keys of ours, and its MD5, which IOS's type 6 begins with. Where the host has a device key, these are stored under that, so that a
 * restart asks nobody; without one they are gone with the instance.
 *
 * The salt is the same everywhere, so that what is sealed on one router can be read on another that is given the same master key: its length is what
 * keeps it from being guessed.
 */
import { md5 } from "../crypto/md5";
import { deviceKey, present } from "../pki/wrapping";
import { putString } from "../util/bytes";
import * as ct from "../util/ct";
import * as sealed from "./sealed";
import { OCTETS, Stretch } from "./stretch";

export const LENGTH_MIN: u32 = 8;
export const LENGTH_MAX: u32 = 64;
const ROUNDS: u32 = 20000;
const ALL: u32 = OCTETS + 16;

/** It has been given. */
export let known: bool = false;
/** Keys are to be sealed: `password encryption aes`. */
export let wanted: bool = false;
/** Its two forms, one behind the other. */
const kept: usize = memory.data(48, 8);
const digest: usize = memory.data(16, 8);
const ctx: usize = memory.data(200, 8);
const salt: usize = memory.data(32, 8);
let stretch: Stretch = changetype<Stretch>(0);

export function init(): void {
  stretch = new Stretch();
  known = wanted = false;
  ct.wipe(kept, ALL);
}

export function want(on: bool): void {
  wanted = on;
}

/** Begins to take what was given, LENGTH_MIN to LENGTH_MAX octets, which need not stay. */
export function begin(p: usize, len: u32): void {
  md5.digest(ctx, p, len, digest);
  ct.wipe(ctx, 200);
  stretch.begin(p, len, salt, putString(salt, "postern master key 1"), ROUNDS);
}

/** One slice; true when it is known. */
export function step(): bool {
  if (!stretch.step()) return false;
  memory.copy(kept, stretch.derived, OCTETS);
  memory.copy(kept + OCTETS, digest, 16);
  known = true;
  abort();
  return true;
}

export function abort(): void {
  stretch.wipe();
  ct.wipe(digest, 16);
}

export function forget(): void {
  known = false;
  ct.wipe(kept, ALL);
}

/** Writes it under the device key; letters at sealed.text. 0: there is no device key, or nothing to write. */
export function write(): u32 {
  return known && present() ? sealed.seal(deviceKey, kept, ALL) : 0;
}

/** Takes what `write` made. False: it is not under this device key. */
export function restore(p: usize, len: u32): bool {
  const good = present() && sealed.open(deviceKey, p, len) == ALL;
  if (good) {
    memory.copy(kept, sealed.text, ALL);
    known = true;
  }
  sealed.wipe();
  return good;
}

/** The root that keys are sealed under, and the MD5 that type 6 begins with. */
export function root(): usize {
  return kept;
}

export function md5Of(): usize {
  return kept + OCTETS;
}
