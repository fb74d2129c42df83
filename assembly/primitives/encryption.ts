// What a gateway does with a nonce and an identity that were encrypted by its RSA key (RFC 2409, 5.2; ike/proof/encryption.ts), by itself: for vectors, and for
// counting what each way of being wrong costs.
import * as drbg from "../crypto/drbg";
import { hashById } from "../crypto/registry";
import { openTypeTwo } from "../number/rsa/encodings";
import * as keys from "../number/rsa/key";
import { RSA_MESSAGE_MAX, RsaDecrypt } from "../number/rsa/signature";
import * as hashes from "../oakley/hashes";
import * as skeyids from "../oakley/skeyid";

const decrypter = new RsaDecrypt();
const room = heap.alloc(2048);
const nonce = room;
const identity = room + 256;
const other = room + 512;
const block = room + 768;
const SKEYID = room + 1792;

/** SKEYID of nonces in 256 octets each, zeros behind them; `plain` as Cisco has it. */
export function skeyidEncryption(alg: u32, Ni_b: usize, NiLen: u32, Nr_b: usize, NrLen: u32, CKY_I: usize, plain: u32, out: usize): u32 {
  const hash = hashById(alg);
  if (!hash || NiLen > skeyids.NONCE_MAX || NrLen > skeyids.NONCE_MAX) return 0;
  skeyids.skeyidEncryption(hash, Ni_b, NiLen, Nr_b, NrLen, CKY_I, plain != 0, out);
  return hash.digestLength;
}

/** Ke of a nonce that lies so. */
export function ephemeralKey(alg: u32, N_b: usize, NLen: u32, CKY: usize, keyLen: u32, out: usize): u32 {
  const hash = hashById(alg);
  if (!hash || NLen > skeyids.NONCE_MAX || keyLen > skeyids.ENCRYPTION_KEY_MAX) return 0;
  skeyids.ephemeralKey(hash, N_b, NLen, CKY, keyLen, out);
  return keyLen;
}

function open(key: usize, sealed: usize, len: u32, blocks: u32, least: u32, out: usize): u32 {
  const k = keys.rsaBytes(key);
  const most = min<u32>(k - 11, RSA_MESSAGE_MAX);
  memory.fill(other, 0, 256);
  memory.fill(out, 0, 256);
  if (!drbg.fill(other, 32)) return 0;
  if (blocks) {
    memory.copy(block, sealed, k);
    return openTypeTwo(block, k, 0xffffffff, least, most, other, 32, out);
  }
  if (!decrypter.start(key, sealed, len)) return 0;
  while (!decrypter.step()) {}
  return decrypter.result(out, least, most, other, 32);
}

/**
 * Opens an initiator's identity and nonce, `len` octets each, makes SKEYID, Ke_i and HASH_I of them, and writes HASH_I. `blocks` not 0: they are blocks of
 * PKCS#1 that need no power. At `public_` lie both cookies, then 64 octets of our nonce with 192 zeros, then what stands for g^xi, g^xr and SAi_b.
 */
export function encryptionAttempt(alg: u32, key: usize, blocks: u32, ID: usize, IDLen: u32, NONCE: usize, NONCELen: u32, public_: usize, out: usize): u32 {
  const hash = hashById(alg);
  if (!hash) return 0;
  const identityLen = open(key, ID, IDLen, blocks, 5, identity);
  const nonceLen = open(key, NONCE, NONCELen, blocks, skeyids.NONCE_MIN, nonce);
  const Nr_b = public_ + 16;
  const g = public_ + 272;
  skeyids.skeyidEncryption(hash, nonce, nonceLen, Nr_b, 64, public_, false, SKEYID);
  skeyids.ephemeralKey(hash, nonce, nonceLen, public_, 32, out);
  hashes.hashOverHidden(hash, SKEYID, g, g + 96, 96, public_, public_ + 8, g + 192, 52, identity, identityLen, 256, out);
  return hash.digestLength;
}
