// Main Mode (RFC 2409, 5.4) as initiator, message by message, against a peer that writes each one out.
import { natdHash } from "../../../../assembly/ike/message/natd";
import * as keys from "../../../../assembly/ike/settings/keys";
import { State, Timeout } from "../../../../assembly/ike/state/exchange";
import { Natt, Phase } from "../../../../assembly/ike/state/isakmp_sa";
import { Fate, Stat, exchangeCount, get } from "../../../../assembly/ike/state/stats";
import { startPhase1 } from "../../../../assembly/ike/upkeep/begin";
import * as wanted from "../../../../assembly/ike/upkeep/wanted";
import * as clock from "../../../../assembly/util/clock";
import { NEVER } from "../../../../assembly/util/deadline";
import { Drop, dropCount } from "../../../../assembly/util/status";
import { fromHex, toHex } from "../../crypto/bytes";
import { ALPHA, BETA } from "../../sadb/world";
import {
  DPD, FRAGMENTATION, HASH, ID, ID_ALPHA, ID_BETA, INFORMATIONAL, KE, KE_BYTES, MAIN, N, NATT_02, NATT_02N, NATT_03, NATT_RFC, NAT_D, NONCE, OFFER, POSTERN, SA, VID,
} from "../by_hand/peer";
import * as peer from "../by_hand/peer";
import { policy } from "../by_hand/world";

const scratch: usize = memory.data(256, 8);
const zeros: usize = memory.data(96, 8);
/** Our own offer of the same, whose duration fits into a basic attribute. */
const OWN: string =
  "0000000100000001" + "0000002c01010001" + "0000002401010000" + "80010007" + "800e0080" + "80020002" + "80030001" + "80040001" + "800b0001" + "800c0e10";
const INITIAL_CONTACT: string = "00000001" + "01106002";

function start(): bool {
  return startPhase1(BETA, ALPHA, 0, 0);
}

/** A NAT-D payload of an address and a port. */
function natD(address: u32, port: u32): void {
  natdHash(peer.ours().hash, peer.cookies, peer.cookies + 8, address, port, scratch);
  peer.add(NAT_D, scratch, 20);
}

beforeEach(() => {
  peer.begin(false);
});

describe("message 1", () => {
  it("has the offer, and says what we can: dead peer detection, NAT traversal, who we are", () => {
    expect<bool>(start()).toBe(true);
    expect<bool>(peer.takeOne()).toBe(true);
    memory.copy(peer.cookies, peer.got, 8);
    memory.fill(peer.cookies + 8, 0, 8);
    peer.start(MAIN);
    peer.addHex(SA, OWN);
    const vendors = [DPD, NATT_RFC, NATT_03, NATT_02N, NATT_02, FRAGMENTATION + "c0000000", POSTERN];
    for (let i = 0; i < 7; i++) peer.addHex(VID, vendors[i]);
    expect<string>(peer.taken()).toBe(peer.given());
    expect<u32>(peer.gotDst).toBe(BETA);
    expect<u32>(peer.gotSrc).toBe(ALPHA);
    const ex = peer.theExchange();
    expect<u32>(ex.state).toBe(State.MAIN_I1);
    expect<u64>(ex.due).toBe(clock.now() + 1000);
    expect<string>(toHex(ex.SA_b, ex.SA_bLen)).toBe(OWN);
    expect<u32>(exchangeCount(0, true, Fate.BEGUN)).toBe(1);
    const sa = ex.sa;
    expect<bool>(sa.initiator).toBe(true);
    expect<bool>(sa.exchange === ex).toBe(true);
    expect<u32>(sa.localAddress).toBe(ALPHA);
    expect<u32>(sa.peerAddress).toBe(BETA);
    expect<u32>(sa.renews).toBe(0);
  });

  it("is none without a key, or without an address of our own", () => {
    expect<bool>(startPhase1(BETA, 0, 0, 0)).toBe(false);
    keys.removeAddress(BETA, 0xffffffff);
    expect<bool>(start()).toBe(false);
    expect<bool>(peer.take()).toBe(false);
    expect<u32>(peer.sas() + peer.exchanges()).toBe(0);
    expect<u32>(exchangeCount(0, true, Fate.BEGUN)).toBe(0);
  });
});

