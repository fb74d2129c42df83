// The hashes and ciphers that exist, by the numbers of RFC 2409's appendix A.
import { Hash, HashAlg } from "./hash";
import { BlockCipher, CipherAlg } from "./cipher";
import { md5 } from "./md5";
import { sha1 } from "./sha1";
import { sha256 } from "./sha2_32";
import { sha384, sha512 } from "./sha2_64";
import { aes } from "./aes";
import { camellia } from "./camellia";
import { des, des3 } from "./des";

/** The hash with this Hash Algorithm attribute value, or null. */
export function hashById(id: u32): Hash | null {
  switch (id) {
    case HashAlg.MD5: return md5;
    case HashAlg.SHA1: return sha1;
    case HashAlg.SHA256: return sha256;
    case HashAlg.SHA384: return sha384;
    case HashAlg.SHA512: return sha512;
    default: return null;
  }
}

/** The cipher with this Encryption Algorithm attribute value, or null. */
export function cipherById(id: u32): BlockCipher | null {
  switch (id) {
    case CipherAlg.DES: return des;
    case CipherAlg.DES3: return des3;
    case CipherAlg.AES: return aes;
    case CipherAlg.CAMELLIA: return camellia;
    default: return null;
  }
}
