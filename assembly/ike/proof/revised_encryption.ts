/**
 * Payloads under a key that is made of a nonce (RFC 2409, 5.3): Ne = prf(N_b, CKY), the key of it as appendix B has it, the cipher that was negotiated in CBC,
 * with an IV of zeros for the first payload behind the nonce and from one payload to the next the last block. Bodies alone are encrypted, and
 * padded always: zeros, and an octet that says how many stand before it.
 *
 * With a wrong nonce all of it is noise, which is used as if it were none: `Exchange.spoiled` notes what no honest peer has sent (encryption.ts).
 */
import { CIPHER_BLOCK_MAX, CIPHER_KEY_MAX } from "../../crypto/cipher";
import { dhGroupCheckPublic } from "../../oakley/dh_group";
import { ephemeralKey } from "../../oakley/skeyid";
import * as ct from "../../util/ct";
import { MessageWriter } from "../../wire/message_writer";
import { Exchange } from "../state/exchange";
import { IsakmpSa } from "../state/isakmp_sa";
import { ID_ROOM } from "./encryption";

// @ts-ignore: decorator
@lazy
const key: usize = memory.data(32, 8);
// @ts-ignore: decorator
@lazy
const iv: usize = memory.data(16, 8);

/** Octets of a body of `len` when it is padded and encrypted. */
export function paddedLength(sa: IsakmpSa, len: u32): u32 {
  const block = sa.cipher.blockLength;
  return len - len % block + block;
}

/** Begins with the key of the initiator's nonce, or the responder's. Until phase 1's own keys are there its place is theirs. */
export function begin(ex: Exchange, keyLen: u32, initiators: bool): void {
  const sa = ex.sa;
  if (initiators) ephemeralKey(sa.hash, ex.Ni_b, ex.NiLen, sa.CKY_I, keyLen, key);
  else ephemeralKey(sa.hash, ex.Nr_b, ex.NrLen, sa.CKY_R, keyLen, key);
  sa.cipher.setKey(sa.cipherCtx, key, keyLen);
  memory.fill(iv, 0, <usize>CIPHER_BLOCK_MAX);
  ct.wipe(key, CIPHER_KEY_MAX);
}

/** Pads the payload that is being written, whose body begins at `body`, closes and encrypts it. */
export function seal(w: MessageWriter, sa: IsakmpSa, body: usize): void {
  const len = <u32>(w.here - body);
  const padded = paddedLength(sa, len);
  const at = w.reserve(padded - len);
  w.close();
  if (w.overflow) return;
  store<u8>(at + <usize>(padded - len - 1), <u8>(padded - len - 1));
  sa.cipher.cbcEncrypt(sa.cipherCtx, iv, body, padded);
}

/** Decrypts a body in place. */
export function open(sa: IsakmpSa, body: usize, len: u32): void {
  sa.cipher.cbcDecrypt(sa.cipherCtx, iv, body, len);
}

/** All ones where the padding behind `len` octets of a body of `padded` is none, else 0. */
function badPadding(body: usize, len: u32, padded: u32): u32 {
  let bad: u32 = 0;
  for (let i = len; i < padded - 1; i++) bad |= <u32>load<u8>(body + i);
  bad |= <u32>load<u8>(body + padded - 1) ^ (padded - 1 - len);
  return ct.maskNonZero(bad);
}

/** Takes the peer's public value of an opened body; ours in its place where it is none. */
export function takePublic(ex: Exchange, body: usize, padded: u32): void {
  const group = ex.group;
  if (!group) return;
  const n = group.publicBytes;
  const bad = badPadding(body, n, padded) | (dhGroupCheckPublic(group, body, n) ? 0 : 0xffffffff);
  const to = ex.peerPublic;
  const own = ex.ownPublic;
  for (let i: u32 = 0; i < n; i++) store<u8>(to + i, <u8>ct.select(bad, <u32>load<u8>(own + i), <u32>load<u8>(body + i)));
  ex.spoiled |= bad;
}

/** Takes the peer's identity of an opened body of at most ID_ROOM octets; zeros stand behind it. */
export function takeIdentity(ex: Exchange, body: usize, padded: u32): void {
  const to = ex.ID_b;
  const block = ex.sa.cipher.blockLength;
  const zeros = <u32>load<u8>(body + padded - 1);
  // At most a block of padding, its last octet in it, and an identity of five octets at least.
  let bad = <u32>(<i32>(block - 1 - zeros) >> 31) | <u32>(<i32>(padded - 6 - zeros) >> 31);
  const len = ct.select(bad, padded - 1, padded - 1 - zeros);
  memory.fill(to, 0, <usize>ID_ROOM);
  let noise: u32 = 0;
  for (let i: u32 = 0; i < padded - 1; i++) {
    const within = <u32>(<i32>(i - len) >> 31);
    const octet = <u32>load<u8>(body + i);
    store<u8>(to + i, <u8>(octet & within));
    noise |= octet & ~within;
  }
  ex.ID_bLen = len;
  ex.spoiled |= bad | ct.maskNonZero(noise);
}
