/**
 * For every rule of RFC 5280, 6.1 and 6.3 a chain that breaks it and nothing else, and the sentence it is refused with; beside each kind
 * one that is valid. `openssl verify`, where it is installed, is the judge of those that it judges.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { constants, generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import {
  ANY_POLICY, NOW, altNames, authority, basicConstraints, bits, certificate, constraints as nameConstraints, crl, crlPoints, der, extKeyUsage, extension, generalName, inhibitAnyPolicy, integer, keyUsage, mappings, oid, oidOctets, peer, pem,
  policies, policyConstraints, rsaSpki, sequence, type List, type Made, type Point,
} from "../support/pki/issuer.ts";
import { Pki, type Rule, type Settings } from "../support/primitives/pki.ts";

let pki: Pki;
let folder = "";
before(async () => {
  pki = await Pki.load();
  folder = mkdtempSync(join(tmpdir(), "postern-x509-"));
});
after(() => rmSync(folder, { recursive: true, force: true }));

const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;
const DAY = 86400;
const P1 = "1.3.6.1.4.1.99999.1";
const P2 = "1.3.6.1.4.1.99999.2";
const hexOf = (dotted: string) => oidOctets(dotted).toString("hex");

interface Case {
  name: string;
  leaf: Buffer;
  /** What the peer presents besides; the issuing CA of the usual chain if it is left out. */
  presented?: Buffer[];
  anchors?: Buffer[];
  crls?: Buffer[];
  settings?: Partial<Settings>;
  /** NONE: it is valid. */
  rule: Rule;
  says?: RegExp;
  warnings?: number;
  /** What openssl is told besides; a string: it isn't asked, as it... */
  openssl?: string[] | string;
}

const ROOT = authority("root", "root");
const CA = authority("ca", "root");
const LEAF = peer("moon", "ca");

const withCa = (extensions: Buffer[], leafExtensions: Buffer[] = [], more: Partial<Made> = {}): Pick<Case, "leaf" | "presented"> => ({ presented: [authority("ca", "root", { extensions })], leaf: peer("moon", "ca", { extensions: leafExtensions, ...more }) });
/** A leaf with alternative names of its own, under a constrained CA. */
const named = (permitted: string[], excluded: string[], ...names: string[]): Pick<Case, "leaf" | "presented"> => ({
  presented: [authority("ca", "root", { extensions: [nameConstraints(permitted, excluded)] })], leaf: certificate({ label: "moon", issuer: "ca", extensions: [keyUsage(0), altNames(...names)] }),
});
/** ca1 under the root, ca2 under it and so on; the leaf under the last. */
function chain(n: number, each: (i: number) => Partial<Made> & { pathLength?: number } = () => ({}), leaf: Partial<Made> = {}): Pick<Case, "leaf" | "presented"> {
  return { presented: Array.from({ length: n }, (_, i) => authority(`ca${i + 1}`, i ? `ca${i}` : "root", each(i + 1))), leaf: peer("moon", `ca${n}`, leaf) };
}

/** Lists: an empty one of the root, and of the CA what is given. */
const revoking = (...lists: (Partial<List> | null)[]): Buffer[] => [crl({ issuer: "root" }), ...lists.filter((l) => l !== null).map((l) => crl({ issuer: "ca", ...l }))];
const required = { crls: "required" } as const;
const explicit = { explicitPolicy: true };
const ASKED = ["-policy_check", "-explicit_policy"];
const EXPLICIT = [...ASKED, "-policy", ANY_POLICY];
/** Policies are looked at where a CA asks for them. */
const ANY_ASKED = ["-policy_check", "-policy", ANY_POLICY];
const FRESHEST = extension("2.5.29.46", sequence(sequence(der(0xa0, der(0xa0, generalName("uri:http://a/delta"))))));
const UNKNOWN_CRITICAL = extension("1.3.6.1.4.1.99999.77", der(5), true);

const P3 = "1.3.6.1.4.1.99999.3";
/** A BIT STRING of a key usage, by itself. */
const USAGE = (...numbers: number[]): Buffer => der(3, bits(...numbers));
const POINTED = (point: Point): Buffer => peer("moon", "ca", { extensions: [crlPoints(point)] });
/** A CA with a new key under the root, its old one certified by the new; the peer's certificate is under one of them. */
const ROLLOVER = (by: "old" | "new"): Pick<Case, "leaf" | "presented"> => ({
  presented: [authority("new", "root", { subject: "O=Test,CN=ca" }), authority("old", "ca", { subject: "O=Test,CN=ca", signedBy: "new" })], leaf: peer("moon", "ca", { signedBy: by }),
});

