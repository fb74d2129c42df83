/**
 * Certificates and CRLs by themselves: what is read of them, malformed ones and what of them is malformed, identities of IKE, names for
 * people; real roots; mutations. Nothing traps, and nothing takes more steps than its bounds say.
 */
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { rootCertificates } from "node:tls";
import {
  NOW, altNames, authority, basicConstraints, bitString, boolean, certificate, constraints, crl, crlPoints, date, der, extKeyUsage, extension, generalName, hex, integer, keyUsage, mappings, name, octetString, oid,
  peer, policies, policyConstraints, rdn, rsaSpki, sequence, set, spki,
} from "../support/pki/issuer.ts";
import { Pki } from "../support/primitives/pki.ts";

const folder = join(process.env.VECTORS_DIR ?? fileURLToPath(new URL("../../../shared/vectors", import.meta.url)), "x509/pkits");

let pki: Pki;
before(async () => {
  pki = await Pki.load();
});

/** What is malformed of a certificate; NONE: nothing. */
function part(octets: Uint8Array): string {
  pki.reset();
  pki.certificate(octets);
  return pki.malformed();
}

function listPart(octets: Uint8Array): string {
  pki.reset();
  pki.crl(octets);
  return pki.malformed();
}

const FULL = authority("full", "ca", {
  extensions: [altNames("dns:a.example.com", "email:a@example.com", "ip:c0000201", "ip:20010db8000000000000000000000001", "uri:http://a/", "dn:O=Test,CN=other", "other:x"), extKeyUsage("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.8.2.2", "1.3.6.1.5.5.7.3.17"),
    constraints(["dns:example.com", "dn:O=Test", "ip:0a000000ff000000"], ["email:.example.org", "uri:.example.org"]), policies("1.2.3.4", "2.5.29.32.0"), mappings(["1.2.3.4", "1.2.3.5"]), policyConstraints(3, 1),
    crlPoints({ full: ["uri:http://a/crl"], reasons: [1, 2], issuer: ["dn:O=Test,CN=ca"] }, { relative: "OU=x+CN=y" })],
  pathLength: 3,
});

test("what a certificate says is read", () => {
  pki.reset();
  const c = pki.certificate(FULL);
  const e = pki.exports;
  assert.notEqual(c, 0, pki.malformed());
  assert.deepEqual([Number(e.notBefore(c)), Number(e.notAfter(c))], [NOW - 31536000, NOW + 31536000]);
  assert.deepEqual([e.version(c), e.keyKind(c), e.keyBits(c), e.isCa(c), e.pathLength(c), e.usage(c), e.purposes(c)], [3, 4, 256, 1, 3, 32 | 64, 2 | 128 | 64]);
});

test("real roots are read, and Node reads the same of them", () => {
  const kinds: Record<string, number> = { rsa: 1, "rsa-pss": 2, ec: 3, ed25519: 4 };
  assert.ok(rootCertificates.length > 50);
  for (const text of rootCertificates) {
    pki.reset();
    const x = new X509Certificate(text);
    const c = pki.certificate(x.raw);
    assert.notEqual(c, 0, `${x.subject}: ${pki.malformed()}`);
    assert.equal(Number(pki.exports.notAfter(c)), Date.parse(x.validTo) / 1000, x.subject);
    assert.equal(Number(pki.exports.notBefore(c)), Date.parse(x.validFrom) / 1000, x.subject);
    assert.equal(pki.exports.isCa(c) !== 0, x.ca, x.subject);
    assert.equal(pki.exports.keyKind(c), kinds[x.publicKey.asymmetricKeyType!]!, x.subject);
    const bits = x.publicKey.asymmetricKeyDetails?.modulusLength;
    if (bits) assert.equal(pki.exports.keyBits(c), bits, x.subject);
  }
});

