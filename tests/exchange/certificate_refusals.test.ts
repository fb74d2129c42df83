/**
 * Why a peer's certificate is refused, rule by rule (RFC 5280, 6.1 and 6.3; RFC 4945): one sentence on the console and in `show crypto isakmp
 * diagnose` names the certificate by subject and serial number, the rule, and what would have been accepted. The peer learns one notify with
 * nothing in it: AUTHENTICATION-FAILED, or INVALID-CERT-AUTHORITY.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as second from "../support/second/certificates.ts";
import { P, concat } from "../support/second/ike_peer.ts";
import { CONFIG } from "../support/second/negotiation.ts";
import { SignedNegotiation, keyOf, pemOf, publicOf } from "../support/second/signed_negotiation.ts";
import { NOW, altNames, authority, basicConstraints, certificate, constraints, crl, der, extKeyUsage, extension, keyUsage, pem, policyConstraints, rsaSpki, sequence, oid, type Made } from "../support/pki/issuer.ts";

const theirs = keyOf("moon", "P-256"), ours = keyOf("gate", "P-256");
const spki = Buffer.from(publicOf(theirs).export({ format: "der", type: "spki" }));
const ROOT = authority("root", "root");
/** Our own certificate comes from another authority: no test is about it. */
const OWN = { subject: "CN=Own", key: keyOf("own root", "P-256") };
const DAY = 86400;
const AUTHENTICATION_FAILED = 24, INVALID_CERT_AUTHORITY = 22;

/** The peer's certificate, under `ca`, which is under `root`. */
const leaf = (more: Partial<Made> = {}, issuer = "ca") => certificate({ label: "moon", issuer, spki, noKeyIds: true, ...more, extensions: [keyUsage(0), altNames("ip:c0000202"), ...(more.extensions ?? [])] });
const ca = (more: Partial<Made> & { pathLength?: number } = {}) => authority("ca", "root", more);

interface Row {
  rule: string;
  /** What the peer shows. */
  shown: Buffer[];
  /** Behind `certificate "..." (serial ...) `; the subject there. */
  of?: string;
  says: RegExp;
  notify?: number;
  crls?: Buffer[];
  /** Lines of the trustpoint. */
  trust?: string;
}

const UNKNOWN_CRITICAL = extension("1.3.6.1.4.1.99999.77", der(5), true);
const chainOf = (n: number) => Array.from({ length: n }, (_, i) => authority(`ca${i + 1}`, i ? `ca${i}` : "root"));

