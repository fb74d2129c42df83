// Dynamic crypto maps: what peers may make of them, how much, and that nothing of it stays behind.
import { DYNAMIC_PER_PEER, DYNAMIC_POLICIES } from "../../../../assembly/limits";
import { Refusal } from "../../../../assembly/lists/setting";
import * as dynamic from "../../../../assembly/sadb/policies/dynamic";
import * as offers from "../../../../assembly/sadb/policies/offer";
import { Policy } from "../../../../assembly/sadb/policies/policy";
import * as spd from "../../../../assembly/sadb/policies/spd";
import { SA } from "../../../../assembly/sadb/sas/sa";
import * as sad from "../../../../assembly/sadb/sas/sad";
import { Action, CryptoMapEntry, TEMPLATES } from "../../../../assembly/sadb/settings/crypto_map";
import * as maps from "../../../../assembly/sadb/settings/crypto_map";
import { Selector } from "../../../../assembly/sadb/terms/selector";
import { ALPHA, BETA, NET_A, NET_B, WILD_16, bind, deny, entry, list, listed, nameAt, pair, permit, put, ref, rooms, set, suite } from "../world";

const offered: Selector = changetype<Selector>(memory.data(32, 8));

/** 10.1/16 here, 10.2.N/24 there. */
function offer(n: u32): Selector {
  memory.fill(changetype<usize>(offered), 0, 32);
  offered.localFirst = NET_A;
  offered.localLast = NET_A + WILD_16;
  offered.remoteFirst = NET_B + (n << 8);
  offered.remoteLast = NET_B + (n << 8) + 0xff;
  return offered;
}

/** `crypto dynamic-map D 10`, with an access list or without, on port 1. */
function hub(withList: bool): CryptoMapEntry {
  const template = maps.add(nameAt(), put("D"), TEMPLATES + 10, Action.PROTECT) as CryptoMapEntry;
  maps.addTransformSet(template, set("TS"));
  if (withList) {
    const l = list("VPN");
    deny(l, NET_A, WILD_16, NET_B + 0x700, 0xff);
    permit(l, 0, NET_A, WILD_16, NET_B, WILD_16);
    maps.setList(template, nameAt(), put("VPN"));
  }
  const place = maps.add(nameAt(), put("CM"), 100, Action.PROTECT) as CryptoMapEntry;
  maps.setDynamic(place, nameAt(), put("D"));
  bind(1, "CM");
  spd.setInterfaceAddress(1, ALPHA);
  return template;
}

/** A peer's pair for an offer; null: refused. */
function made(peer: u32, n: u32): SA | null {
  const template = offers.forOffer(peer, peer, offer(n), ALPHA);
  const own = template ? dynamic.own(template as Policy, peer, peer, peer & 0xff, offered) : null;
  if (!own) return null;
  suite(own as Policy, 12, 128, 2);
  return pair(own as Policy);
}

function action(remote: u32): u32 {
  spd.refresh();
  const policy = spd.outbound(1, NET_A + 1, remote, 1, 0, 0);
  return policy ? <u32>policy.action : 0;
}

beforeEach(rooms);

