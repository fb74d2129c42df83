/**
 * How exchanges and ISAKMP SAs begin and end: a new SA between two addresses, one that comes into force, and what an exchange that
 * came to nothing leaves behind.
 */
import * as clock from "../../util/clock";
import { ExchangeType } from "../../wire/ike_numbers";
import { IdType } from "../../wire/ipsec_doi";
import { abandon } from "../modes/quick_pair";
import * as authenticate from "../proof/authenticate";
import * as notices from "../report/notices";
import * as deadPeer from "../state/dead_peer";
import { Exchange, Timeout, forgetKeyExchange, free as freeExchange, isUnbegun } from "../state/exchange";
import { IsakmpSa, Phase } from "../state/isakmp_sa";
import * as isakmpSa from "../state/isakmp_sa";
import { setLifetimes } from "../state/lifetimes";
import * as pairs from "../state/pairs";
import { Peer } from "../state/peer";
import * as peers from "../state/peer";
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
  sa.configured = sa.peerAddress = peer;
  sa.localAddress = local;
  sa.peerPort = sa.localPort = 500;
  return sa;
}

/** The Peer that has proved itself under an SA: the one of its identity, or a new one. Null: there is no place for it. */
function proven(sa: IsakmpSa): Peer | null {
  const key = authenticate.keyOf(sa);
  // An address behind a NAT is one of many such; the NAT's tells them apart.
  const outer = sa.peerNat && sa.peerIdType == IdType.IPV4_ADDR ? sa.peerAddress : 0;
  const known = peers.find(sa.profile, key, sa.peerIdType, sa.peerId, sa.peerIdLen, outer);
  if (known) return known;
  const peer = peers.make(sa.profile, key, sa.peerIdType, sa.peerId, sa.peerIdLen, outer);
  if (peer || !forgetIdle()) return peer;
  return peers.make(sa.profile, key, sa.peerIdType, sa.peerId, sa.peerIdLen, outer);
}

/** Gives up the place of a Peer with which there is nothing: the one that has not been seen for longest. */
function forgetIdle(): bool {
  let idle: Peer | null = null;
  for (let i: u32 = 0; i < peers.slots(); i++) {
    const peer = peers.at(i);
    if (!peer || isakmpSa.ofPeer(peer.number) || pairs.pairsWith(peer.number)) continue;
    if (!idle || peer.provenAt < idle.provenAt) idle = peer;
  }
  if (!idle) return false;
  peers.free(idle);
  return true;
}

/**
 * Phase 1 is complete and its last message has left: the SA is the peer's and in force, and what its keys were made of is wiped. False: there
 * is no place for one more peer.
 */
export function establish(ex: Exchange): bool {
  const sa = ex.sa;
  const peer = proven(sa);
  if (!peer) {
    notices.pool("peer");
    return false;
  }
  sa.peer = peer;
  if (peer.provenAt && (peer.address != sa.peerAddress || peer.port != sa.peerPort)) notices.peerMoved(sa, peer);
  peers.provenAt(peer, sa.peerAddress, sa.peerPort);
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
  return true;
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
