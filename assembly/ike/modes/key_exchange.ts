/**
 * KE and NONCE as every mode brings them: our exponent and nonce, the peer's public value and nonce, and how they are written.
 */
import * as drbg from "../../crypto/drbg";
import { dhGroupCheckPublic, dhGroupPrivate } from "../../oakley/dh_group";
import { NONCE_MAX, NONCE_MIN } from "../../oakley/skeyid";
import { Drop } from "../../util/status";
import { ExchangeType, Notify, Payload, isEncryption } from "../../wire/ike_numbers";
import { MessageWriter } from "../../wire/message_writer";
import * as message from "../message/message";
import { nonceLength } from "../proof/encryption";
import * as notices from "../report/notices";
import { groupFor } from "../settings/private_groups";
import { hold, letGo } from "../state/buffers";
import { Exchange, Job, wantJobs } from "../state/exchange";
import * as db from "../state/exchanges";
import * as strangers from "../state/strangers";
import { OK, drop, refuse } from "./verdict";

/** Octets of our nonces. */
export const NONCE_LENGTH: u32 = 32;

/**
 * Our exponent and nonce for a group, and the wish for g^x. False: no entropy or no room; nothing is left half made then, or
 * the same message once more would be answered with an exponent of zeros.
 */
export function beginKeyExchange(ex: Exchange, group: u32): bool {
  const g = groupFor(ex.sa.number, group);
  if (!g) return false;
  ex.group = g;
  ex.exponent = hold(g.exponentBytes);
  ex.g_xi = hold(g.publicBytes);
  ex.g_xr = hold(g.publicBytes);
  ex.g_xy = hold(g.secretBytes);
  const room = ex.exponent != 0 && ex.g_xi != 0 && ex.g_xr != 0 && ex.g_xy != 0;
  // A stranger under load is answered with what has been computed already: only its proof is worth a power.
  ex.lent = room && db.isStranger(ex) && !g.prime && db.underLoad(ex.sa.peerAddress, ex.sa.aggressive)
    && strangers.lend(g.id, ex.exponent, g.exponentBytes, ex.g_xr, g.publicBytes);
  if (room && (ex.lent || dhGroupPrivate(g, ex.exponent)) && (ownNonce(ex) != 0 || makeNonce(ex))) {
    if (ex.initiator) wantJobs(ex, Job.PUBLIC);
    return true;
  }
  letGo(ex.exponent);
  letGo(ex.g_xi);
  letGo(ex.g_xr);
  letGo(ex.g_xy);
  ex.exponent = ex.g_xi = ex.g_xr = ex.g_xy = 0;
  return false;
}

function ownNonce(ex: Exchange): usize {
  return ex.initiator ? ex.Ni_b : ex.Nr_b;
}

/** Draws our nonce. False: no entropy or no room. */
export function makeNonce(ex: Exchange): bool {
  const phase1 = ex.type != <u32>ExchangeType.QUICK_MODE;
  const n = phase1 && isEncryption(ex.sa.authMethod) ? nonceLength(ex.sa) : NONCE_LENGTH;
  // With encryption the lengths of nonces are secrets until they are proved: both lie in as much room.
  let p = hold(NONCE_MAX);
  if (p && !drbg.fill(p, n)) {
    letGo(p);
    p = 0;
  }
  if (ex.initiator) {
    ex.Ni_b = p;
    ex.NiLen = n;
  } else {
    ex.Nr_b = p;
    ex.NrLen = n;
  }
  return p != 0;
}

/** Keeps the peer's nonce. OK, or what is wrong with it. */
export function takeNonce(ex: Exchange): u32 {
  const payloads = message.payloads;
  const len = payloads.bodyLen(Payload.NONCE, 0);
  if (len < NONCE_MIN || len > NONCE_MAX) return refuse(Drop.IKE_NONCE, Notify.PAYLOAD_MALFORMED);
  let p = ex.initiator ? ex.Nr_b : ex.Ni_b;
  if (!p) p = hold(NONCE_MAX);
  if (!p) return drop(Drop.IKE_POOL);
  memory.copy(p, payloads.body(Payload.NONCE, 0), <usize>len);
  if (ex.initiator) {
    ex.Nr_b = p;
    ex.NrLen = len;
  } else {
    ex.Ni_b = p;
    ex.NiLen = len;
  }
  return OK;
}

/** Keeps the peer's public value. OK, or that it is refused. */
export function takePublic(ex: Exchange): u32 {
  const payloads = message.payloads;
  const group = ex.group;
  const y = payloads.body(Payload.KE, 0);
  if (!group || !y || !dhGroupCheckPublic(group, y, payloads.bodyLen(Payload.KE, 0))) {
    notices.keyExchange(ex.sa.configured);
    return refuse(Drop.IKE_KEY_EXCHANGE, Notify.INVALID_KEY_INFORMATION);
  }
  memory.copy(ex.peerPublic, y, <usize>group.publicBytes);
  return OK;
}

export function takeKeyExchange(ex: Exchange): u32 {
  const bad = takePublic(ex);
  return bad ? bad : takeNonce(ex);
}

export function writeKeyExchange(w: MessageWriter, ex: Exchange): void {
  writePublic(w, ex);
  writeNonce(w, ex);
}

export function writePublic(w: MessageWriter, ex: Exchange): void {
  w.payload(Payload.KE);
  w.bytes(ex.ownPublic, ex.publicBytes);
}

export function writeNonce(w: MessageWriter, ex: Exchange): void {
  w.payload(Payload.NONCE);
  if (ex.initiator) w.bytes(ex.Ni_b, ex.NiLen);
  else w.bytes(ex.Nr_b, ex.NrLen);
}
