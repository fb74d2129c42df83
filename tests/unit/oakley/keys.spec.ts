// SKEYID, encryption keys, IVs, HASHes and KEYMAT of RFC 2409. The RFC has no numbers of its own; these come from a
// second computation with another HMAC-SHA-256.
import { Hash, HashAlg } from "../../../assembly/crypto/hash";
import { hashById } from "../../../assembly/crypto/registry";
import * as hashes from "../../../assembly/oakley/hashes";
import * as iv from "../../../assembly/oakley/iv";
import { keymat } from "../../../assembly/oakley/keymat";
import { prf } from "../../../assembly/oakley/prf";
import * as skeyid from "../../../assembly/oakley/skeyid";
import { fromHex, fromText, toHex } from "../crypto/bytes";

const room: usize = memory.data(2048, 8);
const psk: usize = room;
const Ni: usize = room + 64;
const Nr: usize = room + 96;
const g_xy: usize = room + 128;
const g_xr: usize = room + 256;
const CKY_I: usize = room + 384;
const CKY_R: usize = room + 392;
const S: usize = room + 448;
const d: usize = room + 512;
const a: usize = room + 576;
const e: usize = room + 640;
const out: usize = room + 704;
const body: usize = room + 1024;

function sha256(): Hash {
  return hashById(HashAlg.SHA256) as Hash;
}

function setUp(): void {
  fromText(psk, "postern");
  for (let i: u32 = 0; i < 16; i++) store<u8>(Ni + i, <u8>i);
  for (let i: u32 = 0; i < 20; i++) store<u8>(Nr + i, <u8>(32 + i));
  for (let i: u32 = 0; i < 96; i++) {
    store<u8>(g_xy + i, <u8>(i * 7 + 1));
    store<u8>(g_xr + 95 - i, <u8>(i * 7 + 1));
  }
  for (let i: u32 = 0; i < 8; i++) {
    store<u8>(CKY_I + i, <u8>(i + 1));
    store<u8>(CKY_R + i, <u8>(i + 17));
  }
  skeyid.skeyidPsk(sha256(), psk, 7, Ni, 16, Nr, 20, S);
  skeyid.deriveSkeyid(sha256(), S, g_xy, 96, CKY_I, CKY_R, d, a, e);
}

beforeAll(setUp);

