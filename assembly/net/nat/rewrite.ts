/**
 * What a translation does to the octets of a datagram: an address and a port change, and the checksums over them by as much as that
 * comes to (RFC 1624, equation 3; RFC 3022, 4.2). A checksum that was wrong stays wrong.
 */
import { get16, get32, put16, put32 } from "../../util/bytes";
import * as checksums from "../../wire/checksum";
import * as icmp from "../../wire/icmp";
import * as ipv4 from "../../wire/ipv4";
import { Flag, Protocol } from "../../wire/ipv4";

// Where the fields lie.
const IP_CHECKSUM: usize = 10;
export const SOURCE: usize = 12;
export const DESTINATION: usize = 16;
const TCP_CHECKSUM: u32 = 16;
const UDP_CHECKSUM: u32 = 6;
const ICMP_CHECKSUM: u32 = 2;
/** Of the ports in TCP and UDP; of the identifier in a query of ICMP. */
export const SOURCE_PORT: u32 = 0;
export const DESTINATION_PORT: u32 = 2;
export const IDENTIFIER: u32 = 4;

/** In place of a port: it stays as it is. */
export const SAME_PORT: u32 = 0xffffffff;

/** What changing a number of 32 bits, and one of 16, adds to the sum under a checksum. */
// @ts-ignore: decorator
@inline
function difference(was: u32, is: u32, wasPort: u32, isPort: u32): u32 {
  return (~was >>> 16) + (~was & 0xffff) + (is >>> 16) + (is & 0xffff) + (~wasPort & 0xffff) + isPort;
}

/** Changes a checksum by what is added to the sum under it. */
// @ts-ignore: decorator
@inline
function mend(p: usize, added: u32): void {
  let sum = (~get16(p) & 0xffff) + added;
  sum = (sum & 0xffff) + (sum >>> 16);
  sum = (sum & 0xffff) + (sum >>> 16);
  put16(p, ~sum);
}

/**
 * Gives a datagram another address, and, where it begins with a header that has one, another port.
 * @param p at the IPv4 header; @param len octets that are there
 * @param addressAt SOURCE or DESTINATION; @param portAt SOURCE_PORT, DESTINATION_PORT or IDENTIFIER
 * @param port SAME_PORT: only the address changes
 */
export function change(p: usize, len: u32, addressAt: usize, address: u32, portAt: u32, port: u32): void {
  const was = get32(p + addressAt);
  put32(p + addressAt, address);
  mend(p + IP_CHECKSUM, difference(was, address, 0, 0));
  if ((ipv4.fragmentWord(p) & Flag.OFFSET) != 0) return;
  const header = ipv4.headerLength(p);
  const q = p + header;
  const there = len - header;
  const protocol = ipv4.protocol(p);
  let wasPort: u32 = 0;
  let isPort: u32 = 0;
  if (port != SAME_PORT && there >= portAt + 2) {
    wasPort = get16(q + portAt);
    isPort = port;
    put16(q + portAt, port);
  }
  if (protocol == Protocol.TCP) {
    if (there >= TCP_CHECKSUM + 2) mend(q + TCP_CHECKSUM, difference(was, address, wasPort, isPort));
  } else if (protocol == Protocol.UDP) {
    // 0 says that there is none, and what comes to 0 is written as its other name (RFC 768).
    if (there < UDP_CHECKSUM + 2 || get16(q + UDP_CHECKSUM) == 0) return;
    mend(q + UDP_CHECKSUM, difference(was, address, wasPort, isPort));
    if (get16(q + UDP_CHECKSUM) == 0) put16(q + UDP_CHECKSUM, 0xffff);
  } else if (protocol == Protocol.ICMP && port != SAME_PORT && there >= ICMP_CHECKSUM + 2) {
    mend(q + ICMP_CHECKSUM, difference(0, 0, wasPort, isPort));
  }
}

/**
 * Changes an address and a port of the datagram that an ICMP error quotes, and writes the error's checksum afresh.
 * @param message at the ICMP header; @param len octets of the message
 */
export function changeQuoted(message: usize, len: u32, addressAt: usize, address: u32, portAt: u32, port: u32): void {
  change(message + icmp.HEADER_LENGTH, len - icmp.HEADER_LENGTH, addressAt, address, portAt, port);
  put16(message + ICMP_CHECKSUM, 0);
  put16(message + ICMP_CHECKSUM, checksums.compute(message, len));
}
