// The database of SAs at its bounds: SPIs that chance repeats, no entropy, no room; chains of pairs; bundles.
import * as drbg from "../../../../assembly/crypto/drbg";
import { SAS } from "../../../../assembly/limits";
import { Policy } from "../../../../assembly/sadb/policies/policy";
import { REPLAY_OCTETS } from "../../../../assembly/sadb/sas/replay";
import { SA, SA_OCTETS, SaTerms, State } from "../../../../assembly/sadb/sas/sa";
import * as sad from "../../../../assembly/sadb/sas/sad";
import * as lifetime from "../../../../assembly/sadb/settings/lifetime";
import { Selector } from "../../../../assembly/sadb/terms/selector";
import * as clock from "../../../../assembly/util/clock";
import { BETA, NET_A, NET_B, bundle, keymat, pair, parameters, pass, ref, rooms, suite, tunnel } from "../world";

let policy: Policy = changetype<Policy>(0);
const material: usize = memory.data(48, 8);

beforeEach(() => {
  rooms();
  policy = tunnel();
  suite(policy, 12, 128, 2);
});

function living(): u32 {
  let n: u32 = 0;
  for (let i: u32 = 0; i < sad.slots(); i++) if (sad.at(i)) n++;
  return n;
}

/** The generator gives the same octets again. */
function repeat(): void {
  drbg.init();
  memory.fill(material, 0x37, 48);
  drbg.instantiateWith(material, 48);
}

function outbound(inbound: SA): SA {
  return inbound.pair as SA;
}

describe("SPIs", () => {
  test("that chance gives a slot again are drawn anew, in every slot", () => {
    for (let slot: u32 = 0; slot < SAS; slot++) {
      repeat();
      const first = sad.reserve(policy) as SA;
      const spi = first.spi;
      expect(spi & (SAS - 1)).toBe(slot);
      sad.remove(first);
      repeat();
      const second = sad.reserve(policy) as SA;
      expect(second.spi & (SAS - 1)).toBe(slot);
      expect(second.spi).not.toBe(spi);
      const next = second.spi;
      sad.remove(second);
      // What was before the last one may come again.
      repeat();
      const third = sad.reserve(policy) as SA;
      expect(third.spi).toBe(spi);
      expect(third.spi).not.toBe(next);
    }
  });

  test("of another slot are none of this one's", () => {
    const sa = sad.reserve(policy) as SA;
    for (let slot: u32 = 0; slot < SAS; slot++) {
      const spi = (sa.spi & ~(SAS - 1)) | slot;
      expect(ref(sad.bySpi(spi))).toBe(slot == (sa.spi & (SAS - 1)) ? ref(sa) : 0);
    }
  });

  test("the peer's are looked for among the peer's, wherever the SA lies; ours among ours, though a peer's looks like one", () => {
    const first = sad.reserve(policy) as SA;
    const second = sad.reserve(policy) as SA;
    sad.installInbound(second, parameters, keymat);
    sad.remove(first);
    // The outbound SA lies in slot 0, and its SPI says so.
    parameters.peerSpi = 0x11223340 & ~(SAS - 1);
    expect(sad.activate(second, parameters, keymat)).toBe(true);
    expect(ref(sad.at(0))).toBe(ref(second.pair));
    expect(ref(sad.outboundOf(BETA, parameters.peerSpi, 50))).toBe(ref(second.pair));
    expect(ref(sad.bySpi(parameters.peerSpi))).toBe(0);
    expect(ref(sad.outboundOf(BETA, second.spi, 50))).toBe(0);
  });

  test("none without entropy, and no slot is lost by that", () => {
    drbg.init();
    for (let i: u32 = 0; i < SAS + 1; i++) expect(ref(sad.reserve(policy))).toBe(0);
    expect(living()).toBe(0);
    drbg.seed();
    // Nor in a slot that has had one.
    sad.remove(sad.reserve(policy) as SA);
    drbg.init();
    expect(ref(sad.reserve(policy))).toBe(0);
    drbg.seed();
    for (let i: u32 = 0; i < SAS; i++) expect(ref(sad.reserve(policy))).not.toBe(0);
  });
});

