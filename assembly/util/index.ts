/**
 * An index: finds the slots of a pool whose objects have a key, however many others there are. Chained lists by a hash of the key;
 * the slots of a list ascend, so that who walks it meets them as in a walk of the pool. Four to six octets a slot.
 *
 *      for (let i = index.first(key); i != NONE; i = index.next(i)) if (pool.at(i)!.key == key) ...
 *
 * Objects of another key may stand in the same list: whoever walks it compares. Changing the key of an object is `remove`, then `add`.
 */

import { countTable } from "./pool";

/** In place of a slot: there is none. */
export const NONE: u32 = 0xffff;

/** A power of two, n at least. */
// @ts-ignore: decorator
@inline
export function ceilPowerOfTwo(n: u32): u32 {
  return n <= 1 ? 1 : 1 << (32 - clz<u32>(n - 1));
}

/** Spreads keys of whatever pattern over 32 bits (the finalizer of MurmurHash3, in the public domain). */
// @ts-ignore: decorator
@inline
export function mix(key: u32): u32 {
  key = (key ^ (key >>> 16)) * 0x85ebca6b;
  key = (key ^ (key >>> 13)) * 0xc2b2ae35;
  return key ^ (key >>> 16);
}

/** A key for octets (FNV-1a). */
export function keyOf(p: usize, len: u32): u32 {
  let key: u32 = 0x811c9dc5;
  for (let i: u32 = 0; i < len; i++) key = (key ^ <u32>load<u8>(p + <usize>i)) * 0x01000193;
  return key;
}

export class Index {
  private heads: usize; // u16 each
  private links: usize; // u16 a slot
  private mask: u32;

  /** @param size slots, below NONE */
  constructor(size: u32) {
    const lists = ceilPowerOfTwo(size);
    this.mask = lists - 1;
    countTable((lists + size) << 1);
    this.heads = heap.alloc(<usize>(lists << 1));
    this.links = heap.alloc(<usize>(size << 1));
    memory.fill(this.heads, 0xff, <usize>(lists << 1));
    memory.fill(this.links, 0xff, <usize>(size << 1));
  }

  // @ts-ignore: decorator
  @inline
  private headOf(key: u32): usize {
    return this.heads + <usize>((mix(key) & this.mask) << 1);
  }

  /** The lowest slot in the list of a key, or NONE. */
  first(key: u32): u32 {
    return <u32>load<u16>(this.headOf(key));
  }

  /** The slot behind another in its list, or NONE. */
  // @ts-ignore: decorator
  @inline
  next(slot: u32): u32 {
    return <u32>load<u16>(this.links + <usize>(slot << 1));
  }

  /** Enters a slot that is not in the index. */
  add(slot: u32, key: u32): void {
    let link = this.headOf(key);
    while (<u32>load<u16>(link) < slot) link = this.links + <usize>(<u32>load<u16>(link) << 1);
    store<u16>(this.links + <usize>(slot << 1), load<u16>(link));
    store<u16>(link, <u16>slot);
  }

  /** Takes a slot out that was entered with this key; one that was not is let pass. */
  remove(slot: u32, key: u32): void {
    let link = this.headOf(key);
    while (<u32>load<u16>(link) < slot) link = this.links + <usize>(<u32>load<u16>(link) << 1);
    if (<u32>load<u16>(link) == slot) store<u16>(link, load<u16>(this.links + <usize>(slot << 1)));
  }

  /** Empties it. */
  clear(): void {
    memory.fill(this.heads, 0xff, <usize>((this.mask + 1) << 1));
  }
}
