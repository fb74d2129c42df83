// The groups on curves: RFC 5903, 8; RFC 7748, 5.2; for EC2N the order of each group, and values of a second computation. The
// arithmetic below them against its definitions.
import * as drbg from "../../../../assembly/crypto/drbg";
import { Curve, CurveKind, CURVE_PUBLIC_MAX, CURVE_SCALAR_MAX, CURVE_SECRET_MAX } from "../../../../assembly/number/curve/curves";
import * as ec from "../../../../assembly/number/curve/ec";
import * as gf2 from "../../../../assembly/number/curve/gf2";
import * as workspace from "../../../../assembly/number/workspace";
import { curveById } from "../../../../assembly/oakley/groups";
import { fromHex, toHex } from "../../crypto/bytes";

const a: usize = memory.data(256, 8);
const b: usize = memory.data(256, 8);
const out: usize = memory.data(256, 8);
const space: usize = memory.data(2048, 8);
const job = new ec.Multiple();
const IDS: StaticArray<u32> = [3, 4, 7, 19, 20, 21, 31];

function times(id: u32, base: string, scalar: string): string {
  const c = curveById(id) as Curve;
  const scalarLen = fromHex(a, scalar);
  const baseLen = fromHex(b, base);
  if (!job.start(c, baseLen ? b : 0, baseLen, a, scalarLen)) return "refused";
  while (!job.step()) {}
  return toHex(out, job.result(out));
}

beforeAll(() => {
  workspace.init();
  drbg.init();
});

