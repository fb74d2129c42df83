// The part of the crypto core that is IKE's own: oakley/, and the parsers of wire/ that face the network. Hashes are named
// by IKE's attribute values, groups by their Group Description. A function that returns u32 returns 0 for an unknown hash
// or group, and has then done nothing.
import { hashById } from "../crypto/registry";
import { GROUP_BYTES_MAX, groupById } from "../oakley/groups";
import * as dh from "../oakley/dh";
import * as hashes from "../oakley/hashes";
import * as iv from "../oakley/iv";
import * as keys from "../oakley/keymat";
import { Power } from "../number/modexp";
import * as workspace from "../number/workspace";
import * as prfs from "../oakley/prf";
import * as skeyids from "../oakley/skeyid";
import { Payload } from "../wire/ike_numbers";
import * as attribute from "../wire/attribute";
import * as deletes from "../wire/delete";
import * as id from "../wire/id";
import * as isakmp from "../wire/isakmp";
import { Malformed } from "../wire/malformed";
import * as notify from "../wire/notify";
import { parsePayloads, PayloadSet } from "../wire/payloads";
import { SaCursor } from "../wire/sa";

workspace.init();
const power = new Power();
const set = new PayloadSet();
const cursor = new SaCursor();
const range = changetype<id.IdRange>(memory.data(16, 4));

// Groups

/** Octets of a group's values. */
export function groupBytes(group: u32): u32 {
  const g = groupById(group);
  return g ? g.bytes : 0;
}

/** Octets of the private values that the module draws. */
export function groupExponentBytes(group: u32): u32 {
  const g = groupById(group);
  return g ? g.exponentBytes : 0;
}

/** Writes the prime; returns its length. */
export function groupPrime(group: u32, out: usize): u32 {
  const g = groupById(group);
  if (!g) return 0;
  g.prime(out);
  return g.bytes;
}

/** Begins base^exp mod p; base 0 is the generator. Returns 1. */
export function modexpStart(group: u32, base: usize, baseLen: u32, exp: usize, expLen: u32): u32 {
  const g = groupById(group);
  return g && dh.dhPower(power, g, base, baseLen, exp, expLen) ? 1 : 0;
}

/** One slice; 1 when the result is ready. */
export function modexpStep(): u32 {
  return power.step() ? 1 : 0;
}

export function modexpResult(out: usize): void {
  power.result(out);
}

export function modexpAbort(): void {
  power.abort();
}

/** base^exp mod p at once; returns the length of the result. */
export function modexpAll(group: u32, base: usize, baseLen: u32, exp: usize, expLen: u32, out: usize): u32 {
  const g = groupById(group);
  if (!g || !dh.dhPower(power, g, base, baseLen, exp, expLen)) return 0;
  while (!power.step()) {}
  power.result(out);
  return g.bytes;
}

/** 1 when a peer's public value is to be used. */
export function dhCheckPublic(group: u32, y: usize, len: u32): u32 {
  const g = groupById(group);
  return g && len <= GROUP_BYTES_MAX && dh.dhCheckPublic(g, y, len) ? 1 : 0;
}

/** Draws a private value; returns its length. */
export function dhPrivate(group: u32, out: usize): u32 {
  const g = groupById(group);
  return g && dh.dhPrivate(g, out) ? g.exponentBytes : 0;
}

// Keys (RFC 2409)

/** prf(key, message); returns its length. */
export function prf(alg: u32, key: usize, keyLen: u32, message: usize, len: u32, out: usize): u32 {
  const hash = hashById(alg);
  if (!hash) return 0;
  prfs.prf(hash, key, keyLen, message, len, out);
  return hash.digestLength;
}

export function skeyidPsk(
  alg: u32, psk: usize, pskLen: u32, Ni_b: usize, NiLen: u32, Nr_b: usize, NrLen: u32, out: usize,
): u32 {
  const hash = hashById(alg);
  if (!hash) return 0;
  skeyids.skeyidPsk(hash, psk, pskLen, Ni_b, NiLen, Nr_b, NrLen, out);
  return hash.digestLength;
}

