// ChaCha20 (RFC 8439, 2.3 and 2.4), constant time by its nature: additions, XORs and rotations by fixed amounts.
//
//   state:  0           16    48        52      64
//           | constants | key | counter | nonce |      sixteen little-endian words
//
// The key stream comes in strides: four blocks with SIMD, one without. Whoever wants less takes it through a stride of its own.
import * as simd from "./simd/chacha20";
import * as ct from "../util/ct";

/** Bytes of a key. */
export const CHACHA_KEY: u32 = 32;
/** Bytes of a nonce. */
export const CHACHA_NONCE: u32 = 12;
/** Bytes of the longest stride. */
export const CHACHA_STRIDE_MAX: u32 = 256;

const state: usize = memory.data(64, 16);
/** A stride that is not whole. */
const part: usize = memory.data(256, 16);

/** Bytes of the key stream that are made at once. */
// @ts-ignore: decorator
@inline
export function chachaStride(): u32 {
  return ASC_FEATURE_SIMD ? 256 : 64;
}

/** Opens the key stream of a key and a nonce at block `counter`. */
export function chachaOpen(key: usize, nonce: usize, counter: u32): void {
  // "expand 32-byte k"
  store<u64>(state, 0x3320646e61707865, 0);
  store<u64>(state, 0x6b20657479622d32, 8);
  memory.copy(state + 16, key, 32);
  store<u32>(state, counter, 48);
  memory.copy(state + 52, nonce, 12);
}

/** XORs the key stream onto `len` bytes at `data`. Only the last part of a text may be no multiple of the stride. */
export function chachaRun(data: usize, len: u32): void {
  const stride = chachaStride();
  const whole = len & ~(stride - 1);
  if (whole) crypt(data, whole);
  const rest = len - whole;
  if (!rest) return;
  memory.copy(part, data + whole, rest);
  crypt(part, stride);
  memory.copy(data + whole, part, rest);
}

/** Forgets the key stream. */
export function chachaClose(): void {
  ct.wipe(state, 64);
  ct.wipe(part, chachaStride());
}

/** `len` is a multiple of the stride. */
function crypt(data: usize, len: u32): void {
  if (ASC_FEATURE_SIMD) simd.crypt(state, data, len >> 8);
  else for (const end = data + len; data < end; data += 64) cryptBlock(data);
}

// @ts-ignore: decorator
@inline
function put(data: usize, x: u32, at: usize): void {
  store<u32>(data + at, load<u32>(data + at) ^ (x + load<u32>(state + at)));
}

function cryptBlock(data: usize): void {
  let x0 = load<u32>(state, 0), x1 = load<u32>(state, 4), x2 = load<u32>(state, 8), x3 = load<u32>(state, 12);
  let x4 = load<u32>(state, 16), x5 = load<u32>(state, 20), x6 = load<u32>(state, 24), x7 = load<u32>(state, 28);
  let x8 = load<u32>(state, 32), x9 = load<u32>(state, 36), x10 = load<u32>(state, 40), x11 = load<u32>(state, 44);
  let x12 = load<u32>(state, 48), x13 = load<u32>(state, 52), x14 = load<u32>(state, 56), x15 = load<u32>(state, 60);
  for (let i = 0; i < 10; i++) {
    x0 += x4; x12 = rotl<u32>(x12 ^ x0, 16); x8 += x12; x4 = rotl<u32>(x4 ^ x8, 12);
    x0 += x4; x12 = rotl<u32>(x12 ^ x0, 8); x8 += x12; x4 = rotl<u32>(x4 ^ x8, 7);
    x1 += x5; x13 = rotl<u32>(x13 ^ x1, 16); x9 += x13; x5 = rotl<u32>(x5 ^ x9, 12);
    x1 += x5; x13 = rotl<u32>(x13 ^ x1, 8); x9 += x13; x5 = rotl<u32>(x5 ^ x9, 7);
    x2 += x6; x14 = rotl<u32>(x14 ^ x2, 16); x10 += x14; x6 = rotl<u32>(x6 ^ x10, 12);
    x2 += x6; x14 = rotl<u32>(x14 ^ x2, 8); x10 += x14; x6 = rotl<u32>(x6 ^ x10, 7);
    x3 += x7; x15 = rotl<u32>(x15 ^ x3, 16); x11 += x15; x7 = rotl<u32>(x7 ^ x11, 12);
    x3 += x7; x15 = rotl<u32>(x15 ^ x3, 8); x11 += x15; x7 = rotl<u32>(x7 ^ x11, 7);
    x0 += x5; x15 = rotl<u32>(x15 ^ x0, 16); x10 += x15; x5 = rotl<u32>(x5 ^ x10, 12);
    x0 += x5; x15 = rotl<u32>(x15 ^ x0, 8); x10 += x15; x5 = rotl<u32>(x5 ^ x10, 7);
    x1 += x6; x12 = rotl<u32>(x12 ^ x1, 16); x11 += x12; x6 = rotl<u32>(x6 ^ x11, 12);
    x1 += x6; x12 = rotl<u32>(x12 ^ x1, 8); x11 += x12; x6 = rotl<u32>(x6 ^ x11, 7);
    x2 += x7; x13 = rotl<u32>(x13 ^ x2, 16); x8 += x13; x7 = rotl<u32>(x7 ^ x8, 12);
    x2 += x7; x13 = rotl<u32>(x13 ^ x2, 8); x8 += x13; x7 = rotl<u32>(x7 ^ x8, 7);
    x3 += x4; x14 = rotl<u32>(x14 ^ x3, 16); x9 += x14; x4 = rotl<u32>(x4 ^ x9, 12);
    x3 += x4; x14 = rotl<u32>(x14 ^ x3, 8); x9 += x14; x4 = rotl<u32>(x4 ^ x9, 7);
  }
  put(data, x0, 0); put(data, x1, 4); put(data, x2, 8); put(data, x3, 12);
  put(data, x4, 16); put(data, x5, 20); put(data, x6, 24); put(data, x7, 28);
  put(data, x8, 32); put(data, x9, 36); put(data, x10, 40); put(data, x11, 44);
  put(data, x12, 48); put(data, x13, 52); put(data, x14, 56); put(data, x15, 60);
  store<u32>(state, load<u32>(state, 48) + 1, 48);
}
