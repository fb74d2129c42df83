/**
 * The security policy database (RFC 4301, 4.4.1), compiled from access lists, crypto maps, and the map that each
 * interface carries.
 *
 * Configuration is changed through verbs; `refresh` then makes the ordered list of policies afresh: for each interface with
 * a map, for each entry of the map by sequence number, for each line of its access list. A policy whose entry and selector
 * are unchanged keeps its slot and its SAs; SAs of policies that are gone are deleted and reported to IKE. A `deny` line ends
 * the entry for what it matches: the next entry is asked. What no policy matches passes.
 *
 * Nothing fails open. What an entry matches that lacks a peer or a transform set is discarded; so is what it matched last, where
 * its list is gone or empty; so is what lines match that found no room here (`beyond`).
 *
 * Whoever asks for a policy gets what is there and changes nothing: `refresh` is called between packets, before a poll and
 * behind the console's input, and nowhere else. So no policy vanishes while somebody holds it.
 */
import { CRYPTO_MAP_PEERS, HELD_MILLISECONDS, POLICIES, INTERFACES, TUNNELS } from "../../limits";
import { AccessLine, AccessList, LineAction } from "../../lists/access_list";
import * as lists from "../../lists/access_list";
import { Refusal } from "../../lists/setting";
import * as setting from "../../lists/setting";
import * as clock from "../../util/clock";
import { Pool, countTable } from "../../util/pool";
import * as expiry from "../sas/expiry";
import * as held from "../sas/held";
import * as sad from "../sas/sad";
import { Action, CryptoMapEntry, Lack } from "../settings/crypto_map";
import * as maps from "../settings/crypto_map";
import * as localAddresses from "../settings/local_address";
import * as protections from "../settings/protection";
import { Selector } from "../terms/selector";
import * as flows from "./flow_cache";
import * as lookups from "./lookup";
import { NONE } from "./lookup";
import { NO_PORTS, Policy } from "./policy";
import * as policies from "./policy";
import { checkPeers, policyGone } from "./policy_gone";

let pool = changetype<Pool<Policy>>(0);
/** Policies in order, those of each port together; where a port's begin, and where the last one's end. */
const order: usize = memory.data(4 * <i32>POLICIES, 4);
const begin: usize = memory.data(4 * (<i32>INTERFACES + 1), 4);
const addresses: usize = memory.data(4 * <i32>INTERFACES, 4);
/** The list before, and which of it is likely to be the next that its line made: most lines are what they were. */
const previous: usize = memory.data(4 * <i32>POLICIES, 4);
let previousLength: u32 = 0;
let likely: u32 = 0;
/** Where the slots stood in it. */
const ranks: usize = memory.data(2 * <i32>POLICIES, 2);
const NO_RANK: i32 = 0xffff;
/** Made for one line at a time. */
const wanted: usize = memory.data(32, 4);
/** In place of a policy that found no room. */
const roomless: Policy = changetype<Policy>(memory.data(192, 8));

/** The first line of a port's map that found no room; `line` null: all did. */
@unmanaged
class Cut {
  place: CryptoMapEntry | null;
  entry: CryptoMapEntry | null;
  line: AccessLine | null;
  /** The sequence number of the line that the console was told of; 0: none. */
  told: u32;
}
const cuts: usize = memory.data(16 * <i32>INTERFACES, 4);
/** Of overlapping lines the console is told of so many at once. */
const OVERLAPS_TOLD: u32 = 8;
/** The revision of the settings that the list was made from. */
let compiled: u32 = 0;
let length: u32 = 0;
/** Policies in the list that protect. */
let tunnels: u32 = 0;
/** A bit for each port whose map has a line of a dynamic one. */
let open: u64 = 0;
/** A bit for each port that carries a crypto map. */
let guarded: u64 = 0;
/** A bit for each tunnel interface that is protected: nothing leaves it but by its policy. */
let walled: u64 = 0;

