/**
 * A network of routed addresses: every port of it is somebody's only way out. It answers ARP for whatever is asked, carries
 * IPv4 datagrams to the port of their destination after a delay, and forgets those to nobody.
 */
import { ethernet, ip } from "./endpoint.ts";
import type { Port, World } from "./world.ts";

const MAC = new Uint8Array([2, 0, 0, 0xcc, 0, 1]);

class Line implements Port {
  send: (frame: Uint8Array) => void = () => {};
  private mac: Uint8Array | undefined;
  private waiting: Uint8Array[] = [];

  constructor(
    private net: Internet,
    readonly address: number,
  ) {}

  receive(frame: Uint8Array): void {
    const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
    const type = view.getUint16(12);
    if (type === 0x0806) {
      this.mac = frame.slice(22, 28);
      if (view.getUint16(20) === 1 && view.getUint32(38) !== this.address) this.arp(2, view.getUint32(38), view.getUint32(28));
      for (const datagram of this.waiting.splice(0)) this.deliver(datagram);
    } else if (type === 0x0800) this.net.carry(frame.slice(14, 14 + view.getUint16(16)));
  }

  private arp(operation: number, from: number, to: number): void {
    const body = new Uint8Array(28);
    body.set([0, 1, 8, 0, 6, 4, 0, operation, ...MAC]);
    const view = new DataView(body.buffer);
    view.setUint32(14, from);
    if (this.mac) body.set(this.mac, 18);
    view.setUint32(24, to);
    this.send(ethernet(this.mac ?? new Uint8Array(6).fill(255), MAC, 0x0806, body));
  }

  deliver(datagram: Uint8Array): void {
    if (this.mac) this.send(ethernet(this.mac, MAC, 0x0800, datagram));
    else {
      this.waiting.push(datagram);
      this.arp(1, (this.address & ~255) | 254, this.address);
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

  /** Joins a router's port that has this address. */
  join(port: Port, address: string): void {
    const line = new Line(this, ip(address));
    this.lines.set(line.address, line);
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
