// The formats at their limits: the exact reason of each refusal, carries of checksums, writers that are full to the octet.
import * as attribute from "../../../assembly/wire/attribute";
import * as checksum from "../../../assembly/wire/checksum";
import * as deletes from "../../../assembly/wire/delete";
import * as ethernet from "../../../assembly/wire/ethernet";
import * as icmp from "../../../assembly/wire/icmp";
import * as id from "../../../assembly/wire/id";
import * as ipv4 from "../../../assembly/wire/ipv4";
import * as isakmp from "../../../assembly/wire/isakmp";
import * as notify from "../../../assembly/wire/notify";
import { Payload } from "../../../assembly/wire/ike_numbers";
import { Protocol } from "../../../assembly/wire/ipsec_doi";
import { Malformed } from "../../../assembly/wire/malformed";
import { Drop } from "../../../assembly/util/status";
import { fromHex, toHex } from "../crypto/bytes";
import { buffer, range, w, written } from "./written";

describe("checksums that change", () => {
  test("a carry out of the carry comes back (RFC 1624)", () => {
    expect(checksum.updated(0, 0, 1)).toBe(0xfffe);
    expect(checksum.delta(0x00010000, 0, 0, 0)).toBe(1);
  });
  test("each half of each address counts, what was up and what is down", () => {
    expect(checksum.delta(0, 0, 0, 0)).toBe(0);
    expect(checksum.delta(0x00000001, 0, 0, 0)).toBe(1);
    expect(checksum.delta(0, 0x00010000, 0, 0)).toBe(1);
    expect(checksum.delta(0, 0x00000001, 0, 0)).toBe(1);
    expect(checksum.delta(0, 0, 0x00010000, 0)).toBe(0xfffe);
    expect(checksum.delta(0, 0, 0, 0x00000001)).toBe(0xfffe);
    expect(checksum.delta(0x12345678, 0x9abcdef0, 0, 0)).toBe(0xe259);
    expect(checksum.delta(0, 0, 0x12345678, 0x9abcdef0)).toBe(0x1da6);
    expect(checksum.delta(0x12345678, 0x9abcdef0, 0x9abcdef0, 0x12345678)).toBe(0, "only the order changes");
  });
});

describe("attributes at their limits", () => {
  test("16 bits are basic, one more takes four octets", () => {
    w.begin(buffer, 64);
    attribute.emit(w, 12, 0xffff);
    attribute.emit(w, 12, 0x10000);
    expect(written()).toBe("800cffff" + "000c000400010000");
    expect(attribute.valueAt(buffer)).toBe(buffer + 2);
    expect(attribute.valueLen(buffer)).toBe(2);
  });
  test("octets", () => {
    fromHex(buffer + 256, "0a0b0c");
    w.begin(buffer, 64);
    attribute.emitBytes(w, 6, buffer + 256, 3);
    expect(written()).toBe("000600030a0b0c");
  });
  test("what does not fit writes nothing, what just fits does", () => {
    for (let room: u32 = 0; room <= 8; room++) {
      memory.fill(buffer, 0xee, 16);
      w.begin(buffer, room);
      attribute.emit(w, 12, 1);
      expect(written()).toBe(room < 4 ? "" : "800c0001");
      expect(load<u8>(w.here)).toBe(0xee);
      w.begin(buffer, room);
      attribute.emit32(w, 12, 1);
      expect(written()).toBe(room < 8 ? "" : "000c000400000001");
      memory.fill(buffer, 0xee, 16);
      w.begin(buffer, room);
      attribute.emitBytes(w, 12, buffer + 256, 2);
      expect(<u32>(w.here - buffer)).toBe(room < 6 ? 0 : 6);
      expect(load<u8>(w.here)).toBe(0xee);
    }
  });
  test("the largest number, and one more", () => {
    fromHex(buffer, "000c0004fffffffe");
    expect(attribute.value(buffer)).toBe(0xfffffffe);
    fromHex(buffer, "000c00050100000000");
    expect(attribute.value(buffer)).toBe(attribute.SATURATED);
  });
});

