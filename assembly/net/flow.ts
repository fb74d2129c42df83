/**
 * What lists, inspection and translation look at in a datagram: addresses, protocol, ports, TCP's flags. Read from a datagram as it stands;
 * the variables hold until the next `read`.
 */
import { LATER_FRAGMENT } from "../lists/match";
import { get16 } from "../util/bytes";
import * as ipv4 from "../wire/ipv4";
import { Flag, Protocol } from "../wire/ipv4";

export let protocol: u32 = 0;
export let source: u32 = 0;
export let destination: u32 = 0;
/** Ports of TCP and UDP; of ICMP the type and the code; 0 where there are none. */
export let sourcePort: u32 = 0;
export let destinationPort: u32 = 0;
/** TCP's flags in the low octet, and lists/match.LATER_FRAGMENT. */
export let flags: u32 = 0;

/** Octets of a TCP header without options; its flags are in octet 13. */
const TCP_HEADER: u32 = 20;
/** What a first fragment has to show of TCP: its flags among them (RFC 1858, 3.2.1). */
const TCP_SHOWN: u32 = 16;
const SHOWN: u32 = 8;

/**
 * Reads an IPv4 datagram of `len` octets at `p`. False: it is too short for what it says it is, or cut so that filters can't see what it is
 * (RFC 1858, 3).
 */
export function read(p: usize, len: u32): bool {
  if (len < ipv4.HEADER_LENGTH) return false;
  const header = ipv4.headerLength(p);
  if (header < ipv4.HEADER_LENGTH || header > len) return false;
  protocol = ipv4.protocol(p);
  source = ipv4.source(p);
  destination = ipv4.destination(p);
  sourcePort = destinationPort = flags = 0;
  const word = ipv4.fragmentWord(p);
  const offset = word & Flag.OFFSET;
  if (offset != 0) {
    flags = LATER_FRAGMENT;
    // What begins with octet 8 of a TCP header would write its flags over (RFC 1858, 3.2.2).
    return protocol != Protocol.TCP || offset != 1;
  }
  const rest = len - header;
  const at = p + header;
  if (protocol == Protocol.TCP) {
    if (rest < ((word & Flag.MF) != 0 ? TCP_SHOWN : TCP_HEADER)) return false;
    flags = <u32>load<u8>(at, 13);
  } else if (protocol == Protocol.UDP) {
    if (rest < SHOWN) return false;
  } else if (protocol == Protocol.ICMP) {
    if (rest < SHOWN) return false;
    sourcePort = <u32>load<u8>(at);
    destinationPort = <u32>load<u8>(at, 1);
    return true;
  } else return true;
  sourcePort = get16(at);
  destinationPort = get16(at + 2);
  return true;
}
