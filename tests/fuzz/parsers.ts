/**
 * `npm run fuzz -- --parsers [--each] --cases N --seed S`: what people paste and peers send, given to its readers by itself: certificates, CRLs, names, PKCS#7, PKCS#12, private and
 * public keys, PEM. DER is changed as a tree (tests/fuzz/der.ts); what is under a MAC or a password is changed beneath it. Each lies at the very end of memory, so that a
 * read beyond it traps. Passwords and encrypted keys are typed at a console (tests/fuzz/passwords.ts). What is read in spite of its changes goes through path validation, with CRLs, and is written out. PKCS#10 is only ever written here.
 */
import { createCipheriv, createHash, createHmac, pbkdf2Sync } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  NOW, altNames, authority, certificate, constraints, crl, crlPoints, der, extKeyUsage, hex, integer, mappings, name, octetString, oid, peer, policies, policyConstraints, rsaSpki, sequence,
} from "../support/pki/issuer.ts";
import { Pki } from "../support/primitives/pki.ts";
import { address as dhcpAddress, make as dhcpMessage, u32 as dhcpNumber } from "../support/second/dhcp.ts";
import { concat } from "../support/second/ike_peer.ts";
import { Random } from "../support/world/random.ts";
import { echo, ipv4, udp } from "../support/world/frame.ts";
import { mutateDer } from "./der.ts";
import { mutateBytes } from "./mutate.ts";
import { Passwords } from "./passwords.ts";
import { repaired } from "./seeds.ts";
import { watchdog } from "./watchdog.ts";

const folder = fileURLToPath(new URL("../cli/pki/", import.meta.url));
const text = (file: string): Buffer => readFileSync(folder + file);
const ofPem = (file: string): Buffer => Buffer.from(/-----BEGIN [^-]+-----([^-]*)/.exec(text(file).toString("latin1"))![1]!, "base64");
/** Octets of a case: less than the last pages of memory, which nothing else has. */
const MAX = 60_000;
const PASSWORD = "swordfish";

// What is changed

const FULL = authority("full", "ca", {
  extensions: [
    altNames("dns:a.example.com", "email:a@example.com", "ip:c0000201", "ip:20010db8000000000000000000000001", "uri:http://a/", "dn:O=Test,CN=other", "other:x"), extKeyUsage("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.8.2.2"),
    constraints(["dns:example.com", "dn:O=Test", "ip:0a000000ff000000"], ["email:.example.org", "uri:.example.org"]), policies("1.2.3.4", "2.5.29.32.0"), mappings(["1.2.3.4", "1.2.3.5"]), policyConstraints(3, 1),
    crlPoints({ full: ["uri:http://a/crl"], reasons: [1, 2], issuer: ["dn:O=Test,CN=ca"] }, { relative: "OU=x+CN=y" }),
  ],
  pathLength: 3,
});
const ROOT = authority("root", "root"), CA = authority("ca", "root"), MOON = peer("moon", "full", { extensions: [crlPoints({ full: ["uri:http://a/crl"] })] });
const PSS = certificate({ label: "r", spki: rsaSpki(2048), algorithm: sequence(oid("1.2.840.113549.1.1.10"), sequence(der(0xa2, integer(32)))) });
const CERTIFICATES = [FULL, FULL, MOON, CA, ROOT, PSS, ofPem("alpha.crt"), ofPem("curve.crt"), ofPem("middle.crt")];
const LISTS = [
  crl({ issuer: "ca", number: 4, revoked: [{ serial: "full", reason: 1, of: "O=Test,CN=ca" }, { serial: "moon" }], point: { full: ["uri:http://a/crl"], indirect: true, reasons: [1, 2] } }),
  crl({ issuer: "full", revoked: [{ serial: "moon", reason: 6 }] }),
  crl({ issuer: "full", number: 7, base: 1, revoked: [{ serial: "moon", reason: 8 }] }),
  crl({ issuer: "root", revoked: Array.from({ length: 20 }, (_, i) => ({ serial: i + 1, reason: i % 7 })) }),
];
const NAMES = [name("C=CH,O=Example,OU=a+CN=b,CN=moon"), name("CN=x"), name("DC=org,DC=example,E=a@example.org"), name("O=Test,CN=full"), name("")];
const KEYS = [ofPem("alpha.key"), ofPem("pkcs1.key"), ofPem("curve.key"), ofPem("curve521.key")];
const PUBLIC = [ofPem("alpha.pub"), rsaSpki(1024), rsaSpki(8192, 3)];
const FILES = ["alpha.crt", "curve.p7b", "alpha.key", "alpha.pub", "root.crl", "alpha-dek.key", "curve-old.p8"].map(text);
const TEXTS = [...FILES, Buffer.concat(FILES.slice(0, 3)), Buffer.from(`0s${PUBLIC[1]!.toString("base64")}`), Buffer.from(PUBLIC[1]!.toString("hex").replace(/.{8}/g, "$& "))].map((one) => new Uint8Array(one));

