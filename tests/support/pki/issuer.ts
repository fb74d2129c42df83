/**
 * Certificates and CRLs of every kind, right and wrong, made for tests: DER written by hand, signed by Node with Ed25519 keys that come
 * from a name, so that the same octets come out every time. Shares no code with the module.
 */
import { createHash, createPrivateKey, createPublicKey, sign, type KeyObject } from "node:crypto";

// DER

export function der(tag: number, ...content: Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  const head = body.length < 0x80 ? [body.length] : body.length < 0x100 ? [0x81, body.length] : body.length < 0x10000 ? [0x82, body.length >> 8, body.length & 255] : [0x83, body.length >> 16, (body.length >> 8) & 255, body.length & 255];
  return Buffer.concat([Buffer.from([tag, ...head]), body]);
}
export const sequence = (...content: Uint8Array[]) => der(0x30, ...content);
export const set = (...content: Uint8Array[]) => der(0x31, ...content);
export const octetString = (content: Uint8Array) => der(4, content);
export const bitString = (content: Uint8Array, unused = 0) => der(3, Buffer.from([unused]), content);
export const boolean = (value: boolean) => der(1, Buffer.from([value ? 0xff : 0]));
export const hex = (text: string) => Buffer.from(text.replace(/[^0-9a-f]/gi, ""), "hex");

export function integer(value: bigint | number): Buffer {
  let text = BigInt(value).toString(16);
  if (text.length % 2) text = `0${text}`;
  if (parseInt(text.slice(0, 2), 16) > 0x7f) text = `00${text}`;
  return der(2, hex(text));
}

/** Content octets. */
export function oidOctets(dotted: string): Buffer {
  const [a = 0, b = 0, ...rest] = dotted.split(".").map(Number);
  return Buffer.concat([a * 40 + b, ...rest].map((n) => {
    const octets = [n & 127];
    for (let v = Math.floor(n / 128); v > 0; v = Math.floor(v / 128)) octets.unshift((v & 127) | 128);
    return Buffer.from(octets);
  }));
}
export const oid = (dotted: string) => der(6, oidOctets(dotted));

const two = (n: number) => String(n).padStart(2, "0");
/** UTCTime up to 2049, GeneralizedTime after. @param seconds since 1970 */
export function date(seconds: number): Buffer {
  const d = new Date(seconds * 1000);
  const rest = `${two(d.getUTCMonth() + 1)}${two(d.getUTCDate())}${two(d.getUTCHours())}${two(d.getUTCMinutes())}${two(d.getUTCSeconds())}Z`;
  const y = d.getUTCFullYear();
  return y < 2050 ? der(0x17, Buffer.from(two(y % 100) + rest)) : der(0x18, Buffer.from(String(y) + rest));
}

// Names

const ATTRIBUTES: Record<string, string> = { CN: "2.5.4.3", C: "2.5.4.6", L: "2.5.4.7", O: "2.5.4.10", OU: "2.5.4.11", E: "1.2.840.113549.1.9.1", DC: "0.9.2342.19200300.100.1.25" };

/** One RDN of `CN=x`, or `CN=x+OU=y`; the tag of its strings is given or as usual. */
export function rdn(text: string, tag?: number): Buffer {
  return set(...text.split("+").map((part) => attribute(part, tag)));
}
export function attribute(text: string, tag?: number): Buffer {
  const [key = "", value = ""] = text.split("=");
  return sequence(oid(ATTRIBUTES[key]!), der(tag ?? (key === "E" || key === "DC" ? 0x16 : 0x0c), Buffer.from(value)));
}
/** `C=CH,O=Example,CN=moon`, in this order. */
export function name(text: string, tag?: number): Buffer {
  return sequence(...(text === "" ? [] : text.split(",").map((part) => rdn(part, tag))));
}

/** GeneralNames of `dns:a`, `email:a`, `uri:a`, `ip:hex`, `dn:C=..`, `other:`. */
export function generalName(text: string): Buffer {
  const at = text.indexOf(":");
  const value = text.slice(at + 1);
  switch (text.slice(0, at)) {
    case "email": return der(0x81, Buffer.from(value));
    case "dns": return der(0x82, Buffer.from(value));
    case "uri": return der(0x86, Buffer.from(value));
    case "ip": return der(0x87, hex(value));
    case "dn": return der(0xa4, name(value));
    default: return der(0xa0, oid("1.2.3.4"), der(0xa0, der(0x0c, Buffer.from(value))));
  }
}

// Keys

const keys = new Map<string, KeyObject>();
/** The private key of that label. */
export function key(label: string): KeyObject {
  let found = keys.get(label);
  if (!found) {
    const seed = createHash("sha256").update(`test key ${label}`).digest();
    found = createPrivateKey({ key: sequence(integer(0), sequence(oid("1.3.101.112")), octetString(octetString(seed))), format: "der", type: "pkcs8" });
    keys.set(label, found);
  }
  return found;
}
export const spki = (label: string): Buffer => createPublicKey(key(label)).export({ format: "der", type: "spki" });
export const keyId = (label: string): Buffer => createHash("sha1").update(spki(label)).digest();
/** An RSA key that nobody has: an odd number of so many bits. */
export function rsaSpki(bits: number, exponent: bigint | number = 65537): Buffer {
  const modulus = (1n << BigInt(bits - 1)) | (BigInt(`0x${createHash("sha512").update(String(bits)).digest("hex").slice(0, Math.floor(bits / 4) - 2)}`) | 1n);
  return sequence(sequence(oid("1.2.840.113549.1.1.1"), der(5)), bitString(sequence(integer(modulus), integer(exponent))));
}

