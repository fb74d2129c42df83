// Whole files for AES-CTR, AES-GCM, AES-CCM, AES-XCBC-MAC and AES-CMAC; and texts of every length against node:crypto.
import assert from "node:assert/strict";
import { createCipheriv } from "node:crypto";
import { test } from "node:test";
import { Random } from "../support/world/random.ts";
import { Suites } from "../support/primitives/suites.ts";
import { hex, responses, vectorTest, vectorTests } from "../support/primitives/vectors.ts";

const p = await Suites.load();

interface Json<T> { tests: T[] }

vectorTest("rfc/rfc3686_aes_ctr.json", (text) => {
  const { tests } = JSON.parse(text) as Json<{ id: number; key: string; iv: string; nonce: string; pt: string; ct: string }>;
  for (const c of tests) {
    const [key, nonce, iv, plain, cipher] = [c.key, c.nonce, c.iv, c.pt, c.ct].map(hex) as [Buffer, Buffer, Buffer, Buffer, Buffer];
    assert.deepEqual(p.ctrEsp(key, nonce, iv, plain), cipher, `case ${c.id}: encryption`);
    assert.deepEqual(p.ctrEsp(key, nonce, iv, cipher), plain, `case ${c.id}: decryption`);
  }
  return tests.length;
});

vectorTests("pyca/ctr", /\.txt$/, (text) => {
  const cases = responses(text).filter((c) => c["ciphertext"] !== undefined);
  for (const c of cases) {
    const [key, iv, plain, cipher] = [c["key"]!, c["iv"]!, c["plaintext"]!, c["ciphertext"]!].map(hex) as [Buffer, Buffer, Buffer, Buffer];
    assert.deepEqual(p.ctr(key, iv, plain).data, cipher);
    assert.deepEqual(p.ctr(key, iv, cipher).data, plain);
  }
  return cases.length;
});

/** Seals, opens, and refuses each of several changes, for every length of ICV. */
function gcm(key: Buffer, nonce: Buffer, aad: Buffer, plain: Buffer, cipher: Buffer, tag: Buffer, what: string): void {
  for (const length of [8, 12, 16]) {
    const icv = tag.subarray(0, length);
    assert.deepEqual(p.seal(key, nonce, aad, plain, length), { data: cipher, icv }, `${what}: sealed, ${length}`);
    assert.deepEqual(p.open(key, nonce, aad, cipher, icv), { good: true, data: plain }, `${what}: opened, ${length}`);
    const changed = (bytes: Buffer): Buffer => Buffer.concat([bytes.subarray(0, -1), Buffer.of(bytes.at(-1)! ^ 1)]);
    assert.deepEqual(p.open(key, nonce, aad, cipher, changed(icv)), { good: false, data: cipher }, `${what}: another ICV`);
    if (cipher.length) assert.equal(p.open(key, nonce, aad, changed(cipher), icv).good, false, `${what}: another text`);
    if (aad.length) assert.equal(p.open(key, nonce, changed(aad), cipher, icv).good, false, `${what}: other associated data`);
    assert.equal(p.open(key, changed(nonce), aad, cipher, icv).good, false, `${what}: another nonce`);
  }
}

vectorTest("rfc/draft_mcgrew_gcm_test_esp.json", (text) => {
  const { tests } = JSON.parse(text) as Json<{ id: string; key: string; nonce: string; salt: string; iv: string; aad: string; pt: string; ct: string; tag: string }>;
  for (const c of tests) {
    const [key, nonce, salt, iv, aad, plain, cipher, tag] = [c.key, c.nonce, c.salt, c.iv, c.aad, c.pt, c.ct, c.tag].map(hex) as Buffer[] as [Buffer, Buffer, Buffer, Buffer, Buffer, Buffer, Buffer, Buffer];
    assert.deepEqual(Buffer.concat([salt, iv]), nonce, c.id);
    gcm(key, nonce, aad, plain, cipher, tag, c.id);
  }
  return tests.length;
});

vectorTest("wycheproof/aes_gcm_test.json", (text) => {
  interface Group { ivSize: number; tests: { tcId: number; key: string; iv: string; aad: string; msg: string; ct: string; tag: string; result: string }[] }
  const { testGroups } = JSON.parse(text) as { testGroups: Group[] };
  let cases = 0;
  // ESP knows nonces of 96 bits alone (RFC 4106, 4): the others are no part of what is offered here.
  for (const group of testGroups.filter((group) => group.ivSize === 96)) {
    for (const c of group.tests) {
      const [key, nonce, aad, plain, cipher, tag] = [c.key, c.iv, c.aad, c.msg, c.ct, c.tag].map(hex) as Buffer[] as [Buffer, Buffer, Buffer, Buffer, Buffer, Buffer];
      const opened = p.open(key, nonce, aad, cipher, tag);
      assert.equal(opened.good, c.result === "valid", `case ${c.tcId}`);
      if (c.result === "valid") gcm(key, nonce, aad, plain, cipher, tag, `case ${c.tcId}`);
      else assert.deepEqual(opened.data, cipher, `case ${c.tcId}: nothing is decrypted`);
      cases++;
    }
  }
  return cases;
});

