/** NAT beside what else looks at a packet: inspection and lists on either side of it, VLAN subinterfaces, and `clear` of each. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Endpoint } from "../support/world/endpoint.ts";
import { echo, ipv4, parseIpv4, udp } from "../support/world/frame.ts";
import { World, type Router } from "../support/world/world.ts";

const A = "10.1.0.10", OURS = "192.0.2.1", OUT = "192.0.2.9";
const SYN = 2, ACK = 16;

function tcp(from: number, to: number, flags: number, seq = 1000, ack = 0): Uint8Array {
  const bytes = Buffer.alloc(20);
  bytes.writeUInt16BE(from, 0);
  bytes.writeUInt16BE(to, 2);
  bytes.writeUInt32BE(seq, 4);
  bytes.writeUInt32BE(ack, 8);
  bytes[12] = 0x50;
  bytes[13] = flags;
  return bytes;
}

/** A frame with an 802.1Q tag, and one without that had one. */
const tagged = (vlan: number, frame: Uint8Array): Uint8Array => Uint8Array.from([...frame.subarray(0, 12), 0x81, 0, vlan >> 8, vlan & 255, ...frame.subarray(12)]);
const untagged = (frame: Uint8Array): [number, Uint8Array] => [((frame[14]! << 8) | frame[15]!) & 0xfff, Uint8Array.from([...frame.subarray(0, 12), ...frame.subarray(16)])];

/** The inside is Ethernet0, or VLANs of it; the outside Ethernet1, whose list lets nothing in. */
class Edge {
  world = new World();
  router: Router;
  a = new Endpoint(A, "10.1.0.1");
  out = new Endpoint(OUT, OURS);
  private outside: Uint8Array[] = [];
  private inside: Uint8Array[] = [];

  constructor(extra: string, inside = "interface Ethernet0\n ip address 10.1.0.1 255.255.255.0\n ip nat inside\n", vlans: [number, Endpoint][] = []) {
    this.router = this.world.router("edge", {
      config: `hostname edge\n${inside}interface Ethernet1\n ip address ${OURS} 255.255.255.0\n ip nat outside\n ip access-group WAN-IN in\nip access-list extended WAN-IN\n deny ip any any\n` +
        `access-list 1 permit 10.0.0.0 0.255.255.255\nip nat inside source list 1 interface Ethernet1 overload\n${extra}`,
    });
    assert.equal(this.router.refusedLines, 0, this.router.output);
    if (vlans.length === 0) this.world.wire(this.a, this.router.port(0));
    else {
      const end = this.router.port(0);
      end.send = (frame) => {
        const [vlan, plain] = untagged(frame);
        for (const [own, station] of vlans) if (own === vlan) this.world.at(this.world.now, () => station.receive(plain));
      };
      for (const [own, station] of vlans) station.send = (frame) => this.world.at(this.world.now, () => end.receive(tagged(own, frame)));
    }
    this.world.wire(this.out, this.router.port(1));
    this.world.run(10);
    this.out.onDatagram = (d) => this.outside.push(d);
    this.a.onDatagram = (d) => this.inside.push(d);
    // Neighbours are known from here on.
    this.out.ping(OURS, 900);
    for (const station of vlans.length ? vlans.map(([, one]) => one) : [this.a]) station.ping(station.gateway, 901);
    this.world.run(100);
    this.outside.length = this.inside.length = 0;
  }

  private heard(list: Uint8Array[]): string[] {
    this.world.run(50);
    return list.splice(0).map((d) => {
      const p = parseIpv4(d)!;
      const ports = p.protocol === 1 ? [p.payload[0], p.payload.readUInt16BE(4)] : [p.payload.readUInt16BE(0), p.payload.readUInt16BE(2)];
      return p.protocol === 1 ? `icmp ${ports[0]} ${p.src} > ${p.dst}` : `${p.protocol === 6 ? "tcp" : "udp"} ${p.src}:${ports[0]} > ${p.dst}:${ports[1]}`;
    });
  }
  get seenOutside(): string[] { return this.heard(this.outside); }
  get seenInside(): string[] { return this.heard(this.inside); }

  /** From the host inside, and from the one outside: what comes of it at the other end. */
  forth(protocol: number, payload: Uint8Array): string[] {
    this.outside.length = 0;
    this.a.datagram(ipv4(A, OUT, protocol, payload));
    return this.seenOutside;
  }
  back(protocol: number, payload: Uint8Array, to = OURS): string[] {
    this.inside.length = 0;
    this.out.datagram(ipv4(OUT, to, protocol, payload));
    return this.seenInside;
  }
}

