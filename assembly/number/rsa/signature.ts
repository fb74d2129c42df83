/**
 * RSA signatures, encryption and decryption as jobs in slices (sliced.ts) on keys in plain memory (key.ts):
 *
 *     if (!verify.start(key, scheme, alg, hash, hashLen, sig, sigLen)) ...    // busy, or never a good signature
 *     while (!verify.step()) ...
 *     good = verify.result();
 *
 * `start` says false both while another job runs and for what can never be: workspaceFree (workspace.ts) tells which.
 *
 * What is signed is always a hash, which the caller has made. Which numbers a key has, lengths, and whether a signature is good
 * are public. A private key must stay in place until its job ends; all else is copied.
 */
import { hashById } from "../../crypto/registry";
import * as ct from "../../util/ct";
import { assertThat } from "../../util/status";
import { RSA_PADDING_MIN, bareBlock, digestInfoBlock, openTypeTwo, pssFits, typeTwoBlock } from "./encodings";
import { RSA_BYTES_MAX, borrowOf, rsaBits, rsaBytes, rsaExponent, rsaExponentBytes, rsaModulus } from "./key";
import { PrivatePower } from "./private_power";
import { PublicPower } from "../public_power";
import { Task } from "../sliced";

export const enum RsaScheme {
  /** Block type 1 around the bare hash: IKEv1's (RFC 2409, 5.1). */
  BARE = 1,
  /** RSASSA-PKCS1-v1_5: with DigestInfo. */
  PKCS1,
  /** RSASSA-PSS; verified only. */
  PSS,
}

/** Octets of the longest message that is decrypted. */
export const RSA_MESSAGE_MAX: u32 = 256;

// A block on its way in or out: whichever job runs is the only one, and uses it within one call.
// @ts-ignore: decorator
@lazy
const block: usize = memory.data(1024, 8);
// @ts-ignore: decorator
@lazy
const expected: usize = memory.data(1024, 8);

/** The block of a scheme of type 1. False: unknown, or no room for it. */
function signatureBlock(out: usize, k: u32, scheme: u32, alg: u32, hash: usize, hashLen: u32): bool {
  if (scheme == RsaScheme.BARE) return bareBlock(out, k, hash, hashLen);
  const h = hashById(alg);
  return scheme == RsaScheme.PKCS1 && h != null && h.digestLength == hashLen && digestInfoBlock(out, k, alg, hash);
}

export class RsaVerify extends Task {
  private readonly power: PublicPower = new PublicPower();
  /** Octets and bits of the modulus. */
  private bytes: u32 = 0;
  private bits: u32 = 0;
  private scheme: u32 = 0;
  private alg: u32 = 0;
  private maskAlg: u32 = 0;
  private saltLen: u32 = 0;
  private readonly hash: usize = heap.alloc(64);
  private hashLen: u32 = 0;

  /** Whether it is running, or done and its result not taken. */
  get busy(): bool {
    return this.power.busy;
  }

  /**
   * Begins. `alg` is the hash's (a HashAlg; RsaScheme.BARE takes no notice of it), `hashLen` its length, at most 64 octets. PSS:
   * `maskAlg` is MGF1's hash, the salt has `saltLen` octets; else both are 0. False: another job runs, or the
   * signature can't be good: of another length than n, not less than n, or the scheme unknown.
   */
  start(
    key: usize, scheme: u32, alg: u32, maskAlg: u32, saltLen: u32, hash: usize, hashLen: u32, sig: usize, sigLen: u32,
  ): bool {
    const k = rsaBytes(key);
    if (this.busy || sigLen != k || hashLen > 64 || !borrowOf(sig, rsaModulus(key), k)) return false;
    if (scheme == RsaScheme.PSS) {
      const h = hashById(alg);
      if (h == null || h.digestLength != hashLen) return false;
    } else if (!signatureBlock(expected, k, scheme, alg, hash, hashLen)) {
      return false;
    }
    if (!this.power.start(rsaModulus(key), k, sig, sigLen, rsaExponent(key), rsaExponentBytes(key))) return false;
    this.bytes = k;
    this.bits = rsaBits(key);
    this.scheme = scheme;
    this.alg = alg;
    this.maskAlg = maskAlg;
    this.saltLen = saltLen;
    memory.copy(this.hash, hash, <usize>hashLen);
    this.hashLen = hashLen;
    return true;
  }

  /** One slice; true when the result is ready. */
  step(): bool {
    return this.power.step();
  }

  /** Whether the signature is good. Only after `step` said true. */
  result(): bool {
    const k = this.bytes;
    this.power.result(block);
    if (this.scheme == RsaScheme.PSS) {
      return pssFits(block, k, this.bits, this.alg, this.maskAlg, this.saltLen, this.hash);
    }
    return signatureBlock(expected, k, this.scheme, this.alg, this.hash, this.hashLen) && ct.equal(block, expected, k);
  }

