/**
 * Public keys as they are written down: SubjectPublicKeyInfo (RFC 5280, 4.1.2.7; RFC 3279, 2.3.1; RFC 5480), and RFC 3110's octets
 * as libreswan has them:
 *
 *      | length of e | e ... | n ... |       the length in one octet, or 0 and two more
 */
import { rsaBits, rsaBytes, rsaExponent, rsaExponentBytes, rsaKeyFaultName, rsaModulus, rsaPublicKey, rsaPublicLength } from "../number/rsa/key";
import { get16, hexDigit } from "../util/bytes";
import * as base64 from "./base64";
import * as der from "./der";
import { Tag } from "./der";
import { Oid, identify } from "./oids";
import { PairKind } from "./store";
import * as writer from "./der_writer";

/** A public key that was read, as number/rsa/key.ts lays it out. */
// @ts-ignore: decorator
@lazy
export const rsa: usize = memory.data(1040, 8);
/** What `readInfo` found; of EC: the point, 04 x y. */
export let kind: PairKind = PairKind.NONE;
export let point: usize = 0;
export let pointLen: u32 = 0;

/** Whether it was an RSA key. */
export function isRsa(): bool {
  return kind == PairKind.RSA;
}

/** Octets of a curve's numbers. */
export function curveOctets(kind: PairKind): u32 {
  return kind == PairKind.EC_256 ? 32 : kind == PairKind.EC_384 ? 48 : 66;
}

/** Bits of a curve. */
export function curveBits(kind: PairKind): u32 {
  return kind == PairKind.EC_256 ? 256 : kind == PairKind.EC_384 ? 384 : 521;
}

/** The curve of an OID's content octets; NONE: no curve of ours. */
export function curveOf(p: usize, len: u32): PairKind {
  switch (identify(p, len)) {
    case Oid.P256: return PairKind.EC_256;
    case Oid.P384: return PairKind.EC_384;
    case Oid.P521: return PairKind.EC_521;
    default: return PairKind.NONE;
  }
}

/** Reads a SubjectPublicKeyInfo: "" or why it is none to be used. An RSA key is laid out at `rsa`. */
export function readInfo(p: usize, len: u32): string {
  const end = p + len;
  kind = PairKind.NONE;
  if (!der.wellFormed(p, end) || !der.expect(p, end, Tag.SEQUENCE) || der.next != end) return "it is not DER";
  if (!der.expect(der.body, end, Tag.SEQUENCE)) return "it is no public key";
  const inside = der.next;
  if (!der.expect(der.body, inside, Tag.OID)) return "it is no public key";
  const algorithm = identify(der.body, der.len);
  const parameters = der.next;
  if (!der.expect(inside, end, Tag.BIT_STRING) || der.next != end || der.len < 2 || load<u8>(der.body)) return "it is no public key";
  const key = der.body + 1;
  const keyLen = der.len - 1;
  if (algorithm == Oid.RSA) return readRsa(key, keyLen);
  if (algorithm != Oid.EC) return "it is neither RSA nor EC";
  if (!der.expect(parameters, inside, Tag.OID) || der.next != inside) return "its curve has no name";
  const curve = curveOf(der.body, der.len);
  if (curve == PairKind.NONE) return "its curve is neither P-256 nor P-384 nor P-521";
  if (keyLen != 2 * curveOctets(curve) + 1 || load<u8>(key) != 4) return "its point is not written in full";
  kind = curve;
  point = key;
  pointLen = keyLen;
  return "";
}

/** RSAPublicKey, SEQUENCE { n, e }. */
function readRsa(p: usize, len: u32): string {
  const end = p + len;
  if (!der.wellFormed(p, end) || !der.expect(p, end, Tag.SEQUENCE) || der.next != end) return "it is no RSA key";
  if (!der.expect(der.body, end, Tag.INTEGER) || !der.minimal(der.body, der.len) || load<u8>(der.body) & 0x80) return "its modulus is no positive number";
  const n = der.body;
  const nLen = der.len;
  if (!der.expect(der.next, end, Tag.INTEGER) || der.next != end || !der.minimal(der.body, der.len) || load<u8>(der.body) & 0x80) return "its exponent is no positive number";
  return takeRsa(n, nLen, der.body, der.len);
}

