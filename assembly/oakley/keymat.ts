/**
 * KEYMAT of Quick Mode (RFC 2409, 5.5): one stretch of key material for each SPI, that is for each direction. What is cut out
 * of it for cipher and authentication, sadb/sas/sa_keys.ts knows.
 */
import { Hash } from "../crypto/hash";
import { put32 } from "../util/bytes";
import * as ct from "../util/ct";
import { prfFinal, prfStart, prfUpdate } from "./prf";

const head: usize = memory.data(8, 4);
const K: usize = memory.data(64, 8);

/**
 * KEYMAT = K1 | K2 | ..., K1 = prf(SKEYID_d, [ g(qm)^xy | ] protocol | SPI | Ni_b | Nr_b), Kn+1 the same with Kn before
 * its argument. Writes `outLen` octets to `out`.
 * @param g_qm_xy the shared secret of Quick Mode's own exchange, with g_len 0 where there was no PFS
 * @param protocol of ipsec_doi @param SPI as a number whose first octet is on top
 */
export function keymat(
  hash: Hash, SKEYID_d: usize, g_qm_xy: usize, g_len: u32, protocol: u32, SPI: u32,
  Ni_b: usize, NiLen: u32, Nr_b: usize, NrLen: u32, out: usize, outLen: u32,
): void {
  const n = hash.digestLength;
  store<u8>(head, <u8>protocol);
  put32(head + 1, SPI);
  for (let done: u32 = 0; done < outLen; done += n) {
    prfStart(hash, SKEYID_d, n);
    if (done) prfUpdate(hash, K, n);
    prfUpdate(hash, g_qm_xy, g_len);
    prfUpdate(hash, head, 5);
    prfUpdate(hash, Ni_b, NiLen);
    prfUpdate(hash, Nr_b, NrLen);
    prfFinal(hash, K);
    memory.copy(out + done, K, <usize>min(n, outLen - done));
  }
  ct.wipe(K, 64);
}
