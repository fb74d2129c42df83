/**
 * Floods of IKE fragments. The figures: whatever comes at 2,000 a second, a tunnel that is up loses no ping, a new negotiation in fragments is up
 * within two seconds, the pools are given back, and nothing is kept for cookies that nobody has.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { AggressiveNegotiation } from "../support/second/aggressive.ts";
import { AGGRESSIVE } from "../support/second/fields.ts";
import { cutFrame, cutMessage, fragment, isakmpOf, readFragment } from "../support/second/ike_fragments.ts";
import { CONFIG, Negotiation } from "../support/second/negotiation.ts";
import { concat, u32 } from "../support/second/ike_peer.ts";
import { ipv4, udp } from "../support/world/frame.ts";
import { Watched } from "./watched.ts";

type Random = (below: number) => number;
const octets = (n: number, r: Random): Uint8Array => Uint8Array.from({ length: n }, () => r(256));

/** A header with these cookies. */
const header = (ckyI: Uint8Array, ckyR: Uint8Array, exchange: number, mid = 0): Uint8Array => concat(ckyI, ckyR, [1, 0x10, exchange, 0], u32(mid), u32(0));

const one = (r: Random, n: number) => ({ id: r(4), number: 1 + r(255), last: r(9) === 0, data: octets(1 + r(n), r) });

/** Used blocks of a pool, as `show memory` says; what is not in use is not listed. */
const used = (text: string, pool: string): number => Number(new RegExp(`${pool.replace(/[()]/g, "\\$&")}\\s+(\\d+)`).exec(text)?.[1] ?? 0);

/** What a station writes in the name of `src`: on port 500 of the pair's alpha. */
type Forge = (pair: Watched, n: number, r: Random) => [src: string, message: Uint8Array];
const cookies = (pair: Watched): [Uint8Array, Uint8Array] => {
  const last = [...pair.wan].reverse().map(({ frame }) => isakmpOf(frame)?.message).find((m) => m !== undefined && m.subarray(8, 16).some((b) => b !== 0))!;
  return [last.slice(0, 8), last.slice(8, 16)];
};

/** What is kept of it beside the peer's own two: nothing, or what the peer itself may have; how far the peer's fragments come apart, ms. */
const forged: [what: string, forge: Forge, keeps: boolean, apart?: number][] = [
  ["for cookies that nobody has", (_, _n, r) => [`198.51.${r(256)}.${1 + r(250)}`, fragment(header(octets(8, r), octets(8, r), 2), one(r, 900))], false],
  ["for cookies that nobody has, of Quick Mode, in the peer's name", (_, _n, r) => ["192.0.2.2", fragment(header(octets(8, r), octets(8, r), 32, 7), one(r, 900))], false],
  ["first ones of strangers", (_, _n, r) => [`198.51.${r(256)}.${1 + r(250)}`, fragment(header(octets(8, r), new Uint8Array(8), 2), one(r, 900))], false],
  ["first ones in the peer's name", (_, _n, r) => ["192.0.2.2", fragment(header(octets(8, r), new Uint8Array(8), 2), one(r, 900))], true, 0],
  ["first ones of Aggressive Mode, where nobody may begin so", (_, _n, r) => ["192.0.2.2", fragment(header(octets(8, r), new Uint8Array(8), 4), one(r, 900))], false],
  ["for the SA's cookies, from another address", (pair, _n, r) => ["198.51.100.9", fragment(header(...cookies(pair), 32, r(3)), one(r, 900))], true],
];

for (const [what, forge, keeps, apart = 1] of forged) {
  test(`2000/s: ${what}`, () => {
    const pair = new Watched();
    assert.ok(pair.ping());
    pair.fault = (frame) => cutFrame(frame, 100).map((piece, i) => ({ frame: piece, delay: i * apart }));
    const random: Random = (below) => pair.world.random.below(below);
    let n = 0;
    let sent = 0;
    let most = 0;
    for (let t = 0; t < 4000; t++) {
      for (let k = 0; k < 2; k++) {
        const [src, message] = forge(pair, n++, random);
        pair.stranger(ipv4(src, "192.0.2.1", 17, udp(500, 500, message), { id: n & 0xffff }));
      }
      if (t % 200 === 0) pair.b.ping("10.1.0.10", 1000 + sent++, 400);
      // In the middle the peer begins anew, all of it in fragments.
      if (t === 2000) pair.beta.type("clear crypto isakmp");
      pair.world.run(1);
      if (t % 100 === 0) {
        const text = pair.alpha.type("show memory");
        most = Math.max(most, used(text, "isakmp messages in fragments"));
      }
      pair.plain.length = pair.a.received.length = 0;
    }
    pair.world.run(1000);
    const answered = [...pair.b.replies.keys()].filter((k) => k >= 1000).length;
    assert.ok(answered >= sent - 2, `${answered} of ${sent}`);
    assert.ok(keeps || most <= 2, `${most} are kept`);
    assert.ok(most <= 16);
    pair.world.run(31_000);
    const after = pair.alpha.type("show memory");
    assert.equal(used(after, "isakmp messages in fragments") + used(after, "isakmp fragments (1024)"), 0, after);
  });
}

