// The ISAKMP header and chains of payloads, RFC 2408, 3.1, 3.2 and 5.
import { ExchangeType, Flag, Notify, Payload, exchangeName, notifyIsError, notifyName, payloadKnown, payloadName } from "../../../assembly/wire/ike_numbers";
import * as isakmp from "../../../assembly/wire/isakmp";
import { Malformed, dropOf, malformedName, notifyOf } from "../../../assembly/wire/malformed";
import { MessageWriter } from "../../../assembly/wire/message_writer";
import { MAX_PAYLOADS, parsePayloads, PayloadSet } from "../../../assembly/wire/payloads";
import { Drop } from "../../../assembly/util/status";
import { fromHex, toHex } from "../crypto/bytes";

const buffer: usize = memory.data(1024, 8);
const set = new PayloadSet();
const w = new MessageWriter();

const HEADER = "0102030405060708" + "1112131415161718" + "05100201" + "89abcdef" + "0000001c";

describe("the ISAKMP header", () => {
  test("deconstruct", () => {
    fromHex(buffer, HEADER);
    expect(isakmp.checkHeader(buffer, 28)).toBe(Malformed.NONE);
    expect(toHex(isakmp.CKY_I(buffer), 8)).toBe("0102030405060708");
    expect(toHex(isakmp.CKY_R(buffer), 8)).toBe("1112131415161718");
    expect(isakmp.cookieIsZero(isakmp.CKY_R(buffer))).toBe(false);
    expect(isakmp.nextPayload(buffer)).toBe(Payload.ID);
    expect(isakmp.exchangeType(buffer)).toBe(ExchangeType.IDENTITY_PROTECTION);
    expect(isakmp.flags(buffer)).toBe(Flag.ENCRYPTION);
    expect(isakmp.M_ID(buffer)).toBe(0x89abcdef);
    expect(isakmp.messageLength(buffer)).toBe(28);
  });
  test("construct", () => {
    const cookies = buffer + 512;
    fromHex(cookies, "01020304050607081112131415161718");
    isakmp.emitHeader(buffer, cookies, cookies + 8, ExchangeType.QUICK_MODE, Flag.ENCRYPTION, 0x89abcdef);
    expect(toHex(buffer, 28)).toBe("0102030405060708" + "1112131415161718" + "00102001" + "89abcdef" + "0000001c");
  });
  test("a cookie is zero when all of it is", () => {
    const cookie = buffer + 512;
    memory.fill(cookie, 0, 9);
    store<u8>(cookie + 8, 1);
    expect(isakmp.cookieIsZero(cookie)).toBe(true);
    for (let at: u32 = 0; at < 8; at++) {
      memory.fill(cookie, 0, 8);
      store<u8>(cookie + at, 1);
      expect(isakmp.cookieIsZero(cookie)).toBe(false);
    }
  });
  test("what is wrong is said", () => {
    fromHex(buffer, HEADER);
    for (let n: u32 = 0; n < 28; n++) expect(isakmp.checkHeader(buffer, n)).toBe(Malformed.TOO_SHORT);
    expect(isakmp.checkHeader(buffer, 29)).toBe(Malformed.LENGTH);
    store<u8>(buffer + 17, 0x20);
    expect(isakmp.checkHeader(buffer, 28)).toBe(Malformed.VERSION, "IKEv2 is another version");
    store<u8>(buffer + 17, 0x11);
    expect(isakmp.checkHeader(buffer, 28)).toBe(Malformed.MINOR_VERSION, "a higher minor version");
    store<u8>(buffer + 17, 0x10);
    isakmp.setFlags(buffer, 0xf8);
    expect(isakmp.checkHeader(buffer, 28)).toBe(Malformed.NONE, "flags that nothing defines are not looked at");
    expect(isakmp.isLaterResponse(buffer)).toBe(false);
    store<u8>(buffer + 17, 0x20);
    expect(isakmp.isLaterResponse(buffer)).toBe(true);
    isakmp.setFlags(buffer, 0xdf);
    expect(isakmp.isLaterResponse(buffer)).toBe(false);
    store<u8>(buffer + 17, 0x10);
    isakmp.setFlags(buffer, 7);
    isakmp.setMessageLength(buffer, 27);
    expect(isakmp.checkHeader(buffer, 28)).toBe(Malformed.LENGTH);
  });
  test("each fault has its notify, its counter and its name", () => {
    expect(notifyOf(Malformed.LENGTH)).toBe(Notify.UNEQUAL_PAYLOAD_LENGTHS);
    expect(notifyOf(Malformed.VERSION)).toBe(Notify.INVALID_MAJOR_VERSION);
    expect(notifyOf(Malformed.PAYLOAD_LENGTH)).toBe(Notify.PAYLOAD_MALFORMED);
    expect(notifyOf(Malformed.PROPOSAL)).toBe(Notify.BAD_PROPOSAL_SYNTAX);
    for (let m: u32 = Malformed.TOO_SHORT; m <= <u32>Malformed.ID; m++) {
      expect(dropOf(m)).not.toBe(Drop.NONE);
      expect(notifyOf(m)).not.toBe(Notify.NONE);
      expect(malformedName(m)).not.toBe("malformed");
    }
    expect(dropOf(Malformed.NONE)).toBe(Drop.NONE);
  });
  test("names", () => {
    expect(exchangeName(ExchangeType.QUICK_MODE)).toBe("Quick Mode");
    expect(payloadName(Payload.NAT_D_DRAFT)).toBe("NAT-D");
    expect(notifyName(Notify.INITIAL_CONTACT)).toBe("INITIAL-CONTACT");
    for (let n: u32 = 1; n <= 30; n++) expect(notifyName(n)).not.toBe("unknown notify");
    expect(notifyName(31)).toBe("unknown notify");
    expect(notifyIsError(14)).toBe(true);
    expect(notifyIsError(24578)).toBe(false);
  });
});

