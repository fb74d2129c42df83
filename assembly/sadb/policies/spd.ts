/**
 * The security policy database (RFC 4301, 4.4.1), compiled from access lists, crypto maps, and the map that each
 * interface carries.
 *
 * Configuration is changed through verbs; `refresh` then makes the ordered list of policies afresh: for each interface with
 * a map, for each entry of the map by sequence number, for each line of its access list. A policy whose entry and selector
 * are unchanged keeps its slot and its SAs; SAs of policies that are gone are deleted and reported to IKE. A `deny` line ends
 * the entry for what it matches: the next entry is asked. What no policy matches passes.
 *
 * Whoever asks for a policy gets what is there and changes nothing: `refresh` is called between packets, before a poll and
 * behind the console's input, and nowhere else. So no policy vanishes while somebody holds it.
 */
import { HELD_MILLISECONDS, POLICIES, PORTS } from "../../limits";
import { AccessLine, LineAction } from "../../lists/access_list";
import * as lists from "../../lists/access_list";
import * as setting from "../../lists/setting";
import * as clock from "../../util/clock";
import * as log from "../../util/log";
import { Pool } from "../../util/pool";
import * as held from "../sas/held";
import * as sad from "../sas/sad";
import { Action, CryptoMapEntry } from "../settings/crypto_map";
import * as maps from "../settings/crypto_map";
import { Selector } from "../terms/selector";
import * as flows from "./flow_cache";
import { NO_PORTS, Policy } from "./policy";
import * as policies from "./policy";
import { checkPeers, policyGone } from "./policy_gone";

let pool = changetype<Pool<Policy>>(0);
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
  pool = new Pool<Policy>("policies", POLICIES);
  memory.fill(begin, 0, 4 * (PORTS + 1));
  memory.fill(addresses, 0, 4 * PORTS);
  length = 0;
  flows.init();
  maps.init();
  lists.init();
  policies.init();
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
  if (compiled != setting.revision) settle();
}

/** What is compiled may take an SA away, and the policy that a peer made may go with it: until nothing changes any more. */
function settle(): void {
  do compile();
  while (compiled != setting.revision);
}

/** Makes the ordered list of policies from the settings. */
function compile(): void {
  compiled = setting.revision;
  for (let i: u32 = 0; i < pool.size; i++) {
    const policy = pool.at(i);
    if (policy) policy.marked = false;
  }
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
    const policy = pool.at(i);
    if (!policy) continue;
    if (!policy.marked) {
      policyGone(policy);
      pool.free(policy);
    } else if (policy.entryVersion != policy.entry.version) {
      policy.entryVersion = policy.entry.version;
      policy.peerIndex = 0;
      policy.nextAcquire = 0;
      checkPeers(policy, localAddress(policy));
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
      else compileLine(port, entry, policies.anything);
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
  selector.localLast = line.sourceEnd;
  selector.remoteFirst = line.destination;
  selector.remoteLast = line.destinationEnd;
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
  const policy = pool.take();
  if (!policy) return null;
  policy.slot = pool.indexOf(policy);
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
    const policy = pool.at(i);
    if (!policy || !policy.owner || policy.marked || policy.interface != port) continue;
    if (policy.entry != entry || policy.entrySerial != entry.serial || !selector.contains(policy.selector)) continue;
    if (sad.uses(policy)) append(policy, line);
  }
}

/** The policy that the same line of the same entry had before. */
function known(port: u32, entry: CryptoMapEntry, action: Action, selector: Selector): Policy | null {
  for (let i: u32 = 0; i < pool.size; i++) {
    const policy = pool.at(i);
    if (
      policy && !policy.marked && !policy.owner && policy.interface == port && policy.action == <u8>action &&
      policy.entry == entry && policy.entrySerial == entry.serial && policy.selector.equals(selector)
    ) return policy;
  }
  return null;
}

/** The policy in a slot if a peer has made it of a dynamic map, be it in the list or not yet; or null. */
export function made(slot: u32): Policy | null {
  const policy = pool.at(slot);
  return policy && policy.owner ? policy : null;
}

/** The policy in a slot, or null. */
export function policyAt(slot: u32): Policy | null {
  return slot < pool.size ? pool.at(slot) : null;
}

export function policySlots(): u32 {
  return pool.size;
}

/** Policies in their order, over all interfaces, for walks: `orderedAt(i)` for i below `orderedCount()`. */
export function orderedCount(): u32 {
  return length;
}

export function orderedAt(i: u32): Policy {
  return ordered(i);
}

/** Whether any policy is in force on a port. */
export function active(port: u32): bool {
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
    if (!covers(policy, local, remote, protocol, localPort, remotePort) || policy.isOpen) continue;
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
  const end = load<u32>(begin + <usize>((port + 1) << 2));
  for (let i = load<u32>(begin + <usize>(port << 2)); i < end; i++) checkPeers(ordered(i), address);
}

/** Drops the held packets that waited too long. */
export function expireHeld(): void {
  held.deadline.reset();
  const now = clock.now();
  const before = now > <u64>HELD_MILLISECONDS ? now - <u64>HELD_MILLISECONDS : 0;
  for (let i: u32 = 0; i < pool.size; i++) {
    const policy = pool.at(i);
    if (policy && policy.held) held.expire(policy, before);
  }
  held.armReleased();
}
