import { TUNNELS } from "../../../../assembly/limits";
import { AccessLine, AccessList } from "../../../../assembly/lists/access_list";
import * as lists from "../../../../assembly/lists/access_list";
import * as setting from "../../../../assembly/lists/setting";
import * as dynamic from "../../../../assembly/sadb/policies/dynamic";
import * as offers from "../../../../assembly/sadb/policies/offer";
import { NO_PORTS, Policy } from "../../../../assembly/sadb/policies/policy";
import * as policies from "../../../../assembly/sadb/policies/policy";
import * as spd from "../../../../assembly/sadb/policies/spd";
import { SA } from "../../../../assembly/sadb/sas/sa";
import * as sad from "../../../../assembly/sadb/sas/sad";
import { Action, CryptoMapEntry, Lack } from "../../../../assembly/sadb/settings/crypto_map";
import * as maps from "../../../../assembly/sadb/settings/crypto_map";
import { Selector } from "../../../../assembly/sadb/terms/selector";
import { Work } from "../../../../assembly/sadb/work";
import * as acquire from "../../../../assembly/sadb/work";
import {
  ALPHA, BETA, NET_A, NET_B, WILD_16, bind, deny, entry, list, listed, nameAt, pair, permit, poll, put, ref, rooms, set, suite, tunnel, work,
} from "../world";

beforeEach(rooms);

const offered: Selector = changetype<Selector>(memory.data(32, 8));

function offer(localFirst: u32, localLast: u32, remoteFirst: u32, remoteLast: u32): Selector {
  memory.fill(changetype<usize>(offered), 0, 32);
  offered.localFirst = localFirst;
  offered.localLast = localLast;
  offered.remoteFirst = remoteFirst;
  offered.remoteLast = remoteLast;
  return offered;
}

/** The action for an outbound packet: 0 in plain. */
function out(src: u32, dst: u32, protocol: u32 = 1, dstPort: u32 = 0): u32 {
  spd.refresh();
  const policy = spd.outbound(1, src, dst, protocol, 1024, dstPort);
  return policy ? <u32>policy.action : 0;
}

function into(src: u32, dst: u32): u32 {
  spd.refresh();
  const policy = spd.inboundPolicy(1, src, dst, 1, 0, 0);
  return policy ? <u32>policy.action : 0;
}

