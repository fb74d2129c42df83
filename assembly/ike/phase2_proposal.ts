/**
 * The SA payload of Quick Mode (RFC 2407, 4.5; RFC 2409, 5.5; RFC 3947, 5.1): proposals of protocol ESP, one for each
 * transform set. Proposals of one number belong together (RFC 2408, 4.2); bundles are refused.
 */
import { CRYPTO_MAP_TRANSFORM_SETS } from "../limits";
import { dhGroupById } from "../oakley/dh_group";
import { hasKeyLengths } from "../sadb/suite";
import { Mode, TransformSet } from "../sadb/transform_set";
import { get32, put32 } from "../util/bytes";
import * as attribute from "../wire/attribute";
import { LifeType, Notify } from "../wire/ike_numbers";
import { Encapsulation, IpsecAttribute, Protocol } from "../wire/ipsec_doi";
import { notifyOf } from "../wire/malformed";
import { MessageWriter } from "../wire/message_writer";
import { SaCursor, SaWriter } from "../wire/sa";
import { clearMismatches, note, Part } from "./mismatch";

/** What a lifetime in seconds is where a transform has none (RFC 2407, 4.5). */
export const LIFETIME_UNSAID: u32 = 28800;
/** SPIs up to 255 are IANA's (RFC 4303, 2.1). */
export const SPI_MIN: u32 = 256;

/** What one side wants of a Quick Mode. Filled by the caller before each call. */
@unmanaged
export class Phase2Wish {
  /** Own inbound SPI for what is written, as a number. */
  spi: u32;
  /** PFS group, 0: none. A responder without one takes whatever group is offered. */
  group: u32;
  lifetimeSeconds: u32;
  /** 0: no limit */
  lifetimeKilobytes: u32;
  /** 0: no NAT between, 1: RFC 3947's UDP encapsulation, 2: the drafts' (numbers 61443 and 61444) */
  natt: u32;
  /** Number of transform sets, the most wanted first. */
  sets: u32;

  setAt(i: u32): TransformSet {
    return changetype<TransformSet>(load<usize>(changetype<usize>(this) + offsetof<Phase2Wish>() + <usize>(i * 4)));
  }

  /** Adds a transform set; ignored behind CRYPTO_MAP_TRANSFORM_SETS. */
  addSet(set: TransformSet): void {
    if (this.sets == CRYPTO_MAP_TRANSFORM_SETS) return;
    store<usize>(changetype<usize>(this) + offsetof<Phase2Wish>() + <usize>(this.sets * 4), changetype<usize>(set));
    this.sets++;
  }
}

/** Octets to allocate for a Phase2Wish: its fields and the sets behind them. */
export const PHASE2_WISH_BYTES: u32 = 24 + 4 * CRYPTO_MAP_TRANSFORM_SETS;

/** What Quick Mode agreed on. */
@unmanaged
export class Phase2Choice {
  /** ESP transform id and its key length in bits, 0 where the cipher has one only. */
  espCipher: u32;
  keyBits: u32;
  /** AuthAlg */
  espAuth: u32;
  /** Sequence numbers are extended (RFC 4304). */
  esn: u32;
  /** Encapsulation as negotiated: 1, 2, 3, 4, 61443 or 61444 */
  encapsulation: u32;
  /** sadb/transform_set's Mode */
  mode: u32;
  /** Group of PFS, 0: none */
  group: u32;
  /** The shorter of both sides'. */
  lifetimeSeconds: u32;
  /** 0: no limit */
  lifetimeKilobytes: u32;
  /** The peer's SPI, as a number */
  spi: u32;
  /** Own lifetimes are shorter than the offer's: say so with RESPONDER-LIFETIME. */
  shortened: u32;
  proposalNumber: u32;
  transformNumber: u32;
  /** The chosen transform in the payload that was looked at, header included: valid while that message is. */
  transform: usize;
  transformLen: u32;
}

/** A transform as it was read. */
@unmanaged
class Offer {
  keyBits: u32;
  auth: u32;
  esn: u32;
  encapsulation: u32;
  group: u32;
  seconds: u32;
  kilobytes: u32;
  /** Type and value of an attribute that makes the transform unacceptable, 0: none. */
  odd: u32;
  oddValue: u32;
}