test("names for people: the last RDN first, escaped, cut where they are long", () => {
  const subject = (n: Buffer) => {
    pki.reset();
    const octets = certificate({ label: "x" });
    // The subject is replaced; the signature doesn't matter here.
    const tbs = sequence(der(0xa0, integer(2)), integer(1), sequence(oid("1.3.101.112")), name("CN=i"), sequence(date(NOW), date(NOW)), n, spki("x"));
    void octets;
    const c = pki.certificate(sequence(tbs, sequence(oid("1.3.101.112")), bitString(Buffer.alloc(64))));
    return c ? pki.subject(c) : pki.malformed();
  };
  assert.equal(subject(name("C=CH,O=Example,OU=a+CN=b,CN=moon")), "CN=moon, OU=a + CN=b, O=Example, C=CH");
  assert.equal(subject(name("DC=example,E=a@b.c")), "E=a@b.c, DC=example");
  assert.equal(subject(name("")), "(no name)");
  assert.equal(subject(sequence(set(sequence(oid("2.5.4.3"), der(0x0c, Buffer.from(' a,b+c"d\\e<f>;#\u001b[31m ')))))), 'CN=\\ a\\,b\\+c\\"d\\\\e\\<f\\>\\;#\\1b[31m\\ ');
  assert.equal(subject(sequence(set(sequence(oid("2.5.4.3"), der(0x0c, Buffer.from("é")))))), "CN=\\c3\\a9");
  assert.equal(subject(sequence(set(sequence(oid("2.5.4.3"), der(0x1e, Buffer.from("006d006f", "hex")))))), "CN=mo");
  assert.equal(subject(sequence(set(sequence(oid("1.2.3.4"), der(4, Buffer.from([1, 2])))))), "1.2.3.4=#0102");
  assert.match(subject(name(`O=${"x".repeat(700)}`)), /^O=x{510,511}\.\.\.$/);
});

test("names are compared by their RDNs in order, folded as RFC 5280, 7.1 has it", () => {
  pki.reset();
  const utf8 = (text: string) => name(text, 0x0c);
  const printable = (text: string) => name(text, 0x13);
  const t61 = (text: string) => name(text, 0x14);
  const same: [Buffer, Buffer, number][] = [
    [utf8("C=CH,O=Example"), printable("C=CH,O=Example"), 1],
    [utf8("O=Example Corp"), printable("O=  EXAMPLE    corp "), 1],
    [utf8("O=Example Corp"), printable("O=ExampleCorp"), 0],
    [utf8("O=a"), utf8("O= a"), 1],
    [utf8("O="), utf8("O=   "), 1],
    [utf8("O=a"), utf8("O=ab"), 0],
    [utf8("O=ab"), utf8("O=a"), 0],
    [utf8("C=CH,O=Example"), utf8("O=Example,C=CH"), 0],
    [utf8("C=CH,O=Example"), utf8("C=CH"), 0],
    [utf8("C=CH"), utf8("C=CH,O=Example"), 0],
    [utf8("CN=a+OU=b"), utf8("OU=B+CN=A"), 1],
    [utf8("CN=a+OU=b"), utf8("CN=a"), 0],
    [utf8("CN=a+CN=a"), utf8("CN=a+CN=b"), 0],
    [utf8("CN=a"), utf8("OU=a"), 0],
    [t61("O=a"), t61("O=a"), 1],
    [t61("O=a"), t61("O=A"), 0],
    [t61("O=a"), utf8("O=a"), 0],
    [name("E=a@b.c"), name("E=A@B.C"), 1],
    [name("DC=example"), name("DC=EXAMPLE"), 1],
    [utf8("O=é"), utf8("O=É"), 0],
    [name(""), name(""), 1],
    [sequence(set()), name(""), 2],
    [sequence(rdn("CN=a"), der(5)), name(""), 2],
    [Buffer.concat([name("CN=a"), Buffer.alloc(1)]), name("CN=a"), 2],
  ];
  for (const [i, [a, b, expected]] of same.entries()) {
    assert.equal(pki.sameName(a, b), expected, `${i}`);
    assert.equal(pki.sameName(b, a), expected, `${i}, exchanged`);
  }
});