describe("keys of phase 1", () => {
  test("SKEYID and its children", () => {
    expect(toHex(S, 32)).toBe("6877c75e3335bbdc3736a904f3f96de1bf002b07482e533e040da601f3d998ae");
    expect(toHex(d, 32)).toBe("c234c78fe25feb4b0afbb15e8a3ac0132390dd5b90a4b2bb97b2318951d4efbf");
    expect(toHex(a, 32)).toBe("9cafc6495f2b4e468eb977f82e1385fafc8118f1db43f2b2015346c8ec24666e");
    expect(toHex(e, 32)).toBe("67c0a01a55924a2321954e8c026e20b18278cbd86d655d67c6a1ffe80741ca67");
  });
  test("an encryption key within SKEYID_e, and a longer one", () => {
    skeyid.encryptionKey(sha256(), e, 32, out);
    expect(toHex(out, 32)).toBe(toHex(e, 32));
    skeyid.encryptionKey(sha256(), e, 16, out);
    expect(toHex(out, 16)).toBe(toHex(e, 16));
    skeyid.encryptionKey(sha256(), e, 40, out);
    expect(toHex(out, 40)).toBe("b56878bce2d7e8664feac270c67b9960db2b41945ec2fbd8764990194785413a4bd5fbda3ece60ba");
  });
  test("3DES with MD5 and SHA-1 needs more than SKEYID_e has", () => {
    const md5 = hashById(HashAlg.MD5) as Hash;
    store<u8>(body, 0);
    prf(md5, e, 16, body, 1, body);
    prf(md5, e, 16, body, 16, body + 16);
    skeyid.encryptionKey(md5, e, 24, out);
    expect(toHex(out, 24)).toBe(toHex(body, 24));
  });
  test("weak and semi-weak DES keys are passed over", () => {
    fromHex(body, "0001010001010100" + "fee0fee0fef1fef1" + "0123456789abcdef" + "fedcba9876543210");
    expect(skeyid.isWeakDes(body)).toBe(true, "parity bits aside");
    expect(skeyid.isWeakDes(body + 8)).toBe(true);
    expect(skeyid.isWeakDes(body + 16)).toBe(false);
    skeyid.encryptionKey(sha256(), body, 8, out);
    expect(toHex(out, 8)).toBe("0123456789abcdef");
    skeyid.encryptionKey(sha256(), body, 16, out);
    expect(toHex(out, 16)).toBe("0001010001010100fee0fee0fef1fef1", "other ciphers take what comes");
    for (let i: u32 = 0; i < 64; i++) {
      fromHex(body, "0123456789abcdee");
      store<u8>(body + (i >> 3), load<u8>(body + (i >> 3)) ^ <u8>(<u32>1 << (i & 7)));
      expect(skeyid.isWeakDes(body)).toBe(false);
    }
    // Every bit of a weak key but the parity bits is looked at.
    for (let i: u32 = 0; i < 64; i++) {
      fromHex(body, "1fe01fe00ef10ef1");
      store<u8>(body + (i >> 3), load<u8>(body + (i >> 3)) ^ <u8>(<u32>1 << (i & 7)));
      expect(skeyid.isWeakDes(body)).toBe((i & 7) == 0, `bit ${i}`);
    }
  });
  test("signatures: SKEYID from nonces and the shared secret", () => {
    memory.copy(body, Ni, 16);
    memory.copy(body + 16, Nr, 20);
    prf(sha256(), body, 36, g_xy, 96, body);
    expect(skeyid.skeyidSig(sha256(), Ni, 16, Nr, 20, g_xy, 96, out)).toBe(true);
    expect(toHex(out, 32)).toBe(toHex(body, 32));
    expect(skeyid.skeyidSig(sha256(), Ni, 257, Nr, 20, g_xy, 96, out)).toBe(false);
  });
  test("IVs", () => {
    iv.phase1Iv(sha256(), g_xy, g_xr, 96, 16, out);
    expect(toHex(out, 16)).toBe("9aafaf4a18b601c03bc049e7c992a1a3");
    iv.phase2Iv(sha256(), out, 16, 0x01020304, out);
    expect(toHex(out, 16)).toBe("1d8bfd64b18d665e2fbac22460d987e6");
  });
});

describe("hashes of messages", () => {
  test("HASH_I and HASH_R", () => {
    for (let i: u32 = 0; i < 60; i++) store<u8>(body + i, <u8>i);
    fromHex(body + 64, "01000000c0000201");
    hashes.HASH_I(sha256(), S, g_xy, g_xr, 96, CKY_I, CKY_R, body, 60, body + 64, 8, out);
    expect(toHex(out, 32)).toBe("99f7fc55967447f05b1544a29ef58c19d9147d41c57c90de496720f550af41a8");
    hashes.HASH_R(sha256(), S, g_xy, g_xr, 96, CKY_I, CKY_R, body, 60, body + 64, 8, out);
    expect(toHex(out, 32)).toBe("a3c8c2730cff678094f2d62ff235c6e2ca692dd21ddf6328c76da3e6a2cb58b0");
  });
  test("HASH(1), HASH(2), HASH(3)", () => {
    for (let i: u32 = 0; i < 50; i++) store<u8>(body + i, <u8>(100 + i));
    hashes.HASH_1(sha256(), a, 0x01020304, body, 50, out);
    expect(toHex(out, 32)).toBe("7217cc10f751775a20c60692a693238d034486e70f97cca793da9d686da05eea");
    hashes.HASH_2(sha256(), a, 0x01020304, Ni, 16, body, 50, out);
    expect(toHex(out, 32)).toBe("fbd63d03e0373e88c9ee6723f8853c76302acb793ea558e51442e9c24d02f108");
    hashes.HASH_3(sha256(), a, 0x01020304, Ni, 16, Nr, 20, out);
    expect(toHex(out, 32)).toBe("953513a6e7ffcd6143e08e4c512ace22c4740f74aa865ba2922b536e317297e0");
  });
  test("a received HASH has its length and its octets", () => {
    memory.copy(body, out, 32);
    expect(hashes.hashEqual(sha256(), body, 32, out)).toBe(true);
    expect(hashes.hashEqual(sha256(), body, 31, out)).toBe(false);
    expect(hashes.hashEqual(sha256(), body, 0, out)).toBe(false);
    store<u8>(body + 31, load<u8>(body + 31) ^ 1);
    expect(hashes.hashEqual(sha256(), body, 32, out)).toBe(false);
  });
});

