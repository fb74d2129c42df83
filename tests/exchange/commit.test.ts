/** The commit bit and CONNECTED (RFC 2408, 3.1), in both roles; nothing protects the bit, so all that it can do is wait a second. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { EXCHANGE, P, concat, u32 } from "../support/second/ike_peer.ts";
import { Negotiation } from "../support/second/negotiation.ts";

const CONNECTED = 16384;
const COMMIT = 2;
const flagged = (message: Uint8Array) => message.map((b, i) => (i === 19 ? b | COMMIT : b));
const up = (n: Negotiation) => n.router.eventsOf("ipsec.sa", { state: "up" });

/** CONNECTED as an Informational message with the Quick Mode's message ID. */
const informational = (n: Negotiation, type = CONNECTED) =>
  n.peer.message(EXCHANGE.INFORMATIONAL, 0, n.mid, n.peer.hashed(new Uint8Array(u32(n.mid)), [n.NOTIFY(type, n.spi, 3)]), n.peer.phase2Iv(n.mid));

/** The peer answers our Quick Mode with the commit bit; everything up to our third message. */
function respond(seed: number): { n: Negotiation; third: Uint8Array } {
  const n = new Negotiation(seed);
  for (const step of n.respond()) {
    if (step.name !== "quick 2") {
      assert.ok(step.go(), step.name);
      continue;
    }
    n.inject(flagged(step.make(step.payloads)));
    const third = n.await((d) => d[18] === EXCHANGE.QUICK);
    assert.ok(third);
    return { n, third };
  }
  throw new Error("no Quick Mode");
}

test("initiator: the SAs are taken into use when CONNECTED comes in an Informational of the same message ID", () => {
  const { n } = respond(90);
  n.world.run(300);
  assert.equal(up(n).length, 0);
  assert.equal(n.station.inbox.filter((d) => d.srcPort === 0).length, 0, "no ESP before");
  n.inject(informational(n));
  assert.equal(up(n).length, 1);
  n.world.run(100);
  assert.ok(n.station.inbox.some((d) => d.srcPort === 0), "the packet that waited goes out");
  n.inject(informational(n));
  assert.equal(up(n).length, 1);
});

test("initiator: CONNECTED as the fourth message of Quick Mode", () => {
  const { n, third } = respond(91);
  const four = n.peer.message(EXCHANGE.QUICK, 0, n.mid, n.peer.hashed(new Uint8Array(u32(n.mid)), [n.NOTIFY(CONNECTED, n.spi, 3)]), n.peer.lastBlock(third));
  n.inject(four);
  assert.equal(up(n).length, 1);
});

test("initiator: other notifies, a wrong HASH and CONNECTED in plain are not CONNECTED; after a second it goes on without", () => {
  const { n } = respond(92);
  n.inject(informational(n, 24577));
  n.inject(n.peer.message(EXCHANGE.INFORMATIONAL, 0, n.mid, [n.NOTIFY(CONNECTED, n.spi, 3)]));
  n.inject(n.peer.message(EXCHANGE.INFORMATIONAL, 0, n.mid, [{ type: P.HASH, body: n.peer.bytes(20) }, n.NOTIFY(CONNECTED, n.spi, 3)], n.peer.phase2Iv(n.mid)));
  n.world.run(700);
  assert.equal(up(n).length, 0);
  n.world.run(500);
  assert.equal(up(n).length, 1);
});

test("responder: an initiator's commit bit is answered by CONNECTED, and waited for a second at most", () => {
  for (const connected of [true, false]) {
    const n = new Negotiation(93);
    for (const step of n.initiate()) {
      if (step.name === "quick 1") {
        const make = step.make;
        const message = n.peer.message.bind(n.peer);
        n.peer.message = (...rest) => flagged(message(...rest));
        assert.ok(step.go());
        n.peer.message = message;
        step.make = make;
        continue;
      }
      if (step.name !== "quick 3") {
        assert.ok(step.go(), step.name);
        continue;
      }
      n.station.inbox.length = 0;
      n.inject(step.make(step.payloads));
      const answer = n.await((d) => d[18] === EXCHANGE.INFORMATIONAL, 200);
      assert.ok(answer, "CONNECTED");
      assert.equal(new DataView(answer.buffer, answer.byteOffset).getUint32(20), n.mid);
      const body = n.peer.take(n.peer.open(answer, n.peer.phase2Iv(n.mid)), P.N);
      assert.deepEqual([...body], [...concat(u32(1), [3, 4, 0x40, 0], n.routerSpi)]);
      assert.equal(up(n).length, 0);
      if (connected) n.inject(informational(n));
      else n.world.run(1200);
      assert.equal(up(n).length, 1);
      n.inject(step.make(step.payloads));
      n.world.run(100);
      assert.equal(n.station.inbox.filter((d) => d.data[18] === EXCHANGE.QUICK).length, 0, "a duplicate of message 3 gets no answer");
    }
  }
});

test("a forged commit bit in every message of both phases costs a second and nothing else", () => {
  const n = new Negotiation(94);
  const message = n.peer.message.bind(n.peer);
  n.peer.message = (...rest) => flagged(message(...rest));
  for (const step of n.initiate()) assert.ok(step.go() || step.name === "quick 3", step.name);
  n.world.run(1200);
  assert.ok(n.tunnelUp());
  assert.equal(up(n).length, 1);
  n.world.run(100_000);
  assert.match(n.router.type("show crypto isakmp stats"), /Quick Mode, responder\s+1\s+1\s+0/);
  assert.match(n.router.type("show memory"), /isakmp exchanges\s+0/);
});

test("CONNECTED that nobody waits for changes nothing", () => {
  const n = new Negotiation(95);
  assert.equal(n.complete("initiate"), undefined);
  n.inject(n.informational([n.NOTIFY(CONNECTED, n.spi, 3)]));
  n.inject(informational(n));
  assert.equal(n.router.eventsOf("ipsec.sa").length, 1);
});
