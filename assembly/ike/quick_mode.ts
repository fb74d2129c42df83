/**
 * Quick Mode (RFC 2409, 5.5), in tunnel mode with ESP. One function for each arrow of the table, a second one where
 * modular exponentiations of PFS stand between. The order of keys is sadb/sad.ts's: reserve, installInbound, activate.
 */
import { HELD_SETTLE_MILLISECONDS } from "../limits";
import { keymat } from "../oakley/keymat";
import * as dynamic from "../sadb/dynamic";
import * as sad from "../sadb/sad";
import { SA, SaParameters } from "../sadb/sad";
import { Selector } from "../sadb/selector";
import * as spd from "../sadb/spd";
import { Policy } from "../sadb/spd";
import { Mode } from "../sadb/transform_set";
import { put32 } from "../util/bytes";
import * as ct from "../util/ct";
import { Drop } from "../util/status";
import { Notify, Payload } from "../wire/ike_numbers";
import * as id from "../wire/id";
import { IdRange } from "../wire/id";
import { Encapsulation, Protocol } from "../wire/ipsec_doi";
import * as notify from "../wire/notify";
import * as attempt from "./attempt";
import { holdCopy } from "./buffers";
import { Exchange, Job, wantJobs } from "./exchange";
import { Natt } from "./isakmp_sa";
import { beginKeyExchange, makeNonce, takeNonce, takePublic, writeNonce, writePublic } from "./main_mode";
import * as keys from "./keys";
import * as message from "./message";
import * as notices from "./notices";
import { OK, SUSPEND, drop, fail } from "./outcome";
import { PHASE2_WISH_BYTES, Phase2Wish, answerPhase2, buildPhase2, checkPhase2, choosePhase2, decidedBy } from "./proposal";
import * as rekey from "./rekey";
import * as responderLifetime from "./responder_lifetime";
import * as trace from "./trace";

/** RFC 4303's number in IPv4. */
const ESP: u8 = 50;
/** Octets of key material of one direction: AES-256 and HMAC-SHA2-512 take 96. */
const KEYMAT_MAX: u32 = 128;

let wish: Phase2Wish = changetype<Phase2Wish>(0);
let parameters: SaParameters = changetype<SaParameters>(0);
let idc: IdRange = changetype<IdRange>(0);
const material: usize = memory.data(128, 8);
const spiOctets: usize = memory.data(4, 4);

export function init(): void {
  wish = changetype<Phase2Wish>(heap.alloc(<usize>PHASE2_WISH_BYTES));
  parameters = changetype<SaParameters>(heap.alloc(offsetof<SaParameters>()));
  idc = changetype<IdRange>(heap.alloc(offsetof<IdRange>()));
}

/** What a policy wants, into `wish`. */
function fillWish(ex: Exchange, policy: Policy): void {
  memory.fill(changetype<usize>(wish), 0, <usize>PHASE2_WISH_BYTES);
  decidedBy(policy.entry);
  wish.spi = ex.spi;
  wish.group = <u32>policy.entry.pfsGroup;
  wish.lifetimeSeconds = spd.lifetimeSeconds(policy);
  wish.lifetimeKilobytes = spd.lifetimeKilobytes(policy);
  wish.natt = !ex.sa.natDetected ? 0 : ex.sa.nattVersion == Natt.DRAFT ? 2 : 1;
  for (let k: u32 = 0; k < <u32>policy.entry.transformSetCount; k++) wish.addSet(policy.entry.transformSet(k));
}

/** A larval SA for a policy. False: no room, or no entropy. */
function reserve(ex: Exchange, wanted: Policy): bool {
  const policy = dynamic.own(wanted, ex.sa.peer, ex.selector);
  if (!policy) {
    notices.tooMany(ex.sa, wanted.entry);
    return false;
  }
  ex.policy = policy.slot;
  const inbound = sad.reserve(policy);
  if (!inbound) return false;
  ex.spi = inbound.spi;
  return true;
}

