// SHA-256's compression (FIPS 180-4, 6.2.2) with the message schedule in vectors: four words at once, their constants added,
// into memory; the rounds are scalar, written out, and take the sum from there. Of four words the upper two need the lower
// two: sigma 1 is computed for each pair by itself.
import { K256, bigSigma0, bigSigma1, ch, majority } from "../sha_words";
import * as ct from "../../util/ct";

/** Words of the schedule with their constants: wiped by every final. */
// @ts-ignore: decorator
@lazy const schedule: usize = memory.data(256, 16);

// @ts-ignore: decorator
@inline
function ror(x: v128, n: i32): v128 {
  return v128.or(i32x4.shr_u(x, n), i32x4.shl(x, 32 - n));
}

// @ts-ignore: decorator
@inline
function sigma0(x: v128): v128 {
  return v128.xor(v128.xor(ror(x, 7), ror(x, 18)), i32x4.shr_u(x, 3));
}

// @ts-ignore: decorator
@inline
function sigma1(x: v128): v128 {
  return v128.xor(v128.xor(ror(x, 17), ror(x, 19)), i32x4.shr_u(x, 10));
}

/** Four words of the message, the octets of each turned. */
// @ts-ignore: decorator
@inline
function words(x: v128): v128 {
  return i8x16.shuffle(x, x, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
}

/** The four words after `d`; `a` to `d` are the sixteen before them. */
// @ts-ignore: decorator
@inline
function next(a: v128, b: v128, c: v128, d: v128): v128 {
  const zero = i32x4.splat(0);
  const near = i8x16.shuffle(a, b, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19);
  const seventh = i8x16.shuffle(c, d, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19);
  let x = i32x4.add(i32x4.add(a, sigma0(near)), seventh);
  x = i32x4.add(x, sigma1(i8x16.shuffle(d, zero, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23)));
  return i32x4.add(x, sigma1(i8x16.shuffle(zero, x, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23)));
}

// @ts-ignore: decorator
@inline
function keep(x: v128, at: usize): void {
  v128.store(schedule + at, i32x4.add(x, v128.load(K256 + at)));
}

/** Folds `blocks` whole blocks at `data` into the chaining value, eight words at `chain`. */
export function compress(chain: usize, data: usize, blocks: u32): void {
  for (; blocks; blocks--, data += 64) {
    let a = load<u32>(chain, 0);
    let b = load<u32>(chain, 4);
    let c = load<u32>(chain, 8);
    let d = load<u32>(chain, 12);
    let e = load<u32>(chain, 16);
    let f = load<u32>(chain, 20);
    let g = load<u32>(chain, 24);
    let h = load<u32>(chain, 28);
    let x0 = words(v128.load(data, 0)); keep(x0, 0);
    let x1 = words(v128.load(data, 16)); keep(x1, 16);
    let x2 = words(v128.load(data, 32)); keep(x2, 32);
    h = h + load<u32>(schedule, 0) + ch(e, f, g) + bigSigma1(e); d += h; h = h + majority(a, b, c) + bigSigma0(a);
    g = g + load<u32>(schedule, 4) + ch(d, e, f) + bigSigma1(d); c += g; g = g + majority(h, a, b) + bigSigma0(h);
    f = f + load<u32>(schedule, 8) + ch(c, d, e) + bigSigma1(c); b += f; f = f + majority(g, h, a) + bigSigma0(g);
    e = e + load<u32>(schedule, 12) + ch(b, c, d) + bigSigma1(b); a += e; e = e + majority(f, g, h) + bigSigma0(f);
    let x3 = words(v128.load(data, 48)); keep(x3, 48);
    d = d + load<u32>(schedule, 16) + ch(a, b, c) + bigSigma1(a); h += d; d = d + majority(e, f, g) + bigSigma0(e);
    c = c + load<u32>(schedule, 20) + ch(h, a, b) + bigSigma1(h); g += c; c = c + majority(d, e, f) + bigSigma0(d);
    b = b + load<u32>(schedule, 24) + ch(g, h, a) + bigSigma1(g); f += b; b = b + majority(c, d, e) + bigSigma0(c);
    a = a + load<u32>(schedule, 28) + ch(f, g, h) + bigSigma1(f); e += a; a = a + majority(b, c, d) + bigSigma0(b);
    x0 = next(x0, x1, x2, x3); keep(x0, 64);
    h = h + load<u32>(schedule, 32) + ch(e, f, g) + bigSigma1(e); d += h; h = h + majority(a, b, c) + bigSigma0(a);
    g = g + load<u32>(schedule, 36) + ch(d, e, f) + bigSigma1(d); c += g; g = g + majority(h, a, b) + bigSigma0(h);
    f = f + load<u32>(schedule, 40) + ch(c, d, e) + bigSigma1(c); b += f; f = f + majority(g, h, a) + bigSigma0(g);
    e = e + load<u32>(schedule, 44) + ch(b, c, d) + bigSigma1(b); a += e; e = e + majority(f, g, h) + bigSigma0(f);
    x1 = next(x1, x2, x3, x0); keep(x1, 80);
    d = d + load<u32>(schedule, 48) + ch(a, b, c) + bigSigma1(a); h += d; d = d + majority(e, f, g) + bigSigma0(e);
    c = c + load<u32>(schedule, 52) + ch(h, a, b) + bigSigma1(h); g += c; c = c + majority(d, e, f) + bigSigma0(d);
    b = b + load<u32>(schedule, 56) + ch(g, h, a) + bigSigma1(g); f += b; b = b + majority(c, d, e) + bigSigma0(c);
    a = a + load<u32>(schedule, 60) + ch(f, g, h) + bigSigma1(f); e += a; a = a + majority(b, c, d) + bigSigma0(b);
    x2 = next(x2, x3, x0, x1); keep(x2, 96);
    h = h + load<u32>(schedule, 64) + ch(e, f, g) + bigSigma1(e); d += h; h = h + majority(a, b, c) + bigSigma0(a);
    g = g + load<u32>(schedule, 68) + ch(d, e, f) + bigSigma1(d); c += g; g = g + majority(h, a, b) + bigSigma0(h);
    f = f + load<u32>(schedule, 72) + ch(c, d, e) + bigSigma1(c); b += f; f = f + majority(g, h, a) + bigSigma0(g);
    e = e + load<u32>(schedule, 76) + ch(b, c, d) + bigSigma1(b); a += e; e = e + majority(f, g, h) + bigSigma0(f);
    x3 = next(x3, x0, x1, x2); keep(x3, 112);
    d = d + load<u32>(schedule, 80) + ch(a, b, c) + bigSigma1(a); h += d; d = d + majority(e, f, g) + bigSigma0(e);
    c = c + load<u32>(schedule, 84) + ch(h, a, b) + bigSigma1(h); g += c; c = c + majority(d, e, f) + bigSigma0(d);
    b = b + load<u32>(schedule, 88) + ch(g, h, a) + bigSigma1(g); f += b; b = b + majority(c, d, e) + bigSigma0(c);
    a = a + load<u32>(schedule, 92) + ch(f, g, h) + bigSigma1(f); e += a; a = a + majority(b, c, d) + bigSigma0(b);
    x0 = next(x0, x1, x2, x3); keep(x0, 128);
    h = h + load<u32>(schedule, 96) + ch(e, f, g) + bigSigma1(e); d += h; h = h + majority(a, b, c) + bigSigma0(a);
    g = g + load<u32>(schedule, 100) + ch(d, e, f) + bigSigma1(d); c += g; g = g + majority(h, a, b) + bigSigma0(h);
    f = f + load<u32>(schedule, 104) + ch(c, d, e) + bigSigma1(c); b += f; f = f + majority(g, h, a) + bigSigma0(g);
    e = e + load<u32>(schedule, 108) + ch(b, c, d) + bigSigma1(b); a += e; e = e + majority(f, g, h) + bigSigma0(f);
    x1 = next(x1, x2, x3, x0); keep(x1, 144);
    d = d + load<u32>(schedule, 112) + ch(a, b, c) + bigSigma1(a); h += d; d = d + majority(e, f, g) + bigSigma0(e);
    c = c + load<u32>(schedule, 116) + ch(h, a, b) + bigSigma1(h); g += c; c = c + majority(d, e, f) + bigSigma0(d);
    b = b + load<u32>(schedule, 120) + ch(g, h, a) + bigSigma1(g); f += b; b = b + majority(c, d, e) + bigSigma0(c);
    a = a + load<u32>(schedule, 124) + ch(f, g, h) + bigSigma1(f); e += a; a = a + majority(b, c, d) + bigSigma0(b);
    x2 = next(x2, x3, x0, x1); keep(x2, 160);
    h = h + load<u32>(schedule, 128) + ch(e, f, g) + bigSigma1(e); d += h; h = h + majority(a, b, c) + bigSigma0(a);
    g = g + load<u32>(schedule, 132) + ch(d, e, f) + bigSigma1(d); c += g; g = g + majority(h, a, b) + bigSigma0(h);
    f = f + load<u32>(schedule, 136) + ch(c, d, e) + bigSigma1(c); b += f; f = f + majority(g, h, a) + bigSigma0(g);
    e = e + load<u32>(schedule, 140) + ch(b, c, d) + bigSigma1(b); a += e; e = e + majority(f, g, h) + bigSigma0(f);
    x3 = next(x3, x0, x1, x2); keep(x3, 176);
    d = d + load<u32>(schedule, 144) + ch(a, b, c) + bigSigma1(a); h += d; d = d + majority(e, f, g) + bigSigma0(e);
    c = c + load<u32>(schedule, 148) + ch(h, a, b) + bigSigma1(h); g += c; c = c + majority(d, e, f) + bigSigma0(d);
    b = b + load<u32>(schedule, 152) + ch(g, h, a) + bigSigma1(g); f += b; b = b + majority(c, d, e) + bigSigma0(c);
    a = a + load<u32>(schedule, 156) + ch(f, g, h) + bigSigma1(f); e += a; a = a + majority(b, c, d) + bigSigma0(b);
    x0 = next(x0, x1, x2, x3); keep(x0, 192);
    h = h + load<u32>(schedule, 160) + ch(e, f, g) + bigSigma1(e); d += h; h = h + majority(a, b, c) + bigSigma0(a);
    g = g + load<u32>(schedule, 164) + ch(d, e, f) + bigSigma1(d); c += g; g = g + majority(h, a, b) + bigSigma0(h);
    f = f + load<u32>(schedule, 168) + ch(c, d, e) + bigSigma1(c); b += f; f = f + majority(g, h, a) + bigSigma0(g);
    e = e + load<u32>(schedule, 172) + ch(b, c, d) + bigSigma1(b); a += e; e = e + majority(f, g, h) + bigSigma0(f);
    x1 = next(x1, x2, x3, x0); keep(x1, 208);
    d = d + load<u32>(schedule, 176) + ch(a, b, c) + bigSigma1(a); h += d; d = d + majority(e, f, g) + bigSigma0(e);
    c = c + load<u32>(schedule, 180) + ch(h, a, b) + bigSigma1(h); g += c; c = c + majority(d, e, f) + bigSigma0(d);
    b = b + load<u32>(schedule, 184) + ch(g, h, a) + bigSigma1(g); f += b; b = b + majority(c, d, e) + bigSigma0(c);
    a = a + load<u32>(schedule, 188) + ch(f, g, h) + bigSigma1(f); e += a; a = a + majority(b, c, d) + bigSigma0(b);
    x2 = next(x2, x3, x0, x1); keep(x2, 224);
    h = h + load<u32>(schedule, 192) + ch(e, f, g) + bigSigma1(e); d += h; h = h + majority(a, b, c) + bigSigma0(a);
    g = g + load<u32>(schedule, 196) + ch(d, e, f) + bigSigma1(d); c += g; g = g + majority(h, a, b) + bigSigma0(h);
    f = f + load<u32>(schedule, 200) + ch(c, d, e) + bigSigma1(c); b += f; f = f + majority(g, h, a) + bigSigma0(g);
    e = e + load<u32>(schedule, 204) + ch(b, c, d) + bigSigma1(b); a += e; e = e + majority(f, g, h) + bigSigma0(f);
    x3 = next(x3, x0, x1, x2); keep(x3, 240);
    d = d + load<u32>(schedule, 208) + ch(a, b, c) + bigSigma1(a); h += d; d = d + majority(e, f, g) + bigSigma0(e);
    c = c + load<u32>(schedule, 212) + ch(h, a, b) + bigSigma1(h); g += c; c = c + majority(d, e, f) + bigSigma0(d);
    b = b + load<u32>(schedule, 216) + ch(g, h, a) + bigSigma1(g); f += b; b = b + majority(c, d, e) + bigSigma0(c);
    a = a + load<u32>(schedule, 220) + ch(f, g, h) + bigSigma1(f); e += a; a = a + majority(b, c, d) + bigSigma0(b);
    h = h + load<u32>(schedule, 224) + ch(e, f, g) + bigSigma1(e); d += h; h = h + majority(a, b, c) + bigSigma0(a);
    g = g + load<u32>(schedule, 228) + ch(d, e, f) + bigSigma1(d); c += g; g = g + majority(h, a, b) + bigSigma0(h);
    f = f + load<u32>(schedule, 232) + ch(c, d, e) + bigSigma1(c); b += f; f = f + majority(g, h, a) + bigSigma0(g);
    e = e + load<u32>(schedule, 236) + ch(b, c, d) + bigSigma1(b); a += e; e = e + majority(f, g, h) + bigSigma0(f);
    d = d + load<u32>(schedule, 240) + ch(a, b, c) + bigSigma1(a); h += d; d = d + majority(e, f, g) + bigSigma0(e);
    c = c + load<u32>(schedule, 244) + ch(h, a, b) + bigSigma1(h); g += c; c = c + majority(d, e, f) + bigSigma0(d);
    b = b + load<u32>(schedule, 248) + ch(g, h, a) + bigSigma1(g); f += b; b = b + majority(c, d, e) + bigSigma0(c);
    a = a + load<u32>(schedule, 252) + ch(f, g, h) + bigSigma1(f); e += a; a = a + majority(b, c, d) + bigSigma0(b);
    store<u32>(chain, load<u32>(chain, 0) + a, 0);
    store<u32>(chain, load<u32>(chain, 4) + b, 4);
    store<u32>(chain, load<u32>(chain, 8) + c, 8);
    store<u32>(chain, load<u32>(chain, 12) + d, 12);
    store<u32>(chain, load<u32>(chain, 16) + e, 16);
    store<u32>(chain, load<u32>(chain, 20) + f, 20);
    store<u32>(chain, load<u32>(chain, 24) + g, 24);
    store<u32>(chain, load<u32>(chain, 28) + h, 28);
  }
}

/** Clears what compress leaves behind. */
export function wipeScratch(): void {
  ct.wipe(schedule, 256);
}
