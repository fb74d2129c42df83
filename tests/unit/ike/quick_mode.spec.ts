// The messages of Quick Mode octet by octet, as each side writes and takes them, and what ends a Quick Mode.
import { hold } from "../../../assembly/ike/buffers";
import { Exchange, Job, State } from "../../../assembly/ike/exchange";
import { IsakmpSa, Natt } from "../../../assembly/ike/isakmp_sa";
import * as message from "../../../assembly/ike/message";
import { HashKind } from "../../../assembly/ike/message";
import { OK, SUSPEND, drop, fail, refuse } from "../../../assembly/ike/outcome";
import * as pairs from "../../../assembly/ike/quick_pair";
import { quick_inI1_outR1, quick_inI1_outR1_continued, quick_outI1, quick_outI1_continued } from "../../../assembly/ike/quick_mode";
import * as maps from "../../../assembly/sadb/crypto_map";
import * as lifetime from "../../../assembly/sadb/lifetime";
import * as sad from "../../../assembly/sadb/sad";
import { SA, State as SaState } from "../../../assembly/sadb/sad";
import { Action } from "../../../assembly/sadb/spd";
import { Mode } from "../../../assembly/sadb/transform_set";
import { Drop } from "../../../assembly/util/status";
import { Exchange as ExchangeType, Notify, Payload } from "../../../assembly/wire/ike_numbers";
import { ALPHA, BETA, entry, list, permit, set } from "../sadb/world";
import { fromHex, toHex } from "../crypto/bytes";
import { begin, established, exchangeOf, policy } from "./world";

const SLOT: usize = 640;
const bodies: usize = memory.data(6 * 640, 8);
let next: usize = 0;
let sa: IsakmpSa = changetype<IsakmpSa>(0);

const NONCE: string = "000102030405060708090a0b0c0d0e0f";
const IDS: string = "05000010" + "040000000a010000ffff0000" + "00000010" + "040000000a020000ffff0000";
/** ESP with AES-128 and SHA in a tunnel, an hour and 4608000 kilobytes. */
const HOUR: string = "8001000180020e10";
const KILO: string = "80010002" + "0002000400465000";
const SUITE: string = "80050002" + "80060080";

beforeEach(() => {
  begin();
  sa = established(true);
  message.payloads.clear();
  next = 0;
});

function hex(v: u32, octets: i32 = 4): string {
  let text = "";
  for (let k = octets * 2 - 1; k >= 0; k--) text += "0123456789abcdef".charAt(<i32>((v >>> (k << 2)) & 15));
  return text;
}

function half(text: string): u32 {
  return <u32>text.length / 2;
}

/** A proposal of one transform: what stands before is not the last one. */
function proposal(number: u32, protocol: u32, spi: u32, id: u32, attributes: string, more: bool = false): string {
  const n = half(attributes) + 8;
  return (more ? "0200" : "0000") + hex(n + 12, 2) + hex(number, 1) + hex(protocol, 1) + "0401" + hex(spi) + "0000" + hex(n, 2) + "01" + hex(id, 1) + "0000" + attributes;
}

function SAof(proposals: string): string {
  return "0000000100000001" + proposals;
}

/** The payload of a body, before one of type `following`. */
function payload(following: u32, body: string): string {
  return hex(following, 1) + "00" + hex(half(body) + 4, 2) + body;
}

function esp(spi: u32, attributes: string = "80040001" + HOUR + KILO + SUITE): string {
  return SAof(proposal(1, 3, spi, 12, attributes));
}

/** Adds a payload to the message that is looked at. */
function add(type: u32, body: string): void {
  const at = bodies + next;
  next += SLOT;
  message.payloads.add(type, at, fromHex(at, body));
}

function offer(SA: string, nonce: string = NONCE, ids: bool = true): void {
  add(Payload.SA, SA);
  add(Payload.NONCE, nonce);
  if (!ids) return;
  add(Payload.ID, "040000000a010000ffff0000");
  add(Payload.ID, "040000000a020000ffff0000");
}

function quick(initiator: bool): Exchange {
  const ex = exchangeOf(sa, ExchangeType.QUICK_MODE, initiator ? State.QUICK_I0 : State.QUICK_R0, initiator);
  message.begin(ex, false, HashKind.NONE);
  if (!initiator) return ex;
  ex.policy = policy.slot;
  ex.selector.copyFrom(policy.selector);
  return ex;
}

/** What has been written: the type of the first payload, and all of them. */
function written(): string {
  message.w.close();
  return hex(<u32>load<u8>(message.w.base + 16), 1) + toHex(message.w.body, <u32>(message.w.here - message.w.body));
}

function nonceOf(ex: Exchange): string {
  return ex.initiator ? toHex(ex.Ni_b, ex.NiLen) : toHex(ex.Nr_b, ex.NrLen);
}

