/**
 * Routes: those of connected networks and static ones. `compile` makes of them, whenever one changes, the table that
 * packets are looked up in: longest prefix first, then smallest distance, so that the first match is the route. A static
 * route through a next hop is resolved then (one level of recursion through another static route) and is left out while
 * its next hop cannot be reached. Where there are many, the routes of one length of prefix are looked through by halves.
 */
import { INTERFACES, ROUTES, SECONDARY_ADDRESSES } from "../limits";
import * as ipv4 from "../wire/ipv4";
import { Pool, countTable } from "../util/pool";
import * as interfaces from "./interface";
import { Kind, NO_INTERFACE, Status } from "./interface";

/** In place of a port: the route ends in Null0. */
export const PORT_NULL: u32 = 0xfffffffe;
/** In place of a port: the route is given by its next hop alone. */
export const PORT_NONE: u32 = 0xffffffff;
export const DISTANCE_DEFAULT: u32 = 1;

@unmanaged
export class Route {
  prefix: u32;
  mask: u32;
  /** 0: the destination itself is on the link of `port`. */
  nextHop: u32;
  /** Where it leaves; PORT_NULL; in a static route also PORT_NONE. */
  port: u32;
  /** Administrative distance; 0: a connected network. */
  distance: u32;
  /** Not of the configuration, but of the lease of an interface: that interface and one; 0: configured. */
  learned: u32;
  /** Of a route that `reverse-route` made. */
  tag: u32;
  /** In the compiled table: the station to send to, 0: the destination itself. */
  gateway: u32;

  /** The station that a datagram for `destination` is sent to. */
  station(destination: u32): u32 {
    return this.gateway ? this.gateway : destination;
  }
}

/** Distance of what is held back, behind all routes of its prefix: a protected tunnel that is down. */
export const HELD: u32 = 256;

const SIZE: u32 = <u32>offsetof<Route>();
/** Static routes, and those of all networks that interfaces have. */
const MOST: u32 = ROUTES + INTERFACES * (1 + SECONDARY_ADDRESSES);
let statics = changetype<Pool<Route>>(0);
/** The order in which static routes were given, as slots of the pool. */
let order: usize = 0;
let count: u32 = 0;
let compiled: usize = 0;
let compiledCount: u32 = 0;
/** So many routes are looked through one by one. */
const FEW: u32 = 8;
/** Of each length of prefix the first route and how many there are, the longest first; `sorted` has the routes of each by prefix. */
const lengths: usize = memory.data(33 * 4, 4); // u16, u16
let lengthCount: u32 = 0;
let sorted: usize = 0; // u16 each: places in the table
let seen: u32 = 0;

export function init(): void {
  statics = new Pool<Route>("routes", ROUTES);
  order = heap.alloc(<usize>(2 * ROUTES));
  countTable(MOST * (SIZE + 2) + 2 * ROUTES);
  compiled = heap.alloc(<usize>(MOST * SIZE));
  sorted = heap.alloc(<usize>(MOST << 1));
  count = 0;
  compiledCount = lengthCount = 0;
  seen = 0;
}

/**
 * `ip route PREFIX MASK NEXTHOP|EthernetN|Null0 [distance]`: either `nextHop` is 0 or `port` is PORT_NONE. The same route
 * with another distance replaces it.
 */
export function add(prefix: u32, mask: u32, nextHop: u32, port: u32, distance: u32): Status {
  if (!interfaces.contiguous(mask)) return Status.BAD_MASK;
  if ((prefix & ~mask) != 0) return Status.BAD_PREFIX;
  if (distance < 1 || distance > 255) return Status.BAD_DISTANCE;
  if (port == PORT_NONE) {
    if (!ipv4.isUnicast(nextHop) || hasAddress(nextHop)) return Status.BAD_NEXT_HOP;
  } else if (port != PORT_NULL && !interfaces.exists(port)) return Status.NO_SUCH_INTERFACE;
  let i = find(prefix, mask, nextHop, port);
  if (i == count) {
    const added = statics.take();
    if (!added) return Status.TABLE_FULL;
    store<u16>(order + <usize>(i << 1), <u16>statics.indexOf(added));
    count++;
  }
  const route = staticAt(i);
  route.prefix = prefix;
  route.mask = mask;
  route.nextHop = nextHop;
  route.port = port;
  route.distance = distance;
  seen = 0;
  return Status.OK;
}

