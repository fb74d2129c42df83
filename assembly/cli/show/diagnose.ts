/** `show crypto isakmp diagnose A.B.C.D`: five lines on the last attempt with a peer. */
import { Attempt, Outcome } from "../../ike/report/last_attempt";
import * as lastAttempt from "../../ike/report/last_attempt";
import { putCame, putLikely } from "../../ike/report/likely_cause";
import * as pmtu from "../../ipsec/pmtu";
import * as clock from "../../util/clock";
import { row } from "../grammar";
import * as matcher from "../matcher";
import { nl, out, refuse, say } from "../output";

export function rows(): void {
  row("ue:show crypto isakmp diagnose A.B.C.D", diagnose);
  row("ue:show crypto isakmp diagnose error", errors);
}

function ago(time: u64): void {
  const seconds = (clock.now() - time) / 1000;
  out.u64(seconds).put(seconds == 1 ? " second ago" : " seconds ago");
}

function outcomeWords(a: Attempt): string {
  switch (<u32>a.outcome) {
    case Outcome.UNDER_WAY: return "under way";
    case Outcome.PHASE1: return "phase 1 is up";
    case Outcome.TUNNEL: return "the tunnel is up";
    case Outcome.REFUSED_HERE: return "refused by this router";
    case Outcome.REFUSED_THERE: return "refused by the peer";
    default: return "not answered";
  }
}

/** What failed of the last attempts of all peers. */
function errors(no: bool): bool {
  say("Error(s):");
  let any = false;
  for (let i: u32 = 0; i < lastAttempt.attempts(); i++) {
    const a = lastAttempt.attempt(i);
    if (!a || !a.reasonLen) continue;
    any = true;
    out.put(" Peer ").ip(a.peer).put(", phase ").u32(a.phase).put(", ");
    ago(a.began);
    out.put(": ").put(outcomeWords(a));
    nl();
    out.put("   ").ascii(a.reason, a.reasonLen);
    nl();
  }
  if (!any) say(" none");
  return true;
}

function diagnose(no: bool): bool {
  const peer = matcher.address(matcher.base + 4);
  const a = lastAttempt.find(peer);
  if (!a) {
    refuse("Nothing is remembered of ").ip(peer).put(": no negotiation with it was begun by either side.");
    nl();
    return false;
  }
  out.put("Last attempt with ").ip(peer).put(": phase ").u32(a.phase).put(a.initiator ? ", begun by this router " : ", begun by the peer ");
  ago(a.began);
  out.put(", ").put(outcomeWords(a));
  nl();
  out.put("Sent: ").u32(a.sent).put(a.sent == 1 ? " message" : " messages");
  if (a.sent) {
    out.put(" from UDP port ").u32(a.port).put(", the last ");
    ago(a.lastSent);
  }
  nl();
  putCame(out.put("Came back: "), a);
  if (a.lastHeard) {
    out.put(", the last ISAKMP message ");
    ago(a.lastHeard);
  }
  nl();
  if (a.reasonLen) out.put("Why: ").ascii(a.reason, a.reasonLen);
  else out.put("Why: nothing has failed");
  nl();
  if (a.outcome == <u8>Outcome.TUNNEL && pmtu.doubted(peer)) {
    out.put("Likely: a router on the path wants shorter packets and quotes too little to be believed: 'crypto ipsec df-bit clear'");
  } else putLikely(out.put("Likely: "), a);
  nl();
  return true;
}
