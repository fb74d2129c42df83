/** The two sides protect different traffic: phase 1 comes up, Quick Mode is refused with INVALID-ID-INFORMATION. */
import { bothRoles } from "../../bench/scenario.ts";

export default bothRoles("wrong-selectors", (role) => ({
  about: "selectors that do not fit: INVALID-ID-INFORMATION",
  peer: "kernel",
  theirs: { their_net: "10.5.0.0/16" },
  check: async (bench) => {
    await bench.tryInVain(role);
    await bench.theirs.logs(role === "initiator" ? /INVAL_ID/ : /received INVALID_ID_INFORMATION/);
    await bench.expectSaid(role === "initiator" ? /its access list is no mirror image of ours/ : /192\.0\.2\.2 wants to protect/);
    await bench.expectDown();
    if (bench.wan.esp().length > 0) throw new Error("ESP without a tunnel");
  },
}));
