/**
 * Pairs of IPsec SAs and their renewal: when it begins, which pair of two stays, who deletes the other.
 *
 *   soft lifetime    the side that initiated a pair renews it at 85 to 90 % of its life, the other side, if nothing has
 *                    come by then, at 92 to 96 %: both do not start at once, nor all pairs together
 *   renewed          who initiated the new pair goes on sending through the old one until something has come through the
 *                    new one, or SWITCH_DELAY has passed: strongSwan takes its new SAs into use only with our third
 *                    message, and a packet on its heels would be lost. Then the old pair receives still, sends no more;
 *                    DELETE_DELAY later it is deleted, and the peer told
 *   both at once     two pairs for the same flows, initiated by different sides within SIMULTANEOUS: the one with the
 *                    lowest of the four SPIs stays; the initiator of the other deletes it
 */
import * as drbg from "../../crypto/drbg";
import { SAS } from "../../limits";
import * as expiry from "../../sadb/sas/expiry";
import * as sad from "../../sadb/sas/sad";
import { SA } from "../../sadb/sas/sad";
import { Selector } from "../../sadb/terms/selector";
import * as clock from "../../util/clock";
import { Deadline, NEVER } from "../../util/deadline";
import { Blocks as Pool } from "../../util/pool";
import { Protocol } from "../../wire/ipsec_doi";
import { Exchange } from "../state/exchange";
import * as informational from "../modes/informational";
import { IsakmpSa } from "../state/isakmp_sa";
import * as isakmpSa from "../state/isakmp_sa";

const DELETE_DELAY: u64 = 10000;
const SWITCH_DELAY: u64 = 2000;
/** How often it is looked whether the peer has switched. */
const SWITCH_LOOK: u64 = 100;
const SIMULTANEOUS: u64 = 30000;
/** No lifetime is counted longer than this many seconds (24 days: 31 bits of milliseconds). */
const LIFETIME_MAX: u32 = 2000000;

@unmanaged
export class Pair {
  /** Of ESP, or of AH where there is no ESP: `protocol` of the DOI. */
  spi: u32;
  peerSpi: u32;
  protocol: u32;
  /** Of AH in a bundle, else 0. */
  ahSpi: u32;
  peerAhSpi: u32;
  /** The peer, as the configuration knows it. */
  peer: u32;
  policy: u32;
  initiator: bool;
  retired: bool;
  upAt: u64;
  /** When we delete it; NEVER: we do not. */
  deleteAt: u64;
  /** When it takes over from the one it renews; NEVER: it has, or never will. */
  switchAt: u64;

  get selector(): Selector {
    return changetype<Selector>(changetype<usize>(this) + offsetof<Pair>());
  }
}

let pool: Pool = changetype<Pool>(0);
const deadline: Deadline = new Deadline();
const random: usize = memory.data(4, 4);

export function init(): void {
  pool = new Pool("ipsec sa pairs", <u32>offsetof<Pair>() + <u32>offsetof<Selector>(), SAS / 2);
  deadline.reset();
}

/** After which part of a lifetime its renewal begins, in 4096ths: 85 % is 3482, 5 % are 205; 92 % is 3768, 4 % are 164. */
export function softPart(initiator: bool): u64 {
  drbg.fill(random, 4);
  const jitter = load<u32>(random) & 0xfff;
  return <u64>(initiator ? 3482 + ((jitter * 205) >>> 12) : 3768 + ((jitter * 164) >>> 12));
}

/** When the renewal of a lifetime of `seconds` begins, in milliseconds after its start; 0 for no lifetime. */
export function softMilliseconds(seconds: u32, initiator: bool): u32 {
  return <u32>((<u64>min(seconds, LIFETIME_MAX) * 1000 * softPart(initiator)) >> 12);
}

/** After how many octets the renewal of a lifetime of `kilobytes` begins. */
export function softOctets(kilobytes: u32, initiator: bool): u64 {
  return ((<u64>kilobytes << 10) * softPart(initiator)) >> 12;
}

function at(i: u32): Pair | null {
  return pool.taken(i) ? changetype<Pair>(pool.at(i)) : null;
}

function bySpi(spi: u32): Pair | null {
  for (let i: u32 = 0; i < pool.size; i++) {
    const pair = at(i);
    if (pair && pair.spi == spi) return pair;
  }
  return null;
}

function forget(pair: Pair): void {
  pool.free(changetype<usize>(pair));
}

