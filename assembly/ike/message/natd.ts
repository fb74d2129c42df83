/**
 * NAT detection (RFC 3947, 3.2): each side sends hashes of the address and port that it believes the other and itself
 * have; where none matches what the packet came with, something between has rewritten it.
 */
import { HASH_CTX_MAX, Hash } from "../../crypto/hash";
import { put16, put32 } from "../../util/bytes";
import * as ct from "../../util/ct";

const ctx: usize = memory.data(200, 8);
const tail: usize = memory.data(6, 4);
const computed: usize = memory.data(64, 8);

/**
 * HASH(CKY-I | CKY-R | IP | Port) with the negotiated hash, hash.digestLength octets to `out`.
 * @param ip a number with the first octet on top @param port the UDP port
 */
export function natdHash(hash: Hash, CKY_I: usize, CKY_R: usize, ip: u32, port: u32, out: usize): void {
  hash.init(ctx);
  hash.update(ctx, CKY_I, 8);
  hash.update(ctx, CKY_R, 8);
  put32(tail, ip);
  put16(tail + 4, port);
  hash.update(ctx, tail, 6);
  hash.final(ctx, out);
  ct.wipe(ctx, HASH_CTX_MAX);
}

/** Whether a received NAT-D body of `len` octets is the hash of this address and port. */
export function natdMatches(
  hash: Hash, CKY_I: usize, CKY_R: usize, ip: u32, port: u32, received: usize, len: u32,
): bool {
  if (len != hash.digestLength) return false;
  natdHash(hash, CKY_I, CKY_R, ip, port, computed);
  return ct.equal(received, computed, len);
}
