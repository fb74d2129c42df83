/**
 * The life of an ISAKMP SA after Main or Aggressive Mode: what happens when it comes up, is replaced, contradicted, deleted.
 *
 * When a peer deletes its ISAKMP SA, the ESP SAs made under it stay until their own Delete comes or their life ends:
 * nothing in RFC 2408 ties the one to the other, and IOS does the same. When an operator deletes the last ISAKMP SA with a
 * peer, its ESP SAs are deleted first, each with a Delete: strongSwan forgets them silently with their IKE_SA, and would
 * drop what we send.
 */
import * as clock from "../../util/clock";
import { NEVER } from "../../util/deadline";
import { ExchangeType } from "../../wire/ike_numbers";
import { undone } from "../engine/exchange_life";
import * as tell from "../message/tell";
import { Outcome } from "../report/last_attempt";
import * as lastAttempt from "../report/last_attempt";
import * as trace from "../report/trace";
import { at as exchangeAt, free as freeExchange, slots as exchangeSlots } from "../state/exchange";
import { IsakmpSa, Phase } from "../state/isakmp_sa";
import * as isakmpSa from "../state/isakmp_sa";
import * as pairs from "../state/pairs";
import * as renewal from "./renewal";

/** A replaced ISAKMP SA is deleted after this: the peer has moved its ESP SAs over by then. */
const REPLACED_DELAY: u64 = 10000;
/** A renewal that came to nothing is tried again after this, as long as the old one lives. */
export const RENEW_AGAIN: u64 = 70000;
/** Replaced ISAKMP SAs of one peer that are kept until their time. */
const SAS_PER_PEER: u32 = 4;
/** Two SAs that began within this of each other were begun by both sides at once. */
const SIMULTANEOUS: u64 = 5000;

/** Phase 1 is complete, by Main or Aggressive Mode: its last message has left, and it is in force (engine/exchange_life.ts). */
export function phase1IsUp(sa: IsakmpSa, type: u32): void {
  if (sa.initialContact) initialContact(sa);
  const renewed = replaceOlder(sa);
  pairs.adoptPairs(sa);
  trace.sa(sa, renewed ? "rekeyed" : "up", renewed ? "replaces-older" : "negotiated");
  // After Main Mode the peer knows it from message 6.
  if (sa.lifetimeShortened && type == ExchangeType.AGGRESSIVE) tell.sendLifetime(sa);
  lastAttempt.succeeded(sa.peer, Outcome.PHASE1, lastAttempt.NO_POLICY);
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
  pairs.forgetPairs(sa.peer, sa.createdAt);
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
  if (sa.phase != Phase.NEGOTIATING && !another(sa)) renewal.deletePairs(sa.peer, "cleared");
  remove(sa, reason, true);
}

function another(sa: IsakmpSa): bool {
  for (let i: u32 = 0; i < isakmpSa.slots(); i++) {
    const other = isakmpSa.at(i);
    if (other && other !== sa && other.peer == sa.peer && other.phase == Phase.ESTABLISHED) return true;
  }
  return false;
}
