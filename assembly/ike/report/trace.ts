/**
 * What machines and debuggers read of IKE: EVENT lines (host/abi.md), KEYLOG lines, `debug crypto isakmp` in the words
 * of IOS.
 */
import { CipherAlg } from "../../crypto/cipher";
import { Budget } from "../../util/budget";
import { get32 } from "../../util/bytes";
import * as log from "../../util/log";
import { Packet } from "../../util/packet";
import { Drop, dropName } from "../../util/status";
import { Text } from "../../util/text";
import * as fragments from "../../wire/fragment";
import { ExchangeType, Flag, Notify, exchangeName, notifyName, payloadName } from "../../wire/ike_numbers";
import { ahTransformName, ahTransformOf, authAlgName, encapsulationName, espTransformName } from "../../wire/ipsec_doi";
import * as isakmp from "../../wire/isakmp";
import * as notify from "../../wire/notify";
import { PayloadSet } from "../../wire/payloads";
import { Vendor, vendorName } from "../../wire/vendor";
import { mismatchCount, putMismatch } from "../offer/mismatch";
import { Phase2Choice } from "../offer/phase2_terms";
import { Exchange, State } from "../state/exchange";
import { IsakmpSa, Phase } from "../state/isakmp_sa";
import { Stat } from "../state/stats";
import * as stats from "../state/stats";

/** `ikev1 CKY_I KEY` */
export function keylog(sa: IsakmpSa, key: usize, len: u32): void {
  if (!log.keylogAllowed) return;
  log.keylog().put("ikev1 ").hexBytes(sa.CKY_I, 8).char(32).hexBytes(key, len);
  log.keylogEnd();
}

function exchangeWord(type: u32): string {
  switch (type) {
    case ExchangeType.IDENTITY_PROTECTION: return "main";
    case ExchangeType.AGGRESSIVE: return "aggressive";
    case ExchangeType.QUICK_MODE: return "quick";
    case ExchangeType.NEW_GROUP_MODE: return "newgroup";
    case ExchangeType.INFORMATIONAL: return "informational";
    default: return "other";
  }
}

function putPayloads(t: Text, set: PayloadSet): void {
  for (let i: u32 = 0; i < set.length; i++) {
    if (i) t.char(44);
    t.put(payloadName(set.typeAt(i)));
  }
}

/**
 * Messages of negotiations that others have begun and not proved who they are: anybody can cause them. Sixteen branches that
 * come back at once have an event for each of theirs; a flood has two a second, and a count.
 */
const strange = new Budget(128, 500);
let unsaid: u32 = 0;

export function init(): void {
  strange.reset();
  unsaid = 0;
}

/** Whether a message of a stranger may have its event; says first how many had none. */
function mayEvent(): bool {
  if (!strange.take()) {
    unsaid++;
    stats.count(Stat.EVENT_UNSAID);
    return false;
  }
  if (unsaid) {
    log.event("ike.unsaid").put(" messages=").u32(unsaid);
    log.eventEnd();
    unsaid = 0;
  }
  return true;
}

function eventOf(
  inwards: bool, ptr: usize, number: u32, len: u32, set: PayloadSet, again: bool, peer: u32, peerPort: u32, local: u32, localPort: u32,
): void {
  const type = isakmp.exchangeType(ptr);
  const encrypted = (isakmp.flags(ptr) & Flag.ENCRYPTION) != 0;
  const t = log.event("ike.message").put(inwards ? " dir=in" : " dir=out").put(" exchange=").put(exchangeWord(type));
  t.put(" number=").u32(number).put(" peer=").ip(peer).char(58).u32(peerPort).put(" local=").ip(local).char(58).u32(localPort);
  t.put(" cky_i=").hexBytes(isakmp.CKY_I(ptr), 8).put(" cky_r=").hexBytes(isakmp.CKY_R(ptr), 8);
  t.put(" mid=").hex32(isakmp.M_ID(ptr)).put(" payloads=");
  putPayloads(t, set);
  t.put(" encrypted=").u32(<u32>encrypted).put(" length=").u32(len).put(" retransmission=").u32(<u32>again);
  log.eventEnd();
}

