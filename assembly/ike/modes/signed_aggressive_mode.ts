/**
 * The arrows of Aggressive Mode that are others with signatures (RFC 2409, 5.1). SKEYID is made of g^xy: the responder computes both powers and
 * a signature before it answers, so that a stranger's first message has its price in slices (state/strangers.ts) before all that.
 */
import { packetOf } from "../../util/packet";
import { Drop } from "../../util/status";
import * as id from "../../wire/id";
import { Flag, Notify, Payload, isSignature } from "../../wire/ike_numbers";
import * as isakmp from "../../wire/isakmp";
import { Vendor, emit } from "../../wire/vendor";
import * as message from "../message/message";
import * as natt from "../message/natt";
import { answerPhase1 } from "../offer/phase1_proposal";
import * as authenticate from "../proof/authenticate";
import * as signature from "../proof/signature";
import { Exchange, Job, wantJobs } from "../state/exchange";
import { Natt, livesAt } from "../state/isakmp_sa";
import * as isakmpSa from "../state/isakmp_sa";
import { firstContact } from "../state/pairs";
import * as strangers from "../state/strangers";
import * as whereabouts from "../state/whereabouts";
import { takeKeyExchange, writeKeyExchange } from "./key_exchange";
import { checkIdentity, checkProposal, debugChoice, emitFragmentation, makeKeys, takeLateVendors, takeNotifies, takeVendors, writeInitialContact } from "./phase1";
import { checkSignature, signIdentity, signatureIsRight, takeRequests, writeOwnIdentity, writeSignature } from "./signed";
import { OK, SUSPEND, asRefusal, drop, fail, refuse } from "./verdict";

/** Messages whose signature is none that an exchange looks at, one after the other. */
const FALSE_PROOFS: u32 = 4;

/**
 * The message's signature was none. Anybody who sees the first message, or the second, can have sent it: the exchange stands where it stood, for
 * the true one that is still to come.
 */
export function notProved(ex: Exchange): void {
  ex.falseProofs++;
  if (!ex.initiator) return;
  const sa = ex.sa;
  memory.fill(sa.CKY_R, 0, 8);
  sa.keyed = sa.postern = sa.deadPeerDetection = sa.localNat = sa.peerNat = false;
  sa.askedPoint = 0;
}

/** The end of aggr_inI1_outR1's first half. SUSPEND, or that there is no power left for this address. */
export function computeForSignature(ex: Exchange): u32 {
  const address = ex.sa.peerAddress;
  takeRequests(ex);
  if (!livesAt(address) && !strangers.mayCompute(address)) return drop(Drop.IKE_RATE_LIMIT);
  wantJobs(ex, ex.lent ? Job.SHARED : Job.PUBLIC | Job.SHARED);
  return SUSPEND;
}

/** HDR, SA, KE, Nr, IDir, SIG_R [, NAT-D, NAT-D ] */
export function aggr_inI1_outR1_signed(ex: Exchange): u32 {
  const sa = ex.sa;
  if (ex.stage == 0) {
    const wrong = makeKeys(ex);
    return wrong ? wrong : signIdentity(ex);
  }
  const w = message.w;
  answerPhase1(w, ex.phase1Choice);
  writeKeyExchange(w, ex);
  writeOwnIdentity(ex);
  const bad = writeSignature(ex);
  if (bad) return bad;
  signature.emitRequests(w, sa);
  // There is no later message to say it in, and the peer may say it in the third (RFC 3706, 5.1 names none).
  emit(w, Vendor.DPD);
  natt.emitChosen(w, sa);
  if (sa.fragmentation) emitFragmentation(w);
  natt.emitNatD(w, sa);
  emit(w, Vendor.POSTERN);
  return OK;
}

// HDR, SA, KE, Nr, IDir, SIG_R [, NAT-D, NAT-D ] --> HDR*, SIG_I [, NAT-D, NAT-D ]
export function aggr_inR1_signed(ex: Exchange): u32 {
  const sa = ex.sa;
  const payloads = message.payloads;
  const choice = ex.phase1Choice;
  const bad = checkProposal(ex, choice);
  if (bad) return bad;
  if (!isSignature(sa.authMethod)) return refuse(Drop.IKE_PAYLOAD_UNEXPECTED, Notify.INVALID_PAYLOAD_TYPE);
  const ID_b = payloads.body(Payload.ID, 0);
  const ID_bLen = payloads.bodyLen(Payload.ID, 0);
  if (id.check(ID_b, ID_bLen)) return refuse(Drop.IKE_IDENTITY, Notify.INVALID_ID_INFORMATION);
  // Each of our own that goes out may bring the true answer.
  if (ex.falseProofs >= FALSE_PROOFS + ex.tries) return drop(Drop.IKE_RATE_LIMIT);
  const badValue = takeKeyExchange(ex);
  if (badValue) return badValue;
  sa.nattVersion = Natt.NONE;
  sa.fragmentation = false;
  takeVendors(ex);
  memory.copy(sa.CKY_R, isakmp.CKY_R(message.header), 8);
  natt.detect(sa, payloads);
  takeRequests(ex);
  debugChoice(ex, choice);
  wantJobs(ex, Job.SHARED);
  return SUSPEND;
}

export function aggr_inR1_outI2_signed(ex: Exchange): u32 {
  const sa = ex.sa;
  const payloads = message.payloads;
  const ID_b = payloads.body(Payload.ID, 0);
  const ID_bLen = payloads.bodyLen(Payload.ID, 0);
  if (ex.stage == 0) {
    const wrong = makeKeys(ex);
    return wrong ? wrong : asRefusal(checkSignature(ex, ID_b, ID_bLen));
  }
  if (ex.stage == 1) {
    let bad = signatureIsRight(ex);
    if (!bad) bad = checkIdentity(sa, ID_b, ID_bLen);
    if (bad) return asRefusal(bad);
    authenticate.forgetExponent(ex);
    isakmpSa.keep(sa, ID_b, ID_bLen);
    takeLateVendors(ex);
    takeNotifies(ex);
    return signature.wantSignature(ex, ex.ID_b, ex.ID_bLen) ? SUSPEND : fail(Drop.IKE_POOL, Notify.NONE);
  }
  whereabouts.float(sa);
  const bad = writeSignature(ex);
  if (bad) return bad;
  natt.emitNatD(message.w, sa);
  if (firstContact(sa)) writeInitialContact(ex);
  return OK;
}

// HDR*, SIG_I [, NAT-D, NAT-D ] -->
export function aggr_inI2_signed(ex: Exchange): u32 {
  // In plain it is anybody's who has seen our answer; encrypted it is from where the keys are.
  const most: u32 = isakmp.flags(message.header) & Flag.ENCRYPTION ? 2 * FALSE_PROOFS : FALSE_PROOFS;
  if (ex.falseProofs >= most) return drop(Drop.IKE_RATE_LIMIT);
  return asRefusal(checkSignature(ex, ex.ID_b, ex.ID_bLen));
}

export function aggr_inI2_signed_continued(ex: Exchange): u32 {
  const sa = ex.sa;
  const wrong = signatureIsRight(ex);
  if (wrong) return asRefusal(wrong);
  const packet = packetOf(message.header);
  if (packet) natt.detectFloated(sa, message.payloads, <u32>packet.dstPort, <u32>packet.srcPort);
  // Only now it is known whether a NAT stands before the peer: an address that it calls itself is its own, or is none.
  const bad = checkIdentity(sa, ex.ID_b, ex.ID_bLen);
  if (bad) return asRefusal(bad);
  takeLateVendors(ex);
  takeNotifies(ex);
  return OK;
}
