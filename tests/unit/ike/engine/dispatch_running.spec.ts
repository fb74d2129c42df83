// Messages that belong to something under way, or seem to: by cookies, addresses and message IDs. And no buffer is lost.
import * as drbg from "../../../../assembly/crypto/drbg";
import * as keys from "../../../../assembly/ike/settings/keys";
import * as profiles from "../../../../assembly/ike/settings/profile";
import * as exchange from "../../../../assembly/ike/state/exchange";
import { Stat, get } from "../../../../assembly/ike/state/stats";
import { startPhase1 } from "../../../../assembly/ike/upkeep/begin";
import * as clock from "../../../../assembly/util/clock";
import { Drop, dropCount } from "../../../../assembly/util/status";
import { fromText, toHex } from "../../crypto/bytes";
import { ALPHA, BETA } from "../../sadb/world";
import { HASH, ID, ID_BETA, INFORMATIONAL, KE, KE_BYTES, MAIN, N, NONCE, OFFER, QUICK, SA } from "../by_hand/peer";
import * as peer from "../by_hand/peer";
import { left, policy } from "../by_hand/world";

const AGGRESSIVE: u32 = 4;
const FAR: u32 = 0xc6336401;
const text: usize = memory.data(64, 8);

describe("a message of phase 1", () => {
  it("with another responder's cookie than the one that has answered is not taken for its", () => {
    peer.begin(false);
    startPhase1(BETA, ALPHA, 0, 0);
    peer.takeCookie(true);
    peer.answer();
    peer.settle();
    peer.takeKeys(true);
    const ex = peer.theExchange();
    const cookie = toHex(ex.sa.CKY_R, 8);
    store<u8>(peer.cookies + 8, 1);
    peer.exchangeKeys(false);
    peer.give();
    expect<u32>(dropCount(Drop.IKE_COOKIE)).toBe(1);
    expect<bool>(ex.suspended).toBe(false);
    expect<string>(toHex(ex.sa.CKY_R, 8)).toBe(cookie);
    store<u8>(peer.cookies + 8, 0xc0);
    peer.exchangeKeys(false);
    peer.give();
    expect<bool>(ex.suspended).toBe(true);
  });

  it("of Aggressive Mode that comes again is answered again, octet for octet", () => {
    peer.begin(true);
    const road = profiles.add(text, fromText(text, "ROAD"))!;
    road.aggressive = true;
    profiles.addMatch(road, 1, BETA, 0xffffffff, 0, 0);
    for (let i: u32 = 0; i < 2; i++) {
      peer.setCookieR(0);
      peer.start(AGGRESSIVE);
      peer.addHex(SA, OFFER);
      peer.add(KE, peer.g_xi, KE_BYTES);
      peer.add(NONCE, peer.nonceI, 20);
      peer.addHex(ID, ID_BETA);
      peer.give();
      peer.settle();
      expect<bool>(peer.takeOne()).toBe(true);
      if (!i) memory.copy(peer.SAi_b, peer.got, 512);
      else expect<string>(toHex(peer.got, 400)).toBe(toHex(peer.SAi_b, 400));
      expect<u32>(dropCount(Drop.IKE_DUPLICATE)).toBe(i);
    }
    expect<u32>(get(Stat.MODEXP)).toBe(2);
  });

  it("of an address that has a key, but no crypto map, is dropped without a word", () => {
    peer.begin(true);
    keys.addAddress(FAR, 0xffffffff, text, fromText(text, "gurgle"));
    peer.start(MAIN);
    peer.addHex(SA, OFFER);
    peer.give(500, 500, FAR);
    expect<u32>(dropCount(Drop.IKE_NO_KEY)).toBe(1);
    expect<bool>(peer.take()).toBe(false);
    expect<u32>(peer.sas()).toBe(0);
  });

  it("that comes before there is entropy has it drawn", () => {
    peer.begin(true);
    drbg.wipe();
    peer.first();
    expect<bool>(drbg.ready()).toBe(true);
    expect<bool>(peer.takeOne()).toBe(true);
  });
});

