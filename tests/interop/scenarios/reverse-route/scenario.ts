/** `reverse-route`: without any other way to the network behind the peer, the route comes with the SA that the peer brings up, and goes with the last one. */
import { noneLost } from "../../bench/bench.ts";
import { template } from "../../bench/configure.ts";
import { until } from "../../bench/process.ts";
import type { Bench } from "../../bench/bench.ts";
import type { Scenario } from "../../bench/scenario.ts";

const COMMON = template("../../bench/configurations/ours.cfg", import.meta.url);
const ours = (line: string): string => COMMON.replace(" set transform-set TS\n", ` set transform-set TS\n ${line}\n`).replace(/^ip route .*\n/m, "");

const ROUTE = /^S +10\.2\.0\.0\/16 \[1\/0\] via 192\.0\.2\.2/m;
const routed = async (bench: Bench): Promise<boolean> => ROUTE.test(await bench.ours.ask("show ip route"));

const bySa: Scenario = {
  name: "reverse-route-responder",
  about: "the route to the peer's network comes with its SA, carries both ways, and goes with the last one",
  peer: "kernel", standin: "no",
  oursTemplate: ours("reverse-route"),
  check: async (bench) => {
    if (await routed(bench)) throw new Error("a route is there before an SA");
    if (await bench.lan.echo("10.2.0.10", 7, 1, 1000) !== undefined) throw new Error("an answer without a route");
    await bench.expectTunnel("responder");
    if (!await routed(bench)) throw new Error("no route came with the SA");
    noneLost("after the peer began", await bench.lan.ping("10.2.0.10", 5));
    await bench.theirs.terminate();
    await bench.expectDown();
    await until("the route goes", 10, async () => !await routed(bench));
    await bench.expectTunnel("responder");
  },
};

const always: Scenario = {
  name: "reverse-route-initiator",
  about: "with `static` the route is there with the crypto map, and its first packet brings the tunnel up",
  peer: "kernel", standin: "no",
  oursTemplate: ours("reverse-route static"),
  check: async (bench) => {
    if (!await routed(bench)) throw new Error("no route came with the crypto map");
    await bench.expectTunnel("initiator");
    await bench.ours.clear();
    await bench.expectDown();
    if (!await routed(bench)) throw new Error("the route went with the SA");
    await bench.expectTunnel("initiator");
  },
};

export default [bySa, always];
