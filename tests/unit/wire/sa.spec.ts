// The Security Association payload and attributes, RFC 2408, 3.3 to 3.6; RFC 2407, 4.6.1.
import * as attribute from "../../../assembly/wire/attribute";
import { Payload } from "../../../assembly/wire/ike_numbers";
import { Malformed } from "../../../assembly/wire/malformed";
import { MessageWriter } from "../../../assembly/wire/message_writer";
import * as sa from "../../../assembly/wire/sa";
import { SaCursor, SaWriter } from "../../../assembly/wire/sa";
import { fromHex, toHex } from "../crypto/bytes";

const buffer: usize = memory.data(1024, 8);
const spi: usize = memory.data(4, 4);
const cursor = new SaCursor();
const writer = new SaWriter();
const w = new MessageWriter();

// Two ESP proposals; the second has two transforms.
const P1 = "02000020" + "01030401" + "89abcdef" + "00000014" + "01030000" + "80040001" + "80050002" + "80010001";
const T1 = "0300001c" + "010c0000" + "80060100" + "80050005" + "80010001" + "0002000400015180";
const T2 = "00000010" + "020c0000" + "80060080" + "80050002";
const P2 = "00000038" + "02030402" + "00000100" + T1 + T2;
const BODY = "0000000100000001" + P1 + P2;

describe("an SA payload", () => {
  test("deconstruct", () => {
    const len = fromHex(buffer, BODY);
    expect(sa.check(buffer, len)).toBe(Malformed.NONE);
    expect(cursor.begin(buffer, len)).toBe(Malformed.NONE);
    expect(cursor.nextProposal()).toBe(true);
    expect(cursor.proposalNumber).toBe(1);
    expect(cursor.protocol).toBe(3);
    expect(toHex(cursor.spi, cursor.spiLen)).toBe("89abcdef");
    expect(cursor.nextTransform()).toBe(true);
    expect(cursor.transformNumber).toBe(1);
    expect(cursor.transformId).toBe(3);
    expect(cursor.nextAttribute()).toBe(true);
    expect(cursor.attributeType).toBe(4);
    expect(cursor.value).toBe(1);
    expect(cursor.nextAttribute()).toBe(true);
    expect(cursor.nextAttribute()).toBe(true);
    expect(cursor.nextAttribute()).toBe(false);
    expect(cursor.nextTransform()).toBe(false);
    expect(cursor.nextProposal()).toBe(true);
    expect(cursor.nextTransform()).toBe(true);
    expect(cursor.nextTransform()).toBe(true, "attributes may be passed over");
    expect(cursor.transformNumber).toBe(2);
    expect(toHex(cursor.transform, cursor.transformLen)).toBe(T2);
    expect(cursor.nextTransform()).toBe(false);
    expect(cursor.nextProposal()).toBe(false);
    expect(cursor.nextTransform()).toBe(false);
    expect(cursor.nextAttribute()).toBe(false);
  });
  test("construct", () => {
    store<u32>(spi, bswap<u32>(0x89abcdef));
    w.begin(buffer, 512);
    writer.begin(w);
    writer.proposal(1, 3, spi, 4);
    writer.transform(1, 3);
    attribute.emit(w, 4, 1);
    attribute.emit(w, 5, 2);
    attribute.emit(w, 1, 1);
    store<u32>(spi, bswap<u32>(0x100));
    writer.proposal(2, 3, spi, 4);
    writer.transform(1, 12);
    attribute.emit(w, 6, 256);
    attribute.emit(w, 5, 5);
    attribute.emit(w, 1, 1);
    attribute.emit(w, 2, 86400);
    fromHex(buffer + 512, "03000010" + T2.slice(8));
    writer.copyTransform(buffer + 512, 16);
    writer.end();
    w.close();
    expect(toHex(buffer, <u32>(w.here - buffer))).toBe("00000064" + BODY);
  });
  test("every cut and every wrong length is found", () => {
    const len = fromHex(buffer, BODY);
    for (let n: u32 = 0; n < len; n++) {
      expect(sa.check(buffer, n)).not.toBe(Malformed.NONE);
      expect(cursor.begin(buffer, n)).not.toBe(Malformed.NONE);
      expect(cursor.nextProposal()).toBe(false);
    }
    // Both octets of each length field: proposal 1, its transform, proposal 2, its transforms.
    const fields: StaticArray<u32> = [10, 22, 42, 54, 82];
    for (let i = 0; i < fields.length; i++) {
      const at = buffer + <usize>fields[i];
      const good = load<u16>(at);
      for (let v: u32 = 0; v < 256; v++) {
        if (<u32>bswap<u16>(good) == v) continue;
        store<u16>(at, bswap<u16>(<u16>v));
        expect(sa.check(buffer, len)).not.toBe(Malformed.NONE);
      }
      store<u16>(at, good);
    }
    expect(sa.check(buffer, len)).toBe(Malformed.NONE);
  });
  test("DOI and situation", () => {
    const len = fromHex(buffer, BODY);
    store<u8>(buffer + 3, 0);
    expect(sa.check(buffer, len)).toBe(Malformed.DOI);
    store<u8>(buffer + 3, 1);
    store<u8>(buffer + 7, 3);
    expect(sa.check(buffer, len)).toBe(Malformed.SITUATION);
  });
  test("next payloads, numbers of transforms, SPI sizes, attributes", () => {
    let len = fromHex(buffer, BODY);
    store<u8>(buffer + 8, 0);
    expect(sa.check(buffer, len)).toBe(Malformed.PROPOSAL, "not the last proposal");
    fromHex(buffer, BODY);
    store<u8>(buffer + 40, 2);
    expect(sa.check(buffer, len)).toBe(Malformed.PROPOSAL, "nothing follows");
    fromHex(buffer, BODY);
    for (let n: u32 = 0; n < 256; n++) {
      store<u8>(buffer + 47, <u8>n);
      expect(sa.check(buffer, len)).toBe(n == 2 ? Malformed.NONE : Malformed.PROPOSAL);
    }
    fromHex(buffer, BODY);
    store<u8>(buffer + 14, 255);
    expect(sa.check(buffer, len)).toBe(Malformed.SPI);
    len = fromHex(buffer, "0000000100000001" + "0000001c01010001" + "00000014" + "01010000" + "80010007" + "000c000511223344");
    expect(sa.check(buffer, len)).toBe(Malformed.ATTRIBUTE);
    len = fromHex(buffer, "0000000100000001" + "0000001401010001" + "0000000c" + "01010000" + "000c0000");
    expect(sa.check(buffer, len)).toBe(Malformed.NONE, "an empty value");
    len = fromHex(buffer, "0000000100000001");
    expect(sa.check(buffer, len)).toBe(Malformed.PROPOSAL, "no proposal");
    len = fromHex(buffer, "0000000100000001" + "0000000801010000");
    expect(sa.check(buffer, len)).toBe(Malformed.PROPOSAL, "no transform");
  });
  test("reserved octets are told, and let pass by the cursor", () => {
    const len = fromHex(buffer, BODY);
    const fields: StaticArray<u32> = [9, 21, 26, 27];
    for (let i = 0; i < fields.length; i++) {
      fromHex(buffer, BODY);
      store<u8>(buffer + <usize>fields[i], 1);
      expect(sa.check(buffer, len)).toBe(Malformed.RESERVED);
      expect(cursor.begin(buffer, len)).toBe(Malformed.NONE);
    }
  });
  test("a payload of nothing but the type of the next", () => {
    expect(sa.check(buffer, 0)).toBe(Malformed.TOO_SHORT);
    expect(<u32>Payload.SA).toBe(1);
  });
});

