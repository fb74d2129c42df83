/** NAT: two inside hosts and an outside one, on a virtual clock. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Endpoint } from "../support/world/endpoint.ts";
import { checksum, echo, ip, ipText, ipv4, parseIpv4 } from "../support/world/frame.ts";
import { World, type Router } from "../support/world/world.ts";

const FIN = 1;
const SYN = 2;
const RST = 4;
const ACK = 16;

const RULE = `
ip access-list extended NAT
 permit ip 10.1.0.0 0.0.0.255 any
ip nat inside source list NAT interface Ethernet1 overload
`;

/** The inside is Ethernet0 (10.1.0.0/24), the outside Ethernet1 (192.0.2.0/24). */
class Edge {
  world = new World();
  router: Router;
  a = new Endpoint("10.1.0.10", "10.1.0.1");
  c = new Endpoint("10.1.0.20", "10.1.0.1", { mac: new Uint8Array([2, 0, 0, 0, 0, 0x20]) });
  out = new Endpoint("192.0.2.9", "192.0.2.1");

  constructor(extra = RULE) {
    this.router = this.world.router("edge", {
      config: `hostname edge\ninterface Ethernet0\n ip address 10.1.0.1 255.255.255.0\n ip nat inside\ninterface Ethernet1\n ip address 192.0.2.1 255.255.255.0\n ip nat outside\ninterface Ethernet2\n ip address 10.3.0.1 255.255.255.0\n ip nat inside\nip route 198.51.100.0 255.255.255.0 192.0.2.9\n${extra}`,
    });
    assert.equal(this.router.refusedLines, 0, this.router.output);
    this.world.wire(this.a, this.router.port(0));
    this.world.wire(this.out, this.router.port(1));
    this.world.wire(this.c, this.router.port(2));
    this.c.address = "10.3.0.20";
    Object.assign(this.c, { gateway: "10.3.0.1" });
    this.world.run(10);
    this.out.onDatagram = (d) => this.outside.push(d);
    this.a.onDatagram = (d) => this.inside.push(d);
  }

  /** What arrived at either side, oldest first. */
  outside: Uint8Array[] = [];
  inside: Uint8Array[] = [];

  /** Lets things happen and gives what came to the outside, in words. */
  seen(): string[] {
    this.world.run(50);
    return this.outside.splice(0).map(words);
  }

  seenInside(): string[] {
    this.world.run(50);
    return this.inside.splice(0).map(words);
  }

  count(reason: string): number {
    return this.router.counters().get(reason) ?? 0;
  }

  translations(): string[] {
    return this.router.type("show ip nat translations").trim().split("\n").slice(1).filter((l) => !l.endsWith("#")).map((l) => l.trim().replace(/\s+/g, " "));
  }
}

function pseudo(src: string, dst: string, protocol: number, length: number): number {
  const a = ip(src), b = ip(dst);
  return (a >>> 16) + (a & 0xffff) + (b >>> 16) + (b & 0xffff) + protocol + length;
}

function tcp(src: string, dst: string, from: number, to: number, flags: number, data = new Uint8Array(0)): Uint8Array {
  const out = new Uint8Array(20 + data.length);
  const view = new DataView(out.buffer);
  view.setUint16(0, from);
  view.setUint16(2, to);
  out[12] = 0x50;
  out[13] = flags;
  out.set(data, 20);
  view.setUint16(16, checksum(out, pseudo(src, dst, 6, out.length)));
  return ipv4(src, dst, 6, out);
}

function udpSegment(src: string, dst: string, from: number, to: number, data: Uint8Array, summed = true): Uint8Array {
  const out = new Uint8Array(8 + data.length);
  const view = new DataView(out.buffer);
  view.setUint16(0, from);
  view.setUint16(2, to);
  view.setUint16(4, out.length);
  out.set(data, 8);
  if (summed) view.setUint16(6, checksum(out, pseudo(src, dst, 17, out.length)) || 0xffff);
  return out;
}

const udp = (src: string, dst: string, from: number, to: number, data: Uint8Array = new Uint8Array(5), summed = true): Uint8Array =>
  ipv4(src, dst, 17, udpSegment(src, dst, from, to, data, summed));

/** An ICMP error about a datagram, of which it quotes the header and so many octets. */
function error(src: string, dst: string, type: number, code: number, about: Uint8Array, octets = 8): Uint8Array {
  const message = echo(type, 0, 0, about.slice(0, 20 + octets));
  message[1] = code;
  message[2] = message[3] = 0;
  const sum = checksum(message);
  message[2] = sum >> 8;
  message[3] = sum & 255;
  return ipv4(src, dst, 1, message);
}

