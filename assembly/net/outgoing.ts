/**
 * Datagrams that net itself wants to send (echo replies, errors, pings): `device` takes them and gives them the way of
 * every local datagram, through the SPD. Each is complete, `ptr` at its IPv4 header; a source of 0 is filled in by
 * `device`: with the address of the interface it leaves by, or with one that the SA has which it leaves through.
 */
import { Packet, PacketQueue } from "../util/packet";

let queue: PacketQueue = changetype<PacketQueue>(0);
let identification: u32 = 0;

/** @param seed any number: where the identifications begin */
export function init(seed: u32): void {
  queue = new PacketQueue();
  identification = seed;
}

export function push(packet: Packet): void {
  queue.push(packet);
}

export function next(): Packet | null {
  return queue.pop();
}

/** Identification of the next datagram of our own (RFC 791, 3.1). */
export function nextIdentification(): u32 {
  identification = (identification + 1) & 0xffff;
  return identification;
}
