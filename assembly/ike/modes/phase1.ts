/**
 * What Main and Aggressive Mode have in common: choosing a proposal, vendor IDs, ID and proof, INITIAL-CONTACT.
 */
import * as log from "../../util/log";
import { Drop } from "../../util/status";
import * as id from "../../wire/id";
import { ExchangeType, Notify, Payload, encryptionName, hashName, isEcdsa, isEncryption, isSignature } from "../../wire/ike_numbers";
import { Protocol } from "../../wire/ipsec_doi";
import * as notify from "../../wire/notify";
import { MessageWriter } from "../../wire/message_writer";
import { Vendor, emit, recognise, takesFragments as fragmented } from "../../wire/vendor";
import * as message from "../message/message";
import * as natt from "../message/natt";
import * as responderLifetime from "../message/responder_lifetime";
import { Phase1Choice, checkPhase1, choosePhase1 } from "../offer/phase1_proposal";
import * as authenticate from "../proof/authenticate";
import * as identity from "../proof/identity";
import * as notices from "../report/notices";
import * as trace from "../report/trace";
import * as fragmentation from "../settings/fragmentation";
import { holdCopy, letGo } from "../state/buffers";
import { Exchange } from "../state/exchange";
import { IsakmpSa, Natt } from "../state/isakmp_sa";
import * as isakmpSa from "../state/isakmp_sa";
import { shorten } from "../state/lifetimes";
import * as stats from "../state/stats";
import { OK, fail, refuse } from "./verdict";

export const choice = changetype<Phase1Choice>(memory.data(64, 4));

/** Chooses as responder of what the peer offers, by one of these methods. OK, or the refusal. */
export function chooseProposal(ex: Exchange, choice: Phase1Choice, methods: u32): u32 {
  const payloads = message.payloads;
  const bad = choosePhase1(payloads.body(Payload.SA, 0), payloads.bodyLen(Payload.SA, 0), choice, methods);
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
  if (choosePhase1(SAi_b, len, choice, authenticate.methodsByAddress(ex.sa)) || !authenticate.agree(ex.sa, choice)) return false;
  debugChoice(ex, choice);
  return keepSa(ex, SAi_b, len);
}

/** What the lower bits of `heardVendors` say of one of ours, which does dead peer detection and RFC 3947. */
export const OURS: u32 = 7;

/** What the vendor IDs of the message say: bit 0 dead peer detection, bits 1 and 2 the Natt, or OURS; bit 3 that fragments are taken. */
export function heardVendors(): u32 {
  const payloads = message.payloads;
  let version: u32 = Natt.NONE;
  let deadPeer: u32 = 0;
  let ours = false;
  let fragments: u32 = 0;
  for (let k: u32 = 0; k < payloads.count(Payload.VENDOR_ID); k++) {
    const v = recognise(payloads.body(Payload.VENDOR_ID, k), payloads.bodyLen(Payload.VENDOR_ID, k));
    version = natt.better(version, v);
    if (v == Vendor.DPD) deadPeer = 1;
    else if (v == Vendor.POSTERN) ours = true;
    if (takesFragments(v, k)) fragments = 8;
  }
  return fragments | (ours && deadPeer && version == Natt.RFC ? OURS : deadPeer | (version << 1));
}

/** Whether vendor ID number `k` says that the peer takes fragments, and we make some. */
function takesFragments(v: Vendor, k: u32): bool {
  const payloads = message.payloads;
  return v == Vendor.FRAGMENTATION && fragmentation.enabled && fragmented(payloads.body(Payload.VENDOR_ID, k), payloads.bodyLen(Payload.VENDOR_ID, k));
}

/** Says that fragments are taken here. */
export function emitFragmentation(w: MessageWriter): void {
  if (fragmentation.enabled) emit(w, Vendor.FRAGMENTATION);
}

