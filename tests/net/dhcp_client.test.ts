/** `ip address dhcp` against servers that are right, wrong, silent and forged (RFC 2131, 4.4). */
import assert from "node:assert/strict";
import { test } from "node:test";
import { address, addressIn, frame, heard, make, TYPE, u32, type Heard, type Made } from "../support/second/dhcp.ts";
import { Endpoint } from "../support/world/endpoint.ts";
import { ETHERNET_ARP, arp, ethernet, parseFrame, parseUdp, type Mac } from "../support/world/frame.ts";
import { Switch } from "../support/world/switch.ts";
import { World, type Router } from "../support/world/world.ts";

const SERVER = { mac: "02:00:00:00:00:99", ip: "192.0.2.1", port: 67 };
const CONFIG = "hostname alpha\ninterface Ethernet0\n ip address 10.1.0.1 255.255.255.0\ninterface Ethernet1\n ip address dhcp\n";
const ENTRIES = (lease = 600): [number, Uint8Array][] => [[54, address(SERVER.ip)], [51, u32(lease)], [1, address("255.255.255.0")], [3, address("192.0.2.254")]];

/** A link with a DHCP server that a test can bend. */
class Line {
  world = new World();
  router: Router;
  heard: (Heard & { at: number })[] = [];
  arps: { at: number; operation: number; senderIp: string; targetIp: string }[] = [];
  /** What the server gives; undefined: it is silent. */
  yours: string | undefined = "192.0.2.50";
  lease = 600;
  extra: [number, Uint8Array][] = [];
  /** Addresses that another station has. */
  others = new Set<string>();
  /** Bends an answer; several, or none. */
  bend: (m: Made, h: Heard) => Made[] = (m) => [m];
  nak = false;

  constructor(config = CONFIG) {
    this.router = this.world.router("alpha", { config });
    this.world.wire({ receive: (f) => this.receive(f), send: () => {} }, this.router.port(1));
  }

  send(bytes: Uint8Array): void { this.world.at(this.world.now + 1, () => this.router.frame(1, bytes)); }

  /** An answer of the server's as it should be. */
  answer(h: Heard, type: number): Made {
    return { xid: h.message.xid, mac: h.message.mac as Mac, yiaddr: type === TYPE.nak ? "0.0.0.0" : this.yours!, options: [[53, Uint8Array.of(type)], ...(type === TYPE.nak ? ENTRIES().slice(0, 1) : [...ENTRIES(this.lease), ...this.extra])] };
  }

  private receive(bytes: Uint8Array): void {
    const f = parseFrame(bytes)!;
    if (f.arp) {
      this.arps.push({ at: this.world.now, ...f.arp });
      const { targetIp, senderIp, senderMac } = f.arp;
      if (f.arp.operation === 1 && (this.others.has(targetIp) || targetIp === SERVER.ip)) this.send(ethernet(senderMac, SERVER.mac, ETHERNET_ARP, arp(2, SERVER.mac, targetIp, senderIp, senderMac)));
      return;
    }
    const h = heard(bytes);
    if (!h) return;
    this.heard.push({ at: this.world.now, ...h });
    if (this.yours === undefined) return;
    const type = h.type === TYPE.discover ? TYPE.offer : h.type !== TYPE.request ? 0 : this.nak ? TYPE.nak : TYPE.ack;
    if (type) for (const made of this.bend(this.answer(h, type), h)) this.send(frame(SERVER, { ip: "255.255.255.255", port: 68 }, make(made)));
  }

  of(type: number): (Heard & { at: number })[] { return this.heard.filter((h) => h.type === type); }
  bound(ms = 20_000): boolean { return this.world.run(ms, () => /assigned DHCP address/.test(this.router.output)); }
  count(reason: string): number { return this.router.counters().get(reason) ?? 0; }
  brief(): string { return this.router.type("show ip interface brief | include Ethernet1").split("\n").find((l) => /^Ethernet1/.test(l))!; }
}

