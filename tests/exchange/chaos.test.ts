/** Half an hour of a bad wire, clears and restarts with short lifetimes: it always settles, and nothing piles up. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Pair } from "../support/world/pair.ts";
import { Random } from "../support/world/random.ts";
import { faults, type Router } from "../support/world/world.ts";

/** Addresses on the wire that outlive a restart. */
const macs = (side: number) => `interface Ethernet0\n mac-address 0200.0000.0${side}00\ninterface Ethernet1\n mac-address 0200.0000.0${side}01\n`;

const used = (router: Router, pool: string) => Number(new RegExp(`^${pool}\\s+(\\d+)`, "m").exec(router.type("show memory"))?.[1]);

for (let seed = 1; seed <= 6; seed++)
  test(`seed ${seed}: 20 % loss, duplicates, reordering, corruption, clears, restarts`, () => {
    const pair = new Pair({ seed, both: { group: 1, ipsecLifetime: 120, ikeLifetime: 300 }, alpha: { extra: macs(1) }, beta: { extra: macs(2) } });
    const random = new Random(seed);
    pair.fault = faults({ loss: 0.2, dup: 0.1, reorder: 0.2, corrupt: 0.02 });
    for (let i = 0; i < 300; i++) {
      pair.pings(5000, 1000, random.chance(0.5) ? "a" : "b");
      const router = random.pick([pair.alpha, pair.beta]);
      const what = random.below(60);
      if (what === 0) router.type("clear crypto sa");
      else if (what === 1) router.type("clear crypto isakmp");
      else if (what === 2) router.start(router.options.config);
      pair.wan.length = 0;
      pair.alpha.output = pair.beta.output = "";
      assert.ok(pair.spis(pair.alpha).length <= 4 && pair.spis(pair.beta).length <= 4, `piled up at ${pair.world.now}`);
    }
    pair.fault = undefined;
    let settled = false;
    for (let i = 0; i < 120 && !settled; i++) settled = pair.ping(1000, "a") && pair.ping(1000, "b");
    assert.ok(settled, pair.alpha.output + pair.beta.output);
    const { sent, lost } = pair.pings(600_000, 250);
    assert.equal(lost, 0, `of ${sent}`);
    pair.world.run(400_000);
    for (const router of [pair.alpha, pair.beta]) {
      assert.ok(pair.spis(router).length <= 2);
      assert.ok(used(router, "isakmp sas") <= 2);
      assert.ok(used(router, "isakmp exchanges") <= 2);
      assert.equal(used(router, "ipsec sa pairs") * 2, used(router, "security associations"));
      assert.equal(used(router, "oakley workspace"), 0);
    }
  });
