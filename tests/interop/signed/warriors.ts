/**
 * strongSwan's road warriors: carol and dave, each a host with a certificate, at the gateway moon with the network 10.1.0.0/16 behind it. As responder we are
 * moon; as initiator carol, beside a charon that is dave, at a charon that is moon. Where they may not reach the same, 10.3.0.0/16 is behind moon, too.
 */
import { expectDecrypted } from "../bench/capture.ts";
import { router, swanctl, type Connection } from "../bench/configure.ts";
import { Authority, enter, filesOf, keyOf, type Credential, type Trust } from "./credentials.ts";
import type { Network } from "../bench/network.ts";
import type { NetworkScenario, Role } from "../bench/scenario.ts";
import type { OtherSite } from "../bench/site.ts";

export const PROJECT = "C=CH, O=strongSwan Project, ";
const MOON = { id: "@moon.strongswan.org", address: "192.0.2.1" };
const ADDRESS = { carol: "192.0.2.100", dave: "192.0.2.200" } as const, KEY = { carol: "gamma", dave: "delta", moon: "alpha", sun: "beta" } as const;
const WHO = ["carol", "dave"] as const;
export type Who = (typeof WHO)[number];
export const mail = (who: Who): string => `${who}@strongswan.org`;

/** Algorithms of both phases, in both sides' words. */
export interface Algorithms { policy: string[]; ike: string; transform: string; esp: string; pfs?: number }

export const AES128_SHA256: Algorithms = { policy: ["encryption aes", "hash sha256", "group 15"], ike: "aes128-sha256-modp3072", transform: "esp-aes 128 esp-sha256-hmac", esp: "aes128-sha256-modp3072", pfs: 15 };

export interface People { root: Authority; moon: Credential; carol: Credential; dave: Credential }

/** Everybody's certificate, of the root or of the authority that is given for a warrior. */
export function people(kind: 2048 | "P-256" | "P-384" | "P-521" = 2048, above: Partial<Record<Who, (root: Authority) => Authority>> = {}): People {
  const root = new Authority(`${PROJECT}CN=strongSwan Root CA`, keyOf("root", kind));
  const warrior = (who: Who): Credential => (above[who]?.(root) ?? root).issue(`${PROJECT}CN=${mail(who)}`, keyOf(KEY[who], kind), [mail(who)]);
  return { root, moon: root.issue(`${PROJECT}CN=moon.strongswan.org`, keyOf(KEY.moon, kind), ["moon.strongswan.org"]), carol: warrior("carol"), dave: warrior("dave") };
}

export interface Road {
  name: string;
  about: string;
  people: () => People;
  /** Who is on the road; both, unless said otherwise. */
  who?: readonly Who[];
  algorithms?: Partial<Record<Who, Algorithms>>;
  aggressive?: boolean;
  /** `authentication` of our policies. */
  method?: "rsa-sig" | "ecdsa-sig";
  /** What each may reach; all of the network, unless said otherwise. */
  reach?: Record<Who, string>;
  /** Lines of the profile that is for a warrior where we are moon, and trustpoints beside that with our certificate. */
  profile?: (who: Who) => string;
  points?: (all: People) => Trust[];
  /** Whom charon as moon trusts for a warrior: files in x509ca, by number, and what else it has. */
  vouches?: (who: Who) => string[];
  trusted?: (all: People) => Authority[];
  crls?: (all: People) => string[];
  daemon?: string;
  /** Lines of charon's connections, and of ours. */
  lines?: string[];
  ours?: string;
  /** More that is to hold at the end. */
  check?: (network: Network, role: Role) => Promise<void>;
}

const algorithms = (road: Road, who: Who): Algorithms => road.algorithms?.[who] ?? AES128_SHA256;
const whole = "10.1.0.0/16";
const reach = (road: Road, who: Who): string => road.reach?.[who] ?? whole;
const wildcard = (net: string): string => (net === whole ? "10.1.0.0 0.0.255.255" : `host ${net.split("/")[0]!}`);

const policies = (road: Road, who: readonly Who[]): string => [...new Set(who.map((one) => algorithms(road, one).policy.join("\n ")))].map((lines, i) =>
  `crypto isakmp policy ${10 * (i + 1)}\n ${lines}\n authentication ${road.method ?? "rsa-sig"}\n`).join("");

const mode = (road: Road): string => (road.aggressive ? " mode aggressive\n" : "");

function ourMoon(road: Road, who: readonly Who[]): string {
  return policies(road, who) + (road.ours ?? "") + who.map((one, i) => {
    const { transform, pfs } = algorithms(road, one);
    return `crypto isakmp profile ${one}
${road.profile?.(one) ?? ` match identity user-fqdn ${mail(one)}\n`} self-identity fqdn moon.strongswan.org
${mode(road)}crypto ipsec transform-set ${one} ${transform}
ip access-list extended ${one}
 permit ip ${wildcard(reach(road, one))} host ${ADDRESS[one]}
crypto dynamic-map WARRIORS ${10 * (i + 1)}
 set transform-set ${one}
${pfs ? ` set pfs group${pfs}\n` : ""} set isakmp-profile ${one}
 match address ${one}
`;
  }).join("") + "crypto map CM 800 ipsec-isakmp dynamic WARRIORS";
}

function ourCarol(road: Road): string {
  const { transform, pfs } = algorithms(road, "carol");
  return `${policies(road, ["carol"])}${road.ours ?? ""}crypto isakmp profile MOON
 match identity host moon.strongswan.org
 self-identity user-fqdn ${mail("carol")}
${mode(road)}crypto ipsec transform-set TS ${transform}
ip access-list extended HOME
 permit ip host ${ADDRESS.carol} ${wildcard(reach(road, "carol"))}
crypto map CM 10 ipsec-isakmp
 set peer ${MOON.address}
 set transform-set TS
${pfs ? ` set pfs group${pfs}\n` : ""} set isakmp-profile MOON
 match address HOME`;
}

