// Pairs and their renewal: the parts of a lifetime, who switches and deletes when, and whom a message concerns.
import * as tell from "../../../../assembly/ike/message/tell";
import { IsakmpSa } from "../../../../assembly/ike/state/isakmp_sa";
import * as lifetimes from "../../../../assembly/ike/state/lifetimes";
import * as pairs from "../../../../assembly/ike/state/pairs";
import * as rekey from "../../../../assembly/ike/upkeep/renewal";
import { SAS } from "../../../../assembly/limits";
import { SA } from "../../../../assembly/sadb/sas/sa";
import * as sad from "../../../../assembly/sadb/sas/sad";
import * as clock from "../../../../assembly/util/clock";
import { NO_DEADLINE } from "../../../../assembly/util/deadline";
import { Protocol } from "../../../../assembly/wire/ipsec_doi";
import { BETA, bundle, pass, ref, suite } from "../../sadb/world";
import { GAMMA, begin, deletedCount, deletedProtocol, deletedSpi, enter, established, other, policy, sent, up } from "../by_hand/world";

let sa: IsakmpSa = changetype<IsakmpSa>(0);

beforeEach(() => {
  begin();
  sa = established(true);
});

/** Whether a pair is there, and goes on sending. */
function sends(inbound: SA): bool {
  return ref(policy.outbound) == ref(inbound.pair);
}

/** A pair of a flow of its own. */
function flow(its: IsakmpSa): SA {
  const inbound = up(its, true);
  (pairs.bySpi(inbound.spi) as pairs.Pair).policySlot = 1000 + inbound.spi;
  return inbound;
}

/** Does what is due; milliseconds until the next. */
function next(): u32 {
  rekey.poll();
  return pairs.alarms.deadline.remaining();
}

describe("a lifetime's soft part", () => {
  test("is 85 to 90 % for who initiated, 92 to 96 % for the other, and all between", () => {
    for (let initiator = 0; initiator < 2; initiator++) {
      let least: u64 = 4096;
      let most: u64 = 0;
      let longest: u32 = 0;
      for (let i = 0; i < 4000; i++) {
        const part = lifetimes.softPart(initiator == 1);
        least = min(least, part);
        most = max(most, part);
        longest = max(longest, lifetimes.softMilliseconds(0xffffffff, initiator == 1));
      }
      expect<u64>(least).toBe(initiator ? 3482 : 3768);
      expect<u64>(most).toBe(initiator ? 3686 : 3931);
      // 2,000,000 seconds at most: 31 bits of milliseconds.
      expect<u32>(longest).toBe(<u32>((<u64>2000000000 * most) >> 12));
    }
  });

  test("of seconds and of kilobytes", () => {
    for (let i = 0; i < 50; i++) {
      const time = lifetimes.softMilliseconds(100, true);
      expect<bool>(time >= 85009 && time <= 89990).toBe(true);
      const octets = lifetimes.softOctets(1000, false);
      expect<bool>(octets >= 942000 && octets <= 982750).toBe(true);
    }
    expect<u32>(lifetimes.softMilliseconds(0, true)).toBe(0);
  });
});

