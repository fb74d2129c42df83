/**
 * Numbers modulo the order of a curve, octets as long as the order, big-endian; and the two forms of a signature:
 *
 *     raw    r | s, each as long as the order                           IKE (RFC 4754, 7)
 *     DER    30 len  02 len r  02 len s, as short as can be             certificates (RFC 3279, 2.2.3)
 */
import * as ct from "../../util/ct";
import { Curve } from "../curve/curves";
import { Modulus } from "../modulus";

/** Octets of the longest signature in DER. */
export const ECDSA_DER_MAX: u32 = 141;

/** value mod order, for a value below twice the order, in constant time. */
export function reduceOnce(value: usize, order: usize, len: u32): void {
  let borrow: u32 = 0;
  for (let i = len; i > 0; i--) borrow = (<u32>load<u8>(value + i - 1) - <u32>load<u8>(order + i - 1) - borrow) >>> 31;
  const take = ~(0 - borrow);
  borrow = 0;
  for (let i = len; i > 0; i--) {
    const d = <u32>load<u8>(value + i - 1) - (<u32>load<u8>(order + i - 1) & take) - borrow;
    store<u8>(value + i - 1, <u8>d);
    borrow = d >>> 31;
  }
}

/**
 * A message's hash as a number (FIPS 186-5, 6.4.1, 2): its leftmost bits where it is longer than the order. All hashes that are
 * longer end with an octet of the order, so that nothing is shifted.
 */
export function hashToScalar(c: Curve, hash: usize, hashLen: u32, out: usize): void {
  const len = c.scalarBytes;
  const take = hashLen < len ? hashLen : len;
  memory.fill(out, 0, <usize>(len - take));
  memory.copy(out + (len - take), hash, <usize>take);
}

// The modulus's numbers, 24 limbs each at most, and four more.
// @ts-ignore: decorator
@lazy
const space: usize = memory.data(1024, 16);
// @ts-ignore: decorator
@lazy
const modulus: Modulus = new Modulus();

function begin(c: Curve): void {
  modulus.measure(c.order, c.scalarBytes, false);
  modulus.begin(space, c.order, c.scalarBytes);
  while (!modulus.squareStep()) {}
}

// @ts-ignore: decorator
@inline
function at(number: usize): usize {
  return space + (6 + number) * modulus.stride;
}

/** out = a * b modulo the order; numbers below 2^(8 * len). */
export function scalarTimes(c: Curve, a: usize, b: usize, out: usize): void {
  const len = c.scalarBytes;
  begin(c);
  modulus.enter(at(0), a, len);
  modulus.enter(at(1), b, len);
  modulus.multiply(at(0), at(0), at(1));
  modulus.write(out, len, at(0), at(1));
  ct.wipe(space, 1024);
}

/** out = k^-1 * (z + r * d) modulo the order. */
export function scalarSignature(c: Curve, inverse: usize, z: usize, r: usize, d: usize, out: usize): void {
  const len = c.scalarBytes;
  begin(c);
  modulus.enter(at(0), r, len);
  modulus.enter(at(1), d, len);
  modulus.multiply(at(0), at(0), at(1));
  modulus.enter(at(1), z, len);
  // Each below 1.3 N.
  modulus.add(at(0), at(0), at(1));
  modulus.enter(at(1), inverse, len);
  modulus.multiply(at(0), at(0), at(1));
  modulus.write(out, len, at(0), at(1));
  ct.wipe(space, 1024);
}

/** Writes order - 2, the exponent of an inverse. */
export function orderLessTwo(c: Curve, out: usize): void {
  const len = c.scalarBytes;
  // The orders' last octets are above 2.
  memory.copy(out, c.order, <usize>len);
  store<u8>(out + len - 1, load<u8>(out + len - 1) - 2);
}

/** Writes one number of a signature in DER; returns the octets. */
function putInteger(to: usize, value: usize, len: u32): u32 {
  while (len > 1 && !load<u8>(value)) {
    value++;
    len--;
  }
  const zero: u32 = <u32>load<u8>(value) >>> 7;
  store<u8>(to, 2);
  store<u8>(to, <u8>(len + zero), 1);
  store<u8>(to, 0, 2);
  memory.copy(to + 2 + zero, value, <usize>len);
  return len + zero + 2;
}

/** r | s, `len` octets each, in DER; returns the octets, ECDSA_DER_MAX at most. */
export function signatureToDer(out: usize, raw: usize, len: u32): u32 {
  // 3 octets of head for what is longer than 127; its body moves up where it is not.
  const first = putInteger(out + 3, raw, len);
  const body = first + putInteger(out + 3 + first, raw + len, len);
  store<u8>(out, 0x30);
  if (body < 128) {
    store<u8>(out, <u8>body, 1);
    memory.copy(out + 2, out + 3, <usize>body);
    return body + 2;
  }
  store<u8>(out, 0x81, 1);
  store<u8>(out, <u8>body, 2);
  return body + 3;
}

/** Reads a number as DER has it, not negative and without needless zeros, into `len` octets; 0 or the octets read. */
function getInteger(p: usize, left: u32, out: usize, len: u32): u32 {
  if (left < 3 || load<u8>(p) != 2) return 0;
  let n = <u32>load<u8>(p, 1);
  const read = n + 2;
  if (!n || n > 127 || read > left) return 0;
  const first = <u32>load<u8>(p, 2);
  if (first & 128) return 0;
  let from = p + 2;
  if (!first && n > 1) {
    if (!(load<u8>(p, 3) & 128)) return 0;
    from++;
    n--;
  }
  if (n > len) return 0;
  memory.fill(out, 0, <usize>(len - n));
  memory.copy(out + (len - n), from, <usize>n);
  return read;
}

/** The raw form of a signature in DER. False: it is not DER to the last octet, or a number is longer than `len` octets. */
export function signatureFromDer(raw: usize, len: u32, der: usize, derLen: u32): bool {
  if (derLen < 8 || load<u8>(der) != 0x30) return false;
  let body = <u32>load<u8>(der, 1);
  let head: u32 = 2;
  if (body == 0x81) {
    body = <u32>load<u8>(der, 2);
    head = 3;
    if (body < 128) return false;
  } else if (body > 127) {
    return false;
  }
  if (body + head != derLen) return false;
  const first = getInteger(der + head, body, raw, len);
  return first != 0 && getInteger(der + head + first, body - first, raw + len, len) == body - first;
}
