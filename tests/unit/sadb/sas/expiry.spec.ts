// The end of pairs: what IKE is told of it, value by value, and what of a pair's policy and peers ends it (RFC 4301, 4.4.2.1).
import { ACQUIRES } from "../../../../assembly/limits";
import { Policy } from "../../../../assembly/sadb/policies/policy";
import * as policyGone from "../../../../assembly/sadb/policies/policy_gone";
import * as expiry from "../../../../assembly/sadb/sas/expiry";
import * as held from "../../../../assembly/sadb/sas/held";
import { SA, State } from "../../../../assembly/sadb/sas/sa";
import * as sad from "../../../../assembly/sadb/sas/sad";
import { Work } from "../../../../assembly/sadb/work";
import * as acquire from "../../../../assembly/sadb/work";
import * as clock from "../../../../assembly/util/clock";
import { Drop, dropCount } from "../../../../assembly/util/status";
import { ALPHA, BETA, NET_A, NET_B, bundle, datagram, keymat, pair, parameters, pass, poll, ref, rooms, suite, tunnel, work } from "../world";

let policy: Policy = changetype<Policy>(0);

beforeEach(() => {
  rooms();
  policy = tunnel();
  suite(policy, 12, 128, 2);
});

/** Takes one item and expects each value of it. */
function expectItem(kind: Work, spi: u32, peerSpi: u32, ike: u32, address: u32, port: u32): void {
  const item = acquire.next();
  expect(item != null).toBe(true);
  if (!item) return;
  expect(item.kind).toBe(kind);
  expect(item.spi).toBe(spi);
  expect(item.peerSpi).toBe(peerSpi);
  expect(item.ike).toBe(ike);
  expect(item.address).toBe(address);
  expect(item.port).toBe(port);
  expect(item.policy).toBe(0);
  expect(item.protocol).toBe(0);
}

function fill(): void {
  while (acquire.post(Work.ACQUIRE)) {}
}

function empty(): void {
  while (acquire.next()) {}
}

/** SAs that there are, of either direction. */
function living(): u32 {
  let n: u32 = 0;
  for (let i: u32 = 0; i < sad.slots(); i++) if (sad.at(i)) n++;
  return n;
}

