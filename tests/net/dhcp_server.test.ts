/** `ip dhcp pool`: clients that are right, wrong, greedy and many (RFC 2131, 4.3). */
import assert from "node:assert/strict";
import { test } from "node:test";
import { address, addressIn, frame, heard, make, TYPE, u32, type Heard, type Made } from "../support/second/dhcp.ts";
import { ETHERNET_ARP, arp, ethernet, macBytes, parseFrame } from "../support/world/frame.ts";
import { World, type Router } from "../support/world/world.ts";

const CONFIG = `hostname gamma
ip dhcp excluded-address 10.1.0.1 10.1.0.9
ip dhcp pool LAN
 network 10.1.0.0 255.255.255.0
 default-router 10.1.0.1
 dns-server 10.1.0.1 192.0.2.53
 domain-name example.org
interface Ethernet0
 ip address 10.1.0.1 255.255.255.0
`;
const mac = (n: number): string => `02:00:00:00:01:${n.toString(16).padStart(2, "0")}`;

/** A link with as many clients as a test likes, each frame of which it writes itself. */
class Link {
  world = new World();
  router: Router;
  heard: (Heard & { at: number })[] = [];
  probes: { at: number; targetIp: string; senderIp: string }[] = [];
  /** Addresses that stations have, and which. */
  stations = new Map<string, string>();

  constructor(config = CONFIG) {
    this.router = this.world.router("gamma", { config });
    this.world.wire({ receive: (f) => this.receive(f), send: () => {} }, this.router.port(0));
    this.world.run(10);
  }

  private receive(bytes: Uint8Array): void {
    const f = parseFrame(bytes)!;
    if (f.arp) {
      if (f.arp.senderIp === "0.0.0.0") this.probes.push({ at: this.world.now, ...f.arp });
      const holder = this.stations.get(f.arp.targetIp);
      const { targetIp, senderIp, senderMac } = f.arp;
      if (holder && f.arp.operation === 1) this.world.at(this.world.now + 1, () => this.router.frame(0, ethernet(senderMac, holder, ETHERNET_ARP, arp(2, holder, targetIp, senderIp, senderMac))));
    }
    const h = heard(bytes);
    if (h) this.heard.push({ at: this.world.now, ...h });
  }

  /** Sends a client's message; the answer that comes within `ms`. */
  ask(type: number, from: number | string, more: Partial<Made> = {}, ms = 2500, source?: string, src = "0.0.0.0"): (Heard & { at: number }) | undefined {
    const own = typeof from === "string" ? from : mac(from);
    const before = this.heard.length;
    const { options = [], ...rest } = more;
    this.router.frame(0, frame({ mac: source ?? own, ip: src, port: 68 }, { ip: src === "0.0.0.0" ? "255.255.255.255" : "10.1.0.1", port: 67 }, make({ op: 1, xid: 7, mac: own, options: [[53, Uint8Array.of(type)], ...options], ...rest })));
    const mine = () => this.heard.slice(before).find(({ message }) => message.mac === own);
    this.world.run(ms, () => mine() !== undefined);
    return mine();
  }

  /** The whole exchange. The address that the client got. */
  get(from: number | string, options: [number, Uint8Array][] = [], source?: string): string | undefined {
    const offer = this.ask(TYPE.discover, from, { options }, 2500, source);
    if (offer?.type !== TYPE.offer) return undefined;
    const ack = this.ask(TYPE.request, from, { options: [...options, [50, address(offer.message.yiaddr)], [54, address("10.1.0.1")]] }, 2500, source);
    return ack?.type === TYPE.ack ? ack.message.yiaddr : undefined;
  }

  count(reason: string): number { return this.router.counters().get(reason) ?? 0; }
}

