/** Dead peer detection (RFC 3706): who is asked, when, what counts as an answer, and what becomes of the dead. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Hub } from "../support/world/hub.ts";
import { ip } from "../support/world/frame.ts";
import { AggressiveNegotiation } from "../support/second/aggressive.ts";
import { AGGRESSIVE } from "../support/second/fields.ts";
import { EXCHANGE, IkePeer, P, chain, concat, u32, type Payload } from "../support/second/ike_peer.ts";
import { CONFIG, Negotiation, SUITE } from "../support/second/negotiation.ts";

const R_U_THERE = 36136;
const ACK = 36137;
const VID_DPD = new Uint8Array(Buffer.from("afcad71368a1f1c96b8696fc77570100", "hex"));
const REPLAYED = "ISAKMP R-U-THERE or its answer with a wrong number";

/** A tunnel with a peer of our own making, which says that it knows DPD or does not. */
function established(keepalive: string, knows = true): Negotiation {
  const n = new Negotiation(80, `${CONFIG}${keepalive}\n`);
  for (const step of n.initiate()) {
    if (knows && step.name === "main 1") step.payloads.push({ type: P.VID, body: VID_DPD });
    assert.ok(step.go(), `${step.name}: ${n.router.output}`);
  }
  assert.ok(n.tunnelUp());
  n.station.inbox.length = 0;
  return n;
}

/** Numbers of the R-U-THERE (or other notifies) that have come since the last call. */
function numbers(n: Negotiation, type = R_U_THERE): number[] {
  return n.station.inbox.splice(0).flatMap(({ data }) => {
    if (data[18] !== EXCHANGE.INFORMATIONAL || data.length < 28) return [];
    const mid = new DataView(data.buffer, data.byteOffset).getUint32(20);
    return n.peer.open(data, n.peer.phase2Iv(mid)).filter((p: Payload) => p.type === P.N && (p.body[6]! << 8 | p.body[7]!) === type)
      .map(({ body }) => (assert.deepEqual([...body.subarray(8, 24)], [...n.peer.ckyI, ...n.peer.ckyR]), new DataView(body.buffer, body.byteOffset).getUint32(24)));
  });
}
const say = (n: Negotiation, type: number, number: number) => n.inject(n.informational([n.NOTIFY(type, concat(n.peer.ckyI, n.peer.ckyR), 1, new Uint8Array(u32(number)))]));
const down = (n: Negotiation, name = "ike.sa") => n.router.eventsOf(name, { state: "down" }).length;
const count = (n: Negotiation, name: string) => n.router.counters().get(name) ?? 0;

test("periodic: asked when nothing came for that long, with numbers that go up by one; the answer is enough", () => {
  const n = established("crypto isakmp keepalive 10 periodic");
  n.world.run(9900);
  assert.deepEqual(numbers(n), []);
  let last: number | undefined;
  for (let i = 0; i < 4; i++) {
    assert.ok(n.world.run(15_000, () => n.station.inbox.length > 0), `question ${i}`);
    const [number, ...more] = numbers(n);
    assert.deepEqual(more, []);
    if (last !== undefined) assert.equal(number, last + 1);
    assert.ok(number! < 2 ** 31 + 10);
    last = number!;
    say(n, ACK, last);
  }
  assert.equal(down(n), 0);
});

test("without an answer: five questions, the retry time apart, then everything with the peer goes, in plain words", () => {
  const n = established("crypto isakmp keepalive 10 3 periodic");
  n.world.run(10_100);
  const asked = numbers(n);
  assert.equal(asked.length, 1);
  n.world.run(11_000);
  assert.deepEqual(numbers(n), [1, 2, 3].map((i) => asked[0]! + i));
  assert.equal(down(n), 0);
  n.world.run(4500);
  assert.equal(n.router.eventsOf("ike.sa", { state: "down", reason: "dead-peer" }).length, 1);
  assert.equal(down(n, "ipsec.sa"), 1);
  assert.match(n.router.output, /%CRYPTO-4-IKE_DEAD_PEER: 192\.0\.2\.2 is dead: it answered none of 5 R-U-THERE in 15 seconds/);
  assert.equal(n.router.eventsOf("refused", { reason: "dead-peer" }).length, 1);
});