describe("a pair that cannot come up", () => {
  test("without entropy for its nonce, without its policy, without room: the inbound SA stays alone", () => {
    for (let k = 0; k < 3; k++) {
      const sa = sad.reserve(policy) as SA;
      sad.installInbound(sa, parameters, keymat);
      if (k == 0) drbg.init();
      if (k == 1) sa.policy = null;
      if (k == 2) while (sad.reserve(policy)) {}
      const before = living();
      expect(sad.activate(sa, parameters, keymat)).toBe(false);
      expect(living()).toBe(before);
      expect(ref(sa.pair)).toBe(0);
      expect(sa.state).toBe(<u8>State.INBOUND);
      expect(ref(policy.outbound)).toBe(0);
      if (k == 0) drbg.seed();
      sad.remove(sa);
    }
  });

  test("nor the AH of a bundle without room", () => {
    const sa = sad.reserve(policy) as SA;
    const outer = sad.reserveOuter(sa) as SA;
    parameters.protocol = 51;
    parameters.transform = 0;
    sad.installInbound(outer, parameters, keymat);
    while (sad.reserve(policy)) {}
    expect(sad.activateOuter(outer, parameters, keymat)).toBe(false);
    expect(ref(outer.pair)).toBe(0);
    expect(ref(sad.reserveOuter(sa))).toBe(0, "nor another one");
    expect(ref(sa.outer)).toBe(ref(outer));
  });
});

