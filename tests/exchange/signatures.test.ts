/** Phase 1 by RSA signatures with raw keys, against the second implementation: both roles, both modes (RFC 2409, 5.1). */
import assert from "node:assert/strict";
import { test } from "node:test";
import { concat, P, type Payload, type Suite } from "../support/second/ike_peer.ts";
import { CONFIG, SUITE } from "../support/second/negotiation.ts";
import { SignedNegotiation, keyOf, publicOf, rawKey } from "../support/second/signed_negotiation.ts";

const PSK_LINE = "crypto isakmp key correct-horse-battery address 192.0.2.2\n";
const SIGNED = CONFIG.replace("authentication pre-share", "authentication rsa-sig").replace(PSK_LINE, "");
const [OURS, THEIRS, OTHER] = [keyOf("gate"), keyOf("moon"), keyOf("other")];
const text = (type: number, name: string) => concat([type, 0, 0, 0], new TextEncoder().encode(name));

function negotiation(seed: number, { config = SIGNED, who = "addressed-key 192.0.2.2", suite = SUITE, ours = OURS, theirs = THEIRS } = {}): SignedNegotiation {
  const n = new SignedNegotiation(seed, config, { key: theirs }, { key: publicOf(ours) }, suite);
  n.importKey("gate", ours);
  const said = n.router.configure(rawKey(who, theirs));
  assert.doesNotMatch(said, /%(?! Warning)/, said);
  return n;
}

function complete(n: SignedNegotiation, steps: Generator<{ name: string; go: () => boolean }>): void {
  for (const step of steps) assert.ok(step.go(), `${step.name} is answered: ${n.router.output.slice(-1500)}`);
  assert.ok(n.world.run(200, () => n.tunnelUp()), `the tunnel is up: ${n.router.output.slice(-1500)}`);
}

for (const role of ["initiate", "respond"] as const) {
  test(`Main Mode, raw RSA keys by address: the second implementation ${role}s`, () => {
    const n = negotiation(1);
    complete(n, n[role]());
    assert.ok(n.echo());
  });

  for (const [name, hash] of [["MD5", 1], ["SHA-1", 2], ["SHA-256", 4], ["SHA-384", 5], ["SHA-512", 6]] as const) {
    test(`Main Mode with ${name}: the second implementation ${role}s`, () => {
      const suite: Suite = { ...SUITE, hash };
      const word = name === "MD5" ? "md5" : name === "SHA-1" ? "sha" : name.toLowerCase().replace("-", "");
      const n = negotiation(2, { suite, config: SIGNED.replace(" hash sha\n", ` hash ${word}\n`) });
      complete(n, n[role]());
    });
  }

  for (const bits of [1024, 3072]) {
    test(`Main Mode, keys of ${bits} bits: the second implementation ${role}s`, () => {
      const n = negotiation(3, { ours: keyOf("gate", bits), theirs: keyOf("moon", bits) });
      complete(n, n[role]());
    });
  }

  test(`a key by name: the peer calls itself so; the second implementation ${role}s`, () => {
    const n = negotiation(4, { who: "named-key moon.test" });
    n.peer.identity = text(2, "moon.test");
    complete(n, n[role]());
  });

  test(`the signature is another key's: refused, and said; the second implementation ${role}s`, () => {
    const n = negotiation(5);
    n.peer.credential = { key: OTHER };
    const steps = [...(role === "initiate" ? ["main 1", "main 3", "main 5"] : ["main 2", "main 4", "main 6"])];
    const reached: string[] = [];
    for (const step of n[role]()) {
      reached.push(step.name);
      if (!step.go()) break;
    }
    assert.deepEqual(reached, steps);
    assert.match(n.router.output, /192\.0\.2\.2 did not prove who it is, its signature is wrong/);
    assert.equal(n.router.counters().get("ISAKMP authentication failed"), 1);
  });
}

const AGGRESSIVE = `
crypto isakmp profile P
 match identity address 192.0.2.2
 mode aggressive
crypto map CM 10 ipsec-isakmp
 set isakmp-profile P
`;

for (const third of [true, false]) {
  test(`Aggressive Mode, the second implementation initiates, its third message ${third ? "encrypted" : "in plain"}`, () => {
    const n = negotiation(6, { config: SIGNED + AGGRESSIVE });
    n.encryptThird = third;
    complete(n, n.aggressiveInitiate());
  });
}

test("Aggressive Mode, the second implementation responds", () => {
  const n = negotiation(7, { config: SIGNED + AGGRESSIVE });
  complete(n, n.aggressiveRespond());
});