describe("a chain of payloads", () => {
  test("deconstruct, with positions, counts and marks", () => {
    const len = fromHex(buffer, "0a000008aabbccdd" + "0d000006eeff" + "0d000005cc" + "00000004");
    expect(parsePayloads(Payload.KE, buffer, len, set, false)).toBe(Malformed.NONE);
    expect(set.length).toBe(4);
    expect(set.typeAt(0)).toBe(Payload.KE);
    expect(set.typeAt(4)).toBe(Payload.NONE);
    expect(set.count(Payload.VENDOR_ID)).toBe(2);
    expect(set.count(Payload.SA)).toBe(0);
    expect(toHex(set.body(Payload.KE, 0), set.bodyLen(Payload.KE, 0))).toBe("aabbccdd");
    expect(toHex(set.body(Payload.VENDOR_ID, 0), 1)).toBe("cc");
    expect(set.bodyLen(Payload.VENDOR_ID, 1)).toBe(0);
    expect(set.body(Payload.VENDOR_ID, 2)).toBe(0);
    expect(set.find(Payload.NONCE, 0)).toBe(1);
    expect(set.headerAt(1)).toBe(buffer + 8);
    expect(set.headerAt(4)).toBe(buffer + len);
    expect(set.end).toBe(buffer + len);
    expect(set.unhandled()).toBe(0);
    set.handled(Payload.KE, 0);
    set.handled(Payload.NONCE, 0);
    set.handled(Payload.VENDOR_ID, 1);
    expect(set.unhandled()).toBe(2);
    set.handled(Payload.VENDOR_ID, 0);
    expect(set.unhandled()).toBe(-1);
  });
  test("padding stands only behind a decrypted chain, with any value and length", () => {
    const len = fromHex(buffer, "00000006eeff" + "a1b2c3d4e5f6070809");
    expect(parsePayloads(Payload.HASH, buffer, len, set, false)).toBe(Malformed.LENGTH);
    expect(parsePayloads(Payload.HASH, buffer, len, set, true)).toBe(Malformed.NONE);
    expect(set.end).toBe(buffer + 6);
  });
  test("in plain up to three zeros may stand behind the chain, where they make it end at a multiple of four", () => {
    for (let body: u32 = 0; body < 9; body++) {
      for (let behind: u32 = 0; behind < 9; behind++) {
        memory.fill(buffer, 0, 64);
        store<u8>(buffer + 3, <u8>(4 + body));
        const len = 4 + body + behind;
        const good = behind == 0 || (behind < 4 && len % 4 == 0);
        expect(parsePayloads(Payload.VENDOR_ID, buffer, len, set, false)).toBe(good ? Malformed.NONE : Malformed.LENGTH);
        expect(set.end).toBe(buffer + <usize>(4 + body));
        for (let n: u32 = 1; n <= behind; n++) {
          store<u8>(buffer + <usize>(len - n), 1);
          expect(parsePayloads(Payload.VENDOR_ID, buffer, len, set, false)).toBe(Malformed.LENGTH);
          store<u8>(buffer + <usize>(len - n), 0);
        }
      }
    }
  });
  test("no payloads at all", () => {
    expect(parsePayloads(Payload.NONE, buffer, 0, set, false)).toBe(Malformed.NONE);
    expect(set.length).toBe(0);
    expect(parsePayloads(Payload.NONE, buffer, 4, set, false)).toBe(Malformed.LENGTH);
  });
  test("lengths: every cut is found", () => {
    const len = fromHex(buffer, "0a000008aabbccdd" + "00000006eeff");
    for (let n: u32 = 0; n < len; n++) expect(parsePayloads(Payload.KE, buffer, n, set, true)).toBe(Malformed.PAYLOAD_LENGTH);
    for (let n: u32 = 0; n < 4; n++) {
      store<u8>(buffer + 3, <u8>n);
      expect(parsePayloads(Payload.KE, buffer, len, set, true)).toBe(Malformed.PAYLOAD_LENGTH);
    }
    store<u16>(buffer + 2, 0xffff);
    expect(parsePayloads(Payload.KE, buffer, len, set, true)).toBe(Malformed.PAYLOAD_LENGTH);
  });
  test("types that no chain may have", () => {
    fromHex(buffer, "00000004");
    for (let type: u32 = 1; type < 256; type++) {
      const known = payloadKnown(type);
      expect(parsePayloads(type, buffer, 4, set, false)).toBe(known ? Malformed.NONE : Malformed.PAYLOAD_TYPE);
      const walked = known || (type != <u32>Payload.PROPOSAL && type != <u32>Payload.TRANSFORM);
      expect(parsePayloads(type, buffer, 4, set, true)).toBe(walked ? Malformed.NONE : Malformed.PAYLOAD_TYPE, "decrypted");
    }
    expect(payloadKnown(Payload.PROPOSAL)).toBe(false);
    expect(payloadKnown(Payload.TRANSFORM)).toBe(false);
    expect(payloadKnown(33)).toBe(false, "IKEv2's SA");
  });
  test("a reserved octet is told, and the set is whole", () => {
    const len = fromHex(buffer, "0a010004" + "00000004");
    expect(parsePayloads(Payload.KE, buffer, len, set, false)).toBe(Malformed.RESERVED);
    expect(set.length).toBe(2);
  });
  test("more payloads than there are places", () => {
    for (let i: u32 = 0; i <= MAX_PAYLOADS; i++) store<u32>(buffer + <usize>(i << 2), 0x0400000d);
    store<u8>(buffer + <usize>(MAX_PAYLOADS - 1 << 2), 0);
    expect(parsePayloads(Payload.VENDOR_ID, buffer, MAX_PAYLOADS << 2, set, false)).toBe(Malformed.NONE);
    store<u8>(buffer + <usize>(MAX_PAYLOADS - 1 << 2), 13);
    store<u8>(buffer + <usize>(MAX_PAYLOADS << 2), 0);
    expect(parsePayloads(Payload.VENDOR_ID, buffer, (MAX_PAYLOADS + 1) << 2, set, false)).toBe(Malformed.TOO_MANY);
  });
});