const two = `${CONFIG}
crypto isakmp key another-key-of-other address 192.0.2.3
ip access-list extended VPN3
 permit ip 10.1.0.0 0.0.0.255 10.3.0.0 0.0.0.255
crypto map CM 20 ipsec-isakmp
 set peer 192.0.2.3
 set transform-set TS
 match address VPN3
`;

/** Every message of a negotiation in fragments of 50 octets. */
function inFragments(n: Negotiation): void {
  const inject = n.inject.bind(n);
  n.inject = (data) => { for (const piece of cutMessage(data, 50)) inject(piece); };
}

test("a peer that has proved who it is fills what it can under its SA: another one is up in fragments", () => {
  const n = new Negotiation(6, two);
  for (let i = 0; i < 5; i++) for (const step of n.initiate()) { if (step.name === "quick 1") break; assert.ok(step.go(), step.name); }
  const { ckyI, ckyR } = n.peer;
  const random: Random = (below) => n.world.random.below(below);
  const fill = (times: number) => { for (let i = 0; i < times; i++) n.inject(fragment(header(ckyI, ckyR, 32, 1 + random(4)), { id: 1, number: 1 + random(255), last: false, data: octets(1200, random) })); };
  fill(100);
  const other = new Negotiation(7, undefined, undefined, "another-key-of-other", { world: n.world, router: n.router, station: n.station, behindPeer: ["10.3.0.0", "255.255.255.0"], behindRouter: ["10.1.0.0", "255.255.255.0"] });
  n.station.address = "192.0.2.3";
  other.peer.address = 0xc0000203;
  inFragments(other);
  for (const step of other.initiate()) {
    n.station.address = "192.0.2.2";
    fill(20);
    n.station.address = "192.0.2.3";
    assert.ok(step.go(), `${step.name}: ${n.router.output.slice(-500)}`);
  }
});

test("under load first messages in fragments are answered as others are, and what comes back with our cookie is taken in fragments", () => {
  const n = new Negotiation(8);
  const random: Random = (below) => n.world.random.below(below);
  const station = n.station.address;
  // Sixteen half-open negotiations in the peer's name and more: from now on nothing is kept of a first message but its offer.
  const first = n.initiate().next().value!;
  const template = first.make(first.payloads);
  for (let i = 0; i < 40; i++) n.inject(concat(octets(8, random), template.slice(8)));
  assert.match(n.router.type("show crypto isakmp stats"), /first messages answered without state +[1-9]/);
  n.station.address = station;
  inFragments(n);
  for (const step of n.initiate()) assert.ok(step.go(), step.name);
  assert.ok(n.tunnelUp());
  assert.match(n.router.type("show crypto isakmp stats"), /their cookies taken +[1-9]/);
});

test("Aggressive Mode: a peer begins in fragments while strangers do at 1000 a second", () => {
  const n = new AggressiveNegotiation(9, CONFIG + AGGRESSIVE);
  const random: Random = (below) => n.world.random.below(below);
  const inject = n.inject.bind(n);
  n.inject = (data) => {
    const honest = n.station.address;
    for (const piece of cutMessage(data, 120)) {
      inject(piece);
      n.station.address = `198.51.100.${1 + random(250)}`;
      inject(fragment(header(octets(8, random), new Uint8Array(8), 4), one(random, 900)));
      n.station.address = honest;
    }
  };
  for (const step of n.aggressiveInitiate()) assert.ok(step.go(), step.name);
  assert.ok(n.tunnelUp());
});

test("what is endless, or contradicts itself, costs its sender the message and nobody else anything", () => {
  const pair = new Watched();
  assert.ok(pair.ping());
  const [ckyI, ckyR] = cookies(pair);
  const random: Random = (below) => pair.world.random.below(below);
  for (let i = 0; i < 5000; i++) pair.stranger(ipv4("192.0.2.2", "192.0.2.1", 17, udp(500, 500, fragment(header(ckyI, ckyR, 32, 1), { ...one(random, 1000), id: 1 }))));
  const counters = pair.alpha.counters();
  assert.ok((counters.get("ISAKMP fragments that contradict each other") ?? 0) + (counters.get("ISAKMP too long") ?? 0) > 1000, JSON.stringify([...counters]));
  assert.ok(pair.ping(2000));
  assert.equal(pair.alpha.eventsOf("started").length <= 1, true);
  assert.ok(readFragment(fragment(header(ckyI, ckyR, 32, 1), one(random, 10))));
});