/** Names the SPIs of a pair in the next Delete: of a bundle both. */
function listDelete(pair: Pair): void {
  informational.listDelete(pair.protocol, pair.spi);
  if (pair.ahSpi) informational.listDelete(Protocol.AH, pair.ahSpi);
}

/** Removes a pair and its SAs. */
function remove(pair: Pair, reason: string): void {
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

/** A Quick Mode is complete: enters its pair, and settles which of several stays. */
export function pairIsUp(ex: Exchange, inbound: SA): void {
  if (!pool.left) tidy();
  const block = pool.take();
  if (!block) return;
  const now = clock.now();
  const pair = changetype<Pair>(block);
  pair.spi = ex.spi;
  pair.peerSpi = ex.peerSpi;
  pair.protocol = ex.choice.espCipher ? Protocol.ESP : Protocol.AH;
  if (inbound.outer) {
    pair.ahSpi = ex.ahSpi;
    pair.peerAhSpi = ex.choice.ahSpi;
  }
  pair.peer = ex.sa.peer;
  pair.policy = ex.policy;
  pair.initiator = ex.initiator;
  pair.upAt = now;
  pair.deleteAt = pair.switchAt = NEVER;
  pair.selector.copyFrom(ex.selector);
  for (let i: u32 = 0; i < pool.size; i++) {
    const other = at(i);
    if (!other || other === pair || other.retired || other.policy != pair.policy || other.peer != pair.peer) continue;
    if (!other.selector.equals(pair.selector)) continue;
    const simultaneous = other.initiator != pair.initiator && now - other.upAt < SIMULTANEOUS;
    if (simultaneous && min(other.spi, other.peerSpi) < min(pair.spi, pair.peerSpi)) retire(pair, pair.initiator);
    else if (simultaneous) retire(other, other.initiator);
    else if (!pair.initiator) retire(other, false);
    else {
      sad.defer(inbound, true);
      pair.switchAt = now + SWITCH_DELAY;
      deadline.arm(now + SWITCH_LOOK);
    }
  }
}

/** The peer receives through a renewed pair: it takes over, and the ones before it go. */
function switchTo(pair: Pair): void {
  pair.switchAt = NEVER;
  const inbound = sad.bySpi(pair.spi);
  if (!inbound || pair.retired) return;
  for (let i: u32 = 0; i < pool.size; i++) {
    const other = at(i);
    if (!other || other === pair || other.retired || other.upAt > pair.upAt) continue;
    if (other.policy == pair.policy && other.peer == pair.peer && other.selector.equals(pair.selector)) retire(other, true);
  }
  sad.defer(inbound, false);
}

/** Whether something has come through a pair. */
function hasReceived(pair: Pair): bool {
  const inbound = sad.bySpi(pair.spi);
  return inbound ? inbound.packets != 0 : false;
}

/** @param weDelete it is on us to tell the peer */
function retire(pair: Pair, weDelete: bool): void {
  const inbound = sad.bySpi(pair.spi);
  if (inbound) sad.retire(inbound);
  pair.retired = true;
  if (!weDelete) return;
  pair.deleteAt = clock.now() + DELETE_DELAY;
  deadline.arm(pair.deleteAt);
}

/** The pair of an inbound SPI that is due for renewal; null: there is none, or it has been replaced. */
export function renewable(spi: u32): Pair | null {
  const pair = bySpi(spi);
  return pair && !pair.retired && sad.bySpi(spi) ? pair : null;
}

/** Packets of all pairs with a peer, after `traffic`: what came in and was good, what went out. */
export let received: u64 = 0;
export let sent: u64 = 0;

export function traffic(peer: u32): void {
  received = sent = 0;
  for (let i: u32 = 0; i < pool.size; i++) {
    const pair = at(i);
    const inbound = pair && pair.peer == peer ? sad.bySpi(pair.spi) : null;
    if (!inbound) continue;
    received += inbound.packets;
    const outbound = inbound.pair;
    if (outbound) sent += outbound.packets;
  }
}

/** How many pairs there are with a peer. */
export function pairsWith(peer: u32): u32 {
  let n: u32 = 0;
  for (let i: u32 = 0; i < pool.size; i++) {
    const pair = at(i);
    if (pair && pair.peer == peer && sad.bySpi(pair.spi)) n++;
  }
  return n;
}

/** Removes the pairs with a peer that are older than `before`, without a word to it. */
export function forgetPairs(peer: u32, before: u64): void {
  for (let i: u32 = 0; i < pool.size; i++) {
    const pair = at(i);
    if (pair && pair.peer == peer && pair.upAt < before) remove(pair, "initial-contact");
  }
}

/** Removes the pairs of a policy, without a word to the peer. */
export function removePairs(policy: u32): void {
  for (let i: u32 = 0; i < pool.size; i++) {
    const pair = at(i);
    if (pair && pair.policy == policy) remove(pair, "replaced");
  }
}

/** Removes all pairs with a peer (0: with every peer) and sends Deletes where there is an ISAKMP SA to protect them. */
export function deletePairs(peer: u32, reason: string): void {
  for (;;) {
    // One peer's pairs at a time, as many as a Delete holds.
    let owner: u32 = 0;
    for (let i: u32 = 0; i < pool.size && informational.deleteHasRoom(); i++) {
      const pair = at(i);
      if (!pair || (peer && pair.peer != peer) || (owner && pair.peer != owner)) continue;
      owner = pair.peer;
      listDelete(pair);
      remove(pair, reason);
    }
    if (!owner) return;
    informational.sendDelete(isakmpSa.forPeer(owner));
  }
}

/** Removes one pair and tells the peer. */
function deletePair(pair: Pair): void {
  const sa = isakmpSa.forPeer(pair.peer);
  listDelete(pair);
  remove(pair, "replaced");
  informational.sendDelete(sa);
}

/** The peer has deleted the SA that it received through under this SPI of its own; of a bundle the other SA goes too. */
export function peerDeleted(sa: IsakmpSa, protocol: u32, peerSpi: u32): void {
  for (let i: u32 = 0; i < pool.size; i++) {
    const pair = at(i);
    if (!pair || pair.peer != sa.peer) continue;
    if ((pair.protocol == protocol && pair.peerSpi == peerSpi) || (pair.ahSpi && protocol == Protocol.AH && pair.peerAhSpi == peerSpi)) {
      remove(pair, "deleted-by-peer");
      return;
    }
  }
}

/** The responder of a pair says that its lifetimes are shorter: seconds or kilobytes, 0: not said. */
export function shorten(sa: IsakmpSa, peerSpi: u32, seconds: u32, kilobytes: u32): void {
  for (let i: u32 = 0; i < pool.size; i++) {
    const pair = at(i);
    if (!pair || pair.peer != sa.peer || pair.peerSpi != peerSpi || !pair.initiator) continue;
    const inbound = sad.bySpi(pair.spi);
    if (inbound) expiry.shorten(inbound, seconds, softMilliseconds(seconds, true), kilobytes);
  }
}

/** A pair has ended by itself, or its policy has gone: the peer is told. */
export function expired(spi: u32): void {
  const pair = bySpi(spi);
  if (!pair) return;
  const sa = isakmpSa.forPeer(pair.peer);
  listDelete(pair);
  forget(pair);
  informational.sendDelete(sa);
}

/** The peer of a phase 1 SA is reached at another address or port: its pairs follow (RFC 3947, 6). */
export function moveMappings(sa: IsakmpSa): void {
  for (let i: u32 = 0; i < pool.size; i++) {
    const pair = at(i);
    if (!pair || pair.peer != sa.peer) continue;
    const inbound = sad.bySpi(pair.spi);
    if (inbound) sad.moveMapping(inbound, sa.peerAddress, sa.peerPort);
  }
}

/** The newest phase 1 SA with a peer looks after its pairs. */
export function adoptPairs(sa: IsakmpSa): void {
  for (let i: u32 = 0; i < pool.size; i++) {
    const pair = at(i);
    const inbound = pair && pair.peer == sa.peer ? sad.bySpi(pair.spi) : null;
    if (inbound) sad.adopt(inbound, sa.number);
  }
}

/** The peer of the pair with this inbound SPI, 0: there is none. */
export function peerOf(spi: u32): u32 {
  const pair = bySpi(spi);
  return pair ? pair.peer : 0;
}

/** Deletes what is due. Milliseconds until the next call. */
export function poll(): u32 {
  if (deadline.due()) {
    const now = clock.now();
    deadline.reset();
    for (let i: u32 = 0; i < pool.size; i++) {
      const pair = at(i);
      if (!pair) continue;
      if (pair.switchAt != NEVER) {
        if (pair.switchAt <= now || hasReceived(pair)) switchTo(pair);
        else deadline.arm(now + SWITCH_LOOK);
      }
      if (pair.deleteAt <= now) deletePair(pair);
      else if (pair.deleteAt != NEVER) deadline.arm(pair.deleteAt);
    }
  }
  return deadline.remaining();
}
