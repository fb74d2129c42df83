/** Dynamic crypto maps: peers of any address, with Main Mode and a key for all of them; a peer that comes back from elsewhere. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Endpoint } from "../support/world/endpoint.ts";
import { ipv4 } from "../support/world/frame.ts";
import { tunnelToHub } from "../support/world/hub.ts";
import { Switch } from "../support/world/switch.ts";
import { World, type Router } from "../support/world/world.ts";

const HUB = (list: string, more = "") => `
hostname hub
crypto isakmp policy 10
 encryption aes 128
 hash sha256
 group 2
crypto isakmp key a-key-for-everybody address 0.0.0.0 0.0.0.0
crypto ipsec transform-set TS esp-aes 128 esp-sha256-hmac
ip access-list extended SPOKES
 permit ip 10.0.0.0 0.0.0.255 10.16.0.0 0.15.255.255
crypto dynamic-map ANY 10
 set transform-set TS
${list}crypto map CM 65000 ipsec-isakmp dynamic ANY
${more}interface Ethernet0
 ip address 10.0.0.1 255.255.255.0
interface Ethernet1
 ip address 192.0.2.1 255.255.255.0
 crypto map CM
ip route 0.0.0.0 0.0.0.0 192.0.2.254
ip route 10.16.0.0 255.240.0.0 192.0.2.254
`;

/** A spoke with the network 10.N.0.0/24 at 192.0.2.N. */
const SPOKE = (n: number, name: string, psk = "a-key-for-everybody", local = `10.${n}.0.0 0.0.0.255`) => `
hostname ${name}
crypto isakmp policy 10
 encryption aes 128
 hash sha256
 group 2
crypto isakmp key ${psk} address 192.0.2.1
crypto ipsec transform-set TS esp-aes 128 esp-sha256-hmac
ip access-list extended VPN
 permit ip ${local} 10.0.0.0 0.0.0.255
${tunnelToHub(n, `192.0.2.${n}`, "192.0.2.1")}`;

class Star {
  world = new World(7);
  wan = new Switch(this.world);
  hub: Router;
  server = new Endpoint("10.0.0.10", "10.0.0.1");
  /** Inner datagrams seen on the WAN in plain. */
  plain = 0;
  private sequence = 0;

  constructor(config: string) {
    this.hub = this.world.router("hub", { config });
    this.world.wire(this.server, this.hub.port(0));
    this.wan.plug(this.hub.port(1));
    this.wan.tap = (frame) => {
      if (frame[12] === 8 && frame[13] === 0 && frame[26] === 10 && frame[30] === 10) this.plain++;
    };
  }

  spoke(n: number, name: string, ...rest: [psk?: string, local?: string]): { router: Router; host: Endpoint; port: number } {
    const router = this.world.router(name, { config: SPOKE(n, name, ...rest) });
    const host = new Endpoint(`10.${n}.0.10`, `10.${n}.0.1`);
    this.world.wire(host, router.port(0));
    return { router, host, port: this.wan.plug(router.port(1)) };
  }

  ping(from: Endpoint, to: Endpoint, ms = 5000): boolean {
    const n = ++this.sequence;
    from.ping(to.address, n);
    return this.world.run(ms, () => from.replies.has(n));
  }

  policies(): number {
    return Number(/^policies\s+(\d+)/m.exec(this.hub.type("show memory"))![1]);
  }
}

const list = " match address SPOKES\n";

