// What phase 1 leaves when it is up and when it comes to nothing: chains, wipes, timers, counts; a peer that is dead.
import * as exchangeLife from "../../../../assembly/ike/engine/exchange_life";
import * as ike from "../../../../assembly/ike/ike";
import * as informational from "../../../../assembly/ike/modes/informational";
import * as keys from "../../../../assembly/ike/settings/keys";
import * as buffers from "../../../../assembly/ike/state/buffers";
import { TRIES } from "../../../../assembly/ike/state/dead_peer";
import * as deadPeer from "../../../../assembly/ike/state/dead_peer";
import { Exchange, State, Timeout } from "../../../../assembly/ike/state/exchange";
import * as exchange from "../../../../assembly/ike/state/exchange";
import * as db from "../../../../assembly/ike/state/exchanges";
import { IsakmpSa, Phase } from "../../../../assembly/ike/state/isakmp_sa";
import * as isakmpSa from "../../../../assembly/ike/state/isakmp_sa";
import * as pairs from "../../../../assembly/ike/state/pairs";
import { Fate } from "../../../../assembly/ike/state/stats";
import * as stats from "../../../../assembly/ike/state/stats";
import * as succession from "../../../../assembly/ike/upkeep/succession";
import * as upkeep from "../../../../assembly/ike/upkeep/upkeep";
import { SA } from "../../../../assembly/sadb/sas/sad";
import { Work, WorkItem } from "../../../../assembly/sadb/work";
import * as asked from "../../../../assembly/sadb/work";
import * as clock from "../../../../assembly/util/clock";
import { NEVER } from "../../../../assembly/util/deadline";
import { Packet } from "../../../../assembly/util/packet";
import * as packets from "../../../../assembly/util/packet";
import { ExchangeType, Notify } from "../../../../assembly/wire/ike_numbers";
import { BETA, nameAt, pass, put, ref } from "../../sadb/world";
import { GAMMA, begin, established, exchangeOf, negotiating, notified, other, phase1Up, policy, sent, up } from "../by_hand/world";

beforeEach(() => {
  begin();
});

function done(sa: IsakmpSa, type: u32 = ExchangeType.IDENTITY_PROTECTION): Exchange {
  const ex = exchangeOf(sa, type, State.MAIN_DONE, sa.initiator);
  sa.exchange = ex;
  return ex;
}

function there(sa: IsakmpSa): bool {
  for (let i: u32 = 0; i < isakmpSa.slots(); i++) if (ref(isakmpSa.at(i)) == ref(sa)) return true;
  return false;
}

function wants(): void {
  const item = asked.post(Work.ACQUIRE) as WorkItem;
  item.policy = policy.slot;
  upkeep.run();
}

