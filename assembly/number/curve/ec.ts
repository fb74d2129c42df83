/**
 * Diffie-Hellman on the curves: private values, the check of public ones, and multiples of points in slices (sliced.ts).
 *
 *     if (!multiple.start(curve, 0, 0, scalar, scalarLen)) ...   // another job runs, or the point is none
 *     while (!multiple.step()) ...
 *     n = multiple.result(out);                 // octets; 0: the result is no point to be used
 *
 * Base 0 is the generator and gives the public value as the KE payload has it; any other base is a peer's public value, which
 * is checked, and gives the shared secret. The scalar is a secret; lengths and points are public.
 */
import * as drbg from "../../crypto/drbg";
import * as ct from "../../util/ct";
import { assertThat } from "../../util/status";
import { lookup } from "../bignum";
import { MODULUS_NUMBERS } from "../modulus";
import { COLUMNS, combPoint } from "../simd/p256_comb";
import { rowsLookup } from "../simd/rows";
import { Sliced } from "../sliced";
import { CurveField } from "./curve_field";
import { Curve, CurveKind } from "./curves";
import { goodPoint, ladderBegin, ladderBit } from "./ec2n";
import * as gf2 from "./gf2";
import { BinaryField, ELEMENT } from "./gf2";
import { KEPT, STEP, chainOf, factorOf, keeps, keptAs, squaringsOf } from "./inverse_chain";
import { exchange, lowOrder } from "./x25519";

// The workspace: numbers of up to 20 limbs. MODULUS, the curve's b or a24, the point (three coordinates), the sum under
// way (up to four), what the table yields, scratch, the table of 16 points, powers on the way to an inverse.
const NUMBER: u32 = 80;
const MODULUS_AT: u32 = 0;
const B_AT: u32 = MODULUS_NUMBERS * NUMBER;
const POINT_AT: u32 = B_AT + NUMBER;
const SUM_AT: u32 = POINT_AT + 3 * NUMBER;
const ENTRY_AT: u32 = SUM_AT + 4 * NUMBER;
const SCRATCH_AT: u32 = ENTRY_AT + 3 * NUMBER;
const TABLE_AT: u32 = SCRATCH_AT + 9 * NUMBER;
const MASKS_AT: u32 = TABLE_AT + 48 * NUMBER;
const SCALAR_AT: u32 = MASKS_AT + 256;
const KEPT_AT: u32 = SCALAR_AT + 72;
const NEEDED: u32 = KEPT_AT + <u32>KEPT * NUMBER;

/** Octets that a scalar may have: two more than drawn ones, for one times a cofactor. */
const SCALAR_MAX: u32 = 68;

const enum Phase { TABLE = 0, POWER, COMB, INVERT, OUT }

const checked: CurveField = new CurveField();
/** Space of a check, which may come while a job runs: a modulus and 7 numbers of 20 limbs. */
const checkSpace: usize = memory.data(1200, 16);

/**
 * Draws a private value of curve.scalarBytes octets, not 0 and for ECP less than the order. False, and nothing but zeros
 * written, without entropy.
 */
export function ecPrivate(c: Curve, out: usize): bool {
  const n = c.scalarBytes;
  for (let attempt = 0; attempt < 16; attempt++) {
    if (!drbg.fill(out, n)) break;
    const spare = (n << 3) - c.scalarBits;
    store<u8>(out, <u32>load<u8>(out) & (0xff >>> spare));
    let any: u32 = 0;
    let borrow: u32 = 1;
    for (let i = n; i > 0; i--) {
      const octet = <u32>load<u8>(out + i - 1);
      any |= octet;
      if (c.order) borrow = (octet - <u32>load<u8>(c.order + i - 1) - (i == n ? 0 : borrow)) >>> 31;
    }
    // That one was refused is no secret: it is forgotten.
    if (any && borrow) return true;
  }
  ct.wipe(out, n);
  return false;
}

/**
 * Whether a peer's public value is to be used: the right length, a point of the curve (RFC 5903, 6: both coordinates less than
 * p), not of small order. For X25519 any value of 32 octets is a point (RFC 7748, 5); those of low order give a secret of
 * zeros (6.1).
 */
