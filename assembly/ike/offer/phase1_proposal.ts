/**
 * The SA payload of phase 1 (RFC 2409, 5 and appendix A; RFC 2408, 4.2): one proposal of protocol ISAKMP whose
 * transforms are the isakmp policies.
 */
import * as attribute from "../../wire/attribute";
import { AuthMethod, KEY_IKE, LifeType, Notify, OakleyAttribute, authenticatesUser } from "../../wire/ike_numbers";
import { Protocol } from "../../wire/ipsec_doi";
import { notifyOf } from "../../wire/malformed";
import { MessageWriter } from "../../wire/message_writer";
import { SaCursor, SaWriter } from "../../wire/sa";
import { Phase1Policy } from "../settings/policy";
import * as policies from "../settings/policy";
import { Part, clearMismatches, note } from "./mismatch";
import { Offered } from "./offered";

/** What phase 1 agreed on: plain values, safe against later changes of the configuration. */
@unmanaged
export class Phase1Choice {
  encryption: u32;
  keyBits: u32;
  hash: u32;
  authMethod: u32;
  group: u32;
  /** The shorter of what was offered and what the own policy says. */
  lifetimeSeconds: u32;
  /** Kilobytes of ISAKMP traffic, 0: no limit. */
  lifetimeKilobytes: u32;
  /** Own lifetimes are shorter than the offer's: RESPONDER-LIFETIME says so (RFC 2407, 4.5.4). */
  shortened: u32;
  /** Priority of the own policy. */
  policy: u32;
  /** Numbers in the offer. */
  proposalNumber: u32;
  transformNumber: u32;
  /** The chosen transform in the payload that was looked at, header included: valid while that message is. */
  transform: usize;
  transformLen: u32;
}

/** A transform as it was read. */
@unmanaged
class Offer extends Offered {
  encryption: u32;
  keyBits: u32;
  hash: u32;
  authMethod: u32;
  group: u32;
  /** Which lifetimes are there, though perhaps 0: bits of LifeType. */
  lives: u32;
}

/** Shorter lifetimes are refused: under them no negotiation of phase 2 would come to its end. */
const SECONDS_LEAST: u32 = 5;
const KILOBYTES_LEAST: u32 = 4;

const offer = changetype<Offer>(memory.data(44, 4));
const own = changetype<Offer>(memory.data(44, 4));
const cursor = new SaCursor();
const ownCursor = new SaCursor();
const writer = new SaWriter();

/** A method that authenticates a user beside the device, offered in the last choice (draft-ietf-ipsec-isakmp-xauth-06, hybrid-auth-05); 0: none was. */
export let userMethod: u32 = 0;

/** Reads the present transform's attributes: any order, both encodings. */
function read(c: SaCursor, o: Offer): void {
  memory.fill(changetype<usize>(o), 0, offsetof<Offer>());
  let lifeType: u32 = 0;
  while (c.nextAttribute()) {
    const type = c.attributeType;
    const v = c.value;
    const life = type == OakleyAttribute.LIFE_TYPE || type == OakleyAttribute.LIFE_DURATION;
    // Only lifetimes may come twice.
    let good = o.first(type) || life;
    switch (type) {
      case OakleyAttribute.ENCRYPTION_ALGORITHM: o.encryption = v; break;
      case OakleyAttribute.HASH_ALGORITHM: o.hash = v; break;
      case OakleyAttribute.AUTHENTICATION_METHOD:
        o.authMethod = v;
        if (authenticatesUser(v)) userMethod = v;
        break;
      case OakleyAttribute.GROUP_DESCRIPTION: o.group = v; break;
      // Redundant beside a group description, and sent by some: 1 is MODP.
      case OakleyAttribute.GROUP_TYPE: good = good && v == 1; break;
      case OakleyAttribute.KEY_LENGTH:
        o.keyBits = v;
        good = good && v != 0;
        break;
      case OakleyAttribute.LIFE_TYPE:
        lifeType = v;
        good = v == LifeType.SECONDS || v == LifeType.KILOBYTES;
        break;
      case OakleyAttribute.LIFE_DURATION:
        if (lifeType == LifeType.SECONDS) o.seconds = v;
        else if (lifeType == LifeType.KILOBYTES) o.kilobytes = v;
        else good = false;
        // The same unit twice says two things.
        good = good && (o.lives & (1 << lifeType)) == 0;
        o.lives |= 1 << lifeType;
        lifeType = 0;
        break;
      default: good = false;
    }
    if (!good) o.isOdd(type, v);
  }
}

