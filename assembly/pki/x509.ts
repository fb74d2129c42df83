/**
 * X.509 certificates (RFC 5280, 4), read in place. `parse` fills a Certificate with addresses within the DER that was given: the
 * octets must stay where they are as long as the Certificate is used.
 *
 *      Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signatureValue BIT STRING }
 *      tbsCertificate ::= SEQUENCE { [0] version, serialNumber, signature, issuer, validity, subject, subjectPublicKeyInfo,
 *                                    [1] issuerUniqueID, [2] subjectUniqueID, [3] extensions }
 *
 * `parse` judges form alone; whether a date is past, or a key too small, is for path.ts. Explicit FALSE where the default is FALSE
 * is taken, as many issuers write it; nothing else that DER forbids is.
 */
import * as algorithm from "./algorithm";
import { CERTIFICATE_MAX, Certificate, Part, SERIAL_MAX } from "./certificate";
import * as der from "./der";
import { Tag } from "./der";
import { parseExtensions } from "./extensions";
import * as names from "./name";
import { parsePublicKey } from "./public_key";
import * as signed from "./signed";
import * as time from "./time";

/** One date at `p`; `der.next` is behind it. */
// @ts-ignore: decorator
@inline
function date(p: usize, end: usize): u64 {
  return der.read(p, end) ? time.parse(der.tag, der.body, der.len) : time.BAD;
}

/** Reads `len` octets at `p`, all of which must be one certificate. Part.NONE: `c` is whole; else what is malformed. */
export function parse(c: Certificate, p: usize, len: u32): Part {
  memory.fill(changetype<usize>(c), 0, offsetof<Certificate>());
  c.pathLength = -1;
  c.explicitPolicy = -1;
  c.inhibitMapping = -1;
  c.inhibitAnyPolicy = -1;
  if (len > CERTIFICATE_MAX) return Part.SIZE;
  const end = p + len;
  if (!der.wellFormed(p, end) || !der.expect(p, end, Tag.SEQUENCE) || der.next != end) return Part.ENCODING;
  c.der = p;
  c.derLen = len;

  if (!der.expect(der.body, end, Tag.SEQUENCE)) return Part.ENCODING;
  c.tbs = der.start;
  c.tbsLen = <u32>(der.next - der.start);
  const tbsEnd = der.next;
  p = der.body;

  c.version = 1;
  if (der.optional(p, tbsEnd, 0xa0)) {
    p = der.next;
    if (!der.expect(der.body, p, Tag.INTEGER) || der.next != p) return Part.VERSION;
    const v = der.small(der.body, der.len);
    if (v < 1 || v > 2) return Part.VERSION;
    c.version = <u32>v + 1;
  }
  if (!der.expect(p, tbsEnd, Tag.INTEGER) || !der.minimal(der.body, der.len) || der.len > SERIAL_MAX) return Part.SERIAL;
  c.serial = der.body;
  c.serialLen = der.len;
  if (!der.expect(der.next, tbsEnd, Tag.SEQUENCE)) return Part.ALGORITHM;
  const inner = der.start;
  const innerLen = <u32>(der.next - der.start);
  p = der.next;
  if (!der.expect(p, tbsEnd, Tag.SEQUENCE)) return Part.ISSUER;
  c.issuer = p;
  c.issuerLen = <u32>(der.next - p);
  p = der.next;
  if (!names.check(c.issuer, c.issuerLen)) return Part.ISSUER;

  if (!der.expect(p, tbsEnd, Tag.SEQUENCE)) return Part.DATES;
  p = der.next;
  c.notBefore = date(der.body, p);
  if (c.notBefore == time.BAD) return Part.DATES;
  c.notAfter = date(der.next, p);
  if (c.notAfter == time.BAD || der.next != p) return Part.DATES;

  if (!der.expect(p, tbsEnd, Tag.SEQUENCE)) return Part.SUBJECT;
  c.subject = p;
  c.subjectLen = <u32>(der.next - p);
  p = der.next;
  if (!names.check(c.subject, c.subjectLen)) return Part.SUBJECT;
  c.selfIssued = names.equal(c.issuer, c.issuerLen, c.subject, c.subjectLen);

  if (!der.expect(p, tbsEnd, Tag.SEQUENCE)) return Part.KEY;
  c.spki = p;
  c.spkiLen = <u32>(der.next - p);
  p = der.next;
  if (!parsePublicKey(c, der.body, p)) return Part.KEY;

  for (let id: u32 = 0x81; id <= 0x82; id++) {
    if (!der.optional(p, tbsEnd, id)) continue;
    if (c.version < 2) return Part.UNIQUE_IDS;
    p = der.next;
  }
  if (der.optional(p, tbsEnd, 0xa3)) {
    p = der.next;
    if (c.version < 3) return Part.VERSION;
    const wrong = parseExtensions(c, der.body, p);
    if (wrong != Part.NONE) return wrong;
  }
  if (p != tbsEnd) return Part.ENCODING;

  const unsigned = signed.read(tbsEnd, end, inner, innerLen);
  if (unsigned != Part.NONE) return unsigned;
  c.scheme = algorithm.scheme;
  c.hash = algorithm.hash;
  c.salt = algorithm.salt;
  c.signature = signed.signature;
  c.signatureLen = signed.signatureLen;
  return Part.NONE;
}