/** The event and the debug lines of a message. Address and port are the peer's and ours, whichever way it goes. */
function message(
  inwards: bool, ptr: usize, number: u32, len: u32, set: PayloadSet, again: bool,
  peer: u32, peerPort: u32, local: u32, localPort: u32, sa: IsakmpSa,
): void {
  const stranger = sa.phase == Phase.NEGOTIATING && !sa.initiator;
  if (!stranger || mayEvent()) eventOf(inwards, ptr, number, len, set, again, peer, peerPort, local, localPort);
  if (!log.debugIsakmp) return;
  const type = isakmp.exchangeType(ptr);
  const d = prefix(sa.number).put(inwards ? "received" : again ? "retransmitting" : "sending").put(" packet ");
  d.put(inwards ? "from " : "to ").ip(peer).put(inwards ? " dport " : " my_port ").u32(localPort);
  d.put(inwards ? " sport " : " peer_port ").u32(peerPort).put(", ").put(exchangeName(type)).put(" message ").u32(number);
  d.put(" (");
  putPayloads(d, set);
  d.char(41);
  log.end();
}

/** A message that has been understood. */
export function messageIn(ex: Exchange, ptr: usize, number: u32, len: u32, set: PayloadSet, packet: Packet): void {
  message(true, ptr, number, len, set, false, packet.src, packet.srcPort, packet.dst, packet.dstPort, ex.sa);
}

/** A message that goes out; of one that goes out again the payloads are not known any more where it is encrypted. */
export function messageOut(sa: IsakmpSa, ptr: usize, number: u32, len: u32, set: PayloadSet, again: bool): void {
  message(false, ptr, number, len, set, again, sa.peerAddress, sa.peerPort, sa.localAddress, sa.localPort, sa);
}

/** Begins a debug line of an SA: `ISAKMP:(1001):`; 0 before there is one. End it with log.end. */
export function prefix(sa: u32): Text {
  return log.debug("ISAKMP:(").u32(sa).put("):");
}

/** A protected notify of a peer, whatever it says: counted, and named in the words of the RFCs. */
export function notified(sa: IsakmpSa, body: usize, len: u32): void {
  const dataLen = notify.dataLen(body, len);
  const type = notify.messageType(body);
  stats.notify(type, false);
  if (!log.debugIsakmp) return;
  const t = prefix(sa.number).put("processing NOTIFY ").put(notifyName(type)).put(" (").u32(type).put(") protocol ").u32(notify.protocol(body));
  if (notify.spiLen(body) == 4) t.put(" spi 0x").hex32(get32(notify.spi(body)));
  if (type == Notify.REPLAY_STATUS && dataLen == 4) t.put(get32(notify.data(body)) ? ": replays are detected" : ": replays are not detected");
  log.end();
}

/** A fragment has come. */
export function fragment(sa: u32, packet: Packet): void {
  if (!log.debugIsakmp) return;
  const p = packet.ptr;
  prefix(sa).put("received fragment ").u32(fragments.number(p)).put(fragments.isLast(p) ? ", the last, of ID " : " of ID ").u32(fragments.fragmentId(p));
  log.end();
}

/** A message goes out in fragments. */
export function split(sa: u32, len: u32, piece: u32, id: u32): void {
  if (!log.debugIsakmp) return;
  prefix(sa).put("sending ").u32(len).put(" octets in fragments of ").u32(piece).put(", ID ").u32(id);
  log.end();
}

export function said(sa: u32, words: string): void {
  if (!log.debugIsakmp) return;
  prefix(sa).put(words);
  log.end();
}

export function dropped(packet: Packet, reason: Drop): void {
  if (!log.debugIsakmp) return;
  prefix(0).put("dropped a packet from ").ip(packet.src).put(": ").put(dropName(reason));
  log.end();
}

export function vendor(sa: u32, v: Vendor): void {
  if (!log.debugIsakmp) return;
  prefix(sa).put("vendor ID is ").put(vendorName(v));
  log.end();
}

/** One line for each attribute that made a proposal unacceptable. */
export function mismatches(sa: u32): void {
  if (!log.debugIsakmp) return;
  for (let i: u32 = 0; i < mismatchCount(); i++) {
    putMismatch(prefix(sa), i);
    log.end();
  }
}

