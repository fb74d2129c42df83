// AES on 128-bit vectors, bit by bit: eight blocks at a time in eight planes, one for each bit of a byte, so that SubBytes
// is a circuit and no address depends on data. For what can be done in parallel: counter mode and CBC decryption.
//
// Plane i holds bit i of every byte; lane 4r + c of it is the byte in row r and column c, and bit b of that lane is
// block b's. ShiftRows then moves lanes inside of groups of four, and a step from row to row is a rotation of the whole:
//
//   lane:    0   1   2   3     4   5   6   7     8   9  10  11    12  13  14  15
//   byte:    0   4   8  12     1   5   9  13     2   6  10  14     3   7  11  15      (as FIPS 197 numbers them)
//   row:     0                 1                 2                 3
//
// The circuit is that of Boyar and Peralta, "A new combinational logic minimization technique with applications to
// cryptology" (SEA 2010), with a shorter way out of it: 32 ANDs, 81 XORs. Its inverse has the same middle between other
// linear maps (32 ANDs, 82 XORs); all of them were found by a search for short programs. Neither adds the constant 0x63 of
// the affine map: it passes ShiftRows and MixColumns unchanged and is part of the round keys.
import { subBytes } from "./aes_permute";
import * as ct from "../../util/ct";

/** Bytes of a state: eight planes. */
const PLANES: u32 = 128;
/** Bytes of eight blocks. */
const EIGHT: u32 = 128;

/** From so many bytes of stream on a run pays. */
// @ts-ignore: decorator
@inline const LONG: u32 = 256;

// Scratch of the call in work, at fixed addresses, which compilers need not check.
/** The 15 round keys, in planes. */
const roundKeys: usize = memory.data(1920, 16);
/** Eight blocks, or their planes. */
export const state: usize = memory.data(128, 16);

/** What the first round makes of a counter block whose last octet is left out, in planes. */
const firstRound: usize = memory.data(128, 16);
/** SubBytes of the last octets of 128 counter blocks, in planes: those of blocks 8g to 8g + 7 in lane g. */
const lastOctets: usize = memory.data(128, 16);
/** The compact schedule that is spread. */
let schedule: usize = 0;
/** Whether there is such a run of counter blocks, and the first one's counter. */
let running: bool = false;
let runFrom: u32 = 0;

/** Row by row from column by column, and back. */
// @ts-ignore: decorator
@inline
function turned(x: v128): v128 {
  return i8x16.swizzle(x, v128(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15));
}

/** ShiftRows (FIPS 197, 5.1.2). */
// @ts-ignore: decorator
@inline
function shiftRows(x: v128): v128 {
  return i8x16.swizzle(x, v128(0, 1, 2, 3, 5, 6, 7, 4, 10, 11, 8, 9, 15, 12, 13, 14));
}

/** InvShiftRows (FIPS 197, 5.3.1). */
// @ts-ignore: decorator
@inline
function unshiftRows(x: v128): v128 {
  return i8x16.swizzle(x, v128(0, 1, 2, 3, 7, 4, 5, 6, 10, 11, 8, 9, 13, 14, 15, 12));
}

/** The byte one row below in the same column. */
// @ts-ignore: decorator
@inline
function below(x: v128): v128 {
  return i8x16.shuffle(x, x, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3);
}

/** The byte two rows below in the same column. */
// @ts-ignore: decorator
@inline
function below2(x: v128): v128 {
  return i8x16.shuffle(x, x, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7);
}

/** Spreads the compact schedule at `ctx` (aes.ts) into planes; every block of a state meets the same key. */
export function spreadKeys(ctx: usize, rounds: usize): void {
  schedule = ctx;
  running = false;
  let constant = v128.splat<u8>(0);
  const end = ctx + 8 + (rounds << 4);
  let k = roundKeys;
  for (let at = ctx + 8; at <= end; at += 16, k += PLANES) {
    const key = v128.xor(turned(v128.load(at)), constant);
    constant = v128.splat<u8>(0x63);
    v128.store(k, bitOf(key, v128.splat<u8>(128)), 112);
    v128.store(k, bitOf(key, v128.splat<u8>(64)), 96);
    v128.store(k, bitOf(key, v128.splat<u8>(32)), 80);
    v128.store(k, bitOf(key, v128.splat<u8>(16)), 64);
    v128.store(k, bitOf(key, v128.splat<u8>(8)), 48);
    v128.store(k, bitOf(key, v128.splat<u8>(4)), 32);
    v128.store(k, bitOf(key, v128.splat<u8>(2)), 16);
    v128.store(k, bitOf(key, v128.splat<u8>(1)));
  }
}

