/**
 * `set peer NAME dynamic`: peers of crypto maps that are known by name. What the name stands for at present is among the entry's peers like
 * any other; device/peer_names.ts puts it there.
 */
import { HOSTNAME_MAX, PEER_NAMES } from "../../limits";
import { Refusal } from "../../lists/setting";
import { CryptoMapEntry } from "./crypto_map";
import * as maps from "./crypto_map";

export class PeerName {
  /** The entry's, which no other entry ever has; 0: unused. */
  serial: u32 = 0;
  used: bool = false;
  /** 0: nothing is known of the name yet. */
  address: u32 = 0;
  text: usize = heap.alloc(<usize>HOSTNAME_MAX);
  len: u32 = 0;
  /** That there is no such name has been said. */
  told: bool = false;
}

let table: StaticArray<PeerName> = changetype<StaticArray<PeerName>>(0);
let count: u32 = 0;

export function init(): void {
  table = new StaticArray<PeerName>(<i32>PEER_NAMES);
  for (let i: u32 = 0; i < PEER_NAMES; i++) unchecked((table[i] = new PeerName()));
  count = 0;
}

export function at(i: u32): PeerName {
  return unchecked(table[i]);
}

/** Names in use. */
export function used(): u32 {
  return count;
}

/** The entry that a name is a peer of; null: it is gone, and so is the name. */
export function entryOf(name: PeerName): CryptoMapEntry | null {
  for (let i: u32 = 0; i < maps.slots(); i++) {
    const entry = maps.at(i);
    if (entry && entry.serial == name.serial) return entry;
  }
  release(name);
  return null;
}

function find(entry: CryptoMapEntry, p: usize, len: u32): PeerName | null {
  for (let i: u32 = 0; i < PEER_NAMES; i++) {
    const name = at(i);
    if (name.used && name.serial == entry.serial && name.len == len && memory.compare(name.text, p, <usize>len) == 0) return name;
  }
  return null;
}

/** @param len at most HOSTNAME_MAX */
export function add(entry: CryptoMapEntry, p: usize, len: u32): Refusal {
  if (find(entry, p, len)) return Refusal.NONE;
  for (let i: u32 = 0; i < PEER_NAMES; i++) {
    const name = at(i);
    // One whose entry has gone makes room.
    if (name.used && entryOf(name)) continue;
    name.used = true;
    name.serial = entry.serial;
    name.address = 0;
    name.told = false;
    memory.copy(name.text, p, <usize>len);
    name.len = len;
    count++;
    return Refusal.NONE;
  }
  return Refusal.FULL;
}

export function remove(entry: CryptoMapEntry, p: usize, len: u32): Refusal {
  const name = find(entry, p, len);
  if (!name) return Refusal.NOT_FOUND;
  if (name.address) maps.removePeer(entry, name.address);
  release(name);
  return Refusal.NONE;
}

function release(name: PeerName): void {
  if (!name.used) return;
  name.used = false;
  name.address = 0;
  count--;
}

/** Whether one of an entry's peers is there by its name. */
export function holds(entry: CryptoMapEntry, address: u32): bool {
  for (let i: u32 = 0; count && i < PEER_NAMES; i++) if (at(i).used && at(i).serial == entry.serial && at(i).address == address) return true;
  return false;
}

/** The name stands for another address from here on. */
export function move(entry: CryptoMapEntry, name: PeerName, address: u32): Refusal {
  if (entry.hasPeer(address)) return Refusal.NONE;
  if (name.address) maps.removePeer(entry, name.address);
  const refusal = maps.addPeer(entry, address);
  name.address = refusal == Refusal.NONE ? address : 0;
  return refusal;
}
