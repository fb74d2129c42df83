/**
 * Quick Mode (RFC 2409, 5.5) for ESP, AH and both together. One function for each arrow of the table, a second one where
 * modular exponentiations of PFS stand between. The flows, as the IDs name them, are quick_selector.ts's; the SAs, from the
 * reserved SPI to the pair in use, quick_pair.ts's.
 */
import * as dynamic from "../../sadb/policies/dynamic";
import { forOffer } from "../../sadb/policies/offer";
import { Policy } from "../../sadb/policies/policy";
import * as spd from "../../sadb/policies/spd";
import { dropOuter } from "../../sadb/sas/sad";
import * as lifetime from "../../sadb/settings/lifetime";
import { Mode } from "../../sadb/settings/transform_set";
import { Selector } from "../../sadb/terms/selector";
import { put32 } from "../../util/bytes";
import { Drop } from "../../util/status";
import * as id from "../../wire/id";
import { Notify, Payload } from "../../wire/ike_numbers";
import { Protocol } from "../../wire/ipsec_doi";
import * as notify from "../../wire/notify";
import * as message from "../message/message";
import * as natt from "../message/natt";
import * as responderLifetime from "../message/responder_lifetime";
import * as tell from "../message/tell";
import { decidedBy } from "../offer/mismatch";
import { answerPhase2, buildPhase2, checkPhase2, choosePhase2, unheard, usable } from "../offer/phase2_proposal";
import { PHASE2_WISH_BYTES, Phase2Choice, Phase2Wish } from "../offer/phase2_terms";
import * as authenticate from "../proof/authenticate";
import * as lastAttempt from "../report/last_attempt";
import * as notices from "../report/notices";
import * as trace from "../report/trace";
import * as profiles from "../settings/profile";
import { holdCopy } from "../state/buffers";
import { Exchange, Job, wantJobs } from "../state/exchange";
import { IsakmpSa, Natt } from "../state/isakmp_sa";
import { lastQuick } from "../state/lifetimes";
import * as stats from "../state/stats";
import { beginKeyExchange, makeNonce, takeNonce, takePublic, writeNonce, writePublic } from "./key_exchange";
import { activate, install, larval, reserve } from "./quick_pair";
import { betweenPeers, readSelector, sameFlows, selectorScratch } from "./quick_selector";
import { OK, SUSPEND, drop, fail } from "./verdict";

let wish: Phase2Wish = changetype<Phase2Wish>(0);
const spiOctets: usize = memory.data(4, 4);
/** What REPLAY-STATUS says: none (RFC 2407, 4.6.3.2). */
const NO_REPLAY_DETECTION: usize = memory.data(4, 4);

export function init(): void {
  wish = changetype<Phase2Wish>(heap.alloc(<usize>PHASE2_WISH_BYTES));
}

/** What a policy wants, into `wish`. */
function fillWish(ex: Exchange, policy: Policy): void {
  memory.fill(changetype<usize>(wish), 0, <usize>PHASE2_WISH_BYTES);
  decidedBy(policy.entry);
  wish.spi = ex.spi;
  wish.ahSpi = ex.ahSpi;
  wish.hosts = <u32>betweenPeers(ex);
  wish.group = <u32>policy.entry.pfsGroup;
  wish.owner = ex.sa.number;
  wish.postern = <u32>ex.sa.postern;
  wish.lifetimeSeconds = policy.lifetimeSeconds;
  wish.lifetimeKilobytes = policy.lifetimeKilobytes;
  wish.natt = !ex.sa.natDetected ? 0 : ex.sa.nattVersion == Natt.DRAFT ? 2 : 1;
  for (let k: u32 = 0; k < <u32>policy.entry.transformSetCount; k++) wish.addSet(policy.entry.transformSet(k));
}

/** Whether some set of `wish` can be proposed; with `bundle` such a one of ESP and AH together. */
function proposes(bundle: bool): bool {
  for (let i: u32 = 0; i < wish.sets; i++) {
    const set = wish.setAt(i);
    if (usable(set, wish) && (!bundle || (set.espCipher && set.ahAuth))) return true;
  }
  return false;
}

// --> HDR*, HASH(1), SA, Ni [, KE ], IDci, IDcr
export function quick_outI1(ex: Exchange): u32 {
  const policy = spd.policyAt(ex.policySlot);
  if (!policy || !policy.entry.transformSetCount) return drop(Drop.IKE_SELECTORS);
  fillWish(ex, policy);
  if (!proposes(false)) {
    const last = wish.setAt(wish.sets - 1);
    if (unheard(last, wish)) notices.privateAlone(ex.sa.configured, policy.entry);
    else notices.ahBehindNat(ex.sa.configured, policy.entry);
    return drop(Drop.IKE_NO_PROPOSAL);
  }
  if (!reserve(ex, policy, proposes(true))) return drop(Drop.IKE_POOL);
  const group = <u32>policy.entry.pfsGroup;
  if (!group) return makeNonce(ex) ? OK : drop(Drop.IKE_POOL);
  return beginKeyExchange(ex, group) ? SUSPEND : drop(Drop.IKE_POOL);
}

