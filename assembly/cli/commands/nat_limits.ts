/** `ip nat translation`: how long translations stand, and how many there may be. */
import { NAT_HOST_LIMITS, NAT_HOST_SHARE, NAT_TRANSLATIONS } from "../../limits";
import * as settings from "../../net/nat/settings";
import { UNLIMITED } from "../../net/nat/settings";
import * as timeouts from "../../net/nat/timeouts";
import { KINDS, Kind, NEVER, SECONDS_MAX } from "../../net/nat/timeouts";
import { row } from "../grammar";
import * as matcher from "../matcher";
import { nl, out, refuse } from "../output";

export function rows(): void {
  const kinds = "(timeout|tcp-timeout|udp-timeout|dns-timeout|icmp-timeout|syn-timeout|finrst-timeout)";
  row("c:ip nat translation " + kinds + "~ (<1-2147483>|never)~", timeout);
  row("c:ip nat translation max-entries~ <1-2147483647>~", entries);
  row("c:ip nat translation max-entries all-host~ <1-2147483647>~", entriesOfHost);
  row("c:ip nat translation max-entries host A.B.C.D~ <1-2147483647>~", entriesOfOne);
}

function keyword(kind: u32): string {
  switch (kind) {
    case Kind.TCP: return "tcp-timeout";
    case Kind.UDP: return "udp-timeout";
    case Kind.DNS: return "dns-timeout";
    case Kind.ICMP: return "icmp-timeout";
    case Kind.SYN: return "syn-timeout";
    case Kind.FINRST: return "finrst-timeout";
    default: return "timeout";
  }
}

function timeout(no: bool): bool {
  const k = matcher.base + 3;
  let kind: u32 = 0;
  while (kind < KINDS && !matcher.isKeyword(k, keyword(kind))) kind++;
  if (no) timeouts.set(kind, timeouts.secondsByDefault(kind));
  else timeouts.set(kind, matcher.isKeyword(k + 1, "never") ? NEVER : min(matcher.number(k + 1), SECONDS_MAX));
  return true;
}

/** More than the table has is what it has: that is said. */
function mostAt(k: u32, all: u32): u32 {
  const most = matcher.number(k);
  if (most <= all) return most;
  refuse("Warning: there is room for ").u32(all).put(" only: ").u32(most).put(" is more than that.");
  nl();
  return all;
}

function entries(no: bool): bool {
  const most = no ? UNLIMITED : mostAt(matcher.base + 4, NAT_TRANSLATIONS);
  if (most) settings.setEntriesMax(most);
  return most != 0;
}

function entriesOfHost(no: bool): bool {
  const most = no ? UNLIMITED : mostAt(matcher.base + 5, NAT_HOST_SHARE);
  if (most) settings.setEntriesOfHost(most);
  return most != 0;
}

function entriesOfOne(no: bool): bool {
  const k = matcher.base + 5;
  const most = no ? 0 : mostAt(k + 1, NAT_HOST_SHARE);
  if (!no && !most) return false;
  if (settings.setHostLimit(matcher.address(k), most)) return true;
  refuse("There are ").u32(NAT_HOST_LIMITS).put(" hosts with a limit of their own already, which is the most.");
  nl();
  return false;
}

/** The lines of the configuration. */
export function write(): void {
  for (let kind: u32 = 0; kind < KINDS; kind++) {
    const seconds = timeouts.get(kind);
    if (seconds == timeouts.secondsByDefault(kind)) continue;
    out.put("ip nat translation ").put(keyword(kind)).char(32);
    if (seconds == NEVER) out.put("never");
    else out.u32(seconds);
    nl();
  }
  if (settings.entriesMax != UNLIMITED) {
    out.put("ip nat translation max-entries ").u32(settings.entriesMax);
    nl();
  }
  if (settings.entriesOfHost != UNLIMITED) {
    out.put("ip nat translation max-entries all-host ").u32(settings.entriesOfHost);
    nl();
  }
  for (let i: u32 = 0; i < settings.hostLimitCount; i++) {
    out.put("ip nat translation max-entries host ").ip(settings.hostLimitAddress(i)).char(32).u32(settings.hostLimitMost(i));
    nl();
  }
}
