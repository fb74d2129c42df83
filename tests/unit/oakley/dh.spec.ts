// Groups and Diffie-Hellman in them (RFC 2409, 6.1 and 6.2; RFC 3526) and powers in them. The primes are the RFCs'; the powers come from a
// second computation.
import * as drbg from "../../../assembly/crypto/drbg";
import { Power } from "../../../assembly/number/modexp";
import { Modulus } from "../../../assembly/number/modulus";
import * as workspace from "../../../assembly/number/workspace";
import { dhCheckPublic, dhPower, dhPrivate } from "../../../assembly/oakley/dh";
import { Group, groupById, groupName, MODP_768 } from "../../../assembly/oakley/groups";
import * as ct from "../../../assembly/util/ct";
import { fromHex, toHex } from "../crypto/bytes";

const a: usize = memory.data(1232, 8);
const b: usize = memory.data(1232, 8);
const c: usize = memory.data(1232, 8);
const job = new Power();
const IDS: StaticArray<u32> = [1, 2, 5, 14, 15, 16, 17, 18];

const X = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881";
const Y = "a1fce4363854ff888cff4b8e7875d600c2682390412a8cf79b37d0b11148b0fa";
const G_X =
  "a30caecfb79b8d0c82b4ff161090101f36f3d81c2aeefc692a546a1546347679bf2367c742edf26748a48b0dfa9ea4061dea55cae632750f" +
  "27560d9e878533b26ecc9ce2e156497e00a78934779c2ab7270832b4facdcfb12cfb8c3cad939b8e";
const G_XY =
  "e38867e237040108d3db5ee979c111aa5ee164932faab752ba77e141c3d4434e1debc418a5590d5c453d5d022740f9575c507eb0fe6fed9c" +
  "f879ba58d1eb9f810e402b259d9a99c3d15105fad00219b9502cc29fae98e3386712fd7e29a8c6b4";

function power(group: Group, base: usize, exponent: usize, len: u32, out: usize): void {
  expect(dhPower(job, group, base, group.bytes, exponent, len)).toBe(true);
  while (!job.step()) {}
  job.result(out);
}

beforeAll(() => {
  workspace.init();
  drbg.init();
});

describe("a power that is broken off", () => {
  test("leaves nothing to the next one, wherever it stood", () => {
    const group = groupById(1) as Group;
    fromHex(a, X);
    group.prime(b);
    store<u8>(b + group.bytes - 1, 7);
    power(group, b, a, 32, c);
    const right = toHex(c, group.bytes);
    for (let steps = 1; steps < 40; steps++) {
      expect(dhPower(job, group, b, group.bytes, a, 32)).toBe(true);
      for (let k = 0; k < steps; k++) job.step();
      job.abort();
      expect(job.busy).toBe(false);
      power(group, b, a, 32, c);
      expect(toHex(c, group.bytes)).toBe(right);
    }
  });
});

describe("groups", () => {
  test("the primes of RFC 2409 and of RFC 3526's first group", () => {
    const first =
      "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404dd" +
      "ef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a6";
    expect(MODP_768.bytes).toBe(96);
    MODP_768.prime(a);
    expect(toHex(a, 96)).toBe(first + "3a3620ffffffffffffffff");
    (groupById(2) as Group).prime(a);
    expect(toHex(a, 128)).toBe(first + "37ed6b0bff5cb6f406b7edee386bfb5a899fa5ae9f24117c4b1fe649286651ece65381ffffffffffffffff");
    (groupById(5) as Group).prime(a);
    expect(toHex(a + 168, 24)).toBe("670c354e4abc9804f1746c08ca237327ffffffffffffffff");
  });
  test("private values are at least twice the strength long (RFC 3526, 8)", () => {
    const least: StaticArray<u32> = [160, 160, 180, 220, 260, 300, 340, 380];
    for (let i = 0; i < 8; i++) expect((groupById(IDS[i]) as Group).exponentBits >= least[i]).toBe(true);
  });
  test("the primes as moduli: of the form that needs the fewest bits", () => {
    const m = new Modulus();
    for (let i = 0; i < 8; i++) {
      const g = groupById(IDS[i]) as Group;
      g.prime(a);
      m.measure(a, g.bytes, false);
      expect(m.bits).toBe(g.bits);
      expect(m.squareCost).toBe(m.n);
      expect(m.n & 3).toBe(0, "rows go in fours");
      expect(m.n * m.w - m.bits >= 8).toBe(true, "the bound of montgomery.ts");
      expect(<f64>(2 * m.n) * (<f64>(1 << m.w)) * (<f64>(1 << m.w)) + 68719476736.0 < 18446744073709551616.0).toBe(true, "the bound of simd/rows.ts");
    }
  });
  test("numbers without a group", () => {
    for (let id: u32 = 0; id < 40; id++) expect(groupById(id) != null).toBe(IDS.includes(id));
    expect(groupName(14)).toBe("group 14 (MODP 2048)");
    expect(groupName(6)).toBe("unknown group");
  });
});

