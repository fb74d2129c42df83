// The fragment payload and the payloads of certificates: octets read and written, and lengths that lie.
import * as certificate from "../../../assembly/wire/certificate";
import { CertEncoding } from "../../../assembly/wire/certificate";
import * as fragment from "../../../assembly/wire/fragment";
import { Payload } from "../../../assembly/wire/ike_numbers";
import * as isakmp from "../../../assembly/wire/isakmp";
import { Malformed } from "../../../assembly/wire/malformed";
import { MessageWriter } from "../../../assembly/wire/message_writer";
import { MAX_PAYLOADS, PayloadSet, parsePayloads } from "../../../assembly/wire/payloads";
import { emitBareFragmentation, recognise, takesFragments, Vendor } from "../../../assembly/wire/vendor";
import { fromHex, toHex } from "../crypto/bytes";

const buffer: usize = memory.data(1024, 8);
const HEADER = "00112233445566778899aabbccddeeff" + "841002000000000000000000";

/** A fragment's message: the header, then these octets. */
function laid(payload: string): u32 {
  fromHex(buffer, HEADER);
  const len = 28 + fromHex(buffer + 28, payload);
  isakmp.setMessageLength(buffer, len);
  return len;
}

describe("a fragment", () => {
  test("its fields", () => {
    const len = laid("0000000b" + "0001" + "02" + "01" + "aabbcc");
    expect(isakmp.nextPayload(buffer)).toBe(Payload.FRAGMENT);
    expect(fragment.check(buffer, len)).toBe(Malformed.NONE);
    expect(fragment.fragmentId(buffer)).toBe(1);
    expect(fragment.number(buffer)).toBe(2);
    expect(fragment.isLast(buffer)).toBe(true);
    expect(toHex(fragment.data(buffer), fragment.dataLen(len))).toBe("aabbcc");
  });
  test("other bits of its flags and its RESERVED octet are not looked at", () => {
    expect(fragment.check(buffer, laid("007f0009" + "fffe" + "ff" + "fe" + "aa"))).toBe(Malformed.NONE);
    expect(fragment.isLast(buffer)).toBe(false);
    expect(fragment.fragmentId(buffer)).toBe(0xfffe);
    expect(fragment.number(buffer)).toBe(255);
  });
  test("lengths that lie, number 0, a payload behind it", () => {
    expect(fragment.check(buffer, laid("00000008" + "0001" + "01" + "01"))).toBe(Malformed.TOO_SHORT, "no data");
    expect(fragment.check(buffer, laid("000000"))).toBe(Malformed.TOO_SHORT);
    expect(fragment.check(buffer, 28)).toBe(Malformed.TOO_SHORT);
    expect(fragment.check(buffer, laid("0000000a" + "0001" + "01" + "01" + "aabbcc"))).toBe(Malformed.PAYLOAD_LENGTH);
    expect(fragment.check(buffer, laid("0000000c" + "0001" + "01" + "01" + "aabbcc"))).toBe(Malformed.PAYLOAD_LENGTH);
    expect(fragment.check(buffer, laid("0000000b" + "0001" + "00" + "01" + "aabbcc"))).toBe(Malformed.PAYLOAD_LENGTH);
    expect(fragment.check(buffer, laid("0d00000b" + "0001" + "01" + "01" + "aabbcc"))).toBe(Malformed.PAYLOAD_TYPE);
  });
  test("is written as it is read, with the whole's cookies, exchange type and message ID, in plain", () => {
    fromHex(buffer, "00112233445566778899aabbccddeeff" + "05100201" + "deadbeef" + "00000022" + "010203040506");
    const len = fragment.emit(buffer + 256, buffer, 0x1234, 3, true, 28, 6);
    expect(toHex(buffer + 256, len)).toBe("00112233445566778899aabbccddeeff" + "84100200" + "deadbeef" + "0000002a" + "0000000e" + "1234" + "03" + "01" + "010203040506");
    expect(fragment.check(buffer + 256, len)).toBe(Malformed.NONE);
    expect(isakmp.checkHeader(buffer + 256, len)).toBe(Malformed.NONE);
    fragment.emit(buffer + 256, buffer, 1, 1, false, 0, 28);
    expect(fragment.isLast(buffer + 256)).toBe(false);
    expect(toHex(fragment.data(buffer + 256), 28)).toBe("00112233445566778899aabbccddeeff" + "05100201" + "deadbeef" + "00000022");
  });
});

describe("the vendor ID of fragmentation", () => {
  test("alone, with capabilities, with others", () => {
    const bare = "4048b7d56ebce88525e7de7f00d6c2d3";
    for (let i = 0; i < 6; i++) {
      const more = i == 0 ? "" : i == 1 ? "80000000" : i == 2 ? "40000000" : i == 3 ? "c0000000" : i == 4 ? "00000000" : "3fffffff";
      const len = fromHex(buffer, bare + more);
      expect(recognise(buffer, len)).toBe(Vendor.FRAGMENTATION);
      expect(takesFragments(buffer, len)).toBe(i < 4, more);
    }
    expect(recognise(buffer, 15)).toBe(Vendor.UNKNOWN);
    const w = new MessageWriter();
    w.begin(buffer, 64);
    emitBareFragmentation(w);
    w.close();
    expect(toHex(buffer, <u32>(w.here - buffer))).toBe("00000014" + bare);
  });
});

describe("certificates, their requests and signatures", () => {
  test("are written as they are read", () => {
    const set = new PayloadSet();
    const w = new MessageWriter();
    fromHex(buffer + 512, "300102");
    w.begin(buffer, 256);
    w.header(buffer + 600, buffer + 608, 2, 0, 0);
    certificate.emitCertificate(w, CertEncoding.X509_SIGNATURE, buffer + 512, 3);
    certificate.emitRequest(w, CertEncoding.X509_SIGNATURE, 0, 0);
    certificate.emitSignature(w, buffer + 512, 2);
    const len = w.end();
    expect(toHex(buffer + 28, len - 28)).toBe("07000008" + "04300102" + "09000005" + "04" + "00000006" + "3001");
    expect(parsePayloads(isakmp.nextPayload(buffer), buffer + 28, len - 28, set, false)).toBe(Malformed.NONE);
    const body = set.body(Payload.CERT, 0);
    expect(certificate.checkCertificate(set.bodyLen(Payload.CERT, 0))).toBe(Malformed.NONE);
    expect(certificate.encoding(body)).toBe(CertEncoding.X509_SIGNATURE);
    expect(toHex(certificate.content(body), certificate.contentLen(set.bodyLen(Payload.CERT, 0)))).toBe("300102");
    expect(certificate.checkRequest(set.bodyLen(Payload.CERT_REQUEST, 0))).toBe(Malformed.NONE);
    expect(certificate.contentLen(set.bodyLen(Payload.CERT_REQUEST, 0))).toBe(0);
    expect(set.bodyLen(Payload.SIG, 0)).toBe(2);
  });
  test("a certificate of an encoding alone is none; a request of nothing is none", () => {
    expect(certificate.checkCertificate(0)).toBe(Malformed.TOO_SHORT);
    expect(certificate.checkCertificate(1)).toBe(Malformed.TOO_SHORT);
    expect(certificate.checkRequest(0)).toBe(Malformed.TOO_SHORT);
  });
  test("sixteen of each and what else a message has fit", () => {
    expect(MAX_PAYLOADS).toBeGreaterThan(2 * certificate.CERTIFICATES_MAX + 8);
  });
});
