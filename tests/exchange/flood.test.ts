/**
 * First messages of Main Mode from forged addresses, 10,000 a second: what is up stays up, memory stays flat, nothing is
 * computed for them, and a peer that nobody has met yet gets through (RFC 2408, 2.5.3; docs/DESIGN.md, "Floods").
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ip, ipText, ipv4, udp } from "../support/world/frame.ts";
import { Hub, type Branch } from "../support/world/hub.ts";
import { EXCHANGE, P, concat, tlv, tv, u16, u32 } from "../support/second/ike_peer.ts";
import { Negotiation } from "../support/second/negotiation.ts";
import type { Random } from "../support/world/random.ts";

const RATE = 10_000;
/** 80 addresses that entries of the crypto map have as their peers, besides the branches. */
const ACCEPTABLE = Array.from({ length: 80 }, (_, i) => ip("100.64.0.1") + i);
const MORE = Array.from({ length: 20 }, (_, i) => `crypto map CM ${100 + i} ipsec-isakmp
${ACCEPTABLE.slice(4 * i, 4 * i + 4).map((a) => ` set peer ${ipText(a)}`).join("\n")}
 set transform-set TS
 match address L2`).join("\n");
const DYNAMIC = `
crypto dynamic-map ANY 10
 set transform-set TS
crypto map CM 900 ipsec-isakmp dynamic ANY`;

/** The branches' own offer, or one that nobody else makes (`lifetime`), perhaps with other transforms behind it. */
function first(random: Random, lifetime: number, more = 0): Uint8Array {
  const transform = (number: number, last: boolean, life: number) => {
    const attributes = [...tv(1, 7), ...tv(14, 128), ...tv(2, 4), ...tv(3, 1), ...tv(4, number === 1 ? 2 : 21), ...tv(11, 1), ...tlv(12, life)];
    return concat([last ? 0 : 3, 0], u16(8 + attributes.length), [number, 1, 0, 0], attributes);
  };
  const transforms = concat(...Array.from({ length: more + 1 }, (_, i) => transform(i + 1, i === more, lifetime)));
  const SA = concat(u32(1), u32(1), [0, 0], u16(8 + transforms.length), [1, 1, 0, more + 1], transforms);
  return concat(random.fill(new Uint8Array(8)), new Uint8Array(8), [P.SA, 0x10, 2, 0], u32(0), u32(28 + 4 + SA.length), [0, 0], u16(4 + SA.length), SA);
}

interface Attack {
  address: (random: Random) => number;
  message: (random: Random, i: number) => Uint8Array;
}

/** Runs the flood for `ms`, calling `each` every millisecond. */
function flood(hub: Hub, attack: Attack, ms: number, each: (at: number) => void = () => {}): void {
  const random = hub.world.random;
  for (let at = 0, i = 0; at < ms; at++) {
    for (let k = 0; k < RATE / 1000; k++, i++) hub.internet.carry(ipv4(ipText(attack.address(random)), "192.0.2.1", 17, udp(500, 500, attack.message(random, i)), { id: i & 0xffff }));
    each(at);
    hub.world.run(1);
  }
}

const stats = (hub: Hub) => {
  const text = hub.router.type("show crypto isakmp stats");
  return (name: string) => Number(new RegExp(`${name}\\s+(\\d+)`).exec(text)?.[1] ?? 0);
};
/** Most blocks that each pool of IKE has had in use. */
const pools = (hub: Hub) => hub.router.type("show memory").split("\n").filter((l) => /isakmp|security/.test(l)).map((l) => l.replace(/\s{2,}/g, " | "));

