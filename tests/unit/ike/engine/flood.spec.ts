// Main Mode's first two messages without state (RFC 2408, 2.5.3; docs/DESIGN.md, "Floods"): what is answered, to the octet, and
// what the third message brings back.
import { hashById } from "../../../../assembly/crypto/registry";
import * as cookies from "../../../../assembly/ike/engine/cookies";
import * as flood from "../../../../assembly/ike/engine/flood";
import { natdHash } from "../../../../assembly/ike/message/natd";
import * as keys from "../../../../assembly/ike/settings/keys";
import * as policies from "../../../../assembly/ike/settings/policy";
import { Exchange, State, Timeout } from "../../../../assembly/ike/state/exchange";
import * as exchange from "../../../../assembly/ike/state/exchange";
import { IsakmpSa, Natt } from "../../../../assembly/ike/state/isakmp_sa";
import * as isakmpSa from "../../../../assembly/ike/state/isakmp_sa";
import { Standing } from "../../../../assembly/ike/state/strangers";
import { Fate, Stat, exchangeCount, get } from "../../../../assembly/ike/state/stats";
import { put16 } from "../../../../assembly/util/bytes";
import * as clock from "../../../../assembly/util/clock";
import { Packet } from "../../../../assembly/util/packet";
import * as packets from "../../../../assembly/util/packet";
import { Drop, dropCount } from "../../../../assembly/util/status";
import { toHex } from "../../crypto/bytes";
import { ALPHA, BETA } from "../../sadb/world";
import { DPD, FRAGMENTATION, INFORMATIONAL, KE, MAIN, N, NATT_02, NATT_02N, NATT_03, NATT_RFC, OFFER, POSTERN, SA, VID } from "../by_hand/peer";
import * as peer from "../by_hand/peer";
import { established, negotiating } from "../by_hand/world";

const FAR: u32 = 0xc6336401;
const scratch: usize = memory.data(600, 8);
const big: usize = memory.data(1200, 8);

/** So many half open negotiations of other addresses. */
function halfOpen(n: u32, address: u32 = FAR, step: u32 = 1): void {
  for (let i: u32 = 0; i < n; i++) negotiating(false, address + i * step);
}

function answer(vendors: StaticArray<string>): void {
  peer.start(MAIN);
  peer.addHex(SA, OFFER);
  for (let i = 0; i < vendors.length; i++) peer.addHex(VID, vendors[i]);
  expect<string>(peer.taken()).toBe(peer.given());
}

function third(): void {
  peer.exchangeKeys(true);
  peer.give();
}

/** A packet as `mayKeep` sees it. */
function knock(type: u32 = MAIN, src: u32 = BETA): bool {
  peer.start(type);
  const packet = packets.alloc() as Packet;
  packet.src = src;
  packet.dst = ALPHA;
  packet.len = peer.outLen;
  memory.copy(packet.ptr, peer.out, <usize>peer.outLen);
  const may = flood.mayKeep(packet);
  packets.free(packet);
  return may;
}

beforeEach(() => {
  peer.begin(true);
});

