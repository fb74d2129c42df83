/** Classes of bad input that have broken IKE implementations, where no other file has the test (docs/BAD-INPUTS.md). */
import assert from "node:assert/strict";
import { test } from "node:test";
import { EXCHANGE, P, concat, tv, u16, u32, type Payload } from "../support/second/ike_peer.ts";
import { difference } from "../support/second/fields.ts";
import { Negotiation } from "../support/second/negotiation.ts";
import { phase1Attributes, saBody } from "../support/second/sa_body.ts";

const sum = (n: Negotiation) => [...n.router.counters()].reduce((total, [name, count]) => (/ISAKMP/.test(name) ? total + count : total), 0);
const ike = (n: Negotiation) => n.station.inbox.filter((d) => d.srcPort === 500).map((d) => d.data);

test("an SA whose attribute says that it is longer than the message gets no memory back", () => {
  // CVE-2016-6415: a length in a security association was believed, and the answer was filled with what lay behind.
  const n = new Negotiation(401);
  const step = n.initiate().next().value!;
  for (const length of [8, 64, 1000, 2400, 0xffff])
    for (const type of [1, 4, 7, 12, 14, 32767]) {
      const attributes = [...phase1Attributes(), ...u16(type), ...u16(length), 1];
      n.station.inbox.length = 0;
      n.inject(step.make([{ type: P.SA, body: saBody({ proposals: [{ transforms: [{ attributes }] }] }, 1, 1) }]));
      n.world.run(1000);
      for (const data of ike(n)) {
        assert.equal(data[18], EXCHANGE.INFORMATIONAL);
        assert.equal(data.length, 40, "a header and a notify without data");
      }
    }
  assert.equal(n.complete("initiate"), undefined);
});

test("an offer is answered with the octets that were offered, and not one more", () => {
  const n = new Negotiation(402);
  const attributes = phase1Attributes();
  const step = n.initiate().next().value!;
  n.inject(step.make([{ type: P.SA, body: saBody({ proposals: [{ number: 7, transforms: [{ number: 9, attributes }, { number: 10, attributes: phase1Attributes([4], tv(4, 2)) }] }] }, 1, 1) }]));
  const answer = n.await((d) => d[18] === EXCHANGE.MAIN);
  assert.ok(answer);
  assert.deepEqual(n.peer.take(n.peer.open(answer), P.SA), saBody({ proposals: [{ number: 7, transforms: [{ number: 9, attributes }] }] }, 1, 1));
});

test("IKE fragments and payloads of IKEv2 are refused by their type", () => {
  // CVE-2015-3991, CVE-2016-10396: payloads of another version or of an extension that was not agreed on.
  const n = new Negotiation(403);
  for (const step of n.initiate()) {
    // In an encrypted message they are passed over: tests/exchange/foreign.test.ts.
    if (step.name === "main 1" || step.name === "main 3")
      for (const type of [132, 33, 34, 35, 40, 41, 46, 53]) {
        n.world.run(1000);
        const before = n.router.counters();
        n.inject(step.make([{ type, body: concat([0, 1, 1, 1], new Uint8Array(200)) }, ...step.payloads]));
        const what = difference(before, n.router.counters());
        assert.equal(what.length, 1, `${step.name}, ${type}: ${what}`);
        assert.match(what[0]!, /malformed ISAKMP payload|payload unexpected/);
      }
    assert.ok(step.go(), step.name);
  }
  assert.ok(n.tunnelUp());
});

test("a message of phase 2 under no SA is dropped without an answer: no INVALID-COOKIE for who asks (RFC 2408, 5.2)", () => {
  const n = new Negotiation(407);
  assert.equal(n.complete("initiate"), undefined);
  const strangers = new Negotiation(408);
  assert.equal(strangers.complete("initiate"), undefined);
  for (const exchange of [EXCHANGE.QUICK, EXCHANGE.NEW_GROUP]) {
    n.station.inbox.length = 0;
    const before = n.router.counters();
    n.inject(strangers.peer.message(exchange, 0, 9, [{ type: P.HASH, body: strangers.peer.bytes(20) }], strangers.peer.phase2Iv(9)));
    n.world.run(100);
    assert.deepEqual(difference(before, n.router.counters()), ["unknown ISAKMP cookies"]);
    assert.equal(ike(n).length, 0);
  }
});

