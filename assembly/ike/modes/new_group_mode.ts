/**
 * New Group Mode (RFC 2409, 5.6): a MODP group of private use, negotiated under an established phase 1. What a peer offers is
 * proved to be a safe prime's before it is taken (oakley/new_group.ts): one proof at a time in the whole gateway, so many
 * offers an SA and one in so many seconds (dispatch.ts), in slices that wait for every other exchange's.
 */
import { NEW_GROUP_OFFERS_PER_SA, NEW_GROUP_PAUSE } from "../../limits";
import { PRIVATE_MIN } from "../../oakley/dh_group";
import { NewGroupFault, newGroupFaultName } from "../../oakley/new_group";
import * as clock from "../../util/clock";
import { Drop } from "../../util/status";
import * as attribute from "../../wire/attribute";
import { KEY_IKE, Notify, OakleyAttribute, Payload } from "../../wire/ike_numbers";
import { Protocol } from "../../wire/ipsec_doi";
import { SaCursor, SaWriter } from "../../wire/sa";
import * as message from "../message/message";
import * as notices from "../report/notices";
import { GENERATOR_MAX, PRIME_MAX } from "../settings/private_groups";
import * as groups from "../settings/private_groups";
import { Exchange, Job, wantJobs } from "../state/exchange";
import { OK, SUSPEND, fail } from "./verdict";

/** Group Type of powers modulo a prime (RFC 2409, appendix A). */
const MODP: u32 = 1;

const cursor = new SaCursor();
const writer = new SaWriter();

// --> HDR*, HASH(1), SA
export function group_outI1(ex: Exchange): u32 {
  const own = groups.find(0, ex.groupId);
  if (!own || !own.primeLen) {
    notices.group(ex.sa.configured, ex.groupId, "it is not configured (crypto isakmp group)", true);
    return fail(Drop.IKE_GROUP, Notify.NONE);
  }
  ex.prime = own.prime;
  ex.primeLen = own.primeLen;
  ex.generator = own.generator;
  ex.generatorLen = own.generatorLen;
  ex.orderLen = 0;
  ex.fault = NewGroupFault.NONE;
  if (own.valid) return OK;
  wantJobs(ex, Job.VALIDATE);
  return SUSPEND;
}

export function group_outI1_continued(ex: Exchange): u32 {
  const own = groups.find(0, ex.groupId);
  if (ex.fault != <u32>NewGroupFault.NONE || !own) {
    notices.group(ex.sa.configured, ex.groupId, newGroupFaultName(ex.fault), true);
    return fail(Drop.IKE_GROUP, Notify.NONE);
  }
  own.valid = true;
  const w = message.w;
  writer.begin(w);
  writer.proposal(1, Protocol.ISAKMP, 0, 0);
  writer.transform(1, KEY_IKE);
  attribute.emit(w, OakleyAttribute.GROUP_DESCRIPTION, own.id);
  attribute.emit(w, OakleyAttribute.GROUP_TYPE, MODP);
  attribute.emitBytes(w, OakleyAttribute.GROUP_PRIME, own.prime, own.primeLen);
  attribute.emitBytes(w, OakleyAttribute.GROUP_GENERATOR_ONE, own.generator, own.generatorLen);
  writer.end();
  return OK;
}

// HDR*, HASH(1), SA --> HDR*, HASH(2), SA
export function group_inI1_outR1(ex: Exchange): u32 {
  const sa = ex.sa;
  sa.groupOffers++;
  sa.nextGroupAt = clock.now() + NEW_GROUP_PAUSE;
  if (sa.groupOffers > NEW_GROUP_OFFERS_PER_SA) return refused(ex, "too many groups were offered");
  if (!read(ex)) return refused(ex, "its attributes are not those of one MODP group");
  const known = groups.find(sa.number, ex.groupId);
  if (known && !known.is(ex.prime, ex.primeLen, ex.generator, ex.generatorLen)) return refused(ex, "another group has that number");
  ex.fault = NewGroupFault.NONE;
  if (known || (ex.orderLen == 0 && groups.knownGood(ex.prime, ex.primeLen, ex.generator, ex.generatorLen))) return OK;
  wantJobs(ex, Job.VALIDATE);
  return SUSPEND;
}