const offer = changetype<Offer>(memory.data(36, 4));
const own = changetype<Offer>(memory.data(36, 4));
const spiOctets: usize = memory.data(4, 4);
const cursor = new SaCursor();
const ownCursor = new SaCursor();
const writer = new SaWriter();

function encapsulationOf(mode: u32, natt: u32): u32 {
  const tunnel = mode == Mode.TUNNEL;
  if (natt == 0) return tunnel ? Encapsulation.TUNNEL : Encapsulation.TRANSPORT;
  if (natt == 1) return tunnel ? Encapsulation.UDP_TUNNEL : Encapsulation.UDP_TRANSPORT;
  return tunnel ? Encapsulation.UDP_TUNNEL_DRAFT : Encapsulation.UDP_TRANSPORT_DRAFT;
}

function modeOf(encapsulation: u32): u32 {
  switch (encapsulation) {
    case Encapsulation.TRANSPORT:
    case Encapsulation.UDP_TRANSPORT:
    case Encapsulation.UDP_TRANSPORT_DRAFT: return Mode.TRANSPORT;
    default: return Mode.TUNNEL;
  }
}

/** The drafts' numbers and the RFC's say the same; a transform without a mode means this side's (RFC 2407, 4.5). */
function encapsulationOk(offered: u32, mode: u32, natt: u32): bool {
  if (natt == 0) return offered == 0 || offered == encapsulationOf(mode, 0);
  return offered == encapsulationOf(mode, 1) || offered == encapsulationOf(mode, 2);
}

/** Reads the present transform's attributes: any order, both encodings. */
function read(c: SaCursor, o: Offer): void {
  memory.fill(changetype<usize>(o), 0, offsetof<Offer>());
  let seen: u32 = 0;
  let lifeType: u32 = 0;
  while (c.nextAttribute()) {
    const type = c.attributeType;
    const v = c.value;
    const bit: u32 = type < 32 ? <u32>1 << type : 0;
    const life = type == IpsecAttribute.SA_LIFE_TYPE || type == IpsecAttribute.SA_LIFE_DURATION;
    let good = (seen & bit) == 0 || life;
    seen |= bit;
    switch (type) {
      case IpsecAttribute.SA_LIFE_TYPE:
        lifeType = v;
        good = v == LifeType.SECONDS || v == LifeType.KILOBYTES;
        break;
      case IpsecAttribute.SA_LIFE_DURATION:
        // A lifetime of nothing is refused; a type without a duration, or the reverse, says nothing.
        good = v != 0 && lifeType != 0;
        if (lifeType == LifeType.SECONDS) o.seconds = v;
        else o.kilobytes = v;
        lifeType = 0;
        break;
      case IpsecAttribute.GROUP_DESCRIPTION: o.group = v; break;
      case IpsecAttribute.ENCAPSULATION_MODE: o.encapsulation = v; break;
      case IpsecAttribute.AUTHENTICATION_ALGORITHM: o.auth = v; break;
      case IpsecAttribute.EXTENDED_SEQUENCE_NUMBER:
        // RFC 4304: it is there with the value 1, or it is not there.
        o.esn = 1;
        good = good && v == 1;
        break;
      case IpsecAttribute.KEY_LENGTH:
        o.keyBits = v;
        good = good && v != 0;
        break;
      default: good = false;
    }
    if (!good && !o.odd) {
      o.odd = type;
      o.oddValue = v;
    }
  }
}

/** Writes the SA payload of Quick Mode's first message: an ESP proposal for each transform set in order. */
export function buildPhase2(w: MessageWriter, wish: Phase2Wish): void {
  put32(spiOctets, wish.spi);
  writer.begin(w);
  let number: u32 = 0;
  for (let i: u32 = 0; i < wish.sets; i++) {
    const set = wish.setAt(i);
    if (!set.espCipher) continue;
    writer.proposal(++number, Protocol.ESP, spiOctets, 4);
    writer.transform(1, set.espCipher);
    attribute.emit(w, IpsecAttribute.ENCAPSULATION_MODE, encapsulationOf(set.mode, wish.natt));
    attribute.emit(w, IpsecAttribute.SA_LIFE_TYPE, LifeType.SECONDS);
    attribute.emit(w, IpsecAttribute.SA_LIFE_DURATION, wish.lifetimeSeconds);
    if (wish.lifetimeKilobytes) {
      attribute.emit(w, IpsecAttribute.SA_LIFE_TYPE, LifeType.KILOBYTES);
      attribute.emit(w, IpsecAttribute.SA_LIFE_DURATION, wish.lifetimeKilobytes);
    }
    if (set.espAuth) attribute.emit(w, IpsecAttribute.AUTHENTICATION_ALGORITHM, set.espAuth);
    if (hasKeyLengths(set.espCipher)) attribute.emit(w, IpsecAttribute.KEY_LENGTH, set.keyBits);
    if (set.wantsEsn) attribute.emit(w, IpsecAttribute.EXTENDED_SEQUENCE_NUMBER, 1);
    if (wish.group) attribute.emit(w, IpsecAttribute.GROUP_DESCRIPTION, wish.group);
  }
  writer.end();
}

