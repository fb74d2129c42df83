/**
 * Certificate requests with strongSwan (RFC 2408, 3.10; RFC 4945, 3.2.7 and 3.3): a peer that shows its certificate only when asked, one that never asks, one
 * that asks for three authorities, one that never shows its certificate; and two authorities, where the request chooses which certificate of ours is shown.
 */
import { Authority, enterRaw, filesOf, keyOf, publicPem, type Credential, type Trust } from "../../signed/credentials.ts";
import { expectDecrypted, messages } from "../../bench/capture.ts";
import type { Bench } from "../../bench/bench.ts";
import type { Postern } from "../../bench/peers/postern.ts";
import { bothRoles, type Role, type Scenario } from "../../bench/scenario.ts";
import { charonAuth, charonSite, DN, NAMES, once, pki, trustOf, tunnel } from "../../signed/site.ts";

const KIND = 2048;
const usual = once(() => pki(KIND));
const authority = (name: string): Authority => new Authority(`${DN}${name}`, keyOf("gamma", KIND));

/** Certificate requests and certificates of one side, in phase 1 as tshark sees it. */
function seen(bench: Bench, address: string): { requests: number; certificates: number } {
  const mine = messages(bench.ours as Postern).filter(({ from }) => from === address);
  return { requests: Math.max(0, ...mine.map(({ requests }) => requests)), certificates: Math.max(0, ...mine.map(({ certificates }) => certificates.length)) };
}

interface Case { name: string; about: string; values: Record<string, string>; files?: () => Record<string, string>; /** What the peer has sent: requests in one message, certificates. */ theirs: [requests: number, certificates: number] }

const CASES: Case[] = [
  { name: "if-asked", about: "a peer that shows its certificate only when asked for it, and asks for ours", values: charonAuth(["certs = beta.pem"], ["cacerts = ca0.pem"]), theirs: [1, 1] },
  { name: "not-asked", about: "a peer that never asks for our certificate: it gets it all the same", values: { connection: "send_certreq = no\n    send_cert = always" }, theirs: [0, 1] },
  { name: "three", about: "a peer that asks for three authorities, of which we know the second", values: charonAuth(["certs = beta.pem"], []),
    files: () => filesOf(usual().theirs, [authority("First"), usual().root, authority("Third")]), theirs: [3, 1] },
];

/** Both sides have a certificate of either of two authorities, but each trusts but one: we are known by what the peer asks for, it by what we ask for. */
const two = once(() => {
  const [first, second] = [new Authority(`${DN}First`, keyOf("root", KIND)), new Authority(`${DN}Second`, keyOf("gamma", KIND))];
  const both = (name: "alpha" | "beta", key: string): Credential[] => [first, second].map((one) => one.issue(`${DN}${name}`, keyOf(key, KIND), NAMES[name]));
  return { first, second, ours: both("alpha", "alpha"), theirs: both("beta", "beta") };
});

async function pinned(bench: Bench, role: Role): Promise<void> {
  await enterRaw(bench.ours, usual().ours.key, "addressed-key 192.0.2.2", publicPem(usual().theirs.key));
  await bench.expectTunnel(role);
  expectDecrypted(bench.ours);
  for (const address of ["192.0.2.1", "192.0.2.2"]) if (seen(bench, address).certificates > 0) throw new Error(`${address} has sent a certificate`);
}

export default [
  ...CASES.flatMap(({ name, about, values, files, theirs }) => bothRoles(`certificate-requests-${name}`, (role): Omit<Scenario, "name"> => ({
    ...charonSite({ kind: KIND }, usual, { values, ...(files && { files }) }),
    about,
    check: async (bench) => {
      await tunnel(bench, role, [trustOf(usual())]);
      const [own, peer] = [seen(bench, "192.0.2.1"), seen(bench, "192.0.2.2")];
      if (own.requests !== 1 || own.certificates !== 1) throw new Error(`we have sent ${own.requests} requests and ${own.certificates} certificates`);
      if (peer.requests !== theirs[0] || peer.certificates !== theirs[1]) throw new Error(`the peer has sent ${peer.requests} requests and ${peer.certificates} certificates`);
    },
  }))),
  ...bothRoles("certificate-requests-never", (role): Omit<Scenario, "name"> => ({
    ...charonSite({ kind: KIND }, usual, {
      values: { connection: "send_cert = never", ...charonAuth(["certs = beta.pem"], ["certs = alpha.pem"]) },
      files: () => ({ ...filesOf(usual().theirs, [usual().root]), "x509/alpha.pem": usual().ours.certificate }),
    }),
    about: "a peer that never shows its certificate, and has ours: we know it by its key, nobody sends a certificate",
    check: (bench) => pinned(bench, role),
  })),
  ...[0, 1].flatMap((wanted) => bothRoles(`two-authorities-${wanted ? "second" : "first"}`, (role): Omit<Scenario, "name"> => ({
    ...charonSite({ kind: KIND }, usual, {
      // The peer's certificate is of the other authority than the one it asks for.
      files: () => filesOf(two().theirs[1 - wanted]!, [wanted ? two().second : two().first]),
    }),
    about: `each side has its certificate of another authority than it asks for; ours is of ${wanted ? "the second" : "the first"} of two trustpoints, as the peer asks`,
    check: (bench) => {
      const { first, second, ours } = two();
      const points: Trust[] = [{ name: "FIRST", anchor: first, own: ours[0]! }, { name: "SECOND", anchor: second, own: ours[1]! }];
      return tunnel(bench, role, points);
    },
  }))),
] satisfies Scenario[];
