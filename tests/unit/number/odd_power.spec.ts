// Arithmetic and powers modulo odd numbers of every size, against doubling and adding by hand; signs, lengths, one job at a time.
import { Modulus, MODULUS_NUMBERS } from "../../../assembly/number/odd_modulus";
import * as power from "../../../assembly/number/odd_power";
import { freeWorkspace, takeWorkspace } from "../../../assembly/number/workspace";
import { fromHex, toHex } from "../crypto/bytes";
import { random } from "./random";

/** Digits of 16 bits, the least significant first, that numbers by hand have. */
const DIGITS: i32 = 20;
const P = new StaticArray<u32>(DIGITS);
const space: usize = memory.data(4096, 8);
const prime: usize = memory.data(600, 8);
const base: usize = memory.data(600, 8);
const exponent: usize = memory.data(600, 8);
const out: usize = memory.data(600, 8);

function read(p: usize, len: u32): StaticArray<u32> {
  const x = new StaticArray<u32>(DIGITS);
  for (let i: u32 = 0; i < len; i++) x[i >>> 1] |= <u32>load<u8>(p + (len - 1 - i)) << ((i & 1) << 3);
  return x;
}

/** x := x - P where it is not less. */
function less(x: StaticArray<u32>): void {
  for (let i = DIGITS - 1; i >= 0; i--) {
    if (x[i] < P[i]) return;
    if (x[i] > P[i]) break;
  }
  let borrow: u32 = 0;
  for (let i = 0; i < DIGITS; i++) {
    const d = x[i] - P[i] - borrow;
    x[i] = d & 0xffff;
    borrow = d >>> 31;
  }
}

/** x := x + y mod P. */
function plus(x: StaticArray<u32>, y: StaticArray<u32>): void {
  let carry: u32 = 0;
  for (let i = 0; i < DIGITS; i++) {
    const s = x[i] + y[i] + carry;
    x[i] = s & 0xffff;
    carry = s >>> 16;
  }
  less(x);
}

/** y mod P times x mod P. */
function times(x: StaticArray<u32>, y: StaticArray<u32>): StaticArray<u32> {
  const r = new StaticArray<u32>(DIGITS);
  for (let i = DIGITS * 16 - 1; i >= 0; i--) {
    plus(r, r);
    if ((x[i >> 4] >>> (i & 15)) & 1) plus(r, y);
  }
  return r;
}

function same(p: usize, len: u32, x: StaticArray<u32>): bool {
  const y = read(p, len);
  for (let i = 0; i < DIGITS; i++) if (x[i] != y[i]) return false;
  return true;
}

function zero(x: StaticArray<u32>): bool {
  for (let i = 0; i < DIGITS; i++) if (x[i]) return false;
  return true;
}

/** A modulus of `len` octets whose first is `first`: kind 0 ends in ones, 1 in zeros and a one, others are drawn. Odd. */
function draw(len: u32, first: u8, kind: u32): void {
  for (let i: u32 = 0; i < len; i++) store<u8>(prime + i, kind == 0 ? 0xff : kind == 1 ? 0 : <u8>random());
  store<u8>(prime, first);
  store<u8>(prime + len - 1, load<u8>(prime + len - 1) | 1);
  const p = read(prime, len);
  for (let i = 0; i < DIGITS; i++) P[i] = p[i];
}

function bitsOf(len: u32): u32 {
  return (len << 3) - (<u32>clz<u32>(<u32>load<u8>(prime)) - 24);
}

function run(len: u32, baseLen: u32, exponentLen: u32): bool {
  if (!power.powerStart(prime, len, base, baseLen, exponent, exponentLen)) return false;
  while (!power.powerStep()) {}
  return true;
}

beforeAll(() => {
  power.init();
});

