/**
 * The HASH payloads of IKE (RFC 2409, 5 and 5.5), each computed here alone, whether to send or to check it. `out` takes
 * hash.digestLength octets; a received HASH has exactly that many and is compared with `hashEqual`.
 */
import { Hash } from "../crypto/hash";
import { put32 } from "../util/bytes";
import * as ct from "../util/ct";
import { prfFinal, prfFinalHidden, prfStart, prfUpdate } from "./prf";

const number: usize = memory.data(4, 4);
const zero: usize = memory.data(1);

/**
 * HASH_I = prf(SKEYID, g^xi | g^xr | CKY-I | CKY-R | SAi_b | IDii_b). `len` is the length of each public value. `hash` is the negotiated
 * one, but with ECDSA the curve's (RFC 4754, 2): then `skeyidLen` says how long SKEYID is.
 */
export function HASH_I(
  hash: Hash, SKEYID: usize, g_xi: usize, g_xr: usize, len: u32, CKY_I: usize, CKY_R: usize,
  SAi_b: usize, SAi_bLen: u32, IDii_b: usize, IDii_bLen: u32, out: usize, skeyidLen: u32 = 0,
): void {
  authenticate(hash, SKEYID, g_xi, g_xr, len, CKY_I, CKY_R, SAi_b, SAi_bLen, IDii_b, IDii_bLen, out, skeyidLen);
}

/** HASH_R = prf(SKEYID, g^xr | g^xi | CKY-R | CKY-I | SAi_b | IDir_b). Arguments stand in the same order as HASH_I's. */
export function HASH_R(
  hash: Hash, SKEYID: usize, g_xi: usize, g_xr: usize, len: u32, CKY_I: usize, CKY_R: usize,
  SAi_b: usize, SAi_bLen: u32, IDir_b: usize, IDir_bLen: u32, out: usize, skeyidLen: u32 = 0,
): void {
  authenticate(hash, SKEYID, g_xr, g_xi, len, CKY_R, CKY_I, SAi_b, SAi_bLen, IDir_b, IDir_bLen, out, skeyidLen);
}

function authenticate(
  hash: Hash, SKEYID: usize, own: usize, other: usize, len: u32, ownCookie: usize, otherCookie: usize,
  SAi_b: usize, SAi_bLen: u32, ID_b: usize, ID_bLen: u32, out: usize, skeyidLen: u32,
): void {
  prfStart(hash, SKEYID, skeyidLen ? skeyidLen : hash.digestLength);
  prfUpdate(hash, own, len);
  prfUpdate(hash, other, len);
  prfUpdate(hash, ownCookie, 8);
  prfUpdate(hash, otherCookie, 8);
  prfUpdate(hash, SAi_b, SAi_bLen);
  prfUpdate(hash, ID_b, ID_bLen);
  prfFinal(hash, out);
}

/**
 * HASH_I, or with the values of the responder first HASH_R, over an identity of which nobody may learn how long it is: `ID_bLen` is a secret, at
 * most `max`, up to which zeros stand behind it.
 */
export function hashOverHidden(
  hash: Hash, SKEYID: usize, own: usize, other: usize, len: u32, ownCookie: usize, otherCookie: usize,
  SAi_b: usize, SAi_bLen: u32, ID_b: usize, ID_bLen: u32, max: u32, out: usize,
): void {
  prfStart(hash, SKEYID, hash.digestLength);
  prfUpdate(hash, own, len);
  prfUpdate(hash, other, len);
  prfUpdate(hash, ownCookie, 8);
  prfUpdate(hash, otherCookie, 8);
  prfUpdate(hash, SAi_b, SAi_bLen);
  prfFinalHidden(hash, ID_b, ID_bLen, max, out);
}

/**
 * HASH(1) = prf(SKEYID_a, M-ID | body), body being all that follows the HASH payload, payload headers included, padding
 * not: SA | Ni [ | KE ] [ | IDci | IDcr ] in Quick Mode, N/D in an Informational Exchange (RFC 2409, 5.5 and 5.7).
 */
export function HASH_1(hash: Hash, SKEYID_a: usize, M_ID: u32, body: usize, bodyLen: u32, out: usize): void {
  HASH_2(hash, SKEYID_a, M_ID, 0, 0, body, bodyLen, out);
}

/** HASH(2) = prf(SKEYID_a, M-ID | Ni_b | body), body as in HASH(1). */
export function HASH_2(
  hash: Hash, SKEYID_a: usize, M_ID: u32, Ni_b: usize, NiLen: u32, body: usize, bodyLen: u32, out: usize,
): void {
  prfStart(hash, SKEYID_a, hash.digestLength);
  put32(number, M_ID);
  prfUpdate(hash, number, 4);
  prfUpdate(hash, Ni_b, NiLen);
  prfUpdate(hash, body, bodyLen);
  prfFinal(hash, out);
}

/** HASH(3) = prf(SKEYID_a, 0 | M-ID | Ni_b | Nr_b), the 0 being one octet. */
export function HASH_3(
  hash: Hash, SKEYID_a: usize, M_ID: u32, Ni_b: usize, NiLen: u32, Nr_b: usize, NrLen: u32, out: usize,
): void {
  prfStart(hash, SKEYID_a, hash.digestLength);
  store<u8>(zero, 0);
  prfUpdate(hash, zero, 1);
  put32(number, M_ID);
  prfUpdate(hash, number, 4);
  prfUpdate(hash, Ni_b, NiLen);
  prfUpdate(hash, Nr_b, NrLen);
  prfFinal(hash, out);
}

/** Whether a received HASH of `len` octets is the computed one: exact length first, then in constant time. */
export function hashEqual(hash: Hash, received: usize, len: u32, computed: usize): bool {
  return len == hash.digestLength && ct.equal(received, computed, len);
}
