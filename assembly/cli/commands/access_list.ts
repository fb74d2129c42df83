/** `access-list`, `ip access-list` and the lines of both kinds of lists. What the lines look like: list_lines.ts. */
import { NAME_MAX, POLICIES, PROFILE, REMARK_MAX, TUNNELS } from "../../limits";
import * as lists from "../../lists/access_list";
import { AccessList, Icmp, LineAction, LineFlag, Log, PORTS_OF_LINE, Ports } from "../../lists/access_list";
import * as groups from "../../lists/object_group";
import { Refusal, refusalText } from "../../lists/setting";
import * as spd from "../../sadb/policies/spd";
import * as sadb from "../../sadb/sadb";
import * as maps from "../../sadb/settings/crypto_map";
import { Item, Mode, row } from "../grammar";
import * as listWords from "../list_words";
import * as matcher from "../matcher";
import { nl, out, refuse, refused } from "../output";
import * as session from "../session";
import * as startup from "../startup";
import * as words from "../words";
import { protocolOf, writeLine } from "./list_lines";

export function rows(): void {
  row("c:access-list <100-199>~ @a", removeNumbered);
  row("c:access-list <2000-2699>~ @a", removeNumbered);
  row("c:access-list <1-99>~ @s", removeNumbered);
  row("c:access-list <1300-1999>~ @s", removeNumbered);
  row("c:ip access-list (extended|standard) WORD~", enter);
  row("c:ip access-list resequence WORD <1-2147483647> <1-2147483647>", resequence);
  const address = " (any|host A.B.C.D|range A.B.C.D A.B.C.D|object-group WORD|A.B.C.D A.B.C.D)";
  const tcp = " [eq TCP-PORT {TCP-PORT}|(neq|gt|lt) TCP-PORT|range TCP-PORT TCP-PORT]";
  const udp = " [eq UDP-PORT {UDP-PORT}|(neq|gt|lt) UDP-PORT|range UDP-PORT UDP-PORT]";
  const tail = " [fragments|(dscp|precedence|tos|time-range|reflect) WORD [timeout <1-2147483>]] [log|log-input]~";
  row("a:[<1-2147483647>~] (permit|deny) tcp" + address + tcp + address + tcp + " [established]" + tail, rule);
  row("a:[<1-2147483647>~] (permit|deny) udp" + address + udp + address + udp + tail, rule);
  row("a:[<1-2147483647>~] (permit|deny) icmp" + address + address + " [ICMP-TYPE [<0-255>]]" + tail, rule);
  const others = " (ip|ahp|eigrp|esp|gre|igmp|ipinip|nos|ospf|pcp|pim|sctp|<0-255>)";
  row("a:[<1-2147483647>~] (permit|deny)" + others + address + " [eq TCP-PORT]" + address + " [eq TCP-PORT]" + tail, rule);
  row("s:[<1-2147483647>~] (permit|deny) (any|host A.B.C.D|A.B.C.D [A.B.C.D]) [log]~", standardRule);
  row("a:[<1-2147483647>] remark LINE", remark);
  row("a:[<1-2147483647>] evaluate WORD", evaluate);
  row("s:[<1-2147483647>] remark LINE", remark);
}

function evaluate(no: bool): bool {
  return refused("Reflexive lists are not built: `ip inspect` lets answers back in.");
}

function named(k: u32): AccessList | null {
  return lists.find(words.word(k), words.wordLen(k));
}

function removeNamed(k: u32): bool {
  const list = named(k);
  if (!list) {
    refuse("").ascii(words.word(k), words.wordLen(k)).put(" is no access list.");
    nl();
    return false;
  }
  lists.remove(list);
  return true;
}

function removeNumbered(no: bool): bool {
  return removeNamed(matcher.base + 1);
}

/** Whether a number is a standard list's, or an extended one's. */
function isNumberOf(standard: bool, n: u32): bool {
  return standard ? n - 1 < 99 || n - 1300 < 700 : n - 100 < 100 || n - 2000 < 700;
}

