/**
 * Authentication of phase 1: what the modes ask, whatever the method is. Methods themselves are psk.ts and signature.ts.
 */
import { CIPHER_KEY_MAX, CipherAlg } from "../../crypto/cipher";
import { cipherById, hashById } from "../../crypto/registry";
import { EXPONENT_MAX } from "../../oakley/dh_group";
import * as hashes from "../../oakley/hashes";
import { phase1Iv } from "../../oakley/iv";
import { deriveSkeyid, encryptionKey } from "../../oakley/skeyid";
import * as ct from "../../util/ct";
import { AuthMethod, Payload, isEncryption, isSignature } from "../../wire/ike_numbers";
import { MessageWriter } from "../../wire/message_writer";
import { Phase1Choice } from "../offer/phase1_proposal";
import * as notices from "../report/notices";
import * as trace from "../report/trace";
import * as policies from "../settings/policy";
import { Profile } from "../settings/profile";
import * as profiles from "../settings/profile";
import { Exchange, State } from "../state/exchange";
import { IsakmpSa } from "../state/isakmp_sa";
import { encryption } from "./encryption";
import { Method, prove } from "./method";
import { psk } from "./psk";
import { signature } from "./signature";

export { keyFor } from "./psk";

/** The methods of RSA encryption, as a set. */
export const ENCRYPTION: u32 = (1 << AuthMethod.RSA_ENCRYPTION) | (1 << AuthMethod.RSA_ENCRYPTION_REVISED);

const SKEYID_e: usize = memory.data(64, 8);
const key: usize = memory.data(32, 8);
const computed: usize = memory.data(64, 8);

/** The method that an SA has agreed on. */
function methodOf(sa: IsakmpSa): Method {
  return isSignature(sa.authMethod) ? signature : isEncryption(sa.authMethod) ? encryption : psk;
}

/** The set of methods that the configuration has for an SA's peer; 0: there is nothing to authenticate it with. */
export function methodsOf(sa: IsakmpSa): u32 {
  return policies.methods() & (psk.methods(sa) | signature.methods(sa) | encryption.methods(sa));
}

/** Whether there is something to authenticate a peer with. */
export function possible(sa: IsakmpSa): bool {
  return methodsOf(sa) != 0;
}

/** Whether signatures are among them. */
export function signs(sa: IsakmpSa): bool {
  return (methodsOf(sa) & ~((1 << AuthMethod.PRE_SHARED_KEY) | ENCRYPTION)) != 0;
}

/** As `methodsOf` for a responder in Main Mode: the profile that has a key for the peer's address, if there is one. */
export function methodsByAddress(sa: IsakmpSa): u32 {
  const profile = profiles.byAddress(sa.configured);
  if (profile) sa.profile = profile.id;
  return methodsOf(sa);
}

/** The set of a responder in Aggressive Mode, which chooses before it looks at who asks: only then is it seen whether there is a key. */
export function methodsOfStranger(sa: IsakmpSa): u32 {
  return policies.methods() & ((1 << AuthMethod.PRE_SHARED_KEY) | signature.methods(sa) | encryption.methods(sa));
}

/** Whether the method that was agreed on can be used with the peer, as far as is known of it now. */
export function agreedIsPossible(sa: IsakmpSa): bool {
  return (methodsOf(sa) & policies.methodBit(sa.authMethod)) != 0;
}

/**
 * The profile that a responder in Aggressive Mode answers under to who calls itself what no profile matches: one that certificates decide on
 * (`match certificate`). The peer's comes in the last message, and says then which profile it is. Null: there is none, or nobody signs.
 */
export function profileByCertificate(sa: IsakmpSa): Profile | null {
  if (!isSignature(sa.authMethod)) return null;
  for (let i: u32 = 0; i < profiles.slots(); i++) {
    const one = profiles.at(i);
    if (!one || !one.aggressive || !profiles.matchesCertificates(one)) continue;
    sa.profile = one.id;
    sa.byCertificate = true;
    if (agreedIsPossible(sa)) return one;
  }
  sa.profile = 0;
  sa.byCertificate = false;
  return null;
}