/** All ones in the lanes that have the bit. */
// @ts-ignore: decorator
@inline
function bitOf(x: v128, bit: v128): v128 {
  return v128.eq<u8>(v128.and(x, bit), bit);
}

/** Of the bits that `mask` selects, b's change places with those `n` higher of a: returns what both are to be XORed with. */
// @ts-ignore: decorator
@inline
function apart(a: v128, b: v128, n: i32, mask: v128): v128 {
  return v128.and(v128.xor(v128.shr<u64>(a, n), b), mask);
}

/** Makes planes of the eight blocks of `state`, or blocks of its planes: 8 x 8 bit matrices are turned, byte by byte. */
function transpose(): void {
  let a = turned(v128.load(state));
  let b = turned(v128.load(state, 16));
  let c = turned(v128.load(state, 32));
  let d = turned(v128.load(state, 48));
  let e = turned(v128.load(state, 64));
  let f = turned(v128.load(state, 80));
  let g = turned(v128.load(state, 96));
  let h = turned(v128.load(state, 112));
  let t: v128;
  const m1 = v128.splat<u64>(0x5555555555555555);
  t = apart(a, b, 1, m1); a = v128.xor(a, v128.shl<u64>(t, 1)); b = v128.xor(b, t);
  t = apart(c, d, 1, m1); c = v128.xor(c, v128.shl<u64>(t, 1)); d = v128.xor(d, t);
  t = apart(e, f, 1, m1); e = v128.xor(e, v128.shl<u64>(t, 1)); f = v128.xor(f, t);
  t = apart(g, h, 1, m1); g = v128.xor(g, v128.shl<u64>(t, 1)); h = v128.xor(h, t);
  const m2 = v128.splat<u64>(0x3333333333333333);
  t = apart(a, c, 2, m2); a = v128.xor(a, v128.shl<u64>(t, 2)); c = v128.xor(c, t);
  t = apart(b, d, 2, m2); b = v128.xor(b, v128.shl<u64>(t, 2)); d = v128.xor(d, t);
  t = apart(e, g, 2, m2); e = v128.xor(e, v128.shl<u64>(t, 2)); g = v128.xor(g, t);
  t = apart(f, h, 2, m2); f = v128.xor(f, v128.shl<u64>(t, 2)); h = v128.xor(h, t);
  const m4 = v128.splat<u64>(0x0f0f0f0f0f0f0f0f);
  t = apart(a, e, 4, m4); a = v128.xor(a, v128.shl<u64>(t, 4)); e = v128.xor(e, t);
  t = apart(b, f, 4, m4); b = v128.xor(b, v128.shl<u64>(t, 4)); f = v128.xor(f, t);
  t = apart(c, g, 4, m4); c = v128.xor(c, v128.shl<u64>(t, 4)); g = v128.xor(g, t);
  t = apart(d, h, 4, m4); d = v128.xor(d, v128.shl<u64>(t, 4)); h = v128.xor(h, t);
  v128.store(state, a);
  v128.store(state, b, 16);
  v128.store(state, c, 32);
  v128.store(state, d, 48);
  v128.store(state, e, 64);
  v128.store(state, f, 80);
  v128.store(state, g, 96);
  v128.store(state, h, 112);
}

/** Encrypts the eight blocks of `state`. */
export function encryptEight(rounds: usize): void {
  transpose();
  v128.store(state, v128.xor(v128.load(state), v128.load(roundKeys)));
  v128.store(state, v128.xor(v128.load(state, 16), v128.load(roundKeys, 16)), 16);
  v128.store(state, v128.xor(v128.load(state, 32), v128.load(roundKeys, 32)), 32);
  v128.store(state, v128.xor(v128.load(state, 48), v128.load(roundKeys, 48)), 48);
  v128.store(state, v128.xor(v128.load(state, 64), v128.load(roundKeys, 64)), 64);
  v128.store(state, v128.xor(v128.load(state, 80), v128.load(roundKeys, 80)), 80);
  v128.store(state, v128.xor(v128.load(state, 96), v128.load(roundKeys, 96)), 96);
  v128.store(state, v128.xor(v128.load(state, 112), v128.load(roundKeys, 112)), 112);
  encryptPlanes(roundKeys, roundKeys + rounds * PLANES);
}

