// The powers of Diffie-Hellman: whose comes first, in what order, where the results go, what follows. And how exchanges of our
// own begin, or do not.
import * as drbg from "../../../../assembly/crypto/drbg";
import * as exchangeLife from "../../../../assembly/ike/engine/exchange_life";
import * as jobs from "../../../../assembly/ike/engine/jobs";
import * as keyExchange from "../../../../assembly/ike/modes/key_exchange";
import { Exchange, Job, State, Timeout } from "../../../../assembly/ike/state/exchange";
import * as exchange from "../../../../assembly/ike/state/exchange";
import { IsakmpSa } from "../../../../assembly/ike/state/isakmp_sa";
import * as isakmpSa from "../../../../assembly/ike/state/isakmp_sa";
import * as pairs from "../../../../assembly/ike/state/pairs";
import { Fate, Stat, exchangeCount, get } from "../../../../assembly/ike/state/stats";
import * as initiate from "../../../../assembly/ike/upkeep/begin";
import { DhGroup, dhBusy, dhGroupById, dhResult, dhStart, dhStep } from "../../../../assembly/oakley/dh_group";
import { toHex } from "../../crypto/bytes";
import { ALPHA, BETA } from "../../sadb/world";
import { begin, established, exchangeOf, negotiating, policy, sent, up } from "../by_hand/world";

const own: usize = memory.data(96, 8);
const both: usize = memory.data(96, 8);

/** An exchange with an exponent and a peer's value, that nothing follows: the row is one without a second half. */
function wants(kinds: u32, createdAt: u64, initiator: bool = true): Exchange {
  const ex = exchangeOf(negotiating(initiator), 2, State.MAIN_I1, initiator, 0);
  expect<bool>(keyExchange.beginKeyExchange(ex, 1)).toBe(true);
  ex.createdAt = createdAt;
  ex.suspended = ex.background = true;
  if (initiator) exchange.doneJob(ex, Job.PUBLIC);
  exchange.wantJobs(ex, kinds);
  return ex;
}

/** base ^ x of an exchange, by itself. */
function power(ex: Exchange, base: usize, to: usize): void {
  dhStart(dhGroupById(1) as DhGroup, base, ex.exponent);
  while (!dhStep()) continue;
  dhResult(to);
}

describe("jobs", () => {
  beforeEach(() => {
    begin();
    exchange.init();
  });

  it("are none where none are wanted", () => {
    expect<bool>(jobs.work()).toBe(false);
  });

  it("give g^x of our own first, then g^xy, and count both", () => {
    for (let role = 0; role < 2; role++) {
      begin();
      exchange.init();
      const ex = wants(Job.SHARED, 5, role == 1);
      power(ex, 0, own);
      memory.copy(ex.peerPublic, own, 96);
      power(ex, ex.peerPublic, both);
      exchange.wantJobs(ex, Job.PUBLIC);
      while (ex.jobs & Job.PUBLIC) expect<bool>(jobs.work()).toBe(true);
      expect<string>(toHex(role ? ex.g_xi : ex.g_xr, 96)).toBe(toHex(own, 96));
      expect<u64>(load<u64>(ex.g_xy)).toBe(0);
      expect<u32>(get(Stat.MODEXP)).toBe(1);
      expect<bool>(ex.suspended).toBe(true);
      let more = true;
      while (ex.jobs) more = jobs.work();
      expect<bool>(more).toBe(false);
      expect<string>(toHex(ex.g_xy, 96)).toBe(toHex(both, 96));
      expect<u32>(get(Stat.MODEXP)).toBe(2);
      expect<bool>(ex.suspended || dhBusy()).toBe(false);
    }
  });

  it("are the oldest's first; what runs is not left for an older one", () => {
    const young = wants(Job.PUBLIC, 9);
    const old = wants(Job.PUBLIC, 7);
    jobs.work();
    expect<u32>(old.running).toBe(Job.PUBLIC);
    expect<u32>(young.running).toBe(Job.NONE);
    const older = wants(Job.PUBLIC, 3);
    while (old.jobs) expect<bool>(jobs.work()).toBe(true);
    expect<bool>(young.jobs != 0 && older.jobs != 0).toBe(true);
    while (older.jobs) expect<bool>(jobs.work()).toBe(true);
    expect<bool>(young.jobs != 0).toBe(true);
    let more = true;
    while (young.jobs) more = jobs.work();
    expect<bool>(more).toBe(false);
  });

  it("a group that is none is found out at once, and the exchange goes on with the fault", () => {
    const ex = wants(Job.VALIDATE, 5);
    ex.prime = own;
    ex.primeLen = 1;
    ex.generator = both;
    ex.generatorLen = 1;
    expect<bool>(jobs.work()).toBe(false);
    expect<bool>(ex.fault != 0).toBe(true);
    expect<u32>(ex.jobs | ex.running).toBe(0);
    expect<bool>(ex.suspended).toBe(false);
    expect<u32>(exchange.jobsWanted).toBe(0);
  });
});

