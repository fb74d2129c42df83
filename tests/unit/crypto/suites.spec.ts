// AES-CTR: RFC 3686, 6. AES-GCM: the cases of McGrew and Viega's specification. AES-XCBC-MAC: RFC 3566, 4.6; its prf:
// RFC 4434, 2.1. Products without carries against their definition.
import { clmulLow, reverse } from "../../../assembly/crypto/clmul";
import { CTR_CTX, ctrEsp, ctrKey } from "../../../assembly/crypto/ctr";
import { GCM_CTX, gcmIcvOk, gcmKey, gcmOpen, gcmSeal } from "../../../assembly/crypto/gcm";
import { XCBC_KEY, XCBC_MESSAGE, xcbcFinal, xcbcKey, xcbcPrf, xcbcStart, xcbcUpdate } from "../../../assembly/crypto/xcbc";
import { fromHex, fromText, toHex } from "./bytes";

const ctx: usize = memory.data(288, 8);
const message: usize = memory.data(40, 8);
const key: usize = memory.data(32, 8);
const nonce: usize = memory.data(16, 8);
const aad: usize = memory.data(32, 8);
const text: usize = memory.data(256, 8);
const icv: usize = memory.data(16, 8);

describe("products without carries", () => {
  test("the lower half is the sum of shifted copies", () => {
    let a: u64 = 0x9e3779b97f4a7c15;
    let b: u64 = 0xffffffffffffffff;
    for (let round = 0; round < 20; round++) {
      let expected: u64 = 0;
      for (let i: u64 = 0; i < 64; i++) if ((b >> i) & 1) expected ^= a << i;
      expect(clmulLow(a, b)).toBe(expected);
      a = a * 6364136223846793005 + 1442695040888963407;
      b ^= a >> 7;
    }
    expect(clmulLow(0xffffffffffffffff, 0xffffffffffffffff)).toBe(0x5555555555555555);
  });
  test("reversal", () => {
    expect(reverse(1)).toBe(0x8000000000000000);
    expect(reverse(0x0123456789abcdef)).toBe(0xf7b3d591e6a2c480);
  });
});

describe("AES-CTR", () => {
  test("RFC 3686, 6, cases 1, 3 and 8", () => {
    expect(CTR_CTX).toBe(248);
    expect(ctrKey(ctx, key, fromHex(key, "ae6852f8121067cc4bf7a5765577f39e"))).toBe(true);
    fromHex(nonce, "00000030" + "0000000000000000");
    ctrEsp(ctx, nonce, nonce + 4, text, fromText(text, "Single block msg"));
    expect(toHex(text, 16)).toBe("e4095d4fb7a7b3792d6175a3261311b8");

    ctrKey(ctx, key, fromHex(key, "7691be035e5020a8ac6e618529f9a0dc"));
    fromHex(nonce, "00e0017b" + "27777f3f4a1786f0");
    ctrEsp(ctx, nonce, nonce + 4, text, fromHex(text, "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20212223"));
    expect(toHex(text, 36)).toBe("c1cf48a89f2ffdd9cf4652e9efdb72d74540a42bde6d7836d59a5ceaaef3105325b2072f");

    ctrKey(ctx, key, fromHex(key, "f6d66d6bd52d59bb0796365879eff886c66dd51a5b6a99744b50590c87a23884"));
    fromHex(nonce, "00faac24" + "c1585ef15a43d875");
    ctrEsp(ctx, nonce, nonce + 4, text, fromHex(text, "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"));
    expect(toHex(text, 32)).toBe("f05e231b3894612c49ee000b804eb2a9b8306b508f839d6a5530831d9344af1c");
  });
  test("a key of another length is refused", () => {
    expect(ctrKey(ctx, key, 20)).toBe(false);
  });
});

