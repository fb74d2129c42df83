/**
 * Aggressive Mode with pre-shared keys (RFC 2409, 5.4; with NAT traversal RFC 3947, 3.2). Three messages: the group is not
 * negotiated, identities go in plain, and the responder proves who it is to anybody who asks: whoever sees or asks for its
 * HASH_R can guess at the key offline. It is begun and answered only where a profile says `mode aggressive` (profile.ts).
 *
 * HASH_I and HASH_R need no g^xy: the responder answers after one power and makes the other behind its answer's back; the
 * initiator looks at HASH_R before it computes at all.
 */
import { packetOf } from "../../util/packet";
import { Drop } from "../../util/status";
import * as id from "../../wire/id";
import { Notify, Payload, isEncryption, isSignature } from "../../wire/ike_numbers";
import * as isakmp from "../../wire/isakmp";
import { Vendor, emit } from "../../wire/vendor";
import * as message from "../message/message";
import * as natt from "../message/natt";
import { aggressiveGroup, answerPhase1, buildPhase1, offeredGroup } from "../offer/phase1_proposal";
import * as authenticate from "../proof/authenticate";
import * as identity from "../proof/identity";
import { emitRequests } from "../proof/signature";
import * as notices from "../report/notices";
import { Profile } from "../settings/profile";
import * as profiles from "../settings/profile";
import { holdCopy } from "../state/buffers";
import { Exchange, Job, wantJobs } from "../state/exchange";
import { Natt } from "../state/isakmp_sa";
import * as isakmpSa from "../state/isakmp_sa";
import { firstContact } from "../state/pairs";
import * as whereabouts from "../state/whereabouts";
import { aggr_inI1_encrypted, aggr_outI1_encrypted, aggr_outI1_encrypted_continued, firstOffer } from "./encrypted_aggressive_mode";
import { beginKeyExchange, takeKeyExchange, writeKeyExchange } from "./key_exchange";
import {
  checkIdentity, checkProposal, chooseProposal, debugChoice, emitFragmentation, keepSa, makeKeys, takeIdentity, takeLateVendors, takeNotifies, takeVendors,
  writeInitialContact,
} from "./phase1";
import { computeForSignature } from "./signed_aggressive_mode";
import { OK, SUSPEND, drop, fail, refuse } from "./verdict";

// --> HDR, SA, KE, Ni, IDii
export function aggr_outI1(ex: Exchange): u32 {
  const policy = firstOffer(authenticate.methodsOf(ex.sa));
  if (policy) return aggr_outI1_encrypted(ex, policy);
  return beginKeyExchange(ex, aggressiveGroup(authenticate.methodsOf(ex.sa))) ? SUSPEND : drop(Drop.IKE_POOL);
}

export function aggr_outI1_continued(ex: Exchange): u32 {
  if (isEncryption(ex.sa.authMethod)) return aggr_outI1_encrypted_continued(ex);
  const w = message.w;
  const SA = w.here;
  buildPhase1(w, ex.group!.id, authenticate.methodsOf(ex.sa) & ~authenticate.ENCRYPTION);
  w.close();
  // Without a transform the policies have changed while we computed.
  if (w.here - SA < 28) return fail(Drop.IKE_NO_PROPOSAL, Notify.NONE);
  if (!keepSa(ex, SA + 4, <u32>(w.here - SA) - 4)) return fail(Drop.IKE_POOL, Notify.NONE);
  writeKeyExchange(w, ex);
  w.close();
  const ID = w.here;
  identity.emit(w, ex.sa);
  w.close();
  if (!keepId(ex, ID + 4, <u32>(w.here - ID) - 4)) return fail(Drop.IKE_POOL, Notify.NONE);
  if (authenticate.signs(ex.sa)) emitRequests(w, ex.sa);
  emit(w, Vendor.DPD);
  natt.emitVendors(w);
  emitFragmentation(w);
  emit(w, Vendor.POSTERN);
  return OK;
}

// HDR, SA, KE, Ni, IDii --> HDR, SA, KE, Nr, IDir, HASH_R [, NAT-D, NAT-D ]
export function aggr_inI1_outR1(ex: Exchange): u32 {
  const sa = ex.sa;
  const payloads = message.payloads;
  const SAi_b = payloads.body(Payload.SA, 0);
  const SAi_bLen = payloads.bodyLen(Payload.SA, 0);
  const choice = ex.phase1Choice;
  // The proposal comes first: that it is refused says nothing about who is known here.
  const bad = chooseProposal(ex, choice, authenticate.methodsOfStranger(sa));
  if (bad) return bad;
  // KE is of the first transform's group; a choice of another one cannot be answered.
  if (sa.group != offeredGroup(SAi_b, SAi_bLen)) return refuse(Drop.IKE_NO_PROPOSAL, Notify.NO_PROPOSAL_CHOSEN);
  if (isEncryption(sa.authMethod)) return aggr_inI1_encrypted(ex);
  if (payloads.count(Payload.HASH) || payloads.count(Payload.CERT)) return refuse(Drop.IKE_PAYLOAD_UNEXPECTED, Notify.INVALID_PAYLOAD_TYPE);
  const ID_b = payloads.body(Payload.ID, 0);
  const ID_bLen = payloads.bodyLen(Payload.ID, 0);
  if (id.check(ID_b, ID_bLen) || !id.phase1PortsOk(ID_b)) return drop(Drop.IKE_IDENTITY);
  const named = profiles.byIdentity(ID_b, ID_bLen, true);
  const profile: Profile | null = named ? named : authenticate.profileByCertificate(sa);
  if (profile) {
    sa.profile = profile.id;
    isakmpSa.keep(sa, ID_b, ID_bLen);
  }
  if (!profile || !authenticate.agreedIsPossible(sa)) {
    // Nobody is told who exists.
    if (profile) authenticate.sayNoMethod(sa);
    else notices.noAggressive(sa.configured, id.idType(ID_b), id.data(ID_b), id.dataLen(ID_bLen));
    return drop(Drop.IKE_UNKNOWN_IDENTITY);
  }
  debugChoice(ex, choice);
  if (!keepSa(ex, SAi_b, SAi_bLen) || !keepId(ex, ID_b, ID_bLen)) return drop(Drop.IKE_POOL);
  takeVendors(ex);
  if (!beginKeyExchange(ex, sa.group)) return drop(Drop.IKE_POOL);
  const badValue = takeKeyExchange(ex);
  if (badValue) return badValue;
  if (isSignature(sa.authMethod)) return computeForSignature(ex);
  if (ex.lent) return OK;
  wantJobs(ex, Job.PUBLIC);
  return SUSPEND;
}

