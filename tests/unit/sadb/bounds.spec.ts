// Bounds of the rooms' arrays and rings, and what a unit of a lifetime may be changed to.
import { ACQUIRES, INTERFACES } from "../../../assembly/limits";
import { Policy } from "../../../assembly/sadb/policies/policy";
import * as spd from "../../../assembly/sadb/policies/spd";
import * as expiry from "../../../assembly/sadb/sas/expiry";
import { SA } from "../../../assembly/sadb/sas/sa";
import * as sad from "../../../assembly/sadb/sas/sad";
import { Work, WorkItem } from "../../../assembly/sadb/work";
import * as acquire from "../../../assembly/sadb/work";
import { ALPHA, BETA, NET_A, NET_B, bind, pair, parameters, pass, poll, ref, rooms, suite, tunnel, work } from "./world";

const beyond: Policy = changetype<Policy>(memory.data(256, 8));

beforeEach(rooms);

describe("ports of policies", () => {
  test("an address is kept for the last port, and nothing is written behind it", () => {
    beyond.interface = INTERFACES;
    const before = spd.localAddress(beyond);
    spd.setInterfaceAddress(INTERFACES, before ^ 0x55);
    expect(spd.localAddress(beyond)).toBe(before);
    beyond.interface = INTERFACES - 1;
    spd.setInterfaceAddress(INTERFACES - 1, ALPHA);
    expect(spd.localAddress(beyond)).toBe(ALPHA);
  });

  test("the last port has policies, and the one behind it has none, whatever lies in memory there", () => {
    tunnel();
    bind(INTERFACES - 1, "CM");
    expect(spd.active(INTERFACES - 1)).toBe(true);
    expect(spd.active(0)).toBe(false);
    for (let address: u32 = 0; address < 4; address++) {
      spd.setInterfaceAddress(0, address);
      expect(spd.active(INTERFACES)).toBe(false);
    }
    expect(ref(spd.outbound(INTERFACES - 1, NET_A + 1, NET_B + 1, 1, 0, 0))).not.toBe(0);
  });
});

describe("the ring of work", () => {
  test("the oldest comes first, round and round; what does not fit is refused", () => {
    for (let round: u32 = 0; round < 3; round++) {
      for (let i: u32 = 0; i < ACQUIRES; i++) {
        const item = acquire.post(Work.REKEY) as WorkItem;
        expect(item.spi).toBe(0, "what stood there before is gone");
        item.spi = i + 1;
        expect(acquire.waiting()).toBe(i + 1);
      }
      expect(ref(acquire.post(Work.REKEY))).toBe(0);
      expect(acquire.waiting()).toBe(ACQUIRES);
      for (let i: u32 = 0; i < ACQUIRES; i++) expect((acquire.next() as WorkItem).spi).toBe(i + 1);
      expect(ref(acquire.next())).toBe(0);
      // The next round begins at another place.
      acquire.post(Work.ACQUIRE);
      acquire.next();
    }
  });
});

describe("a responder's lifetime", () => {
  test("ends both directions sooner, each unit by itself, never later", () => {
    const policy = tunnel();
    suite(policy, 12, 128, 2);
    parameters.lifetimeKilobytes = 10000;
    const inbound = pair(policy);
    const outbound = inbound.pair as SA;
    expiry.shorten(inbound, 3600, 5, 10000);
    expect(inbound.soft).toBe(inbound.born + 3300000, "as long as it was");
    expect(inbound.softBytes).toBe(9215000);
    expiry.shorten(inbound, 0, 5, 0);
    expect(inbound.lifetimeSeconds).toBe(3600);
    expect(inbound.lifetimeKilobytes).toBe(10000);
    pass(1000);
    expiry.shorten(inbound, 120, 90000, 0);
    expect(inbound.lifetimeSeconds).toBe(120);
    expect(outbound.lifetimeSeconds).toBe(120);
    expect(inbound.hard).toBe(inbound.born + 120000);
    expect(inbound.soft).toBe(inbound.born + 90000);
    expect(inbound.hardBytes).toBe(10240000);
    expiry.shorten(inbound, 0, 0, 5000);
    expect(inbound.lifetimeSeconds).toBe(120);
    expect(inbound.lifetimeKilobytes).toBe(5000);
    expect(outbound.lifetimeKilobytes).toBe(5000);
    expect(inbound.hardBytes).toBe(5120000);
    expect(outbound.hardBytes).toBe(5120000);
    expect(inbound.softBytes).toBe(4607500);
    expect(outbound.softBytes).toBe(4607500);
    expect(poll()).toBe(89000, "the new deadline is looked at");
  });

  test("an endless pair gets an end in octets; a retired one is not renewed; one without a pair is left alone", () => {
    const policy = tunnel();
    suite(policy, 12, 128, 2);
    parameters.lifetimeKilobytes = 0;
    const inbound = pair(policy);
    expiry.shorten(inbound, 0, 0, 5000);
    expect(inbound.hardBytes).toBe(5120000);
    sad.retire(inbound);
    expiry.shorten(inbound, 120, 90000, 0);
    expect(inbound.soft).toBe(0);
    expect(inbound.hard).toBe(inbound.born + 120000);
    const larval = sad.reserve(policy) as SA;
    expiry.shorten(larval, 120, 90000, 5000);
    expect(larval.lifetimeSeconds).toBe(0);
    expect(larval.hardBytes).toBe(0);
  });

  test("nothing is wanted of a pair that is retired, or that is none yet", () => {
    const policy = tunnel();
    suite(policy, 12, 128, 2);
    const inbound = pair(policy);
    sad.retire(inbound);
    expiry.wantRekey(inbound.pair as SA);
    expect(inbound.soft).toBe(0);
    const larval = sad.reserve(policy) as SA;
    expiry.wantRekey(larval);
    expect(larval.soft).toBe(0);
    expiry.usedUp(larval);
    expect(larval.hard).toBe(0);
    poll();
    expect(work()).toBe(0);
  });
});

describe("another owner of a pair", () => {
  test("both directions, and the peer's new place", () => {
    const policy = tunnel();
    suite(policy, 12, 128, 2);
    const inbound = pair(policy);
    const outbound = inbound.pair as SA;
    sad.adopt(inbound, 5);
    expect(inbound.ike).toBe(5);
    expect(outbound.ike).toBe(5);
    sad.moveMapping(inbound, BETA + 1, 4501);
    expect(inbound.peerAddress).toBe(BETA, "raw ESP stays");
    inbound.encapsulated = true;
    sad.moveMapping(inbound, BETA + 1, 4501);
    expect(inbound.peerAddress).toBe(BETA + 1);
    expect(inbound.peerPort).toBe(4501);
    expect(outbound.peerAddress).toBe(BETA + 1);
    expect(outbound.peerPort).toBe(4501);
    sad.defer(inbound, true);
    expect(outbound.deferred).toBe(true);
    expect(ref(policy.outbound)).toBe(ref(outbound), "better than none");
    parameters.peerSpi = 9;
    const newer = pair(policy);
    sad.defer(newer, true);
    sad.defer(inbound, false);
    expect(ref(policy.outbound)).toBe(ref(outbound));
    sad.defer(newer, false);
    expect(ref(policy.outbound)).toBe(ref(newer.pair));
  });
});
