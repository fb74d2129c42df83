/**
 * Transport mode: the datagram keeps its own IPv4 header, options included. ESP's header takes the place where it stood, so
 * it is laid aside on the way out, and moved up on the way in. Behind a NAT (RFC 3948, 3.1.2) the addresses that the peer
 * wrote are not those that come: checksums of TCP and UDP that cover them are mended.
 */
import { SA } from "../sadb/sas/sad";
import { get16, put16, put32 } from "../util/bytes";
import { Packet } from "../util/packet";
import * as ipv4 from "../wire/ipv4";
import { Protocol } from "../wire/ipv4";

const header: usize = memory.data(60, 8);

/** Takes the IPv4 header off: `ptr` is at what it carries. Returns the protocol of that. */
export function takeHeader(packet: Packet): u32 {
  const p = packet.ptr;
  const length = ipv4.headerLength(p);
  memory.copy(header, p, <usize>length);
  packet.pull(length);
  return ipv4.protocol(header);
}

/** Puts the header that was taken off before what `ptr` is at now. */
export function putHeader(packet: Packet, protocol: u32, destination: u32): void {
  const length = ipv4.headerLength(header);
  packet.push(length);
  memory.copy(packet.ptr, header, <usize>length);
  put32(packet.ptr + 16, destination);
  complete(packet, protocol);
}

function complete(packet: Packet, protocol: u32): void {
  const p = packet.ptr;
  put16(p + 2, packet.len);
  store<u8>(p, <u8>protocol, 9);
  ipv4.setChecksum(p);
}

/**
 * Moves the IPv4 header that a packet came under up to its payload, which `ptr` is at.
 * @param protocol of the payload
 */
export function moveUp(sa: SA, packet: Packet, protocol: u32): void {
  const outer = packet.outer;
  const length = ipv4.headerLength(outer);
  packet.push(length);
  memory.copy(packet.ptr, outer, <usize>length);
  if (sa.encapsulated) {
    // The NAT may show the peer at another address by now; its flows stay those of the selector.
    put32(packet.ptr + 12, sa.selector.remoteFirst);
    mend(packet.ptr + length, packet.len - length, protocol, sa.checksumDelta);
  }
  complete(packet, protocol);
}

/** Adds to the checksum of a TCP or UDP header what the change of addresses comes to. */
function mend(p: usize, len: u32, protocol: u32, delta: u32): void {
  const at: u32 = protocol == Protocol.TCP ? 16 : 6;
  if (delta == 0 || (protocol != Protocol.TCP && protocol != Protocol.UDP) || len < at + 2) return;
  const before = get16(p + at);
  // RFC 768: 0 says that there is none.
  if (protocol == Protocol.UDP && before == 0) return;
  const sum = before + delta;
  const after = (sum & 0xffff) + (sum >>> 16);
  put16(p + at, protocol == Protocol.UDP && after == 0 ? 0xffff : after);
}
