// AES-CTR: RFC 3686, 6. AES-GCM: the cases of McGrew and Viega's specification. AES-XCBC-MAC: RFC 3566, 4.6; its prf:
// RFC 4434, 2.1. AES-CMAC: RFC 4493, 4. AES-CCM: RFC 3610, 8, and SP 800-38C, C.1. Products without carries against their definition.
import { clmulLow, reverse } from "../../../assembly/crypto/clmul";
import { CCM_CTX, CCM_NONCE, ccmIcvOk, ccmKey, ccmOk, ccmOpen, ccmSeal } from "../../../assembly/crypto/ccm";
import { CMAC_KEY, CMAC_LENGTH, CMAC_MESSAGE, cmacFinal, cmacKey, cmacStart, cmacUpdate } from "../../../assembly/crypto/cmac";
import { CTR_CTX, ctrEsp, ctrKey } from "../../../assembly/crypto/ctr";
import { GCM_CTX, gcmIcvOk, gcmKey, gcmOpen, gcmSeal } from "../../../assembly/crypto/gcm";
import { GMAC_LENGTH, GMAC_MESSAGE, gmacFinal, gmacStart, gmacUpdate } from "../../../assembly/crypto/gmac";
import { XCBC_KEY, XCBC_MESSAGE, xcbcFinal, xcbcKey, xcbcPrf, xcbcStart, xcbcUpdate } from "../../../assembly/crypto/xcbc";
import { fromHex, fromText, toHex } from "./bytes";

const ctx: usize = memory.data(288, 8);
const message: usize = memory.data(64, 8);
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

describe("AES-CMAC", () => {
  test("RFC 4493, 4: no octet, sixteen, forty, sixty-four", () => {
    expect(CMAC_KEY).toBe(280);
    expect(CMAC_MESSAGE).toBe(40);
    expect(CMAC_LENGTH).toBe(16);
    expect(cmacKey(ctx, key, fromHex(key, "2b7e151628aed2a6abf7158809cf4f3c"))).toBe(true);
    expect(toHex(ctx + 248, 16)).toBe("fbeed618357133667c85e08f7236a8de", "K1");
    expect(toHex(ctx + 264, 16)).toBe("f7ddac306ae266ccf90bc11ee46d513b", "K2");
    fromHex(text, "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710");
    const LENGTHS: StaticArray<u32> = [0, 16, 40, 64];
    const CODES: StaticArray<string> = [
      "bb1d6929e95937287fa37d129b756746", "070a16b46b4d4144f79bdd9dd04a287c", "dfa66747de9ae63030ca32611497c827", "51f0bebf7e3b9d92fc49741779363cfe",
    ];
    for (let i = 0; i < 4; i++) {
      for (let split: u32 = 0; split <= LENGTHS[i]; split++) {
        cmacStart(message);
        cmacUpdate(ctx, message, text, split);
        cmacUpdate(ctx, message, text + split, LENGTHS[i] - split);
        cmacFinal(ctx, message, icv);
        expect(toHex(icv, 16)).toBe(CODES[i]);
      }
    }
    let left: u64 = 0;
    for (let i: u32 = 0; i < CMAC_MESSAGE; i += 8) left |= load<u64>(message + i);
    expect(left).toBe(0, "the message's context is wiped");
  });
  test("a key of another length is refused", () => {
    expect(cmacKey(ctx, key, 20)).toBe(false);
  });
});

describe("AES-GMAC", () => {
  test("is GCM with an empty text, in parts too", () => {
    expect(GMAC_LENGTH).toBe(16);
    gcmKey(ctx, key, fromHex(key, "feffe9928665731c6d6a8f9467308308"));
    fromHex(nonce, "cafebabefacedbaddecaf888");
    for (let i: u32 = 0; i < 100; i++) store<u8>(text + i, <u8>(i * 7));
    for (let len: u32 = 0; len <= 100; len += 11) {
      gcmSeal(ctx, nonce, text, len, text, 0, icv, 16);
      const whole = toHex(icv, 16);
      for (let split: u32 = 0; split <= len; split++) {
        gmacStart(message, nonce);
        gmacUpdate(ctx, message, text, split);
        gmacUpdate(ctx, message, text + split, len - split);
        gmacFinal(ctx, message, icv);
        expect(toHex(icv, 16)).toBe(whole);
      }
    }
    let left: u64 = 0;
    for (let i: u32 = 0; i < GMAC_MESSAGE; i += 8) left |= load<u64>(message + i);
    expect(left).toBe(0, "the message's context is wiped");
  });
});

describe("AES-CCM", () => {
  test("SP 800-38C, C.1, and RFC 3610, packet vector 1", () => {
    expect(CCM_CTX).toBe(248);
    expect(CCM_NONCE).toBe(11);
    expect(ccmKey(ctx, key, fromHex(key, "404142434445464748494a4b4c4d4e4f"))).toBe(true);
    fromHex(nonce, "10111213141516");
    fromHex(aad, "0001020304050607");
    ccmSeal(ctx, nonce, 7, aad, 8, text, fromHex(text, "20212223"), icv, 4);
    expect(toHex(text, 4) + toHex(icv, 4)).toBe("7162015b4dac255d");

    ccmKey(ctx, key, fromHex(key, "c0c1c2c3c4c5c6c7c8c9cacbcccdcecf"));
    fromHex(nonce, "00000003020100a0a1a2a3a4a5");
    const plain = "08090a0b0c0d0e0f101112131415161718191a1b1c1d1e";
    ccmSeal(ctx, nonce, 13, aad, 8, text, fromHex(text, plain), icv, 8);
    const cipher = "588c979a61c663d2f066d0c2c0f989806d5f6b61dac384";
    expect(toHex(text, 23)).toBe(cipher);
    expect(toHex(icv, 8)).toBe("17e8d12cfdf926e0");
    store<u8>(icv + 7, load<u8>(icv + 7) ^ 1);
    expect(ccmOpen(ctx, nonce, 13, aad, 8, text, 23, icv, 8)).toBe(false);
    expect(toHex(text, 23)).toBe(cipher, "the text is as it was");
    store<u8>(icv + 7, load<u8>(icv + 7) ^ 1);
    expect(ccmOpen(ctx, nonce, 13, aad, 8, text, 23, icv, 8)).toBe(true);
    expect(toHex(text, 23)).toBe(plain);
  });
  test("ESP's ICVs have 8, 12 or 16 octets; CCM's own bounds", () => {
    for (let n: u32 = 0; n < 20; n++) expect(ccmIcvOk(n)).toBe(n == 8 || n == 12 || n == 16);
    for (let n: u32 = 0; n < 20; n++) expect(ccmOk(n, 8, 8, 64)).toBe(n >= 7 && n <= 13);
    for (let n: u32 = 0; n < 20; n++) expect(ccmOk(11, n, 8, 64)).toBe(n >= 4 && n <= 16 && (n & 1) == 0);
    expect(ccmOk(11, 8, 0xff00, 64)).toBe(false);
    expect(ccmOk(13, 8, 8, 0xffff)).toBe(true);
    expect(ccmOk(13, 8, 8, 0x10000)).toBe(false);
  });
});
