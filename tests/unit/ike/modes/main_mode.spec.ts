// Main Mode (RFC 2409, 5.4) as responder, message by message, against a peer that writes each one out.
import { natdHash } from "../../../../assembly/ike/message/natd";
import * as keys from "../../../../assembly/ike/settings/keys";
import * as policies from "../../../../assembly/ike/settings/policy";
import { State, Timeout } from "../../../../assembly/ike/state/exchange";
import { Natt, Phase } from "../../../../assembly/ike/state/isakmp_sa";
import { Fate, Stat, exchangeCount, get } from "../../../../assembly/ike/state/stats";
import * as clock from "../../../../assembly/util/clock";
import { Drop, dropCount } from "../../../../assembly/util/status";
import { fromHex, toHex } from "../../crypto/bytes";
import { ALPHA, BETA } from "../../sadb/world";
import {
  DPD, HASH, ID, ID_ALPHA, ID_BETA, INFORMATIONAL, KE, KE_BYTES, MAIN, N, NATT_02, NATT_02N, NATT_03, NATT_RFC, NAT_D, NONCE, OFFER, POSTERN, SA, VID,
} from "../by_hand/peer";
import * as peer from "../by_hand/peer";

const zeros: usize = memory.data(96, 8);
const scratch: usize = memory.data(256, 8);

/** A notify in plain in answer to a message: of this type, without an SPI, about phase 1, with the cookies of the message. */
function refusedPlain(type: string): void {
  expect<bool>(peer.takeOne()).toBe(true);
  peer.start(INFORMATIONAL);
  peer.addHex(N, "0000000101" + "00" + type);
  expect<string>(peer.taken()).toBe(peer.given());
}

/** A notify under phase 1's keys, about both cookies. */
function refusedHashed(type: string): void {
  expect<bool>(peer.takeOne()).toBe(true);
  const M_ID = (<u32>load<u8>(peer.got + 20) << 24) | (<u32>load<u8>(peer.got + 21) << 16) | (<u32>load<u8>(peer.got + 22) << 8) | <u32>load<u8>(peer.got + 23);
  peer.phase1Done();
  peer.phase2(M_ID);
  peer.startHashed(INFORMATIONAL, M_ID);
  peer.addHex(N, "0000000101" + "10" + type + toHex(peer.cookies, 16));
  peer.finishHashed();
  expect<string>(peer.taken()).toBe(peer.given());
}

function identity(ID_b: string): void {
  peer.start(MAIN, 1);
  peer.addIdentity(true, ID_b);
}

/** The SA payload of an answer to the offer, and what stands behind it. */
function answer(vendors: StaticArray<string>): void {
  peer.start(MAIN);
  peer.addHex(SA, OFFER);
  for (let i = 0; i < vendors.length; i++) peer.addHex(VID, vendors[i]);
  expect<string>(peer.taken()).toBe(peer.given());
}

beforeEach(() => {
  peer.begin(true);
});

