/**
 * The way in: a datagram that has come, plain or out of a tunnel, is ours, or somebody else's, or nobody's.
 *
 *      arrive ---ours---> local ---> IKE, ICMP
 *         ^ |                |
 *         | +--> forward     +--> ESP, AH: open +
 *         |      (way_out)                      |
 *         +----------- out of the tunnel -------+
 */
import { TUNNEL_DEPTH } from "../limits";
import * as filter from "../filter/filter";
import * as ike from "../ike/ike";
import { Sign } from "../ike/ike";
import * as inbound from "../ipsec/inbound";
import * as outbound from "../ipsec/outbound";
import * as pmtu from "../ipsec/pmtu";
import { discard } from "../net/egress";
import * as fragment from "../net/fragment";
import { Arrival } from "../net/gre_tunnel";
import * as greTunnel from "../net/gre_tunnel";
import * as icmp from "../net/icmp";
import * as ingress from "../net/ingress";
import * as interfaces from "../net/interface";
import * as mss from "../net/mss";
import * as tunnels from "../net/tunnels";
import * as nat from "../net/nat/nat";
import * as natSettings from "../net/nat/settings";
import * as ping from "../net/ping";
import * as traceroute from "../net/traceroute";
import * as udpDemux from "../net/udp_demux";
import { Service } from "../net/udp_demux";
import { Policy } from "../sadb/policies/policy";
import * as spd from "../sadb/policies/spd";
import * as sad from "../sadb/sas/sad";
import * as syslog from "../services/syslog";
import * as services from "../services/services";
import { Packet } from "../util/packet";
import * as packets from "../util/packet";
import { Drop } from "../util/status";
import * as icmpWire from "../wire/icmp";
import { Type, Unreachable } from "../wire/icmp";
import * as ipv4 from "../wire/ipv4";
import { Protocol } from "../wire/ipv4";
import { IKE_PORT, NATT_PORT } from "../wire/natt";
import * as udp from "../wire/udp";
import * as tunnelWay from "./tunnel_way";
import { forward, leaveLocal, sendThrough, setSource } from "./way_out";

/** A datagram has come, plain or out of a tunnel (`spi`), checked by `ingress`. Takes it over. */
export function arrive(packet: Packet): void {
  if (packet.spi == 0 && filter.active && !filter.mayCome(packet)) return packets.free(packet);
  if (natSettings.active && !comesBack(packet)) return packets.free(packet);
  const dst = ipv4.destination(packet.ptr);
  if (interfaces.isOurs(dst)) return local(packet, false);
  if (!ipv4.isUnicast(dst) || interfaces.isBroadcast(dst)) return discard(packet, Drop.IP_BROADCAST);
  if (packet.spi == 0 && isFromWire(packet) && !inbound.checkPlain(packet, packet.port)) return packets.free(packet);
  if (interfaces.adjustsMss) {
    const most = interfaces.at(packet.port).mss;
    if (most != 0) mss.adjust(packet.ptr, packet.len, most);
  }
  forward(packet);
}

/** Whether it came by a port, and not out of a tunnel interface, whose policy is about what is around it. */
// @ts-ignore: decorator
@inline
function isFromWire(packet: Packet): bool {
  return !tunnels.any || !tunnels.isTunnel(packet.port);
}

/** What NAT says of a datagram that came in: false if it is not to go on, which is counted. */
function comesBack(packet: Packet): bool {
  const outcome = nat.into(packet);
  if (outcome == nat.Outcome.SAME) return true;
  if (outcome == nat.Outcome.DROP) return false;
  // What a crypto map covers as the wire has it must not get past that by a translation.
  return packet.spi != 0 || !isFromWire(packet) || inbound.checkPlainAs(packet, packet.port, nat.wasDestination, nat.wasDestinationPort);
}

/** A datagram for us; `own` if it comes from us as well. Takes it over. */
function local(packet: Packet, own: bool): void {
  if (ipv4.isFragment(packet.ptr)) {
    const whole = fragment.reassemble(packet, inbound.standing(packet));
    if (!whole) return;
    packet = whole;
  }
  const p = packet.ptr;
  const header = ipv4.headerLength(p);
  const protocol = ipv4.protocol(p);
  const plain = packet.spi == 0 && !own && isFromWire(packet);
  if (protocol == Protocol.ESP || protocol == Protocol.AH) {
    packet.pull(header);
    return open(packet, protocol, p, 0, 0);
  }
  if (protocol == Protocol.UDP) return localUdp(packet, plain);
  if (protocol == Protocol.ICMP && plain && aboutTunnel(p + header, packet.len - header)) return packets.free(packet);
  if (plain) observe(p, header, packet.len - header);
  if (plain && !inbound.checkPlain(packet, packet.port)) return packets.free(packet);
  if (protocol == Protocol.ICMP) return localIcmp(packet);
  if (protocol == Protocol.GRE && tunnels.any && !own) return localGre(packet);
  icmp.error(packet, Type.UNREACHABLE, Unreachable.PROTOCOL, 0, ipv4.destination(p));
  discard(packet, Drop.PROTOCOL_UNKNOWN);
}