/** RFC 3110's octets of an RSA key. */
const dnsKey = (n: number): Uint8Array => concat([3, 1, 0, 1], new Uint8Array(n).fill(0xb7));

// DHCP, with options in the file and sname fields, and in parts
const DHCP = [
  dhcpMessage({ op: 1, xid: 1, options: [[53, Uint8Array.of(1)], [61, hex("01020000000001")], [55, hex("0179030606")], [12, Buffer.from("alpha")]] }),
  dhcpMessage({ yiaddr: "192.0.2.5", options: [[53, Uint8Array.of(5)], [54, dhcpAddress("192.0.2.1")], [51, dhcpNumber(600)], [1, dhcpAddress("255.255.255.0")], [121, hex("00c000020118c6336400000000")], [15, Buffer.from("exa")], [15, Buffer.from("mple.org")]] }),
  dhcpMessage({ yiaddr: "192.0.2.5", fileOctets: hex("330400000258060400000035ff"), sname: hex("0304c0000201ff"), options: [[53, Uint8Array.of(2)], [52, Uint8Array.of(3)], [54, dhcpAddress("192.0.2.1")]] }),
].map((one) => new Uint8Array(one));

// Passwords, with one round

const AES_256_CBC = oid("2.16.840.1.101.3.4.1.42"), SHA256 = sequence(oid("2.16.840.1.101.3.4.2.1"), der(5)), SALT = hex("0102030405060708");

/** EncryptedPrivateKeyInfo of PBES2 (RFC 8018, 6.2) around whatever. */
function encryptedKey(plain: Uint8Array): Buffer {
  const iv = Buffer.alloc(16, 7);
  const cipher = createCipheriv("aes-256-cbc", pbkdf2Sync(PASSWORD, SALT, 1, 32, "sha256"), iv);
  const kdf = sequence(oid("1.2.840.113549.1.5.12"), sequence(octetString(SALT), integer(1), sequence(oid("1.2.840.113549.2.9"), der(5))));
  return sequence(sequence(oid("1.2.840.113549.1.5.13"), sequence(kdf, sequence(AES_256_CBC, octetString(iv)))), octetString(Buffer.concat([cipher.update(plain), cipher.final()])));
}

/** The key of a MAC of SHA-256 in one round (RFC 7292, B.2). */
const macKey = ((): Buffer => {
  const repeated = (octets: Buffer) => Buffer.concat(Array.from({ length: 64 }, () => octets)).subarray(0, 64);
  const letters = Buffer.from(`${PASSWORD}\0`, "utf16le").swap16();
  return createHash("sha256").update(Buffer.concat([Buffer.alloc(64, 3), repeated(SALT), repeated(letters)])).digest();
})();

/** PKCS#12 around an AuthenticatedSafe, with a MAC that is right. */
function container(safe: Uint8Array): Buffer {
  const mac = createHmac("sha256", macKey).update(safe).digest();
  return sequence(integer(3), sequence(oid("1.2.840.113549.1.7.1"), der(0xa0, octetString(safe))), sequence(sequence(SHA256, octetString(mac)), octetString(SALT), integer(1)));
}
const bag = (id: string, value: Uint8Array): Buffer => sequence(oid(`1.2.840.113549.1.12.10.1.${id}`), der(0xa0, value));
const data = (contents: Uint8Array): Buffer => sequence(oid("1.2.840.113549.1.7.1"), der(0xa0, octetString(contents)));
const certificateBag = (octets: Uint8Array): Buffer => bag("3", sequence(oid("1.2.840.113549.1.9.22.1"), der(0xa0, octetString(octets))));
/** Certificates in clear, the key encrypted or not. */
const safe = (key: Uint8Array): Buffer => sequence(data(sequence(certificateBag(ofPem("curve.crt")), certificateBag(ofPem("middle.crt")))), data(sequence(key)));
const SAFES = [safe(bag("2", encryptedKey(ofPem("curve.key")))), safe(bag("1", ofPem("curve.key")))];
const P7 = ofPem("curve.p7b");

// Names and time