test("an identity of IKE is in the certificate, or it is not, and what is in it is listed", () => {
  pki.reset();
  const c = pki.certificate(peer("moon", "ca", { subject: "C=CH,O=Example,CN=moon.example.org", extensions: [], }));
  const d = pki.certificate(certificate({ label: "sun", issuer: "ca", subject: "O=Example,CN=sun", extensions: [altNames("dns:sun.example.com", "dns:*.branch.example.com", "email:Admin@example.com", "ip:c0000201", "ip:20010db8000000000000000000000001", "dn:O=Other,CN=sun")] }));
  const is = (type: number, data: string | Buffer, wild = false) => pki.bears(d, type, Buffer.from(data as string), wild);
  const [ADDRESS, FQDN, USER, ADDRESS6, DN, KEY_ID] = [1, 2, 3, 5, 9, 11] as const;
  assert.equal(pki.bears(c, FQDN, Buffer.from("moon.example.com")), true);
  // A common name is no host name.
  assert.equal(pki.bears(c, FQDN, Buffer.from("moon.example.org")), false);
  assert.deepEqual([is(FQDN, "SUN.example.COM"), is(FQDN, "sun.example.co"), is(FQDN, "a.sun.example.com"), is(FQDN, "sun.example.com\0"), is(FQDN, "")], [true, false, false, false, false]);
  assert.deepEqual([is(FQDN, "x.branch.example.com"), is(FQDN, "x.branch.example.com", true), is(FQDN, "x.y.branch.example.com", true), is(FQDN, "branch.example.com", true), is(FQDN, ".branch.example.com", true)], [false, true, false, false, false]);
  assert.deepEqual([is(USER, "Admin@EXAMPLE.com"), is(USER, "admin@example.com"), is(USER, "example.com"), is(USER, "sun.example.com")], [true, false, false, false]);
  assert.deepEqual([is(ADDRESS, hex("c0000201")), is(ADDRESS, hex("c0000202")), is(ADDRESS, hex("c00002")), is(ADDRESS6, hex("20010db8000000000000000000000001")), is(ADDRESS6, hex("c0000201"))], [true, false, false, true, false]);
  assert.deepEqual([is(DN, name("O=example,CN=SUN")), is(DN, name("O=Other,CN=sun")), is(DN, name("CN=sun,O=Example")), is(DN, name("")), is(DN, Buffer.from([0x30, 5])), is(DN, Buffer.from("O=Example"))], [true, true, false, false, false, false]);
  assert.equal(is(KEY_ID, "sun"), false);
  assert.equal(pki.names(d), '"CN=sun, O=Example", sun.example.com, *.branch.example.com, Admin@example.com, 192.0.2.1, 2001:0db8:0000:0000:0000:0000:0000:0001, ...');
  assert.match(pki.identitySentence(c, FQDN, Buffer.from("mars.example.com")), /^certificate "CN=moon\.example\.org, O=Example, C=CH" \(serial [0-9a-f]+\) does not bear the identity mars\.example\.com; these are in it: "CN=moon\.example\.org, O=Example, C=CH", moon\.example\.com$/);
  assert.match(pki.identitySentence(c, ADDRESS, hex("c0000207")), /does not bear the identity 192\.0\.2\.7; these are in it:/);
  assert.match(pki.identitySentence(c, DN, name("O=Example,CN=mars")), /the identity "CN=mars, O=Example"; these are/);
  assert.match(pki.identitySentence(c, DN, Buffer.from("nonsense")), /the identity of this kind; these are/);
  assert.match(pki.identitySentence(c, KEY_ID, Buffer.from("x")), /the identity of this kind; these are/);
  const none = pki.certificate(certificate({ label: "x", subject: "", noKeyIds: true, version: 1 }));
  assert.equal(pki.names(none), "none");
});

/** A certificate of parts, right but for what is given. */
function built(parts: Partial<Record<"version" | "serial" | "algorithm" | "issuer" | "validity" | "subject" | "spki" | "ids" | "extensions" | "outer" | "signature" | "behind" | "tbsBehind", Buffer>>): Buffer {
  const algorithm = sequence(oid("1.3.101.112"));
  const tbs = sequence(
    parts.version ?? der(0xa0, integer(2)), parts.serial ?? integer(1), parts.algorithm ?? algorithm, parts.issuer ?? name("CN=i"), parts.validity ?? sequence(date(NOW), date(NOW)), parts.subject ?? name("CN=s"),
    parts.spki ?? spki("x"), parts.ids ?? Buffer.alloc(0), parts.extensions ?? Buffer.alloc(0), parts.tbsBehind ?? Buffer.alloc(0),
  );
  return sequence(tbs, parts.outer ?? parts.algorithm ?? algorithm, parts.signature ?? bitString(Buffer.alloc(64)), parts.behind ?? Buffer.alloc(0));
}
const extended = (...list: Buffer[]) => built({ extensions: der(0xa3, sequence(...list)) });
const rsaKey = (...content: Buffer[]) => built({ spki: sequence(sequence(oid("1.2.840.113549.1.1.1"), der(5)), bitString(sequence(...content))) });
const ecKey = (curve: Buffer, point: Buffer) => built({ spki: sequence(sequence(oid("1.2.840.10045.2.1"), curve), bitString(point)) });
const P256 = oid("1.2.840.10045.3.1.7");
const odd = (bits: number) => integer((1n << BigInt(bits - 1)) | 1n);
/** A value of an extension in so many SEQUENCEs. */
const nested = (n: number): Buffer => (n ? sequence(nested(n - 1)) : Buffer.alloc(0));

