/** Keys and certificates on the console: what IOS has, what comes from OpenSSL and strongSwan, what is refused, what comes back after a reload. */
import assert from "node:assert/strict";
import { createPrivateKey, createPublicKey, createVerify } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { certificate, pem, revocationList } from "../support/second/certificates.ts";
import { keyOf, pemOf, publicPemOf } from "../support/second/signed_negotiation.ts";
import { Console } from "./console.ts";

const folder = fileURLToPath(new URL("pki/", import.meta.url));
const text = (name: string) => readFileSync(folder + name, "utf8");
const lines = (octets: Uint8Array) => Buffer.from(octets).toString("base64").replace(/.{64}/g, "$&\n") + "\n";
const base64 = (name: string) => lines(readFileSync(folder + name));
const deviceKey = new Uint8Array(32).fill(9);
const WALL = Date.UTC(2030, 0, 1) / 1000;

class Router extends Console {
  constructor(options: { startup?: string; deviceKey?: Uint8Array; wall?: number } = {}) {
    super({ wall: WALL, deviceKey, ...options });
  }

  /** Types lines and lets what runs on come to its end; returns what was printed. */
  run(typed: string): string {
    const before = this.output.length;
    this.input(typed.endsWith("\n") ? typed : typed + "\n");
    while (this.exports.poll(this.now) === 0);
    return this.output.slice(before);
  }

  get configuration(): string {
    return this.run("do show running-config").replace(/^[^]*Current configuration:\n/, "").replace(/\nend\n[^]*$/, "\nend\n");
  }
}

const configuring = (options?: ConstructorParameters<typeof Router>[0]) => {
  const c = new Router(options);
  c.run("configure terminal");
  return c;
};

const authenticate = (c: Router, name: string, file = "root.crt") => {
  c.run(`crypto pki trustpoint ${name}\nexit`);
  c.run(`crypto pki authenticate ${name}\n${text(file)}\n`);
  return c.run("yes");
};

/** DER's elements within one. */
function elements(der: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at < der.length; ) {
    let len = der[at + 1]!;
    let head = 2;
    if (len & 0x80) {
      head += len & 0x7f;
      len = Number.parseInt(der.subarray(at + 2, at + head).toString("hex"), 16);
    }
    found.push(der.subarray(at, at + head + len));
    at += head + len;
  }
  return found;
}

const inside = (der: Buffer) => elements(der.subarray(der[1]! & 0x80 ? 2 + (der[1]! & 0x7f) : 2));

/** The request in what was printed, once its signature has been found good. */
function request(printed: string): { info: Buffer; key: ReturnType<typeof createPublicKey> } {
  const pem = /-----BEGIN CERTIFICATE REQUEST-----\n([^-]*)-----END/.exec(printed);
  assert.ok(pem, printed);
  const [info, algorithm, signature] = inside(Buffer.from(pem[1]!, "base64")) as [Buffer, Buffer, Buffer];
  const key = createPublicKey({ key: inside(info)[2]!, format: "der", type: "spki" });
  const hash = algorithm.toString("hex").includes("2a8648ce3d040303") ? "sha384" : algorithm.toString("hex").includes("2a8648ce3d040304") ? "sha512" : "sha256";
  assert.ok(createVerify(hash).update(info).verify(key, inside(signature).length ? signature.subarray(signature[1]! & 0x80 ? 3 + (signature[1]! & 0x7f) : 3) : signature));
  return { info, key };
}

test("authenticate: the fingerprint is shown, and yes or no decides", () => {
  const c = configuring();
  c.run("crypto pki trustpoint CA\nexit");
  const shown = c.run(`crypto pki authenticate CA\n${text("root.crt")}\n`);
  assert.match(shown, /Fingerprint SHA256: ([0-9a-f]{8} ){7}[0-9a-f]{8}\n/);
  assert.match(shown, /Subject: +CN=Root, O=Example, C=CH\n/);
  assert.match(shown, /% Do you accept this certificate\? \[yes\/no\]: $/);
  assert.match(c.run("perhaps"), /% Please answer 'yes' or 'no'\.\n.*\[yes\/no\]: $/);
  assert.match(c.run("no"), /% Not accepted; nothing was stored\.\n/);
  assert.doesNotMatch(c.configuration, /certificate chain/);
  assert.match(authenticate(c, "CA"), /Trustpoint CA certificate accepted\.\n/);
  assert.match(c.configuration, /crypto pki certificate chain CA\n certificate ca [0-9a-f]+\n {2}30/);
  assert.match(c.run("crypto pki authenticate CA"), /^% This trustpoint has its certificate/m);
  assert.match(c.run("crypto pki authenticate XX"), /^% XX is no trustpoint\./m);
  assert.match(c.run("do show crypto pki certificates"), /CA Certificate\n {2}Status: Available\n/);
});

