// What SHA-1 and SHA-256 of four messages at once share: the logical functions of FIPS 180-4, 4.1, on four lanes, and how
// words come into them.
import * as ct from "../../util/ct";

// @ts-ignore: decorator
@inline
export function add(x: v128, y: v128): v128 {
  return i32x4.add(x, y);
}

// @ts-ignore: decorator
@inline
export function rol(x: v128, n: i32): v128 {
  return v128.or(i32x4.shl(x, n), i32x4.shr_u(x, 32 - n));
}

// @ts-ignore: decorator
@inline
export function ror(x: v128, n: i32): v128 {
  return v128.or(i32x4.shr_u(x, n), i32x4.shl(x, 32 - n));
}

// @ts-ignore: decorator
@inline
export function ch(x: v128, y: v128, z: v128): v128 {
  return v128.bitselect(y, z, x);
}

// @ts-ignore: decorator
@inline
export function parity(x: v128, y: v128, z: v128): v128 {
  return v128.xor(v128.xor(x, y), z);
}

// @ts-ignore: decorator
@inline
export function maj(x: v128, y: v128, z: v128): v128 {
  return v128.bitselect(z, x, v128.xor(x, y));
}

/** The same where the next round asks for the majority of (w, x, y): it finds `x ^ y` done. */
// @ts-ignore: decorator
@inline
export function majority(x: v128, y: v128, z: v128): v128 {
  return v128.xor(y, v128.and(v128.xor(x, y), v128.xor(y, z)));
}

/** The block in work of each of four messages, word by word, lane by lane. */
// @ts-ignore: decorator
@lazy export const ring: usize = memory.data(256, 16);

/** The octets of each word turned: big-endian numbers. */
// @ts-ignore: decorator
@inline
function turned(x: v128): v128 {
  return i8x16.shuffle(x, x, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
}

/** Reads a block at each of four addresses into `ring`. Four loads of a lane are cheaper everywhere than a 4 x 4 turn. */
export function gather(p: usize, q: usize, r: usize, s: usize): void {
  v128.store(ring, turned(v128.load_lane<u32>(s, v128.load_lane<u32>(r, v128.load_lane<u32>(q,
    v128.load_splat<u32>(p, 0), 1, 0), 2, 0), 3, 0)), 0);
  v128.store(ring, turned(v128.load_lane<u32>(s, v128.load_lane<u32>(r, v128.load_lane<u32>(q,
    v128.load_splat<u32>(p, 4), 1, 4), 2, 4), 3, 4)), 16);
  v128.store(ring, turned(v128.load_lane<u32>(s, v128.load_lane<u32>(r, v128.load_lane<u32>(q,
    v128.load_splat<u32>(p, 8), 1, 8), 2, 8), 3, 8)), 32);
  v128.store(ring, turned(v128.load_lane<u32>(s, v128.load_lane<u32>(r, v128.load_lane<u32>(q,
    v128.load_splat<u32>(p, 12), 1, 12), 2, 12), 3, 12)), 48);
  v128.store(ring, turned(v128.load_lane<u32>(s, v128.load_lane<u32>(r, v128.load_lane<u32>(q,
    v128.load_splat<u32>(p, 16), 1, 16), 2, 16), 3, 16)), 64);
  v128.store(ring, turned(v128.load_lane<u32>(s, v128.load_lane<u32>(r, v128.load_lane<u32>(q,
    v128.load_splat<u32>(p, 20), 1, 20), 2, 20), 3, 20)), 80);
  v128.store(ring, turned(v128.load_lane<u32>(s, v128.load_lane<u32>(r, v128.load_lane<u32>(q,
    v128.load_splat<u32>(p, 24), 1, 24), 2, 24), 3, 24)), 96);
  v128.store(ring, turned(v128.load_lane<u32>(s, v128.load_lane<u32>(r, v128.load_lane<u32>(q,
    v128.load_splat<u32>(p, 28), 1, 28), 2, 28), 3, 28)), 112);
  v128.store(ring, turned(v128.load_lane<u32>(s, v128.load_lane<u32>(r, v128.load_lane<u32>(q,
    v128.load_splat<u32>(p, 32), 1, 32), 2, 32), 3, 32)), 128);
  v128.store(ring, turned(v128.load_lane<u32>(s, v128.load_lane<u32>(r, v128.load_lane<u32>(q,
    v128.load_splat<u32>(p, 36), 1, 36), 2, 36), 3, 36)), 144);
  v128.store(ring, turned(v128.load_lane<u32>(s, v128.load_lane<u32>(r, v128.load_lane<u32>(q,
    v128.load_splat<u32>(p, 40), 1, 40), 2, 40), 3, 40)), 160);
  v128.store(ring, turned(v128.load_lane<u32>(s, v128.load_lane<u32>(r, v128.load_lane<u32>(q,
    v128.load_splat<u32>(p, 44), 1, 44), 2, 44), 3, 44)), 176);
  v128.store(ring, turned(v128.load_lane<u32>(s, v128.load_lane<u32>(r, v128.load_lane<u32>(q,
    v128.load_splat<u32>(p, 48), 1, 48), 2, 48), 3, 48)), 192);
  v128.store(ring, turned(v128.load_lane<u32>(s, v128.load_lane<u32>(r, v128.load_lane<u32>(q,
    v128.load_splat<u32>(p, 52), 1, 52), 2, 52), 3, 52)), 208);
  v128.store(ring, turned(v128.load_lane<u32>(s, v128.load_lane<u32>(r, v128.load_lane<u32>(q,
    v128.load_splat<u32>(p, 56), 1, 56), 2, 56), 3, 56)), 224);
  v128.store(ring, turned(v128.load_lane<u32>(s, v128.load_lane<u32>(r, v128.load_lane<u32>(q,
    v128.load_splat<u32>(p, 60), 1, 60), 2, 60), 3, 60)), 240);
}

/** Clears the words of the last block and of the schedule. */
export function wipeRing(): void {
  ct.wipe(ring, 256);
}