// --> HDR*, HASH(1), SA, Ni [, KE ], IDci, IDcr
export function quick_outI1(ex: Exchange): u32 {
  const policy = spd.policyAt(ex.policy);
  if (!policy || !policy.entry.transformSetCount) return drop(Drop.IKE_SELECTORS);
  if (!reserve(ex, policy)) return drop(Drop.IKE_POOL);
  const group = <u32>policy.entry.pfsGroup;
  if (!group) return makeNonce(ex) ? OK : drop(Drop.IKE_POOL);
  return beginKeyExchange(ex, group) ? SUSPEND : drop(Drop.IKE_POOL);
}

export function quick_outI1_continued(ex: Exchange): u32 {
  const policy = spd.policyAt(ex.policy);
  if (!policy || !larval(ex)) return fail(Drop.IKE_SELECTORS, Notify.NONE);
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
  return OK;
}

// HDR*, HASH(1), SA, Ni [, KE ] [, IDci, IDcr ] --> HDR*, HASH(2), SA, Nr [, KE ] [, IDci, IDcr ]
export function quick_inI1_outR1(ex: Exchange): u32 {
  const sa = ex.sa;
  const payloads = message.payloads;
  if (!readSelector(ex, ex.selector)) return fail(Drop.IKE_SELECTORS, Notify.INVALID_ID_INFORMATION);
  const policy = spd.forOffer(sa.peer, ex.selector, sa.localAddress);
  attempt.began(sa.peer, false, 2, policy ? policy.slot : attempt.NO_POLICY);
  if (!policy) {
    notices.selectors(sa, ex.selector);
    return fail(Drop.IKE_SELECTORS, Notify.INVALID_ID_INFORMATION);
  }
  const holder = policy.entry.template ? dynamic.holder(policy, sa.peer, ex.selector) : null;
  if (holder && !keys.shared(sa.peer, holder.owner)) {
    notices.taken(sa, ex.selector, holder.owner);
    return fail(Drop.IKE_SELECTORS, Notify.INVALID_ID_INFORMATION);
  }
  ex.policy = policy.slot;
  fillWish(ex, policy);
  const choice = ex.choice;
  const bad = choosePhase2(payloads.body(Payload.SA, 0), payloads.bodyLen(Payload.SA, 0), wish, choice);
  trace.mismatches(sa.number);
  if (bad || choice.mode != Mode.TUNNEL) {
    notices.phase2Proposal(sa, policy.entry);
    return fail(Drop.IKE_NO_PROPOSAL, bad ? bad : Notify.NO_PROPOSAL_CHOSEN);
  }
  trace.phase2Choice(sa.number, choice);
  const badNonce = takeNonce(ex);
  if (badNonce) return badNonce;
  // The group and the public value come together or not at all (RFC 2409, 5.5).
  if ((choice.group != 0) != (payloads.count(Payload.KE) == 1)) return fail(Drop.IKE_KEY_EXCHANGE, Notify.INVALID_KEY_INFORMATION);
  if (!reserve(ex, policy)) return fail(Drop.IKE_POOL, Notify.NONE);
  ex.peerSpi = choice.spi;
  if (!choice.group) return makeNonce(ex) ? OK : fail(Drop.IKE_POOL, Notify.NONE);
  if (!beginKeyExchange(ex, choice.group)) return fail(Drop.IKE_POOL, Notify.NONE);
  const badPublic = takePublic(ex);
  if (badPublic) return badPublic;
  wantJobs(ex, Job.PUBLIC | Job.SHARED);
  return SUSPEND;
}

export function quick_inI1_outR1_continued(ex: Exchange): u32 {
  const inbound = larval(ex);
  if (!inbound) return fail(Drop.IKE_SELECTORS, Notify.NONE);
  const w = message.w;
  answerPhase2(w, ex.choice, ex.spi);
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
  if (ex.choice.shortened) {
    put32(spiOctets, ex.spi);
    responderLifetime.emit(w, Protocol.ESP, spiOctets, 4, ex.choice.lifetimeSeconds, ex.choice.lifetimeKilobytes);
  }
  setParameters(ex);
  deriveKeymat(ex, ex.spi);
  sad.installInbound(inbound, parameters, material);
  ct.wipe(material, KEYMAT_MAX);
  return OK;
}

