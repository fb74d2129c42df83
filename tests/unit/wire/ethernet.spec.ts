import * as ethernet from "../../../assembly/wire/ethernet";
import { Drop } from "../../../assembly/util/status";
import { fromHex, toHex } from "./octets";

const FRAME = "0102030405060a0b0c0d0e0f0800aa0000ff";
const p: usize = memory.data(32, 8);
const q: usize = memory.data(32, 8);

describe("Ethernet", () => {
  test("deconstruct", () => {
    fromHex(p, FRAME);
    expect(toHex(ethernet.destination(p), 6)).toBe("010203040506");
    expect(toHex(ethernet.source(p), 6)).toBe("0a0b0c0d0e0f");
    expect<u32>(ethernet.etherType(p)).toBe(<u32>ethernet.EtherType.IPV4);
  });
  test("construct", () => {
    fromHex(p, FRAME);
    ethernet.emit(q, ethernet.destination(p), ethernet.source(p), ethernet.EtherType.IPV4);
    expect(toHex(q, ethernet.HEADER_LENGTH)).toBe(FRAME.slice(0, 28));
  });
  test("check length", () => {
    expect<u32>(ethernet.check(13)).toBe(<u32>Drop.FRAME_TOO_SHORT);
    expect<u32>(ethernet.check(14)).toBe(<u32>Drop.NONE);
  });
  test("addresses", () => {
    fromHex(p, "ffffffffffff000000000000020000000001");
    expect(ethernet.isGroup(p)).toBe(true);
    expect(ethernet.isGroup(p + 12)).toBe(false);
    expect(ethernet.isZero(p + 6)).toBe(true);
    expect(ethernet.isZero(p + 12)).toBe(false);
    expect(ethernet.sameMac(p + 12, p + 12)).toBe(true);
    expect(ethernet.sameMac(p + 12, p + 6)).toBe(false);
  });
});
