/**
 * Finding exchanges, and the bounds on how many a peer may open.
 */
import { HALF_OPEN, HALF_OPEN_LOAD, HALF_OPEN_LOAD_PER_ADDRESS, HALF_OPEN_PER_ADDRESS, PEER_EXCHANGES } from "../../limits";
import * as clock from "../../util/clock";
import { ExchangeType } from "../../wire/ike_numbers";
import { Exchange, Job, State, Timeout, at, slots } from "./exchange";
import { IsakmpSa, Phase } from "./isakmp_sa";
import * as isakmpSa from "./isakmp_sa";
import * as pairs from "./pairs";
import { Peer } from "./peer";
import * as strangers from "./strangers";

/** The phase 2 exchange of an SA with this message ID. */
export function byM_ID(sa: IsakmpSa, M_ID: u32): Exchange | null {
  for (let i: u32 = 0; i < slots(); i++) {
    const ex = at(i);
    if (ex && ex.sa === sa && ex.M_ID == M_ID) return ex;
  }
  return null;
}

/** Our own Quick Mode under way for a policy, under whichever SA. */
export function quickForPolicy(policy: u32): Exchange | null {
  for (let i: u32 = 0; i < slots(); i++) {
    const ex = at(i);
    if (ex && ex.type == ExchangeType.QUICK_MODE && ex.initiator && ex.policySlot == policy && ex.state != State.QUICK_DONE) {
      return ex;
    }
  }
  return null;
}

/** A Quick Mode of the peer's for a policy that has been answered and waits for its third message. */
export function quickAnswered(policy: u32): Exchange | null {
  for (let i: u32 = 0; i < slots(); i++) {
    const ex = at(i);
    if (ex && ex.state == State.QUICK_R1 && ex.policySlot == policy) return ex;
  }
  return null;
}

/** Our own Quick Mode under way for an SPI, or, with SPI 0, the oldest one under the SA. */
export function quickForSpi(sa: IsakmpSa, spi: u32): Exchange | null {
  let oldest: Exchange | null = null;
  for (let i: u32 = 0; i < slots(); i++) {
    const ex = at(i);
    if (!ex || ex.sa !== sa || ex.state != State.QUICK_I1 || ex.marked) continue;
    if (spi && (ex.spi == spi || ex.ahSpi == spi)) return ex;
    if (!oldest || ex.createdAt < oldest.createdAt) oldest = ex;
  }
  return spi ? null : oldest;
}

/** Our own New Group Mode under way under an SA. */
export function newGroupUnder(sa: IsakmpSa): Exchange | null {
  for (let i: u32 = 0; i < slots(); i++) {
    const ex = at(i);
    if (ex && ex.sa === sa && ex.initiator && ex.type == ExchangeType.NEW_GROUP_MODE && ex.state != State.GROUP_DONE && !ex.marked) return ex;
  }
  return null;
}

/** Whether a peer's group is being looked at, whoever's. */
export function validating(): bool {
  for (let i: u32 = 0; i < slots(); i++) {
    const ex = at(i);
    if (ex && !ex.initiator && ex.jobs & Job.VALIDATE) return true;
  }
  return false;
}

/** Our own phase 1 under way with a peer under a profile. */
export function phase1With(peer: u32, profile: u32): Exchange | null {
  for (let sa: IsakmpSa | null = isakmpSa.firstOf(isakmpSa.UNPROVEN); sa; sa = isakmpSa.nextOf(sa)) {
    if (sa.configured == peer && sa.profile == profile && sa.initiator && sa.phase == Phase.NEGOTIATING) return sa.exchange;
  }
  return null;
}

/** Whether an exchange that is not done is under way under an SA. */
export function busy(sa: IsakmpSa): bool {
  for (let i: u32 = 0; i < slots(); i++) {
    const ex = at(i);
    if (ex && ex.sa === sa && ex.timeout != Timeout.LINGER && ex.timeout != Timeout.CONFIRM) return true;
  }
  return false;
}

function isHalfOpen(sa: IsakmpSa): bool {
  return sa.phase == Phase.NEGOTIATING && !sa.initiator;
}

/** Exchanges of peers that have not proved who they are. */
export function halfOpen(): u32 {
  let n: u32 = 0;
  for (let sa: IsakmpSa | null = isakmpSa.firstOf(isakmpSa.UNPROVEN); sa; sa = isakmpSa.nextOf(sa)) if (isHalfOpen(sa)) n++;
  return n;
}

/** Whether an exchange is phase 1 of a peer that has begun it and has not proved who it is. */
export function isStranger(ex: Exchange): bool {
  return !ex.initiator && ex.sa.phase == Phase.NEGOTIATING && ex.sa.exchange === ex;
}

