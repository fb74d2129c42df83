/** `show ip nat translations|statistics`, and what clears them. */
import { INTERFACES, NAT_TRANSLATIONS } from "../../limits";
import * as interfaces from "../../net/interface";
import * as nat from "../../net/nat/nat";
import { NO_PORT, Protocol, Rule, Side } from "../../net/nat/settings";
import * as settings from "../../net/nat/settings";
import * as table from "../../net/nat/table";
import * as timeouts from "../../net/nat/timeouts";
import { Translation } from "../../net/nat/translation";
import * as clock from "../../util/clock";
import { NONE } from "../../util/index";
import { row } from "../grammar";
import * as matcher from "../matcher";
import { nl, out, refuse, say } from "../output";

export function rows(): void {
  row("ue:show ip nat translations [verbose]", showTranslations);
  row("ue:show ip nat statistics", showStatistics);
  row("e:clear ip nat translation (*|forced)", clearAll);
  row("e:clear ip nat translation inside A.B.C.D A.B.C.D", clearHost);
  row("e:clear ip nat translation (tcp|udp) inside A.B.C.D <1-65535> A.B.C.D <1-65535>", clearFlow);
  row("e:clear ip nat statistics", clearFigures);
}

/** Where the columns begin. */
const LOCAL: u32 = 23;
const OUTSIDE_LOCAL: u32 = 42;
const OUTSIDE_GLOBAL: u32 = 61;

function showTranslations(no: bool): bool {
  const verbose = matcher.argCount() > matcher.base + 4;
  say("Pro Inside global      Inside local       Outside local      Outside global");
  for (let i: u32 = 0; i < settings.staticSlots(); i++) {
    const one = settings.staticAt(i);
    if (!one || one.global == 0) continue;
    putProtocol(one.protocol);
    putEnd(4, one.global, <u32>one.outsidePort, one.protocol != 0);
    putEnd(LOCAL, one.inside, <u32>one.insidePort, one.protocol != 0);
    out.to(OUTSIDE_LOCAL).put("---").to(OUTSIDE_GLOBAL).put("---");
    nl();
    if (verbose) {
      out.put("    static");
      if (one.nameLen) out.put(", route-map ").ascii(one.name, one.nameLen);
      nl();
    }
  }
  for (let i: u32 = 0; i < table.slots(); i++) {
    const t = table.at(i);
    if (!t) continue;
    putProtocol(t.protocol);
    const ported = t.protocol != 0;
    putEnd(4, t.global, <u32>t.globalPort, ported);
    putEnd(LOCAL, t.inside, <u32>t.insidePort, ported);
    if (ported) {
      const port = t.protocol == <u8>Protocol.ICMP ? <u32>t.globalPort : <u32>t.outsidePort;
      putEnd(OUTSIDE_LOCAL, t.outside, port, true);
      putEnd(OUTSIDE_GLOBAL, t.outside, port, true);
    } else out.to(OUTSIDE_LOCAL).put("---").to(OUTSIDE_GLOBAL).put("---");
    nl();
    if (verbose) putDetails(t);
  }
  return true;
}

function putProtocol(protocol: u8): void {
  out.put(protocol == <u8>Protocol.TCP ? "tcp" : protocol == <u8>Protocol.UDP ? "udp" : protocol == <u8>Protocol.ICMP ? "icmp" : "---");
}

function putEnd(column: u32, address: u32, port: u32, ported: bool): void {
  out.to(column).ip(address);
  if (ported) out.char(58).u32(port);
}

function putSpan(before: string, milliseconds: u32): void {
  const seconds = milliseconds / 1000;
  out.put(before).padded(seconds / 3600, 2).char(58).padded((seconds / 60) % 60, 2).char(58).padded(seconds % 60, 2);
}

function putDetails(t: Translation): void {
  const now = <u32>clock.now();
  putSpan("    create ", now - t.created);
  putSpan(", use ", now - t.used);
  const limit = timeouts.lifeOf(t);
  if (limit == timeouts.NEVER) out.put(", no timeout");
  else {
    out.put(" timeout:").u32(limit);
    putSpan(", left ", limit > now - t.used ? limit - (now - t.used) : 0);
  }
  const rule = settings.ruleAt(<u32>t.rule);
  if (rule) out.put(", ").put(rule.byMap ? "route-map " : "list ").ascii(rule.name, rule.nameLen);
  nl();
}

function putInterfaces(side: Side): void {
  out.put("  ");
  let any = false;
  for (let port: u32 = 0; port < INTERFACES; port++) {
    if (settings.side(port) != side) continue;
    if (any) out.put(", ");
    interfaces.name(out, port);
    any = true;
  }
  nl();
}

function showStatistics(no: bool): bool {
  const dynamic = table.used();
  out.put("Total active translations: ").u32(dynamic + settings.staticCount).put(" (").u32(settings.staticCount).put(" static, ").u32(dynamic)
    .put(" dynamic; ").u32(dynamic - table.simple).put(" extended)");
  nl();
  out.put("Peak translations: ").u32(table.peak).put(", room for ").u32(min(NAT_TRANSLATIONS, settings.entriesMax));
  nl();
  say("Outside interfaces:");
  putInterfaces(Side.OUTSIDE);
  say("Inside interfaces:");
  putInterfaces(Side.INSIDE);
  out.put("Hits: ").u64(table.hits).put("  Misses: ").u64(table.misses);
  nl();
  out.put("Expired translations: ").u64(table.expired);
  nl();
  out.put("Given up for others: ").u64(table.evicted).put(", refused for want of room: ").u64(table.refusals);
  nl();
  say("Dynamic mappings:");
  say("-- Inside Source");
  let number: u32 = 1;
  for (let i = settings.firstRuleAt(); i != NONE; ) {
    const rule = settings.ruleAt(i) as Rule;
    i = rule.order;
    out.put("[Id: ").u32(number++).put(rule.byMap ? "] route-map " : "] access-list ").ascii(rule.name, rule.nameLen);
    if (rule.port == NO_PORT) out.put(" pool ").ascii(rule.poolName, rule.poolLen);
    else interfaces.name(out.put(" interface "), rule.port);
    let references: u32 = 0;
    for (let k: u32 = 0; k < table.slots(); k++) {
      const t = table.at(k);
      if (t && <u32>t.rule == settings.ruleNumber(rule)) references++;
    }
    out.put(" refcount ").u32(references);
    nl();
  }
  return true;
}

function clearAll(no: bool): bool {
  nat.clear(0, 0, 0, 0, 0);
  return true;
}

function ended(count: u32): bool {
  if (count) return true;
  refuse("There is no such translation: `show ip nat translations` lists them.");
  nl();
  return false;
}

function clearHost(no: bool): bool {
  const k = matcher.base + 5;
  return ended(nat.clear(0, matcher.address(k), 0, matcher.address(k + 1), 0));
}

function clearFlow(no: bool): bool {
  const k = matcher.base + 6;
  const protocol = matcher.isKeyword(matcher.base + 4, "tcp") ? Protocol.TCP : Protocol.UDP;
  return ended(nat.clear(protocol, matcher.address(k), matcher.number(k + 1), matcher.address(k + 2), matcher.number(k + 3)));
}

function clearFigures(no: bool): bool {
  table.clearFigures();
  return true;
}
