/** The way out: an Ethernet header in the packet's headroom, the interface's counters, and the frame is the host's. */
import { Owner, Packet } from "../util/packet";
import * as packets from "../util/packet";
import { send_frame } from "../util/host";
import { Drop, drop } from "../util/status";
import * as ethernet from "../wire/ethernet";
import * as interfaces from "./interface";

/** Sends a packet as a frame to the station `mac`; takes it over. */
export function transmit(packet: Packet, port: u32, mac: usize, type: u32): void {
  const own = interfaces.at(port);
  if (own.shutdown || packet.headroom < ethernet.HEADER_LENGTH) {
    own.dropsOut++;
    discard(packet, own.shutdown ? Drop.PORT_DOWN : Drop.NO_BUFFER);
    return;
  }
  packet.push(ethernet.HEADER_LENGTH);
  ethernet.emit(packet.ptr, mac, own.mac, type);
  own.packetsOut++;
  own.bytesOut += <u64>packet.len;
  packet.owner = <u8>Owner.HOST;
  send_frame(port, packet.ptr, packet.len);
}

/** Counts a reason and frees the packet. */
export function discard(packet: Packet, reason: Drop): void {
  drop(reason);
  packets.free(packet);
}
