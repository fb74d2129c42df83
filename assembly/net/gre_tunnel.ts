/** GRE around what a tunnel interface sends (RFC 2784), off what comes for one, and IOS's keepalives. */
import { Packet } from "../util/packet";
import * as packets from "../util/packet";
import { Drop } from "../util/status";
import * as gre from "../wire/gre";
import { Inner } from "../wire/gre";
import * as ipv4 from "../wire/ipv4";
import { Protocol } from "../wire/ipv4";
import * as outgoing from "./outgoing";
import { NO_INTERFACE } from "./interface";
import * as tunnels from "./tunnels";

const TTL: u32 = 255;

/** What came in GRE. */
export const enum Arrival {
  /** `reason` says why not; the caller discards */
  DROP = 0,
  /** `ptr` is at the datagram inside, not looked at yet, and `tunnel` says whose */
  INNER,
  /** the other end's keepalive, at `ptr`: it goes back as it is */
  REFLECT,
  /** a keepalive of our own has come back; the caller frees it */
  ALIVE,
}

export let tunnel: u32 = 0;
export let reason: Drop = Drop.NONE;

/** Puts GRE and an IPv4 header in front. False: there is no room for them. @param packet `ptr` at a valid IPv4 header */
export function wrap(packet: Packet, port: u32): bool {
  const own = tunnels.at(port);
  const header = gre.lengthOf(own.keyed);
  if (packet.headroom < header + ipv4.HEADER_LENGTH) return false;
  // Of the inner TOS, congestion apart: that belongs to who answers for it (RFC 6040, 4.1, compatibility mode).
  const tos = ipv4.tos(packet.ptr) & ~ipv4.CE;
  packet.push(header);
  gre.emit(packet.ptr, Inner.IPV4, own.keyed, own.key);
  around(packet, tos, own.local, own.destination);
  return true;
}

function around(packet: Packet, tos: u32, local: u32, remote: u32): void {
  packet.push(ipv4.HEADER_LENGTH);
  ipv4.emit(packet.ptr, tos, packet.len, outgoing.nextIdentification(), 0, TTL, Protocol.GRE, local, remote);
  // The flow is this datagram's from here on.
  packet.cut = false;
  packet.answers = 0;
}

/** Looks at GRE that came for us. @param packet `ptr` at its valid, whole IPv4 header */
export function receive(packet: Packet): Arrival {
  const p = packet.ptr;
  const header = ipv4.headerLength(p);
  const at = p + <usize>header;
  const len = packet.len - header;
  const length = gre.check(at, len);
  reason = Drop.GRE_MALFORMED;
  if (length == 0) return Arrival.DROP;
  const keyed = gre.hasKey(at);
  tunnel = tunnels.between(ipv4.destination(p), ipv4.source(p), keyed, keyed ? gre.key(at) : 0);
  reason = Drop.GRE_NO_TUNNEL;
  if (tunnel == NO_INTERFACE) return Arrival.DROP;
  const own = tunnels.at(tunnel);
  const type = gre.protocolType(at);
  reason = Drop.GRE_MALFORMED;
  if (type == Inner.NOTHING && len == length) return Arrival.ALIVE;
  if (type != Inner.IPV4) return Arrival.DROP;
  packet.pull(header + length);
  const inner = packet.ptr;
  // The other end asks for its own datagram back: it has our address as its source.
  if (packet.len >= ipv4.HEADER_LENGTH && ipv4.protocol(inner) == Protocol.GRE && ipv4.source(inner) == own.local && ipv4.destination(inner) == own.destination) {
    if (ipv4.check(inner, packet.len) != Drop.NONE) return Arrival.DROP;
    packet.len = ipv4.totalLength(inner);
    return Arrival.REFLECT;
  }
  return Arrival.INNER;
}

/** A sign of life is wanted: GRE with GRE inside that the other end sends back. Null: no buffer. */
export function keepalive(port: u32): Packet | null {
  const packet = packets.allocReserved();
  if (!packet) return null;
  const own = tunnels.at(port);
  const header = gre.lengthOf(own.keyed);
  packet.len = header;
  gre.emit(packet.ptr, Inner.NOTHING, own.keyed, own.key);
  around(packet, 0, own.destination, own.local);
  packet.push(header);
  gre.emit(packet.ptr, Inner.IPV4, own.keyed, own.key);
  around(packet, 0, own.local, own.destination);
  return packet;
}
