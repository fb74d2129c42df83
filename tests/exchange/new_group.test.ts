/** New Group Mode (RFC 2409, 5.6) between two routers, and against the second implementation: what is taken, and at what pace. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { AggressiveNegotiation, PRIVATE_1024, bytesOf, type ModpGroup } from "../support/second/aggressive.ts";
import { EXCHANGE, P, concat, tv, u16, u32 } from "../support/second/ike_peer.ts";
import { CONFIG } from "../support/second/negotiation.ts";
import { Pair } from "../support/world/pair.ts";

/** Safe primes, drawn; a prime whose half is none; a product of two. */
const SAFE = 0xf0485bdfbf28f32772a3b72c1ad33636dada73ff24fafa82cf996c8691a4fb42092e64a48d1f94788693a0d675646ea408c658d3617e6c31ba91649a5a03dcd675bfd80d8afb47db2c7ec6c156981b4c9f0378996b15f3d6f5da432a93f13378c2d3516ad52ef292a7be065bc755e4c147df7be21f84f9e5eab8a3d2c0db74d7n;
const UNSAFE = 0xdadc15340685a6b73d9c0ca39b068ab85de36566b9cc8b9c3c011f711d4ad2c792761dca552959ba58d7011b2cfe51961424a60bd82f52025401a37932afa89bd6d9bfedc96d137549170611ac6fece159efa5949bfca2555abf7aae5c896d7c415d7d86021f47d1a56e90aa29d41c023a7a2f3ffd4386a026a9534c5decba3bn;
const PRODUCT = 0xcb2cf64ddfb2bba1d6068d101fbf6893b09904291732df40c61b41370b805fbe183f2797f92eab5279ded3dde5981a8b27716d4539666ac032b6665abcd5ff09c8a9925f8f67ee7efaa15f621054d7dfd13d1d0aae8a517c48c3253d3f65a7b94b50ec9964a4bcd624e99ca24596186c8d3bf79ddba7cde7791bfeb0c81632cfn;
const ID = 40000;

const lines = (prime: bigint, generator = "02", id = ID) =>
  `crypto isakmp group ${id}\n${(Buffer.from(bytesOf(prime)).toString("hex").match(/.{1,64}/g) ?? []).map((part) => ` prime ${part}`).join("\n")}\n generator ${generator}\n`;
const pfs = `crypto map CM 10 ipsec-isakmp\n set pfs group ${ID}\n`;
const exchanges = (pair: Pair) => pair.isakmp().map(({ data }) => data[18]);
const refusals = "ISAKMP group of private use refused";

test("a group is offered where PFS needs it, proved by both sides, and used", () => {
  const pair = new Pair({ both: { group: 1 }, alpha: { extra: lines(SAFE) + pfs } });
  assert.equal(pair.alpha.refusedLines, 0, pair.alpha.output);
  assert.ok(pair.ping(10_000), pair.alpha.output + pair.beta.output);
  assert.deepEqual(exchanges(pair), [2, 2, 2, 2, 2, 2, 33, 33, 32, 32, 32]);
  for (const router of [pair.alpha, pair.beta]) {
    assert.equal(router.eventsOf("ike.message", { exchange: "newgroup" }).length, 2);
    assert.equal(router.eventsOf("ipsec.sa", { state: "up", pfs: String(ID) }).length, 1);
    assert.match(router.type("show crypto isakmp groups"), /40000\s+1024\s+02\s+conn-id 1001\s+yes/);
    assert.match(router.type("show crypto ipsec sa"), /DH group: group40000/);
  }
  assert.ok(pair.ping(1000, "b"));
});

test("both sides know it: either begins; a Quick Mode is not begun with a number that the other does not know", () => {
  for (const from of ["a", "b"] as const) {
    const pair = new Pair({ both: { group: 1, extra: lines(SAFE) + pfs } });
    assert.ok(pair.ping(10_000, from), pair.alpha.output + pair.beta.output);
    assert.ok(pair.ping(1000, from === "a" ? "b" : "a"));
  }
});

test("the group goes with its phase 1 and is negotiated anew under the next, known already", () => {
  const pair = new Pair({ both: { group: 1, ikeLifetime: 60, ipsecLifetime: 120 }, alpha: { extra: lines(SAFE) + pfs } });
  assert.ok(pair.ping(10_000));
  const { lost } = pair.pings(200_000, 1000);
  assert.equal(lost, 0);
  assert.ok(exchanges(pair).filter((type) => type === 33).length >= 4);
  pair.alpha.type("clear crypto isakmp");
  pair.world.run(100_000);
  for (const router of [pair.alpha, pair.beta]) assert.doesNotMatch(router.type("show crypto isakmp groups"), /conn-id/);
});

