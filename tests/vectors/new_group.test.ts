// Groups that a peer offers (RFC 2409, 5.6): the published safe primes are taken, made-up ones of each kind are not; powers
// modulo odd numbers against BigInt.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Curves } from "../support/primitives/curves.ts";
import { Primitives } from "../support/primitives/primitives.ts";
import { Random } from "../support/world/random.ts";
import { hex, vectorTest } from "../support/primitives/vectors.ts";

const entropy = new Random(2409);
const p = new Curves((await Primitives.load((bytes) => entropy.fill(bytes).length)).exports);
p.call("drbgSeed");

const Fault = { NONE: 0, BUSY: 1, TOO_SHORT: 2, TOO_LONG: 3, NOT_PRIME: 4, NOT_SAFE: 5, GENERATOR: 6, ORDER: 7, NO_ENTROPY: 8 } as const;
const number = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString("hex")}`);
const octets = (value: bigint): Buffer => {
  const text = value.toString(16);
  return hex(text.padStart(text.length + (text.length & 1), "0"));
};

/** Safe primes of 1024 bits, drawn: 7 modulo 8, and 11 modulo 16. */
const SAFE = 0xf0485bdfbf28f32772a3b72c1ad33636dada73ff24fafa82cf996c8691a4fb42092e64a48d1f94788693a0d675646ea408c658d3617e6c31ba91649a5a03dcd675bfd80d8afb47db2c7ec6c156981b4c9f0378996b15f3d6f5da432a93f13378c2d3516ad52ef292a7be065bc755e4c147df7be21f84f9e5eab8a3d2c0db74d7n;
const SAFE_11 = 0x8c6d376d1b73abd4266cdf0143ec204fcd232d6ee491a6c5cecf2d7dc734d5786aaa49cabe9943f719a1f5ef5d8fbbc4532b2868d52fe5625e23d41c4cc14919bdffe581498029fbae6cf40dab565d1591d16cfc317a35561b95427ff082dd6d56dd860ad67188853fff0159052626312bc58ae120fcbe76050887948234525bn;
/** A prime whose half is not, a composite whose half is prime, a product of two primes; all without a factor below 2000. */
const UNSAFE = 0xdadc15340685a6b73d9c0ca39b068ab85de36566b9cc8b9c3c011f711d4ad2c792761dca552959ba58d7011b2cfe51961424a60bd82f52025401a37932afa89bd6d9bfedc96d137549170611ac6fece159efa5949bfca2555abf7aae5c896d7c415d7d86021f47d1a56e90aa29d41c023a7a2f3ffd4386a026a9534c5decba3bn;
const HALF = 0xc262a1e28d712be8ffa6d3ee36b866dc207a99b869abbe8ad54cce6816eab04365760a8d8d7c721c5b912629c497df224cb2bd50a405c8a6296113994d7be902cacc227781f610ad78840be16a7cf7f18850ad9d95f1ec985dee0017600f814228a8a9eef932b28554a16869476543cca8b7dd5f0847556feae03d13155b0a33n;
const PRODUCT = 0xcb2cf64ddfb2bba1d6068d101fbf6893b09904291732df40c61b41370b805fbe183f2797f92eab5279ded3dde5981a8b27716d4539666ac032b6665abcd5ff09c8a9925f8f67ee7efaa15f621054d7dfd13d1d0aae8a517c48c3253d3f65a7b94b50ec9964a4bcd624e99ca24596186c8d3bf79ddba7cde7791bfeb0c81632cfn;

/** The fault of an offer, and how many slices it took to find. */
function offer(prime: bigint | Buffer, generator: bigint | Buffer, order: bigint | Buffer = Buffer.alloc(0)): { fault: number; slices: number } {
  const [m, g, n] = [prime, generator, order].map((value) => (typeof value === "bigint" ? octets(value) : value)) as [Buffer, Buffer, Buffer];
  const fault = p.run("newGroupStart", m, m.length, g, g.length, n, n.length);
  if (fault) return { fault, slices: 0 };
  let slices = 1;
  while (p.call("newGroupStep") === 0) slices++;
  return { fault: p.call("newGroupResult"), slices };
}

vectorTest("rfc/modp_groups_rfc2409_rfc3526.json", (text) => {
  const { tests } = JSON.parse(text) as { tests: { group: number; prime: string; bits: number }[] };
  for (const c of tests) {
    const prime = hex(c.prime);
    // The larger ones take seconds each: their size alone is looked at.
    const expected = c.bits < 1024 ? Fault.TOO_SHORT : c.bits > 4096 ? Fault.TOO_LONG : Fault.NONE;
    if (c.bits <= 1536 || c.bits > 4096) assert.equal(offer(prime, 2n).fault, expected, `group ${c.group}`);
  }
  return tests.length;
});

test("group 14 is taken, with its generator's order, in many slices", () => {
  const prime = p.prime(14);
  const { fault, slices } = offer(prime, 2n, (number(prime) - 1n) / 2n);
  assert.equal(fault, Fault.NONE);
  assert.ok(slices > 200, `${slices} slices`);
});

test("safe primes are taken with every generator and its order, and no other", () => {
  for (const prime of [SAFE, SAFE_11]) {
    const q = (prime - 1n) / 2n;
    for (const g of [2n, 3n, 5n, 4n, prime - 2n, prime - 4n, q]) {
      let residue = 1n;
      for (let e = q, b = g; e; e >>= 1n, b = (b * b) % prime) if (e & 1n) residue = (residue * b) % prime;
      const [right, wrong] = residue === 1n ? [q, prime - 1n] : [prime - 1n, q];
      assert.equal(offer(prime, g).fault, Fault.NONE, `${g}`);
      assert.equal(offer(prime, g, right).fault, Fault.NONE, `${g} of order ${right}`);
      assert.equal(offer(prime, g, wrong).fault, Fault.ORDER, `${g} of order ${wrong}`);
    }
  }
});

test("what is no safe prime is refused, at once where that shows", () => {
  assert.deepEqual(offer(SAFE + 1n, 2n), { fault: Fault.NOT_PRIME, slices: 0 }, "even");
  assert.deepEqual(offer(SAFE + 2n, 2n).slices, 0, "1 modulo 4: (p - 1) / 2 is even");
  for (const factor of [3n, 5n, 7n, 499n, 997n]) {
    // The next number above that has the factor and is 3 modulo 4.
    let multiple = SAFE - (SAFE % factor) + factor;
    while (multiple % 4n !== 3n) multiple += factor;
    assert.equal(offer(multiple, 2n).slices, 0);
    const fault = offer(multiple, 2n).fault;
    assert.ok(fault === Fault.NOT_PRIME || fault === Fault.NOT_SAFE);
  }
  assert.equal(offer(PRODUCT, 2n).fault, Fault.NOT_PRIME);
  assert.equal(offer(HALF, 2n).fault, Fault.NOT_PRIME, "(p - 1) / 2 is prime");
  const { fault, slices } = offer(UNSAFE, 2n);
  assert.equal(fault, Fault.NOT_SAFE, "p is prime");
  assert.ok(slices < offer(SAFE, 2n).slices / 4, "and that shows soon");
});

test("sizes: 1024 to 4096 bits; leading zeros are no size", () => {
  assert.equal(offer(Buffer.alloc(0), 2n).fault, Fault.TOO_SHORT);
  assert.equal(offer(Buffer.alloc(200), 2n).fault, Fault.TOO_SHORT);
  assert.equal(offer((1n << 1023n) - 1n, 2n).fault, Fault.TOO_SHORT);
  assert.equal(offer(Buffer.concat([Buffer.alloc(100), octets(23n)]), 2n).fault, Fault.TOO_SHORT);
  assert.equal(offer((1n << 4096n) + 3n, 2n).fault, Fault.TOO_LONG);
  assert.equal(offer(Buffer.alloc(2000, 255), 2n).fault, Fault.TOO_LONG);
  assert.equal(offer(Buffer.concat([Buffer.alloc(600), octets(SAFE)]), Buffer.concat([Buffer.alloc(600), octets(2n)])).fault, Fault.NONE);
});

test("generators and orders out of range", () => {
  for (const g of [0n, 1n, SAFE - 1n, SAFE, SAFE + 1n, SAFE + 2n, SAFE * 2n, SAFE << 64n]) assert.equal(offer(SAFE, g).fault, Fault.GENERATOR, `${g}`);
  assert.equal(offer(SAFE, Buffer.alloc(0)).fault, Fault.GENERATOR);
  const q = (SAFE - 1n) / 2n;
  for (const order of [1n, 2n, q - 1n, q + 1n, SAFE, SAFE - 2n]) assert.equal(offer(SAFE, 2n, order).fault, Fault.ORDER, `${order}`);
  for (const order of [Buffer.alloc(4), SAFE << 8n]) assert.deepEqual(offer(SAFE, 2n, order), { fault: Fault.ORDER, slices: 0 });
});

test("one validation at a time; a dropped one leaves the workspace free", () => {
  const prime = octets(SAFE);
  const start = (): number => p.run("newGroupStart", prime, prime.length, Buffer.of(2), 1, 0, 0);
  assert.equal(start(), Fault.NONE);
  assert.equal(start(), Fault.BUSY);
  assert.equal(p.run("oddPowerAll", prime, prime.length, Buffer.of(2), 1, Buffer.of(9), 1, 0, p.base + 4096), 0);
  assert.equal(p.call("newGroupStep"), 0);
  p.call("newGroupAbort");
  p.call("newGroupAbort");
  assert.equal(offer(SAFE, 2n).fault, Fault.NONE);
});

test("without entropy nothing is taken", async () => {
  const none = new Curves((await Primitives.load(() => 0)).exports);
  const prime = octets(SAFE);
  assert.equal(none.run("newGroupStart", prime, prime.length, Buffer.of(2), 1, 0, 0), Fault.NONE);
  while (none.call("newGroupStep") === 0);
  assert.equal(none.call("newGroupResult"), Fault.NO_ENTROPY);
});

test("powers modulo odd numbers against BigInt, and public values", () => {
  const random = new Random(77);
  const draw = (length: number): Buffer => Buffer.from(random.fill(new Uint8Array(length)));
  for (const length of [16, 17, 95, 128, 129, 256, 384, 512, 513, 768, 883, 884, 1023, 1024]) {
    const modulus = draw(length);
    modulus[0] = [1, 255, 128, 7][length & 3]!;
    modulus[length - 1]! |= 1;
    const m = number(modulus);
    for (const [base, exponent] of [[draw(length), draw(11)], [draw(3), draw(20)], [Buffer.alloc(length, 255), Buffer.of(0)], [octets(m - 1n), Buffer.of(3)], [octets(m), Buffer.of(1)], [Buffer.of(0), Buffer.of(5)]] as const) {
      let expected = 1n;
      for (let e = number(exponent), b = number(base) % m; e; e >>= 1n, b = (b * b) % m) if (e & 1n) expected = (expected * b) % m;
      for (const secret of [0, 1]) {
        const made = p.derive("oddPowerAll", modulus, length, base, base.length, exponent, exponent.length, secret);
        assert.equal(made.length, length);
        assert.equal(number(made), expected % m, `${length} octets`);
      }
    }
  }
  const prime = octets(SAFE);
  const taken = (value: bigint, length = prime.length): number => {
    const y = hex(value.toString(16).padStart(2 * length, "0"));
    return p.run("newGroupCheckPublic", prime, prime.length, y, y.length);
  };
  for (const y of [2n, 3n, 256n, SAFE >> 1n, SAFE - 2n]) assert.equal(taken(y), 1);
  for (const y of [0n, 1n, SAFE - 1n, SAFE, SAFE + 1n, (1n << 1024n) - 1n]) assert.equal(taken(y), 0);
  assert.equal(taken(5n, 127), 0);
  assert.equal(taken(5n, 129), 0);
  for (const [length, exponent] of [[15, 1], [1025, 1], [128, 0], [128, 1025]] as const) assert.equal(p.run("oddPowerAll", Buffer.alloc(length, 255), length, Buffer.of(2), 1, Buffer.alloc(exponent, 1), exponent, 0, p.base + 4096), 0);
  assert.equal(p.run("oddPowerAll", Buffer.alloc(128, 254), 128, Buffer.of(2), 1, Buffer.of(1), 1, 0, p.base + 4096), 0, "even");
});