describe("what IKE is told", () => {
  test("of a pair to be renewed: SPIs, phase 1, peer; of one at its end the port besides", () => {
    parameters.encapsulated = true;
    parameters.localPort = 4500;
    parameters.peerPort = 31000;
    parameters.ike = 77;
    parameters.peerSpi = 0xabcdef01;
    const sa = pair(policy);
    const out = sa.pair as SA;
    const spi = sa.spi;
    pass(3300000);
    poll();
    expectItem(Work.REKEY, spi, 0xabcdef01, 77, BETA, 0);
    expect(sa.state).toBe(<u8>State.DYING);
    expect(out.state).toBe(<u8>State.DYING);
    pass(300000);
    poll();
    // It was renewed in vain twice meanwhile, or is at its end first.
    expectItem(Work.EXPIRED, spi, 0xabcdef01, 77, BETA, 31000);
    expect(work()).toBe(0);
    expect(living()).toBe(0);
  });

  test("of a bundle once, whichever of its SAs met a bound", () => {
    for (let k = 0; k < 4; k++) {
      rooms();
      policy = tunnel();
      suite(policy, 12, 128, 2);
      const sa = bundle(policy, 5);
      const spi = sa.spi;
      const around = sa.outer as SA;
      const met = k == 0 ? sa : k == 1 ? (sa.pair as SA) : k == 2 ? around : (around.pair as SA);
      expiry.wantRekey(met);
      expect(sa.soft).toBe(clock.now());
      expect(around.soft).toBe(0);
      poll();
      expectItem(Work.REKEY, spi, spi, 1, BETA, 0);
      expiry.usedUp(met);
      expect(sa.hard).toBe(clock.now());
      expect(around.hard).toBe(0);
      poll();
      expectItem(Work.EXPIRED, spi, spi, 1, BETA, 0);
      expect(work()).toBe(0);
      expect(living()).toBe(0);
    }
  });

  test("again after a second where the ring was full, after two minutes else", () => {
    const sa = pair(policy);
    pass(3300000);
    fill();
    expect(poll()).toBe(1000);
    expect(sa.state).toBe(<u8>State.MATURE, "nobody has been told");
    empty();
    pass(999);
    poll();
    expect(work()).toBe(0);
    pass(1);
    expect(poll()).toBe(120000);
    expect(work()).toBe(Work.REKEY);
    pass(119999);
    expect(poll()).toBe(1);
    expect(work()).toBe(0);
    pass(1);
    poll();
    expect(work()).toBe(Work.REKEY);
  });

  test("a hard end that cannot be told comes a second later", () => {
    const sa = pair(policy);
    sa.soft = 0;
    pass(3600000);
    fill();
    expect(poll()).toBe(1000);
    expect(living()).toBe(2);
    empty();
    pass(1000);
    poll();
    expect(work()).toBe(Work.EXPIRED);
    expect(living()).toBe(0);
  });

  test("the next call is at the first of all bounds, held packets among them", () => {
    expect(poll()).toBe(u32.MAX_VALUE);
    held.hold(policy, datagram(NET_A, NET_B, 1, 60));
    expect(poll()).toBe(20000);
    parameters.softMilliseconds = 15000;
    parameters.lifetimeSeconds = 16;
    const first = pair(policy);
    expect(poll()).toBe(0, "what is released goes at once");
    held.released();
    held.deadline.reset();
    expect(poll()).toBe(15000);
    first.soft = 0;
    sad.arm(first, 0);
    expect(poll()).toBe(16000);
    parameters.softMilliseconds = 12000;
    parameters.peerSpi = 9;
    pair(policy);
    expect(poll()).toBe(12000);
  });

  test("to the millisecond", () => {
    const sa = pair(policy);
    sa.soft = 0;
    pass(3599999);
    sad.arm(sa, 0);
    expect(poll()).toBe(1);
    expect(living()).toBe(2);
    pass(1);
    poll();
    expect(living()).toBe(0);
    expect(work()).toBe(Work.EXPIRED);
  });
});

/** Fresh rooms with a pair whose outbound SA lies before the inbound one. */
function turned(): SA {
  rooms();
  policy = tunnel();
  suite(policy, 12, 128, 2);
  const first = sad.reserve(policy) as SA;
  const sa = sad.reserve(policy) as SA;
  sad.installInbound(sa, parameters, keymat);
  sad.remove(first);
  expect(sad.activate(sa, parameters, keymat)).toBe(true);
  expect(ref(sad.at(0))).toBe(ref(sa.pair));
  return sa;
}

describe("a pair whose outbound SA comes first", () => {
  test("ends as any other, told by its inbound SPI", () => {
    for (let k = 0; k < 3; k++) {
      const sa = turned();
      const spi = sa.spi;
      if (k == 0) {
        expiry.usedUp(sa.pair as SA);
        poll();
      } else if (k == 1) policyGone.checkPeers(policy, ALPHA + 1);
      else policyGone.policyGone(policy);
      expectItem(Work.EXPIRED, spi, 0x11223344, 1, BETA, 0);
      expect(work()).toBe(0);
      expect(living()).toBe(0);
    }
    const sa = turned();
    const spi = sa.spi;
    pass(3300000);
    poll();
    expectItem(Work.REKEY, spi, 0x11223344, 1, BETA, 0);
    expect(work()).toBe(0);
  });
});