export function aggr_inI1_outR1_continued(ex: Exchange): u32 {
  const sa = ex.sa;
  if (!authenticate.makeSkeyid(ex)) {
    // Nobody is told who exists.
    authenticate.sayNoMethod(sa);
    return fail(Drop.IKE_NO_KEY, Notify.NONE);
  }
  const w = message.w;
  answerPhase1(w, ex.phase1Choice);
  writeKeyExchange(w, ex);
  w.close();
  const ID = w.here;
  identity.emit(w, sa);
  w.close();
  authenticate.emitProof(w, ex, ID + 4, <u32>(w.here - ID) - 4);
  // There is no later message to say it in, and the peer may say it in the third (RFC 3706, 5.1 names none).
  emit(w, Vendor.DPD);
  natt.emitChosen(w, sa);
  if (sa.fragmentation) emitFragmentation(w);
  natt.emitNatD(w, sa);
  emit(w, Vendor.POSTERN);
  return OK;
}

/** Behind message 2's back: the keys are ready before message 3 comes. */
export function aggr_outR1_after(ex: Exchange): u32 {
  return makeKeys(ex);
}

// HDR, SA, KE, Nr, IDir, HASH_R [, NAT-D, NAT-D ] --> HDR*, HASH_I [, NAT-D, NAT-D ]
export function aggr_inR1_outI2(ex: Exchange): u32 {
  const sa = ex.sa;
  const payloads = message.payloads;
  const choice = ex.phase1Choice;
  const bad = checkProposal(ex, choice);
  if (bad) return bad;
  if (isSignature(sa.authMethod)) return refuse(Drop.IKE_PAYLOAD_MISSING, Notify.PAYLOAD_MALFORMED);
  const badValue = takeKeyExchange(ex);
  if (badValue) return badValue;
  sa.nattVersion = Natt.NONE;
  sa.fragmentation = false;
  takeVendors(ex);
  memory.copy(sa.CKY_R, isakmp.CKY_R(message.header), 8);
  natt.detect(sa, payloads);
  const wrong = takeProof(ex);
  if (wrong) {
    // Anybody can have sent this: the true answer, with another cookie, is still to be taken.
    memory.fill(sa.CKY_R, 0, 8);
    sa.peerIdLen = 0;
    sa.localNat = sa.peerNat = false;
    return wrong;
  }
  debugChoice(ex, choice);
  wantJobs(ex, Job.SHARED);
  return SUSPEND;
}

/** The responder's ID, whose key may depend on it, and HASH_R over it. */
function takeProof(ex: Exchange): u32 {
  const payloads = message.payloads;
  const ID_b = payloads.body(Payload.ID, 0);
  const ID_bLen = payloads.bodyLen(Payload.ID, 0);
  if (id.check(ID_b, ID_bLen)) return refuse(Drop.IKE_IDENTITY, Notify.INVALID_ID_INFORMATION);
  isakmpSa.keep(ex.sa, ID_b, ID_bLen);
  if (!authenticate.makeSkeyid(ex)) return drop(Drop.IKE_NO_KEY);
  return takeIdentity(ex);
}

export function aggr_inR1_outI2_continued(ex: Exchange): u32 {
  const sa = ex.sa;
  const bad = makeKeys(ex);
  if (bad) return bad;
  whereabouts.float(sa);
  const w = message.w;
  authenticate.emitProof(w, ex, ex.ID_b, ex.ID_bLen);
  natt.emitNatD(w, sa);
  if (firstContact(sa)) writeInitialContact(ex);
  return OK;
}

// HDR*, HASH_I [, NAT-D, NAT-D ] -->
export function aggr_inI2(ex: Exchange): u32 {
  const sa = ex.sa;
  const payloads = message.payloads;
  if (!authenticate.proofIsRight(ex, ex.ID_b, ex.ID_bLen, payloads.body(Payload.HASH, 0), payloads.bodyLen(Payload.HASH, 0))) {
    notices.wrongHash(sa.configured);
    return refuse(Drop.IKE_AUTHENTICATION, Notify.AUTHENTICATION_FAILED);
  }
  const packet = packetOf(message.header);
  if (packet) natt.detectFloated(sa, payloads, <u32>packet.dstPort, <u32>packet.srcPort);
  // Only now it is known whether a NAT stands before the peer: an address that it calls itself is its own, or is none.
  const bad = checkIdentity(sa, ex.ID_b, ex.ID_bLen);
  if (bad) return bad;
  takeLateVendors(ex);
  takeNotifies(ex);
  return OK;
}

function keepId(ex: Exchange, body: usize, len: u32): bool {
  ex.ID_b = holdCopy(body, len);
  ex.ID_bLen = len;
  return ex.ID_b != 0;
}
