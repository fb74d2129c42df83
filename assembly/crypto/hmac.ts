// HMAC (RFC 2104). What a key costs, two compressions, is paid once: `state` keeps the two chaining values after the
// inner and the outer pad, and a message starts from a copy of the first.
import { Hash, HASH_CTX_MAX, HASH_BLOCK_MAX, CHAIN_MAX } from "./hash";
import * as ct from "../util/ct";

/** Bytes that hold the state of any HMAC key: two chaining values. */
export const HMAC_STATE_MAX: u32 = 2 * CHAIN_MAX;

const pad: usize = memory.data(128, 8);
const work: usize = memory.data(200, 8);
const oneState: usize = memory.data(128, 8);
const oneCtx: usize = memory.data(200, 8);
// @ts-ignore: decorator
@lazy const oneKey: usize = memory.data(128, 8);

/** Bytes of `state` that this hash's HMAC uses. */
export function hmacStateLength(hash: Hash): u32 {
  return hash.chainLength << 1;
}

/** Computes the state of a key of any length into `state` (hmacStateLength bytes, aligned to 8). */
export function hmacKey(hash: Hash, state: usize, key: usize, keyLen: u32): void {
  const block = hash.blockLength;
  memory.fill(pad, 0, block);
  // RFC 2104, 2: a key longer than a block is hashed first.
  if (keyLen > block) hash.digest(work, key, keyLen, pad);
  else memory.copy(pad, key, keyLen);
  flip(block, 0x3636363636363636);
  hash.init(work);
  hash.update(work, pad, block);
  hash.saveChain(work, state);
  flip(block, 0x3636363636363636 ^ 0x5c5c5c5c5c5c5c5c);
  hash.init(work);
  hash.update(work, pad, block);
  hash.saveChain(work, state + hash.chainLength);
  ct.wipe(pad, HASH_BLOCK_MAX);
  ct.wipe(work, HASH_CTX_MAX);
  hash.wipeScratch();
}

function flip(block: u32, mask: u64): void {
  for (let i: u32 = 0; i < block; i += 8) store<u64>(pad + i, load<u64>(pad + i) ^ mask);
}

/** Begins a message under the key of `state` in `ctx` (hash.ctxLength bytes, aligned to 8). */
export function hmacStart(hash: Hash, state: usize, ctx: usize): void {
  hash.resume(ctx, state);
}

/** Adds `len` bytes at `data` to the message. */
export function hmacUpdate(hash: Hash, ctx: usize, data: usize, len: u32): void {
  hash.update(ctx, data, len);
}

/** Writes the code (hash.digestLength bytes, not truncated) to `out` and wipes `ctx`. */
export function hmacFinal(hash: Hash, state: usize, ctx: usize, out: usize): void {
  hash.finalOuter(ctx, state + hash.chainLength, out);
}

/**
 * The state of a key of which nobody may learn how long it is: `keyLen` is a secret, at most `max`, and behind it stand zeros up to `max`
 * octets. `max` is at least a block.
 */
export function hmacKeyHidden(hash: Hash, state: usize, key: usize, keyLen: u32, max: u32): void {
  const block = hash.blockLength;
  memory.fill(oneKey, 0, <usize>block);
  hash.init(work);
  hash.finalHidden(work, key, keyLen, max, oneKey);
  // RFC 2104, 2: what is no longer than a block is the key itself.
  // The mask lies in memory: a compiler that knows it for one bit has processors load only the octet that is taken (ARM's conditional loads).
  store<u32>(oneState, <u32>(<i32>(block - keyLen) >> 31));
  for (let i: u32 = 0; i < block; i++) {
    const longer = load<u32>(oneState);
    store<u8>(oneKey + i, <u8>ct.select(longer, <u32>load<u8>(oneKey + i), <u32>load<u8>(key + i)));
  }
  hmacKey(hash, state, oneKey, block);
  ct.wipe(oneKey, HASH_BLOCK_MAX);
}

/** As hmacFinal, behind `len` octets more at `tail`: `len` is a secret, at most `max`, up to which zeros stand behind them. */
export function hmacFinalHidden(hash: Hash, state: usize, ctx: usize, tail: usize, len: u32, max: u32, out: usize): void {
  hash.finalHidden(ctx, tail, len, max, oneKey);
  hash.resume(ctx, state + hash.chainLength);
  hash.update(ctx, oneKey, hash.digestLength);
  hash.final(ctx, out);
  ct.wipe(oneKey, HASH_BLOCK_MAX);
}

/** The code of one message under a key of any length. `out` may be `data` or `key`. */
export function hmac(hash: Hash, key: usize, keyLen: u32, data: usize, len: u32, out: usize): void {
  hmacKey(hash, oneState, key, keyLen);
  hmacStart(hash, oneState, oneCtx);
  hmacUpdate(hash, oneCtx, data, len);
  hmacFinal(hash, oneState, oneCtx, out);
  ct.wipe(oneState, HMAC_STATE_MAX);
}
