/**
 * The Informational Exchange (RFC 2408, 4.8; RFC 2409, 5.7): one message each way, protected by HASH(1) as soon as there
 * are keys. What comes unprotected anybody may have sent: it is counted and shown, and changes nothing; but INVALID-COOKIE
 * with both our cookies in answer to our third message has us send the first one again, twice at most.
 */
import * as spd from "../../sadb/policies/spd";
import { get32 } from "../../util/bytes";
import * as clock from "../../util/clock";
import * as log from "../../util/log";
import { Drop, drop } from "../../util/status";
import * as deletePayload from "../../wire/delete";
import { Exchange as ExchangeType, Notify, Payload, notifyIsError } from "../../wire/ike_numbers";
import { Protocol } from "../../wire/ipsec_doi";
import * as notify from "../../wire/notify";
import * as engine from "../engine/engine";
import * as exchangeLife from "../engine/exchange_life";
import * as message from "../message/message";
import * as responderLifetime from "../message/responder_lifetime";
import { sendDeadPeerDetection, theirs } from "../message/tell";
import * as notices from "../report/notices";
import * as trace from "../report/trace";
import * as deadPeer from "../state/dead_peer";
import { Exchange } from "../state/exchange";
import * as db from "../state/exchanges";
import { IsakmpSa, Phase, byCookies } from "../state/isakmp_sa";
import * as lifetimes from "../state/lifetimes";
import * as pairs from "../state/pairs";
import { Fate, Stat } from "../state/stats";
import * as stats from "../state/stats";
import * as succession from "../upkeep/succession";
import * as upkeep from "../upkeep/upkeep";
import * as wanted from "../upkeep/wanted";
import { OK } from "./verdict";

/** INITIAL-CONTACT outside of Main Mode is believed this long after it only: later it may be a replay. */
const CONTACT_WINDOW: u64 = 60000;

// HDR*, HASH(1), N/D -->
export function informational_in(ex: Exchange): u32 {
  const sa = ex.sa;
  const payloads = message.payloads;
  // The SA may go with the first Delete: its number tells whether it is still the same.
  const number = sa.number;
  stats.exchange(ExchangeType.INFORMATIONAL, false, Fate.COMPLETED);
  for (let i: u32 = 0; i < payloads.length && sa.number == number; i++) {
    const body = payloads.bodyAt(i);
    const len = payloads.bodyLenAt(i);
    const type = payloads.typeAt(i);
    if (type == Payload.NOTIFY) {
      if (notify.check(body, len)) drop(Drop.IKE_PAYLOAD);
      else takeNotify(sa, body, len);
    } else if (type == Payload.DELETE) {
      if (deletePayload.check(body, len)) drop(Drop.IKE_PAYLOAD);
      else takeDelete(sa, body);
    }
  }
  return OK;
}

function takeNotify(sa: IsakmpSa, body: usize, len: u32): void {
  const type = notify.messageType(body);
  const spi = notify.spiLen(body) == 4 ? get32(notify.spi(body)) : 0;
  trace.notified(sa, body, len);
  switch (type) {
    case Notify.INITIAL_CONTACT:
      if (clock.now() - sa.establishedAt < CONTACT_WINDOW) succession.initialContact(sa);
      return;
    case Notify.CONNECTED: {
      const running = db.byM_ID(sa, theirs.M_ID);
      if (running) engine.connected(running);
      return;
    }
    case Notify.RESPONDER_LIFETIME:
      if (responderLifetime.read(body, len)) takeLifetime(sa, notify.protocol(body), spi);
      return;
    case Notify.R_U_THERE:
    case Notify.R_U_THERE_ACK:
      takeDeadPeerDetection(sa, type, body, len);
      return;
    default:
      if (!notifyIsError(type)) return;
      if (sa.phase == Phase.NEGOTIATING) upkeep.mainRefused(sa, type);
      else quickRefused(sa, type, spi);
  }
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
    notices.group(sa.peer, group.groupId, "the peer does not take it", true);
    const slot = group.policy;
    exchangeLife.endExchange(group);
    wanted.quickFailed(slot);
    return;
  }
  const ex = db.quickForSpi(sa, spi);
  const fallback = ex ? ex : db.quickForSpi(sa, 0);
  if (!fallback) {
    notices.peerSays(sa.peer, type, true, true, null);
    return;
  }
  const policy = spd.policyAt(fallback.policy);
  notices.peerSays(sa.peer, type, true, true, policy ? policy.entry : null);
  wanted.quickFailed(fallback.policy);
  exchangeLife.endExchange(fallback);
}

/** RFC 3706, 5.3: the SPI is both cookies, the data a number; R-U-THERE is answered with both as they came. */
function takeDeadPeerDetection(sa: IsakmpSa, type: u32, body: usize, len: u32): void {
  if (sa.phase == Phase.NEGOTIATING || notify.spiLen(body) != 16 || notify.dataLen(body, len) != 4) return;
  if (memory.compare(notify.spi(body), sa.CKY_I, 16) != 0) return;
  const number = get32(notify.data(body));
  if (type == Notify.R_U_THERE_ACK) deadPeer.acknowledged(sa, number);
  else if (deadPeer.mayAnswer(sa, number)) {
    stats.count(Stat.DPD_ANSWERED);
    sendDeadPeerDetection(sa, Notify.R_U_THERE_ACK, notify.data(body));
  }
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
      if (!named || named.peer != sa.peer || named.phase == Phase.NEGOTIATING) continue;
      const itself = named === sa;
      succession.remove(named, "deleted-by-peer", false);
      if (itself) return;
    }
  }
}
