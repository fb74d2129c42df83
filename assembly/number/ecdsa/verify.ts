/**
 * Checks ECDSA signatures (FIPS 186-5, 6.4.2) on P-256, P-384 and P-521, in slices. Everything here is public.
 *
 *     if (!verify.start(curve, point, pointLen, hash, hashLen, sig, sigLen)) ...    // busy, or never a good signature
 *     while (!verify.step()) ...
 *     good = verify.result();
 *
 * u1 = hash / s and u2 = r / s modulo the order; then u1 * G + u2 * Q in one walk over both numbers, two bits of each at a step,
 * with a table of 16 sums i * G + j * Q. The sum (X : Y : Z) is not divided by Z: x = X / Z is r modulo the order where X is r * Z or
 * (r + order) * Z.
 */
import { assertThat } from "../../util/status";
import { CurveField } from "../curve/curve_field";
import { Curve, CurveKind } from "../curve/curves";
import { ecCheckPublic } from "../curve/ec";
import { MODULUS_NUMBERS } from "../modulus";
import { PublicPower } from "../public_power";
import { Sliced, Task } from "../sliced";
import { scalarFits } from "./nonce";
import { hashToScalar, orderLessTwo, scalarTimes } from "./scalar";

// The workspace: elements of up to 20 limbs: the field's modulus, b, Q, the sum, scratch, the table. Then u1, u2, r.
const ELEMENT: usize = 80;
const B_AT: usize = <usize>MODULUS_NUMBERS * ELEMENT;
const Q_AT: usize = B_AT + ELEMENT;
const SUM_AT: usize = Q_AT + 3 * ELEMENT;
const SCRATCH_AT: usize = SUM_AT + 3 * ELEMENT;
const TABLE_AT: usize = SCRATCH_AT + 9 * ELEMENT;
const U1_AT: usize = TABLE_AT + 48 * ELEMENT;
const U2_AT: usize = U1_AT + 72;
const R_AT: usize = U2_AT + 72;
const LEFT_AT: usize = R_AT + 72;
const RIGHT_AT: usize = LEFT_AT + 72;
const NEEDED: u32 = <u32>RIGHT_AT + 72;

const enum Phase { TABLE = 0, SUM, COMPARE }

/** u1 * G + u2 * Q, and whether its x is r. */
class Sum extends Sliced {
  private curve: Curve = changetype<Curve>(0);
  private readonly field: CurveField = new CurveField();
  private phase: Phase = Phase.TABLE;
  private entries: usize = 0;
  private windowsLeft: u32 = 0;
  private doublings: u32 = 0;
  private good: bool = false;

  start(c: Curve, q: usize, u1: usize, u2: usize, r: usize): bool {
    if (this.busy || !this.take(NEEDED)) return false;
    const ws = this.space;
    const f = this.field;
    const bytes = c.fieldBytes;
    this.curve = c;
    f.set(c, ws);
    const s = f.stride;
    memory.copy(ws + U1_AT, u1, <usize>bytes);
    memory.copy(ws + U2_AT, u2, <usize>bytes);
    memory.copy(ws + R_AT, r, <usize>bytes);
    f.enter(ws + B_AT, c.b, bytes);
    f.enter(ws + Q_AT, q, bytes);
    f.enter(ws + Q_AT + s, q + bytes, bytes);
    memory.copy(ws + Q_AT + 2 * s, f.one, s);
    // Infinity, and G in its place.
    const infinity = ws + TABLE_AT;
    memory.copy(infinity + s, f.one, s);
    memory.copy(ws + SUM_AT, infinity, 3 * s);
    const g = this.entry(4);
    f.enter(g, c.G, bytes);
    f.enter(g + s, c.G + bytes, bytes);
    memory.copy(g + 2 * s, f.one, s);
    this.entries = 1;
    this.windowsLeft = bytes << 2;
    this.doublings = 0;
    this.good = false;
    this.phase = Phase.TABLE;
    return true;
  }

  // @ts-ignore: decorator
  @inline
  private entry(i: usize): usize {
    return this.space + TABLE_AT + i * 3 * this.field.stride;
  }

  protected cost(): u32 {
    const n = this.curve.limbs;
    return 28 * n * n;
  }

  protected advance(): void {
    const ws = this.space;
    const f = this.field;
    const s = f.stride;
    const b = ws + B_AT;
    const sum = ws + SUM_AT;
    const scratch = ws + SCRATCH_AT;
    if (this.phase == Phase.TABLE) {
      const i = this.entries;
      const entry = this.entry(i);
      if (i & 3) {
        memory.copy(entry, entry - 3 * s, 3 * s);
        f.pointAdd(entry, ws + Q_AT, b, scratch);
      } else if (i > 4) {
        memory.copy(entry, entry - 12 * s, 3 * s);
        f.pointAdd(entry, this.entry(4), b, scratch);
      }
      if (++this.entries == 16) this.phase = Phase.SUM;
    } else if (this.phase == Phase.SUM) {
      if (this.doublings) {
        f.pointDouble(sum, b, scratch);
        this.doublings--;
        return;
      }
      const left = --this.windowsLeft;
      const octet = ws + <usize>(this.curve.fieldBytes - 1 - (left >> 2));
      const shift = (left & 3) << 1;
      const i = (((<usize>load<u8>(octet, U1_AT) >>> shift) & 3) << 2) | ((<usize>load<u8>(octet, U2_AT) >>> shift) & 3);
      if (i) f.pointAdd(sum, this.entry(i), b, scratch);
      if (left) this.doublings = 2;
      else this.phase = Phase.COMPARE;
    } else {
      this.good = !f.isZero(sum + 2 * s, scratch) && (this.matches() || (this.addOrder() && this.matches()));
      this.done = true;
    }
  }