describe("message 2", () => {
  it("has the chosen transform as it was offered, our cookie, our vendor ID", () => {
    peer.first();
    peer.takeCookie();
    expect<bool>(load<u64>(peer.cookies + 8) != 0).toBe(true);
    answer([POSTERN]);
    expect<u32>(peer.gotSrc).toBe(ALPHA);
    expect<u32>(peer.gotDst).toBe(BETA);
    expect<u32>(peer.gotSrcPort).toBe(500);
    expect<u32>(peer.gotDstPort).toBe(500);
    const sa = peer.ours();
    expect<u32>(sa.configured).toBe(BETA);
    expect<u32>(sa.encryption).toBe(7);
    expect<u32>(sa.keyBits).toBe(128);
    expect<u32>(sa.hashId).toBe(2);
    expect<u32>(sa.authMethod).toBe(1);
    expect<u32>(sa.group).toBe(1);
    expect<u32>(sa.lifetimeSeconds).toBe(3600);
    expect<u32>(sa.lifetimeKilobytes).toBe(0);
    expect<u32>(sa.priority).toBe(10);
    expect<bool>(sa.lifetimeShortened || sa.deadPeerDetection || sa.keyed || sa.initiator || sa.aggressive).toBe(false);
    const ex = peer.theExchange();
    expect<u32>(ex.state).toBe(State.MAIN_R1);
    expect<u32>(ex.timeout).toBe(Timeout.WAIT);
    expect<string>(toHex(ex.SA_b, ex.SA_bLen)).toBe(OFFER);
    expect<u32>(dropCount(Drop.IKE_NO_PROPOSAL)).toBe(0);
  });

  it("answers what the vendor IDs say: dead peer detection, and the best words of NAT traversal", () => {
    peer.first([DPD, NATT_02, NATT_RFC, NATT_03]);
    peer.takeCookie();
    answer([DPD, NATT_RFC, POSTERN]);
    expect<bool>(peer.ours().deadPeerDetection).toBe(true);
    expect<u32>(peer.ours().nattVersion).toBe(Natt.RFC);
    peer.begin(true);
    peer.first([NATT_03, POSTERN]);
    peer.takeCookie();
    answer([NATT_03, NATT_02N, NATT_02, POSTERN]);
    expect<bool>(peer.ours().deadPeerDetection).toBe(false);
  });

  it("goes to the ports that message 1 came from", () => {
    peer.start(MAIN);
    peer.add(SA, peer.SAi_b, peer.SAi_bLen);
    peer.give(1024, 500);
    peer.takeCookie();
    expect<u32>(peer.gotDstPort).toBe(1024);
    expect<u32>(peer.gotSrcPort).toBe(500);
  });

  it("is none for who has no key: NO-PROPOSAL-CHOSEN, and nothing is kept", () => {
    keys.removeAddress(BETA, 0xffffffff);
    peer.first();
    refusedPlain("000e");
    expect<u32>(dropCount(Drop.IKE_NO_KEY)).toBe(1);
    expect<u32>(peer.exchanges()).toBe(0);
    expect<u32>(peer.sas()).toBe(0);
    expect<u32>(exchangeCount(0, false, Fate.BEGUN)).toBe(0);
    expect<u32>(exchangeCount(0, false, Fate.FAILED)).toBe(0);
  });

  it("is none without a common proposal, or for one that is malformed: the notify says which", () => {
    policies.find(10)!.hash = 4;
    peer.first();
    refusedPlain("000e");
    expect<u32>(dropCount(Drop.IKE_NO_PROPOSAL)).toBe(1);
    store<u8>(peer.SAi_b + 3, 2);
    peer.first();
    refusedPlain("0002");
    expect<u32>(dropCount(Drop.IKE_NO_PROPOSAL)).toBe(2);
    expect<u32>(peer.exchanges()).toBe(0);
  });
});

