/** Both sides start at the same moment, three times: it settles, and traffic flows both ways. */
import type { Scenario } from "../../bench/scenario.ts";

export default [{
  name: "simultaneous",
  about: "both sides start at once, three times; it settles",
  peer: "kernel",
  check: async (bench) => {
    for (let round = 0; round < 3; round++) {
      const [answered] = await Promise.all([bench.lan.pingUntil("10.2.0.10", 30), bench.theirs.initiate("net", 30)]);
      if (!answered) throw new Error(`round ${round + 1}: no ping was answered`);
      await bench.expectUp();
      await bench.expectPings();
      await bench.ours.clear();
      await bench.theirs.shell.exec("swanctl --terminate --ike tunnel --force");
      await bench.expectDown();
    }
    bench.expectSealed();
  },
}] satisfies Scenario[];
