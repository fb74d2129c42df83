/**
 * Main Mode's first two messages without state, while too many negotiations are half open (docs/DESIGN.md, "Floods").
 * The first message is judged, its offer laid down (cookies.ts), and the answer is sent and forgotten; the third message
 * brings our cookie back from where the answer went to, and only then an SA and an exchange are taken.
 */
import { HALF_OPEN_LOAD_PER_ADDRESS } from "../../limits";
import { knowsPeer } from "../../sadb/policies/offer";
import { Packet } from "../../util/packet";
import { Drop } from "../../util/status";
import { ExchangeType, Notify, Payload } from "../../wire/ike_numbers";
import { Protocol } from "../../wire/ipsec_doi";
import * as isakmp from "../../wire/isakmp";
import * as notify from "../../wire/notify";
import { Vendor, emit, emitBareFragmentation } from "../../wire/vendor";
import * as message from "../message/message";
import * as natt from "../message/natt";
import * as output from "../message/output";
import { OURS, agreeOn, heardVendors } from "../modes/phase1";
import { KEPT } from "../modes/verdict";
import { Phase1Choice, answerPhase1, choosePhase1 } from "../offer/phase1_proposal";
import * as authenticate from "../proof/authenticate";
import * as lastAttempt from "../report/last_attempt";
import * as notices from "../report/notices";
import { State, Timeout } from "../state/exchange";
import * as exchanges from "../state/exchange";
import * as db from "../state/exchanges";
import { Natt } from "../state/isakmp_sa";
import * as isakmpSa from "../state/isakmp_sa";
import { Stat } from "../state/stats";
import * as stats from "../state/stats";
import { Standing } from "../state/strangers";
import * as strangers from "../state/strangers";
import { Redeemed } from "./cookies";
import * as cookies from "./cookies";
import * as engine from "./engine";
import * as exchangeLife from "./exchange_life";
import * as retransmit from "./retransmit";

/** After so many milliseconds a half-open exchange may be given up for one whose address is no better. */
const HALF_OPEN_AGE: u64 = 1500;

/** How the stranger stands whom `mayKeep` has let in. */
export let standing: u32 = Standing.NONE;

const choice = changetype<Phase1Choice>(memory.data(64, 4));
const CKY_R: usize = memory.data(8, 8);

/** Message 1 while there is no room for its exchange: message 2, from nothing but the packet. Drop.NONE, or why not. */
export function answerFirst(packet: Packet): u32 {
  const p = packet.ptr;
  notices.underLoad(db.halfOpen());
  if (message.parse(p, packet.len)) return Drop.IKE_PAYLOAD;
  const payloads = message.payloads;
  if (payloads.count(Payload.SA) != 1) return Drop.IKE_PAYLOAD_MISSING;
  for (let i: u32 = 0; i < payloads.length; i++) {
    const type = payloads.typeAt(i);
    if (type != Payload.SA && type != Payload.VENDOR_ID && type != Payload.CERT_REQUEST) return Drop.IKE_PAYLOAD_UNEXPECTED;
  }
  const methods = authenticate.methodsFor(packet.src);
  if (!methods) return Drop.IKE_NO_KEY;
  const SAi_b = payloads.body(Payload.SA, 0);
  const len = payloads.bodyLen(Payload.SA, 0);
  if (choosePhase1(SAi_b, len, choice, methods) != Notify.NONE) return Drop.IKE_NO_PROPOSAL;
  const heard = heardVendors();
  if (!cookies.issue(isakmp.CKY_I(p), packet.src, packet.dst, packet.srcPort, packet.dstPort, SAi_b, len, heard, CKY_R)) {
    stats.count(Stat.FLOOD_REFUSED);
    return Drop.IKE_HALF_OPEN;
  }
  const w = message.w;
  message.beginPlain(isakmp.CKY_I(p), CKY_R, ExchangeType.IDENTITY_PROTECTION, 0);
  answerPhase1(w, choice);
  // Only what came is answered, so that the answer is no longer than the question.
  if (heard & 1) emit(w, Vendor.DPD);
  natt.emitVersion(w, nattOf(heard));
  if (heard & 8) emitBareFragmentation(w);
  if ((heard & 7) == OURS) emit(w, Vendor.POSTERN);
  const answerLen = w.end();
  if (!answerLen || answerLen > packet.len) return Drop.IKE_HALF_OPEN;
  stats.count(Stat.COOKIE_SENT);
  output.back(packet, w.base, answerLen);
  return Drop.NONE;
}

/** The Natt in what `heardVendors` says. */
function nattOf(heard: u32): u32 {
  return (heard & 7) == OURS ? <u32>Natt.RFC : heard >>> 1 & 3;
}

/** A first message that is not answered while so many are half open. */
export function refuseFirst(): u32 {
  notices.underLoad(db.halfOpen());
  stats.count(Stat.FLOOD_REFUSED);
  return Drop.IKE_HALF_OPEN;
}