test("an Informational without an SA is dropped without an answer, plain or encrypted", () => {
  // CVE-2009-0790: R-U-THERE without a state to look it up in.
  const n = new Negotiation(404);
  assert.equal(n.complete("initiate"), undefined);
  const strangers = new Negotiation(405);
  assert.equal(strangers.complete("initiate"), undefined);
  n.station.inbox.length = 0;
  const before = n.router.counters();
  const dpd = strangers.NOTIFY(36136, undefined, 1, new Uint8Array(u32(1)));
  n.inject(strangers.informational([dpd]));
  n.inject(strangers.peer.message(EXCHANGE.INFORMATIONAL, 0, 0, [dpd]));
  n.inject(strangers.peer.message(EXCHANGE.INFORMATIONAL, 0, 7, [strangers.DELETE_ESP(n.spi)]));
  n.world.run(100);
  assert.deepEqual(difference(before, n.router.counters()), ["unknown ISAKMP cookies x3"]);
  assert.equal(ike(n).length, 0);
  // In plain, but with the cookies of an SA that has keys.
  n.inject(n.peer.message(EXCHANGE.INFORMATIONAL, 0, 0, [n.NOTIFY(36136, undefined, 1, new Uint8Array(u32(1)))]));
  n.world.run(100);
  assert.equal(ike(n).length, 0);
});

for (const role of ["initiate", "respond"] as const)
  test(`every kind of message in every state but its own is counted and moves nothing (${role === "initiate" ? "responder" : "initiator"})`, () => {
    // CVE-2015-3204, CVE-2019-10155, CVE-2020-1763, CVE-2023-30570, CVE-2023-38711, CVE-2024-3652.
    const n = new Negotiation(410);
    const peer = n.peer;
    const kinds = (): Payload[][] => {
      const SA = { type: P.SA, body: saBody({ proposals: [{ transforms: [{ attributes: phase1Attributes() }] }] }, 1, 1) };
      const KE = { type: P.KE, body: new Uint8Array(96).fill(2) };
      const NONCE = { type: P.NONCE, body: new Uint8Array(16).fill(3) };
      const ID = peer.ID();
      const HASH = { type: P.HASH, body: new Uint8Array(20).fill(4) };
      return [[SA], [KE, NONCE], [SA, KE, NONCE, ID], [ID, HASH], [HASH], [HASH, SA, NONCE], [HASH, SA, NONCE, ID, ID], [NONCE], [KE], [SA, NONCE], [{ type: 9, body: new Uint8Array(64) }]];
    };
    const types = (payloads: Payload[]) => payloads.filter((p) => p.type !== P.VID).map((p) => p.type).join();
    for (const step of n[role]()) {
      const own = types(step.payloads);
      for (const exchange of [EXCHANGE.MAIN, EXCHANGE.QUICK, EXCHANGE.INFORMATIONAL])
        for (const payloads of kinds()) {
          if (exchange === EXCHANGE.MAIN && types(payloads) === own) continue;
          const mid = exchange === EXCHANGE.MAIN ? 0 : peer.random.u32();
          const messages = [peer.message(exchange, 0, mid, payloads)];
          if (peer.key.length) messages.push(peer.message(exchange, 0, mid, payloads, exchange === EXCHANGE.MAIN ? peer.iv : peer.phase2Iv(mid)));
          for (const message of messages) {
            const before = sum(n);
            n.inject(message);
            assert.ok(sum(n) > before, `${step.name}: exchange ${exchange} with ${types(payloads)} is counted`);
          }
        }
      n.world.run(1200);
      assert.ok(step.go(), `${step.name}: ${n.router.output.slice(-800)}`);
    }
    assert.ok(n.world.run(100, () => n.tunnelUp()));
  });

test("messages in any other order than theirs: each is dropped, and the right order still works", () => {
  const source = new Negotiation(420);
  const recorded: Uint8Array[] = [];
  for (const step of source.initiate()) {
    recorded.push(step.make(step.payloads).slice());
    assert.ok(step.go());
  }
  // The same peer begins again, and everything of its last negotiation comes again at each step, last first.
  source.clear();
  for (const step of source.initiate()) {
    for (const old of [...recorded].reverse()) source.inject(old);
    source.world.run(1500);
    assert.ok(step.go(), step.name);
  }
  assert.ok(source.tunnelUp());
  assert.equal(source.router.eventsOf("ipsec.sa", { state: "up" }).length, 1);
});