describe("AES-GCM", () => {
  test("cases 1, 2 and 4 of the specification", () => {
    expect(GCM_CTX).toBe(280);
    memory.fill(key, 0, 32);
    memory.fill(nonce, 0, 16);
    expect(gcmKey(ctx, key, 16)).toBe(true);
    expect(toHex(ctx + 248, 16)).toBe("66e94bd4ef8a2c3b884cfa59ca342b2e", "H");
    gcmSeal(ctx, nonce, aad, 0, text, 0, icv, 16);
    expect(toHex(icv, 16)).toBe("58e2fccefa7e3061367f1d57a4e7455a");
    memory.fill(text, 0, 16);
    gcmSeal(ctx, nonce, aad, 0, text, 16, icv, 16);
    expect(toHex(text, 16)).toBe("0388dace60b6a392f328c2b971b2fe78");
    expect(toHex(icv, 16)).toBe("ab6e47d42cec13bdf53a67b21257bddf");

    gcmKey(ctx, key, fromHex(key, "feffe9928665731c6d6a8f9467308308"));
    fromHex(nonce, "cafebabefacedbaddecaf888");
    const aadLen = fromHex(aad, "feedfacedeadbeeffeedfacedeadbeefabaddad2");
    const plain = "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39";
    const len = fromHex(text, plain);
    gcmSeal(ctx, nonce, aad, aadLen, text, len, icv, 16);
    expect(toHex(text, len)).toBe("42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091");
    expect(toHex(icv, 16)).toBe("5bc94fbc3221a5db94fae95ae7121a47");
    for (let n: u32 = 8; n <= 16; n += 4) {
      store<u8>(icv, load<u8>(icv) ^ 128);
      expect(gcmOpen(ctx, nonce, aad, aadLen, text, len, icv, n)).toBe(false);
      store<u8>(icv, load<u8>(icv) ^ 128);
      store<u8>(icv + n - 1, load<u8>(icv + n - 1) ^ 1);
      expect(gcmOpen(ctx, nonce, aad, aadLen, text, len, icv, n)).toBe(false);
      store<u8>(icv + n - 1, load<u8>(icv + n - 1) ^ 1);
    }
    expect(gcmOpen(ctx, nonce, aad, aadLen, text, len, icv, 12)).toBe(true);
    expect(toHex(text, len)).toBe(plain);
  });
  test("ICVs have 8, 12 or 16 octets (RFC 4106, 6)", () => {
    for (let n: u32 = 0; n < 20; n++) expect(gcmIcvOk(n)).toBe(n == 8 || n == 12 || n == 16);
  });
});

describe("AES-XCBC", () => {
  test("RFC 3566, 4.6: no octet, three, sixteen, twenty", () => {
    expect(XCBC_KEY).toBe(216);
    fromHex(key, "000102030405060708090a0b0c0d0e0f");
    xcbcKey(ctx, key);
    for (let i: u32 = 0; i < 32; i++) store<u8>(text + i, <u8>i);
    const LENGTHS: StaticArray<u32> = [0, 3, 16, 20, 32];
    const CODES: StaticArray<string> = [
      "75f0251d528ac01c4573dfd584d79f29", "5b376580ae2f19afe7219ceef172756f", "d2a246fa349b68a79998a4394ff7a263",
      "47f51b4564966215b8985c63055ed308", "f54f0ec8d2b9f3d36807734bd5283fd4",
    ];
    for (let i = 0; i < 5; i++) {
      for (let split: u32 = 0; split <= LENGTHS[i]; split++) {
        xcbcStart(message);
        xcbcUpdate(ctx, message, text, split);
        xcbcUpdate(ctx, message, text + split, LENGTHS[i] - split);
        xcbcFinal(ctx, message, icv);
        expect(toHex(icv, 16)).toBe(CODES[i]);
      }
    }
    let left: u64 = 0;
    for (let i: u32 = 0; i < XCBC_MESSAGE; i += 8) left |= load<u64>(message + i);
    expect(left).toBe(0, "the message's context is wiped");
  });
  test("RFC 4434, 2.1: keys of 16, 10 and 18 octets", () => {
    for (let i: u32 = 0; i < 20; i++) store<u8>(text + i, <u8>i);
    xcbcPrf(key, fromHex(key, "000102030405060708090a0b0c0d0e0f"), text, 20, icv);
    expect(toHex(icv, 16)).toBe("47f51b4564966215b8985c63055ed308");
    xcbcPrf(key, fromHex(key, "00010203040506070809"), text, 20, icv);
    expect(toHex(icv, 16)).toBe("0fa087af7d866e7653434e602fdde835");
    xcbcPrf(key, fromHex(key, "000102030405060708090a0b0c0d0e0fedcb"), text, 20, icv);
    expect(toHex(icv, 16)).toBe("8cd3c93ae598a9803006ffb67c40e9e4");
  });
});
