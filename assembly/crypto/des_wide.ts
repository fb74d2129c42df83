// DES on many blocks at once, bit by bit, where blocks do not wait for one another, as in CBC decryption: 64 in the bits of
// words, 128 with SIMD.
//
//   blocks as they come:  word j is block j; with SIMD, vector j is the blocks j and 64 + j
//   turned:               word (vector) i holds bit i of all blocks
import { and, roundOfAll, xor } from "./des_boxes";
import * as ct from "../util/ct";

/** Blocks at once. */
// @ts-ignore: decorator
@inline export const WIDE: u32 = ASC_FEATURE_SIMD ? 128 : 64;

/** The blocks, as they come and turned; the planes of both halves. */
const blocks: usize = memory.data(1024, 16);
const halves: usize = memory.data(1024, 16);
/** With SIMD, the round keys' bits, an octet each: 0 or 255. */
// @ts-ignore: decorator
@lazy const bits: usize = memory.data(3072, 16);

// @ts-ignore: decorator
@inline
function up<T>(x: T, n: u32): T {
  if (isVector<T>()) return <T>i64x2.shl(x, n);
  else return <T>(x << <u64>n);
}

// @ts-ignore: decorator
@inline
function down<T>(x: T, n: u32): T {
  if (isVector<T>()) return <T>i64x2.shr_u(x, n);
  else return <T>(x >> <u64>n);
}

// @ts-ignore: decorator
@inline
function everywhere<T>(x: u64): T {
  if (isVector<T>()) return <T>i64x2.splat(x);
  else return <T>x;
}

/** Turns the 64 words at `p` as a 64 x 64 bit matrix: bit i of word j becomes bit j of word i; of vectors, both matrices. */
function transpose<T>(p: usize): void {
  let mask: u64 = 0x00000000ffffffff;
  for (let step: usize = 32; step; step >>= 1) {
    const m = everywhere<T>(mask);
    for (let i: usize = 0; i < 64; i = (i + step + 1) & ~step) {
      const low = p + i * sizeof<T>();
      const high = low + step * sizeof<T>();
      const a = load<T>(low);
      const b = load<T>(high);
      const t = and<T>(xor<T>(down<T>(a, <u32>step), b), m);
      store<T>(low, xor<T>(a, up<T>(t, <u32>step)));
      store<T>(high, xor<T>(b, t));
    }
    mask ^= mask << <u64>(step >> 1);
  }
}

/** The plane of the block's bit that IP puts at bit `i` of L; that of R is the next one (FIPS 46-3, "Enciphering"). */
// @ts-ignore: decorator
@inline
function initial<T>(i: usize): usize {
  return blocks + (((7 - (i & 7)) << 3) + ((i >> 3) << 1)) * sizeof<T>();
}

/** Where block `i` stands as it comes. */
// @ts-ignore: decorator
@inline
function place<T>(i: usize): usize {
  if (isVector<T>()) return blocks + ((i & 63) << 4) + ((i >> 6) << 3);
  else return blocks + (i << 3);
}

/** Sixteen bits of a round key: of which octet, and which bit of that. */
// @ts-ignore: decorator
@inline
function spreadPart(out: usize, key: v128, octet: v128, bit: v128): void {
  v128.store(out, i8x16.eq(v128.and(i8x16.swizzle(key, octet), bit), bit));
}

/**
 * Spreads the keys of `stages` times 16 rounds, read backwards from `keys`, in the order of decryption: from the order of
 * des_turns.ts into that of des_polynomials.ts, which des_boxes.ts goes by.
 */
