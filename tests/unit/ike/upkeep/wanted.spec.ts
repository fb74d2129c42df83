// What the data path asks for: whether something begins, and when it may be asked for again.
import * as keys from "../../../../assembly/ike/settings/keys";
import * as recovery from "../../../../assembly/ike/settings/recovery";
import { Exchange, State, Timeout } from "../../../../assembly/ike/state/exchange";
import * as exchange from "../../../../assembly/ike/state/exchange";
import * as db from "../../../../assembly/ike/state/exchanges";
import { Phase } from "../../../../assembly/ike/state/isakmp_sa";
import * as isakmpSa from "../../../../assembly/ike/state/isakmp_sa";
import * as rekey from "../../../../assembly/ike/upkeep/renewal";
import * as upkeep from "../../../../assembly/ike/upkeep/upkeep";
import * as wanted from "../../../../assembly/ike/upkeep/wanted";
import { SA } from "../../../../assembly/sadb/sas/sa";
import * as sad from "../../../../assembly/sadb/sas/sad";
import * as maps from "../../../../assembly/sadb/settings/crypto_map";
import { Work, WorkItem } from "../../../../assembly/sadb/work";
import * as asked from "../../../../assembly/sadb/work";
import * as clock from "../../../../assembly/util/clock";
import { ExchangeType } from "../../../../assembly/wire/ike_numbers";
import { Protocol } from "../../../../assembly/wire/ipsec_doi";
import { BETA, nameAt, pass, put } from "../../sadb/world";
import { ends, phase1, quick, rest, wants } from "../by_hand/begun";
import { GAMMA, begin, deletedProtocol, deletedSpi, established, exchangeOf, negotiating, other, policy, sent, timeOuts, up } from "../by_hand/world";

beforeEach(() => {
  begin();
  keys.addAddress(0, 0, nameAt(), put("secret"));
});

function renews(spi: u32): void {
  const item = asked.post(Work.REKEY) as WorkItem;
  item.spi = spi;
  upkeep.run();
}

function unknown(spi: u32, address: u32, protocol: u32): void {
  const item = asked.post(Work.UNKNOWN_SPI) as WorkItem;
  item.spi = spi;
  item.address = address;
  item.protocol = protocol;
  upkeep.run();
}

function moved(spi: u32, address: u32, port: u32): void {
  const item = asked.post(Work.MAPPING) as WorkItem;
  item.spi = spi;
  item.address = address;
  item.port = port;
  upkeep.run();
}

/** The last retransmission has got no answer. */
function outOfTries(ex: Exchange): void {
  ex.tries = 100;
  ex.timeout = Timeout.RETRANSMIT;
  exchange.arm(ex, clock.now());
  timeOuts();
}

describe("a first pair", () => {
  test("begins with phase 1, once, and asks again no sooner than in a second", () => {
    wants(policy);
    expect<bool>(phase1() != null).toBe(true);
    expect<u64>(rest()).toBe(1000);
    expect<u32>(sent()).toBe(1);
    wants(policy);
    wants(other);
    expect<u32>(sent()).toBe(0, "one phase 1 for all");
    expect<bool>(quick() == null).toBe(true);
  });

  test("begins with Quick Mode where phase 1 is up, one for each policy", () => {
    established(true);
    wants(policy);
    expect<bool>(phase1() == null && quick() != null && quick(other) == null).toBe(true);
    expect<u32>(quick()!.renews).toBe(0);
    expect<u32>(sent()).toBe(1);
    wants(policy);
    expect<u32>(sent()).toBe(0);
    wants(other);
    expect<u32>(sent()).toBe(1);
  });

  test("does not begin where a pair carries all of the flows; one of a part of them does not", () => {
    const pair = up(established(true), true);
    wants(policy);
    expect<bool>(quick() == null).toBe(true);
    (pair.pair as SA).whole = false;
    wants(policy);
    expect<bool>(quick() != null).toBe(true);
  });

  test("waits eight seconds for the third message of the peer's Quick Mode", () => {
    const sa = established(false);
    const theirs = exchangeOf(sa, ExchangeType.QUICK_MODE, State.QUICK_R1, false);
    theirs.policySlot = policy.slot;
    pass(7999);
    wants(policy);
    expect<bool>(quick() == null).toBe(true);
    expect<u64>(rest()).toBe(1000);
    pass(1);
    wants(policy);
    expect<bool>(quick() != null).toBe(true);
  });

  test("does not begin under a spent phase 1, but makes a new one", () => {
    established(true).spent = true;
    wants(policy);
    expect<bool>(quick() == null && phase1() != null).toBe(true);
  });

  test("an SA from an address that is not ours any more goes, and a new one is made", () => {
    const sa = established(true);
    const number = sa.number;
    sa.localAddress ^= 1;
    wants(policy);
    expect<bool>(quick() == null && phase1() != null).toBe(true);
    expect<bool>(isakmpSa.byNumber(number) == null).toBe(true);
  });

  test("what waited begins when phase 1 with its peer is up, and only once", () => {
    wants(policy);
    wants(other);
    ends(phase1());
    wanted.phase1IsUp(established(true, GAMMA));
    expect<bool>(quick() == null).toBe(true);
    const sa = established(true);
    wanted.phase1IsUp(sa);
    expect<bool>(quick() != null && quick(other) != null).toBe(true);
    ends(quick());
    wanted.phase1IsUp(sa);
    expect<bool>(quick() == null).toBe(true);
  });

  test("what waits for another profile's phase 1 does not begin", () => {
    wants(policy);
    ends(phase1());
    const sa = established(true);
    sa.profile = 5;
    wanted.phase1IsUp(sa);
    expect<bool>(quick() == null).toBe(true);
  });

  test("a Quick Mode that is complete wants nothing more", () => {
    wants(policy);
    ends(phase1());
    const sa = established(true);
    const ex = exchangeOf(sa, ExchangeType.QUICK_MODE, State.QUICK_DONE, false);
    ex.policySlot = policy.slot;
    wanted.quickIsUp(ex.policySlot);
    wanted.phase1IsUp(sa);
    expect<bool>(quick() == null).toBe(true);
  });
});