function enter(no: bool): bool {
  const k = matcher.base + 3;
  if (no) return removeNamed(k);
  const standard = matcher.isKeyword(k - 1, "standard");
  const name = words.word(k);
  const len = words.wordLen(k);
  if (words.isDigits(name, len) && (!words.parseNumber(name, len) || !isNumberOf(standard, words.value))) {
    refuse("").ascii(name, len).put(standard ? " is no standard access list: 1 to 99, 1300 to 1999" : " is no extended access list: 100 to 199, 2000 to 2699")
      .put(", or a name, is allowed.");
    nl();
    return false;
  }
  if (!listFor(name, len, standard)) return false;
  session.enter(standard ? Mode.STANDARD_LIST : Mode.ACCESS_LIST, 0, name, len);
  return true;
}

/** The list of that name, made if there is none; null: refused, and it is said why. */
function listFor(name: usize, len: u32, standard: bool): AccessList | null {
  const known = lists.find(name, len);
  if (!known && standard && maps.matchesList(name, len)) {
    refused(refusalText(Refusal.STANDARD));
    return null;
  }
  const list = lists.add(name, len, standard);
  if (!list) {
    refused(refusalText(len > NAME_MAX ? Refusal.NAME : Refusal.FULL));
    return null;
  }
  if (list.standard == standard) return list;
  refuse("").ascii(name, len).put(list.standard ? " is a standard access list" : " is an extended access list").put(" already: `no ip access-list` removes it.");
  nl();
  return null;
}

/** First word of a line behind `access-list N`, or of the line itself in a list's mode. */
function first(): u32 {
  return matcher.isKeyword(matcher.base, "access-list") ? matcher.base + 2 : matcher.base;
}

/** The list that the line is for; made if there is none. Null: refused, and it is said why. */
function listOf(k: u32): AccessList | null {
  if (k == matcher.base) return listFor(session.subjectName, session.subjectNameLen, session.mode == Mode.STANDARD_LIST);
  return listFor(words.word(k - 1), words.wordLen(k - 1), isNumberOf(true, matcher.number(k - 1)));
}

function resequence(no: bool): bool {
  const k = matcher.base + 3;
  const list = named(k);
  if (!list) return removeNamed(k);
  const refusal = lists.resequence(list, matcher.number(k + 1), matcher.number(k + 2));
  return refusal == Refusal.NONE ? true : refused(refusalText(refusal));
}

/** The word behind what was read last. */
let next: u32 = 0;

/** Reads the address at word `next` into the draft. False: refused, and it is said why. */
function readAddress(source: bool): bool {
  const k = next;
  const draft = lists.draft;
  let value: u32 = 0;
  let wildcard: u32 = 0;
  let last: u32 = 0;
  if (matcher.isKeyword(k, "any")) {
    wildcard = 0xffffffff;
    next = k + 1;
  } else if (matcher.isKeyword(k, "host")) {
    value = matcher.address(k + 1);
    next = k + 2;
  } else if (matcher.isKeyword(k, "range")) {
    value = matcher.address(k + 1);
    last = matcher.address(k + 2);
    // A range of one address is that host. 0 says that there is no range: 1 in its place is as wrong behind any first address.
    if (last == value) last = 0;
    else if (!last) last = 1;
    next = k + 3;
  } else if (matcher.isKeyword(k, "object-group")) {
    const group = groups.find(words.word(k + 1), words.wordLen(k + 1));
    if (!group) {
      refuse("").ascii(words.word(k + 1), words.wordLen(k + 1)).put(" is no object group: `object-group network` makes one.");
      nl();
      return false;
    }
    if (source) draft.sourceGroup = group;
    else draft.destinationGroup = group;
    wildcard = 0xffffffff;
    next = k + 2;
  } else {
    value = matcher.address(k);
    wildcard = matcher.address(k + 1);
    next = k + 2;
  }
  if (source) {
    draft.source = value;
    draft.sourceWildcard = wildcard;
    draft.sourceLast = last;
  } else {
    draft.destination = value;
    draft.destinationWildcard = wildcard;
    draft.destinationLast = last;
  }
  return true;
}

