/** ESP against an implementation of its own kind over node:crypto, both ways, and against published packets. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { Esp, bare, openWithNode, sealWithNode, suites } from "../support/esp.ts";
import { hex, vectorTest } from "../support/vectors.ts";

const esp = await Esp.load();

for (const suite of suites)
  test(`${suite.name}: what we seal node opens, what node seals we open`, () => {
    const keymat = randomBytes(suite.key + suite.authKey);
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
    assert.equal(ivs.size, 100, "an IV is used once");
    let sequence = 0;
    for (const length of [20, 21, 63, 64, 65, 576, 1200, 1400])
      for (const blocks of [0, 1, 15]) {
        if (length + blocks * 16 > 1400) continue;
        const payload = randomBytes(length);
        const packet = sealWithNode(suite, keymat, esp.spi, ++sequence, payload, 4, suite.block === 8 ? blocks * 2 : blocks);
        const opened = esp.open(packet);
        assert.deepEqual([opened.reason, opened.nextHeader], [0, 4], `${length} octets, ${blocks} more blocks`);
        assert.ok(opened.data.equals(payload));
        assert.notEqual(esp.open(packet).reason, 0, "a replay");
      }
    const wrong = sealWithNode(suite, randomBytes(keymat.length), esp.spi, ++sequence, randomBytes(100));
    assert.notEqual(esp.open(wrong).reason, 0, "other keys");
  });

test("10,000 datagrams out and in: in place, with no movement of the heap", () => {
  for (const suite of suites) {
    esp.key(suite, randomBytes(suite.key + suite.authKey), 64);
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
