/** Each cipher suite in IKE and in ESP, with the kernel's own ESP opposite. */
import { SUITES, suiteValues } from "../../bench/configure.ts";
import { bothRoles } from "../../bench/scenario.ts";

export default SUITES.flatMap((suite) => bothRoles(`suite-${suite.name}`, (role) => ({
  about: `IKE and ESP with ${suite.name}, group ${suite.group}`,
  peer: "kernel",
  values: suiteValues(suite),
  check: async (bench) => {
    await bench.expectTunnel(role);
    const [sa] = await bench.theirs.sas();
    const group = suiteValues(suite).ike_proposal!.split("-").at(-1)!.replace("modp", "MODP_");
    if (!sa!.suite.endsWith(group)) throw new Error(`the peer says ${sa!.suite}, not ${group}`);
  },
})));
