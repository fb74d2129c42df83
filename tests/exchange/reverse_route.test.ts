/** `reverse-route`: routes to what a crypto map protects, made with the map or with the SA. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Pair } from "../support/world/pair.ts";
import { Hub } from "../support/world/hub.ts";

const ROUTE = /^S +10\.2\.0\.0\/24 \[1\/0\] via 192\.0\.2\.2/m;
/** The pair without the default routes that lead to the other side. */
const pairOf = (line: string, more = ""): Pair => {
  const pair = new Pair({ alpha: { extra: `no ip route 0.0.0.0 0.0.0.0 192.0.2.2\ncrypto map CM 10\n ${line}\n${more}` } });
  assert.equal(pair.alpha.refusedLines, 0, pair.alpha.output);
  return pair;
};
const routes = (pair: Pair): string => pair.alpha.type("show ip route");

test("static: the route is there with the map, leads the first packet into the tunnel, and goes with the map", () => {
  const pair = pairOf("reverse-route static");
  assert.match(routes(pair), ROUTE);
  assert.ok(pair.ping(), pair.alpha.output);
  pair.alpha.type("clear crypto sa\nclear crypto isakmp");
  assert.match(routes(pair), ROUTE, "with SAs or without");
  assert.doesNotMatch(pair.alpha.type("show running-config"), /ip route/, "it is not of the configuration");
  assert.match(pair.alpha.type("show running-config"), /^ reverse-route static$/m);
  pair.alpha.type("configure terminal\ninterface Ethernet1\nno crypto map\nend");
  assert.doesNotMatch(routes(pair), ROUTE);
  pair.alpha.type("configure terminal\ninterface Ethernet1\ncrypto map CM\nend");
  assert.match(routes(pair), ROUTE);
  pair.alpha.type("configure terminal\ncrypto map CM 10\nno reverse-route\nend");
  assert.doesNotMatch(routes(pair), ROUTE);
});

test("without static it comes with the SA, stays over a renewal, and goes with the last one", () => {
  const pair = pairOf("reverse-route", " set security-association lifetime seconds 120\n");
  assert.doesNotMatch(routes(pair), ROUTE);
  assert.equal(pair.ping(5000), false, "no route leads there before");
  assert.ok(pair.ping(30_000, "b"), "the peer begins");
  assert.match(routes(pair), ROUTE);
  assert.ok(pair.ping(), "and now we may");
  pair.world.run(130_000);
  assert.ok(pair.alpha.eventsOf("ipsec.sa", { state: "rekeyed" }).length > 0);
  assert.match(routes(pair), ROUTE);
  pair.beta.type("clear crypto sa");
  pair.world.run(1000);
  assert.doesNotMatch(routes(pair), ROUTE);
});

test("remote-peer, distance and tag; what is changed is made anew", () => {
  const pair = pairOf("reverse-route static remote-peer 192.0.2.77 distance 5 tag 42");
  assert.match(routes(pair), /^S +10\.2\.0\.0\/24 \[5\/0\] via 192\.0\.2\.77/m);
  assert.match(pair.alpha.type("show running-config"), /^ reverse-route static remote-peer 192\.0\.2\.77 distance 5 tag 42$/m);
  pair.alpha.type("configure terminal\ncrypto map CM 10\nreverse-route static\nend");
  assert.match(routes(pair), ROUTE);
  assert.doesNotMatch(routes(pair), /192\.0\.2\.77/);
});

test("a configured route of the same prefix stays, and is the one that counts", () => {
  const pair = pairOf("reverse-route static", "ip route 10.2.0.0 255.255.255.0 192.0.2.99\n");
  const lines = routes(pair).split("\n").filter((line) => line.includes("10.2.0.0/24"));
  assert.match(lines[0]!, /via 192\.0\.2\.99/);
  pair.alpha.type("configure terminal\nno ip route 10.2.0.0 255.255.255.0\nend");
  assert.match(routes(pair), ROUTE);
  pair.alpha.type("configure terminal\nip route 10.2.0.0 255.255.255.0 192.0.2.2\nno ip route 10.2.0.0 255.255.255.0 192.0.2.2\nend");
  assert.match(routes(pair), ROUTE, "`no ip route` takes configured ones alone");
});

test("a destination that the peer itself is in makes no route", () => {
  const pair = new Pair({ alpha: { extra: "ip access-list extended VPN\n permit ip any any\ncrypto map CM 10\n reverse-route static\n" } });
  assert.doesNotMatch(routes(pair), /^S +0\.0\.0\.0\/0 .*via 192\.0\.2\.2[^]*via 192\.0\.2\.2/m);
  assert.equal((routes(pair).match(/via 192\.0\.2\.2/g) ?? []).length, 2, "the default route that is configured, and 10.2.0.0/24");
});

test("of a dynamic map: each branch's network while it has an SA; static is refused in a sentence", () => {
  const hub = new Hub([], {
    more: "crypto dynamic-map DYN 10\n set transform-set TS\n reverse-route\ncrypto map CM 100 ipsec-isakmp dynamic DYN\n",
  });
  const branches = [20, 21].map((n) => hub.branch(n));
  assert.doesNotMatch(hub.router.type("show ip route"), /10\.2[01]\.0\.0/);
  for (const branch of branches) assert.ok(branch.ping(), hub.router.output);
  const shown = hub.router.type("show ip route");
  for (const n of [20, 21]) assert.match(shown, new RegExp(`^S +10\\.${n}\\.0\\.0/24 \\[1/0\\] via 198\\.51\\.100\\.${n}`, "m"));
  assert.ok(branches[0]!.ping(20_000, "hub"));
  branches[0]!.router.type("clear crypto sa");
  hub.world.run(1000);
  assert.doesNotMatch(hub.router.type("show ip route"), /10\.20\.0\.0/);
  assert.match(hub.router.type("show ip route"), /10\.21\.0\.0/);
  hub.router.type("configure terminal\ncrypto dynamic-map DYN 10");
  assert.match(hub.router.type("reverse-route static"), /A dynamic map has routes with its SAs alone/);
  hub.router.type("end");
});

test("such routes leave room for configured ones, and the console says once that there is no more", () => {
  const lines = Array.from({ length: 100 }, (_, n) => ` permit ip 10.1.0.0 0.0.0.255 10.3.${n}.0 0.0.0.255`).join("\n");
  const pair = new Pair({ alpha: { extra: `ip access-list extended VPN\n${lines}\ncrypto map CM 10\n reverse-route static\n` } });
  pair.world.run(100);
  const own = (routes(pair).match(/^S +10\./gm) ?? []).length;
  const [, most = "0"] = /^routes +\d+ +\d+ +(\d+)/m.exec(pair.alpha.type("show memory")) ?? [];
  if (Number(most) <= 101) {
    assert.ok(own < Number(most));
    assert.equal((pair.alpha.output.match(/%CRYPTO-3-REVERSE_ROUTE: there is no room for the route to /g) ?? []).length, 1);
  } else assert.equal(own, 101);
  pair.alpha.type("configure terminal\nip route 203.0.113.0 255.255.255.0 192.0.2.2\nend");
  assert.match(routes(pair), /203\.0\.113\.0\/24/);
});
