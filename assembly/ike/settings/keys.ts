/**
 * Pre-shared keys: `crypto isakmp key SECRET address A [MASK]` and `... hostname FQDN`, and those of keyrings (keyring.ts). For a peer's address the key with
 * the most specific mask counts. Main Mode knows no name before the key is needed (RFC 2409, 5.4), so a key by hostname
 * serves there only to check the name that an authenticated peer claims.
 */
import { HOSTNAME_MAX, ISAKMP_KEYS, PSK_MAX } from "../../limits";
import * as ct from "../../util/ct";
import { Pool } from "../../util/pool";

/** Secrets shorter than this draw a warning. */
export const PSK_SHORT: u32 = 8;

@unmanaged
export class PreSharedKey {
  /** Address and mask; with a hostname, or as a profile's own, both are 0. */
  address: u32;
  mask: u32;
  secretLen: u32;
  hostnameLen: u32;
  /** Number of its keyring; 0: the default one. */
  keyring: u32;

  get secret(): usize {
    return changetype<usize>(this) + offsetof<PreSharedKey>();
  }
  get hostname(): usize {
    return changetype<usize>(this) + offsetof<PreSharedKey>() + PSK_MAX;
  }
}

let pool: Pool<PreSharedKey> = changetype<Pool<PreSharedKey>>(0);

export function init(): void {
  pool = new Pool<PreSharedKey>("isakmp keys", ISAKMP_KEYS, PSK_MAX + HOSTNAME_MAX);
}

/** Walk with slots/at. */
export function slots(): u32 {
  return pool.size;
}

export function at(i: u32): PreSharedKey | null {
  return pool.at(i);
}

/** Sets the key of an address (mask 0xffffffff for one host), replacing the one there was. False: too long, empty, or no room. */
export function addAddress(address: u32, mask: u32, secret: usize, len: u32, keyring: u32 = 0): bool {
  if (len == 0 || len > PSK_MAX) return false;
  let key = findExact(address & mask, mask, keyring);
  if (!key) {
    key = pool.take();
    if (!key) return false;
    key.keyring = keyring;
    key.address = address & mask;
    key.mask = mask;
  }
  setSecret(key, secret, len);
  return true;
}

/** Sets the key of a hostname. False: too long, empty, or no room. */
export function addHostname(hostname: usize, hostnameLen: u32, secret: usize, len: u32, keyring: u32 = 0): bool {
  if (len == 0 || len > PSK_MAX || hostnameLen == 0 || hostnameLen > HOSTNAME_MAX) return false;
  let key = byHostname(hostname, hostnameLen, keyring);
  if (!key) {
    key = pool.take();
    if (!key) return false;
    key.keyring = keyring;
    key.hostnameLen = hostnameLen;
    memory.copy(key.hostname, hostname, <usize>hostnameLen);
  }
  setSecret(key, secret, len);
  return true;
}

/** Its octets; those of before are wiped. */
export function setSecret(key: PreSharedKey, secret: usize, len: u32): void {
  ct.wipe(key.secret, PSK_MAX);
  memory.copy(key.secret, secret, <usize>len);
  key.secretLen = len;
}

/** False: there is none. */
export function removeAddress(address: u32, mask: u32, keyring: u32 = 0): bool {
  return remove(findExact(address & mask, mask, keyring));
}

export function removeHostname(hostname: usize, len: u32, keyring: u32 = 0): bool {
  return remove(byHostname(hostname, len, keyring));
}

function remove(key: PreSharedKey | null): bool {
  if (!key) return false;
  pool.free(key);
  return true;
}

/** All keys of a keyring go with it. */
export function removeOf(keyring: u32): void {
  for (let i: u32 = 0; i < pool.size; i++) {
    const key = at(i);
    if (key && key.keyring == keyring) pool.free(key);
  }
}

function findExact(address: u32, mask: u32, keyring: u32): PreSharedKey | null {
  for (let i: u32 = 0; i < pool.size; i++) {
    const key = at(i);
    if (key && !key.hostnameLen && key.keyring == keyring && key.address == address && key.mask == mask) return key;
  }
  return null;
}

/** A key of another keyring for the very same addresses but with another secret; null: there is none. */
export function rival(key: PreSharedKey): PreSharedKey | null {
  for (let i: u32 = 0; i < pool.size; i++) {
    const other = at(i);
    if (!other || other === key || other.hostnameLen || key.hostnameLen || other.keyring == key.keyring) continue;
    if (other.address == key.address && other.mask == key.mask && !sameSecret(other, key)) return other;
  }
  return null;
}

/** The key for exactly these addresses; null: there is none. */
export function exact(address: u32, mask: u32, keyring: u32): PreSharedKey | null {
  return findExact(address & mask, mask, keyring);
}

/** The key of a keyring for a peer at this address, the longest mask first; null: there is none. */
export function byAddress(address: u32, keyring: u32 = 0): PreSharedKey | null {
  let best: PreSharedKey | null = null;
  for (let i: u32 = 0; i < pool.size; i++) {
    const key = at(i);
    if (!key || key.hostnameLen || key.keyring != keyring || (address & key.mask) != key.address) continue;
    if (!best || key.mask > best.mask) best = key;
  }
  return best;
}

/** The key of a keyring for exactly this name; null: there is none. */
export function byHostname(hostname: usize, len: u32, keyring: u32 = 0): PreSharedKey | null {
  for (let i: u32 = 0; i < pool.size; i++) {
    const key = at(i);
    if (key && len > 0 && key.keyring == keyring && key.hostnameLen == len && memory.compare(key.hostname, hostname, <usize>len) == 0) return key;
  }
  return null;
}

/** Whether two keys hold the same secret. */
export function sameSecret(a: PreSharedKey, b: PreSharedKey): bool {
  return a.secretLen == b.secretLen && ct.equal(a.secret, b.secret, a.secretLen);
}