test("dates: a warning where they are past, not come, or can't be checked", () => {
  const without = configuring({ wall: 0 });
  assert.match(authenticate(without, "CA"), /^% Warning: the clock is not set, so that dates can't be checked: nobody is accepted until `clock set`, or `time-check none`\.$/m);
  assert.match(without.run("do show crypto pki certificates"), /Status: Available, dates are not checked: the clock is not set\n/);
  assert.match(without.run("do show crypto pki trustpoints"), /Dates: can't be checked: the clock is not set\n/);
  without.run("crypto pki trustpoint CA\ntime-check none\nexit");
  assert.match(without.run("do show crypto pki trustpoints"), /Dates: not checked, as configured: the clock is not set\n/);
  const early = configuring({ wall: Date.UTC(2020, 0, 1) / 1000 });
  assert.match(authenticate(early, "CA"), /^% Warning: the certificate is not valid yet: 2026-[-0-9]+ [:0-9]+ UTC\.$/m);
  assert.match(early.run("do show crypto pki certificates"), /Status: Not valid yet\n/);
  const late = configuring({ wall: Date.UTC(2099, 0, 1) / 1000 });
  assert.match(authenticate(late, "CA"), /^% Warning: the certificate has expired: 2051-[-0-9]+ [:0-9]+ UTC\.$/m);
});

test("what is pasted as an authority and is none: one sentence, nothing stored", () => {
  const c = configuring();
  c.run("crypto pki trustpoint CA\nexit");
  const before = c.configuration;
  const root = text("root.crt");
  const cut = root.split("\n");
  cut.splice(5, 1);
  for (const [pasted, why] of [
    ["hello\n", "This is neither PEM nor base64 of a certificate."],
    [text("alpha.crt"), "This is no certificate of an authority: it is not marked as one (basicConstraints)."],
    [root + text("middle.crt"), "One certificate is wanted here, that of the authority; intermediates come with `crypto pki import`."],
    [cut.join("\n"), "This is no certificate that can be used: its encoding is malformed."],
    [root.replace("-----END CERTIFICATE-----\n", ""), "This can't be used: a block does not end as it began."],
    [root.replace(/[A-Z]/, "!"), "This can't be used"],
    [text("alpha.pub"), "There is no certificate in this."],
    ["x".repeat(400) + "\n", "This is no certificate that can be used: its encoding is malformed."],
  ] as const) {
    const answer = c.run(`crypto pki authenticate CA\n${pasted}quit\n`);
    const refusals = answer.split("\n").filter((line) => line.startsWith("% "));
    if (why !== "This can't be used") assert.deepEqual(refusals, [`% ${why}`]);
    assert.equal(c.configuration, before);
    assert.equal(c.prompt, "Router(config)#");
  }
  const long = c.run(`crypto pki authenticate CA\n${"A".repeat(500).concat("\n").repeat(70)}quit\n`);
  assert.match(long, /^% What was pasted is longer than 32768 octets; nothing was stored\.$/m);
  // Ctrl-C leaves in the middle; what comes then is commands again.
  c.run(`crypto pki authenticate CA\n${root.slice(0, 300)}\n`);
  c.input("\x03");
  assert.equal(c.prompt, "Router#");
  assert.match(c.run("show clock"), /2030/);
});

test("keys in PKCS#1, SEC 1, PKCS#8, under AES and 3DES; public halves are those of OpenSSL", () => {
  for (const [file, kind, password] of [
    ["alpha.key", "rsa", ""],
    ["pkcs1.key", "rsa", ""],
    ["curve.key", "ec", ""],
    ["curve521.key", "ec", ""],
    ["alpha-aes256.p8", "rsa", "swordfish"],
    ["alpha-aes128.p8", "rsa", "swordfish"],
    ["curve-3des.p8", "ec", "swordfish"],
    ["curve-old.p8", "ec", "swordfish"],
  ] as const) {
    const c = configuring();
    assert.match(c.run(`crypto key import ${kind} K pem terminal ${password}\n${text(file)}quit`), /% Key pair import succeeded\.\n/, file);
    const shown = c.run(`do show crypto key mypubkey ${kind}`);
    const spki = createPublicKey(createPrivateKey({ key: text(file), passphrase: password })).export({ type: "spki", format: "der" });
    const data = shown.replace(/^[^]*Key Data:\n/, "").replace(/Router[^]*$/, "").replace(/\s/g, "");
    assert.equal(data, spki.toString("hex"), file);
    assert.match(shown, /Key is not exportable/);
    assert.match(c.run(`crypto key zeroize ${kind} K\ndo show crypto key mypubkey all`), /Router\(config\)#/);
    assert.doesNotMatch(c.configuration, /wrapped/);
  }
});

test("keys that can't be used: one sentence, nothing stored", () => {
  const broken = (pem: string, change: (der: Buffer) => void) => {
    const der = Buffer.from(pem.replace(/-----[^-]+-----/g, ""), "base64");
    change(der);
    const label = /BEGIN ([A-Z ]+)/.exec(pem)![1]!;
    return `-----BEGIN ${label}-----\n${lines(der)}-----END ${label}-----\n`;
  };
  const pkcs1 = text("pkcs1.key");
  const parts = () => inside(Buffer.from(pkcs1.replace(/-----[^-]+-----/g, ""), "base64"));
  const offsets = (k: number) => {
    const der = Buffer.from(pkcs1.replace(/-----[^-]+-----/g, ""), "base64");
    return der.indexOf(parts()[k]!.subarray(4)) + parts()[k]!.length - 8;
  };
  const c = configuring();
  const before = c.configuration;
  for (const [kind, pasted, why] of [
    ["rsa", text("alpha-aes256.p8"), "the password is wrong"],
    ["rsa", text("alpha-dek.key"), "its key is encrypted in the old way of PEM (DEK-Info): use PKCS#8, openssl pkcs8 -topk8"],
    ["rsa", text("curve.key"), "it is an EC key"],
    ["ec", text("alpha.key"), "it is an RSA key"],
    ["rsa", text("alpha.pub"), "there is no PEM block of a private key"],
    ["rsa", broken(pkcs1, (der) => void (der[offsets(1)]! ^= 4)), "its primes do not fit the modulus"],
    ["rsa", broken(pkcs1, (der) => void (der[offsets(6)]! ^= 4)), "its private part does not belong to its public one"],
    ["rsa", broken(pkcs1, (der) => void (der[offsets(8)]! ^= 4)), "its private part does not belong to its public one"],
    ["ec", broken(text("curve.key"), (der) => void (der[20]! ^= 1)), "its private part does not belong to its public one"],
    ["ec", broken(text("curve.key"), (der) => void (der[der.length - 1]! ^= 1)), "its private part does not belong to its public one"],
    ["ec", broken(text("curve.key"), (der) => der.fill(0, 7, 39)), "its private part does not belong to its public one"],
    ["ec", broken(text("curve.key"), (der) => der.fill(255, 7, 39)), "its private part does not belong to its public one"],
    ["ec", broken(text("curve.key"), (der) => void (der[1]! += 1)), "it is not DER"],
  ] as const) {
    const answer = c.run(`crypto key import ${kind} K pem terminal wrongpassword\n${pasted}quit`);
    const refusals = answer.split("\n").filter((line) => /^% (The|Key pair)/.test(line));
    assert.deepEqual(refusals, [`% The private key can't be used: ${why}.`]);
    assert.equal(c.configuration, before);
  }
  assert.match(c.run(`crypto key import rsa K pem terminal\n${text("alpha-aes256.p8")}quit`), /it is encrypted, and the command gave no password/);
  c.run(`crypto key import rsa K pem terminal\n${text("alpha.key")}quit`);
  assert.match(c.run("crypto key import rsa K pem terminal"), /^% There is a key K already: zeroize it first\.$/m);
});

test("a certificate of ours, an intermediate, PKCS#7, and whose key it is", () => {
  const c = configuring();
  authenticate(c, "CA");
  assert.match(c.run(`crypto pki import CA certificate\n${text("alpha.crt")}quit`), /^% The certificate is not of any key here: its public key is another one\.$/m);
  c.run(`crypto key import rsa A pem exportable terminal\n${text("alpha.key")}quit\ncrypto key import ec C pem terminal\n${text("curve.key")}quit`);
  assert.match(c.run(`crypto pki import CA certificate\n${text("alpha.crt")}quit`), /% Router Certificate successfully imported\n/);
  assert.match(c.configuration, / rsakeypair A\n/);
  authenticate(c, "EC");
  assert.match(
    c.run(`crypto pki import EC certificate\n${text("curve.crt")}quit`),
    /^% The certificate was issued by CN=Middle, O=Example, C=CH, which is neither this trustpoint's authority nor came along\.$/m,
  );
  assert.match(c.run(`crypto pki import EC certificate\n${text("curve.p7b")}quit`), /% Router Certificate successfully imported\n/);
  assert.match(c.run("do show crypto pki certificates EC"), /Subject:\n {4}CN=curve, [^]*Alternative names:\n {4}curve\.example\.com\n[^]*ECDSA, P-256[^]*Intermediate CA Certificate[^]*CN=Middle/);
  assert.match(c.run("do show crypto pki trustpoints EC"), /Own certificate: yes, intermediates: 1\n {2}Key: C, EC, 256 bits\n/);
  assert.match(c.run(`crypto pki crl import EC\n${text("middle.crl")}quit`), /% CRL successfully imported\n/);
  assert.match(c.run(`crypto pki crl import CA\n${text("middle.crl")}quit`), /^% The CRL is of CN=Middle, O=Example, C=CH, which is no authority of this trustpoint\.$/m);
  assert.match(c.run(`crypto pki crl import CA\n${text("root.crl")}quit\ndo show crypto pki crls`), /CRL of trustpoint CA\n {2}CRL Issuer Name:\n {4}CN=Root/);
  assert.match(c.run("crypto pki export CA pem terminal"), /% CA certificate:\n-----BEGIN CERTIFICATE-----\n[^]*% Certificate:\n-----BEGIN CERTIFICATE-----\n/);
});

test("RSA keys of 512 bits, which a fast computer factors: refused as ours, as a peer's, as an authority's", () => {
  const c = configuring();
  const small = keyOf("small", 512), before = c.configuration;
  const said = [
    c.run(`crypto key import rsa K pem terminal\n${pemOf(small)}quit`),
    c.run(`crypto key pubkey-chain rsa\naddressed-key 192.0.2.2\nkey-string\n${publicPemOf(small)}quit`),
    c.run(`exit\nexit\ncrypto pki trustpoint SMALL\nexit\ncrypto pki authenticate SMALL\n${pem(certificate({ subject: "CN=Small", key: small, ca: true, hash: "sha256" }))}quit\nyes`),
  ];
  assert.match(said[0]!, /^% The private key can't be used: the modulus has fewer than 1024 bits\.$/m);
  assert.match(said[1]!, /^% The key can't be used: the modulus has fewer than 1024 bits\.$/m);
  assert.match(said[2]!, /^% The certificate's key can't be used: the modulus has fewer than 1024 bits\.$/m);
  const added = c.configuration.split("\n").filter((line) => !before.includes(line));
  assert.deepEqual(added, ["crypto pki trustpoint SMALL", "crypto key pubkey-chain rsa", " addressed-key 192.0.2.2"]);
});

test("CRLs of a trustpoint: of the root and of the intermediate, each in place of its own issuer's, four in all", () => {
  const c = configuring();
  c.run(`crypto key import ec C pem terminal\n${text("curve.key")}quit`);
  authenticate(c, "EC");
  c.run(`crypto pki import EC certificate\n${text("curve.p7b")}quit`);
  const add = (pasted: string): string => c.run(`crypto pki crl import EC\n${pasted}quit`);
  const issuers = (): string[] => [...c.run("do show crypto pki crls").matchAll(/^ {2}CRL Issuer Name:\n {4}CN=(\w+)/gm)].map(([, name]) => name!);
  for (const file of ["root.crl", "middle.crl", "root.crl", "middle.crl"]) assert.match(add(text(file)), /% CRL successfully imported\n/);
  assert.deepEqual(issuers(), ["Root", "Middle"]);
  // What is stored is taken again as it was.
  assert.equal((c.configuration.match(/^ crl$/gm) ?? []).length, 2);
  c.run(c.configuration.slice(c.configuration.indexOf("crypto pki certificate chain EC")).replace(/^!$[^]*/m, "exit"));
  assert.deepEqual(issuers(), ["Root", "Middle"]);
  // Of the same name, with other keys: those are others.
  const crl = (name: string): string => pem(revocationList({ subject: "C=CH, O=Example, CN=Root", key: keyOf(name, "P-256") }, []), "X509 CRL");
  for (const name of ["a", "b"]) assert.match(add(crl(name)), /% CRL successfully imported\n/);
  const before = c.configuration;
  assert.match(add(crl("c")), /^% There is no room for this/m);
  assert.equal(c.configuration, before);
  assert.match(add(crl("b")), /% CRL successfully imported\n/);
  assert.deepEqual(issuers(), ["Root", "Middle", "Root", "Root"]);
});

test("PKCS#12 and PEM: certificates and key at once", () => {
  for (const file of ["curve-aes.p12", "curve-3des.p12", "curve-clear.p12"]) {
    const c = configuring();
    c.run("crypto pki trustpoint T\nexit");
    assert.match(c.run(`crypto pki import T pkcs12 terminal swordfish\n${base64(file)}\n`), /% PEM files import succeeded\.\n/, file);
    assert.match(c.run("do show crypto pki trustpoints"), /CN=Root[^]*Own certificate: yes, intermediates: 1\n {2}Key: T, EC, 256 bits/);
  }
  const c = configuring();
  c.run("crypto pki trustpoint T\nexit");
  const before = c.configuration;
  for (const [file, password, why] of [
    ["curve-aes.p12", "swordfisch", "the password is wrong"],
    ["curve-3des.p12", "x", "the password is wrong"],
    ["curve-rc2.p12", "swordfish", "it is encrypted with RC2, which is broken: make it anew with AES or 3DES"],
    ["curve-nomac.p12", "swordfish", "it has no MAC, so that nobody knows who made it"],
    ["root.crl", "swordfish", ""],
  ] as const) {
    const answer = c.run(`crypto pki import T pkcs12 terminal ${password}\n${base64(file)}quit`);
    assert.match(answer, why ? new RegExp(`^% The PKCS#12 can't be used: ${why.replace(/[()#]/g, "\\$&")}\\.$`, "m") : /^% /m, file);
    assert.equal(c.configuration, before);
  }
  const three = `crypto pki import T pem exportable terminal swordfish\n${text("root.crt")}quit\n${text("curve-3des.p8")}quit\n${text("curve.crt")}${text("middle.crt")}quit`;
  assert.match(c.run(three), /% PEM files import succeeded\.\n/);
  const printed = c.run("crypto pki export T pem terminal aes swordfish2");
  const key = /-----BEGIN ENCRYPTED PRIVATE KEY-----[^]*-----END ENCRYPTED PRIVATE KEY-----\n/.exec(printed)![0];
  assert.deepEqual(createPrivateKey({ key, passphrase: "swordfish2" }).export({ type: "sec1", format: "der" }), createPrivateKey(text("curve.key")).export({ type: "sec1", format: "der" }));
});

test("an RSA key comes out as it went in", () => {
  const c = configuring();
  c.run(`crypto key import rsa A pem exportable terminal\n${text("alpha.key")}quit`);
  const key = /-----BEGIN[^]*END ENCRYPTED PRIVATE KEY-----\n/.exec(c.run("crypto key export rsa A pem terminal aes swordfish2"))![0];
  const imported = createPrivateKey({ key, passphrase: "swordfish2" }).export({ type: "pkcs1", format: "jwk" as never }) as unknown as Record<string, string>;
  const original = createPrivateKey(text("alpha.key")).export({ format: "jwk" }) as unknown as Record<string, string>;
  for (const part of ["n", "e", "p", "q", "dp", "dq", "qi"]) assert.equal(imported[part], original[part], part);
  assert.match(c.run("crypto key export rsa A pem terminal aes short"), /^% The password must have 8 characters or more\.$/m);
});

test("keys are made here, requests are signed with them", () => {
  const c = configuring();
  authenticate(c, "CA");
  assert.match(c.run("crypto key generate rsa label R modulus 1024 exportable"), /% Generating 1024 bit RSA keys\.\.\.\n\[OK\]\n/);
  assert.match(c.run("crypto key generate rsa label R modulus 1024"), /^% There is a key R already: zeroize it first\.$/m);
  assert.match(c.run("crypto key generate rsa label S modulus 1025"), /^% A modulus has a multiple of 128 bits\.$/m);
  c.run("crypto pki trustpoint CA\nrsakeypair R\nsubject-name CN=alpha, OU=a\\, b, O=Example, C=CH\nfqdn alpha.example.com\nip-address 192.0.2.1\nexit");
  const { info } = request(c.run("crypto pki enroll CA"));
  assert.ok(info.includes(Buffer.from("a, b")) && info.includes(Buffer.from("alpha.example.com")) && info.includes(Buffer.from([0x87, 4, 192, 0, 2, 1])));
  // C comes first in the DER, as the last part of the text.
  assert.ok(info.indexOf(Buffer.from("CH")) < info.indexOf(Buffer.from("alpha")));
  for (const size of [256, 384, 521]) {
    assert.match(c.run(`crypto key generate ec label E${size} keysize ${size}`), /\[OK\]/);
    c.run(`crypto pki trustpoint CA\neckeypair E${size}\nexit`);
    assert.equal(request(c.run("crypto pki enroll CA")).key.asymmetricKeyType, "ec");
  }
  c.run("crypto pki trustpoint CA\nsubject-name nonsense\nexit");
  assert.match(c.run("crypto pki enroll CA"), /^% The subject-name can't be used: /m);
  assert.match(c.run("crypto key generate rsa usage-keys label U modulus 1024\ndo show crypto key mypubkey rsa"), /U\n[^]*Signature Key[^]*U\n[^]*Encryption Key/);
});

test("Ctrl-C ends what runs on, and nothing is left of it", () => {
  const c = configuring();
  c.input("crypto key generate rsa label R modulus 4096\nshow version\n");
  for (let i = 0; i < 20; i++) assert.equal(c.exports.poll(c.now), 0);
  c.input("\x03");
  assert.notEqual(c.exports.poll(c.now), 0);
  assert.doesNotMatch(c.configuration, /wrapped/);
  // What was typed meanwhile is carried out.
  assert.match(c.output, /Invalid input/);
  c.run("crypto pki trustpoint T\nexit");
  c.input(`crypto pki import T pkcs12 terminal swordfish\n${base64("curve-aes.p12")}`);
  c.input("\x03");
  const memory = Buffer.from(c.exports.memory.buffer);
  assert.equal(memory.indexOf("swordfish"), -1);
  assert.equal(memory.indexOf(readFileSync(folder + "curve-aes.p12").toString("base64").slice(100, 140)), -1);
});

test("passwords and keys that were pasted stay nowhere but where they are kept", () => {
  const c = configuring();
  c.run(`crypto key import rsa K pem terminal swordfish\n${text("alpha-aes256.p8")}quit`);
  c.run("crypto pki trustpoint T\nexit");
  c.run(`crypto pki import T pkcs12 terminal swordfish\n${base64("curve-aes.p12")}\n`);
  const memory = Buffer.from(c.exports.memory.buffer);
  const secret = createPrivateKey(text("curve.key")).export({ format: "jwk" }).d!;
  const prime = Buffer.from(createPrivateKey(text("alpha.key")).export({ format: "jwk" }).p!, "base64url");
  const count = (octets: Buffer) => {
    let n = 0;
    for (let at = memory.indexOf(octets); at >= 0; at = memory.indexOf(octets, at + 1)) n++;
    return n;
  };
  assert.equal(count(Buffer.from("swordfish")), 0);
  assert.equal(count(Buffer.from(secret, "base64url")), 1);
  assert.equal(count(prime), 1);
  c.run("crypto key zeroize rsa K\ncrypto key zeroize ec T");
  assert.equal(count(Buffer.from(secret, "base64url")), 0);
  assert.equal(count(prime), 0);
});

test("raw keys of peers: PEM, hexadecimal digits, libreswan's base64", () => {
  const spki = createPublicKey(text("alpha.pub")).export({ type: "spki", format: "der" });
  const jwk = createPublicKey(text("alpha.pub")).export({ format: "jwk" });
  const rfc3110 = "0s" + Buffer.concat([Buffer.from([3]), Buffer.from(jwk.e!, "base64url"), Buffer.from(jwk.n!, "base64url")]).toString("base64");
  const c = configuring();
  c.run("crypto key pubkey-chain rsa\naddressed-key 192.0.2.2");
  c.run(`key-string\n${spki.toString("hex").replace(/.{8}/g, "$& ").replace(/.{54}/g, "$&\n")}\nquit\nnamed-key beta.example.com signature\nkey-string\n${text("alpha.pub")}quit`);
  c.run("exit");
  assert.equal(c.prompt, "Router(config-pubkey-chain)#");
  c.run(`named-key gamma.example.com encryption\nkey-string\n${rfc3110}\nquit`);
  assert.match(c.run("do show crypto key pubkey-chain rsa"), /General +2048 +192\.0\.2\.2\nSignature +2048 +beta\.example\.com\nEncryption +2048 +gamma\.example\.com\n/);
  const blocks = [...c.configuration.matchAll(/ {2}key-string\n([0-9a-f \n]*) {3}quit/g)].map(([, hex = ""]) => hex.replace(/\s/g, ""));
  assert.deepEqual(blocks, [spki, spki, spki].map((b) => b.toString("hex")));
  for (const [pasted, why] of [
    ["0sAw", "it is not base64"],
    ["0sAwEAAQ==", "its exponent is longer than the key"],
    ["30820", "it is neither hexadecimal digits nor 0s and base64"],
    ["3003020101", "it is no public key"],
    [createPublicKey(text("curve.key")).export({ type: "spki", format: "der" }).toString("hex"), "it is no RSA key"],
    [rfc3110.slice(0, -8) + "AAAAAAA=", "the modulus is even"],
  ] as const)
    assert.match(c.run(`key-string\n${pasted}\nquit`), new RegExp(`^% The key can't be used: ${why}\\.$`, "m"), pasted);
  c.run("exit\ncrypto key pubkey-chain rsa\nno named-key beta.example.com signature");
  assert.doesNotMatch(c.configuration, /beta/);
});

/** A router with everything. */
function full(): Router {
  const c = configuring();
  authenticate(c, "CA");
  c.run(`crypto key import rsa A pem exportable terminal\n${text("alpha.key")}quit\ncrypto key generate ec label E keysize 521\ncrypto key generate rsa usage-keys label U modulus 1024`);
  c.run(`crypto pki import CA certificate\n${text("alpha.crt")}quit\ncrypto pki crl import CA\n${text("root.crl")}quit`);
  c.run(`crypto pki trustpoint T\nsubject-name CN=t, O=Example\nfqdn t.example.com\nip-address 192.0.2.1\nrevocation-check none\ntime-check none\nhash sha1\nenrollment terminal pem\nexit`);
  c.run(`crypto pki import T pkcs12 terminal swordfish\n${base64("curve-aes.p12")}\n`);
  c.run("crypto pki certificate map M 10\nsubject-name co O=Example\nissuer-name eq CN=Root, O=Example, C=CH\ncrypto pki certificate map M 20\nalt-subject-name ne a.example.com\nserial-number nc 01");
  c.run(`crypto key pubkey-chain rsa\nnamed-key beta encryption\nkey-string\n${text("alpha.pub")}quit\nend\nconfigure terminal`);
  return c;
}

test("what is written comes back, keys too, under the same device key alone", () => {
  const c = full();
  const written = c.configuration;
  assert.equal(c.configuration, written);
  assert.doesNotMatch(written, /PRIVATE/);
  // No octets of a private key are in it.
  const jwk = createPrivateKey(text("alpha.key")).export({ format: "jwk" });
  for (const part of ["p", "q", "dp", "dq", "qi", "d"] as const) assert.ok(!written.replace(/\s/g, "").includes(Buffer.from(jwk[part]!, "base64url").toString("hex").slice(8, 40)));
  c.run("do write memory");
  assert.equal(c.nvram, written);
  const again = new Router({ startup: c.nvram! });
  assert.deepEqual(again.events.filter((e) => e.includes("state=startup")).map((e) => /state=(\S+)/.exec(e)![1]), ["startup-applied"]);
  again.run("configure terminal");
  assert.equal(again.configuration, written);
  assert.equal(again.run("do show crypto pki certificates"), c.run("do show crypto pki certificates"));
  request(again.run("crypto pki enroll CA"));
  request(again.run("crypto pki enroll T"));
  // By hand as well.
  const typed = configuring();
  typed.run(written);
  typed.run("configure terminal");
  assert.equal(typed.configuration, written);
});

test("another device, a changed word, a changed octet, no device key: the key is refused, all else is taken", () => {
  const written = full().configuration;
  const keys = (c: Console) => [...c.input("show crypto key mypubkey all\n").matchAll(/Key name: (\S+)/g)].map((m) => m[1]);
  const other = new Router({ startup: written, deviceKey: new Uint8Array(32).fill(8) });
  assert.match(other.output, /% Key A was not wrapped by this device, under these words\./);
  assert.deepEqual(keys(other), []);
  assert.match(other.input("show crypto pki trustpoints\n"), /Trustpoint CA:/);
  const none = new Console({ startup: written });
  assert.match(none.output, /% Key A is wrapped, and the host gives no device key\./);
  for (const changed of [
    written.replace("wrapped rsa A general-purpose exportable", "wrapped rsa A general-purpose"),
    written.replace("wrapped rsa A general", "wrapped rsa B general"),
    written.replace("wrapped rsa A general-purpose", "wrapped rsa A signature"),
    written.replace(/(wrapped rsa A .*\n {2}\w+ \w+ )(.)/, (_, before, digit) => before + (digit === "0" ? "1" : "0")),
  ]) {
    const c = new Router({ startup: changed });
    assert.equal(keys(c).length, 4, changed.slice(0, 200));
  }
  const c = new Console();
  c.type(`configure terminal\ncrypto key generate ec label E`);
  while (c.exports.poll(c.now) === 0);
  assert.match(c.type("do show running-config"), /! key E is not kept: the host gives no device key\n/);
});

test("no forms", () => {
  const c = full();
  for (const line of ["time-check none", "revocation-check none", "subject-name", "fqdn", "ip-address", "eckeypair", "enrollment terminal pem", "hash sha1"]) {
    c.run(`crypto pki trustpoint T\nno ${line}`);
    assert.doesNotMatch(/crypto pki trustpoint T\n([^!]*)!/.exec(c.configuration)![1]!, new RegExp(line), line);
  }
  c.run("crypto pki certificate map M 10\nno subject-name co O=Example\nno crypto pki certificate map M 20\nno crypto pki certificate chain T\nno crypto pki trustpoint CA");
  const left = c.configuration;
  assert.match(left, /crypto pki certificate map M 10\n issuer-name eq CN=Root, O=Example, C=CH\n!/);
  assert.doesNotMatch(left, /map M 20|certificate chain|trustpoint CA/);
  c.run("crypto key zeroize rsa\nno");
  assert.match(c.configuration, /wrapped rsa/);
  c.run("crypto key zeroize rsa\nyes\ncrypto key zeroize ec\nyes");
  assert.doesNotMatch(c.configuration, /wrapped/);
  assert.match(c.run("crypto key zeroize rsa A"), /^% There is no such key\.$/m);
});

const shared = fileURLToPath(new URL("../../../shared/peers/pki/pem/", import.meta.url));

test("strongSwan's pki: its certificates, CRLs and containers", { skip: !existsSync(shared) }, () => {
  const file = (name: string) => readFileSync(shared + name);
  const c = configuring();
  c.run(`crypto pki trustpoint CA\nexit\ncrypto pki authenticate CA\n${file("root.crt")}\n`);
  assert.match(c.run("yes"), /accepted/);
  assert.match(c.run(`crypto pki import CA pkcs12 terminal postern\n${lines(file("sun-pbes2.p12"))}\n`), /% PEM files import succeeded\./);
  assert.match(c.run("do show crypto pki trustpoints"), /Own certificate: yes, intermediates: 1/);
  const curve = configuring();
  for (const size of [256, 384, 521]) {
    curve.run(`crypto pki trustpoint E${size}\nexit\ncrypto pki authenticate E${size}\n${file(`eca${size}.crt`)}\n`);
    curve.run("yes");
    curve.run(`crypto key import ec E${size} pem terminal\n${file(`ecmoon${size}.key`)}quit`);
    assert.match(curve.run(`crypto pki import E${size} certificate\n${file(`ecmoon${size}.crt`)}quit`), /% Router Certificate successfully imported/);
  }
});
