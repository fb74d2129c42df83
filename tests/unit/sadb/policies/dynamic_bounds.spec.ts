// Policies that peers make, at their bounds: whose they are, how many there may be, what may be proposed.
import { DYNAMIC_PER_PEER, DYNAMIC_POLICIES } from "../../../../assembly/limits";
import { AccessLine } from "../../../../assembly/lists/access_list";
import * as setting from "../../../../assembly/lists/setting";
import * as dynamic from "../../../../assembly/sadb/policies/dynamic";
import * as offers from "../../../../assembly/sadb/policies/offer";
import { Policy } from "../../../../assembly/sadb/policies/policy";
import * as policies from "../../../../assembly/sadb/policies/policy";
import * as spd from "../../../../assembly/sadb/policies/spd";
import { SA } from "../../../../assembly/sadb/sas/sa";
import * as sad from "../../../../assembly/sadb/sas/sad";
import { Action, CryptoMapEntry, TEMPLATES } from "../../../../assembly/sadb/settings/crypto_map";
import * as maps from "../../../../assembly/sadb/settings/crypto_map";
import { Selector } from "../../../../assembly/sadb/terms/selector";
import { ALPHA, BETA, NET_A, NET_B, WILD_16, bind, entry, list, listed, nameAt, permit, put, ref, rooms, set } from "../world";

const offered: Selector = changetype<Selector>(memory.data(32, 8));

function offer(remoteFirst: u32, remoteLast: u32): Selector {
  memory.fill(changetype<usize>(offered), 0, 32);
  offered.localFirst = NET_A;
  offered.localLast = NET_A + WILD_16;
  offered.remoteFirst = remoteFirst;
  offered.remoteLast = remoteLast;
  return offered;
}

/** `crypto dynamic-map NAME NUMBER` under `crypto map CM PLACE`, with an access list or without. */
function template(name: string, number: u32, place: u32, withList: bool): CryptoMapEntry {
  const made = maps.add(nameAt(), put(name), TEMPLATES + number, Action.PROTECT) as CryptoMapEntry;
  maps.addTransformSet(made, set("TS"));
  if (withList) {
    permit(list("VPN"), 0, NET_A, WILD_16, NET_B, WILD_16);
    maps.setList(made, nameAt(), put("VPN"));
  }
  const at = maps.add(nameAt(), put("CM"), place, Action.PROTECT) as CryptoMapEntry;
  maps.setDynamic(at, nameAt(), put(name));
  return made;
}

function templateOf(made: CryptoMapEntry, port: u32): Policy {
  for (let i: u32 = 0; i < listed(); i++) {
    const policy = spd.orderedAt(i);
    if (policy.action == <u8>Action.TEMPLATE && policy.entry == made && policy.interface == port) return policy;
  }
  return changetype<Policy>(0);
}

/** On port 1, at ALPHA. */
function hub(withList: bool): Policy {
  const made = template("D", 10, 100, withList);
  bind(1, "CM");
  spd.setInterfaceAddress(1, ALPHA);
  return templateOf(made, 1);
}

function held(policy: Policy | null): SA {
  return sad.reserve(policy as Policy) as SA;
}

beforeEach(rooms);

