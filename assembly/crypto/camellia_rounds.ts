// The rounds of Camellia on planes (camellia.ts; RFC 3713, 2.4). The S-boxes are one function, the inverse in GF(2^8) between two
// affine maps, and rotations of its input or output by a place. The inverse is taken over GF(2^4), where an element is
// p + q B with B^2 + B + 9 = 0 and the coordinates of p and q are those of a polynomial in A with A^4 + A + 1 = 0.
//
//      1 / (p + q B) = ((p + q) + q B) / n,   n = p^2 + p q + 9 q^2

/** Octets of a plane whose S-box is the first with its input one place to the left: x4 and x7. */
// @ts-ignore: decorator
@inline const IN_LEFT: u64 = 0x00ff0000ff000000;
/** Octets whose S-box is the first with its output one place to the left, x2 and x5, and to the right, x3 and x6. */
// @ts-ignore: decorator
@inline const OUT_LEFT: u64 = 0x000000ff0000ff00;
// @ts-ignore: decorator
@inline const OUT_RIGHT: u64 = 0x0000ff0000ff0000;
// @ts-ignore: decorator
@inline const OUT_SAME: u64 = ~(OUT_LEFT | OUT_RIGHT);

/** Plane `p` of a half with its key. */
// @ts-ignore: decorator
@inline
function keyed(from: usize, key: usize, p: usize): u64 {
  return load<u64>(from + p * 8) ^ load<u64>(key + p * 8);
}

/** Octets of `mask` from x, the others from y. */
// @ts-ignore: decorator
@inline
function pick(mask: u64, x: u64, y: u64): u64 {
  return y ^ (mask & (x ^ y));
}

/** The XOR of a word's four octets, in each of them. */
// @ts-ignore: decorator
@inline
function total(x: u32): u32 {
  x ^= rotl<u32>(x, 16);
  return x ^ rotl<u32>(x, 8);
}

/**
 * The P function on one plane of what the S-boxes give, same `y`, a place below `below`, a place above `above`; added to plane
 * `p` of `to`. With A and B the left and the right word, and A' the left one octet on:
 *
 *      left = A' + B + total(A) + total(B)      right = A' + B + A + total(B)
 */
// @ts-ignore: decorator
@inline
function spread(to: usize, p: usize, y: u64, below: u64, above: u64): void {
  const s = (y & OUT_SAME) | (below & OUT_LEFT) | (above & OUT_RIGHT);
  const a = <u32>s;
  const b = <u32>(s >> 32);
  const w = rotr<u32>(a, 8) ^ b ^ total(b);
  store<u64>(to + p * 8, load<u64>(to + p * 8) ^ (<u64>(w ^ total(a)) | (<u64>(w ^ a) << 32)));
}

