/** The way in: a frame of the host becomes an IPv4 datagram that is fit to be looked at, or ends here. */
import { FRAME_MAX, PORTS } from "../limits";
import { Packet } from "../util/packet";
import { Drop } from "../util/status";
import * as packets from "../util/packet";
import * as ethernet from "../wire/ethernet";
import { EtherType } from "../wire/ethernet";
import * as ipv4 from "../wire/ipv4";
import * as arp from "./arp_cache";
import { discard } from "./egress";
import * as dhcp from "./dhcp/dhcp";
import * as interfaces from "./interface";
import { NO_INTERFACE } from "./interface";

/**
 * Takes a frame that came in by `port`. True: the packet is now a valid IPv4 datagram, `ptr` at its header and `len` its
 * total length, and still the caller's. False: it has been taken over (ARP, or a counted drop).
 */
export function receive(packet: Packet, port: u32): bool {
  if (port >= PORTS) return refuse(packet, Drop.PORT_DOWN);
  let own = interfaces.at(port);
  packet.port = port;
  if (own.shutdown) return refuse(packet, Drop.PORT_DOWN);
  let reason = ethernet.check(packet.len);
  if (packet.len > FRAME_MAX) reason = Drop.FRAME_TOO_LONG;
  if (reason == Drop.NONE) {
    const frame = packet.ptr;
    let type = ethernet.etherType(frame);
    const group = ethernet.isGroup(ethernet.destination(frame));
    own.packetsIn++;
    own.bytesIn += <u64>packet.len;
    packet.pull(ethernet.HEADER_LENGTH);
    // IEEE 802.1Q, 9.6: a tag with VLAN 0 says the priority alone.
    let vlan: u32 = 0;
    if (type == EtherType.VLAN) {
      if (packet.len < ethernet.TAG_LENGTH) {
        own.dropsIn++;
        return refuse(packet, Drop.FRAME_TOO_SHORT);
      }
      vlan = ethernet.vlan(packet.ptr);
      type = ethernet.taggedType(packet.ptr);
      packet.pull(ethernet.TAG_LENGTH);
    }
    const index = interfaces.ofVlan(port, vlan);
    if (index == NO_INTERFACE) {
      own.dropsIn++;
      return refuse(packet, Drop.VLAN_UNKNOWN);
    }
    if (index != port) {
      own = interfaces.at(index);
      packet.port = index;
      own.packetsIn++;
      own.bytesIn += <u64>packet.len;
      if (!own.up) {
        own.dropsIn++;
        return refuse(packet, Drop.PORT_DOWN);
      }
    }
    if (!group && !ethernet.sameMac(ethernet.destination(frame), own.mac)) reason = Drop.NOT_OUR_MAC;
    else if (type == EtherType.IPV4) {
      // DHCP comes to every station, and before there is an address.
      if (dhcp.listens() && dhcp.takes(packet, own, ethernet.source(frame))) return false;
      // What came to every station is not ours to forward (RFC 1812, 5.3.4), and no service here listens to it.
      reason = group ? Drop.IP_BROADCAST : own.address == 0 ? Drop.NO_ADDRESS : trim(packet);
      if (reason == Drop.NONE) return true;
    } else if (type == EtherType.ARP) {
      reason = arp.receive(packet.ptr, packet.len, index);
      if (reason == Drop.NONE) {
        packets.free(packet);
        return false;
      }
    } else reason = Drop.ETHERTYPE_UNKNOWN;
  }
  own.dropsIn++;
  return refuse(packet, reason);
}

/** Checks an IPv4 datagram and cuts off what Ethernet's padding added. Also for what came out of a tunnel. */
export function trim(packet: Packet): Drop {
  const p = packet.ptr;
  const reason = ipv4.check(p, packet.len);
  if (reason != Drop.NONE) return reason;
  packet.len = ipv4.totalLength(p);
  // RFC 1812, 5.3.7: no station has such an address, and our own does not come from outside.
  const src = ipv4.source(p);
  if (!ipv4.isUnicast(src) || interfaces.isOurs(src) || interfaces.isBroadcast(src)) return Drop.IP_SOURCE;
  return Drop.NONE;
}

function refuse(packet: Packet, reason: Drop): bool {
  discard(packet, reason);
  return false;
}
