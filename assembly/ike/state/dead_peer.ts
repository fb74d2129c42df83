/**
 * Dead peer detection (RFC 3706): `crypto isakmp keepalive SECONDS [RETRY] [on-demand|periodic]`.
 *
 *   on demand   R-U-THERE when we have sent for SECONDS and nothing has come back
 *   periodic    R-U-THERE when nothing has come for SECONDS, whether or not we have sent
 *   dead        after TRIES without an answer, RETRY seconds apart: its SAs are removed, the entry's next peer is taken;
 *               with periodic a new negotiation begins at once, else with the next packet
 *
 * What proves that a peer lives cannot be replayed: ESP (its replay window), an R-U-THERE-ACK whose number we wait for, an
 * R-U-THERE with a number higher than before. Any other Informational could be an old one of the peer's (section 6).
 */
import * as drbg from "../../crypto/drbg";
import { get32, put32 } from "../../util/bytes";
import * as clock from "../../util/clock";
import { NEVER } from "../../util/deadline";
import { Drop, drop } from "../../util/status";
import { interval, periodic, retry, set } from "../settings/dead_peer_setting";
import { IsakmpSa, Phase } from "./isakmp_sa";
import * as isakmpSa from "./isakmp_sa";
import * as pairs from "./pairs";
import { Stat } from "./stats";
import * as stats from "./stats";

/** R-U-THERE without an answer. */
export const TRIES: u32 = 5;

const scratch: usize = memory.data(4, 4);

/** How new an R-U-THERE is. */
export const enum Fresh {
  OLD = 0,
  AGAIN = 1,
  NEW = 2,
}

export const enum Step {
  NONE = 0,
  /** R-U-THERE with `sa.dpdSequence` is due. */
  PROBE = 1,
  DEAD = 2,
}

/** @param seconds 0 switches it off; SAs that are up follow. */
export function configure(seconds: u32, retrySeconds: u32, always: bool): void {
  set(seconds, retrySeconds, always);
  for (let i: u32 = 0; i < isakmpSa.slots(); i++) {
    const sa = isakmpSa.at(i);
    if (sa && sa.phase == Phase.ESTABLISHED) start(sa);
  }
}

/** An SA has come up, or the setting has changed. Only peers that have announced the vendor ID are asked. */
export function start(sa: IsakmpSa): void {
  sa.dpdTries = 0;
  sa.dpdAt = NEVER;
  if (!interval || !sa.deadPeerDetection) return;
  // The first number is random, its highest bit 0 (section 6.2).
  if (!sa.dpdSequence) sa.dpdSequence = drbg.fill(scratch, 4) ? get32(scratch) & 0x7fffffff : 1;
  alive(sa);
  sa.dpdReceived = pairs.received(sa.peerNumber);
  sa.dpdSent = pairs.sent(sa.peerNumber);
  lookAgain(sa);
}

function alive(sa: IsakmpSa): void {
  sa.dpdTries = 0;
  sa.dpdWanted = false;
  sa.heardAt = clock.now();
}

/** Looks again after a quarter of the time, at least a second. */
function lookAgain(sa: IsakmpSa): void {
  sa.dpdAt = clock.now() + <u64>max<u32>(interval * 250, 1000);
  isakmpSa.arm(sa, sa.dpdAt);
}

/** What is due for an SA whose `dpdAt` has come. */
export function tick(sa: IsakmpSa): Step {
  if (!interval || sa.phase != Phase.ESTABLISHED) {
    sa.dpdAt = NEVER;
    return Step.NONE;
  }
  const received = pairs.received(sa.peerNumber);
  const sent = pairs.sent(sa.peerNumber);
  if (received != sa.dpdReceived) alive(sa);
  else if (sent != sa.dpdSent) sa.dpdWanted = true;
  sa.dpdReceived = received;
  sa.dpdSent = sent;
  const silent = clock.now() - sa.heardAt >= <u64>interval * 1000;
  if (!sa.dpdTries && !(silent && (periodic || sa.dpdWanted))) {
    lookAgain(sa);
    return Step.NONE;
  }
  if (sa.dpdTries == TRIES) {
    stats.count(Stat.DPD_DEAD);
    return Step.DEAD;
  }
  if (!sa.dpdTries++) sa.dpdFirst = sa.dpdSequence + 1;
  sa.dpdSequence++;
  stats.count(Stat.DPD_SENT);
  sa.dpdAt = clock.now() + <u64>retry * 1000;
  isakmpSa.arm(sa, sa.dpdAt);
  return Step.PROBE;
}

/** Four octets of our number, for R-U-THERE. */
export function sequence(sa: IsakmpSa): usize {
  put32(scratch, sa.dpdSequence);
  return scratch;
}

/**
 * What R-U-THERE of the peer's with this number and message ID is. The number alone tells an old one from a new one, so that
 * the message IDs of those that rise need not be remembered; the same number in another message is a peer that asks again,
 * whose message ID is (`mayAnswer`).
 */
export function freshness(sa: IsakmpSa, number: u32, M_ID: u32): Fresh {
  if (!sa.dpdPeerKnown || <i32>(number - sa.dpdPeerSequence) > 0) return Fresh.NEW;
  return number == sa.dpdPeerSequence && M_ID != sa.dpdPeerM_ID ? Fresh.AGAIN : Fresh.OLD;
}

/** R-U-THERE of the peer with this number: whether it is answered. Lower ones than before are replays (section 6.1). */
export function mayAnswer(sa: IsakmpSa, number: u32, M_ID: u32): Fresh {
  const fresh = freshness(sa, number, M_ID);
  if (fresh == Fresh.NEW) {
    alive(sa);
    sa.dpdPeerKnown = true;
    sa.dpdPeerSequence = number;
    sa.dpdPeerM_ID = M_ID;
  } else if (fresh == Fresh.AGAIN) sa.noteM_ID(M_ID);
  else drop(Drop.IKE_DPD_REPLAY);
  return fresh;
}

/** Whether R-U-THERE-ACK with this number is waited for. */
export function isAwaited(sa: IsakmpSa, number: u32): bool {
  return sa.dpdTries != 0 && number - sa.dpdFirst <= sa.dpdSequence - sa.dpdFirst;
}

/** R-U-THERE-ACK with this number. False: nobody waits for it. */
export function acknowledged(sa: IsakmpSa, number: u32): bool {
  if (!isAwaited(sa, number)) {
    drop(Drop.IKE_DPD_REPLAY);
    return false;
  }
  stats.count(Stat.DPD_ACKNOWLEDGED);
  alive(sa);
  lookAgain(sa);
  return true;
}