describe("a message that is written", () => {
  test("chains, lengths and padding", () => {
    const cookies = buffer + 512;
    fromHex(cookies, "01020304050607081112131415161718");
    w.begin(buffer, 256);
    w.header(cookies, cookies + 8, ExchangeType.QUICK_MODE, Flag.ENCRYPTION, 7);
    w.payload(Payload.HASH);
    const hash = w.reserve(4);
    w.close();
    const from = w.here;
    w.payload(Payload.NONCE);
    w.u8(0xaa);
    w.u16(0xbbcc);
    w.u32(0xddeeff00);
    w.close();
    expect(toHex(from, <u32>(w.here - from))).toBe("0000000baabbccddeeff00");
    store<u32>(hash, 0x44332211);
    w.pad(16);
    expect(w.bodyLength).toBe(32);
    expect(w.end()).toBe(60);
    expect(toHex(buffer, 60)).toBe(
      "01020304050607081112131415161718" + "08102001" + "00000007" + "0000003c" +
      "0a000008" + "11223344" + "0000000b" + "aabbccddeeff00" + "00000000000000000000000000",
    );
    expect(isakmp.checkHeader(buffer, 60)).toBe(Malformed.NONE);
    expect(parsePayloads(isakmp.nextPayload(buffer), w.body, w.bodyLength, set, true)).toBe(Malformed.NONE);
    expect(set.headerAt(1)).toBe(from);
  });
  test("what does not fit is not written, and the length says so", () => {
    for (let room: u32 = 0; room < 44; room++) {
      memory.fill(buffer, 0x5a, 1024);
      w.begin(buffer, room);
      w.header(buffer + 512, buffer + 520, ExchangeType.INFORMATIONAL, 0, 0);
      w.payload(Payload.NONCE);
      w.bytes(buffer + 600, 12);
      expect(w.end()).toBe(0);
      expect(w.overflow).toBe(true);
      expect(load<u8>(buffer + room)).toBe(0x5a);
    }
    w.begin(buffer, 44);
    w.header(buffer + 512, buffer + 520, ExchangeType.INFORMATIONAL, 0, 0);
    w.payload(Payload.NONCE);
    w.bytes(buffer + 600, 12);
    expect(w.end()).toBe(44);
    expect(w.reserve(1)).toBe(0);
  });
});
