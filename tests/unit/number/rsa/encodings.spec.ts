// The blocks of PKCS#1: what is built, octet by octet; what comes out of one of type 2, for every place of its end.
import * as drbg from "../../../../assembly/crypto/drbg";
import { bareBlock, digestInfoBlock, openTypeTwo, pssFits, typeTwoBlock } from "../../../../assembly/number/rsa/encodings";
import { fromHex, toHex } from "../../crypto/bytes";

const block: usize = memory.data(256, 8);
const copy: usize = memory.data(256, 8);
const message: usize = memory.data(256, 8);
const other: usize = memory.data(256, 8);
const out: usize = memory.data(256, 8);
const ALL: u32 = 0xffffffff;

beforeAll(() => {
  drbg.init();
  drbg.seed();
});

describe("blocks of type 1", () => {
  test("around the bare hash", () => {
    fromHex(message, "a1a2a3a4a5a6a7a8a9b0b1b2b3b4b5b6b7b8b9c0");
    expect(bareBlock(block, 32, message, 20)).toBe(true);
    expect(toHex(block, 32)).toBe("0001" + "ff".repeat(9) + "00" + "a1a2a3a4a5a6a7a8a9b0b1b2b3b4b5b6b7b8b9c0");
    expect(bareBlock(block, 31, message, 20)).toBe(true);
    expect(bareBlock(block, 30, message, 20)).toBe(false, "seven octets of padding");
    expect(bareBlock(block, 32, message, 0)).toBe(false);
  });

  test("with DigestInfo (RFC 8017, 9.2, note 1)", () => {
    memory.fill(message, 0xaa, 64);
    const infos = ["", "", "3021300906052b0e03021a05000414", "", "3031300d060960864801650304020105000420", "3041300d060960864801650304020205000430", "3051300d060960864801650304020305000440"];
    for (let alg: u32 = 0; alg < 8; alg++) {
      const known = alg == 2 || (alg > 3 && alg < 7);
      expect(digestInfoBlock(block, 128, alg, message)).toBe(known);
      if (!known) continue;
      const len: i32 = alg == 2 ? 20 : alg == 4 ? 32 : alg == 5 ? 48 : 64;
      const info = infos[alg];
      const fill = 128 - 3 - len - (info.length >> 1);
      expect(toHex(block, 128)).toBe("0001" + "ff".repeat(fill) + "00" + info + "aa".repeat(len));
      const least = <u32>(11 + len + (info.length >> 1));
      expect(digestInfoBlock(block, least, alg, message)).toBe(true);
      expect(digestInfoBlock(block, least - 1, alg, message)).toBe(false);
    }
  });
});

describe("blocks of type 2", () => {
  test("have no zeros in their padding, and come apart again", () => {
    memory.fill(other, 0xee, 64);
    for (let len: u32 = 0; len <= 53; len++) {
      memory.fill(message, 0, 64);
      memory.fill(message, <u8>len, len);
      expect(typeTwoBlock(block, 64, message, len)).toBe(true);
      expect(toHex(block, 2)).toBe("0002");
      let zeros = 0;
      for (let i: u32 = 2; i < 64 - len; i++) if (!load<u8>(block + i)) zeros++;
      expect(zeros).toBe(1);
      expect(openTypeTwo(block, 64, ALL, 0, 53, other, 7, out)).toBe(len);
      expect(toHex(out, 53)).toBe(toHex(message, 53));
    }
    expect(typeTwoBlock(block, 64, message, 54)).toBe(false);
  });

  test("with an end at any place, under any bounds", () => {
    memory.fill(other, 0xee, 64);
    for (let end: u32 = 2; end <= 64; end++) {
      for (let bounds = 0; bounds < 4; bounds++) {
        const min: u32 = bounds & 1 ? 8 : 0;
        const max: u32 = bounds & 2 ? 20 : 53;
        for (let i: u32 = 0; i < 64; i++) store<u8>(block + i, <u8>(i | 0x80));
        store<u8>(block, 0);
        store<u8>(block, 2, 1);
        if (end < 64) store<u8>(block + end, 0);
        const len: i32 = 63 - <i32>end;
        const good = end >= 10 && end < 64 && len >= <i32>min && len <= <i32>max;
        memory.copy(copy, block, 64);
        expect(openTypeTwo(block, 64, ALL, min, max, other, 7, out)).toBe(good ? <u32>len : 7);
        const wanted = good ? toHex(copy + end + 1, <u32>len) + "00".repeat(<i32>max - len) : toHex(other, max);
        expect(toHex(out, max)).toBe(wanted);
        memory.copy(block, copy, 64);
        expect(openTypeTwo(block, 64, 0, min, max, other, 7, out)).toBe(7, "not usable");
        expect(toHex(out, max)).toBe(toHex(other, max));
      }
    }
  });

  test("any other first octets", () => {
    memory.fill(other, 0xee, 64);
    for (let first: u32 = 0; first < 512; first++) {
      memory.fill(block, 1, 64);
      store<u8>(block, first < 256 ? <u8>first : 0);
      store<u8>(block, first < 256 ? 2 : <u8>first, 1);
      store<u8>(block, 0, 50);
      const good = first == 0 || first == 258;
      expect(openTypeTwo(block, 64, ALL, 0, 53, other, 7, out)).toBe(good ? <u32>13 : 7);
    }
  });
});

describe("PSS", () => {
  test("lengths that cannot be", () => {
    memory.fill(block, 0, 256);
    store<u8>(block + 63, 0xbc);
    memory.fill(message, 1, 64);
    expect(pssFits(block, 64, 512, 4, 4, 31, message)).toBe(false);
    expect(pssFits(block, 64, 512, 4, 4, 0xffffffff, message)).toBe(false);
    expect(pssFits(block, 64, 512, 1, 4, 20, message)).toBe(false);
    expect(pssFits(block, 64, 512, 4, 1, 20, message)).toBe(false);
    expect(pssFits(block, 64, 512, 9, 9, 20, message)).toBe(false);
  });
});
