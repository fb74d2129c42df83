/** `show ip dhcp`: who has which address of ours, and which addresses somebody else has. */
import * as bindings from "../../net/dhcp/bindings";
import { State } from "../../net/dhcp/bindings";
import * as leases from "../../net/dhcp/lease";
import * as pools from "../../net/dhcp/pools";
import { DhcpPool } from "../../net/dhcp/pools";
import * as server from "../../net/dhcp/server";
import * as clock from "../../util/clock";
import { putDotted, served } from "../commands/dhcp_pool";
import { row } from "../grammar";
import * as matcher from "../matcher";
import { nl, out, refuse, say } from "../output";
import * as words from "../words";

export function rows(): void {
  row("ue:show ip dhcp binding [A.B.C.D]", showBindings);
  row("ue:show ip dhcp conflict", showConflicts);
  row("ue:show ip dhcp pool [WORD]", showPools);
  row("ue:show ip dhcp server statistics", showStatistics);
}

const MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";

/** `Mar 02 1993 12:26 AM` as IOS writes it; without a clock, how long from now. @param t milliseconds of clock.now */
function putTime(t: u64): void {
  const now = clock.wall();
  const past = t < clock.now();
  const apart = (past ? clock.now() - t : t - clock.now()) / 1000;
  if (now == 0) {
    out.u64(apart / 3600).char(58).padded(<u32>((apart / 60) % 60), 2).char(58).padded(<u32>(apart % 60), 2);
    if (past) out.put(" ago");
    return;
  }
  const seconds = past ? now - apart : now + apart;
  // Days since 1970 to year, month and day (the civil calendar counted from March).
  const z = seconds / 86400 + 719468;
  const era = z / 146097;
  const dayOfEra = z - era * 146097;
  const yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365;
  const dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
  const m = (5 * dayOfYear + 2) / 153;
  const month = <i32>(m < 10 ? m + 2 : m - 10);
  for (let i = 0; i < 3; i++) out.char(<u32>MONTHS.charCodeAt(month * 3 + i));
  const hour = <u32>((seconds / 3600) % 24);
  out.char(32).padded(<u32>(dayOfYear - (153 * m + 2) / 5 + 1), 2).char(32).u64(yearOfEra + era * 400 + (month < 2 ? 1 : 0)).char(32);
  out.padded(hour % 12 == 0 ? 12 : hour % 12, 2).char(58).padded(<u32>((seconds / 60) % 60), 2).put(hour < 12 ? " AM" : " PM");
}

function showBindings(no: bool): bool {
  const k = matcher.base + 4;
  const wanted = matcher.argCount() > k ? matcher.address(k) : 0;
  say("Bindings from all pools not associated with VRF:");
  say("IP address          Client-ID/              Lease expiration        Type");
  say("                    Hardware address/");
  say("                    User name");
  for (let i: u32 = 0; i < bindings.slots(); i++) {
    const one = bindings.at(i);
    if (!one || one.state != <u8>State.BOUND || (wanted != 0 && one.address != wanted)) continue;
    out.ip(one.address).to(20);
    // Longer identifiers than a column go on in the next line, as in IOS.
    const kept = one.idKept;
    putDotted(out, one.id, min(kept, 8));
    out.to(44);
    if (one.seconds == leases.FOREVER) out.put("Infinite");
    else putTime(one.ends);
    out.to(68).put(one.manual ? "Manual" : "Automatic");
    nl();
    for (let at: u32 = 8; at < kept; at += 8) {
      out.to(20);
      putDotted(out, one.id + <usize>at, min(kept - at, 8));
      nl();
    }
  }
  return true;
}

function showConflicts(no: bool): bool {
  say("IP address        Detection method   Detection time          VRF");
  for (let i: u32 = 0; i < bindings.slots(); i++) {
    const one = bindings.at(i);
    if (!one || one.state != <u8>State.CONFLICT) continue;
    out.ip(one.address).to(18).put(one.declined ? "Gratuitous ARP" : "Ping").to(37);
    putTime(one.since);
    nl();
  }
  return true;
}

function showPools(no: bool): bool {
  const k = matcher.base + 4;
  const one = matcher.argCount() > k;
  let found = !one;
  for (let i: u32 = 0; i < pools.slots(); i++) {
    const pool = pools.at(i);
    if (!pool || (one && (pool.nameLen != words.wordLen(k) || memory.compare(pool.name, words.word(k), <usize>pool.nameLen) != 0))) continue;
    showPool(pool);
    found = true;
  }
  if (found) return true;
  refuse("").escaped(words.word(k), words.wordLen(k)).put(" is no DHCP pool.");
  nl();
  return false;
}

function showPool(pool: DhcpPool): void {
  let leased: u32 = 0;
  let conflicts: u32 = 0;
  for (let i: u32 = 0; i < bindings.slots(); i++) {
    const one = bindings.at(i);
    if (!one || one.pool != pools.slotOf(pool)) continue;
    if (one.state == <u8>State.BOUND) leased++;
    else if (one.state == <u8>State.CONFLICT) conflicts++;
  }
  nl();
  out.put("Pool ").ascii(pool.name, pool.nameLen).put(" :");
  nl();
  out.put(" Total addresses                : ").u32(pool.host ? 1 : pool.mask ? ~pool.mask - 1 : 0);
  nl();
  out.put(" Leased addresses               : ").u32(leased);
  nl();
  out.put(" Addresses in conflict          : ").u32(conflicts);
  nl();
  if (pool.host) {
    out.put(" Manual binding                 : ").ip(pool.host);
    nl();
  } else if (pool.mask) {
    out.put(" Network                        : ").ip(pool.network).char(47).u32(popcnt<u32>(pool.mask));
    if (!served(pool.network, pool.mask)) out.put(", which no interface is in");
    nl();
  }
  if (!pools.running) say(" DHCP is off: no service dhcp");
}

function figure(name: string, n: u32): void {
  out.put(name).to(22).u32(n);
  nl();
}

function showStatistics(no: bool): bool {
  let bound: u32 = 0;
  let expired: u32 = 0;
  for (let i: u32 = 0; i < bindings.slots(); i++) {
    const one = bindings.at(i);
    if (!one) continue;
    if (one.state == <u8>State.BOUND) bound++;
    else if (one.state == <u8>State.EXPIRED) expired++;
  }
  figure("Automatic bindings", bound);
  figure("Expired bindings", expired);
  nl();
  say("Message              Received");
  for (let type: u32 = 1; type <= 8; type++) if (type != 2 && type != 5 && type != 6) figure(messageName(type), server.receivedOf(type));
  nl();
  say("Message              Sent");
  figure("DHCPOFFER", server.sentOf(2));
  figure("DHCPACK", server.sentOf(5));
  figure("DHCPNAK", server.sentOf(6));
  return true;
}

function messageName(type: u32): string {
  switch (type) {
    case 1: return "DHCPDISCOVER";
    case 3: return "DHCPREQUEST";
    case 4: return "DHCPDECLINE";
    case 7: return "DHCPRELEASE";
    default: return "DHCPINFORM";
  }
}
