/**
 * MODP groups with numbers of private use (RFC 2409, 5.6 and appendix A). A configured one (`crypto isakmp group`) is offered
 * in New Group Mode; a negotiated one belongs to the ISAKMP SA that brought it, serves Quick Modes under it, and goes with it.
 */
import { PRIVATE_GROUPS, PRIVATE_GROUPS_PER_SA } from "../../limits";
import { DhGroup, PRIVATE_MIN, dhGroupById } from "../../oakley/dh_group";
import { Pool } from "../../util/pool";

/** Octets of the longest prime and generator. */
export const PRIME_MAX: u32 = 512;
export const GENERATOR_MAX: u32 = 16;

@unmanaged
export class PrivateGroup {
  /** Number of its ISAKMP SA; 0: it is configured. */
  owner: u32;
  /** Number of the peer that it came from, 0: of the configuration. */
  peer: u32;
  id: u32;
  primeLen: u32;
  generatorLen: u32;
  /** Its prime is proved, its generator looked at. */
  valid: bool;
  /** The configuration has said something of it since its mode was entered. */
  begun: bool;

  get prime(): usize {
    return changetype<usize>(this) + offsetof<PrivateGroup>();
  }
  get generator(): usize {
    return this.prime + <usize>PRIME_MAX;
  }

  is(prime: usize, primeLen: u32, generator: usize, generatorLen: u32): bool {
    return this.primeLen == primeLen && this.generatorLen == generatorLen
      && memory.compare(this.prime, prime, <usize>primeLen) == 0 && memory.compare(this.generator, generator, <usize>generatorLen) == 0;
  }

  set(prime: usize, primeLen: u32, generator: usize, generatorLen: u32): void {
    memory.copy(this.prime, prime, <usize>primeLen);
    memory.copy(this.generator, generator, <usize>generatorLen);
    this.primeLen = primeLen;
    this.generatorLen = generatorLen;
    this.valid = false;
  }
}

let pool: Pool<PrivateGroup> = changetype<Pool<PrivateGroup>>(0);
/** What oakley calculates in, one a slot. */
let views: StaticArray<DhGroup> = changetype<StaticArray<DhGroup>>(0);

export function init(): void {
  pool = new Pool<PrivateGroup>("isakmp private groups", PRIVATE_GROUPS, PRIME_MAX + GENERATOR_MAX);
  views = new StaticArray<DhGroup>(<i32>PRIVATE_GROUPS);
  for (let i = 0; i < <i32>PRIVATE_GROUPS; i++) unchecked((views[i] = new DhGroup(0, null, null)));
}

/** Walk with slots/at. */
export function slots(): u32 {
  return pool.size;
}

export function at(i: u32): PrivateGroup | null {
  return pool.at(i);
}

/** The group of this number under an SA, or the configured one (owner 0). */
export function find(owner: u32, id: u32): PrivateGroup | null {
  for (let i: u32 = 0; i < pool.size; i++) {
    const group = at(i);
    if (group && group.owner == owner && group.id == id) return group;
  }
  return null;
}

/** Finds a group or makes an empty one. Null: no room, for it or for one more under its SA or of its peer, whose number that is. */
export function add(owner: u32, id: u32, peer: u32 = 0): PrivateGroup | null {
  const known = find(owner, id);
  if (known) return known;
  let same: u32 = 0;
  for (let i: u32 = 0; i < pool.size; i++) {
    const other = at(i);
    if (other && (other.owner == owner || (peer && other.peer == peer))) same++;
  }
  // A configured one leaves room for what peers bring, and they for it.
  if (same >= (owner ? PRIVATE_GROUPS_PER_SA : PRIVATE_GROUPS / 2)) return null;
  const group = pool.take();
  if (!group) return null;
  group.owner = owner;
  group.peer = peer;
  group.id = id;
  return group;
}

export function remove(group: PrivateGroup): void {
  pool.free(group);
}

/** An SA has ended: its groups go. */
export function forget(owner: u32): void {
  for (let i: u32 = 0; i < pool.size; i++) {
    const group = at(i);
    if (group && group.owner == owner) remove(group);
  }
}

/** Whether these very numbers have been looked at before, whoever brought them. */
export function knownGood(prime: usize, primeLen: u32, generator: usize, generatorLen: u32): bool {
  for (let i: u32 = 0; i < pool.size; i++) {
    const group = at(i);
    if (group && group.valid && group.is(prime, primeLen, generator, generatorLen)) return true;
  }
  return false;
}

/** The group of a Group Description under an SA: a known one, or one that New Group Mode has brought. */
export function groupFor(owner: u32, id: u32): DhGroup | null {
  if (id < PRIVATE_MIN) return dhGroupById(id);
  const group = find(owner, id);
  if (!group || !group.valid) return null;
  const view = unchecked(views[<i32>pool.indexOf(group)]);
  view.define(id, group.prime, group.primeLen, group.generator, group.generatorLen);
  return view;
}
