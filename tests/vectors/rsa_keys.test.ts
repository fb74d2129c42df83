// Keys that the module makes: their numbers against BigInt and node:crypto, which uses them.
import assert from "node:assert/strict";
import { checkPrimeSync, createPrivateKey, createPublicKey, privateDecrypt, constants, publicEncrypt, verify } from "node:crypto";
import { test } from "node:test";
import { PKCS1, Signatures } from "../support/primitives/signatures.ts";

const p = await Signatures.load();
const number = (text: string | undefined): bigint => BigInt(`0x${Buffer.from(text!, "base64url").toString("hex")}`);

for (const { bits, keys } of [{ bits: 1024, keys: 6 }, { bits: 1152, keys: 2 }, { bits: 2048, keys: 2 }, { bits: 3072, keys: 1 }]) {
  test(`RSA ${bits}: keys of our own`, (t) => {
    const seen = new Set<bigint>();
    for (let i = 0; i < keys; i++) {
      t.diagnostic(`${p.generate(bits)} slices`);
      const jwk = p.giveKey();
      const [n, e, d, P, q, dp, dq, qi] = [jwk.n, jwk.e, jwk.d, jwk.p, jwk.q, jwk.dp, jwk.dq, jwk.qi].map(number) as bigint[] as [bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint];
      assert.equal(n.toString(2).length, bits);
      assert.equal(e, 65537n);
      assert.equal(P * q, n);
      assert.ok(P > q && P - q > 1n << BigInt(bits / 2 - 100));
      for (const prime of [P, q]) {
        assert.ok(checkPrimeSync(prime, { checks: 20 }));
        assert.equal(prime & 3n, 3n);
        assert.ok(prime >> BigInt(bits / 2 - 2) === 3n);
        assert.ok(!seen.has(prime));
        seen.add(prime);
      }
      assert.equal((d * e) % ((P - 1n) * (q - 1n)), 1n);
      assert.equal(dp, d % (P - 1n));
      assert.equal(dq, d % (q - 1n));
      assert.equal((qi * q) % P, 1n);
      assert.equal(p.run("rsaProductFits", p.key), 1);
      const key = createPrivateKey({ key: jwk, format: "jwk" });
      const message = Buffer.from("a key of its own");
      assert.deepEqual(privateDecrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING }, publicEncrypt(createPublicKey(key), message)), message);
      const signature = p.sign(PKCS1, 4, p.hash(4, message));
      assert.ok(verify("sha256", message, createPublicKey(key), signature));
    }
  });
}

test("sizes that are not made, and a job that is dropped", () => {
  for (const bits of [0, 512, 1000, 1025, 2047, 2050, 4224, 8192]) assert.equal(p.run("rsaGenerateStart", bits, p.key), 0, `${bits}`);
  assert.equal(p.run("rsaGenerateStart", 1024, p.key), 1);
  assert.equal(p.run("rsaGenerateStart", 1024, p.key), 0);
  for (let i = 0; i < 30; i++) p.call("rsaGenerateStep");
  p.call("rsaGenerateAbort");
  const memory = new Uint8Array(p.exports.memory.buffer);
  assert.ok(memory.slice(p.key, p.key + 460).every((octet) => octet === 0));
  p.generate(1024);
});
