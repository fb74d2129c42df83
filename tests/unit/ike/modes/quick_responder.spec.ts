// The second message of Quick Mode octet by octet, and what of an offer is refused.
import { HashKind } from "../../../../assembly/ike/message/message";
import * as message from "../../../../assembly/ike/message/message";
import { quick_inI1_outR1, quick_inI1_outR1_continued } from "../../../../assembly/ike/modes/quick_mode";
import * as pairs from "../../../../assembly/ike/modes/quick_pair";
import { OK, SUSPEND, fail, refuse } from "../../../../assembly/ike/modes/verdict";
import { PrivateGroup } from "../../../../assembly/ike/settings/private_groups";
import * as groups from "../../../../assembly/ike/settings/private_groups";
import { hold } from "../../../../assembly/ike/state/buffers";
import { Exchange, Job, State } from "../../../../assembly/ike/state/exchange";
import { IsakmpSa } from "../../../../assembly/ike/state/isakmp_sa";
import { Policy } from "../../../../assembly/sadb/policies/policy";
import * as spd from "../../../../assembly/sadb/policies/spd";
import { SA, State as SaState } from "../../../../assembly/sadb/sas/sa";
import * as sad from "../../../../assembly/sadb/sas/sad";
import { Action, CryptoMapEntry, TEMPLATES } from "../../../../assembly/sadb/settings/crypto_map";
import * as maps from "../../../../assembly/sadb/settings/crypto_map";
import * as lifetime from "../../../../assembly/sadb/settings/lifetime";
import { Drop } from "../../../../assembly/util/status";
import { ExchangeType, Notify, Payload } from "../../../../assembly/wire/ike_numbers";
import { toHex } from "../../crypto/bytes";
import { ALPHA, BETA, entry, list, nameAt, permit, put, set } from "../../sadb/world";
import { HOUR, KILO, NONCE, SAof, SUITE, add, clear, esp, hex, keyOfAll, nonceOf, payload, proposal, written } from "../by_hand/quick_world";
import { begin, established, exchangeOf, policy } from "../by_hand/world";

let sa: IsakmpSa = changetype<IsakmpSa>(0);

beforeEach(() => {
  begin();
  sa = established(true);
  keyOfAll();
  clear();
});

/** A responder that answers 10.2/16 to 10.1/16 as the other side calls them. */
function answering(): Exchange {
  const ex = exchangeOf(sa, ExchangeType.QUICK_MODE, State.QUICK_R0, false);
  message.begin(ex, false, HashKind.NONE);
  clear();
  return ex;
}

/** The same flows, the peer's first. */
function theirs(SA: string, nonce: string = NONCE): void {
  add(Payload.SA, SA);
  add(Payload.NONCE, nonce);
  add(Payload.ID, "040000000a020000ffff0000");
  add(Payload.ID, "040000000a010000ffff0000");
}

const BACK: string = "05000010" + "040000000a020000ffff0000" + "00000010" + "040000000a010000ffff0000";

