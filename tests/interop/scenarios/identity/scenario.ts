/** Both sides call themselves by something else than an address (RFC 2407, 4.6.2): FQDN, USER_FQDN, KEY_ID. */
import { bothRoles, type Scenario } from "../../bench/scenario.ts";

interface Kind { name: string; line: string; ours: string; theirs: string }

const KINDS: Kind[] = [
  { name: "fqdn", line: "crypto isakmp identity hostname", ours: "@alpha.example.org", theirs: "@beta.example.org" },
  { name: "user-fqdn", line: "crypto isakmp identity user-fqdn alice@example.org", ours: "alice@example.org", theirs: "bob@example.org" },
  { name: "key-id", line: "crypto isakmp identity key-id gate7", ours: `"@#${Buffer.from("gate7").toString("hex")}"`, theirs: `"@#${Buffer.from("gate8").toString("hex")}"` },
];

export default KINDS.flatMap(({ name, line, ours, theirs }): Scenario[] => bothRoles(`identity-${name}`, (role) => ({
  about: `both sides are named by ${name.toUpperCase().replaceAll("-", "_")}`,
  peer: "kernel",
  values: { hostname: "alpha.example.org", identity: line, their_id: `id = ${theirs}`, peer_id: `id = ${ours}` },
  check: (bench) => bench.expectTunnel(role),
})));