/** Tells IKE of what came from its peers in plain, and of ICMP about its messages. @param p at the IPv4 header */
function observe(p: usize, header: u32, len: u32): void {
  const message = p + header;
  const from = ipv4.source(p);
  if (ipv4.protocol(p) != Protocol.ICMP) return ike.observed(from, Sign.OTHER, 0, 0);
  if (icmpWire.check(message, len) != Drop.NONE) return;
  if (!icmpWire.isError(icmpWire.type(message))) return ike.observed(from, Sign.OTHER, 0, 0);
  // What it quotes: an IPv4 header, and UDP from a port of IKE's.
  const quoted = message + icmpWire.HEADER_LENGTH;
  if (len < icmpWire.HEADER_LENGTH + ipv4.HEADER_LENGTH + 4 || ipv4.protocol(quoted) != Protocol.UDP) return;
  const inner = ipv4.headerLength(quoted);
  if (inner < ipv4.HEADER_LENGTH || len < icmpWire.HEADER_LENGTH + inner + 4 || !interfaces.isOurs(ipv4.source(quoted))) return;
  const port = udp.sourcePort(quoted + inner);
  if (port != IKE_PORT && port != NATT_PORT) return;
  ike.observed(ipv4.destination(quoted), Sign.ICMP, (icmpWire.type(message) << 8) | icmpWire.code(message), from);
}

/** UDP for us. What keys the SPD's own work passes by it: IKE, and ESP in UDP. */
function localUdp(packet: Packet, plain: bool): void {
  const p = packet.ptr;
  const header = ipv4.headerLength(p);
  const message = p + header;
  const service = udpDemux.sort(message, packet.len - header, ipv4.source(p), ipv4.destination(p));
  if (service == Service.DROP) return discard(packet, udpDemux.reason);
  if (service == Service.KEEPALIVE) return discard(packet, Drop.NATT_KEEPALIVE);
  if (service == Service.ANSWER) {
    if (plain && !inbound.checkPlain(packet, packet.port)) return packets.free(packet);
    services.arrive(message);
    return packets.free(packet);
  }
  if (service != Service.NONE) {
    // IKE's answers pass the SPD by: what came out of a tunnel would be answered in plain.
    if (service == Service.IKE && packet.spi != 0) return discard(packet, Drop.POLICY_UNPROTECTED);
    packet.len = header + udp.length(message);
    packet.pull(header + udpDemux.skip);
    if (service == Service.ESP) return open(packet, Protocol.ESP, p, <u16>udp.sourcePort(message), <u16>udp.destinationPort(message));
    if (packet.len == 0) return discard(packet, Drop.IKE_TOO_SHORT);
    address(packet, p, <u16>udp.sourcePort(message), <u16>udp.destinationPort(message));
    // What came before it is opened, and sealed, before it changes anything.
    inbound.finish();
    outbound.finish();
    return ike.arrive(packet);
  }
  if (plain) ike.observed(ipv4.source(p), Sign.OTHER_PORT, (udp.sourcePort(message) << 16) | udp.destinationPort(message), 0);
  if (plain && !inbound.checkPlain(packet, packet.port)) return packets.free(packet);
  icmp.error(packet, Type.UNREACHABLE, Unreachable.PORT, 0, ipv4.destination(p));
  discard(packet, Drop.UDP_NO_PORT);
}

/** Notes where a packet came from and went to. @param p its IPv4 header */
function address(packet: Packet, p: usize, srcPort: u16, dstPort: u16): void {
  packet.src = ipv4.source(p);
  packet.dst = ipv4.destination(p);
  packet.srcPort = srcPort;
  packet.dstPort = dstPort;
  packet.tos = <u8>ipv4.tos(p);
}

/** ESP or AH for us, `ptr` at its header, `p` at the IPv4 header: what is inside arrives again. Takes it over. */
function open(packet: Packet, protocol: u32, p: usize, srcPort: u16, dstPort: u16): void {
  if (++packet.depth > <u8>TUNNEL_DEPTH) return discard(packet, Drop.TUNNEL_LOOP);
  address(packet, p, srcPort, dstPort);
  packet.outer = p;
  switch (inbound.receive(packet, protocol, true)) {
    case inbound.Verdict.INNER: return inner(packet);
    case inbound.Verdict.DROP: return refused(packet);
    default: return;
  }
}