test("policies of both methods: each peer gets what it offers, and what there are keys for", () => {
  const both = CONFIG.replace("interface Ethernet0", "crypto isakmp policy 20\n encryption aes 128\n hash sha\n authentication rsa-sig\n group 1\ninterface Ethernet0");
  const n = negotiation(8, { config: both });
  complete(n, n.initiate());
  const alone = negotiation(9, { config: both.replace(PSK_LINE, "") });
  complete(alone, alone.respond());
  assert.equal(alone.fifth.some(({ type }) => type === P.SIG), true);
});

test("no key of our own, or none of the peer's: refused in a sentence", () => {
  const n = new SignedNegotiation(10, SIGNED, { key: THEIRS }, { key: publicOf(OURS) });
  for (const step of n.initiate()) {
    assert.ok(!step.go());
    break;
  }
  assert.match(n.router.output, /there is nothing to authenticate 192\.0\.2\.2 with: signatures need a key of ours/);
});

const checked = (n: SignedNegotiation) => Number(/signatures of peers checked\s+(\d+)/.exec(n.router.type("show crypto isakmp stats"))?.[1] ?? 0);
const spoilt = (payloads: Payload[], type: number): Payload[] => payloads.map((one) => ({ ...one, body: one.type === type ? one.body.map((b, i) => (i === 9 ? b ^ 1 : b)) : one.body.slice() }));

/** Forged second messages of Aggressive Mode, by who sees the first: from the true one's payloads. */
const FORGED: Record<string, (list: Payload[], n: SignedNegotiation) => Payload[]> = {
  "SIG with a bit changed": (list) => spoilt(list, P.SIG),
  "another public value": (list, n) => list.map((one) => (one.type === P.KE ? { ...one, body: n.peer.bytes(one.body.length) } : one)),
  "another nonce": (list) => spoilt(list, P.NONCE),
  "another name": (list) => list.map((one) => (one.type === P.ID ? { ...one, body: text(2, "evil.test") } : one)),
  "PKCS#7 that is none": (list) => [...list, { type: P.CERT, body: concat([1, 0x30, 3, 1, 2, 3]) }],
};

for (const [name, change] of Object.entries(FORGED)) {
  for (const cookie of ["the true cookie", "another"]) {
    test(`Aggressive Mode: a forged second message with ${name} and ${cookie} ends nothing, the true one is taken after it`, () => {
      const n = negotiation(20, { config: SIGNED + AGGRESSIVE });
      const steps = n.aggressiveRespond();
      const step = steps.next().value!;
      for (let k = 0; k < 2; k++) {
        const octets = step.make(change(step.payloads, n));
        if (cookie === "another") octets.set(n.peer.bytes(8), 8);
        n.inject(octets);
        n.world.run(50);
      }
      assert.equal(n.router.eventsOf("ike.sa", { state: "up" }).length, 0);
      assert.ok(step.go(), n.router.output);
      complete(n, steps);
      assert.ok(n.echo());
    });
  }
}

test("Aggressive Mode: forged second messages without end cost four checks and one more each time that our first goes out; the true one gets in", () => {
  const n = negotiation(21, { config: SIGNED + AGGRESSIVE });
  const steps = n.aggressiveRespond();
  const step = steps.next().value!;
  const before = checked(n);
  const flood = (times: number) => {
    for (let k = 0; k < times; k++) {
      const octets = step.make(step.payloads.map((one: Payload) => (one.type === P.SIG ? { ...one, body: n.peer.bytes(one.body.length) } : one)));
      octets.set(n.peer.bytes(8), 8);
      n.inject(octets);
    }
  };
  flood(100);
  assert.equal(checked(n) - before, 4);
  n.station.inbox.length = 0;
  assert.ok(n.world.run(5000, () => n.station.inbox.some((d) => d.srcPort === 500 && d.data[18] === 4)), "our first message goes out again");
  assert.ok(step.go(), n.router.output);
  complete(n, steps);
});

test("Aggressive Mode: a forged third message in plain ends nothing, a hundred cost four checks; the true one is taken after them", () => {
  const n = negotiation(22, { config: SIGNED + AGGRESSIVE });
  const steps = n.aggressiveInitiate();
  for (const step of steps) {
    if (step.name === "aggressive 3") {
      const before = checked(n);
      for (let k = 0; k < 100; k++) n.inject(n.peer.message(4, 0, 0, step.payloads.map((one) => ({ ...one, body: one.type === P.SIG ? n.peer.bytes(one.body.length) : one.body }))));
      assert.equal(checked(n) - before, 4);
      assert.equal(n.router.eventsOf("ike.sa", { state: "up" }).length, 0);
    }
    assert.ok(step.go(), `${step.name}: ${n.router.output.slice(-900)}`);
  }
  assert.ok(n.world.run(200, () => n.tunnelUp()));
});
