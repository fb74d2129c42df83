/**
 * The SA payload of Quick Mode (RFC 2407, 4.5; RFC 2409, 5.5; RFC 3947, 5.1): a proposal number for each transform set, and
 * under it a proposal of ESP, of AH, or one of each: those of one number are wanted together (RFC 2408, 4.2).
 */
import { Mode, TransformSet } from "../../sadb/settings/transform_set";
import { get32, put32 } from "../../util/bytes";
import { Notify } from "../../wire/ike_numbers";
import { ESP_PRIVATE, Protocol, ahTransformOf } from "../../wire/ipsec_doi";
import { notifyOf } from "../../wire/malformed";
import { MessageWriter } from "../../wire/message_writer";
import { MANY, SaCursor, SaWriter } from "../../wire/sa";
import { Part, clearMismatches, note } from "./mismatch";
import { Phase2Choice, Phase2Wish } from "./phase2_terms";
import { ANY, Offer, encapsulationOf, matchesOwn, matchesSet, modeOf, read, writeAttributes } from "./phase2_transform";

/** What a lifetime in seconds is where a transform has none (RFC 2407, 4.5). */
const LIFETIME_UNSAID: u32 = 28800;
/** SPIs up to 255 are IANA's (RFC 4303, 2.1). */
const SPI_MIN: u32 = 256;

const offer = changetype<Offer>(memory.data(40, 4));
const own = changetype<Offer>(memory.data(40, 4));
const spiOctets: usize = memory.data(4, 4);
const cursor = new SaCursor();
/** Walks the proposal numbers while `cursor` looks into them. */
const groups = new SaCursor();
const ownCursor = new SaCursor();
const writer = new SaWriter();

// @ts-ignore: decorator
@inline
const ESP_BIT: u32 = 1 << Protocol.ESP;
// @ts-ignore: decorator
@inline
const AH_BIT: u32 = 1 << Protocol.AH;

function protocolsOf(set: TransformSet): u32 {
  return (set.espCipher ? ESP_BIT : 0) | (set.ahAuth ? AH_BIT : 0);
}

/** Whether a set's ESP has a number for private use, which means nothing to the peer (RFC 2408, 3.16). */
export function unheard(set: TransformSet, wish: Phase2Wish): bool {
  return <u32>set.espCipher >= ESP_PRIVATE && !wish.postern;
}

/** Whether a set can be proposed or taken at all. A NAT changes what AH covers (RFC 3715, 2.1). */
export function usable(set: TransformSet, wish: Phase2Wish): bool {
  if (unheard(set, wish)) return false;
  return protocolsOf(set) != 0 && (!wish.natt || !set.ahAuth) && (!wish.transportOnly || set.mode == Mode.TRANSPORT) && (!set.required || wish.hosts != 0);
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
  put32(spiOctets, ah && set.espCipher ? wish.ahSpi : wish.spi);
  writer.proposal(number, protocol, spiOctets, 4);
  writer.transform(1, ah ? ahTransformOf(set.ahAuth) : set.espCipher);
  writeAttributes(w, wish, set, modeFor(set, wish), ah);
}

/** Whether the present proposal of `cursor` has an SPI that this side can use. */
function spiOk(s: usize): bool {
  const p = cursor.proposalNumber;
  if (cursor.spiLen != 4) note(p, 0, Part.SPI, 0, 0, SPI_MIN, 0, 0, s);
  else if (get32(cursor.spi) < SPI_MIN) note(p, 0, Part.SPI, get32(cursor.spi), 0, SPI_MIN, 0, 0, s);
  else return true;
  return false;
}

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
    if (!matchesSet(cursor, offer, set, wish, mode, first ? ANY : out.group)) continue;
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
 * mode takes tunnel mode too, which hides more, after all sets have been tried as they are; one of `mode transport require` does not.
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
        if (!pass && unheard(set, wish)) note(1, 0, Part.PRIVATE, 0, 0, 0, 0, 0, changetype<usize>(set));
        else if (!pass && set.ahAuth && wish.natt) note(1, 0, Part.AH_NAT, 0, 0, 0, 0, 0, changetype<usize>(set));
        continue;
      }
      const mode = pass ? <u32>Mode.TUNNEL : modeFor(set, wish);
      if (pass && (wish.transportOnly || set.required || modeFor(set, wish) == mode)) continue;
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

/** Whether the answer's proposal of a protocol is one of those under `number` of the own offer; it is then taken. */
function answers(protocol: u32, answered: u32, number: u32, out: Phase2Choice, first: bool): bool {
  cursor.seek(answered, protocol);
  cursor.nextTransform();
  read(cursor, offer);
  if (!ownCursor.seek(number, protocol)) return false;
  while (ownCursor.nextTransform()) {
    read(ownCursor, own);
    if (!matchesOwn(cursor, offer, ownCursor, own)) continue;
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