const MALFORMED: { name: string; octets: Buffer; part: string }[] = [
  { name: "nothing is wrong", octets: built({}), part: "NONE" },
  { name: "no octets", octets: Buffer.alloc(0), part: "ENCODING" },
  { name: "one octet", octets: Buffer.from([0x30]), part: "ENCODING" },
  { name: "more than 64 kB", octets: Buffer.alloc(65537, 0x30), part: "SIZE" },
  { name: "an octet behind", octets: Buffer.concat([built({}), Buffer.alloc(1)]), part: "ENCODING" },
  { name: "an element behind, within", octets: built({ behind: der(5) }), part: "SIGNATURE" },
  { name: "an element behind, within what is signed", octets: built({ tbsBehind: der(5) }), part: "ENCODING" },
  { name: "indefinite length", octets: Buffer.from("30800000", "hex"), part: "ENCODING" },
  { name: "a length in more octets than it takes", octets: Buffer.concat([Buffer.from([0x30, 0x83, 0]), Buffer.from(built({}).subarray(2))]), part: "ENCODING" },
  { name: "a length of four octets", octets: Buffer.concat([Buffer.from([0x30, 0x84, 0, 0]), Buffer.from(built({}).subarray(2))]), part: "ENCODING" },
  { name: "a length that lies by one", octets: (() => { const b = Buffer.from(built({})); b[b.length - 67 + 1]!++; return b; })(), part: "ENCODING" },
  { name: "a high tag number", octets: built({ tbsBehind: Buffer.from("bf8101020500", "hex") }), part: "ENCODING" },
  { name: "a SEQUENCE that is primitive", octets: Buffer.from("100100", "hex"), part: "ENCODING" },
  { name: "a string in pieces", octets: extended(sequence(oid("1.2.3"), der(0x24, octetString(Buffer.alloc(1))))), part: "ENCODING" },
  { name: "too deep", octets: extended(extension("1.2.3", Buffer.alloc(1)), sequence(nested(30))), part: "ENCODING" },
  { name: "an extension that is too deep", octets: extended(extension("2.5.29.19", nested(30))), part: "EXTENSIONS" },
  { name: "version 4", octets: built({ version: der(0xa0, integer(3)) }), part: "VERSION" },
  { name: "version 1 written out", octets: built({ version: der(0xa0, integer(0)) }), part: "VERSION" },
  { name: "extensions in version 2", octets: built({ version: der(0xa0, integer(1)), extensions: der(0xa3, sequence(extension("1.2.3", der(5)))) }), part: "VERSION" },
  { name: "unique identifiers in version 1", octets: built({ version: Buffer.alloc(0), ids: der(0x81, Buffer.alloc(2)) }), part: "UNIQUE_IDS" },
  { name: "an empty serial number", octets: built({ serial: der(2) }), part: "SERIAL" },
  { name: "a serial number of 22 octets", octets: built({ serial: der(2, Buffer.alloc(22, 1)) }), part: "SERIAL" },
  { name: "a serial number with a zero in front", octets: built({ serial: der(2, Buffer.from([0, 1])) }), part: "SERIAL" },
  { name: "a negative serial number, which some have", octets: built({ serial: integer(0).fill(0xff, 2) }), part: "NONE" },
  { name: "an algorithm that is no OID", octets: built({ algorithm: sequence(integer(1)) }), part: "ALGORITHM" },
  { name: "an OID whose last part doesn't end", octets: built({ algorithm: sequence(der(6, Buffer.from([0x2a, 0x83]))) }), part: "ALGORITHM" },
  { name: "an OID with a zero in front of a part", octets: built({ algorithm: sequence(der(6, Buffer.from([0x2a, 0x80, 1]))) }), part: "ALGORITHM" },
  { name: "two algorithms", octets: built({ outer: sequence(oid("1.2.840.113549.1.1.11"), der(5)) }), part: "ALGORITHMS" },
  { name: "RSA with parameters that aren't NULL", octets: built({ algorithm: sequence(oid("1.2.840.113549.1.1.11"), integer(1)) }), part: "ALGORITHM" },
  { name: "an issuer that is a SET", octets: built({ issuer: set() }), part: "ISSUER" },
  { name: "an issuer above 1024 octets", octets: built({ issuer: name(`CN=${"x".repeat(1020)}`) }), part: "ISSUER" },
  { name: "33 RDNs", octets: built({ subject: sequence(...Array.from({ length: 33 }, () => rdn("CN=a"))) }), part: "SUBJECT" },
  { name: "an RDN of nothing", octets: built({ subject: sequence(set()) }), part: "SUBJECT" },
  { name: "an attribute without a value", octets: built({ subject: sequence(set(sequence(oid("2.5.4.3")))) }), part: "SUBJECT" },
  { name: "the 31st of February", octets: built({ validity: sequence(der(0x17, Buffer.from("250231000000Z")), date(NOW)) }), part: "DATES" },
  { name: "a date without seconds", octets: built({ validity: sequence(der(0x17, Buffer.from("2501010000Z")), date(NOW)) }), part: "DATES" },
  { name: "a date of another zone", octets: built({ validity: sequence(date(NOW), der(0x17, Buffer.from("250101000000+0100"))) }), part: "DATES" },
  { name: "a date with a fraction", octets: built({ validity: sequence(date(NOW), der(0x18, Buffer.from("20250101000000.5Z"))) }), part: "DATES" },
  { name: "three dates", octets: built({ validity: sequence(date(NOW), date(NOW), date(NOW)) }), part: "DATES" },
  { name: "a modulus of zero", octets: rsaKey(integer(0), integer(3)), part: "KEY" },
  { name: "a modulus that is negative", octets: rsaKey(der(2, Buffer.alloc(128, 0x81)), integer(3)), part: "KEY" },
  { name: "a modulus that is even", octets: rsaKey(integer(1n << 2047n), integer(3)), part: "KEY" },
  { name: "a modulus with zeros in front", octets: rsaKey(der(2, Buffer.alloc(2), Buffer.alloc(128, 0x81)), integer(3)), part: "KEY" },
  { name: "an exponent of 1", octets: rsaKey(odd(2048), integer(1)), part: "KEY" },
  { name: "an exponent that is even", octets: rsaKey(odd(2048), integer(4)), part: "KEY" },
  { name: "an exponent of 65 bits", octets: rsaKey(odd(2048), odd(65)), part: "KEY" },
  { name: "an exponent of 64 bits", octets: rsaKey(odd(2048), odd(64)), part: "NONE" },
  { name: "an exponent of 3", octets: built({ spki: rsaSpki(2048, 3) }), part: "NONE" },
  { name: "three numbers in an RSA key", octets: rsaKey(odd(2048), integer(3), integer(3)), part: "KEY" },
  { name: "a key in part of an octet", octets: built({ spki: sequence(sequence(oid("1.2.840.113549.1.1.1"), der(5)), bitString(sequence(odd(2048), integer(3)), 1)) }), part: "KEY" },
  { name: "a point on P-256", octets: ecKey(P256, Buffer.alloc(65, 4)), part: "NONE" },
  { name: "a point that is compressed", octets: ecKey(P256, Buffer.alloc(33, 2)), part: "KEY" },
  { name: "a point of another length", octets: ecKey(P256, Buffer.alloc(97, 4)), part: "KEY" },
  { name: "no curve", octets: ecKey(Buffer.alloc(0), Buffer.alloc(65, 4)), part: "KEY" },
  { name: "Ed25519 with a parameter", octets: built({ spki: sequence(sequence(oid("1.3.101.112"), der(5)), bitString(Buffer.alloc(32))) }), part: "KEY" },
  { name: "Ed25519 of 31 octets", octets: built({ spki: sequence(sequence(oid("1.3.101.112")), bitString(Buffer.alloc(31))) }), part: "KEY" },
  { name: "no extensions", octets: built({ extensions: der(0xa3, sequence()) }), part: "EXTENSIONS" },
  { name: "41 extensions", octets: extended(...Array.from({ length: 41 }, (_, i) => extension(`1.2.3.${i}`, der(5)))), part: "EXTENSIONS" },
  { name: "an extension twice", octets: extended(basicConstraints(true), basicConstraints(true)), part: "EXTENSION_TWICE" },
  { name: "an unknown extension twice", octets: extended(extension("1.2.3", der(5)), keyUsage(0), extension("1.2.3", der(5))), part: "EXTENSION_TWICE" },
  { name: "TRUE that is 1", octets: extended(sequence(oid("2.5.29.15"), der(1, Buffer.from([1])), octetString(Buffer.from("03020780", "hex")))), part: "EXTENSIONS" },
  { name: "octets behind an extension's value", octets: extended(extension("2.5.29.19", Buffer.concat([sequence(), Buffer.alloc(1)]))), part: "EXTENSIONS" },
  { name: "a path length that is negative", octets: extended(extension("2.5.29.19", sequence(boolean(true), der(2, Buffer.from([0xff]))))), part: "EXTENSIONS" },
  { name: "a path length of five octets", octets: extended(extension("2.5.29.19", sequence(boolean(true), integer(1n << 33n)))), part: "EXTENSIONS" },
  { name: "key usage with bits unused that are set", octets: extended(extension("2.5.29.15", der(3, Buffer.from([7, 0x81])))), part: "EXTENSIONS" },
  { name: "key usage with nine bits unused", octets: extended(extension("2.5.29.15", der(3, Buffer.from([9, 0])))), part: "EXTENSIONS" },
  { name: "purposes that are none", octets: extended(extension("2.5.29.37", sequence())), part: "EXTENSIONS" },
  { name: "alternative names that are none", octets: extended(altNames()), part: "EXTENSIONS" },
  { name: "an alternative name of an unknown tag", octets: extended(extension("2.5.29.17", sequence(der(0x89, Buffer.alloc(1))))), part: "EXTENSIONS" },
  { name: "an address of five octets", octets: extended(altNames("ip:0102030405")), part: "EXTENSIONS" },
  { name: "a host name that isn't ASCII", octets: extended(extension("2.5.29.17", sequence(der(0x82, Buffer.from("é"))))), part: "EXTENSIONS" },
  { name: "constraints of nothing", octets: extended(extension("2.5.29.30", sequence())), part: "EXTENSIONS" },
  { name: "a constraint with a minimum", octets: extended(extension("2.5.29.30", sequence(der(0xa0, sequence(generalName("dns:a"), der(0x80, Buffer.from([1]))))))), part: "EXTENSIONS" },
  { name: "a constraint of an address without a mask", octets: extended(constraints(["ip:0a000000"])), part: "EXTENSIONS" },
  { name: "policies that are none", octets: extended(policies()), part: "EXTENSIONS" },
  { name: "a mapping of one", octets: extended(extension("2.5.29.33", sequence(sequence(oid("1.2.3"))))), part: "EXTENSIONS" },
  { name: "a distribution point of reasons alone", octets: extended(crlPoints({ reasons: [1] })), part: "EXTENSIONS" },
  { name: "no signature", octets: built({ signature: bitString(Buffer.alloc(0)) }), part: "SIGNATURE" },
  { name: "a signature that is an OCTET STRING", octets: built({ signature: octetString(Buffer.alloc(64)) }), part: "SIGNATURE" },
];

