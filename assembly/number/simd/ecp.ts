/**
 * P-256, P-384 and P-521, two products at a time: the fields (p256_field.ts and its neighbours) under one face, and sums of
 * points by the complete formula of J. Renes, C. Costello and L. Batina, "Complete addition formulas for prime order elliptic
 * curves" (2016), algorithm 4, whose fourteen products are seven pairs. It doubles a point as well: that takes seven pairs
 * too.
 *
 * Bounds as (limbs, value), limbs in multiples of 2^w, values in multiples of p. A product leaves (1, 1.1): its factors'
 * values are below 300, and R is at least 2^19 p. `add` adds both and carries nothing. `subtract` adds 16p and takes b up to
 * (6, 15), a up to limbs of 7; `subtractWide` adds 128p and takes b up to (6, 120). Both carry once: their limbs count as 1,
 * the value as a's and what was added. Points that come and go are below (1, 18), (2, 3), (2, 3).
 */
import { fromBytes, subtractIfNotLess, toBytes } from "../bignum";
import { limbUp } from "./lanes";
import * as p256 from "./p256_field";
import * as p384 from "./p384_field";
import * as p521 from "./p521_field";

/** The number 1, which leads out of Montgomery's form. */
// @ts-ignore: decorator
@lazy
const UNIT: usize = memory.data<u32>([1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 16);

export class EcpField {
  constructor(
    /** Bits of p. */
    readonly bits: u32,
    /** Octets of an element, limbs of it that count, bits of a limb. */
    readonly stride: usize,
    readonly limbs: u32,
    readonly w: u32,
    /** Elements: 16p, 128p, R^2, R. */
    readonly sixteen: usize,
    readonly wide: usize,
    readonly square: usize,
    readonly one: usize,
  ) {}

  /** r = a * b, s = a2 * b2; results may lie where factors do. */
  multiply2(r: usize, a: usize, b: usize, s: usize, a2: usize, b2: usize): void {
    if (this.bits == 256) p256.multiply2(r, a, b, s, a2, b2);
    else if (this.bits == 384) p384.multiply2(r, a, b, s, a2, b2);
    else p521.multiply2(r, a, b, s, a2, b2);
  }

  /** r = a^2, s = a2^2. */
  square2(r: usize, a: usize, s: usize, a2: usize): void {
    if (this.bits == 256) p256.square2(r, a, s, a2);
    else if (this.bits == 384) p384.square2(r, a, s, a2);
    else p521.square2(r, a, s, a2);
  }

  // Elements are three to five vectors; the upper ones first, so that an engine checks the fewest addresses.

  /** r = a + b. */
  add(r: usize, a: usize, b: usize): void {
    if (this.stride > 48) {
      if (this.stride > 64) v128.store(r, i32x4.add(v128.load(a, 64), v128.load(b, 64)), 64);
      v128.store(r, i32x4.add(v128.load(a, 48), v128.load(b, 48)), 48);
    }
    v128.store(r, i32x4.add(v128.load(a, 32), v128.load(b, 32)), 32);
    v128.store(r, i32x4.add(v128.load(a, 16), v128.load(b, 16)), 16);
    v128.store(r, i32x4.add(v128.load(a), v128.load(b)));
  }

  /** a := 3a. */
  triple(a: usize): void {
    const three = i32x4.splat(3);
    if (this.stride > 48) {
      if (this.stride > 64) v128.store(a, i32x4.mul(v128.load(a, 64), three), 64);
      v128.store(a, i32x4.mul(v128.load(a, 48), three), 48);
    }
    v128.store(a, i32x4.mul(v128.load(a, 32), three), 32);
    v128.store(a, i32x4.mul(v128.load(a, 16), three), 16);
    v128.store(a, i32x4.mul(v128.load(a), three));
  }

  /** r = a - b + 16p. */
  subtract(r: usize, a: usize, b: usize): void {
    this.difference(r, a, b, this.sixteen);
  }

  /** r = a - b + 128p. */
  subtractWide(r: usize, a: usize, b: usize): void {
    this.difference(r, a, b, this.wide);
  }

  private difference(r: usize, a: usize, b: usize, plus: usize): void {
    const w = <i32>this.w;
    const mask = i32x4.splat((1 << w) - 1);
    const v2 = i32x4.sub(i32x4.add(v128.load(a, 32), v128.load(plus, 32)), v128.load(b, 32));
    const c2 = i32x4.shr_u(v2, w);
    if (this.stride > 48) {
      const v3 = i32x4.sub(i32x4.add(v128.load(a, 48), v128.load(plus, 48)), v128.load(b, 48));
      const c3 = i32x4.shr_u(v3, w);
      if (this.stride > 64) {
        const v4 = i32x4.sub(i32x4.add(v128.load(a, 64), v128.load(plus, 64)), v128.load(b, 64));
        v128.store(r, i32x4.add(v128.and(v4, mask), limbUp(c3, i32x4.shr_u(v4, w))), 64);
      }
      v128.store(r, i32x4.add(v128.and(v3, mask), limbUp(c2, c3)), 48);
    }
    const v1 = i32x4.sub(i32x4.add(v128.load(a, 16), v128.load(plus, 16)), v128.load(b, 16));
    const v0 = i32x4.sub(i32x4.add(v128.load(a), v128.load(plus)), v128.load(b));
    const c1 = i32x4.shr_u(v1, w), c0 = i32x4.shr_u(v0, w);
    v128.store(r, i32x4.add(v128.and(v2, mask), limbUp(c1, c2)), 32);
    v128.store(r, i32x4.add(v128.and(v1, mask), limbUp(c0, c1)), 16);
    v128.store(r, i32x4.add(v128.and(v0, mask), limbUp(i64x2.splat(0), c0)));
  }

  /** Reads two numbers of `len` octets, big-endian, into Montgomery's form. */
  enter2(r: usize, p: usize, s: usize, q: usize, len: u32): void {
    const limbs = <u32>(this.stride >> 2);
    fromBytes(r, limbs, this.w, p, len);
    fromBytes(s, limbs, this.w, q, len);
    this.multiply2(r, r, this.square, s, s, this.square);
  }

  /** r = a out of Montgomery's form, less than p, whose limbs `scratch` takes and twice as many. */
  leave(r: usize, a: usize, p: usize, scratch: usize): void {
    this.multiply2(r, a, UNIT, r, a, UNIT);
    fromBytes(scratch, this.limbs, this.w, p, (this.bits + 7) >> 3);
    // At most p: the product with 1 is at most (R - 1 + (R - 1) * p) / R.
    subtractIfNotLess(r, scratch, scratch + this.stride, this.limbs, this.w);
  }

  /** Whether an element that left is 0. */
  none(a: usize): bool {
    let any: u32 = 0;
    for (let i: usize = 0; i < this.stride; i += 4) any |= load<u32>(a + i);
    return any == 0;
  }

  /** Writes an element that left, big-endian. */
  write(out: usize, a: usize): void {
    toBytes(out, (this.bits + 7) >> 3, a, this.limbs, this.w);
  }
}

// @ts-ignore: decorator
@lazy
export const FIELD_256 = new EcpField(
  256, p256.ELEMENT, p256.LIMBS, p256.LIMB_BITS, p256.SIXTEEN, p256.WIDE, p256.SQUARE, p256.ONE,
);
// @ts-ignore: decorator
@lazy
export const FIELD_384 = new EcpField(
  384, p384.ELEMENT, p384.LIMBS, p384.LIMB_BITS, p384.SIXTEEN, p384.WIDE, p384.SQUARE, p384.ONE,
);
// @ts-ignore: decorator
@lazy
export const FIELD_521 = new EcpField(
  521, p521.ELEMENT, p521.LIMBS, p521.LIMB_BITS, p521.SIXTEEN, p521.WIDE, p521.SQUARE, p521.ONE,
);

/**
 * p := p + q; q may be p. b is the curve's. `scratch` holds 9 elements. What a line leaves is noted where it is more than (1, 20).
 */
export function addPoint(f: EcpField, p: usize, q: usize, b: usize, scratch: usize): void {
  const s = f.stride;
  const X1 = p, Y1 = p + s, Z1 = p + 2 * s;
  const X2 = q, Y2 = q + s, Z2 = q + 2 * s;
  const t0 = scratch, t1 = t0 + s, t2 = t1 + s, t3 = t2 + s, t4 = t3 + s, X3 = t4 + s, Y3 = X3 + s, Z3 = Y3 + s, t5 = Z3 + s;
  f.multiply2(t0, X1, X2, t1, Y1, Y2);
  f.add(t3, X1, Y1); // (3, 21)
  f.add(t4, X2, Y2); // (3, 21)
  f.multiply2(t2, Z1, Z2, t3, t3, t4);
  f.add(t4, Y1, Z1); // (4, 6)
  f.add(t5, Y2, Z2); // (4, 6)
  f.add(X3, X1, Z1); // (3, 21)
  f.add(Z3, X2, Z2); // (3, 21)
  f.multiply2(t4, t4, t5, X3, X3, Z3);
  f.add(Y3, t0, t1); // (2, 3)
  f.subtract(t3, t3, Y3);
  f.add(Y3, t1, t2);
  f.subtract(t4, t4, Y3);
  f.add(Y3, t0, t2);
  f.subtract(Y3, X3, Y3);
  f.multiply2(Z3, b, t2, t5, b, Y3);
  f.subtract(X3, Y3, Z3); // (1, 34)
  f.triple(X3); // (3, 102)
  f.subtractWide(Z3, t1, X3); // (1, 130)
  f.add(X3, t1, X3); // (4, 104)
  f.triple(t2); // (3, 4)
  f.subtract(Y3, t5, t2);
  f.subtract(Y3, Y3, t0); // (1, 34)
  f.triple(Y3); // (3, 102)
  f.triple(t0); // (3, 4)
  f.subtract(t0, t0, t2);
  f.multiply2(t1, t4, Y3, t2, t0, Y3);
  f.multiply2(Y3, X3, Z3, X3, t3, X3);
  f.multiply2(Z3, t4, Z3, t4, t3, t0);
  f.subtract(X1, X3, t1);
  f.add(Y1, Y3, t2);
  f.add(Z1, Z3, t4);
}

/** Whether (x, y), two products, solves y^2 = x^3 - 3x + b. Public points only. `scratch` holds 4 elements. */
export function solves(f: EcpField, x: usize, y: usize, b: usize, prime: usize, scratch: usize): bool {
  const s = f.stride;
  const left = scratch, right = left + s, t = right + s;
  f.square2(left, y, right, x);
  f.multiply2(right, right, x, t, right, x);
  f.add(right, right, b); // (2, 3)
  f.add(t, x, x);
  f.add(t, t, x); // (3, 4)
  f.subtract(right, right, t);
  f.subtractWide(left, left, right);
  f.leave(left, left, prime, right);
  return f.none(left);
}
