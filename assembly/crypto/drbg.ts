// HMAC_DRBG with SHA-256 (SP 800-90A Rev. 1, 10.1.2), security strength 256, without additional input: the one source
// of random octets in the module. Nonces, cookies, SPIs, IVs and Diffie-Hellman exponents all come from `fill`.
import { sha256 } from "./sha2_32";
import { hmacKey, hmacStart, hmacUpdate, hmacFinal } from "./hmac";
import { random } from "../util/host";
import * as ct from "../util/ct";
import { DRBG_RESEED_INTERVAL } from "../limits";

/** Octets taken from the host at once: 32 of entropy input and 16 of nonce (SP 800-90A, 8.6.7). */
export const SEED_LENGTH: u32 = 48;
/** Most octets of one request: 2^19 bits (SP 800-90A, table 2). */
export const REQUEST_MAX: u32 = 65536;

const K: usize = memory.data(32, 8);
const V: usize = memory.data(32, 8);
const entropy: usize = memory.data(48, 8);
const keyState: usize = memory.data(64, 8);
const ctx: usize = memory.data(104, 8);
const octet: usize = memory.data(1, 1);

let seeded: bool = false;
let requests: u32 = 0;

/** Forgets everything: not ready until the next seed. */
export function init(): void {
  wipe();
}

/** Whether `fill` would succeed, as far as is known before the next reseeding. */
export function ready(): bool {
  return seeded;
}

/** Instantiates, or reseeds, with fresh entropy from the host. False, and not ready, when the host gives too little. */
export function seed(): bool {
  if (random(entropy, SEED_LENGTH) != SEED_LENGTH) {
    ct.wipe(entropy, SEED_LENGTH);
    wipe();
    return false;
  }
  if (seeded) reseedWith(entropy, SEED_LENGTH);
  else instantiateWith(entropy, SEED_LENGTH);
  ct.wipe(entropy, SEED_LENGTH);
  return true;
}

/** Writes `len` random octets. False, with `out` zeroed, when not seeded or a due reseeding fails, or len is too large. */
export function fill(out: usize, len: u32): bool {
  if (!seeded || len > REQUEST_MAX || (requests >= DRBG_RESEED_INTERVAL && !seed())) {
    memory.fill(out, 0, len);
    return false;
  }
  // SP 800-90A, 10.1.2.5.
  hmacKey(sha256, keyState, K, 32);
  while (len) {
    next();
    const n: u32 = len < 32 ? len : 32;
    memory.copy(out, V, n);
    out += n;
    len -= n;
  }
  update(0, 0);
  ct.wipe(keyState, 64);
  requests++;
  return true;
}

/** Forgets the working state. */
export function wipe(): void {
  ct.wipe(K, 32);
  ct.wipe(V, 32);
  seeded = false;
  requests = 0;
}

/** SP 800-90A, 10.1.2.3, with seed material of `len` octets: entropy input, nonce, personalization string. */
export function instantiateWith(material: usize, len: u32): void {
  memory.fill(K, 0, 32);
  memory.fill(V, 1, 32);
  update(material, len);
  seeded = true;
  requests = 0;
}

/** SP 800-90A, 10.1.2.4. */
export function reseedWith(material: usize, len: u32): void {
  update(material, len);
  requests = 0;
}

/** V = HMAC(K, V), under the key in keyState. */
function next(): void {
  hmacStart(sha256, keyState, ctx);
  hmacUpdate(sha256, ctx, V, 32);
  hmacFinal(sha256, keyState, ctx, V);
}

/** HMAC_DRBG_Update (SP 800-90A, 10.1.2.2). */
function update(material: usize, len: u32): void {
  for (let round: u32 = 0; round < 2; round++) {
    hmacKey(sha256, keyState, K, 32);
    hmacStart(sha256, keyState, ctx);
    hmacUpdate(sha256, ctx, V, 32);
    store<u8>(octet, <u8>round);
    hmacUpdate(sha256, ctx, octet, 1);
    hmacUpdate(sha256, ctx, material, len);
    hmacFinal(sha256, keyState, ctx, K);
    hmacKey(sha256, keyState, K, 32);
    next();
    if (len == 0) break;
  }
  ct.wipe(keyState, 64);
}
