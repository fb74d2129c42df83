/**
 * What is configured of NAT: which interfaces are inside and outside, pools of addresses, rules for what goes out, and the addresses and
 * ports that are always somebody's. Whoever depends on it looks at `revision`, which every change moves on.
 */
import { INTERFACES, NAME_MAX, NAT_HOST_LIMITS, NAT_POOLS, NAT_RULES, NAT_STATICS } from "../../limits";
import * as lists from "../../lists/access_list";
import { AccessList } from "../../lists/access_list";
import * as routeMaps from "../../lists/route_map";
import { RouteMapEntry, Verdict } from "../../lists/route_map";
import * as setting from "../../lists/setting";
import { equal } from "../../util/bytes";
import { Index, NONE } from "../../util/index";
import { Pool } from "../../util/pool";
import * as flow from "../flow";
import * as interfaces from "../interface";

export { Protocol, isUnicast } from "../../wire/ipv4";

export const enum Side {
  NONE = 0,
  INSIDE,
  OUTSIDE,
}

/** In place of an interface. */
export const NO_PORT: u32 = 0xffffffff;

@unmanaged
export class AddressPool {
  first: u32;
  last: u32;
  mask: u32;
  /** `prefix-length` and not `netmask` was written. */
  prefix: bool;
  nameLen: u32;

  get name(): usize {
    return changetype<usize>(this) + offsetof<AddressPool>();
  }
}

/** `ip nat inside source list|route-map NAME interface X|pool NAME [overload]` */
@unmanaged
export class Rule {
  /** In the order of configuration: number of the rule behind it. */
  order: u32;
  overload: bool;
  byMap: bool;
  /** NO_PORT: the addresses are a pool's */
  port: u32;
  nameLen: u32;
  poolLen: u32;
  /** What the names meant at `seen` of setting.revision. */
  seen: u32;
  list: AccessList | null;
  map: RouteMapEntry | null;
  pool: AddressPool | null;
  /** That its list or map is missing has been told. */
  told: bool;

  get name(): usize {
    return changetype<usize>(this) + offsetof<Rule>();
  }

  get poolName(): usize {
    return this.name + NAME_MAX;
  }

  /** Finds what the names mean, if anything has changed. */
  follow(): void {
    if (this.seen == setting.revision) return;
    this.seen = setting.revision;
    this.told = false;
    this.list = this.byMap ? null : lists.find(this.name, this.nameLen);
    this.map = this.byMap ? routeMaps.find(this.name, this.nameLen) : null;
    this.pool = this.poolLen ? findPool(this.poolName, this.poolLen) : null;
  }

  /** What its list or map says of the flow that `flow` has read. */
  judge(port: u32): Verdict {
    this.follow();
    const map = this.map;
    if (!this.byMap) {
      return routeMaps.judge(this.list, flow.protocol, flow.source, flow.destination, flow.sourcePort, flow.destinationPort, flow.flags);
    }
    if (!map) return Verdict.BROKEN;
    return routeMaps.decide(map, port, flow.protocol, flow.source, flow.destination, flow.sourcePort, flow.destinationPort, flow.flags);
  }
}

/** `ip nat inside source static ...` */
@unmanaged
export class Static {
  inside: u32;
  /** Of a network, whose hosts keep their numbers: its mask; of one host all ones. */
  mask: u32;
  /** 0: the address that `port` has */
  outside: u32;
  port: u32;
  /** 0: everything that the host has; else TCP or UDP with the ports below */
  protocol: u8;
  extendable: bool;
  insidePort: u16;
  outsidePort: u16;
  nameLen: u32;
  seen: u32;
  map: RouteMapEntry | null;

  /** Name of its route map, none where nameLen is 0. */
  get name(): usize {
    return changetype<usize>(this) + offsetof<Static>();
  }

  /** The address that the outside sees; 0: its interface has none at present. */
  get global(): u32 {
    return this.port == NO_PORT ? this.outside : interfaces.at(this.port).address;
  }

  /** The address that the outside sees of an inside one that it has. */
  globalOf(address: u32): u32 {
    return this.mask == u32.MAX_VALUE ? this.global : this.outside | (address & ~this.mask);
  }

  insideOf(address: u32): u32 {
    return this.inside | (address & ~this.mask);
  }

  /** Whether its route map has a flow in it; without one it has all. A map that is missing has none. */
  fits(port: u32, protocol: u32, source: u32, destination: u32, sourcePort: u32, destinationPort: u32): bool {
    if (!this.nameLen) return true;
    if (this.seen != setting.revision) {
      this.seen = setting.revision;
      this.map = routeMaps.find(this.name, this.nameLen);
    }
    const map = this.map;
    const verdict = map ? routeMaps.decide(map, port, protocol, source, destination, sourcePort, destinationPort, 0) : Verdict.BROKEN;
    if (verdict == Verdict.BROKEN) staticBroken = true;
    return verdict == Verdict.PERMIT;
  }
}

