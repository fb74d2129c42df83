/**
 * Montgomery's arithmetic modulo any odd p through kernels (montgomery.ts) that want a modulus N which ends in 2w ones:
 *
 * - p of Oakley's form, 64 ones at either end, is one itself, and R mod p and R^2 mod p cost almost nothing (montgomery.ts);
 * - any other is taken k times, k = -1/p mod 2^(2w), which costs 2w bits. Of a p that is a secret nothing but its size shows.
 *
 * Numbers are any representatives modulo N; `leave` makes them less than p.
 *
 * Bounds of products, in multiples of N: with R >= 2^8 * N those of montgomery.ts hold. With R = 2^(n * w) >= 2^20 * N, where
 * add and subtract are used, a product of numbers below a * N and b * N is below (a * b / 2^20 + 1) * N, so below 2N for
 * a * b <= 2^20. `add` adds bounds. `subtract` adds 16N and takes b <= 16N; `subtractWide` adds 256N and takes b <= 256N. Every
 * use of them says what it has.
 */
import { bitLength, fromBytes, shifted, subtractIfNotLess, toBytes } from "./bignum";
import { complement, fold, foldTop, limbsFor, montgomeryMultiply, montgomeryOut, montgomerySquare } from "./montgomery";

/** Numbers that a modulus keeps in its space, of n limbs: 6, the last of which is 1, and with sums 2 more. */
export const MODULUS_NUMBERS: u32 = 8;

export class Modulus {
  /** Limbs, as many as limbsFor gives; and bits of a limb. */
  n: u32 = 0;
  w: u32 = 0;
  /** Bits of p. */
  bits: u32 = 0;
  /** Octets of a number, 4n. */
  stride: usize = 0;
  p: usize = 0;
  N: usize = 0;
  /** R^2, once squareStep has said so. The caller's, when he needs it no longer. */
  square: usize = 0;
  /** 1 in Montgomery's form. */
  one: usize = 0;
  /** p is of Oakley's form. */
  private oakley: bool = false;
  private secret: bool = false;
  /** N < 2^rounds * p. */
  private rounds: u32 = 0;
  /** What is left on the way to R^2: steps of a limb, or the bit of n * w that its power has reached. */
  private squareLeft: u32 = 0;
  private sixteen: usize = 0;
  private wide: usize = 0;
  /** Scratch, 2n limbs. */
  private t: usize = 0;

  /**
   * Sets p, `len` octets big-endian, odd, of exactly `bits` bits, public; n * w >= bits + 2w + 8, and with `sums`
   * bits + 2w + 20 (2w less where p itself ends in 2w ones). `space` holds MODULUS_NUMBERS numbers of n limbs, aligned to 8.
   */
  set(space: usize, p: usize, len: u32, bits: u32, n: u32, w: u32, sums: bool): void {
    this.size(bits, n, w);
    this.oakley = false;
    this.secret = false;
    this.begin(space, p, len);
    while (!this.squareStep()) {}
    if (!sums) return;
    this.sixteen = this.one + this.stride;
    this.wide = this.sixteen + this.stride;
    shifted(this.sixteen, this.N, 4, n, w);
    shifted(this.wide, this.N, 8, n, w);
  }

  /**
   * Finds form and limbs for p, `len` octets big-endian, odd, the first not 0: the widest limbs whose columns hold as many as it
   * takes. `secret`: its form is not looked at.
   */
  measure(p: usize, len: u32, secret: bool): void {
    const bits = bitLength(p, len);
    this.secret = secret;
    this.oakley = !secret && load<u64>(p) == <u64>-1 && load<u64>(p + len - 8) == <u64>-1;
    for (let w: u32 = 29; ; w--) {
      const n = limbsFor(bits + 8 + (this.oakley ? 0 : 2 * w), w);
      if (!n) continue;
      this.size(bits, n, w);
      return;
    }
  }

  private size(bits: u32, n: u32, w: u32): void {
    this.bits = bits;
    this.n = n;
    this.w = w;
    this.stride = <usize>n << 2;
  }

