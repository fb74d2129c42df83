// Dead peer detection to the millisecond: when it is asked, what counts as a sign of life, when a peer is dead.
import * as deadPeerSetting from "../../../../assembly/ike/settings/dead_peer_setting";
import { Fresh, Step, TRIES } from "../../../../assembly/ike/state/dead_peer";
import * as deadPeer from "../../../../assembly/ike/state/dead_peer";
import { IsakmpSa, Phase } from "../../../../assembly/ike/state/isakmp_sa";
import * as isakmpSa from "../../../../assembly/ike/state/isakmp_sa";
import { SA } from "../../../../assembly/sadb/sas/sa";
import * as clock from "../../../../assembly/util/clock";
import { NEVER } from "../../../../assembly/util/deadline";
import { Drop, dropCount } from "../../../../assembly/util/status";
import { pass } from "../../sadb/world";
import { begin, established, negotiating, up } from "../by_hand/world";

let sa: IsakmpSa = changetype<IsakmpSa>(0);
let pair: SA = changetype<SA>(0);

beforeEach(() => {
  begin();
  sa = established(true);
  sa.deadPeerDetection = true;
  pair = up(sa, true);
});

/** Goes to where it looks next; how many milliseconds that took. */
function wait(): u32 {
  const ms = <u32>(sa.dpdAt - clock.now());
  pass(ms);
  return ms;
}

describe("the next look", () => {
  test("is a quarter of the interval away, and a second at least; the SAs' deadline knows", () => {
    for (let seconds: u32 = 1; seconds <= 40; seconds++) {
      isakmpSa.alarms.clear();
      deadPeer.configure(seconds, 2, true);
      const ms = seconds < 4 ? 1000 : seconds * 250;
      expect<u64>(sa.dpdAt).toBe(clock.now() + ms);
      expect<u32>(isakmpSa.alarms.deadline.remaining()).toBe(ms);
    }
  });

  test("never comes where it is switched off, the peer does not know it, or the SA is not up", () => {
    deadPeer.configure(10, 2, true);
    deadPeer.configure(0, 2, true);
    expect<u64>(sa.dpdAt).toBe(NEVER);
    sa.deadPeerDetection = false;
    deadPeer.configure(10, 2, true);
    expect<u64>(sa.dpdAt).toBe(NEVER);
    sa.deadPeerDetection = true;
    sa.phase = Phase.REPLACED;
    deadPeer.configure(10, 2, true);
    expect<u64>(sa.dpdAt).toBe(NEVER);
    sa.phase = Phase.ESTABLISHED;
    deadPeer.configure(10, 2, true);
    expect<bool>(sa.dpdAt != NEVER).toBe(true);
    sa.phase = Phase.REPLACED;
    expect<u32>(deadPeer.tick(sa)).toBe(Step.NONE);
    expect<u64>(sa.dpdAt).toBe(NEVER);
    const early = negotiating(true);
    early.deadPeerDetection = true;
    deadPeer.configure(20, 2, true);
    expect<u64>(early.dpdAt).toBe(NEVER);
  });

  test("an interval that is taken away while it waits ends it", () => {
    deadPeer.configure(10, 5, true);
    deadPeerSetting.init();
    expect<u32>(deadPeer.tick(sa)).toBe(Step.NONE);
    expect<u64>(sa.dpdAt).toBe(NEVER);
    expect<u32>(deadPeerSetting.retry).toBe(2);
    expect<bool>(deadPeerSetting.periodic).toBe(false);
  });
});

describe("periodic", () => {
  test("asks when the interval is over without a sign, then as often as it tries, and says that it is dead", () => {
    deadPeer.configure(8, 3, true);
    for (let look = 0; look < 3; look++) {
      expect<u32>(wait()).toBe(2000);
      expect<u32>(deadPeer.tick(sa)).toBe(Step.NONE);
    }
    const number = sa.dpdSequence;
    expect<u32>(wait()).toBe(2000);
    for (let k: u32 = 1; k <= TRIES; k++) {
      isakmpSa.alarms.clear();
      expect<u32>(deadPeer.tick(sa)).toBe(Step.PROBE);
      expect<u32>(sa.dpdSequence).toBe(number + k);
      expect<u32>(sa.dpdFirst).toBe(number + 1);
      expect<u32>(isakmpSa.alarms.deadline.remaining()).toBe(3000);
      expect<u32>(wait()).toBe(3000);
    }
    expect<u32>(TRIES).toBe(5);
    expect<u32>(deadPeer.tick(sa)).toBe(Step.DEAD);
  });

  test("a millisecond early is early", () => {
    deadPeer.configure(8, 3, true);
    pass(7999);
    expect<u32>(deadPeer.tick(sa)).toBe(Step.NONE);
    pass(1);
    expect<u32>(deadPeer.tick(sa)).toBe(Step.PROBE);
  });

  test("a packet of the peer's is a sign of life, before and while it is asked; one of ours is none", () => {
    deadPeer.configure(8, 3, true);
    pass(7000);
    pair.packets++;
    expect<u32>(deadPeer.tick(sa)).toBe(Step.NONE);
    expect<u64>(sa.heardAt).toBe(clock.now());
    pass(8000);
    (pair.pair as SA).packets++;
    expect<u32>(deadPeer.tick(sa)).toBe(Step.PROBE);
    pass(3000);
    pair.packets++;
    expect<u32>(deadPeer.tick(sa)).toBe(Step.NONE);
    expect<u32>(sa.dpdTries).toBe(0);
    // What was counted once is no news.
    pass(8000);
    expect<u32>(deadPeer.tick(sa)).toBe(Step.PROBE);
  });

  test("what came before it was switched on, or came up, is no sign", () => {
    pair.packets = 5;
    (pair.pair as SA).packets = 7;
    deadPeer.configure(8, 3, true);
    expect<u64>(sa.dpdReceived).toBe(5);
    expect<u64>(sa.dpdSent).toBe(7);
    pass(8000);
    expect<u32>(deadPeer.tick(sa)).toBe(Step.PROBE);
  });

  test("a setting that changes begins anew, with the numbers going on", () => {
    deadPeer.configure(8, 3, true);
    pass(8000);
    expect<u32>(deadPeer.tick(sa)).toBe(Step.PROBE);
    const number = sa.dpdSequence;
    deadPeer.configure(8, 5, true);
    expect<u32>(sa.dpdTries).toBe(0);
    expect<u32>(sa.dpdSequence).toBe(number);
    expect<u64>(sa.heardAt).toBe(clock.now());
  });
});

