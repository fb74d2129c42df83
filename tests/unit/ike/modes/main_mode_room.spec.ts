// Main Mode when there is no room, no entropy, or no key any more: a counted drop, nothing half made, nothing lost, and the
// same message once more is taken when there is room again.
import * as drbg from "../../../../assembly/crypto/drbg";
import * as keyExchange from "../../../../assembly/ike/modes/key_exchange";
import * as keys from "../../../../assembly/ike/settings/keys";
import * as buffers from "../../../../assembly/ike/state/buffers";
import { State } from "../../../../assembly/ike/state/exchange";
import { Fate, Stat, exchangeCount, get } from "../../../../assembly/ike/state/stats";
import { startPhase1 } from "../../../../assembly/ike/upkeep/begin";
import * as upkeep from "../../../../assembly/ike/upkeep/upkeep";
import { Drop, dropCount } from "../../../../assembly/util/status";
import { toHex } from "../../crypto/bytes";
import { ALPHA, BETA } from "../../sadb/world";
import { ID_BETA, MAIN } from "../by_hand/peer";
import * as peer from "../by_hand/peer";

const BLOCKS: i32 = 128 + 96 + 24 + 4;
const held = new StaticArray<usize>(BLOCKS);
let heldCount: i32 = 0;

/** Takes all blocks but `left`. */
function fill(left: i32): void {
  heldCount = 0;
  for (let p = buffers.hold(1); p; p = buffers.hold(1)) held[heldCount++] = p;
  for (let i = 0; i < left; i++) buffers.letGo(held[--heldCount]);
}

function empty(): void {
  while (heldCount) buffers.letGo(held[--heldCount]);
}

/** Blocks that are free. */
function count(): i32 {
  fill(0);
  const n = heldCount;
  empty();
  return n;
}

function noKey(): void {
  keys.removeAddress(BETA, 0xffffffff);
}

describe("no room", () => {
  it("for the answer to a first message: nothing is kept, and the next one is answered", () => {
    peer.begin(true);
    for (let left = 0; left < 2; left++) {
      fill(left);
      peer.first();
      expect<u32>(dropCount(Drop.IKE_POOL)).toBe(left + 1);
      expect<bool>(peer.take()).toBe(false);
      expect<u32>(peer.exchanges() + peer.sas()).toBe(0);
      empty();
      expect<i32>(count()).toBe(BLOCKS);
    }
    fill(2);
    peer.first();
    expect<bool>(peer.takeOne()).toBe(true);
    empty();
  });

  it("for a third message: no value is half made, no octet is written to nowhere; the same message is taken when there is room", () => {
    peer.begin(true);
    peer.first();
    peer.takeCookie();
    const ex = peer.theExchange();
    const free = count();
    // What lies at address 0 and behind it.
    const nowhere = toHex(1, 255);
    for (let left = 0; left < 6; left++) {
      fill(left);
      peer.exchangeKeys(true);
      peer.give();
      expect<u32>(dropCount(Drop.IKE_POOL)).toBe(left + 1);
      expect<bool>(peer.take() || ex.suspended).toBe(false);
      expect<u32>(ex.jobs).toBe(0);
      expect<u32>(ex.state).toBe(State.MAIN_R1);
      // With room for all but a nonce both wait for it.
      if (left < 5) expect<usize>(ex.exponent | ex.g_xi | ex.g_xr | ex.g_xy | ex.Nr_b).toBe(0);
      else expect<bool>(ex.exponent != 0 && ex.Nr_b != 0 && ex.Ni_b == 0).toBe(true);
      empty();
      expect<i32>(count()).toBe(left < 5 ? free : free - 5);
    }
    expect<string>(toHex(1, 255)).toBe(nowhere);
    peer.exchangeKeys(true);
    peer.give();
    expect<bool>(ex.suspended).toBe(true);
    expect<bool>((load<u64>(ex.exponent) | load<u64>(ex.exponent, 8)) != 0).toBe(true);
    expect<bool>((load<u64>(ex.Nr_b) | load<u64>(ex.Nr_b, 8)) != 0).toBe(true);
    peer.settle();
    peer.takeKeys(false);
    peer.derive(peer.g_xr);
    expect<string>(toHex(peer.ours().SKEYID_a, 20)).toBe(toHex(peer.SKEYID_a, 20));
    expect<u32>(get(Stat.MODEXP)).toBe(2);
  });

  it("for our own first message, or for our values: the exchange is over, and what it held is free", () => {
    for (let left = 0; left < 2; left++) {
      peer.begin(false);
      fill(left);
      startPhase1(BETA, ALPHA, 0, 0);
      upkeep.look();
      expect<bool>(peer.take()).toBe(false);
      expect<u32>(dropCount(Drop.IKE_POOL)).toBe(1);
      expect<u32>(peer.exchanges() + peer.sas()).toBe(0);
      empty();
      expect<i32>(count()).toBe(BLOCKS);
    }
    for (let left = 0; left < 5; left++) {
      peer.begin(false);
      startPhase1(BETA, ALPHA, 0, 0);
      peer.takeCookie(true);
      fill(left);
      peer.answer();
      expect<u32>(dropCount(Drop.IKE_POOL)).toBe(1);
      expect<bool>(peer.take()).toBe(false);
      expect<u32>(peer.exchanges() + peer.sas()).toBe(0);
      expect<u32>(exchangeCount(0, true, Fate.FAILED)).toBe(1);
      empty();
      expect<i32>(count()).toBe(BLOCKS);
    }
  });
});

