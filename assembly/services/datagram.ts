/** Datagrams of our own clients: a buffer to write into, and its way out. */
import { Packet } from "../util/packet";
import * as packets from "../util/packet";
import { Drop, drop } from "../util/status";
import * as drbg from "../crypto/drbg";
import * as outgoing from "../net/outgoing";
import * as ipv4 from "../wire/ipv4";
import { Protocol } from "../wire/ipv4";
import * as udp from "../wire/udp";

const TTL: u32 = 64;
/** Octets before the data. */
export const FRONT: u32 = ipv4.HEADER_LENGTH + udp.HEADER_LENGTH;
const drawn: usize = memory.data(8, 8);

/** Draws 64 bits that nobody can guess to `random`. False: the host gives no entropy. */
export function draw(): bool {
  if (!drbg.ready() || !drbg.fill(drawn, 8)) return false;
  random = load<u64>(drawn);
  return true;
}
export let random: u64 = 0;

/** A packet for `len` octets of data, which begin FRONT octets behind its `ptr`; null: no buffer is left, which is counted. */
export function make(len: u32): Packet | null {
  const packet = packets.alloc();
  if (!packet) {
    drop(Drop.NO_BUFFER);
    return null;
  }
  packet.len = FRONT + len;
  return packet;
}

/** Sends it. @param source our address; 0: that of the interface which it leaves by */
export function send(packet: Packet, source: u32, sourcePort: u32, destination: u32, port: u32): void {
  const p = packet.ptr;
  udp.emit(p + ipv4.HEADER_LENGTH, sourcePort, port, packet.len - ipv4.HEADER_LENGTH, source, destination);
  ipv4.emit(p, 0, packet.len, outgoing.nextIdentification(), 0, TTL, Protocol.UDP, source, destination);
  outgoing.push(packet);
}
