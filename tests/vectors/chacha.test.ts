// Whole files for ChaCha20-Poly1305; and texts of every length against node:crypto.
import assert from "node:assert/strict";
import { createCipheriv } from "node:crypto";
import { test } from "node:test";
import { Random } from "../support/world/random.ts";
import { Suites } from "../support/primitives/suites.ts";
import { hex, responses, vectorTest, vectorTests } from "../support/primitives/vectors.ts";

const p = await Suites.load();

/** Seals, opens, and refuses each of several changes. */
function aead(key: Buffer, nonce: Buffer, aad: Buffer, plain: Buffer, cipher: Buffer, icv: Buffer, what: string): void {
  assert.deepEqual(p.chachaSeal(key, nonce, aad, plain), { data: cipher, icv }, `${what}: sealed`);
  assert.deepEqual(p.chachaOpen(key, nonce, aad, cipher, icv), { good: true, data: plain }, `${what}: opened`);
  const changed = (bytes: Buffer): Buffer => Buffer.concat([bytes.subarray(0, -1), Buffer.of(bytes.at(-1)! ^ 1)]);
  assert.deepEqual(p.chachaOpen(key, nonce, aad, cipher, changed(icv)), { good: false, data: cipher }, `${what}: another ICV`);
  if (cipher.length) assert.equal(p.chachaOpen(key, nonce, aad, changed(cipher), icv).good, false, `${what}: another text`);
  if (aad.length) assert.equal(p.chachaOpen(key, nonce, changed(aad), cipher, icv).good, false, `${what}: other associated data`);
  assert.equal(p.chachaOpen(key, changed(nonce), aad, cipher, icv).good, false, `${what}: another nonce`);
}

vectorTest("rfc/rfc7634_chacha20poly1305_esp.json", (text) => {
  const { tests } = JSON.parse(text) as { tests: { id: string; keymat: string; nonce: string; aad: string; pt: string; ct: string; tag: string }[] };
  for (const c of tests) aead(hex(c.keymat).subarray(0, 32), hex(c.nonce), hex(c.aad), hex(c.pt), hex(c.ct), hex(c.tag), c.id);
  return tests.length;
});

vectorTests("pyca/chacha", /^(openssl|boringssl)\.txt$/, (text) => {
  const octets = (value: string): Buffer => (value.startsWith('"') ? Buffer.from(value.slice(1, -1), "latin1") : hex(value));
  const cases = responses(text).filter((c) => (c["iv"] ?? c["nonce"])?.length === 24);
  for (const c of cases) {
    const [key, nonce, icv] = [hex(c["key"]!), hex((c["iv"] ?? c["nonce"])!), hex(c["tag"]!)];
    const [aad, plain, cipher] = [octets((c["aad"] ?? c["ad"])!), octets((c["plaintext"] ?? c["in"])!), octets((c["ciphertext"] ?? c["ct"])!)];
    if (c["result"] === undefined) aead(key, nonce, aad, plain, cipher, icv, `case ${c["count"]}`);
    else assert.deepEqual(p.chachaOpen(key, nonce, aad, cipher, icv), { good: false, data: cipher }, `case ${c["count"]}`);
  }
  return cases.length;
});

test("ChaCha20-Poly1305 against OpenSSL: every length up to 600, associated data of many", () => {
  const random = new Random(45);
  const draw = (length: number): Buffer => Buffer.from(random.fill(new Uint8Array(length)));
  for (let length = 0; length <= 600; length++) {
    const [key, nonce, aad, plain] = [draw(32), draw(12), draw((length * 7) % 41), draw(length)];
    const cipher = createCipheriv("chacha20-poly1305", key, nonce, { authTagLength: 16 });
    cipher.setAAD(aad, { plaintextLength: length });
    const expected = Buffer.concat([cipher.update(plain), cipher.final()]);
    aead(key, nonce, aad, plain, expected, cipher.getAuthTag(), `${length} octets`);
  }
});

test("a key of another length is refused", () => {
  for (const length of [0, 16, 31, 33, 36]) assert.equal(p.call("chachaPolyKey", p.base, p.base + 4096, length), 0);
});
