import { BlockCipher } from "../../../assembly/crypto/cipher";
import * as espIn from "../../../assembly/ipsec/esp_in";
import * as espOut from "../../../assembly/ipsec/esp_out";
import * as integrity from "../../../assembly/ipsec/integrity";
import { Policy } from "../../../assembly/sadb/policies/policy";
import { REPLAY_OCTETS } from "../../../assembly/sadb/sas/replay";
import { SA } from "../../../assembly/sadb/sas/sa";
import * as sad from "../../../assembly/sadb/sas/sad";
import { SEQUENCE_RESERVE } from "../../../assembly/sadb/settings/lifetime";
import * as lifetime from "../../../assembly/sadb/settings/lifetime";
import { Work } from "../../../assembly/sadb/work";
import { put32 } from "../../../assembly/util/bytes";
import { Packet } from "../../../assembly/util/packet";
import * as packets from "../../../assembly/util/packet";
import { Drop } from "../../../assembly/util/status";
import * as esp from "../../../assembly/wire/esp";
import { fromHex, toHex } from "../crypto/bytes";
import { NET_A, NET_B, datagram, keymat, pair, parameters, pass, poll, rooms, suite, tunnel, work } from "../sadb/world";

let policy: Policy = changetype<Policy>(0);
const scratch: usize = memory.data(2048, 8);
const ivs: usize = memory.data(16, 8);

beforeEach(() => {
  rooms();
  policy = tunnel();
});

/** cipher, key bits, authentication */
const suites: u32[][] = [
  [2, 0, 1], [2, 0, 2], [3, 0, 1], [3, 0, 2], [3, 0, 5],
  [12, 128, 1], [12, 128, 2], [12, 192, 5], [12, 256, 6], [12, 256, 7], [12, 128, 0],
  [11, 0, 1], [11, 0, 5], [11, 0, 7], [11, 0, 9], [12, 128, 9], [12, 256, 9],
  [13, 128, 2], [13, 192, 5], [13, 256, 9], [18, 128, 0], [19, 192, 0], [20, 256, 0],
];

/** A pair whose directions have each other's SPI: what one seals the other opens. */
function loop(cipher: u32, bits: u32, auth: u32): SA {
  suite(policy, cipher, bits, auth);
  const inbound = sad.reserve(policy) as SA;
  parameters.peerSpi = inbound.spi;
  sad.installInbound(inbound, parameters, keymat);
  sad.activate(inbound, parameters, keymat);
  return inbound;
}

function packetOf(text: string): Packet {
  const packet = packets.alloc() as Packet;
  packet.len = fromHex(packet.ptr, text);
  return packet;
}