test("a peer that begins anew within moments, without INITIAL-CONTACT, is not found dead because of its first phase 1", () => {
  const n = established("crypto isakmp keepalive 10 2 periodic");
  n.world.run(1500);
  n.peer = new IkePeer(n.world.random, "correct-horse-battery", SUITE, ip("192.0.2.2"));
  for (const step of n.initiate()) {
    if (step.name === "main 1") step.payloads.push({ type: P.VID, body: VID_DPD });
    assert.ok(step.go(), `${step.name}: ${n.router.output}`);
  }
  assert.ok(n.tunnelUp());
  n.station.inbox.length = 0;
  let asked = 0;
  for (let second = 0; second < 50; second++) {
    n.world.run(1000);
    const mine = n.station.inbox.filter(({ data }) => data.subarray(0, 16).every((octet, i) => octet === [...n.peer.ckyI, ...n.peer.ckyR][i]));
    assert.equal(mine.length, n.station.inbox.length, "something came under the first phase 1");
    for (const number of numbers(n)) {
      say(n, ACK, number);
      asked++;
    }
  }
  assert.ok(asked >= 4, `${asked} questions`);
  assert.deepEqual(n.router.eventsOf("ike.sa", { state: "down", reason: "dead-peer" }), []);
  assert.ok(n.tunnelUp());
});

test("answers with another number, from before, or twice do not count; an old question is not answered", () => {
  const n = established("crypto isakmp keepalive 10 2 periodic");
  n.world.run(10_100);
  const [number] = numbers(n);
  const before = count(n, REPLAYED);
  for (const wrong of [number! - 1, number! + 1, number! + 100, 0]) say(n, ACK, wrong);
  assert.equal(count(n, REPLAYED), before + 4);
  n.world.run(2000);
  assert.deepEqual(numbers(n), [number! + 1], "asked again all the same");
  say(n, ACK, number!);
  assert.equal(count(n, REPLAYED), before + 4, "the answer to the one before is an answer");
  say(n, ACK, number!);
  assert.equal(count(n, REPLAYED), before + 5, "a second one to nothing is not");
  n.world.run(5000);
  say(n, R_U_THERE, 1000);
  say(n, R_U_THERE, 1000);
  say(n, R_U_THERE, 1001);
  say(n, R_U_THERE, 999);
  assert.deepEqual(numbers(n, ACK), [1000, 1000, 1001]);
  assert.equal(count(n, REPLAYED), before + 6);
  assert.equal(down(n), 0);
});

test("an SPI that is not both cookies, a number of another length: not answered, and no answers", () => {
  const n = established("crypto isakmp keepalive 10 periodic");
  n.world.run(10_100);
  const [number] = numbers(n);
  n.inject(n.informational([n.NOTIFY(ACK, concat(n.peer.ckyR, n.peer.ckyI), 1, new Uint8Array(u32(number!)))]));
  n.inject(n.informational([n.NOTIFY(ACK, concat(n.peer.ckyI, n.peer.ckyR), 1, new Uint8Array(8))]));
  n.inject(n.informational([n.NOTIFY(R_U_THERE, n.peer.ckyI, 1, new Uint8Array(u32(5)))]));
  assert.deepEqual(numbers(n, ACK), []);
  n.world.run(15_000);
  assert.equal(n.router.eventsOf("ike.sa", { state: "down", reason: "dead-peer" }).length, 1);
});

test("a peer that has not announced it is not asked", () => {
  const n = established("crypto isakmp keepalive 10 periodic", false);
  n.world.run(120_000);
  assert.deepEqual(numbers(n), []);
  assert.equal(down(n), 0);
});

test("a question of the peer shows that it lives", () => {
  const n = established("crypto isakmp keepalive 10 periodic");
  for (let i = 0; i < 10; i++) {
    n.world.run(5000);
    say(n, R_U_THERE, 100 + i);
  }
  assert.deepEqual(numbers(n), []);
});

