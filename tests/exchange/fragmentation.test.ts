/**
 * IKE fragmentation (payload 132): messages that come in fragments are taken as if they had come whole, in whatever order, doubled, with
 * some lost; and ours go in fragments to a peer that has said that it takes them.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { AggressiveNegotiation } from "../support/second/aggressive.ts";
import { AGGRESSIVE } from "../support/second/fields.ts";
import { FRAGMENTATION, cutFrame, cutMessage, fragment, isakmpOf, readFragment } from "../support/second/ike_fragments.ts";
import { CONFIG, Negotiation, type Step } from "../support/second/negotiation.ts";
import { P, concat } from "../support/second/ike_peer.ts";
import { fragments, ipv4, udp } from "../support/world/frame.ts";
import { Pair, type PairOptions } from "../support/world/pair.ts";

const NONE = ["ISAKMP fragments that contradict each other", "ISAKMP fragments whose message never became whole", "ISAKMP fragments without room"];
const JOINED = /messages received in fragments +(\d+)/;

/** What a router has counted of `name`. */
const count = (pair: Pair | Negotiation, name: string): number => ("alpha" in pair ? pair.beta : pair.router).counters().get(name) ?? 0;

function joined(router: Pair["alpha"]): number {
  const before = router.output.length;
  router.type("show crypto isakmp stats");
  return Number(JOINED.exec(router.output.slice(before))?.[1] ?? 0);
}

/** A pair whose every message is cut on the way into fragments of `size` octets, which `mangle` may change. */
function cutting(size: number, mangle: (pieces: Uint8Array[]) => { frame: Uint8Array; delay?: number }[] = (pieces) => pieces.map((frame) => ({ frame })), options: PairOptions = {}): Pair {
  return new Pair({ ...options, fault: (frame) => { const pieces = cutFrame(frame, size); return pieces.length > 1 ? mangle(pieces) : [{ frame }]; } });
}

for (const size of [28, 60, 100, 200]) {
  test(`every message of Main and Quick Mode in fragments of ${size} octets`, () => {
    const pair = cutting(size);
    assert.ok(pair.ping(3000));
    for (const router of [pair.alpha, pair.beta]) {
      assert.ok(joined(router) >= 2);
      for (const name of NONE) assert.equal(router.counters().get(name) ?? 0, 0, name);
    }
  });
}

const orders: [what: string, mangle: (pieces: Uint8Array[]) => { frame: Uint8Array; delay?: number }[]][] = [
  ["the last one first", (pieces) => [...pieces].reverse().map((frame) => ({ frame }))],
  ["the second one last", (pieces) => [...pieces.filter((_, i) => i !== 1), ...pieces.slice(1, 2)].map((frame) => ({ frame }))],
  ["each of them twice", (pieces) => pieces.flatMap((frame) => [{ frame }, { frame }])],
  ["all of them twice", (pieces) => [...pieces, ...pieces].map((frame) => ({ frame }))],
  ["some of them late", (pieces) => pieces.map((frame, i) => ({ frame, delay: i % 2 ? 300 : 0 }))],
];
for (const [what, mangle] of orders) {
  test(`fragments: ${what}`, () => {
    const pair = cutting(60, mangle);
    assert.ok(pair.ping(10_000));
    assert.equal(count(pair, NONE[0]!), 0);
  });
}

test("a message whose second fragment is lost is whole with the repetition of that one, and needs no other", () => {
  const seen = new Map<string, number>();
  const pair = cutting(60, (pieces) => pieces.flatMap((frame) => {
    const piece = readFragment(isakmpOf(frame)!.message)!;
    const key = Buffer.from(piece.data).toString("hex");
    const times = (seen.get(key) ?? 0) + 1;
    seen.set(key, times);
    return times === 1 && piece.number === 2 || times === 2 && piece.number !== 2 ? [] : [{ frame }];
  }));
  assert.ok(pair.ping(60_000));
  assert.equal(count(pair, NONE[0]!), 0);
  // Of the first messages each came with the first repetition, after a second.
  assert.ok(pair.beta.eventsOf("ike.message", { dir: "in" })[0]!.t < 1200);
});