describe("groups on curves", () => {
  test("group 19: RFC 5903, 8.1", () => {
    const i = "c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1433";
    const g_i = "dad0b65394221cf9b051e1feca5787d098dfe637fc90b9ef945d0c37725811805271a0461cdb8252d61f1c456fa3e59ab1f45b33accf5f58389e0577b8990bb3";
    const r = "c6ef9c5d78ae012a011164acb397ce2088685d8f06bf9be0b283ab46476bee53";
    const g_r = "d12dfb5289c8d4f81208b70270398c342296970a0bccb74c736fc7554494bf6356fbf3ca366cc23e8157854c13c58d6aac23f046ada30f8353e74f33039872ab";
    expect(times(19, "", i)).toBe(g_i);
    expect(times(19, "", r)).toBe(g_r);
    expect(times(19, g_r, i)).toBe("d6840f6b42f6edafd13116e0e12565202fef8e9ece7dce03812464d04b9442de");
    expect(times(19, g_i, r)).toBe("d6840f6b42f6edafd13116e0e12565202fef8e9ece7dce03812464d04b9442de");
  });
  test("group 20: RFC 5903, 8.2", () => {
    expect(times(20, "", "099f3c7034d4a2c699884d73a375a67f7624ef7c6b3c0f160647b67414dce655e35b538041e649ee3faef896783ab194")).toBe(
      "667842d7d180ac2cde6f74f37551f55755c7645c20ef73e31634fe72b4c55ee6de3ac808acb4bdb4c88732aee95f41aa9482ed1fc0eeb9cafc4984625ccfc23f65032149e0e144ada024181535a0f38eeb9fcff3c2c947dae69b4c634573a81c",
    );
  });
  test("group 31: RFC 7748, 5.2", () => {
    expect(times(31, "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c", "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4"))
      .toBe("c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552");
    expect(times(31, "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493", "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d"))
      .toBe("95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957");
    expect(times(31, "0000000000000000000000000000000000000000000000000000000000000000", "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4")).toBe("refused", "all zeros");
  });
  test("EC2N: one times the generator, and the order times it", () => {
    expect(times(3, "", "01")).toBe("000000000000000000000000000000000000007b");
    expect(times(4, "", "01")).toBe("000000000000000000000000000000000000000000000018");
    expect(times(7, "", "01")).toBe("02fe13c0537bbc11acaa07d793de4e6d5e5c94eee8");
    expect(times(3, "", "0800000000000000000057db5698537193aef944")).toBe("");
    expect(times(4, "", "01ffffffffffffffffffffffdbf2f889b73e484175f94ebc")).toBe("");
    expect(times(7, "", "04000000000000000000020108a2e0cc0d99f8a5ef")).toBe("");
    expect(times(3, "", "0800000000000000000057db5698537193aef945")).toBe("000000000000000000000000000000000000007b");
    // A negative has the same x.
    expect(times(3, "", "0800000000000000000057db5698537193aef943")).toBe("000000000000000000000000000000000000007b");
  });
  test("EC2N: drawn scalars, a second computation", () => {
    expect(times(3, "", "0505050505050505050505050505050505050505")).toBe("075447495318e6ad214d05f66d7cfae47a054b44");
    expect(times(4, "", "050505050505050505050505050505050505050505050505")).toBe("01fb2cd2fbea5a37a16c768771a44f7e15ff51ca9a9f674a");
    expect(times(7, "", "050505050505050505050505050505050505050505")).toBe("07b511f9005265644526e2d194688ff734aaef9772");
  });
  test("points that are refused", () => {
    expect(times(3, "0000000000000000000000000000000000000000", "05")).toBe("refused", "x = 0: order 2");
    expect(times(3, "ffffffffffffffffffffffffffffffffffffffff", "05")).toBe("refused", "longer than the field");
    expect(times(7, "000000000000000000000000000000000000000001", "05")).toBe("refused", "order 2, 4 or the twist");
    expect(times(19, "dad0b65394221cf9b051e1feca5787d098dfe637fc90b9ef945d0c37725811805271a0461cdb8252d61f1c456fa3e59ab1f45b33accf5f58389e0577b8990bb2", "05")).toBe("refused");
    expect(times(19, "0000000000000000000000000000000000000000000000000000000000000000", "05")).toBe("refused");
  });
  test("two parties agree in every group, on values that are taken", () => {
    expect(drbg.seed()).toBe(true);
    for (let i = 0; i < IDS.length; i++) {
      const c = curveById(IDS[i]) as Curve;
      expect(ec.ecPrivate(c, a)).toBe(true);
      const x = toHex(a, c.scalarBytes);
      expect(ec.ecPrivate(c, a)).toBe(true);
      const y = toHex(a, c.scalarBytes);
      expect(x == y).toBe(false);
      const g_x = times(IDS[i], "", x);
      const g_y = times(IDS[i], "", y);
      expect(g_x.length).toBe(2 * c.publicBytes);
      expect(ec.ecCheckPublic(c, b, fromHex(b, g_x))).toBe(true);
      const secret = times(IDS[i], g_y, x);
      expect(secret.length).toBe(2 * c.secretBytes);
      expect(times(IDS[i], g_x, y)).toBe(secret);
      expect(c.publicBytes <= CURVE_PUBLIC_MAX && c.secretBytes <= CURVE_SECRET_MAX && c.scalarBytes <= CURVE_SCALAR_MAX).toBe(true);
    }
  });
  test("private values: below the order, within the bits, none without entropy", () => {
    for (let i = 0; i < IDS.length; i++) {
      const c = curveById(IDS[i]) as Curve;
      for (let round = 0; round < 8; round++) {
        expect(ec.ecPrivate(c, a)).toBe(true);
        expect(<u32>load<u8>(a) >>> (8 - ((c.scalarBytes << 3) - c.scalarBits))).toBe(0);
        if (c.kind == CurveKind.ECP) expect(memory.compare(a, c.order, c.scalarBytes) < 0).toBe(true);
      }
    }
    drbg.init();
    memory.fill(a, 0x5a, 66);
    expect(ec.ecPrivate(curveById(21) as Curve, a)).toBe(false);
    for (let i: usize = 0; i < 66; i++) expect(load<u8>(a + i)).toBe(0);
  });
  test("one job at a time; a dropped one leaves nothing", () => {
    const c = curveById(21) as Curve;
    memory.fill(a, 0xa5, 66);
    expect(job.busy).toBe(false);
    expect(job.start(c, 0, 0, a, 0)).toBe(false);
    expect(job.start(c, 0, 0, a, 69)).toBe(false);
    expect(job.start(c, 0, 0, a, 66)).toBe(true);
    expect(job.start(c, 0, 0, a, 66)).toBe(false);
    expect(job.busy).toBe(true);
    expect(job.step()).toBe(false);
    job.abort();
    job.abort();
    expect(job.busy).toBe(false);
  });
});

describe("GF(2^m)", () => {
  test("inverses, squares, traces", () => {
    for (let i = 0; i < 3; i++) {
      const f = (curveById(IDS[i]) as Curve).field as gf2.BinaryField;
      const x = space, y = space + 24, z = space + 48;
      for (let round: u32 = 0; round < 10; round++) {
        for (let j: usize = 0; j < 24; j++) store<u8>(x + j, <u8>(j * 89 + round * 57 + 3));
        store<u64>(x, load<u64>(x, 16) & ((1 << <u64>(f.m - 128)) - 1), 16);
        expect(gf2.inField(f, x)).toBe(true);
        gf2.invert(f, y, x);
        gf2.multiply(f, z, x, y);
        store<u64>(z, load<u64>(z) ^ 1);
        expect(gf2.isZero(z)).toBe(true, "x * 1/x");
        gf2.square(f, y, x);
        gf2.multiply(f, z, x, x);
        gf2.add(z, y, z);
        expect(gf2.isZero(z)).toBe(true, "x^2");
        gf2.add(z, y, x);
        expect(gf2.trace(f, z, space + 72)).toBe(0, "x^2 + x");
        store<u64>(z, load<u64>(z) ^ 1);
        expect(gf2.trace(f, z, space + 72)).toBe(1, "m is odd");
      }
    }
  });
});
