/** Proposals and transforms numbered from 0, as FreeS/WAN and all that came of it number them (RFC 2408, 3.5 and 3.6, say no first number). */
import assert from "node:assert/strict";
import { test } from "node:test";
import { P, tv } from "../support/second/ike_peer.ts";
import { Negotiation } from "../support/second/negotiation.ts";
import { phase1Attributes, saBody } from "../support/second/sa_body.ts";

const said = (n: Negotiation) => n.router.output.split("\n").filter((line) => /%CRYPTO-/.test(line)).join("\n");

/** The same SA payload with its one proposal and its one transform numbered so. */
const numbered = (body: Uint8Array, first: number): Uint8Array => {
  const out = body.slice();
  out[8 + 4] = first;
  out[8 + 8 + out[8 + 6]! + 4] = first;
  return out;
};

test("proposals and transforms numbered from 0, as pluto's kin do, are refused with the same reasons as from 1", () => {
  const reasons = [1, 0].map((first) => {
    const one = new Negotiation(95);
    const m1 = one.initiate().next().value!;
    one.inject(m1.make([{ type: P.SA, body: numbered(saBody({ proposals: [{ transforms: [{ attributes: phase1Attributes([4], tv(4, 5)) }] }] }, 1, 1), first) }]));
    one.world.run(50);
    const two = new Negotiation(96);
    for (const step of two.initiate()) {
      if (step.name !== "quick 1") {
        assert.ok(step.go());
        continue;
      }
      two.inject(step.make([{ type: P.SA, body: numbered(two.peer.ESP_SA(two.spi, { keyBits: 256 }).body, first) }, ...step.payloads.slice(1)]));
      two.world.run(50);
      break;
    }
    const diagnosed = one.router.type("show crypto isakmp diagnose 192.0.2.2").split("\n").filter((line) => /offered/.test(line)).join("\n");
    return [said(one), said(two), diagnosed].map((text) => text.replace(/^.*?%/gm, "%"));
  });
  for (const text of reasons[0]!) assert.match(text, /proposal 1 transform 1: /);
  assert.deepEqual(reasons[1], reasons[0]!.map((text) => text.replaceAll("proposal 1 transform 1: ", "proposal 0 transform 0: ")));
});

test("numbered from 0 and acceptable: up in both roles", () => {
  for (const role of ["initiate", "respond"] as const) {
    const n = new Negotiation(97);
    for (const step of n[role]()) {
      for (const one of step.payloads) if (one.type === P.SA) one.body = numbered(one.body, 0);
      if (step.name === "main 1") n.peer.SAi_b = step.payloads[0]!.body;
      assert.ok(step.go(), `${role}, ${step.name}: ${n.router.output}`);
    }
    assert.ok(n.world.run(100, () => n.tunnelUp()), role);
  }
});
