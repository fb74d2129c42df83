/**
 * Main Mode (RFC 2409, 5.4: with pre-shared keys). One function for each arrow of the table; a second one, `..._continued`,
 * where modular exponentiations stand between taking a message and answering it. They read `message.payloads` and write
 * to `message.w`; decryption, encryption, sending and the state are the engine's.
 */
import * as drbg from "../../crypto/drbg";
import { dhGroupCheckPublic, dhGroupPrivate } from "../../oakley/dh_group";
import { NONCE_MAX, NONCE_MIN } from "../../oakley/skeyid";
import * as log from "../../util/log";
import { Drop } from "../../util/status";
import { encryptionName, hashName, Notify, Payload } from "../../wire/ike_numbers";
import { Protocol } from "../../wire/ipsec_doi";
import * as id from "../../wire/id";
import * as isakmp from "../../wire/isakmp";
import { MessageWriter } from "../../wire/message_writer";
import * as notify from "../../wire/notify";
import * as authenticate from "../proof/authenticate";
import { hold, holdCopy, letGo } from "../state/buffers";
import { Exchange, Job, wantJobs } from "../state/exchange";
import * as identity from "../proof/identity";
import { Natt } from "../state/isakmp_sa";
import { firstContact, shorten } from "../upkeep/succession";
import * as message from "../message/message";
import * as natt from "../message/natt";
import * as notices from "../report/notices";
import { groupFor } from "../settings/private_groups";
import { OK, SUSPEND, drop, fail, refuse } from "./verdict";
import { Phase1Choice, answerPhase1, buildPhase1, checkPhase1, choosePhase1 } from "../offer/proposal";
import * as responderLifetime from "../message/responder_lifetime";
import * as stats from "../state/stats";
import * as trace from "../report/trace";
import { Vendor, emit, recognise } from "../../wire/vendor";

/** Octets of our nonces. */
export const NONCE_LENGTH: u32 = 32;

const choice = changetype<Phase1Choice>(memory.data(64, 4));

// --> HDR, SA
export function main_outI1(ex: Exchange): u32 {
  const w = message.w;
  const at = w.here;
  buildPhase1(w);
  w.close();
  if (!keepSa(ex, at + 4, <u32>(w.here - at) - 4)) return drop(Drop.IKE_POOL);
  emit(w, Vendor.DPD);
  natt.emitVendors(w);
  emit(w, Vendor.POSTERN);
  return OK;
}

