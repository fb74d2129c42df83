// The part of the crypto core that is signatures and RSA's encryption (number/rsa, number/ecdsa). Keys lie in the caller's
// memory as number/rsa/key.ts draws them; hashes are named by IKE's attribute values. A function that returns u32 returns 0
// where it has refused.
import * as scalar from "../number/ecdsa/scalar";
import { EcdsaSign } from "../number/ecdsa/sign";
import { EcdsaVerify } from "../number/ecdsa/verify";
import { Ed25519Verify } from "../number/ed25519";
import * as derive from "../number/rsa/derive";
import * as encodings from "../number/rsa/encodings";
import { RsaGenerate } from "../number/rsa/generate";
import * as keys from "../number/rsa/key";
import * as privates from "../number/rsa/private_power";
import { PublicPower } from "../number/public_power";
import { RsaDecrypt, RsaEncrypt, RsaSign, RsaVerify } from "../number/rsa/signature";
import * as workspace from "../number/workspace";
import { curveById } from "../oakley/groups";

workspace.init();
const rsaPower = new PublicPower();
const rsaVerifier = new RsaVerify();
const rsaSigner = new RsaSign();
const rsaEncrypter = new RsaEncrypt();
const rsaDecrypter = new RsaDecrypt();
const rsaGenerator = new RsaGenerate();

// RSA keys

/** Lays a public key out; returns an RsaKeyFault, 0 for none. */
export function rsaPublicKey(key: usize, n: usize, nLen: u32, e: usize, eLen: u32): u32 {
  return keys.rsaPublicKey(key, n, nLen, e, eLen);
}

/** Puts p, q, dP, dQ or qInv (`part` 0 to 4) of a private key behind its public one; returns 1. */
export function rsaSetPart(key: usize, part: u32, value: usize, len: u32): u32 {
  return part <= <u32>keys.RsaPart.QINV && keys.rsaSetPart(key, part, value, len) ? 1 : 0;
}

/** Octets of a private key. */
export function rsaPrivateLength(key: usize): u32 {
  return keys.rsaPrivateLength(key);
}

/** 1 when n is p * q and ranges are right. */
export function rsaProductFits(key: usize): u32 {
  return keys.rsaPartsFit(key) && derive.rsaProductFits(key) ? 1 : 0;
}

/** Writes d, as long as n; returns its length. */
export function rsaPrivateExponent(key: usize, out: usize): u32 {
  return derive.rsaPrivateExponent(key, out) ? keys.rsaBytes(key) : 0;
}

/** Begins to make a key of so many bits at `key`; returns 1. */
export function rsaGenerateStart(bits: u32, key: usize): u32 {
  return rsaGenerator.start(bits, key) ? 1 : 0;
}

/** One slice; 1 when it is over. */
export function rsaGenerateStep(): u32 {
  return rsaGenerator.step() ? 1 : 0;
}

/** 1 when the key is there. */
export function rsaGenerateResult(): u32 {
  return rsaGenerator.result() ? 1 : 0;
}

export function rsaGenerateAbort(): void {
  rsaGenerator.abort();
}

/** Results of private operations that did not stand their check. */
export function rsaFaultCount(): u32 {
  return privates.rsaFaults;
}

// RSA's operations

/** base^e mod m for a public e; returns the length, that of m. */
export function publicPowerAll(m: usize, mLen: u32, base: usize, baseLen: u32, e: usize, eLen: u32, out: usize): u32 {
  if (!rsaPower.start(m, mLen, base, baseLen, e, eLen)) return 0;
  while (!rsaPower.step()) {}
  rsaPower.result(out);
  return mLen;
}

/** Begins a verification; returns 1, 0 also where the signature can't be good. */
export function rsaVerifyStart(
  key: usize, scheme: u32, alg: u32, maskAlg: u32, saltLen: u32, hash: usize, hashLen: u32, sig: usize, sigLen: u32,
): u32 {
  return rsaVerifier.start(key, scheme, alg, maskAlg, saltLen, hash, hashLen, sig, sigLen) ? 1 : 0;
}

export function rsaVerifyStep(): u32 {
  return rsaVerifier.step() ? 1 : 0;
}

/** 1 when the signature is good. */
export function rsaVerifyResult(): u32 {
  return rsaVerifier.result() ? 1 : 0;
}

