/**
 * RSA encryption (RFC 2409, 5.2, and revised 5.3): whoever can read the nonce that was encrypted by his public key is who he says. Here: whose key is
 * used, what is encrypted and decrypted, and the proof. How modes use it is modes/encrypted.ts; payloads under a key made of a nonce are
 * revised_encryption.ts.
 *
 * Nobody learns whether something decrypted (D. Bleichenbacher, 1998; the routers' flaw of 2018): what doesn't gives a random nonce, or a
 * random identity, and the exchange goes on to its end, where the proof is wrong as with any wrong nonce. So an opened nonce, an opened
 * identity, both their lengths, and `Exchange.spoiled` are secrets until then: no branch and no address depends on them.
 *
 * A key that decrypts never signs: a pair for encryption, or a general one while no policy has RSA signatures.
 */
import * as drbg from "../../crypto/drbg";
import * as hashes from "../../oakley/hashes";
import { NONCE_MAX, NONCE_MIN, skeyidEncryption } from "../../oakley/skeyid";
import * as sealer from "../../pki/sealer";
import { Begun } from "../../pki/signer";
import * as keep from "../../pki/store";
import { KeyPair, KeyUse, PairKind, PeerKey } from "../../pki/store";
import { get32, put32 } from "../../util/bytes";
import * as ct from "../../util/ct";
import * as id from "../../wire/id";
import { AuthMethod } from "../../wire/ike_numbers";
import { IdType } from "../../wire/ipsec_doi";
import * as policies from "../settings/policy";
import * as profiles from "../settings/profile";
import * as reading from "../settings/skeyid_reading";
import { hold, holdCopy, letGo } from "../state/buffers";
import { Exchange, Job } from "../state/exchange";
import { IsakmpSa } from "../state/isakmp_sa";
import { Method } from "./method";
import { markOf, signature } from "./signature";

const METHODS: u32 = (1 << AuthMethod.RSA_ENCRYPTION) | (1 << AuthMethod.RSA_ENCRYPTION_REVISED);
/** Octets of an identity's buffer: its longest body, with zeros behind what there is. */
export const ID_ROOM: u32 = 256;
/** Octets of the shortest identity. */
const ID_LEAST: u32 = 5;
/** Octets of our nonce: with the peer's more than a block of the hash, so that both readings of SKEYID agree. */
const NONCE_SHORT: u32 = 64;
const NONCE_LONG: u32 = 128;
/** What the smallest key takes. */
const NONCE_ANY_KEY: u32 = 117;
/** Octets of what a random nonce and a random identity, an address, have. */
const OTHER_NONCE: u32 = 32;
const OTHER_ID: u32 = 8;

// @ts-ignore: decorator
@lazy
const other: usize = memory.data(256, 8);
// @ts-ignore: decorator
@lazy
const computed: usize = memory.data(64, 8);
// @ts-ignore: decorator
@lazy
const ctx: usize = memory.data(200, 8);

// Keys of ours

/** Whether a general pair is one that signs. */
export function generalSigns(): bool {
  return (policies.methods() & (1 << AuthMethod.RSA_SIGNATURES)) != 0;
}

function decrypts(pair: KeyPair | null): bool {
  return pair != null && pair.kind == PairKind.RSA && (pair.use == KeyUse.ENCRYPTION || (pair.use == KeyUse.GENERAL && !generalSigns()));
}

/** The pair that decrypts where nothing says which: of the profile's trustpoint, else the first one. Its place from 1 on; 0: there is none. */
function firstOwn(sa: IsakmpSa): u32 {
  const profile = profiles.byId(sa.profile);
  const point = profile && profile.pointLen ? keep.trustpoint(profile.point, profile.pointLen) : null;
  const named = point ? keep.pairOfTrustpoint(point, KeyUse.ENCRYPTION) : null;
  let general: u32 = 0;
  for (let i: u32 = 0; i < keep.pairSlots(); i++) {
    const pair = keep.pairAt(i);
    if (!decrypts(pair)) continue;
    if (named ? pair === named : pair!.use == KeyUse.ENCRYPTION) return i + 1;
    if (!general) general = i + 1;
  }
  return general;
}

/** Chooses the pair of ours that what comes is encrypted by. False: there is none. */
export function chooseOwn(ex: Exchange): bool {
  ex.ownPair = firstOwn(ex.sa);
  return ex.ownPair != 0;
}

/**
 * Chooses it by HASH(1), the hash of the certificate that its public key was taken from; of a key without one the hash of its
 * SubjectPublicKeyInfo. False: none of ours is meant.
 */
