/** Messages of any kind at a client and a server: nothing traps, nothing is kept, and who is right is served afterwards. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { mutateBytes } from "../fuzz/mutate.ts";
import { address, frame, heard, make, TYPE, u32 } from "../support/second/dhcp.ts";
import { parseFrame } from "../support/world/frame.ts";
import { Random } from "../support/world/random.ts";
import { World } from "../support/world/world.ts";

test("twenty thousand changed messages at a client in every state, and at a server", () => {
  const world = new World(), random = new Random(5);
  const router = world.router("alpha", {
    config: "ip dhcp pool LAN\n network 10.1.0.0 /24\n option 43 hex 0102\ninterface Ethernet0\n ip address 10.1.0.1 255.255.255.0\ninterface Ethernet1\n ip address dhcp\n",
  });
  let last: ReturnType<typeof heard>;
  const out: number[] = [];
  world.wire({ receive: (f) => { out.push(f.length); if (parseFrame(f)) last = heard(f) ?? last; }, send: () => {} }, router.port(1));
  world.wire({ receive: (f) => { out.push(f.length); }, send: () => {} }, router.port(0));
  for (let i = 0; i < 20_000; i++) {
    const toServer = random.chance(0.5);
    const type = 1 + random.below(8);
    const good = toServer
      ? make({ op: 1, xid: i, mac: `02:00:00:00:00:${(16 + random.below(40)).toString(16)}`, ciaddr: random.pick(["0.0.0.0", "10.1.0.2"]), flags: random.pick([0, 0x8000]), options: [[53, Uint8Array.of(type)], [61, Buffer.alloc(1 + random.below(60), i & 255)], [50, address("10.1.0.5")], [54, address("10.1.0.1")]] })
      : make({ xid: last?.message.xid ?? 0, mac: last?.message.mac ?? "02:00:00:00:00:01", yiaddr: random.pick(["192.0.2.9", "10.1.0.9"]), options: [[53, Uint8Array.of(random.pick([2, 5, 5, 6]))], [54, address("192.0.2.1")], [51, u32(random.pick([0, 5, 60, 86400, 0xffffffff]))], [1, address("255.255.255.0")], [58, u32(random.below(100))], [59, u32(random.below(200))], [121, Buffer.from([random.below(40), 10, 0, 0, 192, 0, 2, 1])]] });
    const octets = random.chance(0.3) ? good : Buffer.concat([good.subarray(0, 236), mutateBytes(random, good.subarray(236), 1000)]);
    router.give(toServer ? 0 : 1, frame({ mac: "02:00:00:00:00:77", ip: toServer ? "0.0.0.0" : "192.0.2.1", port: toServer ? 68 : 67 }, { ip: "255.255.255.255", port: toServer ? 67 : 68 }, random.chance(0.05) ? mutateBytes(random, good, 1000) : octets));
    if (i % 20 === 0) { router.poll(); world.run(random.below(3000)); }
  }
  assert.ok(out.length > 1000, "it has answered and asked");
  assert.ok(out.every((length) => length <= 14 + 28 + 548));
  world.run(60_000);
  assert.match(router.type("show memory"), /^packet buffers +0 /m);
  const offers = out.length;
  router.frame(0, frame({ mac: "02:00:00:00:01:01", ip: "0.0.0.0", port: 68 }, { ip: "255.255.255.255", port: 67 }, make({ op: 1, mac: "02:00:00:00:01:01", options: [[53, Uint8Array.of(TYPE.discover)]] })));
  world.run(3000);
  assert.ok(out.length > offers);
});