export function quick_outI1_continued(ex: Exchange): u32 {
  const policy = spd.policyAt(ex.policySlot);
  if (!policy || !larval(ex)) {
    // The peer has heard nothing of it yet.
    notices.policyGone(ex.sa);
    return fail(Drop.IKE_SELECTORS, Notify.NONE);
  }
  fillWish(ex, policy);
  wish.group = ex.group ? ex.group!.id : 0;
  const w = message.w;
  const at = w.here;
  buildPhase2(w, wish);
  w.close();
  ex.SA_bLen = <u32>(w.here - at) - 4;
  ex.SA_b = holdCopy(at + 4, ex.SA_bLen);
  if (!ex.SA_b) return fail(Drop.IKE_POOL, Notify.NONE);
  writeNonce(w, ex);
  if (ex.group) writePublic(w, ex);
  const s = ex.selector;
  id.emitRange(w, s.localFirst, s.localLast, s.protocol, s.localPort);
  id.emitRange(w, s.remoteFirst, s.remoteLast, s.protocol, s.remotePort);
  if (wish.natt && wish.hosts) natt.emitNatOa(w, ex);
  return OK;
}

/**
 * The policy of an offer. An SA serves the entries that name its profile, and without one those that name none: what one key
 * and name give access to, another does not.
 */
function policyFor(sa: IsakmpSa, offered: Selector): Policy | null {
  const profile = profiles.byId(sa.profile);
  const address = authenticate.isOfAddress(sa) ? sa.configured : 0;
  if (profile) return forOffer(sa.peerNumber, address, offered, sa.localAddress, profile.name, profile.nameLen);
  return sa.profile ? null : forOffer(sa.peerNumber, address, offered, sa.localAddress);
}

// HDR*, HASH(1), SA, Ni [, KE ] [, IDci, IDcr ] --> HDR*, HASH(2), SA, Nr [, KE ] [, IDci, IDcr ]
export function quick_inI1_outR1(ex: Exchange): u32 {
  const sa = ex.sa;
  const payloads = message.payloads;
  if (!readSelector(ex, ex.selector)) return fail(Drop.IKE_SELECTORS, Notify.INVALID_ID_INFORMATION);
  natt.takeNatOa(ex, payloads);
  const choice = ex.choice;
  let policy = sa.natDetected ? chooseBehindNat(ex) : null;
  if (policy) lastAttempt.began(sa.configured, false, 2, policy.slot);
  if (!policy) {
    policy = policyFor(sa, ex.selector);
    lastAttempt.began(sa.configured, false, 2, policy ? policy.slot : lastAttempt.NO_POLICY);
    if (!policy) {
      notices.selectors(sa, ex.selector);
      return fail(Drop.IKE_SELECTORS, Notify.INVALID_ID_INFORMATION);
    }
    fillWish(ex, policy);
    const bad = chooseWithGroup(choice);
    trace.mismatches(sa.number);
    if (bad) {
      notices.phase2Proposal(sa, policy.entry);
      return fail(Drop.IKE_NO_PROPOSAL, bad);
    }
  }
  const holder = policy.entry.template ? dynamic.holder(policy, sa.peerNumber, authenticate.keyOf(sa), ex.selector) : null;
  if (holder) {
    notices.taken(sa, ex.selector, holder.ownerAddress);
    return fail(Drop.IKE_SELECTORS, Notify.INVALID_ID_INFORMATION);
  }
  ex.policySlot = policy.slot;
  trace.phase2Choice(sa.number, choice);
  const badNonce = takeNonce(ex);
  if (badNonce) return badNonce;
  // The group and the public value come together or not at all (RFC 2409, 5.5).
  if ((choice.group != 0) != (payloads.count(Payload.KE) == 1)) return fail(Drop.IKE_KEY_EXCHANGE, Notify.INVALID_KEY_INFORMATION);
  ex.peerSpi = choice.spi;
  if (!reserve(ex, policy, choice.bundle)) return fail(Drop.IKE_POOL, Notify.NONE);
  if (!choice.group) return makeNonce(ex) ? OK : fail(Drop.IKE_POOL, Notify.NONE);
  if (!beginKeyExchange(ex, choice.group)) return fail(Drop.IKE_POOL, Notify.NONE);
  const badPublic = takePublic(ex);
  if (badPublic) return badPublic;
  wantJobs(ex, Job.PUBLIC | Job.SHARED);
  return SUSPEND;
}

