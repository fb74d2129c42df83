/**
 * The settings of the DHCP server: pools, addresses that are not given away, how an address is tried before it is offered. Changed
 * through the verbs here (`cli`); whoever gives addresses asks `poolFor` and `manualFor`.
 */
import { DHCP_EXCLUDED, DHCP_OPTIONS, DHCP_POOLS, NAME_MAX } from "../../limits";
import { Pool, countTable } from "../../util/pool";
import * as ethernet from "../../wire/ethernet";
import * as ipv4 from "../../wire/ipv4";
import * as interfaces from "../interface";
import { Interface } from "../interface";

/** Routers and name servers of a pool, octets of its domain, its boot file, a client identifier, an option. */
export const STATIONS_MAX: u32 = 4;
export const TEXT_MAX: u32 = 64;
export const ID_MAX: u32 = 32;
export const OPTION_MAX: u32 = 64;
export const LEASE_DEFAULT: u32 = 86400;

/** Why a setting was refused. */
export const enum Refusal {
  NONE = 0,
  BAD_MASK,
  /** bits outside the mask */
  BAD_NETWORK,
  /** a pool has that network already */
  TWICE,
  BAD_ADDRESS,
  FULL,
  NOT_FOUND,
}

@unmanaged
export class DhcpPool {
  nameLen: u32;
  /** mask 0: no network. */
  network: u32;
  mask: u32;
  /** A manual binding; 0: none. */
  host: u32;
  hostMask: u32;
  idLen: u32;
  hasHardware: bool;
  importAll: bool;
  /** Seconds; 0: LEASE_DEFAULT. */
  lease: u32;
  routers: u32;
  nameServers: u32;
  domainLen: u32;
  bootFileLen: u32;
  nextServer: u32;
  /** When it was last said that it is used up. */
  said: u64;

  get name(): usize {
    return changetype<usize>(this) + offsetof<DhcpPool>();
  }
  get domain(): usize {
    return this.name + <usize>NAME_MAX;
  }
  get bootFile(): usize {
    return this.domain + <usize>TEXT_MAX;
  }
  get id(): usize {
    return this.bootFile + <usize>TEXT_MAX;
  }
  get hardware(): usize {
    return this.id + <usize>ID_MAX;
  }
  get routerTable(): usize {
    return this.hardware + 8;
  }
  get nameServerTable(): usize {
    return this.routerTable + <usize>(4 * STATIONS_MAX);
  }
  get seconds(): u32 {
    return this.lease ? this.lease : LEASE_DEFAULT;
  }
}

const BEHIND: u32 = NAME_MAX + 2 * TEXT_MAX + ID_MAX + 8 + 8 * STATIONS_MAX;

/** How an option was written. */
export const enum Kind {
  IP,
  ASCII,
  HEX,
}

@unmanaged
export class DhcpOption {
  pool: u32;
  code: u32;
  kind: u32;
  len: u32;

  get octets(): usize {
    return changetype<usize>(this) + offsetof<DhcpOption>();
  }
}

let pool = changetype<Pool<DhcpPool>>(0);
let options = changetype<Pool<DhcpOption>>(0);
let count: u32 = 0;
let excluded: usize = 0; // first and last: u32, u32
export let excludedCount: u32 = 0;
/** `service dhcp`. */
export let running: bool = true;
/** `ip dhcp conflict logging`. */
export let conflictLogging: bool = true;
/** Tries by ARP before an offer, and milliseconds for each. */
export let pings: u32 = 2;
export let pingTimeout: u32 = 500;

export function init(): void {
  pool = new Pool<DhcpPool>("DHCP pools", DHCP_POOLS, BEHIND);
  options = new Pool<DhcpOption>("DHCP options", DHCP_OPTIONS, OPTION_MAX);
  countTable(8 * DHCP_EXCLUDED);
  excluded = heap.alloc(<usize>(8 * DHCP_EXCLUDED));
  excludedCount = count = 0;
  running = conflictLogging = true;
  pings = 2;
  pingTimeout = 500;
}

