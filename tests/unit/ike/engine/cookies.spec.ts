// RFC 2408, 2.5.3: cookies that nobody else can make, bound to the parties, from secrets that change.
import * as drbg from "../../../../assembly/crypto/drbg";
import { Redeemed } from "../../../../assembly/ike/engine/cookies";
import * as cookies from "../../../../assembly/ike/engine/cookies";
import * as clock from "../../../../assembly/util/clock";

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
    clock.set(31000);
    expect(cookies.remembers(PEER, CKY_I)).toBe(true);
    clock.set(31001);
    expect(cookies.remembers(PEER, CKY_I)).toBe(false);
    cookies.remember(PEER, CKY_I);
    for (let i: u32 = 1; i <= 16; i++) cookies.remember(PEER + i, CKY_I);
    expect(cookies.remembers(PEER, CKY_I)).toBe(false);
    expect(cookies.remembers(PEER + 1, CKY_I)).toBe(true);
  });

  test("are made of one secret for a minute to the millisecond, and good for another one", () => {
    fill(7, 60);
    issue(60);
    memory.copy(first, CKY_R, 8);
    clock.set(60999);
    issue(60);
    expect(load<u64>(CKY_R)).toBe(load<u64>(first), "the same secret");
    clock.set(61000);
    issue(60);
    expect(load<u64>(CKY_R)).not.toBe(load<u64>(first), "the next one");
    memory.copy(CKY_R, first, 8);
    expect(redeem()).toBe(true);
    clock.set(120999);
    expect(redeem()).toBe(true);
    clock.set(121000);
    expect(look()).toBe(Redeemed.NOT_OURS);
  });

  test("after a quiet time both secrets are new: from twice a life on, not before", () => {
    for (let late: u32 = 0; late < 2; late++) {
      cookies.init();
      clock.set(1000000 * (late + 1));
      fill(8, 60);
      issue(60);
      clock.set(1000000 * (late + 1) + 119999 + late);
      expect(look()).toBe(late ? Redeemed.NOT_OURS : Redeemed.GOOD);
    }
  });

  test("of offers that lie in every place of their store, and in none beside it", () => {
    // Short ones are up to 160 octets, 768 granules of 32 for them; an offer and its length take 6, 6 and 33.
    const lengths: u32[] = [160, 161, 1023];
    const lasts: u32[] = [762, 768 + 250, 768 + 223];
    let base: usize = 0;
    for (let k = 0; k < 3; k++) {
      let lowest: usize = 0xffffffff;
      let highest: usize = 0;
      let odd: usize = 0;
      const draws: u32 = k ? 3000 : 6000;
      for (let i: u32 = 0; i < draws; i++) {
        store<u32>(body, i);
        issue(lengths[k]);
        redeem();
        lowest = min(lowest, cookies.offer);
        highest = max(highest, cookies.offer);
        odd |= cookies.offer - lowest;
      }
      if (!k) base = lowest - 2;
      expect(<u32>(odd & 31)).toBe(0);
      expect(<u32>(lowest - base)).toBe((k ? 768 * 32 : 0) + 2);
      expect(<u32>(highest - base)).toBe(lasts[k] * 32 + 2);
    }
  });

  test("of a long offer that was pinned last as well; the next long one takes its place", () => {
    fill(9, 400);
    cookies.pin(body, 400);
    issue(400);
    memory.copy(first, CKY_R, 8);
    for (let round = 0; round < 2; round++) {
      for (let i: u32 = 0; i < 3000; i++) {
        store<u32>(body, i);
        issue(400);
      }
      memory.copy(CKY_R, first, 8);
      expect(redeem()).toBe(round == 0);
      fill(99, 400);
      cookies.pin(body, 400);
    }
  });

  test("pinned twice, an offer takes one place; too short and too long ones none", () => {
    fill(10, 60);
    cookies.pin(body, 60);
    issue(60);
    memory.copy(first, CKY_R, 8);
    cookies.pin(body, 0);
    cookies.pin(body, 1024);
    for (let i: u32 = 0; i < 2; i++) {
      fill(200 + i, 60);
      // Three times each: three places would be gone with the first.
      for (let k = 0; k < 3; k++) cookies.pin(body, 60);
    }
    for (let i: u32 = 0; i < 20000; i++) {
      store<u32>(body, i);
      issue(60);
    }
    memory.copy(CKY_R, first, 8);
    expect(redeem()).toBe(true);
  });
});