describe("a pair of our own making that renews another", () => {
  test("sends when two seconds have passed, and the old one is deleted ten later", () => {
    const first = up(sa, true);
    expect<u32>(next()).toBe(NO_DEADLINE);
    const second = up(sa, true);
    expect<bool>(sends(first)).toBe(true);
    expect<u32>(next()).toBe(100, "how often it is looked for traffic");
    pass(1900);
    expect<u32>(next()).toBe(100);
    expect<bool>(sends(first)).toBe(true);
    pass(100);
    expect<u32>(next()).toBe(10000);
    expect<bool>(sends(second)).toBe(true);
    expect<bool>(first.retired && !second.retired).toBe(true);
    expect<u32>(sent()).toBe(0);
    pass(9999);
    expect<u32>(next()).toBe(1);
    expect<u32>(sent()).toBe(0);
    const spi = first.spi;
    pass(1);
    expect<u32>(next()).toBe(NO_DEADLINE);
    expect<u32>(sent()).toBe(1);
    expect<u32>(deletedCount()).toBe(1);
    expect<u32>(deletedProtocol()).toBe(Protocol.ESP);
    expect<u32>(deletedSpi(0)).toBe(spi);
    expect<usize>(ref(sad.bySpi(spi))).toBe(0);
    expect<u32>(pairs.pairsWith(BETA)).toBe(1);
  });

  test("sends as soon as something has come through it", () => {
    const first = up(sa, true);
    const second = up(sa, true);
    second.packets = 1;
    pass(99);
    rekey.poll();
    expect<bool>(sends(first)).toBe(true, "it is not looked before 100 ms");
    pass(1);
    rekey.poll();
    expect<bool>(sends(second)).toBe(true);
  });

  test("is looked after every 100 ms", () => {
    up(sa, true);
    up(sa, true);
    pass(100);
    expect<u32>(next()).toBe(100);
  });

  test("leaves alone what has other flows, another policy, or another peer", () => {
    const elsewhere = up(established(true, GAMMA), true);
    const flows = up(sa, true, other);
    // One of a part of the policy's flows.
    policy.selector.remoteLast--;
    const part = up(sa, true);
    policy.selector.remoteLast++;
    const first = up(sa, true);
    up(sa, true);
    pass(3000);
    rekey.poll();
    expect<bool>(first.retired).toBe(true, "the same flows");
    expect<bool>(elsewhere.retired || flows.retired || part.retired).toBe(false);
    up(sa, false);
    expect<bool>(elsewhere.retired || flows.retired || part.retired).toBe(false);
  });

  test("does not take over when it has been retired meanwhile, nor from a newer one", () => {
    const first = up(sa, true);
    const second = up(sa, true);
    pass(10);
    // The peer renews: ours, which waited, and the first one go.
    const third = up(sa, false, policy, 1000);
    expect<bool>(third.retired).toBe(false);
    pass(3000);
    rekey.poll();
    expect<bool>(third.retired).toBe(false);
    expect<bool>(sends(third)).toBe(true);
    expect<bool>(first.retired && second.retired).toBe(true);
  });
});

describe("three in a row", () => {
  test("each is deleted at its own time", () => {
    const first = up(sa, true);
    const second = up(sa, true);
    second.packets = 1;
    pass(100);
    rekey.poll();
    pass(5000);
    expect<bool>(first.retired).toBe(true);
    up(sa, true).packets = 1;
    expect<u32>(sent()).toBe(1, "one of before is kept, not two");
    pass(100);
    rekey.poll();
    expect<bool>(second.retired).toBe(true);
    pass(9999);
    rekey.poll();
    expect<u32>(sent()).toBe(0);
    pass(1);
    rekey.poll();
    expect<u32>(sent()).toBe(1);
  });
});

describe("a pair of the peer's making", () => {
  test("takes over at once; the peer deletes the old one, or we a minute after something has come through the new one", () => {
    const first = up(sa, false);
    const second = up(sa, false);
    expect<bool>(sends(second) && first.retired).toBe(true);
    pass(1000000);
    rekey.poll();
    expect<u32>(sent()).toBe(0);
    second.packets = 1;
    pass(5000);
    rekey.poll();
    pass(59999);
    rekey.poll();
    expect<u32>(sent()).toBe(0);
    pass(1);
    rekey.poll();
    expect<u32>(sent()).toBe(1);
    expect<u32>(pairs.pairsWith(BETA)).toBe(1);
  });
});

