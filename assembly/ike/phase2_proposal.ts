/**
 * The SA payload of Quick Mode (RFC 2407, 4.5; RFC 2409, 5.5; RFC 3947, 5.1): a proposal number for each transform set, and
 * under it a proposal of ESP, of AH, or one of each: those of one number are wanted together (RFC 2408, 4.2).
 */
import { CRYPTO_MAP_TRANSFORM_SETS } from "../limits";
import { hasKeyLengths } from "../sadb/suite";
import { Mode, TransformSet } from "../sadb/transform_set";
import { get32, put32 } from "../util/bytes";
import * as attribute from "../wire/attribute";
import { LifeType, Notify } from "../wire/ike_numbers";
import { ahTransformOf, Encapsulation, IpsecAttribute, Protocol } from "../wire/ipsec_doi";
import { notifyOf } from "../wire/malformed";
import { MessageWriter } from "../wire/message_writer";
import { MANY, SaCursor, SaWriter } from "../wire/sa";
import { groupFor } from "./private_groups";
import { clearMismatches, note, Part } from "./mismatch";

/** What a lifetime in seconds is where a transform has none (RFC 2407, 4.5). */
export const LIFETIME_UNSAID: u32 = 28800;
/** SPIs up to 255 are IANA's (RFC 4303, 2.1). */
export const SPI_MIN: u32 = 256;

/** What one side wants of a Quick Mode. Filled by the caller before each call. */
@unmanaged
export class Phase2Wish {
  /** Own inbound SPIs for what is written, as numbers: of ESP or AH alone, and of the AH in a bundle. */
  spi: u32;
  ahSpi: u32;
  /** PFS group, 0: none. A responder without one takes whatever group is offered. */
  group: u32;
  lifetimeSeconds: u32;
  /** 0: no limit */
  lifetimeKilobytes: u32;
  /** 0: no NAT between, 1: RFC 3947's UDP encapsulation, 2: the drafts' (numbers 61443 and 61444) */
  natt: u32;
  /** The flows are those between both peers themselves: transport mode is possible. */
  hosts: u32;
  /** Nothing but transport mode is wanted. */
  transportOnly: u32;
  /** Number of the ISAKMP SA, whose groups of private use may be taken. */
  owner: u32;
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
export const PHASE2_WISH_BYTES: u32 = 40 + 4 * CRYPTO_MAP_TRANSFORM_SETS;

/** What Quick Mode agreed on. */
@unmanaged
export class Phase2Choice {
  /** ESP transform id and its key length in bits, 0 where the cipher has one only; 0: there is no ESP. */
  espCipher: u32;
  keyBits: u32;
  /** AuthAlg */
  espAuth: u32;
  /** 0: there is no AH */
  ahAuth: u32;
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
  /** The peer's SPI, as a number; that of AH in a bundle apart. */
  spi: u32;
  ahSpi: u32;
  /** Own lifetimes are shorter than the offer's: say so with RESPONDER-LIFETIME. */
  shortened: u32;
  proposalNumber: u32;
  transformNumber: u32;
  /** The chosen transform in the payload that was looked at, header included: valid while that message is. */
  transform: usize;
  transformLen: u32;
  /** The same of AH in a bundle. */
  ahTransform: usize;
  ahTransformLen: u32;

