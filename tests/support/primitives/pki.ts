/** The module's certificates by themselves (tests/unit/pki/pki_entry.ts), compiled when a source is newer; Node checks the signatures. */
import { constants, createPublicKey, verify } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../", import.meta.url));

interface Exports extends Record<string, unknown> {
  memory: WebAssembly.Memory;
  reset(): void;
  mark(): number;
  release(p: number): void;
  room(len: number): number;
  certificate(p: number, len: number): number;
  crl(p: number, len: number): number;
  malformed(): number;
  dhcp(p: number, len: number): number;
  notBefore(c: number): bigint;
  notAfter(c: number): bigint;
  keyKind(c: number): number;
  keyBits(c: number): number;
  usage(c: number): number;
  purposes(c: number): number;
  isCa(c: number): number;
  pathLength(c: number): number;
  version(c: number): number;
  keyIs(c: number): number;
  keyLen(c: number): number;
  subjectAt(c: number): number;
  subjectLen(c: number): number;
  begin(leaf: number): void;
  add(c: number): number;
  anchor(c: number): void;
  list(c: number): void;
  policy(p: number, len: number): void;
  settings(now: bigint, mode: number, sha1: number, usage: number, purposes: number, schemes: number, rsaBits: number): void;
  policySettings(explicitPolicy: number, inhibitMapping: number, inhibitAnyPolicy: number): void;
  step(): number;
  checked(good: number): void;
  signed(): number;
  signedLen(): number;
  signature(): number;
  signatureLen(): number;
  signer(): number;
  scheme(): number;
  hash(): number;
  salt(): number;
  warnings(): number;
  pathIs(): number;
  checks(): number;
  crlChecks(): number;
  rule(): number;
  refused(): number;
  textAt(): number;
  sentence(): number;
  subject(c: number): number;
  writeNames(c: number): number;
  identitySentence(c: number, type: number, p: number, len: number): number;
  malformedSentence(part: number): number;
  bears(c: number, type: number, p: number, len: number, wildcards: number): number;
  sameName(a: number, aLen: number, b: number, bLen: number): number;
  sizes(): number;
  heapTop(): number;
  lastOctets(len: number): number;
  wrapped(p: number, len: number): number;
  container(p: number, len: number): number;
  key(p: number, len: number): number;
  publicKey(p: number, len: number): number;
  dnsKey(p: number, len: number): number;
  keyText(p: number, len: number): number;
  blocks(p: number, len: number): number;
  isName(p: number, len: number, other: number, otherLen: number): number;
  dnsQuestion(): number;
  dnsQuestionLength(): number;
  dnsAnswer(p: number, len: number): number;
  ntpAnswer(p: number, len: number): number;
  datagram(p: number, len: number): number;
  quote(p: number, len: number): number;
  greHeader(p: number, len: number): number;
  likeName(p: number, len: number, other: number, otherLen: number): number;
}

/** assembly/pki/refusal.ts, Rule, in order. */
export const RULES = [
  "NONE", "MALFORMED", "EXPIRED", "NOT_YET", "ISSUER_UNKNOWN", "SIGNATURE", "NOT_CA", "NOT_CERT_SIGN", "PATH_LENGTH", "CHAIN_LENGTH", "NAME_NOT_PERMITTED",
  "NAME_EXCLUDED", "NAMES_TOO_MANY", "POLICY", "CRITICAL", "KEY_KIND", "KEY_SMALL", "KEY_LARGE", "ALGORITHM", "KEY_USAGE", "PURPOSE", "REVOKED", "NO_CRL",
  "CRL_OLD", "CRL_NOT_YET", "CRL_SIGNATURE", "CRL_UNKNOWN", "CHECKS", "IDENTITY", "PATHS",
] as const;
export type Rule = (typeof RULES)[number];

/** assembly/pki/certificate.ts, Part. */
export const PARTS = ["NONE", "SIZE", "ENCODING", "VERSION", "SERIAL", "ALGORITHM", "ALGORITHMS", "ISSUER", "DATES", "SUBJECT", "KEY", "UNIQUE_IDS", "EXTENSIONS", "EXTENSION_TWICE", "SIGNATURE", "REVOKED"] as const;

const CHECK = 1;
const ACCEPTED = 2;
const HASHES: Record<number, string> = { 2: "sha1", 4: "sha256", 5: "sha384", 6: "sha512" };

export interface Settings {
  /** Seconds since 1970; 0: no clock. */
  now: number;
  crls: "none" | "best" | "required";
  sha1: boolean;
  usage: number;
  purposes: number;
  schemes: number;
  rsaBits: number;
  /** OIDs' content octets in hex; none: any. */
  policies: string[];
  explicitPolicy: boolean;
  inhibitMapping: boolean;
  inhibitAnyPolicy: boolean;
}

export const DEFAULTS: Settings = {
  now: Date.UTC(2020, 0, 1) / 1000, crls: "none", sha1: false, usage: 3, purposes: 0xff, schemes: 0b11110, rsaBits: 0, policies: [], explicitPolicy: false, inhibitMapping: false, inhibitAnyPolicy: false,
};

export interface Verdict {
  accepted: boolean;
  rule: Rule;
  sentence: string;
  /** Certificates of the accepted path, without its anchor. */
  length: number;
  warnings: number;
  checks: number;
  crlChecks: number;
  steps: number;
}

function newest(folder: string): number {
  return Math.max(...readdirSync(folder, { withFileTypes: true }).map((e) => (e.isDirectory() ? newest(join(folder, e.name)) : statSync(join(folder, e.name)).mtimeMs)));
}

