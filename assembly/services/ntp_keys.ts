/**
 * Symmetric keys of NTP (RFC 5905, 7.3): behind the packet stand the key's number and MD5(key | packet). MD5 is all that IOS and old servers have here;
 * a keyed prefix over one length of packet alone is not broken by its collisions.
 */
import { HASH_CTX_MAX } from "../crypto/hash";
import { md5 } from "../crypto/md5";
import { NTP_KEYS, NTP_KEY_MAX } from "../limits";
import { get32, put32 } from "../util/bytes";
import * as ct from "../util/ct";

/** Octets that stand behind a packet: the number, and the digest. */
export const MAC: u32 = 20;
const DIGEST: u32 = 16;

const context: usize = memory.data(<i32>HASH_CTX_MAX, 8);
const digest: usize = memory.data(16, 8);

export class Key {
  /** 0: free. */
  id: u32 = 0;
  secret: usize = heap.alloc(<usize>NTP_KEY_MAX);
  /** 0: it is trusted, and not told yet. */
  secretLen: u32 = 0;
  trusted: bool = false;
}

let keys: StaticArray<Key> = changetype<StaticArray<Key>>(0);
/** `ntp authenticate`: a key is to be trusted, too. */
export let authenticate: bool = false;

export function init(): void {
  keys = new StaticArray<Key>(<i32>NTP_KEYS);
  for (let i: u32 = 0; i < NTP_KEYS; i++) unchecked((keys[i] = new Key()));
  authenticate = false;
}

export function setAuthenticate(on: bool): void {
  authenticate = on;
}

function at(i: u32): Key {
  return unchecked(keys[i]);
}

/** The lowest number of a key above `id`; 0: there is none. */
export function next(id: u32): u32 {
  let found: u32 = 0;
  for (let i: u32 = 0; i < NTP_KEYS; i++) if (at(i).id > id && (!found || at(i).id < found)) found = at(i).id;
  return found;
}

export function find(id: u32): Key | null {
  for (let i: u32 = 0; i < NTP_KEYS; i++) if (at(i).id == id) return at(i);
  return null;
}

function made(id: u32): Key | null {
  let key = find(id);
  if (!key) key = find(0);
  if (key) key.id = id;
  return key;
}

function leave(key: Key): void {
  if (!key.secretLen && !key.trusted) key.id = 0;
}

/** `ntp authentication-key`. False: there are NTP_KEYS already. @param id not 0 @param len 1 to NTP_KEY_MAX */
export function set(id: u32, p: usize, len: u32): bool {
  const key = made(id);
  if (!key) return false;
  ct.wipe(key.secret, NTP_KEY_MAX);
  memory.copy(key.secret, p, <usize>len);
  key.secretLen = len;
  return true;
}

/** False: there is no such key. */
export function remove(id: u32): bool {
  const key = find(id);
  if (!key || !key.secretLen) return false;
  ct.wipe(key.secret, NTP_KEY_MAX);
  key.secretLen = 0;
  leave(key);
  return true;
}

/** `ntp trusted-key`. False: there are NTP_KEYS already. */
export function trust(id: u32, on: bool): bool {
  const key = on ? made(id) : find(id);
  if (!key) return !on;
  key.trusted = on;
  leave(key);
  return true;
}

/** Whether answers under that key can be taken. */
export function usable(id: u32): bool {
  const key = find(id);
  return key != null && key.secretLen != 0 && (key.trusted || !authenticate);
}

function compute(key: Key, p: usize, len: u32): void {
  md5.init(context);
  md5.update(context, key.secret, key.secretLen);
  md5.update(context, p, len);
  md5.final(context, digest);
}

/** Writes the MAC of a packet of `len` octets behind it. @param id of a usable key */
export function seal(id: u32, p: usize, len: u32): void {
  const key = find(id);
  if (!key) return;
  compute(key, p, len);
  put32(p + len, id);
  memory.copy(p + len + 4, digest, <usize>DIGEST);
  ct.wipe(digest, DIGEST);
}

/** Whether the MAC behind a packet of `len` octets is that of the key. @param have octets that there are in all */
export function check(id: u32, p: usize, len: u32, have: u32): bool {
  const key = find(id);
  if (!key || !usable(id) || have != len + MAC || get32(p + len) != id) return false;
  compute(key, p, len);
  const good = ct.equal(digest, p + len + 4, DIGEST);
  ct.wipe(digest, DIGEST);
  return good;
}
