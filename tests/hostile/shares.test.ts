/**
 * A peer that has proved who it is wants everything: phase 1 after phase 1, Quick Mode after Quick Mode. The figure: it has no more than its
 * share, and another peer is in at once, at any time after.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { CONFIG, Negotiation, SUITE } from "../support/second/negotiation.ts";
import { ip } from "../support/world/frame.ts";

const two = `${CONFIG}
crypto isakmp key another-key-of-other address 192.0.2.3
ip access-list extended VPN3
 permit ip 10.1.0.0 0.0.0.255 10.3.0.0 0.0.0.255
crypto map CM 20 ipsec-isakmp
 set peer 192.0.2.3
 set transform-set TS
 match address VPN3
`;

/** Phase 1 alone. */
const phase1 = (n: Negotiation): string | undefined => {
  for (const step of n.initiate()) {
    if (step.name === "quick 1") return undefined;
    if (!step.go()) return step.name;
  }
  return undefined;
};

/** Used blocks of a pool, as `show memory` says. */
const used = (n: Negotiation, pool: string): number => Number(new RegExp(`${pool}\\s+(\\d+)`).exec(n.router.type("show memory"))?.[1]);

test("sixty phase 1s in a row: six stay, and another peer is in at once", () => {
  const n = new Negotiation(5, two, SUITE);
  for (let i = 0; i < 60; i++) assert.equal(phase1(n), undefined, `number ${i + 1}: ${n.router.output}`);
  assert.ok(used(n, "isakmp sas") <= 7, n.router.type("show memory"));
  for (const pause of [0, 60_000, 600_000]) {
    n.world.run(pause);
    n.station.address = "192.0.2.3";
    n.peer.psk = "another-key-of-other";
    n.peer.address = ip("192.0.2.3");
    assert.equal(phase1(n), undefined, `after ${pause} ms`);
    n.station.address = "192.0.2.2";
    n.peer.psk = "correct-horse-battery";
    n.peer.address = ip("192.0.2.2");
  }
});

test("the same flow renewed forty times by the peer: two pairs stay, the others are deleted and said to be", () => {
  const n = new Negotiation(5, CONFIG, SUITE);
  for (const step of n.initiate()) assert.ok(step.go(), step.name);
  for (let i = 0; i < 40; i++) for (const step of n.quickInitiate()) assert.ok(step.go(), `${i}: ${step.name}\n${n.router.output}`);
  assert.ok(used(n, "ipsec sa pairs") <= 2, n.router.type("show memory"));
  assert.ok(used(n, "isakmp exchanges") <= 29, n.router.type("show memory"));
});