describe("policies in order", () => {
  test("what no entry matches passes, on other interfaces everything does", () => {
    expect(out(NET_A + 1, NET_B + 1)).toBe(0);
    tunnel();
    expect(out(NET_A + 1, NET_B + 1)).toBe(Action.PROTECT);
    expect(out(NET_A + 0xffff, NET_B + 0xffff)).toBe(Action.PROTECT);
    expect(out(NET_A - 1, NET_B + 1)).toBe(0);
    expect(out(NET_A + 1, NET_B + 0x10000)).toBe(0);
    expect(ref(spd.outbound(0, NET_A + 1, NET_B + 1, 1, 0, 0))).toBe(0);
    expect(ref(spd.outbound(77, NET_A + 1, NET_B + 1, 1, 0, 0))).toBe(0);
  });

  test("inbound is the mirror image", () => {
    tunnel();
    expect(into(NET_B + 1, NET_A + 1)).toBe(Action.PROTECT);
    expect(into(NET_A + 1, NET_B + 1)).toBe(0);
  });

  test("the lowest sequence number decides; bypass ends the search", () => {
    permit(list("HOST"), 0, NET_A + 5, 0, NET_B, WILD_16);
    permit(list("BAD"), 0, NET_A, WILD_16, NET_B + 9, 0);
    tunnel();
    expect(out(NET_A + 5, NET_B + 1)).toBe(Action.PROTECT);
    entry("CM", 5, Action.BYPASS, "HOST", 0);
    expect(out(NET_A + 5, NET_B + 1)).toBe(0);
    expect(out(NET_A + 6, NET_B + 1)).toBe(Action.PROTECT);
    const bad = entry("CM", 7, Action.DISCARD, "BAD", 0);
    expect(out(NET_A + 6, NET_B + 9)).toBe(Action.DISCARD);
    expect(out(NET_A + 5, NET_B + 9)).toBe(0);
    maps.remove(bad);
    expect(out(NET_A + 6, NET_B + 9)).toBe(Action.PROTECT);
  });

  test("a deny line ends its own entry only", () => {
    const l = list("VPN");
    deny(l, NET_A + 7, 0, NET_B, WILD_16);
    permit(l, 0, NET_A, WILD_16, NET_B, WILD_16);
    entry("CM", 10, Action.PROTECT, "VPN", BETA);
    bind(1, "CM");
    expect(out(NET_A + 7, NET_B + 1)).toBe(0);
    expect(out(NET_A + 8, NET_B + 1)).toBe(Action.PROTECT);
    permit(list("REST"), 0, NET_A + 7, 0, NET_B, WILD_16);
    entry("CM", 20, Action.DISCARD, "REST", 0);
    expect(out(NET_A + 7, NET_B + 1)).toBe(Action.DISCARD);
    // Behind the permit line it takes nothing away.
    deny(l, NET_A + 8, 0, NET_B, WILD_16);
    expect(out(NET_A + 8, NET_B + 1)).toBe(Action.PROTECT);
  });

  test("ports: later fragments follow a policy that has ports, or nothing", () => {
    const l = list("DNS");
    permit(l, 17, NET_A, WILD_16, NET_B, WILD_16, 53);
    entry("CM", 10, Action.PROTECT, "DNS", BETA);
    bind(1, "CM");
    expect(out(NET_A + 1, NET_B + 1, 17, 53)).toBe(Action.PROTECT);
    expect(out(NET_A + 1, NET_B + 1, 17, 54)).toBe(0);
    expect(out(NET_A + 1, NET_B + 1, 6, 53)).toBe(0);
    expect(out(NET_A + 1, NET_B + 1, 17 | NO_PORTS)).toBe(Action.PROTECT);
    expect(out(NET_A + 1, NET_B + 1, 6 | NO_PORTS)).toBe(0);
    // A bypass for one port does not let fragments of others out.
    permit(list("PLAIN"), 17, NET_A, WILD_16, NET_B, WILD_16, 123);
    entry("CM", 5, Action.BYPASS, "PLAIN", 0);
    expect(out(NET_A + 1, NET_B + 1, 17, 123)).toBe(0);
    expect(out(NET_A + 1, NET_B + 1, 17 | NO_PORTS)).toBe(Action.PROTECT);
  });

  test("incomplete entries discard what they match", () => {
    const e = maps.add(nameAt(), put("CM"), 10, Action.PROTECT) as CryptoMapEntry;
    bind(1, "CM");
    maps.setList(e, nameAt(), put("VPN"));
    expect(listed()).toBe(0);
    permit(list("VPN"), 0, NET_A, WILD_16, NET_B, WILD_16);
    expect(listed()).toBe(1, "no peer");
    expect(out(NET_A + 1, NET_B + 1)).toBe(Action.DISCARD);
    maps.addPeer(e, BETA);
    expect(out(NET_A + 1, NET_B + 1)).toBe(Action.DISCARD, "no transform set");
    expect<u32>(e.told).toBe(Lack.TRANSFORM_SET);
    entry("CM", 10, Action.PROTECT, "VPN", BETA);
    expect(listed()).toBe(1);
    expect(out(NET_A + 1, NET_B + 1)).toBe(Action.PROTECT);
    expect<u32>(e.told).toBe(Lack.NOTHING);
  });

  test("running flows come from the cache, and a new list is seen at once", () => {
    tunnel();
    const line = ((lists.find(nameAt(), put("VPN")) as AccessList).first) as AccessLine;
    for (let i = 0; i < 1000; i++) expect(out(NET_A + 1 + (i & 3), NET_B + 1)).toBe(Action.PROTECT);
    expect(<u32>line.hits).toBe(1000);
    lists.removeLine(lists.find(nameAt(), put("VPN")) as AccessList, 10);
    expect(out(NET_A + 1, NET_B + 1)).toBe(Action.DISCARD);
  });

  test("what an entry matched is discarded in its order, when its list goes; and no more once it has another", () => {
    const l = list("VPN");
    permit(l, 0, NET_A + 1, 0, NET_B, WILD_16);
    deny(l, NET_A, 0xff, NET_B, WILD_16);
    permit(l, 0, NET_A, WILD_16, NET_B, WILD_16);
    entry("CM", 10, Action.PROTECT, "VPN", BETA);
    bind(1, "CM");
    for (let round = 0; round < 3; round++) {
      expect(out(NET_A + 1, NET_B + 1)).toBe(round ? Action.DISCARD : Action.PROTECT);
      expect(out(NET_A + 2, NET_B + 1)).toBe(0);
      expect(out(NET_A + 0x100, NET_B + 1)).toBe(round ? Action.DISCARD : Action.PROTECT);
      expect(listed()).toBe(3);
      if (!round) lists.remove(l);
      else setting.touch();
    }
    permit(list("VPN"), 0, NET_A + 0x100, 0, NET_B, WILD_16);
    expect(out(NET_A + 1, NET_B + 1)).toBe(0);
    expect(out(NET_A + 0x100, NET_B + 1)).toBe(Action.PROTECT);
    expect(listed()).toBe(1);
  });

  test("a list of bypass that goes lets pass as before", () => {
    permit(list("VPN"), 0, NET_A, WILD_16, NET_B, WILD_16);
    permit(list("CLEAR"), 0, NET_A + 5, 0, NET_B, WILD_16);
    entry("CM", 5, Action.BYPASS, "CLEAR", 0);
    entry("CM", 10, Action.PROTECT, "VPN", BETA);
    bind(1, "CM");
    expect(out(NET_A + 5, NET_B)).toBe(0);
    lists.remove(list("CLEAR"));
    expect(out(NET_A + 5, NET_B)).toBe(0);
    expect(out(NET_A + 6, NET_B)).toBe(Action.PROTECT);
  });

  test("the cache never answers for another flow", () => {
    tunnel();
    let wrong = 0;
    let random: u32 = 99;
    for (let i = 0; i < 20000; i++) {
      random = random * 1664525 + 1013904223;
      const src = (random & 0x10000) != 0 ? NET_A + (random >>> 20) : 0x0a030000 + (random >>> 20);
      random = random * 1664525 + 1013904223;
      const dst = (random & 0x10000) != 0 ? NET_B + (random >>> 24) : 0x0a040000 + (random >>> 24);
      const expected: u32 = (src >>> 16 == 0x0a01) && (dst >>> 16 == 0x0a02) ? Action.PROTECT : 0;
      if (out(src, dst, 6, random & 0xff) != expected) wrong++;
    }
    expect(wrong).toBe(0);
  });

  test("more lines than tunnels: the first ones hold, and nothing traps", () => {
    const l = list("MANY");
    for (let i: u32 = 0; i < TUNNELS + 10; i++) permit(l, 0, NET_A + i, 0, NET_B, WILD_16);
    entry("CM", 10, Action.PROTECT, "MANY", BETA);
    bind(1, "CM");
    expect(listed()).toBe(TUNNELS);
    expect(out(NET_A + TUNNELS - 1, NET_B)).toBe(Action.PROTECT);
    for (let i: u32 = TUNNELS; i < TUNNELS + 10; i++) expect(out(NET_A + i, NET_B)).toBe(Action.DISCARD);
    expect(out(NET_A + TUNNELS + 10, NET_B)).toBe(0);
    const e = spd.orderedAt(0).entry;
    expect<u32>((spd.withoutRoom(e) as AccessLine).sequence).toBe((TUNNELS + 1) * 10);
    // Half of them go, and as many others come: there is room.
    for (let i: u32 = 0; i < 20; i++) lists.removeLine(l, 10 + i * 10);
    expect(listed()).toBe(TUNNELS - 10);
    expect(spd.withoutRoom(e) == null).toBe(true);
    expect(out(NET_A + TUNNELS, NET_B)).toBe(Action.PROTECT);
  });
});

