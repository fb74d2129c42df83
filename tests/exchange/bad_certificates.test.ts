/**
 * CERT payloads with everything in them that DER and X.509 forbid, and more than anybody should look at: a drop with a counted reason, a bounded number
 * of slices and signature checks, no trap, and the next negotiation is taken. The same pasted at the console: one sentence, nothing is stored.
 */
import assert from "node:assert/strict";
import { createECDH } from "node:crypto";
import { test } from "node:test";
import * as second from "../support/second/certificates.ts";
import { difference } from "../support/second/fields.ts";
import { P, concat } from "../support/second/ike_peer.ts";
import { CONFIG } from "../support/second/negotiation.ts";
import { SignedNegotiation, keyOf, pemOf, publicOf } from "../support/second/signed_negotiation.ts";
import { NOW, altNames, authority, bitString, certificate, der, extension, integer, keyUsage, octetString, oid, pem, sequence, type Made } from "../support/pki/issuer.ts";

const FAILED = "ISAKMP authentication failed", MALFORMED = "malformed ISAKMP payload", UNEXPECTED = "ISAKMP payload unexpected";
const ours = { rsa: keyOf("gate"), ec: keyOf("gate", "P-256") }, theirs = { rsa: keyOf("moon"), ec: keyOf("moon", "P-256") };
type Kind = keyof typeof theirs;
const spkiOf = (kind: Kind) => Buffer.from(publicOf(theirs[kind]).export({ format: "der", type: "spki" }));
const ROOT = authority("root", "root");
const OWN = { subject: "CN=Own", key: keyOf("own root", "P-256") };

const leaf = (spki: Buffer, more: Partial<Made> = {}, issuer = "root") => certificate({ label: "moon", issuer, spki, noKeyIds: true, ...more, extensions: [keyUsage(0), altNames("ip:c0000202"), ...(more.extensions ?? [])] });
const GOOD = { rsa: leaf(spkiOf("rsa")), ec: leaf(spkiOf("ec")) };

const RSA_OID = sequence(oid("1.2.840.113549.1.1.1"), der(5));
/** An RSA key of these two numbers, or of octets as they are. */
const rsa = (n: bigint | Buffer, e: bigint | Buffer) => sequence(RSA_OID, bitString(sequence(...[n, e].map((x) => (typeof x === "bigint" ? integer(x) : der(2, x))))));
const MODULUS = BigInt(`0x${Buffer.from(publicOf(theirs.rsa).export({ format: "jwk" }).n as string, "base64url").toString("hex")}`);
const ec = (parameters: Buffer, point: Buffer) => sequence(sequence(oid("1.2.840.10045.2.1"), parameters), bitString(point));
const P256 = oid("1.2.840.10045.3.1.7");
const POINT = spkiOf("ec").subarray(-65);
/** specifiedCurve (RFC 3279, 2.3.5): P-256 spelled out, with a base point of the sender's. */
const EXPLICIT = sequence(integer(1), sequence(oid("1.2.840.10045.1.1"), integer((1n << 256n) - (1n << 224n) + (1n << 192n) + (1n << 96n) - 1n)), sequence(octetString(Buffer.alloc(32, 1)), octetString(Buffer.alloc(32, 2))), octetString(POINT), integer(7), integer(1));
const nested = (depth: number, innermost: Buffer = der(5)): Buffer => (depth ? nested(depth - 1, sequence(innermost)) : innermost);
const compressed = Buffer.from(createECDH("prime256v1").generateKeys("hex", "compressed"), "hex");
/** `octets` with those at `at` replaced. */
const patched = (octets: Buffer, at: number, ...values: number[]) => Buffer.concat([octets.subarray(0, at), Buffer.from(values), octets.subarray(at + values.length)]);

interface Row {
  name: string;
  kind?: Kind;
  /** Certificates in the place of the peer's; bodies with their encoding. Or the key of its certificate, and of an authority's at the console. */
  shown?: Uint8Array[];
  spki?: Buffer;
  drop?: string;
  /** At the console it is refused as well, unless only IKE's rules are broken. */
  console?: false;
  notify?: number;
  says?: RegExp;
}
const x509 = (...certificates: Uint8Array[]) => certificates.map((one) => concat([4], one));
const circle = ["a", "b", "c"].map((label, i, all) => authority(label, all[(i + 1) % 3]!));

