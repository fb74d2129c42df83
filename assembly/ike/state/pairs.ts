/**
 * The table of pairs of IPsec SAs: what each Quick Mode has made, with whom, for which policy, under which SPIs.
 */
import { PEER_PAIRS, SAS } from "../../limits";
import { Policy } from "../../sadb/policies/policy";
import * as expiry from "../../sadb/sas/expiry";
import { SA } from "../../sadb/sas/sa";
import * as sad from "../../sadb/sas/sad";
import { Selector } from "../../sadb/terms/selector";
import * as clock from "../../util/clock";
import { Alarms } from "../../util/alarms";
import { NEVER } from "../../util/deadline";
import { Index, NONE } from "../../util/index";
import { Pool } from "../../util/pool";
import { Protocol } from "../../wire/ipsec_doi";
import { Exchange } from "./exchange";
import { IsakmpSa } from "./isakmp_sa";
import * as isakmpSa from "./isakmp_sa";
import { softMilliseconds } from "./lifetimes";
import * as sessions from "./sessions";

@unmanaged
export class Pair {
  /** Of ESP, or of AH where there is no ESP: `protocol` of the DOI. */
  spi: u32;
  peerSpi: u32;
  protocol: u32;
  /** Of AH in a bundle, else 0. */
  ahSpi: u32;
  peerAhSpi: u32;
  /** Number of the peer that it is with, and the address that the configuration knows it by. */
  peer: u32;
  configured: u32;
  policySlot: u32;
  initiator: bool;
  retired: bool;
  /** Retired in favour of one that the other side began at the same time; the peer may see it otherwise. */
  crossed: bool;
  /** What the two had received is known, as of the last look. */
  watched: bool;
  /** Good packets that this one and its successor had received then, in 32 bits. */
  seen: u32;
  seenNext: u32;
  upAt: u64;
  /** When we delete it; NEVER: we do not. */
  deleteAt: u64;
  /** Of a retired one: inbound SPI of the pair that has taken over; 0: unknown. */
  successor: u32;
  /** When it takes over from the one it renews; NEVER: it has, or never will. */
  switchAt: u64;

  get selector(): Selector {
    return changetype<Selector>(changetype<usize>(this) + offsetof<Pair>());
  }
}

export let pool: Pool<Pair> = changetype<Pool<Pair>>(0);
/** When upkeep looks at a pair again, by its slot (upkeep/renewal.ts). */
export let alarms: Alarms = changetype<Alarms>(0);
/** By inbound SPI, and by the peer's number. */
let spis: Index = changetype<Index>(0);
let peers: Index = changetype<Index>(0);
/** Peers that have a pair. */
let peerCount: u32 = 0;

export function init(): void {
  pool = new Pool<Pair>("ipsec sa pairs", SAS / 2, <u32>offsetof<Selector>());
  alarms = new Alarms(SAS / 2);
  spis = new Index(SAS / 2);
  peers = new Index(SAS / 2);
  peerCount = 0;
}

export function at(i: u32): Pair | null {
  return pool.at(i);
}

export function bySpi(spi: u32): Pair | null {
  for (let i = spis.first(spi); i != NONE; i = spis.next(i)) {
    const pair = at(i);
    if (pair && pair.spi == spi) return pair;
  }
  return null;
}

/**
 * The pairs of a peer, in the order of their slots: `for (let pair: Pair | null = firstOf(peer); pair; pair = nextOf(pair))`. A pair may go while it is
 * looked at if the next one has been asked for before.
 */
export function firstOf(peer: u32): Pair | null {
  return from(peers.first(peer), peer);
}

export function nextOf(pair: Pair | null): Pair | null {
  return pair ? from(peers.next(pool.indexOf(pair)), pair.peer) : null;
}

function from(slot: u32, peer: u32): Pair | null {
  for (; slot != NONE; slot = peers.next(slot)) {
    const pair = at(slot);
    if (pair && pair.peer == peer) return pair;
  }
  return null;
}

/** Upkeep looks at a pair at `t`, or sooner. */
export function arm(pair: Pair, t: u64): void {
  alarms.arm(pool.indexOf(pair), t);
}