for (const row of MALFORMED) {
  test(row.name, () => {
    assert.equal(part(row.octets), row.part);
    if (row.part !== "NONE") assert.match(pki.malformedSentence(), /^a certificate is malformed: its [a-z ]+ is not what DER and RFC 5280 have there$/);
  });
}

test("lists that are malformed", () => {
  const wrong: [Buffer, string][] = [
    [crl({ issuer: "ca" }), "NONE"],
    [crl({ issuer: "ca", to: null, revoked: [{ serial: 1, reason: 1 }, { serial: 2 }] }), "NONE"],
    [Buffer.concat([crl({ issuer: "ca" }), Buffer.alloc(1)]), "ENCODING"],
    [crl({ issuer: "ca", revoked: [{ serial: 1, reason: 7 }] }), "REVOKED"],
    [crl({ issuer: "ca", revoked: [{ serial: 1, reason: 11 }] }), "REVOKED"],
    [crl({ issuer: "ca", number: null, extensions: [extension("2.5.29.20", der(2, Buffer.from([0xff])))] }), "EXTENSIONS"],
    [crl({ issuer: "ca", point: { users: true, cas: true } }), "EXTENSIONS"],
    [crl({ issuer: "ca", extensions: [extension("2.5.29.20", integer(2))] }), "EXTENSION_TWICE"],
  ];
  for (const [i, [octets, expected]] of wrong.entries()) assert.equal(listPart(octets), expected, `${i}`);
});

