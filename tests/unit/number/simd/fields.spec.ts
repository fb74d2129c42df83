// The curves' fields at their bounds: limbs as large as products take them, in either lane; what they compute is the vectors' matter.
import { Curve } from "../../../../assembly/number/curve/curves";
import { CurveField } from "../../../../assembly/number/curve/curve_field";
import * as c25519 from "../../../../assembly/number/simd/c25519_field";
import { EcpField, FIELD_256, FIELD_384, FIELD_521 } from "../../../../assembly/number/simd/ecp";
import * as x25519 from "../../../../assembly/number/simd/x25519";
import { curveById } from "../../../../assembly/oakley/groups";
import { random } from "../random";

const u: usize = memory.data(80, 16);
const v: usize = memory.data(80, 16);
const a: usize = memory.data(80, 16);
const b: usize = memory.data(80, 16);
const r: usize = memory.data(80, 16);
const s: usize = memory.data(80, 16);
const t: usize = memory.data(80, 16);
const left: usize = memory.data(320, 16);
const right: usize = memory.data(320, 16);

function scaled(out: usize, p: usize, k: u32): void {
  for (let i: usize = 0; i < 80; i += 4) store<u32>(out + i, load<u32>(p + i) * k);
}

/** An element of ones, or drawn; the highest limb as small as an element's below 2p. */
function draw(p: usize, f: EcpField, kind: u32): void {
  memory.fill(p, 0, 80);
  const last = f.limbs - 1;
  for (let i: u32 = 0; i <= last; i++) {
    const bits = i == last ? f.bits + 1 - f.w * last : f.w;
    store<u32>(p + (<usize>i << 2), (kind == 0 ? -1 : random()) & ((1 << bits) - 1));
  }
}

function curveOf(f: EcpField): Curve {
  return curveById(f.bits == 256 ? 19 : f.bits == 384 ? 20 : 21) as Curve;
}

function same(f: EcpField, x: usize, y: usize): bool {
  const p = curveOf(f).p;
  f.leave(left, x, p, left + 80);
  f.leave(right, y, p, right + 80);
  return memory.compare(left, right, f.stride) == 0;
}

/** r = k * x, by sums of products. */
function repeated(f: EcpField, out: usize, x: usize, k: u32): void {
  memory.fill(out, 0, 80);
  for (let i: u32 = 0; i < k; i++) {
    f.add(out, out, x);
    f.multiply2(out, out, f.one, out, out, f.one);
  }
}

const FIELDS: StaticArray<EcpField> = [FIELD_256, FIELD_384, FIELD_521];

describe("the fields of points", () => {
  test("products of limbs at the bound are those of small ones, in either lane; squares are products", () => {
    for (let i = 0; i < 3; i++) {
      const f = FIELDS[i];
      for (let kind: u32 = 0; kind < 8; kind++) {
        draw(u, f, kind & 1);
        draw(v, f, kind >> 1 & 1);
        f.multiply2(t, u, v, s, v, u);
        expect(memory.compare(t, s, f.stride)).toBe(0);
        // A * B: 20 of 22, 48 of 60 and 48.
        const A: u32 = i == 0 ? 5 : 6;
        const B: u32 = i == 0 ? 4 : 8;
        scaled(a, u, A);
        scaled(b, v, B);
        f.multiply2(r, a, b, s, u, v);
        repeated(f, b, s, A * B);
        expect(same(f, r, b)).toBe(true);
        scaled(b, v, B);
        f.multiply2(s, u, v, r, a, b);
        repeated(f, b, s, A * B);
        expect(same(f, r, b)).toBe(true);
        scaled(a, u, 4);
        f.multiply2(r, a, a, s, v, v);
        f.square2(a, a, b, v);
        expect(memory.compare(a, r, f.stride)).toBe(0);
        expect(memory.compare(b, s, f.stride)).toBe(0);
        f.square2(b, v, a, u);
        expect(memory.compare(b, s, f.stride)).toBe(0);
      }
    }
  });
  test("differences at the bounds: a - b and b are a again", () => {
    for (let i = 0; i < 3; i++) {
      const f = FIELDS[i];
      for (let kind: u32 = 0; kind < 8; kind++) {
        draw(u, f, kind & 1);
        draw(v, f, kind >> 1);
        scaled(a, u, 6);
        scaled(b, v, 6);
        for (let wide = 0; wide < 2; wide++) {
          if (wide) f.subtractWide(r, a, b);
          else f.subtract(r, a, b);
          for (let k: u32 = 0; k < f.limbs; k++) expect(load<u32>(r + (<usize>k << 2)) <= (1 << f.w) + 15).toBe(true);
          f.add(r, r, b);
          f.multiply2(r, r, f.one, s, a, f.one);
          expect(same(f, r, s)).toBe(true);
        }
      }
    }
  });
  test("0 is 0, and so is p", () => {
    for (let i = 0; i < 3; i++) {
      const f = FIELDS[i];
      const c = curveOf(f);
      f.enter2(a, c.p, b, c.b, c.fieldBytes);
      f.leave(left, a, c.p, left + 80);
      expect(f.none(left)).toBe(true);
      f.leave(left, b, c.p, left + 80);
      expect(f.none(left)).toBe(false);
      f.write(right, left);
      expect(memory.compare(right, c.b, c.fieldBytes)).toBe(0);
    }
  });
});

