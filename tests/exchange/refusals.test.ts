/** Refusals: the notify on the wire, one plain sentence on the console, no tunnel; and what never gets an answer. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ipv4, udp } from "../support/world/frame.ts";
import { difference } from "../support/second/fields.ts";
import { EXCHANGE, concat, u32 } from "../support/second/ike_peer.ts";
import { Negotiation } from "../support/second/negotiation.ts";
import { Pair } from "../support/world/pair.ts";

test("wrong pre-shared key: both consoles say so, no tunnel", () => {
  const pair = new Pair({ beta: { psk: "another-key-altogether" }, both: { group: 2 } });
  assert.equal(pair.ping(60_000), false);
  assert.match(pair.alpha.output, /pre-shared key/i, "alpha's console");
  assert.match(pair.beta.output, /pre-shared key/i, "beta's console");
  assert.equal(pair.alpha.eventsOf("ipsec.sa").length, 0);
  assert.ok(pair.beta.eventsOf("refused").length >= 1);
});

test("no common phase 1 proposal: named by attribute and policy", () => {
  const pair = new Pair({ alpha: { encryption: "aes 128", group: 2 }, beta: { encryption: "aes 256", group: 2 } });
  assert.equal(pair.ping(60_000), false);
  assert.match(pair.beta.output, /policy 10/);
  assert.match(pair.alpha.output, /NO.PROPOSAL.CHOSEN|no proposal/i);
  assert.ok(pair.beta.eventsOf("refused", { where: "phase1" }).length >= 1);
});

test("no common phase 2 proposal", () => {
  const pair = new Pair({ alpha: { esp: "esp-aes 128 esp-sha-hmac" }, beta: { esp: "esp-aes 256 esp-sha256-hmac" }, both: { group: 2 } });
  assert.equal(pair.ping(60_000), false);
  assert.ok(pair.beta.eventsOf("refused", { where: "phase2" }).length >= 1);
  assert.match(pair.alpha.output, /NO.PROPOSAL.CHOSEN|no proposal/i);
  assert.match(pair.beta.output, /transform/i);
});

test("PFS group differs", () => {
  const pair = new Pair({ alpha: { pfs: 2 }, beta: { pfs: 5 }, both: { group: 2 } });
  assert.equal(pair.ping(60_000), false);
  assert.ok(pair.beta.eventsOf("refused", { where: "phase2" }).length >= 1);
});

test("wrong selectors: INVALID-ID-INFORMATION, and both sides' selectors are named", () => {
  const pair = new Pair({ beta: { selectors: [["10.1.0.0 0.0.0.255", "10.9.0.0 0.0.0.255"]] }, both: { group: 2 } });
  assert.equal(pair.ping(60_000), false);
  assert.match(pair.beta.output, /10\.2\.0\.0/);
  assert.match(pair.alpha.output, /INVALID.ID.INFORMATION/i);
  assert.ok(pair.beta.eventsOf("refused", { where: "phase2" }).length >= 1);
});

test("a peer that no crypto map names gets nothing but silence or a small notify", () => {
  const n = new Negotiation(5);
  n.station.address = "192.0.2.77";
  const step = n.initiate().next().value!;
  const message = step.make(step.payloads);
  n.inject(message);
  n.world.run(60_000);
  const answers = n.station.inbox.filter((d) => d.srcPort === 500);
  assert.ok(answers.every((d) => d.data.length <= message.length), "never larger than what it answers");
  assert.ok(answers.length <= 1);
});

test("no entropy: no IKE, and the console says so", () => {
  const pair = new Pair({ alphaOptions: { noEntropy: true } });
  assert.equal(pair.ping(30_000), false);
  assert.equal(pair.isakmp().filter(({ direction }) => direction === 0).length, 0);
  assert.match(pair.alpha.output, /entropy/i);
  assert.match(pair.alpha.type("show version"), /entropy/i);
});

test("each message of Main and Quick Mode doubled: answered with the same octets, no state moved", () => {
  const n = new Negotiation(9);
  for (const step of n.initiate()) {
    const message = step.make(step.payloads);
    assert.ok(step.go(), step.name);
    if (step.name === "quick 3") break;
    n.station.inbox.length = 0;
    n.inject(message);
    n.inject(message);
    n.world.run(50);
    const again = n.station.inbox.filter((d) => d.srcPort === 500).map((d) => Buffer.from(d.data).toString("hex"));
    assert.ok(again.length >= 1 && new Set(again).size === 1, `${step.name}: ${again.length} answers, ${new Set(again).size} different`);
  }
  assert.ok(n.world.run(100, () => n.tunnelUp()));
});

test("the peer of the tests initiates and responds", () => {
  for (const role of ["initiate", "respond"] as const) {
    const n = new Negotiation(3);
    assert.equal(n.complete(role), undefined, n.router.output);
  }
});

test("half-open exchanges are bounded by address, and an honest peer gets in after the flood", () => {
  const n = new Negotiation(11);
  const step = n.initiate().next().value!;
  const message = step.make(step.payloads);
  for (let i = 0; i < 2000; i++) {
    const copy = message.slice();
    copy.set(n.peer.bytes(8), 0);
    // From the peer's own address, and from forged ones.
    if (i % 2) n.inject(copy);
    else {
      const from = `192.0.2.${3 + (i % 200)}`;
      n.station.datagram(ipv4(from, "192.0.2.1", 17, udp(500, 500, copy), { id: i }));
      n.world.run(1);
    }
  }
  n.world.run(200_000);
  assert.equal(n.complete("initiate"), undefined, n.router.output.slice(-2000));
});

test("lengths that lie, versions and flags that are unknown: counted drops", () => {
  const n = new Negotiation(13);
  const good = n.initiate().next().value!;
  const message = good.make(good.payloads);
  const variants: Uint8Array[] = [
    message.slice(0, 27),
    concat(message.subarray(0, 17), [0x20], message.subarray(18)),
    concat(message.subarray(0, 24), u32(0xffffffff), message.subarray(28)),
    concat(message.subarray(0, 24), u32(27), message.subarray(28)),
    concat(message.subarray(0, 24), u32(message.length + 4), message.subarray(28)),
    concat(message.subarray(0, 18), [99], message.subarray(19)),
    concat(new Uint8Array(8), message.subarray(8)),
    concat(message.subarray(0, 16), [255], message.subarray(17)),
    concat(message.subarray(0, 30), [0, 0], message.subarray(32)),
    concat(message.subarray(0, 30), [0xff, 0xff], message.subarray(32)),
  ];
  for (const variant of variants) n.inject(variant);
  n.world.run(5000);
  const drops = [...n.router.counters()].filter(([name]) => /ISAKMP/.test(name)).reduce((sum, [, count]) => sum + count, 0);
  assert.ok(drops >= variants.length - 1, `${drops} drops: ${JSON.stringify([...n.router.counters()])}`);
  n.world.run(200_000);
  assert.equal(n.complete("initiate"), undefined);
});

test("an Informational is counted for what it is: in plain or malformed, from elsewhere, without a message ID", () => {
  const n = new Negotiation(14);
  assert.equal(n.complete("initiate"), undefined, n.router.output);
  const plain = n.peer.message(EXCHANGE.INFORMATIONAL, 0, 77, [n.NOTIFY(14)]);
  const inject = (message: Uint8Array) => n.inject(message);
  const fromElsewhere = (message: Uint8Array) => {
    n.station.datagram(ipv4("192.0.2.77", "192.0.2.1", 17, udp(500, 500, message), { id: 1 }));
    n.world.run(1);
  };
  const counted = (send: (message: Uint8Array) => void, message: Uint8Array) => {
    const before = n.router.counters();
    n.station.inbox.length = 0;
    send(message);
    n.world.run(60);
    assert.equal(n.station.inbox.length, 0, "nothing answers");
    return difference(before, n.router.counters());
  };
  assert.deepEqual(counted(inject, plain), ["ISAKMP unprotected notify, advisory only"]);
  assert.deepEqual(counted(inject, n.peer.message(EXCHANGE.INFORMATIONAL, 0, 77, [{ ...n.NOTIFY(14), length: 3 }])), ["malformed ISAKMP payload"]);
  assert.deepEqual(counted(fromElsewhere, plain), ["unknown ISAKMP cookies"]);
  const encrypted = n.informational([n.DELETE_ESP()]);
  assert.deepEqual(counted(inject, concat(encrypted.subarray(0, 20), u32(0), encrypted.subarray(24))), ["bad ISAKMP header"]);
  assert.ok(n.tunnelUp());
  // Nobody but the peer moves where the peer is: without a NAT, the address of phase 1 stays.
  assert.deepEqual(counted(fromElsewhere, n.informational([n.NOTIFY(40000)])), []);
  n.inject(n.informational([n.NOTIFY(36136, undefined, 1, new Uint8Array(u32(5)))]));
  assert.ok(n.await((d) => d[18] === EXCHANGE.INFORMATIONAL), "R-U-THERE is answered where the peer is");
});