describe("an encrypted notify before there are keys", () => {
  it("waits for them if it comes from the peer, and from nowhere else", () => {
    peer.begin(true);
    peer.first();
    peer.takeCookie();
    peer.exchangeKeys(true);
    peer.give();
    const ex = peer.theExchange();
    peer.start(INFORMATIONAL, 1, 5);
    peer.addHex(N, "00000001" + "01000018");
    peer.give(500, 500, FAR);
    expect<u32>(dropCount(Drop.IKE_COOKIE)).toBe(1);
    expect<bool>(ex.behind == null).toBe(true);
    peer.give();
    expect<bool>(ex.behind != null).toBe(true);
  });
});

describe("an Informational with the message ID of a Quick Mode", () => {
  it("is CONNECTED where that is waited for, and a duplicate anywhere else (RFC 2408, 3.1)", () => {
    peer.begin(true);
    peer.adopt(false);
    for (let committed: u32 = 0; committed < 2; committed++) {
      peer.quickFirst(77 + committed);
      if (committed) store<u8>(peer.out + 19, 3);
      peer.give();
      peer.take();
      peer.decrypt();
      memory.copy(peer.nonceR, peer.body(2), 32);
      peer.setNonceR(32);
      if (committed) {
        peer.start(QUICK, 1, 78);
        peer.hash3(78, peer.nonceI, 20, peer.nonceR, 32, peer.g_xy);
        peer.add(HASH, peer.g_xy, 20);
        peer.encrypt();
        peer.give();
        peer.take();
        expect<bool>(policy.outbound == null).toBe(true);
      }
      peer.phase2(77 + committed);
      peer.startHashed(INFORMATIONAL, 77 + committed);
      peer.addHex(N, "00000001" + "03044000" + "00001234");
      peer.finishHashed();
      peer.give();
      expect<u32>(dropCount(Drop.IKE_DUPLICATE)).toBe(1);
      expect<bool>(policy.outbound != null).toBe(committed == 1);
    }
  });
});

describe("an Informational in plain", () => {
  it("in answer to our first message may bring the responder's cookie with it", () => {
    peer.begin(false);
    startPhase1(BETA, ALPHA, 0, 0);
    peer.takeCookie(true);
    peer.start(INFORMATIONAL);
    peer.addHex(N, "00000001" + "0100000e");
    peer.give();
    expect<u32>(dropCount(Drop.IKE_UNPROTECTED_NOTIFY)).toBe(1);
    expect<u32>(dropCount(Drop.IKE_COOKIE)).toBe(0);
    expect<u64>(load<u64>(peer.theExchange().sa.CKY_R)).toBe(0);
  });
});

describe("New Group Mode", () => {
  it("whose first message is refused is over, and its message ID used", () => {
    peer.begin(true);
    const sa = peer.adopt(false);
    for (let again: u32 = 0; again < 2; again++) {
      clock.set(100000 * (again + 1));
      peer.phase2(5);
      peer.startHashed(33, 5);
      peer.addHex(SA, OFFER);
      peer.finishHashed();
      peer.give();
      expect<u32>(peer.exchanges()).toBe(0);
      expect<bool>(sa.knowsM_ID(5)).toBe(true);
      expect<u32>(dropCount(Drop.IKE_DUPLICATE)).toBe(again);
    }
  });
});

describe("buffers", () => {
  it("are all free again, whatever becomes of the messages in them", () => {
    peer.begin(true);
    const before = left();
    peer.first();
    peer.takeCookie();
    peer.first();
    peer.take();
    peer.exchangeKeys(true);
    peer.give();
    expect<u32>(left()).toBe(before - 1);
    peer.exchangeKeys(true);
    peer.give();
    peer.settle();
    peer.takeKeys(false);
    peer.derive(peer.g_xr);
    peer.start(MAIN, 1);
    peer.addIdentity(true, ID_BETA);
    peer.encrypt();
    peer.give();
    peer.take();
    expect<u32>(left()).toBe(before);
    // An exchange that ends while a message of its is held gives that back too.
    peer.begin(true);
    peer.first();
    peer.takeCookie();
    peer.exchangeKeys(true);
    peer.give();
    exchange.free(peer.theExchange());
    expect<u32>(left()).toBe(before);
    expect<u32>(exchange.packetsHeld).toBe(0);
  });
});
