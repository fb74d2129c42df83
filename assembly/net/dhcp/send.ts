/**
 * DHCP messages on their way out: UDP and IPv4 around them, and straight into a frame. They pass no list and no policy, for they
 * concern the link alone; a station without an address is reached at its hardware address, which its message has shown.
 */
import { Packet } from "../../util/packet";
import { Drop } from "../../util/status";
import { EtherType } from "../../wire/ethernet";
import * as ipv4 from "../../wire/ipv4";
import { Protocol } from "../../wire/ipv4";
import * as udp from "../../wire/udp";
import * as arp from "../arp_cache";
import { discard, transmit } from "../egress";
import * as interfaces from "../interface";
import * as outgoing from "../outgoing";
import * as route from "../route";

/** RFC 1542, 4.1.1 wants no other for what is sent to every station; some stacks drop small ones. */
const TTL: u32 = 64;
export const EVERYBODY: u32 = 0xffffffff;
const everybody: usize = memory.data(8, 4);

export function init(): void {
  memory.fill(everybody, 0xff, 6);
}

function wrap(packet: Packet, from: u32, to: u32, source: u32, destination: u32): void {
  packet.push(udp.HEADER_LENGTH);
  udp.emit(packet.ptr, from, to, packet.len, source, destination);
  packet.push(ipv4.HEADER_LENGTH);
  ipv4.emit(packet.ptr, 0, packet.len, outgoing.nextIdentification(), 0, TTL, Protocol.UDP, source, destination);
}

/** Sends a message to every station of a port, or to the one at `mac`; takes it over. @param from, @param to UDP ports */
export function toStation(packet: Packet, port: u32, from: u32, to: u32, source: u32, destination: u32, mac: usize): void {
  wrap(packet, from, to, source, destination);
  transmit(packet, port, mac ? mac : everybody, EtherType.IPV4);
}

/** Sends a message to a server's address, if it is reached by that port; takes it over. */
export function toServer(packet: Packet, port: u32, from: u32, to: u32, server: u32): void {
  const found = route.lookup(server);
  if (!found || found.port != port) return discard(packet, Drop.NO_ROUTE);
  wrap(packet, from, to, interfaces.at(port).address, server);
  arp.send(packet, port, found.station(server));
}
