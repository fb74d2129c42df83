// AES: FIPS 197, appendix C (as one block under a zero IV); SP 800-38A, F.2; RFC 3602, 4. DES: SP 800-17's answers and
// FIPS 81's text; 3DES: the first block of SP 800-67's example. Camellia: RFC 3713,
// appendix A. And the properties that CBC has by itself.
import { BlockCipher, CipherAlg, CIPHER_CTX_MAX, CIPHER_BLOCK_MAX } from "../../../assembly/crypto/cipher";
import { cipherById } from "../../../assembly/crypto/registry";
import { fromHex, fromText, toHex } from "./bytes";

const ctx: usize = memory.data(384, 8);
const key: usize = memory.data(32, 8);
const iv: usize = memory.data(16, 8);
const text: usize = memory.data(512, 8);
const long: usize = memory.data(5120, 8);

function both(id: u32, keyText: string, ivText: string, plain: string, cipher: string): void {
  const c = cipherById(id) as BlockCipher;
  const keyLen = fromHex(key, keyText);
  expect(c.keyLengthOk(keyLen)).toBe(true);
  c.setKey(ctx, key, keyLen);
  const len = fromHex(text, plain);
  fromHex(iv, ivText);
  c.cbcEncrypt(ctx, iv, text, len);
  expect(toHex(text, len)).toBe(cipher, c.name + " encryption");
  expect(toHex(iv, c.blockLength)).toBe(cipher.slice(cipher.length - <i32>(c.blockLength << 1)), "the chaining value");
  fromHex(iv, ivText);
  c.cbcDecrypt(ctx, iv, text, len);
  expect(toHex(text, len)).toBe(plain, c.name + " decryption");
  expect(toHex(iv, c.blockLength)).toBe(cipher.slice(cipher.length - <i32>(c.blockLength << 1)), "the chaining value");
}

const ZERO = "00000000000000000000000000000000";
const SP_IV = "000102030405060708090a0b0c0d0e0f";
const SP_TEXT = "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710";

describe("AES", () => {
  test("FIPS 197, appendix C", () => {
    const plain = "00112233445566778899aabbccddeeff";
    both(CipherAlg.AES, "000102030405060708090a0b0c0d0e0f", ZERO, plain, "69c4e0d86a7b0430d8cdb78070b4c55a");
    both(CipherAlg.AES, "000102030405060708090a0b0c0d0e0f1011121314151617", ZERO, plain, "dda97ca4864cdfe06eaf70a0ec0d7191");
    both(CipherAlg.AES, "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", ZERO, plain, "8ea2b7ca516745bfeafc49904b496089");
  });
  test("FIPS 197, A.1: the last round key", () => {
    const aes = cipherById(CipherAlg.AES) as BlockCipher;
    aes.setKey(ctx, key, fromHex(key, "2b7e151628aed2a6abf7158809cf4f3c"));
    expect(toHex(ctx + 8 + 160, 16)).toBe("d014f9a8c9ee2589e13f0cc8b6630ca6");
  });
  test("SP 800-38A, F.2: CBC", () => {
    both(CipherAlg.AES, "2b7e151628aed2a6abf7158809cf4f3c", SP_IV, SP_TEXT,
      "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b273bed6b8e3c1743b7116e69e222295163ff1caa1681fac09120eca307586e1a7");
    both(CipherAlg.AES, "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b", SP_IV, SP_TEXT,
      "4f021db243bc633d7178183a9fa071e8b4d9ada9ad7dedf4e5e738763f69145a571b242012fb7ae07fa9baac3df102e008b0e27988598881d920a9e64f5615cd");
    both(CipherAlg.AES, "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4", SP_IV, SP_TEXT,
      "f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d39f23369a9d9bacfa530e26304231461b2eb05e2c39be9fcda6c19078c6a9d1b");
  });
  test("RFC 3602, 4, case 1", () => {
    const len = fromText(text, "Single block msg");
    both(CipherAlg.AES, "06a9214036b8a15b512e03d534120006", "3dafba429d9eb430b422da802c9fac41", toHex(text, len), "e353779c1079aeb82708942dbe77181a");
  });
});

