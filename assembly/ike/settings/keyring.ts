/**
 * `crypto keyring NAME`: pre-shared keys that serve the isakmp profiles naming it (`keyring NAME`) and nobody else. The keys lie
 * with all others (keys.ts) and carry their keyring's number; 0 is the default one, of `crypto isakmp key`.
 *
 * Main Mode needs a key before the peer's name is known (RFC 2409, 5.4). A responder then takes, of the keyrings that a profile
 * names and of the default one, the key with the longest mask; only what the peer calls itself decides on the profile, and a
 * profile takes no key but its own keyring's. So two keyrings with different keys for the same address serve the first alone.
 */
import { DESCRIPTION_MAX, ISAKMP_KEYRINGS, NAME_MAX } from "../../limits";
import { Pool } from "../../util/pool";

/** In place of a keyring's number: one that is not configured. No key has it. */
export const NO_KEYRING: u32 = 0xffffffff;
/** `local-address`: no port. */
export const ANY_PORT: u32 = 0xffffffff;

@unmanaged
export class Keyring {
  /** 1 and up; never used again. */
  id: u32;
  nameLen: u32;
  descriptionLen: u32;
  /** `local-address`: the only address of ours at which it serves, 0: all; or that of a port, ANY_PORT: none. */
  localAddress: u32;
  localPort: u32;

  get name(): usize {
    return changetype<usize>(this) + offsetof<Keyring>();
  }
  get description(): usize {
    return this.name + <usize>NAME_MAX;
  }
}

let pool = changetype<Pool<Keyring>>(0);
let lastId: u32 = 0;

export function init(): void {
  pool = new Pool<Keyring>("keyrings", ISAKMP_KEYRINGS, NAME_MAX + DESCRIPTION_MAX);
  lastId = 0;
}

/** Walk with slots/at. */
export function slots(): u32 {
  return pool.size;
}

export function at(i: u32): Keyring | null {
  return pool.at(i);
}

export function find(name: usize, len: u32): Keyring | null {
  for (let i: u32 = 0; i < pool.size; i++) {
    const ring = at(i);
    if (ring && ring.nameLen == len && memory.compare(ring.name, name, <usize>len) == 0) return ring;
  }
  return null;
}

export function byId(id: u32): Keyring | null {
  for (let i: u32 = 0; i < pool.size; i++) {
    const ring = at(i);
    if (ring && ring.id == id) return ring;
  }
  return null;
}

/** The number of the keyring of a name; NO_KEYRING: it is not configured. */
export function idOf(name: usize, len: u32): u32 {
  const ring = find(name, len);
  return ring ? ring.id : NO_KEYRING;
}

/** Finds a keyring or makes one. Null: no room, or no name of 1 to NAME_MAX octets. */
export function add(name: usize, len: u32): Keyring | null {
  const known = find(name, len);
  if (known) return known;
  if (len == 0 || len > NAME_MAX) return null;
  const ring = pool.take();
  if (!ring) return null;
  ring.id = ++lastId;
  ring.localPort = ANY_PORT;
  ring.nameLen = len;
  memory.copy(ring.name, name, <usize>len);
  return ring;
}

/** Its keys are the caller's to take away first (keys.removeOf). */
export function remove(ring: Keyring): void {
  pool.free(ring);
}

/** Cut at DESCRIPTION_MAX; an empty one removes it. */
export function setDescription(ring: Keyring, text: usize, len: u32): void {
  ring.descriptionLen = min(len, DESCRIPTION_MAX);
  memory.copy(ring.description, text, <usize>ring.descriptionLen);
}
