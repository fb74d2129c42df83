/**
 * Signatures (RFC 2409, 5.1; RFC 4754; RFC 4945): HASH_I and HASH_R are not sent, but signed. SKEYID = prf(Ni_b | Nr_b, g^xy).
 *
 * A peer is known by its certificate, which leads to the authority of a trustpoint and bears what the peer calls itself; or without one by a
 * key that the configuration has (`crypto key pubkey-chain rsa`): by the name that it calls itself, by the address that it calls itself, else by the
 * address that it is reached at. Where there is such a key its certificates count for nothing.
 *
 * Making and checking are jobs in slices (engine/jobs): the modes ask with `wantSignature` and `wantCheck`, and go on when they are done.
 */
import { skeyidSig } from "../../oakley/skeyid";
import { Certificate } from "../../pki/certificate";
import * as certificateMap from "../../pki/certificate_map";
import * as chain from "../../pki/chain";
import { Chain } from "../../pki/chain";
import * as borne from "../../pki/identity";
import * as signer from "../../pki/signer";
import { Begun, SIGNATURE_MAX } from "../../pki/signer";
import * as keep from "../../pki/store";
import { KeyPair, KeyUse, PeerKey, Trustpoint } from "../../pki/store";
import { get32 } from "../../util/bytes";
import * as clock from "../../util/clock";
import * as ct from "../../util/ct";
import { assertThat } from "../../util/status";
import { CertEncoding, emitCertificate, emitRequest, emitSignature } from "../../wire/certificate";
import * as id from "../../wire/id";
import { AuthMethod } from "../../wire/ike_numbers";
import { IdType } from "../../wire/ipsec_doi";
import { MessageWriter } from "../../wire/message_writer";
import * as notices from "../report/notices";
import * as profiles from "../settings/profile";
import { MATCH_CERTIFICATE } from "../settings/profile";
import { hold, holdCopy, letGo } from "../state/buffers";
import { Exchange, Job, Refused, wantJobs } from "../state/exchange";
import { IsakmpSa } from "../state/isakmp_sa";
import * as identity from "./identity";
import { Method, hashOfProof, prove } from "./method";
import * as own from "./own_certificate";

const RSA: u32 = 1 << AuthMethod.RSA_SIGNATURES;
/** Certificate requests that we make in one message. */
const REQUESTS: u32 = 8;
const made: usize = memory.data(1024, 8);

function usable(key: PeerKey | null): PeerKey | null {
  return key && key.key ? key : null;
}

function keyByAddress(address: u32): PeerKey | null {
  const key = usable(keep.peerKeyByAddress(address, KeyUse.SIGNATURE));
  return key ? key : usable(keep.peerKeyByAddress(address, KeyUse.GENERAL));
}

function keyByName(name: usize, len: u32): PeerKey | null {
  const key = usable(keep.peerKeyByName(name, len, KeyUse.SIGNATURE));
  return key ? key : usable(keep.peerKeyByName(name, len, KeyUse.GENERAL));
}

