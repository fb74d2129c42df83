/** `route-map`: which lists and interfaces it looks at, which address translation asks, and where it sends what an interface's `ip policy` gives to it. */
import { INTERFACES, NAME_MAX, ROUTE_MAP_ENTRIES } from "../../limits";
import * as lists from "../../lists/access_list";
import * as routeMaps from "../../lists/route_map";
import { LISTS_MAX, RouteMapEntry } from "../../lists/route_map";
import { Refusal, refusalText } from "../../lists/setting";
import * as interfaces from "../../net/interface";
import { NO_INTERFACE } from "../../net/interface";
import { isUnicast } from "../../net/nat/settings";
import * as policyRoute from "../../net/policy_route";
import { NULL } from "../../net/policy_route";
import { Mode, row } from "../grammar";
import * as matcher from "../matcher";
import { nl, out, refuse, refused, say, tooLong } from "../output";
import * as session from "../session";
import * as words from "../words";
import { noSuchPort, portMade } from "../ports";

const SEQUENCE_DEFAULT: u32 = 10;

export function rows(): void {
  row("c:route-map WORD~ [permit|deny] [<0-65535>]~", enter);
  row("r:match ip address~ WORD [WORD] [WORD] [WORD]~", matchLists);
  row("r:match interface~ IF~", matchInterface);
  row("r:match (tag|metric|as-path|community|extcommunity|local-preference|route-type|source-protocol|length)~ [LINE]~", matchForeign);
  row("r:set ip next-hop~ A.B.C.D~ [A.B.C.D]", setNextHop);
  row("r:set ip next-hop verify-availability~ A.B.C.D~ <1-65535> track <1-1000>", setTrackedHop);
  row("r:set ip default next-hop~ A.B.C.D~", setDefaultHop);
  row("r:set interface~ (IF [Null0]|Null0)~", setInterface);
  row("r:set default interface~ (IF|Null0)~", setDefaultInterface);
  row("r:set ip df~ <0-1>~", setDf);
  row("i:ip policy route-map~ WORD~", setPolicy);
  row("ue:show ip policy", showPolicies);
  row("ue:show route-map [WORD]", show);
}

function noSuchMap(k: u32): bool {
  refuse("").ascii(words.word(k), words.wordLen(k)).put(" is no route map.");
  nl();
  return false;
}

function enter(no: bool): bool {
  const k = matcher.base + 1;
  const name = words.word(k);
  const len = words.wordLen(k);
  let end = k + 1;
  const count = matcher.argCount();
  const permit = end >= count || !matcher.isKeyword(end, "deny");
  if (end < count && (matcher.isKeyword(end, "permit") || matcher.isKeyword(end, "deny"))) end++;
  const numbered = end < count;
  const sequence = numbered ? matcher.number(end) : SEQUENCE_DEFAULT;
  if (no) {
    if (!routeMaps.find(name, len)) return noSuchMap(k);
    if (!numbered) {
      let entry = routeMaps.find(name, len);
      while (entry) {
        routeMaps.remove(entry);
        entry = routeMaps.find(name, len);
      }
      return true;
    }
    const entry = routeMaps.entryOf(name, len, sequence);
    if (!entry) {
      refuse("route-map ").ascii(name, len).put(" has no entry ").u32(sequence).char(46);
      nl();
      return false;
    }
    routeMaps.remove(entry);
    return true;
  }
  const refusal = routeMaps.set(name, len, sequence, permit);
  if (refusal == Refusal.FULL) {
    refuse("There are ").u32(ROUTE_MAP_ENTRIES).put(" entries of route maps already, which is the most.");
    nl();
    return false;
  }
  if (refusal != Refusal.NONE) return refused(refusalText(refusal));
  session.enter(Mode.ROUTE_MAP, sequence, name, len);
  return true;
}

/** The entry that the mode is about; null: it has been removed. */
function current(): RouteMapEntry | null {
  const entry = routeMaps.entryOf(session.subjectName, session.subjectNameLen, session.subject);
  if (!entry) refused("The entry is gone: `route-map` makes it anew.");
  return entry;
}

