/**
 * The one signature of phase 1 that is being made or checked, in slices (number/sliced.ts). IKE signs a hash as it is, by RSA (RFC 2409, 5.1: PKCS#1 type
 * 1 around the bare hash) or ECDSA (RFC 4754: r | s); certificates are signed as X.509 has it.
 *
 *     const begun = sign(pair, alg, hash, hashLen);       // BUSY: another job has the workspace; later, then
 *     while (!step()) ...
 *     len = signature(out);
 */
import { HashAlg } from "../crypto/hash";
import { hashById } from "../crypto/registry";
import { Curve, ECP_256, ECP_384, ECP_521 } from "../number/curve/curves";
import { ecCheckPublic } from "../number/curve/ec";
import { EcdsaSign } from "../number/ecdsa/sign";
import { EcdsaVerify } from "../number/ecdsa/verify";
import { ED25519_KEY_BYTES, ED25519_SIGNATURE_BYTES, Ed25519Verify } from "../number/ed25519";
import { rsaPublicKey, RsaKeyFault, rsaKeyFaultName } from "../number/rsa/key";
import { RsaScheme, RsaSign, RsaVerify } from "../number/rsa/signature";
import { freeWorkspace, takeWorkspace } from "../number/workspace";
import { Scheme } from "./algorithm";
import { Certificate, KeyKind } from "./certificate";
import * as der from "./der";
import { Tag } from "./der";
import { curveFor } from "./key_work";
import { Oid } from "./oids";
import * as store from "./store";
import { KeyPair, PairKind } from "./store";

/** Octets of the longest signature. */
export const SIGNATURE_MAX: u32 = 1024;

export const enum Begun {
  RUNNING = 0,
  /** Another job has the workspace. */
  BUSY = 1,
  /** Such a signature can't be made, or is never right. */
  IMPOSSIBLE = 2,
}

const enum Running { NONE = 0, RSA_SIGN, EC_SIGN, RSA_CHECK, EC_CHECK, ED_CHECK }

const rsaSign: RsaSign = new RsaSign();
const rsaVerify: RsaVerify = new RsaVerify();
const ecSign: EcdsaSign = new EcdsaSign();
const ecVerify: EcdsaVerify = new EcdsaVerify();
const edVerify: Ed25519Verify = new Ed25519Verify();
let running: Running = Running.NONE;
// @ts-ignore: decorator
@lazy
const rsaKey: usize = memory.data(1040, 8);
// @ts-ignore: decorator
@lazy
const rawSignature: usize = memory.data(136, 8);
// @ts-ignore: decorator
@lazy
const digest: usize = memory.data(64, 8);
// @ts-ignore: decorator
@lazy
const ctx: usize = memory.data(200, 8);

/** Whether a job could have the workspace now. */
function free(): bool {
  if (running) return false;
  const space = takeWorkspace();
  if (space) freeWorkspace(space);
  return space != 0;
}

function ran(begun: bool, what: Running): Begun {
  if (!begun) return Begun.IMPOSSIBLE;
  running = what;
  return Begun.RUNNING;
}

/** Begins a signature by a pair of ours over a hash of algorithm `alg` (a HashAlg); until its end nothing of the store moves. */
export function sign(pair: KeyPair, alg: u32, hash: usize, hashLen: u32): Begun {
  if (!free()) return Begun.BUSY;
  const curve = curveFor(pair.kind);
  const begun = curve
    ? ran(ecSign.start(curve, alg, pair.secret, hash, hashLen, false), Running.EC_SIGN)
    : ran(rsaSign.start(pair.secret, RsaScheme.BARE, 0, hash, hashLen), Running.RSA_SIGN);
  if (begun == Begun.RUNNING) store.hold();
  return begun;
}

/** Begins to check an IKE signature by RSA. @param key as number/rsa/key.ts lays it out; it stays in place until the end */
export function checkRsa(key: usize, hash: usize, hashLen: u32, sig: usize, sigLen: u32): Begun {
  if (!free()) return Begun.BUSY;
  return ran(rsaVerify.start(key, RsaScheme.BARE, 0, 0, 0, hash, hashLen, sig, sigLen), Running.RSA_CHECK);
}

function curveOf(c: Certificate): Curve | null {
  if (c.key != KeyKind.EC) return null;
  switch (c.curve) {
    case Oid.P256: return ECP_256;
    case Oid.P384: return ECP_384;
    case Oid.P521: return ECP_521;
    default: return null;
  }
}

/** The kind of pair that a certificate's key is the public half of. */
export function kindOf(c: Certificate): PairKind {
  if (c.key == KeyKind.RSA) return PairKind.RSA;
  if (c.key != KeyKind.EC) return PairKind.NONE;
  return c.curve == Oid.P256 ? PairKind.EC_256 : c.curve == Oid.P384 ? PairKind.EC_384 : c.curve == Oid.P521 ? PairKind.EC_521 : PairKind.NONE;
}

/** Why no signature can ever be right under a certificate's key; "": one may. */
export function keyFault(c: Certificate): string {
  if (c.key == KeyKind.RSA || c.key == KeyKind.RSA_PSS) {
    const fault = rsaPublicKey(rsaKey, c.modulus, c.modulusLen, c.exponent, c.exponentLen);
    return fault == RsaKeyFault.NONE ? "" : rsaKeyFaultName(fault);
  }
  const curve = curveOf(c);
  if (curve) return ecCheckPublic(curve, c.point + 1, c.pointLen - 1) ? "" : "its point is not on the curve";
  return c.key == KeyKind.ED25519 ? "" : "it is neither RSA nor Ed25519, nor EC on P-256, P-384 or P-521 by name";
}

