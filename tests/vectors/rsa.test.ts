// RSA: whole files of signatures; then every operation against node:crypto, both ways.
import assert from "node:assert/strict";
import {
  constants, createHash, createPrivateKey, generateKeyPairSync, privateDecrypt, privateEncrypt, publicDecrypt, publicEncrypt, sign,
} from "node:crypto";
import { test } from "node:test";
import { hashes } from "../support/primitives/primitives.ts";
import { BARE, PKCS1, PSS, Signatures } from "../support/primitives/signatures.ts";
import { hex, vectorTest } from "../support/primitives/vectors.ts";

const p = await Signatures.load();
const sha = hashes.filter((h) => h.name !== "md5");
const digest = (name: string, message: Uint8Array): Buffer => createHash(name).update(message).digest();
const wide = (text: string): Buffer => hex(text.length & 1 ? `0${text}` : text);

for (const file of ["cavp/rsa/SigGen15_186-2.txt", "cavp/rsa/SigGen15_186-3.txt"]) {
  vectorTest(file, (text) => {
    let cases = 0;
    let [n, e, alg, message] = ["", "", "", ""];
    for (const line of text.split(/\r?\n/)) {
      const [, name, value] = /^\s*(\w+)\s*=\s*(\S+)/.exec(line) ?? [];
      if (name === "n") n = value!;
      else if (name === "e") e = value!;
      else if (name === "SHAAlg") alg = value!.toLowerCase();
      else if (name === "Msg") message = value!;
      if (name !== "S") continue;
      const hash = sha.find((h) => h.name === alg);
      if (!hash) continue;
      assert.equal(p.publicKey(wide(n), wide(e)), 0);
      const signature = wide(value!);
      const made = digest(alg, wide(message));
      assert.ok(p.verify(PKCS1, hash.id, made, signature), line);
      made[0]! ^= 1;
      assert.ok(!p.verify(PKCS1, hash.id, made, signature));
      cases++;
    }
    return cases;
  });
}

vectorTest("wycheproof/rsa_pkcs1_2048_sig_gen_test.json", (text) => {
  interface Group { sha: string; privateKeyPkcs8: string; tests: { msg: string; sig: string }[] }
  const { testGroups } = JSON.parse(text) as { testGroups: Group[] };
  let cases = 0;
  for (const group of testGroups) {
    const hash = sha.find((h) => h.name === group.sha.replace("-", "").toLowerCase());
    if (!hash) continue;
    const jwk = createPrivateKey({ key: hex(group.privateKeyPkcs8), format: "der", type: "pkcs8" }).export({ format: "jwk" });
    // A prime twice as long as the other: such a key is not taken, its signatures are.
    const even = jwk.p!.length === jwk.q!.length;
    if (even) p.takeKey(jwk);
    else assert.throws(() => p.takeKey(jwk), /part 0 is refused/);
    for (const c of group.tests) {
      assert.ok(p.verify(PKCS1, hash.id, digest(hash.name, hex(c.msg)), hex(c.sig)));
      if (even) assert.deepEqual(p.sign(PKCS1, hash.id, digest(hash.name, hex(c.msg))), hex(c.sig), group.sha);
      cases++;
    }
  }
  return cases;
});

// Keys of 1024 to 1031 bits, of 1536 and 2048, with their parts.
vectorTest("pyca/rsa/pkcs1v15sign-vectors.txt", (text) => {
  const names = ["Modulus:", "Public exponent:", "Prime 1:", "Prime 2:", "Prime exponent 1:", "Prime exponent 2:", "Coefficient:"];
  const fields = new Map<string, Buffer>();
  let [name, cases] = ["", 0];
  const take = (): void => {
    if (name === "Coefficient:") {
      const [n, e, ...parts] = names.map((field) => fields.get(field)!);
      assert.equal(p.publicKey(n!, e!), 0);
      parts.forEach((part, i) => assert.equal(p.run("rsaSetPart", p.key, i, part, part.length), 1));
      assert.equal(p.run("rsaProductFits", p.key), 1);
    }
    if (name !== "Signature:") return;
    const made = digest("sha1", fields.get("Message to be signed:")!);
    assert.deepEqual(p.sign(PKCS1, 2, made), fields.get(name)!);
    assert.ok(p.verify(PKCS1, 2, made, fields.get(name)!));
    cases++;
  };
  for (const raw of [...text.split(/\r?\n/), "# end"]) {
    const line = raw.trim();
    const title = /^# (.*)$/.exec(line)?.[1]?.trim();
    if (title !== undefined) {
      if (name && fields.has(name)) take();
      name = title;
      fields.delete(name);
    } else if (/^([0-9a-f]{2} ?)+$/.test(line)) {
      fields.set(name, Buffer.concat([fields.get(name) ?? Buffer.alloc(0), hex(line.replace(/ /g, ""))]));
    }
  }
  return cases;
});