export function chooseOwnBy(ex: Exchange, HASH_1: usize, len: u32): bool {
  const hash = ex.sa.hash;
  ex.ownPair = 0;
  for (let i: u32 = 0; i < keep.pairSlots() && len == hash.digestLength; i++) {
    const pair = keep.pairAt(i);
    if (!decrypts(pair)) continue;
    let meant = isHashOf(ex, pair!.spki, pair!.spkiLen, HASH_1);
    for (let k: u32 = 0; k < keep.trustpointSlots() && !meant; k++) {
      const point = keep.trustpointAt(k);
      meant = point != null && point.own != 0 && keep.pairOfTrustpoint(point, KeyUse.ENCRYPTION) === pair && isHashOf(ex, point.own, point.ownLen, HASH_1);
    }
    if (!meant) continue;
    ex.ownPair = i + 1;
    break;
  }
  return ex.ownPair != 0;
}

function isHashOf(ex: Exchange, p: usize, len: u32, digest: usize): bool {
  const hash = ex.sa.hash;
  hash.digest(ctx, p, len, computed);
  return memory.compare(computed, digest, <usize>hash.digestLength) == 0;
}

function ownPair(ex: Exchange): KeyPair | null {
  const pair = ex.ownPair ? keep.pairAt(ex.ownPair - 1) : null;
  return decrypts(pair) ? pair : null;
}

// Keys of peers

function usable(key: PeerKey | null): PeerKey | null {
  return key && key.key ? key : null;
}

function keyByAddress(address: u32): PeerKey | null {
  const key = usable(keep.peerKeyByAddress(address, KeyUse.ENCRYPTION));
  return key ? key : usable(keep.peerKeyByAddress(address, KeyUse.GENERAL));
}

function keyByName(name: usize, len: u32): PeerKey | null {
  const key = usable(keep.peerKeyByName(name, len, KeyUse.ENCRYPTION));
  return key ? key : usable(keep.peerKeyByName(name, len, KeyUse.GENERAL));
}

function isName(type: u32): bool {
  return type == IdType.FQDN || type == IdType.USER_FQDN || type == IdType.KEY_ID;
}

/** The key of the first name that a profile expects. */
function expected(profile: u32): PeerKey | null {
  for (let i: u32 = 0; i < profiles.matchSlots(); i++) {
    const match = profiles.matchAt(i);
    const key = match && match.profile == profile && isName(match.type) ? keyByName(match.text, match.len) : null;
    if (key) return key;
  }
  return null;
}

/** The key of a peer before it has said who it is: of its address, else, for whom we begin with, of the name that its profile expects. */
function keyBefore(sa: IsakmpSa): PeerKey | null {
  const key = keyByAddress(sa.configured);
  return key || !sa.initiator || !sa.profile ? key : expected(sa.profile);
}

/** Whether the configuration has any peer's key that encrypts. */
function anyKey(): bool {
  for (let i: u32 = 0; i < keep.peerKeySlots(); i++) if (encrypting(i)) return true;
  return false;
}

class Encryption extends Method {
  methods(sa: IsakmpSa): u32 {
    if (!firstOwn(sa) || (sa.profile && !profiles.byId(sa.profile))) return 0;
    return keyBefore(sa) || (!sa.initiator && anyKey()) ? METHODS : 0;
  }

  methodsFor(peer: u32): u32 {
    for (let i: u32 = 0; i < keep.pairSlots(); i++) if (decrypts(keep.pairAt(i))) return anyKey() ? METHODS : 0;
    return 0;
  }

  skeyid(ex: Exchange): bool {
    skeyidEncryption(ex.sa.hash, ex.Ni_b, ex.NiLen, ex.Nr_b, ex.NrLen, ex.sa.CKY_I, reading.plain, ex.SKEYID);
    return true;
  }

  /** As with a raw key that signs. */
  suits(sa: IsakmpSa, body: usize, len: u32): bool {
    return signature.suits(sa, body, len);
  }

  keyOf(sa: IsakmpSa): u32 {
    return sa.shownBy;
  }

  isOfAddress(sa: IsakmpSa): bool {
    return sa.shownOfAddress;
  }
}

export const encryption: Method = new Encryption();

/** Octets of our nonce for an SA's peer: what agrees under both readings of SKEYID, and fits its key. */
export function nonceLength(sa: IsakmpSa): u32 {
  const want = sa.hash.blockLength > 64 ? NONCE_LONG : NONCE_SHORT;
  const key = keyBefore(sa);
  return min<u32>(want, key ? sealer.roomOf(key.key) : NONCE_ANY_KEY);
}

/** As initiator: the key that our nonce is encrypted by, and, where it came in a certificate, HASH(1) of that in `proof`. False: it is gone, or there is no room. */
export function takeKeyBefore(ex: Exchange): bool {
  const key = keyBefore(ex.sa);
  if (!key || !keepKey(ex, key.key, key.keyLen, key.nameLen != 0)) return false;
  letGo(ex.proof);
  ex.proof = key.certificate ? hold(64) : 0;
  if (ex.proof) ex.sa.hash.digest(ctx, key.certificate, key.certificateLen, ex.proof);
  return true;
}