const CASES: Case[] = [
  { name: "a chain of two", leaf: LEAF, presented: [CA], rule: "NONE" },
  { name: "intermediates in any order, and some that belong to others", ...chain(3), presented: [authority("other", "nobody"), ...chain(3).presented!.reverse(), peer("sun", "ca1")], rule: "NONE" },

  // 6.1.3 (a)
  { name: "6.1.3 (a)(1) a signature that is wrong", leaf: peer("moon", "ca", { spoilt: true }), rule: "SIGNATURE", says: /^certificate "CN=moon, O=Test" \(serial [0-9a-f]+\) has a wrong signature: it was not made with the key of "CN=ca, O=Test"/ },
  { name: "6.1.3 (a)(1) an intermediate's signature that is wrong", leaf: LEAF, presented: [authority("ca", "root", { spoilt: true })], rule: "SIGNATURE", says: /"CN=ca, O=Test".*wrong signature.*"CN=root, O=Test"/ },
  { name: "6.1.3 (a)(1) signed with another key than the issuer's", leaf: peer("moon", "ca", { signedBy: "evil", noKeyIds: true }), rule: "SIGNATURE" },
  { name: "6.1.3 (a)(2) expired", leaf: peer("moon", "ca", { to: NOW - DAY }), rule: "EXPIRED", says: /has been expired since 2025-05-31 00:00:00 UTC, and it is 2025-06-01 00:00:00 UTC/ },
  { name: "6.1.3 (a)(2) an intermediate that is expired", leaf: LEAF, presented: [authority("ca", "root", { to: NOW - 1 })], rule: "EXPIRED", says: /"CN=ca, O=Test"/ },
  { name: "6.1.3 (a)(2) an anchor that is expired", leaf: LEAF, anchors: [authority("root", "root", { to: NOW - 1 })], rule: "EXPIRED", says: /"CN=root, O=Test"/ },
  { name: "6.1.3 (a)(2) not valid yet", leaf: peer("moon", "ca", { from: NOW + DAY }), rule: "NOT_YET", says: /is not valid before 2025-06-02 00:00:00 UTC/ },
  { name: "6.1.3 (a)(2) valid in that very second", leaf: peer("moon", "ca", { from: NOW, to: NOW }), rule: "NONE", openssl: "calls the last second past" },
  { name: "6.1.3 (a)(2) without a clock dates are not looked at, and that is warned of", leaf: peer("moon", "ca", { to: NOW - DAY }), settings: { now: 0 }, rule: "NONE", warnings: 4, openssl: "is told the time" },
  { name: "6.1.3 (a)(4) nobody has the issuer's name", leaf: LEAF, presented: [], rule: "ISSUER_UNKNOWN", says: /^certificate "CN=moon, O=Test" \(serial [0-9a-f]+\) was issued by "CN=ca, O=Test", which is unknown here/ },
  { name: "6.1.3 (a)(4) an anchor of another name", leaf: LEAF, anchors: [authority("strangers", "strangers")], rule: "ISSUER_UNKNOWN", says: /"CN=ca, O=Test".*issued by "CN=root, O=Test"/ },
  { name: "6.1.3 (a)(4) an anchor of that name with another key", leaf: LEAF, anchors: [authority("root", "root", { key: "fake", signedBy: "fake" })], rule: "ISSUER_UNKNOWN", says: /issued by "CN=root, O=Test", which is known here with another key/ },
  { name: "6.1.3 (a)(4) the names in another order", leaf: peer("moon", "ca", { issuerName: "CN=ca,O=Test" }), rule: "ISSUER_UNKNOWN" },
  { name: "6.1.3 (a)(4) the issuer's name in capitals and with blanks", leaf: peer("moon", "ca", { issuerName: "O= TEST ,CN=Ca" }), rule: "NONE" },

  // 6.1.3 (b), (c)
  { name: "6.1.3 (b) a subject outside of the permitted", ...withCa([nameConstraints(["dn:O=Other"])]), rule: "NAME_NOT_PERMITTED", says: /bears the name "CN=moon, O=Test", which is not among those permitted by "CN=ca, O=Test"/ },
  { name: "6.1.3 (b) a subject within the permitted", ...withCa([nameConstraints(["dn:O=Test"])]), rule: "NONE" },
  { name: "6.1.3 (b) a host outside of the permitted", ...named(["dns:example.com"], [], "dns:moon.example.org"), rule: "NAME_NOT_PERMITTED", says: /bears the name moon\.example\.org, which is not/ },
  { name: "6.1.3 (b) a host whose name only ends like the permitted", ...named(["dns:example.com"], [], "dns:badexample.com"), rule: "NAME_NOT_PERMITTED" },
  { name: "6.1.3 (b) hosts within the permitted", ...named(["dns:example.com"], [], "dns:moon.example.com", "dns:EXAMPLE.com"), rule: "NONE" },
  { name: "6.1.3 (b) one host of two outside", ...named(["dns:example.com"], [], "dns:moon.example.com", "dns:evil.example.net"), rule: "NAME_NOT_PERMITTED" },
  { name: "6.1.3 (b) a mailbox outside of the permitted host", ...named(["email:example.com"], [], "email:moon@mail.example.com"), rule: "NAME_NOT_PERMITTED", says: /moon@mail\.example\.com/ },
  { name: "6.1.3 (b) a mailbox at the permitted host, one at hosts below a domain, one mailbox by itself", ...named(["email:example.com", "email:.example.org", "email:Me@x.net"], [], "email:moon@EXAMPLE.com", "email:moon@a.example.org", "email:Me@X.net"), rule: "NONE" },
  { name: "6.1.3 (b) another mailbox than the permitted", ...named(["email:me@x.net"], [], "email:you@x.net"), rule: "NAME_NOT_PERMITTED" },
  { name: "6.1.3 (b) a mail address in the subject", ...withCa([nameConstraints(["email:example.com"])], [], { subject: "O=Test,CN=moon,E=a@example.org" }), rule: "NAME_NOT_PERMITTED" },
  { name: "6.1.3 (b) an address outside of the permitted", ...named(["ip:0a000000ff000000"], [], "ip:0b000001"), rule: "NAME_NOT_PERMITTED", says: /the name 11\.0\.0\.1,/ },
  { name: "6.1.3 (b) an address within the permitted", ...named(["ip:0a000000ff000000"], [], "ip:0a000001"), rule: "NONE" },
  { name: "6.1.3 (b) a URI at another host", ...named(["uri:example.com"], [], "uri:http://www.example.com/x"), rule: "NAME_NOT_PERMITTED" },
  { name: "6.1.3 (b) a URI at the permitted host", ...named(["uri:example.com", "uri:.example.org"], [], "uri:http://example.com:80/x", "uri:ike://a.example.org"), rule: "NONE" },
  { name: "6.1.3 (b) a name of a kind that nobody can compare, where such are constrained", ...named(["other:x"], [], "other:x"), rule: "NAME_NOT_PERMITTED" },
  { name: "6.1.3 (b) constraints of two CAs are both to be met", presented: [authority("ca1", "root", { extensions: [nameConstraints(["dns:example.com"])] }), authority("ca2", "ca1", { extensions: [nameConstraints(["dns:moon.example.com", "dns:example.org"])] })], leaf: certificate({ label: "moon", issuer: "ca2", extensions: [altNames("dns:a.example.org")] }), rule: "NAME_NOT_PERMITTED", says: /"CN=ca1, O=Test"/ },
  { name: "6.1.3 (b) constraints of the anchor", leaf: LEAF, anchors: [authority("root", "root", { extensions: [nameConstraints(["dn:O=Other"])] })], rule: "NAME_NOT_PERMITTED", says: /permitted by "CN=root, O=Test"/ },
  { name: "6.1.3 (b) a CA below whose name is not permitted", presented: [authority("ca1", "root", { extensions: [nameConstraints(["dn:O=Test,OU=Inside"])] }), authority("ca2", "ca1")], leaf: peer("moon", "ca2", { subject: "O=Test,OU=Inside,CN=moon" }), rule: "NAME_NOT_PERMITTED", says: /^certificate "CN=ca2, O=Test"/ },
  { name: "6.1.3 (c) an excluded subject", ...withCa([nameConstraints([], ["dn:O=Test,CN=moon"])]), rule: "NAME_EXCLUDED", says: /which is excluded by "CN=ca, O=Test"/ },
  { name: "6.1.3 (c) an excluded host", ...named([], ["dns:example.com"], "dns:moon.example.com"), rule: "NAME_EXCLUDED" },
  { name: "6.1.3 (c) an excluded host within the permitted", ...named(["dns:example.com"], ["dns:moon.example.com"], "dns:a.moon.example.com"), rule: "NAME_EXCLUDED" },
  { name: "6.1.3 (c) an excluded mailbox", ...named([], ["email:.example.com"], "email:moon@mail.example.com"), rule: "NAME_EXCLUDED" },
  { name: "6.1.3 (c) an excluded address", ...named([], ["ip:c0000200ffffff00"], "ip:c0000201"), rule: "NAME_EXCLUDED", says: /192\.0\.2\.1/ },
  { name: "6.1.3 (c) an excluded URI", ...named([], ["uri:.example.com"], "uri:http://www.example.com"), rule: "NAME_EXCLUDED" },
  { name: "6.1.3 (c) names beside the excluded", ...named([], ["dns:example.org", "ip:c0000200ffffff00"], "dns:moon.example.com", "ip:c0000301"), rule: "NONE" },

  { name: "6.1.3 (c) more names under more constraints than anybody compares", ...named([], Array.from({ length: 120 }, (_, i) => `dns:${i}.example.org`), ...Array.from({ length: 120 }, (_, i) => `dns:${i}.example.com`)), rule: "NAMES_TOO_MANY", says: /has too many names or is under too many name constraints/, openssl: "compares more" },

  // 6.1.3 (d) to (f), 6.1.4 (a), (b), (h) to (j), 6.1.5 (a), (b), (g)
  { name: "6.1.3 (d) policies all the way down", ...withCa([policies(P1)], [policies(P1)]), settings: explicit, openssl: EXPLICIT, rule: "NONE" },
  { name: "6.1.3 (d) no policy in common", ...withCa([policies(P1)], [policies(P2)]), settings: explicit, openssl: EXPLICIT, rule: "POLICY", says: /is under no certificate policy that is required/ },
  { name: "6.1.3 (d) no policy in common, and nobody asks", ...withCa([policies(P1)], [policies(P2)]), rule: "NONE" },
  { name: "6.1.3 (d)(2) anyPolicy in between", ...withCa([policies(ANY_POLICY)], [policies(P2)]), settings: explicit, openssl: EXPLICIT, rule: "NONE" },
  { name: "6.1.3 (d)(2) anyPolicy that is inhibited", ...withCa([policies(ANY_POLICY)], [policies(P2)]), settings: { ...explicit, inhibitAnyPolicy: true }, openssl: [...EXPLICIT, "-inhibit_any"], rule: "POLICY" },
  { name: "6.1.3 (e) a certificate without policies", ...withCa([policies(P1)]), settings: explicit, openssl: EXPLICIT, rule: "POLICY" },
  { name: "6.1.3 (f) a CA asks for policies", ...withCa([policies(P1), policyConstraints(0)], [policies(P2)]), openssl: ["-policy_check"], rule: "POLICY" },
  { name: "6.1.4 (a) anyPolicy is mapped", ...withCa([policies(P1), mappings([ANY_POLICY, P2])], [policies(P2)]), openssl: ["-policy_check"], rule: "POLICY" },
  { name: "6.1.4 (a) something is mapped to anyPolicy", ...withCa([policies(P1), mappings([P1, ANY_POLICY])], [policies(P1)]), openssl: ["-policy_check"], rule: "POLICY" },
  { name: "6.1.4 (b) a policy that is mapped", ...withCa([policies(P1), mappings([P1, P2])], [policies(P2)]), settings: { ...explicit, policies: [hexOf(P1)] }, openssl: [...ASKED, "-policy", P1], rule: "NONE" },
  { name: "6.1.4 (b) what was mapped is called by its old name", ...withCa([policies(P1), mappings([P1, P2])], [policies(P1)]), settings: explicit, openssl: EXPLICIT, rule: "POLICY" },
  { name: "6.1.4 (b) mapping that is inhibited", ...withCa([policies(P1), mappings([P1, P2])], [policies(P2)]), settings: { ...explicit, inhibitMapping: true }, openssl: [...EXPLICIT, "-inhibit_map"], rule: "POLICY" },
  { name: "6.1.4 (b) mapping that a CA above inhibits", ...chain(2, (i) => ({ extensions: i === 1 ? [policies(P1), policyConstraints(undefined, 0)] : [policies(P1), mappings([P1, P2])] }), { extensions: [policies(P2)] }), settings: explicit, openssl: EXPLICIT, rule: "POLICY" },
  { name: "6.1.4 (h) a policy is asked for from the second certificate on, and that is the last but one", ...chain(2, (i) => ({ extensions: i === 1 ? [policies(P1), policyConstraints(1)] : [policies(P1)] })), openssl: ["-policy_check"], rule: "POLICY" },
  { name: "6.1.4 (i) a policy is asked for only further down than there is anything", ...chain(1, () => ({ extensions: [policies(P1), policyConstraints(2)] })), openssl: ["-policy_check"], rule: "NONE" },
  { name: "6.1.4 (j) anyPolicy that a CA inhibits", ...chain(2, (i) => ({ extensions: i === 1 ? [policies(P1), inhibitAnyPolicy(0)] : [policies(ANY_POLICY)] }), { extensions: [policies(P1)] }), settings: explicit, openssl: EXPLICIT, rule: "POLICY" },
  { name: "6.1.5 (b) the last certificate asks for policies", ...withCa([policies(P1)], [policies(P2), policyConstraints(0)]), openssl: ["-policy_check"], rule: "POLICY" },
  { name: "6.1.5 (g) another policy than the user's", ...withCa([policies(P1)], [policies(P1)]), settings: { ...explicit, policies: [hexOf(P2)] }, openssl: [...ASKED, "-policy", P2], rule: "POLICY" },
  { name: "6.1.5 (g) the user's policy under anyPolicy", ...withCa([policies(ANY_POLICY)], [policies(ANY_POLICY)]), settings: { ...explicit, policies: [hexOf(P2)] }, openssl: [...ASKED, "-policy", P2], rule: "NONE" },

  // 6.1.4 (k) to (o), 6.1.5
  { name: "6.1.4 (k) an issuer that is no CA", presented: [certificate({ label: "ca", issuer: "root", extensions: [basicConstraints(false), keyUsage(5)] })], leaf: LEAF, rule: "NOT_CA", says: /^certificate "CN=ca, O=Test" .* is not a CA's, and a certificate was issued with it/ },
  { name: "6.1.4 (k) an issuer without basicConstraints", presented: [certificate({ label: "ca", issuer: "root" })], leaf: LEAF, rule: "NOT_CA" },
  { name: "6.1.4 (k) an issuer of version 1", presented: [certificate({ label: "ca", issuer: "root", version: 1 })], leaf: LEAF, rule: "NOT_CA" },
  { name: "6.1.4 (k) a peer's certificate that issued another", presented: [CA, peer("sun", "ca")], leaf: peer("moon", "sun"), rule: "NOT_CA" },
  { name: "6.1.4 (k) an anchor of version 1 is a CA, as configured", leaf: LEAF, anchors: [certificate({ label: "root", version: 1 })], rule: "NONE" },
  { name: "6.1.4 (l), (m) a path that is too long", ...chain(2, (i) => ({ ...(i === 1 ? { pathLength: 0 } : {}) })), rule: "PATH_LENGTH", says: /^certificate "CN=ca2, O=Test" .* makes the path too long: "CN=ca1, O=Test" allows 0 CAs below itself/ },
  { name: "6.1.4 (l), (m) a path of the anchor's length", ...chain(2), anchors: [authority("root", "root", { pathLength: 1 })], rule: "PATH_LENGTH", says: /"CN=root, O=Test" allows 1 CAs/ },
  { name: "6.1.4 (l), (m) a path that is as long as allowed", ...chain(2, (i) => ({ pathLength: 2 - i })), rule: "NONE" },
  { name: "6.1.4 (m) a greater limit below a smaller one", ...chain(3, (i) => ({ ...(i === 1 ? { pathLength: 1 } : { pathLength: 5 }) })), rule: "PATH_LENGTH", says: /"CN=ca1, O=Test" allows 1 CAs/ },
  { name: "6.1.4 (n) a CA that may not sign certificates", presented: [certificate({ label: "ca", issuer: "root", extensions: [basicConstraints(true), keyUsage(0, 6)] })], leaf: LEAF, rule: "NOT_CERT_SIGN", says: /may not sign certificates by its key usage/ },
  { name: "6.1.4 (o) a critical extension of a CA that is unknown", ...withCa([UNKNOWN_CRITICAL]), rule: "CRITICAL", says: /^certificate "CN=ca, O=Test".*unknown: 1\.3\.6\.1\.4\.1\.99999\.77/ },
  { name: "6.1.5 (f) a critical extension of the peer's that is unknown", ...withCa([], [UNKNOWN_CRITICAL]), rule: "CRITICAL" },
  { name: "6.1.5 (f) an extension that is unknown and not critical", ...withCa([], [extension("1.3.6.1.4.1.99999.77", der(5))]), rule: "NONE" },

  // Uses, keys, algorithms
  { name: "a peer's key that may only encipher", leaf: certificate({ label: "moon", issuer: "ca", extensions: [keyUsage(2)] }), rule: "KEY_USAGE", says: /may not be used for this by its key usage, which is keyEncipherment; required is digitalSignature or nonRepudiation/, openssl: "knows no such purpose" },
  { name: "a peer's key without any key usage", leaf: certificate({ label: "moon", issuer: "ca" }), rule: "NONE" },
  { name: "a peer's certificate for mail", leaf: peer("moon", "ca", { extensions: [extKeyUsage("1.3.6.1.5.5.7.3.4")] }), rule: "PURPOSE", says: /may not be used for IKE by its extended key usage; required is anyExtendedKeyUsage or serverAuth .* or ikeIntermediate/, openssl: ["-purpose", "sslserver"] },
  { name: "a peer's certificate for mail and IKE", leaf: peer("moon", "ca", { extensions: [extKeyUsage("1.3.6.1.5.5.7.3.4", "1.3.6.1.5.5.8.2.2")] }), rule: "NONE" },
  { name: "a peer's certificate for anything", leaf: peer("moon", "ca", { extensions: [extKeyUsage("2.5.29.37.0")] }), rule: "NONE" },
  { name: "an RSA key of 1023 bits", leaf: peer("moon", "ca", { spki: rsaSpki(1023) }), rule: "KEY_SMALL", says: /has a key of 1023 bits, and 1024 are required/, openssl: "rounds strengths" },
  { name: "an RSA key of 1024 bits is warned of", leaf: peer("moon", "ca", { spki: rsaSpki(1024) }), rule: "NONE", warnings: 2 },
  { name: "an RSA key of 1024 bits where 2048 are asked for", leaf: peer("moon", "ca", { spki: rsaSpki(1024) }), settings: { rsaBits: 2048 }, rule: "KEY_SMALL", says: /1024 bits, and 2048 are required/, openssl: ["-auth_level", "2"] },
  { name: "an RSA key of 8200 bits", leaf: peer("moon", "ca", { spki: rsaSpki(8200) }), rule: "KEY_LARGE", openssl: "has no such limit" },
  { name: "a curve that is spelled out", leaf: peer("moon", "ca", { spki: sequence(sequence(oid("1.2.840.10045.2.1"), sequence(integer(1))), der(3, Buffer.alloc(66, 4).fill(0, 0, 1))) }), rule: "KEY_KIND", openssl: "does not look at the last key" },
  { name: "a signature algorithm that nobody asked for", leaf: LEAF, settings: { schemes: 2 }, rule: "ALGORITHM", says: /that is not accepted: Ed25519/, openssl: "has no such setting" },
  { name: "a signature over SHA-1", leaf: peer("moon", "ca", { algorithm: sequence(oid("1.2.840.113549.1.1.5"), der(5)) }), rule: "ALGORITHM", says: /SHA-1/ },
  { name: "a signature over MD5", leaf: peer("moon", "ca", { algorithm: sequence(oid("1.2.840.113549.1.1.4"), der(5)) }), settings: { sha1: true }, rule: "ALGORITHM", says: /MD5/ },
  { name: "a signature over MD2", leaf: peer("moon", "ca", { algorithm: sequence(oid("1.2.840.113549.1.1.2"), der(5)) }), settings: { sha1: true }, rule: "ALGORITHM", says: /MD2/ },
  { name: "an RSA signature under a key that is none", leaf: peer("moon", "ca", { algorithm: sequence(oid("1.2.840.113549.1.1.11"), der(5)) }), rule: "SIGNATURE" },

  // Building
  { name: "a chain of nine", ...chain(8), rule: "CHAIN_LENGTH", says: /is in a chain of more than 8 certificates/, openssl: "takes longer ones" },
  { name: "a chain of eight", ...chain(7), rule: "NONE" },
  { name: "a circle of two", presented: [authority("ca", "other"), authority("other", "ca")], leaf: LEAF, rule: "ISSUER_UNKNOWN", openssl: "calls it otherwise, and refuses" },
  { name: "a CA that is in a circle and under the root", presented: [authority("ca", "other"), authority("other", "ca"), CA], leaf: LEAF, rule: "NONE" },
  { name: "a cross certificate beside one that is expired", presented: [authority("ca", "root", { to: NOW - 1 }), authority("ca", "second", {})], anchors: [ROOT, authority("second", "second")], leaf: LEAF, rule: "NONE", openssl: "takes the first" },
  { name: "the anchor sent along", presented: [ROOT, CA], leaf: LEAF, rule: "NONE" },
  { name: "the peer's own certificate is the anchor", presented: [], anchors: [peer("moon", "moon")], leaf: peer("moon", "moon"), rule: "NONE", openssl: "wants a CA there" },
  { name: "a self-signed certificate of nobody", presented: [], leaf: peer("moon", "moon"), rule: "ISSUER_UNKNOWN" },

  // 6.3
  { name: "6.3 lists that name others", leaf: LEAF, crls: revoking({ revoked: [{ serial: 5, reason: 1 }] }), settings: required, rule: "NONE" },
  { name: "6.3.3 revoked", leaf: LEAF, crls: revoking({ revoked: [{ serial: 5 }, { serial: "moon", reason: 1 }] }), settings: required, rule: "REVOKED", says: /^certificate "CN=moon, O=Test" .* was revoked on 2025-05-31 00:00:00 UTC because its key was compromised/ },
  { name: "6.3.3 revoked, where lists are looked at if there are any", leaf: LEAF, crls: revoking({ revoked: [{ serial: "moon" }] }), settings: { crls: "best" }, rule: "REVOKED", says: /because of no reason that is given/ },
  { name: "6.3.3 revoked, and nobody looks", leaf: LEAF, crls: revoking({ revoked: [{ serial: "moon" }] }), rule: "NONE", openssl: "is told to look" },
  ...[[2, "its CA was compromised"], [3, "its owner's affiliation changed"], [4, "it was superseded"], [5, "it is no longer in operation"], [6, "it is on hold"], [9, "its privileges were withdrawn"], [10, "its attribute authority was compromised"]].map(([reason, words]) =>
    ({ name: `6.3.3 revoked for reason ${reason}`, leaf: LEAF, crls: revoking({ revoked: [{ serial: "moon", reason: Number(reason) }] }), settings: required, rule: "REVOKED", says: new RegExp(`because ${words}; accepted is`) }) satisfies Case),
  { name: "6.3.3 an intermediate that is revoked", leaf: LEAF, crls: [crl({ issuer: "root", revoked: [{ serial: "ca", reason: 2 }] }), crl({ issuer: "ca" })], settings: required, rule: "REVOKED", says: /^certificate "CN=ca, O=Test"/ },
  { name: "6.3.3 no list", leaf: LEAF, crls: revoking(null), settings: required, rule: "NO_CRL", says: /^certificate "CN=moon, O=Test" .* has no CRL that says whether it is revoked/ },
  { name: "6.3.3 no list, and it need not be", leaf: LEAF, crls: revoking(null), settings: { crls: "best" }, rule: "NONE", warnings: 8, openssl: "always needs one" },
  { name: "6.3.3 (a) a list that is too old", leaf: LEAF, crls: revoking({ from: NOW - 9 * DAY, to: NOW - DAY }), settings: required, rule: "CRL_OLD", says: /has a CRL that is too old: the next one was due on 2025-05-31 00:00:00 UTC/ },
  { name: "6.3.3 (a) a list that is too old, and it need not be fresh", leaf: LEAF, crls: revoking({ from: NOW - 9 * DAY, to: NOW - DAY }), settings: { crls: "best" }, rule: "NONE", warnings: 8, openssl: "always needs one" },
  { name: "6.3.3 (a) what an old list names is revoked all the same", leaf: LEAF, crls: revoking({ from: NOW - 9 * DAY, to: NOW - DAY, revoked: [{ serial: "moon", on: NOW - 10 * DAY, reason: 1 }] }), settings: { crls: "best" }, rule: "REVOKED" },
  { name: "6.3.3 (a) of two lists the later one counts, which names it", leaf: LEAF, crls: revoking({ number: 1 }, { number: 2, revoked: [{ serial: "moon" }] }), settings: required, rule: "REVOKED", openssl: "goes by dates" },
  { name: "6.3.3 (a) of two lists the later one counts, by its date", leaf: LEAF, crls: revoking({ number: null, from: NOW - 9 * DAY }, { number: null, revoked: [{ serial: "moon" }] }), settings: required, rule: "REVOKED" },
  { name: "6.3.3 (a) of two lists the later one counts, where it is off hold", leaf: LEAF, crls: revoking({ number: 1, revoked: [{ serial: "moon", reason: 6 }] }, { number: 2 }), settings: required, rule: "NONE", openssl: "goes by dates" },
  { name: "6.3.3 (a) a later list that somebody else signed takes no other's place", leaf: LEAF, crls: revoking({ number: 1, revoked: [{ serial: "moon" }] }, { number: 2, spoilt: true }), settings: { crls: "best" }, rule: "REVOKED", openssl: "goes by dates" },
  { name: "6.3.3 (a) a list of tomorrow", leaf: LEAF, crls: revoking({ from: NOW + DAY, to: NOW + 2 * DAY }), settings: required, rule: "CRL_NOT_YET", says: /has a CRL that is not valid before 2025-06-02/ },
  { name: "6.3.3 (b) another issuer's list", leaf: LEAF, crls: [crl({ issuer: "root" }), crl({ issuer: "other" })], settings: required, rule: "NO_CRL" },
  { name: "6.3.3 (b)(2)(i) a list for another distribution point", leaf: peer("moon", "ca", { extensions: [crlPoints({ full: ["uri:http://a/1"] })] }), crls: revoking({ point: { full: ["uri:http://a/2"] } }), settings: required, rule: "NO_CRL" },
  { name: "6.3.3 (b)(2)(i) a list for the distribution point", leaf: peer("moon", "ca", { extensions: [crlPoints({ full: ["uri:http://a/1"] })] }), crls: revoking({ point: { full: ["uri:http://a/2", "uri:http://a/1"] } }), settings: required, rule: "NONE" },
  { name: "6.3.3 (b)(2)(i) a relative name against a full one", leaf: peer("moon", "ca", { extensions: [crlPoints({ relative: "OU=one" })] }), crls: revoking({ point: { full: ["dn:O=Test,CN=ca,OU=one"] } }), settings: required, rule: "NONE" },
  { name: "6.3.3 (b)(2)(i) a full name against a relative one that is another", leaf: peer("moon", "ca", { extensions: [crlPoints({ full: ["dn:O=Test,CN=ca,OU=two"] })] }), crls: revoking({ point: { relative: "OU=one" } }), settings: required, rule: "NO_CRL" },
  { name: "6.3.3 (b)(2)(ii) a list of users' certificates does for a user", leaf: LEAF, crls: revoking({ point: { users: true } }), settings: required, rule: "NONE" },
  { name: "6.3.3 (b)(2)(ii) a list of users' certificates for a CA", leaf: LEAF, crls: [crl({ issuer: "root", point: { users: true } }), crl({ issuer: "ca" })], settings: required, rule: "NO_CRL", says: /^certificate "CN=ca, O=Test"/ },
  { name: "6.3.3 (b)(2)(iii) a list of CAs for a user", leaf: LEAF, crls: revoking({ point: { cas: true } }), settings: required, rule: "NO_CRL" },
  { name: "6.3.3 (b)(2)(iv) a list of attribute certificates", leaf: LEAF, crls: revoking({ point: { attributes: true } }), settings: required, rule: "NO_CRL" },
  { name: "6.3.3 (d), (e) a list of some reasons is not enough", leaf: LEAF, crls: revoking({ point: { reasons: [1, 2] } }), settings: required, rule: "NO_CRL" },
  { name: "6.3.3 (d), (e) two lists of all reasons together are", leaf: LEAF, crls: revoking({ point: { reasons: [1, 2] } }, { point: { reasons: [3, 4, 5, 6, 7, 8] } }), settings: required, rule: "NONE", openssl: ["-extended_crl"] },
  { name: "6.3.3 (f) the list's signer may not sign lists", leaf: LEAF, presented: [certificate({ label: "ca", issuer: "root", extensions: [basicConstraints(true), keyUsage(5)] })], crls: revoking({}), settings: required, rule: "CRL_SIGNATURE", says: /whose signature is wrong or whose signer is unknown/ },
  { name: "6.3.3 (g) a list whose signature is wrong", leaf: LEAF, crls: revoking({ spoilt: true }), settings: required, rule: "CRL_SIGNATURE" },
  { name: "6.3.3 (g) a list that somebody else signed", leaf: LEAF, crls: revoking({ signedBy: "evil", noKeyId: true, revoked: [{ serial: "moon" }] }), settings: { crls: "best" }, rule: "NONE", warnings: 8, openssl: "always needs one" },
  { name: "5.2 a list with a critical extension that is unknown", leaf: LEAF, crls: revoking({ extensions: [UNKNOWN_CRITICAL] }), settings: required, rule: "CRL_UNKNOWN", says: /has a CRL with a critical extension that is unknown/ },
  { name: "5.3 a list with an entry's critical extension that is unknown", leaf: LEAF, crls: revoking({ revoked: [{ serial: 5, extensions: [UNKNOWN_CRITICAL] }] }), settings: required, rule: "CRL_UNKNOWN" },
  { name: "6.3.3 (b)(1) an indirect list", leaf: peer("moon", "ca", { extensions: [crlPoints({ full: ["uri:http://a/1"], issuer: ["dn:O=Test,CN=root"] })] }), crls: [crl({ issuer: "root", point: { indirect: true }, revoked: [{ serial: "moon", of: "O=Test,CN=other" }] })], settings: required, rule: "NONE", openssl: ["-extended_crl"] },
  { name: "6.3.3 (b)(1) an indirect list that names it", leaf: peer("moon", "ca", { extensions: [crlPoints({ full: ["uri:http://a/1"], issuer: ["dn:O=Test,CN=root"] })] }), crls: [crl({ issuer: "root", point: { indirect: true }, revoked: [{ serial: 7, of: "O=Test,CN=ca" }, { serial: "moon" }] })], settings: required, rule: "REVOKED", openssl: ["-extended_crl"] },
  { name: "6.3.3 (b)(1) a list of another issuer that is not indirect", leaf: peer("moon", "ca", { extensions: [crlPoints({ full: ["uri:http://a/1"], issuer: ["dn:O=Test,CN=root"] })] }), crls: [crl({ issuer: "root" })], settings: required, rule: "NO_CRL" },
  { name: "6.3.3 (f) a signer of lists beside the CA", leaf: LEAF, presented: [CA, certificate({ label: "signer", subject: "O=Test,CN=ca", issuer: "root", extensions: [keyUsage(6)] })], crls: revoking({ signedBy: "signer" }), settings: required, rule: "NONE", openssl: ["-extended_crl"] },
  { name: "6.3.3 (f) a signer of lists that is revoked", leaf: LEAF, presented: [CA, certificate({ label: "signer", subject: "O=Test,CN=ca", issuer: "root", extensions: [keyUsage(6)] })], crls: [crl({ issuer: "root", revoked: [{ serial: "signer" }] }), crl({ issuer: "ca", signedBy: "signer" })], settings: required, rule: "CRL_SIGNATURE", openssl: ["-extended_crl"] },
  { name: "6.3.3 (f) a signer of lists of nobody", leaf: LEAF, presented: [CA, certificate({ label: "signer", subject: "O=Test,CN=ca", issuer: "evil", extensions: [keyUsage(6)] })], crls: revoking({ signedBy: "signer" }), settings: required, rule: "CRL_SIGNATURE", openssl: ["-extended_crl"] },
  { name: "6.3.3 (c), (i) a delta that names it", leaf: LEAF, crls: revoking({ number: 3, extensions: [FRESHEST] }, { number: 5, base: 3, revoked: [{ serial: "moon", reason: 1 }] }), settings: required, rule: "REVOKED", openssl: ["-use_deltas"] },
  { name: "6.3.3 (k) a delta that takes it off hold", leaf: LEAF, crls: revoking({ number: 3, extensions: [FRESHEST], revoked: [{ serial: "moon", reason: 6 }] }, { number: 5, base: 2, revoked: [{ serial: "moon", reason: 8 }] }), settings: required, rule: "NONE", openssl: ["-use_deltas"] },
  { name: "6.3.3 (c) a delta upon a newer list than there is", leaf: LEAF, crls: revoking({ number: 3, extensions: [FRESHEST], revoked: [{ serial: "moon", reason: 6 }] }, { number: 5, base: 4, revoked: [{ serial: "moon", reason: 8 }] }), settings: required, rule: "REVOKED", openssl: ["-use_deltas"] },
  { name: "6.3.3 (c) a delta that is older than the list", leaf: LEAF, crls: revoking({ number: 6, extensions: [FRESHEST] }, { number: 5, base: 3, revoked: [{ serial: "moon", reason: 1 }] }), settings: required, rule: "NONE", openssl: ["-use_deltas"] },
  { name: "6.3.3 (c) a delta alone", leaf: LEAF, crls: revoking({ number: 5, base: 3 }), settings: required, rule: "NO_CRL", openssl: "takes it for a complete one" },
  { name: "6.3.3 (h) a delta whose signature is wrong", leaf: LEAF, crls: revoking({ number: 3, extensions: [FRESHEST], revoked: [{ serial: "moon", reason: 6 }] }, { number: 5, base: 3, spoilt: true, revoked: [{ serial: "moon", reason: 8 }] }), settings: required, rule: "REVOKED", openssl: ["-use_deltas"] },

  // What else NIST's PKITS has by way of invalid paths, by its sections; beside them some that are valid.
  { name: "PKITS 4.2.1 a CA that is not valid yet", leaf: LEAF, presented: [authority("ca", "root", { from: NOW + DAY })], rule: "NOT_YET", says: /"CN=ca, O=Test"/ },
  { name: "PKITS 4.2.7 expired in 1999, as a UTCTime of two digits", leaf: peer("moon", "ca", { from: Date.UTC(1998, 0, 1) / 1000, to: Date.UTC(1999, 0, 1) / 1000 }), rule: "EXPIRED", says: /expired since 1999-01-01/ },
  { name: "PKITS 4.4.8 an entry with an unknown critical extension names the certificate", leaf: LEAF, crls: revoking({ revoked: [{ serial: "moon", extensions: [UNKNOWN_CRITICAL] }] }), settings: required, rule: "CRL_UNKNOWN" },
  { name: "PKITS 4.4.9 a list with an unknown critical extension names the certificate", leaf: LEAF, crls: revoking({ extensions: [UNKNOWN_CRITICAL], revoked: [{ serial: "moon" }] }), settings: required, rule: "CRL_UNKNOWN" },
  { name: "PKITS 4.4.12 a list that was due again in 1999", leaf: LEAF, crls: revoking({ from: Date.UTC(1998, 0, 1) / 1000, to: Date.UTC(1999, 0, 1) / 1000 }), settings: required, rule: "CRL_OLD", says: /due on 1999-01-01/ },
  { name: "PKITS 4.4.14 a negative serial number, of which the list has the positive one", leaf: peer("moon", "ca", { serial: Buffer.from([0xff]) }), crls: revoking({ revoked: [{ serial: 255 }, { serial: 1 }] }), settings: required, rule: "NONE" },
  { name: "PKITS 4.4.15 a negative serial number that is revoked", leaf: peer("moon", "ca", { serial: Buffer.from([0xff]) }), crls: revoking({ revoked: [{ serial: Buffer.from([0xff]) }] }), settings: required, rule: "REVOKED" },
  { name: "PKITS 4.4.17 a serial number of 20 octets, of which the list has one that differs in the last", leaf: peer("moon", "ca", { serial: Buffer.alloc(20, 0x7f) }), crls: revoking({ revoked: [{ serial: Buffer.concat([Buffer.alloc(19, 0x7f), Buffer.from([0x7e])]) }] }), settings: required, rule: "NONE" },
  { name: "PKITS 4.4.18 a serial number of 20 octets that is revoked", leaf: peer("moon", "ca", { serial: Buffer.alloc(20, 0x7f) }), crls: revoking({ revoked: [{ serial: Buffer.alloc(20, 0x7f) }] }), settings: required, rule: "REVOKED" },
  { name: "PKITS 4.4.20 revoked by a list that the CA's other key has signed", leaf: LEAF, presented: [CA, certificate({ label: "signer", subject: "O=Test,CN=ca", issuer: "root", extensions: [keyUsage(6)] })], crls: revoking({ signedBy: "signer", revoked: [{ serial: "moon" }] }), settings: required, rule: "REVOKED", openssl: ["-extended_crl"] },
  { name: "PKITS 4.4.21 the CA's other key, of lists, has signed the certificate", leaf: peer("moon", "ca", { signedBy: "signer" }), presented: [CA, certificate({ label: "signer", subject: "O=Test,CN=ca", issuer: "root", extensions: [keyUsage(6)] })], rule: "NOT_CA" },
  { name: "PKITS 4.5.1 a CA's old key under its new one", ...ROLLOVER("old"), crls: [crl({ issuer: "root" }), crl({ issuer: "ca", signedBy: "new" })], settings: required, rule: "NONE", openssl: ["-extended_crl"] },
  { name: "PKITS 4.5.2 under a CA's old key, revoked by a list of its new one", ...ROLLOVER("old"), crls: [crl({ issuer: "root" }), crl({ issuer: "ca", signedBy: "new", revoked: [{ serial: "moon" }] })], settings: required, rule: "REVOKED", openssl: ["-extended_crl"] },
  { name: "PKITS 4.5.5 a CA's old key that is revoked by its new one", ...ROLLOVER("old"), crls: [crl({ issuer: "root" }), crl({ issuer: "ca", signedBy: "new", revoked: [{ serial: "old" }] })], settings: required, rule: "REVOKED", openssl: ["-extended_crl"] },
  { name: "PKITS 4.5.8 a self-issued certificate for lists has issued a certificate", leaf: peer("moon", "ca", { signedBy: "lists" }), presented: [CA, certificate({ label: "lists", subject: "O=Test,CN=ca", issuer: "ca", extensions: [keyUsage(6)] })], rule: "NOT_CA" },
  { name: "PKITS 4.6.3 basicConstraints that are not critical and say that it is no CA", leaf: LEAF, presented: [certificate({ label: "ca", issuer: "root", extensions: [extension("2.5.29.19", sequence()), keyUsage(5)] })], rule: "NOT_CA" },
  { name: "PKITS 4.6.6 a path that is too long, its last certificate a CA's", presented: [authority("ca1", "root", { pathLength: 0 }), authority("ca2", "ca1")], leaf: authority("moon", "ca2", { extensions: [] }), rule: "PATH_LENGTH" },
  { name: "PKITS 4.6.8 the last certificate is a CA's, and none of the path", presented: [authority("ca1", "root", { pathLength: 0 })], leaf: certificate({ label: "moon", issuer: "ca1", extensions: [basicConstraints(true), keyUsage(0, 5)] }), rule: "NONE" },
  { name: "PKITS 4.6.9 a limit of 6, then of 0", ...chain(3, (i) => ({ pathLength: [6, 0, 0][i - 1]! })), rule: "PATH_LENGTH", says: /"CN=ca2, O=Test" allows 0/ },
  { name: "PKITS 4.6.11 limits of 6, 1 and 1, and two CAs more", ...chain(4, (i) => (i <= 3 ? { pathLength: [6, 1, 1][i - 1]! } : {})), rule: "PATH_LENGTH", says: /allows 1 CAs/ },
  { name: "PKITS 4.6.15 a self-issued CA under a limit of 0", presented: [authority("ca", "root", { pathLength: 0 }), authority("again", "ca", { subject: "O=Test,CN=ca" })], leaf: peer("moon", "ca", { signedBy: "again" }), rule: "NONE" },
  { name: "PKITS 4.6.16 a self-issued CA under a limit of 0, and another CA", presented: [authority("ca", "root", { pathLength: 0 }), authority("again", "ca", { subject: "O=Test,CN=ca" }), authority("ca2", "ca", { signedBy: "again" })], leaf: peer("moon", "ca2"), rule: "PATH_LENGTH" },
  { name: "PKITS 4.7.2 a key usage that is not critical, without keyCertSign", leaf: LEAF, presented: [certificate({ label: "ca", issuer: "root", extensions: [basicConstraints(true), extension("2.5.29.15", USAGE(6))] })], rule: "NOT_CERT_SIGN" },
  { name: "PKITS 4.7.5 a key usage that is not critical, without cRLSign", leaf: LEAF, presented: [certificate({ label: "ca", issuer: "root", extensions: [basicConstraints(true), extension("2.5.29.15", USAGE(5))] })], crls: revoking({}), settings: required, rule: "CRL_SIGNATURE" },
  { name: "PKITS 4.8.3 policies that have none in common, asked for", presented: [authority("ca1", "root", { extensions: [policies(P1)] }), authority("ca2", "ca1", { extensions: [policies(P2)] })], leaf: peer("moon", "ca2", { extensions: [policies(P1)] }), settings: explicit, openssl: EXPLICIT, rule: "POLICY" },
  { name: "PKITS 4.9.3 a policy is asked for three certificates further down", ...chain(4, (i) => ({ extensions: i === 1 ? [policies(P1), policyConstraints(3)] : i < 4 ? [policies(P1)] : [] })), openssl: ANY_ASKED, rule: "POLICY" },
  { name: "PKITS 4.9.5 a policy is asked for further down, and at once in between", ...chain(3, (i) => ({ extensions: i === 1 ? [policies(P1), policyConstraints(7)] : i === 2 ? [policies(P1), policyConstraints(0)] : [] })), openssl: ANY_ASKED, rule: "POLICY" },
  { name: "PKITS 4.9.6 self-issued certificates do not count down what asks for policies", presented: [authority("ca", "root", { extensions: [policies(P1), policyConstraints(2)] }), authority("again", "ca", { subject: "O=Test,CN=ca", extensions: [policies(P1)] })], leaf: peer("moon", "ca", { signedBy: "again" }), openssl: ANY_ASKED, rule: "NONE" },
  { name: "PKITS 4.9.7 self-issued, and one more", presented: [authority("ca", "root", { extensions: [policies(P1), policyConstraints(2)] }), authority("again", "ca", { subject: "O=Test,CN=ca", extensions: [policies(P1)] }), authority("ca2", "ca", { signedBy: "again", extensions: [policies(P1)] })], leaf: peer("moon", "ca2"), openssl: ANY_ASKED, rule: "POLICY" },
  { name: "PKITS 4.10.4 mapped twice, and called by the name between", presented: [authority("ca1", "root", { extensions: [policies(P1), mappings([P1, P2])] }), authority("ca2", "ca1", { extensions: [policies(P2), mappings([P2, P3])] })], leaf: peer("moon", "ca2", { extensions: [policies(P2)] }), settings: explicit, openssl: EXPLICIT, rule: "POLICY" },
  { name: "PKITS 4.10.10 a mapping below anyPolicy, and the policy is not the user's", presented: [authority("ca1", "root", { extensions: [policies(P1)] }), authority("ca2", "ca1", { extensions: [policies(ANY_POLICY), mappings([P1, P2])] })], leaf: peer("moon", "ca2", { extensions: [policies(P1)] }), settings: { ...explicit, policies: [hexOf(P1)] }, openssl: [...ASKED, "-policy", P1], rule: "POLICY" },
  { name: "PKITS 4.11.1 mapping is inhibited at once", ...chain(2, (i) => ({ extensions: i === 1 ? [policies(P1), policyConstraints(0, 0)] : [policies(P1), mappings([P1, P2])] }), { extensions: [policies(P2)] }), openssl: ANY_ASKED, rule: "POLICY" },
  { name: "PKITS 4.11.2 mapping is inhibited one further down", ...chain(2, (i) => ({ extensions: i === 1 ? [policies(P1), policyConstraints(0, 1)] : [policies(P1), mappings([P1, P2])] }), { extensions: [policies(P2)] }), openssl: ANY_ASKED, rule: "NONE" },
  { name: "PKITS 4.11.3 mapping is inhibited one further down, where one maps", ...chain(3, (i) => ({ extensions: i === 1 ? [policies(P1), policyConstraints(0, 1)] : i === 2 ? [policies(P1)] : [policies(P1), mappings([P1, P2])] }), { extensions: [policies(P2)] }), openssl: ANY_ASKED, rule: "POLICY" },
  { name: "PKITS 4.11.8 self-issued certificates do not count down what inhibits mapping, and then it is", presented: [authority("ca", "root", { extensions: [policies(P1), policyConstraints(0, 1)] }), authority("again", "ca", { subject: "O=Test,CN=ca", extensions: [policies(P1)] }), authority("ca2", "ca", { signedBy: "again", extensions: [policies(P1)] }), authority("ca3", "ca2", { extensions: [policies(P1), mappings([P1, P2])] })], leaf: peer("moon", "ca3", { extensions: [policies(P2)] }), openssl: ANY_ASKED, rule: "POLICY" },
  { name: "PKITS 4.12.1 anyPolicy is inhibited at once", ...chain(1, () => ({ extensions: [policies(P1), inhibitAnyPolicy(0), policyConstraints(0)] }), { extensions: [policies(ANY_POLICY)] }), openssl: ANY_ASKED, rule: "POLICY" },
  { name: "PKITS 4.12.2 anyPolicy is inhibited one further down", ...chain(1, () => ({ extensions: [policies(P1), inhibitAnyPolicy(1), policyConstraints(0)] }), { extensions: [policies(ANY_POLICY)] }), openssl: ANY_ASKED, rule: "NONE" },
  { name: "PKITS 4.12.5 anyPolicy is inhibited by two CAs, the second sooner", ...chain(3, (i) => ({ extensions: i === 1 ? [policies(P1), inhibitAnyPolicy(5), policyConstraints(0)] : i === 2 ? [policies(P1), inhibitAnyPolicy(1)] : [policies(ANY_POLICY)] }), { extensions: [policies(ANY_POLICY)] }), openssl: ANY_ASKED, rule: "POLICY" },
  { name: "PKITS 4.12.7 a self-issued certificate may have anyPolicy that is inhibited", presented: [authority("ca", "root", { extensions: [policies(P1), inhibitAnyPolicy(0), policyConstraints(0)] }), authority("again", "ca", { subject: "O=Test,CN=ca", extensions: [policies(ANY_POLICY)] })], leaf: peer("moon", "ca", { signedBy: "again", extensions: [policies(P1)] }), openssl: ANY_ASKED, rule: "NONE" },
  { name: "PKITS 4.12.8 a CA below a self-issued one may not", presented: [authority("ca", "root", { extensions: [policies(P1), inhibitAnyPolicy(0), policyConstraints(0)] }), authority("again", "ca", { subject: "O=Test,CN=ca", extensions: [policies(ANY_POLICY)] }), authority("ca2", "ca", { signedBy: "again", extensions: [policies(ANY_POLICY)] })], leaf: peer("moon", "ca2", { extensions: [policies(P1)] }), openssl: ANY_ASKED, rule: "POLICY" },
  { name: "PKITS 4.12.10 the last certificate is self-issued, and counts all the same", presented: [authority("ca", "root", { extensions: [policies(P1), inhibitAnyPolicy(0), policyConstraints(0)] })], leaf: peer("moon", "ca", { subject: "O=Test,CN=ca", extensions: [policies(ANY_POLICY)] }), openssl: ANY_ASKED, rule: "POLICY" },
  { name: "PKITS 4.13.2 a subject that lacks an attribute of the permitted", ...withCa([nameConstraints(["dn:O=Test,OU=permitted"])]), rule: "NAME_NOT_PERMITTED" },
  { name: "PKITS 4.13.3 a subject within, an alternative DN outside", presented: [authority("ca", "root", { extensions: [nameConstraints(["dn:O=Test,OU=permitted"])] })], leaf: certificate({ label: "moon", subject: "O=Test,OU=permitted,CN=moon", issuer: "ca", extensions: [altNames("dn:O=Test,OU=excluded,CN=moon")] }), rule: "NAME_NOT_PERMITTED" },
  { name: "PKITS 4.13.7 a subject that is excluded, among others that are permitted", ...withCa([nameConstraints(["dn:O=Test"], ["dn:O=Test,OU=excluded"])], [], { subject: "O=Test,OU=excluded,CN=moon" }), rule: "NAME_EXCLUDED" },
  { name: "PKITS 4.13.10 everything is excluded", ...withCa([nameConstraints([], ["dn:"])]), rule: "NAME_EXCLUDED" },
  { name: "PKITS 4.13.12 permitted by one CA, not by the next", presented: [authority("ca1", "root", { extensions: [nameConstraints(["dn:O=Test"])] }), authority("ca2", "ca1", { extensions: [nameConstraints(["dn:O=Test,OU=inner"])] })], leaf: peer("moon", "ca2"), rule: "NAME_NOT_PERMITTED", says: /permitted by "CN=ca2, O=Test"/ },
  { name: "PKITS 4.13.19 a self-issued CA is not held to the constraints", presented: [authority("ca", "root", { extensions: [nameConstraints(["dn:O=Test,OU=inner"])] }), authority("again", "ca", { subject: "O=Test,CN=ca" })], leaf: peer("moon", "ca", { signedBy: "again", subject: "O=Test,OU=inner,CN=moon" }), rule: "NONE" },
  { name: "PKITS 4.13.20 the last certificate is self-issued, and held to the constraints all the same", presented: [authority("ca", "root", { extensions: [nameConstraints(["dn:O=Test,OU=inner"])] })], leaf: peer("moon", "ca", { subject: "O=Test,CN=ca" }), rule: "NAME_NOT_PERMITTED" },
  { name: "PKITS 4.13.22 a mailbox at the domain itself, of which hosts below are permitted", ...named(["email:.example.com"], [], "email:moon@example.com"), rule: "NAME_NOT_PERMITTED" },
  { name: "PKITS 4.13.24 a mailbox at a host below the permitted host", ...named(["email:example.com"], [], "email:moon@a.example.com"), rule: "NAME_NOT_PERMITTED" },
  { name: "PKITS 4.13.26 a mailbox at the excluded host", ...named([], ["email:example.com"], "email:moon@example.com"), rule: "NAME_EXCLUDED" },
  { name: "PKITS 4.13.28 the DN is permitted, the mailbox is not", presented: [authority("ca1", "root", { extensions: [nameConstraints(["dn:O=Test"])] }), authority("ca2", "ca1", { extensions: [nameConstraints(["email:example.com"])] })], leaf: certificate({ label: "moon", issuer: "ca2", extensions: [altNames("email:moon@example.org")] }), rule: "NAME_NOT_PERMITTED" },
  { name: "PKITS 4.13.33 an excluded domain's own host", ...named([], ["dns:example.com"], "dns:example.com"), rule: "NAME_EXCLUDED" },
  { name: "PKITS 4.13.35 a URI at the domain itself, of which hosts below are permitted", ...named(["uri:.example.com"], [], "uri:http://example.com/x"), rule: "NAME_NOT_PERMITTED" },
  { name: "PKITS 4.13.37 a URI at an excluded host", ...named([], ["uri:example.com"], "uri:ftp://example.com/x"), rule: "NAME_EXCLUDED" },
  { name: "PKITS 4.14.2 revoked by the list of its distribution point", leaf: POINTED({ full: ["uri:http://a/1"] }), crls: revoking({ point: { full: ["uri:http://a/1"] }, revoked: [{ serial: "moon" }] }), settings: required, rule: "REVOKED" },
  { name: "PKITS 4.14.6 revoked by a list of the same full name", leaf: POINTED({ full: ["dn:O=Test,CN=ca,OU=one"] }), crls: revoking({ point: { relative: "OU=one" }, revoked: [{ serial: "moon" }] }), settings: required, rule: "REVOKED" },
  { name: "PKITS 4.14.8 a relative name that is another", leaf: POINTED({ relative: "OU=two" }), crls: revoking({ point: { relative: "OU=one" } }), settings: required, rule: "NO_CRL" },
  { name: "PKITS 4.14.9 no distribution point, and a list for one alone", leaf: LEAF, crls: revoking({ point: { full: ["uri:http://a/1"] } }), settings: required, rule: "NO_CRL" },
  { name: "PKITS 4.14.16 revoked for a reason that the list of some reasons has", leaf: LEAF, crls: revoking({ point: { reasons: [1, 2] }, revoked: [{ serial: "moon", reason: 1 }] }, { point: { reasons: [3, 4, 5, 6, 7, 8] } }), settings: required, rule: "REVOKED", openssl: ["-extended_crl"] },
  { name: "PKITS 4.14.17 two lists of some reasons that are not all", leaf: LEAF, crls: revoking({ point: { reasons: [1, 2] } }, { point: { reasons: [3, 4] } }), settings: required, rule: "NO_CRL", openssl: ["-extended_crl"] },
  { name: "PKITS 4.14.20 revoked by the second list of some reasons", leaf: LEAF, crls: revoking({ point: { reasons: [1, 2] } }, { point: { reasons: [3, 4, 5, 6, 7, 8] }, revoked: [{ serial: "moon", reason: 4 }] }), settings: required, rule: "REVOKED", openssl: ["-extended_crl"] },
  { name: "PKITS 4.14.23 revoked by an indirect list of its own CA", leaf: LEAF, crls: revoking({ point: { indirect: true }, revoked: [{ serial: "moon" }] }), settings: required, rule: "REVOKED", openssl: ["-extended_crl"] },
  { name: "PKITS 4.14.26 an indirect list of another CA, which the certificate does not name", leaf: LEAF, crls: [crl({ issuer: "root", point: { indirect: true } })], settings: required, rule: "NO_CRL", openssl: ["-extended_crl"] },
  { name: "PKITS 4.14.27 a cRLIssuer that has made no list", leaf: POINTED({ full: ["uri:http://a/1"], issuer: ["dn:O=Test,CN=nobody"] }), crls: [crl({ issuer: "root" }), crl({ issuer: "root", point: { indirect: true } })], settings: required, rule: "NO_CRL", openssl: ["-extended_crl"] },
  { name: "PKITS 4.14.31 an indirect list names the serial number under another CA's name, then under its own", leaf: POINTED({ full: ["uri:http://a/1"], issuer: ["dn:O=Test,CN=root"] }), crls: [crl({ issuer: "root", point: { indirect: true }, revoked: [{ serial: "moon", of: "O=Test,CN=other" }, { serial: 9 }, { serial: "moon", of: "O=Test,CN=ca" }] })], settings: required, rule: "REVOKED", openssl: ["-extended_crl"] },
  { name: "PKITS 4.15.3 revoked by the complete list, and the delta says nothing of it", leaf: LEAF, crls: revoking({ number: 3, extensions: [FRESHEST], revoked: [{ serial: "moon", reason: 1 }] }, { number: 5, base: 3 }), settings: required, rule: "REVOKED", openssl: ["-use_deltas"] },
  { name: "PKITS 4.15.6 a delta puts it on hold", leaf: LEAF, crls: revoking({ number: 3, extensions: [FRESHEST] }, { number: 5, base: 3, revoked: [{ serial: "moon", reason: 6 }] }), settings: required, rule: "REVOKED", openssl: ["-use_deltas"] },
  { name: "PKITS 4.15.9 a delta upon a newer list, which names it, and the complete one is current", leaf: LEAF, crls: revoking({ number: 1, extensions: [FRESHEST] }, { number: 6, base: 4, revoked: [{ serial: "moon", reason: 1 }] }), settings: required, rule: "NONE", openssl: "takes what it can get" },
  { name: "PKITS 4.15.10 the complete list is old, and the delta goes with a newer one", leaf: LEAF, crls: revoking({ number: 1, from: NOW - 9 * DAY, to: NOW - DAY, extensions: [FRESHEST] }, { number: 6, base: 4 }), settings: required, rule: "CRL_OLD", openssl: "takes it for a complete one" },
  { name: "PKITS 4.16.2 a private extension that is critical", leaf: peer("moon", "ca", { extensions: [UNKNOWN_CRITICAL] }), rule: "CRITICAL" },
  { name: "a peer without a subject", leaf: certificate({ label: "moon", subject: "", issuer: "ca", extensions: [keyUsage(0), extension("2.5.29.17", sequence(generalName("dns:moon.example.com")), true)] }), rule: "NONE" },
];

/** How each rule's sentence ends: with what would have been accepted. */
const ACCEPTED: Partial<Record<Rule, RegExp>> = {
  EXPIRED: /^has been expired since .* UTC, and it is .* UTC; accepted is one that is valid now$/,
  NOT_YET: /^is not valid before .* UTC, and it is .* UTC; accepted is one that is valid now$/,
  // pki/chain.ts, which knows the trustpoints, adds whose are accepted.
  ISSUER_UNKNOWN: /^was issued by ".*", which is (unknown here|known here with another key)$/,
  SIGNATURE: /^has a wrong signature: it was not made with the key of ".*", as it has to be$/,
  NOT_CA: /^is not a CA's, and a certificate was issued with it; required are version 3 and basicConstraints with cA$/,
  NOT_CERT_SIGN: /^may not sign certificates by its key usage; required is keyCertSign$/,
  PATH_LENGTH: /^makes the path too long: ".*" allows \d+ CAs below itself$/,
  CHAIN_LENGTH: /^is in a chain of more than 8 certificates$/,
  NAME_NOT_PERMITTED: /^bears the name .*, which is not among those permitted by ".*"; permitted is .+$/,
  NAME_EXCLUDED: /^bears the name .*, which is excluded by ".*"; excluded is .+$/,
  NAMES_TOO_MANY: /^has too many names or is under too many name constraints; 8192 comparisons are made for one path$/,
  POLICY: /^is under no certificate policy that is required; accepted is one with a policy that every CA above it allows too$/,
  CRITICAL: /^has a critical extension that is unknown: [\d.]+; accepted are unknown ones that are not critical$/,
  KEY_KIND: /^has a key of a kind that is not accepted; accepted are RSA and EC on P-256, P-384 and P-521 by name$/,
  KEY_SMALL: /^has a key of \d+ bits, and \d+ are required$/,
  KEY_LARGE: /^has a key of \d+ bits, and no more than 8192 are accepted$/,
  ALGORITHM: /^is signed with an algorithm that is not accepted: .*; accepted are RSA, RSASSA-PSS, ECDSA and Ed25519 with SHA-256, SHA-384 or SHA-512$/,
  KEY_USAGE: /^may not be used for this by its key usage, which is .*; required is .+$/,
  PURPOSE: /^may not be used for IKE by its extended key usage; required is .+$/,
  REVOKED: /^was revoked on .* UTC because .*; accepted is one that no CRL names$/,
  NO_CRL: /^has no CRL that says whether it is revoked; required is one of its issuer's \(crypto pki crl import\)$/,
  CRL_OLD: /^has a CRL that is too old: the next one was due on .* UTC, and is required \(crypto pki crl import\)$/,
  CRL_NOT_YET: /^has a CRL that is not valid before .* UTC; required is one that is valid now \(crypto pki crl import\)$/,
  CRL_SIGNATURE: /^has a CRL whose signature is wrong or whose signer is unknown; required is one that its issuer signed, or whom that allows to$/,
  CRL_UNKNOWN: /^has a CRL with a critical extension that is unknown; required is one without$/,
};
/** Rules that some chain has broken. */
const broken = new Set<Rule>();

function judgedByOpenssl(c: Case, options: string[]): boolean {
  const files = { leaf: pem("CERTIFICATE", c.leaf), anchors: (c.anchors ?? [ROOT]).map((x) => pem("CERTIFICATE", x)).join(""), presented: (c.presented ?? [CA]).map((x) => pem("CERTIFICATE", x)).join(""), crls: (c.crls ?? []).map((x) => pem("X509 CRL", x)).join("") };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, `${name}.pem`), text);
  const at = (name: string) => join(folder, `${name}.pem`);
  const args = ["verify", "-no-CAfile", "-no-CApath", "-no-CAstore", "-CAfile", at("anchors"), ...(files.presented ? ["-untrusted", at("presented")] : []), ...(c.crls ? ["-crl_check_all", "-CRLfile", at("crls")] : []), "-attime", String(NOW), ...options, at("leaf")];
  return spawnSync("openssl", args).status === 0;
}