test("an address is tried by ARP, offered and bound; messages are what RFC 2131 says", () => {
  const link = new Link();
  const start = link.world.now;
  const offer = link.ask(TYPE.discover, 1)!;
  assert.equal(offer.type, TYPE.offer);
  assert.deepEqual(link.probes.map((p) => `${p.at - start - 1} ${p.senderIp} ${p.targetIp}`), ["0 0.0.0.0 10.1.0.10", "500 0.0.0.0 10.1.0.10"]);
  assert.ok(offer.at - start >= 1000);
  assert.equal(`${offer.src}:${offer.sport} ${offer.dst}:${offer.dport} ${offer.to}`, `10.1.0.1:67 10.1.0.10:68 ${mac(1)}`);
  const m = offer.message;
  assert.equal(`${m.op} ${m.xid} ${m.yiaddr} ${m.mac} ${m.giaddr}`, `2 7 10.1.0.10 ${mac(1)} 0.0.0.0`);
  assert.equal(m.options.get(51)!.readUInt32BE(0), 86400);
  assert.equal(m.options.get(58)!.readUInt32BE(0), 43200);
  assert.equal(m.options.get(59)!.readUInt32BE(0), 75600);
  assert.deepEqual([1, 3, 54].map((code) => addressIn(m, code)), ["255.255.255.0", "10.1.0.1", "10.1.0.1"]);
  assert.deepEqual([...m.options.get(6)!], [10, 1, 0, 1, 192, 0, 2, 53]);
  assert.equal(m.options.get(15)!.toString(), "example.org");
  const ack = link.ask(TYPE.request, 1, { flags: 0x8000, options: [[50, address("10.1.0.10")], [54, address("10.1.0.1")]] })!;
  assert.equal(`${ack.type} ${ack.dst} ${ack.to} ${ack.message.flags}`, `${TYPE.ack} 255.255.255.255 ff:ff:ff:ff:ff:ff 32768`);
  assert.match(link.router.type("show ip dhcp binding"), /10\.1\.0\.10 {11}0102\.0000\.0001\.01 {7}24:00:00 +Automatic/);
  assert.match(link.router.type("show ip dhcp pool"), /Pool LAN :[\s\S]*Leased addresses +: 1/);
  assert.match(link.router.type("show ip dhcp server statistics"), /DHCPDISCOVER +1[\s\S]*DHCPREQUEST +1[\s\S]*DHCPOFFER +1[\s\S]*DHCPACK +1/);
  // The same client gets the same address again, at once; another gets another.
  const again = link.world.now;
  assert.equal(link.ask(TYPE.discover, 1)!.message.yiaddr, "10.1.0.10");
  assert.ok(link.world.now - again < 100);
  assert.equal(link.get(2), "10.1.0.11");
});

