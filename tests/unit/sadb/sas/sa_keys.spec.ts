// What an SA is made of: every negotiated value in its place, every part of the key material in its use.
import { CCM_CTX, ccmKey } from "../../../../assembly/crypto/ccm";
import { CHACHA_POLY_CTX, chachaPolyKey } from "../../../../assembly/crypto/chacha_poly";
import { BlockCipher } from "../../../../assembly/crypto/cipher";
import { CTR_CTX, ctrKey } from "../../../../assembly/crypto/ctr";
import { GCM_CTX, gcmKey } from "../../../../assembly/crypto/gcm";
import { Hash } from "../../../../assembly/crypto/hash";
import { hmacKey, hmacStateLength } from "../../../../assembly/crypto/hmac";
import { xcbcKey } from "../../../../assembly/crypto/xcbc";
import { Policy } from "../../../../assembly/sadb/policies/policy";
import { SA } from "../../../../assembly/sadb/sas/sa";
import { keyLength } from "../../../../assembly/sadb/sas/sa_keys";
import * as sad from "../../../../assembly/sadb/sas/sad";
import * as lifetime from "../../../../assembly/sadb/settings/lifetime";
import { CipherMode, Integrity, cipherMode, cipherOf, hashOf, integrityOf } from "../../../../assembly/sadb/terms/suite";
import * as clock from "../../../../assembly/util/clock";
import { ALPHA, BETA, NET_A, NET_B, keymat, pair, parameters, pass, ref, rooms, suite, tunnel } from "../world";

const context: usize = memory.data(1024, 16);
const state: usize = memory.data(256, 16);

let policy: Policy = changetype<Policy>(0);

/** protocol, transform, bits asked for, bits shown, authentication, octets of key, salt, key of authentication, IV, alignment, ICV */
const suites: u32[][] = [
  [50, 2, 0, 0, 1, 8, 0, 16, 8, 8, 12],
  [50, 3, 0, 0, 2, 24, 0, 20, 8, 8, 12],
  [50, 11, 0, 0, 5, 0, 0, 32, 0, 4, 16],
  [50, 12, 0, 128, 2, 16, 0, 20, 16, 16, 12],
  [50, 12, 192, 192, 6, 24, 0, 48, 16, 16, 24],
  [50, 12, 256, 256, 7, 32, 0, 64, 16, 16, 32],
  [50, 12, 256, 256, 9, 32, 0, 16, 16, 16, 12],
  [50, 12, 128, 128, 0, 16, 0, 0, 16, 16, 0],
  [50, 13, 128, 128, 5, 16, 4, 32, 8, 4, 16],
  [50, 13, 256, 256, 9, 32, 4, 16, 8, 4, 12],
  [50, 18, 128, 128, 0, 16, 4, 0, 8, 4, 8],
  [50, 19, 192, 192, 0, 24, 4, 0, 8, 4, 12],
  [50, 20, 256, 256, 0, 32, 4, 0, 8, 4, 16],
  [50, 14, 128, 128, 0, 16, 3, 0, 8, 4, 8],
  [50, 15, 192, 192, 0, 24, 3, 0, 8, 4, 12],
  [50, 16, 256, 256, 0, 32, 3, 0, 8, 4, 16],
  [50, 22, 0, 128, 2, 16, 0, 20, 16, 16, 12],
  [50, 22, 256, 256, 7, 32, 0, 64, 16, 16, 32],
  [50, 22, 192, 192, 9, 24, 0, 16, 16, 16, 12],
  [50, 23, 128, 128, 0, 16, 4, 0, 8, 4, 16],
  [50, 254, 0, 0, 0, 32, 4, 0, 8, 4, 16],
  [51, 0, 0, 0, 1, 0, 0, 16, 0, 4, 12],
  [51, 0, 0, 0, 7, 0, 0, 64, 0, 4, 32],
  [51, 0, 0, 0, 9, 0, 0, 16, 0, 4, 12],
];