describe("the reason of a refusal", () => {
  test("a notification and a delete of another DOI, or too short", () => {
    fromHex(buffer, "00000002" + "03040001" + "89abcdef");
    expect(notify.check(buffer, 12)).toBe(Malformed.DOI);
    expect(deletes.check(buffer, 12)).toBe(Malformed.DOI);
    for (let n: u32 = 0; n < 8; n++) expect(deletes.check(buffer, n)).toBe(Malformed.TOO_SHORT);
    store<u8>(buffer + 3, 0);
    expect(notify.check(buffer, 12)).toBe(Malformed.NONE, "ISAKMP's own");
    expect(deletes.check(buffer, 12)).toBe(Malformed.NONE, "ISAKMP's own");
  });
  test("a delete's SPIs have the size of each protocol", () => {
    const sizes: StaticArray<u32> = [0, 16, 4, 4];
    for (let protocol: u32 = Protocol.ISAKMP; protocol <= <u32>Protocol.ESP; protocol++) {
      for (let size: u32 = 1; size <= 17; size++) {
        fromHex(buffer, "00000001" + "00000001");
        store<u8>(buffer + 4, <u8>protocol);
        store<u8>(buffer + 5, <u8>size);
        expect(deletes.check(buffer, 8 + size)).toBe(size == sizes[protocol] ? Malformed.NONE : Malformed.SPI);
      }
    }
    fromHex(buffer, "00000001" + "04020001" + "0001");
    expect(deletes.check(buffer, 10)).toBe(Malformed.NONE, "IPCOMP's CPI has two octets");
  });
  test("attributes cut within their first four octets, and within their value", () => {
    fromHex(buffer, "80010002" + "000c0002000e");
    for (let n: u32 = 0; n <= 10; n++) expect(attribute.check(buffer, n)).toBe(n == 0 || n == 4 || n == 10 ? Malformed.NONE : Malformed.ATTRIBUTE);
  });
  test("an identification of a name without a letter", () => {
    fromHex(buffer, "02000000" + "61");
    expect(id.check(buffer, 4)).toBe(Malformed.ID);
    expect(id.check(buffer, 5)).toBe(Malformed.NONE);
  });
  test("an IPv4 header whose checksum alone is wrong", () => {
    ipv4.emit(buffer, 0, 20, 1, 0, 64, 17, 0x0a000001, 0x0a000002);
    store<u8>(buffer + 11, load<u8>(buffer + 11) ^ 1);
    expect<u32>(ipv4.check(buffer, 20)).toBe(<u32>Drop.IP_CHECKSUM);
  });
  test("an identification without data, and a range that is malformed", () => {
    fromHex(buffer, "01000000" + "0a000001" + "00");
    expect(id.check(buffer, 3)).toBe(Malformed.TOO_SHORT);
    expect(id.check(buffer, 4)).toBe(Malformed.ID);
    expect(id.toRange(buffer, 3, range)).toBe(Malformed.TOO_SHORT);
    expect(id.toRange(buffer, 9, range)).toBe(Malformed.ID, "an octet too many");
    expect(id.toRange(buffer, 8, range)).toBe(Malformed.NONE);
  });
});

