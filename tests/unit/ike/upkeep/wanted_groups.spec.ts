// What begins for the data path where the group is private, phase 1 serves one Quick Mode, the entry has several peers, or
// something fails: each to the policy and the millisecond.
import * as recovery from "../../../../assembly/ike/settings/recovery";
import * as pairs from "../../../../assembly/ike/modes/quick_pair";
import * as keys from "../../../../assembly/ike/settings/keys";
import { PrivateGroup } from "../../../../assembly/ike/settings/private_groups";
import * as groups from "../../../../assembly/ike/settings/private_groups";
import { Exchange, State } from "../../../../assembly/ike/state/exchange";
import * as exchange from "../../../../assembly/ike/state/exchange";
import * as db from "../../../../assembly/ike/state/exchanges";
import * as isakmpSa from "../../../../assembly/ike/state/isakmp_sa";
import * as upkeep from "../../../../assembly/ike/upkeep/upkeep";
import * as wanted from "../../../../assembly/ike/upkeep/wanted";
import { SA, State as SaState } from "../../../../assembly/sadb/sas/sa";
import * as sad from "../../../../assembly/sadb/sas/sad";
import * as maps from "../../../../assembly/sadb/settings/crypto_map";
import { Work, WorkItem } from "../../../../assembly/sadb/work";
import * as asked from "../../../../assembly/sadb/work";
import * as clock from "../../../../assembly/util/clock";
import { ExchangeType } from "../../../../assembly/wire/ike_numbers";
import { BETA, nameAt, pass, put } from "../../sadb/world";
import { ends, phase1, quick, rest, wants } from "../by_hand/begun";
import { GAMMA, begin, established, exchangeOf, negotiating, other, policy, sent, up } from "../by_hand/world";

const DELTA: u32 = GAMMA + 1;
const numbers: usize = memory.data(16, 8);

beforeEach(() => {
  begin();
  keys.addAddress(0, 0, nameAt(), put("secret"));
});

function unknown(address: u32): void {
  const item = asked.post(Work.UNKNOWN_SPI) as WorkItem;
  item.spi = 0x1234;
  item.address = address;
  item.protocol = 50;
  upkeep.run();
}

/** Phase 1 with a peer has come to nothing. */
function fails(peer: u32): void {
  ends(phase1(peer));
  wanted.phase1Failed(peer);
}

function group(owner: u32): PrivateGroup {
  store<u64>(numbers, 0xf7060504030201f1);
  store<u8>(numbers, 2, 8);
  const made = groups.add(owner, 32768) as PrivateGroup;
  made.set(numbers, 8, numbers + 8, 1);
  made.valid = true;
  return made;
}

describe("a private group", () => {
  test("is brought by New Group Mode first, one under a phase 1, and what waits for it is kept", () => {
    group(0);
    maps.setPfs(policy.entry, 32768, false);
    const sa = established(true);
    wants(policy);
    const ex = db.newGroupUnder(sa) as Exchange;
    expect<bool>(ex != null && quick() == null).toBe(true);
    expect<u32>(ex.groupId).toBe(32768);
    expect<u64>(rest()).toBe(1000);
    wants(other);
    expect<u32>(sent()).toBe(1, "one for all");
    expect<u64>(rest(other)).toBe(1000, "and what comes later waits for it");
    ends(ex);
    wanted.phase1IsUp(sa);
    expect<bool>(db.newGroupUnder(sa) != null).toBe(true);
  });

  test("that the phase 1 has is used at once; a group that all know needs none", () => {
    const sa = established(true);
    group(sa.number);
    maps.setPfs(policy.entry, 32768, false);
    wants(policy);
    expect<bool>(db.newGroupUnder(sa) == null && quick() != null).toBe(true);
    expect<u32>(quick()!.group!.id).toBe(32768);
    maps.setPfs(policy.entry, 14, false);
    wants(other);
    expect<bool>(db.newGroupUnder(sa) == null && quick(other) != null).toBe(true);
  });

  test("that is not configured lets the policy rest; a spent phase 1 is asked for none", () => {
    maps.setPfs(policy.entry, 32768, false);
    const sa = established(true);
    wants(policy);
    expect<bool>(db.newGroupUnder(sa) == null && quick() == null).toBe(true);
    expect<u64>(rest()).toBe(10000);
    group(0);
    sa.spent = true;
    wants(policy);
    expect<bool>(db.newGroupUnder(sa) == null && phase1() != null).toBe(true);
  });
});

