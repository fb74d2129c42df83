/**
 * What the data path asks of IKE: the one way from `ipsec` to `ike`. A bounded ring; what does not fit is asked again by
 * the next packet or the next scan of lifetimes.
 */
import { ACQUIRES } from "../limits";

export const enum Work {
  /** A packet met a policy without an SA: `policy` is the slot of the Policy. */
  ACQUIRE = 1,
  /** An outbound SA reached its soft lifetime: `spi` of the inbound SA of the pair. */
  REKEY = 2,
  /** A pair reached its hard lifetime and is gone: `spi` of the inbound one, `peerSpi` of the outbound one, `ike` its phase 1. */
  EXPIRED = 3,
  /** An authentic ESP-in-UDP packet came from another address or port: `spi` inbound, `address`, `port` the new source. */
  MAPPING = 4,
  /** ESP or AH, `protocol`, with an unknown SPI came from `address` (rate limited by ipsec). */
  UNKNOWN_SPI = 5,
}

@unmanaged
export class WorkItem {
  kind: u32;
  policy: u32;
  spi: u32;
  peerSpi: u32;
  ike: u32;
  address: u32;
  port: u32;
  /** suite.ESP or suite.AH */
  protocol: u32;
}

let ring: usize = 0;
let head: u32 = 0;
let count: u32 = 0;

export function init(): void {
  ring = heap.alloc(<usize>(ACQUIRES * <u32>offsetof<WorkItem>()));
  head = 0;
  count = 0;
}

/** A place for a new item (zeroed but for `kind`), or null if the ring is full. */
export function post(kind: Work): WorkItem | null {
  if (count == ACQUIRES) return null;
  const item = changetype<WorkItem>(ring + <usize>(((head + count) % ACQUIRES) * <u32>offsetof<WorkItem>()));
  memory.fill(changetype<usize>(item), 0, offsetof<WorkItem>());
  item.kind = kind;
  count++;
  return item;
}

/** The oldest item, valid until the next call of `post`; null if there is none. */
export function next(): WorkItem | null {
  if (count == 0) return null;
  const item = changetype<WorkItem>(ring + <usize>(head * <u32>offsetof<WorkItem>()));
  head = (head + 1) % ACQUIRES;
  count--;
  return item;
}

export function waiting(): u32 {
  return count;
}