const field = new CurveField();

/** An element of ones, or drawn. */
function element(p: usize, kind: u32): void {
  memory.fill(p, 0, 80);
  for (let i: u32 = 0; i < 10; i++) store<u32>(p + (<usize>i << 2), (kind == 0 ? -1 : random()) & ((1 << (26 - (i & 1))) - 1));
}

function alike(x: usize, y: usize): bool {
  x25519.leave(left, x);
  x25519.leave(right, y);
  return memory.compare(left, right, 40) == 0;
}

describe("the field of Curve25519", () => {
  test("products of limbs at the bound are those of small ones, in either lane; squares are products", () => {
    for (let kind: u32 = 0; kind < 8; kind++) {
      element(u, kind & 1);
      element(v, kind >> 1 & 1);
      scaled(a, u, 9);
      scaled(b, v, 3);
      c25519.multiply2(r, a, b, s, u, v);
      memory.copy(t, s, 48);
      c25519.multiply2(s, u, v, t, a, b);
      expect(memory.compare(r, t, 48)).toBe(0);
      memory.fill(b, 0, 80);
      store<u32>(b, 27);
      c25519.multiply2(t, b, s, t, b, s);
      expect(alike(r, t)).toBe(true);
      scaled(a, u, 3);
      c25519.multiply2(r, a, a, s, v, v);
      c25519.square2(a, a, b, v);
      expect(memory.compare(a, r, 48)).toBe(0);
      expect(memory.compare(b, s, 48)).toBe(0);
    }
  });
  test("what is p or more is brought below it, and differences below zero come up", () => {
    // p + k for k below 19, p + p, and ones in every limb.
    field.set(curveById(31) as Curve, 0);
    for (let k: u32 = 0; k < 19; k++) {
      element(a, 0);
      store<u32>(a, load<u32>(a) - 18 + k);
      x25519.leave(left, a);
      x25519.toOctets(right, left);
      let high: u32 = 0;
      for (let i: usize = 0; i < 31; i++) high |= load<u8>(right + i);
      expect(high | <u32>load<u8>(right + 31)).toBe(k);
      expect(field.isZero(a, left)).toBe(k == 0);
    }
    element(a, 0);
    for (let i: usize = 0; i < 40; i += 4) store<u32>(a + i, 2 * load<u32>(a + i));
    store<u32>(a, load<u32>(a) - 36);
    expect(field.isZero(a, left)).toBe(true, "2p");
    for (let kind: u32 = 0; kind < 4; kind++) {
      element(u, kind & 1);
      element(v, kind >> 1);
      c25519.subtract(r, u, v);
      c25519.add(r, r, v);
      expect(alike(r, u)).toBe(true);
    }
  });
});
