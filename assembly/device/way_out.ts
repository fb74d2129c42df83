/**
 * The way out: by the route, through the SPD, into the interface's MTU.
 *
 *      forward, leaveLocal ---> NAT ---> leave ---> SPD ---bypass-----> output ---> ARP, send_frame
 *                                                 |                    ^
 *                                                 +----protected---> carry <--- sendIke
 */
import { INTERFACES, TUNNEL_DEPTH } from "../limits";
import * as protectedWay from "./protected_way";
import * as filter from "../filter/filter";
import * as ike from "../ike/ike";
import { Sign } from "../ike/ike";
import * as outbound from "../ipsec/outbound";
import { Verdict } from "../ipsec/outbound";
import * as arp from "../net/arp_cache";
import { discard } from "../net/egress";
import * as fragment from "../net/fragment";
import * as greTunnel from "../net/gre_tunnel";
import * as icmp from "../net/icmp";
import * as interfaces from "../net/interface";
import { Kind } from "../net/interface";
import * as mss from "../net/mss";
import * as nat from "../net/nat/nat";
import * as natSettings from "../net/nat/settings";
import * as policyRoute from "../net/policy_route";
import { Way } from "../net/policy_route";
import * as outgoing from "../net/outgoing";
import * as ping from "../net/ping";
import { Outcome } from "../net/ping";
import * as traceroute from "../net/traceroute";
import * as route from "../net/route";
import * as tunnels from "../net/tunnels";
import { PORT_NULL, Route } from "../net/route";
import { SA } from "../sadb/sas/sa";
import * as spd from "../sadb/policies/spd";
import * as sad from "../sadb/sas/sad";
import * as syslog from "../services/syslog";
import * as log from "../util/log";
import { Packet, PacketQueue, QUIET } from "../util/packet";
import * as packets from "../util/packet";
import { Drop, drop } from "../util/status";
import { Exceeded, Type, Unreachable } from "../wire/icmp";
import * as ipv4 from "../wire/ipv4";
import { Protocol } from "../wire/ipv4";
import * as udp from "../wire/udp";
import { misses } from "./misses_crypto";

const IKE_TTL: u32 = 64;
/** What `fragment.split` made of inner datagrams, and of those that go out. */
let innerPieces: PacketQueue = changetype<PacketQueue>(0);
let outerPieces: PacketQueue = changetype<PacketQueue>(0);
let enteringPieces: PacketQueue = changetype<PacketQueue>(0);

export function init(): void {
  innerPieces = new PacketQueue();
  outerPieces = new PacketQueue();
  enteringPieces = new PacketQueue();
}

/** A datagram for somebody else (RFC 1812, 5.2.1). Takes it over. */
export function forward(packet: Packet): void {
  const p = packet.ptr;
  if (ipv4.ttl(p) <= 1) {
    report(packet, Type.TIME_EXCEEDED, Exceeded.TTL, 0);
    return discard(packet, Drop.TTL_EXPIRED);
  }
  const dst = ipv4.destination(p);
  if (policyRoute.any) {
    const way = policyRoute.choose(packet);
    if (way == Way.NOWHERE) return discard(packet, policyRoute.reason);
    if (way == Way.STATION) return forwardBy(packet, policyRoute.port, policyRoute.station);
    if (way == Way.AROUND) around(packet, policyRoute.port);
  }
  let found = route.lookup(dst);
  if (!found) found = protectedWay.find(p, packet.len);
  if (!found || found.port == PORT_NULL) {
    report(packet, Type.UNREACHABLE, Unreachable.NET, 0);
    return discard(packet, found ? Drop.NULL_ROUTE : Drop.NO_ROUTE);
  }
  forwardBy(packet, found.port, found.station(dst));
}

/** By an interface, to a station there. Takes it over. */
function forwardBy(packet: Packet, port: u32, gateway: u32): void {
  ipv4.decrementTtl(packet.ptr);
  if (natSettings.active && !translate(packet, packet.port, port)) return packets.free(packet);
  leave(packet, port, gateway);
}

/** It has left by a loopback, and so comes in by it. */
function around(packet: Packet, port: u32): void {
  const own = interfaces.at(port);
  own.packetsOut++;
  own.packetsIn++;
  own.bytesOut += <u64>packet.len;
  own.bytesIn += <u64>packet.len;
  packet.port = port;
}

/** The route to `dst`; null: there is none, or it ends in Null0. */
function routeTo(dst: u32): Route | null {
  const found = route.lookup(dst);
  return found && found.port != PORT_NULL ? found : null;
}

/**
 * An error about a packet that is on its way, from the address of the interface the packet came in by; about one that came
 * through a tunnel from an address that fits that (`sourceFor`).
 */