describe("two pairs that both sides began at once", () => {
  test("the one with the lowest of the four SPIs stays; who initiated the other deletes it", () => {
    for (let low = 0; low < 2; low++) {
      for (let ours = 0; ours < 2; ours++) {
        begin();
        sa = established(true);
        // The lowest SPI is the peer's: of the first pair or of the second.
        const first = up(sa, ours == 1, policy, low ? 0xfffffff0 : 300);
        const second = up(sa, ours == 0, policy, low ? 300 : 0xfffffff0);
        const loser = low ? first : second;
        const winner = low ? second : first;
        expect<bool>(loser.retired).toBe(true);
        expect<bool>(winner.retired).toBe(false);
        expect<bool>(sends(winner)).toBe(true);
        // The loser is ours when it was initiated here.
        const weDelete = (low == 1) == (ours == 1);
        expect<u32>(next()).toBe(weDelete ? 10000 : 5000);
      }
    }
  });

  test("the lowest is looked for among the inbound SPIs too", () => {
    // Peers' SPIs are the highest there are: our own decide.
    const first = up(sa, true, policy, 0xfffffffe);
    const second = up(sa, false, policy, 0xffffffff);
    expect<bool>(first.retired).toBe(first.spi > second.spi);
    expect<bool>(second.retired).toBe(first.spi < second.spi);
  });

  test("of two with the same SPI of a careless peer's the newer one stays", () => {
    const first = up(sa, true, policy, 300);
    const second = up(sa, false, policy, 300);
    expect<bool>(first.retired && !second.retired).toBe(true);
  });

  test("one that has been replaced before takes no part", () => {
    up(sa, false, policy, 300);
    const second = up(sa, false, policy, 0xfffffff0);
    const third = up(sa, true, policy, 310);
    expect<bool>(second.retired && !third.retired).toBe(true);
  });

  test("within 30 seconds, not later: then one renews the other, whatever their SPIs", () => {
    const first = up(sa, true, policy, 300);
    pass(29999);
    const second = up(sa, false, policy, 0xfffffff0);
    expect<bool>(second.retired && !first.retired).toBe(true);
    pass(1);
    const third = up(sa, false, policy, 0xfffffff1);
    expect<bool>(first.retired && !third.retired).toBe(true);
  });

  test("goes when the peer sends through the one that stays, and not before", () => {
    for (let ours = 0; ours < 2; ours++) {
      begin();
      sa = established(true);
      const loser = up(sa, ours == 1, policy, 0xfffffff0);
      const winner = up(sa, ours == 0, policy, 300);
      // What came at first, by either, decides nothing.
      loser.packets = winner.packets = 3;
      for (let second = 0; second < 600; second++) {
        pass(1000);
        rekey.poll();
      }
      expect<bool>(loser.retired).toBe(true);
      expect<u32>(sent()).toBe(0, "the peer has not shown which it uses");
      winner.packets++;
      const spi = loser.spi;
      pass(5000);
      rekey.poll();
      expect<u32>(sent()).toBe(1);
      expect<u32>(deletedSpi(0)).toBe(spi);
      expect<bool>(sends(winner)).toBe(true);
    }
  });

  test("stays when the peer goes on with it: then the other goes, and it is renewed in time", () => {
    for (let ours = 0; ours < 2; ours++) {
      begin();
      sa = established(true);
      const loser = up(sa, ours == 1, policy, 0xfffffff0);
      const winner = up(sa, ours == 0, policy, 300);
      winner.packets = 1;
      for (let second = 0; second < 90 && loser.retired; second++) {
        expect<bool>(sends(winner)).toBe(true);
        loser.packets++;
        pass(1000);
        rekey.poll();
      }
      expect<bool>(loser.retired).toBe(false);
      expect<bool>(loser.soft > clock.now()).toBe(true);
      expect<bool>(winner.retired && sends(loser)).toBe(true);
      expect<u32>(sent()).toBe(0);
      const spi = winner.spi;
      pass(10000);
      rekey.poll();
      expect<u32>(sent()).toBe(1);
      expect<u32>(deletedSpi(0)).toBe(spi);
      expect<u32>(pairs.pairsWith(BETA)).toBe(1);
    }
  });

  test("while the peer sends through both, both stay", () => {
    const loser = up(sa, true, policy, 0xfffffff0);
    const winner = up(sa, false, policy, 300);
    for (let second = 0; second < 90; second++) {
      loser.packets++;
      winner.packets++;
      pass(1000);
      rekey.poll();
    }
    expect<bool>(loser.retired && sends(winner)).toBe(true);
    expect<u32>(sent()).toBe(0);
  });

  test("two of the same side are no such thing", () => {
    const first = up(sa, false, policy, 300);
    const second = up(sa, false, policy, 0xfffffff0);
    expect<bool>(first.retired && !second.retired).toBe(true);
  });
});

