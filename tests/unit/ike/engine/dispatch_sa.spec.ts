// Messages under an SA, or of the phase 1 that makes one: what may wait, what may begin, what is a duplicate.
import { State } from "../../../../assembly/ike/state/exchange";
import * as exchange from "../../../../assembly/ike/state/exchange";
import { Phase } from "../../../../assembly/ike/state/isakmp_sa";
import { Fate, exchangeCount } from "../../../../assembly/ike/state/stats";
import { startPhase1 } from "../../../../assembly/ike/upkeep/begin";
import * as clock from "../../../../assembly/util/clock";
import { Drop, dropCount } from "../../../../assembly/util/status";
import { ALPHA, BETA } from "../../sadb/world";
import { ID, ID_BETA, INFORMATIONAL, KE, KE_BYTES, MAIN, N, NONCE, OFFER, QUICK, SA } from "../by_hand/peer";
import * as peer from "../by_hand/peer";
import { exchangeOf } from "../by_hand/world";

const AGGRESSIVE: u32 = 4;
const FAR: u32 = 0xc6336401;

function dropped(reason: Drop): void {
  expect<u32>(dropCount(reason)).toBe(1, reason.toString());
  expect<u32>(all()).toBe(1);
  expect<bool>(peer.take()).toBe(false);
  expect<u32>(peer.exchanges()).toBe(0);
}

/** Drops of ISAKMP. */
function all(): u32 {
  let n: u32 = 0;
  for (let i = <i32>Drop.IKE_TOO_SHORT; i < <i32>Drop.COUNT; i++) n += dropCount(<Drop>i);
  return n;
}

function fresh(): void {
  peer.begin(true);
}

beforeEach(() => {
  fresh();
});

describe("a message of phase 1", () => {
  it("with cookies that are nobody's costs nothing; one from another address than its SA's is dropped", () => {
    peer.first();
    peer.takeCookie();
    peer.exchangeKeys(true);
    peer.give(500, 500, FAR);
    expect<u32>(dropCount(Drop.IKE_COOKIE)).toBe(1);
    peer.exchangeKeys(true);
    store<u8>(peer.out + 8, load<u8>(peer.out + 8) ^ 1);
    peer.give();
    expect<u32>(dropCount(Drop.IKE_COOKIE)).toBe(2);
    const ex = peer.theExchange();
    expect<bool>(ex.suspended).toBe(false);
    // Of Aggressive Mode it is unexpected.
    peer.start(AGGRESSIVE);
    peer.add(KE, peer.g_xi, KE_BYTES);
    peer.add(NONCE, peer.nonceI, 20);
    peer.give();
    expect<u32>(dropCount(Drop.IKE_UNEXPECTED_STATE)).toBe(1);
    expect<u32>(ex.state).toBe(State.MAIN_R1);
  });

  it("that comes while we compute: one waits, a duplicate of it or of what is being answered does not", () => {
    peer.first();
    peer.takeCookie();
    peer.exchangeKeys(true);
    peer.give();
    const ex = peer.theExchange();
    expect<u32>(exchange.packetsHeld).toBe(1);
    peer.exchangeKeys(true);
    peer.give();
    expect<u32>(dropCount(Drop.IKE_DUPLICATE)).toBe(1);
    expect<bool>(ex.waiting == null).toBe(true);
    expect<bool>(peer.take()).toBe(false);
    // Message 5, which must be looked at with keys that are not there yet.
    peer.start(MAIN, 1);
    peer.addHex(ID, ID_BETA);
    peer.encrypt();
    peer.give();
    expect<bool>(ex.waiting != null).toBe(true);
    expect<u32>(exchange.packetsHeld).toBe(2);
    peer.start(MAIN, 1);
    peer.addHex(ID, ID_BETA);
    peer.addHex(ID, ID_BETA);
    peer.encrypt();
    peer.give();
    expect<u32>(dropCount(Drop.IKE_DUPLICATE)).toBe(2);
    // An encrypted notify waits behind it: one.
    for (let i: u32 = 0; i < 2; i++) {
      peer.start(INFORMATIONAL, 1, 5 + i);
      peer.addHex(N, "00000001" + "01000018");
      peer.encrypt();
      peer.give();
      expect<u32>(exchange.packetsHeld).toBe(3);
      expect<u32>(dropCount(Drop.IKE_COOKIE)).toBe(i);
    }
    // Not from elsewhere.
    expect<bool>(ex.behind != null).toBe(true);
    peer.settle();
    expect<u32>(exchange.packetsHeld).toBe(0);
    expect<bool>(ex.waiting == null && ex.behind == null && ex.message == null).toBe(true);
    // What waited has been looked at: it was no message under these keys.
    expect<u32>(dropCount(Drop.IKE_DECRYPT)).toBe(2);
    expect<u32>(ex.state).toBe(State.MAIN_R2);
  });

  it("that comes while twenty-four packets are held finds no place", () => {
    peer.first();
    peer.takeCookie();
    peer.exchangeKeys(true);
    peer.give();
    for (let i = 0; i < 23; i++) exchange.held();
    peer.start(MAIN, 1);
    peer.addHex(ID, ID_BETA);
    peer.encrypt();
    peer.give();
    expect<u32>(dropCount(Drop.NO_BUFFER)).toBe(1);
    peer.start(INFORMATIONAL, 1, 5);
    peer.addHex(N, "00000001" + "01000018");
    peer.encrypt();
    peer.give();
    expect<u32>(dropCount(Drop.IKE_COOKIE)).toBe(1);
    for (let i = 0; i < 23; i++) exchange.unheld();
  });

  it("after phase 1's exchange is gone is a duplicate of nothing", () => {
    peer.adopt(false);
    peer.exchangeKeys(true);
    peer.give();
    dropped(Drop.IKE_DUPLICATE);
  });
});