/** An initiator that waits for the answer. */
function asked(): Exchange {
  const ex = quick(true);
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
    const ex = quick(true);
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
    const ex = quick(true);
    expect<u32>(quick_outI1(ex)).toBe(SUSPEND);
    expect<u32>(ex.jobs).toBe(Job.PUBLIC);
    expect<u32>(ex.group!.id).toBe(19);
    for (let i: u32 = 0; i < 64; i++) store<u8>(ex.g_xi + i, <u8>(i * 3 + 1));
    // The configuration may have changed while the power was computed: what has begun goes on as it was.
    maps.setPfs(policy.entry, 14, false);
    expect<u32>(quick_outI1_continued(ex)).toBe(OK);
    const SA = esp(ex.spi, "80040001" + HOUR + KILO + SUITE + "80030013");
    expect<string>(written()).toBe("01" + payload(10, SA) + payload(4, nonceOf(ex)) + payload(5, toHex(ex.g_xi, 64)) + IDS);
    const plain = quick(true);
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
    expect<u32>(quick_outI1(quick(true))).toBe(drop(Drop.IKE_NO_PROPOSAL));
  });

  test("between the peers themselves is for transport mode; behind a NAT both addresses follow as they stand", () => {
    policy.entry.transformSet(0).mode = <u8>Mode.TRANSPORT;
    let ex = quick(true);
    hosts(ex);
    quick_outI1(ex);
    quick_outI1_continued(ex);
    const ids = "0500000c" + "01000000c0000201";
    expect<string>(written()).toBe("01" + payload(10, esp(ex.spi, "80040002" + HOUR + KILO + SUITE)) + payload(5, nonceOf(ex)) + ids + "0000000c" + "01000000c0000202");
    sa.peerNat = true;
    for (let k = 0; k < 2; k++) {
      sa.nattVersion = k ? Natt.DRAFT : Natt.RFC;
      ex = quick(true);
      hosts(ex);
      quick_outI1(ex);
      quick_outI1_continued(ex);
      const oa = k ? "83" : "15";
      const SA = esp(ex.spi, (k ? "8004f004" : "80040004") + HOUR + KILO + SUITE);
      expect<string>(written()).toBe("01" + payload(10, SA) + payload(5, nonceOf(ex)) + ids + oa + "00000c" + "01000000c0000202" + oa + "00000c" + "01000000c0000201" + "0000000c" + "01000000c0000202");
    }
  });

  test("is not sent without a policy, sets, room for SAs or the group", () => {
    const ex = quick(true);
    ex.policy = 9999;
    expect<u32>(quick_outI1(ex)).toBe(drop(Drop.IKE_SELECTORS));
    expect<u32>(quick_outI1_continued(ex)).toBe(fail(Drop.IKE_SELECTORS, Notify.NONE));
    ex.policy = policy.slot;
    expect<u32>(quick_outI1_continued(ex)).toBe(fail(Drop.IKE_SELECTORS, Notify.NONE), "nothing is reserved");
    maps.setPfs(policy.entry, 32768, false);
    expect<u32>(quick_outI1(ex)).toBe(drop(Drop.IKE_POOL), "a group that nobody has brought");
    maps.setPfs(policy.entry, 0, false);
    while (sad.reserve(policy)) {}
    expect<u32>(quick_outI1(quick(true))).toBe(drop(Drop.IKE_POOL));
    maps.clearTransformSets(policy.entry);
    expect<u32>(quick_outI1(ex)).toBe(drop(Drop.IKE_SELECTORS));
  });
});

/** A responder that answers 10.2/16 to 10.1/16 as the other side calls them. */
function answering(): Exchange {
  const ex = quick(false);
  message.payloads.clear();
  next = 0;
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
    expect<u32>(ex.policy).toBe(policy.slot);
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
    offer(esp(0x11223344), NONCE, false);
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
    const own = quick(true);
    quick_outI1(own);
    const ex = answering();
    theirs(esp(0x11223344));
    const pfs = answering();
    // The peer's nonces have their places: ours finds none.
    ex.Ni_b = pfs.Ni_b = hold(256);
    while (hold(16)) {}
    expect<u32>(quick_outI1_continued(own)).toBe(fail(Drop.IKE_POOL, Notify.NONE));
    theirs(esp(0x11223344));
    expect<u32>(quick_inI1_outR1(ex)).toBe(fail(Drop.IKE_POOL, Notify.NONE));
    message.payloads.clear();
    next = 0;
    theirs(esp(0x11223344, "80040001" + HOUR + KILO + SUITE + "80030013"));
    add(Payload.KE, NONCE);
    expect<u32>(quick_inI1_outR1(pfs)).toBe(fail(Drop.IKE_POOL, Notify.NONE));
    const early = quick(true);
    expect<u32>(quick_outI1(early)).toBe(drop(Drop.IKE_POOL));
  });

  test("for which there is no room is dropped without a word, and an SA that is gone is not answered", () => {
    const ex = answering();
    theirs(esp(0x11223344));
    quick_inI1_outR1(ex);
    sad.remove(pairs.larval(ex) as SA);
    expect<u32>(quick_inI1_outR1_continued(ex)).toBe(fail(Drop.IKE_SELECTORS, Notify.NONE));
    while (sad.reserve(policy)) {}
    expect<u32>(quick_inI1_outR1(ex)).toBe(fail(Drop.IKE_POOL, Notify.NONE));
  });
});
