/**
 * Authentication of phase 1. Everything that depends on the method stands here: whether we can use it with a peer, how
 * SKEYID is made, what proves who one is. So far the method is the pre-shared key (RFC 2409, 5.4).
 */
import { CIPHER_KEY_MAX, CipherAlg } from "../../crypto/cipher";
import { cipherById, hashById } from "../../crypto/registry";
import { EXPONENT_MAX } from "../../oakley/dh_group";
import * as hashes from "../../oakley/hashes";
import { phase1Iv } from "../../oakley/iv";
import { deriveSkeyid, encryptionKey, skeyidPsk } from "../../oakley/skeyid";
import { get32 } from "../../util/bytes";
import * as ct from "../../util/ct";
import { AuthMethod, Payload } from "../../wire/ike_numbers";
import { IdType } from "../../wire/ipsec_doi";
import { MessageWriter } from "../../wire/message_writer";
import { Phase1Choice } from "../offer/phase1_proposal";
import * as trace from "../report/trace";
import { PreSharedKey } from "../settings/keys";
import * as keys from "../settings/keys";
import * as profiles from "../settings/profile";
import { Exchange } from "../state/exchange";
import { IsakmpSa } from "../state/isakmp_sa";

const SKEYID_e: usize = memory.data(64, 8);
const key: usize = memory.data(32, 8);
const computed: usize = memory.data(64, 8);

/**
 * The key to authenticate a peer with, null: there is none; the method is negotiated later. A profile's own key comes first.
 * Aggressive Mode knows what the peer calls itself, or as initiator what its profile expects; Main Mode knows an address.
 */
export function keyFor(sa: IsakmpSa): PreSharedKey | null {
  const profile = profiles.byId(sa.profile);
  if (sa.profile && !profile) return null;
  if (profile && profile.secretLen) return profile.key;
  let key: PreSharedKey | null = null;
  if (sa.aggressive && sa.peerIdLen) {
    const address = sa.peerIdType == IdType.IPV4_ADDR;
    key = address ? keys.byAddress(get32(sa.peerId)) : keys.byHostname(sa.peerId, sa.peerIdLen);
  } else if (sa.aggressive && profile) key = expected(profile.id);
  return key ? key : keys.byAddress(sa.configured);
}

/**
 * Whether the key that a peer has shown is one that the configuration has for the address it is reached at: only then may it have the flows of
 * an entry that names this address. A profile's key, and a name's, are not of an address: there the profile says who it is.
 */
export function isOfAddress(sa: IsakmpSa): bool {
  const key = keyFor(sa);
  if (!key) return false;
  const profile = profiles.byId(sa.profile);
  if ((profile && profile.secretLen) || key.hostnameLen) return true;
  const own = keys.byAddress(sa.configured);
  return own != null && keys.sameSecret(own, key);
}

/** Whether there is something to authenticate a peer with. */
export function possible(sa: IsakmpSa): bool {
  return keyFor(sa) != null;
}

/** As `possible` for a responder in Main Mode: the profile that has a key for the peer's address, if there is one. */
export function possibleByAddress(sa: IsakmpSa): bool {
  const profile = profiles.byAddress(sa.configured);
  if (profile) sa.profile = profile.id;
  return possible(sa);
}

/** Whether `possibleByAddress` would find a secret, before there is an SA. */
export function possibleFor(peer: u32): bool {
  return profiles.byAddress(peer) != null || keys.byAddress(peer) != null;
}

/** The key of the first name that a profile expects. */
function expected(profile: u32): PreSharedKey | null {
  for (let i: u32 = 0; i < profiles.matchSlots(); i++) {
    const match = profiles.matchAt(i);
    const key = match && match.profile == profile ? keys.byHostname(match.text, match.len) : null;
    if (key) return key;
  }
  return null;
}

/**
 * Who has shown what key: one number for each line of the configuration that has one; under a profile, whose key several
 * names may share, for each name. 0: the key is gone.
 */
export function keyOf(sa: IsakmpSa): u32 {
  const key = keyFor(sa);
  if (!key) return 0;
  let mark = <u32>changetype<usize>(key);
  // FNV-1a: names are those that the configuration has, so that nobody can look for two that meet.
  for (let i: u32 = 0; sa.profile != 0 && i < sa.peerIdLen; i++) mark = (mark ^ <u32>load<u8>(sa.peerId + i)) * 16777619;
  return mark;
}

