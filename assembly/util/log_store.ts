/**
 * Where lines of the log are kept: the buffer that `show logging` prints, and the queue of those that log hosts are still to get.
 * Both are rings of octets; the oldest line makes room for the newest.
 */
import { LOG_BUFFER, LOG_QUEUE } from "../limits";
import { Deadline } from "./deadline";
import { countTable } from "./pool";

/** A ring of records: a length of two octets, so much beside the text that the user of the ring knows, and the text. */
export class Ring {
  private base: usize;
  /** Octets ever written, and where the oldest record begins, counted likewise. */
  end: u32 = 0;
  first: u32 = 0;
  /** Records ever written, and ever let go. */
  records: u32 = 0;
  gone: u32 = 0;
  /** What may be held of the ring; not above `capacity`. */
  size: u32;

  constructor(public capacity: u32) {
    countTable(capacity);
    this.base = heap.alloc(<usize>capacity);
    this.size = capacity;
  }

  clear(): void {
    this.first = this.end;
    this.gone = this.records;
  }

  /** Octets held. */
  get held(): u32 {
    return this.end - this.first;
  }

  /** Octet `at`, counted as `end` is. */
  octet(at: u32): u32 {
    return <u32>load<u8>(this.base + <usize>(at % this.capacity));
  }

  private put(octet: u32): void {
    store<u8>(this.base + <usize>(this.end++ % this.capacity), <u8>octet);
  }

  /** Octets of the record at `at` with its length. */
  recordLength(at: u32): u32 {
    return this.octet(at) | (this.octet(at + 1) << 8);
  }

  /** Lets the oldest go until there is so much room. */
  fit(room: u32): void {
    while (this.held > this.size - room) {
      this.first += this.recordLength(this.first);
      this.gone++;
    }
  }

  /** Appends a record of two parts. False: it is longer than the ring. */
  append(head: usize, headLen: u32, p: usize, len: u32): bool {
    const total: u32 = 2 + headLen + len;
    if (total > this.size) return false;
    this.fit(total);
    this.records++;
    this.put(total & 0xff);
    this.put(total >>> 8);
    for (let i: u32 = 0; i < headLen; i++) this.put(<u32>load<u8>(head + i));
    for (let i: u32 = 0; i < len; i++) this.put(<u32>load<u8>(p + i));
    return true;
  }
}

/** Lines as the console prints them. */
export let buffer: Ring = changetype<Ring>(0);
/** Lines for log hosts, behind QUEUE_HEAD octets: milliseconds since 1970 (u64; 0: the clock is not set) and the severity. */
export let queue: Ring = changetype<Ring>(0);
export const QUEUE_HEAD: u32 = 9;
/** When the queue is to be looked at: at once when a line has come. */
export let due: Deadline = changetype<Deadline>(0);

export function init(): void {
  // A power of two divides the count of octets when that wraps.
  buffer = new Ring(LOG_BUFFER);
  queue = new Ring(LOG_QUEUE);
  buffer.size = 4096;
  due = new Deadline();
}