export function skeyidSig(
  alg: u32, Ni_b: usize, NiLen: u32, Nr_b: usize, NrLen: u32, g_xy: usize, g_xyLen: u32, out: usize,
): u32 {
  const hash = hashById(alg);
  return hash && skeyids.skeyidSig(hash, Ni_b, NiLen, Nr_b, NrLen, g_xy, g_xyLen, out) ? hash.digestLength : 0;
}

/** SKEYID_d, SKEYID_a and SKEYID_e one after the other; returns the length of one. */
export function deriveSkeyid(
  alg: u32, SKEYID: usize, g_xy: usize, g_xyLen: u32, CKY_I: usize, CKY_R: usize, out: usize,
): u32 {
  const hash = hashById(alg);
  if (!hash) return 0;
  const n = hash.digestLength;
  skeyids.deriveSkeyid(hash, SKEYID, g_xy, g_xyLen, CKY_I, CKY_R, out, out + n, out + 2 * n);
  return n;
}

export function encryptionKey(alg: u32, SKEYID_e: usize, keyLen: u32, out: usize): u32 {
  const hash = hashById(alg);
  if (!hash || keyLen > skeyids.ENCRYPTION_KEY_MAX) return 0;
  skeyids.encryptionKey(hash, SKEYID_e, keyLen, out);
  return keyLen;
}

export function isWeakDes(key: usize): u32 {
  return skeyids.isWeakDes(key) ? 1 : 0;
}

export function keymat(
  alg: u32, SKEYID_d: usize, g_qm_xy: usize, g_len: u32, protocol: u32, SPI: u32,
  Ni_b: usize, NiLen: u32, Nr_b: usize, NrLen: u32, out: usize, outLen: u32,
): u32 {
  const hash = hashById(alg);
  if (!hash) return 0;
  keys.keymat(hash, SKEYID_d, g_qm_xy, g_len, protocol, SPI, Ni_b, NiLen, Nr_b, NrLen, out, outLen);
  return outLen;
}

export function phase1Iv(alg: u32, g_xi: usize, g_xr: usize, len: u32, ivLen: u32, out: usize): u32 {
  const hash = hashById(alg);
  if (!hash || ivLen > hash.digestLength) return 0;
  iv.phase1Iv(hash, g_xi, g_xr, len, ivLen, out);
  return ivLen;
}

export function phase2Iv(alg: u32, lastIv: usize, ivLen: u32, M_ID: u32, out: usize): u32 {
  const hash = hashById(alg);
  if (!hash || ivLen > hash.digestLength) return 0;
  iv.phase2Iv(hash, lastIv, ivLen, M_ID, out);
  return ivLen;
}

// Hashes of messages

/** `responder` 0: HASH_I, else HASH_R; arguments in the initiator's order for both. */
export function hashAuth(
  alg: u32, responder: u32, SKEYID: usize, g_xi: usize, g_xr: usize, len: u32, CKY_I: usize, CKY_R: usize,
  SAi_b: usize, SAi_bLen: u32, ID_b: usize, ID_bLen: u32, out: usize,
): u32 {
  const hash = hashById(alg);
  if (!hash) return 0;
  if (responder) hashes.HASH_R(hash, SKEYID, g_xi, g_xr, len, CKY_I, CKY_R, SAi_b, SAi_bLen, ID_b, ID_bLen, out);
  else hashes.HASH_I(hash, SKEYID, g_xi, g_xr, len, CKY_I, CKY_R, SAi_b, SAi_bLen, ID_b, ID_bLen, out);
  return hash.digestLength;
}

export function hash1(alg: u32, SKEYID_a: usize, M_ID: u32, body: usize, bodyLen: u32, out: usize): u32 {
  const hash = hashById(alg);
  if (!hash) return 0;
  hashes.HASH_1(hash, SKEYID_a, M_ID, body, bodyLen, out);
  return hash.digestLength;
}

