// Notifies and Deletes part by part: dead peer detection's, those of IPsec SAs, and what each of our own messages holds.
import * as unprotected from "../../../../assembly/ike/engine/unprotected";
import * as ike from "../../../../assembly/ike/ike";
import * as message from "../../../../assembly/ike/message/message";
import * as tell from "../../../../assembly/ike/message/tell";
import * as informational from "../../../../assembly/ike/modes/informational";
import { OK } from "../../../../assembly/ike/modes/verdict";
import * as deadPeer from "../../../../assembly/ike/state/dead_peer";
import { Exchange, State } from "../../../../assembly/ike/state/exchange";
import { IsakmpSa, Phase } from "../../../../assembly/ike/state/isakmp_sa";
import * as renewal from "../../../../assembly/ike/upkeep/renewal";
import { SA } from "../../../../assembly/sadb/sas/sa";
import * as sad from "../../../../assembly/sadb/sas/sad";
import { put32 } from "../../../../assembly/util/bytes";
import { Packet } from "../../../../assembly/util/packet";
import * as packets from "../../../../assembly/util/packet";
import { Drop, dropCount } from "../../../../assembly/util/status";
import { ExchangeType, Notify, Payload } from "../../../../assembly/wire/ike_numbers";
import { Protocol } from "../../../../assembly/wire/ipsec_doi";
import * as isakmp from "../../../../assembly/wire/isakmp";
import { fromHex, toHex } from "../../crypto/bytes";
import { ALPHA, BETA, bundle, pair, parameters, pass, ref, suite } from "../../sadb/world";
import { GAMMA, begin, bodyWord, enter, established, exchangeOf, negotiating, pairUp, payloadType, policy, sent, up } from "../by_hand/world";

const body: usize = memory.data(256, 8);
const header: usize = memory.data(32, 8);
let sa: IsakmpSa = changetype<IsakmpSa>(0);

beforeEach(() => {
  begin();
  sa = established(true);
  sa.deadPeerDetection = true;
  store<u64>(sa.CKY_R, 0x1122334455667788);
});

function take(type: u32, len: u32): void {
  message.payloads.clear();
  message.payloads.add(type, body, len);
  expect<u32>(informational.informational_in(tell.exchangeFor(sa, 99))).toBe(OK);
}

/** R-U-THERE or its answer: an SPI of so many octets of both cookies, and data. */
function there(type: u32, spiLen: u32, data: string): void {
  put32(body, 1);
  put32(body + 4, (1 << 24) | (spiLen << 16) | type);
  memory.copy(body + 8, sa.CKY_I, 16);
  take(Payload.NOTIFY, 8 + spiLen + fromHex(body + 8 + spiLen, data));
}

/** Length of the payload behind the HASH, with its header; the last one, so nothing follows. */
function payloadWord(): u32 {
  return bodyWord(<usize>-4);
}