export function ecCheckPublic(c: Curve, value: usize, len: u32): bool {
  if (len != c.publicBytes) return false;
  if (c.kind == CurveKind.X25519) return !lowOrder(value);
  const bytes = c.fieldBytes;
  if (c.kind == CurveKind.EC2N) {
    const f = c.field as BinaryField;
    const x = checkSpace;
    const b = x + ELEMENT;
    gf2.fromOctets(x, value, bytes);
    gf2.fromOctets(b, c.b, bytes);
    return gf2.inField(f, x) && goodPoint(f, x, c.a, b, c.cofactor, b + ELEMENT);
  }
  if (memory.compare(value, c.p, <usize>bytes) >= 0 || memory.compare(value + bytes, c.p, <usize>bytes) >= 0) return false;
  checked.set(c, checkSpace);
  const s = checked.stride;
  const x = checkSpace + <usize>MODULUS_NUMBERS * s;
  checked.enter(x, value, bytes);
  checked.enter(x + s, value + bytes, bytes);
  checked.enter(x + 2 * s, c.b, bytes);
  return checked.onCurve(x, x + s, x + 2 * s, x + 3 * s);
}

function reversed(to: usize, from: usize): void {
  for (let i: usize = 0; i < 32; i++) store<u8>(to + i, load<u8>(from + 31 - i));
}

export class Multiple extends Sliced {
  private curve: Curve = changetype<Curve>(0);
  private readonly field: CurveField = new CurveField();
  private phase: Phase = Phase.TABLE;
  private ofGenerator: bool = false;
  /** ECP: entries of the table that exist; doublings due before the next window. */
  private tableLength: u32 = 0;
  private doublings: u32 = 0;
  /** P-256's comb: octets of the scalar, columns that are left. */
  private scalarLen: u32 = 0;
  private columns: u32 = 0;
  /** Whether the result is a point. */
  private good: bool = false;
  /** The ladders' last bit. */
  private lastBit: u32 = 0;
  /** The inversion's step, and its squarings that are left. */
  private chain: usize = 0;
  private squarings: u32 = 0;

  /**
   * Begins scalar * base. `base` is 0 for the generator, else the address of a public value of `baseLen` octets; `scalar` has
   * `scalarLen` octets, big-endian, 1 to 68; for X25519 32, little-endian, whose bits are set and cleared as RFC 7748, 5 says.
   * False while another job runs, for other lengths, and for a base that ecCheckPublic refuses.
   */
  start(c: Curve, base: usize, baseLen: u32, scalar: usize, scalarLen: u32): bool {
    if (this.busy || !scalarLen || scalarLen > SCALAR_MAX) return false;
    if (c.kind == CurveKind.X25519 && scalarLen != 32) return false;
    if (base && !ecCheckPublic(c, base, baseLen)) return false;
    if (!this.take(NEEDED)) return false;
    const ws = this.space;
    this.curve = c;
    this.ofGenerator = base == 0;
    const from = base ? base : c.G;
    const bytes = c.fieldBytes;
    memory.copy(ws + SCALAR_AT, scalar, <usize>scalarLen);
    this.read(ws + SCALAR_AT, scalarLen);
    this.good = false;
    this.lastBit = 0;
    this.doublings = 0;
    this.phase = Phase.POWER;
    if (c.kind == CurveKind.EC2N) {
      gf2.fromOctets(ws + POINT_AT, from, bytes);
      gf2.fromOctets(ws + B_AT, c.b, bytes);
      ladderBegin(ws + SUM_AT, ws + POINT_AT);
      return true;
    }
    this.field.set(c, ws + MODULUS_AT);
    const s = this.field.stride;
    const point = ws + POINT_AT;
    const sum = ws + SUM_AT;
    if (c.kind == CurveKind.X25519) {
      reversed(ws + MASKS_AT, from);
      store<u8>(ws + MASKS_AT, load<u8>(ws + MASKS_AT) & 127);
      this.field.enter(point, ws + MASKS_AT, 32);
      // 121665, big-endian.
      store<u32>(ws + MASKS_AT, 0x41db0100);
      this.field.enter(ws + B_AT, ws + MASKS_AT, 4);
      reversed(ws + SCALAR_AT, scalar);
      store<u8>(ws + SCALAR_AT, (load<u8>(ws + SCALAR_AT) & 127) | 64);
      store<u8>(ws + SCALAR_AT + 31, load<u8>(ws + SCALAR_AT + 31) & 248);
      memory.copy(sum, this.field.one, s);
      memory.copy(sum + 2 * s, point, s);
      memory.copy(sum + 3 * s, this.field.one, s);
      return true;
    }
    this.field.enter(point, from, bytes);
    this.field.enter(point + s, from + bytes, bytes);
    memory.copy(point + 2 * s, this.field.one, s);
    this.field.enter(ws + B_AT, c.b, bytes);
    memory.copy(sum + s, this.field.one, s);
    memory.copy(ws + TABLE_AT, sum, 3 * s);
    memory.copy(ws + TABLE_AT + 3 * s, point, 3 * s);
    this.tableLength = 2;
    this.phase = Phase.TABLE;
    if (ASC_FEATURE_SIMD && !base && c.bits == 256 && scalarLen <= 32) {
      this.scalarLen = scalarLen;
      this.columns = COLUMNS;
      this.phase = Phase.COMB;
    }
    return true;
  }

