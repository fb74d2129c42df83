/** A station on a wire that speaks UDP to a router: the Ethernet, ARP and IP around tests/support/ike_peer.ts. */
import { ethernet, ip, ipText, ipv4, udp } from "./endpoint.ts";
import type { Port } from "./world.ts";

export interface Datagram {
  srcPort: number;
  dstPort: number;
  data: Uint8Array;
}

export class Station implements Port {
  send: (frame: Uint8Array) => void = () => {};
  /** UDP datagrams that the router sent us, in order; IP protocol 50 has ports 0. */
  inbox: Datagram[] = [];
  private mac = new Uint8Array([2, 0, 0, 0xbb, 0, 1]);
  private routerMac: Uint8Array | undefined;
  private waiting: Uint8Array[] = [];
  private id = 1;

  constructor(
    public address: string,
    public router: string,
  ) {}

  udp(srcPort: number, dstPort: number, data: Uint8Array): void {
    this.datagram(ipv4(this.address, this.router, 17, udp(srcPort, dstPort, data), { id: this.id++ & 0xffff }));
  }

  datagram(datagram: Uint8Array): void {
    // Longer than a frame: in fragments, as a real stack sends it.
    if (datagram.length > 1500) {
      const payload = datagram.subarray(20);
      for (let at = 0; at < payload.length; at += 1480) {
        const part = payload.slice(at, at + 1480);
        this.datagram(ipv4(this.address, this.router, datagram[9]!, part, { id: (datagram[4]! << 8) | datagram[5]!, mf: at + 1480 < payload.length, offset: at }));
      }
      return;
    }
    if (this.routerMac) this.send(ethernet(this.routerMac, this.mac, 0x0800, datagram));
    else {
      this.waiting.push(datagram);
      this.arp(1, new Uint8Array(6).fill(255), new Uint8Array(6));
    }
  }

  private arp(operation: number, to: Uint8Array, target: Uint8Array): void {
    const body = new Uint8Array(28);
    body.set([0, 1, 8, 0, 6, 4, 0, operation, ...this.mac]);
    new DataView(body.buffer).setUint32(14, ip(this.address));
    body.set(target, 18);
    new DataView(body.buffer).setUint32(24, ip(this.router));
    this.send(ethernet(to, this.mac, 0x0806, body));
  }

  receive(frame: Uint8Array): void {
    const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
    const type = view.getUint16(12);
    if (type === 0x0806 && ipText(view.getUint32(28)) === this.router) {
      this.routerMac = frame.slice(22, 28);
      if (view.getUint16(20) === 1) this.arp(2, this.routerMac, this.routerMac);
      for (const datagram of this.waiting.splice(0)) this.datagram(datagram);
    } else if (type === 0x0800 && ipText(view.getUint32(30)) === this.address) {
      const at = 14 + (frame[14]! & 15) * 4;
      const end = 14 + view.getUint16(16);
      if (frame[23] === 17) this.inbox.push({ srcPort: view.getUint16(at), dstPort: view.getUint16(at + 2), data: frame.slice(at + 8, end) });
      else if (frame[23] === 50) this.inbox.push({ srcPort: 0, dstPort: 0, data: frame.slice(at, end) });
    }
  }
}
