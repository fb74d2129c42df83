/**
 * The part's seam: DHCP for us is taken here before an interface has an address and before any list, for it comes to every station and
 * from none. What is not for a client or a server that is configured goes the way of every datagram.
 */
import { Packet } from "../../util/packet";
import * as packets from "../../util/packet";
import { Drop, drop } from "../../util/status";
import * as wire from "../../wire/dhcp";
import { CLIENT_PORT, SERVER_PORT } from "../../wire/dhcp";
import * as ipv4 from "../../wire/ipv4";
import { Protocol } from "../../wire/ipv4";
import * as udp from "../../wire/udp";
import * as interfaces from "../interface";
import { Interface } from "../interface";
import * as chance from "./chance";
import * as client from "./client";
import { State } from "./client";
import * as leases from "./lease";
import * as send from "./send";
import * as server from "./server";

/** @param seed any number: transactions and pauses come of it */
export function init(seed: u32): void {
  chance.seed(seed);
  send.init();
  leases.init();
  client.init();
  server.init();
}

/** What is due by now. */
export function poll(): void {
  client.poll();
  server.poll();
}

/** Whether anybody here listens at all: the data path asks nothing more. */
// @ts-ignore: decorator
@inline
export function listens(): bool {
  return client.count != 0 || server.serves();
}

/** Whether a datagram to `dst` is for the client of an interface. */
function forClient(own: Interface, dst: u32): bool {
  if (client.at(own.port).state == State.OFF) return false;
  return own.address == 0 || dst == send.EVERYBODY || dst == own.address || dst == own.broadcast;
}

/** Whether a datagram to `dst` is for the server. What is for another network's, or for a relay's, goes its way. */
function forServer(own: Interface, dst: u32): bool {
  return server.serves() && own.address != 0 && (dst == send.EVERYBODY || dst == own.address || dst == own.broadcast);
}

/**
 * Takes an IPv4 datagram that came in by a port, `ptr` at its header, if it is DHCP for us; false: it is not, and still the caller's.
 * Fragments are not taken: no server makes any of a message that every client is to understand.
 * @param mac the station that sent the frame
 */
export function takes(packet: Packet, own: Interface, mac: usize): bool {
  const p = packet.ptr;
  if (packet.len < ipv4.HEADER_LENGTH + udp.HEADER_LENGTH || ipv4.protocol(p) != Protocol.UDP || ipv4.isFragment(p)) return false;
  const header = ipv4.headerLength(p);
  if (packet.len < header + udp.HEADER_LENGTH) return false;
  const to = udp.destinationPort(p + <usize>header);
  const dst = ipv4.destination(p);
  if (to == CLIENT_PORT ? !forClient(own, dst) : to != SERVER_PORT || !forServer(own, dst)) return false;
  const reason = take(packet, own, header, mac, to == SERVER_PORT);
  if (reason != Drop.NONE) {
    own.dropsIn++;
    drop(reason);
  }
  packets.free(packet);
  return true;
}

function take(packet: Packet, own: Interface, header: u32, mac: usize, serving: bool): Drop {
  const p = packet.ptr;
  let reason = ipv4.check(p, packet.len);
  if (reason != Drop.NONE) return reason;
  const datagram = p + <usize>header;
  reason = udp.check(datagram, ipv4.totalLength(p) - header);
  if (reason != Drop.NONE) return reason;
  const src = ipv4.source(p);
  if (!udp.checksumOk(datagram, src, ipv4.destination(p))) return Drop.UDP_MALFORMED;
  // RFC 2131, 4.1; some boot loaders ask from the server's port.
  const from = udp.sourcePort(datagram);
  if (from != SERVER_PORT && !(serving && from == CLIENT_PORT)) return Drop.DHCP_PORT;
  if (src == 0 ? !serving : !ipv4.isUnicast(src) || interfaces.isOurs(src) || interfaces.isBroadcast(src)) return Drop.IP_SOURCE;
  const message = datagram + <usize>udp.HEADER_LENGTH;
  reason = wire.check(message, udp.length(datagram) - udp.HEADER_LENGTH);
  if (reason != Drop.NONE) return reason;
  return serving ? server.receive(own, message, mac) : client.receive(own.port, message, mac);
}