describe("what a template permits", () => {
  test("with a list: anything, at its own address or where that is not asked", () => {
    const policy = hub(true);
    expect(policy.isOpen).toBe(false);
    for (let k = 0; k < 2; k++) {
      offer(k ? ALPHA : NET_B, k ? ALPHA : NET_B);
      expect(offers.permits(policy, offered, ALPHA)).toBe(true);
      expect(offers.permits(policy, offered, 0)).toBe(true);
      expect(offers.permits(policy, offered, ALPHA + 1)).toBe(false);
    }
  });

  test("without a list: up to our own address from either side, and not that", () => {
    const policy = hub(false);
    expect(policy.isOpen).toBe(true);
    expect(offers.permits(policy, offer(ALPHA - 9, ALPHA - 1), ALPHA)).toBe(true);
    expect(offers.permits(policy, offer(ALPHA - 9, ALPHA), ALPHA)).toBe(false);
    expect(offers.permits(policy, offer(ALPHA - 9, ALPHA + 9), ALPHA)).toBe(false);
    expect(offers.permits(policy, offer(ALPHA, ALPHA + 9), ALPHA)).toBe(false);
    expect(offers.permits(policy, offer(ALPHA + 1, ALPHA + 9), ALPHA)).toBe(true);
    expect(offers.permits(policy, offer(ALPHA + 1, ALPHA + 9), 0)).toBe(true);
    expect(offers.permits(policy, offer(ALPHA + 1, ALPHA + 9), BETA)).toBe(false);
  });

  test("the line of an entry without a list is any to any", () => {
    const line: AccessLine = policies.anything;
    expect(line.action).toBe(1);
    expect(line.sourceWildcard).toBe(u32.MAX_VALUE);
    expect(line.destinationWildcard).toBe(u32.MAX_VALUE);
    expect(line.source | line.destination).toBe(0);
    expect(<u32>line.protocol).toBe(0);
  });

  test("a policy is open only as a template", () => {
    const policy = hub(false);
    const own = dynamic.own(policy, BETA, BETA, 1, offer(NET_B, NET_B)) as Policy;
    expect(ref(own.line)).toBe(ref(policy.line));
    expect(own.isOpen).toBe(false);
    held(own);
  });

  test("somebody answers where a template is, and nowhere else", () => {
    expect(offers.answers(ALPHA)).toBe(false);
    entry("CM", 5, Action.PROTECT, "OTHER", BETA);
    permit(list("OTHER"), 0, NET_A, WILD_16, NET_A, WILD_16);
    bind(1, "CM");
    spd.setInterfaceAddress(1, ALPHA);
    expect(listed()).toBe(1);
    expect(offers.answers(ALPHA)).toBe(false, "an ordinary entry is none");
    hub(true);
    expect(offers.answers(ALPHA)).toBe(true);
    expect(offers.answers(ALPHA + 1)).toBe(false);
    rooms();
    hub(false);
    expect(listed()).toBe(1);
    expect(offers.answers(ALPHA)).toBe(true, "the first of the list");
  });
});

describe("a peer's own policy", () => {
  test("has the template's place and line, the peer's selectors, its owner and its key", () => {
    const policy = hub(true);
    const before = setting.revision;
    const own = dynamic.own(policy, BETA, BETA, 77, offer(NET_B + 1, NET_B + 2)) as Policy;
    expect(setting.revision).not.toBe(before, "the list is made anew");
    expect(<u32>own.action).toBe(Action.PROTECT);
    expect(own.interface).toBe(1);
    expect(ref(own.entry)).toBe(ref(policy.entry));
    expect(ref(own.line)).toBe(ref(policy.line));
    expect(own.owner).toBe(BETA);
    expect(own.ownerKey).toBe(77);
    expect(own.selector.equals(offered)).toBe(true);
    expect(own.peer).toBe(BETA);
    held(own);
    const again = dynamic.own(policy, BETA, BETA, 78, offer(NET_B + 1, NET_B + 2));
    expect(ref(again)).toBe(ref(own));
    expect(own.ownerKey).toBe(78, "the key it has shown now");
    expect(ref(dynamic.own(own, BETA + 5, BETA + 5, 5, offer(NET_B + 7, NET_B + 7)))).toBe(ref(own), "what is no template is given back");
    expect(own.owner).toBe(BETA);
    expect(own.ownerKey).toBe(78);
  });

  test("is found again by peer, entry, interface and selectors: each of them", () => {
    const first = template("D", 10, 100, true);
    const second = template("E", 10, 200, false);
    bind(1, "CM");
    bind(2, "CM");
    spd.setInterfaceAddress(1, ALPHA);
    spd.setInterfaceAddress(2, ALPHA + 1);
    expect(listed()).not.toBe(0);
    const templates: Policy[] = [templateOf(first, 1), templateOf(first, 2), templateOf(second, 1)];
    const seen: usize[] = [];
    for (let k = 0; k < 5; k++) {
      offer(NET_B, NET_B + (k == 4 ? 1 : 0));
      const own = dynamic.own(templates[k < 3 ? k : 0], k == 3 ? BETA + 1 : BETA, k == 3 ? BETA + 1 : BETA, 1, offered) as Policy;
      held(own);
      expect(seen.includes(ref(own))).toBe(false);
      seen.push(ref(own));
    }
    for (let k = 0; k < 5; k++) {
      offer(NET_B, NET_B + (k == 4 ? 1 : 0));
      expect(ref(dynamic.own(templates[k < 3 ? k : 0], k == 3 ? BETA + 1 : BETA, k == 3 ? BETA + 1 : BETA, 1, offered))).toBe(seen[k]);
    }
  });

  test("as many of a peer as are allowed; those that it has it may use on", () => {
    const policy = hub(true);
    for (let n: u32 = 0; n < DYNAMIC_PER_PEER; n++) held(dynamic.own(policy, BETA, BETA, 1, offer(NET_B + n, NET_B + n)));
    expect(ref(dynamic.own(policy, BETA, BETA, 1, offer(NET_B + 99, NET_B + 99)))).toBe(0);
    expect(ref(dynamic.own(policy, BETA, BETA, 1, offer(NET_B, NET_B)))).not.toBe(0);
    expect(ref(dynamic.own(policy, BETA + 1, BETA + 1, 1, offer(NET_B + 99, NET_B + 99)))).not.toBe(0);
  });

  test("as many of all as are allowed", () => {
    const policy = hub(true);
    for (let n: u32 = 0; n < DYNAMIC_POLICIES; n++) held(dynamic.own(policy, BETA + n, BETA + n, 1, offer(NET_B + n, NET_B + n)));
    expect(ref(dynamic.own(policy, BETA + 200, BETA + 200, 1, offer(NET_B + 200, NET_B + 200)))).toBe(0);
    expect(ref(dynamic.own(policy, BETA + 3, BETA + 3, 1, offer(NET_B + 3, NET_B + 3)))).not.toBe(0);
  });

  test("goes with its last SA, and the list is made anew for that alone", () => {
    const own = dynamic.own(hub(true), BETA, BETA, 1, offer(NET_B, NET_B)) as Policy;
    const first = held(own);
    const second = held(own);
    spd.refresh();
    const before = setting.revision;
    sad.remove(first);
    expect(setting.revision).toBe(before);
    sad.remove(second);
    expect(setting.revision).not.toBe(before);
    spd.refresh();
    expect(listed()).toBe(1);
  });

  test("a configured policy stays, and touches nothing", () => {
    permit(list("OTHER"), 0, NET_A, WILD_16, NET_A, WILD_16);
    entry("CM", 5, Action.PROTECT, "OTHER", BETA);
    bind(1, "CM");
    const policy = listed() ? spd.orderedAt(0) : changetype<Policy>(0);
    const before = setting.revision;
    sad.remove(held(policy));
    expect(setting.revision).toBe(before);
  });
});

