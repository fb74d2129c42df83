// Quick Mode's flows and its SAs, from the reserved SPI to the parameters of the pair; what a lifetime and a bundle come to.
import * as message from "../../../../assembly/ike/message/message";
import * as pairs from "../../../../assembly/ike/modes/quick_pair";
import { betweenPeers, readSelector, sameFlows, selectorScratch } from "../../../../assembly/ike/modes/quick_selector";
import { OK } from "../../../../assembly/ike/modes/verdict";
import { choosePhase2 } from "../../../../assembly/ike/offer/phase2_proposal";
import { Phase2Choice, Phase2Wish } from "../../../../assembly/ike/offer/phase2_terms";
import { Exchange, State } from "../../../../assembly/ike/state/exchange";
import { IsakmpSa } from "../../../../assembly/ike/state/isakmp_sa";
import { SA } from "../../../../assembly/sadb/sas/sa";
import * as sad from "../../../../assembly/sadb/sas/sad";
import { Mode, TransformSet } from "../../../../assembly/sadb/settings/transform_set";
import { Selector } from "../../../../assembly/sadb/terms/selector";
import * as clock from "../../../../assembly/util/clock";
import * as checksum from "../../../../assembly/wire/checksum";
import { ExchangeType, Notify, Payload } from "../../../../assembly/wire/ike_numbers";
import { fromHex } from "../../crypto/bytes";
import { ALPHA, BETA, NET_A, NET_B, WILD_16, ref, set } from "../../sadb/world";
import { begin, established, exchangeOf, other, policy } from "../by_hand/world";

const one: usize = memory.data(64, 8);
const two: usize = memory.data(64, 8);
const offer: usize = memory.data(512, 8);
const choice = changetype<Phase2Choice>(memory.data(96, 8));
const wish = changetype<Phase2Wish>(memory.data(64, 8));
let sa: IsakmpSa = changetype<IsakmpSa>(0);

beforeEach(() => {
  begin();
  sa = established(true);
});

/** A Quick Mode for the first policy's flows. */
function quick(initiator: bool = true): Exchange {
  const ex = exchangeOf(sa, ExchangeType.QUICK_MODE, State.QUICK_I1, initiator);
  ex.policySlot = policy.slot;
  ex.selector.copyFrom(policy.selector);
  const c = ex.choice;
  c.espCipher = 12;
  c.keyBits = 128;
  c.espAuth = 2;
  c.encapsulation = 1;
  c.mode = Mode.TUNNEL;
  c.lifetimeSeconds = 100;
  c.lifetimeKilobytes = 1000;
  ex.peerSpi = 0x11223344;
  ex.Ni_b = ex.Nr_b = 0;
  return ex;
}

/** Flows between the two peers themselves. */
function hosts(s: Selector): void {
  memory.fill(changetype<usize>(s), 0, offsetof<Selector>());
  s.localFirst = s.localLast = ALPHA;
  s.remoteFirst = s.remoteLast = BETA;
}

function IDs(a: string, b: string): void {
  message.payloads.clear();
  const n = fromHex(one, a);
  const m = fromHex(two, b);
  if (n) message.payloads.add(Payload.ID, one, n);
  if (m) message.payloads.add(Payload.ID, two, m);
}