/** The route map of a static that the last `staticOut` came upon is missing, or a list of that is. */
export let staticBroken: bool = false;

/** Some interface is inside and some other outside: packets are looked at. */
export let active: bool = false;

const sides = new StaticArray<u8>(INTERFACES);
let pools = changetype<Pool<AddressPool>>(0);
let rules = changetype<Pool<Rule>>(0);
let statics = changetype<Pool<Static>>(0);
/** Statics by their inside address; by the outside one each time one is looked for among those with that address. */
let byInside: Index = changetype<Index>(0);
let byOutside: Index = changetype<Index>(0);
/** Statics of an interface's address, which changes: looked at each time. */
let ofInterfaces: u32 = 0;
/** Statics of networks: looked at each time, behind those of hosts. */
let ofNetworks: u32 = 0;
/** How many statics there are. */
export let staticCount: u32 = 0;
/** The first rule; NONE: there is none. */
let firstRule: u32 = NONE;

/** `ip nat translation max-entries`: of all, and of each host. */
export const UNLIMITED: u32 = 0x7fffffff;
export let entriesMax: u32 = UNLIMITED;
export let entriesOfHost: u32 = UNLIMITED;
const hostLimits: usize = memory.data(<i32>NAT_HOST_LIMITS * 8, 4); // address, most
export let hostLimitCount: u32 = 0;

export function init(): void {
  pools = new Pool<AddressPool>("NAT pools", NAT_POOLS, NAME_MAX);
  rules = new Pool<Rule>("NAT rules", NAT_RULES, 2 * NAME_MAX);
  statics = new Pool<Static>("NAT static translations", NAT_STATICS, NAME_MAX);
  byInside = new Index(NAT_STATICS);
  byOutside = new Index(NAT_STATICS);
  memory.fill(changetype<usize>(sides), 0, <usize>INTERFACES);
  ofInterfaces = ofNetworks = staticCount = hostLimitCount = 0;
  firstRule = NONE;
  entriesMax = entriesOfHost = UNLIMITED;
  active = false;
}

// Interfaces

// @ts-ignore: decorator
@inline
export function side(port: u32): Side {
  return <u32>unchecked(sides[port]);
}

export function setSide(port: u32, value: Side): void {
  unchecked((sides[port] = <u8>value));
  let inside = false;
  let outside = false;
  for (let i: u32 = 0; i < INTERFACES; i++) {
    if (side(i) == Side.INSIDE) inside = true;
    else if (side(i) == Side.OUTSIDE) outside = true;
  }
  active = inside && outside;
  setting.touch();
}

/** The interface that is inside and has an address; NO_PORT: none. */
export function insideWith(address: u32): u32 {
  for (let i: u32 = 0; i < INTERFACES; i++) if (side(i) == Side.INSIDE && interfaces.at(i).has(address)) return i;
  return NO_PORT;
}

// Pools

export function poolSlots(): u32 {
  return pools.size;
}

export function poolAt(i: u32): AddressPool | null {
  return pools.at(i);
}

export function findPool(name: usize, len: u32): AddressPool | null {
  for (let i: u32 = 0; i < pools.size; i++) {
    const pool = pools.at(i);
    if (pool && pool.nameLen == len && equal(pool.name, name, len)) return pool;
  }
  return null;
}

/** Makes a pool, or changes its addresses. Null: there is no room. */
export function setPool(name: usize, len: u32, first: u32, last: u32, mask: u32, prefix: bool): bool {
  let pool = findPool(name, len);
  if (!pool) {
    pool = pools.take();
    if (!pool) return false;
    pool.nameLen = len;
    memory.copy(pool.name, name, <usize>len);
  }
  pool.first = first;
  pool.last = last;
  pool.mask = mask;
  pool.prefix = prefix;
  setting.touch();
  return true;
}

export function removePool(pool: AddressPool): void {
  pools.free(pool);
  setting.touch();
}

/** Whether a rule takes its addresses from a pool. */
export function poolUsed(pool: AddressPool): bool {
  for (let i: u32 = 0; i < rules.size; i++) {
    const rule = rules.at(i);
    if (rule && rule.poolLen == pool.nameLen && equal(rule.poolName, pool.name, pool.nameLen)) return true;
  }
  return false;
}

// Rules

export function ruleAt(i: u32): Rule | null {
  return i == NONE ? null : rules.at(i);
}

