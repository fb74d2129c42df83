// Access lists: what a line is, what is refused at either end of it, and where it stands.
import * as limits from "../../../assembly/limits";
import { AccessLine, LineAction } from "../../../assembly/lists/access_list";
import * as lists from "../../../assembly/lists/access_list";
import { Refusal } from "../../../assembly/lists/setting";
import * as setting from "../../../assembly/lists/setting";
import { NET_A, NET_B, WILD_16, list, longName, nameAt, permit, put, ref, rooms } from "../sadb/world";

beforeEach(rooms);

describe("lines of access lists", () => {
  test("ports are for tcp and udp, at either end, up to 65535", () => {
    const l = list("VPN");
    expect(lists.addLine(l, 0, LineAction.PERMIT, 6, NET_A, 0, 65535, NET_B, 0, 65535)).toBe(Refusal.NONE);
    expect(lists.addLine(l, 0, LineAction.PERMIT, 6, NET_A, 0, 65536, NET_B, 0, 1)).toBe(Refusal.PORT);
    expect(lists.addLine(l, 0, LineAction.PERMIT, 17, NET_A, 0, 1, NET_B, 0, 65536)).toBe(Refusal.PORT);
    expect(lists.addLine(l, 0, LineAction.PERMIT, 0, NET_A, 0, 1, NET_B, 0, 0)).toBe(Refusal.PORT);
    expect(lists.addLine(l, 0, LineAction.PERMIT, 50, NET_A, 0, 0, NET_B, 0, 1)).toBe(Refusal.PORT);
    expect(lists.addLine(l, 0, LineAction.PERMIT, 50, NET_A, 0, 0, NET_B, 0, 0)).toBe(Refusal.NONE);
  });

  test("a line keeps what it was given, without its host bits", () => {
    const l = list("VPN");
    lists.addLine(l, 7, LineAction.DENY, 17, NET_A + 5, 0xff, 500, NET_B + 0x1ff, 0xff, 600);
    const line = l.first as AccessLine;
    expect(line.sequence).toBe(7);
    expect(line.action).toBe(<u8>LineAction.DENY);
    expect(line.protocol).toBe(17);
    expect(line.source).toBe(NET_A);
    expect(line.sourceWildcard).toBe(0xff);
    expect(line.sourcePort).toBe(500);
    expect(line.destination).toBe(NET_B + 0x100);
    expect(line.destinationWildcard).toBe(0xff);
    expect(line.destinationPort).toBe(600);
  });

  test("lines that differ in one field are two", () => {
    const l = list("VPN");
    lists.addLine(l, 0, LineAction.PERMIT, 17, NET_A, 0xff, 500, NET_B, 0xff, 600);
    expect(lists.addLine(l, 0, LineAction.PERMIT, 17, NET_A + 9, 0xff, 500, NET_B + 9, 0xff, 600)).toBe(Refusal.DUPLICATE_LINE);
    expect(lists.addLine(l, 0, LineAction.DENY, 17, NET_A, 0xff, 500, NET_B, 0xff, 600)).toBe(Refusal.NONE);
    expect(lists.addLine(l, 0, LineAction.PERMIT, 6, NET_A, 0xff, 500, NET_B, 0xff, 600)).toBe(Refusal.NONE);
    expect(lists.addLine(l, 0, LineAction.PERMIT, 17, NET_A + 0x100, 0xff, 500, NET_B, 0xff, 600)).toBe(Refusal.NONE);
    expect(lists.addLine(l, 0, LineAction.PERMIT, 17, NET_A, 0x1ff, 500, NET_B, 0xff, 600)).toBe(Refusal.NONE);
    expect(lists.addLine(l, 0, LineAction.PERMIT, 17, NET_A, 0xff, 501, NET_B, 0xff, 600)).toBe(Refusal.NONE);
    expect(lists.addLine(l, 0, LineAction.PERMIT, 17, NET_A, 0xff, 500, NET_B + 0x100, 0xff, 600)).toBe(Refusal.NONE);
    expect(lists.addLine(l, 0, LineAction.PERMIT, 17, NET_A, 0xff, 500, NET_B, 0x1ff, 600)).toBe(Refusal.NONE);
    expect(lists.addLine(l, 0, LineAction.PERMIT, 17, NET_A, 0xff, 500, NET_B, 0xff, 601)).toBe(Refusal.NONE);
  });

  test("a wildcard with holes, at either end, is no range", () => {
    const l = list("VPN");
    expect(lists.addLine(l, 0, LineAction.PERMIT, 0, NET_A, 0xff00, 0, NET_B, 0, 0, true)).toBe(Refusal.WILDCARD);
    expect(lists.addLine(l, 0, LineAction.PERMIT, 0, NET_A, 0, 0, NET_B, 0xff00, 0, true)).toBe(Refusal.WILDCARD);
    expect(lists.addLine(l, 0, LineAction.PERMIT, 0, NET_A, 0xff, 0, NET_B, 0, 0, true)).toBe(Refusal.NONE);
    expect(lists.addLine(l, 0, LineAction.PERMIT, 0, NET_A + 2, 0, 0, NET_B, 0, 0, true, NET_A + 1)).toBe(Refusal.RANGE);
    expect(lists.addLine(l, 0, LineAction.PERMIT, 0, NET_A, 0, 0, NET_B + 2, 0, 0, true, 0, NET_B + 2)).toBe(Refusal.RANGE);
    expect(lists.addLine(l, 0, LineAction.PERMIT, 0, NET_A, 0, 0, NET_B, 0, 0, true, NET_A + 5, NET_B + 6)).toBe(Refusal.NONE);
    expect(lists.addLine(l, 0, LineAction.PERMIT, 0, NET_A, 0, 0, NET_B, 0, 0, true, NET_A + 5, NET_B + 6)).toBe(Refusal.DUPLICATE_LINE);
    expect(lists.addLine(l, 0, LineAction.PERMIT, 0, NET_A, 0, 0, NET_B, 0, 0, true, NET_A + 5, NET_B + 7)).toBe(Refusal.NONE);
    const free = list("FREE");
    expect(lists.addLine(free, 0, LineAction.PERMIT, 0, NET_A, 0, 0, NET_B, 0xff00, 0)).toBe(Refusal.NONE);
    expect(lists.selects(free) == Refusal.NONE).toBe(false);
    lists.removeLine(free, 10);
    expect(lists.selects(free) == Refusal.NONE).toBe(true);
    lists.addLine(free, 0, LineAction.PERMIT, 0, NET_A, 0xff00, 0, NET_B, 0, 0);
    expect(lists.selects(free) == Refusal.NONE).toBe(false);
    expect(lists.selects(l)).toBe(Refusal.NONE);
  });

  test("lines go in before, between and behind, and out again from anywhere", () => {
    const l = list("VPN");
    const at: u32[] = [20, 10, 30];
    for (let i = 0; i < 3; i++) lists.addLine(l, at[i], LineAction.PERMIT, 0, NET_A + (at[i] << 8), 0, 0, NET_B, 0, 0);
    expect(lists.addLine(l, 30, LineAction.DENY, 0, NET_A, 0, 0, NET_B, 0, 0)).toBe(Refusal.DUPLICATE_SEQUENCE);
    const first = l.first as AccessLine;
    const second = first.next as AccessLine;
    const third = second.next as AccessLine;
    expect(first.sequence).toBe(10);
    expect(second.sequence).toBe(20);
    expect(third.sequence).toBe(30);
    expect(lists.removeLine(l, 30)).toBe(Refusal.NONE);
    expect(ref(second.next)).toBe(0);
    expect(lists.removeLine(l, 10)).toBe(Refusal.NONE);
    expect(ref(l.first)).toBe(ref(second));
    expect(lists.removeLine(l, 30)).toBe(Refusal.NOT_FOUND);
  });

  test("a remark is cut at its bound; one that finds no place gives its text back", () => {
    const l = list("VPN");
    for (let round: u32 = 0; round < 2 * limits.ACCESS_LIST_REMARKS; round++) {
      expect(lists.addRemark(l, 10, nameAt(), 3)).toBe(round ? Refusal.DUPLICATE_SEQUENCE : Refusal.NONE);
    }
    expect(lists.addRemark(l, 20, nameAt(), limits.REMARK_MAX + 1)).toBe(Refusal.NONE);
    expect(<u32>((l.first as AccessLine).next as AccessLine).remarkLen).toBe(limits.REMARK_MAX);
    lists.removeLine(l, 20);
    for (let i: u32 = 1; i < limits.ACCESS_LIST_REMARKS; i++) expect(lists.addRemark(l, 0, nameAt(), 3)).toBe(Refusal.NONE);
    expect(lists.addRemark(l, 0, nameAt(), 3)).toBe(Refusal.FULL);
  });

  test("names: so many letters, not none, compared whole; so many lists and no more", () => {
    expect(ref(lists.add(nameAt(), 0))).toBe(0);
    expect(ref(lists.add(longName(), limits.NAME_MAX + 1))).toBe(0);
    const longest = lists.add(longName(), limits.NAME_MAX);
    expect(ref(longest)).not.toBe(0);
    expect(ref(lists.find(longName(), 31))).toBe(0);
    store<u8>(nameAt(), 66);
    expect(ref(lists.find(nameAt(), limits.NAME_MAX))).toBe(0);
    expect(ref(lists.add(longName(), limits.NAME_MAX))).toBe(ref(longest));
    for (let i: u32 = 1; i < limits.ACCESS_LISTS; i++) {
      store<u16>(nameAt(), <u16>(0x4141 + i));
      expect(ref(lists.add(nameAt(), 2))).not.toBe(0);
    }
    expect(ref(lists.add(nameAt(), put("MORE")))).toBe(0);
  });

  test("each change of a list is a new revision; a remark changes no policy", () => {
    let before = setting.revision;
    const l = list("VPN");
    expect(setting.revision).toBe(++before);
    list("VPN");
    expect(setting.revision).toBe(before);
    permit(l, 0, NET_A, WILD_16, NET_B, WILD_16);
    expect(setting.revision).toBe(++before);
    permit(l, 0, NET_A, WILD_16, NET_B, WILD_16);
    lists.addRemark(l, 0, nameAt(), 3);
    expect(setting.revision).toBe(before);
    lists.removeLine(l, 10);
    expect(setting.revision).toBe(++before);
    lists.remove(l);
    expect(setting.revision).toBe(++before);
    expect(ref(lists.find(nameAt(), put("VPN")))).toBe(0);
  });

  test("hits of every line are cleared", () => {
    const l = list("VPN");
    permit(l, 0, NET_A, 0, NET_B, 0);
    permit(l, 0, NET_A + 1, 0, NET_B, 0);
    const first = l.first as AccessLine;
    const second = first.next as AccessLine;
    first.hits = second.hits = 5;
    lists.clearHits(l);
    expect(first.hits).toBe(0);
    expect(second.hits).toBe(0);
  });
});
