/**
 * Montgomery's arithmetic modulo an N that ends in 2w ones (C. K. Koc et al., "Analyzing and comparing Montgomery
 * multiplication algorithms", 1996), R = 2^(n * w) >= 2^8 * N: by columns (columns.ts), or with SIMD by rows (simd/rows.ts); and
 * the way to R^2 for primes of Oakley's form (RFC 2412, appendix E): N = p has 64 ones at either end, e = n * w - bits(p) is
 * at least 8.
 *
 * Bound: no subtraction follows a multiplication. reduce(T) < T / R + N; with p for N,
 *
 *     a < 8.1 p, b < 8.1 p:  a * b / R + p < (66 / 256 + 1) p < 1.3 p
 *
 * so products, squares, and squares shifted by two bits (below 4 * 1.3 p, and once more squared below 1.11 p) all stay
 * below 8.1 p < R. `fold` gives numbers below R: times one below 1.3 p they come out below 2.3 p.
 */
import { shifted } from "./bignum";
import { columnLimbs, forgetColumns, multiply, reduce, square } from "./columns";
import { forgetRows, rowLimbs, rowsMultiply, rowsSquare } from "./simd/rows";

/** Limbs of `w` bits, 27 to 29, that numbers of `bits` bits take; 0: more than the kernels' columns hold. */
export function limbsFor(bits: u32, w: u32): u32 {
  const least = (bits + w - 1) / w;
  if (ASC_FEATURE_SIMD) {
    const n = (least + 3) & ~3;
    return n > rowLimbs(w) ? 0 : n;
  } else {
    const n = (least + 1) & ~1;
    return n > columnLimbs(w) ? 0 : n;
  }
}

/** Forgets the limbs that are left from the last product. */
export function forgetProducts(): void {
  if (ASC_FEATURE_SIMD) forgetRows();
  else forgetColumns();
}

/** r = a * b / R mod p; t is scratch of 2n limbs; r may be a or b. */
export function montgomeryMultiply(r: usize, a: usize, b: usize, t: usize, N: usize, n: u32, w: u32): void {
  if (ASC_FEATURE_SIMD) {
    rowsMultiply(r, a, b, N, n, w);
  } else {
    multiply(t, a, b, n, w);
    reduce(r, t, N, n, w);
  }
}

/** r = a^2 / R mod p; r may be a. */
export function montgomerySquare(r: usize, a: usize, t: usize, N: usize, n: u32, w: u32): void {
  if (ASC_FEATURE_SIMD) {
    rowsSquare(r, a, N, n, w);
  } else {
    square(t, a, n, w);
    reduce(r, t, N, n, w);
  }
}

/** r = a / R mod p: out of Montgomery's form. r <= p, and r < p unless a is a multiple of p. */
export function montgomeryOut(r: usize, a: usize, t: usize, N: usize, n: u32, w: u32): void {
  const bytes = <usize>n << 2;
  if (ASC_FEATURE_SIMD) {
    memory.fill(t, 0, bytes);
    store<u32>(t, 1);
    rowsMultiply(r, t, a, N, n, w);
  } else {
    memory.copy(t, a, bytes);
    memory.fill(t + bytes, 0, bytes);
    reduce(r, t, N, n, w);
  }
}

/**
 * C = R - 2^e * p, which is R mod p, the 1 of Montgomery's form: p's upper 64 bits are ones, so C < R / 2^64. Where e is 64 or
 * more C is above p: C * C / R is far below it all the same.
 */
export function complement(C: usize, N: usize, bits: u32, n: u32, w: u32): void {
  const mask: u32 = (1 << w) - 1;
  shifted(C, N, n * w - bits, n, w);
  let carry: u32 = 1;
  for (let i: usize = 0; i < <usize>n << 2; i += 4) {
    const v = (~load<u32>(C + i) & mask) + carry;
    store<u32>(C + i, v & mask);
    carry = v >>> w;
  }
}

/**
 * One step of x := x * 2^w mod 2^e p, roughly: the limb that leaves at the top comes back times C. x has n limbs and one
 * more for what exceeds R.
 *
 * Bound: if x < R + R / 2^34 then top <= 2^w, and x' = low + top * C < R + 2^w * R / 2^64 < R + R / 2^34.
 */
export function fold(x: usize, C: usize, n: u32, w: u32): void {
  const mask: u64 = (1 << <u64>w) - 1;
  const W = <u64>w;
  const end = <usize>n << 2;
  const top = <u64>load<u32>(x + end - 4) + (<u64>load<u32>(x + end) << W);
  let carry: u64 = 0;
  let below: u64 = 0;
  for (let i: usize = 0; i < end; i += 4) {
    // below 2^w, top * C[i] at most 2^(2w), carry below 2^(w + 1): far from 2^64.
    const sum = below + top * <u64>load<u32>(C + i) + carry;
    below = <u64>load<u32>(x + i);
    store<u32>(x + i, <u32>(sum & mask));
    carry = sum >> W;
  }
  store<u32>(x + end, <u32>carry);
}

/** Brings x below R: what lies above (0 or 1 times R) comes back as C. */
export function foldTop(x: usize, C: usize, n: u32, w: u32): void {
  const mask: u64 = (1 << <u64>w) - 1;
  const W = <u64>w;
  const end = <usize>n << 2;
  const top = <u64>load<u32>(x + end);
  let carry: u64 = 0;
  for (let i: usize = 0; i < end; i += 4) {
    const sum = <u64>load<u32>(x + i) + top * <u64>load<u32>(C + i) + carry;
    store<u32>(x + i, <u32>(sum & mask));
    carry = sum >> W;
  }
  store<u32>(x + end, 0);
}
