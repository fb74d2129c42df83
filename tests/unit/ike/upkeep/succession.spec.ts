// An ISAKMP SA's later life to the millisecond: soft and hard ends, those that are replaced, spent, contradicted, deleted.
import * as exchangeLife from "../../../../assembly/ike/engine/exchange_life";
import * as informational from "../../../../assembly/ike/modes/informational";
import * as keys from "../../../../assembly/ike/settings/keys";
import { Exchange, State, Timeout } from "../../../../assembly/ike/state/exchange";
import * as exchange from "../../../../assembly/ike/state/exchange";
import * as db from "../../../../assembly/ike/state/exchanges";
import { IsakmpSa, Phase } from "../../../../assembly/ike/state/isakmp_sa";
import * as isakmpSa from "../../../../assembly/ike/state/isakmp_sa";
import * as lifetimes from "../../../../assembly/ike/state/lifetimes";
import * as pairs from "../../../../assembly/ike/state/pairs";
import * as succession from "../../../../assembly/ike/upkeep/succession";
import * as upkeep from "../../../../assembly/ike/upkeep/upkeep";
import * as sad from "../../../../assembly/sadb/sas/sad";
import * as clock from "../../../../assembly/util/clock";
import { NEVER, NO_DEADLINE } from "../../../../assembly/util/deadline";
import { ExchangeType } from "../../../../assembly/wire/ike_numbers";
import { BETA, nameAt, pass, put, ref } from "../../sadb/world";
import { GAMMA, begin, established, exchangeOf, negotiating, other, peerAt, phase1Up, policy, sent, up } from "../by_hand/world";

beforeEach(() => {
  begin();
});

/** Phase 1 ends well, now. */
function comesUp(initiator: bool, createdAt: u64 = 0, peer: u32 = BETA): IsakmpSa {
  const sa = negotiating(initiator, peer);
  if (createdAt) sa.createdAt = createdAt;
  const ex = exchangeOf(sa, ExchangeType.IDENTITY_PROTECTION, State.MAIN_DONE, initiator);
  sa.exchange = ex;
  phase1Up(ex);
  exchange.free(ex);
  return sa;
}

/** Whether an SA is in the pool still. */
function there(sa: IsakmpSa): bool {
  for (let i: u32 = 0; i < isakmpSa.slots(); i++) if (ref(isakmpSa.at(i)) == ref(sa)) return true;
  return false;
}

/** One that is up, with a key for a new phase 1. */
function renewable(): IsakmpSa {
  keys.addAddress(BETA, 0xffffffff, nameAt(), put("secret"));
  return comesUp(true);
}

