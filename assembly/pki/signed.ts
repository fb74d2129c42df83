/**
 * What a certificate and a CRL end with (RFC 5280, 4.1.1 and 5.1.1):
 *
 *      signatureAlgorithm AlgorithmIdentifier, signatureValue BIT STRING
 */
import * as algorithm from "./algorithm";
import { Part } from "./certificate";
import * as der from "./der";
import { Tag } from "./der";

/** Octets of the signature. */
export let signature: usize = 0;
export let signatureLen: u32 = 0;

/**
 * Reads both from `p` up to `end`; the algorithm is in algorithm.ts then.
 * @param inner the AlgorithmIdentifier within what is signed. Part.NONE: well made; else what is malformed
 */
export function read(p: usize, end: usize, inner: usize, innerLen: u32): Part {
  if (!der.expect(p, end, Tag.SEQUENCE)) return Part.ALGORITHM;
  p = der.next;
  // Octet by octet the same (4.1.1.2): what is signed says how it is signed.
  if (!der.same(inner, innerLen, der.start, <u32>(p - der.start))) return Part.ALGORITHMS;
  if (!algorithm.parse(der.body, p)) return Part.ALGORITHM;
  if (!der.expect(p, end, Tag.BIT_STRING) || der.next != end || der.len < 2) return Part.SIGNATURE;
  signature = der.body + 1;
  // One that isn't whole octets is nobody's.
  signatureLen = load<u8>(der.body) == 0 ? der.len - 1 : 0;
  return Part.NONE;
}
