/** What is still missing so that phase 1 could be proved by signatures, for the console to say when they are chosen. */
import * as chain from "../../pki/chain";
import { KeyUse } from "../../pki/store";
import * as store from "../../pki/store";
import * as clock from "../../util/clock";
import { AuthMethod, isSignature } from "../../wire/ike_numbers";
import * as own from "./own_certificate";

/** Bits of RSA keys from which on nothing is said. */
const RSA_STRONG: u32 = 2048;

/** Whether a signature of some peer could be checked without a certificate. */
function knowsPeerKeys(): bool {
  for (let i: u32 = 0; i < store.peerKeySlots(); i++) {
    const key = store.peerKeyAt(i);
    if (key && key.key && key.use != KeyUse.ENCRYPTION) return true;
  }
  return false;
}

/** Whether all trustpoints that could vouch for somebody need a clock, and there is none. */
function needsClock(): bool {
  if (clock.wall()) return false;
  for (let i: u32 = 0; i < store.trustpointSlots(); i++) {
    const point = store.trustpointAt(i);
    if (point && point.anchor && point.noTimeCheck) return false;
  }
  return true;
}

/** The first thing that is missing, or weak, in words; "": nothing. @param method RSA_SIGNATURES, or ECDSA_256 for a curve of whatever size; with others nothing is */
export function lacking(method: u32): string {
  if (!isSignature(method)) return "";
  const rsa = method == AuthMethod.RSA_SIGNATURES;
  const pair = store.firstPair(!rsa, KeyUse.SIGNATURE);
  if (!pair) return rsa ? "there is no RSA key to sign with (crypto key generate rsa, or crypto pki import)" : "there is no EC key to sign with (crypto key generate ec, or crypto pki import)";
  const raw = rsa && knowsPeerKeys();
  if (!chain.trustpointsWithAnchor() && !raw) {
    return rsa
      ? "no trustpoint has the certificate of its authority (crypto pki authenticate), and no peer's key is known (crypto key pubkey-chain rsa)"
      : "no trustpoint has the certificate of its authority (crypto pki authenticate)";
  }
  const ecdsa: u32 = (1 << AuthMethod.ECDSA_256) | (1 << AuthMethod.ECDSA_384) | (1 << AuthMethod.ECDSA_521);
  const certified = (own.methods(0) & (rsa ? <u32>1 << AuthMethod.RSA_SIGNATURES : ecdsa)) != 0;
  if (!certified && !raw) return "no trustpoint has a certificate of a key of ours (crypto pki enroll, crypto pki import)";
  if (!raw && needsClock()) return "the clock is not set: no peer's certificate is accepted until it is (clock set, or time-check none in a trustpoint)";
  if (rsa && pair.bits < RSA_STRONG) return "the RSA key that signs has fewer than 2048 bits";
  return "";
}
