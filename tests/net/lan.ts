/** One router between two networks without tunnels, and the tools of this folder's tests. */
import { Endpoint } from "../support/world/endpoint.ts";
import { arp as arpBody, BROADCAST, ETHERNET_ARP, ethernet } from "../support/world/frame.ts";
import { World, type Router, type RouterOptions } from "../support/world/world.ts";

export const CONFIG = `
hostname gamma
interface Ethernet0
 ip address 10.1.0.1 255.255.255.0
interface Ethernet1
 ip address 10.2.0.1 255.255.255.0
`;

export class Lan {
  world = new World();
  router: Router;
  a = new Endpoint("10.1.0.10", "10.1.0.1");
  b = new Endpoint("10.2.0.10", "10.2.0.1");
  /** Every frame that the router sent on port 0 (Ethernet0), in order, and when. */
  out: { at: number; frame: Uint8Array }[] = [];

  constructor(extra = "", options: RouterOptions = {}) {
    this.router = this.world.router("gamma", { config: CONFIG + extra, ...options });
    this.world.wire(this.a, this.router.port(0), { tap: (frame, direction) => direction === 1 && this.out.push({ at: this.world.now, frame }) });
    this.world.wire(this.b, this.router.port(1));
    this.world.run(10);
  }

  /** Frames of an EtherType that went out of Ethernet0 since `from`. */
  sent(type: number, from = 0): Uint8Array[] {
    return this.out.filter(({ at, frame }) => at >= from && ((frame[12]! << 8) | frame[13]!) === type).map(({ frame }) => frame);
  }

  /** Packet buffers in use, from `show memory`. */
  buffers(): number {
    const line = this.router
      .type("show memory")
      .split("\n")
      .filter((l) => /packet buffers/.test(l));
    return line.reduce((sum, l) => sum + Number(/buffers\s+(\d+)/.exec(l)![1]), 0);
  }

  count(reason: string): number {
    return this.router.counters().get(reason) ?? 0;
  }
}

/** An ARP frame. */
export function arp(operation: number, from: Uint8Array, sender: string, target: string, to: Uint8Array = BROADCAST, targetMac?: Uint8Array): Uint8Array {
  return ethernet(to, from, ETHERNET_ARP, arpBody(operation, from, sender, target, targetMac));
}

/** Type and code of the last ICMP message that an endpoint received. */
export function lastIcmp(endpoint: Endpoint): string {
  const last = endpoint.received.filter((r) => r.protocol === 1).at(-1);
  return last ? `${last.payload[0]}/${last.payload[1]}` : "none";
}