export function group_inI1_outR1_continued(ex: Exchange): u32 {
  if (ex.fault != <u32>NewGroupFault.NONE) return refused(ex, newGroupFaultName(ex.fault));
  if (!keep(ex)) return refused(ex, "there is no room for one more group");
  writer.begin(message.w);
  writer.proposal(cursorOf(ex).proposalNumber, Protocol.ISAKMP, 0, 0);
  writer.copyTransform(cursor.transform, cursor.transformLen);
  writer.end();
  return OK;
}

// HDR*, HASH(2), SA -->
export function group_inR1(ex: Exchange): u32 {
  const id = ex.groupId;
  const own = groups.find(0, id);
  if (!read(ex) || ex.groupId != id || !own || !own.is(ex.prime, ex.primeLen, ex.generator, ex.generatorLen)) {
    ex.groupId = id;
    return refused(ex, "the answer is not what was offered");
  }
  return keep(ex) ? OK : fail(Drop.IKE_POOL, Notify.NONE);
}

/** RFC 2409, 5.6: the notify for a group that is not acceptable. */
function refused(ex: Exchange, why: string): u32 {
  notices.group(ex.sa.configured, ex.groupId, why, false);
  return fail(Drop.IKE_GROUP, Notify.ATTRIBUTES_NOT_SUPPORTED);
}

/** The group is the SA's from now on. False: no room. */
function keep(ex: Exchange): bool {
  const group = groups.add(ex.sa.number, ex.groupId, ex.sa.peerNumber);
  if (!group) return false;
  group.set(ex.prime, ex.primeLen, ex.generator, ex.generatorLen);
  group.valid = true;
  return true;
}

/** The cursor on the message's first transform. */
function cursorOf(ex: Exchange): SaCursor {
  cursor.begin(message.payloads.body(Payload.SA, 0), message.payloads.bodyLen(Payload.SA, 0));
  cursor.nextProposal();
  cursor.nextTransform();
  return cursor;
}

/**
 * Reads the one group of the message: numbers stay where they are, in a message that is held as long as they are looked at.
 * Leading zeros are dropped. False: more than one proposal or transform, attributes that are missing, doubled or not MODP's.
 */
function read(ex: Exchange): bool {
  ex.groupId = ex.primeLen = ex.generatorLen = ex.orderLen = 0;
  if (cursor.begin(message.payloads.body(Payload.SA, 0), message.payloads.bodyLen(Payload.SA, 0))) return false;
  if (!cursor.nextProposal() || cursor.protocol != Protocol.ISAKMP || !cursor.nextTransform() || cursor.transformId != KEY_IKE) return false;
  let seen: u32 = 0;
  let type: u32 = 0;
  while (cursor.nextAttribute()) {
    const bit: u32 = cursor.attributeType < 32 ? <u32>1 << cursor.attributeType : 0;
    if (!bit || seen & bit) return false;
    seen |= bit;
    let p = attribute.valueAt(cursor.attribute);
    let len = attribute.valueLen(cursor.attribute);
    while (len && !load<u8>(p)) {
      p++;
      len--;
    }
    switch (cursor.attributeType) {
      case OakleyAttribute.GROUP_DESCRIPTION: ex.groupId = cursor.value; break;
      case OakleyAttribute.GROUP_TYPE: type = cursor.value; break;
      case OakleyAttribute.GROUP_PRIME:
        ex.prime = p;
        ex.primeLen = len;
        break;
      case OakleyAttribute.GROUP_GENERATOR_ONE:
        ex.generator = p;
        ex.generatorLen = len;
        break;
      case OakleyAttribute.GROUP_ORDER:
        ex.order = p;
        ex.orderLen = len;
        break;
      default: return false;
    }
  }
  const fits = ex.primeLen && ex.primeLen <= PRIME_MAX && ex.generatorLen && ex.generatorLen <= GENERATOR_MAX && ex.orderLen <= PRIME_MAX;
  return fits && type == MODP && ex.groupId >= PRIVATE_MIN && ex.groupId <= 0xffff && !cursor.nextTransform() && !cursor.nextProposal();
}