test("the configuration is written as it was given, and what is wrong in it is one sentence", () => {
  const lines = `no ip dhcp conflict logging
ip dhcp excluded-address 10.1.0.1 10.1.0.9
ip dhcp excluded-address 10.1.0.20
ip dhcp ping packets 1
ip dhcp ping timeout 200
ip dhcp pool LAN
 import all
 network 10.1.0.0 255.255.255.0
 bootfile boot.img
 next-server 10.1.0.3
 default-router 10.1.0.1 10.1.0.2
 dns-server 192.0.2.53
 domain-name example.org
 netbios-name-server 10.1.0.4
 option 43 hex 0102.03
 option 66 ascii tftp.example.org
 option 150 ip 10.1.0.3
 lease 0 2 30
!
ip dhcp pool PRINTER
 host 10.1.0.5 255.255.255.0
 client-identifier 0102.0000.0001.63
 lease infinite
!
`;
  const link = new Link(lines.replace("\n!\n", "\n") + "interface Ethernet0\n ip address 10.1.0.1 255.255.255.0\n");
  assert.equal(link.router.refusedLines, 0);
  assert.ok(link.router.type("show running-config").includes(lines), link.router.type("show running-config"));
  const pool = (line: string): string => link.router.configure(`ip dhcp pool LAN\n${line}`);
  for (const [line, answer] of [
    ["network 10.1.0.5 /24", /% 10\.1\.0\.5 has bits outside the mask 255\.255\.255\.0: the network is 10\.1\.0\.0\./],
    ["network 10.1.0.0 /40", /% \/40 is no mask here/],
    ["network 10.1.0.0 255.0.255.0", /% 255\.0\.255\.0 is no mask here/],
    ["network 10.8.0.0 /16", /% Warning: no interface has an address in 10\.8\.0\.0\/16 now/],
    ["host 10.1.0.5 /24", /% Another DHCP pool has the host 10\.1\.0\.5 already/],
    ["client-identifier 01x2", /% 01x2 is no client identifier/],
    ["lease 0 0 0", /% A lease of no time is none/],
    ["option 3 ip 10.1.0.1", /% Option 3 is not set so/],
    ["option 43 hex 012", /% 012 can't be an option's value/],
    ["no option 99", /% There is no such option/],
  ] as const) assert.match(pool(line), answer);
  assert.match(link.router.configure("ip dhcp pool TWO\nnetwork 10.8.0.0 /16"), /% Another DHCP pool has the network 10\.8\.0\.0\/16 already/);
  assert.match(link.router.configure("ip dhcp excluded-address 10.1.0.9 10.1.0.1"), /% 10\.1\.0\.1 is below 10\.1\.0\.9/);
  assert.match(link.router.configure("no ip dhcp excluded-address 10.1.0.33"), /% There is no such line/);
  assert.match(link.router.configure("no ip dhcp pool NONE"), /% NONE is no DHCP pool/);
  link.router.configure("no ip dhcp pool LAN\nno ip dhcp pool PRINTER\nno ip dhcp pool TWO\nno ip dhcp excluded-address 10.1.0.1 10.1.0.9\nno ip dhcp excluded-address 10.1.0.20\nno ip dhcp ping packets\nno ip dhcp ping timeout\nip dhcp conflict logging");
  assert.doesNotMatch(link.router.type("show running-config"), /dhcp/);
});

test("options, boot file, next server and manual bindings; what a manual binding leaves open its network says", () => {
  const link = new Link(CONFIG + "ip dhcp pool LAN\n option 150 ip 10.1.0.3\n option 66 ascii tftp\n bootfile boot.img\n next-server 10.1.0.3\n lease 0 0 5\nip dhcp pool BOX\n host 10.1.0.77 255.255.255.0\n hardware-address 0200.0000.0163\n option 66 ascii other\nip dhcp pool ID\n host 10.1.0.78 /24\n client-identifier 00616263\n lease infinite\n");
  const offer = link.ask(TYPE.discover, 0x63)!.message;
  assert.equal(offer.yiaddr, "10.1.0.77");
  assert.equal(`${offer.siaddr} ${offer.file} ${offer.options.get(66)} ${addressIn(offer, 150)} ${addressIn(offer, 3)}`, "10.1.0.3 boot.img other 10.1.0.3 10.1.0.1");
  assert.equal(link.get(0x63), "10.1.0.77");
  const id: [number, Uint8Array] = [61, Buffer.from("\0abc")];
  assert.equal(link.get(5, [id]), "10.1.0.78");
  assert.match(link.router.type("show ip dhcp binding 10.1.0.78"), /10\.1\.0\.78 +0061\.6263 +Infinite +Manual/);
  // Nobody else gets it, whatever he asks for.
  assert.equal(link.ask(TYPE.discover, 6, { options: [[50, address("10.1.0.77")]] })!.message.yiaddr, "10.1.0.10");
});

test("an address that somebody answers for is a conflict: said, left out, and the next one is offered", () => {
  const link = new Link();
  link.stations.set("10.1.0.10", mac(0x99));
  assert.equal(link.ask(TYPE.discover, 1, {}, 1500), undefined);
  assert.match(link.router.output, /%DHCPD-4-PING_CONFLICT: DHCP address conflict: server found 10\.1\.0\.10 in use by 0200\.0000\.0199 on Ethernet0/);
  assert.equal(link.ask(TYPE.discover, 1)!.message.yiaddr, "10.1.0.11");
  assert.match(link.router.type("show ip dhcp conflict"), /10\.1\.0\.10 +Ping/);
  // A station that has its own lease's address still is no conflict.
  assert.equal(link.get(1), "10.1.0.11");
  link.stations.set("10.1.0.12", mac(2));
  assert.equal(link.get(2), "10.1.0.12");
  link.router.type("clear ip dhcp conflict *");
  link.stations.clear();
  assert.equal(link.get(3), "10.1.0.10");
});

