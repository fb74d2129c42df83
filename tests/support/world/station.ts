/** A station on a wire that speaks UDP to a router: the Ethernet, ARP and IP around tests/support/second/ike_peer.ts. */
import { Endpoint } from "./endpoint.ts";
import { IP_ESP, IP_UDP, ipv4, parseUdp, udp } from "./frame.ts";

export interface Datagram {
  srcPort: number;
  dstPort: number;
  data: Uint8Array;
}

/** `router` is its gateway too, and nobody is its neighbour. Longer datagrams go in fragments, as a real stack sends them. */
export class Station extends Endpoint {
  /** UDP datagrams that the router sent us, in order; IP protocol 50 has ports 0. */
  inbox: Datagram[] = [];

  constructor(address: string, public router: string) {
    super(address, router, { prefix: 32, mtu: 1500, mac: new Uint8Array([2, 0, 0, 0xbb, 0, 1]) });
    this.onPacket = (packet) => {
      const message = parseUdp(packet);
      if (message) this.inbox.push({ srcPort: message.from, dstPort: message.to, data: Uint8Array.from(message.body) });
      else if (packet.protocol === IP_ESP) this.inbox.push({ srcPort: 0, dstPort: 0, data: Uint8Array.from(packet.payload) });
      return true;
    };
  }

  udp(srcPort: number, dstPort: number, data: Uint8Array): void {
    this.datagram(ipv4(this.address, this.router, IP_UDP, udp(srcPort, dstPort, data), { id: this.nextId() }));
  }
}
