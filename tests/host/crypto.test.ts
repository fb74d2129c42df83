/** The crypto core as a library (host/crypto) against node:crypto, in the build that is asked for; its bounds; what it leaves in memory. */
import assert from "node:assert/strict";
import * as crypto from "node:crypto";
import { test } from "node:test";
import { within } from "../../host/crypto/core.ts";
import * as library from "../../host/crypto/node.ts";

/** The same octets in every run. */
const octets = (length: number, seed = 1): Buffer => crypto.createHash("shake256", { outputLength: length }).update(`${seed}`).digest();
const LENGTHS = [0, 1, 16, 63, 64, 65, 127, 128, 1400, 65535, 65536, 65537, 150000];
const whole = (length: number, block: number): number => length - (length % block);

test("the build is the one that was asked for", () => assert.equal(library.build(), process.env.POSTERN_BUILD === "scalar" ? "scalar" : "simd"));

for (const [name, hash, hmac] of [
  ["md5", library.md5, library.hmacMd5], ["sha1", library.sha1, library.hmacSha1], ["sha256", library.sha256, library.hmacSha256],
  ["sha384", library.sha384, library.hmacSha384], ["sha512", library.sha512, library.hmacSha512],
] as const)
  test(`${name} and its HMAC, in one part and in three`, () => {
    for (const length of LENGTHS) {
      const message = octets(length);
      const parts = [message.subarray(0, length >> 2), message.subarray(length >> 2, length >> 1), message.subarray(length >> 1)];
      const wanted = crypto.createHash(name).update(message).digest();
      assert.deepEqual(Buffer.from(hash(message)), wanted);
      assert.deepEqual(Buffer.from(hash(...parts)), wanted);
      for (const key of [octets(0), octets(20), octets(200), octets(65536)]) {
        const code = crypto.createHmac(name, key).update(message).digest();
        assert.deepEqual(Buffer.from(hmac(key, message)), code);
        assert.deepEqual(Buffer.from(hmac(key, ...parts)), code);
      }
    }
    assert.deepEqual(Buffer.from(hash()), crypto.createHash(name).digest());
  });

/** Both ways, and what was given is as it was. */
function bothWays(made: library.Cipher, text: Buffer, sealed: Buffer): void {
  const [before, after] = [Buffer.from(text), Buffer.from(sealed)];
  assert.deepEqual(Buffer.from(made.encrypt(text)), sealed);
  assert.deepEqual(Buffer.from(made.decrypt(sealed)), text);
  assert.deepEqual([text, sealed], [before, after]);
}

for (const bits of [128, 192, 256]) {
  const key = octets(bits / 8);
  test(`aes-${bits}-cbc`, () => {
    for (const length of LENGTHS) {
      const [iv, text] = [octets(16, 2), octets(whole(length, 16), 3)];
      bothWays(library.aesCbc(key, iv), text, crypto.createCipheriv(`aes-${bits}-cbc`, key, iv).setAutoPadding(false).update(text));
    }
  });
  test(`aes-${bits}-ctr, its counter beyond 32, 64 and 128 bits too`, () => {
    const counters = [octets(16, 2), ...[4, 8, 16].map((n) => Buffer.concat([Buffer.alloc(16 - n, 7), Buffer.alloc(n - 1, 255), Buffer.of(0xf0)]))];
    for (const counter of counters)
      for (const length of LENGTHS) bothWays(library.aesCtr(key, counter), octets(length, 3), crypto.createCipheriv(`aes-${bits}-ctr`, key, counter).update(octets(length, 3)));
  });
  test(`aes-${bits}-gcm, and a wrong octet anywhere is refused`, () => {
    for (const length of [0, 1, 16, 1400, 131072])
      for (const additional of [0, 8, 20, 32768]) {
        const [nonce, aad, text] = [octets(12, 2), octets(additional, 4), octets(length, 3)];
        const cipher = crypto.createCipheriv(`aes-${bits}-gcm` as "aes-128-gcm", key, nonce).setAAD(aad);
        const sealed = Buffer.concat([cipher.update(text), cipher.final(), cipher.getAuthTag()]);
        bothWays(library.aesGcm(key, nonce, aad), text, sealed);
        for (const at of [0, sealed.length - 1]) {
          sealed[at]! ^= 4;
          assert.throws(() => library.aesGcm(key, nonce, aad).decrypt(sealed), library.TagError);
          sealed[at]! ^= 4;
        }
      }
  });
}

