// Every hash in four shapes: one shot, byte by byte, split at every offset, cloned mid-stream.
// Answers: RFC 1321, A.5; FIPS 180-4's examples ("abc", the empty message, the 56 and 112 octet messages).
import { Hash, HashAlg, HASH_CTX_MAX, DIGEST_MAX, CHAIN_MAX, HASH_BLOCK_MAX } from "../../../assembly/crypto/hash";
import { hashById } from "../../../assembly/crypto/registry";
import { fromText, toHex } from "./bytes";

const ctx: usize = memory.data(200, 8);
const clone: usize = memory.data(200, 8);
const message: usize = memory.data(512, 8);
const out: usize = memory.data(64, 8);
const tail: usize = memory.data(160, 8);

function oneShot(hash: Hash, len: u32): string {
  hash.digest(ctx, message, len, out);
  return toHex(out, hash.digestLength);
}

function shapes(hash: Hash, text: string, want: string): void {
  const len = fromText(message, text);
  expect(oneShot(hash, len)).toBe(want, "one shot");

  hash.init(ctx);
  for (let i: u32 = 0; i < len; i++) hash.update(ctx, message + i, 1);
  hash.final(ctx, out);
  expect(toHex(out, hash.digestLength)).toBe(want, "byte by byte");

  for (let at: u32 = 0; at <= len; at++) {
    hash.init(ctx);
    hash.update(ctx, message, at);
    memory.copy(clone, ctx, hash.ctxLength);
    hash.update(ctx, message + at, len - at);
    hash.final(ctx, out);
    if (toHex(out, hash.digestLength) != want) expect(toHex(out, hash.digestLength)).toBe(want, "split at " + at.toString());
    hash.update(clone, message + at, len - at);
    hash.final(clone, out);
    if (toHex(out, hash.digestLength) != want) expect(toHex(out, hash.digestLength)).toBe(want, "cloned at " + at.toString());
  }
}

const FIPS_56 = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
const FIPS_112 = "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu";

describe("MD5 (RFC 1321, A.5)", () => {
  test("known answers in four shapes", () => {
    const md5 = hashById(HashAlg.MD5)!;
    shapes(md5, "", "d41d8cd98f00b204e9800998ecf8427e");
    shapes(md5, "abc", "900150983cd24fb0d6963f7d28e17f72");
    shapes(md5, "message digest", "f96b697d7cb7938d525a2f31aaf161d0");
    shapes(md5, "12345678901234567890123456789012345678901234567890123456789012345678901234567890", "57edf4a22be3c955ac49da2e2107b67a");
  });
});

describe("SHA-1 (FIPS 180-4)", () => {
  test("known answers in four shapes", () => {
    const sha1 = hashById(HashAlg.SHA1)!;
    shapes(sha1, "", "da39a3ee5e6b4b0d3255bfef95601890afd80709");
    shapes(sha1, "abc", "a9993e364706816aba3e25717850c26c9cd0d89d");
    shapes(sha1, FIPS_56, "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
    shapes(sha1, FIPS_112, "a49b2446a02c645bf419f995b67091253a04a259");
  });
});

describe("SHA-256 (FIPS 180-4)", () => {
  test("known answers in four shapes", () => {
    const sha256 = hashById(HashAlg.SHA256)!;
    shapes(sha256, "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    shapes(sha256, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    shapes(sha256, FIPS_56, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    shapes(sha256, FIPS_112, "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1");
  });
});

describe("SHA-384 and SHA-512 (FIPS 180-4)", () => {
  test("known answers of SHA-384 in four shapes", () => {
    const sha384 = hashById(HashAlg.SHA384)!;
    shapes(sha384, "", "38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da274edebfe76f65fbd51ad2f14898b95b");
    shapes(sha384, "abc", "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7");
    shapes(sha384, FIPS_112, "09330c33f71147e83d192fc782cd1b4753111b173b3b05d22fa08086e3b0f712fcc7c71a557e2db966c3e9fa91746039");
  });
  test("known answers of SHA-512 in four shapes", () => {
    const sha512 = hashById(HashAlg.SHA512)!;
    shapes(sha512, "", "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e");
    shapes(sha512, "abc", "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
    shapes(sha512, FIPS_112, "8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aeadb6889018501d289e4900f7e4331b99dec4b5433ac7d329eeb6dd26545e96e55b874be909");
  });
});

describe("the shape of a hash", () => {
  test("contexts, digests and chaining values fit the announced maxima", () => {
    for (let id: u32 = 0; id < 16; id++) {
      const hash = hashById(id);
      if (!hash) continue;
      expect(hash.id).toBe(id);
      expect(hash.ctxLength).toBeLessThanOrEqual(HASH_CTX_MAX);
      expect(hash.digestLength).toBeLessThanOrEqual(DIGEST_MAX);
      expect(hash.chainLength).toBeLessThanOrEqual(CHAIN_MAX);
      expect(hash.blockLength).toBeLessThanOrEqual(HASH_BLOCK_MAX);
      expect(hash.ctxLength).toBe(8 + hash.chainLength + hash.blockLength);
      expect(hash.chainLength).toBeGreaterThanOrEqual(hash.digestLength);
    }
  });
  test("unknown numbers have none: TIGER (3) and the reserved ones", () => {
    expect(hashById(0)).toBeNull();
    expect(hashById(3)).toBeNull();
    expect(hashById(7)).toBeNull();
  });
  test("final wipes the context", () => {
    const hash = hashById(HashAlg.SHA512)!;
    hash.init(ctx);
    hash.update(ctx, message, 100);
    hash.final(ctx, out);
    let sum: u32 = 0;
    for (let i: usize = 0; i < hash.ctxLength; i++) sum |= load<u8>(ctx + i);
    expect(sum).toBe(0);
  });
});

describe("a message whose length is hidden", () => {
  test("gives the digest of any other, for every length, behind every number of octets", () => {
    const ids: u32[] = [HashAlg.MD5, HashAlg.SHA1, HashAlg.SHA256, HashAlg.SHA384, HashAlg.SHA512];
    for (let i: u32 = 0; i < 512; i++) store<u8>(message + i, <u8>(i * 13 + 5));
    for (let k = 0; k < ids.length; k++) {
      const hash = hashById(ids[k])!;
      const befores: u32[] = [0, 1, 20, 63, 64, 111, 127, 128, 130];
      for (let n = 0; n < befores.length; n++) {
        const before = befores[n];
        for (let len: u32 = 0; len <= 150; len++) {
          hash.digest(ctx, message, before + len, out);
          const want = toHex(out, hash.digestLength);
          hash.init(ctx);
          hash.update(ctx, message, before);
          memory.fill(tail, 0, 150);
          memory.copy(tail, message + before, len);
          hash.finalHidden(ctx, tail, len, 150, out);
          if (toHex(out, hash.digestLength) != want) expect(toHex(out, hash.digestLength)).toBe(want, before.toString() + " and " + len.toString());
        }
      }
    }
  });
});
