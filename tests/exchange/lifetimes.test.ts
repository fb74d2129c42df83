/** Lifetimes of both phases: in seconds and in kilobytes, negotiated down, told by RESPONDER-LIFETIME (RFC 2407, 4.5.4). */
import assert from "node:assert/strict";
import { test } from "node:test";
import { CONFIG, Negotiation } from "../support/second/negotiation.ts";
import { IkePeer, P, concat, tlv, tv, u16, u32, type Payload } from "../support/second/ike_peer.ts";
import { Pair } from "../support/world/pair.ts";

const RESPONDER_LIFETIME = 24576;

/** A phase 1 offer of the suite with these attributes of lifetimes. */
const offer = (peer: IkePeer, lives: number[]): Payload => {
  const s = peer.suite;
  const attributes = [...tv(1, s.cipher), ...tv(14, s.keyBits!), ...tv(2, s.hash), ...tv(3, 1), ...tv(4, s.group), ...lives];
  const transform = concat([0, 0], u16(8 + attributes.length), [1, 1, 0, 0], attributes);
  return { type: P.SA, body: concat(u32(1), u32(1), concat([0, 0], u16(8 + transform.length), [1, 1, 0, 1], transform)) };
};
const seconds = (n: number) => [...tv(11, 1), ...tlv(12, n)];
const kilobytes = (n: number) => [...tv(11, 2), ...tlv(12, n)];

/** Runs Main Mode and Quick Mode with an offer in message 1; gives the payloads of message 6, or nothing if it was refused. */
function initiate(lives: number[], configuration = CONFIG): { n: Negotiation; six: Payload[] | undefined } {
  const n = new Negotiation(70, configuration);
  const peer = n.peer;
  peer.SA = () => offer(peer, lives);
  let six: Payload[] | undefined;
  for (const step of n.initiate()) {
    if (step.name !== "main 5") {
      if (!step.go()) return { n, six };
      continue;
    }
    const iv = peer.lastBlock(step.make(step.payloads));
    const open = peer.open.bind(peer);
    peer.open = (message, from) => {
      const payloads = open(message, from);
      if (from && Buffer.from(from).equals(iv)) six = payloads;
      return payloads;
    };
    if (!step.go()) return { n, six };
  }
  return { n, six };
}

const notified = (payloads: Payload[] | undefined): Uint8Array | undefined => payloads?.find((p) => p.type === P.N && p.body[6] === RESPONDER_LIFETIME >> 8 && p.body[7] === 0)?.body;
const remaining = (n: Negotiation) => /(\d\d:\d\d:\d\d)/.exec(n.router.type("show crypto isakmp sa detail"))?.[1];

test("responder: a shorter lifetime in seconds of ours is told in message 6, protected, and holds", () => {
  const { n, six } = initiate(seconds(86400));
  const body = notified(six);
  assert.ok(body, "message 6 has a RESPONDER-LIFETIME");
  // DOI, protocol ISAKMP, both cookies as SPI, then the attributes.
  assert.deepEqual([...body], [...u32(1), 1, 16, ...u16(RESPONDER_LIFETIME), ...n.peer.ckyI, ...n.peer.ckyR, ...tv(1, 1), ...tv(2, 3600)]);
  assert.match(remaining(n)!, /^00:59|^01:00/);
});

test("responder: a longer one of ours, or the same, is not told; the peer's holds", () => {
  for (const life of [3600, 120]) {
    const { n, six } = initiate(seconds(life));
    assert.ok(six && !notified(six), `${life} s`);
    assert.equal(n.router.eventsOf("ike.sa", { state: "up" })[0]!.lifetime, String(life));
  }
});