/** to ^= F(from, key), on planes. */
export function feistel(to: usize, from: usize, key: usize): void {
  const i0 = keyed(from, key, 0);
  const i1 = keyed(from, key, 1);
  const i2 = keyed(from, key, 2);
  const i3 = keyed(from, key, 3);
  const i4 = keyed(from, key, 4);
  const i5 = keyed(from, key, 5);
  const i6 = keyed(from, key, 6);
  const i7 = keyed(from, key, 7);
  // The input of the inverse: the first affine map, whose constant 0xc5 is put into the XORs that follow.
  const a1 = ~pick(IN_LEFT, i6, i7);
  const a2 = ~pick(IN_LEFT, i5, i6);
  const a3 = pick(IN_LEFT, i4, i5);
  const a4 = pick(IN_LEFT, i3, i4);
  const a5 = pick(IN_LEFT, i2, i3);
  const a6 = ~pick(IN_LEFT, i1, i2);
  const a7 = pick(IN_LEFT, i0, i1);
  const a8 = ~pick(IN_LEFT, i7, i0);
  const q3 = a6 ^ a2, q2 = a7 ^ a1, q1 = a8 ^ a5 ^ a3, q0 = a8 ^ a3;
  const p3 = a7 ^ a4, p2 = a5 ^ a2, p1 = a8 ^ a1, p0 = a6 ^ a4;
  // n, then its inverse.
  const ms = (p1 & q3) ^ (p2 & q2) ^ (p3 & q1);
  const mt = (p2 & q3) ^ (p3 & q2);
  const md = (p3 & q3);
  const m0 = (p0 & q0) ^ ms;
  const m1 = (p0 & q1) ^ (p1 & q0) ^ ms ^ mt;
  const m2 = (p0 & q2) ^ (p1 & q1) ^ (p2 & q0) ^ mt ^ md;
  const m3 = (p0 & q3) ^ (p1 & q2) ^ (p2 & q1) ^ (p3 & q0) ^ md;
  const n0 = m0 ^ p0 ^ p2 ^ q0, n1 = m1 ^ p2 ^ q1 ^ q3, n2 = m2 ^ p1 ^ p3 ^ q3, n3 = m3 ^ p3 ^ q0 ^ q2;
  const n01 = n0 & n1, n02 = n0 & n2, n12 = n1 & n2, n03 = n0 & n3, n13 = n1 & n3, n23 = n2 & n3, n123 = n12 & n3;
  const d0 = n0 ^ n1 ^ n2 ^ n3 ^ n02 ^ n12 ^ (n01 & n2) ^ n123;
  const d1 = n3 ^ n01 ^ n02 ^ n12 ^ n13 ^ (n01 & n3);
  const d2 = n2 ^ n3 ^ n01 ^ n02 ^ n03 ^ (n02 & n3);
  const d3 = n1 ^ n2 ^ n3 ^ n03 ^ n13 ^ n23 ^ n123;
  const s0 = p0 ^ q0, s1 = p1 ^ q1, s2 = p2 ^ q2, s3 = p3 ^ q3;
  const us = (s1 & d3) ^ (s2 & d2) ^ (s3 & d1);
  const ut = (s2 & d3) ^ (s3 & d2);
  const ud = (s3 & d3);
  const u0 = (s0 & d0) ^ us;
  const u1 = (s0 & d1) ^ (s1 & d0) ^ us ^ ut;
  const u2 = (s0 & d2) ^ (s1 & d1) ^ (s2 & d0) ^ ut ^ ud;
  const u3 = (s0 & d3) ^ (s1 & d2) ^ (s2 & d1) ^ (s3 & d0) ^ ud;
  const vs = (q1 & d3) ^ (q2 & d2) ^ (q3 & d1);
  const vt = (q2 & d3) ^ (q3 & d2);
  const vd = (q3 & d3);
  const v0 = (q0 & d0) ^ vs;
  const v1 = (q0 & d1) ^ (q1 & d0) ^ vs ^ vt;
  const v2 = (q0 & d2) ^ (q1 & d1) ^ (q2 & d0) ^ vt ^ vd;
  const v3 = (q0 & d3) ^ (q1 & d2) ^ (q2 & d1) ^ (q3 & d0) ^ vd;
  // The second affine map, with its constant 0x6e.
  const o7 = u3 ^ u2 ^ v2;
  const o6 = ~(u2 ^ v2);
  const o5 = ~(u1 ^ v0);
  const o4 = u0 ^ v2;
  const o3 = ~(u1 ^ v1);
  const o2 = ~(u0 ^ v3);
  const o1 = ~(u3 ^ v3);
  const o0 = u2 ^ v1;
  spread(to, 0, o0, o7, o1);
  spread(to, 1, o1, o0, o2);
  spread(to, 2, o2, o1, o3);
  spread(to, 3, o3, o2, o4);
  spread(to, 4, o4, o3, o5);
  spread(to, 5, o5, o4, o6);
  spread(to, 6, o6, o5, o7);
  spread(to, 7, o7, o6, o0);
}

/** FL of the left half and the inverse of FL of the right one, under two subkeys one after the other. */
export function fl(left: usize, right: usize, key: usize): void {
  // xr ^= (xl & kl) <<< 1: the lowest plane takes the highest of the octet that follows.
  const top = rotr<u32>(load<u32>(left, 56) & load<u32>(key, 56), 8);
  for (let p: usize = 56; p; p -= 8) {
    store<u32>(left + p, load<u32>(left + p, 4) ^ (load<u32>(left + p - 8) & load<u32>(key + p - 8)), 4);
  }
  store<u32>(left, load<u32>(left, 4) ^ top, 4);
  // xl ^= xr | kr
  for (let p: usize = 0; p < 64; p += 8) {
    store<u32>(left + p, load<u32>(left + p) ^ (load<u32>(left + p, 4) | load<u32>(key + p, 4)));
  }
  // The same backwards.
  key += 64;
  for (let p: usize = 0; p < 64; p += 8) {
    store<u32>(right + p, load<u32>(right + p) ^ (load<u32>(right + p, 4) | load<u32>(key + p, 4)));
  }
  const first = rotr<u32>(load<u32>(right, 56) & load<u32>(key, 56), 8);
  for (let p: usize = 56; p; p -= 8) {
    store<u32>(right + p, load<u32>(right + p, 4) ^ (load<u32>(right + p - 8) & load<u32>(key + p - 8)), 4);
  }
  store<u32>(right, load<u32>(right, 4) ^ first, 4);
}
