// Notification and Delete (RFC 2408, 3.14 and 3.15), Identification (RFC 2407, 4.6.2), UDP 4500 (RFC 3948, 2).
import { put16 } from "../../../assembly/util/bytes";
import * as deletes from "../../../assembly/wire/delete";
import * as id from "../../../assembly/wire/id";
import { IdType, idTypeName, Protocol } from "../../../assembly/wire/ipsec_doi";
import { Notify } from "../../../assembly/wire/ike_numbers";
import { Malformed } from "../../../assembly/wire/malformed";
import * as natt from "../../../assembly/wire/natt";
import * as notify from "../../../assembly/wire/notify";
import { fromHex, toHex } from "../crypto/bytes";
import { buffer, range, w, written } from "./written";

describe("a notification", () => {
  test("deconstruct", () => {
    const len = fromHex(buffer, "00000001" + "03046000" + "89abcdef" + "8001000180020e10");
    expect(notify.check(buffer, len)).toBe(Malformed.NONE);
    expect(notify.doi(buffer)).toBe(1);
    expect(notify.protocol(buffer)).toBe(Protocol.ESP);
    expect(notify.messageType(buffer)).toBe(Notify.RESPONDER_LIFETIME);
    expect(toHex(notify.spi(buffer), notify.spiLen(buffer))).toBe("89abcdef");
    expect(toHex(notify.data(buffer), notify.dataLen(buffer, len))).toBe("8001000180020e10");
  });
  test("construct", () => {
    fromHex(buffer + 256, "89abcdef");
    w.begin(buffer, 64);
    notify.emit(w, Protocol.ESP, Notify.INVALID_SPI, buffer + 256, 4, 0, 0);
    expect(written()).toBe("00000010" + "00000001" + "0304000b" + "89abcdef");
  });
  test("lengths", () => {
    fromHex(buffer, "00000001" + "0304000b" + "89abcdef");
    for (let n: u32 = 0; n < 8; n++) expect(notify.check(buffer, n)).toBe(Malformed.TOO_SHORT);
    for (let n: u32 = 8; n < 12; n++) expect(notify.check(buffer, n)).toBe(Malformed.SPI);
    expect(notify.check(buffer, 12)).toBe(Malformed.NONE);
    expect(notify.dataLen(buffer, 12)).toBe(0);
  });
});

describe("a delete", () => {
  test("deconstruct", () => {
    const len = fromHex(buffer, "00000001" + "03040002" + "00000100" + "89abcdef");
    expect(deletes.check(buffer, len)).toBe(Malformed.NONE);
    expect(deletes.doi(buffer)).toBe(1);
    expect(deletes.protocol(buffer)).toBe(Protocol.ESP);
    expect(deletes.count(buffer)).toBe(2);
    expect(toHex(deletes.spi(buffer, 1), deletes.spiLen(buffer))).toBe("89abcdef");
  });
  test("construct", () => {
    w.begin(buffer, 64);
    deletes.emitSpi(w, Protocol.ESP, 0x89abcdef);
    expect(written()).toBe("00000010" + "00000001" + "03040001" + "89abcdef");
    fromHex(buffer + 256, "01020304050607081112131415161718");
    w.begin(buffer, 64);
    deletes.emitIsakmp(w, buffer + 256, buffer + 264);
    expect(written()).toBe("0000001c" + "00000001" + "01100001" + "01020304050607081112131415161718");
  });
  test("SPIs must fill it and have their protocol's size", () => {
    fromHex(buffer, "00000001" + "03040002" + "00000100" + "89abcdef");
    for (let n: u32 = 0; n < 20; n++) expect(deletes.check(buffer, n) == Malformed.NONE).toBe(n == 16);
    fromHex(buffer, "00000001" + "0310ffff");
    expect(deletes.check(buffer, 8)).toBe(Malformed.PAYLOAD_LENGTH);
    fromHex(buffer, "00000001" + "03080001" + "0000000000000000");
    expect(deletes.check(buffer, 16)).toBe(Malformed.SPI);
    fromHex(buffer, "00000001" + "01040001" + "00000000");
    expect(deletes.check(buffer, 12)).toBe(Malformed.SPI);
    fromHex(buffer, "00000001" + "03000005");
    expect(deletes.check(buffer, 8)).toBe(Malformed.SPI, "SPIs of no octets");
  });
});

