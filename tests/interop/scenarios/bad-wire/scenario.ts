/**
 * Every card of ours loses, doubles, delays and damages frames (`postern run --fault`). The tunnel comes up, what gets
 * through is right, nothing gets out in the clear, and the module did not have to start afresh.
 */
import { bothRoles, PATIENT } from "../../bench/scenario.ts";

export default bothRoles("bad-wire", (role) => ({
  about: "frames lost, doubled, out of order and damaged at our cards",
  peer: "kernel",
  standin: "no",
  faults: "loss=0.1,dup=0.15,reorder=0.1,corrupt=0.01,seed=11",
  ...PATIENT,
  check: async (bench) => {
    await bench.up(role, 110);
    const ping = await bench.lan.ping("10.2.0.10", 60, 50, 2000);
    if (ping.received < 15) throw new Error(`${ping.received} of ${ping.sent} pings answered`);
    const back = await bench.theirs.ping("10.2.0.10", "10.1.0.10", 30, 0.1);
    if (back.received < 7) throw new Error(`from the peer: ${back.received} of ${back.sent} pings answered`);
    if (bench.wan.plaintext(["10.0.0.0/8"]).length > 0) throw new Error("inner packets in the clear");
    if ((bench.events("started")).length !== 1) throw new Error("the module started more than once");
  },
}));
