// Finding exchanges, the bounds on how many a peer may open, and private groups, which are bounded alike.
import { PrivateGroup } from "../../../../assembly/ike/settings/private_groups";
import * as groups from "../../../../assembly/ike/settings/private_groups";
import { Exchange, Job, State, Timeout } from "../../../../assembly/ike/state/exchange";
import * as exchange from "../../../../assembly/ike/state/exchange";
import { IsakmpSa } from "../../../../assembly/ike/state/isakmp_sa";
import { Standing } from "../../../../assembly/ike/state/strangers";
import * as strangers from "../../../../assembly/ike/state/strangers";
import * as db from "../../../../assembly/ike/state/exchanges";
import {
  HALF_OPEN, HALF_OPEN_LOAD, HALF_OPEN_LOAD_PER_ADDRESS, HALF_OPEN_PER_ADDRESS, PRIVATE_GROUPS, PRIVATE_GROUPS_PER_SA,
} from "../../../../assembly/limits";
import { ExchangeType } from "../../../../assembly/wire/ike_numbers";
import { BETA, pass, ref } from "../../sadb/world";
import { GAMMA, begin, established, exchangeOf, negotiating, up } from "../by_hand/world";

beforeEach(() => {
  begin();
});

function same(a: Exchange | null, b: Exchange | null): void {
  expect<usize>(ref(a)).toBe(ref(b));
}

/** A phase 1 that a peer has begun. */
const DELTA: u32 = 0xc6336409;

function half(address: u32, state: State = State.MAIN_R1): Exchange {
  const sa = negotiating(false, address);
  const ex = exchangeOf(sa, ExchangeType.IDENTITY_PROTECTION, state, false, 0);
  sa.exchange = ex;
  return ex;
}

/** A Quick Mode of the peer's, with an SPI or two of ours. */
function reserved(its: IsakmpSa, M_ID: u32, ahSpi: u32 = 0): Exchange {
  pass(1);
  const ex = exchangeOf(its, ExchangeType.QUICK_MODE, State.QUICK_R1, false, M_ID);
  ex.spi = 0x1000 + M_ID;
  ex.ahSpi = ahSpi;
  return ex;
}

