/**
 * A scenario with one peer that proves itself by a signature: the configurations of both sides, who is called what, and the usual site of a root, perhaps an
 * intermediate, and a certificate for each side.
 */
import type { Bench } from "../bench/bench.ts";
import { expectDecrypted } from "../bench/capture.ts";
import { template, type Values } from "../bench/configure.ts";
import { Authority, enter, filesOf, keyOf, type Credential, type Kind, type Trust } from "./credentials.ts";
import type { Role, Scenario } from "../bench/scenario.ts";
import type { Wanted } from "../../support/second/certificates.ts";

const OURS = template("../bench/configurations/ours.cfg", import.meta.url), PLUTO = template("../bench/configurations/libreswan.conf", import.meta.url);
export const DN = "C=CH, O=Example, CN=";

/** What both call themselves; addresses, unless said otherwise. */
export type Naming = "address" | "fqdn" | "mail" | "dn";
const BETA = { address: ["address 192.0.2.2", "192.0.2.2"], fqdn: ["host beta.example.org", "beta.example.org"], mail: ["user-fqdn beta@example.org", "beta@example.org"], dn: ["", `${DN}beta`] } as const;
const ALPHA = { address: ["address", "192.0.2.1"], fqdn: ["fqdn alpha.example.org", "alpha.example.org"], mail: ["user-fqdn alpha@example.org", "alpha@example.org"], dn: ["", `${DN}alpha`] } as const;
export const NAMES = { alpha: ["alpha.example.org", "alpha@example.org", "192.0.2.1"], beta: ["beta.example.org", "beta@example.org", "192.0.2.2"] };

/** The authorities and both sides' certificates. */
export interface Pki { root: Authority; between: Authority | undefined; ours: Credential; theirs: Credential }

export function pki(kind: Kind, { intermediate = false, ours = {}, theirs = {} }: { intermediate?: boolean; ours?: Partial<Wanted>; theirs?: Partial<Wanted> } = {}): Pki {
  const root = new Authority(`${DN}Root`, keyOf("root", kind));
  const between = intermediate ? new Authority(`${DN}Between`, keyOf("between", kind), root) : undefined;
  const issuer = between ?? root;
  return { root, between, ours: issuer.issue(`${DN}alpha`, keyOf("alpha", kind), NAMES.alpha, ours), theirs: issuer.issue(`${DN}beta`, keyOf("beta", kind), NAMES.beta, theirs) };
}

/** Makes something when it is first asked for: what a scenario that isn't run needs is not made. */
export function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** One kind of key a side, and how both are called. */
export interface Signed { kind: Kind; naming?: Naming; aggressive?: boolean; /** Lines of our configuration. */ lines?: string }

/** `authentication` of our policy. */
export const method = (kind: Kind): string => (typeof kind === "number" ? "rsa-sig" : "ecdsa-sig");

/** Our template: no pre-shared key. */
export const OURS_SIGNED = OURS.replace("crypto isakmp key ${psk} address ${their_wan}\n", "");

/** What our side's template gets, and the peer's names in both daemons' words. */
export function signedValues({ kind, naming = "address", aggressive = false, lines = "" }: Signed): Values {
  const needed = naming !== "address" || aggressive;
  const map = naming === "dn" ? "crypto pki certificate map BETA 10\n subject-name co cn=beta\n" : "";
  const known = naming === "dn" ? "certificate BETA" : `identity ${BETA[naming][0]}`, self = naming === "dn" ? "" : ` self-identity ${ALPHA[naming][0]}\n`;
  const ours = `crypto isakmp profile PEER\n match ${known}\n${self}${aggressive ? " mode aggressive\n" : ""}`;
  return {
    ike_authentication: method(kind),
    identity: `${map}${needed ? ours : ""}${naming === "dn" ? "crypto isakmp identity dn\n" : ""}${lines}!`,
    set_pfs: needed ? "set isakmp-profile PEER" : "!",
    their_id: `id = "${BETA[naming][1]}"`, peer_id: `id = "${ALPHA[naming][1]}"`,
    pluto_id: naming === "fqdn" ? `@${BETA.fqdn[1]}` : naming === "dn" ? `"${BETA.dn[1]}"` : BETA[naming][1],
    pluto_peer_id: naming === "fqdn" ? `@${ALPHA.fqdn[1]}` : naming === "dn" ? `"${ALPHA.dn[1]}"` : ALPHA[naming][1],
    connection: aggressive ? "aggressive = yes" : "", pluto_aggressive: aggressive ? "yes" : "no", pluto_authby: "rsasig",
  };
}