vectorTest("rfc/rfc3566_aes_xcbc_mac96.json", (text) => {
  const { tests } = JSON.parse(text) as Json<{ id: number; key: string; msg: string; mac: string; mac96: string }>;
  for (const c of tests) {
    const message = hex(c.msg);
    const mac = p.xcbc(hex(c.key), message);
    assert.equal(mac.toString("hex"), c.mac, `case ${c.id}`);
    assert.equal(mac.subarray(0, 12).toString("hex"), c.mac96, `case ${c.id}`);
    for (const at of [0, 1, 15, 16, 17].filter((at) => at <= message.length)) assert.deepEqual(p.xcbc(hex(c.key), message.subarray(0, at), message.subarray(at)), mac, `case ${c.id}, split at ${at}`);
  }
  return tests.length;
});

vectorTest("rfc/rfc4434_aes_xcbc_prf128.json", (text) => {
  const { tests } = JSON.parse(text) as Json<{ key: string; msg: string; prf: string }>;
  for (const c of tests) assert.equal(p.xcbcPrf(hex(c.key), hex(c.msg)).toString("hex"), c.prf);
  return tests.length;
});

/** As gcm above, for one length of ICV. */
function ccm(key: Buffer, nonce: Buffer, aad: Buffer, plain: Buffer, cipher: Buffer, icv: Buffer, what: string): void {
  assert.deepEqual(p.ccmSeal(key, nonce, aad, plain, icv.length), { data: cipher, icv }, `${what}: sealed`);
  assert.deepEqual(p.ccmOpen(key, nonce, aad, cipher, icv), { good: true, data: plain }, `${what}: opened`);
  const changed = (bytes: Buffer): Buffer => Buffer.concat([bytes.subarray(0, -1), Buffer.of(bytes.at(-1)! ^ 1)]);
  assert.deepEqual(p.ccmOpen(key, nonce, aad, cipher, changed(icv)), { good: false, data: cipher }, `${what}: another ICV`);
  if (cipher.length) assert.deepEqual(p.ccmOpen(key, nonce, aad, changed(cipher), icv), { good: false, data: changed(cipher) }, `${what}: another text`);
  if (aad.length) assert.equal(p.ccmOpen(key, nonce, changed(aad), cipher, icv).good, false, `${what}: other associated data`);
  assert.equal(p.ccmOpen(key, changed(nonce), aad, cipher, icv).good, false, `${what}: another nonce`);
}

// Keys and nonces of these files stand above the cases they hold for, lengths at the head or in the section.
vectorTests("cavp/ccm", /^V\w+\.rsp$/, (text) => {
  const above: Record<string, string> = {};
  let cases = 0;
  for (const block of text.split(/\r?\n\r?\n/)) {
    const found: Record<string, string> = {};
    for (const [, name, value] of block.matchAll(/(\w+) = (\w+)/g)) found[name!.toLowerCase()] = value!;
    if (found["ct"] === undefined) Object.assign(above, found);
    const c = { ...above, ...found } as Record<string, string>;
    if (found["ct"] === undefined) continue;
    // A length of 0 is written as one octet.
    const sized = (name: string, length: string): Buffer => hex(c[name]!).subarray(0, Number(c[length]));
    const plain = sized("payload", "plen");
    const whole = hex(c["ct"]!);
    ccm(hex(c["key"]!), hex(c["nonce"]!), sized("adata", "alen"), plain, whole.subarray(0, plain.length), whole.subarray(plain.length), `count ${c["count"]}`);
    cases++;
  }
  return cases;
});

vectorTests("cavp/cmac", /^CMACGen\w+\.rsp$/, (text) => {
  const cases = responses(text).filter((c) => c["mac"] !== undefined);
  for (const c of cases) {
    const message = hex(c["msg"]!).subarray(0, Number(c["mlen"]));
    const at = message.length >> 1;
    assert.equal(p.cmac(hex(c["key"]!), message.subarray(0, at), message.subarray(at)).subarray(0, Number(c["tlen"])).toString("hex"), c["mac"], `count ${c["count"]}`);
  }
  return cases.length;
});

