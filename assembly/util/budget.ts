/**
 * How often something may be done: a burst at once, and one more for every pause that has passed since. Kept as the one
 * moment at which the whole burst will be there again.
 */
import * as clock from "./clock";

export class Budget {
  /** When nothing is spent any more. */
  private whole: u64 = 0;

  /** @param burst at once @param pause milliseconds until one of it is there again */
  constructor(
    private burst: u32,
    private pause: u32,
  ) {}

  /** Whether there is one left. */
  left(): bool {
    return this.whole + <u64>this.pause <= clock.now() + <u64>(this.burst * this.pause);
  }

  /** Takes one that is left. */
  spend(): void {
    this.whole = max(this.whole, clock.now()) + <u64>this.pause;
  }

  /** Takes one if there is one left. */
  take(): bool {
    if (!this.left()) return false;
    this.spend();
    return true;
  }

  /** Nothing is spent. */
  reset(): void {
    this.whole = 0;
  }
}