test("a whole message and its fragments are the same message: the second is a duplicate", () => {
  const pair = new Pair({ fault: (frame) => { const pieces = cutFrame(frame, 60); return pieces.length > 1 ? [{ frame }, ...pieces.map((frame) => ({ frame, delay: 20 }))] : [{ frame }]; } });
  assert.ok(pair.ping(3000));
  assert.equal(pair.alpha.eventsOf("ike.sa", { state: "up" }).length, 1);
  pair.world.run(100);
  // They were known again, or had nothing to be for any more.
  assert.ok((count(pair, "ISAKMP duplicate")) > 0);
  assert.equal(count(pair, "ISAKMP decryption gave no message"), 0);
});

/** All orders of some things. */
const ordersOf = <T>(all: T[]): T[][] => (all.length === 0 ? [[]] : all.flatMap((one, i) => ordersOf([...all.slice(0, i), ...all.slice(i + 1)]).map((rest) => [one, ...rest])));

test("the third message whole and in three fragments, in all 24 orders, and four fragments in all 24: answered once each time, and with what makes it whole first", () => {
  for (const [seed, count, whole] of [[20, 3, true], [21, 4, false]] as const) {
    for (const order of ordersOf(Array.from({ length: count + (whole ? 1 : 0) }, (_, i) => i))) {
      const { n, message } = atThird(seed);
      const pieces = [...cutMessage(message, Math.ceil(message.length / count)), ...(whole ? [message] : [])];
      assert.equal(pieces.length, order.length);
      const got = new Set<number>();
      for (const i of order) {
        const before = n.station.inbox.length, was = got.has(count) || got.size === count;
        got.add(i);
        n.inject(pieces[i]!);
        n.world.run(20);
        const complete = got.has(count) || got.size === count;
        const answers = n.station.inbox.slice(before).filter(({ data }) => data[18] === 2 && data[16] === P.KE);
        if (complete && !was) assert.equal(answers.length, 1, `order ${order.join("")}, behind ${[...got].join("")}`);
        if (!complete) assert.equal(answers.length, 0, `order ${order.join("")}, behind ${[...got].join("")}`);
      }
      // What came after was the same message again, whatever it came in: the same answer, at most.
      const answers = n.station.inbox.filter(({ data }) => data[18] === 2 && data[16] === P.KE).map(({ data }) => Buffer.from(data).toString("hex"));
      assert.equal(new Set(answers).size, 1, `order ${order.join("")}`);
      for (const name of NONE.slice(0, 1)) assert.equal(n.router.counters().get(name) ?? 0, 0, name);
    }
  }
});

test("loss of a fifth of all fragments each way: a tunnel all the same", () => {
  for (const seed of [1, 2, 3]) {
    const pair = new Pair({ seed, fault: (frame, world) => cutFrame(frame, 100).filter((piece) => !isakmpOf(piece) || !world.random.chance(0.2)).map((frame) => ({ frame })) });
    assert.ok(pair.ping(60_000), `seed ${seed}`);
  }
});

test("Aggressive Mode in fragments, its first message too", () => {
  const n = new AggressiveNegotiation(5, CONFIG + AGGRESSIVE);
  for (const step of n.aggressiveInitiate()) inFragments(n, step, 60);
  assert.ok(n.tunnelUp());
});

/** Sends a step's message in fragments and takes the answer. */
function inFragments(n: Negotiation, step: Step, size: number, order: (pieces: Uint8Array[]) => Uint8Array[] = (pieces) => pieces): void {
  const inject = n.inject.bind(n);
  n.inject = (data) => { for (const piece of order(data.length > size ? cutMessage(data, size) : [data])) inject(piece); };
  assert.ok(step.go(), step.name);
  n.inject = inject;
}

for (const [name, role] of [["as responder", "initiate"], ["as initiator", "respond"]] as const) {
  test(`the second implementation in fragments, ${name}`, () => {
    const n = new Negotiation(7);
    for (const step of n[role]()) inFragments(n, step, 44, (pieces) => [...pieces].reverse());
    assert.ok(n.tunnelUp());
  });
}