describe("identifications", () => {
  test("phase 1: UDP with 0, 500 or 4500, nothing with 0 alone", () => {
    for (let protocol: u32 = 16; protocol <= 18; protocol++) {
      for (let i = 0; i < 7; i++) {
        const port: u32 = [0, 1, 499, 500, 501, 4500, 4501][i];
        w.begin(buffer, 64);
        id.emit(w, 1, protocol, port, buffer + 256, 4);
        expect(id.phase1PortsOk(buffer + 4)).toBe(protocol == 17 && (port == 0 || port == 500 || port == 4500));
      }
    }
    fromHex(buffer, "01000000");
    expect(id.phase1PortsOk(buffer)).toBe(true);
    fromHex(buffer, "010001f4");
    expect(id.phase1PortsOk(buffer)).toBe(false, "a port of no protocol");
    fromHex(buffer, "01060000");
    expect(id.phase1PortsOk(buffer)).toBe(false, "TCP");
  });
  test("one address more or less than a subnet's is a range", () => {
    const ends: StaticArray<u32> = [0x0a010205, 0x0a01020a, 0x0a010200, 0x0a0102fe, 0x0a010201, 0x0a010202, 0x0a0101ff, 0x0a010200];
    for (let i = 0; i < ends.length; i += 2) {
      w.begin(buffer, 64);
      id.emitRange(w, ends[i], ends[i + 1], 0, 0);
      w.close();
      expect(id.idType(buffer + 4)).toBe(7);
      expect(id.toRange(buffer + 4, 12, range)).toBe(Malformed.NONE);
      expect(range.first).toBe(ends[i]);
      expect(range.last).toBe(ends[i + 1]);
    }
    w.begin(buffer, 64);
    id.emitRange(w, 0x0a010204, 0x0a010205, 0, 0);
    expect(written()).toBe("00000010" + "04000000" + "0a010204" + "fffffffe", "the least subnet");
  });
  test("a range of one address is no empty one; its end is kept", () => {
    let len = fromHex(buffer, "07060050" + "0a000005" + "0a000005");
    expect(id.toRange(buffer, len, range)).toBe(Malformed.NONE);
    expect(range.last).toBe(0x0a000005);
    len = fromHex(buffer, "07060050" + "0a000005" + "0a000004");
    expect(id.toRange(buffer, len, range)).toBe(Malformed.ID);
  });
  test("an original address is one of IPv4, whole", () => {
    w.begin(buffer, 64);
    id.emitOriginal(w, Payload.NAT_OA, 0x0a010203);
    expect(written()).toBe("0000000c" + "01000000" + "0a010203");
    expect(id.original(buffer + 4, 8)).toBe(0x0a010203);
    expect(id.original(buffer + 4, 7)).toBe(0);
    expect(id.original(buffer + 4, 9)).toBe(0);
    store<u8>(buffer + 4, 5);
    expect(id.original(buffer + 4, 8)).toBe(0, "another type");
  });
});

describe("the payload before", () => {
  test("names an identification, and an original address", () => {
    for (let k = 0; k < 4; k++) {
      w.begin(buffer, 128);
      w.header(buffer + 256, buffer + 264, 5, 0, 7);
      if (k == 0) id.emit(w, 2, 0, 0, buffer + 256, 4);
      else if (k == 1) id.emitAddress(w, 0x0a010203);
      else if (k == 2) id.emitRange(w, 0x0a010200, 0x0a0102ff, 0, 0);
      else id.emitOriginal(w, Payload.NAT_OA, 0x0a010203);
      w.end();
      expect<u32>(load<u8>(buffer + 16)).toBe(k == 3 ? <u32>Payload.NAT_OA : 5);
    }
  });
});

describe("an ISAKMP header", () => {
  test("has the length of itself alone until the message ends", () => {
    memory.fill(buffer, 0xee, 64);
    isakmp.emitHeader(buffer, buffer + 256, buffer + 264, 5, 0, 7);
    expect(toHex(buffer + 16, 13)).toBe("00100500" + "00000007" + "0000001c" + "ee");
  });
});