export function setRunning(on: bool): void {
  running = on;
}

export function setConflictLogging(on: bool): void {
  conflictLogging = on;
}

export function setPings(count: u32, timeout: u32): void {
  pings = count;
  pingTimeout = timeout;
}

/** Whether there is a pool at all. */
export function any(): bool {
  return count != 0;
}

export function slots(): u32 {
  return DHCP_POOLS;
}

export function at(i: u32): DhcpPool | null {
  return i < DHCP_POOLS ? pool.at(i) : null;
}

export function slotOf(one: DhcpPool): u32 {
  return pool.indexOf(one);
}

export function find(name: usize, len: u32): DhcpPool | null {
  for (let i: u32 = 0; i < DHCP_POOLS; i++) {
    const one = pool.at(i);
    if (one && one.nameLen == len && memory.compare(one.name, name, <usize>len) == 0) return one;
  }
  return null;
}

/** The pool of that name, a new one if there is none; null: there is no room. @param len NAME_MAX at the most */
export function add(name: usize, len: u32): DhcpPool | null {
  const known = find(name, len);
  if (known) return known;
  const one = pool.take();
  if (!one) return null;
  count++;
  one.nameLen = len;
  memory.copy(one.name, name, <usize>len);
  return one;
}

export function remove(one: DhcpPool): void {
  const slot = slotOf(one);
  for (let i: u32 = 0; i < DHCP_OPTIONS; i++) {
    const option = options.at(i);
    if (option && option.pool == slot) options.free(option);
  }
  pool.free(one);
  count--;
}

/** `network`; mask 0 takes it away. */
export function setNetwork(one: DhcpPool, network: u32, mask: u32): Refusal {
  if (mask != 0) {
    if (!interfaces.contiguous(mask) || ~mask < 3) return Refusal.BAD_MASK;
    if ((network & ~mask) != 0) return Refusal.BAD_NETWORK;
    if (!ipv4.isUnicast(network | 1)) return Refusal.BAD_ADDRESS;
    for (let i: u32 = 0; i < DHCP_POOLS; i++) {
      const other = pool.at(i);
      if (other && other != one && other.mask == mask && other.network == network) return Refusal.TWICE;
    }
  }
  one.network = network;
  one.mask = mask;
  return Refusal.NONE;
}

/** `host`: the address of the one client that the pool is for; 0 takes it away. */
export function setHost(one: DhcpPool, address: u32, mask: u32): Refusal {
  if (address != 0) {
    if (!interfaces.contiguous(mask) || mask == 0) return Refusal.BAD_MASK;
    if (!ipv4.isUnicast(address)) return Refusal.BAD_ADDRESS;
    for (let i: u32 = 0; i < DHCP_POOLS; i++) {
      const other = pool.at(i);
      if (other && other != one && other.host == address) return Refusal.TWICE;
    }
  }
  one.host = address;
  one.hostMask = mask;
  return Refusal.NONE;
}

/** @param len ID_MAX at the most, 0 takes it away */
export function setId(one: DhcpPool, octets: usize, len: u32): void {
  one.idLen = len;
  memory.copy(one.id, octets, <usize>len);
}

/** @param mac six octets, 0 takes it away */
export function setHardware(one: DhcpPool, mac: usize): void {
  one.hasHardware = mac != 0;
  if (mac) ethernet.copyMac(one.hardware, mac);
}

/** @param len TEXT_MAX at the most */
export function setDomain(one: DhcpPool, text: usize, len: u32): void {
  one.domainLen = len;
  memory.copy(one.domain, text, <usize>len);
}

/** @param len TEXT_MAX at the most */
export function setBootFile(one: DhcpPool, text: usize, len: u32): void {
  one.bootFileLen = len;
  memory.copy(one.bootFile, text, <usize>len);
}

