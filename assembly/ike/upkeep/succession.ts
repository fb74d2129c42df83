/**
 * The life of an ISAKMP SA after Main or Aggressive Mode: what happens when it comes up, is replaced, contradicted, deleted.
 *
 * When a peer deletes its ISAKMP SA, the ESP SAs made under it stay until their own Delete comes or their life ends:
 * nothing in RFC 2408 ties the one to the other, and IOS does the same. When an operator deletes the last ISAKMP SA with a
 * peer, its ESP SAs are deleted first, each with a Delete: strongSwan forgets them silently with their IKE_SA, and would
 * drop what we send.
 */
import { ExchangeType } from "../../wire/ike_numbers";
import * as clock from "../../util/clock";
import { NEVER } from "../../util/deadline";
import * as acquire from "./wanted";
import * as attempt from "../report/last_attempt";
import { Outcome } from "../report/last_attempt";
import * as cookies from "../engine/cookies";
import * as dpd from "../state/dead_peer";
import { Step } from "../state/dead_peer";
import { Exchange, State, Timeout, free as freeExchange, forgetKeyExchange, at as exchangeAt, slots as exchangeSlots } from "../state/exchange";
import { startPhase1 } from "./begin";
import { busy, phase1With } from "../state/exchanges";
import * as informational from "../modes/informational";
import { IsakmpSa, Phase } from "../state/isakmp_sa";
import * as isakmpSa from "../state/isakmp_sa";
import * as natt from "../message/natt";
import * as notices from "../report/notices";
import * as output from "../message/output";
import { abandon } from "../modes/quick_pair";
import * as rekey from "./renewal";
import * as stats from "../state/stats";
import { Fate } from "../state/stats";
import * as trace from "../report/trace";

/** A replaced ISAKMP SA is deleted after this: the peer has moved its ESP SAs over by then. */
const REPLACED_DELAY: u64 = 10000;
/** A renewal that came to nothing is tried again after this, as long as the old one lives. */
const RENEW_AGAIN: u64 = 70000;
/** A spent one after this: rekey.ts's DELETE_DELAY and a little. */
const SPENT_DELAY: u64 = 12000;
/** Replaced ISAKMP SAs of one peer that are kept until their time. */
const SAS_PER_PEER: u32 = 4;
/** Two SAs that began within this of each other were begun by both sides at once. */
const SIMULTANEOUS: u64 = 5000;

/** Whether we know of nothing with this peer: then our first message says INITIAL-CONTACT (RFC 2407, 4.6.3.3). */
export function firstContact(sa: IsakmpSa): bool {
  return isakmpSa.forPeer(sa.peer) == null && rekey.pairsWith(sa.peer) == 0;
}

/** Phase 1 is complete: called after its last message has left. */
export function phase1IsUp(ex: Exchange): void {
  const sa = ex.sa;
  const now = clock.now();
  memory.copy(sa.lastIv, ex.iv, 16);
  sa.phase = Phase.ESTABLISHED;
  sa.establishedAt = now;
  setLifetimes(sa);
  natt.armKeepalive(sa);
  dpd.start(sa);
  if (!sa.initiator && ex.type == ExchangeType.IDENTITY_PROTECTION) cookies.pin(ex.SA_b, ex.SA_bLen);
  memory.fill(ex.SKEYID, 0, 64);
  forgetKeyExchange(ex);
  isakmpSa.countEstablished();
  if (sa.initialContact) initialContact(sa);
  const renewed = replaceOlder(sa);
  rekey.adoptPairs(sa);
  trace.sa(sa, renewed ? "rekeyed" : "up", renewed ? "replaces-older" : "negotiated");
  // After Main Mode the peer knows it from message 6.
  if (sa.lifetimeShortened && ex.type == ExchangeType.AGGRESSIVE) informational.sendLifetime(sa);
  attempt.succeeded(sa.peer, Outcome.PHASE1, attempt.NO_POLICY);
  acquire.phase1IsUp(sa);
}

/** Sets when an SA is renegotiated and when it ends, by what was agreed on. */
function setLifetimes(sa: IsakmpSa): void {
  const start = sa.establishedAt;
  sa.expiresAt = start + <u64>sa.lifetimeSeconds * 1000;
  if (sa.phase == Phase.ESTABLISHED) sa.softAt = start + <u64>rekey.softMilliseconds(sa.lifetimeSeconds, sa.initiator);
  isakmpSa.deadline.arm(min(sa.softAt, sa.expiresAt));
  const kilobytes = sa.lifetimeKilobytes;
  if (!kilobytes) return;
  sa.hardOctets = <u64>kilobytes << 10;
  sa.softOctets = rekey.softOctets(kilobytes, sa.initiator);
}

/** The responder's lifetimes are shorter than what it was offered (RFC 2407, 4.5.4): RESPONDER-LIFETIME, protected. 0: not said. */
export function shorten(sa: IsakmpSa, seconds: u32, kilobytes: u32): void {
  if (seconds) sa.lifetimeSeconds = min(sa.lifetimeSeconds, seconds);
  if (kilobytes) sa.lifetimeKilobytes = sa.lifetimeKilobytes ? min(sa.lifetimeKilobytes, kilobytes) : kilobytes;
  if (sa.phase != Phase.NEGOTIATING) setLifetimes(sa);
}

/**
 * An SA serves no further Quick Mode: what is under way under it is let finish, then it is deleted (RFC 2409, 8). It stays
 * for long enough that the pair which its Quick Mode renewed can be deleted under it.
 */