/** The same at once; 1 when the signature is good. */
export function rsaVerifyAll(
  key: usize, scheme: u32, alg: u32, maskAlg: u32, saltLen: u32, hash: usize, hashLen: u32, sig: usize, sigLen: u32,
): u32 {
  if (!rsaVerifier.start(key, scheme, alg, maskAlg, saltLen, hash, hashLen, sig, sigLen)) return 0;
  while (!rsaVerifier.step()) {}
  return rsaVerifier.result() ? 1 : 0;
}

/** Signs; returns the signature's length. */
export function rsaSignAll(key: usize, scheme: u32, alg: u32, hash: usize, hashLen: u32, out: usize): u32 {
  if (!rsaSigner.start(key, scheme, alg, hash, hashLen)) return 0;
  while (!rsaSigner.step()) {}
  return rsaSigner.result(out);
}

/** Begins a signature; returns 1. */
export function rsaSignStart(key: usize, scheme: u32, alg: u32, hash: usize, hashLen: u32): u32 {
  return rsaSigner.start(key, scheme, alg, hash, hashLen) ? 1 : 0;
}

export function rsaSignStep(): u32 {
  return rsaSigner.step() ? 1 : 0;
}

export function rsaSignResult(out: usize): u32 {
  return rsaSigner.result(out);
}

/** Encrypts; returns the ciphertext's length. */
export function rsaEncryptAll(key: usize, message: usize, len: u32, out: usize): u32 {
  if (!rsaEncrypter.start(key, message, len)) return 0;
  while (!rsaEncrypter.step()) {}
  return rsaEncrypter.result(out);
}

/** Decrypts, and always goes on (number/rsa/signature.ts); returns the length that is to be taken. */
export function rsaDecryptAll(
  key: usize, ciphertext: usize, len: u32, min: u32, max: u32, other: usize, otherLen: u32, out: usize,
): u32 {
  if (!rsaDecrypter.start(key, ciphertext, len)) return 0;
  while (!rsaDecrypter.step()) {}
  return rsaDecrypter.result(out, min, max, other, otherLen);
}

/** Takes a block of type 2 apart, which is overwritten; returns the length that is to be taken. */
export function rsaOpenBlock(block: usize, k: u32, min: u32, max: u32, other: usize, otherLen: u32, out: usize): u32 {
  return encodings.openTypeTwo(block, k, 0xffffffff, min, max, other, otherLen, out);
}

// ECDSA; curves are named by their Group Description, 19, 20 and 21

const ecdsaSigner = new EcdsaSign();
const ecdsaVerifier = new EcdsaVerify();

/** Signs; `plain` 1: without fresh randomness (RFC 6979 alone). Writes r | s and returns their length. */
export function ecdsaSignAll(group: u32, alg: u32, d: usize, hash: usize, hashLen: u32, plain: u32, out: usize): u32 {
  const c = curveById(group);
  if (!c || !ecdsaSigner.start(c, alg, d, hash, hashLen, plain != 0)) return 0;
  while (!ecdsaSigner.step()) {}
  return ecdsaSigner.result(out);
}

/** 1 when the signature r | s is good. */
export function ecdsaVerifyAll(group: u32, q: usize, qLen: u32, hash: usize, hashLen: u32, sig: usize, sigLen: u32): u32 {
  const c = curveById(group);
  if (!c || !ecdsaVerifier.start(c, q, qLen, hash, hashLen, sig, sigLen)) return 0;
  while (!ecdsaVerifier.step()) {}
  return ecdsaVerifier.result() ? 1 : 0;
}

/** A signature in DER from r | s, `len` octets each; returns its length. */
export function ecdsaToDer(raw: usize, len: u32, out: usize): u32 {
  return scalar.signatureToDer(out, raw, len);
}

/** r | s, `len` octets each, of a signature in DER; returns their length. */
export function ecdsaFromDer(der: usize, derLen: u32, len: u32, out: usize): u32 {
  return scalar.signatureFromDer(out, len, der, derLen) ? 2 * len : 0;
}

// Ed25519

const ed25519 = new Ed25519Verify();

/** 1 when a signature of 64 octets under a key of 32 is good. */
export function ed25519VerifyAll(key: usize, message: usize, len: u32, sig: usize): u32 {
  if (!ed25519.start(key, message, len, sig)) return 0;
  while (!ed25519.step()) {}
  return ed25519.result() ? 1 : 0;
}
