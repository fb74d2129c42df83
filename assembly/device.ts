/**
 * The device: it makes the rooms, and knows the way of a packet through them.
 *
 *      on_frame -> net/ingress -> arrive --ours--> local: IKE | ESP -> arrive again | ICMP
 *                                   |
 *                                forward -> leave: SPD --bypass--> output -> ARP -> send_frame
 *                                             ^     \-protected--> carry (no SPD) -> output
 *      what net says itself (replies, pings) -+      IKE's datagrams -> carry
 *
 * A packet has one owner at any time; a function whose comment says "takes it over" frees it or hands it on.
 */
import { PORTS, TUNNEL_DEPTH } from "./limits";
import * as console from "./cli/console";
import * as drbg from "./crypto/drbg";
import * as ike from "./ike/ike";
import * as inbound from "./ipsec/inbound";
import * as ipsec from "./ipsec/ipsec";
import * as outbound from "./ipsec/outbound";
import { Verdict } from "./ipsec/outbound";
import * as pmtu from "./ipsec/pmtu";
import * as arp from "./net/arp_cache";
import { discard } from "./net/egress";
import * as fragment from "./net/fragment";
import * as icmp from "./net/icmp";
import * as ingress from "./net/ingress";
import * as interfaces from "./net/interface";
import * as net from "./net/net";
import * as outgoing from "./net/outgoing";
import * as ping from "./net/ping";
import { Outcome } from "./net/ping";
import * as route from "./net/route";
import * as udpDemux from "./net/udp_demux";
import { Service } from "./net/udp_demux";
import * as modexp from "./oakley/modexp";
import * as acquire from "./sadb/acquire";
import * as sad from "./sadb/sad";
import * as sadb from "./sadb/sadb";
import * as spd from "./sadb/spd";
import { get32, put32 } from "./util/bytes";
import * as clock from "./util/clock";
import { InitFlags } from "./util/host";
import * as log from "./util/log";
import { Owner, Packet, PacketQueue } from "./util/packet";
import * as packets from "./util/packet";
import { Drop, assertThat, drop } from "./util/status";
import { ABI, VERSION } from "./util/version";
import * as icmpWire from "./wire/icmp";
import { Exceeded, Type, Unreachable } from "./wire/icmp";
import * as ipv4 from "./wire/ipv4";
import { Protocol } from "./wire/ipv4";
import * as udp from "./wire/udp";

/** Frames that came while the module was at work: a host that delivers from inside `send_frame`. */
let backlog: PacketQueue = changetype<PacketQueue>(0);
/** What `fragment.split` made of inner datagrams, and of those that go out. */
let innerPieces: PacketQueue = changetype<PacketQueue>(0);
let outerPieces: PacketQueue = changetype<PacketQueue>(0);
let atWork: bool = false;
let heapMark: usize = 0;
let seenInterfaces: u32 = 0;
const scratch: usize = memory.data(8, 4);
const IKE_TTL: u32 = 64;

export function abi_version(): u32 {
  return ABI;
}

export function init(now: u32, wall: u32, flags: u32): u32 {
  clock.init(now, wall);
  log.init();
  log.setKeylog((flags & InitFlags.KEYLOG_ALLOWED) != 0);
  packets.init();
  backlog = new PacketQueue();
  innerPieces = new PacketQueue();
  outerPieces = new PacketQueue();
  drbg.init();
  const entropy = drbg.seed();
  drbg.fill(scratch, 4);
  net.init(get32(scratch));
  for (let port: u32 = 0; entropy && port < PORTS; port++) {
    drbg.fill(scratch, 6);
    interfaces.seedMac(port, scratch);
  }
  sadb.init();
  drbg.fill(scratch, 4);
  ipsec.init(get32(scratch));
  modexp.init();
  ike.init();
  console.init();
  atWork = false;
  seenInterfaces = 0;
  heapMark = heapTop();
  log.event("started").put(" version=").put(VERSION).put(" abi=").u32(ABI).put(" entropy=").put(entropy ? "ok" : "missing");
  log.eventEnd();
  if (!entropy) {
    log.message("CRYPTO-2-NO_ENTROPY").put("The host gives no entropy: IKE does not run");
    log.end();
  }
  if (log.keylogAllowed) {
    log.message("CRYPTO-4-KEYLOG").put("Session keys are given to the host, as it asked at start");
    log.end();
  }
  return 0;
}

