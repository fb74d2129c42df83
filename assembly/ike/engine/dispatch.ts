/**
 * Where a message belongs: by its cookies to an ISAKMP SA, by its message ID to an exchange; or it begins one, within the
 * bounds on what a peer may begin.
 */
import * as drbg from "../../crypto/drbg";
import { ISAKMP_MESSAGE_MAX } from "../../limits";
import * as offer from "../../sadb/policies/offer";
import * as log from "../../util/log";
import * as clock from "../../util/clock";
import { Packet, free as freePacket } from "../../util/packet";
import { Drop, drop as count } from "../../util/status";
import { ExchangeType, Flag, Notify, Payload } from "../../wire/ike_numbers";
import * as isakmp from "../../wire/isakmp";
import { dropOf, notifyOf as notifyOfMalformed } from "../../wire/malformed";
import * as message from "../message/message";
import * as tell from "../message/tell";
import { KEPT } from "../modes/verdict";
import * as lastAttempt from "../report/last_attempt";
import * as notices from "../report/notices";
import * as trace from "../report/trace";
import * as profiles from "../settings/profile";
import { Exchange, State } from "../state/exchange";
import * as exchanges from "../state/exchange";
import * as db from "../state/exchanges";
import { IsakmpSa, Phase } from "../state/isakmp_sa";
import * as isakmpSa from "../state/isakmp_sa";
import * as pairs from "../state/pairs";
import { Fate } from "../state/stats";
import * as stats from "../state/stats";
import * as engine from "./engine";
import * as exchangeLife from "./exchange_life";
import * as flood from "./flood";
import * as fragments from "./fragments";
import * as line from "./line";
import * as unprotected from "./unprotected";

/**
 * Takes over a packet that has come, whose ptr and len are an ISAKMP message: it waits in line for `next`, so that no packet of a tunnel's
 * waits for it. Three kinds don't wait:
 *
 *   a running exchange's of phase 2   it may make an SA, or take one into use, and ESP comes right behind it. It is an answer to what we
 *                                     have said, so that nobody can have us deal with many
 *   an established SA's Delete,       what comes behind it under the SAs that it ends is not to be taken any more, and it is dealt with in
 *   or what else it informs us of     a fraction of a proposal's time. Behind another message of its SA that waits, it waits too
 *   a fragment                        to keep it costs little more than to put it in line, and takes a buffer less. The message that
 *                                     fragments make waits like any other
 */
export function arrive(packet: Packet): void {
  const p = packet.ptr;
  if (packet.len >= isakmp.HEADER_LENGTH) {
    if (isakmp.nextPayload(p) == Payload.FRAGMENT) return receive(packet);
    const sa = isakmpSa.byCookies(isakmp.CKY_I(p), isakmp.CKY_R(p));
    if (sa && isAtOnce(sa, p)) return receive(packet);
    packet.ofSa = sa != null || isakmpSa.byInitiatorCookie(isakmp.CKY_I(p), packet.src, true) != null;
  }
  const refused = line.put(packet);
  if (!refused) return;
  count(Drop.IKE_LINE_FULL);
  trace.dropped(refused, Drop.IKE_LINE_FULL);
  freePacket(refused);
}

/** Whether a message of an SA's is one that ESP which comes behind it depends on. @param p at the ISAKMP header */
function isAtOnce(sa: IsakmpSa, p: usize): bool {
  if (isakmp.M_ID(p) == 0 || sa.phase == Phase.NEGOTIATING) return false;
  if (db.byM_ID(sa, isakmp.M_ID(p))) return true;
  return isakmp.exchangeType(p) == ExchangeType.INFORMATIONAL && (isakmp.flags(p) & Flag.ENCRYPTION) != 0 && !line.holdsOf(isakmp.CKY_I(p));
}

/** Deals with the message that has waited longest. False: none waits. */
export function takeNext(): bool {
  const packet = line.next();
  if (!packet) return false;
  receive(packet);
  return true;
}

/** Takes a packet over whose ptr and len are an ISAKMP message, and deals with it now. */
export function receive(packet: Packet): void {
  log.about(packet.src);
  lastAttempt.heard(packet.src);
  const reason = take(packet);
  if (reason == KEPT) return;
  if (reason) {
    count(<Drop>reason);
    trace.dropped(packet, <Drop>reason);
    notices.dropped(packet, <Drop>reason);
  }
  freePacket(packet);
}

/** A fragment; with the last to come, the message arrives. */
function takeFragment(packet: Packet): u32 {
  const reason = fragments.take(packet);
  const whole = fragments.next();
  if (whole) arrive(whole);
  return reason;
}