function report(packet: Packet, type: u32, code: u32, low: u32): void {
  icmp.error(packet, type, code, low, packet.spi == 0 ? interfaces.at(packet.port).address : 0);
}

/** Our address to be shown to who is behind an SA: one that its selectors hold, else the one that its outer header has. */
function sourceFor(sa: SA): u32 {
  for (let port: u32 = 0; port < INTERFACES; port++) {
    const own = interfaces.at(port);
    if (own.usable && own.address >= sa.selector.localFirst && own.address <= sa.selector.localLast) return own.address;
  }
  return sa.localAddress;
}

/** Where the route of a packet to the station `dst` goes by; of an answer to what came through an SA, that SA's other end. */
function towards(packet: Packet, dst: u32): u32 {
  if (packet.answers == 0) return dst;
  const sa = sad.bySpi(packet.answers);
  return sa ? sa.peerAddress : 0;
}

/** Fills in where a datagram of our own comes from. @param p at its IPv4 header */
export function setSource(p: usize, address: u32): void {
  ipv4.setSource(p, address);
  if (ipv4.protocol(p) != Protocol.UDP || ipv4.isFragment(p)) return;
  // UDP's checksum is over the addresses as well (RFC 768).
  const message = p + ipv4.headerLength(p);
  udp.emit(message, udp.sourcePort(message), udp.destinationPort(message), udp.length(message), address, ipv4.destination(p));
}

/** A datagram of our own for somebody else. Takes it over. */
export function leaveLocal(packet: Packet): void {
  const p = packet.ptr;
  const dst = towards(packet, ipv4.destination(p));
  if (dst == 0) return discard(packet, Drop.POLICY_UNPROTECTED);
  let found = routeTo(dst);
  if (!found) found = protectedWay.find(p, packet.len);
  if (!found) {
    if (ipv4.protocol(p) == Protocol.UDP) traceroute.refused(p + ipv4.headerLength(p));
    else ping.refused(p + ipv4.headerLength(p), Outcome.UNREACHABLE);
    if (packet.report) syslog.went(<u32>packet.report, false, false);
    return discard(packet, Drop.NO_ROUTE);
  }
  packet.port = found.port;
  packet.own = true;
  packet.inspected = 0;
  if (ipv4.source(p) == 0) {
    const sa = packet.answers != 0 ? sad.bySpi(packet.answers) : null;
    setSource(p, sa ? sourceFor(sa) : interfaces.at(found.port).addressFor(found.station(dst)));
  }
  if (natSettings.active && !translate(packet, natSettings.insideWith(ipv4.source(p)), found.port)) return packets.free(packet);
  leave(packet, found.port, found.station(dst));
}

/** A packet whose SA has come up: its way from the route on, again. Takes it over. */
export function again(packet: Packet): void {
  if (isWrapped(packet)) return protect(packet, packet.port);
  const dst = towards(packet, ipv4.destination(packet.ptr));
  if (dst == 0) return discard(packet, Drop.POLICY_UNPROTECTED);
  if (policyRoute.any && packet.answers == 0) {
    // What the policy saw of it, a translation has changed: its way of then is not known.
    const way = packet.translated && policyRoute.nameLen(packet.port) ? Way.NOWHERE : policyRoute.choose(packet);
    if (way == Way.NOWHERE) return discard(packet, Drop.NO_ROUTE);
    if (way == Way.STATION) return leave(packet, policyRoute.port, policyRoute.station);
  }
  let found = routeTo(dst);
  if (!found) found = protectedWay.find(packet.ptr, packet.len);
  if (!found) return discard(packet, Drop.NO_ROUTE);
  leave(packet, found.port, found.station(dst));
}

/** An ISAKMP message: gets its UDP and IPv4 headers and passes the SPD by. Takes it over. */
export function sendIke(packet: Packet): void {
  if (packet.src == 0) {
    const found = routeTo(packet.dst);
    if (found) packet.src = interfaces.at(found.port).address;
  }
  packet.push(udp.HEADER_LENGTH);
  udp.emit(packet.ptr, packet.srcPort, packet.dstPort, packet.len, packet.src, packet.dst);
  packet.push(ipv4.HEADER_LENGTH);
  ipv4.emit(packet.ptr, 0, packet.len, outgoing.nextIdentification(), 0, IKE_TTL, Protocol.UDP, packet.src, packet.dst);
  observe(packet.dst);
  packet.own = true;
  carry(packet);
}

/** Tells IKE what stands in the way of a message to `dst`: it may come to say why nobody answers. */
function observe(dst: u32): void {
  const found = routeTo(dst);
  if (!found) return ike.observed(dst, Sign.NO_ROUTE, 0, 0);
  const station = found.station(dst);
  if (arp.unanswered(found.port, station)) ike.observed(dst, Sign.NO_ARP, station, 0);
}

