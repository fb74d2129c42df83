/** `show crypto isakmp stats`: what IKE has done since start, and why it dropped what it dropped. */
import { halfOpen } from "../../ike/state/exchanges";
import { Fate, Stat } from "../../ike/state/stats";
import * as stats from "../../ike/state/stats";
import { Drop, dropCount, dropName } from "../../util/status";
import { row } from "../grammar";
import { nl, out, say } from "../output";

export function rows(): void {
  row("ue:show crypto isakmp stats", show);
}

const WIDTH: u32 = 52;

function line(name: string, count: u32): void {
  out.put("  ").put(name).to(WIDTH).u32(count);
  nl();
}

function statName(stat: u32): string {
  switch (stat) {
    case Stat.MODEXP: return "modular exponentiations";
    case Stat.RETRANSMITTED: return "messages sent again because nothing came";
    case Stat.DUPLICATE_ANSWERED: return "duplicates answered";
    case Stat.COOKIE_SENT: return "first messages answered without state";
    case Stat.COOKIE_RETURNED: return "their cookies taken";
    case Stat.COOKIE_REFUSED: return "cookies refused";
    case Stat.COOKIE_OFFER_GONE: return "asked to begin again, the offer was gone";
    case Stat.FLOOD_REFUSED: return "refused, too many half open";
    case Stat.DPD_SENT: return "R-U-THERE sent";
    case Stat.DPD_ACKNOWLEDGED: return "R-U-THERE acknowledged by peers";
    case Stat.DPD_DEAD: return "peers found dead";
    case Stat.JOINED: return "messages received in fragments";
    case Stat.SPLIT: return "messages sent in fragments";
    case Stat.SIGNED: return "signatures made";
    case Stat.CHECKED: return "signatures of peers checked";
    case Stat.DECRYPTED: return "RSA decryptions";
    case Stat.ENCRYPTED: return "RSA encryptions";
    case Stat.EVENT_UNSAID: return "messages of strangers without an event";
    default: return "R-U-THERE of peers answered";
  }
}

function show(no: bool): bool {
  say("Exchanges                       begun  completed     failed");
  for (let kind: u32 = 0; kind < stats.KINDS; kind++) {
    for (let role: u32 = 0; role < 2; role++) {
      const begun = stats.exchangeCount(kind, role == 0, Fate.BEGUN);
      const completed = stats.exchangeCount(kind, role == 0, Fate.COMPLETED);
      if (!begun && !completed) continue;
      out.put("  ").put(stats.kindName(kind)).put(role ? ", responder" : ", initiator").to(29);
      out.u64Wide(begun, 8).u64Wide(completed, 11).u64Wide(stats.exchangeCount(kind, role == 0, Fate.FAILED), 11);
      nl();
    }
  }
  line("half open", halfOpen());
  say("Messages");
  for (let i: u32 = 0; i < <u32>Stat.COUNT; i++) {
    const n = stats.get(<Stat>i);
    if (n) line(statName(i), n);
  }
  say("Notifies                     received       sent");
  for (let place: u32 = 0; place < stats.NOTIFIES; place++) {
    const received = stats.notifyCount(place, false);
    const sent = stats.notifyCount(place, true);
    if (!received && !sent) continue;
    out.put("  ").put(stats.notifyAt(place)).to(29).u64Wide(received, 8).u64Wide(sent, 11);
    nl();
  }
  say("Dropped");
  for (let reason: u32 = Drop.IKE_TOO_SHORT; reason < <u32>Drop.COUNT; reason++) {
    const n = dropCount(<Drop>reason);
    if (n) line(dropName(<Drop>reason), n);
  }
  return true;
}