/** Encrypts the planes of `state` from the round behind that of key `k` on, and makes blocks of them. */
function encryptPlanes(k: usize, last: usize): void {
  let x7 = v128.load(state);
  let x6 = v128.load(state, 16);
  let x5 = v128.load(state, 32);
  let x4 = v128.load(state, 48);
  let x3 = v128.load(state, 64);
  let x2 = v128.load(state, 80);
  let x1 = v128.load(state, 96);
  let x0 = v128.load(state, 112);
  for (;;) {
    k += PLANES;
    // SubBytes and ShiftRows.
    const y14 = v128.xor(x3, x5); const y13 = v128.xor(x0, x6); const y9 = v128.xor(x0, x3); const y8 = v128.xor(x0, x5);
    const t0 = v128.xor(x1, x2); const y1 = v128.xor(t0, x7); const y4 = v128.xor(y1, x3); const y12 = v128.xor(y13, y14);
    const y2 = v128.xor(y1, x0); const y5 = v128.xor(y1, x6); const y3 = v128.xor(y5, y8); const t1 = v128.xor(x4, y12);
    const y15 = v128.xor(t1, x5); const y20 = v128.xor(t1, x1); const y6 = v128.xor(y15, x7); const y10 = v128.xor(y15, t0);
    const y11 = v128.xor(y20, y9); const y7 = v128.xor(x7, y11); const y17 = v128.xor(y10, y11);
    const y19 = v128.xor(y10, y8); const y16 = v128.xor(t0, y11); const y21 = v128.xor(y13, y16);
    const y18 = v128.xor(x0, y16); const t2 = v128.and(y12, y15); const t3 = v128.and(y3, y6); const t4 = v128.xor(t3, t2);
    const t5 = v128.and(y4, x7); const t6 = v128.xor(t5, t2); const t7 = v128.and(y13, y16); const t8 = v128.and(y5, y1);
    const t9 = v128.xor(t8, t7); const t10 = v128.and(y2, y7); const t11 = v128.xor(t10, t7); const t12 = v128.and(y9, y11);
    const t13 = v128.and(y14, y17); const t14 = v128.xor(t13, t12); const t15 = v128.and(y8, y10);
    const t16 = v128.xor(t15, t12); const t17 = v128.xor(t4, t14); const t18 = v128.xor(t6, t16);
    const t19 = v128.xor(t9, t14); const t20 = v128.xor(t11, t16); const t21 = v128.xor(t17, y20);
    const t22 = v128.xor(t18, y19); const t23 = v128.xor(t19, y21); const t24 = v128.xor(t20, y18);
    const t25 = v128.xor(t21, t22); const t26 = v128.and(t21, t23); const t27 = v128.xor(t24, t26);
    const t28 = v128.and(t25, t27); const t29 = v128.xor(t28, t22); const t30 = v128.xor(t23, t24);
    const t31 = v128.xor(t22, t26); const t32 = v128.and(t31, t30); const t33 = v128.xor(t32, t24);
    const t34 = v128.xor(t23, t33); const t35 = v128.xor(t27, t33); const t36 = v128.and(t24, t35);
    const t37 = v128.xor(t36, t34); const t38 = v128.xor(t27, t36); const t39 = v128.and(t29, t38);
    const t40 = v128.xor(t25, t39); const t41 = v128.xor(t40, t37); const t42 = v128.xor(t29, t33);
    const t43 = v128.xor(t29, t40); const t44 = v128.xor(t33, t37); const t45 = v128.xor(t42, t41);
    const z15 = v128.and(t42, y9); const z16 = v128.and(t45, y14); const u1 = v128.xor(z15, z16);
    const z9 = v128.and(t44, y12); const u2 = v128.xor(z9, u1); const z10 = v128.and(t37, y3); const u3 = v128.xor(u2, z10);
    const z3 = v128.and(t43, y16); const z4 = v128.and(t40, y1); const u4 = v128.xor(z3, z4); const z0 = v128.and(t44, y15);
    const u5 = v128.xor(z0, u4); const z1 = v128.and(t37, y6); const u6 = v128.xor(z1, u3); const u7 = v128.xor(u6, u5);
    const z6 = v128.and(t42, y11); const u8 = v128.xor(z6, u4); const z7 = v128.and(t45, y17); const u9 = v128.xor(u8, z7);
    const z12 = v128.and(t43, y13); const u10 = v128.xor(z12, u1); const z2 = v128.and(t33, x7); const u11 = v128.xor(z2, u5);
    const z8 = v128.and(t41, y10); const u12 = v128.xor(z8, z7); const u13 = v128.xor(u12, u10);
    const u14 = v128.xor(u13, u11); const z14 = v128.and(t29, y2); const u15 = v128.xor(z14, u14);
    const z5 = v128.and(t29, y7); const u16 = v128.xor(z5, z4); const u17 = v128.xor(u16, u11); const z13 = v128.and(t40, y5);
    const u18 = v128.xor(z13, u17); const s0 = v128.xor(u3, u9); const s1 = v128.xor(u7, u9); const z17 = v128.and(t41, y8);
    const u19 = v128.xor(z17, z16); const u20 = v128.xor(u19, u9); const s2 = v128.xor(u20, u15);
    const s4 = v128.xor(u7, u17); const z11 = v128.and(t33, y4); const u21 = v128.xor(z11, z10);
    const s5 = v128.xor(u21, u15); const s6 = v128.xor(u14, u18); const s7 = v128.xor(u10, u18);
    const q0 = shiftRows(s7);
    const q1 = shiftRows(s6);
    const q2 = shiftRows(s5);
    const q3 = shiftRows(s4);
    const q4 = shiftRows(u7);
    const q5 = shiftRows(s2);
    const q6 = shiftRows(s1);
    const q7 = shiftRows(s0);
    if (k == last) {
      v128.store(state, v128.xor(q7, v128.load(k, 112)), 112);
      v128.store(state, v128.xor(q6, v128.load(k, 96)), 96);
      v128.store(state, v128.xor(q5, v128.load(k, 80)), 80);
      v128.store(state, v128.xor(q4, v128.load(k, 64)), 64);
      v128.store(state, v128.xor(q3, v128.load(k, 48)), 48);
      v128.store(state, v128.xor(q2, v128.load(k, 32)), 32);
      v128.store(state, v128.xor(q1, v128.load(k, 16)), 16);
      v128.store(state, v128.xor(q0, v128.load(k, 0)), 0);
      break;
    }
    // MixColumns is 2(a + a') + a' + (a'' + a''') for a byte a and those below it; 2 moves the planes up by one, modulo
    // x^8 + x^4 + x^3 + x + 1.
    const b0 = below(q0);
    const b1 = below(q1);
    const b2 = below(q2);
    const b3 = below(q3);
    const b4 = below(q4);
    const b5 = below(q5);
    const b6 = below(q6);
    const b7 = below(q7);
    const d0 = v128.xor(q0, b0);
    const d1 = v128.xor(q1, b1);
    const d2 = v128.xor(q2, b2);
    const d3 = v128.xor(q3, b3);
    const d4 = v128.xor(q4, b4);
    const d5 = v128.xor(q5, b5);
    const d6 = v128.xor(q6, b6);
    const d7 = v128.xor(q7, b7);
    x0 = v128.xor(v128.xor(d6, b7), v128.xor(below2(d7), v128.load(k, 112)));
    x1 = v128.xor(v128.xor(d5, b6), v128.xor(below2(d6), v128.load(k, 96)));
    x2 = v128.xor(v128.xor(d4, b5), v128.xor(below2(d5), v128.load(k, 80)));
    x3 = v128.xor(v128.xor(v128.xor(d3, d7), b4), v128.xor(below2(d4), v128.load(k, 64)));
    x4 = v128.xor(v128.xor(v128.xor(d2, d7), b3), v128.xor(below2(d3), v128.load(k, 48)));
    x5 = v128.xor(v128.xor(d1, b2), v128.xor(below2(d2), v128.load(k, 32)));
    x6 = v128.xor(v128.xor(v128.xor(d0, d7), b1), v128.xor(below2(d1), v128.load(k, 16)));
    x7 = v128.xor(v128.xor(d7, b0), v128.xor(below2(d0), v128.load(k, 0)));
  }
  transpose();
}

