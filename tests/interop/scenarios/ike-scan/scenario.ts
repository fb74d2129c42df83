/** ike-scan, a prober of IKE gateways, gets the second message of a Main Mode; the cookie of ours is not zero. */
import { must } from "../../bench/peers/shell.ts";
import type { Scenario } from "../../bench/scenario.ts";

export default [{
  name: "ike-scan",
  about: "ike-scan obtains its handshake from us",
  peer: "kernel",
  tools: ["ikescan"],
  check: async (bench) => {
    const output = await must(bench.theirs.shell, "ike-scan -M --sport=0 --trans='(1=7,14=256,2=4,3=1,4=14)' 192.0.2.1");
    if (!/Main Mode Handshake returned/.test(output) || !/1 returned handshake; 0 returned notify/.test(output)) throw new Error(`ike-scan: ${output.trim()}`);
    const refused = await must(bench.theirs.shell, "ike-scan -M --sport=0 --trans='(1=1,2=1,3=1,4=1)' 192.0.2.1");
    if (!/0 returned handshake; 1 returned notify/.test(refused)) throw new Error(`ike-scan with a weak proposal: ${refused.trim()}`);
  },
}] satisfies Scenario[];