export function firstRuleAt(): u32 {
  return firstRule;
}

export function ruleNumber(rule: Rule): u32 {
  return rules.indexOf(rule);
}

/** The rule of that list or map; null: there is none. */
export function findRule(name: usize, len: u32, byMap: bool): Rule | null {
  for (let i = firstRule; i != NONE; ) {
    const rule = rules.at(i) as Rule;
    if (rule.byMap == byMap && rule.nameLen == len && equal(rule.name, name, len)) return rule;
    i = rule.order;
  }
  return null;
}

/** Adds a rule behind the others; null: there is no room. @param port NO_PORT: the pool's addresses */
export function addRule(name: usize, len: u32, byMap: bool, port: u32, poolName: usize, poolLen: u32, overload: bool): Rule | null {
  const rule = rules.take();
  if (!rule) return null;
  rule.byMap = byMap;
  rule.nameLen = len;
  memory.copy(rule.name, name, <usize>len);
  rule.port = port;
  rule.poolLen = poolLen;
  memory.copy(rule.poolName, poolName, <usize>poolLen);
  rule.overload = overload;
  rule.order = NONE;
  const number = rules.indexOf(rule);
  if (firstRule == NONE) firstRule = number;
  else {
    let last = rules.at(firstRule) as Rule;
    while (last.order != NONE) last = rules.at(last.order) as Rule;
    last.order = number;
  }
  setting.touch();
  return rule;
}

export function removeRule(rule: Rule): void {
  const number = rules.indexOf(rule);
  if (firstRule == number) firstRule = rule.order;
  else {
    let before = rules.at(firstRule) as Rule;
    while (before.order != number) before = rules.at(before.order) as Rule;
    before.order = rule.order;
  }
  rules.free(rule);
  setting.touch();
}

// Statics

export function staticSlots(): u32 {
  return statics.size;
}

export function staticAt(i: u32): Static | null {
  return statics.at(i);
}

/** A new one; null: there is no room. @param outside 0: the address of `port` @param mask of a network */
export function addStatic(protocol: u32, inside: u32, insidePort: u32, outside: u32, outsidePort: u32, port: u32, map: usize, mapLen: u32, mask: u32 = u32.MAX_VALUE): Static | null {
  const one = statics.take();
  if (!one) return null;
  one.protocol = <u8>protocol;
  one.inside = inside;
  one.mask = mask;
  one.insidePort = <u16>insidePort;
  one.outside = outside;
  one.outsidePort = <u16>outsidePort;
  one.port = port;
  one.nameLen = mapLen;
  memory.copy(one.name, map, <usize>mapLen);
  const slot = statics.indexOf(one);
  if (mask != u32.MAX_VALUE) ofNetworks++;
  else {
    byInside.add(slot, inside);
    if (port == NO_PORT) byOutside.add(slot, outside);
    else ofInterfaces++;
  }
  staticCount++;
  setting.touch();
  return one;
}

export function removeStatic(one: Static): void {
  const slot = statics.indexOf(one);
  if (one.mask != u32.MAX_VALUE) ofNetworks--;
  else {
    byInside.remove(slot, one.inside);
    if (one.port == NO_PORT) byOutside.remove(slot, one.outside);
    else ofInterfaces--;
  }
  staticCount--;
  statics.free(one);
  setting.touch();
}

/** Whether what comes to an address of ours can be a static's only if it shows its port. */
// @ts-ignore: decorator
@inline
function covers(one: Static, protocol: u32, port: u32, own: u32): bool {
  return one.protocol == 0 || (<u32>one.protocol == protocol && port == own);
}

/** The static of what an inside host sends; one with ports before one of the whole host. Null: there is none. */
export function staticOut(protocol: u32, inside: u32, insidePort: u32, outside: u32, outsidePort: u32, port: u32): Static | null {
  let whole: Static | null = null;
  staticBroken = false;
  for (let i = byInside.first(inside); i != NONE; i = byInside.next(i)) {
    const one = statics.at(i) as Static;
    if (one.inside != inside || !covers(one, protocol, insidePort, <u32>one.insidePort)) continue;
    if (!one.fits(port, protocol, inside, outside, insidePort, outsidePort)) continue;
    if (one.protocol != 0) return one;
    if (!whole) whole = one;
  }
  for (let i: u32 = 0; ofNetworks != 0 && !whole && i < statics.size; i++) {
    const one = statics.at(i);
    if (one && isNetwork(one) && (inside & one.mask) == one.inside && one.fits(port, protocol, inside, outside, insidePort, outsidePort)) return one;
  }
  return whole;
}

// @ts-ignore: decorator
@inline
function isNetwork(one: Static): bool {
  return one.mask != u32.MAX_VALUE;
}