test("every octet of a certificate cut off, and every length one more and one less: never a trap", () => {
  for (let n = 0; n < FULL.length; n++) assert.notEqual(part(FULL.subarray(0, n)), "NONE");
  for (let at = 0; at < FULL.length; at++) {
    for (const by of [1, 255]) {
      const octets = Buffer.from(FULL);
      octets[at] = (octets[at]! + by) & 255;
      part(octets);
    }
  }
});

/** A generator of numbers that are the same each time. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

const CASES = Number(process.env.FUZZ_CASES ?? 10000);

test("mutations: no trap, and no more steps than the bounds", () => {
  const random = numbers(0x2545f491);
  const pkits = existsSync(folder) ? readdirSync(join(folder, "certs")).sort().filter((_, i) => i % 7 === 0).map((file) => readFileSync(join(folder, "certs", file))) : [];
  const certificates = [FULL, authority("ca", "root"), peer("moon", "full"), certificate({ label: "r", spki: rsaSpki(2048), algorithm: sequence(oid("1.2.840.113549.1.1.10"), sequence(der(0xa2, integer(32)))) }), ...pkits];
  const lists = [crl({ issuer: "ca", number: 4, revoked: [{ serial: "full", reason: 1, of: "O=Test,CN=ca" }], point: { full: ["uri:http://a/crl"], indirect: true, reasons: [1, 2] } }), crl({ issuer: "full", revoked: [{ serial: "moon", reason: 6 }] }), crl({ issuer: "full", number: 7, base: 1 })];
  const mutate = (octets: Buffer): Buffer => {
    let out = Buffer.from(octets);
    for (let n = random(4) + 1; n > 0; n--) {
      const at = random(out.length);
      const kind = random(6);
      if (kind === 0) out[at]! ^= 1 << random(8);
      else if (kind === 1) out[at] = [0, 1, 0x7f, 0x80, 0x81, 0x82, 0xff, 0x30, 0x31, 0xa0][random(10)]!;
      else if (kind === 2) out[at] = random(256);
      else if (kind === 3) out = Buffer.concat([out.subarray(0, at), out.subarray(at + random(8) + 1)]);
      else if (kind === 4) out = Buffer.concat([out.subarray(0, at), Buffer.from(octets.subarray(random(octets.length)).subarray(0, random(40))), out.subarray(at)]);
      else out.copy(out, random(out.length), at, Math.min(out.length, at + random(20)));
      if (out.length === 0) out = Buffer.from([0x30]);
    }
    return out;
  };
  const root = authority("root", "root");
  let read = 0;
  for (let i = 0; i < CASES; i++) {
    pki.reset();
    const kept = [FULL, authority("ca", "root"), root, peer("moon", "full")].map((octets) => pki.certificate(octets)) as [number, number, number, number];
    const goodLists = lists.map((octets) => pki.crl(octets));
    const answer = () => random(4) !== 0;
    const settings = { now: NOW, crls: (["none", "best", "required"] as const)[random(3)]!, explicitPolicy: random(2) === 1 };
    if (random(4) === 0) {
      const list = pki.crl(mutate(lists[random(lists.length)]!));
      if (!list) continue;
      read++;
      assert.ok(pki.validate(kept[3], [kept[0], kept[1]], [kept[2]], [list, ...goodLists], settings, answer).steps <= 26);
      continue;
    }
    const c = pki.certificate(mutate(certificates[random(certificates.length)]!));
    if (!c) continue;
    read++;
    pki.subject(c);
    pki.names(c);
    pki.bears(c, 9, name("O=Test,CN=moon"), true);
    pki.bears(c, 2, Buffer.from("moon.example.com"), true);
    assert.ok(pki.validate(c, [kept[0], kept[1], kept[3]], [kept[2]], goodLists, settings, answer).steps <= 26);
    assert.ok(pki.validate(kept[3], [c, kept[1], kept[0]], [kept[2], c], goodLists, settings, answer).steps <= 26);
  }
  assert.ok(read > CASES / 100, `${read} of ${CASES} were still read`);
});

test("nothing is allocated by all of this", () => {
  // Each look at it takes a header of 16 octets.
  const top = pki.exports.heapTop() + 16;
  part(FULL);
  pki.validate(pki.certificate(peer("moon", "ca")), [pki.certificate(authority("ca", "root"))], [pki.certificate(authority("root", "root"))], [], { now: NOW });
  assert.equal(pki.exports.heapTop(), top);
});