  protected cost(): u32 {
    const curve = this.curve;
    // A product in GF(2^m) is 192 integer multiplications, and as much again around them.
    if (curve.kind == CurveKind.EC2N) return this.phase == Phase.POWER ? 2600 : 90000;
    const n = curve.limbs;
    const n2 = n * n;
    switch (this.phase) {
      case Phase.INVERT: return 2 * n2;
      case Phase.COMB: return 84 * n2;
      case Phase.POWER: return curve.kind == CurveKind.X25519 ? 20 * n2 : 28 * n2;
      case Phase.OUT: return 12 * n2 + 180 * n;
      default: return 28 * n2;
    }
  }

  /** One operation on points, or one of an inversion. */
  protected advance(): void {
    if (this.curve.kind == CurveKind.EC2N) this.advanceBinary();
    else if (this.phase == Phase.INVERT) this.advanceInversion();
    else if (this.phase == Phase.OUT) this.advanceOut();
    else if (ASC_FEATURE_SIMD && this.phase == Phase.COMB) this.advanceComb();
    else if (this.curve.kind == CurveKind.X25519) this.advanceLadder();
    else this.advanceWindow();
  }

  /** ECP: windows of four bits, each a scan of the whole table and a complete addition, whatever the bits are. */
  private advanceWindow(): void {
    const ws = this.space;
    const s = this.field.stride;
    const sum = ws + SUM_AT;
    const b = ws + B_AT;
    if (this.phase == Phase.TABLE) {
      const entry = ws + TABLE_AT + <usize>this.tableLength * 3 * s;
      memory.copy(entry, entry - 3 * s, 3 * s);
      this.field.pointAdd(entry, ws + POINT_AT, b, ws + SCRATCH_AT);
      if (++this.tableLength == 16) this.phase = Phase.POWER;
    } else if (this.doublings) {
      this.field.pointDouble(sum, b, ws + SCRATCH_AT);
      this.doublings--;
    } else {
      const limbs = 3 * (<u32>s >> 2);
      if (ASC_FEATURE_SIMD) rowsLookup(ws + ENTRY_AT, ws + TABLE_AT, this.digit(4), ws + MASKS_AT, limbs);
      else lookup(ws + ENTRY_AT, ws + TABLE_AT, this.digit(4), ws + MASKS_AT, limbs);
      this.field.pointAdd(sum, ws + ENTRY_AT, b, ws + SCRATCH_AT);
      if (this.bitsLeft) this.doublings = 4;
      else this.beginInversion();
    }
  }

  /** P-256, the generator: a column of its comb (simd/p256_comb.ts), whatever its bits are. */
  private advanceComb(): void {
    const ws = this.space;
    const sum = ws + SUM_AT;
    const b = ws + B_AT;
    this.columns--;
    this.field.pointDouble(sum, b, ws + SCRATCH_AT);
    for (let j: u32 = 0; j < 2; j++) {
      combPoint(ws + ENTRY_AT, ws + SCALAR_AT, this.scalarLen, j, this.columns);
      this.field.pointAdd(sum, ws + ENTRY_AT, b, ws + SCRATCH_AT);
    }
    if (!this.columns) this.beginInversion();
  }

  private advanceLadder(): void {
    const ws = this.space;
    const bit = this.digit(1);
    this.field.ladderStep(ws + SUM_AT, ws + POINT_AT, ws + B_AT, 0 - (bit ^ this.lastBit), ws + SCRATCH_AT);
    this.lastBit = bit;
    if (this.bitsLeft) return;
    exchange(ws + SUM_AT, ws + SUM_AT + 2 * this.field.stride, 0 - this.lastBit, 2 * this.field.stride);
    this.beginInversion();
  }