/** The network that has an address as the outside sees it; null: none has. */
function networkOf(global: u32): Static | null {
  for (let i: u32 = 0; ofNetworks != 0 && i < statics.size; i++) {
    const one = statics.at(i);
    if (one && isNetwork(one) && (global & one.mask) == one.outside) return one;
  }
  return null;
}

/** The static of what comes for an address of ours; null: there is none. */
export function staticIn(protocol: u32, global: u32, globalPort: u32, outside: u32, outsidePort: u32, port: u32): Static | null {
  let whole: Static | null = null;
  for (let i = byOutside.first(global); i != NONE; i = byOutside.next(i)) {
    const one = statics.at(i) as Static;
    if (one.outside != global || !covers(one, protocol, globalPort, <u32>one.outsidePort)) continue;
    // A map speaks of what goes out: the way in is asked about as its answer.
    if (!one.fits(port, protocol, one.inside, outside, one.protocol ? <u32>one.insidePort : globalPort, outsidePort)) continue;
    if (one.protocol != 0) return one;
    if (!whole) whole = one;
  }
  for (let i: u32 = 0; ofInterfaces != 0 && i < statics.size; i++) {
    const one = statics.at(i);
    if (one && one.port != NO_PORT && one.global == global && covers(one, protocol, globalPort, <u32>one.outsidePort)) {
      if (one.fits(port, protocol, one.inside, outside, <u32>one.insidePort, outsidePort)) return one;
    }
  }
  if (!whole) {
    const network = networkOf(global);
    if (network && network.fits(port, protocol, network.insideOf(global), outside, globalPort, outsidePort)) return network;
  }
  return whole;
}

/** Whether a port of an address is a static's: nobody else gets it. */
export function isStaticPort(protocol: u32, global: u32, globalPort: u32): bool {
  for (let i = byOutside.first(global); i != NONE; i = byOutside.next(i)) {
    const one = statics.at(i) as Static;
    if (one.outside == global && covers(one, protocol, globalPort, <u32>one.outsidePort)) return true;
  }
  for (let i: u32 = 0; ofInterfaces != 0 && i < statics.size; i++) {
    const one = statics.at(i);
    if (one && one.port != NO_PORT && one.global == global && covers(one, protocol, globalPort, <u32>one.outsidePort)) return true;
  }
  return networkOf(global) != null;
}

/** Whether an address is one that NAT shows to the outside, and no interface has: ARP answers for it. */
export function owns(address: u32): bool {
  for (let i = byOutside.first(address); i != NONE; i = byOutside.next(i)) if ((statics.at(i) as Static).outside == address) return true;
  if (networkOf(address)) return true;
  for (let i: u32 = 0; i < pools.size; i++) {
    const pool = pools.at(i);
    if (pool && address >= pool.first && address <= pool.last && poolUsed(pool)) return true;
  }
  return false;
}

// Limits

export function setEntriesMax(most: u32): void {
  entriesMax = most;
}

export function setEntriesOfHost(most: u32): void {
  entriesOfHost = most;
}

/** @param most 0: no limit of its own. False: there is no room. */
export function setHostLimit(address: u32, most: u32): bool {
  let i: u32 = 0;
  while (i < hostLimitCount && hostLimitAddress(i) != address) i++;
  const p = hostLimits + ((<usize>i) << 3);
  if (most == 0) {
    if (i < hostLimitCount) {
      hostLimitCount--;
      memory.copy(p, p + 8, (<usize>(hostLimitCount - i)) << 3);
    }
    return true;
  }
  if (i == NAT_HOST_LIMITS) return false;
  if (i == hostLimitCount) hostLimitCount++;
  store<u32>(p, address);
  store<u32>(p, most, 4);
  return true;
}

export function hostLimitAddress(i: u32): u32 {
  return load<u32>(hostLimits + ((<usize>i) << 3));
}

export function hostLimitMost(i: u32): u32 {
  return load<u32>(hostLimits + ((<usize>i) << 3), 4);
}

/** The most that a host may have. */
export function shareOf(address: u32): u32 {
  for (let i: u32 = 0; i < hostLimitCount; i++) if (hostLimitAddress(i) == address) return hostLimitMost(i);
  return entriesOfHost;
}

/** Of an interface that is gone. */
export function forget(port: u32): void {
  setSide(port, Side.NONE);
  for (let i: u32 = 0; i < rules.size; i++) {
    const rule = rules.at(i);
    if (rule && rule.port == port) removeRule(rule);
  }
  for (let i: u32 = 0; i < statics.size; i++) {
    const one = statics.at(i);
    if (one && one.port == port) removeStatic(one);
  }
}
