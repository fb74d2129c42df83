/** What peers of other kinds send: payloads of their own, XAUTH and Mode Config, flags, a later version. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { EXCHANGE, P, tv, type Payload } from "../support/second/ike_peer.ts";
import { SUITE, CONFIG, Negotiation } from "../support/second/negotiation.ts";
import { phase1Attributes, saBody } from "../support/second/sa_body.ts";

const said = (n: Negotiation) => n.router.output.split("\n").filter((line) => /%CRYPTO-/.test(line)).join("\n");
const KEYS_DIFFER = /keys of both sides/;

for (const type of [17, 99, 128, 255])
  for (const [role, name] of [["initiate", "main 5"], ["respond", "main 6"], ["initiate", "quick 1"], ["initiate", "quick 3"], ["respond", "quick 2"]] as const)
    test(`a payload of type ${type}, which nobody knows, in ${name}: passed over`, () => {
      const n = new Negotiation(86);
      for (const step of n[role]()) {
        if (step.name === name) step.payloads.push({ type, body: new Uint8Array(4).fill(0x7f) }, { type: P.VID, body: new Uint8Array(16).fill(9) });
        assert.ok(step.go(), `${step.name}: ${n.router.output}`);
      }
      assert.ok(n.world.run(100, () => n.tunnelUp()));
      assert.equal(said(n), "");
    });

test("in an Informational too: what stands beside it is heeded", () => {
  const n = new Negotiation(87);
  assert.equal(n.complete("initiate"), undefined);
  n.inject(n.informational([{ type: 200, body: new Uint8Array(8) }, n.DELETE_ESP()]));
  assert.equal(n.router.eventsOf("ipsec.sa", { state: "down" }).length, 1);
});

for (const [role, name] of [["initiate", "main 5"], ["respond", "main 6"]] as const) {
  const refused = (change: (payloads: Payload[]) => Payload[]) => {
    const n = new Negotiation(88);
    for (const step of n[role]()) {
      if (step.name === name) step.payloads = change(step.payloads);
      if (!step.go()) break;
    }
    assert.equal(n.tunnelUp(), false);
    return said(n);
  };
  test(`a known payload that does not belong into ${name} is named, and the keys are not`, () => {
    const it = refused(([ID]) => [ID!, { type: 9, body: new Uint8Array(128) }]);
    assert.match(it, new RegExp(`%CRYPTO-4-IKE_PAYLOADS: 192\\.0\\.2\\.2 sent message ${name.at(-1)} of phase 1 with a payload of type 9 \\(SIG\\) too much`));
    assert.doesNotMatch(it, /probably differ/);
  });
  test(`${name} without its HASH is said so, and the keys are not`, () => {
    const it = refused(([ID]) => [ID!]);
    assert.match(it, /%CRYPTO-4-IKE_PAYLOADS: 192\.0\.2\.2 sent message \d of phase 1 without all of what belongs into it/);
    assert.doesNotMatch(it, /probably differ/);
  });
}

test("message 5 under another key still says that the keys differ", () => {
  const n = new Negotiation(89, CONFIG, SUITE, "another-key-than-configured");
  assert.throws(() => {
    for (const step of n.initiate()) if (!step.go()) throw new Error("not answered");
  });
  assert.match(said(n), KEYS_DIFFER);
  assert.doesNotMatch(said(n), /IKE_PAYLOADS/);
});

for (const [method, name] of [[65001, "XAUTH pre-shared key, initiator"], [65005, "XAUTH RSA, initiator"], [64221, "hybrid RSA, initiator"]] as const)
  test(`authentication method ${method} is named on the console, wherever it stands in the offer`, () => {
    for (const attributes of [phase1Attributes([3], tv(3, method)), phase1Attributes([3, 4], [...tv(3, method), ...tv(4, 5)])]) {
      const n = new Negotiation(90);
      const first = n.initiate().next().value!;
      n.inject(first.make([{ type: P.SA, body: saBody({ proposals: [{ transforms: [{ attributes }] }] }, 1, 1) }]));
      n.world.run(50);
      assert.match(said(n), new RegExp(`%CRYPTO-4-IKE_PROPOSAL: .*; it asks for ${name}, which this router does not do: XAUTH must be off there`));
    }
    const n = new Negotiation(91);
    const first = n.initiate().next().value!;
    n.inject(first.make([{ type: P.SA, body: saBody({ proposals: [{ transforms: [{ attributes: phase1Attributes([4], tv(4, 5)) }] }] }, 1, 1) }]));
    n.world.run(50);
    assert.match(said(n), /IKE_PROPOSAL/);
    assert.doesNotMatch(said(n), /XAUTH/);
  });

test("a Transaction exchange of the peer's is named on the console; a stranger's, or one in plain, is not", () => {
  const n = new Negotiation(92);
  assert.equal(n.complete("initiate"), undefined);
  const send = (encrypted: boolean, strange: boolean) => {
    const message = n.peer.message(6, encrypted ? 1 : 0, 77, n.peer.hashed(new Uint8Array([0, 0, 0, 77]), [{ type: 14, body: new Uint8Array([1, 0, 0, 1]) }]), encrypted ? n.peer.phase2Iv(77) : undefined);
    if (strange) message[9]! ^= 1;
    n.inject(message);
    n.world.run(50);
  };
  send(true, true);
  send(false, false);
  assert.equal(said(n), "");
  send(true, false);
  assert.match(said(n), /%CRYPTO-4-IKE_TRANSACTION: 192\.0\.2\.2 asks for XAUTH or Mode Config/);
  assert.match(n.router.type("show crypto isakmp diagnose 192.0.2.2"), /XAUTH/);
});

test("a message of IKEv2 is answered, a response of it never", () => {
  for (const [flags, answers] of [[0x08, 1], [0x28, 0], [0x20, 0]] as const) {
    const n = new Negotiation(93);
    n.peer.begin(true);
    const message = n.peer.message(34, 0, 0, [{ type: 33, body: new Uint8Array(40) }]);
    message[17] = 0x20;
    message[19] = flags;
    n.inject(message);
    n.world.run(50);
    assert.equal(n.station.inbox.filter(({ data, srcPort }) => srcPort === 500 && data[18] === EXCHANGE.INFORMATIONAL).length, answers, `flags ${flags}`);
  }
});

test("flags that nothing defines are never sent", () => {
  const n = new Negotiation(94);
  for (const step of n.initiate()) {
    const make = step.make;
    step.make = (payloads) => {
      const message = make(payloads).slice();
      message[19]! |= 0xf8;
      return message;
    };
    assert.ok(step.go(), `${step.name}: ${n.router.output}`);
    for (const { data, srcPort } of n.station.inbox) if (srcPort === 500) assert.equal(data[19]! & 0xf8, 0);
  }
  assert.ok(n.tunnelUp());
});