describe("every suite", () => {
  test("what is sealed opens to the same octets, at every length", () => {
    for (let i = 0; i < suites.length; i++) {
      const inbound = loop(suites[i][0], suites[i][1], suites[i][2]);
      const outbound = inbound.pair as SA;
      const iv = <u32>outbound.ivLength;
      for (let len: u32 = 20; len < 100; len++) {
        const packet = datagram(NET_A, NET_B, 1, len);
        const home = packet.ptr;
        memory.copy(scratch, packet.ptr, len);
        expect(espOut.seal(outbound, packet, 4)).toBe(Drop.NONE);
        expect(packet.ptr).toBe(home - 8 - iv);
        expect(packet.len).toBe(8 + iv + len + 2 + esp.padLength(len, <u32>outbound.align) + outbound.icvLength);
        expect(esp.spi(packet.ptr)).toBe(inbound.spi);
        expect(esp.sequence(packet.ptr)).toBe(len - 19);
        if (suites[i][0] != 11) expect(memory.compare(home, scratch, len)).not.toBe(0);
        else expect(memory.compare(home, scratch, len)).toBe(0);
        expect(espIn.open(inbound, packet)).toBe(Drop.NONE);
        expect(packet.ptr).toBe(home);
        expect(packet.len).toBe(len);
        expect(packet.nextHeader).toBe(4);
        expect(memory.compare(home, scratch, len)).toBe(0);
        packets.free(packet);
      }
      expect(<u32>outbound.packets).toBe(80);
      expect(<u32>inbound.packets).toBe(80);
      expect(inbound.bytes).toBe(outbound.bytes);
      sad.remove(inbound);
    }
  });

  test("an octet changed anywhere, a length cut or added: dropped, and the window does not move", () => {
    for (let i = 0; i < suites.length; i++) {
      if (suites[i][2] == 0 && suites[i][0] < 18) continue;
      const inbound = loop(suites[i][0], suites[i][1], suites[i][2]);
      const packet = datagram(NET_A, NET_B, 1, 60);
      espOut.seal(inbound.pair as SA, packet, 4);
      const p = packet.ptr;
      const len = packet.len;
      memory.copy(scratch, p, len);
      for (let at: u32 = 4; at < len; at++) {
        memory.copy(p, scratch, len);
        store<u8>(p + at, load<u8>(p + at) ^ (<u8>1 << <u8>(at & 7)));
        packet.ptr = p;
        packet.len = len;
        const reason = espIn.open(inbound, packet);
        expect(reason == Drop.ESP_ICV || reason == Drop.ESP_REPLAY).toBe(true);
        expect(inbound.sequence).toBe(0);
      }
      for (let cut: u32 = 0; cut < len; cut++) {
        memory.copy(p, scratch, len);
        packet.ptr = p;
        packet.len = cut;
        expect(espIn.open(inbound, packet)).not.toBe(Drop.NONE);
      }
      memory.copy(p, scratch, len);
      packet.ptr = p;
      packet.len = len + <u32>inbound.align;
      expect(espIn.open(inbound, packet)).toBe(Drop.ESP_ICV);
      memory.copy(p, scratch, len);
      packet.ptr = p;
      packet.len = len;
      expect(espIn.open(inbound, packet)).toBe(Drop.NONE);
      expect(inbound.sequence).toBe(1);
      packets.free(packet);
      sad.remove(inbound);
    }
  });

  test("without an ICV there is no window: anybody could move it (RFC 4303, 3.4.3)", () => {
    lifetime.setWindow(64);
    expect(loop(12, 128, 0).window).toBe(0);
    expect(loop(12, 128, 2).window).toBe(64);
    expect(loop(20, 128, 0).window).toBe(64);
  });

  test("extended numbers have a window whatever is configured meanwhile", () => {
    lifetime.setWindow(0);
    suite(policy, 12, 128, 2);
    parameters.esn = true;
    expect(pair(policy).window).toBe(64);
    lifetime.setWindow(64);
  });

  test("replays, in every window", () => {
    for (let window: u32 = 0; window <= 1024; window = window ? window << 1 : 32) {
      lifetime.setWindow(window);
      const inbound = loop(12, 128, 2);
      expect(inbound.window).toBe(window);
      const packet = datagram(NET_A, NET_B, 1, 60);
      const outbound = inbound.pair as SA;
      outbound.sequence = 2999;
      espOut.seal(outbound, packet, 4);
      const p = packet.ptr;
      const len = packet.len;
      memory.copy(scratch, p, len);
      expect(espIn.open(inbound, packet)).toBe(Drop.NONE);
      memory.copy(p, scratch, len);
      packet.ptr = p;
      packet.len = len;
      expect(espIn.open(inbound, packet)).toBe(window ? Drop.ESP_REPLAY : Drop.NONE);
      expect(inbound.replayErrors).toBe(window ? 1 : 0);
      packets.free(packet);
      if (window) {
        for (let k: u32 = 0; k < 2; k++) {
          const old = datagram(NET_A, NET_B, 1, 60);
          outbound.sequence = 3000 - window - 1 + k;
          espOut.seal(outbound, old, 4);
          expect(espIn.open(inbound, old)).toBe(k ? Drop.NONE : Drop.ESP_REPLAY);
          packets.free(old);
        }
      }
      sad.remove(inbound);
    }
  });

  test("IVs: never the same twice, and not the counter that they are made of", () => {
    const inbound = loop(3, 0, 2);
    const outbound = inbound.pair as SA;
    let last: u64 = 0;
    for (let i = 0; i < 100; i++) {
      const packet = datagram(NET_A, NET_B, 1, 60);
      espOut.seal(outbound, packet, 4);
      const iv = load<u64>(packet.ptr, 8);
      expect(iv).not.toBe(last);
      expect(iv >> 32).not.toBe(load<u64>(outbound.nonce) >> 32);
      expect(<u32>iv).not.toBe(load<u32>(outbound.nonce));
      last = iv;
      packets.free(packet);
    }
  });
});