/** The set that `methodsByAddress` would find, before there is an SA. */
export function methodsFor(peer: u32): u32 {
  return policies.methods() & (psk.methodsFor(peer) | signature.methodsFor(peer) | encryption.methodsFor(peer));
}

/** Says that there is nothing to authenticate a peer with. */
export function sayNoMethod(sa: IsakmpSa): void {
  if (policies.methods() & (1 << AuthMethod.PRE_SHARED_KEY)) notices.noKey(sa.configured);
  else if (policies.methods() & ~ENCRYPTION) notices.noSigningKey(sa.configured);
  else notices.noEncryptionKey(sa.configured);
}

/**
 * Whether the key that a peer has shown is one that the configuration has for the address it is reached at: only then may it have the flows of
 * an entry that names this address.
 */
export function isOfAddress(sa: IsakmpSa): bool {
  return methodOf(sa).isOfAddress(sa);
}

/** Who has shown what key: one number for each line of the configuration that has one. 0: the key is gone. */
export function keyOf(sa: IsakmpSa): u32 {
  return methodOf(sa).keyOf(sa);
}

/** Whether a peer that has proved itself may call itself this: the body of an ID payload. */
export function suits(sa: IsakmpSa, body: usize, len: u32): bool {
  return methodOf(sa).suits(sa, body, len);
}

/** Takes over what phase 1 agreed on. False: an algorithm that does not exist here. */
export function agree(sa: IsakmpSa, choice: Phase1Choice): bool {
  const hash = hashById(choice.hash);
  const cipher = cipherById(choice.encryption);
  if (!hash || !cipher || (choice.authMethod != AuthMethod.PRE_SHARED_KEY && !isSignature(choice.authMethod) && !isEncryption(choice.authMethod))) return false;
  sa.hash = hash;
  sa.cipher = cipher;
  sa.encryption = choice.encryption;
  sa.keyBits = choice.keyBits;
  sa.hashId = choice.hash;
  sa.authMethod = choice.authMethod;
  // A profile's pre-shared key, for which it was looked up, says nothing here: whose profile it is the name will say.
  if (choice.authMethod != AuthMethod.PRE_SHARED_KEY && !sa.initiator && !sa.aggressive) sa.profile = 0;
  sa.group = choice.group;
  sa.lifetimeSeconds = choice.lifetimeSeconds;
  sa.lifetimeKilobytes = choice.lifetimeKilobytes;
  sa.lifetimeShortened = choice.shortened != 0 && !sa.initiator;
  sa.priority = choice.policy;
  return true;
}

/** Octets of the phase 1 encryption key. */
export function keyLength(sa: IsakmpSa): u32 {
  if (sa.keyBits) return sa.keyBits >>> 3;
  return sa.encryption == CipherAlg.DES ? 8 : 24;
}

/** SKEYID, by the method. False: the key was taken out of the configuration meanwhile. */
export function makeSkeyid(ex: Exchange): bool {
  return methodOf(ex.sa).skeyid(ex);
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
  // Whether the public value was the peer's its signature will say: the initiator of an Aggressive Mode may need its exponent once more.
  if (ex.state != State.AGGR_I1 || !isSignature(sa.authMethod)) forgetExponent(ex);
  sa.keyed = true;
  return true;
}

/** Nothing needs our private value any more. */
export function forgetExponent(ex: Exchange): void {
  ct.wipe(ex.exponent, EXPONENT_MAX);
}

/** Writes HASH, which proves our identity, whose body is given. */
export function emitProof(w: MessageWriter, ex: Exchange, ID_b: usize, ID_bLen: u32): void {
  prove(ex, ex.initiator, ID_b, ID_bLen, computed);
  w.payload(Payload.HASH);
  w.bytes(computed, ex.sa.hash.digestLength);
}

/** Whether the peer's HASH over its identity is right. */
export function proofIsRight(ex: Exchange, ID_b: usize, ID_bLen: u32, proof: usize, len: u32): bool {
  prove(ex, !ex.initiator, ID_b, ID_bLen, computed);
  const right = hashes.hashEqual(ex.sa.hash, proof, len, computed);
  ct.wipe(computed, 64);
  return right;
}