test("a declined address is a conflict; only who was given it can decline", () => {
  const link = new Link();
  assert.equal(link.get(1), "10.1.0.10");
  link.ask(TYPE.decline, 2, { options: [[50, address("10.1.0.10")], [54, address("10.1.0.1")]] }, 10);
  assert.doesNotMatch(link.router.type("show ip dhcp conflict"), /10\.1\.0\.10/);
  assert.equal(link.count("DHCP message unexpected in this state"), 1);
  link.ask(TYPE.decline, 1, { options: [[50, address("10.1.0.10")], [54, address("10.1.0.1")]] }, 10);
  assert.match(link.router.type("show ip dhcp conflict"), /10\.1\.0\.10 +Gratuitous ARP/);
  assert.match(link.router.output, /%DHCPD-4-DECLINE_CONFLICT: .*0200\.0000\.0101 declined 10\.1\.0\.10/);
  assert.equal(link.get(1), "10.1.0.11");
  link.world.run(3_700_000);
  assert.equal(link.get(5), "10.1.0.10", "after an hour it is tried again");
});

test("REQUEST in its four meanings, RELEASE, INFORM", () => {
  const link = new Link();
  assert.equal(link.get(1), "10.1.0.10");
  // Renewing: by unicast to us, from its address, which the answer goes to.
  const renewed = link.ask(TYPE.request, 1, { ciaddr: "10.1.0.10", flags: 0x8000 }, 100, undefined, "10.1.0.10")!;
  assert.equal(`${renewed.type} ${renewed.dst} ${renewed.to} ${renewed.message.ciaddr} ${renewed.message.yiaddr}`, `${TYPE.ack} 10.1.0.10 ${mac(1)} 10.1.0.10 10.1.0.10`);
  // Rebooting, with the address of another network, of another client.
  assert.equal(link.ask(TYPE.request, 1, { options: [[50, address("10.1.0.10")]] }, 100)!.type, TYPE.ack);
  const nak = link.ask(TYPE.request, 1, { options: [[50, address("192.168.0.7")]] }, 100)!;
  assert.equal(`${nak.type} ${nak.dst} ${nak.message.yiaddr} ${nak.message.options.has(51)}`, `${TYPE.nak} 255.255.255.255 0.0.0.0 false`);
  assert.equal(link.ask(TYPE.request, 2, { options: [[50, address("10.1.0.10")]] }, 100)!.type, TYPE.nak);
  // Never offered, and of a server that is not us.
  assert.equal(link.ask(TYPE.request, 3, { options: [[50, address("10.1.0.30")], [54, address("10.1.0.1")]] }, 100)!.type, TYPE.nak);
  assert.equal(link.ask(TYPE.request, 3, { options: [[50, address("10.1.0.30")], [54, address("10.1.0.66")]] }, 100), undefined);
  // Excluded, ours.
  for (const one of ["10.1.0.5", "10.1.0.1", "10.1.0.255", "10.1.0.0"]) assert.equal(link.ask(TYPE.request, 3, { options: [[50, address(one)]] }, 100)!.type, TYPE.nak, one);
  // What a client has that we don't know of, after a restart, it keeps.
  assert.equal(link.ask(TYPE.request, 4, { ciaddr: "10.1.0.40" }, 100, undefined, "10.1.0.40")!.type, TYPE.ack);
  assert.match(link.router.type("show ip dhcp binding"), /10\.1\.0\.40/);
  link.ask(TYPE.release, 4, { ciaddr: "10.1.0.40", options: [[54, address("10.1.0.1")]] }, 10, undefined, "10.1.0.40");
  assert.doesNotMatch(link.router.type("show ip dhcp binding"), /10\.1\.0\.40/);
  assert.equal(link.get(4), "10.1.0.40", "it is kept for the same client");
  const informed = link.ask(TYPE.inform, 9, { ciaddr: "10.1.0.200" }, 100, undefined, "10.1.0.200")!;
  assert.equal(`${informed.type} ${informed.dst} ${informed.message.yiaddr} ${informed.message.options.has(51)} ${addressIn(informed.message, 3)}`, `${TYPE.ack} 10.1.0.200 0.0.0.0 false 10.1.0.1`);
});

