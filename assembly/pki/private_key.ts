/**
 * Private keys as they are written down: RSAPrivateKey (RFC 8017, A.1.2), ECPrivateKey (RFC 5915), and PKCS#8's PrivateKeyInfo
 * around either (RFC 5958). `parse` lays one out at `secret` as store.ts keeps it; whether its numbers belong together is for
 * key_check.ts. The scratch is wiped by `forget`.
 */
import { RSA_PRIVATE_MAX, RsaPart, rsaBits, rsaKeyFaultName, rsaPart, rsaHalf, rsaPartsFit, rsaPrivateLength, rsaPublicKey, rsaSetPart, rsaBytes, rsaModulus, rsaExponent, rsaExponentBytes } from "../number/rsa/key";
import { rsaPrivateExponent, rsaProductFits } from "../number/rsa/derive";
import * as ct from "../util/ct";
import * as der from "./der";
import { Tag } from "./der";
import * as writer from "./der_writer";
import { Oid, identify } from "./oids";
import { curveBits, curveOctets, curveOf, writeCurveName } from "./public_key";
import { KeyPair, PairKind } from "./store";

/** The key: what `parse` found, or what somebody generates. */
// @ts-ignore: decorator
@lazy
export const secret: usize = memory.data(3600, 8);
export let secretLen: u32 = 0;
export let kind: PairKind = PairKind.NONE;
export let bits: u32 = 0;
// 04 x y.
// @ts-ignore: decorator
@lazy
const wholePoint: usize = memory.data(136, 8);
/** EC: the point that came with the key, x y without the 04; 0 octets: none came. */
// @ts-ignore: decorator
@lazy
export const point: usize = wholePoint + 1;
export let pointLen: u32 = 0;

export function forget(): void {
  ct.wipe(secret, RSA_PRIVATE_MAX);
  secretLen = pointLen = 0;
  kind = PairKind.NONE;
}

/** The point with the 04 before it, pointLen + 1 octets. */
export function pointInFull(): usize {
  store<u8>(wholePoint, 4);
  return wholePoint;
}

/** Bits of an RSA key in number/rsa/key.ts's layout. */
export function bitsOfRsa(key: usize): u32 {
  return rsaBits(key);
}

/** Whether an RSA key in that layout has these two numbers, which have no leading zeros. */
export function isRsa(key: usize, n: usize, nLen: u32, e: usize, eLen: u32): bool {
  return rsaBytes(key) == nLen && rsaExponentBytes(key) == eLen
    && memory.compare(rsaModulus(key), n, <usize>nLen) == 0 && memory.compare(rsaExponent(key), e, <usize>eLen) == 0;
}

/** What `splitEncrypted` found. */
export let algorithm: usize = 0;
export let algorithmEnd: usize = 0;
export let encrypted: usize = 0;
export let encryptedLen: u32 = 0;

/** Whether it is an EncryptedPrivateKeyInfo, SEQUENCE { algorithm, OCTET STRING }: password.open takes what it holds. */
export function splitEncrypted(p: usize, len: u32): bool {
  const end = p + len;
  if (!der.wellFormed(p, end) || !der.expect(p, end, Tag.SEQUENCE) || der.next != end || !der.expect(der.body, end, Tag.SEQUENCE)) return false;
  algorithm = der.body;
  algorithmEnd = der.next;
  if (!der.expect(algorithmEnd, end, Tag.OCTET_STRING) || der.next != end) return false;
  encrypted = der.body;
  encryptedLen = der.len;
  return true;
}

/** Somebody else has laid an RSA key out at `secret`. */
export function takeRsa(): void {
  kind = PairKind.RSA;
  secretLen = rsaPrivateLength(secret);
  bits = rsaBits(secret);
}

/** Somebody else has put a curve's secret number at `secret`, and its point, x y, at `point`. */
export function takeCurve(k: PairKind, withPoint: bool): void {
  kind = k;
  secretLen = curveOctets(k);
  bits = curveBits(k);
  pointLen = withPoint ? 2 * secretLen : 0;
}

const NONE_OF_OURS = "it is no private key in PKCS#1, SEC 1 or PKCS#8";

/** Reads a private key in whichever of the three forms it is: "", or why it is none to be used. */
export function parse(p: usize, len: u32): string {
  forget();
  const fault = read(p, len);
  if (fault.length) forget();
  return fault;
}

function read(p: usize, len: u32): string {
  const end = p + len;
  if (!der.wellFormed(p, end) || !der.expect(p, end, Tag.SEQUENCE) || der.next != end) return "it is not DER";
  if (!der.expect(der.body, end, Tag.INTEGER)) return NONE_OF_OURS;
  const version = der.small(der.body, der.len);
  const at = der.next;
  if (!der.read(at, end)) return NONE_OF_OURS;
  switch (der.tag) {
    case Tag.INTEGER: return version == 0 ? readRsa(at, end) : NONE_OF_OURS;
    case Tag.OCTET_STRING: return version == 1 ? readCurve(at, end, PairKind.NONE) : NONE_OF_OURS;
    case Tag.SEQUENCE: return version == 0 || version == 1 ? readInfo(at, end) : NONE_OF_OURS;
    default: return NONE_OF_OURS;
  }
}

