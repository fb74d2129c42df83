/**
 * Finding exchanges, and the bounds on how many a peer may open.
 */
import { HALF_OPEN, HALF_OPEN_LOAD, HALF_OPEN_LOAD_PER_ADDRESS, HALF_OPEN_PER_ADDRESS, PEER_EXCHANGES } from "../../limits";
import * as clock from "../../util/clock";
import { ExchangeType } from "../../wire/ike_numbers";
import { Exchange, Job, State, Timeout, at, slots } from "./exchange";
import { IsakmpSa, Phase } from "./isakmp_sa";
import * as isakmpSa from "./isakmp_sa";

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
  for (let i: u32 = 0; i < isakmpSa.slots(); i++) {
    const sa = isakmpSa.at(i);
    if (sa && sa.configured == peer && sa.profile == profile && sa.initiator && sa.phase == Phase.NEGOTIATING) return sa.exchange;
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

function isHalfOpen(sa: IsakmpSa | null): bool {
  return sa != null && sa.phase == Phase.NEGOTIATING && !sa.initiator;
}

/** Exchanges of peers that have not proved who they are. */
export function halfOpen(): u32 {
  let n: u32 = 0;
  for (let i: u32 = 0; i < isakmpSa.slots(); i++) if (isHalfOpen(isakmpSa.at(i))) n++;
  return n;
}

/** Those of one address. */
export function halfOpenOf(address: u32): u32 {
  let n: u32 = 0;
  for (let i: u32 = 0; i < isakmpSa.slots(); i++) {
    const sa = isakmpSa.at(i);
    if (isHalfOpen(sa) && sa!.peerAddress == address) n++;
  }
  return n;
}

/** Whether one more exchange of a peer that has not proved who it is may be opened. */
export function mayOpenHalf(address: u32): bool {
  return halfOpen() < HALF_OPEN && halfOpenOf(address) < HALF_OPEN_PER_ADDRESS;
}

/**
 * Whether so many exchanges are half open that a first message is not worth state yet, nor a modular exponentiation: Main
 * Mode is answered without (flood.ts), and Aggressive Mode, which costs one at once, is refused.
 */
export function underLoad(address: u32): bool {
  return halfOpen() >= HALF_OPEN_LOAD || halfOpenOf(address) >= HALF_OPEN_LOAD_PER_ADDRESS;
}

/**
 * An exchange of a peer whose first message alone has come, and that is older than `age`: what gives way when there are
 * too many. Of `address` if that has its share already, else of any.
 */
export function idleHalf(address: u32, age: u64): Exchange | null {
  let oldest: Exchange | null = null;
  const full = halfOpenOf(address) >= HALF_OPEN_PER_ADDRESS;
  for (let i: u32 = 0; i < slots(); i++) {
    const ex = at(i);
    if (!ex || (ex.state != State.MAIN_R1 && ex.state != State.AGGR_R1) || ex.suspended || clock.now() - ex.createdAt < age) continue;
    if (full && ex.sa.peerAddress != address) continue;
    if (!oldest || ex.createdAt < oldest.createdAt) oldest = ex;
  }
  return oldest;
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