for (const [bits, e] of [[1024, 3], [1024, 65537], [1025, 65537], [1031, 3], [1032, 65537], [2048, 65537], [3072, 65537], [4096, 4294967291]] as const) {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: bits, publicExponent: e });
  const jwk = privateKey.export({ format: "jwk" });
  const bytes = Math.ceil(bits / 8);

  test(`RSA ${bits}, e ${e}: signatures`, () => {
    p.takeKey(jwk);
    assert.equal(p.run("rsaProductFits", p.key), 1);
    const number = (text: Buffer): bigint => BigInt(`0x${text.toString("hex")}`);
    const [P, q] = [jwk.p, jwk.q].map((part) => number(Buffer.from(part!, "base64url"))) as [bigint, bigint];
    assert.equal((number(p.derive("rsaPrivateExponent", p.key)) * BigInt(e)) % ((P - 1n) * (q - 1n)), 1n);
    for (const hash of sha) {
      const message = Buffer.from(`${bits} ${hash.name}`);
      const made = digest(hash.name, message);
      const signature = p.sign(PKCS1, hash.id, made);
      assert.deepEqual(signature, sign(hash.name, message, privateKey), hash.name);
      assert.ok(p.verify(PKCS1, hash.id, made, signature));
      assert.ok(!p.verify(BARE, hash.id, made, signature), "a DigestInfo is no bare hash");
      // IKEv1's form: what openssl's low-level private operation makes of the bare hash.
      const bare = p.sign(BARE, hash.id, made);
      assert.deepEqual(bare, privateEncrypt({ key: privateKey, padding: constants.RSA_PKCS1_PADDING }, made));
      assert.deepEqual(publicDecrypt({ key: publicKey, padding: constants.RSA_PKCS1_PADDING }, bare), made);
      assert.ok(p.verify(BARE, hash.id, made, bare));
      assert.ok(!p.verify(PKCS1, hash.id, made, bare));
      bare[bytes - 1]! ^= 1;
      assert.ok(!p.verify(BARE, hash.id, made, bare));
      for (const saltLength of [0, hash.digest, 32]) {
        if (hash.digest + saltLength + 2 > bytes) continue;
        const pss = sign(hash.name, message, { key: privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength });
        assert.ok(p.verify(PSS, hash.id, made, pss, hash.id, saltLength), `PSS ${hash.name} ${saltLength}`);
        assert.ok(!p.verify(PSS, hash.id, made, pss, hash.id, saltLength + 1));
        assert.ok(!p.verify(PSS, hash.id, made, pss, hash.id === 2 ? 4 : 2, saltLength));
        pss[7]! ^= 4;
        assert.ok(!p.verify(PSS, hash.id, made, pss, hash.id, saltLength));
      }
    }
  });

  test(`RSA ${bits}, e ${e}: encryption`, () => {
    p.takeKey(jwk);
    const max = Math.min(256, bytes - 11);
    const other = Buffer.alloc(max, 0xaa);
    const padded = (message: Buffer): Buffer => Buffer.concat([message, Buffer.alloc(max - message.length)]);
    const opened = (ciphertext: Uint8Array): { out: Buffer; length: number } => {
      const length = p.decrypt(ciphertext, 8, other, 20).length;
      return { out: p.get(4096, max), length };
    };
    for (const length of [8, 9, 20, max - 1, max]) {
      const message = Buffer.alloc(length, 0).fill(length & 255, 1);
      const made = p.encrypt(message);
      const { padding, k } = blockOf(privateKey, made);
      assert.equal(k, bytes - length - 3);
      assert.ok(!padding.includes(0));
      assert.deepEqual(opened(made), { out: padded(message), length });
      assert.deepEqual(opened(publicEncrypt({ key: publicKey, padding: constants.RSA_PKCS1_PADDING }, message)), { out: padded(message), length });
    }
    const raw = (block: Buffer): Buffer => publicEncrypt({ key: publicKey, padding: constants.RSA_NO_PADDING }, block);
    const block = Buffer.alloc(bytes, 0x11);
    block[0] = 0;
    block[1] = 2;
    block[bytes - 9] = 0;
    assert.equal(opened(raw(block)).length, 8);
    const bad: [string, (b: Buffer) => void][] = [
      ["too short", (b) => b.set([1, 0], bytes - 9)],
      ["no end", (b) => (b[bytes - 9] = 1)],
      ["type 1", (b) => (b[1] = 1)],
      ["type 0", (b) => (b[1] = 0)],
      ["seven octets of padding", (b) => (b[9] = 0)],
      ["an end at once", (b) => (b[2] = 0)],
      ["an end at the end", (b) => (b.fill(1, 2), (b[bytes - 1] = 0))],
    ];
    if (bytes - 11 > 256) bad.push(["too long", (b) => (b[bytes - 258] = 0)]);
    for (const [name, spoil] of bad) {
      const spoiled = Buffer.from(block);
      spoil(spoiled);
      assert.deepEqual(opened(raw(spoiled)), { out: other, length: 20 }, name);
    }
    // First octet not 0, as far as the modulus allows.
    const first = Buffer.from(block);
    first[0] = 1;
    if (bits % 8 === 0) assert.deepEqual(opened(raw(first)), { out: other, length: 20 });
    assert.deepEqual(opened(Buffer.alloc(bytes, 0xff)), { out: other, length: 20 }, "not less than n");
    assert.deepEqual(opened(Buffer.alloc(bytes - 1, 7)), { out: other, length: 20 }, "another length");
    assert.deepEqual(opened(Buffer.alloc(bytes)), { out: other, length: 20 }, "zero");
  });
}

