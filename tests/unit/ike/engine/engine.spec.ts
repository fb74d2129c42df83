// The engine: what becomes of a message before and after its handler. What is not taken moves nothing: no state, no IV.
import * as engine from "../../../../assembly/ike/engine/engine";
import { Exchange, State, Timeout } from "../../../../assembly/ike/state/exchange";
import * as exchange from "../../../../assembly/ike/state/exchange";
import { IsakmpSa } from "../../../../assembly/ike/state/isakmp_sa";
import { Fate, Stat, exchangeCount, get } from "../../../../assembly/ike/state/stats";
import * as upkeep from "../../../../assembly/ike/upkeep/upkeep";
import { SA as IpsecSa } from "../../../../assembly/sadb/sas/sa";
import * as sad from "../../../../assembly/sadb/sas/sad";
import { get32 } from "../../../../assembly/util/bytes";
import * as clock from "../../../../assembly/util/clock";
import { Drop, dropCount } from "../../../../assembly/util/status";
import { toHex } from "../../crypto/bytes";
import { HASH, ID, INFORMATIONAL, N, NET_OF_ALPHA, NET_OF_BETA, NONCE, QUICK, SA } from "../by_hand/peer";
import * as peer from "../by_hand/peer";
import { policy } from "../by_hand/world";

let sa: IsakmpSa = changetype<IsakmpSa>(0);

beforeEach(() => {
  peer.begin(true);
  sa = peer.adopt(false);
});

/** Message 1 of Quick Mode and its answer, which is in plain in `got` then. */
function answered(M_ID: u32 = 77): Exchange {
  peer.quickFirst(M_ID);
  peer.give();
  expect<bool>(peer.takeOne()).toBe(true);
  peer.decrypt();
  return peer.theExchange();
}

/** Message 3. */
function third(M_ID: u32 = 77, flags: u32 = 0): void {
  peer.start(QUICK, 1 | flags, M_ID);
  peer.hash3(M_ID, peer.nonceI, peer.nonceILen, peer.nonceR, peer.nonceRLen, peer.g_xy);
  peer.add(HASH, peer.g_xy, 20);
  peer.encrypt();
  peer.give();
}

/** The nonce of the answer: behind HASH and SA. */
function readNonce(): void {
  memory.copy(peer.nonceR, peer.body(2), 32);
  peer.setNonceR(32);
}

/** The notify that the engine has sent under the SA: protocol, SPI's length, type, SPI. */
function notified(): string {
  if (!peer.takeOne()) return "";
  const M_ID = get32(peer.got + 20);
  peer.phase2(M_ID);
  peer.decrypt();
  // HASH(1) is over the notify.
  const len = <u32>load<u8>(peer.got + 55);
  peer.hashOf(peer.got, 52 + len, 0, 0, peer.g_xy);
  expect<string>(toHex(peer.got + 32, 20)).toBe(toHex(peer.g_xy, 20));
  return toHex(peer.got + 60, len - 8);
}

