// What a timer of each kind does when it is due, to the millisecond, and what an exchange that ran out of time takes along.
import * as buffers from "../../../../assembly/ike/state/buffers";
import * as cookies from "../../../../assembly/ike/engine/cookies";
import { Exchange, State, Timeout } from "../../../../assembly/ike/state/exchange";
import * as db from "../../../../assembly/ike/state/exchanges";
import { startPhase1 } from "../../../../assembly/ike/upkeep/begin";
import * as isakmpSa from "../../../../assembly/ike/state/isakmp_sa";
import * as keys from "../../../../assembly/ike/settings/keys";
import * as lifecycle from "../../../../assembly/ike/upkeep/succession";
import * as retransmit from "../../../../assembly/ike/engine/retransmit";
import * as stats from "../../../../assembly/ike/state/stats";
import { Stat } from "../../../../assembly/ike/state/stats";
import * as timers from "../../../../assembly/ike/engine/timers";
import { NO_DEADLINE } from "../../../../assembly/util/deadline";
import { ExchangeType } from "../../../../assembly/wire/ike_numbers";
import { ALPHA, BETA, nameAt, pass, put } from "../../sadb/world";
import { begin, established, exchangeOf, negotiating, sent } from "../by_hand/world";

const offer: usize = memory.data(64, 8);
const other: usize = memory.data(64, 8);
const cookie: usize = memory.data(16, 8);

beforeEach(() => {
  begin();
  keys.addAddress(BETA, 0xffffffff, nameAt(), put("secret"));
});

/** A phase 1 of ours whose first message is out. */
function begun(): Exchange {
  startPhase1(BETA, ALPHA, 0, 0);
  expect<u32>(sent()).toBe(1);
  return db.phase1With(BETA, 0) as Exchange;
}

/** Goes on to where the exchanges' timers look next. */
function poll(milliseconds: u32): u32 {
  pass(milliseconds);
  timers.pollExchanges();
  return sent();
}

describe("a timer", () => {
  test("RETRANSMIT sends the message again after 1, 1.5, 2.25 ... seconds, and gives up at the ninth", () => {
    begun();
    const pauses: StaticArray<u32> = [1000, 1500, 2250, 3375, 5062, 7593, 11389, 16000];
    for (let i = 0; i < 8; i++) {
      expect<u32>(timers.pollExchanges()).toBe(pauses[i]);
      expect<u32>(poll(pauses[i] - 1)).toBe(0);
      expect<u32>(timers.pollExchanges()).toBe(1);
      expect<u32>(poll(1)).toBe(1);
      expect<u32>(stats.get(Stat.RETRANSMITTED)).toBe(i + 1);
    }
    expect<u32>(poll(15999)).toBe(0);
    expect<bool>(db.phase1With(BETA, 0) != null).toBe(true);
    expect<u32>(poll(1)).toBe(0);
    expect<bool>(db.phase1With(BETA, 0) == null).toBe(true);
    expect<u32>(timers.pollExchanges()).toBe(NO_DEADLINE);
  });

  test("CONFIRM sends it four times more and then ends the exchange; those are no retransmissions", () => {
    const ex = begun();
    retransmit.begin(ex, Timeout.CONFIRM);
    const pauses: StaticArray<u32> = [1000, 1500, 2250, 3375];
    for (let i = 0; i < 4; i++) expect<u32>(poll(pauses[i])).toBe(1);
    expect<u32>(poll(5062)).toBe(0);
    expect<bool>(db.phase1With(BETA, 0) == null).toBe(true);
    expect<u32>(stats.get(Stat.RETRANSMITTED)).toBe(0);
  });

  test("WAIT sends nothing, and ends the exchange with its SA after 64 seconds", () => {
    const ex = begun();
    const number = ex.sa.number;
    retransmit.begin(ex, Timeout.WAIT);
    expect<u32>(poll(63999)).toBe(0);
    expect<bool>(isakmpSa.byNumber(number) != null).toBe(true);
    expect<u32>(poll(1)).toBe(0);
    expect<bool>(isakmpSa.byNumber(number) == null).toBe(true);
  });

  test("LINGER ends the exchange after 70 seconds, and leaves its SA", () => {
    const sa = established(true);
    const ex = exchangeOf(sa, ExchangeType.QUICK_MODE, State.QUICK_DONE, true, 77);
    retransmit.begin(ex, Timeout.LINGER);
    poll(69999);
    expect<bool>(db.byM_ID(sa, 77) != null).toBe(true);
    expect<u32>(poll(1)).toBe(0);
    expect<bool>(db.byM_ID(sa, 77) == null).toBe(true);
    expect<bool>(isakmpSa.byNumber(sa.number) != null).toBe(true);
  });

  test("COMMIT looks every tenth of a second, and gives up waiting after ten", () => {
    const sa = established(true);
    const ex = exchangeOf(sa, ExchangeType.QUICK_MODE, State.QUICK_COMMIT, true, 77);
    retransmit.begin(ex, Timeout.COMMIT);
    for (let i: u32 = 1; i < 10; i++) {
      poll(100);
      expect<u32>(ex.tries).toBe(i);
      expect<u32>(ex.timeout).toBe(Timeout.COMMIT);
    }
    // There is no pair to be taken into use: the exchange is over.
    poll(100);
    expect<bool>(ex.timeout != <u32>Timeout.COMMIT || db.byM_ID(sa, 77) == null).toBe(true);
  });

  test("of one exchange leaves the others' where they are", () => {
    const sa = established(true);
    const one = exchangeOf(sa, ExchangeType.QUICK_MODE, State.QUICK_DONE, true, 77);
    retransmit.begin(one, Timeout.LINGER);
    pass(1000);
    const two = exchangeOf(sa, ExchangeType.QUICK_MODE, State.QUICK_DONE, true, 78);
    retransmit.begin(two, Timeout.LINGER);
    poll(69000);
    expect<bool>(db.byM_ID(sa, 77) == null && db.byM_ID(sa, 78) != null).toBe(true);
    expect<u32>(timers.pollExchanges()).toBe(1000);
  });
});

/** Whether an offer is still known by its cookie after 20,000 others. */
function stays(initiator: bool, type: u32): bool {
  const sa = negotiating(initiator);
  const ex = exchangeOf(sa, type, State.MAIN_DONE, initiator);
  sa.exchange = ex;
  memory.fill(offer, 0x33, 60);
  ex.SA_b = buffers.holdCopy(offer, 60);
  ex.SA_bLen = 60;
  cookies.issue(sa.CKY_I, BETA, ALPHA, 500, 500, offer, 60, 0, cookie);
  lifecycle.phase1IsUp(ex);
  for (let i: u32 = 0; i < 20000; i++) {
    store<u32>(other, i);
    cookies.issue(sa.CKY_I, BETA, ALPHA, 500, 500, other, 60, 0, cookie + 8);
  }
  return cookies.redeem(cookie, sa.CKY_I, BETA, ALPHA, 500, 500) == cookies.Redeemed.GOOD;
}

describe("the offer of a peer", () => {
  test("that has proved who it is in Main Mode is kept against a flood; ours, and Aggressive Mode's, are not", () => {
    expect<bool>(stays(false, ExchangeType.IDENTITY_PROTECTION)).toBe(true);
    begin();
    expect<bool>(stays(true, ExchangeType.IDENTITY_PROTECTION)).toBe(false);
    begin();
    expect<bool>(stays(false, ExchangeType.AGGRESSIVE)).toBe(false);
  });
});