describe("a message of phase 2", () => {
  it("needs an SA that is up, whose cookies it has, and that is not spent", () => {
    const sa = peer.adopt(false);
    peer.quickFirst(77);
    store<u8>(peer.out, 1);
    peer.give();
    dropped(Drop.IKE_COOKIE);
    sa.phase = Phase.NEGOTIATING;
    peer.quickFirst(77);
    peer.give();
    expect<u32>(dropCount(Drop.IKE_UNEXPECTED_STATE)).toBe(1);
    sa.phase = Phase.ESTABLISHED;
    sa.spent = true;
    peer.quickFirst(77);
    peer.give();
    expect<u32>(dropCount(Drop.IKE_UNEXPECTED_STATE)).toBe(2);
    sa.spent = false;
    sa.noteM_ID(77);
    peer.quickFirst(77);
    peer.give();
    expect<u32>(dropCount(Drop.IKE_DUPLICATE)).toBe(1);
    expect<u32>(peer.exchanges()).toBe(0);
    // A replaced SA still serves.
    sa.phase = Phase.REPLACED;
    peer.quickFirst(78);
    peer.give();
    expect<u32>(peer.exchanges()).toBe(1);
  });

  it("may begin a share of Quick Modes; for one more the peer's oldest gives way", () => {
    const sa = peer.adopt(false);
    for (let i: u32 = 0; i < 27; i++) exchangeOf(sa, QUICK, State.QUICK_R1, false, 1000 + i);
    peer.quickFirst(77);
    peer.give();
    expect<u32>(all()).toBe(0);
    expect<u32>(peer.exchanges()).toBe(28);
    peer.quickFirst(78);
    peer.give();
    expect<u32>(all()).toBe(0);
    expect<u32>(peer.exchanges()).toBe(28);
  });

  it("on the heels of Aggressive Mode's third message waits for the keys", () => {
    const sa = peer.adopt(false);
    sa.phase = Phase.NEGOTIATING;
    const ex = exchangeOf(sa, AGGRESSIVE, State.AGGR_R1, false, 0);
    sa.exchange = ex;
    peer.quickFirst(77);
    peer.give();
    expect<u32>(dropCount(Drop.IKE_UNEXPECTED_STATE)).toBe(1);
    ex.suspended = true;
    peer.quickFirst(77);
    peer.give();
    expect<u32>(exchange.packetsHeld).toBe(1);
    expect<bool>(ex.behind != null).toBe(true);
    peer.quickFirst(78);
    peer.give();
    expect<u32>(dropCount(Drop.IKE_UNEXPECTED_STATE)).toBe(2);
    ex.state = State.MAIN_R2;
    exchange.release(ex.behind);
    ex.behind = null;
    peer.quickFirst(79);
    peer.give();
    expect<u32>(dropCount(Drop.IKE_UNEXPECTED_STATE)).toBe(3);
  });

  it("of New Group Mode needs an SA that is up, its message ID, its pause, and nobody else's group in work", () => {
    const sa = peer.adopt(false);
    for (let i: u32 = 0; i < 5; i++) {
      fresh();
      const up = peer.adopt(false);
      if (i == 0) up.phase = Phase.REPLACED;
      if (i == 1) up.noteM_ID(5);
      if (i == 2) up.nextGroupAt = clock.now() + 1;
      if (i == 3) exchangeOf(up, 33, State.GROUP_R0, false, 9).jobs = exchange.Job.VALIDATE;
      if (i == 4) up.nextGroupAt = clock.now();
      peer.phase2(5);
      peer.startHashed(33, 5);
      peer.addHex(SA, OFFER);
      peer.finishHashed();
      peer.give();
      const reasons: Drop[] = [Drop.IKE_UNEXPECTED_STATE, Drop.IKE_DUPLICATE, Drop.IKE_RATE_LIMIT, Drop.IKE_RATE_LIMIT, Drop.IKE_GROUP];
      for (let k = 0; k < 4; k++) if (reasons[k] != reasons[i]) expect<u32>(dropCount(reasons[k])).toBe(0);
      if (i < 4) expect<u32>(dropCount(reasons[i])).toBe(1, i.toString());
      else expect<u32>(dropCount(Drop.IKE_UNEXPECTED_STATE) + dropCount(Drop.IKE_DUPLICATE) + dropCount(Drop.IKE_RATE_LIMIT)).toBe(0);
    }
  });
});

