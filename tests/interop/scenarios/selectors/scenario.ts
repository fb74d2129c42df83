/** Phase 2 identities other than a subnet and every protocol: one protocol alone, two single hosts. */
import { must } from "../../bench/peers/shell.ts";
import { bothRoles } from "../../bench/scenario.ts";

export default [
  ...bothRoles("icmp-only", (role) => ({
    about: "selectors with a protocol: ICMP alone is protected",
    peer: "kernel",
    values: { acl_protocol: "icmp", our_net: "10.1.0.0/16[icmp]", their_net: "10.2.0.0/16[icmp]" },
    check: async (bench) => {
      // The peer makes a route of its own for whole networks only.
      await must(bench.theirs.shell, "ip route replace 10.1.0.0/16 via 192.0.2.1 src 10.2.0.10");
      await bench.expectTunnel(role);
    },
  })),
  ...bothRoles("host-to-host", (role) => ({
    about: "selectors of one address on each side",
    peer: "kernel",
    values: { our_net_acl: "host 10.1.0.10", their_net_acl: "host 10.2.0.10", our_net: "10.1.0.10/32", their_net: "10.2.0.10/32" },
    check: (bench) => bench.expectTunnel(role),
  })),
];