describe("flows", () => {
  test("IDci is the initiator's side, with its port; the other one the responder's", () => {
    const s = selectorScratch();
    // UDP, port 5 of 10.1/16, port 7 of 10.2.0.1 to 10.2.0.9
    for (let initiator = 0; initiator < 2; initiator++) {
      IDs("041100050a010000ffff0000", "071100070a0200010a020009");
      expect<bool>(readSelector(quick(initiator == 1), s)).toBe(true);
      expect<u32>(initiator ? s.localFirst : s.remoteFirst).toBe(NET_A);
      expect<u32>(initiator ? s.localLast : s.remoteLast).toBe(NET_A + WILD_16);
      expect<u32>(<u32>(initiator ? s.localPort : s.remotePort)).toBe(5);
      expect<u32>(initiator ? s.remoteFirst : s.localFirst).toBe(NET_B + 1);
      expect<u32>(initiator ? s.remoteLast : s.localLast).toBe(NET_B + 9);
      expect<u32>(<u32>(initiator ? s.remotePort : s.localPort)).toBe(7);
      expect<u32>(<u32>s.protocol).toBe(17);
    }
  });

  test("two protocols, or an ID that is no range of addresses, are no flows", () => {
    const s = selectorScratch();
    IDs("011100000a010001", "010600000a020001");
    expect<bool>(readSelector(quick(), s)).toBe(false);
    IDs("020000000a010001", "010000000a020001");
    expect<bool>(readSelector(quick(), s)).toBe(false);
    IDs("010000000a010001", "020000000a020001");
    expect<bool>(readSelector(quick(), s)).toBe(false);
  });

  test("without IDs they are those between the peers, as the NAT shows them", () => {
    IDs("", "");
    sa.peerAddress = BETA + 9;
    const s = selectorScratch();
    expect<bool>(readSelector(quick(), s)).toBe(true);
    expect<bool>(s.localFirst == ALPHA && s.localLast == ALPHA && s.remoteFirst == BETA + 9 && s.remoteLast == BETA + 9).toBe(true);
    expect<u32>(<u32>s.protocol + <u32>s.localPort + <u32>s.remotePort).toBe(0);
  });

  test("between the peers is what begins and ends with both", () => {
    const ex = quick();
    expect<bool>(betweenPeers(ex)).toBe(false);
    hosts(ex.selector);
    expect<bool>(betweenPeers(ex)).toBe(true);
    ex.selector.localFirst--;
    expect<bool>(betweenPeers(ex)).toBe(false);
    hosts(ex.selector);
    ex.selector.localLast++;
    expect<bool>(betweenPeers(ex)).toBe(false);
    hosts(ex.selector);
    ex.selector.remoteFirst--;
    expect<bool>(betweenPeers(ex)).toBe(false);
    hosts(ex.selector);
    ex.selector.remoteLast++;
    expect<bool>(betweenPeers(ex)).toBe(false);
  });

  test("an answer names the same ones; behind a NAT in transport mode single hosts as the other side sees them", () => {
    const ex = quick();
    hosts(ex.selector);
    ex.localOriginal = 0x0a000001;
    ex.peerOriginal = 0x0a000002;
    const s = selectorScratch();
    for (let k = 0; k < 4; k++) {
      // Neither, each alone, both.
      ex.choice.mode = k & 1 ? Mode.TRANSPORT : Mode.TUNNEL;
      sa.peerNat = (k & 2) != 0;
      hosts(s);
      expect<bool>(sameFlows(ex, s)).toBe(true);
      s.localFirst = s.localLast = 0x0a000001;
      expect<bool>(sameFlows(ex, s)).toBe(k == 3);
      hosts(s);
      s.remoteFirst = s.remoteLast = 0x0a000002;
      expect<bool>(sameFlows(ex, s)).toBe(k == 3);
    }
    hosts(s);
    s.localFirst = s.localLast = 0x0a000002;
    expect<bool>(sameFlows(ex, s)).toBe(false);
    hosts(s);
    s.localFirst = 0x0a000001;
    s.localLast = 0x0a000009;
    expect<bool>(sameFlows(ex, s)).toBe(false);
    hosts(s);
    s.remoteFirst = 0x0a000002;
    s.remoteLast = 0x0a000009;
    expect<bool>(sameFlows(ex, s)).toBe(false);
  });
});

