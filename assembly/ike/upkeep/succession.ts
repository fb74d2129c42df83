/**
 * The life of an ISAKMP SA after Main or Aggressive Mode: what happens when it comes up, is replaced, contradicted, deleted.
 *
 * When a peer deletes its ISAKMP SA, the ESP SAs made under it stay until their own Delete comes or their life ends:
 * nothing in RFC 2408 ties the one to the other, and IOS does the same. When an operator deletes the last ISAKMP SA with a
 * peer, its ESP SAs are deleted first, each with a Delete: strongSwan forgets them silently with their IKE_SA, and would
 * drop what we send.
 */
import { ISAKMP_SAS, ISAKMP_SAS_RESERVED, PEER_ISAKMP_SAS } from "../../limits";
import * as clock from "../../util/clock";
import { NEVER } from "../../util/deadline";
import { ExchangeType } from "../../wire/ike_numbers";
import { undone } from "../engine/exchange_life";
import * as tell from "../message/tell";
import { Outcome } from "../report/last_attempt";
import * as lastAttempt from "../report/last_attempt";
import * as trace from "../report/trace";
import { at as exchangeAt, free as freeExchange, slots as exchangeSlots } from "../state/exchange";
import { busy } from "../state/exchanges";
import { IsakmpSa, Phase } from "../state/isakmp_sa";
import * as isakmpSa from "../state/isakmp_sa";
import * as pairs from "../state/pairs";
import { Peer } from "../state/peer";
import * as renewal from "./renewal";

/** A replaced ISAKMP SA is deleted after this: the peer has moved its ESP SAs over by then. */
const REPLACED_DELAY: u64 = 10000;
/** A renewal that came to nothing is tried again after this, as long as the old one lives. */
export const RENEW_AGAIN: u64 = 70000;
/** Two SAs that began within this of each other were begun by both sides at once. */
const SIMULTANEOUS: u64 = 5000;

/** Phase 1 is complete, by Main or Aggressive Mode: its last message has left, and it is in force (engine/exchange_life.ts). */
export function phase1IsUp(sa: IsakmpSa, type: u32): void {
  if (sa.initialContact) initialContact(sa);
  const renewed = replaceOlder(sa);
  keepToShare(sa);
  pairs.adoptPairs(sa);
  trace.sa(sa, renewed ? "rekeyed" : "up", renewed ? "replaces-older" : "negotiated");
  // After Main Mode the peer knows it from message 6.
  if (sa.lifetimeShortened && type == ExchangeType.AGGRESSIVE) tell.sendLifetime(sa);
  lastAttempt.succeeded(sa.configured, Outcome.PHASE1, lastAttempt.NO_POLICY);
}

/**
 * Even who proves who it is may not have them all: a peer that has more than its share gives up its oldest; and when all together leave too
 * little for negotiations, that key under which most are does. Under a key that many share anybody can be many peers.
 */
function keepToShare(sa: IsakmpSa): void {
  while (isakmpSa.countOf(sa.peerNumber) > PEER_ISAKMP_SAS) {
    const oldest = oldestOf(sa, sa.peer, 0);
    if (!oldest) break;
    remove(oldest, "share", true);
  }
  while (countOf(null, 0) > ISAKMP_SAS - ISAKMP_SAS_RESERVED) {
    let key: u32 = 0;
    let most: u32 = 0;
    for (let i: u32 = 0; i < isakmpSa.slots(); i++) {
      const other = isakmpSa.at(i);
      const peer = other ? other.peer : null;
      // Of one that many share it is known already.
      if (peer && most && peer.key == key) continue;
      const n = peer ? countOf(null, peer.key) : 0;
      if (n <= most) continue;
      most = n;
      key = peer!.key;
    }
    const oldest = oldestOf(sa, null, key);
    if (!oldest) break;
    remove(oldest, "share", true);
  }
}

/** Whether an SA is with a peer (null: any) that has shown a key (0: any). */
function isOf(sa: IsakmpSa | null, peer: Peer | null, key: u32): bool {
  const its = sa ? sa.peer : null;
  return its != null && sa!.phase != Phase.NEGOTIATING && (peer == null || its === peer) && (!key || its.key == key);
}

