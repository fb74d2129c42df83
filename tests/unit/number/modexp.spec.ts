// Powers modulo odd numbers of every size, against doubling and adding by hand; signs, lengths, one job at a time.
import { Power } from "../../../assembly/number/modexp";
import { WORKSPACE, freeWorkspace, init, takeWorkspace } from "../../../assembly/number/workspace";
import { fromHex, toHex } from "../crypto/bytes";
import { draw, one, read, same, times } from "./by_hand";
import { random } from "./random";

const power = new Power();
const prime: usize = memory.data(1025, 8);
const base: usize = memory.data(1025, 8);
const exponent: usize = memory.data(1025, 8);
const out: usize = memory.data(1025, 8);

/** The next ones' moduli are secrets. */
let hidden: bool = false;

function start(len: u32, baseAt: usize, baseLen: u32, exponentAt: usize, exponentLen: u32): bool {
  return power.start(prime, len, baseAt, baseLen, exponentAt, exponentLen, hidden);
}

function run(len: u32, baseLen: u32, exponentLen: u32): bool {
  if (!start(len, base, baseLen, exponent, exponentLen)) return false;
  while (!power.step()) {}
  return true;
}

beforeAll(() => {
  init();
});

describe("powers", () => {
  test("modulo numbers of any size and shape, of bases less than them and not", () => {
    let wrong = 0;
    for (let len: u32 = 16; len < 36; len += 3) {
      for (let kind: u32 = 0; kind < 6; kind++) {
        hidden = kind > 2;
        draw(prime, len, kind % 3 == 2 ? 0xff : <u8>(<u32>1 << (len & 7)), kind % 3);
        for (let i: u32 = 0; i < len; i++) store<u8>(base + i, kind % 3 == 1 ? 0xff : <u8>random());
        const exponentLen: u32 = 1 + (len % 3);
        for (let i: u32 = 0; i < exponentLen; i++) store<u8>(exponent + i, kind % 3 == 0 ? (i ? 0xff : 0) : <u8>random());
        expect(run(len, len, exponentLen)).toBe(true);
        power.result(out);
        const B = times(read(base, len), one());
        let wanted = times(one(), one());
        for (let i: u32 = 0; i < exponentLen << 3; i++) {
          wanted = times(wanted, wanted);
          if ((<u32>load<u8>(exponent + (i >>> 3)) >>> (7 - (i & 7))) & 1) wanted = times(wanted, B);
        }
        if (!same(out, len, wanted)) wrong++;
      }
    }
    hidden = false;
    expect(wrong).toBe(0);
  });

  test("of 2, without a table, modulo numbers of any size and form", () => {
    for (let len: u32 = 16; len < 1025; len += 84) {
      for (let form = 0; form < 3; form++) {
        memory.fill(prime, form ? 0xff : 0x9d, len);
        hidden = form == 2;
        fromHex(exponent, "012b");
        expect(start(len, 0, 0, exponent, 2)).toBe(true);
        while (!power.step()) {}
        power.result(out);
        const wanted = toHex(out, len);
        memory.fill(base, 0, len);
        store<u8>(base + len - 1, 2);
        expect(run(len, len, 2)).toBe(true);
        power.result(out);
        expect(toHex(out, len)).toBe(wanted);
      }
    }
    hidden = false;
  });

  test("an exponent of zero gives 1, a base of no octets or of zeros gives 0", () => {
    draw(prime, 20, 0x80, 2);
    memory.fill(exponent, 0, 3);
    memory.fill(base, 7, 20);
    expect(run(20, 20, 3)).toBe(true);
    power.result(out);
    expect(toHex(out, 20)).toBe("00".repeat(19) + "01");
    store<u8>(exponent + 2, 5);
    memory.fill(base, 0, 20);
    for (let len: u32 = 0; len <= 20; len += 20) {
      expect(run(20, len, 3)).toBe(true);
      expect(power.sign()).toBe(0);
      power.result(out);
      expect(toHex(out, 20)).toBe("00".repeat(20));
    }
  });

  test("signs: 1, p - 1, neither; squares of the result", () => {
    draw(prime, 16, 0xff, 2);
    store<u8>(exponent, 1);
    const bases: i32[] = [1, 0, 2, 0, 3];
    for (let k = 0; k < 5; k++) {
      memory.fill(base, 0, 16);
      if (k == 1 || k == 3) {
        memory.copy(base, prime, 16);
        store<u8>(base + 15, load<u8>(base + 15) - (k == 1 ? 1 : 2));
      } else store<u8>(base + 15, <u8>bases[k]);
      expect(run(16, 16, 1)).toBe(true);
      expect(power.sign()).toBe(k == 0 ? 1 : k == 1 ? -1 : 0);
      expect(power.sign()).toBe(k == 0 ? 1 : k == 1 ? -1 : 0, "it may be asked twice");
      power.squareResult();
      expect(power.sign()).toBe(k < 2 ? 1 : 0);
      expect(power.busy).toBe(true);
      power.result(out);
      expect(power.busy).toBe(false);
      expect(toHex(out, 16)).toBe("00".repeat(15) + (k < 2 ? "01" : k == 4 ? "09" : "04"));
    }
    // 1 in one limb and something in another is neither.
    memory.fill(base, 0, 16);
    store<u8>(base + 15, 1);
    store<u8>(base + 3, 1);
    expect(run(16, 16, 1)).toBe(true);
    expect(power.sign()).toBe(0);
    power.abort();
    memory.copy(base, prime, 16);
    store<u8>(base + 15, load<u8>(base + 15) - 1);
    store<u8>(base + 3, load<u8>(base + 3) ^ 1);
    store<u8>(base, load<u8>(base) - 1);
    expect(run(16, 16, 1)).toBe(true);
    expect(power.sign()).toBe(0);
    power.abort();
  });

  test("lengths: 16 to 1024 octets of p, 1 to 1024 of the exponent, the base no longer than p", () => {
    memory.fill(prime, 0xff, 1025);
    memory.fill(base, 3, 1025);
    memory.fill(exponent, 0, 1025);
    // p, base, exponent, whether they are taken
    const cases: u32[][] = [
      [15, 1, 1, 0], [16, 1, 1, 1], [1024, 1024, 1024, 1], [1025, 1, 1, 0], [1024, 1025, 1, 0], [16, 16, 1, 1], [16, 17, 1, 0], [16, 1, 0, 0],
      [16, 1, 1025, 0], [16, 1, 1024, 1],
    ];
    for (let k = 0; k < 2; k++) {
      hidden = k == 1;
      for (let i = 0; i < cases.length; i++) {
        expect(start(cases[i][0], base, cases[i][1], exponent, cases[i][2])).toBe(cases[i][3] == 1);
        expect(power.busy).toBe(cases[i][3] == 1);
        power.abort();
      }
      fromHex(exponent, "02");
      expect(run(1024, 1024, 1)).toBe(true);
      power.result(out);
      // (3 * sum of 2^(8i))^2 modulo 2^8192 - 1: the middle of 9 * (1, 2, 3, ...), each octet once around: 9 * 1024 in each.
      expect(toHex(out, 16)).toBe("24".repeat(16));
      expect(toHex(out + 1008, 16)).toBe("24".repeat(16));
    }
    hidden = false;
  });

  test("even numbers and leading zeros are none", () => {
    fromHex(prime, "00ffffffffffffffffffffffffffffffff");
    expect(start(17, base, 1, exponent, 1)).toBe(false);
    expect(start(16, base, 1, exponent, 1)).toBe(false);
    fromHex(prime, "fffffffffffffffffffffffffffffffe");
    expect(start(16, base, 1, exponent, 1)).toBe(false);
  });

  test("one job at a time, and none while another holds the workspace; a dropped one gives it back, wiped", () => {
    draw(prime, 16, 0xff, 2);
    memory.fill(base, 0x5a, 16);
    memory.fill(exponent, 0xa5, 16);
    const taken = takeWorkspace();
    expect(start(16, base, 16, exponent, 16)).toBe(false);
    expect(power.busy).toBe(false);
    freeWorkspace(taken);
    for (let k = 0; k < 2; k++) {
      expect(start(16, base, 16, exponent, 16)).toBe(true);
      expect(start(16, base, 16, exponent, 16)).toBe(false);
      expect(takeWorkspace()).toBe(0);
      const other = new Power();
      expect(other.start(prime, 16, base, 16, exponent, 16, false)).toBe(false, "of whomever");
      other.abort();
      expect(power.busy).toBe(true, "and is not disturbed");
      if (k) {
        while (!power.step()) {}
        power.result(out);
      } else power.abort();
      let rest: u64 = 0;
      for (let i: usize = 0; i < WORKSPACE; i += 8) rest |= load<u64>(taken + i);
      expect(rest).toBe(0);
    }
  });
});