test("an address is asked for, checked by ARP, and in use with its route; messages are what RFC 2131 says", () => {
  const line = new Line();
  assert.match(line.brief(), /unassigned\s+YES DHCP/);
  assert.ok(line.bound());
  const [discover] = line.of(TYPE.discover), [request] = line.of(TYPE.request);
  assert.equal(line.heard.length, 2);
  for (const one of [discover!, request!]) {
    assert.equal(`${one.src}:${one.sport} ${one.dst}:${one.dport} ${one.to}`, "0.0.0.0:68 255.255.255.255:67 ff:ff:ff:ff:ff:ff");
    assert.equal(one.message.flags, 0x8000);
    assert.equal(one.message.mac, one.from);
    assert.deepEqual([...one.message.options.get(61)!], [1, ...Buffer.from(one.from.replaceAll(":", ""), "hex")]);
    assert.equal(one.message.options.get(12)!.toString(), "alpha");
    assert.deepEqual([...one.message.options.get(55)!].slice(0, 3), [1, 121, 3]);
  }
  assert.equal(addressIn(request!.message, 50), "192.0.2.50");
  assert.equal(addressIn(request!.message, 54), SERVER.ip);
  assert.deepEqual(line.arps.slice(0, 2).map((a) => `${a.operation} ${a.senderIp} ${a.targetIp}`), ["1 0.0.0.0 192.0.2.50", "1 0.0.0.0 192.0.2.50"]);
  assert.match(line.router.output, /%DHCP-6-ADDRESS_ASSIGN: Interface Ethernet1 assigned DHCP address 192\.0\.2\.50, mask 255\.255\.255\.0, hostname alpha/);
  assert.match(line.brief(), /192\.0\.2\.50\s+YES DHCP/);
  assert.match(line.router.type("show ip route"), /S\*\s+0\.0\.0\.0\/0 \[254\/0\] via 192\.0\.2\.254/);
  const shown = line.router.type("show running-config");
  assert.match(shown, /interface Ethernet1\n ip address dhcp\n/);
  assert.doesNotMatch(shown, /192\.0\.2|ip route/);
  assert.match(line.router.type("show dhcp lease"), /192\.0\.2\.50 {2}for peer on Interface: Ethernet1[\s\S]*Lease: 600 secs, {2}Renewal: 300 secs, {2}Rebind: 525 secs/);
});

test("a configured default route wins over the lease's", () => {
  const line = new Line(CONFIG + "ip route 0.0.0.0 0.0.0.0 10.1.0.2\n");
  assert.ok(line.bound());
  const routes = line.router.type("show ip route");
  assert.match(routes, /last resort is 10\.1\.0\.2|0\.0\.0\.0\/0 \[1\/0\] via 10\.1\.0\.2/);
  line.router.configure("no ip route 0.0.0.0 0.0.0.0 10.1.0.2");
  assert.match(line.router.type("show ip route"), /0\.0\.0\.0\/0 \[254\/0\] via 192\.0\.2\.254/);
  // What a lease brought is not the configuration's to remove.
  assert.match(line.router.configure("no ip route 0.0.0.0 0.0.0.0"), /No such route/);
});

test("routes without class win over the default router; name servers, time servers and the domain are kept", () => {
  const line = new Line();
  line.extra = [
    [121, Uint8Array.from([0, 192, 0, 2, 7, 9, 10, 128, 192, 0, 2, 8, 24, 198, 51, 100, 0, 0, 0, 0])],
    [6, address("192.0.2.3", "0.0.0.0", "192.0.2.4")], [42, address("192.0.2.5")], [15, Buffer.from("example.org\0")], [26, Uint8Array.of(2, 0)],
  ];
  assert.ok(line.bound());
  const routes = line.router.type("show ip route");
  assert.match(routes, /0\.0\.0\.0\/0 \[254\/0\] via 192\.0\.2\.7/);
  assert.match(routes, /10\.128\.0\.0\/9 \[254\/0\] via 192\.0\.2\.8/);
  assert.match(routes, /198\.51\.100\.0\/24 \[254\/0\] is directly connected, Ethernet1|198\.51\.100\.0\/24 is directly connected, Ethernet1|198\.51\.100\.0\/24 \[254\/0\].*Ethernet1/);
  assert.doesNotMatch(routes, /192\.0\.2\.254/);
  const shown = line.router.type("show dhcp lease");
  assert.match(shown, /DNS:192\.0\.2\.3\n {3}DNS:192\.0\.2\.4\n {3}NTP:192\.0\.2\.5\n {3}Domain:example\.org\n/);
  // The interface keeps its MTU.
  assert.match(line.router.type("show interfaces Ethernet1"), /MTU 1500/);
});