describe("DES and 3DES", () => {
  test("DES: known answers", () => {
    both(CipherAlg.DES, "133457799bbcdff1", "0000000000000000", "0123456789abcdef", "85e813540f0ab405");
    both(CipherAlg.DES, "0101010101010101", "0000000000000000", "8000000000000000", "95f8a5e5dd31d900");
    both(CipherAlg.DES, "8001010101010101", "0000000000000000", "0000000000000000", "95a8d72813daa94d");
    // FIPS 81, table C1, in CBC: "Now is the time for all ".
    both(CipherAlg.DES, "0123456789abcdef", "1234567890abcdef", "4e6f77206973207468652074696d6520666f7220616c6c20", "e5c7cdde872bf27c43e934008c389c0f683788499a7c05f6");
  });
  test("parity bits are ignored", () => {
    both(CipherAlg.DES, "123556789abddef0", "0000000000000000", "0123456789abcdef", "85e813540f0ab405");
  });
  test("3DES: SP 800-67's example in CBC, and one key thrice is DES", () => {
    both(CipherAlg.DES3, "0123456789abcdef23456789abcdef01456789abcdef0123", "0000000000000000", "5468652071756663", "a826fd8ce53b855f");
    both(CipherAlg.DES3, "133457799bbcdff1133457799bbcdff1133457799bbcdff1", "0000000000000000", "0123456789abcdef", "85e813540f0ab405");
  });
});

describe("Camellia", () => {
  test("RFC 3713, appendix A", () => {
    const plain = "0123456789abcdeffedcba9876543210";
    both(CipherAlg.CAMELLIA, "0123456789abcdeffedcba9876543210", ZERO, plain, "67673138549669730857065648eabe43");
    both(CipherAlg.CAMELLIA, "0123456789abcdeffedcba98765432100011223344556677", ZERO, plain, "b4993401b3e996f84ee5cee7d79b09b9");
    both(CipherAlg.CAMELLIA, "0123456789abcdeffedcba987654321000112233445566778899aabbccddeeff", ZERO, plain, "9acc237dff16d76c20ef7c919e3a7509");
  });
});

describe("CBC", () => {
  test("a text in two calls is the text in one, at every block", () => {
    for (let id: u32 = 0; id < 9; id++) {
      const c = cipherById(id);
      if (!c) continue;
      expect(c.id).toBe(id);
      expect(c.ctxLength).toBeLessThanOrEqual(CIPHER_CTX_MAX);
      expect(c.blockLength).toBeLessThanOrEqual(CIPHER_BLOCK_MAX);
      const keyLen: u32 = c.blockLength == 16 ? 16 : id == CipherAlg.DES3 ? 24 : 8;
      for (let i: u32 = 0; i < keyLen; i++) store<u8>(key + i, <u8>(i * 29 + 3));
      c.setKey(ctx, key, keyLen);
      const len: u32 = 12 * c.blockLength;
      for (let at: u32 = 0; at <= len; at += c.blockLength) {
        for (let i: u32 = 0; i < len; i++) {
          store<u8>(text + i, <u8>(i * 7));
          store<u8>(text + 256 + i, <u8>(i * 7));
        }
        memory.fill(iv, 9, 16);
        c.cbcEncrypt(ctx, iv, text, len);
        memory.fill(iv, 9, 16);
        c.cbcEncrypt(ctx, iv, text + 256, at);
        c.cbcEncrypt(ctx, iv, text + 256 + at, len - at);
        expect(memory.compare(text, text + 256, len)).toBe(0);
        memory.fill(iv, 9, 16);
        c.cbcDecrypt(ctx, iv, text, at);
        c.cbcDecrypt(ctx, iv, text + at, len - at);
        let wrong: u32 = 0;
        for (let i: u32 = 0; i < len; i++) wrong |= load<u8>(text + i) ^ <u8>(i * 7);
        expect(wrong).toBe(0);
      }
    }
  });
  test("many blocks at once are the same as one after the other", () => {
    for (let id: u32 = 0; id < 9; id++) {
      const c = cipherById(id);
      if (!c) continue;
      const keyLen: u32 = c.blockLength == 16 ? 32 : id == CipherAlg.DES3 ? 24 : 8;
      for (let i: u32 = 0; i < keyLen; i++) store<u8>(key + i, <u8>(i * 31 + 5));
      c.setKey(ctx, key, keyLen);
      const block = c.blockLength;
      for (let blocks: u32 = 1; blocks <= 140; blocks += 3) {
        for (let i: u32 = 0; i < blocks * block; i++) {
          store<u8>(long + i, <u8>(i * 11 + blocks));
          store<u8>(long + 2560 + i, <u8>(i * 11 + blocks));
        }
        memory.fill(iv, 7, 16);
        c.cbcDecrypt(ctx, iv, long, blocks * block);
        memory.fill(iv, 7, 16);
        for (let i: u32 = 0; i < blocks; i++) c.cbcDecrypt(ctx, iv, long + 2560 + i * block, block);
        expect(memory.compare(long, long + 2560, blocks * block)).toBe(0, c.name + ", " + blocks.toString() + " blocks");
      }
    }
  });
  test("unknown numbers have no cipher: IDEA (2), Blowfish (3), RC5 (4), CAST (6)", () => {
    expect(cipherById(0)).toBeNull();
    expect(cipherById(2)).toBeNull();
    expect(cipherById(3)).toBeNull();
    expect(cipherById(4)).toBeNull();
    expect(cipherById(6)).toBeNull();
  });
});