  /**
   * Sets the p that `measure` has seen: everything but R^2, which squareStep makes. `space` holds 6 numbers of n limbs,
   * aligned to 8.
   */
  begin(space: usize, p: usize, len: u32): void {
    const stride = this.stride;
    const n = this.n;
    const w = this.w;
    this.p = space;
    this.N = space + stride;
    this.square = space + 2 * stride;
    this.t = space + 3 * stride;
    this.one = space + 5 * stride;
    fromBytes(this.p, n, w, p, len);
    if (this.oakley) {
      this.N = this.p;
      this.rounds = 1;
      complement(this.one, this.N, this.bits, n, w);
      this.squareLeft = n;
      // `fold` has one limb more than n: the scratch, which nothing else uses meanwhile.
      store<u32>(this.t, 0);
    } else {
      this.times();
      this.remainder();
      this.squareLeft = 1 << (31 - clz<u32>(n * w));
    }
    memory.copy(this.square, this.one, stride);
  }

  /** N = k * p. */
  private times(): void {
    // k by Newton's iteration: p is its own inverse modulo 8, and each step doubles the bits.
    const W = <u64>this.w;
    const low = <u64>load<u32>(this.p) | (<u64>load<u32>(this.p, 4) << W);
    let inverse = low;
    for (let i = 0; i < 5; i++) inverse *= 2 - low * inverse;
    const k = (0 - inverse) & ((<u64>1 << (W << 1)) - 1);
    const mask: u64 = (<u64>1 << W) - 1;
    const k0 = k & mask;
    const k1 = k >> W;
    let carry: u64 = 0;
    let below: u64 = 0;
    for (let i: usize = 0; i < this.stride; i += 4) {
      // Two products below 2^(2w), 2w <= 58, and a carry below 2^(w + 2).
      const limb = <u64>load<u32>(this.p + i);
      const sum = carry + k0 * limb + k1 * below;
      store<u32>(this.N + i, <u32>(sum & mask));
      carry = sum >> W;
      below = limb;
    }
    this.rounds = this.secret ? 2 * this.w : 64 - <u32>clz<u64>(k);
  }

  /** 1 in Montgomery's form: 2^bits - p is 2^bits mod p, since p's highest bit is set; then doublings up to R. */
  private remainder(): void {
    const n = this.n;
    const w = this.w;
    const bits = this.bits;
    const mask: u32 = (1 << w) - 1;
    const one = this.one;
    let borrow: u32 = 0;
    for (let i: u32 = 0; i < n; i++) {
      const bit: u32 = i == bits / w ? <u32>1 << (bits % w) : 0;
      const d = bit - load<u32>(this.p + (<usize>i << 2)) - borrow;
      store<u32>(one + (<usize>i << 2), d & mask);
      borrow = d >>> 31;
    }
    for (let i = bits; i < n * w; i++) {
      this.twice(one);
      subtractIfNotLess(one, this.p, this.t, n, w);
    }
  }

  /** Multiplications of limbs that a squareStep takes. */
  get squareCost(): u32 {
    return this.oakley ? this.n : 2 * this.n * this.n;
  }

  /** One step on the way to R^2; true when it is there. */
  squareStep(): bool {
    const square = this.square;
    const n = this.n;
    const w = this.w;
    if (this.oakley) {
      // R mod p, and n times 2^w.
      fold(square, this.one, n, w);
      if (--this.squareLeft) return false;
      foldTop(square, this.one, n, w);
      return true;
    }
    // R^2 is 2^(n * w) in Montgomery's form: squarings, and doublings where n * w has a bit.
    this.squareOf(square, square);
    if (n * w & this.squareLeft) {
      this.twice(square);
      subtractIfNotLess(square, this.N, this.t, n, w);
    }
    this.squareLeft >>>= 1;
    return this.squareLeft == 0;
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
    montgomeryOut(r, a, this.t, this.N, this.n, this.w);
    // r <= N < 2^rounds * p.
    const u = this.t + this.stride;
    shifted(u, this.p, this.rounds - 1, this.n, this.w);
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
