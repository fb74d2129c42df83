/** `ip dhcp ...` and `service dhcp`: what holds for every pool. */
import { DHCP_EXCLUDED } from "../../limits";
import * as pools from "../../net/dhcp/pools";
import { Refusal } from "../../net/dhcp/pools";
import * as server from "../../net/dhcp/server";
import { row } from "../grammar";
import * as matcher from "../matcher";
import { nl, out, refuse, refused, say } from "../output";

export function rows(): void {
  row("c:service dhcp~", service);
  row("c:ip dhcp excluded-address A.B.C.D [A.B.C.D]~", exclude);
  row("c:ip dhcp conflict logging~", conflictLogging);
  row("c:ip dhcp ping (packets~ <0-10>|timeout~ <100-10000>)", ping);
  row("e:clear ip dhcp (binding|conflict) (*|A.B.C.D)", clear);
  row("e:clear ip dhcp server statistics", clearStatistics);
}

function service(no: bool): bool {
  pools.setRunning(!no);
  return true;
}

function exclude(no: bool): bool {
  const k = matcher.base + 3;
  const first = matcher.address(k);
  const last = matcher.argCount() > k + 1 ? matcher.address(k + 1) : first;
  switch (no ? pools.include(first, last) : pools.exclude(first, last)) {
    case Refusal.NONE: return true;
    case Refusal.NOT_FOUND: return refused("There is no such line.");
    case Refusal.FULL:
      refuse("There are ").u32(DHCP_EXCLUDED).put(" excluded ranges already, which is the most.");
      break;
    default: refuse("").ip(last).put(" is below ").ip(first).put(": the first address of a range comes first.");
  }
  nl();
  return false;
}

function conflictLogging(no: bool): bool {
  pools.setConflictLogging(!no);
  return true;
}

function ping(no: bool): bool {
  const k = matcher.base + 3;
  const packets = matcher.isKeyword(k, "packets");
  const value: u32 = no ? (packets ? 2 : 500) : matcher.number(k + 1);
  pools.setPings(packets ? value : pools.pings, packets ? pools.pingTimeout : value);
  return true;
}

function clear(no: bool): bool {
  const k = matcher.base + 3;
  const conflicts = matcher.isKeyword(k, "conflict");
  const address = matcher.isKeyword(k + 1, "*") ? 0 : matcher.address(k + 1);
  if (server.clear(conflicts, address) || address == 0) return true;
  refuse("").ip(address).put(conflicts ? " is no conflict." : " is bound to nobody.");
  nl();
  return false;
}

function clearStatistics(no: bool): bool {
  server.clearStatistics();
  return true;
}

/** The lines of the configuration, before the pools. */
export function write(): void {
  if (!pools.running) say("no service dhcp");
  if (!pools.conflictLogging) say("no ip dhcp conflict logging");
  for (let i: u32 = 0; i < pools.excludedCount; i++) {
    const first = pools.excludedFirst(i);
    const last = pools.excludedLast(i);
    out.put("ip dhcp excluded-address ").ip(first);
    if (last != first) out.char(32).ip(last);
    nl();
  }
  if (pools.pings != 2) {
    out.put("ip dhcp ping packets ").u32(pools.pings);
    nl();
  }
  if (pools.pingTimeout != 500) {
    out.put("ip dhcp ping timeout ").u32(pools.pingTimeout);
    nl();
  }
}
