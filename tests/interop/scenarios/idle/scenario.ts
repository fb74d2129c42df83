/** `set security-association idle-time`: a pair that carries nothing for a minute goes, the peer is told, and the next packet brings a new one. */
import { installed } from "../../bench/bench.ts";
import { template } from "../../bench/configure.ts";
import { sleep, until } from "../../bench/process.ts";
import type { Scenario } from "../../bench/scenario.ts";

const COMMON = template("../../bench/configurations/ours.cfg", import.meta.url);

const idle: Scenario = {
  name: "idle",
  about: "a pair without traffic ends after its idle time, the peer hears of it, and the next packet begins anew",
  peer: "kernel", standin: "no", seconds: 130,
  oursTemplate: COMMON.replace(" set transform-set TS\n", " set transform-set TS\n set security-association idle-time 60\n"),
  check: async (bench) => {
    await bench.expectTunnel("initiator");
    const before = installed(await bench.theirs.sas())[0]!.spiIn;
    // Traffic keeps it: a ping after half of the time.
    await sleep(35_000);
    await bench.expectPings(1);
    await sleep(35_000);
    await bench.expectUp();
    if (installed(await bench.theirs.sas())[0]!.spiIn !== before) throw new Error("the pair is another one although it was in use");
    await until("the pair ends", 60, async () => (await bench.ours.state()).phase2 === 0, 500);
    await bench.theirs.logs(/received DELETE for ESP CHILD_SA/, 20);
    await bench.expectDown(20);
    await bench.expectTunnel("initiator");
    if (installed(await bench.theirs.sas())[0]!.spiIn === before) throw new Error("the pair is the old one");
  },
};

export default [idle];