/** `no ip route ...`; with nextHop 0 and PORT_NONE every static route to that prefix goes. */
export function remove(prefix: u32, mask: u32, nextHop: u32, port: u32): Status {
  let found = false;
  for (let i: u32 = 0; i < count; ) {
    const route = staticAt(i);
    const every = nextHop == 0 && port == PORT_NONE;
    if (route.learned || route.prefix != prefix || route.mask != mask || (!every && (route.nextHop != nextHop || route.port != port))) {
      i++;
      continue;
    }
    removeAt(i);
    found = true;
  }
  return found ? Status.OK : Status.NOT_FOUND;
}

/** Whether a static route would lead `destination` out by a port, were that up, before the route that does (`found`). */
export function prefers(port: u32, destination: u32, found: Route): bool {
  const own = interfaces.at(port);
  for (let i: u32 = 0; i < count; i++) {
    const route = staticAt(i);
    if ((destination & route.mask) != route.prefix || route.mask < found.mask) continue;
    if (route.port == port || (route.port == PORT_NONE && own.onLink(route.nextHop))) return true;
  }
  return own.onLink(destination);
}

/** Adds a route that came with the lease of an interface; `nextHop` 0: the prefix is on its link. False: there is no room. */
export function learn(prefix: u32, mask: u32, nextHop: u32, port: u32, distance: u32): bool {
  const added = statics.take();
  if (!added) return false;
  store<u16>(order + <usize>(count << 1), <u16>statics.indexOf(added));
  count++;
  added.prefix = prefix;
  added.mask = mask;
  added.nextHop = nextHop;
  added.port = nextHop ? PORT_NONE : port;
  added.distance = distance;
  added.learned = port + 1;
  seen = 0;
  return true;
}

/** The routes that came with an interface's lease go. */
export function forgetLearned(port: u32): void {
  for (let i: u32 = 0; i < count; ) {
    if (staticAt(i).learned == port + 1) removeAt(i);
    else i++;
  }
}

/** Routes that leave by an interface that is removed go with it. */
export function removeInterface(port: u32): void {
  for (let i: u32 = 0; i < count; ) {
    if (staticAt(i).port == port) removeAt(i);
    else i++;
  }
}

/** In the place of `learned`: what a crypto map has made of the destinations that it protects. */
export const REVERSE: u32 = 0xffffffff;
/** Free slots that such routes leave to the configuration. */
const REVERSE_LEFT: u32 = ROUTES / 8;

/**
 * A route of `reverse-route`: to a network that an SA's peer has behind it, by that peer. It stands behind configured ones of the same
 * prefix and distance. Null: there is no room, or it is there already.
 */
export function addReverse(prefix: u32, mask: u32, nextHop: u32, distance: u32, tag: u32): Route | null {
  for (let i: u32 = 0; i < count; i++) {
    const route = staticAt(i);
    if (route.prefix == prefix && route.mask == mask && route.nextHop == nextHop && (route.learned == REVERSE || route.learned == 0)) return null;
  }
  if (statics.left <= REVERSE_LEFT || !learn(prefix, mask, nextHop, 0, distance)) return null;
  const route = staticAt(count - 1);
  route.learned = REVERSE;
  route.tag = tag;
  return route;
}

export function removeReverse(route: Route): void {
  for (let i: u32 = 0; i < count; i++) {
    if (staticAt(i) === route && route.learned == REVERSE) {
      removeAt(i);
      return;
    }
  }
}

/** Whether there is room for one more of them. */
export function reverseHasRoom(): bool {
  return statics.left > REVERSE_LEFT;
}

function removeAt(i: u32): void {
  statics.free(staticAt(i));
  count--;
  memory.copy(order + <usize>(i << 1), order + <usize>((i + 1) << 1), <usize>((count - i) << 1));
  seen = 0;
}