describe("a first message under load", () => {
  it("is what comes while eight are half open, or four of its own address", () => {
    halfOpen(7);
    expect<bool>(knock()).toBe(true);
    halfOpen(1, FAR + 7);
    expect<bool>(knock()).toBe(false);
    peer.begin(true);
    halfOpen(3, BETA, 0);
    expect<bool>(knock()).toBe(true);
    halfOpen(1, BETA, 0);
    expect<bool>(knock()).toBe(false);
    expect<bool>(knock(MAIN, FAR)).toBe(true);
  });

  it("is answered as ever, with a cookie of its own, and nothing is kept", () => {
    halfOpen(8);
    peer.first([DPD, NATT_RFC, NATT_03]);
    peer.takeCookie();
    answer([DPD, NATT_RFC]);
    expect<u32>(peer.gotDst).toBe(BETA);
    expect<u32>(peer.gotSrc).toBe(ALPHA);
    expect<u32>(peer.sas()).toBe(8);
    expect<u32>(peer.exchanges()).toBe(0);
    expect<u32>(get(Stat.COOKIE_SENT)).toBe(1);
    expect<u32>(exchangeCount(0, false, Fate.BEGUN)).toBe(0);
    // The same again is the same cookie.
    const before = toHex(peer.cookies + 8, 8);
    peer.setCookieR(0);
    peer.first([DPD, NATT_RFC, NATT_03]);
    peer.takeCookie();
    expect<string>(toHex(peer.cookies + 8, 8)).toBe(before);
    peer.setCookieR(0);
    peer.first([NATT_03, NATT_02N, NATT_02]);
    peer.takeCookie();
    answer([NATT_03, NATT_02N, NATT_02]);
    const alone = [DPD, NATT_RFC, FRAGMENTATION];
    for (let i = 0; i < 4; i++) {
      peer.setCookieR(0);
      peer.first(i < 3 ? [alone[i]] : []);
      peer.takeCookie();
      answer(i < 3 ? [alone[i]] : []);
    }
    peer.setCookieR(0);
    peer.first([DPD, FRAGMENTATION + "80000000"]);
    peer.takeCookie();
    answer([DPD, FRAGMENTATION]);
    expect<u32>(dropCount(Drop.FRAME_TOO_SHORT)).toBe(0, "an answer is no drop");
  });

  it("with an offer that is longer than what is laid down is refused, and counted", () => {
    halfOpen(8);
    // So many transforms of 40 octets, the first of which would be good.
    for (let n: u32 = 25; n <= 26; n++) {
      const p = peer.SAi_b;
      const len = 16 + 40 * n;
      for (let i: u32 = 0; i < n; i++) {
        memory.copy(big + 16 + <usize>(i * 40), p + 16, 40);
        store<u8>(big + 16 + <usize>(i * 40), i + 1 < n ? 3 : 0);
      }
      memory.copy(big, p, 16);
      put16(big + 10, 8 + 40 * n);
      store<u8>(big + 15, <u8>n);
      peer.start(MAIN);
      peer.add(SA, big, len);
      peer.setCookieR(0);
      peer.give();
      expect<bool>(peer.take()).toBe(len <= 1023);
      expect<u32>(get(Stat.FLOOD_REFUSED)).toBe(n - 25);
      expect<u32>(dropCount(Drop.IKE_HALF_OPEN)).toBe(n - 25);
    }
  });

  it("is never answered with more octets than it had", () => {
    halfOpen(8);
    // One word of the drafts would be answered with three.
    peer.first([NATT_03]);
    expect<bool>(peer.take()).toBe(false);
    expect<u32>(dropCount(Drop.IKE_HALF_OPEN)).toBe(1);
    expect<u32>(get(Stat.COOKIE_SENT)).toBe(0);
  });

  it("is judged: its payloads, its proposal, its key, the length of its offer", () => {
    halfOpen(8);
    peer.start(MAIN);
    peer.addHex(VID, DPD);
    peer.give();
    expect<u32>(dropCount(Drop.IKE_PAYLOAD_MISSING)).toBe(1);
    peer.start(MAIN);
    peer.addHex(SA, OFFER);
    peer.addHex(SA, OFFER);
    peer.give();
    expect<u32>(dropCount(Drop.IKE_PAYLOAD_MISSING)).toBe(2);
    peer.start(MAIN);
    peer.addHex(SA, OFFER);
    peer.add(KE, peer.g_xi, 96);
    peer.give();
    expect<u32>(dropCount(Drop.IKE_PAYLOAD_UNEXPECTED)).toBe(1);
    peer.start(MAIN);
    peer.addHex(SA, OFFER);
    store<u8>(peer.out + 28 + 2, 1);
    peer.give();
    expect<u32>(dropCount(Drop.IKE_PAYLOAD)).toBe(1);
    policies.find(10)!.hash = 4;
    peer.first();
    expect<u32>(dropCount(Drop.IKE_NO_PROPOSAL)).toBe(1);
    policies.find(10)!.hash = 2;
    keys.removeAddress(BETA, 0xffffffff);
    peer.first();
    expect<u32>(dropCount(Drop.IKE_NO_KEY)).toBe(1);
    keys.addAddress(BETA, 0xffffffff, peer.nonceI, 8);
    expect<bool>(peer.take()).toBe(false);
    expect<u32>(get(Stat.FLOOD_REFUSED)).toBe(0);
    // A request for a certificate, which phase 1's first message may have, is let pass.
    peer.start(MAIN);
    peer.addHex(SA, OFFER);
    peer.addHex(7, "04");
    peer.give();
    expect<bool>(peer.takeOne()).toBe(true);
  });

  it("of a mode that cannot be answered without state is refused, and counted", () => {
    expect<u32>(flood.refuseFirst()).toBe(Drop.IKE_HALF_OPEN);
    expect<u32>(get(Stat.FLOOD_REFUSED)).toBe(1);
  });
});