/** Decrypts the eight blocks of `state`. */
function decryptEight(rounds: usize): void {
  transpose();
  let k = roundKeys + rounds * PLANES;
  let x0 = unshiftRows(v128.xor(v128.load(state, 112), v128.load(k, 112)));
  let x1 = unshiftRows(v128.xor(v128.load(state, 96), v128.load(k, 96)));
  let x2 = unshiftRows(v128.xor(v128.load(state, 80), v128.load(k, 80)));
  let x3 = unshiftRows(v128.xor(v128.load(state, 64), v128.load(k, 64)));
  let x4 = unshiftRows(v128.xor(v128.load(state, 48), v128.load(k, 48)));
  let x5 = unshiftRows(v128.xor(v128.load(state, 32), v128.load(k, 32)));
  let x6 = unshiftRows(v128.xor(v128.load(state, 16), v128.load(k, 16)));
  let x7 = unshiftRows(v128.xor(v128.load(state, 0), v128.load(k, 0)));
  for (;;) {
    k -= PLANES;
    // InvSubBytes and AddRoundKey.
    const y3 = v128.xor(x3, x0); const y6 = v128.xor(x1, y3); const y5 = v128.xor(x3, x1); const y9 = v128.xor(x4, x3);
    const y1 = v128.xor(x7, y9); const y13 = v128.xor(x6, y1); const y2 = v128.xor(y5, y13); const y4 = v128.xor(y9, y2);
    const y12 = v128.xor(y3, y4); const y7 = v128.xor(x2, y4); const y16 = v128.xor(y1, y7); const y14 = v128.xor(x4, y6);
    const y8 = v128.xor(x3, y6); const y10 = v128.xor(y6, y1); const y18 = v128.xor(x2, y9); const y19 = v128.xor(x7, x4);
    const y21 = v128.xor(x6, y7); const p1 = v128.xor(x5, x0); const y0 = v128.xor(x2, p1); const y15 = v128.xor(y6, y0);
    const y11 = v128.xor(y4, p1); const y17 = v128.xor(y16, y15); const y20 = v128.xor(y9, y11);
    const t2 = v128.and(y12, y15); const t3 = v128.and(y3, y6); const t4 = v128.xor(t3, t2); const t5 = v128.and(y4, y0);
    const t6 = v128.xor(t5, t2); const t7 = v128.and(y13, y16); const t8 = v128.and(y5, y1); const t9 = v128.xor(t8, t7);
    const t10 = v128.and(y2, y7); const t11 = v128.xor(t10, t7); const t12 = v128.and(y9, y11);
    const t13 = v128.and(y14, y17); const t14 = v128.xor(t13, t12); const t15 = v128.and(y8, y10);
    const t16 = v128.xor(t15, t12); const t17 = v128.xor(t4, t14); const t18 = v128.xor(t6, t16);
    const t19 = v128.xor(t9, t14); const t20 = v128.xor(t11, t16); const t21 = v128.xor(t17, y20);
    const t22 = v128.xor(t18, y19); const t23 = v128.xor(t19, y21); const t24 = v128.xor(t20, y18);
    const t25 = v128.xor(t21, t22); const t26 = v128.and(t21, t23); const t27 = v128.xor(t24, t26);
    const t28 = v128.and(t25, t27); const t29 = v128.xor(t28, t22); const t30 = v128.xor(t23, t24);
    const t31 = v128.xor(t22, t26); const t32 = v128.and(t31, t30); const t33 = v128.xor(t32, t24);
    const t34 = v128.xor(t23, t33); const t35 = v128.xor(t27, t33); const t36 = v128.and(t24, t35);
    const t37 = v128.xor(t36, t34); const t38 = v128.xor(t27, t36); const t39 = v128.and(t29, t38);
    const t40 = v128.xor(t25, t39); const t41 = v128.xor(t40, t37); const t42 = v128.xor(t29, t33);
    const t43 = v128.xor(t29, t40); const t44 = v128.xor(t33, t37); const t45 = v128.xor(t42, t41);
    const z12 = v128.and(t43, y13); const z16 = v128.and(t45, y14); const u1 = v128.xor(z12, z16);
    const z6 = v128.and(t42, y11); const z15 = v128.and(t42, y9); const u2 = v128.xor(z6, z15); const z13 = v128.and(t40, y5);
    const u3 = v128.xor(u2, z13); const u4 = v128.xor(u3, u1); const z8 = v128.and(t41, y10); const u5 = v128.xor(u4, z8);
    const z5 = v128.and(t29, y7); const z3 = v128.and(t43, y16); const u6 = v128.xor(z5, z3); const u7 = v128.xor(u5, u6);
    const z0 = v128.and(t44, y15); const u8 = v128.xor(z0, u6); const z2 = v128.and(t33, y0); const u9 = v128.xor(z2, u8);
    const z10 = v128.and(t37, y3); const z11 = v128.and(t33, y4); const u10 = v128.xor(z10, z11);
    const u11 = v128.xor(u10, u9); const z4 = v128.and(t40, y1); const u12 = v128.xor(z4, u5); const u13 = v128.xor(u12, z3);
    const z1 = v128.and(t37, y6); const u14 = v128.xor(z1, u8); const u15 = v128.xor(u14, u13); const z14 = v128.and(t29, y2);
    const u16 = v128.xor(z14, u11); const u17 = v128.xor(u16, u15); const z9 = v128.and(t44, y12);
    const z17 = v128.and(t41, y8); const u18 = v128.xor(z9, z17); const u19 = v128.xor(u18, z11);
    const z7 = v128.and(t45, y17); const u20 = v128.xor(z7, z8); const u21 = v128.xor(u20, u13);
    const u22 = v128.xor(u1, u17); const s1 = v128.xor(u22, u19); const s2 = v128.xor(z13, u17); const s3 = v128.xor(u7, u9);
    const u23 = v128.xor(z16, z17); const u24 = v128.xor(u23, u11); const s4 = v128.xor(u24, u21);
    const s7 = v128.xor(z15, u19);
    let a7 = v128.xor(u7, v128.load(k, 112));
    let a6 = v128.xor(s1, v128.load(k, 96));
    let a5 = v128.xor(s2, v128.load(k, 80));
    let a4 = v128.xor(s3, v128.load(k, 64));
    let a3 = v128.xor(s4, v128.load(k, 48));
    let a2 = v128.xor(u15, v128.load(k, 32));
    let a1 = v128.xor(u21, v128.load(k, 16));
    let a0 = v128.xor(s7, v128.load(k, 0));
    if (k == roundKeys) {
      v128.store(state, a0, 0);
      v128.store(state, a1, 16);
      v128.store(state, a2, 32);
      v128.store(state, a3, 48);
      v128.store(state, a4, 64);
      v128.store(state, a5, 80);
      v128.store(state, a6, 96);
      v128.store(state, a7, 112);
      break;
    }
    // InvMixColumns is MixColumns after adding 4(a + a'') to every byte.
    const f0 = v128.xor(a0, below2(a0));
    const f1 = v128.xor(a1, below2(a1));
    const f2 = v128.xor(a2, below2(a2));
    const f3 = v128.xor(a3, below2(a3));
    const f4 = v128.xor(a4, below2(a4));
    const f5 = v128.xor(a5, below2(a5));
    const f6 = v128.xor(a6, below2(a6));
    const f7 = v128.xor(a7, below2(a7));
    const g = v128.xor(f6, f7);
    a0 = v128.xor(a0, f6);
    a1 = v128.xor(a1, g);
    a2 = v128.xor(a2, v128.xor(f0, f7));
    a3 = v128.xor(a3, v128.xor(f1, f6));
    a4 = v128.xor(a4, v128.xor(f2, g));
    a5 = v128.xor(a5, v128.xor(f3, f7));
    a6 = v128.xor(a6, f4);
    a7 = v128.xor(a7, f5);
    const b0 = below(a0);
    const b1 = below(a1);
    const b2 = below(a2);
    const b3 = below(a3);
    const b4 = below(a4);
    const b5 = below(a5);
    const b6 = below(a6);
    const b7 = below(a7);
    const d0 = v128.xor(a0, b0);
    const d1 = v128.xor(a1, b1);
    const d2 = v128.xor(a2, b2);
    const d3 = v128.xor(a3, b3);
    const d4 = v128.xor(a4, b4);
    const d5 = v128.xor(a5, b5);
    const d6 = v128.xor(a6, b6);
    const d7 = v128.xor(a7, b7);
    x7 = unshiftRows(v128.xor(v128.xor(d7, b0), below2(d0)));
    x6 = unshiftRows(v128.xor(v128.xor(v128.xor(d0, d7), b1), below2(d1)));
    x5 = unshiftRows(v128.xor(v128.xor(d1, b2), below2(d2)));
    x4 = unshiftRows(v128.xor(v128.xor(v128.xor(d2, d7), b3), below2(d3)));
    x3 = unshiftRows(v128.xor(v128.xor(v128.xor(d3, d7), b4), below2(d4)));
    x2 = unshiftRows(v128.xor(v128.xor(d4, b5), below2(d5)));
    x1 = unshiftRows(v128.xor(v128.xor(d5, b6), below2(d6)));
    x0 = unshiftRows(v128.xor(v128.xor(d6, b7), below2(d7)));
  }
  transpose();
}

