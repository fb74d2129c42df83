/**
 * A network of routed addresses: every port of it is somebody's only way out. It answers ARP for whatever is asked, carries
 * IPv4 datagrams to the port of their destination after a delay, and forgets those to nobody.
 */
import { arp, BROADCAST, ETHERNET_ARP, ETHERNET_HEADER, ETHERNET_IPV4, ethernet, ip, ipText, parseFrame } from "./frame.ts";
import type { Port, World } from "./world.ts";

const MAC = new Uint8Array([2, 0, 0, 0xcc, 0, 1]);

class Line implements Port {
  send: (frame: Uint8Array) => void = () => {};
  private mac: string | undefined;
  private waiting: Uint8Array[] = [];

  constructor(
    private net: Internet,
    readonly address: number,
    /** Who asks for it by ARP. */
    private gateway: string,
  ) {}

  receive(bytes: Uint8Array): void {
    const frame = parseFrame(bytes);
    if (frame?.arp) {
      const { operation, senderMac, senderIp, targetIp } = frame.arp;
      this.mac = senderMac;
      if (operation === 1 && targetIp !== ipText(this.address)) this.arp(2, targetIp, senderIp);
      for (const datagram of this.waiting.splice(0)) this.deliver(datagram);
    } else if (frame?.ip) this.net.carry(bytes.slice(ETHERNET_HEADER, ETHERNET_HEADER + frame.ip.header + frame.ip.payload.length));
  }

  private arp(operation: number, from: string, to: string): void {
    this.send(ethernet(this.mac ?? BROADCAST, MAC, ETHERNET_ARP, arp(operation, MAC, from, to, this.mac)));
  }

  deliver(datagram: Uint8Array): void {
    if (this.mac !== undefined) this.send(ethernet(this.mac, MAC, ETHERNET_IPV4, datagram));
    else {
      this.waiting.push(datagram);
      this.arp(1, this.gateway, ipText(this.address));
    }
  }
}

export class Internet {
  private lines = new Map<number, Line>();
  /** Datagrams to addresses that nobody has, and their octets. */
  lost = { datagrams: 0, octets: 0 };
  /** Addresses whose datagrams go nowhere for now, in both directions. */
  silent = new Set<number>();

  constructor(
    private world: World,
    private delay: number,
  ) {}

  /** Joins a router's port that has this address, and perhaps more. */
  join(port: Port, address: string, gateway = ipText(((ip(address) & ~255) | 254) >>> 0), more: string[] = []): void {
    const line = new Line(this, ip(address), gateway);
    for (const each of [address, ...more]) this.lines.set(ip(each), line);
    this.world.wire(port, line, { delay: 0 });
  }

  /** Takes a datagram from anywhere: its source may be a lie. */
  carry(datagram: Uint8Array): void {
    const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.length);
    const to = view.getUint32(16);
    if (this.silent.has(to) || this.silent.has(view.getUint32(12))) return;
    const line = this.lines.get(to);
    if (line) this.world.at(this.world.now + this.delay, () => line.deliver(datagram));
    else {
      this.lost.datagrams++;
      this.lost.octets += datagram.length;
    }
  }
}
