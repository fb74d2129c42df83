/**
 * What was configured is gone when the second half of a message's handling comes: the peer is told, a sentence says so, and both sides can
 * begin anew at once. The configuration changes between two slices of a power.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Pair } from "../support/world/pair.ts";
import type { Router } from "../support/world/world.ts";

const OFF = "interface Ethernet1\nno crypto map CM";
const ON = "interface Ethernet1\ncrypto map CM";
const POLICY_GONE = /%CRYPTO-4-IPSEC_POLICY_GONE: what was being negotiated with 192\.0\.2\.\d was changed here meanwhile.*given up$/m;

/** Whether a tunnel comes up with some ping of a few. */
const comesUp = (pair: Pair) => [...Array(15)].some(() => pair.ping(10_000));

/** Changes a router's configuration in the first slice after it has taken the message `number` of an exchange from the peer. */
function changeAfter(pair: Pair, router: Router, exchange: string, number: string, ...lines: string[]): void {
  pair.a.ping(pair.b.address, 1);
  const taken = () => router.eventsOf("ike.message", { dir: "in", exchange, number }).length > 0;
  assert.ok(pair.world.run(10_000, taken), `message ${number} of ${exchange} comes`);
  for (const one of lines) router.configure(one);
}

test("the crypto map goes and comes back while the responder of a Quick Mode computes: INVALID-ID-INFORMATION, and a tunnel within seconds", () => {
  const pair = new Pair({ both: { group: 2, pfs: 2 } });
  changeAfter(pair, pair.beta, "quick", "1", OFF, ON);
  pair.world.run(500);
  assert.match(pair.beta.output, POLICY_GONE);
  assert.equal(pair.beta.eventsOf("refused", { where: "phase2", reason: "policy-gone" }).length, 1);
  assert.match(pair.alpha.output, /192\.0\.2\.2 answers INVALID-ID-INFORMATION \(18\)/);
  assert.match(pair.beta.type("show crypto isakmp diagnose 192.0.2.1"), /changed here meanwhile/);
  assert.ok(comesUp(pair), "the next attempt succeeds");
});

test("the same at the initiator, which has the answer and computes: the responder hears of it", () => {
  const pair = new Pair({ both: { group: 2, pfs: 2 } });
  changeAfter(pair, pair.alpha, "quick", "2", OFF, ON);
  pair.world.run(500);
  assert.match(pair.alpha.output, POLICY_GONE);
  assert.match(pair.beta.output, /192\.0\.2\.1 answers INVALID-ID-INFORMATION \(18\)/);
  assert.ok(comesUp(pair), "the next attempt succeeds");
});

test("the policy goes between the responder's answer and the third message: the initiator's pair is deleted", () => {
  const pair = new Pair({ both: { group: 2 } });
  pair.a.ping(pair.b.address, 1);
  assert.ok(pair.world.run(10_000, () => pair.beta.eventsOf("ike.message", { dir: "out", exchange: "quick", number: "2" }).length > 0));
  pair.beta.configure(OFF);
  pair.beta.configure(ON);
  pair.world.run(500);
  assert.match(pair.beta.output, POLICY_GONE);
  assert.deepEqual(pair.spis(pair.alpha), [], "the initiator has no pair that leads nowhere");
  assert.ok(comesUp(pair), "the next attempt succeeds");
});

test("the policy goes while the initiator computes for its first message: a sentence, and nothing is sent", () => {
  const pair = new Pair({ both: { group: 2, pfs: 2 } });
  pair.a.ping(pair.b.address, 1);
  assert.ok(pair.world.run(10_000, () => pair.alpha.eventsOf("ike.message", { dir: "in", exchange: "main", number: "6" }).length > 0));
  pair.alpha.configure(OFF);
  pair.world.run(2000);
  assert.equal(pair.alpha.eventsOf("ike.message", { exchange: "quick" }).length, 0);
  assert.match(pair.alpha.output, POLICY_GONE);
});

for (const [who, number] of [["beta", "3"], ["alpha", "4"]] as const) {
  test(`the pre-shared key goes while the ${who === "beta" ? "responder" : "initiator"} of a Main Mode computes: a sentence names the line`, () => {
    const pair = new Pair({ both: { group: 2 } });
    const other = who === "beta" ? 1 : 2;
    changeAfter(pair, pair[who], "main", number, `no crypto isakmp key correct-horse-battery-staple address 192.0.2.${other}`);
    pair.world.run(500);
    assert.match(pair[who].output, new RegExp(`there is no pre-shared key for 192\\.0\\.2\\.${other}: it needs a line 'crypto isakmp key`));
    assert.ok(pair[who].eventsOf("refused", { where: "phase1", reason: "no-pre-shared-key" }).length >= 1);
    pair[who].configure(`crypto isakmp key correct-horse-battery-staple address 192.0.2.${other}`);
    assert.ok(comesUp(pair), "with the key the next attempt succeeds");
  });
}
