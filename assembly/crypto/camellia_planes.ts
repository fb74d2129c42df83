// Words into planes and back for Camellia (camellia.ts).

/** Exchanges the bits of `mask` of the word at `p` with those `n` places higher of the word at `q`. */
// @ts-ignore: decorator
@inline
function exchange(p: usize, q: usize, n: u64, mask: u64): void {
  const a = load<u64>(p);
  const b = load<u64>(q);
  const t = ((a >> n) ^ b) & mask;
  store<u64>(p, a ^ (t << n));
  store<u64>(q, b ^ t);
}

/** Turns eight words: bit p of octet i of word b becomes bit b of octet i of word p. Its own inverse. */
export function turnEight(w: usize): void {
  for (let i: usize = 0; i < 32; i += 8) exchange(w + i, w + i + 32, 4, 0x0f0f0f0f0f0f0f0f);
  for (let i: usize = 0; i < 64; i += 32) {
    exchange(w + i, w + i + 16, 2, 0x3333333333333333);
    exchange(w + i + 8, w + i + 24, 2, 0x3333333333333333);
  }
  for (let i: usize = 0; i < 64; i += 16) exchange(w + i, w + i + 8, 1, 0x5555555555555555);
}

/** The eight planes of a subkey that is the same for all blocks. */
export function spreadOctets(out: usize, key: u64): void {
  for (let p: u64 = 0; p < 8; p++) store<u64>(out + (<usize>p << 3), ((key >> p) & 0x0101010101010101) * 255);
}