/** Whether the present transform of `cursor`, read into `offer`, is what is wanted; if not, the first difference is noted. `methods` is a set. */
function matches(
  encryption: u32, keyBits: u32, hash: u32, methods: u32, authMethod: u32, group: u32, priority: u32,
): bool {
  const p = cursor.proposalNumber;
  const t = cursor.transformNumber;
  const o = offer;
  if (cursor.transformId != KEY_IKE) note(p, t, Part.TRANSFORM_ID, cursor.transformId, 0, KEY_IKE, 0, priority, 0);
  else if (o.encryption != encryption || o.keyBits != keyBits)
    note(p, t, Part.ENCRYPTION, o.encryption, o.keyBits, encryption, keyBits, priority, 0);
  else if (o.hash != hash) note(p, t, Part.HASH, o.hash, 0, hash, 0, priority, 0);
  else if (!(methods & policies.methodBit(o.authMethod))) note(p, t, Part.AUTH_METHOD, o.authMethod, 0, authMethod, 0, priority, 0);
  else if (o.group != group) note(p, t, Part.GROUP, o.group, 0, group, 0, priority, 0);
  else if (o.odd) note(p, t, Part.OAKLEY_ATTRIBUTE, o.odd - 1, o.oddValue, 0, 0, priority, 0);
  else if (has(o, LifeType.SECONDS) && o.seconds < SECONDS_LEAST) note(p, t, Part.LIFETIME, o.seconds, 0, SECONDS_LEAST, 0, priority, 0);
  else if (has(o, LifeType.KILOBYTES) && o.kilobytes < KILOBYTES_LEAST)
    note(p, t, Part.LIFETIME_KILOBYTES, o.kilobytes, 0, KILOBYTES_LEAST, 0, priority, 0);
  else return true;
  return false;
}

function has(o: Offer, life: u32): bool {
  return (o.lives & (1 << life)) != 0;
}

/** @param seconds, kilobytes the own lifetimes, 0 kilobytes: no limit */
function take(out: Phase1Choice, priority: u32, seconds: u32, kilobytes: u32): void {
  const o = offer;
  out.encryption = o.encryption;
  out.keyBits = o.keyBits;
  out.hash = o.hash;
  out.authMethod = o.authMethod;
  out.group = o.group;
  out.lifetimeSeconds = o.seconds ? min(o.seconds, seconds) : seconds;
  out.lifetimeKilobytes = !kilobytes ? o.kilobytes : o.kilobytes ? min(o.kilobytes, kilobytes) : kilobytes;
  out.shortened = <u32>(out.lifetimeSeconds != o.seconds || out.lifetimeKilobytes != o.kilobytes);
  out.policy = priority;
  out.proposalNumber = cursor.proposalNumber;
  out.transformNumber = cursor.transformNumber;
  out.transform = cursor.transform;
  out.transformLen = cursor.transformLen;
}

/** Pre-shared keys alone, as a set of methods. */
const PSK: u32 = 1 << AuthMethod.PRE_SHARED_KEY;

/** The group of Aggressive Mode, where it cannot be negotiated (RFC 2409, 5.4): the most wanted policy's of those whose method may be used. */
export function aggressiveGroup(methods: u32 = PSK): u32 {
  for (let policy = policies.first(); policy; policy = policies.next(policy)) if (policies.methodsOf(policy) & methods) return policy.group;
  return 0;
}

/** The group of the first transform of an offer, which Aggressive Mode's KE is of; 0: there is none. */
export function offeredGroup(SAi_b: usize, len: u32): u32 {
  if (cursor.begin(SAi_b, len) || !cursor.nextProposal() || !cursor.nextTransform()) return 0;
  read(cursor, offer);
  return offer.group;
}

/** What will have been agreed on if the peer takes the one transform of a policy, whose method is one. */
export function policyChoice(out: Phase1Choice, policy: Phase1Policy): void {
  memory.fill(changetype<usize>(out), 0, offsetof<Phase1Choice>());
  out.encryption = policy.encryption;
  out.keyBits = policy.keyBits;
  out.hash = policy.hash;
  out.authMethod = policy.authMethod;
  out.group = policy.group;
  out.lifetimeSeconds = policy.lifetimeSeconds;
  out.lifetimeKilobytes = policy.lifetimeKilobytes;
  out.policy = policy.priority;
}

/**
 * Writes the SA payload of phase 1's first message: one proposal, a transform for each policy in order and each method of its that may be
 * used; with `group` only for policies of that group, with `priority` only for that one.
 */
export function buildPhase1(w: MessageWriter, group: u32 = 0, methods: u32 = PSK, priority: u32 = 0): void {
  writer.begin(w);
  writer.proposal(1, Protocol.ISAKMP, 0, 0);
  let number: u32 = 0;
  for (let policy = policies.first(); policy; policy = policies.next(policy)) {
    if ((group && policy.group != group) || (priority && policy.priority != priority)) continue;
    const usable = policies.methodsOf(policy) & methods;
    for (let method: u32 = 1; usable >>> method; method++) if (usable >>> method & 1) emitTransform(w, ++number, policy, method);
  }
  writer.end();
}