describe("phase 1 that is up", () => {
  test("keeps the last block of its chain, and no more", () => {
    const sa = negotiating(true);
    const ex = done(sa);
    for (let i: u32 = 0; i < 32; i++) store<u8>(ex.iv + i, <u8>(i + 1));
    memory.fill(sa.lastIv, 0x77, 16);
    store<u8>(sa.lastIv, 0x55, 16);
    phase1Up(ex);
    expect<i32>(memory.compare(sa.lastIv, ex.iv, 16)).toBe(0);
    expect<u32>(load<u8>(sa.lastIv, 16)).toBe(0x55);
  });

  test("wipes SKEYID, and gives back what it was made of", () => {
    const sa = negotiating(true);
    const ex = done(sa);
    memory.fill(ex.SKEYID, 0xaa, 68);
    const nonce = buffers.hold(32);
    ex.Ni_b = nonce;
    ex.exponent = buffers.hold(32);
    memory.fill(nonce, 0xbb, 32);
    phase1Up(ex);
    for (let i: usize = 0; i < 64; i++) expect<u32>(load<u8>(ex.SKEYID + i)).toBe(0);
    expect<u32>(load<u32>(ex.SKEYID, 64)).toBe(0xaaaaaaaa);
    expect<usize>(ex.Ni_b + ex.exponent).toBe(0);
    expect<u32>(load<u8>(nonce, 31)).toBe(0);
  });

  test("sends keepalives 20 seconds later and every 20 from behind a NAT, to the millisecond", () => {
    const sa = negotiating(true);
    sa.localNat = true;
    sa.localPort = sa.peerPort = 4500;
    phase1Up(done(sa));
    exchange.free(sa.exchange as Exchange);
    sent();
    const first = clock.now() + 20000;
    expect<u64>(sa.keepaliveAt).toBe(first);
    pass(19999);
    upkeep.pollSas();
    expect<u32>(sent()).toBe(0);
    pass(1);
    upkeep.pollSas();
    const packet = ike.nextOutput() as Packet;
    expect<u32>(packet.len).toBe(1);
    expect<u32>(load<u8>(packet.ptr)).toBe(0xff);
    expect<bool>(packet.srcPort == 4500 && packet.dstPort == 4500 && packet.dst == BETA).toBe(true);
    packets.free(packet);
    expect<u64>(sa.keepaliveAt).toBe(first + 20000);
  });

  test("without a NAT before us sends none", () => {
    const sa = negotiating(true);
    sa.peerNat = true;
    phase1Up(done(sa));
    expect<u64>(sa.keepaliveAt).toBe(NEVER);
  });

  test("looks for a dead peer from then on", () => {
    deadPeer.configure(40, 2, true);
    const sa = negotiating(true);
    sa.deadPeerDetection = true;
    phase1Up(done(sa));
    expect<u64>(sa.dpdAt).toBe(clock.now() + 10000);
  });

  test("that says INITIAL-CONTACT ends what was before; one that does not leaves it", () => {
    for (let k = 0; k < 2; k++) {
      begin();
      const old = established(true);
      const number = old.number;
      const pair = up(old, true);
      pass(100);
      const sa = negotiating(false);
      sa.initialContact = k == 1;
      phase1Up(done(sa));
      expect<bool>(isakmpSa.byNumber(number) == null).toBe(k == 1);
      expect<u32>(pairs.pairsWith(BETA)).toBe(1 - k);
    }
  });

  test("lets begin what waited for it", () => {
    keys.addAddress(BETA, 0xffffffff, nameAt(), put("secret"));
    wants();
    const ex = db.phase1With(BETA, 0) as Exchange;
    const sa = ex.sa;
    exchange.free(ex);
    isakmpSa.free(sa);
    expect<bool>(db.quickForPolicy(policy.slot) == null).toBe(true);
    phase1Up(done(negotiating(true)));
    expect<bool>(db.quickForPolicy(policy.slot) != null).toBe(true);
  });

  test("replaces no other peer's SA, none that is under way, and prolongs none that is replaced", () => {
    const foreign = new StaticArray<IsakmpSa>(5);
    for (let i = 0; i < 5; i++) {
      foreign[i] = established(true, GAMMA);
      foreign[i].phase = Phase.REPLACED;
    }
    const replaced = established(true);
    replaced.phase = Phase.REPLACED;
    replaced.deleteAt = clock.now() + 7000;
    const until = replaced.deleteAt;
    const running = negotiating(true);
    pass(5000);
    phase1Up(done(negotiating(true)));
    expect<u64>(replaced.deleteAt).toBe(until);
    expect<u32>(running.phase).toBe(Phase.NEGOTIATING);
    for (let i = 0; i < 5; i++) expect<bool>(there(foreign[i])).toBe(true);
    expect<u32>(sent()).toBe(0);
  });
});

/** How many exchanges of that type and role have failed. */
function failed(kind: u32, initiator: bool): u32 {
  return stats.exchangeCount(kind, initiator, Fate.FAILED);
}

function ends(type: u32, state: State, initiator: bool, timeout: Timeout = Timeout.RETRANSMIT): void {
  const ex = exchangeOf(established(initiator), type, state, initiator);
  ex.timeout = timeout;
  exchangeLife.endExchange(ex);
}