describe("message 4", () => {
  it("has KE and a nonce of 32 octets; of what the keys are made of nothing is left, but what HASH_I and HASH_R are over", () => {
    peer.toKeys();
    expect<string>(peer.types()).toBe("040a0d");
    peer.body(1);
    expect<u32>(peer.bodyLen).toBe(32);
    peer.start(MAIN);
    peer.add(KE, peer.g_xr, KE_BYTES);
    peer.add(NONCE, peer.nonceR, 32);
    peer.addHex(VID, DPD);
    expect<string>(peer.taken()).toBe(peer.given());
    const ex = peer.theExchange();
    expect<u32>(ex.state).toBe(State.MAIN_R2);
    expect<u32>(ex.timeout).toBe(Timeout.WAIT);
    expect<bool>(ex.suspended).toBe(false);
    expect<string>(toHex(ex.exponent, KE_BYTES)).toBe(toHex(zeros, 96));
    expect<string>(toHex(ex.g_xy, KE_BYTES)).toBe(toHex(zeros, 96));
    expect<string>(toHex(ex.g_xi, KE_BYTES) + toHex(ex.g_xr, KE_BYTES)).toBe(toHex(peer.g_xi, KE_BYTES) + toHex(peer.g_xr, KE_BYTES));
    const sa = peer.ours();
    expect<bool>(sa.keyed).toBe(true);
    expect<string>(toHex(sa.SKEYID_d, 20)).toBe(toHex(peer.SKEYID_d, 20));
    expect<string>(toHex(sa.SKEYID_a, 20)).toBe(toHex(peer.SKEYID_a, 20));
    expect<string>(toHex(ex.iv, 16)).toBe(toHex(peer.iv, 16));
    expect<u32>(sa.nattVersion).toBe(Natt.NONE);
    expect<u32>(get(Stat.MODEXP)).toBe(2);
    // Message 3 once more.
    const answer = peer.taken();
    peer.exchangeKeys(true);
    peer.give();
    expect<bool>(peer.takeOne()).toBe(true);
    expect<string>(peer.taken()).toBe(answer);
    expect<u32>(get(Stat.MODEXP)).toBe(2);
  });

  it("has NAT-D behind them, of the peer and of ourselves, and says what NATs there are", () => {
    peer.first([NATT_RFC]);
    peer.takeCookie();
    const sa = peer.ours();
    peer.exchangeKeys(true);
    // Nobody is at the address that the peer has for us; its own is right.
    natdHash(sa.hash, peer.cookies, peer.cookies + 8, ALPHA + 1, 500, scratch);
    natdHash(sa.hash, peer.cookies, peer.cookies + 8, BETA, 1024, scratch + 20);
    peer.add(NAT_D, scratch, 20);
    peer.add(NAT_D, scratch + 20, 20);
    peer.give(1024, 500);
    peer.settle();
    peer.take();
    expect<string>(peer.types()).toBe("040a14140d");
    expect<bool>(sa.localNat).toBe(true);
    expect<bool>(sa.peerNat).toBe(false);
    expect<u32>(peer.gotDstPort).toBe(1024);
    expect<string>(toHex(peer.body(2), 20)).toBe(toHex(scratch + 20, 20));
    natdHash(sa.hash, peer.cookies, peer.cookies + 8, ALPHA, 500, scratch);
    expect<string>(toHex(peer.body(3), 20)).toBe(toHex(scratch, 20));
  });

  it("is none for nonces of 7 and 257 octets, and public values that are none: the notify says so, and nothing has moved", () => {
    peer.first();
    peer.takeCookie();
    const lengths: u32[] = [7, 257, 0];
    for (let i = 0; i < 3; i++) {
      peer.start(MAIN);
      peer.add(KE, peer.g_xi, KE_BYTES);
      peer.add(NONCE, scratch, lengths[i]);
      peer.give();
      refusedPlain("0010");
    }
    expect<u32>(dropCount(Drop.IKE_NONCE)).toBe(3);
    clock.set(3000);
    for (let i = 0; i < 3; i++) {
      peer.start(MAIN);
      peer.add(KE, i == 0 ? zeros : peer.g_xi, KE_BYTES - (i == 1 ? 1 : 0) + (i == 2 ? 1 : 0));
      peer.add(NONCE, peer.nonceI, peer.nonceILen);
      peer.give();
      refusedPlain("0011");
    }
    expect<u32>(dropCount(Drop.IKE_KEY_EXCHANGE)).toBe(3);
    const ex = peer.theExchange();
    expect<u32>(ex.state).toBe(State.MAIN_R1);
    expect<u32>(ex.jobs).toBe(0);
    expect<bool>(ex.suspended).toBe(false);
    // One of 8 octets, and of 256, is good: the exponent and the nonce are those of the first try.
    const exponent = toHex(ex.exponent, 32);
    peer.start(MAIN);
    peer.add(KE, peer.g_xi, KE_BYTES);
    peer.add(NONCE, peer.nonceI, 8);
    peer.give();
    expect<bool>(ex.suspended).toBe(true);
    expect<u32>(ex.NiLen).toBe(8);
    expect<string>(toHex(ex.exponent, 32)).toBe(exponent);
  });

  it("takes a nonce of 256 octets", () => {
    peer.first();
    peer.takeCookie();
    peer.start(MAIN);
    peer.add(KE, peer.g_xi, KE_BYTES);
    for (let i: u32 = 0; i < 256; i++) store<u8>(scratch + i, <u8>i);
    peer.add(NONCE, scratch, 256);
    peer.give();
    const ex = peer.theExchange();
    expect<u32>(ex.NiLen).toBe(256);
    expect<string>(toHex(ex.Ni_b, 256)).toBe(toHex(scratch, 256));
    expect<string>(toHex(ex.g_xi, KE_BYTES)).toBe(toHex(peer.g_xi, KE_BYTES));
    expect<bool>(ex.suspended).toBe(true);
  });
});