test("each spoke's Quick Mode makes a policy of the hub's, both ways, and it goes with the SAs", () => {
  const star = new Star(HUB(list));
  assert.match(star.hub.output, /% Warning: this key is every peer's: whoever knows it can pose as any peer of a dynamic crypto map\.\n/);
  const carol = star.spoke(20, "carol");
  const dave = star.spoke(21, "dave");
  // Nobody is there yet: what the list permits is dropped, not sent in plain.
  assert.equal(star.ping(star.server, carol.host), false);
  assert.equal(star.policies(), 1);
  assert.ok(star.ping(carol.host, star.server), star.hub.output);
  assert.ok(star.ping(dave.host, star.server), star.hub.output);
  assert.ok(star.ping(star.server, carol.host));
  assert.ok(star.ping(star.server, dave.host));
  assert.equal(star.policies(), 3);
  const shown = star.hub.type("show crypto ipsec sa");
  assert.match(shown, /remote ident \(addr\/mask\/prot\/port\): \(10\.20\.0\.0\/255\.255\.255\.0\/0\/0\)\n {3}current_peer 192\.0\.2\.20 port 500/);
  assert.match(shown, /remote ident \(addr\/mask\/prot\/port\): \(10\.21\.0\.0\/255\.255\.255\.0\/0\/0\)\n {3}current_peer 192\.0\.2\.21 port 500/);
  carol.router.type("clear crypto sa");
  star.world.run(100);
  assert.equal(star.policies(), 2);
  assert.equal(star.ping(star.server, carol.host, 1000), false);
  assert.ok(star.ping(star.server, dave.host), "the other one's stays");
  assert.ok(star.ping(carol.host, star.server));
  star.hub.type("clear crypto isakmp");
  star.world.run(100);
  assert.equal(star.policies(), 1);
  assert.equal(star.plain, 0);
  for (const { host } of [carol, dave]) assert.ok(star.ping(host, star.server));
});

test("the policies outlive changes of the configuration that do not concern them, and renewals by either side", () => {
  const star = new Star(HUB(list, "crypto ipsec security-association lifetime seconds 120\n"));
  const carol = star.spoke(20, "carol");
  assert.ok(star.ping(carol.host, star.server));
  star.hub.configure("ip access-list extended OTHER\n permit ip any any\ncrypto map CM 70000 bypass\ncrypto map CM 65001 bypass\n match address OTHER");
  for (let i = 0; i < 60; i++) {
    assert.ok(star.ping(carol.host, star.server), `${i}`);
    star.world.run(9000);
  }
  assert.ok(star.hub.eventsOf("ipsec.sa", { state: "rekeyed" }).length >= 4);
  assert.equal(star.hub.eventsOf("ipsec.sa", { state: "down", reason: "configuration" }).length, 0);
  // The line that permitted it goes: so does what was made of it.
  star.hub.configure("ip access-list extended SPOKES\n no 10\n permit ip 10.0.0.0 0.0.0.255 10.21.0.0 0.0.0.255");
  star.world.run(1000);
  assert.ok(star.hub.eventsOf("ipsec.sa", { state: "down", reason: "configuration" }).length >= 1);
  assert.equal(star.ping(carol.host, star.server), false);
  assert.equal(star.plain, 0);
});

test("outside of the access list: refused, and both sides' selectors are named", () => {
  const star = new Star(HUB(list));
  const mallory = star.spoke(50, "mallory");
  assert.equal(star.ping(mallory.host, star.server), false);
  assert.match(
    star.hub.type("show crypto isakmp diagnose 192.0.2.50"),
    /\nWhy: 192\.0\.2\.50 wants to protect 10\.0\.0\.0\/24 <-> 10\.50\.0\.0\/24 \(here <-> there\), but with it crypto dynamic-map ANY 10 permits by list SPOKES 10\.0\.0\.0\/24 <-> 10\.16\.0\.0\/12\n/,
  );
  const wrong = star.spoke(21, "wrong", "not-the-key-for-everybody");
  assert.equal(star.ping(wrong.host, star.server), false);
  assert.match(star.hub.output, /the authentication of 192\.0\.2\.21 cannot be read/);
});

test("without an access list a peer may propose anything but a route to the hub itself; the rest passes in plain", () => {
  const star = new Star(HUB(""));
  const carol = star.spoke(50, "carol");
  star.wan.plug(new Endpoint("192.0.2.254", "192.0.2.1"));
  const plain = star.spoke(51, "plain");
  assert.ok(star.ping(carol.host, star.server));
  assert.ok(star.ping(star.server, carol.host));
  assert.equal(star.plain, 0);
  star.server.ping("10.51.0.10", 999);
  star.world.run(500);
  assert.ok(star.plain > 0, "what nobody has proposed is not held up");
  const greedy = star.spoke(52, "greedy", "a-key-for-everybody", "any");
  assert.equal(star.ping(greedy.host, star.server), false);
  assert.match(star.hub.output, /192\.0\.2\.52 wants to protect 10\.0\.0\.0\/24 <-> 0\.0\.0\.0\/0/);
  assert.ok(star.ping(star.server, carol.host));
  assert.equal(plain.router.eventsOf("ipsec.sa").length, 0);
});

test("dynamic-responder: a peer that comes back from another address takes over from its former self", () => {
  const star = new Star(HUB(list));
  const carol = star.spoke(20, "carol");
  assert.ok(star.ping(carol.host, star.server));
  // It can't say good-bye.
  star.wan.unplugged.add(carol.port);
  carol.router.configure("interface Ethernet1\n ip address 192.0.2.99 255.255.255.0");
  star.world.run(1000);
  star.wan.unplugged.clear();
  assert.equal(star.policies(), 2);
  assert.ok(star.ping(carol.host, star.server, 20_000), carol.router.output);
  assert.match(star.hub.output, /%CRYPTO-5-IPSEC_REPLACED: 192\.0\.2\.99 takes over from 192\.0\.2\.20: 10\.0\.0\.0\/24 <-> 10\.20\.0\.0\/24\n/);
  assert.ok(star.ping(star.server, carol.host), "the answers go to the new address");
  const shown = star.hub.type("show crypto ipsec sa");
  assert.doesNotMatch(shown, /192\.0\.2\.20/);
  assert.equal(star.policies(), 2);
  const phase1 = star.hub.type("show crypto isakmp sa");
  assert.doesNotMatch(phase1, /192\.0\.2\.20 /);
});

test("a peer with another key may not take what one has", () => {
  const star = new Star(HUB(list, "crypto isakmp key the-key-of-dave address 192.0.2.21\n"));
  const carol = star.spoke(20, "carol");
  assert.ok(star.ping(carol.host, star.server));
  const dave = star.spoke(21, "dave", "the-key-of-dave", "10.20.0.0 0.0.0.255");
  star.world.wire(new Endpoint("10.20.0.77", "10.20.0.1"), dave.router.port(2));
  dave.router.configure("interface Ethernet2\n ip address 10.20.0.1 255.255.255.0");
  dave.router.type("ping 10.0.0.1 source Ethernet2");
  star.world.run(12_000);
  assert.match(star.hub.output, /%CRYPTO-4-IPSEC_SELECTORS: 192\.0\.2\.21 wants to protect 10\.0\.0\.0\/24 <-> 10\.20\.0\.0\/24 \(here <-> there\), which 192\.0\.2\.20 has, by another key\n/);
  assert.ok(star.ping(star.server, carol.host));
});

test("so many policies of one peer and no more; those it has work on", () => {
  const star = new Star(HUB(list));
  const carol = star.spoke(20, "carol");
  const hosts = Array.from({ length: 10 }, (_, i) => i + 30);
  carol.router.configure(`ip access-list extended VPN\n no 10\n${hosts.map((n) => ` permit ip host 10.20.0.${n} 10.0.0.0 0.0.0.255`).join("\n")}`);
  const answered = hosts.filter((n) => {
    const host = new Endpoint(`10.20.0.${n}`, "10.20.0.1");
    star.world.wire(host, carol.router.port(0));
    return star.ping(host, star.server, 3000);
  });
  assert.equal(answered.length, 8);
  assert.equal(star.policies(), 9);
  assert.match(star.hub.output, /192\.0\.2\.20 wants one more policy of crypto dynamic-map ANY 10, and has 8 of them, or all peers have 48/);
});

test("three and more lines of an access list, in both roles: each its own SAs, with protocol and ports", () => {
  const lines = (flip: boolean) =>
    [
      ["icmp", "10.20.0.0 0.0.0.255", "", "10.0.0.0 0.0.0.255", ""],
      ["tcp", "10.20.0.0 0.0.0.255", "", "10.0.0.0 0.0.0.255", " eq 22"],
      ["udp", "10.20.0.0 0.0.0.255", " eq 53", "10.0.0.0 0.0.0.255", ""],
      ["47", "host 10.20.0.10", "", "host 10.0.0.10", ""],
    ]
      .map(([protocol, a, ap, b, bp]) => ` permit ${protocol} ${flip ? `${b}${bp} ${a}${ap}` : `${a}${ap} ${b}${bp}`}`)
      .join("\n");
  for (const dynamic of [true, false]) {
    const more = dynamic ? "" : "crypto map CM 10 ipsec-isakmp\n set peer 192.0.2.20\n set transform-set TS\n match address FOUR\n";
    const star = new Star(HUB(list, `ip access-list extended FOUR\n${lines(true)}\n${more}`));
    const carol = star.spoke(20, "carol");
    carol.router.configure(`ip access-list extended VPN\n no 10\n${lines(false)}`);
    const from = dynamic ? carol.host : star.server;
    const to = dynamic ? star.server : carol.host;
    const send = (protocol: number, ports: [number, number]) => {
      const payload = new Uint8Array(20);
      new DataView(payload.buffer).setUint16(0, ports[0]);
      new DataView(payload.buffer).setUint16(2, ports[1]);
      if (protocol === 17) payload[5] = 20;
      to.received.length = 0;
      from.datagram(datagram(from.address, to.address, protocol, payload));
      return star.world.run(3000, () => to.received.some((d) => d.protocol === protocol));
    };
    // All at once: four Quick Modes under way under one phase 1.
    from.ping(to.address, 1);
    const at = (a: [number, number]): [number, number] => (dynamic ? a : [a[1], a[0]]);
    from.datagram(datagram(from.address, to.address, 6, ports(...at([3000, 22]))));
    from.datagram(datagram(from.address, to.address, 17, ports(...at([53, 4000]))));
    from.datagram(datagram(from.address, to.address, 47, ports(0, 0)));
    star.world.run(3000);
    assert.equal(star.hub.eventsOf("ike.sa", { state: "up" }).length, 1);
    const up = star.hub.eventsOf("ipsec.sa", { state: "up" });
    assert.equal(up.length, 4, carol.router.output + star.hub.output);
    assert.equal(new Set(up.map((e) => e.spi_in)).size, 4);
    assert.equal(new Set(up.map((e) => e.policy)).size, 4);
    assert.ok(star.ping(from, to));
    assert.ok(send(6, at([3000, 22])));
    assert.ok(send(17, at([53, 4000])));
    assert.ok(send(47, [0, 0]));
    // What no line permits: another port. In plain it may not come in either.
    assert.equal(send(6, at([3000, 23])), false);
    const counters = [...star.hub.type("show crypto ipsec sa").matchAll(/#pkts encaps: (\d+).*\n.*#pkts decaps: (\d+)/g)].map((m) => Number(m[1]) + Number(m[2]));
    assert.ok(counters.filter((n) => n >= 2).length >= 4, `${counters}`);
  }
});

/** A datagram of any protocol. */
function datagram(src: string, dst: string, protocol: number, payload: Uint8Array): Uint8Array {
  return ipv4(src, dst, protocol, payload, { id: 9 });
}

function ports(a: number, b: number): Uint8Array {
  const out = new Uint8Array(20);
  const view = new DataView(out.buffer);
  view.setUint16(0, a);
  view.setUint16(2, b);
  view.setUint16(4, 20);
  return out;
}
