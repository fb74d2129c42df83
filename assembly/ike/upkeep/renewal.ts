/**
 * Pairs of IPsec SAs and their renewal: when it begins, which pair of two stays, who deletes the other.
 *
 *   soft lifetime    the side that initiated a pair renews it at 85 to 90 % of its life, the other side, if nothing has
 *                    come by then, at 92 to 96 %: both do not start at once, nor all pairs together
 *   renewed          who initiated the new pair goes on sending through the old one until something has come through the
 *                    new one, or SWITCH_DELAY has passed: strongSwan takes its new SAs into use only with our third
 *                    message, and a packet on its heels would be lost. Then the old pair receives still, sends no more;
 *                    DELETE_DELAY later it is deleted, and the peer told
 *   the peer renewed  it deletes the old pair; if it forgets to, we do FORGOTTEN_DELAY after the new one has carried something
 *   shares           one retired pair a flow; a peer with more SAs than its share gives up its oldest (state/pairs.ts)
 *   both at once     two pairs for the same flows, initiated by different sides within SIMULTANEOUS: the one with the
 *                    lowest of the four SPIs stays, and the initiator of the other deletes it once the peer is seen to send
 *                    through the one that stays. No RFC has a rule for this: strongSwan goes on with the one that was complete
 *                    last, and ends up with none where that is deleted. Whichever the peer sends through is the one
 */
import { SAS, TUNNELS } from "../../limits";
import * as sad from "../../sadb/sas/sad";
import * as clock from "../../util/clock";
import { NEVER } from "../../util/deadline";
import { Protocol } from "../../wire/ipsec_doi";
import * as tell from "../message/tell";
import * as exchanges from "../state/exchange";
import * as db from "../state/exchanges";
import * as isakmpSa from "../state/isakmp_sa";
import { softMilliseconds } from "../state/lifetimes";
import { Pair, alarms, arm, at, bySpi, firstOf, forget, hasReceived, nextOf, overShare, pool, remove, scarce, share } from "../state/pairs";
import * as peers from "../state/peer";
import { Fate } from "../state/stats";

const DELETE_DELAY: u64 = 10000;
const SWITCH_DELAY: u64 = 2000;
/** Of these ten seconds so much at the least, when SAs are scarce. */
const SETTLED: u64 = 1000;
/** How often it is looked whether the peer has switched. */
const SWITCH_LOOK: u64 = 100;
const SIMULTANEOUS: u64 = 30000;
/** How often it is looked whether the successor of a retired pair has carried something, and how long the peer has from then to delete it. */
const SUCCESSOR_LOOK: u64 = 5000;
const FORGOTTEN_DELAY: u64 = 60000;
/** How often it is looked which of two that crossed the peer sends through. */
const CROSSED_LOOK: u64 = 5000;
/** SAs that are kept free for what comes next: when fewer are left, pairs that have been replaced go before their time. */
const SPARE: u32 = (SAS - 2 * TUNNELS) / 2;

/** Names the SPIs of a pair in the next Delete: of a bundle both. */
function listDelete(pair: Pair): void {
  tell.listDelete(pair.protocol, pair.spi);
  if (pair.ahSpi) tell.listDelete(Protocol.AH, pair.ahSpi);
}

/** A Quick Mode is complete: settles which of several pairs for the same flows stays. */
export function settle(spi: u32): void {
  const pair = bySpi(spi);
  const inbound = sad.bySpi(spi);
  if (!pair || !inbound) return;
  const now = clock.now();
  let next: Pair | null = null;
  for (let other: Pair | null = firstOf(pair.peer); other; other = next) {
    next = nextOf(other);
    if (other === pair || !isSameFlow(other, pair)) continue;
    const its = sad.bySpi(other.spi);
    if (its && its.peerAddress != inbound.peerAddress) {
      // The peer has come back from elsewhere: whoever is at the old address by now need not hear of it.
      remove(other, "moved");
      continue;
    }
    if (other.retired) {
      // One of before is kept for what is still on its way, not every one that ever was.
      deletePair(other);
      continue;
    }
    const simultaneous = other.initiator != pair.initiator && now - other.upAt < SIMULTANEOUS;
    if (simultaneous && min(other.spi, other.peerSpi) < min(pair.spi, pair.peerSpi)) cross(pair, other.spi);
    else if (simultaneous) cross(other, spi);
    else if (!pair.initiator) retire(other, false, spi);
    else {
      sad.defer(inbound, true);
      pair.switchAt = now + SWITCH_DELAY;
      arm(pair, now + SWITCH_LOOK);
    }
  }
  keepShare(pair.peer, share());
  if (scarce()) for (let i: u32 = 0; i < peers.slots(); i++) {
    const other = peers.at(i);
    if (other && firstOf(other.number)) keepShare(other.number, share());
  }
  makeRoom();
}

