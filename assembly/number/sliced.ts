/**
 * Long work in slices, so that packets keep flowing in between: powers (modexp.ts) and multiples of points (curve/ec.ts).
 *
 *     if (!job.start(...)) ...      // another job is running, or the numbers are none to work with
 *     while (!job.step()) ...       // a slice each; return to the poll between them
 *     job.result(out);              // the workspace is wiped
 *
 * A job is an object of whoever wants it done, who alone steps and drops it; all share the one workspace, so that only one
 * runs at a time and the others cannot start. What `start` is given is copied: the caller may wipe his at once.
 */
import { MODEXP_SLICE } from "../limits";
import { assertThat } from "../util/status";
import { forgetProducts } from "./montgomery";
import { WORKSPACE, freeWorkspace, takeWorkspace } from "./workspace";

/** Whatever is done in slices, be it one such job or several in turn. */
export abstract class Task {
  /** Whether it is running, or done and its result not taken. */
  abstract get busy(): bool;

  /** One slice; true when the result is ready. */
  abstract step(): bool;

  /** Drops it, if it is running, and wipes what it has. */
  abstract abort(): void;
}

export abstract class Sliced extends Task {
  /** The workspace while this job has it, else 0. */
  protected space: usize = 0;
  /** The result is there, and not taken. */
  protected done: bool = false;
  /** A big-endian number that is read from its most significant end, an exponent or a scalar, and its bits that are left. */
  private digits: usize = 0;
  private digitOctets: u32 = 0;
  protected bitsLeft: u32 = 0;

  /** Whether it is running, or done and its result not taken. */
  get busy(): bool {
    return this.space != 0;
  }

  /** Multiplications of limbs that the next `advance` takes. */
  protected abstract cost(): u32;

  /** Goes on by one operation; sets `done` behind the last. */
  protected abstract advance(): void;

  /** Takes the workspace, of which `octets` are needed; false: another job has it. */
  protected take(octets: u32): bool {
    assertThat(octets <= WORKSPACE, 30103);
    this.space = takeWorkspace();
    this.done = false;
    return this.space != 0;
  }

  /** Begins to read the number of `octets` octets at `p`. */
  protected read(p: usize, octets: u32): void {
    this.digits = p;
    this.digitOctets = octets;
    this.bitsLeft = octets << 3;
  }

  /** Its next bits: as many as divide 8, and as are left. */
  protected digit(bits: u32): u32 {
    const left = this.bitsLeft - bits;
    this.bitsLeft = left;
    const octet = <u32>load<u8>(this.digits + <usize>(this.digitOctets - 1 - (left >> 3)));
    return (octet >>> (left & 7)) & ((1 << bits) - 1);
  }

  /**
   * Works for about limits.MODEXP_SLICE multiplications of limbs; at least one operation is done, which is of numbers of n
   * limbs at most 2n^2 of them in a power (185,000 with 8192 bits). True when the result is ready.
   */
  step(): bool {
    assertThat(this.space != 0, 30101);
    const limit: u32 = MODEXP_SLICE;
    let spent: u32 = 0;
    while (!this.done) {
      const cost = this.cost();
      if (spent && spent + cost > limit) return false;
      this.advance();
      spent += cost;
    }
    return true;
  }

  /** Drops the job, if it is running, and wipes the workspace. */
  abort(): void {
    if (!this.space) return;
    freeWorkspace(this.space);
    forgetProducts();
    this.space = 0;
    this.done = false;
  }
}