function takeRsa(n: usize, nLen: u32, e: usize, eLen: u32): string {
  const fault = rsaPublicKey(rsa, n, nLen, e, eLen);
  if (fault) return rsaKeyFaultName(fault);
  kind = PairKind.RSA;
  return "";
}

/** Reads RFC 3110's octets. */
export function readRfc3110(p: usize, len: u32): string {
  kind = PairKind.NONE;
  if (len < 3) return "it is too short for a key";
  let eLen = <u32>load<u8>(p++);
  len--;
  if (!eLen) {
    eLen = get16(p);
    p += 2;
    len -= 2;
  }
  if (!eLen || eLen >= len || !load<u8>(p)) return "its exponent is longer than the key";
  return takeRsa(p + eLen, len - eLen, p, eLen);
}

/**
 * Reads a key as `key-string` takes it, decoded in place: hexadecimal digits of a SubjectPublicKeyInfo, in blocks apart by blanks; or `0s` and
 * base64 of RFC 3110's octets. Only RSA.
 */
export function readText(p: usize, len: u32): string {
  while (len && (load<u8>(p) == 32 || load<u8>(p) == 10)) {
    p++;
    len--;
  }
  if (len > 2 && load<u8>(p) == 48 && (<u32>load<u8>(p + 1) | 32) == 115) {
    const n = base64.decode(p + 2, len - 2, p);
    return n == base64.BAD ? "it is not base64" : readRfc3110(p, n);
  }
  const n = hexOctets(p, len);
  if (n == base64.BAD) return "it is neither hexadecimal digits nor 0s and base64";
  const fault = readInfo(p, n);
  return fault.length == 0 && kind != PairKind.RSA ? "it is no RSA key" : fault;
}

/** Decodes hexadecimal digits in place, blanks and ends of lines left out; BAD: they are none, or half an octet is over. */
export function hexOctets(p: usize, len: u32): u32 {
  let n: u32 = 0;
  let half: u32 = 16;
  for (let i: u32 = 0; i < len; i++) {
    const c = <u32>load<u8>(p + i);
    if (c == 32 || c == 10 || c == 13) continue;
    const d = hexDigit(c);
    if (d > 15) return base64.BAD;
    if (half > 15) half = d;
    else {
      store<u8>(p + n++, (half << 4) | d);
      half = 16;
    }
  }
  return half > 15 ? n : base64.BAD;
}

/** Writes the SubjectPublicKeyInfo of an RSA key in number/rsa/key.ts's layout with der_writer, which has been begun. */
export function writeRsaInfo(key: usize): void {
  const end = writer.at;
  const inner = writer.at;
  writer.integer(rsaExponent(key), rsaExponentBytes(key));
  writer.integer(rsaModulus(key), rsaBytes(key));
  writer.wrap(Tag.SEQUENCE, inner);
  writer.octet(0);
  writer.wrap(Tag.BIT_STRING, inner);
  const algorithm = writer.at;
  writer.hex("0500");
  writer.oid("2a864886f70d010101");
  writer.wrap(Tag.SEQUENCE, algorithm);
  writer.wrap(Tag.SEQUENCE, end);
}

/** Writes that of a point, 04 x y. */
export function writeCurveInfo(kind: PairKind, p: usize, len: u32): void {
  const end = writer.at;
  writer.octets(p, len);
  writer.octet(0);
  writer.wrap(Tag.BIT_STRING, end);
  const algorithm = writer.at;
  writeCurveName(kind);
  writer.oid("2a8648ce3d0201");
  writer.wrap(Tag.SEQUENCE, algorithm);
  writer.wrap(Tag.SEQUENCE, end);
}

export function writeCurveName(kind: PairKind): void {
  if (kind == PairKind.EC_256) writer.oid("2a8648ce3d030107");
  else writer.oid(kind == PairKind.EC_384 ? "2b81040022" : "2b81040023");
}

/** Octets, and bits, of a key in number/rsa/key.ts's layout. */
export function rsaPublicOctets(key: usize): u32 {
  return rsaPublicLength(key);
}

export function rsaSize(key: usize): u32 {
  return rsaBits(key);
}
