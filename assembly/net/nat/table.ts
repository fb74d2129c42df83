/**
 * The translations that flows have made, found both ways in constant time, and what each inside host has of them.
 *
 *      inside host                          us                              outside host
 *      inside:insidePort  ---- out ---->    global:globalPort  -------->    outside:outsidePort
 *                         <---- in -----                       <--------
 *
 * "Out" lists are by (protocol, inside, outside), "in" lists by (protocol, global, outside), "mapping" lists by (protocol, global)
 * alone: who has a port of ours. All flows of one mapping are of one inside address and port, so the first in a list tells.
 *
 * Each inside host's translations stand in a ring, which a place is looked for in when there is none left: in that of whoever has
 * most, and then in that of who wants it. What runs is never given away; a host that fills its share pays with its own.
 */
import { NAT_HOSTS, NAT_HOST_SHARE, NAT_TRANSLATIONS } from "../../limits";
import * as clock from "../../util/clock";
import { Index, NONE, ceilPowerOfTwo } from "../../util/index";
import { Pool, countTable } from "../../util/pool";
import { Drop } from "../../util/status";
import { Protocol } from "../../wire/ipv4";
import * as timeouts from "./timeouts";
import { State, Translation } from "./translation";

@unmanaged
export class Host {
  address: u32;
  count: u32;
  /** A translation in its ring, where the next look for one to give away begins. */
  hand: u32;
}

/** How many of a ring one look goes past. */
const LOOKS: u32 = 32;
/** Hosts looked at for one that has nothing worth keeping. */
const HOST_LOOKS: u32 = 64;
/** What nobody answers is left to others after so long. */
const PATIENCE: u32 = 3000;
/** Milliseconds a flow stands still before it counts as idle. */
const IDLE_TCP: u32 = 300000;
const IDLE_OTHER: u32 = 30000;

const LISTS: u32 = ceilPowerOfTwo(NAT_TRANSLATIONS);
let pool = changetype<Pool<Translation>>(0);
let hosts = changetype<Pool<Host>>(0);
let hostIndex: Index = changetype<Index>(0);
let outLists: usize = 0; // u16 each
let inLists: usize = 0;
let mappingLists: usize = 0;
let seed: u32 = 0;
let hostCursor: u32 = 0;
/** Translations of all of a host's, so that nobody looks for them where there are none. */
export let simple: u32 = 0;

/** Figures of `show ip nat statistics`. */
export let peak: u32 = 0;
export let hits: u64 = 0;
export let misses: u64 = 0;
export let expired: u64 = 0;
export let refusals: u64 = 0;
export let evicted: u64 = 0;

export function init(random: u32): void {
  if (offsetof<Translation>() > 48) unreachable();
  pool = new Pool<Translation>("NAT translations", NAT_TRANSLATIONS);
  hosts = new Pool<Host>("NAT inside hosts", NAT_HOSTS);
  hostIndex = new Index(NAT_HOSTS);
  countTable(6 * LISTS);
  outLists = heap.alloc(<usize>(6 * LISTS));
  inLists = outLists + <usize>(2 * LISTS);
  mappingLists = inLists + <usize>(2 * LISTS);
  memory.fill(outLists, 0xff, <usize>(6 * LISTS));
  seed = random;
  hostCursor = simple = 0;
  clearFigures();
}

export function clearFigures(): void {
  peak = pool.used;
  hits = misses = expired = refusals = evicted = 0;
}

export function countHit(): void {
  hits++;
}

export function countMiss(): void {
  misses++;
}

export function used(): u32 {
  return pool.used;
}

export function slots(): u32 {
  return NAT_TRANSLATIONS;
}

export function at(slot: u32): Translation | null {
  return pool.at(slot);
}

/** How many translations a host has. */
export function countOf(address: u32): u32 {
  const host = hostOf(address);
  return host ? host.count : 0;
}

/** Of two addresses and two ports a list. The seed is nobody's to know: no lists are made long on purpose. */
// @ts-ignore: decorator
@inline
function listOf(lists: usize, protocol: u32, near: u32, far: u32, ports: u32): usize {
  let h: u32 = (near ^ seed) * 0x9e3779b1;
  h = (rotl<u32>(h, 13) ^ far) * 0x85ebca6b;
  h = (rotl<u32>(h, 15) ^ ports) * 0xc2b2ae35;
  h = (rotl<u32>(h, 17) + protocol + seed) * 0x27d4eb2f;
  return lists + <usize>(((h ^ (h >>> 15)) & (LISTS - 1)) << 1);
}

// @ts-ignore: decorator
@inline
function entry(slot: u32): Translation {
  return changetype<Translation>(pool.base + <usize>(slot * pool.stride));
}