describe("an Informational", () => {
  it("under an SA needs its keys, a message ID, and one that is new", () => {
    peer.adopt(false);
    for (let i: u32 = 0; i < 4; i++) {
      peer.phase2(i == 0 ? 0 : 9);
      peer.startHashed(INFORMATIONAL, i == 0 ? 0 : 9);
      peer.addHex(N, "00000001" + "01000018");
      peer.finishHashed();
      if (i == 1) store<u8>(peer.out, 1);
      peer.give();
    }
    expect<u32>(dropCount(Drop.IKE_HEADER)).toBe(1);
    expect<u32>(dropCount(Drop.IKE_COOKIE)).toBe(1);
    expect<u32>(dropCount(Drop.IKE_DUPLICATE)).toBe(1);
    expect<u32>(all()).toBe(3);
    expect<u32>(exchangeCount(5, false, Fate.COMPLETED)).toBe(1);
  });

  it("in plain is for an SA of its address, in answer to our first message by our cookie alone, and well formed", () => {
    peer.begin(false);
    startPhase1(BETA, ALPHA, 0, 0);
    peer.takeCookie(true);
    peer.setCookieR(0);
    for (let i: u32 = 0; i < 4; i++) {
      peer.start(INFORMATIONAL);
      peer.addHex(N, "00000001" + "0100000e");
      if (i == 1) store<u8>(peer.out, load<u8>(peer.out) ^ 1);
      if (i == 3) store<u8>(peer.out + 31, 0xff);
      peer.give(500, 500, i == 2 ? FAR : BETA);
    }
    expect<u32>(dropCount(Drop.IKE_UNPROTECTED_NOTIFY)).toBe(1);
    expect<u32>(dropCount(Drop.IKE_COOKIE)).toBe(2);
    expect<u32>(dropCount(Drop.IKE_PAYLOAD)).toBe(1);
    expect<u32>(peer.exchanges()).toBe(1);
    // With both cookies it is looked for by both, and must come from the peer all the same.
    peer.adopt(false);
    peer.start(INFORMATIONAL);
    peer.addHex(N, "00000001" + "0100000e");
    peer.give(500, 500, FAR);
    expect<u32>(dropCount(Drop.IKE_COOKIE)).toBe(3);
  });
});
