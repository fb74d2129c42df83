// Whole files of IKE's key derivations and of Diffie-Hellman; and powers in every group against BigInt's.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import { Oakley } from "../support/primitives/oakley.ts";
import { hashes } from "../support/primitives/primitives.ts";
import { Random } from "../support/world/random.ts";
import { hex, responses, vectorTest } from "../support/primitives/vectors.ts";

const p = await Oakley.load();
const groups = [1, 2, 5, 14, 15, 16, 17, 18];
const algOf = (name: string): number | undefined => hashes.find((hash) => hash.name === name.replace(/^hmac-/, "").replace("-", "").toLowerCase())?.id;
const number = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString("hex")}`);
const octets = (value: bigint, length: number): Buffer => hex(value.toString(16).padStart(length * 2, "0"));
const none = Buffer.alloc(0);

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  for (base %= modulus; exponent; exponent >>= 1n) {
    if (exponent & 1n) result = (result * base) % modulus;
    base = (base * base) % modulus;
  }
  return result;
}

vectorTest("kdf-ikev1-cavp/ikev1_psk.rsp", (text) => {
  // The file's sections have several lines; the hash's stands alone in its own.
  let alg: number | undefined;
  let cases = 0;
  for (const block of text.split(/\r?\n\r?\n/)) {
    const name = /^\[(SHA-\d+)\]/m.exec(block);
    if (name) alg = algOf(name[1]!);
    const [c] = responses(block);
    if (!c?.["skeyid"] || alg === undefined) continue;
    const lines = block.split(/\r?\n/).map((line) => line.split(" = "));
    const field = (key: string): Buffer => hex(lines.find(([name]) => name === key)![1]!.trim());
    const [Ni, Nr, psk, g_xy] = [field("Ni"), field("Nr"), field("pre-shared-key"), field("g^xy")];
    const SKEYID = p.derive("skeyidPsk", alg, psk, psk.length, Ni, Ni.length, Nr, Nr.length);
    assert.deepEqual(SKEYID, field("SKEYID"));
    const derived = p.skeyids(alg, SKEYID, g_xy, field("CKY_I"), field("CKY_R"));
    assert.deepEqual(derived, ["d", "a", "e"].map((letter) => field(`SKEYID_${letter}`)));
    cases++;
  }
  return cases;
});

interface Kdf { prf: string; id: number; type: string; ikm: string; gxy: string; prev: string; okm: string; ni_or_cky_i: string; nr_or_cky_r: string; seed: string; key_number: number; size: number }

vectorTest("ike-kats/nss_ike_kdf.json", (text) => {
  let cases = 0;
  for (const c of (JSON.parse(text) as { tests: Kdf[] }).tests) {
    const alg = algOf(c.prf);
    if (alg === undefined) continue; // a prf of another kind than HMAC
    const [ikm, gxy, i, r, okm] = [c.ikm, c.gxy, c.ni_or_cky_i, c.nr_or_cky_r, c.okm].map(hex) as [Buffer, Buffer, Buffer, Buffer, Buffer];
    const prf = (key: Buffer, ...parts: Buffer[]): Buffer => {
      const message = Buffer.concat(parts);
      return p.derive("prf", alg, key, key.length, message, message.length);
    };
    let made: Buffer;
    if (c.type === "ikeGxy") made = p.derive("skeyidSig", alg, i, i.length, r, r.length, ikm, ikm.length);
    else if (c.type === "ikeV1Psk") made = p.derive("skeyidPsk", alg, ikm, ikm.length, i, i.length, r, r.length);
    else if (c.type === "ikeV1") made = prf(ikm, hex(c.prev), gxy, i, r, Buffer.of(c.key_number));
    else if (c.type === "ikeV1AppB") made = p.derive("encryptionKey", alg, ikm, c.size);
    else if (c.type === "ikeV2Rekey") made = prf(ikm, gxy, i, r);
    else {
      // Chains of the prf: Quick Mode's with one octet for its argument, and IKEv2's, which counts.
      const counted = c.type === "ikePlus";
      const seed = counted ? hex(c.seed) : Buffer.of(0);
      made = none;
      for (let n = 1, last: Buffer = none; made.length < c.size; n++) made = Buffer.concat([made, (last = prf(ikm, last, seed, counted ? Buffer.of(n) : none))]);
      made = made.subarray(0, c.size);
    }
    assert.deepEqual(made, okm, `${c.prf} ${c.type} ${c.id}`);
    cases++;
  }
  return cases;
});

vectorTest("ike-kats/modp_dh_strongswan.json", (text) => {
  const { tests } = JSON.parse(text) as { tests: { group: number; priv_i: string; priv_r: string; pub_i: string; pub_r: string; shared: string }[] };
  for (const c of tests) {
    assert.equal(p.modexp(c.group, undefined, hex(c.priv_i)).toString("hex"), c.pub_i, `group ${c.group}, initiator's public value`);
    assert.equal(p.modexp(c.group, undefined, hex(c.priv_r)).toString("hex"), c.pub_r, `group ${c.group}, responder's public value`);
    for (const value of [c.pub_i, c.pub_r]) assert.equal(p.run("dhCheckPublic", c.group, hex(value), value.length / 2), 1);
    assert.equal(p.modexp(c.group, hex(c.pub_r), hex(c.priv_i)).toString("hex"), c.shared);
    assert.equal(p.modexp(c.group, hex(c.pub_i), hex(c.priv_r)).toString("hex"), c.shared);
  }
  return tests.length;
});

