/**
 * base^e modulo an odd number for an e that is public, in slices (sliced.ts): RSA's public operation (RFC 8017, 5.1.1 and 5.2.2),
 * and inverses modulo a curve's order, which is e = order - 2.
 *
 *     if (!power.start(m, mLen, base, baseLen, e, eLen)) ...
 *     while (!power.step()) ...
 *     power.result(out);                        // mLen octets
 *
 * The modulus and e are public and steer the way; the base may be a secret. e is worked off bit by bit from the top: for 3 or
 * 65537 a table would cost more than it saves.
 */
import { assertThat } from "../util/status";
import { bitLength, fromBytes } from "./bignum";
import { MODULUS_BYTES_MAX, MODULUS_BYTES_MIN } from "./modexp";
import { Modulus } from "./modulus";
import { Sliced } from "./sliced";

// The workspace, in numbers of the modulus's limbs: what the modulus keeps, the base, the power under way. Then e.
const BASE: usize = 6;
const A: usize = 7;
const NUMBERS: u32 = 8;

const enum Phase { SQUARE = 0, BASE, POWER, OUT }

/** The way to a power, within a workspace that another has taken. */
export class PublicSteps {
  private readonly modulus: Modulus = new Modulus();
  private phase: Phase = Phase.SQUARE;
  private space: usize = 0;
  private e: usize = 0;
  private eLen: u32 = 0;
  /** Bits of e that are left, and whether the one above them is still to be multiplied. */
  private bitsLeft: u32 = 0;
  private multiplies: bool = false;

  /** Octets of workspace that a modulus and an exponent take. */
  measure(m: usize, mLen: u32, eLen: u32): u32 {
    this.modulus.measure(m, mLen, false);
    return NUMBERS * <u32>this.modulus.stride + eLen;
  }

  /** Begins with what was measured. e's first octet is not 0; base has at most mLen octets. All is copied to `space`. */
  begin(space: usize, m: usize, mLen: u32, base: usize, baseLen: u32, e: usize, eLen: u32): void {
    const modulus = this.modulus;
    this.space = space;
    this.e = space + <usize>NUMBERS * modulus.stride;
    this.eLen = eLen;
    memory.copy(this.e, e, <usize>eLen);
    modulus.begin(space, m, mLen);
    fromBytes(this.at(BASE), modulus.n, modulus.w, base, baseLen);
    this.bitsLeft = bitLength(this.e, eLen) - 1;
    this.multiplies = false;
    this.phase = Phase.SQUARE;
  }

  // @ts-ignore: decorator
  @inline
  private at(number: usize): usize {
    return this.space + number * this.modulus.stride;
  }

  /** Multiplications of limbs that the next step takes. */
  get cost(): u32 {
    const n = this.modulus.n;
    if (this.phase == Phase.SQUARE) return this.modulus.squareCost;
    return this.phase == Phase.POWER && !this.multiplies ? (n * n * 3) >> 1 : 2 * n * n;
  }

  /** One operation; true when the power is there. */
  advance(): bool {
    const m = this.modulus;
    const a = this.at(A);
    switch (this.phase) {
      case Phase.SQUARE:
        if (m.squareStep()) this.phase = Phase.BASE;
        break;
      case Phase.BASE:
        m.multiply(this.at(BASE), this.at(BASE), m.square);
        memory.copy(a, this.at(BASE), m.stride);
        this.phase = this.bitsLeft ? Phase.POWER : Phase.OUT;
        break;
      case Phase.POWER:
        if (this.multiplies) {
          m.multiply(a, a, this.at(BASE));
          this.multiplies = false;
        } else {
          m.squareOf(a, a);
          const left = --this.bitsLeft;
          const octet = <u32>load<u8>(this.e + <usize>(this.eLen - 1 - (left >> 3)));
          this.multiplies = ((octet >>> (left & 7)) & 1) != 0;
        }
        if (!this.bitsLeft && !this.multiplies) this.phase = Phase.OUT;
        break;
      default:
        return true;
    }
    return false;
  }

  /** Writes the power, `len` octets, once. */
  write(out: usize, len: u32): void {
    // R^2 has been used: its place is the scratch.
    this.modulus.write(out, len, this.at(A), this.modulus.square);
  }
}

export class PublicPower extends Sliced {
  private readonly steps: PublicSteps = new PublicSteps();
  private bytes: u32 = 0;

  /**
   * Begins base^e mod m. `m` has `mLen` octets, big-endian, the first not 0, and is odd; base at most as many, and need not be
   * less than m; e at most as many, not 0. Leading zeros of e are public as e is. False while another job runs, and for numbers
   * that are none of these.
   */
  start(m: usize, mLen: u32, base: usize, baseLen: u32, e: usize, eLen: u32): bool {
    if (this.busy || mLen < MODULUS_BYTES_MIN || mLen > MODULUS_BYTES_MAX || baseLen > mLen) return false;
    if (!load<u8>(m) || !(load<u8>(m + mLen - 1) & 1)) return false;
    while (eLen && !load<u8>(e)) {
      e++;
      eLen--;
    }
    if (!eLen || eLen > mLen) return false;
    if (!this.take(this.steps.measure(m, mLen, eLen))) return false;
    this.bytes = mLen;
    this.steps.begin(this.space, m, mLen, base, baseLen, e, eLen);
    return true;
  }

  protected cost(): u32 {
    return this.steps.cost;
  }

  protected advance(): void {
    this.done = this.steps.advance();
  }

  /** Writes the result, big-endian, as many octets as m has, and wipes and frees the workspace. Only after `step` said true. */
  result(out: usize): void {
    assertThat(this.done, 30501);
    this.steps.write(out, this.bytes);
    this.abort();
  }
}