describe("what IKE asks", () => {
  test("forOffer: equal first, then containing, never wider, never what a deny takes away", () => {
    const l = list("VPN");
    permit(l, 0, NET_A, WILD_16, NET_B, WILD_16);
    permit(l, 0, NET_A + 0x100, 0xff, NET_B + 0x100, 0xff);
    entry("CM", 10, Action.PROTECT, "VPN", BETA);
    bind(1, "CM");
    expect(offers.knowsPeer(BETA, 0)).toBe(true);
    expect(offers.knowsPeer(BETA + 1, 0)).toBe(false);
    const whole = spd.orderedAt(0);
    expect(ref(offers.forOffer(BETA, BETA, offer(NET_A, NET_A + 0xffff, NET_B, NET_B + 0xffff)))).toBe(ref(whole));
    expect(ref(offers.forOffer(BETA, BETA, offer(NET_A + 0x100, NET_A + 0x1ff, NET_B + 0x100, NET_B + 0x1ff)))).toBe(ref(spd.orderedAt(1)));
    expect(ref(offers.forOffer(BETA, BETA, offer(NET_A + 1, NET_A + 1, NET_B + 1, NET_B + 1)))).toBe(ref(whole));
    expect(ref(offers.forOffer(BETA, BETA, offer(NET_A - 1, NET_A + 1, NET_B + 1, NET_B + 1)))).toBe(0);
    expect(ref(offers.forOffer(BETA, BETA, offer(0, 0xffffffff, 0, 0xffffffff)))).toBe(0);
    expect(ref(offers.forOffer(BETA + 1, BETA + 1, offer(NET_A, NET_A + 0xffff, NET_B, NET_B + 0xffff)))).toBe(0);
    const m = list("CUT");
    deny(m, 0x0a050000, 0xff, NET_B, WILD_16);
    permit(m, 0, 0x0a050000, WILD_16, NET_B, WILD_16);
    entry("CM", 20, Action.PROTECT, "CUT", BETA);
    expect(ref(offers.forOffer(BETA, BETA, offer(0x0a050001, 0x0a050001, NET_B, NET_B)))).toBe(0);
    expect(ref(offers.forOffer(BETA, BETA, offer(0x0a050101, 0x0a050101, NET_B, NET_B)))).not.toBe(0);
    expect(ref(offers.forOffer(BETA, BETA, offer(0x0a050000, 0x0a05ffff, NET_B, NET_B + 0xffff)))).toBe(0);
  });

  test("lifetimes: the entry's, or the global ones; the interface's address", () => {
    const policy = tunnel();
    expect(policy.lifetimeSeconds).toBe(3600);
    expect(policy.lifetimeKilobytes).toBe(4608000);
    maps.setLifetimeSeconds(policy.entry, 120);
    maps.setLifetimeKilobytes(policy.entry, 5000);
    expect(policy.lifetimeSeconds).toBe(120);
    expect(policy.lifetimeKilobytes).toBe(5000);
    expect(spd.localAddress(policy)).toBe(ALPHA);
    expect(ref(spd.policyAt(policy.slot))).toBe(ref(policy));
    expect(ref(spd.policyAt(9999))).toBe(0);
  });
});

