/** A NAT between wires: addresses inside are seen outside as the NAT's own, their UDP ports renamed. */
import { Endpoint } from "./endpoint.ts";
import { checksum, ip } from "./frame.ts";

/** One side of it: whoever is there is the only neighbour, and `take` gets every datagram that comes. */
const side = (address: string, peer: string, mac: number, take: (datagram: Uint8Array) => void): Endpoint => {
  const endpoint = new Endpoint(address, peer, { prefix: 32, mac: new Uint8Array([2, 0, 0, 0xaa, 0, mac]) });
  endpoint.onDatagram = take;
  return endpoint;
};

/** Who is inside: its address, the wire to it, and its ports, inner -> outer. */
interface Inner {
  address: string;
  wire: Endpoint;
  mapping: Map<number, number>;
}

export class Nat {
  outside: Endpoint;
  private inners: Inner[] = [];
  private next = 40000;

  /** `inner` is behind the NAT, whose own addresses are `innerSide` and `outerSide`; `outer` is the host outside. */
  constructor(
    inner: string,
    innerSide: string,
    private outerSide: string,
    outer: string,
  ) {
    this.outside = side(outerSide, outer, 2, (d) => this.inward(d));
    this.also(inner, innerSide);
  }

  /** The first one's wire, and its ports: inner -> outer. */
  get inside(): Endpoint {
    return this.inners[0]!.wire;
  }

  get mapping(): Map<number, number> {
    return this.inners[0]!.mapping;
  }

  /** One more address inside; the wire to it. */
  also(address: string, innerSide: string): Endpoint {
    const inner: Inner = { address, wire: side(innerSide, address, 3 + this.inners.length, (d) => this.outward(inner, d)), mapping: new Map() };
    this.inners.push(inner);
    return inner.wire;
  }

  /** The NAT reboots: every mapping is new from now on. */
  remap(): void {
    for (const { mapping } of this.inners) mapping.clear();
  }

  private outward({ mapping }: Inner, datagram: Uint8Array): void {
    if (datagram[9] !== 17) return;
    const port = new DataView(datagram.buffer).getUint16(20);
    let outer = mapping.get(port);
    if (outer === undefined) mapping.set(port, (outer = this.next++));
    this.rewrite(datagram, 12, this.outerSide, 20, outer);
    this.outside.datagram(datagram);
  }

  private inward(datagram: Uint8Array): void {
    if (datagram[9] !== 17) return;
    const port = new DataView(datagram.buffer).getUint16(22);
    for (const { address, wire, mapping } of this.inners) {
      for (const [inner, outer] of mapping) {
        if (outer !== port) continue;
        this.rewrite(datagram, 16, address, 22, inner);
        wire.datagram(datagram);
        return;
      }
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