/**
 * NAT, before the crypto map is asked: false if the packet is not to go out, which is counted. What waits for an SA has been here already.
 * @param from the interface that it came in by, or that has its source; NO_PORT: none
 */
function translate(packet: Packet, from: u32, port: u32): bool {
  if (packet.answers != 0) return true;
  const outcome = nat.out(packet, from, port, spd.epoch());
  if (outcome == nat.Outcome.DROP) return false;
  if (outcome != nat.Outcome.FRESH || !spd.active(port) || !misses(packet, port)) return true;
  nat.forgetLast();
  drop(Drop.NAT_MISSES_CRYPTO);
  return false;
}

/** A datagram that is to leave by `port` for the station `gateway`: what the SPD says happens to it. Takes it over. */
function leave(packet: Packet, port: u32, gateway: u32): void {
  if (interfaces.adjustsMss) {
    const most = interfaces.at(port).mss;
    if (most != 0) mss.adjust(packet.ptr, packet.len, most);
  }
  if (filter.ofMaps && !filter.mayGoIn(packet, port)) return packets.free(packet);
  if (tunnels.isTunnel(port)) return packet.report ? enterReport(packet, port) : enter(packet, port);
  if (packet.report) return leaveReport(packet, port, gateway);
  const verdict = outbound.process(packet, port);
  if (verdict != Verdict.TOO_BIG) return obey(verdict, packet, port, gateway);
  const mtu = packet.mtu;
  if (ipv4.dontFragment(packet.ptr)) return tooBig(packet, mtu);
  // Cut before it is protected, so that the other end need not reassemble.
  if (!fragment.split(packet, mtu, innerPieces)) return;
  for (let piece = innerPieces.pop(); piece; piece = innerPieces.pop()) obey(outbound.process(piece, port), piece, port, gateway);
}

/** A datagram is to leave by a tunnel interface: whole if it fits, or else in pieces that do. Takes it over. */
function enter(packet: Packet, port: u32): void {
  if (filter.active && !filter.mayLeave(packet, port)) return packets.free(packet);
  const own = interfaces.at(port);
  if (!own.up) {
    own.dropsOut++;
    return discard(packet, Drop.TUNNEL_DOWN);
  }
  if (packet.len <= own.mtu) return encapsulate(packet, port);
  if (ipv4.dontFragment(packet.ptr)) return tooBig(packet, own.mtu);
  // Each piece may be cut again by what is on the way: the pieces are taken out first.
  const pieces = enteringPieces;
  if (!fragment.split(packet, own.mtu, pieces)) return;
  for (let piece = pieces.pop(); piece; piece = pieces.pop()) encapsulate(piece, port);
}

/** Puts GRE around it, if the tunnel has that, and gives it to what protects the tunnel, or sends it on its way. Takes it over. */
function encapsulate(packet: Packet, port: u32): void {
  const own = interfaces.at(port);
  if (++packet.depth > <u8>TUNNEL_DEPTH) return discard(packet, Drop.TUNNEL_LOOP);
  own.packetsOut++;
  own.bytesOut += <u64>packet.len;
  if (tunnels.at(port).bare) return protect(packet, port);
  if (!greTunnel.wrap(packet, port)) {
    own.dropsOut++;
    return discard(packet, Drop.NO_BUFFER);
  }
  packet.port = port;
  sendThrough(packet);
}

/** Whether a packet that has waited is a GRE tunnel's own datagram: none that is forwarded has our address as its source. */
function isWrapped(packet: Packet): bool {
  if (!tunnels.any || !tunnels.isTunnel(packet.port) || ipv4.protocol(packet.ptr) != Protocol.GRE) return false;
  const tunnel = tunnels.at(packet.port);
  return !tunnel.bare && ipv4.source(packet.ptr) == tunnel.local && ipv4.destination(packet.ptr) == tunnel.destination;
}

/** A datagram of a GRE tunnel's own, whole, of the tunnel that `port` says. Takes it over. */
export function sendThrough(packet: Packet): void {
  const port = packet.port;
  if (spd.isWalled(port)) return protect(packet, port);
  const dst = ipv4.destination(packet.ptr);
  const found = routeTo(dst);
  // A way that leads back into the same tunnel is none.
  if (!found || found.port == port) return discard(packet, Drop.TUNNEL_DOWN);
  leave(packet, found.port, found.station(dst));
}