  get bundle(): bool {
    return this.espCipher != 0 && this.ahAuth != 0;
  }
}

/** Octets to keep for one. */
export const PHASE2_CHOICE_BYTES: u32 = 96;

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
/** Walks the proposal numbers while `cursor` looks into them. */
const groups = new SaCursor();
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

// @ts-ignore: decorator
@inline
const ESP_BIT: u32 = 1 << Protocol.ESP;
// @ts-ignore: decorator
@inline
const AH_BIT: u32 = 1 << Protocol.AH;

function protocolsOf(set: TransformSet): u32 {
  return (set.espCipher ? ESP_BIT : 0) | (set.ahAuth ? AH_BIT : 0);
}

/** Whether a set can be proposed or taken at all. A NAT changes what AH covers (RFC 3715, 2.1). */
export function usable(set: TransformSet, wish: Phase2Wish): bool {
  return protocolsOf(set) != 0 && (!wish.natt || !set.ahAuth) && (!wish.transportOnly || set.mode == Mode.TRANSPORT);
}

/** A set's mode for these flows: transport mode is for hosts, tunnel mode carries everything. */
function modeFor(set: TransformSet, wish: Phase2Wish): u32 {
  return wish.hosts ? <u32>set.mode : <u32>Mode.TUNNEL;
}

/** Writes the SA payload of Quick Mode's first message: a proposal number for each transform set in order. */
export function buildPhase2(w: MessageWriter, wish: Phase2Wish): void {
  writer.begin(w);
  let number: u32 = 0;
  for (let i: u32 = 0; i < wish.sets; i++) {
    const set = wish.setAt(i);
    if (!usable(set, wish)) continue;
    number++;
    if (set.ahAuth) writeProposal(w, wish, set, number, Protocol.AH);
    if (set.espCipher) writeProposal(w, wish, set, number, Protocol.ESP);
  }
  writer.end();
}

function writeProposal(w: MessageWriter, wish: Phase2Wish, set: TransformSet, number: u32, protocol: u32): void {
  const ah = protocol == Protocol.AH;
  const auth: u32 = ah ? set.ahAuth : set.espAuth;
  put32(spiOctets, ah && set.espCipher ? wish.ahSpi : wish.spi);
  writer.proposal(number, protocol, spiOctets, 4);
  writer.transform(1, ah ? ahTransformOf(auth) : set.espCipher);
  attribute.emit(w, IpsecAttribute.ENCAPSULATION_MODE, encapsulationOf(modeFor(set, wish), wish.natt));
  attribute.emit(w, IpsecAttribute.SA_LIFE_TYPE, LifeType.SECONDS);
  attribute.emit(w, IpsecAttribute.SA_LIFE_DURATION, wish.lifetimeSeconds);
  if (wish.lifetimeKilobytes) {
    attribute.emit(w, IpsecAttribute.SA_LIFE_TYPE, LifeType.KILOBYTES);
    attribute.emit(w, IpsecAttribute.SA_LIFE_DURATION, wish.lifetimeKilobytes);
  }
  if (auth) attribute.emit(w, IpsecAttribute.AUTHENTICATION_ALGORITHM, auth);
  if (!ah && hasKeyLengths(set.espCipher)) attribute.emit(w, IpsecAttribute.KEY_LENGTH, set.keyBits);
  if (set.wantsEsn) attribute.emit(w, IpsecAttribute.EXTENDED_SEQUENCE_NUMBER, 1);
  if (wish.group) attribute.emit(w, IpsecAttribute.GROUP_DESCRIPTION, wish.group);
}

/** Whether the present proposal of `cursor` has an SPI that this side can use. */
function spiOk(s: usize): bool {
  const p = cursor.proposalNumber;
  if (cursor.spiLen != 4) note(p, 0, Part.SPI, 0, 0, SPI_MIN, 0, 0, s);
  else if (get32(cursor.spi) < SPI_MIN) note(p, 0, Part.SPI, get32(cursor.spi), 0, SPI_MIN, 0, 0, s);
  else return true;
  return false;
}

/** @param group that of the other proposal of a bundle, which this one's must be too; ANY: there is none yet */
function matchesSet(set: TransformSet, wish: Phase2Wish, mode: u32, group: u32): bool {
  const p = cursor.proposalNumber;
  const t = cursor.transformNumber;
  const s = changetype<usize>(set);
  const o = offer;
  const id = cursor.transformId;
  const ah = cursor.protocol == Protocol.AH;
  const wanted = group == ANY ? wish.group : group;
  if (ah && id != ahTransformOf(set.ahAuth)) note(p, t, Part.AH_TRANSFORM, id, 0, ahTransformOf(set.ahAuth), 0, 0, s);
  else if (ah && o.auth != set.ahAuth) note(p, t, Part.AH_AUTH, o.auth, 0, set.ahAuth, 0, 0, s);
  else if (!ah && (id != set.espCipher || o.keyBits != set.keyBits))
    note(p, t, Part.ESP_CIPHER, id, o.keyBits, set.espCipher, set.keyBits, 0, s);
  else if (!ah && o.auth != set.espAuth) note(p, t, Part.ESP_AUTH, o.auth, 0, set.espAuth, 0, 0, s);
  else if (o.esn != <u32>set.wantsEsn) note(p, t, Part.ESN, o.esn, 0, <u32>set.wantsEsn, 0, 0, s);
  else if (!encapsulationOk(o.encapsulation, mode, wish.natt))
    note(p, t, Part.ENCAPSULATION, o.encapsulation, 0, encapsulationOf(mode, wish.natt), 0, 0, s);
  else if (wanted || group != ANY ? o.group != wanted : o.group != 0 && !groupFor(wish.owner, o.group))
    note(p, t, Part.PFS_GROUP, o.group, 0, wanted, 0, 0, s);
  else if (o.odd) note(p, t, Part.IPSEC_ATTRIBUTE, o.odd, o.oddValue, 0, 0, 0, s);
  else return true;
  return false;
}

/** No PFS group is settled yet. */
const ANY: u32 = 0xffffffff;

/** Takes the transform that `cursor` stands at and `offer` holds. `first`: the only one of its number, or the bundle's ESP. */
function take(out: Phase2Choice, seconds: u32, kilobytes: u32, mode: u32, first: bool): void {
  const o = offer;
  const ah = cursor.protocol == Protocol.AH;
  const offered = o.seconds ? o.seconds : LIFETIME_UNSAID;
  if (first) {
    memory.fill(changetype<usize>(out), 0, offsetof<Phase2Choice>());
    out.lifetimeSeconds = seconds;
    out.lifetimeKilobytes = kilobytes;
    out.encapsulation = o.encapsulation ? o.encapsulation : encapsulationOf(mode, 0);
    out.mode = mode;
    out.group = o.group;
    out.esn = o.esn;
    out.spi = get32(cursor.spi);
    out.proposalNumber = cursor.proposalNumber;
    out.transformNumber = cursor.transformNumber;
    out.transform = cursor.transform;
    out.transformLen = cursor.transformLen;
  } else {
    out.ahSpi = get32(cursor.spi);
    out.ahTransform = cursor.transform;
    out.ahTransformLen = cursor.transformLen;
  }
  if (ah) out.ahAuth = o.auth;
  else {
    out.espCipher = cursor.transformId;
    out.keyBits = o.keyBits;
    out.espAuth = o.auth;
  }
  out.lifetimeSeconds = min(offered, out.lifetimeSeconds);
  const limit = out.lifetimeKilobytes;
  out.lifetimeKilobytes = !limit ? o.kilobytes : o.kilobytes ? min(o.kilobytes, limit) : limit;
  if (out.lifetimeSeconds < offered || out.lifetimeKilobytes != o.kilobytes) out.shortened = 1;
}

/** Whether the proposal of that number and protocol has a transform for a set; it is then taken. */
function choose(number: u32, protocol: u32, set: TransformSet, mode: u32, wish: Phase2Wish, out: Phase2Choice, first: bool): bool {
  cursor.seek(number, protocol);
  if (!spiOk(changetype<usize>(set))) return false;
  while (cursor.nextTransform()) {
    read(cursor, offer);
    if (!matchesSet(set, wish, mode, first ? ANY : out.group)) continue;
    take(out, wish.lifetimeSeconds, wish.lifetimeKilobytes, mode, first);
    return true;
  }
  return false;
}

/** Whether some proposal number offers what a set wants in that mode; it is then taken. */
function chooseFor(set: TransformSet, mode: u32, wish: Phase2Wish, out: Phase2Choice): bool {
  const wanted = protocolsOf(set);
  groups.rewind();
  for (let last = ANY; groups.nextProposal(); ) {
    const number = groups.proposalNumber;
    if (number == last) continue;
    last = number;
    const offered = cursor.protocols(number);
    if (offered != wanted) note(number, 0, Part.PROTOCOLS, offered, 0, wanted, 0, 0, changetype<usize>(set));
    else if (!set.espCipher) {
      if (choose(number, Protocol.AH, set, mode, wish, out, true)) return true;
    } else if (choose(number, Protocol.ESP, set, mode, wish, out, true)) {
      if (!set.ahAuth || choose(number, Protocol.AH, set, mode, wish, out, false)) return true;
    }
  }
  return false;
}

/**
 * Chooses as responder by the order of wish's sets. Returns Notify.NONE and fills `out`, or the notify. A set of transport
 * mode takes tunnel mode too, which hides more, after all sets have been tried as they are.
 */
export function choosePhase2(SA_b: usize, len: u32, wish: Phase2Wish, out: Phase2Choice): u32 {
  clearMismatches();
  const bad = cursor.begin(SA_b, len);
  if (bad) return notifyOf(bad);
  groups.begin(SA_b, len);
  for (let pass = 0; pass < 2; pass++) {
    for (let i: u32 = 0; i < wish.sets; i++) {
      const set = wish.setAt(i);
      if (!usable(set, wish)) {
        if (!pass && set.ahAuth && wish.natt) note(1, 0, Part.AH_NAT, 0, 0, 0, 0, 0, changetype<usize>(set));
        continue;
      }
      const mode = pass ? <u32>Mode.TUNNEL : modeFor(set, wish);
      if (pass && (wish.transportOnly || modeFor(set, wish) == mode)) continue;
      if (chooseFor(set, mode, wish, out)) return Notify.NONE;
    }
  }
  return Notify.NO_PROPOSAL_CHOSEN;
}

/** Writes the responder's SA payload: what was chosen as it was offered, with own inbound SPIs, `ahSpi` in a bundle. */
export function answerPhase2(w: MessageWriter, choice: Phase2Choice, spi: u32, ahSpi: u32): void {
  writer.begin(w);
  if (choice.bundle) {
    put32(spiOctets, ahSpi);
    writer.proposal(choice.proposalNumber, Protocol.AH, spiOctets, 4);
    writer.copyTransform(choice.ahTransform, choice.ahTransformLen);
  }
  put32(spiOctets, spi);
  writer.proposal(choice.proposalNumber, choice.espCipher ? Protocol.ESP : Protocol.AH, spiOctets, 4);
  writer.copyTransform(choice.transform, choice.transformLen);
  writer.end();
}

/** Whether the answer is the present transform of the own offer; lifetimes apart. */
function matchesOwn(): bool {
  const p = cursor.proposalNumber;
  const t = cursor.transformNumber;
  const o = offer;
  const id = cursor.transformId;
  const ah = cursor.protocol == Protocol.AH;
  if (id != ownCursor.transformId || o.keyBits != own.keyBits)
    note(p, t, ah ? Part.AH_TRANSFORM : Part.ESP_CIPHER, id, o.keyBits, ownCursor.transformId, own.keyBits, 0, 0);
  else if (o.auth != own.auth) note(p, t, Part.ESP_AUTH, o.auth, 0, own.auth, 0, 0, 0);
  else if (o.esn != own.esn) note(p, t, Part.ESN, o.esn, 0, own.esn, 0, 0, 0);
  else if (o.encapsulation != own.encapsulation)
    note(p, t, Part.ENCAPSULATION, o.encapsulation, 0, own.encapsulation, 0, 0, 0);
  else if (o.group != own.group) note(p, t, Part.PFS_GROUP, o.group, 0, own.group, 0, 0, 0);
  else if (o.odd) note(p, t, Part.IPSEC_ATTRIBUTE, o.odd, o.oddValue, 0, 0, 0, 0);
  else return true;
  return false;
}

/** Whether the answer's proposal of a protocol is one of those under `number` of the own offer; it is then taken. */
function answers(protocol: u32, answered: u32, number: u32, out: Phase2Choice, first: bool): bool {
  cursor.seek(answered, protocol);
  cursor.nextTransform();
  read(cursor, offer);
  if (!ownCursor.seek(number, protocol)) return false;
  while (ownCursor.nextTransform()) {
    read(ownCursor, own);
    if (!matchesOwn()) continue;
    take(out, own.seconds, own.kilobytes, modeOf(offer.encapsulation), first);
    return true;
  }
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
  const answered = cursor.proposalNumber;
  const protocols = cursor.protocols(answered);
  if ((protocols & ~(ESP_BIT | AH_BIT)) != 0) return protocols & MANY ? Notify.BAD_PROPOSAL_SYNTAX : Notify.INVALID_PROTOCOL_ID;
  // One number, and one transform under each protocol, is a choice.
  cursor.rewind();
  while (cursor.nextProposal()) {
    if (cursor.proposalNumber != answered) return Notify.BAD_PROPOSAL_SYNTAX;
    if (cursor.spiLen != 4 || get32(cursor.spi) < SPI_MIN) return Notify.INVALID_SPI;
    cursor.nextTransform();
    if (cursor.nextTransform()) return Notify.BAD_PROPOSAL_SYNTAX;
  }
  groups.begin(SA_b, SA_bLen);
  ownCursor.begin(SA_b, SA_bLen);
  const first: u32 = protocols & ESP_BIT ? Protocol.ESP : Protocol.AH;
  let offered = false;
  for (let last = ANY; groups.nextProposal(); ) {
    const number = groups.proposalNumber;
    if (number == last) continue;
    last = number;
    if (ownCursor.protocols(number) != protocols) continue;
    offered = true;
    if (!answers(first, answered, number, out, true)) continue;
    if (protocols != (ESP_BIT | AH_BIT) || answers(Protocol.AH, answered, number, out, false)) return Notify.NONE;
  }
  return offered ? Notify.NO_PROPOSAL_CHOSEN : Notify.INVALID_PROTOCOL_ID;
}
