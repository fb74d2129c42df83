// The first message of Quick Mode octet by octet, and what keeps it from being sent.
import { hold } from "../../../../assembly/ike/state/buffers";
import { Exchange, Job, State } from "../../../../assembly/ike/state/exchange";
import { IsakmpSa, Natt } from "../../../../assembly/ike/state/isakmp_sa";
import * as message from "../../../../assembly/ike/message/message";
import { HashKind } from "../../../../assembly/ike/message/message";
import { OK, SUSPEND, drop, fail } from "../../../../assembly/ike/modes/verdict";
import * as pairs from "../../../../assembly/ike/modes/quick_pair";
import { quick_outI1, quick_outI1_continued } from "../../../../assembly/ike/modes/quick_mode";
import * as maps from "../../../../assembly/sadb/settings/crypto_map";
import * as sad from "../../../../assembly/sadb/sas/sad";
import { SA, State as SaState } from "../../../../assembly/sadb/sas/sad";
import { Mode } from "../../../../assembly/sadb/settings/transform_set";
import { Drop } from "../../../../assembly/util/status";
import { ExchangeType, Notify } from "../../../../assembly/wire/ike_numbers";
import { ALPHA, BETA, set } from "../../sadb/world";
import { toHex } from "../../crypto/bytes";
import { HOUR, KILO, SUITE, SAof, clear, esp, nonceOf, payload, proposal, written } from "../by_hand/quick_world";
import { begin, established, exchangeOf, policy } from "../by_hand/world";

let sa: IsakmpSa = changetype<IsakmpSa>(0);

const IDS: string = "05000010" + "040000000a010000ffff0000" + "00000010" + "040000000a020000ffff0000";

beforeEach(() => {
  begin();
  sa = established(true);
  clear();
});

function quick(): Exchange {
  const ex = exchangeOf(sa, ExchangeType.QUICK_MODE, State.QUICK_I0, true);
  message.begin(ex, false, HashKind.NONE);
  ex.policy = policy.slot;
  ex.selector.copyFrom(policy.selector);
  return ex;
}

/** An initiator that waits for the answer. */
function asked(): Exchange {
  const ex = quick();
  expect<u32>(quick_outI1(ex)).toBe(OK);
  expect<u32>(quick_outI1_continued(ex)).toBe(OK);
  return ex;
}

/** A policy between the two hosts themselves. */
function hosts(ex: Exchange): void {
  ex.selector.localFirst = ex.selector.localLast = ALPHA;
  ex.selector.remoteFirst = ex.selector.remoteLast = BETA;
}