describe("attributes", () => {
  test("values in both encodings", () => {
    fromHex(buffer, "800c7080");
    expect(attribute.isBasic(buffer)).toBe(true);
    expect(attribute.attributeType(buffer)).toBe(12);
    expect(attribute.value(buffer)).toBe(28800);
    expect(attribute.length(buffer)).toBe(4);
    fromHex(buffer, "000c000400015180");
    expect(attribute.isBasic(buffer)).toBe(false);
    expect(attribute.value(buffer)).toBe(86400);
    expect(attribute.length(buffer)).toBe(8);
    expect(attribute.valueLen(buffer)).toBe(4);
    expect(attribute.valueAt(buffer)).toBe(buffer + 4);
    fromHex(buffer, "000c0002000e");
    expect(attribute.value(buffer)).toBe(14);
    fromHex(buffer, "000c0000");
    expect(attribute.value(buffer)).toBe(0);
    fromHex(buffer, "000c00080000000000000e10");
    expect(attribute.value(buffer)).toBe(3600, "leading zeros");
    fromHex(buffer, "000c00080000000100000000");
    expect(attribute.value(buffer)).toBe(attribute.SATURATED);
    fromHex(buffer, "000c0010ffffffffffffffffffffffffffffffff");
    expect(attribute.value(buffer)).toBe(attribute.SATURATED);
  });
});