  private advanceBinary(): void {
    const ws = this.space;
    const f = this.curve.field as BinaryField;
    const sum = ws + SUM_AT;
    if (this.phase == Phase.POWER) {
      const bit = this.digit(1);
      ladderBit(f, sum, ws + POINT_AT, ws + B_AT, 0 - (bit ^ this.lastBit), ws + SCRATCH_AT);
      this.lastBit = bit;
      if (!this.bitsLeft) this.phase = Phase.OUT;
      return;
    }
    exchange(sum, sum + 2 * ELEMENT, 0 - this.lastBit, 2 * ELEMENT);
    this.good = !gf2.isZero(sum + ELEMENT);
    gf2.invert(f, ws + ENTRY_AT, sum + ELEMENT);
    gf2.multiply(f, ws + ENTRY_AT, ws + ENTRY_AT, sum);
    this.done = true;
  }

  /** The inverse of Z is Z^(p - 2), by a chain (inverse_chain.ts). */
  private beginInversion(): void {
    const ws = this.space;
    const s = this.field.stride;
    memory.copy(ws + ENTRY_AT, this.denominator(), s);
    memory.copy(ws + KEPT_AT, this.denominator(), s);
    this.chain = chainOf(this.curve);
    this.squarings = squaringsOf(this.chain);
    this.phase = Phase.INVERT;
  }

  /** Where Z stands in the sum. */
  private denominator(): usize {
    return this.space + SUM_AT + (this.curve.kind == CurveKind.ECP ? 2 : 1) * this.field.stride;
  }

  /** One squaring of the chain, or what follows the last one of a step. */
  private advanceInversion(): void {
    const inverse = this.space + ENTRY_AT;
    if (this.squarings) {
      this.field.squareOf(inverse, inverse);
      this.squarings--;
      return;
    }
    const kept = this.space + KEPT_AT;
    const s = this.field.stride;
    this.field.multiply(inverse, inverse, kept + factorOf(this.chain) * s);
    if (keeps(this.chain)) memory.copy(kept + keptAs(this.chain) * s, inverse, s);
    this.chain += STEP;
    this.squarings = squaringsOf(this.chain);
    if (!this.squarings) this.phase = Phase.OUT;
  }

  /** Back to x and y. That the result is no point is no secret: the exchange ends there. */
  private advanceOut(): void {
    const ws = this.space;
    const s = this.field.stride;
    const inverse = ws + ENTRY_AT;
    this.good = !this.field.isZero(this.denominator(), ws + SCRATCH_AT);
    this.field.multiply(inverse + s, ws + SUM_AT, inverse);
    if (this.curve.kind == CurveKind.ECP) this.field.multiply(inverse + 2 * s, ws + SUM_AT + s, inverse);
    else if (this.good) this.good = !this.field.isZero(inverse + s, ws + SCRATCH_AT);
    this.done = true;
  }

  /**
   * Writes the result, curve.publicBytes octets for the generator and curve.secretBytes for another base, returns their number,
   * and wipes and frees the workspace. 0, and nothing written: the result is the point at infinity, or for X25519 all zeros
   * (RFC 7748, 6.1; RFC 8031, 2), and the exchange is to be given up. Only after `step` said true.
   */
  result(out: usize): u32 {
    assertThat(this.done, 30202);
    const ws = this.space;
    const bytes = this.curve.fieldBytes;
    let n: u32 = 0;
    if (this.good) {
      n = this.ofGenerator ? this.curve.publicBytes : this.curve.secretBytes;
      if (this.curve.kind == CurveKind.EC2N) {
        gf2.toOctets(out, bytes, ws + ENTRY_AT);
      } else {
        const x = ws + ENTRY_AT + this.field.stride;
        if (this.curve.kind == CurveKind.X25519) {
          this.field.write(ws + MASKS_AT, bytes, x, ws + SCRATCH_AT);
          reversed(out, ws + MASKS_AT);
        } else {
          this.field.write(out, bytes, x, ws + SCRATCH_AT);
          if (this.ofGenerator) this.field.write(out + bytes, bytes, x + this.field.stride, ws + SCRATCH_AT);
        }
      }
    }
    this.abort();
    return n;
  }

  abort(): void {
    if (this.busy) {
      gf2.forgetProduct();
      this.lastBit = 0;
    }
    super.abort();
  }
}