describe("the second message", () => {
  test("is the offer's transform with an SPI of ours, Nr, and both IDs as they came", () => {
    const ex = answering();
    theirs(esp(0x11223344));
    expect<u32>(quick_inI1_outR1(ex)).toBe(OK);
    expect<u32>(ex.policySlot).toBe(policy.slot);
    expect<u32>(ex.peerSpi).toBe(0x11223344);
    expect<string>(toHex(ex.Ni_b, ex.NiLen)).toBe(NONCE);
    expect<u32>(quick_inI1_outR1_continued(ex)).toBe(OK);
    expect<u32>(ex.NrLen).toBe(32);
    expect<string>(written()).toBe("01" + payload(10, esp(ex.spi)) + payload(5, nonceOf(ex)) + BACK);
    expect<u32>(<u32>(pairs.larval(ex) as SA).state).toBe(SaState.LARVAL + 1, "it receives, and does not send yet");
    expect<bool>(sa.spent).toBe(false);
  });

  test("has no IDs where none were sent", () => {
    permit(list("HOST"), 0, ALPHA, 0, BETA, 0);
    entry("CM", 20, Action.PROTECT, "HOST", BETA);
    const ex = answering();
    add(Payload.SA, esp(0x11223344));
    add(Payload.NONCE, NONCE);
    expect<u32>(quick_inI1_outR1(ex)).toBe(OK);
    expect<u32>(quick_inI1_outR1_continued(ex)).toBe(OK);
    expect<string>(written()).toBe("01" + payload(10, esp(ex.spi)) + payload(0, nonceOf(ex)));
  });

  test("says that replays are not looked for, and that a lifetime is shorter, of the protocol and SPI that it is about", () => {
    for (let k = 0; k < 3; k++) {
      const ah = k == 1;
      lifetime.setWindow(k < 2 ? 0 : 64);
      const its = policy.entry.transformSet(0);
      if (ah) {
        its.keyBits = 0;
        its.espCipher = its.espAuth = 0;
        its.ahAuth = 2;
      }
      const ex = answering();
      theirs(SAof(proposal(1, ah ? 2 : 3, 0x11223344, ah ? 3 : 12, "80040001" + "8001000180027080" + "80050002" + (ah ? "" : "80060080"))));
      expect<u32>(quick_inI1_outR1(ex)).toBe(OK);
      expect<u32>(quick_inI1_outR1_continued(ex)).toBe(OK);
      const about = (ah ? "02" : "03") + "04";
      const SA = SAof(proposal(1, ah ? 2 : 3, ex.spi, ah ? 3 : 12, "80040001" + "8001000180027080" + "80050002" + (ah ? "" : "80060080")));
      expect<string>(written()).toBe("01" + payload(10, SA) + payload(5, nonceOf(ex)) + "05000010040000000a020000ffff0000" + "0b000010040000000a010000ffff0000" +
        (k == 2 ? "" : payload(11, "00000001" + about + "6001" + hex(ex.spi) + "00000000")) + payload(0, "00000001" + about + "6000" + hex(ex.spi) + HOUR + KILO));
      its.espCipher = 12;
      its.espAuth = 2;
      its.keyBits = 128;
      its.ahAuth = 0;
    }
  });

  test("is a bundle's two proposals, each with its own SPI", () => {
    policy.entry.transformSet(0).ahAuth = 2;
    const attributes = "80040001" + HOUR + KILO;
    const ex = answering();
    theirs(SAof(proposal(1, 2, 0x55667788, 3, attributes + "80050002", true) + proposal(1, 3, 0x11223344, 12, attributes + SUITE)));
    expect<u32>(quick_inI1_outR1(ex)).toBe(OK);
    expect<u32>(ex.peerSpi).toBe(0x11223344);
    expect<u32>(ex.choice.ahSpi).toBe(0x55667788);
    expect<u32>(quick_inI1_outR1_continued(ex)).toBe(OK);
    expect<bool>(ex.ahSpi != 0 && ex.ahSpi != ex.spi).toBe(true);
    const SA = SAof(proposal(1, 2, ex.ahSpi, 3, attributes + "80050002", true) + proposal(1, 3, ex.spi, 12, attributes + SUITE));
    expect<string>(written()).toBe("01" + payload(10, SA) + payload(5, nonceOf(ex)) + BACK);
  });

  test("has KE where the offer has a group: g^x and g^xy are computed before", () => {
    const suite = "80040001" + HOUR + KILO + SUITE + "80030013";
    const ex = answering();
    theirs(esp(0x11223344, suite));
    // The generator of P-256 is a point of it.
    add(Payload.KE, "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5");
    expect<u32>(quick_inI1_outR1(ex)).toBe(SUSPEND);
    expect<u32>(ex.jobs).toBe(Job.PUBLIC | Job.SHARED);
    expect<u32>(load<u8>(ex.g_xi)).toBe(0x6b);
    for (let i: u32 = 0; i < 64; i++) store<u8>(ex.g_xr + i, <u8>(i * 3 + 1));
    expect<u32>(quick_inI1_outR1_continued(ex)).toBe(OK);
    expect<string>(written()).toBe("01" + payload(10, esp(ex.spi, suite)) + payload(4, nonceOf(ex)) + payload(5, toHex(ex.g_xr, 64)) + BACK);
  });

  test("with PFS of identities is the last one of its phase 1", () => {
    policy.entry.pfsIdentities = true;
    const ex = answering();
    theirs(esp(0x11223344));
    quick_inI1_outR1(ex);
    quick_inI1_outR1_continued(ex);
    expect<bool>(sa.spent).toBe(true);
  });
});

