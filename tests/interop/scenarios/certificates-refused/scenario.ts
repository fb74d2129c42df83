/**
 * Certificates that one of the two refuses, strongSwan opposite: no tunnel, and the side that refuses says why. What makes the difference is one thing in
 * each: a date, a CRL, an issuer, a name.
 */
import { Authority, enter, filesOf, keyOf, type Trust } from "../../signed/credentials.ts";
import { bothRoles, type Scenario } from "../../bench/scenario.ts";
import { charonAuth, charonSite, DN, NAMES, once, pki, refused, trustOf, tunnel, type Pki } from "../../signed/site.ts";

interface Case {
  name: string;
  about: string;
  keys: () => Pki;
  /** What our console says. */
  said: RegExp;
  /** What the peer writes down. */
  theirs?: RegExp;
  /** It has proved what it is, and may not be it. */
  proved?: boolean;
  points?: (keys: Pki) => Trust[];
  files?: (keys: Pki) => Record<string, string>;
  values?: Record<string, string>;
}

const PROOF = /did not prove who it is/;
/** We are refused, and the peer says no more than that. */
const OURS_REFUSED = /refus|AUTHENTICATION.FAILED|deleted|ended|does not accept|no answer/i;
const other = once(() => new Authority(`${DN}Other`, keyOf("gamma", 2048)));

const CASES: Case[] = [
  { name: "expired", about: "the peer's certificate has expired: no tunnel, and we say so", keys: once(() => pki(2048, { theirs: { until: "210101000000Z" } })), said: /"CN=beta[^"]*" \(serial \S+\) has been expired since 2021-01-01/ },
  { name: "not-yet-valid", about: "the peer's certificate is not valid yet: no tunnel, and we say so", keys: once(() => pki(2048, { theirs: { from: "480101000000Z" } })), said: /"CN=beta[^"]*" \(serial \S+\) is not valid before 2048-01-01/ },
  { name: "revoked", about: "the peer's certificate stands in the CRL that we have: no tunnel, and we say since when", keys: once(() => pki(2048)), said: /"CN=beta[^"]*" \(serial \S+\) .*revoked/,
    points: (keys) => [{ ...trustOf(keys), crls: [keys.root.crl([keys.theirs])] }] },
  { name: "crl-missing", about: "we ask for a CRL and have none: no tunnel, and we say so", keys: once(() => pki(2048)), said: /"CN=beta[^"]*" \(serial \S+\) has no CRL that says whether it is revoked/, points: (keys) => [{ ...trustOf(keys), crls: [] }] },
  { name: "unknown-authority", about: "the peer's certificate is of an authority that we don't know: no tunnel, and we say so", keys: once(() => {
    const ours = pki(2048);
    return { ...ours, theirs: other().issue(`${DN}beta`, keyOf("beta", 2048), NAMES.beta) };
  }), said: /"CN=beta[^"]*" \(serial \S+\) was issued by "CN=Other[^"]*", which is unknown here/ },
  { name: "intermediate-missing", about: "nobody has the intermediate above the peer's certificate: no tunnel, and we say so", keys: once(() => {
    const one = pki(2048, { intermediate: true });
    return { ...one, ours: one.root.issue(`${DN}alpha`, keyOf("alpha", 2048), NAMES.alpha) };
  }), files: (keys) => filesOf(keys.theirs, [keys.root], { sent: [] }), said: /"CN=beta[^"]*" \(serial \S+\) was issued by "CN=Between[^"]*", which is unknown here/ },
  { name: "sha1", about: "the peer's certificate is signed with SHA-1: no tunnel, and we say so", keys: once(() => pki(2048, { theirs: { hash: "sha1" } })), said: /"CN=beta[^"]*" .*SHA-1/ },
  { name: "other-name", about: "the peer's certificate is good, and its name is another than the configured one: no tunnel, and we say so", keys: once(() => pki(2048, { theirs: { names: ["gamma.example.org"] } })),
    values: { their_id: "id = gamma.example.org" }, said: /calls itself ID_FQDN "gamma\.example\.org", which its certificate bears, but no .crypto isakmp profile. /, proved: true },
  { name: "ours-revoked", about: "our certificate stands in the peer's CRL, which it asks for: it refuses us", keys: once(() => pki(2048)),
    files: (keys) => filesOf(keys.theirs, [keys.root], { crls: [keys.root.crl([keys.ours])] }), values: charonAuth(["certs = beta.pem"], ["cacerts = ca0.pem", "revocation = strict"]),
    said: OURS_REFUSED, theirs: /certificate was revoked on .*key compromise/ },
  { name: "ours-unknown", about: "the peer doesn't know our authority: it refuses us", keys: once(() => pki(2048)),
    files: (keys) => filesOf(keys.theirs, [other()]), said: OURS_REFUSED, theirs: /no issuer certificate found|no trusted RSA public key found/ },
  { name: "ours-other-name", about: "the peer expects another name of us: it refuses us", keys: once(() => pki(2048)), values: { peer_id: "id = gamma.example.org" }, said: OURS_REFUSED,
    theirs: /no peer config found|no matching peer config|constraint check failed|IDir .* does not match/ },
];

export default [
  ...CASES.flatMap(({ name, about, keys, said, theirs, proved, points, files, values }) => bothRoles(`certificates-${name}`, (role): Omit<Scenario, "name"> => ({
    ...charonSite({ kind: 2048 }, keys, { ...(files && { files: () => files(keys()) }), values: values ?? {} }),
    about,
    check: async (bench) => {
      await enter(bench.ours, points ? points(keys()) : [trustOf(keys())]);
      await refused(bench, role, said === OURS_REFUSED && role === "responder" ? /./ : said, theirs);
      if (said !== OURS_REFUSED && !proved && !PROOF.test(bench.ours.said)) throw new Error("our console did not say that the peer has not proved who it is");
    },
  }))),
  ...(() => {
    const keys = once(() => pki(2048, { theirs: { until: "210101000000Z" } }));
    return bothRoles("certificates-expired-aggressive", (role): Omit<Scenario, "name"> => ({
      ...charonSite({ kind: 2048, naming: "fqdn", aggressive: true }, keys),
      about: "the peer's certificate has expired, in Aggressive Mode: no tunnel, and we say so",
      check: async (bench) => {
        await enter(bench.ours, [trustOf(keys())]);
        // strongSwan as initiator has sent its third message, is up for itself, and goes on to ask for phase 2.
        await refused(bench, role, /"CN=beta[^"]*" \(serial \S+\) has been expired since 2021-01-01/, undefined, 3);
      },
    }));
  })(),
  ...(() => {
    const keys = once(() => pki(2048, { intermediate: true }));
    const crls = once(() => [keys().root.crl(), keys().between!.crl()]);
    return bothRoles("certificates-crls", (role): Omit<Scenario, "name"> => ({
      ...charonSite({ kind: 2048 }, keys, {
        files: () => filesOf(keys().theirs, [keys().root], { crls: crls() }), values: charonAuth(["certs = beta.pem"], ["cacerts = ca0.pem", "revocation = strict"]),
      }),
      about: "both sides ask for CRLs, of the root and of the intermediate, and have them: nobody is revoked, the tunnel is up",
      check: (bench) => tunnel(bench, role, [{ ...trustOf(keys()), crls: crls() }]),
    }));
  })(),
] satisfies Scenario[];