describe("what is found by SPI, by peer, by policy", () => {
  test("a pair is renewable while it is there and nothing has taken its place", () => {
    const first = up(sa, false);
    expect<bool>(pairs.renewable(first.spi) != null).toBe(true);
    expect<bool>(pairs.renewable(first.spi ^ 0x100) == null).toBe(true);
    expect<u32>(pairs.peerOf(first.spi)).toBe(BETA);
    expect<u32>(pairs.peerOf(first.spi ^ 0x100)).toBe(0);
    const second = up(sa, false);
    expect<bool>(pairs.renewable(first.spi) == null).toBe(true, "retired");
    sad.remove(second);
    expect<bool>(pairs.renewable(second.spi) == null).toBe(true, "its SAs are gone");
    expect<u32>(pairs.pairsWith(BETA)).toBe(1);
  });

  test("packets of all pairs with a peer, in and out", () => {
    const first = up(sa, true);
    const second = up(sa, true, other);
    const third = up(established(true, GAMMA), true);
    first.packets = 3;
    second.packets = 4;
    third.packets = 100;
    (first.pair as SA).packets = 10;
    (second.pair as SA).packets = 20;
    (third.pair as SA).packets = 1000;
    expect<u64>(pairs.received(BETA)).toBe(7);
    expect<u64>(pairs.sent(BETA)).toBe(30);
    expect<u64>(pairs.received(GAMMA + 1) + pairs.sent(GAMMA + 1)).toBe(0);
  });

  test("INITIAL-CONTACT: those with the peer that are older, and no others; no word to it", () => {
    const old = up(sa, true);
    const foreign = up(established(true, GAMMA), true);
    pass(10);
    const fresh = up(sa, true, other);
    pairs.forgetPairs(BETA, clock.now());
    expect<usize>(ref(sad.bySpi(old.spi))).toBe(0);
    expect<bool>(sad.bySpi(foreign.spi) != null && sad.bySpi(fresh.spi) != null).toBe(true);
    expect<u32>(sent()).toBe(0);
  });

  test("those of a policy, without a word", () => {
    const one = up(sa, true);
    const two = up(sa, true, other);
    pairs.removePairs(policy.slot);
    expect<usize>(ref(sad.bySpi(one.spi))).toBe(0);
    expect<usize>(ref(sad.bySpi(two.spi))).toBe(ref(two));
    expect<u32>(sent()).toBe(0);
  });

  test("SAs that are scarce are shared alike: who has more gives up its oldest, and is told", () => {
    const greedy = established(true, GAMMA);
    expect<u32>(pairs.share()).toBe(64);
    const first = flow(greedy);
    for (let i = 1; i < 32; i++) flow(greedy);
    expect<u32>(pairs.sasOf(GAMMA)).toBe(64);
    // Others come, with eight SAs each, until few are left: nobody but the greedy has more than its share then.
    let others: u32 = 0;
    sent();
    for (; pairs.sasOf(GAMMA) == 64; others++) {
      expect<u32>(sent()).toBe(0);
      const another = established(true, GAMMA + 1 + others);
      for (let i = 0; i < 4 && pairs.sasOf(GAMMA) == 64; i++) flow(another);
    }
    expect<u32>(others).toBe(21);
    expect<u32>(pairs.sasOf(GAMMA)).toBe(10, "256 / 22 of them, in pairs");
    expect<usize>(ref(sad.bySpi(first.spi))).toBe(0);
    expect<u32>(pairs.sasOf(GAMMA + 1)).toBe(8);
    expect<u32>(sent()).toBe(27);
  });

  test("entries whose SAs are gone give way when there are as many as there may be", () => {
    const n = SAS / 2;
    for (let i: u32 = 0; i < n; i++) sad.remove(up(sa, false));
    const one = up(sa, false);
    expect<u32>(pairs.pairsWith(BETA)).toBe(1);
    expect<u32>(pairs.peerOf(one.spi)).toBe(BETA);
  });
});

