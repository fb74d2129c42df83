/**
 * The security policy database (RFC 4301, 4.4.1), compiled from access lists, crypto maps, and the map that each
 * interface carries.
 *
 * Configuration is changed through verbs; the next lookup or poll then makes the ordered list of policies afresh: for each
 * interface with a map, for each entry of the map by sequence number, for each line of its access list. A policy whose
 * entry and selector are unchanged keeps its slot and its SAs; SAs of policies that are gone are deleted and reported to
 * IKE. A `deny` line ends the entry for what it matches: the next entry is asked. What no policy matches passes.
 */
import { HELD_MILLISECONDS, POLICIES, PORTS } from "../../limits";
import * as clock from "../../util/clock";
import { Packet } from "../../util/packet";
import { Pool } from "../../util/pool";
import * as log from "../../util/log";
import * as lists from "../../lists/access_list";
import { AccessLine, LineAction } from "../../lists/access_list";
import * as maps from "../settings/crypto_map";
import { CryptoMapEntry } from "../settings/crypto_map";
import * as dynamic from "./dynamic";
import * as expiry from "../sas/expiry";
import * as flows from "./flow_cache";
import * as held from "../sas/held";
import * as lifetime from "../settings/lifetime";
import { SA } from "../sas/sa";
import * as sad from "../sas/sad";
import { Selector } from "../terms/selector";
import * as setting from "../../lists/setting";
export { CryptoMapEntry } from "../settings/crypto_map";

export const enum Action {
  PROTECT = 1,
  BYPASS = 2,
  DISCARD = 3,
  /** a deny line: the next entry is asked */
  NEXT = 4,
  /** a line of a dynamic map: peers make policies of it, and what matches it without one is dropped (dynamic.ts) */
  TEMPLATE = 5,
}

/** Added to the protocol of a packet whose ports cannot be seen: a later fragment, or too short a first one. */
export const NO_PORTS: u32 = 0x100;

/** One compiled policy; its slot number is its identity for IKE (`slot`). */
@unmanaged
export class Policy {
  slot: u32;
  interface: u32;
  action: u8;
  /** Which of the entry's peers is tried (moves on when one does not answer). */
  peerIndex: u8;
  heldCount: u8;
  /** It is in the list that is being made. */
  marked: bool;
  entry: CryptoMapEntry;
  /** The SA that packets go out through; null: none yet. */
  outbound: SA | null;
  /** All outbound SAs, the newest first, through SA.older. */
  newest: SA | null;
  /** No new Work.ACQUIRE before this time (milliseconds). IKE pushes it on after a failure. */
  nextAcquire: u64;
  held: Packet | null;
  /** The line that it came from. */
  line: AccessLine;
  entrySerial: u32;
  entryVersion: u32;
  /** The peer that made this policy of a dynamic map's entry; 0: it is configured. */
  owner: u32;
  /** Which key that peer has shown: others of the same key may take its flows over. */
  ownerKey: u32;

  get selector(): Selector {
    return changetype<Selector>(changetype<usize>(this) + offsetof<Policy>());
  }

  /** The peer that is negotiated with at present; 0: none is known. */
  get peer(): u32 {
    const n = <u32>this.entry.peerCount;
    return this.owner || n == 0 ? this.owner : this.entry.peer(<u32>this.peerIndex % n);
  }

  /** Whether it protects what it has with this peer. */
  isWith(peer: u32): bool {
    return this.action == <u8>Action.PROTECT && (this.owner ? this.owner == peer : this.entry.hasPeer(peer));
  }

  get hasPorts(): bool {
    const s = this.selector;
    return (s.localPort | s.remotePort) != 0;
  }
}

let pool: Pool = changetype<Pool>(0);
/** Policies in order, those of each port together; where a port's begin, and where the last one's end. */
const order: usize = memory.data(4 * <i32>POLICIES, 4);
const begin: usize = memory.data(4 * (<i32>PORTS + 1), 4);
const addresses: usize = memory.data(4 * <i32>PORTS, 4);
/** Made for one line at a time. */
const wanted: usize = memory.data(32, 4);
/** The revision of the settings that the list was made from. */
let compiled: u32 = 0;
let length: u32 = 0;

