// Offered groups at their bounds (RFC 2409, 5.6): sizes to the bit, orders and generators to the number, small factors each.
import * as drbg from "../../../assembly/crypto/drbg";
import {
  NewGroupFault, newGroupAbort, newGroupBetween, newGroupBusy, newGroupExponentBytes, newGroupResult, newGroupStart, newGroupStep,
  init as newGroupInit,
} from "../../../assembly/oakley/new_group";
import { Power } from "../../../assembly/number/modexp";
import { freeWorkspace, init as workspaceInit, takeWorkspace } from "../../../assembly/number/workspace";
import { publicInRange } from "../../../assembly/oakley/dh";
import { workspaceFree } from "../number/free";
import { SAFE } from "./safe_prime";
import { fromHex } from "../crypto/bytes";

const power = new Power();
const prime: usize = memory.data(1024, 8);
const g: usize = memory.data(1024, 8);
const order: usize = memory.data(1024, 8);

/** Looks at an offer without the powers. */
function look(pLen: u32, gLen: u32, orderLen: u32): NewGroupFault {
  const fault = newGroupStart(prime, pLen, g, gLen, order, orderLen);
  if (fault == NewGroupFault.NONE) expect(newGroupBusy()).toBe(true);
  else expect(newGroupBusy() || !workspaceFree()).toBe(false);
  newGroupAbort();
  expect(workspaceFree()).toBe(true);
  return fault;
}

function whole(gLen: u32, orderLen: u32): NewGroupFault {
  const fault = newGroupStart(prime, 128, g, gLen, order, orderLen);
  if (fault) return fault;
  while (!newGroupStep()) {}
  expect(newGroupStep()).toBe(true, "the answer stays until it is taken");
  return newGroupResult();
}

/** `n` octets: all ones, so that small factors are looked for in a number of any length. */
function ones(n: u32): void {
  memory.fill(prime, 0xff, n);
}

/** p modulo r. */
function rest(n: u32, r: u32): u32 {
  let v: u32 = 0;
  for (let i: u32 = 0; i < n; i++) v = ((v << 8) | <u32>load<u8>(prime + i)) % r;
  return v;
}

beforeAll(() => {
  drbg.init();
  drbg.seed();
  workspaceInit();
  newGroupInit();
});

beforeEach(() => {
  memory.fill(g, 0, 1024);
  memory.fill(order, 0, 1024);
  fromHex(prime, SAFE);
});

describe("sizes", () => {
  test("1024 bits and no fewer, 4096 and no more; leading zeros do not count", () => {
    store<u8>(g, 2);
    expect(look(128, 1, 0)).toBe(NewGroupFault.NONE);
    store<u8>(prime, 0x7f);
    expect(look(128, 1, 0)).toBe(NewGroupFault.TOO_SHORT, "1023 bits");
    memory.fill(prime, 0, 7);
    fromHex(prime + 7, SAFE);
    expect(look(135, 1, 0)).toBe(NewGroupFault.NONE);
    expect(look(134, 1, 0)).not.toBe(NewGroupFault.NONE);
    memory.fill(prime, 0, 200);
    expect(look(200, 1, 0)).toBe(NewGroupFault.TOO_SHORT, "zero");
    ones(513);
    expect(look(513, 1, 0)).toBe(NewGroupFault.TOO_LONG);
    store<u8>(prime, 0);
    expect(look(513, 1, 0)).not.toBe(NewGroupFault.TOO_LONG, "512 octets behind a zero");
    expect(look(512, 1, 0)).not.toBe(NewGroupFault.TOO_LONG);
  });

  test("private values: longer from 2049 and from 3073 bits on", () => {
    expect(newGroupExponentBytes(1024)).toBe(32);
    expect(newGroupExponentBytes(2048)).toBe(32);
    expect(newGroupExponentBytes(2049)).toBe(40);
    expect(newGroupExponentBytes(3072)).toBe(40);
    expect(newGroupExponentBytes(3073)).toBe(44);
    expect(newGroupExponentBytes(4096)).toBe(44);
  });
});

