/** `access-list` and `ip access-list extended`. */
import { NAME_MAX, POLICIES, PROFILE, REMARK_MAX, TUNNELS } from "../../limits";
import * as lists from "../../lists/access_list";
import { AccessLine, AccessList, LineAction } from "../../lists/access_list";
import { Refusal, refusalText } from "../../lists/setting";
import * as spd from "../../sadb/policies/spd";
import * as sadb from "../../sadb/sadb";
import * as maps from "../../sadb/settings/crypto_map";
import { Text } from "../../util/text";
import { Mode, row } from "../grammar";
import * as matcher from "../matcher";
import { nl, out, refuse, refused } from "../output";
import * as session from "../session";
import * as words from "../words";

export function rows(): void {
  const address = " (any|host A.B.C.D|range A.B.C.D A.B.C.D|A.B.C.D A.B.C.D) [eq <1-65535>]";
  row("c:access-list <100-199>~ @a", removeNumbered);
  row("c:ip access-list extended WORD~", enter);
  row("a:[<1-2147483647>~] (permit|deny) (ip|icmp|tcp|udp|<0-255>)" + address + address + "~", rule);
  row("a:[<1-2147483647>] remark LINE", remark);
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

function enter(no: bool): bool {
  const k = matcher.base + 3;
  if (no) return removeNamed(k);
  const name = words.word(k);
  const len = words.wordLen(k);
  if (words.isDigits(name, len) && (!words.parseNumber(name, len) || words.value - 100 > 99)) {
    refuse("").ascii(name, len).put(" is no extended access list: 100 to 199, or a name, is allowed.");
    nl();
    return false;
  }
  if (!lists.add(name, len)) return refused(refusalText(len > NAME_MAX ? Refusal.NAME : Refusal.FULL));
  session.enter(Mode.ACCESS_LIST, 0, name, len);
  return true;
}

/** First word of a line behind `access-list N`, or of the line itself in a list's mode. */
function first(): u32 {
  return matcher.isKeyword(matcher.base, "access-list") ? matcher.base + 2 : matcher.base;
}

/** The list that the line is for; made if there is none. Null: there is no room. */
function listOf(k: u32): AccessList | null {
  return k == matcher.base ? lists.add(session.subjectName, session.subjectNameLen) : lists.add(words.word(k - 1), words.wordLen(k - 1));
}

/** What the address at `k` says; `next` is then the word behind it, with its port. */
let value: u32 = 0;
let wildcard: u32 = 0;
/** The last address of a range, 0: it is none. */
let last: u32 = 0;
let port: u32 = 0;
let next: u32 = 0;

function readAddress(k: u32): void {
  last = 0;
  if (matcher.isKeyword(k, "any")) {
    value = 0;
    wildcard = 0xffffffff;
    next = k + 1;
  } else if (matcher.isKeyword(k, "host")) {
    value = matcher.address(k + 1);
    wildcard = 0;
    next = k + 2;
  } else if (matcher.isKeyword(k, "range")) {
    value = matcher.address(k + 1);
    wildcard = 0;
    last = matcher.address(k + 2);
    // A range of one address is that host. 0 says that there is no range: 1 in its place is as wrong behind any first address.
    if (last == value) last = 0;
    else if (!last) last = 1;
    next = k + 3;
  } else {
    value = matcher.address(k);
    wildcard = matcher.address(k + 1);
    next = k + 2;
  }
  port = 0;
  if (matcher.isKeyword(next, "eq")) {
    port = matcher.number(next + 1);
    next += 2;
  }
}

function rule(no: bool): bool {
  let k = first();
  const list = listOf(k);
  if (!list) return refused(refusalText(Refusal.FULL));
  let sequence: u32 = 0;
  if (!matcher.isKeyword(k, "permit") && !matcher.isKeyword(k, "deny")) sequence = matcher.number(k++);
  if (no && matcher.argCount() == k) return result(lists.removeLine(list, sequence), list);
  const action = matcher.isKeyword(k, "permit") ? LineAction.PERMIT : LineAction.DENY;
  let protocol: u32 = 0;
  if (matcher.isKeyword(k + 1, "icmp")) protocol = 1;
  else if (matcher.isKeyword(k + 1, "tcp")) protocol = 6;
  else if (matcher.isKeyword(k + 1, "udp")) protocol = 17;
  else if (!matcher.isKeyword(k + 1, "ip")) protocol = matcher.number(k + 1);
  readAddress(k + 2);
  const source = value;
  const sourceWildcard = wildcard;
  const sourcePort = port;
  const sourceLast = last;
  readAddress(next);
  if (no) {
    const line = lists.findLine(list, action, protocol, source, sourceWildcard, sourcePort, value, wildcard, port, sourceLast, last);
    return result(line ? lists.removeLine(list, line.sequence) : Refusal.NOT_FOUND, list);
  }
  const matched = maps.matchesList(list.name, list.nameLen);
  if (matched) {
    // What lines before it have configured counts.
    sadb.refresh();
    if (!spd.hasRoom(list, action == LineAction.PERMIT)) {
      refuse("There is no room for a further tunnel: profile ").put(PROFILE).put(" has ").u32(TUNNELS).put(", and ").u32(POLICIES).put(" policies in all.");
      nl();
      return false;
    }
  }
  return result(lists.addLine(list, sequence, action, protocol, source, sourceWildcard, sourcePort, value, wildcard, port, matched, sourceLast, last), list);
}

/** A list of a number that has no line is none (`ip access-list` keeps an empty one). */
function result(refusal: Refusal, list: AccessList): bool {
  if (!list.first && session.mode != Mode.ACCESS_LIST) lists.remove(list);
  return refusal == Refusal.NONE ? true : refused(refusal == Refusal.NOT_FOUND ? "There is no such line." : refusalText(refusal));
}

function remark(no: bool): bool {
  let k = first();
  const list = listOf(k);
  if (!list) return refused(refusalText(Refusal.FULL));
  const sequence = matcher.isKeyword(k, "remark") ? 0 : matcher.number(k++);
  const len = words.restLen(k + 1);
  if (len > REMARK_MAX) {
    refuse("The remark is too long: up to ").u32(REMARK_MAX).put(" characters are allowed.");
    nl();
    return false;
  }
  return result(lists.addRemark(list, sequence, words.word(k + 1), len), list);
}

function putAddress(text: Text, address: u32, wild: u32, last: u32, eq: u32): void {
  if (last) text.put(" range ").ip(address).char(32).ip(last);
  else if (wild == 0xffffffff) text.put(" any");
  else if (wild == 0) text.put(" host ").ip(address);
  else text.char(32).ip(address).char(32).ip(wild);
  if (eq) text.put(" eq ").u32(eq);
}

/** `permit ip 10.1.0.0 0.0.0.255 any`, or the remark. */
export function putLine(text: Text, line: AccessLine): Text {
  if (line.action == <u8>LineAction.REMARK) return text.put("remark ").ascii(line.remark, line.remarkLen);
  text.put(line.action == <u8>LineAction.PERMIT ? "permit " : "deny ");
  switch (<u32>line.protocol) {
    case 0:
      text.put("ip");
      break;
    case 1:
      text.put("icmp");
      break;
    case 6:
      text.put("tcp");
      break;
    case 17:
      text.put("udp");
      break;
    default:
      text.u32(line.protocol);
  }
  putAddress(text, line.source, line.sourceWildcard, line.sourceLast, line.sourcePort);
  putAddress(text, line.destination, line.destinationWildcard, line.destinationLast, line.destinationPort);
  return text;
}

/** The lines of the configuration. */
export function write(): void {
  for (let i: u32 = 0; i < lists.slots(); i++) {
    const list = lists.at(i);
    if (!list) continue;
    out.put("ip access-list extended ").ascii(list.name, list.nameLen);
    nl();
    let line = list.first;
    while (line) {
      out.char(32).u32(line.sequence).char(32);
      putLine(out, line);
      nl();
      line = line.next;
    }
    out.char(33);
    nl();
  }
}