describe("changes under running SAs", () => {
  test("an unrelated change keeps slot and SAs; a removed line ends them and tells IKE", () => {
    const policy = tunnel();
    const slot = policy.slot;
    suite(policy, 12, 128, 2);
    const inbound = pair(policy);
    const spi = inbound.spi;
    permit(list("VPN"), 0, 0x0a060000, 0xff, NET_B, WILD_16);
    permit(list("OTHER"), 0, 0x0a070000, 0xff, NET_B, WILD_16);
    entry("CM", 3, Action.DISCARD, "OTHER", 0);
    poll();
    expect(listed()).toBe(3);
    expect(ref(spd.policyAt(slot))).toBe(ref(policy));
    expect(ref(sad.bySpi(spi))).toBe(ref(inbound));
    expect(ref(policy.outbound)).toBe(ref(inbound.pair));
    lists.removeLine(list("VPN"), 10);
    poll();
    expect(ref(sad.bySpi(spi))).toBe(0);
    const item = acquire.next() as acquire.WorkItem;
    expect(item.kind).toBe(Work.EXPIRED);
    expect(item.spi).toBe(spi);
    expect(item.peerSpi).toBe(0x11223344);
    expect(item.ike).toBe(1);
    expect(item.address).toBe(BETA);
  });

  test("what is being negotiated loses its policy, and cannot come up", () => {
    const policy = tunnel();
    const p = suite(policy, 12, 128, 2);
    const larval = sad.reserve(policy) as SA;
    sad.installInbound(larval, p, changetype<usize>(p));
    maps.unbind(1);
    poll();
    expect(ref(sad.bySpi(larval.spi))).toBe(ref(larval));
    expect(ref(larval.policy)).toBe(0);
    expect(sad.activate(larval, p, changetype<usize>(p))).toBe(false);
    sad.remove(larval);
    expect(work()).toBe(0);
  });

  test("another peer, another address of ours: SAs with the old ones end", () => {
    let policy = tunnel();
    suite(policy, 12, 128, 2);
    let spi = pair(policy).spi;
    maps.addPeer(policy.entry, BETA + 1);
    poll();
    expect(ref(sad.bySpi(spi))).not.toBe(0);
    maps.removePeer(policy.entry, BETA);
    poll();
    expect(ref(sad.bySpi(spi))).toBe(0);
    expect(work()).toBe(Work.EXPIRED);
    maps.addPeer(policy.entry, BETA);
    poll();
    policy = spd.orderedAt(0);
    spi = pair(policy).spi;
    spd.setInterfaceAddress(1, ALPHA);
    expect(ref(sad.bySpi(spi))).not.toBe(0);
    spd.setInterfaceAddress(1, ALPHA + 7);
    expect(ref(sad.bySpi(spi))).toBe(0);
  });

  test("nothing vanishes under who looks: what is taken away stays until the list is made", () => {
    const policy = tunnel();
    suite(policy, 12, 128, 2);
    const inbound = pair(policy);
    maps.unbind(1);
    expect(ref(spd.policyAt(policy.slot))).toBe(ref(policy));
    expect(spd.orderedCount()).toBe(1);
    expect(spd.active(1)).toBe(true);
    expect(ref(spd.outbound(1, NET_A + 1, NET_B + 1, 1, 0, 0))).toBe(ref(policy));
    expect(offers.namesPeer(BETA) && offers.knowsPeer(BETA, 0)).toBe(true);
    expect(ref(sad.bySpi(inbound.spi))).toBe(ref(inbound));
    spd.refresh();
    expect(ref(spd.policyAt(policy.slot))).toBe(0);
    expect(offers.namesPeer(BETA)).toBe(false);
    expect(work()).toBe(Work.EXPIRED);
  });

  test("what the list takes away may take a policy along: one call settles both", () => {
    const template = maps.add(nameAt(), put("D"), maps.TEMPLATES + 10, Action.PROTECT) as CryptoMapEntry;
    permit(list("VPN"), 0, NET_A, WILD_16, NET_B, WILD_16);
    maps.setList(template, nameAt(), put("VPN"));
    maps.addTransformSet(template, set("TS"));
    maps.setDynamic(maps.add(nameAt(), put("CM"), 100, Action.PROTECT) as CryptoMapEntry, nameAt(), put("D"));
    bind(1, "CM");
    spd.setInterfaceAddress(1, ALPHA);
    const own = dynamic.own(spd.orderedAt(0), BETA, BETA, 1, offer(NET_A, NET_A, NET_B, NET_B)) as Policy;
    suite(own, 12, 128, 2);
    pair(own);
    spd.refresh();
    expect(spd.orderedCount()).toBe(2);
    spd.setInterfaceAddress(1, ALPHA + 7);
    template.version++;
    spd.refresh();
    expect(spd.orderedCount()).toBe(1);
    expect(ref(spd.made(own.slot))).toBe(0);
  });

  test("an entry that takes over a freed block is another entry", () => {
    const policy = tunnel();
    suite(policy, 12, 128, 2);
    const spi = pair(policy).spi;
    const block = changetype<usize>(policy.entry);
    maps.unbind(1);
    maps.remove(policy.entry);
    const again = entry("CM", 10, Action.PROTECT, "VPN", BETA);
    expect(changetype<usize>(again)).toBe(block);
    bind(1, "CM");
    poll();
    expect(ref(sad.bySpi(spi))).toBe(0);
    expect(listed()).toBe(1);
    expect(ref(spd.orderedAt(0).outbound)).toBe(0);
  });
});
