import * as names from "../../../assembly/pki/name";
import { Text } from "../../../assembly/util/text";
import { fromHex } from "../wire/octets";

const a: usize = memory.data(256, 8);
const b: usize = memory.data(256, 8);
const text = new Text(256);

// C=CH, O=Te st, CN=a
const FULL = "301f 310b 3009 0603550406 1302 4348 310e 300c 060355040a 0c05 5465207374 3100";
const DN = "302b 310b 3009 0603550406 13024348 310e 300c 060355040a 0c055465207374 310c 300a 0603550403 0c0361 6263";
const FOLDED = "302d 310b 3009 0603550406 0c024368 3110 300e 060355040a 13075445202073 5420 310c 300a 0603550403 0c03414243";
const ABOVE = "301d 310b 3009 0603550406 13024348 310e 300c 060355040a 0c055465207374";

// No element in the SET; one that is longer than it; an attribute without a value; octets behind an attribute; one that ends too soon.
const NONE: string[] = [
  "3004 3102 0000", "3005 3103 300506", "3009 3107 3005 0603550406", "3011 310f 3009 0603550406 13024348 00000000", "3005 3104 300506",
];

function equal(x: string, y: string): bool {
  const xLen = fromHex(a, x);
  const yLen = fromHex(b, y);
  return names.equal(a, xLen, b, yLen);
}
function check(x: string): bool {
  return names.check(a, fromHex(a, x));
}
function written(x: string, limit: u32): string {
  names.write(text.clear(), a, fromHex(a, x), limit);
  return String.UTF8.decodeUnsafe(text.base, text.len);
}

describe("names", () => {
  test("are SEQUENCEs of SETs of types and values", () => {
    expect(check(DN)).toBe(true);
    expect(check(FOLDED)).toBe(true);
    expect(check("3000")).toBe(true);
    expect(check(FULL)).toBe(false);
    expect(check("3002 3100")).toBe(false);
    expect(check("3002 0500")).toBe(false);
    expect(check("3100")).toBe(false);
  });
  test("are the same when folded, RDN by RDN", () => {
    expect(equal(DN, FOLDED)).toBe(true);
    expect(equal(DN, ABOVE)).toBe(false);
    expect(equal(ABOVE, DN)).toBe(false);
    expect(equal("3000", "3000")).toBe(true);
    expect(equal("3000", DN)).toBe(false);
  });
  test("that are none are the same as nothing, and a comparison comes to its end", () => {
    for (let i = 0; i < NONE.length; i++) {
      expect(check(NONE[i])).toBe(false);
      expect(equal(DN, NONE[i])).toBe(false);
      expect(equal(NONE[i], DN)).toBe(false);
      const aLen = fromHex(a, DN);
      const bLen = fromHex(b, NONE[i]);
      expect(names.within(a, aLen, b, bLen)).toBe(false);
      expect(names.within(b, bLen, a, aLen)).toBe(false);
    }
  });
  test("lie below the names that they begin with", () => {
    let aLen = fromHex(a, FOLDED);
    let bLen = fromHex(b, ABOVE);
    expect(names.within(a, aLen, b, bLen)).toBe(true);
    expect(names.within(b, bLen, a, aLen)).toBe(false);
    expect(names.within(a, aLen, a, aLen)).toBe(true);
    bLen = fromHex(b, "3000");
    expect(names.within(a, aLen, b, bLen)).toBe(true);
  });
  test("one RDN more is the name that it is relative to", () => {
    const aLen = fromHex(a, DN);
    const bLen = fromHex(b, ABOVE);
    const rdn = b + bLen;
    const rdnLen = fromHex(rdn, "300a 0603550403 0c03616263");
    expect(names.equalRelative(a, aLen, b, bLen, rdn, rdn + rdnLen)).toBe(true);
    expect(names.equalRelative(b, bLen, b, bLen, rdn, rdn + rdnLen)).toBe(false);
  });
  test("are written for people, the last RDN first, and cut", () => {
    expect(written(DN, 100)).toBe("CN=abc, O=Te st, C=CH");
    expect(written("3000", 100)).toBe("(no name)");
    expect(written(DN, 8)).toBe("CN=abc, ...");
    expect<u32>(names.isEmpty(a, fromHex(a, "3000")) ? 1 : 0).toBe(1);
  });
});