test("responder: kilobytes, negotiated down and told as well", () => {
  const ours = CONFIG.replace(" lifetime 3600\n", " lifetime 3600\n lifetime kilobytes 1000\n");
  const without = initiate(seconds(3600), ours);
  assert.deepEqual([...notified(without.six)!.subarray(24)], [...tv(1, 1), ...tv(2, 3600), ...tv(1, 2), ...tv(2, 1000)]);
  const longer = initiate([...kilobytes(4096), ...seconds(3600)], ours);
  assert.deepEqual([...notified(longer.six)!.subarray(24)], [...tv(1, 1), ...tv(2, 3600), ...tv(1, 2), ...tv(2, 1000)]);
  assert.match(longer.n.router.type("show crypto isakmp sa detail"), /volume \d+ of 1000 kilobytes/);
  const shorter = initiate([...seconds(3600), ...kilobytes(512)], ours);
  assert.ok(shorter.six && !notified(shorter.six));
  assert.match(shorter.n.router.type("show crypto isakmp sa detail"), /of 512 kilobytes/);
});

test("odd lifetimes of phase 1: zero, too short and twice in one unit are refused by name; huge ones are cut to ours", () => {
  for (const [lives, word] of [
    [seconds(0), /lifetime in seconds offered 0/],
    [seconds(1), /lifetime in seconds offered 1, wanted 5/],
    [[...seconds(3600), ...kilobytes(0)], /lifetime in kilobytes offered 0/],
    [[...seconds(3600), ...seconds(60)], /life duration/],
    [[...tv(11, 3), ...tlv(12, 60)], /life type/],
    [tlv(12, 60), /life duration/],
  ] as const) {
    const { n, six } = initiate([...lives]);
    assert.equal(six, undefined);
    assert.match(n.router.output, word);
  }
  const huge = [...tv(11, 1), ...u16(12), 0, 12, ...new Array<number>(12).fill(255)];
  const { n } = initiate(huge);
  assert.equal(n.router.eventsOf("ike.sa", { state: "up" })[0]!.lifetime, "3600");
});

/** The router initiates; message 6 (or an Informational afterwards) brings a RESPONDER-LIFETIME. */
function respond(data: number[], where: "message 6" | "informational" | "unprotected" | "longer"): Negotiation {
  const n = new Negotiation(71);
  for (const step of n.respond()) {
    if (step.name === "main 6" && where !== "informational" && where !== "unprotected") step.payloads.push(n.NOTIFY(RESPONDER_LIFETIME, undefined, 1, new Uint8Array(data)));
    assert.ok(step.go(), `${step.name}: ${n.router.output}`);
  }
  const payload = n.NOTIFY(RESPONDER_LIFETIME, undefined, 1, new Uint8Array(data));
  if (where === "informational") n.inject(n.informational([payload]));
  if (where === "unprotected") n.inject(n.peer.message(5, 0, 9, [payload]));
  return n;
}

test("initiator: the responder's shorter lifetime is honoured, from message 6 and from an Informational; a longer or unprotected one is not", () => {
  assert.match(remaining(respond([...tv(1, 1), ...tv(2, 100)], "message 6"))!, /^00:01:[34]/);
  assert.match(remaining(respond([...tv(1, 1), ...tv(2, 100)], "informational"))!, /^00:01:[34]/);
  assert.match(remaining(respond([...tv(1, 1), ...tlv(2, 1_000_000)], "longer"))!, /^00:59|^01:00/);
  assert.match(remaining(respond([...tv(1, 1), ...tv(2, 100)], "unprotected"))!, /^00:59|^01:00/);
  assert.match(remaining(respond([...tv(1, 1), ...tv(2, 0)], "informational"))!, /^00:59|^01:00/);
  const shortened = respond([...tv(1, 2), ...tv(2, 200)], "message 6");
  assert.match(shortened.router.type("show crypto isakmp sa detail"), /of 200 kilobytes/);
});

test("initiator: RESPONDER-LIFETIME about ESP in an Informational ends the pair sooner", () => {
  const n = respond([], "longer");
  n.inject(n.informational([n.NOTIFY(RESPONDER_LIFETIME, n.spi, 3, new Uint8Array([...tv(1, 1), ...tv(2, 60)]))]));
  assert.equal(n.router.eventsOf("ipsec.sa", { state: "down" }).length, 0);
  n.station.inbox.length = 0;
  n.world.run(59_000);
  assert.equal(n.station.inbox.filter(({ data }) => data[18] === 32).length > 0, true, "its renewal begins sooner, too");
  n.world.run(2000);
  assert.equal(n.router.eventsOf("ipsec.sa", { state: "down", reason: "lifetime" }).length, 1);
});

