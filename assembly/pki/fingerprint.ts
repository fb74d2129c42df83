/** Fingerprints of certificates and keys, as people compare them. */
import { HashAlg } from "../crypto/hash";
import { hashById } from "../crypto/registry";
import { Text } from "../util/text";

// @ts-ignore: decorator
@lazy
const ctx: usize = memory.data(200, 8);
// @ts-ignore: decorator
@lazy
const digest: usize = memory.data(64, 8);

/** Writes the digest in groups of eight digits. @param alg HashAlg.SHA1 or SHA256 */
function write(text: Text, alg: u32, p: usize, len: u32): void {
  const hash = hashById(alg)!;
  hash.digest(ctx, p, len, digest);
  for (let i: u32 = 0; i < hash.digestLength; i += 4) {
    if (i) text.char(32);
    text.hexBytes(digest + i, 4);
  }
}

export function writeSha1(text: Text, p: usize, len: u32): void {
  write(text, <u32>HashAlg.SHA1, p, len);
}

export function writeSha256(text: Text, p: usize, len: u32): void {
  write(text, <u32>HashAlg.SHA256, p, len);
}