/** Proposal payloads of this number: more than one is a bundle. */
function countOfNumber(SA_b: usize, len: u32, number: u32): u32 {
  let n: u32 = 0;
  ownCursor.begin(SA_b, len);
  while (ownCursor.nextProposal()) if (ownCursor.proposalNumber == number) n++;
  return n;
}

/** Whether the present proposal of `cursor` is one that this side can take at all. */
function proposalOk(set: TransformSet): bool {
  const p = cursor.proposalNumber;
  const s = changetype<usize>(set);
  if (cursor.protocol != Protocol.ESP) note(p, 0, Part.PROTOCOL, cursor.protocol, 0, Protocol.ESP, 0, 0, s);
  else if (cursor.spiLen != 4) note(p, 0, Part.SPI, 0, 0, SPI_MIN, 0, 0, s);
  else if (get32(cursor.spi) < SPI_MIN) note(p, 0, Part.SPI, get32(cursor.spi), 0, SPI_MIN, 0, 0, s);
  else return true;
  return false;
}

function matchesSet(set: TransformSet, wish: Phase2Wish): bool {
  const p = cursor.proposalNumber;
  const t = cursor.transformNumber;
  const s = changetype<usize>(set);
  const o = offer;
  const id = cursor.transformId;
  if (id != set.espCipher || o.keyBits != set.keyBits)
    note(p, t, Part.ESP_CIPHER, id, o.keyBits, set.espCipher, set.keyBits, 0, s);
  else if (o.auth != set.espAuth) note(p, t, Part.ESP_AUTH, o.auth, 0, set.espAuth, 0, 0, s);
  else if (o.esn != <u32>set.wantsEsn) note(p, t, Part.ESN, o.esn, 0, <u32>set.wantsEsn, 0, 0, s);
  else if (!encapsulationOk(o.encapsulation, set.mode, wish.natt))
    note(p, t, Part.ENCAPSULATION, o.encapsulation, 0, encapsulationOf(set.mode, wish.natt), 0, 0, s);
  else if (wish.group ? o.group != wish.group : o.group != 0 && !dhGroupById(o.group))
    note(p, t, Part.PFS_GROUP, o.group, 0, wish.group, 0, 0, s);
  else if (o.odd) note(p, t, Part.IPSEC_ATTRIBUTE, o.odd, o.oddValue, 0, 0, 0, s);
  else return true;
  return false;
}

function take(out: Phase2Choice, seconds: u32, kilobytes: u32, mode: u32): void {
  const o = offer;
  const offered = o.seconds ? o.seconds : LIFETIME_UNSAID;
  out.espCipher = cursor.transformId;
  out.keyBits = o.keyBits;
  out.espAuth = o.auth;
  out.esn = o.esn;
  out.encapsulation = o.encapsulation ? o.encapsulation : encapsulationOf(mode, 0);
  out.mode = mode;
  out.group = o.group;
  out.lifetimeSeconds = min(offered, seconds);
  out.lifetimeKilobytes = !kilobytes ? o.kilobytes : o.kilobytes ? min(o.kilobytes, kilobytes) : kilobytes;
  out.spi = get32(cursor.spi);
  out.shortened = <u32>(out.lifetimeSeconds < offered || out.lifetimeKilobytes != o.kilobytes);
  out.proposalNumber = cursor.proposalNumber;
  out.transformNumber = cursor.transformNumber;
  out.transform = cursor.transform;
  out.transformLen = cursor.transformLen;
}

