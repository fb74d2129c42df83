/**
 * Frames to empty addresses of the LAN: a host that must be asked for by ARP is in within 5 s under them, from wherever they
 * come, of one source or of many. The figure: at least half of its pings answered, the first within 5 s.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ipv4 } from "../support/world/frame.ts";
import { Watched } from "./watched.ts";

type Row = [rate: number, from: "WAN" | "tunnel" | "LAN", sources: "one source" | "many sources", evenly: boolean];
const rows: Row[] = [
  [30, "WAN", "one source", true],
  [30, "WAN", "one source", false],
  [30, "tunnel", "one source", true],
  [100, "WAN", "one source", true],
  [100, "WAN", "many sources", false],
  [1000, "WAN", "one source", false],
  [1000, "tunnel", "many sources", false],
  [10_000, "WAN", "many sources", false],
];

for (const [rate, from, sources, evenly] of rows) {
  test(`${rate} frames/s out of the ${from}, ${sources}, ${evenly ? "evenly" : "at random"}`, () => {
    const pair = new Watched({ seed: 7 });
    assert.ok(pair.ping());
    pair.alpha.type("clear arp");
    pair.a.ping("10.2.0.10", 1);
    pair.world.run(1000);
    pair.alpha.type("clear arp");
    const r = pair.world.random;
    let asked = 0;
    let next = 20;
    let carry = 0;
    let first = -1;
    for (let t = 0; t < 25_000; t++) {
      let n = 0;
      if (evenly) for (carry += rate / 1000; carry >= 1; carry--) n++;
      else for (let i = 0; i < 20; i++) if (r.chance(rate / 20_000)) n++;
      for (; n > 0; n--) {
        const target = `10.1.0.${next}`;
        next = next === 250 ? 20 : next + 1;
        const host = sources === "one source" ? 7 : 20 + r.below(200);
        if (from === "WAN") pair.stranger(ipv4(`198.51.100.${host}`, target, 17, new Uint8Array(12)));
        else pair.b.datagram(ipv4(`10.2.0.${host}`, target, 17, new Uint8Array(12)));
      }
      if (t >= 10_000 && t % 100 === 0) pair.b.ping("10.1.0.10", 20_000 + asked++, 10);
      pair.world.run(1);
      if (first < 0 && [...pair.b.replies.keys()].some((k) => k >= 20_000)) first = t - 10_000;
      pair.b.received.length = pair.a.received.length = 0;
      if (t % 100 === 0) pair.wan.splice(10), pair.plain.splice(0);
    }
    pair.world.run(1000);
    const got = [...pair.b.replies.keys()].filter((k) => k >= 20_000).length;
    assert.ok(first >= 0 && first <= 5000, `first answer ${first < 0 ? "never" : `after ${first} ms`}`);
    assert.ok(got * 2 >= asked, `${got} of ${asked}`);
  });
}
