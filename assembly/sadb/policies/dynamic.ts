/**
 * Dynamic crypto maps: policies that are made of what a peer proposes, for peers whose address nobody knows beforehand. A
 * line of a dynamic map's access list is a TEMPLATE in the list of policies; a Quick Mode that lies within it makes a policy
 * of the peer's own, before the template, which goes with its last SA. An entry without an access list lets a peer propose
 * anything but what holds the address that it reaches us at.
 */
import { DYNAMIC_PER_PEER, DYNAMIC_POLICIES } from "../../limits";
import { AccessLine } from "../../lists/access_list";
import * as sad from "../sas/sad";
import { Selector } from "../terms/selector";
import { touch } from "../../lists/setting";
import * as spd from "./spd";
import { Action, Policy } from "./spd";

/** The line of an entry that has no access list. */
export const anything = changetype<AccessLine>(memory.data(64, 8));

export function init(): void {
  if (offsetof<AccessLine>() > 64) unreachable();
  memory.fill(changetype<usize>(anything), 0, offsetof<AccessLine>());
  anything.action = 1;
  anything.sourceWildcard = anything.destinationWildcard = u32.MAX_VALUE;
}

/** A template without an access list: it decides about no packet. */
export function isOpen(policy: Policy): bool {
  return policy.action == <u8>Action.TEMPLATE && policy.line == anything;
}

/** Whether there is a dynamic map at an address of ours: any peer that has a key may begin there. */
export function answers(local: u32): bool {
  for (let i: u32 = 0; i < spd.orderedCount(); i++) {
    const policy = spd.orderedAt(i);
    if (policy.action == <u8>Action.TEMPLATE && spd.localAddress(policy) == local) return true;
  }
  return false;
}

/** Whether a template may be used at our address `local` (0: any) for these selectors, its access list apart. */
export function permits(template: Policy, offered: Selector, local: u32): bool {
  const own = spd.localAddress(template);
  if (local && own != local) return false;
  // Who gives us its routes may not give us one to ourselves.
  return !isOpen(template) || own < offered.remoteFirst || own > offered.remoteLast;
}

/** The policy of another owner, of another key, that has flows of `offered` on the same interface. Null: there is none. */
export function holder(policy: Policy, peer: u32, key: u32, offered: Selector): Policy | null {
  for (let i: u32 = 0; i < spd.orderedCount(); i++) {
    const other = spd.orderedAt(i);
    if (other.owner && other.owner != peer && other.ownerKey != key && other.interface == policy.interface && other.selector.overlaps(offered)) return other;
  }
  return null;
}

/**
 * The peer's own policy for `offered`, made of a template; a policy that is none already is given back. Null: the peer, or
 * all of them, have as many as is allowed. `key` is one and the same number for all that have shown the same key. It is the caller's to reserve an SA for it before the list is next looked at.
 */
export function own(template: Policy, peer: u32, key: u32, offered: Selector): Policy | null {
  if (template.action != <u8>Action.TEMPLATE) return template;
  let all: u32 = 0;
  let same: u32 = 0;
  for (let i: u32 = 0; i < spd.policySlots(); i++) {
    const policy = spd.made(i);
    if (!policy) continue;
    all++;
    if (policy.owner != peer) continue;
    same++;
    if (policy.entry != template.entry || policy.interface != template.interface || !policy.selector.equals(offered)) continue;
    policy.ownerKey = key;
    return policy;
  }
  if (all >= DYNAMIC_POLICIES || same >= DYNAMIC_PER_PEER) return null;
  const policy = spd.make(template.interface, template.entry, Action.PROTECT, offered);
  if (!policy) return null;
  policy.owner = peer;
  policy.ownerKey = key;
  policy.line = template.line;
  touch();
  return policy;
}

/** A policy has lost an SA: one that a peer made goes with its last. */
export function released(policy: Policy | null): void {
  if (policy && policy.owner && !sad.uses(policy)) touch();
}