vectorTest("rfc/modp_groups_rfc2409_rfc3526.json", (text) => {
  const { tests } = JSON.parse(text) as { tests: { group: number; prime: string; bits: number }[] };
  for (const c of tests) {
    assert.equal(p.prime(c.group).toString("hex"), c.prime, `group ${c.group}`);
    assert.equal(p.call("groupBytes", c.group) * 8, c.bits);
  }
  assert.deepEqual(tests.map((c) => c.group).sort((a, b) => a - b), groups);
  return tests.length;
});

vectorTest("pyca/dh/rfc3526.txt", (text) => {
  const primes = groups.map((group) => p.prime(group).toString("hex"));
  const cases = responses(text).filter((c) => c["p"] !== undefined);
  for (const c of cases) assert.ok(primes.includes(c["p"]!.toLowerCase()));
  return cases.length;
});

vectorTest("pyca/dh/bad_exchange.txt", (text) => {
  // Its moduli are none of the groups': a peer that uses one is found by the length of its public value.
  const cases = responses(text).filter((c) => c["p1"] !== undefined);
  for (const c of cases) {
    for (const name of ["y1", "y2"]) {
      const value = octets(BigInt(c[name]!), 64);
      for (const group of groups) assert.equal(p.run("dhCheckPublic", group, value, value.length), 0);
    }
  }
  return cases.length;
});

interface Phase1 { id: string; psk: string; hash: string; group: number; cky_i: string; cky_r: string; ni_b: string; nr_b: string; gxi: string; gxr: string; gxy: string; sai_b: string; idir_b: string; skeyid: string; skeyid_d: string; skeyid_a: string; skeyid_e: string; ka: string; iv_phase1: string; hash_r: string; msgid?: string; iv_msgid?: string }

vectorTest("ike-kats/ikev1_phase1_psk_rubnds.json", (text) => {
  const { tests } = JSON.parse(text) as { tests: Phase1[] };
  for (const c of tests) {
    const alg = algOf(c.hash)!;
    const [psk, ni, nr, gxi, gxr, gxy, sai, idir, i, r] = [c.psk, c.ni_b, c.nr_b, c.gxi, c.gxr, c.gxy, c.sai_b, c.idir_b, c.cky_i, c.cky_r].map(hex) as Buffer[] as [Buffer, Buffer, Buffer, Buffer, Buffer, Buffer, Buffer, Buffer, Buffer, Buffer];
    const SKEYID = p.derive("skeyidPsk", alg, psk, psk.length, ni, ni.length, nr, nr.length);
    assert.equal(SKEYID.toString("hex"), c.skeyid);
    assert.deepEqual(p.skeyids(alg, SKEYID, gxy, i, r).map((key) => key.toString("hex")), [c.skeyid_d, c.skeyid_a, c.skeyid_e]);
    assert.equal(p.derive("encryptionKey", alg, hex(c.skeyid_e), 16).toString("hex"), c.ka);
    assert.equal(p.derive("phase1Iv", alg, gxi, gxr, gxi.length, 16).toString("hex"), c.iv_phase1);
    assert.equal(p.derive("hashAuth", alg, 1, SKEYID, gxi, gxr, gxi.length, i, r, sai, sai.length, idir, idir.length).toString("hex"), c.hash_r);
    for (const value of [gxi, gxr]) assert.equal(p.run("dhCheckPublic", c.group, value, value.length), 1);
  }
  return tests.length;
});

// Against BigInt and node:crypto, with numbers that are drawn but always the same.

test("a prime is RFC 2412's formula: 2^n - 2^(n-64) - 1 + 2^64 ([2^(n-130) pi] + c)", () => {
  const added: Record<number, bigint> = { 1: 149686n, 2: 129093n, 5: 741804n, 14: 124476n, 15: 1690314n, 16: 240904n, 17: 929484n, 18: 4743158n };
  const scale = 1n << 8200n;
  const inverseTangent = (x: bigint): bigint => {
    let term = scale / x;
    let sum = 0n;
    for (let k = 1n, sign = 1n; term; k += 2n, sign = -sign, term /= x * x) sum += (sign * term) / k;
    return sum;
  };
  const pi = 4n * (4n * inverseTangent(5n) - inverseTangent(239n));
  for (const group of groups) {
    const n = BigInt(p.call("groupBytes", group) * 8);
    const digits = pi >> (8200n - (n - 130n));
    assert.equal(number(p.prime(group)), (1n << n) - (1n << (n - 64n)) - 1n + (1n << 64n) * (digits + added[group]!), `group ${group}`);
  }
});

