// Ed25519: RFC 8032's examples; then against node:crypto.
import assert from "node:assert/strict";
import { generateKeyPairSync, sign } from "node:crypto";
import { test } from "node:test";
import { Signatures } from "../support/primitives/signatures.ts";
import { hex } from "../support/primitives/vectors.ts";

const p = await Signatures.load();
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const little = (value: bigint): Buffer => hex(value.toString(16).padStart(64, "0")).reverse();
const number = (bytes: Buffer): bigint => BigInt(`0x${Buffer.from(bytes).reverse().toString("hex")}`);

test("RFC 8032, 7.1", () => {
  const cases = [
    {
      key: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", message: "",
      sig: "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    },
    {
      key: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", message: "72",
      sig: "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    },
    {
      key: "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", message: "af82",
      sig: "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    },
  ];
  for (const c of cases) assert.ok(p.ed25519(hex(c.key), hex(c.message), hex(c.sig)), c.key);
});

test("keys and messages of every kind, and what is wrong with them", () => {
  for (let i = 0; i < 20; i++) {
    const { privateKey, publicKey } = generateKeyPairSync("ed25519");
    const key = Buffer.from(publicKey.export({ format: "jwk" }).x!, "base64url");
    const message = Buffer.alloc(i * 37, i);
    const sig = sign(null, message, privateKey);
    assert.ok(p.ed25519(key, message, sig));
    for (const at of [0, 31, 32, 63]) {
      const spoiled = Buffer.from(sig);
      spoiled[at]! ^= 1 << (i & 7);
      assert.ok(!p.ed25519(key, message, spoiled));
    }
    assert.ok(!p.ed25519(key, Buffer.concat([message, Buffer.from([0])]), sig));
    const other = Buffer.from(key);
    other[i]! ^= 0x80;
    assert.ok(!p.ed25519(other, message, sig));
    // S + order is the same number, and another signature.
    const more = number(sig.subarray(32)) + ORDER;
    assert.ok(!p.ed25519(key, message, Buffer.concat([sig.subarray(0, 32), little(more)])));
  }
});

test("keys of small order, and forms that are none", () => {
  const prime = 2n ** 255n - 19n;
  const message = Buffer.from("m");
  // A is the neutral point (y = 1): any R = S * B passes, S = 0 and R neutral among them.
  const neutral = little(1n);
  assert.ok(p.ed25519(neutral, message, Buffer.concat([neutral, Buffer.alloc(32)])));
  assert.ok(!p.ed25519(neutral, message, Buffer.concat([little(prime + 1n), Buffer.alloc(32)])), "R not as short as can be");
  assert.ok(!p.ed25519(little(prime + 1n), message, Buffer.concat([neutral, Buffer.alloc(32)])), "y not less than p");
  // y = 1 has x = 0, which is not negative.
  assert.ok(!p.ed25519(little(1n + (1n << 255n)), message, Buffer.concat([neutral, Buffer.alloc(32)])));
  // y = 2: (y^2 - 1) / (d y^2 + 1) is no square.
  assert.ok(!p.ed25519(little(2n), message, Buffer.concat([neutral, Buffer.alloc(32)])));
  assert.ok(!p.ed25519(neutral, message, Buffer.concat([neutral, little(ORDER)])));
});