describe("no entropy", () => {
  it("makes no exponent and no nonce of zeros", () => {
    peer.begin(true);
    peer.first();
    const ex = peer.theExchange();
    const free = count();
    drbg.wipe();
    expect<bool>(keyExchange.beginKeyExchange(ex, 1)).toBe(false);
    expect<bool>(keyExchange.makeNonce(ex)).toBe(false);
    expect<usize>(ex.exponent | ex.g_xi | ex.g_xr | ex.g_xy | ex.Nr_b).toBe(0);
    expect<i32>(count()).toBe(free);
    // A group that does not exist has no values either.
    drbg.seed();
    expect<bool>(keyExchange.beginKeyExchange(ex, 6)).toBe(false);
    expect<bool>(keyExchange.beginKeyExchange(ex, 1)).toBe(true);
    const nonce = ex.Nr_b;
    expect<bool>(load<u64>(nonce) != 0 && load<u64>(nonce, 24) != 0).toBe(true);
    expect<u64>(load<u64>(nonce, 32)).toBe(0);
  });
});

describe("a key that is taken out of the configuration meanwhile", () => {
  it("ends an exchange whose keys would be made of it", () => {
    peer.begin(true);
    peer.first();
    peer.takeCookie();
    peer.exchangeKeys(true);
    peer.give();
    noKey();
    peer.settle();
    expect<u32>(peer.exchanges() + peer.sas()).toBe(0);
    expect<u32>(exchangeCount(0, false, Fate.FAILED)).toBe(1);
  });

  it("as initiator too: the peer is told, nothing else is sent any more, and the reason is counted", () => {
    peer.begin(false);
    startPhase1(BETA, ALPHA, 0, 0);
    peer.takeCookie(true);
    peer.answer();
    peer.settle();
    peer.takeKeys(true);
    peer.exchangeKeys(false);
    peer.give();
    noKey();
    peer.settle();
    expect<bool>(peer.take()).toBe(true);
    expect<bool>(peer.take()).toBe(false);
    expect<u32>(dropCount(Drop.IKE_NO_KEY)).toBe(1);
    expect<u32>(peer.exchanges() + peer.sas()).toBe(0);
    expect<u32>(exchangeCount(0, true, Fate.FAILED)).toBe(1);
  });

  it("lets nobody in, though his proof was right", () => {
    peer.begin(true);
    peer.toKeys();
    noKey();
    peer.start(MAIN, 1);
    peer.addIdentity(true, ID_BETA);
    peer.encrypt();
    peer.give();
    expect<u32>(dropCount(Drop.IKE_IDENTITY)).toBe(1);
    expect<u32>(peer.exchanges() + peer.sas()).toBe(0);
  });
});