describe("an exchange that comes to nothing", () => {
  test("is counted by type and role, if it had begun at all and was not over", () => {
    ends(ExchangeType.IDENTITY_PROTECTION, State.MAIN_R0, false);
    ends(ExchangeType.AGGRESSIVE, State.AGGR_R0, false);
    ends(ExchangeType.QUICK_MODE, State.QUICK_R0, false);
    ends(ExchangeType.QUICK_MODE, State.QUICK_DONE, true, Timeout.LINGER);
    ends(ExchangeType.AGGRESSIVE, State.AGGR_DONE, true, Timeout.CONFIRM);
    for (let kind: u32 = 0; kind < 3; kind++) expect<u32>(failed(kind, false) + failed(kind, true)).toBe(0);
    ends(ExchangeType.IDENTITY_PROTECTION, State.MAIN_R1, false);
    ends(ExchangeType.IDENTITY_PROTECTION, State.MAIN_I1, true);
    ends(ExchangeType.AGGRESSIVE, State.AGGR_R1, false, Timeout.WAIT);
    ends(ExchangeType.QUICK_MODE, State.QUICK_R1, false);
    ends(ExchangeType.QUICK_MODE, State.QUICK_COMMIT, true, Timeout.COMMIT);
    expect<u32>(failed(0, false)).toBe(1);
    expect<u32>(failed(0, true)).toBe(1);
    expect<u32>(failed(1, false)).toBe(1);
    expect<u32>(failed(2, false)).toBe(1);
    expect<u32>(failed(2, true)).toBe(1);
  });

  test("goes with its SA, and leaves no exchange behind", () => {
    const sa = established(true);
    exchangeOf(sa, ExchangeType.QUICK_MODE, State.QUICK_I1, true);
    succession.remove(sa, "test", false);
    let n = 0;
    for (let i: u32 = 0; i < exchange.slots(); i++) if (exchange.at(i)) n++;
    expect<i32>(n).toBe(0);
    expect<u32>(failed(2, true)).toBe(1);
  });

  test("when the peer refuses our last message lets what waited for it rest", () => {
    keys.addAddress(BETA, 0xffffffff, nameAt(), put("secret"));
    wants();
    const ex = db.phase1With(BETA, 0) as Exchange;
    ex.state = State.MAIN_I3;
    informational.mainRefused(ex.sa, Notify.AUTHENTICATION_FAILED);
    upkeep.look();
    expect<u64>(policy.nextAcquire).toBe(clock.now() + 10000);
  });

  test("removed by an operator leaves the pairs, which are not its own", () => {
    const sa = established(true);
    up(sa, true);
    isakmpSa.free(sa);
    succession.removeWithPairs(negotiating(true), "cleared");
    expect<u32>(pairs.pairsWith(BETA)).toBe(1);
  });
});

describe("a peer that answers no R-U-THERE", () => {
  test("is asked so many times, then all with it goes and is told; other peers and what is under way stay", () => {
    for (let periodic = 0; periodic < 2; periodic++) {
      begin();
      keys.addAddress(BETA, 0xffffffff, nameAt(), put("secret"));
      deadPeer.configure(10, 2, periodic == 1);
      const sa = established(true);
      const second = established(true);
      second.phase = Phase.REPLACED;
      const foreign = established(true, GAMMA);
      const running = negotiating(false);
      sa.deadPeerDetection = true;
      const pair = up(sa, true);
      const theirs = up(foreign, true, other);
      deadPeer.start(sa);
      sa.dpdTries = 1;
      sa.dpdFirst = sa.dpdSequence;
      sent();
      for (let i: u32 = 1; i < TRIES; i++) {
        pass(<u32>(sa.dpdAt - clock.now()) - 1);
        upkeep.pollSas();
        expect<u32>(sent()).toBe(0);
        pass(1);
        upkeep.pollSas();
        expect<u32>(sent()).toBe(1);
        expect<u32>(notified()).toBe(Notify.R_U_THERE);
        expect<u64>(sa.dpdAt).toBe(clock.now() + 2000);
      }
      pass(2000);
      upkeep.pollSas();
      expect<bool>(there(foreign) && there(running)).toBe(true);
      expect<u32>(pairs.pairsWith(BETA)).toBe(0);
      expect<u32>(pairs.pairsWith(GAMMA)).toBe(1);
      let left = 0;
      for (let i: u32 = 0; i < isakmpSa.slots(); i++) {
        const one = isakmpSa.at(i);
        if (one && one.configured == BETA && one.phase != Phase.NEGOTIATING) left++;
      }
      expect<i32>(left).toBe(0);
      // A Delete of the pair, one of each SA; a first message where it is looked for all the time.
      expect<bool>(db.phase1With(BETA, 0) != null).toBe(periodic == 1);
      expect<u32>(sent()).toBe(3 + periodic);
      expect<u64>(policy.nextAcquire).toBe(periodic ? clock.now() + 1000 : 0);
    }
  });
});
