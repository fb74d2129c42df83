// Aggressive Mode (RFC 2409, 5.4; with NAT traversal RFC 3947, 3.2), message by message, against a peer that writes each one out.
import { hashById } from "../../../../assembly/crypto/registry";
import { natdHash } from "../../../../assembly/ike/message/natd";
import * as keys from "../../../../assembly/ike/settings/keys";
import * as policies from "../../../../assembly/ike/settings/policy";
import { Profile } from "../../../../assembly/ike/settings/profile";
import * as profiles from "../../../../assembly/ike/settings/profile";
import * as buffers from "../../../../assembly/ike/state/buffers";
import { State, Timeout } from "../../../../assembly/ike/state/exchange";
import { Natt, Phase } from "../../../../assembly/ike/state/isakmp_sa";
import { Fate, Stat, exchangeCount, get } from "../../../../assembly/ike/state/stats";
import { startPhase1 } from "../../../../assembly/ike/upkeep/begin";
import { Drop, dropCount } from "../../../../assembly/util/status";
import { fromHex, fromText, toHex } from "../../crypto/bytes";
import { ALPHA, BETA } from "../../sadb/world";
import {
  DPD, FRAGMENTATION, HASH, ID, ID_ALPHA, ID_BETA, INFORMATIONAL, KE, KE_BYTES, N, NATT_02, NATT_02N, NATT_03, NATT_RFC, NAT_D, NONCE, OFFER, POSTERN, SA, VID,
} from "../by_hand/peer";
import * as peer from "../by_hand/peer";

const AGGRESSIVE: u32 = 4;
const text: usize = memory.data(256, 8);
const scratch: usize = memory.data(256, 8);
let profile: Profile = changetype<Profile>(0);

/** ID_FQDN "beta". */
const BETA_NAME: string = "0200000062657461";

function begin(peerInitiates: bool): void {
  peer.begin(peerInitiates);
  profile = profiles.add(text, fromText(text, "ROAD")) as Profile;
  profile.aggressive = true;
  profiles.addMatch(profile, 2, 0, 0, text, fromText(text, "beta"));
}

/** Message 1 of the peer's. */
function first(ID_b: string = BETA_NAME, offer: string = OFFER): void {
  peer.start(AGGRESSIVE);
  peer.addHex(SA, offer);
  peer.add(KE, peer.g_xi, KE_BYTES);
  peer.add(NONCE, peer.nonceI, peer.nonceILen);
  peer.addHex(ID, ID_b);
}

/** The hash of an address and a port, as NAT-D has it. */
function natD(address: u32, port: u32): void {
  natdHash(hashById(2)!, peer.cookies, peer.cookies + 8, address, port, scratch);
  peer.add(NAT_D, scratch, 20);
}

/** Adds HASH_I or HASH_R over an ID. */
function addProof(initiators: bool, ID_b: string): void {
  const len = fromHex(scratch, ID_b);
  peer.proof(initiators, scratch, len, scratch + 128);
  peer.add(HASH, scratch + 128, 20);
}

/** Message 2 of the peer's; with a proof that is not its own if wanted. */
function answerWith(ID_b: string, wrong: bool): void {
  peer.start(AGGRESSIVE);
  peer.addHex(SA, OFFER);
  peer.add(KE, peer.g_xr, KE_BYTES);
  peer.add(NONCE, peer.nonceR, peer.nonceRLen);
  peer.addHex(ID, ID_b);
  addProof(wrong, ID_b);
  peer.addHex(VID, NATT_RFC);
  peer.addHex(VID, DPD);
  // The peer sees us elsewhere; it is where it is.
  natdHash(hashById(2)!, peer.cookies, peer.cookies + 8, ALPHA + 1, 500, scratch);
  peer.add(NAT_D, scratch, 20);
  natdHash(hashById(2)!, peer.cookies, peer.cookies + 8, BETA, 500, scratch);
  peer.add(NAT_D, scratch, 20);
  peer.give();
}

