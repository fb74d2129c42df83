/**
 * How exchanges and negotiating ISAKMP SAs begin and end: a new SA between two addresses, and what an exchange that came to nothing leaves behind.
 */
import { Exchange as ExchangeType } from "../../wire/ike_numbers";
import { abandon } from "../modes/quick_pair";
import * as notices from "../report/notices";
import { Exchange, State, Timeout, free as freeExchange } from "../state/exchange";
import { IsakmpSa, Phase } from "../state/isakmp_sa";
import * as isakmpSa from "../state/isakmp_sa";
import { Fate } from "../state/stats";
import * as stats from "../state/stats";

/** A new SA between two addresses, on port 500. Null: no room (the console says so) or no entropy. */
export function newSa(peer: u32, local: u32, initiator: bool): IsakmpSa | null {
  const sa = isakmpSa.take(initiator);
  if (!sa) {
    notices.pool("ISAKMP SA");
    return null;
  }
  sa.peer = sa.peerAddress = peer;
  sa.localAddress = local;
  sa.peerPort = sa.localPort = 500;
  return sa;
}

/** What an exchange that came to nothing leaves behind. */
export function undone(ex: Exchange): void {
  if (ex.timeout == Timeout.LINGER || ex.timeout == Timeout.CONFIRM) return;
  if (ex.state != State.MAIN_R0 && ex.state != State.AGGR_R0 && ex.state != State.QUICK_R0) stats.exchange(ex.type, ex.initiator, Fate.FAILED);
  if (ex.type == ExchangeType.QUICK_MODE) abandon(ex);
}

/** Ends an exchange of either phase; with phase 1's goes its SA. */
export function endExchange(ex: Exchange): void {
  undone(ex);
  const sa = ex.sa;
  const own = sa.exchange === ex && sa.phase == Phase.NEGOTIATING;
  freeExchange(ex);
  if (own) isakmpSa.free(sa);
}