/** What came of each, for docs/PKI.md. */
const outcomes: string[] = [];

for (const c of CASES) {
  test(c.name, () => {
    pki.reset();
    const certificates = (list: Buffer[]) => list.map((octets) => {
      const made = pki.certificate(octets);
      assert.notEqual(made, 0, pki.malformed());
      return made;
    });
    const lists = (c.crls ?? []).map((octets) => {
      const made = pki.crl(octets);
      assert.notEqual(made, 0, pki.malformed());
      return made;
    });
    const verdict = pki.validate(certificates([c.leaf])[0]!, certificates(c.presented ?? [CA]), certificates(c.anchors ?? [ROOT]), lists, { now: NOW, ...c.settings });
    assert.equal(verdict.rule, c.rule, verdict.sentence);
    if (c.says) assert.match(verdict.sentence, c.says);
    if (c.rule === "NONE") assert.equal(verdict.warnings, c.warnings ?? 0);
    const certificateOf = /^certificate ("[^"]*") \(serial [0-9a-f]+\) /;
    if (c.rule !== "NONE") {
      // Subject and serial number, the rule, what would have been accepted.
      assert.match(verdict.sentence, certificateOf);
      assert.match(verdict.sentence.replace(certificateOf, ""), ACCEPTED[c.rule]!);
      assert.ok(verdict.sentence.length <= 400, "what `show crypto isakmp diagnose` keeps");
      broken.add(c.rule);
    }
    outcomes.push(`| ${c.name} | ${verdict.accepted ? `accepted${verdict.warnings ? ", with a warning" : ""}` : verdict.sentence.replace(certificateOf, "$1 ").replaceAll("|", "\\|")} | ${typeof c.openssl === "string" ? c.openssl : verdict.accepted ? "accepts" : "refuses"} |`);
    if (hasOpenssl && typeof c.openssl !== "string") assert.equal(judgedByOpenssl(c, c.openssl ?? []), c.rule === "NONE", "openssl verify");
  });
}

