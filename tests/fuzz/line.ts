/** What a line brings that has a provider and strangers on it: flows through NAT and errors about them, DHCP in both directions, VLANs, GRE. */
import { address, make, u32 } from "../support/second/dhcp.ts";
import { concat } from "../support/second/ike_peer.ts";
import { BROADCAST, ETHERNET_IPV4, IP_ICMP, IP_UDP, echo, ethernet, ipv4, udp } from "../support/world/frame.ts";
import type { Random } from "../support/world/random.ts";
import type { Arena } from "./arena.ts";
import { CENTRE, GRE_PEER, HUB, LEASED, SERVED, VLAN_LEASED, VLAN_SERVED } from "./configuration.ts";
import { mutateBytes } from "./mutate.ts";
import { HOST_MAC, icmpError } from "./seeds.ts";

const TCP = 6, GRE = 47;
const STRANGERS = ["203.0.113.1", "203.0.113.2", "203.0.113.9"];
const OUTSIDE_MAC = new Uint8Array([2, 0, 0, 0xcc, 0, 1]);

const segment = (from: number, to: number, flags: number, data: Uint8Array): Uint8Array =>
  concat([from >> 8, from & 255, to >> 8, to & 255, 0, 0, 0, 1, 0, 0, 0, 1, 0x50, flags, 32, 0, 0, 0, 0, 0], data);

/** A frame in a VLAN. */
export const tagged = (vlan: number, frame: Uint8Array): Uint8Array => concat(frame.subarray(0, 12), [0x81, 0, vlan >> 8, vlan & 255], frame.subarray(12));

/** A few ports, so that flows meet their answers. */
const port = (r: Random): number => r.pick([1025, 1026, 1027, 40000, 53, 80, 500, 4500]);

/** Of a flow between an inside host and a stranger, as it is inside (`inward` false: out) or outside. */
function flow(r: Random, here: string): { out: Uint8Array; in: Uint8Array } {
  const stranger = r.pick(STRANGERS), data = r.fill(new Uint8Array(r.below(40))), o = { id: r.below(65536), mf: r.chance(0.1), df: false };
  const a = port(r), b = port(r), flags = r.pick([2, 18, 16, 17, 4, 24]);
  switch (r.below(3)) {
    case 0: return { out: ipv4(here, stranger, IP_UDP, udp(a, b, data), o), in: ipv4(stranger, here, IP_UDP, udp(b, a, data), o) };
    case 1: return { out: ipv4(here, stranger, TCP, segment(a, b, flags, data), o), in: ipv4(stranger, here, TCP, segment(b, a, flags, data), o) };
    default: return { out: ipv4(here, stranger, IP_ICMP, echo(8, a, 1, data), o), in: ipv4(stranger, here, IP_ICMP, echo(0, a, 1, data), o) };
  }
}

/** An error about a datagram whose quote lies: of its length, its header, its ports, or all of it. */
function lying(r: Random, from: string, to: string, about: Uint8Array): Uint8Array {
  let quote = about.slice(0, r.pick([20, 24, 28, 28, 28, 36, 48, about.length]));
  if (r.chance(0.6)) quote = new Uint8Array(mutateBytes(r, quote, 200));
  return ipv4(from, to, IP_ICMP, icmpError(r.pick([3, 3, 3, 4, 5, 11, 12]), r.below(16), r.pick([0, 68, 1280, 1400, 65535]), quote));
}