/** Begins to check an IKE signature by the key of a certificate. */
export function checkBy(c: Certificate, hash: usize, hashLen: u32, sig: usize, sigLen: u32): Begun {
  if (!free()) return Begun.BUSY;
  const curve = curveOf(c);
  if (curve) return ran(c.pointLen > 1 && ecVerify.start(curve, c.point + 1, c.pointLen - 1, hash, hashLen, sig, sigLen), Running.EC_CHECK);
  if (c.key != KeyKind.RSA || rsaPublicKey(rsaKey, c.modulus, c.modulusLen, c.exponent, c.exponentLen) != RsaKeyFault.NONE) return Begun.IMPOSSIBLE;
  return ran(rsaVerify.start(rsaKey, RsaScheme.BARE, 0, 0, 0, hash, hashLen, sig, sigLen), Running.RSA_CHECK);
}

/** Begins to check a signature of X.509 by the key of a certificate. @param alg HashAlg @param salt octets of a PSS salt */
export function checkSigned(c: Certificate, scheme: Scheme, alg: u32, salt: u32, signed: usize, signedLen: u32, sig: usize, sigLen: u32): Begun {
  if (!free()) return Begun.BUSY;
  if (scheme == Scheme.ED25519) {
    if (c.key != KeyKind.ED25519 || c.pointLen != ED25519_KEY_BYTES || sigLen != ED25519_SIGNATURE_BYTES) return Begun.IMPOSSIBLE;
    return ran(edVerify.start(c.point, signed, signedLen, sig), Running.ED_CHECK);
  }
  const hash = hashById(alg);
  if (!hash) return Begun.IMPOSSIBLE;
  hash.digest(ctx, signed, signedLen, digest);
  if (scheme == Scheme.ECDSA) {
    const curve = curveOf(c);
    if (!curve || c.pointLen < 2 || !toRaw(sig, sigLen, curve.scalarBytes)) return Begun.IMPOSSIBLE;
    return ran(ecVerify.start(curve, c.point + 1, c.pointLen - 1, digest, hash.digestLength, rawSignature, 2 * curve.scalarBytes), Running.EC_CHECK);
  }
  if (scheme != Scheme.RSA_PKCS1 && scheme != Scheme.RSA_PSS) return Begun.IMPOSSIBLE;
  if (rsaPublicKey(rsaKey, c.modulus, c.modulusLen, c.exponent, c.exponentLen) != RsaKeyFault.NONE) return Begun.IMPOSSIBLE;
  const pss = scheme == Scheme.RSA_PSS;
  const begun = rsaVerify.start(
    rsaKey, pss ? RsaScheme.PSS : RsaScheme.PKCS1, alg, pss ? alg : 0, pss ? salt : 0, digest, hash.digestLength, sig, sigLen);
  return ran(begun, Running.RSA_CHECK);
}

/** Ecdsa-Sig-Value, SEQUENCE { r, s } (RFC 3279, 2.2.3), as r | s of `n` octets each. */
function toRaw(p: usize, len: u32, n: u32): bool {
  const end = p + len;
  memory.fill(rawSignature, 0, <usize>(2 * n));
  if (!der.wellFormed(p, end) || !der.expect(p, end, Tag.SEQUENCE) || der.next != end) return false;
  let at = der.body;
  for (let i: u32 = 0; i < 2; i++) {
    if (!der.expect(at, end, Tag.INTEGER) || !der.minimal(der.body, der.len) || load<u8>(der.body) & 0x80) return false;
    at = der.next;
    const zero = <u32>(load<u8>(der.body) == 0);
    const octets = der.len - zero;
    if (octets > n) return false;
    memory.copy(rawSignature + <usize>(n * (i + 1) - octets), der.body + zero, <usize>octets);
  }
  return at == end;
}

/** One slice; true when the result is ready. */
export function step(): bool {
  switch (running) {
    case Running.RSA_SIGN: return rsaSign.step();
    case Running.EC_SIGN: return ecSign.step();
    case Running.RSA_CHECK: return rsaVerify.step();
    case Running.ED_CHECK: return edVerify.step();
    default: return ecVerify.step();
  }
}

/** Writes the signature that was made, at most SIGNATURE_MAX octets. Returns its length; 0: it was not made. */
export function signature(out: usize): u32 {
  const what = running;
  running = Running.NONE;
  store.letGo();
  return what == Running.EC_SIGN ? ecSign.result(out) : rsaSign.result(out);
}

/** Whether the signature is right. */
export function right(): bool {
  const what = running;
  running = Running.NONE;
  if (what == Running.ED_CHECK) return edVerify.result();
  return what == Running.EC_CHECK ? ecVerify.result() : rsaVerify.result();
}

/** Drops what is running, if something is. */
export function abort(): void {
  switch (running) {
    case Running.RSA_SIGN: rsaSign.abort(); break;
    case Running.EC_SIGN: ecSign.abort(); break;
    case Running.RSA_CHECK: rsaVerify.abort(); break;
    case Running.EC_CHECK: ecVerify.abort(); break;
    case Running.ED_CHECK: edVerify.abort(); break;
  }
  if (running == Running.RSA_SIGN || running == Running.EC_SIGN) store.letGo();
  running = Running.NONE;
}