export function init(): void {
  pool = new Pool("policies", <u32>(offsetof<Policy>() + offsetof<Selector>()), POLICIES);
  memory.fill(begin, 0, 4 * (PORTS + 1));
  memory.fill(addresses, 0, 4 * PORTS);
  length = 0;
  flows.init();
  maps.init();
  lists.init();
  dynamic.init();
  setting.touch();
  compiled = setting.revision;
}

// @ts-ignore: decorator
@inline
function ordered(i: u32): Policy {
  return changetype<Policy>(<usize>load<u32>(order + <usize>(i << 2)));
}

/** Makes the list afresh if the settings have changed. */
// @ts-ignore: decorator
@inline
export function refresh(): void {
  if (compiled != setting.revision) compile();
}

/** Makes the ordered list of policies from the settings. */
export function compile(): void {
  compiled = setting.revision;
  for (let i: u32 = 0; i < pool.size; i++) if (pool.taken(i)) changetype<Policy>(pool.at(i)).marked = false;
  length = 0;
  for (let port: u32 = 0; port < PORTS; port++) {
    store<u32>(begin + <usize>(port << 2), length);
    const len = maps.boundLen(port);
    if (len == 0) continue;
    let entry = maps.next(maps.boundName(port), len, 0);
    while (entry) {
      if (entry.complete) {
        if (entry.dynamic) compileTemplates(port, entry);
        else compileEntry(port, entry);
      }
      entry = maps.next(maps.boundName(port), len, entry.sequence);
    }
  }
  store<u32>(begin + <usize>(PORTS << 2), length);
  for (let i: u32 = 0; i < pool.size; i++) {
    const policy = policyIn(i);
    if (!policy) continue;
    if (!policy.marked) {
      expiry.policyGone(policy);
      pool.free(changetype<usize>(policy));
    } else if (policy.entryVersion != policy.entry.version) {
      policy.entryVersion = policy.entry.version;
      policy.peerIndex = 0;
      policy.nextAcquire = 0;
      expiry.checkPeers(policy, localAddress(policy));
    }
  }
  flows.forget();
}

/** The entries of a dynamic map in the place of the one that names it. */
function compileTemplates(port: u32, place: CryptoMapEntry): void {
  let entry = maps.next(place.list, <u32>place.listLen, maps.TEMPLATES);
  while (entry) {
    if (entry.complete) {
      if (entry.listLen) compileEntry(port, entry);
      else compileLine(port, entry, dynamic.anything);
    }
    entry = maps.next(place.list, <u32>place.listLen, entry.sequence);
  }
}

function compileEntry(port: u32, entry: CryptoMapEntry): void {
  const list = lists.find(entry.list, <u32>entry.listLen);
  let line: AccessLine | null = list ? list.first : null;
  while (line) {
    if (line.action != <u8>LineAction.REMARK && line.contiguous && !compileLine(port, entry, line)) return;
    line = line.next;
  }
}

/** False when there is no room for another policy. */
function compileLine(port: u32, entry: CryptoMapEntry, line: AccessLine): bool {
  const selector = changetype<Selector>(wanted);
  const action: Action = line.action == <u8>LineAction.DENY ? Action.NEXT : entry.template ? Action.TEMPLATE : entry.action;
  selector.localFirst = line.source;
  selector.localLast = line.source | line.sourceWildcard;
  selector.remoteFirst = line.destination;
  selector.remoteLast = line.destination | line.destinationWildcard;
  selector.localPort = line.sourcePort;
  selector.remotePort = line.destinationPort;
  selector.protocol = line.protocol;
  if (action == Action.TEMPLATE) listMade(port, entry, line, selector);
  let policy = known(port, entry, action, selector);
  if (!policy) {
    policy = make(port, entry, action, selector);
    if (!policy) {
      log.message("CRYPTO-3-POLICIES").put("there is no room for more than ").u32(POLICIES).put(" policies; crypto map entry ").u32(entry.number).put(" is cut short");
      log.end();
      return false;
    }
  }
  append(policy, line);
  return true;
}

/** A new policy, not in the list yet; null: there is no room. */
export function make(port: u32, entry: CryptoMapEntry, action: Action, selector: Selector): Policy | null {
  const block = pool.take();
  if (!block) return null;
  const policy = changetype<Policy>(block);
  policy.slot = pool.indexOf(block);
  policy.interface = port;
  policy.action = <u8>action;
  policy.entry = entry;
  policy.entrySerial = entry.serial;
  policy.entryVersion = entry.version;
  policy.selector.copyFrom(selector);
  return policy;
}