function isPort(k: u32): bool {
  if (k >= matcher.argCount()) return false;
  const kind = matcher.kindOf(k);
  return kind == Item.TCP_PORT || kind == Item.UDP_PORT;
}

function port(k: u32): u32 {
  listWords.readPort(lists.draft.protocol == 17, words.word(k), words.wordLen(k));
  return listWords.value;
}

/** Reads the ports at word `next`, if there are any. False: refused, and it is said why. */
function readPorts(source: bool): bool {
  const draft = lists.draft;
  let operator = Ports.ANY;
  if (matcher.isKeyword(next, "eq")) {
    for (next++; isPort(next); next++) {
      if (lists.alsoPort(source, port(next))) continue;
      refuse("").u32(PORTS_OF_LINE).put(" ports are allowed in a line, and ").ascii(words.word(next), words.wordLen(next)).put(" is one more.");
      nl();
      return false;
    }
    return true;
  }
  if (matcher.isKeyword(next, "neq")) operator = Ports.NEQ;
  else if (matcher.isKeyword(next, "gt")) operator = Ports.GT;
  else if (matcher.isKeyword(next, "lt")) operator = Ports.LT;
  else if (matcher.isKeyword(next, "range") && isPort(next + 1)) operator = Ports.RANGE;
  else return true;
  const from = port(next + 1);
  const to = operator == Ports.RANGE ? port(next + 2) : 0;
  next += operator == Ports.RANGE ? 3 : 2;
  if (source) {
    draft.sourceOperator = <u8>operator;
    draft.sourcePort = <u16>from;
    draft.sourcePortLast = <u16>to;
  } else {
    draft.destinationOperator = <u8>operator;
    draft.destinationPort = <u16>from;
    draft.destinationPortLast = <u16>to;
  }
  return true;
}

/** Reads what stands behind the addresses. False: refused, and it is said why. */
function readTail(): bool {
  const draft = lists.draft;
  const end = matcher.argCount();
  if (next < end && matcher.kindOf(next) == Item.ICMP_TYPE) {
    listWords.readIcmp(words.word(next), words.wordLen(next));
    const said = listWords.value;
    next++;
    draft.icmpType = <u8>said;
    draft.icmp = <u8>(said & listWords.WITH_CODE ? Icmp.CODE : Icmp.TYPE);
    draft.icmpCode = <u8>(said & listWords.WITH_CODE ? said >>> 8 : 0);
    if (next < end && matcher.kindOf(next) == Item.NUMBER) {
      draft.icmp = <u8>Icmp.CODE;
      draft.icmpCode = <u8>matcher.number(next++);
    }
  }
  for (; next < end; next++) {
    if (matcher.isKeyword(next, "established")) draft.flags |= <u8>LineFlag.ESTABLISHED;
    else if (matcher.isKeyword(next, "fragments")) draft.flags |= <u8>LineFlag.FRAGMENTS;
    else if (matcher.isKeyword(next, "log")) draft.log = <u8>Log.LOG;
    else if (matcher.isKeyword(next, "log-input")) draft.log = <u8>Log.LOG_INPUT;
    else {
      refuse("").ascii(words.word(next), words.wordLen(next)).put(" is not supported in access lists here: a line looks at protocol, addresses, ports, types of ICMP, `established` and `fragments`.");
      nl();
      return false;
    }
  }
  if (draft.flags & <u8>LineFlag.FRAGMENTS && (draft.sourceOperator | draft.destinationOperator | draft.icmp | (draft.flags & <u8>LineFlag.ESTABLISHED)) != 0) {
    return refused("`fragments` means later fragments, which show neither ports nor flags nor types: it stands alone.");
  }
  return true;
}

/** The line's sequence number, 0 where it has none; the word behind it to `next`. */
function readSequence(k: u32): u32 {
  next = k;
  return matcher.isKeyword(k, "permit") || matcher.isKeyword(k, "deny") ? 0 : matcher.number(next++);
}

