/** What policies look at in a datagram: addresses, protocol, ports. Read into globals, once a packet. */
import { NO_PORTS } from "../sadb/policies/policy";
import { get16 } from "../util/bytes";
import { Flag, Protocol } from "../wire/ipv4";
import * as ipv4 from "../wire/ipv4";

export let src: u32 = 0;
export let dst: u32 = 0;
/** With spd.NO_PORTS where ports cannot be seen: in a later fragment, or in one cut off before them. */
export let protocol: u32 = 0;
/** 0 where the protocol has none. */
export let srcPort: u32 = 0;
export let dstPort: u32 = 0;

/** Reads a valid datagram's header. */
export function read(p: usize, len: u32): void {
  src = ipv4.source(p);
  dst = ipv4.destination(p);
  protocol = ipv4.protocol(p);
  srcPort = dstPort = 0;
  if (protocol != Protocol.TCP && protocol != Protocol.UDP) return;
  const header = ipv4.headerLength(p);
  if ((ipv4.fragmentWord(p) & Flag.OFFSET) != 0 || len < header + 4) {
    protocol |= NO_PORTS;
    return;
  }
  srcPort = get16(p + header);
  dstPort = get16(p + header + 2);
}

/** The ports of a fragment, known from the datagram that it was cut from. */
export function setPorts(source: u32, destination: u32): void {
  protocol &= 0xff;
  srcPort = source;
  dstPort = destination;
}

/** Whether ports cannot be seen. */
// @ts-ignore: decorator
@inline
export function portsUnknown(): bool {
  return (protocol & NO_PORTS) != 0;
}