/**
 * RFC 2409, 5.5, wants one group in all of an offer with PFS, since there is one public value; some mix them. The transform whose
 * group the value is of is taken; if there is none, what the offer would be without a look at the value, which then is refused.
 */
function chooseWithGroup(choice: Phase2Choice): u32 {
  const payloads = message.payloads;
  const SA_b = payloads.body(Payload.SA, 0);
  const SA_bLen = payloads.bodyLen(Payload.SA, 0);
  wish.publicBytes = payloads.bodyLen(Payload.KE, 0) + 1;
  const bad = choosePhase2(SA_b, SA_bLen, wish, choice);
  if (!bad) return bad;
  wish.publicBytes = 0;
  return choosePhase2(SA_b, SA_bLen, wish, choice);
}

/**
 * Transport mode behind a NAT. The IDs name the two hosts as the initiator knows them, an address behind the NAT among
 * them; here they are our own address and the peer's as the configuration knows it, and so are the flows of the policy
 * (RFC 3947, 5.2; RFC 3948, 5.2). Null: no such thing is offered, or wanted.
 */
function chooseBehindNat(ex: Exchange): Policy | null {
  const sa = ex.sa;
  const s = ex.selector;
  if (s.localFirst != s.localLast || s.remoteFirst != s.remoteLast) return null;
  if (s.localFirst != sa.localAddress && s.localFirst != ex.localOriginal) return null;
  const named = ex.peerOriginal ? s.remoteFirst == ex.peerOriginal : sa.peerNat;
  if (!named && s.remoteFirst != sa.configured) return null;
  const seen = selectorScratch();
  seen.copyFrom(s);
  seen.localFirst = seen.localLast = sa.localAddress;
  seen.remoteFirst = seen.remoteLast = sa.configured;
  const policy = policyFor(sa, seen);
  if (!policy) return null;
  fillWish(ex, policy);
  wish.hosts = wish.transportOnly = 1;
  if (chooseWithGroup(ex.choice)) return null;
  if (!ex.peerOriginal) ex.peerOriginal = s.remoteFirst;
  if (!ex.localOriginal) ex.localOriginal = s.localFirst;
  s.copyFrom(seen);
  return policy;
}

export function quick_inI1_outR1_continued(ex: Exchange): u32 {
  const inbound = larval(ex);
  if (!inbound) return policyIsGone(ex);
  const w = message.w;
  answerPhase2(w, ex.choice, ex.spi, ex.ahSpi);
  writeNonce(w, ex);
  if (ex.group) writePublic(w, ex);
  const payloads = message.payloads;
  if (payloads.count(Payload.ID) == 2) {
    // As they came, octet for octet: some peers compare octets.
    for (let k: u32 = 0; k < 2; k++) {
      w.payload(Payload.ID);
      w.bytes(payloads.body(Payload.ID, k), payloads.bodyLen(Payload.ID, k));
    }
  }
  if (ex.choice.mode == Mode.TRANSPORT && ex.sa.natDetected) natt.emitNatOa(w, ex);
  if (!lifetime.window) writeReplayStatus(ex);
  if (ex.choice.shortened) {
    put32(spiOctets, ex.spi);
    const protocol = ex.choice.espCipher ? Protocol.ESP : Protocol.AH;
    responderLifetime.emit(w, protocol, spiOctets, 4, ex.choice.lifetimeSeconds, ex.choice.lifetimeKilobytes);
  }
  install(ex, inbound);
  const policy = spd.policyAt(ex.policySlot);
  if (policy && policy.entry.pfsIdentities) lastQuick(ex.sa);
  return OK;
}

// HDR*, HASH(2), SA, Nr [, KE ] [, IDci, IDcr ] --> HDR*, HASH(3)
export function quick_inR1_outI2(ex: Exchange): u32 {
  const sa = ex.sa;
  const payloads = message.payloads;
  const policy = spd.policyAt(ex.policySlot);
  if (!policy || !larval(ex)) return policyIsGone(ex);
  fillWish(ex, policy);
  wish.group = ex.group ? ex.group!.id : 0;
  const choice = ex.choice;
  const bad = checkPhase2(payloads.body(Payload.SA, 0), payloads.bodyLen(Payload.SA, 0), ex.SA_b, ex.SA_bLen, wish, choice);
  if (bad) {
    trace.mismatches(sa.number);
    notices.phase2Proposal(sa, policy.entry);
    return fail(Drop.IKE_NO_PROPOSAL, bad);
  }
  trace.phase2Choice(sa.number, choice);
  const agreed = selectorScratch();
  natt.takeNatOa(ex, payloads);
  if (payloads.count(Payload.ID) == 2 && (!readSelector(ex, agreed) || !sameFlows(ex, agreed))) {
    notices.selectors(sa, agreed);
    return fail(Drop.IKE_SELECTORS, Notify.INVALID_ID_INFORMATION);
  }
  const badNonce = takeNonce(ex);
  if (badNonce) return badNonce;
  ex.peerSpi = choice.spi;
  readResponderLifetime(ex);
  if ((ex.group != null) != (payloads.count(Payload.KE) == 1)) return fail(Drop.IKE_KEY_EXCHANGE, Notify.INVALID_KEY_INFORMATION);
  if (ex.group) {
    const badPublic = takePublic(ex);
    if (badPublic) return badPublic;
    wantJobs(ex, Job.SHARED);
  }
  if (payloads.count(Payload.ID) == 2) ex.selector.copyFrom(agreed);
  return ex.group ? SUSPEND : OK;
}

