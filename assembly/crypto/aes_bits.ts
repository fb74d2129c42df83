// AES bit by bit: four blocks at a time in eight 64-bit planes, one plane for each bit of a byte, so that SubBytes is a
// circuit of ANDs and XORs and no address depends on data. The circuit is that of Boyar and Peralta, "A new combinational
// logic minimization technique with applications to cryptology" (SEA 2010), with a shorter way out of it: 32 ANDs, 81 XORs.
// Its inverse has the same middle between other linear maps, which were found by a search for short programs: 32 ANDs, 82
// XORs. Neither adds the affine map's constant 0x63, which passes ShiftRows and MixColumns unchanged: all round keys but
// the first have it in them.
//
// Plane i holds bit i of every byte; the byte in row r and column c of block b stands at bit 16r + 4c + b, so that a
// rotation by 16 steps from row to row, and one inside the 16-bit quarters steps from column to column.
//
// ShiftRows is left out: after an odd round the state lies as before it ("skewed": row r is r columns away from where it
// belongs), MixColumns looks for a column's bytes where they are, and the odd round keys are skewed beforehand. After an
// even round two ShiftRows are due, which only exchange halves of the rows 1 and 3.

/** Bytes of a state: eight planes. */
export const PLANES: u32 = 64;

/**
 * The state, one for all modes and for aes_one.ts: at an address that is a constant, compilers check no bounds. With a state
 * of its own for counter mode, CBC took 1.2 to 1.7 times the instructions.
 */
export const state: usize = memory.data(64, 8);

/** SubBytes (FIPS 197, 5.1.1) but for its constant,. */
export function subBytes(): void {
  const x0 = load<u64>(state, 56);
  const x1 = load<u64>(state, 48);
  const x2 = load<u64>(state, 40);
  const x3 = load<u64>(state, 32);
  const x4 = load<u64>(state, 24);
  const x5 = load<u64>(state, 16);
  const x6 = load<u64>(state, 8);
  const x7 = load<u64>(state, 0);

  const y14 = x3 ^ x5; const y13 = x0 ^ x6; const y9 = x0 ^ x3; const y8 = x0 ^ x5; const t0 = x1 ^ x2; const y1 = t0 ^ x7;
  const y4 = y1 ^ x3; const y12 = y13 ^ y14; const y2 = y1 ^ x0; const y5 = y1 ^ x6; const y3 = y5 ^ y8; const t1 = x4 ^ y12;
  const y15 = t1 ^ x5; const y20 = t1 ^ x1; const y6 = y15 ^ x7; const y10 = y15 ^ t0; const y11 = y20 ^ y9;
  const y7 = x7 ^ y11; const y17 = y10 ^ y11; const y19 = y10 ^ y8; const y16 = t0 ^ y11; const y21 = y13 ^ y16;
  const y18 = x0 ^ y16; const t2 = y12 & y15; const t3 = y3 & y6; const t4 = t3 ^ t2; const t5 = y4 & x7; const t6 = t5 ^ t2;
  const t7 = y13 & y16; const t8 = y5 & y1; const t9 = t8 ^ t7; const t10 = y2 & y7; const t11 = t10 ^ t7;
  const t12 = y9 & y11; const t13 = y14 & y17; const t14 = t13 ^ t12; const t15 = y8 & y10; const t16 = t15 ^ t12;
  const t17 = t4 ^ t14; const t18 = t6 ^ t16; const t19 = t9 ^ t14; const t20 = t11 ^ t16; const t21 = t17 ^ y20;
  const t22 = t18 ^ y19; const t23 = t19 ^ y21; const t24 = t20 ^ y18; const t25 = t21 ^ t22; const t26 = t21 & t23;
  const t27 = t24 ^ t26; const t28 = t25 & t27; const t29 = t28 ^ t22; const t30 = t23 ^ t24; const t31 = t22 ^ t26;
  const t32 = t31 & t30; const t33 = t32 ^ t24; const t34 = t23 ^ t33; const t35 = t27 ^ t33; const t36 = t24 & t35;
  const t37 = t36 ^ t34; const t38 = t27 ^ t36; const t39 = t29 & t38; const t40 = t25 ^ t39; const t41 = t40 ^ t37;
  const t42 = t29 ^ t33; const t43 = t29 ^ t40; const t44 = t33 ^ t37; const t45 = t42 ^ t41; const z15 = t42 & y9;
  const z16 = t45 & y14; const u1 = z15 ^ z16; const z9 = t44 & y12; const u2 = z9 ^ u1; const z10 = t37 & y3;
  const u3 = u2 ^ z10; const z3 = t43 & y16; const z4 = t40 & y1; const u4 = z3 ^ z4; const z0 = t44 & y15;
  const u5 = z0 ^ u4; const z1 = t37 & y6; const u6 = z1 ^ u3; const u7 = u6 ^ u5; const z6 = t42 & y11; const u8 = z6 ^ u4;
  const z7 = t45 & y17; const u9 = u8 ^ z7; const z12 = t43 & y13; const u10 = z12 ^ u1; const z2 = t33 & x7;
  const u11 = z2 ^ u5; const z8 = t41 & y10; const u12 = z8 ^ z7; const u13 = u12 ^ u10; const u14 = u13 ^ u11;
  const z14 = t29 & y2; const u15 = z14 ^ u14; const z5 = t29 & y7; const u16 = z5 ^ z4; const u17 = u16 ^ u11;
  const z13 = t40 & y5; const u18 = z13 ^ u17; const s0 = u3 ^ u9; const s1 = u7 ^ u9; const z17 = t41 & y8;
  const u19 = z17 ^ z16; const u20 = u19 ^ u9; const s2 = u20 ^ u15; const s4 = u7 ^ u17; const z11 = t33 & y4;
  const u21 = z11 ^ z10; const s5 = u21 ^ u15; const s6 = u14 ^ u18; const s7 = u10 ^ u18;

  store<u64>(state, s7, 0);
  store<u64>(state, s6, 8);
  store<u64>(state, s5, 16);
  store<u64>(state, s4, 24);
  store<u64>(state, u7, 32);
  store<u64>(state, s2, 40);
  store<u64>(state, s1, 48);
  store<u64>(state, s0, 56);
}

