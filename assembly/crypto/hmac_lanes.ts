// HMAC (RFC 2104) of several messages under keys of their own.
import { Hash, HashAlg } from "./hash";
import { hmacFinal, hmacStart, hmacUpdate } from "./hmac";

/** Messages that are hashed at once. */
export const LANES: u32 = 4;

const work: usize = memory.data(200, 8);

/** Whether messages of a hash gain by company: others take what they take one by one. */
export function inLanes(hash: Hash): bool {
  return hash.id == <u32>HashAlg.SHA1 || hash.id == <u32>HashAlg.SHA256;
}

/**
 * The codes of `n` messages, at most LANES: 32-bit addresses of hmacKey's states at `states`, of the messages at `data`, their
 * lengths at `lengths`. The codes, whole, are written `stride` octets apart from `out` on.
 */
export function hmacLanes(hash: Hash, n: u32, states: usize, data: usize, lengths: usize, out: usize, stride: usize): void {
  for (let i: usize = 0; i < <usize>n; i++) {
    const state = <usize>load<u32>(states + (i << 2));
    hmacStart(hash, state, work);
    hmacUpdate(hash, work, <usize>load<u32>(data + (i << 2)), load<u32>(lengths + (i << 2)));
    hmacFinal(hash, state, work, out + i * stride);
  }
}