/** Chooses as responder by the order of wish's sets. Returns Notify.NONE and fills `out`, or the notify. */
export function choosePhase2(SA_b: usize, len: u32, wish: Phase2Wish, out: Phase2Choice): u32 {
  clearMismatches();
  const bad = cursor.begin(SA_b, len);
  if (bad) return notifyOf(bad);
  for (let i: u32 = 0; i < wish.sets; i++) {
    const set = wish.setAt(i);
    if (!set.espCipher) continue;
    cursor.begin(SA_b, len);
    while (cursor.nextProposal()) {
      if (countOfNumber(SA_b, len, cursor.proposalNumber) > 1) {
        note(cursor.proposalNumber, 0, Part.BUNDLE, 0, 0, 0, 0, 0, changetype<usize>(set));
        continue;
      }
      if (!proposalOk(set)) continue;
      while (cursor.nextTransform()) {
        read(cursor, offer);
        if (matchesSet(set, wish)) {
          take(out, wish.lifetimeSeconds, wish.lifetimeKilobytes, set.mode);
          return Notify.NONE;
        }
      }
    }
  }
  return Notify.NO_PROPOSAL_CHOSEN;
}

/** Writes the responder's SA payload: the chosen transform as it was offered, with `spi` as the own inbound SPI. */
export function answerPhase2(w: MessageWriter, choice: Phase2Choice, spi: u32): void {
  put32(spiOctets, spi);
  writer.begin(w);
  writer.proposal(choice.proposalNumber, Protocol.ESP, spiOctets, 4);
  writer.copyTransform(choice.transform, choice.transformLen);
  writer.end();
}

/** Whether the answer is the present transform of the own offer; lifetimes apart. */
function matchesOwn(): bool {
  const p = cursor.proposalNumber;
  const t = cursor.transformNumber;
  const o = offer;
  const id = cursor.transformId;
  if (id != ownCursor.transformId || o.keyBits != own.keyBits)
    note(p, t, Part.ESP_CIPHER, id, o.keyBits, ownCursor.transformId, own.keyBits, 0, 0);
  else if (o.auth != own.auth) note(p, t, Part.ESP_AUTH, o.auth, 0, own.auth, 0, 0, 0);
  else if (o.esn != own.esn) note(p, t, Part.ESN, o.esn, 0, own.esn, 0, 0, 0);
  else if (o.encapsulation != own.encapsulation)
    note(p, t, Part.ENCAPSULATION, o.encapsulation, 0, own.encapsulation, 0, 0, 0);
  else if (o.group != own.group) note(p, t, Part.PFS_GROUP, o.group, 0, own.group, 0, 0, 0);
  else if (o.odd) note(p, t, Part.IPSEC_ATTRIBUTE, o.odd, o.oddValue, 0, 0, 0, 0);
  else return true;
  return false;
}

/**
 * Checks as initiator that the answer is one of those that `SA_b`, the body of the own offer, holds; lifetimes may have
 * become shorter. Returns Notify.NONE and fills `out`, or the notify.
 */
export function checkPhase2(
  answer: usize, answerLen: u32, SA_b: usize, SA_bLen: u32, wish: Phase2Wish, out: Phase2Choice,
): u32 {
  clearMismatches();
  const bad = cursor.begin(answer, answerLen);
  if (bad) return notifyOf(bad);
  if (!cursor.nextProposal()) return Notify.BAD_PROPOSAL_SYNTAX;
  if (cursor.protocol != Protocol.ESP) return Notify.INVALID_PROTOCOL_ID;
  if (cursor.spiLen != 4 || get32(cursor.spi) < SPI_MIN) return Notify.INVALID_SPI;
  cursor.nextTransform();
  read(cursor, offer);
  ownCursor.begin(SA_b, SA_bLen);
  while (ownCursor.nextProposal()) {
    while (ownCursor.nextTransform()) {
      read(ownCursor, own);
      if (!matchesOwn()) continue;
      take(out, own.seconds, own.kilobytes, modeOf(offer.encapsulation));
      // Only now are the cursor's places not needed any more.
      if (cursor.nextTransform() || cursor.nextProposal()) return Notify.BAD_PROPOSAL_SYNTAX;
      return Notify.NONE;
    }
  }
  return Notify.NO_PROPOSAL_CHOSEN;
}
