/**
 * ICMP: echo replies, and the errors that a router owes (RFC 1812, 4.3) under a rate limit. What is made here goes onto
 * `outgoing`, never out directly: replies and errors take the way through the SPD like any datagram of ours.
 */
import { ICMP_ERROR_BURST, ICMP_ERROR_MAX, ICMP_ERROR_RATE, INTERFACES } from "../limits";
import { Budget } from "../util/budget";
import { Packet } from "../util/packet";
import * as packets from "../util/packet";
import { Drop, drop } from "../util/status";
import * as wire from "../wire/icmp";
import * as ipv4 from "../wire/ipv4";
import { Flag, Protocol } from "../wire/ipv4";
import * as interfaces from "./interface";
import * as nat from "./nat/nat";
import * as outgoing from "./outgoing";

const TTL: u32 = 64;
/** TOS of errors: precedence 6, internetwork control (RFC 1812, 4.3.2.5). */
const TOS_CONTROL: u32 = 0xc0;

/** A bucket for each port, one for the tunnels; then as many for "fragmentation needed", without which TCP stands still. */
const KINDS: u32 = INTERFACES + 1;
const errors = buckets();

function buckets(): StaticArray<Budget> {
  const all = new StaticArray<Budget>(2 * KINDS);
  for (let i: u32 = 0; i < 2 * KINDS; i++) unchecked((all[i] = new Budget(ICMP_ERROR_BURST, 1000 / ICMP_ERROR_RATE)));
  return all;
}

export function init(): void {
  for (let i: u32 = 0; i < 2 * KINDS; i++) unchecked(errors[i]).reset();
}

/** Who draws errors by one interface takes none from who needs them on another, or from path MTU discovery. */
function mayReport(packet: Packet, pathMtu: bool): bool {
  const from = packet.spi != 0 ? INTERFACES : min(packet.port, INTERFACES - 1);
  if (unchecked(errors[pathMtu ? from + KINDS : from]).take()) return true;
  drop(Drop.ICMP_RATE_LIMIT);
  return false;
}

/** Turns an echo request for us into its reply and queues it; takes the packet over. `ptr` at the IPv4 header. */
export function reply(packet: Packet): void {
  const p = packet.ptr;
  const header = ipv4.headerLength(p);
  const src = ipv4.source(p);
  const dst = ipv4.destination(p);
  const tos = ipv4.tos(p);
  // The reply carries no options: the message stays where it is, a plain header goes before it.
  packet.pull(header);
  wire.toReply(packet.ptr);
  packet.push(ipv4.HEADER_LENGTH);
  ipv4.emit(packet.ptr, tos, packet.len, outgoing.nextIdentification(), 0, TTL, Protocol.ICMP, dst, src);
  packet.answers = packet.spi;
  packet.spi = 0;
  packet.depth = 0;
  outgoing.push(packet);
}

/**
 * Reports an error about a packet (`ptr` at its IPv4 header) to its source, where RFC 1122, 3.2.2 and RFC 1812, 4.3.2.7
 * allow it. The packet stays the caller's.
 * @param low the message's last 16 bits: the next-hop MTU of code 4, else 0
 * @param source our address that it comes from; 0: whoever sends it out chooses one
 */
export function error(packet: Packet, type: u32, code: u32, low: u32, source: u32): void {
  const p = packet.ptr;
  if (packet.len < ipv4.HEADER_LENGTH) return;
  if (packet.translated) nat.restore(packet);
  const pathMtu = type == wire.Type.UNREACHABLE && code == wire.Unreachable.FRAGMENTATION_NEEDED;
  // `no ip unreachables` where it came in; without path MTUs TCP would stand still.
  if (packet.spi == 0 && type == wire.Type.UNREACHABLE && !pathMtu && !interfaces.at(min(packet.port, INTERFACES - 1)).unreachables) return;
  const to = ipv4.source(p);
  const header = ipv4.headerLength(p);
  if ((ipv4.fragmentWord(p) & Flag.OFFSET) != 0) return;
  if (!ipv4.isUnicast(to) || interfaces.isOurs(to) || interfaces.isBroadcast(to)) return;
  const dst = ipv4.destination(p);
  if (ipv4.isMulticast(dst) || interfaces.isBroadcast(dst)) return;
  if (ipv4.protocol(p) == Protocol.ICMP && (packet.len <= header || wire.isError(<u32>load<u8>(p + header)))) return;
  if (!mayReport(packet, type == wire.Type.UNREACHABLE && code == wire.Unreachable.FRAGMENTATION_NEEDED)) return;
  const message = packets.alloc();
  if (!message) {
    drop(Drop.NO_BUFFER);
    return;
  }
  const most = ICMP_ERROR_MAX - ipv4.HEADER_LENGTH - wire.HEADER_LENGTH;
  const quoted = packet.len < most ? packet.len : most;
  const total = ipv4.HEADER_LENGTH + wire.HEADER_LENGTH + quoted;
  memory.copy(message.ptr + ipv4.HEADER_LENGTH + wire.HEADER_LENGTH, p, <usize>quoted);
  wire.emit(message.ptr + ipv4.HEADER_LENGTH, type, code, 0, low, wire.HEADER_LENGTH + quoted);
  ipv4.emit(message.ptr, TOS_CONTROL, total, outgoing.nextIdentification(), 0, TTL, Protocol.ICMP, source, to);
  message.len = total;
  message.port = packet.port;
  message.answers = packet.spi;
  outgoing.push(message);
}

