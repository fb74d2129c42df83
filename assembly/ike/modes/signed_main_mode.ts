/**
 * The arrows of Main Mode that are others with signatures (RFC 2409, 5.1). The second half of a row comes again after each pause; `stage` says
 * which pause it was.
 */
import { Payload } from "../../wire/ike_numbers";
import { Protocol } from "../../wire/ipsec_doi";
import * as message from "../message/message";
import * as responderLifetime from "../message/responder_lifetime";
import { emitRequests } from "../proof/signature";
import { Exchange } from "../state/exchange";
import * as isakmpSa from "../state/isakmp_sa";
import { firstContact } from "../state/pairs";
import * as whereabouts from "../state/whereabouts";
import { checkIdentity, makeKeys, takeLateVendors, takeNotifies, writeInitialContact } from "./phase1";
import { checkSignature, signIdentity, signatureIsRight, takeRequests, writeOwnIdentity, writeSignature } from "./signed";
import { OK } from "./verdict";

/** Of main_inR2_outI3: HDR*, IDii, SIG_I */
export function main_inR2_outI3_signed(ex: Exchange): u32 {
  if (ex.stage == 0) {
    const wrong = makeKeys(ex);
    return wrong ? wrong : signIdentity(ex);
  }
  whereabouts.float(ex.sa);
  writeOwnIdentity(ex);
  const bad = writeSignature(ex);
  if (bad) return bad;
  emitRequests(message.w, ex.sa);
  if (firstContact(ex.sa)) writeInitialContact(ex);
  return OK;
}

// HDR*, IDii, SIG_I --> HDR*, IDir, SIG_R
export function main_inI3_signed(ex: Exchange): u32 {
  takeRequests(ex);
  return checkTheirs(ex);
}

export function main_inI3_outR3_signed(ex: Exchange): u32 {
  if (ex.stage == 0) {
    const bad = takeSigned(ex);
    return bad ? bad : signIdentity(ex);
  }
  const sa = ex.sa;
  writeOwnIdentity(ex);
  const bad = writeSignature(ex);
  if (bad) return bad;
  if (sa.lifetimeShortened) responderLifetime.emit(message.w, Protocol.ISAKMP, sa.CKY_I, 16, sa.lifetimeSeconds, sa.lifetimeKilobytes);
  return OK;
}

// HDR*, IDir, SIG_R -->
export function main_inR3_signed(ex: Exchange): u32 {
  return checkTheirs(ex);
}

export function main_inR3_signed_continued(ex: Exchange): u32 {
  return takeSigned(ex);
}

function checkTheirs(ex: Exchange): u32 {
  return checkSignature(ex, message.payloads.body(Payload.ID, 0), message.payloads.bodyLen(Payload.ID, 0));
}

/** The peer's ID, whose signature has been checked: the signature first, since without it the ID says nothing. */
function takeSigned(ex: Exchange): u32 {
  const sa = ex.sa;
  const ID_b = message.payloads.body(Payload.ID, 0);
  const ID_bLen = message.payloads.bodyLen(Payload.ID, 0);
  let bad = signatureIsRight(ex);
  if (!bad) bad = checkIdentity(sa, ID_b, ID_bLen);
  if (bad) return bad;
  isakmpSa.keep(sa, ID_b, ID_bLen);
  takeLateVendors(ex);
  takeNotifies(ex);
  return OK;
}
