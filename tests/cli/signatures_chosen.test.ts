/** `authentication rsa-sig` and `ecdsa-sig`: one sentence says what is missing, as long as something is; and what is weak. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { certificate, pem } from "../support/second/certificates.ts";
import { keyOf, pemOf, publicPemOf, rawKey } from "../support/second/signed_negotiation.ts";
import { NOW, authority, crl, pem as certificatePem } from "../support/pki/issuer.ts";
import { Console } from "./console.ts";

const ROOT = { subject: "CN=Root", key: keyOf("chosen root") };
const root = pem(certificate({ ...ROOT, ca: true }));

class Router extends Console {
  run(typed: string): string {
    const before = this.output.length;
    this.input(typed.endsWith("\n") ? typed : typed + "\n");
    while (this.exports.poll(this.now) === 0);
    return this.output.slice(before);
  }

  /** What is said when the method is chosen. */
  chosen(word: string): string[] {
    const said = this.run(`crypto isakmp policy 10\nauthentication ${word}\nexit`);
    return [...said.matchAll(/^% (Warning: .*)$/gm)].map((m) => m[1]!);
  }
}

const configuring = (wall = 1_790_000_000) => {
  const c = new Router({ wall });
  c.run("configure terminal");
  return c;
};

for (const [word, kind, bits, no] of [["rsa-sig", "rsa", 2048, "an? RSA"], ["ecdsa-sig", "ec", "P-256", "an? EC"]] as const) {
  test(`${word}: the key, the authority, our certificate and the clock, one after the other`, () => {
    const key = keyOf("chosen", bits);
    const c = configuring(0);
    assert.match(c.chosen(word).join("\n"), new RegExp(`^Warning: policy 10: there is no ${no.replace("an? ", "")} key to sign with \\(crypto key generate ${kind}, or crypto pki import\\)\\.$`));
    c.run(`crypto key import ${kind} K pem terminal\n${pemOf(key)}quit`);
    assert.match(c.chosen(word).join("\n"), /^Warning: policy 10: no trustpoint has the certificate of its authority \(crypto pki authenticate\)[^\n]*\.$/);
    c.run(`crypto pki trustpoint CA\n${kind}keypair K\nexit\ncrypto pki authenticate CA\n${root}quit`);
    c.run("yes");
    assert.deepEqual(c.chosen(word), ["Warning: policy 10: no trustpoint has a certificate of a key of ours (crypto pki enroll, crypto pki import)."]);
    c.run(`crypto pki import CA certificate\n${pem(certificate({ subject: "CN=gate", key, issuer: ROOT, names: ["192.0.2.1"] }))}quit`);
    assert.deepEqual(c.chosen(word), ["Warning: policy 10: the clock is not set: no peer's certificate is accepted until it is (clock set, or time-check none in a trustpoint)."]);
    c.run("do clock set 1790000000");
    assert.deepEqual(c.chosen(word), []);
    assert.deepEqual(c.chosen("pre-share"), []);
  });
}

test("a trustpoint without time-check needs no clock; a key of the other kind does not serve", () => {
  const c = configuring(0);
  c.run(`crypto pki trustpoint CA\ntime-check none\nexit\ncrypto pki import CA pem terminal\n${root}quit\n${pemOf(keyOf("chosen"))}quit\n${pem(certificate({ subject: "CN=gate", key: keyOf("chosen"), issuer: ROOT, names: ["192.0.2.1"] }))}quit`);
  assert.deepEqual(c.chosen("rsa-sig"), []);
  assert.match(c.chosen("ecdsa-sig").join(), /there is no EC key to sign with/);
});

test("raw keys: with a peer's key nothing is missing; weak ones are named where they are taken and where they are chosen", () => {
  const c = configuring(0);
  const weak = keyOf("chosen weak", 1024);
  assert.match(c.run(`crypto key import rsa K pem terminal\n${pemOf(weak)}quit`), /% Warning: an RSA key of 1024 bits is weak\./);
  assert.match(c.run(`${rawKey("addressed-key 192.0.2.2", weak)}exit\nexit`), /% Warning: an RSA key of 1024 bits is weak\./);
  assert.ok(publicPemOf(weak));
  assert.deepEqual(c.chosen("rsa-sig"), ["Warning: policy 10: the RSA key that signs has fewer than 2048 bits."]);
});

test("certificates with small keys, and SHA-1, are named where they are taken", () => {
  const c = configuring();
  const small = { subject: "CN=Small", key: keyOf("chosen weak", 1024) };
  c.run(`crypto pki trustpoint CA\nexit\ncrypto pki authenticate CA\n${pem(certificate({ ...small, ca: true }))}quit`);
  assert.match(c.run("yes"), /% Certificate successfully imported\n% Warning: the certificate's RSA key of 1024 bits is weak\./);
  assert.match(c.run("crypto pki trustpoint CA\nhash sha1"), /% Warning: signatures with SHA-1 can be forged; they are taken under this trustpoint\./);
});

test("a list in PEM with RFC 4945's label, too", () => {
  const c = configuring(NOW);
  c.run(`crypto pki trustpoint CA\nexit\ncrypto pki authenticate CA\n${certificatePem("CERTIFICATE", authority("root", "root"))}quit`);
  c.run("yes");
  const list = certificatePem("X509 CRL", crl({ issuer: "root" }));
  assert.match(c.run(`crypto pki crl import CA\n${list.replaceAll("X509 CRL", "CRL")}quit`), /% CRL successfully imported/);
});
