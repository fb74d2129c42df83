// SHA-256's compression (FIPS 180-4, 6.2.2) of four messages at once: lane i of every vector belongs to message i. Constant
// time as the scalar code is. Sixteen rounds are written out; the last sixteen words of the schedule stand in memory, since
// no machine has registers for them beside the eight working variables.
import { K256 } from "../sha_words";
import { add, ch, gather, majority, ring, ror } from "./sha_lanes";

/** The chaining values of four messages, word by word: eight vectors. */
// @ts-ignore: decorator
@lazy const state: usize = memory.data(128, 16);

// @ts-ignore: decorator
@inline
function bigSigma0(x: v128): v128 {
  return v128.xor(v128.xor(ror(x, 2), ror(x, 13)), ror(x, 22));
}

// @ts-ignore: decorator
@inline
function bigSigma1(x: v128): v128 {
  return v128.xor(v128.xor(ror(x, 6), ror(x, 11)), ror(x, 25));
}

/** Word `i` of the next sixteen, which takes the place of the same word of the last sixteen. */
// @ts-ignore: decorator
@inline
function next(i: usize): v128 {
  const x = v128.load(ring + (((i + 1) & 15) << 4));
  const y = v128.load(ring + (((i + 14) & 15) << 4));
  const s0 = v128.xor(v128.xor(ror(x, 7), ror(x, 18)), i32x4.shr_u(x, 3));
  const s1 = v128.xor(v128.xor(ror(y, 17), ror(y, 19)), i32x4.shr_u(y, 10));
  const w = add(add(v128.load(ring + (i << 4)), s0), add(v128.load(ring + (((i + 9) & 15) << 4)), s1));
  v128.store(ring + (i << 4), w);
  return w;
}

/** T1 of a round (FIPS 180-4, 6.2.2). */
// @ts-ignore: decorator
@inline
function t1(e: v128, f: v128, g: v128, h: v128, k: v128, w: v128): v128 {
  return add(add(h, add(k, w)), add(bigSigma1(e), ch(e, f, g)));
}

/** T2. */
// @ts-ignore: decorator
@inline
function t2(a: v128, b: v128, c: v128): v128 {
  return add(bigSigma0(a), majority(a, b, c));
}

/** Where the four chaining values stand, 128 bytes: word by word, lane by lane. */
export function lanes(): usize {
  return state;
}

