/**
 * Deadlines. Each room keeps the earliest of its own in a `Deadline` and scans its pool only when that has come: arming
 * is a comparison, an idle poll is one more.
 */
import * as clock from "./clock";

/** No deadline at all: a year that nothing here lives to see. */
export const NEVER: u64 = u64.MAX_VALUE;
/** What `poll` answers when nothing is due ever. */
export const NO_DEADLINE: u32 = 0xffffffff;

export class Deadline {
  at: u64 = NEVER;

  /** Something is due at `t` (milliseconds of clock.now). */
  // @ts-ignore: decorator
  @inline
  arm(t: u64): void {
    if (t < this.at) this.at = t;
  }

  // @ts-ignore: decorator
  @inline
  due(): bool {
    return this.at <= clock.now();
  }

  /** Called before a scan, which arms again for what it finds. */
  reset(): void {
    this.at = NEVER;
  }

  /** Milliseconds until it is due, 0 if it already is, NO_DEADLINE if never. */
  remaining(): u32 {
    return remaining(this.at);
  }
}

/** Milliseconds from now to `t`, as `poll` answers them. */
export function remaining(t: u64): u32 {
  if (t == NEVER) return NO_DEADLINE;
  const now = clock.now();
  if (t <= now) return 0;
  const left = t - now;
  return left > 0x7fffffff ? 0x7fffffff : <u32>left;
}
