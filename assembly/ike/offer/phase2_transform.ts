/**
 * One transform of phase 2 and its attributes (RFC 2407, 4.5; RFC 3947, 5.1; RFC 4304): written, read, and compared with what
 * is wanted or was offered.
 */
import { Mode, TransformSet } from "../../sadb/settings/transform_set";
import { hasKeyLengths } from "../../sadb/terms/suite";
import * as attribute from "../../wire/attribute";
import { LifeType } from "../../wire/ike_numbers";
import { Encapsulation, IpsecAttribute, Protocol, ahTransformOf } from "../../wire/ipsec_doi";
import { MessageWriter } from "../../wire/message_writer";
import { SaCursor } from "../../wire/sa";
import { groupFor } from "../settings/private_groups";
import { Part, note } from "./mismatch";
import { Offered } from "./offered";
import { Phase2Wish } from "./phase2_terms";

/** No PFS group is settled yet. */
export const ANY: u32 = 0xffffffff;

/** A transform as it was read. */
@unmanaged
export class Offer extends Offered {
  keyBits: u32;
  auth: u32;
  esn: u32;
  encapsulation: u32;
  group: u32;
}

export function encapsulationOf(mode: u32, natt: u32): u32 {
  const tunnel = mode == Mode.TUNNEL;
  if (natt == 0) return tunnel ? Encapsulation.TUNNEL : Encapsulation.TRANSPORT;
  if (natt == 1) return tunnel ? Encapsulation.UDP_TUNNEL : Encapsulation.UDP_TRANSPORT;
  return tunnel ? Encapsulation.UDP_TUNNEL_DRAFT : Encapsulation.UDP_TRANSPORT_DRAFT;
}

export function modeOf(encapsulation: u32): u32 {
  switch (encapsulation) {
    case Encapsulation.TRANSPORT:
    case Encapsulation.UDP_TRANSPORT:
    case Encapsulation.UDP_TRANSPORT_DRAFT: return Mode.TRANSPORT;
    default: return Mode.TUNNEL;
  }
}

/** The drafts' numbers and the RFC's say the same; a transform without a mode means this side's (RFC 2407, 4.5). */
export function encapsulationOk(offered: u32, mode: u32, natt: u32): bool {
  if (natt == 0) return offered == 0 || offered == encapsulationOf(mode, 0);
  return offered == encapsulationOf(mode, 1) || offered == encapsulationOf(mode, 2);
}

/** Reads the present transform's attributes: any order, both encodings. */
export function read(c: SaCursor, o: Offer): void {
  memory.fill(changetype<usize>(o), 0, offsetof<Offer>());
  let lifeType: u32 = 0;
  while (c.nextAttribute()) {
    const type = c.attributeType;
    const v = c.value;
    const life = type == IpsecAttribute.SA_LIFE_TYPE || type == IpsecAttribute.SA_LIFE_DURATION;
    // Only lifetimes may come twice.
    let good = o.first(type) || life;
    switch (type) {
      case IpsecAttribute.SA_LIFE_TYPE:
        lifeType = v;
        good = v == LifeType.SECONDS || v == LifeType.KILOBYTES;
        break;
      case IpsecAttribute.SA_LIFE_DURATION: {
        // A lifetime of nothing is refused; a type without a duration, or the reverse, says nothing. Two of one unit that
        // differ conflict (RFC 2407, 4.5.2).
        const before = lifeType == LifeType.SECONDS ? o.seconds : o.kilobytes;
        good = v != 0 && lifeType != 0 && (before == 0 || before == v);
        if (lifeType == LifeType.SECONDS) o.seconds = v;
        else o.kilobytes = v;
        lifeType = 0;
        break;
      }
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
    if (!good) o.isOdd(type, v);
  }
}

/** Writes what a set is with `wish`, of its ESP or its AH, as the present transform's attributes. */
export function writeAttributes(w: MessageWriter, wish: Phase2Wish, set: TransformSet, mode: u32, ah: bool): void {
  const auth: u32 = ah ? set.ahAuth : set.espAuth;
  attribute.emit(w, IpsecAttribute.ENCAPSULATION_MODE, encapsulationOf(mode, wish.natt));
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

/**
 * Whether the present transform of `cursor`, read into `o`, is a set's in that mode; a mismatch is noted.
 * @param group that of the other proposal of a bundle, which this one's must be too; ANY: there is none yet
 */
export function matchesSet(cursor: SaCursor, o: Offer, set: TransformSet, wish: Phase2Wish, mode: u32, group: u32): bool {
  const p = cursor.proposalNumber;
  const t = cursor.transformNumber;
  const s = changetype<usize>(set);
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
  else if (wanted || group != ANY ? o.group != wanted : !groupOk(o.group, wish))
    note(p, t, Part.PFS_GROUP, o.group, 0, wanted, 0, 0, s);
  else if (o.odd) note(p, t, Part.IPSEC_ATTRIBUTE, o.odd - 1, o.oddValue, 0, 0, 0, s);
  else return true;
  return false;
}

/** Whether a group may be taken where we want none in particular: one that is known, and with `publicBytes` the one that the public value is of. */
function groupOk(group: u32, wish: Phase2Wish): bool {
  const known = group ? groupFor(wish.owner, group) : null;
  if (group && !known) return false;
  return !wish.publicBytes || wish.publicBytes == (known ? known.publicBytes : 0) + 1;
}

/** Whether the answer is the present transform of the own offer; lifetimes apart. */
export function matchesOwn(cursor: SaCursor, o: Offer, ownCursor: SaCursor, own: Offer): bool {
  const p = cursor.proposalNumber;
  const t = cursor.transformNumber;
  const id = cursor.transformId;
  const ah = cursor.protocol == Protocol.AH;
  if (id != ownCursor.transformId || o.keyBits != own.keyBits)
    note(p, t, ah ? Part.AH_TRANSFORM : Part.ESP_CIPHER, id, o.keyBits, ownCursor.transformId, own.keyBits, 0, 0);
  else if (o.auth != own.auth) note(p, t, Part.ESP_AUTH, o.auth, 0, own.auth, 0, 0, 0);
  else if (o.esn != own.esn) note(p, t, Part.ESN, o.esn, 0, own.esn, 0, 0, 0);
  else if (o.encapsulation != own.encapsulation)
    note(p, t, Part.ENCAPSULATION, o.encapsulation, 0, own.encapsulation, 0, 0, 0);
  else if (o.group != own.group) note(p, t, Part.PFS_GROUP, o.group, 0, own.group, 0, 0, 0);
  else if (o.odd) note(p, t, Part.IPSEC_ATTRIBUTE, o.odd - 1, o.oddValue, 0, 0, 0, 0);
  else return true;
  return false;
}