describe("dynamic maps", () => {
  test("a template drops what it permits, and lets pass what it does not; what a peer makes of it protects", () => {
    hub(true);
    expect(listed()).toBe(2);
    expect(action(NET_B + 1)).toBe(Action.TEMPLATE);
    expect(action(NET_B + 0x10000)).toBe(0);
    const sa = made(BETA, 0) as SA;
    expect(listed()).toBe(3);
    expect(action(NET_B + 1)).toBe(Action.PROTECT);
    expect(action(NET_B + 0x101)).toBe(Action.TEMPLATE);
    expect(ref(spd.outbound(1, NET_A + 1, NET_B + 1, 1, 0, 0))).toBe(ref(sa.policy));
    sad.remove(sa);
    expect(listed()).toBe(2);
    expect(action(NET_B + 1)).toBe(Action.TEMPLATE);
  });

  test("within the list, outside of its deny lines, at the address of its interface", () => {
    hub(true);
    expect(offers.knowsPeer(BETA, ALPHA)).toBe(true);
    expect(offers.knowsPeer(BETA, ALPHA + 1)).toBe(false);
    expect(offers.namesPeer(BETA)).toBe(false);
    expect(ref(offers.forOffer(BETA, BETA, offer(1), ALPHA + 1))).toBe(0);
    expect(ref(offers.forOffer(BETA, BETA, offer(7), ALPHA))).toBe(0, "denied");
    expect(ref(offers.forOffer(BETA, BETA, offer(256), ALPHA))).toBe(0, "outside");
    expect(ref(offers.forOffer(BETA, BETA, offer(1), ALPHA))).not.toBe(0);
  });

  test("without a list: nothing is dropped, anything may be proposed but our own address", () => {
    hub(false);
    expect(action(NET_B + 1)).toBe(0);
    offer(0);
    offered.remoteFirst = 0;
    offered.remoteLast = u32.MAX_VALUE;
    expect(ref(offers.forOffer(BETA, BETA, offered, ALPHA))).toBe(0);
    offered.remoteFirst = offered.remoteLast = ALPHA;
    expect(ref(offers.forOffer(BETA, BETA, offered, ALPHA))).toBe(0);
    expect(ref(made(BETA, 3))).not.toBe(0);
    expect(action(NET_B + 0x301)).toBe(Action.PROTECT);
    expect(action(NET_B + 0x401)).toBe(0);
  });

  test("the same peer and the same flows are the same policy; another peer's are found by `holder`", () => {
    hub(true);
    const first = made(BETA, 1) as SA;
    const again = made(BETA, 1) as SA;
    expect(ref(again.policy)).toBe(ref(first.policy));
    const template = spd.orderedAt(listed() - 1);
    expect(ref(dynamic.holder(template, BETA, 77, offer(1)))).toBe(0);
    expect(ref(dynamic.holder(template, BETA + 1, 77, offer(1)))).toBe(ref(first.policy));
    expect(ref(dynamic.holder(template, BETA + 1, BETA & 0xff, offer(1)))).toBe(0, "of the same key: it may take over");
    expect(ref(dynamic.holder(template, BETA + 1, 77, offer(2)))).toBe(0);
    sad.remove(first);
    expect(listed()).toBe(3, "the second pair holds it");
    sad.remove(again);
    expect(listed()).toBe(2);
  });

  test("so many of one peer, so many in all, and all of them go", () => {
    hub(true);
    for (let n: u32 = 0; n < DYNAMIC_PER_PEER; n++) expect(ref(made(BETA, 16 + n))).not.toBe(0);
    expect(ref(made(BETA, 40))).toBe(0);
    let all = DYNAMIC_PER_PEER;
    for (let n: u32 = 0; n < 100; n++) if (made(BETA + 1 + n, 100 + n)) all++;
    expect(all).toBe(DYNAMIC_POLICIES);
    expect(listed()).toBe(DYNAMIC_POLICIES + 2);
    for (let i: u32 = 0; i < sad.slots(); i++) {
      const sa = sad.at(i);
      if (sa && sa.inbound) sad.remove(sa as SA);
    }
    expect(listed()).toBe(2);
    expect(ref(made(BETA, 40))).not.toBe(0);
  });

  test("a larval SA alone keeps its policy; without any it never comes into the list", () => {
    hub(true);
    const template = offers.forOffer(BETA, BETA, offer(1), ALPHA) as Policy;
    dynamic.own(template, BETA, BETA, 1, offered);
    expect(listed()).toBe(2);
    const own = dynamic.own(template, BETA, BETA, 1, offered) as Policy;
    const inbound = sad.reserve(own) as SA;
    expect(listed()).toBe(3);
    sad.remove(inbound);
    expect(listed()).toBe(2);
  });

  test("other settings leave the policies alone; the template's end is theirs", () => {
    const template = hub(true);
    const sa = made(BETA, 1) as SA;
    const policy = ref(sa.policy);
    permit(list("OTHER"), 0, NET_A, WILD_16, NET_A, WILD_16);
    entry("CM", 5, Action.BYPASS, "OTHER", 0);
    maps.addTransformSet(template, set("SECOND"));
    spd.refresh();
    expect(ref(spd.outbound(1, NET_A + 1, NET_B + 0x101, 1, 0, 0))).toBe(policy);
    expect(maps.remove(template)).toBe(Refusal.NONE);
    spd.refresh();
    expect(ref(sad.bySpi(sa.spi))).toBe(0);
    // What they were for is discarded, as long as the map is named.
    expect(listed()).toBe(3);
    expect<u32>((spd.outbound(1, NET_A + 1, NET_B + 0x101, 1, 0, 0) as Policy).action).toBe(Action.DISCARD);
  });

  test("maps and dynamic maps of one name are two", () => {
    hub(true);
    const other = entry("D", 10, Action.PROTECT, "VPN", BETA);
    expect(ref(maps.find(nameAt(), put("D"), 10))).toBe(ref(other));
    expect(ref(maps.find(nameAt(), put("D"), TEMPLATES + 10))).not.toBe(ref(other));
    expect((maps.next(nameAt(), put("D"), TEMPLATES) as CryptoMapEntry).number).toBe(10);
    expect(ref(maps.next(nameAt(), put("D"), 10))).toBe(0);
    expect(ref(maps.next(nameAt(), put("D"), TEMPLATES + 10))).toBe(0);
  });
});