/** Static routes in the order they were given, those that leases brought among them (`learned`). */
export function staticCount(): u32 {
  return count;
}

export function staticAt(i: u32): Route {
  return statics.at(<u32>load<u16>(order + <usize>(i << 1))) as Route;
}

/** Routes in use, longest prefix first. */
export function activeCount(): u32 {
  refresh();
  return compiledCount;
}

export function activeAt(i: u32): Route {
  return changetype<Route>(compiled + <usize>(i * SIZE));
}

/** The route of a datagram for `destination`, until an interface or a route changes; null: there is none. */
export function lookup(destination: u32): Route | null {
  refresh();
  if (compiledCount > FEW) return among(destination);
  const end = compiled + <usize>(compiledCount * SIZE);
  for (let p = compiled; p < end; p += SIZE) {
    const route = changetype<Route>(p);
    if ((destination & route.mask) == route.prefix) return route;
  }
  return null;
}

/** The same among many: in each length of prefix by halves. Of routes to one prefix the first in the table is the best. */
function among(destination: u32): Route | null {
  for (let n: u32 = 0; n < lengthCount; n++) {
    const p = lengths + <usize>(n << 2);
    const first = <u32>load<u16>(p);
    let low = first;
    let high = first + <u32>load<u16>(p, 2);
    const end = high;
    const prefix = destination & activeAt(first).mask;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (sortedAt(middle).prefix < prefix) low = middle + 1;
      else high = middle;
    }
    if (low < end && sortedAt(low).prefix == prefix) return sortedAt(low);
  }
  return null;
}

/** Lengths of prefixes in use, the longest first; of each the first of its routes and how many they are, which `sortedAt` has by prefix. */
export function lengthsInUse(): u32 {
  refresh();
  sort();
  return lengthCount;
}

export function firstOf(n: u32): u32 {
  return <u32>load<u16>(lengths + <usize>(n << 2));
}

export function countOf(n: u32): u32 {
  return <u32>load<u16>(lengths + <usize>(n << 2), 2);
}

export function sortedAt(i: u32): Route {
  return activeAt(<u32>load<u16>(sorted + <usize>(i << 1)));
}

/** Finds where the lengths of prefixes begin, and sorts the routes of each by prefix; those of one prefix stay in their order. */
function sort(): void {
  lengthCount = 0;
  for (let i: u32 = 0; i < compiledCount; i++) {
    const p = lengths + <usize>(lengthCount << 2);
    if (i == 0 || activeAt(i - 1).mask != activeAt(i).mask) {
      store<u16>(p, <u16>i);
      store<u16>(p, 0, 2);
      lengthCount++;
    }
    const group = lengths + <usize>((lengthCount - 1) << 2);
    const first = <u32>load<u16>(group);
    store<u16>(group, load<u16>(group, 2) + 1, 2);
    const prefix = activeAt(i).prefix;
    let low = first;
    let high = i;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (sortedAt(middle).prefix <= prefix) low = middle + 1;
      else high = middle;
    }
    const at = sorted + <usize>(low << 1);
    memory.copy(at + 2, at, <usize>((i - low) << 1));
    store<u16>(at, <u16>i);
  }
}

/** Whether a static route leads through that station: no interface of ours can have its address, as `add` wants it. */
export function isNextHop(address: u32): bool {
  for (let i: u32 = 0; i < count; i++) if (!staticAt(i).learned && staticAt(i).port == PORT_NONE && staticAt(i).nextHop == address) return true;
  return false;
}

function hasAddress(address: u32): bool {
  for (let i: u32 = 0; i < INTERFACES; i++) if (interfaces.at(i).address != 0 && interfaces.at(i).has(address)) return true;
  return false;
}

function find(prefix: u32, mask: u32, nextHop: u32, port: u32): u32 {
  let i: u32 = 0;
  for (; i < count; i++) {
    const route = staticAt(i);
    if (!route.learned && route.prefix == prefix && route.mask == mask && route.nextHop == nextHop && route.port == port) break;
  }
  return i;
}