describe("deletes", () => {
  test("all pairs with a peer in one message, those with another in another", () => {
    up(sa, true);
    up(sa, true, other);
    const foreign = up(established(true, GAMMA), true);
    rekey.deletePairs(BETA, "cleared");
    expect<u32>(sent()).toBe(1);
    expect<u32>(deletedCount()).toBe(2);
    expect<usize>(ref(sad.bySpi(foreign.spi))).toBe(ref(foreign));
    up(sa, true);
    rekey.deletePairs(0, "cleared");
    expect<u32>(sent()).toBe(2);
    expect<u32>(pairs.pairsWith(BETA) + pairs.pairsWith(GAMMA)).toBe(0);
    rekey.deletePairs(0, "cleared");
    expect<u32>(sent()).toBe(0);
  });

  test("all SPIs in a message; of a flow that was renewed often there are two", () => {
    let told: u32 = 0;
    for (let i = 0; i < 65; i++) {
      up(sa, false);
      told += sent();
    }
    expect<u32>(told).toBe(63);
    rekey.deletePairs(BETA, "cleared");
    expect<u32>(sent()).toBe(1);
    expect<u32>(deletedCount()).toBe(2);
    expect<u32>(pairs.pairsWith(BETA)).toBe(0);
  });

  test("without an ISAKMP SA they go unsaid, and nothing of them is said later", () => {
    up(sa, true);
    const keyed = sa;
    keyed.keyed = false;
    rekey.deletePairs(BETA, "cleared");
    expect<u32>(sent()).toBe(0);
    keyed.keyed = true;
    tell.sendDelete(keyed);
    expect<u32>(sent()).toBe(0);
  });

  test("of a bundle both SPIs, AH by itself; the peer's Delete of either ends it", () => {
    for (let which = 0; which < 3; which++) {
      begin();
      sa = established(true);
      suite(policy, 12, 128, 2);
      const inbound = enter(sa, true, policy, bundle(policy, 5));
      const esp = inbound.spi;
      const ah = (inbound.outer as SA).spi;
      const peerAh = ((inbound.outer as SA).pair as SA).spi;
      const peerEsp = (inbound.pair as SA).spi;
      pairs.peerDeleted(sa, Protocol.AH, peerAh + 1);
      pairs.peerDeleted(sa, Protocol.ESP, peerEsp + 1);
      expect<u32>(pairs.pairsWith(BETA)).toBe(1);
      if (which == 0) {
        rekey.deletePairs(BETA, "cleared");
        expect<u32>(sent()).toBe(1);
        expect<u32>(deletedProtocol()).toBe(Protocol.ESP);
        expect<u32>(deletedCount()).toBe(1);
        expect<u32>(deletedSpi(0)).toBe(esp);
        // The next payload follows: 3 AH, one SPI of four octets.
        expect<u32>(deletedSpi(3)).toBe((<u32>Protocol.AH << 24) | (4 << 16) | 1);
        expect<u32>(deletedSpi(4)).toBe(ah);
      } else if (which == 1) pairs.peerDeleted(sa, Protocol.AH, peerAh);
      else pairs.peerDeleted(sa, Protocol.ESP, peerEsp);
      expect<u32>(pairs.pairsWith(BETA)).toBe(0);
    }
  });

  test("of the peer: its own SPI and protocol, and its own pair", () => {
    const inbound = up(sa, true);
    const spi = (inbound.pair as SA).spi;
    pairs.peerDeleted(sa, Protocol.AH, spi);
    pairs.peerDeleted(sa, Protocol.ESP, spi + 1);
    pairs.peerDeleted(sa, Protocol.ESP, inbound.spi);
    pairs.peerDeleted(established(true, GAMMA), Protocol.ESP, spi);
    expect<usize>(ref(sad.bySpi(inbound.spi))).toBe(ref(inbound));
    // Zero is no SPI of AH that a pair without one has.
    pairs.peerDeleted(sa, Protocol.AH, 0);
    expect<usize>(ref(sad.bySpi(inbound.spi))).toBe(ref(inbound));
    pairs.peerDeleted(sa, Protocol.ESP, spi);
    expect<usize>(ref(sad.bySpi(inbound.spi))).toBe(0);
    expect<u32>(sent()).toBe(0, "a Delete is not answered");
  });

  test("a pair that has ended by itself is told of once", () => {
    const inbound = up(sa, true);
    const spi = inbound.spi;
    sad.remove(inbound);
    rekey.expired(spi ^ 0x100);
    expect<u32>(sent()).toBe(0);
    rekey.expired(spi);
    expect<u32>(sent()).toBe(1);
    expect<u32>(deletedSpi(0)).toBe(spi);
    rekey.expired(spi);
    expect<u32>(sent()).toBe(0);
    expect<u32>(pairs.peerOf(spi)).toBe(0);
  });
});