/** A datagram in words, its checksums looked at: `udp 192.0.2.1:40000 > 192.0.2.9:53`, `BAD` behind it where one is wrong. */
function words(datagram: Uint8Array): string {
  const p = parseIpv4(datagram)!;
  const view = new DataView(datagram.buffer, datagram.byteOffset + p.header, datagram.length - p.header);
  const bad = (sum: number) => (p.checksumGood && sum === 0 ? "" : " BAD");
  const whole = (protocol: number) => bad(checksum(p.payload, pseudo(p.src, p.dst, protocol, p.payload.length)));
  if (p.offset) return `fragment ${p.src} > ${p.dst} at ${p.offset}${p.checksumGood ? "" : " BAD"}`;
  if (p.protocol === 6) return `tcp ${p.src}:${view.getUint16(0)} > ${p.dst}:${view.getUint16(2)}${whole(6)}`;
  if (p.protocol === 17) {
    const summed = view.getUint16(6) !== 0;
    return `udp ${p.src}:${view.getUint16(0)} > ${p.dst}:${view.getUint16(2)}${p.more ? " first" : summed ? whole(17) : p.checksumGood ? "" : " BAD"}${summed ? "" : " unsummed"}`;
  }
  if (p.protocol !== 1) return `${p.protocol} ${p.src} > ${p.dst}${p.checksumGood ? "" : " BAD"}`;
  const type = p.payload[0]!;
  if (type === 3 || type === 11) {
    const quoted = p.payload.subarray(8);
    return `error ${type}/${p.payload[1]} ${p.src} > ${p.dst} about ${quotedWords(quoted)}${bad(checksum(p.payload))}`;
  }
  return `icmp ${type} ${p.src} > ${p.dst} id ${view.getUint16(4)}${bad(checksum(p.payload))}`;
}

function quotedWords(q: Uint8Array): string {
  const view = new DataView(q.buffer, q.byteOffset, q.length);
  const src = ipText(view.getUint32(12)), dst = ipText(view.getUint32(16));
  const good = checksum(q.subarray(0, 20)) === 0 ? "" : " BAD";
  return q[9] === 1 ? `${src} > ${dst} id ${view.getUint16(24)}${good}` : `${src}:${view.getUint16(20)} > ${dst}:${view.getUint16(22)}${good}`;
}

test("overload: UDP, TCP and echo both ways, ports kept, checksums right", () => {
  const e = new Edge();
  e.a.datagram(udp("10.1.0.10", "192.0.2.9", 40000, 53));
  assert.deepEqual(e.seen(), ["udp 192.0.2.1:40000 > 192.0.2.9:53"]);
  e.out.datagram(udp("192.0.2.9", "192.0.2.1", 53, 40000, new Uint8Array(33).fill(9)));
  assert.deepEqual(e.seenInside(), ["udp 192.0.2.9:53 > 10.1.0.10:40000"]);
  e.a.datagram(udp("10.1.0.10", "192.0.2.9", 40001, 53, new Uint8Array(4), false));
  assert.deepEqual(e.seen(), ["udp 192.0.2.1:40001 > 192.0.2.9:53 unsummed"], "no checksum stays none");
  e.a.datagram(tcp("10.1.0.10", "192.0.2.9", 50000, 80, SYN));
  assert.deepEqual(e.seen(), ["tcp 192.0.2.1:50000 > 192.0.2.9:80"]);
  e.out.datagram(tcp("192.0.2.9", "192.0.2.1", 80, 50000, SYN | ACK));
  assert.deepEqual(e.seenInside(), ["tcp 192.0.2.9:80 > 10.1.0.10:50000"]);
  e.a.datagram(ipv4("10.1.0.10", "192.0.2.9", 1, echo(8, 7, 1, new Uint8Array(20))));
  assert.deepEqual(e.seen(), ["icmp 8 192.0.2.1 > 192.0.2.9 id 7"]);
  assert.deepEqual(e.seenInside(), ["icmp 0 192.0.2.9 > 10.1.0.10 id 7"]);
  assert.deepEqual(e.translations().sort(), [
    "icmp 192.0.2.1:7 10.1.0.10:7 192.0.2.9:7 192.0.2.9:7",
    "tcp 192.0.2.1:50000 10.1.0.10:50000 192.0.2.9:80 192.0.2.9:80",
    "udp 192.0.2.1:40000 10.1.0.10:40000 192.0.2.9:53 192.0.2.9:53",
    "udp 192.0.2.1:40001 10.1.0.10:40001 192.0.2.9:53 192.0.2.9:53",
  ]);
});

