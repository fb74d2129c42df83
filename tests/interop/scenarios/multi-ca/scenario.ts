/**
 * strongSwan's certreq-init, certreq-resp and crls, of its scenarios with several authorities: carol's certificate is of Research, dave's of Sales, both below the
 * root of moon's certificate. All are shown when asked for, with their intermediates; what a warrior may reach goes by who has issued its certificate.
 */
import { Authority, keyOf } from "../../signed/credentials.ts";
import type { Network } from "../../bench/network.ts";
import type { NetworkScenario, Role } from "../../bench/scenario.ts";
import { once } from "../../signed/site.ts";
import { onTheRoad, people, PROJECT, type People, type Road, type Who } from "../../signed/warriors.ts";

const CA = { carol: ["Research", "between"], dave: ["Sales", "beta"] } as const;
const all = once(() => {
  const below = (who: Who) => (root: Authority): Authority => new Authority(`${PROJECT}OU=${CA[who][0]}, CN=${CA[who][0]} CA`, keyOf(CA[who][1], 2048), root);
  return people(2048, { carol: below("carol"), dave: below("dave") });
});
const reach: Road["reach"] = { carol: "10.1.0.10/32", dave: "10.3.0.10/32" };
const map = (who: Who): string => `crypto pki certificate map ${who} 10\n issuer-name co cn=${CA[who][0].toLowerCase()} ca\n`;
/** The trustpoints by which we as moon tell the two authorities apart. */
const points: Road["points"] = ({ carol, dave }) => [carol.above, dave.above].map((anchor, i) => ({ name: CA[i ? "dave" : "carol"][0].toUpperCase(), anchor }));
const crls = ({ root, carol, dave }: People): string[] => [root, carol.above, dave.above].map((one) => one.crl());

/** Nobody gets what is the other's. */
async function apart(network: Network, role: Role): Promise<void> {
  for (const one of network.others.filter(({ site }) => site.name !== "moon")) {
    if (role === "initiator") continue;
    const { status } = await one.peer.initiate("other", 4);
    if (status === 0) throw new Error(`${one.site.name} has what is the other's`);
  }
}

/** As moon charon tells warriors apart by authority: the root is not enough. */
const byAuthority: Pick<Road, "trusted" | "vouches"> = { trusted: ({ root, carol, dave }) => [root, carol.above, dave.above], vouches: (who) => [who === "carol" ? "ca1.pem" : "ca2.pem"] };
const common: Omit<Road, "name" | "about"> = { people: all, reach, check: apart, lines: ["send_cert = ifasked"] };

export default [
  ...onTheRoad({
    ...common, name: "certreq-init", about: "two road warriors with certificates of two intermediates that they send when asked for the root's; who reaches what goes by the issuer",
    ours: (Object.keys(CA) as Who[]).map(map).join(""), profile: (who) => ` match certificate ${who}\n`,
  }),
  ...onTheRoad({
    ...common, ...byAuthority, name: "certreq-resp", about: "two road warriors with certificates of two authorities, each of which vouches for one alone", points,
    profile: (who) => ` match identity user-fqdn ${who}@strongswan.org\n ca trust-point ${CA[who][0].toUpperCase()}\n`,
  }),
  ...onTheRoad({
    ...common, ...byAuthority, name: "crls", about: "two road warriors with certificates of two authorities, and CRLs of all three that everybody asks for", crls,
    points: (everybody) => points(everybody).map((point) => ({ ...point, crls: [point.anchor.crl()] })),
    profile: (who) => ` match identity user-fqdn ${who}@strongswan.org\n ca trust-point ${CA[who][0].toUpperCase()}\n`,
  }),
] satisfies NetworkScenario[];
