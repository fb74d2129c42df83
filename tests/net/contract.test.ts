/** What a host may do wrong with buffers, frames that nobody should send, and a clock that wraps. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { echo, ethernet, ipv4, udp } from "../support/world/frame.ts";
import { Random } from "../support/world/random.ts";
import { Pair } from "../support/world/pair.ts";
import { Lan, arp } from "./lan.ts";

const MISUSED = "buffer that was not the host's to give";

test("a buffer freed twice, given twice, or never had", () => {
  const lan = new Lan();
  const { exports } = lan.router;
  const ptr = exports.frame_alloc();
  exports.frame_free(ptr + 700);
  exports.frame_free(ptr);
  exports.frame_free(0);
  exports.frame_free(12345);
  exports.frame_free(0xffffffff);
  exports.on_frame(lan.router.clock(), 0, ptr, 60);
  exports.on_frame(lan.router.clock(), 0, 64, 60);
  assert.equal(lan.count(MISUSED), 6);
  assert.equal(lan.buffers(), 0);
});

test("frames of impossible lengths, at impossible places, on ports that are not there", () => {
  const lan = new Lan();
  const { exports } = lan.router;
  for (const length of [0, 1, 13, 14, 33, 1519, 1600, 1777, 2048, 0x7fffffff, 0xffffffff]) {
    for (const port of [0, 3, 4, 0xffffffff]) {
      const ptr = exports.frame_alloc();
      exports.on_frame(lan.router.clock(), port, ptr, length);
    }
  }
  for (const shift of [-150, -100, 1, 1000, 1700]) exports.on_frame(lan.router.clock(), 0, exports.frame_alloc() + shift, 60);
  assert.equal(lan.buffers(), 0);
  lan.a.ping("10.1.0.1", 1);
  lan.world.run(100);
  assert.ok(lan.a.replies.has(1));
});

test("all buffers with the host: frame_alloc answers 0, then goes on", () => {
  const lan = new Lan();
  const { exports } = lan.router;
  const all: number[] = [];
  for (let ptr = exports.frame_alloc(); ptr !== 0; ptr = exports.frame_alloc()) all.push(ptr);
  assert.ok(all.length > 64);
  assert.equal(new Set(all).size, all.length);
  for (const ptr of all) exports.frame_free(ptr);
  assert.equal(lan.buffers(), 0);
  lan.a.ping(lan.b.address, 1);
  lan.world.run(100);
  assert.ok(lan.a.replies.has(1));
});

test("a host that delivers from inside send_frame", () => {
  const lan = new Lan();
  lan.a.ping(lan.b.address, 1);
  lan.world.run(100);
  // Both wires answer at once, while the module is still at work.
  const { a, b, router } = lan;
  const direct = (port: number) => (frame: Uint8Array) => {
    const ptr = router.exports.frame_alloc();
    new Uint8Array(router.exports.memory.buffer, ptr, frame.length).set(frame);
    router.exports.on_frame(router.clock(), port, ptr, frame.length);
  };
  a.send = direct(0);
  b.send = direct(1);
  router.port(0).send = (frame) => a.receive(frame);
  router.port(1).send = (frame) => b.receive(frame);
  for (let i = 2; i < 50; i++) {
    a.ping(b.address, i);
    for (let k = 0; k < 4; k++) router.poll();
  }
  assert.equal(a.replies.size, 49);
  assert.equal(lan.buffers(), 0);
});

test("a clock that begins near its wrap", () => {
  const lan = new Lan("", { clockOffset: 0xffffffff - 5000 });
  for (let i = 1; i < 40; i++) {
    lan.a.ping(lan.b.address, i);
    lan.world.run(1000);
  }
  assert.equal(lan.a.replies.size, 39);
  assert.equal(lan.router.events[0]!.t, 0);
});

test("without entropy there is no IKE; the network still works", () => {
  const lan = new Lan("", { noEntropy: true });
  assert.equal(lan.router.eventsOf("started", { entropy: "missing" }).length, 1);
  assert.match(lan.router.output, /no entropy/);
  lan.a.ping(lan.b.address, 1);
  lan.world.run(100);
  assert.ok(lan.a.replies.has(1));
});

/** A valid frame of some kind, before it is spoilt. */
function honest(r: Random, mac: Uint8Array, to: Uint8Array): Uint8Array {
  const src = `10.1.0.${r.below(256)}`;
  const dst = r.pick(["10.1.0.1", "10.2.0.10", "10.2.0.1", "10.1.0.255", "192.0.2.1", "224.0.0.1", "10.77.1.1"]);
  const body = new Uint8Array(r.below(200)).map(() => r.below(256));
  const options = { id: r.below(4), ttl: r.pick([0, 1, 64]), mf: r.chance(0.3), offset: r.chance(0.3) ? r.below(1200) * 8 : 0, df: r.chance(0.2) };
  const port = r.pick([500, 4500, 4500, 7]);
  switch (r.below(6)) {
    case 0: return arp(r.pick([1, 2, 2, 9]), mac, src, dst, to);
    case 1: return ethernet(to, mac, 0x0800, ipv4(src, dst, 1, echo(8, r.below(9), r.below(9), body), options));
    case 2: return ethernet(to, mac, 0x0800, ipv4(src, dst, 17, udp(r.pick([500, 4500, 9]), port, body), options));
    case 3: return ethernet(to, mac, 0x0800, ipv4(src, dst, 50, body, options));
    case 4: return ethernet(to, mac, 0x0800, ipv4(src, dst, r.below(256), body, options));
    default: return ethernet(to, mac, r.pick([0x0800, 0x0806, 0x86dd, 0x8100, 5]), body);
  }
}

test("60,000 frames of every kind of wrong: no trap, no buffer lost, the router still answers", () => {
  const lan = new Lan();
  const r = new Random(7);
  lan.a.ping("10.1.0.1", 1);
  lan.world.run(100);
  const mac = lan.a.mac;
  const to = lan.out.at(-1)!.frame.slice(6, 12);
  for (let i = 0; i < 60_000; i++) {
    let frame: Uint8Array = honest(r, mac, r.chance(0.1) ? new Uint8Array(6).fill(255) : to);
    if (r.chance(0.3)) frame = frame.slice(0, r.below(frame.length + 1));
    for (let n = r.chance(0.5) ? r.below(4) : 0; n > 0 && frame.length; n--) frame[(r.chance(0.8) ? 12 : 0) + r.below(Math.max(1, frame.length - 12))] = r.below(256);
    lan.router.frame(r.below(2), frame.length ? frame : new Uint8Array(1));
    if (i % 1000 === 0) lan.world.run(1000);
  }
  lan.world.run(60_000);
  assert.equal(lan.buffers(), 0);
  lan.a.ping("10.1.0.1", 2);
  lan.a.ping(lan.b.address, 3);
  lan.world.run(5000);
  assert.ok(lan.a.replies.has(2) && lan.a.replies.has(3));
});

test("ESP and its frames spoilt on the wire: nothing traps, nothing leaks, the tunnel goes on", () => {
  const pair = new Pair();
  assert.ok(pair.ping());
  const r = new Random(11);
  const taken = pair.wan.filter(({ frame, direction }) => direction === 1 && frame[23] === 50).map(({ frame }) => frame);
  assert.ok(taken.length > 0);
  for (let i = 0; i < 5000; i++) {
    const frame = r.pick(taken).slice();
    for (let n = 1 + r.below(3); n > 0; n--) frame[r.below(frame.length)] = r.below(256);
    pair.alpha.frame(1, r.chance(0.2) ? frame.slice(0, r.below(frame.length)) : frame);
  }
  assert.ok(pair.ping());
});