describe("another's flows", () => {
  test("by owner, key, interface and overlap: each of them", () => {
    const first = template("D", 10, 100, true);
    bind(1, "CM");
    bind(2, "CM");
    spd.setInterfaceAddress(1, ALPHA);
    spd.setInterfaceAddress(2, ALPHA + 1);
    expect(listed()).toBe(2);
    const one = templateOf(first, 1);
    const two = templateOf(first, 2);
    expect(ref(dynamic.holder(one, BETA, 1, offer(NET_B, NET_B + 255)))).toBe(0, "templates hold nothing");
    const own = dynamic.own(one, BETA, BETA, 7, offer(NET_B + 16, NET_B + 31)) as Policy;
    expect(ref(dynamic.holder(one, BETA + 1, 8, offer(NET_B + 31, NET_B + 40)))).toBe(0, "nothing hangs on it");
    held(own);
    expect(ref(dynamic.holder(one, BETA + 1, 8, offer(NET_B + 31, NET_B + 40)))).toBe(ref(own), "two offers in one burst");
    spd.refresh();
    expect(ref(dynamic.holder(one, BETA + 1, 8, offer(NET_B + 31, NET_B + 40)))).toBe(ref(own));
    expect(ref(dynamic.holder(one, BETA + 1, 8, offer(NET_B + 32, NET_B + 40)))).toBe(0);
    offer(NET_B + 16, NET_B + 31);
    expect(ref(dynamic.holder(one, BETA, 8, offered))).toBe(0, "its own");
    expect(ref(dynamic.holder(one, BETA + 1, 7, offered))).toBe(0, "of the same key");
    expect(ref(dynamic.holder(two, BETA + 1, 8, offered))).toBe(0, "on another interface");
  });

  test("one whose last SA has gone stays until the list is made, holds nothing, and counts for nothing", () => {
    const policy = hub(true);
    const own = dynamic.own(policy, BETA, BETA, 1, offer(NET_B, NET_B)) as Policy;
    const slot = own.slot;
    const inbound = held(own);
    spd.refresh();
    const revision = setting.revision;
    sad.remove(inbound);
    expect(setting.revision).not.toBe(revision, "it asks for the list");
    expect(ref(spd.policyAt(slot))).toBe(ref(own));
    expect(ref(spd.orderedAt(0))).toBe(ref(own));
    expect(ref(dynamic.holder(policy, BETA + 1, 8, offered))).toBe(0);
    for (let n: u32 = 0; n < DYNAMIC_PER_PEER; n++) held(dynamic.own(policy, BETA, BETA, 1, offer(NET_B + 1 + n, NET_B + 1 + n)));
    spd.refresh();
    expect(ref(spd.policyAt(slot))).toBe(0);
    expect(spd.orderedCount()).toBe(DYNAMIC_PER_PEER + 1);
  });
});
