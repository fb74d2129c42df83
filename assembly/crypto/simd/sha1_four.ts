// SHA-1's compression (FIPS 180-4, 6.1.2) of four messages at once: lane i of every vector belongs to message i. Constant
// time as the scalar code is. Everything is written out, so that words and working variables stay in registers where there are
// enough of them.
import { add, ch, gather, maj, parity, ring, rol } from "./sha_lanes";

/** The chaining values of four messages, word by word: five vectors. */
// @ts-ignore: decorator
@lazy const state: usize = memory.data(80, 16);

// @ts-ignore: decorator
@inline const K0: u32 = 0x5a827999;
// @ts-ignore: decorator
@inline const K1: u32 = 0x6ed9eba1;
// @ts-ignore: decorator
@inline const K2: u32 = 0x8f1bbcdc;
// @ts-ignore: decorator
@inline const K3: u32 = 0xca62c1d6;

/** A word with its round's constant. */
// @ts-ignore: decorator
@inline
function withK(w: v128, k: u32): v128 {
  return add(w, i32x4.splat(k));
}

/** One word of the schedule from those 3, 8, 14 and 16 places before it. */
// @ts-ignore: decorator
@inline
function expand(x: v128, y: v128, z: v128, w: v128): v128 {
  return rol(v128.xor(v128.xor(x, y), v128.xor(z, w)), 1);
}

/** The sum that becomes `a`. The rotated `a` is what the next round waits for: it is added last. */
// @ts-ignore: decorator
@inline
function sum(e: v128, kw: v128, f: v128, a: v128): v128 {
  return add(add(add(e, kw), f), rol(a, 5));
}