/** What the policy of a protected tunnel says happens; where there is none, nothing passes. Takes it over. */
function protect(packet: Packet, port: u32): void {
  if (!spd.isWalled(port)) return discard(packet, Drop.TUNNEL_DOWN);
  const verdict = outbound.process(packet, port);
  if (verdict != Verdict.TOO_BIG) return obeyWalled(verdict, packet, port);
  const mtu = packet.mtu;
  if (ipv4.dontFragment(packet.ptr)) return tooBig(packet, mtu);
  if (!fragment.split(packet, mtu, innerPieces)) return;
  for (let piece = innerPieces.pop(); piece; piece = innerPieces.pop()) obeyWalled(outbound.process(piece, port), piece, port);
}

function obeyWalled(verdict: Verdict, packet: Packet, port: u32): void {
  if (verdict == Verdict.BYPASS) return discard(packet, Drop.POLICY_DISCARD);
  obey(verdict, packet, port, 0);
}

/** A line of the log leaves by a tunnel interface: what is said meanwhile goes to no log host. Takes it over. */
function enterReport(packet: Packet, port: u32): void {
  const report = <u32>packet.report;
  packet.report &= QUIET;
  log.setSending(true);
  enter(packet, port);
  log.setSending(false);
  syslog.went(report, true, false);
}

/** A line of the log leaves: log hosts hear of it, and what is said meanwhile goes to none of them. Takes it over. */
function leaveReport(packet: Packet, port: u32, gateway: u32): void {
  const report = <u32>packet.report;
  const quiet = (report & <u32>QUIET) != 0;
  packet.report &= QUIET;
  // It goes on as any other: its way from here on is over when `obey` is.
  log.setSending(true);
  const verdict = outbound.process(packet, port);
  if (verdict == Verdict.TOO_BIG) {
    const mtu = packet.mtu;
    if (fragment.split(packet, mtu, innerPieces)) {
      for (let piece = innerPieces.pop(); piece; piece = innerPieces.pop()) obey(outbound.process(piece, port), piece, port, gateway);
    }
  } else obey(verdict, packet, port, gateway);
  log.setSending(false);
  const on = verdict == Verdict.BYPASS || verdict == Verdict.PROTECTED || verdict == Verdict.TOO_BIG;
  syslog.went(report, on, verdict == Verdict.HELD && !quiet);
}

/** Does with a packet what the SPD said. Takes it over. */
function obey(verdict: Verdict, packet: Packet, port: u32, gateway: u32): void {
  switch (verdict) {
    case Verdict.BYPASS: return output(packet, port, gateway);
    case Verdict.PROTECTED: return carry(packet);
    case Verdict.HELD: return;
    case Verdict.DISCARD: return packets.free(packet);
    case Verdict.UNPROTECTED:
      report(packet, Type.UNREACHABLE, Unreachable.PROHIBITED, 0);
      return discard(packet, Drop.POLICY_UNPROTECTED);
    default: return discard(packet, Drop.DF_TOO_BIG);
  }
}

/** A datagram that the SPD has no say in: an outer one, or IKE's. Takes it over. */
function carry(packet: Packet): void {
  const dst = ipv4.destination(packet.ptr);
  if (++packet.depth > <u8>TUNNEL_DEPTH) return discard(packet, Drop.TUNNEL_LOOP);
  const found = routeTo(dst);
  if (!found || interfaces.isOurs(dst)) return discard(packet, Drop.NO_ROUTE);
  output(packet, found.port, found.station(dst));
}

/** Fits a datagram to the interface's MTU and sends it. Takes it over. */
function output(packet: Packet, port: u32, gateway: u32): void {
  const own = interfaces.at(port);
  if (!own.usable) return discard(packet, own.up ? Drop.NO_ADDRESS : Drop.PORT_DOWN);
  if (!own.hasStations) return own.kind == Kind.TUNNEL ? enter(packet, port) : discard(packet, Drop.NO_ROUTE);
  if (filter.active && !filter.mayLeave(packet, port)) {
    // What is not sealed yet is somebody's work still.
    outbound.finish();
    return packets.free(packet);
  }
  if (packet.len <= own.mtu) return arp.send(packet, port, gateway);
  outbound.finish();
  if (ipv4.dontFragment(packet.ptr)) return tooBig(packet, own.mtu);
  if (!fragment.split(packet, own.mtu, outerPieces)) return;
  for (let piece = outerPieces.pop(); piece; piece = outerPieces.pop()) arp.send(piece, port, gateway);
}

/** A datagram with DF does not fit (RFC 1191, 4). Takes it over. */
function tooBig(packet: Packet, mtu: u32): void {
  const p = packet.ptr;
  if (ipv4.protocol(p) == Protocol.ICMP) ping.refused(p + ipv4.headerLength(p), Outcome.TOO_BIG);
  report(packet, Type.UNREACHABLE, Unreachable.FRAGMENTATION_NEEDED, mtu);
  discard(packet, Drop.DF_TOO_BIG);
}