/**
 * Few SAs are left: of the pairs that others have replaced the oldest goes, until there are enough: one whose successor the peer sends
 * through, or, where nothing is sent, one that we delete soon in any case. A tunnel never loses what it sends through for another's sake.
 */
export function makeRoom(): void {
  const now = clock.now();
  while (sad.left() < SPARE) {
    let oldest: Pair | null = null;
    for (let i: u32 = 0; i < pool.size; i++) {
      const pair = at(i);
      if (!pair || !pair.retired || pair.crossed || (oldest && oldest.upAt <= pair.upAt)) continue;
      const next = bySpi(pair.successor);
      const ours = pair.deleteAt != NEVER && pair.deleteAt <= now + DELETE_DELAY - SETTLED;
      if (next && (ours || hasReceived(next))) oldest = pair;
    }
    if (!oldest) return;
    deletePair(oldest);
  }
}

/** What a peer has above its share of SAs goes: Quick Modes first, their peer may begin them again; then pairs. */
function keepShare(peer: u32, share: u32): void {
  const who = peers.byNumber(peer);
  for (let ex = db.overSas(who, 0, share); ex; ex = db.overSas(who, 0, share)) exchanges.mark(ex, Fate.FAILED);
  for (let over = overShare(peer, share); over; over = overShare(peer, share)) deletePair(over);
}

function isSameFlow(a: Pair, b: Pair): bool {
  return a.policySlot == b.policySlot && a.peer == b.peer && a.selector.equals(b.selector);
}

/** The peer receives through a renewed pair: it takes over, and the ones before it go. */
function switchTo(pair: Pair): void {
  pair.switchAt = NEVER;
  const inbound = sad.bySpi(pair.spi);
  if (!inbound || pair.retired) return;
  for (let other: Pair | null = firstOf(pair.peer); other; other = nextOf(other)) {
    if (other === pair || other.retired || other.upAt > pair.upAt) continue;
    if (isSameFlow(other, pair)) retire(other, true, pair.spi);
  }
  sad.defer(inbound, false);
}

/** @param weDelete it is on us to tell the peer; else it is given time to, from when the successor has carried something */
function retire(pair: Pair, weDelete: bool, successor: u32): void {
  const inbound = sad.bySpi(pair.spi);
  if (inbound) sad.retire(inbound);
  pair.retired = true;
  pair.successor = successor;
  if (!weDelete) {
    arm(pair, clock.now() + SUCCESSOR_LOOK);
    return;
  }
  pair.deleteAt = clock.now() + DELETE_DELAY;
  arm(pair, pair.deleteAt);
}

/** Of two that both sides began at once, retires one for now. */
function cross(pair: Pair, successor: u32): void {
  retire(pair, pair.initiator, successor);
  pair.crossed = true;
  pair.watched = false;
}

/** One that crossed another is due to go: it does when the peer sends through the other, and takes the other's place when the peer sends through it. */
function decide(pair: Pair): void {
  const next = bySpi(pair.successor);
  const own = sad.bySpi(pair.spi);
  const its = next ? sad.bySpi(next.spi) : null;
  if (!next || next.retired || !own || !its) {
    deletePair(pair);
    return;
  }
  const more = <u32>own.packets != pair.seen;
  const nextMore = <u32>its.packets != pair.seenNext;
  if (pair.watched && nextMore && !more) {
    deletePair(pair);
    return;
  }
  if (pair.watched && more && !nextMore) {
    pair.retired = pair.crossed = false;
    pair.deleteAt = NEVER;
    sad.reinstate(own, softMilliseconds(own.lifetimeSeconds, pair.initiator));
    retire(next, true, pair.spi);
    return;
  }
  pair.watched = true;
  pair.seen = <u32>own.packets;
  pair.seenNext = <u32>its.packets;
  pair.deleteAt = clock.now() + CROSSED_LOOK;
  arm(pair, pair.deleteAt);
}

