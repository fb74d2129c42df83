// Writers at their limits: what is left out of a message that is full, and what a new message keeps of the last: nothing.
import * as attribute from "../../../assembly/wire/attribute";
import * as notify from "../../../assembly/wire/notify";
import * as sa from "../../../assembly/wire/sa";
import { Payload } from "../../../assembly/wire/ike_numbers";
import { Malformed } from "../../../assembly/wire/malformed";
import { MessageWriter } from "../../../assembly/wire/message_writer";
import { parsePayloads, PayloadSet } from "../../../assembly/wire/payloads";
import { fromHex, toHex } from "../crypto/bytes";

const buffer: usize = memory.data(1024, 8);
const set = new PayloadSet();
const w = new MessageWriter();
const writer = new sa.SaWriter();
const cursor = new sa.SaCursor();

function octets(n: u32): string {
  return toHex(buffer, n);
}

describe("a writer", () => {
  test("closes the open payload before the next, before padding and at the end", () => {
    w.begin(buffer, 128);
    w.header(buffer + 512, buffer + 520, 5, 0, 7);
    w.payload(Payload.HASH);
    w.u8(1);
    w.payload(Payload.NONCE);
    w.u16(2);
    w.pad(8);
    expect(w.end()).toBe(28 + 16);
    expect(toHex(buffer + 28, 16)).toBe("0a00000501" + "000000060002" + "0000000000");
    w.begin(buffer, 128);
    w.header(buffer + 512, buffer + 520, 5, 0, 7);
    w.payload(Payload.HASH);
    w.u8(1);
    expect(w.end()).toBe(33);
    expect(toHex(buffer + 28, 5)).toBe("0000000501");
  });
  test("forgets the last message, its open payload too", () => {
    w.begin(buffer, 64);
    w.payload(Payload.HASH);
    w.begin(buffer + 128, 64);
    memory.fill(buffer, 0xee, 64);
    w.payload(Payload.NONCE);
    w.close();
    expect(toHex(buffer, 8)).toBe("eeeeeeeeeeeeeeee");
    expect(toHex(buffer + 128, 4)).toBe("00000004");
  });
  test("a message without a header, or without a payload, is written nowhere else", () => {
    const low = load<u64>(0);
    w.begin(buffer, 64);
    w.close();
    w.payload(Payload.NONCE);
    w.payload(Payload.HASH);
    w.close();
    w.close();
    expect(octets(8)).toBe("08000004" + "00000004");
    expect(load<u64>(0)).toBe(low);
  });
  test("writes nothing that does not fit, and what just fits", () => {
    for (let n: u32 = 0; n <= 8; n++) {
      memory.fill(buffer, 0xee, 32);
      w.begin(buffer, n);
      w.u8(1);
      expect(w.overflow).toBe(n < 1);
      w.begin(buffer, n);
      w.u16(0x0102);
      expect(w.overflow).toBe(n < 2);
      w.begin(buffer, n);
      w.u32(0x01020304);
      expect(w.overflow).toBe(n < 4);
      expect(toHex(buffer + n, 8)).toBe("eeeeeeeeeeeeeeee");
      w.begin(buffer, n);
      w.bytes(buffer + 512, 6);
      expect(w.overflow).toBe(n < 6);
      expect(toHex(buffer + n, 8)).toBe("eeeeeeeeeeeeeeee");
      w.begin(buffer, n);
      expect(w.reserve(7)).toBe(n < 7 ? 0 : buffer);
      expect(toHex(buffer + n, 8)).toBe("eeeeeeeeeeeeeeee");
    }
  });
  test("after an overflow nothing more is written, though it would fit", () => {
    memory.fill(buffer, 0xee, 32);
    w.begin(buffer, 4);
    w.bytes(buffer + 512, 5);
    w.u8(1);
    expect(w.here).toBe(buffer);
    expect(octets(4)).toBe("eeeeeeee");
  });
  test("a notification with data", () => {
    fromHex(buffer + 512, "0a0b0c0d" + "010203");
    w.begin(buffer, 64);
    notify.emit(w, 3, 24576, buffer + 512, 4, buffer + 516, 3);
    w.close();
    expect(octets(19)).toBe("00000013" + "00000001" + "03046000" + "0a0b0c0d" + "010203");
  });
  test("a chain that is refused has no end", () => {
    fromHex(buffer, "00000004");
    expect(parsePayloads(Payload.NONCE, buffer, 4, set, false)).toBe(Malformed.NONE);
    expect(set.end).toBe(buffer + 4);
    expect(parsePayloads(Payload.NONCE, buffer, 3, set, false)).toBe(Malformed.PAYLOAD_LENGTH);
    expect(set.end).toBe(0);
    expect(set.length).toBe(0);
  });
});

