// AES bit by bit: four blocks at a time in eight 64-bit planes, one plane for each bit of a byte, so that SubBytes is a
// circuit of ANDs and XORs and no address depends on data. The circuit is that of Boyar and Peralta, "A new combinational
// logic minimization technique with applications to cryptology" (SEA 2010): 32 ANDs, 83 XORs.
//
// Plane i holds bit i of every byte; the byte in row r and column c of block b stands at bit 16r + 4c + b. A rotation
// by 16 is then a step from row to row (MixColumns), and ShiftRows rotates the four 16-bit quarters by themselves.

/** Bytes of a state: eight planes. */
export const PLANES: u32 = 64;

/** SubBytes (FIPS 197, 5.1.1) on the planes at `q`. */
export function subBytes(q: usize): void {
  const x0 = load<u64>(q, 56);
  const x1 = load<u64>(q, 48);
  const x2 = load<u64>(q, 40);
  const x3 = load<u64>(q, 32);
  const x4 = load<u64>(q, 24);
  const x5 = load<u64>(q, 16);
  const x6 = load<u64>(q, 8);
  const x7 = load<u64>(q, 0);

  const y14 = x3 ^ x5; const y13 = x0 ^ x6; const y9 = x0 ^ x3; const y8 = x0 ^ x5; const t0 = x1 ^ x2;
  const y1 = t0 ^ x7; const y4 = y1 ^ x3; const y12 = y13 ^ y14; const y2 = y1 ^ x0; const y5 = y1 ^ x6;
  const y3 = y5 ^ y8; const t1 = x4 ^ y12; const y15 = t1 ^ x5; const y20 = t1 ^ x1; const y6 = y15 ^ x7;
  const y10 = y15 ^ t0; const y11 = y20 ^ y9; const y7 = x7 ^ y11; const y17 = y10 ^ y11; const y19 = y10 ^ y8;
  const y16 = t0 ^ y11; const y21 = y13 ^ y16; const y18 = x0 ^ y16; const t2 = y12 & y15; const t3 = y3 & y6;
  const t4 = t3 ^ t2; const t5 = y4 & x7; const t6 = t5 ^ t2; const t7 = y13 & y16; const t8 = y5 & y1;
  const t9 = t8 ^ t7; const t10 = y2 & y7; const t11 = t10 ^ t7; const t12 = y9 & y11; const t13 = y14 & y17;
  const t14 = t13 ^ t12; const t15 = y8 & y10; const t16 = t15 ^ t12; const t17 = t4 ^ t14; const t18 = t6 ^ t16;
  const t19 = t9 ^ t14; const t20 = t11 ^ t16; const t21 = t17 ^ y20; const t22 = t18 ^ y19; const t23 = t19 ^ y21;
  const t24 = t20 ^ y18; const t25 = t21 ^ t22; const t26 = t21 & t23; const t27 = t24 ^ t26; const t28 = t25 & t27;
  const t29 = t28 ^ t22; const t30 = t23 ^ t24; const t31 = t22 ^ t26; const t32 = t31 & t30; const t33 = t32 ^ t24;
  const t34 = t23 ^ t33; const t35 = t27 ^ t33; const t36 = t24 & t35; const t37 = t36 ^ t34; const t38 = t27 ^ t36;
  const t39 = t29 & t38; const t40 = t25 ^ t39; const t41 = t40 ^ t37; const t42 = t29 ^ t33; const t43 = t29 ^ t40;
  const t44 = t33 ^ t37; const t45 = t42 ^ t41; const z0 = t44 & y15; const z1 = t37 & y6; const z2 = t33 & x7;
  const z3 = t43 & y16; const z4 = t40 & y1; const z5 = t29 & y7; const z6 = t42 & y11; const z7 = t45 & y17;
  const z8 = t41 & y10; const z9 = t44 & y12; const z10 = t37 & y3; const z11 = t33 & y4; const z12 = t43 & y13;
  const z13 = t40 & y5; const z14 = t29 & y2; const z15 = t42 & y9; const z16 = t45 & y14; const z17 = t41 & y8;
  const t46 = z15 ^ z16; const t47 = z10 ^ z11; const t48 = z5 ^ z13; const t49 = z9 ^ z10; const t50 = z2 ^ z12;
  const t51 = z2 ^ z5; const t52 = z7 ^ z8; const t53 = z0 ^ z3; const t54 = z6 ^ z7; const t55 = z16 ^ z17;
  const t56 = z12 ^ t48; const t57 = t50 ^ t53; const t58 = z4 ^ t46; const t59 = z3 ^ t54; const t60 = t46 ^ t57;
  const t61 = z14 ^ t57; const t62 = t52 ^ t58; const t63 = t49 ^ t58; const t64 = z4 ^ t59; const t65 = t61 ^ t62;
  const t66 = z1 ^ t63; const s0 = t59 ^ t63; const s6 = t56 ^ ~t62; const s7 = t48 ^ ~t60; const t67 = t64 ^ t65;
  const s3 = t53 ^ t66; const s4 = t51 ^ t66; const s5 = t47 ^ t65; const s1 = t64 ^ ~s3; const s2 = t55 ^ ~t67;

  store<u64>(q, s0, 56);
  store<u64>(q, s1, 48);
  store<u64>(q, s2, 40);
  store<u64>(q, s3, 32);
  store<u64>(q, s4, 24);
  store<u64>(q, s5, 16);
  store<u64>(q, s6, 8);
  store<u64>(q, s7, 0);
}