const RULES = "ip inspect name FW tcp\nip inspect name FW udp\nip inspect name FW icmp\n";
const PLACES = [["out on the outside", "interface Ethernet1\n ip inspect FW out\n"], ["in on the inside", "interface Ethernet0\n ip inspect FW in\n"]] as const;

for (const [place, lines] of PLACES) {
  test(`inspection ${place} and NAT: a flow is known by what it is outside, its answers come to the host, and nothing else does`, () => {
    const e = new Edge(RULES + lines);
    // Two hosts may use one port: the second has another outside, which the flow is known by.
    assert.deepEqual(e.forth(17, udp(5000, 7, new Uint8Array(8))), [`udp ${OURS}:5000 > ${OUT}:7`]);
    assert.deepEqual(e.back(17, udp(7, 5000, new Uint8Array(8))), [`udp ${OUT}:7 > ${A}:5000`]);
    e.a.datagram(ipv4("10.1.0.11", OUT, 17, udp(5000, 7, new Uint8Array(8))));
    const [second] = e.seenOutside;
    const port = Number(/192\.0\.2\.1:(\d+) >/.exec(second!)![1]);
    assert.notEqual(port, 5000);
    const elsewhere = e.router.counters().get("access list: denied") ?? 0;
    e.back(17, udp(7, port, new Uint8Array(8)));
    assert.equal(e.router.counters().get("access list: denied") ?? 0, elsewhere, "the second one's answer is let in");

    assert.deepEqual(e.forth(6, tcp(1025, 80, SYN)), [`tcp ${OURS}:1025 > ${OUT}:80`]);
    assert.deepEqual(e.back(6, tcp(80, 1025, SYN | ACK, 5000, 1001)), [`tcp ${OUT}:80 > ${A}:1025`]);
    assert.deepEqual(e.forth(6, tcp(1025, 80, ACK, 1001, 5001)), [`tcp ${OURS}:1025 > ${OUT}:80`]);
    e.back(17, udp(7, 5000, new Uint8Array(8)));
    assert.equal(e.forth(1, echo(8, 9, 1, new Uint8Array(8))).length, 1);
    assert.deepEqual(e.seenInside, [`icmp 0 ${OUT} > ${A}`], "the answer of the host outside");

    // What nobody asked for: from another port, to another, to the host itself, and a SYN.
    for (const [protocol, payload, to] of [
      [17, udp(8, 5000, new Uint8Array(8)), OURS], [17, udp(7, 5001, new Uint8Array(8)), OURS], [17, udp(7, 5000, new Uint8Array(8)), A], [6, tcp(80, 1026, SYN), OURS], [6, tcp(80, 1025, SYN), A], [1, echo(8, 9, 1, new Uint8Array(8)), A], [1, echo(0, 10, 1, new Uint8Array(8)), OURS],
    ] as const) assert.deepEqual(e.back(protocol, payload, to), [], `${protocol} to ${to}`);

    // Either of the two forgotten: the answer stays outside.
    e.router.type("clear ip inspect sessions");
    assert.deepEqual(e.back(17, udp(7, 5000, new Uint8Array(8))), []);
    e.forth(17, udp(5000, 7, new Uint8Array(8)));
    assert.equal(e.back(17, udp(7, 5000, new Uint8Array(8))).length, 1, "the next packet opens it anew");
    e.router.type("clear ip nat translation *");
    assert.deepEqual(e.back(17, udp(7, 5000, new Uint8Array(8))), []);
    assert.deepEqual(e.forth(17, udp(5000, 7, new Uint8Array(8))), [`udp ${OURS}:5000 > ${OUT}:7`]);
    assert.equal(e.back(17, udp(7, 5000, new Uint8Array(8))).length, 1);
  });
}

test("an inside list sees addresses before translation, the outside one what is on the wire", () => {
  const e = new Edge(`${RULES}interface Ethernet1\n ip inspect FW out\n ip access-group WAN-OUT out\ninterface Ethernet0\n ip access-group LAN-IN in\nip access-list extended LAN-IN\n permit udp host ${A} any\nip access-list extended WAN-OUT\n permit udp host ${OURS} any eq 7\n`);
  assert.equal(e.forth(17, udp(5000, 7, new Uint8Array(8))).length, 1);
  assert.equal(e.forth(17, udp(5000, 8, new Uint8Array(8))).length, 0, "the outside list denies it");
  assert.equal(e.forth(6, tcp(1, 7, SYN)).length, 0, "the inside list denies it");
  assert.equal(e.back(17, udp(7, 5000, new Uint8Array(8))).length, 1);
  assert.equal(e.back(17, udp(8, 5000, new Uint8Array(8))).length, 0);
});