/** InvSubBytes (FIPS 197, 5.3.2) but for the constant. */
export function unsubBytes(): void {
  const x0 = load<u64>(state, 56);
  const x1 = load<u64>(state, 48);
  const x2 = load<u64>(state, 40);
  const x3 = load<u64>(state, 32);
  const x4 = load<u64>(state, 24);
  const x5 = load<u64>(state, 16);
  const x6 = load<u64>(state, 8);
  const x7 = load<u64>(state, 0);

  const y3 = x3 ^ x0; const y6 = x1 ^ y3; const y5 = x3 ^ x1; const y9 = x4 ^ x3; const y1 = x7 ^ y9; const y13 = x6 ^ y1;
  const y2 = y5 ^ y13; const y4 = y9 ^ y2; const y12 = y3 ^ y4; const y7 = x2 ^ y4; const y16 = y1 ^ y7; const y14 = x4 ^ y6;
  const y8 = x3 ^ y6; const y10 = y6 ^ y1; const y18 = x2 ^ y9; const y19 = x7 ^ x4; const y21 = x6 ^ y7; const p1 = x5 ^ x0;
  const y0 = x2 ^ p1; const y15 = y6 ^ y0; const y11 = y4 ^ p1; const y17 = y16 ^ y15; const y20 = y9 ^ y11;
  const t2 = y12 & y15; const t3 = y3 & y6; const t4 = t3 ^ t2; const t5 = y4 & y0; const t6 = t5 ^ t2; const t7 = y13 & y16;
  const t8 = y5 & y1; const t9 = t8 ^ t7; const t10 = y2 & y7; const t11 = t10 ^ t7; const t12 = y9 & y11;
  const t13 = y14 & y17; const t14 = t13 ^ t12; const t15 = y8 & y10; const t16 = t15 ^ t12; const t17 = t4 ^ t14;
  const t18 = t6 ^ t16; const t19 = t9 ^ t14; const t20 = t11 ^ t16; const t21 = t17 ^ y20; const t22 = t18 ^ y19;
  const t23 = t19 ^ y21; const t24 = t20 ^ y18; const t25 = t21 ^ t22; const t26 = t21 & t23; const t27 = t24 ^ t26;
  const t28 = t25 & t27; const t29 = t28 ^ t22; const t30 = t23 ^ t24; const t31 = t22 ^ t26; const t32 = t31 & t30;
  const t33 = t32 ^ t24; const t34 = t23 ^ t33; const t35 = t27 ^ t33; const t36 = t24 & t35; const t37 = t36 ^ t34;
  const t38 = t27 ^ t36; const t39 = t29 & t38; const t40 = t25 ^ t39; const t41 = t40 ^ t37; const t42 = t29 ^ t33;
  const t43 = t29 ^ t40; const t44 = t33 ^ t37; const t45 = t42 ^ t41; const z12 = t43 & y13; const z16 = t45 & y14;
  const u1 = z12 ^ z16; const z6 = t42 & y11; const z15 = t42 & y9; const u2 = z6 ^ z15; const z13 = t40 & y5;
  const u3 = u2 ^ z13; const u4 = u3 ^ u1; const z8 = t41 & y10; const u5 = u4 ^ z8; const z5 = t29 & y7;
  const z3 = t43 & y16; const u6 = z5 ^ z3; const u7 = u5 ^ u6; const z0 = t44 & y15; const u8 = z0 ^ u6; const z2 = t33 & y0;
  const u9 = z2 ^ u8; const z10 = t37 & y3; const z11 = t33 & y4; const u10 = z10 ^ z11; const u11 = u10 ^ u9;
  const z4 = t40 & y1; const u12 = z4 ^ u5; const u13 = u12 ^ z3; const z1 = t37 & y6; const u14 = z1 ^ u8;
  const u15 = u14 ^ u13; const z14 = t29 & y2; const u16 = z14 ^ u11; const u17 = u16 ^ u15; const z9 = t44 & y12;
  const z17 = t41 & y8; const u18 = z9 ^ z17; const u19 = u18 ^ z11; const z7 = t45 & y17; const u20 = z7 ^ z8;
  const u21 = u20 ^ u13; const u22 = u1 ^ u17; const s1 = u22 ^ u19; const s2 = z13 ^ u17; const s3 = u7 ^ u9;
  const u23 = z16 ^ z17; const u24 = u23 ^ u11; const s4 = u24 ^ u21; const s7 = z15 ^ u19;

  store<u64>(state, s7, 0);
  store<u64>(state, u21, 8);
  store<u64>(state, u15, 16);
  store<u64>(state, s4, 24);
  store<u64>(state, s3, 32);
  store<u64>(state, s2, 40);
  store<u64>(state, s1, 48);
  store<u64>(state, u7, 56);
}