/** A Quick Mode has made a pair. Which of several for the same flows stays, upkeep says (upkeep/renewal.ts). */
export function enter(ex: Exchange, inbound: SA): void {
  if (!pool.left) tidy();
  const pair = pool.take();
  if (!pair) return;
  pair.spi = ex.spi;
  pair.peerSpi = ex.peerSpi;
  pair.protocol = ex.choice.espCipher ? Protocol.ESP : Protocol.AH;
  if (inbound.outer) {
    pair.ahSpi = ex.ahSpi;
    pair.peerAhSpi = ex.choice.ahSpi;
  }
  pair.peer = ex.sa.peerNumber;
  pair.configured = ex.sa.configured;
  pair.policySlot = ex.policySlot;
  pair.initiator = ex.initiator;
  pair.upAt = clock.now();
  pair.deleteAt = pair.switchAt = NEVER;
  pair.selector.copyFrom(ex.selector);
  const first = !firstOf(pair.peer);
  if (first) peerCount++;
  spis.add(pool.indexOf(pair), pair.spi);
  peers.add(pool.indexOf(pair), pair.peer);
  if (first) sessions.changed(pair.peer, true);
}

export function forget(pair: Pair): void {
  const slot = pool.indexOf(pair);
  const peer = pair.peer;
  spis.remove(slot, pair.spi);
  peers.remove(slot, peer);
  alarms.set(slot, NEVER);
  pool.free(pair);
  if (firstOf(peer)) return;
  peerCount--;
  sessions.changed(peer, false);
}

/** Removes a pair and its SAs. */
export function remove(pair: Pair, reason: string): void {
  const inbound = sad.bySpi(pair.spi);
  if (inbound) sad.remove(inbound, reason);
  forget(pair);
}

/** Drops entries whose SAs are gone: the SPD was changed, or their life ended. */
function tidy(): void {
  for (let i: u32 = 0; i < pool.size; i++) {
    const pair = at(i);
    if (pair && !sad.bySpi(pair.spi)) forget(pair);
  }
}

/** Whether something has come through a pair. */
export function hasReceived(pair: Pair): bool {
  const inbound = sad.bySpi(pair.spi);
  return inbound ? inbound.packets != 0 : false;
}

/** The pair of an inbound SPI that is due for renewal; null: there is none, or it has been replaced. */
export function renewable(spi: u32): Pair | null {
  const pair = bySpi(spi);
  return pair && !pair.retired && sad.bySpi(spi) ? pair : null;
}

/** Good packets that came in through all pairs with a peer. */
export function received(peer: u32): u64 {
  let n: u64 = 0;
  for (let pair: Pair | null = firstOf(peer); pair; pair = nextOf(pair)) {
    const inbound = sad.bySpi(pair.spi);
    if (inbound) n += inbound.packets;
  }
  return n;
}

/** Packets that went out through them. */
export function sent(peer: u32): u64 {
  let n: u64 = 0;
  for (let pair: Pair | null = firstOf(peer); pair; pair = nextOf(pair)) {
    const inbound = sad.bySpi(pair.spi);
    const outbound = inbound ? inbound.pair : null;
    if (outbound) n += outbound.packets;
  }
  return n;
}

/** How many pairs there are with a peer. */
export function pairsWith(peer: u32): u32 {
  let n: u32 = 0;
  for (let pair: Pair | null = firstOf(peer); pair; pair = nextOf(pair)) if (sad.bySpi(pair.spi)) n++;
  return n;
}

/** So few SAs are left that everybody's share counts. */
export function scarce(): bool {
  return sad.left() < SAS / 8;
}

/**
 * SAs that a peer may have: of PEER_PAIRS; when they are scarce, as many as each would get of all, and no fewer than a pair and the one
 * that renews it take.
 */
export function share(): u32 {
  return scarce() ? max<u32>(SAS / max<u32>(peerCount, 1), 4) : 2 * PEER_PAIRS;
}

/** SAs of the pairs with a peer. */
export function sasOf(peer: u32): u32 {
  let n: u32 = 0;
  for (let pair: Pair | null = firstOf(peer); pair; pair = nextOf(pair)) n += pair.ahSpi ? 4 : 2;
  return n;
}