// Counter blocks of a packet differ in their last octet only, as long as nothing is carried. The first round is then the
// same for all of them but for that octet, which ShiftRows and MixColumns bring, one to three times, into the first column.

/** Twice each byte in GF(256). */
// @ts-ignore: decorator
@inline
function twice(x: v128): v128 {
  return v128.xor(v128.shl<u8>(x, 1), v128.and(v128.shr<i8>(x, 7), v128.splat<u8>(0x1b)));
}

/** Begins a run of 128 blocks; the last octet of `count` is 128 at most. */
function openRun(counter: usize, count: u32): void {
  const key = v128.load(schedule, 8);
  const x = v128.xor(v128.replace_lane<u32>(v128.load(counter), 3, bswap<u32>(count)), key);
  const s = v128.replace_lane<u8>(shiftRows(turned(subBytes(x))), 12, 0);
  const d = v128.xor(s, below(s));
  const next = v128.xor(turned(v128.load(schedule, 24)), v128.splat<u8>(0x63));
  const mixed = v128.xor(v128.xor(twice(d), below(s)), v128.xor(below2(d), next));
  v128.store(firstRound, bitOf(mixed, v128.splat<u8>(1)));
  v128.store(firstRound, bitOf(mixed, v128.splat<u8>(2)), 16);
  v128.store(firstRound, bitOf(mixed, v128.splat<u8>(4)), 32);
  v128.store(firstRound, bitOf(mixed, v128.splat<u8>(8)), 48);
  v128.store(firstRound, bitOf(mixed, v128.splat<u8>(16)), 64);
  v128.store(firstRound, bitOf(mixed, v128.splat<u8>(32)), 80);
  v128.store(firstRound, bitOf(mixed, v128.splat<u8>(64)), 96);
  v128.store(firstRound, bitOf(mixed, v128.splat<u8>(128)), 112);
  // transpose turns lanes, so that lane g is found in its place.
  const octets = v128.add<u8>(v128.splat<u8>(<u8>count), v128(0, 32, 64, 96, 8, 40, 72, 104, 16, 48, 80, 112, 24, 56, 88, 120));
  const mask = v128.splat<u8>(v128.extract_lane<u8>(key, 15));
  for (let b: usize = 0; b < 8; b++) {
    v128.store(state + (b << 4), subBytes(v128.xor(v128.add<u8>(octets, v128.splat<u8>(<u8>b)), mask)));
  }
  transpose();
  memory.copy(lastOctets, state, 128);
  running = true;
  runFrom = count;
}