const anywhere = (random: Random) => (random.u32() & 0x3fffffff | 0x04000000) >>> 0;
const known = (random: Random) => ACCEPTABLE[random.below(ACCEPTABLE.length)]!;
const acceptable: Attack = { address: known, message: (random) => first(random, 86400) };
const ATTACKS: Record<string, Attack> = {
  "from addresses that nobody here knows": { address: anywhere, message: (random) => first(random, 86400) },
  "from anywhere to a gateway with a dynamic map": { address: anywhere, message: (random) => first(random, 86400) },
  "from anywhere to a gateway with a dynamic map, each with an offer of its own": { address: anywhere, message: (random, i) => first(random, 1000 + i) },
  "from addresses of peers, all with the same offer": acceptable,
  "from addresses of peers, each with an offer of its own": { address: known, message: (random, i) => first(random, 1000 + i) },
  "from addresses of peers, with long offers, each its own": { address: known, message: (random, i) => first(random, 1000 + i, 15) },
};

for (const [name, attack] of Object.entries(ATTACKS))
  test(`10,000 first messages a second ${name}`, (t) => {
    const hub = new Hub([2, 3], { more: name.includes("dynamic") ? MORE + DYNAMIC : MORE });
    const beta = hub.branch(2);
    assert.ok(beta.ping());
    const modexps = stats(hub)("modular exponentiations");
    const size = hub.router.exports.memory.buffer.byteLength;
    let gamma: Branch | undefined;
    let up = 0;
    const pings: number[] = [];
    hub.host.replies.clear();
    flood(hub, attack, 8000, (at) => {
      if (at % 50 === 0) pings.push(beta.send(at % 100 ? "hub" : "branch"));
      // Another lifetime makes an offer that the hub has not seen.
      if (at === 1000) gamma = hub.branch(3, { policy: " encryption aes 128\n hash sha256\n authentication pre-share\n group 2\n lifetime 7200" });
      if (at === 1000) gamma!.send();
      if (gamma && !up && gamma.router.eventsOf("ipsec.sa", { state: "up" }).length) up = at - 1000;
      beta.host.received.length = hub.host.received.length = 0;
    });
    hub.world.run(500);
    const lost = pings.filter((n, i) => !(i % 2 ? hub.host : beta.host).replies.has(n));
    assert.equal(lost.length, 0, `of ${pings.length} pings through the tunnel that was up`);
    assert.ok(up > 0, `the new peer is not up after 7 s: ${hub.router.type("show crypto isakmp stats")}`);
    assert.ok(gamma!.ping());
    assert.equal(hub.router.exports.memory.buffer.byteLength, size);
    const now = stats(hub);
    t.diagnostic(`new peer up after ${up} ms; ${now("answered without state")} answered without state, ${now("cookies taken")} cookies taken, ${now("cookies refused")} refused`);
    // Two for the new peer's Main Mode: its own share and the secret.
    assert.equal(now("modular exponentiations"), modexps + 2, "nothing is computed for forged messages");
    assert.ok(Number(/isakmp sas\s+\d+\s+(\d+)/.exec(hub.router.type("show memory"))![1]) <= 12, pools(hub).join("\n"));
    assert.ok(hub.internet.lost.datagrams <= RATE * 8);
  });

test("what is answered to forged addresses is no longer than what asked", () => {
  const hub = new Hub([2, 3], { more: MORE });
  let sent = 0;
  flood(hub, { ...acceptable, message: (random) => { const m = first(random, 86400); sent += m.length + 28; return m; } }, 500);
  assert.ok(hub.internet.lost.datagrams > 4000);
  // The first eight are answered with all our vendor IDs.
  assert.ok(hub.internet.lost.octets <= sent + 8 * 100, `${hub.internet.lost.octets} octets for ${sent}`);
});

test("forged messages from the very address of an honest peer do not keep it out, nor down", () => {
  const hub = new Hub([2, 3], { more: MORE });
  const gamma = hub.branch(3);
  let up = 0;
  flood(hub, { address: () => ip("198.51.100.3"), message: (random, i) => first(random, 5000 + i) }, 4000, (at) => {
    if (at === 500) gamma.send();
    if (!up && gamma.router.eventsOf("ipsec.sa", { state: "up" }).length) up = at;
  });
  assert.ok(up > 0 && up < 4000, `up at ${up}`);
  assert.ok(gamma.ping());
});