describe("a Quick Mode", () => {
  test("with PFS of identities is the last of its phase 1, without it is not", () => {
    const sa = established(true);
    wants(other);
    expect<bool>(sa.spent).toBe(false);
    maps.setPfs(policy.entry, 0, true);
    wants(policy);
    expect<bool>(sa.spent && quick() != null).toBe(true);
  });

  test("that cannot begin lets its policy rest ten seconds, and one that began does not", () => {
    established(true);
    wants(policy);
    expect<u64>(rest()).toBe(1000);
    while (sad.reserve(other)) {}
    wants(other);
    expect<bool>(quick(other) == null).toBe(true);
    expect<u64>(rest(other)).toBe(10000);
  });

  test("that failed is not begun when phase 1 comes up again", () => {
    wants(policy);
    wanted.quickFailed(policy.slot);
    ends(phase1());
    wanted.phase1IsUp(established(true));
    expect<bool>(quick() == null).toBe(true);
  });

  test("does not begin for an entry whose profile is not configured", () => {
    maps.setProfile(policy.entry, nameAt(), put("NONE"));
    established(true);
    wants(policy);
    expect<bool>(quick() == null && phase1() == null).toBe(true);
    expect<u64>(rest()).toBe(10000);
  });

  test("of the peer whose third message is lost is confirmed by traffic, however long ago it was", () => {
    const sa = established(false);
    const ex = exchangeOf(sa, ExchangeType.QUICK_MODE, State.QUICK_R1, false);
    ex.policySlot = policy.slot;
    ex.selector.copyFrom(policy.selector);
    const c = ex.choice;
    c.espCipher = 12;
    c.keyBits = 128;
    c.espAuth = 2;
    c.encapsulation = c.mode = 1;
    c.lifetimeSeconds = 100;
    pairs.reserve(ex, policy, false);
    const inbound = pairs.larval(ex) as SA;
    pairs.install(ex, inbound);
    inbound.packets = 1;
    // Its selectors are not all that the policy has.
    ex.selector.remoteLast--;
    pass(20000);
    wants(policy);
    expect<u32>(<u32>inbound.state).toBe(SaState.MATURE);
    expect<bool>(quick() == null).toBe(true);
    expect<u64>(rest()).toBe(1000);
  });
});

describe("what waits for phase 1", () => {
  test("is not begun, with another peer either, by another's", () => {
    wants(policy);
    ends(phase1());
    wanted.phase1IsUp(established(true, GAMMA));
    const named = established(true);
    named.profile = 5;
    wanted.phase1IsUp(named);
    expect<bool>(quick() == null && phase1() == null).toBe(true);
    wanted.phase1IsUp(established(true));
    expect<bool>(quick() != null).toBe(true);
  });
});

