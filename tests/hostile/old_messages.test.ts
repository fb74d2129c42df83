/**
 * A message that was taken once has no effect again for as long as its ISAKMP SA lives, whoever sends it, from wherever
 * (docs/DESIGN.md, "Old messages"). Whoever sends it stands off the path, and has heard every octet that passed.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { EXCHANGE, u32 } from "../support/second/ike_peer.ts";
import { Negotiation } from "../support/second/negotiation.ts";
import { ipv4, udp } from "../support/world/frame.ts";
import { Hub } from "../support/world/hub.ts";

const STRANGER = "203.0.113.66";
const DPD = "crypto isakmp keepalive 10 2 periodic";

/** Hub and branch 2, which is up, and every ISAKMP message of the branch's as it came by. */
function overheard(lines = DPD) {
  const hub = new Hub([2], { more: lines });
  const messages: Uint8Array[] = [];
  let toStranger = 0;
  const carry = hub.internet.carry.bind(hub.internet);
  hub.internet.carry = (datagram) => {
    const from = datagram.subarray(12, 16).join("."), to = datagram.subarray(16, 20).join(".");
    if (datagram[9] === 17 && from === "198.51.100.2" && to === "192.0.2.1") messages.push(datagram.slice(28));
    if (to === STRANGER) toStranger++;
    carry(datagram);
  };
  const beta = hub.branch(2, { extra: lines });
  assert.ok(beta.ping());
  /** Sends a message again, and counts what the stranger gets for it. */
  const again = (message: Uint8Array, port: number, from = STRANGER): number => {
    toStranger = 0;
    const body = port === 4500 ? Uint8Array.from([0, 0, 0, 0, ...message]) : message;
    carry(ipv4(from, "192.0.2.1", 17, udp(port, port, body), { id: 77 }));
    hub.world.run(1000);
    return toStranger;
  };
  return { hub, beta, messages, again };
}

test("every message of a day's SA, again, from a strange address and from the peer's own: nothing is answered, moves or begins", () => {
  const { hub, beta, messages, again } = overheard();
  hub.world.run(900_000);
  const heard = messages.filter((m) => m[18] !== EXCHANGE.MAIN);
  assert.ok(heard.length > 80, `${heard.length} messages`);
  const shown = hub.router.type("show crypto isakmp sa");
  const pools = () => hub.router.type("show memory").split("\n").filter((l) => /security assoc|isakmp sas|pairs/.test(l)).map((l) => l.split(/\s{2,}/).slice(0, 2)).join();
  const before = pools();
  for (const message of heard) for (const port of [500, 4500]) assert.equal(again(message, port), 0);
  for (const message of heard.slice(0, 20)) again(message, 500, "198.51.100.2");
  assert.equal(hub.router.type("show crypto isakmp sa"), shown);
  assert.equal(pools(), before);
  assert.ok(beta.ping(3000, "hub"));
  assert.ok(beta.ping(3000));
});

test("a Quick Mode's first message, again after its exchange is over, even after 300 others: no answer", () => {
  const { hub, messages, again } = overheard();
  const first = messages.find((m) => m[18] === EXCHANGE.QUICK)!;
  assert.equal(again(first, 500), 0);
  const begun = hub.router.eventsOf("ike.message", { exchange: "quick", dir: "out" }).length;
  hub.world.run(3_000_000);
  assert.equal(again(first, 500), 0);
  assert.equal(again(first, 500, "198.51.100.2"), 0);
  assert.equal(hub.router.eventsOf("ike.message", { exchange: "quick", dir: "out" }).length, begun);
});

test("our own messages sent back to us are nobody's", () => {
  const { hub, beta } = overheard();
  const mine: Uint8Array[] = [];
  const carry = hub.internet.carry.bind(hub.internet);
  hub.internet.carry = (datagram) => {
    if (datagram[9] === 17 && datagram.subarray(12, 16).join(".") === "192.0.2.1") mine.push(datagram.slice(28));
    carry(datagram);
  };
  hub.world.run(600_000);
  assert.ok(mine.length > 50);
  const before = hub.router.eventsOf("ike.message", { dir: "in" }).length;
  hub.internet.carry = carry;
  for (const message of mine.filter((m) => m[18] !== EXCHANGE.MAIN)) carry(ipv4("198.51.100.2", "192.0.2.1", 17, udp(500, 500, message), { id: 78 }));
  hub.world.run(50);
  assert.equal(hub.router.eventsOf("ike.message", { dir: "in" }).length, before);
  assert.ok(beta.ping(3000));
});

/** A second peer that initiates, and both phases done. */
function up(): Negotiation {
  const n = new Negotiation(72);
  for (const step of n.initiate()) assert.ok(step.go(), step.name);
  assert.ok(n.tunnelUp());
  return n;
}
const quickAnswers = (n: Negotiation) => n.router.eventsOf("ike.message", { exchange: "quick", dir: "out", number: "2" }).length;

test("the first message of a Quick Mode under way, 200 times in ten seconds: answered twelve times at most beside our own repeats", () => {
  const n = new Negotiation(72);
  for (const step of n.initiate()) {
    const first = step.name === "quick 1";
    const message = step.make(step.payloads);
    assert.ok(step.go(), step.name);
    if (!first) continue;
    const before = quickAnswers(n);
    for (let i = 0; i < 200; i++) {
      n.inject(message);
      n.world.run(50);
    }
    const answers = quickAnswers(n) - before;
    assert.ok(answers <= 12 + 5, `${answers} answers`);
  }
  assert.ok(n.tunnelUp());
});

test("300 Deletes of nothing: the SA is renewed or ends before a message ID could be forgotten", () => {
  const n = up();
  const informational = Array.from({ length: 300 }, (_, i) => n.informational([n.DELETE_ESP(new Uint8Array(u32(0x70000000 + i)))]));
  for (const message of informational) n.inject(message);
  n.world.run(2000);
  const seen = n.router.eventsOf("ike.message", { exchange: "informational", dir: "in" }).length;
  assert.ok(seen <= 256, `${seen} taken under one SA`);
  for (const message of informational) n.inject(message);
  n.world.run(2000);
  assert.equal(n.router.eventsOf("ike.message", { exchange: "informational", dir: "in" }).length, seen);
});
