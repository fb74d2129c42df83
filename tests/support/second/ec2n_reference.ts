/**
 * A second computation of RFC 2409's curves over GF(2^m), on BigInt and with both coordinates: the textbook's chord and tangent
 * on y^2 + xy = x^3 + a x^2 + b. It shares nothing with the module.
 */
export interface Point { x: bigint; y: bigint }

export class BinaryCurve {
  private readonly modulus: bigint;

  constructor(
    readonly m: number,
    terms: number[],
    readonly a: bigint,
    readonly b: bigint,
    readonly gx: bigint,
    /** Order of the whole curve, and of that what is no large prime. */
    readonly order: bigint,
    readonly cofactor: bigint,
  ) {
    this.modulus = [m, ...terms, 0].reduce((sum, k) => sum | (1n << BigInt(k)), 0n);
  }

  multiply(a: bigint, b: bigint): bigint {
    let r = 0n;
    for (; b; b >>= 1n) {
      if (b & 1n) r ^= a;
      a <<= 1n;
      if (a >> BigInt(this.m)) a ^= this.modulus;
    }
    return r;
  }

  invert(a: bigint): bigint {
    // Euclid's algorithm on polynomials.
    const degree = (v: bigint): number => v.toString(2).length - 1;
    let [u, v, g, h] = [a, this.modulus, 1n, 0n];
    while (u !== 1n) {
      let shift = degree(u) - degree(v);
      if (shift < 0) [u, v, g, h, shift] = [v, u, h, g, -shift];
      u ^= v << BigInt(shift);
      g ^= h << BigInt(shift);
    }
    while (g >> BigInt(this.m)) g ^= this.modulus << BigInt(degree(g) - this.m);
    return g;
  }

  /** A point with this x; undefined where the curve has none. */
  lift(x: bigint): Point | undefined {
    if (x === 0n) {
      let y = this.b;
      for (let i = 1; i < this.m; i++) y = this.multiply(y, y);
      return { x, y };
    }
    const inverse = this.invert(x);
    const c = x ^ this.a ^ this.multiply(this.b, this.multiply(inverse, inverse));
    // The half-trace solves z^2 + z = c, if anything does.
    let z = c;
    for (let i = 1; i <= (this.m - 1) / 2; i++) {
      z = this.multiply(z, z);
      z = this.multiply(z, z) ^ c;
    }
    if ((this.multiply(z, z) ^ z) !== c) return undefined;
    return { x, y: this.multiply(z, x) };
  }

  add(p: Point | undefined, q: Point | undefined): Point | undefined {
    if (!p) return q;
    if (!q) return p;
    let slope: bigint;
    let x: bigint;
    if (p.x === q.x) {
      if (p.y !== q.y || p.x === 0n) return undefined;
      slope = p.x ^ this.multiply(p.y, this.invert(p.x));
      x = this.multiply(slope, slope) ^ slope ^ this.a;
    } else {
      slope = this.multiply(p.y ^ q.y, this.invert(p.x ^ q.x));
      x = this.multiply(slope, slope) ^ slope ^ p.x ^ q.x ^ this.a;
    }
    return { x, y: this.multiply(slope, p.x ^ x) ^ x ^ p.y };
  }

  times(k: bigint, p: Point | undefined): Point | undefined {
    let r: Point | undefined;
    for (; k; k >>= 1n) {
      if (k & 1n) r = this.add(r, p);
      p = this.add(p, p);
    }
    return r;
  }

  get octets(): number {
    return (this.m + 7) >> 3;
  }

  encode(x: bigint): Buffer {
    return Buffer.from(x.toString(16).padStart(2 * this.octets, "0"), "hex");
  }
}

/** RFC 2409, 6.3 and 6.4; SEC 2's sect163k1. */
export const binaryCurves: Record<number, BinaryCurve> = {
  3: new BinaryCurve(155, [62], 0n, 0x07338fn, 0x7bn, 0x0800000000000000000057db5698537193aef944n, 12n),
  4: new BinaryCurve(185, [69], 0n, 0x1ee9n, 0x18n, 0x01ffffffffffffffffffffffdbf2f889b73e484175f94ebcn, 4n),
  7: new BinaryCurve(163, [7, 6, 3], 1n, 1n, 0x02fe13c0537bbc11acaa07d793de4e6d5e5c94eee8n, 2n * 0x04000000000000000000020108a2e0cc0d99f8a5efn, 2n),
};