describe("as responder", () => {
  beforeEach(() => {
    begin(true);
  });

  it("message 2 has SA, KE, Nr, IDir, HASH_R, and what vendor IDs ask for; message 3 proves the peer", () => {
    first();
    peer.addHex(VID, DPD);
    peer.addHex(VID, NATT_RFC);
    peer.give();
    expect<bool>(peer.take()).toBe(false);
    peer.settle();
    expect<bool>(peer.takeOne()).toBe(true);
    memory.copy(peer.cookies + 8, peer.got + 8, 8);
    memory.copy(peer.g_xr, peer.body(1), KE_BYTES);
    memory.copy(peer.nonceR, peer.body(2), 32);
    peer.setNonceR(32);
    peer.derive(peer.g_xr);
    const taken = peer.taken();
    peer.start(AGGRESSIVE);
    peer.addHex(SA, OFFER);
    peer.add(KE, peer.g_xr, KE_BYTES);
    peer.add(NONCE, peer.nonceR, 32);
    peer.addHex(ID, ID_ALPHA);
    addProof(false, ID_ALPHA);
    peer.addHex(VID, DPD);
    peer.addHex(VID, NATT_RFC);
    natD(BETA, 500);
    natD(ALPHA, 500);
    peer.addHex(VID, POSTERN);
    expect<string>(taken).toBe(peer.given());
    const sa = peer.ours();
    const ex = peer.theExchange();
    expect<u32>(ex.state).toBe(State.AGGR_R1);
    expect<u32>(ex.timeout).toBe(Timeout.WAIT);
    expect<bool>(sa.keyed && sa.aggressive && sa.deadPeerDetection).toBe(true);
    expect<u32>(sa.profile).toBe(profile.id);
    expect<string>(toHex(sa.peerId, sa.peerIdLen)).toBe("62657461");
    expect<u32>(sa.peerIdType).toBe(2);
    expect<string>(toHex(sa.SKEYID_a, 20)).toBe(toHex(peer.SKEYID_a, 20));
    // A wrong HASH_I moves nothing, and is told under the keys.
    const saved = toHex(peer.iv, 16);
    peer.start(AGGRESSIVE, 1);
    addProof(false, BETA_NAME);
    peer.encrypt();
    peer.give();
    expect<u32>(dropCount(Drop.IKE_AUTHENTICATION)).toBe(1);
    expect<bool>(peer.takeOne()).toBe(true);
    expect<u32>(load<u8>(peer.got + 19)).toBe(1);
    expect<u32>(sa.phase).toBe(Phase.NEGOTIATING);
    // From another port: we are where it thinks; it is behind a NAT.
    peer.setIv(saved);
    peer.start(AGGRESSIVE, 1);
    addProof(true, BETA_NAME);
    natD(ALPHA, 500);
    natD(0x0a000001, 500);
    peer.addHex(N, "00000001" + "01106002" + toHex(peer.cookies, 16));
    peer.encrypt();
    peer.give(1024, 4500);
    expect<u32>(sa.phase).toBe(Phase.ESTABLISHED);
    expect<bool>(!sa.localNat && sa.peerNat && sa.initialContact).toBe(true);
    expect<u32>(sa.localPort).toBe(4500);
    expect<u32>(sa.peerPort).toBe(1024);
    expect<string>(toHex(sa.lastIv, 16)).toBe(toHex(peer.iv, 16));
    expect<u32>(peer.exchanges()).toBe(0);
    expect<u32>(exchangeCount(1, false, Fate.COMPLETED)).toBe(1);
    expect<u32>(get(Stat.MODEXP)).toBe(2);
  });

  it("its third message may come in plain as well (RFC 2409, 5), and without NAT-D goes without NAT traversal", () => {
    first();
    peer.addHex(VID, NATT_03);
    peer.give();
    peer.settle();
    peer.take();
    expect<string>(peer.types()).toBe("01040a05080d0d0d0d82820d");
    memory.copy(peer.cookies + 8, peer.got + 8, 8);
    memory.copy(peer.g_xr, peer.body(1), KE_BYTES);
    memory.copy(peer.nonceR, peer.body(2), 32);
    peer.setNonceR(32);
    peer.derive(peer.g_xr);
    expect<u32>(peer.ours().nattVersion).toBe(Natt.DRAFT);
    peer.start(AGGRESSIVE);
    addProof(true, BETA_NAME);
    peer.give();
    expect<u32>(peer.ours().phase).toBe(Phase.ESTABLISHED);
    expect<u32>(peer.ours().nattVersion).toBe(Natt.NONE);
    // Its own last block is then the first IV.
    expect<string>(toHex(peer.ours().lastIv, 16)).toBe(toHex(peer.iv, 16));
  });

  it("who is not known, or has an ID that is none, gets no answer at all", () => {
    // ID_FQDN "bets"; an address; a port; a type that does not exist; nothing in it.
    const ids = ["0200000062657473", ID_BETA, "0211010062657461", "ff00000062657461", "02000000"];
    const drops: Drop[] = [Drop.IKE_UNKNOWN_IDENTITY, Drop.IKE_UNKNOWN_IDENTITY, Drop.IKE_IDENTITY, Drop.IKE_UNKNOWN_IDENTITY, Drop.IKE_IDENTITY];
    for (let i = 0; i < 5; i++) {
      begin(true);
      first(ids[i]);
      peer.give();
      expect<u32>(dropCount(drops[i])).toBe(1, ids[i]);
      expect<bool>(peer.take()).toBe(false);
      expect<u32>(peer.exchanges() + peer.sas()).toBe(0);
    }
    // Known, but without a key.
    begin(true);
    keys.removeAddress(BETA, 0xffffffff);
    first();
    peer.give();
    expect<u32>(dropCount(Drop.IKE_UNKNOWN_IDENTITY)).toBe(1);
    expect<u32>(peer.exchanges() + peer.sas()).toBe(0);
    expect<bool>(peer.take()).toBe(false);
    // No profile of this mode at all.
    begin(true);
    profile.aggressive = false;
    first();
    peer.give();
    expect<u32>(dropCount(Drop.IKE_AGGRESSIVE)).toBe(1);
    expect<bool>(peer.takeOne()).toBe(true);
    peer.start(INFORMATIONAL);
    peer.addHex(N, "0000000101" + "00" + "0007");
    expect<string>(peer.taken()).toBe(peer.given());
  });

  it("the proposal is refused before anything is said of who is known; so is a choice of another group than KE's", () => {
    policies.find(10)!.hash = 4;
    first("0200000062657473");
    peer.give();
    expect<u32>(dropCount(Drop.IKE_NO_PROPOSAL)).toBe(1);
    expect<bool>(peer.takeOne()).toBe(true);
    policies.find(10)!.hash = 2;
    // The first transform is of group 2, which we refuse; the second one would be good.
    const two = "0000000100000001" + "0000005801010002" + "0300002801010000" + OFFER.substr(48).replace("80040001", "80040002") + "0000002802010000" + OFFER.substr(48);
    first(BETA_NAME, two);
    peer.give();
    expect<u32>(dropCount(Drop.IKE_NO_PROPOSAL)).toBe(2);
    expect<bool>(peer.takeOne()).toBe(true);
    peer.start(INFORMATIONAL);
    peer.addHex(N, "0000000101" + "00" + "000e");
    expect<string>(peer.taken()).toBe(peer.given());
    expect<u32>(peer.exchanges() + peer.sas()).toBe(0);
  });

  it("a public value or a nonce that is none is refused, and nothing is left", () => {
    first();
    memory.fill(peer.out + 28 + 60 + 4, 0, KE_BYTES);
    peer.give();
    expect<u32>(dropCount(Drop.IKE_KEY_EXCHANGE)).toBe(1);
    peer.start(AGGRESSIVE);
    peer.addHex(SA, OFFER);
    peer.add(KE, peer.g_xi, KE_BYTES);
    peer.add(NONCE, peer.nonceI, 7);
    peer.addHex(ID, BETA_NAME);
    peer.give();
    expect<u32>(dropCount(Drop.IKE_NONCE)).toBe(1);
    expect<u32>(peer.exchanges() + peer.sas()).toBe(0);
  });

  it("whose key goes while we compute is not answered", () => {
    first();
    peer.give();
    keys.removeAddress(BETA, 0xffffffff);
    peer.settle();
    expect<bool>(peer.take()).toBe(false);
    expect<u32>(dropCount(Drop.IKE_NO_KEY)).toBe(1);
    expect<u32>(peer.exchanges() + peer.sas()).toBe(0);
    expect<u32>(exchangeCount(1, false, Fate.FAILED)).toBe(1);
  });

  it("finds no room: nothing is left half made", () => {
    const blocks = new StaticArray<usize>(252);
    for (let left = 0; left < 9; left++) {
      begin(true);
      for (let i = 0; i < 252 - left; i++) blocks[i] = buffers.hold(1);
      first();
      peer.give();
      peer.settle();
      // SA, ID, exponent, both public values, the secret, both nonces, the answer.
      expect<u32>(dropCount(Drop.IKE_POOL)).toBe(1);
      expect<bool>(peer.take()).toBe(false);
      expect<u32>(peer.exchanges() + peer.sas()).toBe(0);
    }
  });
});

