// Powers with a public exponent against doubling and adding by hand; lengths; one job at a time.
import { PublicPower } from "../../../assembly/number/public_power";
import { freeWorkspace, init, takeWorkspace } from "../../../assembly/number/workspace";
import { fromHex, toHex } from "../crypto/bytes";
import { draw, one, read, same, times } from "./by_hand";
import { random } from "./random";

const power = new PublicPower();
const prime: usize = memory.data(1025, 8);
const base: usize = memory.data(1025, 8);
const exponent: usize = memory.data(1025, 8);
const out: usize = memory.data(1025, 8);

beforeAll(() => {
  init();
});

describe("powers with a public exponent", () => {
  test("of any size and shape", () => {
    let wrong = 0;
    for (let len: u32 = 16; len < 36; len += 3) {
      for (let kind: u32 = 0; kind < 9; kind++) {
        draw(prime, len, kind % 3 == 2 ? 0xff : <u8>(<u32>1 << (len & 7)), kind % 3);
        for (let i: u32 = 0; i < len; i++) store<u8>(base + i, kind < 3 ? 0xff : <u8>random());
        const eLen = fromHex(exponent, kind < 3 ? "01" : kind < 5 ? "03" : kind < 7 ? "00010001" : "00fffffffffffffffb");
        expect(power.start(prime, len, base, len, exponent, eLen)).toBe(true);
        while (!power.step()) {}
        power.result(out);
        const B = times(read(base, len), one());
        let wanted = one();
        for (let i: u32 = 0; i < eLen << 3; i++) {
          wanted = times(wanted, wanted);
          if ((<u32>load<u8>(exponent + (i >>> 3)) >>> (7 - (i & 7))) & 1) wanted = times(wanted, B);
        }
        if (!same(out, len, wanted)) wrong++;
      }
    }
    expect(wrong).toBe(0);
  });

  test("numbers that are none are not taken", () => {
    memory.fill(prime, 0xff, 1025);
    memory.fill(base, 3, 1025);
    memory.fill(exponent, 1, 1025);
    expect(power.start(prime, 15, base, 1, exponent, 1)).toBe(false);
    expect(power.start(prime, 1025, base, 1, exponent, 1)).toBe(false);
    expect(power.start(prime, 16, base, 17, exponent, 1)).toBe(false);
    expect(power.start(prime, 16, base, 1, exponent, 0)).toBe(false);
    expect(power.start(prime, 16, base, 1, exponent, 17)).toBe(false);
    memory.fill(exponent, 0, 8);
    expect(power.start(prime, 16, base, 1, exponent, 8)).toBe(false, "an exponent of 0");
    store<u8>(exponent + 7, 3);
    store<u8>(prime + 15, 0xfe);
    expect(power.start(prime, 16, base, 1, exponent, 8)).toBe(false, "an even modulus");
    store<u8>(prime + 15, 0xff);
    store<u8>(prime, 0);
    expect(power.start(prime, 16, base, 1, exponent, 8)).toBe(false, "a leading zero");
    store<u8>(prime, 1);
    const taken = takeWorkspace();
    expect(power.start(prime, 16, base, 1, exponent, 8)).toBe(false, "another job runs");
    freeWorkspace(taken);
    expect(power.start(prime, 16, base, 1, exponent, 8)).toBe(true);
    expect(power.start(prime, 16, base, 1, exponent, 8)).toBe(false);
    expect(takeWorkspace()).toBe(0);
    power.abort();
    expect(power.busy).toBe(false);
    expect(power.start(prime, 16, base, 0, exponent, 8)).toBe(true);
    while (!power.step()) {}
    power.result(out);
    expect(toHex(out, 16)).toBe("00".repeat(16), "no octets are 0");
  });
});