// HDR, SA --> HDR, SA
export function main_inI1_outR1(ex: Exchange): u32 {
  const sa = ex.sa;
  const payloads = message.payloads;
  const SAi_b = payloads.body(Payload.SA, 0);
  const SAi_bLen = payloads.bodyLen(Payload.SA, 0);
  if (!authenticate.possibleByAddress(sa)) {
    notices.noKey(sa.peer);
    return refuse(Drop.IKE_NO_KEY, Notify.NO_PROPOSAL_CHOSEN);
  }
  const bad = chooseProposal(ex, choice);
  if (bad) return bad;
  debugChoice(ex, choice);
  if (!keepSa(ex, SAi_b, SAi_bLen)) return drop(Drop.IKE_POOL);
  takeVendors(ex);
  const w = message.w;
  answerPhase1(w, choice);
  if (sa.deadPeerDetection) emit(w, Vendor.DPD);
  natt.emitChosen(w, sa);
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

export function main_inR1_outI2_continued(ex: Exchange): u32 {
  writeKeyExchange(message.w, ex);
  natt.emitNatD(message.w, ex.sa);
  return OK;
}

// HDR, KE, Ni --> HDR, KE, Nr
export function main_inI2_outR2(ex: Exchange): u32 {
  if (!ex.exponent && !beginKeyExchange(ex, ex.sa.group)) return drop(Drop.IKE_POOL);
  const bad = takeKeyExchange(ex);
  if (bad) return bad;
  natt.detect(ex.sa, message.payloads);
  wantJobs(ex, Job.PUBLIC);
  return SUSPEND;
}

export function main_inI2_outR2_continued(ex: Exchange): u32 {
  writeKeyExchange(message.w, ex);
  natt.emitNatD(message.w, ex.sa);
  return OK;
}

/** Behind message 4's back: the keys are ready before message 5 comes. */
export function main_outR2_after(ex: Exchange): u32 {
  return authenticate.deriveKeys(ex) ? OK : fail(Drop.IKE_NO_KEY, Notify.NONE);
}

// HDR, KE, Nr --> HDR*, IDii, HASH_I
export function main_inR2_outI3(ex: Exchange): u32 {
  const bad = takeKeyExchange(ex);
  if (bad) return bad;
  natt.detect(ex.sa, message.payloads);
  wantJobs(ex, Job.SHARED);
  return SUSPEND;
}

export function main_inR2_outI3_continued(ex: Exchange): u32 {
  if (!authenticate.deriveKeys(ex)) return fail(Drop.IKE_NO_KEY, Notify.NONE);
  natt.float(ex.sa);
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

/** Chooses as responder of what the peer offers. OK, or the refusal. */
export function chooseProposal(ex: Exchange, choice: Phase1Choice): u32 {
  const payloads = message.payloads;
  const bad = choosePhase1(payloads.body(Payload.SA, 0), payloads.bodyLen(Payload.SA, 0), choice);
  trace.mismatches(ex.sa.number);
  return !bad && authenticate.agree(ex.sa, choice) ? OK : noProposal(ex, bad);
}

/** Checks as initiator what the peer has chosen of our offer. OK, or the refusal. */
export function checkProposal(ex: Exchange, choice: Phase1Choice): u32 {
  const payloads = message.payloads;
  const bad = checkPhase1(payloads.body(Payload.SA, 0), payloads.bodyLen(Payload.SA, 0), ex.SA_b, ex.SA_bLen, choice);
  if (!bad && authenticate.agree(ex.sa, choice)) return OK;
  trace.mismatches(ex.sa.number);
  return noProposal(ex, bad);
}

function noProposal(ex: Exchange, bad: u32): u32 {
  notices.phase1Proposal(ex.sa);
  return refuse(Drop.IKE_NO_PROPOSAL, bad ? bad : Notify.NO_PROPOSAL_CHOSEN);
}

export function keepSa(ex: Exchange, body: usize, len: u32): bool {
  ex.SA_b = holdCopy(body, len);
  ex.SA_bLen = len;
  return ex.SA_b != 0;
}

/** Agrees once more on an offer that was answered before there was an exchange (flood.ts). False: no longer acceptable, or no room. */
export function agreeOn(ex: Exchange, SAi_b: usize, len: u32): bool {
  if (!authenticate.possibleByAddress(ex.sa) || choosePhase1(SAi_b, len, choice) || !authenticate.agree(ex.sa, choice)) return false;
  debugChoice(ex, choice);
  return keepSa(ex, SAi_b, len);
}

/** What the vendor IDs of the message say: bit 0 dead peer detection, above it the Natt. */
export function heardVendors(): u32 {
  const payloads = message.payloads;
  let version: u32 = Natt.NONE;
  let deadPeer: u32 = 0;
  for (let k: u32 = 0; k < payloads.count(Payload.VENDOR_ID); k++) {
    const v = recognise(payloads.body(Payload.VENDOR_ID, k), payloads.bodyLen(Payload.VENDOR_ID, k));
    version = natt.better(version, v);
    if (v == Vendor.DPD) deadPeer = 1;
  }
  return deadPeer | (version << 1);
}

export function takeVendors(ex: Exchange): void {
  const payloads = message.payloads;
  for (let k: u32 = 0; k < payloads.count(Payload.VENDOR_ID); k++) {
    const v = recognise(payloads.body(Payload.VENDOR_ID, k), payloads.bodyLen(Payload.VENDOR_ID, k));
    trace.vendor(ex.sa.number, v);
    natt.heard(ex.sa, v);
    if (v == Vendor.DPD) ex.sa.deadPeerDetection = true;
  }
}

export function debugChoice(ex: Exchange, choice: Phase1Choice): void {
  if (!log.debugIsakmp) return;
  const n = ex.sa.number;
  trace.prefix(n).put("Checking ISAKMP transform ").u32(choice.transformNumber).put(" against priority ").u32(choice.policy).put(" policy");
  log.end();
  const t = log.debug("ISAKMP:      encryption ").put(encryptionName(choice.encryption));
  if (choice.keyBits) t.put("-CBC, keylength of ").u32(choice.keyBits);
  log.end();
  log.debug("ISAKMP:      hash ").put(hashName(choice.hash));
  log.end();
  log.debug("ISAKMP:      default group ").u32(choice.group);
  log.end();
  log.debug("ISAKMP:      auth pre-share");
  log.end();
  log.debug("ISAKMP:      life duration (in seconds) ").u32(choice.lifetimeSeconds);
  log.end();
  trace.said(n, "atts are acceptable");
}

/**
 * Our exponent and nonce for a group, and the wish for g^x. False: no entropy or no room; nothing is left half made then, or
 * the same message once more would be answered with an exponent of zeros.
 */
export function beginKeyExchange(ex: Exchange, group: u32): bool {
  const g = groupFor(ex.sa.number, group);
  if (!g) return false;
  ex.group = g;
  ex.exponent = hold(g.exponentBytes);
  ex.g_xi = hold(g.publicBytes);
  ex.g_xr = hold(g.publicBytes);
  ex.g_xy = hold(g.secretBytes);
  const room = ex.exponent != 0 && ex.g_xi != 0 && ex.g_xr != 0 && ex.g_xy != 0;
  if (room && dhGroupPrivate(g, ex.exponent) && (ownNonce(ex) != 0 || makeNonce(ex))) {
    if (ex.initiator) wantJobs(ex, Job.PUBLIC);
    return true;
  }
  letGo(ex.exponent);
  letGo(ex.g_xi);
  letGo(ex.g_xr);
  letGo(ex.g_xy);
  ex.exponent = ex.g_xi = ex.g_xr = ex.g_xy = 0;
  return false;
}

function ownNonce(ex: Exchange): usize {
  return ex.initiator ? ex.Ni_b : ex.Nr_b;
}

/** Draws our nonce. False: no entropy or no room. */
export function makeNonce(ex: Exchange): bool {
  let p = hold(NONCE_LENGTH);
  if (p && !drbg.fill(p, NONCE_LENGTH)) {
    letGo(p);
    p = 0;
  }
  if (ex.initiator) {
    ex.Ni_b = p;
    ex.NiLen = NONCE_LENGTH;
  } else {
    ex.Nr_b = p;
    ex.NrLen = NONCE_LENGTH;
  }
  return p != 0;
}

/** Keeps the peer's nonce. OK, or what is wrong with it. */
export function takeNonce(ex: Exchange): u32 {
  const payloads = message.payloads;
  const len = payloads.bodyLen(Payload.NONCE, 0);
  if (len < NONCE_MIN || len > NONCE_MAX) return refuse(Drop.IKE_NONCE, Notify.PAYLOAD_MALFORMED);
  let p = ex.initiator ? ex.Nr_b : ex.Ni_b;
  if (!p) p = hold(NONCE_MAX);
  if (!p) return drop(Drop.IKE_POOL);
  memory.copy(p, payloads.body(Payload.NONCE, 0), <usize>len);
  if (ex.initiator) {
    ex.Nr_b = p;
    ex.NrLen = len;
  } else {
    ex.Ni_b = p;
    ex.NiLen = len;
  }
  return OK;
}

/** Keeps the peer's public value. OK, or that it is refused. */
export function takePublic(ex: Exchange): u32 {
  const payloads = message.payloads;
  const group = ex.group;
  const y = payloads.body(Payload.KE, 0);
  if (!group || !y || !dhGroupCheckPublic(group, y, payloads.bodyLen(Payload.KE, 0))) {
    notices.keyExchange(ex.sa.peer);
    return refuse(Drop.IKE_KEY_EXCHANGE, Notify.INVALID_KEY_INFORMATION);
  }
  memory.copy(ex.peerPublic, y, <usize>group.publicBytes);
  return OK;
}

export function takeKeyExchange(ex: Exchange): u32 {
  const bad = takePublic(ex);
  return bad ? bad : takeNonce(ex);
}

export function writeKeyExchange(w: MessageWriter, ex: Exchange): void {
  writePublic(w, ex);
  writeNonce(w, ex);
}

export function writePublic(w: MessageWriter, ex: Exchange): void {
  w.payload(Payload.KE);
  w.bytes(ex.ownPublic, ex.publicBytes);
}

export function writeNonce(w: MessageWriter, ex: Exchange): void {
  w.payload(Payload.NONCE);
  if (ex.initiator) w.bytes(ex.Ni_b, ex.NiLen);
  else w.bytes(ex.Nr_b, ex.NrLen);
}

/** ID and the proof over its body. */
function writeIdentity(ex: Exchange): void {
  const w = message.w;
  const at = w.here;
  identity.emit(w, ex.sa);
  w.close();
  authenticate.emitProof(w, ex, at + 4, <u32>(w.here - at) - 4);
}

/** RFC 2407, 4.6.3.3: the SPI is both cookies, the protocol ISAKMP. */
export function writeInitialContact(ex: Exchange): void {
  stats.notify(Notify.INITIAL_CONTACT, true);
  notify.emit(message.w, Protocol.ISAKMP, Notify.INITIAL_CONTACT, ex.sa.CKY_I, 16, 0, 0);
}

/** The peer's ID and proof: the proof first, since without it the ID says nothing. */
export function takeIdentity(ex: Exchange): u32 {
  const sa = ex.sa;
  const payloads = message.payloads;
  const ID_b = payloads.body(Payload.ID, 0);
  const ID_bLen = payloads.bodyLen(Payload.ID, 0);
  if (!authenticate.proofIsRight(ex, ID_b, ID_bLen, payloads.body(Payload.HASH, 0), payloads.bodyLen(Payload.HASH, 0))) {
    notices.wrongHash(sa.peer);
    return refuse(Drop.IKE_AUTHENTICATION, Notify.AUTHENTICATION_FAILED);
  }
  if (!authenticate.possible(sa) || !identity.suits(sa, ID_b, ID_bLen, authenticate.secret, authenticate.secretLen)) {
    const known = ID_bLen > 4;
    notices.identity(sa, known ? id.idType(ID_b) : 0, known ? id.data(ID_b) : ID_b, known ? ID_bLen - 4 : 0);
    return fail(Drop.IKE_IDENTITY, Notify.INVALID_ID_INFORMATION);
  }
  identity.keep(sa, ID_b, ID_bLen);
  takeNotifies(ex);
  return OK;
}

/** What a peer that has proved who it is says beside: INITIAL-CONTACT, and as responder that lifetimes are shorter. */
export function takeNotifies(ex: Exchange): void {
  const sa = ex.sa;
  const payloads = message.payloads;
  for (let k: u32 = 0; k < payloads.count(Payload.NOTIFY); k++) {
    const body = payloads.body(Payload.NOTIFY, k);
    const len = payloads.bodyLen(Payload.NOTIFY, k);
    if (notify.check(body, len)) continue;
    trace.notified(sa, body, len);
    if (notify.messageType(body) == Notify.INITIAL_CONTACT) sa.initialContact = true;
    else if (ex.initiator && notify.protocol(body) == Protocol.ISAKMP && responderLifetime.read(body, len)) {
      shorten(sa, responderLifetime.seconds, responderLifetime.kilobytes);
    }
  }
}