describe("a set of payloads", () => {
  test("knows nothing of the chain before", () => {
    const len = fromHex(buffer, "0d000004" + "0d000004" + "00000004");
    expect(parsePayloads(Payload.VENDOR_ID, buffer, len, set, false)).toBe(Malformed.NONE);
    expect(set.count(Payload.VENDOR_ID)).toBe(3);
    fromHex(buffer, "00000004");
    expect(parsePayloads(Payload.VENDOR_ID, buffer, 4, set, false)).toBe(Malformed.NONE);
    expect(set.count(Payload.VENDOR_ID)).toBe(1);
    expect(set.find(Payload.VENDOR_ID, 1)).toBe(-1);
    expect(set.typeAt(1)).toBe(Payload.NONE);
    set.handled(Payload.VENDOR_ID, 0);
    expect(set.unhandled()).toBe(-1);
    expect(parsePayloads(Payload.VENDOR_ID, buffer, 4, set, false)).toBe(Malformed.NONE);
    expect(set.unhandled()).toBe(0, "marks are forgotten");
  });
  test("has no body and no length of what is not there", () => {
    const len = fromHex(buffer, "0d000006" + "aabb" + "00000005" + "cc");
    expect(parsePayloads(Payload.NONCE, buffer, len, set, false)).toBe(Malformed.NONE);
    expect(set.body(Payload.HASH, 0)).toBe(0);
    expect(set.bodyLen(Payload.HASH, 0)).toBe(0);
    expect(set.body(Payload.NONCE, 1)).toBe(0);
    expect(set.bodyLen(Payload.NONCE, 1)).toBe(0);
    expect(set.body(Payload.NONCE, 0)).toBe(buffer + 4);
    expect(set.bodyLen(Payload.NONCE, 0)).toBe(2);
    expect(set.body(Payload.VENDOR_ID, 0)).toBe(buffer + 10);
    expect(set.bodyLen(Payload.VENDOR_ID, 0)).toBe(1);
    expect(set.headerAt(0)).toBe(buffer);
    expect(set.headerAt(1)).toBe(buffer + 6);
    expect(set.headerAt(2)).toBe(buffer + 11);
    expect(set.end).toBe(buffer + 11);
    set.handled(Payload.VENDOR_ID, 0);
    expect(set.unhandled()).toBe(0);
    set.handled(Payload.HASH, 0);
    set.handled(Payload.NONCE, 0);
    expect(set.unhandled()).toBe(-1);
  });
});