describe("what fails", () => {
  test("rests ten seconds, and is forgotten", () => {
    wants(policy);
    const ex = phase1();
    wants(other);
    ends(ex);
    wanted.phase1Failed(GAMMA);
    expect<u64>(rest()).toBe(1000, "another peer's");
    wanted.phase1Failed(BETA);
    expect<u64>(rest()).toBe(10000);
    expect<u64>(rest(other)).toBe(10000);
    wanted.phase1IsUp(established(true));
    expect<bool>(quick() == null).toBe(true);
  });

  test("another peer's failure leaves what waits", () => {
    wants(policy);
    ends(phase1());
    wanted.phase1Failed(GAMMA);
    wanted.phase1IsUp(established(true));
    expect<bool>(quick() != null).toBe(true);
  });

  test("a Quick Mode rests ten seconds, by itself", () => {
    wanted.quickFailed(policy.slot);
    expect<u64>(rest()).toBe(10000);
    expect<u64>(rest(other)).toBe(0);
    wanted.quickFailed(0xffffffff);
  });

  test("without a key phase 1 fails at once", () => {
    keys.removeAddress(0, 0);
    wants(policy);
    expect<bool>(phase1() == null).toBe(true);
    expect<u64>(rest()).toBe(10000);
  });

  test("each of an entry's peers is tried once, then all rest; a success lets all be tried again", () => {
    maps.addPeer(policy.entry, GAMMA);
    for (let round = 0; round < 2; round++) {
      wants(policy);
      expect<bool>(phase1(BETA) != null && phase1(GAMMA) == null).toBe(true);
      ends(phase1(BETA));
      wanted.phase1Failed(BETA);
      expect<bool>(phase1(GAMMA) != null && phase1(BETA) == null).toBe(true);
      expect<u64>(rest()).toBe(1000);
      ends(phase1(GAMMA));
      wanted.phase1Failed(GAMMA);
      expect<bool>(phase1(GAMMA) == null && phase1(BETA) == null).toBe(true);
      expect<u64>(rest()).toBe(10000);
      expect<u32>(<u32>policy.peerIndex).toBe(0);
    }
    wants(policy);
    ends(phase1(BETA));
    wanted.phase1Failed(BETA);
    ends(phase1(GAMMA));
    const sa = established(true, GAMMA);
    wanted.phase1IsUp(sa);
    expect<bool>(quick() != null).toBe(true);
    ends(quick());
    isakmpSa.free(sa);
    wants(policy);
    ends(phase1(GAMMA));
    wanted.phase1Failed(GAMMA);
    expect<bool>(phase1(BETA) != null).toBe(true, "the failures before are forgotten");
  });

  test("of a renewal: the entry goes on to the next peer, and rests, as long as the pair is there", () => {
    maps.addPeer(policy.entry, GAMMA);
    const sa = established(true);
    const pair = up(sa, true);
    isakmpSa.free(sa);
    renews(pair.spi);
    ends(phase1());
    wanted.phase1Failed(BETA);
    expect<bool>(phase1(BETA) == null && phase1(GAMMA) == null).toBe(true);
    expect<u64>(rest()).toBe(10000);
    expect<u32>(<u32>policy.peerIndex).toBe(1);
  });

  test("an unanswered Quick Mode is begun again with a new phase 1: the same pair, or a first one", () => {
    wanted.quickUnanswered(policy.slot, 0);
    ends(phase1());
    wanted.phase1IsUp(established(true));
    expect<u32>(quick()!.renews).toBe(0);
    begin();
    keys.addAddress(0, 0, nameAt(), put("secret"));
    const sa = established(true);
    const pair = up(sa, true);
    wanted.quickUnanswered(policy.slot, pair.spi);
    expect<u32>(quick()!.renews).toBe(pair.spi);
    wanted.quickUnanswered(0xffffffff, 0);
  });
});