/** `option`; one of the same number goes. @param len OPTION_MAX at the most, 0 takes it away */
export function setOption(one: DhcpPool, code: u32, kind: Kind, octets: usize, len: u32): Refusal {
  const slot = slotOf(one);
  let option: DhcpOption | null = null;
  for (let i: u32 = 0; i < DHCP_OPTIONS; i++) {
    const other = options.at(i);
    if (other && other.pool == slot && other.code == code) option = other;
  }
  if (len == 0) {
    if (!option) return Refusal.NOT_FOUND;
    options.free(option);
    return Refusal.NONE;
  }
  if (!option) option = options.take();
  if (!option) return Refusal.FULL;
  option.pool = slot;
  option.code = code;
  option.kind = kind;
  option.len = len;
  memory.copy(option.octets, octets, <usize>len);
  return Refusal.NONE;
}

/** Options of all pools, in slots that may be empty. */
export function optionAt(i: u32): DhcpOption | null {
  return i < DHCP_OPTIONS ? options.at(i) : null;
}

/** `ip dhcp excluded-address`. */
export function exclude(first: u32, last: u32): Refusal {
  if (last < first) return Refusal.BAD_ADDRESS;
  for (let i: u32 = 0; i < excludedCount; i++) if (excludedFirst(i) == first && excludedLast(i) == last) return Refusal.NONE;
  if (excludedCount == DHCP_EXCLUDED) return Refusal.FULL;
  store<u32>(excluded + <usize>(excludedCount << 3), first);
  store<u32>(excluded + <usize>(excludedCount << 3), last, 4);
  excludedCount++;
  return Refusal.NONE;
}

export function include(first: u32, last: u32): Refusal {
  for (let i: u32 = 0; i < excludedCount; i++) {
    if (excludedFirst(i) != first || excludedLast(i) != last) continue;
    excludedCount--;
    memory.copy(excluded + <usize>(i << 3), excluded + <usize>((i + 1) << 3), <usize>((excludedCount - i) << 3));
    return Refusal.NONE;
  }
  return Refusal.NOT_FOUND;
}

export function excludedFirst(i: u32): u32 {
  return load<u32>(excluded + <usize>(i << 3));
}

export function excludedLast(i: u32): u32 {
  return load<u32>(excluded + <usize>(i << 3), 4);
}

/** The last address of the range of excluded ones that `address` is in; 0: it is in none. */
export function excludedTo(address: u32): u32 {
  for (let i: u32 = 0; i < excludedCount; i++) if (address >= excludedFirst(i) && address <= excludedLast(i)) return excludedLast(i);
  return 0;
}

/** The pool for an interface's network, the smallest that its address is in; null: none is. */
export function poolFor(own: Interface): DhcpPool | null {
  let best: DhcpPool | null = null;
  if (own.address == 0) return null;
  for (let i: u32 = 0; i < DHCP_POOLS; i++) {
    const one = pool.at(i);
    if (one && one.mask && (own.address & one.mask) == one.network && (!best || one.mask > best.mask)) best = one;
  }
  return best;
}

/** The manual binding of a client; null: it has none on that interface. */
export function manualFor(own: Interface, id: usize, len: u32, mac: usize): DhcpPool | null {
  for (let i: u32 = 0; i < DHCP_POOLS; i++) {
    const one = pool.at(i);
    if (!one || one.host == 0 || !own.onLink(one.host)) continue;
    if (one.idLen && one.idLen == len && memory.compare(one.id, id, <usize>len) == 0) return one;
    if (one.hasHardware && ethernet.sameMac(one.hardware, mac)) return one;
  }
  return null;
}

/** Whether a manual binding has the address. */
export function isManual(address: u32): bool {
  for (let i: u32 = 0; i < DHCP_POOLS; i++) {
    const one = pool.at(i);
    if (one && one.host == address) return true;
  }
  return false;
}