/** Where the heap ends: the same after every entry, for nothing is allocated after `init`. */
function heapTop(): usize {
  const top = heap.alloc(0);
  heap.free(top);
  return top;
}

export function frame_alloc(): u32 {
  const packet = packets.alloc();
  if (!packet) return 0;
  packet.owner = <u8>Owner.HOST;
  return <u32>packet.ptr;
}

export function frame_free(ptr: u32): void {
  const packet = packets.packetOf(<usize>ptr);
  if (!packet || packet.owner != <u8>Owner.HOST) return drop(Drop.HOST_BUFFER);
  packets.free(packet);
}

export function on_frame(now: u32, port: u32, ptr: u32, len: u32): u32 {
  clock.set(now);
  const packet = packets.packetOf(<usize>ptr);
  if (!packet || packet.owner != <u8>Owner.HOST) {
    drop(Drop.HOST_BUFFER);
    return 0;
  }
  packet.owner = <u8>Owner.MODULE;
  if (!packets.place(packet, <usize>ptr, len)) {
    discard(packet, Drop.FRAME_TOO_LONG);
    return 0;
  }
  packet.port = port;
  if (atWork) {
    backlog.push(packet);
    return 0;
  }
  atWork = true;
  follow();
  if (ingress.receive(packet, port)) arrive(packet);
  drain();
  atWork = false;
  return 0;
}

export function poll(now: u32): u32 {
  clock.set(now);
  if (atWork) return 0;
  atWork = true;
  follow();
  for (let packet = backlog.pop(); packet; packet = backlog.pop()) if (ingress.receive(packet, packet.port)) arrive(packet);
  net.poll();
  drain();
  let wait = console.poll();
  // The console may have taken an outcome of `ping`, which sends the next request.
  follow();
  wait = min(wait, net.poll());
  drain();
  wait = min(wait, sad.poll());
  wait = min(wait, ike.poll());
  drain();
  assertThat(heapTop() == heapMark, 601);
  atWork = false;
  // What the last of these made for the first of them.
  return backlog.length != 0 || acquire.waiting() != 0 || ping.settled() ? 0 : wait;
}

export function console_buffer(): u32 {
  return <u32>console.buffer();
}

export function console_in(len: u32): u32 {
  atWork = true;
  const refused = console.input(len);
  follow();
  drain();
  atWork = false;
  return refused;
}

/** Tells the rooms that depend on addresses when an interface has changed. */
function follow(): void {
  if (seenInterfaces == interfaces.generation) return;
  seenInterfaces = interfaces.generation;
  for (let port: u32 = 0; port < PORTS; port++) {
    const own = interfaces.at(port);
    spd.setInterfaceAddress(port, own.usable ? own.address : 0);
    pmtu.setInterfaceMtu(port, own.mtu);
  }
}

/** Sends whatever the rooms have for the wire. */
function drain(): void {
  for (let packet = ike.nextOutput(); packet; packet = ike.nextOutput()) sendIke(packet);
  for (let packet = outbound.released(); packet; packet = outbound.released()) again(packet);
  for (let packet = outgoing.next(); packet; packet = outgoing.next()) sendLocal(packet);
}

/** A datagram has come, plain or out of a tunnel (`spi`), checked by `ingress`. Takes it over. */
function arrive(packet: Packet): void {
  const dst = ipv4.destination(packet.ptr);
  if (interfaces.isOurs(dst)) return local(packet, false);
  if (!ipv4.isUnicast(dst) || interfaces.isBroadcast(dst)) return discard(packet, Drop.IP_BROADCAST);
  if (packet.spi == 0 && !inbound.checkPlain(packet, packet.port)) return packets.free(packet);
  forward(packet);
}

/** A datagram for us; `own` if it comes from us as well. Takes it over. */
function local(packet: Packet, own: bool): void {
  if (ipv4.isFragment(packet.ptr)) {
    const whole = fragment.reassemble(packet);
    if (!whole) return;
    packet = whole;
  }
  const p = packet.ptr;
  const header = ipv4.headerLength(p);
  const protocol = ipv4.protocol(p);
  const plain = packet.spi == 0 && !own;
  if (protocol == Protocol.ESP) {
    packet.pull(header);
    return open(packet, p, 0, 0);
  }
  if (protocol == Protocol.UDP) return localUdp(packet, plain);
  if (protocol == Protocol.ICMP && plain && aboutTunnel(p + header, packet.len - header)) return packets.free(packet);
  if (plain && !inbound.checkPlain(packet, packet.port)) return packets.free(packet);
  if (protocol == Protocol.ICMP) return localIcmp(packet);
  icmp.error(packet, Type.UNREACHABLE, Unreachable.PROTOCOL, 0, ipv4.destination(p));
  discard(packet, Drop.PROTOCOL_UNKNOWN);
}

