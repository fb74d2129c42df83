/**
 * Signatures (RFC 2409, 5.1; RFC 4754): HASH_I and HASH_R are not sent, but signed. SKEYID = prf(Ni_b | Nr_b, g^xy).
 *
 * Keys of our own are `crypto key generate rsa`, those of peers `crypto key pubkey-chain rsa`: by the name that a peer calls itself, by the
 * address that it calls itself, else by the address that it is reached at. Making and checking are jobs in slices (engine/jobs): the modes ask with
 * `wantSignature` and `wantCheck`, and go on when they are done.
 */
import * as signer from "../../pki/signer";
import { Begun, SIGNATURE_MAX } from "../../pki/signer";
import * as store from "../../pki/store";
import { KeyPair, KeyUse, PeerKey } from "../../pki/store";
import { skeyidSig } from "../../oakley/skeyid";
import { get32 } from "../../util/bytes";
import * as ct from "../../util/ct";
import { assertThat } from "../../util/status";
import { emitSignature } from "../../wire/certificate";
import * as id from "../../wire/id";
import { AuthMethod } from "../../wire/ike_numbers";
import { IdType } from "../../wire/ipsec_doi";
import { MessageWriter } from "../../wire/message_writer";
import * as profiles from "../settings/profile";
import { hold, holdCopy, letGo } from "../state/buffers";
import { Exchange, Job, wantJobs } from "../state/exchange";
import { IsakmpSa } from "../state/isakmp_sa";
import * as identity from "./identity";
import { Method, hashOfProof, prove } from "./method";

const RSA: u32 = 1 << AuthMethod.RSA_SIGNATURES;
const made: usize = memory.data(1024, 8);

/** The pair of ours that signs by a method, null: there is none. */
function ownPair(method: u32): KeyPair | null {
  return method == AuthMethod.RSA_SIGNATURES ? store.firstPair(false, KeyUse.SIGNATURE) : null;
}

function usable(key: PeerKey | null): PeerKey | null {
  return key && key.key ? key : null;
}

function keyByAddress(address: u32): PeerKey | null {
  const key = usable(store.peerKeyByAddress(address, KeyUse.SIGNATURE));
  return key ? key : usable(store.peerKeyByAddress(address, KeyUse.GENERAL));
}

function keyByName(name: usize, len: u32): PeerKey | null {
  const key = usable(store.peerKeyByName(name, len, KeyUse.SIGNATURE));
  return key ? key : usable(store.peerKeyByName(name, len, KeyUse.GENERAL));
}

/** Whether a peer that calls itself anything could be known by some name's key. */
function anyName(): bool {
  for (let i: u32 = 0; i < store.peerKeySlots(); i++) {
    const key = store.peerKeyAt(i);
    if (key && key.nameLen && key.key && key.use != KeyUse.ENCRYPTION) return true;
  }
  return false;
}

/** The key of a peer that calls itself so, the body of an ID payload; null: there is none. */
function keyOfPeer(sa: IsakmpSa, body: usize, len: u32): PeerKey | null {
  let key: PeerKey | null = null;
  if (id.idType(body) == IdType.IPV4_ADDR) key = keyByAddress(get32(id.data(body)));
  else if (isName(id.idType(body))) key = keyByName(id.data(body), id.dataLen(len));
  return key ? key : keyByAddress(sa.configured);
}

function isName(type: u32): bool {
  return type == IdType.FQDN || type == IdType.USER_FQDN || type == IdType.KEY_ID;
}

class Signature extends Method {
  methods(sa: IsakmpSa): u32 {
    return sa.profile && !profiles.byId(sa.profile) ? 0 : this.methodsFor(sa.configured);
  }

  methodsFor(peer: u32): u32 {
    return ownPair(AuthMethod.RSA_SIGNATURES) != null && (keyByAddress(peer) != null || anyName()) ? RSA : 0;
  }

  skeyid(ex: Exchange): bool {
    return skeyidSig(ex.sa.hash, ex.Ni_b, ex.NiLen, ex.Nr_b, ex.NrLen, ex.g_xy, ex.secretBytes, ex.SKEYID);
  }

  /**
   * The key was found by the name, or is that of the address the peer is reached at, and the name has none of its own: so it may have the name.
   * Which profile is for it is as with pre-shared keys.
   */
  suits(sa: IsakmpSa, body: usize, len: u32): bool {
    if (id.check(body, len) || !id.phase1PortsOk(body)) return false;
    const present = profiles.byId(sa.profile);
    if (present && profiles.accepts(present, body, len)) return identity.addressOk(sa, body);
    if (present && (sa.initiator || sa.aggressive)) return !profiles.matchesAny(present) && this.plain(sa, body);
    const named = profiles.byIdentity(body, len, false);
    if (named) {
      sa.profile = named.id;
      return identity.addressOk(sa, body);
    }
    return present == null && this.plain(sa, body);
  }

