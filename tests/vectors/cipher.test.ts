// Whole files for AES, DES and 3DES: CBC as it is; ECB as one block of CBC under a zero IV.
import assert from "node:assert/strict";
import { createCipheriv } from "node:crypto";
import { test } from "node:test";
import { AES, CAMELLIA, DES, DES3, Primitives } from "../support/primitives/primitives.ts";
import { Random } from "../support/world/random.ts";
import { type Case, hex, responses, vectorTest, vectorTests } from "../support/primitives/vectors.ts";

const p = await Primitives.load();

function both(id: number, key: Buffer, iv: Buffer, plain: Buffer, cipher: Buffer, what: string): void {
  const encrypted = p.cbc("encrypt", id, key, iv, plain);
  assert.equal(encrypted.data.toString("hex"), cipher.toString("hex"), `${what}: encryption`);
  assert.deepEqual(encrypted.iv, cipher.subarray(-iv.length), `${what}: IV after encryption`);
  const decrypted = p.cbc("decrypt", id, key, iv, cipher);
  assert.equal(decrypted.data.toString("hex"), plain.toString("hex"), `${what}: decryption`);
  assert.deepEqual(decrypted.iv, cipher.subarray(-iv.length), `${what}: IV after decryption`);
}

function run(id: number, keyOf: (c: Case) => Buffer, text: string): number {
  const cases = responses(text).filter((c) => c["plaintext"] !== undefined && c["ciphertext"] !== undefined);
  const block = id === AES ? 16 : 8;
  for (const c of cases) {
    const plain = hex(c["plaintext"]!);
    const cipher = hex(c["ciphertext"]!);
    const what = `${c.section} ${c["count"]}`;
    if (c["iv"] !== undefined) {
      both(id, keyOf(c), hex(c["iv"]), plain, cipher, what);
    } else {
      for (let at = 0; at < plain.length; at += block) both(id, keyOf(c), Buffer.alloc(block), plain.subarray(at, at + block), cipher.subarray(at, at + block), what);
    }
  }
  return cases.length;
}

vectorTests("cavp/aes", /^(CBC|ECB)\w+\.rsp$/, (text) => run(AES, (c) => hex(c["key"]!), text));

// Where the three keys are one, 3DES is DES, so that DES is run over the same file.
vectorTests("cavp/tdes", /^T(CBC|ECB)\w+\.rsp$/, (text) => {
  const keys = (c: Case): string[] => (c["keys"] === undefined ? [c["key1"]!, c["key2"]!, c["key3"]!] : [c["keys"], c["keys"], c["keys"]]);
  let cases = run(DES3, (c) => hex(keys(c).join("")), text);
  if (responses(text).filter((c) => c["plaintext"]).every((c) => new Set(keys(c)).size === 1)) cases += run(DES, (c) => hex(keys(c)[0]!), text);
  return cases;
});

vectorTest("rfc/rfc3602_aes_cbc_esp.json", (text) => {
  const { tests } = JSON.parse(text) as { tests: { id: number; kind: string; [field: string]: string | number }[] };
  for (const c of tests) both(AES, hex(String(c["key"])), hex(String(c["iv"])), hex(String(c["pt"])), hex(String(c["ct"])), `case ${c.id}`);
  return tests.length;
});

vectorTest("wycheproof/aes_cbc_pkcs5_test.json", (text) => {
  interface Group { tests: { tcId: number; key: string; iv: string; msg: string; ct: string; result: string }[] }
  const { testGroups } = JSON.parse(text) as { testGroups: Group[] };
  let cases = 0;
  for (const c of testGroups.flatMap((group) => group.tests)) {
    const [key, iv, message, cipher] = [hex(c.key), hex(c.iv), hex(c.msg), hex(c.ct)];
    const pad = 16 - (message.length % 16);
    const padded = Buffer.concat([message, Buffer.alloc(pad, pad)]);
    // The padding is not ours: an invalid case is one whose text, decrypted, is not the padded message.
    const same = cipher.length > 0 && p.cbc("decrypt", AES, key, iv, cipher).data.equals(padded);
    assert.equal(same, c.result === "valid", `case ${c.tcId}`);
    if (c.result === "valid") both(AES, key, iv, padded, cipher, `case ${c.tcId}`);
    cases++;
  }
  return cases;
});

vectorTest("ike-kats/esp_3des_freeswan_tcpdump.json", (text) => {
  interface Packet { enc: string; enc_key: string; icv_len: number; esp: string; plaintext_with_trailer: string }
  const { tests } = JSON.parse(text) as { tests: Packet[] };
  const cases = tests.filter((c) => c.enc === "3des-cbc");
  for (const c of cases) {
    const esp = hex(c.esp);
    both(DES3, hex(c.enc_key), esp.subarray(8, 16), hex(c.plaintext_with_trailer), esp.subarray(16, esp.length - c.icv_len), "packet");
  }
  return cases.length;
});

// 64 and 128 blocks of DES are decrypted at once, and eight of Camellia.
for (const { id, name, key, block, narrow = false } of [
  { id: DES3, name: "des-ede3-cbc", key: 24, block: 8 },
  { id: DES3, name: "des-ede3-cbc", key: 24, block: 8, narrow: true },
  { id: CAMELLIA, name: "camellia-128-cbc", key: 16, block: 16 },
  { id: CAMELLIA, name: "camellia-192-cbc", key: 24, block: 16 },
  { id: CAMELLIA, name: "camellia-256-cbc", key: 32, block: 16 },
]) {
  test(`${name}${narrow ? " where registers have 32 bits" : ""} against OpenSSL: every number of blocks up to 140, and some beyond`, (t) => {
    p.call("desNarrow", Number(narrow));
    t.after(() => p.call("desNarrow", 0));
    const random = new Random(46);
    const draw = (length: number): Buffer => Buffer.from(random.fill(new Uint8Array(length)));
    for (const blocks of [...Array.from({ length: 140 }, (_, i) => i + 1), 191, 192, 193, 255, 256, 257, 400]) {
      const [secret, iv, plain] = [draw(key), draw(block), draw(blocks * block)];
      both(id, secret, iv, plain, createCipheriv(name, secret, iv).setAutoPadding(false).update(plain), `${blocks} blocks`);
    }
  });
}

test("Camellia takes keys of three lengths alone", () => {
  for (const length of [0, 8, 15, 17, 31, 33]) assert.equal(p.call("cipherSetKey", CAMELLIA, p.base, p.base + 4096, length), 0);
});
