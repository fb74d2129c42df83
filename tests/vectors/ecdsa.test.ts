// ECDSA: RFC 6979's examples; then against node:crypto, both ways.
import assert from "node:assert/strict";
import { createHash, generateKeyPairSync, sign, verify } from "node:crypto";
import { test } from "node:test";
import { hashes } from "../support/primitives/primitives.ts";
import { Signatures } from "../support/primitives/signatures.ts";
import { hex } from "../support/primitives/vectors.ts";

const p = await Signatures.load();
const sha = hashes.filter((h) => h.name !== "md5");
const digest = (name: string, message: string): Buffer => createHash(name).update(message).digest();

const curves = [
  { group: 19, name: "P-256", bytes: 32, order: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n },
  { group: 20, name: "P-384", bytes: 48, order: 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n },
  { group: 21, name: "P-521", bytes: 66, order: 0x01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409n },
] as const;
const octets = (value: bigint, length: number): Buffer => hex(value.toString(16).padStart(length * 2, "0"));
const number = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString("hex")}`);

// RFC 6979, A.2.5 to A.2.7: the message is "sample".
const samples: { group: number; bytes: number; hash: string; d: string; r: string; s: string }[] = [
  {
    group: 19, bytes: 32, hash: "sha256", d: "C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721",
    r: "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716",
    s: "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8",
  },
  {
    group: 20, bytes: 48, hash: "sha384", d: "6B9D3DAD2E1B8C1C05B19875B6659F4DE23C3B667BF297BA9AA47740787137D896D5724E4C70A825F872C9EA60D2EDF5",
    r: "94EDBB92A5ECB8AAD4736E56C691916B3F88140666CE9FA73D64C4EA95AD133C81A648152E44ACF96E36DD1E80FABE46",
    s: "99EF4AEB15F178CEA1FE40DB2603138F130E740A19624526203B6351D0A3A94FA329C145786E679E7B82C71A38628AC8",
  },
  {
    group: 21, bytes: 66, hash: "sha512",
    d: "0FAD06DAA62BA3B25D2FB40133DA757205DE67F5BB0018FEE8C86E1B68C7E75CAA896EB32F1F47C70855836A6D16FCC1466F6D8FBEC67DB89EC0C08B0E996B83538",
    r: "0C328FAFCBD79DD77850370C46325D987CB525569FB63C5D3BC53950E6D4C5F174E25A1EE9017B5D450606ADD152B534931D7D4E8455CC91F9B15BF05EC36E377FA",
    s: "0617CCE7CF5064806C467F678D3B4080D6F1CC50AF26CA209417308281B68AF282623EAA63E5B5C0723D8B8C37FF0777B1A20F8CCB1DCCC43997F1EE0E44DA4A67A",
  },
];

test("RFC 6979: k from the key and the hash", () => {
  for (const c of samples) {
    const wide = (text: string): Buffer => hex(text.toLowerCase().padStart(2 * c.bytes, "0"));
    const made = p.ecdsaSign(c.group, sha.find((h) => h.name === c.hash)!.id, wide(c.d), digest(c.hash, "sample"), true);
    assert.deepEqual(made, Buffer.concat([wide(c.r), wide(c.s)]), `group ${c.group}`);
  }
});

for (const { group, name, bytes, order } of curves) {
  test(`ECDSA on ${name}, against node:crypto`, () => {
    for (let i = 0; i < 4; i++) {
      const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: name });
      const jwk = privateKey.export({ format: "jwk" });
      const [d, x, y] = [jwk.d!, jwk.x!, jwk.y!].map((part) => Buffer.from(part, "base64url")) as [Buffer, Buffer, Buffer];
      const point = Buffer.concat([x, y]);
      for (const hash of sha) {
        const text = `${name} ${hash.name} ${i}`;
        const message = Buffer.from(text);
        const made = digest(hash.name, text);
        const raw = p.ecdsaSign(group, hash.id, d, made);
        assert.equal(raw.length, 2 * bytes);
        assert.ok(verify(hash.name, message, { key: publicKey, dsaEncoding: "ieee-p1363" }, raw), `${hash.name}`);
        assert.ok(verify(hash.name, message, { key: publicKey, dsaEncoding: "der" }, p.toDer(raw)));
        assert.notDeepEqual(p.ecdsaSign(group, hash.id, d, made), raw, "k is fresh");
        assert.deepEqual(p.ecdsaSign(group, hash.id, d, made, true), p.ecdsaSign(group, hash.id, d, made, true));
        assert.ok(p.ecdsaVerify(group, point, made, raw));
        const theirs = sign(hash.name, message, { key: privateKey, dsaEncoding: "ieee-p1363" });
        assert.ok(p.ecdsaVerify(group, point, made, theirs));
        const der = sign(hash.name, message, { key: privateKey, dsaEncoding: "der" });
        const read = p.fromDer(der, bytes);
        assert.equal(read.length, 2 * bytes);
        assert.deepEqual(p.toDer(read), der);
        assert.ok(p.ecdsaVerify(group, point, made, read));
        for (const at of [1, bytes - 1, bytes + 1, 2 * bytes - 1]) {
          const spoiled = Buffer.from(theirs);
          spoiled[at]! ^= 1;
          assert.ok(!p.ecdsaVerify(group, point, made, spoiled));
        }
        const other = Buffer.from(made);
        other[0]! ^= 1;
        assert.ok(!p.ecdsaVerify(group, point, other, theirs));
      }
    }
  });

  test(`ECDSA on ${name}: signatures and keys that are none`, () => {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: name });
    const jwk = privateKey.export({ format: "jwk" });
    const [d, x, y] = [jwk.d!, jwk.x!, jwk.y!].map((part) => Buffer.from(part, "base64url")) as [Buffer, Buffer, Buffer];
    const point = Buffer.concat([x, y]);
    const made = digest("sha256", "x");
    const good = p.ecdsaSign(group, 4, d, made);
    const [r, s] = [good.subarray(0, bytes), good.subarray(bytes)];
    const zero = Buffer.alloc(bytes);
    const all = Buffer.alloc(bytes, 0xff);
    const n = octets(order, bytes);
    const bad = [[zero, s], [r, zero], [zero, zero], [n, s], [r, n], [all, s], [r, all], [s, r], [octets(order - number(s), bytes), s]];
    for (const pair of bad) assert.ok(!p.ecdsaVerify(group, point, made, Buffer.concat(pair)));
    // -s is as good as s: nothing in ECDSA forbids it.
    assert.ok(p.ecdsaVerify(group, point, made, Buffer.concat([r, octets(order - number(s), bytes)])));
    for (const length of [0, 1, bytes, 2 * bytes - 1, 2 * bytes + 1]) assert.ok(!p.ecdsaVerify(group, point, made, Buffer.alloc(length, 1)));
    const off = Buffer.from(point);
    off[2 * bytes - 1]! ^= 1;
    assert.ok(!p.ecdsaVerify(group, off, made, good), "not on the curve");
    assert.ok(!p.ecdsaVerify(group, Buffer.alloc(2 * bytes), made, good));
    for (const key of [zero, n, all]) assert.equal(p.ecdsaSign(group, 4, key, made).length, 0);
    assert.equal(p.ecdsaSign(group, 5, d, made).length, 0, "a hash of another length");
    assert.equal(p.ecdsaSign(31, 4, d, made).length, 0);
    // Keys at the edges, and sums of equal and of opposite points: G + G, where Q = G and u1 = u2; Q = -G.
    for (const key of [1n, 2n, order - 1n, order - 2n]) {
      const q = p.derive("ecAll", group, 0, 0, octets(key, bytes), bytes);
      assert.ok(p.ecdsaVerify(group, q, made, p.ecdsaSign(group, 4, octets(key, bytes), made)), `d = ${key}`);
    }
    // hash = r: u1 = u2, and with Q = G every table entry of i = j is a doubling; with Q = -G the sum is no point.
    const g = p.derive("ecAll", group, 0, 0, octets(1n, bytes), bytes);
    const minus = p.derive("ecAll", group, 0, 0, octets(order - 1n, bytes), bytes);
    assert.ok(!p.ecdsaVerify(group, minus, r, Buffer.concat([r, s])));
    assert.ok(!p.ecdsaVerify(group, g, r, Buffer.concat([r, s])));
  });
}

test("an x that is not below the order", () => {
  const fields = [
    { ...curves[0], prime: 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n, b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn },
    { ...curves[1], prime: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n, b: 0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aefn },
  ];
  for (const { group, bytes, order, prime, b } of fields) {
    const power = (base: bigint, e: bigint): bigint => {
      let result = 1n;
      for (let square = base % prime; e; e >>= 1n, square = (square * square) % prime) if (e & 1n) result = (result * square) % prime;
      return result;
    };
    let [x, y, right] = [order, 0n, 1n];
    do {
      x++;
      right = (x * x * x - 3n * x + b) % prime;
      y = power(right, (prime + 1n) / 4n);
    } while ((y * y) % prime !== right);
    // A hash of 0 and s = r: the sum is 0 * G + 1 * Q, which is Q.
    const r = octets(x - order, bytes);
    const q = Buffer.concat([octets(x, bytes), octets(y, bytes)]);
    assert.ok(p.ecdsaVerify(group, q, Buffer.alloc(32), Buffer.concat([r, r])));
    assert.ok(!p.ecdsaVerify(group, q, Buffer.alloc(32, 1), Buffer.concat([r, r])));
  }
});

test("signatures in DER: only the one form", () => {
  const good = p.fromDer(hex("3006020101020102"), 32);
  assert.deepEqual(good, Buffer.concat([octets(1n, 32), octets(2n, 32)]));
  assert.equal(p.fromDer(hex("300702020080020102"), 32).length, 64);
  const bad = [
    "", "30", "3006", "30060201010201", "300602010102010200", "3006020101020102ff", "3106020101020102", "30060301010201 02",
    "3007020101020102", "3005020101020102", "308106020101020102", "30800201010201020000", "3007020200010201 02", "3006020181020102",
    "3006020101020181", "30060200020201 02", "3006020101030102", "30090201010201020201 03", `3026${"0221"}01${"00".repeat(32)}020101`,
    "30820006020101020102", "3006027f01020102",
  ].map((text) => text.replace(/ /g, ""));
  for (const text of bad) assert.equal(p.fromDer(hex(text), 32).length, 0, text);
});
