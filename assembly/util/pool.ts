/**
 * Fixed pools. A pool's blocks are laid out once, at start; take and free are constant time; a freed block is wiped
 * before it can be taken again. `show memory` walks the pools in the order of their making.
 */
import { assertThat } from "./status";

const POOLS_MAX: i32 = 96;
const pools = new StaticArray<AnyPool | null>(POOLS_MAX);
let poolCount: i32 = 0;

/** Octets of the tables that objects are found through, and of what is remembered of each of them elsewhere. */
export let tables: u32 = 0;
/** Of these: those of the rooms that see every packet - interfaces, NAT, filters, the log -, which do not grow with tunnels. */
export let tablesOfTraffic: u32 = 0;

/** A table has been made: `show memory` counts it. */
export function countTable(octets: u32): void {
  tables += octets;
}

/** The tables made since there were `before` octets of them are of the second kind. */
export function countTraffic(before: u32): void {
  tablesOfTraffic += tables - before;
}

/** Used by tests that make fresh rooms, and by nothing else. */
export function forgetPools(): void {
  poolCount = 0;
  tables = tablesOfTraffic = 0;
}

export function poolAt(i: i32): AnyPool | null {
  return i < poolCount ? unchecked(pools[i]) : null;
}

/** What all pools are: blocks of one length. */
export class AnyPool {
  base: usize;
  /** Bytes of a block, a multiple of 16. */
  stride: u32;
  used: u32 = 0;
  peak: u32 = 0;
  /** How often nothing was left. */
  exhausted: u32 = 0;
  private freeList: usize; // u16 indices, a stack
  private inUse: usize; // one octet a block

  constructor(
    public name: string,
    blockLength: u32,
    public size: u32,
  ) {
    this.stride = (blockLength + 15) & ~15;
    this.base = (heap.alloc(<usize>(this.stride * size + 16)) + 15) & ~15;
    memory.fill(this.base, 0, <usize>(this.stride * size));
    this.freeList = heap.alloc(<usize>(size * 2));
    this.inUse = heap.alloc(<usize>size);
    memory.fill(this.inUse, 0, <usize>size);
    for (let i: u32 = 0; i < size; i++) store<u16>(this.freeList + <usize>(i << 1), <u16>(size - 1 - i));
    if (poolCount < POOLS_MAX) unchecked((pools[poolCount++] = this));
  }

  protected takeBlock(): usize {
    if (this.used == this.size) {
      this.exhausted++;
      return 0;
    }
    const top = this.size - 1 - this.used;
    const index = <u32>load<u16>(this.freeList + <usize>(top << 1));
    store<u8>(this.inUse + index, 1);
    this.used++;
    if (this.used > this.peak) this.peak = this.used;
    return this.block(index);
  }

  protected freeBlock(block: usize): void {
    const index = this.numberOf(block);
    assertThat(index < this.size && load<u8>(this.inUse + index) == 1 && block == this.block(index), 101);
    memory.fill(block, 0, <usize>this.stride);
    store<u8>(this.inUse + index, 0);
    this.used--;
    store<u16>(this.freeList + <usize>((this.size - 1 - this.used) << 1), <u16>index);
  }

  // @ts-ignore: decorator
  @inline
  protected block(index: u32): usize {
    return this.base + <usize>(index * this.stride);
  }

  // @ts-ignore: decorator
  @inline
  protected numberOf(block: usize): u32 {
    return <u32>(block - this.base) / this.stride;
  }

  /** Whether block number `index` is taken. */
  // @ts-ignore: decorator
  @inline
  taken(index: u32): bool {
    return load<u8>(this.inUse + index) != 0;
  }

  get left(): u32 {
    return this.size - this.used;
  }
}

/** A pool of objects of one class (`@unmanaged`). */
export class Pool<T> extends AnyPool {
  /** @param behind octets that each object has behind its fields */
  constructor(name: string, size: u32, behind: u32 = 0) {
    super(name, <u32>offsetof<T>() + behind, size);
  }

  /** An object of zeros, or null if none is left. */
  take(): T | null {
    return changetype<T | null>(this.takeBlock());
  }

  /** Wipes the object and gives it back. Freeing a free one is a fault of ours. */
  free(object: T): void {
    this.freeBlock(changetype<usize>(object));
  }

  /** The object in a slot, null where it is empty: for walks `for (let i: u32 = 0; i < pool.size; i++)`. */
  // @ts-ignore: decorator
  @inline
  at(index: u32): T | null {
    return this.taken(index) ? changetype<T>(this.block(index)) : null;
  }

  // @ts-ignore: decorator
  @inline
  indexOf(object: T): u32 {
    return this.numberOf(changetype<usize>(object));
  }
}

/** A pool of octets that belong to no class. */
export class Blocks extends AnyPool {
  /** A block of zeros, or 0 if none is left. */
  take(): usize {
    return this.takeBlock();
  }

  /** Wipes the block and gives it back. Freeing a free block is a fault of ours. */
  free(block: usize): void {
    this.freeBlock(block);
  }

  // @ts-ignore: decorator
  @inline
  at(index: u32): usize {
    return this.block(index);
  }

  // @ts-ignore: decorator
  @inline
  indexOf(block: usize): u32 {
    return this.numberOf(block);
  }
}
