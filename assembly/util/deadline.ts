/**
 * Deadlines. Each room keeps the earliest of its own in a `Deadline` and scans its pool only when that has come: arming
 * is a comparison, an idle poll is one more.
 *
 * All of them hang on one chain. What one room makes due in another during a poll therefore counts for that poll's answer
 * (`nearest`), whichever of the two was asked first. The earliest of all is remembered: a poll between two packets looks at that
 * one alone.
 */
import * as clock from "./clock";

/** No deadline at all: a year that nothing here lives to see. */
export const NEVER: u64 = u64.MAX_VALUE;
/** What `poll` answers when nothing is due ever. */
export const NO_DEADLINE: u32 = 0xffffffff;

let all: Deadline | null = null;
/** The earliest of all; 0: it has been put off, and is to be looked for. */
let first: u64 = 0;

export class Deadline {
  at: u64 = NEVER;
  next: Deadline | null;

  constructor() {
    this.next = all;
    all = this;
  }

  /** Something is due at `t` (milliseconds of clock.now). */
  // @ts-ignore: decorator
  @inline
  arm(t: u64): void {
    if (t < this.at) this.set(t);
  }

  /** It is due at `t`, whenever it was. */
  set(t: u64): void {
    if (t < first) first = t;
    else if (this.at == first) first = 0;
    this.at = t;
  }

  // @ts-ignore: decorator
  @inline
  due(): bool {
    return this.at <= clock.now();
  }

  /** Called before a scan, which arms again for what it finds. */
  reset(): void {
    this.set(NEVER);
  }

  /** Milliseconds until it is due, 0 if it already is, NO_DEADLINE if never. */
  remaining(): u32 {
    return remaining(this.at);
  }
}

/** Whether any is due; true as well where the earliest has been put off since `nearest` was asked. */
// @ts-ignore: decorator
@inline
export function anyDue(): bool {
  return first <= clock.now();
}

/** Milliseconds until the first of all deadlines. */
export function nearest(): u32 {
  if (first == 0) {
    first = NEVER;
    let one = all;
    while (one) {
      if (one.at < first) first = one.at;
      one = one.next;
    }
  }
  return remaining(first);
}

/** Milliseconds from now to `t`, as `poll` answers them. */
export function remaining(t: u64): u32 {
  if (t == NEVER) return NO_DEADLINE;
  const now = clock.now();
  if (t <= now) return 0;
  const left = t - now;
  return left > 0x7fffffff ? 0x7fffffff : <u32>left;
}
