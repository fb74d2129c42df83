// The rounds of DES (FIPS 46-3) one block at a time, where registers have 32 bits. All eight S-boxes are evaluated at once as
// polynomials over GF(2): each of the 32 bits of a word is one output bit of one S-box and carries its own coefficients as a bit
// of the constants below; `x1` to `x5` hold an input of that S-box in all four bits of its nibble. The upper half of a 64-bit
// word holds the coefficients that `x0` multiplies. Inside a nibble the outputs stand in the order that lets P be done in eight
// rotations. Half of a round key lies in the order of R's own bits, for x1 to x4, and half for x0 and x5, so that E is two XORs
// and some masks.

/** For each bit of a round key which of C and D's 56 it is (PC-2), counted from the last; 255: none. Lazy: a build that does not need it has none. */
// @ts-ignore: decorator
@lazy export const POLYNOMIALS_PC2: usize = memory.data<u8>([
  27, 20, 6, 14, 22, 0, 17, 7, 23, 11, 5, 16, 9, 19, 25, 4,
  43, 36, 29, 49, 30, 52, 44, 37, 35, 50, 41, 28, 55, 32, 45, 39,
  42, 255, 255, 3, 10, 255, 255, 8, 12, 255, 255, 1, 26, 255, 255, 54,
  15, 255, 255, 48, 40, 255, 255, 46, 33, 255, 255, 51, 53, 255, 255, 24,
]);

/** The coefficients of the polynomials, in the order of their use. */
// @ts-ignore: decorator
@lazy const F: usize = memory.data<u64>([
  0x0a731fab9c7c0e11, 0xa7306e49892f85d8, 0xe07fa4b02433f672, 0xcb0f723d600fe212, 0xdadcc082015fa80b, 0x2a3c4b1620109202,
  0xfd4fab1b486c6000, 0x68b3ae73b6d959a5, 0xa3d0b400ea4f8049, 0x0803eb218c1cf210, 0xaac3d7f1e353502a, 0x50bf428c207f6203,
  0x991056c3e540e089, 0x511ca497b110f613, 0xf0903337801f3639, 0x9fde35c9bf372347, 0xa9e3886075b563de, 0x69a2eb563a6795bb,
  0xf3e2b936965e0ee4, 0x5039a06ccd9a3956, 0x917fe036a670d565, 0xf128240591306681, 0xf17ff06590752421, 0xf0854a3a973977ff,
  0x69dba00cc05aa005, 0x59972e3fe9fca90c, 0xa5c9813a8868a800, 0x63b1b509a2e7e29a, 0xd62fc9366a3a6817, 0x5109f5601111e7a0,
], 8);

// @ts-ignore: decorator
@inline const M: u32 = 0x11111111;

/** From the lowest bit of each nibble to all four bits of it, in both halves. */
// @ts-ignore: decorator
@inline
function widen(x: u32): u64 {
  const n: u32 = (x & M) * 15;
  return <u64>n | (<u64>n << 32);
}

/** Sixteen rounds on the halves l and r, the two words of `block`; their keys begin at `keys`, `step` bytes (8 or -8) apart. */
export function sixteenRounds(block: u64, keys: usize, step: usize): u64 {
  const c0 = load<u64>(F, 0), c1 = load<u64>(F, 8), c2 = load<u64>(F, 16), c3 = load<u64>(F, 24), c4 = load<u64>(F, 32);
  const c5 = load<u64>(F, 40), c6 = load<u64>(F, 48), c7 = load<u64>(F, 56), c8 = load<u64>(F, 64), c9 = load<u64>(F, 72);
  const c10 = load<u64>(F, 80), c11 = load<u64>(F, 88), c12 = load<u64>(F, 96);
  const c13 = load<u64>(F, 104), c14 = load<u64>(F, 112);
  const c15 = load<u64>(F, 120), c16 = load<u64>(F, 128), c17 = load<u64>(F, 136);
  const c18 = load<u64>(F, 144), c19 = load<u64>(F, 152);
  const c20 = load<u64>(F, 160), c21 = load<u64>(F, 168), c22 = load<u64>(F, 176);
  const c23 = load<u64>(F, 184), c24 = load<u64>(F, 192);
  const c25 = load<u64>(F, 200), c26 = load<u64>(F, 208), c27 = load<u64>(F, 216);
  const c28 = load<u64>(F, 224), c29 = load<u64>(F, 232);
  let l = <u32>(block >> 32);
  let r = <u32>block;
  for (let i = 0; i < 16; i++, keys += step) {
    // The round function (FIPS 46-3, "The Cipher Function f").
    const key = load<u64>(keys);
    const ku = r ^ <u32>key;
    const kv = r ^ <u32>(key >> 32);
    const x1 = widen(ku >> 3), x2 = widen(ku >> 2), x3 = widen(ku >> 1), x4 = widen(ku);
    const x5 = widen(rotl<u32>(kv, 1));
    const x0 = (rotr<u32>(kv, 4) & M) * 15;
    // Half of the coefficients for x5, then the others. A serial sum keeps fewer values alive than a tree would.
    let z = (c0 ^ (x1 & c1)) ^ (x2 & c2);
    z = (c3 ^ (x1 & c4)) ^ (x2 & (c5 ^ (x1 & c6))) ^ (x3 & z);
    z = (c7 ^ (x1 & c8)) ^ (x2 & (c9 ^ (x1 & c10))) ^ (x4 & z);
    z ^= x3 & ((c11 ^ (x1 & c12)) ^ (x2 & (c13 ^ (x1 & c14))));
    z = (c15 ^ (x1 & c16)) ^ (x2 & (c17 ^ (x1 & c18))) ^ (x5 & z);
    z ^= x3 & ((c19 ^ (x1 & c20)) ^ (x2 & (c21 ^ (x1 & c22))));
    z ^= x4 & ((c23 ^ (x1 & c24)) ^ (x2 & (c25 ^ (x1 & c26))) ^ (x3 & ((c27 ^ (x1 & c28)) ^ (x2 & c29))));
    const y = <u32>z ^ (x0 & <u32>(z >> 32));
    const t = l ^ ((((rotl<u32>(y, 3) & 0x04002022) | (rotl<u32>(y, 6) & 0x40440400))
      | ((rotl<u32>(y, 10) & 0x01200a10) | (rotl<u32>(y, 14) & 0xa0120004)))
      | (((rotl<u32>(y, 18) & 0x02008000) | (rotl<u32>(y, 19) & 0x10004140))
      | ((rotl<u32>(y, 26) & 0x00091080) | (rotl<u32>(y, 27) & 0x08800009))));
    l = r;
    r = t;
  }
  return (<u64>l << 32) | <u64>r;
}