describe("messages 3 and 5", () => {
  it("KE and a nonce of 32 octets; then ID and HASH_I encrypted, with INITIAL-CONTACT at the first contact", () => {
    peer.toIdentity();
    peer.start(MAIN, 1);
    peer.addIdentity(true, ID_ALPHA);
    peer.addHex(N, INITIAL_CONTACT + toHex(peer.cookies, 16));
    // 12 + 24 + 28 octets are whole blocks.
    expect<string>(peer.taken()).toBe(peer.given());
    const ex = peer.theExchange();
    expect<u32>(ex.state).toBe(State.MAIN_I3);
    expect<u32>(get(Stat.MODEXP)).toBe(2);
    expect<string>(toHex(ex.exponent, KE_BYTES)).toBe(toHex(zeros, KE_BYTES));
    expect<string>(toHex(ex.g_xy, KE_BYTES)).toBe(toHex(zeros, KE_BYTES));
    expect<u32>(ex.timeout).toBe(Timeout.RETRANSMIT);

    peer.start(MAIN, 1);
    peer.addIdentity(false, ID_BETA);
    peer.addHex(N, "00000001" + "01106000" + toHex(peer.cookies, 16) + "80010001" + "8002003c" + "80010002" + "80021388");
    // Of ESP it is none of phase 1's, and one that is malformed is none at all.
    peer.addHex(N, "00000001" + "03046000" + "00000001" + "80010001" + "80020020");
    peer.addHex(N, "00000001" + "01ff6002");
    peer.encrypt();
    peer.give();
    expect<bool>(peer.take()).toBe(false);
    const sa = peer.ours();
    expect<u32>(sa.phase).toBe(Phase.ESTABLISHED);
    expect<string>(toHex(sa.lastIv, 16)).toBe(toHex(peer.iv, 16));
    expect<u32>(sa.lifetimeSeconds).toBe(60);
    expect<u32>(sa.lifetimeKilobytes).toBe(5000);
    expect<bool>(sa.initialContact).toBe(false);
    expect<u32>(peer.exchanges()).toBe(0);
    expect<u32>(exchangeCount(0, true, Fate.COMPLETED)).toBe(1);
    expect<string>(toHex(sa.peerId, sa.peerIdLen)).toBe("c0000202");
  });

  it("message 3 is KE, Ni; with NAT traversal NAT-D of the peer and of ourselves", () => {
    start();
    peer.takeCookie(true);
    memory.copy(peer.SAi_b, peer.body(0), <usize>peer.bodyLen);
    peer.answer([NATT_RFC, DPD]);
    const sa = peer.ours();
    expect<bool>(sa.deadPeerDetection).toBe(true);
    expect<u32>(sa.nattVersion).toBe(Natt.RFC);
    expect<string>(toHex(sa.CKY_R, 8)).toBe("c0c1c2c3c4c5c6c7");
    expect<u32>(peer.theExchange().state).toBe(State.MAIN_I1);
    peer.settle();
    peer.takeKeys(true);
    expect<u32>(peer.nonceILen).toBe(32);
    peer.start(MAIN);
    peer.add(KE, peer.g_xi, KE_BYTES);
    peer.add(NONCE, peer.nonceI, 32);
    natD(BETA, 500);
    natD(ALPHA, 500);
    expect<string>(peer.taken()).toBe(peer.given());
    expect<u32>(peer.theExchange().state).toBe(State.MAIN_I2);
    // The peer sees us at another address: from message 5 on it is port 4500 (RFC 3947, 4).
    peer.exchangeKeys(false);
    natD(ALPHA + 1, 500);
    natD(BETA, 500);
    peer.give();
    // The peer has done its part: nothing is sent again while we compute.
    expect<u64>(peer.theExchange().due).toBe(NEVER);
    peer.settle();
    expect<bool>(peer.takeOne()).toBe(true);
    expect<u32>(peer.gotSrcPort).toBe(4500);
    expect<u32>(peer.gotDstPort).toBe(4500);
    expect<string>(toHex(peer.got, 12)).toBe("00000000" + toHex(peer.cookies, 8));
    expect<bool>(sa.localNat && !sa.peerNat).toBe(true);
  });

  it("nothing of a refused message 2 is kept: what was not offered, or not chosen; the right one is taken after it", () => {
    start();
    peer.takeCookie(true);
    peer.start(MAIN);
    // AES-256.
    peer.addHex(SA, OFFER.replace("800e0080", "800e0100"));
    peer.addHex(VID, DPD);
    peer.give();
    expect<bool>(peer.takeOne()).toBe(true);
    expect<u32>(dropCount(Drop.IKE_NO_PROPOSAL)).toBe(1);
    peer.start(INFORMATIONAL);
    peer.addHex(N, "0000000101" + "00" + "000e");
    expect<string>(peer.taken()).toBe(peer.given());
    const ex = peer.theExchange();
    expect<u64>(load<u64>(ex.sa.CKY_R)).toBe(0);
    expect<bool>(ex.sa.deadPeerDetection || ex.suspended).toBe(false);
    expect<u32>(ex.state).toBe(State.MAIN_I1);
    peer.answer();
    expect<bool>(ex.suspended).toBe(true);
    expect<u64>(load<u64>(ex.sa.CKY_R)).not.toBe(0);
  });
});