/** Folds `blocks` whole blocks at each of four addresses into the four chaining values. */
export function compressFour(p: usize, q: usize, r: usize, s: usize, blocks: u32): void {
  for (; blocks; blocks--) {
    gather(p, q, r, s);
    let a = v128.load(state, 0);
    let b = v128.load(state, 16);
    let c = v128.load(state, 32);
    let d = v128.load(state, 48);
    let e = v128.load(state, 64);
    let f = v128.load(state, 80);
    let g = v128.load(state, 96);
    let h = v128.load(state, 112);
    h = t1(e, f, g, h, v128.load_splat<u32>(K256, 0), v128.load(ring, 0)); d = add(d, h); h = add(h, t2(a, b, c));
    g = t1(d, e, f, g, v128.load_splat<u32>(K256, 4), v128.load(ring, 16)); c = add(c, g); g = add(g, t2(h, a, b));
    f = t1(c, d, e, f, v128.load_splat<u32>(K256, 8), v128.load(ring, 32)); b = add(b, f); f = add(f, t2(g, h, a));
    e = t1(b, c, d, e, v128.load_splat<u32>(K256, 12), v128.load(ring, 48)); a = add(a, e); e = add(e, t2(f, g, h));
    d = t1(a, b, c, d, v128.load_splat<u32>(K256, 16), v128.load(ring, 64)); h = add(h, d); d = add(d, t2(e, f, g));
    c = t1(h, a, b, c, v128.load_splat<u32>(K256, 20), v128.load(ring, 80)); g = add(g, c); c = add(c, t2(d, e, f));
    b = t1(g, h, a, b, v128.load_splat<u32>(K256, 24), v128.load(ring, 96)); f = add(f, b); b = add(b, t2(c, d, e));
    a = t1(f, g, h, a, v128.load_splat<u32>(K256, 28), v128.load(ring, 112)); e = add(e, a); a = add(a, t2(b, c, d));
    h = t1(e, f, g, h, v128.load_splat<u32>(K256, 32), v128.load(ring, 128)); d = add(d, h); h = add(h, t2(a, b, c));
    g = t1(d, e, f, g, v128.load_splat<u32>(K256, 36), v128.load(ring, 144)); c = add(c, g); g = add(g, t2(h, a, b));
    f = t1(c, d, e, f, v128.load_splat<u32>(K256, 40), v128.load(ring, 160)); b = add(b, f); f = add(f, t2(g, h, a));
    e = t1(b, c, d, e, v128.load_splat<u32>(K256, 44), v128.load(ring, 176)); a = add(a, e); e = add(e, t2(f, g, h));
    d = t1(a, b, c, d, v128.load_splat<u32>(K256, 48), v128.load(ring, 192)); h = add(h, d); d = add(d, t2(e, f, g));
    c = t1(h, a, b, c, v128.load_splat<u32>(K256, 52), v128.load(ring, 208)); g = add(g, c); c = add(c, t2(d, e, f));
    b = t1(g, h, a, b, v128.load_splat<u32>(K256, 56), v128.load(ring, 224)); f = add(f, b); b = add(b, t2(c, d, e));
    a = t1(f, g, h, a, v128.load_splat<u32>(K256, 60), v128.load(ring, 240)); e = add(e, a); a = add(a, t2(b, c, d));
    for (let k = K256 + 64; k < K256 + 256; k += 64) {
      h = t1(e, f, g, h, v128.load_splat<u32>(k, 0), next(0)); d = add(d, h); h = add(h, t2(a, b, c));
      g = t1(d, e, f, g, v128.load_splat<u32>(k, 4), next(1)); c = add(c, g); g = add(g, t2(h, a, b));
      f = t1(c, d, e, f, v128.load_splat<u32>(k, 8), next(2)); b = add(b, f); f = add(f, t2(g, h, a));
      e = t1(b, c, d, e, v128.load_splat<u32>(k, 12), next(3)); a = add(a, e); e = add(e, t2(f, g, h));
      d = t1(a, b, c, d, v128.load_splat<u32>(k, 16), next(4)); h = add(h, d); d = add(d, t2(e, f, g));
      c = t1(h, a, b, c, v128.load_splat<u32>(k, 20), next(5)); g = add(g, c); c = add(c, t2(d, e, f));
      b = t1(g, h, a, b, v128.load_splat<u32>(k, 24), next(6)); f = add(f, b); b = add(b, t2(c, d, e));
      a = t1(f, g, h, a, v128.load_splat<u32>(k, 28), next(7)); e = add(e, a); a = add(a, t2(b, c, d));
      h = t1(e, f, g, h, v128.load_splat<u32>(k, 32), next(8)); d = add(d, h); h = add(h, t2(a, b, c));
      g = t1(d, e, f, g, v128.load_splat<u32>(k, 36), next(9)); c = add(c, g); g = add(g, t2(h, a, b));
      f = t1(c, d, e, f, v128.load_splat<u32>(k, 40), next(10)); b = add(b, f); f = add(f, t2(g, h, a));
      e = t1(b, c, d, e, v128.load_splat<u32>(k, 44), next(11)); a = add(a, e); e = add(e, t2(f, g, h));
      d = t1(a, b, c, d, v128.load_splat<u32>(k, 48), next(12)); h = add(h, d); d = add(d, t2(e, f, g));
      c = t1(h, a, b, c, v128.load_splat<u32>(k, 52), next(13)); g = add(g, c); c = add(c, t2(d, e, f));
      b = t1(g, h, a, b, v128.load_splat<u32>(k, 56), next(14)); f = add(f, b); b = add(b, t2(c, d, e));
      a = t1(f, g, h, a, v128.load_splat<u32>(k, 60), next(15)); e = add(e, a); a = add(a, t2(b, c, d));
    }
    v128.store(state, add(v128.load(state, 0), a), 0);
    v128.store(state, add(v128.load(state, 16), b), 16);
    v128.store(state, add(v128.load(state, 32), c), 32);
    v128.store(state, add(v128.load(state, 48), d), 48);
    v128.store(state, add(v128.load(state, 64), e), 64);
    v128.store(state, add(v128.load(state, 80), f), 80);
    v128.store(state, add(v128.load(state, 96), g), 96);
    v128.store(state, add(v128.load(state, 112), h), 112);
    p += 64;
    q += 64;
    r += 64;
    s += 64;
  }
}
