// Limbs: octets in and out, subtraction, shifts, the look-up that reads a whole table.
import { bitLength, fromBytes, lookup, shiftLeft, shifted, subtractIfNotLess, toBytes } from "../../../assembly/number/bignum";
import { fromHex, toHex } from "../crypto/bytes";

const a: usize = memory.data(64, 8);
const b: usize = memory.data(128, 8);
const c: usize = memory.data(64, 8);
const table: usize = memory.data(1024, 8);

describe("limbs", () => {
  test("bits of a number", () => {
    expect(bitLength(fromHexAt(c, "0100"), 2)).toBe(9);
    expect(bitLength(fromHexAt(c, "ff00"), 2)).toBe(16);
    expect(bitLength(fromHexAt(c, "01"), 1)).toBe(1);
  });
  test("octets in and out at every width and length", () => {
    for (let len: u32 = 1; len < 40; len++) {
      for (let i: u32 = 0; i < len; i++) store<u8>(a + i, <u8>(i * 41 + 200));
      const want = toHex(a, len);
      for (let w: u32 = 27; w <= 29; w++) {
        const n = (len * 8 + w - 1) / w + 1;
        fromBytes(b, n, w, a, len);
        toBytes(c, len + 3, b, n, w);
        if (toHex(c, len + 3) != "000000" + want) expect(toHex(c, len + 3)).toBe("000000" + want);
      }
    }
    expect(true).toBe(true);
  });
  test("subtraction, shift and table", () => {
    fromBytes(a, 4, 28, fromHexAt(c, "0100000000000000"), 8);
    fromBytes(b, 4, 28, fromHexAt(c, "00ffffffffffffff"), 8);
    subtractIfNotLess(a, b, table, 4, 28);
    toBytes(c, 8, a, 4, 28);
    expect(toHex(c, 8)).toBe("0000000000000001");
    subtractIfNotLess(a, b, table, 4, 28);
    toBytes(c, 8, a, 4, 28);
    expect(toHex(c, 8)).toBe("0000000000000001", "less stays");
    subtractIfNotLess(b, b, table, 4, 28);
    toBytes(c, 8, b, 4, 28);
    expect(toHex(c, 8)).toBe("0000000000000000");
    fromBytes(a, 4, 28, fromHexAt(c, "123456789abcdef0"), 8);
    shiftLeft(a, 3, 4, 28);
    toBytes(c, 9, a, 4, 28);
    expect(toHex(c, 9)).toBe("0091a2b3c4d5e6f780");
    for (let bits: u32 = 0; bits < 40; bits++) {
      fromBytes(a, 4, 28, fromHexAt(c, "123456789abcdef0"), 8);
      shifted(b, a, bits, 4, 28);
      for (let i: u32 = 0; i < bits; i++) shiftLeft(a, 1, 4, 28);
      expect(memory.compare(a, b, 16)).toBe(0, "by any number of bits");
    }
    for (let i: u32 = 0; i < 16; i++) for (let j: u32 = 0; j < 4; j++) store<u32>(table + <usize>((i * 4 + j) << 2), i * 100 + j);
    for (let i: u32 = 0; i < 16; i++) {
      lookup(a, table, i, b, 4);
      expect(load<u32>(a)).toBe(i * 100);
      expect(load<u32>(a, 12)).toBe(i * 100 + 3);
    }
  });
});

function fromHexAt(p: usize, text: string): usize {
  fromHex(p, text);
  return p;
}