describe("what follows an ISAKMP SA", () => {
  test("its peer's pairs are looked after by the newest one; others' are not", () => {
    const mine = up(sa, true);
    const theirs = up(established(true, GAMMA), true);
    const before = theirs.ike;
    const next = established(true);
    pairs.adoptPairs(next);
    expect<u32>(mine.ike).toBe(next.number);
    expect<u32>(theirs.ike).toBe(before);
  });

  test("an address that moves", () => {
    const mine = up(sa, true);
    const theirs = up(established(true, GAMMA), true);
    mine.encapsulated = theirs.encapsulated = (mine.pair as SA).encapsulated = (theirs.pair as SA).encapsulated = true;
    sa.peerAddress = 0x01020304;
    sa.peerPort = 4711;
    pairs.moveMappings(sa);
    expect<u32>((mine.pair as SA).peerAddress).toBe(0x01020304);
    expect<u32>(<u32>(mine.pair as SA).peerPort).toBe(4711);
    expect<u32>((theirs.pair as SA).peerAddress).toBe(GAMMA);
  });

  test("RESPONDER-LIFETIME: of the pair with this SPI of this peer, if we initiated it", () => {
    const ours = up(sa, true);
    const theirs = up(sa, false, other);
    const foreign = established(true, GAMMA);
    const spi = (ours.pair as SA).spi;
    pairs.shorten(sa, spi + 1, 60, 10);
    pairs.shorten(foreign, spi, 60, 10);
    pairs.shorten(sa, (theirs.pair as SA).spi, 60, 10);
    expect<u32>(ours.lifetimeSeconds).toBe(3600);
    expect<u32>(theirs.lifetimeSeconds).toBe(3600);
    pairs.shorten(sa, spi, 60, 10);
    expect<u32>(ours.lifetimeSeconds).toBe(60);
    expect<u32>(ours.lifetimeKilobytes).toBe(10);
    expect<u64>(ours.hard).toBe(ours.born + 60000);
    const soft = ours.soft - ours.born;
    expect<bool>(soft >= 51005 && soft <= 53994).toBe(true, "as who initiated");
  });
});