  /** Whether X is r * Z. */
  private matches(): bool {
    const ws = this.space;
    const f = this.field;
    const s = f.stride;
    const bytes = this.curve.fieldBytes;
    const x = ws + TABLE_AT;
    f.multiply(x, ws + SUM_AT, f.one);
    f.write(ws + LEFT_AT, bytes, x, ws + SCRATCH_AT);
    f.enter(x, ws + R_AT, bytes);
    f.multiply(x, x, ws + SUM_AT + 2 * s);
    f.write(ws + RIGHT_AT, bytes, x, ws + SCRATCH_AT);
    return memory.compare(ws + LEFT_AT, ws + RIGHT_AT, <usize>bytes) == 0;
  }

  /** r := r + order, if that is below p. */
  private addOrder(): bool {
    const c = this.curve;
    const r = this.space + R_AT;
    let carry: u32 = 0;
    for (let i = c.fieldBytes; i > 0; i--) {
      carry += <u32>load<u8>(r + i - 1) + <u32>load<u8>(c.order + i - 1);
      store<u8>(r + i - 1, <u8>carry);
      carry >>>= 8;
    }
    return !carry && memory.compare(r, c.p, <usize>c.fieldBytes) < 0;
  }

  result(): bool {
    assertThat(this.done, 30541);
    const good = this.good;
    this.abort();
    return good;
  }
}

const enum Stage { IDLE = 0, INVERSE, SUM, DONE }

export class EcdsaVerify extends Task {
  private readonly inverse: PublicPower = new PublicPower();
  private readonly sum: Sum = new Sum();
  private curve: Curve = changetype<Curve>(0);
  private stage: Stage = Stage.IDLE;
  // The public key; the hash, r, s as numbers; an exponent, then 1/s.
  private readonly q: usize = heap.alloc(132 + 4 * 72);
  private good: bool = false;

  get busy(): bool {
    return this.stage != Stage.IDLE;
  }

  /**
   * Begins. `q` is the public key, x | y (curves.ts); `sig` is r | s, each as long as the order; a hash longer than the order is
   * cut. False: another job runs, or the signature can't be good: q no point of the curve, r or s not between 1 and the order
   * less 1, another length.
   */
  start(c: Curve, q: usize, qLen: u32, hash: usize, hashLen: u32, sig: usize, sigLen: u32): bool {
    if (this.busy || c.kind != CurveKind.ECP) return false;
    const len = c.scalarBytes;
    if (sigLen != 2 * len || !hashLen || !scalarFits(c, sig) || !scalarFits(c, sig + len) || !ecCheckPublic(c, q, qLen)) return false;
    const z = this.q + 132;
    orderLessTwo(c, z + 216);
    if (!this.inverse.start(c.order, len, sig + len, len, z + 216, len)) return false;
    this.curve = c;
    memory.copy(this.q, q, <usize>qLen);
    hashToScalar(c, hash, hashLen, z);
    memory.copy(z + 72, sig, <usize>len);
    this.stage = Stage.INVERSE;
    return true;
  }

  /** One slice; true when the result is ready. */
  step(): bool {
    assertThat(this.stage != Stage.IDLE, 30542);
    const c = this.curve;
    const z = this.q + 132;
    const r = z + 72;
    const s = r + 72;
    switch (this.stage) {
      case Stage.INVERSE:
        if (!this.inverse.step()) return false;
        this.inverse.result(s + 72);
        // u1 in the hash's place, u2 in that of s.
        scalarTimes(c, z, s + 72, z);
        scalarTimes(c, r, s + 72, s);
        // The workspace has been free for this moment only.
        assertThat(this.sum.start(c, this.q, z, s, r), 30544);
        this.stage = Stage.SUM;
        return false;
      case Stage.SUM:
        if (!this.sum.step()) return false;
        this.good = this.sum.result();
        this.stage = Stage.DONE;
        return true;
      default:
        return true;
    }
  }

  /** Whether the signature is good. Only after `step` said true. */
  result(): bool {
    assertThat(this.stage == Stage.DONE, 30543);
    const good = this.good;
    this.abort();
    return good;
  }

  abort(): void {
    this.inverse.abort();
    this.sum.abort();
    this.good = false;
    this.stage = Stage.IDLE;
  }
}
