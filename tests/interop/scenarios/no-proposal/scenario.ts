/** Nothing in common: in phase 1, where the notify travels in the clear, and in phase 2, where it does not. */
import { suiteNamed, suiteValues } from "../../bench/configure.ts";
import { NOTIFY } from "../../bench/link/isakmp.ts";
import { bothRoles } from "../../bench/scenario.ts";

const other = suiteValues(suiteNamed("aes128-sha1"), 2);

export default [
  ...bothRoles("no-proposal", (role) => ({
    about: "no common IKE proposal: NO-PROPOSAL-CHOSEN",
    peer: "kernel",
    theirs: { ike_proposal: other.ike_proposal! },
    check: async (bench) => {
      await bench.tryInVain(role);
      const notifies = bench.wan.isakmp(role === "initiator" ? "in" : "out").flatMap(({ isakmp }) => isakmp.notifies);
      if (!notifies.includes(NOTIFY.noProposalChosen)) throw new Error(`no NO-PROPOSAL-CHOSEN on the wire, but: ${notifies.join(" ") || "nothing"}`);
      await bench.expectSaid(role === "initiator" ? /answers NO-PROPOSAL-CHOSEN \(14\), unprotected: its isakmp policies differ from ours/ : /192\.0\.2\.2 offered nothing for phase 1 that is configured here: .*\(crypto isakmp policy 10\)/);
      await bench.expectDown();
    },
  })),
  ...bothRoles("no-proposal-esp", (role) => ({
    about: "no common ESP proposal: NO-PROPOSAL-CHOSEN in Quick Mode",
    peer: "kernel",
    theirs: { esp_proposal: other.esp_proposal! },
    check: async (bench) => {
      await bench.tryInVain(role);
      await bench.theirs.logs(role === "initiator" ? /no matching proposal found|NO_PROP/ : /received NO_PROPOSAL_CHOSEN/);
      await bench.expectSaid(role === "initiator" ? /answers NO-PROPOSAL-CHOSEN \(14\), about crypto map CM 10: its transform sets or its PFS differ from ours/ : /192\.0\.2\.2 offered no transform that is configured for crypto map CM 10: .*\(crypto ipsec transform-set TS\)/);
      await bench.expectDown();
      if (bench.wan.esp().length > 0) throw new Error("ESP without a tunnel");
    },
  })),
];