  /** Without a profile. */
  private plain(sa: IsakmpSa, body: usize): bool {
    const type = id.idType(body);
    return isName(type) || (type == IdType.IPV4_ADDR && identity.addressOk(sa, body));
  }

  keyOf(sa: IsakmpSa): u32 {
    return sa.shownBy;
  }

  isOfAddress(sa: IsakmpSa): bool {
    return sa.shownOfAddress;
  }
}

export const signature: Method = new Signature();

/** FNV-1a of keys and names that the configuration has, so that nobody can look for two that meet; never 0. */
function markOf(mark: u32, p: usize, len: u32): u32 {
  for (let i: u32 = 0; i < len; i++) mark = (mark ^ <u32>load<u8>(p + i)) * 16777619;
  return mark ? mark : 1;
}

/** Asks for our signature over our identity, the body of an ID payload. False: no room. */
export function wantSignature(ex: Exchange, ID_b: usize, ID_bLen: u32): bool {
  if (!proofOver(ex, ex.initiator, ID_b, ID_bLen)) return false;
  ex.SIGLen = 0;
  wantJobs(ex, Job.SIGN);
  return true;
}

/** What came of asking to check a signature. */
export const enum Check {
  WANTED = 0,
  /** No key is known for who calls itself so. */
  NO_KEY = 1,
  NO_ROOM = 2,
}

/**
 * Asks for the peer's signature over its identity to be checked; `sig` is to stay in place until then. Which key it is that vouches for the
 * peer is noted in the SA; it counts only when the signature has been found right.
 */
export function wantCheck(ex: Exchange, ID_b: usize, ID_bLen: u32, sig: usize, sigLen: u32): Check {
  const sa = ex.sa;
  const key: PeerKey | null = id.check(ID_b, ID_bLen) ? null : keyOfPeer(sa, ID_b, ID_bLen);
  if (!key) return Check.NO_KEY;
  const own = keyByAddress(sa.configured);
  sa.shownOfAddress = key.nameLen != 0 || (own != null && own.keyLen == key.keyLen && memory.compare(own.key, key.key, <usize>key.keyLen) == 0);
  sa.shownBy = markOf(markOf(2166136261, key.key, key.keyLen), ID_b, ID_bLen);
  letGo(ex.theirKey);
  ex.theirKey = holdCopy(key.key, key.keyLen);
  if (!ex.theirKey || !proofOver(ex, !ex.initiator, ID_b, ID_bLen)) return Check.NO_ROOM;
  ex.theirSIG = sig;
  ex.theirSIGLen = sigLen;
  ex.proved = false;
  wantJobs(ex, Job.CHECK);
  return Check.WANTED;
}

function proofOver(ex: Exchange, initiators: bool, ID_b: usize, ID_bLen: u32): bool {
  if (!ex.proof) ex.proof = hold(64);
  if (ex.proof) prove(ex, initiators, ID_b, ID_bLen, ex.proof);
  return ex.proof != 0;
}

/** Begins a job of an exchange. RUNNING or BUSY; IMPOSSIBLE: it is done, and has failed. */
export function start(ex: Exchange, job: u32): Begun {
  const len = hashOfProof(ex.sa).digestLength;
  if (job == Job.CHECK) return signer.verifyRsa(ex.theirKey, ex.proof, len, ex.theirSIG, ex.theirSIGLen);
  const pair = ownPair(ex.sa.authMethod);
  return pair ? signer.sign(pair, ex.proof, len) : Begun.IMPOSSIBLE;
}

/** Takes the result of a job that is done. */
export function finish(ex: Exchange, job: u32): void {
  if (job == Job.CHECK) {
    ex.proved = signer.right();
    return;
  }
  assertThat(SIGNATURE_MAX <= 1024, 40301);
  const len = signer.signature(made);
  letGo(ex.SIG);
  ex.SIG = len ? holdCopy(made, len) : 0;
  ex.SIGLen = ex.SIG ? len : 0;
  ct.wipe(made, SIGNATURE_MAX);
}

/** Writes SIG. False: there is no signature. */
export function emitProof(w: MessageWriter, ex: Exchange): bool {
  if (!ex.SIGLen) return false;
  emitSignature(w, ex.SIG, ex.SIGLen);
  return true;
}
