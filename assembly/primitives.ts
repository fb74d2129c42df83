// The crypto core by itself: every primitive of crypto/ and, through primitives_oakley, of oakley/, for vectors, for
// benchmarks and for use from Node. The caller lays keys, contexts and data out in one arena, `scratch()`, and passes
// addresses. Algorithms are named by IKE's attribute values (crypto/hash.ts, crypto/cipher.ts). A function that returns
// u32 returns 0 for an unknown algorithm or a length that the algorithm does not take, and has then done nothing.
import { hashById, cipherById } from "./crypto/registry";
import * as des from "./crypto/des";
import * as mac from "./crypto/hmac";
import * as four from "./crypto/hmac_four";
import * as drbg from "./crypto/drbg";
import * as ct from "./util/ct";

export * from "./primitives/oakley";
export * from "./primitives/suites";
export * from "./primitives/curves";
export * from "./primitives/signatures";
export * from "./primitives/encryption";

const ARENA: u32 = 262144;
const arena: usize = (heap.alloc(ARENA + 16) + 15) & ~15;

/** The arena's address, aligned to 16. */
export function scratch(): usize {
  return arena;
}

/** The arena's length in bytes. */
export function scratchLength(): u32 {
  return ARENA;
}

// Hashes

/** Bytes of a digest. */
export function digestLength(id: u32): u32 {
  const hash = hashById(id);
  return hash ? hash.digestLength : 0;
}

/** Bytes of a hash's block. */
export function hashBlockLength(id: u32): u32 {
  const hash = hashById(id);
  return hash ? hash.blockLength : 0;
}

/** Bytes of a hash's context, aligned to 8; a copy of it continues a message by itself. */
export function hashCtxLength(id: u32): u32 {
  const hash = hashById(id);
  return hash ? hash.ctxLength : 0;
}

/** Begins a message; returns 1. */
export function hashInit(id: u32, ctx: usize): u32 {
  const hash = hashById(id);
  if (!hash) return 0;
  hash.init(ctx);
  return 1;
}

/** Adds to a message; returns 1. */
export function hashUpdate(id: u32, ctx: usize, data: usize, len: u32): u32 {
  const hash = hashById(id);
  if (!hash) return 0;
  hash.update(ctx, data, len);
  return 1;
}

/** Ends a message and returns the digest's length. */
export function hashFinal(id: u32, ctx: usize, out: usize): u32 {
  const hash = hashById(id);
  if (!hash) return 0;
  hash.final(ctx, out);
  return hash.digestLength;
}

// HMAC

/** Bytes of a key's state, aligned to 8. */
export function hmacStateLength(id: u32): u32 {
  const hash = hashById(id);
  return hash ? mac.hmacStateLength(hash) : 0;
}

/** Computes a key's state; returns 1. */
export function hmacKey(id: u32, state: usize, key: usize, keyLen: u32): u32 {
  const hash = hashById(id);
  if (!hash) return 0;
  mac.hmacKey(hash, state, key, keyLen);
  return 1;
}

/** Begins a message in a hash's context; returns 1. */
export function hmacStart(id: u32, state: usize, ctx: usize): u32 {
  const hash = hashById(id);
  if (!hash) return 0;
  mac.hmacStart(hash, state, ctx);
  return 1;
}

/** Ends a message to which hashUpdate has added, and returns the code's length. */
export function hmacFinal(id: u32, state: usize, ctx: usize, out: usize): u32 {
  const hash = hashById(id);
  if (!hash) return 0;
  mac.hmacFinal(hash, state, ctx, out);
  return hash.digestLength;
}

/** The code of one message; returns its length. */
export function hmac(id: u32, key: usize, keyLen: u32, data: usize, len: u32, out: usize): u32 {
  const hash = hashById(id);
  if (!hash) return 0;
  mac.hmac(hash, key, keyLen, data, len, out);
  return hash.digestLength;
}

/**
 * The codes of `count` messages, 1 to 4, under keys of their own: `jobs` are as many records of six words: state, data, its
 * length, more data, its length (0 to 8), out. Returns the length of a code.
 */
export function hmacFour(id: u32, jobs: usize, count: u32): u32 {
  const hash = hashById(id);
  if (!hash || !count || count > four.MAC_JOBS) return 0;
  four.hmacFour(hash, jobs, count);
  return hash.digestLength;
}

// Ciphers in CBC mode

/** Whether DES takes the kernel for registers of 32 bits; before its keys are set. */
export function desNarrow(narrow: bool): void {
  des.init(narrow);
}

/** Bytes of a cipher's block, and of the IV. */
export function cipherBlockLength(id: u32): u32 {
  const cipher = cipherById(id);
  return cipher ? cipher.blockLength : 0;
}

/** Bytes of a key schedule, aligned to 8. */
export function cipherCtxLength(id: u32): u32 {
  const cipher = cipherById(id);
  return cipher ? cipher.ctxLength : 0;
}

/** Expands a key; returns 1. */
export function cipherSetKey(id: u32, ctx: usize, key: usize, keyLen: u32): u32 {
  const cipher = cipherById(id);
  if (!cipher || !cipher.keyLengthOk(keyLen)) return 0;
  cipher.setKey(ctx, key, keyLen);
  return 1;
}

/** Encrypts whole blocks in place and moves the IV on; returns 1. */
export function cbcEncrypt(id: u32, ctx: usize, iv: usize, data: usize, len: u32): u32 {
  const cipher = cipherById(id);
  if (!cipher || len & (cipher.blockLength - 1)) return 0;
  cipher.cbcEncrypt(ctx, iv, data, len);
  return 1;
}

/** Decrypts whole blocks in place and moves the IV on; returns 1. */
export function cbcDecrypt(id: u32, ctx: usize, iv: usize, data: usize, len: u32): u32 {
  const cipher = cipherById(id);
  if (!cipher || len & (cipher.blockLength - 1)) return 0;
  cipher.cbcDecrypt(ctx, iv, data, len);
  return 1;
}

// The generator of random bits (crypto/drbg.ts)

/** Seeds or reseeds from the host; 1 when that succeeded. */
export function drbgSeed(): u32 {
  return drbg.seed() ? 1 : 0;
}

/** Instantiates from seed material of the caller's; for known answers. */
export function drbgInstantiate(material: usize, len: u32): void {
  drbg.instantiateWith(material, len);
}

/** Reseeds from material of the caller's; for known answers. */
export function drbgReseed(material: usize, len: u32): void {
  drbg.reseedWith(material, len);
}

/** Writes random octets; 1 when that succeeded. */
export function drbgFill(out: usize, len: u32): u32 {
  return drbg.fill(out, len) ? 1 : 0;
}

/** 1 when seeded. */
export function drbgReady(): u32 {
  return drbg.ready() ? 1 : 0;
}

/** Forgets the generator's state. */
export function drbgWipe(): void {
  drbg.wipe();
}

// Comparison

/** 1 when two secrets of `len` bytes are equal; the time tells nothing about where they differ. */
export function ctEqual(a: usize, b: usize, len: u32): u32 {
  return ct.equal(a, b, len) ? 1 : 0;
}