describe("on demand", () => {
  test("asks only after something was sent with nothing coming back", () => {
    deadPeer.configure(8, 3, false);
    pass(100000);
    expect<u32>(deadPeer.tick(sa)).toBe(Step.NONE);
    (pair.pair as SA).packets++;
    expect<u32>(deadPeer.tick(sa)).toBe(Step.PROBE, "silent for long already");
  });

  test("what was sent before a sign of life is answered by it", () => {
    deadPeer.configure(8, 3, false);
    pass(2000);
    (pair.pair as SA).packets++;
    expect<u32>(deadPeer.tick(sa)).toBe(Step.NONE);
    expect<bool>(sa.dpdWanted).toBe(true);
    pair.packets++;
    expect<u32>(deadPeer.tick(sa)).toBe(Step.NONE);
    expect<bool>(sa.dpdWanted).toBe(false);
    pass(8000);
    expect<u32>(deadPeer.tick(sa)).toBe(Step.NONE);
  });
});

describe("numbers", () => {
  test("begin at random below 2 to the 31st", () => {
    let all: u32 = 0;
    for (let i = 0; i < 40; i++) {
      const one = established(true);
      one.deadPeerDetection = true;
      deadPeer.configure(8, 3, true);
      expect<bool>(one.dpdSequence != 0 && one.dpdSequence < 0x80000000).toBe(true);
      all |= one.dpdSequence;
    }
    expect<u32>(all).toBe(0x7fffffff);
    store<u32>(deadPeer.sequence(sa), 0);
    sa.dpdSequence = 0x01020304;
    expect<u32>(load<u32>(deadPeer.sequence(sa))).toBe(0x04030201, "in network order");
  });

  test("an answer is to one of those that wait, the first, the last or between, and only once", () => {
    deadPeer.configure(8, 3, true);
    for (let k: u32 = 0; k < 3; k++) {
      pass(8000);
      expect<u32>(deadPeer.tick(sa)).toBe(Step.PROBE);
      expect<u32>(deadPeer.tick(sa)).toBe(Step.PROBE);
      expect<u32>(deadPeer.tick(sa)).toBe(Step.PROBE);
      const before = dropCount(Drop.IKE_DPD_REPLAY);
      deadPeer.acknowledged(sa, sa.dpdFirst - 1);
      deadPeer.acknowledged(sa, sa.dpdSequence + 1);
      expect<u32>(dropCount(Drop.IKE_DPD_REPLAY)).toBe(before + 2);
      expect<u32>(sa.dpdTries).toBe(3);
      isakmpSa.alarms.clear();
      deadPeer.acknowledged(sa, sa.dpdFirst + k);
      expect<u32>(sa.dpdTries).toBe(0);
      expect<u64>(sa.heardAt).toBe(clock.now());
      expect<u64>(sa.dpdAt).toBe(clock.now() + 2000);
      deadPeer.acknowledged(sa, sa.dpdFirst + k);
      expect<u32>(dropCount(Drop.IKE_DPD_REPLAY)).toBe(before + 3);
    }
  });

  test("the peer's go up: a lower one is a replay, the same one is answered and proves nothing", () => {
    deadPeer.configure(8, 3, true);
    pass(100);
    expect<u32>(deadPeer.mayAnswer(sa, 0xfffffffe, 7)).toBe(Fresh.NEW);
    expect<u64>(sa.heardAt).toBe(clock.now());
    const then = clock.now();
    pass(100);
    expect<u32>(deadPeer.mayAnswer(sa, 0xfffffffe, 8)).toBe(Fresh.AGAIN);
    expect<bool>(sa.knowsM_ID(8) && !sa.knowsM_ID(7)).toBe(true, "the number tells of the first, the message ID of the others");
    expect<u64>(sa.heardAt).toBe(then);
    expect<u32>(deadPeer.mayAnswer(sa, 0xfffffffe, 7)).toBe(Fresh.OLD);
    expect<u32>(deadPeer.mayAnswer(sa, 0xfffffffd, 9)).toBe(Fresh.OLD);
    expect<u32>(dropCount(Drop.IKE_DPD_REPLAY)).toBe(2);
    expect<u64>(sa.heardAt).toBe(then);
    expect<u32>(deadPeer.mayAnswer(sa, 1, 10)).toBe(Fresh.NEW, "they wrap");
    expect<u64>(sa.heardAt).toBe(clock.now());
    expect<u32>(deadPeer.mayAnswer(sa, 0xffffffff, 11)).toBe(Fresh.OLD);
  });

  test("the first number may be 0, and proves that the peer lives", () => {
    deadPeer.configure(8, 3, true);
    pass(100);
    expect<u32>(deadPeer.mayAnswer(sa, 0, 7)).toBe(Fresh.NEW);
    expect<u64>(sa.heardAt).toBe(clock.now());
    expect<u32>(deadPeer.mayAnswer(sa, 0xffffffff, 8)).toBe(Fresh.OLD);
  });
});
