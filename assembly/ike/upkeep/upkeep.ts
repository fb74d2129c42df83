/**
 * What keeps tunnels up: it takes what the data path asks for, acts on what the engine and the modes have marked - exchanges that
 * are complete or have failed, SAs that a peer has deleted - and does what the times of ISAKMP SAs say. It runs when a message has
 * been dealt with, never in the midst of it: what is marked can neither be lost nor vanish under who marked it.
 */
import { next } from "../../sadb/work";
import * as clock from "../../util/clock";
import * as log from "../../util/log";
import { NEVER } from "../../util/deadline";
import { ExchangeType } from "../../wire/ike_numbers";
import { endExchange } from "../engine/exchange_life";
import * as output from "../message/output";
import * as tell from "../message/tell";
import * as notices from "../report/notices";
import * as deadPeerSetting from "../settings/dead_peer_setting";
import { Step } from "../state/dead_peer";
import * as deadPeer from "../state/dead_peer";
import { Exchange, Timeout } from "../state/exchange";
import * as exchanges from "../state/exchange";
import { busy, phase1With } from "../state/exchanges";
import { IsakmpSa, Phase, Said } from "../state/isakmp_sa";
import * as isakmpSa from "../state/isakmp_sa";
import * as pairs from "../state/pairs";
import { Fate } from "../state/stats";
import * as whereabouts from "../state/whereabouts";
import { startPhase1 } from "./begin";
import * as renewal from "./renewal";
import { RENEW_AGAIN, remove } from "./succession";
import * as succession from "./succession";
import * as wanted from "./wanted";

/** Takes what the data path asks for. */
export function run(): void {
  for (let item = next(); item; item = next()) {
    wanted.take(item);
    look();
  }
}

/** Acts on what has been marked, until nothing is: what follows from one mark may set another. */
export function look(): void {
  while (exchanges.marked || isakmpSa.marked) {
    exchanges.marksSeen();
    for (let i: u32 = 0; i < exchanges.slots(); i++) {
      const ex = exchanges.at(i);
      if (!ex || !ex.marked) continue;
      ex.marked = false;
      if (ex.fate == Fate.COMPLETED) completed(ex);
      else undone(ex, ex.fate == Fate.UNANSWERED);
    }
    if (!isakmpSa.marked) continue;
    isakmpSa.marksSeen();
    for (let i: u32 = 0; i < isakmpSa.slots(); i++) {
      const sa = isakmpSa.at(i);
      if (!sa || !sa.said) continue;
      const said = sa.said;
      sa.said = Said.NOTHING;
      if (said & Said.INITIAL_CONTACT) succession.initialContact(sa);
      if (said & Said.DELETED) succession.remove(sa, "deleted-by-peer", false);
    }
  }
}

function completed(ex: Exchange): void {
  const sa = ex.sa;
  const type = ex.type;
  const policy = ex.policySlot;
  const ours = ex.initiator;
  if (type == ExchangeType.QUICK_MODE) renewal.settle(ex.spi);
  else if (type != ExchangeType.NEW_GROUP_MODE) succession.phase1IsUp(sa, type);
  if (ex.timeout == Timeout.NONE) exchanges.free(ex);
  if (type == ExchangeType.QUICK_MODE) wanted.quickIsUp(policy);
  else if (type != ExchangeType.NEW_GROUP_MODE || ours) wanted.phase1IsUp(sa);
}

/** An exchange that failed, or was not answered, ends; what waited for it is told. */
function undone(ex: Exchange, unanswered: bool): void {
  const sa = ex.sa;
  const type = ex.type;
  const ours = ex.initiator;
  const policy = ex.policySlot;
  const renews = ex.renews;
  const peer = sa.configured;
  endExchange(ex);
  if (!ours) return;
  if (type != ExchangeType.QUICK_MODE && type != ExchangeType.NEW_GROUP_MODE) wanted.phase1Failed(peer);
  else if (!unanswered || type == ExchangeType.NEW_GROUP_MODE) wanted.quickFailed(policy);
  else {
    if (sa.phase != Phase.NEGOTIATING) succession.remove(sa, "no-answer", true);
    wanted.quickUnanswered(policy, renews);
  }
}

/** Lifetimes of ISAKMP SAs and NAT keepalives that are due. */
export function pollSas(): void {
  const alarms = isakmpSa.alarms;
  if (!alarms.deadline.due()) return;
  const now = clock.now();
  for (let slot = alarms.next(); slot >= 0; slot = alarms.next()) {
    const sa = isakmpSa.at(slot);
    if (!sa || sa.phase == Phase.NEGOTIATING) continue;
    tick(sa, now);
    // It may have gone, and its slot may be another's.
    const left = isakmpSa.at(slot);
    if (!left || left.phase == Phase.NEGOTIATING) continue;
    const next = min(min(left.softAt, left.expiresAt), min(left.deleteAt, min(left.keepaliveAt, left.dpdAt)));
    // What is due now all the same is so with the next poll.
    if (next != NEVER) isakmpSa.arm(left, max(next, now + 1));
  }
}

/** A peer that does not answer R-U-THERE: everything with it goes, and is told, in case that it only cannot be heard. */
function dead(sa: IsakmpSa): void {
  const peer = sa.peerNumber;
  const configured = sa.configured;
  notices.deadPeer(configured, deadPeer.TRIES, deadPeerSetting.retry);
  if (deadPeerSetting.periodic) wanted.wantAgain(peer, configured);
  renewal.deletePairs(peer, "dead-peer");
  let next: IsakmpSa | null = null;
  for (let other: IsakmpSa | null = isakmpSa.firstOf(peer); other; other = next) {
    next = isakmpSa.nextOf(other);
    if (other.phase != Phase.NEGOTIATING) remove(other, "dead-peer", true);
  }
  wanted.peerIsDead(peer, configured);
}

/** Renews, ends, deletes an SA as its times say; sends keepalives. */
export function tick(sa: IsakmpSa, now: u64): void {
  log.about(sa.peerAddress);
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
    if (sa.phase == Phase.ESTABLISHED && pairs.pairsWith(sa.peerNumber) && !phase1With(sa.configured, sa.profile)) {
      startPhase1(sa.configured, sa.localAddress, sa.number, sa.profile);
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
    whereabouts.armKeepalive(sa);
  }
}
