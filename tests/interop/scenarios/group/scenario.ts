/** Each Diffie-Hellman group of RFC 2409, RFC 3526, RFC 5903 and RFC 8031 in Main Mode, and the same again in Quick Mode (PFS). */
import { GROUPS, suiteNamed, suiteValues } from "../../bench/configure.ts";
import { bothRoles } from "../../bench/scenario.ts";

export default Object.keys(GROUPS).map(Number).flatMap((group) => bothRoles(`group-${group}`, (role) => ({
  about: `Main Mode and Quick Mode in group ${group} (${GROUPS[group]})`,
  peer: "kernel",
  values: suiteValues(suiteNamed("aes128-sha1"), group, group),
  seconds: (group === 17 || group === 18) ? 180 : 90,
  daemon: (group === 17 || group === 18) ? "retransmit_timeout = 8" : "",
  check: async (bench) => {
    await bench.up(role, (group === 17 || group === 18) ? 80 : 40);
    await bench.expectPings();
    bench.expectSealed();
    const [sa] = await bench.theirs.sas();
    const wanted = GROUPS[group]!.replace(/^[a-z]+/, (word) => `${word.toUpperCase()}_`);
    if (!sa!.suite.endsWith(wanted)) throw new Error(`phase 1: the peer says ${sa!.suite}, not ${wanted}`);
    if (!sa!.children[0]!.suite.endsWith(wanted)) throw new Error(`phase 2: the peer says ${sa!.children[0]!.suite}, not ${wanted}`);
  },
})));