export function quick_inR1_outI2_continued(ex: Exchange): u32 {
  const inbound = larval(ex);
  if (!inbound) return policyIsGone(ex);
  if (!ex.choice.bundle) {
    dropOuter(inbound);
    ex.ahSpi = 0;
  }
  install(ex, inbound);
  return ex.commit ? OK : activate(ex, inbound);
}

// HDR*, HASH(3) -->
export function quick_inI2(ex: Exchange): u32 {
  const inbound = larval(ex);
  if (!inbound) return pairIsGone(ex);
  return ex.commit ? OK : activate(ex, inbound);
}

// HDR*, HASH(1), N -->
export function quick_connected(ex: Exchange): u32 {
  const body = message.payloads.body(Payload.NOTIFY, 0);
  const len = message.payloads.bodyLen(Payload.NOTIFY, 0);
  if (notify.check(body, len)) return drop(Drop.IKE_PAYLOAD);
  trace.notified(ex.sa, body, len);
  return notify.messageType(body) == Notify.CONNECTED ? takeIntoUse(ex) : drop(Drop.IKE_PAYLOAD_UNEXPECTED);
}

/** What the commit bit has put off. */
export function takeIntoUse(ex: Exchange): u32 {
  const inbound = larval(ex);
  return inbound ? activate(ex, inbound) : pairIsGone(ex);
}

/**
 * The policy was taken out of the configuration, or became another, while a power was computed or an answer was on its way. The peer is told:
 * what it sends again would be a duplicate to us, and it would wait for nothing until its exchange runs out.
 */
function policyIsGone(ex: Exchange): u32 {
  notices.policyGone(ex.sa);
  return fail(Drop.IKE_SELECTORS, Notify.INVALID_ID_INFORMATION);
}

/** The same where the peer has its pair already: that is deleted. */
function pairIsGone(ex: Exchange): u32 {
  notices.policyGone(ex.sa);
  if (ex.choice.espCipher) tell.listDelete(Protocol.ESP, ex.spi);
  if (ex.ahSpi || !ex.choice.espCipher) tell.listDelete(Protocol.AH, ex.ahSpi ? ex.ahSpi : ex.spi);
  tell.sendDelete(ex.sa);
  return fail(Drop.IKE_SELECTORS, Notify.NONE);
}

/** REPLAY-STATUS (RFC 2407, 4.6.3.2): as responder we do not look for replays, and say so. */
function writeReplayStatus(ex: Exchange): void {
  put32(spiOctets, ex.spi);
  stats.notify(Notify.REPLAY_STATUS, true);
  notify.emit(message.w, ex.choice.espCipher ? Protocol.ESP : Protocol.AH, Notify.REPLAY_STATUS, spiOctets, 4, NO_REPLAY_DETECTION, 4);
}

/** Takes a responder's shorter lifetimes over; longer ones, and none at all, change nothing. */
function readResponderLifetime(ex: Exchange): void {
  const payloads = message.payloads;
  const choice = ex.choice;
  for (let k: u32 = 0; k < payloads.count(Payload.NOTIFY); k++) {
    const body = payloads.body(Payload.NOTIFY, k);
    const len = payloads.bodyLen(Payload.NOTIFY, k);
    if (notify.check(body, len)) continue;
    trace.notified(ex.sa, body, len);
    if (notify.protocol(body) == Protocol.ISAKMP || !responderLifetime.read(body, len)) continue;
    if (responderLifetime.seconds) choice.lifetimeSeconds = min(choice.lifetimeSeconds, responderLifetime.seconds);
    if (!responderLifetime.kilobytes) continue;
    choice.lifetimeKilobytes = choice.lifetimeKilobytes ? min(choice.lifetimeKilobytes, responderLifetime.kilobytes) : responderLifetime.kilobytes;
  }
}
