/** Nothing is allocated after `init`: the heap's mark stands still through tunnels, refusals, rekeying and the console. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { heapMark, withHeapMark } from "../support/world/heap_mark.ts";
import { Pair } from "../support/world/pair.ts";
import { faults } from "../support/world/world.ts";

test("the heap mark of init is the heap mark for ever", async () => {
  const module = await withHeapMark();
  const pair = new Pair({ both: { group: 2, ipsecLifetime: 300, ikeLifetime: 900 }, alphaOptions: { module } });
  // A fresh instance of the same module that has done nothing but `init`.
  const fresh = pair.world.router("fresh", { module });
  const mark = heapMark(fresh.exports);
  assert.ok(mark > 65536);
  assert.equal(heapMark(pair.alpha.exports), mark, "after the startup configuration");
  assert.ok(pair.ping());
  pair.pings(1_000_000, 500);
  pair.fault = faults({ loss: 0.2, dup: 0.2, corrupt: 0.2 });
  pair.pings(600_000, 500);
  pair.fault = undefined;
  for (const line of ["show running-config", "show crypto isakmp sa detail", "show crypto ipsec sa", "show memory", "show counters", "show version", "show interfaces", "show ip route", "show ip arp", "debug crypto isakmp", "sh?", "nonsense", "copy running-config startup-config"])
    pair.alpha.type(line);
  pair.alpha.type("clear crypto sa\nclear crypto isakmp");
  assert.ok(pair.ping(60_000));
  assert.equal(heapMark(pair.alpha.exports), mark);
});
