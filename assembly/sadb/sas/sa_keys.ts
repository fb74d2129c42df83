/**
 * An SA's algorithms, bounds and keys: how much key material they take, and what is made of it. Encryption key, salt and
 * authentication key stand in this order.
 */
import { ccmKey } from "../../crypto/ccm";
import { chachaPolyKey } from "../../crypto/chacha_poly";
import { BlockCipher } from "../../crypto/cipher";
import { CTR_CTX, ctrKey } from "../../crypto/ctr";
import { gcmKey } from "../../crypto/gcm";
import { Hash } from "../../crypto/hash";
import { hmacKey } from "../../crypto/hmac";
import { xcbcKey } from "../../crypto/xcbc";
import * as clock from "../../util/clock";
import * as log from "../../util/log";
import { assertThat } from "../../util/status";
import * as lifetime from "../settings/lifetime";
import { AH, Auth, CipherMode, ESP, Integrity, Pairing } from "../terms/suite";
import * as suite from "../terms/suite";
import * as report from "./report";
import { SA, SaParameters, SaTerms } from "./sa";

/**
 * Octets of key material that one direction of such an SA needs: encryption key, salt, authentication key. 0: algorithms
 * that are unknown, or protect nothing together.
 */
export function keyLength(protocol: u32, cipher: u32, keyBits: u32, auth: u32): u32 {
  if (protocol == AH) return suite.authKeyLength(auth);
  if (protocol != ESP || suite.pairing(cipher, keyBits, auth) != Pairing.OK) return 0;
  return suite.cipherKeyLength(cipher, keyBits) + suite.saltLength(cipher) + suite.authKeyLength(auth);
}

/** What both directions have in common, and the keys of this one. */
export function install(sa: SA, p: SaParameters, keymat: usize): void {
  assertThat(keyLength(p.protocol, p.transform, p.keyBits, p.auth) != 0, 301);
  memory.copy(changetype<usize>(sa), changetype<usize>(p), offsetof<SaTerms>());
  sa.keyBits = suite.hasKeyLengths(p.transform) ? <u16>(suite.cipherKeyLength(p.transform, p.keyBits) << 3) : 0;
  sa.lastSequence = lifetime.lastSequence(p.transform, p.esn);
  sa.born = clock.now();
  sa.softBytes = lifetime.softBytes(p.transform, p.lifetimeKilobytes, p.softPart);
  sa.hardBytes = lifetime.hardBytes(p.transform, p.lifetimeKilobytes);
  setCipher(sa, keymat);
  setMac(sa, keymat + <usize>(suite.cipherKeyLength(p.transform, p.keyBits) + suite.saltLength(p.transform)));
  if (log.keylogAllowed) report.keys(sa, keymat);
}

/** Keys the cipher with the key and the salt at `key`. */
function setCipher(sa: SA, key: usize): void {
  const length = suite.cipherKeyLength(sa.transform, sa.keyBits);
  const mode = suite.cipherMode(sa.transform);
  sa.cipherMode = <u8>mode;
  sa.ivLength = <u8>suite.ivLength(sa.transform);
  sa.align = <u8>suite.alignment(sa.transform);
  if (mode == CipherMode.CBC) {
    const cipher = suite.cipherOf(sa.transform) as BlockCipher;
    sa.cipher = cipher;
    cipher.setKey(sa.cipherCtx, key, length);
  } else if (mode == CipherMode.CTR) ctrKey(sa.cipherCtx, key, length);
  else if (mode == CipherMode.GCM || mode == CipherMode.GMAC) gcmKey(sa.cipherCtx, key, length);
  else if (mode == CipherMode.CCM) ccmKey(sa.cipherCtx, key, length);
  else if (mode == CipherMode.CHACHA) chachaPolyKey(sa.cipherCtx, key, length);
  sa.salt = 0;
  memory.copy(changetype<usize>(sa) + offsetof<SA>("salt"), key + <usize>length, <usize>suite.saltLength(sa.transform));
  sa.macAt = <u16>(mode == CipherMode.CBC ? (sa.cipher as BlockCipher).ctxLength : mode == CipherMode.CTR ? CTR_CTX : 0);
}

/** Keys what computes the ICV. */
function setMac(sa: SA, key: usize): void {
  const integrity = suite.integrityOf(sa.transform, sa.auth);
  sa.integrity = <u8>integrity;
  sa.icvLength = <u8>suite.icvLength(sa.transform, sa.auth);
  if (integrity == Integrity.HMAC) {
    const hash = suite.hashOf(sa.auth) as Hash;
    sa.hash = hash;
    hmacKey(hash, sa.macState, key, suite.authKeyLength(sa.auth));
    sa.together = sa.protocol == <u8>ESP && (sa.auth == <u8>Auth.SHA1 || sa.auth == <u8>Auth.SHA256);
  } else if (integrity == Integrity.XCBC) xcbcKey(sa.macState, key);
}
