/**
 * What we say by ourselves in an Informational Exchange (RFC 2408, 4.8; RFC 2409, 5.7): notifies, Deletes, R-U-THERE, CONNECTED, under
 * HASH(1) as soon as there are keys; and notifies in plain to who has not proved who he is, seldom.
 */
import { knowsPeer } from "../../sadb/policies/offer";
import { Budget } from "../../util/budget";
import { Packet } from "../../util/packet";
import { Drop, drop } from "../../util/status";
import * as deletePayload from "../../wire/delete";
import { ExchangeType, Notify } from "../../wire/ike_numbers";
import { Protocol } from "../../wire/ipsec_doi";
import * as isakmp from "../../wire/isakmp";
import * as notify from "../../wire/notify";
import * as trace from "../report/trace";
import * as deadPeer from "../state/dead_peer";
import { Exchange, State, outside } from "../state/exchange";
import { IsakmpSa } from "../state/isakmp_sa";
import { Fate } from "../state/stats";
import * as stats from "../state/stats";
import { HashKind } from "./message";
import * as message from "./message";
import * as output from "./output";
import * as responderLifetime from "./responder_lifetime";

/** Error notifies to peers that nobody has verified: five at once, and five a second. */
const unverified = new Budget(5, 200);

/** SPIs of one Delete of ours. */
const DELETE_SPIS: u32 = 64;

/** Those that the next one names: a protocol of the DOI and an SPI each. */
const deletes: usize = memory.data(64 * 8, 4);

let deletesListed: u32 = 0;

let own: Exchange = changetype<Exchange>(0);

export let theirs: Exchange = changetype<Exchange>(0);

const zeroCookie: usize = memory.data(8, 8);

export function init(): void {
  own = outside();
  theirs = outside();
  unverified.reset();
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

export function sendDeadPeerDetection(sa: IsakmpSa, type: u32, number: usize): void {
  if (!begin(sa)) return;
  stats.notify(type, true);
  notify.emit(message.w, Protocol.ISAKMP, type, sa.CKY_I, 16, number, 4);
  send(sa);
}

/** Asks a peer whether it is there, with dpd's present number. */
export function sendRUThere(sa: IsakmpSa): void {
  sendDeadPeerDetection(sa, Notify.R_U_THERE, deadPeer.sequence(sa));
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
  if (!unverified.left()) {
    drop(Drop.IKE_RATE_LIMIT);
    return;
  }
  message.beginPlain(isakmp.CKY_I(header), isakmp.CKY_R(header), ExchangeType.INFORMATIONAL, 0);
  notify.emit(message.w, Protocol.ISAKMP, type, 0, 0, 0, 0);
  const len = message.w.end();
  if (!len || len > packet.len) return;
  unverified.spend();
  stats.notify(type, true);
  output.back(packet, message.w.base, len);
}
