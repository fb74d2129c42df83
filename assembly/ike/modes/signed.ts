/**
 * What Main and Aggressive Mode with signatures have in common (RFC 2409, 5.1). Both pause more than once between taking a message and
 * answering it: to check the peer's signature, and to make our own.
 */
import { Drop } from "../../util/status";
import * as id from "../../wire/id";
import { Notify, Payload } from "../../wire/ike_numbers";
import * as message from "../message/message";
import * as identity from "../proof/identity";
import * as signature from "../proof/signature";
import { Check } from "../proof/signature";
import * as notices from "../report/notices";
import { holdCopy, letGo } from "../state/buffers";
import { Exchange } from "../state/exchange";
import { OK, SUSPEND, fail } from "./verdict";

/** Has the signature of the message checked, over an identity, the body of an ID payload. SUSPEND, or why not. */
export function checkSignature(ex: Exchange, ID_b: usize, ID_bLen: u32): u32 {
  const payloads = message.payloads;
  const outcome = signature.wantCheck(ex, ID_b, ID_bLen, payloads.body(Payload.SIG, 0), payloads.bodyLen(Payload.SIG, 0));
  if (outcome == Check.WANTED) return SUSPEND;
  if (outcome == Check.NO_ROOM) return fail(Drop.IKE_POOL, Notify.NONE);
  const known = ID_bLen > 4;
  notices.noPeerKey(ex.sa.configured, known ? id.idType(ID_b) : 0, known ? id.data(ID_b) : ID_b, known ? ID_bLen - 4 : 0);
  return fail(Drop.IKE_AUTHENTICATION, Notify.AUTHENTICATION_FAILED);
}

/** Whether the signature was right. OK, or the refusal. */
export function signatureIsRight(ex: Exchange): u32 {
  if (ex.proved) return OK;
  notices.wrongSignature(ex.sa.configured);
  return fail(Drop.IKE_AUTHENTICATION, Notify.AUTHENTICATION_FAILED);
}

/** Has our identity signed, which is written to the message being made for that alone. SUSPEND, or why not. */
export function signIdentity(ex: Exchange): u32 {
  const w = message.w;
  w.close();
  const at = w.here;
  identity.emit(w, ex.sa);
  w.close();
  letGo(ex.ownID_b);
  ex.ownID_bLen = <u32>(w.here - at) - 4;
  ex.ownID_b = w.overflow ? 0 : holdCopy(at + 4, ex.ownID_bLen);
  return ex.ownID_b && signature.wantSignature(ex, ex.ownID_b, ex.ownID_bLen) ? SUSPEND : fail(Drop.IKE_POOL, Notify.NONE);
}

/** Writes the identity that was signed. */
export function writeOwnIdentity(ex: Exchange): void {
  message.w.payload(Payload.ID);
  message.w.bytes(ex.ownID_b, ex.ownID_bLen);
}

/** Writes SIG. OK, or that there is none: the key is gone, or its power came out wrong. */
export function writeSignature(ex: Exchange): u32 {
  if (signature.emitProof(message.w, ex)) return OK;
  notices.noSigningKey(ex.sa.configured);
  return fail(Drop.IKE_NO_KEY, Notify.NONE);
}