// HDR*, HASH(2), SA, Nr [, KE ] [, IDci, IDcr ] --> HDR*, HASH(3)
export function quick_inR1_outI2(ex: Exchange): u32 {
  const sa = ex.sa;
  const payloads = message.payloads;
  const policy = spd.policyAt(ex.policy);
  if (!policy || !larval(ex)) return fail(Drop.IKE_SELECTORS, Notify.NONE);
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
  if (payloads.count(Payload.ID) == 2 && (!readSelector(ex, agreed) || !agreed.equals(ex.selector))) {
    notices.selectors(sa, agreed);
    return fail(Drop.IKE_SELECTORS, Notify.INVALID_ID_INFORMATION);
  }
  const badNonce = takeNonce(ex);
  if (badNonce) return badNonce;
  ex.peerSpi = choice.spi;
  readResponderLifetime(ex);
  if ((ex.group != null) != (payloads.count(Payload.KE) == 1)) return fail(Drop.IKE_KEY_EXCHANGE, Notify.INVALID_KEY_INFORMATION);
  if (!ex.group) return OK;
  const badPublic = takePublic(ex);
  if (badPublic) return badPublic;
  wantJobs(ex, Job.SHARED);
  return SUSPEND;
}

export function quick_inR1_outI2_continued(ex: Exchange): u32 {
  const inbound = larval(ex);
  if (!inbound) return fail(Drop.IKE_SELECTORS, Notify.NONE);
  setParameters(ex);
  deriveKeymat(ex, ex.spi);
  sad.installInbound(inbound, parameters, material);
  return activate(ex, inbound);
}

// HDR*, HASH(3) -->
export function quick_inI2(ex: Exchange): u32 {
  const inbound = larval(ex);
  if (!inbound) return fail(Drop.IKE_SELECTORS, Notify.NONE);
  setParameters(ex);
  return activate(ex, inbound);
}

function activate(ex: Exchange, inbound: SA): u32 {
  deriveKeymat(ex, ex.peerSpi);
  const up = sad.activate(inbound, parameters, material);
  ct.wipe(material, KEYMAT_MAX);
  if (!up) {
    notices.pool("pair of IPsec SAs");
    return fail(Drop.IKE_POOL, Notify.NONE);
  }
  rekey.pairIsUp(ex, inbound);
  return OK;
}

/** The SA that this exchange has reserved, if nobody has removed it or its policy meanwhile. */
function larval(ex: Exchange): SA | null {
  const inbound = ex.spi ? sad.bySpi(ex.spi) : null;
  const policy = inbound ? inbound.policy : null;
  return policy && policy.slot == ex.policy ? inbound : null;
}

/** Drops what a Quick Mode that came to nothing has reserved. */
export function abandon(ex: Exchange): void {
  const inbound = ex.spi ? sad.bySpi(ex.spi) : null;
  if (inbound && inbound.state < <u8>sad.State.MATURE) sad.remove(inbound);
  ex.spi = 0;
}

const selectorBlock: usize = memory.data(32, 8);
function selectorScratch(): Selector {
  return changetype<Selector>(selectorBlock);
}

/**
 * IDci and IDcr as a selector seen from here. Without them the flows are those between both peers themselves
 * (RFC 2409, 5.5). False: of another kind, or of two different protocols.
 */
function readSelector(ex: Exchange, out: Selector): bool {
  const sa = ex.sa;
  const payloads = message.payloads;
  memory.fill(changetype<usize>(out), 0, offsetof<Selector>());
  if (!payloads.count(Payload.ID)) {
    out.localFirst = out.localLast = sa.localAddress;
    out.remoteFirst = out.remoteLast = sa.peerAddress;
    return true;
  }
  // IDci names the initiator's side.
  if (id.toRange(payloads.body(Payload.ID, 0), payloads.bodyLen(Payload.ID, 0), idc)) return false;
  const protocol = idc.protocol;
  setSide(out, idc, ex.initiator);
  if (id.toRange(payloads.body(Payload.ID, 1), payloads.bodyLen(Payload.ID, 1), idc)) return false;
  setSide(out, idc, !ex.initiator);
  out.protocol = <u8>protocol;
  return protocol == idc.protocol;
}

