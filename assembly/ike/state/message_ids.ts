/**
 * Message IDs of our own (RFC 2409, 5.5: unique under an SA, and not to be guessed): the numbers 0, 1, 2 ... under a keyed
 * permutation of 32 bits. None comes twice, and of any message ID it can be said whether it has been ours without one of them
 * being kept: HASH(1) is the same in both directions, so that what we sent could else be sent back to us as the peer's.
 *
 * The permutation is four rounds of Feistel (Luby and Rackoff) over SHA-256 of a key of this start, the SA's number, the round
 * and a half.
 */
import * as drbg from "../../crypto/drbg";
import { sha256 } from "../../crypto/sha2_32";

const ROUNDS: u32 = 4;
const key: usize = memory.data(32, 8);
let keyed: bool = false;
const block: usize = memory.data(16, 4);
const digest: usize = memory.data(32, 8);
const digestCtx: usize = memory.data(200, 8);

export function init(): void {
  memory.fill(key, 0, 32);
  keyed = false;
}

/** Draws the key, once. False: no entropy. */
export function ready(): bool {
  if (!keyed) keyed = drbg.fill(key, 32);
  return keyed;
}

function half(sa: u32, round: u32, half: u32): u32 {
  store<u32>(block, sa);
  store<u32>(block, round, 4);
  store<u32>(block, half, 8);
  sha256.init(digestCtx);
  sha256.update(digestCtx, key, 32);
  sha256.update(digestCtx, block, 12);
  sha256.final(digestCtx, digest);
  return load<u32>(digest) & 0xffff;
}

/** The message ID of our `n`th exchange under an SA. */
export function nth(sa: u32, n: u32): u32 {
  let left = n >>> 16;
  let right = n & 0xffff;
  for (let round: u32 = 0; round < ROUNDS; round++) {
    const next = left ^ half(sa, round, right);
    left = right;
    right = next;
  }
  return (left << 16) | right;
}

/** Which of ours a message ID would be. */
export function indexOf(sa: u32, M_ID: u32): u32 {
  let left = M_ID >>> 16;
  let right = M_ID & 0xffff;
  for (let round: u32 = ROUNDS; round-- > 0; ) {
    const before = right ^ half(sa, round, left);
    right = left;
    left = before;
  }
  return (left << 16) | right;
}