describe("R-U-THERE", () => {
  test("is answered with its cookies and number, to the octet", () => {
    there(Notify.R_U_THERE, 16, "0badcafe");
    expect<u32>(sent()).toBe(1);
    expect<u32>(payloadType()).toBe(Payload.NOTIFY);
    expect<u32>(payloadWord()).toBe(32);
    expect<u32>(bodyWord(0)).toBe(1);
    expect<u32>(bodyWord(4)).toBe((1 << 24) | (16 << 16) | 36137);
    for (let i: usize = 0; i < 16; i += 4) expect<u32>(bodyWord(8 + i)).toBe(bswap(load<u32>(sa.CKY_I + i)));
    expect<u32>(bodyWord(24)).toBe(0x0badcafe);
    there(Notify.R_U_THERE, 16, "0badcafd");
    expect<u32>(sent()).toBe(0, "a lower number is a replay");
    expect<u32>(dropCount(Drop.IKE_DPD_REPLAY)).toBe(1);
  });

  test("has both cookies, four octets and a phase 1 that is up, or is nothing", () => {
    there(Notify.R_U_THERE, 12, "00000001");
    there(Notify.R_U_THERE, 16, "000001");
    there(Notify.R_U_THERE, 16, "0000000001");
    there(Notify.R_U_THERE, 16, "");
    for (let i = 0; i < 16; i += 15) {
      // The first and the last octet of the two.
      put32(body, 1);
      put32(body + 4, (1 << 24) | (16 << 16) | Notify.R_U_THERE);
      memory.copy(body + 8, sa.CKY_I, 16);
      store<u8>(body + 8 + i, load<u8>(body + 8 + i) ^ 1);
      put32(body + 24, 1);
      take(Payload.NOTIFY, 28);
    }
    sa.phase = Phase.NEGOTIATING;
    there(Notify.R_U_THERE, 16, "00000001");
    expect<u32>(sent()).toBe(0);
    sa.phase = Phase.REPLACED;
    there(Notify.R_U_THERE, 16, "00000001");
    expect<u32>(sent()).toBe(1);
    // No probe of ours is out, and so nothing can be acknowledged.
    there(Notify.R_U_THERE_ACK, 16, "00000001");
    expect<u32>(dropCount(Drop.IKE_DPD_REPLAY)).toBe(1);
    expect<u32>(sent()).toBe(0);
  });

  test("of ours has our number; its answer ends the waiting and is not answered", () => {
    deadPeer.configure(10, 2, true);
    sa.dpdTries = 1;
    sa.dpdFirst = sa.dpdSequence = 0x01020304;
    tell.sendRUThere(sa);
    expect<u32>(sent()).toBe(1);
    expect<u32>(payloadWord()).toBe(32);
    expect<u32>(bodyWord(4)).toBe((1 << 24) | (16 << 16) | 36136);
    expect<u32>(bodyWord(24)).toBe(0x01020304);
    there(Notify.R_U_THERE_ACK, 16, "01020303");
    expect<u32>(sa.dpdTries).toBe(1);
    there(Notify.R_U_THERE_ACK, 16, "01020304");
    expect<u32>(sa.dpdTries).toBe(0);
    expect<u32>(dropCount(Drop.IKE_DPD_REPLAY)).toBe(1);
    expect<u32>(sent()).toBe(0);
  });
});

/** A Delete of SPIs of four octets. */
function deleted(protocol: u32, spis: StaticArray<u32>): void {
  put32(body, 1);
  put32(body + 4, (protocol << 24) | (4 << 16) | <u32>spis.length);
  for (let i = 0; i < spis.length; i++) put32(body + 8 + <usize>(i << 2), spis[i]);
  take(Payload.DELETE, 8 + 4 * <u32>spis.length);
}

function gone(pair: SA, spi: u32): bool {
  return ref(sad.bySpi(spi)) != ref(pair);
}

