import * as ipv4 from "../../../assembly/wire/ipv4";
import { Drop } from "../../../assembly/util/status";
import { fromHex, toHex } from "./octets";

// A header with its checksum, then three octets.
const DATAGRAM = "4500 0017 0001 4000 4011 6ad2 c0a80001 c0a80102 aabbcc";
const p: usize = memory.data(128, 8);
const q: usize = memory.data(128, 8);

/** DATAGRAM with `options` after its header and the checksum mended. */
function withOptions(options: string): u32 {
  fromHex(p, DATAGRAM);
  const n = fromHex(p + 20, options);
  store<u8>(p, <u8>(0x45 + (n >>> 2)));
  store<u8>(p, <u8>(20 + n), 3);
  ipv4.setChecksum(p);
  return 20 + n;
}

describe("IPv4", () => {
  test("deconstruct", () => {
    const len = fromHex(p, DATAGRAM);
    ipv4.setChecksum(p);
    expect<u32>(ipv4.check(p, len)).toBe(<u32>Drop.NONE);
    expect<u32>(ipv4.headerLength(p)).toBe(20);
    expect<u32>(ipv4.totalLength(p)).toBe(23);
    expect<u32>(ipv4.identification(p)).toBe(1);
    expect(ipv4.dontFragment(p)).toBe(true);
    expect(ipv4.isFragment(p)).toBe(false);
    expect<u32>(ipv4.ttl(p)).toBe(64);
    expect<u32>(ipv4.protocol(p)).toBe(<u32>ipv4.Protocol.UDP);
    expect<u32>(ipv4.source(p)).toBe(0xc0a80001);
    expect<u32>(ipv4.destination(p)).toBe(0xc0a80102);
  });
  test("construct", () => {
    fromHex(p, DATAGRAM);
    ipv4.setChecksum(p);
    memory.fill(q, 0xee, 64);
    ipv4.emit(q, 0, 23, 1, ipv4.Flag.DF, 64, ipv4.Protocol.UDP, 0xc0a80001, 0xc0a80102);
    expect(toHex(q, 20)).toBe(toHex(p, 20));
    expect<u32>(load<u8>(q + 20)).toBe(0xee);
  });
  test("check length", () => {
    const len = fromHex(p, DATAGRAM);
    ipv4.setChecksum(p);
    for (let n: u32 = 0; n < len; n++) expect<u32>(ipv4.check(p, n)).toBe(<u32>Drop.IP_HEADER);
    expect<u32>(ipv4.check(p, len + 23)).toBe(<u32>Drop.NONE);
  });
  test("a header longer than the datagram, shorter than 20, of another version", () => {
    fromHex(p, DATAGRAM);
    store<u8>(p, 0x46);
    expect<u32>(ipv4.check(p, 23)).toBe(<u32>Drop.IP_HEADER);
    store<u8>(p, 0x44);
    expect<u32>(ipv4.check(p, 23)).toBe(<u32>Drop.IP_HEADER);
    store<u8>(p, 0x65);
    expect<u32>(ipv4.check(p, 23)).toBe(<u32>Drop.IP_HEADER);
  });
  test("any octet of the header changed", () => {
    for (let at: u32 = 0; at < 20; at++) {
      const len = fromHex(p, DATAGRAM);
      ipv4.setChecksum(p);
      store<u8>(p + at, load<u8>(p + at) ^ 0x10);
      expect(ipv4.check(p, len) != Drop.NONE).toBe(true);
    }
  });
  test("TTL", () => {
    const len = fromHex(p, DATAGRAM);
    ipv4.setChecksum(p);
    for (let ttl: u32 = 63; ttl < 64; ttl--) {
      ipv4.decrementTtl(p);
      expect<u32>(ipv4.ttl(p)).toBe(ttl);
      expect<u32>(ipv4.check(p, len)).toBe(<u32>Drop.NONE);
      if (ttl == 0) break;
    }
  });
  test("options", () => {
    expect<u32>(ipv4.check(p, withOptions("94040000"))).toBe(<u32>Drop.NONE); // router alert
    expect<u32>(ipv4.check(p, withOptions("01010100"))).toBe(<u32>Drop.NONE);
    expect<u32>(ipv4.check(p, withOptions("00ffffff"))).toBe(<u32>Drop.NONE); // nothing counts after the end
    expect<u32>(ipv4.check(p, withOptions("8307040a0000010 0"))).toBe(<u32>Drop.IP_OPTIONS); // loose source route
    expect<u32>(ipv4.check(p, withOptions("018907040a000001"))).toBe(<u32>Drop.IP_OPTIONS); // strict source route
    expect<u32>(ipv4.check(p, withOptions("44050000"))).toBe(<u32>Drop.IP_OPTIONS); // longer than the header
    expect<u32>(ipv4.check(p, withOptions("44000000"))).toBe(<u32>Drop.IP_OPTIONS); // would never end
    expect<u32>(ipv4.check(p, withOptions("01010144"))).toBe(<u32>Drop.IP_OPTIONS); // no length
  });
  test("addresses that one station may have", () => {
    expect(ipv4.isUnicast(0x0a000001)).toBe(true);
    expect(ipv4.isUnicast(0x00000000)).toBe(false);
    expect(ipv4.isUnicast(0x7f000001)).toBe(false);
    expect(ipv4.isUnicast(0xe0000001)).toBe(false);
    expect(ipv4.isUnicast(0xffffffff)).toBe(false);
    expect(ipv4.isMulticast(0xef010101)).toBe(true);
    expect(ipv4.isMulticast(0xf0000001)).toBe(false);
  });
});