/** What charon is told of signatures: lines for its own side and for the peer's. */
export const charonAuth = (own: string[], peer: string[]): Values => ({ their_auth: ["pubkey", ...own].join("\n      "), peer_auth: ["pubkey", ...peer].join("\n      ") });
export const CHARON_CERTIFICATES = charonAuth(["certs = beta.pem"], ["cacerts = ca0.pem"]);

/** Lines of pluto's connection. */
export const plutoLines = (...lines: string[]): Values => ({ pluto_more: lines.map((line) => `\n\t${line}`).join("") });
export const PLUTO_CERTIFICATES = ["leftcert=beta", "sendca=issuer"];

/** The trustpoint that the usual site has. */
export const trustOf = ({ root, ours }: Pki): Trust => ({ name: "ROOT", anchor: root, own: ours });

/** Our console is fed, the tunnel comes up, pings pass, and tshark opens all of it. */
export async function tunnel(bench: Bench, role: Role, points: Trust[]): Promise<void> {
  await enter(bench.ours, points);
  await bench.expectTunnel(role);
  expectDecrypted(bench.ours);
}

/** No tunnel, and our console says why; the peer tries for so many seconds, and writes down what is its matter. */
export async function refused(bench: Bench, role: Role, said: RegExp, theirs?: RegExp, seconds = 8): Promise<void> {
  if (role === "initiator") await bench.lan.ping("10.2.0.10", 1, 50, 300);
  else {
    const { status } = await bench.theirs.initiate("net", seconds);
    if (status === 0) throw new Error("the peer brought a tunnel up although none may come up");
  }
  await bench.expectSaid(said, 20);
  if (theirs) await bench.theirs.logs(theirs, 20);
  if ((await bench.ours.state()).phase2 !== 0) throw new Error("we have a tunnel");
  const open = bench.wan.plaintext(["10.0.0.0/8"]).filter(({ direction }) => direction === "out");
  if (open.length > 0) throw new Error(`${open.length} inner packets left our side in the clear`);
  expectDecrypted(bench.ours, bench.scenario.peer === "libreswan" ? bench.values.their_wan : "");
}

/** A site of charon's with certificates, in both roles where `bothRoles` makes it so. */
export function charonSite(one: Signed, keys: () => Pki, changes: Partial<Omit<Scenario, "name" | "about" | "check">> = {}): Omit<Scenario, "name" | "about" | "check"> {
  return {
    peer: "kernel", standin: "no", tools: ["tshark"], oursTemplate: OURS_SIGNED,
    files: () => filesOf(keys().theirs, [keys().root]),
    ...changes,
    values: { ...signedValues(one), ...CHARON_CERTIFICATES, ...changes.values },
  };
}

/** A site of libreswan's. */
export function plutoSite(one: Signed, keys: () => Pki, changes: Partial<Omit<Scenario, "name" | "about" | "check">> = {}): Omit<Scenario, "name" | "about" | "check"> {
  return {
    peer: "libreswan", standin: "no", tools: ["tshark"], oursTemplate: OURS_SIGNED, theirsTemplate: PLUTO.replace(/^---\n[\s\S]*/m, ""),
    files: () => filesOf(keys().theirs, [keys().root]),
    ...changes,
    values: { ...signedValues(one), ...plutoLines(...PLUTO_CERTIFICATES), ...changes.values },
  };
}
