/**
 * Nobody learns by RSA encryption whether something decrypts (D. Bleichenbacher, 1998; the flaw of four makers' gateways in 2018): whatever is wrong
 * with a nonce or an identity, octets, times, events, log and counters are those of a nonce that is well encrypted and wrong. Each
 * kind has a router of its own with the same entropy, so that all of it is compared octet by octet.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { EncryptedNegotiation } from "../support/second/encrypted_negotiation.ts";
import { concat } from "../support/second/ike_peer.ts";
import { kinds, type Kind } from "../support/second/oracle_kinds.ts";
import { CONFIG } from "../support/second/negotiation.ts";
import { keyOf, rawKey } from "../support/second/signed_negotiation.ts";

const OURS = keyOf("fields gate", 1024), THEIRS = keyOf("fields moon", 1024);
const AGGRESSIVE = `
crypto isakmp profile P
 match identity address 192.0.2.2
 mode aggressive
crypto map CM 10 ipsec-isakmp
 set isakmp-profile P
`;

/** Everything that can be seen of an attempt, from outside and at the console. */
function seen(kind: Kind, revised: boolean, aggressive: boolean, last: "noise" | "as believed"): string[] {
  const config = CONFIG.replace("authentication pre-share", `authentication rsa-encr${revised ? " revised" : ""}`).replace(/crypto isakmp key .*\n/, "") + (aggressive ? AGGRESSIVE : "");
  const n = new EncryptedNegotiation(77, config, OURS, THEIRS);
  const { peer } = n;
  peer.revised = revised;
  n.importKey("gate", OURS);
  n.router.configure(rawKey("addressed-key 192.0.2.2 encryption", THEIRS));
  n.router.type("debug crypto isakmp");
  n.router.output = "";
  n.router.events.length = 0;
  const before = n.router.counters();
  const timeline: string[] = [];
  if (kind.block) peer.twistRsa = kind.block;
  const watch = (ms: number) => {
    for (let i = 0; i < ms; i++) {
      n.world.run(1);
      for (const { data } of n.station.inbox.splice(0)) timeline.push(`${n.world.now} ${Buffer.from(data).toString("hex")}`);
    }
  };
  const steps = aggressive ? n.aggressiveInitiate() : n.initiate();
  const first = steps.next().value!;
  if (!aggressive) {
    assert.ok(first.go());
    n.station.inbox.length = 0;
  }
  const opening = aggressive ? first : steps.next().value!;
  kind.payload?.(opening.payloads);
  n.station.udp(500, 500, opening.make(opening.payloads));
  watch(300);
  const answers = timeline.length;
  assert.equal(answers, 1, `there is one answer (${kind.name}): ${n.router.output.slice(-600)}`);
  // The attacker may have the peer's key: it takes the answer and goes on by what it believes.
  const answer = new Uint8Array(Buffer.from(timeline[0]!.split(" ")[1]!, "hex"));
  peer.ckyR = answer.slice(8, 16);
  peer.takeSealed(peer.open(answer));
  peer.derive();
  const exchange = aggressive ? 4 : 2;
  const believed = peer.message(exchange, 0, 0, peer.proof(peer.HASH_I(peer.ID().body)), peer.iv);
  const noise = concat(believed.slice(0, 28), new Uint8Array(believed.length - 28).fill(0x5a));
  n.station.udp(500, 500, last === "noise" ? noise : believed);
  watch(2500);
  assert.ok(!n.router.events.some((e) => e.event === "ike.sa"), kind.name);
  const counted = [...n.router.counters()].filter(([name, value]) => value !== (before.get(name) ?? 0)).map(([name, value]) => `${name} ${value - (before.get(name) ?? 0)}`);
  return [...timeline, ...n.router.events.map((e) => JSON.stringify(e)), n.router.output, ...counted];
}

/** Octets that the attacker has made himself differ with what he believes: lengths of what comes in are what is compared. */
for (const revised of [false, true]) {
  for (const aggressive of [false, true]) {
    for (const last of ["noise", "as believed"] as const) {
      const [model, ...others] = kinds(revised);
      test(`${revised ? "revised " : ""}RSA encryption, ${aggressive ? "Aggressive" : "Main"} Mode, the last message ${last}: every failure looks like a wrong nonce`, () => {
        const expected = seen(model, revised, aggressive, last);
        // The proof of Aggressive Mode's responder is over what it has: HASH_R is another with another nonce, as long as this one, and nobody's.
        const blur = (list: string[]) => (aggressive ? list.map((line, i) => (i === 0 ? line.length.toString() : line)) : list);
        for (const kind of others) {
          const had = seen(kind, revised, aggressive, last);
          if (kind.length) {
            // What came in was shorter, as everybody can see: the events say so, and nothing else.
            const lengths = (list: string[]) => list.map((line) => line.replace(/"(len|length|octets)":"?\d+"?/g, "").replace(/\b(len|length) \d+/g, ""));
            assert.deepEqual(blur(lengths(had)), blur(lengths(expected)), kind.name);
          } else assert.deepEqual(blur(had), blur(expected), kind.name);
        }
      });
    }
  }
}

test("attempts are bounded for each address: eight at once, then one in some seconds; each is counted that is not made", () => {
  const config = CONFIG.replace("authentication pre-share", "authentication rsa-encr").replace(/crypto isakmp key .*\n/, "");
  const n = new EncryptedNegotiation(78, config, OURS, THEIRS);
  n.importKey("gate", OURS);
  n.router.configure(rawKey("addressed-key 192.0.2.2 encryption", THEIRS));
  n.peer.twistRsa = (_, block) => block.map((octet, i) => (i === 1 ? 9 : octet));
  const decryptions = () => Number(/RSA decryptions\D*(\d+)/.exec(n.router.type("show crypto isakmp stats"))?.[1] ?? /(\d+) RSA decryptions/.exec(n.router.type("show crypto isakmp stats"))?.[1] ?? 0);
  let tried = 0;
  const attempts = (seconds: number) => {
    const until = n.world.now + seconds * 1000;
    while (n.world.now < until) {
      const steps = n.initiate();
      tried++;
      if (steps.next().value!.go()) {
        const third = steps.next().value!;
        n.inject(third.make(third.payloads));
      }
      n.world.run(190);
    }
  };
  attempts(10);
  const early = decryptions();
  assert.ok(early >= 2 * 4 && early <= 2 * 11, `${early} decryptions in ten seconds`);
  attempts(160);
  const all = decryptions();
  assert.ok(all - early <= 2 * 60, `${all - early} decryptions in 160 seconds, of ${tried} tries`);
  assert.ok((n.router.counters().get("ISAKMP answer withheld by rate limit") ?? 0) > 50);
  // Who was let wait gets in when it is quiet.
  n.clear(120_000);
  n.peer.twistRsa = (_, block) => block;
  for (const step of n.initiate()) assert.ok(step.go(), step.name);
});