describe("exchanges are found", () => {
  test("by message ID under their SA", () => {
    const a = established(true);
    const b = established(true);
    const one = exchangeOf(a, ExchangeType.QUICK_MODE, State.QUICK_I1, true, 7);
    exchangeOf(b, ExchangeType.QUICK_MODE, State.QUICK_I1, true, 8);
    same(db.byM_ID(a, 7), one);
    same(db.byM_ID(a, 8), null);
    same(db.byM_ID(b, 7), null);
  });

  test("our Quick Mode of a policy, until it is done; the peer's until its third message", () => {
    const sa = established(true);
    const ours = exchangeOf(sa, ExchangeType.QUICK_MODE, State.QUICK_I1, true);
    ours.policySlot = 3;
    same(db.quickForPolicy(3), ours);
    same(db.quickForPolicy(4), null);
    same(db.quickAnswered(3), null);
    ours.state = State.QUICK_DONE;
    same(db.quickForPolicy(3), null);
    const group = exchangeOf(sa, ExchangeType.NEW_GROUP_MODE, State.GROUP_I1, true);
    group.policySlot = 3;
    same(db.quickForPolicy(3), null);
    const theirs = exchangeOf(sa, ExchangeType.QUICK_MODE, State.QUICK_R1, false);
    theirs.policySlot = 3;
    same(db.quickForPolicy(3), null);
    same(db.quickAnswered(3), theirs);
    same(db.quickAnswered(4), null);
  });

  test("our Quick Mode of an SPI, of ESP or AH; of none in particular the oldest", () => {
    const sa = established(true);
    const young = exchangeOf(sa, ExchangeType.QUICK_MODE, State.QUICK_I1, true);
    young.spi = 500;
    pass(10);
    const old = exchangeOf(sa, ExchangeType.QUICK_MODE, State.QUICK_I1, true);
    old.spi = 600;
    old.ahSpi = 601;
    old.createdAt = young.createdAt - 1;
    const done = exchangeOf(sa, ExchangeType.QUICK_MODE, State.QUICK_DONE, true);
    done.spi = 700;
    done.createdAt = 1;
    const foreign = exchangeOf(established(true), ExchangeType.QUICK_MODE, State.QUICK_I1, true);
    foreign.spi = 800;
    foreign.createdAt = 1;
    same(db.quickForSpi(sa, 500), young);
    same(db.quickForSpi(sa, 600), old);
    same(db.quickForSpi(sa, 601), old);
    same(db.quickForSpi(sa, 700), null);
    same(db.quickForSpi(sa, 800), null);
    same(db.quickForSpi(sa, 0), old);
    old.createdAt = young.createdAt;
    same(db.quickForSpi(sa, 0), young);
  });

  test("our New Group Mode under an SA, until it is done", () => {
    const sa = established(true);
    const theirs = exchangeOf(sa, ExchangeType.NEW_GROUP_MODE, State.GROUP_R0, false);
    exchangeOf(sa, ExchangeType.QUICK_MODE, State.QUICK_I1, true);
    same(db.newGroupUnder(sa), null);
    expect<bool>(db.validating()).toBe(false);
    const ours = exchangeOf(sa, ExchangeType.NEW_GROUP_MODE, State.GROUP_I1, true);
    same(db.newGroupUnder(sa), ours);
    same(db.newGroupUnder(established(true)), null);
    ours.jobs = Job.VALIDATE;
    expect<bool>(db.validating()).toBe(false, "our own counts with nobody");
    theirs.jobs = Job.SHARED;
    expect<bool>(db.validating()).toBe(false);
    theirs.jobs = Job.VALIDATE;
    expect<bool>(db.validating()).toBe(true);
    ours.jobs = theirs.jobs = 0;
    ours.state = State.GROUP_DONE;
    same(db.newGroupUnder(sa), null);
  });

  test("our phase 1 with a peer under a profile", () => {
    const sa = negotiating(true);
    sa.profile = 2;
    const ex = exchangeOf(sa, ExchangeType.IDENTITY_PROTECTION, State.MAIN_I1, true, 0);
    sa.exchange = ex;
    same(db.phase1With(BETA, 2), ex);
    same(db.phase1With(BETA, 0), null);
    same(db.phase1With(GAMMA, 2), null);
    sa.initiator = false;
    same(db.phase1With(BETA, 2), null);
    sa.initiator = true;
    sa.phase = 1;
    same(db.phase1With(BETA, 2), null);
  });

  test("what keeps an SA busy is what is neither over nor only said again", () => {
    const sa = established(true);
    expect<bool>(db.busy(sa)).toBe(false);
    const ex = exchangeOf(sa, ExchangeType.QUICK_MODE, State.QUICK_I1, true);
    expect<bool>(db.busy(sa)).toBe(true);
    expect<bool>(db.busy(established(true))).toBe(false);
    ex.timeout = Timeout.LINGER;
    expect<bool>(db.busy(sa)).toBe(false);
    ex.timeout = Timeout.CONFIRM;
    expect<bool>(db.busy(sa)).toBe(false);
  });
});