describe("Quick Mode as responder", () => {
  it("is three messages: HASH(1), HASH(2), HASH(3), one chain of IVs", () => {
    const spent = sa.octets;
    const ex = answered();
    readNonce();
    peer.start(QUICK, 1, 77);
    peer.add(HASH, peer.got + 32, 20);
    peer.addHex(SA, peer.offerOfEsp(toHex(peer.body(1) + 16, 4)));
    peer.add(NONCE, peer.nonceR, 32);
    peer.addHex(ID, NET_OF_BETA);
    peer.addHex(ID, NET_OF_ALPHA);
    // Ours is 4608000 kilobytes, the offer's is none.
    peer.addHex(N, "0000000103046000" + toHex(peer.body(1) + 16, 4) + "80010001" + "80020e10" + "80010002" + "0002000400465000");
    peer.hashOf(peer.out, peer.outLen, peer.nonceI, peer.nonceILen, peer.out + 32);
    expect<string>(toHex(peer.got + 20, 4)).toBe("0000004d");
    // All but the header's length, which is that of the padded message.
    expect<string>(toHex(peer.got + 28, peer.outLen - 28)).toBe(toHex(peer.out + 28, peer.outLen - 28));
    expect<u32>(peer.gotLen).toBe(28 + ((peer.outLen - 28 + 15) & ~15));
    expect<u32>(get32(peer.got + 24)).toBe(peer.gotLen);
    expect<u32>(load<u8>(peer.got + 19)).toBe(1);
    // HASH, SA, Ni, two IDs: 24 + 52 + 24 + 32 octets are 144 with their padding.
    expect<u64>(sa.octets - spent).toBe(144 + <u64>(peer.gotLen - 28));
    expect<u32>(ex.state).toBe(State.QUICK_R1);
    expect<u32>(ex.timeout).toBe(Timeout.RETRANSMIT);
    expect<u64>(ex.due).toBe(clock.now() + 1000);
    expect<bool>(policy.outbound == null).toBe(true);
    third();
    expect<bool>(peer.take()).toBe(false);
    expect<u32>(peer.exchanges()).toBe(0);
    expect<u32>((policy.outbound as IpsecSa).spi).toBe(0x1234);
    expect<u32>(exchangeCount(2, false, Fate.BEGUN)).toBe(1);
    expect<u32>(exchangeCount(2, false, Fate.COMPLETED)).toBe(1);
    expect<u32>(exchangeCount(2, false, Fate.FAILED)).toBe(0);
    // Its message ID is used up (RFC 2409, 5.5).
    peer.quickFirst(77);
    peer.give();
    expect<u32>(dropCount(Drop.IKE_DUPLICATE)).toBe(1);
  });

  it("answers the same octets with the same octets, 300 ms apart", () => {
    answered();
    const before = toHex(peer.got, 28);
    const iv = toHex(peer.theExchange().iv, 16);
    for (let i: u32 = 1; i <= 4; i++) {
      clock.set(<u32>clock.now() + 300);
      peer.quickFirst(77);
      peer.give();
      expect<bool>(peer.takeOne()).toBe(true);
      expect<string>(toHex(peer.got, 28)).toBe(before);
      peer.decrypt();
      expect<string>(toHex(peer.body(2), 32)).toBe(toHex(peer.theExchange().Nr_b, 32));
      expect<u32>(dropCount(Drop.IKE_DUPLICATE)).toBe(i);
      expect<u32>(get(Stat.DUPLICATE_ANSWERED)).toBe(i);
    }
    peer.quickFirst(77);
    peer.give();
    expect<bool>(peer.take()).toBe(false);
    expect<u32>(dropCount(Drop.IKE_RATE_LIMIT)).toBe(1);
    expect<u32>(dropCount(Drop.IKE_DUPLICATE)).toBe(4);
    expect<string>(toHex(peer.theExchange().iv, 16)).toBe(iv);
  });

  it("takes no third message with a wrong HASH, in plain, of another exchange, or that is no whole blocks; then the right one", () => {
    const ex = answered();
    readNonce();
    const iv = toHex(peer.iv, 16);
    store<u8>(peer.nonceR, load<u8>(peer.nonceR) ^ 1);
    third();
    expect<u32>(dropCount(Drop.IKE_HASH)).toBe(1);
    store<u8>(peer.nonceR, load<u8>(peer.nonceR) ^ 1);
    peer.start(QUICK, 0, 77);
    peer.hash3(77, peer.nonceI, peer.nonceILen, peer.nonceR, 32, peer.g_xy);
    peer.add(HASH, peer.g_xy, 20);
    peer.give();
    expect<u32>(dropCount(Drop.IKE_FLAGS)).toBe(1);
    peer.start(33, 1, 77);
    peer.add(HASH, peer.g_xy, 20);
    peer.give();
    expect<u32>(dropCount(Drop.IKE_UNEXPECTED_STATE)).toBe(1);
    // 24 octets are no blocks; nor is nothing.
    peer.start(QUICK, 1, 77);
    peer.add(HASH, peer.g_xy, 20);
    peer.give();
    peer.start(QUICK, 1, 77);
    peer.give();
    expect<u32>(dropCount(Drop.IKE_DECRYPT)).toBe(2);
    expect<bool>(peer.take()).toBe(false);
    expect<string>(toHex(ex.iv, 16)).toBe(iv);
    expect<u32>(ex.state).toBe(State.QUICK_R1);
    // The failed tries have used their own copies of the chain.
    peer.setIv(iv);
    third();
    expect<bool>(policy.outbound != null).toBe(true);
  });

  it("wants each payload of its row, none of another, none twice, and two IDs or none (RFC 2408, 5.3)", () => {
    const orders = ["010a0505", "01", "0a", "0108010a", "010a0405", "010a05", "010a050505", "010a0505010a", "010a0a", "01010a", "010a04040505", "010a1405050d", "08010a0505"];
    const drops: Drop[] = [
      Drop.NONE, Drop.IKE_PAYLOAD_MISSING, Drop.IKE_PAYLOAD_MISSING, Drop.IKE_PAYLOAD_UNEXPECTED, Drop.IKE_PAYLOAD_UNEXPECTED, Drop.IKE_PAYLOAD_UNEXPECTED, Drop.IKE_PAYLOAD_UNEXPECTED,
      Drop.IKE_PAYLOAD_UNEXPECTED, Drop.IKE_PAYLOAD_UNEXPECTED, Drop.IKE_PAYLOAD_UNEXPECTED, Drop.IKE_PAYLOAD_UNEXPECTED, Drop.IKE_PAYLOAD_UNEXPECTED,
      Drop.IKE_PAYLOAD_UNEXPECTED,
    ];
    for (let i = 0; i < orders.length; i++) {
      peer.begin(true);
      sa = peer.adopt(false);
      peer.phase2(5);
      peer.startHashed(QUICK, 5);
      let ids = 0;
      for (let k = 0; k < orders[i].length; k += 2) {
        const type = <u32>parseInt(orders[i].substr(k, 2), 16);
        if (type == SA) peer.addHex(SA, peer.offerOfEsp("00001234"));
        else if (type == ID) peer.addHex(ID, ids++ ? NET_OF_ALPHA : NET_OF_BETA);
        else peer.add(type, peer.nonceI, 20);
      }
      peer.finishHashed();
      peer.give();
      expect<bool>(peer.take()).toBe(i == 0, orders[i]);
      if (i) expect<u32>(dropCount(drops[i])).toBe(1, orders[i]);
      expect<u32>(peer.exchanges()).toBe(i ? 0 : 1, orders[i]);
      // Nobody is told, and nothing is begun, failed or remembered.
      expect<u32>(exchangeCount(2, false, Fate.BEGUN)).toBe(i ? 0 : 1);
      expect<u32>(exchangeCount(2, false, Fate.FAILED)).toBe(0);
      expect<bool>(sa.knowsM_ID(5)).toBe(i == 0);
    }
  });

  it("a message that decrypts to nonsense is dropped without a word: phase 1 is up, the key is right", () => {
    peer.quickFirst(77);
    store<u8>(peer.out + 28, load<u8>(peer.out + 28) ^ 1);
    peer.give();
    expect<u32>(dropCount(Drop.IKE_DECRYPT) + dropCount(Drop.IKE_HASH) + dropCount(Drop.IKE_PAYLOAD_UNEXPECTED) + dropCount(Drop.IKE_PAYLOAD_MISSING)).toBe(1);
    expect<bool>(peer.take()).toBe(false);
    expect<u32>(peer.exchanges()).toBe(0);
  });

  it("tells what it refuses under phase 1's keys: the notify, with the protocol and the SPI of the first proposal", () => {
    // AES-256 is not in the transform set.
    peer.quickFirst(77, peer.offerOfEsp("00001234").replace("80060080", "80060100"));
    peer.give();
    expect<string>(notified()).toBe("0304" + "000e" + "00001234");
    expect<u32>(dropCount(Drop.IKE_NO_PROPOSAL)).toBe(1);
    expect<u32>(peer.exchanges()).toBe(0);
    expect<u32>(exchangeCount(2, false, Fate.BEGUN)).toBe(0);
    expect<u32>(exchangeCount(2, false, Fate.FAILED)).toBe(0);
    // Of AH.
    peer.quickFirst(78, "0000000100000001" + "0000002001020401" + "00005678" + "0000001401030000" + "80040001" + "80050002" + "80010001");
    peer.give();
    expect<string>(notified()).toBe("0204" + "000e" + "00005678");
    // A proposal that is cut off within its SPI has none: both cookies stand for it, of phase 1.
    peer.quickFirst(79, "0000000100000001" + "0000000b010304010000" + "12");
    peer.give();
    expect<string>(notified()).toBe("0110" + "000b" + toHex(peer.cookies, 16));
    // One that ends with its SPI has it still.
    peer.quickFirst(81, "0000000100000001" + "0000000c01020400" + "00001234");
    peer.give();
    expect<string>(notified()).toBe("0204" + "000f" + "00001234");
    // An SPI of another length than ESP's is none either.
    peer.quickFirst(80, "0000000100000001" + "0000002c01030801" + "0000123400000000" + "0000001c010c0000" + "80040001" + "80050002" + "80060080" + "80010001" + "80020e10");
    peer.give();
    expect<string>(notified()).toBe("0110" + "000e" + toHex(peer.cookies, 16));
  });
});