// @ts-ignore: decorator
@inline
function shiftRows(x: u64): u64 {
  return (x & 0x000000000000ffff)
    | ((x >> 4) & 0x000000000fff0000) | ((x << 12) & 0x00000000f0000000)
    | ((x >> 8) & 0x000000ff00000000) | ((x << 8) & 0x0000ff0000000000)
    | ((x >> 12) & 0x000f000000000000) | ((x << 4) & 0xfff0000000000000);
}

// @ts-ignore: decorator
@inline
function unshiftRows(x: u64): u64 {
  return (x & 0x000000000000ffff)
    | ((x << 4) & 0x00000000fff00000) | ((x >> 12) & 0x00000000000f0000)
    | ((x << 8) & 0x0000ff0000000000) | ((x >> 8) & 0x000000ff00000000)
    | ((x << 12) & 0xf000000000000000) | ((x >> 4) & 0x0fff000000000000);
}

/** ShiftRows, MixColumns and AddRoundKey (FIPS 197, 5.1.2 to 5.1.4); `k` is a round key in planes. */
export function mixRound(q: usize, k: usize): void {
  const q0 = shiftRows(load<u64>(q, 0));
  const q1 = shiftRows(load<u64>(q, 8));
  const q2 = shiftRows(load<u64>(q, 16));
  const q3 = shiftRows(load<u64>(q, 24));
  const q4 = shiftRows(load<u64>(q, 32));
  const q5 = shiftRows(load<u64>(q, 40));
  const q6 = shiftRows(load<u64>(q, 48));
  const q7 = shiftRows(load<u64>(q, 56));
  const r0 = rotr<u64>(q0, 16);
  const r1 = rotr<u64>(q1, 16);
  const r2 = rotr<u64>(q2, 16);
  const r3 = rotr<u64>(q3, 16);
  const r4 = rotr<u64>(q4, 16);
  const r5 = rotr<u64>(q5, 16);
  const r6 = rotr<u64>(q6, 16);
  const r7 = rotr<u64>(q7, 16);
  const t0 = q0 ^ r0;
  const t1 = q1 ^ r1;
  const t2 = q2 ^ r2;
  const t3 = q3 ^ r3;
  const t4 = q4 ^ r4;
  const t5 = q5 ^ r5;
  const t6 = q6 ^ r6;
  const t7 = q7 ^ r7;
  // 2(a + a') + a' + (a'' + a'''), a' being the row below; 2 moves the planes up by one, modulo x^8 + x^4 + x^3 + x + 1.
  store<u64>(q, t7 ^ r0 ^ rotr<u64>(t0, 32) ^ load<u64>(k, 0), 0);
  store<u64>(q, t0 ^ t7 ^ r1 ^ rotr<u64>(t1, 32) ^ load<u64>(k, 8), 8);
  store<u64>(q, t1 ^ r2 ^ rotr<u64>(t2, 32) ^ load<u64>(k, 16), 16);
  store<u64>(q, t2 ^ t7 ^ r3 ^ rotr<u64>(t3, 32) ^ load<u64>(k, 24), 24);
  store<u64>(q, t3 ^ t7 ^ r4 ^ rotr<u64>(t4, 32) ^ load<u64>(k, 32), 32);
  store<u64>(q, t4 ^ r5 ^ rotr<u64>(t5, 32) ^ load<u64>(k, 40), 40);
  store<u64>(q, t5 ^ r6 ^ rotr<u64>(t6, 32) ^ load<u64>(k, 48), 48);
  store<u64>(q, t6 ^ r7 ^ rotr<u64>(t7, 32) ^ load<u64>(k, 56), 56);
}

