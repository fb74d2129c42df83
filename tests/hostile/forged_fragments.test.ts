/**
 * Forged fragments at the WAN: those of ESP from an established peer come together all the same, also when they come 300 ms apart.
 * The figure: no ping of 1400 octets is lost at 500 forged fragments/s, whoever they say they are of.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ipv4 } from "../support/world/frame.ts";
import { cut } from "./cut.ts";
import { Watched } from "./watched.ts";

type Forge = (n: number, random: (below: number) => number) => Uint8Array;
const forged: [string, Forge][] = [
  ["first ones, of any address", (n, r) => ipv4(`198.51.${r(256)}.${1 + r(250)}`, "192.0.2.1", 17, new Uint8Array(64), { id: n & 0xffff, mf: true })],
  ["first ones of ESP, of the peer's address", (n) => ipv4("192.0.2.2", "192.0.2.1", 50, new Uint8Array(64).fill(n & 255), { id: n & 0xffff, mf: true })],
  ["later ones of ESP, of the peer's address", (n) => ipv4("192.0.2.2", "192.0.2.1", 50, new Uint8Array(64), { id: n & 0xffff, mf: true, offset: 800 })],
  ["twenty of each datagram", (n, r) => ipv4(`198.51.100.${1 + r(250)}`, "192.0.2.1", 17, new Uint8Array(64), { id: n % 7, mf: true, offset: 64 * r(20) })],
];

for (const [what, forge] of forged) {
  for (const rate of [500, 5000]) {
    test(`${rate}/s: ${what}`, () => {
      const pair = new Watched();
      assert.ok(pair.ping());
      // The path from beta cuts, and its pieces come one after the other.
      pair.fault = (frame, _world, direction) => (direction === 1 ? cut(frame, 800) : [frame]).map((f, i) => ({ frame: f, delay: 300 * i }));
      let n = 0;
      let sent = 0;
      for (let t = 0, carry = 0; t < 6000; t++) {
        for (carry += rate / 1000; carry >= 1; carry--) pair.stranger(forge(n++, (below) => pair.world.random.below(below)));
        if (t >= 1000 && t < 5000 && t % 200 === 0) pair.b.ping("10.1.0.10", 1000 + sent++, 1400);
        pair.world.run(1);
        pair.plain.length = pair.a.received.length = 0;
      }
      pair.world.run(1000);
      assert.equal([...pair.b.replies.keys()].filter((k) => k >= 1000).length, sent);
    });
  }
}

test("fragments of a stranger still find room beside those of peers", () => {
  const pair = new Watched();
  assert.ok(pair.ping());
  // The peer's fragments whose rest never comes.
  pair.fault = (frame, _world, direction) => (direction === 1 ? cut(frame, 800).slice(0, 1) : [frame]).map((f) => ({ frame: f }));
  for (let i = 0; i < 40; i++) {
    pair.b.ping("10.1.0.10", 3000 + i, 1400);
    pair.world.run(10);
  }
  const count = () => pair.alpha.counters().get("UDP port not open") ?? 0;
  const before = count();
  const piece = (offset: number, mf: boolean) => ipv4("198.51.100.7", "192.0.2.1", 17, Uint8Array.from({ length: 64 }, (_, i) => (offset === 0 && i < 8 ? [3, 232, 3, 233, 0, 128, 0, 0][i]! : 0)), { id: 77, mf, offset });
  pair.stranger(piece(0, true));
  pair.stranger(piece(64, false));
  pair.world.run(10);
  assert.equal(count(), before + 1);
});