describe("the commit bit (RFC 2408, 3.1)", () => {
  it("of an initiator: CONNECTED is sent when we are ready, and the SAs are taken into use when it says so too", () => {
    const ex = answered();
    readNonce();
    const spi = ex.spi;
    third(77, 2);
    expect<u32>(ex.state).toBe(State.QUICK_COMMIT);
    expect<u32>(ex.timeout).toBe(Timeout.COMMIT);
    expect<u64>(ex.due).toBe(clock.now() + 100);
    expect<bool>(policy.outbound == null).toBe(true);
    expect<bool>(peer.takeOne()).toBe(true);
    expect<u32>(get32(peer.got + 20)).toBe(77);
    peer.phase2(77);
    peer.decrypt();
    peer.start(INFORMATIONAL, 1, 77);
    peer.add(HASH, peer.got + 32, 20);
    peer.addHex(N, "00000001" + "03044000");
    expect<string>(toHex(peer.got + 52, 12)).toBe(toHex(peer.out + 52, 3) + "10" + toHex(peer.out + 56, 8));
    expect<u32>(get32(peer.got + 64)).toBe(spi);
    // Its last message once more is not answered with ours of before.
    expect<usize>(ex.sent).toBe(0);
    // CONNECTED as the fourth message, in the chain of the exchange.
    memory.copy(peer.iv, ex.iv, 16);
    peer.startHashed(QUICK, 77);
    peer.addHex(N, "00000001" + "03044000" + "00001234");
    peer.finishHashed();
    peer.give();
    expect<bool>(policy.outbound != null).toBe(true);
    expect<u32>(ex.state).toBe(State.QUICK_DONE);
    expect<u32>(ex.timeout).toBe(Timeout.LINGER);
  });

  it("is for a tenth of a second ten times at most; traffic says as much", () => {
    answered();
    readNonce();
    third(77, 2);
    peer.take();
    const ex = peer.theExchange();
    const t0 = <u32>clock.now();
    for (let i: u32 = 1; i < 10; i++) {
      clock.set(t0 + i * 100);
      engine.lookForTraffic(ex);
      expect<u32>(ex.state).toBe(State.QUICK_COMMIT);
      expect<u64>(ex.due).toBe(clock.now() + 100);
    }
    engine.lookForTraffic(ex);
    expect<u32>(ex.state).toBe(State.QUICK_DONE);
    expect<bool>(policy.outbound != null).toBe(true);
  });

  it("traffic under the new SA ends the waiting at the first look", () => {
    const ex = answered();
    readNonce();
    third(77, 2);
    (sad.bySpi(ex.spi) as IpsecSa).packets = 1;
    engine.lookForTraffic(ex);
    expect<u32>(ex.state).toBe(State.QUICK_DONE);
    // Nobody waits any more: CONNECTED changes nothing.
    engine.connected(ex);
    expect<u32>(ex.state).toBe(State.QUICK_DONE);
  });
});