export function takeVendors(ex: Exchange): void {
  const payloads = message.payloads;
  for (let k: u32 = 0; k < payloads.count(Payload.VENDOR_ID); k++) {
    const v = recognise(payloads.body(Payload.VENDOR_ID, k), payloads.bodyLen(Payload.VENDOR_ID, k));
    trace.vendor(ex.sa.number, v);
    natt.heard(ex.sa, v);
    if (v == Vendor.DPD) ex.sa.deadPeerDetection = true;
    else if (v == Vendor.POSTERN) ex.sa.postern = true;
    else if (takesFragments(v, k)) ex.sa.fragmentation = true;
  }
}

/**
 * DPD counts in whichever message it is announced, since RFC 3706, 5.1 names none: IOS says it in its third and fourth, ASA in the
 * last two. Of what the other vendor IDs say the first two messages alone decide (RFC 3947, 3.1).
 */
export function takeLateVendors(ex: Exchange): void {
  const payloads = message.payloads;
  for (let k: u32 = 0; k < payloads.count(Payload.VENDOR_ID); k++) {
    const v = recognise(payloads.body(Payload.VENDOR_ID, k), payloads.bodyLen(Payload.VENDOR_ID, k));
    trace.vendor(ex.sa.number, v);
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
  log.debug("ISAKMP:      auth ").put(isEncryption(choice.authMethod) ? "RSA encr" : isSignature(choice.authMethod) ? (isEcdsa(choice.authMethod) ? "ECDSA sig" : "RSA sig") : "pre-share");
  log.end();
  log.debug("ISAKMP:      life duration (in seconds) ").u32(choice.lifetimeSeconds);
  log.end();
  trace.said(n, "atts are acceptable");
}

/** ID and the proof over its body. */
export function writeIdentity(ex: Exchange): void {
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

/**
 * All keys of phase 1. OK, or the refusal: what they are made with was taken out of the configuration while a power was computed. The peer is
 * told, unless nobody is told who exists.
 */
export function makeKeys(ex: Exchange): u32 {
  if (authenticate.deriveKeys(ex)) return OK;
  authenticate.sayNoMethod(ex.sa);
  return fail(Drop.IKE_NO_KEY, ex.type == <u32>ExchangeType.AGGRESSIVE && !ex.initiator ? Notify.NONE : Notify.NO_PROPOSAL_CHOSEN);
}

/** The peer's ID and proof: the proof first, since without it the ID says nothing. */
export function takeIdentity(ex: Exchange): u32 {
  const sa = ex.sa;
  const payloads = message.payloads;
  const ID_b = payloads.body(Payload.ID, 0);
  const ID_bLen = payloads.bodyLen(Payload.ID, 0);
  if (!authenticate.proofIsRight(ex, ID_b, ID_bLen, payloads.body(Payload.HASH, 0), payloads.bodyLen(Payload.HASH, 0))) {
    notices.wrongHash(sa.configured);
    return refuse(Drop.IKE_AUTHENTICATION, Notify.AUTHENTICATION_FAILED);
  }
  const bad = checkIdentity(sa, ID_b, ID_bLen);
  if (bad) return bad;
  isakmpSa.keep(sa, ID_b, ID_bLen);
  takeLateVendors(ex);
  takeNotifies(ex);
  return OK;
}

/** Whether who has shown the key may call itself this. OK, or the refusal. */
export function checkIdentity(sa: IsakmpSa, ID_b: usize, ID_bLen: u32): u32 {
  if (authenticate.suits(sa, ID_b, ID_bLen)) return OK;
  const known = ID_bLen > 4;
  notices.identity(sa, known ? id.idType(ID_b) : 0, known ? id.data(ID_b) : ID_b, known ? ID_bLen - 4 : 0);
  return fail(Drop.IKE_IDENTITY, Notify.INVALID_ID_INFORMATION);
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

/** Keeps the body of our identity in `ownID_b`; it is written to the message being made for that alone. False: there is no room. */
export function holdOwnIdentity(ex: Exchange): bool {
  const w = message.w;
  w.close();
  const at = w.here;
  identity.emit(w, ex.sa);
  w.close();
  letGo(ex.ownID_b);
  ex.ownID_bLen = <u32>(w.here - at) - 4;
  ex.ownID_b = w.overflow ? 0 : holdCopy(at + 4, ex.ownID_bLen);
  return ex.ownID_b != 0;
}