function emitTransform(w: MessageWriter, number: u32, policy: Phase1Policy, method: u32): void {
  writer.transform(number, KEY_IKE);
  attribute.emit(w, OakleyAttribute.ENCRYPTION_ALGORITHM, policy.encryption);
  if (policy.keyBits) attribute.emit(w, OakleyAttribute.KEY_LENGTH, policy.keyBits);
  attribute.emit(w, OakleyAttribute.HASH_ALGORITHM, policy.hash);
  attribute.emit(w, OakleyAttribute.AUTHENTICATION_METHOD, method);
  attribute.emit(w, OakleyAttribute.GROUP_DESCRIPTION, policy.group);
  attribute.emit(w, OakleyAttribute.LIFE_TYPE, LifeType.SECONDS);
  attribute.emit(w, OakleyAttribute.LIFE_DURATION, policy.lifetimeSeconds);
  if (policy.lifetimeKilobytes) {
    attribute.emit(w, OakleyAttribute.LIFE_TYPE, LifeType.KILOBYTES);
    attribute.emit(w, OakleyAttribute.LIFE_DURATION, policy.lifetimeKilobytes);
  }
}

/**
 * Chooses as responder: the own policies in their order, as far as their methods may be used, for each all proposals and transforms offered. Returns
 * Notify.NONE and fills `out`, or the notify to answer with.
 */
export function choosePhase1(SAi_b: usize, len: u32, out: Phase1Choice, methods: u32 = PSK): u32 {
  clearMismatches();
  userMethod = 0;
  for (let policy = policies.first(); policy; policy = policies.next(policy)) {
    const bad = cursor.begin(SAi_b, len);
    if (bad) return notifyOf(bad);
    const usable = policies.methodsOf(policy) & methods;
    if (!usable) continue;
    while (cursor.nextProposal()) {
      // What an ISAKMP proposal has for an SPI is ignored (RFC 2408, 3.5).
      if (cursor.protocol != Protocol.ISAKMP) {
        note(cursor.proposalNumber, 0, Part.PROTOCOL, cursor.protocol, 0, Protocol.ISAKMP, 0, policy.priority, 0);
        continue;
      }
      while (cursor.nextTransform()) {
        read(cursor, offer);
        if (
          matches(policy.encryption, policy.keyBits, policy.hash, usable, policy.authMethod, policy.group, policy.priority)
        ) {
          take(out, policy.priority, policy.lifetimeSeconds, policy.lifetimeKilobytes);
          return Notify.NONE;
        }
      }
    }
  }
  return Notify.NO_PROPOSAL_CHOSEN;
}

/** Writes the responder's SA payload: the chosen transform as it was offered (RFC 2409, 5). */
export function answerPhase1(w: MessageWriter, choice: Phase1Choice): void {
  writer.begin(w);
  writer.proposal(choice.proposalNumber, Protocol.ISAKMP, 0, 0);
  writer.copyTransform(choice.transform, choice.transformLen);
  writer.end();
}

/**
 * Checks as initiator that the answer is one proposal with one transform and one of those that `SAi_b`, the own offer,
 * holds; its number need not be (RFC 2408, 4.2: SHOULD), and its lifetime may be shorter. Returns Notify.NONE and fills
 * `out`, or the notify.
 */
export function checkPhase1(SAr_b: usize, len: u32, SAi_b: usize, SAi_bLen: u32, out: Phase1Choice): u32 {
  clearMismatches();
  userMethod = 0;
  const bad = cursor.begin(SAr_b, len);
  if (bad) return notifyOf(bad);
  if (!cursor.nextProposal()) return Notify.BAD_PROPOSAL_SYNTAX;
  if (cursor.protocol != Protocol.ISAKMP) return Notify.INVALID_PROTOCOL_ID;
  cursor.nextTransform();
  read(cursor, offer);
  ownCursor.begin(SAi_b, SAi_bLen);
  let found = false;
  ownCursor.nextProposal();
  while (!found && ownCursor.nextTransform()) {
    read(ownCursor, own);
    found = matches(own.encryption, own.keyBits, own.hash, policies.methodBit(own.authMethod), own.authMethod, own.group, 0);
  }
  if (!found) return Notify.NO_PROPOSAL_CHOSEN;
  take(out, priorityOf(), own.seconds, own.kilobytes);
  // Only now are the cursor's places not needed any more.
  if (cursor.nextTransform() || cursor.nextProposal()) return Notify.BAD_PROPOSAL_SYNTAX;
  return Notify.NONE;
}

/** Priority of the first policy that has the values of `offer`; the default's if the configuration has changed since. */
function priorityOf(): u32 {
  for (let p = policies.first(); p; p = policies.next(p)) {
    if (
      p.encryption == offer.encryption && p.keyBits == offer.keyBits && p.hash == offer.hash &&
      (policies.methodsOf(p) & policies.methodBit(offer.authMethod)) != 0 && p.group == offer.group
    ) return p.priority;
  }
  return policies.PRIORITY_DEFAULT;
}