/** Where the four chaining values stand, 80 bytes: word by word, lane by lane. */
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
    let w0 = v128.load(ring, 0); e = sum(e, withK(w0, K0), ch(b, c, d), a); b = rol(b, 30);
    let w1 = v128.load(ring, 16); d = sum(d, withK(w1, K0), ch(a, b, c), e); a = rol(a, 30);
    let w2 = v128.load(ring, 32); c = sum(c, withK(w2, K0), ch(e, a, b), d); e = rol(e, 30);
    let w3 = v128.load(ring, 48); b = sum(b, withK(w3, K0), ch(d, e, a), c); d = rol(d, 30);
    let w4 = v128.load(ring, 64); a = sum(a, withK(w4, K0), ch(c, d, e), b); c = rol(c, 30);
    let w5 = v128.load(ring, 80); e = sum(e, withK(w5, K0), ch(b, c, d), a); b = rol(b, 30);
    let w6 = v128.load(ring, 96); d = sum(d, withK(w6, K0), ch(a, b, c), e); a = rol(a, 30);
    let w7 = v128.load(ring, 112); c = sum(c, withK(w7, K0), ch(e, a, b), d); e = rol(e, 30);
    let w8 = v128.load(ring, 128); b = sum(b, withK(w8, K0), ch(d, e, a), c); d = rol(d, 30);
    let w9 = v128.load(ring, 144); a = sum(a, withK(w9, K0), ch(c, d, e), b); c = rol(c, 30);
    let w10 = v128.load(ring, 160); e = sum(e, withK(w10, K0), ch(b, c, d), a); b = rol(b, 30);
    let w11 = v128.load(ring, 176); d = sum(d, withK(w11, K0), ch(a, b, c), e); a = rol(a, 30);
    let w12 = v128.load(ring, 192); c = sum(c, withK(w12, K0), ch(e, a, b), d); e = rol(e, 30);
    let w13 = v128.load(ring, 208); b = sum(b, withK(w13, K0), ch(d, e, a), c); d = rol(d, 30);
    let w14 = v128.load(ring, 224); a = sum(a, withK(w14, K0), ch(c, d, e), b); c = rol(c, 30);
    let w15 = v128.load(ring, 240); e = sum(e, withK(w15, K0), ch(b, c, d), a); b = rol(b, 30);
    w0 = expand(w13, w8, w2, w0); d = sum(d, withK(w0, K0), ch(a, b, c), e); a = rol(a, 30);
    w1 = expand(w14, w9, w3, w1); c = sum(c, withK(w1, K0), ch(e, a, b), d); e = rol(e, 30);
    w2 = expand(w15, w10, w4, w2); b = sum(b, withK(w2, K0), ch(d, e, a), c); d = rol(d, 30);
    w3 = expand(w0, w11, w5, w3); a = sum(a, withK(w3, K0), ch(c, d, e), b); c = rol(c, 30);
    w4 = expand(w1, w12, w6, w4); e = sum(e, withK(w4, K1), parity(b, c, d), a); b = rol(b, 30);
    w5 = expand(w2, w13, w7, w5); d = sum(d, withK(w5, K1), parity(a, b, c), e); a = rol(a, 30);
    w6 = expand(w3, w14, w8, w6); c = sum(c, withK(w6, K1), parity(e, a, b), d); e = rol(e, 30);
    w7 = expand(w4, w15, w9, w7); b = sum(b, withK(w7, K1), parity(d, e, a), c); d = rol(d, 30);
    w8 = expand(w5, w0, w10, w8); a = sum(a, withK(w8, K1), parity(c, d, e), b); c = rol(c, 30);
    w9 = expand(w6, w1, w11, w9); e = sum(e, withK(w9, K1), parity(b, c, d), a); b = rol(b, 30);
    w10 = expand(w7, w2, w12, w10); d = sum(d, withK(w10, K1), parity(a, b, c), e); a = rol(a, 30);
    w11 = expand(w8, w3, w13, w11); c = sum(c, withK(w11, K1), parity(e, a, b), d); e = rol(e, 30);
    w12 = expand(w9, w4, w14, w12); b = sum(b, withK(w12, K1), parity(d, e, a), c); d = rol(d, 30);
    w13 = expand(w10, w5, w15, w13); a = sum(a, withK(w13, K1), parity(c, d, e), b); c = rol(c, 30);
    w14 = expand(w11, w6, w0, w14); e = sum(e, withK(w14, K1), parity(b, c, d), a); b = rol(b, 30);
    w15 = expand(w12, w7, w1, w15); d = sum(d, withK(w15, K1), parity(a, b, c), e); a = rol(a, 30);
    w0 = expand(w13, w8, w2, w0); c = sum(c, withK(w0, K1), parity(e, a, b), d); e = rol(e, 30);
    w1 = expand(w14, w9, w3, w1); b = sum(b, withK(w1, K1), parity(d, e, a), c); d = rol(d, 30);
    w2 = expand(w15, w10, w4, w2); a = sum(a, withK(w2, K1), parity(c, d, e), b); c = rol(c, 30);
    w3 = expand(w0, w11, w5, w3); e = sum(e, withK(w3, K1), parity(b, c, d), a); b = rol(b, 30);
    w4 = expand(w1, w12, w6, w4); d = sum(d, withK(w4, K1), parity(a, b, c), e); a = rol(a, 30);
    w5 = expand(w2, w13, w7, w5); c = sum(c, withK(w5, K1), parity(e, a, b), d); e = rol(e, 30);
    w6 = expand(w3, w14, w8, w6); b = sum(b, withK(w6, K1), parity(d, e, a), c); d = rol(d, 30);
    w7 = expand(w4, w15, w9, w7); a = sum(a, withK(w7, K1), parity(c, d, e), b); c = rol(c, 30);
    w8 = expand(w5, w0, w10, w8); e = sum(e, withK(w8, K2), maj(b, c, d), a); b = rol(b, 30);
    w9 = expand(w6, w1, w11, w9); d = sum(d, withK(w9, K2), maj(a, b, c), e); a = rol(a, 30);
    w10 = expand(w7, w2, w12, w10); c = sum(c, withK(w10, K2), maj(e, a, b), d); e = rol(e, 30);
    w11 = expand(w8, w3, w13, w11); b = sum(b, withK(w11, K2), maj(d, e, a), c); d = rol(d, 30);
    w12 = expand(w9, w4, w14, w12); a = sum(a, withK(w12, K2), maj(c, d, e), b); c = rol(c, 30);
    w13 = expand(w10, w5, w15, w13); e = sum(e, withK(w13, K2), maj(b, c, d), a); b = rol(b, 30);
    w14 = expand(w11, w6, w0, w14); d = sum(d, withK(w14, K2), maj(a, b, c), e); a = rol(a, 30);
    w15 = expand(w12, w7, w1, w15); c = sum(c, withK(w15, K2), maj(e, a, b), d); e = rol(e, 30);
    w0 = expand(w13, w8, w2, w0); b = sum(b, withK(w0, K2), maj(d, e, a), c); d = rol(d, 30);
    w1 = expand(w14, w9, w3, w1); a = sum(a, withK(w1, K2), maj(c, d, e), b); c = rol(c, 30);
    w2 = expand(w15, w10, w4, w2); e = sum(e, withK(w2, K2), maj(b, c, d), a); b = rol(b, 30);
    w3 = expand(w0, w11, w5, w3); d = sum(d, withK(w3, K2), maj(a, b, c), e); a = rol(a, 30);
    w4 = expand(w1, w12, w6, w4); c = sum(c, withK(w4, K2), maj(e, a, b), d); e = rol(e, 30);
    w5 = expand(w2, w13, w7, w5); b = sum(b, withK(w5, K2), maj(d, e, a), c); d = rol(d, 30);
    w6 = expand(w3, w14, w8, w6); a = sum(a, withK(w6, K2), maj(c, d, e), b); c = rol(c, 30);
    w7 = expand(w4, w15, w9, w7); e = sum(e, withK(w7, K2), maj(b, c, d), a); b = rol(b, 30);
    w8 = expand(w5, w0, w10, w8); d = sum(d, withK(w8, K2), maj(a, b, c), e); a = rol(a, 30);
    w9 = expand(w6, w1, w11, w9); c = sum(c, withK(w9, K2), maj(e, a, b), d); e = rol(e, 30);
    w10 = expand(w7, w2, w12, w10); b = sum(b, withK(w10, K2), maj(d, e, a), c); d = rol(d, 30);
    w11 = expand(w8, w3, w13, w11); a = sum(a, withK(w11, K2), maj(c, d, e), b); c = rol(c, 30);
    w12 = expand(w9, w4, w14, w12); e = sum(e, withK(w12, K3), parity(b, c, d), a); b = rol(b, 30);
    w13 = expand(w10, w5, w15, w13); d = sum(d, withK(w13, K3), parity(a, b, c), e); a = rol(a, 30);
    w14 = expand(w11, w6, w0, w14); c = sum(c, withK(w14, K3), parity(e, a, b), d); e = rol(e, 30);
    w15 = expand(w12, w7, w1, w15); b = sum(b, withK(w15, K3), parity(d, e, a), c); d = rol(d, 30);
    w0 = expand(w13, w8, w2, w0); a = sum(a, withK(w0, K3), parity(c, d, e), b); c = rol(c, 30);
    w1 = expand(w14, w9, w3, w1); e = sum(e, withK(w1, K3), parity(b, c, d), a); b = rol(b, 30);
    w2 = expand(w15, w10, w4, w2); d = sum(d, withK(w2, K3), parity(a, b, c), e); a = rol(a, 30);
    w3 = expand(w0, w11, w5, w3); c = sum(c, withK(w3, K3), parity(e, a, b), d); e = rol(e, 30);
    w4 = expand(w1, w12, w6, w4); b = sum(b, withK(w4, K3), parity(d, e, a), c); d = rol(d, 30);
    w5 = expand(w2, w13, w7, w5); a = sum(a, withK(w5, K3), parity(c, d, e), b); c = rol(c, 30);
    w6 = expand(w3, w14, w8, w6); e = sum(e, withK(w6, K3), parity(b, c, d), a); b = rol(b, 30);
    w7 = expand(w4, w15, w9, w7); d = sum(d, withK(w7, K3), parity(a, b, c), e); a = rol(a, 30);
    w8 = expand(w5, w0, w10, w8); c = sum(c, withK(w8, K3), parity(e, a, b), d); e = rol(e, 30);
    w9 = expand(w6, w1, w11, w9); b = sum(b, withK(w9, K3), parity(d, e, a), c); d = rol(d, 30);
    w10 = expand(w7, w2, w12, w10); a = sum(a, withK(w10, K3), parity(c, d, e), b); c = rol(c, 30);
    w11 = expand(w8, w3, w13, w11); e = sum(e, withK(w11, K3), parity(b, c, d), a); b = rol(b, 30);
    w12 = expand(w9, w4, w14, w12); d = sum(d, withK(w12, K3), parity(a, b, c), e); a = rol(a, 30);
    w13 = expand(w10, w5, w15, w13); c = sum(c, withK(w13, K3), parity(e, a, b), d); e = rol(e, 30);
    w14 = expand(w11, w6, w0, w14); b = sum(b, withK(w14, K3), parity(d, e, a), c); d = rol(d, 30);
    w15 = expand(w12, w7, w1, w15); a = sum(a, withK(w15, K3), parity(c, d, e), b); c = rol(c, 30);
    v128.store(state, add(v128.load(state, 0), a), 0);
    v128.store(state, add(v128.load(state, 16), b), 16);
    v128.store(state, add(v128.load(state, 32), c), 32);
    v128.store(state, add(v128.load(state, 48), d), 48);
    v128.store(state, add(v128.load(state, 64), e), 64);
    p += 64;
    q += 64;
    r += 64;
    s += 64;
  }
}