/** Whether a peer that calls itself anything could be known by some name's key. */
function anyName(): bool {
  for (let i: u32 = 0; i < keep.peerKeySlots(); i++) {
    const key = keep.peerKeyAt(i);
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

/** Whether we prove ourselves to an SA's peer without a certificate: its own key is known so, or we have none. */
function isRaw(sa: IsakmpSa): bool {
  return sa.authMethod == AuthMethod.RSA_SIGNATURES && (keyByAddress(sa.configured) != null || !own.point(sa));
}

/** The pair of ours that signs for an SA's peer, null: there is none. */
function ownPair(sa: IsakmpSa): KeyPair | null {
  if (isRaw(sa)) return own.rawPair();
  const point = own.point(sa);
  return point ? keep.pairOfTrustpoint(point, KeyUse.SIGNATURE) : null;
}

class Signature extends Method {
  methods(sa: IsakmpSa): u32 {
    return sa.profile && !profiles.byId(sa.profile) ? 0 : this.by(sa.configured, sa.profile);
  }

  methodsFor(peer: u32): u32 {
    return this.by(peer, 0);
  }

  private by(peer: u32, profile: u32): u32 {
    const raw = own.rawPair() != null && (keyByAddress(peer) != null || anyName());
    return (raw ? RSA : 0) | own.methods(profile);
  }

  skeyid(ex: Exchange): bool {
    return skeyidSig(ex.sa.hash, ex.Ni_b, ex.NiLen, ex.Nr_b, ex.NrLen, ex.g_xy, ex.secretBytes, ex.SKEYID);
  }

  /**
   * A key was found by the name, or is that of the address the peer is reached at, and the name has none of its own: so it may have the name.
   * Which profile is for it is as with pre-shared keys. A certificate's profile has been found when its signature was checked.
   */
  suits(sa: IsakmpSa, body: usize, len: u32): bool {
    if (id.check(body, len) || !id.phase1PortsOk(body)) return false;
    if (sa.shownCertificate) return sa.shownSuits && (sa.profile != 0 || identity.addressOk(sa, body));
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
export function markOf(mark: u32, p: usize, len: u32): u32 {
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
 * Asks for the peer's signature over its identity to be checked; `sig` is to stay in place until then, and the identity and the certificates of
 * `ex.certificates` too. What it is that vouches for the peer is noted in the SA; it counts only when the signature has been found right.
 */
export function wantCheck(ex: Exchange, ID_b: usize, ID_bLen: u32, sig: usize, sigLen: u32): Check {
  const sa = ex.sa;
  const known = id.check(ID_b, ID_bLen) == 0;
  const key: PeerKey | null = known && sa.authMethod == AuthMethod.RSA_SIGNATURES ? keyOfPeer(sa, ID_b, ID_bLen) : null;
  sa.shownCertificate = key == null;
  sa.shownSuits = sa.shownOfAddress = false;
  if (!known || (!key && !ex.certificates)) return Check.NO_KEY;
  if (key) {
    const ofAddress = keyByAddress(sa.configured);
    sa.shownOfAddress = key.nameLen != 0 || (ofAddress != null && ofAddress.keyLen == key.keyLen && memory.compare(ofAddress.key, key.key, <usize>key.keyLen) == 0);
    sa.shownBy = markOf(markOf(2166136261, key.key, key.keyLen), ID_b, ID_bLen);
    letGo(ex.theirKey);
    ex.theirKey = holdCopy(key.key, key.keyLen);
    if (!ex.theirKey) return Check.NO_ROOM;
  }
  if (!proofOver(ex, !ex.initiator, ID_b, ID_bLen)) return Check.NO_ROOM;
  ex.theirID_b = ID_b;
  ex.theirID_bLen = ID_bLen;
  ex.theirSIG = sig;
  ex.theirSIGLen = sigLen;
  ex.refused = Refused.SIGNATURE;
  wantJobs(ex, Job.CHECK);
  return Check.WANTED;
}

function proofOver(ex: Exchange, initiators: bool, ID_b: usize, ID_bLen: u32): bool {
  if (!ex.proof) ex.proof = hold(64);
  if (ex.proof) prove(ex, initiators, ID_b, ID_bLen, ex.proof);
  return ex.proof != 0;
}

/** Where the check of a peer stands: its certificates are looked at first, then its signature. */
const enum Stage { NONE = 0, CHAIN, WAITING, SIGNATURE }
let stage: Stage = Stage.NONE;

/** Begins a job of an exchange. RUNNING or BUSY; IMPOSSIBLE: it is done, and has failed. */
export function start(ex: Exchange, job: u32): Begun {
  const hash = hashOfProof(ex.sa);
  if (job == Job.SIGN) {
    const pair = ownPair(ex.sa);
    return pair ? signer.sign(pair, hash.id, ex.proof, hash.digestLength) : Begun.IMPOSSIBLE;
  }
  stage = Stage.SIGNATURE;
  if (!ex.sa.shownCertificate) return signer.checkRsa(ex.theirKey, ex.proof, hash.digestLength, ex.theirSIG, ex.theirSIGLen);
  chain.begin(clock.wall());
  gather(ex);
  chain.start(own.trustpoints(profileFor(ex)));
  stage = Stage.CHAIN;
  return Begun.RUNNING;
}

/** Gives the chain what came; the one that bears the identity first, as peers send it, but in whatever place. */
function gather(ex: Exchange): void {
  const n = load<u32>(ex.certificates);
  const type = id.idType(ex.theirID_b);
  let first: u32 = 0;
  for (let i: u32 = 0; i < n; i++) {
    chain.begin(clock.wall());
    if (!chain.add(certificateAt(ex, i), certificateLenAt(ex, i))) continue;
    const c = chain.leaf();
    if (c.isCa || !borne.bears(c, type, id.data(ex.theirID_b), id.dataLen(ex.theirID_bLen), false)) continue;
    first = i;
    break;
  }
  chain.begin(clock.wall());
  if (!n || !chain.add(certificateAt(ex, first), certificateLenAt(ex, first))) return;
  for (let i: u32 = 0; i < n; i++) if (i != first) chain.add(certificateAt(ex, i), certificateLenAt(ex, i));
}

function certificateAt(ex: Exchange, i: u32): usize {
  return load<usize>(ex.certificates + 4 + <usize>(i << 3));
}

function certificateLenAt(ex: Exchange, i: u32): u32 {
  return load<u32>(ex.certificates + 8 + <usize>(i << 3));
}

/** The profile by which trustpoints are chosen, before anything is proved: the SA's, or the one that the identity names. */
function profileFor(ex: Exchange): u32 {
  if (ex.sa.byCertificate) return 0;
  if (ex.sa.profile) return ex.sa.profile;
  const named = profiles.byIdentity(ex.theirID_b, ex.theirID_bLen, false);
  return named ? named.id : 0;
}

/** One slice of a job; true when it is done. */
export function step(ex: Exchange, job: u32): bool {
  if (job == Job.SIGN || stage == Stage.SIGNATURE) return signer.step();
  if (stage == Stage.CHAIN) {
    const outcome = chain.step();
    if (outcome == Chain.RUNNING) return false;
    if (outcome == Chain.REFUSED) {
      ex.refused = chain.unknownAuthority ? Refused.AUTHORITY : Refused.CERTIFICATE;
      notices.certificate(ex.sa.configured, chain.why);
      stage = Stage.NONE;
      return true;
    }
    stage = Stage.WAITING;
  }
  // An RSA certificate proves nothing where ECDSA was agreed on, nor another curve's.
  if (own.methodOfKind(signer.kindOf(chain.leaf())) != ex.sa.authMethod) {
    ex.refused = Refused.CERTIFICATE;
    notices.otherMethod(ex.sa.configured, chain.leaf(), ex.sa.authMethod);
    stage = Stage.NONE;
    return true;
  }
  const begun = signer.checkBy(chain.leaf(), ex.proof, hashOfProof(ex.sa).digestLength, ex.theirSIG, ex.theirSIGLen);
  if (begun == Begun.BUSY) return false;
  stage = begun == Begun.RUNNING ? Stage.SIGNATURE : Stage.NONE;
  return begun != Begun.RUNNING;
}

/** The certificate that was looked at last, until the next check begins. */
export function certificate(): Certificate {
  return chain.leaf();
}

/** Takes the result of a job that is done. */
export function finish(ex: Exchange, job: u32): void {
  if (job == Job.CHECK) {
    if (stage == Stage.SIGNATURE && signer.right()) {
      ex.refused = Refused.NOT;
      if (ex.sa.shownCertificate) takeCertificate(ex);
    }
    stage = Stage.NONE;
    return;
  }
  assertThat(SIGNATURE_MAX <= 1024, 40301);
  const len = signer.signature(made);
  letGo(ex.SIG);
  ex.SIG = len ? holdCopy(made, len) : 0;
  ex.SIGLen = ex.SIG ? len : 0;
  ct.wipe(made, SIGNATURE_MAX);
}

/** The signature is the certificate's: whether that bears the identity, and for which profile it is. */
function takeCertificate(ex: Exchange): void {
  const sa = ex.sa;
  const c = chain.leaf();
  const body = ex.theirID_b;
  const len = ex.theirID_bLen;
  if (!borne.bears(c, id.idType(body), id.data(body), id.dataLen(len), false)) {
    ex.refused = Refused.CERTIFICATE;
    notices.notBorne(sa.configured, id.idType(body), id.data(body), id.dataLen(len), c);
    return;
  }
  const point = keep.trustpointAt(chain.accepted);
  if (point) sa.shownBy = markOf(markOf(2166136261, point.anchor, point.anchorLen), body, len);
  if (chain.warnings) notices.certificateWarnings(sa.configured, c, chain.warnings);
  let profile: u32 = 0;
  if (sa.profile && isFor(sa.profile, c, body, len)) profile = sa.profile;
  else if (!sa.initiator && (!sa.aggressive || sa.byCertificate)) profile = profileOf(c, body, len, sa.aggressive);
  // Without a line that is for it an authority vouches for addresses alone: a name says nothing about whose flows a peer may have.
  const present = profiles.byId(sa.profile);
  const address = id.idType(body) == IdType.IPV4_ADDR && get32(id.data(body)) == sa.configured;
  sa.shownSuits = profile != 0 || (address && (!present || !profiles.matchesAny(present)));
  sa.shownOfAddress = sa.shownSuits;
  if (profile) sa.profile = profile;
}

/** The profile that is for who has shown a certificate: by what it calls itself, or by the certificate. 0: none. @param aggressive of those alone that answer Aggressive Mode */
function profileOf(c: Certificate, body: usize, len: u32, aggressive: bool): u32 {
  const named = profiles.byIdentity(body, len, aggressive);
  if (named && isFor(named.id, c, body, len)) return named.id;
  for (let i: u32 = 0; i < profiles.slots(); i++) {
    const one = profiles.at(i);
    if (one && (!aggressive || one.aggressive) && isFor(one.id, c, body, len)) return one.id;
  }
  return 0;
}

/** Whether a profile is for who has shown a certificate and calls itself so: by either, and by an authority that it allows. */
function isFor(profile: u32, c: Certificate, body: usize, len: u32): bool {
  const one = profiles.byId(profile);
  if (!one || !(own.trustpoints(profile) >>> chain.accepted & 1)) return false;
  if (profiles.accepts(one, body, len)) return true;
  for (let i: u32 = 0; i < profiles.matchSlots(); i++) {
    const match = profiles.matchAt(i);
    if (match && match.profile == profile && match.type == MATCH_CERTIFICATE && certificateMap.matches(match.text, match.len, c)) return true;
  }
  return false;
}

/** Notes a certificate that came: its octets stay in place until the check. False: no room, or too many. */
export function noteCertificate(ex: Exchange, p: usize, len: u32): bool {
  if (!ex.certificates) ex.certificates = hold(4 + 8 * CERTIFICATES);
  if (!ex.certificates) return false;
  const n = load<u32>(ex.certificates);
  if (n == CERTIFICATES) return false;
  store<u32>(ex.certificates + 4 + <usize>(n << 3), <u32>p);
  store<u32>(ex.certificates + 8 + <usize>(n << 3), len);
  store<u32>(ex.certificates, n + 1);
  return true;
}

/** Certificates of a message that are looked at: PKCS#7 may bring several at once. */
const CERTIFICATES: u32 = 17;

/** Forgets those of an earlier message. */
export function forgetCertificates(ex: Exchange): void {
  letGo(ex.certificates);
  ex.certificates = 0;
}

/** Writes our certificate and its intermediates, unless the peer knows us by our key, and SIG. False: there is no signature. */
export function emitProof(w: MessageWriter, ex: Exchange): bool {
  if (!ex.SIGLen) return false;
  const point: Trustpoint | null = isRaw(ex.sa) ? null : own.point(ex.sa);
  if (point) {
    emitCertificate(w, CertEncoding.X509_SIGNATURE, point.own, point.ownLen);
    for (let i: u32 = 0; i < point.intermediates; i++) emitCertificate(w, CertEncoding.X509_SIGNATURE, point.intermediateAt(i), point.intermediateLenAt(i));
  }
  emitSignature(w, ex.SIG, ex.SIGLen);
  return true;
}

/** Asks the peer for a certificate of those authorities that may vouch for it; of none where it is known by its key. */
export function emitRequests(w: MessageWriter, sa: IsakmpSa): void {
  if (keyByAddress(sa.configured)) return;
  const set = own.trustpoints(sa.profile);
  let n: u32 = 0;
  for (let i: u32 = 0; i < keep.trustpointSlots() && n < REQUESTS; i++) {
    const point = (set >>> i) & 1 ? keep.trustpointAt(i) : null;
    const name = point ? own.authority(point) : 0;
    if (!name) continue;
    emitRequest(w, CertEncoding.X509_SIGNATURE, name, own.subjectLen);
    n++;
  }
}