test("a responder sends a half-open peer answers only: nothing is retransmitted to an unverified address", () => {
  // VU#419128: one small message, and a responder that goes on sending to an address that somebody forged.
  for (const [last, answers] of [["main 1", 1], ["main 3", 1]] as const) {
    const n = new Negotiation(430);
    let octets = 0;
    for (const step of n.initiate()) {
      const message = step.make(step.payloads);
      n.station.inbox.length = 0;
      if (step.name !== last) {
        step.go();
        continue;
      }
      octets = message.length;
      n.inject(message);
      n.world.run(200_000);
      assert.equal(ike(n).length, answers, `${last} is answered once in 200 s`);
      assert.ok(ike(n)[0]!.length <= octets + 150, `${ike(n)[0]!.length} octets for ${octets}`);
      break;
    }
  }
});

test("a flood of wrong messages from a peer's address is answered a few times a second at most", () => {
  const n = new Negotiation(431);
  const step = n.initiate().next().value!;
  n.inject(step.make(step.payloads).map((b: number, i: number) => (i === 17 ? 0x20 : b)));
  n.world.run(2000);
  n.station.inbox.length = 0;
  for (let i = 0; i < 500; i++) n.inject(step.make([{ type: P.SA, body: new Uint8Array(64) }]).map((b: number, k: number) => (k < 8 ? (k === 0 ? 1 : (i >> (k - 1)) & 255) : b)));
  n.world.run(100);
  assert.ok(ike(n).length <= 10, `${ike(n).length} answers to 500 messages in ${500} ms`);
  assert.ok((n.router.counters().get("ISAKMP answer withheld by rate limit") ?? 0) > 400);
});
test("a key length of zero is refused in both phases and both roles, and never used", () => {
  for (const [name, role] of [["main 1", "initiate"], ["quick 1", "initiate"], ["main 2", "respond"], ["quick 2", "respond"]] as const) {
    const n = new Negotiation(440);
    for (const step of n[role]()) {
      if (step.name === name) {
        const SA = step.payloads.find((p) => p.type === P.SA)!;
        const octets = name.startsWith("main") ? tv(14, 128) : tv(6, 128);
        const at = SA.body.findIndex((_, i) => octets.every((b, k) => SA.body[i + k] === b));
        assert.ok(at > 0, name);
        const body = SA.body.slice();
        body.set([0, 0], at + 2);
        const before = n.router.counters();
        n.inject(step.make(step.payloads.map((p) => (p === SA ? { ...p, body } : p))));
        assert.deepEqual(difference(before, n.router.counters()), ["ISAKMP no acceptable proposal"], name);
        break;
      }
      assert.ok(step.go());
    }
    assert.equal(n.router.eventsOf("ipsec.sa", { state: "up" }).length, 0);
  }
});

test("entropy that comes late is drawn when it is needed; entropy that goes away later stops nothing", () => {
  const n = new Negotiation(450);
  n.router.options.noEntropy = true;
  n.router.start(n.router.options.config);
  const step = n.initiate().next().value!;
  n.inject(step.make(step.payloads));
  n.world.run(100);
  assert.equal(n.router.counters().get("ISAKMP no entropy"), 1);
  n.router.options.noEntropy = false;
  assert.equal(n.complete("initiate"), undefined, "it is there now");
  n.router.options.noEntropy = true;
  n.clear();
  assert.equal(n.complete("initiate"), undefined, "what was drawn is enough");
});

for (const [wait, gone] of [[50_000, true], [59_999, true], [60_000, false], [300_000, false]] as const)
  test(`INITIAL-CONTACT ${wait / 1000} s behind phase 1 is ${gone ? "believed: what was before it goes" : "not believed: it may be a replay"}`, () => {
    const n = new Negotiation(451);
    assert.equal(n.complete("initiate"), undefined);
    assert.equal(n.complete("initiate"), undefined, "the peer begins once more");
    const at = n.router.eventsOf("ike.sa", { state: "rekeyed" }).at(-1)!.t;
    n.world.run(at + wait - n.world.now);
    n.inject(n.informational([n.NOTIFY(24578)]));
    assert.equal(n.router.eventsOf("ike.sa", { state: "down", reason: "initial-contact" }).length, gone ? 1 : 0);
    assert.ok(n.tunnelUp());
  });
