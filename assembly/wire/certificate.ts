/**
 * Certificate, Certificate Request and Signature payloads (RFC 2408, 3.9, 3.10 and 3.12; RFC 4945, 3.2 and 3.3). The first two
 * have the same form; what a certificate says is pki's.
 *
 *      body       | Cert encoding | certificate, or the name of an authority in DER (empty: any) ... |
 *      SIG body   | signature ... |
 */
import { Payload } from "./ike_numbers";
import { Malformed } from "./malformed";
import { MessageWriter } from "./message_writer";

/** Cert Encoding, RFC 2408, 3.9. */
export const enum CertEncoding {
  NONE = 0,
  /** X.509 certificates in PKCS#7 SignedData */
  PKCS7 = 1,
  PGP = 2,
  DNS_SIGNED_KEY = 3,
  /** one X.509 certificate in DER, of a key for signatures */
  X509_SIGNATURE = 4,
  X509_KEY_EXCHANGE = 5,
  KERBEROS = 6,
  CRL = 7,
  ARL = 8,
  SPKI = 9,
  X509_ATTRIBUTE = 10,
  RAW_RSA = 11,
  /** IKEv2's (RFC 7296, 3.6): where a certificate is to be fetched. Nothing is fetched here. */
  HASH_AND_URL = 12,
  HASH_AND_URL_OF_BUNDLE = 13,
}

export function encodingName(encoding: u32): string {
  switch (encoding) {
    case CertEncoding.PKCS7: return "PKCS#7";
    case CertEncoding.PGP: return "PGP";
    case CertEncoding.DNS_SIGNED_KEY: return "DNS signed key";
    case CertEncoding.X509_SIGNATURE: return "X.509 certificate, signature";
    case CertEncoding.X509_KEY_EXCHANGE: return "X.509 certificate, key exchange";
    case CertEncoding.KERBEROS: return "Kerberos tokens";
    case CertEncoding.CRL: return "CRL";
    case CertEncoding.ARL: return "ARL";
    case CertEncoding.SPKI: return "SPKI";
    case CertEncoding.X509_ATTRIBUTE: return "X.509 attribute certificate";
    case CertEncoding.RAW_RSA: return "raw RSA key";
    case CertEncoding.HASH_AND_URL: return "hash and URL of a certificate";
    case CertEncoding.HASH_AND_URL_OF_BUNDLE: return "hash and URL of a bundle";
    default: return "unknown";
  }
}

/** CERT payloads that a message may have, and CERTREQ payloads. */
export const CERTIFICATES_MAX: u32 = 16;

/** Checks the body of a CERT payload. Returns a Malformed. */
export function checkCertificate(len: u32): u32 {
  return len > 1 ? <u32>Malformed.NONE : <u32>Malformed.TOO_SHORT;
}

/** Checks the body of a CERTREQ payload: the name may be empty. Returns a Malformed. */
export function checkRequest(len: u32): u32 {
  return len > 0 ? <u32>Malformed.NONE : <u32>Malformed.TOO_SHORT;
}

/** CertEncoding of a body that has been checked. */
export function encoding(body: usize): u32 {
  return <u32>load<u8>(body);
}

/** The certificate, or the authority's name. */
export function content(body: usize): usize {
  return body + 1;
}

export function contentLen(len: u32): u32 {
  return len - 1;
}

/** Writes a CERT payload. */
export function emitCertificate(w: MessageWriter, encoding: CertEncoding, certificate: usize, len: u32): void {
  w.payload(Payload.CERT);
  w.u8(encoding);
  w.bytes(certificate, len);
}

/** Writes a CERTREQ payload. @param nameLen 0: any authority */
export function emitRequest(w: MessageWriter, encoding: CertEncoding, name: usize, nameLen: u32): void {
  w.payload(Payload.CERT_REQUEST);
  w.u8(encoding);
  w.bytes(name, nameLen);
}

/** Writes a SIG payload. */
export function emitSignature(w: MessageWriter, signature: usize, len: u32): void {
  w.payload(Payload.SIG);
  w.bytes(signature, len);
}