/** The byte one row below in the same column. */
// @ts-ignore: decorator
@inline
function below(x: u64): u64 {
  return rotr<u64>(x, 16);
}

/** The byte two rows below in the same column. */
// @ts-ignore: decorator
@inline
function below2(x: u64): u64 {
  return rotr<u64>(x, 32);
}

/** The same in a skewed state: one row below is also one column to the right. */
// @ts-ignore: decorator
@inline
function belowSkewed(x: u64): u64 {
  return (rotr<u64>(x, 20) & 0x0fff0fff0fff0fff) | (rotr<u64>(x, 4) & 0xf000f000f000f000);
}

// @ts-ignore: decorator
@inline
function below2Skewed(x: u64): u64 {
  return (rotr<u64>(x, 40) & 0x00ff00ff00ff00ff) | (rotr<u64>(x, 24) & 0xff00ff00ff00ff00);
}

/** ShiftRows twice, or its inverse twice. */
// @ts-ignore: decorator
@inline
function shiftTwice(x: u64): u64 {
  const t = (x ^ (x >> 8)) & 0x00ff000000ff0000;
  return x ^ t ^ (t << 8);
}

/** The inverse of ShiftRows. */
// @ts-ignore: decorator
@inline
function skew(x: u64): u64 {
  return (x & 0x000000000000ffff)
    | ((x << 4) & 0x00000000fff00000) | ((x >> 12) & 0x00000000000f0000)
    | ((x << 8) & 0x0000ff0000000000) | ((x >> 8) & 0x000000ff00000000)
    | ((x << 12) & 0xf000000000000000) | ((x >> 4) & 0x0fff000000000000);
}