test("options in the overloaded fields and in parts are joined", () => {
  const line = new Line();
  line.bend = (m) => {
    const file = Buffer.alloc(128), sname = Buffer.alloc(64);
    file.set([51, 4, 0, 0, 2, 88, 15, 3, 111, 114, 103, 255]);
    sname.set([3, 4, 192, 0, 2, 100, 255]);
    return [{ ...m, fileOctets: file, sname, options: [m.options![0]!, [54, address(SERVER.ip)], [52, Uint8Array.of(3)], [1, Uint8Array.of(255, 255)], [1, Uint8Array.of(255, 128)], [15, Buffer.from("example.")]] }];
  };
  assert.ok(line.bound());
  assert.match(line.router.output, /address 192\.0\.2\.50, mask 255\.255\.255\.128/);
  assert.match(line.router.type("show dhcp lease"), /Domain:example\.org/);
  assert.match(line.router.type("show ip route"), /via 192\.0\.2\.100/);
});

test("forged and malformed answers are counted, each with its reason, and change nothing", () => {
  const wrong: [string, (m: Made, h: Heard) => Made][] = [
    ["DHCP answer of another transaction", (m) => ({ ...m, xid: m.xid! ^ 1 })],
    ["DHCP answer for another station", (m) => ({ ...m, mac: "02:00:00:00:00:77" })],
    ["DHCP without its magic cookie", (m) => ({ ...m, cookie: 0x63825364 })],
    ["malformed DHCP", (m) => ({ ...m, hlen: 16 })],
    ["malformed DHCP", (m) => ({ ...m, op: 1 })],
    ["malformed DHCP", (m) => ({ ...m, op: 3 })],
    ["DHCP options that make no sense, or whose lengths lie", (m) => ({ ...m, bare: true, options: [...m.options!.slice(0, -1), [3, Buffer.alloc(4)]], file: "" , sname: new Uint8Array() })],
    ["DHCP options that make no sense, or whose lengths lie", (m) => ({ ...m, options: [...m.options!, [52, Uint8Array.of(9)]] })],
    ["DHCP options that make no sense, or whose lengths lie", (m) => ({ ...m, options: [...m.options!, [52, Uint8Array.of(1)]], fileOctets: new Uint8Array(128).fill(77) })],
    ["DHCP options that make no sense, or whose lengths lie", (m) => ({ ...m, options: [...m.options!, [53, Uint8Array.of(5)]] })],
    ["DHCP answer that offers nothing usable", (m) => ({ ...m, options: m.options!.filter(([c]) => c !== 54) })],
    ["DHCP answer that offers nothing usable", (m) => ({ ...m, options: m.options!.filter(([c]) => c !== 51) })],
    ["DHCP answer that offers nothing usable", (m) => ({ ...m, yiaddr: "224.0.0.1" })],
    ["DHCP answer that offers nothing usable", (m) => ({ ...m, options: m.options!.map(([c, o]) => (c === 1 ? [1, address("255.0.255.0")] : [c, o])) })],
    ["DHCP message unexpected in this state", (m) => ({ ...m, options: [[53, Uint8Array.of(5)], ...m.options!.slice(1)] })],
  ];
  for (const [reason, how] of wrong) {
    const line = new Line();
    let lies = how === wrong[6]![1];
    line.bend = (m, h) => {
      if (h.type !== TYPE.discover) return [m];
      if (!lies) return [how(m, h)];
      return [how(m, h)];
    };
    // An option that ends behind the message.
    if (lies) line.bend = (m, h) => {
      if (h.type === TYPE.discover) line.send(frame(SERVER, { ip: "255.255.255.255", port: 68 }, Buffer.concat([make({ ...m, bare: true }), Buffer.from([3, 9, 1])])));
      lies = false;
      return [];
    };
    assert.equal(line.bound(3000), false, reason);
    assert.equal(line.count(reason), 1, reason);
    // The next that is right is taken.
    line.bend = (m) => [m];
    assert.ok(line.bound(), reason);
  }
});

