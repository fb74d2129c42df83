/**
 * What came out of a tunnel, and every error about it, goes back through that tunnel or nowhere (RFC 4301, 6.2). The figure:
 * no datagram on the WAN that is neither ISAKMP nor ESP, while the host behind the peer hears each error.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Endpoint } from "../support/world/endpoint.ts";
import { echo, ipv4, udp } from "../support/world/frame.ts";
import { Internet } from "../support/world/internet.ts";
import type { Settings } from "../support/world/pair.ts";
import { World } from "../support/world/world.ts";
import { Watched, heard, isPlain } from "./watched.ts";

const SECRET = new TextEncoder().encode("SECRET-PAYLOAD-".repeat(60));
/** No address of alpha's lies in the selectors. */
const FAR = (extra = "", esp = "esp-aes 128 esp-sha256-hmac"): { both: Partial<Settings>; alpha: Partial<Settings> } => ({
  both: { esp, selectors: [["10.50.0.0 0.0.255.255", "10.2.0.0 0.0.0.255"]] },
  alpha: { extra: `${extra}ip route 10.50.0.0 255.255.0.0 10.1.0.10\n` },
});

const errors: [string, ConstructorParameters<typeof Watched>[0], string, object, string][] = [
  ["a host that does not answer ARP", {}, "10.1.0.77", {}, "10.1.0.1 3/1"],
  ["a closed port of alpha's", {}, "10.1.0.1", {}, "10.1.0.1 3/3"],
  ["TTL, no address of alpha's in the selectors", FAR(), "10.50.1.1", { ttl: 2 }, "192.0.2.1 11/0"],
  ["Null0, no address of alpha's in the selectors", FAR("ip route 10.50.9.0 255.255.255.0 Null0\n"), "10.50.9.1", {}, "192.0.2.1 3/0"],
  ["a smaller MTU and DF, no address in the selectors", FAR("interface Ethernet0\n mtu 576\n"), "10.50.1.1", { df: true }, "192.0.2.1 3/4"],
  ["a smaller MTU and DF", { alpha: { extra: "interface Ethernet0\n mtu 576\n" } }, "10.1.0.10", { df: true }, "10.1.0.1 3/4"],
  ["TTL, AH and ESP", FAR("", "ah-sha256-hmac esp-aes 128 esp-sha256-hmac"), "10.50.1.1", { ttl: 2 }, "192.0.2.1 11/0"],
];

for (const [what, options, dst, o, error] of errors) {
  test(`an error about a decrypted datagram: ${what}`, () => {
    const pair = new Watched(options);
    for (let i = 0; i < 3; i++) {
      pair.b.datagram(ipv4("10.2.0.10", dst, 17, udp(4000, 53, SECRET), { ttl: 64, id: 77 + i, ...o }));
      pair.world.run(10_000);
    }
    assert.equal(pair.plain.length, 0, "in plain on the WAN");
    assert.ok(heard(pair.b.received).includes(error), `b heard ${heard(pair.b.received)}`);
  });
}

test("an error of a router behind alpha, whose address nobody negotiated, goes the way of what it quotes", () => {
  const pair = new Watched();
  assert.ok(pair.ping());
  pair.b.datagram(ipv4("10.2.0.10", "10.1.0.10", 17, udp(4000, 53, SECRET), { id: 5 }));
  pair.world.run(100);
  const quoted = pair.a.received.at(-1)!.datagram;
  const error = (source: string, of: Uint8Array) => {
    const message = echo(11, 0, 0, of.slice(0, 540));
    pair.a.datagram(ipv4(source, "10.2.0.10", 1, message, { id: 6 }));
    pair.world.run(100);
  };
  error("172.16.0.1", quoted);
  assert.equal(pair.plain.length, 0);
  assert.ok(heard(pair.b.received).includes("172.16.0.1 11/0"));
  // One that quotes what never was in the tunnel is nobody's: the SA's selectors hold for it as for all else.
  pair.b.received.length = 0;
  const other = quoted.slice();
  other.set([10, 77, 0, 1], 16);
  error("10.1.0.99", other);
  assert.deepEqual(heard(pair.b.received), ["10.1.0.99 11/0"], "by its own addresses");
});

test("the reply to an echo request out of the tunnel does not follow a route that leads elsewhere", () => {
  const pair = new Watched();
  assert.ok(pair.ping());
  let elsewhere = 0;
  const send = pair.alpha.port(0).send;
  pair.alpha.port(0).send = (frame) => {
    if (frame[12] === 8 && frame[13] === 0) elsewhere++;
    send(frame);
  };
  pair.alpha.configure("ip route 10.2.0.0 255.255.255.0 10.1.0.10");
  elsewhere = 0;
  pair.b.ping("10.1.0.1", 900);
  pair.world.run(1000);
  assert.equal(elsewhere, 0);
  assert.ok(pair.b.replies.has(900));
});

