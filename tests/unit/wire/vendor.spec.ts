// Vendor IDs and NAT detection (RFC 2408, 3.16; RFC 3947, 3; RFC 3706, 5.1).
import { Hash, HashAlg } from "../../../assembly/crypto/hash";
import { hashById } from "../../../assembly/crypto/registry";
import { natdHash, natdMatches } from "../../../assembly/ike/message/natd";
import { emit, isNatt, recognise, Vendor, vendorName } from "../../../assembly/wire/vendor";
import { MessageWriter } from "../../../assembly/wire/message_writer";
import { fromHex, fromText, toHex } from "../crypto/bytes";

const buffer: usize = memory.data(256, 8);
const ctx: usize = memory.data(200, 8);
const w = new MessageWriter();

function known(text: string): Vendor {
  return recognise(buffer, fromHex(buffer, text));
}

describe("vendor IDs", () => {
  test("the ones of the RFCs and drafts", () => {
    expect(known("4a131c81070358455c5728f20e95452f")).toBe(Vendor.NATT_RFC);
    expect(known("7d9419a65310ca6f2c179d9215529d56")).toBe(Vendor.NATT_03);
    expect(known("90cb80913ebb696e086381b5ec427b1f")).toBe(Vendor.NATT_02N);
    expect(known("cd60464335df21f87cfdb2fc68b6a448")).toBe(Vendor.NATT_02);
    expect(known("16f6ca16e4a4066d83821a0f0aeaa862")).toBe(Vendor.NATT_01);
    expect(known("4485152d18b6bbcd0be8a8469579ddcc")).toBe(Vendor.NATT_00);
    expect(known("afcad71368a1f1c96b8696fc77570100")).toBe(Vendor.DPD);
    expect(known("09002689dfd6b712")).toBe(Vendor.XAUTH);
    expect(known("12f5f28c457168a9702d9fe274cc0204")).toBe(Vendor.UNITY, "whatever the version");
    expect(known("882fe56d6fd20dbc2251613b2ebe5beb")).toBe(Vendor.STRONGSWAN);
  });
  test("MD5 of what they say", () => {
    const md5 = hashById(HashAlg.MD5) as Hash;
    md5.digest(ctx, buffer + 64, fromText(buffer + 64, "Postern"), buffer);
    expect(recognise(buffer, 16)).toBe(Vendor.POSTERN);
    md5.digest(ctx, buffer + 64, fromText(buffer + 64, "RFC 3947"), buffer);
    expect(recognise(buffer, 16)).toBe(Vendor.NATT_RFC);
    md5.digest(ctx, buffer + 64, fromText(buffer + 64, "draft-ietf-ipsec-nat-t-ike-02\n"), buffer);
    expect(recognise(buffer, 16)).toBe(Vendor.NATT_02N);
  });
  test("lengths, and what nobody knows", () => {
    expect(known("")).toBe(Vendor.UNKNOWN);
    expect(known("4a131c81070358455c5728f20e9545")).toBe(Vendor.UNKNOWN);
    expect(known("4a131c81070358455c5728f20e95452f00")).toBe(Vendor.UNKNOWN);
    expect(known("afcad71368a1f1c96b8696fc77")).toBe(Vendor.UNKNOWN);
    expect(known("00112233445566778899aabbccddeeff")).toBe(Vendor.UNKNOWN);
  });
  test("every one is written as it is read, and has a name", () => {
    for (let v: i32 = 1; v < Vendor.COUNT; v++) {
      w.begin(buffer, 64);
      emit(w, <Vendor>v);
      w.close();
      expect(recognise(buffer + 4, <u32>(w.here - buffer) - 4)).toBe(<Vendor>v);
      expect(vendorName(<Vendor>v)).not.toBe("unknown vendor ID");
    }
    w.begin(buffer, 64);
    emit(w, Vendor.UNKNOWN);
    expect(w.here).toBe(buffer);
    expect(isNatt(Vendor.NATT_RFC) && isNatt(Vendor.NATT_02) && !isNatt(Vendor.NATT_01) && !isNatt(Vendor.DPD)).toBe(true);
  });
});

describe("NAT detection", () => {
  test("RFC 3947, 3.2: HASH(CKY-I | CKY-R | IP | Port)", () => {
    const sha1 = hashById(HashAlg.SHA1) as Hash;
    fromHex(buffer, "01020304050607081112131415161718");
    natdHash(sha1, buffer, buffer + 8, 0xc0000201, 4500, buffer + 32);
    expect(toHex(buffer + 32, 20)).toBe("5184f43875ff7d9e3dfdc92bd1dee1a08204de3e");
    expect(natdMatches(sha1, buffer, buffer + 8, 0xc0000201, 4500, buffer + 32, 20)).toBe(true);
    expect(natdMatches(sha1, buffer, buffer + 8, 0xc0000201, 500, buffer + 32, 20)).toBe(false);
    expect(natdMatches(sha1, buffer, buffer + 8, 0xc0000202, 4500, buffer + 32, 20)).toBe(false);
    expect(natdMatches(sha1, buffer, buffer + 8, 0xc0000201, 4500, buffer + 32, 19)).toBe(false);
  });
});
