// RFC 2408, 2.5.3: cookies that nobody else can make, bound to the parties, from secrets that change.
import * as drbg from "../../../assembly/crypto/drbg";
import * as cookies from "../../../assembly/ike/cookies";
import { Redeemed } from "../../../assembly/ike/cookies";
import * as clock from "../../../assembly/util/clock";

const CKY_I: usize = memory.data(8, 8);
const CKY_R: usize = memory.data(8, 8);
const first: usize = memory.data(8, 8);
const body: usize = memory.data(1100, 8);
const PEER: u32 = 0xc0000202;
const LOCAL: u32 = 0xc0000201;

function fill(seed: u32, len: u32): void {
  for (let i: u32 = 0; i < len; i++) store<u8>(body + i, <u8>(seed * 31 + i * 7 + (seed >>> 8)));
}

function issue(len: u32, bits: u32 = 5): bool {
  return cookies.issue(CKY_I, PEER, LOCAL, 500, 500, body, len, bits, CKY_R);
}

function look(peer: u32 = PEER, local: u32 = LOCAL, peerPort: u32 = 500, localPort: u32 = 500): Redeemed {
  return cookies.redeem(CKY_R, CKY_I, peer, local, peerPort, localPort);
}

function redeem(): bool {
  return look() == Redeemed.GOOD;
}

beforeEach(() => {
  clock.init(0, 0);
  clock.set(1000);
  drbg.seed();
  cookies.init();
  for (let i = 0; i < 8; i++) store<u8>(CKY_I + i, <u8>(i + 1));
});

describe("cookies", () => {
  test("bring the offer back octet for octet, with its flags", () => {
    for (let len: u32 = 1; len <= 1023; len += 73) {
      fill(len, len);
      for (let bits: u32 = 0; bits < 8; bits++) {
        expect(issue(len, bits)).toBe(true);
        expect(redeem()).toBe(true);
        expect(cookies.offerLen).toBe(len);
        expect(cookies.flags).toBe(bits);
        expect(memory.compare(cookies.offer, body, len)).toBe(0);
      }
    }
  });

  test("nothing and too much are no offers", () => {
    expect(issue(0)).toBe(false);
    expect(issue(1024)).toBe(false);
  });

  test("are for one pair of addresses, ports and one cookie of the initiator", () => {
    fill(1, 60);
    issue(60);
    expect(look(PEER + 1)).toBe(Redeemed.NOT_OURS);
    expect(look(PEER, LOCAL + 1)).toBe(Redeemed.NOT_OURS);
    expect(look(PEER, LOCAL, 501)).toBe(Redeemed.NOT_OURS);
    expect(look(PEER, LOCAL, 500, 4500)).toBe(Redeemed.NOT_OURS);
    store<u8>(CKY_I, 99);
    expect(redeem()).toBe(false);
    store<u8>(CKY_I, 1);
    expect(redeem()).toBe(true);
  });

  test("no bit of them may change", () => {
    fill(2, 60);
    issue(60);
    for (let bit: u32 = 0; bit < 64; bit++) {
      const p = CKY_R + (bit >>> 3);
      store<u8>(p, load<u8>(p) ^ (<u8>1 << <u8>(bit & 7)));
      expect(look()).toBe(Redeemed.NOT_OURS);
      store<u8>(p, load<u8>(p) ^ (<u8>1 << <u8>(bit & 7)));
    }
    expect(redeem()).toBe(true);
  });

  test("one before there is a secret is refused", () => {
    expect(redeem()).toBe(false);
  });

  test("grow old: good for one to two lives of a secret", () => {
    fill(3, 60);
    issue(60);
    clock.set(61500);
    expect(redeem()).toBe(true);
    clock.set(121600);
    expect(redeem()).toBe(false);
    issue(60);
    expect(redeem()).toBe(true);
    // Long quiet: nothing of before is good.
    clock.set(1000000);
    expect(redeem()).toBe(false);
  });

  test("of the same offer share its place; another offer there makes them void", () => {
    fill(4, 60);
    issue(60);
    memory.copy(first, CKY_R, 8);
    for (let i: u32 = 0; i < 100; i++) {
      fill(1000 + i, 60);
      issue(60);
    }
    memory.copy(CKY_R, first, 8);
    const kept = redeem();
    expect(kept).toBe(true, "a hundred others hardly do");
    for (let i: u32 = 0; i < 20000; i++) {
      store<u32>(body, i);
      issue(60);
    }
    memory.copy(CKY_R, first, 8);
    expect(look()).toBe(Redeemed.OFFER_GONE, "20,000 others wear it out, and the cookie still is ours");
  });

  test("of an offer that was pinned last, whatever comes", () => {
    fill(5, 60);
    cookies.pin(body, 60);
    issue(60);
    memory.copy(first, CKY_R, 8);
    for (let i: u32 = 0; i < 20000; i++) {
      store<u32>(body, i);
      issue(60);
    }
    memory.copy(CKY_R, first, 8);
    expect(redeem()).toBe(true);
    for (let i: u32 = 0; i < 3; i++) {
      fill(100 + i, 60);
      cookies.pin(body, 60);
    }
    for (let i: u32 = 0; i < 20000; i++) {
      store<u32>(body, i);
      issue(60);
    }
    memory.copy(CKY_R, first, 8);
    expect(look()).toBe(Redeemed.OFFER_GONE, "three newer ones have taken its place");
  });

  test("long offers do not wear short ones out", () => {
    fill(6, 100);
    issue(100);
    memory.copy(first, CKY_R, 8);
    for (let i: u32 = 0; i < 5000; i++) {
      store<u32>(body, i);
      issue(1000);
    }
    memory.copy(CKY_R, first, 8);
    expect(redeem()).toBe(true);
  });

  test("peers are remembered by cookie and by address, for a while, the last sixteen", () => {
    cookies.remember(PEER, CKY_I);
    expect(cookies.remembers(PEER, CKY_I)).toBe(true);
    expect(cookies.remembers(PEER, 0)).toBe(true);
    expect(cookies.remembers(PEER, CKY_R)).toBe(false);
    expect(cookies.remembers(PEER + 1, CKY_I)).toBe(false);
    clock.set(31001);
    expect(cookies.remembers(PEER, CKY_I)).toBe(false);
    cookies.remember(PEER, CKY_I);
    for (let i: u32 = 1; i <= 16; i++) cookies.remember(PEER + i, CKY_I);
    expect(cookies.remembers(PEER, CKY_I)).toBe(false);
    expect(cookies.remembers(PEER + 1, CKY_I)).toBe(true);
  });
});