export function hash2(
  alg: u32, SKEYID_a: usize, M_ID: u32, Ni_b: usize, NiLen: u32, body: usize, bodyLen: u32, out: usize,
): u32 {
  const hash = hashById(alg);
  if (!hash) return 0;
  hashes.HASH_2(hash, SKEYID_a, M_ID, Ni_b, NiLen, body, bodyLen, out);
  return hash.digestLength;
}

export function hash3(
  alg: u32, SKEYID_a: usize, M_ID: u32, Ni_b: usize, NiLen: u32, Nr_b: usize, NrLen: u32, out: usize,
): u32 {
  const hash = hashById(alg);
  if (!hash) return 0;
  hashes.HASH_3(hash, SKEYID_a, M_ID, Ni_b, NiLen, Nr_b, NrLen, out);
  return hash.digestLength;
}

// Parsers

/**
 * Parses an ISAKMP message without its non-ESP marker: the header and, where it is not encrypted, every payload that has
 * a format, down to the last attribute. Returns the first Malformed met (wire/malformed.ts) with 256 added where the
 * header was good; 256 is a good message.
 */
export function parseMessage(p: usize, len: u32): u32 {
  const bad = isakmp.checkHeader(p, len);
  if (bad) return bad;
  if (isakmp.flags(p) & 1) return 256;
  return 256 + parseChain(isakmp.nextPayload(p), p + isakmp.HEADER_LENGTH, len - isakmp.HEADER_LENGTH, 0);
}

/** Parses a chain of payloads that begins with type `first`; with `padded` it may end before `len`. Returns a Malformed. */
export function parseChain(first: u32, p: usize, len: u32, padded: u32): u32 {
  let worst = parsePayloads(first, p, len, set, padded != 0);
  for (let i: u32 = 0; i < set.length; i++) {
    const bad = parseBody(set.typeAt(i), set.bodyAt(i), set.bodyLenAt(i));
    if (!worst) worst = bad;
  }
  return worst;
}

/** Payloads that the last chain had. */
export function parsedCount(): u32 {
  return set.length;
}

/** Type of payload `i` of the last chain, with its body's length in the upper 16 bits. */
export function parsedPayload(i: u32): u32 {
  return i < set.length ? set.typeAt(i) | (set.bodyLenAt(i) << 16) : 0;
}

function parseBody(type: u32, body: usize, len: u32): u32 {
  switch (type) {
    case Payload.SA: return parseSa(body, len);
    case Payload.NOTIFY: {
      const bad = notify.check(body, len);
      if (!bad) touch(notify.data(body), notify.dataLen(body, len));
      return bad;
    }
    case Payload.DELETE: {
      const bad = deletes.check(body, len);
      if (!bad) touch(deletes.spi(body, 0), deletes.count(body) * deletes.spiLen(body));
      return bad;
    }
    case Payload.ID: {
      const bad = id.check(body, len);
      if (bad) return bad;
      id.toRange(body, len, range);
      touch(id.data(body), id.dataLen(len));
      return Malformed.NONE;
    }
    default:
      touch(body, len);
      return Malformed.NONE;
  }
}

function parseSa(body: usize, len: u32): u32 {
  const bad = cursor.begin(body, len);
  while (cursor.nextProposal()) {
    touch(cursor.spi, cursor.spiLen);
    while (cursor.nextTransform()) {
      while (cursor.nextAttribute()) touch(attribute.valueAt(cursor.attribute), attribute.valueLen(cursor.attribute));
    }
  }
  return bad;
}

let touched: u32 = 0;

/** Reads every octet: one outside memory would trap. */
function touch(p: usize, len: u32): void {
  for (let i: u32 = 0; i < len; i++) touched += <u32>load<u8>(p + i);
}
