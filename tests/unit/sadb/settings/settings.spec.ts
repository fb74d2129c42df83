import * as limits from "../../../../assembly/limits";
import { AccessLine, AccessList, LineAction } from "../../../../assembly/lists/access_list";
import * as lists from "../../../../assembly/lists/access_list";
import { Refusal, refusalText } from "../../../../assembly/lists/setting";
import { Action, CryptoMapEntry } from "../../../../assembly/sadb/settings/crypto_map";
import * as maps from "../../../../assembly/sadb/settings/crypto_map";
import * as lifetime from "../../../../assembly/sadb/settings/lifetime";
import { TransformSet } from "../../../../assembly/sadb/settings/transform_set";
import * as sets from "../../../../assembly/sadb/settings/transform_set";
import { ALPHA, BETA, NET_A, NET_B, WILD_16, bind, entry, list, nameAt, permit, put, ref, rooms, set } from "../world";

beforeEach(rooms);

function add(to: AccessList, sequence: u32, action: LineAction, protocol: u32, wildcard: u32, port: u32): Refusal {
  return lists.addLine(to, sequence, action, protocol, NET_A + 5, wildcard, 0, NET_B, WILD_16, port, maps.matchesList(to.name, to.nameLen));
}

describe("access lists", () => {
  test("lines stand by number, ten apart; host bits go", () => {
    const l = list("VPN");
    expect(add(l, 0, LineAction.PERMIT, 0, WILD_16, 0)).toBe(Refusal.NONE);
    expect(add(l, 0, LineAction.DENY, 0, WILD_16, 0)).toBe(Refusal.NONE);
    expect(add(l, 15, LineAction.PERMIT, 1, WILD_16, 0)).toBe(Refusal.NONE);
    const first = l.first as AccessLine;
    const second = first.next as AccessLine;
    const third = second.next as AccessLine;
    expect(first.sequence).toBe(10);
    expect(second.sequence).toBe(15);
    expect(third.sequence).toBe(20);
    expect(first.source).toBe(NET_A);
    expect(ref(third.next)).toBe(0);
    expect(lists.removeLine(l, 15)).toBe(Refusal.NONE);
    expect(lists.removeLine(l, 15)).toBe(Refusal.NOT_FOUND);
    expect(ref(first.next)).toBe(ref(third));
  });

  test("what is refused", () => {
    const l = list("VPN");
    expect(add(l, 0, LineAction.PERMIT, 17, WILD_16, 53)).toBe(Refusal.NONE);
    expect(add(l, 10, LineAction.PERMIT, 6, WILD_16, 53)).toBe(Refusal.DUPLICATE_SEQUENCE);
    expect(add(l, 0, LineAction.PERMIT, 17, WILD_16, 53)).toBe(Refusal.DUPLICATE_LINE);
    expect(add(l, 0, LineAction.PERMIT, 1, WILD_16, 53)).toBe(Refusal.PORT);
    expect(add(l, 0, LineAction.PERMIT, 0, 0xff00ff, 0)).toBe(Refusal.NONE, "lists that no map matches may");
    expect(lists.selects(l)).toBe(Refusal.WILDCARD);
    const e = maps.add(nameAt(), put("CM"), 10, Action.PROTECT) as CryptoMapEntry;
    expect(maps.setList(e, nameAt(), put("VPN"))).toBe(Refusal.WILDCARD);
    expect(lists.removeLine(l, 20)).toBe(Refusal.NONE);
    expect(maps.setList(e, nameAt(), put("VPN"))).toBe(Refusal.NONE);
    expect(add(l, 0, LineAction.PERMIT, 0, 0xff00ff, 0)).toBe(Refusal.WILDCARD);
    expect(ref(lists.add(nameAt(), limits.NAME_MAX + 1))).toBe(0);
    for (let i = 1; i <= <i32>Refusal.SEQUENCE; i++) expect(refusalText(<Refusal>i).length).toBeGreaterThan(10);
  });

  test("remarks keep their text; a removed list gives everything back", () => {
    for (let round = 0; round < 100; round++) {
      const l = list("L");
      for (let i: u32 = 0; i < limits.ACCESS_LIST_REMARKS; i++) expect(lists.addRemark(l, 0, nameAt(), put("to the branch"))).toBe(Refusal.NONE);
      expect(lists.addRemark(l, 0, nameAt(), 5)).toBe(Refusal.FULL);
      const first = l.first as AccessLine;
      expect(first.action).toBe(<u8>LineAction.REMARK);
      expect(first.remarkLen).toBe(13);
      expect(load<u8>(first.remark)).toBe(116);
      lists.remove(l);
    }
  });

  test("the pool of lines has an end", () => {
    const l = list("L");
    for (let i: u32 = 0; i < limits.ACCESS_LIST_ENTRIES; i++) {
      expect(lists.addLine(l, 0, LineAction.PERMIT, 0, i << 8, 0, 0, NET_B, 0, 0)).toBe(Refusal.NONE);
    }
    expect(lists.addLine(l, 0, LineAction.PERMIT, 0, 0xffffff00, 0, 0, NET_B, 0, 0)).toBe(Refusal.FULL);
  });
});

