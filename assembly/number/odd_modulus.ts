/**
 * Montgomery's arithmetic modulo any odd p through the kernels of columns.ts, which want a modulus that ends in 2w ones:
 * they are given N = k * p for k = -1/p mod 2^(2w). Numbers are any representatives modulo N; `leave` makes them less than p.
 *
 * Bounds, in multiples of N, for R = 2^(n * w) >= 2^20 * N where add and subtract are used: a product of numbers below a * N
 * and b * N is below (a * b / 2^20 + 1) * N, so below 2N for a * b <= 2^20. `add` adds bounds. `subtract` adds 16N and takes
 * b <= 16N; `subtractWide` adds 256N and takes b <= 256N. Every use of them says what it has.
 *
 * p is public; the numbers are secrets.
 */
import { fromBytes, subtractIfNotLess, toBytes } from "./bignum";
import { montgomeryMultiply, montgomeryOut, montgomerySquare } from "./montgomery";

/** Numbers that a modulus keeps in its space, 10 of n limbs. */
export const MODULUS_NUMBERS: u32 = 10;

export class Modulus {
  /** Limbs, even; and bits of a limb, see columns.ts. */
  n: u32 = 0;
  w: u32 = 0;
  /** Bits of p. */
  bits: u32 = 0;
  /** Octets of a number, 4n. */
  stride: usize = 0;
  /** 1 in Montgomery's form, less than p. */
  one: usize = 0;
  /** R^2. */
  square: usize = 0;
  p: usize = 0;
  N: usize = 0;
  /** p * 2^(rounds - 1), where 2^rounds > k. */
  private top: usize = 0;
  private rounds: u32 = 0;
  /** The bit of n * w that the power which makes R^2 has reached. */
  private squareBit: u32 = 0;
  private sixteen: usize = 0;
  private wide: usize = 0;
  /** Scratch: 2n limbs, and n. */
  private t: usize = 0;
  private u: usize = 0;

  /**
   * Sets p, `len` octets big-endian, odd, of exactly `bits` bits; n * w >= bits + 2w + 8, and with `sums` bits + 2w + 20 (2w
   * less where p itself ends in 2w ones). `space` holds MODULUS_NUMBERS numbers of n limbs, aligned to 8.
   */
  set(space: usize, p: usize, len: u32, bits: u32, n: u32, w: u32, sums: bool): void {
    this.begin(space, p, len, bits, n, w);
    while (!this.squareStep()) {}
    if (!sums) return;
    memory.copy(this.sixteen, this.N, this.stride);
    for (let i = 0; i < 4; i++) this.twice(this.sixteen);
    memory.copy(this.wide, this.sixteen, this.stride);
    for (let i = 0; i < 4; i++) this.twice(this.wide);
  }

  /** The cheap part of `set` without sums: everything but R^2, which squareStep makes. */
  begin(space: usize, p: usize, len: u32, bits: u32, n: u32, w: u32): void {
    const stride = <usize>n << 2;
    this.n = n;
    this.w = w;
    this.bits = bits;
    this.stride = stride;
    this.p = space;
    this.N = space + stride;
    this.one = space + 2 * stride;
    this.square = space + 3 * stride;
    this.top = space + 4 * stride;
    this.sixteen = space + 5 * stride;
    this.wide = space + 6 * stride;
    this.t = space + 7 * stride;
    this.u = space + 9 * stride;
    fromBytes(this.p, n, w, p, len);

    // k by Newton's iteration: p is its own inverse modulo 8, and each step doubles the bits.
    const W = <u64>w;
    const low = <u64>load<u32>(this.p) | (<u64>load<u32>(this.p, 4) << W);
    let inverse = low;
    for (let i = 0; i < 5; i++) inverse *= 2 - low * inverse;
    const k = (0 - inverse) & ((<u64>1 << (W << 1)) - 1);
    const mask: u64 = (<u64>1 << W) - 1;
    const k0 = k & mask;
    const k1 = k >> W;
    let carry: u64 = 0;
    let below: u64 = 0;
    for (let i: usize = 0; i < stride; i += 4) {
      // Two products below 2^(2w), 2w <= 58, and a carry below 2^(w + 2).
      const limb = <u64>load<u32>(this.p + i);
      const sum = carry + k0 * limb + k1 * below;
      store<u32>(this.N + i, <u32>(sum & mask));
      carry = sum >> W;
      below = limb;
    }
    this.rounds = 64 - <u32>clz<u64>(k);
    memory.copy(this.top, this.p, stride);
    for (let i: u32 = 1; i < this.rounds; i++) this.twice(this.top);

    // 1: 2^bits - p is 2^bits mod p, since p's highest bit is set; then doublings up to R.
    const one = this.one;
    let borrow: u32 = 0;
    for (let i: u32 = 0; i < n; i++) {
      const bit: u32 = i == bits / w ? <u32>1 << (bits % w) : 0;
      const d = bit - load<u32>(this.p + (<usize>i << 2)) - borrow;
      store<u32>(one + (<usize>i << 2), d & <u32>mask);
      borrow = d >>> 31;
    }
    for (let i = bits; i < n * w; i++) {
      this.twice(one);
      subtractIfNotLess(one, this.p, this.t, n, w);
    }
    memory.copy(this.square, one, stride);
    this.squareBit = 1 << (31 - clz<u32>(n * w));
  }