/** Message 3 with cookies that no SA has: if ours is good, what `answerFirst` did not keep is made now. */
export function takeThird(packet: Packet): u32 {
  const p = packet.ptr;
  const redeemed = cookies.redeem(isakmp.CKY_R(p), isakmp.CKY_I(p), packet.src, packet.dst, packet.srcPort, packet.dstPort);
  if (redeemed == Redeemed.NOT_OURS) {
    stats.count(Stat.COOKIE_REFUSED);
    return Drop.IKE_COOKIE;
  }
  if (!knowsPeer(packet.src, packet.dst)) return Drop.IKE_NO_KEY;
  if (redeemed == Redeemed.OFFER_GONE) {
    stats.count(Stat.COOKIE_OFFER_GONE);
    cookies.remember(packet.src, isakmp.CKY_I(p));
    askAgain(packet);
    return Drop.IKE_HALF_OPEN;
  }
  stats.count(Stat.COOKIE_RETURNED);
  strangers.charge(packet.src, strangers.COST_PLACE);
  standing = Standing.NONE;
  if (!makeRoom(packet.src, false, 0)) return Drop.IKE_HALF_OPEN;
  const sa = exchangeLife.newSa(packet.src, packet.dst, false);
  if (!sa) return Drop.IKE_POOL;
  sa.localPort = <u32>packet.dstPort;
  sa.peerPort = <u32>packet.srcPort;
  sa.takeCookies(isakmp.CKY_I(p), 16);
  const ex = exchanges.take(sa, ExchangeType.IDENTITY_PROTECTION, State.MAIN_R1, false, 0);
  if (!ex) {
    isakmpSa.free(sa);
    return Drop.IKE_POOL;
  }
  sa.exchange = ex;
  ex.standing = standing;
  lastAttempt.began(packet.src, false, 1, lastAttempt.NO_POLICY);
  stats.exchange(ExchangeType.IDENTITY_PROTECTION, false, stats.Fate.BEGUN);
  sa.deadPeerDetection = (cookies.flags & 1) != 0;
  sa.nattVersion = <u8>nattOf(cookies.flags);
  sa.fragmentation = (cookies.flags & 8) != 0;
  sa.postern = (cookies.flags & 7) == OURS;
  let reason: u32 = Drop.IKE_NO_PROPOSAL;
  if (agreeOn(ex, cookies.offer, cookies.offerLen)) {
    retransmit.begin(ex, Timeout.WAIT);
    reason = engine.step(ex, packet);
  }
  // The cookie is good for another try.
  if (reason && reason != KEPT) exchangeLife.endExchange(ex);
  return reason;
}

/** INVALID-COOKIE: without it the peer would repeat its third message for as long as its patience lasts. */
function askAgain(packet: Packet): void {
  const p = packet.ptr;
  message.beginPlain(isakmp.CKY_I(p), isakmp.CKY_R(p), ExchangeType.INFORMATIONAL, 0);
  notify.emit(message.w, Protocol.ISAKMP, Notify.INVALID_COOKIE, 0, 0, 0, 0);
  stats.notify(Notify.INVALID_COOKIE, true);
  output.back(packet, message.w.base, message.w.end());
}

/**
 * Whether a first message is taken with state. Main Mode under load: only of who has shown that it receives at its address:
 * with the same cookie as then, or with another one unless that very address is being forged. Aggressive Mode cannot be answered without
 * state, and always may, within its share: it costs no power before its proof (strangers.ts).
 */
export function mayKeep(packet: Packet): bool {
  const aggressive = isakmp.exchangeType(packet.ptr) == ExchangeType.AGGRESSIVE;
  if (!aggressive && db.underLoad(packet.src)) {
    const forged = db.halfOpenOf(packet.src) >= HALF_OPEN_LOAD_PER_ADDRESS;
    if (!cookies.remembers(packet.src, forged ? isakmp.CKY_I(packet.ptr) : 0)) return false;
  }
  standing = Standing.NONE;
  return makeRoom(packet.src, aggressive, aggressive ? isakmp.CKY_I(packet.ptr) : 0);
}

/**
 * Whether one more stranger may have an exchange; another gives way to it if need be. @param CKY_I of a first message of Aggressive
 * Mode, whose address is not known to be its own: if there is no room it is noted, and the same one again, as every peer sends it that
 * is not answered, goes before those that came once. 0: the address is known
 */
function makeRoom(address: u32, aggressive: bool, CKY_I: usize): bool {
  const share = db.mayOpenHalf(address, aggressive);
  if (share && isakmpSa.left()) return true;
  if (isakmpSa.livesAt(address) || strangers.wasHere(address)) standing = Standing.KNOWN;
  else standing = CKY_I && strangers.knocked(address, CKY_I) ? Standing.PATIENT : Standing.NONE;
  const other = db.yielding(address, aggressive, HALF_OPEN_AGE, standing);
  if (other) exchangeLife.endExchange(other);
  else if (!share) stats.count(Stat.FLOOD_REFUSED);
  return share || other != null;
}