/** Makes the planes behind the first round for the eight blocks of lane `g`. */
function continueRun(g: u8): void {
  // The octet once in the rows 0 to 2, twice in the rows 2 and 3.
  const lane = v128.splat<u8>(g);
  const once = v128.or(lane, v128(0, -128, -128, -128, 0, -128, -128, -128, 0, -128, -128, -128, -128, -128, -128, -128));
  const twofold = v128.or(lane, v128(-128, -128, -128, -128, -128, -128, -128, -128, 0, -128, -128, -128, 0, -128, -128, -128));
  const p0 = v128.load(lastOctets);
  const p1 = v128.load(lastOctets, 16);
  const p2 = v128.load(lastOctets, 32);
  const p3 = v128.load(lastOctets, 48);
  const p4 = v128.load(lastOctets, 64);
  const p5 = v128.load(lastOctets, 80);
  const p6 = v128.load(lastOctets, 96);
  const p7 = v128.load(lastOctets, 112);
  const d0 = i8x16.swizzle(p0, twofold);
  const d1 = i8x16.swizzle(p1, twofold);
  const d2 = i8x16.swizzle(p2, twofold);
  const d3 = i8x16.swizzle(p3, twofold);
  const d4 = i8x16.swizzle(p4, twofold);
  const d5 = i8x16.swizzle(p5, twofold);
  const d6 = i8x16.swizzle(p6, twofold);
  const d7 = i8x16.swizzle(p7, twofold);
  v128.store(state, v128.xor(v128.xor(v128.load(firstRound), i8x16.swizzle(p0, once)), d7));
  v128.store(state, v128.xor(v128.xor(v128.load(firstRound, 16), i8x16.swizzle(p1, once)), v128.xor(d0, d7)), 16);
  v128.store(state, v128.xor(v128.xor(v128.load(firstRound, 32), i8x16.swizzle(p2, once)), d1), 32);
  v128.store(state, v128.xor(v128.xor(v128.load(firstRound, 48), i8x16.swizzle(p3, once)), v128.xor(d2, d7)), 48);
  v128.store(state, v128.xor(v128.xor(v128.load(firstRound, 64), i8x16.swizzle(p4, once)), v128.xor(d3, d7)), 64);
  v128.store(state, v128.xor(v128.xor(v128.load(firstRound, 80), i8x16.swizzle(p5, once)), d4), 80);
  v128.store(state, v128.xor(v128.xor(v128.load(firstRound, 96), i8x16.swizzle(p6, once)), d5), 96);
  v128.store(state, v128.xor(v128.xor(v128.load(firstRound, 112), i8x16.swizzle(p7, once)), d6), 112);
}

