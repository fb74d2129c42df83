// The engine where we began, and where computing stands between a message and its answer.
import * as engine from "../../../../assembly/ike/engine/engine";
import * as message from "../../../../assembly/ike/message/message";
import * as policies from "../../../../assembly/ike/settings/policy";
import * as buffers from "../../../../assembly/ike/state/buffers";
import { Exchange, State, Timeout } from "../../../../assembly/ike/state/exchange";
import * as exchange from "../../../../assembly/ike/state/exchange";
import { IsakmpSa } from "../../../../assembly/ike/state/isakmp_sa";
import { Fate, Stat, exchangeCount, get } from "../../../../assembly/ike/state/stats";
import { startPhase1, startQuick } from "../../../../assembly/ike/upkeep/begin";
import * as upkeep from "../../../../assembly/ike/upkeep/upkeep";
import { SA as IpsecSa } from "../../../../assembly/sadb/sas/sa";
import { get32 } from "../../../../assembly/util/bytes";
import * as clock from "../../../../assembly/util/clock";
import { NEVER } from "../../../../assembly/util/deadline";
import { Drop, dropCount } from "../../../../assembly/util/status";
import { toHex } from "../../crypto/bytes";
import { ALPHA, BETA } from "../../sadb/world";
import { DPD, HASH, ID, INFORMATIONAL, KE, KE_BYTES, MAIN, N, NATT_RFC, NET_OF_ALPHA, NET_OF_BETA, NONCE, OFFER, QUICK, SA } from "../by_hand/peer";
import * as peer from "../by_hand/peer";
import { exchangeOf, policy } from "../by_hand/world";

const AGGRESSIVE: u32 = 4;
const zeros: usize = memory.data(96, 8);

/** How many of the smallest blocks there are. */
function count(): i32 {
  const blocks = new StaticArray<usize>(400);
  let n = 0;
  for (let p = buffers.hold(1); p; p = buffers.hold(1)) blocks[n++] = p;
  for (let i = 0; i < n; i++) buffers.letGo(blocks[i]);
  return n;
}

/** INVALID-COOKIE in plain, under the cookies. */
function invalidCookie(): void {
  peer.start(INFORMATIONAL);
  peer.addHex(N, "00000001" + "01000004");
  peer.give();
}

describe("a responder that has forgotten our first message (INVALID-COOKIE)", () => {
  it("is sent the same one again, twice and no more, and nothing of before is left", () => {
    peer.begin(false);
    startPhase1(BETA, ALPHA, 0, 0);
    peer.takeCookie(true);
    const first = peer.taken();
    const ex = peer.theExchange();
    const sa = ex.sa;
    const free = count();
    invalidCookie();
    expect<bool>(peer.take()).toBe(false);
    for (let n: u32 = 1; n <= 3; n++) {
      store<u8>(peer.cookies + 8, <u8>(0xc0 + n));
      peer.answer([NATT_RFC, DPD]);
      // While we compute it is too early.
      expect<bool>(engine.beginAgain(ex)).toBe(false);
      peer.settle();
      expect<bool>(peer.takeOne()).toBe(true);
      expect<u32>(ex.state).toBe(State.MAIN_I2);
      ex.suspended = true;
      expect<bool>(engine.beginAgain(ex)).toBe(false);
      ex.suspended = false;
      // Of another cookie of the responder's it is nobody's word.
      store<u8>(peer.cookies + 9, 1);
      invalidCookie();
      store<u8>(peer.cookies + 9, 0xc1);
      expect<bool>(peer.take()).toBe(false);
      invalidCookie();
      if (n == 3) break;
      expect<bool>(peer.takeOne()).toBe(true);
      expect<string>(peer.taken()).toBe(first);
      expect<u32>(ex.state).toBe(State.MAIN_I1);
      expect<u64>(ex.due).toBe(clock.now() + 1000);
      expect<u32>(ex.begunAgain).toBe(n);
      expect<u64>(load<u64>(sa.CKY_R)).toBe(0);
      expect<string>(toHex(ex.received, 32)).toBe(toHex(zeros, 32));
      expect<u32>(sa.nattVersion).toBe(0);
      expect<bool>(sa.deadPeerDetection).toBe(false);
      expect<i32>(count()).toBe(free);
      expect<string>(toHex(ex.sent, ex.sentLen)).toBe(first);
    }
    expect<bool>(peer.take()).toBe(false);
    expect<u32>(ex.state).toBe(State.MAIN_I2);
  });
});