const ROWS: Row[] = [
  { rule: "expired", shown: [leaf({ to: NOW - DAY }), ca()], says: /has been expired since 2025-05-31 00:00:00 UTC, and it is 2025-06-01 00:00:\d\d UTC; accepted is one that is valid now/ },
  { rule: "expired, an intermediate", shown: [leaf(), ca({ to: NOW - DAY })], of: "CN=ca, O=Test", says: /has been expired since 2025-05-31/ },
  { rule: "not yet valid", shown: [leaf({ from: NOW + DAY }), ca()], says: /is not valid before 2025-06-02 00:00:00 UTC, and it is 2025-06-01 [\d:]+ UTC; accepted is one that is valid now/ },
  { rule: "issuer unknown", shown: [leaf()], says: /was issued by "CN=ca, O=Test", which is unknown here; accepted is what leads to "CN=root, O=Test", "CN=Own"/, notify: INVALID_CERT_AUTHORITY },
  { rule: "issuer known with another key", shown: [leaf({ noKeyIds: false, signedBy: "fake" }, "root")], says: /was issued by "CN=root, O=Test", which is known here with another key; accepted is what leads to "CN=root, O=Test"/, notify: INVALID_CERT_AUTHORITY },
  { rule: "signature wrong", shown: [leaf({ spoilt: true }), ca()], says: /has a wrong signature: it was not made with the key of "CN=ca, O=Test", as it has to be/ },
  { rule: "not a CA", shown: [leaf(), certificate({ label: "ca", issuer: "root", extensions: [keyUsage(5)] })], of: "CN=ca, O=Test", says: /is not a CA's, and a certificate was issued with it; required are version 3 and basicConstraints with cA/ },
  { rule: "may not sign certificates", shown: [leaf(), certificate({ label: "ca", issuer: "root", extensions: [basicConstraints(true), keyUsage(6)] })], of: "CN=ca, O=Test", says: /may not sign certificates by its key usage; required is keyCertSign/ },
  { rule: "path too long", shown: [leaf({}, "ca2"), authority("ca1", "root", { pathLength: 0 }), authority("ca2", "ca1")], of: "CN=ca2, O=Test", says: /makes the path too long: "CN=ca1, O=Test" allows 0 CAs below itself/ },
  { rule: "chain of too many", shown: [leaf({}, "ca8"), ...chainOf(8)], of: "CN=ca2, O=Test", says: /is in a chain of more than 8 certificates/ },
  { rule: "name not permitted", shown: [leaf(), ca({ extensions: [constraints(["ip:0a000000ff000000"])] })], says: /bears the name 192\.0\.2\.2, which is not among those permitted by "CN=ca, O=Test"; permitted is 10\.0\.0\.0 255\.0\.0\.0/ },
  { rule: "name excluded", shown: [leaf({ extensions: [] }), ca({ extensions: [constraints([], ["dn:O=Test,CN=moon"])] })], says: /bears the name "CN=moon, O=Test", which is excluded by "CN=ca, O=Test"; excluded is "CN=moon, O=Test"/ },
  { rule: "policy constraints", shown: [leaf(), ca({ extensions: [policyConstraints(0)] })], of: "CN=(ca|moon), O=Test", says: /is under no certificate policy that is required; accepted is one with a policy that every CA above it allows too/ },
  { rule: "unknown critical extension", shown: [leaf({ extensions: [UNKNOWN_CRITICAL] }), ca()], says: /has a critical extension that is unknown: 1\.3\.6\.1\.4\.1\.99999\.77; accepted are unknown ones that are not critical/ },
  { rule: "weak hash, SHA-1", shown: [leaf({ algorithm: sequence(oid("1.2.840.113549.1.1.5"), der(5)) }), ca()], says: /is signed with an algorithm that is not accepted: SHA-1; accepted are RSA, RSASSA-PSS, ECDSA and Ed25519 with SHA-256, SHA-384 or SHA-512/ },
  { rule: "weak hash, MD5, whatever is configured", trust: " hash sha1\n", shown: [leaf({ algorithm: sequence(oid("1.2.840.113549.1.1.4"), der(5)) }), ca()], says: /is signed with an algorithm that is not accepted: MD5; accepted are/ },
  { rule: "key too small", shown: [leaf(), ca({ spki: rsaSpki(1023) })], of: "CN=ca, O=Test", says: /has a key of 1023 bits, and 1024 are required/ },
  { rule: "key too large", shown: [leaf(), ca({ spki: rsaSpki(8200) })], of: "CN=ca, O=Test", says: /has a key of 8200 bits, and no more than 8192 are accepted/ },
  { rule: "key of another kind", shown: [leaf({ spki: Buffer.from(publicOf(keyOf("moon", "P-384")).export({ format: "der", type: "spki" })) }), ca()], says: /has a key of another kind than was agreed on; accepted is one for ECDSA on P-256/ },
  { rule: "key of a kind that nobody takes", shown: [certificate({ label: "moon", issuer: "ca", spki: sequence(sequence(oid("1.3.101.113")), der(3, Buffer.alloc(58))), extensions: [keyUsage(0)] }), ca()], says: /has a key of a kind that is not accepted; accepted are RSA and EC on P-256, P-384 and P-521 by name/ },
  { rule: "key usage", shown: [certificate({ label: "moon", issuer: "ca", spki, noKeyIds: true, extensions: [keyUsage(2)] }), ca()], says: /may not be used for this by its key usage, which is keyEncipherment; required is digitalSignature or nonRepudiation/ },
  { rule: "extended key usage", shown: [leaf({ extensions: [extKeyUsage("1.3.6.1.5.5.7.3.4")] }), ca()], says: /may not be used for IKE by its extended key usage; required is anyExtendedKeyUsage or serverAuth or/ },
  { rule: "identity is not in the certificate", shown: [certificate({ label: "moon", issuer: "ca", spki, noKeyIds: true, extensions: [altNames("dns:moon.example.com")] }), ca()], of: "", says: /calls itself [\w ]+ 192\.0\.2\.2, which its certificate "CN=moon, O=Test" \(serial [0-9a-f]+\) does not bear: accepted is one of "CN=moon, O=Test", moon\.example\.com/ },
  { rule: "no CRL", trust: " revocation-check crl\n", shown: [leaf({}, "root")], says: /has no CRL that says whether it is revoked; required is one of its issuer's \(crypto pki crl import\)/ },
  { rule: "revoked", trust: " revocation-check crl\n", crls: [crl({ issuer: "root", revoked: [{ serial: "moon", reason: 1 }] })], shown: [leaf({}, "root")], says: /was revoked on 2025-05-31 00:00:00 UTC because its key was compromised; accepted is one that no CRL names/ },
  { rule: "CRL too old", trust: " revocation-check crl\n", crls: [crl({ issuer: "root", from: NOW - 9 * DAY, to: NOW - DAY })], shown: [leaf({}, "root")], says: /has a CRL that is too old: the next one was due on 2025-05-31 00:00:00 UTC, and is required \(crypto pki crl import\)/ },
  { rule: "CRL of the future", trust: " revocation-check crl\n", crls: [crl({ issuer: "root", from: NOW + DAY, to: NOW + 9 * DAY })], shown: [leaf({}, "root")], says: /has a CRL that is not valid before 2025-06-02 00:00:00 UTC; required is one that is valid now/ },
  { rule: "CRL's signature wrong", trust: " revocation-check crl\n", crls: [crl({ issuer: "root", spoilt: true })], shown: [leaf({}, "root")], says: /has a CRL whose signature is wrong or whose signer is unknown; required is one that its issuer signed/ },
  { rule: "CRL with an unknown critical extension", trust: " revocation-check crl\n", crls: [crl({ issuer: "root", extensions: [UNKNOWN_CRITICAL] })], shown: [leaf({}, "root")], says: /has a CRL with a critical extension that is unknown; required is one without/ },
  { rule: "too many signature checks", shown: [leaf(), ...Array.from({ length: 14 }, (_, i) => authority("ca", "root", { key: `ca-${i}`, noKeyIds: true, signedBy: "nobody" }))], says: /would take more than 8 signature checks, with the one of who shows it|has a wrong signature/ },
  { rule: "malformed", shown: [Buffer.concat([leaf().subarray(0, -1), Buffer.from([1])]).subarray(0, 120), ca()], of: "", says: /a certificate is malformed: its encoding is not what DER and RFC 5280 have there/ },
  { rule: "malformed behind its subject", shown: [leaf({ extensions: [keyUsage(0)] }), ca()], says: /is malformed: its list of extensions is not what DER and RFC 5280 have there/ },
];

function paste(n: SignedNegotiation, command: string, text: string): void {
  n.router.output = "";
  n.router.type(`configure terminal\n${command}\n${text}quit\n`);
  assert.ok(n.world.run(30_000, () => /succe|\[yes\/no\]/i.test(n.router.output)), n.router.output);
  if (/\[yes\/no\]/.test(n.router.output)) n.router.type("yes\n");
  n.router.type("end\n");
  assert.match(n.router.output, /succe/i);
}

function negotiation(row: Row): SignedNegotiation {
  const config = CONFIG.replace("authentication pre-share", "authentication ecdsa-sig").replace(/crypto isakmp key .*\n/, "");
  const n = new SignedNegotiation(1, config, { key: theirs, certificates: row.shown }, { cas: [] });
  n.router.type(`clock set ${NOW}`);
  n.router.configure(`crypto pki trustpoint ROOT\n revocation-check none\n${row.trust ?? ""}crypto pki trustpoint OWN\n revocation-check none`);
  paste(n, "crypto pki authenticate ROOT", pem("CERTIFICATE", ROOT));
  const own = second.certificate({ ...OWN, ca: true }), gate = second.certificate({ subject: "CN=gate", key: ours, issuer: OWN, names: ["192.0.2.1"] });
  paste(n, "crypto pki import OWN pem terminal", `${second.pem(own)}quit\n${pemOf(ours)}quit\n${second.pem(gate)}`);
  for (const list of row.crls ?? []) paste(n, "crypto pki crl import ROOT", pem("X509 CRL", list));
  // A peer that takes whatever we show.
  n.peer.checkProof = (payloads) => n.peer.heard(payloads);
  n.router.output = "";
  return n;
}

for (const row of ROWS) {
  for (const [role, name] of [["initiate", "main 5"], ["respond", "main 6"]] as const) {
    test(`${row.rule}: the peer ${role}s`, () => {
      const n = negotiation(row);
      let iv = new Uint8Array();
      for (const step of n[role]()) {
        if (step.name !== name) {
          assert.ok(step.go(), `${step.name}: ${n.router.output.slice(-900)}`);
          continue;
        }
        n.station.inbox.length = 0;
        const message = step.make(step.payloads);
        iv = Uint8Array.from(n.peer.lastBlock(message));
        n.inject(message);
        n.world.run(3000);
        break;
      }
      const who = row.of ?? "CN=moon, O=Test";
      const sentence = who ? new RegExp(`192\\.0\\.2\\.2 did not prove who it is: certificate "${who}" \\(serial [0-9a-f]+\\) (?:${row.says.source})`) : row.says;
      assert.match(n.router.output, sentence);
      assert.match(n.router.type("show crypto isakmp diagnose 192.0.2.2"), sentence);
      assert.equal(n.router.eventsOf("refused", { where: "phase1" }).length, 1);
      assert.equal(n.router.eventsOf("ike.sa", { state: "up" }).length, 0);
      // One message, one payload beside HASH, and in it nothing but the type.
      const answers = n.station.inbox.filter(({ data }) => data[18] === 5);
      assert.equal(answers.length, 1);
      n.peer.iv = iv;
      const view = new DataView(answers[0]!.data.buffer, answers[0]!.data.byteOffset);
      const payloads = n.peer.open(answers[0]!.data, n.peer.phase2Iv(view.getUint32(20)));
      assert.deepEqual(payloads.map(({ type }) => type), [P.HASH, P.N]);
      const notify = row.notify ?? AUTHENTICATION_FAILED;
      assert.deepEqual([...payloads[1]!.body], [...concat([0, 0, 0, 1, 1, 16, 0, notify], n.peer.ckyI, n.peer.ckyR)]);
    });
  }
}

test("the same without a fault is accepted", () => {
  for (const role of ["initiate", "respond"] as const) {
    const n = negotiation({ rule: "none", shown: [leaf(), ca()], says: /x/ });
    for (const step of n[role]()) assert.ok(step.go(), `${step.name}: ${n.router.output.slice(-900)}`);
    assert.ok(n.world.run(200, () => n.tunnelUp()), n.router.output.slice(-900));
  }
});