test("each message lost or doubled", () => {
  for (const n of [7, 8]) {
    for (const what of ["lost", "doubled"]) {
      let seen = 0;
      const pair = new Pair({
        both: { group: 1 },
        alpha: { extra: lines(SAFE) + pfs },
        fault: (frame) => {
          if (frame[12] !== 8 || frame[13] !== 0 || frame[23] !== 17 || ++seen !== n) return [{ frame }];
          return what === "lost" ? undefined : [{ frame }, { frame: frame.slice(), delay: 300 }];
        },
      });
      assert.ok(pair.ping(20_000), `${n} ${what}: ${pair.alpha.output}${pair.beta.output}`);
      assert.equal(pair.alpha.eventsOf("ipsec.sa", { state: "up" }).length, 1);
    }
  }
});

test("an own group that is none is found out here, and named", () => {
  const pair = new Pair({ both: { group: 1 }, alpha: { extra: lines(UNSAFE) + pfs } });
  assert.equal(pair.ping(15_000), false);
  assert.match(pair.alpha.output, /our crypto isakmp group 40000 that is not usable: \(p - 1\) \/ 2 is not prime/);
  assert.ok(exchanges(pair).every((type) => type !== 33), "nothing is offered");
  const absent = new Pair({ both: { group: 1 }, alpha: { extra: pfs } });
  assert.equal(absent.ping(15_000), false);
  assert.match(absent.alpha.output, /it is not configured/);
});

function established(seed: number, config = CONFIG): AggressiveNegotiation {
  const n = new AggressiveNegotiation(seed, config);
  assert.equal(n.complete("initiate"), undefined, n.router.output);
  return n;
}

test("the second implementation offers a group and takes its answer", () => {
  const n = established(21);
  for (const step of n.newGroupInitiate(PRIVATE_1024)) {
    n.inject(step.make(step.payloads));
    const answer = n.await((d) => d[18] === EXCHANGE.NEW_GROUP, 5000);
    assert.ok(answer, n.router.output);
    break;
  }
  assert.match(n.router.type("show crypto isakmp groups"), /32768\s+1024\s+02\s+conn-id \d+\s+yes/);
});

const other = (change: Partial<ModpGroup>): ModpGroup => ({ ...PRIVATE_1024, ...change });
const bad: Record<string, ModpGroup> = {
  "a prime whose half is none": other({ prime: UNSAFE }),
  "a product of two primes": other({ prime: PRODUCT }),
  "an even number": other({ prime: SAFE + 1n }),
  "too short a prime": other({ prime: 0xb7e151628aed2a6abf7158809cf4f3c7n }),
  "too long a prime": other({ prime: (1n << 4200n) + 1n }),
  "the generator 1": other({ generator: 1n }),
  "the generator p - 1": other({ generator: PRIVATE_1024.prime - 1n }),
  "the number of a known group": other({ id: 14 }),
};

for (const [what, group] of Object.entries(bad)) {
  test(`refused: ${what}`, () => {
    const n = established(22);
    n.station.inbox.length = 0;
    const step = n.newGroupInitiate(group).next().value!;
    n.inject(step.make(step.payloads));
    n.world.run(5000);
    assert.ok(n.station.inbox.every(({ data }) => data[18] !== EXCHANGE.NEW_GROUP), "no answer that takes it");
    assert.ok(n.station.inbox.some(({ data }) => data[18] === EXCHANGE.INFORMATIONAL), "a notify");
    assert.equal(n.router.counters().get(refusals), 1);
    assert.doesNotMatch(n.router.type("show crypto isakmp groups"), /conn-id/);
  });
}

test("refused: attributes that are missing, doubled, or another kind's; several proposals", () => {
  const long = (type: number, value: Uint8Array): Uint8Array => concat(u16(type), u16(value.length), value);
  const p = long(6, bytesOf(PRIVATE_1024.prime)), g = long(7, [2] as unknown as Uint8Array), id = tv(4, 32768), type = tv(5, 1);
  const SA = (...transforms: Uint8Array[]) => {
    const body = concat(...transforms.map((attributes, i) => concat([i + 1 < transforms.length ? 3 : 0, 0], u16(8 + attributes.length), [i + 1, 1, 0, 0], attributes)));
    return { type: P.SA, body: concat(u32(1), u32(1), [0, 0], u16(8 + body.length), [1, 1, 0, transforms.length], body) };
  };
  const whole = concat(id, type, p, g);
  const offers = [SA(concat(id, type, g)), SA(concat(id, type, p)), SA(concat(type, p, g)), SA(concat(id, p, g)), SA(concat(id, tv(5, 3), p, g)), SA(concat(whole, p)), SA(concat(whole, tv(11, 1))), SA(whole, whole)];
  for (const offer of offers) {
    const n = established(23);
    const step = n.newGroupInitiate(PRIVATE_1024).next().value!;
    n.station.inbox.length = 0;
    n.inject(step.make([offer]));
    n.world.run(3000);
    assert.equal(n.router.counters().get(refusals), 1);
    const told = n.station.inbox.filter(({ data }) => data[18] === EXCHANGE.INFORMATIONAL);
    assert.deepEqual(told.flatMap(({ data }) => n.protectedNotifies(data)), [13], "ATTRIBUTES-NOT-SUPPORTED");
  }
});