test("Quick Mode that overtakes Aggressive Mode's third message in fragments waits for it", () => {
  const n = new AggressiveNegotiation(9, CONFIG + AGGRESSIVE);
  const steps = n.aggressiveInitiate();
  const first = steps.next().value!;
  assert.ok(first.go());
  n.world.run(3000);
  const third = steps.next().value!;
  const message = third.make(third.payloads);
  n.peer.iv = n.peer.lastBlock(message);
  const [a, b] = cutMessage(message, 40);
  n.inject(a!);
  const quick = steps.next().value!;
  n.station.inbox.length = 0;
  n.inject(quick.make(quick.payloads));
  n.inject(b!);
  assert.ok(n.await((d) => d[18] === 32), "Quick Mode is answered though it was sent once, and too early");
});

// Ours

test("what is longer than the mtu goes in fragments of it, encrypted first and then cut, and again with the same ID", () => {
  const pair = new Pair({ both: { extra: "crypto isakmp fragmentation mtu 128" } });
  const pieces: { at: number; direction: number; message: Uint8Array; ip: number }[] = [];
  let mute = true;
  pair.fault = (frame, world, direction) => {
    const found = isakmpOf(frame);
    if (found && readFragment(found.message)) {
      pieces.push({ at: world.now, direction, message: found.message, ip: frame.length - 14 });
      // The first message in fragments is lost, all of it.
      if (mute && direction === 0 && world.now < 800) return [];
    }
    return [{ frame }];
  };
  assert.ok(pair.ping(10_000));
  mute = false;
  assert.ok(pieces.length > 10);
  assert.ok(pieces.every(({ ip, message }) => ip <= 128 && message[19] === 0));
  // Number, ID and octets of the third message are the same when it is sent again.
  const third = pieces.filter(({ direction, message }) => direction === 0 && readFragment(message)!.id === 1).map(({ message }) => Buffer.from(message).toString("hex"));
  assert.equal(third.length % 2, 0);
  assert.deepEqual(third.slice(0, third.length / 2), third.slice(third.length / 2));
  // What goes in pieces begins with the header of the whole, the flag for encryption in it from message 5 on.
  const heads = pieces.filter(({ message }) => readFragment(message)!.number === 1).map(({ message }) => readFragment(message)!.data);
  assert.ok(heads.some((d) => d[18] === 2 && (d[19]! & 1) === 0) && heads.some((d) => d[18] === 2 && (d[19]! & 1) === 1) && heads.some((d) => d[18] === 32));
  assert.equal(count(pair, NONE[0]!), 0);
  // Another message, another ID.
  assert.ok(new Set(pieces.filter(({ direction }) => direction === 0).map(({ message }) => readFragment(message)!.id)).size > 1);
  pair.alpha.type("show crypto isakmp sa detail");
  assert.match(pair.alpha.output, / DF\n/);
  pair.alpha.type("show crypto isakmp stats");
  assert.match(pair.alpha.output, /messages sent in fragments +[3-9]/);
  pair.alpha.type("show running-config");
  assert.match(pair.alpha.output, /^crypto isakmp fragmentation mtu 128$/m);
});

test("with 1280 octets nothing of a pre-shared key is cut, and the vendor ID stands in messages 1 and 2", () => {
  const pair = new Pair();
  assert.ok(pair.ping(3000));
  const messages = pair.wan.map(({ frame }) => isakmpOf(frame)?.message).filter((m) => m !== undefined);
  assert.ok(messages.every((m) => !readFragment(m)));
  const said = messages.filter((m) => Buffer.from(m).includes(Buffer.from(FRAGMENTATION)));
  assert.equal(said.length, 2);
  assert.ok(said.every((m) => Buffer.from(m).includes(Buffer.concat([FRAGMENTATION, Buffer.from("c0000000", "hex")]))));
});