test("IKE out of a tunnel is not answered in plain", () => {
  const pair = new Watched();
  assert.ok(pair.ping());
  const before = pair.wan.filter((f) => f.frame[23] === 17).length;
  const message = new Uint8Array(28);
  message.set([1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0x10, 2, 0, 0, 0, 0, 0, 0, 0, 0, 28]);
  pair.b.datagram(ipv4("10.2.0.10", "10.1.0.1", 17, udp(500, 500, message)));
  pair.world.run(1000);
  assert.equal(pair.wan.filter((f) => f.frame[23] === 17).length, before);
  assert.equal(pair.alpha.counters().get("policy: from a tunnel, and would leave in plain"), 1);
});

test("the LAN is down and a default route leads out of the WAN: nothing in plain, no circle", () => {
  for (const extra of ["", "ip route 10.1.0.0 255.255.255.0 Null0 250\n"]) {
    const pair = new Watched({ alpha: { extra } });
    assert.ok(pair.ping());
    pair.world.run(500);
    pair.alpha.configure("interface Ethernet0\n shutdown");
    pair.wan.length = 0;
    pair.b.received.length = 0;
    pair.b.ping("10.1.0.10", 500, 100);
    pair.world.run(5000);
    assert.equal(pair.plain.length, 0);
    assert.equal(pair.ofProtocol(50).length, 2, "one datagram, one error");
    assert.deepEqual(heard(pair.b.received), [`192.0.2.1 ${extra ? "3/0" : "3/13"}`]);
  }
});

test("from spoke to spoke through a hub whose addresses are in no selector", () => {
  const world = new World(3);
  const net = new Internet(world, 10);
  const common = "crypto isakmp policy 10\n encryption aes 128\n hash sha256\n authentication pre-share\n group 2\ncrypto isakmp key correct-horse-battery address 0.0.0.0 0.0.0.0\ncrypto ipsec transform-set TS esp-aes 128 esp-sha256-hmac\n";
  const entry = (n: number) => `crypto map CM ${n} ipsec-isakmp\n set peer 198.51.100.${n}\n set transform-set TS\n match address L${n}\n`;
  const list = (n: number) => `ip access-list extended L${n}\n permit ip 10.1.0.0 0.0.0.255 10.${n}.0.0 0.0.0.255\n permit ip 10.${5 - n}.0.0 0.0.0.255 10.${n}.0.0 0.0.0.255\n`;
  const hub = world.router("hub", { config: `hostname hub\n${common}${list(2)}${list(3)}${entry(2)}${entry(3)}interface Ethernet0\n ip address 10.1.0.1 255.255.255.0\ninterface Ethernet1\n ip address 192.0.2.1 255.255.255.0\n crypto map CM\nip route 0.0.0.0 0.0.0.0 192.0.2.254\n` });
  let plain = 0;
  const carry = net.carry.bind(net);
  net.carry = (datagram: Uint8Array) => {
    const frame = new Uint8Array(14 + datagram.length);
    frame.set([8, 0], 12);
    frame.set(datagram, 14);
    if (isPlain(frame)) plain++;
    carry(datagram);
  };
  net.join(hub.port(1), "192.0.2.1");
  const hosts = [2, 3].map((n) => {
    const router = world.router(`s${n}`, { config: `hostname s${n}\n${common}ip access-list extended VPN\n permit ip 10.${n}.0.0 0.0.0.255 10.1.0.0 0.0.0.255\n permit ip 10.${n}.0.0 0.0.0.255 10.${5 - n}.0.0 0.0.0.255\ncrypto map CM 10 ipsec-isakmp\n set peer 192.0.2.1\n set transform-set TS\n match address VPN\ninterface Ethernet0\n ip address 10.${n}.0.1 255.255.255.0\ninterface Ethernet1\n ip address 198.51.100.${n} 255.255.255.0\n crypto map CM\nip route 0.0.0.0 0.0.0.0 198.51.100.254\n` });
    const host = new Endpoint(`10.${n}.0.10`, `10.${n}.0.1`);
    world.wire(host, router.port(0));
    net.join(router.port(1), `198.51.100.${n}`);
    return host;
  });
  const two = hosts[0]!;
  two.ping("10.3.0.10", 1);
  world.run(20_000);
  two.ping("10.3.0.10", 2);
  world.run(5000);
  assert.ok(two.replies.has(2));
  two.received.length = 0;
  two.datagram(ipv4("10.2.0.10", "10.3.0.10", 17, udp(33434, 33434, SECRET), { ttl: 2 }));
  world.run(3000);
  assert.deepEqual(heard(two.received), ["192.0.2.1 11/0"]);
  two.received.length = 0;
  hub.configure("interface Ethernet1\n mtu 1400");
  two.datagram(ipv4("10.2.0.10", "10.3.0.10", 17, udp(33434, 33434, new Uint8Array(1380)), { df: true }));
  world.run(3000);
  assert.deepEqual(heard(two.received), ["192.0.2.1 3/4"]);
  assert.equal(plain, 0);
});
