/**
 * PBKDF2 with HMAC-SHA-256 (RFC 8018, 5.2), 32 octets of it, in slices so that packets keep flowing between them. Each user has one of its own,
 * so that a check at the console, a hash in the background and a master key do not get in each other's way.
 */
import { HASH_CTX_MAX } from "../crypto/hash";
import { HMAC_STATE_MAX, hmacFinal, hmacKey, hmacStart, hmacUpdate } from "../crypto/hmac";
import { sha256 } from "../crypto/sha2_32";
import { put32 } from "../util/bytes";
import * as ct from "../util/ct";

/** Rounds of a slice: as long as MODEXP_SLICE multiplications of limbs, about. */
const ROUNDS_SLICE: u32 = 64;
export const OCTETS: u32 = 32;
const AREA: u32 = HMAC_STATE_MAX + HASH_CTX_MAX + 2 * OCTETS;

export class Stretch {
  private area: usize;
  private left: u32 = 0;

  constructor() {
    this.area = (heap.alloc(AREA + 8) + 7) & ~7;
  }

  private get ctx(): usize {
    return this.area + HMAC_STATE_MAX;
  }

  private get u(): usize {
    return this.area + HMAC_STATE_MAX + HASH_CTX_MAX;
  }

  /** What was derived, OCTETS octets. */
  get derived(): usize {
    return this.u + OCTETS;
  }

  /** Password and salt need not stay. @param rounds 1 at least */
  begin(password: usize, len: u32, salt: usize, saltLen: u32, rounds: u32): void {
    hmacKey(sha256, this.area, password, len);
    hmacStart(sha256, this.area, this.ctx);
    hmacUpdate(sha256, this.ctx, salt, saltLen);
    put32(this.u, 1);
    hmacUpdate(sha256, this.ctx, this.u, 4);
    hmacFinal(sha256, this.area, this.ctx, this.u);
    memory.copy(this.derived, this.u, OCTETS);
    this.left = rounds - 1;
  }

  /** One slice; true when `derived` is there. */
  step(): bool {
    for (let i: u32 = 0; i < ROUNDS_SLICE && this.left; i++, this.left--) {
      hmacStart(sha256, this.area, this.ctx);
      hmacUpdate(sha256, this.ctx, this.u, OCTETS);
      hmacFinal(sha256, this.area, this.ctx, this.u);
      for (let k: usize = 0; k < OCTETS; k += 8) store<u64>(this.derived + k, load<u64>(this.derived + k) ^ load<u64>(this.u + k));
    }
    return this.left == 0;
  }

  wipe(): void {
    ct.wipe(this.area, AREA);
    this.left = 0;
  }
}