test("from wrong ports, from no station, with a wrong checksum: counted", () => {
  const line = new Line();
  line.yours = undefined;
  line.world.run(1500);
  const h = line.of(TYPE.discover)[0]!;
  line.yours = "192.0.2.50";
  const good = make(line.answer(h, TYPE.offer));
  line.yours = undefined;
  const to = { ip: "255.255.255.255", port: 68 };
  line.router.frame(1, frame({ ...SERVER, port: 6767 }, to, good));
  line.router.frame(1, frame({ ...SERVER, ip: "0.0.0.0" }, to, good));
  line.router.frame(1, frame({ ...SERVER, ip: "10.1.0.1" }, to, good));
  const bad = frame(SERVER, to, good);
  bad[14 + 20 + 6] = 0x12;
  line.router.frame(1, bad);
  // Cut short in every place.
  for (let n = 0; n < good.length; n += 7) line.router.frame(1, frame(SERVER, to, good.subarray(0, n)));
  assert.equal(line.count("DHCP from another port than a client's or a server's"), 1);
  assert.equal(line.count("bad IPv4 source address"), 2);
  assert.ok(line.count("malformed UDP") >= 1);
  assert.ok(line.count("malformed DHCP") >= 30);
  assert.equal(line.of(TYPE.request).length, 0);
  // On an interface without a client nothing of it is taken.
  line.router.frame(0, frame(SERVER, to, good));
  assert.equal(line.count("IPv4 broadcast or multicast"), 1);
});

test("an acknowledgement of another server than the chosen one is none", () => {
  const line = new Line();
  line.bend = (m, h) => (h.type === TYPE.request ? [{ ...m, options: m.options!.map(([c, o]) => (c === 54 ? [54, address("192.0.2.66")] : [c, o])) }, m] : [m]);
  assert.ok(line.bound());
  assert.equal(line.count("DHCP answer of another server than the chosen one"), 1);
});

test("an address that somebody has is declined, and another is asked for ten seconds later", () => {
  const line = new Line();
  line.others.add("192.0.2.50");
  line.world.run(5000);
  const [decline] = line.of(TYPE.decline);
  assert.ok(decline);
  assert.equal(addressIn(decline.message, 50), "192.0.2.50");
  assert.equal(addressIn(decline.message, 54), SERVER.ip);
  assert.equal(`${decline.src} ${decline.dst} ${decline.message.ciaddr}`, "0.0.0.0 255.255.255.255 0.0.0.0");
  assert.match(line.router.output, /%DHCP-4-DUPLICATE: Interface Ethernet1: the address 192\.0\.2\.50 is in use by 0200\.0000\.0099 already, declined/);
  assert.match(line.brief(), /unassigned/);
  line.yours = "192.0.2.51";
  assert.ok(line.bound());
  assert.ok(line.of(TYPE.discover)[1]!.at - decline.at >= 9900);
  assert.match(line.brief(), /192\.0\.2\.51/);
});

test("an address of another interface's network is declined, and said once", () => {
  const line = new Line();
  line.yours = "10.1.0.77";
  line.world.run(60_000);
  assert.ok(line.of(TYPE.decline).length >= 3);
  assert.equal(line.router.output.match(/%DHCP-4-REFUSED: Interface Ethernet1: the address 10\.1\.0\.77 overlaps with Ethernet0, declined/g)?.length, 1);
  assert.match(line.brief(), /unassigned/);
});