const ROWS: Row[] = [
  { name: "a length of four octets that goes beyond everything", shown: x509(patched(GOOD.ec, 0, 0x30, 0x84, 0xff, 0xff)) },
  { name: "a length of nine octets", shown: x509(Buffer.concat([Buffer.from([0x30, 0x89, 0, 0, 0, 0, 0, 0, 0, 1, 0]), GOOD.ec.subarray(4)])) },
  { name: "a length that is not the shortest", shown: x509(Buffer.concat([Buffer.from([0x30, 0x83, 0]), GOOD.ec.subarray(2)])) },
  { name: "an indefinite length", shown: x509(Buffer.concat([Buffer.from([0x30, 0x80]), GOOD.ec.subarray(4), Buffer.from([0, 0])])) },
  { name: "an indefinite length deep within", shown: x509(leaf(spkiOf("ec"), { extensions: [extension("1.2.3.4", der(5)), Buffer.concat([Buffer.from([0x30, 0x80]), oid("1.2.3.5"), octetString(der(5)), Buffer.from([0, 0])])] })) },
  { name: "octets behind it", shown: x509(Buffer.concat([GOOD.ec, Buffer.from([0])])) },
  { name: "octets behind its extensions", shown: x509(leaf(spkiOf("ec"), { extensions: [Buffer.concat([extension("1.2.3.4", der(5)), Buffer.from([5, 0])])] })) },
  { name: "an element with an octet too few", shown: x509(GOOD.ec.subarray(0, -1)) },
  { name: "sequences 500 deep", shown: x509(nested(500)) },
  { name: "sequences 300 deep in an extension", shown: x509(leaf(spkiOf("ec"), { extensions: [sequence(oid("1.2.3.4"), nested(300))] })) },
  { name: "a high tag number", shown: x509(Buffer.concat([Buffer.from([0x3f, 0x8f, 0x7f]), GOOD.ec.subarray(1)])) },
  { name: "a serial number of 500 octets", shown: x509(certificate({ label: "moon", issuer: "root", spki: spkiOf("ec"), serial: Buffer.alloc(500, 7) })) },
  { name: "a modulus of 16,384 bits", kind: "rsa", spki: rsa((1n << 16383n) | 1n, 65537n) },
  { name: "a modulus of 0", kind: "rsa", spki: rsa(0n, 65537n) },
  { name: "a modulus of 1", kind: "rsa", spki: rsa(1n, 65537n) },
  { name: "a negative modulus", kind: "rsa", spki: rsa(Buffer.concat([Buffer.from([0x80]), Buffer.alloc(255, 1)]), 65537n) },
  { name: "a modulus with zeros before it", kind: "rsa", spki: rsa(Buffer.concat([Buffer.from([0, 0]), Buffer.from(MODULUS.toString(16), "hex")]), 65537n) },
  { name: "a modulus of no octets", kind: "rsa", spki: rsa(Buffer.alloc(0), 65537n) },
  { name: "an even modulus", kind: "rsa", spki: rsa(MODULUS - 1n, 65537n) },
  { name: "an exponent of 0", kind: "rsa", spki: rsa(MODULUS, 0n) },
  { name: "an exponent of 1, under which a signature is what is signed", kind: "rsa", spki: rsa(MODULUS, 1n) },
  { name: "an exponent of 2", kind: "rsa", spki: rsa(MODULUS, 2n) },
  { name: "an even exponent", kind: "rsa", spki: rsa(MODULUS, 65536n) },
  { name: "a negative exponent", kind: "rsa", spki: rsa(MODULUS, Buffer.from([0x83])) },
  { name: "an exponent of 2^64 + 1", kind: "rsa", spki: rsa(MODULUS, (1n << 64n) + 1n) },
  { name: "an exponent as long as the modulus", kind: "rsa", spki: rsa(MODULUS, MODULUS - 2n) },
  { name: "a curve that is spelled out", spki: ec(EXPLICIT, POINT) },
  { name: "a curve that nobody has heard of", spki: ec(oid("1.2.3.4.5"), POINT) },
  { name: "no curve at all", spki: ec(der(5), POINT) },
  { name: "another curve's point", spki: ec(oid("1.3.132.0.34"), POINT) },
  { name: "a point that is not on the curve", spki: ec(P256, patched(POINT, 40, POINT[40]! ^ 1)) },
  { name: "the point at infinity", spki: ec(P256, Buffer.from([0])) },
  { name: "a compressed point", spki: ec(P256, compressed) },
  { name: "a point with its coordinates above the field", spki: ec(P256, Buffer.concat([Buffer.from([4]), Buffer.alloc(64, 0xff)])) },
  { name: "a chain in a circle, without an anchor", shown: x509(leaf(spkiOf("ec"), {}, "a"), ...circle), console: false, notify: 22 },
  { name: "fourteen CAs of one name that issue each other", shown: x509(leaf(spkiOf("ec"), {}, "a"), ...Array.from({ length: 14 }, (_, i) => authority("a", "a", { key: `a-${i}`, noKeyIds: true }))), console: false },
  { name: "fourteen CAs of the issuer's name, each with a signature that is none", shown: x509(leaf(spkiOf("ec"), {}, "ca"), ...Array.from({ length: 14 }, (_, i) => authority("ca", "root", { key: `ca-${i}`, noKeyIds: true, signedBy: "nobody" }))), console: false },
  { name: "seventeen certificates", shown: x509(...Array.from({ length: 17 }, () => GOOD.ec.subarray(0, 40))), drop: UNEXPECTED, console: false },
  { name: "a hundred certificates", shown: x509(...Array.from({ length: 100 }, () => Buffer.from([0x30, 0]))), drop: MALFORMED, console: false },
  { name: "a PKCS#7 with twenty certificates", shown: [concat([1], second.pkcs7(Array.from({ length: 20 }, () => Buffer.from([0x30, 0]))))], drop: MALFORMED, notify: 19, console: false },
  { name: "a hash and a URL", shown: [concat([12], Buffer.alloc(20, 1), Buffer.from("http://example.com/moon.crt"))], notify: 21, says: /what it sent for a certificate has encoding 12 \(hash and URL of a certificate\), which is not taken; accepted are 4 \(X\.509 certificate, signature\) and 1 \(PKCS#7\)/, console: false },
  { name: "a hash and a URL of a bundle", shown: [concat([13], Buffer.alloc(20, 1), Buffer.from("http://example.com/moon.crt"))], notify: 21, says: /encoding 13 \(hash and URL of a bundle\), which is not taken/, console: false },
  { name: "a PGP key", shown: [concat([2], Buffer.alloc(40, 1))], notify: 21, says: /encoding 2 \(PGP\), which is not taken/, console: false },
];

function negotiation(kind: Kind): SignedNegotiation {
  const config = CONFIG.replace("authentication pre-share", `authentication ${kind === "rsa" ? "rsa-sig" : "ecdsa-sig"}`).replace(/crypto isakmp key .*\n/, "");
  const n = new SignedNegotiation(1, config, { key: theirs[kind], certificates: [GOOD[kind]] }, { cas: [] });
  const paste = (command: string, text: string) => {
    n.router.output = "";
    n.router.type(`configure terminal\n${command}\n${text}quit\n`);
    assert.ok(n.world.run(30_000, () => /succe|\[yes\/no\]/i.test(n.router.output)), n.router.output);
    if (/\[yes\/no\]/.test(n.router.output)) n.router.type("yes\n");
    n.router.type("end\n");
  };
  n.router.type(`clock set ${NOW}`);
  n.router.configure("crypto pki trustpoint ROOT\n revocation-check none\ncrypto pki trustpoint OWN\n revocation-check none");
  paste("crypto pki authenticate ROOT", pem("CERTIFICATE", ROOT));
  paste("crypto pki import OWN pem terminal", `${second.pem(second.certificate({ ...OWN, ca: true }))}quit\n${pemOf(ours[kind])}quit\n${second.pem(second.certificate({ subject: "CN=gate", key: ours[kind], issuer: OWN, names: ["192.0.2.1"] }))}`);
  n.peer.checkProof = (payloads) => n.peer.heard(payloads);
  n.router.output = "";
  return n;
}

/** Slices that all of a message may take: a power of the group, eight signature checks, and our own signature. */
const SLICES = 400;

for (const row of ROWS) {
  const kind = row.kind ?? "ec";
  test(`in a negotiation: ${row.name}`, () => {
    const n = negotiation(kind);
    for (const step of n.initiate()) {
      if (step.name !== "main 5") {
        assert.ok(step.go(), `${step.name}: ${n.router.output.slice(-900)}`);
        continue;
      }
      n.station.inbox.length = 0;
      const at = step.payloads.findIndex(({ type }) => type === P.CERT);
      const changed = [...step.payloads.slice(0, at), ...(row.shown ?? x509(leaf(row.spki!))).map((body) => ({ type: P.CERT, body })), ...step.payloads.slice(at + 1)];
      const message = step.make(changed);
      const before = n.router.counters();
      let polls = 0;
      const poll = n.router.poll.bind(n.router);
      n.router.poll = () => (polls++, poll());
      n.inject(message);
      n.world.run(3000);
      n.router.poll = poll;
      assert.deepEqual(difference(before, n.router.counters()), [row.drop ?? FAILED], n.router.output.slice(-600));
      assert.ok(polls < SLICES, `${polls} slices`);
      assert.equal((n.router.output.match(/%CRYPTO-4-/g) ?? []).length, row.drop ? (row.drop === UNEXPECTED ? 1 : 0) : 1, n.router.output);
      if (row.says) assert.match(n.router.output, row.says);
      if (!row.drop || row.notify) {
        const [answer] = n.station.inbox.filter(({ data }) => data[18] === 5);
        n.peer.iv = n.peer.lastBlock(message);
        assert.deepEqual(n.protectedNotifies(answer!.data), [row.notify ?? 24]);
      }
      break;
    }
    assert.ok(!n.tunnelUp());
    n.clear(120_000);
    for (const step of n.initiate()) assert.ok(step.go(), `a new negotiation, ${step.name}: ${n.router.output.slice(-900)}`);
    assert.ok(n.world.run(200, () => n.tunnelUp()));
  });

  if (row.console === false) continue;
  test(`at the console: ${row.name}`, () => {
    const n = negotiation(kind);
    const before = n.router.type("show running-config");
    n.router.configure("crypto pki trustpoint NEW");
    n.router.output = "";
    n.router.type(`configure terminal\ncrypto pki authenticate NEW\n${pem("CERTIFICATE", row.spki ? authority("new", "new", { spki: row.spki }) : Buffer.from(row.shown![0]!.subarray(1)))}quit\nend\n`);
    assert.equal((n.router.output.match(/^% [^\n]*\.$/gm) ?? []).filter((line) => !/^% End with/.test(line)).length, 1, n.router.output);
    assert.doesNotMatch(n.router.output, /yes\/no|success/);
    n.router.configure("no crypto pki trustpoint NEW");
    assert.equal(n.router.type("show running-config"), before);
  });
}

test("at the console: a certificate of 64 kB, and more than the console takes", () => {
  for (const octets of [60_000, 70_000]) {
    const n = negotiation("ec");
    const before = n.router.type("show running-config");
    n.router.configure("crypto pki trustpoint NEW");
    n.router.output = "";
    const text = pem("CERTIFICATE", leaf(spkiOf("ec"), { extensions: [extension("1.2.3.4", octetString(Buffer.alloc(octets, 7)))] }));
    n.router.type("configure terminal\ncrypto pki authenticate NEW\n");
    for (let i = 0; i < text.length; i += 1000) n.router.type(text.slice(i, i + 1000).replace(/\n?$/, (end) => end));
    n.router.type("quit\nend\n");
    assert.equal((n.router.output.match(/^% [^\n]*\.$/gm) ?? []).filter((line) => !/^% End with/.test(line)).length, 1, n.router.output.slice(-500));
    assert.doesNotMatch(n.router.output, /yes\/no|success/);
    n.router.configure("no crypto pki trustpoint NEW");
    assert.equal(n.router.type("show running-config"), before);
  }
});
