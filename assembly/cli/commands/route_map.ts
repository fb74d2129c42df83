/** `route-map`: which lists and interfaces it looks at. Address translation asks them. */
import { INTERFACES, NAME_MAX, ROUTE_MAP_ENTRIES } from "../../limits";
import * as lists from "../../lists/access_list";
import * as routeMaps from "../../lists/route_map";
import { LISTS_MAX, RouteMapEntry } from "../../lists/route_map";
import { Refusal, refusalText } from "../../lists/setting";
import * as interfaces from "../../net/interface";
import { NO_INTERFACE } from "../../net/interface";
import { Mode, row } from "../grammar";
import * as matcher from "../matcher";
import { nl, out, refuse, refused, say } from "../output";
import * as session from "../session";
import * as words from "../words";
import { noSuchPort } from "./interface";

const SEQUENCE_DEFAULT: u32 = 10;

export function rows(): void {
  row("c:route-map WORD~ [permit|deny] [<0-65535>]~", enter);
  row("r:match ip address~ WORD [WORD] [WORD] [WORD]~", matchLists);
  row("r:match interface~ IF~", matchInterface);
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
  const port = matcher.port(k);
  if (port == NO_INTERFACE) return noSuchPort(port);
  if (port >= 64) return refused("Of so many interfaces `match interface` knows the first 64 only.");
  const bit = (<u64>1) << <u64>port;
  routeMaps.setInterfaces(entry, no ? entry.interfaces & ~bit : entry.interfaces | bit);
  return true;
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
  }
  return true;
}