/** The last round's ShiftRows and AddRoundKey. */
export function lastRound(q: usize, k: usize): void {
  for (let i: usize = 0; i < 64; i += 8) store<u64>(q + i, shiftRows(load<u64>(q + i)) ^ load<u64>(k + i));
}

/** AddRoundKey. */
export function addKey(q: usize, k: usize): void {
  for (let i: usize = 0; i < 64; i += 8) store<u64>(q + i, load<u64>(q + i) ^ load<u64>(k + i));
}

/**
 * The inverse of the affine map in SubBytes. Inversion in the field is its own inverse, so that InvSubBytes is this map,
 * SubBytes, and this map again; the two copies around it merge into the linear steps of the rounds below.
 */
export function unmap(q: usize): void {
  const x0 = load<u64>(q, 0);
  const x1 = load<u64>(q, 8);
  const x2 = load<u64>(q, 16);
  const x3 = load<u64>(q, 24);
  const x4 = load<u64>(q, 32);
  const x5 = load<u64>(q, 40);
  const x6 = load<u64>(q, 48);
  const x7 = load<u64>(q, 56);
  store<u64>(q, ~(x2 ^ x5 ^ x7), 0);
  store<u64>(q, x3 ^ x6 ^ x0, 8);
  store<u64>(q, ~(x4 ^ x7 ^ x1), 16);
  store<u64>(q, x5 ^ x0 ^ x2, 24);
  store<u64>(q, x6 ^ x1 ^ x3, 32);
  store<u64>(q, x7 ^ x2 ^ x4, 40);
  store<u64>(q, x0 ^ x3 ^ x5, 48);
  store<u64>(q, x1 ^ x4 ^ x6, 56);
}

/**
 * The linear part of a middle round of decryption: the map that ends InvSubBytes, AddRoundKey, InvMixColumns,
 * InvShiftRows and the map that begins the next InvSubBytes (FIPS 197, 5.3; InvShiftRows and a map of bytes commute).
 */
export function unmixRound(q: usize, k: usize): void {
  const x0 = load<u64>(q, 0);
  const x1 = load<u64>(q, 8);
  const x2 = load<u64>(q, 16);
  const x3 = load<u64>(q, 24);
  const x4 = load<u64>(q, 32);
  const x5 = load<u64>(q, 40);
  const x6 = load<u64>(q, 48);
  const x7 = load<u64>(q, 56);
  let a0 = ~(x2 ^ x5 ^ x7) ^ load<u64>(k, 0);
  let a1 = x3 ^ x6 ^ x0 ^ load<u64>(k, 8);
  let a2 = ~(x4 ^ x7 ^ x1) ^ load<u64>(k, 16);
  let a3 = x5 ^ x0 ^ x2 ^ load<u64>(k, 24);
  let a4 = x6 ^ x1 ^ x3 ^ load<u64>(k, 32);
  let a5 = x7 ^ x2 ^ x4 ^ load<u64>(k, 40);
  let a6 = x0 ^ x3 ^ x5 ^ load<u64>(k, 48);
  let a7 = x1 ^ x4 ^ x6 ^ load<u64>(k, 56);
  // InvMixColumns is MixColumns after adding 4(a + a'') to every row.
  const d0 = a0 ^ rotr<u64>(a0, 32);
  const d1 = a1 ^ rotr<u64>(a1, 32);
  const d2 = a2 ^ rotr<u64>(a2, 32);
  const d3 = a3 ^ rotr<u64>(a3, 32);
  const d4 = a4 ^ rotr<u64>(a4, 32);
  const d5 = a5 ^ rotr<u64>(a5, 32);
  const d6 = a6 ^ rotr<u64>(a6, 32);
  const d7 = a7 ^ rotr<u64>(a7, 32);
  const e = d6 ^ d7;
  a0 ^= d6;
  a1 ^= e;
  a2 ^= d0 ^ d7;
  a3 ^= d1 ^ d6;
  a4 ^= d2 ^ e;
  a5 ^= d3 ^ d7;
  a6 ^= d4;
  a7 ^= d5;
  const r0 = rotr<u64>(a0, 16);
  const r1 = rotr<u64>(a1, 16);
  const r2 = rotr<u64>(a2, 16);
  const r3 = rotr<u64>(a3, 16);
  const r4 = rotr<u64>(a4, 16);
  const r5 = rotr<u64>(a5, 16);
  const r6 = rotr<u64>(a6, 16);
  const r7 = rotr<u64>(a7, 16);
  const t0 = a0 ^ r0;
  const t1 = a1 ^ r1;
  const t2 = a2 ^ r2;
  const t3 = a3 ^ r3;
  const t4 = a4 ^ r4;
  const t5 = a5 ^ r5;
  const t6 = a6 ^ r6;
  const t7 = a7 ^ r7;
  const m0 = unshiftRows(t7 ^ r0 ^ rotr<u64>(t0, 32));
  const m1 = unshiftRows(t0 ^ t7 ^ r1 ^ rotr<u64>(t1, 32));
  const m2 = unshiftRows(t1 ^ r2 ^ rotr<u64>(t2, 32));
  const m3 = unshiftRows(t2 ^ t7 ^ r3 ^ rotr<u64>(t3, 32));
  const m4 = unshiftRows(t3 ^ t7 ^ r4 ^ rotr<u64>(t4, 32));
  const m5 = unshiftRows(t4 ^ r5 ^ rotr<u64>(t5, 32));
  const m6 = unshiftRows(t5 ^ r6 ^ rotr<u64>(t6, 32));
  const m7 = unshiftRows(t6 ^ r7 ^ rotr<u64>(t7, 32));
  store<u64>(q, ~(m2 ^ m5 ^ m7), 0);
  store<u64>(q, m3 ^ m6 ^ m0, 8);
  store<u64>(q, ~(m4 ^ m7 ^ m1), 16);
  store<u64>(q, m5 ^ m0 ^ m2, 24);
  store<u64>(q, m6 ^ m1 ^ m3, 32);
  store<u64>(q, m7 ^ m2 ^ m4, 40);
  store<u64>(q, m0 ^ m3 ^ m5, 48);
  store<u64>(q, m1 ^ m4 ^ m6, 56);
}

