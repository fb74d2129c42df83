/**
 * Alarms: the times of the objects of a pool, one a slot, the earliest at hand. A binary heap: setting one and taking the earliest take
 * as many steps as the number of alarms has binary digits, so that a time which comes costs no look at all the others.
 *
 * The earliest is in a `Deadline`, and `poll` sees it among those of all rooms.
 */
import * as clock from "./clock";
import { Deadline, NEVER } from "./deadline";
import { countTable } from "./pool";

const ABSENT: u32 = 0xffff;

export class Alarms {
  /** When the earliest is due. */
  deadline: Deadline = new Deadline();
  private times: usize; // u64 a slot
  private heap: usize; // u16: slots, each no later than the two behind it
  private places: usize; // u16 a slot: where it stands in the heap
  private count: u32 = 0;

  constructor(private size: u32) {
    countTable(12 * size);
    this.times = heap.alloc(<usize>(size << 3));
    this.heap = heap.alloc(<usize>(size << 1));
    this.places = heap.alloc(<usize>(size << 1));
    this.clear();
  }

  clear(): void {
    this.count = 0;
    memory.fill(this.places, 0xff, <usize>(this.size << 1));
    this.deadline.reset();
  }

  /** When a slot's alarm is due; NEVER: it has none. */
  timeOf(slot: u32): u64 {
    return this.placeOf(slot) == ABSENT ? NEVER : load<u64>(this.times + <usize>(slot << 3));
  }

  /** A slot's alarm is due at `t`, or sooner if it was. */
  arm(slot: u32, t: u64): void {
    if (t < this.timeOf(slot)) this.set(slot, t);
  }

  /** A slot's alarm is due at `t`, whatever it was; NEVER: it has none. */
  set(slot: u32, t: u64): void {
    let place = this.placeOf(slot);
    if (t == NEVER) {
      if (place == ABSENT) return;
      store<u16>(this.places + <usize>(slot << 1), <u16>ABSENT);
      const last = this.slotAt(--this.count);
      if (last != slot) {
        this.put(place, last);
        this.settle(place);
      }
    } else {
      store<u64>(this.times + <usize>(slot << 3), t);
      if (place == ABSENT) this.put((place = this.count++), slot);
      this.settle(place);
    }
    this.deadline.set(this.count ? load<u64>(this.times + <usize>(this.slotAt(0) << 3)) : NEVER);
  }

  /** The slot whose alarm has come, which has none any more; -1: none has. The earliest first, of equals that of the lowest slot. */
  next(): i32 {
    if (!this.count || this.deadline.at > clock.now()) return -1;
    const slot = this.slotAt(0);
    this.set(slot, NEVER);
    return <i32>slot;
  }

  private placeOf(slot: u32): u32 {
    return <u32>load<u16>(this.places + <usize>(slot << 1));
  }

  private slotAt(place: u32): u32 {
    return <u32>load<u16>(this.heap + <usize>(place << 1));
  }

  private put(place: u32, slot: u32): void {
    store<u16>(this.heap + <usize>(place << 1), <u16>slot);
    store<u16>(this.places + <usize>(slot << 1), <u16>place);
  }

  /** Whether slot a comes before b. */
  private before(a: u32, b: u32): bool {
    const s = load<u64>(this.times + <usize>(a << 3));
    const t = load<u64>(this.times + <usize>(b << 3));
    return s < t || (s == t && a < b);
  }

  /** Moves what stands at a place to where its time belongs. */
  private settle(place: u32): void {
    const slot = this.slotAt(place);
    while (place) {
      const above = (place - 1) >> 1;
      const other = this.slotAt(above);
      if (!this.before(slot, other)) break;
      this.put(place, other);
      place = above;
    }
    for (;;) {
      let below: u32 = 2 * place + 1;
      if (below >= this.count) break;
      if (below + 1 < this.count && this.before(this.slotAt(below + 1), this.slotAt(below))) below++;
      const other = this.slotAt(below);
      if (!this.before(other, slot)) break;
      this.put(place, other);
      place = below;
    }
    this.put(place, slot);
  }
}