test("each rule has a chain that breaks it", { skip: process.execArgv.some((a) => a.includes("test-name-pattern")) }, () => {
  assert.deepEqual(Object.keys(ACCEPTED).filter((rule) => !broken.has(rule as Rule)), []);
});

test("docs/PKI.md has these outcomes", { skip: process.execArgv.some((a) => a.includes("test-name-pattern")) }, () => {
  const page = fileURLToPath(new URL("../../docs/PKI.md", import.meta.url));
  const text = readFileSync(page, "utf8");
  const made = text.replace(/(<!-- CHAINS -->\n)[^]*(<!-- \/CHAINS -->)/, (_, head: string, end: string) => `${head}| chain | here | openssl verify |\n|---|---|---|\n${outcomes.join("\n")}\n${end}`);
  if (process.env.UPDATE_DOCS) writeFileSync(page, made);
  else assert.equal(text, made, "UPDATE_DOCS=1 writes it");
});

/** Keys of each kind, and signatures with them. */
const SIGNED: { name: string; pair: () => { privateKey: KeyObject; publicKey: KeyObject }; algorithm: Buffer; hash: string; salt?: number; settings?: Partial<Settings>; rule?: Rule; warnings?: number }[] = [
  ...(["sha256", "sha384", "sha512"] as const).flatMap((hash, i) => [
    { name: `ECDSA on ${["P-256", "P-384", "P-521"][i]} over ${hash}`, pair: () => generateKeyPairSync("ec", { namedCurve: ["P-256", "P-384", "P-521"][i]! }), algorithm: sequence(oid(`1.2.840.10045.4.3.${i + 2}`)), hash },
    { name: `RSA over ${hash}`, pair: () => generateKeyPairSync("rsa", { modulusLength: 2048 }), algorithm: sequence(oid(`1.2.840.113549.1.1.${11 + i}`), der(5)), hash },
    { name: `RSASSA-PSS over ${hash}, an RSA key`, pair: () => generateKeyPairSync("rsa", { modulusLength: 2048 }), algorithm: pss(i + 1, 20 + i), hash, salt: 20 + i },
  ]),
  { name: "RSASSA-PSS, a key for that alone", pair: () => generateKeyPairSync("rsa-pss", { modulusLength: 2048 }), algorithm: pss(1, 32), hash: "sha256", salt: 32 },
  { name: "RSASSA-PSS with parameters left out, which is SHA-1", pair: () => generateKeyPairSync("rsa", { modulusLength: 2048 }), algorithm: sequence(oid("1.2.840.113549.1.1.10"), sequence()), hash: "sha1", salt: 20, rule: "ALGORITHM" },
  { name: "RSASSA-PSS without parameters", pair: () => generateKeyPairSync("rsa", { modulusLength: 2048 }), algorithm: sequence(oid("1.2.840.113549.1.1.10")), hash: "sha1", salt: 20, rule: "ALGORITHM" },
  { name: "RSA over SHA-1", pair: () => generateKeyPairSync("rsa", { modulusLength: 2048 }), algorithm: sequence(oid("1.2.840.113549.1.1.5"), der(5)), hash: "sha1", rule: "ALGORITHM" },
  { name: "RSA over SHA-1 where it is allowed, with a warning", pair: () => generateKeyPairSync("rsa", { modulusLength: 2048 }), algorithm: sequence(oid("1.2.840.113549.1.1.5"), der(5)), hash: "sha1", settings: { sha1: true }, warnings: 1 },
  { name: "an RSA key of 1024 bits as issuer, with a warning", pair: () => generateKeyPairSync("rsa", { modulusLength: 1024 }), algorithm: sequence(oid("1.2.840.113549.1.1.11"), der(5)), hash: "sha256", warnings: 2 },
];