describe("authentic but wrong", () => {
  test("padding that is not 1, 2, 3", () => {
    const inbound = loop(12, 128, 2);
    const packet = datagram(NET_A, NET_B, 1, 40);
    const outbound = inbound.pair as SA;
    // A payload that ends in a trailer of its own, cut so that the real one is a block further.
    store<u8>(packet.ptr + 40, 9);
    store<u8>(packet.ptr + 46, 6);
    packet.len = 48 - 2;
    memory.fill(packet.ptr + 40, 0xaa, 6);
    // Encrypted by hand: seal would write its own padding.
    const p = packet.ptr - 24;
    esp.emitHeader(p, outbound.spi, 1);
    store<u8>(packet.ptr + 46, 6);
    store<u8>(packet.ptr + 47, 4);
    memory.fill(p + 8, 7, 16);
    memory.copy(ivs, p + 8, 16);
    (outbound.cipher as BlockCipher).cbcEncrypt(outbound.cipherCtx, ivs, p + 24, 48);
    memory.copy(p + 72, integrity.compute(outbound, p, 72, 1), 12);
    packet.ptr = p;
    packet.len = 84;
    expect(espIn.open(inbound, packet)).toBe(Drop.ESP_PADDING);
    expect(inbound.errors).toBe(1);
    expect(inbound.sequence).toBe(1);
    packets.free(packet);
  });

  test("not whole blocks, and shorter than one", () => {
    const inbound = loop(12, 128, 2);
    const packet = datagram(NET_A, NET_B, 1, 60);
    packet.len = 8 + 16 + 17 + 12;
    put32(packet.ptr + 4, 1);
    expect(espIn.open(inbound, packet)).toBe(Drop.ESP_LENGTH);
    packet.len = 8 + 16 + 12;
    expect(espIn.open(inbound, packet)).toBe(Drop.ESP_TOO_SHORT);
    packets.free(packet);
  });
});

