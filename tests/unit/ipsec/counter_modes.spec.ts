// Counter modes on whole ESP packets: the octets that RFC 3686, 4, RFC 4106, 3 to 5, RFC 4309, 3 to 5, RFC 4543, 3 and RFC 7634, 2 want,
// made here by hand.
import { ccmKey, ccmSeal } from "../../../assembly/crypto/ccm";
import { chachaPolyKey, chachaPolySeal } from "../../../assembly/crypto/chacha_poly";
import { ctrEsp, ctrKey } from "../../../assembly/crypto/ctr";
import { gcmKey, gcmSeal } from "../../../assembly/crypto/gcm";
import { hmac } from "../../../assembly/crypto/hmac";
import { Hash } from "../../../assembly/crypto/hash";
import * as espIn from "../../../assembly/ipsec/esp_in";
import * as espOut from "../../../assembly/ipsec/esp_out";
import { SA } from "../../../assembly/sadb/sas/sad";
import { hashOf } from "../../../assembly/sadb/terms/suite";
import { put32 } from "../../../assembly/util/bytes";
import * as packets from "../../../assembly/util/packet";
import { Drop } from "../../../assembly/util/status";
import { ALPHA, datagram, keymat, loop, mirrorPolicy, parameters, rooms, suite } from "../sadb/world";
import { toHex } from "../crypto/bytes";

const wanted: usize = memory.data(256, 8);
const context: usize = memory.data(512, 16);
const nonce: usize = memory.data(12, 4);
const aad: usize = memory.data(12, 4);
const digest: usize = memory.data(64, 8);

const LEN: u32 = 61;
/** Padding 1 and trailer: 64 octets of text. */
const TEXT: u32 = 64;

/** Numbers around 2^32, where the halves tell. */
const numbers: u64[] = [1, 0xfffffffe, 0xffffffff, 0x100000000, 0x100000001, 0x123456789abcdef0];

function pairOf(cipher: u32, bits: u32, auth: u32, esn: bool): SA {
  rooms();
  const policy = mirrorPolicy();
  suite(policy, cipher, bits, auth);
  parameters.peerAddress = ALPHA;
  parameters.esn = esn;
  return loop(policy);
}

/** Header, IV and plain text of the packet with that number. */
function plain(spi: u32, number: u64): void {
  put32(wanted, spi);
  put32(wanted + 4, <u32>number);
  put32(wanted + 8, <u32>(number >> 32));
  put32(wanted + 12, <u32>number);
  const packet = datagram(0x0a000001, 0x0a000002, 1, LEN);
  memory.copy(wanted + 16, packet.ptr, LEN);
  packets.free(packet);
  store<u8>(wanted + 16 + LEN, 1);
  store<u8>(wanted + 16 + LEN + 1, 1);
  store<u8>(wanted + 16 + LEN + 2, 4);
}

/** Seals the packet with that number, compares it, and opens it again. */
function expectWanted(sa: SA, number: u64, icv: u32): void {
  const out = sa.pair as SA;
  out.sequence = number - 1;
  sa.sequence = number - 1;
  const packet = datagram(0x0a000001, 0x0a000002, 1, LEN);
  expect(espOut.seal(out, packet, 4)).toBe(Drop.NONE);
  expect(toHex(packet.ptr, packet.len)).toBe(toHex(wanted, 16 + TEXT + icv));
  expect(espIn.open(sa, packet)).toBe(Drop.NONE);
  expect(packet.len).toBe(LEN);
  expect(sa.sequence).toBe(number);
  packets.free(packet);
}

describe("AES-GCM", () => {
  test("nonce: salt and IV; the IV is the whole number; covered: SPI and number, in its long form where it is extended", () => {
    const icvs: u32[] = [8, 12, 16];
    for (let k: u32 = 0; k < 3; k++) {
      for (let esn = 0; esn < 2; esn++) {
        for (let i = 0; i < numbers.length; i++) {
          const number = numbers[i];
          if (number > 0xffffffff && (!esn || k == 0)) continue;
          const sa = pairOf(18 + k, 256, 0, esn == 1);
          plain(sa.spi, number);
          gcmKey(context, keymat, 32);
          memory.copy(nonce, keymat + 32, 4);
          memory.copy(nonce + 4, wanted + 8, 8);
          put32(aad, sa.spi);
          if (esn) put32(aad + 4, <u32>(number >> 32));
          put32(aad + (esn ? 8 : 4), <u32>number);
          gcmSeal(context, nonce, aad, esn ? 12 : 8, wanted + 16, TEXT, wanted + 16 + TEXT, icvs[k]);
          expectWanted(sa, number, icvs[k]);
        }
      }
    }
  });

  test("the upper half of the number is authentic though it is not sent", () => {
    const sa = pairOf(20, 128, 0, true);
    const out = sa.pair as SA;
    out.sequence = 0x100000000;
    sa.sequence = 0x200000000;
    const packet = datagram(0x0a000001, 0x0a000002, 1, LEN);
    espOut.seal(out, packet, 4);
    expect(espIn.open(sa, packet)).toBe(Drop.ESP_ICV);
    packets.free(packet);
  });
});