describe("a flow that waits for phase 1", () => {
  it("rests for ten seconds when its responder is another", () => {
    // As a Quick Mode leaves it that was not answered: phase 1 is wanted for it.
    wanted.quickUnanswered(policy.slot, 0);
    peer.fromFirst();
    expect<u64>(policy.nextAcquire).not.toBe(clock.now() + 10000);
    peer.start(MAIN, 1);
    peer.addIdentity(false, ID_ALPHA);
    peer.encrypt();
    peer.give();
    expect<u32>(dropCount(Drop.IKE_IDENTITY)).toBe(1);
    expect<u64>(policy.nextAcquire).toBe(clock.now() + 10000);
  });
});

describe("message 6", () => {
  it("of another, or with our own proof, does not complete phase 1; a message that we cannot open is told in plain", () => {
    peer.toIdentity();
    const saved = toHex(peer.iv, 16);
    const ex = peer.theExchange();
    // HASH_I instead of HASH_R.
    peer.start(MAIN, 1);
    fromHex(scratch, ID_BETA);
    peer.add(ID, scratch, 8);
    peer.proof(true, scratch, 8, scratch + 64);
    peer.add(HASH, scratch + 64, 20);
    peer.encrypt();
    peer.give();
    expect<bool>(peer.takeOne()).toBe(true);
    expect<u32>(load<u8>(peer.got + 19)).toBe(1);
    expect<u32>(dropCount(Drop.IKE_AUTHENTICATION)).toBe(1);
    expect<string>(toHex(ex.iv, 16)).toBe(saved);
    // Under another key it is no message at all.
    peer.start(MAIN, 1);
    peer.addIdentity(false, ID_BETA);
    peer.encrypt();
    peer.give();
    expect<bool>(peer.takeOne()).toBe(true);
    expect<u32>(dropCount(Drop.IKE_DECRYPT)).toBe(1);
    peer.start(INFORMATIONAL);
    peer.addHex(N, "0000000101" + "00" + "0010");
    expect<string>(peer.taken()).toBe(peer.given());
    expect<string>(toHex(ex.iv, 16)).toBe(saved);
    expect<u32>(ex.state).toBe(State.MAIN_I3);
    // Another's address, with a right proof, ends it.
    fromHex(peer.iv, saved);
    peer.start(MAIN, 1);
    peer.addIdentity(false, ID_ALPHA);
    peer.encrypt();
    peer.give();
    expect<u32>(dropCount(Drop.IKE_IDENTITY)).toBe(1);
    expect<u32>(peer.exchanges() + peer.sas()).toBe(0);
    expect<u32>(exchangeCount(0, true, Fate.FAILED)).toBe(1);
  });
});