const ED25519 = sequence(oid("1.3.101.112"));

// Extensions

export function extension(id: string, value: Uint8Array, critical = false): Buffer {
  return sequence(oid(id), ...(critical ? [boolean(true)] : []), octetString(value));
}
/** Named bits, the first being bit 0. */
export function bits(...numbers: number[]): Buffer {
  const octets = Buffer.alloc(Math.floor(Math.max(0, ...numbers) / 8) + 1);
  for (const n of numbers) octets[n >> 3]! |= 0x80 >> (n & 7);
  const last = octets[octets.length - 1]!;
  let unused = 0;
  while (last && !((last >> unused) & 1)) unused++;
  return Buffer.concat([Buffer.from([unused]), octets]);
}
export const basicConstraints = (ca: boolean, pathLength?: number) => extension("2.5.29.19", sequence(...(ca ? [boolean(true)] : []), ...(pathLength === undefined ? [] : [integer(pathLength)])), true);
export const keyUsage = (...numbers: number[]) => extension("2.5.29.15", der(3, bits(...numbers)), true);
export const extKeyUsage = (...oids: string[]) => extension("2.5.29.37", sequence(...oids.map(oid)));
export const altNames = (...names: string[]) => extension("2.5.29.17", sequence(...names.map(generalName)));
export const constraints = (permitted: string[], excluded: string[] = []) => extension("2.5.29.30", sequence(
  ...(permitted.length ? [der(0xa0, ...permitted.map((n) => sequence(generalName(n))))] : []), ...(excluded.length ? [der(0xa1, ...excluded.map((n) => sequence(generalName(n))))] : [])), true);
export const policies = (...oids: string[]) => extension("2.5.29.32", sequence(...oids.map((o) => sequence(oid(o)))));
export const mappings = (...pairs: [string, string][]) => extension("2.5.29.33", sequence(...pairs.map(([a, b]) => sequence(oid(a), oid(b)))), true);
export const policyConstraints = (explicit?: number, inhibit?: number) => extension("2.5.29.36", sequence(
  ...(explicit === undefined ? [] : [der(0x80, integer(explicit).subarray(2))]), ...(inhibit === undefined ? [] : [der(0x81, integer(inhibit).subarray(2))])), true);
export const inhibitAnyPolicy = (n: number) => extension("2.5.29.54", integer(n), true);
export const ANY_POLICY = "2.5.29.32.0";

export interface Point { full?: string[]; relative?: string; reasons?: number[]; issuer?: string[] }
const pointName = (p: Point) => (p.full ? [der(0xa0, der(0xa0, ...p.full.map(generalName)))] : p.relative ? [der(0xa0, der(0xa1, ...p.relative.split("+").map((part) => attribute(part))))] : []);
export const crlPoints = (...points: Point[]) => extension("2.5.29.31", sequence(...points.map((p) => sequence(
  ...pointName(p), ...(p.reasons ? [der(0x81, bits(...p.reasons))] : []), ...(p.issuer ? [der(0xa2, ...p.issuer.map(generalName))] : [])))));
export interface Issuing extends Point { users?: boolean; cas?: boolean; indirect?: boolean; attributes?: boolean }
export const issuingPoint = (p: Issuing) => extension("2.5.29.28", sequence(
  ...pointName(p), ...(p.users ? [der(0x81, Buffer.from([255]))] : []), ...(p.cas ? [der(0x82, Buffer.from([255]))] : []), ...(p.reasons ? [der(0x83, bits(...p.reasons))] : []),
  ...(p.indirect ? [der(0x84, Buffer.from([255]))] : []), ...(p.attributes ? [der(0x85, Buffer.from([255]))] : [])), true);

// Certificates

/** 2025-06-01, in the middle of what is valid. */
export const NOW = Date.UTC(2025, 5, 1) / 1000;
const YEAR = 31536000;

export interface Made {
  subject?: string;
  /** Names and keys are called by labels; a label's key is its own. */
  label: string;
  issuer?: string;
  issuerName?: string;
  /** Whose key signs, if it isn't the issuer's. */
  signedBy?: string;
  /** A number, or an INTEGER's octets. */
  serial?: number | Buffer;
  from?: number;
  to?: number;
  extensions?: Buffer[];
  /** No subject and authority key identifiers. */
  noKeyIds?: boolean;
  version?: number;
  spki?: Buffer;
  algorithm?: Buffer;
  outer?: Buffer;
  /** Whose key the certificate holds. */
  key?: string;
  /** Octets of the signature are changed. */
  spoilt?: boolean;
  /** Signs in the place of the issuer's Ed25519 key. */
  sign?: (tbs: Buffer) => Buffer;
}

