/** Makes X.509 certificates and CRLs (RFC 5280) with Node's crypto, for tests: no more than IKE asks of them. */
import { createHash, createPublicKey, sign, type KeyObject } from "node:crypto";
import { concat } from "./ike_peer.ts";

const tlv = (tag: number, ...parts: (Uint8Array | number[])[]): Uint8Array => {
  const body = concat(...parts);
  const n = body.length;
  return concat([tag, ...(n < 128 ? [n] : n < 256 ? [0x81, n] : [0x82, n >> 8, n & 255])], body);
};

const oid = (dotted: string): Uint8Array => {
  const [a, b, ...rest] = dotted.split(".").map(Number);
  const octets = (n: number): number[] => (n < 128 ? [n] : [...octets(Math.floor(n / 128)).map((o) => o | 128), n % 128]);
  return tlv(6, [a! * 40 + b!, ...rest.flatMap(octets)]);
};

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);
const ATTRIBUTES: Record<string, string> = { C: "2.5.4.6", O: "2.5.4.10", OU: "2.5.4.11", CN: "2.5.4.3" };

/** "C=CH, O=Example, CN=moon" in DER, in that order. */
export const nameOf = (text: string): Uint8Array =>
  tlv(0x30, ...text.split(", ").map((part) => {
    const [type, value] = part.split("=") as [string, string];
    return tlv(0x31, tlv(0x30, oid(ATTRIBUTES[type]!), tlv(type === "C" ? 19 : 12, ascii(value))));
  }));

export interface Wanted {
  subject: string;
  key: KeyObject;
  /** Who signs: the subject itself where it is left out. */
  issuer?: { subject: string; key: KeyObject };
  ca?: boolean;
  pathLength?: number;
  /** Alternative names: host names, mail addresses, IPv4 addresses. */
  names?: string[];
  serial?: number;
  /** As UTCTime. */
  from?: string;
  until?: string;
  hash?: "sha1" | "sha256" | "sha384" | "sha512";
  /** With the identifiers of its key and of the issuer's, by which strongSwan finds a CRL. */
  identifiers?: boolean;
}

const SIGNED: Record<string, [rsa: string, ec: string]> = {
  sha1: ["1.2.840.113549.1.1.5", "1.2.840.10045.4.1"],
  sha256: ["1.2.840.113549.1.1.11", "1.2.840.10045.4.3.2"],
  sha384: ["1.2.840.113549.1.1.12", "1.2.840.10045.4.3.3"],
  sha512: ["1.2.840.113549.1.1.13", "1.2.840.10045.4.3.4"],
};

const generalName = (name: string): Uint8Array =>
  /^[\d.]+$/.test(name) ? tlv(0x87, name.split(".").map(Number)) : tlv(name.includes("@") ? 0x81 : 0x82, ascii(name));

const extension = (id: string, critical: boolean, value: Uint8Array): Uint8Array => tlv(0x30, oid(id), critical ? [1, 1, 0xff] : [], tlv(4, value));

/** RFC 5280, 4.2.1.2 (1) */
const keyIdentifier = (key: KeyObject): Uint8Array => {
  const spki = new Uint8Array(createPublicKey(key).export({ format: "der", type: "spki" }));
  // The key's own bits end it: behind the algorithm, and behind a tag, a length and the count of unused bits.
  let at = 1 + (spki[1]! < 128 ? 1 : 1 + (spki[1]! & 127));
  at += 2 + spki[at + 1]!;
  at += 1 + (spki[at + 1]! < 128 ? 1 : 1 + (spki[at + 1]! & 127)) + 1;
  return new Uint8Array(createHash("sha1").update(spki.subarray(at)).digest());
};

const authorityIdentifier = (key: KeyObject): Uint8Array => extension("2.5.29.35", false, tlv(0x30, tlv(0x80, keyIdentifier(key))));

let serials = 1;
const serialOf = (serial: number): Uint8Array => tlv(2, [0x40 | ((serial >> 8) & 63), serial & 255]);

/** In DER. */
export function certificate({ subject, key, issuer, ca = false, pathLength, names = [], serial = serials++, from = "200101000000Z", until = "491231235959Z", hash = "sha256", identifiers = false }: Wanted): Uint8Array {
  const signer = issuer ?? { subject, key };
  const rsa = signer.key.asymmetricKeyType === "rsa";
  const algorithm = tlv(0x30, oid(SIGNED[hash]![rsa ? 0 : 1]), rsa ? [5, 0] : []);
  const extensions = [
    ca ? extension("2.5.29.19", true, tlv(0x30, [1, 1, 0xff], pathLength === undefined ? [] : tlv(2, [pathLength]))) : [],
    extension("2.5.29.15", true, ca ? tlv(3, [1, 6]) : tlv(3, [7, 0x80])),
    names.length ? extension("2.5.29.17", false, tlv(0x30, ...names.map(generalName))) : [],
    ...(identifiers ? [extension("2.5.29.14", false, tlv(4, keyIdentifier(key))), authorityIdentifier(signer.key)] : []),
  ];
  const tbs = tlv(
    0x30, tlv(0xa0, tlv(2, [2])), serialOf(serial), algorithm, nameOf(signer.subject), tlv(0x30, tlv(23, ascii(from)), tlv(23, ascii(until))),
    nameOf(subject), new Uint8Array(createPublicKey(key).export({ format: "der", type: "spki" })), tlv(0xa3, tlv(0x30, ...extensions)),
  );
  return tlv(0x30, tbs, algorithm, tlv(3, [0], new Uint8Array(sign(hash, tbs, signer.key))));
}

/** A CRL in DER, of certificates by their serial numbers, all of them for keyCompromise. */
export function revocationList(issuer: { subject: string; key: KeyObject }, revoked: number[], from = "200101000000Z", until = "491231235959Z"): Uint8Array {
  const rsa = issuer.key.asymmetricKeyType === "rsa";
  const algorithm = tlv(0x30, oid(SIGNED.sha256![rsa ? 0 : 1]), rsa ? [5, 0] : []);
  const entries = revoked.map((serial) => tlv(0x30, serialOf(serial), tlv(23, ascii(from)), tlv(0x30, extension("2.5.29.21", false, tlv(10, [1])))));
  const tbs = tlv(
    0x30, tlv(2, [1]), algorithm, nameOf(issuer.subject), tlv(23, ascii(from)), tlv(23, ascii(until)), entries.length ? tlv(0x30, ...entries) : [],
    tlv(0xa0, tlv(0x30, authorityIdentifier(issuer.key), extension("2.5.29.20", false, tlv(2, [1])))),
  );
  return tlv(0x30, tbs, algorithm, tlv(3, [0], new Uint8Array(sign("sha256", tbs, issuer.key))));
}

export const pem = (der: Uint8Array, label = "CERTIFICATE"): string => `-----BEGIN ${label}-----\n${Buffer.from(der).toString("base64").replace(/.{64}/g, "$&\n").trimEnd()}\n-----END ${label}-----\n`;

/** PKCS#7 that holds certificates and nothing else, as `pluto --impair send-pkcs7-thingie` sends them (RFC 2315, 9). */
export const pkcs7 = (ders: Uint8Array[]): Uint8Array =>
  tlv(0x30, oid("1.2.840.113549.1.7.2"), tlv(0xa0, tlv(0x30, tlv(2, [1]), tlv(0x31), tlv(0x30, oid("1.2.840.113549.1.7.1")), tlv(0xa0, ...ders), tlv(0x31))));