// @ts-ignore: decorator
@inline
function refresh(): void {
  if (seen != interfaces.generation) compile();
}

/** The port that an address is reached by directly, PORT_NONE if it is on no link of ours. */
function linkOf(address: u32): u32 {
  for (let i: u32 = 0; i < INTERFACES; i++) {
    const own = interfaces.at(i);
    if (own.usable && own.lender == NO_INTERFACE && own.onLink(address)) return i;
  }
  return PORT_NONE;
}

function compile(): void {
  seen = interfaces.generation;
  compiledCount = 0;
  for (let i: u32 = 0; i < INTERFACES; i++) {
    const own = interfaces.at(i);
    // An address that is borrowed has no network on this link.
    if (own.guarded && own.kind != Kind.NONE && own.address && !own.up && own.lender == NO_INTERFACE) insert(own.network, own.mask, 0, PORT_NULL, HELD, 0);
    if (!own.usable || own.lender != NO_INTERFACE) continue;
    insert(own.network, own.mask, 0, i, 0, 0);
    for (let k: u32 = 0; k < own.secondaryCount; k++) insert(own.secondary(k) & own.secondaryMask(k), own.secondaryMask(k), 0, i, 0, 0);
  }
  compileStatics(false);
  // Behind those of the configuration: at the same distance these stay in force.
  compileStatics(true);
  if (compiledCount > FEW) sort();
}

/** @param reverse those of `reverse-route`, or else all others */
function compileStatics(reverse: bool): void {
  for (let i: u32 = 0; i < count; i++) {
    const route = staticAt(i);
    if ((route.learned == REVERSE) != reverse) continue;
    if (route.port == PORT_NULL || (route.port < INTERFACES && interfaces.at(route.port).usable)) {
      insert(route.prefix, route.mask, 0, route.port, route.distance, 0);
    } else if (route.port == PORT_NONE) {
      const hop = resolve(route.nextHop);
      if (hop != 0) insert(route.prefix, route.mask, route.nextHop, linkOf(hop), route.distance, hop);
      else if (leadsToGuarded(route.nextHop)) insert(route.prefix, route.mask, 0, PORT_NULL, HELD, 0);
    } else if (interfaces.at(route.port).guarded) insert(route.prefix, route.mask, 0, PORT_NULL, HELD, 0);
  }
}

/** Whether an address is on the network of a protected tunnel that is down. */
function leadsToGuarded(address: u32): bool {
  for (let i: u32 = 0; i < INTERFACES; i++) {
    const own = interfaces.at(i);
    if (own.guarded && own.kind != Kind.NONE && own.address && own.onLink(address)) return true;
  }
  return false;
}

/** The station on a link of ours that leads to `nextHop`: itself, or the next hop of the static route to it. 0: none. */
function resolve(nextHop: u32): u32 {
  if (linkOf(nextHop) != PORT_NONE) return nextHop;
  let best: Route | null = null;
  for (let i: u32 = 0; i < count; i++) {
    const route = staticAt(i);
    if (route.learned == REVERSE || route.port != PORT_NONE || (nextHop & route.mask) != route.prefix || linkOf(route.nextHop) == PORT_NONE) continue;
    if (!best || route.mask > best.mask || (route.mask == best.mask && route.distance < best.distance)) best = route;
  }
  return best ? best.nextHop : 0;
}

/** Puts a route behind those of longer prefixes, and of its own prefix with no greater distance. */
function insert(prefix: u32, mask: u32, nextHop: u32, port: u32, distance: u32, gateway: u32): void {
  let i = compiledCount++;
  for (; i > 0; i--) {
    const before = activeAt(i - 1);
    if (before.mask > mask || (before.mask == mask && before.distance <= distance)) break;
    memory.copy(changetype<usize>(activeAt(i)), changetype<usize>(before), SIZE);
  }
  const route = activeAt(i);
  route.prefix = prefix;
  route.mask = mask;
  route.nextHop = nextHop;
  route.port = port;
  route.distance = distance;
  route.gateway = gateway;
}