describe("a public value of low order (RFC 7748, 6.1)", () => {
  it("is refused before anything is computed, and moves nothing", () => {
    peer.begin(true);
    policies.find(10)!.group = 31;
    peer.start(MAIN);
    peer.addHex(SA, OFFER.replace("80040001", "8004001f"));
    peer.give();
    peer.takeCookie();
    peer.start(MAIN);
    peer.add(KE, zeros, 32);
    peer.add(NONCE, peer.nonceI, 20);
    peer.give();
    peer.settle();
    expect<bool>(peer.takeOne()).toBe(true);
    peer.start(INFORMATIONAL);
    peer.addHex(N, "0000000101" + "00" + "0011");
    expect<string>(peer.taken()).toBe(peer.given());
    expect<u32>(dropCount(Drop.IKE_KEY_EXCHANGE)).toBe(1);
    expect<u32>(get(Stat.MODEXP)).toBe(0);
    expect<u32>(peer.theExchange().state).toBe(State.MAIN_R1);
  });
});

describe("a computation whose result is none", () => {
  it("ends the exchange, and is told: INVALID-KEY-INFORMATION", () => {
    peer.begin(true);
    policies.find(10)!.group = 19;
    startPhase1(BETA, ALPHA, 0, 0);
    peer.takeCookie(true);
    for (let i: u32 = 0; i < 8; i++) store<u8>(peer.cookies + 8 + i, <u8>(0xc0 + i));
    peer.start(MAIN);
    peer.addHex(SA, OFFER.replace("80040001", "80040013"));
    peer.give();
    // Nobody draws it: the only exponent that gives the point at infinity.
    memory.fill(peer.theExchange().exponent, 0, 32);
    peer.settle();
    expect<bool>(peer.takeOne()).toBe(true);
    peer.start(INFORMATIONAL);
    peer.addHex(N, "0000000101" + "00" + "0011");
    expect<string>(peer.taken()).toBe(peer.given());
    expect<u32>(dropCount(Drop.IKE_KEY_EXCHANGE)).toBe(1);
    expect<u32>(peer.exchanges() + peer.sas()).toBe(0);
    expect<u32>(exchangeCount(0, true, Fate.FAILED)).toBe(1);
  });
});

let sa: IsakmpSa = changetype<IsakmpSa>(0);

/** Our message 1, in plain in `got`, with its nonce and SPI taken note of. */
function ours(): Exchange {
  expect<bool>(startQuick(sa, policy, 0)).toBe(true);
  expect<bool>(peer.takeOne()).toBe(true);
  peer.phase2(get32(peer.got + 20));
  peer.decrypt();
  memory.copy(peer.nonceI, peer.body(2), 32);
  peer.setNonceI(32);
  return peer.theExchange();
}

/** Message 2 of the peer's. */
function answer(M_ID: u32, offer: string, flags: u32 = 0): void {
  peer.startHashed(QUICK, M_ID);
  store<u8>(peer.out + 19, <u8>(1 | flags));
  peer.addHex(SA, offer);
  peer.add(NONCE, peer.nonceR, 20);
  peer.addHex(ID, NET_OF_ALPHA);
  peer.addHex(ID, NET_OF_BETA);
  peer.finishHashed(peer.nonceI, 32);
  peer.give();
}

