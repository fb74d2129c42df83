/**
 * Perfect forward secrecy: Quick Mode has a Diffie-Hellman exchange of its own, in another group than Main Mode's, and a
 * side that wants it gets it; a Quick Mode without is refused.
 */
import { suiteNamed, suiteValues } from "../../bench/configure.ts";
import { bothRoles } from "../../bench/scenario.ts";

export default bothRoles("pfs", (role) => ({
  about: "group 14 in Main Mode, group 5 in Quick Mode",
  peer: "kernel",
  values: suiteValues(suiteNamed("aes256-sha256"), 14, 5),
  check: async (bench) => {
    await bench.expectTunnel(role);
    const [sa] = await bench.theirs.sas();
    if (!sa!.suite.endsWith("MODP_2048")) throw new Error(`phase 1: the peer says ${sa!.suite}`);
    if (!sa!.children[0]!.suite.endsWith("MODP_1536")) throw new Error(`phase 2: the peer says ${sa!.children[0]!.suite}`);
  },
}));