describe("an exchange of our own", () => {
  beforeEach(() => {
    begin();
  });

  it("a new SA is between two addresses, on port 500, until there is no room", () => {
    const sa = exchangeLife.newSa(BETA, ALPHA, true) as IsakmpSa;
    expect<u32>(sa.configured).toBe(BETA);
    expect<u32>(sa.peerAddress).toBe(BETA);
    expect<u32>(sa.localAddress).toBe(ALPHA);
    expect<u32>(sa.peerPort).toBe(500);
    expect<u32>(sa.localPort).toBe(500);
    expect<bool>(sa.initiator).toBe(true);
    for (let i: u32 = 1; i < isakmpSa.slots(); i++) expect<bool>(exchangeLife.newSa(BETA, ALPHA, false) != null).toBe(true);
    expect<bool>(exchangeLife.newSa(BETA, ALPHA, false) == null).toBe(true);
  });

  it("Quick Mode has a fresh message ID, its policy, and the pair that it renews", () => {
    const sa = established(true);
    const pair = up(sa, true);
    pairs.renewable(pair.spi)!.selector.localPort = 99;
    expect<bool>(initiate.startQuick(sa, policy, pair.spi)).toBe(true);
    expect<u32>(sent()).toBe(1);
    let found = 0;
    for (let i: u32 = 0; i < exchange.slots(); i++) {
      const ex = exchange.at(i);
      if (!ex) continue;
      found++;
      expect<u32>(ex.type).toBe(32);
      expect<bool>(ex.initiator && ex.sa === sa).toBe(true);
      expect<u32>(ex.policySlot).toBe(policy.slot);
      expect<u32>(ex.renews).toBe(pair.spi);
      expect<u32>(ex.state).toBe(State.QUICK_I1);
      expect<u32>(ex.timeout).toBe(Timeout.RETRANSMIT);
      expect<bool>(ex.M_ID != 0 && sa.knowsM_ID(ex.M_ID)).toBe(true);
      // It proposes the flows of that pair.
      expect<u16>(ex.selector.localPort).toBe(99);
    }
    expect<i32>(found).toBe(1);
  });

  it("does not begin without a message ID, or without room for it", () => {
    const sa = established(true);
    drbg.wipe();
    expect<bool>(initiate.startQuick(sa, policy, 0)).toBe(false);
    expect<bool>(initiate.startNewGroup(sa, policy, 40000)).toBe(false);
    drbg.seed();
    for (let i: u32 = 0; i < exchange.slots(); i++) exchangeOf(sa, 32, State.QUICK_I1, true, i + 1);
    expect<bool>(initiate.startQuick(sa, policy, 0)).toBe(false);
    expect<bool>(initiate.startNewGroup(sa, policy, 40000)).toBe(false);
    expect<u32>(exchangeCount(2, true, Fate.BEGUN)).toBe(0);
    expect<u32>(exchangeCount(3, true, Fate.BEGUN)).toBe(0);
    expect<u32>(sent()).toBe(0);
  });
});