test("AES-CCM against OpenSSL: ESP's nonces and ICVs, texts and associated data of many lengths", () => {
  const random = new Random(44);
  const draw = (length: number): Buffer => Buffer.from(random.fill(new Uint8Array(length)));
  for (const bits of [128, 192, 256]) {
    for (let length = 0; length <= 300; length += 1 + (length >> 4)) {
      const icv = [8, 12, 16][length % 3]!;
      const [key, nonce, aad, plain] = [draw(bits / 8), draw(11), draw((length * 7) % 41), draw(length)];
      const cipher = createCipheriv(`aes-${bits}-ccm` as "aes-128-ccm", key, nonce, { authTagLength: icv }).setAAD(aad, { plaintextLength: length });
      const expected = Buffer.concat([cipher.update(plain), cipher.final()]);
      ccm(key, nonce, aad, plain, expected, cipher.getAuthTag(), `AES-${bits}, ${length} octets`);
    }
  }
});

test("AES-GMAC against OpenSSL's GCM without a text: messages of many lengths, in parts of every size", () => {
  const random = new Random(45);
  const draw = (length: number): Buffer => Buffer.from(random.fill(new Uint8Array(length)));
  for (const bits of [128, 192, 256]) {
    for (let length = 0; length <= 400; length += 1 + (length >> 3)) {
      const [key, nonce, message] = [draw(bits / 8), draw(12), draw(length)];
      const cipher = createCipheriv(`aes-${bits}-gcm` as "aes-128-gcm", key, nonce).setAAD(message);
      cipher.final();
      for (const size of [1, 8, 16, 33, 512]) {
        const parts: Uint8Array[] = [];
        for (let at = 0; at < length; at += size) parts.push(message.subarray(at, at + size));
        assert.deepEqual(p.gmac(key, nonce, ...parts), cipher.getAuthTag(), `AES-${bits}, ${length} octets by ${size}`);
      }
    }
  }
});

test("AES-CBC over several texts at once is AES-CBC over each", () => {
  const random = new Random(46);
  const draw = (length: number): Buffer => Buffer.from(random.fill(new Uint8Array(length)));
  const bits = [128, 128, 128, 128, 128, 192, 256, 256, 256, 128];
  for (let round = 0; round < 40; round++) {
    const texts = bits.slice(round % 7).slice(0, round % 11).map((size, i) => ({ key: draw(size / 8), iv: draw(16), data: draw(16 * ((round * 7 + i * i * 5) % 23)) }));
    const made = p.encryptMany(texts);
    texts.forEach(({ key, iv, data }, i) => {
      const expected = createCipheriv(`aes-${key.length * 8}-cbc`, key, iv).setAutoPadding(false).update(data);
      assert.deepEqual(made[i], { data: expected, iv: data.length ? expected.subarray(-16) : iv }, `${texts.length} texts, the one at ${i}`);
    });
  }
});

test("counter mode against OpenSSL: every length up to 300, and counters that wrap", () => {
  const random = new Random(41);
  const draw = (length: number): Buffer => Buffer.from(random.fill(new Uint8Array(length)));
  for (const bits of [128, 192, 256]) {
    const key = draw(bits / 8);
    for (let length = 0; length <= 300; length++) {
      const [nonce, iv, plain] = [draw(4), draw(8), draw(length)];
      const counter = Buffer.concat([nonce, iv, Buffer.of(0, 0, 0, 1)]);
      const expected = createCipheriv(`aes-${bits}-ctr`, key, counter).update(plain);
      assert.deepEqual(p.ctrEsp(key, nonce, iv, plain), expected, `${length} octets`);
      const blocks = length & ~15;
      const parts = p.ctr(key, counter, plain.subarray(0, blocks), plain.subarray(blocks));
      assert.deepEqual(parts.data, expected, `${length} octets in two parts`);
      assert.equal(parts.counter.readUInt32BE(12), 1 + Math.ceil(length / 16), "the counter that is left");
    }
  }
  // Only the last 32 bits count.
  const wrapped = p.ctr(draw(16), Buffer.from("00112233445566778899aabbffffffff", "hex"), Buffer.alloc(32));
  assert.equal(wrapped.counter.toString("hex"), "00112233445566778899aabb00000001");
});

