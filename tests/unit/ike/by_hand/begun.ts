// Asking for SAs, and what it has begun: the exchanges of a peer or a policy, and how long a policy rests.
import { Exchange } from "../../../../assembly/ike/state/exchange";
import * as exchange from "../../../../assembly/ike/state/exchange";
import * as db from "../../../../assembly/ike/state/exchanges";
import { Phase } from "../../../../assembly/ike/state/isakmp_sa";
import * as isakmpSa from "../../../../assembly/ike/state/isakmp_sa";
import * as upkeep from "../../../../assembly/ike/upkeep/upkeep";
import { Policy } from "../../../../assembly/sadb/policies/policy";
import { Work, WorkItem } from "../../../../assembly/sadb/work";
import * as asked from "../../../../assembly/sadb/work";
import * as clock from "../../../../assembly/util/clock";
import { BETA } from "../../sadb/world";
import { policy } from "./world";

/** A packet of a policy waits for an SA. */
export function wants(its: Policy): void {
  const item = asked.post(Work.ACQUIRE) as WorkItem;
  item.policy = its.slot;
  upkeep.run();
}

/** Our own phase 1 with a peer. */
export function phase1(peer: u32 = BETA): Exchange | null {
  return db.phase1With(peer, 0);
}

export function quick(its: Policy = policy): Exchange | null {
  return db.quickForPolicy(its.slot);
}

/** Milliseconds for which a policy does not ask. */
export function rest(its: Policy = policy): u64 {
  return its.nextAcquire <= clock.now() ? 0 : its.nextAcquire - clock.now();
}

export function ends(ex: Exchange | null): void {
  const sa = ex!.sa;
  exchange.free(ex as Exchange);
  if (sa.phase == Phase.NEGOTIATING) isakmpSa.free(sa);
}
