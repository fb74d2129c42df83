// Arithmetic modulo a number P by doubling and adding, for the specs of this folder.
import { random } from "./random";

/** Digits of 16 bits, the least significant first, that numbers by hand have. */
const DIGITS: i32 = 20;
const P = new StaticArray<u32>(DIGITS);

export function read(p: usize, len: u32): StaticArray<u32> {
  const x = new StaticArray<u32>(DIGITS);
  for (let i: u32 = 0; i < len; i++) x[i >>> 1] |= <u32>load<u8>(p + (len - 1 - i)) << ((i & 1) << 3);
  return x;
}

/** x := x - P where it is not less. */
export function less(x: StaticArray<u32>): void {
  for (let i = DIGITS - 1; i >= 0; i--) {
    if (x[i] < P[i]) return;
    if (x[i] > P[i]) break;
  }
  let borrow: u32 = 0;
  for (let i = 0; i < DIGITS; i++) {
    const d = x[i] - P[i] - borrow;
    x[i] = d & 0xffff;
    borrow = d >>> 31;
  }
}

/** x := x + y mod P. */
export function plus(x: StaticArray<u32>, y: StaticArray<u32>): void {
  let carry: u32 = 0;
  for (let i = 0; i < DIGITS; i++) {
    const s = x[i] + y[i] + carry;
    x[i] = s & 0xffff;
    carry = s >>> 16;
  }
  less(x);
}

/** y mod P times x mod P. */
export function times(x: StaticArray<u32>, y: StaticArray<u32>): StaticArray<u32> {
  const r = new StaticArray<u32>(DIGITS);
  for (let i = DIGITS * 16 - 1; i >= 0; i--) {
    plus(r, r);
    if ((x[i >> 4] >>> (i & 15)) & 1) plus(r, y);
  }
  return r;
}

export function same(p: usize, len: u32, x: StaticArray<u32>): bool {
  const y = read(p, len);
  for (let i = 0; i < DIGITS; i++) if (x[i] != y[i]) return false;
  return true;
}

export function zero(x: StaticArray<u32>): bool {
  for (let i = 0; i < DIGITS; i++) if (x[i]) return false;
  return true;
}

export function one(): StaticArray<u32> {
  const x = new StaticArray<u32>(DIGITS);
  x[0] = 1;
  return x;
}

/** Makes P, and writes it to `prime`: `len` octets whose first is `first`: kind 0 ends in ones, 1 in zeros and a one, others are drawn. Odd. */
export function draw(prime: usize, len: u32, first: u8, kind: u32): void {
  for (let i: u32 = 0; i < len; i++) store<u8>(prime + i, kind == 0 ? 0xff : kind == 1 ? 0 : <u8>random());
  store<u8>(prime, first);
  store<u8>(prime + len - 1, load<u8>(prime + len - 1) | 1);
  const p = read(prime, len);
  for (let i = 0; i < DIGITS; i++) P[i] = p[i];
}