test("no crypto isakmp fragmentation: nothing is said, sent or taken in fragments", () => {
  const pair = new Pair({ alpha: { extra: "crypto isakmp fragmentation mtu 128" }, beta: { extra: "no crypto isakmp fragmentation" } });
  assert.ok(pair.ping(3000));
  assert.ok(pair.wan.every(({ frame }) => !isakmpOf(frame) || !readFragment(isakmpOf(frame)!.message)));
  pair.beta.type("show running-config");
  assert.match(pair.beta.output, /^no crypto isakmp fragmentation$/m);
  const cut = cutting(60, undefined, { beta: { extra: "no crypto isakmp fragmentation" } });
  assert.ok(!cut.ping(3000));
  assert.ok(count(cut, "ISAKMP fragment, and fragmentation is off") > 0);
});

test("a peer that has not said that it takes fragments gets none", () => {
  const n = new Negotiation(3, `${CONFIG}crypto isakmp fragmentation mtu 128\n`);
  for (const step of n.initiate()) assert.ok(step.go(), step.name);
  assert.ok(n.tunnelUp());
});

for (const [what, body, yes] of [
  ["alone", FRAGMENTATION, true],
  ["with the capability of Main Mode", concat(FRAGMENTATION, [0x80, 0, 0, 0]), true],
  ["with that of Aggressive Mode", concat(FRAGMENTATION, [0x40, 0, 0, 0]), true],
  ["with none of them", concat(FRAGMENTATION, [0, 0, 0, 0]), false],
] as const) {
  test(`a vendor ID ${what} ${yes ? "has" : "does not have"} message 4 cut`, () => {
    const n = new Negotiation(4, `${CONFIG}crypto isakmp fragmentation mtu 128\n`);
    const steps = n.initiate();
    const first = steps.next().value!;
    first.payloads.push({ type: P.VID, body });
    assert.ok(first.go());
    const third = steps.next().value!;
    n.station.inbox.length = 0;
    n.inject(third.make(third.payloads));
    const answer = n.await((d) => d[18] === 2)!;
    assert.equal(readFragment(answer) !== undefined, yes);
  });
}

// What is not right

/** A negotiation before its third message, and that message. */
function atThird(seed = 11): { n: Negotiation; message: Uint8Array; answered: () => boolean } {
  const n = new Negotiation(seed);
  const steps = n.initiate();
  assert.ok(steps.next().value!.go());
  const third = steps.next().value!;
  n.station.inbox.length = 0;
  return { n, message: third.make(third.payloads), answered: () => n.await((d) => d[18] === 2 && d[16] === P.KE) !== undefined };
}

