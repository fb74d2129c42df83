/**
 * What the attributes of a transform have in common in both phases: each may come once, and the first that makes the transform
 * unacceptable is kept to be named.
 */

/** A transform as it is read. */
@unmanaged
export class Offered {
  /** Seconds and kilobytes of its lifetimes. */
  seconds: u32;
  kilobytes: u32;
  /** Type and one more, 0: none, of an attribute that makes the transform unacceptable; its value. */
  odd: u32;
  oddValue: u32;
  /** Bits of the types that have come. */
  private seen: u32;

  /** Whether an attribute of this type comes for the first time; one that comes twice says two things (RFC 2409, appendix A). */
  first(type: u32): bool {
    const bit: u32 = type < 32 ? <u32>1 << type : 0;
    const again = (this.seen & bit) != 0;
    this.seen |= bit;
    return !again;
  }

  isOdd(type: u32, value: u32): void {
    if (this.odd) return;
    this.odd = type + 1;
    this.oddValue = value;
  }
}