/** The pair that a peer whose pairs have more SAs than `share` gives up: its oldest retired one, else its oldest. Null: it has no more than that. */
export function overShare(peer: u32, share: u32): Pair | null {
  if (sasOf(peer) <= share) return null;
  let oldest: Pair | null = null;
  for (let pair: Pair | null = firstOf(peer); pair; pair = nextOf(pair)) {
    const before = oldest ? pair.retired == oldest.retired ? pair.upAt < oldest.upAt : pair.retired : true;
    if (before) oldest = pair;
  }
  return oldest;
}

/** Removes the pairs with a peer that are older than `before`, without a word to it. */
export function forgetPairs(peer: u32, before: u64): void {
  for (let pair: Pair | null = firstOf(peer); pair; ) {
    const next = nextOf(pair);
    if (pair.upAt < before) remove(pair, "initial-contact");
    pair = next;
  }
}

/** Removes the pairs of a policy, without a word to the peer. */
export function removePairs(policy: u32): void {
  for (let i: u32 = 0; i < pool.size; i++) {
    const pair = at(i);
    if (pair && pair.policySlot == policy) remove(pair, "replaced");
  }
}

/** The peer has deleted the SA that it received through under this SPI of its own; of a bundle the other SA goes too. */
export function peerDeleted(sa: IsakmpSa, protocol: u32, peerSpi: u32): void {
  for (let pair: Pair | null = firstOf(sa.peerNumber); pair; pair = nextOf(pair)) {
    if ((pair.protocol == protocol && pair.peerSpi == peerSpi) || (pair.ahSpi && protocol == Protocol.AH && pair.peerAhSpi == peerSpi)) {
      remove(pair, "deleted-by-peer");
      return;
    }
  }
}

/** The responder of a pair says that its lifetimes are shorter: seconds or kilobytes, 0: not said. */
export function shorten(sa: IsakmpSa, peerSpi: u32, seconds: u32, kilobytes: u32): void {
  for (let pair: Pair | null = firstOf(sa.peerNumber); pair; pair = nextOf(pair)) {
    if (pair.peerSpi != peerSpi || !pair.initiator) continue;
    const inbound = sad.bySpi(pair.spi);
    if (inbound) expiry.shorten(inbound, seconds, softMilliseconds(seconds, true), kilobytes);
  }
}

/** The peer of a phase 1 SA is reached at another address or port: its pairs follow (RFC 3947, 6). */
export function moveMappings(sa: IsakmpSa): void {
  for (let pair: Pair | null = firstOf(sa.peerNumber); pair; pair = nextOf(pair)) {
    const inbound = sad.bySpi(pair.spi);
    if (inbound) sad.moveMapping(inbound, sa.peerAddress, sa.peerPort);
  }
}

/** The newest phase 1 SA with a peer looks after its pairs. */
export function adoptPairs(sa: IsakmpSa): void {
  for (let pair: Pair | null = firstOf(sa.peerNumber); pair; pair = nextOf(pair)) {
    const inbound = sad.bySpi(pair.spi);
    if (inbound) sad.adopt(inbound, sa.number);
  }
}

/** The number of the peer of the pair with this inbound SPI, 0: there is none. */
export function peerOf(spi: u32): u32 {
  const pair = bySpi(spi);
  return pair ? pair.peer : 0;
}

/** The address that the configuration knows that peer by, 0: there is none. */
export function configuredOf(spi: u32): u32 {
  const pair = bySpi(spi);
  return pair ? pair.configured : 0;
}

/** Whether we know of nothing with whom we begin to talk to here: then our first message says INITIAL-CONTACT (RFC 2407, 4.6.3.3). */
export function firstContact(sa: IsakmpSa): bool {
  if (isakmpSa.forProfile(sa.configured, sa.profile)) return false;
  for (let i: u32 = 0; i < pool.size; i++) {
    const pair = at(i);
    if (pair && pair.configured == sa.configured && sad.bySpi(pair.spi)) return false;
  }
  return true;
}

/** What Quick Mode proposes for a policy: its selector, or that of the pair which is renewed. */
export function selectorFor(policy: Policy, renews: u32, out: Selector): void {
  const pair = renews ? renewable(renews) : null;
  out.copyFrom(pair ? pair.selector : policy.selector);
}