describe("frames and datagrams at their limits", () => {
  test("MACs that differ in either part alone", () => {
    fromHex(buffer, "020000000001" + "0000" + "020000000002" + "0000" + "030000000001" + "0000" + "000000000100" + "0000" + "000000000000");
    expect(ethernet.sameMac(buffer, buffer + 8)).toBe(false);
    expect(ethernet.sameMac(buffer, buffer + 16)).toBe(false);
    expect(ethernet.isZero(buffer)).toBe(false);
    expect(ethernet.isZero(buffer + 24)).toBe(false, "zeros in front");
    store<u32>(buffer, 0x00000002);
    store<u16>(buffer + 4, 0);
    expect(ethernet.isZero(buffer)).toBe(false, "zeros behind");
    expect(ethernet.isZero(buffer + 32)).toBe(true);
  });
  test("a piece of an ICMP header whose sum is right is none", () => {
    fromHex(buffer, "0000ffff0000");
    for (let n: u32 = 4; n <= 6; n += 2) expect<u32>(icmp.check(buffer, n)).toBe(<u32>Drop.ICMP_MALFORMED);
  });
  test("an ICMP message of a header alone", () => {
    icmp.emit(buffer, icmp.Type.ECHO, 0, 1, 2, 8);
    expect<u32>(icmp.check(buffer, 8)).toBe(<u32>Drop.NONE);
    expect<u32>(icmp.check(buffer, 7)).toBe(<u32>Drop.ICMP_MALFORMED);
  });
  test("an IPv4 datagram of a header alone; fragments", () => {
    ipv4.emit(buffer, 0xb8, 20, 0x1234, <u32>ipv4.Flag.MF | 185, 64, 17, 0x0a000001, 0x0a000002);
    expect<u32>(ipv4.check(buffer, 20)).toBe(<u32>Drop.NONE);
    expect(ipv4.tos(buffer)).toBe(0xb8);
    expect(ipv4.fragmentOffset(buffer)).toBe(1480);
    expect(ipv4.isFragment(buffer)).toBe(true);
    expect(ipv4.dontFragment(buffer)).toBe(false);
    ipv4.setFragment(buffer, 28, ipv4.Flag.MF);
    expect(ipv4.totalLength(buffer)).toBe(28);
    expect(ipv4.fragmentWord(buffer)).toBe(<u32>ipv4.Flag.MF);
    expect(ipv4.isFragment(buffer)).toBe(true, "the first");
    expect<u32>(ipv4.check(buffer, 28)).toBe(<u32>Drop.NONE);
    ipv4.setFragment(buffer, 28, 1);
    expect(ipv4.isFragment(buffer)).toBe(true, "the last");
    ipv4.setSource(buffer, 0xc0000201);
    expect(ipv4.source(buffer)).toBe(0xc0000201);
    expect<u32>(ipv4.check(buffer, 28)).toBe(<u32>Drop.NONE);
    expect<u32>(ipv4.check(buffer, 27)).toBe(<u32>Drop.IP_HEADER);
  });
  test("options that end with the header, and one octet further", () => {
    fromHex(buffer, "4404aabb");
    expect(ipv4.optionLength(buffer, buffer + 4)).toBe(4);
    expect(ipv4.optionLength(buffer, buffer + 3)).toBe(0);
    expect(ipv4.optionLength(buffer, buffer + 1)).toBe(0);
    fromHex(buffer, "4402");
    expect(ipv4.optionLength(buffer, buffer + 2)).toBe(2);
    fromHex(buffer, "4401");
    expect(ipv4.optionLength(buffer, buffer + 2)).toBe(0);
    fromHex(buffer, "0105");
    expect(ipv4.optionLength(buffer, buffer + 1)).toBe(1);
  });
  test("options fill their header; what stands behind is none", () => {
    fromHex(buffer + 20, "01010101" + "44ff");
    ipv4.emit(buffer, 0, 26, 1, 0, 64, 17, 0x0a000001, 0x0a000002);
    store<u8>(buffer, 0x46);
    ipv4.setChecksum(buffer);
    expect<u32>(ipv4.check(buffer, 26)).toBe(<u32>Drop.NONE);
  });
  test("first and last addresses of each kind", () => {
    const others: StaticArray<u32> = [0x00ffffff, 0x7f000000, 0x7fffffff, 0xe0000000];
    const stations: StaticArray<u32> = [0x01000000, 0x7effffff, 0x80000000, 0xdfffffff];
    for (let i = 0; i < 4; i++) {
      expect(ipv4.isUnicast(others[i])).toBe(false);
      expect(ipv4.isUnicast(stations[i])).toBe(true);
    }
    expect(ipv4.isMulticast(0xdfffffff)).toBe(false);
    expect(ipv4.isMulticast(0xe0000000)).toBe(true);
    expect(ipv4.isMulticast(0xefffffff)).toBe(true);
  });
});