describe("pairs of one policy", () => {
  test("any of them may go: the chain of the others stays whole", () => {
    for (let gone = 0; gone < 4; gone++) {
      const pairs: SA[] = [];
      for (let i: u32 = 0; i < 4; i++) {
        parameters.peerSpi = 100 + i;
        pairs.push(pair(policy));
      }
      sad.remove(pairs[gone]);
      let sa = policy.newest;
      for (let i = 3; i >= 0; i--) {
        if (i == gone) continue;
        expect(ref(sa)).toBe(ref(outbound(pairs[i])));
        if (sa) sa = sa.older;
      }
      expect(ref(sa)).toBe(0);
      expect(ref(policy.outbound)).toBe(ref(outbound(pairs[gone == 3 ? 2 : 3])));
      for (let i = 0; i < 4; i++) if (i != gone) sad.remove(pairs[i]);
      expect(ref(policy.newest)).toBe(0);
      expect(ref(policy.outbound)).toBe(0);
      expect(living()).toBe(0);
    }
  });

  test("the newest that is neither retired nor deferred sends, else one deferred, never one retired", () => {
    const pairs: SA[] = [];
    for (let i: u32 = 0; i < 3; i++) {
      parameters.peerSpi = 100 + i;
      pairs.push(pair(policy));
    }
    expect(ref(policy.outbound)).toBe(ref(outbound(pairs[2])));
    sad.defer(pairs[2], true);
    expect(ref(policy.outbound)).toBe(ref(outbound(pairs[1])));
    sad.retire(pairs[1]);
    expect(ref(policy.outbound)).toBe(ref(outbound(pairs[0])));
    expect(pairs[1].state).toBe(<u8>State.DYING);
    expect(outbound(pairs[1]).state).toBe(<u8>State.DYING);
    expect(outbound(pairs[1]).retired).toBe(true);
    expect(pairs[1].soft).toBe(0);
    sad.retire(pairs[0]);
    expect(ref(policy.outbound)).toBe(ref(outbound(pairs[2])), "deferred, and the only one");
    sad.defer(pairs[2], false);
    expect(ref(policy.outbound)).toBe(ref(outbound(pairs[2])));
    sad.retire(pairs[2]);
    expect(ref(policy.outbound)).toBe(0);
    // What has no pair is passed over.
    const larval = sad.reserve(policy) as SA;
    sad.defer(larval, true);
    sad.retire(larval);
    larval.encapsulated = true;
    sad.moveMapping(larval, BETA + 1, 7);
    expect(larval.retired).toBe(true);
    expect(larval.state).toBe(<u8>State.LARVAL);
    expect(larval.peerAddress).toBe(BETA + 1);
  });

  test("a new one takes over what was learned of the path to the same peer, and IKE may be asked at once", () => {
    const first = outbound(pair(policy));
    first.pathMtu = 1300;
    first.pathMtuUntil = clock.now() + 5000;
    parameters.peerSpi = 9;
    parameters.peerAddress = BETA + 1;
    policy.nextAcquire = 777;
    const other = outbound(pair(policy));
    expect(other.pathMtu).toBe(0, "another way");
    expect(policy.nextAcquire).toBe(0);
    other.pathMtu = 1200;
    parameters.peerSpi = 10;
    parameters.peerAddress = BETA;
    const next = outbound(pair(policy));
    expect(next.pathMtu).toBe(1300);
    expect(next.pathMtuUntil).toBe(first.pathMtuUntil);
    first.pathMtu = 1000;
    next.pathMtu = 1100;
    next.pathMtuUntil = 9;
    parameters.peerSpi = 11;
    const last = outbound(pair(policy));
    expect(last.pathMtu).toBe(1100, "the newest one's");
    expect(last.pathMtuUntil).toBe(9);
  });

  test("the whole selector is known for the whole, of both directions", () => {
    expect(outbound(pair(policy)).whole).toBe(true);
    parameters.selector.localFirst = NET_A + 1;
    const narrow = pair(policy);
    expect(narrow.whole || outbound(narrow).whole).toBe(false);
    expect(ref(sad.outboundFor(policy, NET_A + 1, NET_B, 1, 0, 0))).toBe(ref(outbound(narrow)));
    expect(ref(sad.outboundFor(policy, NET_A, NET_B, 1, 0, 0))).not.toBe(ref(outbound(narrow)));
    expect(ref(sad.outboundFor(policy, NET_A, NET_B, 1, 0, 0))).not.toBe(0, "the older one has it");
  });

  test("adopted by another phase 1: of a bundle all four", () => {
    parameters.ike = 5;
    const both = bundle(policy, 5);
    sad.adopt(both, 6);
    expect(both.ike).toBe(6);
    const around = both.outer as SA;
    expect(around.ike).toBe(6);
    expect(outbound(both).ike).toBe(6);
    expect(outbound(around).ike).toBe(6);
  });

  test("a policy is used as long as it has any SA", () => {
    expect(sad.uses(policy)).toBe(false);
    const larval = sad.reserve(policy) as SA;
    expect(sad.uses(policy)).toBe(true);
    sad.remove(larval);
    expect(sad.uses(policy)).toBe(false);
    const sa = pair(policy);
    expect(sad.uses(policy)).toBe(true);
    sad.remove(sa);
    expect(sad.uses(policy)).toBe(false);
  });

  test("time: from activation on, each bound armed, none where there is none", () => {
    pass(1234);
    parameters.softMilliseconds = 0;
    parameters.lifetimeSeconds = 7;
    const hard = pair(policy);
    expect(hard.soft).toBe(0);
    expect(hard.hard).toBe(clock.now() + 7000);
    expect(sad.alarms.deadline.at).toBe(hard.hard);
    sad.alarms.clear();
    parameters.softMilliseconds = 3;
    parameters.lifetimeSeconds = 0;
    const soft = pair(policy);
    expect(soft.soft).toBe(clock.now() + 3);
    expect(soft.hard).toBe(0);
    expect(sad.alarms.deadline.at).toBe(soft.soft);
    expect(soft.born).toBe(clock.now());
    // Not from when it could receive.
    const later = sad.reserve(policy) as SA;
    sad.installInbound(later, parameters, keymat);
    pass(40);
    expect(sad.activate(later, parameters, keymat)).toBe(true);
    expect(later.born).toBe(clock.now());
    expect(outbound(later).born).toBe(clock.now());
    expect(later.soft).toBe(clock.now() + 3);
  });
});

