/** What else IOS has under `crypto isakmp`: recovery, NAT, Aggressive Mode, and the log of sessions. */
import * as diagnosis from "../../ike/settings/diagnosis";
import * as nat from "../../ike/settings/nat";
import * as profiles from "../../ike/settings/profile";
import * as recovery from "../../ike/settings/recovery";
import * as sessions from "../../ike/state/sessions";
import { row } from "../grammar";
import * as matcher from "../matcher";
import { nl, out, say } from "../output";

export function rows(): void {
  row("c:crypto isakmp invalid-spi-recovery~", setRecovery);
  row("c:crypto isakmp nat keepalive~ <5-3600>", setKeepalive);
  row("c:crypto isakmp aggressive-mode disable~", disableAggressive);
  row("c:crypto isakmp diagnose error~ [<1-100>]", setDiagnosis);
  row("c:crypto logging session~", logSessions);
}

function setRecovery(no: bool): bool {
  recovery.setInvalidSpi(!no);
  return true;
}

function setKeepalive(no: bool): bool {
  nat.setKeepalive(no ? nat.KEEPALIVE_DEFAULT : matcher.number(matcher.base + 4));
  return true;
}

function disableAggressive(no: bool): bool {
  profiles.disableAggressive(!no);
  return true;
}

function setDiagnosis(no: bool): bool {
  const k = matcher.base + 4;
  diagnosis.set(!no, !no && matcher.argCount() > k ? matcher.number(k) : 0);
  return true;
}

function logSessions(no: bool): bool {
  sessions.setLogged(!no);
  return true;
}

/** The lines of the configuration. */
export function write(): void {
  if (recovery.invalidSpi) say("crypto isakmp invalid-spi-recovery");
  if (nat.keepalive != nat.KEEPALIVE_DEFAULT) {
    out.put("crypto isakmp nat keepalive ").u32(nat.keepalive);
    nl();
  }
  if (profiles.aggressiveDisabled) say("crypto isakmp aggressive-mode disable");
  if (diagnosis.asked) {
    out.put("crypto isakmp diagnose error");
    if (diagnosis.errors) out.char(32).u32(diagnosis.errors);
    nl();
  }
  if (sessions.logged) say("crypto logging session");
  if (recovery.invalidSpi || nat.keepalive != nat.KEEPALIVE_DEFAULT || profiles.aggressiveDisabled || diagnosis.asked || sessions.logged) say("!");
}