function blockOf(key: Parameters<typeof privateDecrypt>[0], ciphertext: Buffer): { padding: Buffer; k: number } {
  const block = privateDecrypt({ key: key as never, padding: constants.RSA_NO_PADDING }, ciphertext);
  assert.equal(block[0], 0);
  assert.equal(block[1], 2);
  const end = block.indexOf(0, 2);
  return { padding: block.subarray(2, end), k: end - 2 };
}

test("the private exponent under any e", () => {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 1024 });
  const jwk = privateKey.export({ format: "jwk" });
  const number = (text: string): bigint => BigInt(`0x${Buffer.from(text, "base64url").toString("hex")}`);
  const phi = (number(jwk.p!) - 1n) * (number(jwk.q!) - 1n);
  const gcd = (a: bigint, b: bigint): bigint => (b ? gcd(b, a % b) : a);
  for (const e of [3n, 5n, 17n, 257n, 65537n, 65539n, 0xffffffffn, 0x100000001n, 0x1ffffffffn, 0x7fffffffffffffe7n, 0x8000000000000001n, 0xffffffffffffffffn, 0xffffffffffffffc5n]) {
    const octets = hex(e.toString(16).padStart(16, "0"));
    p.takeKey({ ...jwk, e: octets.toString("base64url") });
    const d = p.derive("rsaPrivateExponent", p.key);
    if (gcd(phi, e) !== 1n) assert.equal(d.length, 0, `${e}`);
    else assert.equal((BigInt(`0x${d.toString("hex")}`) * e) % phi, 1n, `${e}`);
  }
});

test("a private operation with a fault gives nothing, and is counted", () => {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 1024 });
  const jwk = privateKey.export({ format: "jwk" });
  for (const part of ["dp", "dq", "qi"] as const) {
    const spoiled = Buffer.from(jwk[part]!, "base64url");
    spoiled[10]! ^= 1;
    p.takeKey({ ...jwk, [part]: spoiled.toString("base64url") });
    const before = p.call("rsaFaultCount");
    p.put(4096, Buffer.alloc(128, 9));
    assert.equal(p.sign(BARE, 2, Buffer.alloc(20, 5)).length, 0, part);
    assert.deepEqual(p.get(4096, 128), Buffer.alloc(128));
    assert.equal(p.call("rsaFaultCount"), before + 1);
  }
  const p2 = Buffer.from(jwk.p!, "base64url");
  p2[20]! ^= 1;
  p.takeKey({ ...jwk, p: p2.toString("base64url") });
  assert.equal(p.run("rsaProductFits", p.key), 0);
});

test("keys and signatures that are none", () => {
  const odd = (length: number): Buffer => Buffer.alloc(length, 0xff);
  const e = Buffer.from([1, 0, 1]);
  assert.equal(p.publicKey(odd(127), e), 1);
  assert.equal(p.publicKey(Buffer.concat([Buffer.from([0x7f]), odd(127)]), e), 1);
  assert.equal(p.publicKey(odd(1025), e), 2);
  assert.equal(p.publicKey(Buffer.concat([odd(127), Buffer.from([0xfe])]), e), 3);
  for (const bad of [[], [0], [1], [0, 0, 1], [2], [1, 0, 0], [1, 0, 0, 0, 0, 0, 0, 0, 1]]) assert.equal(p.publicKey(odd(128), Buffer.from(bad)), 4, `${bad}`);
  assert.equal(p.publicKey(odd(1024), Buffer.alloc(8, 0xff)), 0);
  assert.equal(p.publicKey(Buffer.concat([Buffer.alloc(3), odd(128)]), Buffer.from([0, 0, 3])), 0);
  const hash = Buffer.alloc(20, 1);
  for (const sig of [odd(128), odd(127), odd(129), Buffer.alloc(0)]) assert.ok(!p.verify(BARE, 2, hash, sig));
  assert.ok(!p.verify(PKCS1, 1, Buffer.alloc(16, 1), Buffer.alloc(128, 1)), "MD5");
  assert.ok(!p.verify(PKCS1, 4, hash, Buffer.alloc(128, 1)), "a hash of another length");
});

test("RSA 8192, e 2^64 - 1", () => {
  // Any odd number will do for the public operation.
  const n = Buffer.alloc(1024, 0xd3);
  const e = Buffer.alloc(8, 0xff);
  const base = Buffer.alloc(1024, 0x37);
  const number = (b: Buffer): bigint => BigInt(`0x${b.toString("hex")}`);
  let [result, square, left] = [1n, number(base), number(e)];
  for (; left; left >>= 1n, square = (square * square) % number(n)) if (left & 1n) result = (result * square) % number(n);
  const made = p.derive("publicPowerAll", n, 1024, base, 1024, e, 8);
  assert.equal(number(made), result);
});