/** InvShiftRows on the planes. */
export function unshift(q: usize): void {
  for (let i: usize = 0; i < 64; i += 8) store<u64>(q + i, unshiftRows(load<u64>(q + i)));
}

/** Puts block number `b` (0 to 3) at `block` into the words at `q`; `transpose` makes planes of four such blocks. */
export function pack(q: usize, b: usize, block: usize): void {
  const w = q + (b << 3);
  store<u64>(w, spread(load<u32>(block, 0)) | (spread(load<u32>(block, 8)) << 8));
  store<u64>(w, spread(load<u32>(block, 4)) | (spread(load<u32>(block, 12)) << 8), 32);
}

/** Writes block number `b` of the words at `q` (planes that `transpose` has turned back) to `block`. */
export function unpack(q: usize, b: usize, block: usize): void {
  const w = q + (b << 3);
  const even = load<u64>(w);
  const odd = load<u64>(w, 32);
  store<u32>(block, gather(even), 0);
  store<u32>(block, gather(odd), 4);
  store<u32>(block, gather(even >> 8), 8);
  store<u32>(block, gather(odd >> 8), 12);
}

// @ts-ignore: decorator
@inline
function spread(column: u32): u64 {
  let x = <u64>column;
  x = (x | (x << 16)) & 0x0000ffff0000ffff;
  return (x | (x << 8)) & 0x00ff00ff00ff00ff;
}

// @ts-ignore: decorator
@inline
function gather(word: u64): u32 {
  let x = word & 0x00ff00ff00ff00ff;
  x = (x | (x >> 8)) & 0x0000ffff0000ffff;
  return <u32>(x | (x >> 16));
}

/** Turns the eight words at `q` as 8 x 8 bit matrices, byte by byte; twice is the identity. */
export function transpose(q: usize): void {
  for (let i: usize = 0; i < 64; i += 16) swapBits(q + i, 8, 1, 0x5555555555555555);
  for (let i: usize = 0; i < 64; i += 32) {
    swapBits(q + i, 16, 2, 0x3333333333333333);
    swapBits(q + i + 8, 16, 2, 0x3333333333333333);
  }
  for (let i: usize = 0; i < 32; i += 8) swapBits(q + i, 32, 4, 0x0f0f0f0f0f0f0f0f);
}

// @ts-ignore: decorator
@inline
function swapBits(p: usize, step: usize, shift: u64, mask: u64): void {
  const a = load<u64>(p);
  const b = load<u64>(p + step);
  const t = ((a >> shift) ^ b) & mask;
  store<u64>(p, a ^ (t << shift));
  store<u64>(p + step, b ^ t);
}
