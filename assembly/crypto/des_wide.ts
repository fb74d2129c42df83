// DES on 64 blocks at once, bit by bit: seven times as fast as one at a time, where blocks do not wait for one
// another, as in CBC decryption.
import { roundOf64 } from "./des_boxes";
import * as ct from "../util/ct";

/** From this many blocks on, 64 at once are quicker than one after the other. */
export const WIDE_MIN: u32 = 10;

/** 64 blocks as words, then as planes; the planes of both halves. */
const blocks: usize = memory.data(512, 8);
const halves: usize = memory.data(512, 8);

/** Turns the 64 words at `p` as a 64 x 64 bit matrix: bit i of word j becomes bit j of word i. */
function transpose(p: usize): void {
  let mask: u64 = 0x00000000ffffffff;
  for (let step: usize = 32; step; step >>= 1) {
    for (let i: usize = 0; i < 64; i = (i + step + 1) & ~step) {
      const low = p + (i << 3);
      const high = low + (step << 3);
      const a = load<u64>(low);
      const b = load<u64>(high);
      const t = ((a >> <u64>step) ^ b) & mask;
      store<u64>(low, a ^ (t << <u64>step));
      store<u64>(high, b ^ t);
    }
    mask ^= mask << <u64>(step >> 1);
  }
}

/** The plane of the block's bit that IP puts at bit `i` of L; that of R is the next one (FIPS 46-3, "Enciphering"). */
// @ts-ignore: decorator
@inline
function initial(i: usize): usize {
  return blocks + ((7 - (i & 7)) << 6) + ((i >> 3) << 4);
}

/**
 * Decrypts `count` blocks (1 to 64) at `data` into `data`, without chaining: `stages` times 16 rounds, their keys read
 * backwards from `keys`.
 */
export function decryptWide(data: usize, count: u32, keys: usize, stages: u32): void {
  for (let i: usize = 0; i < count; i++) store<u64>(blocks + (i << 3), bswap<u64>(load<u64>(data + (i << 3))));
  memory.fill(blocks + (count << 3), 0, 512 - (count << 3));
  transpose(blocks);
  let l = halves;
  let r = halves + 256;
  for (let i: usize = 0; i < 32; i++) {
    store<u64>(l + (i << 3), load<u64>(initial(i), 0));
    store<u64>(r + (i << 3), load<u64>(initial(i), 8));
  }
  for (; stages; stages--) {
    for (let i = 0; i < 8; i++) {
      roundOf64(l, r, load<u64>(keys));
      roundOf64(r, l, load<u64>(keys - 8));
      keys -= 16;
    }
    // As in des.ts: the last round does not exchange the halves.
    const t = l;
    l = r;
    r = t;
  }
  for (let i: usize = 0; i < 32; i++) {
    store<u64>(initial(i), load<u64>(l + (i << 3)), 0);
    store<u64>(initial(i), load<u64>(r + (i << 3)), 8);
  }
  transpose(blocks);
  for (let i: usize = 0; i < count; i++) store<u64>(data + (i << 3), bswap<u64>(load<u64>(blocks + (i << 3))));
}

/** Clears what decryptWide leaves behind. */
export function wipeWide(): void {
  ct.wipe(blocks, 512);
  ct.wipe(halves, 512);
}
