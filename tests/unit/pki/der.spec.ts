import * as der from "../../../assembly/pki/der";
import { Tag } from "../../../assembly/pki/der";
import { fromHex } from "../wire/octets";

const p: usize = memory.data(512, 8);

function reads(text: string): bool {
  const len = fromHex(p, text);
  return der.read(p, p + len);
}
function wellFormed(text: string): bool {
  const len = fromHex(p, text);
  return der.wellFormed(p, p + len);
}
function small(text: string): i32 {
  return der.small(p, fromHex(p, text));
}
function bits(text: string): i32 {
  return der.bits(p, fromHex(p, text));
}
function oid(text: string): bool {
  return der.oid(p, fromHex(p, text));
}

describe("DER", () => {
  test("an element says its tag, its content and where the next begins", () => {
    expect(reads("04 02 aabb 0500")).toBe(true);
    expect<u32>(der.tag).toBe(<u32>Tag.OCTET_STRING);
    expect<usize>(der.body).toBe(p + 2);
    expect<u32>(der.len).toBe(2);
    expect<usize>(der.next).toBe(p + 4);
    expect(der.optional(der.next, p + 6, Tag.NULL)).toBe(true);
    expect(der.optional(p, p + 6, Tag.NULL)).toBe(false);
    expect(der.expect(p, p + 6, Tag.INTEGER)).toBe(false);
  });
  test("lengths are within what is around them, definite, and in their shortest form", () => {
    expect(reads("")).toBe(false);
    expect(reads("04")).toBe(false);
    expect(reads("04 01")).toBe(false);
    expect(reads("04 80 0000")).toBe(false);
    expect(reads("04 81 01 00")).toBe(false);
    expect(reads("04 82 0001 00")).toBe(false);
    expect(reads("04 84 00000001 00")).toBe(false);
    expect(reads("04 ff")).toBe(false);
    expect(reads("04 83 ffffff")).toBe(false);
    memory.fill(p, 1, 300);
    store<u8>(p, 4);
    store<u8>(p + 1, 0x81);
    store<u8>(p + 2, 0x80);
    expect(der.read(p, p + 3 + 128)).toBe(true);
    expect(der.read(p, p + 2 + 128)).toBe(false);
    store<u8>(p + 1, 0x82);
    store<u8>(p + 2, 0x01);
    store<u8>(p + 3, 0x00);
    expect(der.read(p, p + 4 + 256)).toBe(true);
    store<u8>(p + 2, 0x00);
    store<u8>(p + 3, 0xff);
    expect(der.read(p, p + 4 + 256)).toBe(false);
  });
  test("tags: no numbers above 30, and none that is 0", () => {
    expect(reads("1f 01 00")).toBe(false);
    expect(reads("00 00")).toBe(false);
  });
  test("well-formed: to the last octet, constructed where it must be", () => {
    expect(wellFormed("30 04 02 01 01 05 00")).toBe(false);
    expect(wellFormed("30 05 02 01 01 05 00")).toBe(true);
    expect(wellFormed("30 06 02 01 01 05 00")).toBe(false);
    expect(wellFormed("10 00")).toBe(false);
    expect(wellFormed("24 00")).toBe(false);
    expect(wellFormed("a0 02 05 00")).toBe(true);
    expect(wellFormed("30 03 02 02 01")).toBe(false);
  });
  test("well-formed: no deeper than 24", () => {
    for (let depth: u32 = 23; depth <= 25; depth++) {
      for (let i: u32 = 0; i < depth; i++) {
        store<u8>(p + 2 * i, 0x30);
        store<u8>(p + 2 * i + 1, <u8>(2 * (depth - 1 - i)));
      }
      expect(der.wellFormed(p, p + 2 * depth)).toBe(depth <= 24);
    }
  });
  test("integers are in the shortest form", () => {
    expect<i32>(small("00")).toBe(0);
    expect<i32>(small("7f")).toBe(127);
    expect<i32>(small("0080")).toBe(128);
    expect<i32>(small("7fffffff")).toBe(0x7fffffff);
    expect<i32>(small("0080000000")).toBe(-1);
    expect<i32>(small("80")).toBe(-1);
    expect<i32>(small("007f")).toBe(-1);
    expect<i32>(small("")).toBe(-1);
    expect(der.minimal(p, fromHex(p, "ff80"))).toBe(false);
    expect(der.minimal(p, fromHex(p, "ff7f"))).toBe(true);
  });
  test("booleans are 00 or ff", () => {
    expect<i32>(der.boolean(p, fromHex(p, "00"))).toBe(0);
    expect<i32>(der.boolean(p, fromHex(p, "ff"))).toBe(1);
    expect<i32>(der.boolean(p, fromHex(p, "01"))).toBe(-1);
    expect<i32>(der.boolean(p, fromHex(p, "ffff"))).toBe(-1);
  });
  test("named bits: the first of a string is bit 0", () => {
    expect<i32>(bits("07 80")).toBe(1);
    expect<i32>(bits("01 06")).toBe(0x60);
    expect<i32>(bits("07 0080")).toBe(0x100);
    expect<i32>(bits("00")).toBe(0);
    expect<i32>(bits("01")).toBe(-1);
    expect<i32>(bits("07 40")).toBe(-1);
    expect<i32>(bits("08 00")).toBe(-1);
    expect<i32>(bits("")).toBe(-1);
  });
  test("object identifiers are whole", () => {
    expect(oid("551d0f")).toBe(true);
    expect(oid("2a8648")).toBe(true);
    expect(oid("2a86")).toBe(false);
    expect(oid("2a8001")).toBe(false);
    expect(oid("")).toBe(false);
  });
});
