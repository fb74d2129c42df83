/** `object-group network` and what is in it. */
import { NAME_MAX } from "../../limits";
import { GroupMember, Kind, ObjectGroup } from "../../lists/object_group";
import * as groups from "../../lists/object_group";
import { Refusal, refusalText } from "../../lists/setting";
import * as maps from "../../sadb/settings/crypto_map";
import { Item, Mode, row } from "../grammar";
import * as matcher from "../matcher";
import { nl, out, refuse, refused } from "../output";
import * as session from "../session";
import * as words from "../words";

export function rows(): void {
  row("c:object-group network WORD~", enter);
  row("o:host A.B.C.D~", host);
  row("o:A.B.C.D~ (M.M.M.M|WORD)~", subnet);
  row("o:range A.B.C.D A.B.C.D~", range);
  row("o:group-object WORD", nested);
}

function enter(no: bool): bool {
  const k = matcher.base + 2;
  const name = words.word(k);
  const len = words.wordLen(k);
  if (!no) {
    if (!groups.add(name, len)) return refused(refusalText(len > NAME_MAX ? Refusal.NAME : Refusal.FULL));
    session.enter(Mode.OBJECT_GROUP, 0, name, len);
    return true;
  }
  const group = groups.find(name, len);
  if (!group) {
    refuse("").ascii(name, len).put(" is no object group.");
    nl();
    return false;
  }
  if (groups.remove(group) == Refusal.NONE) return true;
  refuse("").ascii(name, len).put(" is in use: lines of access lists name it.");
  nl();
  return false;
}

function change(no: bool, kind: Kind, first: u32, last: u32): bool {
  const group = groups.add(session.subjectName, session.subjectNameLen);
  if (!group) return refused(refusalText(Refusal.FULL));
  // A list that a crypto map matches has one entry for a selector, and keeps it.
  if (maps.matchesGroup(group)) {
    if (no || (group.members && !isThere(group, first, last))) return refused(refusalText(Refusal.SELECTOR_GROUP));
  }
  const refusal = no ? groups.removeMember(group, first, last) : groups.addMember(group, kind, first, last);
  if (refusal == Refusal.NOT_FOUND) return refused("There is no such line.");
  return refusal == Refusal.NONE ? true : refused(refusalText(refusal));
}

function isThere(group: ObjectGroup, first: u32, last: u32): bool {
  const only = group.members;
  return only != null && only.first == first && only.last == last;
}

function host(no: bool): bool {
  const address = matcher.address(matcher.base + 1);
  return change(no, Kind.HOST, address, address);
}

function subnet(no: bool): bool {
  const address = matcher.address(matcher.base);
  const k = matcher.base + 1;
  const mask = matcher.kindOf(k) == Item.MASK ? matcher.address(k) : words.prefixMask(k);
  if (!mask) {
    refuse("").escaped(words.word(k), words.wordLen(k)).put(" is no mask: 255.255.255.0 or /24 is wanted.");
    nl();
    return false;
  }
  return change(no, Kind.SUBNET, address & mask, address | ~mask);
}

function range(no: bool): bool {
  return change(no, Kind.RANGE, matcher.address(matcher.base + 1), matcher.address(matcher.base + 2));
}

function nested(no: bool): bool {
  return refused("group-object is not supported here: a group holds hosts, subnets and ranges, and no other groups.");
}

function writeMember(member: GroupMember): void {
  if (member.kind == <u8>Kind.HOST) out.put(" host ").ip(member.first);
  else if (member.kind == <u8>Kind.RANGE) out.put(" range ").ip(member.first).char(32).ip(member.last);
  else out.char(32).ip(member.first).char(32).ip(~(member.first ^ member.last));
  nl();
}

/** The lines of the configuration: before the lists that name them. */
export function write(): void {
  for (let i: u32 = 0; i < groups.slots(); i++) {
    const group = groups.at(i);
    if (!group) continue;
    out.put("object-group network ").ascii(group.name, group.nameLen);
    nl();
    let member = group.members;
    while (member) {
      writeMember(member);
      member = member.next;
    }
    out.char(33);
    nl();
  }
}