describe("an SA payload at its limits", () => {
  test("too short, without proposals, cut: each its reason", () => {
    const len = fromHex(buffer, "00000001" + "00000001" + "00000014" + "01030001" + "0000000c" + "01030000" + "80010007");
    for (let n: u32 = 0; n < 8; n++) expect(sa.check(buffer, n)).toBe(Malformed.TOO_SHORT);
    for (let n: u32 = 8; n < len; n++) expect(sa.check(buffer, n)).toBe(Malformed.PROPOSAL);
    expect(sa.check(buffer, len)).toBe(Malformed.NONE);
    store<u8>(buffer + 14, 12);
    expect(sa.check(buffer, len)).toBe(Malformed.PROPOSAL, "an SPI that leaves no transform");
    store<u8>(buffer + 14, 13);
    expect(sa.check(buffer, len)).toBe(Malformed.SPI);
  });
  test("a proposal of its header alone with an SPI; shorter than its header; longer than the payload", () => {
    let len = fromHex(buffer, "00000001" + "00000001" + "00000008" + "01030101");
    expect(sa.check(buffer, len)).toBe(Malformed.SPI);
    // What an unchecked length would come to is bad too, with another reason.
    len = fromHex(buffer, "00000001" + "00000001" + "02000004" + "01030001" + "0300000a" + "01010000" + "8001");
    expect(sa.check(buffer, len)).toBe(Malformed.PROPOSAL);
    fromHex(buffer, "00000001" + "00000001" + "02000010" + "01030001" + "00000008" + "01010000" + "02000008" + "0103ff01");
    expect(sa.check(buffer, 20)).toBe(Malformed.PROPOSAL);
  });
  test("proposals by number and protocol", () => {
    const transform = "00000008" + "01010000";
    const len = fromHex(
      buffer,
      "00000001" + "00000001" + "02000010" + "01030001" + transform + "02000010" + "01020001" + transform + "02000010" + "02030001" + transform + "00000010" + "02030001" + transform,
    );
    expect(cursor.begin(buffer, len)).toBe(Malformed.NONE);
    expect(cursor.protocols(1)).toBe((1 << 3) | (1 << 2));
    expect(cursor.protocols(2)).toBe((1 << 3) | sa.MANY);
    expect(cursor.protocols(3)).toBe(0);
    expect(cursor.seek(1, 2)).toBe(true);
    expect(cursor.spi).toBe(buffer + 8 + 16 + 8);
    expect(cursor.nextTransform()).toBe(true);
    expect(cursor.seek(2, 2)).toBe(false);
    expect(cursor.seek(2, 3)).toBe(true);
    expect(cursor.spi).toBe(buffer + 8 + 32 + 8, "the first of two");
    expect(cursor.nextTransform()).toBe(true);
    cursor.rewind();
    expect(cursor.nextTransform()).toBe(false, "before the first proposal");
  });
  test("leaving a proposal leaves its transforms, a transform its attributes", () => {
    const transform = "0000000c" + "01010000" + "80010007";
    const len = fromHex(buffer, "00000001" + "00000001" + "02000014" + "01030001" + transform + "00000014" + "02030001" + transform);
    expect(cursor.begin(buffer, len)).toBe(Malformed.NONE);
    expect(cursor.nextProposal()).toBe(true);
    expect(cursor.nextTransform()).toBe(true);
    expect(cursor.nextProposal()).toBe(true);
    expect(cursor.nextAttribute()).toBe(false);
    expect(cursor.nextTransform()).toBe(true);
    expect(cursor.nextTransform()).toBe(false);
    expect(cursor.nextAttribute()).toBe(false);
    cursor.rewind();
    expect(cursor.nextProposal()).toBe(true);
    expect(cursor.nextTransform()).toBe(true);
    expect(cursor.nextProposal()).toBe(true);
    expect(cursor.nextProposal()).toBe(false);
    expect(cursor.nextTransform()).toBe(false);
    cursor.seek(1, 3);
    cursor.nextTransform();
    cursor.rewind();
    expect(cursor.nextAttribute()).toBe(false);
  });
  test("a writer that is full writes no part of a proposal, a transform or a copy", () => {
    fromHex(buffer + 512, "03000010" + "01010000" + "80010007" + "80020001");
    // Payload, DOI and situation 12 octets; proposal with an SPI 12; transform 8; copy 16.
    for (let room: u32 = 12; room < 48; room++) {
      memory.fill(buffer, 0xee, 64);
      w.begin(buffer, room);
      writer.begin(w);
      writer.proposal(1, 3, buffer + 512, 4);
      writer.transform(1, 3);
      writer.copyTransform(buffer + 512, 16);
      writer.end();
      expect(w.overflow).toBe(true);
      expect(<u32>(w.here - buffer)).toBe(room < 24 ? 12 : room < 32 ? 24 : 32);
      expect(toHex(w.here, 24)).toBe("ee".repeat(24));
    }
    w.begin(buffer, 48);
    writer.begin(w);
    writer.proposal(1, 3, buffer + 512, 4);
    writer.transform(1, 3);
    writer.copyTransform(buffer + 512, 16);
    writer.end();
    w.close();
    expect(w.overflow).toBe(false);
    expect(octets(48)).toBe(
      "00000030" + "00000001" + "00000001" + "00000024" + "01030402" + "03000010" + "03000008" + "01030000" + "00000010" + "01010000" + "80010007" + "80020001",
    );
    expect(sa.check(buffer + 4, 44)).toBe(Malformed.NONE);
  });
  test("a second proposal that does not fit leaves the first as it is, and what is behind untouched", () => {
    for (let room: u32 = 32; room < 40; room++) {
      memory.fill(buffer, 0xee, 64);
      w.begin(buffer, room);
      writer.begin(w);
      writer.proposal(1, 3, buffer + 512, 4);
      writer.transform(1, 3);
      writer.proposal(2, 3, buffer + 512, 4);
      writer.transform(1, 3);
      writer.end();
      expect(w.overflow).toBe(true);
      expect(toHex(buffer + 12, 3)).toBe("000000", "the last one");
      expect(toHex(buffer + 32, 16)).toBe("ee".repeat(16));
    }
  });
  test("the payload before names it, its attributes have their places, and nothing is written without a place", () => {
    const low = load<u64>(0);
    w.begin(buffer, 128);
    w.header(buffer + 512, buffer + 520, 2, 0, 0);
    writer.begin(w);
    writer.end();
    writer.proposal(1, 1, 0, 0);
    writer.transform(1, 1);
    attribute.emit(w, 1, 7);
    attribute.emit(w, 2, 2);
    writer.end();
    expect(w.end()).toBe(28 + 12 + 8 + 16);
    expect(<u32>load<u8>(buffer + 16)).toBe(Payload.SA);
    expect(cursor.begin(buffer + 32, 32)).toBe(Malformed.NONE);
    cursor.nextProposal();
    cursor.nextTransform();
    for (let i: u32 = 0; i < 2; i++) {
      expect(cursor.nextAttribute()).toBe(true);
      expect(cursor.attribute).toBe(buffer + 56 + (i << 2));
    }
    expect(load<u64>(0)).toBe(low);
  });
  test("a writer forgets the proposal and transform of the last payload", () => {
    w.begin(buffer, 128);
    writer.begin(w);
    writer.proposal(1, 3, 0, 0);
    writer.transform(1, 3);
    w.begin(buffer + 128, 128);
    memory.fill(buffer, 0xee, 64);
    writer.begin(w);
    writer.proposal(1, 3, 0, 0);
    writer.transform(1, 3);
    attribute.emit(w, 1, 7);
    writer.end();
    expect(toHex(buffer, 32)).toBe("ee".repeat(32));
    w.close();
    expect(toHex(buffer + 128, 32)).toBe("00000020" + "00000001" + "00000001" + "00000014" + "01030001" + "0000000c" + "01030000" + "80010007");
  });
});