describe("message 6", () => {
  it("has our ID and HASH_R, encrypted in the chain of message 5, and phase 1 is up", () => {
    peer.toKeys();
    identity(ID_BETA);
    // INITIAL-CONTACT, and what only a responder may say: RESPONDER-LIFETIME of a minute.
    peer.addHex(N, "00000001" + "01106002" + toHex(peer.cookies, 16));
    peer.addHex(N, "00000001" + "01106000" + toHex(peer.cookies, 16) + "80010001" + "8002003c");
    peer.encrypt();
    peer.give();
    expect<bool>(peer.takeOne()).toBe(true);
    peer.start(MAIN, 1);
    peer.addIdentity(false, ID_ALPHA);
    peer.encrypt();
    expect<string>(peer.taken()).toBe(peer.given());
    const sa = peer.ours();
    expect<u32>(sa.phase).toBe(Phase.ESTABLISHED);
    expect<string>(toHex(sa.lastIv, 16)).toBe(toHex(peer.iv, 16));
    // ID, HASH, two notifies, padded: 12 + 24 + 28 + 36 = 100; ours: 36.
    expect<u64>(sa.octets).toBe(112 + 48);
    expect<u32>(sa.peerIdType).toBe(1);
    expect<string>(toHex(sa.peerId, sa.peerIdLen)).toBe("c0000202");
    expect<bool>(sa.initialContact).toBe(true);
    expect<u32>(sa.lifetimeSeconds).toBe(3600);
    expect<u32>(exchangeCount(0, false, Fate.BEGUN)).toBe(1);
    expect<u32>(exchangeCount(0, false, Fate.COMPLETED)).toBe(1);
    const ex = peer.theExchange();
    expect<u32>(ex.timeout).toBe(Timeout.LINGER);
    expect<string>(toHex(ex.SKEYID, 20)).toBe(toHex(zeros, 20));
  });

  it("says that our lifetimes are shorter than the offer's (RFC 2407, 4.5.4)", () => {
    policies.find(10)!.lifetimeSeconds = 600;
    policies.find(10)!.lifetimeKilobytes = 5000;
    peer.toKeys();
    identity(ID_BETA);
    peer.encrypt();
    peer.give();
    peer.take();
    peer.start(MAIN, 1);
    peer.addIdentity(false, ID_ALPHA);
    peer.addHex(N, "00000001" + "01106000" + toHex(peer.cookies, 16) + "80010001" + "80020258" + "80010002" + "80021388");
    peer.encrypt();
    expect<string>(peer.taken()).toBe(peer.given());
  });

  it("is none for a wrong HASH_I, which moves nothing; the right one is taken after it. Another's ID ends it", () => {
    peer.toKeys();
    const ex = peer.theExchange();
    const saved = toHex(peer.iv, 16);
    identity(ID_BETA);
    store<u8>(peer.out + 28 + 12 + 4, load<u8>(peer.out + 28 + 12 + 4) ^ 1);
    peer.encrypt();
    // Nobody has proved that he may move.
    peer.give(1024, 4500);
    expect<u32>(peer.ours().peerPort).toBe(500);
    expect<u32>(peer.ours().localPort).toBe(500);
    // Its IV is of the last block so far, which is message 5's.
    refusedHashed("0018");
    expect<u32>(dropCount(Drop.IKE_AUTHENTICATION)).toBe(1);
    expect<u32>(ex.state).toBe(State.MAIN_R2);
    expect<string>(toHex(ex.iv, 16)).toBe(saved);
    // Two IDs are no message of this kind.
    fromHex(peer.iv, saved);
    peer.start(MAIN, 1);
    peer.addHex(ID, ID_BETA);
    peer.addIdentity(true, ID_BETA);
    peer.encrypt();
    peer.give();
    refusedPlain("0001");
    expect<u32>(dropCount(Drop.IKE_PAYLOAD_UNEXPECTED)).toBe(1);
    // HASH_R for HASH_I: nobody proves who he is with our own proof.
    fromHex(peer.iv, saved);
    peer.start(MAIN, 1);
    fromHex(scratch, ID_BETA);
    peer.add(ID, scratch, 8);
    peer.proof(false, scratch, 8, scratch + 64);
    peer.add(HASH, scratch + 64, 20);
    peer.encrypt();
    peer.give();
    peer.take();
    expect<u32>(dropCount(Drop.IKE_AUTHENTICATION)).toBe(2);
    fromHex(peer.iv, saved);
    identity(ID_ALPHA);
    peer.encrypt();
    peer.give();
    refusedHashed("0012");
    expect<u32>(dropCount(Drop.IKE_IDENTITY)).toBe(1);
    expect<u32>(peer.exchanges()).toBe(0);
    expect<u32>(peer.sas()).toBe(0);
    expect<u32>(exchangeCount(0, false, Fate.FAILED)).toBe(1);
  });
});