  /** One squaring on the way to R^2, which is 2^(n * w) in Montgomery's form; true when it is there. */
  squareStep(): bool {
    this.squareOf(this.square, this.square);
    if (this.n * this.w & this.squareBit) {
      this.twice(this.square);
      subtractIfNotLess(this.square, this.N, this.t, this.n, this.w);
    }
    this.squareBit >>>= 1;
    return this.squareBit == 0;
  }

  /** x := 2x. */
  private twice(x: usize): void {
    const w = this.w;
    const mask: u32 = (1 << w) - 1;
    let carry: u32 = 0;
    for (const end = x + this.stride; x < end; x += 4) {
      const v = (load<u32>(x) << 1) | carry;
      store<u32>(x, v & mask);
      carry = v >>> w;
    }
  }

  /** r = a * b; r may be a or b. */
  multiply(r: usize, a: usize, b: usize): void {
    montgomeryMultiply(r, a, b, this.t, this.N, this.n, this.w);
  }

  /** r = a^2. */
  squareOf(r: usize, a: usize): void {
    montgomerySquare(r, a, this.t, this.N, this.n, this.w);
  }

  /** r = a + b. */
  add(r: usize, a: usize, b: usize): void {
    const w = this.w;
    const mask: u32 = (1 << w) - 1;
    let carry: u32 = 0;
    for (let i: usize = 0; i < this.stride; i += 4) {
      const v = load<u32>(a + i) + load<u32>(b + i) + carry;
      store<u32>(r + i, v & mask);
      carry = v >>> w;
    }
  }

  /** r = a - b, plus 16N, for b <= 16N. */
  subtract(r: usize, a: usize, b: usize): void {
    this.difference(r, a, b, this.sixteen);
  }

  /** r = a - b, plus 256N, for b <= 256N. */
  subtractWide(r: usize, a: usize, b: usize): void {
    this.difference(r, a, b, this.wide);
  }

  private difference(r: usize, a: usize, b: usize, plus: usize): void {
    const w = <i32>this.w;
    const mask: i32 = (1 << w) - 1;
    let carry: i32 = 0;
    for (let i: usize = 0; i < this.stride; i += 4) {
      const v = load<i32>(a + i) + load<i32>(plus + i) - load<i32>(b + i) + carry;
      store<i32>(r + i, v & mask);
      carry = v >> w;
    }
  }

  /** Reads a number of `len` octets, big-endian, less than 2^(bits + 8), into Montgomery's form. */
  enter(r: usize, p: usize, len: u32): void {
    fromBytes(r, this.n, this.w, p, len);
    this.multiply(r, r, this.square);
  }

  /** r = a out of Montgomery's form, less than p. */
  leave(r: usize, a: usize): void {
    const u = this.u;
    montgomeryOut(r, a, this.t, this.N, this.n, this.w);
    // r <= k * p < 2^rounds * p.
    memory.copy(u, this.top, this.stride);
    for (let i: u32 = 0; i < this.rounds; i++) {
      subtractIfNotLess(r, u, this.t, this.n, this.w);
      let above: u32 = 0;
      for (let at = u + this.stride; at > u; ) {
        at -= 4;
        const limb = load<u32>(at);
        store<u32>(at, (limb >>> 1) | (above << (this.w - 1)));
        above = limb & 1;
      }
    }
  }

  /** Writes a, out of Montgomery's form, as `len` octets big-endian; r is scratch. */
  write(out: usize, len: u32, a: usize, r: usize): void {
    this.leave(r, a);
    toBytes(out, len, r, this.n, this.w);
  }

  /** Whether a is 0 modulo p; r is scratch. */
  isZero(a: usize, r: usize): bool {
    this.leave(r, a);
    let any: u32 = 0;
    for (let i: usize = 0; i < this.stride; i += 4) any |= load<u32>(r + i);
    return any == 0;
  }
}
