// AES in counter mode (SP 800-38A, 6.5; RFC 3686), four blocks at a time in the planes of aes_bits.ts. Encryption and
// decryption are one operation. The counter is the last 32 bits of the block, big-endian, and wraps (SP 800-38D, 6.2);
// no packet comes near that.
//
// The parts are open for GCM, which takes several runs under one key: ctrOpen, ctrRun ..., ctrClose.
import { aes, encryptState, kept as stream, roundKeys, spreadKeys, state, wipeScratch } from "./aes";
import { PLANES } from "./aes_bits";
import { pack, transpose, unpack } from "./aes_planes";
import { get32, put32 } from "../util/bytes";
import * as ct from "../util/ct";

/** Bytes of the key schedule, aligned to 8: that of AES. */
export const CTR_CTX: u32 = 248;

/** The counter block. */
const block: usize = memory.data(16, 8);
const one: usize = memory.data(16, 8);
/** Planes of the last round key's address. */
let lastKey: usize = 0;

/** Expands a key of 16, 24 or 32 bytes. False, and nothing done, for another length. */
export function ctrKey(ctx: usize, key: usize, keyLen: u32): bool {
  if (!aes.keyLengthOk(keyLen)) return false;
  aes.setKey(ctx, key, keyLen);
  return true;
}

/** Spreads the schedule into planes for the runs that follow; ctrClose wipes them. */
export function ctrOpen(ctx: usize): void {
  const rounds = <usize>load<u32>(ctx);
  spreadKeys(ctx, rounds);
  lastKey = roundKeys + rounds * PLANES;
}

/** Encrypts the four blocks at `stream` in place. */
function fourBlocks(): void {
  for (let b: usize = 0; b < 4; b++) pack(state, b, stream + (b << 4));
  transpose(state);
  encryptState(lastKey);
  transpose(state);
  for (let b: usize = 0; b < 4; b++) unpack(state, b, stream + (b << 4));
}

/** XORs `len` bytes at `data` with the key stream that begins at `counter` (16 bytes), which moves on by whole blocks. */
export function ctrRun(counter: usize, data: usize, len: u32): void {
  const head = load<u64>(counter, 0);
  const middle = load<u32>(counter, 8);
  let count = get32(counter + 12);
  while (len) {
    for (let b: usize = 0; b < 64; b += 16) {
      store<u64>(stream + b, head);
      store<u32>(stream + b, middle, 8);
      put32(stream + b + 12, count++);
    }
    fourBlocks();
    if (len < 64) {
      for (let i: u32 = 0; i < len; i++) store<u8>(data + i, load<u8>(data + i) ^ load<u8>(stream + i));
      count -= (64 - len) >>> 4;
      break;
    }
    for (let i: usize = 0; i < 64; i += 16) {
      store<u64>(data + i, load<u64>(data + i) ^ load<u64>(stream + i));
      store<u64>(data + i, load<u64>(data + i, 8) ^ load<u64>(stream + i, 8), 8);
    }
    data += 64;
    len -= 64;
  }
  put32(counter + 12, count);
}

/** Encrypts one block, `from` to `to`, which may be the same. */
export function ctrBlock(from: usize, to: usize): void {
  memory.copy(one, from, 16);
  memory.fill(stream, 0, 64);
  memory.copy(stream, one, 16);
  fourBlocks();
  memory.copy(to, stream, 16);
}

/** Forgets the key and its stream. */
export function ctrClose(): void {
  wipeScratch();
  ct.wipe(one, 16);
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
