// Groups that a peer offers (RFC 2409, 5.6): group 2 of RFC 2409 is one that must pass; each kind of refusal.
import * as drbg from "../../../assembly/crypto/drbg";
import { Group, groupById } from "../../../assembly/oakley/groups";
import {
  NewGroupFault, newGroupAbort, newGroupBusy, newGroupExponentBytes, newGroupFaultName, newGroupResult,
  newGroupStart, newGroupStep, init as newGroupInit,
} from "../../../assembly/oakley/new_group";
import { init as workspaceInit } from "../../../assembly/number/workspace";
import { publicInRange } from "../../../assembly/oakley/dh";
import { workspaceFree } from "../number/free";
import { SAFE } from "./safe_prime";
import { fromHex } from "../crypto/bytes";

const prime: usize = memory.data(1024, 8);
const g: usize = memory.data(1024, 8);
const order: usize = memory.data(1024, 8);
const expected: usize = memory.data(1024, 8);

/** Safe prime of 129 octets, and what to add to it for a number whose only prime below 1000 that divides it, or its half, is the one named. */
const ODD =
  "ea32446abe9c4c2a3a7ddedc765191498b0dd58719ae19330dab3f83ef08394c2edccac55a38664754bdebbbd980568b84b8ed7a4db74af315ccd34e51d82126" +
  "65873e7f7be942e2a3f22f95e900eceb5220438e377a92fdf6cb8aee7ab51c5b6f24fdd3fe06a861b31cc0a55ad8876373772d9d915a5ac06401b38840bb649f33";
const DIVIDED_BY_3: u32 = 568;
const DIVIDED_BY_31: u32 = 14364;
const DIVIDED_BY_997: u32 = 1150920;
const HALF_DIVIDED_BY_997: u32 = 144948;
/** A prime whose half is composite, without small factors. */
const UNSAFE =
  "dadc15340685a6b73d9c0ca39b068ab85de36566b9cc8b9c3c011f711d4ad2c792761dca552959ba58d7011b2cfe51961424a60bd82f52025401a37932afa89b" +
  "d6d9bfedc96d137549170611ac6fece159efa5949bfca2555abf7aae5c896d7c415d7d86021f47d1a56e90aa29d41c023a7a2f3ffd4386a026a9534c5decba3b";

function offer(pLen: u32, gLen: u32, orderLen: u32): NewGroupFault {
  const fault = newGroupStart(prime, pLen, g, gLen, order, orderLen);
  if (fault) return fault;
  while (!newGroupStep()) {}
  return newGroupResult();
}

beforeAll(() => {
  drbg.init();
  drbg.seed();
  workspaceInit();
  newGroupInit();
});

