/**
 * Inverses in the curves' fields: a^(p - 2) by chains of additions made for each p, which is public. A step squares t so many
 * times, multiplies it by a kept power, and keeps the result; t begins as a, which is kept as 0. Below, x[n] is a^(2^n - 1): t
 * = x[m] squared n times and multiplied by x[n] is x[m + n].
 */
import { Curve, CurveKind } from "./curves";

/** Powers that are kept, of which a is one. */
export const KEPT: usize = 6;

/** Not kept. */
const NO: u16 = 0xffff;

/** 32 ones, 31 zeros, a one, 96 zeros, 94 ones, 01. */
const P256: usize = memory.data<u16>([
  // x2, x4, x8, x16, x32
  1, 0, 1, 2, 1, 2, 4, 2, 3, 8, 3, 4, 16, 4, 5,
  32, 0, NO, 128, 5, NO, 32, 5, NO, 16, 4, NO, 8, 3, NO, 4, 2, NO, 2, 1, NO, 2, 0, NO, 0,
]);

/** 255 ones, a zero, 32 ones, 64 zeros, 30 ones, 01. */
const P384: usize = memory.data<u16>([
  // x2, x3, x6, x12, x15, x30, x60, x120, x240, x255
  1, 0, 1, 1, 0, 2, 3, 2, 3, 6, 3, NO, 3, 2, 3, 15, 3, 4, 30, 4, 5, 60, 5, 5, 120, 5, NO, 15, 3, NO,
  31, 4, NO, 2, 1, NO, 94, 4, NO, 2, 0, NO, 0,
]);

/** 519 ones, 01. */
const P521: usize = memory.data<u16>([
  // x2, x4, x6, x7, x8, x16, x32, x64, x128, x256, x512, x519
  1, 0, 1, 2, 1, NO, 2, 1, NO, 1, 0, 3, 1, 0, 4, 8, 4, 4, 16, 4, 4, 32, 4, 4, 64, 4, 4, 128, 4, 4, 256, 4, NO, 7, 3, NO,
  2, 0, NO, 0,
]);

/** 250 ones, 01011. */
const C25519: usize = memory.data<u16>([
  // x2, x4, x5, x10, x20, x40, x50, x100, x200, x250
  1, 0, 1, 2, 1, NO, 1, 0, 2, 5, 2, 3, 10, 3, 4, 20, 4, NO, 10, 3, 4, 50, 4, 5, 100, 5, NO, 50, 4, NO,
  2, 0, NO, 3, 1, NO, 0,
]);

/** The chain of a curve that is not EC2N; each step is six octets. */
export function chainOf(c: Curve): usize {
  if (c.kind == CurveKind.X25519) return C25519;
  return c.bits == 256 ? P256 : c.bits == 384 ? P384 : P521;
}

/** Squarings of a step; 0: the chain is at its end. */
export function squaringsOf(step: usize): u32 {
  return <u32>load<u16>(step);
}

/** The kept power that a step multiplies by. */
export function factorOf(step: usize): usize {
  return <usize>load<u16>(step, 2);
}

/** Whether what a step makes is kept. */
export function keeps(step: usize): bool {
  return load<u16>(step, 4) != NO;
}

/** As which. */
export function keptAs(step: usize): usize {
  return <usize>load<u16>(step, 4);
}

export const STEP: usize = 6;
