/**
 * A router whose startup configuration is one of IOS's, and what stands around it: a routed network outside, in which the other gateways and a server
 * are, and hosts inside. Which port is which interface is read from what the router says at its start.
 */
import { Endpoint } from "./endpoint.ts";
import { checksum, IP_TCP, IP_UDP, ipv4, parseIpv4, parseUdp, udp, type Ipv4 } from "./frame.ts";
import { Internet } from "./internet.ts";
import { World, type Router } from "./world.ts";

/** A host on the outside that nobody has a tunnel to. */
export const SERVER = "198.18.0.80";

class Outside extends Internet {
  /** Every datagram that crossed the outside. */
  carried: Uint8Array[] = [];

  override carry(datagram: Uint8Array): void {
    this.carried.push(datagram);
    super.carry(datagram);
  }
}

/** What a gateway opposite is configured with. */
export interface Opposite {
  /** Lines of its ISAKMP policy. */
  policy: string;
  /** Of its transform set, with the mode's line where one is wanted. */
  transform: string;
  key: string;
  /** Our address, as it sees it. */
  peer: string;
  /** What it protects, from its side. */
  list?: string[];
  pfs?: string;
  wan?: string;
  prefix?: string;
  gateway?: string;
  lan?: string;
  /** Our address is not known to it. */
  dynamic?: boolean;
  /** Further lines, behind all others. */
  extra?: string;
}

export function opposite(o: Opposite): string {
  const wan = o.wan ?? "198.51.100.10";
  const head = o.dynamic ? "crypto dynamic-map D 10\n" : `crypto map CM 10 ipsec-isakmp\n set peer ${o.peer}\n`;
  const map = o.list
    ? `ip access-list extended VPN\n${o.list.map((line) => ` permit ${line}\n`).join("")}${head} set transform-set TS\n${o.pfs ? ` set pfs ${o.pfs}\n` : ""} match address VPN\n${o.dynamic ? "crypto map CM 10 ipsec-isakmp dynamic D\n" : ""}`
    : "";
  return `crypto isakmp policy 10
${o.policy}
crypto isakmp key ${o.key} address ${o.dynamic ? "0.0.0.0 0.0.0.0" : o.peer}
crypto isakmp keepalive 10 3 periodic
crypto ipsec transform-set TS ${o.transform}
${map}${o.lan ? `interface Ethernet0\n ip address ${o.lan} 255.255.255.0\n` : ""}interface Ethernet1
 ip address ${wan} ${o.prefix ?? "255.255.255.0"}
${o.list ? " crypto map CM\n" : ""}ip route 0.0.0.0 0.0.0.0 ${o.gateway ?? "198.51.100.9"}
${o.extra ?? ""}`;
}

export class IosCase {
  world = new World(7);
  outside = new Outside(this.world, 5);
  router: Router;
  server = new Endpoint(SERVER, "198.18.0.1");
  /** Lines with a word in them: `!` and blank ones apart. */
  readonly lines: number;
  private sequence = 0;

  /** @param ports what is called how, where the router does not say it */
  constructor(readonly text: string, private readonly ports: Record<string, number> = {}) {
    this.lines = text.split("\n").filter((line) => line.trim() && !line.trim().startsWith("!")).length;
    this.router = this.world.router("ios", { config: text, wall: 1_800_000_000_000 });
    this.outside.join(this.server, SERVER);
  }

  /** Number of the port that has this interface's name. */
  portOf(name: string): number {
    if (name in this.ports) return this.ports[name]!;
    const said = [...this.router.output.matchAll(/Interface (\S+) is port (\d+) of this box/g)].filter((m) => m[1] === name);
    if (said.length) return Number(said.at(-1)![2]);
    const number = /^Ethernet(\d+)$/.exec(name);
    // The console was told to say less: ports are given in the order of the lines.
    const order = [...new Set([...this.text.matchAll(/^interface ((?:\w*Ethernet|Serial)[\d/]+)$/gm)].map((m) => m[1]))].indexOf(name);
    if (!number && order >= 0) return order;
    if (!number) throw new Error(`no port is called ${name}:\n${this.router.output}`);
    return Number(number[1]);
  }

  /** Joins an interface of the router to the outside. */
  uplink(name: string, address: string, gateway?: string, more: string[] = []): void {
    this.outside.join(this.router.port(this.portOf(name)), address, gateway, more);
  }

  /** Joins an interface to a provider's router, which gives it an address of 203.0.113.0/24 by DHCP. */
  lease(name: string): void {
    const provider = this.world.router("provider", {
      config: `ip dhcp excluded-address 203.0.113.1 203.0.113.9
ip dhcp pool LINE
 network 203.0.113.0 255.255.255.0
 default-router 203.0.113.1
 dns-server 203.0.113.53
interface Ethernet0
 ip address 203.0.113.1 255.255.255.0
interface Ethernet1
 ip address 192.0.2.1 255.255.255.0
ip route 0.0.0.0 0.0.0.0 192.0.2.254`,
      seed: 90,
    });
    this.world.wire(provider.port(0), this.router.port(this.portOf(name)));
    this.outside.join(provider.port(1), "192.0.2.1", "192.0.2.254", Array.from({ length: 30 }, (_, i) => `203.0.113.${10 + i}`));
    this.world.run(15_000);
  }