/** Skews the planes of an odd round key. */
export function skewKey(k: usize): void {
  for (let i: usize = 0; i < 64; i += 8) store<u64>(k + i, skew(load<u64>(k + i)));
}

// MixColumns (FIPS 197, 5.1.3) is 2(a + a') + a' + (a'' + a''') for a byte a and those below it; 2 moves the planes up by
// one, modulo x^8 + x^4 + x^3 + x + 1.

/** MixColumns and AddRoundKey of an odd round of encryption. */
export function mixOdd(k: usize): void {
  const q0 = load<u64>(state, 0);
  const q1 = load<u64>(state, 8);
  const q2 = load<u64>(state, 16);
  const q3 = load<u64>(state, 24);
  const q4 = load<u64>(state, 32);
  const q5 = load<u64>(state, 40);
  const q6 = load<u64>(state, 48);
  const q7 = load<u64>(state, 56);
  const r0 = belowSkewed(q0);
  const r1 = belowSkewed(q1);
  const r2 = belowSkewed(q2);
  const r3 = belowSkewed(q3);
  const r4 = belowSkewed(q4);
  const r5 = belowSkewed(q5);
  const r6 = belowSkewed(q6);
  const r7 = belowSkewed(q7);
  const t0 = q0 ^ r0;
  const t1 = q1 ^ r1;
  const t2 = q2 ^ r2;
  const t3 = q3 ^ r3;
  const t4 = q4 ^ r4;
  const t5 = q5 ^ r5;
  const t6 = q6 ^ r6;
  const t7 = q7 ^ r7;
  store<u64>(state, t7 ^ r0 ^ below2Skewed(t0) ^ load<u64>(k, 0), 0);
  store<u64>(state, t0 ^ t7 ^ r1 ^ below2Skewed(t1) ^ load<u64>(k, 8), 8);
  store<u64>(state, t1 ^ r2 ^ below2Skewed(t2) ^ load<u64>(k, 16), 16);
  store<u64>(state, t2 ^ t7 ^ r3 ^ below2Skewed(t3) ^ load<u64>(k, 24), 24);
  store<u64>(state, t3 ^ t7 ^ r4 ^ below2Skewed(t4) ^ load<u64>(k, 32), 32);
  store<u64>(state, t4 ^ r5 ^ below2Skewed(t5) ^ load<u64>(k, 40), 40);
  store<u64>(state, t5 ^ r6 ^ below2Skewed(t6) ^ load<u64>(k, 48), 48);
  store<u64>(state, t6 ^ r7 ^ below2Skewed(t7) ^ load<u64>(k, 56), 56);
}

