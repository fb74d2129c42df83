/** One message lost, doubled, late: each of the nine in turn. Giving up, the next peer, what is said on the console. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { P } from "../support/second/ike_peer.ts";
import { Negotiation } from "../support/second/negotiation.ts";
import { Pair } from "../support/world/pair.ts";
import type { Fault } from "../support/world/world.ts";

const isIsakmp = (frame: Uint8Array) => frame[12] === 8 && frame[13] === 0 && frame[23] === 17 && ((frame[36]! << 8) | frame[37]!) === 500;

/** Does something to the n-th ISAKMP message of the conversation, and to nothing else. */
function toMessage(n: number, what: (frame: Uint8Array) => ReturnType<Fault>): Fault {
  let seen = 0;
  return (frame) => (isIsakmp(frame) && ++seen === n ? what(frame) : [{ frame }]);
}

const group = { both: { group: 1 } };
/** The same addresses on the wire as before, as a router that restarts has them. */
const SAME_MACS = "interface Ethernet0\n mac-address 0200.0000.0a00\ninterface Ethernet1\n mac-address 0200.0000.0a01\n";
const settled = (pair: Pair, what: string) => {
  pair.fault = undefined;
  pair.world.run(150_000);
  assert.equal(pair.spis(pair.alpha).length, 1, `${what}: one pair at alpha`);
  assert.deepEqual(pair.spis(pair.beta).length, 1, `${what}: one pair at beta`);
  assert.equal(pair.alpha.eventsOf("ike.sa", { state: "up" }).length, 1, what);
  assert.ok(pair.ping(1000) && pair.ping(1000, "b"), what);
};

for (let n = 1; n <= 9; n++) {
  test(`message ${n} lost`, () => {
    const pair = new Pair({ ...group, fault: toMessage(n, () => undefined) });
    assert.ok(pair.ping(12_000), pair.alpha.output);
    settled(pair, `message ${n} lost`);
  });

  test(`message ${n} doubled, at once and later`, () => {
    const pair = new Pair({ ...group, fault: toMessage(n, (frame) => [{ frame }, { frame: frame.slice() }, { frame: frame.slice(), delay: 700 }]) });
    assert.ok(pair.ping(3000), pair.alpha.output);
    settled(pair, `message ${n} doubled`);
  });

  test(`message ${n} late: its retransmission overtakes it`, () => {
    const pair = new Pair({ ...group, fault: toMessage(n, (frame) => [{ frame, delay: 3500 }]) });
    assert.ok(pair.ping(12_000), pair.alpha.output);
    settled(pair, `message ${n} late`);
  });
}

test("a peer that is silent: nine messages with growing pauses, then a sentence", () => {
  const pair = new Pair({ ...group, fault: (frame, _, direction) => (direction === 0 && isIsakmp(frame) ? undefined : [{ frame }]) });
  pair.a.ping("10.2.0.10", 1);
  pair.world.run(70_000);
  const at = pair.isakmp().filter(({ direction }) => direction === 0).map((m) => m.at);
  assert.equal(at.length, 9);
  const pauses = at.slice(1).map((t, i) => Math.round((t - at[i]!) / 1000));
  assert.deepEqual(pauses, [1, 2, 2, 3, 5, 8, 11, 16]);
  assert.match(pair.alpha.output, /192\.0\.2\.2 does not answer message 1 of Main Mode/);
  assert.equal(pair.alpha.eventsOf("refused", { reason: "no-answer" }).length, 1);
});

test("an entry's second peer is tried when the first does not answer", () => {
  const pair = new Pair({ ...group, alpha: { extra: "crypto isakmp key correct-horse-battery-staple address 192.0.2.77\n" } });
  pair.alpha.configure("crypto map CM 10 ipsec-isakmp\n no set peer 192.0.2.2\n set peer 192.0.2.77\n set peer 192.0.2.2");
  pair.a.ping("10.2.0.10", 1);
  assert.ok(pair.world.run(80_000, () => pair.alpha.eventsOf("ipsec.sa", { state: "up", peer: "192.0.2.2" }).length === 1), pair.alpha.output);
  assert.ok(pair.ping(2000));
});

test("a Quick Mode that is not answered begins phase 1 anew: the peer has forgotten us", () => {
  const pair = new Pair({ both: { group: 1, ipsecLifetime: 300 } });
  assert.ok(pair.ping());
  pair.beta.start(pair.beta.options.config);
  assert.ok(pair.world.run(600_000, () => pair.ping(1000)), pair.alpha.output);
  assert.ok(pair.alpha.eventsOf("ike.sa", { state: "down", reason: "no-answer" }).length >= 1 || pair.beta.eventsOf("ike.sa", { state: "up" }).length >= 2);
});

test("a peer that starts afresh says INITIAL-CONTACT: what it had is forgotten here too", () => {
  const pair = new Pair({ ...group, alpha: { extra: SAME_MACS } });
  assert.ok(pair.ping());
  pair.alpha.start(pair.alpha.options.config);
  assert.ok(pair.ping(5000), "alpha begins again");
  pair.world.run(2000);
  assert.equal(pair.spis(pair.beta).length, 1);
  assert.equal(pair.beta.eventsOf("ike.sa", { state: "down", reason: "initial-contact" }).length, 1);
  assert.equal(pair.beta.eventsOf("ipsec.sa", { state: "down", reason: "initial-contact" }).length, 1);
});