let last: Exchange = changetype<Exchange>(0);

/** A responder for the message that stands. */
function offered(): Exchange {
  last = exchangeOf(sa, ExchangeType.QUICK_MODE, State.QUICK_R0, false);
  message.begin(last, false, HashKind.NONE);
  return last;
}

/** An offer of all between these flows of the peer's and 10.1/16. */
function theirsOf(flows: string): void {
  add(Payload.SA, esp(0x11223344));
  add(Payload.NONCE, NONCE);
  add(Payload.ID, flows);
  add(Payload.ID, "040000000a010000ffff0000");
}

describe("an offer", () => {
  test("of flows that are no ranges, or nobody's, is INVALID-ID-INFORMATION", () => {
    for (let k = 0; k < 4; k++) {
      const ex = answering();
      add(Payload.SA, esp(0x11223344));
      add(Payload.NONCE, NONCE);
      add(Payload.ID, k == 0 ? "020000000a010001" : "040000000a020000ffff0000");
      // Of two protocols, which are no flows at all, the first would do.
      add(Payload.ID, k == 1 ? "040000000a0a0000ffff0000" : k == 3 ? "040600000a010000ffff0000" : "040000000a010000ffff0000");
      // An SA whose profile is gone serves nobody.
      sa.profile = k == 2 ? 77 : 0;
      expect<u32>(quick_inI1_outR1(ex)).toBe(fail(Drop.IKE_SELECTORS, Notify.INVALID_ID_INFORMATION));
    }
    sa.profile = 0;
  });

  test("without the group that our entry asks for is NO-PROPOSAL-CHOSEN", () => {
    maps.setPfs(policy.entry, 19, false);
    const ex = answering();
    theirs(esp(0x11223344));
    expect<u32>(quick_inI1_outR1(ex)).toBe(fail(Drop.IKE_NO_PROPOSAL, Notify.NO_PROPOSAL_CHOSEN));
  });

  test("of a private group is taken under the phase 1 that has it, and under no other", () => {
    const foreign = established(true, BETA + 1);
    const group = groups.add(foreign.number, 32768) as PrivateGroup;
    group.valid = true;
    const suite = "80040001" + HOUR + SUITE + "80038000";
    theirs(esp(0x11223344, suite));
    expect<u32>(quick_inI1_outR1(offered())).toBe(fail(Drop.IKE_NO_PROPOSAL, Notify.NO_PROPOSAL_CHOSEN));
    group.owner = sa.number;
    // It is known, and KE is missing.
    expect<u32>(quick_inI1_outR1(offered())).toBe(fail(Drop.IKE_KEY_EXCHANGE, Notify.INVALID_KEY_INFORMATION));
  });

  test("of flows that a dynamic map has given to another key's owner is INVALID-ID-INFORMATION, the same key's may move", () => {
    const template = maps.add(nameAt(), put("D"), TEMPLATES + 10, Action.PROTECT) as CryptoMapEntry;
    maps.addTransformSet(template, set("TS"));
    maps.setDynamic(maps.add(nameAt(), put("CM"), 65535, Action.PROTECT) as CryptoMapEntry, nameAt(), put("D"));
    spd.refresh();
    const third = established(false, BETA + 7);
    sa = third;
    theirsOf("040000000a050000ffff0000");
    expect<u32>(quick_inI1_outR1(offered())).toBe(OK);
    const first = spd.policyAt(last.policySlot) as Policy;
    expect<u32>(first.owner).toBe(BETA + 7);
    sa = established(false, BETA + 8);
    expect<u32>(quick_inI1_outR1(offered())).toBe(OK, "of the same key");
    first.ownerKey ^= 0x80;
    (spd.policyAt(last.policySlot) as Policy).ownerKey ^= 0x80;
    sa = established(false, BETA + 9);
    expect<u32>(quick_inI1_outR1(offered())).toBe(fail(Drop.IKE_SELECTORS, Notify.INVALID_ID_INFORMATION));
  });

  test("that no set wants is NO-PROPOSAL-CHOSEN; one that cannot be read is BAD-PROPOSAL-SYNTAX", () => {
    const ex = answering();
    theirs(esp(0x11223344, "80040001" + HOUR + "80050005" + "80060080"));
    expect<u32>(quick_inI1_outR1(ex)).toBe(fail(Drop.IKE_NO_PROPOSAL, Notify.NO_PROPOSAL_CHOSEN));
    const cut = answering();
    theirs(esp(0x11223344).substring(0, 60));
    expect<u32>(quick_inI1_outR1(cut)).toBe(fail(Drop.IKE_NO_PROPOSAL, Notify.BAD_PROPOSAL_SYNTAX));
  });

  test("has a nonce of 8 octets at least, KE and group together, and a public value that is one", () => {
    const short = answering();
    theirs(esp(0x11223344), "00010203040506");
    expect<u32>(quick_inI1_outR1(short)).toBe(refuse(Drop.IKE_NONCE, Notify.PAYLOAD_MALFORMED));
    const alone = answering();
    theirs(esp(0x11223344));
    add(Payload.KE, NONCE);
    expect<u32>(quick_inI1_outR1(alone)).toBe(fail(Drop.IKE_KEY_EXCHANGE, Notify.INVALID_KEY_INFORMATION));
    const suite = "80040001" + HOUR + SUITE + "80030013";
    const without = answering();
    theirs(esp(0x11223344, suite));
    expect<u32>(quick_inI1_outR1(without)).toBe(fail(Drop.IKE_KEY_EXCHANGE, Notify.INVALID_KEY_INFORMATION));
    const bad = answering();
    theirs(esp(0x11223344, suite));
    add(Payload.KE, NONCE);
    expect<u32>(quick_inI1_outR1(bad)).toBe(refuse(Drop.IKE_KEY_EXCHANGE, Notify.INVALID_KEY_INFORMATION));
    expect<u32>(bad.jobs).toBe(0);
  });

  test("for which no buffer is left comes to nothing", () => {
    const ex = answering();
    theirs(esp(0x11223344));
    const pfs = answering();
    // The peer's nonces have their places: ours finds none.
    ex.Ni_b = pfs.Ni_b = hold(256);
    while (hold(16)) {}
    theirs(esp(0x11223344));
    expect<u32>(quick_inI1_outR1(ex)).toBe(fail(Drop.IKE_POOL, Notify.NONE));
    clear();
    theirs(esp(0x11223344, "80040001" + HOUR + KILO + SUITE + "80030013"));
    add(Payload.KE, NONCE);
    expect<u32>(quick_inI1_outR1(pfs)).toBe(fail(Drop.IKE_POOL, Notify.NONE));
  });

  test("for which there is no room is dropped without a word, and that an SA is gone the peer is told", () => {
    const ex = answering();
    theirs(esp(0x11223344));
    quick_inI1_outR1(ex);
    sad.remove(pairs.larval(ex) as SA);
    expect<u32>(quick_inI1_outR1_continued(ex)).toBe(fail(Drop.IKE_SELECTORS, Notify.INVALID_ID_INFORMATION));
    while (sad.reserve(policy)) {}
    expect<u32>(quick_inI1_outR1(ex)).toBe(fail(Drop.IKE_POOL, Notify.NONE));
  });
});