test("a peer with a long round trip and an offer like that of a peer before it gets through ever new offers at once", () => {
  const hub = new Hub([2, 3], { more: MORE, delay: 150 });
  assert.ok(hub.branch(2).ping());
  const gamma = hub.branch(3);
  let up = 0;
  flood(hub, ATTACKS["from addresses of peers, each with an offer of its own"]!, 3000, (at) => {
    if (at === 500) gamma.send();
    if (!up && gamma.router.eventsOf("ipsec.sa", { state: "up" }).length) up = at - 500;
  });
  // Nine messages, 150 ms each, but for the last.
  assert.ok(up > 0 && up < 1700, `up after ${up} ms`);
});

test("third messages with cookies that are not ours, and ours from elsewhere, are dropped and cost nothing", () => {
  const hub = new Hub([2, 3], { more: MORE });
  flood(hub, acceptable, 100);
  hub.world.run(50);
  const before = stats(hub);
  flood(hub, { address: known, message: (random) => { const m = first(random, 86400); random.fill(m.subarray(8, 16)); return m; } }, 300);
  hub.world.run(50);
  const now = stats(hub);
  assert.equal(now("cookies refused"), 3000);
  assert.equal(now("cookies taken"), before("cookies taken"));
  assert.equal(now("modular exponentiations"), before("modular exponentiations"));
  assert.equal(hub.router.counters().get("unknown ISAKMP cookies"), 3000);
});

test("the load is over when what was half open has run out, and it is said once", () => {
  const hub = new Hub([2, 3], { more: MORE });
  flood(hub, acceptable, 200);
  assert.equal(hub.router.output.match(/IKE_LOAD/g)?.length, 1);
  assert.equal(hub.router.eventsOf("ike.load").length, 1);
  assert.match(hub.router.type("show crypto isakmp stats"), /half open\s+8/);
  hub.world.run(70_000);
  assert.match(hub.router.type("show crypto isakmp stats"), /half open\s+0/);
  const gamma = hub.branch(3);
  assert.ok(gamma.ping());
  assert.equal(hub.router.eventsOf("ike.message", { number: "1", exchange: "main", dir: "in" }).length, 9, "with state again");
});

test("INVALID-COOKIE in answer to our third message has us begin again with the same cookie, twice and no more", () => {
  const n = new Negotiation(72);
  const firsts = () => n.router.eventsOf("ike.message", { exchange: "main", dir: "out", number: "1" }).length;
  const invalid = () => n.inject(n.peer.message(EXCHANGE.INFORMATIONAL, 0, 0, [n.NOTIFY(4, new Uint8Array(0))]));
  for (const step of n.respond()) {
    if (step.name === "main 2") {
      const before = firsts();
      invalid();
      assert.equal(firsts(), before, "before we have its cookie it says nothing");
    }
    if (step.name === "main 4") {
      const { ckyR } = n.peer;
      n.peer.ckyR = n.peer.bytes(8);
      invalid();
      assert.equal(firsts(), 1, "nor does one with another cookie");
      n.peer.ckyR = ckyR;
      invalid();
      const again = n.await((d) => d[18] === EXCHANGE.MAIN && d[16] === P.SA)!;
      assert.deepEqual([...again.subarray(0, 16)], [...n.peer.ckyI, ...new Uint8Array(8)]);
      assert.deepEqual([...n.peer.take(n.peer.open(again), P.SA)], [...n.peer.SAi_b]);
      for (let i = 0; i < 3; i++) {
        n.inject(n.peer.message(EXCHANGE.MAIN, 0, 0, [{ type: P.SA, body: n.peer.SAi_b }]));
        const three = n.await((d) => d[18] === EXCHANGE.MAIN && d[16] === P.KE);
        assert.ok(three);
        const payloads = n.peer.open(three);
        n.peer.g_xi = n.peer.take(payloads, P.KE);
        n.peer.Ni_b = n.peer.take(payloads, P.NONCE);
        invalid();
      }
      assert.equal(firsts(), 3);
      n.peer.derive();
      step.payloads = [n.peer.KE(), n.peer.NONCE()];
    }
    assert.ok(step.go(), step.name);
  }
  assert.ok(n.tunnelUp());
});
