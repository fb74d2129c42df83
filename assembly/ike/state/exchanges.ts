/**
 * Finding exchanges, and the bounds on how many a peer may open.
 */
import { HALF_OPEN, HALF_OPEN_LOAD, HALF_OPEN_LOAD_PER_ADDRESS, HALF_OPEN_PER_ADDRESS } from "../../limits";
import * as clock from "../../util/clock";
import { ExchangeType } from "../../wire/ike_numbers";
import { Exchange, Job, State, Timeout, at, slots } from "./exchange";
import { IsakmpSa, Phase } from "./isakmp_sa";
import * as isakmpSa from "./isakmp_sa";

/** Quick Modes of the peer's that may be under way under one SA. */
const QUICK_MODES_PER_SA: u32 = 32;

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
    if (ex && ex.type == ExchangeType.QUICK_MODE && ex.initiator && ex.policy == policy && ex.state != State.QUICK_DONE) {
      return ex;
    }
  }
  return null;
}

/** A Quick Mode of the peer's for a policy that has been answered and waits for its third message. */
export function quickAnswered(policy: u32): Exchange | null {
  for (let i: u32 = 0; i < slots(); i++) {
    const ex = at(i);
    if (ex && ex.state == State.QUICK_R1 && ex.policy == policy) return ex;
  }
  return null;
}

/** Our own Quick Mode under way for an SPI, or, with SPI 0, the oldest one under the SA. */
export function quickForSpi(sa: IsakmpSa, spi: u32): Exchange | null {
  let oldest: Exchange | null = null;
  for (let i: u32 = 0; i < slots(); i++) {
    const ex = at(i);
    if (!ex || ex.sa !== sa || ex.state != State.QUICK_I1) continue;
    if (spi && (ex.spi == spi || ex.ahSpi == spi)) return ex;
    if (!oldest || ex.createdAt < oldest.createdAt) oldest = ex;
  }
  return spi ? null : oldest;
}

/** Our own New Group Mode under way under an SA. */
export function newGroupUnder(sa: IsakmpSa): Exchange | null {
  for (let i: u32 = 0; i < slots(); i++) {
    const ex = at(i);
    if (ex && ex.sa === sa && ex.initiator && ex.type == ExchangeType.NEW_GROUP_MODE && ex.state != State.GROUP_DONE) return ex;
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
    if (sa && sa.peer == peer && sa.profile == profile && sa.initiator && sa.phase == Phase.NEGOTIATING) return sa.exchange;
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

/** Exchanges of peers that have not proved who they are; those of one address are `sameAddress` afterwards. */
export function halfOpen(address: u32 = 0): u32 {
  let all: u32 = 0;
  sameAddress = 0;
  for (let i: u32 = 0; i < isakmpSa.slots(); i++) {
    const sa = isakmpSa.at(i);
    if (!sa || sa.phase != Phase.NEGOTIATING || sa.initiator) continue;
    all++;
    if (sa.peerAddress == address) sameAddress++;
  }
  return all;
}
export let sameAddress: u32 = 0;

/** Whether one more exchange of a peer that has not proved who it is may be opened. */
export function mayOpenHalf(address: u32): bool {
  return halfOpen(address) < HALF_OPEN && sameAddress < HALF_OPEN_PER_ADDRESS;
}

/**
 * Whether so many exchanges are half open that a first message is not worth state yet, nor a modular exponentiation: Main
 * Mode is answered without (flood.ts), and Aggressive Mode, which costs one at once, is refused.
 */
export function underLoad(address: u32): bool {
  return halfOpen(address) >= HALF_OPEN_LOAD || sameAddress >= HALF_OPEN_LOAD_PER_ADDRESS;
}

/**
 * An exchange of a peer whose first message alone has come, and that is older than `age`: what gives way when there are
 * too many. Of `address` if that has its share already, else of any.
 */
export function idleHalf(address: u32, age: u64): Exchange | null {
  let oldest: Exchange | null = null;
  halfOpen(address);
  for (let i: u32 = 0; i < slots(); i++) {
    const ex = at(i);
    if (!ex || (ex.state != State.MAIN_R1 && ex.state != State.AGGR_R1) || ex.suspended || clock.now() - ex.createdAt < age) continue;
    if (sameAddress >= HALF_OPEN_PER_ADDRESS && ex.sa.peerAddress != address) continue;
    if (!oldest || ex.createdAt < oldest.createdAt) oldest = ex;
  }
  return oldest;
}

export function mayOpenQuick(sa: IsakmpSa): bool {
  let n: u32 = 0;
  for (let i: u32 = 0; i < slots(); i++) {
    const ex = at(i);
    if (ex && ex.sa === sa && !ex.initiator && (ex.state == State.QUICK_R0 || ex.state == State.QUICK_R1)) n++;
  }
  return n < QUICK_MODES_PER_SA;
}