describe("crypto maps", () => {
  test("entries come by sequence number whatever the order of their making", () => {
    maps.add(nameAt(), put("CM"), 20, Action.PROTECT);
    maps.add(nameAt(), put("CM"), 5, Action.BYPASS);
    maps.add(nameAt(), put("OTHER"), 1, Action.PROTECT);
    maps.add(nameAt(), put("CM"), 10, Action.DISCARD);
    let after: u32 = 0;
    const expected: u32[] = [5, 10, 20];
    for (let i = 0; i < 3; i++) {
      const e = maps.next(nameAt(), put("CM"), after) as CryptoMapEntry;
      expect(e.sequence).toBe(expected[i]);
      after = e.sequence;
    }
    expect(ref(maps.next(nameAt(), put("CM"), after))).toBe(0);
    expect(ref(maps.add(nameAt(), put("CM"), 20, Action.BYPASS))).toBe(0);
    expect(maps.refusal()).toBe(Refusal.ACTION);
  });

  test("peers and sets keep their order, without duplicates", () => {
    const e = maps.add(nameAt(), put("CM"), 10, Action.PROTECT) as CryptoMapEntry;
    expect(e.complete).toBe(false);
    for (let i: u32 = 0; i < limits.CRYPTO_MAP_PEERS; i++) expect(maps.addPeer(e, ALPHA + i)).toBe(Refusal.NONE);
    expect(maps.addPeer(e, ALPHA)).toBe(Refusal.NONE);
    expect(maps.addPeer(e, 0x08080808)).toBe(Refusal.TOO_MANY);
    expect(maps.addPeer(e, 0xe0000001)).toBe(Refusal.ADDRESS);
    expect(maps.removePeer(e, ALPHA + 1)).toBe(Refusal.NONE);
    expect(e.peer(1)).toBe(ALPHA + 2);
    expect(<u32>e.peerCount).toBe(limits.CRYPTO_MAP_PEERS - 1);
    expect(maps.removePeer(e, 1)).toBe(Refusal.NOT_FOUND);
    const a = set("A");
    const b = set("B");
    maps.addTransformSet(e, b);
    maps.addTransformSet(e, a);
    maps.addTransformSet(e, b);
    expect(e.transformSetCount).toBe(2);
    expect(ref(e.transformSet(0))).toBe(ref(b));
    expect(ref(e.transformSet(1))).toBe(ref(a));
    expect(maps.usesTransformSet(a)).toBe(true);
    maps.clearTransformSets(e);
    expect(maps.usesTransformSet(a)).toBe(false);
    expect(ref(sets.find(nameAt(), put("A")))).toBe(ref(a));
  });

  test("an interface's last entry stays", () => {
    permit(list("VPN"), 0, NET_A, WILD_16, NET_B, WILD_16);
    const e = entry("CM", 10, Action.PROTECT, "VPN", BETA);
    expect(e.complete).toBe(true);
    expect(maps.bind(1, nameAt(), put("NONE"))).toBe(Refusal.NOT_FOUND);
    bind(1, "CM");
    expect(maps.remove(e)).toBe(Refusal.IN_USE);
    const other = entry("CM", 20, Action.DISCARD, "VPN", 0);
    expect(maps.remove(e)).toBe(Refusal.NONE);
    maps.unbind(1);
    expect(maps.remove(other)).toBe(Refusal.NONE);
  });

  test("lifetimes and windows have bounds", () => {
    const e = maps.add(nameAt(), put("CM"), 10, Action.PROTECT) as CryptoMapEntry;
    expect(maps.setLifetimeSeconds(e, 29)).toBe(Refusal.LIFETIME);
    expect(maps.setLifetimeSeconds(e, 30)).toBe(Refusal.NONE);
    expect(maps.setLifetimeSeconds(e, 2592001)).toBe(Refusal.LIFETIME);
    expect(maps.setLifetimeKilobytes(e, 2559)).toBe(Refusal.LIFETIME);
    expect(lifetime.setWindow(48)).toBe(Refusal.WINDOW);
    expect(lifetime.setWindow(16)).toBe(Refusal.WINDOW);
    expect(lifetime.setWindow(2048)).toBe(Refusal.WINDOW);
    expect(lifetime.setWindow(1024)).toBe(Refusal.NONE);
    expect(lifetime.setWindow(0)).toBe(Refusal.NONE);
    expect(lifetime.setSeconds(10)).toBe(Refusal.LIFETIME);
    expect(lifetime.setKilobytes(0)).toBe(Refusal.NONE);
  });

  test("longest texts fit", () => {
    const e = maps.add(nameAt(), limits.NAME_MAX, 10, Action.PROTECT) as CryptoMapEntry;
    maps.setDescription(e, nameAt(), 60);
    expect(e.descriptionLen).toBe(60);
    const s = sets.add(nameAt(), limits.NAME_MAX) as TransformSet;
    expect(s.nameLen).toBe(<u8>limits.NAME_MAX);
  });
});