function countOf(peer: Peer | null, key: u32): u32 {
  let n: u32 = 0;
  for (let i: u32 = 0; i < isakmpSa.slots(); i++) if (isOf(isakmpSa.at(i), peer, key)) n++;
  return n;
}

/** The oldest such SA but this one; one under which something is under way only if there is no other. */
function oldestOf(but: IsakmpSa, peer: Peer | null, key: u32): IsakmpSa | null {
  let oldest: IsakmpSa | null = null;
  for (let i: u32 = 0; i < isakmpSa.slots(); i++) {
    const sa = isakmpSa.at(i);
    if (sa === but || !isOf(sa, peer, key)) continue;
    const before = oldest ? busy(oldest) == busy(sa!) ? sa!.establishedAt < oldest.establishedAt : !busy(sa!) : true;
    if (before) oldest = sa;
  }
  return oldest;
}

/** Older SAs with the same peer give way; whoever made the new one deletes them. True: there were some. */
function replaceOlder(sa: IsakmpSa): bool {
  let any = false;
  for (let other: IsakmpSa | null = isakmpSa.firstOf(sa.peerNumber); other; other = isakmpSa.nextOf(other)) {
    if (other === sa || other.phase != Phase.ESTABLISHED) continue;
    // Both sides at once: two that come up within moments of each other both stay until one is renewed. One side twice is one that has begun
    // anew: nobody may be left to answer under the first, and dead peer detection would end them both.
    if (other.initiator != sa.initiator && other.createdAt + SIMULTANEOUS > sa.createdAt) continue;
    any = true;
    other.phase = Phase.REPLACED;
    other.softAt = NEVER;
    other.keepaliveAt = other.dpdAt = NEVER;
    // The other side of the renewal is given longer: it deletes only if the first one forgets to.
    other.deleteAt = clock.now() + (sa.initiator ? REPLACED_DELAY : 6 * REPLACED_DELAY);
    isakmpSa.arm(other, other.deleteAt);
  }
  return any;
}

/**
 * An authenticated peer says that it begins anew: what it had with us before this exchange began is gone (RFC 2407,
 * 4.6.3.3). What both sides negotiate at the same moment stays.
 */
export function initialContact(sa: IsakmpSa): void {
  let next: IsakmpSa | null = null;
  for (let other: IsakmpSa | null = isakmpSa.firstOf(sa.peerNumber); other; other = next) {
    next = isakmpSa.nextOf(other);
    if (other === sa || other.phase == Phase.NEGOTIATING || other.establishedAt >= sa.createdAt) continue;
    remove(other, "initial-contact", false);
  }
  pairs.forgetPairs(sa.peerNumber, sa.createdAt);
}

/** Removes an SA and everything under way under it; `told`: the peer is. */
export function remove(sa: IsakmpSa, reason: string, told: bool): void {
  for (let i: u32 = 0; i < exchangeSlots(); i++) {
    const ex = exchangeAt(i);
    if (!ex || ex.sa !== sa) continue;
    undone(ex);
    freeExchange(ex);
  }
  if (sa.phase != Phase.NEGOTIATING) {
    if (told) tell.sendDeleteIsakmp(sa);
    trace.sa(sa, "down", reason);
  }
  isakmpSa.free(sa);
}

/** As an operator wants it, or because the peer has stopped answering: with the ESP SAs, if it is the last one with the peer. */
export function removeWithPairs(sa: IsakmpSa, reason: string): void {
  if (sa.phase != Phase.NEGOTIATING && !another(sa)) renewal.deletePairs(sa.peerNumber, "cleared");
  remove(sa, reason, true);
}

function another(sa: IsakmpSa): bool {
  for (let other: IsakmpSa | null = isakmpSa.firstOf(sa.peerNumber); other; other = isakmpSa.nextOf(other)) {
    if (other !== sa && other.phase == Phase.ESTABLISHED) return true;
  }
  return false;
}