describe("small factors", () => {
  test("each prime below 1000, of p and of q, in numbers of even and of odd length", () => {
    store<u8>(g, 2);
    let found: u32 = 0;
    for (let n: u32 = 128; n < 130; n++) {
      for (let r: u32 = 3; r < 1000; r += 2) {
        let composite = false;
        for (let d: u32 = 3; d < r; d += 2) if (r % d == 0) composite = true;
        if (composite) continue;
        for (let want: u32 = 0; want < 2; want++) {
          // A number, 3 modulo 4, with that rest, and with no other small factor in it or its half: drawn until it is one.
          let state = r * 2 + want;
          for (let draws = 0; draws < 400; draws++) {
            for (let i: u32 = 0; i < n; i++) {
              state = state * 1664525 + 1013904223;
              store<u8>(prime + i, <u8>(state >>> 24));
            }
            store<u8>(prime, load<u8>(prime) | 0x80);
            store<u8>(prime + n - 1, load<u8>(prime + n - 1) | 3);
            // By adding 4 again and again the rest comes.
            for (let k: u32 = 0; k < r && rest(n, r) != want; k++) {
              let carry: u32 = 4;
              for (let i = n; i > 0 && carry; i--) {
                carry += <u32>load<u8>(prime + i - 1);
                store<u8>(prime + i - 1, <u8>carry);
                carry >>>= 8;
              }
            }
            let others = false;
            for (let s: u32 = 3; s < r && !others; s += 2) others = rest(n, s) < 2;
            if (!others || r > 50) break;
          }
          const fault = look(n, 1, 0);
          // A smaller factor may have been found first: either answer is then right.
          if (fault == NewGroupFault.NONE) expect(r).toBe(0, "not found");
          if (r <= 50 && fault == (want ? NewGroupFault.NOT_SAFE : NewGroupFault.NOT_PRIME)) found++;
        }
      }
    }
    // 14 odd primes up to 50, two rests, two lengths.
    expect(found).toBe(56);
  });
});

describe("generators", () => {
  test("between 2 and p - 2, however long they are written", () => {
    for (let v: u8 = 0; v < 4; v++) {
      store<u8>(g + 9, v);
      expect(look(128, 10, 0)).toBe(v < 2 ? NewGroupFault.GENERATOR : NewGroupFault.NONE);
      expect(newGroupStart(prime, 128, g + 9, 1, order, 0)).toBe(v < 2 ? NewGroupFault.GENERATOR : NewGroupFault.NONE);
      newGroupAbort();
    }
    memory.fill(g, 0, 16);
    store<u8>(g, 1);
    expect(look(128, 2, 0)).toBe(NewGroupFault.NONE, "256");
    store<u8>(g, 0);
    memory.copy(g + 3, prime, 128);
    const last = load<u8>(prime + 127);
    for (let below: u8 = 0; below < 4; below++) {
      store<u8>(g + 130, last - below);
      expect(look(128, 131, 0)).toBe(below < 2 ? NewGroupFault.GENERATOR : NewGroupFault.NONE);
    }
    store<u8>(g + 130, last + 1);
    expect(look(128, 131, 0)).toBe(NewGroupFault.GENERATOR);
    store<u8>(g + 2, 1);
    expect(look(128, 131, 0)).toBe(NewGroupFault.GENERATOR, "longer than p");
    expect(look(128, 0, 0)).toBe(NewGroupFault.GENERATOR, "none");
    // The prime is as it was offered, after all this.
    store<u8>(g, 2);
    expect(look(128, 1, 0)).toBe(NewGroupFault.NONE);
  });
});