function expectKeys(sa: SA, row: u32[], key: usize): void {
  const transform = row[1];
  const auth = row[4];
  const mac = key + <usize>(row[5] + row[6]);
  const mode = cipherMode(transform);
  memory.fill(context, 0, 1024);
  memory.fill(state, 0, 256);
  let length: u32 = 0;
  if (mode == CipherMode.CBC) {
    const cipher = cipherOf(transform) as BlockCipher;
    expect(ref(sa.cipher)).toBe(ref(cipher));
    cipher.setKey(context, key, row[5]);
    length = cipher.ctxLength;
  } else if (mode == CipherMode.CTR) {
    ctrKey(context, key, row[5]);
    length = CTR_CTX;
  } else if (mode == CipherMode.GCM || mode == CipherMode.GMAC) {
    gcmKey(context, key, row[5]);
    length = GCM_CTX;
  } else if (mode == CipherMode.CCM) {
    ccmKey(context, key, row[5]);
    length = CCM_CTX;
  } else if (mode == CipherMode.CHACHA) {
    chachaPolyKey(context, key, row[5]);
    length = CHACHA_POLY_CTX;
  }
  expect(memory.compare(sa.cipherCtx, context, length)).toBe(0, "cipher");
  expect(sa.salt).toBe(row[6] ? load<u32>(key + <usize>row[5]) & (row[6] == 3 ? 0xffffff : 0xffffffff) : 0);
  const integrity = integrityOf(transform, auth);
  expect(sa.integrity).toBe(<u8>integrity);
  if (integrity == Integrity.HMAC) {
    const hash = hashOf(auth) as Hash;
    expect(ref(sa.hash)).toBe(ref(hash));
    hmacKey(hash, state, mac, row[7]);
  } else if (integrity == Integrity.XCBC) xcbcKey(state, mac);
  if (integrity == Integrity.HMAC || integrity == Integrity.XCBC) {
    expect(sa.macState).toBe(sa.cipherCtx + <usize>length, "behind the cipher's context");
    expect(memory.compare(sa.macState, state, integrity == Integrity.XCBC ? 48 : hmacStateLength(sa.hash as Hash))).toBe(0, "authentication");
  }
  expect(<u32>sa.cipherMode).toBe(<u32>mode);
  expect(<u32>sa.ivLength).toBe(row[8]);
  expect(<u32>sa.align).toBe(row[9]);
  expect(<u32>sa.icvLength).toBe(row[10]);
  expect(<u32>sa.keyBits).toBe(row[3]);
  expect(<u32>sa.transform).toBe(transform);
  expect(<u32>sa.auth).toBe(auth);
  expect(<u32>sa.protocol).toBe(row[0]);
}

beforeEach(() => {
  rooms();
  policy = tunnel();
});

describe("keys", () => {
  test("each suite: key, salt, authentication key, in this order, and the two directions their own", () => {
    for (let i = 0; i < suites.length; i++) {
      const row = suites[i];
      suite(policy, row[1], row[2], row[4]);
      parameters.protocol = <u8>row[0];
      expect(keyLength(row[0], row[1], row[2], row[4])).toBe(row[5] + row[6] + row[7]);
      const inbound = sad.reserve(policy) as SA;
      sad.installInbound(inbound, parameters, keymat);
      expect(sad.activate(inbound, parameters, keymat + 1)).toBe(true);
      expectKeys(inbound, row, keymat);
      expectKeys(inbound.pair as SA, row, keymat + 1);
      sad.remove(inbound);
    }
  });

  test("of other protocols there are none", () => {
    expect(keyLength(49, 12, 128, 2)).toBe(0);
    expect(keyLength(52, 12, 128, 2)).toBe(0);
    expect(keyLength(0, 12, 128, 2)).toBe(0);
    expect(keyLength(51, 12, 128, 2)).toBe(20, "AH has no cipher, whatever stands there");
  });
});