describe("lifetimes", () => {
  test("soft by role and hard to the second; the deadline knows the first", () => {
    for (let initiator = 0; initiator < 2; initiator++) {
      begin();
      const sa = comesUp(initiator == 1);
      expect<u64>(sa.establishedAt).toBe(clock.now());
      expect<u64>(sa.expiresAt).toBe(clock.now() + 3600000);
      const soft = sa.softAt - clock.now();
      if (initiator) expect<bool>(soft >= 3060351 && soft <= 3239649).toBe(true);
      else expect<bool>(soft >= 3311718 && soft <= 3454981).toBe(true);
      expect<u64>(isakmpSa.alarms.deadline.at).toBe(sa.softAt);
      expect<u64>(sa.softOctets).toBe(NEVER);
    }
  });

  test("kilobytes: of 1024 octets, softly before", () => {
    const sa = negotiating(true);
    sa.lifetimeKilobytes = 1000;
    sa.phase = Phase.ESTABLISHED;
    lifetimes.shorten(sa, 0, 0);
    expect<u64>(sa.hardOctets).toBe(1024000);
    expect<bool>(sa.softOctets >= 870500 && sa.softOctets <= 921500).toBe(true);
  });

  test("the responder's shorter ones hold, longer ones and none do not", () => {
    const sa = established(true);
    lifetimes.shorten(sa, 3601, 0);
    expect<u32>(sa.lifetimeSeconds).toBe(3600);
    expect<u32>(sa.lifetimeKilobytes).toBe(0);
    lifetimes.shorten(sa, 100, 500);
    expect<u32>(sa.lifetimeSeconds).toBe(100);
    expect<u32>(sa.lifetimeKilobytes).toBe(500);
    expect<u64>(sa.expiresAt).toBe(sa.establishedAt + 100000);
    expect<u64>(isakmpSa.alarms.deadline.at).toBe(sa.softAt);
    lifetimes.shorten(sa, 0, 501);
    expect<u32>(sa.lifetimeKilobytes).toBe(500);
    lifetimes.shorten(sa, 0, 499);
    expect<u32>(sa.lifetimeKilobytes).toBe(499);
    expect<u32>(sa.lifetimeSeconds).toBe(100);
  });

  test("one that has been replaced is not renewed for it; one under way has no times yet", () => {
    const sa = established(true);
    sa.phase = Phase.REPLACED;
    lifetimes.shorten(sa, 100, 0);
    expect<u64>(sa.softAt).toBe(NEVER);
    expect<u64>(sa.expiresAt).toBe(sa.establishedAt + 100000);
    const early = negotiating(true);
    lifetimes.shorten(early, 100, 0);
    expect<u32>(early.lifetimeSeconds).toBe(100);
    expect<u64>(early.expiresAt).toBe(NEVER);
  });

  test("it ends to the millisecond, and the peer is told", () => {
    const sa = comesUp(true);
    pass(3599999);
    upkeep.pollSas();
    expect<bool>(there(sa)).toBe(true);
    pass(1);
    upkeep.pollSas();
    expect<bool>(there(sa)).toBe(false);
    expect<u32>(sent()).toBe(1);
    upkeep.pollSas();
    expect<u32>(isakmpSa.alarms.deadline.remaining()).toBe(NO_DEADLINE);
  });
});

describe("a renewal", () => {
  test("is begun when there is something to keep up, and again 70 seconds later while none runs", () => {
    const sa = renewable();
    up(sa, true);
    pass(<u32>(sa.softAt - clock.now()) - 1);
    upkeep.pollSas();
    expect<bool>(db.phase1With(BETA, 0) == null).toBe(true);
    pass(1);
    upkeep.pollSas();
    const ex = db.phase1With(BETA, 0) as Exchange;
    expect<u32>(ex.sa.renews).toBe(sa.number);
    expect<u64>(sa.softAt).toBe(clock.now() + 70000);
    // Another is not begun beside it; it is not asked for again.
    pass(70000);
    upkeep.pollSas();
    expect<u64>(sa.softAt).toBe(NEVER);
    let n = 0;
    for (let i: u32 = 0; i < isakmpSa.slots(); i++) if (isakmpSa.at(i)) n++;
    expect<i32>(n).toBe(2);
  });

  test("is not begun for nothing, nor for one that is replaced", () => {
    const idle = renewable();
    pass(<u32>(idle.softAt - clock.now()));
    upkeep.pollSas();
    expect<bool>(db.phase1With(BETA, 0) == null).toBe(true);
    expect<u64>(idle.softAt).toBe(NEVER);
    up(idle, true);
    idle.phase = Phase.REPLACED;
    idle.softAt = clock.now();
    upkeep.tick(idle, clock.now());
    expect<bool>(db.phase1With(BETA, 0) == null).toBe(true);
  });
});