function setSide(out: Selector, range: IdRange, local: bool): void {
  if (local) {
    out.localFirst = range.first;
    out.localLast = range.last;
    out.localPort = <u16>range.port;
  } else {
    out.remoteFirst = range.first;
    out.remoteLast = range.last;
    out.remotePort = <u16>range.port;
  }
}

/** Takes a responder's shorter lifetimes over; longer ones, and none at all, change nothing. */
function readResponderLifetime(ex: Exchange): void {
  const payloads = message.payloads;
  const choice = ex.choice;
  for (let k: u32 = 0; k < payloads.count(Payload.NOTIFY); k++) {
    const body = payloads.body(Payload.NOTIFY, k);
    const len = payloads.bodyLen(Payload.NOTIFY, k);
    if (notify.check(body, len)) continue;
    trace.notified(ex.sa, body);
    if (notify.protocol(body) == Protocol.ISAKMP || !responderLifetime.read(body, len)) continue;
    if (responderLifetime.seconds) choice.lifetimeSeconds = min(choice.lifetimeSeconds, responderLifetime.seconds);
    if (!responderLifetime.kilobytes) continue;
    choice.lifetimeKilobytes = choice.lifetimeKilobytes ? min(choice.lifetimeKilobytes, responderLifetime.kilobytes) : responderLifetime.kilobytes;
  }
}

function setParameters(ex: Exchange): void {
  const sa = ex.sa;
  const choice = ex.choice;
  const p = parameters;
  memory.fill(changetype<usize>(p), 0, offsetof<SaParameters>());
  p.protocol = ESP;
  p.mode = <u8>choice.mode;
  p.cipher = <u8>choice.espCipher;
  p.auth = <u8>choice.espAuth;
  p.keyBits = <u16>choice.keyBits;
  p.esn = choice.esn != 0;
  p.encapsulated = choice.encapsulation != Encapsulation.TUNNEL && choice.encapsulation != Encapsulation.TRANSPORT;
  p.localPort = <u16>sa.localPort;
  p.peerPort = <u16>sa.peerPort;
  p.localAddress = sa.localAddress;
  p.peerAddress = sa.peerAddress;
  p.peerSpi = ex.peerSpi;
  p.ike = sa.number;
  p.lifetimeSeconds = choice.lifetimeSeconds;
  p.lifetimeKilobytes = choice.lifetimeKilobytes;
  p.settleMilliseconds = ex.initiator ? HELD_SETTLE_MILLISECONDS : 0;
  p.softMilliseconds = rekey.softMilliseconds(choice.lifetimeSeconds, ex.initiator);
  p.softPart = <u32>rekey.softPart(ex.initiator);
  const s = ex.selector;
  p.localFirst = s.localFirst;
  p.localLast = s.localLast;
  p.remoteFirst = s.remoteFirst;
  p.remoteLast = s.remoteLast;
  p.localPortSelector = s.localPort;
  p.remotePortSelector = s.remotePort;
  p.protocolSelector = s.protocol;
  p.pfsGroup = <u16>choice.group;
}

/** The key material of the direction with this SPI, into `material`. */
function deriveKeymat(ex: Exchange, spi: u32): void {
  const sa = ex.sa;
  const choice = ex.choice;
  const len = sad.keyLength(<u32>ESP, choice.espCipher, choice.keyBits, choice.espAuth);
  keymat(
    sa.hash, sa.SKEYID_d, ex.g_xy, ex.secretBytes, Protocol.ESP, spi, ex.Ni_b, ex.NiLen, ex.Nr_b, ex.NrLen,
    material, min(len, KEYMAT_MAX),
  );
}
