/**
 * What Main and Aggressive Mode with signatures have in common (RFC 2409, 5.1). Both pause more than once between taking a message and
 * answering it: to check the peer's signature, and to make our own.
 */
import * as der from "../../pki/der";
import { Tag } from "../../pki/der";
import * as pkcs7 from "../../pki/pkcs7";
import { Drop } from "../../util/status";
import * as certificate from "../../wire/certificate";
import { CertEncoding } from "../../wire/certificate";
import * as id from "../../wire/id";
import { ExchangeType, Notify, Payload } from "../../wire/ike_numbers";
import * as message from "../message/message";
import * as ownCertificate from "../proof/own_certificate";
import * as signature from "../proof/signature";
import { Check } from "../proof/signature";
import * as notices from "../report/notices";
import { Exchange, Refused } from "../state/exchange";
import { holdOwnIdentity } from "./phase1";
import { OK, SUSPEND, fail } from "./verdict";

/** Has the signature of the message checked, over an identity, the body of an ID payload. SUSPEND, or why not. */
export function checkSignature(ex: Exchange, ID_b: usize, ID_bLen: u32): u32 {
  const payloads = message.payloads;
  if (!collect(ex)) return fail(Drop.IKE_PAYLOAD, Notify.INVALID_CERT_ENCODING);
  const outcome = signature.wantCheck(ex, ID_b, ID_bLen, payloads.body(Payload.SIG, 0), payloads.bodyLen(Payload.SIG, 0));
  if (outcome == Check.WANTED) return SUSPEND;
  if (outcome == Check.NO_ROOM) return fail(Drop.IKE_POOL, Notify.NONE);
  if (otherEncoding) {
    notices.certificateEncoding(ex.sa.configured, otherEncoding);
    return fail(Drop.IKE_AUTHENTICATION, Notify.CERT_TYPE_UNSUPPORTED);
  }
  const known = ID_bLen > 4;
  notices.noPeerKey(ex.sa.configured, known ? id.idType(ID_b) : 0, known ? id.data(ID_b) : ID_b, known ? ID_bLen - 4 : 0);
  return fail(Drop.IKE_AUTHENTICATION, Notify.AUTHENTICATION_FAILED);
}

/** The encoding of a CERT payload that is none of X.509; 0: there is no such one. */
let otherEncoding: u32 = 0;

/** Notes where the message's certificates are. Encodings that are not of X.509 are let pass. False: one is malformed, or there are too many. */
function collect(ex: Exchange): bool {
  const payloads = message.payloads;
  signature.forgetCertificates(ex);
  otherEncoding = 0;
  for (let k: u32 = 0; k < payloads.count(Payload.CERT); k++) {
    const body = payloads.body(Payload.CERT, k);
    const len = payloads.bodyLen(Payload.CERT, k);
    if (certificate.checkCertificate(len)) return false;
    const p = certificate.content(body);
    const n = certificate.contentLen(len);
    const encoding = certificate.encoding(body);
    if (encoding == CertEncoding.X509_SIGNATURE && !signature.noteCertificate(ex, p, n)) return false;
    if (encoding == CertEncoding.PKCS7 && !collectWrapped(ex, p, n)) return false;
    if (encoding != CertEncoding.X509_SIGNATURE && encoding != CertEncoding.PKCS7 && !otherEncoding) otherEncoding = encoding;
  }
  return true;
}

function collectWrapped(ex: Exchange, p: usize, len: u32): bool {
  if (!pkcs7.open(p, len)) return false;
  const end = pkcs7.certificatesEnd;
  for (let at = pkcs7.certificates; at < end; ) {
    if (!der.expect(at, end, Tag.SEQUENCE)) return false;
    const next = der.next;
    if (!signature.noteCertificate(ex, at, <u32>(next - at))) return false;
    at = next;
  }
  return true;
}

/** What the peer's certificate requests ask for chooses our certificate. */
export function takeRequests(ex: Exchange): void {
  const payloads = message.payloads;
  for (let k: u32 = 0; k < payloads.count(Payload.CERT_REQUEST); k++) {
    const body = payloads.body(Payload.CERT_REQUEST, k);
    const len = payloads.bodyLen(Payload.CERT_REQUEST, k);
    if (certificate.checkRequest(len) || certificate.encoding(body) != CertEncoding.X509_SIGNATURE) continue;
    ownCertificate.asked(ex.sa, certificate.content(body), certificate.contentLen(len));
  }
}

/** Whether the signature was right. OK, or the refusal. */
export function signatureIsRight(ex: Exchange): u32 {
  if (ex.refused == Refused.NOT) return OK;
  if (ex.refused == Refused.SIGNATURE) notices.wrongSignature(ex.sa.configured, ex.sa.shownCertificate ? signature.certificate() : null);
  return fail(Drop.IKE_AUTHENTICATION, ex.refused == Refused.AUTHORITY ? Notify.INVALID_CERT_AUTHORITY : Notify.AUTHENTICATION_FAILED);
}

/** Has our identity signed, which is written to the message being made for that alone. SUSPEND, or why not. */
export function signIdentity(ex: Exchange): u32 {
  return holdOwnIdentity(ex) && signature.wantSignature(ex, ex.ownID_b, ex.ownID_bLen) ? SUSPEND : fail(Drop.IKE_POOL, Notify.NONE);
}

/** Writes the identity that was signed. */
export function writeOwnIdentity(ex: Exchange): void {
  message.w.payload(Payload.ID);
  message.w.bytes(ex.ownID_b, ex.ownID_bLen);
}

/** Writes SIG. OK, or that there is none: the key is gone, or its power came out wrong. */
export function writeSignature(ex: Exchange): u32 {
  if (signature.emitProof(message.w, ex)) return OK;
  notices.noSigningKey(ex.sa.configured);
  return fail(Drop.IKE_NO_KEY, ex.type == <u32>ExchangeType.AGGRESSIVE && !ex.initiator ? Notify.NONE : Notify.NO_PROPOSAL_CHOSEN);
}