const label = (text: string): number[] => [...text.split(".").flatMap((part) => [part.length, ...Buffer.from(part)]), 0];
const record = (owner: number[], type: number, content: number[]): number[] => [...owner, 0, type, 0, 1, 0, 0, 1, 0, 0, content.length, ...content];

/** Answers to a question: an address, aliases before one and in a circle, no such name, a refusal, names that point back. */
function dnsAnswers(question: Uint8Array): Uint8Array[] {
  const asked = [0xc0, 12], behind = question.length + 12;
  const answer = (code: number, records: number[][], authorities: number[][] = []): Uint8Array =>
    Uint8Array.from([0x12, 0x34, 0x81, 0x80 | code, 0, 1, 0, records.length, 0, authorities.length, 0, 0, ...question.subarray(12), ...records.flat(), ...authorities.flat()]);
  return [
    answer(0, [record(asked, 1, [192, 0, 2, 1])]),
    answer(0, [record(asked, 5, label("real.example.org")), record(label("real.example.org"), 1, [192, 0, 2, 2])]),
    answer(0, [record([0xc0, behind], 1, [192, 0, 2, 3]), record(asked, 5, [4, 114, 101, 97, 108, 0xc0, 17]), record([0xc0, 17], 5, asked)]),
    answer(0, [record(asked, 5, asked)]),
    answer(3, [], [record([0xc0, 17], 6, [...label("a"), ...label("b"), ...Array<number>(20).fill(1)])]),
    answer(5, []),
  ];
}
const TIMES = [2, 0, 16].map((stratum) => Uint8Array.from([36, stratum, 6, 0xec, 0, 0, 1, 0, 0, 0, 2, 0, 68, 69, 78, 89, 0xec, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0xec, 0, 0, 0, 0, 0, 0, 0, 0xec, 0, 0, 1, 0, 0, 0, 0]));

// Datagrams, whole and first fragments, with options in front of and behind their ports; and GRE around one

const tcp = (options: number[], data: number): Uint8Array => concat([4, 1, 0, 80, 0, 0, 0, 1, 0, 0, 0, 1, (5 + options.length / 4) << 4, 2, 32, 0, 0x12, 0x34, 0, 0], options, new Uint8Array(data).fill(7));
const SYN = [2, 4, 5, 180, 1, 3, 3, 7, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 0, 1, 2, 4, 5, 180, 0, 0, 0];
const DATAGRAMS = [
  ipv4("10.1.0.10", "198.51.100.9", 6, tcp(SYN, 0)),
  ipv4("10.1.0.10", "198.51.100.9", 6, tcp([], 700)),
  ipv4("10.1.0.10", "198.51.100.9", 6, tcp([], 12), { mf: true }),
  ipv4("10.1.0.10", "198.51.100.9", 17, udp(1025, 53, new Uint8Array(31).fill(1))),
  ipv4("10.1.0.10", "198.51.100.9", 17, concat([4, 1, 0, 53, 0, 12, 0, 0], [1, 2, 3, 4])),
  ipv4("10.1.0.10", "198.51.100.9", 1, echo(8, 7, 1, new Uint8Array(56))),
  ipv4("10.1.0.10", "198.51.100.9", 1, concat([3, 4, 0, 0, 0, 0, 5, 0], ipv4("198.51.100.9", "10.1.0.10", 17, udp(53, 1025, new Uint8Array(4))))),
  ipv4("10.1.0.10", "198.51.100.9", 47, new Uint8Array(40), { offset: 8 }),
].map((one) => new Uint8Array(one));
const GRES = [concat([0, 0, 8, 0], DATAGRAMS[3]!), concat([0x20, 0, 8, 0, 0, 0, 0, 42], DATAGRAMS[5]!), concat([0xb0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2], DATAGRAMS[4]!)];

/** A datagram that is as long as it says, under a right checksum. */
function whole(datagram: Uint8Array): Uint8Array {
  const header = (datagram[0]! & 15) * 4;
  if (datagram[0]! >> 4 !== 4 || header < 20 || header > datagram.length) {
    datagram[0] = 0x45;
  }
  new DataView(datagram.buffer, datagram.byteOffset).setUint16(2, datagram.length);
  return repaired(datagram);
}

/** One case of each kind: true where what was changed is still one. */
type Kind = [weight: number, name: string, run: (r: Random) => boolean];

export class Parsers {
  readonly counts = new Map<string, { cases: number; taken: number }>();
  done = 0;
  last = { name: "", data: new Uint8Array() as Uint8Array };
  private readonly random: Random;
  private readonly kinds: Kind[];
  private readonly weight: number;
  /** Records of what is whole: root, CA, FULL, MOON, then lists. */
  private readonly kept: number[];
  private readonly lists: number[];
  private readonly mark: number;
  private readonly other: number;

