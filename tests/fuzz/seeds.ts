/** Valid packets of every kind that the hub's data path knows: what mutation starts from. */
import type { Random } from "../support/world/random.ts";
import { ETHERNET_ARP, ETHERNET_IPV4, IP_ICMP, IP_UDP, arp, checksum, echo, ethernet, ipv4, udp } from "../support/world/frame.ts";
import { concat, u16, u32 } from "../support/second/ike_peer.ts";
import { CANARY, type Arena } from "./arena.ts";
import { BRANCHES, CENTRE, HUB, OPEN_PORT } from "./configuration.ts";
import { mutateBytes } from "./mutate.ts";
import { trailer, type Inbound } from "./seal.ts";

const TCP = 6;

/** Header of TCP without options: a SYN, or data. */
function tcp(from: number, to: number, data: Uint8Array, flags = 2): Uint8Array {
  return concat(u16(from), u16(to), u32(1), u32(1), [0x50, flags], u16(8192), u16(0), u16(0), data);
}

/** An ICMP error that quotes a datagram. `low`: the next hop's MTU, in "fragmentation needed". */
export function icmpError(type: number, code: number, low: number, quote: Uint8Array): Uint8Array {
  const out = concat([type, code, 0, 0], u32(low), quote);
  new DataView(out.buffer).setUint16(2, checksum(out));
  return out;
}

/** A datagram whose header checksum is made right again, as far as there is a header. */
export function repaired(datagram: Uint8Array): Uint8Array {
  const header = Math.min((datagram[0]! & 15) * 4, datagram.length);
  if (header < 20) return datagram;
  datagram[10] = datagram[11] = 0;
  const sum = checksum(datagram.subarray(0, header));
  datagram[10] = sum >> 8;
  datagram[11] = sum & 255;
  return datagram;
}

/** Options, to whole words: record route, timestamp, source route, router alert, no operation, security. */
export const OPTIONS = [[7, 7, 4, 0, 0, 0, 0, 0], [68, 8, 5, 0, 0, 0, 0, 0], [131, 7, 4, 10, 1, 0, 9, 0], [148, 4, 0, 0], [1, 1, 1, 0], [130, 11, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]];

/** Options in front of a payload (RFC 791, 3.1), to whole words. */
function withOptions(r: Random, datagram: Uint8Array): Uint8Array {
  const options = r.pick(OPTIONS);
  const out = concat(datagram.subarray(0, 20), options, datagram.subarray(20));
  out[0] = 0x40 | (5 + options.length / 4);
  new DataView(out.buffer).setUint16(2, out.length);
  return repaired(out);
}

/** The branch that is met in a tunnel interface, if an SA is that one's. */
const routedBranch = (sa: Inbound) => BRANCHES.find(({ wan, tunnel }) => tunnel && wan === sa.peer);

/** GRE around what an SA carries (RFC 2784, RFC 2890), where its tunnel wants that; with `r` its header is now and then another. */
export function carried(sa: Inbound, datagram: Uint8Array, r?: Random): Uint8Array {
  const key = routedBranch(sa)?.tunnel?.key;
  if (key === undefined) return datagram;
  const right = [0x20, 0, 8, 0, ...u32(key)];
  if (!r) return ipv4(sa.peer, HUB, 47, concat(right, datagram));
  const head = r.pick([right, right, right, [0, 0, 8, 0], [0x20, 0, 0, 0, ...u32(key)], [0x30, 0, 8, 0, ...u32(key), ...u32(r.below(3))], [0xa0, 0, 8, 0, 0, 0, 0, 0, ...u32(key)], [0x20, 0, 8, 0, ...u32(r.below(99))]]);
  const inside = concat(head, r.chance(0.03) ? new Uint8Array() : datagram);
  return ipv4(sa.peer, HUB, 47, r.chance(0.1) ? mutateBytes(r, inside, 1400) : inside, { id: r.below(65536), df: r.chance(0.5) });
}

/** Hosts at both ends of an SA. */
export function hostsOf(sa: Inbound): { there: string; here: string } {
  const branch = routedBranch(sa);
  return branch ? { there: `10.${branch.n}.0.10`, here: `${CENTRE}.10` } : { there: sa.remote.replace(/\.0$/, ".10"), here: sa.local.replace(/\.0$/, ".10") };
}