test("nonces: as long as they are to be, drawn anew for each exchange (RFC 2409, 5)", () => {
  const n = new Negotiation(62);
  const drawn: Uint8Array[] = [];
  for (let i = 0; i < 2; i++) {
    assert.equal(n.complete("initiate"), undefined);
    drawn.push(n.peer.Nr_b, n.nonces.Nr_b);
    n.clear();
  }
  assert.equal(new Set(drawn.map((nonce) => Buffer.from(nonce).toString("hex"))).size, 4);
  for (const nonce of drawn) assert.ok(nonce.length === 32 && new Set(nonce).size > 10, Buffer.from(nonce).toString("hex"));
});

test("INITIAL-CONTACT, to the octet: DOI of IPsec, protocol ISAKMP, both cookies for an SPI, no data (RFC 2407, 4.6.3.3)", () => {
  const n = new Negotiation(61);
  for (const step of n.respond()) assert.ok(step.go(), step.name);
  const notifies = n.fifth.filter(({ type }) => type === P.N).map(({ body }) => [...body]);
  assert.deepEqual(notifies, [[0, 0, 0, 1, 1, 16, 0x60, 0x02, ...n.peer.ckyI, ...n.peer.ckyR]]);
});

test("the shorter lifetime counts on both sides (RESPONDER-LIFETIME)", () => {
  for (const [a, b] of [[3600, 600], [600, 3600]] as const) {
    const pair = new Pair({ both: { group: 1 }, alpha: { ipsecLifetime: a }, beta: { ipsecLifetime: b } });
    assert.ok(pair.ping());
    for (const router of [pair.alpha, pair.beta]) assert.equal(router.eventsOf("ipsec.sa", { state: "up" })[0]?.lifetime, "600");
  }
});

test("the third message of Quick Mode is lost for good: traffic confirms the SA", () => {
  let quick = 0;
  const pair = new Pair({
    ...group,
    fault: (frame, _, direction) => (isIsakmp(frame) && direction === 0 && frame[42 + 18] === 32 && ++quick > 1 ? undefined : [{ frame }]),
  });
  assert.ok(pair.ping(3000), "the answer goes out under the new SA");
  assert.equal(pair.spis(pair.beta).length, 1);
});

test("PFS: a responder without a group takes the one offered; one that wants it refuses an offer without", () => {
  assert.ok(new Pair({ both: { group: 1 }, alpha: { pfs: 2 } }).ping());
  const strict = new Pair({ both: { group: 1 }, beta: { pfs: 2 } });
  assert.equal(strict.ping(20_000), false);
  assert.match(strict.beta.output, /PFS offered no group, wanted group 2/);
});

test("no pre-shared key: each side says which line is missing", () => {
  const pair = new Pair(group);
  pair.beta.configure("no crypto isakmp key correct-horse-battery-staple address 192.0.2.1");
  assert.equal(pair.ping(20_000), false);
  assert.match(pair.beta.output, /no pre-shared key for 192\.0\.2\.1/);
  pair.beta.configure("crypto isakmp key correct-horse-battery-staple address 192.0.2.1");
  assert.ok(pair.world.run(120_000, () => pair.ping(1000)));
});

test("debug crypto isakmp says what was offered and what was wanted", () => {
  const pair = new Pair({ both: { group: 2 }, beta: { hash: "sha512" } });
  pair.beta.type("debug crypto isakmp");
  pair.ping(5000);
  assert.match(pair.beta.output, /hash offered SHA-256, wanted SHA-512 \(crypto isakmp policy 10\)/);
});

test("a router that has started afresh tells its peer, whose packets it cannot open any more (invalid-spi-recovery)", () => {
  const pair = new Pair({ ...group, alpha: { extra: `${SAME_MACS}crypto isakmp invalid-spi-recovery\n` } });
  assert.ok(pair.ping());
  pair.alpha.start(pair.alpha.options.config);
  // Only beta's side has something to send.
  assert.ok(pair.world.run(30_000, () => pair.ping(1000, "b")), pair.alpha.output);
});

test("without invalid-spi-recovery it only says so at the console", () => {
  const pair = new Pair({ ...group, alpha: { extra: SAME_MACS } });
  assert.ok(pair.ping());
  pair.alpha.start(pair.alpha.options.config);
  assert.equal(pair.world.run(30_000, () => pair.ping(1000, "b")), false);
  assert.match(pair.alpha.output, /%CRYPTO-4-RECVD_PKT_INV_SPI/);
  assert.doesNotMatch(pair.alpha.type("show crypto isakmp sa"), /MM_|QM_/);
});

test("a peer that takes its new SAs into use only with our third message loses nothing (strongSwan)", () => {
  const pair = new Pair({ both: { group: 1, ipsecLifetime: 120 } });
  assert.ok(pair.ping());
  const spiOf = (frame: Uint8Array) => Buffer.from(frame.subarray(34, 38)).toString("hex");
  const first = new Set(pair.ofProtocol(50).map(spiOf));
  let quick = 0;
  let ready = Infinity;
  pair.fault = (frame, world, direction) => {
    if (isIsakmp(frame) && frame[42 + 18] === 32 && ++quick === 3) {
      ready = world.now + 305;
      return [{ frame, delay: 300 }];
    }
    return direction === 0 && frame[23] === 50 && !first.has(spiOf(frame)) && world.now < ready ? undefined : [{ frame }];
  };
  const { sent, lost } = pair.pings(115_000, 20);
  assert.ok(quick >= 3, "it was renewed");
  assert.equal(lost, 0, `of ${sent}`);
});