  constructor(
    private readonly pki: Pki,
    seed: number,
  ) {
    this.random = new Random(seed);
    const e = pki.exports;
    pki.reset();
    this.kept = [ROOT, CA, FULL, MOON].map((one) => pki.certificate(one));
    this.lists = LISTS.map((one) => pki.crl(one));
    if (![...this.kept, ...this.lists].every(Boolean)) throw new Error("what is whole is not read");
    this.other = pki.put(NAMES[0]!);
    this.mark = e.mark();
    const answers = dnsAnswers(new Uint8Array(e.memory.buffer).slice(e.dnsQuestion(), e.dnsQuestion() + e.dnsQuestionLength()));
    const passwords = new Passwords(seed);
    const single = (run: (p: number, len: number) => number | boolean, make: (r: Random) => Uint8Array) => (r: Random): boolean => Boolean(this.given(make(r), run));
    this.kinds = [
      [34, "certificate", (r) => this.certificate(r)],
      [14, "CRL", (r) => this.list(r)],
      [7, "name", single((p, len) => e.isName(p, len, this.other, NAMES[0]!.length), (r) => mutateDer(r, r.pick(NAMES), 2000))],
      [4, "like a name", single((p, len) => e.likeName(p, len, this.other, NAMES[0]!.length), (r) => mutateDer(r, r.pick(NAMES), 2000))],
      [9, "PKCS#7", single(e.wrapped, (r) => mutateDer(r, P7))],
      [5, "PKCS#12 under its MAC", single(e.container, (r) => container(mutateDer(r, r.pick(SAFES))))],
      [2, "PKCS#12", single(e.container, (r) => mutateDer(r, container(r.pick(SAFES))))],
      [8, "private key", single(e.key, (r) => mutateDer(r, r.pick(KEYS), 8000))],
      [3, "private key under its password", single(e.key, (r) => encryptedKey(mutateDer(r, r.pick(KEYS), 8000)))],
      [2, "encrypted private key", single(e.key, (r) => mutateDer(r, encryptedKey(r.pick(KEYS)), 8000))],
      [5, "public key", single(e.publicKey, (r) => mutateDer(r, r.pick(PUBLIC), 8000))],
      [2, "RFC 3110 key", single(e.dnsKey, (r) => mutateBytes(r, dnsKey(r.pick([100, 128, 256, 1024])), 1400))],
      [3, "key in letters", single(e.keyText, (r) => mutateBytes(r, r.pick(TEXTS), 8000))],
      [12, "DHCP", single(e.dhcp, (r) => { const one = r.pick(DHCP), at = r.pick([0, 44, 240, 240, 240]); return concat(one.subarray(0, at), mutateBytes(r, one.subarray(at), 1200)); })],
      [2, "PEM", single(e.blocks, (r) => mutateBytes(r, r.pick(TEXTS), 8000))],
      [6, "DNS answer", single(e.dnsAnswer, (r) => mutateBytes(r, r.pick(answers), 700))],
      [10, "datagram", single(e.datagram, (r) => { const one = mutateBytes(r, r.pick(DATAGRAMS), 1400); return r.chance(0.7) && one.length >= 20 ? whole(one) : one; })],
      [6, "quote of ICMP", single(e.quote, (r) => concat([3, 4, 0, 0, 0, 0, 5, 0], mutateBytes(r, r.pick(DATAGRAMS).subarray(0, r.pick([20, 28, 28, 48, 1400])), 600)))],
      [3, "GRE", single(e.greHeader, (r) => mutateBytes(r, r.pick(GRES), 300))],
      [10, "password or key in a line", (r) => passwords.one(r, (line) => (this.last.data = Buffer.from(line, "latin1")))],
      [2, "NTP answer", single(e.ntpAnswer, (r) => mutateBytes(r, r.pick(TIMES), 200))],
    ];
    this.weight = this.kinds.reduce((sum, [weight]) => sum + weight, 0);
  }

  /** Octets at the very end of memory. */
  private given<T>(octets: Uint8Array, run: (p: number, len: number) => T): T {
    this.last.data = octets;
    const len = Math.min(octets.length, MAX);
    const p = this.pki.exports.lastOctets(len);
    new Uint8Array(this.pki.exports.memory.buffer).set(octets.subarray(0, len), p);
    return run(p, len);
  }

