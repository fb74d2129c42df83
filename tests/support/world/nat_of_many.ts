/** A NAT before several hosts: outside they have its one address, each with UDP ports of its own there. */
import { Endpoint } from "./endpoint.ts";
import { checksum, ip } from "./frame.ts";

export class NatOfMany {
  /** The NAT's side towards each host, by the host's address. */
  readonly inside = new Map<string, Endpoint>();
  readonly outside: Endpoint;
  /** "address:port" inside -> port outside */
  private readonly mapping = new Map<string, number>();
  private next = 40000;

  /** `innerSide` is the gateway that the hosts have, `outerSide` the address that `outer` sees. */
  constructor(hosts: string[], innerSide: string, private readonly outerSide: string, outer: string) {
    for (const [i, host] of hosts.entries()) {
      const side = new Endpoint(innerSide, host, { prefix: 32, mac: new Uint8Array([2, 0, 0, 0xab, 0, i]) });
      side.onDatagram = (d) => this.outward(host, d);
      this.inside.set(host, side);
    }
    this.outside = new Endpoint(outerSide, outer, { prefix: 32, mac: new Uint8Array([2, 0, 0, 0xab, 1, 0]) });
    this.outside.onDatagram = (d) => this.inward(d);
  }

  private outward(host: string, d: Uint8Array): void {
    if (d[9] !== 17) return;
    const flow = `${host}:${new DataView(d.buffer).getUint16(20)}`;
    if (!this.mapping.has(flow)) this.mapping.set(flow, this.next++);
    rewrite(d, 12, this.outerSide, 20, this.mapping.get(flow)!);
    this.outside.datagram(d);
  }

  private inward(d: Uint8Array): void {
    if (d[9] !== 17) return;
    const to = new DataView(d.buffer).getUint16(22);
    for (const [flow, port] of this.mapping) {
      if (port !== to) continue;
      const [host, inner] = flow.split(":") as [string, string];
      rewrite(d, 16, host, 22, Number(inner));
      this.inside.get(host)!.datagram(d);
    }
  }
}

/** Another address and port, and the check sums over them; a UDP checksum of none stays none. */
function rewrite(d: Uint8Array, addressAt: number, address: string, portAt: number, port: number): void {
  const view = new DataView(d.buffer);
  view.setUint32(addressAt, ip(address));
  view.setUint16(portAt, port);
  view.setUint16(10, 0);
  view.setUint16(10, checksum(d.subarray(0, 20)));
  if (view.getUint16(26) === 0) return;
  view.setUint16(26, 0);
  const pseudo = new Uint8Array(12 + d.length - 20);
  pseudo.set(d.subarray(12, 20), 0);
  pseudo[9] = 17;
  new DataView(pseudo.buffer).setUint16(10, d.length - 20);
  pseudo.set(d.subarray(20), 12);
  view.setUint16(26, checksum(pseudo) || 0xffff);
}
