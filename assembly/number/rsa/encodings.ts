/**
 * The blocks that RSA signs and encrypts (RFC 8017, 9.2, 7.2 and 9.1), k octets each where k is the modulus's length:
 *
 *     IKEv1's signatures (RFC 2409, 5.1)   00 01 FF .. FF 00 | hash                   the bare hash, no DigestInfo
 *     certificates (RSASSA-PKCS1-v1_5)     00 01 FF .. FF 00 | DigestInfo | hash      at least eight FF
 *     encryption (RSAES-PKCS1-v1_5)        00 02 random, none 0 .. 00 | message       at least eight random octets
 *     RSASSA-PSS                           masked DB | H | bc
 *
 * A signature's block is built and compared whole; nothing of it is parsed, so that nothing can hide in it.
 */
import * as drbg from "../../crypto/drbg";
import { Hash, HashAlg } from "../../crypto/hash";
import { hashById } from "../../crypto/registry";
import * as ct from "../../util/ct";

/** Octets of a block besides the message: 00, the type, eight octets of padding, 00. */
export const RSA_PADDING_MIN: u32 = 11;

const DIGEST_INFO_MAX: u32 = 19;
// DigestInfo up to the hash itself (RFC 8017, 9.2, note 1).
// @ts-ignore: decorator
@lazy
const SHA1_INFO: usize = memory.data<u8>([0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00, 0x04, 0x14]);
// @ts-ignore: decorator
@lazy
const SHA2_INFO: usize = memory.data<u8>([
  0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20,
]);

/** The hash of a signature: SHA-1 or of SHA-2; MD5 never. */
function shaById(alg: u32): Hash | null {
  if (alg == HashAlg.MD5) return null;
  return hashById(alg);
}

/** Begins a block of type 1: k octets whose last `len` are the caller's to fill. False: no room. */
function typeOne(block: usize, k: u32, len: u32): bool {
  if (len + RSA_PADDING_MIN > k) return false;
  memory.fill(block, 0xff, <usize>(k - len));
  store<u8>(block, 0);
  store<u8>(block, 1, 1);
  store<u8>(block + <usize>(k - len) - 1, 0);
  return true;
}

/** IKEv1's block around a hash of `len` octets, 1 to k - 11. */
export function bareBlock(block: usize, k: u32, hash: usize, len: u32): bool {
  if (!len || !typeOne(block, k, len)) return false;
  memory.copy(block + <usize>(k - len), hash, <usize>len);
  return true;
}

/** A certificate's block: the hash of algorithm `alg` (a HashAlg: SHA-1 or of SHA-2) with its DigestInfo. */
export function digestInfoBlock(block: usize, k: u32, alg: u32, hash: usize): bool {
  const h = shaById(alg);
  if (!h) return false;
  const len = h.digestLength;
  const sha1 = alg == HashAlg.SHA1;
  const info: u32 = sha1 ? 15 : DIGEST_INFO_MAX;
  if (!typeOne(block, k, info + len)) return false;
  const at = block + <usize>(k - info - len);
  memory.copy(at, sha1 ? SHA1_INFO : SHA2_INFO, <usize>info);
  if (!sha1) {
    // Lengths, and the last arc of the identifier: 1, 2, 3 for SHA-256, 384, 512.
    store<u8>(at, <u8>(17 + len), 1);
    store<u8>(at, <u8>(alg - <u32>HashAlg.SHA256 + 1), 14);
    store<u8>(at, <u8>len, 18);
  }
  memory.copy(at + info, hash, <usize>len);
  return true;
}

// @ts-ignore: decorator
@lazy
const drawn: usize = memory.data(32, 8);

/**
 * A block of type 2 around a message of `len` octets. False: no room, or no entropy. An octet of padding is made of two random ones, r, as 1 + 255r / 65536:
 * never 0, and each as likely as the others but for a 257th part; so that as much is drawn for every block.
 */
export function typeTwoBlock(block: usize, k: u32, message: usize, len: u32): bool {
  if (len + RSA_PADDING_MIN > k) return false;
  const end = <usize>(k - len - 1);
  store<u8>(block, 0);
  store<u8>(block, 2, 1);
  for (let i: usize = 2; i < end; i++) {
    const j = (i - 2) & 15;
    if (!j && !drbg.fill(drawn, 32)) return false;
    store<u8>(block + i, <u8>(1 + ((<u32>load<u16>(drawn + (j << 1)) * 255) >>> 16)));
  }
  ct.wipe(drawn, 32);
  store<u8>(block + end, 0);
  memory.copy(block + end + 1, message, <usize>len);
  return true;
}

