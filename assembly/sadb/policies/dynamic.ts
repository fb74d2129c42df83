/**
 * Dynamic crypto maps: policies that are made of what a peer proposes, for peers whose address nobody knows beforehand. A
 * line of a dynamic map's access list is a TEMPLATE in the list of policies; a Quick Mode that lies within it makes a policy
 * of the peer's own, before the template, which goes with its last SA. An entry without an access list lets a peer propose
 * anything but what holds the address that it reaches us at.
 */
import { DYNAMIC_PER_PEER, DYNAMIC_POLICIES } from "../../limits";
import { touch } from "../../lists/setting";
import * as sad from "../sas/sad";
import { Action } from "../settings/crypto_map";
import { Selector } from "../terms/selector";
import { Policy } from "./policy";
import * as spd from "./spd";

/** The policy of another owner, of another key, that has flows of `offered` on the same interface. Null: there is none. */
export function holder(policy: Policy, peer: u32, key: u32, offered: Selector): Policy | null {
  for (let i: u32 = 0; i < spd.policySlots(); i++) {
    const other = spd.made(i);
    if (!other || other.owner == peer || other.ownerKey == key || other.interface != policy.interface) continue;
    // One without an SA is on its way out; one that was made since the list was is not in it yet.
    if (other.selector.overlaps(offered) && sad.uses(other)) return other;
  }
  return null;
}

/**
 * The peer's own policy for `offered`, made of a template; a policy that is none already is given back. Null: the peer, or
 * all of them, have as many as is allowed. `peer` is its number, `address` where it is. `key` is one and the same number for all that have shown the same key. It is the
 * caller's to reserve an SA for it before the list is next made: one without goes.
 */
export function own(template: Policy, peer: u32, address: u32, key: u32, offered: Selector): Policy | null {
  if (template.action != <u8>Action.TEMPLATE) return template;
  let all: u32 = 0;
  let same: u32 = 0;
  for (let i: u32 = 0; i < spd.policySlots(); i++) {
    const policy = spd.made(i);
    if (!policy) continue;
    const own = policy.owner == peer;
    if (own && policy.entry == template.entry && policy.interface == template.interface && policy.selector.equals(offered)) {
      policy.ownerKey = key;
      if (policy.ownerAddress != address) {
        policy.ownerAddress = address;
        // It is found by its peer's address.
        touch();
      }
      return policy;
    }
    if (!sad.uses(policy)) continue;
    all++;
    if (own) same++;
  }
  if (all >= DYNAMIC_POLICIES || same >= DYNAMIC_PER_PEER) return null;
  if (!spd.mayProtect()) return null;
  const policy = spd.make(template.interface, template.entry, Action.PROTECT, offered);
  if (!policy) return null;
  policy.owner = peer;
  policy.ownerAddress = address;
  policy.ownerKey = key;
  policy.passing = true;
  policy.line = template.line;
  touch();
  return policy;
}