function spread(keys: usize, stages: u32): void {
  let out = bits;
  for (const end = bits + (stages << 10); out < end; out += 64, keys -= 8) {
    const key = v128.load_splat<u64>(keys);
    spreadPart(out + 0, key, i8x16(4, 4, 4, 4, 0, 0, 0, 0, 5, 5, 5, 5, 1, 1, 1, 1),
      i8x16(2, 4, 8, 16, 2, 4, 8, 16, 2, 4, 8, 16, 2, 4, 8, 16));
    spreadPart(out + 16, key, i8x16(6, 6, 6, 6, 2, 2, 2, 2, 7, 7, 7, 7, 3, 3, 3, 3),
      i8x16(2, 4, 8, 16, 2, 4, 8, 16, 2, 4, 8, 16, 2, 4, 8, 16));
    spreadPart(out + 32, key, i8x16(3, 0, 0, 0, 4, 0, 0, 5, 0, 0, 0, 1, 5, 0, 0, 6),
      i8x16(32, 0, 0, 1, 32, 0, 0, 1, 32, 0, 0, 1, 32, 0, 0, 1));
    spreadPart(out + 48, key, i8x16(1, 0, 0, 2, 6, 0, 0, 7, 2, 0, 0, 3, 7, 0, 0, 4),
      i8x16(32, 0, 0, 1, 32, 0, 0, 1, 32, 0, 0, 1, 32, 0, 0, 1));
  }
}

/** The same from the order of des_polynomials.ts itself. */
function spreadInOrder(keys: usize, stages: u32): void {
  let out = bits;
  for (const end = bits + (stages << 10); out < end; out += 64, keys -= 8) {
    const key = v128.load_splat<u64>(keys);
    const each = i8x16(1, 2, 4, 8, 16, 32, 64, -128, 1, 2, 4, 8, 16, 32, 64, -128);
    spreadPart(out + 0, key, i8x16(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1), each);
    spreadPart(out + 16, key, i8x16(2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3), each);
    spreadPart(out + 32, key, i8x16(4, 4, 4, 4, 4, 4, 4, 4, 5, 5, 5, 5, 5, 5, 5, 5), each);
    spreadPart(out + 48, key, i8x16(6, 6, 6, 6, 6, 6, 6, 6, 7, 7, 7, 7, 7, 7, 7, 7), each);
  }
}

/** As decryptWide; round keys follow one another by `step` bytes from `key` on. */
function decrypt<T>(data: usize, count: u32, key: usize, step: usize, stages: u32): void {
  memory.fill(blocks, 0, 64 * sizeof<T>());
  for (let i: usize = 0; i < count; i++) store<u64>(place<T>(i), bswap<u64>(load<u64>(data + (i << 3))));
  transpose<T>(blocks);
  let l = halves;
  let r = halves + 32 * sizeof<T>();
  for (let i: usize = 0; i < 32; i++) {
    store<T>(l + i * sizeof<T>(), load<T>(initial<T>(i)));
    store<T>(r + i * sizeof<T>(), load<T>(initial<T>(i) + sizeof<T>()));
  }
  for (; stages; stages--) {
    for (let i = 0; i < 8; i++) {
      roundOfAll<T>(l, r, key);
      roundOfAll<T>(r, l, key + step);
      key += step << 1;
    }
    // As in des.ts: the last round does not exchange the halves.
    const t = l;
    l = r;
    r = t;
  }
  for (let i: usize = 0; i < 32; i++) {
    store<T>(initial<T>(i), load<T>(l + i * sizeof<T>()));
    store<T>(initial<T>(i) + sizeof<T>(), load<T>(r + i * sizeof<T>()));
  }
  transpose<T>(blocks);
  for (let i: usize = 0; i < count; i++) store<u64>(data + (i << 3), bswap<u64>(load<u64>(place<T>(i))));
}

/** Takes the keys of `stages` times 16 rounds, read backwards from `keys`, before decryptWide; `inOrder`: of des_polynomials.ts. */
export function openWide(keys: usize, stages: u32, inOrder: bool): void {
  if (ASC_FEATURE_SIMD) {
    if (inOrder) spreadInOrder(keys, stages);
    else spread(keys, stages);
  }
}

/** Decrypts `count` blocks (1 to WIDE) at `data` in place, without chaining, under the keys that openWide got. */
export function decryptWide(data: usize, count: u32, keys: usize, stages: u32): void {
  if (ASC_FEATURE_SIMD) decrypt<v128>(data, count, bits, 64, stages);
  else decrypt<u64>(data, count, keys, -8, stages);
}

/** Clears what openWide and decryptWide leave behind. */
export function closeWide(): void {
  ct.wipe(blocks, 8 * WIDE);
  ct.wipe(halves, 8 * WIDE);
  if (ASC_FEATURE_SIMD) ct.wipe(bits, 3072);
}