for (const group of groups) {
  test(`group ${group}: powers of drawn numbers, and of those at the edges`, () => {
    const random = new Random(0x5eed + group);
    const prime = number(p.prime(group));
    const bytes = p.call("groupBytes", group);
    const exponentBytes = p.call("groupExponentBytes", group);
    const draw = (length: number): Buffer => Buffer.from(Array.from({ length }, () => random.below(256)));
    const check = (base: bigint | undefined, exponent: Buffer): void => {
      const made = p.modexp(group, base === undefined ? undefined : octets(base, bytes), exponent);
      assert.equal(made.length, bytes);
      assert.equal(number(made), power(base ?? 2n, number(exponent), prime));
    };
    for (const length of [1, exponentBytes, exponentBytes - 1]) {
      check(undefined, draw(length));
      check(number(draw(bytes)) % prime, draw(length));
    }
    for (const exponent of [Buffer.of(0), Buffer.of(1), Buffer.of(0, 0, 3), Buffer.alloc(exponentBytes, 255)]) {
      check(undefined, exponent);
      for (const base of [1n, 2n, prime - 1n, prime - 2n, prime >> 1n]) check(base, exponent);
    }
    if (bytes <= 256) {
      check(undefined, draw(bytes));
      check(number(draw(bytes)) % prime, draw(bytes));
    }
  });
  test(`group ${group}: what is taken for a public value`, () => {
    const prime = number(p.prime(group));
    const bytes = p.call("groupBytes", group);
    const taken = (value: bigint, length = bytes): number => p.run("dhCheckPublic", group, octets(value, length), length);
    for (const value of [2n, 3n, 256n, prime >> 1n, prime - 2n]) assert.equal(taken(value), 1);
    for (const value of [0n, 1n, prime - 1n, prime, prime + 1n, (1n << BigInt(bytes * 8)) - 1n]) assert.equal(taken(value), 0);
    assert.equal(taken(5n, bytes - 1), 0);
    assert.equal(taken(5n, bytes + 1), 0);
    assert.equal(p.run("dhCheckPublic", group, none, 0), 0);
  });
}

test("one job at a time, in slices; a dropped one leaves the workspace free", () => {
  const exponent = Buffer.alloc(32, 0xa5);
  assert.equal(p.run("modexpStart", 14, 0, 0, exponent, 32), 1);
  assert.equal(p.run("modexpStart", 14, 0, 0, exponent, 32), 0);
  assert.equal(p.call("modexpStep"), 0);
  p.call("modexpAbort");
  assert.equal(p.run("modexpStart", 14, 0, 0, exponent, 32), 1);
  let slices = 1;
  while (p.call("modexpStep") === 0) slices++;
  assert.ok(slices > 10, `${slices} slices`);
  p.call("modexpResult", p.base);
  assert.equal(number(p.get(0, 256)), power(2n, number(exponent), number(p.prime(14))));
  assert.equal(p.run("modexpStart", 14, 0, 0, exponent, 0), 0);
  assert.equal(p.run("modexpStart", 14, exponent, 257, exponent, 32), 0);
  assert.equal(p.run("modexpStart", 22, 0, 0, exponent, 32), 0);
});

test("KEYMAT and the hashes of messages against node:crypto", () => {
  const bytes = (length: number, first: number): Buffer => Buffer.from(Array.from({ length }, (_, i) => (first + i * 7) & 255));
  const [Ni, Nr, g_xy, body] = [bytes(20, 1), bytes(32, 9), bytes(128, 77), bytes(300, 3)];
  const word = (value: number): Buffer => {
    const b = Buffer.alloc(4);
    b.writeUInt32BE(value);
    return b;
  };
  for (const { id, name, digest } of hashes) {
    const key = bytes(digest, 40);
    const prf = (...parts: Buffer[]): Buffer => createHmac(name, key).update(Buffer.concat(parts)).digest();
    for (const shared of [none, g_xy]) {
      const want: Buffer[] = [];
      for (let last: Buffer = none; want.length * digest < 96; ) want.push((last = prf(last, shared, Buffer.of(3), word(0x89abcdef), Ni, Nr)));
      for (const length of [1, digest, digest + 1, 96]) assert.deepEqual(p.keymat(id, key, shared, 3, 0x89abcdef, Ni, Nr, length), Buffer.concat(want).subarray(0, length));
    }
    assert.deepEqual(p.derive("hash1", id, key, 0x12345678, body, body.length), prf(word(0x12345678), body));
    assert.deepEqual(p.derive("hash2", id, key, 0x12345678, Ni, Ni.length, body, body.length), prf(word(0x12345678), Ni, body));
    assert.deepEqual(p.derive("hash3", id, key, 0x12345678, Ni, Ni.length, Nr, Nr.length), prf(Buffer.of(0), word(0x12345678), Ni, Nr));
    assert.deepEqual(
      p.derive("hashAuth", id, 0, key, g_xy, body, 128, Ni, Nr, body, 60, Ni, 8),
      prf(g_xy, body.subarray(0, 128), Ni.subarray(0, 8), Nr.subarray(0, 8), body.subarray(0, 60), Ni.subarray(0, 8)),
    );
  }
});