/** RSASSA-PSS-params of SHA-256, 384 or 512 and a salt. */
function pss(hash: number, salt: number): Buffer {
  const algorithm = sequence(oid(`2.16.840.1.101.3.4.2.${hash}`), der(5));
  return sequence(oid("1.2.840.113549.1.1.10"), sequence(der(0xa0, algorithm), der(0xa1, sequence(oid("1.2.840.113549.1.1.8"), algorithm)), der(0xa2, integer(salt))));
}

for (const row of SIGNED) {
  test(row.name, () => {
    pki.reset();
    const { privateKey, publicKey } = row.pair();
    const made = { algorithm: row.algorithm, noKeyIds: true, sign: (tbs: Buffer) => sign(row.hash, tbs, row.salt === undefined ? privateKey : { key: privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: row.salt }) };
    const root = authority("root", "root", { ...made, spki: publicKey.export({ format: "der", type: "spki" }) });
    const validate = (leaf: Buffer) => pki.validate(pki.certificate(leaf), [], [pki.certificate(root)], [], { now: NOW, ...row.settings });
    const verdict = validate(peer("moon", "root", made));
    assert.equal(verdict.rule, row.rule ?? "NONE", verdict.sentence);
    if (verdict.accepted) {
      assert.equal(verdict.warnings, row.warnings ?? 0);
      assert.equal(validate(peer("moon", "root", { ...made, spoilt: true })).rule, "SIGNATURE");
    }
  });
}

