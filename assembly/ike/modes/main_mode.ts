/**
 * Main Mode (RFC 2409, 5.4: with pre-shared keys). One function for each arrow of the table; a second one, `..._continued`,
 * where modular exponentiations stand between taking a message and answering it. They read `message.payloads` and write
 * to `message.w`; decryption, encryption, sending and the state are the engine's.
 */
import { Drop } from "../../util/status";
import { Notify, Payload, isSignature } from "../../wire/ike_numbers";
import { Protocol } from "../../wire/ipsec_doi";
import * as isakmp from "../../wire/isakmp";
import { Vendor, emit } from "../../wire/vendor";
import * as message from "../message/message";
import * as natt from "../message/natt";
import * as responderLifetime from "../message/responder_lifetime";
import { answerPhase1, buildPhase1 } from "../offer/phase1_proposal";
import * as authenticate from "../proof/authenticate";
import { emitRequests } from "../proof/signature";
import * as notices from "../report/notices";
import { Exchange, Job, wantJobs } from "../state/exchange";
import { firstContact } from "../state/pairs";
import * as whereabouts from "../state/whereabouts";
import { beginKeyExchange, takeKeyExchange, writeKeyExchange } from "./key_exchange";
import { checkProposal, choice, chooseProposal, debugChoice, emitFragmentation, keepSa, makeKeys, takeIdentity, takeLateVendors, takeVendors, writeIdentity, writeInitialContact } from "./phase1";
import { takeRequests } from "./signed";
import { OK, SUSPEND, drop, fail, refuse } from "./verdict";

// --> HDR, SA
export function main_outI1(ex: Exchange): u32 {
  const w = message.w;
  const at = w.here;
  buildPhase1(w, 0, authenticate.methodsOf(ex.sa));
  w.close();
  if (!keepSa(ex, at + 4, <u32>(w.here - at) - 4)) return drop(Drop.IKE_POOL);
  emit(w, Vendor.DPD);
  natt.emitVendors(w);
  emitFragmentation(w);
  emit(w, Vendor.POSTERN);
  return OK;
}

// HDR, SA --> HDR, SA
export function main_inI1_outR1(ex: Exchange): u32 {
  const sa = ex.sa;
  const payloads = message.payloads;
  const SAi_b = payloads.body(Payload.SA, 0);
  const SAi_bLen = payloads.bodyLen(Payload.SA, 0);
  const methods = authenticate.methodsByAddress(sa);
  if (!methods) {
    authenticate.sayNoMethod(sa);
    return refuse(Drop.IKE_NO_KEY, Notify.NO_PROPOSAL_CHOSEN);
  }
  const bad = chooseProposal(ex, choice, methods);
  if (bad) return bad;
  debugChoice(ex, choice);
  if (!keepSa(ex, SAi_b, SAi_bLen)) return drop(Drop.IKE_POOL);
  takeVendors(ex);
  const w = message.w;
  answerPhase1(w, choice);
  if (sa.deadPeerDetection) emit(w, Vendor.DPD);
  natt.emitChosen(w, sa);
  if (sa.fragmentation) emitFragmentation(w);
  emit(w, Vendor.POSTERN);
  return OK;
}

// HDR, SA --> HDR, KE, Ni
export function main_inR1_outI2(ex: Exchange): u32 {
  const sa = ex.sa;
  const bad = checkProposal(ex, choice);
  if (bad) return bad;
  debugChoice(ex, choice);
  takeVendors(ex);
  memory.copy(sa.CKY_R, isakmp.CKY_R(message.header), 8);
  return beginKeyExchange(ex, sa.group) ? SUSPEND : fail(Drop.IKE_POOL, Notify.NONE);
}

// HDR, KE, Ni --> HDR, KE, Nr
export function main_inI2_outR2(ex: Exchange): u32 {
  if (!ex.exponent && !beginKeyExchange(ex, ex.sa.group)) return drop(Drop.IKE_POOL);
  const bad = takeKeyExchange(ex);
  if (bad) return bad;
  natt.detect(ex.sa, message.payloads);
  if (isSignature(ex.sa.authMethod)) takeRequests(ex);
  if (ex.lent) return OK;
  wantJobs(ex, Job.PUBLIC);
  return SUSPEND;
}

/** The second half of both: HDR, KE, Nonce [, NAT-D, NAT-D ] */
export function main_outKE(ex: Exchange): u32 {
  const w = message.w;
  writeKeyExchange(w, ex);
  if (isSignature(ex.sa.authMethod) && !ex.initiator) emitRequests(w, ex.sa);
  natt.emitNatD(w, ex.sa);
  if (!ex.initiator) {
    // Message 2 has said it only to who had said it before; who says it from now on must have heard it by then.
    if (!ex.sa.deadPeerDetection) emit(w, Vendor.DPD);
    takeLateVendors(ex);
  }
  return OK;
}

/** Behind message 4's back: the keys are ready before message 5 comes. */
export function main_outR2_after(ex: Exchange): u32 {
  return makeKeys(ex);
}

// HDR, KE, Nr --> HDR*, IDii, HASH_I
export function main_inR2_outI3(ex: Exchange): u32 {
  const bad = takeKeyExchange(ex);
  if (bad) return bad;
  natt.detect(ex.sa, message.payloads);
  takeLateVendors(ex);
  if (isSignature(ex.sa.authMethod)) takeRequests(ex);
  wantJobs(ex, Job.SHARED);
  return SUSPEND;
}

export function main_inR2_outI3_continued(ex: Exchange): u32 {
  const bad = makeKeys(ex);
  if (bad) return bad;
  whereabouts.float(ex.sa);
  writeIdentity(ex);
  if (firstContact(ex.sa)) writeInitialContact(ex);
  return OK;
}

// HDR*, IDii, HASH_I --> HDR*, IDir, HASH_R
export function main_inI3_outR3(ex: Exchange): u32 {
  const bad = takeIdentity(ex);
  if (bad) return bad;
  writeIdentity(ex);
  const sa = ex.sa;
  if (sa.lifetimeShortened) responderLifetime.emit(message.w, Protocol.ISAKMP, sa.CKY_I, 16, sa.lifetimeSeconds, sa.lifetimeKilobytes);
  return OK;
}

// HDR*, IDir, HASH_R -->
export function main_inR3(ex: Exchange): u32 {
  return takeIdentity(ex);
}