  /** A host on an interface's wire. */
  host(name: string, address: string, gateway: string): Endpoint {
    const host = new Endpoint(address, gateway);
    this.world.wire(host, this.router.port(this.portOf(name)));
    return host;
  }

  /** Another gateway on the outside, and a host behind it where it has a network. */
  gateway(o: Opposite): { router: Router; host: Endpoint } {
    const router = this.world.router("opposite", { config: opposite(o), seed: 40 + this.world.routers.length });
    if (router.refusedLines) throw new Error(router.output);
    this.outside.join(router.port(1), o.wan ?? "198.51.100.10", o.gateway ?? "198.51.100.9");
    const lan = o.lan ?? "10.254.0.1";
    const host = new Endpoint(lan.replace(/\d+$/, "10"), lan);
    this.world.wire(host, router.port(0));
    return { router, host };
  }

  ping(from: Endpoint, to: string, ms = 15_000): boolean {
    const sequence = ++this.sequence;
    from.ping(to, sequence);
    return this.world.run(ms, () => from.replies.has(sequence));
  }

  /** Pings until one comes back: the first of a tunnel are lost. */
  reaches(from: Endpoint, to: string, ms = 40_000): boolean {
    for (const end = this.world.now + ms; this.world.now < end; ) if (this.ping(from, to, 3000)) return true;
    return false;
  }

  /** The source under which a host's datagram reaches the server, if it does, and whether the answer comes back. */
  surf(host: Endpoint, port = 40_000 + ++this.sequence): { source: string; answered: boolean } | undefined {
    let source: string | undefined;
    this.server.onPacket = (packet) => {
      const message = parseUdp(packet);
      if (!message || message.to !== 7) return false;
      source = packet.src;
      this.server.datagram(ipv4(SERVER, packet.src, IP_UDP, udp(7, message.from, Uint8Array.from(message.body))));
      return true;
    };
    const before = host.received.length;
    host.datagram(ipv4(host.address, SERVER, IP_UDP, udp(port, 7, Buffer.from("ask"))));
    this.world.run(3000);
    this.server.onPacket = undefined;
    if (source === undefined) return undefined;
    return { source, answered: host.received.slice(before).some((p) => p.src === SERVER && p.protocol === IP_UDP && p.payload.length === 11 && ((p.payload[2]! << 8) | p.payload[3]!) === port) };
  }

  /** Sends the first segment of a connection; where it comes to, as `address:port`. */
  connect(from: Endpoint, to: string, port: number, hosts: Endpoint[]): string | undefined {
    const before = hosts.map((host) => host.received.length);
    from.datagram(ipv4(from.address, to, IP_TCP, segment(from.address, to, 50_000 + ++this.sequence, port)));
    this.world.run(2000);
    for (const [i, host] of hosts.entries()) {
      const got = host.received.slice(before[i]).find((p) => p.protocol === IP_TCP && p.src === from.address);
      if (got) return `${host.address}:${(got.payload[2]! << 8) | got.payload[3]!}`;
    }
    return undefined;
  }

  /** Datagrams on the outside in plain, IKE's and NAT traversal's apart, that have one of these networks for source or destination. */
  plain(networks: string[]): string[] {
    const inside = (address: string) => networks.some((network) => address.startsWith(network));
    return this.outside.carried
      .map((datagram) => parseIpv4(datagram)!)
      .filter((p: Ipv4) => inside(p.src) || inside(p.dst))
      .map((p) => `${p.src} > ${p.dst}, protocol ${p.protocol}`);
  }

  /** Protocols on the outside between two addresses since the last call. */
  protocols(a: string, b: string): number[] {
    const seen = new Set(
      this.outside.carried
        .map((datagram) => parseIpv4(datagram)!)
        .filter((p) => (p.src === a && p.dst === b) || (p.src === b && p.dst === a))
        .filter((p) => !(p.protocol === IP_UDP && [500, 4500].includes(parseUdp(p)?.to ?? 0)))
        .map((p) => p.protocol),
    );
    return [...seen].sort((x, y) => x - y);
  }

  /** Lines acted upon, without effect, refused. */
  table(): { acted: number; without: number; refused: number } {
    const without = Number(/^(\d+) lines? ha(?:s|ve) no effect here/m.exec(this.router.output)?.[1] ?? 0);
    const refused = this.router.refusedLines;
    return { acted: this.lines - without - refused, without, refused };
  }

  /** What was said of the refused lines: their names for what is missing, or another sentence. */
  refusals(): string[] {
    return [...this.router.output.matchAll(/^% (.*)/gm)]
      .map((m) => m[1]!)
      .filter((said) => !/^(?:Warning|Invalid input|Taken there|It stands below|\d+ )|is followed as|is not built: `ip dhcp pool`|is taken there|octets are more|words are taken|of these would have/.test(said));
  }
}

/** A TCP segment with SYN alone. */
export function segment(src: string, dst: string, from: number, to: number): Uint8Array {
  const out = Uint8Array.from([from >> 8, from & 255, to >> 8, to & 255, 0, 0, 0, 1, 0, 0, 0, 0, 0x50, 2, 0x10, 0, 0, 0, 0, 0]);
  const pseudo = Uint8Array.from([...src.split(".").map(Number), ...dst.split(".").map(Number), 0, IP_TCP, 0, out.length, ...out]);
  const sum = checksum(pseudo);
  out[16] = sum >> 8;
  out[17] = sum & 255;
  return out;
}