const wrong: [what: string, pieces: (message: Uint8Array) => Uint8Array[], reason: string, answered?: boolean][] = [
  ["another content under the same number", (m) => [fragment(m, { id: 1, number: 1, last: false, data: m.slice(0, 50).fill(9, 30) }), ...cutMessage(m, 80)], NONE[0]!, true],
  ["a longer one under the same number", (m) => [fragment(m, { id: 1, number: 1, last: false, data: m.slice(0, 90) }), ...cutMessage(m, 80)], NONE[0]!, true],
  ["a number behind the last", (m) => [fragment(m, { id: 1, number: 2, last: true, data: m.slice(0, 50) }), fragment(m, { id: 1, number: 3, last: false, data: m.slice(0, 50) })], NONE[0]!],
  ["two last ones", (m) => [fragment(m, { id: 1, number: 3, last: true, data: m.slice(0, 50) }), fragment(m, { id: 1, number: 4, last: true, data: m.slice(0, 50) })], NONE[0]!],
  ["a last one that is before another", (m) => [fragment(m, { id: 1, number: 5, last: false, data: m.slice(0, 50) }), fragment(m, { id: 1, number: 3, last: true, data: m.slice(0, 50) })], NONE[0]!],
  ["more than its header says", (m) => cutMessage(concat(m, [0, 0, 0, 0]), 80), NONE[0]!],
  ["less than its header says", (m) => cutMessage(m.slice(0, -4), 80), NONE[0]!],
  ["another cookie inside", (m) => cutMessage(m, 80).map((p, i) => (i === 0 ? p.fill(7, 36, 40) : p)), NONE[0]!],
  ["a fragment of fragments", (m) => cutMessage(fragment(m, { id: 1, number: 1, last: true, data: m }), 80), NONE[0]!],
  ["one fragment that is all", (m) => cutMessage(m, 4000), NONE[0]!, true],
  ["number 0", (m) => [fragment(m, { id: 1, number: 0, last: true, data: m })], "malformed ISAKMP payload"],
  ["no octets", (m) => [fragment(m, { id: 1, number: 1, last: true, data: new Uint8Array() })], "ISAKMP too short"],
  ["a payload behind it", (m) => cutMessage(m, 80).map((p) => p.fill(13, 28, 29)), "malformed ISAKMP payload"],
  ["a payload length that is not its own", (m) => cutMessage(m, 80).map((p) => p.fill(7, 31, 32)), "malformed ISAKMP payload"],
  ["an endless message", (m) => Array.from({ length: 255 }, (_, i) => fragment(m, { id: 1, number: i + 1, last: false, data: new Uint8Array(100) })), "ISAKMP too long"],
  ["one that another ID replaces", (m) => [cutMessage(m, 80, 1)[0]!, ...cutMessage(m, 80, 2)], NONE[1]!, true],
  ["unknown cookies", (m) => cutMessage(m, 80).map((p) => p.fill(7, 8, 12)), "unknown ISAKMP cookies"],
];
for (const [what, pieces, reason, answered = false] of wrong) {
  test(`fragments with ${what}`, () => {
    const { n, message, answered: isAnswered } = atThird();
    const before = count(n, reason);
    for (const piece of pieces(message)) n.inject(piece);
    if (what !== "one fragment that is all") assert.ok(count(n, reason) > before, `${reason}: ${[...n.router.counters()]}`);
    assert.equal(isAnswered(), answered);
    // Whatever it was: the honest message is taken afterwards.
    if (!answered) {
      for (const piece of cutMessage(message, 80, 77)) n.inject(piece);
      assert.ok(isAnswered(), "the honest one");
    }
  });
}

test("255 fragments are a message", () => {
  const n = new Negotiation(12);
  const steps = n.initiate();
  assert.ok(steps.next().value!.go());
  const third = steps.next().value!;
  third.payloads.push({ type: P.VID, body: n.peer.bytes(200) });
  n.station.inbox.length = 0;
  const message = third.make(third.payloads);
  for (let i = 1; i <= 255; i++) n.inject(fragment(message, { id: 1, number: i, last: i === 255, data: i < 255 ? message.slice(i - 1, i) : message.slice(254) }));
  assert.ok(n.await((d) => d[18] === 2 && d[16] === P.KE));
});

for (const [way, size] of [["of IKE, 1216 octets each", 1216], ["of IKE, 492 octets each", 492], ["of IP", 0]] as const) {
  test(`a message of 9216 octets in fragments ${way} is taken, one of 9217 is not`, () => {
    for (const more of [1, 0]) {
      const n = new Negotiation(13);
      const steps = n.initiate();
      assert.ok(steps.next().value!.go());
      const third = steps.next().value!;
      const without = third.make(third.payloads).length;
      third.payloads.push({ type: P.VID, body: n.peer.bytes(9216 + more - without - 4) });
      const message = third.make(third.payloads);
      assert.equal(message.length, 9216 + more);
      n.station.inbox.length = 0;
      if (size) for (const piece of cutMessage(message, size)) n.inject(piece);
      else for (const piece of fragments(ipv4(n.station.address, n.station.router, 17, udp(500, 500, message), { id: 77 }), 1500)) n.station.datagram(piece);
      assert.equal(n.await((d) => d[18] === 2 && d[16] === P.KE) !== undefined, more === 0);
      if (more) assert.equal(count(n, "ISAKMP too long"), 1);
      assert.doesNotMatch(n.router.type("show memory"), /large packet buffers +[1-9]/);
    }
  });
}

test("fragments whose rest never comes are given up after half a minute", () => {
  const { n, message } = atThird();
  n.inject(cutMessage(message, 80)[0]!);
  n.world.run(29_000);
  assert.equal(count(n, NONE[1]!), 0);
  n.world.run(2000);
  assert.equal(count(n, NONE[1]!), 1);
});
