// AES in counter mode (SP 800-38A, 6.5; RFC 3686), eight blocks at a time on vectors (simd/aes_eight.ts), else four
// (aes_four.ts). Encryption and decryption are one operation. The counter is the last 32 bits of the block, big-endian, and
// wraps (SP 800-38D, 6.2); no packet comes near that.
//
// The parts are open for GCM and CCM, which take several runs under one key: ctrOpen, ctrRun ..., ctrClose. Blocks of the
// stream that one run leaves over are the next one's, so that such runs go on with one counter.
import { aes } from "./aes";
import * as four from "./aes_four";
import * as eight from "./simd/aes_eight";
import { get32, put32 } from "../util/bytes";

/** Bytes of the key schedule, aligned to 8: that of AES. */
export const CTR_CTX: u32 = 248;

/** Blocks that are made at once. */
// @ts-ignore: decorator
@inline const BLOCKS: u32 = ASC_FEATURE_SIMD ? 8 : 4;

/** The counter block. */
const block: usize = memory.data(16, 8);
/** Rounds of the open schedule. */
let rounds: usize = 0;
/** Blocks of the stream that are left. */
let left: u32 = 0;

/** Expands a key of 16, 24 or 32 bytes. False, and nothing done, for another length. */
export function ctrKey(ctx: usize, key: usize, keyLen: u32): bool {
  if (!aes.keyLengthOk(keyLen)) return false;
  aes.setKey(ctx, key, keyLen);
  return true;
}

/** Spreads the schedule for the runs that follow; ctrClose wipes it. */
export function ctrOpen(ctx: usize): void {
  rounds = <usize>load<u32>(ctx);
  left = 0;
  if (ASC_FEATURE_SIMD) eight.spreadKeys(ctx, rounds);
  else four.spreadKeys(ctx, rounds);
}

// @ts-ignore: decorator
@inline
function stream(): usize {
  return ASC_FEATURE_SIMD ? eight.state : four.four;
}

/** Makes the blocks of the stream that begin with this counter, for `len` bytes and more. */
function makeStream(counter: usize, count: u32, len: u32): void {
  if (ASC_FEATURE_SIMD) eight.makeStream(rounds, counter, count, len);
  else {
    const head = load<u64>(counter, 0);
    const middle = load<u32>(counter, 8);
    for (let b: usize = 0; b < BLOCKS << 4; b += 16) {
      store<u64>(four.four + b, head);
      store<u32>(four.four + b, middle, 8);
      put32(four.four + b + 12, count++);
    }
    four.encryptFour(rounds);
  }
  left = BLOCKS;
}

/** XORs `n` bytes at `data` with those at `from`. */
// @ts-ignore: decorator
@inline
function mask(data: usize, from: usize, n: u32): void {
  for (; n >= 16; n -= 16, data += 16, from += 16) {
    if (ASC_FEATURE_SIMD) v128.store(data, v128.xor(v128.load(data), v128.load(from)));
    else {
      store<u64>(data, load<u64>(data) ^ load<u64>(from));
      store<u64>(data, load<u64>(data, 8) ^ load<u64>(from, 8), 8);
    }
  }
  for (let i: u32 = 0; i < n; i++) store<u8>(data + i, load<u8>(data + i) ^ load<u8>(from + i));
}

/** XORs `len` bytes at `data` with the key stream that begins at `counter` (16 bytes), which moves on by whole blocks. */
export function ctrRun(counter: usize, data: usize, len: u32): void {
  let count = get32(counter + 12);
  while (len) {
    if (!left) makeStream(counter, count, len);
    const room = left << 4;
    const n: u32 = len < room ? len : room;
    if (ASC_FEATURE_SIMD && n == BLOCKS << 4) eight.xorStream(data);
    else mask(data, stream() + ((BLOCKS - left) << 4), n);
    const blocks = (n + 15) >>> 4;
    left -= blocks;
    count += blocks;
    data += n;
    len -= n;
  }
  put32(counter + 12, count);
}

/** Whether a text of `len` bytes leaves no block of its last stream over: what needs one more then makes it alone. */
export function ctrFull(len: u32): bool {
  return (((len + 15) >>> 4) & (BLOCKS - 1)) == 0;
}

/** Forgets the key and its stream. */
export function ctrClose(): void {
  if (ASC_FEATURE_SIMD) eight.wipeEight();
  else four.wipeFour();
  left = 0;
}

/**
 * Encrypts or decrypts in place `len` bytes, any number, as RFC 3686, 4 says: the counter block is `nonce` (4 bytes, from
 * KEYMAT), `iv` (8 bytes, from the packet) and a counter that begins at 1.
 */
export function ctrEsp(ctx: usize, nonce: usize, iv: usize, data: usize, len: u32): void {
  store<u32>(block, load<u32>(nonce));
  memory.copy(block + 4, iv, 8);
  put32(block + 12, 1);
  ctrOpen(ctx);
  ctrRun(block, data, len);
  ctrClose();
}
