/**
 * `reverse-route`: what a crypto map protects has routes by the peer that has it. With `static` as long as an interface carries the map,
 * else made with a policy's first SA and removed with its last one. Policies are sadb's, routes net's: only here do both meet.
 */
import { POLICIES } from "../limits";
import * as setting from "../lists/setting";
import * as route from "../net/route";
import { Route } from "../net/route";
import { Policy } from "../sadb/policies/policy";
import * as spd from "../sadb/policies/spd";
import * as sad from "../sadb/sas/sad";
import { Action, Reverse } from "../sadb/settings/crypto_map";
import * as log from "../util/log";
import { countTable } from "../util/pool";
import * as ipv4 from "../wire/ipv4";

/** The route of each policy, by its slot; 0: none. */
const routes: usize = memory.data(4 * <i32>POLICIES, 4);
let seen: u32 = 0;
let any: bool = false;
/** The console has been told that there is no room. */
let told: bool = false;

export function init(): void {
  countTable(4 * POLICIES);
  memory.fill(routes, 0, <usize>(4 * POLICIES));
  seen = 0;
  any = told = false;
}

/** After whatever may have changed policies or SAs. */
// @ts-ignore: decorator
@inline
export function follow(): void {
  // Both only ever rise.
  if (seen != setting.revision + sad.generation) settle();
}

function routeOf(slot: u32): Route | null {
  return changetype<Route | null>(<usize>load<u32>(routes + <usize>(slot << 2)));
}

// What is wanted of a policy; `hop` 0: nothing.
let prefix: u32 = 0;
let mask: u32 = 0;
let hop: u32 = 0;

/** A range of addresses that is no network has no route, and none leads to a network by a station in it: that would be a circle. */
function want(policy: Policy | null): void {
  hop = 0;
  if (!policy || policy.action != <u8>Action.PROTECT) return;
  const entry = policy.entry;
  const outbound = policy.outbound;
  if (entry.reverse == <u8>Reverse.NONE || (!outbound && (entry.reverse != <u8>Reverse.ALWAYS || policy.owner))) return;
  const bits = policy.selector.remoteFirst ^ policy.selector.remoteLast;
  if ((bits & (bits + 1)) != 0 || (policy.selector.remoteFirst & bits) != 0) return;
  prefix = policy.selector.remoteFirst;
  mask = ~bits;
  const peer = entry.reversePeer ? entry.reversePeer : outbound ? outbound.peerAddress : policy.peer;
  if (ipv4.isUnicast(peer) && (peer & mask) != prefix) hop = peer;
}

function settle(): void {
  seen = setting.revision + sad.generation;
  let wanted = any;
  for (let i: u32 = 0; i < spd.orderedCount() && !wanted; i++) wanted = spd.orderedAt(i).entry.reverse != <u8>Reverse.NONE;
  if (!wanted) return;
  any = false;
  for (let slot: u32 = 0; slot < POLICIES; slot++) {
    const own = routeOf(slot);
    if (!own) continue;
    const policy = spd.policyAt(slot);
    want(policy);
    if (hop && policy && own.prefix == prefix && own.mask == mask && own.nextHop == hop && own.distance == distanceOf(policy) && own.tag == policy.entry.reverseTag) {
      any = true;
      continue;
    }
    route.removeReverse(own);
    store<u32>(routes + <usize>(slot << 2), 0);
  }
  for (let i: u32 = 0; i < spd.orderedCount(); i++) {
    const policy = spd.orderedAt(i);
    if (policy.entry.reverse == <u8>Reverse.NONE || routeOf(policy.slot)) continue;
    want(policy);
    if (!hop) continue;
    const added = route.addReverse(prefix, mask, hop, distanceOf(policy), policy.entry.reverseTag);
    store<u32>(routes + <usize>(policy.slot << 2), <u32>changetype<usize>(added));
    if (added) any = true;
    else if (!route.reverseHasRoom()) tellFull();
  }
}

function distanceOf(policy: Policy): u32 {
  const own = <u32>policy.entry.reverseDistance;
  return own ? own : route.DISTANCE_DEFAULT;
}

function tellFull(): void {
  if (told) return;
  told = true;
  log.message("CRYPTO-3-REVERSE_ROUTE").put("there is no room for the route to ").ip(prefix).char(47).u32(popcnt<u32>(mask)).put(" by ").ip(hop)
    .put(" (reverse-route): it is not made");
  log.end();
}