test("phase 1 is renegotiated by volume, before it is used up, and nothing is lost", () => {
  const pair = new Pair({ both: { group: 1 }, alpha: { extra: "crypto isakmp policy 10\n lifetime kilobytes 64\n" } });
  assert.ok(pair.ping());
  let up = 1;
  for (let round = 0; round < 500 && up < 3; round++) {
    pair.alpha.type("clear crypto sa");
    pair.world.run(300);
    assert.ok(pair.ping(5000), `round ${round}`);
    up = pair.alpha.eventsOf("ike.sa", { state: "up" }).length + pair.alpha.eventsOf("ike.sa", { state: "rekeyed" }).length;
  }
  assert.equal(up, 3, pair.alpha.type("show crypto isakmp sa detail"));
  const [first, second] = pair.alpha.events.filter((e) => e.event === "ike.sa" && e.state !== "down");
  const octets = pair.alpha.events.filter((e) => e.event === "ike.message" && e.encrypted === "1" && e.t >= first!.t && e.t <= second!.t && e.cky_i === pair.alpha.events.find((m) => m.event === "ike.message")!.cky_i).reduce((n, e) => n + Number(e.length) - 28, 0);
  assert.ok(octets > 0.8 * 65536 && octets <= 65536, `${octets} octets under the first`);
});

test("phase 1 without anything to keep up ends by volume and is not renewed", () => {
  const { n } = initiate([...seconds(3600), ...kilobytes(8)]);
  n.inject(n.informational([n.DELETE_ESP()]));
  const before = n.router.eventsOf("ike.sa", { state: "down" }).length;
  for (let i = 0; i < 60; i++) n.inject(n.informational([n.NOTIFY(36136, undefined, 1, new Uint8Array(u32(100 + i)))]));
  assert.equal(n.router.eventsOf("ike.sa", { state: "down", reason: "lifetime" }).length, before + 1);
});

test("what nobody has proved to be the peer's does not use the volume up", () => {
  const { n } = initiate([...seconds(3600), ...kilobytes(8)]);
  for (let i = 0; i < 200; i++) n.inject(n.peer.message(5, 0, 1000 + i, [{ type: P.HASH, body: n.peer.bytes(20) }, n.DELETE_ESP()], n.peer.bytes(16)));
  assert.equal(n.router.eventsOf("ike.sa", { state: "down" }).length, 0);
});

test("phase 2 is renewed by volume under traffic, and none is lost", () => {
  const pair = new Pair({ both: { group: 1 }, alpha: { extra: "crypto map CM 10 ipsec-isakmp\n set security-association lifetime kilobytes 2560\n" } });
  assert.ok(pair.ping());
  const [source, data] = [pair.a, 1200];
  source.replies.clear();
  let sent = 0;
  for (; sent < 6000; sent++) {
    source.ping("10.2.0.10", (sent + 100) & 0xffff, data);
    source.received.length = pair.b.received.length = 0;
    pair.world.run(5);
  }
  pair.world.run(5000);
  assert.equal(source.replies.size, sent);
  assert.ok(pair.alpha.eventsOf("ipsec.sa", { state: "rekeyed" }).length >= 2);
  assert.equal(pair.alpha.eventsOf("ipsec.sa", { reason: "lifetime" }).length, 0);
});

test("responder: REPLAY-STATUS says that replays are not looked for, where that is configured", () => {
  for (const disabled of [false, true]) {
    const pair = new Pair({ both: { group: 2 }, beta: { extra: disabled ? "crypto ipsec security-association replay disable\n" : "" } });
    pair.alpha.type("debug crypto isakmp");
    assert.ok(pair.ping());
    assert.equal(/processing NOTIFY REPLAY-STATUS \(24577\) protocol 3 spi 0x[0-9a-f]{8}: replays are not detected/.test(pair.alpha.output), disabled);
  }
});
