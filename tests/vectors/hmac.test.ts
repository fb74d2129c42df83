// Whole files of HMACs, at once and through a key's stored state.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import { Primitives, hashes } from "../support/primitives/primitives.ts";
import { Random } from "../support/world/random.ts";
import { hex, responses, vectorTest, vectorTests } from "../support/primitives/vectors.ts";

const p = await Primitives.load();
const byName = (name: string): number | undefined => hashes.find((hash) => hash.name === name.replace("-", ""))?.id;

function check(id: number, key: Buffer, message: Buffer, want: Buffer): void {
  const at = message.length >> 1;
  assert.deepEqual(p.hmac(id, key, message).subarray(0, want.length), want);
  assert.deepEqual(p.hmacByState(id, key, message.subarray(0, at), message.subarray(at)).subarray(0, want.length), want);
}

vectorTest("cavp/hmac/HMAC.rsp", (text) => {
  const lengths: Record<string, number> = { "L=20": 2, "L=32": 4, "L=48": 5, "L=64": 6 };
  const cases = responses(text).filter((c) => lengths[c.section] !== undefined);
  for (const c of cases) check(lengths[c.section]!, hex(c["key"]!), hex(c["msg"]!), hex(c["mac"]!));
  return cases.length;
});

vectorTests("pyca/hmac", /^rfc-\d+-(md5|sha1|sha256|sha384|sha512)\.txt$/, (text, path) => {
  const id = byName(/-(\w+)\.txt$/.exec(path)![1]!)!;
  const cases = responses(text).filter((c) => c["md"] !== undefined);
  for (const c of cases) check(id, hex(c["key"]!), hex(c["msg"]!), hex(c["md"]!));
  return cases.length;
});

vectorTest("rfc/hmac_rfc2202_rfc4231.json", (text) => {
  const { tests } = JSON.parse(text) as { tests: { alg: string; key: string; msg: string; mac: string }[] };
  const known = tests.map((c) => ({ ...c, id: byName(c.alg.replace(/^hmac-/, "")) })).filter((c) => c.id !== undefined);
  for (const c of known) check(c.id!, hex(c.key), hex(c.msg), hex(c.mac));
  return known.length;
});

vectorTest("wycheproof/hmac_sha256_test.json", (text) => {
  interface Group { tagSize: number; tests: { tcId: number; key: string; msg: string; tag: string; result: string }[] }
  const { testGroups } = JSON.parse(text) as { testGroups: Group[] };
  let cases = 0;
  for (const group of testGroups) {
    for (const c of group.tests) {
      const tag = p.hmac(4, hex(c.key), hex(c.msg)).subarray(0, group.tagSize / 8);
      const theirs = hex(c.tag);
      const equal = theirs.length === tag.length && p.call("ctEqual", p.put(0, tag), p.put(1024, theirs), tag.length) === 1;
      assert.equal(equal, c.result === "valid", `case ${c.tcId}`);
      cases++;
    }
  }
  return cases;
});

test("four at once against OpenSSL: keys and lengths of their own, with and without octets that follow", () => {
  const random = new Random(44);
  const draw = (length: number): Buffer => Buffer.from(random.fill(new Uint8Array(length)));
  const below = (limit: number): number => draw(2).readUInt16BE() % limit;
  for (const { id, name, digest } of hashes) {
    for (let round = 0; round < 60; round++) {
      const messages = Array.from({ length: 1 + (round & 3) }, () => ({ key: draw(below(150)), data: draw(below(round & 4 ? 1500 : 200)), more: draw(4 * below(2)) }));
      const want = messages.map(({ key, data, more }) => createHmac(name, key).update(data).update(more).digest());
      assert.deepEqual(p.hmacFour(id, messages), want.map((code) => code.subarray(0, digest)), `${name}, ${messages.map(({ data }) => data.length).join(", ")} octets`);
    }
    assert.equal(p.call("hmacFour", id, p.base, 0), 0);
    assert.equal(p.call("hmacFour", id, p.base, 5), 0);
  }
});
