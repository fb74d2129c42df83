/** The console's words for the RFCs' numbers. */
import { Text } from "../util/text";
import { TransformSet } from "../sadb/settings/transform_set";
import { Transform, ahWord, authWord, cipherWord, icvLength } from "../sadb/terms/suite";

/** Phase 1's methods (RFC 2409, Appendix A), as `authentication` takes them. */
export function authKeyword(method: u32): string {
  switch (method) {
    case 3: return "rsa-sig";
    case 4: return "rsa-encr";
    case 5: return "rsa-encr revised";
    case 9: return "ecdsa-sig";
    default: return "pre-share";
  }
}

/** Phase 1's encryption algorithms (RFC 2409, Appendix A), as `encryption` takes them. */
export function cipherKeyword(encryption: u32): string {
  return encryption == 1 ? "des" : encryption == 5 ? "3des" : encryption == 8 ? "camellia" : "aes";
}

/** Phase 1's hash algorithms, as `hash` takes them. */
export function hashKeyword(hash: u32): string {
  switch (hash) {
    case 1: return "md5";
    case 2: return "sha";
    case 4: return "sha256";
    case 5: return "sha384";
    default: return "sha512";
  }
}

/** `esp-aes 256 esp-sha256-hmac`, as `crypto ipsec transform-set` takes it. */
export function putTransforms(text: Text, set: TransformSet): Text {
  if (set.ahAuth) text.put(ahWord(set.ahAuth));
  if (!set.espCipher) return text;
  if (set.ahAuth) text.char(32);
  text.put(cipherWord(set.espCipher));
  if (set.keyBits) text.char(32).u32(set.keyBits);
  if (set.espAuth) text.char(32).put(authWord(set.espAuth));
  return putIcv(text, set.espCipher);
}

/** ` icv 8`: the length of a cipher's own ICV, where it is not the usual one. */
function putIcv(text: Text, cipher: u32): Text {
  const icv = icvLength(cipher, 0);
  return icv && icv != 16 ? text.put(" icv ").u32(icv) : text;
}

/** `esp-256-aes esp-sha256-hmac`, `esp-gcm 256`, as IOS shows it. */
export function putSuite(text: Text, cipher: u32, keyBits: u32, auth: u32): Text {
  const cbc = cipher == <u32>Transform.AES;
  if (cbc && keyBits != 128) text.put("esp-").u32(keyBits).put("-aes");
  else text.put(cipherWord(cipher));
  if (keyBits && !cbc) text.char(32).u32(keyBits);
  if (auth) text.char(32).put(authWord(auth));
  return putIcv(text, cipher);
}

/** 192.0.2.1/24's mask or a range of addresses as IOS shows a proxy identity: address/mask. */
export function putProxy(text: Text, first: u32, last: u32, protocol: u32, port: u32): Text {
  const host = first ^ last;
  if ((host & (host + 1)) == 0 && (first & host) == 0) text.char(40).ip(first).char(47).ip(~host);
  else text.char(40).ip(first).char(45).ip(last);
  return text.char(47).u32(protocol).char(47).u32(port).char(41);
}
