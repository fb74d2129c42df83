// RFC 1071, 3: the sum of 00 01 f2 03 f4 f5 f6 f7 is ddf2.
import * as checksum from "../../../assembly/wire/checksum";
import { fromHex } from "./octets";

const p: usize = memory.data(2048, 16);

/** RFC 1071's own words, a byte pair at a time. */
function plain(p: usize, len: u32): u32 {
  let sum: u32 = 0;
  for (let i: u32 = 0; i < len; i++) sum += <u32>load<u8>(p + i) << (i & 1 ? 0 : 8);
  while (sum >>> 16) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

describe("the internet checksum", () => {
  test("RFC 1071's example", () => {
    const len = fromHex(p, "0001f203f4f5f6f7");
    expect<u32>(checksum.compute(p, len)).toBe(<u32>(~0xddf2 & 0xffff));
  });
  test("every length and alignment as the definition", () => {
    for (let i: u32 = 0; i < 2048; i++) store<u8>(p + i, <u8>(i * 167 + (i >>> 3) * 91 + 250));
    for (let at: u32 = 0; at < 4; at++) {
      for (let len: u32 = 0; len < 80; len++) expect<u32>(checksum.compute(p + at, len)).toBe(plain(p + at, len));
    }
    expect<u32>(checksum.compute(p, 2048)).toBe(plain(p, 2048));
  });
  test("octets of ones do not overflow", () => {
    memory.fill(p, 0xff, 2048);
    expect<u32>(checksum.compute(p, 2047)).toBe(plain(p, 2047));
  });
  test("in parts", () => {
    const len = fromHex(p, "0001f203f4f5f6f7a1");
    expect<u32>(checksum.fold(checksum.add(p, 4) + checksum.add(p + 4, 5))).toBe(checksum.compute(p, len));
  });
  test("updated (RFC 1624) equals afresh", () => {
    for (let i: u32 = 0; i < 600; i++) {
      fromHex(p, "4500003cabcd40004006000000000000");
      store<u8>(p, <u8>(i * 31), 8);
      store<u8>(p, <u8>(i * 7), 9);
      const before = checksum.compute(p, 16);
      const word = (<u32>load<u8>(p, 8) << 8) | <u32>load<u8>(p, 9);
      const after = (word + 0xff00 + i * 3) & 0xffff;
      store<u8>(p, <u8>(after >>> 8), 8);
      store<u8>(p, <u8>after, 9);
      expect<u32>(checksum.updated(before, word, after)).toBe(checksum.compute(p, 16));
    }
  });
  test("the pseudo header of RFC 768", () => {
    fromHex(p, "0a010203c0a8fefd00110123");
    expect<u32>(checksum.fold(checksum.pseudo(0x0a010203, 0xc0a8fefd, 17, 0x123))).toBe(checksum.compute(p, 12));
  });
});
