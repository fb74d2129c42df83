/**
 * Policy routing, `ip policy route-map NAME`: what came in by an interface goes the way that a route map says, before routes are asked. What the
 * map denies, has no entry for, or sends where nobody is, takes the routes. A way by a loopback leads back in: from there on it came in by the
 * loopback, which is how published configurations keep traffic from the NAT of the interface that it came by.
 */
import { INTERFACES, NAME_MAX } from "../limits";
import * as routeMaps from "../lists/route_map";
import { RouteMapEntry, Verdict } from "../lists/route_map";
import * as setting from "../lists/setting";
import { Packet } from "../util/packet";
import { Drop } from "../util/status";
import * as ipv4 from "../wire/ipv4";
import { Flag } from "../wire/ipv4";
import * as flow from "./flow";
import * as interfaces from "./interface";
import { Kind } from "./interface";
import * as route from "./route";
import { PORT_NONE } from "./route";

export const enum Way {
  /** as routes have it */
  ROUTES = 0,
  /** by `port`, to `station` */
  STATION,
  /** as routes have it, as if it had come in by `port`, a loopback */
  AROUND,
  /** nowhere: `reason` */
  NOWHERE,
}

/** In place of an interface in an entry, whose numbers there begin with 1: Null0. */
export const NULL: u32 = 255;

/** Some interface has a policy. */
export let any: bool = false;
export let port: u32 = 0;
export let station: u32 = 0;
export let reason: Drop = Drop.NONE;

const lengths = new StaticArray<u8>(<i32>INTERFACES);
const maps = new StaticArray<usize>(<i32>INTERFACES);
const seen = new StaticArray<u32>(<i32>INTERFACES);
let names: usize = 0;

export function init(): void {
  names = heap.alloc(<usize>(INTERFACES * NAME_MAX));
  for (let i: u32 = 0; i < INTERFACES; i++) unchecked((lengths[i] = 0));
  any = false;
}

export function name(number: u32): usize {
  return names + <usize>(number * NAME_MAX);
}

/** 0: the interface has no policy. */
export function nameLen(number: u32): u32 {
  return <u32>unchecked(lengths[number]);
}

/** `ip policy route-map`; `len` 0: none. @param len at most NAME_MAX */
export function set(number: u32, p: usize, len: u32): void {
  memory.copy(name(number), p, <usize>len);
  unchecked((lengths[number] = <u8>len));
  unchecked((seen[number] = 0));
  any = false;
  for (let i: u32 = 0; i < INTERFACES; i++) if (nameLen(i)) any = true;
}

/** An interface is removed, or forgets its settings. */
export function removeInterface(number: u32): void {
  set(number, 0, 0);
}

function mapOf(number: u32): RouteMapEntry | null {
  if (unchecked(seen[number]) != setting.revision) {
    unchecked((seen[number] = setting.revision));
    unchecked((maps[number] = changetype<usize>(routeMaps.find(name(number), nameLen(number)))));
  }
  return changetype<RouteMapEntry | null>(unchecked(maps[number]));
}

/** What the policy of the interface that a datagram came in by says of its way. Ask `any` first. */
export function choose(packet: Packet): Way {
  const from = packet.port;
  if (packet.own || !nameLen(from) || interfaces.at(from).kind == Kind.LOOPBACK) return Way.ROUTES;
  const map = mapOf(from);
  if (!map) return Way.ROUTES;
  if (!flow.read(packet.ptr, packet.len)) return nowhere(Drop.FILTER_UNREADABLE);
  const verdict = routeMaps.decide(map, from, flow.protocol, flow.source, flow.destination, flow.sourcePort, flow.destinationPort, flow.flags);
  if (verdict == Verdict.BROKEN) return nowhere(Drop.POLICY_NO_LIST);
  const entry = routeMaps.decided;
  if (verdict == Verdict.DENY || !entry) return Way.ROUTES;
  if (entry.df) setDf(packet.ptr, entry.df == 2);
  return follow(entry, flow.destination);
}

function nowhere(why: Drop): Way {
  reason = why;
  return Way.NOWHERE;
}

function setDf(p: usize, on: bool): void {
  const word = ipv4.fragmentWord(p);
  const wanted: u32 = on ? word | <u32>Flag.DF : word & ~(<u32>Flag.DF);
  if (wanted != word) ipv4.setFragment(p, ipv4.totalLength(p), wanted);
}

/** In IOS's order: next hops, interfaces, and what counts where there is no route but the default one. */
function follow(entry: RouteMapEntry, destination: u32): Way {
  let way = toStation(entry.nextHop0);
  if (way == Way.ROUTES) way = toStation(entry.nextHop1);
  if (way == Way.ROUTES) way = toInterface(<u32>entry.interface0, destination);
  if (way == Way.ROUTES) way = toInterface(<u32>entry.interface1, destination);
  if (way != Way.ROUTES || (!entry.defaultHop && !entry.defaultInterface)) return way;
  const found = route.lookup(destination);
  if (found && found.mask != 0) return way;
  way = toStation(entry.defaultHop);
  return way == Way.ROUTES ? toInterface(<u32>entry.defaultInterface, destination) : way;
}

/** By the interface that has a station on its network. */
function toStation(hop: u32): Way {
  if (hop == 0) return Way.ROUTES;
  for (let i: u32 = 0; i < INTERFACES; i++) {
    const own = interfaces.at(i);
    if (own.kind == Kind.NONE || !own.usable || !own.onLink(hop) || own.has(hop)) continue;
    port = i;
    station = hop;
    return own.kind == Kind.LOOPBACK ? Way.AROUND : Way.STATION;
  }
  return Way.ROUTES;
}

function toInterface(number: u32, destination: u32): Way {
  if (number == 0) return Way.ROUTES;
  if (number == NULL) return nowhere(Drop.NULL_ROUTE);
  port = number - 1;
  const own = interfaces.at(port);
  // What is to be protected waits for its tunnel, or goes nowhere.
  if (own.kind == Kind.NONE || (!own.usable && !own.guarded)) return Way.ROUTES;
  if (own.kind == Kind.LOOPBACK) return Way.AROUND;
  station = own.hasStations ? gatewayBy(port, destination) : destination;
  return Way.STATION;
}

/** The station that the longest static route by an interface leads to, whatever its distance; without one the destination is asked for itself. */
function gatewayBy(by: u32, destination: u32): u32 {
  const own = interfaces.at(by);
  let best: u32 = destination;
  let mask: u32 = 0;
  if (own.onLink(destination)) return best;
  for (let i: u32 = 0; i < route.staticCount(); i++) {
    const one = route.staticAt(i);
    if ((destination & one.mask) != one.prefix || one.mask < mask || !one.nextHop) continue;
    if (one.port != by && (one.port != PORT_NONE || !own.onLink(one.nextHop))) continue;
    best = one.nextHop;
    mask = one.mask;
  }
  return best;
}