/** What a Quick Mode agreed on. */
export function phase2Choice(sa: u32, choice: Phase2Choice): void {
  if (!log.debugIsakmp) return;
  prefix(sa).put("Checking IPSec proposal ").u32(choice.proposalNumber);
  log.end();
  const t = log.debug("ISAKMP:      transform ").u32(choice.transformNumber).put(", ");
  if (choice.ahAuth) t.put(ahTransformName(ahTransformOf(choice.ahAuth))).put(choice.espCipher ? " with " : "");
  if (choice.espCipher) t.put(espTransformName(choice.espCipher));
  if (choice.keyBits) t.put(", key length is ").u32(choice.keyBits);
  log.end();
  log.debug("ISAKMP:      encaps is ").u32(choice.encapsulation).put(" (").put(encapsulationName(choice.encapsulation)).char(41);
  log.end();
  log.debug("ISAKMP:      SA life duration ").u32(choice.lifetimeSeconds).put(" seconds, ").u32(choice.lifetimeKilobytes).put(" kilobytes");
  log.end();
  log.debug("ISAKMP:      authenticator is ").put(authAlgName(choice.espCipher ? choice.espAuth : choice.ahAuth));
  log.end();
  if (choice.esn) {
    log.debug("ISAKMP:      sequence numbers are extended");
    log.end();
  }
  if (choice.group) {
    log.debug("ISAKMP:      group is ").u32(choice.group);
    log.end();
  }
  said(sa, "atts are acceptable");
}

export function stateChange(sa: u32, from: State, to: State): void {
  if (!log.debugIsakmp) return;
  prefix(sa).put("Old State = ").put(stateWord(from)).put("  New State = ").put(stateWord(to));
  log.end();
}

/** IOS's names of states in debug output. */
function stateWord(state: State): string {
  switch (state) {
    case State.MAIN_I0: return "IKE_READY";
    case State.MAIN_I1: return "IKE_I_MM1";
    case State.MAIN_I2: return "IKE_I_MM3";
    case State.MAIN_I3: return "IKE_I_MM5";
    case State.MAIN_R0: return "IKE_READY";
    case State.MAIN_R1: return "IKE_R_MM2";
    case State.MAIN_R2: return "IKE_R_MM4";
    case State.MAIN_DONE: return "IKE_P1_COMPLETE";
    case State.AGGR_I0:
    case State.AGGR_R0: return "IKE_READY";
    case State.AGGR_I1: return "IKE_I_AM1";
    case State.AGGR_R1: return "IKE_R_AM2";
    case State.AGGR_DONE: return "IKE_P1_COMPLETE";
    case State.QUICK_I0: return "IKE_QM_READY";
    case State.QUICK_I1: return "IKE_QM_I_QM1";
    case State.QUICK_R0: return "IKE_QM_READY";
    case State.QUICK_R1: return "IKE_QM_R_QM2";
    case State.QUICK_COMMIT: return "IKE_QM_COMMIT";
    case State.GROUP_I0:
    case State.GROUP_R0: return "IKE_NG_READY";
    case State.GROUP_I1: return "IKE_NG_I_NG1";
    case State.GROUP_DONE: return "IKE_NG_COMPLETE";
    case State.QUICK_DONE: return "IKE_QM_PHASE2_COMPLETE";
    default: return "IKE_INFO";
  }
}

export function cipherWord(t: Text, sa: IsakmpSa): Text {
  if (sa.keyBits) return t.put(sa.encryption == CipherAlg.CAMELLIA ? "camellia-" : "aes-").u32(sa.keyBits);
  return t.put(sa.encryption == CipherAlg.DES ? "des" : "3des");
}

export function natWord(sa: IsakmpSa): string {
  if (sa.localNat) return sa.peerNat ? "both" : "local";
  return sa.peerNat ? "remote" : "none";
}

/** `ike.sa`; reason is one word, with hyphens. */
export function sa(s: IsakmpSa, state: string, reason: string): void {
  const t = log.event("ike.sa").put(" state=").put(state).put(" id=").u32(s.number).put(" peer=").ip(s.peerAddress);
  t.put(" role=").put(s.initiator ? "initiator" : "responder");
  cipherWord(t.put(" cipher="), s).put(" hash=").put(s.hash.name).put(" group=").u32(s.group);
  t.put(" nat=").put(natWord(s)).put(" lifetime=").u32(s.lifetimeSeconds).put(" reason=").put(reason);
  log.eventEnd();
}