function readAction(): LineAction {
  return matcher.isKeyword(next++, "permit") ? LineAction.PERMIT : LineAction.DENY;
}

function rule(no: bool): bool {
  const k = first();
  const list = listOf(k);
  if (!list) return false;
  const sequence = readSequence(k);
  if (no && matcher.argCount() == next) return result(lists.removeLine(list, sequence), list);
  const action = readAction();
  lists.begin(action, protocolOf(next++));
  if (!readAddress(true) || !readPorts(true) || !readAddress(false) || !readPorts(false) || !readTail()) return result(Refusal.NONE, list, false);
  return addOrRemove(no, list, sequence);
}

function standardRule(no: bool): bool {
  const k = first();
  const list = listOf(k);
  if (!list) return false;
  const sequence = readSequence(k);
  if (no && matcher.argCount() == next) return result(lists.removeLine(list, sequence), list);
  const draft = lists.begin(readAction(), 0);
  if (matcher.isKeyword(next, "any")) next++;
  else {
    const host = matcher.isKeyword(next, "host");
    if (host) next++;
    draft.source = matcher.address(next++);
    draft.sourceWildcard = 0;
    if (!host && next < matcher.argCount() && matcher.kindOf(next) == Item.ADDRESS) draft.sourceWildcard = matcher.address(next++);
  }
  if (next < matcher.argCount()) draft.log = <u8>Log.LOG;
  return addOrRemove(no, list, sequence);
}

/** Adds what the draft says to the list, or removes the line that says it. */
function addOrRemove(no: bool, list: AccessList, sequence: u32): bool {
  if (no) {
    const line = lists.findDraft(list);
    return result(line ? lists.removeLine(list, line.sequence) : Refusal.NOT_FOUND, list);
  }
  const matched = maps.matchesList(list.name, list.nameLen);
  // What lines before it have configured counts.
  if (matched) sadb.refresh();
  const room = !matched || spd.hasRoom(list, lists.draft.action == <u8>LineAction.PERMIT);
  if (!result(lists.addDraft(list, sequence, matched), list)) return false;
  return room || beyond();
}

/** The line stands in the list and makes no tunnel: nothing of what it matches goes out in plain for that. */
function beyond(): bool {
  refuse("There is no room for a further tunnel (profile ").put(PROFILE).put(" has ").u32(TUNNELS).put(", and ").u32(POLICIES)
    .put(" policies in all): what the line matches is discarded.");
  nl();
  return false;
}

/** A list of a number that has no line is none (`ip access-list` keeps an empty one). @param good the line was not refused before */
function result(refusal: Refusal, list: AccessList, good: bool = true): bool {
  if (!list.first && session.mode != Mode.ACCESS_LIST && session.mode != Mode.STANDARD_LIST) lists.remove(list);
  // Written twice it says no more than once.
  if (refusal == Refusal.DUPLICATE_LINE && startup.applying) return !refused(refusalText(refusal));
  return refusal == Refusal.NONE ? good : refused(refusal == Refusal.NOT_FOUND ? "There is no such line." : refusalText(refusal));
}

function remark(no: bool): bool {
  let k = first();
  const list = listOf(k);
  if (!list) return false;
  const sequence = matcher.isKeyword(k, "remark") ? 0 : matcher.number(k++);
  const len = words.restLen(k + 1);
  if (len > REMARK_MAX) {
    refuse("The remark is too long: up to ").u32(REMARK_MAX).put(" characters are allowed.");
    nl();
    return result(Refusal.NONE, list, false);
  }
  return result(lists.addRemark(list, sequence, words.word(k + 1), len), list);
}

/** The lines of the configuration. */
export function write(): void {
  for (let i: u32 = 0; i < lists.slots(); i++) {
    const list = lists.at(i);
    if (!list) continue;
    out.put(list.standard ? "ip access-list standard " : "ip access-list extended ").ascii(list.name, list.nameLen);
    nl();
    let line = list.first;
    while (line) {
      writeLine(list, line);
      line = line.next;
    }
    out.char(33);
    nl();
  }
}
