/**
 * Congestion that a fragment met is not lost in reassembly (RFC 3168, 5.3), whichever fragment it is and whatever was cut: the
 * ESP, or the datagram inside that is for us. Not-ECT with CE is dropped. The figure: every mark arrives, or its datagram does not.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { echo, ipv4 } from "../support/world/frame.ts";
import { cut } from "./cut.ts";
import { Watched } from "./watched.ts";

const NOT_ECT = 0;
const ECT_1 = 1;
const ECT_0 = 2;
const CE = 3;
const DROPPED = -1;

const rows: [string, marked: number[], inner: number, arrives: number][] = [
  ["no mark", [], ECT_0, ECT_0],
  ["the first", [0], ECT_0, CE],
  ["the second", [1], ECT_0, CE],
  ["the last", [2], ECT_0, CE],
  ["all", [0, 1, 2], ECT_1, CE],
  ["the last, ECT(1)", [2], ECT_1, CE],
  ["the first, Not-ECT", [0], NOT_ECT, DROPPED],
  ["the last, Not-ECT", [2], NOT_ECT, DROPPED],
  ["all, Not-ECT", [0, 1, 2], NOT_ECT, DROPPED],
  ["none, Not-ECT", [], NOT_ECT, NOT_ECT],
];

for (const [what, marked, inner, arrives] of rows) {
  test(`fragments of ESP, marked: ${what}`, () => {
    for (const order of ["as they were cut", "the last first"]) {
      const pair = new Watched();
      assert.ok(pair.ping());
      pair.fault = (frame, _world, direction) => {
        const pieces = direction === 1 ? cut(frame, 500, (tos, i) => (marked.includes(i) ? tos | CE : tos)) : [frame];
        return (order === "the last first" ? pieces.reverse() : pieces).map((f) => ({ frame: f }));
      };
      pair.a.received.length = 0;
      pair.b.datagram(ipv4(pair.b.address, pair.a.address, 17, new Uint8Array(1200).fill(1), { tos: inner | 0x28, id: 5 }));
      pair.world.run(100);
      const got = pair.a.received.at(-1);
      assert.equal(got ? got.datagram[1] : DROPPED, arrives === DROPPED ? DROPPED : arrives | 0x28, order);
    }
  });
}

test("fragments inside the tunnel, of a datagram for the router itself", () => {
  const pair = new Watched();
  assert.ok(pair.ping());
  const message = echo(8, 1, 2, new Uint8Array(600));
  const piece = (at: number, tos: number) => ipv4(pair.b.address, "10.1.0.1", 1, message.slice(at, at + 304), { tos, id: 9, offset: at, mf: at + 304 < message.length });
  pair.b.datagram(piece(0, ECT_0));
  pair.b.datagram(piece(304, CE));
  pair.world.run(100);
  assert.equal(pair.b.received.at(-1)!.datagram[1], CE, "the echo's TOS is the request's");
  pair.b.received.length = 0;
  pair.b.datagram(piece(0, NOT_ECT));
  pair.b.datagram(piece(304, CE));
  pair.world.run(100);
  assert.equal(pair.b.received.length, 0);
  assert.equal(pair.alpha.counters().get("congestion marked on fragments of no ECN"), 1);
});