describe("Quick Mode as initiator", () => {
  beforeEach(() => {
    peer.begin(false);
    sa = peer.adopt(true);
  });

  it("is three messages: HASH(1), HASH(2), HASH(3); what the keys were made of is let go", () => {
    const free = count();
    const ex = ours();
    const spi = toHex(peer.body(1) + 16, 4);
    expect<u32>(get32(peer.body(1) + 16)).toBe(ex.spi);
    const kilobytes = "80010002" + "0002000400465000";
    peer.start(QUICK, 1, ex.M_ID);
    peer.add(HASH, peer.got + 32, 20);
    const body = "80040001" + "80010001" + "80020e10" + kilobytes + "80050002" + "80060080";
    peer.addHex(SA, "0000000100000001" + "00000034" + "01030401" + spi + "00000028010c0000" + body);
    peer.add(NONCE, peer.nonceI, 32);
    peer.addHex(ID, NET_OF_ALPHA);
    peer.addHex(ID, NET_OF_BETA);
    peer.hashOf(peer.out, peer.outLen, 0, 0, peer.out + 32);
    expect<string>(toHex(peer.got + 28, peer.outLen - 28)).toBe(toHex(peer.out + 28, peer.outLen - 28));
    expect<u32>(exchangeCount(2, true, Fate.BEGUN)).toBe(1);
    expect<bool>(sa.knowsM_ID(ex.M_ID)).toBe(true);
    expect<u32>(ex.timeout).toBe(Timeout.RETRANSMIT);
    const M_ID = ex.M_ID;
    answer(M_ID, "0000000100000001" + "00000034" + "01030401" + "00001234" + "00000028010c0000" + body);
    expect<bool>(peer.takeOne()).toBe(true);
    peer.decrypt();
    peer.start(QUICK, 1, M_ID);
    peer.hash3(M_ID, peer.nonceI, 32, peer.nonceR, 20, peer.g_xy);
    peer.add(HASH, peer.g_xy, 20);
    peer.padded();
    expect<string>(peer.taken()).toBe(peer.given());
    expect<u32>((policy.outbound as IpsecSa).spi).toBe(0x1234);
    expect<u32>(ex.state).toBe(State.QUICK_DONE);
    expect<u32>(ex.timeout).toBe(Timeout.LINGER);
    expect<u64>(ex.due).toBe(clock.now() + 70000);
    expect<usize>(ex.Ni_b | ex.Nr_b | ex.SA_b).toBe(0);
    expect<u32>(exchangeCount(2, true, Fate.COMPLETED)).toBe(1);
    expect<i32>(count()).toBe(free - 1);
    // The same once more is answered once more, and the events name the same payloads.
    message.outgoing.clear();
    engine.sendAgain(ex);
    expect<u32>(message.outgoing.length).toBe(1);
    expect<u32>(message.outgoing.typeAt(0)).toBe(HASH);
    expect<bool>(peer.takeOne()).toBe(true);
  });

  it("that gets what was not offered ends, tells the peer by its own SPI, and its policy rests", () => {
    const ex = ours();
    answer(ex.M_ID, peer.offerOfEsp("00001234").replace("80060080", "80060100"));
    expect<u32>(dropCount(Drop.IKE_NO_PROPOSAL)).toBe(1);
    expect<bool>(peer.takeOne()).toBe(true);
    peer.phase2(get32(peer.got + 20));
    peer.decrypt();
    expect<string>(toHex(peer.got + 56, 12)).toBe("00000001" + "0304000e" + "00001234");
    expect<u32>(peer.exchanges()).toBe(0);
    expect<u64>(policy.nextAcquire).toBe(clock.now() + 10000);
    expect<u32>(exchangeCount(2, true, Fate.FAILED)).toBe(1);
  });

  it("with the commit bit set by the peer waits with its SAs (RFC 2408, 3.1)", () => {
    const ex = ours();
    answer(ex.M_ID, peer.offerOfEsp("00001234").replace("0000002801030401", "0000003401030401").replace("0000001c010c0000", "00000028010c0000") + "80010002" + "0002000400465000", 2);
    expect<bool>(peer.takeOne()).toBe(true);
    expect<u32>(ex.state).toBe(State.QUICK_COMMIT);
    expect<u64>(ex.due).toBe(clock.now() + 100);
    // As initiator nothing is answered to it, and what was sent is kept for duplicates.
    expect<bool>(ex.sent != 0).toBe(true);
    expect<bool>(policy.outbound == null).toBe(true);
    engine.connected(ex);
    expect<bool>(policy.outbound != null).toBe(true);
    expect<u32>(ex.state).toBe(State.QUICK_DONE);
  });

  it("finds no room for its message: it is over, and its policy rests", () => {
    const blocks = new StaticArray<usize>(252);
    for (let left = 0; left < 3; left++) {
      peer.begin(false);
      sa = peer.adopt(true);
      for (let i = 0; i < 252 - left; i++) blocks[i] = buffers.hold(1);
      // Nonce, SA, the message itself.
      expect<bool>(startQuick(sa, policy, 0)).toBe(left > 0);
      upkeep.look();
      expect<u32>(dropCount(Drop.IKE_POOL)).toBe(1);
      expect<u32>(peer.exchanges()).toBe(0);
      expect<bool>(peer.take()).toBe(false);
      if (left) expect<u64>(policy.nextAcquire).toBe(clock.now() + 10000);
      for (let i = 0; i < 252 - left; i++) buffers.letGo(blocks[i]);
      expect<i32>(count()).toBe(252);
    }
  });
});