describe("what was negotiated", () => {
  test("stands in both directions, each value in its place", () => {
    suite(policy, 12, 256, 5);
    const p = parameters;
    p.mode = 2;
    p.esn = true;
    p.encapsulated = true;
    p.checksumDelta = 0x1357;
    p.localPort = 4500;
    p.peerPort = 31000;
    p.ike = 77;
    p.pfsGroup = 14;
    p.lifetimeSeconds = 1111;
    p.lifetimeKilobytes = 2222;
    p.softMilliseconds = 333;
    p.softPart = 2048;
    p.selector.localFirst = NET_A + 1;
    p.selector.localLast = NET_A + 2;
    p.selector.remoteFirst = NET_B + 3;
    p.selector.remoteLast = NET_B + 4;
    p.selector.localPort = 55;
    p.selector.remotePort = 66;
    p.selector.protocol = 17;
    pass(500);
    const inbound = pair(policy);
    const outbound = inbound.pair as SA;
    const now = clock.now();
    for (let k = 0; k < 2; k++) {
      const sa = k ? outbound : inbound;
      expect(sa.inbound).toBe(k == 0);
      expect(<u32>sa.mode).toBe(2);
      expect(sa.esn).toBe(true);
      expect(sa.lastSequence).toBe(u64.MAX_VALUE);
      expect(sa.encapsulated).toBe(true);
      expect(sa.checksumDelta).toBe(0x1357);
      expect(sa.localPort).toBe(4500);
      expect(sa.peerPort).toBe(31000);
      expect(sa.localAddress).toBe(ALPHA);
      expect(sa.peerAddress).toBe(BETA);
      expect(sa.ike).toBe(77);
      expect(sa.pfsGroup).toBe(14);
      expect(sa.lifetimeSeconds).toBe(1111);
      expect(sa.lifetimeKilobytes).toBe(2222);
      expect(sa.born).toBe(now);
      expect(sa.softBytes).toBe(lifetime.softBytes(12, 2222, 2048));
      expect(sa.softBytes).toBe(1111 << 10, "half of it");
      expect(sa.hardBytes).toBe(2222 << 10);
      const s = sa.selector;
      expect(s.localFirst).toBe(NET_A + 1);
      expect(s.localLast).toBe(NET_A + 2);
      expect(s.remoteFirst).toBe(NET_B + 3);
      expect(s.remoteLast).toBe(NET_B + 4);
      expect(s.localPort).toBe(55);
      expect(s.remotePort).toBe(66);
      expect(<u32>s.protocol).toBe(17);
      expect(sa.whole).toBe(false);
      expect(sa.sequence).toBe(0);
      expect(ref(sa.policy)).toBe(ref(policy));
    }
    expect(outbound.spi).toBe(0x11223344);
    expect(inbound.soft).toBe(now + 333);
    expect(inbound.hard).toBe(now + 1111000);
    expect(outbound.soft).toBe(0);
    expect(outbound.hard).toBe(0);
    expect(ref(outbound.pair)).toBe(ref(inbound));
  });

  test("octets of what goes in front, and of what is added in all", () => {
    // protocol, mode, transform, authentication, in UDP, front, overhead
    const cases: u32[][] = [
      [50, 1, 12, 2, 0, 20 + 8 + 16, 20 + 8 + 16 + 2 + 12],
      [50, 2, 12, 2, 0, 8 + 16, 8 + 16 + 2 + 12],
      [50, 1, 3, 5, 1, 20 + 8 + 8 + 8, 20 + 8 + 8 + 8 + 2 + 16],
      [50, 2, 20, 0, 1, 8 + 8 + 8, 8 + 8 + 8 + 2 + 16],
      [51, 1, 0, 7, 0, 20 + 12 + 32, 20 + 12 + 32],
      [51, 2, 0, 2, 0, 12 + 12, 12 + 12],
    ];
    for (let i = 0; i < cases.length; i++) {
      const row = cases[i];
      suite(policy, row[2], row[2] == 20 ? 256 : row[2] == 12 ? 128 : 0, row[3]);
      parameters.protocol = <u8>row[0];
      parameters.mode = <u8>row[1];
      parameters.encapsulated = row[4] != 0;
      const sa = pair(policy).pair as SA;
      expect(sa.front).toBe(row[5]);
      expect(sa.overhead).toBe(row[6]);
    }
    // A bundle has the AH in front as well.
    suite(policy, 12, 128, 2);
    const around = pair(policy).pair as SA;
    const inside = pair(policy).pair as SA;
    around.icvLength = 32;
    inside.outer = around;
    expect(inside.front).toBe(20 + 8 + 16 + 44);
    expect(inside.overhead).toBe(20 + 8 + 16 + 44 + 2 + 12);
  });
});