function keepKey(ex: Exchange, key: usize, len: u32, byName: bool): bool {
  letGo(ex.theirKey);
  ex.theirKey = holdCopy(key, len);
  ex.byName = byName;
  return ex.theirKey != 0;
}

/**
 * As responder, when the peer's identity is opened: the key of its address; without one that of the name, or inner address, that it calls itself, which
 * is looked for as long whatever that is. Who is nobody gets an answer by the first key that there is, and cannot read it. False: no key, no room.
 */
export function takeKeyOfOpened(ex: Exchange): bool {
  const addressed = keyByAddress(ex.sa.configured);
  if (addressed) return keepKey(ex, addressed.key, addressed.keyLen, false);
  let longest: u32 = 0;
  let first: PeerKey | null = null;
  for (let i: u32 = 0; i < keep.peerKeySlots(); i++) {
    const one = encrypting(i);
    if (one) longest = max<u32>(longest, one.keyLen);
    if (!first) first = one;
  }
  letGo(ex.theirKey);
  ex.theirKey = first ? hold(longest) : 0;
  ex.byName = true;
  if (!first || !ex.theirKey) return false;
  let found: u32 = 0;
  for (let pass = 0; pass < 2; pass++) {
    for (let i: u32 = 0; i < keep.peerKeySlots(); i++) {
      const one = encrypting(i);
      if (!one || one.use != (pass ? KeyUse.GENERAL : KeyUse.ENCRYPTION)) continue;
      const fits = isCalled(ex, one) & ~found;
      addKey(ex.theirKey, one, fits);
      found |= fits;
    }
  }
  addKey(ex.theirKey, first, ~found);
  ex.spoiled |= ~found;
  return true;
}

/** The key in this place, if there is one that encrypts. */
function encrypting(i: u32): PeerKey | null {
  const key = usable(keep.peerKeyAt(i));
  return key && key.use != KeyUse.SIGNATURE ? key : null;
}

/** Puts a key's octets where zeros are, if the mask is all ones. */
function addKey(to: usize, key: PeerKey, mask: u32): void {
  for (let i: u32 = 0; i < key.keyLen; i++) store<u8>(to + i, load<u8>(to + i) | (load<u8>(key.key + i) & <u8>mask));
}

/** All ones if the opened identity is a key's name or address, else 0. */
function isCalled(ex: Exchange, key: PeerKey): u32 {
  const body = ex.ID_b;
  const type = <u32>load<u8>(body);
  const named = key.nameLen != 0;
  const n = named ? key.nameLen : 4;
  if (!named) put32(other, key.address);
  const p = named ? key.name : other;
  let differ = (n + 4) ^ ex.ID_bLen;
  for (let i: u32 = 0; i < n && i + 4 < ID_ROOM; i++) differ |= <u32>load<u8>(body + 4 + i) ^ <u32>load<u8>(p + i);
  const ofName = ct.maskEqual(type, IdType.FQDN) | ct.maskEqual(type, IdType.USER_FQDN) | ct.maskEqual(type, IdType.KEY_ID);
  return ~ct.maskNonZero(differ) & (named ? ofName : ct.maskEqual(type, IdType.IPV4_ADDR));
}

// Jobs

/** Makes room for what the jobs open and seal. False: there is none. */
export function makeRoom(ex: Exchange): bool {
  if (!ex.ID_b) ex.ID_b = hold(ID_ROOM);
  if (ex.initiator && !ex.Nr_b) ex.Nr_b = hold(NONCE_MAX);
  else if (!ex.initiator && !ex.Ni_b) ex.Ni_b = hold(NONCE_MAX);
  return ex.ID_b != 0 && (ex.initiator ? ex.Nr_b : ex.Ni_b) != 0;
}

/** Room for our sealed identity, and behind it our nonce. False: none, or they don't fit the peer's key. */
export function makeSealedRoom(ex: Exchange): bool {
  const room = sealer.roomOf(ex.theirKey);
  letGo(ex.SIG);
  ex.SIGLen = sealer.sizeOf(ex.theirKey);
  ex.SIG = hold(2 * ex.SIGLen);
  return ex.SIG != 0 && (ex.initiator ? ex.NiLen : ex.NrLen) <= room;
}

/** Whether our identity may be encrypted by the peer's key. */
export function identityFits(ex: Exchange): bool {
  return ex.ownID_bLen <= sealer.roomOf(ex.theirKey);
}