test("aes-128-ccm and chacha20-poly1305, and a wrong octet is refused", () => {
  for (const [name, keyLength, nonceLength, make] of [["aes-128-ccm", 16, 7, library.aesCcm], ["aes-256-ccm", 32, 12, library.aesCcm], ["aes-128-ccm", 16, 13, library.aesCcm], ["chacha20-poly1305", 32, 12, library.chacha20Poly1305]] as const)
    for (const length of [0, 1, 16, 1400, 65535])
      for (const additional of [0, 8, 32768]) {
        // OpenSSL has no text of no octets in CCM as Node calls it.
        if (length === 0 && name !== "chacha20-poly1305") continue;
        const [key, nonce, aad, text] = [octets(keyLength), octets(nonceLength, 2), octets(additional, 4), octets(length, 3)];
        const cipher = crypto.createCipheriv(name as "aes-128-ccm", key, nonce, { authTagLength: 16 });
        if (additional > 0) cipher.setAAD(aad, { plaintextLength: length });
        const sealed = Buffer.concat([cipher.update(text), cipher.final(), cipher.getAuthTag()]);
        bothWays(make(key, nonce, aad), text, sealed);
        sealed[sealed.length - 1]! ^= 1;
        assert.throws(() => make(key, nonce, aad).decrypt(sealed), library.TagError);
      }
});

test("aes-cmac: RFC 4493, 4, in one part and in three", () => {
  const hex = (text: string): Buffer => Buffer.from(text, "hex");
  const key = hex("2b7e151628aed2a6abf7158809cf4f3c");
  const message = hex("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710");
  for (const [length, code] of [[0, "bb1d6929e95937287fa37d129b756746"], [16, "070a16b46b4d4144f79bdd9dd04a287c"], [40, "dfa66747de9ae63030ca32611497c827"], [64, "51f0bebf7e3b9d92fc49741779363cfe"]] as const) {
    const text = message.subarray(0, length);
    assert.equal(Buffer.from(library.aesCmac(key, text)).toString("hex"), code);
    assert.equal(Buffer.from(library.aesCmac(key, text.subarray(0, 5), text.subarray(5, 30), text.subarray(30))).toString("hex"), code);
  }
});

test("3des-cbc", () => {
  for (const length of LENGTHS) {
    const [key, iv, text] = [octets(24), octets(8, 2), octets(whole(length, 8), 3)];
    bothWays(library.des3Cbc(key, iv), text, crypto.createCipheriv("des-ede3-cbc", key, iv).setAutoPadding(false).update(text));
  }
});

test("a cipher keeps its key whatever becomes of the array that it came in", () => {
  const [key, iv] = [octets(16), octets(16, 2)];
  const cipher = library.aesCbc(key, iv);
  const sealed = cipher.encrypt(octets(32));
  key.fill(0);
  iv.fill(0);
  assert.deepEqual(cipher.encrypt(octets(32)), sealed);
});

for (const id of [1, 2, 5, 14, 15, 16])
  test(`group ${id} against OpenSSL's numbers`, () => {
    const group = library.oakleyGroup(id);
    const theirs = crypto.getDiffieHellman(`modp${id}`);
    theirs.generateKeys();
    const value = theirs.getPublicKey();
    const mine = group.privateKey();
    assert.equal(mine.length, group.privateLength);
    const open = group.publicKey(mine);
    assert.equal(open.length, group.publicLength);
    const secret = Buffer.from(group.sharedSecret(mine, Buffer.concat([Buffer.alloc(group.publicLength - value.length), value])));
    const wanted = theirs.computeSecret(open);
    assert.deepEqual(secret, Buffer.concat([Buffer.alloc(group.secretLength - wanted.length), wanted]));
    for (const bad of [0, 1]) assert.throws(() => group.sharedSecret(mine, Buffer.concat([Buffer.alloc(group.publicLength - 1), Buffer.of(bad)])), RangeError);
  });

for (const [group, curve] of [[library.p256, "prime256v1"], [library.p384, "secp384r1"], [library.p521, "secp521r1"]] as const)
  test(`${group.name} against OpenSSL`, () => {
    const theirs = crypto.createECDH(curve);
    const value = theirs.generateKeys().subarray(1);
    const mine = group.privateKey();
    const secret = Buffer.from(group.sharedSecret(mine, value));
    assert.deepEqual(secret, theirs.computeSecret(Buffer.concat([Buffer.of(4), group.publicKey(mine)])));
    assert.equal(library.oakleyGroup(group.id), group);
    value[5]! ^= 1;
    assert.throws(() => group.sharedSecret(mine, value), /must not be used in P-/);
    assert.throws(() => group.publicKey(Buffer.alloc(group.privateLength)), /gives no point/);
  });

