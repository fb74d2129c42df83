// SHA-1's compression (FIPS 180-4, 6.1.2) with the message schedule in vectors: four words at once, their constants added, into
// memory; the rounds are scalar, written out, and take the sum from there.
//
//   words 16 to 31   W(t) = (W(t-3) ^ W(t-8) ^ W(t-14) ^ W(t-16)) <<< 1. Of four at once the last lacks the first as its
//                    W(t-3), which is added behind, turned once more.
//   words 32 to 79   the same formula put into itself: (W(t-6) ^ W(t-16) ^ W(t-28) ^ W(t-32)) <<< 2, where no word needs
//                    another of its four.
import { ch, maj, parity } from "../sha_words";
import * as ct from "../../util/ct";

/** Words of the schedule with their constants: wiped by every final. */
// @ts-ignore: decorator
@lazy const schedule: usize = memory.data(320, 16);

// @ts-ignore: decorator
@inline
function rol(x: v128, n: i32): v128 {
  return v128.or(i32x4.shl(x, n), i32x4.shr_u(x, 32 - n));
}

/** Four words of the message, the octets of each turned. */
// @ts-ignore: decorator
@inline
function words(x: v128): v128 {
  return i8x16.shuffle(x, x, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
}

/** The four words after `d`, of words 16 to 31; `a` to `d` are the sixteen before them. */
// @ts-ignore: decorator
@inline
function early(a: v128, b: v128, c: v128, d: v128): v128 {
  const zero = i32x4.splat(0);
  const x = rol(v128.xor(
    v128.xor(i8x16.shuffle(d, zero, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19), c),
    v128.xor(i8x16.shuffle(a, b, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23), a),
  ), 1);
  return v128.xor(x, rol(i8x16.shuffle(zero, x, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19), 1));
}

/** The four words after `h`, of words 32 to 79; `a` to `h` are the thirty-two before them. */
// @ts-ignore: decorator
@inline
function late(a: v128, b: v128, e: v128, g: v128, h: v128): v128 {
  const near = i8x16.shuffle(g, h, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23);
  return rol(v128.xor(v128.xor(near, e), v128.xor(b, a)), 2);
}

// @ts-ignore: decorator
@inline
function keep(x: v128, k: u32, at: usize): void {
  v128.store(schedule + at, i32x4.add(x, i32x4.splat(k)));
}

/** Folds `blocks` whole blocks at `data` into the chaining value, five words at `chain`. */
export function compress(chain: usize, data: usize, blocks: u32): void {
  let h0 = load<u32>(chain, 0);
  let h1 = load<u32>(chain, 4);
  let h2 = load<u32>(chain, 8);
  let h3 = load<u32>(chain, 12);
  let h4 = load<u32>(chain, 16);
  for (; blocks; blocks--, data += 64) {
    let a = h0;
    let b = h1;
    let c = h2;
    let d = h3;
    let e = h4;
    const w0 = words(v128.load(data, 0)); keep(w0, 0x5a827999, 0);
    const w1 = words(v128.load(data, 16)); keep(w1, 0x5a827999, 16);
    const w2 = words(v128.load(data, 32)); keep(w2, 0x5a827999, 32);
    e = e + load<u32>(schedule, 0) + ch(b, c, d) + rotl<u32>(a, 5); b = rotl<u32>(b, 30);
    d = d + load<u32>(schedule, 4) + ch(a, b, c) + rotl<u32>(e, 5); a = rotl<u32>(a, 30);
    c = c + load<u32>(schedule, 8) + ch(e, a, b) + rotl<u32>(d, 5); e = rotl<u32>(e, 30);
    b = b + load<u32>(schedule, 12) + ch(d, e, a) + rotl<u32>(c, 5); d = rotl<u32>(d, 30);
    const w3 = words(v128.load(data, 48)); keep(w3, 0x5a827999, 48);
    a = a + load<u32>(schedule, 16) + ch(c, d, e) + rotl<u32>(b, 5); c = rotl<u32>(c, 30);
    e = e + load<u32>(schedule, 20) + ch(b, c, d) + rotl<u32>(a, 5); b = rotl<u32>(b, 30);
    d = d + load<u32>(schedule, 24) + ch(a, b, c) + rotl<u32>(e, 5); a = rotl<u32>(a, 30);
    c = c + load<u32>(schedule, 28) + ch(e, a, b) + rotl<u32>(d, 5); e = rotl<u32>(e, 30);
    const w4 = early(w0, w1, w2, w3); keep(w4, 0x5a827999, 64);
    b = b + load<u32>(schedule, 32) + ch(d, e, a) + rotl<u32>(c, 5); d = rotl<u32>(d, 30);
    a = a + load<u32>(schedule, 36) + ch(c, d, e) + rotl<u32>(b, 5); c = rotl<u32>(c, 30);
    e = e + load<u32>(schedule, 40) + ch(b, c, d) + rotl<u32>(a, 5); b = rotl<u32>(b, 30);
    d = d + load<u32>(schedule, 44) + ch(a, b, c) + rotl<u32>(e, 5); a = rotl<u32>(a, 30);
    const w5 = early(w1, w2, w3, w4); keep(w5, 0x6ed9eba1, 80);
    c = c + load<u32>(schedule, 48) + ch(e, a, b) + rotl<u32>(d, 5); e = rotl<u32>(e, 30);
    b = b + load<u32>(schedule, 52) + ch(d, e, a) + rotl<u32>(c, 5); d = rotl<u32>(d, 30);
    a = a + load<u32>(schedule, 56) + ch(c, d, e) + rotl<u32>(b, 5); c = rotl<u32>(c, 30);
    e = e + load<u32>(schedule, 60) + ch(b, c, d) + rotl<u32>(a, 5); b = rotl<u32>(b, 30);
    const w6 = early(w2, w3, w4, w5); keep(w6, 0x6ed9eba1, 96);
    d = d + load<u32>(schedule, 64) + ch(a, b, c) + rotl<u32>(e, 5); a = rotl<u32>(a, 30);
    c = c + load<u32>(schedule, 68) + ch(e, a, b) + rotl<u32>(d, 5); e = rotl<u32>(e, 30);
    b = b + load<u32>(schedule, 72) + ch(d, e, a) + rotl<u32>(c, 5); d = rotl<u32>(d, 30);
    a = a + load<u32>(schedule, 76) + ch(c, d, e) + rotl<u32>(b, 5); c = rotl<u32>(c, 30);
    const w7 = early(w3, w4, w5, w6); keep(w7, 0x6ed9eba1, 112);
    e = e + load<u32>(schedule, 80) + parity(b, c, d) + rotl<u32>(a, 5); b = rotl<u32>(b, 30);
    d = d + load<u32>(schedule, 84) + parity(a, b, c) + rotl<u32>(e, 5); a = rotl<u32>(a, 30);
    c = c + load<u32>(schedule, 88) + parity(e, a, b) + rotl<u32>(d, 5); e = rotl<u32>(e, 30);
    b = b + load<u32>(schedule, 92) + parity(d, e, a) + rotl<u32>(c, 5); d = rotl<u32>(d, 30);
    const w8 = late(w0, w1, w4, w6, w7); keep(w8, 0x6ed9eba1, 128);
    a = a + load<u32>(schedule, 96) + parity(c, d, e) + rotl<u32>(b, 5); c = rotl<u32>(c, 30);
    e = e + load<u32>(schedule, 100) + parity(b, c, d) + rotl<u32>(a, 5); b = rotl<u32>(b, 30);
    d = d + load<u32>(schedule, 104) + parity(a, b, c) + rotl<u32>(e, 5); a = rotl<u32>(a, 30);
    c = c + load<u32>(schedule, 108) + parity(e, a, b) + rotl<u32>(d, 5); e = rotl<u32>(e, 30);
    const w9 = late(w1, w2, w5, w7, w8); keep(w9, 0x6ed9eba1, 144);
    b = b + load<u32>(schedule, 112) + parity(d, e, a) + rotl<u32>(c, 5); d = rotl<u32>(d, 30);
    a = a + load<u32>(schedule, 116) + parity(c, d, e) + rotl<u32>(b, 5); c = rotl<u32>(c, 30);
    e = e + load<u32>(schedule, 120) + parity(b, c, d) + rotl<u32>(a, 5); b = rotl<u32>(b, 30);
    d = d + load<u32>(schedule, 124) + parity(a, b, c) + rotl<u32>(e, 5); a = rotl<u32>(a, 30);
    const w10 = late(w2, w3, w6, w8, w9); keep(w10, 0x8f1bbcdc, 160);
    c = c + load<u32>(schedule, 128) + parity(e, a, b) + rotl<u32>(d, 5); e = rotl<u32>(e, 30);
    b = b + load<u32>(schedule, 132) + parity(d, e, a) + rotl<u32>(c, 5); d = rotl<u32>(d, 30);
    a = a + load<u32>(schedule, 136) + parity(c, d, e) + rotl<u32>(b, 5); c = rotl<u32>(c, 30);
    e = e + load<u32>(schedule, 140) + parity(b, c, d) + rotl<u32>(a, 5); b = rotl<u32>(b, 30);
    const w11 = late(w3, w4, w7, w9, w10); keep(w11, 0x8f1bbcdc, 176);
    d = d + load<u32>(schedule, 144) + parity(a, b, c) + rotl<u32>(e, 5); a = rotl<u32>(a, 30);
    c = c + load<u32>(schedule, 148) + parity(e, a, b) + rotl<u32>(d, 5); e = rotl<u32>(e, 30);
    b = b + load<u32>(schedule, 152) + parity(d, e, a) + rotl<u32>(c, 5); d = rotl<u32>(d, 30);
    a = a + load<u32>(schedule, 156) + parity(c, d, e) + rotl<u32>(b, 5); c = rotl<u32>(c, 30);
    const w12 = late(w4, w5, w8, w10, w11); keep(w12, 0x8f1bbcdc, 192);
    e = e + load<u32>(schedule, 160) + maj(b, c, d) + rotl<u32>(a, 5); b = rotl<u32>(b, 30);
    d = d + load<u32>(schedule, 164) + maj(a, b, c) + rotl<u32>(e, 5); a = rotl<u32>(a, 30);
    c = c + load<u32>(schedule, 168) + maj(e, a, b) + rotl<u32>(d, 5); e = rotl<u32>(e, 30);
    b = b + load<u32>(schedule, 172) + maj(d, e, a) + rotl<u32>(c, 5); d = rotl<u32>(d, 30);
    const w13 = late(w5, w6, w9, w11, w12); keep(w13, 0x8f1bbcdc, 208);
    a = a + load<u32>(schedule, 176) + maj(c, d, e) + rotl<u32>(b, 5); c = rotl<u32>(c, 30);
    e = e + load<u32>(schedule, 180) + maj(b, c, d) + rotl<u32>(a, 5); b = rotl<u32>(b, 30);
    d = d + load<u32>(schedule, 184) + maj(a, b, c) + rotl<u32>(e, 5); a = rotl<u32>(a, 30);
    c = c + load<u32>(schedule, 188) + maj(e, a, b) + rotl<u32>(d, 5); e = rotl<u32>(e, 30);
    const w14 = late(w6, w7, w10, w12, w13); keep(w14, 0x8f1bbcdc, 224);
    b = b + load<u32>(schedule, 192) + maj(d, e, a) + rotl<u32>(c, 5); d = rotl<u32>(d, 30);
    a = a + load<u32>(schedule, 196) + maj(c, d, e) + rotl<u32>(b, 5); c = rotl<u32>(c, 30);
    e = e + load<u32>(schedule, 200) + maj(b, c, d) + rotl<u32>(a, 5); b = rotl<u32>(b, 30);
    d = d + load<u32>(schedule, 204) + maj(a, b, c) + rotl<u32>(e, 5); a = rotl<u32>(a, 30);
    const w15 = late(w7, w8, w11, w13, w14); keep(w15, 0xca62c1d6, 240);
    c = c + load<u32>(schedule, 208) + maj(e, a, b) + rotl<u32>(d, 5); e = rotl<u32>(e, 30);
    b = b + load<u32>(schedule, 212) + maj(d, e, a) + rotl<u32>(c, 5); d = rotl<u32>(d, 30);
    a = a + load<u32>(schedule, 216) + maj(c, d, e) + rotl<u32>(b, 5); c = rotl<u32>(c, 30);
    e = e + load<u32>(schedule, 220) + maj(b, c, d) + rotl<u32>(a, 5); b = rotl<u32>(b, 30);
    const w16 = late(w8, w9, w12, w14, w15); keep(w16, 0xca62c1d6, 256);
    d = d + load<u32>(schedule, 224) + maj(a, b, c) + rotl<u32>(e, 5); a = rotl<u32>(a, 30);
    c = c + load<u32>(schedule, 228) + maj(e, a, b) + rotl<u32>(d, 5); e = rotl<u32>(e, 30);
    b = b + load<u32>(schedule, 232) + maj(d, e, a) + rotl<u32>(c, 5); d = rotl<u32>(d, 30);
    a = a + load<u32>(schedule, 236) + maj(c, d, e) + rotl<u32>(b, 5); c = rotl<u32>(c, 30);
    const w17 = late(w9, w10, w13, w15, w16); keep(w17, 0xca62c1d6, 272);
    e = e + load<u32>(schedule, 240) + parity(b, c, d) + rotl<u32>(a, 5); b = rotl<u32>(b, 30);
    d = d + load<u32>(schedule, 244) + parity(a, b, c) + rotl<u32>(e, 5); a = rotl<u32>(a, 30);
    c = c + load<u32>(schedule, 248) + parity(e, a, b) + rotl<u32>(d, 5); e = rotl<u32>(e, 30);
    b = b + load<u32>(schedule, 252) + parity(d, e, a) + rotl<u32>(c, 5); d = rotl<u32>(d, 30);
    const w18 = late(w10, w11, w14, w16, w17); keep(w18, 0xca62c1d6, 288);
    a = a + load<u32>(schedule, 256) + parity(c, d, e) + rotl<u32>(b, 5); c = rotl<u32>(c, 30);
    e = e + load<u32>(schedule, 260) + parity(b, c, d) + rotl<u32>(a, 5); b = rotl<u32>(b, 30);
    d = d + load<u32>(schedule, 264) + parity(a, b, c) + rotl<u32>(e, 5); a = rotl<u32>(a, 30);
    c = c + load<u32>(schedule, 268) + parity(e, a, b) + rotl<u32>(d, 5); e = rotl<u32>(e, 30);
    const w19 = late(w11, w12, w15, w17, w18); keep(w19, 0xca62c1d6, 304);
    b = b + load<u32>(schedule, 272) + parity(d, e, a) + rotl<u32>(c, 5); d = rotl<u32>(d, 30);
    a = a + load<u32>(schedule, 276) + parity(c, d, e) + rotl<u32>(b, 5); c = rotl<u32>(c, 30);
    e = e + load<u32>(schedule, 280) + parity(b, c, d) + rotl<u32>(a, 5); b = rotl<u32>(b, 30);
    d = d + load<u32>(schedule, 284) + parity(a, b, c) + rotl<u32>(e, 5); a = rotl<u32>(a, 30);
    c = c + load<u32>(schedule, 288) + parity(e, a, b) + rotl<u32>(d, 5); e = rotl<u32>(e, 30);
    b = b + load<u32>(schedule, 292) + parity(d, e, a) + rotl<u32>(c, 5); d = rotl<u32>(d, 30);
    a = a + load<u32>(schedule, 296) + parity(c, d, e) + rotl<u32>(b, 5); c = rotl<u32>(c, 30);
    e = e + load<u32>(schedule, 300) + parity(b, c, d) + rotl<u32>(a, 5); b = rotl<u32>(b, 30);
    d = d + load<u32>(schedule, 304) + parity(a, b, c) + rotl<u32>(e, 5); a = rotl<u32>(a, 30);
    c = c + load<u32>(schedule, 308) + parity(e, a, b) + rotl<u32>(d, 5); e = rotl<u32>(e, 30);
    b = b + load<u32>(schedule, 312) + parity(d, e, a) + rotl<u32>(c, 5); d = rotl<u32>(d, 30);
    a = a + load<u32>(schedule, 316) + parity(c, d, e) + rotl<u32>(b, 5); c = rotl<u32>(c, 30);
    h0 += a;
    h1 += b;
    h2 += c;
    h3 += d;
    h4 += e;
  }
  store<u32>(chain, h0, 0);
  store<u32>(chain, h1, 4);
  store<u32>(chain, h2, 8);
  store<u32>(chain, h3, 12);
  store<u32>(chain, h4, 16);
}

/** Clears what compress leaves behind. */
export function wipeScratch(): void {
  ct.wipe(schedule, 320);
}