/** With SIMD, as Node takes it; POSTERN_BUILD=scalar asks for the other. */
async function binary(): Promise<Uint8Array> {
  const scalar = process.env.POSTERN_BUILD === "scalar";
  const file = scalar ? "build/pki.wasm" : "build/pki.simd.wasm";
  const out = join(root, file);
  const stale = !existsSync(out) || statSync(out).mtimeMs < Math.max(...["assembly", "tests/unit/pki", "tests/unit/net", "tests/unit/wire"].map((folder) => newest(join(root, folder))));
  if (stale) {
    mkdirSync(join(root, "build"), { recursive: true });
    const { default: asc } = await import("assemblyscript/asc");
    const { error, stderr } = await asc.main(["tests/unit/pki/pki_entry.ts", "--config", "asconfig.json", "--target", "release", "--initialMemory", "128", "--maximumMemory", "128", ...(scalar ? [] : ["--enable", "simd"]), "--outFile", file, "--baseDir", root], {});
    if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
  }
  return readFileSync(out);
}

export class Pki {
  readonly exports: Exports;

  private constructor(exports: Exports) {
    this.exports = exports;
  }

  static async load(): Promise<Pki> {
    const host = { random: () => 0, send_frame: () => {}, write: () => 0, halt: (code: number, line: number) => { throw new Error(`halt ${code} at line ${line}`); } };
    const { instance } = await WebAssembly.instantiate((await binary()) as Uint8Array<ArrayBuffer>, { host });
    return new Pki(instance.exports as unknown as Exports);
  }

  reset(): void {
    this.exports.reset();
  }

  /** Lays octets into the arena. */
  put(octets: Uint8Array): number {
    const p = this.exports.room(octets.length);
    if (p === 0) throw new Error("the arena is full");
    new Uint8Array(this.exports.memory.buffer).set(octets, p);
    return p;
  }

  /** Gives back what was laid into the arena meanwhile. */
  lent<T>(use: () => T): T {
    const mark = this.exports.mark();
    try {
      return use();
    } finally {
      this.exports.release(mark);
    }
  }

  octets(p: number, len: number): Buffer {
    return Buffer.from(this.exports.memory.buffer.slice(p, p + len));
  }

  private text(len: number): string {
    return this.octets(this.exports.textAt(), len).toString("latin1");
  }

  /** A certificate's record, or 0. */
  certificate(der: Uint8Array): number {
    return this.exports.certificate(this.put(der), der.length);
  }

  crl(der: Uint8Array): number {
    return this.exports.crl(this.put(der), der.length);
  }

  /** What was malformed of what was parsed last. */
  malformed(): string {
    return PARTS[this.exports.malformed()]!;
  }

  malformedSentence(): string {
    return this.text(this.exports.malformedSentence(this.exports.malformed()));
  }

  subject(c: number): string {
    return this.text(this.exports.subject(c));
  }

  /** What a certificate bears, for people. */
  names(c: number): string {
    return this.text(this.exports.writeNames(c));
  }

  bears(c: number, type: number, data: Uint8Array, wildcards = false): boolean {
    return this.lent(() => this.exports.bears(c, type, this.put(data), data.length, Number(wildcards)) !== 0);
  }

  identitySentence(c: number, type: number, data: Uint8Array): string {
    return this.lent(() => this.text(this.exports.identitySentence(c, type, this.put(data), data.length)));
  }

  /** 1: the same Name, 0: another, 2: not well made. */
  sameName(a: Uint8Array, b: Uint8Array): number {
    return this.lent(() => this.exports.sameName(this.put(a), a.length, this.put(b), b.length));
  }

  /** What Node says of the signature that is asked for. */
  private isGood(): boolean {
    const e = this.exports;
    const data = this.octets(e.signed(), e.signedLen());
    const signature = this.octets(e.signature(), e.signatureLen());
    const signer = e.signer();
    try {
      const key = createPublicKey({ key: this.octets(e.keyIs(signer), e.keyLen(signer)), format: "der", type: "spki" });
      const scheme = e.scheme();
      if (scheme === 4) return verify(null, data, key, signature);
      const hash = HASHES[e.hash()]!;
      if (scheme === 2) return verify(hash, data, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: e.salt() }, signature);
      return verify(hash, data, key, signature);
    } catch {
      return false;
    }
  }

  /** Records made by `certificate` and `crl`. @param answer what is said of signatures; Node's answer if it is left out */
  validate(leaf: number, presented: readonly number[], anchors: readonly number[], crls: readonly number[] = [], settings: Partial<Settings> = {}, answer?: () => boolean): Verdict {
    const s = { ...DEFAULTS, ...settings };
    const e = this.exports;
    e.begin(leaf);
    e.settings(BigInt(s.now), ["none", "best", "required"].indexOf(s.crls), Number(s.sha1), s.usage, s.purposes, s.schemes, s.rsaBits);
    e.policySettings(Number(s.explicitPolicy), Number(s.inhibitMapping), Number(s.inhibitAnyPolicy));
    for (const oid of s.policies) e.policy(this.put(Buffer.from(oid, "hex")), oid.length / 2);
    for (const c of anchors) e.anchor(c);
    for (const c of crls) e.list(c);
    for (const c of presented) e.add(c);
    let steps = 1;
    let result = e.step();
    for (; result === CHECK; steps++) {
      e.checked(Number(answer ? answer() : this.isGood()));
      result = e.step();
    }
    const accepted = result === ACCEPTED;
    return {
      accepted, rule: accepted ? "NONE" : RULES[e.rule()]!, sentence: accepted ? "" : this.text(e.sentence()), length: e.pathIs(), warnings: e.warnings(), checks: e.checks(), crlChecks: e.crlChecks(), steps,
    };
  }
}
