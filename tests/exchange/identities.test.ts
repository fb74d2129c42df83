/** Perfect forward secrecy of keys and of identities (RFC 2409, 8): a phase 1 for each Quick Mode, deleted behind it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Pair, type PairOptions } from "../support/world/pair.ts";

const IDENTITIES = "crypto map CM 10 ipsec-isakmp\n set pfs group2 identities\n";
const ups = (pair: Pair) => pair.alpha.events.filter((e) => e.event === "ike.sa" && e.state !== "down").length;
const isakmp = (pair: Pair) => (pair.alpha.type("show crypto isakmp sa").match(/QM_IDLE/g) ?? []).length;

for (const [who, options] of Object.entries({
  "both sides": { both: { extra: IDENTITIES } },
  "the initiator alone": { both: { pfs: 2 }, alpha: { extra: IDENTITIES } },
  "the responder alone": { both: { pfs: 2 }, beta: { extra: IDENTITIES } },
} satisfies Record<string, PairOptions>))
  test(`${who}: phase 1 goes after its Quick Mode, the pair stays, and each renewal makes a new phase 1`, () => {
    const pair = new Pair({ ...options, both: { group: 2, ipsecLifetime: 120, ...options.both } });
    assert.ok(pair.ping());
    assert.equal(isakmp(pair), 1);
    pair.world.run(30_000);
    assert.equal(isakmp(pair), 0, "deleted");
    assert.equal(pair.alpha.eventsOf("ike.sa", { state: "down" }).length, 1);
    assert.ok(pair.ping(1000), "the pair carries on");
    const { lost, sent } = pair.pings(500_000, 200);
    assert.equal(lost, 0, `of ${sent}`);
    const renewed = pair.alpha.eventsOf("ipsec.sa", { state: "rekeyed" }).length;
    assert.ok(renewed >= 3);
    assert.equal(ups(pair), renewed + 1, "one phase 1 for each");
    pair.world.run(60_000);
    assert.ok(pair.spis(pair.alpha).length <= 2);
  });

test("several Quick Modes that are wanted at once have a phase 1 each", () => {
  const pair = new Pair({
    both: { group: 2, extra: IDENTITIES, selectors: [["10.1.0.0 0.0.0.255", "10.2.0.8 0.0.0.7"], ["10.1.0.0 0.0.0.255", "10.2.0.0 0.0.0.7"]] },
  });
  pair.a.ping("10.2.0.10", 1);
  pair.a.ping("10.2.0.1", 2);
  pair.world.run(10_000);
  assert.equal(pair.alpha.eventsOf("ipsec.sa", { state: "up" }).length, 2);
  assert.equal(ups(pair), 2);
  const ike = new Set(pair.alpha.eventsOf("ike.message", { exchange: "quick", number: "1" }).map((e) => e.cky_i));
  assert.equal(ike.size, 2);
});

test("a second Quick Mode under a spent phase 1 is not taken", () => {
  const pair = new Pair({
    both: { group: 2, selectors: [["10.1.0.0 0.0.0.255", "10.2.0.8 0.0.0.7"], ["10.1.0.0 0.0.0.255", "10.2.0.0 0.0.0.7"]] },
    beta: { extra: "crypto map CM 10 ipsec-isakmp\n set pfs identities\n no set pfs\n set pfs group14 identities\n" },
    alpha: { pfs: 14 },
  });
  assert.ok(pair.ping());
  pair.a.ping("10.2.0.1", 2);
  pair.world.run(3000);
  assert.equal(pair.alpha.eventsOf("ipsec.sa", { state: "up" }).length, 1);
  assert.ok(pair.beta.counters().get("ISAKMP message unexpected in this state")! > 0);
  // Beta deletes it; a new phase 1 serves the second.
  pair.world.run(60_000);
  pair.a.ping("10.2.0.1", 3);
  pair.world.run(20_000);
  assert.equal(pair.alpha.eventsOf("ipsec.sa", { state: "up" }).length, 2);
});

test("dead peer detection has nothing to ask under where phase 1 is gone, and harms nothing", () => {
  const pair = new Pair({ both: { group: 2, extra: `${IDENTITIES}crypto isakmp keepalive 10 periodic\n` } });
  assert.ok(pair.ping());
  pair.world.run(300_000);
  assert.equal(pair.alpha.eventsOf("ike.sa", { reason: "dead-peer" }).length, 0);
  assert.equal(pair.spis(pair.alpha).length, 1);
  assert.ok(pair.ping(1000));
});

test("the line is kept and shown", () => {
  const pair = new Pair({ both: { extra: IDENTITIES } });
  assert.match(pair.alpha.type("show running-config"), /\n set pfs group2 identities\n/);
  assert.match(pair.alpha.type("show crypto map"), /DH group: {2}group2\n\s+PFS of identities: Y/);
  pair.alpha.configure("crypto map CM 10\n set pfs group14");
  assert.doesNotMatch(pair.alpha.type("show running-config"), /identities/);
  pair.alpha.configure("crypto map CM 10\n set pfs identities");
  assert.match(pair.alpha.type("show running-config"), /\n set pfs group14 identities\n/);
});