describe("an entry with three peers", () => {
  test("goes on to each once, for every policy of its own; the last one rests and begins with the first again", () => {
    maps.addPeer(policy.entry, GAMMA);
    maps.addPeer(policy.entry, DELTA);
    for (let round = 0; round < 2; round++) {
      wants(other);
      fails(BETA);
      expect<u32>(<u32>other.peerIndex).toBe(1);
      fails(GAMMA);
      expect<u32>(<u32>other.peerIndex).toBe(2);
      expect<u64>(rest(other)).toBe(1000);
      fails(DELTA);
      expect<u32>(<u32>other.peerIndex).toBe(0);
      expect<u64>(rest(other)).toBe(10000);
      expect<bool>(phase1(BETA) == null).toBe(true);
    }
    expect<u32>(<u32>policy.peerIndex).toBe(0, "nobody wanted it");
  });

  test("counts its failures anew after a success: of phase 1, or of the peer's Quick Mode", () => {
    maps.addPeer(policy.entry, GAMMA);
    maps.addPeer(policy.entry, DELTA);
    for (let k = 0; k < 2; k++) {
      wants(other);
      fails(BETA);
      fails(GAMMA);
      // DELTA comes up.
      ends(phase1(DELTA));
      const done = established(true, DELTA);
      if (k == 0) {
        wanted.phase1IsUp(done);
        expect<u32>(quick(other)!.renews).toBe(0, "a first pair, not a renewal");
        ends(quick(other));
      } else {
        const ex = exchangeOf(done, ExchangeType.QUICK_MODE, State.QUICK_DONE, false);
        ex.policySlot = other.slot;
        wanted.quickIsUp(ex.policySlot);
        exchange.free(ex);
      }
      isakmpSa.free(done);
      // All three are tried once more.
      wants(other);
      fails(DELTA);
      fails(BETA);
      expect<bool>(phase1(GAMMA) != null).toBe(true);
      fails(GAMMA);
      expect<u64>(rest(other)).toBe(10000);
      begin();
      keys.addAddress(0, 0, nameAt(), put("secret"));
      maps.addPeer(policy.entry, GAMMA);
      maps.addPeer(policy.entry, DELTA);
    }
  });

  test("whose peer is dead goes on to the next, and wants what it had with that one, not with another", () => {
    maps.addPeer(policy.entry, GAMMA);
    maps.addPeer(policy.entry, DELTA);
    const sa = established(true);
    const pair = up(sa, true);
    // It has its pair with BETA: GAMMA's end is nothing to it.
    wanted.wantAgain(GAMMA, GAMMA);
    sad.remove(pair);
    isakmpSa.free(sa);
    wanted.peerIsDead(BETA, BETA);
    expect<u32>(<u32>policy.peerIndex).toBe(1);
    expect<bool>(phase1(GAMMA) == null && phase1(BETA) == null).toBe(true);
    const again = established(true, GAMMA);
    up(again, true);
    wanted.wantAgain(GAMMA, GAMMA);
    isakmpSa.free(again);
    wanted.peerIsDead(GAMMA, GAMMA);
    expect<u32>(<u32>policy.peerIndex).toBe(2);
    ends(phase1(DELTA));
    wanted.phase1IsUp(established(true, DELTA));
    expect<u32>(quick()!.renews).toBe(0, "a first pair, not a renewal");
  });
});

describe("an SPI that we do not have", () => {
  test("is nothing to another peer's SA, nor to one that is not up", () => {
    established(true, GAMMA);
    negotiating(false);
    policy.nextAcquire = other.nextAcquire = clock.now() + 1;
    unknown(BETA);
    expect<u32>(sent()).toBe(0);
  });

  test("begins a first pair for each policy that does not rest, the first one too", () => {
    recovery.setInvalidSpi(true);
    other.nextAcquire = clock.now() + 1;
    unknown(BETA);
    expect<bool>(phase1() != null).toBe(true);
    ends(phase1());
    wanted.phase1IsUp(established(true));
    expect<u32>(quick()!.renews).toBe(0);
    expect<bool>(quick(other) == null).toBe(true);
  });
});

describe("a peer behind a NAT that comes from elsewhere", () => {
  test("takes its pair along without an ISAKMP SA as well", () => {
    const sa = established(false);
    const pair = up(sa, true);
    pair.encapsulated = (pair.pair as SA).encapsulated = true;
    isakmpSa.free(sa);
    const item = asked.post(Work.MAPPING) as WorkItem;
    item.spi = pair.spi;
    item.address = 0x01020304;
    item.port = 4711;
    upkeep.run();
    expect<u32>((pair.pair as SA).peerAddress).toBe(0x01020304);
    expect<u32>(<u32>(pair.pair as SA).peerPort).toBe(4711);
  });
});