export function lastQuick(sa: IsakmpSa): void {
  sa.spent = true;
  sa.softAt = sa.dpdAt = NEVER;
  sa.softOctets = sa.hardOctets;
  sa.deleteAt = clock.now() + SPENT_DELAY + (sa.initiator ? 0 : SPENT_DELAY);
  isakmpSa.deadline.arm(sa.deleteAt);
}

/** Older SAs with the same peer give way; whoever made the new one deletes them. True: there were some. */
function replaceOlder(sa: IsakmpSa): bool {
  let any = false;
  let same: u32 = 0;
  for (let i: u32 = 0; i < isakmpSa.slots(); i++) {
    const other = isakmpSa.at(i);
    // Even who proves who it is may not have them all.
    if (other && other !== sa && other.peer == sa.peer && other.phase == Phase.REPLACED && ++same >= SAS_PER_PEER) {
      remove(other, "replaced", true);
      continue;
    }
    if (!other || other === sa || other.peer != sa.peer || other.phase != Phase.ESTABLISHED) continue;
    // Both sides at once: two that come up within moments of each other both stay until one is renewed.
    if (other.createdAt + SIMULTANEOUS > sa.createdAt) continue;
    any = true;
    other.phase = Phase.REPLACED;
    other.softAt = NEVER;
    other.keepaliveAt = other.dpdAt = NEVER;
    // The other side of the renewal is given longer: it deletes only if the first one forgets to.
    other.deleteAt = clock.now() + (sa.initiator ? REPLACED_DELAY : 6 * REPLACED_DELAY);
    isakmpSa.deadline.arm(other.deleteAt);
  }
  return any;
}

/**
 * An authenticated peer says that it begins anew: what it had with us before this exchange began is gone (RFC 2407,
 * 4.6.3.3). What both sides negotiate at the same moment stays.
 */
export function initialContact(sa: IsakmpSa): void {
  for (let i: u32 = 0; i < isakmpSa.slots(); i++) {
    const other = isakmpSa.at(i);
    if (!other || other === sa || other.peer != sa.peer) continue;
    if (other.phase == Phase.NEGOTIATING || other.establishedAt >= sa.createdAt) continue;
    remove(other, "initial-contact", false);
  }
  rekey.forgetPairs(sa.peer, sa.createdAt);
}

/** The peer, who knows the keys, says that it ends this phase 1. */
export function mainRefused(sa: IsakmpSa, type: u32): void {
  notices.peerSays(sa.peer, type, false, true, null);
  const ex = sa.exchange;
  if (!ex || ex.state != State.MAIN_I3) return;
  const peer = sa.peer;
  endExchange(ex);
  acquire.phase1Failed(peer);
}

/** What an exchange that came to nothing leaves behind. */
function undone(ex: Exchange): void {
  if (ex.timeout == Timeout.LINGER || ex.timeout == Timeout.CONFIRM) return;
  if (ex.state != State.MAIN_R0 && ex.state != State.AGGR_R0 && ex.state != State.QUICK_R0) stats.exchange(ex.type, ex.initiator, Fate.FAILED);
  if (ex.type == ExchangeType.QUICK_MODE) abandon(ex);
}

/** Ends an exchange of either phase; with phase 1's goes its SA. */
export function endExchange(ex: Exchange): void {
  undone(ex);
  const sa = ex.sa;
  const own = sa.exchange === ex && sa.phase == Phase.NEGOTIATING;
  freeExchange(ex);
  if (own) isakmpSa.free(sa);
}

/** Removes an SA and everything under way under it; tells the peer if wanted. */
export function remove(sa: IsakmpSa, reason: string, tell: bool): void {
  for (let i: u32 = 0; i < exchangeSlots(); i++) {
    const ex = exchangeAt(i);
    if (!ex || ex.sa !== sa) continue;
    undone(ex);
    freeExchange(ex);
  }
  if (sa.phase != Phase.NEGOTIATING) {
    if (tell) informational.sendDeleteIsakmp(sa);
    trace.sa(sa, "down", reason);
  }
  isakmpSa.free(sa);
}

/** As an operator wants it, or because the peer has stopped answering: with the ESP SAs, if it is the last one with the peer. */
export function removeWithPairs(sa: IsakmpSa, reason: string): void {
  if (sa.phase != Phase.NEGOTIATING && !another(sa)) rekey.deletePairs(sa.peer, "cleared");
  remove(sa, reason, true);
}

/** A peer that does not answer R-U-THERE: everything with it goes, and is told, in case that it only cannot be heard. */
function dead(sa: IsakmpSa): void {
  const peer = sa.peer;
  notices.deadPeer(peer, dpd.TRIES, dpd.retry);
  if (dpd.periodic) acquire.wantAgain(peer);
  rekey.deletePairs(peer, "dead-peer");
  for (let i: u32 = 0; i < isakmpSa.slots(); i++) {
    const other = isakmpSa.at(i);
    if (other && other.peer == peer && other.phase != Phase.NEGOTIATING) remove(other, "dead-peer", true);
  }
  acquire.peerIsDead(peer);
}

function another(sa: IsakmpSa): bool {
  for (let i: u32 = 0; i < isakmpSa.slots(); i++) {
    const other = isakmpSa.at(i);
    if (other && other !== sa && other.peer == sa.peer && other.phase == Phase.ESTABLISHED) return true;
  }
  return false;
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
    if (sa.phase == Phase.ESTABLISHED && rekey.pairsWith(sa.peer) && !phase1With(sa.peer, sa.profile)) {
      startPhase1(sa.peer, sa.localAddress, sa.number, sa.profile);
      sa.softAt = now + RENEW_AGAIN;
    }
  }
  if (sa.dpdAt <= now) {
    const step = dpd.tick(sa);
    if (step == Step.PROBE) informational.sendRUThere(sa);
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
