/**
 * Diffie-Hellman in whatever kind of group was agreed on: MODP groups (dh.ts, modexp.ts), curves (curves.ts, ec.ts), and
 * MODP groups that New Group Mode has brought (RFC 2409, 5.6; odd_power.ts). One job at a time, in slices:
 *
 *     if (!dhStart(group, 0, exponent)) ...        // another job runs; base 0 is the generator
 *     while (!dhStep()) ...                        // a slice each; return to the poll between them
 *     if (!dhResult(out)) ...                      // the result is none to be used: the exchange is given up
 */
import * as drbg from "../crypto/drbg";
import { Curve, curveById } from "../number/curve/curves";
import { dhCheckPublic, dhPrivate } from "./dh";
import * as ec from "../number/curve/ec";
import { Group, groupById, groupName as modpName } from "./groups";
import * as modexp from "../number/modexp";
import { newGroupCheckPublic, newGroupExponentBytes } from "./new_group";
import * as offer from "./new_group";
import * as power from "../number/odd_power";

/** Group Descriptions from here on are private use (RFC 2409, appendix A). */
export const PRIVATE_MIN: u32 = 32768;

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
  modexp.init();
  ec.init();
  power.init();
  offer.init();
  running = null;
}

/** The group with this Group Description, or null; groups of private use belong to an SA (ike/private_groups.ts). */
export function dhGroupById(id: u32): DhGroup | null {
  for (let i = 0; i < known.length; i++) {
    const group = unchecked(known[i]);
    if (group && group.id == id) return group;
  }
  return null;
}

/** A group's name as people write it. */
export function groupName(id: u32): string {
  switch (id) {
    case 3: return "group 3 (EC2N 155)";
    case 4: return "group 4 (EC2N 185)";
    case 7: return "group 7 (EC2N 163)";
    default: return id >= PRIVATE_MIN && id <= 65535 ? "a private group" : modpName(id);
  }
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
  const modp = group.modp;
  if (modp) return dhPrivate(modp, out);
  const curve = group.curve;
  if (curve) return ec.ecPrivate(curve, out);
  if (drbg.fill(out, group.exponentBytes)) return true;
  memory.fill(out, 0, <usize>group.exponentBytes);
  return false;
}

/** Whether a peer's public value is to be used: its length, its range, a point of the curve. */
export function dhGroupCheckPublic(group: DhGroup, y: usize, len: u32): bool {
  const modp = group.modp;
  if (modp) return dhCheckPublic(modp, y, len);
  const curve = group.curve;
  if (curve) return ec.ecCheckPublic(curve, y, len);
  return newGroupCheckPublic(group.prime, group.publicBytes, y, len);
}

/** The group of the job that runs. */
let running: DhGroup | null = null;

/** Begins exponent * base; false while another job, or the power of a validation, runs. `base` 0 is the generator, else a value that dhGroupCheckPublic took. */
export function dhStart(group: DhGroup, base: usize, exponent: usize): bool {
  if (running) return false;
  const modp = group.modp;
  const curve = group.curve;
  const n = group.exponentBytes;
  let begun: bool;
  if (modp) begun = modexp.modexpStart(modp, base, base ? group.publicBytes : 0, exponent, n);
  else if (curve) begun = ec.ecStart(curve, base, base ? group.publicBytes : 0, exponent, n);
  else {
    const from = base ? base : group.generator;
    begun = power.powerStart(group.prime, group.publicBytes, from, base ? group.publicBytes : group.generatorLen, exponent, n);
  }
  if (begun) running = group;
  return begun;
}

/** One slice. True when the result is ready. */
export function dhStep(): bool {
  const group = running as DhGroup;
  return group.modp ? modexp.modexpStep() : group.curve ? ec.ecStep() : power.powerStep();
}

/**
 * Writes the result: publicBytes octets for the generator, secretBytes for another base; wipes the workspace. False, and
 * nothing written: the result is the point at infinity, or all zeros with X25519 (RFC 7748, 6.1).
 */
export function dhResult(out: usize): bool {
  const group = running as DhGroup;
  running = null;
  if (group.modp) modexp.modexpResult(out);
  else if (group.curve) return ec.ecResult(out) != 0;
  else power.powerResult(out);
  return true;
}

/** Drops the running job, if there is one, and wipes the workspace. */
export function dhAbort(): void {
  const group = running;
  if (!group) return;
  running = null;
  if (group.modp) modexp.modexpAbort();
  else if (group.curve) ec.ecAbort();
  else power.powerAbort();
}

export function dhBusy(): bool {
  return running != null;
}
