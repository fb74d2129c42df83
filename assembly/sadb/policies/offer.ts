/** What a responder asks of the list of policies: whether a peer is known, and what it may be given of what it proposes. */
import { Action, PROTECTIONS } from "../settings/crypto_map";
import { Selector } from "../terms/selector";
import { Policy } from "./policy";
import * as spd from "./spd";

/** Whether a responder at our address `local` answers `peer` at all: nobody else gets a word. */
export function knowsPeer(peer: u32, local: u32): bool {
  return namesPeer(peer) || answers(local);
}

/** Whether there is a dynamic map at an address of ours: any peer that has a key may begin there. */
export function answers(local: u32): bool {
  return spd.isOpenAt(local);
}

/** Whether `peer` is a peer of any entry in use. */
export function namesPeer(peer: u32): bool {
  return spd.namesPeer(peer);
}

/**
 * For a responder: the first PROTECT policy with that peer (its number, and the address that the configuration knows it by) whose selector equals `offered` (or, failing that, contains
 * it); failing both, a dynamic map's line at our address `local` (0: any) that it may make a policy of; null if none does.
 * The entry names the isakmp-profile of that name, or none without one. What a deny line of the same entry takes away from the
 * policy cannot be offered.
 */
export function forOffer(peer: u32, address: u32, offered: Selector, local: u32 = 0, profile: usize = 0, profileLen: u32 = 0): Policy | null {
  let containing: Policy | null = null;
  let template: Policy | null = null;
  for (let i: u32 = 0; i < spd.orderedCount(); i++) {
    const policy = spd.orderedAt(i);
    if (!policy.entry.isOfProfile(profile, profileLen)) continue;
    const fits = policy.action == <u8>Action.TEMPLATE ? !template && permits(policy, offered, local) : policy.isOf(peer, address);
    if (!fits || !policy.selector.contains(offered) || denied(i, offered)) continue;
    if (policy.action == <u8>Action.TEMPLATE) template = policy;
    else if (policy.selector.equals(offered)) return policy;
    // A tunnel interface carries what its whole policy says, or nothing.
    else if (!containing && !policy.owner && policy.entry.family != PROTECTIONS) containing = policy;
  }
  return containing ? containing : template;
}

/** Whether a template may be used at our address `local` (0: any) for these selectors, its access list apart. */
export function permits(template: Policy, offered: Selector, local: u32): bool {
  const own = spd.localAddress(template);
  if (local && own != local) return false;
  // Who gives us its routes may not give us one to ourselves.
  return !template.isOpen || own < offered.remoteFirst || own > offered.remoteLast;
}

/** Whether a deny line before policy number `i` of the list, of the same entry and interface, meets `offered`. */
function denied(i: u32, offered: Selector): bool {
  const policy = spd.orderedAt(i);
  while (i-- > 0) {
    const before = spd.orderedAt(i);
    if (before.entry != policy.entry || before.interface != policy.interface) return false;
    if (before.action == <u8>Action.NEXT && before.selector.overlaps(offered)) return true;
  }
  return false;
}
