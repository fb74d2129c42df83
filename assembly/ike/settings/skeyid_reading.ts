/**
 * `crypto isakmp rsa-encr skeyid (rfc2409|cisco)`: how SKEYID is made of the nonces with RSA encryption. RFC 2409, 5, has
 * prf(hash(Ni_b | Nr_b), CKY-I | CKY-R); Cisco's routers compute prf(Ni_b | Nr_b, CKY-I | CKY-R). Both are the same where the nonces together are longer
 * than a block of the hash, which ours see to but with SHA-384 and SHA-512 and a short nonce of the peer's.
 */
export let plain: bool = false;

export function init(): void {
  plain = false;
}

/** @param nonces as they are, not their hash */
export function set(nonces: bool): void {
  plain = nonces;
}
