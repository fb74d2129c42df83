/**
 * What the configuration says is to be protected never leaves in plain, whatever is taken from it under a running tunnel and
 * whatever is full. The figure: no datagram of the inner networks on the WAN in plain, one sentence at the console.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ipv4, udp } from "../support/world/frame.ts";
import { Watched } from "./watched.ts";

const map = (line: string) => `crypto map CM 10\n ${line}`;
const losses: [string, string, RegExp][] = [
  ["no set peer", map("no set peer 192.0.2.2"), /%CRYPTO-4-INCOMPLETE: crypto map CM 10 has no peer: what it matches is discarded/],
  ["no set transform-set", map("no set transform-set TS"), /CM 10 has no transform set: what it matches is discarded/],
  ["no match address", map("no match address VPN"), /CM 10 has no access list any more: what that matched is discarded/],
  ["another list, which is not there", map("match address NONE"), /CM 10 has no line in access list NONE any more: what that matched is discarded/],
  ["the list is removed", "no ip access-list extended VPN", /CM 10 has no line in access list VPN any more: what that matched is discarded/],
  ["its last line is removed", "ip access-list extended VPN\n no 10", /no line in access list VPN any more/],
  ["the list is removed and made again, empty", "no ip access-list extended VPN\nip access-list extended VPN", /no line in access list VPN any more/],
  ["list and peer", `no ip access-list extended VPN\n${map("no set peer 192.0.2.2")}`, /what that matched is discarded/],
];
const RESTORE = `ip access-list extended VPN\n permit ip 10.1.0.0 0.0.0.255 10.2.0.0 0.0.0.255\n${map("match address VPN\n set peer 192.0.2.2\n set transform-set TS")}`;

for (const [what, lines, says] of losses) {
  test(`under a running tunnel: ${what}`, () => {
    const pair = new Watched();
    assert.ok(pair.ping());
    const printed = pair.alpha.configure(lines);
    assert.match(pair.alpha.output.slice(-1500), says, printed);
    for (let i = 0; i < 20; i++) {
      pair.a.ping("10.2.0.10", 100 + i);
      pair.world.run(500);
    }
    assert.equal(pair.plain.length, 0);
    assert.ok((pair.alpha.counters().get("policy: discard") ?? 0) >= 20);
    assert.match(pair.alpha.type("show crypto map"), /"CM" 10 ipsec-isakmp \(incomplete: what it matches is discarded\)/);
    // What it never matched passes as before.
    pair.a.datagram(ipv4("10.1.0.10", "198.51.100.9", 17, udp(1, 1, new Uint8Array(8)), { ttl: 2 }));
    pair.world.run(100);
    assert.equal(pair.plain.filter((f) => f.direction === 0).length, 1);
    pair.alpha.configure(RESTORE);
    pair.plain.length = 0;
    assert.ok(pair.ping(), "whole again");
    assert.doesNotMatch(pair.alpha.type("show crypto map"), /incomplete/);
    assert.equal(pair.plain.length, 0);
  });
}

test("an incomplete entry from the start discards what it matches, and the others work", () => {
  const extra = "ip access-list extended OTHER\n permit ip 10.1.0.0 0.0.0.255 10.3.0.0 0.0.0.255\ncrypto map CM 20 ipsec-isakmp\n match address OTHER\n set transform-set TS\n";
  const pair = new Watched({ alpha: { extra } });
  assert.match(pair.alpha.output, /crypto map CM 20 has no peer: what it matches is discarded/);
  assert.ok(pair.ping());
  pair.a.ping("10.3.0.10", 7);
  pair.world.run(1000);
  assert.equal(pair.plain.length, 0);
});

test("140 lines, room for 112 tunnels: lines 113 to 140 discard, what none matches passes", () => {
  const pair = new Watched();
  assert.ok(pair.ping());
  const lines = Array.from({ length: 139 }, (_, i) => ` permit ip 10.1.0.0 0.0.0.255 10.7.${i}.0 0.0.0.255`).join("\n");
  pair.alpha.configure(`ip access-list extended VPN\n${lines}`);
  assert.match(pair.alpha.output, /%CRYPTO-3-POLICIES: there is no room for more than 112 tunnels in profile board: crypto map CM 10 is cut short, and what its lines from 1130 on match is discarded/);
  assert.match(pair.alpha.type("show crypto map"), /no room from line 1130 on: what those lines match is discarded/);
  assert.ok(pair.ping(), "the first line's tunnel stays");
  for (let i = 0; i < 139; i++) pair.a.ping(`10.7.${i}.10`, 1000 + i);
  pair.world.run(30_000);
  assert.equal(pair.plain.length, 0);
  pair.a.datagram(ipv4("10.1.0.10", "10.9.0.1", 17, udp(1, 1, new Uint8Array(8)), { ttl: 2 }));
  pair.world.run(100);
  assert.equal(pair.plain.filter((f) => f.direction === 0).length, 1);
  // A list of as many other lines in its place: those that go make room for those that come.
  const others = Array.from({ length: 112 }, (_, i) => ` permit ip 10.1.0.0 0.0.0.255 10.8.${i}.0 0.0.0.255`).join("\n");
  pair.plain.length = 0;
  pair.alpha.configure(`no ip access-list extended VPN\nip access-list extended VPN\n${others}`);
  assert.doesNotMatch(pair.alpha.type("show crypto map"), /no room/);
  pair.a.ping("10.8.111.10", 9);
  pair.world.run(1000);
  assert.equal(pair.plain.length, 0);
});

test("entries behind the one that was cut: deny, bypass and discard hold for them too", () => {
  const many = Array.from({ length: 112 }, (_, i) => ` permit ip 10.1.0.0 0.0.0.255 10.7.${i}.0 0.0.0.255`).join("\n");
  const extra = `ip access-list extended MANY\n${many}\n deny ip any 10.2.0.9 0.0.0.0\n permit ip 10.1.0.0 0.0.0.255 10.6.0.0 0.0.255.255
ip access-list extended CLEAR\n permit ip any 10.5.0.0 0.0.255.255
ip access-list extended LATE\n permit ip 10.1.0.0 0.0.0.255 10.4.0.0 0.3.255.255
crypto map CM 5 ipsec-isakmp\n set peer 192.0.2.9\n set transform-set TS\n match address MANY
crypto map CM 30 bypass\n match address CLEAR
crypto map CM 40 ipsec-isakmp\n set peer 192.0.2.8\n set transform-set TS\n match address LATE\n`;
  const pair = new Watched({ alpha: { extra } });
  const sent = (dst: string) => {
    pair.plain.length = 0;
    pair.a.datagram(ipv4("10.1.0.10", dst, 17, udp(1, 1, new Uint8Array(8)), { ttl: 2 }));
    pair.world.run(50);
    return pair.plain.filter((f) => f.direction === 0).length;
  };
  sent("10.9.9.9");
  assert.equal(sent("10.9.9.9"), 1, "nobody's");
  assert.equal(sent("10.6.1.1"), 0, "a line of the entry that was cut");
  assert.equal(sent("10.2.0.10"), 0, "an entry behind it");
  assert.equal(sent("10.2.0.9"), 0, "denied to the first, protected by the next");
  assert.equal(sent("10.5.1.1"), 1, "a bypass that stands before");
  assert.equal(sent("10.4.1.1"), 0, "the last");
});

test("a dynamic map that goes, or loses list or transform set, under its peers' tunnels", () => {
  const dynamic = "no crypto map CM 10\ncrypto dynamic-map D 10\n set transform-set TS\n match address VPN\ncrypto map CM 99 ipsec-isakmp dynamic D\n";
  for (const lines of ["no crypto dynamic-map D", "no crypto dynamic-map D 10", "crypto dynamic-map D 10\n no set transform-set TS", "crypto dynamic-map D 10\n match address NONE", "no ip access-list extended VPN"]) {
    const pair = new Watched({ alpha: { extra: "ip access-list extended X\n permit ip host 10.1.0.99 host 10.2.0.99\ncrypto map CM 50 bypass\n match address X\n" + dynamic } });
    assert.ok(pair.ping(30_000, "b"), lines);
    assert.ok(pair.ping(), lines);
    pair.alpha.configure(lines);
    for (let i = 0; i < 5; i++) {
      pair.a.ping("10.2.0.10", 100 + i);
      pair.world.run(1000);
    }
    assert.equal(pair.plain.length, 0, lines);
  }
});

test("what an entry lacks is forgotten with the interface's map, and told again", () => {
  const pair = new Watched();
  assert.ok(pair.ping());
  pair.alpha.configure(map("no set peer 192.0.2.2"));
  pair.alpha.configure("interface Ethernet1\n no crypto map");
  assert.match(pair.alpha.type("show crypto map"), /"CM" 10 ipsec-isakmp \(incomplete: not in force\)/);
  pair.alpha.configure("interface Ethernet1\n crypto map CM");
  assert.match(pair.alpha.type("show crypto map"), /what it matches is discarded/);
  assert.equal(pair.alpha.output.match(/%CRYPTO-4-INCOMPLETE/g)!.length, 2);
});

test("the list goes while its tunnel is being negotiated: none comes up, nothing leaves in plain", () => {
  for (const after of [1, 6, 12, 18, 24, 30, 36]) {
    const pair = new Watched();
    pair.a.ping("10.2.0.10", 1);
    pair.world.run(after);
    pair.alpha.configure("no ip access-list extended VPN");
    for (let i = 0; i < 20; i++) {
      pair.a.ping("10.2.0.10", 2 + i);
      pair.world.run(1000);
    }
    assert.equal(pair.plain.length, 0);
    assert.equal(pair.spis(pair.alpha).length, 0, `after ${after} ms`);
  }
});