/** What a host there sends to a host here, through an SA. */
export function inner(r: Random, sa: Inbound, arena: Arena): Uint8Array {
  const { there, here } = hostsOf(sa);
  const dst = r.chance(0.15) ? r.pick([`${CENTRE}.1`, HUB, "10.99.0.20", "198.51.100.9", "10.98.0.1", "224.0.0.5"]) : here;
  // What a tunnel interface brings may be for anybody, and goes on in plain.
  const filler = concat(routedBranch(sa) ? [] : CANARY, r.fill(new Uint8Array(r.below(64))));
  const o = { id: r.below(65536), df: r.chance(0.3), tos: r.chance(0.2) ? r.below(256) : 0, ttl: r.chance(0.1) ? r.below(3) : 64 };
  switch (r.below(12)) {
    case 0: return ipv4(there, dst, IP_UDP, udp(r.pick([53, 500, 4500, 9999]), r.pick([53, 500, 4500, 9999]), filler), o);
    case 1: return ipv4(there, dst, TCP, tcp(1025, r.pick([80, 443]), filler), o);
    case 2: return ipv4(r.chance(0.5) ? there : "10.200.0.1", dst, IP_ICMP, icmpError(3, r.pick([0, 1, 3, 4, 13]), r.pick([0, 68, 576, 1280, 1400]), ipv4(here, there, IP_ICMP, echo(8, 1, 1, filler)).subarray(0, 28 + r.below(20))), o);
    case 3: return ipv4(there, dst, IP_ICMP, echo(8, 1, 1, concat(filler, new Uint8Array(1300))), o);
    case 4: return ipv4(there, dst, IP_UDP, concat(udp(7, 7, filler), new Uint8Array((8 - ((filler.length + 8) % 8)) % 8)), { ...o, df: false, mf: r.chance(0.5), offset: 8 * r.below(100) });
    case 5: return withOptions(r, ipv4(there, dst, IP_ICMP, echo(8, 1, 1, filler), o));
    case 6: return ipv4(there, HUB, 50, concat(u32(r.pick(arena.keys.inbound)?.spi ?? 1), u32(1), filler), o);
    case 7: return ipv4(there, "10.99.0.20", IP_UDP, udp(1, 1, new Uint8Array(900)), o);
    case 8: return ipv4(there, "10.97.0.1", IP_ICMP, echo(8, 1, 1, concat(filler, new Uint8Array(r.below(900)))), o);
    default: return ipv4(there, dst, IP_ICMP, echo(8, 1, 1, filler), o);
  }
}

/** What an SA carries, with the padding and trailer that it wants. */
export function text(sa: Inbound, datagram: Uint8Array, next = 4): { text: Uint8Array; next: number } {
  const carried = sa.transport ? datagram.subarray((datagram[0]! & 15) * 4) : datagram;
  const protocol = sa.transport ? (datagram[9] ?? 0) : next;
  return { text: sa.esp ? concat(carried, trailer(sa, carried.length, protocol)) : carried, next: protocol };
}

export const HOST_MAC = new Uint8Array([2, 0, 10, 1, 0, 10]);
const ROUTER_MAC = new Uint8Array([2, 0, 0, 0xcc, 0, 1]);

