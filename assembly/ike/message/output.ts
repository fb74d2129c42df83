/**
 * The queue of datagrams that wait for the device: copies of messages with the addresses and ports of their flow.
 */
import { OUTPUTS } from "../../limits";
import { Packet, PacketQueue, SMALL_CAPACITY, allocLarge, allocReserved, free } from "../../util/packet";
import { Drop, drop } from "../../util/status";
import * as fragment from "../../wire/fragment";
import { FRAGMENT_OVERHEAD } from "../../wire/fragment";
import { MARKER_LENGTH, NATT_PORT, emitKeepalive, emitMarker } from "../../wire/natt";
import { IsakmpSa } from "../state/isakmp_sa";

let queue: PacketQueue = changetype<PacketQueue>(0);

export function init(): void {
  queue = new PacketQueue();
}

/** The next datagram to send, or null. It is the caller's. */
export function next(): Packet | null {
  return queue.pop();
}

/** Queues a message for an SA's peer. */
export function toPeer(sa: IsakmpSa, message: usize, len: u32): void {
  send(sa.localAddress, sa.localPort, sa.peerAddress, sa.peerPort, message, len);
}

/** Queues a message for where `packet` came from. */
export function back(packet: Packet, message: usize, len: u32): void {
  send(packet.dst, packet.dstPort, packet.src, packet.srcPort, message, len);
}

/** Queues a message between these. */
export function send(src: u32, srcPort: u32, dst: u32, dstPort: u32, message: usize, len: u32): void {
  const packet = take(len + MARKER_LENGTH);
  if (!packet) {
    drop(Drop.NO_BUFFER);
    return;
  }
  memory.copy(packet.ptr, message, <usize>len);
  packet.len = len;
  dispatch(packet, src, srcPort, dst, dstPort);
}

/** Queues a packet over whose ptr and len are a message. */
function dispatch(packet: Packet, src: u32, srcPort: u32, dst: u32, dstPort: u32): void {
  if (srcPort == NATT_PORT) {
    packet.push(MARKER_LENGTH);
    emitMarker(packet.ptr);
  }
  address(packet, src, srcPort, dst, dstPort);
}

/**
 * Queues a message in fragments of `piece` octets, all of them or none: without one the others are of no use.
 * @param id what the peer tells messages apart by
 */
export function sendFragments(src: u32, srcPort: u32, dst: u32, dstPort: u32, message: usize, len: u32, piece: u32, id: u32): void {
  const count = (len + piece - 1) / piece;
  if (queue.length + count > OUTPUTS) {
    drop(Drop.NO_BUFFER);
    return;
  }
  for (let n: u32 = 1, from: u32 = 0; n <= count; n++, from += piece) {
    const packet = take(FRAGMENT_OVERHEAD + piece + MARKER_LENGTH);
    if (!packet) {
      drop(Drop.NO_BUFFER);
      return;
    }
    packet.len = fragment.emit(packet.ptr, message, id, n, n == count, from, min(piece, len - from));
    dispatch(packet, src, srcPort, dst, dstPort);
  }
}

export function keepalive(sa: IsakmpSa): void {
  const packet = take(1);
  if (!packet) return;
  packet.len = emitKeepalive(packet.ptr);
  address(packet, sa.localAddress, sa.localPort, sa.peerAddress, sa.peerPort);
}

function take(len: u32): Packet | null {
  // Messages behind it are lost as on a wire, and retransmitted.
  if (queue.length >= OUTPUTS) return null;
  return len <= SMALL_CAPACITY ? allocReserved() : allocLarge();
}

function address(packet: Packet, src: u32, srcPort: u32, dst: u32, dstPort: u32): void {
  packet.src = src;
  packet.dst = dst;
  packet.srcPort = <u16>srcPort;
  packet.dstPort = <u16>dstPort;
  queue.push(packet);
}

/** Drops what waits; used when the room starts afresh. */
export function clear(): void {
  for (let packet = queue.pop(); packet; packet = queue.pop()) free(packet);
}
