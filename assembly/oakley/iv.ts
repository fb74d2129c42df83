/**
 * Initialization vectors of encrypted ISAKMP messages (RFC 2409, appendix B). Within an exchange the next message's IV is
 * the last ciphertext block of the one before; BlockCipher keeps it in `iv`.
 */
import { DIGEST_MAX, Hash, HASH_CTX_MAX } from "../crypto/hash";
import { put32 } from "../util/bytes";
import * as ct from "../util/ct";

const ctx: usize = memory.data(200, 8);
const digest: usize = memory.data(64, 8);
const number: usize = memory.data(4, 4);

/** The first IV of phase 1: the first `ivLen` octets of hash(g^xi | g^xr). `len` is the length of each public value. */
export function phase1Iv(hash: Hash, g_xi: usize, g_xr: usize, len: u32, ivLen: u32, out: usize): void {
  hash.init(ctx);
  hash.update(ctx, g_xi, len);
  hash.update(ctx, g_xr, len);
  finish(hash, ivLen, out);
}

/**
 * The first IV of an exchange of phase 2: the first `ivLen` octets of hash(last block of phase 1 | M-ID).
 * @param lastIv last ciphertext block of phase 1, `ivLen` octets
 */
export function phase2Iv(hash: Hash, lastIv: usize, ivLen: u32, M_ID: u32, out: usize): void {
  hash.init(ctx);
  hash.update(ctx, lastIv, ivLen);
  put32(number, M_ID);
  hash.update(ctx, number, 4);
  finish(hash, ivLen, out);
}

function finish(hash: Hash, ivLen: u32, out: usize): void {
  hash.final(ctx, digest);
  memory.copy(out, digest, <usize>ivLen);
  ct.wipe(ctx, HASH_CTX_MAX);
  ct.wipe(digest, DIGEST_MAX);
}