  private validate(leaf: number, presented: number[], anchors: number[], lists: number[]): void {
    const r = this.random;
    const settings = { now: NOW, crls: r.pick(["none", "best", "required"] as const), explicitPolicy: r.chance(0.3), sha1: r.chance(0.5) };
    const { steps } = this.pki.validate(leaf, presented, anchors, lists, settings, () => r.chance(0.8));
    if (steps > 26) throw new Error(`validation took ${steps} steps`);
  }

  private certificate(r: Random): boolean {
    const { pki, lists } = this;
    const [root, ca, full, moon] = this.kept as [number, number, number, number];
    const c = this.given(mutateDer(r, r.pick(CERTIFICATES)), pki.exports.certificate);
    if (!c) {
      if (pki.malformedSentence().length < 10) throw new Error("a refusal without a sentence");
      return false;
    }
    pki.subject(c);
    pki.names(c);
    pki.bears(c, r.pick([2, 3, 9]), r.pick([NAMES[3]!, Buffer.from("a.example.com"), Buffer.from("a@example.com")]), true);
    pki.identitySentence(c, 9, NAMES[3]!);
    this.validate(c, [full, ca, moon], [root], lists);
    this.validate(moon, [c, ca, full], [root, c], lists);
    return true;
  }

  private list(r: Random): boolean {
    const [root, ca, full, moon] = this.kept as [number, number, number, number];
    const one = this.given(mutateDer(r, r.pick(LISTS)), this.pki.exports.crl);
    if (!one) return false;
    this.validate(moon, [full, ca], [root], r.chance(0.5) ? [one] : [one, ...this.lists]);
    return true;
  }

  /** One case, of any kind. */
  one(): void {
    let at = this.random.below(this.weight);
    this.ofKind(this.kinds.find(([weight]) => (at -= weight) < 0)!);
  }

  /** One case of the first kind that has not had so many yet. False: all have. */
  oneOfEach(cases: number): boolean {
    const kind = this.kinds.find(([, name]) => (this.counts.get(name)?.cases ?? 0) < cases);
    if (kind) this.ofKind(kind);
    return kind !== undefined;
  }

  private ofKind([, name, run]: Kind): void {
    this.last.name = name;
    const taken = this.pki.lent(() => run(this.random));
    if (this.pki.exports.mark() !== this.mark) throw new Error("something was kept");
    const count = this.counts.get(name) ?? { cases: 0, taken: 0 };
    this.counts.set(name, { cases: count.cases + 1, taken: count.taken + Number(taken) });
    this.done++;
  }
}

/** The whole run: so many cases of all kinds together, or of each. @returns the exit code */
export async function run(cases: number, seed: number, each: boolean, quiet: boolean): Promise<number> {
  const started = Date.now();
  const parsers = new Parsers(await Pki.load(), seed);
  const { memory } = (await Pki.load()).exports;
  const octets = memory.buffer.byteLength;
  const alive = watchdog(`fuzz: parsers, seed ${seed}`);
  try {
    while (each ? parsers.oneOfEach(cases) : parsers.done < cases) {
      if (!each) parsers.one();
      if (parsers.done % 1000 === 0) alive(parsers.done);
      if (parsers.done % 100_000 === 0 && !quiet) console.error(`fuzz: ${parsers.done}${each ? "" : ` of ${cases}`}, ${Math.round(parsers.done / ((Date.now() - started) / 1000))} a second`);
    }
    for (const [name, { cases: n, taken }] of parsers.counts) if (n >= 1000 && taken * 1000 < n && name !== "like a name") throw new Error(`of ${n} cases of ${name} only ${taken} were read: they test nothing`);
  } catch (error) {
    console.error(`fuzz: parsers, seed ${seed}, case ${parsers.done} (${parsers.last.name}): ${(error as Error).stack}`);
    console.error(`fuzz: its octets: ${Buffer.from(parsers.last.data).toString("hex")}`);
    console.error(`fuzz: it comes again with: npm run fuzz -- --parsers${each ? " --each" : ""} --cases ${cases} --seed ${seed}`);
    console.log(`${parsers.done} passed, 1 failed`);
    return 1;
  }
  for (const [name, { cases: n, taken }] of [...parsers.counts].sort()) console.log(`${String(n).padStart(9)}  ${name.padEnd(32)}${String(taken).padStart(9)} read all the same`);
  console.log(`fuzz: ${parsers.done} cases of parsers with seed ${seed} in ${((Date.now() - started) / 1000).toFixed(0)} s, ${(process.cpuUsage().user / 1e6).toFixed(0)} s of a processor; memory ${octets} octets throughout`);
  console.log(`${parsers.done} passed, 0 failed`);
  return 0;
}