const serials = new Map<string, number>();
/** The serial number that `certificate` gives to a label. */
export function serialOf(label: string): number {
  if (!serials.has(label)) serials.set(label, (createHash("sha256").update(label).digest().readUInt32BE(0) >>> 2) + 1);
  return serials.get(label)!;
}

const serialNumber = (serial: number | Buffer) => (typeof serial === "number" ? integer(serial) : der(2, serial));

function signed(tbs: Buffer, algorithm: Buffer, signer: string, spoilt = false, by?: (tbs: Buffer) => Buffer): Buffer {
  const signature = by ? by(tbs) : sign(null, tbs, key(signer));
  if (spoilt) signature[5]! ^= 1;
  return sequence(tbs, algorithm, bitString(signature));
}

export function certificate(m: Made): Buffer {
  const issuer = m.issuer ?? m.label;
  const algorithm = m.algorithm ?? ED25519;
  const holder = m.key ?? m.label;
  const signer = m.signedBy ?? issuer;
  const extensions = [
    ...(m.extensions ?? []),
    ...(m.noKeyIds ? [] : [extension("2.5.29.14", octetString(keyId(holder))), extension("2.5.29.35", sequence(der(0x80, keyId(signer))))]),
  ];
  const version = m.version ?? 3;
  const tbs = sequence(
    ...(version > 1 ? [der(0xa0, integer(version - 1))] : []), serialNumber(m.serial ?? serialOf(m.label)), algorithm, name(m.issuerName ?? `O=Test,CN=${issuer}`),
    sequence(date(m.from ?? NOW - YEAR), date(m.to ?? NOW + YEAR)), name(m.subject ?? `O=Test,CN=${m.label}`), m.spki ?? spki(holder),
    ...(version > 2 && extensions.length ? [der(0xa3, sequence(...extensions))] : []),
  );
  return signed(tbs, m.outer ?? algorithm, signer, m.spoilt, m.sign);
}

/** A CA's usual certificate. */
export const authority = (label: string, issuer: string, more: Partial<Made> & { pathLength?: number } = {}): Buffer =>
  certificate({ label, issuer, ...more, extensions: [basicConstraints(true, more.pathLength), keyUsage(5, 6), ...(more.extensions ?? [])] });
/** A peer's. */
export const peer = (label: string, issuer: string, more: Partial<Made> = {}): Buffer =>
  certificate({ label, issuer, ...more, extensions: [keyUsage(0), altNames(`dns:${label}.example.com`), ...(more.extensions ?? [])] });

// CRLs

export interface List {
  issuer: string;
  issuerName?: string;
  signedBy?: string;
  from?: number;
  to?: number | null;
  /** Serial numbers, or labels, and why; `of`: certificateIssuer. */
  revoked?: { serial: number | string | Buffer; on?: number; reason?: number; of?: string; extensions?: Buffer[] }[];
  number?: number | null;
  base?: number;
  point?: Issuing;
  extensions?: Buffer[];
  noKeyId?: boolean;
  spoilt?: boolean;
}

export function crl(l: List): Buffer {
  const signer = l.signedBy ?? l.issuer;
  const entries = (l.revoked ?? []).map((r) => {
    const extensions = [
      ...(r.reason === undefined ? [] : [extension("2.5.29.21", der(10, Buffer.from([r.reason])))]),
      ...(r.of === undefined ? [] : [extension("2.5.29.29", sequence(generalName(`dn:${r.of}`)), true)]), ...(r.extensions ?? []),
    ];
    return sequence(serialNumber(typeof r.serial === "string" ? serialOf(r.serial) : r.serial), date(r.on ?? NOW - 86400), ...(extensions.length ? [sequence(...extensions)] : []));
  });
  const extensions = [
    ...(l.noKeyId ? [] : [extension("2.5.29.35", sequence(der(0x80, keyId(signer))))]),
    ...(l.number === null ? [] : [extension("2.5.29.20", integer(l.number ?? 1))]),
    ...(l.base === undefined ? [] : [extension("2.5.29.27", integer(l.base), true)]),
    ...(l.point ? [issuingPoint(l.point)] : []), ...(l.extensions ?? []),
  ];
  const tbs = sequence(
    integer(1), ED25519, name(l.issuerName ?? `O=Test,CN=${l.issuer}`), date(l.from ?? NOW - 86400), ...(l.to === null ? [] : [date(l.to ?? NOW + 86400)]),
    ...(entries.length ? [sequence(...entries)] : []), ...(extensions.length ? [der(0xa0, sequence(...extensions))] : []),
  );
  return signed(tbs, ED25519, signer, l.spoilt);
}

export function pem(kind: "CERTIFICATE" | "X509 CRL", octets: Buffer): string {
  return `-----BEGIN ${kind}-----\n${octets.toString("base64").replace(/.{1,64}/g, "$&\n")}-----END ${kind}-----\n`;
}
