/**
 * What happens when time runs out: retransmissions, exchanges given up, lifetimes of ISAKMP SAs, NAT keepalives.
 */
import * as clock from "../../util/clock";
import { ExchangeType } from "../../wire/ike_numbers";
import * as acquire from "../upkeep/wanted";
import { lookForTraffic, sendAgain } from "./engine";
import { Exchange, Timeout } from "../state/exchange";
import * as exchanges from "../state/exchange";
import { Phase } from "../state/isakmp_sa";
import * as isakmpSa from "../state/isakmp_sa";
import * as lifecycle from "../upkeep/succession";
import * as notices from "../report/notices";
import * as retransmit from "./retransmit";
import * as stats from "../state/stats";
import { Stat } from "../state/stats";

/** Retransmissions and give-ups that are due. */
export function pollExchanges(): u32 {
  const deadline = exchanges.deadline;
  if (deadline.due()) {
    const now = clock.now();
    deadline.reset();
    for (let i: u32 = 0; i < exchanges.slots(); i++) {
      const ex = exchanges.at(i);
      if (!ex) continue;
      if (ex.due <= now) timeOut(ex);
      else deadline.arm(ex.due);
    }
  }
  return deadline.remaining();
}

function timeOut(ex: Exchange): void {
  if (ex.timeout == Timeout.RETRANSMIT) {
    if (retransmit.again(ex)) {
      stats.count(Stat.RETRANSMITTED);
      sendAgain(ex);
    } else giveUp(ex);
  } else if (ex.timeout == Timeout.CONFIRM && retransmit.again(ex)) sendAgain(ex);
  else if (ex.timeout == Timeout.COMMIT) lookForTraffic(ex);
  else {
    if (ex.timeout == Timeout.WAIT) notices.stopped(ex);
    lifecycle.endExchange(ex);
  }
}

/** The peer does not answer. */
function giveUp(ex: Exchange): void {
  const sa = ex.sa;
  const peer = sa.peer;
  const policy = ex.policy;
  const renews = ex.renews;
  if (ex.type == ExchangeType.NEW_GROUP_MODE) {
    notices.noAnswer(ex, "New Group Mode");
    lifecycle.endExchange(ex);
    acquire.quickFailed(policy);
    return;
  }
  if (ex.type != ExchangeType.QUICK_MODE) {
    notices.noAnswer(ex, ex.sa.aggressive ? "Aggressive Mode" : "Main Mode");
    lifecycle.endExchange(ex);
    acquire.phase1Failed(peer);
    return;
  }
  const ours = ex.initiator;
  if (ours) notices.noAnswer(ex, "Quick Mode");
  else notices.stopped(ex);
  lifecycle.endExchange(ex);
  if (!ours) return;
  if (sa.phase != Phase.NEGOTIATING) lifecycle.remove(sa, "no-answer", true);
  acquire.quickUnanswered(policy, renews);
}

/** Lifetimes of ISAKMP SAs and NAT keepalives that are due. */
export function pollSas(): u32 {
  const deadline = isakmpSa.deadline;
  if (deadline.due()) {
    const now = clock.now();
    deadline.reset();
    for (let i: u32 = 0; i < isakmpSa.slots(); i++) {
      const sa = isakmpSa.at(i);
      if (!sa || sa.phase == Phase.NEGOTIATING) continue;
      lifecycle.tick(sa, now);
      const still = isakmpSa.at(i);
      if (!still || still.phase == Phase.NEGOTIATING) continue;
      deadline.arm(min(min(still.softAt, still.expiresAt), min(still.deleteAt, min(still.keepaliveAt, still.dpdAt))));
    }
  }
  return deadline.remaining();
}