/** The translation of a flow as its inside host sends it. */
export function findOut(protocol: u32, inside: u32, insidePort: u32, outside: u32, outsidePort: u32): Translation | null {
  let slot = <u32>load<u16>(listOf(outLists, protocol, inside, outside, (insidePort << 16) | outsidePort));
  while (slot != NONE) {
    const t = entry(slot);
    if (
      t.inside == inside && t.outside == outside && <u32>t.insidePort == insidePort && <u32>t.outsidePort == outsidePort && <u32>t.protocol == protocol
    ) return live(t);
    slot = <u32>t.nextOut;
  }
  return null;
}

/** The translation of a flow as its outside host sends it. */
export function findIn(protocol: u32, global: u32, globalPort: u32, outside: u32, outsidePort: u32): Translation | null {
  let slot = <u32>load<u16>(listOf(inLists, protocol, global, outside, (globalPort << 16) | outsidePort));
  while (slot != NONE) {
    const t = entry(slot);
    if (
      t.global == global && t.outside == outside && <u32>t.globalPort == globalPort && <u32>t.outsidePort == outsidePort && <u32>t.protocol == protocol
    ) return live(t);
    slot = <u32>t.nextIn;
  }
  return null;
}

/** Any translation that has this port of ours; null: nobody has. */
export function mappingOf(protocol: u32, global: u32, globalPort: u32): Translation | null {
  let slot = <u32>load<u16>(listOf(mappingLists, protocol, global, 0, globalPort));
  while (slot != NONE) {
    const t = entry(slot);
    if (t.global == global && <u32>t.globalPort == globalPort && <u32>t.protocol == protocol) return t;
    slot = <u32>t.nextMapping;
  }
  return null;
}

/** Null, and it is gone, where its time is over. */
function live(t: Translation): Translation | null {
  const limit = timeouts.lifeOf(t);
  if (limit == timeouts.NEVER || idle(t) < limit) return t;
  expired++;
  remove(t);
  return null;
}

// @ts-ignore: decorator
@inline
function idle(t: Translation): u32 {
  return <u32>clock.now() - t.used;
}

/** Why `add` has refused. */
export let reason: Drop = Drop.NONE;

/** A new translation; null, and `reason`, where there is no place for it. @param limit of all, @param share of one host */
export function add(
  protocol: u32, inside: u32, insidePort: u32, global: u32, globalPort: u32, outside: u32, outsidePort: u32, limit: u32, share: u32,
): Translation | null {
  let host = hostOf(inside);
  if (!makeRoom(host, min(limit, NAT_TRANSLATIONS), min(share, NAT_HOST_SHARE))) {
    refusals++;
    return null;
  }
  // Making room may have taken the host's last one.
  host = hostOf(inside);
  if (!host) host = newHost(inside);
  if (!host) {
    refusals++;
    reason = Drop.NAT_FULL;
    return null;
  }
  const t = pool.take() as Translation;
  const slot = pool.indexOf(t);
  if (pool.used > peak) peak = pool.used;
  t.inside = inside;
  t.global = global;
  t.outside = outside;
  t.insidePort = <u16>insidePort;
  t.globalPort = <u16>globalPort;
  t.outsidePort = <u16>outsidePort;
  t.protocol = <u8>protocol;
  t.used = t.created = <u32>clock.now();
  t.host = <u16>hosts.indexOf(host);
  if (protocol == 0) simple++;
  enter(slot, t);
  join(host, slot, t);
  return t;
}

function enter(slot: u32, t: Translation): void {
  const protocol = <u32>t.protocol;
  let list = listOf(outLists, protocol, t.inside, t.outside, ((<u32>t.insidePort) << 16) | <u32>t.outsidePort);
  t.nextOut = load<u16>(list);
  store<u16>(list, <u16>slot);
  list = listOf(inLists, protocol, t.global, t.outside, ((<u32>t.globalPort) << 16) | <u32>t.outsidePort);
  t.nextIn = load<u16>(list);
  store<u16>(list, <u16>slot);
  list = listOf(mappingLists, protocol, t.global, 0, <u32>t.globalPort);
  t.nextMapping = load<u16>(list);
  store<u16>(list, <u16>slot);
}

/** Takes a slot out of a list whose link lies at `offset` of a translation. */
function unlink(list: usize, slot: u32, offset: usize): void {
  while (<u32>load<u16>(list) != slot) list = changetype<usize>(entry(<u32>load<u16>(list))) + offset;
  store<u16>(list, load<u16>(changetype<usize>(entry(slot)) + offset));
}

