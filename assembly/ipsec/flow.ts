/** What policies look at in a datagram: addresses, protocol, ports. It stands in the packet, as long as that is on its way. */
import { NO_PORTS } from "../sadb/policies/policy";
import { get16 } from "../util/bytes";
import { Packet } from "../util/packet";
import * as ipv4 from "../wire/ipv4";
import { Flag, Protocol } from "../wire/ipv4";

/** Reads the header of a valid datagram at `ptr`. */
export function read(packet: Packet): void {
  const p = packet.ptr;
  const protocol = ipv4.protocol(p);
  packet.src = ipv4.source(p);
  packet.dst = ipv4.destination(p);
  packet.protocol = <u16>protocol;
  packet.srcPort = packet.dstPort = 0;
  if (protocol != Protocol.TCP && protocol != Protocol.UDP) return;
  const header = ipv4.headerLength(p);
  if ((ipv4.fragmentWord(p) & Flag.OFFSET) != 0 || packet.len < header + 4) {
    packet.protocol |= <u16>NO_PORTS;
    return;
  }
  packet.srcPort = <u16>get16(p + header);
  packet.dstPort = <u16>get16(p + header + 2);
}

/** The ports of a fragment, known from elsewhere. */
export function setPorts(packet: Packet, source: u32, destination: u32): void {
  packet.protocol &= 0xff;
  packet.srcPort = <u16>source;
  packet.dstPort = <u16>destination;
}

/** Whether ports cannot be seen. */
// @ts-ignore: decorator
@inline
export function portsUnknown(packet: Packet): bool {
  return (packet.protocol & <u16>NO_PORTS) != 0;
}
