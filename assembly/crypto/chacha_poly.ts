// ChaCha20-Poly1305 (RFC 8439, 2.8) as ESP uses it (RFC 7634): nonces of 12 octets, an ICV of 16. Known weakness: two texts under
// one key and nonce give away their difference and the key of their authentication, so that a nonce comes from a counter
// alone and never twice.
//
//   key stream:  0                 32       64
//                | one-time key of | unused | the text's ...
//                | Poly1305        |        |
import { CHACHA_KEY, chachaClose, chachaOpen, chachaRun, chachaStride } from "./chacha20";
import { polyFinal, polyPadded, polyStart } from "./poly1305";
import * as ct from "../util/ct";

/** Bytes of a context, aligned to 8: the key. */
export const CHACHA_POLY_CTX: u32 = CHACHA_KEY;
/** Bytes of a nonce: four of salt from KEYMAT, eight of IV from the packet (RFC 7634, 2). */
export const CHACHA_POLY_NONCE: u32 = 12;
/** Bytes of an ICV (RFC 7634, 2: not truncated). */
export const CHACHA_POLY_ICV: u32 = 16;

/** The first stride of the key stream: the one-time key, and the text's beginning. */
const first: usize = memory.data(256, 16);
const lengths: usize = memory.data(16, 8);
const tag: usize = memory.data(16, 8);

/** Takes a key of 32 bytes into `ctx`. False, and nothing done, for another length. */
export function chachaPolyKey(ctx: usize, key: usize, keyLen: u32): bool {
  if (keyLen != CHACHA_KEY) return false;
  memory.copy(ctx, key, CHACHA_KEY);
  return true;
}

/** Opens the key stream with its first stride in `first`, and Poly1305 with its key. */
function begin(ctx: usize, nonce: usize): void {
  const stride = chachaStride();
  memory.fill(first, 0, stride);
  chachaOpen(ctx, nonce, 0);
  chachaRun(first, stride);
  polyStart(first);
}

/** XORs the key stream onto the text. */
function crypt(data: usize, len: u32): void {
  const n = min(len, chachaStride() - 64);
  const stream = first + 64;
  let i: u32 = 0;
  for (; i + 8 <= n; i += 8) store<u64>(data + i, load<u64>(data + i) ^ load<u64>(stream + i));
  for (; i < n; i++) store<u8>(data + i, load<u8>(data + i) ^ load<u8>(stream + i));
  chachaRun(data + n, len - n);
}

/** Writes the tag to `tag`. */
function authenticate(aad: usize, aadLen: u32, data: usize, len: u32): void {
  polyPadded(aad, aadLen);
  polyPadded(data, len);
  store<u64>(lengths, <u64>aadLen, 0);
  store<u64>(lengths, <u64>len, 8);
  polyPadded(lengths, 16);
  polyFinal(tag);
}

function end(): void {
  chachaClose();
  ct.wipe(first, chachaStride());
  ct.wipe(tag, 16);
}

/**
 * Encrypts in place `len` bytes at `data` and writes their ICV of 16 bytes to `icv`, which also covers `aadLen` bytes at
 * `aad` (SPI and sequence number: 8 bytes, 12 with extended sequence numbers; RFC 7634, 2.1).
 */
export function chachaPolySeal(ctx: usize, nonce: usize, aad: usize, aadLen: u32, data: usize, len: u32, icv: usize): void {
  begin(ctx, nonce);
  crypt(data, len);
  authenticate(aad, aadLen, data, len);
  memory.copy(icv, tag, 16);
  end();
}

/** Checks the ICV and, if it is right, decrypts in place. Otherwise false, and the text is as it was. */
export function chachaPolyOpen(ctx: usize, nonce: usize, aad: usize, aadLen: u32, data: usize, len: u32, icv: usize): bool {
  begin(ctx, nonce);
  authenticate(aad, aadLen, data, len);
  const good = ct.equal(tag, icv, CHACHA_POLY_ICV);
  if (good) crypt(data, len);
  end();
  return good;
}