test("counter mode against OpenSSL: long texts, and counters whose octets carry", () => {
  const random = new Random(48);
  const draw = (length: number): Buffer => Buffer.from(random.fill(new Uint8Array(length)));
  for (const low of [0x00, 0x01, 0x38, 0x7f, 0x80, 0x81, 0xc8, 0xf8, 0xff]) {
    for (const length of [256, 257, 384, 1400, 2048, 2049, 2304, 5000]) {
      const [key, plain] = [draw(16), draw(length)];
      const counter = Buffer.concat([draw(12), Buffer.of(0, 0xff, 0xff, low)]);
      const expected = createCipheriv("aes-128-ctr", key, counter).update(plain);
      assert.deepEqual(p.ctr(key, counter, plain).data, expected, `${length} octets from ${low}`);
    }
  }
  // Behind a block that masks a code.
  const key = draw(32);
  for (const length of [300, 1402, 1500, 3000]) {
    const [nonce, aad, plain] = [draw(12), draw(8), draw(length)];
    const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(aad);
    const expected = Buffer.concat([cipher.update(plain), cipher.final()]);
    gcm(key, nonce, aad, plain, expected, cipher.getAuthTag(), `${length} octets`);
    const second = createCipheriv("aes-256-ccm", key, nonce.subarray(1), { authTagLength: 16 }).setAAD(aad, { plaintextLength: length });
    ccm(key, nonce.subarray(1), aad, plain, Buffer.concat([second.update(plain), second.final()]), second.getAuthTag(), `${length} octets`);
  }
});

test("AES-GCM against OpenSSL: texts and associated data of many lengths", () => {
  const random = new Random(42);
  const draw = (length: number): Buffer => Buffer.from(random.fill(new Uint8Array(length)));
  for (const bits of [128, 192, 256]) {
    for (let length = 0; length <= 200; length += 1 + (length >> 5)) {
      const [key, nonce, aad, plain] = [draw(bits / 8), draw(12), draw((length * 7) % 41), draw(length)];
      const cipher = createCipheriv(`aes-${bits}-gcm` as "aes-128-gcm", key, nonce).setAAD(aad);
      const expected = Buffer.concat([cipher.update(plain), cipher.final()]);
      gcm(key, nonce, aad, plain, expected, cipher.getAuthTag(), `AES-${bits}, ${length} octets`);
    }
  }
});

test("CMAC in parts of every size is CMAC at once", () => {
  const random = new Random(47);
  for (const size of [16, 24, 32]) {
    const key = random.fill(new Uint8Array(size));
    for (let length = 0; length <= 500; length += 1 + (length >> 3)) {
      const message = random.fill(new Uint8Array(length));
      const whole = p.cmac(key, message);
      for (const part of [1, 7, 16, 33, 512]) {
        const parts: Uint8Array[] = [];
        for (let at = 0; at < length; at += part) parts.push(message.subarray(at, at + part));
        assert.deepEqual(p.cmac(key, ...parts), whole, `${length} octets by ${part}`);
      }
    }
  }
});

test("XCBC in parts of every size is XCBC at once; it differs where a zero is added", () => {
  const random = new Random(43);
  const key = random.fill(new Uint8Array(16));
  for (let length = 0; length <= 1100; length += 1 + (length >> 3)) {
    const message = random.fill(new Uint8Array(length));
    const whole = p.xcbc(key, message);
    for (const size of [1, 7, 16, 33, 512]) {
      const parts: Uint8Array[] = [];
      for (let at = 0; at < length; at += size) parts.push(message.subarray(at, at + size));
      assert.deepEqual(p.xcbc(key, ...parts), whole, `${length} octets by ${size}`);
    }
    assert.notDeepEqual(p.xcbc(key, message, Uint8Array.of(0)), whole);
  }
});

test("lengths that do not exist are refused", () => {
  for (const length of [0, 15, 17, 33]) {
    assert.equal(p.call("ctrKey", p.base, p.base + 4096, length), 0);
    assert.equal(p.call("gcmKey", p.base, p.base + 4096, length), 0);
    assert.equal(p.call("ccmKey", p.base, p.base + 4096, length), 0);
    assert.equal(p.call("cmacKey", p.base, p.base + 4096, length), 0);
  }
  for (const length of [0, 4, 10, 15, 17]) {
    assert.equal(p.call("gcmSeal", p.base, p.base, p.base, 8, p.base + 4096, 16, p.base + 8192, length), 0);
    assert.equal(p.call("gcmOpen", p.base, p.base, p.base, 8, p.base + 4096, 16, p.base + 8192, length), 0);
  }
  for (const [nonce, icv, aad, text] of [[6, 8, 8, 16], [14, 8, 8, 16], [11, 2, 8, 16], [11, 7, 8, 16], [11, 18, 8, 16], [11, 8, 0xff00, 16], [13, 8, 8, 0x10000]] as const) {
    const lengths = [p.base, p.base + 1024, nonce, p.base, aad, p.base + 4096, text, p.base + 81920, icv];
    assert.equal(p.call("ccmSeal", ...lengths), 0);
    assert.equal(p.call("ccmOpen", ...lengths), 0);
  }
});
