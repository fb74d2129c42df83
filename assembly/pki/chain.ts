/**
 * The one peer's certificate that is being validated, in slices: against the trust anchors of the store's trustpoints, one trustpoint
 * after the other, with its intermediates, CRLs and settings.
 *
 *     begin(now); add(der, len) ...               // the peer's own first
 *     start(trustpoints)                          // a set of slots of the store
 *     while (step() == Chain.RUNNING) ...
 *     ACCEPTED: leaf(), trustpoint(), warnings; REFUSED: `why` has the sentence
 *
 * At most MESSAGE_CHECKS - 1 signatures of certificates and CRLs are checked, whatever the number of trustpoints: the last is SIG's. The octets of the certificates stay in place until the end; what
 * is read of them is good until the next `begin`.
 */
import { CRLS, TRUSTPOINTS } from "../limits";
import { Text } from "../util/text";
import { Scheme } from "./algorithm";
import { Attempt, Crls, PRESENTED, Step } from "./attempt";
import * as attempts from "./attempt";
import { Certificate, Part } from "./certificate";
import * as certificates from "./certificate";
import { Crl } from "./crl";
import * as crls from "./crl";
import * as names from "./name";
import * as path from "./path";
import { Refusal, Rule } from "./refusal";
import * as refusals from "./refusal";
import * as signer from "./signer";
import { Begun } from "./signer";
import * as trust from "./store";
import { Revocation, Trustpoint } from "./store";
import * as x509 from "./x509";

export const enum Chain { RUNNING = 0, ACCEPTED = 1, REFUSED = 2 }

/** The peer's certificates, then room for a trustpoint's: intermediates, the anchor. */
const MOST: u32 = PRESENTED + 2;
/** Signature checks that one message of a peer may cost, its own signature's among them. */
const MESSAGE_CHECKS: u32 = 8;

let attempt: Attempt = changetype<Attempt>(0);
let certs: usize = 0;
let lists: usize = 0;
const anchors: usize = memory.data(8, 8);
const crlsAt: usize = memory.data(4 * CRLS, 8);
/** The sentence of the refusal that got furthest. */
export let why: Text = changetype<Text>(0);
/** Whether nothing but an unknown authority was the matter. */
export let unknownAuthority: bool = false;
/** The trustpoint that has vouched for the leaf; warnings of the path (attempt.Warning). */
export let accepted: u32 = 0;
export let warnings: u32 = 0;

let count: u32 = 0;
let now: u64 = 0;
let candidates: u32 = 0;
let slot: u32 = 0;
let under: bool = false;
let asking: bool = false;
let running: bool = false;
let held: bool = false;
let checks: u32 = 0;
let rank: i32 = -1;
let leafFault: Part = Part.NONE;

export function init(): void {
  attempt = changetype<Attempt>(heap.alloc(attempts.size()));
  certs = heap.alloc(certificates.size() * <usize>MOST);
  lists = heap.alloc(crls.size() * <usize>CRLS);
  why = new Text(512);
  running = held = false;
  if (TRUSTPOINTS > 32) unreachable();
}

function certificate(i: u32): Certificate {
  return changetype<Certificate>(certs + <usize>i * certificates.size());
}

function list(i: u32): Crl {
  return changetype<Crl>(lists + <usize>i * crls.size());
}

/** The peer's own certificate. */
export function leaf(): Certificate {
  return certificate(0);
}

/** Begins to gather. @param seconds since 1970, 0: there is no clock */
export function begin(seconds: u64): void {
  now = seconds;
  count = 0;
  leafFault = Part.NONE;
  why.clear();
  unknownAuthority = false;
}

/** Adds a certificate; what is malformed, and too many, are left out. False: it is the first, and malformed: `leafIs` says how. */
export function add(p: usize, len: u32): bool {
  if (count == PRESENTED) return true;
  const fault = x509.parse(certificate(count), p, len);
  if (fault == Part.NONE) {
    count++;
    return true;
  }
  if (!count && !leafFault) leafFault = fault;
  return false;
}

/** How many have been added. */
export function added(): u32 {
  return count;
}

/** Begins to validate the first certificate against trustpoints: bits of slots. */
export function start(trustpoints: u32): void {
  candidates = trustpoints;
  slot = 0;
  under = asking = false;
  checks = 0;
  rank = -1;
  running = true;
  if (!held) trust.hold();
  held = true;
}

/** The set of trustpoints that can vouch for anybody. */
export function trustpointsWithAnchor(): u32 {
  let set: u32 = 0;
  for (let i: u32 = 0; i < trust.trustpointSlots(); i++) {
    const point = trust.trustpointAt(i);
    if (point && point.anchor) set |= 1 << i;
  }
  return set;
}

function end(result: Chain): Chain {
  running = false;
  if (held) trust.letGo();
  held = false;
  return result;
}

/** Drops what is running. */
export function abort(): void {
  if (!running) return;
  if (asking) signer.abort();
  asking = false;
  end(Chain.REFUSED);
}

