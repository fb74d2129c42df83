/** Three frames in ten are lost on the wire, in both directions: retransmission brings the tunnel up all the same. */
import { bothRoles, PATIENT } from "../../bench/scenario.ts";

export default bothRoles("loss-30", (role) => ({
  about: "30 % of all frames lost; up all the same",
  peer: "kernel",
  ...PATIENT,
  check: async (bench) => {
    bench.wan.faults({ loss: 0.3 }, 7);
    await bench.up(role, 100);
    const ping = await bench.lan.ping("10.2.0.10", 40, 100, 2000);
    if (ping.received < 8 || ping.received > 36) throw new Error(`${ping.received} of ${ping.sent} pings answered where about half should be`);
    bench.wan.faults({});
    await bench.expectPings();
    bench.expectSealed();
  },
}));
