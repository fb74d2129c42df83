/**
 * RSA keys (RFC 8017, 3) as plain memory, aligned to 2; numbers are big-endian. A private key begins with its public one, so
 * that one address serves for both.
 *
 *     public    0       2       4          12
 *               | nLen  | eLen  | e        | n            |       nLen, eLen: u16, of this machine
 *               |       |       | 8 octets | nLen octets  |       e: its eLen octets, then zeros
 *
 *     private   ... n   | p | q | dP | dQ | qInv |                each (nLen + 1) / 2 octets, leading zeros where shorter
 *
 * p and q have at least (nLen + 1) / 2 - 1 octets; dP = 1/e mod p - 1, dQ = 1/e mod q - 1, qInv = 1/q mod p.
 */
import * as ct from "../../util/ct";
import { bitLength } from "../bignum";

/** Bits of a modulus. */
export const RSA_BITS_MIN: u32 = 1024;
export const RSA_BITS_MAX: u32 = 8192;
/** Octets of the longest modulus, of the longest public key, and of the longest private one. */
export const RSA_BYTES_MAX: u32 = 1024;
export const RSA_PUBLIC_MAX: u32 = 1036;
export const RSA_PRIVATE_MAX: u32 = 3596;

const E_BYTES: u32 = 8;
const N_AT: usize = 12;

/** Why a key is refused. */
export const enum RsaKeyFault {
  NONE = 0,
  /** The modulus has fewer bits than RSA_BITS_MIN. */
  TOO_SHORT,
  /** It has more than RSA_BITS_MAX. */
  TOO_LONG,
  /** It is even. */
  EVEN,
  /** e is 0, 1, even, or has more than 64 bits. */
  EXPONENT,
  /** A prime is even, or not half as long as the modulus, or another number not less than what it is taken modulo. */
  PARTS,
  /** n is not p * q. */
  PRODUCT,
  /** A number that was encrypted with e does not come back: dP, dQ or qInv is wrong. */
  CONSISTENCY,
}

/** A fault as people read it. */
export function rsaKeyFaultName(fault: u32): string {
  switch (fault) {
    case RsaKeyFault.NONE: return "good";
    case RsaKeyFault.TOO_SHORT: return "the modulus has fewer than 1024 bits";
    case RsaKeyFault.TOO_LONG: return "the modulus has more than 8192 bits";
    case RsaKeyFault.EVEN: return "the modulus is even";
    case RsaKeyFault.EXPONENT: return "the exponent is not odd, or not between 3 and 2^64";
    case RsaKeyFault.PARTS: return "the primes do not fit the modulus";
    case RsaKeyFault.PRODUCT: return "the modulus is not the product of the primes";
    case RsaKeyFault.CONSISTENCY: return "the private key does not belong to the public one";
    default: return "unknown fault";
  }
}

/**
 * Lays a public key out at `key` (RSA_PUBLIC_MAX octets at most): n and e, big-endian, may have leading zeros. With a fault
 * nothing is written.
 */
export function rsaPublicKey(key: usize, n: usize, nLen: u32, e: usize, eLen: u32): RsaKeyFault {
  while (nLen && !load<u8>(n)) {
    n++;
    nLen--;
  }
  while (eLen && !load<u8>(e)) {
    e++;
    eLen--;
  }
  if (nLen < RSA_BITS_MIN >> 3) return RsaKeyFault.TOO_SHORT;
  if (nLen > RSA_BITS_MAX >> 3) return RsaKeyFault.TOO_LONG;
  if (bitLength(n, nLen) < RSA_BITS_MIN) return RsaKeyFault.TOO_SHORT;
  if (!(load<u8>(n + nLen - 1) & 1)) return RsaKeyFault.EVEN;
  if (!eLen || eLen > E_BYTES || !(load<u8>(e + eLen - 1) & 1) || (eLen == 1 && load<u8>(e) == 1)) return RsaKeyFault.EXPONENT;
  store<u16>(key, <u16>nLen);
  store<u16>(key, <u16>eLen, 2);
  store<u64>(key, 0, 4);
  memory.copy(key + 4, e, <usize>eLen);
  memory.copy(key + N_AT, n, <usize>nLen);
  return RsaKeyFault.NONE;
}

/** Octets of the modulus. */
export function rsaBytes(key: usize): u32 {
  return <u32>load<u16>(key);
}

/** Bits of the modulus. */
export function rsaBits(key: usize): u32 {
  return bitLength(key + N_AT, rsaBytes(key));
}

export function rsaModulus(key: usize): usize {
  return key + N_AT;
}

/** Octets of e. */
export function rsaExponentBytes(key: usize): u32 {
  return <u32>load<u16>(key, 2);
}

export function rsaExponent(key: usize): usize {
  return key + 4;
}

/** Octets of a prime, and of the numbers modulo it. */
export function rsaHalf(key: usize): u32 {
  return (rsaBytes(key) + 1) >> 1;
}

/** The numbers of a private key. */
export const enum RsaPart { P = 0, Q, DP, DQ, QINV }

export function rsaPart(key: usize, part: RsaPart): usize {
  return key + N_AT + <usize>rsaBytes(key) + <usize>part * <usize>rsaHalf(key);
}

/** Octets of a public key, and of a private one. */
export function rsaPublicLength(key: usize): u32 {
  return <u32>N_AT + rsaBytes(key);
}

export function rsaPrivateLength(key: usize): u32 {
  return <u32>N_AT + rsaBytes(key) + 5 * rsaHalf(key);
}

/** Puts one number of a private key, behind rsaPublicKey: `len` octets, leading zeros allowed. False: it is too long. */
export function rsaSetPart(key: usize, part: RsaPart, value: usize, len: u32): bool {
  const half = rsaHalf(key);
  while (len > half && !load<u8>(value)) {
    value++;
    len--;
  }
  if (len > half) return false;
  const to = rsaPart(key, part);
  memory.fill(to, 0, <usize>(half - len));
  memory.copy(to + (half - len), value, <usize>len);
  return true;
}

/** a - b on big-endian octets; 1 where a < b. Values are secrets. */
export function borrowOf(a: usize, b: usize, len: u32): u32 {
  let borrow: u32 = 0;
  for (let i = len; i > 0; i--) borrow = (<u32>load<u8>(a + i - 1) - <u32>load<u8>(b + i - 1) - borrow) >>> 31;
  return borrow;
}

/** Whether lengths, parities and ranges of a private key's numbers are right: what costs nothing. That they are is no secret. */
export function rsaPartsFit(key: usize): bool {
  const half = rsaHalf(key);
  const p = rsaPart(key, RsaPart.P);
  const q = rsaPart(key, RsaPart.Q);
  const last = <usize>half - 1;
  // Lengths are public, and the first two octets no more than that.
  let good = <u32>load<u8>(p + last) & <u32>load<u8>(q + last) & 1;
  good &= ct.maskNonZero(<u32>load<u8>(p) | <u32>load<u8>(p, 1)) & ct.maskNonZero(<u32>load<u8>(q) | <u32>load<u8>(q, 1));
  good &= borrowOf(rsaPart(key, RsaPart.DP), p, half);
  good &= borrowOf(rsaPart(key, RsaPart.DQ), q, half);
  good &= borrowOf(rsaPart(key, RsaPart.QINV), p, half);
  return good == 1;
}