describe("an odd modulus of many limbs", () => {
  test("products, squares, sums and differences of numbers less than it and not", () => {
    let wrong = 0;
    const m = new Modulus();
    for (let len: u32 = 16; len < 39; len += 5) {
      for (let kind: u32 = 0; kind < 6; kind++) {
        draw(len, kind & 1 ? 0xff : <u8>(<u32>1 << (random() & 7)), kind >> 1);
        const bits = bitsOf(len);
        const w: u32 = 28;
        const n = ((bits + 2 * w + 20 + w - 1) / w + 1) & ~1;
        m.set(space, prime, len, bits, n, w, true);
        const s = m.stride;
        const x = space + <usize>MODULUS_NUMBERS * s;
        const y = x + s;
        const z = y + s;
        const scratch = z + s;
        for (let round = 0; round < 3; round++) {
          for (let i: u32 = 0; i < len; i++) store<u8>(base + i, round == 0 ? 0xff : <u8>random());
          for (let i: u32 = 0; i < len; i++) store<u8>(exponent + i, round == 1 ? 0xff : <u8>random());
          if (round == 2) memory.copy(base, prime, len);
          m.enter(x, base, len);
          m.enter(y, exponent, len);
          // What exceeds P goes by doubling and adding as well.
          const one = new StaticArray<u32>(DIGITS);
          one[0] = 1;
          const X = times(read(base, len), one);
          const Y = times(read(exponent, len), one);
          m.write(out, len, x, scratch);
          if (!same(out, len, X)) wrong++;
          if (m.isZero(x, scratch) != zero(X) || (round == 2 && !zero(X))) wrong++;
          m.multiply(z, x, y);
          m.write(out, len, z, scratch);
          if (!same(out, len, times(X, Y))) wrong++;
          m.squareOf(z, y);
          m.write(out, len, z, scratch);
          if (!same(out, len, times(Y, Y))) wrong++;
          m.add(z, x, y);
          m.write(out, len, z, scratch);
          const sum = times(X, one);
          plus(sum, Y);
          if (!same(out, len, sum)) wrong++;
          // x - y and y are x again, narrow and wide.
          for (let k = 0; k < 2; k++) {
            if (k) m.subtractWide(z, x, y);
            else m.subtract(z, x, y);
            m.multiply(z, z, m.one);
            m.add(z, z, y);
            m.write(out, len, z, scratch);
            if (!same(out, len, X)) wrong++;
          }
          m.subtract(z, x, x);
          if (!m.isZero(z, scratch)) wrong++;
          m.subtractWide(z, y, y);
          m.write(out, len, z, scratch);
          if (!same(out, len, new StaticArray<u32>(DIGITS))) wrong++;
        }
        m.write(out, len, m.one, scratch);
        const one = new StaticArray<u32>(DIGITS);
        one[0] = 1;
        if (!same(out, len, one)) wrong++;
      }
    }
    expect(wrong).toBe(0);
  });
});