describe("half open", () => {
  test("are the peers' that run, in all and of one address", () => {
    half(BETA);
    half(BETA);
    half(GAMMA);
    negotiating(true);
    established(false);
    expect<u32>(db.halfOpen()).toBe(3);
    expect<u32>(db.halfOpenOf(BETA)).toBe(2);
    expect<u32>(db.halfOpenOf(0)).toBe(0);
  });

  test("one address may open so many, and load begins before", () => {
    for (let i: u32 = 0; i < HALF_OPEN_PER_ADDRESS; i++) {
      expect<bool>(db.mayOpenHalf(BETA)).toBe(true);
      expect<bool>(db.underLoad(BETA)).toBe(i >= HALF_OPEN_LOAD_PER_ADDRESS);
      half(BETA);
    }
    expect<bool>(db.mayOpenHalf(BETA)).toBe(false);
    expect<bool>(db.mayOpenHalf(GAMMA)).toBe(true);
  });

  test("all together too", () => {
    for (let i: u32 = 0; i < HALF_OPEN; i++) {
      expect<bool>(db.mayOpenHalf(1)).toBe(true);
      expect<bool>(db.underLoad(1)).toBe(i >= HALF_OPEN_LOAD);
      half(0x0b000000 + i);
    }
    expect<bool>(db.mayOpenHalf(1)).toBe(false);
  });

  test("the oldest gives way, when it is old enough or of a lower standing", () => {
    const old = half(GAMMA);
    pass(5);
    const young = half(DELTA);
    pass(994);
    expect<bool>(db.yielding(BETA, false, 1000) == null).toBe(true, "one");
    same(db.yielding(BETA, false, 1000, Standing.PATIENT), old);
    old.standing = Standing.PATIENT;
    same(db.yielding(BETA, false, 1000, Standing.PATIENT), young);
    pass(1);
    same(db.yielding(BETA, false, 1000), old);
    expect<bool>(db.yielding(BETA, true, 1000) == null).toBe(true, "two");
    old.suspended = true;
    expect<bool>(db.yielding(BETA, false, 1000) == null).toBe(true, "three");
  });

  test("whose address has cost more, or holds more, gives way at once", () => {
    const one = half(GAMMA);
    const other = half(DELTA);
    same(db.yielding(BETA, false, 1000), null);
    strangers.charge(GAMMA, 3);
    same(db.yielding(BETA, false, 1000), one);
    strangers.charge(BETA, 3);
    same(db.yielding(BETA, false, 1000), null);
    for (let i = 0; i < 3; i++) half(DELTA);
    same(db.yielding(BETA, false, 1000), other);
    pass(200000);
    expect<u32>(strangers.cost(GAMMA)).toBe(0, "it is forgotten");
  });

  test("of an address that has its share its own gives way", () => {
    const foreign = half(GAMMA);
    pass(10);
    const own = half(BETA);
    for (let i: u32 = 1; i < HALF_OPEN_PER_ADDRESS; i++) half(BETA);
    same(db.yielding(BETA, false, 1000), own);
    same(db.yielding(GAMMA, false, 100), own);
    foreign.suspended = true;
  });

  test("a share of Quick Modes that a peer begins: it gives up its oldest that lingers, else its oldest", () => {
    const sa = established(false);
    const other = established(false, GAMMA);
    exchangeOf(sa, ExchangeType.QUICK_MODE, State.QUICK_I1, true);
    for (let i = 0; i < 20; i++) exchangeOf(other, ExchangeType.QUICK_MODE, State.QUICK_R1, false, i);
    const first = exchangeOf(sa, ExchangeType.QUICK_MODE, State.QUICK_R1, false, 1);
    for (let i = 2; i <= 28; i++) {
      same(db.overShare(sa), null);
      pass(1);
      exchangeOf(established(false), ExchangeType.QUICK_MODE, i & 1 ? State.QUICK_R0 : State.QUICK_R1, false, i);
    }
    same(db.overShare(sa), first);
    const late = exchangeOf(sa, ExchangeType.QUICK_MODE, State.QUICK_DONE, false, 99);
    late.timeout = Timeout.LINGER;
    same(db.overShare(sa), late);
  });

  test("a share of SAs: what its Quick Modes have reserved counts, and the oldest of them gives way", () => {
    const sa = established(false);
    for (let i = 0; i < 9; i++) reserved(established(false, GAMMA), i);
    const first = reserved(sa, 20);
    reserved(sa, 21);
    same(db.overSas(sa.peer, 0, 4), null);
    same(db.overSas(sa.peer, 2, 4), first);
    const bundle = reserved(sa, 22, 0x2000);
    same(db.overSas(sa.peer, 0, 8), null);
    same(db.overSas(sa.peer, 0, 7), first);
    // What is over, what we began, and what is about to end, holds nothing back.
    first.timeout = Timeout.LINGER;
    bundle.initiator = true;
    same(db.overSas(sa.peer, 0, 2), null);
    first.timeout = Timeout.NONE;
    first.marked = true;
    same(db.overSas(sa.peer, 0, 2), null);
    same(db.overSas(null, 99, 0), null);
    // Pairs alone are not given up here.
    first.marked = false;
    up(sa, true);
    same(db.overSas(sa.peer, 0, 5), first);
    same(db.overSas(sa.peer, 0, 6), null);
  });
});

