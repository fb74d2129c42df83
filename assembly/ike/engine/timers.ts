/**
 * What happens when an exchange's time runs out: retransmissions, exchanges given up or over.
 */
import * as clock from "../../util/clock";
import * as log from "../../util/log";
import { ExchangeType } from "../../wire/ike_numbers";
import * as notices from "../report/notices";
import { Exchange, Timeout } from "../state/exchange";
import * as exchanges from "../state/exchange";
import { Fate, Stat } from "../state/stats";
import * as stats from "../state/stats";
import * as strangers from "../state/strangers";
import { lookForTraffic, sendAgain } from "./engine";
import * as exchangeLife from "./exchange_life";
import * as retransmit from "./retransmit";

/**
 * Deals with one exchange whose time has come: sends again, or gives up and marks it. False: there is none, and the deadline is that
 * of the next. One at a time, so that upkeep acts on each before the next.
 */
export function timeOutNext(): bool {
  const deadline = exchanges.deadline;
  if (!deadline.due()) return false;
  const now = clock.now();
  for (let i: u32 = 0; i < exchanges.slots(); i++) {
    const ex = exchanges.at(i);
    if (!ex || ex.due > now) continue;
    timeOut(ex);
    return true;
  }
  deadline.reset();
  deadline.arm(strangers.wipeOld());
  for (let i: u32 = 0; i < exchanges.slots(); i++) {
    const ex = exchanges.at(i);
    if (ex) deadline.arm(ex.due);
  }
  return false;
}

function timeOut(ex: Exchange): void {
  log.about(ex.sa.peerAddress);
  if (ex.timeout == Timeout.RETRANSMIT) {
    if (retransmit.again(ex)) {
      stats.count(Stat.RETRANSMITTED);
      sendAgain(ex);
    } else giveUp(ex);
  } else if (ex.timeout == Timeout.CONFIRM && retransmit.again(ex)) sendAgain(ex);
  else if (ex.timeout == Timeout.COMMIT) lookForTraffic(ex);
  else {
    if (ex.timeout == Timeout.WAIT) notices.stopped(ex);
    exchangeLife.endExchange(ex);
  }
}

/** The peer does not answer, or an answered one does not go on. */
function giveUp(ex: Exchange): void {
  if (ex.type == ExchangeType.NEW_GROUP_MODE) notices.noAnswer(ex, "New Group Mode");
  else if (ex.type != ExchangeType.QUICK_MODE) notices.noAnswer(ex, ex.sa.aggressive ? "Aggressive Mode" : "Main Mode");
  else if (ex.initiator) notices.noAnswer(ex, "Quick Mode");
  else notices.stopped(ex);
  exchanges.mark(ex, Fate.UNANSWERED);
}