test("one offer in ten seconds, eight under one phase 1, two groups kept", () => {
  const n = established(24);
  const answers: number[] = [];
  for (let i = 0; i < 12; i++) {
    n.station.inbox.length = 0;
    const step = n.newGroupInitiate(other({ id: 32768 + i, prime: i === 1 ? SAFE : PRIVATE_1024.prime })).next().value!;
    n.inject(step.make(step.payloads));
    n.world.run(3000);
    answers.push(n.station.inbox.filter(({ data }) => data[18] === EXCHANGE.NEW_GROUP).length);
    if (i === 0) {
      // At once again: nothing but a count.
      n.station.inbox.length = 0;
      const early = n.newGroupInitiate(other({ id: 33000 })).next().value!;
      n.inject(early.make(early.payloads));
      n.world.run(2000);
      assert.equal(n.station.inbox.length, 0);
      assert.ok((n.router.counters().get("ISAKMP answer withheld by rate limit") ?? 0) >= 1);
    }
    n.world.run(8000);
  }
  assert.deepEqual(answers.slice(0, 2), [1, 1]);
  assert.ok(answers.slice(2).every((count) => count === 0));
});

test("a wrong HASH, plain text and an unknown phase 1 get nothing", () => {
  const n = established(25);
  const step = n.newGroupInitiate(PRIVATE_1024).next().value!;
  const good = step.make(step.payloads);
  n.station.inbox.length = 0;
  const changed = good.slice();
  changed[40]! ^= 1;
  const plain = good.slice();
  plain[19] = 0;
  const unknown = good.slice();
  unknown[9]! ^= 1;
  for (const octets of [changed, plain, unknown]) n.inject(octets);
  n.world.run(3000);
  assert.ok(n.station.inbox.every(({ data }) => data[18] !== EXCHANGE.NEW_GROUP));
  n.inject(good);
  assert.ok(n.await((d) => d[18] === EXCHANGE.NEW_GROUP, 5000), "the true one is still taken");
});

test("before phase 1 is authenticated nothing is taken, its keys apart", () => {
  const n = new AggressiveNegotiation(27, CONFIG);
  const steps = n.initiate();
  for (const name of ["main 1", "main 3"]) assert.ok(steps.next().value!.go(), name);
  n.world.run(50);
  const before = n.router.counters().get("ISAKMP message unexpected in this state") ?? 0;
  n.station.inbox.length = 0;
  n.inject(n.newGroupInitiate(PRIVATE_1024).next().value!.make([n.GROUP_SA(PRIVATE_1024)]));
  n.world.run(3000);
  assert.equal(n.router.counters().get("ISAKMP message unexpected in this state"), before + 1);
  assert.equal(n.station.inbox.filter(({ data }) => data[18] === EXCHANGE.NEW_GROUP).length, 0);
});

test("the router offers its group to the second implementation", () => {
  const config = `${CONFIG}${lines(SAFE, "02")}${pfs}`;
  const n = new AggressiveNegotiation(26, config);
  let offered: Uint8Array | undefined;
  for (const step of n.respond()) {
    if (step.name === "main 6") {
      // What follows is New Group Mode, not the Quick Mode that the helper waits for.
      n.inject(step.make(step.payloads));
      offered = n.await((d) => d[18] === EXCHANGE.NEW_GROUP, 5000);
      n.peer.iv = n.peer.lastBlock(step.make(step.payloads));
      break;
    }
    assert.ok(step.go(), step.name);
  }
  assert.ok(offered, n.router.output);
  let quick: Uint8Array | undefined;
  let id = 0;
  for (const step of n.newGroupRespond(offered, (group) => (id = group.id), (d) => (quick = d))) assert.ok(step.go(), n.router.output);
  assert.equal(id, ID);
  assert.ok(quick, "Quick Mode follows");
});

test("a proof is made in slices, and what it takes is asked for again and again", () => {
  const pair = new Pair({ both: { group: 1 }, alpha: { extra: lines(SAFE) } });
  assert.ok(pair.ping(10_000));
  pair.alpha.configure(pfs.trim());
  pair.alpha.type("clear crypto sa");
  let polls = 0;
  const poll = pair.alpha.poll.bind(pair.alpha);
  pair.alpha.poll = () => {
    polls++;
    poll();
  };
  assert.ok(pair.ping(10_000), pair.alpha.output);
  assert.ok(polls > 200, `${polls} polls`);
});