/**
 * Makes the eight blocks of a key stream that begin with the counter block at `counter`, but with `count` for its last word;
 * `len` more bytes of stream are wanted. Between spreadKeys and wipeEight all counter blocks differ in that word alone.
 */
export function makeStream(rounds: usize, counter: usize, count: u32, len: u32): void {
  const last = roundKeys + rounds * PLANES;
  if (running && count - runFrom >= 128) running = false;
  if (!running && len > LONG && (count & 255) <= 128) openRun(counter, count);
  if (running) {
    continueRun(<u8>((count - runFrom) >>> 3));
    encryptPlanes(roundKeys + PLANES, last);
    return;
  }
  const x = v128.load(counter);
  v128.store(state, v128.replace_lane<u32>(x, 3, bswap<u32>(count)));
  v128.store(state, v128.replace_lane<u32>(x, 3, bswap<u32>(count + 1)), 16);
  v128.store(state, v128.replace_lane<u32>(x, 3, bswap<u32>(count + 2)), 32);
  v128.store(state, v128.replace_lane<u32>(x, 3, bswap<u32>(count + 3)), 48);
  v128.store(state, v128.replace_lane<u32>(x, 3, bswap<u32>(count + 4)), 64);
  v128.store(state, v128.replace_lane<u32>(x, 3, bswap<u32>(count + 5)), 80);
  v128.store(state, v128.replace_lane<u32>(x, 3, bswap<u32>(count + 6)), 96);
  v128.store(state, v128.replace_lane<u32>(x, 3, bswap<u32>(count + 7)), 112);
  encryptEight(rounds);
}

