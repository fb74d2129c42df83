// Between blocks of AES as bytes and the planes of aes_bits.ts.

// @ts-ignore: decorator
@inline const LOW: u64 = 0x0101010101010101;

/** A column's four bytes, one in the low byte of each quarter. */
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

/** The block's columns 0 and 2, a byte for each row and column. */
// @ts-ignore: decorator
@inline
function even(block: usize): u64 {
  return spread(load<u32>(block, 0)) | (spread(load<u32>(block, 8)) << 8);
}

/** Its columns 1 and 3. */
// @ts-ignore: decorator
@inline
function odd(block: usize): u64 {
  return spread(load<u32>(block, 4)) | (spread(load<u32>(block, 12)) << 8);
}

// @ts-ignore: decorator
@inline
function writeBlock(block: usize, e: u64, o: u64): void {
  store<u32>(block, gather(e), 0);
  store<u32>(block, gather(o), 4);
  store<u32>(block, gather(e >> 8), 8);
  store<u32>(block, gather(o >> 8), 12);
}

/** Puts block number `b` (0 to 3) at `block` into the words at `q`; `transpose` makes planes of four such blocks. */
export function pack(q: usize, b: usize, block: usize): void {
  store<u64>(q + (b << 3), even(block));
  store<u64>(q + (b << 3), odd(block), 32);
}

/** Writes block number `b` of the words at `q` (planes that `transpose` has turned back) to `block`. */
export function unpack(q: usize, b: usize, block: usize): void {
  writeBlock(block, load<u64>(q + (b << 3)), load<u64>(q + (b << 3), 32));
}

/** Turns the eight words at `q` as 8 x 8 bit matrices, byte by byte; twice is the identity. */
export function transpose(q: usize): void {
  let a = load<u64>(q, 0), b = load<u64>(q, 8), c = load<u64>(q, 16), d = load<u64>(q, 24);
  let e = load<u64>(q, 32), f = load<u64>(q, 40), g = load<u64>(q, 48), h = load<u64>(q, 56);
  let t: u64;
  const m1: u64 = 0x5555555555555555;
  t = ((a >> 1) ^ b) & m1; a ^= t << 1; b ^= t;
  t = ((c >> 1) ^ d) & m1; c ^= t << 1; d ^= t;
  t = ((e >> 1) ^ f) & m1; e ^= t << 1; f ^= t;
  t = ((g >> 1) ^ h) & m1; g ^= t << 1; h ^= t;
  const m2: u64 = 0x3333333333333333;
  t = ((a >> 2) ^ c) & m2; a ^= t << 2; c ^= t;
  t = ((b >> 2) ^ d) & m2; b ^= t << 2; d ^= t;
  t = ((e >> 2) ^ g) & m2; e ^= t << 2; g ^= t;
  t = ((f >> 2) ^ h) & m2; f ^= t << 2; h ^= t;
  const m4: u64 = 0x0f0f0f0f0f0f0f0f;
  t = ((a >> 4) ^ e) & m4; a ^= t << 4; e ^= t;
  t = ((b >> 4) ^ f) & m4; b ^= t << 4; f ^= t;
  t = ((c >> 4) ^ g) & m4; c ^= t << 4; g ^= t;
  t = ((d >> 4) ^ h) & m4; d ^= t << 4; h ^= t;
  store<u64>(q, a, 0); store<u64>(q, b, 8); store<u64>(q, c, 16); store<u64>(q, d, 24);
  store<u64>(q, e, 32); store<u64>(q, f, 40); store<u64>(q, g, 48); store<u64>(q, h, 56);
}

/** Planes in which all four blocks are the one at `block`, each octet XORed with one of `constant`: a round key's. */
export function planesOfFour(q: usize, block: usize, constant: u64): void {
  const e = even(block) ^ constant;
  const o = odd(block) ^ constant;
  for (let i: u64 = 0; i < 8; i++) {
    const bit = ((e >> i) & LOW) | (((o >> i) & LOW) << 4);
    store<u64>(q + (<usize>i << 3), (bit << 4) - bit);
  }
}