/** Drop.NONE, a reason, or KEPT. */
function take(packet: Packet): u32 {
  const p = packet.ptr;
  if (packet.len > ISAKMP_MESSAGE_MAX) return Drop.IKE_TOO_LONG;
  const bad = isakmp.checkHeader(p, packet.len);
  if (bad) {
    if (packet.len >= isakmp.HEADER_LENGTH && !isakmp.isLaterResponse(p)) tell.refusePlain(packet, p, notifyOfMalformed(bad));
    return dropOf(bad);
  }
  if (isakmp.cookieIsZero(isakmp.CKY_I(p))) return Drop.IKE_COOKIE;
  // RFC 2408, 3.1: a notify that is authenticated and not encrypted; on anything else the flag contradicts.
  if (isakmp.flags(p) & Flag.AUTHENTICATION_ONLY && (isakmp.exchangeType(p) != ExchangeType.INFORMATIONAL || isakmp.flags(p) & Flag.ENCRYPTION)) {
    tell.refusePlain(packet, p, Notify.INVALID_FLAGS);
    return Drop.IKE_FLAGS;
  }
  if (!drbg.ready() && !drbg.seed()) {
    notices.noEntropy();
    return Drop.IKE_NO_ENTROPY;
  }
  if (isakmp.nextPayload(p) == Payload.FRAGMENT) return takeFragment(packet);
  switch (isakmp.exchangeType(p)) {
    case ExchangeType.IDENTITY_PROTECTION:
    case ExchangeType.AGGRESSIVE: return takePhase1(packet);
    case ExchangeType.QUICK_MODE:
    case ExchangeType.NEW_GROUP_MODE: return takePhase2(packet);
    case ExchangeType.INFORMATIONAL: return takeInformational(packet);
    default:
      if (isakmp.exchangeType(p) == ExchangeType.TRANSACTION) transaction(packet);
      tell.refusePlain(packet, p, Notify.INVALID_EXCHANGE_TYPE);
      return Drop.IKE_EXCHANGE_TYPE;
  }
}

/** XAUTH and Mode Config (draft-ietf-ipsec-isakmp-mode-cfg, draft-ietf-ipsec-isakmp-xauth) come under the ISAKMP SA: only then is it its peer who wants them. */
function transaction(packet: Packet): void {
  const p = packet.ptr;
  const sa = isakmpSa.byCookies(isakmp.CKY_I(p), isakmp.CKY_R(p));
  if (sa && packet.src == sa.peerAddress && isakmp.flags(p) & Flag.ENCRYPTION) notices.transaction(sa.configured);
}

function takePhase1(packet: Packet): u32 {
  const p = packet.ptr;
  if (isakmp.M_ID(p) != 0) return Drop.IKE_HEADER;
  if (isakmp.cookieIsZero(isakmp.CKY_R(p))) return takeFirst(packet);
  let sa = isakmpSa.byCookies(isakmp.CKY_I(p), isakmp.CKY_R(p));
  if (!sa) {
    // The answer to our first message brings the responder's cookie.
    sa = isakmpSa.byInitiatorCookie(isakmp.CKY_I(p), packet.src, true);
    // Neither: perhaps a third message whose first one was answered without keeping it.
    if (!sa || !isakmp.cookieIsZero(sa.CKY_R)) return flood.takeThird(packet);
  }
  // Nobody has proved yet that he may move: before authentication the address stays.
  if (packet.src != sa.peerAddress) return Drop.IKE_COOKIE;
  const ex = sa.exchange;
  if (!ex) return Drop.IKE_DUPLICATE;
  return engine.step(ex, packet);
}

/** The first message of Main or Aggressive Mode: to be answered once, and again if it comes again. */
function takeFirst(packet: Packet): u32 {
  const p = packet.ptr;
  const known = isakmpSa.byInitiatorCookie(isakmp.CKY_I(p), packet.src, false);
  if (known) {
    const running = known.exchange;
    // The same octets again, and nothing else: what comes next must bring our cookie, or whoever forges addresses could
    // have us compute (RFC 2408, 2.5.3).
    return running && (running.state == State.MAIN_R1 || running.state == State.AGGR_R1) ? engine.stepAgain(running, packet) : Drop.IKE_DUPLICATE;
  }
  // Our own message 1 sent back to us: we are not to prove to ourselves who we are.
  if (isakmpSa.byInitiatorCookie(isakmp.CKY_I(p), packet.src, true)) return Drop.IKE_COOKIE;
  const aggressive = isakmp.exchangeType(p) == ExchangeType.AGGRESSIVE;
  if (aggressive) {
    // Who it is stands in the message, and a profile says whether he is answered.
    if (!profiles.aggressiveAllowed()) {
      tell.refusePlain(packet, p, Notify.INVALID_EXCHANGE_TYPE);
      return Drop.IKE_AGGRESSIVE;
    }
  } else if (!offer.knowsPeer(packet.src, packet.dst)) {
    notices.unknownPeer(packet.src);
    return Drop.IKE_NO_KEY;
  }
  // Aggressive Mode costs a power at once, and cannot be answered without state.
  if (!flood.mayKeep(packet)) return aggressive ? flood.refuseFirst() : flood.answerFirst(packet);
  lastAttempt.began(packet.src, false, 1, lastAttempt.NO_POLICY);
  const sa = exchangeLife.newSa(packet.src, packet.dst, false);
  if (!sa) return Drop.IKE_POOL;
  sa.localPort = <u32>packet.dstPort;
  sa.peerPort = <u32>packet.srcPort;
  sa.takeCookies(isakmp.CKY_I(p), 8);
  sa.aggressive = aggressive;
  const ex = aggressive
    ? exchanges.take(sa, ExchangeType.AGGRESSIVE, State.AGGR_R0, false, 0)
    : exchanges.take(sa, ExchangeType.IDENTITY_PROTECTION, State.MAIN_R0, false, 0);
  if (!ex) {
    isakmpSa.free(sa);
    return Drop.IKE_POOL;
  }
  sa.exchange = ex;
  ex.standing = flood.standing;
  return begun(ex, isakmp.exchangeType(p), engine.step(ex, packet));
}

