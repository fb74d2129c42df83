/** The outer header of tunnel mode (RFC 4301, 5.1.2; ECN: RFC 6040) and of UDP encapsulation (RFC 3948, 2.1). */
import { INTERFACES } from "../limits";
import { SA } from "../sadb/sas/sad";
import { put16 } from "../util/bytes";
import { Packet } from "../util/packet";
import * as ipv4 from "../wire/ipv4";
import { Flag, Protocol } from "../wire/ipv4";
import * as udp from "../wire/udp";
import * as pmtu from "./pmtu";

const TTL: u32 = 64;
let identification: u32 = 0;

/** DF of outer headers (RFC 4301, 8.1), `crypto ipsec df-bit`. */
export const enum Df {
  /** an interface: as is said for all */
  UNSAID = 0,
  COPY = 1,
  SET = 2,
  CLEAR = 3,
}

/** For all interfaces; and what an interface has instead. */
export let df: Df = Df.COPY;
const dfs: usize = memory.data(<i32>INTERFACES);
/** DSCP of outer headers, `crypto ipsec dscp`; DSCP_COPY: the inner header's. */
export const DSCP_COPY: u32 = 64;
export let dscp: u32 = DSCP_COPY;

/** `crypto ipsec fragmentation`: datagrams that grow too long are cut before they are protected, or behind it. */
export const enum Cut {
  /** an interface: as is said for all */
  UNSAID = 0,
  BEFORE = 1,
  AFTER = 2,
}

/** For all interfaces; and what an interface has instead. */
export let cut: Cut = Cut.BEFORE;
const cuts: usize = memory.data(<i32>INTERFACES);

/** @param seed any number: where the identifications of outer headers begin */
export function init(seed: u32): void {
  identification = seed;
  df = Df.COPY;
  dscp = DSCP_COPY;
  memory.fill(dfs, 0, <usize>INTERFACES);
  cut = Cut.BEFORE;
  memory.fill(cuts, 0, <usize>INTERFACES);
}

export function setCut(value: Cut): void {
  cut = value == Cut.UNSAID ? Cut.BEFORE : value;
}

/** @param value Cut.UNSAID: as for all interfaces */
export function setInterfaceCut(port: u32, value: Cut): void {
  if (port < INTERFACES) store<u8>(cuts + <usize>port, <u8>value);
}

/** What was said for an interface itself. */
export function interfaceCut(port: u32): Cut {
  return <Cut>load<u8>(cuts + <usize>port);
}

/** What holds on an interface. */
export function cutOn(port: u32): Cut {
  const own = interfaceCut(port);
  return own == Cut.UNSAID ? cut : own;
}

export function setDf(value: Df): void {
  df = value == Df.UNSAID ? Df.COPY : value;
}

/** @param value Df.UNSAID: as for all interfaces */
export function setInterfaceDf(port: u32, value: Df): void {
  if (port < INTERFACES) store<u8>(dfs + <usize>port, <u8>value);
}

/** What was said for an interface itself. */
export function interfaceDf(port: u32): Df {
  return <Df>load<u8>(dfs + <usize>port);
}

/** What holds on an interface. */
export function dfOn(port: u32): Df {
  const own = interfaceDf(port);
  return own == Df.UNSAID ? df : own;
}

/** @param value 0 to 63, or DSCP_COPY */
export function setDscp(value: u32): void {
  dscp = value;
}

/**
 * Puts UDP's header in front of ESP, if its SA wants that; the protocol that the IPv4 header before it then names.
 * @param protocol that of what `ptr` is at
 */
export function encapsulate(sa: SA, packet: Packet, protocol: u32): u32 {
  if (!sa.encapsulated) return protocol;
  packet.push(udp.HEADER_LENGTH);
  const p = packet.ptr;
  put16(p, sa.localPort);
  put16(p + 2, sa.peerPort);
  put16(p + 4, packet.len);
  // RFC 3948, 2.1: no checksum; ESP has its own.
  put16(p + 6, 0);
  return Protocol.UDP;
}

/**
 * Puts the outer headers in front of what is inside.
 * @param protocol that of what `ptr` is at: ESP, or IPIP where AH comes between
 * @param tos the inner header's: its ECN is copied (RFC 6040, 4.1, normal mode), its DSCP if nothing else is configured
 * @param whole whether it gets DF
 */
export function wrap(sa: SA, packet: Packet, protocol: u32, tos: u32, whole: bool): void {
  if (dscp != DSCP_COPY) tos = (dscp << 2) | (tos & 3);
  protocol = encapsulate(sa, packet, protocol);
  packet.push(ipv4.HEADER_LENGTH);
  identification = (identification + 1) & 0xffff;
  const number = whole && sa.encapsulated ? pmtu.mark(sa, packet.len, identification) : identification;
  ipv4.emit(packet.ptr, tos, packet.len, number, whole ? Flag.DF : 0, TTL, protocol, sa.localAddress, sa.peerAddress);
  packet.src = sa.localAddress;
  packet.dst = sa.peerAddress;
}

/**
 * ECN of a decapsulated packet (RFC 6040, 4.2): congestion on the way is handed on, and so is ECT(1) over ECT(0). False: the
 * packet must be dropped.
 */
export function handOnEcn(inner: usize, outerTos: u32): bool {
  const ECT_1: u32 = 1;
  const ECT_0: u32 = 2;
  const CE: u32 = 3;
  const outer = outerTos & 3;
  const tos = ipv4.tos(inner);
  const own = tos & 3;
  if (own == 0) return outer != CE;
  if (outer == CE ? own == CE : outer != ECT_1 || own != ECT_0) return true;
  store<u8>(inner, <u8>((tos & ~3) | outer), 1);
  ipv4.setChecksum(inner);
  return true;
}