describe("as initiator", () => {
  beforeEach(() => {
    begin(false);
  });

  it("message 1 has SA, KE, Ni, IDii; message 3 HASH_I, encrypted, and INITIAL-CONTACT; nothing answers it", () => {
    // A policy of another group is not offered: KE is of the first one's (RFC 2409, 5.4).
    const second = policies.add(20)!;
    second.keyBits = 128;
    second.hash = 2;
    second.group = 2;
    expect<bool>(startPhase1(BETA, ALPHA, 0, profile.id)).toBe(true);
    expect<bool>(peer.take()).toBe(false);
    peer.settle();
    expect<bool>(peer.takeOne()).toBe(true);
    memory.copy(peer.cookies, peer.got, 8);
    memory.copy(peer.SAi_b, peer.body(0), <usize>peer.bodyLen);
    peer.setOffer(peer.bodyLen);
    memory.copy(peer.g_xi, peer.body(1), KE_BYTES);
    memory.copy(peer.nonceI, peer.body(2), 32);
    peer.setNonceI(32);
    const taken = peer.taken();
    const cookie = toHex(peer.cookies + 8, 8);
    peer.setCookieR(0);
    peer.start(AGGRESSIVE);
    peer.addHex(
      SA,
      "0000000100000001" + "0000002c01010001" + "0000002401010000" + "80010007" + "800e0080" + "80020002" + "80030001" + "80040001" + "800b0001" + "800c0e10",
    );
    peer.add(KE, peer.g_xi, KE_BYTES);
    peer.add(NONCE, peer.nonceI, 32);
    peer.addHex(ID, ID_ALPHA);
    const vendors = [DPD, NATT_RFC, NATT_03, NATT_02N, NATT_02, FRAGMENTATION + "c0000000", POSTERN];
    for (let i = 0; i < 7; i++) peer.addHex(VID, vendors[i]);
    expect<string>(taken).toBe(peer.given());
    const ex = peer.theExchange();
    const sa = ex.sa;
    expect<u32>(ex.state).toBe(State.AGGR_I1);
    expect<bool>(sa.aggressive).toBe(true);
    expect<u32>(sa.profile).toBe(profile.id);

    // What anybody can send moves nothing: another proof, with another cookie.
    fromHex(peer.cookies + 8, cookie);
    peer.derive(peer.g_xi);
    answerWith(BETA_NAME, true);
    expect<u32>(dropCount(Drop.IKE_AUTHENTICATION)).toBe(1);
    expect<u64>(load<u64>(sa.CKY_R)).toBe(0);
    expect<u32>(sa.peerIdLen).toBe(0);
    expect<bool>(sa.localNat || sa.peerNat || ex.suspended).toBe(false);
    expect<bool>(peer.takeOne()).toBe(true);
    // An ID that is none.
    answerWith("02000000", false);
    expect<u32>(dropCount(Drop.IKE_IDENTITY)).toBe(1);
    expect<u64>(load<u64>(sa.CKY_R)).toBe(0);
    peer.take();

    answerWith(BETA_NAME, false);
    expect<bool>(ex.suspended).toBe(true);
    peer.settle();
    expect<bool>(peer.takeOne()).toBe(true);
    expect<string>(toHex(sa.SKEYID_a, 20)).toBe(toHex(peer.SKEYID_a, 20));
    // We are behind a NAT: port 4500 from here on.
    expect<u32>(peer.gotSrcPort).toBe(4500);
    peer.pull();
    peer.decrypt();
    peer.start(AGGRESSIVE, 1);
    addProof(true, ID_ALPHA);
    natD(BETA, 4500);
    natD(ALPHA, 4500);
    peer.addHex(N, "00000001" + "01106002" + toHex(peer.cookies, 16));
    expect<string>(toHex(peer.got + 28, peer.outLen - 28)).toBe(toHex(peer.out + 28, peer.outLen - 28));
    expect<u32>(sa.phase).toBe(Phase.ESTABLISHED);
    expect<bool>(sa.localNat && !sa.peerNat).toBe(true);
    expect<bool>(sa.deadPeerDetection).toBe(true);
    expect<u32>(sa.nattVersion).toBe(Natt.RFC);
    expect<u32>(ex.state).toBe(State.AGGR_DONE);
    expect<u32>(ex.timeout).toBe(Timeout.CONFIRM);
    expect<u32>(get(Stat.MODEXP)).toBe(2);
  });

  it("ends when the policies have no transform of its group any more, or its key has gone, while we compute", () => {
    startPhase1(BETA, ALPHA, 0, profile.id);
    policies.find(10)!.group = 2;
    peer.settle();
    expect<bool>(peer.take()).toBe(false);
    expect<u32>(dropCount(Drop.IKE_NO_PROPOSAL)).toBe(1);
    expect<u32>(peer.exchanges() + peer.sas()).toBe(0);
  });

  it("finds no room: the exchange is over", () => {
    const blocks = new StaticArray<usize>(252);
    for (let left = 0; left < 8; left++) {
      begin(false);
      for (let i = 0; i < 252 - left; i++) blocks[i] = buffers.hold(1);
      startPhase1(BETA, ALPHA, 0, profile.id);
      peer.settle();
      // Exponent, both public values, the secret, our nonce, SA, ID, the message.
      expect<u32>(dropCount(Drop.IKE_POOL)).toBe(1);
      expect<bool>(peer.take()).toBe(false);
      expect<u32>(peer.exchanges() + peer.sas()).toBe(0);
    }
  });
});
