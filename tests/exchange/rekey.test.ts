/** Lifetimes: both phases are renegotiated before they end, without a lost packet, and the old SAs go. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Pair } from "../support/world/pair.ts";
import { faults } from "../support/world/world.ts";

test("phase 2 is rekeyed under a ping with none lost", () => {
  const pair = new Pair({ both: { ipsecLifetime: 300, group: 2 } });
  assert.ok(pair.ping());
  const { sent, lost } = pair.pings(1_000_000, 250);
  assert.equal(lost, 0, `of ${sent}`);
  assert.ok(pair.alpha.eventsOf("ipsec.sa", { state: "rekeyed" }).length >= 3);
  pair.world.run(120_000);
  assert.equal(pair.spis(pair.alpha).length, 1, "old pairs are deleted, not piled up");
  assert.equal(pair.spis(pair.beta).length, 1);
});

test("phase 1 is rekeyed under a ping with none lost", () => {
  const pair = new Pair({ both: { ikeLifetime: 600, ipsecLifetime: 3600, group: 2 } });
  assert.ok(pair.ping());
  const { sent, lost } = pair.pings(2_000_000, 500);
  assert.equal(lost, 0, `of ${sent}`);
  assert.ok(pair.alpha.eventsOf("ike.sa", { state: "rekeyed" }).length + pair.alpha.eventsOf("ike.sa", { state: "up" }).length >= 3);
  const shown = pair.alpha.type("show crypto isakmp sa").match(/QM_IDLE/g) ?? [];
  assert.ok(shown.length <= 2, "old phase 1 SAs are deleted");
});

test("rekeying at every moment of a ping: offsets of 0 to 99 ms", () => {
  for (let offset = 0; offset < 100; offset += 9) {
    const pair = new Pair({ both: { ipsecLifetime: 120, group: 1 }, seed: offset + 1 });
    assert.ok(pair.ping());
    pair.world.run(offset);
    assert.equal(pair.pings(150_000, 97).lost, 0, `offset ${offset}`);
  }
});

test("rekeying goes through under 30 % loss", () => {
  const pair = new Pair({ both: { ipsecLifetime: 300, group: 2 } });
  assert.ok(pair.ping());
  pair.fault = faults({ loss: 0.3 });
  pair.pings(900_000, 1000);
  pair.fault = undefined;
  assert.ok(pair.ping(60_000));
});

test("both sides start at once: it settles, and traffic flows", () => {
  for (let skew = 0; skew < 60; skew += 4) {
    const pair = new Pair({ both: { group: 2 } });
    pair.a.ping("10.2.0.10", 1);
    pair.world.run(skew);
    pair.b.ping("10.1.0.10", 2);
    pair.world.run(60_000);
    assert.ok(pair.ping(2000, "a"), `skew ${skew}`);
    assert.ok(pair.ping(2000, "b"), `skew ${skew}`);
    pair.world.run(60_000);
    assert.ok(pair.spis(pair.alpha).length <= 2);
    assert.deepEqual(pair.pings(10_000, 200), { sent: 50, lost: 0 }, `skew ${skew}`);
  }
});

test("deletes that cross each other leave nothing behind", () => {
  const pair = new Pair({ both: { group: 2 } });
  assert.ok(pair.ping());
  pair.alpha.type("clear crypto sa");
  pair.beta.type("clear crypto sa");
  pair.world.run(30_000);
  assert.equal(pair.spis(pair.alpha).length, 0);
  assert.equal(pair.spis(pair.beta).length, 0);
  assert.ok(pair.ping(), "and the next packet brings the tunnel up again");
});

for (const side of ["alpha", "beta"] as const)
  test(`${side} clears its SAs: the other follows, and the tunnel comes up again`, () => {
    const pair = new Pair({ both: { group: 2 } });
    assert.ok(pair.ping());
    pair[side].type("clear crypto sa");
    pair.world.run(2000);
    assert.equal(pair.spis(pair.alpha).length + pair.spis(pair.beta).length, 0);
    assert.ok(pair.ping());
    pair[side].type("clear crypto isakmp");
    pair.world.run(5000);
    assert.ok(pair.ping());
    assert.ok(pair.ping(5000, "b"));
  });

test("a month of rekeying: memory flat, nothing piles up", () => {
  const pair = new Pair({ both: { ikeLifetime: 28800, ipsecLifetime: 3600, group: 1 } });
  assert.ok(pair.ping());
  const size = pair.alpha.exports.memory.buffer.byteLength;
  const used = (router = pair.alpha) => router.type("show memory").split("\n").slice(1).map((line) => line.trim().split(/\s{2,}/).slice(0, 2).join(" ")).filter((l) => !/^(packet|large)/.test(l));
  pair.world.run(3_600_000);
  assert.ok(pair.ping());
  pair.world.run(120_000);
  const before = pair.spis(pair.alpha).length;
  for (let hour = 0; hour < 30 * 24; hour++) {
    pair.world.run(3_595_000);
    assert.ok(pair.ping(5000), `hour ${hour}: ${pair.alpha.output.slice(-2000)}`);
    pair.alpha.output = pair.beta.output = "";
    pair.wan.length = 0;
    pair.a.received.length = pair.b.received.length = 0;
    if (hour % 24 === 0) pair.alpha.events.length = pair.beta.events.length = 0;
  }
  pair.world.run(120_000);
  assert.equal(pair.alpha.exports.memory.buffer.byteLength, size);
  assert.ok(pair.spis(pair.alpha).length <= before + 1);
  assert.ok(used().length > 0);
});
