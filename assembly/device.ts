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

export function abi_version(): u32 {
  return ABI;
}

export function init(now: u32, wall: u32, flags: u32): u32 {
  clock.init(now, wall);
  log.init();
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
  console.init();
  atWork = false;
  seenInterfaces = 0;
  heapMark = heapTop();
  log.event("started").put(" version=").put(VERSION).put(" abi=").u32(ABI).put(" entropy=").put(entropy ? "ok" : "missing");
  log.eventEnd();
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
  // The console may have taken outcomes of `ping`, which sends the next request.
  wait = min(wait, net.poll());
  drain();
  assertThat(heapTop() == heapMark, 601);
  atWork = false;
  return backlog.length ? 0 : wait;
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
}

/** Sends whatever the rooms have for the wire. */
function drain(): void {
  for (let packet = outgoing.next(); packet; packet = outgoing.next()) sendLocal(packet);
}

/** A datagram has come, plain or out of a tunnel (`spi`), checked by `ingress`. Takes it over. */
function arrive(packet: Packet): void {
  const dst = ipv4.destination(packet.ptr);
  if (interfaces.isOurs(dst)) return local(packet);
  if (!ipv4.isUnicast(dst) || interfaces.isBroadcast(dst)) return discard(packet, Drop.IP_BROADCAST);
  forward(packet);
}

/** A datagram for us. Takes it over. */
function local(packet: Packet): void {
  if (ipv4.isFragment(packet.ptr)) {
    const whole = fragment.reassemble(packet);
    if (!whole) return;
    packet = whole;
  }
  const p = packet.ptr;
  const header = ipv4.headerLength(p);
  const protocol = ipv4.protocol(p);
  if (protocol == Protocol.UDP) return localUdp(packet);
  if (protocol == Protocol.ICMP) return localIcmp(packet);
  icmp.error(packet, Type.UNREACHABLE, Unreachable.PROTOCOL, 0, ipv4.destination(p));
  discard(packet, Drop.PROTOCOL_UNKNOWN);
}

function localUdp(packet: Packet): void {
  const p = packet.ptr;
  const header = ipv4.headerLength(p);
  const service = udpDemux.sort(p + header, packet.len - header, ipv4.source(p), ipv4.destination(p));
  if (service == Service.DROP) return discard(packet, udpDemux.reason);
  if (service == Service.KEEPALIVE) return discard(packet, Drop.NATT_KEEPALIVE);
  icmp.error(packet, Type.UNREACHABLE, Unreachable.PORT, 0, ipv4.destination(p));
  discard(packet, Drop.UDP_NO_PORT);
}

function localIcmp(packet: Packet): void {
  const p = packet.ptr;
  const header = ipv4.headerLength(p);
  const message = p + header;
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

/** Our address that an error about a packet comes from: that of the interface the packet came in by. */
function errorSource(packet: Packet): u32 {
  return interfaces.at(packet.port).address;
}

/** A datagram of our own that the SPD has a say in. Takes it over. */
function sendLocal(packet: Packet): void {
  const p = packet.ptr;
  const dst = ipv4.destination(p);
  if (interfaces.isOurs(dst)) {
    if (ipv4.source(p) == 0) setSource(p, dst);
    return local(packet);
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

/** A datagram that is to leave by `port` for the station `gateway`: what the SPD says happens to it. Takes it over. */
function leave(packet: Packet, port: u32, gateway: u32): void {
  output(packet, port, gateway);
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