describe("a lifetime that the peer names", () => {
  test("of as much or more changes nothing, in either unit", () => {
    parameters.lifetimeKilobytes = 10000;
    parameters.softPart = 2048;
    const sa = pair(policy);
    const soft = sa.softBytes;
    for (let k: u32 = 0; k < 2; k++) {
      expiry.shorten(sa, 3600 + k, 5, 10000 + k);
      expect(sa.lifetimeSeconds).toBe(3600);
      expect(sa.lifetimeKilobytes).toBe(10000);
      expect((sa.pair as SA).lifetimeKilobytes).toBe(10000);
      expect(sa.softBytes).toBe(soft);
      expect(sa.hardBytes).toBe(10000 << 10);
      expect(sa.soft).toBe(sa.born + 3300000);
      expect(sa.hard).toBe(sa.born + 3600000);
    }
    expiry.shorten(sa, 3599, 5, 9999);
    expect(sa.lifetimeSeconds).toBe(3599);
    expect(sa.lifetimeKilobytes).toBe(9999);
    expect(sa.hardBytes).toBe(9999 << 10);
  });
});

describe("a policy that goes away", () => {
  test("takes its pairs with it, each told once; what is larval loses it; what it holds is dropped", () => {
    const one = pair(policy);
    const spi = one.spi;
    parameters.peerSpi = 9;
    const two = bundle(policy, 5);
    const spi2 = two.spi;
    const larval = sad.reserve(policy) as SA;
    held.hold(policy, datagram(NET_A, NET_B, 1, 60));
    // Larval and with an outer one, as while it is negotiated.
    const other = sad.reserve(policy) as SA;
    const outer = sad.reserveOuter(other) as SA;
    policyGone.policyGone(policy);
    expectItem(Work.EXPIRED, spi, 0x11223344, 1, BETA, 0);
    expectItem(Work.EXPIRED, spi2, spi2, 1, BETA, 0);
    expect(work()).toBe(0);
    expect(ref(larval.policy)).toBe(0);
    expect(ref(other.policy)).toBe(0);
    expect(ref(outer.policy)).toBe(0);
    expect(living()).toBe(3);
    expect(ref(policy.newest)).toBe(0);
    expect(held.waiting()).toBe(0);
    expect(dropCount(Drop.HELD_TIMEOUT)).toBe(1);
  });

  test("does so where nobody can be told as well", () => {
    pair(policy);
    fill();
    policyGone.policyGone(policy);
    expect(living()).toBe(0);
    expect(acquire.waiting()).toBe(ACQUIRES);
  });

  test("and no other policy's", () => {
    const sa = pair(policy);
    const stranger = changetype<Policy>(memory.data(256, 8));
    policyGone.policyGone(stranger);
    expect(living()).toBe(2);
    expect(ref(sa.policy)).toBe(ref(policy));
  });
});

describe("peers and addresses that change", () => {
  test("end the pairs with others, and those alone", () => {
    const kept = pair(policy);
    parameters.peerAddress = BETA + 1;
    parameters.peerSpi = 9;
    const gone = pair(policy);
    const spi = gone.spi;
    parameters.peerAddress = BETA;
    parameters.peerSpi = 10;
    pair(policy);
    policyGone.checkPeers(policy, ALPHA);
    expectItem(Work.EXPIRED, spi, 9, 1, BETA + 1, 0);
    expect(work()).toBe(0);
    expect(living()).toBe(4);
    policyGone.checkPeers(policy, 0);
    expect(living()).toBe(4, "an interface without an address says nothing");
    expect(ref(sad.bySpi(kept.spi))).toBe(ref(kept));
    fill();
    policyGone.checkPeers(policy, ALPHA + 1);
    expect(living()).toBe(0);
  });

  test("of a policy that a peer made, the address alone", () => {
    policy.owner = BETA + 1;
    parameters.peerAddress = BETA + 1;
    pair(policy);
    policyGone.checkPeers(policy, ALPHA);
    expect(living()).toBe(2);
    policyGone.checkPeers(policy, ALPHA + 1);
    expect(living()).toBe(0);
  });
});