describe("SAs", () => {
  test("are reserved one, for a bundle two; what came to nothing is dropped, what is in use stays", () => {
    const ex = quick();
    expect<bool>(pairs.larval(ex) == null).toBe(true);
    pairs.abandon(ex);
    expect<bool>(pairs.reserve(ex, policy, false)).toBe(true);
    expect<u32>(ex.ahSpi).toBe(0);
    const first = pairs.larval(ex) as SA;
    expect<u32>(first.spi).toBe(ex.spi);
    ex.policySlot = other.slot;
    expect<bool>(pairs.larval(ex) == null).toBe(true, "its policy is another by now");
    ex.policySlot = policy.slot;
    const spi = ex.spi;
    pairs.abandon(ex);
    expect<u32>(ex.spi).toBe(0);
    expect<usize>(ref(sad.bySpi(spi))).toBe(0);
    expect<bool>(pairs.reserve(ex, policy, true)).toBe(true);
    expect<u32>(ex.ahSpi).toBe((sad.bySpi(ex.spi)!.outer as SA).spi);
    const mine = quick();
    pairs.reserve(mine, policy, false);
    const inbound = pairs.larval(mine) as SA;
    pairs.install(mine, inbound);
    expect<u32>(pairs.activate(mine, inbound)).toBe(OK);
    const used = mine.spi;
    pairs.abandon(mine);
    expect<usize>(ref(sad.bySpi(used))).toBe(ref(inbound));
  });

  test("a pair is what was agreed on", () => {
    for (let k = 0; k < 2; k++) {
      const ex = quick(k == 1);
      ex.choice.group = 14;
      sa.localPort = 600;
      sa.peerPort = 700;
      pairs.reserve(ex, policy, false);
      const inbound = pairs.larval(ex) as SA;
      pairs.install(ex, inbound);
      pairs.activate(ex, inbound);
      const outbound = inbound.pair as SA;
      expect<u32>(outbound.spi).toBe(0x11223344);
      expect<u32>(<u32>inbound.protocol).toBe(50);
      expect<bool>(inbound.esn || inbound.encapsulated).toBe(false);
      expect<u32>(<u32>inbound.pfsGroup).toBe(14);
      expect<u32>(inbound.ike).toBe(sa.number);
      expect<u64>(inbound.hard).toBe(clock.now() + 100000);
      const soft = inbound.soft - clock.now();
      expect<bool>(k ? soft >= 85009 && soft <= 89990 : soft >= 91992 && soft <= 95972).toBe(true);
      sad.remove(inbound);
    }
  });

  test("in UDP: each encapsulation but the two plain ones, with both ports and no change of checksums in tunnels", () => {
    const kinds: StaticArray<u32> = [1, 2, 3, 4, 61443, 61444];
    for (let i = 0; i < 6; i++) {
      const ex = quick();
      hosts(ex.selector);
      ex.choice.encapsulation = kinds[i];
      ex.choice.mode = i & 1 ? Mode.TRANSPORT : Mode.TUNNEL;
      ex.localOriginal = i == 5 ? 0 : 0x0a000001;
      ex.peerOriginal = i == 5 ? 0 : 0x0a000002;
      sa.localPort = 4500;
      sa.peerPort = 4711;
      pairs.reserve(ex, policy, false);
      const inbound = pairs.larval(ex) as SA;
      pairs.install(ex, inbound);
      expect<bool>(inbound.encapsulated).toBe(i >= 2);
      const delta = i == 3 ? checksum.delta(0x0a000002, 0x0a000001, BETA, ALPHA) & 0xffff : 0;
      if (i != 5) expect<u32>(<u32>inbound.checksumDelta).toBe(delta);
      else expect<u32>(<u32>inbound.checksumDelta).toBe(checksum.delta(BETA, ALPHA, BETA, ALPHA) & 0xffff);
      pairs.abandon(ex);
    }
    expect<u32>(checksum.delta(0x0a000002, 0x0a000001, BETA, ALPHA) & 0xffff).not.toBe(0);
  });
});

/** ESP-AES-128 and AH-SHA under number 1, with these attributes beside the needed ones. */
function bundled(esp: string, ah: string, spi: string = "00000100"): u32 {
  const e = esp.length / 2 + 20;
  const a = ah.length / 2 + 16;
  return fromHex(offer, "0000000100000001" + "020000" + hex2(a + 12) + "01020401" + "00000100" + "000000" + hex2(a) + "01030000" + "80050002" + "80040001" + ah +
    "000000" + hex2(e + 12) + "01030401" + spi + "000000" + hex2(e) + "010c0000" + "80050002" + "80060080" + "80040001" + esp);
}

function hex2(v: i32): string {
  return (v < 16 ? "0" : "") + v.toString(16);
}

/** Wants AES-128 and SHA, with AH-SHA around. */
function wanted(seconds: u32, kilobytes: u32): TransformSet {
  const both = set("TS");
  both.ahAuth = 2;
  memory.fill(changetype<usize>(wish), 0, 64);
  wish.lifetimeSeconds = seconds;
  wish.lifetimeKilobytes = kilobytes;
  wish.addSet(both);
  return both;
}