export function init(): void {
  pool = new Pool<Policy>("policies", POLICIES);
  countTable(10 * POLICIES);
  memory.fill(begin, 0, 4 * (INTERFACES + 1));
  memory.fill(addresses, 0, 4 * INTERFACES);
  length = tunnels = 0;
  guarded = open = walled = 0;
  memory.fill(cuts, 0, 16 * INTERFACES);
  memory.fill(changetype<usize>(roomless), 0, 192);
  if (offsetof<Policy>() > 192 || offsetof<Cut>() != 16) unreachable();
  flows.init();
  lookups.init();
  maps.init();
  protections.init();
  localAddresses.init();
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

/**
 * What is compiled may take an SA away, and the policy that a peer made may go with it; and what goes makes room for lines that
 * found none: until nothing changes any more.
 */
function settle(): void {
  do {
    while (compile()) {}
  } while (compiled != setting.revision);
  tell();
}

// @ts-ignore: decorator
@inline
function cutOf(port: u32): Cut {
  return changetype<Cut>(cuts + <usize>(port << 4));
}

/** Makes the ordered list of policies from the settings. True: lines found no room, and there is more of it now. */
function compile(): bool {
  compiled = setting.revision;
  memory.fill(ranks, 0xff, <usize>(2 * POLICIES));
  for (let i: u32 = 0; i < length; i++) store<u16>(ranks + <usize>(ordered(i).slot << 1), <u16>i);
  for (let i: u32 = 0; i < pool.size; i++) {
    const policy = pool.at(i);
    if (policy) policy.marked = false;
  }
  memory.copy(previous, order, <usize>(length << 2));
  previousLength = length;
  likely = 0;
  length = tunnels = 0;
  guarded = open = walled = 0;
  for (let port: u32 = 0; port < INTERFACES; port++) {
    store<u32>(begin + <usize>(port << 2), length);
    cutOf(port).line = null;
    const protection = protections.entryOf(port);
    if (protection) {
      compileProtection(port, protection);
      continue;
    }
    const len = maps.boundLen(port);
    if (len == 0) continue;
    guarded |= <u64>1 << <u64>port;
    let entry = maps.next(maps.boundName(port), len, 0);
    while (entry) {
      if (entry.dynamic) compileTemplates(port, entry);
      else compileEntry(port, entry, entry);
      entry = maps.next(maps.boundName(port), len, entry.sequence);
    }
  }
  store<u32>(begin + <usize>(INTERFACES << 2), length);
  let freed = false;
  for (let i: u32 = 0; i < pool.size; i++) {
    const policy = pool.at(i);
    if (!policy) continue;
    if (!policy.marked) {
      policyGone(policy);
      pool.free(policy);
      freed = true;
      continue;
    }
    if (policy.idle != policy.idleSeconds) {
      policy.idle = policy.idleSeconds;
      expiry.watchIdle(policy);
    }
    if (policy.entryVersion != policy.entry.version) {
      policy.entryVersion = policy.entry.version;
      policy.peerIndex = 0;
      policy.nextAcquire = 0;
      checkPeers(policy, localAddress(policy));
    }
  }
  flows.forget();
  lookups.clear();
  for (let i = length; i-- > 0; ) {
    const policy = ordered(i);
    lookups.enter(i, policy);
    if (policy.action == <u8>Action.TEMPLATE) open |= <u64>1 << <u64>policy.interface;
  }
  maps.forgetUnbound();
  if (!freed) return false;
  for (let port: u32 = 0; port < INTERFACES; port++) if (cutOf(port).line) return true;
  return false;
}

/** What protects a tunnel interface is one policy. */
function compileProtection(port: u32, entry: CryptoMapEntry): void {
  guarded |= <u64>1 << <u64>port;
  walled |= <u64>1 << <u64>port;
  protections.sync(port, entry);
  compileLine(port, entry, entry, protections.lineOf(port));
  // One without its other end is down, which its interface shows.
  const lack = entry.lack;
  policies.tellLack(entry, lack == Lack.PEER ? Lack.NOTHING : lack);
}

/** The entries of a dynamic map in the place of the one that names it. */
function compileTemplates(port: u32, place: CryptoMapEntry): void {
  let entry = maps.next(place.list, <u32>place.listLen, maps.TEMPLATES);
  if (!entry) return keep(port, place, true);
  place.told = <u8>Lack.NOTHING;
  while (entry) {
    if (entry.listLen) compileEntry(port, place, entry);
    else if (entry.complete) compileLine(port, place, entry, policies.anything);
    entry = maps.next(place.list, <u32>place.listLen, entry.sequence);
  }
}

/** @param place the entry of the interface's map: `entry` itself, or the one that names its dynamic map */
function compileEntry(port: u32, place: CryptoMapEntry, entry: CryptoMapEntry): void {
  const list = lists.find(entry.list, <u32>entry.listLen);
  let line: AccessLine | null = list ? list.first : null;
  let any = false;
  while (line) {
    if (isRule(line)) {
      any = true;
      compileLine(port, place, entry, line);
    }
    line = line.next;
  }
  if (!any) keep(port, entry, false);
  else policies.tellLack(entry, entry.lack);
}

/** Whether a line says something of packets. */
function isRule(line: AccessLine): bool {
  return line.action != <u8>LineAction.REMARK;
}

/**
 * An entry has lost its list, or a list all of its lines: what it matched discards from now on, in the order that it had.
 * @param templates it names a dynamic map, all of whose entries are gone
 */
function keep(port: u32, entry: CryptoMapEntry, templates: bool): void {
  let any = false;
  for (let rank: i32 = -1; ; ) {
    let next: Policy | null = null;
    let at: i32 = NO_RANK;
    for (let i: u32 = 0; i < pool.size; i++) {
      const policy = pool.at(i);
      if (!policy || policy.marked || policy.interface != port || policy.isOpen) continue;
      const from = policy.entry == entry && policy.entrySerial == entry.serial;
      const lost = templates && policy.ofTemplate && policy.entry.serial != policy.entrySerial;
      if (!from && !lost) continue;
      const own = <i32>load<u16>(ranks + <usize>(i << 1));
      if (own <= rank || own >= at) continue;
      at = own;
      next = policy;
    }
    if (!next) break;
    rank = at;
    any = true;
    if (next.action != <u8>Action.NEXT && next.action != <u8>Action.DISCARD) {
      policyGone(next);
      // Where traffic was meant to pass in plain it passes.
      if (next.action != <u8>Action.BYPASS) next.action = <u8>Action.DISCARD;
    }
    next.owner = 0;
    next.entry = entry;
    next.entrySerial = entry.serial;
    next.entryVersion = entry.version;
    append(next, policies.anything);
  }
  policies.tellLack(entry, any ? (entry.lack == Lack.NOTHING ? Lack.LIST : entry.lack) : Lack.NOTHING);
}

function compileLine(port: u32, place: CryptoMapEntry, entry: CryptoMapEntry, line: AccessLine): void {
  const cut = cutOf(port);
  if (cut.line) return;
  const selector = changetype<Selector>(wanted);
  const action = actionOf(entry, line);
  readLine(line, selector);
  if (action == Action.TEMPLATE) listMade(port, entry, line, selector);
  let policy = known(port, entry, action, selector);
  const full = action == Action.PROTECT && tunnels >= TUNNELS;
  if (!policy || full) {
    policy = full ? null : make(port, entry, action, selector);
    if (!policy) {
      cut.place = place;
      cut.entry = entry;
      cut.line = line;
      return;
    }
    policy.fresh = true;
  }
  append(policy, line);
}

function actionOf(entry: CryptoMapEntry, line: AccessLine): Action {
  // What no selector says is refused where it is written; should one come here all the same, all that it may be about is discarded.
  if (line.selects != Refusal.NONE) return Action.DISCARD;
  if (line.action == <u8>LineAction.DENY) return Action.NEXT;
  if (!entry.complete) return Action.DISCARD;
  return entry.template ? Action.TEMPLATE : <Action>entry.action;
}

function readLine(line: AccessLine, selector: Selector): void {
  selector.localFirst = line.sourceFirst;
  selector.localLast = line.sourceEnd;
  selector.remoteFirst = line.destinationFirst;
  selector.remoteLast = line.destinationEnd;
  selector.localPort = line.sourcePort;
  selector.remotePort = line.destinationPort;
  selector.protocol = line.protocol;
}

/** Says at the console which lines found no room, and which new ones overlap others. */
function tell(): void {
  for (let port: u32 = 0; port < INTERFACES; port++) {
    const cut = cutOf(port);
    const line = cut.line;
    if (line && line.sequence != cut.told) policies.tellCut(cut.entry as CryptoMapEntry, line, tunnels >= TUNNELS);
    cut.told = line ? line.sequence : 0;
  }
  // The places of those that are new: no two others overlap that have not been told of.
  let fresh: u32 = 0;
  for (let i: u32 = 0; i < length; i++) if (ordered(i).fresh) store<u16>(ranks + <usize>(fresh++ << 1), <u16>i);
  if (!fresh) return;
  let said: u32 = 0;
  for (let i: u32 = 0; i < length; i++) {
    const later = ordered(i);
    const all = later.fresh;
    const most = all ? i : fresh;
    for (let n: u32 = 0; n < most && said < OVERLAPS_TOLD; n++) {
      const k = all ? n : <u32>load<u16>(ranks + <usize>(n << 1));
      if (k >= i) break;
      const other = ordered(k);
      if (other.interface != later.interface) continue;
      if (!policies.hides(other, later) || excepted(k, later)) continue;
      policies.tellOverlap(other, later);
      said++;
    }
  }
  for (let i: u32 = 0; i < length; i++) ordered(i).fresh = false;
}

/** Whether a deny line before policy number `i`, of its entry, leaves what `later` is for to later entries. */
function excepted(i: u32, later: Policy): bool {
  const policy = ordered(i);
  while (i-- > 0) {
    const before = ordered(i);
    if (before.entry != policy.entry || before.interface != policy.interface) return false;
    if (before.action == <u8>Action.NEXT && (before.selector.contains(later.selector) || before.selector.contains(policy.selector))) return true;
  }
  return false;
}

/** The first line of an entry that found no room, on whatever interface; null: all of them did. */
export function withoutRoom(entry: CryptoMapEntry): AccessLine | null {
  for (let port: u32 = 0; port < INTERFACES; port++) {
    const cut = cutOf(port);
    const line = cut.line;
    if (!line) continue;
    if (cut.entry == entry) return line;
    const place = cut.place as CryptoMapEntry;
    if (entry.template || entry.sequence <= place.sequence || entry.nameLen != place.nameLen) continue;
    if (memory.compare(entry.name, place.name, <usize>entry.nameLen) != 0) continue;
    const list: AccessList | null = lists.find(entry.list, <u32>entry.listLen);
    if (list) return list.first;
  }
  return null;
}

/**
 * What lines say that found no room: what they would protect or discard is discarded, what they would pass passes. It takes as
 * long as there are lines; running flows come from the cache.
 * @param skip an entry whose deny line matched already
 */
function beyond(port: u32, skip: CryptoMapEntry | null, local: u32, remote: u32, protocol: u32, localPort: u32, remotePort: u32): Policy | null {
  const cut = cutOf(port);
  const name = maps.boundName(port);
  const len = maps.boundLen(port);
  const policy = roomless;
  let place: CryptoMapEntry | null = cut.place;
  let begun = false;
  while (place) {
    let entry: CryptoMapEntry | null = place.dynamic ? maps.next(place.list, <u32>place.listLen, maps.TEMPLATES) : place;
    while (entry) {
      let line: AccessLine | null = null;
      if (begun) {
        const list = lists.find(entry.list, <u32>entry.listLen);
        line = list ? list.first : null;
      } else if (entry == cut.entry) {
        begun = true;
        line = cut.line;
      }
      while (line && entry != skip) {
        if (isRule(line)) {
          readLine(line, policy.selector);
          policy.action = <u8>actionOf(entry, line);
          if (covers(policy, local, remote, protocol, localPort, remotePort)) {
            if (policy.action == <u8>Action.NEXT) break;
            if (policy.action == <u8>Action.BYPASS) return null;
            policy.action = <u8>Action.DISCARD;
            policy.entry = entry;
            policy.line = policies.anything;
            return policy;
          }
        }
        line = line.next;
      }
      entry = place.dynamic ? maps.next(place.list, <u32>place.listLen, entry.sequence) : null;
    }
    place = maps.next(name, len, place.sequence);
  }
  return null;
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
  policy.idle = policy.idleSeconds;
  policy.selector.copyFrom(selector);
  return policy;
}

function append(policy: Policy, line: AccessLine): void {
  policy.line = line;
  policy.marked = true;
  if (policy.action == <u8>Action.PROTECT) tunnels++;
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
  if (likely < previousLength) {
    const policy = changetype<Policy>(<usize>load<u32>(previous + <usize>(likely << 2)));
    if (isKnown(policy, port, entry, action, selector)) {
      likely++;
      return policy;
    }
  }
  for (let i: u32 = 0; i < pool.size; i++) {
    const policy = pool.at(i);
    if (!policy || !isKnown(policy, port, entry, action, selector)) continue;
    likely = <u32>load<u16>(ranks + <usize>(i << 1)) + 1;
    return policy;
  }
  return null;
}

function isKnown(policy: Policy, port: u32, entry: CryptoMapEntry, action: Action, selector: Selector): bool {
  return !policy.marked && !policy.owner && policy.interface == port && policy.action == <u8>action &&
    policy.entry == entry && policy.entrySerial == entry.serial && policy.selector.equals(selector);
}

/** Whether a further line of an access list, a permit (`protects`) or another, finds room on every interface whose map matches the list. */
export function hasRoom(list: AccessList, protects: bool): bool {
  let policies: u32 = 0;
  let protecting: u32 = 0;
  for (let port: u32 = 0; port < INTERFACES; port++) {
    const name = maps.boundName(port);
    const len = maps.boundLen(port);
    for (let place = len ? maps.next(name, len, 0) : null; place; place = maps.next(name, len, (place as CryptoMapEntry).sequence)) {
      let entry: CryptoMapEntry | null = place.dynamic ? maps.next(place.list, <u32>place.listLen, maps.TEMPLATES) : place;
      while (entry) {
        if (<u32>entry.listLen == list.nameLen && memory.compare(entry.list, list.name, <usize>list.nameLen) == 0) {
          policies++;
          if (protects && !entry.template && entry.action == <u8>Action.PROTECT) protecting++;
        }
        entry = place.dynamic ? maps.next(place.list, <u32>place.listLen, entry.sequence) : null;
      }
    }
  }
  return policies == 0 || (policies <= pool.left && (protecting == 0 || tunnels + protecting <= TUNNELS));
}

/** Whether there is room for one more policy that protects: SAs are kept for the renewal of all of them. */
export function mayProtect(): bool {
  return tunnels < TUNNELS;
}

/** The policy in a slot if a peer has made it of a dynamic map, be it in the list or not yet; or null. */
export function made(slot: u32): Policy | null {
  const policy = pool.at(slot);
  return policy && policy.owner ? policy : null;
}

/** The policy in a slot, for IKE: null where there is none, and where one is that has nothing to negotiate (any more). */
export function policyAt(slot: u32): Policy | null {
  const policy = slot < pool.size ? pool.at(slot) : null;
  return policy && (policy.action == <u8>Action.PROTECT || policy.action == <u8>Action.TEMPLATE) ? policy : null;
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

/** Changes with every new list of policies: what was looked up under another may be otherwise now. */
export function epoch(): u32 {
  return flows.generation;
}

/** Whether a port carries a crypto map, be there a policy of it or none. */
export function active(port: u32): bool {
  return port < INTERFACES && (guarded >>> <u64>port & 1) != 0;
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

/**
 * The first policy that covers a flow decides, but a template gives way to what a peer has made of any template behind it: a
 * dynamic entry with a wide list does not starve those after it.
 */
function search(port: u32, local: u32, remote: u32, protocol: u32, localPort: u32, remotePort: u32): Policy | null {
  let template: Policy | null = null;
  let skip: CryptoMapEntry | null = null;
  lookups.begin(port, local, remote);
  for (let i = lookups.next(); i != NONE; i = lookups.next()) {
    const policy = ordered(i);
    if (policy.interface != port || policy.entry == skip || !covers(policy, local, remote, protocol, localPort, remotePort) || policy.isOpen) continue;
    if (policy.action == <u8>Action.TEMPLATE) {
      if (!template) template = policy;
    } else if (policy.action != <u8>Action.NEXT) {
      if (template && !policy.owner) return template;
      return policy.action == <u8>Action.BYPASS ? null : policy;
    } else skip = policy.entry;
  }
  if (template || !cutOf(port).line) return template;
  return beyond(port, skip, local, remote, protocol, localPort, remotePort);
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

/** Whether a port is a tunnel interface that is protected: what has no policy there does not pass. */
export function isWalled(port: u32): bool {
  return (walled >>> <u64>port & 1) != 0;
}

/** The one policy of a protected tunnel interface; null: it has found no room. */
export function protectionOf(port: u32): Policy | null {
  const first = load<u32>(begin + <usize>(port << 2));
  return first < load<u32>(begin + <usize>((port + 1) << 2)) ? ordered(first) : null;
}

/** The policy that a packet which came in by `port` in plain should have followed; null: plain is right. */
export function inboundPolicy(port: u32, src: u32, dst: u32, protocol: u32, srcPort: u32, dstPort: u32): Policy | null {
  return lookup(port, dst, src, protocol, dstPort, srcPort);
}

/** Whether there is a line of a dynamic map at an address of ours. */
export function isOpenAt(local: u32): bool {
  for (let port: u32 = 0; port < INTERFACES; port++) {
    if ((open >>> <u64>port & 1) != 0 && load<u32>(addresses + <usize>(port << 2)) == local) return true;
  }
  return false;
}

/** Whether somebody of this address is a peer of any entry in use. */
export function namesPeer(address: u32): bool {
  for (let k: u32 = 0; k < CRYPTO_MAP_PEERS; k++) {
    for (let i = lookups.firstWith(k, address); i != NONE; i = lookups.nextWith(k, i)) if (ordered(i).isWith(address)) return true;
  }
  return false;
}

/** Address of this gateway on a policy's interface (set by `setInterfaceAddress`), 0 if it has none. */
export function localAddress(policy: Policy): u32 {
  return load<u32>(addresses + <usize>(policy.interface << 2));
}

/** Address of this gateway on a port, 0 if it has none. */
export function addressOf(port: u32): u32 {
  return port < INTERFACES ? load<u32>(addresses + <usize>(port << 2)) : 0;
}

/** Told by device whenever an interface's address changes. SAs that end at another address are deleted. */
export function setInterfaceAddress(port: u32, address: u32): void {
  if (port >= INTERFACES) return;
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