/** MixColumns and AddRoundKey of an even round of encryption. */
export function mixEven(k: usize): void {
  const q0 = shiftTwice(load<u64>(state, 0));
  const q1 = shiftTwice(load<u64>(state, 8));
  const q2 = shiftTwice(load<u64>(state, 16));
  const q3 = shiftTwice(load<u64>(state, 24));
  const q4 = shiftTwice(load<u64>(state, 32));
  const q5 = shiftTwice(load<u64>(state, 40));
  const q6 = shiftTwice(load<u64>(state, 48));
  const q7 = shiftTwice(load<u64>(state, 56));
  const r0 = below(q0);
  const r1 = below(q1);
  const r2 = below(q2);
  const r3 = below(q3);
  const r4 = below(q4);
  const r5 = below(q5);
  const r6 = below(q6);
  const r7 = below(q7);
  const t0 = q0 ^ r0;
  const t1 = q1 ^ r1;
  const t2 = q2 ^ r2;
  const t3 = q3 ^ r3;
  const t4 = q4 ^ r4;
  const t5 = q5 ^ r5;
  const t6 = q6 ^ r6;
  const t7 = q7 ^ r7;
  store<u64>(state, t7 ^ r0 ^ below2(t0) ^ load<u64>(k, 0), 0);
  store<u64>(state, t0 ^ t7 ^ r1 ^ below2(t1) ^ load<u64>(k, 8), 8);
  store<u64>(state, t1 ^ r2 ^ below2(t2) ^ load<u64>(k, 16), 16);
  store<u64>(state, t2 ^ t7 ^ r3 ^ below2(t3) ^ load<u64>(k, 24), 24);
  store<u64>(state, t3 ^ t7 ^ r4 ^ below2(t4) ^ load<u64>(k, 32), 32);
  store<u64>(state, t4 ^ r5 ^ below2(t5) ^ load<u64>(k, 40), 40);
  store<u64>(state, t5 ^ r6 ^ below2(t6) ^ load<u64>(k, 48), 48);
  store<u64>(state, t6 ^ r7 ^ below2(t7) ^ load<u64>(k, 56), 56);
}

/** AddRoundKey of the last round, an even one. */
export function mixLast(k: usize): void {
  for (let i: usize = 0; i < 64; i += 8) store<u64>(state + i, shiftTwice(load<u64>(state + i)) ^ load<u64>(k + i));
}

/** AddRoundKey. */
export function addKey(k: usize): void {
  for (let i: usize = 0; i < 64; i += 8) store<u64>(state + i, load<u64>(state + i) ^ load<u64>(k + i));
}

// InvMixColumns is MixColumns after adding 4(a + a'') to every byte.

/** Decryption between two InvSubBytes across an odd round: AddRoundKey and InvMixColumns. */
export function unmixOdd(k: usize): void {
  let a0 = load<u64>(state, 0) ^ load<u64>(k, 0);
  let a1 = load<u64>(state, 8) ^ load<u64>(k, 8);
  let a2 = load<u64>(state, 16) ^ load<u64>(k, 16);
  let a3 = load<u64>(state, 24) ^ load<u64>(k, 24);
  let a4 = load<u64>(state, 32) ^ load<u64>(k, 32);
  let a5 = load<u64>(state, 40) ^ load<u64>(k, 40);
  let a6 = load<u64>(state, 48) ^ load<u64>(k, 48);
  let a7 = load<u64>(state, 56) ^ load<u64>(k, 56);
  const d0 = a0 ^ below2Skewed(a0);
  const d1 = a1 ^ below2Skewed(a1);
  const d2 = a2 ^ below2Skewed(a2);
  const d3 = a3 ^ below2Skewed(a3);
  const d4 = a4 ^ below2Skewed(a4);
  const d5 = a5 ^ below2Skewed(a5);
  const d6 = a6 ^ below2Skewed(a6);
  const d7 = a7 ^ below2Skewed(a7);
  const e = d6 ^ d7;
  a0 ^= d6;
  a1 ^= e;
  a2 ^= d0 ^ d7;
  a3 ^= d1 ^ d6;
  a4 ^= d2 ^ e;
  a5 ^= d3 ^ d7;
  a6 ^= d4;
  a7 ^= d5;
  const r0 = belowSkewed(a0);
  const r1 = belowSkewed(a1);
  const r2 = belowSkewed(a2);
  const r3 = belowSkewed(a3);
  const r4 = belowSkewed(a4);
  const r5 = belowSkewed(a5);
  const r6 = belowSkewed(a6);
  const r7 = belowSkewed(a7);
  const t0 = a0 ^ r0;
  const t1 = a1 ^ r1;
  const t2 = a2 ^ r2;
  const t3 = a3 ^ r3;
  const t4 = a4 ^ r4;
  const t5 = a5 ^ r5;
  const t6 = a6 ^ r6;
  const t7 = a7 ^ r7;
  store<u64>(state, t7 ^ r0 ^ below2Skewed(t0), 0);
  store<u64>(state, t0 ^ t7 ^ r1 ^ below2Skewed(t1), 8);
  store<u64>(state, t1 ^ r2 ^ below2Skewed(t2), 16);
  store<u64>(state, t2 ^ t7 ^ r3 ^ below2Skewed(t3), 24);
  store<u64>(state, t3 ^ t7 ^ r4 ^ below2Skewed(t4), 32);
  store<u64>(state, t4 ^ r5 ^ below2Skewed(t5), 40);
  store<u64>(state, t5 ^ r6 ^ below2Skewed(t6), 48);
  store<u64>(state, t6 ^ r7 ^ below2Skewed(t7), 56);
}