function append(policy: Policy, line: AccessLine): void {
  policy.line = line;
  policy.marked = true;
  store<u32>(order + <usize>(length++ << 2), <u32>changetype<usize>(policy));
}

/** What peers have made of a dynamic map's line, as long as it has SAs, stands before the line. */
function listMade(port: u32, entry: CryptoMapEntry, line: AccessLine, selector: Selector): void {
  for (let i: u32 = 0; i < pool.size; i++) {
    const policy = policyIn(i);
    if (!policy || !policy.owner || policy.marked || policy.interface != port) continue;
    if (policy.entry != entry || policy.entrySerial != entry.serial || !selector.contains(policy.selector)) continue;
    if (sad.uses(policy)) append(policy, line);
  }
}

/** The policy that the same line of the same entry had before. */
function known(port: u32, entry: CryptoMapEntry, action: Action, selector: Selector): Policy | null {
  for (let i: u32 = 0; i < pool.size; i++) {
    const policy = policyIn(i);
    if (
      policy && !policy.marked && !policy.owner && policy.interface == port && policy.action == <u8>action &&
      policy.entry == entry && policy.entrySerial == entry.serial && policy.selector.equals(selector)
    ) return policy;
  }
  return null;
}

// @ts-ignore: decorator
@inline
function policyIn(i: u32): Policy | null {
  return pool.taken(i) ? changetype<Policy>(pool.at(i)) : null;
}

/** The policy in a slot if a peer has made it of a dynamic map, or null. The list stays as it is. */
export function made(slot: u32): Policy | null {
  const policy = policyIn(slot);
  return policy && policy.owner ? policy : null;
}

/** The policy in a slot, or null. */
export function policyAt(slot: u32): Policy | null {
  refresh();
  return slot < pool.size ? policyIn(slot) : null;
}

export function policySlots(): u32 {
  return pool.size;
}

/** Policies in their order, over all interfaces, for walks: `orderedAt(i)` for i below `orderedCount()`. */
export function orderedCount(): u32 {
  refresh();
  return length;
}

export function orderedAt(i: u32): Policy {
  return ordered(i);
}

/** Whether any policy is in force on a port. */
export function active(port: u32): bool {
  refresh();
  return port < PORTS && load<u32>(begin + <usize>(port << 2)) != load<u32>(begin + <usize>((port + 1) << 2));
}

/**
 * The policy of a flow through an interface; null: it passes in plain. Addresses and ports are seen from here: local is
 * the source of what goes out and the destination of what comes in. Running flows are found in constant time.
 * @param protocol with NO_PORTS where ports cannot be seen; a policy with ports then protects or discards by the rest
 */
export function lookup(port: u32, local: u32, remote: u32, protocol: u32, localPort: u32, remotePort: u32): Policy | null {
  if (!active(port)) return null;
  const flow = flows.find(port, local, remote, protocol, localPort, remotePort);
  if (flows.hit) return flow;
  const found = search(port, local, remote, protocol, localPort, remotePort);
  flows.keep(found);
  return found;
}

function search(port: u32, local: u32, remote: u32, protocol: u32, localPort: u32, remotePort: u32): Policy | null {
  const end = load<u32>(begin + <usize>((port + 1) << 2));
  for (let i = load<u32>(begin + <usize>(port << 2)); i < end; i++) {
    const policy = ordered(i);
    if (!covers(policy, local, remote, protocol, localPort, remotePort) || dynamic.isOpen(policy)) continue;
    if (policy.action != <u8>Action.NEXT) return policy.action == <u8>Action.BYPASS ? null : policy;
    while (i + 1 < end && ordered(i + 1).entry == policy.entry) i++;
  }
  return null;
}

function covers(policy: Policy, local: u32, remote: u32, protocol: u32, localPort: u32, remotePort: u32): bool {
  const s = policy.selector;
  if ((protocol & NO_PORTS) == 0 || !policy.hasPorts) return s.matches(local, remote, protocol & 0xff, localPort, remotePort);
  // A later fragment of a flow that may be this policy's must not get past it (RFC 4301, 7).
  if (policy.action == <u8>Action.NEXT || policy.action == <u8>Action.BYPASS) return false;
  return s.matches(local, remote, protocol & 0xff, s.localPort, s.remotePort);
}