describe("a Delete of IPsec SAs", () => {
  test("names the peer's own SPIs, all of them, of one protocol", () => {
    const one = up(sa, true, policy, 0x1001);
    const two = up(sa, true, policy, 0x1002);
    const three = up(sa, true, policy, 0x1003);
    const a = one.spi;
    const b = two.spi;
    const c = three.spi;
    deleted(Protocol.AH, [0x1001]);
    deleted(4, [0x1001]);
    expect<bool>(gone(one, a)).toBe(false, "ESP's was not named");
    deleted(Protocol.ESP, [0x1001, 0x1003]);
    expect<bool>(gone(one, a) && !gone(two, b) && gone(three, c)).toBe(true);
    deleted(Protocol.ESP, [b]);
    expect<bool>(gone(two, b)).toBe(false, "that is our SPI, not the peer's");
    // Behind those that are named there is one more, which is not.
    put32(body + 8, 0x1002);
    put32(body + 4, 3 << 24 | 4 << 16);
    take(Payload.DELETE, 8);
    expect<bool>(gone(two, b)).toBe(false);
    const foreign = established(true, GAMMA);
    const mine = sa;
    sa = foreign;
    deleted(Protocol.ESP, [0x1002]);
    sa = mine;
    expect<bool>(gone(two, b)).toBe(false, "another peer's");
    expect<u32>(sent()).toBe(0);
  });

  test("takes AH by itself, and is one of AH when we delete it", () => {
    for (let k = 0; k < 2; k++) {
      suite(policy, 0, 0, 2);
      parameters.protocol = 51;
      parameters.peerAddress = BETA;
      parameters.peerSpi = 0x2001;
      const inbound = pair(policy);
      const spi = inbound.spi;
      const ex = exchangeOf(sa, ExchangeType.QUICK_MODE, State.QUICK_DONE, true);
      ex.policySlot = policy.slot;
      ex.spi = spi;
      ex.peerSpi = 0x2001;
      ex.choice.ahAuth = 2;
      ex.selector.copyFrom(policy.selector);
      pairUp(ex, inbound);
      if (k) {
        renewal.deletePairs(BETA, "cleared");
        expect<u32>(sent()).toBe(1);
        expect<u32>(bodyWord(4)).toBe((2 << 24) | (4 << 16) | 1);
        expect<u32>(bodyWord(8)).toBe(spi);
        continue;
      }
      deleted(Protocol.ESP, [0x2001]);
      expect<bool>(gone(inbound, spi)).toBe(false);
      deleted(Protocol.AH, [0x2001]);
      expect<bool>(gone(inbound, spi)).toBe(true);
    }
  });

  test("takes a bundle by either of its two", () => {
    for (let k = 0; k < 2; k++) {
      suite(policy, 12, 128, 2);
      parameters.peerAddress = BETA;
      const inbound = enter(sa, true, policy, bundle(policy, 2));
      const spi = inbound.spi;
      const ah = (inbound.outer as SA).pair as SA;
      expect<bool>(ah.spi != spi).toBe(true);
      deleted(k ? Protocol.ESP : Protocol.AH, [k ? ah.spi : spi]);
      expect<bool>(gone(inbound, spi)).toBe(false, "the other one's SPI");
      deleted(k ? Protocol.ESP : Protocol.AH, [k ? spi : ah.spi]);
      expect<bool>(gone(inbound, spi)).toBe(true);
    }
  });

  test("that is malformed deletes nothing and is counted", () => {
    const one = up(sa, true, policy, 0x1001);
    const spi = one.spi;
    put32(body, 1);
    put32(body + 4, 3 << 24 | 4 << 16 | 2);
    put32(body + 8, 0x1001);
    take(Payload.DELETE, 12);
    expect<bool>(gone(one, spi)).toBe(false);
    expect<u32>(dropCount(Drop.IKE_PAYLOAD)).toBe(1);
  });
});