describe("KEYMAT", () => {
  test("with and without PFS, each direction its own", () => {
    keymat(sha256(), d, g_xy, 96, 3, 0x89abcdef, Ni, 16, Nr, 20, out, 48);
    expect(toHex(out, 48)).toBe(
      "a65236cbc69f67b8198eb0f0a89a15cda60764f42a0958c41c82495f4c2d1381f921ff8c0df3f0a54180f615d95afbb8",
    );
    keymat(sha256(), d, 0, 0, 3, 0x89abcdef, Ni, 16, Nr, 20, out, 48);
    expect(toHex(out, 48)).toBe(
      "b4ea8469362dbce6bf86d67b233d9e3c17a3352f4698391c66d86510ff0714a589c2b597a4a49bc0613bff4116bfc092",
    );
    memory.fill(out, 0x5a, 64);
    keymat(sha256(), d, 0, 0, 3, 0x89abcdef, Ni, 16, Nr, 20, out, 5);
    expect(toHex(out, 7)).toBe("b4ea8469365a5a", "not an octet more");
    keymat(sha256(), d, 0, 0, 3, 0x89abcdee, Ni, 16, Nr, 20, out, 16);
    expect(toHex(out, 16)).not.toBe("b4ea8469362dbce6bf86d67b233d9e3c");
  });
});

const NONCE_ROOM: usize = memory.data(512, 8);
const both: usize = memory.data(512, 8);
const digest: usize = memory.data(64, 8);
const hashCtx: usize = memory.data(200, 8);

describe("keys with RSA encryption, the nonces' lengths hidden", () => {
  test("SKEYID of every pair of lengths, as RFC 2409 and as Cisco has it; Ne", () => {
    const ids: u32[] = [HashAlg.MD5, HashAlg.SHA1, HashAlg.SHA256, HashAlg.SHA512];
    const lengths: u32[] = [8, 9, 20, 32, 55, 56, 63, 64, 65, 117, 128, 200, 255, 256];
    for (let k = 0; k < ids.length; k++) {
      const hash = hashById(ids[k])!;
      for (let x = 0; x < lengths.length; x++) {
        for (let y = 0; y < lengths.length; y++) {
          const NiLen = lengths[x];
          const NrLen = lengths[y];
          memory.fill(NONCE_ROOM, 0, 512);
          for (let i: u32 = 0; i < NiLen; i++) store<u8>(NONCE_ROOM + i, <u8>(i * 3 + 1));
          for (let i: u32 = 0; i < NrLen; i++) store<u8>(NONCE_ROOM + 256 + i, <u8>(i * 5 + 2));
          memory.copy(both, NONCE_ROOM, NiLen);
          memory.copy(both + NiLen, NONCE_ROOM + 256, NrLen);
          hash.digest(hashCtx, both, NiLen + NrLen, digest);
          prf(hash, digest, hash.digestLength, CKY_I, 16, out);
          const want = toHex(out, hash.digestLength);
          skeyid.skeyidEncryption(hash, NONCE_ROOM, NiLen, NONCE_ROOM + 256, NrLen, CKY_I, false, out);
          if (toHex(out, hash.digestLength) != want) expect(toHex(out, hash.digestLength)).toBe(want, NiLen.toString() + " and " + NrLen.toString());
          prf(hash, both, NiLen + NrLen, CKY_I, 16, out);
          const plain = toHex(out, hash.digestLength);
          skeyid.skeyidEncryption(hash, NONCE_ROOM, NiLen, NONCE_ROOM + 256, NrLen, CKY_I, true, out);
          if (toHex(out, hash.digestLength) != plain) expect(toHex(out, hash.digestLength)).toBe(plain, NiLen.toString() + " and " + NrLen.toString());
          // Both are the same where the nonces are longer than a block together.
          expect(plain == want).toBe(NiLen + NrLen > hash.blockLength);
        }
        prf(hash, NONCE_ROOM, lengths[x], CKY_I, 8, digest);
        skeyid.encryptionKey(hash, digest, 32, both);
        const key = toHex(both, 32);
        skeyid.ephemeralKey(hash, NONCE_ROOM, lengths[x], CKY_I, 32, out);
        expect(toHex(out, 32)).toBe(key);
      }
    }
  });
});
