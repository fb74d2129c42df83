/** ESP against an implementation of its own kind over node:crypto, both ways, and against published packets. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { Esp } from "../support/primitives/esp.ts";
import { bare, keymatLength, openWithNode, sealWithNode, suites } from "../support/second/esp.ts";
import { hex, vectorTest } from "../support/primitives/vectors.ts";

const esp = await Esp.load();

for (const suite of suites)
  test(`${suite.name}: what we seal node opens, what node seals we open`, () => {
    const keymat = randomBytes(keymatLength(suite));
    esp.key(suite, keymat, 64);
    const ivs = new Set<string>();
    for (let length = 20; length < 120; length++) {
      const payload = randomBytes(length);
      const sealed = esp.seal(payload);
      assert.equal(sealed.reason, 0);
      const seen = openWithNode(suite, keymat, sealed.data);
      assert.deepEqual([seen.spi, seen.sequence, seen.nextHeader], [esp.spi, length - 19, 4]);
      assert.ok(seen.payload.equals(payload));
      ivs.add(seen.iv.toString("hex"));
    }
    assert.equal(ivs.size, suite.iv ? 100 : 1, "an IV is used once");
    let sequence = 0;
    for (const length of [20, 21, 63, 64, 65, 576, 1200, 1400])
      for (const more of [0, 16, 240]) {
        if (length + more > 1400) continue;
        const payload = randomBytes(length);
        const packet = sealWithNode(suite, keymat, esp.spi, ++sequence, payload, 4, more / suite.block);
        const opened = esp.open(packet);
        assert.deepEqual([opened.reason, opened.nextHeader], [0, 4], `${length} octets, ${more} more of padding`);
        assert.ok(opened.data.equals(payload));
        assert.notEqual(esp.open(packet).reason, 0, "a replay");
      }
    const wrong = sealWithNode(suite, randomBytes(keymat.length), esp.spi, ++sequence, randomBytes(100));
    assert.notEqual(esp.open(wrong).reason, 0, "other keys");
  });

const extended = suites.filter(({ name }) => ["3des/md5", "aes-128/sha1", "aes-256/sha512", "null/sha256", "aes-192/aes-xcbc", "ctr-256/sha384", "gcm-128/8", "gcm-192/12", "gcm-256/16", "ccm-128/8", "ccm-192/12", "ccm-256/16", "gmac-128/16", "gmac-256/16", "chacha/16", "camellia-192/sha256"].includes(name));

for (const suite of extended)
  test(`${suite.name} with extended numbers: over the end of 2^32 and out of order`, () => {
    const keymat = randomBytes(keymatLength(suite));
    const ivs = new Set<string>();
    // ICVs of 64 bits end at 2^32 (lifetime.ts).
    const ends = suite.icv === 8 ? [1n] : [1n << 32n, 7n << 32n, (1n << 63n) + (1n << 32n)];
    for (const end of ends) {
      esp.key(suite, keymat, 64, true);
      const start = end > 30n ? end - 30n : 0n;
      esp.number(start);
      for (let n = start + 1n; n <= start + 60n; n++) {
        const payload = randomBytes(64);
        const sealed = esp.seal(payload);
        assert.equal(sealed.reason, 0);
        const seen = openWithNode(suite, keymat, sealed.data, n);
        assert.ok(seen.payload.equals(payload));
        assert.equal(seen.sequence, Number(n & 0xffffffffn));
        ivs.add(seen.iv.toString("hex"));
      }
      esp.number(start);
      const order = [5n, 1n, 40n, 2n, 39n, 60n, 59n, 3n, 120n, 61n, 60n + (1n << 31n)];
      for (const step of order) {
        const payload = randomBytes(64);
        const packet = sealWithNode(suite, keymat, esp.spi, { sequence: start + step, esn: true }, payload);
        const opened = esp.open(packet);
        assert.equal(opened.reason, 0, `${start} + ${step}`);
        assert.ok(opened.data.equals(payload));
        assert.notEqual(esp.open(packet).reason, 0, "a replay");
      }
      // The same lower half with another upper one, and without one: no ICV fits.
      const next = start + (1n << 31n) + 70n;
      for (const numbering of [{ sequence: next + (1n << 32n), esn: true }, { sequence: next }]) {
        assert.notEqual(esp.open(sealWithNode(suite, keymat, esp.spi, numbering, randomBytes(64))).reason, 0);
      }
    }
    assert.equal(ivs.size, suite.iv ? 60 * ends.length : 1, "an IV is used once");
  });

test("10,000 datagrams out and in: in place, with no movement of the heap", () => {
  for (const suite of suites) {
    esp.key(suite, randomBytes(keymatLength(suite)), 64);
    const [top, pages] = [esp.exports.heapTop(), esp.exports.memory.buffer.byteLength];
    for (const length of [20, 577, 1400]) assert.equal(esp.exports.through(140, length), 140, suite.name);
    assert.deepEqual([esp.exports.heapTop(), esp.exports.memory.buffer.byteLength], [top, pages]);
  }
});

vectorTest("rfc/rfc3602_aes_cbc_esp.json", (text) => {
  const { tests } = JSON.parse(text) as { tests: { kind: string; key: string; esp_packet: string; orig_ip_header: string; orig_data: string; next_header: number; mode: string }[] };
  const packets = tests.filter((c) => c.kind === "esp-packet");
  for (const c of packets) {
    esp.key(bare("aes-128"), hex(c.key), 64);
    const opened = esp.open(hex(c.esp_packet));
    assert.equal(opened.reason, 0);
    assert.equal(opened.nextHeader, c.next_header);
    assert.equal(opened.data.toString("hex"), (c.mode === "tunnel" ? c.orig_ip_header : "") + c.orig_data);
  }
  return packets.length;
});

vectorTest("rfc/draft_mcgrew_gcm_test_esp.json", (text) => {
  const { tests } = JSON.parse(text) as { tests: { id: string; key: string; salt: string; iv: string; aad: string; pt: string; ct: string; tag: string }[] };
  let opened = 0;
  for (const c of tests) {
    const [key, salt, iv, aad, plain, cipher, tag] = [c.key, c.salt, c.iv, c.aad, c.pt, c.ct, c.tag].map(hex) as Buffer[] as [Buffer, Buffer, Buffer, Buffer, Buffer, Buffer, Buffer];
    if (cipher.length === 0) {
      // GMAC: what is covered is the packet but for its ICV.
      esp.key(suites.find(({ name }) => name === `gmac-${key.length * 8}/16`)!, Buffer.concat([key, salt]), 64);
      esp.number(BigInt(aad.readUInt32BE(4)) - 1n);
      const { reason, data, nextHeader } = esp.open(Buffer.concat([aad, tag]));
      assert.deepEqual([reason, nextHeader], [0, aad.at(-1)], c.id);
      assert.ok(data.equals(aad.subarray(16, aad.length - 2 - aad.at(-2)!)), c.id);
      assert.deepEqual(aad.subarray(8, 16), iv);
      continue;
    }
    const esn = aad.length === 12;
    esp.key(suites.find(({ name }) => name === `gcm-${key.length * 8}/16`)!, Buffer.concat([key, salt]), 64, esn);
    const sequence = esn ? aad.readBigUInt64BE(4) : BigInt(aad.readUInt32BE(4));
    esp.number(sequence - 1n);
    const packet = Buffer.concat([aad.subarray(0, 4), aad.subarray(aad.length - 4), iv, cipher, tag]);
    const changed = Buffer.from(packet);
    changed[20]! ^= 1;
    assert.notEqual(esp.open(changed).reason, 0, c.id);
    const { reason, data, nextHeader } = esp.open(packet);
    assert.equal(reason, 0, c.id);
    assert.equal(nextHeader, plain.at(-1));
    assert.ok(data.equals(plain.subarray(0, plain.length - 2 - plain.at(-2)!)), c.id);
    opened++;
  }
  assert.equal(opened, tests.length - 1);
  return tests.length;
});

vectorTest("rfc/rfc7634_chacha20poly1305_esp.json", (text) => {
  const { tests } = JSON.parse(text) as { tests: { keymat: string; spi: string; seq: number; iv: string; source_packet: string; ct: string; tag: string }[] };
  for (const c of tests) {
    esp.key(suites.find(({ name }) => name === "chacha/16")!, hex(c.keymat), 64);
    esp.number(BigInt(c.seq) - 1n);
    const head = Buffer.alloc(8);
    head.writeUInt32BE(parseInt(c.spi, 16), 0);
    head.writeUInt32BE(c.seq, 4);
    const packet = Buffer.concat([head, ...[c.iv, c.ct, c.tag].map(hex)]);
    const { reason, data, nextHeader } = esp.open(packet);
    assert.deepEqual([reason, nextHeader], [0, 4]);
    assert.ok(data.equals(hex(c.source_packet)));
    packet[30]! ^= 1;
    assert.notEqual(esp.open(packet).reason, 0);
  }
  return tests.length;
});

vectorTest("ike-kats/esp_3des_freeswan_tcpdump.json", (text) => {
  const { tests } = JSON.parse(text) as { tests: { enc: string; enc_key: string; icv_len: number; esp: string; plaintext_with_trailer: string }[] };
  const cases = tests.filter((c) => c.enc === "3des-cbc");
  for (const c of cases) {
    esp.key(bare("3des"), hex(c.enc_key), 64);
    // The authentication key was never published: the ICV is cut off.
    const packet = hex(c.esp);
    const opened = esp.open(packet.subarray(0, packet.length - c.icv_len));
    assert.equal(opened.reason, 0);
    const plain = hex(c.plaintext_with_trailer);
    assert.ok(opened.data.equals(plain.subarray(0, plain.length - 2 - plain[plain.length - 2]!)));
  }
  return cases.length;
});
