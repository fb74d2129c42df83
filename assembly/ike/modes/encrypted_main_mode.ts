/**
 * The arrows of Main Mode that are others with RSA encryption (RFC 2409, 5.2 and 5.3). Identities go with the nonces, so that the last two messages are
 * HASH_I and HASH_R alone, which the engine has found right before it lets the message in (Is.HASH_FIRST).
 */
import { Drop } from "../../util/status";
import { Notify } from "../../wire/ike_numbers";
import { Protocol } from "../../wire/ipsec_doi";
import { Vendor, emit } from "../../wire/vendor";
import * as message from "../message/message";
import * as natt from "../message/natt";
import * as responderLifetime from "../message/responder_lifetime";
import * as authenticate from "../proof/authenticate";
import * as encryption from "../proof/encryption";
import * as notices from "../report/notices";
import { Exchange, Job, wantJobs } from "../state/exchange";
import { firstContact } from "../state/pairs";
import * as whereabouts from "../state/whereabouts";
import { isRevised, openBehindNonce, openingJobs, sealOwn, takeProven, takeSealed, writeProof, writeSealed } from "./encrypted";
import { beginKeyExchange } from "./key_exchange";
import { takeLateVendors, writeInitialContact } from "./phase1";
import { OK, SUSPEND, drop, fail } from "./verdict";

/** Of main_inR1_outI2: HDR, KE, <IDii_b>PubKey_r, <Ni_b>PubKey_r, or HDR, <Ni_b>PubKey_r, <KE_b>Ke_i, <IDii_b>Ke_i */
export function main_outI2_encrypted(ex: Exchange): u32 {
  if (ex.stage) return writeSealed(ex);
  if (encryption.takeKeyBefore(ex)) return sealOwn(ex);
  notices.noEncryptionKey(ex.sa.configured);
  return fail(Drop.IKE_NO_KEY, Notify.NONE);
}

// HDR, KE, <IDii_b>PubKey_r, <Ni_b>PubKey_r --> HDR, KE, <IDir_b>PubKey_i, <Nr_b>PubKey_i
export function main_inI2_encrypted(ex: Exchange): u32 {
  if (!ex.exponent && !beginKeyExchange(ex, ex.sa.group)) return drop(Drop.IKE_POOL);
  const bad = takeSealed(ex);
  if (bad) return bad;
  wantJobs(ex, ex.lent ? openingJobs(ex) : openingJobs(ex) | Job.PUBLIC);
  return SUSPEND;
}

export function main_inI2_outR2_encrypted(ex: Exchange): u32 {
  const sa = ex.sa;
  if (ex.stage == 0) {
    openBehindNonce(ex);
    natt.detect(sa, message.payloads);
    return encryption.takeKeyOfOpened(ex) ? sealOwn(ex) : fail(Drop.IKE_NO_KEY, Notify.NONE);
  }
  const bad = writeSealed(ex);
  if (bad) return bad;
  // In the revised way everything behind the nonce is encrypted, and who reads it may not expect it.
  if (!sa.deadPeerDetection && !isRevised(ex)) emit(message.w, Vendor.DPD);
  takeLateVendors(ex);
  return OK;
}

// HDR, KE, <IDir_b>PubKey_i, <Nr_b>PubKey_i --> HDR*, HASH_I
export function main_inR2_encrypted(ex: Exchange): u32 {
  const bad = takeSealed(ex);
  if (bad) return bad;
  takeLateVendors(ex);
  wantJobs(ex, isRevised(ex) ? openingJobs(ex) : openingJobs(ex) | Job.SHARED);
  return SUSPEND;
}

export function main_inR2_outI3_encrypted(ex: Exchange): u32 {
  const sa = ex.sa;
  if (ex.stage == 0) {
    openBehindNonce(ex);
    natt.detect(sa, message.payloads);
    if (isRevised(ex)) {
      wantJobs(ex, Job.SHARED);
      return SUSPEND;
    }
  }
  if (!authenticate.deriveKeys(ex)) return fail(Drop.IKE_NO_KEY, Notify.NONE);
  whereabouts.float(sa);
  writeProof(ex);
  if (firstContact(sa)) writeInitialContact(ex);
  return OK;
}

// HDR*, HASH_I --> HDR*, HASH_R
export function main_inI3_outR3_encrypted(ex: Exchange): u32 {
  const bad = takeProven(ex);
  if (bad) return bad;
  writeProof(ex);
  const sa = ex.sa;
  if (sa.lifetimeShortened) responderLifetime.emit(message.w, Protocol.ISAKMP, sa.CKY_I, 16, sa.lifetimeSeconds, sa.lifetimeKilobytes);
  return OK;
}

// HDR*, HASH_R -->
export function main_inR3_encrypted(ex: Exchange): u32 {
  return takeProven(ex);
}
