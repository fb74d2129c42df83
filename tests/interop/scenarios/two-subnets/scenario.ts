/** Two subnets behind each side: three Quick Modes under one phase 1, and traffic of each in its own SA. */
import { template } from "../../bench/configure.ts";
import { bothRoles } from "../../bench/scenario.ts";
import { established, installed } from "../../bench/bench.ts";

export default bothRoles("two-subnets", (role) => ({
  about: "two subnets behind each side as three Quick Modes under one phase 1",
  peer: "kernel",
  secondLan: true,
  oursTemplate: template("ours.cfg", import.meta.url),
  theirsTemplate: template("theirs.conf", import.meta.url),
  values: { their_net2: "10.4.0.0/16", our_net2: "10.3.0.0/16" },
  check: async (bench) => {
    await bench.up(role);
    if (role === "initiator") {
      if (!await bench.lan2!.pingUntil("10.4.0.10", 20)) throw new Error("no answer through the second tunnel");
      if (!await bench.lan.pingUntil("10.4.0.10", 20)) throw new Error("no answer through the third tunnel");
    } else {
      for (const child of ["net2", "net3"]) {
        const { status, output } = await bench.theirs.initiate(child);
        if (status !== 0) throw new Error(`the CHILD ${child}: ${output.trim().slice(-200)}`);
      }
    }
    const { theirs } = await bench.expectUp(3);
    if (established(theirs).length !== 1) throw new Error(`${established(theirs).length} phase 1 SAs where one serves both`);
    await bench.expectPings();
    await bench.expectPings(5, bench.lan2, "10.4.0.10");
    await bench.expectPings(5, bench.lan, "10.4.0.10");
    bench.expectSealed();
    for (const child of installed(await bench.theirs.sas())) {
      if (child.packetsIn < 5 || child.packetsOut < 5) throw new Error(`the SA of ${child.name} carried nothing: ${JSON.stringify(child)}`);
    }
  },
}));