describe("a renewal", () => {
  test("is with the pair's peer, of the pair's flows, and only of one that is in use", () => {
    maps.addPeer(policy.entry, GAMMA);
    const sa = established(true, GAMMA);
    established(true, BETA);
    policy.selector.remoteLast--;
    const pair = up(sa, true);
    policy.selector.remoteLast++;
    renews(pair.spi ^ 0x100);
    expect<bool>(quick() == null).toBe(true);
    renews(pair.spi);
    const ex = quick() as Exchange;
    expect<u32>(ex.sa.configured).toBe(GAMMA);
    expect<u32>(ex.renews).toBe(pair.spi);
    expect<u32>(ex.selector.remoteLast).toBe(policy.selector.remoteLast - 1);
  });

  test("of a pair that ends meanwhile the peer is told", () => {
    const pair = up(established(true), true);
    const spi = pair.spi;
    sad.remove(pair);
    const item = asked.post(Work.EXPIRED) as WorkItem;
    item.spi = spi;
    upkeep.run();
    expect<u32>(sent()).toBe(1);
    expect<u32>(deletedSpi(0)).toBe(spi);
  });
});

describe("a dead peer", () => {
  test("is followed by the next one; what is wanted again begins at once, other peers' policies stay", () => {
    maps.addPeer(policy.entry, GAMMA);
    const sa = established(true);
    up(sa, true);
    wanted.wantAgain(GAMMA, GAMMA);
    wanted.wantAgain(BETA, BETA);
    rekey.deletePairs(BETA, "dead-peer");
    isakmpSa.free(sa);
    policy.nextAcquire = clock.now() + 5000;
    other.nextAcquire = clock.now() + 5000;
    wanted.peerIsDead(GAMMA, GAMMA);
    expect<u32>(<u32>policy.peerIndex).toBe(0);
    expect<u64>(rest()).toBe(5000);
    wanted.peerIsDead(BETA, BETA);
    expect<u32>(<u32>policy.peerIndex).toBe(1);
    expect<u32>(<u32>other.peerIndex).toBe(1);
    expect<u64>(rest(other)).toBe(0);
    const ex = phase1(GAMMA);
    expect<bool>(ex != null && phase1(BETA) == null).toBe(true);
    ends(ex);
    wanted.phase1IsUp(established(true, GAMMA));
    expect<bool>(quick() != null && quick(other) == null).toBe(true, "what had no pair wants none");
  });

  test("of one peer alone stays it, and nothing begins that nobody wants", () => {
    policy.nextAcquire = clock.now() + 5000;
    wanted.peerIsDead(BETA, BETA);
    expect<u32>(<u32>policy.peerIndex).toBe(0);
    expect<u64>(rest()).toBe(0);
    expect<bool>(phase1() == null).toBe(true);
  });
});