test("renewed at T1 by unicast, with the lease's address; asked again until T2, then everybody; lost at the end, once", () => {
  const line = new Line();
  assert.ok(line.bound());
  const start = line.of(TYPE.request)[0]!.at;
  line.world.run(310_000);
  const renewal = line.of(TYPE.request)[1]!;
  assert.equal(Math.round((renewal.at - start) / 1000), 300);
  assert.equal(`${renewal.src} ${renewal.dst} ${renewal.to} ${renewal.message.ciaddr} ${renewal.message.flags}`, `192.0.2.50 192.0.2.1 ${SERVER.mac} 192.0.2.50 0`);
  assert.ok(!renewal.message.options.has(50) && !renewal.message.options.has(54));
  // Nothing is said of a renewal.
  assert.equal(line.router.output.match(/%DHCP/g)?.length, 1);
  line.yours = undefined;
  line.world.run(560_000);
  const later = line.of(TYPE.request).filter((h) => h.at > renewal.at);
  const unicast = later.filter((h) => h.dst === SERVER.ip), everybody = later.filter((h) => h.dst === "255.255.255.255");
  assert.ok(unicast.length >= 2 && everybody.length >= 1);
  assert.ok(everybody.every((h) => h.at - renewal.at >= 524_000 && h.src === "192.0.2.50" && h.message.ciaddr === "192.0.2.50"));
  assert.ok(unicast.every((h) => h.at - renewal.at < 526_000));
  assert.match(line.brief(), /192\.0\.2\.50/);
  line.world.run(1_000_000);
  assert.equal(line.router.output.match(/%DHCP-4/g)?.length, 1);
  assert.match(line.router.output, /%DHCP-4-LEASE_LOST: Interface Ethernet1 lost its DHCP address 192\.0\.2\.50: the lease has ended, and no server answered/);
  assert.match(line.brief(), /unassigned/);
  assert.doesNotMatch(line.router.type("show ip route"), /192\.0\.2/);
  line.yours = "192.0.2.60";
  assert.ok(line.world.run(130_000, () => /address 192\.0\.2\.60/.test(line.router.output)));
});

test("in rebinding another server may answer, and is the one that is asked from then on", () => {
  const line = new Line();
  assert.ok(line.bound());
  line.bend = (m, h) => (h.dst === SERVER.ip ? [] : [{ ...m, options: m.options!.map(([c, o]) => (c === 54 ? [54, address("192.0.2.9")] : [c, o])) }]);
  line.world.run(540_000);
  assert.match(line.router.type("show dhcp lease"), /DHCP Lease server: 192\.0\.2\.9, .*Bound/);
  assert.doesNotMatch(line.router.output, /LEASE_LOST/);
});

test("a NAK: the address goes at once, and the search begins anew", () => {
  const line = new Line();
  assert.ok(line.bound());
  line.nak = true;
  line.world.run(302_000);
  assert.match(line.router.output, /lost its DHCP address 192\.0\.2\.50: the server takes it back/);
  line.nak = false;
  line.yours = "192.0.2.70";
  assert.ok(line.world.run(70_000, () => /address 192\.0\.2\.70/.test(line.router.output)));
});

test("nobody answers: asked ever more seldom, and said once", () => {
  const line = new Line();
  line.yours = undefined;
  line.world.run(600_000);
  const times = line.of(TYPE.discover).map((h) => h.at);
  const gaps = times.slice(1).map((t, i) => t - times[i]!);
  gaps.slice(0, 4).forEach((gap, i) => assert.ok(Math.abs(gap - 4000 * 2 ** i) <= 1000, `${gap}`));
  assert.ok(gaps.slice(4).every((gap) => Math.abs(gap - 64_000) <= 1000));
  assert.equal(line.router.output.match(/%DHCP-4-NO_ANSWER/g)?.length, 1);
});

