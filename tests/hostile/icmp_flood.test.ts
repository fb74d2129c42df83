/**
 * A stranger draws ICMP errors: he takes none from path MTU discovery through the tunnel, and none from who is on another
 * interface. The figure: all 100 "fragmentation needed" reach the host on the LAN, at any rate up to 10,000 datagrams/s.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ipv4, udp } from "../support/world/frame.ts";
import { Watched, heard } from "./watched.ts";

const PORT_CLOSED = ipv4("198.51.100.7", "192.0.2.1", 17, udp(1000, 1001, new Uint8Array(18)));
/** Too long, with DF, for a host behind an interface of MTU 1400: it draws the very errors that carry a path MTU. */
const TOO_LONG = ipv4("198.51.100.7", "10.5.0.10", 17, new Uint8Array(1480), { df: true });
const SMALL = { alpha: { extra: "interface Ethernet2\n ip address 10.5.0.1 255.255.255.0\n mtu 1400\n" } };

for (const [what, junk, options] of [["to a closed port", PORT_CLOSED, {}], ["that are too long", TOO_LONG, SMALL]] as const) {
  for (const rate of [50, 1000, 10_000]) {
    test(`${rate} datagrams/s of a stranger ${what}`, () => {
      const pair = new Watched(options);
      assert.ok(pair.ping());
      let told = 0;
      let unreachable = 0;
      for (let t = 0, carry = 0; t < 20_000; t++) {
        for (carry += rate / 1000; carry >= 1; carry--) pair.stranger(junk.slice());
        if (t % 200 === 100) {
          pair.a.received.length = 0;
          pair.a.datagram(ipv4(pair.a.address, pair.b.address, 6, new Uint8Array(1480), { df: true, id: t & 0xffff }));
          pair.a.ping("10.2.0.10", t, 20, { ttl: 1 });
        }
        pair.world.run(1);
        if (t % 200 !== 199) continue;
        const errors = heard(pair.a.received);
        if (errors.includes("10.1.0.1 3/4")) told++;
        if (errors.includes("10.1.0.1 11/0")) unreachable++;
        pair.wan.splice(10);
        pair.plain.length = 0;
      }
      assert.equal(told, 100);
      assert.equal(unreachable, 100, "traceroute on the LAN");
      assert.ok((pair.alpha.counters().get("ICMP error withheld by rate limit") ?? 0) > 0 || rate === 50, "and the stranger gets no more than his");
    });
  }
}
