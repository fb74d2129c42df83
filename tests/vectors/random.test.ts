// Every length from 0 to 300 against node:crypto, with seeded keys and texts; and what a caller may get wrong.
import assert from "node:assert/strict";
import { createCipheriv, createHash, createHmac } from "node:crypto";
import { test } from "node:test";
import { AES, DES, DES3, Primitives, hashes } from "../support/primitives/primitives.ts";
import { Random } from "../support/world/random.ts";

const p = await Primitives.load();
const bytes = (random: Random, length: number): Buffer => random.fill(Buffer.alloc(length)) as Buffer;

for (const { id, name } of hashes) {
  test(`${name} and its HMAC agree with node:crypto at every length to 300`, () => {
    const random = new Random(id);
    for (let length = 0; length <= 300; length++) {
      const data = bytes(random, length);
      const key = bytes(random, random.below(300));
      const at = random.below(length + 1);
      assert.deepEqual(p.hash(id, data), createHash(name).update(data).digest());
      assert.deepEqual(p.hash(id, data.subarray(0, at), data.subarray(at)), createHash(name).update(data).digest());
      assert.deepEqual(p.hmac(id, key, data), createHmac(name, key).update(data).digest());
      assert.deepEqual(p.hmacByState(id, key, data.subarray(0, at), data.subarray(at)), createHmac(name, key).update(data).digest());
    }
  });

  test(`${name}: a long message in uneven parts`, () => {
    const random = new Random(100 + id);
    const data = bytes(random, 50000);
    const parts: Buffer[] = [];
    for (let at = 0; at < data.length; ) {
      const length = Math.min(random.below(700), data.length - at);
      parts.push(data.subarray(at, at + length));
      at += length;
    }
    assert.deepEqual(p.hash(id, ...parts), createHash(name).update(data).digest());
  });
}

const ciphers = [
  { id: AES, key: 16, block: 16, name: "aes-128-cbc" },
  { id: AES, key: 24, block: 16, name: "aes-192-cbc" },
  { id: AES, key: 32, block: 16, name: "aes-256-cbc" },
  { id: DES3, key: 24, block: 8, name: "des-ede3-cbc" },
  { id: DES, key: 8, block: 8, name: "des" },
];

for (const { id, key: keyLength, block, name } of ciphers) {
  test(`${name} agrees with node:crypto at every length to 200 blocks`, () => {
    const random = new Random(keyLength + id);
    for (let blocks = 0; blocks <= 200; blocks++) {
      const [key, iv, plain] = [bytes(random, keyLength), bytes(random, block), bytes(random, blocks * block)];
      // OpenSSL 3 keeps DES in its legacy provider; 3DES under one key thrice is DES.
      const reference = name === "des" ? createCipheriv("des-ede3-cbc", Buffer.concat([key, key, key]), iv) : createCipheriv(name, key, iv);
      const want = Buffer.concat([reference.setAutoPadding(false).update(plain), reference.final()]);
      const encrypted = p.cbc("encrypt", id, key, iv, plain);
      assert.deepEqual(encrypted.data, want);
      assert.deepEqual(encrypted.iv, blocks === 0 ? iv : want.subarray(-block));
      const decrypted = p.cbc("decrypt", id, key, iv, want);
      assert.deepEqual(decrypted.data, plain);
      assert.deepEqual(decrypted.iv, encrypted.iv);
    }
  });
}

test("an unknown algorithm, a wrong key length and a part of a block are refused", () => {
  assert.equal(p.call("hashInit", 3, p.base), 0);
  assert.equal(p.call("digestLength", 0), 0);
  assert.equal(p.call("cipherSetKey", 2, p.base, p.base, 16), 0);
  for (const [id, good] of [[AES, [16, 24, 32]], [DES3, [24]], [DES, [8]]] as const) {
    for (let length = 0; length <= 40; length++) {
      assert.equal(p.call("cipherSetKey", id, p.base, p.base + 1024, length), (good as readonly number[]).includes(length) ? 1 : 0, `cipher ${id}, ${length} bytes`);
    }
    for (let length = 1; length < 8; length++) {
      assert.equal(p.call("cbcEncrypt", id, p.base, p.base + 1024, p.base + 2048, length), 0);
      assert.equal(p.call("cbcDecrypt", id, p.base, p.base + 1024, p.base + 2048, length), 0);
    }
  }
});

test("contexts and key states have the lengths that are announced", () => {
  for (const { id, digest, block } of hashes) {
    assert.equal(p.call("digestLength", id), digest);
    assert.equal(p.call("hashBlockLength", id), block);
    const length = p.call("hashCtxLength", id);
    p.put(0, new Uint8Array(2048).fill(0xa5));
    p.call("hashInit", id, p.base);
    p.call("hashUpdate", id, p.base, p.base + 4096, block + 1);
    p.call("hashFinal", id, p.base, p.base + 1024);
    assert.deepEqual(p.get(0, length), Buffer.alloc(length), "the context is wiped");
    assert.deepEqual(p.get(length, 16), Buffer.alloc(16, 0xa5), "nothing is written behind the context");
    assert.deepEqual(p.get(1024 + digest, 16), Buffer.alloc(16, 0xa5), "nothing is written behind the digest");
    const state = p.call("hmacStateLength", id);
    p.call("hmacKey", id, p.base + 1536, p.base + 4096, 20);
    assert.deepEqual(p.get(1536 + state, 16), Buffer.alloc(16, 0xa5), "nothing is written behind the state");
  }
  for (const [id, keys] of [[AES, [16, 24, 32]], [DES3, [24]], [DES, [8]]] as const) {
    for (const key of keys) {
      p.put(0, new Uint8Array(1024).fill(0xa5));
      p.call("cipherSetKey", id, p.base, p.base + 4096, key);
      const length = p.call("cipherCtxLength", id);
      assert.deepEqual(p.get(length, 16), Buffer.alloc(16, 0xa5), "nothing is written behind the schedule");
    }
  }
});