test("two hosts with one port: the second gets another, and each his own answers", () => {
  const e = new Edge(RULE.replace("permit ip 10.1.0.0 0.0.0.255 any", "permit ip 10.0.0.0 0.255.255.255 any"));
  e.a.datagram(udp("10.1.0.10", "192.0.2.9", 5000, 53));
  e.c.datagram(udp("10.3.0.20", "192.0.2.9", 5000, 53));
  const [first, second] = e.seen();
  assert.equal(first, "udp 192.0.2.1:5000 > 192.0.2.9:53");
  const port = Number(/192\.0\.2\.1:(\d+)/.exec(second!)![1]);
  assert.ok(port >= 1024 && port !== 5000, second);
  e.out.datagram(udp("192.0.2.9", "192.0.2.1", 53, port));
  e.world.run(50);
  assert.deepEqual(e.inside, []);
  assert.equal(words(e.c.received.at(-1)!.datagram), "udp 192.0.2.9:53 > 10.3.0.20:5000");
});

test("the gateway's own ports are nobody's: IKE, NAT-T, DHCP, NTP", () => {
  const e = new Edge();
  for (const port of [500, 4500, 68, 123]) {
    e.a.datagram(udp("10.1.0.10", "192.0.2.9", port, port));
    const got = Number(/192\.0\.2\.1:(\d+)/.exec(e.seen()[0]!)![1]);
    assert.ok(got >= 1024, `${port} became ${got}`);
  }
  // A static translation may not take them either.
  assert.match(e.router.type("configure terminal\nip nat inside source static udp 10.1.0.10 500 interface Ethernet1 500\nend"), /% UDP port 500 of Ethernet1 is the gateway's own/);
});

test("what nobody asked for stays outside, and what comes from another port", () => {
  const e = new Edge();
  e.a.datagram(udp("10.1.0.10", "192.0.2.9", 40000, 53));
  e.seen();
  e.out.datagram(udp("192.0.2.9", "192.0.2.1", 54, 40000));
  e.out.datagram(udp("192.0.2.9", "192.0.2.1", 53, 40001));
  e.out.datagram(ipv4("192.0.2.9", "192.0.2.1", 1, echo(0, 7, 1, new Uint8Array(8))));
  assert.deepEqual(e.seenInside(), []);
  assert.equal(e.count("UDP port not open"), 2);
});

test("ICMP errors about a flow reach its host, with its own addresses in them, both ways", () => {
  const e = new Edge(RULE + "ip nat inside source static tcp 10.1.0.10 80 interface Ethernet1 8080\n");
  const sent = udp("10.1.0.10", "192.0.2.9", 40000, 7);
  e.a.datagram(sent);
  e.world.run(50);
  const wire = e.outside.splice(0)[0]!;
  e.out.datagram(error("192.0.2.9", "192.0.2.1", 3, 3, wire));
  assert.deepEqual(e.seenInside(), ["error 3/3 192.0.2.9 > 10.1.0.10 about 10.1.0.10:40000 > 192.0.2.9:7"]);
  // Of a router on the way, with more of the datagram quoted.
  e.out.datagram(error("198.51.100.1", "192.0.2.1", 11, 0, wire, 13));
  assert.deepEqual(e.seenInside(), ["error 11/0 198.51.100.1 > 10.1.0.10 about 10.1.0.10:40000 > 192.0.2.9:7"]);
  // About an echo request.
  e.a.datagram(ipv4("10.1.0.10", "198.51.100.9", 1, echo(8, 7, 1, new Uint8Array(20))));
  e.world.run(50);
  e.out.datagram(error("192.0.2.9", "192.0.2.1", 3, 1, e.outside.splice(0).at(-1)!));
  assert.deepEqual(e.seenInside(), ["error 3/1 192.0.2.9 > 10.1.0.10 about 10.1.0.10 > 198.51.100.9 id 7"]);
  // One with a wrong checksum is none.
  const wrong = error("192.0.2.9", "192.0.2.1", 3, 3, wire);
  wrong[22]! ^= 1;
  e.out.datagram(wrong);
  assert.deepEqual(e.seenInside(), []);
  assert.equal(e.count("malformed ICMP"), 1);
  // From inside, about what came through a static translation.
  e.out.datagram(tcp("192.0.2.9", "192.0.2.1", 33000, 8080, SYN));
  e.world.run(50);
  const came = e.inside.splice(0)[0]!;
  assert.equal(words(came), "tcp 192.0.2.9:33000 > 10.1.0.10:80");
  e.a.datagram(error("10.1.0.10", "192.0.2.9", 3, 13, came));
  assert.deepEqual(e.seen(), ["error 3/13 192.0.2.1 > 192.0.2.9 about 192.0.2.9:33000 > 192.0.2.1:8080"]);
  // About what nobody has sent: it tells nothing of the inside to the outside.
  e.a.datagram(error("10.1.0.10", "192.0.2.9", 3, 3, udp("192.0.2.9", "10.1.0.10", 1, 2)));
  assert.deepEqual(e.seen(), []);
  assert.equal(e.count("NAT ICMP error about what has no translation"), 1);
});

test("our own errors about translated packets go to who sent them", () => {
  const e = new Edge(RULE + "interface Ethernet1\n mtu 600\n");
  const big = ipv4("10.1.0.10", "192.0.2.9", 17, udpSegment("10.1.0.10", "192.0.2.9", 40000, 7, new Uint8Array(900)), { df: true });
  e.a.datagram(big);
  assert.deepEqual(e.seenInside(), ["error 3/4 10.1.0.1 > 10.1.0.10 about 10.1.0.10:40000 > 192.0.2.9:7"]);
  // Nobody answers ARP on the outside.
  e.a.datagram(udp("10.1.0.10", "192.0.2.77", 40001, 7));
  e.world.run(5000);
  assert.deepEqual(e.seenInside(), ["error 3/1 10.1.0.1 > 10.1.0.10 about 10.1.0.10:40001 > 192.0.2.77:7"]);
  // TTL at its end.
  const short = udp("10.1.0.10", "192.0.2.9", 40002, 7);
  short[8] = 1;
  short[10] = short[11] = 0;
  const sum = checksum(short.subarray(0, 20));
  short[10] = sum >> 8;
  short[11] = sum & 255;
  e.a.datagram(short);
  assert.deepEqual(e.seenInside(), ["error 11/0 10.1.0.1 > 10.1.0.10 about 10.1.0.10:40002 > 192.0.2.9:7"]);
});

test("static translations: a whole host, ARP for it, and single ports; nothing of them can be used up", () => {
  const e = new Edge(RULE + "ip nat inside source static 10.1.0.10 192.0.2.50\nip nat inside source static tcp 10.3.0.20 22 192.0.2.1 2222 extendable\n");
  e.out.datagram(tcp("192.0.2.9", "192.0.2.50", 1000, 25, SYN));
  assert.deepEqual(e.seenInside(), ["tcp 192.0.2.9:1000 > 10.1.0.10:25"], "ARP for 192.0.2.50 was answered");
  e.a.datagram(tcp("10.1.0.10", "192.0.2.9", 25, 1000, SYN | ACK));
  assert.deepEqual(e.seen(), ["tcp 192.0.2.50:25 > 192.0.2.9:1000"]);
  e.out.datagram(ipv4("192.0.2.9", "192.0.2.50", 47, new Uint8Array(30)));
  assert.deepEqual(e.seenInside(), ["47 192.0.2.9 > 10.1.0.10"]);
  e.out.datagram(ipv4("192.0.2.9", "192.0.2.50", 1, echo(8, 9, 1, new Uint8Array(8))));
  e.world.run(50);
  assert.deepEqual(e.seen(), ["icmp 0 192.0.2.50 > 192.0.2.9 id 9"]);
  e.out.datagram(tcp("192.0.2.9", "192.0.2.1", 1001, 2222, SYN));
  e.world.run(50);
  assert.equal(words(e.c.received.at(-1)!.datagram), "tcp 192.0.2.9:1001 > 10.3.0.20:22");
  e.c.datagram(tcp("10.3.0.20", "192.0.2.9", 22, 1001, SYN | ACK));
  assert.deepEqual(e.seen(), ["tcp 192.0.2.1:2222 > 192.0.2.9:1001"]);
  assert.deepEqual(e.translations(), ["--- 192.0.2.50 10.1.0.10 --- ---", "tcp 192.0.2.1:2222 10.3.0.20:22 --- ---"]);
});

test("a network: each host keeps its number, one of its own translation before it; ICMP and errors; both forms of the mask", () => {
  for (const mask of ["/24", "255.255.255.0"]) {
    const t = new Edge(`${RULE}ip nat inside source static network 10.1.0.0 198.18.7.0 ${mask}\nip nat inside source static 10.1.0.10 192.0.2.50\n`);
    t.a.datagram(udp("10.1.0.10", "192.0.2.9", 40000, 53));
    assert.deepEqual(t.seen(), ["udp 192.0.2.50:40000 > 192.0.2.9:53"]);
    t.router.configure("no ip nat inside source static 10.1.0.10 192.0.2.50");
    t.a.datagram(udp("10.1.0.10", "192.0.2.9", 40000, 53));
    assert.deepEqual(t.seen(), ["udp 198.18.7.10:40000 > 192.0.2.9:53"]);
    t.out.datagram(udp("192.0.2.9", "198.18.7.10", 53, 40000));
    assert.deepEqual(t.seenInside(), ["udp 192.0.2.9:53 > 10.1.0.10:40000"]);
    t.out.datagram(tcp("192.0.2.9", "198.18.7.10", 1000, 22, SYN));
    assert.deepEqual(t.seenInside(), ["tcp 192.0.2.9:1000 > 10.1.0.10:22"]);
    t.out.datagram(error("192.0.2.9", "198.18.7.10", 3, 3, udp("198.18.7.10", "192.0.2.9", 40000, 53)));
    assert.match(t.seenInside()[0]!, /^error 3\/3 192\.0\.2\.9 > 10\.1\.0\.10 about 10\.1\.0\.10:40000/);
    assert.match(t.router.type("show running-config"), /^ip nat inside source static network 10\.1\.0\.0 198\.18\.7\.0 \/24$/m);
    t.router.configure(`no ip nat inside source static network 10.1.0.0 198.18.7.0 ${mask}`);
    t.a.datagram(udp("10.1.0.10", "192.0.2.9", 40001, 53));
    assert.deepEqual(t.seen(), ["udp 192.0.2.1:40001 > 192.0.2.9:53"]);
    assert.match(t.router.configure("ip nat inside source static network 10.1.0.0 198.18.7.1 /24"), /are no network: its first address and a mask/);
  }
});

test("ports by IOS's words", () => {
  const t = new Edge(`${RULE}ip nat inside source static tcp 10.1.0.10 www interface Ethernet1 8080\nip nat inside source static udp 10.1.0.10 domain 192.0.2.1 5353 extendable\n`);
  t.out.datagram(tcp("192.0.2.9", "192.0.2.1", 1000, 8080, SYN));
  assert.deepEqual(t.seenInside(), ["tcp 192.0.2.9:1000 > 10.1.0.10:80"]);
  assert.match(t.router.type("show running-config"), /static tcp 10\.1\.0\.10 80 interface Ethernet1 8080\nip nat inside source static udp 10\.1\.0\.10 53 192\.0\.2\.1 5353 extendable$/m);
});

test("a pool: one address a host; overload on it; addresses without a translation lead nowhere", () => {
  const rule = RULE.replace("interface Ethernet1 overload", "pool P").replace("10.1.0.0 0.0.0.255", "10.0.0.0 0.255.255.255");
  const e = new Edge(`ip nat pool P 192.0.2.60 192.0.2.60 prefix-length 24\n${rule}`);
  e.a.datagram(ipv4("10.1.0.10", "192.0.2.9", 47, new Uint8Array(30)));
  assert.deepEqual(e.seen(), ["47 192.0.2.60 > 192.0.2.9"]);
  e.out.datagram(udp("192.0.2.9", "192.0.2.60", 1, 2));
  assert.deepEqual(e.seenInside(), ["udp 192.0.2.9:1 > 10.1.0.10:2"]);
  e.c.datagram(udp("10.3.0.20", "192.0.2.9", 5000, 53));
  assert.deepEqual(e.seen(), []);
  assert.equal(e.count("NAT no address to translate to"), 1);
  assert.deepEqual(e.translations(), ["--- 192.0.2.60 10.1.0.10 --- ---"]);
  assert.match(e.router.type("configure terminal\nno ip nat pool P\nend"), /% P is in use/);
  const shared = new Edge(`ip nat pool P 192.0.2.60 192.0.2.63 netmask 255.255.255.0\n${rule.replace("pool P", "pool P overload")}`);
  shared.a.datagram(udp("10.1.0.10", "192.0.2.9", 5000, 53));
  assert.match(shared.seen()[0]!, /^udp 192\.0\.2\.6[0-3]:5000 > 192\.0\.2\.9:53$/);
  shared.a.datagram(ipv4("10.1.0.10", "192.0.2.9", 50, new Uint8Array(30)));
  assert.deepEqual(shared.seen(), []);
  assert.equal(shared.count("NAT protocol without ports under overload"), 1);
  shared.out.datagram(udp("192.0.2.9", "192.0.2.63", 1, 2));
  assert.deepEqual(shared.seenInside(), []);
  assert.equal(shared.count("NAT address without a translation"), 1);
});

test("fragments: later ones go the way of their first, which shows the ports; without it they are dropped", () => {
  const e = new Edge();
  const data = udpSegment("10.1.0.10", "192.0.2.9", 40000, 7, new Uint8Array(1992).map((_, i) => i & 255));
  const part = (at: number, id: number) => ipv4("10.1.0.10", "192.0.2.9", 17, data.slice(at, at + 1000), { id, mf: at === 0, offset: at });
  e.a.datagram(part(0, 5));
  e.a.datagram(part(1000, 5));
  e.world.run(50);
  const [first, second] = e.outside.splice(0);
  assert.deepEqual([words(first!), words(second!)], ["udp 192.0.2.1:40000 > 192.0.2.9:7 first", "fragment 192.0.2.1 > 192.0.2.9 at 1000"]);
  const whole = new Uint8Array([...first!.subarray(20), ...second!.subarray(20)]);
  assert.equal(checksum(whole, pseudo("192.0.2.1", "192.0.2.9", 17, whole.length)), 0, "the checksum over the whole");
  e.a.datagram(part(1000, 6));
  assert.deepEqual(e.seen(), []);
  assert.equal(e.count("NAT fragment whose first one is not known"), 1);
  const answer = udpSegment("192.0.2.9", "192.0.2.1", 7, 40000, new Uint8Array(1992).fill(3));
  for (const at of [0, 1000]) e.out.datagram(ipv4("192.0.2.9", "192.0.2.1", 17, answer.slice(at, at + 1000), { id: 77, mf: at === 0, offset: at }));
  assert.deepEqual(e.seenInside(), ["udp 192.0.2.9:7 > 10.1.0.10:40000 first", "fragment 192.0.2.9 > 10.1.0.10 at 1000"]);
});

test("times: SYN, established, FIN both ways, RST, UDP, DNS, ICMP; `never`", () => {
  const e = new Edge();
  const alive = () => e.translations().length;
  const after = (seconds: number) => e.world.run(seconds * 1000);
  e.a.datagram(tcp("10.1.0.10", "192.0.2.9", 1, 80, SYN));
  after(59);
  assert.equal(alive(), 1);
  after(3);
  assert.equal(alive(), 0, "SYN");
  const open = (port: number) => {
    e.a.datagram(tcp("10.1.0.10", "192.0.2.9", port, 80, SYN));
    e.world.run(10);
    e.out.datagram(tcp("192.0.2.9", "192.0.2.1", 80, port, SYN | ACK));
    e.world.run(10);
  };
  open(2);
  after(7500);
  assert.equal(alive(), 1, "established");
  e.a.datagram(tcp("10.1.0.10", "192.0.2.9", 2, 80, FIN | ACK));
  after(70);
  assert.equal(alive(), 1, "half closed");
  e.out.datagram(tcp("192.0.2.9", "192.0.2.1", 80, 2, FIN | ACK));
  after(62);
  assert.equal(alive(), 0, "closed");
  open(3);
  e.out.datagram(tcp("192.0.2.9", "192.0.2.1", 80, 3, RST));
  after(62);
  assert.equal(alive(), 0, "reset");
  e.a.datagram(udp("10.1.0.10", "192.0.2.9", 4, 53));
  e.a.datagram(udp("10.1.0.10", "192.0.2.9", 4, 54));
  e.a.datagram(ipv4("10.1.0.10", "192.0.2.9", 1, echo(8, 7, 1, new Uint8Array(8))));
  after(58);
  assert.equal(alive(), 3);
  after(4);
  assert.deepEqual(e.translations(), ["udp 192.0.2.1:4 10.1.0.10:4 192.0.2.9:54 192.0.2.9:54"]);
  after(242);
  assert.equal(alive(), 0);
  // What the host sends keeps its flow; an error about it does not.
  e.a.datagram(udp("10.1.0.10", "192.0.2.9", 5, 54));
  after(200);
  e.outside.length = 0;
  e.a.datagram(udp("10.1.0.10", "192.0.2.9", 5, 54));
  after(200);
  assert.equal(alive(), 1, "used");
  e.out.datagram(error("192.0.2.9", "192.0.2.1", 3, 3, e.outside.splice(0)[0]!));
  e.world.run(50);
  assert.equal(alive(), 1, "not ended by the error");
  after(102);
  assert.equal(alive(), 0, "nor kept");
  e.router.type("configure terminal\nip nat translation udp-timeout 10\nip nat translation icmp-timeout never\nend");
  e.a.datagram(udp("10.1.0.10", "192.0.2.9", 4, 54));
  e.a.datagram(ipv4("10.1.0.10", "192.0.2.9", 1, echo(8, 7, 1, new Uint8Array(8))));
  after(1000);
  assert.deepEqual(e.translations(), ["icmp 192.0.2.1:7 10.1.0.10:7 192.0.2.9:7 192.0.2.9:7"]);
});

test("a scan and a SYN flood of one host: bounded, and what others have stands", () => {
  const e = new Edge(RULE.replace("10.1.0.0 0.0.0.255", "10.0.0.0 0.255.255.255"));
  e.c.datagram(tcp("10.3.0.20", "192.0.2.9", 1234, 443, SYN));
  e.world.run(20);
  e.out.datagram(tcp("192.0.2.9", "192.0.2.1", 443, 1234, SYN | ACK));
  e.world.run(20);
  for (let i = 0; i < 6000; i++) {
    e.a.datagram(tcp("10.1.0.10", ipText(ip("198.51.100.0") + (i & 255)), 1024 + i, 1 + (i >> 8), SYN));
    if ((i & 63) === 0) e.world.run(5);
  }
  e.world.run(50);
  const most = Number(/room for (\d+)/.exec(e.router.type("show ip nat statistics"))![1]);
  const all = e.translations();
  assert.ok(all.length <= most / 2 + 1, `${all.length} of ${most}`);
  assert.ok(all.some((t) => t.includes("10.3.0.20:1234")), "the other's connection");
  e.outside.length = 0;
  e.c.datagram(tcp("10.3.0.20", "192.0.2.9", 1234, 443, ACK));
  e.c.datagram(udp("10.3.0.20", "192.0.2.9", 999, 53));
  assert.deepEqual(e.seen(), ["tcp 192.0.2.1:1234 > 192.0.2.9:443", "udp 192.0.2.1:999 > 192.0.2.9:53"]);
});

test("sources without number: the hosts' table is bounded too, and an answered flow stays", () => {
  const e = new Edge(RULE.replace("10.1.0.0 0.0.0.255", "10.0.0.0 0.255.255.255"));
  e.c.datagram(udp("10.3.0.20", "192.0.2.9", 1234, 443));
  e.world.run(20);
  e.out.datagram(udp("192.0.2.9", "192.0.2.1", 443, 1234));
  e.world.run(20);
  for (let i = 0; i < 20000; i++) {
    e.a.datagram(udp(ipText(ip("10.128.0.0") + i), "192.0.2.9", 5000, 53));
    if ((i & 63) === 0) e.world.run(20);
  }
  e.world.run(50);
  assert.ok(e.translations().some((t) => t.includes("10.3.0.20:1234")));
  e.world.run(400);
  e.outside.length = 0;
  e.a.datagram(udp("10.1.0.10", "192.0.2.9", 40000, 53));
  e.world.run(4000);
  e.a.datagram(udp("10.1.0.10", "192.0.2.9", 40000, 53));
  assert.ok(e.seen().includes("udp 192.0.2.1:40000 > 192.0.2.9:53"), "someone new gets a place");
});

test("max-entries: in all, of each host, of one", () => {
  const e = new Edge(RULE + "ip nat translation max-entries host 10.1.0.10 3\n");
  for (let i = 0; i < 8; i++) {
    e.a.datagram(udp("10.1.0.10", "192.0.2.9", 5000 + i, 7));
    e.world.run(10);
    e.out.datagram(udp("192.0.2.9", "192.0.2.1", 7, 5000 + i));
    e.world.run(10);
  }
  assert.equal(e.translations().length, 3);
  assert.equal(e.count("NAT inside host has its share of the table"), 5);
  assert.match(e.router.type("configure terminal\nip nat translation max-entries 2000000\nend"), /% Warning: there is room for \d+ only: 2000000 is more than that\./);
});

test("a new address of the interface ends what had the old one", () => {
  const e = new Edge();
  e.a.datagram(udp("10.1.0.10", "192.0.2.9", 40000, 53));
  e.seen();
  e.router.type("configure terminal\ninterface Ethernet1\nip address 192.0.2.3 255.255.255.0\nend");
  assert.deepEqual(e.translations(), []);
  e.a.datagram(udp("10.1.0.10", "192.0.2.9", 40000, 53));
  assert.deepEqual(e.seen(), ["udp 192.0.2.3:40000 > 192.0.2.9:53"]);
});

test("a list that denies, and one that is missing: not translated, and shut", () => {
  const e = new Edge(RULE.replace(" permit", " deny ip any host 192.0.2.9\n permit"));
  e.a.datagram(udp("10.1.0.10", "192.0.2.9", 40000, 53));
  assert.deepEqual(e.seen(), ["udp 10.1.0.10:40000 > 192.0.2.9:53"], "as IOS: it goes on untranslated");
  const missing = new Edge("ip nat inside source list 7 interface Ethernet1 overload\n");
  missing.a.datagram(udp("10.1.0.10", "192.0.2.9", 40000, 53));
  missing.a.datagram(udp("10.1.0.10", "192.0.2.9", 40001, 53));
  assert.deepEqual(missing.seen(), []);
  assert.equal(missing.count("NAT list or route map of a rule is missing"), 2);
  assert.equal(missing.router.output.match(/%NAT-4-NO_LIST: ip nat inside source list 7: there is no such list/g)!.length, 1);
  missing.router.type("configure terminal\naccess-list 107 permit ip any any\nip access-list extended LATER\npermit ip any any\nno ip nat inside source list 7\nip nat inside source list LATER interface Ethernet1 overload\nend");
  missing.a.datagram(udp("10.1.0.10", "192.0.2.9", 40000, 53));
  assert.deepEqual(missing.seen(), ["udp 192.0.2.1:40000 > 192.0.2.9:53"]);
});

test("what an exemption that is written later covers ends at once", () => {
  const e = new Edge();
  e.a.datagram(udp("10.1.0.10", "192.0.2.9", 40000, 53));
  assert.deepEqual(e.seen(), ["udp 192.0.2.1:40000 > 192.0.2.9:53"]);
  e.router.type("configure terminal\nip access-list extended NAT\n5 deny ip any host 192.0.2.9\nend");
  e.a.datagram(udp("10.1.0.10", "192.0.2.9", 40000, 53));
  assert.deepEqual(e.seen(), ["udp 10.1.0.10:40000 > 192.0.2.9:53"]);
  assert.deepEqual(e.translations(), []);
});

test("a ping of our own from the inside address is translated, one from the outside is not; both are answered", () => {
  const e = new Edge();
  e.router.type("ping 192.0.2.9 repeat 1");
  e.world.run(200);
  e.router.type("ping 192.0.2.9 source 10.1.0.1 repeat 1");
  e.world.run(200);
  assert.deepEqual(e.outside.map(words).map((w) => w.replace(/ id .*/, "")), ["icmp 8 192.0.2.1 > 192.0.2.9", "icmp 8 192.0.2.1 > 192.0.2.9"]);
  assert.equal(e.router.output.match(/Success rate is 100 percent/g)?.length, 2, e.router.output);
});

test("clear, and the running configuration", () => {
  const extra = `ip nat pool P 192.0.2.60 192.0.2.63 netmask 255.255.255.0
ip access-list extended NAT
 permit ip 10.1.0.0 0.0.0.255 any
route-map RM deny 10
 match ip address NAT
route-map RM permit 20
 match interface Ethernet1
ip nat translation tcp-timeout 3600
ip nat translation max-entries all-host 100
ip nat inside source list NAT interface Ethernet1 overload
ip nat inside source route-map RM pool P overload
ip nat inside source static tcp 10.1.0.10 80 interface Ethernet1 8080
ip nat inside source static 10.1.0.11 192.0.2.51 route-map RM
`;
  const e = new Edge(extra);
  const shown = e.router.type("show running-config");
  for (const line of extra.trim().split("\n")) assert.ok(shown.includes(`${line.replace(/^ permit/, " 10 permit")}\n`), line);
  for (const side of ["inside", "outside"]) assert.ok(shown.includes(` ip nat ${side}\n`));
  e.a.datagram(udp("10.1.0.10", "192.0.2.9", 40000, 53));
  e.a.datagram(udp("10.1.0.10", "192.0.2.9", 40001, 53));
  e.seen();
  assert.equal(e.translations().length, 4);
  e.router.type("clear ip nat translation udp inside 192.0.2.1 40000 10.1.0.10 40000");
  assert.equal(e.translations().length, 3);
  assert.match(e.router.type("clear ip nat translation inside 192.0.2.1 10.1.0.99"), /% There is no such translation/);
  e.router.type("clear ip nat translation *");
  assert.equal(e.translations().length, 2, "statics stay");
});
