import * as gre from "../../../assembly/wire/gre";
import { put16 } from "../../../assembly/util/bytes";
import * as checksum from "../../../assembly/wire/checksum";
import { fromHex } from "./octets";

const p: usize = memory.data(64, 4);

function check(hex: string): u32 {
  return gre.check(p, fromHex(p, hex));
}

describe("GRE", () => {
  test("a header alone, and with a key and a sequence number", () => {
    expect<u32>(check("00000800 45000000")).toBe(4);
    expect<bool>(gre.hasKey(p)).toBe(false);
    expect<u32>(gre.protocolType(p)).toBe(gre.Inner.IPV4);
    expect<u32>(check("20000800 0000002a 45000000")).toBe(8);
    expect<bool>(gre.hasKey(p)).toBe(true);
    expect<u32>(gre.key(p)).toBe(42);
    expect<u32>(check("30000800 0000002a 00000007 45000000")).toBe(12);
    expect<u32>(check("10000800 00000007 45000000")).toBe(8);
  });

  test("a checksum is over the header and what is inside, and a wrong one is told from it; the key stands behind it", () => {
    const len = fromHex(p, "a0000800 00000000 0000002a 45000000 01020304 05");
    expect<u32>(gre.check(p, len)).toBe(0);
    put16(p + 4, checksum.compute(p, len));
    expect<u32>(gre.check(p, len)).toBe(12);
    expect<u32>(gre.key(p)).toBe(42);
    store<u8>(p + len - 1, 6);
    expect<u32>(gre.check(p, len)).toBe(0);
  });

  test("routing, strict source route, recursion and other versions are RFC 1701's, or PPTP's, and refused; other reserved bits are not looked at", () => {
    for (let i = 0; i < 16; i++) {
      fromHex(p, "00000800 00000000 00000000 00000000");
      put16(p, 1 << i);
      // Checksum, key and sequence number are known; so are bits 6 to 12, which are ignored.
      const refused = i == 14 || i == 11 || i == 10 || i < 3;
      if (i != 15) expect<bool>(gre.check(p, 16) == 0).toBe(refused, i.toString());
    }
  });

  test("too short for what its bits say", () => {
    expect<u32>(check("000008")).toBe(0);
    expect<u32>(check("20000800 000000")).toBe(0);
    expect<u32>(check("30000800 0000002a 000000")).toBe(0);
    expect<u32>(check("80000800 0000")).toBe(0);
  });

  test("ours has a key or none, and neither checksum nor number", () => {
    memory.fill(p, 0xff, 16);
    gre.emit(p, gre.Inner.IPV4, false, 7);
    expect<u32>(load<u32>(p)).toBe(0x00080000);
    expect<u32>(gre.lengthOf(false)).toBe(4);
    gre.emit(p, gre.Inner.IPV4, true, 7);
    expect<u32>(load<u32>(p)).toBe(0x00080020);
    expect<u32>(gre.lengthOf(true)).toBe(8);
    expect<u32>(gre.check(p, 8)).toBe(8);
    expect<u32>(gre.key(p)).toBe(7);
  });
});