describe("powers", () => {
  test("modulo numbers of any size and shape, of bases less than them and not", () => {
    let wrong = 0;
    for (let len: u32 = 16; len < 36; len += 3) {
      for (let kind: u32 = 0; kind < 3; kind++) {
        draw(len, kind == 2 ? 0xff : <u8>(<u32>1 << (len & 7)), kind);
        for (let i: u32 = 0; i < len; i++) store<u8>(base + i, kind == 1 ? 0xff : <u8>random());
        const exponentLen: u32 = 1 + (len % 3);
        for (let i: u32 = 0; i < exponentLen; i++) store<u8>(exponent + i, kind == 0 ? (i ? 0xff : 0) : <u8>random());
        expect(run(len, len, exponentLen)).toBe(true);
        power.powerResult(out);
        const one = new StaticArray<u32>(DIGITS);
        one[0] = 1;
        const B = times(read(base, len), one);
        let wanted = times(one, one);
        for (let i: u32 = 0; i < exponentLen << 3; i++) {
          wanted = times(wanted, wanted);
          if ((<u32>load<u8>(exponent + (i >>> 3)) >>> (7 - (i & 7))) & 1) wanted = times(wanted, B);
        }
        if (!same(out, len, wanted)) wrong++;
      }
    }
    expect(wrong).toBe(0);
  });

  test("an exponent of zero gives 1, a base of no octets or of zeros gives 0", () => {
    draw(20, 0x80, 2);
    memory.fill(exponent, 0, 3);
    memory.fill(base, 7, 20);
    expect(run(20, 20, 3)).toBe(true);
    power.powerResult(out);
    expect(toHex(out, 20)).toBe("00".repeat(19) + "01");
    store<u8>(exponent + 2, 5);
    memory.fill(base, 0, 20);
    for (let len: u32 = 0; len <= 20; len += 20) {
      expect(run(20, len, 3)).toBe(true);
      expect(power.powerSign()).toBe(0);
      power.powerResult(out);
      expect(toHex(out, 20)).toBe("00".repeat(20));
    }
  });

  test("signs: 1, p - 1, neither; squares of the result", () => {
    draw(16, 0xff, 2);
    store<u8>(exponent, 1);
    const bases: i32[] = [1, 0, 2, 0, 3];
    for (let k = 0; k < 5; k++) {
      memory.fill(base, 0, 16);
      if (k == 1 || k == 3) {
        memory.copy(base, prime, 16);
        store<u8>(base + 15, load<u8>(base + 15) - (k == 1 ? 1 : 2));
      } else store<u8>(base + 15, <u8>bases[k]);
      expect(run(16, 16, 1)).toBe(true);
      expect(power.powerSign()).toBe(k == 0 ? 1 : k == 1 ? -1 : 0);
      expect(power.powerSign()).toBe(k == 0 ? 1 : k == 1 ? -1 : 0, "it may be asked twice");
      power.powerSquare();
      expect(power.powerSign()).toBe(k < 2 ? 1 : 0);
      expect(power.powerBusy()).toBe(true);
      power.powerResult(out);
      expect(power.powerBusy()).toBe(false);
      expect(toHex(out, 16)).toBe("00".repeat(15) + (k < 2 ? "01" : k == 4 ? "09" : "04"));
    }
    // 1 in one limb and something in another is neither.
    memory.fill(base, 0, 16);
    store<u8>(base + 15, 1);
    store<u8>(base + 3, 1);
    expect(run(16, 16, 1)).toBe(true);
    expect(power.powerSign()).toBe(0);
    power.powerAbort();
    memory.copy(base, prime, 16);
    store<u8>(base + 15, load<u8>(base + 15) - 1);
    store<u8>(base + 3, load<u8>(base + 3) ^ 1);
    store<u8>(base, load<u8>(base) - 1);
    expect(run(16, 16, 1)).toBe(true);
    expect(power.powerSign()).toBe(0);
    power.powerAbort();
  });

  test("lengths: 16 to 512 octets of p, 1 to 512 of the exponent, the base no longer than p", () => {
    memory.fill(prime, 0xff, 513);
    memory.fill(base, 3, 513);
    memory.fill(exponent, 0, 513);
    // p, base, exponent, whether they are taken
    const cases: u32[][] = [[15, 1, 1, 0], [16, 1, 1, 1], [512, 512, 512, 1], [513, 1, 1, 0], [512, 513, 1, 0], [16, 16, 1, 1], [16, 17, 1, 0], [16, 1, 0, 0], [16, 1, 513, 0], [16, 1, 512, 1]];
    for (let i = 0; i < cases.length; i++) {
      expect(power.powerStart(prime, cases[i][0], base, cases[i][1], exponent, cases[i][2])).toBe(cases[i][3] == 1);
      expect(power.powerBusy()).toBe(cases[i][3] == 1);
      power.powerAbort();
    }
    fromHex(exponent, "02");
    expect(run(512, 512, 1)).toBe(true);
    power.powerResult(out);
    // (3 * sum of 2^(8i))^2 modulo 2^4096 - 1: the middle of 9 * (1, 2, 3, ...), each octet once around: 9 * 512 in each.
    expect(toHex(out, 16)).toBe("12".repeat(16));
    expect(toHex(out + 496, 16)).toBe("12".repeat(16));
  });

  test("one job at a time, and none while another holds the workspace; a dropped one gives it back, wiped", () => {
    draw(16, 0xff, 2);
    memory.fill(base, 0x5a, 16);
    memory.fill(exponent, 0xa5, 16);
    const taken = takeWorkspace();
    expect(power.powerStart(prime, 16, base, 16, exponent, 16)).toBe(false);
    expect(power.powerBusy()).toBe(false);
    freeWorkspace(taken);
    for (let k = 0; k < 2; k++) {
      expect(power.powerStart(prime, 16, base, 16, exponent, 16)).toBe(true);
      expect(power.powerStart(prime, 16, base, 16, exponent, 16)).toBe(false);
      expect(takeWorkspace()).toBe(0);
      if (k) {
        while (!power.powerStep()) {}
        power.powerResult(out);
      } else power.powerAbort();
      let rest: u64 = 0;
      for (let i: usize = 0; i < 16000; i += 8) rest |= load<u64>(taken + i);
      expect(rest).toBe(0);
    }
  });
});
