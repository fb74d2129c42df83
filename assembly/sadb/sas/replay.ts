/**
 * The anti-replay window (RFC 4303, 3.4.3 and appendix A2) as a ring of words (RFC 6479): moving the window clears whole
 * words and shifts nothing. The ring has a word more than the widest window, so that a word is never both of the oldest
 * and of the newest packets.
 *
 * `bits` is 17 words of 64 bits; `highest` the highest sequence number that was authenticated, 0 before the first.
 */
import { REPLAY_WINDOW_MAX } from "../../limits";

// @ts-ignore: decorator
@inline
const WORDS: u32 = (REPLAY_WINDOW_MAX >>> 6) + 1;
export const REPLAY_OCTETS: u32 = WORDS * 8;

// @ts-ignore: decorator
@inline
function word(bits: usize, sequence: u64): usize {
  return bits + ((<usize>((sequence >>> 6) % <u64>WORDS)) << 3);
}

/**
 * The whole extended number of a packet that carries the lower half `low` (RFC 4303, appendix A2.2): the one that is in
 * the window, or else the next one above it.
 */
export function extend(highest: u64, window: u32, low: u32): u64 {
  const top = <u32>highest;
  const upper = highest >>> 32;
  const bottom = top - window + 1;
  // Case A: the window is within one subspace of 2^32 numbers.
  if (top >= window - 1) return ((low >= bottom ? upper : upper + 1) << 32) | <u64>low;
  // Case B: it spans two; the lowest has none below it.
  return ((low >= bottom && upper != 0 ? upper - 1 : upper) << 32) | <u64>low;
}

/** Whether a packet of that number may be new. Asked before the ICV is computed. @param window 0: every number is new */
export function fresh(bits: usize, highest: u64, window: u32, sequence: u64): bool {
  // RFC 4303, 3.4.3: the first packet is number 1.
  if (sequence == 0) return false;
  if (window == 0 || sequence > highest) return true;
  if (highest - sequence >= <u64>window) return false;
  return (load<u64>(word(bits, sequence)) & ((<u64>1) << (sequence & 63))) == 0;
}

/** Notes an authenticated packet that was `fresh`, and returns the highest number now. */
export function note(bits: usize, highest: u64, window: u32, sequence: u64): u64 {
  if (window == 0) return sequence > highest ? sequence : highest;
  if (sequence > highest) {
    const moved = (sequence >>> 6) - (highest >>> 6);
    const steps: u32 = moved > <u64>WORDS ? WORDS : <u32>moved;
    for (let i: u32 = 0; i < steps; i++) store<u64>(word(bits, sequence - (<u64>i << 6)), 0);
    highest = sequence;
  }
  const p = word(bits, sequence);
  store<u64>(p, load<u64>(p) | ((<u64>1) << (sequence & 63)));
  return highest;
}