describe("a third message that brings our cookie back", () => {
  it("begins what was not kept: the offer, the vendor IDs, the ports", () => {
    halfOpen(8);
    peer.start(MAIN);
    peer.add(SA, peer.SAi_b, peer.SAi_bLen);
    peer.addHex(VID, DPD);
    peer.addHex(VID, NATT_RFC);
    peer.give(1024, 500);
    peer.takeCookie();
    peer.exchangeKeys(true);
    peer.give(1024, 500);
    expect<u32>(get(Stat.COOKIE_RETURNED)).toBe(1);
    const sa = peer.ours();
    const ex = sa.exchange as Exchange;
    expect<bool>(ex.suspended).toBe(true);
    expect<bool>(sa.deadPeerDetection).toBe(true);
    expect<u32>(sa.peerPort).toBe(1024);
    expect<u32>(sa.localPort).toBe(500);
    expect<u32>(sa.configured).toBe(BETA);
    expect<u32>(sa.localAddress).toBe(ALPHA);
    expect<u32>(sa.priority).toBe(10);
    expect<u32>(sa.keyBits).toBe(128);
    expect<string>(toHex(ex.SA_b, ex.SA_bLen)).toBe(OFFER);
    expect<u32>(exchangeCount(0, false, Fate.BEGUN)).toBe(1);
    peer.settle();
    expect<bool>(peer.takeOne()).toBe(true);
    expect<u32>(ex.timeout).toBe(Timeout.WAIT);
    expect<u32>(ex.state).toBe(State.MAIN_R2);
    // Main Mode, in plain, without a message ID.
    expect<string>(toHex(peer.got + 17, 7)).toBe("10020000000000");
  });

  it("knows which words of NAT traversal the first one said, and that it said nothing of dead peer detection", () => {
    halfOpen(8);
    peer.first([NATT_03, NATT_02N, NATT_02, FRAGMENTATION]);
    peer.takeCookie();
    peer.exchangeKeys(true);
    natdHash(hashById(2)!, peer.cookies, peer.cookies + 8, ALPHA, 500, scratch);
    natdHash(hashById(2)!, peer.cookies, peer.cookies + 8, BETA, 500, scratch + 20);
    peer.add(130, scratch, 20);
    peer.add(130, scratch + 20, 20);
    peer.give();
    expect<u32>(peer.ours().nattVersion).toBe(Natt.DRAFT);
    expect<bool>(peer.ours().fragmentation).toBe(true);
    expect<bool>(peer.ours().deadPeerDetection).toBe(false);
  });

  it("knows that the first one said it is a Postern, which does all that ours do", () => {
    for (let i = 0; i < 3; i++) {
      peer.begin(true);
      halfOpen(8);
      peer.first(i == 2 ? [POSTERN] : i ? [DPD, NATT_RFC] : [DPD, NATT_RFC, NATT_03, POSTERN]);
      peer.takeCookie();
      answer(i == 2 ? [] : i ? [DPD, NATT_RFC] : [DPD, NATT_RFC, POSTERN]);
      peer.exchangeKeys(true);
      peer.give();
      expect<bool>(peer.ours().postern).toBe(i == 0);
      expect<bool>(peer.ours().deadPeerDetection).toBe(i != 2);
    }
  });

  it("finds no ISAKMP SA left, or no exchange, or a peer that no crypto map names any more: nothing is kept", () => {
    halfOpen(8);
    cookies.issue(peer.cookies, FAR, ALPHA, 500, 500, peer.SAi_b, peer.SAi_bLen, 0, peer.cookies + 8);
    peer.exchangeKeys(true);
    peer.give(500, 500, FAR);
    expect<u32>(dropCount(Drop.IKE_NO_KEY)).toBe(1);
    expect<u32>(get(Stat.COOKIE_RETURNED)).toBe(0);
    peer.setCookieR(0);
    peer.first();
    peer.takeCookie();
    const far = established(false, FAR);
    for (let i: u32 = 0; i < exchange.slots(); i++) exchange.take(far, 32, State.QUICK_I1, true, i + 1);
    third();
    expect<u32>(dropCount(Drop.IKE_POOL)).toBe(1);
    expect<u32>(peer.sas()).toBe(9);
    for (let i: u32 = 0; i < 39; i++) established(false, FAR);
    third();
    expect<u32>(dropCount(Drop.IKE_POOL)).toBe(2);
    expect<u32>(peer.sas()).toBe(48);
  });

  it("is no other's: from another address or port, or with a bit that is not ours, it costs nothing", () => {
    halfOpen(8);
    peer.first();
    peer.takeCookie();
    peer.exchangeKeys(true);
    peer.give(500, 500, FAR);
    peer.exchangeKeys(true);
    peer.give(501, 500);
    peer.exchangeKeys(true);
    peer.give(500, 4500);
    peer.exchangeKeys(true);
    store<u8>(peer.out + 15, load<u8>(peer.out + 15) ^ 1);
    peer.give();
    expect<u32>(dropCount(Drop.IKE_COOKIE)).toBe(4);
    expect<u32>(get(Stat.COOKIE_REFUSED)).toBe(4);
    expect<u32>(peer.sas()).toBe(8);
    third();
    expect<u32>(peer.sas()).toBe(9);
  });

  it("whose nonce is refused leaves nothing; the cookie is good for another try", () => {
    halfOpen(8);
    peer.first();
    peer.takeCookie();
    peer.start(MAIN);
    peer.add(KE, peer.g_xi, 96);
    peer.add(10, scratch, 7);
    peer.give();
    peer.take();
    expect<u32>(dropCount(Drop.IKE_NONCE)).toBe(1);
    expect<u32>(peer.sas()).toBe(8);
    expect<u32>(peer.exchanges()).toBe(0);
    third();
    expect<u32>(peer.sas()).toBe(9);
  });

  it("whose proposal is not agreed to any more, or whose key is gone, leaves nothing", () => {
    halfOpen(8);
    peer.first();
    peer.takeCookie();
    policies.find(10)!.hash = 4;
    third();
    expect<u32>(dropCount(Drop.IKE_NO_PROPOSAL)).toBe(1);
    policies.find(10)!.hash = 2;
    keys.removeAddress(BETA, 0xffffffff);
    third();
    expect<u32>(dropCount(Drop.IKE_NO_PROPOSAL)).toBe(2);
    expect<u32>(peer.sas()).toBe(8);
    expect<u32>(peer.exchanges()).toBe(0);
  });

  it("of an offer that is gone is told to begin again, which is then kept with state", () => {
    halfOpen(8);
    peer.first();
    peer.takeCookie();
    // Others' offers, until one lies where this one lay.
    let gone = false;
    for (let i: u32 = 0; i < 20000 && !gone; i++) {
      store<u32>(scratch, i);
      cookies.issue(scratch, FAR, ALPHA, 500, 500, scratch, 56, 0, scratch + 64);
      gone = cookies.redeem(peer.cookies + 8, peer.cookies, BETA, ALPHA, 500, 500) == cookies.Redeemed.OFFER_GONE;
    }
    expect<bool>(gone).toBe(true);
    third();
    expect<u32>(dropCount(Drop.IKE_HALF_OPEN)).toBe(1);
    expect<u32>(get(Stat.COOKIE_OFFER_GONE)).toBe(1);
    expect<u32>(get(Stat.COOKIE_RETURNED)).toBe(0);
    expect<bool>(peer.takeOne()).toBe(true);
    peer.start(INFORMATIONAL);
    peer.addHex(N, "00000001" + "01000004");
    expect<string>(peer.taken()).toBe(peer.given());
    expect<bool>(knock()).toBe(true);
    // Its address is enough, unless that very address is being forged: then its cookie must be the same.
    store<u8>(peer.cookies, 1);
    expect<bool>(knock()).toBe(true);
    for (let i: u32 = 0; i < 4; i++) isakmpSa.free(isakmpSa.at(i) as IsakmpSa);
    halfOpen(4, BETA, 0);
    expect<bool>(knock()).toBe(false);
    store<u8>(peer.cookies, 0xc0);
    expect<bool>(knock()).toBe(true);
  });

  it("gives way to nobody at ten half open, or eight of one address; one that is silent for a while gives way to it", () => {
    halfOpen(8);
    peer.first();
    peer.takeCookie();
    halfOpen(2, FAR + 8);
    third();
    expect<u32>(dropCount(Drop.IKE_HALF_OPEN)).toBe(1);
    expect<u32>(get(Stat.FLOOD_REFUSED)).toBe(1);
    expect<u32>(peer.sas()).toBe(10);
    const idle = exchange.take(isakmpSa.at(3) as IsakmpSa, MAIN, State.MAIN_R1, false, 0) as Exchange;
    (isakmpSa.at(3) as IsakmpSa).exchange = idle;
    clock.set(1000 + 1499);
    third();
    expect<u32>(get(Stat.FLOOD_REFUSED)).toBe(2);
    clock.set(1000 + 1500);
    third();
    expect<u32>(peer.sas()).toBe(10);
    expect<u32>(peer.exchanges()).toBe(1);
    expect<bool>(peer.theExchange().suspended).toBe(true);
  });
});

describe("Aggressive Mode under load", () => {
  it("is kept while it has a share left, whatever Main Mode has; at the share's end only if another gives way", () => {
    halfOpen(10);
    expect<bool>(knock(4)).toBe(true);
    for (let i: u32 = 0; i < 10; i++) negotiating(false, FAR + i).aggressive = true;
    expect<bool>(knock(4)).toBe(false);
    const idle = exchange.take(isakmpSa.at(13) as IsakmpSa, 4, State.AGGR_R1, false, 0) as Exchange;
    (isakmpSa.at(13) as IsakmpSa).exchange = idle;
    // The same message again: it goes before one that came once.
    expect<bool>(knock(4)).toBe(true);
    expect<u32>(flood.standing).toBe(Standing.PATIENT);
    expect<u32>(peer.exchanges()).toBe(0);
    // A peer that is up goes before all others.
    established(true);
    negotiating(false, FAR + 40).aggressive = true;
    expect<bool>(knock(4)).toBe(false);
    expect<u32>(flood.standing).toBe(Standing.KNOWN);
  });
});
