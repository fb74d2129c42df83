/**
 * What comes unprotected anybody may have sent: it is counted and shown, and changes nothing; but INVALID-COOKIE with both our
 * cookies in answer to our third message has us send the first one again, twice at most (flood.ts).
 */
import * as log from "../../util/log";
import { Notify, Payload, isSignature, notifyIsError, notifyName } from "../../wire/ike_numbers";
import * as isakmp from "../../wire/isakmp";
import * as notify from "../../wire/notify";
import * as message from "../message/message";
import * as notices from "../report/notices";
import * as trace from "../report/trace";
import { State } from "../state/exchange";
import { IsakmpSa, Phase } from "../state/isakmp_sa";
import * as stats from "../state/stats";
import * as engine from "./engine";

/** An Informational message in plain: advisory only, yet people like to know what their peer says. */
export function takeUnprotected(sa: IsakmpSa): void {
  const ex = sa.exchange;
  const payloads = message.payloads;
  const body = payloads.body(Payload.NOTIFY, 0);
  if (sa.phase != Phase.NEGOTIATING || !ex || !body || notify.check(body, payloads.bodyLen(Payload.NOTIFY, 0))) return;
  const type = notify.messageType(body);
  stats.notify(type, false);
  if (log.debugIsakmp) {
    trace.prefix(sa.number).put("unprotected NOTIFY ").put(notifyName(type)).put(" (").u32(type).put("), advisory only");
    log.end();
  }
  if (!notifyIsError(type)) return;
  const both = load<u64>(isakmp.CKY_R(message.header)) == load<u64>(sa.CKY_R);
  if (type == Notify.INVALID_COOKIE && both && engine.beginAgain(ex)) return;
  const authenticating = ex.state == State.MAIN_I3 || ex.state == State.AGGR_R1;
  if (authenticating && !isSignature(sa.authMethod) && (type == Notify.PAYLOAD_MALFORMED || type == Notify.INVALID_PAYLOAD_TYPE || type == Notify.INVALID_HASH_INFORMATION || type == Notify.AUTHENTICATION_FAILED)) {
    notices.wrongKey(sa.configured, false, type);
  } else notices.peerSays(sa.configured, type, false, false, null);
}
