/**
 * The order in which device asks its rooms must not matter: what one of them makes due in another during a poll counts for
 * that poll's answer. So whoever polls again at the same moment is told the same, and nothing more happens.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { ETHERNET_HEADER, IP_ESP } from "../support/world/frame.ts";
import { Pair, type PairOptions } from "../support/world/pair.ts";
import type { Router } from "../support/world/world.ts";

/** From now on each poll of a router is done twice. Gives what the second one found to do or to say otherwise. */
function watched(...routers: Router[]): string[] {
  const found: string[] = [];
  for (const router of routers) {
    const poll = router.poll.bind(router);
    router.poll = () => {
      poll();
      const { due, framesOut, output } = router;
      const { now } = router.world;
      // "At once": there is more to do, and the answer to that is another poll.
      if (due === now) return;
      poll();
      if (router.due !== due) found.push(`${router.name} at ${now}: ${due}, then ${router.due}`);
      if (router.framesOut !== framesOut || router.output !== output) found.push(`${router.name} at ${now}: more to say`);
    };
  }
  return found;
}

const SILENT = { fault: () => undefined } satisfies PairOptions;
const SHORT = { both: { ipsecLifetime: 120, ikeLifetime: 300 } } satisfies PairOptions;

const cases: [rooms: string, options: PairOptions, run: (pair: Pair) => void][] = [
  ["ike lets sadb's held packets go (without PFS)", {}, (p) => assert.ok(p.ping(500))],
  ["ike lets sadb's held packets go (with PFS)", { both: { pfs: 14 } }, (p) => assert.ok(p.ping(500))],
  ["sadb's pairs end, and ike renews them", SHORT, (p) => assert.equal(p.pings(400_000, 1000).lost, 0)],
  ["ike's message waits for net's ARP", SILENT, (p) => assert.ok(!p.ping(30_000))],
  ["sadb's held packets are dropped while ike and net go on", SILENT, (p) => { p.ping(1); p.world.run(120_000); }],
  ["the console's ping sets net's deadline", {}, (p) => { p.alpha.type("ping 192.0.2.2 repeat 5 size 100 timeout 2"); p.world.run(20_000); }],
  ["the console's ping waits in sadb and starts ike", {}, (p) => {
    p.alpha.type("ping 10.2.0.1 source Ethernet0 repeat 5");
    p.world.run(20_000);
    assert.match(p.alpha.output, /100 percent|5\/5/);
  }],
  ["the console's ping that nobody answers: net, then sadb", SILENT, (p) => { p.alpha.type("ping 10.2.0.1 source Ethernet0 repeat 3"); p.world.run(30_000); }],
  ["the console takes a policy away: sadb tells ike, ike tells net", {}, (p) => {
    assert.ok(p.ping());
    p.alpha.configure("interface Ethernet1\n no crypto map");
    p.world.run(20_000);
    assert.equal(p.alpha.eventsOf("ipsec.sa", { state: "down", reason: "configuration" }).length, 1);
    assert.equal(p.beta.eventsOf("ipsec.sa", { state: "down" }).length, 1);
  }],
  ["the console clears ike's SAs, and traffic has sadb ask for new ones", {}, (p) => {
    assert.ok(p.ping());
    p.alpha.type("clear crypto isakmp");
    assert.ok(p.ping(3000));
  }],
  ["net's interface changes: sadb's pairs and ike's SAs follow", {}, (p) => {
    assert.ok(p.ping());
    p.alpha.configure("interface Ethernet1\n shutdown");
    p.world.run(5000);
    p.alpha.configure("interface Ethernet1\n no shutdown");
    assert.ok(p.ping(5000));
  }],
  ["a peer falls silent: ike's dead peer detection, sadb's pairs, net's ARP", { both: { extra: "crypto isakmp keepalive 10 3" } }, (p) => {
    assert.ok(p.ping());
    p.fault = () => undefined;
    p.pings(200_000, 3000);
    p.fault = undefined;
    assert.ok(p.ping(60_000));
  }],
  ["the peer's traffic makes ike take a pair into use, which sadb's packets waited for", { both: { pfs: 2 } }, (p) => {
    p.a.ping("10.2.0.10", 1000);
    p.b.ping("10.1.0.10", 1001);
    assert.ok(p.world.run(2000, () => p.a.replies.has(1000) && p.b.replies.has(1001)));
  }],
  ["net cuts what sadb's tunnel does not take whole", {}, (p) => {
    assert.ok(p.ping());
    p.a.ping("10.2.0.10", 4000, 1460);
    p.world.run(60_000);
  }],
];

for (const [rooms, options, run] of cases)
  test(rooms, () => {
    const pair = new Pair(options);
    const found = watched(pair.alpha, pair.beta);
    run(pair);
    assert.deepEqual(found, []);
  });

test("the first packet goes as soon as the tunnel bears it", () => {
  for (const pfs of [undefined, 14]) {
    const pair = new Pair({ both: { ...(pfs && { pfs }) } });
    pair.a.ping("10.2.0.10", 9);
    assert.ok(pair.world.run(500, () => pair.a.replies.has(9)));
    const up = pair.alpha.eventsOf("ipsec.sa", { state: "up" })[0]!;
    assert.ok(pair.world.now - Number(up.t) < 100, `answered at ${pair.world.now} ms, up at ${up.t} ms`);
  }
});

test("what comes while the first tunnel settles waits too: a peer of another make is not ready yet", () => {
  const pair = new Pair();
  const ours = createHash("md5").update("Postern").digest();
  const up = (): number => Number(pair.alpha.eventsOf("ipsec.sa", { state: "up" })[0]?.t ?? Infinity);
  pair.fault = (frame, world, direction) => {
    const at = Buffer.from(frame).indexOf(ours);
    if (at > 0) {
      frame[at]! ^= 1;
      // UDP without a checksum.
      frame.fill(0, ETHERNET_HEADER + 26, ETHERNET_HEADER + 28);
    }
    const early = direction === 0 && world.now >= up() && world.now < up() + 45;
    return early && frame[ETHERNET_HEADER + 9] === IP_ESP ? undefined : [{ frame }];
  };
  // The far gateway knows the station behind it: what comes at once has not to wait for ARP.
  pair.b.ping("10.2.0.1", 1);
  pair.world.run(20);
  const sent = new Map<number, number>();
  for (let sequence = 100; sequence < 140; sequence++) {
    sent.set(sequence, pair.world.now);
    pair.a.ping("10.2.0.10", sequence);
    pair.world.run(5);
  }
  pair.world.run(1000);
  assert.ok(up() < 150, `up after ${up()} ms`);
  // Before there was an SA, four found room; of what came later nothing is lost.
  const lost = [...sent].filter(([sequence, at]) => at >= up() && !pair.a.replies.has(sequence));
  assert.deepEqual(lost, []);
});