describe("our own messages", () => {
  test("have message IDs of their own, which are remembered", () => {
    let before: u32 = 0;
    for (let i = 0; i < 4; i++) {
      tell.sendNotify(sa, Notify.INVALID_SPI, 0x01020304, Protocol.ESP);
      const packet = ike.nextOutput() as Packet;
      const M_ID = isakmp.M_ID(packet.ptr);
      expect<bool>(M_ID != 0 && M_ID != before && sa.knowsM_ID(M_ID)).toBe(true);
      expect<i32>(memory.compare(packet.ptr, sa.CKY_I, 16)).toBe(0);
      before = M_ID;
      packets.free(packet);
    }
  });

  test("a notify is its DOI, protocol, SPI and type, and nothing more", () => {
    tell.sendNotify(sa, Notify.INVALID_SPI, 0x01020304, Protocol.AH);
    expect<u32>(sent()).toBe(1);
    expect<u32>(payloadWord()).toBe(16);
    expect<u32>(bodyWord(0)).toBe(1);
    expect<u32>(bodyWord(4)).toBe((2 << 24) | (4 << 16) | 11);
    tell.sendNotify(sa, Notify.INVALID_SPI, 0, Protocol.AH);
    expect<u32>(sent()).toBe(1);
    expect<u32>(payloadWord()).toBe(28);
    expect<u32>(bodyWord(20)).toBe(bswap(load<u32>(sa.CKY_R + 4)));
  });

  test("CONNECTED goes under the message ID of its Quick Mode", () => {
    tell.sendConnected(sa, 0x0badcafe, 0x01020304);
    const packet = ike.nextOutput() as Packet;
    expect<u32>(isakmp.M_ID(packet.ptr)).toBe(0x0badcafe);
    expect<u32>(isakmp.exchangeType(packet.ptr)).toBe(ExchangeType.INFORMATIONAL);
    expect<u32>(isakmp.flags(packet.ptr)).toBe(1);
    packets.free(packet);
    tell.sendConnected(sa, 0x0badcafe, 0x01020304);
    expect<u32>(sent()).toBe(1);
    expect<u32>(payloadWord()).toBe(16);
  });

  test("a Delete of phase 1 names both cookies", () => {
    tell.sendDeleteIsakmp(sa);
    expect<u32>(sent()).toBe(1);
    expect<u32>(payloadType()).toBe(Payload.DELETE);
    expect<u32>(payloadWord()).toBe(28);
    expect<u32>(bodyWord(4)).toBe((1 << 24) | (16 << 16) | 1);
    for (let i: usize = 0; i < 16; i += 4) expect<u32>(bodyWord(8 + i)).toBe(bswap(load<u32>(sa.CKY_I + i)));
  });

  test("a refusal in plain has the cookies that came, no message ID, and an empty notify", () => {
    const packet = packets.alloc() as Packet;
    packet.len = 28 + 12;
    packet.src = BETA;
    packet.dst = ALPHA;
    fromHex(packet.ptr, "0001020304050607" + "08090a0b0c0d0e0f" + "05100200" + "01020304" + "00000028");
    pass(1000);
    tell.refusePlain(packet, packet.ptr, Notify.INVALID_COOKIE);
    packets.free(packet);
    const answer = ike.nextOutput() as Packet;
    expect<string>(toHex(answer.ptr, answer.len)).toBe("0001020304050607" + "08090a0b0c0d0e0f" + "0b100500" + "00000000" + "00000028" + "0000000c" + "00000001" + "01000004");
    packets.free(answer);
  });
});

/** An unprotected notify with these cookies. */
function plain(ex: Exchange, type: u32, wrong: bool = false): void {
  isakmp.emitHeader(header, sa.CKY_I, sa.CKY_R, ExchangeType.INFORMATIONAL, 0, 0);
  if (wrong) store<u8>(header + 15, load<u8>(header + 15) ^ 1);
  message.header = header;
  put32(body, 1);
  put32(body + 4, (1 << 24) | type);
  message.payloads.clear();
  message.payloads.add(Payload.NOTIFY, body, 8);
  unprotected.takeUnprotected(ex.sa);
}

describe("an unprotected INVALID-COOKIE", () => {
  test("with both cookies in answer to the third message begins again, twice at most; nothing else does", () => {
    sa = negotiating(true);
    const ex = exchangeOf(sa, ExchangeType.IDENTITY_PROTECTION, State.MAIN_I2, true, 0);
    sa.exchange = ex;
    store<u64>(sa.CKY_R, 0x1122334455667788);
    plain(ex, Notify.INVALID_COOKIE, true);
    plain(ex, Notify.NO_PROPOSAL_CHOSEN);
    plain(ex, Notify.INITIAL_CONTACT);
    expect<u32>(ex.begunAgain).toBe(0);
    message.payloads.clear();
    unprotected.takeUnprotected(sa);
    ex.state = State.MAIN_I1;
    plain(ex, Notify.INVALID_COOKIE);
    sa.phase = Phase.ESTABLISHED;
    ex.state = State.MAIN_I2;
    plain(ex, Notify.INVALID_COOKIE);
    expect<u32>(ex.begunAgain).toBe(0);
    sa.phase = Phase.NEGOTIATING;
    for (let k: u32 = 1; k <= 3; k++) {
      store<u64>(sa.CKY_R, 0x1122334455667788);
      ex.state = State.MAIN_I2;
      plain(ex, Notify.INVALID_COOKIE);
      expect<u32>(ex.begunAgain).toBe(min<u32>(k, 2));
      expect<u64>(load<u64>(sa.CKY_R)).toBe(k == 3 ? 0x1122334455667788 : 0);
    }
  });
});
