/**
 * What a peer says in an Informational Exchange (RFC 2408, 4.8; RFC 2409, 5.7), protected by HASH(1). It marks exchanges and SAs;
 * upkeep acts on the marks when the message has been dealt with, so that nothing vanishes under it.
 */
import * as spd from "../../sadb/policies/spd";
import { get32 } from "../../util/bytes";
import * as clock from "../../util/clock";
import * as log from "../../util/log";
import { packetOf } from "../../util/packet";
import { Drop, drop } from "../../util/status";
import * as deletePayload from "../../wire/delete";
import { ExchangeType, Notify, Payload, notifyIsError } from "../../wire/ike_numbers";
import { Protocol } from "../../wire/ipsec_doi";
import * as notify from "../../wire/notify";
import * as message from "../message/message";
import * as responderLifetime from "../message/responder_lifetime";
import { sendDeadPeerDetection } from "../message/tell";
import * as notices from "../report/notices";
import * as trace from "../report/trace";
import { Fresh } from "../state/dead_peer";
import * as deadPeer from "../state/dead_peer";
import { Exchange, State } from "../state/exchange";
import * as exchanges from "../state/exchange";
import * as db from "../state/exchanges";
import { IsakmpSa, Phase, Said, byCookies, mark } from "../state/isakmp_sa";
import * as lifetimes from "../state/lifetimes";
import * as pairs from "../state/pairs";
import { Fate, Stat } from "../state/stats";
import * as stats from "../state/stats";
import * as whereabouts from "../state/whereabouts";
import { CONNECTED, OK } from "./verdict";

/** INITIAL-CONTACT outside of Main Mode is believed this long after it only: later it may be a replay. */
const CONTACT_WINDOW: u64 = 60000;

// HDR*, HASH(1), N/D -->
export function informational_in(ex: Exchange): u32 {
  const sa = ex.sa;
  const payloads = message.payloads;
  let outcome = OK;
  if (!numberedOnly(sa)) sa.noteM_ID(ex.M_ID);
  stats.exchange(ExchangeType.INFORMATIONAL, false, Fate.COMPLETED);
  // What is deleted, or refused, says no more.
  for (let i: u32 = 0; i < payloads.length && !isOver(sa); i++) {
    const body = payloads.bodyAt(i);
    const len = payloads.bodyLenAt(i);
    const type = payloads.typeAt(i);
    if (type == Payload.NOTIFY) {
      if (notify.check(body, len)) drop(Drop.IKE_PAYLOAD);
      else if (takeNotify(ex, body, len)) outcome = CONNECTED;
    } else if (type == Payload.DELETE) {
      if (deletePayload.check(body, len)) drop(Drop.IKE_PAYLOAD);
      else takeDelete(sa, body);
    }
  }
  return outcome;
}

/**
 * Whether the message is one R-U-THERE or R-U-THERE-ACK and nothing else: its number tells whether it is an old one, for as
 * long as the SA lives, and its message ID need not be remembered. They are nearly all that comes under an SA.
 */
function numberedOnly(sa: IsakmpSa): bool {
  const payloads = message.payloads;
  return payloads.length == 2 && payloads.count(Payload.HASH) == 1 && payloads.count(Payload.NOTIFY) == 1
    && numbered(sa, payloads.body(Payload.NOTIFY, 0), payloads.bodyLen(Payload.NOTIFY, 0));
}

/** Whether a notify is an R-U-THERE or R-U-THERE-ACK of this SA (RFC 3706, 5.3): the SPI is both cookies, the data a number. */
function numbered(sa: IsakmpSa, body: usize, len: u32): bool {
  if (notify.check(body, len) || sa.phase == Phase.NEGOTIATING) return false;
  const type = notify.messageType(body);
  return (type == Notify.R_U_THERE || type == Notify.R_U_THERE_ACK) && notify.spiLen(body) == 16 && notify.dataLen(body, len) == 4
    && memory.compare(notify.spi(body), sa.CKY_I, 16) == 0;
}

/** Whether the message says nothing but a number that is an old one: it is dropped before it costs the SA anything. */
export function isOld(ex: Exchange): bool {
  const sa = ex.sa;
  if (!numberedOnly(sa)) return false;
  const body = message.payloads.body(Payload.NOTIFY, 0);
  const number = get32(notify.data(body));
  return notify.messageType(body) == Notify.R_U_THERE ? deadPeer.freshness(sa, number, ex.M_ID) == Fresh.OLD : !deadPeer.isAwaited(sa, number);
}

function isOver(sa: IsakmpSa): bool {
  const phase1 = sa.exchange;
  return (sa.said & Said.DELETED) != 0 || (sa.phase == Phase.NEGOTIATING && phase1 != null && phase1.fate != Fate.BEGUN);
}

