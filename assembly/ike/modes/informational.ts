/**
 * The Informational Exchange (RFC 2408, 4.8; RFC 2409, 5.7): one message each way, protected by HASH(1) as soon as there
 * are keys. What comes unprotected anybody may have sent: it is counted and shown, and changes nothing; but INVALID-COOKIE
 * with both our cookies in answer to our third message has us send the first one again, twice at most.
 */
import { knowsPeer } from "../../sadb/policies/offer";
import * as spd from "../../sadb/policies/spd";
import { get32 } from "../../util/bytes";
import * as clock from "../../util/clock";
import * as log from "../../util/log";
import { Packet } from "../../util/packet";
import { Drop, drop } from "../../util/status";
import * as deletePayload from "../../wire/delete";
import { Exchange as ExchangeType, Notify, Payload, notifyIsError, notifyName } from "../../wire/ike_numbers";
import { Protocol } from "../../wire/ipsec_doi";
import * as isakmp from "../../wire/isakmp";
import * as notify from "../../wire/notify";
import * as acquire from "../upkeep/wanted";
import * as dpd from "../state/dead_peer";
import * as engine from "../engine/engine";
import { Exchange, State, outside } from "../state/exchange";
import * as db from "../state/exchanges";
import { IsakmpSa, Phase, byCookies } from "../state/isakmp_sa";
import * as lifecycle from "../upkeep/succession";
import * as message from "../message/message";
import { HashKind } from "../message/message";
import * as notices from "../report/notices";
import { OK } from "./verdict";
import * as output from "../message/output";
import * as rekey from "../upkeep/renewal";
import * as responderLifetime from "../message/responder_lifetime";
import * as stats from "../state/stats";
import { Fate, Stat } from "../state/stats";
import * as trace from "../report/trace";

/** INITIAL-CONTACT outside of Main Mode is believed this long after it only: later it may be a replay. */
const CONTACT_WINDOW: u64 = 60000;
/** Error notifies to peers that nobody has verified: so many a second, in all. */
const UNVERIFIED_PER_SECOND: u32 = 5;
/** SPIs of one Delete of ours. */
const DELETE_SPIS: u32 = 64;
/** Those that the next one names: a protocol of the DOI and an SPI each. */
const deletes: usize = memory.data(64 * 8, 4);
let deletesListed: u32 = 0;

let own: Exchange = changetype<Exchange>(0);
let theirs: Exchange = changetype<Exchange>(0);
let windowStart: u64 = 0;
let windowCount: u32 = 0;
const zeroCookie: usize = memory.data(8, 8);

export function init(): void {
  own = outside();
  theirs = outside();
  windowStart = 0;
  windowCount = 0;
  deletesListed = 0;
}

/** The exchange that every Informational message of a peer is looked at in: it has no memory but its message ID's IV. */
export function exchangeFor(sa: IsakmpSa, M_ID: u32): Exchange {
  return setUp(theirs, sa, M_ID);
}

function setUp(ex: Exchange, sa: IsakmpSa, M_ID: u32): Exchange {
  ex.sa = sa;
  ex.M_ID = M_ID;
  ex.type = ExchangeType.INFORMATIONAL;
  ex.state = State.INFORMATIONAL;
  if (sa.keyed) message.startPhase2Iv(sa, M_ID, ex.iv);
  return ex;
}

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
      if (clock.now() - sa.establishedAt < CONTACT_WINDOW) lifecycle.initialContact(sa);
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
      if (sa.phase == Phase.NEGOTIATING) lifecycle.mainRefused(sa, type);
      else quickRefused(sa, type, spi);
  }
}

/** RESPONDER-LIFETIME in a message of its own: as IOS sends it for phase 1. Only who initiated is told so. */
function takeLifetime(sa: IsakmpSa, protocol: u32, spi: u32): void {
  if (protocol != Protocol.ISAKMP) rekey.shorten(sa, spi, responderLifetime.seconds, responderLifetime.kilobytes);
  else if (sa.initiator) lifecycle.shorten(sa, responderLifetime.seconds, responderLifetime.kilobytes);
}

