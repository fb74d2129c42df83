/**
 * What sadb asks for (sadb/work.ts), and the policies that wait for a phase 1: each policy waits for one thing at most,
 * a first pair or the renewal of one. A peer that does not answer is followed by the next one of the crypto map entry;
 * when all have been tried, the policy rests.
 */
import { POLICIES } from "../../limits";
import { PRIVATE_MIN } from "../../oakley/dh_group";
import { Policy } from "../../sadb/policies/policy";
import * as spd from "../../sadb/policies/spd";
import * as expiry from "../../sadb/sas/expiry";
import * as sad from "../../sadb/sas/sad";
import { Action } from "../../sadb/settings/crypto_map";
import { AH } from "../../sadb/terms/suite";
import { Work, WorkItem } from "../../sadb/work";
import * as clock from "../../util/clock";
import * as log from "../../util/log";
import { countTable } from "../../util/pool";
import { Protocol } from "../../wire/ipsec_doi";
import * as engine from "../engine/engine";
import * as tell from "../message/tell";
import * as notices from "../report/notices";
import * as trace from "../report/trace";
import { groupFor } from "../settings/private_groups";
import * as profiles from "../settings/profile";
import * as recovery from "../settings/recovery";
import * as db from "../state/exchanges";
import { IsakmpSa, Phase } from "../state/isakmp_sa";
import * as isakmpSa from "../state/isakmp_sa";
import * as lifetimes from "../state/lifetimes";
import * as pairs from "../state/pairs";
import * as whereabouts from "../state/whereabouts";
import * as initiate from "./begin";
import * as renewal from "./renewal";
import * as succession from "./succession";

/** A policy whose negotiation has failed asks again no sooner than this. */
const REST: u64 = 10000;
/** While a negotiation runs, the data path need not ask. */
const PATIENCE: u64 = 1000;
/** So long the third message of a peer's Quick Mode is waited for before we begin one of our own. */
const ANSWERED: u64 = 8000;
/** `wanted`: nothing, a first pair, or else the inbound SPI of the pair to renew. */
const NOTHING: u32 = 0;
const FIRST_PAIR: u32 = 1;
const NO_SUCH_PROFILE: u32 = 0xffffffff;

const wanted: usize = memory.data(<i32>POLICIES * 4, 4);
/** Peers of the entry that have been tried without success. */
const tried: usize = memory.data(<i32>POLICIES, 4);

export function init(): void {
  countTable(5 * POLICIES);
  memory.fill(wanted, 0, <usize>(POLICIES * 4));
  memory.fill(tried, 0, <usize>POLICIES);
}

function want(slot: u32): u32 {
  return slot < POLICIES ? load<u32>(wanted + <usize>(slot << 2)) : 0;
}

function setWant(slot: u32, what: u32): void {
  if (slot < POLICIES) store<u32>(wanted + <usize>(slot << 2), what);
}

/** Takes one thing that the data path asks for. */
export function take(item: WorkItem): void {
  switch (item.kind) {
    case Work.ACQUIRE: {
      const policy = spd.policyAt(item.policy);
      if (policy && policy.action == <u8>Action.PROTECT && !served(policy)) {
        policy.begin();
        start(policy, FIRST_PAIR);
      }
      break;
    }
    case Work.REKEY: {
      const pair = pairs.renewable(item.spi);
      const policy = pair ? spd.policyAt(pair.policySlot) : null;
      const inbound = sad.bySpi(item.spi);
      renewal.makeRoom();
      // A bundle takes two.
      if (inbound && !sad.hasRoom(inbound.outer ? 2 : 1)) expiry.postpone(inbound);
      else if (policy) start(policy, item.spi);
      break;
    }
    case Work.EXPIRED:
      renewal.expired(item.spi);
      break;
    case Work.MAPPING:
      moved(item);
      break;
    case Work.UNKNOWN_SPI:
      unknownSpi(item);
      break;
  }
}

/** Whether a pair carries all of a policy's flows. */
function served(policy: Policy): bool {
  const outbound = policy.outbound;
  return outbound ? outbound.whole : false;
}

/** The address of the peer that a policy negotiates with: the one of the pair it renews, else the entry's present one. */
function peerOf(policy: Policy, what: u32): u32 {
  const peer = what > FIRST_PAIR ? pairs.configuredOf(what) : 0;
  return peer ? peer : policy.peer;
}

/** The phase 1 for it: with the very peer of the pair it renews, or that made it; else with whoever the entry's address stands for. */
function saFor(policy: Policy, what: u32, profile: u32): IsakmpSa | null {
  const peer = what > FIRST_PAIR ? pairs.peerOf(what) : policy.owner;
  const sa = peer ? isakmpSa.ofPeer(peer) : null;
  if (sa && sa.profile == profile) return sa;
  return policy.owner ? null : isakmpSa.forProfile(peerOf(policy, what), profile);
}