describe("an SPI that we do not have", () => {
  test("is answered by a Delete of its protocol under an SA with that address", () => {
    established(true, GAMMA);
    const sa = established(true);
    sa.configured = GAMMA + 7;
    unknown(0x1234, BETA, 50);
    expect<u32>(sent()).toBe(1);
    expect<u32>(deletedSpi(0)).toBe(0x1234);
    expect<u32>(deletedProtocol()).toBe(Protocol.ESP);
    unknown(0x1235, BETA, 51);
    expect<u32>(sent()).toBe(1);
    expect<u32>(deletedSpi(0)).toBe(0x1235);
    expect<u32>(deletedProtocol()).toBe(Protocol.AH);
    expect<bool>(phase1() == null).toBe(true);
  });

  test("that has come to be meanwhile is not deleted", () => {
    const pair = up(established(true), true);
    unknown(pair.spi, BETA, 50);
    expect<u32>(sent()).toBe(0);
  });

  test("begins phase 1 where there is no SA that is in use: with the policy's peer, if it does not rest", () => {
    negotiating(false);
    established(true).phase = Phase.REPLACED;
    unknown(0x1234, BETA, 50);
    expect<bool>(phase1() == null).toBe(true, "not where the configuration does not want it");
    recovery.setInvalidSpi(true);
    unknown(0x1234, GAMMA, 50);
    expect<bool>(phase1() == null).toBe(true);
    policy.nextAcquire = other.nextAcquire = clock.now() + 1;
    unknown(0x1234, BETA, 50);
    expect<bool>(phase1() == null && quick() == null).toBe(true);
    pass(1);
    isakmpSa.init();
    unknown(0x1234, BETA, 50);
    expect<bool>(phase1() != null).toBe(true);
  });

  test("begins nothing where the policy has a pair", () => {
    const sa = established(true);
    up(sa, true);
    up(sa, true, other);
    isakmpSa.free(sa);
    recovery.setInvalidSpi(true);
    unknown(0x1234, BETA, 50);
    expect<bool>(phase1() == null).toBe(true);
  });
});

describe("a peer behind a NAT that comes from elsewhere", () => {
  test("takes its pairs and its SAs along; others stay", () => {
    const sa = established(false);
    sa.peerNat = true;
    sa.localPort = sa.peerPort = 4500;
    const plain = established(false);
    const foreign = established(false, GAMMA);
    foreign.peerNat = true;
    const running = negotiating(false);
    running.peerNat = true;
    const one = up(sa, true);
    const two = up(sa, true, other);
    one.encapsulated = two.encapsulated = (one.pair as SA).encapsulated = (two.pair as SA).encapsulated = true;
    moved(one.spi ^ 0x100, 0x01020304, 4711);
    expect<u32>(sa.peerAddress).toBe(BETA);
    moved(one.spi, 0x01020304, 4711);
    expect<u32>(sa.peerAddress).toBe(0x01020304);
    expect<u32>(sa.peerPort).toBe(4711);
    expect<u32>((one.pair as SA).peerAddress).toBe(0x01020304);
    expect<u32>((two.pair as SA).peerAddress).toBe(0x01020304);
    expect<u32>(plain.peerAddress).toBe(BETA);
    expect<u32>(running.peerAddress).toBe(BETA);
    expect<u32>(foreign.peerAddress).toBe(GAMMA);
  });
});

describe("no answer", () => {
  test("to our Quick Mode: phase 1 is not trusted any more, and begun anew", () => {
    const number = established(true).number;
    wants(policy);
    sent();
    outOfTries(quick() as Exchange);
    expect<bool>(isakmpSa.byNumber(number) == null).toBe(true);
    expect<bool>(phase1() != null).toBe(true);
    expect<u32>(sent()).toBe(2, "a Delete, and the first message");
  });

  test("to our answer of the peer's Quick Mode: it ends, phase 1 stays", () => {
    const sa = established(false);
    outOfTries(exchangeOf(sa, ExchangeType.QUICK_MODE, State.QUICK_R1, false));
    expect<bool>(isakmpSa.byNumber(sa.number) != null).toBe(true);
    expect<bool>(phase1() == null && !db.busy(sa)).toBe(true);
    expect<u32>(sent()).toBe(0);
  });

  test("to our New Group Mode: its policy rests, phase 1 stays", () => {
    const sa = established(true);
    const ex = exchangeOf(sa, ExchangeType.NEW_GROUP_MODE, State.GROUP_I1, true);
    ex.policySlot = other.slot;
    outOfTries(ex);
    expect<u64>(rest(other)).toBe(10000);
    expect<u64>(rest()).toBe(0);
    expect<bool>(isakmpSa.byNumber(sa.number) != null && !db.busy(sa)).toBe(true);
  });

  test("to our phase 1: what waits for it rests", () => {
    wants(policy);
    outOfTries(phase1() as Exchange);
    expect<u64>(rest()).toBe(10000);
    expect<bool>(phase1() == null).toBe(true);
  });
});