describe("offered groups", () => {
  test("group 2 and a drawn safe prime are taken", () => {
    (groupById(2) as Group).prime(prime);
    store<u8>(g, 2);
    expect(offer(128, 1, 0)).toBe(NewGroupFault.NONE);
    fromHex(prime, SAFE);
    expect(offer(128, 1, 0)).toBe(NewGroupFault.NONE);
    // 2 is no square: its order is p - 1.
    memory.copy(order, prime, 128);
    store<u8>(order + 127, load<u8>(order + 127) - 1);
    expect(offer(128, 1, 128)).toBe(NewGroupFault.NONE);
    store<u8>(g, 4);
    expect(offer(128, 1, 128)).toBe(NewGroupFault.ORDER);
  });
  test("a prime whose half is composite, a composite, an even number", () => {
    store<u8>(g, 2);
    fromHex(prime, UNSAFE);
    expect(offer(128, 1, 0)).toBe(NewGroupFault.NOT_SAFE);
    store<u8>(prime + 127, load<u8>(prime + 127) - 1);
    expect(offer(128, 1, 0)).toBe(NewGroupFault.NOT_PRIME);
    store<u8>(prime + 127, load<u8>(prime + 127) - 1);
    expect(offer(128, 1, 0)).toBe(NewGroupFault.NOT_SAFE, "1 modulo 4");
  });
  test("sizes and generators", () => {
    fromHex(prime, SAFE);
    expect(offer(127, 1, 0)).toBe(NewGroupFault.TOO_SHORT);
    expect(offer(513, 1, 0)).toBe(NewGroupFault.TOO_LONG);
    for (let i: u32 = 0; i < 4; i++) {
      // Nothing but zeros, whatever comes behind them.
      memory.fill(prime, 0, 256);
      memory.fill(prime + 128, <u8>i * 85, 128);
      expect(offer(i ? 128 : 0, 1, 0)).toBe(NewGroupFault.TOO_SHORT, "a prime of zeros");
    }
    fromHex(prime, SAFE);
    memory.copy(prime + 3, prime, 128);
    memory.fill(prime, 0, 3);
    store<u8>(g, 2);
    expect(offer(131, 1, 0)).toBe(NewGroupFault.NONE, "leading zeros");
    store<u8>(prime + 3, load<u8>(prime + 3) & 0x7f);
    expect(offer(131, 1, 0)).toBe(NewGroupFault.TOO_SHORT, "1023 bits");
    fromHex(prime, SAFE);
    store<u8>(g, 1);
    expect(offer(128, 1, 0)).toBe(NewGroupFault.GENERATOR);
    expect(offer(128, 0, 0)).toBe(NewGroupFault.GENERATOR);
    memory.copy(g, prime, 128);
    expect(offer(128, 128, 0)).toBe(NewGroupFault.GENERATOR);
    store<u8>(g + 127, load<u8>(g + 127) - 1);
    expect(offer(128, 128, 0)).toBe(NewGroupFault.GENERATOR);
    store<u8>(g + 127, load<u8>(g + 127) - 1);
    expect(offer(128, 128, 0)).toBe(NewGroupFault.NONE, "p - 2");
    expect(newGroupBusy()).toBe(false);
  });
  test("an order is taken with all of its octets, and no other", () => {
    fromHex(prime, SAFE);
    for (let square = 0; square < 2; square++) {
      // 4 is a square, of order q = (p - 1) / 2; 2 is none, of order p - 1.
      store<u8>(g, square ? 4 : 2);
      memory.copy(order, prime, 128);
      store<u8>(order + 127, load<u8>(order + 127) - 1);
      if (square) {
        for (let i: usize = 127; i > 0; i--) store<u8>(order + i, (load<u8>(order + i) >>> 1) | (load<u8>(order + i - 1) << 7));
        store<u8>(order, load<u8>(order) >>> 1);
      }
      expect(offer(128, 1, 128)).toBe(NewGroupFault.NONE);
      for (let i: usize = 0; i < 3; i++) {
        const at = order + (i == 0 ? 0 : i == 1 ? 64 : 127);
        store<u8>(at, load<u8>(at) + 1);
        expect(offer(128, 1, 128)).toBe(NewGroupFault.ORDER, `octet ${at - order}`);
        store<u8>(at, load<u8>(at) - 1);
      }
      expect(offer(128, 1, 127)).toBe(NewGroupFault.ORDER, "its last octet missing");
      // The last two octets alone, which end as p - 1 does.
      memory.copy(expected, order, 128);
      store<u16>(order, load<u16>(order + 126));
      expect(offer(128, 1, 2)).toBe(NewGroupFault.ORDER, "its end alone");
      memory.copy(order, expected, 128);
      expect(offer(128, 1, 128)).toBe(NewGroupFault.NONE);
    }
  });
  test("small factors are seen before any power, in an odd number of octets too", () => {
    const ADDED: StaticArray<u32> = [DIVIDED_BY_3, DIVIDED_BY_31, DIVIDED_BY_997, HALF_DIVIDED_BY_997];
    for (let i = 0; i < 4; i++) {
      fromHex(prime, ODD);
      store<u32>(prime + 125, bswap<u32>(bswap<u32>(load<u32>(prime + 125)) + ADDED[i]));
      expect(newGroupStart(prime, 129, g, 1, order, 0)).toBe(i == 3 ? NewGroupFault.NOT_SAFE : NewGroupFault.NOT_PRIME);
      expect(newGroupBusy()).toBe(false);
    }
    fromHex(prime, ODD);
    store<u8>(g, 2);
    expect(offer(129, 1, 0)).toBe(NewGroupFault.NONE);
  });
  test("one at a time; a dropped one leaves nothing", () => {
    fromHex(prime, SAFE);
    store<u8>(g, 2);
    expect(newGroupStart(prime, 128, g, 1, order, 0)).toBe(NewGroupFault.NONE);
    expect(newGroupStart(prime, 128, g, 1, order, 0)).toBe(NewGroupFault.BUSY);
    expect(newGroupBusy() && !workspaceFree()).toBe(true);
    newGroupAbort();
    newGroupAbort();
    expect(newGroupBusy() || !workspaceFree()).toBe(false);
  });
  test("private values: twice the strength, as in the known groups", () => {
    const IDS: StaticArray<u32> = [2, 5, 14, 15, 16];
    for (let i = 0; i < 5; i++) {
      const known = groupById(IDS[i]) as Group;
      expect(newGroupExponentBytes(known.bits)).toBe(known.exponentBytes);
    }
  });
  test("every fault has words", () => {
    for (let f: u32 = 0; f <= <u32>NewGroupFault.NO_ENTROPY; f++) expect(newGroupFaultName(f) == "unknown fault").toBe(false);
    expect(newGroupFaultName(99)).toBe("unknown fault");
  });
});

describe("in a group of a peer's", () => {
  test("public values: 2 <= y <= p - 2", () => {
    fromHex(prime, SAFE);
    memory.fill(g, 0, 128);
    expect(publicInRange(prime, 128, g, 128)).toBe(false);
    store<u8>(g + 127, 1);
    expect(publicInRange(prime, 128, g, 128)).toBe(false);
    store<u8>(g + 127, 2);
    expect(publicInRange(prime, 128, g, 128)).toBe(true);
    expect(publicInRange(prime, 128, g + 1, 127)).toBe(false);
    memory.copy(g, prime, 128);
    expect(publicInRange(prime, 128, g, 128)).toBe(false);
    store<u8>(g + 127, load<u8>(g + 127) - 1);
    expect(publicInRange(prime, 128, g, 128)).toBe(false);
    store<u8>(g + 127, load<u8>(g + 127) - 1);
    expect(publicInRange(prime, 128, g, 128)).toBe(true);
  });
});