describe("the first message", () => {
  test("is SA, Ni, IDci, IDcr; the offer is kept", () => {
    const ex = asked();
    const SA = esp(ex.spi);
    expect<u32>(ex.NiLen).toBe(32);
    expect<string>(written()).toBe("01" + payload(10, SA) + payload(5, nonceOf(ex)) + IDS);
    expect<string>(toHex(ex.SA_b, ex.SA_bLen)).toBe(SA);
    expect<u32>(ex.jobs).toBe(0);
    expect<u32>(ex.ahSpi).toBe(0);
    expect<u32>(<u32>(pairs.larval(ex) as SA).state).toBe(SaState.LARVAL);
  });

  test("names protocol and ports of the flows, each side's own", () => {
    const ex = quick();
    quick_outI1(ex);
    const s = ex.selector;
    s.protocol = 17;
    s.localPort = 0x1234;
    s.remotePort = 0x5678;
    s.localFirst = s.localLast = 0x0a010001;
    s.remoteFirst = 0x0a020001;
    s.remoteLast = 0x0a020002;
    quick_outI1_continued(ex);
    expect<string>(written()).toBe("01" + payload(10, esp(ex.spi)) + payload(5, nonceOf(ex)) + "0500000c" + "011112340a010001" + "00000010" + "071156780a0200010a020002");
  });

  test("has KE behind the nonce where PFS is wanted, and its group in the transform", () => {
    maps.setPfs(policy.entry, 19, false);
    const ex = quick();
    expect<u32>(quick_outI1(ex)).toBe(SUSPEND);
    expect<u32>(ex.jobs).toBe(Job.PUBLIC);
    expect<u32>(ex.group!.id).toBe(19);
    for (let i: u32 = 0; i < 64; i++) store<u8>(ex.g_xi + i, <u8>(i * 3 + 1));
    // The configuration may have changed while the power was computed: what has begun goes on as it was.
    maps.setPfs(policy.entry, 14, false);
    expect<u32>(quick_outI1_continued(ex)).toBe(OK);
    const SA = esp(ex.spi, "80040001" + HOUR + KILO + SUITE + "80030013");
    expect<string>(written()).toBe("01" + payload(10, SA) + payload(4, nonceOf(ex)) + payload(5, toHex(ex.g_xi, 64)) + IDS);
    const plain = quick();
    plain.selector.protocol = 6;
    maps.setPfs(policy.entry, 0, false);
    expect<u32>(quick_outI1(plain)).toBe(OK);
    maps.setPfs(policy.entry, 14, false);
    expect<u32>(quick_outI1_continued(plain)).toBe(OK);
    expect<string>(toHex(plain.SA_b, plain.SA_bLen)).toBe(esp(plain.spi));
  });

  test("has the entry's sets and no more, in their order; a bundle is AH and ESP under one number, with an SPI each", () => {
    const both = set("BOTH");
    both.ahAuth = 2;
    const third = set("THIRD");
    third.espAuth = 5;
    const e = policy.entry;
    maps.addTransformSet(e, both);
    maps.addTransformSet(e, third);
    const ex = asked();
    expect<u32>(ex.ahSpi).not.toBe(0);
    expect<u32>(ex.ahSpi).not.toBe(ex.spi);
    const one = proposal(1, 3, ex.spi, 12, "80040001" + HOUR + KILO + SUITE, true);
    const ah = proposal(2, 2, ex.ahSpi, 3, "80040001" + HOUR + KILO + "80050002", true);
    const two = proposal(2, 3, ex.spi, 12, "80040001" + HOUR + KILO + SUITE, true);
    const three = proposal(3, 3, ex.spi, 12, "80040001" + HOUR + KILO + "80050005" + "80060080");
    expect<string>(toHex(ex.SA_b, ex.SA_bLen)).toBe(SAof(one + ah + two + three));
    maps.clearTransformSets(e);
    maps.addTransformSet(e, third);
    const again = asked();
    expect<string>(toHex(again.SA_b, again.SA_bLen)).toBe(SAof(proposal(1, 3, again.spi, 12, "80040001" + HOUR + KILO + "80050005" + "80060080")));
    expect<u32>(again.ahSpi).toBe(0);
    // AH alone is no bundle.
    third.espCipher = third.espAuth = 0;
    third.keyBits = 0;
    third.ahAuth = 5;
    const alone = asked();
    expect<string>(toHex(alone.SA_b, alone.SA_bLen)).toBe(SAof(proposal(1, 2, alone.spi, 5, "80040001" + HOUR + KILO + "80050005")));
    expect<u32>(alone.ahSpi).toBe(0);
  });

  test("behind a NAT has ESP in UDP by the numbers that both sides speak, and no AH", () => {
    const both = set("BOTH");
    both.ahAuth = 2;
    maps.addTransformSet(policy.entry, both);
    sa.localNat = true;
    for (let k = 0; k < 2; k++) {
      sa.nattVersion = k ? Natt.DRAFT : Natt.RFC;
      const ex = asked();
      expect<u32>(ex.ahSpi).toBe(0);
      expect<string>(toHex(ex.SA_b, ex.SA_bLen)).toBe(esp(ex.spi, (k ? "8004f003" : "80040003") + HOUR + KILO + SUITE));
      expect<string>(written()).toBe("01" + payload(10, esp(ex.spi, (k ? "8004f003" : "80040003") + HOUR + KILO + SUITE)) + payload(5, nonceOf(ex)) + IDS);
    }
    // Nothing is left of a list that AH alone stands in.
    maps.clearTransformSets(policy.entry);
    maps.addTransformSet(policy.entry, both);
    expect<u32>(quick_outI1(quick())).toBe(drop(Drop.IKE_NO_PROPOSAL));
  });

  test("between the peers themselves is for transport mode; behind a NAT both addresses follow as they stand", () => {
    policy.entry.transformSet(0).mode = <u8>Mode.TRANSPORT;
    let ex = quick();
    hosts(ex);
    quick_outI1(ex);
    quick_outI1_continued(ex);
    const ids = "0500000c" + "01000000c0000201";
    expect<string>(written()).toBe("01" + payload(10, esp(ex.spi, "80040002" + HOUR + KILO + SUITE)) + payload(5, nonceOf(ex)) + ids + "0000000c" + "01000000c0000202");
    sa.peerNat = true;
    for (let k = 0; k < 2; k++) {
      sa.nattVersion = k ? Natt.DRAFT : Natt.RFC;
      ex = quick();
      hosts(ex);
      quick_outI1(ex);
      quick_outI1_continued(ex);
      const oa = k ? "83" : "15";
      const SA = esp(ex.spi, (k ? "8004f004" : "80040004") + HOUR + KILO + SUITE);
      expect<string>(written()).toBe("01" + payload(10, SA) + payload(5, nonceOf(ex)) + ids + oa + "00000c" + "01000000c0000202" + oa + "00000c" + "01000000c0000201" + "0000000c" + "01000000c0000202");
    }
  });

  test("is not sent without a policy, sets, room for SAs or the group", () => {
    const ex = quick();
    ex.policy = 9999;
    expect<u32>(quick_outI1(ex)).toBe(drop(Drop.IKE_SELECTORS));
    expect<u32>(quick_outI1_continued(ex)).toBe(fail(Drop.IKE_SELECTORS, Notify.NONE));
    ex.policy = policy.slot;
    expect<u32>(quick_outI1_continued(ex)).toBe(fail(Drop.IKE_SELECTORS, Notify.NONE), "nothing is reserved");
    maps.setPfs(policy.entry, 32768, false);
    expect<u32>(quick_outI1(ex)).toBe(drop(Drop.IKE_POOL), "a group that nobody has brought");
    maps.setPfs(policy.entry, 0, false);
    while (sad.reserve(policy)) {}
    expect<u32>(quick_outI1(quick())).toBe(drop(Drop.IKE_POOL));
    maps.clearTransformSets(policy.entry);
    expect<u32>(quick_outI1(ex)).toBe(drop(Drop.IKE_SELECTORS));
  });

  test("is not sent where no buffer is left", () => {
    const own = quick();
    quick_outI1(own);
    while (hold(16)) {}
    expect<u32>(quick_outI1_continued(own)).toBe(fail(Drop.IKE_POOL, Notify.NONE));
    expect<u32>(quick_outI1(quick())).toBe(drop(Drop.IKE_POOL));
  });
});
