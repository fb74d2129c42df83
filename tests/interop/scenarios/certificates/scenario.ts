/** Signatures in phase 1 (RFC 2409, 5.1; RFC 4754; RFC 4945): certificates of RSA and ECDSA, an intermediate, names, raw keys, and what is refused. */
import assert from "node:assert/strict";
import type { Bench } from "../../bench/bench.ts";
import { template, type Values } from "../../bench/configure.ts";
import { bothRoles, type Role, type Scenario } from "../../bench/scenario.ts";
import { pki, type Kind, type Pki } from "./pki.ts";

const OURS = template("../../bench/configurations/ours.cfg", import.meta.url), THEIRS = template("../../bench/configurations/theirs.conf", import.meta.url);

interface Case {
  name: string;
  about: string;
  kind: Kind;
  intermediate?: boolean;
  raw?: boolean;
  aggressive?: boolean;
  /** What both call themselves, where it is no address: our configuration's words. */
  names?: "fqdn" | "dn";
  expired?: boolean;
}

const CASES: Case[] = [
  { name: "rsa", about: "RSA certificates of 2048 bits", kind: 2048 },
  { name: "ecdsa-256", about: "ECDSA certificates on P-256", kind: "P-256" },
  { name: "ecdsa-384", about: "ECDSA certificates on P-384", kind: "P-384" },
  { name: "ecdsa-521", about: "ECDSA certificates on P-521", kind: "P-521" },
  { name: "intermediate", about: "RSA certificates below an intermediate that both sides send", kind: 2048, intermediate: true },
  { name: "intermediate-ecdsa", about: "ECDSA certificates below an intermediate that both sides send", kind: "P-256", intermediate: true },
  { name: "dn", about: "both sides are named by their certificates' subjects", kind: 2048, names: "dn" },
  { name: "fqdn", about: "both sides are named by FQDN", kind: 2048, names: "fqdn" },
  { name: "aggressive", about: "RSA certificates in Aggressive Mode", kind: 2048, names: "fqdn", aggressive: true },
  { name: "expired", about: "the peer's certificate has expired: no tunnel, and we say so", kind: 2048, expired: true },
  { name: "raw", about: "RSA keys without certificates", kind: 2048, raw: true },
];

/** The method of both sides' policies. */
const method = (kind: Kind): string => (typeof kind === "number" ? "rsa-sig" : "ecdsa-sig");

const profile = ({ names, aggressive }: Case): string => `crypto pki certificate map BETA 10
 subject-name co cn=beta
crypto isakmp profile PEER
${names === "fqdn" ? " self-identity fqdn alpha.example.org\n match identity host beta.example.org\n" : " match certificate BETA\n"}${aggressive ? " mode aggressive\n" : ""}${names === "dn" ? "crypto isakmp identity dn\n" : ""}!`;

function theirs(one: Case): string {
  const own = one.raw ? "pubkeys = beta.pub" : "certs = beta.pem", other = one.raw ? "pubkeys = alpha.pub" : "cacerts = root.pem";
  return THEIRS.replace("auth = psk\n      ${their_id}", `auth = pubkey\n      ${own}\n      \${their_id}`).replace("auth = psk\n      ${peer_id}", `auth = pubkey\n      ${other}\n      \${peer_id}`)
    .replace("version = 1", one.aggressive ? "version = 1\n    aggressive = yes" : "version = 1").replace(/secrets \{[\s\S]*$/, "");
}

const made = new Map<Case, Pki>();
function keysOf(one: Case): Pki {
  let found = made.get(one);
  if (!found) made.set(one, (found = pki(one.kind, { ...(one.intermediate && { intermediate: true }), ...(one.expired && { until: "210101000000Z" }) })));
  return found;
}

function files(one: Case): Record<string, string> {
  const { root, between, theirs: own, ours } = keysOf(one);
  if (one.raw) return { "private/beta.key": own.key, "pubkey/beta.pub": own.public, "pubkey/alpha.pub": ours.public };
  return { "x509/beta.pem": own.certificate, "x509ca/root.pem": root, "private/beta.key": own.key, ...(between && { "x509/between.pem": between }) };
}

/** Gives our side its keys and certificates on its console, as a user would. */
async function enter(bench: Bench, one: Case): Promise<void> {
  const { root, between, ours, theirs: peer } = keysOf(one);
  const kind = typeof one.kind === "number" ? "rsa" : "ec";
  await bench.ours.ask("configure terminal");
  if (one.raw) {
    await bench.ours.ask(`crypto key import ${kind} alpha general-purpose pem terminal\n${ours.key}quit`);
    await bench.ours.ask(`crypto key pubkey-chain rsa\naddressed-key 192.0.2.2\nkey-string\n${peer.public}quit`);
  } else {
    await bench.ours.ask("crypto pki trustpoint ROOT");
    await bench.ours.ask("revocation-check none");
    await bench.ours.ask("exit");
    await bench.ours.ask(`crypto pki import ROOT pem terminal\n${root}quit\n${ours.key}quit\n${ours.certificate}${between ?? ""}quit`);
  }
  await bench.ours.ask("end");
  const said = await bench.ours.ask("show crypto pki certificates");
  if (!one.raw) assert.match(said, /alpha/, bench.ours.said.slice(-2000));
}

async function check(bench: Bench, one: Case, role: Role): Promise<void> {
  await enter(bench, one);
  if (!one.expired) return bench.expectTunnel(role);
  if (role === "responder") await bench.theirs.initiate("net", 10);
  else await bench.lan.ping("10.2.0.10", 3);
  assert.match(bench.ours.said, /did not prove who it is: certificate "CN=beta.* expired/);
  assert.equal((await bench.ours.state()).phase2, 0);
}

export default CASES.flatMap((one) => bothRoles(`certificates-${one.name}`, (role): Omit<Scenario, "name"> => {
  const fqdn = one.names === "fqdn";
  const named: Values = one.names ? {
    identity: profile(one), set_pfs: "set isakmp-profile PEER",
    their_id: fqdn ? "id = beta.example.org" : "", peer_id: fqdn ? "id = alpha.example.org" : 'id = "C=CH, O=Example, CN=alpha"',
  } : {};
  return {
    about: one.about,
    peer: "kernel",
    standin: "no",
    values: named,
    oursTemplate: OURS.replace("authentication pre-share", `authentication ${method(one.kind)}`).replace("crypto isakmp key ${psk} address ${their_wan}\n", ""),
    theirsTemplate: theirs(one),
    files: () => files(one),
    check: (bench) => check(bench, one, role),
  };
}));