describe("where a peer is", () => {
  it("is not told by HASH(1), which an old message has too; a number that rises tells, behind a NAT", () => {
    const there = "00000001" + "01108d28";
    for (let step: u32 = 0; step < 5; step++) {
      // A notify; R-U-THERE with a wrong HASH, without a NAT, behind one, and with the same number again.
      sa.peerNat = step != 2;
      peer.phase2(9 + step);
      peer.startHashed(INFORMATIONAL, 9 + step);
      if (step) peer.addHex(N, there + toHex(sa.CKY_I, 16) + "00000005");
      else peer.addHex(N, "00000001" + "01006000");
      peer.finishHashed();
      if (step == 1) store<u8>(peer.out + 40, load<u8>(peer.out + 40) ^ 1);
      if (step == 3) sa.dpdPeerKnown = false;
      peer.give(<u16>(1024 + step), 500);
      expect<u32>(sa.peerPort).toBe(step < 3 ? 500 : 1027);
    }
  });
});

describe("a third message that never comes", () => {
  it("is not needed once an authentic packet has come under the new SA", () => {
    const ex = answered();
    expect<bool>(engine.confirmedByTraffic(ex)).toBe(false);
    (sad.bySpi(ex.spi) as IpsecSa).packets = 1;
    ex.suspended = true;
    expect<bool>(engine.confirmedByTraffic(ex)).toBe(false);
    ex.suspended = false;
    ex.state = State.QUICK_R0;
    expect<bool>(engine.confirmedByTraffic(ex)).toBe(false);
    ex.state = State.QUICK_R1;
    expect<bool>(policy.outbound == null).toBe(true);
    // The commit bit waits for what has come by that.
    ex.commit = true;
    expect<bool>(engine.confirmedByTraffic(ex)).toBe(true);
    expect<bool>(policy.outbound != null).toBe(true);
    upkeep.look();
    expect<u32>(peer.exchanges()).toBe(0);
    expect<u32>(exchangeCount(2, false, Fate.COMPLETED)).toBe(1);
  });
});