describe("bounds of an SA", () => {
  test("the sequence number: rekeyed before its end, and never comes around", () => {
    const inbound = loop(12, 128, 2);
    const outbound = inbound.pair as SA;
    outbound.sequence = 0xffffffff - SEQUENCE_RESERVE - 2;
    for (let i = 0; i < 2; i++) {
      const packet = datagram(NET_A, NET_B, 1, 60);
      expect(espOut.seal(outbound, packet, 4)).toBe(Drop.NONE);
      packets.free(packet);
      poll();
      expect(work()).toBe(i ? Work.REKEY : 0);
    }
    outbound.sequence = 0xfffffffe;
    const last = datagram(NET_A, NET_B, 1, 60);
    expect(espOut.seal(outbound, last, 4)).toBe(Drop.NONE);
    expect(esp.sequence(last.ptr)).toBe(0xffffffff);
    expect(espIn.open(inbound, last)).toBe(Drop.NONE);
    expect(espOut.seal(outbound, last, 4)).toBe(Drop.ESP_SEQUENCE_END);
    expect(outbound.sequence).toBe(0xffffffff);
    poll();
    expect(work()).toBe(Work.EXPIRED);
    packets.free(last);
  });

  test("extended: over the end of 2^32 without a rekeying, and ended before 2^64 comes around", () => {
    for (let k = 0; k < 2; k++) {
      suite(policy, k ? 20 : 12, 256, k ? 0 : 5);
      parameters.esn = true;
      const inbound = sad.reserve(policy) as SA;
      parameters.peerSpi = inbound.spi;
      sad.installInbound(inbound, parameters, keymat);
      sad.activate(inbound, parameters, keymat);
      const outbound = inbound.pair as SA;
      outbound.sequence = inbound.sequence = 0xfffffffe;
      for (let i: u64 = 0; i < 4; i++) {
        const packet = datagram(NET_A, NET_B, 1, 60);
        expect(espOut.seal(outbound, packet, 4)).toBe(Drop.NONE);
        expect(esp.sequence(packet.ptr)).toBe(<u32>(0xffffffff + i));
        expect(espIn.open(inbound, packet)).toBe(Drop.NONE);
        expect(inbound.sequence).toBe(0xffffffff + i);
        packets.free(packet);
      }
      poll();
      expect(work()).toBe(0);
      outbound.sequence = inbound.sequence = u64.MAX_VALUE - SEQUENCE_RESERVE - 2;
      for (let i = 0; i < 2; i++) {
        const packet = datagram(NET_A, NET_B, 1, 60);
        expect(espOut.seal(outbound, packet, 4)).toBe(Drop.NONE);
        packets.free(packet);
        poll();
        expect(work()).toBe(i ? Work.REKEY : 0);
      }
      outbound.sequence = u64.MAX_VALUE - 1;
      const last = datagram(NET_A, NET_B, 1, 60);
      expect(espOut.seal(outbound, last, 4)).toBe(Drop.NONE);
      expect(espIn.open(inbound, last)).toBe(Drop.NONE);
      expect(espOut.seal(outbound, last, 4)).toBe(Drop.ESP_SEQUENCE_END);
      poll();
      expect(work()).toBe(Work.EXPIRED);
      packets.free(last);
    }
  });

  test("ICVs of 64 bits end at 2^32 packets, extended numbers or not", () => {
    suite(policy, 18, 128, 0);
    parameters.esn = true;
    const inbound = pair(policy);
    const outbound = inbound.pair as SA;
    outbound.sequence = 0xffffffff;
    const packet = datagram(NET_A, NET_B, 1, 60);
    expect(espOut.seal(outbound, packet, 4)).toBe(Drop.ESP_SEQUENCE_END);
    packets.free(packet);
  });

  test("octets: rekeyed at nine tenths, ended at all of them, each way", () => {
    suite(policy, 12, 128, 2);
    parameters.lifetimeKilobytes = 2560;
    for (let way = 0; way < 2; way++) {
      const inbound = sad.reserve(policy) as SA;
      parameters.peerSpi = inbound.spi;
      sad.installInbound(inbound, parameters, keymat);
      sad.activate(inbound, parameters, keymat);
      const outbound = inbound.pair as SA;
      if (way) outbound.softBytes = outbound.hardBytes = u64.MAX_VALUE;
      let sent: u32 = 0;
      let rekeyedAt: u32 = 0;
      let reason = Drop.NONE;
      while (reason == Drop.NONE) {
        const packet = datagram(NET_A, NET_B, 1, 1000);
        reason = espOut.seal(outbound, packet, 4);
        if (reason == Drop.NONE && way) reason = espIn.open(inbound, packet);
        packets.free(packet);
        if (reason == Drop.NONE) sent++;
        poll();
        const kind = work();
        if (kind == Work.REKEY) rekeyedAt = sent;
        else if (kind) expect(kind).toBe(Work.EXPIRED);
      }
      expect(reason).toBe(Drop.ESP_LIFETIME);
      expect(rekeyedAt).toBe(2360);
      expect(sent).toBeGreaterThan(2560);
      expect(sent).toBeLessThan(2622);
      expect(policy.outbound == null).toBe(true);
    }
  });

  test("time: nothing goes after the hard end, poll or no poll", () => {
    const inbound = loop(12, 128, 2);
    const outbound = inbound.pair as SA;
    const packet = datagram(NET_A, NET_B, 1, 60);
    const other = datagram(NET_A, NET_B, 1, 60);
    expect(espOut.seal(outbound, packet, 4)).toBe(Drop.NONE);
    pass(3600000);
    expect(espOut.seal(outbound, other, 4)).toBe(Drop.ESP_LIFETIME);
    expect(espIn.open(inbound, packet)).toBe(Drop.ESP_LIFETIME);
    packets.free(packet);
    packets.free(other);
  });
});

