/**
 * Diffie-Hellman in whatever kind of group was agreed on: MODP groups (dh.ts, modexp.ts), curves (curves.ts, ec.ts), and
 * MODP groups that New Group Mode has brought (RFC 2409, 5.6; modexp.ts). One job at a time, in slices:
 *
 *     if (!dhStart(group, 0, exponent)) ...        // another job runs; base 0 is the generator
 *     while (!dhStep()) ...                        // a slice each; return to the poll between them
 *     if (!dhResult(out)) ...                      // the result is none to be used: the exchange is given up
 */
import { Curve } from "../number/curve/curves";
import { Multiple, ecCheckPublic, ecPrivate } from "../number/curve/ec";
import { Power } from "../number/modexp";
import { Sliced } from "../number/sliced";
import * as workspace from "../number/workspace";
import { dhCheckPublic, dhPower, drawPrivate, publicInRange } from "./dh";
import { Group, curveById, groupById } from "./groups";
import { newGroupExponentBytes } from "./new_group";
import * as offer from "./new_group";

export { PRIVATE_MIN, groupName } from "./groups";

/** A group, whichever kind it is of: one object a group, made at start. */
export class DhGroup {
  /** Octets of a public value as the KE payload has it, of a shared secret, of a private value. */
  publicBytes: u32 = 0;
  secretBytes: u32 = 0;
  exponentBytes: u32 = 0;
  /** A private group's prime and generator, big-endian, `publicBytes` and `generatorLen` octets; 0 for others. */
  prime: usize = 0;
  generator: usize = 0;
  generatorLen: u32 = 0;

  constructor(
    /** Group Description attribute. */
    public id: u32,
    readonly modp: Group | null,
    readonly curve: Curve | null,
  ) {
    if (modp) {
      this.publicBytes = this.secretBytes = modp.bytes;
      this.exponentBytes = modp.exponentBytes;
    } else if (curve) {
      this.publicBytes = curve.publicBytes;
      this.secretBytes = curve.secretBytes;
      this.exponentBytes = curve.scalarBytes;
    }
  }

  /** Makes a private group of this object: its prime of `primeLen` octets without leading zeros has been validated. */
  define(id: u32, prime: usize, primeLen: u32, generator: usize, generatorLen: u32): void {
    this.id = id;
    this.publicBytes = this.secretBytes = primeLen;
    this.exponentBytes = newGroupExponentBytes(primeLen << 3);
    this.prime = prime;
    this.generator = generator;
    this.generatorLen = generatorLen;
  }
}

/** Every group that has a number of its own. */
const IDS: StaticArray<u8> = [1, 2, 3, 4, 5, 7, 14, 15, 16, 17, 18, 19, 20, 21, 31];
const known: StaticArray<DhGroup | null> = all();

function all(): StaticArray<DhGroup | null> {
  const groups = new StaticArray<DhGroup | null>(IDS.length);
  for (let i = 0; i < IDS.length; i++) {
    const id = <u32>unchecked(IDS[i]);
    unchecked((groups[i] = new DhGroup(id, groupById(id), curveById(id))));
  }
  return groups;
}

/** Octets of the longest private value. */
export const EXPONENT_MAX: u32 = 72;

/** Makes the workspace. Called once, before anything else here. */
export function init(): void {
  workspace.init();
  dhAbort();
  offer.init();
}

/** The group with this Group Description, or null; groups of private use belong to an SA (ike/private_groups.ts). */
export function dhGroupById(id: u32): DhGroup | null {
  for (let i = 0; i < known.length; i++) {
    const group = unchecked(known[i]);
    if (group && group.id == id) return group;
  }
  return null;
}

/** Bits of a group's prime or field; 0: unknown. */
export function groupBits(id: u32): u32 {
  const group = dhGroupById(id);
  if (!group) return 0;
  const modp = group.modp;
  const curve = group.curve;
  return modp ? modp.bits : curve ? curve.bits : 0;
}

/** Draws a private value of group.exponentBytes octets. False, and nothing but zeros written, without entropy. */
export function dhGroupPrivate(group: DhGroup, out: usize): bool {
  const curve = group.curve;
  return curve ? ecPrivate(curve, out) : drawPrivate(out, group.exponentBytes);
}

/** Whether a peer's public value is to be used: its length, its range, a point of the curve. */
export function dhGroupCheckPublic(group: DhGroup, y: usize, len: u32): bool {
  const modp = group.modp;
  if (modp) return dhCheckPublic(modp, y, len);
  const curve = group.curve;
  if (curve) return ecCheckPublic(curve, y, len);
  return publicInRange(group.prime, group.publicBytes, y, len);
}

// The jobs of Diffie-Hellman, and the one of them that runs.
const power: Power = new Power();
const multiple: Multiple = new Multiple();
let running: Sliced | null = null;

/** Begins exponent * base; false while another job, or the power of a validation, runs. `base` 0 is the generator, else a value that dhGroupCheckPublic took. */
export function dhStart(group: DhGroup, base: usize, exponent: usize): bool {
  if (running) return false;
  const modp = group.modp;
  const curve = group.curve;
  const baseLen = base ? group.publicBytes : 0;
  const n = group.exponentBytes;
  let begun: bool;
  if (modp) begun = dhPower(power, modp, base, baseLen, exponent, n);
  else if (curve) begun = multiple.start(curve, base, baseLen, exponent, n);
  else if (base) begun = power.start(group.prime, baseLen, base, baseLen, exponent, n, false);
  else begun = power.start(group.prime, group.publicBytes, group.generator, group.generatorLen, exponent, n, false);
  if (begun) running = curve ? <Sliced>multiple : <Sliced>power;
  return begun;
}

/** One slice. True when the result is ready. */
export function dhStep(): bool {
  return running!.step();
}

/**
 * Writes the result: publicBytes octets for the generator, secretBytes for another base; wipes the workspace. False, and
 * nothing written: the result is the point at infinity, or all zeros with X25519 (RFC 7748, 6.1).
 */
export function dhResult(out: usize): bool {
  const ofCurve = running == multiple;
  running = null;
  if (ofCurve) return multiple.result(out) != 0;
  power.result(out);
  return true;
}

/** Drops the running job, if there is one, and wipes the workspace. */
export function dhAbort(): void {
  const job = running;
  running = null;
  if (job) job.abort();
}

export function dhBusy(): bool {
  return running != null;
}