function matchLists(no: bool): bool {
  const entry = current();
  if (!entry) return false;
  const first = matcher.base + 3;
  const count = matcher.argCount();
  if (no) {
    if (count == first) routeMaps.clearLists(entry);
    for (let k = first; k < count; k++) {
      if (routeMaps.removeList(entry, words.word(k), words.wordLen(k)) == Refusal.NONE) continue;
      refuse("").ascii(words.word(k), words.wordLen(k)).put(" is none of its lists.");
      nl();
      return false;
    }
    return true;
  }
  for (let k = first; k < count; k++) {
    const refusal = routeMaps.addList(entry, words.word(k), words.wordLen(k));
    if (refusal == Refusal.NONE) continue;
    if (refusal == Refusal.TOO_MANY) refuse("An entry has ").u32(LISTS_MAX).put(" lists at most.");
    else refuse("").ascii(words.word(k), words.wordLen(k)).put(" is too long: at most ").u32(NAME_MAX).put(" characters are allowed.");
    nl();
    return false;
  }
  return true;
}

function matchInterface(no: bool): bool {
  const entry = current();
  if (!entry) return false;
  const k = matcher.base + 2;
  if (no && matcher.argCount() == k) {
    routeMaps.setInterfaces(entry, 0);
    return true;
  }
  // In the configuration route maps stand before interfaces.
  const port = no ? matcher.port(k) : portMade(k);
  if (port == NO_INTERFACE) return no ? noSuchPort(port) : false;
  if (port >= 64) return refused("Of so many interfaces `match interface` knows the first 64 only.");
  const bit = (<u64>1) << <u64>port;
  routeMaps.setInterfaces(entry, no ? entry.interfaces & ~bit : entry.interfaces | bit);
  return true;
}

/** What routing protocols look at, and lengths. */
const FOREIGN: StaticArray<string> = ["tag", "metric", "as-path", "community", "extcommunity", "local-preference", "route-type", "source-protocol", "length"];

function matchForeign(no: bool): bool {
  const entry = current();
  if (!entry) return false;
  const k = matcher.base + 1;
  for (let i = 0; i < FOREIGN.length; i++) if (matcher.isKeyword(k, unchecked(FOREIGN[i]))) entry.foreign = no ? 0 : <u8>(i + 1);
  if (no) return true;
  refuse("Warning: nothing looks at that here: NAT and policy routing let nothing pass that comes to this entry.");
  nl();
  return true;
}

/** Whether word `k` is an address that a station can have; it says so if not. */
function isStation(k: u32): bool {
  if (isUnicast(matcher.address(k))) return true;
  refuse("").ip(matcher.address(k)).put(" is no station's address.");
  nl();
  return false;
}

function setNextHop(no: bool): bool {
  const entry = current();
  if (!entry) return false;
  const k = matcher.base + 3;
  const two = matcher.argCount() > k + 1;
  if (!no && (!isStation(k) || (two && !isStation(k + 1)))) return false;
  entry.nextHop0 = no ? 0 : matcher.address(k);
  entry.nextHop1 = !no && two ? matcher.address(k + 1) : 0;
  return true;
}

/** Each such line has one hop of those that are tried in turn. */
function setTrackedHop(no: bool): bool {
  const entry = current();
  if (!entry) return false;
  const k = matcher.base + 4;
  if (no) {
    entry.nextHop0 = entry.nextHop1 = 0;
    return true;
  }
  if (!isStation(k)) return false;
  refuse("Warning: nothing is tracked here: the hop counts while the interface that has it on its network is up.");
  nl();
  if (!entry.nextHop0 || entry.nextHop0 == matcher.address(k)) entry.nextHop0 = matcher.address(k);
  else entry.nextHop1 = matcher.address(k);
  return true;
}

function setDefaultHop(no: bool): bool {
  const entry = current();
  if (!entry) return false;
  const k = matcher.base + 4;
  if (!no && !isStation(k)) return false;
  entry.defaultHop = no ? 0 : matcher.address(k);
  return true;
}

/** The interface at word `k` as entries have it; 0: refused, and it has said why. */
function interfaceAt(k: u32): u32 {
  if (matcher.isKeyword(k, "Null0")) return NULL;
  const port = portMade(k);
  return port == NO_INTERFACE ? 0 : port + 1;
}

function setInterface(no: bool): bool {
  const entry = current();
  if (!entry) return false;
  const one = no ? 0 : interfaceAt(matcher.base + 2);
  if (!no && !one) return false;
  entry.interface0 = <u8>one;
  entry.interface1 = !no && one != NULL && matcher.find("Null0", matcher.base + 3) != 0xffffffff ? <u8>NULL : 0;
  return true;
}

function setDefaultInterface(no: bool): bool {
  const entry = current();
  if (!entry) return false;
  const one = no ? 0 : interfaceAt(matcher.base + 3);
  if (!no && !one) return false;
  entry.defaultInterface = <u8>one;
  return true;
}

