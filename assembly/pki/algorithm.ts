/** AlgorithmIdentifiers of signatures (RFC 3279, 4055, 5758, 8410): which scheme, over which hash. */
import { HashAlg } from "../crypto/hash";
import * as der from "./der";
import { Tag } from "./der";
import { Oid, identify } from "./oids";

/** How a signature is made. As a bit, `1 << scheme` is in Settings.schemes. */
export const enum Scheme { UNKNOWN = 0, RSA_PKCS1 = 1, RSA_PSS = 2, ECDSA = 3, ED25519 = 4 }

/** Hashes that are recognised and never accepted; HashAlg names MD5 and the others. */
export const MD2: u32 = 0x100;

/** What `parse` found: HashAlg or MD2, 0 where the scheme has its own; octets of PSS's salt. */
export let scheme: Scheme = Scheme.UNKNOWN;
export let hash: u32 = 0;
export let salt: u32 = 0;

function found(s: Scheme, h: u32): bool {
  scheme = s;
  hash = h;
  salt = 0;
  return true;
}

/** The hash whose AlgorithmIdentifier lies at [p, end), parameters NULL or absent; 0: none of ours. */
function hashAt(p: usize, end: usize): u32 {
  if (!der.expect(p, end, Tag.SEQUENCE) || der.next != end) return 0;
  if (!der.expect(der.body, end, Tag.OID)) return 0;
  const is = identify(der.body, der.len);
  if (der.next != end && (!der.expect(der.next, end, Tag.NULL) || der.len != 0 || der.next != end)) return 0;
  switch (is) {
    case Oid.SHA1: return HashAlg.SHA1;
    case Oid.SHA256: return HashAlg.SHA256;
    case Oid.SHA384: return HashAlg.SHA384;
    case Oid.SHA512: return HashAlg.SHA512;
    default: return 0;
  }
}

/**
 * RSASSA-PSS-params: [0] hash, [1] MGF1 of the same hash, [2] salt's length, [3] trailer 1; SHA-1 and 20 where absent. What is
 * well-formed and not taken is the scheme UNKNOWN.
 */
function pss(p: usize, end: usize): bool {
  found(Scheme.UNKNOWN, 0);
  let digest: u32 = HashAlg.SHA1;
  let mask: u32 = HashAlg.SHA1;
  let octets: i32 = 20;
  let trailer: i32 = 1;
  // Without parameters the key may be used with any; a signature must name them.
  if (p == end) return true;
  if (!der.expect(p, end, Tag.SEQUENCE) || der.next != end) return false;
  p = der.body;
  if (der.optional(p, end, 0xa0)) {
    p = der.next;
    digest = hashAt(der.body, p);
  }
  if (der.optional(p, end, 0xa1)) {
    p = der.next;
    mask = 0;
    if (!der.expect(der.body, p, Tag.SEQUENCE) || der.next != p) return false;
    if (!der.expect(der.body, p, Tag.OID)) return false;
    if (identify(der.body, der.len) == Oid.MGF1) mask = hashAt(der.next, p);
  }
  if (der.optional(p, end, 0xa2)) {
    p = der.next;
    if (!der.expect(der.body, p, Tag.INTEGER) || der.next != p) return false;
    octets = der.small(der.body, der.len);
  }
  if (der.optional(p, end, 0xa3)) {
    p = der.next;
    if (!der.expect(der.body, p, Tag.INTEGER) || der.next != p) return false;
    trailer = der.small(der.body, der.len);
  }
  if (p != end || octets < 0) return false;
  if (digest == 0 || mask != digest || trailer != 1 || octets > 512) return true;
  found(Scheme.RSA_PSS, digest);
  salt = <u32>octets;
  return true;
}

/** Reads the content [p, end) of a signature's AlgorithmIdentifier; false where it is malformed. An unknown algorithm is none. */
export function parse(p: usize, end: usize): bool {
  if (!der.expect(p, end, Tag.OID) || !der.oid(der.body, der.len)) return false;
  const is = identify(der.body, der.len);
  const rest = der.next;
  if (is == Oid.RSA_PSS) return pss(rest, end);
  if (is >= Oid.MD2_RSA && is <= Oid.SHA512_RSA) {
    // NULL; some leave it out (RFC 4055, 5).
    if (rest != end && (!der.expect(rest, end, Tag.NULL) || der.len != 0 || der.next != end)) return false;
  } else if ((is >= Oid.SHA1_ECDSA && is <= Oid.SHA512_ECDSA) || is == Oid.ED25519) {
    if (rest != end) return false;
  }
  switch (is) {
    case Oid.MD2_RSA: return found(Scheme.RSA_PKCS1, MD2);
    case Oid.MD5_RSA: return found(Scheme.RSA_PKCS1, HashAlg.MD5);
    case Oid.SHA1_RSA: return found(Scheme.RSA_PKCS1, HashAlg.SHA1);
    case Oid.SHA256_RSA: return found(Scheme.RSA_PKCS1, HashAlg.SHA256);
    case Oid.SHA384_RSA: return found(Scheme.RSA_PKCS1, HashAlg.SHA384);
    case Oid.SHA512_RSA: return found(Scheme.RSA_PKCS1, HashAlg.SHA512);
    case Oid.SHA1_ECDSA: return found(Scheme.ECDSA, HashAlg.SHA1);
    case Oid.SHA256_ECDSA: return found(Scheme.ECDSA, HashAlg.SHA256);
    case Oid.SHA384_ECDSA: return found(Scheme.ECDSA, HashAlg.SHA384);
    case Oid.SHA512_ECDSA: return found(Scheme.ECDSA, HashAlg.SHA512);
    case Oid.ED25519: return found(Scheme.ED25519, 0);
    default: return found(Scheme.UNKNOWN, 0);
  }
}
