/** IKE fragmentation (payload 132) with strongSwan and libreswan, each making its fragments as small as it can be told to; ours are smaller still. */
import type { Bench } from "../../bench/bench.ts";
import { template } from "../../bench/configure.ts";
import { bothRoles, PATIENT, type Role, type Scenario } from "../../bench/scenario.ts";

const CHARON = template("../../bench/configurations/theirs.conf", import.meta.url), PLUTO = template("../../bench/configurations/libreswan.conf", import.meta.url);
const FRAGMENT = 132;
const SMALL = "crypto isakmp fragmentation mtu 128";

const AGGRESSIVE = `crypto isakmp profile PEER
 self-identity fqdn alpha.example.org
 match identity host beta.example.org
 pre-shared-key correct-horse-battery-staple
 mode aggressive
${SMALL}`;
const DAEMON = "fragment_size = 300";
const WEAK = "i_dont_care_about_security_and_use_aggressive_mode_psk = yes";

/** A tunnel, with fragments of each side on the wire or without. */
async function tunnel(bench: Bench, role: Role, ours: boolean, theirs: boolean): Promise<void> {
  await bench.expectTunnel(role);
  for (const [who, direction, wanted] of [["ours", "out", ours], ["theirs", "in", theirs]] as const) {
    const any = bench.wan.isakmp(direction).some(({ isakmp }) => isakmp.payloads[0] === FRAGMENT);
    if (any !== wanted) throw new Error(`${any ? "there are" : "there are no"} fragments of ${who}`);
  }
}

const charon = (fragmentation: string): string => CHARON.replace("version = 1", `version = 1\n    fragmentation = ${fragmentation}`);

export default [
  ...bothRoles("ike-fragmentation-charon", (role): Omit<Scenario, "name"> => ({
    about: "fragments of 300 octets from strongSwan, from the first message on; of 128 from us",
    peer: "kernel", standin: "no", daemon: DAEMON, theirsTemplate: charon("force"), values: { identity: SMALL },
    check: (bench) => tunnel(bench, role, true, true),
  })),
  ...bothRoles("ike-fragmentation-charon-accept", (role): Omit<Scenario, "name"> => ({
    about: "strongSwan takes fragments and makes none",
    peer: "kernel", standin: "no", daemon: DAEMON, theirsTemplate: charon("accept"), values: { identity: SMALL },
    check: (bench) => tunnel(bench, role, true, false),
  })),
  ...bothRoles("ike-fragmentation-charon-off", (role): Omit<Scenario, "name"> => ({
    about: "strongSwan without fragmentation gets none, though we would",
    peer: "kernel", standin: "no", daemon: DAEMON, theirsTemplate: charon("no"), values: { identity: SMALL },
    check: (bench) => tunnel(bench, role, false, false),
  })),
  ...bothRoles("ike-fragmentation-charon-aggressive", (role): Omit<Scenario, "name"> => ({
    about: "Aggressive Mode in fragments, its first two messages in plain",
    peer: "kernel", standin: "no", daemon: `${DAEMON}\n  ${WEAK}`, theirsTemplate: charon("force"),
    values: { identity: AGGRESSIVE, ike_proposal: "aes256-sha256-modp2048\n    aggressive = yes", set_pfs: "set isakmp-profile PEER", their_id: "id = @beta.example.org", peer_id: "id = @alpha.example.org" },
    check: (bench) => tunnel(bench, role, true, true),
  })),
  ...bothRoles("ike-fragmentation-charon-lossy", (role): Omit<Scenario, "name"> => ({
    about: "fragments both ways, a tenth of them lost, doubled and out of order",
    peer: "kernel", standin: "no", faults: "loss=0.1,dup=0.1,reorder=0.1,seed=7", theirsTemplate: charon("force"), values: { identity: SMALL },
    ...PATIENT, daemon: `${DAEMON}\n  ${PATIENT.daemon}`,
    check: async (bench) => {
      await bench.up(role, 110);
      if (!bench.wan.isakmp("out").some(({ isakmp }) => isakmp.payloads[0] === FRAGMENT)) throw new Error("there are no fragments of ours");
    },
  })),
  ...bothRoles("ike-fragmentation-natt", (role): Omit<Scenario, "name"> => ({
    about: role === "initiator" ? "fragments both ways on port 4500, we are behind a translator" : "fragments both ways on port 4500, the peer is behind a translator",
    peer: "libipsec", standin: "no", nat: role === "initiator" ? "ours" : "theirs", daemon: DAEMON, theirsTemplate: charon("force"), values: { identity: SMALL },
    check: (bench) => tunnel(bench, role, true, true),
  })),
  ...bothRoles("ike-fragmentation-pluto", (role): Omit<Scenario, "name"> => ({
    about: "fragments of libreswan's, which it makes of what is longer than 560 octets; of 128 from us",
    peer: "libreswan", theirsTemplate: PLUTO.replace("\tikev2=no", "\tikev2=no\n\tfragmentation=force"), values: { identity: SMALL, ike_group: "16", pluto_ike: "aes256-sha2_256-modp4096" },
    check: (bench) => tunnel(bench, role, true, true),
  })),
] satisfies Scenario[];
