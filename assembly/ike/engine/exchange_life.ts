/**
 * How exchanges and ISAKMP SAs begin and end: a new SA between two addresses, one that comes into force, and what an exchange that
 * came to nothing leaves behind.
 */
import * as clock from "../../util/clock";
import { ExchangeType } from "../../wire/ike_numbers";
import { abandon } from "../modes/quick_pair";
import * as notices from "../report/notices";
import * as deadPeer from "../state/dead_peer";
import { Exchange, Timeout, forgetKeyExchange, free as freeExchange, isUnbegun } from "../state/exchange";
import { IsakmpSa, Phase } from "../state/isakmp_sa";
import * as isakmpSa from "../state/isakmp_sa";
import { setLifetimes } from "../state/lifetimes";
import { Fate } from "../state/stats";
import * as stats from "../state/stats";
import * as strangers from "../state/strangers";
import * as whereabouts from "../state/whereabouts";
import * as cookies from "./cookies";

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

/** Phase 1 is complete and its last message has left: the SA is in force, and what its keys were made of is wiped. */
export function establish(ex: Exchange): void {
  const sa = ex.sa;
  memory.copy(sa.lastIv, ex.iv, 16);
  sa.phase = Phase.ESTABLISHED;
  sa.establishedAt = clock.now();
  setLifetimes(sa);
  whereabouts.armKeepalive(sa);
  deadPeer.start(sa);
  if (!sa.initiator) strangers.remember(sa.peerAddress);
  if (!sa.initiator && ex.type == ExchangeType.IDENTITY_PROTECTION) cookies.pin(ex.SA_b, ex.SA_bLen);
  memory.fill(ex.SKEYID, 0, 64);
  forgetKeyExchange(ex);
  isakmpSa.countEstablished();
}

/** What an exchange that came to nothing leaves behind. */
export function undone(ex: Exchange): void {
  if (ex.timeout == Timeout.LINGER || ex.timeout == Timeout.CONFIRM) return;
  if (!isUnbegun(ex.state)) stats.exchange(ex.type, ex.initiator, Fate.FAILED);
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
