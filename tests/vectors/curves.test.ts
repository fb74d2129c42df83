// Whole files for the groups on curves; EC2N against a second computation on BigInt; ECP and X25519 against node:crypto.
import assert from "node:assert/strict";
import { createECDH, createPrivateKey, createPublicKey, diffieHellman } from "node:crypto";
import { test } from "node:test";
import { Curves } from "../support/primitives/curves.ts";
import { binaryCurves } from "../support/second/ec2n_reference.ts";
import { Random } from "../support/world/random.ts";
import { hex, responses, vectorTest } from "../support/primitives/vectors.ts";

const p = await Curves.load();
const ecp = [
  { group: 19, curve: "P-256", node: "prime256v1", bytes: 32, prime: 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n },
  { group: 20, curve: "P-384", node: "secp384r1", bytes: 48, prime: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n },
  { group: 21, curve: "P-521", node: "secp521r1", bytes: 66, prime: 2n ** 521n - 1n },
];
const orders: Record<number, bigint> = {
  19: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  20: 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
  21: 0x01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409n,
};
const draw = (random: Random, length: number): Buffer => Buffer.from(random.fill(new Uint8Array(length)));
const octets = (value: bigint, length: number): Buffer => hex(value.toString(16).padStart(length * 2, "0"));
const number = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString("hex")}`);

vectorTest("cavp/ecdh/KAS_ECC_CDH_PrimitiveTest.txt", (text) => {
  let cases = 0;
  for (const c of responses(text)) {
    if (c["ziut"] === undefined) continue;
    const modp = ecp.find((e) => e.curve === c.section);
    const [qx, qy, d, x, y, z] = ["qcavsx", "qcavsy", "diut", "qiutx", "qiuty", "ziut"].map((name) => c[name]!) as [string, string, string, string, string, string];
    if (modp) {
      const wide = (text: string): Buffer => octets(BigInt(`0x${text}`), modp.bytes);
      const scalar = wide(d);
      assert.deepEqual(p.publicValue(modp.group, scalar), Buffer.concat([wide(x), wide(y)]), `${c.section} ${c["count"]}`);
      assert.deepEqual(p.shared(modp.group, Buffer.concat([wide(qx), wide(qy)]), scalar), wide(z), `${c.section} ${c["count"]}`);
      cases++;
    } else if (c.section === "K-163") {
      // The file's secret is that of the scalar times the cofactor (SP 800-56A, 5.7.1.2); IKE has none of that.
      const wide = (text: string): Buffer => octets(BigInt(`0x${text}`), 21);
      const scalar = wide(d);
      assert.deepEqual(p.publicValue(7, scalar), wide(x), `${c.section} ${c["count"]}`);
      assert.deepEqual(p.shared(7, wide(qx), octets(2n * number(scalar), 21)), wide(z), `${c.section} ${c["count"]}`);
      cases++;
    }
  }
  assert.equal(cases, 100);
  return cases;
});

vectorTest("rfc/rfc5903_ecp_groups.json", (text) => {
  interface Ecp { group: number; i: string; gix: string; giy: string; r: string; grx: string; gry: string; girx: string }
  const { tests } = JSON.parse(text) as { tests: Ecp[] };
  for (const c of tests) {
    const [initiator, responder] = [hex(c.gix + c.giy), hex(c.grx + c.gry)];
    assert.deepEqual(p.publicValue(c.group, hex(c.i)), initiator, `group ${c.group}`);
    assert.deepEqual(p.publicValue(c.group, hex(c.r)), responder, `group ${c.group}`);
    assert.deepEqual(p.shared(c.group, responder, hex(c.i)), hex(c.girx), `group ${c.group}`);
    assert.deepEqual(p.shared(c.group, initiator, hex(c.r)), hex(c.girx), `group ${c.group}`);
  }
  return tests.length;
});

vectorTest("pyca/x25519/rfc7748.txt", (text) => {
  const cases = responses(text).filter((c) => c["output_u"] !== undefined);
  for (const c of cases) {
    const [k, u] = [hex(c["input_scalar"]!), hex(c["input_u"]!)];
    assert.equal(p.shared(31, u, k)!.toString("hex"), c["output_u"], c["count"]);
  }
  return cases.length;
});

test("X25519: RFC 7748's thousand rounds (5.2)", () => {
  let [k, u] = [Buffer.alloc(32), Buffer.alloc(32)] as [Buffer, Buffer];
  k[0] = u[0] = 9;
  for (let i = 0; i < 1000; i++) {
    [k, u] = [p.shared(31, u, k)!, k];
    if (i === 0) assert.equal(k.toString("hex"), "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079");
  }
  assert.equal(k.toString("hex"), "684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51");
});

test("X25519 against OpenSSL, and what it refuses", () => {
  const random = new Random(31);
  const der = (prefix: string, key: Buffer): Buffer => Buffer.concat([hex(prefix), key]);
  for (let i = 0; i < 20; i++) {
    const [mine, theirs] = [draw(random, 32), draw(random, 32)];
    const [publicMine, publicTheirs] = [p.publicValue(31, mine)!, p.publicValue(31, theirs)!];
    const secret = diffieHellman({
      privateKey: createPrivateKey({ key: der("302e020100300506032b656e04220420", mine), format: "der", type: "pkcs8" }),
      publicKey: createPublicKey({ key: der("302a300506032b656e032100", publicTheirs), format: "der", type: "spki" }),
    });
    assert.deepEqual(p.shared(31, publicTheirs, mine), secret);
    assert.deepEqual(p.shared(31, publicMine, theirs), secret);
  }
  // Points of small order, each also with p added and with the highest bit set: the secret is all zeros.
  const prime = 2n ** 255n - 19n;
  const eight = number(hex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800").reverse());
  for (const u of [0n, 1n, prime - 1n, prime, prime + 1n, eight]) {
    for (const high of [0n, 1n << 255n]) {
      const value = octets(u + high, 32).reverse();
      assert.equal(p.shared(31, value, draw(random, 32)), undefined, `${u}`);
    }
  }
  // Values that are not less than p count modulo p (RFC 7748, 5).
  const scalar = draw(random, 32);
  assert.deepEqual(p.shared(31, octets(prime + 9n, 32).reverse(), scalar), p.publicValue(31, scalar));
  for (const length of [0, 31, 33]) assert.equal(p.shared(31, Buffer.alloc(length, 9), scalar), undefined);
  assert.equal(p.shared(31, Buffer.alloc(32, 9), Buffer.alloc(31, 1)), undefined);
});

for (const { group, node, bytes, prime } of ecp) {
  test(`group ${group} against OpenSSL: drawn scalars, and those at the edges`, () => {
    const random = new Random(group);
    const order = orders[group]!;
    const scalars = [1n, 2n, 3n, 15n, 16n, 17n, order - 1n, order - 2n, order >> 1n, (order >> 1n) + 1n];
    for (let i = 0; i < 12; i++) scalars.push((number(draw(random, bytes)) % (order - 1n)) + 1n);
    const peer = createECDH(node);
    peer.generateKeys();
    const value = peer.getPublicKey().subarray(1);
    for (const k of scalars) {
      const ecdh = createECDH(node);
      ecdh.setPrivateKey(octets(k, bytes));
      assert.deepEqual(p.publicValue(group, octets(k, bytes)), ecdh.getPublicKey().subarray(1), `${k}`);
      assert.deepEqual(p.shared(group, value, octets(k, bytes)), ecdh.computeSecret(peer.getPublicKey()), `${k}`);
    }
    // Complete formulas: whatever the scalar, the point that it belongs to, or none.
    for (const k of [0n, order]) {
      assert.equal(p.publicValue(group, octets(k, bytes)), undefined);
      assert.equal(p.shared(group, value, octets(k, bytes)), undefined);
    }
    assert.deepEqual(p.publicValue(group, octets(order + 5n, bytes + 1)), p.publicValue(group, Buffer.of(5)));
  });

  test(`group ${group}: what is taken for a public value`, () => {
    const good = p.publicValue(group, Buffer.of(7))!;
    const [x, y] = [number(good.subarray(0, bytes)), number(good.subarray(bytes))];
    const point = (x: bigint, y: bigint): Buffer => Buffer.concat([octets(x, bytes), octets(y, bytes)]);
    assert.equal(p.good(group, good), true);
    assert.equal(p.good(group, point(x, prime - y)), true, "its negative");
    for (const [a, b] of [[x, y + 1n], [x + 1n, y], [y, x], [0n, 0n], [x, 0n], [0n, y], [prime, y], [x, prime], [prime - 1n, prime - 1n]] as const) assert.equal(p.good(group, point(a, b)), false, `${a}, ${b}`);
    // Representatives that are not less than p, where they fit the octets.
    for (const [a, b] of [[x + prime, y], [x, y + prime]] as const) if (a < 1n << BigInt(8 * bytes) && b < 1n << BigInt(8 * bytes)) assert.equal(p.good(group, point(a, b)), false);
    assert.equal(p.good(group, Buffer.alloc(2 * bytes, 255)), false);
    assert.equal(p.good(group, good.subarray(1)), false);
    assert.equal(p.good(group, Buffer.concat([good, Buffer.of(0)])), false);
    assert.equal(p.shared(group, point(x, y + 1n), Buffer.of(7)), undefined, "and nothing is computed with such a one");
    for (let bit = 0; bit < 16 * bytes; bit += 37) {
      const changed = Buffer.from(good);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      assert.equal(p.good(group, changed), false, `bit ${bit}`);
    }
  });
}

for (const group of [3, 4, 7]) {
  const c = binaryCurves[group]!;
  test(`group ${group} against a second computation: public values and secrets`, () => {
    const random = new Random(group);
    const generator = c.lift(c.gx)!;
    assert.equal(c.times(c.order, generator), undefined, "the curve's order");
    const scalars = [1n, 2n, 3n, 4n, 5n, 12n, c.order / c.cofactor - 1n, (1n << BigInt(c.m - 1)) - 1n];
    for (let i = 0; i < 8; i++) scalars.push(number(draw(random, c.octets)) >> BigInt(8 * c.octets - c.m + 1));
    for (const k of scalars) {
      const scalar = octets(k, c.octets);
      assert.deepEqual(p.publicValue(group, scalar), c.encode(c.times(k, generator)!.x), `${k} G`);
      const other = number(draw(random, c.octets)) >> 9n;
      const value = c.times(other, generator)!;
      assert.equal(p.good(group, c.encode(value.x)), true);
      assert.deepEqual(p.shared(group, c.encode(value.x), scalar), c.encode(c.times(k, value)!.x), `${k} (${other} G)`);
    }
    for (const k of [0n, c.order]) assert.equal(p.publicValue(group, octets(k, c.octets)), undefined);
  });

  test(`group ${group}: what is taken for a public value`, () => {
    const random = new Random(group + 100);
    let [taken, twisted] = [0, 0];
    for (let i = 0; i < 40; i++) {
      const x = number(draw(random, c.octets)) >> BigInt(8 * c.octets - c.m);
      const point = c.lift(x);
      assert.equal(p.good(group, c.encode(x)), point !== undefined && c.times(c.cofactor, point) !== undefined, `${x}`);
      if (point) taken++;
      else twisted++;
    }
    assert.ok(taken > 5 && twisted > 5);
    // Every point of small order: what the large prime times a point leaves.
    const small = new Set<bigint>([0n]);
    for (let x = 1n; x < 60n; x++) {
      let point = c.lift(x);
      if (!point) continue;
      point = c.times(c.order / c.cofactor, point);
      for (let k = 1n; k <= c.cofactor; k++) {
        const multiple = c.times(k, point);
        if (multiple) small.add(multiple.x);
      }
    }
    for (const x of small) assert.equal(p.good(group, c.encode(x)), false, `small order: ${x}`);
    assert.equal(small.size, 1 + Number(c.cofactor - 2n) / 2, "classes of points but infinity and the one of order 2, by x");
    const good = c.encode(c.gx);
    assert.equal(p.good(group, good), true);
    const above = Buffer.from(good);
    if (c.m % 8) above[0]! |= 1 << (c.m % 8);
    if (c.m % 8) assert.equal(p.good(group, above), false, "more bits than the field has");
    assert.equal(p.good(group, good.subarray(1)), false);
    assert.equal(p.good(group, Buffer.concat([Buffer.of(0), good])), false);
  });
}

test("one job at a time, in slices; a check may come between; a dropped one leaves the workspace free", () => {
  const scalar = Buffer.alloc(66, 0x35);
  for (const group of [3, 4, 7, 19, 20, 21, 31]) {
    const length = p.call("curvePublicBytes", group);
    const secret = group === 31 ? scalar.subarray(0, 32) : scalar.subarray(0, Math.min(66, length));
    const expected = p.publicValue(group, secret)!;
    assert.equal(expected.length, length);
    assert.equal(p.run("ecStart", group, 0, 0, secret, secret.length), 1);
    assert.equal(p.run("ecStart", group, 0, 0, secret, secret.length), 0);
    p.call("ecAbort");
    assert.equal(p.run("ecStart", group, 0, 0, secret, secret.length), 1);
    let slices = 1;
    for (; p.call("ecStep") === 0; slices++) assert.equal(p.good(group, expected), true);
    assert.ok(slices > 3, `${slices} slices`);
    assert.equal(p.call("ecResult", p.base), length);
    assert.deepEqual(p.get(0, length), expected);
  }
});

test("groups that are none, and lengths", () => {
  for (const group of [0, 1, 2, 5, 6, 8, 14, 18, 22, 30, 32]) {
    assert.equal(p.call("curvePublicBytes", group), 0);
    assert.equal(p.publicValue(group, Buffer.of(1)), undefined);
  }
  for (const length of [0, 69, 200]) assert.equal(p.publicValue(21, Buffer.alloc(length, 1)), undefined);
});