/** Those of one mode: each has a share of its own, so that what is forged cheaply in one leaves the other. */
function halfOpenIn(aggressive: bool): u32 {
  let n: u32 = 0;
  for (let sa: IsakmpSa | null = isakmpSa.firstOf(isakmpSa.UNPROVEN); sa; sa = isakmpSa.nextOf(sa)) {
    if (isHalfOpen(sa) && sa.aggressive == aggressive) n++;
  }
  return n;
}

/** Those of one address in a mode. */
export function halfOpenOf(address: u32, aggressive: bool = false): u32 {
  let n: u32 = 0;
  for (let sa: IsakmpSa | null = isakmpSa.firstOf(isakmpSa.UNPROVEN); sa; sa = isakmpSa.nextOf(sa)) {
    if (isHalfOpen(sa) && sa.aggressive == aggressive && sa.peerAddress == address) n++;
  }
  return n;
}

/** Whether one more exchange of a peer that has not proved who it is may be opened beside those that there are. */
export function mayOpenHalf(address: u32, aggressive: bool = false): bool {
  return halfOpenIn(aggressive) < HALF_OPEN && halfOpenOf(address, aggressive) < HALF_OPEN_PER_ADDRESS;
}

/**
 * Whether so many exchanges are half open that a stranger is not worth a power, nor in Main Mode state: a first message of Main
 * Mode is answered without (flood.ts), and both modes with a public value that has been computed already (strangers.ts).
 */
export function underLoad(address: u32, aggressive: bool = false): bool {
  return halfOpenIn(aggressive) >= HALF_OPEN_LOAD || halfOpenOf(address, aggressive) >= HALF_OPEN_LOAD_PER_ADDRESS;
}

/** How much an address has cost, and how many places it holds or would hold beside one. */
function burden(address: u32, places: u32): u32 {
  return strangers.cost(address) + 2 * places;
}

/**
 * The exchange of a stranger that gives way to one more of `address`, when there is no room: of that address if it has its
 * share; else whose address burdens us most, if that is more than the newcomer's does; else the oldest, if it is older than
 * `age` or of a lower standing. What is being computed is let finish.
 */
export function yielding(address: u32, aggressive: bool, age: u64, standing: u32 = 0): Exchange | null {
  const own = halfOpenOf(address, aggressive) >= HALF_OPEN_PER_ADDRESS;
  const mine = burden(address, halfOpenOf(address, aggressive));
  let best: Exchange | null = null;
  let most: u32 = 0;
  for (let i: u32 = 0; i < slots(); i++) {
    const ex = at(i);
    if (!ex || !isStranger(ex) || ex.suspended || ex.marked || ex.sa.aggressive != aggressive) continue;
    const theirs = ex.sa.peerAddress;
    if (own && theirs != address) continue;
    const weight = burden(theirs, halfOpenOf(theirs, aggressive) - 1);
    if (!own && weight <= mine && clock.now() - ex.createdAt < age && standing <= ex.standing) continue;
    if (best && (weight < most || (weight == most && ex.createdAt >= best.createdAt))) continue;
    best = ex;
    most = weight;
  }
  return best;
}

/**
 * What a peer gives up for one more Quick Mode of its own: nothing (null) while it has less than its share; else its oldest that only
 * lingers, or else its oldest. Never another's.
 */
export function overShare(sa: IsakmpSa): Exchange | null {
  let n: u32 = 0;
  let oldest: Exchange | null = null;
  for (let i: u32 = 0; i < slots(); i++) {
    const ex = at(i);
    if (!ex || ex.initiator || ex.type != ExchangeType.QUICK_MODE || ex.sa.peer !== sa.peer) continue;
    n++;
    const lingers = ex.timeout == Timeout.LINGER;
    const before = oldest ? lingers == (oldest.timeout == Timeout.LINGER) ? ex.createdAt < oldest.createdAt : lingers : true;
    if (before) oldest = ex;
  }
  return n < PEER_EXCHANGES ? null : oldest;
}

/**
 * The Quick Mode that a peer gives up whose SAs, with those that its Quick Modes have reserved and `more` beside them, are more
 * than its share of them: the oldest that it began. Null: it is within it, or they are its pairs' alone.
 */
export function overSas(peer: Peer | null, more: u32, share: u32): Exchange | null {
  if (!peer) return null;
  let n = pairs.sasOf(peer.number) + more;
  let oldest: Exchange | null = null;
  for (let i: u32 = 0; i < slots(); i++) {
    const ex = at(i);
    if (!ex || ex.initiator || ex.marked || ex.type != ExchangeType.QUICK_MODE || ex.sa.peer !== peer || !ex.spi || ex.timeout == Timeout.LINGER) continue;
    n += ex.ahSpi ? 4 : 2;
    if (!oldest || ex.createdAt < oldest.createdAt) oldest = ex;
  }
  return n > share ? oldest : null;
}