export function remove(t: Translation): void {
  const slot = pool.indexOf(t);
  const protocol = <u32>t.protocol;
  unlink(listOf(outLists, protocol, t.inside, t.outside, ((<u32>t.insidePort) << 16) | <u32>t.outsidePort), slot, offsetof<Translation>("nextOut"));
  unlink(listOf(inLists, protocol, t.global, t.outside, ((<u32>t.globalPort) << 16) | <u32>t.outsidePort), slot, offsetof<Translation>("nextIn"));
  unlink(listOf(mappingLists, protocol, t.global, 0, <u32>t.globalPort), slot, offsetof<Translation>("nextMapping"));
  if (protocol == 0) simple--;
  part(hosts.at(<u32>t.host) as Host, slot, t);
  pool.free(t);
}

function hostOf(address: u32): Host | null {
  for (let i = hostIndex.first(address); i != NONE; i = hostIndex.next(i)) {
    const host = hosts.at(i);
    if (host && host.address == address) return host;
  }
  return null;
}

/** A host that has nothing yet. When there are too many, one that has nothing worth keeping makes room. */
function newHost(address: u32): Host | null {
  for (let i: u32 = 0; hosts.left == 0 && i < HOST_LOOKS; i++) {
    hostCursor = (hostCursor + 1) % NAT_HOSTS;
    const other = hosts.at(hostCursor);
    if (other) giveUp(other);
  }
  const host = hosts.take();
  if (!host) return null;
  host.address = address;
  hostIndex.add(hosts.indexOf(host), address);
  return host;
}

/** Ends all of a host's, if they are few and none is worth keeping. */
function giveUp(host: Host): void {
  if (host.count > 4) return;
  let slot = host.hand;
  for (let i: u32 = 0; i < host.count; i++) {
    const t = entry(slot);
    if (!expendable(t, PATIENCE)) return;
    slot = <u32>t.after;
  }
  for (let left = host.count; left > 0; left--) {
    evicted++;
    remove(entry(host.hand));
  }
}

function join(host: Host, slot: u32, t: Translation): void {
  if (host.count++ == 0) {
    t.before = t.after = <u16>slot;
    host.hand = slot;
    return;
  }
  // Before the hand: it comes round last.
  const next = entry(host.hand);
  t.after = <u16>host.hand;
  t.before = next.before;
  entry(<u32>next.before).after = <u16>slot;
  next.before = <u16>slot;
}

function part(host: Host, slot: u32, t: Translation): void {
  if (--host.count == 0) {
    hostIndex.remove(hosts.indexOf(host), host.address);
    hosts.free(host);
    return;
  }
  entry(<u32>t.before).after = t.after;
  entry(<u32>t.after).before = t.before;
  if (host.hand == slot) host.hand = <u32>t.after;
}

function makeRoom(host: Host | null, limit: u32, share: u32): bool {
  if (host && host.count >= share) {
    reason = Drop.NAT_HOST_FULL;
    return evict(host, 0);
  }
  if (pool.used < limit) return true;
  reason = Drop.NAT_FULL;
  const most = crowd();
  if (most && evict(most, most == host ? 0 : PATIENCE)) return true;
  return host && host != most ? evict(host, 0) : false;
}

/** The host that has most. */
function crowd(): Host | null {
  let most: Host | null = null;
  for (let i: u32 = 0; i < NAT_HOSTS; i++) {
    const host = hosts.at(i);
    if (host && (!most || host.count > most.count)) most = host;
  }
  return most;
}

/** Whether others may have its place: nobody answers it (for so long), it is at its end, or it stands still. */
function expendable(t: Translation, patience: u32): bool {
  const still = idle(t);
  const state = <u32>t.state;
  if (t.protocol != 0 && (state & State.ANSWERED) == 0) return still >= patience;
  if ((state & State.RESET) != 0 || (state & (State.FIN_IN | State.FIN_OUT)) == (State.FIN_IN | State.FIN_OUT)) return true;
  return still >= (t.protocol == <u8>Protocol.TCP || t.protocol == 0 ? IDLE_TCP : IDLE_OTHER);
}

/** Ends one of a host's that is expendable. */
function evict(host: Host, patience: u32): bool {
  const looks = min(LOOKS, host.count);
  for (let i: u32 = 0; i < looks; i++) {
    const t = entry(host.hand);
    if (expendable(t, patience)) {
      evicted++;
      remove(t);
      return true;
    }
    host.hand = <u32>t.after;
  }
  return false;
}

/** Looks through slots from `first` on, `count` of them, and ends those whose time is over. */
export function sweep(first: u32, count: u32): void {
  const last = min(first + count, NAT_TRANSLATIONS);
  for (let i = first; i < last; i++) {
    const t = pool.at(i);
    if (t) live(t);
  }
}
