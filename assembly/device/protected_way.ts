/**
 * The way to a network that no route leads to, and that a crypto map protects: by the peer that has it. IOS wants a route there, and many a
 * configuration has none, since a routing protocol told it. Nothing leaves in plain for it: only what a policy protects is given this way.
 */
import * as match from "../lists/match";
import * as flow from "../net/flow";
import * as route from "../net/route";
import { PORT_NULL, Route } from "../net/route";
import * as spd from "../sadb/policies/spd";
import { Action, Reverse } from "../sadb/settings/crypto_map";
import { Protocol } from "../wire/ipv4";

/** The route to the peer of the policy that protects the datagram; null: none does, or nothing leads there. @param p at its IPv4 header */
export function find(p: usize, len: u32): Route | null {
  if (!spd.mayProtect() || !flow.read(p, len)) return null;
  const ports = flow.protocol == Protocol.TCP || flow.protocol == Protocol.UDP;
  const protocol = flow.protocol | (ports ? flow.flags & match.LATER_FRAGMENT : 0);
  for (let i: u32 = 0; i < spd.orderedCount(); i++) {
    const one = spd.orderedAt(i);
    const port = one.interface;
    if (one.action != <u8>Action.PROTECT || flow.destination < one.selector.remoteFirst || flow.destination > one.selector.remoteLast) continue;
    const policy = spd.outbound(port, flow.source, flow.destination, protocol, ports ? flow.sourcePort : 0, ports ? flow.destinationPort : 0);
    // `reverse-route` says itself when there is a route.
    if (!policy || policy.action != <u8>Action.PROTECT || policy.entry.reverse != <u8>Reverse.NONE) continue;
    const outbound = policy.outbound;
    const peer = outbound ? outbound.peerAddress : policy.peer;
    const found = peer ? route.lookup(peer) : null;
    if (found && found.port == port && found.port != PORT_NULL) return found;
  }
  return null;
}
