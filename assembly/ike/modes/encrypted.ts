/**
 * What Main and Aggressive Mode with RSA encryption have in common (RFC 2409, 5.2 and 5.3): what the message with KE brings, which may be no message of an
 * honest peer at all, and how ours is written. Nothing here says what has become of what was decrypted (proof/encryption.ts): only lengths,
 * order and HASH(1), which anybody sees, may be refused.
 */
import { Drop } from "../../util/status";
import { AuthMethod, Notify, Payload } from "../../wire/ike_numbers";
import { PayloadSet } from "../../wire/payloads";
import { Vendor, recognise } from "../../wire/vendor";
import * as message from "../message/message";
import * as natt from "../message/natt";
import * as authenticate from "../proof/authenticate";
import * as encryption from "../proof/encryption";
import * as revised from "../proof/revised_encryption";
import * as notices from "../report/notices";
import * as profiles from "../settings/profile";
import { Exchange, Job, wantJobs } from "../state/exchange";
import { livesAt } from "../state/isakmp_sa";
import * as isakmpSa from "../state/isakmp_sa";
import * as strangers from "../state/strangers";
import { takePublic } from "./key_exchange";
import { checkIdentity, holdOwnIdentity, takeLateVendors, takeNotifies } from "./phase1";
import { OK, SUSPEND, drop, fail, refuse } from "./verdict";

/** Whether the nonce alone is encrypted by RSA, and the rest under a key of it (RFC 2409, 5.3). */
export function isRevised(ex: Exchange): bool {
  return ex.sa.authMethod == AuthMethod.RSA_ENCRYPTION_REVISED;
}

/**
 * Looks at the message with KE, as far as anybody could, and notes what is to be decrypted of it. OK, or the refusal. A responder decrypts for an
 * address only as often as its budget allows (strangers.ts).
 */
export function takeSealed(ex: Exchange): u32 {
  const payloads = message.payloads;
  const sa = ex.sa;
  if (payloads.count(Payload.HASH) && !ex.initiator) {
    if (!encryption.chooseOwnBy(ex, payloads.body(Payload.HASH, 0), payloads.bodyLen(Payload.HASH, 0))) {
      notices.noSuchDecryptionKey(sa.configured);
      return refuse(Drop.IKE_NO_KEY, Notify.INVALID_HASH_INFORMATION);
    }
  } else if (!encryption.chooseOwn(ex)) {
    notices.noDecryptionKey(sa.configured, encryption.generalSigns());
    return refuse(Drop.IKE_NO_KEY, Notify.AUTHENTICATION_FAILED);
  }
  const bad = isRevised(ex) ? checkRevised(ex) : takePublic(ex);
  if (bad) return bad;
  if (!encryption.makeRoom(ex)) return drop(Drop.IKE_POOL);
  if (!ex.initiator && !strangers.mayTry(sa.peerAddress, livesAt(sa.peerAddress))) return drop(Drop.IKE_RATE_LIMIT);
  ex.spoiled = 0;
  ex.theirID_b = payloads.body(Payload.ID, 0);
  ex.theirID_bLen = payloads.bodyLen(Payload.ID, 0);
  ex.theirSIG = payloads.body(Payload.NONCE, 0);
  ex.theirSIGLen = payloads.bodyLen(Payload.NONCE, 0);
  return OK;
}

/** The jobs that decrypt it. */
export function openingJobs(ex: Exchange): u32 {
  return isRevised(ex) ? Job.OPEN_NONCE : Job.OPEN_ID | Job.OPEN_NONCE;
}

/** RFC 2409, 5.3: the nonce comes first, behind HASH(1) if there is one; what follows has whole blocks. */
function checkRevised(ex: Exchange): u32 {
  const payloads = message.payloads;
  const group = ex.group;
  const NONCE = payloads.find(Payload.NONCE, 0);
  if (NONCE > payloads.find(Payload.KE, 0) || NONCE > payloads.find(Payload.ID, 0) || (!ex.initiator && NONCE < payloads.find(Payload.HASH, 0))) {
    return refuse(Drop.IKE_PAYLOAD_UNEXPECTED, Notify.PAYLOAD_MALFORMED);
  }
  if (!group || payloads.bodyLen(Payload.KE, 0) != revised.paddedLength(ex.sa, group.publicBytes)) {
    notices.keyExchange(ex.sa.configured);
    return refuse(Drop.IKE_KEY_EXCHANGE, Notify.INVALID_KEY_INFORMATION);
  }
  const len = payloads.bodyLen(Payload.ID, 0);
  if (!len || len > encryption.ID_ROOM || len % ex.sa.cipher.blockLength) return refuse(Drop.IKE_IDENTITY, Notify.INVALID_ID_INFORMATION);
  return OK;
}

/**
 * The nonce is there: opens what stands behind it under its key, in place. In the revised way a vendor ID that is known stands in plain,
 * HASH_R too, and NAT-D may, which is then as long as a digest.
 */
