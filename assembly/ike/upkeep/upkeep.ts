/**
 * Upkeep.
 */
import * as clock from "../../util/clock";
import { NEVER } from "../../util/deadline";
import { endExchange } from "../engine/exchange_life";
import * as natt from "../message/natt";
import * as output from "../message/output";
import * as tell from "../message/tell";
import * as notices from "../report/notices";
import { Step } from "../state/dead_peer";
import * as deadPeer from "../state/dead_peer";
import { State } from "../state/exchange";
import { busy, phase1With } from "../state/exchanges";
import { IsakmpSa, Phase } from "../state/isakmp_sa";
import * as isakmpSa from "../state/isakmp_sa";
import * as pairs from "../state/pairs";
import { startPhase1 } from "./begin";
import * as renewal from "./renewal";
import { RENEW_AGAIN, remove } from "./succession";
import * as wanted from "./wanted";

/** Lifetimes of ISAKMP SAs and NAT keepalives that are due. */
export function pollSas(): u32 {
  const deadline = isakmpSa.deadline;
  if (deadline.due()) {
    const now = clock.now();
    deadline.reset();
    for (let i: u32 = 0; i < isakmpSa.slots(); i++) {
      const sa = isakmpSa.at(i);
      if (!sa || sa.phase == Phase.NEGOTIATING) continue;
      tick(sa, now);
      const still = isakmpSa.at(i);
      if (!still || still.phase == Phase.NEGOTIATING) continue;
      deadline.arm(min(min(still.softAt, still.expiresAt), min(still.deleteAt, min(still.keepaliveAt, still.dpdAt))));
    }
  }
  return deadline.remaining();
}

/** The peer, who knows the keys, says that it ends this phase 1. */
export function mainRefused(sa: IsakmpSa, type: u32): void {
  notices.peerSays(sa.peer, type, false, true, null);
  const ex = sa.exchange;
  if (!ex || ex.state != State.MAIN_I3) return;
  const peer = sa.peer;
  endExchange(ex);
  wanted.phase1Failed(peer);
}

/** A peer that does not answer R-U-THERE: everything with it goes, and is told, in case that it only cannot be heard. */
function dead(sa: IsakmpSa): void {
  const peer = sa.peer;
  notices.deadPeer(peer, deadPeer.TRIES, deadPeer.retry);
  if (deadPeer.periodic) wanted.wantAgain(peer);
  renewal.deletePairs(peer, "dead-peer");
  for (let i: u32 = 0; i < isakmpSa.slots(); i++) {
    const other = isakmpSa.at(i);
    if (other && other.peer == peer && other.phase != Phase.NEGOTIATING) remove(other, "dead-peer", true);
  }
  wanted.peerIsDead(peer);
}

/** Renews, ends, deletes an SA as its times say; sends keepalives. */
export function tick(sa: IsakmpSa, now: u64): void {
  if (sa.deleteAt <= now) {
    // What is under way under the old one is let finish.
    if (!busy(sa)) {
      remove(sa, sa.spent ? "pfs-identities" : "replaced", true);
      return;
    }
    sa.deleteAt = now + 1000;
  }
  if (sa.expiresAt <= now) {
    remove(sa, "lifetime", true);
    return;
  }
  if (sa.softAt <= now) {
    sa.softAt = NEVER;
    // Nothing to keep up: it just ends.
    if (sa.phase == Phase.ESTABLISHED && pairs.pairsWith(sa.peer) && !phase1With(sa.peer, sa.profile)) {
      startPhase1(sa.peer, sa.localAddress, sa.number, sa.profile);
      sa.softAt = now + RENEW_AGAIN;
    }
  }
  if (sa.dpdAt <= now) {
    const step = deadPeer.tick(sa);
    if (step == Step.PROBE) tell.sendRUThere(sa);
    else if (step == Step.DEAD) {
      dead(sa);
      return;
    }
  }
  if (sa.keepaliveAt <= now) {
    output.keepalive(sa);
    natt.armKeepalive(sa);
  }
}