describe("Quick Mode with PFS as responder", () => {
  it("waits with its timer and its message while it computes; what comes meanwhile does not get into the answer", () => {
    peer.begin(true);
    sa = peer.adopt(false);
    policy.entry.pfsGroup = 1;
    peer.phase2(77);
    peer.startHashed(QUICK, 77);
    peer.addHex(SA, "0000000100000001" + "0000002c01030401" + "00001234" + "00000020010c0000" + "80040001" + "80050002" + "80060080" + "80030001" + "80010001" + "80020e10");
    peer.add(NONCE, peer.nonceI, 20);
    peer.add(KE, peer.g_xi, KE_BYTES);
    peer.addHex(ID, NET_OF_BETA);
    peer.addHex(ID, NET_OF_ALPHA);
    peer.finishHashed();
    const iv = toHex(peer.iv, 16);
    peer.give();
    const ex = peer.theExchange();
    expect<bool>(ex.suspended && !ex.background).toBe(true);
    expect<u64>(ex.due).toBe(NEVER);
    expect<bool>(ex.message != null).toBe(true);
    expect<u32>(exchange.packetsHeld).toBe(1);
    expect<u32>(exchangeCount(2, false, Fate.BEGUN)).toBe(1);
    // A notify about nothing, and its answer's writer.
    peer.phase2(9);
    peer.startHashed(INFORMATIONAL, 9);
    peer.addHex(N, "00000001" + "01006000");
    peer.finishHashed();
    peer.give();
    peer.settle();
    expect<bool>(peer.takeOne()).toBe(true);
    peer.setIv(iv);
    peer.decrypt();
    expect<string>(peer.types().substr(0, 12)).toBe("08010a040505");
    expect<string>(toHex(peer.body(4), 12) + toHex(peer.body(5), 12)).toBe(NET_OF_BETA + NET_OF_ALPHA);
    expect<u32>(exchange.packetsHeld).toBe(0);
    expect<bool>(ex.message == null).toBe(true);
    expect<bool>(ex.suspended).toBe(false);
    expect<u64>(ex.due).toBe(clock.now() + 1000);
    expect<u32>(get(Stat.MODEXP)).toBe(2);
  });

  it("the commit bit of its first message counts at its last one", () => {
    peer.begin(true);
    sa = peer.adopt(false);
    peer.quickFirst(77);
    store<u8>(peer.out + 19, 3);
    peer.give();
    const ex = peer.theExchange();
    expect<u32>(ex.state).toBe(State.QUICK_R1);
    expect<bool>(ex.commit).toBe(true);
  });
});

describe("something of the peer's under an SA", () => {
  it("ends the repeating of Aggressive Mode's last message; what lingers stays, and so does what is under way", () => {
    for (let k: u32 = 0; k < 3; k++) {
      peer.begin(false);
      sa = peer.adopt(true);
      const ex = exchangeOf(sa, AGGRESSIVE, State.AGGR_DONE, true, 0);
      sa.exchange = ex;
      ex.timeout = k == 0 ? Timeout.CONFIRM : Timeout.LINGER;
      peer.phase2(9);
      peer.startHashed(INFORMATIONAL, 9);
      peer.addHex(N, "00000001" + "01006000");
      if (k == 2) ex.timeout = Timeout.CONFIRM;
      if (k == 2) peer.setIv(toHex(zeros, 16));
      peer.finishHashed();
      peer.give();
      expect<u32>(peer.exchanges()).toBe(k == 0 ? 0 : 1);
    }
  });
});
