/**
 * Dead peer detection (RFC 3706): the wire is cut. Our side asks, finds the peer dead and begins again by itself when the
 * wire is back (initiator); the peer asks, is answered as long as the wire is there, and clears the tunnel (responder).
 */
import { established, type Bench } from "../../bench/bench.ts";
import { until } from "../../bench/process.ts";
import type { Scenario } from "../../bench/scenario.ts";

const weAsk: Scenario = {
  name: "dpd-initiator",
  about: "we ask a silent peer, are answered, find it dead when the wire is cut, and begin again",
  peer: "kernel",
  standin: "no",
  values: { keepalive: "crypto isakmp keepalive 10 2 periodic" },
  seconds: 150,
  check: async (bench: Bench) => {
    await bench.expectTunnel("initiator");
    await bench.theirs.logs(/DPD_ACK|R_U_THERE_ACK/);
    await bench.expectUp();
    bench.wan.faults({ loss: 1 });
    await bench.expectSaid(/IKE_DEAD_PEER/, 90);
    const { phase2 } = await bench.ours.state();
    if (phase2 !== 0) throw new Error(`${phase2} pairs are left with a dead peer`);
    bench.wan.faults({});
    await bench.expectUp(1, 40);
    await bench.expectPings();
  },
};

const theyAsk: Scenario = {
  name: "dpd-responder",
  about: "the peer asks, we answer; it clears the tunnel when the wire is cut, and a new one replaces ours",
  peer: "kernel",
  standin: "no",
  theirs: { dpd_delay: "2s", dpd_timeout: "8s" },
  seconds: 150,
  check: async (bench: Bench) => {
    await bench.expectTunnel("responder");
    await bench.theirs.logs(/DPD_ACK|R_U_THERE_ACK/);
    await bench.expectUp();
    bench.wan.faults({ loss: 1 });
    await until("the peer clears the tunnel", 60, async () => established(await bench.theirs.sas()).length === 0);
    bench.wan.faults({});
    await bench.expectTunnel("responder");
  },
};

const lifetime: Scenario = {
  name: "responder-lifetime-responder",
  about: "our shorter lifetime of phase 1 is told by RESPONDER-LIFETIME in message 6, and the peer goes on",
  peer: "kernel",
  standin: "no",
  ours: { ike_lifetime: "600" },
  check: async (bench: Bench) => {
    await bench.expectTunnel("responder");
    await bench.theirs.logs(/parsed ID_PROT response 0 \[ ID HASH N/);
  },
};

export default [weAsk, theyAsk, lifetime];