describe("an identification", () => {
  test("deconstruct", () => {
    const len = fromHex(buffer, "0b1101f4" + "726f7574657231");
    expect(id.check(buffer, len)).toBe(Malformed.NONE);
    expect(id.idType(buffer)).toBe(IdType.KEY_ID);
    expect(id.protocol(buffer)).toBe(17);
    expect(id.port(buffer)).toBe(500);
    expect(id.dataLen(len)).toBe(7);
    expect(id.data(buffer)).toBe(buffer + 4);
    expect(id.phase1PortsOk(buffer)).toBe(true);
    store<u8>(buffer + 1, 6);
    expect(id.phase1PortsOk(buffer)).toBe(false);
    expect(idTypeName(IdType.FQDN)).toBe("ID_FQDN");
  });
  test("ports and protocols of phase 1: none, or UDP with IKE's (RFC 2407, 4.6.2)", () => {
    const ports: StaticArray<u32> = [0, 1, 499, 500, 501, 4499, 4500, 4501, 65535];
    const protocols: StaticArray<u32> = [0, 1, 6, 16, 17, 18, 50, 255];
    for (let i = 0; i < protocols.length; i++) {
      for (let j = 0; j < ports.length; j++) {
        store<u8>(buffer, <u8>protocols[i], 1);
        put16(buffer + 2, ports[j]);
        const udp = protocols[i] == 17 && (ports[j] == 500 || ports[j] == 4500 || ports[j] == 0);
        expect(id.phase1PortsOk(buffer)).toBe(udp || (protocols[i] == 0 && ports[j] == 0));
      }
    }
  });
  test("each type has its length", () => {
    const lengths: StaticArray<i32> = [-1, 4, 0, 0, 8, 16, 32, 8, 32, 0, 0, 0];
    for (let type = 1; type < 12; type++) {
      store<u8>(buffer, <u8>type);
      for (let n = 0; n < 40; n++) {
        const want = lengths[type];
        expect(id.check(buffer, 4 + n) == Malformed.NONE).toBe(want ? n == want : n > 0);
      }
    }
    for (let n: u32 = 0; n < 4; n++) expect(id.check(buffer, n)).toBe(Malformed.TOO_SHORT);
  });
  test("addresses, subnets and ranges", () => {
    let len = fromHex(buffer, "01000000" + "c0000201");
    expect(id.toRange(buffer, len, range)).toBe(Malformed.NONE);
    expect(range.first).toBe(0xc0000201);
    expect(range.last).toBe(0xc0000201);
    len = fromHex(buffer, "04060050" + "0a010205" + "ffffff00");
    expect(id.toRange(buffer, len, range)).toBe(Malformed.NONE);
    expect(range.first).toBe(0x0a010200);
    expect(range.last).toBe(0x0a0102ff);
    expect(range.protocol).toBe(6);
    expect(range.port).toBe(80);
    len = fromHex(buffer, "04000000" + "00000000" + "00000000");
    expect(id.toRange(buffer, len, range)).toBe(Malformed.NONE);
    expect(range.last).toBe(0xffffffff);
    len = fromHex(buffer, "04000000" + "0a000000" + "ff00ff00");
    expect(id.toRange(buffer, len, range)).toBe(Malformed.ID, "a mask with holes");
    len = fromHex(buffer, "07000000" + "0a000005" + "0a000009");
    expect(id.toRange(buffer, len, range)).toBe(Malformed.NONE);
    expect(range.first).toBe(0x0a000005);
    len = fromHex(buffer, "07000000" + "0a000009" + "0a000005");
    expect(id.toRange(buffer, len, range)).toBe(Malformed.ID, "an empty range");
    len = fromHex(buffer, "02000000" + "61");
    expect(id.toRange(buffer, len, range)).toBe(Malformed.ID, "no address");
  });
  test("construct", () => {
    w.begin(buffer, 64);
    id.emitAddress(w, 0xc0000201);
    expect(written()).toBe("0000000c" + "01000000" + "c0000201");
    w.begin(buffer, 64);
    id.emitRange(w, 0x0a010200, 0x0a0102ff, 6, 80);
    expect(written()).toBe("00000010" + "04060050" + "0a010200" + "ffffff00");
    w.begin(buffer, 64);
    id.emitRange(w, 0, 0xffffffff, 0, 0);
    expect(written()).toBe("00000010" + "04000000" + "00000000" + "00000000");
    w.begin(buffer, 64);
    id.emitRange(w, 0x0a010201, 0x0a010201, 0, 0);
    expect(written()).toBe("0000000c" + "01000000" + "0a010201");
    w.begin(buffer, 64);
    id.emitRange(w, 0x0a010201, 0x0a0102ff, 0, 0);
    expect(written()).toBe("00000010" + "07000000" + "0a010201" + "0a0102ff");
    w.begin(buffer, 64);
    fromHex(buffer + 256, "6162");
    id.emit(w, IdType.FQDN, 17, 500, buffer + 256, 2);
    expect(written()).toBe("0000000a" + "021101f4" + "6162");
  });
});

describe("UDP 4500", () => {
  test("marker, ESP, keepalive", () => {
    fromHex(buffer, "ff");
    expect(natt.classify(buffer, 1)).toBe(natt.Natt.KEEPALIVE);
    store<u8>(buffer, 1);
    expect(natt.classify(buffer, 1)).toBe(natt.Natt.MALFORMED, "one octet is a keepalive only if it is ff");
    fromHex(buffer, "00");
    expect(natt.classify(buffer, 1)).toBe(natt.Natt.MALFORMED);
    fromHex(buffer, "0000000001");
    for (let n: u32 = 0; n < 4; n++) expect(natt.classify(buffer, n)).toBe(natt.Natt.MALFORMED);
    expect(natt.classify(buffer, 5)).toBe(natt.Natt.IKE);
    fromHex(buffer, "00000001");
    expect(natt.classify(buffer, 4)).toBe(natt.Natt.ESP);
    natt.emitMarker(buffer);
    expect(toHex(buffer, 4)).toBe("00000000");
    expect(natt.emitKeepalive(buffer)).toBe(1);
    expect(load<u8>(buffer)).toBe(255);
  });
});