/** The policy of a packet that leaves by `port`; null: it passes in plain. */
export function outbound(port: u32, src: u32, dst: u32, protocol: u32, srcPort: u32, dstPort: u32): Policy | null {
  const policy = lookup(port, src, dst, protocol, srcPort, dstPort);
  if (policy) policy.line.hits++;
  return policy;
}

/** The policy that a packet which came in by `port` in plain should have followed; null: plain is right. */
export function inboundPolicy(port: u32, src: u32, dst: u32, protocol: u32, srcPort: u32, dstPort: u32): Policy | null {
  return lookup(port, dst, src, protocol, dstPort, srcPort);
}

/** Address of this gateway on a policy's interface (set by `setInterfaceAddress`), 0 if it has none. */
export function localAddress(policy: Policy): u32 {
  return load<u32>(addresses + <usize>(policy.interface << 2));
}

/** Told by device whenever an interface's address changes. SAs that end at another address are deleted. */
export function setInterfaceAddress(port: u32, address: u32): void {
  if (port >= PORTS) return;
  const p = addresses + <usize>(port << 2);
  if (load<u32>(p) == address) return;
  store<u32>(p, address);
  refresh();
  const end = load<u32>(begin + <usize>((port + 1) << 2));
  for (let i = load<u32>(begin + <usize>(port << 2)); i < end; i++) expiry.checkPeers(ordered(i), address);
}

/** Whether a responder at our address `local` answers `peer` at all: nobody else gets a word. */
export function knowsPeer(peer: u32, local: u32): bool {
  return namesPeer(peer) || dynamic.answers(local);
}

/** Whether `peer` is a peer of any entry in use. */
export function namesPeer(peer: u32): bool {
  refresh();
  for (let i: u32 = 0; i < length; i++) {
    if (ordered(i).isWith(peer)) return true;
  }
  return false;
}

/**
 * For a responder: the first PROTECT policy with that peer whose selector equals `offered` (or, failing that, contains
 * it); failing both, a dynamic map's line at our address `local` (0: any) that it may make a policy of; null if none does.
 * The entry names the isakmp-profile of that name, or none without one. What a deny line of the same entry takes away from the
 * policy cannot be offered.
 */
export function forOffer(peer: u32, offered: Selector, local: u32 = 0, profile: usize = 0, profileLen: u32 = 0): Policy | null {
  refresh();
  let containing: Policy | null = null;
  let template: Policy | null = null;
  for (let i: u32 = 0; i < length; i++) {
    const policy = ordered(i);
    if (!policy.entry.isOfProfile(profile, profileLen)) continue;
    const fits = policy.action == <u8>Action.TEMPLATE ? !template && dynamic.permits(policy, offered, local) : policy.isWith(peer);
    if (!fits || !policy.selector.contains(offered) || denied(i, offered)) continue;
    if (policy.action == <u8>Action.TEMPLATE) template = policy;
    else if (policy.selector.equals(offered)) return policy;
    else if (!containing && !policy.owner) containing = policy;
  }
  return containing ? containing : template;
}

/** Whether a deny line before policy number `i` of the list, of the same entry and interface, meets `offered`. */
function denied(i: u32, offered: Selector): bool {
  const policy = ordered(i);
  while (i-- > 0) {
    const before = ordered(i);
    if (before.entry != policy.entry || before.interface != policy.interface) return false;
    if (before.action == <u8>Action.NEXT && before.selector.overlaps(offered)) return true;
  }
  return false;
}

/** Lifetime in seconds (kilobytes) that a policy asks for: the entry's own or the global one. */
export function lifetimeSeconds(policy: Policy): u32 {
  const own = policy.entry.lifetimeSeconds;
  return own ? own : lifetime.seconds;
}

/** 0: none */
export function lifetimeKilobytes(policy: Policy): u32 {
  const own = policy.entry.lifetimeKilobytes;
  return own ? own : lifetime.kilobytes;
}

/** Drops the held packets that waited too long. */
export function expireHeld(): void {
  held.deadline.reset();
  const now = clock.now();
  const before = now > <u64>HELD_MILLISECONDS ? now - <u64>HELD_MILLISECONDS : 0;
  for (let i: u32 = 0; i < pool.size; i++) {
    const policy = policyIn(i);
    if (policy && policy.held) held.expire(policy, before);
  }
  held.armReleased();
}