  abort(): void {
    this.power.abort();
  }
}

export class RsaSign extends Task {
  private readonly power: PrivatePower = new PrivatePower();
  private length: u32 = 0;

  get busy(): bool {
    return this.power.busy;
  }

  /** Begins, with RsaScheme.BARE or PKCS1. False: another job runs, no entropy, no room for the hash, the key is none. */
  start(key: usize, scheme: u32, alg: u32, hash: usize, hashLen: u32): bool {
    const k = rsaBytes(key);
    if (this.busy || hashLen > 64 || !signatureBlock(block, k, scheme, alg, hash, hashLen)) return false;
    const begun = this.power.start(key, block);
    ct.wipe(block, RSA_BYTES_MAX);
    this.length = k;
    return begun;
  }

  step(): bool {
    return this.power.step();
  }

  /** Writes the signature and returns its length, that of n; 0, and only zeros written: a fault (private_power.ts). */
  result(out: usize): u32 {
    return this.power.result(out) ? this.length : 0;
  }

  abort(): void {
    this.power.abort();
  }
}

/** Encryption of a short message, RSAES-PKCS1-v1_5. */
export class RsaEncrypt extends Task {
  private readonly power: PublicPower = new PublicPower();
  private length: u32 = 0;

  get busy(): bool {
    return this.power.busy;
  }

  /** Begins; `len` is at most n's octets less 11. False: another job runs, the message is too long, no entropy. */
  start(key: usize, message: usize, len: u32): bool {
    const k = rsaBytes(key);
    if (this.busy) return false;
    const begun = typeTwoBlock(block, k, message, len)
      && this.power.start(rsaModulus(key), k, block, k, rsaExponent(key), rsaExponentBytes(key));
    ct.wipe(block, RSA_BYTES_MAX);
    this.length = k;
    return begun;
  }

  step(): bool {
    return this.power.step();
  }

  /** Writes the ciphertext and returns its length, that of n. */
  result(out: usize): u32 {
    this.power.result(out);
    return this.length;
  }

  abort(): void {
    this.power.abort();
  }
}

/**
 * Decryption of RSAES-PKCS1-v1_5 that always goes on: where the ciphertext is wrong in any way, the caller's random replacement
 * comes out instead of a message, over the same path (D. Bleichenbacher, 1998; RFC 8017, 7.2.2). Whoever takes the result must
 * not look at which of both it is, nor at the length in any way that shows, until a hash over it has been checked.
 */
export class RsaDecrypt extends Task {
  private readonly power: PrivatePower = new PrivatePower();
  private key: usize = 0;
  /** All ones, or 0: the ciphertext was none for this key. */
  private usable: u32 = 0;

  get busy(): bool {
    return this.power.busy;
  }

  /** Begins. A ciphertext of another length, or not less than n, goes the same way. False: another job runs, no entropy, no key. */
  start(key: usize, ciphertext: usize, len: u32): bool {
    if (this.busy) return false;
    const k = rsaBytes(key);
    memory.fill(block, 0, <usize>k);
    memory.copy(block, ciphertext, <usize>min<u32>(len, k));
    // Anybody sees whether it is one of this key's; it costs the same all the same. 2 in its place.
    const fits = ~ct.maskNonZero(len ^ k) & (0 - borrowOf(block, rsaModulus(key), k));
    for (let i: u32 = 0; i < k; i++) store<u8>(block + i, <u8>ct.select(fits, <u32>load<u8>(block + i), i == k - 1 ? 2 : 0));
    const begun = this.power.start(key, block);
    this.key = key;
    this.usable = fits;
    return begun;
  }

  step(): bool {
    return this.power.step();
  }

  /**
   * Writes `max` octets to `out`: a message of min to max octets and zeros behind it, or the replacement, `max` octets of which
   * `otherLen` are said to be the message. Returns the length, a secret as the octets are. max: at most n's octets less 11 and
   * RSA_MESSAGE_MAX. Only after `step` said true.
   */
  result(out: usize, min: u32, max: u32, other: usize, otherLen: u32): u32 {
    const k = rsaBytes(this.key);
    assertThat(max + RSA_PADDING_MIN <= k && max <= RSA_MESSAGE_MAX && min <= max, 30521);
    const sound = this.power.result(block);
    const length = openTypeTwo(block, k, this.usable & (sound ? 0xffffffff : 0), min, max, other, otherLen, out);
    ct.wipe(block, RSA_BYTES_MAX);
    return length;
  }

  abort(): void {
    this.power.abort();
  }
}
