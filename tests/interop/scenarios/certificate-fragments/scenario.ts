/**
 * Chains of 4096-bit certificates, whose messages are longer than an Ethernet frame, with strongSwan: in fragments of IKE of both sides, of one, or of none,
 * where IP's are left.
 */
import type { Bench } from "../../bench/bench.ts";
import { bothRoles, type Role, type Scenario } from "../../bench/scenario.ts";
import { charonSite, once, pki, trustOf, tunnel } from "../../signed/site.ts";

const FRAGMENT = 132;
const big = once(() => pki(4096, { intermediate: true }));

interface Case { name: string; about: string; /** Whether there are IKE fragments of ours, and of theirs. */ fragments: [ours: boolean, theirs: boolean]; ours?: string; theirs?: string; daemon?: string; aggressive?: boolean }

const CASES: Case[] = [
  { name: "both", about: "4096-bit chains in fragments of both sides", fragments: [true, true] },
  { name: "off", about: "4096-bit chains, and strongSwan without fragmentation: IP fragments both ways", theirs: "fragmentation = no", fragments: [false, false] },
  { name: "ours-off", about: "4096-bit chains, and fragmentation off here: IP fragments both ways", ours: "no crypto isakmp fragmentation\n", fragments: [false, false] },
  { name: "accept", about: "4096-bit chains, and strongSwan takes fragments and makes none: IP's from it, IKE's from us", theirs: "fragmentation = accept", fragments: [true, false] },
  { name: "small", about: "4096-bit chains in small fragments, from the first message on; of 400 octets from us", theirs: "fragmentation = force", daemon: "fragment_size = 400", ours: "crypto isakmp fragmentation mtu 400\n", fragments: [true, true] },
  { name: "aggressive", about: "4096-bit chains in Aggressive Mode: its second message in plain fragments", fragments: [true, true], aggressive: true },
];

/** Whether a datagram of IKE went in fragments of IP. */
const cutByIp = (bench: Bench, direction: "out" | "in"): boolean => bench.wan.seen.some((seen) => seen.direction === direction && seen.frame.ip?.protocol === 17 && seen.frame.ip.fragment);

async function check(bench: Bench, role: Role, [ours, theirs]: [boolean, boolean]): Promise<void> {
  await tunnel(bench, role, [trustOf(big())]);
  for (const [who, direction, wanted] of [["ours", "out", ours], ["theirs", "in", theirs]] as const) {
    const any = bench.wan.isakmp(direction).some(({ isakmp }) => isakmp.payloads[0] === FRAGMENT);
    if (any !== wanted) throw new Error(`${any ? "there are" : "there are no"} fragments of ${who}`);
    if (!wanted && !cutByIp(bench, direction)) throw new Error(`there are no fragments of IP of ${who}`);
  }
}

export default CASES.flatMap(({ name, about, fragments, ours = "", theirs = "", daemon, aggressive = false }) => bothRoles(`certificate-fragments-${name}`, (role): Omit<Scenario, "name"> => ({
  ...charonSite({ kind: 4096, aggressive, naming: aggressive ? "fqdn" : "address", lines: ours }, big, { ...(daemon && { daemon }), ...(theirs && { values: { connection: theirs } }) }),
  about,
  check: (bench) => check(bench, role, fragments),
})));