const LIFE: string = "80010001" + "8002";

describe("a bundle", () => {
  test("has the shortest of four lifetimes, and is said to be shortened where the offer was longer", () => {
    wanted(3600, 0);
    expect<u32>(choosePhase2(offer, bundled(LIFE + "0078", LIFE + "003c"), wish, choice)).toBe(Notify.NONE);
    expect<u32>(choice.lifetimeSeconds).toBe(60);
    expect<u32>(choosePhase2(offer, bundled(LIFE + "003c", LIFE + "0078"), wish, choice)).toBe(Notify.NONE);
    expect<u32>(choice.lifetimeSeconds).toBe(60);
    expect<u32>(choice.shortened).toBe(1);
    expect<u32>(choosePhase2(offer, bundled(LIFE + "003c", LIFE + "003c"), wish, choice)).toBe(Notify.NONE);
    expect<u32>(choice.shortened).toBe(0);
    expect<u32>(choice.lifetimeKilobytes).toBe(0);
  });

  test("has one group of both, or none", () => {
    wanted(60, 0);
    expect<u32>(choosePhase2(offer, bundled("80030005", "80030005"), wish, choice)).toBe(Notify.NONE);
    expect<u32>(choice.group).toBe(5);
    expect<u32>(choosePhase2(offer, bundled("80030005", ""), wish, choice)).toBe(Notify.NO_PROPOSAL_CHOSEN);
    expect<u32>(choosePhase2(offer, bundled("", "80030005"), wish, choice)).toBe(Notify.NO_PROPOSAL_CHOSEN);
    expect<u32>(choosePhase2(offer, bundled("80030005", "80030002"), wish, choice)).toBe(Notify.NO_PROPOSAL_CHOSEN);
  });

  test("has SPIs from 256 on", () => {
    wanted(60, 0);
    expect<u32>(choosePhase2(offer, bundled("", ""), wish, choice)).toBe(Notify.NONE);
    expect<u32>(choice.spi).toBe(256);
    expect<u32>(choice.ahSpi).toBe(256);
    expect<u32>(choosePhase2(offer, bundled("", "", "000000ff"), wish, choice)).toBe(Notify.NO_PROPOSAL_CHOSEN);
  });
});

describe("a lifetime", () => {
  test("that nobody has said is eight hours", () => {
    wanted(28800, 0);
    expect<u32>(choosePhase2(offer, bundled("", ""), wish, choice)).toBe(Notify.NONE);
    expect<u32>(choice.lifetimeSeconds).toBe(28800);
    expect<u32>(choice.shortened).toBe(0);
    wanted(28799, 0);
    choosePhase2(offer, bundled("", ""), wish, choice);
    expect<u32>(choice.lifetimeSeconds).toBe(28799);
    expect<u32>(choice.shortened).toBe(1);
    wanted(90000, 0);
    choosePhase2(offer, bundled("", ""), wish, choice);
    expect<u32>(choice.lifetimeSeconds).toBe(28800);
  });

  test("in kilobytes: the peer's where we have none, ours where it has none, else the smaller", () => {
    const KILO = "80010002" + "80020400";
    wanted(60, 0);
    choosePhase2(offer, bundled(LIFE + "003c" + KILO, LIFE + "003c" + KILO), wish, choice);
    expect<u32>(choice.lifetimeKilobytes).toBe(1024);
    expect<u32>(choice.shortened).toBe(0);
    wanted(60, 1000);
    choosePhase2(offer, bundled(LIFE + "003c" + KILO, LIFE + "003c" + KILO), wish, choice);
    expect<u32>(choice.lifetimeKilobytes).toBe(1000);
    expect<u32>(choice.shortened).toBe(1);
    wanted(60, 1000);
    choosePhase2(offer, bundled(LIFE + "003c", LIFE + "003c"), wish, choice);
    expect<u32>(choice.lifetimeKilobytes).toBe(1000);
    expect<u32>(choice.shortened).toBe(1);
    wanted(60, 2000);
    choosePhase2(offer, bundled(LIFE + "003c" + KILO, LIFE + "003c" + KILO), wish, choice);
    expect<u32>(choice.lifetimeKilobytes).toBe(1024);
    expect<u32>(choice.shortened).toBe(0);
  });
});
