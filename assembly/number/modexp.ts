/**
 * base^exponent modulo an odd number, in slices (sliced.ts): Diffie-Hellman in the MODP groups and in those that New Group
 * Mode brings (RFC 2409, 5.6), and the tests of primes.
 *
 *     if (!power.start(p, pLen, 0, 0, exponent, exponentLen, false)) ...
 *     while (!power.step()) ...
 *     power.result(out);                        // pLen octets
 *
 * Base and exponent are secrets, the modulus may be one; lengths are public.
 *
 * A power of any base goes by windows of four bits with a table of 16 powers that is read whole each time; a power of 2
 * needs no table: two squarings, then a shift by the next two bits of the exponent.
 */
import { assertThat } from "../util/status";
import { fromBytes, lookup, shiftLeft, toBytes } from "./bignum";
import { Modulus } from "./modulus";
import { rowsLookup } from "./simd/rows";
import { Sliced } from "./sliced";

/** Octets of a modulus. */
export const MODULUS_BYTES_MIN: u32 = 16;
export const MODULUS_BYTES_MAX: u32 = 1024;
/** Octets of an exponent. */
export const EXPONENT_BYTES_MAX: u32 = 1024;

// The workspace, in numbers of the modulus's limbs: what the modulus keeps, whose last is 1 and thereby the table's first;
// the rest of the table; the sum under way. Then the masks of a look-up, and the exponent.
const TABLE: usize = 5;
const A: usize = 21;
const NUMBERS: u32 = 22;
const MASKS: u32 = 256;

const enum Phase {
  /** Makes R^2. */
  SQUARE = 0,
  /** The base into Montgomery's form. */
  BASE,
  TABLE,
  POWER,
  OUT,
}

export class Power extends Sliced {
  private readonly modulus: Modulus = new Modulus();
  private phase: Phase = Phase.SQUARE;
  private bytes: u32 = 0;
  private ofTwo: bool = false;
  /** Entries of the table that exist. */
  private entries: u32 = 0;
  /** The first window has been. */
  private begun: bool = false;
  /** Squarings due before the exponent's next bits. */
  private squarings: u32 = 0;

  /**
   * Begins base^exp mod p. `p` has `pLen` octets, big-endian, the first not 0, and is odd; `secret` says that its value is one,
   * its bits aside. `base` is 0 for the number 2, else the address of a number of `baseLen` octets, at most pLen, which need
   * not be less than p; `exp` is one of `expLen` octets, at least one. False while another job runs, and for numbers and lengths
   * that are none of these.
   */
  start(p: usize, pLen: u32, base: usize, baseLen: u32, exp: usize, expLen: u32, secret: bool): bool {
    if (this.busy || pLen < MODULUS_BYTES_MIN || pLen > MODULUS_BYTES_MAX || !expLen || expLen > EXPONENT_BYTES_MAX) return false;
    if (base && baseLen > pLen) return false;
    // Of the first octet and the last no more than this: p may be a secret.
    const fit = <u32>(load<u8>(p) != 0) & <u32>load<u8>(p + pLen - 1) & 1;
    if (!fit) return false;
    const m = this.modulus;
    m.measure(p, pLen, secret);
    const numbers = NUMBERS * <u32>m.stride;
    if (!this.take(numbers + MASKS + expLen)) return false;
    const space = this.space;
    m.begin(space, p, pLen);
    memory.copy(space + numbers + MASKS, exp, <usize>expLen);
    this.read(space + numbers + MASKS, expLen);
    this.bytes = pLen;
    this.ofTwo = base == 0;
    this.squarings = 0;
    this.begun = false;
    this.phase = Phase.POWER;
    if (base) {
      fromBytes(this.at(A), m.n, m.w, base, baseLen);
      this.phase = Phase.SQUARE;
    } else {
      memory.copy(this.at(A), m.one, m.stride);
    }
    return true;
  }

  /** Where a number of the workspace lies. */
  // @ts-ignore: decorator
  @inline
  private at(number: usize): usize {
    return this.space + number * this.modulus.stride;
  }

  protected cost(): u32 {
    const n = this.modulus.n;
    switch (this.phase) {
      case Phase.SQUARE: return this.modulus.squareCost;
      case Phase.BASE:
      case Phase.TABLE: return 2 * n * n;
      case Phase.POWER: return this.squarings ? (n * n * 3) >> 1 : this.ofTwo ? n : 2 * n * n;
      default: return n * n;
    }
  }

  protected advance(): void {
    const m = this.modulus;
    const table = this.at(TABLE);
    const a = this.at(A);
    switch (this.phase) {
      case Phase.SQUARE:
        if (m.squareStep()) this.phase = Phase.BASE;
        break;
      case Phase.BASE:
        m.multiply(table + m.stride, a, m.square);
        memory.copy(a, m.one, m.stride);
        this.entries = 2;
        this.phase = Phase.TABLE;
        break;
      case Phase.TABLE: {
        const entry = table + <usize>this.entries * m.stride;
        if (this.entries & 1) m.multiply(entry, entry - m.stride, table + m.stride);
        else m.squareOf(entry, table + <usize>(this.entries >>> 1) * m.stride);
        if (++this.entries == 16) this.phase = Phase.POWER;
        break;
      }
      case Phase.POWER:
        if (this.squarings) {
          m.squareOf(a, a);
          this.squarings--;
        } else if (this.ofTwo) {
          shiftLeft(a, this.digit(2), m.n, m.w);
          this.nextDigit(2);
        } else {
          // R^2 has been used: its place takes the entry.
          if (ASC_FEATURE_SIMD) rowsLookup(m.square, table, this.digit(4), this.at(NUMBERS), m.n);
          else lookup(m.square, table, this.digit(4), this.at(NUMBERS), m.n);
          if (this.begun) m.multiply(a, a, m.square);
          else memory.copy(a, m.square, m.stride);
          this.begun = true;
          this.nextDigit(4);
        }
        break;
      default:
        m.leave(m.square, a);
        this.done = true;
        break;
    }
  }

  private nextDigit(squarings: u32): void {
    if (this.bitsLeft) this.squarings = squarings;
    else this.phase = Phase.OUT;
  }

  /** Writes the result, big-endian, as many octets as p has, and wipes and frees the workspace. Only after `step` said true. */
  result(out: usize): void {
    assertThat(this.done, 30102);
    toBytes(out, this.bytes, this.modulus.square, this.modulus.n, this.modulus.w);
    this.abort();
  }

  /**
   * The result's sign: 1 if it is 1, -1 if it is p - 1, 0 if it is neither. For the tests of primes, whose numbers are public.
   * The job stays, with its result.
   */
  sign(): i32 {
    assertThat(this.done, 30104);
    const m = this.modulus;
    let minus = true;
    let one = true;
    for (let i: usize = 0; i < m.stride; i += 4) {
      const limb = load<u32>(m.square + i);
      // p is odd: p - 1 differs from it in the last bit alone.
      if (limb != (i ? load<u32>(m.p + i) : load<u32>(m.p) - 1)) minus = false;
      if (limb != (i ? <u32>0 : <u32>1)) one = false;
    }
    return one ? 1 : minus ? -1 : 0;
  }

  /** Squares the result. */
  squareResult(): void {
    assertThat(this.done, 30105);
    const m = this.modulus;
    m.squareOf(this.at(A), this.at(A));
    m.leave(m.square, this.at(A));
  }
}
