/**
 * Finding exchanges, and the bounds on how many a peer may open.
 */
import { HALF_OPEN, HALF_OPEN_PER_ADDRESS } from "../limits";
import * as clock from "../util/clock";
import { Exchange as ExchangeType } from "../wire/ike_numbers";
import { Exchange, State, Timeout, at, slots } from "./exchange";
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
    if (spi && ex.spi == spi) return ex;
    if (!oldest || ex.createdAt < oldest.createdAt) oldest = ex;
  }
  return spi ? null : oldest;
}

/** Our own Main Mode under way with a peer. */
export function mainWithPeer(peer: u32): Exchange | null {
  for (let i: u32 = 0; i < isakmpSa.slots(); i++) {
    const sa = isakmpSa.at(i);
    if (sa && sa.peer == peer && sa.initiator && sa.phase == Phase.NEGOTIATING) return sa.exchange;
  }
  return null;
}

/** Whether an exchange that is not done is under way under an SA. */
export function busy(sa: IsakmpSa): bool {
  for (let i: u32 = 0; i < slots(); i++) {
    const ex = at(i);
    if (ex && ex.sa === sa && ex.timeout != Timeout.LINGER) return true;
  }
  return false;
}

/** Whether one more exchange of a peer that has not proved who it is may be opened. */
export function mayOpenHalf(address: u32): bool {
  let all: u32 = 0;
  let same: u32 = 0;
  for (let i: u32 = 0; i < isakmpSa.slots(); i++) {
    const sa = isakmpSa.at(i);
    if (!sa || sa.phase != Phase.NEGOTIATING || sa.initiator) continue;
    all++;
    if (sa.peerAddress == address) same++;
  }
  return all < HALF_OPEN && same < HALF_OPEN_PER_ADDRESS;
}

/**
 * An exchange of a peer whose first message alone has come, and that is older than `age`: what gives way when there are
 * too many. Of `address` if that has its share already, else of any.
 */
export function idleHalf(address: u32, age: u64): Exchange | null {
  let oldest: Exchange | null = null;
  let same: u32 = 0;
  for (let i: u32 = 0; i < isakmpSa.slots(); i++) {
    const sa = isakmpSa.at(i);
    if (sa && sa.phase == Phase.NEGOTIATING && !sa.initiator && sa.peerAddress == address) same++;
  }
  for (let i: u32 = 0; i < slots(); i++) {
    const ex = at(i);
    if (!ex || ex.state != State.MAIN_R1 || ex.suspended || clock.now() - ex.createdAt < age) continue;
    if (same >= HALF_OPEN_PER_ADDRESS && ex.sa.peerAddress != address) continue;
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