/** A protected error: it ends the Quick Mode that it is about. */
function quickRefused(sa: IsakmpSa, type: u32, spi: u32): void {
  const group = type == Notify.ATTRIBUTES_NOT_SUPPORTED ? db.newGroupUnder(sa) : null;
  if (group) {
    notices.group(sa.peer, group.groupId, "the peer does not take it", true);
    const slot = group.policy;
    lifecycle.endExchange(group);
    acquire.quickFailed(slot);
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
  acquire.quickFailed(fallback.policy);
  lifecycle.endExchange(fallback);
}

/** RFC 3706, 5.3: the SPI is both cookies, the data a number; R-U-THERE is answered with both as they came. */
function takeDeadPeerDetection(sa: IsakmpSa, type: u32, body: usize, len: u32): void {
  if (sa.phase == Phase.NEGOTIATING || notify.spiLen(body) != 16 || notify.dataLen(body, len) != 4) return;
  if (memory.compare(notify.spi(body), sa.CKY_I, 16) != 0) return;
  const number = get32(notify.data(body));
  if (type == Notify.R_U_THERE_ACK) dpd.acknowledged(sa, number);
  else if (dpd.mayAnswer(sa, number)) {
    stats.count(Stat.DPD_ANSWERED);
    sendDeadPeerDetection(sa, Notify.R_U_THERE_ACK, notify.data(body));
  }
}

function sendDeadPeerDetection(sa: IsakmpSa, type: u32, number: usize): void {
  if (!begin(sa)) return;
  stats.notify(type, true);
  notify.emit(message.w, Protocol.ISAKMP, type, sa.CKY_I, 16, number, 4);
  send(sa);
}

/** Asks a peer whether it is there, with dpd's present number. */
export function sendRUThere(sa: IsakmpSa): void {
  sendDeadPeerDetection(sa, Notify.R_U_THERE, dpd.sequence(sa));
}

function takeDelete(sa: IsakmpSa, body: usize): void {
  const protocol = deletePayload.protocol(body);
  const n = deletePayload.count(body);
  if (log.debugIsakmp) {
    trace.prefix(sa.number).put("processing DELETE of protocol ").u32(protocol).put(", ").u32(n).put(" SPIs");
    log.end();
  }
  if (protocol == Protocol.ESP || protocol == Protocol.AH) {
    for (let i: u32 = 0; i < n; i++) rekey.peerDeleted(sa, protocol, get32(deletePayload.spi(body, i)));
  } else if (protocol == Protocol.ISAKMP) {
    // The last one that is named may be the one that protects this message.
    for (let i: u32 = 0; i < n; i++) {
      const spi = deletePayload.spi(body, i);
      const named = byCookies(spi, spi + 8);
      if (!named || named.peer != sa.peer || named.phase == Phase.NEGOTIATING) continue;
      const itself = named === sa;
      lifecycle.remove(named, "deleted-by-peer", false);
      if (itself) return;
    }
  }
}

/** CONNECTED for a Quick Mode, under its message ID (RFC 2408, 3.1). */
export function sendConnected(sa: IsakmpSa, M_ID: u32, spi: u32): void {
  message.begin(setUp(own, sa, M_ID), true, HashKind.HASH_1);
  stats.notify(Notify.CONNECTED, true);
  store<u32>(zeroCookie, bswap<u32>(spi));
  notify.emit(message.w, Protocol.ESP, Notify.CONNECTED, zeroCookie, 4, 0, 0);
  store<u32>(zeroCookie, 0);
  send(sa);
}

/** Begins an Informational message of an SA: `message.w` takes the payloads. False: no entropy. */
function begin(sa: IsakmpSa): bool {
  const M_ID = sa.freshM_ID();
  if (!M_ID) return false;
  message.begin(setUp(own, sa, M_ID), true, HashKind.HASH_1);
  return true;
}

function send(sa: IsakmpSa): void {
  const len = message.end(own, true, HashKind.HASH_1);
  if (!len) return;
  stats.exchange(ExchangeType.INFORMATIONAL, true, Fate.COMPLETED);
  trace.messageOut(sa, message.w.base, 1, len, message.outgoing, false);
  output.toPeer(sa, message.w.base, len);
}

/** Sends a protected notify about an SPI and its protocol (SPI 0: about phase 1). */
export function sendNotify(sa: IsakmpSa, type: u32, spi: u32, protocol: u32): void {
  if (!sa.keyed || !begin(sa)) return;
  const w = message.w;
  stats.notify(type, true);
  if (spi) {
    store<u32>(zeroCookie, bswap<u32>(spi));
    notify.emit(w, protocol, type, zeroCookie, 4, 0, 0);
    store<u32>(zeroCookie, 0);
  } else notify.emit(w, Protocol.ISAKMP, type, sa.CKY_I, 16, 0, 0);
  send(sa);
}

/** RESPONDER-LIFETIME of phase 1 after Aggressive Mode, in whose own messages no status notify may be (RFC 2407, 4.6.3). */
export function sendLifetime(sa: IsakmpSa): void {
  if (!begin(sa)) return;
  responderLifetime.emit(message.w, Protocol.ISAKMP, sa.CKY_I, 16, sa.lifetimeSeconds, sa.lifetimeKilobytes);
  send(sa);
}

/** Names one more inbound SPI of ours in the next Delete. */
export function listDelete(protocol: u32, spi: u32): void {
  if (deletesListed == DELETE_SPIS) return;
  const entry = deletes + <usize>(deletesListed++ << 3);
  store<u32>(entry, protocol);
  store<u32>(entry, spi, 4);
}

/** Whether a bundle's two SPIs have room in it. */
export function deleteHasRoom(): bool {
  return deletesListed + 2 <= DELETE_SPIS;
}

/** Sends a Delete for what is listed, a payload for each protocol (RFC 2408, 3.15); null: forgets it. */
export function sendDelete(sa: IsakmpSa | null): void {
  if (sa && sa.keyed && deletesListed != 0 && begin(sa)) {
    writeDelete(Protocol.ESP);
    writeDelete(Protocol.AH);
    send(sa);
  }
  deletesListed = 0;
}

function writeDelete(protocol: u32): void {
  const end = deletes + <usize>(deletesListed << 3);
  let n: u32 = 0;
  for (let entry = deletes; entry < end; entry += 8) if (load<u32>(entry) == protocol) n++;
  if (!n) return;
  deletePayload.begin(message.w, protocol, 4, n);
  for (let entry = deletes; entry < end; entry += 8) if (load<u32>(entry) == protocol) message.w.u32(load<u32>(entry, 4));
}

/** Sends a Delete for the ISAKMP SA itself. */
export function sendDeleteIsakmp(sa: IsakmpSa): void {
  if (!sa.keyed || !begin(sa)) return;
  deletePayload.emitIsakmp(message.w, sa.CKY_I, sa.CKY_R);
  send(sa);
}

/**
 * Answers a message that nobody has verified with a notify in plain: to peers that the configuration knows, seldom, and
 * never with more octets than the message had.
 */
export function refusePlain(packet: Packet, header: usize, type: u32): void {
  if (packet.len < isakmp.HEADER_LENGTH || isakmp.exchangeType(header) == ExchangeType.INFORMATIONAL) return;
  if (type == Notify.NONE || !knowsPeer(packet.src, packet.dst)) return;
  const now = clock.now();
  if (now - windowStart >= 1000) {
    windowStart = now;
    windowCount = 0;
  }
  if (windowCount >= UNVERIFIED_PER_SECOND) {
    drop(Drop.IKE_RATE_LIMIT);
    return;
  }
  message.beginPlain(isakmp.CKY_I(header), isakmp.CKY_R(header), ExchangeType.INFORMATIONAL, 0);
  notify.emit(message.w, Protocol.ISAKMP, type, 0, 0, 0, 0);
  const len = message.w.end();
  if (!len || len > packet.len) return;
  windowCount++;
  stats.notify(type, true);
  output.back(packet, message.w.base, len);
}

/** An Informational message in plain: advisory only, yet people like to know what their peer says. */
export function takeUnprotected(sa: IsakmpSa): void {
  const ex = sa.exchange;
  const payloads = message.payloads;
  const body = payloads.body(Payload.NOTIFY, 0);
  if (sa.phase != Phase.NEGOTIATING || !ex || !body || notify.check(body, payloads.bodyLen(Payload.NOTIFY, 0))) return;
  const type = notify.messageType(body);
  stats.notify(type, false);
  if (log.debugIsakmp) {
    trace.prefix(sa.number).put("unprotected NOTIFY ").put(notifyName(type)).put(" (").u32(type).put("), advisory only");
    log.end();
  }
  if (!notifyIsError(type)) return;
  const both = load<u64>(isakmp.CKY_R(message.header)) == load<u64>(sa.CKY_R);
  if (type == Notify.INVALID_COOKIE && both && engine.beginAgain(ex)) return;
  const authenticating = ex.state == State.MAIN_I3 || ex.state == State.AGGR_R1;
  if (authenticating && (type == Notify.PAYLOAD_MALFORMED || type == Notify.INVALID_PAYLOAD_TYPE || type == Notify.INVALID_HASH_INFORMATION || type == Notify.AUTHENTICATION_FAILED)) {
    notices.wrongKey(sa.peer, false, type);
  } else notices.peerSays(sa.peer, type, false, false, null);
}

