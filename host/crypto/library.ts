/** What "postern/crypto" exports, in Node and in a browser. */
export { aesCbc, aesCcm, aesCtr, aesGcm, chacha20Poly1305, des3Cbc, TagError, type Cipher } from "./cipher.ts";
export { ctEqual } from "./compare.ts";
export { build, type Build } from "./core.ts";
export { modexp, oakleyGroup, p256, p384, p521, x25519, type Group } from "./group.ts";
export { aesCmac, hmacMd5, hmacSha1, hmacSha256, hmacSha384, hmacSha512, md5, sha1, sha256, sha384, sha512 } from "./hash.ts";