/** Whether what a policy wants can be had under this SA. */
function serves(sa: IsakmpSa, policy: Policy, what: u32): bool {
  if (profileOf(policy) != sa.profile) return false;
  return policy.owner ? policy.owner == sa.peerNumber : peerOf(policy, what) == sa.configured;
}

/** The id of the profile of a policy's entry, or of its peer's, 0: there is none; NO_SUCH_PROFILE: the entry names one that is not configured. */
function profileOf(policy: Policy): u32 {
  const entry = policy.entry;
  if (!entry.profileLen) {
    const ofPeer = profiles.ofPeer(policy.peer);
    return ofPeer ? ofPeer.id : 0;
  }
  const profile = profiles.find(entry.profile, <u32>entry.profileLen);
  return profile ? profile.id : NO_SUCH_PROFILE;
}

function start(policy: Policy, what: u32): void {
  if (db.quickForPolicy(policy.slot)) return;
  // The peer has begun already: its Quick Mode is let finish.
  const answered = db.quickAnswered(policy.slot);
  if (answered && (engine.confirmedByTraffic(answered) || clock.now() - answered.createdAt < ANSWERED)) {
    policy.nextAcquire = clock.now() + PATIENCE;
    return;
  }
  const peer = peerOf(policy, what);
  log.about(peer);
  policy.nextAcquire = clock.now() + PATIENCE;
  if (!peer) return;
  if (log.debugIsakmp) {
    trace.prefix(0).put(what == FIRST_PAIR ? "SA request for peer " : "SA renewal for peer ").ip(peer);
    log.end();
  }
  const local = spd.localAddress(policy);
  const profile = profileOf(policy);
  if (profile == NO_SUCH_PROFILE) {
    notices.noProfile(peer, policy.entry);
    quickFailed(policy.slot);
    return;
  }
  let sa = saFor(policy, what, profile);
  if (sa && local && sa.localAddress != local) {
    // Our interface has another address by now: nothing of the old SA would come back to us.
    succession.remove(sa, "address-changed", false);
    sa = null;
  }
  const group = <u32>policy.entry.pfsGroup;
  if (sa && !sa.spent && group >= PRIVATE_MIN && !groupFor(sa.number, group)) {
    // Under this phase 1 the group is not known yet.
    setWant(policy.slot, what);
    if (!db.newGroupUnder(sa) && !initiate.startNewGroup(sa, policy, group)) quickFailed(policy.slot);
    return;
  }
  if (sa && !sa.spent) {
    setWant(policy.slot, NOTHING);
    if (policy.entry.pfsIdentities) lifetimes.lastQuick(sa);
    if (!initiate.startQuick(sa, policy, what == FIRST_PAIR ? 0 : what)) quickFailed(policy.slot);
    return;
  }
  setWant(policy.slot, what);
  if (db.phase1With(peer, profile)) return;
  if (!initiate.startPhase1(peer, local, 0, profile)) phase1Failed(peer);
}

/** Phase 1 with a peer is up: what waited for it starts. */
export function phase1IsUp(sa: IsakmpSa): void {
  for (let slot: u32 = 0; slot < POLICIES; slot++) {
    const what = want(slot);
    if (!what) continue;
    const policy = spd.policyAt(slot);
    if (!policy) setWant(slot, NOTHING);
    else if (serves(sa, policy, what)) {
      store<u8>(tried + slot, 0);
      start(policy, what);
    }
  }
}

/** Phase 1 with a peer has come to nothing: the entry's other peers are tried, then the policy rests. */
export function phase1Failed(peer: u32): void {
  for (let slot: u32 = 0; slot < POLICIES; slot++) {
    const what = want(slot);
    if (!what) continue;
    setWant(slot, NOTHING);
    const policy = spd.policyAt(slot);
    if (!policy) continue;
    if (peerOf(policy, what) != peer) {
      setWant(slot, what);
      continue;
    }
    const n = <u32>policy.entry.peerCount;
    const failures = <u32>load<u8>(tried + slot) + 1;
    if (n > 1) policy.peerIndex = <u8>((<u32>policy.peerIndex + 1) % n);
    if (failures < n && !policy.outbound) {
      store<u8>(tried + slot, <u8>failures);
      start(policy, FIRST_PAIR);
    } else {
      store<u8>(tried + slot, 0);
      policy.nextAcquire = clock.now() + REST;
    }
  }
}