/** One slice. */
export function step(): Chain {
  if (!count) {
    // As much of it as could be read names it.
    const c = leaf();
    if (c.subject && leafFault != Part.SUBJECT) refusals.writeCertificate(why.clear(), c);
    else why.clear().put("a certificate");
    refusals.writeMalformed(why.char(32), leafFault);
    return end(Chain.REFUSED);
  }
  if (asking) {
    if (!signer.step()) return Chain.RUNNING;
    asking = false;
    attempts.checked(attempt, signer.right());
    return Chain.RUNNING;
  }
  if (!under && !next()) {
    if (rank < 0) why.put("no trustpoint has the certificate of an authority (crypto pki authenticate)");
    return end(Chain.REFUSED);
  }
  const result = path.step(attempt);
  if (result == Step.CHECK) return ask();
  under = false;
  if (result == Step.ACCEPTED) {
    accepted = slot - 1;
    warnings = attempt.warnings;
    return end(Chain.ACCEPTED);
  }
  keepRefusal(attempts.refusal(attempt));
  return Chain.RUNNING;
}

function keepRefusal(r: Refusal): void {
  if (<i32>r.rank <= rank) return;
  rank = <i32>r.rank;
  why.clear();
  refusals.write(why, r);
  unknownAuthority = r.rule == Rule.ISSUER_UNKNOWN;
  if (unknownAuthority) putAuthorities();
}

/** Names of authorities in a sentence, and octets of each. */
const NAMED: u32 = 2;
const NAMED_OCTETS: u32 = 48;

/** Whose certificates would have been accepted: those of the trustpoints that may vouch. */
function putAuthorities(): void {
  const scratch = certificate(MOST - 1);
  let n: u32 = 0;
  for (let i: u32 = 0; i < trust.trustpointSlots(); i++) {
    const point = (candidates >>> i) & 1 ? trust.trustpointAt(i) : null;
    if (!point || !point.anchor || x509.parse(scratch, point.anchor, point.anchorLen) != Part.NONE) continue;
    if (n == NAMED) {
      why.put(", ...");
      return;
    }
    why.put(n++ ? ", " : "; accepted is what leads to ").char(34);
    names.write(why, scratch.subject, scratch.subjectLen, NAMED_OCTETS);
    why.char(34);
  }
}

/** Has the signature that the path asks for checked. */
function ask(): Chain {
  if (checks == MESSAGE_CHECKS - 1) {
    refusals.writeCertificate(why.clear(), leaf());
    why.put(" would take more than ").u32(MESSAGE_CHECKS).put(" signature checks, with the one of who shows it");
    unknownAuthority = false;
    return end(Chain.REFUSED);
  }
  const a = attempt;
  const begun = signer.checkSigned(changetype<Certificate>(a.signer), a.scheme, a.hash, a.salt, a.signed, a.signedLen, a.signature, a.signatureLen);
  if (begun == Begun.BUSY) return Chain.RUNNING;
  checks++;
  if (begun == Begun.IMPOSSIBLE) attempts.checked(a, false);
  else asking = true;
  return Chain.RUNNING;
}

/** Goes on to the next trustpoint. False: there is none. */
function next(): bool {
  for (; slot < 32 && candidates >>> slot; ) {
    const point = (candidates >>> slot) & 1 ? trust.trustpointAt(slot) : null;
    slot++;
    if (point && point.anchor && ready(point)) return true;
  }
  return false;
}

/** Makes the attempt of a trustpoint. */
function ready(point: Trustpoint): bool {
  const a = attempt;
  const anchor = certificate(MOST - 1);
  if (x509.parse(anchor, point.anchor, point.anchorLen) != Part.NONE) return false;
  if (!now && !point.noTimeCheck) {
    if (rank < 0) {
      rank = 0;
      why.clear().put("its dates can't be looked at without a clock (clock set, or 'time-check none' in crypto pki trustpoint ");
      why.ascii(point.name, point.nameLen).char(41);
    }
    return false;
  }
  attempts.begin(a, leaf());
  for (let i: u32 = 1; i < count; i++) attempts.add(a, certificate(i));
  let free = count;
  for (let i: u32 = 0; i < point.intermediates && free < MOST - 1; i++) {
    if (x509.parse(certificate(free), point.intermediateAt(i), point.intermediateLenAt(i)) == Part.NONE) attempts.add(a, certificate(free++));
  }
  store<usize>(anchors, changetype<usize>(anchor));
  a.anchors = anchors;
  a.anchorCount = 1;
  a.now = point.noTimeCheck ? 0 : now;
  a.sha1 = point.allowSha1;
  a.schemes |= 1 << Scheme.ED25519;
  a.crls = crlsAt;
  if (point.revocation == Revocation.NONE) a.crlMode = Crls.NONE;
  else {
    a.crlMode = Crls.REQUIRED;
    for (let i: u32 = 0; i < point.crls; i++) addList(a, point.crlAt(i), point.crlLenAt(i));
  }
  under = true;
  return true;
}

function addList(a: Attempt, p: usize, len: u32): void {
  if (!p || crls.parse(list(a.crlCount), p, len) != Part.NONE) return;
  store<usize>(crlsAt + <usize>(a.crlCount << 2), changetype<usize>(list(a.crlCount)));
  a.crlCount++;
}