/** Decryption between two InvSubBytes across an even round, and the two InvShiftRows that are then due. */
export function unmixEven(k: usize): void {
  let a0 = load<u64>(state, 0) ^ load<u64>(k, 0);
  let a1 = load<u64>(state, 8) ^ load<u64>(k, 8);
  let a2 = load<u64>(state, 16) ^ load<u64>(k, 16);
  let a3 = load<u64>(state, 24) ^ load<u64>(k, 24);
  let a4 = load<u64>(state, 32) ^ load<u64>(k, 32);
  let a5 = load<u64>(state, 40) ^ load<u64>(k, 40);
  let a6 = load<u64>(state, 48) ^ load<u64>(k, 48);
  let a7 = load<u64>(state, 56) ^ load<u64>(k, 56);
  const d0 = a0 ^ below2(a0);
  const d1 = a1 ^ below2(a1);
  const d2 = a2 ^ below2(a2);
  const d3 = a3 ^ below2(a3);
  const d4 = a4 ^ below2(a4);
  const d5 = a5 ^ below2(a5);
  const d6 = a6 ^ below2(a6);
  const d7 = a7 ^ below2(a7);
  const e = d6 ^ d7;
  a0 ^= d6;
  a1 ^= e;
  a2 ^= d0 ^ d7;
  a3 ^= d1 ^ d6;
  a4 ^= d2 ^ e;
  a5 ^= d3 ^ d7;
  a6 ^= d4;
  a7 ^= d5;
  const r0 = below(a0);
  const r1 = below(a1);
  const r2 = below(a2);
  const r3 = below(a3);
  const r4 = below(a4);
  const r5 = below(a5);
  const r6 = below(a6);
  const r7 = below(a7);
  const t0 = a0 ^ r0;
  const t1 = a1 ^ r1;
  const t2 = a2 ^ r2;
  const t3 = a3 ^ r3;
  const t4 = a4 ^ r4;
  const t5 = a5 ^ r5;
  const t6 = a6 ^ r6;
  const t7 = a7 ^ r7;
  store<u64>(state, shiftTwice(t7 ^ r0 ^ below2(t0)), 0);
  store<u64>(state, shiftTwice(t0 ^ t7 ^ r1 ^ below2(t1)), 8);
  store<u64>(state, shiftTwice(t1 ^ r2 ^ below2(t2)), 16);
  store<u64>(state, shiftTwice(t2 ^ t7 ^ r3 ^ below2(t3)), 24);
  store<u64>(state, shiftTwice(t3 ^ t7 ^ r4 ^ below2(t4)), 32);
  store<u64>(state, shiftTwice(t4 ^ r5 ^ below2(t5)), 40);
  store<u64>(state, shiftTwice(t5 ^ r6 ^ below2(t6)), 48);
  store<u64>(state, shiftTwice(t6 ^ r7 ^ below2(t7)), 56);
}

/** What precedes the first InvSubBytes: AddRoundKey of the last round key and two InvShiftRows. */
export function unmixFirst(k: usize): void {
  for (let i: usize = 0; i < 64; i += 8) store<u64>(state + i, shiftTwice(load<u64>(state + i) ^ load<u64>(k + i)));
}