test("release and renew, shutdown and no shutdown, another address, none", () => {
  const line = new Line();
  assert.ok(line.bound());
  line.router.type("release dhcp Ethernet1");
  line.world.run(10);
  const [release] = line.of(TYPE.release);
  assert.equal(`${release!.src} ${release!.dst} ${release!.to} ${release!.message.ciaddr}`, `192.0.2.50 ${SERVER.ip} ${SERVER.mac} 192.0.2.50`);
  assert.match(line.brief(), /unassigned/);
  assert.match(line.router.type("release dhcp Ethernet1"), /% Ethernet1 has no lease to give back/);
  assert.match(line.router.type("renew dhcp Ethernet0"), /% Ethernet0 has no `ip address dhcp`/);
  line.world.run(200_000);
  assert.equal(line.of(TYPE.discover).length, 1, "none is asked for until renew");
  line.router.type("renew dhcp Ethernet1");
  line.world.run(3000);
  assert.match(line.brief(), /192\.0\.2\.50/);
  line.router.type("renew dhcp Ethernet1");
  line.world.run(100);
  assert.equal(line.of(TYPE.request).at(-1)!.dst, SERVER.ip);

  line.router.configure("interface Ethernet1\nshutdown");
  line.world.run(10);
  assert.equal(line.of(TYPE.release).length, 2);
  line.world.run(200_000);
  assert.equal(line.of(TYPE.discover).length, 2);
  line.router.configure("interface Ethernet1\nno shutdown");
  line.world.run(5000);
  assert.match(line.brief(), /192\.0\.2\.50/);

  // A refused address changes nothing; one that is taken ends the lease.
  assert.match(line.router.configure("interface Ethernet1\nip address 10.1.0.9 255.255.255.0"), /overlaps with Ethernet0/);
  assert.match(line.brief(), /192\.0\.2\.50/);
  line.router.configure("interface Ethernet1\nip address 198.51.100.1 255.255.255.0");
  line.world.run(10);
  assert.equal(line.of(TYPE.release).length, 3);
  assert.match(line.router.type("show running-config"), /ip address 198\.51\.100\.1 255\.255\.255\.0/);
  line.world.run(2000_000);
  assert.match(line.brief(), /198\.51\.100\.1/);
  line.router.configure("interface Ethernet1\nip address dhcp hostname box-1\n");
  line.world.run(5000);
  assert.match(line.brief(), /192\.0\.2\.50/);
  assert.equal(line.of(TYPE.discover).at(-1)!.message.options.get(12)!.toString(), "box-1");
  line.router.configure("interface Ethernet1\nno ip address");
  line.world.run(10);
  assert.equal(line.of(TYPE.release).length, 4);
  assert.match(line.router.type("show running-config"), /interface Ethernet1\n no ip address/);
});

