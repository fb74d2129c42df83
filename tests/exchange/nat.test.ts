/** NAT traversal (RFC 3947, RFC 3948): alpha behind a NAT. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { DEFAULTS, configuration } from "../support/world/pair.ts";
import { Endpoint } from "../support/world/endpoint.ts";
import { Nat } from "../support/world/nat.ts";
import { World, type Router } from "../support/world/world.ts";

/** alpha (198.51.100.1) - NAT (198.51.100.254 | 192.0.2.254) - beta (192.0.2.2) */
function behindNat(seed = 1, more: { alpha?: string; beta?: string } = {}) {
  const world = new World(seed);
  const settings = { ...DEFAULTS, group: 2 };
  const alpha = world.router("alpha", {
    config: configuration(1, settings).replace("192.0.2.1 255.255.255.0", "198.51.100.1 255.255.255.0").replace("0.0.0.0 0.0.0.0 192.0.2.2", "0.0.0.0 0.0.0.0 198.51.100.254") + "crypto isakmp identity key-id alpha\n" + (more.alpha ?? ""),
  });
  const beta = world.router("beta", { config: configuration(2, settings).replace("set peer 192.0.2.1", "set peer 192.0.2.254").replace("address 192.0.2.1\n", "address 192.0.2.254\n").replace("0.0.0.0 0.0.0.0 192.0.2.1", "0.0.0.0 0.0.0.0 192.0.2.254") + (more.beta ?? "") });
  const a = new Endpoint("10.1.0.10", "10.1.0.1");
  const b = new Endpoint("10.2.0.10", "10.2.0.1");
  const nat = new Nat("198.51.100.1", "198.51.100.254", "192.0.2.254", "192.0.2.2");
  const seen: Uint8Array[] = [];
  world.wire(a, alpha.port(0));
  world.wire(b, beta.port(0));
  world.wire(alpha.port(1), nat.inside);
  world.wire(nat.outside, beta.port(1), { tap: (frame) => seen.push(frame) });
  let sequence = 0;
  const ping = (from: Endpoint, to: Endpoint, ms = 30_000) => {
    const n = ++sequence;
    from.ping(to.address, n);
    return world.run(ms, () => from.replies.has(n));
  };
  return { world, alpha, beta, a, b, nat, seen, ping };
}

const udpPorts = (frame: Uint8Array) => [(frame[34]! << 8) | frame[35]!, (frame[36]! << 8) | frame[37]!];

test("alpha behind a NAT: floats to 4500, ESP in UDP, both directions", () => {
  const w = behindNat();
  assert.ok(w.ping(w.a, w.b), w.alpha.output + w.beta.output);
  assert.ok(w.ping(w.b, w.a));
  const ip = w.seen.filter((f) => f[12] === 8 && f[13] === 0);
  assert.equal(ip.filter((f) => f[23] === 50).length, 0, "no raw ESP");
  const to4500 = ip.filter((f) => f[23] === 17 && udpPorts(f)[1] === 4500);
  assert.ok(to4500.length >= 4);
  assert.ok(to4500.some((f) => f.subarray(42, 46).every((b) => b === 0)), "ISAKMP with the non-ESP marker");
  assert.ok(to4500.some((f) => f.subarray(42, 46).some((b) => b !== 0)), "ESP in UDP");
  assert.equal(w.alpha.eventsOf("ike.sa", { state: "up" })[0]?.nat, "local");
  assert.equal(w.beta.eventsOf("ike.sa", { state: "up" })[0]?.nat, "remote");
});

test("keepalives keep the mapping while nothing else passes", () => {
  const w = behindNat();
  assert.ok(w.ping(w.a, w.b));
  w.seen.length = 0;
  w.world.run(120_000);
  assert.equal(w.beta.counters().get("NAT keepalive received"), w.seen.filter((f) => f[23] === 17 && f[42] === 0xff).length, "each is known as one");
  const keepalives = w.seen.filter((f) => f[23] === 17 && ((f[38]! << 8) | f[39]!) === 9 && f[42] === 0xff);
  assert.ok(keepalives.length >= 4 && keepalives.length <= 13, String(keepalives.length));
});

test("the NAT's mapping moves: beta follows the authenticated packets", () => {
  const w = behindNat();
  assert.ok(w.ping(w.a, w.b));
  w.nat.remap();
  assert.ok(w.ping(w.a, w.b, 5000));
  assert.ok(w.ping(w.b, w.a, 5000));
});

test("a forged packet does not move the mapping", () => {
  const w = behindNat();
  assert.ok(w.ping(w.a, w.b));
  const esp = w.seen.filter((f) => f[23] === 17 && udpPorts(f)[1] === 4500 && f.subarray(42, 46).some((b) => b !== 0)).at(-1)!.slice();
  esp[34] = 0x12;
  esp[40] = esp[41] = 0;
  esp[esp.length - 1]! ^= 1;
  // Another source port, a wrong ICV, a fresh sequence number.
  esp[49]! += 50;
  w.beta.frame(1, esp);
  w.world.run(50);
  assert.ok(w.ping(w.b, w.a, 5000));
});