/** Begins a job of an exchange. RUNNING or BUSY; IMPOSSIBLE: it is done, and has failed. */
export function start(ex: Exchange, job: u32): Begun {
  if (job == Job.SEAL_ID) return sealer.seal(ex.theirKey, ex.ownID_b, ex.ownID_bLen);
  if (job == Job.SEAL_NONCE) return ex.initiator ? sealer.seal(ex.theirKey, ex.Ni_b, ex.NiLen) : sealer.seal(ex.theirKey, ex.Nr_b, ex.NrLen);
  const pair = ownPair(ex);
  if (!pair) return Begun.IMPOSSIBLE;
  return job == Job.OPEN_ID ? sealer.open(pair, ex.theirID_b, ex.theirID_bLen) : sealer.open(pair, ex.theirSIG, ex.theirSIGLen);
}

export function step(): bool {
  return sealer.step();
}

/** Takes the result of a job that is done. `failed`: it could not be begun. */
export function finish(ex: Exchange, job: u32, failed: bool): void {
  if (job & (Job.SEAL_ID | Job.SEAL_NONCE)) {
    if (failed) ex.SIGLen = 0;
    else sealer.sealed(job == Job.SEAL_ID ? ex.SIG : ex.SIG + <usize>ex.SIGLen);
    return;
  }
  const isId = job == Job.OPEN_ID;
  const out = isId ? ex.ID_b : ex.initiator ? ex.Nr_b : ex.Ni_b;
  const otherLen = isId ? OTHER_ID : OTHER_NONCE;
  if (!drawOther(isId, otherLen)) ex.spoiled = 0xffffffff;
  let len = otherLen;
  const pair = ownPair(ex);
  memory.fill(out, 0, <usize>ID_ROOM);
  if (failed || !pair) {
    // Our key has gone: what comes can't be read.
    if (!failed) sealer.abort();
    memory.copy(out, other, <usize>otherLen);
    ex.spoiled = 0xffffffff;
  } else len = sealer.opened(out, isId ? ID_LEAST : NONCE_MIN, sealer.roomOf(pair.secret), other, otherLen);
  ct.wipe(other, ID_ROOM);
  if (isId) ex.ID_bLen = len;
  else if (ex.initiator) ex.NrLen = len;
  else ex.NiLen = len;
}

/** A random nonce, or the identity of a random address, with zeros behind it. False: no entropy. */
function drawOther(isId: bool, len: u32): bool {
  memory.fill(other, 0, <usize>ID_ROOM);
  const good = drbg.fill(other, len);
  if (isId) put32(other, 0x011101f4);
  return good;
}

// The proof

/**
 * Whether a HASH over the peer's opened identity, `len` octets at `proof`, is right, and nothing before was wrong: HASH_I if the peer has begun, else
 * HASH_R. Takes as long whatever was wrong.
 */
export function proofIsRight(ex: Exchange, proof: usize, len: u32): bool {
  const sa = ex.sa;
  const hash = sa.hash;
  const ownCookie = ex.initiator ? sa.CKY_R : sa.CKY_I;
  const otherCookie = ex.initiator ? sa.CKY_I : sa.CKY_R;
  hashes.hashOverHidden(hash, ex.SKEYID, ex.peerPublic, ex.ownPublic, ex.publicBytes, ownCookie, otherCookie, ex.SA_b, ex.SA_bLen, ex.ID_b, ex.ID_bLen, ID_ROOM, computed);
  const n = hash.digestLength;
  let differ: u32 = ex.spoiled | <u32>(len != n);
  for (let i: u32 = 0; i < n; i++) differ |= <u32>load<u8>(computed + i) ^ <u32>load<u8>((len == n ? proof : computed) + i);
  ct.wipe(computed, 64);
  return ct.maskNonZero(differ) == 0;
}

/**
 * The proof was right: what was opened is the peer's, and no secret from it any more. Notes which key has vouched for it. False: who calls itself
 * so has another key.
 */
export function takeProven(ex: Exchange): bool {
  const sa = ex.sa;
  const body = ex.ID_b;
  const len = ex.ID_bLen;
  sa.shownCertificate = sa.shownSuits = sa.shownOfAddress = false;
  if (id.check(body, len)) return false;
  const own = id.idType(body) == IdType.IPV4_ADDR ? keyByAddress(get32(id.data(body)))
    : isName(id.idType(body)) ? keyByName(id.data(body), id.dataLen(len)) : null;
  if (own && !isTheirs(ex, own)) return false;
  const ofAddress = keyByAddress(sa.configured);
  sa.shownOfAddress = ex.byName || (ofAddress != null && isTheirs(ex, ofAddress));
  sa.shownBy = markOf(markOf(2166136261, ex.theirKey, sealer.publicOctets(ex.theirKey)), body, len);
  return true;
}

function isTheirs(ex: Exchange, key: PeerKey): bool {
  return key.keyLen == sealer.publicOctets(ex.theirKey) && memory.compare(key.key, ex.theirKey, <usize>key.keyLen) == 0;
}