/** Takes over what phase 1 agreed on. False: an algorithm that does not exist here. */
export function agree(sa: IsakmpSa, choice: Phase1Choice): bool {
  const hash = hashById(choice.hash);
  const cipher = cipherById(choice.encryption);
  if (!hash || !cipher || choice.authMethod != AuthMethod.PRE_SHARED_KEY) return false;
  sa.hash = hash;
  sa.cipher = cipher;
  sa.encryption = choice.encryption;
  sa.keyBits = choice.keyBits;
  sa.hashId = choice.hash;
  sa.authMethod = choice.authMethod;
  sa.group = choice.group;
  sa.lifetimeSeconds = choice.lifetimeSeconds;
  sa.lifetimeKilobytes = choice.lifetimeKilobytes;
  sa.lifetimeShortened = choice.shortened != 0 && !sa.initiator;
  sa.priority = choice.policy;
  return true;
}

/** Octets of the phase 1 encryption key. */
function keyLength(sa: IsakmpSa): u32 {
  if (sa.keyBits) return sa.keyBits >>> 3;
  return sa.encryption == CipherAlg.DES ? 8 : 24;
}

/** SKEYID, which takes no more than the secret and both nonces. False: the key was taken out of the configuration meanwhile. */
export function makeSkeyid(ex: Exchange): bool {
  const key = keyFor(ex.sa);
  if (!key) return false;
  skeyidPsk(ex.sa.hash, key.secret, key.secretLen, ex.Ni_b, ex.NiLen, ex.Nr_b, ex.NrLen, ex.SKEYID);
  return true;
}

/**
 * All keys of phase 1, when both nonces and g^xy are there: SKEYID, the three made of it, the cipher's schedule and the
 * first IV. Secrets that nothing needs any more are wiped. False: the key was taken out of the configuration meanwhile.
 */
export function deriveKeys(ex: Exchange): bool {
  const sa = ex.sa;
  if (!makeSkeyid(ex)) return false;
  const n = ex.secretBytes;
  deriveSkeyid(sa.hash, ex.SKEYID, ex.g_xy, n, sa.CKY_I, sa.CKY_R, sa.SKEYID_d, sa.SKEYID_a, SKEYID_e);
  const len = keyLength(sa);
  encryptionKey(sa.hash, SKEYID_e, len, key);
  sa.cipher.setKey(sa.cipherCtx, key, len);
  phase1Iv(sa.hash, ex.g_xi, ex.g_xr, ex.publicBytes, sa.cipher.blockLength, ex.iv);
  trace.keylog(sa, key, len);
  ct.wipe(SKEYID_e, 64);
  ct.wipe(key, CIPHER_KEY_MAX);
  ct.wipe(ex.g_xy, n);
  ct.wipe(ex.exponent, EXPONENT_MAX);
  sa.keyed = true;
  return true;
}

/** The proof over an identity: HASH_I if `initiators`, else HASH_R. */
function prove(ex: Exchange, initiators: bool, ID_b: usize, ID_bLen: u32): void {
  const sa = ex.sa;
  if (initiators) {
    hashes.HASH_I(sa.hash, ex.SKEYID, ex.g_xi, ex.g_xr, ex.publicBytes, sa.CKY_I, sa.CKY_R, ex.SA_b, ex.SA_bLen, ID_b, ID_bLen, computed);
  } else {
    hashes.HASH_R(sa.hash, ex.SKEYID, ex.g_xi, ex.g_xr, ex.publicBytes, sa.CKY_I, sa.CKY_R, ex.SA_b, ex.SA_bLen, ID_b, ID_bLen, computed);
  }
}

/** Writes the payload that proves our identity, whose body is given. */
export function emitProof(w: MessageWriter, ex: Exchange, ID_b: usize, ID_bLen: u32): void {
  prove(ex, ex.initiator, ID_b, ID_bLen);
  w.payload(Payload.HASH);
  w.bytes(computed, ex.sa.hash.digestLength);
}

/** Whether the peer's proof over its identity is right. */
export function proofIsRight(ex: Exchange, ID_b: usize, ID_bLen: u32, proof: usize, len: u32): bool {
  prove(ex, !ex.initiator, ID_b, ID_bLen);
  const right = hashes.hashEqual(ex.sa.hash, proof, len, computed);
  ct.wipe(computed, 64);
  return right;
}