describe("orders", () => {
  test("q of a square, p - 1 of another, and no number beside them", () => {
    // 4 is a square, 2 is none.
    for (let k = 0; k < 2; k++) {
      store<u8>(g, k ? 4 : 2);
      memory.fill(order, 0, 8);
      let carry: u32 = 0;
      for (let i: u32 = 0; i < 128; i++) {
        const octet = <u32>load<u8>(prime + i);
        store<u8>(order + 4 + i, k ? (carry << 7) | (octet >>> 1) : <u8>octet);
        carry = octet & 1;
      }
      if (!k) store<u8>(order + 131, load<u8>(order + 131) - 1);
      expect(whole(1, 132)).toBe(NewGroupFault.NONE, "leading zeros do not count");
      store<u8>(order + 131, load<u8>(order + 131) ^ 1);
      expect(whole(1, 132)).toBe(NewGroupFault.ORDER);
      store<u8>(order + 131, load<u8>(order + 131) ^ 1);
      store<u8>(order + 4, load<u8>(order + 4) ^ 1);
      expect(whole(1, 132)).toBe(NewGroupFault.ORDER);
      store<u8>(order + 4, load<u8>(order + 4) ^ 1);
      expect(whole(1, 131)).toBe(NewGroupFault.ORDER, "an octet less");
    }
  });

  test("zero, and longer than p, are none", () => {
    store<u8>(g, 2);
    expect(look(128, 1, 5)).toBe(NewGroupFault.ORDER);
    memory.fill(order, 1, 129);
    expect(look(128, 1, 128)).toBe(NewGroupFault.NONE, "it is looked at when the generator is");
    expect(look(128, 1, 129)).toBe(NewGroupFault.ORDER);
  });
});

describe("a validation among other jobs", () => {
  test("does not begin while a power runs, or another holds the workspace", () => {
    store<u8>(g, 2);
    expect(power.start(prime, 128, g, 1, g, 1, false)).toBe(true);
    expect(newGroupStart(prime, 128, g, 1, order, 0)).toBe(NewGroupFault.BUSY);
    expect(newGroupBusy()).toBe(false);
    expect(power.busy).toBe(true, "it is not disturbed");
    power.abort();
    const taken = takeWorkspace();
    expect(newGroupStart(prime, 128, g, 1, order, 0)).toBe(NewGroupFault.BUSY);
    expect(newGroupBusy()).toBe(false);
    freeWorkspace(taken);
    expect(look(128, 1, 0)).toBe(NewGroupFault.NONE);
  });

  test("lets others in between two powers, and goes on when they are done", () => {
    store<u8>(g, 2);
    expect(newGroupBetween()).toBe(true);
    expect(newGroupStart(prime, 128, g, 1, order, 0)).toBe(NewGroupFault.NONE);
    expect(newGroupBetween()).toBe(false);
    while (!newGroupBetween()) newGroupStep();
    expect(workspaceFree()).toBe(true);
    store<u8>(g, 1);
    expect(newGroupStart(prime, 128, g, 1, order, 0)).toBe(NewGroupFault.BUSY, "another offer comes too early now as well");
    const taken = takeWorkspace();
    expect(taken).not.toBe(0);
    for (let i = 0; i < 3; i++) {
      expect(newGroupStep()).toBe(false);
      expect(newGroupBetween()).toBe(true);
    }
    freeWorkspace(taken);
    expect(newGroupStep()).toBe(false);
    expect(newGroupBetween()).toBe(false);
    while (!newGroupStep()) {}
    expect(newGroupBetween()).toBe(true);
    expect(newGroupResult()).toBe(NewGroupFault.NONE);
    expect(newGroupBusy()).toBe(false);
  });

  test("dropped between two powers it leaves another's job alone", () => {
    store<u8>(g, 2);
    expect(newGroupStart(prime, 128, g, 1, order, 0)).toBe(NewGroupFault.NONE);
    while (!newGroupBetween()) newGroupStep();
    expect(power.start(prime, 128, g, 1, g, 1, false)).toBe(true);
    newGroupAbort();
    expect(newGroupBusy()).toBe(false);
    expect(power.busy).toBe(true);
    power.abort();
  });
});

describe("public values", () => {
  test("2 to p - 2, of p's length, at each octet", () => {
    for (let at: u32 = 0; at < 127; at++) {
      memory.fill(g, 0, 128);
      store<u8>(g + at, 1);
      expect(publicInRange(prime, 128, g, 128)).toBe(at != 0 || load<u8>(prime) >= 1);
      memory.copy(g, prime, 128);
      store<u8>(g + at, load<u8>(g + at) + 1);
      const over = load<u8>(g + at) != 0;
      expect(publicInRange(prime, 128, g, 128)).toBe(!over);
    }
    expect(publicInRange(prime, 0, g, 0)).toBe(false);
    expect(publicInRange(prime, 128, g, 129)).toBe(false);
  });
});