test("VLAN subinterfaces: those that are inside are translated, each to its own station; one that is not goes out as it is", () => {
  const stations = [10, 20, 30].map((vlan): [number, Endpoint] => [vlan, new Endpoint(`10.${vlan}.0.10`, `10.${vlan}.0.1`, { mac: new Uint8Array([2, 0, 0, 0, 0, vlan]) })]);
  const inside = stations.map(([vlan]) => `interface Ethernet0.${vlan}\n encapsulation dot1Q ${vlan}\n ip address 10.${vlan}.0.1 255.255.255.0\n${vlan === 30 ? "" : " ip nat inside\n"}`).join("");
  const e = new Edge("ip access-list extended WAN-IN\n 5 permit udp any any\n", inside, stations);
  const heard = stations.map(([, station]) => { const list: string[] = []; station.onDatagram = (d) => { const p = parseIpv4(d)!; if (p.protocol === 17) list.push(`${p.src}:${p.payload.readUInt16BE(0)} > ${p.dst}:${p.payload.readUInt16BE(2)}`); }; return list; });
  for (const [vlan, station] of stations) station.datagram(ipv4(station.address, OUT, 17, udp(4000 + vlan, 7, new Uint8Array(8))));
  assert.deepEqual(e.seenOutside.sort(), [`udp 10.30.0.10:4030 > ${OUT}:7`, `udp ${OURS}:4010 > ${OUT}:7`, `udp ${OURS}:4020 > ${OUT}:7`]);
  for (const port of [4010, 4020]) e.out.datagram(ipv4(OUT, OURS, 17, udp(7, port, new Uint8Array(8))));
  e.world.run(50);
  assert.deepEqual(heard, [[`${OUT}:7 > 10.10.0.10:4010`], [`${OUT}:7 > 10.20.0.10:4020`], []]);
  // Between two that are inside nothing is translated.
  stations[0]![1].datagram(ipv4("10.10.0.10", "10.20.0.10", 17, udp(1, 2, new Uint8Array(8))));
  e.world.run(50);
  assert.deepEqual(heard[1], [`${OUT}:7 > 10.20.0.10:4020`, "10.10.0.10:1 > 10.20.0.10:2"]);
  // A subinterface goes, and its side with it: nothing of it is left in the configuration.
  e.router.configure("no interface Ethernet0.20");
  assert.doesNotMatch(e.router.type("show running-config"), /Ethernet0\.20/);
  assert.match(e.router.type("show ip nat statistics"), /Ethernet0\.10/);
  assert.doesNotMatch(e.router.type("show ip nat statistics"), /Ethernet0\.20/);
});

test("an outside VLAN subinterface: overload takes its address, and clear takes its translations away", () => {
  const out = new Endpoint("198.51.100.9", "198.51.100.1", { mac: new Uint8Array([2, 0, 0, 0, 0, 7]) });
  const world = new World();
  const router = world.router("edge", {
    config: "hostname edge\ninterface Ethernet0\n ip address 10.1.0.1 255.255.255.0\n ip nat inside\ninterface Ethernet1\n no ip address\ninterface Ethernet1.7\n encapsulation dot1Q 7\n ip address 198.51.100.1 255.255.255.0\n ip nat outside\n" +
      "access-list 1 permit 10.0.0.0 0.255.255.255\nip nat inside source list 1 interface Ethernet1.7 overload\n",
  });
  assert.equal(router.refusedLines, 0, router.output);
  const a = new Endpoint(A, "10.1.0.1");
  world.wire(a, router.port(0));
  const end = router.port(1), tags = new Set<number>();
  end.send = (frame) => { const [vlan, plain] = untagged(frame); tags.add(vlan); world.at(world.now, () => out.receive(plain)); };
  out.send = (frame) => world.at(world.now, () => end.receive(tagged(7, frame)));
  world.run(10);
  a.ping("198.51.100.9", 1);
  world.run(100);
  assert.ok(a.replies.has(1));
  assert.deepEqual([...tags], [7]);
  assert.deepEqual(out.received.filter((p) => p.protocol === 1).map((p) => p.src), ["198.51.100.1"]);
  assert.match(router.type("show ip nat translations"), /icmp 198\.51\.100\.1:\d+ +10\.1\.0\.10:/);
  router.type("clear ip nat translation *");
  assert.doesNotMatch(router.type("show ip nat translations"), /10\.1\.0\.10/);
  a.ping("198.51.100.9", 2);
  world.run(100);
  assert.ok(a.replies.has(2), "the next packet makes a new one");
});
