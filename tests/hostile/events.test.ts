/** What is written to EVENT for those who have proved nothing has a rate, and what was not written a count. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { P, chain, concat, tlv, tv, u16, u32 } from "../support/second/ike_peer.ts";
import { ipText, ipv4, udp } from "../support/world/frame.ts";
import { Hub } from "../support/world/hub.ts";

const DYNAMIC = `
crypto dynamic-map ANY 10
 set transform-set TS
crypto map CM 900 ipsec-isakmp dynamic ANY`;

/** An offer that nobody takes: Blowfish. */
const attributes = [...tv(1, 3), ...tv(2, 4), ...tv(3, 1), ...tv(4, 2), ...tv(11, 1), ...tlv(12, 86400)];
const transform = concat([0, 0], u16(8 + attributes.length), [1, 1, 0, 0], attributes);
const SA = concat(u32(1), u32(1), [0, 0], u16(8 + transform.length), [1, 1, 0, 1], transform);

test("50 forged offers a second for a minute: at most 128 messages and two a second have an event, the others are counted", () => {
  const hub = new Hub([2, 3], { more: DYNAMIC });
  const beta = hub.branch(2);
  assert.ok(beta.ping());
  const { random } = hub.world;
  const before = hub.router.events.length;
  let forged = 0;
  for (let ms = 0; ms < 60_000; ms += 20, forged++) {
    const body = chain([{ type: P.SA, body: SA }]);
    const m = concat(random.fill(new Uint8Array(8)), new Uint8Array(8), [1, 0x10, 2, 0], u32(0), u32(28 + body.length), body);
    const from = ipText((random.u32() & 0x3fffffff | 0x04000000) >>> 0);
    hub.internet.carry(ipv4(from, "192.0.2.1", 17, udp(500, 500, m), { id: forged & 0xffff }));
    hub.world.run(20);
  }
  const written = hub.router.events.slice(before);
  const messages = written.filter((e) => e.event === "ike.message").length;
  assert.ok(messages <= 128 + 2 * 60 + 1, `${messages} messages of ${forged}`);
  const refused = written.filter((e) => e.event === "refused").length;
  assert.ok(refused <= 3 * 32, `${refused} refusals`);
  const unsaid = written.filter((e) => e.event === "ike.unsaid").reduce((n, e) => n + Number(e["messages"]), 0);
  assert.ok(messages + unsaid > forged - 50, `${messages} said, ${unsaid} counted, of ${forged}`);
  assert.match(hub.router.type("show crypto isakmp stats"), /messages of strangers without an event\s+\d{4}/);
  // Whoever has proved who he is has his events all the same.
  hub.router.type("clear crypto sa");
  hub.world.run(100);
  assert.ok(beta.ping());
  assert.ok(hub.router.eventsOf("ike.message", { exchange: "quick" }).length >= 5);
});