/** Removes all pairs with a peer, by its number, and sends Deletes where there is an ISAKMP SA to protect them. */
export function deletePairs(peer: u32, reason: string): void {
  deleteWhere(peer, 0, reason);
}

/** The same with whoever the configuration knows by this address, 0: with everybody. */
export function deletePairsAt(configured: u32, reason: string): void {
  deleteWhere(0, configured, reason);
}

function deleteWhere(peer: u32, configured: u32, reason: string): void {
  for (;;) {
    // One peer's pairs at a time, as many as a Delete holds.
    let owner: u32 = 0;
    for (let i: u32 = 0; i < pool.size && tell.deleteHasRoom(); i++) {
      const pair = at(i);
      if (!pair || (peer && pair.peer != peer) || (configured && pair.configured != configured) || (owner && pair.peer != owner)) continue;
      owner = pair.peer;
      listDelete(pair);
      remove(pair, reason);
    }
    if (!owner) return;
    tell.sendDelete(isakmpSa.ofPeer(owner));
  }
}

/** The same of one policy. */
export function deletePairsOf(policy: u32, reason: string): void {
  for (let i: u32 = 0; i < pool.size; i++) {
    const pair = at(i);
    if (pair && pair.policySlot == policy) deletePair(pair, reason);
  }
}

/** Of the pairs whose SAs end at these addresses, ours and the peer's; 0: whichever. Returns how many there were. */
export function deletePairsBetween(local: u32, remote: u32, reason: string): u32 {
  let n: u32 = 0;
  for (let i: u32 = 0; i < pool.size; i++) {
    const pair = at(i);
    const sa = pair ? sad.bySpi(pair.spi) : null;
    if (!sa || (local && sa.localAddress != local) || (remote && sa.peerAddress != remote)) continue;
    deletePair(pair as Pair, reason);
    n++;
  }
  return n;
}

/** The pair with this inbound SPI. False: there is none. */
export function deletePairOf(spi: u32): bool {
  const pair = bySpi(spi);
  if (pair) deletePair(pair, "cleared");
  return pair != null;
}

/** Removes one pair and tells the peer. */
function deletePair(pair: Pair, reason: string = "replaced"): void {
  const sa = isakmpSa.ofPeer(pair.peer);
  listDelete(pair);
  remove(pair, reason);
  tell.sendDelete(sa);
}

/** A pair has ended by itself, or its policy has gone: the peer is told. */
export function expired(spi: u32): void {
  const pair = bySpi(spi);
  if (!pair) return;
  const sa = isakmpSa.ofPeer(pair.peer);
  listDelete(pair);
  forget(pair);
  tell.sendDelete(sa);
}

/** Switches and deletes what is due. */
export function poll(): void {
  if (!alarms.deadline.due()) return;
  for (let slot = alarms.next(); slot >= 0; slot = alarms.next()) {
    const pair = at(slot);
    if (pair) look(pair, clock.now());
  }
}

function look(pair: Pair, now: u64): void {
  if (pair.switchAt != NEVER) {
    if (pair.switchAt <= now || hasReceived(pair)) switchTo(pair);
    else arm(pair, now + SWITCH_LOOK);
  }
  if (pair.retired && pair.deleteAt == NEVER) {
    const next = bySpi(pair.successor);
    if (next && hasReceived(next)) pair.deleteAt = now + FORGOTTEN_DELAY;
    else if (next) arm(pair, now + SUCCESSOR_LOOK);
  }
  if (pair.deleteAt <= now && pair.crossed) decide(pair);
  else if (pair.deleteAt <= now) deletePair(pair);
  else if (pair.deleteAt != NEVER) arm(pair, pair.deleteAt);
}