describe("the replay window of a new SA", () => {
  test("is what is configured, with extended numbers the default where it is none, without an ICV none", () => {
    const windows: u32[] = [0, 32, 1024];
    for (let i = 0; i < 3; i++) {
      lifetime.setWindow(windows[i]);
      suite(policy, 12, 128, 2);
      expect(pair(policy).window).toBe(windows[i]);
      parameters.esn = true;
      expect(pair(policy).window).toBe(i ? windows[i] : 64);
      suite(policy, 20, 128, 0);
      expect(pair(policy).window).toBe(windows[i]);
      suite(policy, 12, 128, 0);
      expect(pair(policy).window).toBe(0);
    }
  });
});

describe("a bundle", () => {
  test("is mature as a whole, is found by either SPI, and goes as a whole, wiped", () => {
    const sa = bundle(policy, 5);
    const around = sa.outer as SA;
    expect(around.inner && outbound(around).inner).toBeTruthy();
    expect(sa.inner == null && outbound(sa).inner == null).toBe(true);
    expect(around.state).toBe(<u8>State.MATURE);
    expect(outbound(around).state).toBe(<u8>State.MATURE);
    expect(ref(sad.bySpi(around.spi))).toBe(ref(around));
    expect(ref(sad.firstOf(around))).toBe(ref(sa));
    expect(ref(sad.firstOf(outbound(around)))).toBe(ref(outbound(sa)));
    expect(ref(sad.firstOf(sa))).toBe(ref(sa));
    expect(ref(outbound(around).policy)).toBe(ref(policy));
    expect(outbound(around).spi).toBe(around.spi);
    const blocks: usize[] = [ref(sa), ref(outbound(sa)), ref(around), ref(outbound(around))];
    sad.remove(sa);
    expect(living()).toBe(0);
    for (let i = 0; i < 4; i++) {
      let rest: u32 = 0;
      for (let k: u32 = 0; k < SA_OCTETS; k++) rest |= load<u8>(blocks[i] + k);
      expect(rest).toBe(0);
    }
  });

  test("that is not wanted: its AH goes, the ESP stays", () => {
    const sa = sad.reserve(policy) as SA;
    sad.dropOuter(sa);
    expect(living()).toBe(1);
    const outer = sad.reserveOuter(sa) as SA;
        expect(ref(outer.inner)).toBe(ref(sa));
    expect(ref(sa.outer)).toBe(ref(outer));
    expect(living()).toBe(2);
    sad.dropOuter(sa);
    expect(ref(sa.outer)).toBe(0);
    expect(living()).toBe(1);
    expect(ref(sad.at(sa.spi & (SAS - 1)))).toBe(ref(sa));
  });
});

describe("an SA's block", () => {
  test("its parts lie one behind the other and do not overlap", () => {
    const sa = pair(policy);
    const at = ref(sa);
    // What IKE gave stands first, the selector behind it; all of that is one copy (sa_keys.ts).
    const selector = ref(sa.selector);
    expect(selector + 24).toBe(at + offsetof<SaTerms>());
    expect(offsetof<Selector>() <= 24).toBe(true);
    expect(ref(parameters.selector) - ref(parameters)).toBe(selector - at);
    expect(offsetof<SA>("spi") >= offsetof<SaTerms>()).toBe(true);
    expect(sa.replay >= at + offsetof<SA>() && sa.replay < at + offsetof<SA>() + 8).toBe(true);
    expect(sa.replay & 7).toBe(0);
    expect(sa.nonce).toBe(sa.replay);
    expect(sa.cipherCtx).toBe(sa.replay + REPLAY_OCTETS);
    expect(sa.macState).toBe(sa.cipherCtx + sa.macAt);
    expect(sa.macState + 128 <= at + SA_OCTETS).toBe(true);
  });
});