describe("a new one", () => {
  test("replaces what is older by five seconds; who began it deletes that ten seconds later, the other after a minute", () => {
    for (let initiator = 0; initiator < 2; initiator++) {
      begin();
      const old = comesUp(true);
      const foreign = comesUp(true, 0, GAMMA);
      old.keepaliveAt = old.dpdAt = NEVER - 1;
      pass(5000);
      const next = comesUp(initiator == 1);
      expect<u32>(old.phase).toBe(Phase.REPLACED);
      expect<u32>(foreign.phase).toBe(Phase.ESTABLISHED);
      expect<bool>(old.softAt == NEVER && old.keepaliveAt == NEVER && old.dpdAt == NEVER).toBe(true);
      const delay: u32 = initiator ? 10000 : 60000;
      expect<u64>(old.deleteAt).toBe(clock.now() + delay);
      expect<u64>(isakmpSa.alarms.deadline.at).toBe(old.deleteAt);
      sent();
      pass(delay - 1);
      upkeep.pollSas();
      expect<bool>(there(old)).toBe(true);
      pass(1);
      upkeep.pollSas();
      expect<bool>(there(old)).toBe(false);
      expect<u32>(sent()).toBe(1);
      expect<bool>(there(next)).toBe(true);
    }
  });

  test("stays beside one that began less than five seconds before", () => {
    const old = comesUp(true);
    pass(4999);
    comesUp(false);
    expect<u32>(old.phase).toBe(Phase.ESTABLISHED);
  });

  test("six are a peer's share: with one more the oldest goes, and the peer is told", () => {
    const first = comesUp(false).number;
    for (let i = 1; i < 8; i++) {
      pass(5000);
      comesUp(false);
    }
    expect<u32>(isakmpSa.countOf(BETA)).toBe(6);
    expect<bool>(isakmpSa.byNumber(first) == null && isakmpSa.byNumber(first + 1) == null).toBe(true);
    expect<u32>(isakmpSa.byNumber(first + 7)!.phase).toBe(Phase.ESTABLISHED);
    expect<u32>(sent()).toBe(2);
  });

  test("adopts its peer's pairs, and is counted", () => {
    const old = comesUp(true);
    const pair = up(old, true);
    expect<u32>(isakmpSa.established).toBe(1);
    pass(5000);
    const next = comesUp(true);
    expect<u32>(pair.ike).toBe(next.number);
    expect<u32>(isakmpSa.established).toBe(2);
  });

  test("is the first contact where there is neither an SA nor a pair with the peer", () => {
    const sa = negotiating(true);
    expect<bool>(pairs.firstContact(sa)).toBe(true);
    const foreign = established(true, GAMMA);
    up(foreign, true);
    expect<bool>(pairs.firstContact(sa)).toBe(true);
    const old = established(true);
    expect<bool>(pairs.firstContact(sa)).toBe(false);
    const pair = up(old, true);
    isakmpSa.free(old);
    expect<bool>(pairs.firstContact(sa)).toBe(false, "a pair alone");
    sad.remove(pair);
    expect<bool>(pairs.firstContact(sa)).toBe(true);
  });
});

describe("INITIAL-CONTACT", () => {
  test("ends what was up before the exchange began, silently; not what came up meanwhile, runs, or is another's", () => {
    const old = established(true);
    const pair = up(old, true);
    const foreign = established(true, GAMMA);
    pass(100);
    const running = negotiating(true);
    const sa = negotiating(false);
    const meanwhile = established(true);
    sa.peer = peerAt(BETA);
    succession.initialContact(sa);
    expect<bool>(there(old)).toBe(false);
    expect<bool>(there(foreign) && there(running) && there(meanwhile) && there(sa)).toBe(true);
    expect<u32>(pairs.peerOf(pair.spi)).toBe(0);
    expect<u32>(sent()).toBe(0);
  });
});

describe("one that is spent", () => {
  test("asks for nothing any more and goes 12 seconds later, the responder's 24", () => {
    for (let initiator = 0; initiator < 2; initiator++) {
      begin();
      const sa = comesUp(initiator == 1);
      sa.lifetimeKilobytes = 100;
      lifetimes.shorten(sa, 0, 0);
      sa.dpdAt = clock.now();
      lifetimes.lastQuick(sa);
      expect<bool>(sa.spent && sa.softAt == NEVER && sa.dpdAt == NEVER).toBe(true);
      expect<u64>(sa.softOctets).toBe(sa.hardOctets);
      const delay: u32 = initiator ? 12000 : 24000;
      expect<u64>(isakmpSa.alarms.deadline.at).toBe(clock.now() + delay);
      pass(delay - 1);
      upkeep.pollSas();
      expect<bool>(there(sa)).toBe(true);
      pass(1);
      upkeep.pollSas();
      expect<bool>(there(sa)).toBe(false);
    }
  });

  test("waits a second more for what is under way, not for what is over", () => {
    const sa = comesUp(true);
    const ex = exchangeOf(sa, ExchangeType.QUICK_MODE, State.QUICK_I1, true);
    lifetimes.lastQuick(sa);
    pass(12000);
    upkeep.pollSas();
    expect<bool>(there(sa)).toBe(true);
    expect<u64>(sa.deleteAt).toBe(clock.now() + 1000);
    expect<u64>(isakmpSa.alarms.deadline.at).toBe(sa.deleteAt);
    ex.timeout = Timeout.LINGER;
    pass(1000);
    upkeep.pollSas();
    expect<bool>(there(sa)).toBe(false);
  });
});