test("on demand: nobody is asked while nothing is sent, nor while answers come; what is sent into nothing finds out", () => {
  const hub = new Hub([2], { more: "crypto isakmp keepalive 10 2" });
  const beta = hub.branch(2);
  assert.ok(beta.ping());
  const stat = (name: string) => Number(new RegExp(`${name}\\s+(\\d+)`).exec(hub.router.type("show crypto isakmp stats"))?.[1] ?? 0);
  hub.world.run(120_000);
  assert.equal(stat("R-U-THERE sent"), 0, "idle");
  for (let i = 0; i < 60; i++) {
    assert.ok(beta.ping(1000, "hub"));
    hub.world.run(1000);
  }
  assert.equal(stat("R-U-THERE sent"), 0, "answered by traffic");
  hub.internet.silent.add(ip("198.51.100.2"));
  hub.world.run(120_000);
  assert.equal(stat("R-U-THERE sent"), 0, "dead, and nobody wants it");
  beta.send("hub");
  hub.world.run(26_000);
  assert.equal(stat("peers found dead"), 1);
  assert.equal(hub.router.eventsOf("ipsec.sa", { state: "down", reason: "dead-peer" }).length, 1);
  hub.internet.silent.clear();
  hub.world.run(30_000);
  assert.ok(beta.ping(30_000, "hub"), "the next packet brings the tunnel up again");
});

test("both ask each other for a day: nobody dies", () => {
  const hub = new Hub([2], { more: "crypto isakmp keepalive 60 periodic" });
  const beta = hub.branch(2, { extra: "crypto isakmp keepalive 30 5 periodic" });
  assert.ok(beta.ping());
  hub.world.run(80_000_000);
  for (const router of [hub.router, beta.router]) assert.equal(router.eventsOf("ike.sa", { reason: "dead-peer" }).length, 0);
});

for (const mode of ["periodic", "on-demand"])
  test(`${mode}: a dead peer is followed by the next one of the crypto map`, () => {
    const hub = new Hub([2], { more: "crypto map CM 2 ipsec-isakmp\n set peer 198.51.100.3" + `\ncrypto isakmp keepalive 10 2 ${mode}` });
    const first = hub.branch(2);
    assert.ok(first.ping(20_000, "hub"));
    // Number 3 stands in for number 2: the same network behind it.
    const second = hub.branch(3, { extra: "no ip access-list extended VPN\nip access-list extended VPN\n permit ip 10.2.0.0 0.0.0.255 10.1.0.0 0.0.0.255" });
    hub.internet.silent.add(ip("198.51.100.2"));
    hub.world.run(4000);
    if (mode === "on-demand") first.send("hub");
    hub.world.run(60_000, () => hub.router.eventsOf("ike.sa", { reason: "dead-peer" }).length > 0);
    assert.equal(hub.router.eventsOf("ike.sa", { reason: "dead-peer" }).length, 1);
    if (mode === "on-demand") first.send("hub");
    hub.world.run(10_000);
    assert.equal(second.router.eventsOf("ipsec.sa", { state: "up" }).length, 1, hub.router.output);
  });

test("the line is kept, shown and taken back; it holds for what is up", () => {
  const n = established("");
  const lines = () => /crypto isakmp keepalive.*/.exec(n.router.type("show running-config"))?.[0];
  for (const [typed, kept] of [["20", "20"], ["20 2", "20"], ["20 5", "20 5"], ["20 periodic", "20 periodic"], ["20 5 on-demand", "20 5"], ["15 4 periodic", "15 4 periodic"]]) {
    n.router.configure(`crypto isakmp keepalive ${typed}`);
    assert.equal(lines(), `crypto isakmp keepalive ${kept}`);
  }
  n.world.run(16_000);
  assert.equal(numbers(n).length, 1);
  n.router.configure("no crypto isakmp keepalive");
  assert.equal(lines(), undefined);
  n.world.run(120_000);
  assert.deepEqual(numbers(n), []);
  assert.equal(down(n), 0);
});

const isDpd = (p: Payload) => p.type === P.VID && Buffer.from(p.body).equals(VID_DPD);
const AGGRESSIVE_STEPS = ["aggressive 1", "aggressive 2", "aggressive 3"];