test("x25519 against OpenSSL, and a value of small order", () => {
  const hex = (text: string): Buffer => Buffer.from(text, "hex");
  const alice = octets(32);
  const theirs = crypto.generateKeyPairSync("x25519");
  const value = theirs.publicKey.export({ format: "der", type: "spki" }).subarray(-32);
  const open = Buffer.from(library.x25519.publicKey(alice));
  const key = crypto.createPublicKey({ key: Buffer.concat([hex("302a300506032b656e032100"), open]), format: "der", type: "spki" });
  assert.deepEqual(Buffer.from(library.x25519.sharedSecret(alice, value)), crypto.diffieHellman({ privateKey: theirs.privateKey, publicKey: key }));
  assert.throws(() => library.x25519.sharedSecret(alice, Buffer.alloc(32)), RangeError);
});

test("powers modulo odd numbers against BigInt", () => {
  const number = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString("hex")}`);
  const power = (base: bigint, exponent: bigint, modulus: bigint): bigint => {
    let result = 1n;
    for (const bit of exponent.toString(2)) result = (bit === "1" ? ((result * result) % modulus) * base : result * result) % modulus;
    return result;
  };
  for (const length of [16, 17, 128, 129, 256]) {
    const modulus = octets(length, 5);
    modulus[0]! |= 1;
    modulus[length - 1]! |= 1;
    for (const [base, exponent] of [[octets(length, 6), octets(20, 7)], [Buffer.of(2), octets(3, 7)], [Buffer.of(0), Buffer.of(5)]] as const) {
      const padded = Buffer.concat([Buffer.alloc(3), modulus]);
      const made = library.modexp(base, exponent, padded);
      assert.equal(made.length, length);
      assert.equal(number(made), power(number(base) % number(modulus), number(exponent), number(modulus)));
    }
  }
});

test("secrets are compared", () => {
  const [a, b] = [octets(100), octets(100)];
  assert.equal(library.ctEqual(a, b), true);
  b[99]! ^= 128;
  assert.equal(library.ctEqual(a, b), false);
  assert.equal(library.ctEqual(a, a.subarray(1)), false);
  assert.equal(library.ctEqual(octets(0), octets(0)), true);
});

const bad = undefined as unknown as Uint8Array;
const refusals: [string, () => unknown, typeof TypeError | typeof RangeError, string][] = [
  ["a hash's message", () => library.sha256(octets(1), "a" as unknown as Uint8Array), TypeError, "part 2 of the message is of type string; allowed is a Uint8Array"],
  ["an HMAC's key", () => library.hmacSha1(octets(65537), octets(1)), RangeError, "the key has 65537 octets; allowed are 0 to 65536"],
  ["an HMAC without a key", () => library.hmacSha1(bad), TypeError, "the key is of type undefined; allowed is a Uint8Array"],
  ["a key of AES", () => library.aesCbc(octets(15), octets(16)), RangeError, "the key has 15 octets; allowed are 16, 24 or 32"],
  ["an IV of AES", () => library.aesCbc(octets(16), octets(8)), RangeError, "the IV has 8 octets; allowed are exactly 16"],
  ["half a block", () => library.aesCbc(octets(16), octets(16)).encrypt(octets(24)), RangeError, "the plaintext has 24 octets; allowed are multiples of 16"],
  ["half a block of DES", () => library.des3Cbc(octets(24), octets(8)).decrypt(octets(12)), RangeError, "the ciphertext has 12 octets; allowed are multiples of 8"],
  ["a key of 3DES", () => library.des3Cbc(octets(16), octets(8)), RangeError, "the key has 16 octets; allowed are exactly 24"],
  ["a counter", () => library.aesCtr(octets(16), new ArrayBuffer(16) as unknown as Uint8Array), TypeError, "the counter is a ArrayBuffer; allowed is a Uint8Array"],
  ["a nonce", () => library.aesGcm(octets(16), octets(16)), RangeError, "the nonce has 16 octets; allowed are exactly 12"],
  ["a nonce of CCM", () => library.aesCcm(octets(16), octets(6)), RangeError, "the nonce has 6 octets; allowed are 7 to 13"],
  ["a text for CCM with its longest nonce", () => library.aesCcm(octets(16), octets(13)).encrypt(octets(65536)), RangeError, "the plaintext has 65536 octets; allowed are 0 to 65535"],
  ["a key of ChaCha20", () => library.chacha20Poly1305(octets(16), octets(12)), RangeError, "the key has 16 octets; allowed are exactly 32"],
  ["a key of CMAC", () => library.aesCmac(octets(20)), RangeError, "the key has 20 octets; allowed are 16, 24 or 32"],
  ["additional data", () => library.aesGcm(octets(16), octets(12), octets(32769)), RangeError, "the additional data has 32769 octets; allowed are 0 to 32768"],
  ["a text for GCM", () => library.aesGcm(octets(16), octets(12)).encrypt(octets(131073)), RangeError, "the plaintext has 131073 octets; allowed are 0 to 131072"],
  ["a text without a tag", () => library.aesGcm(octets(16), octets(12)).decrypt(octets(15)), RangeError, "the ciphertext with its tag has 15 octets; allowed are 16 to 131088"],
  ["a group", () => library.oakleyGroup(13), RangeError, "there is no group 13; allowed are 1, 2, 5, 14, 15, 16, 17, 18, 19, 20, 21, 31"],
  ["a group's name", () => library.oakleyGroup("14" as unknown as number), TypeError, "the group is of type string; allowed is a number"],
  ["a private key of P-256", () => library.p256.publicKey(octets(31)), RangeError, "the private key has 31 octets; allowed are exactly 32"],
  ["a public key of P-256", () => library.p256.sharedSecret(octets(32), octets(65)), RangeError, "the public key has 65 octets; allowed are exactly 64"],
  ["a private key of a MODP group", () => library.oakleyGroup(14).publicKey(octets(257)), RangeError, "the private key has 257 octets; allowed are 1 to 256"],
  ["an even modulus", () => library.modexp(Buffer.of(2), Buffer.of(3), Buffer.alloc(16, 2)), RangeError, "the modulus is even; allowed are odd ones"],
  ["a small modulus", () => library.modexp(Buffer.of(2), Buffer.of(3), Buffer.alloc(15, 1)), RangeError, "the modulus without its leading zeros has 15 octets; allowed are 16 to 1024"],
  ["a modulus of zeros", () => library.modexp(Buffer.of(2), Buffer.of(3), Buffer.alloc(15)), RangeError, "the modulus without its leading zeros has 0 octets; allowed are 16 to 1024"],
  ["a long base", () => library.modexp(octets(17), Buffer.of(3), Buffer.alloc(16, 1)), RangeError, "the base has 17 octets; allowed are 1 to 16"],
  ["an empty exponent", () => library.modexp(Buffer.of(2), Buffer.of(), Buffer.alloc(16, 1)), RangeError, "the exponent has 0 octets; allowed are 1 to 1024"],
  ["a secret", () => library.ctEqual(octets(65537), octets(1)), RangeError, "the first secret has 65537 octets; allowed are 0 to 65536"],
];
for (const [what, act, error, sentence] of refusals) test(`refused: ${what}`, () => assert.throws(act, (thrown: Error) => thrown instanceof error && thrown.message === sentence || assert.fail(`${thrown}`)));

test("nothing of a call stays in the room of calls, also behind one that fails", () => {
  const calls = [
    () => library.hmacSha256(octets(32), octets(1000)),
    () => library.aesCbc(octets(32), octets(16)).encrypt(octets(1600)),
    () => library.des3Cbc(octets(24), octets(8)).decrypt(octets(1600)),
    () => library.aesCtr(octets(32), octets(16)).encrypt(octets(1600)),
    () => library.aesGcm(octets(32), octets(12)).encrypt(octets(1600)),
    () => assert.throws(() => library.aesGcm(octets(32), octets(12)).decrypt(octets(1600))),
    () => library.chacha20Poly1305(octets(32), octets(12)).encrypt(octets(1600)),
    () => library.aesCcm(octets(32), octets(12)).encrypt(octets(1600)),
    () => library.aesCmac(octets(32), octets(1600)),
    () => library.p256.publicKey(octets(32)),
    () => assert.throws(() => library.p256.publicKey(Buffer.alloc(32))),
    () => library.x25519.sharedSecret(library.x25519.privateKey(), library.x25519.publicKey(octets(32))),
    () => library.modexp(octets(16), octets(16), Buffer.alloc(16, 1)),
    () => library.ctEqual(octets(100), octets(100)),
  ];
  for (const call of calls) {
    call();
    assert.ok(within((room) => room.get(room.take(250000), 250000)).every((octet) => octet === 0), `${call}`);
  }
});