const heads: string[] = [
  "90d382b410eeba7ad938c46cec1a82bf", "90d382b410eeba7ad938c46cec1a82bf",
  "0123456789abcdef0123456789abcdef", "0123456789abcdef0123456789abcdef",
];
const payloads: string[] = [
  "08000ebda70a00008e9c083db95b070008090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f3031323334353637",
  "0800b5e8a80a0500a69c083d0b660e00777777777777777777777777",
  "45000054090400004001f988c0a87b03c0a87bc808009f76a90a0100b49c083d02a2040008090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f3031323334353637",
  "45000044090c00004001f990c0a87b03c0a87bc80800d63caa0a0200c69c083da3de0300ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
];
const wholes: string[] = [
  "0000432100000001e96e8c08ab465763fd098d45dd3ff893f663c25d325c18c6a9453e194e120849a4870b66cc6b9965330013b4898dc856a4699e523a55db080b59ec3a8e4b7e52775b07d1db34ed9c538ab50c551b874aa269add047ad2d5913ac19b7cfbad4a6",
  "000043210000000869d08df7d203329db093fc4924e5bd80f51995881ec4e0c4488987ce742e8109689bb379d2d750c0d915dca346a89f75",
  "0000876500000002f4e765244f6407adf13dc1380f673f37773b5241a4c449225e4f3ce5ed611b0c237ca96cf74a93013c1b0ea1a0cf70f8e4ecaec78ac53aad7a0f022b859243c647752e94a859352b8a4d4d2decd136e5c177f132ad3fbfb2201ac9904c74ee0a109e0ca1e4dfe9d5a100b842f1c22f0d",
  "000087650000000585d47224b5f3dd5d2101d4ea8dffab2215b92683819596a8047232cc00f7048fe45318e11f8a0f62ede3c3fc61203bb50f980a08c9843fd3a1b06d5c07ff9639b7eb7dfb3512e5de435e7207ed971ef3d2726d9b5ef6affc6d17a0decbb13892",
];

describe("RFC 3602, 4: whole packets", () => {
  test("open to their payloads, and are sealed to the same octets", () => {
    for (let i = 0; i < 4; i++) {
      suite(policy, 12, 128, 0);
      fromHex(keymat, heads[i]);
      const inbound = pair(policy);
      const outbound = inbound.pair as SA;
      const packet = packetOf(wholes[i]);
      const whole = packet.len;
      const sequence = esp.sequence(packet.ptr);
      outbound.spi = esp.spi(packet.ptr);
      // The nonce that gives the packet's IV: the IV decrypted, less the number.
      memory.copy(outbound.nonce, packet.ptr + 8, 16);
      memory.fill(ivs, 0, 16);
      (outbound.cipher as BlockCipher).cbcDecrypt(outbound.cipherCtx, ivs, outbound.nonce, 16);
      store<u32>(outbound.nonce + 12, load<u32>(outbound.nonce + 12) ^ sequence);
      outbound.sequence = sequence - 1;

      expect(espIn.open(inbound, packet)).toBe(Drop.NONE);
      expect(toHex(packet.ptr, packet.len)).toBe(payloads[i]);
      expect(packet.nextHeader).toBe(i < 2 ? 1 : 4);
      expect(inbound.sequence).toBe(sequence);
      expect(espOut.seal(outbound, packet, packet.nextHeader)).toBe(Drop.NONE);
      expect(packet.len).toBe(whole);
      expect(toHex(packet.ptr, packet.len)).toBe(wholes[i]);
      packets.free(packet);
      sad.remove(inbound);
    }
  });

  test("an old capture: 3DES with HMAC-96, its ICV cut off", () => {
    suite(policy, 3, 0, 0);
    fromHex(keymat, "4043434545464649494a4a4c4c4f4f515152525454575758");
    const inbound = pair(policy);
    const packet = packetOf("12345678000000014c20452f3cb09211d3a748cde5c811e39c4ee83cfe96a1e42acfd2b87aab05d1642ba3af9c1bc342102c40ad15df4de0200a63638734711187d412093b83bfaa43191cbd84a45b0276338399b1f5ca17cc9254457e5906551a7041e3dc9176e8");
    expect(espIn.open(inbound, packet)).toBe(Drop.NONE);
    expect(packet.len).toBe(84);
    expect(toHex(packet.ptr, 20)).toBe("45000054000040003f01b8a6c0000201c0000101");
    packets.free(packet);
  });

  test("the window's memory is as long as it says", () => {
    expect(REPLAY_OCTETS).toBe(136);
  });
});