/**
 * Takes a block of type 2 apart (RFC 8017, 7.2.2), in constant time for every content of the block: no branch and no address
 * depends on it. `out` gets `max` octets: the message and zeros where the block is good and the message has min to max octets,
 * the replacement (`max` octets too) where it is not. Returns the message's length or `otherLen`: a secret until something else
 * has shown that the message was right. `usable` 0xFFFFFFFF, or 0: the block counts as bad whatever it holds. max <= k - 11. The
 * block is overwritten.
 */
export function openTypeTwo(
  block: usize, k: u32, usable: u32, min: u32, max: u32, other: usize, otherLen: u32, out: usize,
): u32 {
  let bad = ct.maskNonZero(<u32>load<u8>(block) | (<u32>load<u8>(block, 1) ^ 2)) | ~usable;
  // The place of the first 0 behind the type.
  let end: u32 = 0;
  let looking: u32 = 0xffffffff;
  for (let i: u32 = 2; i < k; i++) {
    const zero = ~ct.maskNonZero(<u32>load<u8>(block + i));
    end |= i & zero & looking;
    looking &= ~zero;
  }
  bad |= looking;
  // The sign bit tells what is less; all numbers here are below 2^11.
  bad |= <u32>(<i32>(end - 10) >> 31);
  const len = k - 1 - end;
  bad |= <u32>(<i32>(len - min) >> 31) | <u32>(<i32>(max - len) >> 31);
  // The message ends where the last `max` octets end: it is moved to their beginning by powers of two.
  const window = block + <usize>(k - max);
  const shift = (max - len) & ~bad;
  for (let step: u32 = 1; step < max; step <<= 1) {
    const move = <u32>0 - ((shift >>> ctz<u32>(step)) & 1);
    for (let i: u32 = 0; i < max; i++) {
      const here = <u32>load<u8>(window + i);
      const there: u32 = i + step < max ? <u32>load<u8>(window + i + step) : 0;
      store<u8>(window + i, <u8>ct.select(move, there, here));
    }
  }
  for (let i: u32 = 0; i < max; i++) {
    store<u8>(out + i, <u8>ct.select(bad, <u32>load<u8>(other + i), <u32>load<u8>(window + i)));
  }
  return ct.select(bad, otherLen, len);
}

// @ts-ignore: decorator
@lazy
const context: usize = memory.data(200, 8);
// @ts-ignore: decorator
@lazy
const digest: usize = memory.data(64, 8);
// @ts-ignore: decorator
@lazy
const counter: usize = memory.data(4, 4);

/** Exclusive-ors MGF1 of a seed (RFC 8017, B.2.1) to `len` octets. */
function maskBy(h: Hash, seed: usize, seedLen: u32, to: usize, len: u32): void {
  for (let i: u32 = 0, done: u32 = 0; done < len; i++) {
    store<u32>(counter, bswap<u32>(i));
    h.init(context);
    h.update(context, seed, seedLen);
    h.update(context, counter, 4);
    h.final(context, digest);
    for (let j: u32 = 0; j < h.digestLength && done < len; j++, done++) {
      store<u8>(to + done, load<u8>(to + done) ^ load<u8>(digest + j));
    }
  }
}

/**
 * EMSA-PSS-VERIFY (RFC 8017, 9.1.2) of a block of k octets, public, which is overwritten; `bits` are the modulus's. `hash` is the
 * message's, of algorithm `alg`; `maskAlg` is MGF1's; the salt has `saltLen` octets.
 */
export function pssFits(block: usize, k: u32, bits: u32, alg: u32, maskAlg: u32, saltLen: u32, hash: usize): bool {
  const h = shaById(alg);
  const g = shaById(maskAlg);
  if (!h || !g || saltLen > k) return false;
  const hLen = h.digestLength;
  // The block has bits - 1 bits: an octet less where the modulus's first octet is 1.
  if (((bits - 1) & 7) == 0) {
    if (load<u8>(block)) return false;
    block++;
    k--;
  }
  if (k < hLen + saltLen + 2 || load<u8>(block + k - 1) != 0xbc) return false;
  const dbLen = k - hLen - 1;
  const H = block + <usize>dbLen;
  const unused: u32 = (k << 3) - (bits - 1);
  const top: u32 = 0xff >>> unused;
  if (<u32>load<u8>(block) & ~top) return false;
  maskBy(g, H, hLen, block, dbLen);
  store<u8>(block, <u32>load<u8>(block) & top);
  const salt = dbLen - saltLen;
  let wrong: u32 = <u32>load<u8>(block + salt - 1) ^ 1;
  for (let i: u32 = 0; i < salt - 1; i++) wrong |= <u32>load<u8>(block + i);
  if (wrong) return false;
  store<u64>(digest, 0);
  h.init(context);
  h.update(context, digest, 8);
  h.update(context, hash, hLen);
  h.update(context, block + salt, saltLen);
  h.final(context, digest);
  return memory.compare(digest, H, <usize>hLen) == 0;
}
