// The rounds of DES (FIPS 46-3) one block at a time, where registers have 64 bits: an output bit of an S-box is 64 bits of truth
// table, and is looked up by turning that word until the wanted bit stands where P sends it. A rotation takes the same time
// whatever its amount: on x86-64, on AArch64, and where 32-bit ARM makes it of shifts and conditional moves.
//
//   round key:  0                                32                               64
//               | 6 bits for S7 | S5 | S3 | S1   | 6 bits for S8 | S6 | S4 | S2   |     each in the lowest bits of an octet

/** For each bit of a round key which of C and D's 56 it is (PC-2), counted from the last; 255: none. Lazy: a build that does not need it has none. */
// @ts-ignore: decorator
@lazy export const TURNS_PC2: usize = memory.data<u8>([
  3, 22, 0, 17, 7, 12, 255, 255, 1, 9, 19, 25, 4, 15, 255, 255,
  48, 30, 52, 44, 37, 33, 255, 255, 51, 55, 32, 45, 39, 42, 255, 255,
  24, 27, 20, 6, 14, 10, 255, 255, 8, 23, 11, 5, 16, 26, 255, 255,
  54, 43, 36, 29, 49, 40, 255, 255, 46, 35, 50, 41, 28, 53, 255, 255,
]);

/** The tables of the four output bits of S7, S5, S3, S1, S8, S6, S4, S2, each turned to its place after P. */
// @ts-ignore: decorator
@lazy const W: usize = memory.data<u64>([
  0x92c761f82c96d966, 0x96699e643c3869cd, 0x57d06a792e07d1aa, 0xf292f2d34c691d2c, 0x6a79e1348e429dcd, 0x72864599ae59a56e,
  0x859ce349782e95e3, 0x496ed7291499b2da, 0x692d696b9c90d396, 0x863526f4794ad96a, 0xdae65830e70add25, 0x8ea5955a692e3671,
  0xbd43733b0cc34ea4, 0xc38da4bc135ed863, 0xd3a924c13e3e524f, 0x22f7d20cdf0368f1, 0x21c638b5ce0bd5e9, 0x29d2d62b2d54ad27,
  0xb14f91e27e194e2c, 0x140e6b0ce3e15cfb, 0x5c9a4695bb44ab69, 0x34c9c6b0af34d34e, 0x278db242db4a597c, 0x6d4b2f87946992b4,
  0xb0f9c67b64160fa4, 0x9718c74ca0e97cb6, 0xa3da4b339c6b3445, 0x61a4cc7384dbbe0d, 0xcb734e1d32cf0cb0, 0x8f93c169346c3e96,
  0x18a527f0dd1aa2dd, 0xd6b4ae1945a3f348,
], 8);

/** Sixteen rounds on the halves l and r, the two words of `block`; their keys begin at `keys`, `step` bytes (8 or -8) apart. */
export function sixteenRounds(block: u64, keys: usize, step: usize): u64 {
  const w0 = load<u64>(W, 0), w1 = load<u64>(W, 8), w2 = load<u64>(W, 16), w3 = load<u64>(W, 24);
  const w4 = load<u64>(W, 32), w5 = load<u64>(W, 40), w6 = load<u64>(W, 48), w7 = load<u64>(W, 56);
  const w8 = load<u64>(W, 64), w9 = load<u64>(W, 72), w10 = load<u64>(W, 80), w11 = load<u64>(W, 88);
  const w12 = load<u64>(W, 96), w13 = load<u64>(W, 104), w14 = load<u64>(W, 112), w15 = load<u64>(W, 120);
  const w16 = load<u64>(W, 128), w17 = load<u64>(W, 136), w18 = load<u64>(W, 144), w19 = load<u64>(W, 152);
  const w20 = load<u64>(W, 160), w21 = load<u64>(W, 168), w22 = load<u64>(W, 176), w23 = load<u64>(W, 184);
  const w24 = load<u64>(W, 192), w25 = load<u64>(W, 200), w26 = load<u64>(W, 208), w27 = load<u64>(W, 216);
  const w28 = load<u64>(W, 224), w29 = load<u64>(W, 232), w30 = load<u64>(W, 240), w31 = load<u64>(W, 248);
  let l = <u32>(block >> 32);
  let r = <u32>block;
  for (let i = 0; i < 16; i++, keys += step) {
    // E: the inputs of every other S-box stand an octet apart.
    const even = rotl<u32>(r, 29) ^ load<u32>(keys, 0);
    const odd = rotl<u32>(r, 1) ^ load<u32>(keys, 4);
    let f = l;
    let g: u32 = 0;
    const x7 = <u64>even;
    f ^= <u32>rotr<u64>(w0, x7) & 0x00000001; f ^= <u32>rotr<u64>(w1, x7) & 0x00100000;
    f ^= <u32>rotr<u64>(w2, x7) & 0x00000400; f ^= <u32>rotr<u64>(w3, x7) & 0x02000000;
    const x5 = <u64>(even >> 8);
    f ^= <u32>rotr<u64>(w4, x5) & 0x01000000; f ^= <u32>rotr<u64>(w5, x5) & 0x00040000;
    f ^= <u32>rotr<u64>(w6, x5) & 0x00000080; f ^= <u32>rotr<u64>(w7, x5) & 0x20000000;
    const x3 = <u64>(even >> 16);
    f ^= <u32>rotr<u64>(w8, x3) & 0x00000100; f ^= <u32>rotr<u64>(w9, x3) & 0x00010000;
    f ^= <u32>rotr<u64>(w10, x3) & 0x00000004; f ^= <u32>rotr<u64>(w11, x3) & 0x04000000;
    const x1 = <u64>(even >> 24);
    f ^= <u32>rotr<u64>(w12, x1) & 0x00800000; f ^= <u32>rotr<u64>(w13, x1) & 0x00008000;
    f ^= <u32>rotr<u64>(w14, x1) & 0x00000200; f ^= <u32>rotr<u64>(w15, x1) & 0x00000002;
    const x8 = <u64>odd;
    g ^= <u32>rotr<u64>(w16, x8) & 0x08000000; g ^= <u32>rotr<u64>(w17, x8) & 0x00000020;
    g ^= <u32>rotr<u64>(w18, x8) & 0x00020000; g ^= <u32>rotr<u64>(w19, x8) & 0x00000800;
    const x6 = <u64>(odd >> 8);
    g ^= <u32>rotr<u64>(w20, x6) & 0x10000000; g ^= <u32>rotr<u64>(w21, x6) & 0x00000008;
    g ^= <u32>rotr<u64>(w22, x6) & 0x00200000; g ^= <u32>rotr<u64>(w23, x6) & 0x00002000;
    const x4 = <u64>(odd >> 16);
    g ^= <u32>rotr<u64>(w24, x4) & 0x00000040; g ^= <u32>rotr<u64>(w25, x4) & 0x00001000;
    g ^= <u32>rotr<u64>(w26, x4) & 0x00400000; g ^= <u32>rotr<u64>(w27, x4) & 0x80000000;
    const x2 = <u64>(odd >> 24);
    g ^= <u32>rotr<u64>(w28, x2) & 0x00080000; g ^= <u32>rotr<u64>(w29, x2) & 0x00000010;
    g ^= <u32>rotr<u64>(w30, x2) & 0x40000000; g ^= <u32>rotr<u64>(w31, x2) & 0x00004000;
    l = r;
    r = f ^ g;
  }
  return (<u64>l << 32) | <u64>r;
}