test("a lease ends; a pool that is used up is said once a minute, and gives what ended first", () => {
  const link = new Link(CONFIG.replace("network 10.1.0.0 255.255.255.0", "network 10.1.0.8 255.255.255.248\n lease 0 0 10").replace("10.1.0.1 255.255.255.0", "10.1.0.9 255.255.255.248").replace("10.1.0.1 10.1.0.9", "10.1.0.9 10.1.0.11"));
  const get = (n: number): string | undefined => {
    const offer = link.ask(TYPE.discover, n);
    const ack = offer && link.ask(TYPE.request, n, { options: [[50, address(offer.message.yiaddr)], [54, address("10.1.0.9")]] });
    return ack?.type === TYPE.ack ? ack.message.yiaddr : undefined;
  };
  assert.deepEqual([1, 2, 3].map(get), ["10.1.0.12", "10.1.0.13", "10.1.0.14"]);
  for (let i = 0; i < 20; i++) assert.equal(get(50 + i), undefined);
  assert.equal(link.count("DHCP pool used up"), 20);
  assert.equal(link.router.output.match(/%DHCPD-4-POOL_EMPTY: DHCP pool LAN has no free address left/g)?.length, 1);
  link.world.run(400_000);
  link.ask(TYPE.request, 2, { ciaddr: "10.1.0.13" }, 100);
  link.world.run(300_000);
  assert.equal(get(60), "10.1.0.12");
  assert.equal(get(61), "10.1.0.14");
  assert.equal(get(62), undefined);
  assert.equal(get(2), "10.1.0.13");
});

test("one station with many hardware addresses has its share, and others are served meanwhile", () => {
  const link = new Link();
  for (let i = 0; i < 2000; i++) link.router.give(0, frame({ mac: mac(0xee), ip: "0.0.0.0", port: 68 }, { ip: "255.255.255.255", port: 67 }, make({ op: 1, xid: i, mac: `02:77:00:00:${(i >> 8).toString(16).padStart(2, "0")}:${(i & 255).toString(16).padStart(2, "0")}`, options: [[53, Uint8Array.of(1)]] })));
  link.router.poll();
  link.world.run(1200);
  const memory = (): number => Number(/DHCP bindings +(\d+)/.exec(link.router.type("show memory"))![1]);
  assert.ok(memory() <= 8, String(memory()));
  assert.ok(link.get(1));
  // Whole exchanges of one station: eight addresses, and no more.
  const got = Array.from({ length: 20 }, (_, i) => link.get(`02:78:00:00:00:${i.toString(16).padStart(2, "0")}`, [], mac(0xef))).filter(Boolean);
  assert.equal(got.length, 8);
  assert.ok(link.count("DHCP station with more addresses than its share") >= 12);
  assert.ok(link.get(2));
});

