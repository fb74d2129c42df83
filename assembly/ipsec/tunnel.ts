/** The outer header of tunnel mode (RFC 4301, 5.1.2; ECN: RFC 6040) and of UDP encapsulation (RFC 3948, 2.1). */
import { SA } from "../sadb/sad";
import { put16 } from "../util/bytes";
import { Packet } from "../util/packet";
import * as ipv4 from "../wire/ipv4";
import { Flag, Protocol } from "../wire/ipv4";
import * as udp from "../wire/udp";

const TTL: u32 = 64;
let identification: u32 = 0;

/** @param seed any number: where the identifications of outer headers begin */
export function init(seed: u32): void {
  identification = seed;
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
 * @param tos the inner header's: DSCP and ECN are copied (RFC 6040, 4.1, normal mode)
 * @param df whether the inner header had DF, which is copied: then path MTU discovery works through the tunnel
 */
export function wrap(sa: SA, packet: Packet, protocol: u32, tos: u32, df: bool): void {
  protocol = encapsulate(sa, packet, protocol);
  packet.push(ipv4.HEADER_LENGTH);
  identification = (identification + 1) & 0xffff;
  ipv4.emit(packet.ptr, tos, packet.len, identification, df ? Flag.DF : 0, TTL, protocol, sa.localAddress, sa.peerAddress);
  packet.src = sa.localAddress;
  packet.dst = sa.peerAddress;
}

/** ECN of a decapsulated packet (RFC 6040, 4.2): congestion on the way is handed on. False: the packet must be dropped. */
export function handOnEcn(inner: usize, outerTos: u32): bool {
  const CE: u32 = 3;
  if ((outerTos & 3) != CE) return true;
  const tos = ipv4.tos(inner);
  if ((tos & 3) == CE) return true;
  if ((tos & 3) == 0) return false;
  store<u8>(inner, <u8>(tos | CE), 1);
  ipv4.setChecksum(inner);
  return true;
}