/** What has a pair with a peer (its number, and the address that the configuration knows it by) wants one again, from whichever peer. */
export function wantAgain(peer: u32, configured: u32): void {
  for (let slot: u32 = 0; slot < POLICIES; slot++) {
    const policy = spd.policyAt(slot);
    if (policy && policy.outbound && policy.isOf(peer, configured) && (policy.owner || policy.peer == configured)) setWant(slot, FIRST_PAIR);
  }
}

/** A peer is dead, and nothing is left with it: its entries go on to their next peer, and what is wanted begins. */
export function peerIsDead(peer: u32, configured: u32): void {
  for (let slot: u32 = 0; slot < POLICIES; slot++) {
    const policy = spd.policyAt(slot);
    if (!policy || !policy.isOf(peer, configured) || (!policy.owner && policy.peer != configured)) continue;
    policy.nextPeer();
    policy.nextAcquire = 0;
    if (want(slot)) start(policy, FIRST_PAIR);
  }
}

/** A Quick Mode of ours was refused or could not begin. */
export function quickFailed(slot: u32): void {
  setWant(slot, NOTHING);
  const policy = spd.policyAt(slot);
  if (policy) policy.nextAcquire = clock.now() + REST;
}

/** A Quick Mode of ours was not answered: phase 1 is not trusted any more, and begun anew for what waited. */
export function quickUnanswered(slot: u32, renews: u32): void {
  const policy = spd.policyAt(slot);
  if (policy) start(policy, renews ? renews : FIRST_PAIR);
}

/** The data path saw an authentic packet of a peer behind a NAT from elsewhere. */
function moved(item: WorkItem): void {
  const peer = pairs.peerOf(item.spi);
  const inbound = sad.bySpi(item.spi);
  if (!peer || !inbound) return;
  sad.moveMapping(inbound, item.address, item.port);
  for (let sa: IsakmpSa | null = isakmpSa.firstOf(peer); sa; sa = isakmpSa.nextOf(sa)) {
    if (sa.phase == Phase.NEGOTIATING || !sa.natDetected) continue;
    if (whereabouts.move(sa, item.address, item.port)) pairs.moveMappings(sa);
  }
}

/**
 * ESP or AH under an SPI that we do not have: a Delete tells the peer so, if there is an ISAKMP SA to protect it. If there is
 * none we have started afresh and the peer does not know: a new phase 1 with INITIAL-CONTACT tells it, where the configuration
 * wants that (`crypto isakmp invalid-spi-recovery`). Anybody can cause this with a forged source address; what it costs is one
 * Main Mode at a time with a peer that the configuration names.
 */
function unknownSpi(item: WorkItem): void {
  let told = false;
  for (let i: u32 = 0; i < isakmpSa.slots(); i++) {
    const sa = isakmpSa.at(i);
    if (!sa || sa.phase != Phase.ESTABLISHED || sa.peerAddress != item.address) continue;
    if (sad.bySpi(item.spi)) return;
    // Several peers may be at that address: whose it was nobody can know, and to the others it says nothing.
    tell.listDelete(item.protocol == AH ? Protocol.AH : Protocol.ESP, item.spi);
    tell.sendDelete(sa);
    told = true;
  }
  if (told || !recovery.invalidSpi) return;
  const now = clock.now();
  for (let slot: u32 = 0; slot < spd.policySlots(); slot++) {
    const policy = spd.policyAt(slot);
    if (!policy || policy.action != <u8>Action.PROTECT || policy.outbound || now < policy.nextAcquire) continue;
    if (peerOf(policy, FIRST_PAIR) == item.address) start(policy, FIRST_PAIR);
  }
}

/** A Quick Mode is complete. */
export function quickIsUp(slot: u32): void {
  setWant(slot, NOTHING);
  store<u8>(tried + slot, 0);
  const policy = spd.policyAt(slot);
  if (policy && policy.owner) takeOver(policy);
}

/** What a peer of a dynamic map has now, others have no more: it has come back from another address. */
function takeOver(policy: Policy): void {
  for (let slot: u32 = 0; slot < spd.policySlots(); slot++) {
    const other = spd.made(slot);
    if (!other || other.owner == policy.owner || other.interface != policy.interface) continue;
    if (!other.selector.overlaps(policy.selector)) continue;
    const peer = other.owner;
    notices.replaced(policy.ownerAddress, other.ownerAddress, other.selector);
    pairs.removePairs(slot);
    // Whoever is at the old address by now need not hear of it.
    const sa = isakmpSa.ofPeer(peer);
    if (sa && pairs.pairsWith(peer) == 0) succession.remove(sa, "replaced", false);
  }
}