describe("an end", () => {
  test("an operator's takes the pairs with the last SA of a peer, not before", () => {
    const one = established(true);
    const two = established(true);
    const under = negotiating(true);
    up(one, true);
    up(two, true, other);
    succession.removeWithPairs(under, "cleared");
    expect<u32>(pairs.pairsWith(BETA)).toBe(2, "one that is not up has none");
    succession.removeWithPairs(one, "cleared");
    expect<u32>(pairs.pairsWith(BETA)).toBe(2);
    expect<u32>(sent()).toBe(1);
    const foreign = established(true, GAMMA);
    const replaced = established(true);
    replaced.phase = Phase.REPLACED;
    succession.removeWithPairs(two, "cleared");
    expect<u32>(pairs.pairsWith(BETA)).toBe(0);
    expect<u32>(sent()).toBe(2, "a Delete of the pairs, and one of the SA");
    expect<bool>(there(foreign)).toBe(true);
  });

  test("takes the exchanges under it, and what their Quick Modes have reserved; no others", () => {
    const sa = established(true);
    const foreign = established(true, GAMMA);
    const ex = exchangeOf(sa, ExchangeType.QUICK_MODE, State.QUICK_I1, true);
    const theirs = exchangeOf(foreign, ExchangeType.QUICK_MODE, State.QUICK_I1, true);
    const larval = sad.reserve(policy)!;
    const spi = larval.spi;
    ex.spi = spi;
    succession.remove(sa, "test", false);
    expect<bool>(db.byM_ID(foreign, 1) === theirs).toBe(true);
    expect<usize>(ref(sad.bySpi(spi))).toBe(0);
    expect<u32>(sent()).toBe(0);
    expect<bool>(there(sa)).toBe(false);
  });

  test("of an exchange of phase 1 that runs ends its SA; of phase 2, or when it is up, does not", () => {
    const sa = negotiating(true);
    sa.exchange = exchangeOf(sa, ExchangeType.IDENTITY_PROTECTION, State.MAIN_I1, true);
    exchangeLife.endExchange(sa.exchange as Exchange);
    expect<bool>(there(sa)).toBe(false);
    const done = established(true);
    done.exchange = exchangeOf(done, ExchangeType.IDENTITY_PROTECTION, State.MAIN_DONE, true);
    exchangeLife.endExchange(done.exchange as Exchange);
    expect<bool>(there(done)).toBe(true);
    expect<bool>(done.exchange == null).toBe(true);
    const early = negotiating(true);
    exchangeLife.endExchange(exchangeOf(early, ExchangeType.INFORMATIONAL, State.INFORMATIONAL, true));
    expect<bool>(there(early)).toBe(true);
  });

  test("a pair in use outlives its Quick Mode that lingers", () => {
    const sa = established(true);
    const inbound = up(sa, true);
    const ex = exchangeOf(sa, ExchangeType.QUICK_MODE, State.QUICK_DONE, true);
    ex.spi = inbound.spi;
    ex.timeout = Timeout.LINGER;
    exchangeLife.endExchange(ex);
    expect<usize>(ref(sad.bySpi(inbound.spi))).toBe(ref(inbound));
  });

  test("a peer's refusal ends phase 1 after our last message, and at no other time", () => {
    const sa = negotiating(true);
    informational.mainRefused(sa, 24);
    upkeep.look();
    expect<bool>(there(sa)).toBe(true);
    const ex = exchangeOf(sa, ExchangeType.IDENTITY_PROTECTION, State.MAIN_I2, true);
    sa.exchange = ex;
    informational.mainRefused(sa, 24);
    upkeep.look();
    expect<bool>(there(sa)).toBe(true);
    ex.state = State.MAIN_I3;
    informational.mainRefused(sa, 24);
    upkeep.look();
    expect<bool>(there(sa)).toBe(false);
  });
});