export function openBehindNonce(ex: Exchange): void {
  if (!isRevised(ex)) return;
  const payloads = message.payloads;
  const sa = ex.sa;
  const block = sa.cipher.blockLength;
  revised.begin(ex, authenticate.keyLength(sa), !ex.initiator);
  for (let i = <u32>payloads.find(Payload.NONCE, 0) + 1; i < payloads.length; i++) {
    const type = payloads.typeAt(i);
    const body = payloads.bodyAt(i);
    const len = payloads.bodyLenAt(i);
    if (!len || len % block || type == Payload.HASH || isPlain(payloads, i, sa.hash.digestLength)) continue;
    revised.open(sa, body, len);
    if (type == Payload.KE) revised.takePublic(ex, body, len);
    else if (type == Payload.ID) revised.takeIdentity(ex, body, len);
    else if (isNatD(type)) payloads.setBodyLen(i, min<u32>(len, sa.hash.digestLength));
  }
}

function isNatD(type: u32): bool {
  return type == Payload.NAT_D || type == Payload.NAT_D_DRAFT;
}

function isPlain(payloads: PayloadSet, i: u32, digest: u32): bool {
  const type = payloads.typeAt(i);
  if (type == Payload.VENDOR_ID) return recognise(payloads.bodyAt(i), payloads.bodyLenAt(i)) != Vendor.UNKNOWN;
  return isNatD(type) && payloads.bodyLenAt(i) == digest;
}

/** Has our identity and nonce encrypted by the peer's key, which is in `theirKey`. SUSPEND, or why not. */
export function sealOwn(ex: Exchange): u32 {
  if (!holdOwnIdentity(ex) || !encryption.makeSealedRoom(ex)) return fail(Drop.IKE_POOL, Notify.NONE);
  if (isRevised(ex)) {
    wantJobs(ex, Job.SEAL_NONCE);
    return SUSPEND;
  }
  if (!encryption.identityFits(ex)) {
    notices.identityTooLong(ex.sa.configured, ex.ownID_bLen);
    return fail(Drop.IKE_IDENTITY, Notify.NONE);
  }
  wantJobs(ex, Job.SEAL_ID | Job.SEAL_NONCE);
  return SUSPEND;
}

/** Writes KE, ID, nonce and NAT-D as the method has them. OK, or that the key is gone. */
export function writeSealed(ex: Exchange): u32 {
  const w = message.w;
  const sa = ex.sa;
  const n = ex.SIGLen;
  if (!n) return fail(Drop.IKE_NO_KEY, Notify.NONE);
  if (!isRevised(ex)) {
    w.payload(Payload.KE);
    w.bytes(ex.ownPublic, ex.publicBytes);
    writeHash1(ex);
    w.payload(Payload.ID);
    w.bytes(ex.SIG, n);
    w.payload(Payload.NONCE);
    w.bytes(ex.SIG + <usize>n, n);
    natt.emitNatD(w, sa);
    return OK;
  }
  writeHash1(ex);
  w.payload(Payload.NONCE);
  w.bytes(ex.SIG + <usize>n, n);
  revised.begin(ex, authenticate.keyLength(sa), ex.initiator);
  w.payload(Payload.KE);
  let body = w.here;
  w.bytes(ex.ownPublic, ex.publicBytes);
  revised.seal(w, sa, body);
  w.payload(Payload.ID);
  body = w.here;
  w.bytes(ex.ownID_b, ex.ownID_bLen);
  revised.seal(w, sa, body);
  for (let i: u32 = 0; i < 2; i++) {
    body = natt.beginNatD(w, sa, i != 0);
    if (body) revised.seal(w, sa, body);
  }
  return OK;
}

/** HASH(1), of an initiator who knows the certificate that the key is of. */
function writeHash1(ex: Exchange): void {
  if (!ex.initiator || !ex.proof) return;
  message.w.payload(Payload.HASH);
  message.w.bytes(ex.proof, ex.sa.hash.digestLength);
}

/** The peer's HASH was right: its identity counts. OK, or the refusal. */
export function takeProven(ex: Exchange): u32 {
  const sa = ex.sa;
  if (!encryption.takeProven(ex)) {
    notices.notProven(sa.configured);
    return fail(Drop.IKE_IDENTITY, Notify.INVALID_ID_INFORMATION);
  }
  const bad = checkIdentity(sa, ex.ID_b, ex.ID_bLen);
  if (bad) return bad;
  const profile = profiles.byId(sa.profile);
  if (sa.aggressive && (!profile || !profile.aggressive)) return fail(Drop.IKE_UNKNOWN_IDENTITY, Notify.INVALID_ID_INFORMATION);
  isakmpSa.keep(sa, ex.ID_b, ex.ID_bLen);
  takeLateVendors(ex);
  takeNotifies(ex);
  return OK;
}

/** Writes HASH over our identity. */
export function writeProof(ex: Exchange): void {
  authenticate.emitProof(message.w, ex, ex.ownID_b, ex.ownID_bLen);
}
