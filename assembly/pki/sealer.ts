/**
 * The one encryption or decryption of phase 1 that is under way, in slices, by RSAES-PKCS1-v1_5 (RFC 2409, 5.2): as signer.ts for signatures.
 *
 *     const begun = open(pair, ciphertext, len);          // BUSY: another job has the workspace; later, then
 *     while (!step()) ...
 *     len = opened(out, min, max, other, otherLen);
 *
 * A ciphertext that is wrong in any way gives the caller's replacement, over the same path (number/rsa/signature.ts).
 */
import { rsaBytes, rsaPublicLength } from "../number/rsa/key";
import { RSA_MESSAGE_MAX, RsaDecrypt, RsaEncrypt } from "../number/rsa/signature";
import { RSA_PADDING_MIN } from "../number/rsa/encodings";
import { workspaceFree } from "../number/workspace";
import { Begun } from "./signer";
import * as store from "./store";
import { KeyPair } from "./store";

const decrypt: RsaDecrypt = new RsaDecrypt();
const encrypt: RsaEncrypt = new RsaEncrypt();

/** Octets of the longest message that a key takes, and that is opened. @param key as number/rsa/key.ts lays it out */
export function roomOf(key: usize): u32 {
  return min<u32>(rsaBytes(key) - RSA_PADDING_MIN, RSA_MESSAGE_MAX);
}

/** Octets of a key's modulus: of everything that is encrypted by it. */
export function sizeOf(key: usize): u32 {
  return rsaBytes(key);
}

/** Octets of a public key, or of the public half of a pair. */
export function publicOctets(key: usize): u32 {
  return rsaPublicLength(key);
}

/** Begins to decrypt by an RSA pair of ours; until its end nothing of the store moves. IMPOSSIBLE: no entropy, or no such key. */
export function open(pair: KeyPair, ciphertext: usize, len: u32): Begun {
  if (!workspaceFree()) return Begun.BUSY;
  if (!decrypt.start(pair.secret, ciphertext, len)) return Begun.IMPOSSIBLE;
  store.hold();
  return Begun.RUNNING;
}

/** Begins to encrypt by a public key. IMPOSSIBLE: no entropy, or no room for the message. */
export function seal(key: usize, message: usize, len: u32): Begun {
  if (!workspaceFree()) return Begun.BUSY;
  return encrypt.start(key, message, len) ? Begun.RUNNING : Begun.IMPOSSIBLE;
}

/** One slice; true when the result is ready. */
export function step(): bool {
  return decrypt.busy ? decrypt.step() : encrypt.step();
}

/** Writes what was decrypted, `max` octets, and returns its length, which is a secret as the octets are (RsaDecrypt.result). */
export function opened(out: usize, least: u32, max: u32, other: usize, otherLen: u32): u32 {
  store.letGo();
  return decrypt.result(out, least, max, other, otherLen);
}

/** Writes what was encrypted, sizeOf(key) octets. */
export function sealed(out: usize): void {
  encrypt.result(out);
}

/** Drops what is running, if something is. */
export function abort(): void {
  if (decrypt.busy) {
    decrypt.abort();
    store.letGo();
  }
  encrypt.abort();
}
