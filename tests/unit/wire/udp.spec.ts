import * as udp from "../../../assembly/wire/udp";
import { Drop } from "../../../assembly/util/status";
import { fromHex, toHex } from "./octets";

// From 192.168.1.1 port 48896 to 192.168.1.2 port 53.
const DATAGRAM = "bf00 0035 000c 124d aa0000ff";
const SRC: u32 = 0xc0a80101;
const DST: u32 = 0xc0a80102;
const p: usize = memory.data(64, 8);
const q: usize = memory.data(64, 8);

describe("UDP", () => {
  test("deconstruct", () => {
    const len = fromHex(p, DATAGRAM);
    expect<u32>(udp.check(p, len)).toBe(<u32>Drop.NONE);
    expect<u32>(udp.sourcePort(p)).toBe(48896);
    expect<u32>(udp.destinationPort(p)).toBe(53);
    expect<u32>(udp.length(p)).toBe(12);
    expect(udp.checksumOk(p, SRC, DST)).toBe(true);
  });
  test("construct", () => {
    const len = fromHex(p, DATAGRAM);
    memory.fill(q, 0xee, 64);
    memory.copy(q + 8, p + 8, 4);
    udp.emit(q, 48896, 53, len, SRC, DST);
    expect(toHex(q, len)).toBe(toHex(p, len));
    expect<u32>(load<u8>(q + len)).toBe(0xee);
  });
  test("check length", () => {
    const len = fromHex(p, DATAGRAM);
    for (let n: u32 = 0; n < len; n++) expect<u32>(udp.check(p, n)).toBe(<u32>Drop.UDP_MALFORMED);
    expect<u32>(udp.check(p, len + 6)).toBe(<u32>Drop.NONE);
    store<u8>(p, 7, 5);
    expect<u32>(udp.check(p, len)).toBe(<u32>Drop.UDP_MALFORMED);
  });
  test("a header alone is a datagram, of no data", () => {
    udp.emit(q, 48896, 53, 8, SRC, DST);
    for (let n: u32 = 0; n < 8; n++) expect<u32>(udp.check(q, n)).toBe(<u32>Drop.UDP_MALFORMED);
    expect<u32>(udp.check(q, 8)).toBe(<u32>Drop.NONE);
    expect<u32>(udp.check(q, 9)).toBe(<u32>Drop.NONE);
    expect(udp.checksumOk(q, SRC, DST)).toBe(true);
  });
  test("checksum: any octet changed, none at all, and the one that comes out 0", () => {
    for (let at: u32 = 0; at < 12; at++) {
      if (at == 4 || at == 5) continue;
      fromHex(p, DATAGRAM);
      store<u8>(p + at, load<u8>(p + at) ^ 0x10);
      expect(udp.checksumOk(p, SRC, DST)).toBe(false);
    }
    fromHex(p, DATAGRAM);
    store<u16>(p, 0, 6);
    expect(udp.checksumOk(p, SRC, DST)).toBe(true);
    // A word of data such that the sum is all ones.
    fromHex(p, DATAGRAM);
    store<u32>(p, 0, 8);
    udp.emit(p, 48896, 53, 12, SRC, DST);
    const missing = load<u16>(p, 6);
    store<u16>(p, missing, 8);
    udp.emit(p, 48896, 53, 12, SRC, DST);
    expect(toHex(p + 6, 2)).toBe("ffff");
    expect(udp.checksumOk(p, SRC, DST)).toBe(true);
  });
});
