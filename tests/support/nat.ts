/** A NAT between two wires: one address inside is seen outside as the NAT's own, its UDP ports renamed. */
import { checksum, ethernet, ip } from "./endpoint.ts";
import type { Port } from "./world.ts";

class Side implements Port {
  send: (frame: Uint8Array) => void = () => {};
  neighbour: Uint8Array | undefined;
  private waiting: Uint8Array[] = [];

  constructor(
    public address: string,
    public peer: string,
    private mac: Uint8Array,
    private take: (datagram: Uint8Array) => void,
  ) {}

  datagram(datagram: Uint8Array): void {
    if (this.neighbour) this.send(ethernet(this.neighbour, this.mac, 0x0800, datagram));
    else {
      this.waiting.push(datagram);
      this.arp(1, new Uint8Array(6).fill(255), new Uint8Array(6), this.peer);
    }
  }

  private arp(operation: number, to: Uint8Array, target: Uint8Array, targetIp: string, from = this.address): void {
    const body = new Uint8Array(28);
    body.set([0, 1, 8, 0, 6, 4, 0, operation, ...this.mac]);
    const view = new DataView(body.buffer);
    view.setUint32(14, ip(from));
    body.set(target, 18);
    view.setUint32(24, ip(targetIp));
    this.send(ethernet(to, this.mac, 0x0806, body));
  }

  receive(frame: Uint8Array): void {
    const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
    if (view.getUint16(12) === 0x0806) {
      this.neighbour ??= frame.slice(22, 28);
      if (view.getUint16(20) === 1 && view.getUint32(38) === ip(this.address)) this.arp(2, frame.slice(22, 28), frame.slice(22, 28), this.peer);
      for (const datagram of this.waiting.splice(0)) this.datagram(datagram);
    } else if (view.getUint16(12) === 0x0800) this.take(frame.slice(14, 14 + view.getUint16(16)));
  }
}

export class Nat {
  inside: Side;
  outside: Side;
  /** inner port -> outer port */
  mapping = new Map<number, number>();
  private next = 40000;

  /** `inner` is behind the NAT, whose own addresses are `innerSide` and `outerSide`; `outer` is the host outside. */
  constructor(
    private inner: string,
    innerSide: string,
    private outerSide: string,
    outer: string,
  ) {
    this.inside = new Side(innerSide, inner, new Uint8Array([2, 0, 0, 0xaa, 0, 1]), (d) => this.outward(d));
    this.outside = new Side(outerSide, outer, new Uint8Array([2, 0, 0, 0xaa, 0, 2]), (d) => this.inward(d));
  }

  /** The NAT reboots: every mapping is new from now on. */
  remap(): void {
    this.mapping.clear();
  }

  private outward(datagram: Uint8Array): void {
    if (datagram[9] !== 17) return;
    const view = new DataView(datagram.buffer);
    const port = view.getUint16(20);
    let outer = this.mapping.get(port);
    if (outer === undefined) this.mapping.set(port, (outer = this.next++));
    this.rewrite(datagram, 12, this.outerSide, 20, outer);
    this.outside.datagram(datagram);
  }

  private inward(datagram: Uint8Array): void {
    if (datagram[9] !== 17) return;
    const port = new DataView(datagram.buffer).getUint16(22);
    for (const [inner, outer] of this.mapping)
      if (outer === port) {
        this.rewrite(datagram, 16, this.inner, 22, inner);
        this.inside.datagram(datagram);
        return;
      }
  }

  private rewrite(datagram: Uint8Array, addressAt: number, address: string, portAt: number, port: number): void {
    const view = new DataView(datagram.buffer);
    view.setUint32(addressAt, ip(address));
    view.setUint16(portAt, port);
    view.setUint16(10, 0);
    view.setUint16(10, checksum(datagram.subarray(0, 20)));
    const sum = view.getUint16(26);
    if (sum === 0) return;
    view.setUint16(26, 0);
    const pseudo = new Uint8Array(12 + datagram.length - 20);
    pseudo.set(datagram.subarray(12, 20), 0);
    pseudo[9] = 17;
    new DataView(pseudo.buffer).setUint16(10, datagram.length - 20);
    pseudo.set(datagram.subarray(20), 12);
    view.setUint16(26, checksum(pseudo) || 0xffff);
  }
}
