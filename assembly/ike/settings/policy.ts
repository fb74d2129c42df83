/**
 * `crypto isakmp policy N`: what phase 1 may use, in the order of N. What is configured here is offered and accepted and
 * nothing else; with nothing configured there is one default policy.
 *
 * A new policy has AES-256, SHA-256, pre-shared key, group 14 and a day. DES, 3DES, MD5, SHA-1 and groups 1, 2 and 5 are
 * never a default, nor are groups 3, 4 and 7: they are used where a policy names them, and `weakness` gives the words of the
 * warning.
 */
import { CipherAlg } from "../../crypto/cipher";
import { HashAlg } from "../../crypto/hash";
import { ISAKMP_POLICIES } from "../../limits";
import { Pool } from "../../util/pool";
import { AuthMethod, isEncryption } from "../../wire/ike_numbers";
export { PRIVATE_MIN, groupBits } from "../../oakley/dh_group";
export { AuthMethod } from "../../wire/ike_numbers";

/** Priorities go from 1, the most wanted, to PRIORITY_MAX. */
export const PRIORITY_MAX: u32 = 10000;
/** The default policy's, which no configured one has. */
export const PRIORITY_DEFAULT: u32 = 65535;
/** Seconds that a policy's lifetime may have (IOS's bounds). */
export const LIFETIME_MIN: u32 = 60;
export const LIFETIME_MAX: u32 = 86400;

@unmanaged
export class Phase1Policy {
  priority: u32;
  /** Encryption Algorithm: CipherAlg */
  encryption: u32;
  /** 128, 192 or 256 with AES and Camellia, 0 with ciphers of one key length */
  keyBits: u32;
  /** Hash Algorithm: HashAlg */
  hash: u32;
  /** AuthMethod; ECDSA_256 stands for whichever curve the key is of. */
  authMethod: u32;
  /** Group Description */
  group: u32;
  lifetimeSeconds: u32;
  /** Of ISAKMP traffic, 0: no limit. */
  lifetimeKilobytes: u32;
}

let pool: Pool<Phase1Policy> = changetype<Pool<Phase1Policy>>(0);
let fallback: Phase1Policy = changetype<Phase1Policy>(0);

export function init(): void {
  pool = new Pool<Phase1Policy>("isakmp policies", ISAKMP_POLICIES);
  fallback = changetype<Phase1Policy>(heap.alloc(offsetof<Phase1Policy>()));
  fallback.priority = PRIORITY_DEFAULT;
  setDefaults(fallback);
}

/** Sets every field but the priority. */
export function setDefaults(policy: Phase1Policy): void {
  policy.encryption = CipherAlg.AES;
  policy.keyBits = 256;
  policy.hash = HashAlg.SHA256;
  policy.authMethod = AuthMethod.PRE_SHARED_KEY;
  policy.group = 14;
  policy.lifetimeSeconds = 86400;
  policy.lifetimeKilobytes = 0;
}

/** The default policy, used while none is configured; not to be changed. */
export function defaultPolicy(): Phase1Policy {
  return fallback;
}

/** Policies configured. */
export function configured(): u32 {
  return pool.used;
}

export function find(priority: u32): Phase1Policy | null {
  for (let i: u32 = 0; i < pool.size; i++) {
    const policy = pool.at(i);
    if (policy && policy.priority == priority) return policy;
  }
  return null;
}

/** The bit of an AuthMethod in a set of them; 0: none that is done here. */
export function methodBit(method: u32): u32 {
  return method < 32 ? 1 << method : 0;
}

/** What a policy means by its method, as a set: `ecdsa-sig` is of three curves. */
export function methodsOf(policy: Phase1Policy): u32 {
  if (policy.authMethod != AuthMethod.ECDSA_256) return methodBit(policy.authMethod);
  return (1 << AuthMethod.ECDSA_256) | (1 << AuthMethod.ECDSA_384) | (1 << AuthMethod.ECDSA_521);
}

/** The methods of all policies that IKE uses. */
export function methods(): u32 {
  let set: u32 = 0;
  for (let policy = first(); policy; policy = next(policy)) set |= methodsOf(policy);
  return set;
}

/** Finds the policy of this priority or makes one with the defaults. Null: pool used up, or no such priority. */
export function add(priority: u32): Phase1Policy | null {
  if (priority < 1 || priority > PRIORITY_MAX) return null;
  const known = find(priority);
  if (known) return known;
  const policy = pool.take();
  if (!policy) return null;
  policy.priority = priority;
  setDefaults(policy);
  return policy;
}

/** False: there is no such policy. */
export function remove(priority: u32): bool {
  const policy = find(priority);
  if (!policy) return false;
  pool.free(policy);
  return true;
}

/**
 * Walks the policies that IKE uses, the most wanted first: `for (let p = first(); p; p = next(p))`. With none
 * configured it is the default policy alone.
 */
export function first(): Phase1Policy | null {
  return pool.used ? above(0) : fallback;
}

/** The one after `policy`; null behind the last. */
export function next(policy: Phase1Policy | null): Phase1Policy | null {
  return policy ? above(policy.priority) : null;
}

/** The configured policy of the lowest priority number above this one. */
function above(priority: u32): Phase1Policy | null {
  let best: Phase1Policy | null = null;
  for (let i: u32 = 0; i < pool.size; i++) {
    const policy = pool.at(i);
    if (!policy || policy.priority <= priority) continue;
    if (!best || policy.priority < best.priority) best = policy;
  }
  return best;
}

/** Why a group is weak, in either phase; empty if it is not. */
export function groupWeakness(group: u32): string {
  switch (group) {
    case 1: return "group 1 (768 bits) is broken";
    case 2: return "group 2 (1024 bits) is within reach of a large attacker";
    case 3: return "group 3 (an elliptic curve of 155 bits whose field has subfields) is broken";
    case 4: return "group 4 (an elliptic curve of 185 bits whose field has subfields) is below today's strength";
    case 5: return "group 5 (1536 bits) is below today's strength";
    case 7: return "group 7 (an elliptic curve of 163 bits) is below today's strength";
    default: return "";
  }
}

/** Why a policy is weak, for the console's warning; empty if it is not. The weakest part speaks. */
export function weakness(policy: Phase1Policy): string {
  if (policy.encryption == CipherAlg.DES) return "DES is broken: its keys are found in hours";
  const broken = groupWeakness(policy.group);
  if (broken.length && policy.group != 5) return broken;
  if (policy.hash == HashAlg.MD5) return "MD5 is obsolete";
  if (policy.encryption == CipherAlg.DES3) return "3DES is obsolete: its blocks have 64 bits";
  if (broken.length) return broken;
  if (policy.hash == HashAlg.SHA1) return "SHA-1 is obsolete";
  if (isEncryption(policy.authMethod)) return "RSA encryption rests on PKCS#1 v1.5, by which other gateways have given their keys away; signatures do not";
  return "";
}