const numbers: usize = memory.data(32, 8);

/** A group of one octet each, which is enough to be kept. */
function given(owner: u32, id: u32, prime: u8, generator: u8): PrivateGroup {
  const group = groups.add(owner, id) as PrivateGroup;
  store<u8>(numbers, prime);
  store<u8>(numbers + 1, generator);
  group.set(numbers, 1, numbers + 1, 1);
  return group;
}

function good(prime: u8, generator: u8, primeLen: u32 = 1, generatorLen: u32 = 1): bool {
  store<u8>(numbers + 8, prime);
  store<u8>(numbers + 16, generator);
  return groups.knownGood(numbers + 8, primeLen, numbers + 16, generatorLen);
}

describe("private groups", () => {
  test("belong to one SA by their number, and go with it alone", () => {
    const one = given(1001, 40000, 23, 2);
    const two = given(1002, 40000, 23, 2);
    expect<usize>(ref(groups.find(1001, 40000))).toBe(ref(one));
    expect<usize>(ref(groups.add(1001, 40000))).toBe(ref(one));
    expect<usize>(ref(groups.find(1001, 40001))).toBe(0);
    groups.forget(1001);
    expect<usize>(ref(groups.find(1001, 40000))).toBe(0);
    expect<usize>(ref(groups.find(1002, 40000))).toBe(ref(two));
  });

  test("so many of one SA, and half of the room for the configuration", () => {
    for (let i: u32 = 0; i < PRIVATE_GROUPS_PER_SA; i++) given(1001, 40000 + i, 23, 2);
    expect<usize>(ref(groups.add(1001, 41000))).toBe(0);
    for (let i: u32 = 0; i < PRIVATE_GROUPS / 2; i++) given(0, 40000 + i, 23, 2);
    expect<usize>(ref(groups.add(0, 41000))).toBe(0);
    for (let i: u32 = 0; i < PRIVATE_GROUPS / 2 - PRIVATE_GROUPS_PER_SA; i++) given(1002 + i, 40000, 23, 2);
    expect<usize>(ref(groups.add(2000, 40000))).toBe(0, "the pool is used up");
  });

  test("one peer has no more of them under many ISAKMP SAs than under one", () => {
    for (let i: u32 = 0; i < PRIVATE_GROUPS_PER_SA; i++) expect<usize>(ref(groups.add(1001 + i, 40000, BETA))).not.toBe(0);
    expect<usize>(ref(groups.add(1099, 40000, BETA))).toBe(0);
    expect<usize>(ref(groups.add(1099, 40000, GAMMA))).not.toBe(0);
    groups.forget(1001);
    expect<usize>(ref(groups.add(1098, 40000, BETA))).not.toBe(0);
  });

  test("are good when they were proved, with the very same numbers", () => {
    const group = given(1001, 40000, 23, 5);
    expect<bool>(good(23, 5)).toBe(false);
    expect<usize>(ref(groups.groupFor(1001, 40000))).toBe(0, "not proved");
    group.valid = true;
    expect<bool>(good(23, 5)).toBe(true);
    expect<bool>(good(23, 6)).toBe(false);
    expect<bool>(good(22, 5)).toBe(false);
    expect<bool>(good(23, 5, 2)).toBe(false);
    expect<bool>(good(23, 5, 1, 2)).toBe(false);
    given(1001, 40000, 23, 7);
    expect<bool>(group.valid).toBe(false, "other numbers are to be proved again");
  });

  test("are looked for under an SA from 32768 on; the known ones below belong to all", () => {
    const group = given(1001, 32768, 23, 5);
    group.valid = true;
    expect<u32>(groups.groupFor(1001, 32768)!.id).toBe(32768);
    expect<usize>(ref(groups.groupFor(1002, 32768))).toBe(0);
    expect<u32>(groups.groupFor(1002, 14)!.id).toBe(14);
    expect<usize>(ref(groups.groupFor(1001, 32767))).toBe(0);
  });
});