// Where 128 bytes are at hand, here and with keys above, the highest is touched first: compilers then check no further bound.

/** XORs 128 bytes with the stream. */
export function xorStream(data: usize): void {
  v128.store(data, v128.xor(v128.load(data, 112), v128.load(state, 112)), 112);
  v128.store(data, v128.xor(v128.load(data, 96), v128.load(state, 96)), 96);
  v128.store(data, v128.xor(v128.load(data, 80), v128.load(state, 80)), 80);
  v128.store(data, v128.xor(v128.load(data, 64), v128.load(state, 64)), 64);
  v128.store(data, v128.xor(v128.load(data, 48), v128.load(state, 48)), 48);
  v128.store(data, v128.xor(v128.load(data, 32), v128.load(state, 32)), 32);
  v128.store(data, v128.xor(v128.load(data, 16), v128.load(state, 16)), 16);
  v128.store(data, v128.xor(v128.load(data), v128.load(state)));
}

/** Decrypts `len` bytes, whole blocks, in place; `iv` becomes the last ciphertext block. */
export function cbcDecrypt(rounds: usize, iv: usize, data: usize, len: u32): void {
  let chain = v128.load(iv);
  for (; len >= EIGHT; len -= EIGHT, data += EIGHT) {
    const next = v128.load(data, 112);
    v128.store(state, next, 112);
    v128.store(state, v128.load(data, 96), 96);
    v128.store(state, v128.load(data, 80), 80);
    v128.store(state, v128.load(data, 64), 64);
    v128.store(state, v128.load(data, 48), 48);
    v128.store(state, v128.load(data, 32), 32);
    v128.store(state, v128.load(data, 16), 16);
    v128.store(state, v128.load(data));
    decryptEight(rounds);
    // Backwards, while the ciphertext before it is still there.
    v128.store(data, v128.xor(v128.load(state, 112), v128.load(data, 96)), 112);
    v128.store(data, v128.xor(v128.load(state, 96), v128.load(data, 80)), 96);
    v128.store(data, v128.xor(v128.load(state, 80), v128.load(data, 64)), 80);
    v128.store(data, v128.xor(v128.load(state, 64), v128.load(data, 48)), 64);
    v128.store(data, v128.xor(v128.load(state, 48), v128.load(data, 32)), 48);
    v128.store(data, v128.xor(v128.load(state, 32), v128.load(data, 16)), 32);
    v128.store(data, v128.xor(v128.load(state, 16), v128.load(data)), 16);
    v128.store(data, v128.xor(v128.load(state), chain));
    chain = next;
  }
  if (len) {
    for (let i: usize = 0; i < len; i += 16) v128.store(state + i, v128.load(data + i));
    decryptEight(rounds);
    const next = v128.load(data + len - 16);
    for (let i: usize = len - 16; i; i -= 16) v128.store(data + i, v128.xor(v128.load(state + i), v128.load(data + i - 16)));
    v128.store(data, v128.xor(v128.load(state), chain));
    chain = next;
  }
  v128.store(iv, chain);
}

/** Forgets key and texts. */
export function wipeEight(): void {
  ct.wipe(roundKeys, 1920);
  ct.wipe(state, EIGHT);
  ct.wipe(firstRound, 128);
  ct.wipe(lastOctets, 128);
  running = false;
}
