/** What RFC 2409 wants fresh or by default, seen in messages: nonces, exponents, cookies; flows without identities. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { oakleyGroup } from "../support/second/dh_groups.ts";
import { P } from "../support/second/ike_peer.ts";
import { CONFIG, Negotiation } from "../support/second/negotiation.ts";

const hex = (octets: Uint8Array): string => Buffer.from(octets).toString("hex");

test("cookies, nonces and public values never come twice, in either phase (RFC 2409, 5 and 10; RFC 2408, 2.5.3)", () => {
  const n = new Negotiation(70, CONFIG.replace(" set transform-set TS\n", " set transform-set TS\n set pfs group1\n"));
  n.pfs = { id: 1, group: oakleyGroup(1) };
  const seen = new Set<string>();
  const fresh = (octets: Uint8Array): void => {
    assert.ok(octets.length >= 8 && octets.some((b) => b !== octets[0]));
    assert.ok(!seen.has(hex(octets)), "drawn twice");
    seen.add(hex(octets));
  };
  for (let round = 0; round < 3; round++) {
    const steps = n.initiate();
    for (const step of steps) assert.ok(step.go(), `${step.name}: ${n.router.output}`);
    for (const octets of [n.peer.ckyR, n.peer.Nr_b, n.peer.g_xr]) fresh(octets);
    for (let quick = 0; quick < 3; quick++) {
      fresh(n.nonces.Nr_b);
      fresh(n.theirPublic);
      for (const step of n.quickInitiate()) assert.ok(step.go(), `${step.name}: ${n.router.output}`);
    }
    n.clear();
  }
});

test("without identities the flows are those between both peers' addresses (RFC 2409, 5.5)", () => {
  const n = new Negotiation(71, CONFIG.replace("permit ip 10.1.0.0 0.0.0.255 10.2.0.0 0.0.0.255", "permit ip host 192.0.2.1 host 192.0.2.2"));
  for (const step of n.initiate()) {
    if (step.name === "quick 1") step.payloads.splice(0, step.payloads.length, ...step.payloads.filter(({ type }) => type !== P.ID));
    assert.ok(step.go(), `${step.name}: ${n.router.output}`);
  }
  assert.ok(n.world.run(100, () => n.tunnelUp()), n.router.output);
  const [up] = n.router.eventsOf("ipsec.sa", { state: "up" });
  assert.deepEqual([up!.local, up!.remote], ["192.0.2.1-192.0.2.1", "192.0.2.2-192.0.2.2"]);
});