/** A packet that has waited for others to be opened with. Takes it over. */
export function landed(packet: Packet): void {
  if (packet.refused) refused(packet);
  else inner(packet);
}

/** ESP or AH that is none of the peer's. Takes it over. */
function refused(packet: Packet): void {
  ike.observed(ipv4.source(packet.outer), Sign.ESP, 0, 0);
  packets.free(packet);
}

/** What was in a tunnel. Takes it over. */
function inner(packet: Packet): void {
  const reason = ingress.trim(packet);
  if (reason != Drop.NONE) return discard(packet, reason);
  if (filter.ofMaps && !filter.mayComeOut(packet)) return packets.free(packet);
  if (tunnels.any) {
    const port = tunnelOf(packet);
    if (port != 0 && tunnels.at(port).bare) emerge(packet, port);
  }
  arrive(packet);
}

/** The tunnel interface whose SA a packet came through; 0: it came through none, or through a crypto map's. */
function tunnelOf(packet: Packet): u32 {
  const sa = packet.spi != 0 ? sad.bySpi(packet.spi) : null;
  const policy = sa ? changetype<Policy | null>(sa.policy) : null;
  return policy && tunnels.isTunnel(policy.interface) ? policy.interface : 0;
}

/** From here on it has come by that interface, and what is said of it goes the way of routes. */
function emerge(packet: Packet, port: u32): void {
  const own = interfaces.at(port);
  own.packetsIn++;
  own.bytesIn += <u64>packet.len;
  packet.port = port;
  packet.spi = 0;
}

/** GRE for us, which the SPD lets pass. Takes it over. */
function localGre(packet: Packet): void {
  const arrival = greTunnel.receive(packet);
  const port = greTunnel.tunnel;
  if (arrival == Arrival.DROP) return discard(packet, greTunnel.reason);
  // What is protected comes through its own SA, or not at all.
  if (spd.isWalled(port) && tunnelOf(packet) != port) {
    interfaces.at(port).dropsIn++;
    return discard(packet, Drop.TUNNEL_PLAINTEXT);
  }
  if (arrival == Arrival.ALIVE) {
    tunnelWay.alive(port);
    return packets.free(packet);
  }
  if (++packet.depth > <u8>TUNNEL_DEPTH) return discard(packet, Drop.TUNNEL_LOOP);
  if (arrival == Arrival.REFLECT) {
    packet.spi = 0;
    packet.port = port;
    return sendThrough(packet);
  }
  const reason = ingress.trim(packet);
  if (reason != Drop.NONE) {
    interfaces.at(port).dropsIn++;
    return discard(packet, reason);
  }
  emerge(packet, port);
  arrive(packet);
}

/**
 * "Fragmentation needed" about an ESP or AH packet of ours: it concerns the tunnel, and its author is some router on the path,
 * so no policy can want it protected (RFC 4301, 8.2.1). ipsec believes it only for an SPI in use.
 */
function aboutTunnel(message: usize, len: u32): bool {
  if (icmpWire.check(message, len) != Drop.NONE) return false;
  if (icmpWire.type(message) != Type.UNREACHABLE || icmpWire.code(message) != Unreachable.FRAGMENTATION_NEEDED) return false;
  return pmtu.learn(message + icmpWire.HEADER_LENGTH, len - icmpWire.HEADER_LENGTH, icmpWire.nextHopMtu(message));
}

function localIcmp(packet: Packet): void {
  const header = ipv4.headerLength(packet.ptr);
  const message = packet.ptr + header;
  const len = packet.len - header;
  if (icmpWire.check(message, len) != Drop.NONE) return discard(packet, Drop.ICMP_MALFORMED);
  const type = icmpWire.type(message);
  if (type == Type.ECHO) return icmp.reply(packet);
  if (type == Type.ECHO_REPLY) ping.replied(message, len);
  else if (icmpWire.isError(type) && type != Type.REDIRECT) {
    const code = icmpWire.code(message);
    ping.failed(type, code, message + icmpWire.HEADER_LENGTH, len - icmpWire.HEADER_LENGTH);
    if (type == Type.UNREACHABLE || type == Type.TIME_EXCEEDED) {
      traceroute.failed(type, code, message + icmpWire.HEADER_LENGTH, len - icmpWire.HEADER_LENGTH, ipv4.source(packet.ptr));
    }
  }
  packets.free(packet);
}

/** A datagram of our own that the SPD has a say in: it leaves, or is for ourselves. Takes it over. */
export function sendLocal(packet: Packet): void {
  const p = packet.ptr;
  const dst = ipv4.destination(p);
  if (!interfaces.isOurs(dst)) return leaveLocal(packet);
  if (ipv4.source(p) == 0) setSource(p, dst);
  if (packet.report) syslog.went(<u32>packet.report, true, false);
  local(packet, true);
}