test("a flood of stations that ask and vanish fills no pool for long", () => {
  const link = new Link();
  const from = (i: number): string => `02:79:00:${(i >> 16).toString(16).padStart(2, "0")}:${((i >> 8) & 255).toString(16).padStart(2, "0")}:${(i & 255).toString(16).padStart(2, "0")}`;
  for (let i = 0; i < 5000; i++) {
    link.router.give(0, frame({ mac: from(i), ip: "0.0.0.0", port: 68 }, { ip: "255.255.255.255", port: 67 }, make({ op: 1, xid: i, mac: from(i), options: [[53, Uint8Array.of(1)]] })));
    if (i % 50 === 0) { link.router.poll(); link.world.run(10); }
  }
  assert.ok(link.get(1), "somebody who means it is served in the midst of it");
  link.world.run(25_000);
  assert.match(link.router.type("show memory"), /DHCP bindings +1 /);
  assert.equal(link.router.type("show memory").split("\n").filter((l) => /^packet buffers +0 /.test(l)).length, 1);
});

test("what is no client's is counted: relayed, from nowhere, malformed, of no pool; no service dhcp is silence", () => {
  const link = new Link(CONFIG + "interface Ethernet1\n ip address 10.2.0.1 255.255.255.0\n");
  assert.equal(link.ask(TYPE.discover, 1, { giaddr: "10.1.0.3" }, 1500), undefined);
  assert.equal(link.count("DHCP through a relay, which is not served"), 1);
  link.ask(TYPE.discover, 1, { op: 2 }, 10);
  link.ask(TYPE.discover, "ff:ff:ff:ff:ff:ff", {}, 10, mac(1));
  assert.equal(link.count("malformed DHCP"), 2);
  link.ask(TYPE.offer, 1, {}, 10);
  assert.equal(link.count("DHCP message unexpected in this state"), 1);
  link.router.frame(1, frame({ mac: mac(1), ip: "0.0.0.0", port: 68 }, { ip: "255.255.255.255", port: 67 }, make({ op: 1, mac: mac(1), options: [[53, Uint8Array.of(1)]] })));
  assert.equal(link.count("DHCP on an interface that no pool serves"), 1);
  link.router.frame(0, frame({ mac: mac(1), ip: "0.0.0.0", port: 1068 }, { ip: "255.255.255.255", port: 67 }, make({ op: 1, mac: mac(1), options: [[53, Uint8Array.of(1)]] })));
  assert.equal(link.count("DHCP from another port than a client's or a server's"), 1);
  link.router.configure("no service dhcp");
  assert.equal(link.ask(TYPE.discover, 1, {}, 1500), undefined);
  assert.match(link.router.type("show running-config"), /^no service dhcp$/m);
  link.router.configure("service dhcp");
  assert.ok(link.get(1));
  assert.equal(macBytes(mac(1)).length, 6);
  assert.equal(u32(1).length, 4);
});

test("import all: what the server of our uplink said is handed on", () => {
  const world = new World();
  const router = world.router("gamma", { config: "ip dhcp pool LAN\n import all\n network 10.1.0.0 /24\n default-router 10.1.0.1\ninterface Ethernet0\n ip address 10.1.0.1 255.255.255.0\ninterface Ethernet1\n ip address dhcp\n" });
  const upstream = world.router("delta", { config: "ip dhcp pool UP\n network 192.0.2.0 /24\n default-router 192.0.2.1\n dns-server 192.0.2.53 192.0.2.54\n domain-name up.example\ninterface Ethernet0\n ip address 192.0.2.1 255.255.255.0\n" });
  world.wire(router.port(1), upstream.port(0));
  const client = world.router("epsilon", { config: "interface Ethernet0\n ip address dhcp\n" });
  world.wire(router.port(0), client.port(0));
  assert.ok(world.run(20_000, () => /assigned DHCP address 192\.0\.2\.2/.test(router.output)));
  // The client asks until it is served; what it was told before the uplink was there it hears anew.
  client.type("release dhcp Ethernet0");
  world.run(100);
  client.type("renew dhcp Ethernet0");
  assert.ok(world.run(20_000, () => /DNS:192\.0\.2\.54/.test(client.type("show dhcp lease"))));
  assert.match(client.type("show dhcp lease"), /DNS:192\.0\.2\.53\n[\s\S]*Domain:up\.example/);
  assert.match(client.type("show ip route"), /\[254\/0\] via 10\.1\.0\.1/);
});