test("what is not built is named, and refused words are said", () => {
  const line = new Line();
  assert.match(line.router.configure("interface Ethernet1\nip address negotiated"), /% PPPoE is not built: .*ip address dhcp/);
  assert.match(line.router.configure("interface Dialer 1"), /% PPPoE is not built/);
  assert.match(line.router.configure("interface Ethernet1\nip helper-address 10.0.0.1"), /% A DHCP relay .* is not built/);
  assert.match(line.router.configure("interface Ethernet1\nip address dhcp hostname a/b"), /% a\/b is no host's name/);
  assert.match(line.router.configure("interface Ethernet1\nip address dhcp client-id Ethernet9"), /There is no Ethernet9/);
  line.router.configure("interface Ethernet1\nip address dhcp client-id Ethernet0 hostname box");
  assert.match(line.router.type("show running-config"), /ip address dhcp client-id Ethernet0 hostname box/);
});

const GATEWAY = (lan: number, wan: string, map: string, extra = "") => `
crypto isakmp policy 10
 encryption aes 128
 hash sha256
 authentication pre-share
 group 14
crypto isakmp key correct-horse-battery-staple address 0.0.0.0 0.0.0.0
crypto ipsec transform-set TS esp-aes 128 esp-sha256-hmac
${map}
interface Ethernet0
 ip address 10.${lan}.0.1 255.255.255.0
interface Ethernet1
 ${wan}
 crypto map CM
${extra}`;

test("the crypto map follows the address: a tunnel comes up again when the lease is of another one, and stands while it is renewed", () => {
  const world = new World();
  const alpha = world.router("alpha", {
    config: GATEWAY(1, "ip address dhcp", "ip access-list extended VPN\n permit ip 10.1.0.0 0.0.0.255 10.2.0.0 0.0.0.255\ncrypto map CM 10 ipsec-isakmp\n set peer 192.0.2.2\n set transform-set TS\n match address VPN"),
  });
  const beta = world.router("beta", {
    config: GATEWAY(2, "ip address 192.0.2.2 255.255.255.0", "crypto dynamic-map DM 10\n set transform-set TS\ncrypto map CM 10 ipsec-isakmp dynamic DM", "ip route 10.1.0.0 255.255.255.0 192.0.2.254\n"),
  });
  const a = new Endpoint("10.1.0.10", "10.1.0.1"), b = new Endpoint("10.2.0.10", "10.2.0.1");
  world.wire(a, alpha.port(0));
  world.wire(b, beta.port(0));
  const link = new Switch(world);
  link.plug(alpha.port(1));
  link.plug(beta.port(1));
  let yours = "192.0.2.50", nak = false;
  const isakmp: { at: number; src: string }[] = [];
  const server: { receive(f: Uint8Array): void; send(f: Uint8Array): void } = {
    send: () => {},
    receive: (bytes) => {
      const f = parseFrame(bytes);
      const u = f?.ip && parseUdp(f.ip);
      if (u?.to === 500) isakmp.push({ at: world.now, src: f!.ip!.src });
      if (f?.arp?.operation === 1 && ["192.0.2.1", "192.0.2.254"].includes(f.arp.targetIp)) server.send(ethernet(f.arp.senderMac, SERVER.mac, ETHERNET_ARP, arp(2, SERVER.mac, f.arp.targetIp, f.arp.senderIp, f.arp.senderMac)));
      const h = heard(bytes);
      if (!h || h.dport !== 67) return;
      const type = h.type === TYPE.discover ? TYPE.offer : h.type !== TYPE.request ? 0 : nak && h.message.ciaddr !== "0.0.0.0" ? TYPE.nak : TYPE.ack;
      if (type) server.send(frame(SERVER, { ip: "255.255.255.255", port: 68 }, make({ xid: h.message.xid, mac: h.message.mac, yiaddr: type === TYPE.nak ? "0.0.0.0" : yours, options: [[53, Uint8Array.of(type)], ...(type === TYPE.nak ? ENTRIES().slice(0, 1) : ENTRIES(60))] })));
    },
  };
  link.plug(server);
  let sequence = 0;
  const ping = (ms: number): boolean => {
    const n = ++sequence;
    a.ping(b.address, n);
    return world.run(ms, () => a.replies.has(n));
  };
  assert.ok(world.run(5000, () => /assigned DHCP address/.test(alpha.output)));
  assert.ok(ping(10_000), "the tunnel comes up");
  // Renewed several times: the same SAs.
  const spis = (): string => (alpha.type("show crypto ipsec sa").match(/spi: 0x\w+/gi) ?? []).join();
  const before = spis();
  for (let i = 0; i < 10; i++) {
    world.run(20_000);
    assert.ok(ping(1000));
  }
  assert.equal(spis(), before);
  nak = true;
  yours = "192.0.2.60";
  assert.ok(world.run(70_000, () => /address 192\.0\.2\.60/.test(alpha.output)));
  nak = false;
  const moved = world.now;
  assert.ok(ping(5000), "the tunnel comes up again");
  const first = isakmp.find(({ at, src }) => at >= moved && src === "192.0.2.60");
  assert.ok(first && first.at - moved <= 1000, "within a second");
  assert.match(alpha.type("show crypto ipsec sa"), /local crypto endpt\.: 192\.0\.2\.60/);
  for (let i = 0; i < 5; i++) assert.ok(ping(1000));
});
