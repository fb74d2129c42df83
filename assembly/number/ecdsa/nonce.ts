/**
 * ECDSA's k by RFC 6979 (3.2, and 3.6 for additional data): an HMAC_DRBG of the hash, seeded with the private key, the message's
 * hash, and, except for known answers, fresh randomness. A generator that fails, or gives the same twice, then costs nothing; nor
 * does a fault that an attacker provokes in one of two equal signatures.
 */
import { Hash } from "../../crypto/hash";
import { hmacFinal, hmacKey, hmacStart, hmacUpdate } from "../../crypto/hmac";
import * as ct from "../../util/ct";
import { Curve } from "../curve/curves";
import { reduceOnce } from "./scalar";

// K and V, as long as a digest; an HMAC's key and context; what V is collected in; bits2octets(hash); an octet.
// @ts-ignore: decorator
@lazy
const work: usize = memory.data(64 + 64 + 128 + 200 + 136 + 72 + 8, 8);
const V: usize = 64;
const STATE: usize = 128;
const CONTEXT: usize = 256;
const T: usize = 456;
const Z: usize = 592;
const OCTET: usize = 664;
const WORK: u32 = 672;

/** V = HMAC(K, V). */
function next(h: Hash): void {
  hmacStart(h, work + STATE, work + CONTEXT);
  hmacUpdate(h, work + CONTEXT, work + V, h.digestLength);
  hmacFinal(h, work + STATE, work + CONTEXT, work + V);
}

/** K = HMAC(K, V | octet | more), V = HMAC(K, V). */
function update(h: Hash, octet: u32, d: usize, z: usize, len: u32, extra: usize, extraLen: u32): void {
  const context = work + CONTEXT;
  hmacStart(h, work + STATE, context);
  hmacUpdate(h, context, work + V, h.digestLength);
  store<u8>(work + OCTET, <u8>octet);
  hmacUpdate(h, context, work + OCTET, 1);
  if (len) {
    hmacUpdate(h, context, d, len);
    hmacUpdate(h, context, z, len);
    hmacUpdate(h, context, extra, extraLen);
  }
  hmacFinal(h, work + STATE, context, work);
  hmacKey(h, work + STATE, work, h.digestLength);
  next(h);
}

/**
 * Writes k, 1 to the order less 1, as many octets as the order has. `d` is the private key, `z` the message's hash as a number
 * (scalar.ts), both as long; `extra` the fresh randomness, `extraLen` 0 for none.
 */
export function drawNonce(c: Curve, h: Hash, d: usize, z: usize, extra: usize, extraLen: u32, out: usize): void {
  const len = c.scalarBytes;
  const digest = h.digestLength;
  memory.copy(work + Z, z, <usize>len);
  reduceOnce(work + Z, c.order, len);
  memory.fill(work, 0, 64);
  memory.fill(work + V, 1, 64);
  hmacKey(h, work + STATE, work, digest);
  update(h, 0, d, work + Z, len, extra, extraLen);
  update(h, 1, d, work + Z, len, extra, extraLen);
  const spare = (len << 3) - c.scalarBits;
  for (;;) {
    for (let have: u32 = 0; have < len; have += digest) {
      next(h);
      memory.copy(work + T + have, work + V, <usize>digest);
    }
    // The leftmost bits.
    let above: u32 = 0;
    for (let i: u32 = 0; i < len; i++) {
      const octet = <u32>load<u8>(work + T + i);
      store<u8>(out + i, <u8>((above << (8 - spare)) | (octet >>> spare)));
      above = octet;
    }
    // That a k was refused is no secret: it is forgotten.
    if (scalarFits(c, out)) break;
    update(h, 0, 0, 0, 0, 0, 0);
  }
  ct.wipe(work, WORK);
}

/** Whether a number, as long as the order, is between 1 and the order less 1. */
export function scalarFits(c: Curve, value: usize): bool {
  const len = c.scalarBytes;
  let any: u32 = 0;
  let borrow: u32 = 0;
  for (let i = len; i > 0; i--) {
    const octet = <u32>load<u8>(value + i - 1);
    any |= octet;
    borrow = (octet - <u32>load<u8>(c.order + i - 1) - borrow) >>> 31;
  }
  return (ct.maskNonZero(any) & borrow) != 0;
}
