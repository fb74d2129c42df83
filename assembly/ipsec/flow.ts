/** What policies look at in a datagram: addresses, protocol, ports. It stands in the packet, as long as that is on its way. */
import { NO_PORTS } from "../sadb/policies/policy";
import { get16 } from "../util/bytes";
import { Packet } from "../util/packet";
import * as icmp from "../wire/icmp";
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

/** What `readQuoted` found: the flow back of the one that is quoted, as the SPD sees it. */
export let local: u32 = 0;
export let remote: u32 = 0;
export let protocol: u32 = 0;
export let localPort: u32 = 0;
export let remotePort: u32 = 0;

/**
 * Reads what an ICMP error quotes, with addresses and ports exchanged (RFC 4301, 6.2). False: the datagram at `p` is no error,
 * or quotes too little.
 */
export function readQuoted(p: usize, len: u32): bool {
  const header = ipv4.headerLength(p);
  if ((ipv4.fragmentWord(p) & Flag.OFFSET) != 0 || len < header + icmp.HEADER_LENGTH + ipv4.HEADER_LENGTH) return false;
  const message = p + header;
  if (!icmp.isError(icmp.type(message))) return false;
  const quoted = message + icmp.HEADER_LENGTH;
  const rest = len - header - icmp.HEADER_LENGTH;
  const own = ipv4.headerLength(quoted);
  if (own < ipv4.HEADER_LENGTH || own > rest) return false;
  local = ipv4.destination(quoted);
  remote = ipv4.source(quoted);
  protocol = ipv4.protocol(quoted);
  localPort = remotePort = 0;
  if (protocol != Protocol.TCP && protocol != Protocol.UDP) return true;
  if ((ipv4.fragmentWord(quoted) & Flag.OFFSET) != 0 || rest < own + 4) protocol |= NO_PORTS;
  else {
    remotePort = get16(quoted + own);
    localPort = get16(quoted + own + 2);
  }
  return true;
}