const strict = (road: Road): string[] => (road.crls ? ["revocation = strict"] : []);

function warrior(road: Road, who: Who): OtherSite {
  const address = ADDRESS[who], { ike, esp } = algorithms(road, who);
  const connection = (net: string): Connection["children"][string] => ({ local: `${address}/32`, remote: net, esp });
  return {
    name: who, daemon: "charon", address, ...(road.daemon && { options: road.daemon }),
    files: () => {
      const all = road.people();
      return filesOf(all[who], [all.root], { crls: road.crls?.(all) ?? [] });
    },
    configuration: swanctl({ tunnel: {
      addrs: address, peerAddrs: MOON.address, id: mail(who), peerId: MOON.id, ike, aggressive: road.aggressive ?? false, ...(road.lines && { lines: road.lines }),
      auth: [["certs = beta.pem"], ["cacerts = ca0.pem", ...strict(road)]],
      // What is the other one's is asked for, too: it is not to be had.
      children: { net: connection(reach(road, who)), ...(road.reach && { other: connection(road.reach[who === "carol" ? "dave" : "carol"]) }) },
    } }, []),
  };
}

function charonMoon(road: Road, who: readonly Who[]): OtherSite {
  const own = (one: Who): string => reach(road, one);
  return {
    name: "moon", daemon: "charon", address: MOON.address, inner: ["10.1.0.10/16", "10.3.0.10/16"], ...(road.daemon && { options: road.daemon }),
    files: () => {
      const all = road.people();
      return filesOf(all.moon, road.trusted?.(all) ?? [all.root], { crls: road.crls?.(all) ?? [] });
    },
    configuration: swanctl(Object.fromEntries(who.map((one) => [one, {
      addrs: MOON.address, peerAddrs: ADDRESS[one], id: MOON.id, peerId: mail(one), ike: algorithms(road, one).ike, aggressive: road.aggressive ?? false, ...(road.lines && { lines: road.lines }),
      auth: [["certs = beta.pem"], [...(road.vouches?.(one) ?? ["ca0.pem"]).map((file) => `cacerts = ${file}`), ...strict(road)]] as [string[], string[]],
      children: { [`net_${one}`]: { local: own(one), remote: `${ADDRESS[one]}/32`, esp: algorithms(road, one).esp } },
    }])), []),
  };
}

async function responder(network: Network, road: Road, who: readonly Who[]): Promise<void> {
  const all = road.people();
  const crls = road.crls?.(all);
  await enter(network.ours, [{ name: "MOON", anchor: all.root, own: all.moon, ...(crls && { crls: [all.root.crl()] }) }, ...(road.points?.(all) ?? [])]);
  for (const one of network.others) await network.initiate(one);
  await network.expectOurs(who.length);
  for (const one of network.others) {
    const net = reach(road, one.site.name as Who);
    await network.expectPings(one, one.site.address, network.lans.find(({ config }) => net === whole || net.startsWith(`${config.address}/`))!);
  }
}

async function initiator(network: Network, road: Road): Promise<void> {
  const all = road.people(), moon = network.other("moon"), there = (who: Who): string => (reach(road, who) === whole ? "10.1.0.10" : reach(road, who).split("/")[0]!);
  await enter(network.ours, [{ name: "HOME", anchor: all.root, own: all.carol, ...(road.crls && { crls: [all.root.crl()] }) }]);
  const dave = network.others.find(({ site }) => site.name === "dave");
  if (dave) await network.initiate(dave);
  await network.expectOwnPings(moon, there("carol"), 2);
  await network.expectOurs(1);
  if (dave && (await dave.peer.ping(ADDRESS.dave, there("dave"), 2)).received !== 2) throw new Error("dave's tunnel beside ours carries nothing");
}

/** One road in both roles of ours. */
export function onTheRoad(road: Road): NetworkScenario[] {
  const who = road.who ?? WHO, lans = road.reach ? [1, 3] : [1];
  const common = { about: road.about, peer: "network" as const, tools: ["tshark" as const] };
  const end = async (network: Network, role: Role): Promise<void> => {
    await road.check?.(network, role);
    if (network.wan.isakmp().some(({ isakmp }) => isakmp.exchange === (road.aggressive ? 2 : 4))) throw new Error("phase 1 was in the other mode");
    network.expectSealed();
    expectDecrypted(network.ours);
  };
  return [
    {
      ...common, name: `${road.name}-responder`,
      ours: {
        address: MOON.address, configuration: router({ hostname: "moon.strongswan.org", address: MOON.address, gateway: "192.0.2.254", lans: lans.map((n) => `10.${n}.0.1 255.255.0.0`) }, ourMoon(road, who)),
        lans: lans.map((n) => ({ mac: `02:00:00:00:00:0${"abc"[n - 1]}`, address: `10.${n}.0.10`, subnet: `10.${n}.0.0/16`, gateway: `10.${n}.0.1` })),
      },
      others: who.map((one) => warrior(road, one)),
      check: async (network) => { await responder(network, road, who); await end(network, "responder"); },
    },
    {
      ...common, name: `${road.name}-initiator`,
      ours: { address: ADDRESS.carol, configuration: router({ hostname: "carol", address: ADDRESS.carol, gateway: "192.0.2.254" }, ourCarol(road)) },
      others: [...who.filter((one) => one !== "carol").map((one) => warrior(road, one)), charonMoon(road, who)],
      check: async (network) => { await initiator(network, road); await end(network, "initiator"); },
    },
  ];
}