test("no attempt takes more than eight signature checks, however many paths there are", () => {
  pki.reset();
  // Sixteen certificates of the CA's name, each with a key of its own and without key identifiers.
  const presented = Array.from({ length: 16 }, (_, i) => pki.certificate(authority("ca", "root", { key: `ca-${i}`, noKeyIds: true })));
  const leaf = pki.certificate(peer("moon", "ca", { noKeyIds: true, signedBy: "nobody" }));
  const verdict = pki.validate(leaf, presented, [pki.certificate(ROOT)], [], { now: NOW });
  assert.deepEqual([verdict.accepted, verdict.checks], [false, 8]);
  assert.equal(verdict.steps, 9);
});

test("of a hundred certificates sixteen are taken, and one that came before takes no room", () => {
  pki.reset();
  pki.exports.begin(pki.certificate(LEAF));
  const added = Array.from({ length: 100 }, (_, i) => pki.exports.add(pki.certificate(authority(`ca${i >> 1}`, "root"))) !== 0);
  assert.deepEqual(added, added.map((_, i) => i < 32));
});

test("sixteen certificates that issue each other end in a bounded search", () => {
  pki.reset();
  const presented = Array.from({ length: 16 }, (_, i) => pki.certificate(authority("ca", "ca", { key: `ca-${i}`, noKeyIds: true })));
  const leaf = pki.certificate(peer("moon", "ca", { noKeyIds: true }));
  const verdict = pki.validate(leaf, presented, [pki.certificate(ROOT)], [], { now: NOW });
  assert.deepEqual([verdict.accepted, verdict.checks, verdict.steps], [false, 0, 1]);
});

test("a list that was found good is not checked again under the same key", () => {
  pki.reset();
  const [leaf, ca, root] = [LEAF, CA, ROOT].map((octets) => pki.certificate(octets)) as [number, number, number];
  const lists = revoking({}).map((octets) => pki.crl(octets));
  const first = pki.validate(leaf, [ca], [root], lists, { now: NOW, crls: "required" });
  const second = pki.validate(leaf, [ca], [root], lists, { now: NOW, crls: "required" });
  assert.deepEqual([first.accepted, first.crlChecks, second.accepted, second.crlChecks], [true, 2, true, 0]);
});
