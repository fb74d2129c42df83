/**
 * "Fragmentation needed" that quotes 28 octets of ESP in UDP (RFC 792): no SPI, and ports that anybody knows. The figures: the host
 * is told within 2 s when the path is honest, also when every packet draws an error; 1000 forged ones a second for a minute, of the
 * right addresses, ports and lengths, move nothing, and the diagnosis names the way out.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Endpoint } from "../support/world/endpoint.ts";
import { checksum, ethernet, ipv4 } from "../support/world/frame.ts";
import { Nat } from "../support/world/nat.ts";
import { DEFAULTS, configuration } from "../support/world/pair.ts";
import { World } from "../support/world/world.ts";
import { heard } from "./watched.ts";

/** alpha (198.51.100.1) - NAT - beta (192.0.2.2), beta sends. */
function behindNat() {
  const world = new World(5);
  const settings = { ...DEFAULTS, group: 2 };
  const alpha = world.router("alpha", { config: configuration(1, settings).replace("192.0.2.1 255.255.255.0", "198.51.100.1 255.255.255.0").replace("0.0.0.0 0.0.0.0 192.0.2.2", "0.0.0.0 0.0.0.0 198.51.100.254") + "crypto isakmp identity key-id alpha\n" });
  const beta = world.router("beta", { config: configuration(2, settings).replace("set peer 192.0.2.1", "set peer 192.0.2.254").replace("address 192.0.2.1\n", "address 192.0.2.254\n").replace("0.0.0.0 0.0.0.0 192.0.2.1", "0.0.0.0 0.0.0.0 192.0.2.254") });
  const a = new Endpoint("10.1.0.10", "10.1.0.1");
  const b = new Endpoint("10.2.0.10", "10.2.0.1");
  const nat = new Nat("198.51.100.1", "198.51.100.254", "192.0.2.254", "192.0.2.2");
  const sent: Uint8Array[] = [];
  world.wire(a, alpha.port(0));
  world.wire(b, beta.port(0));
  world.wire(alpha.port(1), nat.inside);
  world.wire(nat.outside, beta.port(1), { tap: (frame, direction) => direction === 1 && frame[12] === 8 && frame[13] === 0 && sent.push(frame) });
  a.ping(b.address, 1);
  assert.ok(world.run(30_000, () => a.replies.has(1)));
  /** A router's error about one of beta's packets, that quotes so many octets. */
  const error = (datagram: Uint8Array, mtu: number, octets = 28) => {
    const message = new Uint8Array(8 + octets);
    message.set([3, 4, 0, 0, 0, 0, mtu >> 8, mtu & 255]);
    message.set(datagram.slice(0, octets), 8);
    const sum = checksum(message);
    message.set([sum >> 8, sum & 255], 2);
    const mac = sent[0]!.slice(6, 12);
    beta.frame(1, ethernet(mac, new Uint8Array([2, 9, 9, 9, 9, 9]), 0x0800, ipv4("203.0.113.1", "192.0.2.2", 1, message)));
  };
  const pathMtu = () => Number(/path mtu (\d+)/.exec(beta.type("show crypto ipsec sa"))![1]);
  const long = (id: number) => b.datagram(ipv4(b.address, a.address, 6, new Uint8Array(1380), { df: true, id }));
  return { world, alpha, beta, a, b, sent, error, pathMtu, long };
}

for (const [mtu, learned] of [[1400, 1400], [1300, 1300], [1000, 1280], [0, 1006]] as const) {
  test(`an honest router with a path of ${mtu || "unsaid"} octets`, () => {
    const w = behindNat();
    w.sent.splice(1);
    const began = w.world.now;
    let told = -1;
    for (let i = 0; told < 0 && i < 200; i++) {
      w.long(i);
      w.world.run(20);
      for (const frame of w.sent.splice(1)) if (frame.length > 14 + Math.max(mtu, 1280)) w.error(frame.slice(14), mtu);
      if (heard(w.b.received).includes("10.2.0.1 3/4")) told = w.world.now - began;
    }
    assert.ok(told >= 0 && told <= 2000, `told after ${told} ms`);
    assert.equal(w.pathMtu(), Math.max(learned, 1280));
  });
}

test("forged: the addresses, ports and lengths are right", () => {
  const w = behindNat();
  w.sent.splice(1);
  const random = w.world.random;
  for (let t = 0; t < 60_000; t++) {
    if (t % 50 === 0) w.long(t & 0xffff);
    w.world.run(1);
    const last = w.sent.at(-1)!;
    if (last.length < 1300) continue;
    w.sent.splice(1, w.sent.length - 2);
    const datagram = last.slice(14);
    datagram.set([random.below(256), random.below(256)], 4);
    w.error(datagram, 576);
  }
  assert.equal(w.pathMtu(), 1500);
  assert.deepEqual(heard(w.b.received), []);
  assert.match(w.beta.output, /%CRYPTO-4-PATH_MTU: a router on the path to 192\.0\.2\.254 asks for shorter packets and quotes too little to be believed; if long ones get lost, 'crypto ipsec df-bit clear' lets them be cut/);
  assert.equal(w.beta.output.match(/PATH_MTU/g)!.length, 1 + Math.floor(59_950 / 60_000), "once a minute");
  assert.match(w.beta.type("show crypto isakmp diagnose 192.0.2.254"), /Likely: a router on the path wants shorter packets .*'crypto ipsec df-bit clear'/);
});

test("an old one, one of another port, and one whose length is another", () => {
  const w = behindNat();
  w.sent.splice(1);
  w.long(1);
  w.world.run(10);
  const marked = w.sent.at(-1)!.slice(14);
  const changed = (at: number) => {
    const other = marked.slice();
    other[at]! ^= 1;
    return other;
  };
  for (const at of [3, 5, 6 /* DF */, 15, 19, 21, 23, 25]) w.error(at === 6 ? (() => { const o = marked.slice(); o[6]! &= 0xbf; return o; })() : changed(at), 1400);
  assert.equal(w.pathMtu(), 1500);
  w.world.run(2000);
  w.error(marked, 1400);
  assert.equal(w.pathMtu(), 1500, "two seconds old");
  w.long(2);
  w.world.run(10);
  w.error(w.sent.at(-1)!.slice(14), 1400);
  assert.equal(w.pathMtu(), 1400);
});