test("behind detection everything goes on 4500, Informationals too, and nothing on 500 any more", () => {
  const w = behindNat(1, { alpha: "crypto isakmp keepalive 10 periodic\n", beta: "crypto isakmp keepalive 10 periodic\n" });
  assert.ok(w.ping(w.a, w.b));
  w.seen.length = 0;
  w.world.run(40_000);
  w.alpha.type("clear crypto sa");
  w.world.run(1000);
  const ike = w.seen.filter((f) => f[23] === 17 && f[42 + 4 + 18] === 5 && f.subarray(42, 46).every((b) => b === 0));
  assert.ok(ike.length >= 5, "R-U-THERE, its answers, a Delete");
  for (const f of w.seen.filter((f) => f[12] === 8 && f[13] === 0 && f[23] === 17)) assert.ok(udpPorts(f).includes(4500) && !udpPorts(f).includes(500), String(udpPorts(f)));
});

test("a keepalive is one every 20 seconds", () => {
  const w = behindNat();
  assert.ok(w.ping(w.a, w.b));
  const at: number[] = [];
  for (let length = w.seen.length; w.world.now < 130_000; length = w.seen.length) {
    w.world.run(10, () => w.seen.length > length);
    if (w.seen.length > length && w.seen.at(-1)![42] === 0xff && w.seen.at(-1)![23] === 17) at.push(w.world.now);
  }
  assert.ok(at.length >= 5);
  for (const [i, t] of at.entries()) if (i > 0) assert.ok(t - at[i - 1]! >= 19_000 && t - at[i - 1]! <= 21_000, String(at));
});

test("a keepalive from elsewhere moves nothing, and says nothing about life", () => {
  const w = behindNat(1, { beta: "crypto isakmp keepalive 10 periodic\n" });
  assert.ok(w.ping(w.a, w.b));
  w.world.run(30_000);
  const keepalive = w.seen.filter((f) => f[23] === 17 && f[42] === 0xff).at(-1)!.slice();
  const elsewhere = keepalive.slice();
  elsewhere[34] = 0x12;
  elsewhere[40] = elsewhere[41] = 0;
  w.beta.frame(1, elsewhere);
  assert.ok(w.ping(w.b, w.a, 2000), "still to where the peer is");
  // The peer is cut off; its keepalives, which anybody could send, go on.
  w.nat.inside.onDatagram = w.nat.outside.onDatagram = () => {};
  for (let i = 0; i < 60; i++) {
    w.beta.frame(1, keepalive);
    w.world.run(1000);
  }
  assert.equal(w.beta.eventsOf("ike.sa", { state: "down", reason: "dead-peer" }).length, 1);
});

test("rekeying of both phases behind the NAT loses nothing", () => {
  const w = behindNat();
  const lifetimes = (router: Router) => router.configure("crypto isakmp policy 10\n lifetime 600\ncrypto map CM 10 ipsec-isakmp\n set security-association lifetime seconds 300");
  lifetimes(w.alpha);
  lifetimes(w.beta);
  assert.ok(w.ping(w.a, w.b));
  for (let i = 0; i < 1500; i++) assert.ok(w.ping(w.a, w.b, 1000), `ping ${i} at ${w.world.now}`);
});

test("Aggressive Mode behind a NAT: NAT-D in messages 2 and 3, port 4500 from the third on", () => {
  const profile = (self: string, other: string) => `crypto isakmp profile P
 match identity host ${other}.example.org
 self-identity fqdn ${self}.example.org
 pre-shared-key drawn-at-random-2f1c9a7e
 mode aggressive
crypto map CM 10 ipsec-isakmp
 set isakmp-profile P
`;
  const w = behindNat(1, { alpha: profile("alpha", "beta"), beta: profile("beta", "alpha") });
  assert.ok(w.ping(w.a, w.b), w.alpha.output + w.beta.output);
  assert.ok(w.ping(w.b, w.a));
  assert.equal(w.alpha.eventsOf("ike.sa", { state: "up" })[0]?.nat, "local");
  assert.equal(w.beta.eventsOf("ike.sa", { state: "up" })[0]?.nat, "remote");
  const messages = w.alpha.eventsOf("ike.message", { exchange: "aggressive" });
  assert.deepEqual(messages.map((m) => [m.dir, String(m.peer).split(":")[1], /NAT-D,NAT-D/.test(String(m.payloads))]), [["out", "500", false], ["in", "500", true], ["out", "4500", true]]);
  assert.ok(w.seen.filter((f) => f[12] === 8 && f[13] === 0).every((f) => f[23] !== 50), "no raw ESP");
});