/** UDP for us. What keys the SPD's own work passes by it: IKE, and ESP in UDP. */
function localUdp(packet: Packet, plain: bool): void {
  const p = packet.ptr;
  const header = ipv4.headerLength(p);
  const message = p + header;
  const service = udpDemux.sort(message, packet.len - header, ipv4.source(p), ipv4.destination(p));
  if (service == Service.DROP) return discard(packet, udpDemux.reason);
  if (service == Service.KEEPALIVE) return discard(packet, Drop.NATT_KEEPALIVE);
  if (service != Service.NONE) {
    packet.len = header + udp.length(message);
    packet.pull(header + udpDemux.skip);
    if (service == Service.ESP) return open(packet, p, <u16>udp.sourcePort(message), <u16>udp.destinationPort(message));
    if (packet.len == 0) return discard(packet, Drop.IKE_TOO_SHORT);
    address(packet, p, <u16>udp.sourcePort(message), <u16>udp.destinationPort(message));
    return ike.receive(packet);
  }
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

/** ESP for us, `ptr` at its header, `p` at the outer one: what is inside arrives again. Takes it over. */
function open(packet: Packet, p: usize, srcPort: u16, dstPort: u16): void {
  if (++packet.depth > <u8>TUNNEL_DEPTH) return discard(packet, Drop.TUNNEL_LOOP);
  address(packet, p, srcPort, dstPort);
  if (inbound.receive(packet) != inbound.Verdict.INNER) return packets.free(packet);
  const reason = ingress.trim(packet);
  if (reason != Drop.NONE) return discard(packet, reason);
  arrive(packet);
}

/**
 * "Fragmentation needed" about an ESP packet of ours: it concerns the tunnel, and its author is some router on the path,
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
  if (type == Type.ECHO_REPLY) ping.replied(message);
  else if (type == Type.UNREACHABLE || type == Type.TIME_EXCEEDED) {
    ping.failed(type, icmpWire.code(message), message + icmpWire.HEADER_LENGTH, len - icmpWire.HEADER_LENGTH);
  }
  packets.free(packet);
}

/** A datagram for somebody else (RFC 1812, 5.2.1). Takes it over. */
function forward(packet: Packet): void {
  const p = packet.ptr;
  if (ipv4.ttl(p) <= 1) {
    icmp.error(packet, Type.TIME_EXCEEDED, Exceeded.TTL, 0, errorSource(packet));
    return discard(packet, Drop.TTL_EXPIRED);
  }
  if (!route.lookup(ipv4.destination(p)) || route.port == route.PORT_NULL) {
    icmp.error(packet, Type.UNREACHABLE, Unreachable.NET, 0, errorSource(packet));
    return discard(packet, route.port == route.PORT_NULL ? Drop.NULL_ROUTE : Drop.NO_ROUTE);
  }
  ipv4.decrementTtl(p);
  leave(packet, route.port, route.gateway);
}

/**
 * Our address that an error about a packet comes from: that of the interface the packet came in by. For one that came
 * through a tunnel, an address of ours that the tunnel takes back; 0, whatever it leaves by, if there is none.
 */
function errorSource(packet: Packet): u32 {
  const sa = sad.bySpi(packet.spi);
  if (packet.spi == 0 || !sa) return interfaces.at(packet.port).address;
  for (let port: u32 = 0; port < PORTS; port++) {
    const own = interfaces.at(port);
    if (own.usable && own.address >= sa.selector.localFirst && own.address <= sa.selector.localLast) return own.address;
  }
  return 0;
}

/** A datagram of our own that the SPD has a say in. Takes it over. */
function sendLocal(packet: Packet): void {
  const p = packet.ptr;
  const dst = ipv4.destination(p);
  if (interfaces.isOurs(dst)) {
    if (ipv4.source(p) == 0) setSource(p, dst);
    return local(packet, true);
  }
  if (!route.lookup(dst) || route.port == route.PORT_NULL) {
    ping.refused(p + ipv4.headerLength(p), Outcome.UNREACHABLE);
    return discard(packet, Drop.NO_ROUTE);
  }
  packet.port = route.port;
  if (ipv4.source(p) == 0) setSource(p, interfaces.at(route.port).address);
  leave(packet, route.port, route.gateway);
}

function setSource(p: usize, address: u32): void {
  put32(p + 12, address);
  ipv4.setChecksum(p);
}

/** A packet whose SA has come up: its way from the route on, again. Takes it over. */
function again(packet: Packet): void {
  if (!route.lookup(ipv4.destination(packet.ptr)) || route.port == route.PORT_NULL) return discard(packet, Drop.NO_ROUTE);
  leave(packet, route.port, route.gateway);
}

/** An ISAKMP message: gets its UDP and IPv4 headers and passes the SPD by. Takes it over. */
function sendIke(packet: Packet): void {
  if (packet.src == 0 && route.lookup(packet.dst) && route.port < PORTS) packet.src = interfaces.at(route.port).address;
  packet.push(udp.HEADER_LENGTH);
  udp.emit(packet.ptr, packet.srcPort, packet.dstPort, packet.len, packet.src, packet.dst);
  packet.push(ipv4.HEADER_LENGTH);
  ipv4.emit(packet.ptr, 0, packet.len, outgoing.nextIdentification(), 0, IKE_TTL, Protocol.UDP, packet.src, packet.dst);
  carry(packet);
}

/** A datagram that is to leave by `port` for the station `gateway`: what the SPD says happens to it. Takes it over. */
function leave(packet: Packet, port: u32, gateway: u32): void {
  const verdict = outbound.process(packet, port);
  if (verdict != Verdict.TOO_BIG) return obey(verdict, packet, port, gateway);
  const mtu = pmtu.mtu;
  if (ipv4.dontFragment(packet.ptr)) return tooBig(packet, mtu);
  // Cut before it is protected, so that the other end need not reassemble.
  if (!fragment.split(packet, mtu, innerPieces)) return;
  for (let piece = innerPieces.pop(); piece; piece = innerPieces.pop()) obey(outbound.process(piece, port), piece, port, gateway);
}

/** Does with a packet what the SPD said. Takes it over. */
function obey(verdict: Verdict, packet: Packet, port: u32, gateway: u32): void {
  switch (verdict) {
    case Verdict.BYPASS: return output(packet, port, gateway);
    case Verdict.PROTECTED: return carry(packet);
    case Verdict.HELD: return;
    case Verdict.DISCARD: return packets.free(packet);
    default: return discard(packet, Drop.DF_TOO_BIG);
  }
}

/** A datagram that the SPD has no say in: an outer one, or IKE's. Takes it over. */
function carry(packet: Packet): void {
  const dst = ipv4.destination(packet.ptr);
  if (++packet.depth > <u8>TUNNEL_DEPTH) return discard(packet, Drop.TUNNEL_LOOP);
  if (interfaces.isOurs(dst) || !route.lookup(dst) || route.port == route.PORT_NULL) return discard(packet, Drop.NO_ROUTE);
  output(packet, route.port, route.gateway);
}

/** Fits a datagram to the interface's MTU and sends it. Takes it over. */
function output(packet: Packet, port: u32, gateway: u32): void {
  const own = interfaces.at(port);
  if (!own.usable) return discard(packet, own.shutdown ? Drop.PORT_DOWN : Drop.NO_ADDRESS);
  if (packet.len <= own.mtu) return arp.send(packet, port, gateway);
  if (ipv4.dontFragment(packet.ptr)) return tooBig(packet, own.mtu);
  if (!fragment.split(packet, own.mtu, outerPieces)) return;
  for (let piece = outerPieces.pop(); piece; piece = outerPieces.pop()) arp.send(piece, port, gateway);
}

/** A datagram with DF does not fit (RFC 1191, 4). Takes it over. */
function tooBig(packet: Packet, mtu: u32): void {
  const p = packet.ptr;
  if (ipv4.protocol(p) == Protocol.ICMP) ping.refused(p + ipv4.headerLength(p), Outcome.TOO_BIG);
  icmp.error(packet, Type.UNREACHABLE, Unreachable.FRAGMENTATION_NEEDED, mtu, errorSource(packet));
  discard(packet, Drop.DF_TOO_BIG);
}