function setDf(no: bool): bool {
  const entry = current();
  if (!entry) return false;
  entry.df = no ? 0 : <u8>(matcher.number(matcher.base + 3) + 1);
  return true;
}

function setPolicy(no: bool): bool {
  const k = matcher.base + 3;
  const len: u32 = no ? 0 : words.wordLen(k);
  if (len > NAME_MAX) return tooLong("name", NAME_MAX);
  policyRoute.set(session.subject, no ? 0 : words.word(k), len);
  return true;
}

/** The interface's line of the configuration. */
export function writeInterface(port: u32): void {
  const len = policyRoute.nameLen(port);
  if (!len) return;
  out.put(" ip policy route-map ").ascii(policyRoute.name(port), len);
  nl();
}

/** The layout of IOS. */
function showPolicies(no: bool): bool {
  say("Interface      Route map");
  for (let port: u32 = 0; port < INTERFACES; port++) {
    const len = policyRoute.nameLen(port);
    if (!len) continue;
    interfaces.name(out, port).to(15).ascii(policyRoute.name(port), len);
    nl();
  }
  return true;
}

function putInterface(number: u32): void {
  if (number == NULL) out.put(" Null0");
  else interfaces.name(out.char(32), number - 1);
}

/** What an entry sets, a line each. */
function putSets(entry: RouteMapEntry, before: string): void {
  if (entry.nextHop0) {
    out.put(before).put("ip next-hop ").ip(entry.nextHop0);
    if (entry.nextHop1) out.char(32).ip(entry.nextHop1);
    nl();
  }
  if (entry.interface0) {
    out.put(before).put("interface");
    putInterface(<u32>entry.interface0);
    if (entry.interface1) putInterface(<u32>entry.interface1);
    nl();
  }
  if (entry.defaultHop) {
    out.put(before).put("ip default next-hop ").ip(entry.defaultHop);
    nl();
  }
  if (entry.defaultInterface) {
    out.put(before).put("default interface");
    putInterface(<u32>entry.defaultInterface);
    nl();
  }
  if (entry.df) {
    out.put(before).put("ip df ").u32(<u32>entry.df - 1);
    nl();
  }
}

function putHead(entry: RouteMapEntry): void {
  out.put("route-map ").ascii(entry.name, entry.nameLen).put(entry.permit ? " permit " : " deny ").u32(entry.sequence);
}

function putLists(entry: RouteMapEntry): void {
  for (let i: u32 = 0; i < entry.listCount; i++) out.char(32).ascii(entry.listName(i), entry.listNameLen(i));
}

/** The lines of the configuration. */
export function write(): void {
  let next = routeMaps.entries();
  while (next) {
    const entry = next;
    next = entry.next;
    putHead(entry);
    nl();
    if (entry.listCount) {
      out.put(" match ip address");
      putLists(entry);
      nl();
    }
    for (let port: u32 = 0; port < INTERFACES; port++) {
      if (((entry.interfaces >> <u64>port) & 1) == 0) continue;
      out.put(" match interface ");
      interfaces.name(out, port);
      nl();
    }
    if (entry.foreign) {
      out.put(" match ").put(unchecked(FOREIGN[<u32>entry.foreign - 1]));
      nl();
    }
    putSets(entry, " set ");
    say("!");
  }
}

function show(no: bool): bool {
  const k = matcher.base + 2;
  const one = matcher.argCount() > k;
  if (one && !routeMaps.find(words.word(k), words.wordLen(k))) return noSuchMap(k);
  let next = routeMaps.entries();
  while (next) {
    const entry = next;
    next = entry.next;
    if (one && !entry.isNamed(words.word(k), words.wordLen(k))) continue;
    out.put("route-map ").ascii(entry.name, entry.nameLen).put(entry.permit ? ", permit, sequence " : ", deny, sequence ").u32(entry.sequence);
    nl();
    say("  Match clauses:");
    if (entry.listCount) {
      out.put("    ip address (access-lists):");
      putLists(entry);
      for (let i: u32 = 0; i < entry.listCount; i++) {
        if (!lists.find(entry.listName(i), entry.listNameLen(i))) out.put(" (").ascii(entry.listName(i), entry.listNameLen(i)).put(" is missing)");
      }
      nl();
    }
    for (let port: u32 = 0; port < INTERFACES; port++) {
      if (((entry.interfaces >> <u64>port) & 1) == 0) continue;
      out.put("    interface ");
      interfaces.name(out, port);
      nl();
    }
    say("  Set clauses:");
    putSets(entry, "    ");
  }
  return true;
}