/** What is authenticated in front of the text, at `aad`; its length. */
function front(spi: u32, number: u64, esn: bool): u32 {
  put32(aad, spi);
  if (esn) put32(aad + 4, <u32>(number >> 32));
  put32(aad + (esn ? 8 : 4), <u32>number);
  return esn ? 12 : 8;
}

/** The nonce of `salt` octets behind a key of 32, and the IV. */
function makeNonce(salt: u32): void {
  memory.copy(nonce, keymat + 32, salt);
  memory.copy(nonce + salt, wanted + 8, 8);
}

describe("AES-CCM", () => {
  test("nonce: three octets of salt and the IV; covered as with GCM", () => {
    const icvs: u32[] = [8, 12, 16];
    for (let k: u32 = 0; k < 3; k++) {
      for (let i = 0; i < numbers.length << 1; i++) {
        const number = numbers[i >> 1];
        const esn = (i & 1) == 1;
        if (number > 0xffffffff && (!esn || k == 0)) continue;
        const sa = pairOf(14 + k, 256, 0, esn);
        plain(sa.spi, number);
        ccmKey(context, keymat, 32);
        makeNonce(3);
        ccmSeal(context, nonce, 11, aad, front(sa.spi, number, esn), wanted + 16, TEXT, wanted + 16 + TEXT, icvs[k]);
        expectWanted(sa, number, icvs[k]);
      }
    }
  });

  test("ICVs of 8 octets end at 2^32 packets, extended numbers or not", () => {
    expect(pairOf(14, 128, 0, true).lastSequence).toBe(0xffffffff);
    expect(pairOf(15, 128, 0, true).lastSequence).toBe(u64.MAX_VALUE);
    expect(pairOf(23, 128, 0, true).lastSequence).toBe(u64.MAX_VALUE);
    expect(pairOf(254, 0, 0, true).lastSequence).toBe(u64.MAX_VALUE);
  });
});

describe("AES-GMAC", () => {
  test("the text stays as it is; header, number, IV and text are covered", () => {
    const covered: usize = memory.data(128, 8);
    for (let i = 0; i < numbers.length << 1; i++) {
      const number = numbers[i >> 1];
      const esn = (i & 1) == 1;
      if (number > 0xffffffff && !esn) continue;
      const sa = pairOf(23, 256, 0, esn);
      plain(sa.spi, number);
      gcmKey(context, keymat, 32);
      makeNonce(4);
      const n = front(sa.spi, number, esn);
      memory.copy(covered, aad, n);
      memory.copy(covered + n, wanted + 8, 8 + TEXT);
      gcmSeal(context, nonce, covered, n + 8 + TEXT, covered, 0, wanted + 16 + TEXT, 16);
      expectWanted(sa, number, 16);
    }
  });

  test("an octet of the text or of the IV changed is refused", () => {
    for (let at: u32 = 8; at < 16 + TEXT + 16; at += 7) {
      const sa = pairOf(23, 128, 0, false);
      const packet = datagram(0x0a000001, 0x0a000002, 1, LEN);
      expect(espOut.seal(sa.pair as SA, packet, 4)).toBe(Drop.NONE);
      store<u8>(packet.ptr + at, load<u8>(packet.ptr + at) ^ 0x10);
      expect(espIn.open(sa, packet)).toBe(Drop.ESP_ICV);
      packets.free(packet);
    }
  });
});

describe("ChaCha20-Poly1305", () => {
  test("nonce: salt and IV; covered as with GCM", () => {
    for (let i = 0; i < numbers.length << 1; i++) {
      const number = numbers[i >> 1];
      const esn = (i & 1) == 1;
      if (number > 0xffffffff && !esn) continue;
      const sa = pairOf(254, 0, 0, esn);
      plain(sa.spi, number);
      chachaPolyKey(context, keymat, 32);
      makeNonce(4);
      chachaPolySeal(context, nonce, aad, front(sa.spi, number, esn), wanted + 16, TEXT, wanted + 16 + TEXT);
      expectWanted(sa, number, 16);
    }
  });
});

describe("AES-CTR", () => {
  test("counter blocks of salt, IV and 1; the IV is the whole number", () => {
    for (let esn = 0; esn < 2; esn++) {
      for (let i = 0; i < numbers.length; i++) {
        const number = numbers[i];
        if (number > 0xffffffff && !esn) continue;
        const sa = pairOf(13, 192, 5, esn == 1);
        plain(sa.spi, number);
        ctrKey(context, keymat, 24);
        ctrEsp(context, keymat + 24, wanted + 8, wanted + 16, TEXT);
        // RFC 4304, 2: the upper half is covered behind what is sent.
        put32(wanted + 16 + TEXT, <u32>(number >> 32));
        hmac(hashOf(5) as Hash, keymat + 28, 32, wanted, 16 + TEXT + (esn ? 4 : 0), digest);
        memory.copy(wanted + 16 + TEXT, digest, 16);
        expectWanted(sa, number, 16);
      }
    }
  });
});
