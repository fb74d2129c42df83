/** NAT beside a crypto map: what a list or a route map exempts goes through the tunnel, the rest out translated, and what NAT would take away from the map does not go. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Pair } from "../support/world/pair.ts";
import { IP_UDP, ipv4, parseIpv4, udp } from "../support/world/frame.ts";

const SIDES = "interface Ethernet0\n ip nat inside\ninterface Ethernet1\n ip nat outside\n";
const BY_LIST = `${SIDES}ip access-list extended NAT
 deny ip 10.1.0.0 0.0.0.255 10.2.0.0 0.0.0.255
 permit ip 10.1.0.0 0.0.0.255 any
ip nat inside source list NAT interface Ethernet1 overload
`;
const BY_MAP = `${SIDES}ip access-list extended ALL
 permit ip any any
ip nat inside source route-map RM interface Ethernet1 overload
route-map RM deny 10
 match ip address VPN
route-map RM permit 20
 match ip address ALL
 match interface Ethernet1
`;

/** Datagrams of UDP that alpha sent in plain on the WAN. */
const plain = (pair: Pair): string[] =>
  pair.wan
    .filter(({ direction, frame }) => direction === 0 && frame[12] === 8 && frame[13] === 0)
    .map(({ frame }) => parseIpv4(frame.subarray(14))!)
    .filter((p) => p.protocol === IP_UDP && p.payload.readUInt16BE(0) !== 500)
    .map((p) => `${p.src}:${p.payload.readUInt16BE(0)} > ${p.dst}:${p.payload.readUInt16BE(2)}`);

const send = (pair: Pair, dst: string, port: number) => {
  pair.a.datagram(ipv4(pair.a.address, dst, IP_UDP, udp(port, 7, new Uint8Array(20))));
  pair.world.run(100);
};

for (const [name, extra] of [["a list", BY_LIST], ["a route map", BY_MAP]] as const) {
  test(`exempted by ${name}: through the tunnel untouched, the rest translated`, () => {
    const pair = new Pair({ alpha: { extra } });
    assert.equal(pair.alpha.refusedLines, 0, pair.alpha.output);
    assert.ok(pair.ping());
    assert.ok(pair.ping(30_000, "b"), "from the other end");
    const received: string[] = [];
    pair.b.onPacket = (p) => (received.push(p.src), false);
    send(pair, pair.b.address, 4000);
    assert.deepEqual(received, ["10.1.0.10"]);
    assert.deepEqual(plain(pair), []);
    send(pair, "192.0.2.2", 4001);
    assert.deepEqual(plain(pair), ["192.0.2.1:4001 > 192.0.2.2:7"]);
    // beta's answer, port unreachable, comes to the host, as the others do that are about it.
    const answer = pair.a.received.at(-1)!;
    assert.deepEqual([answer.src, answer.payload[0], answer.payload[1]], ["192.0.2.2", 3, 3]);
    assert.equal(parseIpv4(Uint8Array.from([...answer.payload.subarray(8), ...new Uint8Array(20)]))!.src, "10.1.0.10");
    assert.deepEqual(pair.alpha.type("show ip nat translations").split("\n").filter((l) => l.startsWith("udp")).map((l) => l.replace(/\s+/g, " ").trim()), [
      "udp 192.0.2.1:4001 10.1.0.10:4001 192.0.2.2:7 192.0.2.2:7",
    ]);
  });
}

test("without an exemption: it does not leave in plain, and the console says once which line exempts it", () => {
  const pair = new Pair({ alpha: { extra: BY_LIST.replace(" deny ip 10.1.0.0 0.0.0.255 10.2.0.0 0.0.0.255\n", "") } });
  assert.equal(pair.ping(3000), false);
  send(pair, pair.b.address, 4000);
  send(pair, pair.b.address, 4001);
  send(pair, pair.b.address, 4000);
  assert.deepEqual(plain(pair), []);
  assert.equal(pair.wan.filter(({ direction, frame }) => direction === 0 && frame[23] === 1).length, 0);
  assert.equal(pair.alpha.counters().get("NAT takes it away from its crypto map"), 4);
  const said = pair.alpha.output.match(/%NAT-4-MISSES_CRYPTO: .*/g) ?? [];
  assert.deepEqual(said, [
    "%NAT-4-MISSES_CRYPTO: 10.1.0.10 -> 10.2.0.10: crypto map CM 10 protects it, but NAT makes its source 192.0.2.1 before the map is asked: dropped. Exempt it: `ip access-list extended NAT`, `5 deny ip 10.1.0.0 0.0.0.255 10.2.0.0 0.0.0.255`",
  ]);
  // The line that it names, typed as it stands.
  pair.alpha.type("configure terminal\nip access-list extended NAT\n5 deny ip 10.1.0.0 0.0.0.255 10.2.0.0 0.0.0.255\nend");
  assert.ok(pair.ping(), "exempted now");
  send(pair, "192.0.2.2", 4002);
  assert.deepEqual(plain(pair), ["192.0.2.1:4002 > 192.0.2.2:7"]);
});

test("a map that covers what NAT makes of it: translated, and through the tunnel", () => {
  const selectors: [string, string][] = [["host 192.0.2.1", "10.2.0.0 0.0.0.255"]];
  const pair = new Pair({ both: { selectors }, alpha: { extra: BY_LIST.replace(" deny ip 10.1.0.0 0.0.0.255 10.2.0.0 0.0.0.255\n", "") } });
  const sources: string[] = [];
  pair.b.onPacket = (p) => (sources.push(p.src), false);
  assert.ok(pair.ping(), "and its answer back");
  assert.deepEqual([...new Set(sources)], ["192.0.2.1"]);
  assert.ok(pair.ping());
  assert.match(pair.alpha.type("show ip nat translations"), /icmp 192\.0\.2\.1:\d+ +10\.1\.0\.10:/);
});

test("a forged answer in plain to what the tunnel carries, under the translation: dropped as what was to be protected", () => {
  const selectors: [string, string][] = [["host 192.0.2.1", "10.2.0.0 0.0.0.255"]];
  const pair = new Pair({ both: { selectors }, alpha: { extra: BY_LIST.replace(" deny ip 10.1.0.0 0.0.0.255 10.2.0.0 0.0.0.255\n", "") } });
  assert.ok(pair.ping());
  send(pair, pair.b.address, 4000);
  const before = pair.a.received.length;
  const esp = pair.wan.filter(({ direction, frame }) => direction === 0 && frame[23] === 50).at(-1)!.frame;
  const forged = ipv4("10.2.0.10", "192.0.2.1", IP_UDP, udp(7, 4000, new Uint8Array(4)));
  const frame = new Uint8Array(14 + forged.length);
  frame.set(esp.subarray(6, 12), 0);
  frame.set(esp.subarray(0, 6), 6);
  frame.set([8, 0], 12);
  frame.set(forged, 14);
  pair.alpha.frame(1, frame);
  pair.world.run(50);
  assert.equal(pair.a.received.length, before);
  assert.equal(pair.alpha.counters().get("policy: plaintext that must be protected"), 1);
});