/** True: it is CONNECTED. */
function takeNotify(ex: Exchange, body: usize, len: u32): bool {
  const sa = ex.sa;
  const type = notify.messageType(body);
  const spi = notify.spiLen(body) == 4 ? get32(notify.spi(body)) : 0;
  trace.notified(sa, body, len);
  switch (type) {
    case Notify.INITIAL_CONTACT:
      if (clock.now() - sa.establishedAt < CONTACT_WINDOW) mark(sa, Said.INITIAL_CONTACT);
      return false;
    case Notify.CONNECTED:
      return true;
    case Notify.RESPONDER_LIFETIME:
      if (responderLifetime.read(body, len)) takeLifetime(sa, notify.protocol(body), spi);
      return false;
    case Notify.R_U_THERE:
    case Notify.R_U_THERE_ACK:
      takeDeadPeerDetection(ex, type, body, len);
      return false;
    default:
      if (!notifyIsError(type)) return false;
      if (sa.phase == Phase.NEGOTIATING) mainRefused(sa, type);
      else quickRefused(sa, type, spi);
      return false;
  }
}

/** The peer, who knows the keys, says that it ends this phase 1. */
export function mainRefused(sa: IsakmpSa, type: u32): void {
  notices.peerSays(sa.configured, type, false, true, null);
  const ex = sa.exchange;
  if (ex && ex.state == State.MAIN_I3) exchanges.mark(ex, Fate.FAILED);
}

/** RESPONDER-LIFETIME in a message of its own: as IOS sends it for phase 1. Only who initiated is told so. */
function takeLifetime(sa: IsakmpSa, protocol: u32, spi: u32): void {
  if (protocol != Protocol.ISAKMP) pairs.shorten(sa, spi, responderLifetime.seconds, responderLifetime.kilobytes);
  else if (sa.initiator) lifetimes.shorten(sa, responderLifetime.seconds, responderLifetime.kilobytes);
}

/** A protected error: it ends the Quick Mode that it is about. */
function quickRefused(sa: IsakmpSa, type: u32, spi: u32): void {
  const group = type == Notify.ATTRIBUTES_NOT_SUPPORTED ? db.newGroupUnder(sa) : null;
  if (group) {
    notices.group(sa.configured, group.groupId, "the peer does not take it", true);
    exchanges.mark(group, Fate.FAILED);
    return;
  }
  const ex = db.quickForSpi(sa, spi);
  const fallback = ex ? ex : db.quickForSpi(sa, 0);
  if (!fallback) {
    notices.peerSays(sa.configured, type, true, true, null);
    return;
  }
  const policy = spd.policyAt(fallback.policySlot);
  notices.peerSays(sa.configured, type, true, true, policy ? policy.entry : null);
  exchanges.mark(fallback, Fate.FAILED);
}

/** R-U-THERE is answered with SPI and number as they came. A number that rises, or is waited for, shows where the peer is now. */
function takeDeadPeerDetection(ex: Exchange, type: u32, body: usize, len: u32): void {
  const sa = ex.sa;
  if (!numbered(sa, body, len)) return;
  const number = get32(notify.data(body));
  if (type == Notify.R_U_THERE_ACK) {
    if (deadPeer.acknowledged(sa, number)) follow(sa);
    return;
  }
  const fresh = deadPeer.mayAnswer(sa, number, ex.M_ID);
  if (fresh == Fresh.OLD) return;
  if (fresh == Fresh.NEW) follow(sa);
  stats.count(Stat.DPD_ANSWERED);
  sendDeadPeerDetection(sa, Notify.R_U_THERE_ACK, notify.data(body));
}

function follow(sa: IsakmpSa): void {
  const packet = packetOf(message.header);
  if (packet && whereabouts.follow(sa, packet)) pairs.moveMappings(sa);
}

function takeDelete(sa: IsakmpSa, body: usize): void {
  const protocol = deletePayload.protocol(body);
  const n = deletePayload.count(body);
  if (log.debugIsakmp) {
    trace.prefix(sa.number).put("processing DELETE of protocol ").u32(protocol).put(", ").u32(n).put(" SPIs");
    log.end();
  }
  if (protocol == Protocol.ESP || protocol == Protocol.AH) {
    for (let i: u32 = 0; i < n; i++) pairs.peerDeleted(sa, protocol, get32(deletePayload.spi(body, i)));
  } else if (protocol == Protocol.ISAKMP) {
    // The last one that is named may be the one that protects this message.
    for (let i: u32 = 0; i < n; i++) {
      const spi = deletePayload.spi(body, i);
      const named = byCookies(spi, spi + 8);
      if (!named || named.peer !== sa.peer || named.phase == Phase.NEGOTIATING) continue;
      mark(named, Said.DELETED);
      if (named === sa) return;
    }
  }
}
