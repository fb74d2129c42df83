/**
 * The way out: an Ethernet header in the packet's headroom, the interface's counters, and the frame is the host's. A frame whose
 * octets are in plain still (`Packet.unsealed`) waits here until they are not, and every later one behind it: none overtakes.
 */
import { Owner, Packet, PacketQueue, Sealing } from "../util/packet";
import * as packets from "../util/packet";
import { send_frame } from "../util/host";
import { Drop, drop } from "../util/status";
import * as ethernet from "../wire/ethernet";
import * as interfaces from "./interface";

/** Frames that may wait behind one that is not sealed. */
const CROWD: u32 = 12;

let waiting: PacketQueue = changetype<PacketQueue>(0);

export function init(): void {
  waiting = new PacketQueue();
}

/** Sends a packet as a frame to the station `mac`; takes it over. */
export function transmit(packet: Packet, port: u32, mac: usize, type: u32): void {
  const own = interfaces.at(port);
  const tagged = own.vlan != 0 && !own.native;
  const header = ethernet.HEADER_LENGTH + (tagged ? ethernet.TAG_LENGTH : 0);
  if (!own.up || packet.headroom < header) {
    own.dropsOut++;
    discard(packet, own.up ? Drop.NO_BUFFER : Drop.PORT_DOWN);
    return;
  }
  packet.push(header);
  if (tagged) ethernet.emitTagged(packet.ptr, mac, own.mac, own.vlan, type);
  else ethernet.emit(packet.ptr, mac, own.mac, type);
  if (own.parent != port) {
    port = own.parent;
    const carrier = interfaces.at(port);
    carrier.packetsOut++;
    carrier.bytesOut += <u64>packet.len;
  }
  own.packetsOut++;
  own.bytesOut += <u64>packet.len;
  if (packet.unsealed == <u8>Sealing.DONE && !waiting.head) return give(packet, port);
  packet.port = port;
  waiting.push(packet);
}

function give(packet: Packet, port: u32): void {
  packet.owner = <u8>Owner.HOST;
  send_frame(port, packet.ptr, packet.len);
}

/** So many frames wait that the one before them is to be sealed now: buffers are for what comes. */
export function crowded(): bool {
  return waiting.length >= CROWD;
}

/** Sends the frames that waited, up to one that must wait on. */
export function release(): void {
  for (let packet = waiting.head; packet; packet = waiting.head) {
    if (packet.unsealed != <u8>Sealing.DONE && packet.unsealed != <u8>Sealing.LOST) return;
    waiting.pop();
    if (packet.unsealed == <u8>Sealing.LOST) discard(packet, Drop.POLICY_UNPROTECTED);
    else give(packet, packet.port);
  }
}

/** Counts a reason and frees the packet. */
export function discard(packet: Packet, reason: Drop): void {
  drop(reason);
  packets.free(packet);
}
