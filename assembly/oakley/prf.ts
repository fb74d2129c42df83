/**
 * The pseudo-random function of IKE: HMAC with the negotiated hash (RFC 2409, 4 and 5). One computation at a time; its
 * argument may come in parts. Key and output are secrets; lengths are public.
 */
import { Hash, HASH_CTX_MAX } from "../crypto/hash";
import { HMAC_STATE_MAX, hmacFinal, hmacFinalHidden, hmacKey, hmacKeyHidden, hmacStart, hmacUpdate } from "../crypto/hmac";
import * as ct from "../util/ct";

const state: usize = memory.data(128, 8);
const ctx: usize = memory.data(200, 8);

/** Begins prf(key, ...). */
export function prfStart(hash: Hash, key: usize, keyLen: u32): void {
  hmacKey(hash, state, key, keyLen);
  hmacStart(hash, state, ctx);
}

/** Adds `len` octets to the argument. */
export function prfUpdate(hash: Hash, p: usize, len: u32): void {
  hmacUpdate(hash, ctx, p, len);
}

/** Writes hash.digestLength octets to `out` and wipes what the computation left. */
export function prfFinal(hash: Hash, out: usize): void {
  hmacFinal(hash, state, ctx, out);
  ct.wipe(state, HMAC_STATE_MAX);
  ct.wipe(ctx, HASH_CTX_MAX);
}

/** As prfStart with a key whose length is a secret, at most `max`; zeros stand behind it. */
export function prfStartHidden(hash: Hash, key: usize, keyLen: u32, max: u32): void {
  hmacKeyHidden(hash, state, key, keyLen, max);
  hmacStart(hash, state, ctx);
}

/** As prfFinal behind `len` octets more, which is a secret, at most `max`; zeros stand behind them. */
export function prfFinalHidden(hash: Hash, tail: usize, len: u32, max: u32, out: usize): void {
  hmacFinalHidden(hash, state, ctx, tail, len, max, out);
  ct.wipe(state, HMAC_STATE_MAX);
  ct.wipe(ctx, HASH_CTX_MAX);
}

/** prf(key, message); `out` may be `key` or `message`. */
export function prf(hash: Hash, key: usize, keyLen: u32, message: usize, len: u32, out: usize): void {
  prfStart(hash, key, keyLen);
  prfUpdate(hash, message, len);
  prfFinal(hash, out);
}
