/**
 * Two dynamic entries whose lists overlap: the peer of the second gets a tunnel that carries both ways, and the console says that
 * the lists overlap. The figure: the ping through the second entry's tunnel is answered.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Watched } from "./watched.ts";

const PROFILES = `crypto isakmp profile OTHER
 match identity host other
crypto isakmp key another-long-secret hostname other
`;
const TEMPLATES = `no crypto map CM 10
ip access-list extended WIDE
 permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255
crypto dynamic-map D 10
 set transform-set TS
 set isakmp-profile OTHER
 match address WIDE
crypto dynamic-map D 20
 set transform-set TS
 match address VPN
ip access-list extended X
 permit ip host 10.1.0.99 host 10.2.0.99
crypto map CM 50 bypass
 match address X
crypto map CM 99 ipsec-isakmp dynamic D
`;

test("what a peer made of a template stands before all templates", () => {
  const pair = new Watched({ alpha: { extra: PROFILES + TEMPLATES } });
  assert.match(pair.alpha.output, /%CRYPTO-4-OVERLAP: crypto dynamic-map D 20 line 10 overlaps crypto dynamic-map D 10 line 10, which takes what both match/);
  assert.ok(pair.ping(30_000, "b"), "there");
  assert.ok(pair.ping(), "and begun here");
  assert.equal(pair.plain.length, 0);
  // Without the tunnel the template holds back what it is for.
  pair.beta.configure("interface Ethernet1\n no crypto map");
  pair.alpha.type("clear crypto sa");
  pair.world.run(1000);
  pair.a.ping("10.2.0.10", 500);
  pair.world.run(1000);
  assert.equal(pair.plain.length, 0);
});

test("a static entry between two dynamic ones keeps its place", () => {
  const pair = new Watched({ alpha: { extra: "ip access-list extended MORE\n permit ip 10.1.0.0 0.0.0.255 10.2.0.0 0.0.0.255\ncrypto dynamic-map D 10\n set transform-set TS\n match address MORE\ncrypto map CM 99 ipsec-isakmp dynamic D\n" } });
  assert.match(pair.alpha.output, /D 10 line 10 overlaps crypto map CM 10 line 10/);
  assert.ok(pair.ping());
});

test("exceptions are no overlap: a narrow line before a wide one, and what a deny line leaves", () => {
  const lists = "ip access-list extended NARROW\n permit ip 10.1.0.0 0.0.0.255 10.2.0.9 0.0.0.0\nip access-list extended REST\n deny ip 10.1.0.0 0.0.0.255 10.2.0.0 0.0.0.255\n permit ip 10.1.0.0 0.0.0.255 10.0.0.0 0.255.255.255\n";
  const entries = "crypto map CM 5 ipsec-isakmp\n set peer 192.0.2.9\n set transform-set TS\n match address NARROW\ncrypto map CM 6 ipsec-isakmp\n set peer 192.0.2.8\n set transform-set TS\n match address REST\n";
  const pair = new Watched({ alpha: { extra: lists + entries } });
  assert.doesNotMatch(pair.alpha.output, /OVERLAP: crypto map CM 10/);
  assert.ok(pair.ping());
});