/** What the DHCP client of the hub is told, and what clients ask the hub's server. */
function dhcp(r: Random, arena: Arena): { vlan: number; to: Uint8Array; datagram: Uint8Array } {
  const type = r.below(9);
  const options = (more: [number, Uint8Array][]): [number, Uint8Array][] => [[53, Uint8Array.of(type)], ...more.filter(() => r.chance(0.85))];
  if (r.chance(0.5)) {
    // To the client: under the number that it has asked with, or not.
    const yiaddr = `${LEASED}.${r.pick([50, 50, 51, 1])}`;
    const message = make({
      xid: r.chance(0.8) ? arena.asked : r.u32(), mac: `${[...arena.mac(2)].map((one) => one.toString(16).padStart(2, "0")).join(":")}`, yiaddr,
      options: [[53, Uint8Array.of(r.pick([2, 2, 5, 5, 6]))], [54, address(`${LEASED}.1`)], [51, u32(r.pick([30, 60, 600, 0, 0xffffffff]))], [1, address("255.255.255.0")], ...(r.chance(0.2) ? [[6, address(`${LEASED}.1`)] as [number, Uint8Array]] : [])],
    });
    return { vlan: VLAN_LEASED, to: r.chance(0.5) ? BROADCAST : arena.mac(2), datagram: ipv4(`${LEASED}.1`, r.chance(0.5) ? "255.255.255.255" : yiaddr, IP_UDP, udp(67, 68, message)) };
  }
  const message = make({
    op: 1, xid: r.u32(), mac: `02:00:00:00:01:0${r.below(8)}`, flags: r.chance(0.5) ? 0x8000 : 0, ciaddr: r.chance(0.2) ? `${SERVED}.${10 + r.below(20)}` : "0.0.0.0", giaddr: r.chance(0.05) ? "10.9.9.9" : "0.0.0.0",
    options: options([[50, address(`${SERVED}.${10 + r.below(20)}`)], [54, address(r.pick([`${SERVED}.1`, "192.0.2.7"]))], [61, r.fill(new Uint8Array(1 + r.below(20)))], [12, Buffer.from("alpha")], [55, Uint8Array.of(1, 3, 6, 15, 51)]]),
  });
  return { vlan: VLAN_SERVED, to: BROADCAST, datagram: ipv4(r.chance(0.8) ? "0.0.0.0" : `${SERVED}.20`, "255.255.255.255", IP_UDP, udp(68, 67, message)) };
}

/** A frame, and what it is in words; octets behind its header may be changed by who sends it. */
export function lineFrame(r: Random, arena: Arena): { name: string; port: number; frame: Uint8Array; vlan?: number } {
  const here = r.pick([`${CENTRE}.10`, `${CENTRE}.11`]), { out, in: back } = flow(r, here);
  const inside = (datagram: Uint8Array) => ethernet(arena.mac(0), HOST_MAC, ETHERNET_IPV4, datagram);
  const outside = (datagram: Uint8Array) => ethernet(arena.mac(1), OUTSIDE_MAC, ETHERNET_IPV4, datagram);
  const global = flow(r, HUB);
  switch (r.below(9)) {
    case 0:
    case 1: return { name: "flow through NAT", port: 0, frame: inside(out) };
    case 2: return { name: "answer through NAT", port: 1, frame: outside(global.in) };
    case 3: return { name: "error from outside", port: 1, frame: outside(lying(r, r.pick(STRANGERS), HUB, r.chance(0.8) ? global.out : (r.pick(arena.recorded)?.datagram ?? out))) };
    case 4: return { name: "error from inside", port: 0, frame: inside(lying(r, here, r.pick(STRANGERS), back)) };
    case 5: {
      const { vlan, to, datagram } = dhcp(r, arena);
      return { name: "DHCP", port: 2, vlan, frame: ethernet(to, r.chance(0.5) ? HOST_MAC : OUTSIDE_MAC, ETHERNET_IPV4, datagram) };
    }
    case 6: {
      const datagram = flow(r, `${SERVED}.20`).out;
      return { name: "VLAN", port: 2, vlan: r.pick([VLAN_SERVED, VLAN_SERVED, VLAN_LEASED, 0, 99, 4095]), frame: ethernet(arena.mac(2), HOST_MAC, ETHERNET_IPV4, datagram) };
    }
    case 7: {
      const inner = r.chance(0.6) ? ipv4("10.210.0.9", r.pick([here, HUB, "10.2.0.10", "203.0.113.1"]), IP_ICMP, echo(8, 1, 1, new Uint8Array(8))) : r.pick([out, back]);
      const head = r.pick([[0, 0, 8, 0], [0, 0, 8, 0], [0x20, 0, 8, 0, 0, 0, 0, 42], [0x80, 0, 8, 0, 0, 0, 0, 0], [0x10, 0, 8, 0, 0, 0, 0, 1], [0, 0, 0, 0], [0x40, 0, 8, 0], [0, 1, 8, 0]]);
      return { name: "GRE", port: 1, frame: outside(ipv4(r.chance(0.9) ? GRE_PEER : "203.0.113.9", HUB, GRE, concat(head, inner))) };
    }
    default: return { name: "flow into GRE", port: 0, frame: inside(ipv4(here, "10.210.0.9", IP_UDP, udp(port(r), port(r), new Uint8Array(r.below(1400))), { df: r.chance(0.3) })) };
  }
}
