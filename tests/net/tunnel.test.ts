/** The path between two gateways: routers on it that fragment, and that ask for smaller packets. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { echo, ethernet, ipText, ipv4 } from "../support/world/frame.ts";
import { Pair } from "../support/world/pair.ts";
import { lastIcmp } from "./lan.ts";

/** Cuts IPv4 frames into pieces whose datagrams have at most `mtu` octets, the last piece first. */
function cut(frame: Uint8Array, mtu: number): Uint8Array[] {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
  const total = view.getUint16(16);
  if (view.getUint16(12) !== 0x0800 || total <= mtu) return [frame];
  const payload = frame.slice(34, 14 + total);
  const step = (mtu - 20) & ~7;
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < payload.length; at += step) {
    const options = { id: view.getUint16(18), mf: at + step < payload.length, offset: at };
    pieces.unshift(ethernet(frame.slice(0, 6), frame.slice(6, 12), 0x0800, ipv4(ipText(view.getUint32(26)), ipText(view.getUint32(30)), frame[23]!, payload.slice(at, at + step), options)));
  }
  return pieces;
}

/** Sends one echo request of `size` data octets from a to b; whether b's answer came back whole. */
function echoed(pair: Pair, size: number, df = false): boolean {
  const sequence = 2000 + size;
  pair.a.replies.delete(sequence);
  pair.a.datagram(ipv4(pair.a.address, pair.b.address, 1, echo(8, 0x1234, sequence, new Uint8Array(size).fill(7)), { df, id: sequence }));
  pair.world.run(1000);
  return pair.a.replies.has(sequence);
}

test("ESP and IKE in fragments, out of order: put together before they are opened", () => {
  const pair = new Pair({ both: { group: 14, pfs: 14 } });
  pair.fault = (frame) => cut(frame, 300).map((piece) => ({ frame: piece }));
  assert.ok(pair.ping());
  for (const size of [200, 700, 1300]) assert.ok(echoed(pair, size), `${size} octets`);
  assert.equal(pair.beta.counters().get("malformed fragment") ?? 0, 0);
});

test("fragments on the path doubled: one datagram arrives", () => {
  const pair = new Pair();
  assert.ok(pair.ping());
  pair.fault = (frame) => cut(frame, 500).flatMap((piece) => [{ frame: piece }, { frame: piece.slice() }]);
  const before = pair.b.requests;
  assert.ok(echoed(pair, 1300));
  assert.equal(pair.b.requests, before + 1);
});

test("a router on the path asks for smaller packets: believed for an SPI in use, and for nothing else", () => {
  const pair = new Pair();
  assert.ok(pair.ping());
  const esp = pair.wan.filter(({ frame, direction }) => direction === 0 && frame[23] === 50).at(-1)!.frame;
  const complaint = (quoted: Uint8Array, mtu: number) => {
    const message = new Uint8Array(8 + 28);
    message.set(quoted.subarray(0, 28), 8);
    const body = echo(8, 0, 0, message.subarray(8));
    body[0] = 3;
    body[1] = 4;
    body[7] = mtu & 255;
    body[6] = mtu >> 8;
    body[2] = body[3] = 0;
    const sum = body.reduce((s, octet, i) => s + (i & 1 ? octet : octet << 8), 0);
    const folded = ~((sum & 0xffff) + (sum >>> 16)) & 0xffff;
    body[2] = folded >> 8;
    body[3] = folded & 255;
    pair.alpha.frame(1, ethernet(esp.slice(6, 12), esp.slice(0, 6), 0x0800, ipv4("198.51.100.1", "192.0.2.1", 1, body)));
  };
  const big = esp.slice(14);
  new DataView(big.buffer).setUint16(2, 1500);
  const otherSpi = big.slice();
  otherSpi[20]! ^= 0x55;
  complaint(otherSpi, 900);
  assert.ok(echoed(pair, 1372, true), "another SPI: not believed");
  complaint(big, 1000);
  assert.equal(echoed(pair, 1373, true), false);
  assert.equal(lastIcmp(pair.a), "3/4");
  const message = pair.a.received.at(-1)!.payload;
  const mtu = (message[6]! << 8) | message[7]!;
  assert.ok(mtu < 1000 && mtu > 900, `the tunnel's MTU is ${mtu}`);
  const from = pair.wan.length;
  assert.ok(echoed(pair, mtu - 28, true));
  assert.ok(pair.wan.slice(from).every(({ frame, direction }) => direction === 1 || frame.length <= 1014));
});

test("a tunnel whose inner network is the peer itself: IKE and ESP still pass the policy by", () => {
  const pair = new Pair({ both: { selectors: [["any", "any"]] } });
  pair.a.ping("10.2.0.10", 31);
  pair.world.run(5000);
  assert.ok(pair.a.replies.has(31));
});