/** Datagrams that come in plain, and by which port. */
export function plain(r: Random, arena: Arena): { port: number; datagram: Uint8Array } {
  const filler = r.fill(new Uint8Array(r.below(100)));
  const o = { id: r.below(65536), df: r.chance(0.3), ttl: r.chance(0.1) ? r.below(3) : 64, tos: r.chance(0.1) ? r.below(256) : 0 };
  const there = r.pick(["10.2.0.10", "10.3.0.10", "10.4.0.10", "10.5.0.10", "10.22.0.10", "10.17.0.10", "10.18.0.10"]);
  const ours = r.pick(arena.recorded.filter(({ inward }) => !inward))?.datagram;
  switch (r.below(18)) {
    case 0: return { port: 0, datagram: ipv4(`${CENTRE}.10`, there, IP_ICMP, echo(8, 1, 1, filler), o) };
    case 1: return { port: 0, datagram: ipv4(`${CENTRE}.10`, there, TCP, tcp(1025, 80, concat(filler, new Uint8Array(1300))), { ...o, df: true }) };
    case 2: return { port: 0, datagram: ipv4(`${CENTRE}.10`, r.pick(["10.66.0.1", "10.98.0.1", "10.97.0.1", "10.99.0.20", "203.0.113.1", "224.0.0.9", "255.255.255.255", `${CENTRE}.77`, `${CENTRE}.1`, HUB]), IP_UDP, udp(r.pick([53, 9]), r.pick([53, 500, 4500, 9]), concat(filler, new Uint8Array(r.below(1300)))), o) };
    case 3: return { port: 1, datagram: ipv4(there, `${CENTRE}.10`, IP_ICMP, echo(8, 1, 1, filler), o) };
    case 4: return { port: 1, datagram: ipv4("203.0.113.9", HUB, IP_ICMP, echo(8, 1, 1, filler), o) };
    // About what the hub sent: as little or as much as a router quotes.
    case 5:
    case 6: return { port: 1, datagram: ipv4(r.pick(["192.0.2.254", "203.0.113.7"]), HUB, IP_ICMP, icmpError(3, r.chance(0.7) ? 4 : r.below(16), r.pick([0, 68, 576, 1006, 1280, 1400, 1499, 65535]), (ours ?? filler).subarray(0, r.pick([20, 28, 36, 60, 548]))), o) };
    case 16: {
      // As little as RFC 792 wants, of a long datagram.
      const quote = (ours ?? filler).slice(0, 28);
      if (quote.length === 28) new DataView(quote.buffer).setUint16(2, 1400);
      return { port: 1, datagram: ipv4("203.0.113.7", HUB, IP_ICMP, icmpError(3, 4, r.pick([1280, 1300, 0]), quote), o) };
    }
    case 7: return { port: 1, datagram: ipv4("192.0.2.254", HUB, IP_ICMP, icmpError(r.pick([3, 4, 5, 11, 12]), r.below(4), 0, (ours ?? filler).subarray(0, 28)), o) };
    case 8: return { port: 1, datagram: ipv4(r.pick(["198.51.100.2", "203.0.113.9"]), HUB, r.pick([IP_UDP, 50, 51, 1]), r.fill(new Uint8Array(8 * (1 + r.below(100)))), { ...o, mf: r.chance(0.7), offset: 8 * r.below(200), id: r.below(4) }) };
    case 9: return { port: r.below(3), datagram: withOptions(r, ipv4(`${CENTRE}.10`, r.pick([HUB, there]), IP_ICMP, echo(8, 1, 1, filler), o)) };
    case 10: return { port: 0, datagram: ipv4(`${CENTRE}.10`, there, IP_UDP, r.fill(new Uint8Array(8 * (1 + r.below(60)))), { ...o, mf: true, offset: 8 * r.below(50) }) };
    case 11: return { port: 1, datagram: ipv4(r.pick(["198.51.100.2", "198.51.100.3", "203.0.113.9"]), HUB, IP_UDP, udp(r.pick([500, 4500, 40001]), 4500, r.chance(0.3) ? Uint8Array.of(255) : filler), o) };
    case 12: return { port: 2, datagram: ipv4("10.99.0.20", r.pick([there, `${CENTRE}.10`, HUB, "10.97.0.4"]), IP_ICMP, echo(r.pick([0, 8]), 1, 1, filler), o) };
    case 13: return { port: 0, datagram: ipv4(`${CENTRE}.10`, there, TCP, tcp(1025, r.pick([80, OPEN_PORT]), filler), o) };
    case 14: return { port: 1, datagram: ipv4(HUB, HUB, IP_ICMP, echo(8, 1, 1, filler), o) };
    default: return { port: 0, datagram: ipv4(`${CENTRE}.10`, there, IP_ICMP, echo(8, 1, 1, concat(filler, new Uint8Array(1380))), o) };
  }
}

/** A frame around it, or ARP. */
export function frame(r: Random, arena: Arena): { port: number; frame: Uint8Array; datagram: boolean } {
  if (r.chance(0.25)) {
    const port = r.below(3);
    const own = [`${CENTRE}.1`, HUB, "10.99.0.1"][port]!;
    const net = own.replace(/\.\d+$/, "");
    const sender = r.pick([`${net}.10`, `${net}.254`, `${net}.${r.below(256)}`, own]);
    const mac = port === 0 ? HOST_MAC : ROUTER_MAC;
    return { port, frame: ethernet(r.chance(0.5) ? new Uint8Array(6).fill(255) : arena.mac(port), mac, ETHERNET_ARP, arp(r.pick([1, 1, 2]), mac, sender, r.chance(0.7) ? own : sender), true), datagram: false };
  }
  const { port, datagram } = plain(r, arena);
  return { port, frame: ethernet(arena.mac(port), port === 0 ? HOST_MAC : ROUTER_MAC, ETHERNET_IPV4, datagram), datagram: true };
}

