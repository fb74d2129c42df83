/**
 * The arrows of Aggressive Mode that are others with RSA encryption (RFC 2409, 5.2 and 5.3). What is encrypted depends on what is agreed on, so that one
 * transform alone is offered, the most wanted policy's. Identities are hidden here, and HASH_R is no proof that anybody could guess at: a
 * stranger gets an answer, which nobody can read.
 */
import { packetOf } from "../../util/packet";
import { Drop } from "../../util/status";
import { Notify, Payload, isEncryption } from "../../wire/ike_numbers";
import * as isakmp from "../../wire/isakmp";
import { Vendor, emit } from "../../wire/vendor";
import * as message from "../message/message";
import * as natt from "../message/natt";
import { answerPhase1, buildPhase1, policyChoice } from "../offer/phase1_proposal";
import * as authenticate from "../proof/authenticate";
import * as encryption from "../proof/encryption";
import * as notices from "../report/notices";
import * as policies from "../settings/policy";
import { Phase1Policy } from "../settings/policy";
import { Exchange, Job, wantJobs } from "../state/exchange";
import { Natt } from "../state/isakmp_sa";
import { firstContact } from "../state/pairs";
import * as whereabouts from "../state/whereabouts";
import { openBehindNonce, openingJobs, sealOwn, takeProven, takeSealed, writeProof, writeSealed } from "./encrypted";
import { beginKeyExchange } from "./key_exchange";
import { checkProposal, debugChoice, emitFragmentation, keepSa, takeVendors, writeInitialContact } from "./phase1";
import { OK, SUSPEND, drop, fail } from "./verdict";

/** The policy to begin with, if it is one of encryption; null: it is another. @param methods that may be used */
export function firstOffer(methods: u32): Phase1Policy | null {
  for (let policy = policies.first(); policy; policy = policies.next(policy)) {
    if (policies.methodsOf(policy) & methods) return isEncryption(policy.authMethod) ? policy : null;
  }
  return null;
}

/** Begins by this policy: it is agreed on before the peer has answered. SUSPEND, or why not. */
export function aggr_outI1_encrypted(ex: Exchange, policy: Phase1Policy): u32 {
  const choice = ex.phase1Choice;
  policyChoice(choice, policy);
  if (!authenticate.agree(ex.sa, choice)) return drop(Drop.IKE_NO_PROPOSAL);
  return beginKeyExchange(ex, policy.group) ? SUSPEND : drop(Drop.IKE_POOL);
}

/** HDR, SA, KE, <IDii_b>PubKey_r, <Ni_b>PubKey_r, or HDR, SA, <Ni_b>PubKey_r, <KE_b>Ke_i, <IDii_b>Ke_i */
export function aggr_outI1_encrypted_continued(ex: Exchange): u32 {
  if (ex.stage == 0) {
    if (encryption.takeKeyBefore(ex)) return sealOwn(ex);
    notices.noEncryptionKey(ex.sa.configured);
    return fail(Drop.IKE_NO_KEY, Notify.NONE);
  }
  const w = message.w;
  const SA = w.here;
  buildPhase1(w, ex.group!.id, 1 << ex.sa.authMethod, ex.sa.priority);
  w.close();
  // Without a transform the policy has changed while we computed.
  if (w.here - SA < 28) return fail(Drop.IKE_NO_PROPOSAL, Notify.NONE);
  if (!keepSa(ex, SA + 4, <u32>(w.here - SA) - 4)) return fail(Drop.IKE_POOL, Notify.NONE);
  const bad = writeSealed(ex);
  if (bad) return bad;
  emit(w, Vendor.DPD);
  natt.emitVendors(w);
  emitFragmentation(w);
  emit(w, Vendor.POSTERN);
  return OK;
}