/** privateKeyAlgorithm, privateKey OCTET STRING; attributes behind them are passed over. */
function readInfo(p: usize, end: usize): string {
  if (!der.expect(p, end, Tag.SEQUENCE)) return NONE_OF_OURS;
  const inside = der.next;
  if (!der.expect(der.body, inside, Tag.OID)) return NONE_OF_OURS;
  const algorithm = identify(der.body, der.len);
  const parameters = der.next;
  if (!der.expect(inside, end, Tag.OCTET_STRING)) return NONE_OF_OURS;
  const key = der.body;
  const keyEnd = der.next;
  if (!der.wellFormed(key, keyEnd) || !der.expect(key, keyEnd, Tag.SEQUENCE) || der.next != keyEnd) return NONE_OF_OURS;
  if (!der.expect(der.body, keyEnd, Tag.INTEGER)) return NONE_OF_OURS;
  const version = der.small(der.body, der.len);
  const at = der.next;
  if (algorithm == Oid.RSA) return version == 0 ? readRsa(at, keyEnd) : NONE_OF_OURS;
  if (algorithm != Oid.EC) return "it is neither RSA nor EC";
  if (!der.expect(parameters, inside, Tag.OID) || der.next != inside) return "its curve has no name";
  const curve = curveOf(der.body, der.len);
  if (curve == PairKind.NONE) return "its curve is neither P-256 nor P-384 nor P-521";
  return version == 1 ? readCurve(at, keyEnd, curve) : NONE_OF_OURS;
}

/** A positive INTEGER at `p`; `der.body`, `der.len`, `der.next`. */
function positive(p: usize, end: usize): bool {
  return der.expect(p, end, Tag.INTEGER) && der.minimal(der.body, der.len) && !(load<u8>(der.body) & 0x80);
}

/** n, e, d, p, q, dP, dQ, qInv. d is not kept: dP and dQ say the same. */
function readRsa(p: usize, end: usize): string {
  if (!positive(p, end)) return NONE_OF_OURS;
  const n = der.body;
  const nLen = der.len;
  if (!positive(der.next, end)) return NONE_OF_OURS;
  const fault = rsaPublicKey(secret, n, nLen, der.body, der.len);
  if (fault) return rsaKeyFaultName(fault);
  if (!positive(der.next, end)) return NONE_OF_OURS;
  for (let part: u32 = 0; part < 5; part++) {
    if (!positive(der.next, end)) return NONE_OF_OURS;
    if (!rsaSetPart(secret, part, der.body, der.len)) return "its primes are not of one length";
  }
  if (der.next != end) return NONE_OF_OURS;
  if (!rsaPartsFit(secret) || !rsaProductFits(secret)) return "its primes do not fit the modulus";
  takeRsa();
  return "";
}

/** privateKey OCTET STRING, [0] parameters, [1] publicKey. */
function readCurve(p: usize, end: usize, curve: PairKind): string {
  if (!der.expect(p, end, Tag.OCTET_STRING)) return NONE_OF_OURS;
  const number = der.body;
  const numberLen = der.len;
  let at = der.next;
  if (der.optional(at, end, 0xa0)) {
    at = der.next;
    if (!der.expect(der.body, at, Tag.OID) || der.next != at) return "its curve has no name";
    const named = curveOf(der.body, der.len);
    if (named == PairKind.NONE || (curve != PairKind.NONE && named != curve)) return "its curve is neither P-256 nor P-384 nor P-521";
    curve = named;
  }
  if (curve == PairKind.NONE) return "its curve has no name";
  const octets = curveOctets(curve);
  if (numberLen != octets) return "its secret number is not as long as its curve's order";
  let withPoint = false;
  if (der.optional(at, end, 0xa1)) {
    at = der.next;
    if (!der.expect(der.body, at, Tag.BIT_STRING) || der.next != at || der.len != 2 * octets + 2) return "its point is not written in full";
    if (load<u8>(der.body) || load<u8>(der.body + 1) != 4) return "its point is not written in full";
    memory.copy(point, der.body + 2, <usize>(2 * octets));
    withPoint = true;
  }
  if (at != end) return NONE_OF_OURS;
  memory.copy(secret, number, <usize>octets);
  takeCurve(curve, withPoint);
  return "";
}

// d, as long as the modulus.
// @ts-ignore: decorator
@lazy
const exponent: usize = memory.data(1032, 8);

/**
 * Writes the PrivateKeyInfo of a pair with der_writer, which has been begun. False: d can't be
 * made, which it can where e is 65537.
 */
export function writeInfo(pair: KeyPair): bool {
  const end = writer.at;
  const key = pair.secret;
  if (pair.kind == PairKind.RSA) {
    if (!rsaPrivateExponent(key, exponent)) return false;
    const half = rsaHalf(key);
    for (let part: i32 = 4; part >= 0; part--) writer.integer(rsaPart(key, part), half);
    writer.integer(exponent, rsaBytes(key));
    ct.wipe(exponent, 1032);
    writer.integer(rsaExponent(key), rsaExponentBytes(key));
    writer.integer(rsaModulus(key), rsaBytes(key));
    writer.smallInteger(0);
  } else {
    // The point stands at the end of the SubjectPublicKeyInfo.
    const octets = curveOctets(pair.kind);
    writer.octets(pair.spki + pair.spkiLen - (2 * octets + 1), 2 * octets + 1);
    writer.octet(0);
    writer.wrap(Tag.BIT_STRING, end);
    writer.wrap(0xa1, end);
    const number = writer.at;
    writer.octets(key, octets);
    writer.wrap(Tag.OCTET_STRING, number);
    writer.smallInteger(1);
  }
  writer.wrap(Tag.SEQUENCE, end);
  writer.wrap(Tag.OCTET_STRING, end);
  const algorithm = writer.at;
  if (pair.kind == PairKind.RSA) {
    writer.hex("0500");
    writer.oid("2a864886f70d010101");
  } else {
    writeCurveName(pair.kind);
    writer.oid("2a8648ce3d0201");
  }
  writer.wrap(Tag.SEQUENCE, algorithm);
  writer.smallInteger(0);
  writer.wrap(Tag.SEQUENCE, end);
  return !writer.short;
}