describe("powers", () => {
  test("both sides of an exchange in group 1", () => {
    fromHex(a, X);
    power(MODP_768, 0, a, 32, b);
    expect(toHex(b, 96)).toBe(G_X);
    fromHex(a, Y);
    power(MODP_768, b, a, 32, c);
    expect(toHex(c, 96)).toBe(G_XY);
    power(MODP_768, 0, a, 32, b);
    fromHex(a, X);
    power(MODP_768, b, a, 32, c);
    expect(toHex(c, 96)).toBe(G_XY);
  });
  test("small exponents in every group", () => {
    for (let i = 0; i < 8; i++) {
      const g = groupById(IDS[i]) as Group;
      const n = g.bytes;
      fromHex(a, "0041");
      power(g, 0, a, 2, b);
      memory.fill(c, 0, 1232);
      store<u8>(c + n - 9, 2);
      expect(memory.compare(b, c, n)).toBe(0, "2^65");
      memory.fill(c, 0, 1232);
      store<u8>(c + n - 1, 3);
      store<u8>(a, 5);
      power(g, c, a, 1, b);
      store<u8>(c + n - 1, 243);
      expect(memory.compare(b, c, n)).toBe(0, "3^5");
      store<u8>(a, 0);
      power(g, 0, a, 1, b);
      store<u8>(c + n - 1, 1);
      expect(memory.compare(b, c, n)).toBe(0, "2^0");
      // (p - 1)^2 = 1
      g.prime(c);
      store<u8>(c + n - 1, 0xfe);
      store<u8>(a, 2);
      power(g, c, a, 1, b);
      memory.fill(c, 0, 1232);
      store<u8>(c + n - 1, 1);
      expect(memory.compare(b, c, n)).toBe(0, "(p - 1)^2");
    }
  });
  test("one job at a time; a dropped one is wiped", () => {
    fromHex(a, X);
    expect(job.busy).toBe(false);
    expect(dhPower(job, MODP_768, 0, 0, a, 0)).toBe(false);
    expect(dhPower(job, MODP_768, 0, 0, a, 97)).toBe(false);
    expect(dhPower(job, MODP_768, a, 97, a, 32)).toBe(false);
    expect(dhPower(job, MODP_768, 0, 0, a, 32)).toBe(true);
    expect(dhPower(job, MODP_768, 0, 0, a, 32)).toBe(false);
    expect(job.busy).toBe(true);
    job.abort();
    job.abort();
    expect(job.busy).toBe(false);
  });
});

describe("Diffie-Hellman", () => {
  test("public values: 2 <= y <= p - 2, of the prime's length", () => {
    for (let i = 0; i < 8; i++) {
      const g = groupById(IDS[i]) as Group;
      const n = g.bytes;
      memory.fill(a, 0, 1232);
      expect(dhCheckPublic(g, a, n)).toBe(false, "0");
      store<u8>(a + n - 1, 1);
      expect(dhCheckPublic(g, a, n)).toBe(false, "1");
      store<u8>(a + n - 1, 2);
      expect(dhCheckPublic(g, a, n)).toBe(true, "2");
      expect(dhCheckPublic(g, a + 1, n - 1)).toBe(false, "too short");
      expect(dhCheckPublic(g, a, n + 1)).toBe(false, "too long");
      g.prime(a);
      expect(dhCheckPublic(g, a, n)).toBe(false, "p");
      store<u8>(a + n - 1, 0xfe);
      expect(dhCheckPublic(g, a, n)).toBe(false, "p - 1");
      store<u8>(a + n - 1, 0xfd);
      expect(dhCheckPublic(g, a, n)).toBe(true, "p - 2");
      memory.fill(a, 0xff, n);
      expect(dhCheckPublic(g, a, n)).toBe(false, "2^n - 1");
    }
  });
  test("private values need entropy", () => {
    drbg.init();
    memory.fill(a, 0x5a, 32);
    expect(dhPrivate(MODP_768, a)).toBe(false);
    memory.fill(b, 0, 32);
    expect(ct.equal(a, b, 32)).toBe(true);
    expect(drbg.seed()).toBe(true);
    expect(dhPrivate(MODP_768, a)).toBe(true);
    expect(ct.equal(a, b, 32)).toBe(false);
  });
});
