/**
 * Phase 1 by signatures (RFC 2409, 5.1; RFC 4754; RFC 4945) of the second implementation: what differs from pre-shared keys is SKEYID, and SIG
 * with certificates in the place of HASH. RSA is Node's: PKCS#1 type 1 around the bare hash.
 */
import { X509Certificate, constants, createHmac, privateEncrypt, publicDecrypt, type KeyObject } from "node:crypto";
import * as ecdsa from "./ecdsa.ts";
import { IkePeer, P, concat, type Payload } from "./ike_peer.ts";

/** What a side proves itself with, and what it asks for. */
export interface Credential {
  /** Private key of our own. */
  key: KeyObject;
  /** In DER, the own one first; with raw keys none. */
  certificates?: Uint8Array[];
  /** Names of CAs in DER that are asked for; an empty one asks for any. */
  requests?: Uint8Array[];
  /** Where the requests stand in the message with SIG: strongSwan has them behind it, libreswan before; both beside KE too. */
  requestsBefore?: boolean;
}

/** What the peer is known by: its public key, or who may have signed its certificate. */
export type Trust = { key: KeyObject } | { cas: X509Certificate[] };

/** Certificate encoding: X.509 certificate, signature (RFC 2408, 3.9). */
const X509_SIGNATURE = 4;

/** PKCS#1 type 1 around the hash, as it is: no DigestInfo. */
export const rsaSign = (key: KeyObject, hash: Uint8Array): Uint8Array => new Uint8Array(privateEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, hash));

export function rsaVerify(key: KeyObject, hash: Uint8Array, signature: Uint8Array): boolean {
  try {
    return publicDecrypt({ key, padding: constants.RSA_PKCS1_PADDING }, signature).equals(hash);
  } catch {
    return false;
  }
}

export const verifySignature = (key: KeyObject, hash: Uint8Array, signature: Uint8Array): boolean =>
  key.asymmetricKeyType === "rsa" ? rsaVerify(key, hash, signature) : ecdsa.verify(key, hash, signature);

/** Authentication method of a key. */
export const methodOf = (key: KeyObject): number => (key.asymmetricKeyType === "rsa" ? 3 : ecdsa.curveOf(key).method);

/** The certificate encodings' names and the chains that they may make: the end entity's key if it leads to a CA. */
export function keyOfChain(ders: Uint8Array[], cas: X509Certificate[]): KeyObject {
  const [leaf, ...others] = ders.map((der) => new X509Certificate(der));
  if (!leaf) throw new Error("no certificate came");
  for (let present = leaf, length = 0; length < 8; length++) {
    const ca = cas.find((one) => present.checkIssued(one) && present.verify(one.publicKey));
    if (ca) return leaf.publicKey;
    const next = others.find((one) => present.checkIssued(one) && present.verify(one.publicKey));
    if (!next) break;
    present = next;
  }
  throw new Error(`the certificate of ${leaf.subject} leads to no CA`);
}

export class SignedPeer extends IkePeer {
  credential: Credential | undefined;
  trust: Trust | undefined;
  /** Body of our ID payload where it is no address. */
  identity: Uint8Array | undefined;
  /** What the peer has sent last: certificates in DER, names asked for. */
  theirCertificates: Uint8Array[] = [];
  theirRequests: Uint8Array[] = [];

  override get method(): number {
    return methodOf(this.credential!.key);
  }

  /** SKEYID = prf(Ni_b | Nr_b, g^xy) */
  protected override skeyid(g_xy: Uint8Array): Uint8Array {
    return this.prf(concat(this.Ni_b, this.Nr_b), g_xy);
  }

  /** RFC 4754, 2: with ECDSA the hash of the curve, not the one that was negotiated. */
  protected override proofPrf(...parts: Uint8Array[]): Uint8Array {
    const { key } = this.credential!;
    if (key.asymmetricKeyType === "rsa") return super.proofPrf(...parts);
    return new Uint8Array(createHmac(ecdsa.curveOf(key).hash, this.SKEYID).update(concat(...parts)).digest());
  }

  override ID(): Payload {
    return this.identity ? { type: P.ID, body: this.identity } : super.ID();
  }

  /** Requests beside KE: in Main Mode's third and fourth message, in Aggressive Mode's first and second. */
  override requests(): Payload[] {
    return (this.credential!.requests ?? []).map((name) => ({ type: P.CERTREQ, body: concat([X509_SIGNATURE], name) }));
  }

  override proof(hash: Uint8Array): Payload[] {
    const { key, certificates = [], requestsBefore = false } = this.credential!;
    const body = key.asymmetricKeyType === "rsa" ? rsaSign(key, hash) : ecdsa.sign(key, hash, (n) => this.bytes(n));
    const requests = this.initiator ? this.requests() : [];
    const CERTs = certificates.map((der) => ({ type: P.CERT, body: concat([X509_SIGNATURE], der) }));
    return [...CERTs, ...(requestsBefore ? requests : []), { type: P.SIG, body }, ...(requestsBefore ? [] : requests)];
  }

  override checkProof(payloads: Payload[], hash: Uint8Array, name: string): void {
    this.heard(payloads);
    const trust = this.trust!;
    const key = "key" in trust ? trust.key : keyOfChain(this.theirCertificates, trust.cas);
    if (!verifySignature(key, hash, this.take(payloads, P.SIG))) throw new Error(name.replace("HASH", "SIG"));
  }

  /** Notes what certificates and requests have come. */
  override heard(payloads: Payload[]): void {
    const of = (type: number) => payloads.filter((one) => one.type === type && one.body[0] === X509_SIGNATURE).map((one) => one.body.slice(1));
    const certificates = of(P.CERT), requests = of(P.CERTREQ);
    if (certificates.length) this.theirCertificates = certificates;
    if (requests.length) this.theirRequests = requests;
  }
}
