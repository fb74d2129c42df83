/** What becomes of a policy's SAs and packets when the configuration takes it away, or changes whom it is with. */
import { expire } from "../sas/expiry";
import * as held from "../sas/held";
import { SA } from "../sas/sa";
import * as sad from "../sas/sad";
import { Policy } from "./policy";

/** A policy goes away: its pairs are deleted and reported; what is still being negotiated loses its policy. */
export function policyGone(policy: Policy): void {
  // Its last SA need not ask for what is being done already.
  policy.passing = false;
  for (let i: u32 = 0; i < sad.slots() && sad.uses(policy); i++) {
    const sa = sad.at(i);
    if (!sa || !sa.inbound || sa.policy != policy) continue;
    if (!sa.pair) sad.orphan(sa);
    else if (sa.inner) continue;
    else if (!expire(sa, "configuration")) sad.remove(sa, "configuration");
  }
  held.abandon(policy);
}

/** A policy's peers changed, or the address of its interface: pairs with others than the present ones end. */
export function checkPeers(policy: Policy, local: u32): void {
  for (let sa: SA | null = policy.newest; sa; ) {
    const next = sa.older;
    const inbound = sa.pair;
    if (inbound && ((!policy.owner && !policy.entry.hasPeer(sa.peerAddress)) || (local != 0 && sa.localAddress != local))) {
      if (!expire(inbound, "configuration")) sad.remove(inbound, "configuration");
    }
    sa = next;
  }
}