// RFC 3706, 5.1 names no message: IOS has it in the third and fourth, ASA in the last two.
for (const [role, name] of [["initiate", "main 1"], ["initiate", "main 3"], ["initiate", "main 5"], ["respond", "main 2"], ["respond", "main 4"], ["respond", "main 6"], ["aggressiveInitiate", "aggressive 1"], ["aggressiveInitiate", "aggressive 3"], ["aggressiveRespond", "aggressive 2"]] as const)
  test(`announced in ${name}: we have announced it too, ask, and find the silent peer dead`, () => {
    const keepalive = "crypto isakmp keepalive 10 periodic\n";
    const n = AGGRESSIVE_STEPS.includes(name) ? new AggressiveNegotiation(80, CONFIG + AGGRESSIVE + keepalive) : new Negotiation(80, CONFIG + keepalive);
    let told = 0;
    const awaited = n.await.bind(n);
    n.await = (fits, ms) => {
      const d = awaited(fits, ms);
      if (d && (d[19]! & 1) === 0) told += n.peer.open(d).filter(isDpd).length;
      return d;
    };
    for (const step of n instanceof AggressiveNegotiation ? n[role as "aggressiveInitiate"]() : n[role as "initiate"]()) {
      if (step.name === name) step.payloads.push({ type: P.VID, body: VID_DPD });
      assert.ok(step.go(), `${step.name}: ${n.router.output}`);
      if (step.name === "main 5" || step.name === "main 2" || step.name.startsWith("aggressive")) assert.equal(told, 1, "said once, and by message 4 at the latest");
    }
    assert.ok(n.world.run(100, () => n.tunnelUp()));
    n.station.inbox.length = 0;
    n.world.run(60_000);
    assert.equal(n.router.eventsOf("ike.sa", { state: "down", reason: "dead-peer" }).length, 1);
  });

test("what NAT traversal a peer speaks is said in the first two messages; a vendor ID of it in the third moves nothing", () => {
  const n = new Negotiation(81, CONFIG);
  for (const step of n.initiate()) {
    // RFC 3947's vendor ID, and NAT-D of nobody: if they counted, a NAT would be seen.
    if (step.name === "main 3") step.payloads.push({ type: P.VID, body: new Uint8Array(Buffer.from("4a131c81070358455c5728f20e95452f", "hex")) }, { type: 20, body: new Uint8Array(20) }, { type: 20, body: new Uint8Array(20) });
    assert.ok(step.go(), `${step.name}: ${n.router.output}`);
  }
  assert.ok(n.tunnelUp());
});

for (const [where, next] of [["as it came", P.HASH], ["as the last payload's", 0]] as const)
  test(`R-U-THERE with its HASH behind the NOTIFY, over the NOTIFY with its Next Payload ${where}: answered; over anything else it is not`, () => {
    const n = established("");
    const mid = 0x1234567;
    const send = (number: number, M_ID: number, spoil = 0) => {
      const N = n.NOTIFY(R_U_THERE, concat(n.peer.ckyI, n.peer.ckyR), 1, new Uint8Array(u32(number)));
      const HASH = n.peer.prf(n.peer.SKEYID_a, u32(M_ID), chain([{ ...N, next }]));
      HASH[0]! ^= spoil;
      n.inject(n.peer.message(EXCHANGE.INFORMATIONAL, 0, M_ID, [N, { type: P.HASH, body: HASH }], n.peer.phase2Iv(M_ID)));
    };
    send(7, mid, 1);
    assert.equal(count(n, "ISAKMP HASH wrong"), 1);
    assert.deepEqual(numbers(n, ACK), []);
    send(7, mid);
    assert.deepEqual(numbers(n, ACK), [7]);
    send(7, mid);
    assert.deepEqual(numbers(n, ACK), [], "the same octets once more");
    // A Delete in that order is none of RFC 3706's messages.
    const D = n.DELETE_ESP();
    const HASH = n.peer.prf(n.peer.SKEYID_a, u32(mid + 2), chain([{ ...D, next }]));
    n.inject(n.peer.message(EXCHANGE.INFORMATIONAL, 0, mid + 2, [D, { type: P.HASH, body: HASH }], n.peer.phase2Iv(mid + 2)));
    assert.equal(count(n, "ISAKMP HASH wrong"), 2);
    assert.ok(n.tunnelUp() && down(n, "ipsec.sa") === 0);
  });