/** Of aggr_inI1_outR1, when the proposal is chosen: what is encrypted is to be opened, whoever has sent it. */
export function aggr_inI1_encrypted(ex: Exchange): u32 {
  const sa = ex.sa;
  const payloads = message.payloads;
  if (!keepSa(ex, payloads.body(Payload.SA, 0), payloads.bodyLen(Payload.SA, 0))) return drop(Drop.IKE_POOL);
  debugChoice(ex, ex.phase1Choice);
  takeVendors(ex);
  if (!beginKeyExchange(ex, sa.group)) return drop(Drop.IKE_POOL);
  const bad = takeSealed(ex);
  if (bad) return bad;
  wantJobs(ex, ex.lent ? openingJobs(ex) : openingJobs(ex) | Job.PUBLIC);
  return SUSPEND;
}

/** HDR, SA, KE, <IDir_b>PubKey_i, <Nr_b>PubKey_i, HASH_R [, NAT-D, NAT-D ] */
export function aggr_inI1_outR1_encrypted(ex: Exchange): u32 {
  const sa = ex.sa;
  if (ex.stage == 0) {
    openBehindNonce(ex);
    return encryption.takeKeyOfOpened(ex) ? sealOwn(ex) : fail(Drop.IKE_NO_KEY, Notify.NONE);
  }
  if (!authenticate.makeSkeyid(ex)) return fail(Drop.IKE_NO_KEY, Notify.NONE);
  const w = message.w;
  answerPhase1(w, ex.phase1Choice);
  const bad = writeSealed(ex);
  if (bad) return bad;
  writeProof(ex);
  emit(w, Vendor.DPD);
  natt.emitChosen(w, sa);
  if (sa.fragmentation) emitFragmentation(w);
  emit(w, Vendor.POSTERN);
  return OK;
}

// HDR, SA, KE, <IDir_b>PubKey_i, <Nr_b>PubKey_i, HASH_R [, NAT-D, NAT-D ] --> HDR*, HASH_I [, NAT-D, NAT-D ]
export function aggr_inR1_encrypted(ex: Exchange): u32 {
  const sa = ex.sa;
  const choice = ex.phase1Choice;
  let bad = checkProposal(ex, choice);
  if (!bad) bad = takeSealed(ex);
  if (bad) return bad;
  sa.nattVersion = Natt.NONE;
  sa.fragmentation = false;
  takeVendors(ex);
  memory.copy(sa.CKY_R, isakmp.CKY_R(message.header), 8);
  debugChoice(ex, choice);
  wantJobs(ex, openingJobs(ex));
  return SUSPEND;
}

export function aggr_inR1_outI2_encrypted(ex: Exchange): u32 {
  const sa = ex.sa;
  const payloads = message.payloads;
  if (ex.stage == 0) {
    openBehindNonce(ex);
    natt.detect(sa, payloads);
    if (!authenticate.makeSkeyid(ex)) return fail(Drop.IKE_NO_KEY, Notify.NONE);
    if (!encryption.proofIsRight(ex, payloads.body(Payload.HASH, 0), payloads.bodyLen(Payload.HASH, 0))) {
      notices.notProven(sa.configured);
      return fail(Drop.IKE_AUTHENTICATION, Notify.AUTHENTICATION_FAILED);
    }
    const bad = takeProven(ex);
    if (bad) return bad;
    wantJobs(ex, Job.SHARED);
    return SUSPEND;
  }
  if (!authenticate.deriveKeys(ex)) return fail(Drop.IKE_NO_KEY, Notify.NONE);
  whereabouts.float(sa);
  writeProof(ex);
  natt.emitNatD(message.w, sa);
  if (firstContact(sa)) writeInitialContact(ex);
  return OK;
}

// HDR*, HASH_I [, NAT-D, NAT-D ] -->
export function aggr_inI2_encrypted(ex: Exchange): u32 {
  const packet = packetOf(message.header);
  if (packet) natt.detectFloated(ex.sa, message.payloads, <u32>packet.dstPort, <u32>packet.srcPort);
  return takeProven(ex);
}