/** An exchange that a peer has begun ends at once if its first message was not taken. */
function begun(ex: Exchange, type: u32, reason: u32): u32 {
  if (!reason || reason == KEPT) stats.exchange(type, false, Fate.BEGUN);
  else if (exchanges.isUnbegun(ex.state)) exchangeLife.endExchange(ex);
  return reason;
}

/** Quick Mode and New Group Mode: under an SA, by message ID. */
function takePhase2(packet: Packet): u32 {
  const p = packet.ptr;
  const sa = isakmpSa.byCookies(isakmp.CKY_I(p), isakmp.CKY_R(p));
  if (!sa) return Drop.IKE_COOKIE;
  const M_ID = isakmp.M_ID(p);
  if (M_ID == 0) return Drop.IKE_HEADER;
  const running = db.byM_ID(sa, M_ID);
  if (running) return engine.step(running, packet);
  const type = isakmp.exchangeType(p);
  const quick = type == ExchangeType.QUICK_MODE;
  const reason = quick ? mayBeginQuick(sa, packet) : mayBeginNewGroup(sa, M_ID);
  if (reason) return reason;
  const ex = exchanges.take(sa, type, quick ? State.QUICK_R0 : State.GROUP_R0, false, M_ID);
  if (!ex) return Drop.IKE_POOL;
  message.startPhase2Iv(sa, M_ID, ex.iv);
  return begun(ex, type, engine.step(ex, packet));
}

/** Drop.NONE, why not, or KEPT. */
function mayBeginQuick(sa: IsakmpSa, packet: Packet): u32 {
  if (sa.phase == Phase.NEGOTIATING) {
    // It may come on the heels of Aggressive Mode's third message, which waits for our computing, or of a last one in fragments.
    const phase1 = sa.exchange;
    if (phase1 && (phase1.state == State.AGGR_R1 || !phase1.suspended) && engine.keepBehind(phase1, packet)) return KEPT;
    // Message 6 may have been lost, or overtaken: the peer will send this again.
    return Drop.IKE_UNEXPECTED_STATE;
  }
  if (sa.knowsM_ID(isakmp.M_ID(packet.ptr))) return Drop.IKE_DUPLICATE;
  if (sa.spent) return Drop.IKE_UNEXPECTED_STATE;
  const over = db.overShare(sa) || db.overSas(sa.peer, 2, pairs.share());
  if (over) exchangeLife.endExchange(over);
  return Drop.NONE;
}

/** One peer's group at a time, and each SA's seldom. Who comes too soon comes again. Drop.NONE, or why not. */
function mayBeginNewGroup(sa: IsakmpSa, M_ID: u32): u32 {
  if (sa.phase != Phase.ESTABLISHED) return Drop.IKE_UNEXPECTED_STATE;
  if (sa.knowsM_ID(M_ID)) return Drop.IKE_DUPLICATE;
  return clock.now() < sa.nextGroupAt || db.validating() ? Drop.IKE_RATE_LIMIT : Drop.NONE;
}

function takeInformational(packet: Packet): u32 {
  const p = packet.ptr;
  let sa = isakmpSa.byCookies(isakmp.CKY_I(p), isakmp.CKY_R(p));
  if (isakmp.flags(p) & Flag.ENCRYPTION) {
    if (!sa) return Drop.IKE_COOKIE;
    const M_ID = isakmp.M_ID(p);
    if (M_ID == 0) return Drop.IKE_HEADER;
    if (!sa.keyed) {
      // A peer that refuses our authentication says so at once, and once: we may still be computing the keys to read it.
      const phase1 = sa.exchange;
      return phase1 && packet.src == sa.peerAddress && engine.keepBehind(phase1, packet) ? KEPT : Drop.IKE_COOKIE;
    }
    if (sa.knowsM_ID(M_ID)) {
      // CONNECTED has the message ID of its Quick Mode (RFC 2408, 3.1).
      const running = db.byM_ID(sa, M_ID);
      if (!running || running.state != State.QUICK_COMMIT) return Drop.IKE_DUPLICATE;
    }
    return engine.step(tell.exchangeFor(sa, M_ID), packet);
  }
  // An answer to our first message may leave the responder's cookie out.
  if (!sa) sa = isakmpSa.byInitiatorCookie(isakmp.CKY_I(p), packet.src, true);
  if (!sa || packet.src != sa.peerAddress) return Drop.IKE_COOKIE;
  if (message.parse(p, packet.len)) return Drop.IKE_PAYLOAD;
  unprotected.takeUnprotected(sa);
  return Drop.IKE_UNPROTECTED_NOTIFY;
}
