/** Quick Mode offers that mix groups of PFS, though there is one public value (RFC 2409, 5.5): its group's transform is taken. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { oakleyGroup } from "../support/second/dh_groups.ts";
import { P, tv } from "../support/second/ike_peer.ts";
import { CONFIG, Negotiation } from "../support/second/negotiation.ts";
import { phase2Attributes, saBody } from "../support/second/sa_body.ts";

/** An offer of one transform for each group, 0 for none, in proposals of their own or in one. */
const offer = (spi: Uint8Array, groups: number[], apart: boolean): Uint8Array => {
  const transforms = groups.map((group) => ({ attributes: phase2Attributes([], ...(group ? [tv(3, group)] : [])) }));
  return saBody({ proposals: apart ? transforms.map((one) => ({ spi, transforms: [one] })) : [{ spi, transforms }] }, 3, 12);
};

function negotiate(groups: number[], sent: number | undefined, apart: boolean, config = CONFIG): Negotiation {
  const n = new Negotiation(60, config);
  if (sent) n.pfs = { id: sent, group: oakleyGroup(sent) };
  for (const step of n.initiate()) {
    if (step.name === "quick 1") step.payloads.find(({ type }) => type === P.SA)!.body = offer(n.spi, groups, apart);
    if (!step.go()) break;
  }
  n.world.run(100);
  return n;
}

for (const apart of [false, true])
  for (const sent of [undefined, 1, 2, 19])
    test(`groups 14, 2, none, 19 and 1 in ${apart ? "proposals of their own" : "one proposal"}, and a public value of ${sent ? `group ${sent}` : "none"}`, () => {
      const n = negotiate([14, 2, 0, 19, 1], sent, apart);
      assert.ok(n.tunnelUp(), n.router.output);
      assert.equal(n.router.eventsOf("ipsec.sa", { state: "up", pfs: String(sent ?? 0) }).length, 1, JSON.stringify(n.router.eventsOf("ipsec.sa")));
      assert.ok(n.echo());
    });

test("a public value of a group that is not offered is refused, whatever the groups", () => {
  const n = negotiate([14, 2], 1, false);
  assert.equal(n.tunnelUp(), false);
  assert.equal(n.router.counters().get("ISAKMP public value refused"), 1);
});

test("set pfs decides all the same: another group's value does not get past it", () => {
  const config = CONFIG.replace(" set transform-set TS\n", " set transform-set TS\n set pfs group2\n");
  assert.ok(negotiate([1, 2], 2, false, config).tunnelUp());
  assert.equal(negotiate([1, 2], 1, false, config).tunnelUp(), false);
});
