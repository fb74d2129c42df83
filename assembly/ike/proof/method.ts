/**
 * A way to prove who one is, by the Authentication Method that phase 1 has agreed on: one object a kind (psk.ts, signature.ts), and what all
 * have in common: HASH_I and HASH_R, which stand in the message themselves or are signed.
 */
import { HashAlg, Hash } from "../../crypto/hash";
import { hashById } from "../../crypto/registry";
import * as hashes from "../../oakley/hashes";
import { AuthMethod } from "../../wire/ike_numbers";
import { Exchange } from "../state/exchange";
import { IsakmpSa } from "../state/isakmp_sa";

export abstract class Method {
  /** The set of AuthMethods by which both sides of an SA could be known, as far as can be said before they have spoken. */
  abstract methods(sa: IsakmpSa): u32;

  /** The same of a peer that asks for Main Mode, before there is an SA. */
  abstract methodsFor(peer: u32): u32;

  /** SKEYID, into the exchange. False: what it is made of is not there any more. */
  abstract skeyid(ex: Exchange): bool;

  /** Whether a peer that has proved itself may call itself this: the body of an ID payload. */
  abstract suits(sa: IsakmpSa, body: usize, len: u32): bool;

  /** Who has shown what: a number for each key, or authority, of the configuration that vouches for a peer. 0: it is gone. */
  abstract keyOf(sa: IsakmpSa): u32;

  /** Whether what a peer has shown is what the configuration has for the address it is reached at. */
  abstract isOfAddress(sa: IsakmpSa): bool;
}

/** The hash of HASH_I and HASH_R: the one that was negotiated, but with ECDSA the curve's (RFC 4754, 2). */
export function hashOfProof(sa: IsakmpSa): Hash {
  let hash: Hash | null = null;
  if (sa.authMethod == AuthMethod.ECDSA_256) hash = hashById(HashAlg.SHA256);
  else if (sa.authMethod == AuthMethod.ECDSA_384) hash = hashById(HashAlg.SHA384);
  else if (sa.authMethod == AuthMethod.ECDSA_521) hash = hashById(HashAlg.SHA512);
  return hash ? hash : sa.hash;
}

/** The hash over an identity, the body of an ID payload: HASH_I if `initiators`, else HASH_R. Writes hashOfProof(sa).digestLength octets. */
export function prove(ex: Exchange, initiators: bool, ID_b: usize, ID_bLen: u32, out: usize): void {
  const sa = ex.sa;
  const hash = hashOfProof(sa);
  const n = sa.hash.digestLength;
  if (initiators) hashes.HASH_I(hash, ex.SKEYID, ex.g_xi, ex.g_xr, ex.publicBytes, sa.CKY_I, sa.CKY_R, ex.SA_b, ex.SA_bLen, ID_b, ID_bLen, out, n);
  else hashes.HASH_R(hash, ex.SKEYID, ex.g_xi, ex.g_xr, ex.publicBytes, sa.CKY_I, sa.CKY_R, ex.SA_b, ex.SA_bLen, ID_b, ID_bLen, out, n);
}
